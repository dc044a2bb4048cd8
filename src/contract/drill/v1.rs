//! `assize.drill/v1`: one credential leaks now; what that opens, how fast it is closed, and who must be told.
//!
//! Evidence refers to `exports` by position, as in a results file. Names that a reader does not know are to be ignored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::v1::{AsOf, Evidence, Export, Hop, HopState, SubjectRef, Tool};

/// The name of this form.
pub const SCHEMA: &str = "assize.drill/v1";

/// One drill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "assize leak drill, version 1")]
pub struct Drill {
    /// `assize.drill/v1`.
    #[schemars(extend("const" = "assize.drill/v1"))]
    pub schema: String,
    /// The program that made it.
    pub tool: Tool,
    /// The date that it speaks of.
    pub as_of: AsOf,
    /// The exports that were read, in their order.
    pub exports: Vec<Export>,
    /// The credential.
    pub credential: SubjectRef,
    /// Its kind, such as `access_key`; none where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is accepted, with where that stands.
    pub enabled: Evidence,
    /// Whose it is, with where that stands.
    pub identity: Evidence,
    /// The identity that it proves, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proves: Option<SubjectRef>,
    /// The AI systems that hold it: what stops when it is revoked.
    pub held_by: Vec<SubjectRef>,
    /// Where it stands that they hold it, one for each of them in the same order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub held_at: Vec<Evidence>,
    /// Every place where it is used or was seen.
    pub places: Vec<String>,
    /// The places where it should not be.
    pub exposures: Vec<SubjectRef>,
    /// What it opens: what matters most first, then what is surest and nearest.
    pub opens: Vec<Opened>,
    /// How many identities and resources it opens in all.
    pub opened: Counts,
    /// The rights to call AI models that it opens: what those who try leaked keys are after.
    #[serde(default)]
    pub models: ModelCalls,
    /// Credentials that may be the same one, with what would follow.
    #[serde(default)]
    pub may_be: Vec<MayBe>,
    /// The way to an administrator, if it certainly leads to one; empty hops where it is one itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub administrator: Option<Administrator>,
    /// How fast it is closed.
    pub clock: Clock,
    /// Sessions that outlive the credential, longest first.
    pub sessions: Vec<Session>,
    /// Who must be told.
    pub tell: Vec<Told>,
    /// What it needs to know and does not, in sentences.
    pub open: Vec<String>,
}

/// Something that the credential opens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Opened {
    /// An identity or a resource.
    pub subject: SubjectRef,
    /// How sure the weakest hop of the way is.
    pub state: HopState,
    /// How sensitive it is, where someone says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<String>,
    /// Its environment, where someone says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The way to it, hop by hop, from the credential.
    pub hops: Vec<Hop>,
}

/// How many things it opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    /// Identities, for certain.
    pub identities: u64,
    /// Identities, under a condition or possibly.
    pub identities_perhaps: u64,
    /// Known resources, for certain.
    pub resources: u64,
    /// Known resources, under a condition or possibly.
    pub resources_perhaps: u64,
    /// Of the resources that it reaches for certain: restricted ones.
    pub restricted: u64,
    /// Of those that it may reach: restricted ones.
    pub restricted_perhaps: u64,
    /// True if there is more than was looked for.
    pub ended: bool,
}

/// Who can call AI models with what the credential opens.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelCalls {
    /// The identities, surest first.
    pub callers: Vec<ModelCaller>,
    /// How many more there are.
    pub left_out: u64,
}

/// An identity that can call AI models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelCaller {
    /// The identity, which the credential opens.
    pub identity: SubjectRef,
    /// How sure it is that whoever has the credential can call models as it: that of the surest of its rights.
    pub state: HopState,
    /// Its rights to do so, surest first.
    pub rights: Vec<ModelRight>,
    /// How many more it has.
    pub left_out: u64,
}

/// A right to call AI models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ModelRight {
    /// How sure it is that whoever has the credential has it: no surer than the way to its holder.
    pub state: HopState,
    /// The grant, then where it stands that the identity holds it; of a key of a model provider that it is one.
    pub evidence: Vec<Evidence>,
}

/// A credential that may be the same one. Whether it is, a link of the profile answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MayBe {
    /// The other one.
    pub credential: SubjectRef,
    /// The identity that the other proves, if that is known, and this one is not known to prove it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proves: Option<SubjectRef>,
    /// The AI systems that hold the other, and are not known to hold this one.
    pub held_by: Vec<SubjectRef>,
    /// The places where the other should not be, and was not seen as this one.
    pub exposures: Vec<SubjectRef>,
}

/// The way to an administrator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Administrator {
    /// The way, from the identity that the credential proves.
    pub hops: Vec<Hop>,
    /// What makes the last one an administrator.
    pub grounds: Vec<Evidence>,
}

/// The tested time of revocation against what attackers take.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Clock {
    /// In which of four ways it ends.
    pub outcome: Outcome,
    /// The tested time, with where that stands.
    pub tested: Evidence,
    /// When it was last tried, with where that stands.
    pub tried: Evidence,
    /// The tested time, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tested_seconds: Option<i64>,
    /// The fastest attacker, in seconds.
    pub fastest_seconds: i64,
    /// Attackers on average, in seconds.
    pub average_seconds: i64,
    /// Where these two figures are from.
    pub source: String,
}

/// How the race between revocation and attackers ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The tested revocation is faster than the fastest attacker.
    InTime,
    /// It is slower than the fastest, and faster than attackers on average.
    LateForTheFastest,
    /// It is slower than attackers on average.
    Late,
    /// It was never tried.
    NeverTried,
    /// Nobody says whether it was tried.
    Unknown,
    /// The credential is no longer accepted, so that a leak of it opens nothing.
    Refused,
}

/// A session that outlives the credential by which it was begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Session {
    /// As whom.
    pub identity: SubjectRef,
    /// How long it may last, with where that stands.
    pub longest: Evidence,
}

/// Somebody who must be told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Told {
    /// Who; none where nobody answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<SubjectRef>,
    /// The address, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Whether they are still there; none where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// For what they answer.
    pub of: Vec<SubjectRef>,
}
