//! What a subject is: its heading, its facts, why it counts as what it does, and the exports that were named.

use super::{Item, Places, Section, is_derived, piece, supplied, value};
use crate::contract::explanation::v1::{Explanation, Fact, Outcome, Relation};
use crate::contract::v1::{Cause, Export, FactState, Presence};
use crate::model::Subject;
use crate::model::schema::Made;
use crate::report::human::{self, count};
use crate::report::summary::Tone;
use crate::report::words;

/// The longest note that stands beside a value, in characters.
const BESIDE: usize = 44;

pub(super) fn heading(all: &Explanation) -> Section {
    let kind = all.kind.as_deref().filter(|kind| *kind != all.subject.kind);
    let kind = kind.map(|kind| format!(", {}", words::plain(kind))).unwrap_or_default();
    let place = if all.subject.scope == "*" || all.subject.scope.is_empty() {
        String::new()
    } else {
        format!(", in {}", words::scope(&all.subject.scope))
    };
    let what = format!("{}{kind}{place}, as of {}", words::subject(&all.subject.kind), human::as_of(&all.as_of.at));
    let mut items = vec![Item::default().cell(human::brief(&all.subject.id), Tone::Plain)];
    let unjudged = match (all.presence, all.made_later) {
        (Presence::Mentioned, _) => {
            Some("only mentioned by other records: no export lists it, so no check asks about it")
        }
        (_, true) => Some("made or first seen after the date of the assessment, so no check asks about it"),
        _ => None,
    };
    if let Some(unjudged) = unjudged {
        items.push(Item::default().cell(unjudged, Tone::Warn));
    } else if all.check_run.is_none() {
        let of = |outcome: Outcome| all.verdicts.iter().filter(|one| one.verdict == outcome).count() as u64;
        if all.verdicts.is_empty() && all.does_not_apply.is_empty() {
            let nobody = format!("no check asks about {}", words::subjects(&all.subject.kind));
            items.push(Item::default().cell(nobody, Tone::Plain));
            return Section { title: title(all), note: what, items };
        }
        let outside = count(all.does_not_apply.len() as u64, "check does", "checks do");
        let tally = format!(
            "{} fail, {} unknown, {} pass; {outside} not apply",
            of(Outcome::Fail),
            of(Outcome::Unknown),
            of(Outcome::Pass)
        );
        items.push(Item::default().cell(tally, Tone::Plain));
    }
    Section { title: title(all), note: what, items }
}

fn title(all: &Explanation) -> String {
    human::brief(human::name_or(&all.subject.name, &all.subject.id))
}

/// What is known, then what is not, with what would supply it.
pub(super) fn facts(all: &Explanation, places: &Places) -> Vec<Section> {
    let mut known: Vec<Item> = Vec::new();
    let mut unknown: Vec<Item> = Vec::new();
    let mut nowhere: Vec<&str> = Vec::new();
    for fact in &all.facts {
        match fact.evidence.state {
            FactState::Unknown if fact.cause == Some(Cause::MissingFact) && fact.supplied_by.is_empty() => {
                nowhere.push(name_of(&fact.evidence.fact));
            }
            FactState::Unknown => unknown.push(not_known(fact, places)),
            // The heading says these, and a section of its own whom a fact names.
            _ if is_in_heading(fact) => {}
            FactState::Known if related(all, fact) => {}
            _ => known.push(known_fact(fact, places)),
        }
    }
    for relation in all.relations.iter().filter(|relation| relation.own && relation.members.is_empty()) {
        let name = name_of(&relation.fact);
        match relation.cause {
            None if !all.facts.iter().any(|fact| fact.evidence.fact == relation.fact) => {
                known.push(Item::default().cell(name, Tone::Plain).cell("none", Tone::Plain));
            }
            // A fact that is one other subject is a fact and a relation.
            Some(Cause::MissingFact) if relation.supplied_by.is_empty() && nowhere.contains(&name) => {}
            Some(Cause::MissingFact) if relation.supplied_by.is_empty() => nowhere.push(name),
            Some(cause) if !all.facts.iter().any(|fact| fact.evidence.fact == relation.fact) => {
                unknown.push(missing(name, cause, relation));
            }
            _ => {}
        }
    }
    let (follow, stored): (Vec<&str>, Vec<&str>) =
        nowhere.into_iter().partition(|name| is_worked_out(&all.subject.kind, name));
    for (names, words) in [
        (follow, "worked out from others, of which something is not known"),
        (stored, "given by no export that assize reads, or not by those that were read"),
    ] {
        if !names.is_empty() {
            unknown.push(Item::default().cell(format!("{}: {words}", names.join(", ")), Tone::Dim));
        }
    }
    vec![
        Section { title: "Facts".to_owned(), note: String::new(), items: known },
        Section { title: "Not known".to_owned(), note: "and what would supply it".to_owned(), items: unknown },
    ]
}

/// True for a fact that no source gives: it follows from others.
fn is_worked_out(subject: &str, name: &str) -> bool {
    let fact = Subject::from_name(subject).and_then(|subject| subject.fact(name));
    fact.is_some_and(|fact| fact.def().made != Made::Stored)
}

/// True for a fact that names another subject, which has a section of its own.
fn related(all: &Explanation, fact: &Fact) -> bool {
    all.relations.iter().any(|one| one.own && one.fact == fact.evidence.fact && !one.members.is_empty())
}

fn is_in_heading(fact: &Fact) -> bool {
    matches!(name_of(&fact.evidence.fact), "name" | "scope" | "system" | "kind")
}

/// The name of a fact without its subject.
pub(super) fn name_of(path: &str) -> &str {
    path.split_once('.').map_or(path, |(_, name)| name)
}

fn known_fact(fact: &Fact, places: &Places) -> Item {
    let one = &fact.evidence;
    let mut text = value(one);
    let note = match one.note.as_deref() {
        Some("follows from a complete list") => "by a complete list",
        Some(_) if is_derived(one) => "",
        note => note.unwrap_or(""),
    };
    let beside = !note.is_empty() && note.chars().count() <= BESIDE;
    if beside {
        text = format!("{text} ({note})");
    }
    let mut item =
        Item::default().cell(name_of(&one.fact), Tone::Plain).cell(text, Tone::Plain).cell(places.of(one), Tone::Dim);
    if !beside && !note.is_empty() {
        item.below(vec![piece(human::brief(note), Tone::Dim)]);
    }
    if let Some(cause) = fact.cause {
        let from = supplied(&fact.supplied_by);
        let from = if from.is_empty() { String::new() } else { format!(": {from}") };
        item.below(vec![piece(format!("there may be more, {}{from}", cause.label()), Tone::Warn)]);
    }
    item
}

fn not_known(fact: &Fact, places: &Places) -> Item {
    let cause = fact.cause.map_or("", Cause::label);
    let from = supplied(&fact.supplied_by);
    let from = match (fact.cause, from.is_empty()) {
        (_, false) => from,
        (Some(Cause::AfterAsOf), _) => "a later date of assessment".to_owned(),
        _ => String::new(),
    };
    let mut item =
        Item::default().cell(name_of(&fact.evidence.fact), Tone::Plain).cell(cause, Tone::Warn).cell(from, Tone::Dim);
    for side in &fact.conflict {
        item.below(vec![piece(format!("one says {}  ", value(side)), Tone::Plain), piece(places.of(side), Tone::Dim)]);
    }
    item
}

fn missing(name: &str, cause: Cause, relation: &Relation) -> Item {
    let from = supplied(&relation.supplied_by);
    Item::default().cell(name, Tone::Plain).cell(cause.label(), Tone::Warn).cell(from, Tone::Dim)
}

pub(super) fn recognised(all: &Explanation) -> Option<Section> {
    let items = all.recognised.iter().map(|one| {
        let what = match one.target.as_str() {
            "is_ai" => "AI-connected",
            "human" => "a person's",
            "machine" => "a machine's",
            other => other,
        };
        Item::default()
            .cell(what, Tone::Plain)
            .cell(format!("by the rule {}, confidence {}", one.rule, one.confidence.label()), Tone::Plain)
            .cell(human::brief(&one.reason), Tone::Dim)
    });
    let items: Vec<Item> = items.collect();
    (!items.is_empty()).then(|| Section { title: "Recognised as".to_owned(), note: String::new(), items })
}

pub(super) fn exports(all: &Explanation, places: &Places) -> Option<Section> {
    named(&all.exports, places)
}

/// The exports that were named, by the numbers that stand for them.
pub(super) fn named(exports: &[Export], places: &Places) -> Option<Section> {
    let named = places.0.try_borrow().map(|named| named.clone()).unwrap_or_default();
    let items = named.iter().filter_map(|at| {
        let export = exports.get(*at as usize)?;
        let collected = export.collected_at.as_deref().map(|at| format!("collected {}", human::instant(at)));
        let item = Item::default().cell(format!("e{at}"), Tone::Plain).cell(human::brief(&export.path), Tone::Plain);
        Some(item.cell(collected.unwrap_or_default(), Tone::Dim))
    });
    let items: Vec<Item> = items.collect();
    (!items.is_empty()).then(|| Section { title: "Exports".to_owned(), note: String::new(), items })
}
