//! A subject that was never loaded: facts written down for a test or a trial.
//!
//! Facts that are not given are unknown, lists that are not given are open. A fact is
//! - a bool, integer or text; a time as `"2026-11-01T00:00:00Z"` or a date; a duration as `"90d"` or in seconds;
//! - another subject, as a table of its facts; a list, of texts or of such tables (complete), or
//!   `{ open = […] }` (there may be more) or `{ complete = […] }`, with `possible = […]` beside it for
//!   members of which nobody knows whether they are some;
//! - `{ absent = true }`, or `{ unknown = "stale" }` with a cause.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::base::time::{Instant, Span};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::schema::{EnumDef, FactDef, FactId, FactType, Subject};
use crate::model::slots::{Cell, Completeness, Member, Row, Scalar, Slots, Why};

/// How deep subjects may lie within one another.
const DEPTH: usize = 8;

/// Subjects written down.
#[derive(Debug, Clone, Default)]
pub struct ScratchSlots {
    rows: Vec<BTreeMap<FactId, Held>>,
}

#[derive(Debug, Clone)]
enum Held {
    Absent,
    Unknown(Why),
    One(Own),
    List { members: Vec<(Own, bool)>, open: Option<Why> },
    Map { entries: BTreeMap<String, String>, open: Option<Why> },
}

/// A scalar that owns its text.
#[derive(Debug, Clone)]
enum Own {
    Text(String),
    Other(Scalar<'static>),
}

impl Own {
    fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Text(text) => Scalar::Str(text),
            Self::Other(scalar) => *scalar,
        }
    }
}

impl ScratchSlots {
    /// A subject of `given` facts, and its row.
    ///
    /// # Errors
    /// One diagnostic, without a place, for each unknown name and each value of a wrong type;
    /// the message says the path, such as `credential.kind`.
    pub fn build(subject: Subject, given: &Json) -> Result<(Self, Row), Vec<Diagnostic>> {
        let mut builder = Builder { slots: Self::default(), wrong: Vec::new() };
        let row = builder.subject(subject, given, subject.name(), DEPTH);
        match row {
            Some(row) if builder.wrong.is_empty() => Ok((builder.slots, row)),
            _ => Err(builder.wrong),
        }
    }

    /// The same from TOML, where times need no quotes.
    ///
    /// # Errors
    /// See [`ScratchSlots::build`].
    pub fn from_toml(subject: Subject, given: &toml::Table) -> Result<(Self, Row), Vec<Diagnostic>> {
        Self::build(subject, &json(&toml::Value::Table(given.clone())))
    }

    fn held(&self, row: Row, fact: FactId) -> Option<&Held> {
        self.rows.get(row.index as usize)?.get(&fact)
    }
}

/// Why a list that is not given is open.
fn not_listed(fact: FactId) -> Why {
    fact.def().closed_by.first().map_or(Why::MissingFact, |listing| Why::NotEnumerated(*listing))
}

impl Slots for ScratchSlots {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        match self.held(row, fact) {
            Some(Held::One(own)) => Cell::Known(own.scalar()),
            Some(Held::Absent) => Cell::Absent,
            Some(Held::Unknown(why)) => Cell::Unknown(*why),
            _ => Cell::Unknown(Why::MissingFact),
        }
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        match self.held(row, fact) {
            Some(Held::List { members, open }) => {
                for (own, certain) in members {
                    if !visit(Member { value: own.scalar(), certain: *certain }) {
                        break;
                    }
                }
                open.map_or(Completeness::Complete, Completeness::Open)
            }
            Some(Held::Unknown(why)) => Completeness::Open(*why),
            _ => Completeness::Open(not_listed(fact)),
        }
    }

    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        match self.held(row, fact) {
            Some(Held::Map { entries, open }) => match (entries.get(key), open) {
                (Some(text), _) => Cell::Known(Scalar::Str(text)),
                (None, Some(why)) => Cell::Unknown(*why),
                (None, None) => Cell::Absent,
            },
            Some(Held::Unknown(why)) => Cell::Unknown(*why),
            _ => Cell::Unknown(Why::MissingFact),
        }
    }

    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        match self.held(row, fact) {
            Some(Held::Map { entries, open }) => {
                for (key, value) in entries {
                    if !visit(key, value) {
                        break;
                    }
                }
                open.map_or(Completeness::Complete, Completeness::Open)
            }
            Some(Held::Unknown(why)) => Completeness::Open(*why),
            _ => Completeness::Open(Why::MissingFact),
        }
    }

    fn text(&self, _: Sym) -> &'static str {
        ""
    }
}

struct Builder {
    slots: ScratchSlots,
    wrong: Vec<Diagnostic>,
}

impl Builder {
    fn mistake(&mut self, code: &'static str, message: String, help: Option<String>) {
        let wrong = Diagnostic::error(code, message);
        self.wrong.push(match help {
            Some(help) => wrong.help(help),
            None => wrong,
        });
    }

    fn expected(&mut self, path: &str, wanted: &str) {
        self.mistake("given-type", format!("`{path}` must be {wanted}"), None);
    }

    fn subject(&mut self, subject: Subject, given: &Json, path: &str, depth: usize) -> Option<Row> {
        let Json::Object(facts) = given else {
            self.expected(path, &format!("a table of facts of {}", subject.name()));
            return None;
        };
        let Some(depth) = depth.checked_sub(1) else {
            self.mistake("given-depth", format!("`{path}` lies more than {DEPTH} subjects deep"), None);
            return None;
        };
        let index = self.slots.rows.len();
        let row = Row::new(subject, u32::try_from(index).ok()?);
        self.slots.rows.push(BTreeMap::new());
        let mut held = BTreeMap::new();
        for (name, value) in facts {
            let path = format!("{path}.{name}");
            let Some(fact) = subject.fact(name) else {
                self.unknown_fact(subject, name);
                continue;
            };
            if let Some(value) = self.fact(fact.def(), value, &path, depth) {
                held.insert(fact, value);
            }
        }
        *self.slots.rows.get_mut(index)? = held;
        Some(row)
    }

    fn unknown_fact(&mut self, subject: Subject, name: &str) {
        let names: Vec<&str> = subject.def().facts.iter().map(|fact| fact.name).collect();
        let help = match nearest(name, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("facts of {}: {}", subject.name(), names.join(", ")),
        };
        self.mistake("unknown-fact", format!("`{}` has no fact `{name}`", subject.name()), Some(help));
    }

    fn fact(&mut self, def: &'static FactDef, value: &Json, path: &str, depth: usize) -> Option<Held> {
        if let Json::Object(form) = value {
            if let Some(why) = only(form, "unknown").and_then(Json::as_str) {
                if let Some(why) = cause(why, def) {
                    return Some(Held::Unknown(why));
                }
                if def.ty != FactType::Map {
                    let help = format!("the causes are {}", CAUSES.join(", "));
                    self.mistake("given-type", format!("`{path}`: `{why}` is not a cause"), Some(help));
                    return None;
                }
            }
            if def.ty != FactType::Map && only(form, "absent") == Some(&Json::Bool(true)) {
                if def.absent.is_some() {
                    return Some(Held::Absent);
                }
                let help =
                    if def.ty.is_list() { "write an empty list: `[]`" } else { "leave it out to make it unknown" };
                self.mistake("given-type", format!("`{path}` is never absent"), Some(help.to_owned()));
                return None;
            }
        }
        match def.ty {
            FactType::Map => self.map(value, path, def),
            _ if def.ty.is_list() => self.list(def, value, path, depth),
            _ => self.scalar(def.ty, value, path, depth).map(Held::One),
        }
    }

    fn list(&mut self, def: &'static FactDef, value: &Json, path: &str, depth: usize) -> Option<Held> {
        let (certain, possible, open): (&[Json], &[Json], bool) = match value {
            Json::Array(items) => (items, &[], false),
            Json::Object(form) if form.keys().all(|key| key == "open" || key == "possible" || key == "complete") => {
                let part =
                    |name: &str| form.get(name).map_or(Some(&[] as &[Json]), |list| list.as_array().map(Vec::as_slice));
                let (Some(open), Some(complete), Some(possible)) = (part("open"), part("complete"), part("possible"))
                else {
                    self.expected(path, "a list, or `{ open = […], possible = […] }`");
                    return None;
                };
                (if open.is_empty() { complete } else { open }, possible, form.contains_key("open"))
            }
            _ => {
                self.expected(path, "a list, or `{ open = […] }` if there may be more");
                return None;
            }
        };
        let member = match def.ty {
            FactType::EnumList(set) => FactType::Enum(set),
            FactType::RefList(subject) => FactType::Ref(subject),
            _ => FactType::Str,
        };
        let mut members = Vec::new();
        let all = certain.iter().map(|item| (item, true)).chain(possible.iter().map(|item| (item, false)));
        for (at, (item, certain)) in all.enumerate() {
            members.push((self.scalar(member, item, &format!("{path}[{at}]"), depth)?, certain));
        }
        let why = def.closed_by.first().map_or(Why::MissingFact, |listing| Why::NotEnumerated(*listing));
        Some(Held::List { members, open: open.then_some(why) })
    }

    fn map(&mut self, value: &Json, path: &str, _def: &FactDef) -> Option<Held> {
        let Json::Object(form) = value else {
            self.expected(path, "a table of texts");
            return None;
        };
        let (form, open) = match only(form, "open") {
            Some(Json::Object(inner)) => (inner, Some(Why::MissingFact)),
            _ => (form, None),
        };
        let mut entries = BTreeMap::new();
        for (key, value) in form {
            match value {
                Json::String(text) => {
                    entries.insert(key.clone(), text.clone());
                }
                _ => self.expected(&format!("{path}.{key}"), "a text"),
            }
        }
        Some(Held::Map { entries, open })
    }

    fn scalar(&mut self, ty: FactType, value: &Json, path: &str, depth: usize) -> Option<Own> {
        let text = value.as_str();
        let found = match ty {
            FactType::Bool => value.as_bool().map(Scalar::Bool),
            FactType::Int => value.as_i64().map(Scalar::Int),
            FactType::Str => {
                return text.map(|text| Own::Text(text.to_owned())).or_else(|| {
                    self.expected(path, "a text");
                    None
                });
            }
            FactType::Time => text.and_then(Instant::parse).map(|at| Scalar::Time(at.0)),
            FactType::Duration => {
                let seconds = value.as_i64().or_else(|| text.and_then(Span::parse).map(|span| span.0));
                seconds.map(Scalar::Duration)
            }
            FactType::Enum(set) => return self.name(set, text, path),
            FactType::Ref(subject) => {
                return self.subject(subject, value, path, depth).map(|row| Own::Other(Scalar::Ref(row)));
            }
            FactType::StrList | FactType::EnumList(_) | FactType::RefList(_) | FactType::Map => None,
        };
        if found.is_none() {
            self.expected(
                path,
                match ty {
                    FactType::Bool => "true or false, without quotes",
                    FactType::Int => "an integer",
                    FactType::Time => "an instant such as \"2026-11-01T00:00:00Z\", or a date",
                    FactType::Duration => "a duration such as \"90d\", or its seconds",
                    _ => "of another type",
                },
            );
        }
        found.map(Own::Other)
    }

    fn name(&mut self, set: &'static EnumDef, text: Option<&str>, path: &str) -> Option<Own> {
        if let Some(code) = text.and_then(|text| set.code(text)) {
            return Some(Own::Other(Scalar::Enum(code)));
        }
        let near = text.and_then(|text| nearest(text, set.names.iter().copied()));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the names are {}", set.names.join(", ")),
        };
        self.mistake("given-type", format!("`{path}` must be a name of {}", set.name), Some(help));
        None
    }
}

const CAUSES: [&str; 7] = ["missing_fact", "not_enumerated", "incomplete", "stale", "conflict", "after_as_of", "error"];

fn cause(name: &str, def: &FactDef) -> Option<Why> {
    let listing = def.closed_by.first().copied().unwrap_or(Listing::Users);
    Some(match name {
        "missing_fact" => Why::MissingFact,
        "not_enumerated" => Why::NotEnumerated(listing),
        "incomplete" => Why::Incomplete(listing),
        "stale" => Why::Stale,
        "conflict" => Why::Conflict,
        "after_as_of" => Why::AfterAsOf,
        "error" => Why::Error,
        _ => return None,
    })
}

/// The value of a table's only key, if that is `key`.
fn only<'j>(form: &'j Map<String, Json>, key: &str) -> Option<&'j Json> {
    if form.len() == 1 { form.get(key) } else { None }
}

/// TOML as JSON, times as text.
fn json(value: &toml::Value) -> Json {
    match value {
        toml::Value::String(text) => Json::String(text.clone()),
        toml::Value::Integer(value) => Json::from(*value),
        toml::Value::Float(value) => Json::from(*value),
        toml::Value::Boolean(value) => Json::Bool(*value),
        toml::Value::Datetime(at) => Json::String(at.to_string()),
        toml::Value::Array(items) => Json::Array(items.iter().map(json).collect()),
        toml::Value::Table(table) => {
            Json::Object(table.iter().map(|(key, value)| (key.clone(), json(value))).collect())
        }
    }
}
