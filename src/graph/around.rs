//! The steps around one identity: whom it can become, and who can become it, in one hop.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::becoming::{Arc, Graph};
use super::path::{Hop, hops};
use crate::model::facts::BecomingState;

/// The hops that an identity can take, the surest to each other identity, in ascending order of rows; none that is less
/// sure than `worst`.
#[must_use]
pub fn steps_from(graph: &Graph, row: u32, worst: BecomingState) -> Vec<Hop> {
    steps(graph, row, Direction::Outgoing, worst)
}

/// The hops by which others can become an identity, the surest of each, likewise.
#[must_use]
pub fn steps_into(graph: &Graph, row: u32, worst: BecomingState) -> Vec<Hop> {
    steps(graph, row, Direction::Incoming, worst)
}

/// True if there are hops from an identity, or into it, of which an edge is less sure than `worst`.
#[must_use]
pub fn has_less_sure(graph: &Graph, row: u32, inward: bool, worst: BecomingState) -> bool {
    let way = if inward { Direction::Incoming } else { Direction::Outgoing };
    let less = |arc: &Arc| arc.state > worst;
    neighbours(graph, row, way).any(|(next, arc)| {
        let beyond = || next < graph.identities || neighbours(graph, next, way).next().is_some();
        less(&arc) && beyond() || (next >= graph.identities && neighbours(graph, next, way).any(|(_, arc)| less(&arc)))
    })
}

fn steps(graph: &Graph, row: u32, way: Direction, worst: BecomingState) -> Vec<Hop> {
    let taken = |arc: &(u32, Arc)| arc.1.state <= worst;
    let mut surest: BTreeMap<u32, Hop> = BTreeMap::new();
    let mut add = |edges: Vec<(u32, u32, Arc)>| {
        for hop in hops(graph, edges) {
            let other = if way == Direction::Outgoing { hop.to } else { hop.from };
            let better = |known: &Hop| (hop.state, &hop.grounds) < (known.state, &known.grounds);
            if other != row && surest.get(&other).is_none_or(better) {
                surest.insert(other, hop);
            }
        }
    };
    for (next, first) in neighbours(graph, row, way).filter(taken) {
        if next < graph.identities {
            add(vec![edge(row, next, first, way)]);
            continue;
        }
        for (end, second) in neighbours(graph, next, way).filter(taken) {
            let mut both = vec![edge(row, next, first, way), edge(next, end, second, way)];
            if way == Direction::Incoming {
                both.reverse();
            }
            add(both);
        }
    }
    surest.into_values().collect()
}

fn neighbours(graph: &Graph, node: u32, way: Direction) -> impl Iterator<Item = (u32, Arc)> + '_ {
    graph.edges.edges_directed(NodeIndex::new(node as usize), way).filter_map(move |edge| {
        let other = if way == Direction::Outgoing { edge.target() } else { edge.source() };
        Some((u32::try_from(other.index()).ok()?, *edge.weight()))
    })
}

fn edge(near: u32, far: u32, arc: Arc, way: Direction) -> (u32, u32, Arc) {
    if way == Direction::Outgoing { (near, far, arc) } else { (far, near, arc) }
}
