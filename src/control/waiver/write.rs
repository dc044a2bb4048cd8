//! Waivers as files: TOML for those who keep them by hand, CSV for spreadsheets.

use std::collections::BTreeSet;
use std::fmt::{self, Write as _};

use super::csv::{COLUMNS, guarded};
use super::{GivenFor, Kept, Waiver};
use crate::base::text::toml_string;

/// Waivers as `waivers.toml` has them.
#[must_use]
pub fn to_toml(waivers: &[Waiver]) -> String {
    waivers.iter().map(one).collect::<Vec<String>>().join("\n")
}

fn one(waiver: &Waiver) -> String {
    let mut out = "[[waivers]]\n".to_owned();
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(out, "{name:<13} = {value}");
    };
    field("id", &toml_string(&waiver.id));
    field("check", &toml_string(&waiver.check));
    field("subjects", &texts(&waiver.subjects));
    field("type", &toml_string(waiver.kind.name()));
    field("justification", &toml_string(&waiver.justification));
    field("approver", &toml_string(&waiver.approver));
    field("ticket", &toml_string(&waiver.ticket));
    field("opened", &toml_string(&waiver.opened.date()));
    field("expires", &toml_string(&waiver.expires.date()));
    if let Some(worksheet) = &waiver.compensating {
        out.push_str("\n[waivers.compensating]\n");
        for (name, value) in worksheet.fields() {
            let _ = writeln!(out, "{name:<11} = {}", toml_string(value));
        }
    }
    for (subject, given) in &waiver.given_for {
        out.push_str("\n[[waivers.given_for]]\n");
        let _ = writeln!(out, "subject = {}\ndigest  = {}", toml_string(subject), toml_string(&given.digest));
        if !given.facts.is_empty() {
            out.push_str("\n[waivers.given_for.facts]\n");
        }
        for (name, kept) in &given.facts {
            let _ = writeln!(out, "{} = {kept}", toml_string(name));
        }
    }
    out
}

fn texts(all: &[String]) -> String {
    match all {
        [] => "[]".to_owned(),
        [one] => format!("[{}]", toml_string(one)),
        all => {
            let lines: Vec<String> = all.iter().map(|text| format!("  {},\n", toml_string(text))).collect();
            format!("[\n{}]", lines.concat())
        }
    }
}

/// As `waivers.toml` has it. What is digested of a fact is this too, so it stays as it is whatever becomes of the type.
impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inline = |members: &[String]| {
            let members: Vec<String> = members.iter().map(|text| toml_string(text)).collect();
            format!("[{}]", members.join(", "))
        };
        match self {
            Self::Absent => f.write_str("{ absent = true }"),
            Self::Unknown => f.write_str("{ unknown = true }"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Text(text) => f.write_str(&toml_string(text)),
            Self::List(members, false) => f.write_str(&inline(members)),
            Self::List(members, true) => write!(f, "{{ open = {} }}", inline(members)),
        }
    }
}

fn json(given: &GivenFor) -> String {
    let value = |kept: &Kept| match kept {
        Kept::Absent => serde_json::json!({ "absent": true }),
        Kept::Unknown => serde_json::json!({ "unknown": true }),
        Kept::Bool(value) => (*value).into(),
        Kept::Int(value) => (*value).into(),
        Kept::Text(text) => text.as_str().into(),
        Kept::List(members, false) => members.clone().into(),
        Kept::List(members, true) => serde_json::json!({ "open": members }),
    };
    let facts: serde_json::Map<String, serde_json::Value> =
        given.facts.iter().map(|(name, kept)| (name.clone(), value(kept))).collect();
    if facts.is_empty() { String::new() } else { serde_json::Value::Object(facts).to_string() }
}

/// A column that is added to a table of waivers: its name, and what it says of each.
pub type Added<'a> = (&'a str, &'a dyn Fn(&Waiver) -> String);

/// Waivers as `waivers.csv` has them: one row a waiver and subject, after the columns, each row with what `more` adds to it.
///
/// # Errors
/// What the writer gives.
pub fn to_csv(waivers: &[Waiver], more: &[Added<'_>]) -> std::io::Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(COLUMNS.into_iter().chain(more.iter().map(|(name, _)| *name)))?;
    for waiver in waivers {
        let listed: BTreeSet<&str> = waiver.subjects.iter().map(String::as_str).collect();
        let others = waiver.given_for.keys().filter(|subject| !listed.contains(subject.as_str()));
        let subjects = waiver.subjects.iter().map(|subject| (Some(subject), waiver.given_for.get_key_value(subject)));
        let rows = subjects.chain(others.map(|subject| (None, waiver.given_for.get_key_value(subject))));
        for (subject, given) in rows {
            let mut cells = vec![
                waiver.id.clone(),
                waiver.check.clone(),
                subject.cloned().unwrap_or_default(),
                waiver.kind.name().to_owned(),
                waiver.justification.clone(),
                waiver.approver.clone(),
                waiver.ticket.clone(),
                waiver.opened.date(),
                waiver.expires.date(),
            ];
            let worksheet = waiver.compensating.clone().unwrap_or_default();
            cells.extend(worksheet.fields().map(|(_, value)| value.to_owned()));
            cells.extend(match given {
                Some((subject, given)) => [subject.clone(), given.digest.clone(), json(given)],
                None => <[String; 3]>::default(),
            });
            cells.extend(more.iter().map(|(_, add)| add(waiver)));
            out.write_record(cells.iter().map(|cell| guarded(cell)))?;
        }
    }
    let bytes = out.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
