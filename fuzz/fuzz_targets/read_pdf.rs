//! Any bytes for the reader `pdf` of evidence.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert_eq!(evidence::trial::run("pdf", bytes), Ok(())));
