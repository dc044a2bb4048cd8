//! `waivers.toml`: dated decisions to live with findings, as they are written and as they are used.
//!
//! What a waiver is worth on a day, and whom it covers, is decided in `assess`.

mod cells;
mod csv;
mod kept;
mod resolve;
mod write;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::Reader;
use super::pack::Pack;
use super::value::Node;
use crate::base::diagnostic::Diagnostic;
use crate::base::stars::Stars;
use crate::base::time::Instant;
use crate::model::facts::WaiverKind;

pub use csv::COLUMNS;
pub use write::{Added, to_csv, to_toml};

/// The names under which waivers are found at the top of a folder of exports.
pub const NAMES: [&str; 2] = crate::source::WAIVERS;
/// What their ids begin with, and the scope that they are in.
pub const SCOPE: &str = "assize:waivers";
/// The framework that judges waivers, which is assessed wherever there are some.
pub const FRAMEWORK: &str = "assize-waivers";
/// A file longer than this is not read: none needs a tenth of it.
pub const LONGEST: u64 = 16 << 20;
/// Most waivers of all files together.
pub const MOST: usize = 10_000;
/// Most subjects and findings that they name together.
const MOST_SUBJECTS: usize = 100_000;
/// Most patterns of all together: each is held against every finding of its check.
const MOST_PATTERNS: usize = 1_000;
/// The longest id of a subject, or pattern of ids, in bytes.
const LONGEST_SUBJECT: usize = 4_096;
/// Most facts that are kept of one finding.
pub const MOST_FACTS: usize = 300;
/// The name under which a digest of all facts is kept where there are more.
pub const ALL_FACTS: &str = "all facts";
/// The name under which is kept what denies hold someone back from, which is no fact that checks can ask for.
pub const DENIES: &str = "grant.denies";
/// The name under which is kept what a boundary leaves at most; `* on *` where there is none.
pub const BOUNDARY: &str = "grant.boundary";
/// The name under which policies and groups are kept of which nothing was read.
pub const UNREAD: &str = "grant.unread";
/// The name under which the groups are kept that hold a policy.
pub const GROUPS: &str = "policy.groups";

/// Waivers, as they are written: `waivers.toml`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "The waivers of assize")]
pub struct RawWaivers {
    /// The waivers.
    #[schemars(with = "Vec<RawWaiver>")]
    pub waivers: Vec<Spanned<RawWaiver>>,
}

/// A dated decision to live with findings of one check.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWaiver {
    /// A short name in lower-case letters, digits and hyphens, that no other waiver has. Let it stay the same.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The check whose findings are waived, such as `credential-rotated`: with any values of its parameters, unless the check run is written, such as `credential-rotated[max_age=365d]`.
    #[schemars(with = "String")]
    pub check: Spanned<String>,
    /// The subjects of those findings: ids as reports write them, or patterns of ids in which `*` stands for any text.
    #[schemars(with = "Vec<String>")]
    pub subjects: Spanned<Vec<Spanned<String>>>,
    /// What kind of decision it is: `accepted_risk`, `false_positive`, `compensating_control`, `operational_requirement` or `vendor_dependency`.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["accepted_risk", "false_positive", "compensating_control", "operational_requirement", "vendor_dependency"]))]
    pub kind: Spanned<String>,
    /// Why the findings may stay, in a person's words.
    #[schemars(with = "String")]
    pub justification: Spanned<String>,
    /// Who approved it: the id of an owner, or an address. It covers no subject that the approver owns, alone or as one of a team.
    #[schemars(with = "String")]
    pub approver: Spanned<String>,
    /// Where the decision is recorded, such as `GRC-142`.
    #[schemars(with = "String")]
    pub ticket: Spanned<String>,
    /// The first day on which it is in force, such as `2026-07-01`.
    #[schemars(with = "String")]
    pub opened: Spanned<Node>,
    /// The first day on which it is no longer in force.
    #[schemars(with = "String")]
    pub expires: Spanned<Node>,
    /// For a compensating control, and for nothing else: what PCI DSS asks to be written down.
    #[schemars(with = "Option<RawCompensating>")]
    pub compensating: Option<Spanned<RawCompensating>>,
    /// The findings for which it was given, with what they rested on. `assize waivers new` writes this. Once one is there, findings that are not among them are not covered, whatever the subjects match.
    #[serde(default)]
    #[schemars(with = "Vec<RawGivenFor>")]
    pub given_for: Vec<Spanned<RawGivenFor>>,
}

/// What the worksheet of PCI DSS (appendix C) asks of a compensating control.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCompensating {
    /// What keeps the original requirement from being met.
    #[schemars(with = "String")]
    pub constraints: Spanned<String>,
    /// What the compensating control is, and how it answers the objective and the risk.
    #[schemars(with = "String")]
    pub definition: Spanned<String>,
    /// What the original requirement is for, and what the compensating control attains of it.
    #[schemars(with = "String")]
    pub objective: Spanned<String>,
    /// The risk that is left, or added, since the original requirement is not met.
    #[schemars(with = "String")]
    pub risk: Spanned<String>,
    /// How it was tested that the compensating control works.
    #[schemars(with = "String")]
    pub validation: Spanned<String>,
    /// What keeps it working, and who sees to that.
    #[schemars(with = "String")]
    pub maintenance: Spanned<String>,
}

/// A finding for which a waiver was given.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGivenFor {
    /// The subject of the finding: its id as reports write it.
    #[schemars(with = "String")]
    pub subject: Spanned<String>,
    /// The `evidence_digest` of the finding when the waiver was given.
    #[schemars(with = "String")]
    pub digest: Spanned<String>,
    /// The facts that decided, and others that the check asks about, as they stood: a value, `{ absent = true }`, `{ unknown = true }`, or for a list that is not whole `{ open = [...] }`. Times are text, lengths of time are seconds. Of more than 300 there is one, `all facts`, with a digest of them.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, Node>")]
    pub facts: BTreeMap<String, Spanned<Node>>,
}

/// All waivers that were found.
#[derive(Debug, Clone, Default)]
pub struct Waivers {
    /// The waivers, in the order of the files and within them.
    pub all: Vec<Waiver>,
    /// The files: name and SHA-256, in the order in which they were read.
    pub files: Vec<(String, String)>,
}

/// A waiver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its name.
    pub id: String,
    /// The check or the check run, as written.
    pub check: String,
    /// The subjects, as written.
    pub subjects: Vec<String>,
    /// Those of them that are patterns, ready to match.
    pub patterns: Vec<Stars>,
    /// What kind of decision it is.
    pub kind: WaiverKind,
    /// Why.
    pub justification: String,
    /// Who approved it.
    pub approver: String,
    /// Where that is recorded.
    pub ticket: String,
    /// The beginning of the first day on which it is in force.
    pub opened: Instant,
    /// The beginning of the first day on which it is no longer.
    pub expires: Instant,
    /// The worksheet of a compensating control.
    pub compensating: Option<Compensating>,
    /// The findings for which it was given, by subject.
    pub given_for: BTreeMap<String, GivenFor>,
    /// The file that it stands in.
    pub file: String,
    /// The bytes of its id in the file.
    pub span: std::ops::Range<usize>,
}

/// The worksheet of a compensating control.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Compensating {
    /// What keeps the original requirement from being met.
    pub constraints: String,
    /// What the control is.
    pub definition: String,
    /// What it attains.
    pub objective: String,
    /// The risk that is left.
    pub risk: String,
    /// How it was tested.
    pub validation: String,
    /// What keeps it working.
    pub maintenance: String,
}

impl Compensating {
    /// The six fields by name, in the order of the worksheet.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, &str); 6] {
        [
            ("constraints", &self.constraints),
            ("definition", &self.definition),
            ("objective", &self.objective),
            ("risk", &self.risk),
            ("validation", &self.validation),
            ("maintenance", &self.maintenance),
        ]
    }
}

/// A finding for which a waiver was given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GivenFor {
    /// The digest of what it rested on, as classes.
    pub digest: String,
    /// The facts by name, as they stood.
    pub facts: BTreeMap<String, Kept>,
}

/// A fact as it stood when a waiver was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// There was none.
    Absent,
    /// It was not known.
    Unknown,
    /// True or false.
    Bool(bool),
    /// A number, or a length of time in seconds.
    Int(i64),
    /// Text, a name of a closed set, the id of another subject, or a time.
    Text(String),
    /// The members of a list, sorted, and whether there may be others.
    List(Vec<String>, bool),
}

impl Waiver {
    /// True if it is for findings of this check run.
    #[must_use]
    pub fn is_for(&self, check: &str, run: &str) -> bool {
        self.check == run || self.check == check
    }

    /// True if one of its subjects is this id, or a pattern that stands for it.
    #[must_use]
    pub fn matches(&self, subject: &str) -> bool {
        self.subjects.iter().any(|one| one == subject) || self.patterns.iter().any(|one| one.matches(subject))
    }

    /// True if one of its patterns is nothing but wildcards.
    #[must_use]
    pub fn has_only_wildcards(&self) -> bool {
        self.patterns.iter().any(Stars::is_only_wildcards)
    }

    /// True if it says for which findings it was given.
    #[must_use]
    pub fn names_findings(&self) -> bool {
        !self.given_for.is_empty()
    }

    /// True if it says for which findings it was given, and what each of them rested on.
    #[must_use]
    pub fn keeps_facts(&self) -> bool {
        self.names_findings() && self.given_for.values().all(|given| !given.facts.is_empty())
    }
}

/// True if a file is a table, by its name.
#[must_use]
pub fn is_csv(file: &str) -> bool {
    file.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("csv"))
}

impl Waivers {
    /// Reads one more file, TOML or CSV by its name. Nothing of it is kept if it cannot be used; all mistakes are told.
    pub fn read(&mut self, file: &str, text: &str, sha256: String, pack: &Pack) -> Vec<Diagnostic> {
        let mut reader = Reader::new(file, text);
        let raw = if is_csv(file) {
            csv::rows(&mut reader, text)
        } else {
            reader.parse::<RawWaivers>().map(|raw| raw.waivers)
        };
        let read = raw.map(|raw| resolve::waivers(&mut reader, file, raw, pack, &self.all)).unwrap_or_default();
        if reader.errors() == 0 {
            self.all.extend(read);
            self.files.push((file.to_owned(), sha256));
        }
        reader.finish()
    }

    /// True if there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}
