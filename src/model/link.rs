//! What was taken to be about the same thing, or to belong together, across exports.

use super::intern::Sym;
use super::record::RecordId;
use super::slots::Row;

/// How two rows were brought together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A person says so in the profile or in the inventory.
    Said,
    /// The same public id of a key stands in both.
    KeyId,
    /// The same secret stands in both.
    EqualSecret,
    /// A cluster's own issuer vouches for the account that a trust names.
    OidcSubject,
    /// A trust names the subject of a workflow.
    WorkflowSubject,
    /// An annotation of the account names the other.
    Annotation,
    /// The configuration of an agent names the identity that it runs as.
    AgentRole,
    /// One ends as the other's system shows it to end.
    KeyTail,
    /// They have the same name.
    Name,
    /// The same secret stands in both, and is so short or plain that this may be chance.
    EqualWeakSecret,
}

/// How sure a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surety {
    /// It decides.
    Sure,
    /// It is a question: no verdict rests on it.
    Possible,
}

impl Method {
    /// The stable kebab-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Said => "said",
            Self::KeyId => "key-id",
            Self::EqualSecret => "equal-secret",
            Self::OidcSubject => "oidc-subject",
            Self::WorkflowSubject => "workflow-subject",
            Self::Annotation => "annotation",
            Self::AgentRole => "agent-role",
            Self::KeyTail => "key-tail",
            Self::Name => "name",
            Self::EqualWeakSecret => "equal-weak-secret",
        }
    }

    /// How sure it is: a name, an end or a weak secret that is the same is a question.
    #[must_use]
    pub fn surety(self) -> Surety {
        match self {
            Self::KeyTail | Self::Name | Self::EqualWeakSecret => Surety::Possible,
            _ => Surety::Sure,
        }
    }
}

/// Two rows that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// How that is known.
    pub method: Method,
    /// The one.
    pub one: Row,
    /// The other.
    pub other: Row,
    /// The record that shows it.
    pub record: RecordId,
}

/// A person's word on whom an identity acts as, whatever trusts and issuers say. The ids may be of identities that only
/// trusts name, which have rows once the graph is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting {
    /// The id of who acts.
    pub who: Sym,
    /// The id of the identity whose rights it has.
    pub whom: Sym,
    /// True if it acts as that one, false if it never does.
    pub acts: bool,
}

/// Why a place where a secret was seen may be of a credential that a system lists, although nothing shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unsure {
    /// The scanner that saw it was told to hide it.
    Hidden,
    /// It stands without the public id by which its system lists it.
    WithoutId,
    /// The system does not show how the listed one ends.
    WithoutEnd,
}

/// A credential that may stand where a secret was seen that nobody can tell apart from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unidentified {
    /// The row of the credential.
    pub credential: u32,
    /// Why it may be.
    pub why: Unsure,
    /// The id of the first such place.
    pub place: Sym,
    /// How many such places there are.
    pub places: usize,
    /// True if an AI system has the secret in one of them.
    pub held: bool,
}
