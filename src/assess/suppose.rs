//! The facts as they are, but for a few that are supposed to be otherwise.
//!
//! Facts that follow from others are not worked out anew: what is supposed is what an expression reads.

use crate::graph::Estate;
use crate::model::schema::{FactId, FactType};
use crate::model::{Cell, Completeness, Member, Row, Scalar, Slots, Sym, Why};

/// The number of a row that nobody knows anything about.
const ANYONE: u32 = u32::MAX;

/// One thing that is supposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Supposition<'a> {
    /// A fact has this cell.
    Cell(Row, FactId, Cell<'a>),
    /// A list lacks a member.
    Without(Row, FactId, Scalar<'a>),
    /// A list has a member of which nothing else is known.
    With(Row, FactId),
}

/// Facts of an estate, with suppositions over them.
#[derive(Debug, Clone, Copy)]
pub struct Supposed<'a> {
    /// The facts as they are.
    pub estate: &'a Estate<'a>,
    /// What is supposed.
    pub changed: &'a [Supposition<'a>],
}

impl Slots for Supposed<'_> {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if row.index == ANYONE {
            return Cell::Unknown(Why::MissingFact);
        }
        let supposed = self.changed.iter().rev().find_map(|one| match one {
            Supposition::Cell(of, which, cell) if (*of, *which) == (row, fact) => Some(*cell),
            _ => None,
        });
        supposed.unwrap_or_else(|| self.estate.cell(row, fact))
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        if row.index == ANYONE {
            return Completeness::Open(Why::MissingFact);
        }
        let lacks = |value: &Scalar<'_>| {
            self.changed.iter().any(|one| matches!(one, Supposition::Without(of, which, member) if (*of, *which) == (row, fact) && member == value))
        };
        let mut going = true;
        let whole = self.estate.list(row, fact, &mut |member| {
            going = lacks(&member.value) || visit(member);
            going
        });
        let added = self.changed.contains(&Supposition::With(row, fact));
        let value = match fact.def().ty {
            FactType::RefList(subject) => Some(Scalar::Ref(Row::new(subject, ANYONE))),
            FactType::StrList => Some(Scalar::Str("")),
            _ => None,
        };
        if let (true, true, Some(value)) = (going, added, value) {
            visit(Member { value, certain: true });
        }
        whole
    }

    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        if row.index == ANYONE { Cell::Unknown(Why::MissingFact) } else { self.estate.entry(row, fact, key) }
    }

    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        if row.index == ANYONE {
            return Completeness::Open(Why::MissingFact);
        }
        self.estate.entries(row, fact, visit)
    }

    fn text(&self, sym: Sym) -> &str {
        self.estate.world.strings.text(sym)
    }
}
