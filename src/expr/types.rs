//! The types of the language.

use crate::model::schema::{EnumDef, FactType, Subject};

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A 64-bit signed integer.
    Int,
    /// A 64-bit floating-point number.
    Double,
    /// Text.
    String,
    /// An instant.
    Timestamp,
    /// A length of time.
    Duration,
    /// One of a closed set of names; written as text.
    Enum(&'static EnumDef),
    /// Something that facts are about.
    Subject(Subject),
    /// Members of one type.
    List(Box<Type>),
    /// Values of one type by keys of one type: strings, integers or bools.
    Map(Box<Type>, Box<Type>),
    /// The type of the members of `[]`, and of what is wrong already: goes with every other type.
    Any,
}

impl Type {
    /// A list of `member`.
    #[must_use]
    pub fn list(member: Self) -> Self {
        Self::List(Box::new(member))
    }

    /// The type of a fact.
    #[must_use]
    pub fn of_fact(ty: FactType) -> Self {
        match ty {
            FactType::Bool => Self::Bool,
            FactType::Int => Self::Int,
            FactType::Str => Self::String,
            FactType::Time => Self::Timestamp,
            FactType::Duration => Self::Duration,
            FactType::Enum(def) => Self::Enum(def),
            FactType::Ref(subject) => Self::Subject(subject),
            FactType::StrList => Self::list(Self::String),
            FactType::EnumList(def) => Self::list(Self::Enum(def)),
            FactType::RefList(subject) => Self::list(Self::Subject(subject)),
            FactType::Map => Self::Map(Box::new(Self::String), Box::new(Self::String)),
        }
    }

    /// The type as diagnostics write it.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Bool => "bool".to_owned(),
            Self::Int => "int".to_owned(),
            Self::Double => "double".to_owned(),
            Self::String => "string".to_owned(),
            Self::Timestamp => "timestamp".to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::Enum(def) => def.name.to_owned(),
            Self::Subject(subject) => subject.name().to_owned(),
            Self::List(member) => format!("list<{}>", member.name()),
            Self::Map(key, value) => format!("map<{}, {}>", key.name(), value.name()),
            Self::Any => "any".to_owned(),
        }
    }

    /// The same with its article, such as `an int`.
    #[must_use]
    pub(super) fn with_article(&self) -> String {
        let name = self.name();
        let article = if name.starts_with(['a', 'e', 'i', 'o', 'u', 'A']) { "an" } else { "a" };
        format!("{article} {name}")
    }

    /// The one type that values of both have, if there is one.
    #[must_use]
    pub fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, ty) | (ty, Self::Any) => Some(ty.clone()),
            (Self::List(left), Self::List(right)) => Some(Self::list(left.join(right)?)),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                Some(Self::Map(Box::new(key.join(other_key)?), Box::new(value.join(other_value)?)))
            }
            _ => (self == other).then(|| self.clone()),
        }
    }

    /// True if `==` between the two can be true: equal types, or int and double.
    #[must_use]
    pub fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) | (Self::Int, Self::Double) | (Self::Double, Self::Int) => true,
            (Self::List(left), Self::List(right)) => left.comparable(right),
            (Self::Map(key, value), Self::Map(other_key, other_value)) => {
                key.comparable(other_key) && value.comparable(other_value)
            }
            _ => self == other,
        }
    }

    /// True if `<` has a meaning.
    #[must_use]
    pub fn ordered(&self) -> bool {
        use Type::{Any, Bool, Double, Duration, Int, String, Timestamp};
        matches!(self, Bool | Int | Double | String | Timestamp | Duration | Any)
    }
}
