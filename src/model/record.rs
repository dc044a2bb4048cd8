//! The records that facts came from: which export, where in it.

use super::intern::Sym;

/// A record of an export, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub u32);

/// An export that was read, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportId(pub u32);

/// The index of a record that is in no list: what is said to be its list is the pointer to itself.
pub const ITSELF: u32 = u32::MAX;

/// What is said to be the list of records that are the elements of an outer array.
pub const ELEMENTS: &str = "[]";

/// Where one record stands.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// In which export.
    pub export: ExportId,
    /// The list that it is a member of, as a JSON pointer (`/UserDetailList`), or `""` for a whole document, or `row` for CSV.
    pub list: Sym,
    /// Its position in that list, from 0; for CSV the line in the file, from 1; [`ITSELF`] for a record that is in none.
    pub index: u32,
    /// Which of the documents of a stream of JSON documents, from 0.
    pub document: u32,
    /// The first byte in the (decoded) text of the export.
    pub offset: u64,
}

/// What is known of an export when its records are stored.
#[derive(Debug, Clone)]
pub struct ExportInfo {
    /// The path relative to the folder, with `/`.
    pub path: String,
    /// The id of the source that reads it.
    pub source: &'static str,
    /// Authority of the source, higher wins, for facts merged by authority.
    pub authority: u8,
    /// When it was collected, if anyone says.
    pub collected_at: Option<i64>,
    /// How many separate documents were in the file.
    pub documents: u32,
}

/// All records and exports.
#[derive(Debug, Default)]
pub struct Records {
    /// The exports, in the order in which they were read.
    pub exports: Vec<ExportInfo>,
    all: Vec<Record>,
}

impl Records {
    /// Adds an export.
    pub fn add_export(&mut self, info: ExportInfo) -> ExportId {
        let id = ExportId(u32::try_from(self.exports.len()).unwrap_or(u32::MAX));
        self.exports.push(info);
        id
    }

    /// Adds a record.
    pub fn add(&mut self, record: Record) -> RecordId {
        let id = RecordId(u32::try_from(self.all.len()).unwrap_or(u32::MAX));
        self.all.push(record);
        id
    }

    /// A record by its number.
    #[must_use]
    pub fn get(&self, id: RecordId) -> Option<&Record> {
        self.all.get(id.0 as usize)
    }

    /// The export of a record.
    #[must_use]
    pub fn export(&self, id: RecordId) -> Option<&ExportInfo> {
        self.get(id).and_then(|record| self.exports.get(record.export.0 as usize))
    }

    /// Authority and collection time of a record, for merging.
    #[must_use]
    pub fn rank(&self, id: RecordId) -> (u8, Option<i64>) {
        self.export(id).map_or((0, None), |export| (export.authority, export.collected_at))
    }
}
