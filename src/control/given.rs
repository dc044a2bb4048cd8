//! What a test of a check takes as given: facts written out, everything else unknown.
//!
//! In a test, `given = { credential = { kind = "access_key", enabled = true } }` describes one
//! subject. A fact that is not written is unknown; `{ absent = true }` says that there is none;
//! a list is complete unless it is written as `{ open = [...] }`; another subject is a table.
//! The facts themselves are read by [`ScratchSlots`]; here their mistakes find their places.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;

use super::file::Reader;
use super::names::unknown_name;
use super::value::Node;
use crate::base::diagnostic::Diagnostic;
use crate::expr::ScratchSlots;
use crate::model::Subject;
use crate::model::slots::Row;

/// The subject of a test with its facts, or `None` with every mistake noted in `reader`.
pub fn read(reader: &mut Reader<'_>, given: &Spanned<Node>, subject: Subject) -> Option<(ScratchSlots, Row)> {
    let Node::Table(table) = given.get_ref() else {
        let wrong = Diagnostic::error("bad-given", "`given` is a table of the subject's facts");
        reader.note(wrong, given.span(), "no table");
        return None;
    };
    for (name, value) in table.iter().filter(|(name, _)| *name != subject.name()) {
        let wrong = unknown_name("subject of this check", name, &[subject.name()]);
        reader.note(wrong, value.span(), format!("the check asks about each `{}`", subject.name()));
    }
    let Some(facts) = table.get(subject.name()) else {
        if table.is_empty() {
            let wrong = Diagnostic::error("bad-given", format!("nothing is given for `{}`", subject.name()));
            reader.note(wrong, given.span(), "without it");
        }
        return None;
    };
    match ScratchSlots::build(subject, &json(facts.get_ref())) {
        Ok(built) => Some(built),
        Err(all) => {
            for wrong in all {
                let span = place(facts, &wrong.message, subject).unwrap_or_else(|| facts.span());
                reader.note(wrong, span, "given here");
            }
            None
        }
    }
}

fn json(node: &Node) -> Json {
    match node {
        Node::Bool(value) => Json::Bool(*value),
        Node::Int(value) => Json::from(*value),
        Node::Text(text) => Json::String(text.clone()),
        Node::List(members) => Json::Array(members.iter().map(|member| json(member.get_ref())).collect()),
        Node::Table(table) => {
            Json::Object(table.iter().map(|(name, value)| (name.clone(), json(value.get_ref()))).collect())
        }
    }
}

/// The bytes of what a mistake speaks of: its message names a path such as `credential.kind`, or an unknown fact last.
fn place(facts: &Spanned<Node>, message: &str, subject: Subject) -> Option<Range<usize>> {
    let mut quoted = message.split('`').skip(1).step_by(2);
    let first = quoted.next()?;
    if let Some(path) = first.strip_prefix(subject.name()).and_then(|rest| rest.strip_prefix('.')) {
        let mut at = facts;
        for step in path.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
            at = match at.get_ref() {
                Node::Table(table) if table.len() == 1 && table.contains_key("open") => {
                    let Some(Node::List(members)) = table.get("open").map(Spanned::get_ref) else { return None };
                    members.get(step.parse::<usize>().ok()?)?
                }
                Node::Table(table) => table.get(step)?,
                Node::List(members) => members.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        return Some(at.span());
    }
    key(facts, quoted.next()?)
}

/// The bytes of the first value under that key, however deep.
fn key(node: &Spanned<Node>, name: &str) -> Option<Range<usize>> {
    match node.get_ref() {
        Node::Table(table) => {
            table.get(name).map(Spanned::span).or_else(|| table.values().find_map(|value| key(value, name)))
        }
        Node::List(members) => members.iter().find_map(|member| key(member, name)),
        _ => None,
    }
}
