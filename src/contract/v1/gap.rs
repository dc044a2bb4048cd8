//! Gaps: groups of unknown verdicts with one cause, and what would close them.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subject::SubjectRef;
use super::words::Cause;

/// A group of unknown verdicts of one check run with one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// The check run.
    pub check_run: String,
    /// Why the verdicts are unknown.
    pub cause: Cause,
    /// What is missing.
    pub about: GapAbout,
    /// In which scope.
    pub scope: String,
    /// How many subjects are left undecided; none where nobody knows, since the subjects were not listed.
    pub count: Option<u64>,
    /// What would close it.
    pub remedy: Remedy,
    /// The first 20 of the subjects, by id. Many gaps name the same ones.
    pub first: Vec<Arc<SubjectRef>>,
    /// Digest of the ids of all subjects, sorted, each with a line feed.
    pub subjects_sha256: String,
}

/// What is missing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapAbout {
    /// A fact, such as `credential.last_change_at`.
    Fact(String),
    /// A complete list, such as `access_keys`.
    Listing(String),
}

impl GapAbout {
    /// The fact or list.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Fact(name) | Self::Listing(name) => name,
        }
    }
}

/// What is done with the exports that would close a gap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// They are added.
    #[default]
    Add,
    /// They are there, and are collected again.
    CollectAgain,
    /// They are added, and somebody says that all was scanned, which no report of a scanner shows.
    Scan,
}

impl Step {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_add(&self) -> bool {
        *self == Self::Add
    }
}

/// What would close a gap.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Remedy {
    /// In words.
    pub text: String,
    /// The sources whose exports would close it, by id, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<String>,
    /// The commands that make those exports, in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<String>,
    /// What is done with those exports; `add` where it is not there.
    #[serde(default, skip_serializing_if = "Step::is_add")]
    pub step: Step,
}
