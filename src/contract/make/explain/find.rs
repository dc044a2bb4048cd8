//! What a person means by an id: a whole one, an alias, a key of the system, a name, or the id of a finding.

use std::collections::BTreeSet;

use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, shortened, shown};
use crate::contract::make::Input;
use crate::contract::make::names::{name, subject};
use crate::contract::v1::SubjectRef;
use crate::control::waiver::SCOPE;
use crate::graph::Estate;
use crate::model::table::Presence;
use crate::model::{FactType, Row, Subject, Sym};

/// How many candidates are named.
const NAMED: usize = 20;
/// How many names that may be meant are told.
const LIKELY: usize = 5;
/// Most characters of what was asked that are said again.
const LONGEST: usize = 200;
/// The subjects that have an id of their own.
const WITH_ID: [Subject; 8] = [
    Subject::Identity,
    Subject::Credential,
    Subject::AiSystem,
    Subject::Resource,
    Subject::Owner,
    Subject::Group,
    Subject::Policy,
    Subject::Exposure,
];
/// Facts that are keys of a system, if a subject has them.
const KEYS: [&str; 3] = ["key", "native_id", "pattern"];
/// Facts that are names, if a subject has them.
const NAMES: [&str; 2] = ["name", "email"];

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The subject.
    pub row: Row,
    /// The check run of a finding, by its position in the plan.
    pub run: Option<usize>,
}

/// Nothing, or more than one, goes by what was asked for.
#[derive(Debug, Clone)]
pub struct NotFound {
    /// What is wrong, and what to write in its place.
    pub diagnostic: Diagnostic,
    /// Those that may be meant, by id.
    pub candidates: Vec<SubjectRef>,
}

/// The one subject that goes by `asked`.
///
/// # Errors
/// Says what is near where there is none, and which there are where there are several.
pub fn find(input: &Input<'_>, asked: &str) -> Result<Target, Box<NotFound>> {
    let finding = input.plan.runs.iter().enumerate().filter_map(|(at, run)| {
        let rest = asked.strip_prefix(run.id.as_str())?.strip_prefix(' ')?;
        Some((run.id.len(), at, rest))
    });
    let kind = |run: usize| input.questions.get(run).map(|question| question.subject);
    match finding.max() {
        Some((_, run, rest)) => {
            let subjects: Vec<Subject> = kind(run).into_iter().collect();
            let row = among(input, rest.trim(), &subjects)?;
            Ok(Target { row, run: Some(run) })
        }
        None => Ok(Target { row: among(input, asked.trim(), &WITH_ID)?, run: None }),
    }
}

fn among(input: &Input<'_>, asked: &str, subjects: &[Subject]) -> Result<Row, Box<NotFound>> {
    let estate = input.estate;
    let world = estate.world;
    let mut found: BTreeSet<Row> = BTreeSet::new();
    if let Some(sym) = world.strings.get(asked) {
        found.extend(subjects.iter().filter_map(|subject| Some(Row::new(*subject, world.table(*subject).find(sym)?))));
    }
    let listed = |row: Row| world.table(row.subject).presence(row.index) == Presence::Listed;
    if found.iter().any(|row| listed(*row)) {
        found.retain(|row| listed(*row));
    } else if !asked.is_empty() {
        // A name that is merely mentioned, as by a slip in the inventory, does not hide what is listed under it.
        let mut best = if found.is_empty() { None } else { Some((Nearness::Mentioned, 0)) };
        for subject in subjects {
            for index in world.table(*subject).rows() {
                let row = Row::new(*subject, index);
                let Some(level) = likeness(estate, row, asked) else { continue };
                let nearness = match level {
                    0..=2 if listed(row) => Nearness::Listed,
                    0..=2 => Nearness::Mentioned,
                    _ => Nearness::Alike,
                };
                let this = (nearness, level);
                if best.is_none_or(|best| this < best) {
                    best = Some(this);
                    found = BTreeSet::from([row]);
                } else if best == Some(this) {
                    found.insert(row);
                }
            }
        }
        if found.iter().any(|row| listed(*row)) {
            found.retain(|row| listed(*row));
        }
    }
    let mut rows = found.iter();
    match (rows.next(), rows.next()) {
        (Some(row), None) => Ok(*row),
        (None, _) => Err(Box::new(nothing(input, asked, subjects))),
        _ => Err(Box::new(several(estate, asked, &found))),
    }
}

/// How near a subject is to a text, the nearest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    /// An export lists it, and it goes by that very text.
    Listed,
    /// It is merely mentioned, and goes by that very text.
    Mentioned,
    /// It goes by a text like that.
    Alike,
}

/// How exactly a subject goes by a text, 0 being the most exact; `None` if it does not.
fn likeness(estate: &Estate<'_>, row: Row, asked: &str) -> Option<u8> {
    let world = estate.world;
    let id = world.table(row.subject).id(row.index).map_or("", |id| world.strings.text(id));
    if shown(id) == asked {
        return Some(0);
    }
    let key = id.splitn(4, ':').nth(3).unwrap_or(id);
    let is = |text: &str, same: fn(&str, &str) -> bool| same(text, asked) || same(&shown(text), asked);
    let exact = |text: &str, asked: &str| text == asked;
    let alike = |text: &str, asked: &str| text.to_lowercase() == asked.to_lowercase();
    let keys = || texts(estate, row, &KEYS).chain([key]);
    let names = || texts(estate, row, &NAMES);
    if keys().any(|text| is(text, exact)) {
        return Some(1);
    }
    if names().any(|text| is(text, exact)) || name(estate, row) == asked {
        return Some(2);
    }
    if keys().chain(names()).any(|text| is(text, alike)) {
        return Some(3);
    }
    // `role/deploy` for `arn:aws:iam::111122223333:role/deploy`.
    let before = id.strip_suffix(asked).and_then(|before| before.chars().next_back());
    matches!(before, Some(':' | '/' | '#')).then_some(4)
}

fn texts<'a>(estate: &Estate<'a>, row: Row, facts: &[&str]) -> impl Iterator<Item = &'a str> {
    let world = estate.world;
    let known = facts.iter().filter_map(move |fact| {
        let fact = row.subject.fact(fact).filter(|fact| fact.def().ty == FactType::Str)?;
        let sym = u32::try_from(world.table(row.subject).get(fact, row.index)).ok()?;
        Some(world.strings.text(Sym(sym))).filter(|text| !text.is_empty())
    });
    known.collect::<Vec<_>>().into_iter()
}

fn nothing(input: &Input<'_>, asked: &str, subjects: &[Subject]) -> NotFound {
    let estate = input.estate;
    let world = estate.world;
    let mut names: Vec<(String, Row)> = Vec::new();
    let mut counts: Vec<String> = Vec::new();
    for subject in subjects {
        let table = world.table(*subject);
        let named = table.rows().map(|index| Row::new(*subject, index)).map(|row| (name(estate, row), row));
        names.extend(named);
        let def = subject.def();
        counts.extend((table.len() == 1).then(|| format!("1 {}", def.name.replace("ai_", "AI ").replace('_', " "))));
        counts.extend((table.len() > 1).then(|| format!("{} {}", table.len(), def.plural)));
    }
    let likely = likely(asked, names.iter().map(|(name, _)| name.as_str()), LIKELY);
    let candidates: Vec<SubjectRef> = likely
        .iter()
        .flat_map(|wanted| names.iter().filter(move |(name, _)| name == wanted))
        .map(|(_, row)| subject(estate, *row))
        .take(LIKELY)
        .collect();
    let there = if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") };
    let run = input.plan.runs.iter().find(|run| run.id == asked).map(|run| run.check.as_str());
    let check = run.or_else(|| input.pack.checks.iter().map(|check| check.id.as_str()).find(|id| *id == asked));
    let help = match check {
        Some(check) => format!(
            "that is a check: `assize controls show {check}` shows it; a finding of it is named by its id and the subject's, in quotes"
        ),
        None if asked.starts_with(SCOPE) => {
            "that is a waiver: `assize waivers list` shows it; a finding about it is named by its id, in quotes".to_owned()
        }
        None => "write an id as `findings.csv` or a `verdicts-*.csv` has it, an ARN, a key's id, a name, or the id of a finding in quotes"
            .to_owned(),
    };
    let message = format!("nothing goes by `{}` among {there}", shortened(asked, LONGEST));
    NotFound { diagnostic: Diagnostic::error("unknown-id", message).help(help), candidates }
}

fn several(estate: &Estate<'_>, asked: &str, found: &BTreeSet<Row>) -> NotFound {
    let mut candidates: Vec<SubjectRef> = found.iter().map(|row| subject(estate, *row)).collect();
    candidates.sort_by(|a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
    let named = if found.len() > NAMED { format!(", of which the first {NAMED} are listed") } else { String::new() };
    candidates.truncate(NAMED);
    let asked = shortened(asked, LONGEST);
    let message = format!("`{asked}` may mean {} subjects{named}", found.len());
    let help = "write the whole id of the one that is meant";
    NotFound { diagnostic: Diagnostic::error("ambiguous-id", message).help(help), candidates }
}
