//! Which of two exports of a user's keys is the newer, and whose keys a report is too old to know.

use std::collections::{HashMap, HashSet};

use super::join::{Key, LastUse, Slot, Users};
use crate::model::facts::identity;
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::table::{ABSENT, Presence, UNKNOWN};
use crate::source::doubts;
use crate::source::run::Run;

/// Which of two exports is the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newer {
    List,
    Report,
}

/// Whether a user's listed keys or the slots are newer; `None` where nothing tells. An export is not older than what it names.
pub(super) fn age(run: &Run, slots: &[Slot], keys: &[Key]) -> Option<Newer> {
    let time = |record| run.world.records.rank(record).1;
    let list = keys.iter().filter_map(|key| time(key.whose.record)).max();
    let report = slots.iter().filter_map(|slot| time(slot.record)).max();
    let list_from = list.or_else(|| keys.iter().filter_map(|key| key.created).max());
    let report_from = report.or_else(|| slots.iter().filter_map(|slot| slot.created).max());
    if report.is_some() && list_from > report {
        Some(Newer::List)
    } else if list.is_some() && report_from > list {
        Some(Newer::Report)
    } else {
        None
    }
}

/// True if a page of a list is missing.
pub(super) fn incomplete(run: &Run, keys: &[Key]) -> bool {
    keys.iter().any(|key| {
        let export = run.world.records.get(key.whose.record).map(|record| record.export.0 as usize);
        export.and_then(|at| run.reports.get(at)).is_none_or(|report| report.incomplete.is_some())
    })
}

/// A slot of each report that says no more than which report it is of, since a report may be of users without any key.
pub(super) fn reported(run: &Run) -> HashMap<Sym, Slot> {
    let slot = |(scope, (record, users)): (&Sym, &(RecordId, HashSet<u32>))| {
        let identity = users.iter().min().copied()?;
        let used = LastUse::Unsaid;
        let (user, record) = (*scope, *record);
        Some((*scope, Slot { scope: *scope, user, identity, number: 0, active: None, created: None, used, record }))
    };
    run.aws.reported.iter().filter_map(slot).collect()
}

/// Opens the list of a user's keys where one that no slot of the report could be joined with may have been made after the
/// report: the user may have another one that neither shows.
pub(super) fn open_if_younger(run: &mut Run, users: &Users, scope: Sym, key: &Key, slots: &[Slot]) {
    let whose = users.get(&(scope, key.whose.user)).copied();
    if let Some(whose) = whose.filter(|_| is_younger(run, scope, key, slots)) {
        run.world.enumerations.lacks(whose, Listing::AccessKeys, key.created.unwrap_or(i64::MIN));
    }
}

/// True if a key that no slot of the report could be joined with may have been made after the report.
///
/// One of a list that is older than the report may have been deleted since; one that was made at the instant of another key
/// may be the other slot.
fn is_younger(run: &Run, scope: Sym, key: &Key, slots: &[Slot]) -> bool {
    let time = |record: RecordId| run.world.records.rank(record).1;
    let report = run.aws.reported.get(&scope).and_then(|(record, _)| time(*record));
    let older = time(key.whose.record).zip(report).is_some_and(|(list, report)| list < report);
    !older && !slots.iter().any(|slot| slot.created.is_some() && slot.created == key.created)
}

/// Opens the lists of keys and passwords of users whom another export lists and the credential report of their account lacks.
pub(super) fn users_not_reported(run: &mut Run) {
    let reported = std::mem::take(&mut run.aws.reported);
    if reported.is_empty() {
        return;
    }
    doubts::users(run, &reported);
    let table = run.world.table(Subject::Identity);
    let mut missing = Vec::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        let scope = u32::try_from(table.get(identity::SCOPE.id, row)).ok().map(Sym);
        let Some((_, users)) = scope.and_then(|scope| reported.get(&scope)) else { continue };
        let is_user = table.id(row).is_some_and(|id| run.world.strings.text(id).contains(":user:"));
        if is_user && !users.contains(&row) {
            let made = table.get(identity::CREATED_AT.id, row);
            missing.push((row, if matches!(made, UNKNOWN | ABSENT) { i64::MIN } else { made }));
        }
    }
    for (row, made) in missing {
        for listing in [Listing::AccessKeys, Listing::Passwords] {
            run.world.enumerations.lacks(row, listing, made);
        }
    }
}
