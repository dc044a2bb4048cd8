//! The shortest way from an identity to what it should not reach, hop by hop.

use std::collections::VecDeque;

use petgraph::graph::NodeIndex;
use petgraph::visit::EdgeRef;

use super::becoming::{Arc, Graph, Ground};
use super::reach::Summary;
use crate::model::facts::BecomingState;

/// One hop: taking on another identity's rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Who.
    pub from: u32,
    /// Whose rights.
    pub to: u32,
    /// How sure the weakest edge of the hop is.
    pub state: BecomingState,
    /// What it rests on: the caller's grant where one is needed, then the trust.
    pub grounds: Vec<Ground>,
}

/// The shortest route over certain edges from `start` to an administrator, empty if it is one itself.
///
/// Where there is no administrator on the way, to who can make one of itself. `None` if there is neither. Of several equally
/// short routes the one whose nodes come first is taken, so that the answer is always the same.
#[must_use]
pub fn route_to_admin(graph: &Graph, start: u32) -> Option<Vec<Hop>> {
    route(graph, start, |summary| summary.admin).or_else(|| route(graph, start, |summary| summary.escalates))
}

fn route(graph: &Graph, start: u32, wanted: impl Fn(&Summary) -> bool) -> Option<Vec<Hop>> {
    let is_admin = |node: usize| graph.reach.own.get(node).is_some_and(&wanted);
    let mut came: Vec<Option<(usize, Arc)>> = vec![None; graph.edges.node_count()];
    let mut seen = fixedbitset::FixedBitSet::with_capacity(graph.edges.node_count());
    let mut queue = VecDeque::from([start as usize]);
    seen.insert(start as usize);
    while let Some(node) = queue.pop_front() {
        if is_admin(node) {
            return Some(hops(graph, &came, start as usize, node));
        }
        let mut next: Vec<(usize, Arc)> = graph
            .edges
            .edges(NodeIndex::new(node))
            .filter(|edge| edge.weight().state == BecomingState::Certain)
            .map(|edge| (edge.target().index(), *edge.weight()))
            .collect();
        next.sort_unstable();
        for (to, arc) in next {
            if !seen.put(to) {
                if let Some(cell) = came.get_mut(to) {
                    *cell = Some((node, arc));
                }
                queue.push_back(to);
            }
        }
    }
    None
}

/// Identities that can be become over the edges that `taken` admits, nearest first, with their distance.
pub fn reached(graph: &Graph, start: u32, taken: impl Fn(&Arc) -> bool) -> Vec<(u32, u32)> {
    let mut seen = fixedbitset::FixedBitSet::with_capacity(graph.edges.node_count());
    let mut queue = VecDeque::from([(start as usize, 0_u32)]);
    let mut found = Vec::new();
    seen.insert(start as usize);
    while let Some((node, depth)) = queue.pop_front() {
        let mut next: Vec<usize> = graph
            .edges
            .edges(NodeIndex::new(node))
            .filter(|edge| taken(edge.weight()))
            .map(|edge| edge.target().index())
            .filter(|to| !seen.contains(*to))
            .collect();
        next.sort_unstable();
        next.dedup();
        for to in next {
            seen.insert(to);
            let identity = u32::try_from(to).ok().filter(|to| *to < graph.identities);
            // A hub is no step of its own.
            let depth = if identity.is_some() { depth + 1 } else { depth };
            found.extend(identity.map(|to| (to, depth)));
            if identity.is_some() {
                queue.push_back((to, depth));
            } else {
                queue.push_front((to, depth));
            }
        }
    }
    found
}

fn hops(graph: &Graph, came: &[Option<(usize, Arc)>], start: usize, end: usize) -> Vec<Hop> {
    let mut edges = Vec::new();
    let mut node = end;
    while node != start {
        let Some(Some((before, arc))) = came.get(node) else { break };
        edges.push((*before, node, *arc));
        node = *before;
    }
    edges.reverse();
    let mut hops: Vec<Hop> = Vec::new();
    let mut open: Option<(u32, Arc)> = None;
    let row = |node: usize| u32::try_from(node).ok().filter(|node| *node < graph.identities);
    for (from, to, arc) in edges {
        match (row(from), row(to), open.take()) {
            (Some(from), None, _) => open = Some((from, arc)),
            (Some(from), Some(to), _) => {
                hops.push(Hop { from, to, state: arc.state, grounds: taken_apart(arc.ground) });
            }
            (None, Some(to), Some((from, grant))) => {
                hops.push(Hop { from, to, state: arc.state.max(grant.state), grounds: vec![grant.ground, arc.ground] });
            }
            _ => {}
        }
    }
    hops
}

fn taken_apart(ground: Ground) -> Vec<Ground> {
    match ground {
        Ground::Both(grant, becoming) => vec![Ground::Grant(grant), Ground::Trust(becoming)],
        one => vec![one],
    }
}
