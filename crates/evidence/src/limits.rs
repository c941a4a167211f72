//! How much of a file is read. Beyond a bound the file is refused with its reason; nothing is cut in silence.

/// Bounds on one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: u64,
    /// Bytes after inflation, over all members.
    pub inflated: u64,
    /// Inflated bytes for each compressed byte.
    pub ratio: u64,
    /// Members of a container.
    pub members: usize,
    /// Rows of a table, elements of a document.
    pub rows: u64,
    /// Cells of a workbook's sheet.
    pub cells: u64,
    /// Bytes of one line of text.
    pub line: usize,
    /// Depth of XML or JSON.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 1 << 30,
            inflated: 1 << 30,
            ratio: 400,
            members: 20_000,
            rows: 20_000_000,
            cells: 40_000_000,
            line: 8 << 20,
            depth: 128,
        }
    }
}
