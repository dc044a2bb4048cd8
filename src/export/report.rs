//! What is said afterwards of each file: what it was taken for, what was read of it, what was not.

/// How many rejected records of one file are kept with their reason; the rest is counted.
pub const KEPT: usize = 100;

/// One file of the folder.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says one thing that was found of a file, and any may hold with any"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportReport {
    /// The path relative to the folder, with `/`.
    pub path: String,
    /// SHA-256 of its bytes; `None` if it was not read to its end.
    pub sha256: Option<String>,
    /// Its size in bytes.
    pub bytes: u64,
    /// The id of the source that read it; `None` if it was left out.
    pub source: Option<&'static str>,
    /// The scopes that it speaks of, sorted.
    pub scopes: Vec<String>,
    /// True if it does not say its scope and nobody does, so that one was made of the folder that it lies in.
    pub scope_by_path: bool,
    /// When it was collected, UTC seconds, if anyone says.
    pub collected_at: Option<i64>,
    /// By whom, if anyone says.
    pub collected_by: Option<String>,
    /// With which command: as declared, else `None`.
    pub command: Option<String>,
    /// Who vouches for it, if anyone says.
    pub issuer: Option<String>,
    /// Records that gave facts.
    pub read: u64,
    /// Records that could not be used; each has a reason.
    pub rejected: u64,
    /// Records that were well formed and left aside on purpose, such as those of an older snapshot.
    pub ignored: u64,
    /// Why records were left aside, one sentence a reason, sorted.
    pub ignored_why: Vec<String>,
    /// Numbers to hold against the system's own, such as `users` and `roles`.
    pub control_totals: Vec<(String, u64)>,
    /// What it was taken for, or why it was left out.
    pub took_for: String,
    /// True if the file is one that should have been readable and was not.
    pub broken: bool,
    /// Why its lists are not whole although no record was rejected, if anything shows that.
    pub incomplete: Option<&'static str>,
    /// True if what follows some place of it, or a part of it that is in no list, was not read: any list may lack something.
    pub cut: bool,
    /// True if the file was not UTF-8 and was transcoded.
    pub transcoded: bool,
}

/// One record that was rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The path of the file.
    pub path: String,
    /// Where in it: a JSON pointer, or a line.
    pub place: String,
    /// The first byte of it in the text of the file.
    pub offset: u64,
    /// Why, in words that quote no value of it.
    pub why: String,
}

/// The rejected records of one file: the first in full, all counted.
#[derive(Debug, Default)]
pub struct Rejections {
    /// The first of them.
    pub kept: Vec<Rejected>,
    /// How many there are.
    pub count: u64,
}

impl Rejections {
    /// Adds one.
    pub fn push(&mut self, rejected: Rejected) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push(rejected);
        }
    }
}
