//! How an expression, or anything else that judges, reads facts: one by one, each known, absent or unknown.
//!
//! The tables implement [`Slots`] for a run; a scratch row does for the tests that controls carry.

use super::intern::Sym;
use super::listing::Listing;
use super::schema::{FactId, Subject};

/// One subject: a row of a table, or for a grant (never stored) the pair that makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// The kind of subject.
    pub subject: Subject,
    /// The row in its table. For a grant: the identity, group or policy that is looked from.
    pub index: u32,
    /// 0 for stored subjects. For a grant: which of the grants of `index`.
    pub part: u32,
}

impl Row {
    /// A stored subject.
    #[must_use]
    pub const fn new(subject: Subject, index: u32) -> Self {
        Self { subject, index, part: 0 }
    }
}

/// A value that needs no allocation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar<'a> {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Str(&'a str),
    /// An instant, UTC seconds.
    Time(i64),
    /// A length of time, seconds.
    Duration(i64),
    /// A code of the fact's closed set.
    Enum(u8),
    /// Another subject.
    Ref(Row),
}

/// Why a fact is unknown. Each cause has one remedy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// No export that was read gives it.
    MissingFact,
    /// Nobody listed all of this kind in this scope.
    NotEnumerated(Listing),
    /// A list was there, but shows that it is not whole.
    Incomplete(Listing),
    /// The export that gives it is older than the profile allows.
    Stale,
    /// Two exports of equal rank differ.
    Conflict,
    /// It speaks of a time after `as_of`.
    AfterAsOf,
    /// Evaluation failed, such as by a division by zero.
    Error,
}

impl Why {
    /// The name in outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MissingFact => "missing_fact",
            Self::NotEnumerated(_) => "not_enumerated",
            Self::Incomplete(_) => "incomplete",
            Self::Stale => "stale",
            Self::Conflict => "conflict",
            Self::AfterAsOf => "after_as_of",
            Self::Error => "error",
        }
    }
}

/// A fact of one subject.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// It has this value.
    Known(Scalar<'a>),
    /// The source says that there is none.
    Absent,
    /// Nobody said.
    Unknown(Why),
}

/// One member of a list, and whether it is certainly one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member<'a> {
    /// The member.
    pub value: Scalar<'a>,
    /// False if it may or may not be a member.
    pub certain: bool,
}

/// Whether a list is whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All members are there.
    Complete,
    /// There may be more.
    Open(Why),
}

/// The classes among the members of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Classes {
    /// A bit for each class that has a member.
    pub mask: u128,
    /// How many members there are at most.
    pub members: u16,
    /// Whether the list is whole.
    pub whole: Completeness,
}

/// Where facts are read from.
pub trait Slots {
    /// A fact that is not a list or a map.
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_>;

    /// Visits the members of a list fact in a fixed order, until `visit` returns false.
    ///
    /// Returns whether the list is whole. (If the visit was stopped early the answer still
    /// speaks of the whole list.)
    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness;

    /// An entry of a map fact. A known map without the key is `Absent`.
    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_>;

    /// Visits the entries of a map fact in the order of its keys, until `visit` returns false.
    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness;

    /// The class of a row, for those that have one: rows of one class agree in all that only depends on what is
    /// written in a statement, and on how it is limited. Classes are numbered from 0, closely.
    fn class(&self, _row: Row) -> Option<u32> {
        None
    }

    /// All classes among the members of a list fact, if each member is certain and has one.
    fn classes(&self, _row: Row, _fact: FactId) -> Option<Classes> {
        None
    }

    /// The text of a symbol.
    fn text(&self, sym: Sym) -> &str;
}
