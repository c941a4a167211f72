//! Any bytes for the reader `ocs_json` of evidence.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert_eq!(evidence::trial::run("ocs_json", bytes), Ok(())));
