//! Check runs: what was asked of whom, and what came out.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::param::Param;
use super::subject::SubjectRef;
use super::words::{Coverage, Severity, Status};

/// A check with its parameters, and what it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckRun {
    /// The id: the check's, with the parameters that differ from its defaults in brackets.
    pub id: String,
    /// The id of the check, whose words stand in `texts`.
    pub check: String,
    /// What it came to.
    pub status: Status,
    /// How bad a failure is.
    pub severity: Severity,
    /// The subject that it asks about, such as `credential`.
    pub subject: String,
    /// The parameters.
    pub params: Vec<Param>,
    /// Whom it asked about.
    pub population: Population,
    /// What came out.
    pub tally: Tally,
    /// How much was decided.
    pub coverage: Coverage,
    /// Digest of the run's column in `verdicts-<subject>.csv`: of the digest of all ids (each with a
    /// line feed) in hexadecimal, a line feed, and the verdicts one after another, in the order of the ids.
    pub verdicts_sha256: String,
    /// The pass that is nearest to failing, where passes rest on a date, a length of time or a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestPass>,
}

/// The pass of a check run that is nearest to failing: its margin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NearestPass {
    /// Who passes. Of several that are as near, the first by id.
    pub subject: SubjectRef,
    /// How far what was compared is from its limit, such as `88 days of at most 90 days`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<String>,
    /// From when it fails if nothing changes but the date; none where time alone does not make it fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails_from: Option<String>,
    /// How many passes fail within 30 days of the date of assessment if nothing changes but the date.
    pub fail_soon: u64,
}

/// Whom a check run asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Population {
    /// How many subjects the check applies to, or may apply to.
    pub size: u64,
    /// The same, by scope: control totals. They add up to `size`.
    pub by_scope: Vec<Total>,
    /// The same, by system.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_system: Vec<Total>,
    /// Listed subjects that the check does not apply to, by reason.
    pub out_of_scope: Vec<OutOfScope>,
    /// Subjects that were left out by a decision, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// Subjects that are only mentioned, and so in no population.
    pub not_listed: u64,
    /// What the population rests on that was not loaded, such as rules of classification without their facts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A count by name, and the count that someone else states.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Total {
    /// What was counted: a kind of record, a scope, a system.
    pub name: String,
    /// How many.
    pub count: u64,
    /// How many the export itself states, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<u64>,
}

/// Listed subjects that a check does not apply to, for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OutOfScope {
    /// The reason, such as `does not apply: credential.enabled is false`.
    pub reason: String,
    /// How many.
    pub count: u64,
    /// The first of them, by id.
    pub first: Vec<SubjectRef>,
}

/// The reason of those that were not there yet.
pub const MADE_LATER: &str = "made or first seen after the date of the assessment";

/// A subject that was left out by a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exclusion {
    /// The subject.
    pub subject: SubjectRef,
    /// Why.
    pub reason: String,
    /// Who decided, if anyone is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

/// How the verdicts of a run came out. They add up to the size of the population.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// Passes.
    pub pass: u64,
    /// Failures that no waiver covers.
    pub fail: u64,
    /// Not decided.
    pub unknown: u64,
    /// Failures that a waiver covers.
    pub waived: u64,
}
