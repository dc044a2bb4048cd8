//! The shape of a fact's definition, and the macros by which `facts.rs` reads as a table.

use std::marker::PhantomData;
use std::sync::LazyLock;

use super::listing::Listing;

/// The kinds of thing that facts are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Subject {
    /// An account that software or a person authenticates as.
    Identity,
    /// What proves an identity.
    Credential,
    /// The person or team that answers for an identity.
    Owner,
    /// What carries grants to its members.
    Group,
    /// What carries grants to its holders.
    Policy,
    /// What an identity can reach.
    Resource,
    /// A right of an identity on a resource (never stored: made from holder, policy and statement).
    Grant,
    /// An edge from one identity to another whose rights it can take on.
    Becoming,
    /// The application or agent itself.
    AiSystem,
    /// A place where a credential was seen and should not be.
    Exposure,
    /// A dated decision to live with findings, as `waivers.toml` has it.
    Waiver,
}

impl Subject {
    /// All subjects, in the order of the reports.
    pub const ALL: [Self; 11] = [
        Self::Identity,
        Self::Credential,
        Self::Owner,
        Self::Group,
        Self::Policy,
        Self::Resource,
        Self::Grant,
        Self::Becoming,
        Self::AiSystem,
        Self::Exposure,
        Self::Waiver,
    ];

    /// The name in control files and outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.def().name
    }

    /// The subject of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|subject| subject.name() == name)
    }

    /// The definition: name, sentence and facts.
    #[must_use]
    pub fn def(self) -> &'static SubjectDef {
        super::facts::subject(self)
    }

    /// The fact of that name.
    #[must_use]
    pub fn fact(self, name: &str) -> Option<FactId> {
        let slot = self.def().facts.iter().position(|fact| fact.name == name)?;
        Some(FactId { subject: self, slot: u8::try_from(slot).ok()? })
    }
}

/// A subject's definition.
#[derive(Debug)]
pub struct SubjectDef {
    /// The name in control files and outputs.
    pub name: &'static str,
    /// More than one of them, for prose.
    pub plural: &'static str,
    /// What it is, in one sentence.
    pub doc: &'static str,
    /// Its facts; a fact's slot is its position.
    pub facts: &'static [FactDef],
}

/// One fact of one subject, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId {
    /// Whose fact.
    pub subject: Subject,
    /// Its position in the subject's definition.
    pub slot: u8,
}

impl FactId {
    /// The definition.
    #[must_use]
    pub fn def(self) -> &'static FactDef {
        static NONE: FactDef = FactDef {
            name: "?",
            ty: FactType::Str,
            past: false,
            absent: None,
            merge: Merge::Authority,
            worse: Worse::Neither,
            made: Made::Stored,
            closed_by: &[],
            doc: "no such fact",
        };
        self.subject.def().facts.get(usize::from(self.slot)).unwrap_or(&NONE)
    }

    /// `identity.last_used_at`.
    #[must_use]
    pub fn path(self) -> &'static str {
        static PATHS: LazyLock<Vec<Vec<String>>> = LazyLock::new(|| {
            let of = |subject: Subject| {
                let facts = subject.def().facts.iter();
                facts.map(|fact| format!("{}.{}", subject.name(), fact.name)).collect()
            };
            Subject::ALL.into_iter().map(of).collect()
        });
        let of_subject = PATHS.get(self.subject as usize);
        of_subject.and_then(|paths| paths.get(usize::from(self.slot))).map_or("", String::as_str)
    }
}

/// The type of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactType {
    /// True or false.
    Bool,
    /// A 64-bit signed integer.
    Int,
    /// Text.
    Str,
    /// An instant, UTC seconds.
    Time,
    /// A length of time, seconds.
    Duration,
    /// One of a closed set of names.
    Enum(&'static EnumDef),
    /// Another subject.
    Ref(Subject),
    /// Texts.
    StrList,
    /// Names of a closed set.
    EnumList(&'static EnumDef),
    /// Other subjects.
    RefList(Subject),
    /// Texts by text.
    Map,
}

impl FactType {
    /// True for the list types.
    #[must_use]
    pub fn is_list(self) -> bool {
        matches!(self, Self::StrList | Self::EnumList(_) | Self::RefList(_))
    }

    /// The type as the documentation writes it, such as `list<credential>`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Str => "string".to_owned(),
            Self::Time => "timestamp".to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::Enum(def) => format!("one of {}", def.names.join(", ")),
            Self::Ref(subject) => subject.name().to_owned(),
            Self::StrList => "list<string>".to_owned(),
            Self::EnumList(def) => format!("list of {}", def.names.join(", ")),
            Self::RefList(subject) => format!("list<{}>", subject.name()),
            Self::Map => "map<string, string>".to_owned(),
        }
    }
}

/// A closed set of names. The last is `other` wherever a source may say something unforeseen.
#[derive(Debug)]
pub struct EnumDef {
    /// What the set is of, for diagnostics.
    pub name: &'static str,
    /// The names; a value's code is its position.
    pub names: &'static [&'static str],
}

impl PartialEq for EnumDef {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for EnumDef {}

impl EnumDef {
    /// The code of a name.
    #[must_use]
    pub fn code(&self, name: &str) -> Option<u8> {
        self.names.iter().position(|known| *known == name).and_then(|at| u8::try_from(at).ok())
    }

    /// The name of a code.
    #[must_use]
    pub fn text(&self, code: u8) -> &'static str {
        self.names.get(usize::from(code)).copied().unwrap_or("other")
    }
}

/// What happens when two records give one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Merge {
    /// The source of higher authority wins; equal authority and different values are a conflict.
    Authority,
    /// The later collected export wins; equal times and different values are a conflict.
    Latest,
    /// The smallest value wins.
    Earliest,
    /// The largest value wins.
    Maximum,
    /// All members are kept.
    Union,
}

/// In which direction a change of the fact is worse. A waiver lapses by a change for the worse.
///
/// Of a number or a time that is absent, none is at the worse end: what never expires does so later than anything, and what was
/// never used was used before everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worse {
    /// Neither, or nobody can say: any other value may be worse.
    Neither,
    /// True, more, later, or further on in its closed set is worse.
    Higher,
    /// False, less, earlier, none, or further up in its closed set is worse.
    Lower,
}

/// How a fact comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// A source sets it and a column holds it.
    Stored,
    /// Computed once from other facts, and held in a column.
    Derived,
    /// Computed when asked.
    Virtual,
}

/// The definition of a fact.
#[derive(Debug)]
pub struct FactDef {
    /// The name, `snake_case`; times end in `_at`.
    pub name: &'static str,
    /// The type.
    pub ty: FactType,
    /// True if the fact speaks of the past, so that a value after `as_of` cannot be.
    pub past: bool,
    /// What absence means, or `None` if the fact cannot be absent.
    pub absent: Option<&'static str>,
    /// How two records are brought together.
    pub merge: Merge,
    /// Which direction is worse.
    pub worse: Worse,
    /// How the fact comes to be.
    pub made: Made,
    /// The enumerations that together close this list, or that make a missing value absent.
    pub closed_by: &'static [Listing],
    /// The sentence that documents it.
    pub doc: &'static str,
}

impl FactDef {
    /// Which change of the fact is worse, in words; `None` if nobody can say.
    #[must_use]
    pub fn worse_words(&self) -> Option<String> {
        let higher = match self.worse {
            Worse::Neither => return None,
            Worse::Higher => true,
            Worse::Lower => false,
        };
        let words = match self.ty {
            FactType::Bool => if higher { "true" } else { "false" }.to_owned(),
            FactType::Time => match (higher, self.absent) {
                (true, Some(absent)) => format!("later, and most of all: {absent}"),
                (false, Some(absent)) => format!("earlier, and most of all: {absent}"),
                (true, None) => "later".to_owned(),
                (false, None) => "earlier".to_owned(),
            },
            FactType::Int | FactType::Duration => if higher { "more" } else { "less" }.to_owned(),
            FactType::Enum(def) => {
                let known = def.names.iter().copied().filter(|name| *name != "other");
                let order: Vec<&str> = if higher { known.collect() } else { known.rev().collect() };
                format!("the later of {}", order.join(", "))
            }
            FactType::Ref(_) | FactType::Str => if higher { "one where there was none" } else { "none" }.to_owned(),
            FactType::StrList | FactType::EnumList(_) | FactType::RefList(_) => {
                if higher { "another member" } else { "a member less" }.to_owned()
            }
            FactType::Map => return None,
        };
        Some(words)
    }
}

/// A typed handle of a fact: what may be stored under it is checked by the compiler.
#[derive(Debug)]
pub struct Fact<T> {
    /// Which fact.
    pub id: FactId,
    marker: PhantomData<fn() -> T>,
}

impl<T> Fact<T> {
    /// A handle; only the table of facts makes them.
    #[must_use]
    pub const fn new(subject: Subject, slot: u8) -> Self {
        Self { id: FactId { subject, slot }, marker: PhantomData }
    }
}

impl<T> Clone for Fact<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fact<T> {}

/// Declares closed sets of names: a Rust enumeration and its [`EnumDef`].
#[macro_export]
#[doc(hidden)]
macro_rules! closed_sets {
    ($( $(#[$doc:meta])* $name:ident / $def:ident $text:literal { $( $(#[$vdoc:meta])* $variant:ident $vtext:literal ),+ $(,)? } )+) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $( $(#[$vdoc])* $variant ),+ }

        #[doc = concat!("The names of [`", stringify!($name), "`].")]
        pub static $def: $crate::model::schema::EnumDef =
            $crate::model::schema::EnumDef { name: $text, names: &[$($vtext),+] };

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in files and outputs.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $vtext),+ }
            }

            /// The value of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($vtext => Some(Self::$variant),)+ _ => None }
            }
        }

        impl $crate::model::storable::EnumValue for $name {
            fn code(self) -> u8 { self as u8 }
        }
    )+ };
}

/// Declares the facts of one subject: a definition, and a typed handle a fact.
#[macro_export]
#[doc(hidden)]
macro_rules! fact_table {
    ($module:ident = $subject:ident $text:literal / $plural:literal, $sdoc:literal;
     $( $handle:ident $name:literal : $rust:ty = $ty:expr, $past:ident, $absent:expr, $merge:ident, $worse:ident, $made:ident, $closed:expr, $doc:literal; )+) => {
        #[doc = concat!("Facts of the subject `", $text, "`. ", $sdoc)]
        pub mod $module {
            #[allow(unused_imports, reason = "the rows of a table use what their types need")]
            use super::*;

            #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "counts the rows of the table, never seen")]
            #[repr(u8)]
            enum Slot { $($handle),+ }

            $(
                #[doc = $doc]
                pub const $handle: Fact<$rust> = Fact::new(Subject::$subject, Slot::$handle as u8);
            )+

            /// The definition of the subject and its facts.
            pub static DEF: SubjectDef = SubjectDef {
                name: $text,
                plural: $plural,
                doc: $sdoc,
                facts: &[$(FactDef {
                    name: $name,
                    ty: $ty,
                    past: fact_table!(@past $past),
                    absent: $absent,
                    merge: Merge::$merge,
                    worse: Worse::$worse,
                    made: Made::$made,
                    closed_by: $closed,
                    doc: $doc,
                }),+],
            };
        }
    };
    (@past past) => { true };
    (@past any) => { false };
}
