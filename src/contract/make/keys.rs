//! Which exports say something of credentials of some kinds: a list of keys dates no password, and of a key that was seen in
//! a configuration the system tells that gave it out.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use super::remedy::{Said, followed};
use super::suppliers::{either, exported};
use crate::assess::Proof;
use crate::base::text::shown;
use crate::graph::Estate;
use crate::model::facts::{CredentialKind, credential, identity};
use crate::model::link::Unsure;
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::{Row, Subject, Sym, World};
use crate::source::{self, About as Source};

/// The sources among `giving` that speak of all these credentials; where none does, those that speak of some of them.
pub(super) fn speaking(giving: Vec<&'static Source>, kinds: &BTreeSet<Proof>) -> Vec<&'static Source> {
    if !kinds.is_empty() && kinds.iter().all(|proof| *proof == Proof::Role) {
        let lists_roles = |about: &&'static Source| about.system != "aws" || about.shows.contains(&Listing::Roles);
        return giving.into_iter().filter(lists_roles).collect();
    }
    let kinds: Vec<CredentialKind> = kinds
        .iter()
        .filter_map(|proof| match proof {
            Proof::Kind(kind) => Some(*kind),
            Proof::KeyOf(_) | Proof::Role | Proof::Other => None,
        })
        .collect();
    if kinds.is_empty() {
        return giving;
    }
    let speaks = |about: &&'static Source, all: bool| {
        let mut of = kinds.iter().map(|kind| about.speaks_of(*kind));
        if all { of.all(|speaks| speaks) } else { of.any(|speaks| speaks) }
    };
    let of_all: Vec<&'static Source> = giving.iter().copied().filter(|about| speaks(about, true)).collect();
    if of_all.iter().any(|about| about.system != "inventory") {
        return of_all;
    }
    giving.into_iter().filter(|about| speaks(about, false)).collect()
}

/// The system that gave out these keys, which were all seen elsewhere and are known by their public ids.
pub(super) fn issuer(kinds: &BTreeSet<Proof>) -> Option<Sym> {
    let mut of = kinds.iter().map(|proof| match proof {
        Proof::KeyOf(system) => Some(*system),
        Proof::Kind(_) | Proof::Role | Proof::Other => None,
    });
    let first = of.next()??;
    of.all(|other| other == Some(first)).then_some(first)
}

/// The sources of a system that give a fact of its keys and name them by their public ids.
pub(super) fn by_id(world: &World, system: Sym, fact: FactId) -> Vec<&'static Source> {
    let of_keys = |about: &&'static Source| {
        about.system == world.strings.text(system) && about.kinds == [CredentialKind::AccessKey]
    };
    source::giving(fact).into_iter().filter(of_keys).collect()
}

/// What to do about a fact of keys that were seen outside of the system that gave them out.
pub(super) fn elsewhere(input: &Input<'_>, fact: FactId, kinds: &BTreeSet<Proof>) -> Option<Said> {
    let world = input.estate.world;
    let system = issuer(kinds)?;
    let sources = by_id(world, system, fact);
    if sources.is_empty() {
        return None;
    }
    let system = world.strings.text(system);
    let which = if system == "aws" {
        ": `aws sts get-access-key-info --access-key-id ID` says which account that is. A key is known only once `aws-access-keys` lists it"
    } else {
        ""
    };
    let text = format!("Add {} of the {} account that gave these keys out{which}.", either(&sources), shown(system));
    Some((text, exported(&sources)))
}

/// What to do about secrets that may be any of these credentials, where those leave a fact open.
pub(super) fn unidentified(input: &Input<'_>, fact: FactId, scope: &str) -> Option<String> {
    let of_place = [credential::EXPOSURES.id, credential::AI_SYSTEMS.id, credential::HELD_BY_AI.id];
    if !of_place.contains(&fact) {
        return None;
    }
    let world = input.estate.world;
    let is_open = |row: u32| world.opened.get(fact, row).is_some();
    let here = |row: u32| shown(world.strings.text(world.scope(Row::new(Subject::Credential, row)))) == scope;
    let mut first: BTreeMap<Unsure, (Sym, usize)> = BTreeMap::new();
    for one in &world.unidentified {
        let told = fact == credential::EXPOSURES.id || one.held;
        if told && is_open(one.credential) && here(one.credential) {
            let known = first.entry(one.why).or_insert((one.place, one.places));
            known.1 = known.1.max(one.places);
        }
    }
    let ways = first.into_iter().map(|(why, (place, places))| {
        let place = shown(world.strings.text(place)).into_owned();
        let more = if places > 1 { format!(", and at {} more", places - 1) } else { String::new() };
        match why {
            Unsure::Hidden => format!(
                "Scan again without `--redact`: the secret at `{place}`{more} is hidden, and may be any of these."
            ),
            Unsure::WithoutId => format!(
                "The secret at `{place}`{more} stands without the id of its key, and may be any of these: write the id beside it."
            ),
            Unsure::WithoutEnd => {
                let field = if scope.starts_with("anthropic:") { "partial_key_hint" } else { "redacted_value" };
                format!(
                    "Export the keys of {scope} again with `{field}`: without it nothing shows how some of them end, and each may be the one at `{place}`{more}."
                )
            }
        }
    });
    let mut text = ways.collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return None;
    }
    text.push_str(
        " Or say under `[[links]]` of `assize.toml` which credential it is (`same`), or which it is not (`different`).",
    );
    Some(text)
}

/// True if an AI system runs as what a credential proves, and is not known to hold it.
pub(super) fn used_by_others(estate: &Estate<'_>, row: Row) -> bool {
    let table = estate.world.table(Subject::Credential);
    let holders = table.members(credential::AI_SYSTEMS.id, row.index);
    let proves = u32::try_from(table.get(credential::IDENTITY.id, row.index)).ok();
    let users = proves.map(|whose| estate.world.table(Subject::Identity).members(identity::AI_SYSTEMS.id, whose));
    users.is_some_and(|all| all.iter().any(|(_, user, _)| holders.iter().all(|(_, holder, _)| holder != user)))
}

/// What to do about keys of AWS that were seen or are held, and that no list names, where those leave a fact open.
pub(super) fn not_listed(input: &Input<'_>, fact: FactId, scope: &str) -> Option<Said> {
    let world = input.estate.world;
    // Which systems an identity serves is open too where it is open of its credentials who holds them.
    let facts: &[FactId] = match fact {
        fact if fact == identity::SERVES.id => &[identity::SERVES.id, credential::AI_SYSTEMS.id],
        fact if fact == credential::HELD_BY_AI.id => &[credential::HELD_BY_AI.id],
        fact if fact == credential::EXPOSURES.id => &[credential::EXPOSURES.id],
        fact if fact == credential::AI_SYSTEMS.id => &[credential::AI_SYSTEMS.id],
        _ => return None,
    };
    let table = world.table(Subject::Credential);
    let asked = |of: FactId, row: u32| {
        of.subject == Subject::Credential && !table.members(credential::MAY_BE.id, row).is_empty()
    };
    let rows = facts.iter().flat_map(|of| world.opened.rows(*of).map(|(row, _)| (*of, row)));
    let here = |of: FactId, row: u32| shown(world.strings.text(world.scope(Row::new(of.subject, row)))) == scope;
    let (mut by_keys, mut by_questions, mut by_users) = (false, false, false);
    let unidentified: BTreeSet<u32> = world.unidentified.iter().map(|one| one.credential).collect();
    let other = |of: FactId, row: u32| of.subject != Subject::Credential || !unidentified.contains(&row);
    for (of, row) in rows.filter(|(of, row)| here(*of, *row) && other(*of, *row)) {
        let asked = asked(of, row);
        let of_holders = [credential::AI_SYSTEMS.id, credential::HELD_BY_AI.id].contains(&of);
        let used = !asked && of_holders && used_by_others(input.estate, Row::new(of.subject, row));
        by_questions |= asked;
        by_users |= used;
        by_keys |= !asked && !used;
    }
    if !by_keys && by_users {
        let text = format!(
            "Say of the AI systems that run as the identities of these credentials of {scope} which of them each holds: `credentials` under `[[ai_systems]]` of the inventory."
        );
        return Some((text, exported(&[])));
    }
    if !by_keys {
        return None;
    }
    let lists: Vec<&'static Source> = source::by_id("aws-access-keys").into_iter().collect();
    let of = if scope.starts_with("aws:") { scope } else { "every account whose keys these may be" };
    let mut text = format!(
        "Add {} of {of}, for every user: keys that no export lists were seen or are held by AI systems, and each may be one of these.",
        either(&lists)
    );
    if let (true, Some(more)) = (by_questions, followed(fact, scope)) {
        text.push(' ');
        text.push_str(&more);
    }
    Some((text, exported(&lists)))
}
