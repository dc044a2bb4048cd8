//! Which lists are complete, for which scope, and who says so.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::intern::Sym;
use super::listing::Listing;
use super::record::{RecordId, Records};
use crate::base::time::DAY;

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

/// What all that is said of a list comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody said anything.
    #[default]
    Open,
    /// It is complete.
    Closed,
    /// It is cut short.
    Cut,
}

/// All closures of a run.
#[derive(Debug, Default)]
pub struct Enumerations {
    by_scope: BTreeMap<(Sym, Listing), Vec<Closure>>,
    /// What it comes to, by scope and then list: asked for each fact that is not known.
    states: HashMap<Sym, [State; Listing::ALL.len()]>,
    /// By scope and list: the last moment of which it is said to be complete, where all that say so say when.
    until: HashMap<(Sym, Listing), i64>,
    /// By row of an identity: when the first and the last were made of what the list lacks, though another export shows it.
    lacks: HashMap<(u32, Listing), (i64, i64)>,
}

impl Enumerations {
    /// Adds what an export or a person says of the list of `listing` in `scope`.
    pub fn add(&mut self, scope: Sym, listing: Listing, closure: Closure) {
        let known = self.by_scope.entry((scope, listing)).or_default();
        if !known.contains(&closure) {
            known.push(closure);
        }
        self.settle(scope, listing);
    }

    /// Works out what is said of one list.
    fn settle(&mut self, scope: Sym, listing: Listing) {
        let all = self.of(scope, listing);
        let state = if all.is_empty() {
            State::Open
        } else if all.iter().any(|closure| matches!(closure, Closure::Incomplete { .. })) {
            State::Cut
        } else {
            State::Closed
        };
        if let Some(kept) = self.states.entry(scope).or_default().get_mut(listing as usize) {
            *kept = state;
        }
    }

    /// What all that is said of a list comes to.
    #[must_use]
    pub fn state(&self, scope: Sym, listing: Listing) -> State {
        self.states.get(&scope).and_then(|lists| lists.get(listing as usize)).copied().unwrap_or_default()
    }

    /// Works out of which time each list is said to be complete.
    pub fn date(&mut self, records: &Records) {
        let until = |closure: &Closure| match closure {
            Closure::Shown(record) => records.rank(*record).1,
            // A day is said of its whole.
            Closure::Asserted { at, .. } => at.map(|at| at.saturating_add(DAY)),
            Closure::Incomplete { .. } => None,
        };
        let dated = self.by_scope.iter().filter_map(|(list, all)| {
            let last = all.iter().map(until).try_fold(i64::MIN, |last, one| one.map(|one| last.max(one)))?;
            Some((*list, last))
        });
        self.until = dated.collect();
    }

    /// True if the list is complete, and for a moment that is not after the time of which that is said.
    #[must_use]
    pub fn covers(&self, scope: Sym, listing: Listing, moment: i64) -> bool {
        self.closed(scope, listing) && self.until.get(&(scope, listing)).is_none_or(|until| moment <= *until)
    }

    /// Says that the list lacks something of an identity which another export shows, made at `moment`.
    pub fn lacks(&mut self, identity: u32, listing: Listing, moment: i64) {
        let (first, last) = self.lacks.entry((identity, listing)).or_insert((moment, moment));
        (*first, *last) = (moment.min(*first), moment.max(*last));
    }

    /// Since when the list is known to lack something of an identity; `None` if it is not, or someone asserts it for a later time.
    #[must_use]
    pub fn outdated(&self, scopes: [Sym; 2], listing: Listing, identity: u32) -> Option<i64> {
        let (first, last) = self.lacks.get(&(identity, listing))?;
        let later = |closure: &Closure| match closure {
            Closure::Asserted { at, .. } => at.is_none_or(|at| *last <= at.saturating_add(DAY)),
            Closure::Shown(_) | Closure::Incomplete { .. } => false,
        };
        let asserted = scopes.iter().any(|scope| self.of(*scope, listing).iter().any(later));
        (!asserted).then_some(*first)
    }

    /// True if any list of any scope is cut short.
    #[must_use]
    pub fn any_incomplete(&self) -> bool {
        self.states.values().flatten().any(|state| *state == State::Cut)
    }

    /// What is said of a list; empty if nobody said anything.
    #[must_use]
    pub fn of(&self, scope: Sym, listing: Listing) -> &[Closure] {
        self.by_scope.get(&(scope, listing)).map_or(&[], Vec::as_slice)
    }

    /// True if the list is complete: someone shows or asserts it, and nothing shows the opposite.
    #[must_use]
    pub fn closed(&self, scope: Sym, listing: Listing) -> bool {
        self.state(scope, listing) == State::Closed
    }

    /// All that was said, in the order of symbols; callers sort by text where it is shown.
    pub fn iter(&self) -> impl Iterator<Item = (Sym, Listing, &[Closure])> {
        self.by_scope.iter().map(|((scope, listing), closures)| (*scope, *listing, closures.as_slice()))
    }

    /// Takes back what is said of lists by closures of which `told` is false, and gives it back.
    pub fn take_back(&mut self, told: impl Fn(&Closure) -> bool) -> Vec<(Sym, Listing, Closure)> {
        let mut gone = Vec::new();
        for ((scope, listing), all) in &mut self.by_scope {
            gone.extend(all.iter().filter(|one| !told(one)).map(|one| (*scope, *listing, one.clone())));
            all.retain(&told);
        }
        for (scope, listing, _) in &gone {
            self.settle(*scope, *listing);
        }
        gone
    }

    /// Forgets everything said of one list, as if no export had shown it.
    pub fn remove(&mut self, scope: Sym, listing: Listing) {
        self.by_scope.remove(&(scope, listing));
        self.settle(scope, listing);
    }
}
