//! Merging, closures and the date, on small worlds.

use super::*;
use crate::base::time::Instant;
use crate::model::enumeration::Closure;
use crate::model::facts::{IdentityKind, identity};
use crate::model::record::{ExportInfo, Record};

fn world(exports: &[(u8, Option<i64>)]) -> (World, Vec<RecordId>) {
    let mut world = World::default();
    let list = world.strings.intern("");
    let records = exports
        .iter()
        .map(|(authority, collected_at)| {
            let export = world.records.add_export(ExportInfo {
                path: "x".into(),
                source: "test",
                authority: *authority,
                collected_at: *collected_at,
                documents: 1,
            });
            world.records.add(Record { export, list, index: 0, document: 0, offset: 0 })
        })
        .collect();
    (world, records)
}

fn identity(index: u32) -> Row {
    Row::new(Subject::Identity, index)
}

#[test]
fn higher_authority_wins_and_equal_authority_conflicts() {
    let (mut world, records) = world(&[(1, None), (2, None), (2, None)]);
    let (row, _) = world.upsert(Subject::Identity, "a");
    world.set(identity::KIND, row, IdentityKind::Human, records[0]);
    world.set(identity::KIND, row, IdentityKind::Role, records[1]);
    world.seal();
    let kind = identity::KIND.id;
    assert_eq!(world.cell(identity(row), kind), Cell::Known(Scalar::Enum(IdentityKind::Role as u8)));
    assert_eq!(world.table(Subject::Identity).record_of(kind, row), Some(records[1]));
    world.set(identity::KIND, row, IdentityKind::Agent, records[2]);
    assert_eq!(world.cell(identity(row), kind), Cell::Unknown(Why::Conflict));
}

#[test]
fn the_latest_use_wins_over_no_use() {
    let (mut world, records) = world(&[(1, None), (1, None)]);
    let (row, _) = world.upsert(Subject::Identity, "a");
    world.set_absent(identity::LAST_USED_AT, row, records[0]);
    world.set(identity::LAST_USED_AT, row, Instant(50), records[1]);
    world.set(identity::LAST_USED_AT, row, Instant(40), records[0]);
    world.seal();
    assert_eq!(world.cell(identity(row), identity::LAST_USED_AT.id), Cell::Known(Scalar::Time(50)));
    world.as_of = Some(49);
    assert_eq!(world.cell(identity(row), identity::LAST_USED_AT.id), Cell::Unknown(Why::AfterAsOf));
}

#[test]
fn a_closure_makes_the_missing_absent() {
    let (mut world, records) = world(&[(1, None)]);
    let (row, _) = world.upsert(Subject::Identity, "a");
    let scope = world.strings.intern("aws:1");
    world.set(identity::SCOPE, row, scope, records[0]);
    world.seal();
    let fact = identity::LAST_REVIEW_AT.id;
    assert_eq!(world.cell(identity(row), fact), Cell::Unknown(Why::NotEnumerated(Listing::Reviews)));
    world.enumerations.add(scope, Listing::Reviews, Closure::Shown(records[0]));
    assert_eq!(world.cell(identity(row), fact), Cell::Absent);
    let why = world.strings.intern("a page is missing");
    world.enumerations.add(scope, Listing::Reviews, Closure::Incomplete { why, record: records[0] });
    assert_eq!(world.cell(identity(row), fact), Cell::Unknown(Why::Incomplete(Listing::Reviews)));
}

#[test]
fn members_come_once_in_the_order_of_their_arrival() {
    let (mut world, _) = world(&[(1, None)]);
    let rows: Vec<u32> = ["a", "b", "c"].map(|id| world.upsert(Subject::Identity, id).0).to_vec();
    let (few, many, none) = (rows[0], rows[1], rows[2]);
    let workloads = identity::WORKLOADS;
    // More than are compared one by one, in two orders, each repeated among the first and among the later ones.
    for of in [0..40_u32, 20..60, 0..5] {
        for member in of {
            world.push(workloads, many, member);
        }
    }
    for member in [7, 3, 7] {
        world.push(workloads, few, member);
    }
    world.close(workloads, many);
    world.seal();
    let table = world.table(Subject::Identity);
    let members = |row| table.members(workloads.id, row).iter().map(|(_, member, _)| *member).collect::<Vec<u32>>();
    assert_eq!(members(few), [7, 3]);
    assert_eq!(members(many), (0..60).collect::<Vec<u32>>());
    assert!(members(none).is_empty());
    assert_eq!([few, many, none].map(|row| table.complete(workloads.id, row)), [false, true, false]);
    let table = world.table_mut(Subject::Identity);
    table.reopen(workloads.id, many);
    table.reopen(workloads.id, none);
    assert!(!table.complete(workloads.id, many));
}

/// Of a row that very many records speak of, those that were told apart stay so, and no other one is taken for one of them.
#[test]
fn of_very_many_records_of_one_row_the_first_keep_their_places() {
    let (mut world, records) = world(&[(1, None); 300]);
    let (row, _) = world.upsert(Subject::Identity, "i");
    let table = world.table_mut(Subject::Identity);
    let places: Vec<u8> = records.iter().map(|record| table.note_record(row, *record)).collect();
    assert_eq!(places[..255], (0..255).collect::<Vec<u8>>()[..]);
    assert!(places[255..].iter().all(|place| *place == u8::MAX));
    let again: Vec<u8> = records.iter().map(|record| table.note_record(row, *record)).collect();
    assert_eq!(again, places);
    assert_eq!(table.records(row).count(), 255);
}
