//! The subjects that a subject's facts name, and those whose facts name it.

use super::facts::{open, supply, telling};
use crate::contract::explanation::v1::{Related, Relation};
use crate::contract::make::Input;
use crate::contract::make::evidence::one;
use crate::contract::make::gap::cause;
use crate::contract::make::names::{id, subject};
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::schema::{FactId, FactType, Made};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Why};

/// How many members of a relation are named.
const NAMED: usize = 50;

/// Of each subject, the facts that tell one from its like.
const TELLING: &[(Subject, &[&str])] = &[
    (Subject::Identity, &["kind", "enabled", "is_ai", "environment"]),
    (Subject::Credential, &["kind", "enabled", "last_change_at", "last_used_at", "expires_at", "stored_in"]),
    (Subject::Owner, &["kind", "active", "left_at", "email"]),
    (Subject::Policy, &["managed_by", "attached_count"]),
    (Subject::Resource, &["kind", "environment", "sensitivity", "approved"]),
    (Subject::AiSystem, &["mode", "stage", "vendor"]),
    (Subject::Exposure, &["kind", "location", "detected_at", "resolved_at"]),
];

/// A fact that names other subjects, with whose rows.
struct Named {
    fact: FactId,
    own: bool,
    rows: Vec<Row>,
    why: Option<Why>,
}

/// All relations of a subject: its own facts in the order of the schema, then those of others.
pub(super) fn relations(input: &Input<'_>, about: Row) -> Vec<Relation> {
    let estate = input.estate;
    let mut all: Vec<Named> = referring(about.subject).map(|fact| named(estate, about, fact)).collect();
    for subject in Subject::ALL.into_iter().filter(|subject| *subject != Subject::Becoming) {
        for fact in referring(subject).filter(|fact| target(*fact) == Some(about.subject)) {
            let rows = naming(estate, about, fact);
            let known = |row: &Row| all.iter().any(|one| one.own && one.rows.contains(row));
            // What its own facts say already is not said again from the other side.
            if !rows.is_empty() && !rows.iter().all(known) {
                all.push(Named { fact, own: false, rows, why: None });
            }
        }
    }
    all.into_iter().map(|named| relation(input, about, named)).collect()
}

/// The facts of a subject that are stored and name other subjects.
fn referring(subject: Subject) -> impl Iterator<Item = FactId> {
    let facts = (0_u8..).zip(subject.def().facts);
    let named =
        facts.filter(|(_, def)| def.made != Made::Virtual && matches!(def.ty, FactType::Ref(_) | FactType::RefList(_)));
    named.map(move |(slot, _)| FactId { subject, slot })
}

fn target(fact: FactId) -> Option<Subject> {
    match fact.def().ty {
        FactType::Ref(subject) | FactType::RefList(subject) => Some(subject),
        _ => None,
    }
}

fn named(estate: &Estate<'_>, about: Row, fact: FactId) -> Named {
    if let FactType::Ref(_) = fact.def().ty {
        let (rows, why) = match estate.cell(about, fact) {
            Cell::Known(Scalar::Ref(row)) => (vec![row], None),
            Cell::Unknown(why) => (Vec::new(), Some(why)),
            _ => (Vec::new(), None),
        };
        return Named { fact, own: true, rows, why };
    }
    let mut rows = Vec::new();
    let whole = estate.list(about, fact, &mut |member| {
        rows.extend(if let Scalar::Ref(row) = member.value { Some(row) } else { None });
        true
    });
    Named { fact, own: true, rows, why: open(whole) }
}

/// The subjects whose fact names this one.
fn naming(estate: &Estate<'_>, about: Row, fact: FactId) -> Vec<Row> {
    let table = estate.world.table(fact.subject);
    let names = |row: &u32| match fact.def().ty {
        FactType::Ref(_) => table.get(fact, *row) == i64::from(about.index),
        _ => table.members(fact, *row).iter().any(|(_, member, _)| *member == about.index),
    };
    table.rows().filter(names).map(|row| Row::new(fact.subject, row)).collect()
}

fn relation(input: &Input<'_>, about: Row, mut named: Named) -> Relation {
    let estate = input.estate;
    named.rows.sort_by_cached_key(|row| id(estate, *row));
    let members = named.rows.iter().take(NAMED).map(|row| related(input, about, &named, *row)).collect();
    Relation {
        fact: named.fact.path().to_owned(),
        own: named.own,
        members,
        count: named.rows.len() as u64,
        cause: named.why.map(cause),
        supplied_by: named.why.map(|why| supply(input, about, named.fact, why)).unwrap_or_default(),
    }
}

fn related(input: &Input<'_>, about: Row, named: &Named, other: Row) -> Related {
    let estate = input.estate;
    let (row, value) = if named.own { (about, other) } else { (other, about) };
    let member = matches!(named.fact.def().ty, FactType::RefList(_));
    let read = FactRead { row, fact: named.fact, key: None, member, cell: Cell::Known(Scalar::Ref(value)) };
    let names = TELLING.iter().find(|(subject, _)| *subject == other.subject).map_or(&[][..], |(_, names)| names);
    let facts = names.iter().filter_map(|name| other.subject.fact(name));
    Related {
        subject: subject(estate, other),
        facts: facts.map(|fact| telling(estate, other, fact, input.as_of)).collect(),
        evidence: one(estate, about, &read, input.as_of),
    }
}
