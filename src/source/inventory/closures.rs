//! Lists that someone says are complete, held against what was read of them: a word about a file that is gone closes nothing.

use std::collections::BTreeMap;

use super::pending::Entry;
use super::raw;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::model::enumeration::Closure;
use crate::model::facts::exposure;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::world::World;
use crate::source;
use crate::source::run::Run;

/// The code of what is told of a list that is said to be whole, and is not by what was read of it.
pub const CODE: &str = "closure-without-entries";

/// How much of a list was read.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    /// How many entries: of the inventory, or findings of scanners.
    entries: u64,
    /// Whether a file was read that could have had some, and was made for nothing else.
    looked: bool,
}

/// How much was read of each list that people close in the inventory.
#[derive(Debug, Default)]
pub(super) struct Counts {
    by_list: [Count; Listing::ALL.len()],
    /// How much exports gave of each list that is closed and not the inventory's own, by list and scope.
    exported: BTreeMap<(Listing, Option<String>), Count>,
    /// Whether a resource was read that is no tool, and so may be in a scope of a cloud or a cluster.
    beside_tools: bool,
}

/// How much of a list exports gave: how many, and whether one was read that shows by its form what it lists.
///
/// Of everything, or of one scope.
#[must_use]
pub fn exported(run: &Run, listing: Listing, scope: Option<&str>) -> (u64, bool) {
    let (mut all, mut shown) = (0, false);
    for report in &run.reports {
        let Some(about) = report.source.and_then(source::by_id) else { continue };
        if about.system == "inventory" || scope.is_some_and(|scope| !report.scopes.iter().any(|own| own == scope)) {
            continue;
        }
        // An answer in which nothing stands was asked for and is empty.
        let empty = report.read == 0 && report.rejected == 0 && report.ignored == 0;
        shown |= about.shows.contains(&listing) || (empty && about.system != "mcp");
        // The roles of a cluster are what elsewhere are policies.
        let name = if listing == Listing::Policies && about.system == "kubernetes" { "roles" } else { listing.name() };
        let found = report.control_totals.iter().find(|(known, _)| known == name);
        all += found.map_or(0, |(_, count)| *count);
    }
    (all, shown)
}

/// True for the lists of the inventory itself, and for what scanners find.
#[must_use]
pub fn is_own(listing: Listing) -> bool {
    matches!(
        listing,
        Listing::Owners
            | Listing::Ownership
            | Listing::AiSystems
            | Listing::Resources
            | Listing::Reviews
            | Listing::Drills
            | Listing::LogSources
            | Listing::Exposures
    )
}

impl Counts {
    /// Counts what was read.
    pub fn of(entries: &[(RecordId, Entry)], run: &Run) -> Self {
        let mut counts = Self::default();
        for (_, entry) in entries {
            match entry {
                Entry::Owner(_) => counts.add(Listing::Owners, 1),
                Entry::Resource(one) => {
                    counts.add(Listing::Resources, 1);
                    counts.beside_tools |= one.kind.as_deref() != Some("tool");
                    if one.owners.is_some() {
                        counts.add(Listing::Ownership, 1);
                    }
                }
                Entry::AiSystem(one) => {
                    counts.add(Listing::AiSystems, 1);
                    if one.owners.is_some() {
                        counts.add(Listing::Ownership, 1);
                    }
                }
                Entry::Identity(one) => {
                    if one.owners.is_some() {
                        counts.add(Listing::Ownership, 1);
                    }
                    if one.logged.is_some() {
                        counts.add(Listing::LogSources, 1);
                    }
                }
                Entry::Review(_) => counts.add(Listing::Reviews, 1),
                Entry::Drill(_) => counts.add(Listing::Drills, 1),
                Entry::LogSource(_) => counts.add(Listing::LogSources, 1),
                Entry::Closure(closure, listing) if !is_own(*listing) => {
                    let scope = (closure.scope != "*").then(|| closure.scope.clone());
                    let (entries, shown) = exported(run, *listing, scope.as_deref());
                    counts.exported.insert((*listing, scope), Count { entries, looked: shown || entries > 0 });
                }
                Entry::Credential(_) | Entry::Exposure(_) | Entry::Closure(..) | Entry::Attestation(_) => {}
            }
        }
        for report in &run.reports {
            let scanner = report.source.and_then(source::by_id).is_some_and(|about| {
                let gives = |subject| about.provides.iter().any(|given| given.fact.subject == subject);
                about.provides.iter().any(|given| given.fact == exposure::ID.id) && !gives(Subject::AiSystem)
            });
            if scanner {
                counts.add(Listing::Exposures, report.read);
            }
        }
        counts
    }

    fn add(&mut self, listing: Listing, entries: u64) {
        if let Some(count) = self.by_list.get_mut(listing as usize) {
            count.entries += entries;
            count.looked = true;
        }
    }

    /// What a closure comes to: it holds if the list has as many entries as it says, or any where it does not say.
    ///
    /// One that says another number than was read is a mistake of the entry, or an entry too few or too many: that is given back.
    pub fn apply(
        &self,
        world: &mut World,
        record: RecordId,
        entry: &raw::Closure,
        listing: Listing,
    ) -> Option<Diagnostic> {
        let scope = world.strings.intern(&entry.scope);
        let by = world.strings.intern(&entry.by);
        let at = entry.as_of.as_ref().and_then(|at| at.instant("as_of").ok()).map(|at| at.0);
        let Some(wrong) = self.wrong(entry, listing) else {
            world.enumerations.add(scope, listing, Closure::Asserted { by, at, record });
            return None;
        };
        let why = world.strings.intern(&format!("all of its entries are said to be there, and {wrong}"));
        world.enumerations.add(scope, listing, Closure::Incomplete { why, record });
        let message = format!(
            "the inventory says that all {} of `{}` are listed, and {wrong}: the list is taken as not whole",
            listing.words(),
            entry.scope
        );
        world.note(CODE, message.clone(), Some(record));
        entry.entries?;
        let place = world.records.export(record).map(|export| format!("`{}`: ", shown(&export.path)));
        let help = "add what is missing, or take away what is too much, and count again";
        Some(Diagnostic::warning(CODE, place.unwrap_or_default() + &shown(&message)).help(help))
    }

    fn wrong(&self, entry: &raw::Closure, listing: Listing) -> Option<String> {
        let count = if is_own(listing) {
            self.by_list.get(listing as usize).copied()?
        } else {
            let scope = (entry.scope != "*").then_some(entry.scope.as_str());
            self.exported.get(&(listing, scope.map(str::to_owned))).copied().unwrap_or_default()
        };
        match entry.entries {
            Some(said) if u64::try_from(said).is_ok_and(|said| said != count.entries) => {
                Some(format!("it says `entries = {said}` where {} were read", count.entries))
            }
            None if !count.looked || !(self.beside_tools || entry.scope == "*" || listing != Listing::Resources) => {
                Some("none was read: add the file that has them, or write `entries = 0` if there are none".to_owned())
            }
            _ => None,
        }
    }
}
