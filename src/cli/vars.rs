//! The variables of `--vars`: JSON in which no name stands twice, since only one of the two values could be meant.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::base::diagnostic::Diagnostic;
use crate::base::text::shortened;

/// Reads the variables.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn read(text: &str) -> Result<Value, Diagnostic> {
    let mut twice = None;
    let mut json = serde_json::Deserializer::from_str(text);
    let read = Once { twice: &mut twice }.deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    match (read, twice) {
        (Ok(value), _) => Ok(value),
        (Err(error), Some(name)) => {
            let message = format!("`{}` stands twice in one object of `--vars`", shortened(&name, 80));
            let help =
                format!("the second ends at line {}, column {}: leave one of them out", error.line(), error.column());
            Err(Diagnostic::error("duplicate-key", message).help(help))
        }
        (Err(error), None) => Err(Diagnostic::error("bad-vars", format!("`--vars` is not JSON: {error}"))
            .help("write an object of variables by name, such as `{\"keys\": [\"AKIAEXAMPLE\"]}`")),
    }
}

/// A value in which each object has each of its keys once.
struct Once<'t> {
    /// The first key that stands twice.
    twice: &'t mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = list.next_element_seed(Once { twice: &mut *self.twice })? {
            members.push(member);
        }
        Ok(Value::Array(members))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value_seed(Once { twice: &mut *self.twice })?;
            if entries.contains_key(&key) {
                let wrong = A::Error::custom("a key stands twice");
                self.twice.get_or_insert(key);
                return Err(wrong);
            }
            entries.insert(key, value);
        }
        Ok(Value::Object(entries))
    }
}
