//! How much a file may ask of this machine. A commune's year fits many times over; a bomb does not.

/// Bytes of a file. A million typed cells of an .xlsx take about 8 MB.
pub const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Bytes of all parts of a packed file together. Honest sheets shrink to a tenth.
pub const INFLATED_BYTES_MAX: u64 = 384 * 1024 * 1024;
/// Rows of a sheet, empty ones between counted.
pub const ROWS_MAX: usize = 200_000;
/// Columns of a sheet.
pub const COLUMNS_MAX: usize = 256;
/// Cells of a workbook, empty ones left of a filled one counted: 32 bytes each before their text.
pub const CELLS_MAX: usize = 4_000_000;
/// Sheets of a workbook.
pub const SHEETS_MAX: usize = 64;
/// Merged areas of a sheet that are looked at; those beyond are plain cells.
pub const AREAS_MAX: usize = 50_000;
