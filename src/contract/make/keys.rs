//! Which exports say something of credentials of some kinds: a list of keys dates no password, and of a key that was seen in
//! a configuration the system tells that gave it out.

use std::collections::BTreeSet;

use super::Input;
use super::remedy::{Said, either, exported};
use crate::assess::Proof;
use crate::base::text::shown;
use crate::model::facts::CredentialKind;
use crate::model::schema::FactId;
use crate::model::{Sym, World};
use crate::source::{self, About as Source};

/// The sources among `giving` that speak of all these credentials; where none does, those that speak of some of them.
pub(super) fn speaking(giving: Vec<&'static Source>, kinds: &BTreeSet<Proof>) -> Vec<&'static Source> {
    let kinds: Vec<CredentialKind> = kinds
        .iter()
        .filter_map(|proof| match proof {
            Proof::Kind(kind) => Some(*kind),
            Proof::KeyOf(_) | Proof::Other => None,
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
        Proof::Kind(_) | Proof::Other => None,
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
