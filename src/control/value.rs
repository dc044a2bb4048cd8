//! The values of parameters, and of anything else in a control file whose type the file decides.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use super::names::Stricter;
use crate::base::diagnostic::Diagnostic;
use crate::base::time::{DAY, Span};

/// A TOML value with its place and those of its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text, or a date as it is written.
    Text(String),
    /// Values in their order.
    List(Vec<Spanned<Node>>),
    /// Values by name.
    Table(BTreeMap<String, Spanned<Node>>),
}

/// The key under which the TOML reader hands over a date.
const DATE_KEY: &str = "$__toml_private_datetime";

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NodeVisitor;
        impl<'de> Visitor<'de> for NodeVisitor {
            type Value = Node;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("true, false, an integer, text, a date, a list or a table")
            }

            fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
                Ok(Node::Bool(value))
            }

            fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
                Ok(Node::Int(value))
            }

            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(member) = members.next_element()? {
                    list.push(member);
                }
                Ok(Node::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
                let mut table = BTreeMap::new();
                while let Some(key) = entries.next_key::<String>()? {
                    if key == DATE_KEY {
                        return entries.next_value::<String>().map(Node::Text);
                    }
                    table.insert(key, entries.next_value()?);
                }
                Ok(Node::Table(table))
            }
        }
        deserializer.deserialize_any(NodeVisitor)
    }
}

impl JsonSchema for Node {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Node".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["boolean", "integer", "string", "array", "object"] })
    }
}

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParamValue {
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// Text.
    Str(String),
    /// A length of time, seconds. Any text that reads as one, such as `90d`, is one.
    Duration(i64),
    /// Texts.
    List(Vec<String>),
}

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamType {
    /// True or false.
    Bool,
    /// An integer.
    Int,
    /// Text.
    Str,
    /// A length of time.
    Duration,
    /// Texts.
    List,
}

impl ParamType {
    /// The name in expressions' terms.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Str => "string",
            Self::Duration => "duration",
            Self::List => "list<string>",
        }
    }
}

impl ParamValue {
    /// The value that a file gives.
    ///
    /// # Errors
    /// A diagnostic without a place, if it is none that a parameter can have.
    pub fn read(node: &Node) -> Result<Self, Diagnostic> {
        match node {
            Node::Bool(value) => Ok(Self::Bool(*value)),
            Node::Int(value) => Ok(Self::Int(*value)),
            Node::Text(text) => Ok(match Span::parse(text) {
                Some(span) => Self::Duration(span.0),
                None => Self::Str(text.clone()),
            }),
            Node::List(members) => members
                .iter()
                .map(|member| match member.get_ref() {
                    Node::Text(text) => Ok(text.clone()),
                    _ => Err(Diagnostic::error("bad-parameter", "a list parameter holds texts only")),
                })
                .collect::<Result<_, _>>()
                .map(Self::List),
            Node::Table(_) => Err(Diagnostic::error("bad-parameter", "a parameter cannot be a table")),
        }
    }

    /// The value that a file gives for a parameter of that type.
    ///
    /// # Errors
    /// A diagnostic without a place, if it has another type.
    pub fn read_as(node: &Node, ty: ParamType) -> Result<Self, Diagnostic> {
        if let (Node::Text(text), ParamType::Str) = (node, ty) {
            return Ok(Self::Str(text.clone()));
        }
        let value = Self::read(node)?;
        if value.ty() == ty {
            return Ok(value);
        }
        let wrong = Diagnostic::error("bad-parameter", format!("`{value}` is no {}", ty.name()));
        Err(match ty {
            ParamType::Duration => wrong.help("write a number and a unit, such as `90d`, `12h`, `9m` or `30s`"),
            _ => wrong,
        })
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> ParamType {
        match self {
            Self::Bool(_) => ParamType::Bool,
            Self::Int(_) => ParamType::Int,
            Self::Str(_) => ParamType::Str,
            Self::Duration(_) => ParamType::Duration,
            Self::List(_) => ParamType::List,
        }
    }

    /// True if `self` asks for less than `other`, where `stricter` says which way is more.
    #[must_use]
    pub fn looser_than(&self, other: &Self, stricter: Stricter) -> bool {
        let order = match (self, other) {
            (Self::Int(a), Self::Int(b)) | (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            _ => return false,
        };
        match stricter {
            Stricter::Lower => order == Ordering::Greater,
            Stricter::Higher => order == Ordering::Less,
            Stricter::None => false,
        }
    }

    /// The value for people: `90 days`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Duration(seconds) if seconds % DAY == 0 || *seconds < DAY => Span(*seconds).to_string(),
            Self::List(texts) => texts.join(", "),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for ParamValue {
    /// As a file would write it, without quotes: `90d`, `1d12h`, `3`, `a;b`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Str(text) => f.write_str(text),
            Self::Duration(seconds) => {
                let mut rest = *seconds;
                if rest == 0 {
                    return f.write_str("0s");
                }
                for (unit, letter) in [(DAY, 'd'), (3600, 'h'), (60, 'm'), (1, 's')] {
                    if rest / unit != 0 {
                        write!(f, "{}{letter}", rest / unit)?;
                        rest %= unit;
                    }
                }
                Ok(())
            }
            Self::List(texts) => f.write_str(&texts.join(";")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_they_are_read() {
        for text in ["90d", "9m", "1d12h", "0s", "45s"] {
            let value = ParamValue::read(&Node::Text(text.to_owned())).unwrap();
            assert_eq!(value.to_string(), text);
        }
        assert_eq!(ParamValue::Duration(90 * DAY).words(), "90 days");
        assert_eq!(ParamValue::Duration(540).words(), "9 minutes");
        assert_eq!(ParamValue::Duration(DAY + 3600).words(), "1d1h");
    }

    #[test]
    fn looser_follows_the_direction() {
        let (day, week) = (ParamValue::Duration(DAY), ParamValue::Duration(7 * DAY));
        assert!(week.looser_than(&day, Stricter::Lower) && !day.looser_than(&week, Stricter::Lower));
        assert!(day.looser_than(&week, Stricter::Higher) && !day.looser_than(&day, Stricter::Higher));
        assert!(!week.looser_than(&day, Stricter::None));
    }

    #[test]
    fn a_bad_duration_is_told() {
        let wrong = ParamValue::read_as(&Node::Text("90 days".to_owned()), ParamType::Duration).unwrap_err();
        assert_eq!(wrong.message, "`90 days` is no duration");
        assert!(wrong.help.unwrap().contains("90d"));
    }
}
