//! Secrets of which nobody can tell which they are: each may be any credential that its system lists, until something shows more.
//!
//! A scanner was told to hide it, it stands without the id of its key, or the provider does not show how its keys end. One
//! such place speaks of all the keys of its system, so it is kept once for each of them, with the first place as an example.

use std::collections::{BTreeMap, BTreeSet};

use super::credentials::{Found, names_of};
use crate::export::declared::Tie;
use crate::model::facts::{CredentialKind, credential};
use crate::model::intern::Sym;
use crate::model::link::{Unidentified, Unsure};
use crate::model::schema::Subject;
use crate::model::slots::Row;
use crate::model::table::Presence;
use crate::model::world::World;
use crate::source::sighting::Sighting;

/// What a secret may be of which only its system is known.
const OF_SOFTWARE: [CredentialKind; 4] =
    [CredentialKind::AccessKey, CredentialKind::ApiKey, CredentialKind::ClientSecret, CredentialKind::Token];

/// A place with a secret that is of no listed credential as far as anything tells.
struct Place<'s> {
    why: Unsure,
    id: Sym,
    names: BTreeSet<&'s str>,
    held: bool,
}

/// By what is not known of them: how many places there are, the first of them, and whether an AI system holds one.
type Told = BTreeMap<Unsure, (usize, Sym, bool)>;

fn add(told: &mut Told, place: &Place<'_>) {
    let known = told.entry(place.why).or_insert((0, place.id, false));
    known.0 += 1;
    known.2 |= place.held;
}

/// Notes which listed credentials may be where such secrets were seen. `endless` are those of which their provider does not
/// show how they end. The numbers of the links that say of a place that it is not a credential are given back.
pub fn find(
    world: &mut World,
    placed: &[(Found, Vec<&Sighting>)],
    endless: &BTreeSet<u32>,
    ties: &[Tie],
) -> BTreeSet<usize> {
    let mut heeded = BTreeSet::new();
    let mut found = Vec::new();
    let said_apart = ties.iter().filter(|tie| !tie.same);
    let spoken_of: BTreeSet<&str> = said_apart.flat_map(|tie| [tie.one.as_str(), tie.other.as_str()]).collect();
    let counts = |why: Unsure, row: u32| why != Unsure::WithoutEnd || endless.contains(&row);
    for (system, places) in seen(world, placed) {
        let mut of_all = Told::new();
        places.iter().for_each(|place| add(&mut of_all, place));
        for row in listed(world, system) {
            let keys = keys_of(world, row);
            // Where no link speaks of the key, all places do, and are not gone through again for each of many keys.
            let own = keys.iter().any(|key| spoken_of.contains(key)).then(|| {
                let mut own = Told::new();
                for place in places.iter().filter(|place| counts(place.why, row)) {
                    let said = apart(place, &keys, ties);
                    heeded.extend(said);
                    if said.is_none() {
                        add(&mut own, place);
                    }
                }
                own
            });
            let told = own.as_ref().unwrap_or(&of_all).iter();
            let told = told.filter(|(why, _)| counts(**why, row));
            found.extend(told.map(|(why, (places, place, held))| Unidentified {
                credential: row,
                why: *why,
                place: *place,
                places: *places,
                held: *held,
            }));
        }
    }
    world.unidentified = found;
    heeded
}

/// The places by the system that accepts what stands there, in the order of their ids.
fn seen<'s>(world: &'s World, placed: &[(Found, Vec<&Sighting>)]) -> BTreeMap<&'static str, Vec<Place<'s>>> {
    let mut all: BTreeMap<&'static str, Vec<Place<'s>>> = BTreeMap::new();
    for (_, members) in placed.iter().filter(|(found, _)| !found.listed) {
        if members.iter().any(|member| member.public_id.is_some()) {
            continue;
        }
        let exposed = members.iter().filter_map(|member| Some(member.exposure.as_ref()?.id));
        let Some(id) = exposed.min_by_key(|id| world.strings.text(*id)) else { continue };
        let Some(system) = members.iter().find_map(|member| member.system) else { continue };
        let kind = |of: CredentialKind| members.iter().any(|member| member.kind == of);
        let why = match system {
            _ if members.iter().all(|member| member.prints.is_none()) => Unsure::Hidden,
            "aws" if kind(CredentialKind::AccessKey) => Unsure::WithoutId,
            "anthropic" | "openai" => Unsure::WithoutEnd,
            _ => continue,
        };
        // What signs in to Bedrock alone is no access key.
        if system == "aws" && kind(CredentialKind::ApiKey) {
            continue;
        }
        let names = members.iter().flat_map(|member| names_of(member)).map(|name| world.strings.text(name)).collect();
        let held = members.iter().any(|member| !member.holders.is_empty());
        all.entry(system).or_default().push(Place { why, id, names, held });
    }
    for places in all.values_mut() {
        places.sort_by_key(|place| world.strings.text(place.id));
    }
    all
}

/// The credentials that a system lists and accepts, as far as is known.
fn listed(world: &World, system: &str) -> Vec<u32> {
    let table = world.table(Subject::Credential);
    let of_system = |row: &u32| world.system_of(world.scope(Row::new(Subject::Credential, *row))) == system;
    let may_be = |row: &u32| {
        let kind = table.get(credential::KIND.id, *row);
        let fits = OF_SOFTWARE.iter().any(|one| kind == i64::from(*one as u8));
        let key = system != "aws" || kind == i64::from(CredentialKind::AccessKey as u8);
        fits && key && table.get(credential::ENABLED.id, *row) != 0
    };
    table.rows().filter(|row| table.presence(*row) == Presence::Listed && may_be(row) && of_system(row)).collect()
}

/// The ids by which a person may speak of a credential.
fn keys_of(world: &World, row: u32) -> Vec<&str> {
    let table = world.table(Subject::Credential);
    let name = u32::try_from(table.get(credential::NAME.id, row)).ok().map(Sym);
    [table.id(row), name].into_iter().flatten().map(|sym| world.strings.text(sym)).collect()
}

/// The number of the link that says that a place and a credential are two.
fn apart(place: &Place<'_>, keys: &[&str], ties: &[Tie]) -> Option<usize> {
    let speaks = |one: &str, other: &str| place.names.contains(one) && keys.contains(&other);
    ties.iter().position(|tie| !tie.same && (speaks(&tie.one, &tie.other) || speaks(&tie.other, &tie.one)))
}
