//! Keys of AWS that were seen or are held, and that no export lists: each may be one that a credential report knows as a slot.
//!
//! A credential report names no key ids. Until a list of the keys does, what stands at such a key may be said of any slot
//! that it can be of, and the other way round.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::model::facts::{CredentialKind, credential, identity};
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Sym, Why, World};

/// The export that lists keys with their ids.
const LISTS_KEYS: &str = "aws-access-keys";
/// What the ids of keys that do not expire begin with.
const LASTING: &str = "AKIA";

/// Which slots a key may be, or which keys a slot may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Among {
    All,
    Of(u32),
    In(Sym),
}

/// A key, or a slot, of which it is not known which it is.
#[derive(Debug, Clone, Copy)]
struct One {
    row: u32,
    whose: Option<u32>,
    scope: Option<Sym>,
}

impl One {
    /// Whose a key is says more than where it is.
    fn narrowest(&self) -> Among {
        self.whose.map(Among::Of).or(self.scope.map(Among::In)).unwrap_or(Among::All)
    }

    /// All groups that a slot is in.
    fn groups(&self) -> Vec<Among> {
        let known = [self.whose.map(Among::Of), self.scope.map(Among::In)];
        [Among::All].into_iter().chain(known.into_iter().flatten()).collect()
    }
}

/// The members that the keys, or the slots, of a group have.
type Members = HashMap<Among, HashSet<u32>>;

/// Opens what a slot lacks that a key has which it may be, and what a key lacks that such a slot has. Whether an AI system
/// holds it is open too where it may, and which ones an identity serves whose key it may be.
pub fn apply(world: &mut World) {
    let keys = keys(world);
    if keys.is_empty() {
        return;
    }
    let slots = slots(world);
    let mut open = Vec::new();
    for fact in [credential::EXPOSURES.id, credential::AI_SYSTEMS.id] {
        let of_keys = members(world, fact, &keys, |key| vec![key.narrowest()]);
        let of_slots = members(world, fact, &slots, One::groups);
        for slot in &slots {
            let apart = apart(world, slot.row);
            let lacks = if apart.is_empty() {
                slot.groups().iter().any(|among| lacks(world, fact, slot.row, of_keys.get(among)))
            } else {
                let may = keys.iter().filter(|key| may_be(key, slot) && !apart.contains(&key.row));
                let theirs = may.flat_map(|key| world.table(Subject::Credential).members(fact, key.row));
                lacks(world, fact, slot.row, Some(&theirs.map(|(_, member, _)| *member).collect()))
            };
            if lacks {
                open.push((fact, slot.row));
            }
        }
        for key in &keys {
            let apart = apart(world, key.row);
            let lacks = if apart.is_empty() {
                lacks(world, fact, key.row, of_slots.get(&key.narrowest()))
            } else {
                let may = slots.iter().filter(|slot| may_be(key, slot) && !apart.contains(&slot.row));
                let theirs = may.flat_map(|slot| world.table(Subject::Credential).members(fact, slot.row));
                lacks(world, fact, key.row, Some(&theirs.map(|(_, member, _)| *member).collect()))
            };
            if lacks {
                open.push((fact, key.row));
            }
        }
    }
    for (fact, row) in open {
        world.open(fact, row, Why::MissingFact);
        if fact == credential::AI_SYSTEMS.id && world.table(Subject::Credential).members(fact, row).is_empty() {
            world.open(credential::HELD_BY_AI.id, row, Why::MissingFact);
        }
    }
    users(world, &keys);
}

/// True if a slot can be of this key.
fn may_be(key: &One, slot: &One) -> bool {
    match (key.whose, key.scope) {
        (Some(whose), _) => slot.whose == Some(whose),
        (None, Some(scope)) => slot.scope == Some(scope),
        (None, None) => true,
    }
}

/// The credentials that a person says a credential is not.
fn apart(world: &World, row: u32) -> BTreeSet<u32> {
    let pairs = world.apart.iter().filter(|(one, other)| *one == row || *other == row);
    pairs.map(|(one, other)| if *one == row { *other } else { *one }).collect()
}

/// True if a row lacks one of the members.
fn lacks(world: &World, fact: FactId, row: u32, members: Option<&HashSet<u32>>) -> bool {
    let Some(members) = members else { return false };
    let own = world.table(Subject::Credential).members(fact, row);
    own.iter().filter(|(_, member, _)| members.contains(member)).count() < members.len()
}

fn members(world: &World, fact: FactId, all: &[One], groups: impl Fn(&One) -> Vec<Among>) -> Members {
    let table = world.table(Subject::Credential);
    let mut members = Members::new();
    for one in all {
        let own = table.members(fact, one.row);
        for among in groups(one).into_iter().filter(|_| !own.is_empty()) {
            members.entry(among).or_default().extend(own.iter().map(|(_, member, _)| *member));
        }
    }
    members
}

/// Opens which AI systems a user serves whose keys nobody listed, where one holds a key that may be the user's.
fn users(world: &mut World, keys: &[One]) {
    let held = members(world, credential::AI_SYSTEMS.id, keys, |key| vec![key.narrowest()]);
    if held.is_empty() {
        return;
    }
    let table = world.table(Subject::Identity);
    let mut open = Vec::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        let me = Row::new(Subject::Identity, row);
        let user = table.id(row).is_some_and(|id| world.strings.text(id).contains(":user:"));
        if !user || world.closure(me, &[Listing::AccessKeys]).is_ok() {
            continue;
        }
        let own: BTreeSet<u32> = table.members(identity::AI_SYSTEMS.id, row).iter().map(|(_, one, _)| *one).collect();
        let groups = [Among::All, Among::Of(row), Among::In(world.scope(me))];
        let mut theirs = groups.iter().filter_map(|among| held.get(among)).flatten();
        if theirs.any(|system| !own.contains(system)) {
            open.push(row);
        }
    }
    for row in open {
        world.open(identity::SERVES.id, row, Why::MissingFact);
    }
}

/// The keys of credential reports that no list names.
fn slots(world: &World) -> Vec<One> {
    let table = world.table(Subject::Credential);
    let is_slot = |row: &u32| {
        let text = table.id(*row).map_or("", |id| world.strings.text(id));
        text.starts_with("aws:") && text.contains(":access_key:") && text.contains("#key")
    };
    table
        .rows()
        .filter(is_slot)
        .map(|row| one(world, row, Some(world.scope(Row::new(Subject::Credential, row)))))
        .collect()
}

/// The lasting keys of AWS that no list names.
fn keys(world: &World) -> Vec<One> {
    let table = world.table(Subject::Credential);
    let mut keys = Vec::new();
    for row in table.rows() {
        let id = table.id(row).map_or("", |id| world.strings.text(id));
        let name = u32::try_from(table.get(credential::NAME.id, row)).map_or("", |name| world.strings.text(Sym(name)));
        let kind = table.get(credential::KIND.id, row);
        let is_key = kind < 0 || kind == i64::from(CredentialKind::AccessKey as u8);
        let named = |text: &str| text.starts_with(LASTING) && !text.contains('#');
        if !is_key || !(named(name) || named(id.rsplit(':').next().unwrap_or(""))) {
            continue;
        }
        let listed = |record| world.records.export(record).is_some_and(|export| export.source == LISTS_KEYS);
        if table.records(row).any(listed) {
            continue;
        }
        let account = id.strip_prefix("aws:").and_then(|rest| rest.split(':').next());
        let account =
            account.filter(|account| *account != "*").and_then(|account| world.strings.get(&format!("aws:{account}")));
        keys.push(one(world, row, account));
    }
    keys
}

fn one(world: &World, row: u32, scope: Option<Sym>) -> One {
    let whose = u32::try_from(world.table(Subject::Credential).get(credential::IDENTITY.id, row)).ok();
    One { row, whose, scope }
}
