//! The files of the folder: read, left out, and the records that could not be read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::check::Total;

/// An export that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Export {
    /// The path relative to the folder, with `/`.
    pub path: String,
    /// Digest of the file as it stands.
    pub sha256: String,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// The id of the source that reads it.
    pub source: String,
    /// The scopes that it speaks of.
    pub scopes: Vec<String>,
    /// When it was collected, if anyone says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<String>,
    /// By whom, if the manifest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_by: Option<String>,
    /// With which command, if the manifest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// Who issued it, if the manifest says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Records read.
    pub read: u64,
    /// Records rejected.
    pub rejected: u64,
    /// Records left out on purpose.
    pub ignored: u64,
    /// Records of each kind: control totals to compare with the system.
    pub totals: Vec<Total>,
    /// The export that is newer and used in its place, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superseded_by: Option<u32>,
    /// What is worth knowing of how it was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A file of the folder that was not read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IgnoredFile {
    /// The path relative to the folder.
    pub path: String,
    /// Why it was left out.
    pub reason: String,
}

/// A record that could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RejectedRecord {
    /// The export, by position.
    pub export: u32,
    /// Where: a JSON pointer, or `row 7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The first byte of the record in the text of the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Which of several documents in the file, from 0. Reports count from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<u32>,
    /// What is wrong with it; never its text.
    pub reason: String,
}
