//! What the manifest asserts to be complete, and where that does not hold.
//!
//! A person who says that files list everything says so of the files, and not of what could not be read of them. What
//! was rejected, cut off or left out may have held anything, so it takes the assertion back for its scope.

use std::collections::{BTreeMap, BTreeSet};

use super::aws::arn::PROVIDED;
use super::inventory::closures::{exported, is_own};
use super::run::Run;
use super::secrets;
use crate::export::declared::Said;
use crate::model::enumeration::{Closure, State};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::{ExportId, Record, RecordId};

/// A file of which the manifest speaks, and that no source read.
#[derive(Debug)]
pub struct LeftOut {
    /// Its path.
    pub path: String,
    /// Why it was left out, in words.
    pub why: String,
    /// What the manifest says of it.
    pub said: Said,
    /// True if an entry of the manifest speaks of it alone, by its path, or if it may be a part of the inventory.
    pub named: bool,
}

/// Adds what is asserted of each export, by its number, and takes back what does not hold.
pub fn assert(run: &mut Run, said: &[Said], left: &[LeftOut]) {
    let by_export: Vec<(ExportId, Vec<Sym>, &Said)> = (0..)
        .zip(said)
        .filter(|(_, said)| !said.enumerates.is_empty())
        .map(|(export, said)| (ExportId(export), scopes(run, export, said), said))
        .collect();
    // Where each list is asserted, and by which record: a file that does not say of which scope it is may be of any of them.
    let mut places: BTreeMap<(Listing, Sym), RecordId> = BTreeMap::new();
    let mut records = BTreeMap::new();
    for (export, scopes, said) in &by_export {
        let record = whole(run, *export);
        records.insert(*export, record);
        let by = run.world.strings.intern(said.collected_by.as_deref().unwrap_or("the manifest"));
        let at = said.collected_at.map(|at| at.0);
        for scope in scopes {
            for listing in &said.enumerates {
                run.world.enumerations.add(*scope, *listing, Closure::Asserted { by, at, record });
                places.entry((*listing, *scope)).or_insert(record);
            }
        }
    }
    let every = |listing: Listing| places.keys().filter(move |(of, _)| *of == listing).map(|(_, scope)| *scope);
    for (export, scopes, said) in &by_export {
        let Some(report) = run.reports.get(export.0 as usize) else { continue };
        // A source that shows lists of its own says list by list which of its records were rejected. Of a file that
        // cannot be read to its end nobody knows which lists the rest would have had.
        let shows = report.source.and_then(super::by_id).map_or(&[][..], |about| about.shows);
        let (why, shows) = match (report.cut, report.rejected > 0) {
            (true, _) => ("the file cannot be read to its end", &[][..]),
            (false, true) => ("some records of the file were rejected", shows),
            (false, false) => match report.incomplete {
                Some(why) => (why, shows),
                None => continue,
            },
        };
        let Some(record) = records.get(export).copied() else { continue };
        let why = run.world.strings.intern(why);
        for listing in said.enumerates.iter().filter(|listing| !shows.contains(listing)) {
            let all = if scopes.is_empty() { every(*listing).collect() } else { scopes.clone() };
            take_back(run, &all, *listing, why, record);
        }
    }
    nothing_of(run, &by_export, &records);
    for file in left {
        not_read(run, file, &places);
        if file.named {
            gone(run, file);
        }
    }
}

/// Takes back what is asserted of lists of which nothing was read, and nobody says that there is none.
fn nothing_of(run: &mut Run, by_export: &[(ExportId, Vec<Sym>, &Said)], records: &BTreeMap<ExportId, RecordId>) {
    let mut wrong = Vec::new();
    for (export, scopes, said) in by_export {
        let Some(record) = records.get(export).copied() else { continue };
        for listing in said.enumerates.iter().filter(|listing| !is_own(**listing)) {
            for scope in scopes {
                let (count, shown) = exported(run, *listing, Some(run.world.strings.text(*scope)));
                let none = said.none_of.contains(listing);
                let why = match (none, count) {
                    (true, 1..) => "there are said to be none, and some were read",
                    (false, 0) if !shown => "they are said to be all listed, and none was read",
                    _ => continue,
                };
                wrong.push((*scope, *listing, why, record));
            }
        }
    }
    for (scope, listing, why, record) in wrong {
        if run.world.enumerations.state(scope, listing) == State::Cut {
            continue;
        }
        let message = format!(
            "of the {} of `{}` {why}: the list is taken as not whole. Add the file that has them, or name the list under `none_of` if there are none",
            listing.words(),
            run.world.strings.text(scope)
        );
        let why = run.world.strings.intern(why);
        take_back(run, &[scope], listing, why, record);
        run.world.note("asserted-of-nothing", message, Some(record));
    }
}

/// Takes back, of a file that was not read, what it may have listed: whoever said that a list is whole had it. The manifest
/// names it, or it is named as an inventory.
fn gone(run: &mut Run, file: &LeftOut) {
    let system = file.said.scope.as_deref().and_then(|scope| scope.split(':').next()).unwrap_or("");
    let is_read = super::SOURCES.iter().any(|source| source.about().system == system);
    // A configuration or a scan speaks of whatever it names, an export of its own scope, and of a file without a scope it can
    // be any list of the inventory.
    let may_list = |listing: Listing| match system {
        "gitleaks" => listing == Listing::Exposures,
        "mcp" => matches!(listing, Listing::AiSystems | Listing::Exposures),
        _ if is_read => (listing.is_of(system) && !is_own(listing)) || listing == Listing::Ownership,
        _ => is_own(listing),
    };
    let everywhere = run.world.everywhere();
    let scope = match &file.said.scope {
        Some(scope) if is_read && !matches!(system, "gitleaks" | "mcp") => run.world.strings.intern(scope),
        _ => everywhere,
    };
    let why = if file.why.is_empty() {
        format!("`{}`, of which the manifest speaks, was not read", file.path)
    } else {
        format!("`{}`, which may be a part of the inventory, was not read: {}", file.path, file.why)
    };
    let why = secrets::masked(&why).into_owned();
    let why = run.world.strings.intern(&why);
    let asserted: Vec<(Listing, RecordId)> = run
        .world
        .enumerations
        .iter()
        .filter(|(of, listing, _)| may_list(*listing) && (scope == everywhere || [scope, everywhere].contains(of)))
        .filter_map(|(_, listing, all)| {
            let record = all.iter().find_map(|one| match one {
                Closure::Asserted { record, .. } => Some(*record),
                _ => None,
            })?;
            Some((listing, record))
        })
        .collect();
    for (listing, record) in asserted {
        take_back(run, &[scope], listing, why, record);
    }
}

/// The scopes that an export speaks of: what it says itself, else the manifest.
fn scopes(run: &mut Run, export: u32, said: &Said) -> Vec<Sym> {
    let of_file = run.reports.get(export as usize).map_or(&[][..], |report| report.scopes.as_slice());
    let mut scopes: Vec<String> = of_file.iter().filter(|scope| *scope != PROVIDED).cloned().collect();
    if let (true, Some(declared)) = (scopes.is_empty(), &said.scope) {
        scopes.push(declared.clone());
    }
    scopes.iter().map(|scope| run.world.strings.intern(scope)).collect()
}

/// The record that stands for a whole export.
fn whole(run: &mut Run, export: ExportId) -> RecordId {
    let list = run.world.strings.intern("");
    run.world.records.add(Record { export, list, index: 0, document: 0, offset: 0 })
}

fn take_back(run: &mut Run, scopes: &[Sym], listing: Listing, why: Sym, record: RecordId) {
    for scope in scopes {
        if run.world.enumerations.state(*scope, listing) != State::Cut {
            run.world.enumerations.add(*scope, listing, Closure::Incomplete { why, record });
        }
    }
}

/// Takes back what is asserted of a file that was left out, and says so.
fn not_read(run: &mut Run, file: &LeftOut, places: &BTreeMap<(Listing, Sym), RecordId>) {
    let declared = file.said.scope.as_deref().map(|scope| run.world.strings.intern(scope));
    let why = secrets::masked(&format!("`{}` was left out: {}", file.path, file.why)).into_owned();
    let why = run.world.strings.intern(&why);
    let mut lists = BTreeSet::new();
    let mut first = None;
    for listing in &file.said.enumerates {
        let at = places
            .iter()
            .filter(|((of, scope), _)| of == listing && declared.is_none_or(|declared| declared == *scope));
        let at: Vec<(Sym, RecordId)> = at.map(|((_, scope), record)| (*scope, *record)).collect();
        for (scope, record) in at {
            take_back(run, &[scope], *listing, why, record);
            first = first.or(Some(record));
            lists.insert(listing.words());
        }
    }
    if !lists.is_empty() {
        let lists = lists.into_iter().collect::<Vec<_>>().join(", ");
        let message = format!(
            "`{}` was left out, and the manifest says that all of these are listed in it and others: {lists}; they are taken as not whole",
            file.path
        );
        run.world.note("asserted-of-unread", message, first);
    }
}

#[cfg(test)]
#[path = "asserted_tests.rs"]
mod tests;
