//! Where a file differs from the form of its raw type: all unknown, missing and mistyped fields at once.
//!
//! Only asked after the raw type could not be read, since that stops at the first mistake. The
//! form is the JSON Schema made from the raw type, so that the two cannot differ.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::names::unknown_name;
use crate::base::diagnostic::Diagnostic;

/// A mistake with its bytes and the text under them.
pub type Misfit = (Diagnostic, Range<usize>, &'static str);

/// All that `table` has or lacks against `schema`, the schema of a raw type.
#[must_use]
pub fn misfits(table: &Spanned<DeTable<'_>>, schema: &Json) -> Vec<Misfit> {
    let mut shape = Shape { schema, found: Vec::new() };
    shape.table(table.get_ref(), 0..0, schema);
    shape.found
}

struct Shape<'s> {
    schema: &'s Json,
    found: Vec<Misfit>,
}

impl<'s> Shape<'s> {
    fn value(&mut self, value: &Spanned<DeValue<'_>>, name: &str, schema: &'s Json) {
        let schema = self.followed(schema);
        let kind = match value.get_ref() {
            DeValue::String(_) => "string",
            DeValue::Integer(_) => "integer",
            DeValue::Boolean(_) => "boolean",
            DeValue::Array(_) => "array",
            DeValue::Table(_) => "object",
            DeValue::Float(_) => "float",
            DeValue::Datetime(_) => "date",
        };
        let wanted: Vec<&str> = match schema.get("type") {
            Some(Json::String(one)) => vec![one.as_str()],
            Some(Json::Array(all)) => all.iter().filter_map(Json::as_str).filter(|ty| *ty != "null").collect(),
            _ => return,
        };
        // A date is read as text, but only where the file decides the type.
        let date = kind == "date" && wanted.len() > 1;
        if !date && !wanted.contains(&kind) {
            let names: Vec<&str> = wanted.iter().map(|ty| words(ty)).collect();
            let message = format!("`{name}` is {}, not {}", names.join(", or "), words(kind));
            return self.found.push((Diagnostic::error("wrong-type", message), value.span(), "another type"));
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, value.span(), schema),
            DeValue::Array(members) => {
                let Some(items) = schema.get("items") else { return };
                for member in members {
                    self.value(member, name, items);
                }
            }
            _ => {}
        }
    }

    fn table(&mut self, table: &DeTable<'_>, span: Range<usize>, schema: &'s Json) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(known) = properties.and_then(|properties| properties.get(name)) {
                self.value(value, name, known);
            } else if let Some(Json::Object(_)) = others {
                self.value(value, name, others.unwrap_or(&Json::Null));
            } else if others == Some(&Json::Bool(false)) {
                let known: Vec<&str> = properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect();
                let wrong = Diagnostic { code: "unknown-field", ..unknown_name("field here", name, &known) };
                self.found.push((wrong, key.span(), "unknown field"));
            }
        }
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        for name in required.filter(|name| !table.contains_key(*name)) {
            let wrong = Diagnostic::error("missing-field", format!("`{name}` is missing"));
            let described = properties.and_then(|all| all.get(name)?.get("description")?.as_str());
            let wrong = match described {
                Some(text) => wrong.help(format!("`{name}`: {}", text.trim_end_matches('.').replace('\n', " "))),
                None => wrong,
            };
            self.found.push((wrong, span.clone(), "here"));
        }
    }

    /// The schema that a reference stands for.
    fn followed(&self, schema: &'s Json) -> &'s Json {
        let name = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix("#/$defs/"));
        name.and_then(|name| self.schema.get("$defs")?.get(name)).unwrap_or(schema)
    }
}

/// A type for people.
fn words(ty: &str) -> &'static str {
    match ty {
        "string" => "a text",
        "integer" => "an integer",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "a table",
        "float" => "a number with a fraction",
        "date" => "a date",
        _ => "something else",
    }
}
