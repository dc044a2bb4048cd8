//! `assize.explanation/v1`: one subject, every fact of it with its source, and its verdicts.
//!
//! Evidence refers to `exports` by position, as in a results file. Names that a reader does not know are to be ignored.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::v1::{
    AsOf, Cause, Confidence, EnumerationUse, Evidence, Export, GapAbout, Hop, HopState, Param, Presence, Remedy,
    Severity, SubjectRef, Tool,
};

/// The name of this form.
pub const SCHEMA: &str = "assize.explanation/v1";

/// One subject, explained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "assize explanation, version 1")]
pub struct Explanation {
    /// `assize.explanation/v1`.
    #[schemars(extend("const" = "assize.explanation/v1"))]
    pub schema: String,
    /// The program that made it.
    pub tool: Tool,
    /// The date that it speaks of.
    pub as_of: AsOf,
    /// What was asked for, as written.
    pub asked: String,
    /// The check run, if a finding was asked for: then only its verdict is among `verdicts`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check_run: Option<String>,
    /// The subject.
    pub subject: SubjectRef,
    /// Its kind among its like, such as `role`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Listed, or only mentioned: then no check asks about it.
    pub presence: Presence,
    /// True if it was made or first seen after the date of the assessment: then no check asks about it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made_later: bool,
    /// The exports that were read, in their order.
    pub exports: Vec<Export>,
    /// Its facts, in the order of the schema, but for those that name other subjects.
    pub facts: Vec<Fact>,
    /// The subjects that its facts name, and those whose facts name it.
    pub relations: Vec<Relation>,
    /// What it may do, policy by policy: of an identity what is left of it, of a policy what its text says.
    pub rights: Vec<Right>,
    /// Of an identity: whom its trusts let in, as they are written, also where that is more than the identities that are known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lets_in: Vec<LetsIn>,
    /// Whose rights it can take on.
    pub can_become: Ways,
    /// Who can take on its rights.
    pub become_by: Ways,
    /// What it reaches beside identities: resources, and what stands for them.
    pub reaches: Ways,
    /// What reaches it: of a resource who has rights on it, and who can become those.
    pub reached_by: Ways,
    /// The classification rules that recognise it.
    pub recognised: Vec<Recognised>,
    /// Its verdicts, worst first: fail, unknown, pass.
    pub verdicts: Vec<ExplainedVerdict>,
    /// The check runs about its kind of subject that do not apply to it.
    pub does_not_apply: Vec<String>,
}

/// One fact, where it stands, and where it would stand if it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The fact with its value and place.
    #[serde(flatten)]
    pub evidence: Evidence,
    /// Why it is not known, or why a list may have more members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What sources say that contradict each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflict: Vec<Evidence>,
    /// What would supply it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplied_by: Vec<Supply>,
}

/// A source that gives a fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Supply {
    /// The id of the source.
    pub source: String,
    /// The field, or where else in it.
    pub from: String,
    /// The command that makes the export, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// The subjects of one fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Relation {
    /// The fact, such as `identity.owners`.
    pub fact: String,
    /// False if it is a fact of the others, which name this subject.
    pub own: bool,
    /// The others, at most 50.
    pub members: Vec<Related>,
    /// How many there are.
    pub count: u64,
    /// Why there may be more, or why nobody knows whether there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What would supply the rest.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplied_by: Vec<Supply>,
}

/// Another subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Related {
    /// Which.
    pub subject: SubjectRef,
    /// What tells it from its like, such as whether an owner still works here.
    pub facts: Vec<Evidence>,
    /// Where the relation stands.
    pub evidence: Evidence,
}

/// The rights that one policy carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Right {
    /// The policy.
    pub policy: SubjectRef,
    /// The group that carries it, if it is not the subject's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<SubjectRef>,
    /// The grants.
    pub grants: Vec<Grant>,
    /// How many of its statements that allow something a boundary or a deny leaves nothing of.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub taken_away: u64,
    /// True if its text was not read, so that there may be more grants.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unread: bool,
}

/// Whom a trust lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LetsIn {
    /// Whom it names, as written.
    pub principal: String,
    /// What that is: `anyone`, `account`, `identity`, `service`, `federated` or `other`.
    pub kind: String,
    /// Of a federated issuer: which of its subjects, as a pattern; none where it names none, so that any may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<String>,
    /// True if it leaves open who is meant: anyone, everyone in an account, or a pattern of subjects.
    pub wide: bool,
    /// The keys of the conditions on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<String>,
    /// The trust.
    pub evidence: Evidence,
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grant {
    /// The most that its actions allow: `read`, `write`, `admin` or `permissions`.
    pub level: String,
    /// What the level rests on.
    pub level_by: String,
    /// True if it holds only under a condition; none if that is not known.
    pub conditional: Option<bool>,
    /// The statement and its place.
    pub evidence: Evidence,
}

/// Ways through the identity graph.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ways {
    /// How many ends there are that are reached for certain.
    pub certain: u64,
    /// How many under a condition only.
    pub conditional: u64,
    /// How many that nothing rules out.
    pub possible: u64,
    /// True if the search was ended, so that there may be more.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    /// The first of them, certain ones first, nearer ones first: at most 40.
    pub ways: Vec<Way>,
}

/// One way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Way {
    /// What stands at its end; where it leads to the explained subject, at its start.
    pub subject: SubjectRef,
    /// How sure its weakest hop is.
    pub state: HopState,
    /// Its hops, in the order in which they are taken.
    pub hops: Vec<Hop>,
}

/// A classification rule that fires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Recognised {
    /// The id of the rule.
    pub rule: String,
    /// As what: `is_ai`, `human` or `machine`.
    pub target: String,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it says so.
    pub reason: String,
}

/// The verdict of one check run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExplainedVerdict {
    /// The check run.
    pub check_run: String,
    /// What is true where it passes.
    pub title: String,
    /// How bad a failure is.
    pub severity: Severity,
    /// `fail`, `unknown` or `pass`.
    pub verdict: Outcome,
    /// The id of the finding, if it fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// The waiver that covers the finding, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiver: Option<CoveredBy>,
    /// Why, in one sentence.
    pub reason: String,
    /// The facts that decided.
    pub evidence: Vec<Evidence>,
    /// The complete lists that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enumerations: Vec<EnumerationUse>,
    /// The parameters that decided.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// The way that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub path: Vec<Hop>,
    /// How far values are from their limits, such as `88 of 90 days`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub margins: Vec<String>,
    /// What is missing, if it is unknown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
    /// What would change it: any one of these.
    pub changes: Vec<Change>,
    /// What to do about a failure, in Markdown; only of those that fail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remediation: Option<String>,
    /// The requirements that ask for it, as `framework requirement`.
    pub requirements: Vec<String>,
}

/// The waiver that covers a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoveredBy {
    /// Its name.
    pub id: String,
    /// What kind of decision it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who approved it.
    pub approver: String,
    /// The first day on which it is no longer in force.
    pub expires: String,
}

/// What a verdict came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is not as it should be.
    Fail,
    /// It is not known.
    Unknown,
    /// It is as it should be.
    Pass,
    /// The check does not apply.
    DoesNotApply,
}

impl Outcome {
    /// The word for people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::DoesNotApply => "does not apply",
        }
    }
}

/// Something that is missing, and what would supply it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Why.
    pub cause: Cause,
    /// The fact or list.
    pub about: GapAbout,
    /// Whose, if not the subject's own: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// In which scope.
    pub scope: String,
    /// What would close it.
    pub remedy: Remedy,
}

/// A change after which the verdict is another, all else being as it is. Each was tried with the check itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// What changes, all of it together; empty for the mere passing of time.
    pub facts: Vec<String>,
    /// From when on, for the passing of time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What the verdict is then.
    pub verdict: Outcome,
    /// The sentence of the verdict then, where it tells something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}
