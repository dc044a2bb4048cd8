//! Owners of whom it is said both that they left and that they still work here.

use crate::model::facts::owner;
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::{Subject, World};

/// Who left before the date of assessment is not active; where someone says otherwise, it is not known which is right.
pub fn apply(world: &mut World) {
    let Some(as_of) = world.as_of else { return };
    let mut contradicted = Vec::new();
    for row in world.table(Subject::Owner).rows() {
        let table = world.table(Subject::Owner);
        let left = table.get(owner::LEFT_AT.id, row);
        let before = |left: i64| !matches!(left, UNKNOWN | ABSENT) && left < as_of;
        // Where two files differ on it, one of them may be right that the owner left.
        let contested = table.conflicts.get(&(owner::LEFT_AT.id.slot, row)).filter(|_| left == UNKNOWN);
        let contested = contested.is_some_and(|conflict| before(conflict.first.0) || before(conflict.second.0));
        if contested && table.get(owner::ACTIVE.id, row) != 1 {
            continue;
        }
        if !contested && !before(left) {
            continue;
        }
        let record = table.records(row).next();
        match table.get(owner::ACTIVE.id, row) {
            1 => {
                contradicted.push((table.id(row), record));
                world.table_mut(Subject::Owner).put(owner::ACTIVE.id, row, UNKNOWN, 0);
            }
            UNKNOWN => world.table_mut(Subject::Owner).put(owner::ACTIVE.id, row, 0, 0),
            _ => {}
        }
    }
    for (id, record) in contradicted {
        let id = id.map_or("", |id| world.strings.text(id));
        let message = format!(
            "`{id}` is said to be active, and to have left before the date of assessment: correct `active` or `left_at`"
        );
        world.note("owner-left-and-active", message, record);
    }
    world.quality.sort();
    world.table_mut(Subject::Owner).seal();
}
