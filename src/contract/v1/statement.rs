//! What people decided or stated: waivers and attestations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::{AttestationStatus, DoubtWhy, WaiverState, WaiverType};

/// A dated decision to live with findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// Its name in the file.
    pub id: String,
    /// The file that it stands in; its digest is among `controls`.
    pub file: String,
    /// The check, or the check run.
    pub check: String,
    /// The subjects meant, as written.
    pub subjects: Vec<String>,
    /// What kind of decision it is.
    #[serde(rename = "type")]
    pub kind: WaiverType,
    /// Why.
    pub justification: String,
    /// Who approved it.
    pub approver: String,
    /// Where that is recorded.
    pub ticket: String,
    /// The first day on which it is in force.
    pub opened: String,
    /// The first day on which it is no longer in force.
    pub expires: String,
    /// The worksheet of a compensating control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating: Option<Compensating>,
    /// Whether it is in force on the date of the assessment.
    pub state: WaiverState,
    /// True if it says for which findings it was given, with what they rested on.
    pub keeps_facts: bool,
    /// True if its check is among those of the assessment.
    pub asked: bool,
    /// How many findings its subjects match.
    pub matches: u64,
    /// How many of them it covers.
    pub covers: u64,
    /// Those that it does not cover though it is in force, or that say something against it, by why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<WaiverDoubt>,
}

/// The six fields that PCI DSS asks to be written down of a compensating control.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Compensating {
    /// What keeps the original requirement from being met.
    pub constraints: String,
    /// What the control is.
    pub definition: String,
    /// What it attains of the objective.
    pub objective: String,
    /// The risk that is left.
    pub risk: String,
    /// How it was tested.
    pub validation: String,
    /// What keeps it working.
    pub maintenance: String,
}

/// Findings that a waiver matches, and what is to be said of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverDoubt {
    /// What it is.
    pub why: DoubtWhy,
    /// Of how many findings.
    pub count: u64,
    /// The first of them.
    pub first: Vec<DoubtedFinding>,
}

/// A finding that a waiver matches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DoubtedFinding {
    /// Its id.
    pub finding: String,
    /// What got worse, where something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// A person's statement that answers a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attestation {
    /// The framework.
    pub framework: String,
    /// The requirement.
    pub requirement: String,
    /// The part.
    pub part: String,
    /// What is stated.
    pub statement: String,
    /// By whom.
    pub by: String,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Until when it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Given or expired.
    pub status: AttestationStatus,
    /// The export where it stands, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<u32>,
    /// Where in the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}
