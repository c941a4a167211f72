//! The program: command line and web desk.

fn main() {}
