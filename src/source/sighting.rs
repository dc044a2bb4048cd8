//! Places where credentials are used or were seen, kept until it is known which of them are one credential.

use super::print::{Prints, Tail};
use crate::model::facts::{CredentialKind, ExposureKind};
use crate::model::intern::Sym;
use crate::model::record::RecordId;

/// A place where a credential is used or was seen.
///
/// It has no form for output: of the secret there is at most what stands for it within the run.
pub struct Sighting {
    /// Where in the exports.
    pub record: RecordId,
    /// The id that the place gives the credential where nobody knows it by another: `mcp:laptop:credential:.mcp.json/github/env:GITHUB_TOKEN`.
    pub id: Sym,
    /// What people call it there.
    pub name: Sym,
    /// The scope of the place.
    pub scope: Sym,
    /// What kind of proof it is, as far as its form or its name tells.
    pub kind: CredentialKind,
    /// The system that accepts it, as far as its form or its name tells: `aws`, `openai`, `github`.
    pub system: Option<&'static str>,
    /// The public part by which its system lists it, such as an access key's id.
    pub public_id: Option<Sym>,
    /// True if a token of a session stands beside it: it is of a temporary key, which its system does not list.
    pub temporary: bool,
    /// What stands for the secret, if it is there; `None` for a reference to where it is kept.
    pub prints: Option<Prints>,
    /// The place in words, as exports name it: the file and where in it.
    pub place: Sym,
    /// Where the secret is kept, if the place says: `environment variable`, a vault, a file.
    pub stored_in: Option<Sym>,
    /// The AI systems that hold it there, by row.
    pub holders: Vec<u32>,
    /// The tools that are given it there, by row of a resource.
    pub tools: Vec<u32>,
    /// The exposure, where the secret itself stands there.
    pub exposure: Option<Exposed>,
}

/// What is known of an exposure beside the place and the credential.
pub struct Exposed {
    /// The exposure's id, the same next month: `gitleaks:repo:finding:commit:file:rule:line`.
    pub id: Sym,
    /// What kind of place it is.
    pub kind: ExposureKind,
    /// What was seen, and where, in a few words.
    pub name: Sym,
    /// When the secret was put there or seen, if the export says.
    pub detected_at: Option<i64>,
    /// What saw it: `gitleaks`, `assize`.
    pub scanner: Sym,
    /// The scanner's rule.
    pub rule: Option<Sym>,
    /// Whether the scanner found that it is accepted.
    pub verified: Option<bool>,
    /// Whether anyone can see the place.
    pub public: Option<bool>,
}

/// The end of a credential's value that its provider shows, to be found among the sightings.
pub struct Shown {
    /// The credential's row.
    pub credential: u32,
    /// The system that accepts it.
    pub system: &'static str,
    /// What stands for the end.
    pub tail: Tail,
    /// Where the provider shows it.
    pub record: RecordId,
}
