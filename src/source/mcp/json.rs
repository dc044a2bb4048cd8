//! JSON as a configuration has it: the members of an object in their order, each with its place.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::source::aws::lenient::Text;

/// The members of an object, also those whose name comes twice; their values not parsed yet.
pub struct Members<'a>(pub Vec<(Text<'a>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The members of an object; `None` for anything else.
#[must_use]
pub fn members(raw: &RawValue) -> Option<Vec<(Text<'_>, &RawValue)>> {
    raw.get().starts_with('{').then(|| serde_json::from_str::<Members<'_>>(raw.get()).ok()).flatten().map(|m| m.0)
}

/// The elements of a list; `None` for anything else.
#[must_use]
pub fn elements(raw: &RawValue) -> Option<Vec<&RawValue>> {
    raw.get().starts_with('[').then(|| serde_json::from_str::<Vec<&RawValue>>(raw.get()).ok()).flatten()
}

/// The first byte of a value in the text that it was cut from.
#[must_use]
pub fn offset(text: &str, raw: &RawValue) -> u64 {
    raw.get().as_ptr().addr().saturating_sub(text.as_ptr().addr()) as u64
}

/// A value, whole. Numbers and switches are kept as they are written, since they stand where texts do.
pub enum Json<'a> {
    /// `null`.
    Null,
    /// A text.
    Text(Cow<'a, str>),
    /// A number, or `true` or `false`.
    Bare(Cow<'a, str>),
    /// A list.
    List(Vec<Json<'a>>),
    /// An object, its members in their order.
    Map(Vec<(Cow<'a, str>, Json<'a>)>),
}

impl<'a> Json<'a> {
    /// The member of that name, the last if there are several.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        let Self::Map(members) = self else { return None };
        members.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The text, if it is one, or a number or a switch as it is written.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Bare(text) => Some(text),
            _ => None,
        }
    }

    /// True for a member of that name that says `true`.
    #[must_use]
    pub fn says(&self, name: &str, what: &str) -> bool {
        self.get(name).and_then(Json::text) == Some(what)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Json<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Json<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_unit<E: Error>(self) -> Result<Json<'de>, E> {
                Ok(Json::Null)
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Json<'de>, E> {
                Ok(Json::Bare(Cow::Borrowed(if value { "true" } else { "false" })))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Json<'de>, E> {
                Ok(Json::Bare(Cow::Owned(value.to_string())))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Json<'de>, E> {
                Ok(Json::Bare(Cow::Owned(value.to_string())))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Json<'de>, E> {
                Ok(Json::Bare(Cow::Owned(value.to_string())))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Json<'de>, E> {
                Ok(Json::Text(Cow::Owned(text.to_owned())))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Json<'de>, A::Error> {
                let mut list = Vec::new();
                while let Some(element) = seq.next_element()? {
                    list.push(element);
                }
                Ok(Json::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((name, value)) = map.next_entry::<Text<'de>, Json<'de>>()? {
                    members.push((name.0, value));
                }
                Ok(Json::Map(members))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
