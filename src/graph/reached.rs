//! What an identity reaches, as the estate lists it: systems, environments, and whom it can become.

use std::collections::BTreeSet;

use petgraph::visit::EdgeRef;

use super::becoming::Ground;
use super::effective::boundary_unread;
use super::estate::Estate;
use super::path::reached;
use super::reach::grants_open;
use crate::model::facts::{ENVIRONMENT_SET, becoming, identity};
use crate::model::listing::Listing;
use crate::model::{Cell, Completeness, Member, Row, Scalar, Subject, Why};

impl Estate<'_> {
    /// The systems of an identity and of all that it can certainly become, in their order.
    pub(super) fn systems_reached(&self, row: u32) -> BTreeSet<&str> {
        use crate::model::facts::BecomingState::Certain;
        let reach = &self.graph.reach;
        if !reach.systems.is_empty() {
            let (lower, _) = reach.of(row);
            let there = (0_u8..).zip(&reach.systems).filter(|(at, _)| lower.systems >> at & 1 == 1);
            return there.map(|(_, system)| system.as_str()).collect();
        }
        let all = reached(self.graph, row, |arc| arc.state == Certain).into_iter().chain([(row, 0)]);
        let of = |(to, _)| match self.world.cell(Row::new(Subject::Identity, to), identity::SYSTEM.id) {
            Cell::Known(Scalar::Str(system)) => Some(system),
            _ => None,
        };
        all.filter_map(of).collect()
    }

    pub(super) fn environments<'a>(&'a self, row: Row, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let (lower, upper) = self.graph.reach.of(row.index);
        for code in 0..u8::try_from(ENVIRONMENT_SET.names.len()).unwrap_or(8) {
            let bit = 1_u8.checked_shl(u32::from(code)).unwrap_or(0);
            if (upper.environments | upper.perhaps_environments) & bit != 0 {
                let member = Member { value: Scalar::Enum(code), certain: lower.environments & bit != 0 };
                if !visit(member) {
                    break;
                }
            }
        }
        if let Completeness::Open(why) = self.reach_open(row.index) {
            return Completeness::Open(why);
        }
        if upper.environment_open {
            return Completeness::Open(Why::MissingFact);
        }
        self.world.closure(row, &[Listing::Resources]).map_or_else(Completeness::Open, |()| Completeness::Complete)
    }

    pub(super) fn can_become<'a>(&'a self, row: u32, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        let certain = !boundary_unread(self.world, row);
        let mut rows: BTreeSet<u32> = BTreeSet::new();
        let edges = &self.graph.edges;
        for edge in edges.edges(petgraph::graph::NodeIndex::new(row as usize)) {
            match edge.weight().ground {
                Ground::Trust(becoming) | Ground::Both(_, becoming) => {
                    rows.insert(becoming);
                }
                Ground::Rewrite(_) | Ground::Member => {}
                Ground::Grant(_) => {
                    for second in edges.edges(edge.target()) {
                        if let Ground::Trust(becoming) = second.weight().ground {
                            rows.insert(becoming);
                        }
                    }
                }
            }
        }
        for at in rows {
            let to = self.world.table(Subject::Becoming).get(becoming::TO.id, at);
            if to == i64::from(row) {
                continue;
            }
            if !visit(Member { value: Scalar::Ref(Row::new(Subject::Becoming, at)), certain }) {
                break;
            }
        }
        let edges = self.graph.open.get(row as usize).copied().flatten();
        grants_open(self.world, row).or(edges).map_or(Completeness::Complete, Completeness::Open)
    }
}
