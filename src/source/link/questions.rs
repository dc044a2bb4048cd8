//! Credentials that may be the same: by how their values end, by a name, or by equal secrets that are weak. A question to a person.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::credentials::Found;
use crate::export::declared::Tie;
use crate::model::facts::{ai_system, credential};
use crate::model::intern::Sym;
use crate::model::link::Method;
use crate::model::record::RecordId;
use crate::model::schema::{Fact, Subject};
use crate::model::slots::Row;
use crate::model::world::World;
use crate::source::print::{Print, Tail};
use crate::source::sighting::{Shown, Sighting};

/// How many answers to one question are kept: more is no question that anyone would go through.
const MOST: usize = 20;

/// Notes which credentials of providers may be those of the places.
///
/// Where a person says in `ties` that two are different, nothing is asked; the numbers of those ties are given back.
pub fn ask(world: &mut World, shown: &[Shown], placed: &[(Found, Vec<&Sighting>)], ties: &[Tie]) -> BTreeSet<usize> {
    let mut heeded = BTreeSet::new();
    let mut asked: HashMap<(&str, Tail), BTreeSet<u32>> = HashMap::new();
    for end in shown {
        asked.entry((end.system, end.tail)).or_default();
    }
    let any = !asked.is_empty();
    for (place, members) in placed.iter().filter(|_| any) {
        let Some(row) = place.row else { continue };
        for member in members {
            let (Some(system), Some(prints)) = (member.system, &member.prints) else { continue };
            for tail in prints.tails() {
                if let Some(rows) = asked.get_mut(&(system, tail)) {
                    rows.insert(row);
                }
            }
        }
    }
    for end in shown {
        let rows = asked.get(&(end.system, end.tail)).into_iter().flatten().copied();
        for row in rows.filter(|row| *row != end.credential).take(MOST) {
            heeded.extend(question(world, Method::KeyTail, (end.credential, row), end.record, ties));
        }
    }
    by_name(world, placed, ties, &mut heeded);
    heeded
}

/// What stands for weak secrets that stand in more than one place.
pub(super) fn again(sightings: &[Sighting]) -> HashSet<Print> {
    let mut seen: HashSet<Print> = HashSet::new();
    let weak = sightings.iter().filter_map(|one| one.prints.as_ref()).filter(|prints| prints.weak);
    weak.map(|prints| prints.whole).filter(|print| !seen.insert(*print)).collect()
}

/// What stands for the secret of a place, if it is a weak one that stands elsewhere too.
pub(super) fn weak(sighting: &Sighting, again: &HashSet<Print>) -> Option<Print> {
    let prints = sighting.prints.as_ref().filter(|prints| prints.weak)?;
    Some(prints.whole).filter(|print| again.contains(print))
}

/// Notes which credentials may be one since their secrets are equal, and weak: two databases may well have `postgres` as
/// the password. Gives back the numbers of the ties by which a person says that they are not.
pub(super) fn by_weak_secret(
    world: &mut World,
    placed: &[(Found, Vec<&Sighting>)],
    ties: &[Tie],
    again: &HashSet<Print>,
) -> BTreeSet<usize> {
    let mut heeded = BTreeSet::new();
    let mut groups: HashMap<Print, Vec<(u32, RecordId)>> = HashMap::new();
    let mut order: Vec<Print> = Vec::new();
    let mut known: HashSet<(Print, u32)> = HashSet::new();
    for (found, members) in placed {
        let Some(row) = found.row else { continue };
        for (print, member) in members.iter().filter_map(|member| Some((weak(member, again)?, member))) {
            let group = groups.entry(print).or_default();
            if group.is_empty() {
                order.push(print);
            }
            if known.insert((print, row)) {
                group.push((row, member.record));
            }
        }
    }
    for group in order.iter().filter_map(|print| groups.get(print)) {
        for (at, (one, _)) in group.iter().enumerate() {
            for (other, record) in group.iter().skip(at + 1).take(MOST) {
                heeded.extend(question(world, Method::EqualWeakSecret, (*one, *other), *record, ties));
            }
        }
    }
    heeded
}

/// A reference to a key of a provider that has a key of the same name as the AI system that refers to it.
fn by_name(world: &mut World, placed: &[(Found, Vec<&Sighting>)], ties: &[Tie], heeded: &mut BTreeSet<usize>) {
    let listed = listed(world);
    for (place, members) in placed {
        let Some(row) = place.row.filter(|_| !place.listed) else { continue };
        let Some(first) = members.first().filter(|_| members.iter().all(|member| member.prints.is_none())) else {
            continue;
        };
        let Some(system) = members.iter().find_map(|member| member.system) else { continue };
        let holders = members.iter().flat_map(|member| &member.holders);
        let names: Vec<String> = holders.filter_map(|holder| name(world, ai_system::NAME, *holder)).collect();
        let found = names.into_iter().filter_map(|name| listed.get(&(system.to_owned(), name))).flatten();
        let same: Vec<u32> = found.copied().filter(|other| *other != row).take(MOST).collect();
        for other in same {
            heeded.extend(question(world, Method::Name, (other, row), first.record, ties));
        }
    }
}

/// The credentials that providers list, with their system and their name in lower case.
fn listed(world: &World) -> HashMap<(String, String), Vec<u32>> {
    let mut all: HashMap<(String, String), Vec<u32>> = HashMap::new();
    for row in world.table(Subject::Credential).rows() {
        let system = world.system_of(world.scope(Row::new(Subject::Credential, row)));
        if matches!(system, "anthropic" | "openai")
            && let Some(name) = name(world, credential::NAME, row)
        {
            all.entry((system.to_owned(), name)).or_default().push(row);
        }
    }
    all
}

fn name(world: &World, fact: Fact<Sym>, row: u32) -> Option<String> {
    let cell = u32::try_from(world.table(fact.id.subject).get(fact.id, row)).ok()?;
    Some(world.strings.text(Sym(cell)).trim().to_lowercase()).filter(|name| !name.is_empty())
}

/// Asks whether two are one, or gives the number of the tie that says that they are not.
fn question(
    world: &mut World,
    method: Method,
    (one, other): (u32, u32),
    record: RecordId,
    ties: &[Tie],
) -> Option<usize> {
    let table = world.table(Subject::Credential);
    let named = |id: &str, row: u32| world.strings.get(id).and_then(|id| table.find(id)) == Some(row);
    let apart = |tie: &&Tie| {
        (named(&tie.one, one) && named(&tie.other, other)) || (named(&tie.one, other) && named(&tie.other, one))
    };
    if let Some(heeded) = ties.iter().position(|tie| !tie.same && apart(&tie)) {
        return Some(heeded);
    }
    world.push(credential::MAY_BE, one, other);
    world.push(credential::MAY_BE, other, one);
    world.link(method, Row::new(Subject::Credential, one), Row::new(Subject::Credential, other), record);
    None
}
