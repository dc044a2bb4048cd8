//! The control files that were used, and the result of the tests that they carry.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::ControlOrigin;

/// The controls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Controls {
    /// The files, by path.
    pub files: Vec<ControlFile>,
    /// The result of their own tests, run by the program that made this assessment.
    pub tests: ControlTests,
}

/// One control file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlFile {
    /// The path below `controls/`.
    pub path: String,
    /// Digest of the file.
    pub sha256: String,
    /// Where it comes from.
    pub origin: ControlOrigin,
    /// True if it is not, byte for byte, what assize was built with.
    pub modified: bool,
}

/// How the tests that control files carry came out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlTests {
    /// How many were run.
    pub run: u64,
    /// How many came out as they should.
    pub passed: u64,
    /// Those that did not.
    pub failures: Vec<ControlTestFailure>,
    /// Checks whose tests never make them pass, fail or unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incomplete: Vec<String>,
}

/// A test that did not come out as it should.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ControlTestFailure {
    /// The control file.
    pub file: String,
    /// The name of the test.
    pub test: String,
    /// What was expected, and what came.
    pub message: String,
}
