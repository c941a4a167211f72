//! Any bytes for the reader `devices` of evidence.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert_eq!(evidence::trial::run("devices", bytes), Ok(())));
