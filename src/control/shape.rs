//! Where a file differs from the form of its raw type: all unknown, missing and mistyped fields at once.
//!
//! Only asked after the raw type could not be read, since that stops at the first mistake. The
//! form is the JSON Schema made from the raw type, so that the two cannot differ.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::names::unknown_name;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{nearest, shortened, toml_string};

/// A mistake with its bytes and the text under them.
pub type Misfit = (Diagnostic, Range<usize>, &'static str);

/// All that `table` has or lacks against `schema`, the schema of a raw type.
#[must_use]
pub fn misfits(table: &Spanned<DeTable<'_>>, schema: &Json) -> Vec<Misfit> {
    let mut shape = Shape { schema, path: Vec::new(), found: Vec::new() };
    shape.table(table.get_ref(), 0..0, schema);
    astray(shape.found)
}

/// What a misfit is about, where another may be the other half of the same mistake.
enum About {
    /// A field that the file must have at its top.
    Missing(String),
    /// A field that a table does not know, and the header of the table.
    Unknown(String, String),
    /// Anything else.
    Other,
}

/// The misfits, with one in place of those of fields that the file misses at its top and has below a table.
fn astray(found: Vec<(About, Misfit)>) -> Vec<Misfit> {
    let missing: BTreeSet<String> = found
        .iter()
        .filter_map(|(about, _)| if let About::Missing(name) = about { Some(name.clone()) } else { None })
        .collect();
    let mut below: BTreeMap<String, (Vec<String>, Range<usize>)> = BTreeMap::new();
    for (about, (_, span, _)) in &found {
        if let About::Unknown(name, header) = about
            && missing.contains(name)
        {
            below.entry(header.clone()).or_insert_with(|| (Vec::new(), span.clone())).0.push(name.clone());
        }
    }
    let moved: BTreeSet<String> = below.values().flat_map(|(names, _)| names.clone()).collect();
    let mut out: Vec<Misfit> = found
        .into_iter()
        .filter(|(about, _)| match about {
            About::Missing(name) => !moved.contains(name),
            About::Unknown(name, header) => !below.contains_key(header) || !moved.contains(name),
            About::Other => true,
        })
        .map(|(_, misfit)| misfit)
        .collect();
    for (header, (names, span)) in below {
        let all = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let (what, them) = if names.len() == 1 {
            (format!("{all} stands below `{header}`, and so belongs to it"), "it")
        } else {
            (format!("{all} stand below `{header}`, and so belong to it"), "them")
        };
        let wrong = Diagnostic::error("below-a-table", what)
            .help(format!("move {them} above `{header}`: all that follows the header of a table is part of the table"));
        out.push((wrong, span, "the first of them"));
    }
    out
}

struct Shape<'s> {
    schema: &'s Json,
    /// The names of the tables around, and whether each is one of several.
    path: Vec<(String, bool)>,
    found: Vec<(About, Misfit)>,
}

impl<'s> Shape<'s> {
    fn value(&mut self, value: &Spanned<DeValue<'_>>, name: &str, member: bool, schema: &'s Json) {
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
            let mut wrong = Diagnostic::error("wrong-type", message);
            if let Some(help) = self.instead(value.get_ref(), name, member, schema) {
                wrong = wrong.help(help);
            }
            // Below the header of a table of tables, what is none of them may be meant for the file.
            let about = if member || self.path.is_empty() {
                About::Other
            } else {
                About::Unknown(name.to_owned(), self.header())
            };
            return self.found.push((about, (wrong, value.span(), "another type")));
        }
        match value.get_ref() {
            DeValue::Table(table) => {
                self.path.push((name.to_owned(), member));
                self.table(table, value.span(), schema);
                self.path.pop();
            }
            DeValue::Array(members) => {
                let Some(items) = schema.get("items") else { return };
                for member in members {
                    self.value(member, name, true, items);
                }
            }
            _ => {}
        }
    }

    /// The line with which the table begins that is looked at.
    fn header(&self) -> String {
        let path: Vec<&str> = self.path.iter().map(|(name, _)| name.as_str()).collect();
        let path = path.join(".");
        if self.path.last().is_some_and(|(_, member)| *member) { format!("[[{path}]]") } else { format!("[{path}]") }
    }

    /// How a value of another type is commonly written right.
    fn instead(&self, value: &DeValue<'_>, name: &str, member: bool, schema: &'s Json) -> Option<String> {
        let required = |schema: &'s Json| -> Vec<&'s str> {
            let all = schema.get("required").and_then(Json::as_array).into_iter().flatten();
            all.filter_map(Json::as_str).collect()
        };
        let is_object = |schema: &'s Json| schema.get("type").and_then(Json::as_str) == Some("object");
        let items = schema.get("items").map(|items| self.followed(items)).filter(|items| is_object(items));
        match (value, items) {
            (DeValue::String(text), None) if member && is_object(schema) => match required(schema).as_slice() {
                [only] => Some(format!("write `{name} = [{{ {only} = {} }}]`", toml_string(&shortened(text, 80)))),
                _ => None,
            },
            (DeValue::Table(_), Some(_)) => {
                let path: Vec<&str> = self.path.iter().map(|(name, _)| name.as_str()).chain([name]).collect();
                let path = path.join(".");
                Some(format!("there may be several: begin each with `[[{path}]]`, and not with `[{path}]`"))
            }
            _ => None,
        }
    }

    fn table(&mut self, table: &DeTable<'_>, span: Range<usize>, schema: &'s Json) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let others = schema.get("additionalProperties");
        let required = schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str);
        let missing: Vec<&str> = required.filter(|name| !table.contains_key(*name)).collect();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(known) = properties.and_then(|properties| properties.get(name)) {
                self.value(value, name, false, known);
            } else if let Some(Json::Object(_)) = others {
                self.value(value, name, false, others.unwrap_or(&Json::Null));
            } else if others == Some(&Json::Bool(false)) {
                let known: Vec<&str> = properties.into_iter().flat_map(|all| all.keys().map(String::as_str)).collect();
                // What must be there and is not was meant, rather than what is there already.
                let wrong = match nearest(name, missing.iter().copied()) {
                    Some(near) => Diagnostic::error("unknown-field", format!("`{name}` is no field here"))
                        .help(format!("did you mean `{near}`?")),
                    None => Diagnostic { code: "unknown-field", ..unknown_name("field here", name, &known) },
                };
                let about =
                    if self.path.is_empty() { About::Other } else { About::Unknown(name.to_owned(), self.header()) };
                self.found.push((about, (wrong, key.span(), "unknown field")));
            }
        }
        for name in missing {
            let wrong = Diagnostic::error("missing-field", format!("`{name}` is missing"));
            let described = properties.and_then(|all| all.get(name)?.get("description")?.as_str());
            let wrong = match described {
                Some(text) => wrong.help(format!("`{name}`: {}", text.trim_end_matches('.').replace('\n', " "))),
                None => wrong,
            };
            let about = if self.path.is_empty() { About::Missing(name.to_owned()) } else { About::Other };
            self.found.push((about, (wrong, span.clone(), "here")));
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
