//! Scopes: which were expected, which were seen, and what was listed completely in each.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Closure;

/// Expected and seen scopes, and the enumerations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scopes {
    /// The scopes that the profile expects. Empty means that nobody asserts which scopes there are.
    pub expected: Vec<String>,
    /// The scopes that an export speaks of.
    pub seen: Vec<Scope>,
    /// Expected, and no export speaks of them.
    pub missing: Vec<String>,
    /// What is said of the completeness of each list, by scope and listing.
    pub enumerated: Vec<Enumerated>,
}

/// A scope that an export speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scope {
    /// Its id, such as `aws:111122223333`.
    pub id: String,
    /// Its name, if an export or the profile gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The system, such as `aws`.
    pub system: String,
    /// True if the profile expects it.
    pub expected: bool,
    /// The exports that speak of it, by position.
    pub exports: Vec<u32>,
    /// When the latest of them was collected, if anyone says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collected_at: Option<String>,
}

/// What one export or person says of the completeness of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enumerated {
    /// The scope.
    pub scope: String,
    /// The list, such as `access_keys`.
    pub listing: String,
    /// Shown, asserted, or shown not to be whole.
    pub closure: Closure,
    /// Who asserts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// As of when it is asserted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// What shows that the list is not whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The export where this stands, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<u32>,
    /// Where in the export: a JSON pointer, or `row 7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}
