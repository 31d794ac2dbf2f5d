//! Why bytes are no workbook.

/// Why a file cannot be read. Its words are English and for the log; people get the sentence of [`Error::code`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither Excel nor OpenDocument nor text.
    #[error("not a spreadsheet")]
    NotASpreadsheet,
    /// Opens only with a password.
    #[error("protected by a password")]
    Password,
    /// Starts like a workbook and is none; the reader's own words.
    #[error("damaged: {0}")]
    Damaged(String),
    /// Nothing in it.
    #[error("no filled cell")]
    Empty,
    /// More than [`crate::limits::FILE_BYTES_MAX`].
    #[error("{bytes} bytes")]
    FileTooLarge {
        /// Bytes of the file.
        bytes: usize,
    },
    /// More than [`crate::limits::INFLATED_BYTES_MAX`] once unpacked.
    #[error("too much once unpacked")]
    InflatesTooFar,
    /// More than [`crate::limits::ROWS_MAX`].
    #[error("too many rows")]
    TooManyRows,
    /// A filled cell beyond [`crate::limits::COLUMNS_MAX`].
    #[error("too many columns")]
    TooManyColumns,
    /// More than [`crate::limits::CELLS_MAX`].
    #[error("too many cells")]
    TooManyCells,
    /// More than [`crate::limits::SHEETS_MAX`].
    #[error("too many sheets")]
    TooManySheets,
}

impl Error {
    /// The name of its sentence in `assets/messages`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotASpreadsheet => "sheet_not_a_spreadsheet",
            Self::Password => "sheet_password",
            Self::Damaged(_) => "sheet_damaged",
            Self::Empty => "sheet_empty",
            Self::FileTooLarge { .. } => "sheet_file_too_large",
            Self::InflatesTooFar => "sheet_inflates_too_far",
            Self::TooManyRows => "sheet_too_many_rows",
            Self::TooManyColumns => "sheet_too_many_columns",
            Self::TooManyCells => "sheet_too_many_cells",
            Self::TooManySheets => "sheet_too_many_sheets",
        }
    }
}
