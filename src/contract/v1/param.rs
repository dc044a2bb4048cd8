//! Parameters of check runs, with where each value comes from.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::ParamOrigin;

/// A parameter of a check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Param {
    /// Its name, without `params.`.
    pub name: String,
    /// The value that was used, as written in control files.
    pub value: String,
    /// Where the value comes from.
    pub origin: ParamOrigin,
    /// The default of the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// True if the value is looser than that default.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looser: bool,
    /// Who recommends the default, as the check states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What the profile says, where something else decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileValue>,
}

/// What the profile says of a parameter that something else decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileValue {
    /// The profile's value.
    pub value: String,
    /// True if it is looser than the value that was used.
    pub looser: bool,
}
