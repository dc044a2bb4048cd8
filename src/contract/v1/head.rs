//! The whole of an assessment, and its head: everything except findings and gaps.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ai_system::AiSystem;
use super::check::CheckRun;
use super::control::Controls;
use super::export::{Export, IgnoredFile, RejectedRecord};
use super::finding::Finding;
use super::framework::Framework;
use super::gap::Gap;
use super::link::{Limit, Link, Quality};
use super::profile::{AsOf, Profile};
use super::scope::Scopes;
use super::statement::{Attestation, Waiver};
use super::subject::SubjectCount;
use super::text::Texts;

/// The program that made the assessment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tool {
    /// `assize`.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Everything except findings and gaps. Lists are sorted by id unless their own text says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// `assize.results/v1`.
    #[schemars(extend("const" = "assize.results/v1"))]
    pub schema: String,
    /// The program that made the assessment.
    pub tool: Tool,
    /// The date that the assessment speaks of.
    pub as_of: AsOf,
    /// What the organisation chose.
    pub profile: Profile,
    /// The scopes: expected, seen, and what was enumerated in each.
    pub scopes: Scopes,
    /// The exports that were read, in the order in which they were. Evidence refers to them by position.
    pub exports: Vec<Export>,
    /// The files of the folder that were not read.
    pub ignored: Vec<IgnoredFile>,
    /// The first of the records that could not be read; each export has its count.
    pub rejected: Vec<RejectedRecord>,
    /// How many subjects there are of each kind.
    pub subjects: Vec<SubjectCount>,
    /// The control files, and the result of the tests that they carry.
    pub controls: Controls,
    /// The texts of each check and classification rule that was used.
    pub texts: Texts,
    /// The frameworks, down to the check runs that answer their parts.
    pub frameworks: Vec<Framework>,
    /// The check runs.
    pub checks: Vec<CheckRun>,
    /// The AI systems, with what each reaches. The counts in `subjects` say how many there are beside those.
    #[serde(default)]
    pub ai_systems: Vec<AiSystem>,
    /// The waivers, in the order of their files and within them, and how each stands.
    pub waivers: Vec<Waiver>,
    /// The statements of people that answer parts.
    pub attestations: Vec<Attestation>,
    /// What was joined across exports, and how surely.
    pub links: Vec<Link>,
    /// What is odd in the exports.
    pub quality: Vec<Quality>,
    /// What the assessment does not model.
    pub limits: Vec<Limit>,
}

/// One whole assessment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "assize results, version 1")]
pub struct Results {
    /// Everything else.
    #[serde(flatten)]
    pub head: Head,
    /// One entry a failure, in the order of check run and subject.
    pub findings: Vec<Finding>,
    /// One entry a group of unknown verdicts with one cause, in the order of check run, cause, what is missing, scope.
    pub gaps: Vec<Gap>,
}
