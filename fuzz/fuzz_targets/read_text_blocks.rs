//! Any bytes for the reader `text_blocks` of evidence.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert_eq!(evidence::trial::run("text_blocks", bytes), Ok(())));
