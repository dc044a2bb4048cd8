//! Up to when exports tell of use: what was used since one was collected is not in it.

use crate::model::facts::{credential, identity};
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Subject, Why, World};

/// The facts on up to when use is told, and on use after that; `None` for other facts.
pub(super) fn cell(world: &World, row: Row, fact: FactId) -> Option<Cell<'_>> {
    let (used, later) = match row.subject {
        Subject::Credential if fact == credential::USE_KNOWN_UNTIL.id => (credential::LAST_USED_AT.id, false),
        Subject::Credential if fact == credential::USED_LATER.id => (credential::LAST_USED_AT.id, true),
        Subject::Identity if fact == identity::USE_KNOWN_UNTIL.id => (identity::LAST_USED_AT.id, false),
        Subject::Identity if fact == identity::USED_LATER.id => (identity::LAST_USED_AT.id, true),
        _ => return None,
    };
    if let Cell::Unknown(why) = world.cell(row, used) {
        return Some(Cell::Unknown(why));
    }
    let record = world.table(row.subject).record_of(used, row.index);
    let collected = record.and_then(|record| world.records.export(record)).and_then(|export| export.collected_at);
    let (Some(until), as_of) = (collected.or(world.as_of), world.as_of) else {
        return Some(Cell::Unknown(Why::MissingFact));
    };
    Some(match (later, as_of) {
        (false, _) => Cell::Known(Scalar::Time(until)),
        (true, Some(as_of)) if until >= as_of => Cell::Known(Scalar::Bool(false)),
        (true, _) => Cell::Unknown(Why::MissingFact),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{ExportInfo, Record};

    /// What is told of a key of which an export of `collected` says that it was never used, as of second 100.
    fn told(collected: Option<i64>, said: bool) -> [Cell<'static>; 2] {
        let mut world = World::default();
        world.as_of = Some(100);
        let export = world.records.add_export(ExportInfo {
            path: "x".into(),
            source: "test",
            authority: 1,
            collected_at: collected,
            documents: 1,
        });
        let list = world.strings.intern("row");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        let (row, _) = world.upsert(Subject::Credential, "key");
        world.mark_listed(Subject::Credential, row, record);
        if said {
            world.set_absent(credential::LAST_USED_AT, row, record);
        }
        world.seal();
        let row = Row::new(Subject::Credential, row);
        [credential::USE_KNOWN_UNTIL.id, credential::USED_LATER.id].map(|fact| match cell(&world, row, fact) {
            Some(Cell::Known(Scalar::Time(at))) => Cell::Known(Scalar::Time(at)),
            Some(Cell::Known(Scalar::Bool(value))) => Cell::Known(Scalar::Bool(value)),
            Some(Cell::Unknown(why)) => Cell::Unknown(why),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn an_export_tells_of_use_up_to_its_own_time() {
        let no = Cell::Known(Scalar::Bool(false));
        let unknown = Cell::Unknown(Why::MissingFact);
        assert_eq!(told(Some(40), true), [Cell::Known(Scalar::Time(40)), unknown]);
        assert_eq!(told(Some(100), true), [Cell::Known(Scalar::Time(100)), no]);
        assert_eq!(told(None, true), [Cell::Known(Scalar::Time(100)), no]);
        assert_eq!(told(Some(40), false), [unknown, unknown]);
    }
}
