//! The steps around one identity: whom it can become, and who can become it, in one hop.

use std::collections::BTreeMap;

use petgraph::Direction;
use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::becoming::{Arc, Graph};
use super::path::{Hop, hops};

/// The hops that an identity can take, the surest to each other identity, in ascending order of rows.
#[must_use]
pub fn steps_from(graph: &Graph, row: u32) -> Vec<Hop> {
    steps(graph, row, Direction::Outgoing)
}

/// The hops by which others can become an identity, the surest of each, in ascending order of rows.
#[must_use]
pub fn steps_into(graph: &Graph, row: u32) -> Vec<Hop> {
    steps(graph, row, Direction::Incoming)
}

fn steps(graph: &Graph, row: u32, way: Direction) -> Vec<Hop> {
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
    for (next, first) in neighbours(graph, row, way) {
        if next < graph.identities {
            add(vec![edge(row, next, first, way)]);
            continue;
        }
        for (end, second) in neighbours(graph, next, way) {
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
