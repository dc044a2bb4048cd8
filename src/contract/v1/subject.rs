//! Subjects: one named in a verdict, and how many there are of each kind.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Presence;

/// A subject, as verdicts name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct SubjectRef {
    /// The kind of subject, such as `credential`.
    pub kind: Cow<'static, str>,
    /// The id, which is the same next month.
    pub id: String,
    /// The name that people use.
    pub name: String,
    /// The scope that it belongs to.
    pub scope: String,
}

/// How many subjects of one kind there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectCount {
    /// The subject, such as `identity`.
    pub subject: String,
    /// Its kind, such as `role`; none if the subject has no kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The system, such as `aws`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// Listed or mentioned.
    pub presence: Presence,
    /// How many.
    pub count: u64,
}
