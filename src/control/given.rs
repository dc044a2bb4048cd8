//! What a test of a check takes as given: facts written out, everything else unknown.
//!
//! In a test, `given = { credential = { kind = "access_key", enabled = true } }` describes one
//! subject. A fact that is not written is unknown; `{ absent = true }` says that there is none;
//! a list is complete unless it is written as `{ open = [...] }`; another subject is a table.

use std::collections::BTreeMap;

use toml::Spanned;

use super::file::Reader;
use super::names::unknown_name;
use super::value::Node;
use crate::base::diagnostic::Diagnostic;
use crate::base::time::{Instant, Span};
use crate::model::intern::Sym;
use crate::model::slots::{Cell, Completeness, Member, Row, Scalar, Slots, Why};
use crate::model::{FactId, FactType, Subject};

/// The subject of a test with its facts, and the subjects that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    rows: Vec<BTreeMap<FactId, Stated>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Stated {
    Absent,
    One(Atom),
    Many { members: Vec<Atom>, complete: bool },
    Map(BTreeMap<String, String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    Bool(bool),
    Int(i64),
    Str(String),
    Time(i64),
    Duration(i64),
    Enum(u8),
    Ref(Row),
}

impl Given {
    /// The subject itself.
    #[must_use]
    pub fn row(&self, subject: Subject) -> Row {
        Row::new(subject, 0)
    }

    /// Reads the table under `given`, which has one entry, named as the check's subject.
    ///
    /// Every mistake is noted in `reader`; what can be read is.
    pub fn read(reader: &mut Reader<'_>, given: &Spanned<Node>, subject: Subject) -> Self {
        let mut this = Self::default();
        let Node::Table(table) = given.get_ref() else {
            reader.note(
                Diagnostic::error("bad-given", "`given` is a table of the subject's facts"),
                given.span(),
                "no table",
            );
            return this;
        };
        for (name, value) in table {
            if name == subject.name() {
                this.subject(reader, subject, value);
            } else {
                let wrong = unknown_name("subject of this check", name, &[subject.name()]);
                reader.note(wrong, value.span(), format!("the check asks about each `{}`", subject.name()));
            }
        }
        if this.rows.is_empty() {
            this.rows.push(BTreeMap::new());
        }
        this
    }

    fn subject(&mut self, reader: &mut Reader<'_>, subject: Subject, value: &Spanned<Node>) -> Option<Row> {
        let Node::Table(table) = value.get_ref() else {
            let wrong = Diagnostic::error("bad-given", format!("a {} is a table of its facts", subject.name()));
            reader.note(wrong, value.span(), "no table");
            return None;
        };
        let index = self.rows.len();
        self.rows.push(BTreeMap::new());
        for (name, value) in table {
            let Some(fact) = subject.fact(name) else {
                let known: Vec<&str> = subject.def().facts.iter().map(|fact| fact.name).collect();
                let wrong = unknown_name(&format!("fact of `{}`", subject.name()), name, &known);
                reader.note(wrong, value.span(), format!("given for `{name}`"));
                continue;
            };
            if let Some(stated) = self.stated(reader, fact, value)
                && let Some(row) = self.rows.get_mut(index)
            {
                row.insert(fact, stated);
            }
        }
        Some(Row::new(subject, u32::try_from(index).ok()?))
    }

    fn stated(&mut self, reader: &mut Reader<'_>, fact: FactId, value: &Spanned<Node>) -> Option<Stated> {
        let def = fact.def();
        if let Node::Table(table) = value.get_ref() {
            if let (1, Some(absent)) = (table.len(), table.get("absent")) {
                if *absent.get_ref() != Node::Bool(true) {
                    reader.note(
                        Diagnostic::error("bad-given", "`absent` is true or left out"),
                        absent.span(),
                        "not true",
                    );
                } else if def.absent.is_none() {
                    let wrong = Diagnostic::error("bad-given", format!("`{}` cannot be absent", fact.path()))
                        .help("leave it out to say that it is unknown");
                    reader.note(wrong, value.span(), "never absent");
                }
                return Some(Stated::Absent);
            }
            if let (1, Some(open), true) = (table.len(), table.get("open"), def.ty.is_list()) {
                return self.members(reader, fact, open, false);
            }
            if def.ty == FactType::Map {
                let texts = table.iter().filter_map(|(key, value)| match value.get_ref() {
                    Node::Text(text) => Some((key.clone(), text.clone())),
                    _ => {
                        reader.note(Diagnostic::error("bad-given", "a label is text"), value.span(), "no text");
                        None
                    }
                });
                return Some(Stated::Map(texts.collect()));
            }
        }
        if def.ty.is_list() { self.members(reader, fact, value, true) } else { self.atom(reader, fact, value).map(Stated::One) }
    }

    fn members(
        &mut self,
        reader: &mut Reader<'_>,
        fact: FactId,
        value: &Spanned<Node>,
        complete: bool,
    ) -> Option<Stated> {
        let Node::List(list) = value.get_ref() else {
            let wrong = Diagnostic::error("bad-given", format!("`{}` is a {}", fact.path(), fact.def().ty.name()));
            reader.note(wrong, value.span(), "no list");
            return None;
        };
        let members = list.iter().filter_map(|member| self.atom(reader, fact, member)).collect();
        Some(Stated::Many { members, complete })
    }

    fn atom(&mut self, reader: &mut Reader<'_>, fact: FactId, value: &Spanned<Node>) -> Option<Atom> {
        let ty = fact.def().ty;
        let atom = match (ty, value.get_ref()) {
            (FactType::Ref(subject) | FactType::RefList(subject), Node::Table(_)) => {
                return self.subject(reader, subject, value).map(Atom::Ref);
            }
            (FactType::Bool, Node::Bool(value)) => Some(Atom::Bool(*value)),
            (FactType::Int, Node::Int(value)) => Some(Atom::Int(*value)),
            (FactType::Str | FactType::StrList, Node::Text(text)) => Some(Atom::Str(text.clone())),
            (FactType::Time, Node::Text(text)) => Instant::parse(text).map(|at| Atom::Time(at.0)),
            (FactType::Duration, Node::Text(text)) => Span::parse(text).map(|span| Atom::Duration(span.0)),
            (FactType::Enum(def) | FactType::EnumList(def), Node::Text(text)) => match def.code(text) {
                Some(code) => Some(Atom::Enum(code)),
                None => {
                    reader.note(unknown_name(def.name, text, def.names), value.span(), "not one of them");
                    return None;
                }
            },
            _ => None,
        };
        if atom.is_none() {
            let wrong = Diagnostic::error("bad-given", format!("`{}` is a {}", fact.path(), ty.name()));
            let wrong = match ty {
                FactType::Time => wrong.help("write a date or an instant, such as \"2026-11-01T00:00:00Z\""),
                FactType::Duration => wrong.help("write a number and a unit, such as \"9m\""),
                FactType::Ref(_) | FactType::RefList(_) => wrong.help("write a table of its facts, such as { id = \"x\" }"),
                _ => wrong,
            };
            reader.note(wrong, value.span(), "another type");
        }
        atom
    }

    fn fact(&self, row: Row, fact: FactId) -> Option<&Stated> {
        self.rows.get(usize::try_from(row.index).ok()?)?.get(&fact)
    }
}

impl Atom {
    fn scalar(&self) -> Scalar<'_> {
        match self {
            Self::Bool(value) => Scalar::Bool(*value),
            Self::Int(value) => Scalar::Int(*value),
            Self::Str(text) => Scalar::Str(text),
            Self::Time(at) => Scalar::Time(*at),
            Self::Duration(seconds) => Scalar::Duration(*seconds),
            Self::Enum(code) => Scalar::Enum(*code),
            Self::Ref(row) => Scalar::Ref(*row),
        }
    }
}

impl Slots for Given {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        match self.fact(row, fact) {
            Some(Stated::One(atom)) => Cell::Known(atom.scalar()),
            Some(Stated::Absent) => Cell::Absent,
            _ => Cell::Unknown(Why::MissingFact),
        }
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let Some(Stated::Many { members, complete }) = self.fact(row, fact) else {
            return Completeness::Open(Why::MissingFact);
        };
        for member in members {
            if !visit(Member { value: member.scalar(), certain: true }) {
                break;
            }
        }
        if *complete { Completeness::Complete } else { Completeness::Open(Why::MissingFact) }
    }

    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        match self.fact(row, fact) {
            Some(Stated::Map(map)) => map.get(key).map_or(Cell::Absent, |text| Cell::Known(Scalar::Str(text))),
            _ => Cell::Unknown(Why::MissingFact),
        }
    }

    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        let Some(Stated::Map(map)) = self.fact(row, fact) else {
            return Completeness::Open(Why::MissingFact);
        };
        for (key, text) in map {
            if !visit(key, text) {
                break;
            }
        }
        Completeness::Complete
    }

    fn text(&self, _: Sym) -> &str {
        ""
    }
}
