//! Facts that are open for some rows although they are closed for others of the same scope.

use std::collections::BTreeMap;

use super::schema::FactId;
use super::slots::Why;

/// By fact and row: why it is open, whatever else says that it is whole.
#[derive(Debug, Clone, Default)]
pub struct Opened(BTreeMap<FactId, Vec<Option<Why>>>);

impl Opened {
    /// Says that a fact of a row is open. What was said last counts.
    pub fn insert(&mut self, fact: FactId, row: u32, why: Why) {
        let rows = self.0.entry(fact).or_default();
        let at = row as usize;
        if rows.len() <= at {
            rows.resize(at + 1, None);
        }
        if let Some(place) = rows.get_mut(at) {
            *place = Some(why);
        }
    }

    /// Why a fact of a row is open; `None` where that was not said.
    #[must_use]
    pub fn get(&self, fact: FactId, row: u32) -> Option<Why> {
        *self.0.get(&fact)?.get(row as usize)?
    }

    /// The rows of which a fact is open, in ascending order, each with why.
    pub fn rows(&self, fact: FactId) -> impl Iterator<Item = (u32, Why)> + '_ {
        let rows = self.0.get(&fact).map_or(&[][..], Vec::as_slice);
        (0_u32..).zip(rows).filter_map(|(row, why)| why.map(|why| (row, why)))
    }

    /// Every cause, as often as it was said.
    pub fn causes(&self) -> impl Iterator<Item = Why> + '_ {
        self.0.values().flatten().filter_map(|why| *why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::facts::identity;

    #[test]
    fn what_was_said_last_counts() {
        let mut opened = Opened::default();
        let fact = identity::POLICIES.id;
        opened.insert(fact, 3, Why::Stale);
        opened.insert(fact, 1, Why::MissingFact);
        opened.insert(fact, 3, Why::Conflict);
        assert_eq!(opened.rows(fact).collect::<Vec<_>>(), [(1, Why::MissingFact), (3, Why::Conflict)]);
        assert_eq!((opened.get(fact, 0), opened.get(fact, 3), opened.get(fact, 9)), (None, Some(Why::Conflict), None));
        assert_eq!(opened.get(identity::GROUPS.id, 3), None);
        assert_eq!(opened.causes().count(), 2);
    }
}
