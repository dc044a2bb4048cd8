//! What was joined across exports, what is odd in them, and what is not modelled.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subject::SubjectRef;
use super::words::Confidence;

/// A way by which records of different exports were taken to be about the same thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    /// The way, such as `access-key-id`.
    pub method: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// How many pairs were joined.
    pub count: u64,
    /// The first of the pairs, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<(SubjectRef, SubjectRef)>,
}

/// Something odd in the exports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// A stable kebab-case name of the oddity.
    pub code: String,
    /// What is odd, in one sentence.
    pub message: String,
    /// How often.
    pub count: u64,
    /// The scope, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The exports, by position.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exports: Vec<u32>,
    /// The first of the subjects, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub first: Vec<SubjectRef>,
}

/// Something that the assessment does not model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Limit {
    /// A stable kebab-case name.
    pub code: String,
    /// What is not modelled, and what that means for the verdicts.
    pub text: String,
}
