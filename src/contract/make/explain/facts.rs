//! The facts of a subject, one by one as the schema lists them, each with where it stands or what would supply it.

use crate::assess::proof;
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::explanation::v1::{Fact, Supply};
use crate::contract::make::Input;
use crate::contract::make::evidence::one;
use crate::contract::make::gap::cause;
use crate::contract::make::keys;
use crate::contract::make::names::{place, value};
use crate::contract::make::recall::Recall;
use crate::contract::make::recognised::Rules;
use crate::contract::make::remedy::is_loaded;
use crate::contract::make::suppliers::{self, seldom};
use crate::contract::v1::{Evidence, FactState};
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::facts::{identity, resource};
use crate::model::record::RecordId;
use crate::model::schema::{FactId, FactType, Made};
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject, Why};
use crate::source;

/// How many members of a list or a map are written out.
const MEMBERS: usize = 12;
/// How many sources are named for what is not known.
const SOURCES: usize = 3;

/// The facts of a subject that are no lists of other subjects, without its id.
pub(super) fn facts(input: &Input<'_>, rules: &Rules<'_>, about: Row) -> Vec<Fact> {
    let defs = about.subject.def().facts.iter();
    let ids = defs.zip(0_u8..).map(|(def, slot)| (def, FactId { subject: about.subject, slot }));
    let told = ids.filter(|(def, _)| def.name != "id" && !matches!(def.ty, FactType::RefList(_)));
    told.map(|(_, fact)| fact_of(input, rules, about, fact)).collect()
}

fn fact_of(input: &Input<'_>, rules: &Rules<'_>, about: Row, fact: FactId) -> Fact {
    let estate = input.estate;
    let (text, why) = match fact.def().ty {
        FactType::StrList | FactType::EnumList(_) => members(estate, about, fact),
        FactType::Map => entries(estate, about, fact),
        _ => return single(input, rules, about, fact),
    };
    // A list that is whole and empty is known.
    let (cell, empty) = match (&text, why) {
        (Some(text), _) => (Cell::Known(Scalar::Str(text)), false),
        (None, Some(why)) => (Cell::Unknown(why), false),
        (None, None) => (Cell::Known(Scalar::Str("none")), true),
    };
    let read = FactRead { row: about, fact, key: None, member: false, cell };
    let mut evidence = one(estate, about, &read, input.as_of);
    // Of a list the place of its first member, which may have a record of its own.
    if let Some(first) = first(estate, about, fact) {
        let read = FactRead { row: about, fact, key: None, member: true, cell: Cell::Known(first) };
        let place = one(estate, about, &read, input.as_of);
        let Evidence { export, pointer, offset, document, .. } = place;
        evidence = Evidence { export, pointer, offset, document, ..evidence };
    }
    if empty {
        (evidence.pointer, evidence.offset) = (None, None);
    }
    if let (true, Some(note)) = (fact == resource::EFFECTS.id, rules.tools.note(estate, about)) {
        evidence = Evidence { note: Some(note), export: None, pointer: None, offset: None, document: None, ..evidence };
    }
    Fact {
        cause: why.map(cause),
        supplied_by: why.map(|why| supply(input, about, fact, why)).unwrap_or_default(),
        conflict: Vec::new(),
        evidence,
    }
}

/// A fact that is neither list nor map.
fn single(input: &Input<'_>, rules: &Rules<'_>, about: Row, fact: FactId) -> Fact {
    let estate = input.estate;
    let cell = estate.cell(about, fact);
    let read = FactRead { row: about, fact, key: None, member: false, cell };
    let evidence = rules
        .evidence(estate, about, &read, &Recall::default())
        .unwrap_or_else(|| one(estate, about, &read, input.as_of));
    let Cell::Unknown(why) = cell else {
        let mut evidence = evidence;
        // False says of this fact that none was read, which is not that there is none.
        if fact == identity::FULL_ADMIN.id
            && cell == Cell::Known(Scalar::Bool(false))
            && matches!(estate.list(about, identity::GRANTS.id, &mut |_| true), Completeness::Open(_))
        {
            evidence.note = Some("by what was read of what it may do, which is not all".to_owned());
        }
        return Fact { evidence, cause: None, conflict: Vec::new(), supplied_by: Vec::new() };
    };
    // Where nothing is known there is nothing to point at.
    let nowhere = Evidence { note: None, export: None, pointer: None, offset: None, document: None, ..evidence };
    Fact {
        evidence: nowhere,
        cause: Some(cause(why)),
        conflict: if why == Why::Conflict { conflict(estate, about, fact) } else { Vec::new() },
        supplied_by: supply(input, about, fact, why),
    }
}

/// Both sides of a contradiction.
fn conflict(estate: &Estate<'_>, about: Row, fact: FactId) -> Vec<Evidence> {
    let table = estate.world.table(about.subject);
    let Some(found) = table.conflicts.get(&(fact.slot, about.index)) else { return Vec::new() };
    [found.first, found.second].into_iter().map(|(raw, record)| stated(estate, about, fact, raw, record)).collect()
}

fn stated(estate: &Estate<'_>, about: Row, fact: FactId, raw: i64, record: RecordId) -> Evidence {
    let def = fact.def();
    let (state, text) = match raw {
        ABSENT => (FactState::Absent, def.absent.unwrap_or("none").to_owned()),
        UNKNOWN => (FactState::Unknown, String::new()),
        raw => {
            let scalar = estate.world.scalar(def.ty, raw);
            (FactState::Known, scalar.map_or_else(String::new, |scalar| value(estate, about, fact, scalar)))
        }
    };
    let place = place(estate, record, Some(fact));
    Evidence {
        fact: fact.path().into(),
        subject: None,
        state,
        value: text,
        note: None,
        export: place.export,
        pointer: place.pointer,
        offset: place.offset,
        document: place.document,
    }
}

/// The first member of a list of texts.
fn first<'e>(estate: &'e Estate<'_>, about: Row, fact: FactId) -> Option<Scalar<'e>> {
    let mut found = None;
    if fact.def().ty == FactType::StrList {
        estate.list(about, fact, &mut |member| {
            found = Some(member.value);
            false
        });
    }
    found
}

/// The members of a list of texts or names, and why there may be more.
fn members(estate: &Estate<'_>, about: Row, fact: FactId) -> (Option<String>, Option<Why>) {
    let (mut all, mut count) = (Vec::new(), 0_usize);
    let whole = estate.list(about, fact, &mut |member| {
        count += 1;
        if all.len() < MEMBERS {
            let perhaps = if member.certain { "" } else { " (perhaps)" };
            all.push(format!("{}{perhaps}", value(estate, about, fact, member.value)));
        }
        true
    });
    (joined(all, count), open(whole))
}

/// The entries of a map, and why there may be more.
fn entries(estate: &Estate<'_>, about: Row, fact: FactId) -> (Option<String>, Option<Why>) {
    let (mut all, mut count) = (Vec::new(), 0_usize);
    let whole = estate.entries(about, fact, &mut |key, value| {
        count += 1;
        if all.len() < MEMBERS {
            all.push(format!("{}={}", shown(key), shown(value)));
        }
        true
    });
    (joined(all, count), open(whole))
}

fn joined(mut all: Vec<String>, count: usize) -> Option<String> {
    if count > all.len() {
        all.push(format!("{} more", count - all.len()));
    }
    (!all.is_empty()).then(|| all.join(", "))
}

pub(super) fn open(whole: Completeness) -> Option<Why> {
    match whole {
        Completeness::Complete => None,
        Completeness::Open(why) => Some(why),
    }
}

/// What would supply a fact of a subject: sources of its own system and the inventory before all others.
pub(super) fn supply(input: &Input<'_>, about: Row, fact: FactId, why: Why) -> Vec<Supply> {
    let estate = input.estate;
    if let Why::NotEnumerated(listing) | Why::Incomplete(listing) = why {
        let asserted = Supply {
            source: "inventory-toml".to_owned(),
            from: format!("closures, with listing = \"{}\"", listing.name()),
            command: None,
        };
        let shows = of_system(about, estate, source::showing(listing)).into_iter().map(|source| Supply {
            source: source.id.to_owned(),
            from: format!("the list of {}", listing.words()),
            command: source.commands.first().map(|command| (*command).to_owned()),
        });
        return shows.take(SOURCES).chain([asserted]).collect();
    }
    if matches!(why, Why::AfterAsOf | Why::Error) || fact.def().made == Made::Virtual {
        return Vec::new();
    }
    // An export that was read and does not say it of this subject will not say it the next time.
    let scope = shown(estate.world.strings.text(estate.world.scope(about))).into_owned();
    let mute = |source: &source::About| why == Why::MissingFact && is_loaded(input, source, &scope);
    let giving = source::giving(fact).into_iter().filter(|source| !seldom(source, fact) && !mute(source));
    let giving: Vec<&'static source::About> = giving.collect();
    let proof = (about.subject == Subject::Credential).then(|| proof(estate.world, estate.world.scope(about), about));
    let kinds = proof.into_iter().collect();
    let own = match keys::issuer(&kinds) {
        Some(system) => keys::by_id(estate.world, system, fact),
        None => Vec::new(),
    };
    let others = keys::speaking(of_system(about, estate, giving), &kinds);
    let given = own.into_iter().chain(others).filter_map(|source| {
        let from = source.provides.iter().find(|given| given.fact == fact)?.from;
        let command = source.commands.first().map(|command| (*command).to_owned());
        Some(Supply { source: source.id.to_owned(), from: from.to_owned(), command })
    });
    given.take(SOURCES).collect()
}

/// The sources that can say something of a subject: those of its system, and those of none.
fn of_system(about: Row, estate: &Estate<'_>, all: Vec<&'static source::About>) -> Vec<&'static source::About> {
    suppliers::of_system(all, estate.world.strings.text(estate.world.scope(about)))
}

/// A fact of another subject, as it tells that one from its like.
pub(super) fn telling(estate: &Estate<'_>, of: Row, fact: FactId, as_of: Instant) -> Evidence {
    let read = FactRead { row: of, fact, key: None, member: false, cell: estate.cell(of, fact) };
    one(estate, of, &read, as_of)
}
