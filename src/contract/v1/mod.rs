//! `assize.results/v1`: one assessment, from the files that went in to the verdicts that came out.
//!
//! A results file is one JSON object: first the [`Head`], then the `findings`, one a line, then
//! the `gaps`. Names that a reader does not know are to be ignored; a name is never given
//! another meaning within one version. Instants are RFC 3339 in UTC, digests are SHA-256 in
//! lower-case hexadecimal.

mod ai_system;
mod check;
mod control;
mod export;
mod finding;
mod framework;
mod gap;
mod head;
mod layout;
mod link;
mod param;
mod profile;
mod reader;
#[cfg(test)]
pub(crate) mod sample;
mod schema;
mod scope;
mod sink;
mod statement;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod words;
mod writer;

pub use ai_system::{AiCredential, AiIdentity, AiMore, AiSystem, AiTool, Reached, ReachedStep, SeverityCounts};
pub use check::{CheckRun, Exclusion, MADE_LATER, NearestPass, OutOfScope, Population, Tally, Total};
pub use control::{ControlFile, ControlTestFailure, ControlTests, Controls};
pub use export::{Export, IgnoredFile, RejectedRecord};
pub use finding::{EnumerationUse, Evidence, Finding, Holders, Hop};
pub use framework::{AttestationState, Crosswalk, Framework, Part, PartRef, PartRun, Requirement, RequirementRef};
pub use gap::{Gap, GapAbout, Remedy, Step};
pub use head::{Head, Results, Tool};
pub use link::{Limit, Link, Quality};
pub use param::{Param, ProfileValue};
pub use profile::{AsOf, Profile, Setting};
pub use reader::{ReadError, ReadInto, read, read_into};
pub use schema::json_schema;
pub use scope::{Enumerated, Scope, Scopes};
pub use sink::{FindingSink, PartSink, Tee, Worst};
pub use statement::{Attestation, Compensating, DoubtedFinding, Waiver, WaiverDoubt};
pub use subject::{SubjectCount, SubjectRef};
pub use text::{CheckText, RuleText, Texts};
pub use words::{
    AnsweredBy, AsOfOrigin, AttestationStatus, Cause, Closure, Confidence, ControlOrigin, Coverage, DoubtWhy,
    FactState, HopState, MappedBy, ParamOrigin, Presence, Relationship, Severity, Status, WaiverState, WaiverType,
};
pub use writer::ResultsWriter;

/// The value of `schema` in every results file of this version.
pub const SCHEMA: &str = "assize.results/v1";
