//! What people decided or stated: waivers and attestations.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::AttestationStatus;

/// A dated decision to live with findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Waiver {
    /// The id.
    pub id: String,
    /// The check, or the check run.
    pub check: String,
    /// The subjects meant, as written.
    pub subjects: Vec<String>,
    /// Why.
    pub reason: String,
    /// Who signed it off.
    pub approved_by: String,
    /// When.
    pub approved_at: String,
    /// Until when.
    pub expires_at: String,
    /// True if it ended before the date of the assessment.
    pub expired: bool,
    /// How many findings it covers.
    pub covers: u64,
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
