//! Which lists are complete, for which scope, and who says so.

use std::collections::BTreeMap;

use super::intern::Sym;
use super::listing::Listing;
use super::record::RecordId;

/// Who says that a list is complete, or why it is not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closure {
    /// The format of an export shows it. The record is the export's first of that list.
    Shown(RecordId),
    /// A person asserts it.
    Asserted {
        /// By whom.
        by: Sym,
        /// As of when, as written.
        at: Option<i64>,
        /// Where it stands.
        record: RecordId,
    },
    /// A list was there, and something shows that it is not whole.
    Incomplete {
        /// What shows it, in a few words.
        why: Sym,
        /// The record that shows it.
        record: RecordId,
    },
}

/// All closures of a run.
#[derive(Debug, Default)]
pub struct Enumerations {
    by_scope: BTreeMap<(Sym, Listing), Vec<Closure>>,
}

impl Enumerations {
    /// Adds what an export or a person says of the list of `listing` in `scope`.
    pub fn add(&mut self, scope: Sym, listing: Listing, closure: Closure) {
        let known = self.by_scope.entry((scope, listing)).or_default();
        if !known.contains(&closure) {
            known.push(closure);
        }
    }

    /// What is said of a list; empty if nobody said anything.
    #[must_use]
    pub fn of(&self, scope: Sym, listing: Listing) -> &[Closure] {
        self.by_scope.get(&(scope, listing)).map_or(&[], Vec::as_slice)
    }

    /// True if the list is complete: someone shows or asserts it, and nothing shows the opposite.
    #[must_use]
    pub fn closed(&self, scope: Sym, listing: Listing) -> bool {
        let all = self.of(scope, listing);
        !all.is_empty() && !all.iter().any(|closure| matches!(closure, Closure::Incomplete { .. }))
    }

    /// All that was said, in the order of symbols; callers sort by text where it is shown.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, Listing, &[Closure])> {
        self.by_scope.iter().map(|((scope, listing), closures)| (*scope, *listing, closures.as_slice()))
    }

    /// Forgets everything said of one list, as if no export had shown it.
    pub fn remove(&mut self, scope: Sym, listing: Listing) {
        self.by_scope.remove(&(scope, listing));
    }
}
