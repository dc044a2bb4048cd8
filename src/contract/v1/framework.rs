//! Frameworks: their requirements, the parts of those, and the check runs that answer them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{AnsweredBy, AttestationStatus, Coverage, MappedBy, Relationship, Status};

/// A published set of requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Framework {
    /// The id, such as `owasp-nhi-2025`.
    pub id: String,
    /// The title.
    pub title: String,
    /// The edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it is published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Who made the mapping of checks to requirements, and how.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// What a reader must know before citing it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// True if it is reached over the parts of other frameworks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub crosswalk: bool,
    /// How much was decided, over all requirements; a run that answers two parts counts once.
    pub coverage: Coverage,
    /// The requirements, in the order of the framework.
    pub requirements: Vec<Requirement>,
}

/// A numbered item of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Requirement {
    /// The id, such as `NHI7:2025`.
    pub id: String,
    /// The title.
    pub title: String,
    /// What it asks, in assize's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What a reader must know before citing it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What it came to.
    pub status: Status,
    /// How much was decided.
    pub coverage: Coverage,
    /// The things that it demands.
    pub parts: Vec<Part>,
    /// What corresponds to it in other frameworks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub see_also: Vec<RequirementRef>,
}

/// A requirement of another framework that corresponds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RequirementRef {
    /// The framework.
    pub framework: String,
    /// The requirement.
    pub requirement: String,
    /// What this requirement asks, beside what the other asks.
    pub relationship: Relationship,
    /// Who says so.
    pub by: MappedBy,
    /// Where the publisher says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// One of the things that a requirement demands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// The id within the requirement.
    pub id: String,
    /// The title.
    pub title: String,
    /// What answers it.
    pub answered_by: AnsweredBy,
    /// What it came to.
    pub status: Status,
    /// How much was decided.
    pub coverage: Coverage,
    /// The check runs that answer it.
    pub runs: Vec<PartRun>,
    /// What a person is asked to state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual: Option<String>,
    /// Why nothing answers it, where nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unanswered: Option<String>,
    /// The state of that statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<AttestationState>,
    /// In a crosswalk: how what the requirement asks stands to what answers the part. The status of the part follows from it:
    /// where the requirement asks something else too, what passes does not satisfy it; where it does not ask all of it, what
    /// fails leaves it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crosswalk: Option<Crosswalk>,
    /// What is worth knowing of how the part is answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How what a requirement asks stands to what answers one of its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Crosswalk {
    /// What the requirement asks, beside what the answer is to.
    pub relationship: Relationship,
    /// Who says so.
    pub by: MappedBy,
    /// Where the publisher says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The control file that says so, where neither this project nor a publisher does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_in: Option<String>,
    /// The part of another framework whose answer is taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as: Option<PartRef>,
}

/// A part of a requirement of another framework.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartRef {
    /// The framework.
    pub framework: String,
    /// The requirement.
    pub requirement: String,
    /// The part.
    pub part: String,
}

/// A check run that answers a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartRun {
    /// The id of the run.
    pub run: String,
    /// What it came to.
    pub status: Status,
}

/// Whether the statement that a part asks for stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AttestationState {
    /// Given, outstanding or expired.
    pub status: AttestationStatus,
    /// Which of `attestations`, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<u32>,
}
