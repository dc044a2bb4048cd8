//! What would close the gaps of an assessment: which exports to add or to collect again, and what only a person can state.
//!
//! It rests on the verdicts of one run and on what each source says of itself, and knows no
//! system by name but for the few words of [`systems`]. Nothing is collected here: the script
//! that it writes is for a person to read and to run.

mod gather;
mod markdown;
mod place;
pub mod script;
pub mod shell;
mod snippet;
mod systems;
mod text;
mod trusts;

use serde::Serialize;

pub use gather::gather;
pub use markdown::markdown;
pub use snippet::entry;
pub use text::text;
pub use trusts::{Outsider, outsiders};

/// The name and version of the form in which it is written as JSON.
pub const SCHEMA: &str = "assize.sources-plan/v1";

/// What would close the gaps of one assessment.
#[derive(Debug, Clone, Serialize)]
pub struct Supply {
    /// The name and version of this form.
    pub schema: &'static str,
    /// The date of assessment.
    pub as_of: String,
    /// The verdicts that are unknown, and what they wait for.
    pub unknown: Unknown,
    /// How many pairs of check run and scope do not know whom to ask about, since a list of them is missing.
    pub open_populations: u64,
    /// The exports that would close gaps, the one that closes most first.
    pub exports: Vec<Wanted>,
    /// What a person has to state or to look into, what closes most first.
    pub statements: Vec<Statement>,
    /// The inventory that would state it, to fill in; empty if there is nothing to.
    pub inventory: String,
    /// The same with few subjects, for a terminal.
    #[serde(skip)]
    pub inventory_brief: String,
    /// What to fill in in `assize.toml`; empty if there is nothing to.
    pub profile: String,
}

/// How many verdicts are unknown. The parts add up to all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// All of them.
    pub all: u64,
    /// Those for which exports of one kind are enough.
    pub one_export: u64,
    /// Those that need exports of several kinds.
    pub several_exports: u64,
    /// Those that need exports, and beside them what only a person can say or do.
    pub exports_and_person: u64,
    /// Those for which no export helps.
    pub person: u64,
}

/// An export that would close gaps.
#[derive(Debug, Clone, Serialize)]
pub struct Wanted {
    /// The id of its source.
    pub source: &'static str,
    /// What it holds.
    pub title: &'static str,
    /// The system.
    pub system: &'static str,
    /// The commands that make it.
    pub commands: &'static [&'static str],
    /// The facts, and the lists to be complete, that are missing.
    pub missing: Vec<String>,
    /// How many unknown verdicts wait for it, in whichever scope. One that waits for several is counted under each.
    pub waiting: u64,
    /// How many of them wait for nothing else.
    pub alone: u64,
    /// Other sources that would close all that this one would.
    pub instead: Vec<&'static str>,
    /// For which scopes, by name.
    pub scopes: Vec<InScope>,
    /// The check runs that it helps to decide, by id.
    pub checks: Vec<String>,
    /// The requirements that those bear on, as framework and requirement.
    pub requirements: Vec<String>,
}

/// An export of one scope that would close gaps.
#[derive(Debug, Clone, Default, Serialize)]
pub struct InScope {
    /// The scope as assize names it; `*` where nobody knows.
    pub scope: String,
    /// How many unknown verdicts wait for it.
    pub waiting: u64,
    /// How many of them wait for nothing else.
    pub alone: u64,
    /// How many check runs do not know their population whole in this scope without it.
    pub open_populations: u64,
    /// Where to put it, relative to the folder of exports.
    pub path: String,
    /// What was loaded of it and does not do.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<Old>,
}

/// An export that was loaded, and has to be collected again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Old {
    /// Its path in the folder.
    pub path: String,
    /// When it was collected, if anyone says.
    pub collected_at: Option<String>,
    /// Why it does not do.
    pub why: OldWhy,
}

/// Why an export that was loaded has to be collected again: of several reasons the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OldWhy {
    /// It is older than the profile allows.
    Stale,
    /// It does not show that a list in it is whole.
    ListOpen,
    /// It was made before the date of the assessment, and use since then would stand in a later one.
    UsedSince,
    /// It does not have what is asked for of some of its subjects.
    Silent,
}

impl OldWhy {
    /// The reason, as said of the export.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Stale => "is older than the profile allows",
            Self::ListOpen => "does not show that its lists are whole",
            Self::UsedSince => "tells of use only up to when it was made",
            Self::Silent => "does not say it of all",
        }
    }
}

/// What a person has to say or to do.
#[derive(Debug, Clone, Serialize)]
pub struct Statement {
    /// The facts or lists that are missing and have one remedy.
    pub missing: Vec<String>,
    /// Why it is not known.
    pub cause: &'static str,
    /// How many unknown verdicts wait for it.
    pub waiting: u64,
    /// How many of them wait for nothing else.
    pub alone: u64,
    /// In which scopes, by name.
    pub scopes: Vec<String>,
    /// How many populations are not known whole without it.
    pub open_populations: u64,
    /// What to do, for the first of the scopes.
    pub remedy: String,
    /// Commands that help with it, to be run by hand: once for each place that a person knows of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub commands: Vec<&'static str>,
    /// The check runs that it helps to decide, by id.
    pub checks: Vec<String>,
    /// The requirements that those bear on, as framework and requirement.
    pub requirements: Vec<String>,
}
