//! Macro projects (MS-OVBA): found, unpacked, and laid out module by module. Nothing is run.

mod code_page;
mod compression;
mod dir;
mod names;
mod pcode;
mod project;

pub use code_page::decode;
pub use compression::decompress;
pub use dir::{Record, records};
pub use names::{CompiledNames, numbers};
pub use pcode::compiled_lines;
pub use project::{Module, ModuleKind, Project};
