//! The words of the controls that were used: of checks and of classification rules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Confidence;

/// The words of the controls that were used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Texts {
    /// One entry a check, by id.
    pub checks: Vec<CheckText>,
    /// How AI-connected identities are recognised, by name of the rule.
    pub rules: Vec<RuleText>,
}

/// The words of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckText {
    /// The id of the check.
    pub id: String,
    /// Its title: the statement that is tested.
    pub title: String,
    /// The control file.
    pub file: String,
    /// The expression that says which subjects it applies to; none if to all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applies: Option<String>,
    /// The expression that says which subjects pass.
    pub passes: String,
    /// How the test is done, in words. Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub procedure: String,
    /// Why it matters. Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub rationale: String,
    /// What to do about a failure. Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub remediation: String,
}

/// The words of one classification rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleText {
    /// The name of the rule.
    pub name: String,
    /// What the rule takes as the reason.
    pub reason: String,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The expression.
    pub expression: String,
    /// The control file.
    pub file: String,
    /// How many subjects it recognised.
    pub recognised: u64,
    /// Facts that the rule reads and no export gave.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_loaded: Vec<String>,
}
