//! AI systems: what each is, what it runs as, and what it reaches from there.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::subject::SubjectRef;
use super::words::HopState;

/// One application or agent, with enough to draw what it reaches.
///
/// Each list has its first entries only, in an order that stays the same; `more` counts what was left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AiSystem {
    /// The id, which is the same next month.
    pub id: String,
    /// The name that people use.
    pub name: String,
    /// The scope that it belongs to.
    pub scope: String,
    /// How it acts, such as `autonomous`; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Where it is in its life, such as `pilot`; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// When its pilot ends or ended; none if that is not known or no end is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pilot_ends_at: Option<String>,
    /// Who makes or hosts it; none if nobody said, or it is the organisation's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// The model that it uses; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Who answers for it: owner ids, or names where there is no id.
    pub owners: Vec<String>,
    /// The tools that it can call, by name.
    pub tools: Vec<AiTool>,
    /// The credentials that it holds, and those of the identities that it runs as or uses.
    pub credentials: Vec<AiCredential>,
    /// The identities that it runs as or uses.
    pub identities: Vec<AiIdentity>,
    /// What can be reached from those identities, nearest first: identities that they can become, then resources.
    pub reach: Vec<Reached>,
    /// How many entries were left out of the lists above.
    pub more: AiMore,
    /// Failures of the system itself, its identities and its credentials, that no waiver covers.
    pub findings: SeverityCounts,
    /// Failures of the same subjects that a waiver covers.
    #[serde(default)]
    pub waived: u64,
    /// Verdicts on the same subjects that could not be decided.
    pub unknown: u64,
}

/// A tool that an AI system can call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AiTool {
    /// The name.
    pub name: String,
    /// What it runs or calls, as a package, an image, a program or an address, without anything secret; none if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Id of the credential by which it is called; none if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// A credential on the way of an AI system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AiCredential {
    /// The credential.
    pub subject: SubjectRef,
    /// What kind of proof it is, such as `access_key`; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Where its secret is kept; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stored_in: Option<String>,
    /// Id of the identity that it proves; none if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// True if a source says that the AI system holds it, false if it only belongs to one of its identities.
    pub held: bool,
}

/// An identity that an AI system runs as or uses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AiIdentity {
    /// The identity.
    pub subject: SubjectRef,
    /// What kind of account it is, such as `role`; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Its environment, such as `prod`; none if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// True for an administrator of its system, and for one that can make one of itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub administrator: bool,
}

/// An identity that an AI system can become, or a resource that it can reach.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reached {
    /// The identity or resource.
    pub subject: SubjectRef,
    /// What kind of account it is, such as `role`, or what kind of resource, such as `bucket`; none if nobody said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The system that it is in, such as `aws`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub system: String,
    /// Its environment, such as `prod`; none if that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// True for an identity that is an administrator of its system, or can make one of itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub administrator: bool,
    /// `become` for an identity; for a resource the highest level of the rights that are as sure as `state` says, such as
    /// `write`.
    pub how: String,
    /// How sure it is that it can be reached: the weakest step of the surest way.
    pub state: HopState,
    /// Ids of the identities from which it is one step away, sorted: the first few, with the surest ways.
    pub from: Vec<String>,
    /// The last step from each of these, surest first. One identity has several where a less sure right goes further.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<ReachedStep>,
}

/// The last step to what an AI system reaches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReachedStep {
    /// Id of the identity that takes it.
    pub from: String,
    /// `become` for an identity; for a resource the highest level that the step's sureness holds for, such as `write`.
    pub how: String,
    /// How sure this step is by itself.
    pub state: HopState,
}

/// How many entries the lists of an AI system leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AiMore {
    /// Tools.
    pub tools: u64,
    /// Credentials.
    pub credentials: u64,
    /// Identities that it runs as or uses.
    pub identities: u64,
    /// Identities that it can become. What is reached only from those is not counted among the resources.
    pub becomes: u64,
    /// Resources.
    pub resources: u64,
}

/// Failures by severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SeverityCounts {
    /// Critical ones.
    pub critical: u64,
    /// High ones.
    pub high: u64,
    /// Medium ones.
    pub medium: u64,
    /// Low ones.
    pub low: u64,
}
