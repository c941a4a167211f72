//! How much a received file may cost. Every reader of this room stops at these bounds and says which one.

/// Bytes of a file that is looked at.
pub const FILE: u64 = 512 << 20;
/// Bytes that one part of a package or one stream may have once unpacked.
pub const PART: u64 = 256 << 20;
/// Bytes that all parts of a package may have together, once unpacked.
pub const PACKAGE: u64 = 1 << 30;
/// Entries of an archive or of a compound file's directory.
pub const ENTRIES: usize = 65_535;
/// Elements within elements of a part in XML.
pub const DEPTH: usize = 256;
/// Bytes of all the source text of a macro project, once unpacked.
pub const SOURCE: usize = 64 << 20;
/// Modules of a macro project.
pub const MODULES: usize = 4_096;
/// Cells of all the sheets of a workbook together, blank ones that are written out included.
pub const CELLS: usize = 4_000_000;
/// Merged ranges, validations, comments, columns or names of a sheet, each.
pub const PIECES: usize = 131_072;
/// Values that a list of allowed values may have.
pub const LIST: usize = 16_384;
