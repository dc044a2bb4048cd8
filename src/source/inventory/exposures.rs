//! What people did about secrets that were seen where they should not be.

use super::credentials::Credentials;
use super::raw;
use super::targets::matches;
use crate::model::facts::{credential, exposure};
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::world::World;

/// Puts an entry on the exposures that it means. One that means none is told.
pub fn assign(world: &mut World, credentials: &mut Credentials, record: RecordId, entry: &raw::Exposure) {
    let rows = meant(world, &entry.exposure);
    if rows.is_empty() {
        let message = format!("no exposure has the id `{}`, of which the inventory speaks", entry.exposure);
        world.note("inventory-matches-nothing", message, Some(record));
    }
    let resolved = entry.resolved_at.as_ref().and_then(|at| at.instant("resolved_at").ok());
    let whose = entry.credential.as_ref().filter(|_| !rows.is_empty());
    let whose = whose.map(|name| credentials.row(world, name, record));
    for row in rows {
        world.table_mut(Subject::Exposure).note_record(row, record);
        if let Some(at) = resolved {
            world.set(exposure::RESOLVED_AT, row, at, record);
        }
        if let Some(whose) = whose {
            world.set(exposure::CREDENTIAL, row, whose, record);
            world.push(credential::EXPOSURES, whose, row);
        }
    }
}

fn meant(world: &World, text: &str) -> Vec<u32> {
    let table = world.table(Subject::Exposure);
    if !text.contains('*') {
        return world.strings.get(text).and_then(|id| table.find(id)).into_iter().collect();
    }
    let id = |row: &u32| table.id(*row).is_some_and(|id| matches(text, world.strings.text(id)));
    table.rows().filter(id).collect()
}
