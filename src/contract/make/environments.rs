//! What belongs to the environments that an AI system comes to, one for each, with where that stands.

use std::collections::BTreeSet;

use super::evidence::one;
use super::names::name;
use crate::base::time::Instant;
use crate::contract::v1::Evidence;
use crate::expr::{FactRead, Trace};
use crate::graph::Estate;
use crate::model::facts::{ai_system, identity, resource};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// For each environment that a trace says an AI system comes to, the first of its identities, of its tools or of what these
/// reach that certainly belongs to it.
pub(super) fn evidence(estate: &Estate<'_>, about: Row, trace: &Trace<'_>, as_of: Instant) -> Vec<Evidence> {
    let read = trace.facts.iter().map(|read| (read.row, read.fact));
    let counted = trace.closed.iter().map(|list| (list.row, list.fact));
    let asked = read.chain(counted).find(|(_, fact)| *fact == ai_system::ENVIRONMENTS_REACHED.id);
    let Some((system, _)) = asked else { return Vec::new() };
    let mut seen: BTreeSet<u8> = BTreeSet::new();
    let mut all = Vec::new();
    for list in [ai_system::IDENTITIES.id, ai_system::TOOLS.id, ai_system::REACH.id, ai_system::REACHED.id] {
        estate.list(system, list, &mut |member| {
            let Scalar::Ref(row) = member.value else { return true };
            let fact = match row.subject {
                Subject::Identity => identity::ENVIRONMENT.id,
                _ => resource::ENVIRONMENT.id,
            };
            let cell = estate.cell(row, fact);
            if let (Cell::Known(Scalar::Enum(code)), true) = (cell, member.certain)
                && seen.insert(code)
            {
                let read = FactRead { row, fact, key: None, member: false, cell };
                let mut told = one(estate, about, &read, as_of);
                told.note.get_or_insert_with(|| format!("where {} belongs", name(estate, row)));
                all.push(told);
            }
            true
        });
    }
    all
}
