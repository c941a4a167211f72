//! Any bytes as an encrypted workbook, opened with a password that may even be right.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workbook::crypt::{Scheme, is_encrypted, open};

fuzz_target!(|bytes: &[u8]| {
    // Schemes whose many rounds of hashing would leave no time for other inputs.
    if !matches!(is_encrypted(bytes), Some(Scheme::Agile | Scheme::Standard)) || bytes.len() % 64 == 0 {
        let _ = open(bytes, &["password".to_owned(), "abc".to_owned()]);
    }
});
