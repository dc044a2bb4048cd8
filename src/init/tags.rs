//! Which keys of tags look like those of owners and environments, and what the latter say.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::text::is_blank;
use crate::derive::labels::usual;
use crate::model::facts::{Environment, identity};
use crate::model::table::Presence;
use crate::model::{Subject, Sym, World};

/// Keys that name an owner, in lower case and without what parts words, the likeliest first.
const OWNERS: &[&str] = &[
    "owner",
    "owners",
    "ownedby",
    "owneremail",
    "technicalowner",
    "serviceowner",
    "systemowner",
    "applicationowner",
    "businessowner",
    "productowner",
    "ownerteam",
    "owningteam",
    "teamowner",
    "team",
    "teamname",
];
/// Keys that may name an owner and often name something else.
const PERHAPS_OWNERS: &[&str] =
    &["contact", "maintainer", "maintainers", "responsible", "squad", "department", "createdby", "requestedby"];
/// Keys that name an environment, the likeliest first.
const ENVIRONMENTS: &[&str] =
    &["environment", "env", "environmentname", "envname", "environmenttype", "envtype", "deploymentenvironment"];
/// Keys that may name an environment and often name something else.
const PERHAPS_ENVIRONMENTS: &[&str] = &["stage", "stagename", "tier", "landscape", "lifecycle"];
/// Labels that are told; more than these name no environments.
const LABELS: usize = 100;
/// The longest label that is told, in bytes.
const LONGEST: usize = 100;

/// The key of a tag that may count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The key, as most identities write it.
    pub name: String,
    /// How many identities carry it, in whichever case.
    pub identities: u64,
    /// True if it is taken to count; else a person has to say so.
    pub counts: bool,
}

/// What labels of environments say.
#[derive(Debug, Default)]
pub struct Environments {
    /// By label, as written: how many identities carry it, and what it usually means.
    pub labels: BTreeMap<String, (u64, Option<Environment>)>,
    /// How many labels are not told.
    pub more: usize,
}

/// All keys by their lower case, as they are written most often, with how many listed identities carry them.
pub(super) fn keys(world: &World) -> BTreeMap<String, (String, u64)> {
    let mut spelled: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    let table = world.table(Subject::Identity);
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        let mut seen = BTreeSet::new();
        for (_, key, _) in table.members(identity::TAGS.id, row) {
            let key = world.strings.text(Sym(*key));
            let lower = key.to_ascii_lowercase();
            if !is_blank(key) && seen.insert(lower.clone()) {
                *spelled.entry(lower).or_default().entry(key).or_default() += 1;
            }
        }
    }
    let most = |(lower, spellings): (String, BTreeMap<&str, u64>)| {
        let count = spellings.values().sum();
        let name = spellings.iter().max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)))?.0;
        Some((lower, ((*name).to_owned(), count)))
    };
    spelled.into_iter().filter_map(most).collect()
}

/// The keys that look like those of owners.
pub(super) fn owners(keys: &BTreeMap<String, (String, u64)>) -> Vec<Key> {
    alike(keys, OWNERS, PERHAPS_OWNERS)
}

/// The keys that look like those of environments.
pub(super) fn environments(keys: &BTreeMap<String, (String, u64)>) -> Vec<Key> {
    alike(keys, ENVIRONMENTS, PERHAPS_ENVIRONMENTS)
}

fn alike(keys: &BTreeMap<String, (String, u64)>, sure: &[&str], perhaps: &[&str]) -> Vec<Key> {
    let mut found: Vec<(usize, Key)> = Vec::new();
    for (lower, (name, identities)) in keys {
        // Of a key such as `app:owner` or `company/team` the last part says what it is.
        let last = lower.rsplit([':', '/', '.']).next().unwrap_or(lower);
        let plain: String = last.chars().filter(|c| c.is_alphanumeric()).collect();
        let rank = sure.iter().chain(perhaps).position(|known| *known == plain);
        if let Some(rank) = rank {
            let counts = rank < sure.len();
            found.push((rank, Key { name: name.clone(), identities: *identities, counts }));
        }
    }
    found.sort_by(|(a, one), (b, other)| (a, &one.name).cmp(&(b, &other.name)));
    found.into_iter().map(|(_, key)| key).collect()
}

/// The labels that listed identities carry under the keys that count.
pub(super) fn labels(world: &World, keys: &[Key]) -> Environments {
    let mut labels: BTreeMap<String, (u64, Option<Environment>)> = BTreeMap::new();
    let table = world.table(Subject::Identity);
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        let entries = table.members(identity::TAGS.id, row);
        let label = keys.iter().filter(|key| key.counts).find_map(|key| {
            let found =
                entries.iter().find(|(_, own, _)| world.strings.text(Sym(*own)).eq_ignore_ascii_case(&key.name));
            found.map(|(_, _, value)| world.strings.text(Sym(*value)).trim()).filter(|value| !is_blank(value))
        });
        if let Some(label) = label {
            labels.entry(label.to_owned()).or_insert_with(|| (0, usual(&label.to_lowercase()))).0 += 1;
        }
    }
    let all = labels.len();
    labels.retain(|label, _| label.len() <= LONGEST);
    let labels: BTreeMap<_, _> = labels.into_iter().take(LABELS).collect();
    Environments { more: all - labels.len(), labels }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_known_by_their_last_word_and_no_others_count() {
        let keys = ["app:Owner", "Team", "env", "squad", "Environment-Name", "ownership-model", "stage", "cost"];
        let keys: BTreeMap<String, (String, u64)> =
            keys.iter().map(|key| (key.to_lowercase(), ((*key).to_owned(), 3))).collect();
        let told =
            |found: Vec<Key>| -> Vec<(String, bool)> { found.into_iter().map(|key| (key.name, key.counts)).collect() };
        let named = |all: &[(&str, bool)]| -> Vec<(String, bool)> {
            all.iter().map(|(name, counts)| ((*name).to_owned(), *counts)).collect()
        };
        assert_eq!(told(owners(&keys)), named(&[("app:Owner", true), ("Team", true), ("squad", false)]));
        assert_eq!(told(environments(&keys)), named(&[("env", true), ("Environment-Name", true), ("stage", false)]));
    }
}
