//! What an operator of a condition compares, as policies write it: keys, and text, numbers or truth as values.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::lenient::Text;

/// What one operator compares: keys and their values.
pub struct Operands<'a>(pub Vec<(Text<'a>, Values<'a>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Operands<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Operands<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("condition keys and their values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Operands<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    all.push(entry);
                }
                Ok(Operands(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Values as policies write them: text, `true` or a number, or a list of those.
pub struct Values<'a>(pub Vec<Text<'a>>);

impl<'de: 'a, 'a> Deserialize<'de> for Values<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Values<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("values of a condition")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Borrowed(text))]))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Owned(text.to_owned()))]))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Borrowed(if value { "true" } else { "false" }))]))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Owned(value.to_string()))]))
            }

            fn visit_u64<E: Error>(self, value: u64) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Owned(value.to_string()))]))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Values<'de>, E> {
                Ok(Values(vec![Text(Cow::Owned(value.to_string()))]))
            }

            fn visit_unit<E: Error>(self) -> Result<Values<'de>, E> {
                Ok(Values(Vec::new()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<Values<'de>, A::Error> {
                let mut all = Vec::new();
                while let Some(Values(one)) = members.next_element()? {
                    all.extend(one);
                }
                Ok(Values(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
