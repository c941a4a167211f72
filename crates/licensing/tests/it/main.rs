//! Tests of the licensing core through its public face.

mod cases;
mod terms;
