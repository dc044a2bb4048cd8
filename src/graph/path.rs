//! The shortest way from an identity to what it should not reach, hop by hop.

use std::collections::VecDeque;

use petgraph::Direction;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use super::becoming::{Arc, Graph, Ground};
use super::reach::{Reach, Summary};
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

/// The next step on the shortest certain way to whom one looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is one of them.
    There,
    /// Over this edge to this node.
    On(Arc, u32),
}

/// For every node the next step to the nearest of the `wanted`, found by one search backwards from all of them.
///
/// Of several equally short ways the one over the lowest node and edge is taken, so that the answer is always the same.
pub fn steps_to(edges: &DiGraph<(), Arc>, reach: &Reach, wanted: impl Fn(&Summary) -> bool) -> Vec<Option<Step>> {
    let mut steps: Vec<Option<Step>> = vec![None; edges.node_count()];
    let mut ring: Vec<u32> = Vec::new();
    for ((node, summary), step) in (0_u32..).zip(&reach.own).zip(&mut steps) {
        if wanted(summary) {
            *step = Some(Step::There);
            ring.push(node);
        }
    }
    while !ring.is_empty() {
        let mut found: Vec<(u32, u32, Arc)> = Vec::new();
        for node in &ring {
            let back = edges.edges_directed(NodeIndex::new(*node as usize), Direction::Incoming);
            for edge in back.filter(|edge| edge.weight().state == BecomingState::Certain) {
                if let Ok(from) = u32::try_from(edge.source().index())
                    && steps.get(from as usize) == Some(&None)
                {
                    found.push((from, *node, *edge.weight()));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|step| step.0);
        ring.clear();
        for (from, to, arc) in found {
            if let Some(step) = steps.get_mut(from as usize) {
                *step = Some(Step::On(arc, to));
                ring.push(from);
            }
        }
    }
    steps
}

/// The shortest route over certain edges from `start` to an administrator, or to who can make one of itself; empty if
/// it is that itself.
///
/// Of two equally short ones that to an administrator. `None` if there is neither.
#[must_use]
pub fn route_to_admin(graph: &Graph, start: u32) -> Option<Vec<Hop>> {
    let admin = route(graph, &graph.to_admin, start);
    let escalation = route(graph, &graph.to_escalation, start);
    match (admin, escalation) {
        (Some(admin), Some(escalation)) if escalation.len() < admin.len() => Some(escalation),
        (admin, escalation) => admin.or(escalation),
    }
}

/// The route over certain edges from `start` that `steps` lead along, empty if `start` is one of those wanted.
#[must_use]
pub fn route(graph: &Graph, steps: &[Option<Step>], start: u32) -> Option<Vec<Hop>> {
    let mut edges = Vec::new();
    let mut node = start;
    // No shortest way visits a node twice.
    for _ in 0..=steps.len() {
        match steps.get(node as usize).copied().flatten()? {
            Step::There => return Some(hops(graph, edges)),
            Step::On(arc, to) => {
                edges.push((node, to, arc));
                node = to;
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

/// Edges that follow one another as hops between identities: a hub is no end of a hop.
pub(super) fn hops(graph: &Graph, edges: Vec<(u32, u32, Arc)>) -> Vec<Hop> {
    let mut hops: Vec<Hop> = Vec::new();
    let mut open: Option<(u32, Arc)> = None;
    let row = |node: u32| Some(node).filter(|node| *node < graph.identities);
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
