//! Secrets of which nobody can tell which they are: each may be any credential that its system lists, until something shows more.
//!
//! A scanner was told to hide it, it stands without the id of its key, or the provider does not show how its keys end. One
//! such place speaks of all the keys of its system, so it is kept once for each of them, with the first place as an example.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::credentials::{Found, names_of};
use super::subjects;
use crate::base::time::DAY;
use crate::export::declared::Tie;
use crate::model::facts::{CredentialKind, ExposureKind, credential};
use crate::model::intern::Sym;
use crate::model::link::{Unidentified, Unsure};
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Row;
use crate::model::table::Presence;
use crate::model::world::World;
use crate::source::inventory::pending::Entry;
use crate::source::inventory::targets::matches;
use crate::source::print::Print;
use crate::source::sighting::{Exposed, Sighting};

/// What a secret may be of which only its system is known.
const OF_SOFTWARE: [CredentialKind; 4] =
    [CredentialKind::AccessKey, CredentialKind::ApiKey, CredentialKind::ClientSecret, CredentialKind::Token];

/// How long after a secret was seen a key may have been made and still be it: a commit that is amended keeps its first date.
const LATER: i64 = 7 * DAY;

/// Whose secret a place may hold, by what people say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// Nobody says.
    Anyone,
    /// That of this identity, by row.
    Of(u32),
    /// It is told what it is, or it was dealt with.
    Settled,
}

/// A place with a secret that is of no listed credential as far as anything tells.
struct Place<'s> {
    why: Unsure,
    id: Sym,
    names: BTreeSet<&'s str>,
    held: bool,
    whose: Whose,
    /// After this nobody made the key that it is; the last instant where nothing tells when it was there.
    until: i64,
}

/// By what is not known of them: how many places there are, the first of them, and whether an AI system holds one.
type Told = BTreeMap<Unsure, (usize, Sym, bool)>;

fn add(told: &mut Told, place: &Place<'_>) {
    let known = told.entry(place.why).or_insert((0, place.id, false));
    known.0 += 1;
    known.2 |= place.held;
}

/// What is told of a listed credential.
struct Key {
    /// Whose it is, by row; negative where that is not known.
    whose: i64,
    /// When it was made; negative where that is not known.
    made: i64,
}

impl Key {
    fn of(world: &World, row: u32) -> Self {
        let table = world.table(Subject::Credential);
        Self { whose: table.get(credential::IDENTITY.id, row), made: table.get(credential::CREATED_AT.id, row) }
    }

    /// Whether it may be what stands at a place.
    fn may_be(&self, place: &Place<'_>) -> bool {
        let whose = match place.whose {
            Whose::Anyone => true,
            Whose::Of(identity) => self.whose < 0 || self.whose == i64::from(identity),
            Whose::Settled => false,
        };
        whose && (self.made < 0 || self.made <= place.until)
    }
}

/// What all places together tell of a key that neither a link nor the inventory speaks of, by when it was made.
struct Summed {
    /// How long each counts, from the last, and what it and all before it tell.
    steps: Vec<(i64, Told)>,
}

impl Summed {
    fn of(world: &World, places: &[Place<'_>]) -> Self {
        let mut by_time: Vec<&Place<'_>> = places.iter().filter(|place| place.whose == Whose::Anyone).collect();
        by_time.sort_by_key(|place| std::cmp::Reverse(place.until));
        let mut steps: Vec<(i64, Told)> = Vec::new();
        let mut told = Told::new();
        for place in by_time {
            add(&mut told, place);
            if let Some(known) = told.get_mut(&place.why)
                && world.strings.text(place.id) < world.strings.text(known.1)
            {
                known.1 = place.id;
            }
            match steps.last_mut() {
                Some((until, sum)) if *until == place.until => sum.clone_from(&told),
                _ => steps.push((place.until, told.clone())),
            }
        }
        Self { steps }
    }

    /// What those places tell that a key of that age may be at.
    fn told(&self, key: &Key) -> Option<&Told> {
        let count = self.steps.partition_point(|(until, _)| key.made < 0 || key.made <= *until);
        self.steps.get(count.checked_sub(1)?).map(|(_, told)| told)
    }
}

/// Notes which listed credentials may be where such secrets were seen. `endless` are those of which their provider does not
/// show how they end. The numbers of the links that say of a place that it is not a credential are given back.
pub fn find(
    world: &mut World,
    placed: &[(Found, Vec<&Sighting>)],
    endless: &BTreeSet<u32>,
    ties: &[Tie],
    inventory: &[(RecordId, Entry)],
) -> BTreeSet<usize> {
    let mut heeded = BTreeSet::new();
    let mut found = Vec::new();
    let said_apart = ties.iter().filter(|tie| !tie.same);
    let spoken_of: BTreeSet<&str> = said_apart.flat_map(|tie| [tie.one.as_str(), tie.other.as_str()]).collect();
    let counts = |why: Unsure, row: u32| why != Unsure::WithoutEnd || endless.contains(&row);
    for (system, places) in seen(world, placed, &Statements::of(inventory)) {
        let of_all = Summed::of(world, &places);
        let theirs: BTreeSet<i64> = places.iter().filter_map(Place::identity).collect();
        for row in listed(world, system) {
            let (key, keys) = (Key::of(world, row), keys_of(world, row));
            let of_theirs = theirs.contains(&key.whose) || key.whose < 0 && !theirs.is_empty();
            let by_itself = of_theirs || keys.iter().any(|key| spoken_of.contains(key));
            // Where nobody speaks of the key, all places do, and are not gone through again for each of many keys.
            let own = by_itself.then(|| {
                let mut own = Told::new();
                for place in places.iter().filter(|place| counts(place.why, row)) {
                    let said = apart(place, &keys, ties);
                    heeded.extend(said);
                    if said.is_none() && key.may_be(place) {
                        add(&mut own, place);
                    }
                }
                own
            });
            let told = own.as_ref().or_else(|| of_all.told(&key)).into_iter().flatten();
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
fn seen<'s>(
    world: &'s World,
    placed: &[(Found, Vec<&Sighting>)],
    statements: &Statements<'_>,
) -> BTreeMap<&'static str, Vec<Place<'s>>> {
    let mut all: BTreeMap<&'static str, Vec<Place<'s>>> = BTreeMap::new();
    for (_, members) in placed.iter().filter(|(found, _)| !found.listed) {
        if members.iter().any(|member| member.public_id.is_some()) {
            continue;
        }
        let exposed = members.iter().filter_map(|member| Some(member.exposure.as_ref()?.id));
        let Some(id) = exposed.min_by_key(|id| world.strings.text(*id)) else { continue };
        let Some(system) = members.iter().find_map(|member| member.system) else { continue };
        let kind = |of: CredentialKind| members.iter().any(|member| member.kind == of);
        // Of AWS only an access key is listed: no password of a database, and not what signs in to Bedrock alone.
        if system == "aws" && (!kind(CredentialKind::AccessKey) || kind(CredentialKind::ApiKey)) {
            continue;
        }
        let why = match system {
            _ if members.iter().all(|member| member.prints.is_none()) => Unsure::Hidden,
            "aws" => Unsure::WithoutId,
            "anthropic" | "openai" => Unsure::WithoutEnd,
            _ => continue,
        };
        // With a token of a session beside it, it is of a temporary key, which nothing lists.
        if members.iter().any(|member| member.temporary) {
            continue;
        }
        let names: BTreeSet<&str> =
            members.iter().flat_map(|member| names_of(member)).map(|name| world.strings.text(name)).collect();
        let until = until(members);
        let whose = statements.whose(world, &names, members);
        let held = members.iter().any(|member| !member.holders.is_empty());
        all.entry(system).or_default().push(Place { why, id, names, held, whose, until });
    }
    for places in all.values_mut() {
        places.sort_by_key(|place| world.strings.text(place.id));
    }
    all
}

/// After which instant nobody made a key that one of the sightings of a place is of.
///
/// A secret that is told was there when it was first seen. Where it is hidden, the next look may have met another one.
fn until(members: &[&Sighting]) -> i64 {
    let mut told: HashMap<Print, Option<i64>> = HashMap::new();
    let mut hidden = Vec::new();
    for member in members {
        let Some(at) = member.exposure.as_ref().map(|exposed| exposed.detected_at) else { continue };
        let Some(prints) = &member.prints else {
            hidden.push(at);
            continue;
        };
        let first = told.entry(prints.whole).or_insert(at);
        *first = [*first, at].into_iter().flatten().min();
    }
    let each = told.into_values().chain(hidden).map(|at| at.map_or(i64::MAX, |at| at.saturating_add(LATER)));
    each.max().unwrap_or(i64::MAX)
}

impl Place<'_> {
    /// Whose its secret is said to be.
    fn identity(&self) -> Option<i64> {
        match self.whose {
            Whose::Of(row) => Some(i64::from(row)),
            _ => None,
        }
    }
}

/// What the inventory says of places.
struct Statements<'i> {
    /// Of exposures: the id or pattern, when it was dealt with, and whether it is said which credential it is.
    exposures: Vec<(&'i str, Option<i64>, bool)>,
    /// Whose a credential is, by the id that the place gives it.
    credentials: BTreeMap<&'i str, &'i str>,
}

impl<'i> Statements<'i> {
    fn of(inventory: &'i [(RecordId, Entry)]) -> Self {
        let mut all = Self { exposures: Vec::new(), credentials: BTreeMap::new() };
        for (_, entry) in inventory {
            match entry {
                Entry::Exposure(entry) => {
                    let resolved = entry.resolved_at.as_ref().and_then(|at| at.instant("resolved_at").ok());
                    all.exposures.push((&entry.exposure, resolved.map(|at| at.0), entry.credential.is_some()));
                }
                Entry::Credential(entry) => {
                    if let Some(whose) = &entry.identity {
                        all.credentials.entry(&entry.credential).or_insert(whose);
                    }
                }
                _ => {}
            }
        }
        all
    }

    /// Whose the secret of a place may be.
    fn whose(&self, world: &World, names: &BTreeSet<&str>, members: &[&Sighting]) -> Whose {
        let exposed: Vec<&Exposed> = members.iter().filter_map(|member| member.exposure.as_ref()).collect();
        let of = |pattern: &str, exposed: &Exposed| matches(pattern, world.strings.text(exposed.id));
        let known = self.exposures.iter().filter(|(.., known)| *known);
        let mut known = known.filter(|(pattern, ..)| exposed.iter().any(|exposed| of(pattern, exposed)));
        let dealt_with = |exposed: &Exposed| {
            // Where the configuration itself was read, the secret stands there still. Whether it did so later than a date is
            // not known of what was seen at no known time.
            let stands = exposed.kind == ExposureKind::Configuration && exposed.rule.is_none();
            let in_time = |at: i64| {
                world.as_of.is_none_or(|as_of| at <= as_of) && exposed.detected_at.is_some_and(|seen| seen <= at)
            };
            let mut resolved = self.exposures.iter().filter(|(_, at, _)| at.is_some_and(in_time));
            !stands && resolved.any(|(pattern, ..)| of(pattern, exposed))
        };
        if known.next().is_some() || exposed.iter().all(|exposed| dealt_with(exposed)) {
            return Whose::Settled;
        }
        let Some(whose) = names.iter().find_map(|name| self.credentials.get(name)) else { return Whose::Anyone };
        if whose.contains('*') {
            return Whose::Anyone;
        }
        let (id, _) = subjects::named(whose);
        let row = world.strings.get(&id).and_then(|id| world.table(Subject::Identity).find(id));
        // No listed key is of an identity that no export has.
        row.map_or(Whose::Settled, Whose::Of)
    }
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
