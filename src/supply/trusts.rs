//! The scopes outside that identities trust: whom a person may want to name as own or as a known partner.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::facts::becoming;
use crate::model::{Subject, Sym, World};

/// A scope that is trusted and is not the one of who trusts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outsider {
    /// The scope as assize names it.
    pub scope: String,
    /// How many identities trust it.
    pub trusted_by: u64,
    /// The name or id of the first of them.
    pub first: String,
}

/// The scopes that trusts name beside their own, of which no identity is listed; sorted. The graph must be built.
#[must_use]
pub fn outsiders(world: &World) -> Vec<Outsider> {
    let table = world.table(Subject::Becoming);
    let text = |value: i64| u32::try_from(value).ok().map(|sym| world.strings.text(Sym(sym)));
    let own: BTreeSet<&str> = world.scopes.iter().map(|scope| world.strings.text(*scope)).collect();
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in table.rows().filter(|row| table.get(becoming::EXTERNAL.id, *row) == 1) {
        let Some(scope) = text(table.get(becoming::EXTERNAL_SCOPE.id, row)) else { continue };
        let Ok(to) = u32::try_from(table.get(becoming::TO.id, row)) else { continue };
        let whom = world.table(Subject::Identity).id(to).map_or("", |id| world.strings.text(id));
        if !own.contains(scope) {
            found.entry(scope).or_default().insert(whom);
        }
    }
    found
        .into_iter()
        .map(|(scope, by)| Outsider {
            scope: scope.to_owned(),
            trusted_by: by.len() as u64,
            first: by.first().map(|id| (*id).to_owned()).unwrap_or_default(),
        })
        .collect()
}
