//! What two records of one thing say that differ: what only one of them tells is as open as what they tell differently.

use std::collections::{BTreeMap, BTreeSet};

use super::World;
use super::record::RecordId;
use super::schema::{FactId, Merge, Subject};
use super::table::{ABSENT, Conflict, UNKNOWN};

/// The facts that a record gave, and which of them something gave before it.
#[derive(Debug, Default)]
pub struct Written(BTreeMap<(FactId, u32), bool>);

impl World {
    /// From here on notes which facts are written, until [`World::contest`].
    pub fn watch(&mut self) {
        self.watched = Some(Written::default());
    }

    /// Notes that a fact is written that was known before or not.
    pub(super) fn see_written(&mut self, fact: FactId, row: u32, known: bool) {
        if let Some(Written(all)) = &mut self.watched {
            all.entry((fact, row)).or_insert(known);
        }
    }

    /// Makes unknown what, of the rows of which both speak, only one of two records gave: `first`, or `second`, which was
    /// written since [`World::watch`].
    ///
    /// Where the greatest or the least of all values counts, what one of them gives holds whatever the other leaves out.
    pub fn contest(&mut self, first: RecordId, second: RecordId) {
        let Some(Written(written)) = self.watched.take() else { return };
        let rows: BTreeSet<(Subject, u32)> = written.keys().map(|(fact, row)| (fact.subject, *row)).collect();
        for (subject, row) in rows {
            let table = self.table(subject);
            if !table.records(row).any(|record| record == first) {
                continue;
            }
            let mut open = Vec::new();
            for (slot, _) in (0..).zip(subject.def().facts) {
                let fact = FactId { subject, slot };
                let value = table.get(fact, row);
                let bound = matches!(fact.def().merge, Merge::Maximum | Merge::Earliest) && value != ABSENT;
                let of_one = match written.get(&(fact, row)) {
                    Some(known) => !known,
                    None => table.record_of(fact, row) == Some(first),
                };
                if value != UNKNOWN && of_one && !bound {
                    let told = table.record_of(fact, row).unwrap_or(first);
                    let other = if told == first { second } else { first };
                    open.push((fact, Conflict { first: (value, told), second: (UNKNOWN, other) }));
                }
            }
            let table = self.table_mut(subject);
            for (fact, conflict) in open {
                table.replace(fact, row, UNKNOWN);
                table.conflicts.insert((fact.slot, row), conflict);
            }
        }
    }
}
