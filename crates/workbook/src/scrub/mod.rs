//! What a file gives away beyond its answers, and how it is taken out.
