//! What people state of the kind of an identity, held against what its export says: their word counts, and is told.
//!
//! A role that people sign in to may well be a person's. But checks that ask about roles no longer ask about it then, so
//! nobody may find that out from their silence.

use std::collections::{BTreeMap, BTreeSet};

use super::unmatched::place;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::model::facts::{IdentityKind, identity};
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::table::UNKNOWN;
use crate::model::world::World;
use crate::source::STATED;

/// The name of what is told.
const CODE: &str = "inventory-contradicts-export";
/// How many statements are named on a terminal.
const NAMED: usize = 3;

/// What one entry states against exports.
struct Against {
    /// The identities of which it does.
    rows: Vec<u32>,
    stated: IdentityKind,
    exported: IdentityKind,
    export: RecordId,
}

/// All that is stated against exports, by the record of the entry.
#[derive(Default)]
pub(super) struct Kinds(BTreeMap<RecordId, Against>);

impl Kinds {
    /// Holds what an entry states of an identity against what an export says, before it is put in its place.
    ///
    /// An export that leaves open who uses an account, as those of AWS do of its users, says nothing against it.
    pub fn hold(&mut self, world: &World, row: u32, stated: &str, record: RecordId) {
        let Some(stated) = IdentityKind::from_name(stated) else { return };
        let table = world.table(Subject::Identity);
        let known = table.get(identity::KIND.id, row);
        let exported = IdentityKind::ALL.iter().copied().find(|kind| i64::from(*kind as u8) == known);
        let exported = exported.filter(|kind| known != UNKNOWN && *kind != IdentityKind::Other && *kind != stated);
        let (Some(exported), Some(export)) = (exported, table.record_of(identity::KIND.id, row)) else { return };
        if world.records.rank(export).0 >= STATED {
            return;
        }
        let against = self.0.entry(record).or_insert(Against { rows: Vec::new(), stated, exported, export });
        against.rows.push(row);
    }

    /// Notes each of them, and says what is to be said on a terminal: nothing of roles that people sign in to by their trust.
    pub fn told(self, world: &mut World) -> Option<Diagnostic> {
        if self.0.is_empty() {
            return None;
        }
        let signed_in_to = signed_in_to(world);
        let mut named = Vec::new();
        let mut all = 0_usize;
        for (record, one) in self.0 {
            let id = one.rows.first().and_then(|row| world.table(Subject::Identity).id(*row));
            let id = id.map_or("", |id| world.strings.text(id));
            let more = if one.rows.len() > 1 { format!(" and {} more", one.rows.len() - 1) } else { String::new() };
            let said = format!(
                "{}the inventory says that `{}`{more} is of the kind `{}`, and its export says `{}` ({})",
                place(world, record).map(|at| format!("{at}: ")).unwrap_or_default(),
                shown(id),
                one.stated.name(),
                one.exported.name(),
                place(world, one.export).unwrap_or_default()
            );
            let people = one.stated == IdentityKind::Human && one.rows.iter().all(|row| signed_in_to.contains(row));
            let why = if people {
                "people sign in to it by its trust, and what the inventory says is taken"
            } else {
                "what the inventory says is taken, so it is judged by the checks of that kind"
            };
            world.note(CODE, format!("{said}: {why}"), Some(record));
            if !people {
                all += 1;
                if named.len() < NAMED {
                    named.push(said);
                }
            }
        }
        if named.is_empty() {
            return None;
        }
        let more = if all > NAMED { format!("; and {} more such entries", all - NAMED) } else { String::new() };
        let help = "it is judged as what the inventory says: take `kind` out of the entry if that is a slip; the report names each under what is odd in the exports";
        Some(Diagnostic::warning(CODE, format!("{}{more}", named.join("; "))).help(help))
    }
}

/// The identities that let in nobody but people who sign in by SAML.
fn signed_in_to(world: &World) -> BTreeSet<u32> {
    let mut of: BTreeMap<u32, bool> = BTreeMap::new();
    for (row, trust) in world.statements.all_trusts() {
        if trust.allow {
            let saml = world.strings.text(trust.principal).contains(":saml-provider/") && !trust.inverted;
            *of.entry(*row).or_insert(true) &= saml;
        }
    }
    of.into_iter().filter(|(_, only)| *only).map(|(row, _)| row).collect()
}
