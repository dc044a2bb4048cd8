//! Values as exports really write them: text borrowed where it can be, and one thing where a list is meant.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Text that borrows from the export where no escape stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'a>(pub Cow<'a, str>);

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Reader)
    }
}

/// A record as its type has it.
///
/// # Errors
/// Says in words why it is none; also where a key or a value that is passed over is not UTF-8, which no JSON may be.
pub fn record<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, String> {
    let text = std::str::from_utf8(text).map_err(|error| format!("byte {} of it is not UTF-8", error.valid_up_to()))?;
    serde_json::from_str(text).map_err(|error| why(&error))
}

/// A list, of which exports also write one member alone, or `null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Many<T>(pub Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> std::ops::Deref for Many<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Reader<T> {
            type Value = Many<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, or one member of it")
            }

            fn visit_unit<E: Error>(self) -> Result<Many<T>, E> {
                Ok(Many(Vec::new()))
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Many<T>, E> {
                T::deserialize(serde::de::value::BorrowedStrDeserializer::new(text)).map(|one| Many(vec![one]))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Many<T>, E> {
                T::deserialize(serde::de::value::StrDeserializer::new(text)).map(|one| Many(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Many<T>, A::Error> {
                let mut all = Vec::new();
                while let Some(member) = members.next_element()? {
                    all.push(member);
                }
                Ok(Many(all))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Many<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| Many(vec![one]))
            }
        }
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

/// Why a record is not what it should be, in words that quote no value of it.
#[must_use]
pub fn why(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let cut = |text: &str, from: &str, to: &str| {
        // Names of fields stand in backticks and values in quotes after the kind of value.
        let start = text.find(from)? + from.len();
        let end = text.get(start..)?.find(to)? + start;
        Some((start, end))
    };
    let what = if error.is_data() {
        let mut words = text.clone();
        for kind in ["string \"", "integer `", "floating point `", "boolean `", "character `"] {
            let closing = if kind.ends_with('"') { "\", expected" } else { "`, expected" };
            if let Some((start, end)) = cut(&words, kind, closing) {
                words.replace_range((start - 2)..=end, "");
            }
        }
        in_words(words.split(" at line ").next().unwrap_or(""))
    } else if error.is_eof() {
        "it ends in the middle".to_owned()
    } else {
        text.split(" at line ").next().unwrap_or("").to_owned()
    };
    format!("it is not what this export should hold: {what} (line {}, column {} of it)", error.line(), error.column())
}

/// `invalid type: map, expected struct Principal` without names of types that only programmers know.
fn in_words(said: &str) -> String {
    let Some((found, wanted)) = said.strip_prefix("invalid type: ").and_then(|said| said.split_once(", expected "))
    else {
        return said.to_owned();
    };
    let found = match found {
        "map" => "an object",
        "sequence" => "a list",
        "string" => "text",
        "boolean" => "true or false",
        "integer" | "floating point" => "a number",
        other => other,
    };
    let wanted = match wanted {
        "a map" => "an object",
        "a sequence" => "a list",
        "a boolean" => "true or false",
        other if other.starts_with("struct ") => "an object",
        other if other.strip_prefix(['i', 'u']).is_some_and(|bits| bits.parse::<u8>().is_ok()) => "a whole number",
        other => other,
    };
    format!("there is {found} where {wanted} should be")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_a_list_of_one() {
        let read = |text: &str| {
            let many: Many<Text<'_>> = serde_json::from_str(text).unwrap();
            many.0.iter().map(|text| text.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(read(r#""a""#), ["a"]);
        assert_eq!(read(r#"["a", "b\n"]"#), ["a", "b\n"]);
        assert!(read("null").is_empty());
    }

    #[test]
    fn errors_name_no_type_of_the_program() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "it is never read")]
        struct Thing {
            many: Vec<bool>,
            count: i64,
        }
        let said = |text: &str| why(&serde_json::from_str::<Thing>(text).unwrap_err());
        assert!(said(r#""x""#).contains("there is text where an object should be (line 1"), "{}", said(r#""x""#));
        assert!(said(r#"{"many": {}}"#).contains("there is an object where a list should be"));
        assert!(said(r#"{"count": "x"}"#).contains("there is text where a whole number should be"));
    }

    #[test]
    fn errors_quote_no_value() {
        let error = serde_json::from_str::<Vec<bool>>(r#"["se\"cret"]"#).unwrap_err();
        assert!(!why(&error).contains("cret"), "{}", why(&error));
        let error = serde_json::from_str::<Vec<bool>>("[123456]").unwrap_err();
        assert!(!why(&error).contains("123456"), "{}", why(&error));
        let error = serde_json::from_str::<Text<'_>>("12345.5").unwrap_err();
        assert!(!why(&error).contains("12345"), "{}", why(&error));
    }
}
