//! Findings: one failure each, with what it rests on.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::param::Param;
use super::subject::SubjectRef;
use super::words::{Closure, Confidence, FactState, HopState, Severity};

/// A subject that fails a check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// Check run, a space, subject id. The same next month if it is the same finding.
    pub id: String,
    /// The check run.
    pub check_run: String,
    /// The subject.
    pub subject: SubjectRef,
    /// How bad it is.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// Position in `waivers` of the waiver that covers it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<u32>,
    /// Who answers for the subject: owner ids, or names where there is no id.
    pub owners: Vec<String>,
    /// Why it fails, in one sentence.
    pub reason: String,
    /// The facts that decided, in the order in which they did.
    pub evidence: Vec<Evidence>,
    /// The complete lists that a "none" or "all" rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enumerations: Vec<EnumerationUse>,
    /// The parameters that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// The way through the identity graph, if the finding rests on one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Hop>,
    /// Who holds a shared policy or group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holders: Option<Holders>,
    /// The requirements that the finding bears on, as `framework requirement`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    /// Digest over what decided, without ages and times: the same as long as the reason is.
    pub evidence_digest: String,
}

/// One fact that decided, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The fact, such as `credential.last_change_at`.
    pub fact: Cow<'static, str>,
    /// The subject of the fact, if it is not the finding's: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Known, absent or unknown.
    pub state: FactState,
    /// The value, or the meaning of its absence. Never a secret.
    pub value: String,
    /// What makes the value plain, such as `303 days before the assessment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The export, by position; none if the fact is derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<u32>,
    /// Where in the export: a JSON pointer, or `row 7`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// The first byte of the record in the text of the export.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
    /// Which of several documents in the file, from 0. Reports count from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<u32>,
}

/// A complete list that a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumerationUse {
    /// The list, such as `access_keys`.
    pub listing: String,
    /// The scope.
    pub scope: String,
    /// Shown or asserted.
    pub closure: Closure,
    /// Who asserts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The export where this stands, by position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<u32>,
    /// Where in the export a person asserts it; none if the manifest does, or the whole export shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hop {
    /// Its number, from 1.
    pub n: u32,
    /// Where it starts.
    pub from: SubjectRef,
    /// Where it ends.
    pub to: SubjectRef,
    /// What the step is, such as `assume`; `reach` where a grant leads to a resource.
    pub how: Cow<'static, str>,
    /// How sure the step is.
    pub state: HopState,
    /// How many steps come between this one and the next that are not told, since the path is very long; none if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
    /// What the step rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// Who holds what the finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Holders {
    /// How many identities.
    pub count: u64,
    /// The first of them, by id.
    pub first: Vec<SubjectRef>,
}
