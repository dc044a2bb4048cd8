//! What a rejected entry of the inventory leaves open: the lists that it would have been in are not known whole.

use crate::model::enumeration::Closure;
use crate::model::listing::Listing;
use crate::source::run::FileRun;

/// Every list that an inventory gives.
const ALL: &[Listing] = &[
    Listing::Owners,
    Listing::Ownership,
    Listing::AiSystems,
    Listing::Resources,
    Listing::Reviews,
    Listing::Drills,
    Listing::LogSources,
];

/// Where a rejected entry stands.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// In words.
    pub text: &'a str,
    /// The list that it is a member of.
    pub list: &'a str,
    /// Its position in that list.
    pub index: u32,
    /// Its first byte.
    pub offset: u64,
}

/// The lists that entries of a table are in; of a table that is none of the inventory's it can be any.
fn lists(table: &str) -> &'static [Listing] {
    match table {
        "owners" => &[Listing::Owners],
        "identities" => &[Listing::Ownership, Listing::AiSystems, Listing::LogSources],
        "ai_systems" => &[Listing::AiSystems, Listing::Ownership],
        "resources" => &[Listing::Resources, Listing::Ownership],
        "reviews" => &[Listing::Reviews],
        "drills" => &[Listing::Drills],
        "log_sources" => &[Listing::LogSources],
        "credentials" | "exposures" | "closures" | "attestations" => &[],
        _ => ALL,
    }
}

/// Says that an entry of a table was rejected. Which identities it means is not known, so the lists are open in every scope.
pub fn lost(run: &mut FileRun<'_>, table: &str, place: Place<'_>) {
    let everywhere = run.world().everywhere();
    for listing in lists(table) {
        // The first of a file is enough, and those of one file follow each other.
        let last = run.run.world.enumerations.of(everywhere, *listing).last();
        if let Some(Closure::Incomplete { record, .. }) = last
            && run.run.world.records.get(*record).is_some_and(|record| record.export == run.export)
        {
            continue;
        }
        let why = format!("a record of `{}` was rejected: {}", run.path(), place.text);
        let why = run.world().strings.intern(&why);
        let record = run.record_in(place.list, place.index, place.offset);
        run.world().enumerations.add(everywhere, *listing, Closure::Incomplete { why, record });
    }
}
