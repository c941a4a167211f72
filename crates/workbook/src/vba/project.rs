//! A project as its `dir` stream, its PROJECT stream and its module streams tell it.

use super::{Record, decode, decompress, records};
use crate::container::{Ole, u16_at, u32_at};
use crate::limits;
use crate::trouble::Trouble;

/// Procedural module or one that belongs to a document, class or form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleKind {
    /// A standard module (record 0x21).
    Procedural,
    /// A document, class or designer module (record 0x22).
    Object,
}

/// A module of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// Name as Office shows it: the Unicode one if stored, else the other one decoded.
    pub name: String,
    /// Bytes of the name in the project's code page, as stored.
    pub name_bytes: Vec<u8>,
    /// UTF-16LE bytes of the Unicode name as stored, if there is one.
    pub name_unicode: Option<Vec<u8>>,
    /// Name of its stream in the VBA storage.
    pub stream: String,
    /// Its kind.
    pub kind: ModuleKind,
    /// Private (record 0x28).
    pub private: bool,
    /// Where the compressed source begins in its stream.
    pub offset: usize,
    /// The whole stream as stored: compiled code, then compressed source; empty where the stream is not there.
    pub bytes: Vec<u8>,
    /// Source as stored, in the project's code page; or why it cannot be read.
    pub text: Result<Vec<u8>, Trouble>,
}

impl Module {
    /// Source as text; empty where it cannot be read.
    pub fn source(&self, code_page: u16) -> String {
        self.text.as_ref().map(|bytes| decode(code_page, bytes)).unwrap_or_default()
    }

    /// Compiled code: what stands before the source.
    pub fn compiled(&self) -> &[u8] {
        self.bytes.get(..self.offset.min(self.bytes.len())).unwrap_or_default()
    }
}

/// A macro project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Storage that holds the project: empty in a vbaProject.bin, `_VBA_PROJECT_CUR` in an .xls.
    pub root: String,
    /// Code page of names and source, as Windows numbers it.
    pub code_page: u16,
    /// Name of the project.
    pub name: String,
    /// The `dir` stream, unpacked.
    pub dir: Vec<u8>,
    /// Its records in stored order.
    pub records: Vec<Record>,
    /// False where `dir` ends before its terminator.
    pub whole: bool,
    /// The PROJECT stream, as stored.
    pub project_stream: Vec<u8>,
    /// The modules in stored order.
    pub modules: Vec<Module>,
}

impl Project {
    /// Storages of a compound file that hold a macro project: those with a `VBA/dir` stream beneath.
    pub fn roots(ole: &Ole<'_>) -> Vec<String> {
        let ends = |path: &str| path.to_lowercase().strip_suffix("vba/dir").map(str::len);
        let cut = |path: &str| ends(path).and_then(|n| path.get(..n)).map(|p| p.trim_end_matches('/').to_owned());
        ole.entries().iter().filter_map(|e| cut(&e.path)).collect()
    }

    /// Reads a project.
    ///
    /// # Errors
    /// It has no readable `dir` stream, or too many modules. A module whose source cannot be read is kept, with why.
    pub fn open(ole: &Ole<'_>, root: &str) -> Result<Self, Trouble> {
        let at = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
        let path = at("VBA/dir");
        let packed = ole.stream(&path).ok_or_else(|| Trouble::Missing(path.clone()))?;
        let dir = decompress(&path, &packed)?;
        let (records, whole) = records(&dir);
        let body = |record: &Record| dir.get(record.body.clone()).unwrap_or_default();
        let first = |id| records.iter().find(|r| r.id == id).map(body);
        let code_page = first(0x0003).and_then(|b| u16_at(b, 0)).unwrap_or(1252);
        let name = decode(code_page, first(0x0004).unwrap_or_default());
        let mut modules: Vec<Module> = Vec::new();
        let mut left = limits::SOURCE;
        for group in module_groups(&records) {
            if modules.len() >= limits::MODULES {
                return Err(Trouble::TooLarge { what: path, limit: limits::MODULES as u64 });
            }
            let mut module = module(group, &dir, code_page);
            let stream = at(&format!("VBA/{}", module.stream));
            match ole.stream(&stream) {
                Some(bytes) => {
                    let source = bytes.get(module.offset..).unwrap_or_default();
                    module.text = decompress(&stream, source);
                    module.bytes = bytes;
                }
                None => module.text = Err(Trouble::Missing(stream)),
            }
            let size = module.text.as_ref().map_or(0, Vec::len).saturating_add(module.bytes.len());
            left = left
                .checked_sub(size)
                .ok_or_else(|| Trouble::TooLarge { what: path.clone(), limit: limits::SOURCE as u64 })?;
            modules.push(module);
        }
        let project_stream = ole.stream(&at("PROJECT")).unwrap_or_default();
        Ok(Self { root: root.to_owned(), code_page, name, records, whole, project_stream, modules, dir })
    }

    /// Body of a record.
    pub fn body(&self, record: &Record) -> &[u8] {
        self.dir.get(record.body.clone()).unwrap_or_default()
    }
}

/// Records of each module: from its name (0x19) up to the next name or the end.
fn module_groups(records: &[Record]) -> Vec<&[Record]> {
    let starts: Vec<usize> = records.iter().enumerate().filter(|(_, r)| r.id == 0x0019).map(|(i, _)| i).collect();
    let end = |i: usize| starts.get(i.saturating_add(1)).copied().unwrap_or(records.len());
    starts.iter().enumerate().filter_map(|(i, &start)| records.get(start..end(i))).collect()
}

fn module(group: &[Record], dir: &[u8], code_page: u16) -> Module {
    let find = |id| group.iter().find(|r| r.id == id).and_then(|r| dir.get(r.body.clone()));
    let wide = |bytes: &[u8]| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let name_bytes = find(0x0019).unwrap_or_default().to_vec();
    let name_unicode = find(0x0047).map(<[u8]>::to_vec);
    let plain = decode(code_page, &name_bytes);
    let name = name_unicode.as_deref().map(wide).filter(|n| !n.is_empty()).unwrap_or_else(|| plain.clone());
    let stream = find(0x0032).map(wide).filter(|n| !n.is_empty());
    let stream = stream.or_else(|| find(0x001a).map(|b| decode(code_page, b))).unwrap_or(plain);
    Module {
        name,
        name_bytes,
        name_unicode,
        stream,
        kind: if group.iter().any(|r| r.id == 0x0021) { ModuleKind::Procedural } else { ModuleKind::Object },
        private: group.iter().any(|r| r.id == 0x0028),
        offset: find(0x0031).and_then(|b| u32_at(b, 0)).and_then(|o| usize::try_from(o).ok()).unwrap_or(usize::MAX),
        bytes: Vec::new(),
        text: Ok(Vec::new()),
    }
}
