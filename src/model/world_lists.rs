//! The stored lists and maps of a world: their members, and whether they are whole.

use super::World;
use crate::model::intern::Sym;
use crate::model::schema::FactId;
use crate::model::slots::{Cell, Completeness, Member, Row, Scalar, Why};

impl World {
    /// Visits the members of a stored list, in the order of arrival.
    pub fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let table = self.table(row.subject);
        let ty = fact.def().ty;
        let known = table.members(fact, row.index).iter().filter(|(_, member, _)| !self.seen_later(ty, *member));
        for (_, member, _) in known {
            let Some(value) = self.scalar(ty, i64::from(*member)) else { continue };
            if !visit(Member { value, certain: true }) {
                break;
            }
        }
        self.completeness(row, fact)
    }

    /// Whether a stored list or map is whole.
    #[must_use]
    pub fn completeness(&self, row: Row, fact: FactId) -> Completeness {
        let table = self.table(row.subject);
        if !self.stale.is_empty() && self.is_stale(table, fact, row.index) {
            return Completeness::Open(Why::Stale);
        }
        if let Some(why) = self.opened(row, fact).or_else(|| self.sees_later(row, fact)) {
            return Completeness::Open(why);
        }
        if table.complete(fact, row.index) {
            return Completeness::Complete;
        }
        match fact.def().closed_by {
            [] => Completeness::Open(Why::MissingFact),
            listings => match self.closure(row, listings) {
                Ok(()) => Completeness::Complete,
                Err(why) => Completeness::Open(why),
            },
        }
    }

    /// Says that a fact of a row is open, whatever else says that it is whole.
    pub fn open(&mut self, fact: FactId, row: u32, why: Why) {
        self.opened.insert(fact, row, why);
    }

    /// Why a fact of a row is open although it is closed for others; `None` where that was not said.
    #[must_use]
    pub fn opened(&self, row: Row, fact: FactId) -> Option<Why> {
        self.opened.get(fact, row.index)
    }

    /// An entry of a stored map.
    #[must_use]
    pub fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        let found = self.strings.get(key).and_then(|key| {
            self.table(row.subject).members(fact, row.index).iter().find(|(_, known, _)| *known == key.0)
        });
        match (found, self.completeness(row, fact)) {
            (_, Completeness::Open(Why::Stale)) => Cell::Unknown(Why::Stale),
            (Some((_, _, value)), _) => Cell::Known(Scalar::Str(self.strings.text(Sym(*value)))),
            (None, Completeness::Complete) => Cell::Absent,
            (None, Completeness::Open(why)) => Cell::Unknown(why),
        }
    }

    /// Visits the entries of a stored map in the order of their keys.
    pub fn entries<'a>(
        &'a self,
        row: Row,
        fact: FactId,
        visit: &mut dyn FnMut(&'a str, &'a str) -> bool,
    ) -> Completeness {
        let members = self.table(row.subject).members(fact, row.index);
        let mut entries: Vec<(&str, &str)> = members
            .iter()
            .map(|(_, key, value)| (self.strings.text(Sym(*key)), self.strings.text(Sym(*value))))
            .collect();
        entries.sort_unstable();
        for (key, value) in entries {
            if !visit(key, value) {
                break;
            }
        }
        self.completeness(row, fact)
    }
}
