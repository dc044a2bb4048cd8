//! Credentials in fields that no client is known to have, and secrets of a provider's form wherever one stands in a server.

use std::collections::BTreeMap;

use super::carriers::Carrier;
use super::json::Json;
use crate::base::text::shown;
use crate::source::secrets::{self, Value};

/// How long the place of a field may be, in bytes: it is written again with each field in it.
const LONGEST: usize = 1 << 10;
/// What the members of a pair are called that is written as an object: `{"name": "Authorization", "value": "…"}`.
const NAMES: &[&str] = &["name", "key", "header"];

/// Texts in fields that no client is known to have, or in those of a proof: `auth.CLIENT_SECRET`. `apart` are the fields that
/// are looked at elsewhere.
///
/// # Errors
/// When the place of a field is too long to be told, so that what is in it was passed over.
pub fn others<'a>(server: &'a Json<'_>, apart: &[&str], found: &mut Vec<Carrier<'a>>) -> Result<(), String> {
    let mut wrong = Ok(());
    members(server, "", "", apart, found, &mut wrong);
    wrong
}

fn members<'a>(
    value: &'a Json<'_>,
    path: &str,
    around: &str,
    apart: &[&str],
    found: &mut Vec<Carrier<'a>>,
    wrong: &mut Result<(), String>,
) {
    let Json::Map(all) = value else { return };
    let pair = NAMES.iter().find_map(|name| value.get(name)?.text()).filter(|_| value.get("value").is_some());
    for (name, value) in all {
        let name = name.as_ref();
        if matches!(path, "" | "transport" | "config") && apart.contains(&name)
            || path.ends_with("requestOptions") && name == "headers"
        {
            continue;
        }
        // A value has the name that stands beside it, else that of what it is the value of.
        let called = if name == "value" { pair.unwrap_or(if path.is_empty() { name } else { around }) } else { name };
        let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        one(value, field, called, apart, found, wrong);
    }
}

fn one<'a>(
    value: &'a Json<'_>,
    field: String,
    name: &str,
    apart: &[&str],
    found: &mut Vec<Carrier<'a>>,
    wrong: &mut Result<(), String>,
) {
    match value {
        Json::Null => {}
        Json::Text(text) | Json::Bare(text) => match secrets::value(name, text) {
            // What is asked of the user is plain by itself.
            Value::Plain if !text.contains("${input:") => {}
            value => found.push(Carrier::new(format!("field:{field}"), field, name, value)),
        },
        Json::List(_) | Json::Map(_) if field.len() > LONGEST => {
            if wrong.is_ok() {
                let begin: String = field.chars().take(60).collect();
                *wrong = Err(format!("what is in `{}…` lies too deep to be read", shown(&secrets::masked(&begin))));
            }
        }
        Json::List(list) => {
            for (at, value) in list.iter().enumerate() {
                one(value, format!("{field}[{at}]"), name, apart, found, wrong);
            }
        }
        Json::Map(_) => members(value, &field, name, apart, found, wrong),
    }
}

/// A part of a place.
enum Part<'a> {
    Member(&'a str),
    Index(usize),
}

/// Texts that have a secret of a provider's form in them, whatever the field is for: in a name, in a command, in the name of a
/// variable. What was found in such a place and is no secret gives way to it.
pub fn formed<'a>(server: &'a Json<'_>, found: &mut Vec<Carrier<'a>>) {
    let mut seen = Vec::new();
    texts(server, &mut Vec::new(), &mut seen);
    if seen.is_empty() {
        return;
    }
    // By place: where it is among those that were found, and whether it is a secret.
    let mut known: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    for (at, carrier) in found.iter().enumerate() {
        let place = known.entry(carrier.field.clone()).or_insert((at, false));
        if carrier.value.is_literal() {
            *place = (at, true);
        }
    }
    for (field, name, value) in seen {
        let within = |field: &str| {
            let inner = known.range(field.to_owned()..).take_while(|(place, _)| place.starts_with(field));
            // What begins alike and is another field may stand between.
            let mut inner = inner.take(16).filter(|(place, _)| {
                place.get(field.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['[', '.']))
            });
            inner.any(|(_, (_, literal))| *literal)
        };
        let around = ["transport.", "config.", "command."].into_iter().find_map(|around| field.strip_prefix(around));
        if within(&field) || around.is_some_and(within) {
            continue;
        }
        let place = known.get(&field).or_else(|| known.get(around?)).map(|(at, _)| *at);
        match place.and_then(|at| found.get_mut(at)).filter(|one| !matches!(one.value, Value::PublicId { .. })) {
            Some(carrier) => carrier.value = value,
            None => found.push(Carrier::new(format!("field:{field}"), field, name, value)),
        }
    }
}

fn texts<'a>(value: &'a Json<'_>, path: &mut Vec<Part<'a>>, seen: &mut Vec<(String, &'a str, Value<'a>)>) {
    match value {
        Json::Null | Json::Bare(_) => {}
        Json::Text(text) => {
            let name = path.iter().rev().find_map(|part| match part {
                Part::Member(name) => Some(*name),
                Part::Index(_) => None,
            });
            let name = name.unwrap_or("");
            if let Some(value) = secrets::formed(name, text) {
                seen.push((place(path), name, value));
            }
        }
        Json::List(list) => {
            for (at, value) in list.iter().enumerate() {
                path.push(Part::Index(at));
                texts(value, path, seen);
                path.pop();
            }
        }
        Json::Map(members) => {
            for (name, value) in members {
                path.push(Part::Member(name));
                texts(value, path, seen);
                path.pop();
            }
        }
    }
}

fn place(path: &[Part<'_>]) -> String {
    path.iter().fold(String::new(), |place, part| match part {
        Part::Member(name) if place.is_empty() => (*name).to_owned(),
        Part::Member(name) => format!("{place}.{name}"),
        Part::Index(at) => format!("{place}[{at}]"),
    })
}
