//! Any bytes for the reader `tenant_json` of evidence.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| assert_eq!(evidence::trial::run("tenant_json", bytes), Ok(())));
