//! The date that an assessment speaks of, and what the organisation chose.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::AsOfOrigin;

/// The date that the assessment speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsOf {
    /// The instant.
    pub at: String,
    /// How it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<AsOfOrigin>,
}

/// What the organisation chose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    /// The name of the organisation, if the profile has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// The file, relative to the folder of exports; none if all is default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Digest of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Ids of the frameworks that were asked for.
    pub frameworks: Vec<String>,
    /// How old an export may be, such as `30d`; none if any age will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_evidence_age: Option<String>,
    /// Every other choice, by dotted name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settings: Vec<Setting>,
}

/// One choice of the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Setting {
    /// Its dotted name, such as `environments.prod`.
    pub name: String,
    /// Its value, as text.
    pub value: String,
}
