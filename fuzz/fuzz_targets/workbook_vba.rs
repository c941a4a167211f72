//! Any bytes as a compressed source, as compiled code, and as the source of a module of each kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use workbook::inspect::{FoundProject, Knowledge, Naming, analyse};
use workbook::vba::{Module, ModuleKind, Project, compiled_lines, decompress, records};

fuzz_target!(|bytes: &[u8]| {
    let _ = decompress("fuzz", bytes);
    let _ = compiled_lines(bytes);
    let _ = records(bytes);
    let Ok(known) = Knowledge::built_in() else { return };
    let half = bytes.len() / 2;
    let module = |name: &str, kind| Module {
        name: name.to_owned(),
        name_bytes: name.as_bytes().to_vec(),
        name_unicode: None,
        stream: name.to_owned(),
        kind,
        private: false,
        offset: half,
        bytes: bytes.get(..half).unwrap_or_default().to_vec(),
        text: Ok(bytes.get(half..).unwrap_or_default().to_vec()),
    };
    let project = Project {
        root: String::new(),
        code_page: 1252,
        name: String::new(),
        dir: Vec::new(),
        records: Vec::new(),
        whole: true,
        project_stream: bytes.to_vec(),
        modules: vec![module("Module1", ModuleKind::Procedural), module("ThisWorkbook", ModuleKind::Object)],
    };
    let found = FoundProject {
        place: String::new(),
        naming: Naming::Named,
        extra: Vec::new(),
        cache: bytes.to_vec(),
        project: Ok(project),
    };
    let _ = analyse(known, &found, &[], true, &[]);
});
