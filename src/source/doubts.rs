//! Where exports of one account disagree on who exists, or say what cannot be: told, and nothing is taken from it.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::run::Run;
use crate::base::text::shown;
use crate::model::facts::identity;
use crate::model::intern::Sym;
use crate::model::record::{ExportId, RecordId};
use crate::model::schema::{FactId, Subject};
use crate::model::table::Presence;

/// How many of them are named.
const NAMED: usize = 5;
/// The source that lists users with their rights.
const DETAILS: &str = "aws-authorization-details";

/// Tells of users that the credential report of an account has and its authorization details lack, and the other way round.
///
/// `reported` are the users of each report, by its scope, with its first record.
pub(super) fn users(run: &mut Run, reported: &BTreeMap<Sym, (RecordId, HashSet<u32>)>) {
    let table = run.world.table(Subject::Identity);
    let sym = |fact: FactId, row: u32| u32::try_from(table.get(fact, row)).ok().map(Sym);
    // The scopes of each export of details; the users of an export may lack their account, and count all the same.
    let mut of_export: HashMap<ExportId, Vec<Sym>> = HashMap::new();
    for (report, at) in run.reports.iter().zip(0..).filter(|(report, _)| report.source == Some(DETAILS)) {
        let scopes = report.scopes.iter().filter_map(|scope| run.world.strings.get(scope));
        of_export.insert(ExportId(at), scopes.collect());
    }
    // By scope: the users of the details, and the record of one.
    let mut detailed: HashMap<Sym, (RecordId, HashSet<u32>)> = HashMap::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        if !table.id(row).is_some_and(|id| run.world.strings.text(id).contains(":user:")) {
            continue;
        }
        for record in table.records(row) {
            let export = run.world.records.get(record).map(|record| record.export);
            for scope in export.and_then(|export| of_export.get(&export)).into_iter().flatten() {
                detailed.entry(*scope).or_insert_with(|| (record, HashSet::new())).1.insert(row);
            }
        }
    }
    let mut notes = Vec::new();
    for (scope, (record, report)) in reported {
        // Details without any user were asked for without them.
        let Some((first, details)) = detailed.get(scope) else { continue };
        let names = |rows: &HashSet<u32>, others: &HashSet<u32>| {
            let own = |row: &u32| sym(identity::SCOPE.id, *row) == Some(*scope);
            let root = |row: &u32| table.get(identity::ROOT.id, *row) == 1;
            let only = rows.iter().filter(|row| !others.contains(row) && own(row) && !root(row));
            let mut names: Vec<&str> =
                only.filter_map(|row| Some(run.world.strings.text(sym(identity::NAME.id, *row)?))).collect();
            names.sort_unstable();
            names
        };
        let scope = run.world.strings.text(*scope);
        let of_report = (names(report, details), "credential report", "authorization details");
        let of_details = (names(details, report), "authorization details", "credential report");
        for ((names, there, lacking), record, open) in [
            (of_report, *record, "what they may do is not known"),
            (of_details, *first, "which passwords and keys they have is not known"),
        ] {
            if names.is_empty() {
                continue;
            }
            let (users, stand) = if names.len() == 1 { ("user", "stands") } else { ("users", "stand") };
            let message = format!(
                "{} {users} of `{scope}` {stand} in the {there} and not in the {lacking} of the same account: {}; the two are of different times, or one of them was filtered, and {open}",
                names.len(),
                named(&names)
            );
            notes.push((message, record));
        }
    }
    for (message, record) in notes {
        run.world.note("users-differ", message, Some(record));
    }
}

/// Tells of identities of one scope that have one immutable id: no system gives two the same.
pub(super) fn native_ids(run: &mut Run) {
    let table = run.world.table(Subject::Identity);
    let sym = |fact: FactId, row: u32| u32::try_from(table.get(fact, row)).ok().map(Sym);
    let mut by_id: HashMap<(Option<Sym>, Sym), Vec<u32>> = HashMap::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        if let Some(native) = sym(identity::NATIVE_ID.id, row) {
            by_id.entry((sym(identity::SCOPE.id, row), native)).or_default().push(row);
        }
    }
    let mut notes = Vec::new();
    for ((_, native), rows) in by_id.into_iter().filter(|(_, rows)| rows.len() > 1) {
        let mut ids: Vec<&str> =
            rows.iter().filter_map(|row| table.id(*row)).map(|id| run.world.strings.text(id)).collect();
        ids.sort_unstable();
        let record = rows.iter().filter_map(|row| table.record_of(identity::NATIVE_ID.id, *row)).min();
        let message = format!(
            "the immutable id `{}` is that of {} identities, and no system gives it to two: {}; one was renamed between two exports, or an export was changed by hand; they are taken as different",
            shown(run.world.strings.text(native)),
            ids.len(),
            named(&ids)
        );
        notes.push((message, record));
    }
    for (message, record) in notes {
        run.world.note("native-id-twice", message, record);
    }
}

/// The first of them, and how many more there are.
fn named(names: &[&str]) -> String {
    let told: Vec<String> = names.iter().take(NAMED).map(|name| format!("`{}`", shown(name))).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    told.join(", ") + &more
}
