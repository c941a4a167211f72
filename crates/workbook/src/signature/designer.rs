//! Storages of forms (designers), as the two newer forms of the signature hash them.

use crate::container::{Ole, OleEntry, OleKind};
use crate::trouble::Trouble;
use crate::vba::{Module, Project, decode};
use std::collections::BTreeMap;

/// Streams are hashed in blocks of so many bytes, the last one filled up with zeros.
const BLOCK: usize = 1_023;
/// Bytes of all designers together: a PROJECT stream may name one again and again.
const MOST: usize = 128 << 20;

/// The storages beneath a project's root, each with all its streams in ascending directory number.
#[derive(Debug)]
pub(crate) struct Designers<'a> {
    ole: &'a Ole<'a>,
    code_page: u16,
    /// Name of each module in small letters, and the storage that it names.
    modules: BTreeMap<String, String>,
    storages: BTreeMap<String, Vec<&'a OleEntry>>,
}

impl<'a> Designers<'a> {
    /// Sorts every stream of the file under the storage that stands directly beneath the project's root.
    pub(crate) fn new(ole: &'a Ole<'a>, project: &'a Project) -> Self {
        let root = ole.find(&project.root).map_or(0, |e| e.id);
        let by_id: BTreeMap<u32, &OleEntry> = ole.entries().iter().map(|e| (e.id, e)).collect();
        // A stream's own storage has already been placed more often than not; remembering it keeps deep trees cheap.
        let mut placed: BTreeMap<u32, Option<u32>> = BTreeMap::from([(root, None), (0, None)]);
        let mut storages: BTreeMap<String, Vec<&OleEntry>> = BTreeMap::new();
        for entry in ole.entries() {
            let (mut at, mut way) = (entry.id, Vec::new());
            let top = loop {
                if let Some(top) = placed.get(&at) {
                    break *top;
                }
                way.push(at);
                match by_id.get(&at).map(|e| e.parent) {
                    Some(parent) if parent == root => break Some(at),
                    Some(parent) if parent != at => at = parent,
                    _ => break None,
                }
            };
            placed.extend(way.into_iter().map(|id| (id, top)));
            let Some(top) = top.and_then(|id| by_id.get(&id)).filter(|e| e.kind == OleKind::Storage) else { continue };
            let streams = storages.entry(top.name.to_lowercase()).or_default();
            if entry.kind == OleKind::Stream {
                streams.push(entry);
            }
        }
        let lower = |m: &Module| (m.name.to_lowercase(), m.stream.to_lowercase());
        let modules = project.modules.iter().map(lower).collect();
        Self { ole, code_page: project.code_page, modules, storages }
    }

    /// Appends the streams of the designer that a `BaseClass=` line names (2.4.2.2), nested ones too: ascending over the whole
    /// subtree, so that a nested storage's streams can stand between two of its parent's.
    ///
    /// # Errors
    /// There is no such storage, a stream is cut off, or all designers together are too large.
    pub(crate) fn append(&self, name: &[u8], out: &mut Vec<u8>) -> Result<(), Trouble> {
        let name = decode(self.code_page, name).to_lowercase();
        let storage = self.modules.get(&name).unwrap_or(&name).clone();
        let streams = self.storages.get(&storage).or_else(|| self.storages.get(&name));
        let streams = streams.ok_or_else(|| Trouble::Missing(storage.clone()))?;
        for entry in streams {
            let bytes = self.ole.read(entry);
            if bytes.len() as u64 != entry.size {
                return Err(Trouble::malformed(entry.path.clone(), "it is cut off"));
            }
            if out.len().saturating_add(bytes.len()) > MOST {
                return Err(Trouble::TooLarge { what: storage, limit: MOST as u64 });
            }
            for block in bytes.chunks(BLOCK) {
                out.extend_from_slice(block);
                out.resize(out.len() + BLOCK - block.len(), 0);
            }
        }
        Ok(())
    }
}
