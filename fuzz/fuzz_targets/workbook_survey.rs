//! Any bytes as a workbook: which container, sheets, Excel 4 macros, links and objects.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workbook::sheets::survey;

fuzz_target!(|bytes: &[u8]| {
    let _ = survey(bytes);
    // The same bytes as the records of a binary workbook, whose first one a fuzzer would look for in vain.
    let mut stream = vec![0x09, 0x08, 8, 0, 0, 6, 5, 0, 0, 0, 0, 0];
    stream.extend_from_slice(bytes);
    let _ = survey(&stream);
});
