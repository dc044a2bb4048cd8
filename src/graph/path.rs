//! The shortest way from an identity to what it should not reach, hop by hop.

use std::collections::VecDeque;

use petgraph::Direction;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
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

/// Most hops of a route that are told one by one.
pub const WHOLE: usize = 40;
/// Of a longer one, how many from its start are told.
pub const FIRST: usize = 20;
/// And how many up to its end.
pub const LAST: usize = 5;

/// None: no edge, no hops known from there, no end.
const NONE: u32 = u32::MAX;

/// For every node the way to the nearest of those looked for.
#[derive(Debug, Default)]
pub struct Ways {
    /// The edge that the way begins with; none for those looked for, and those from which there is no way.
    steps: Vec<u32>,
    /// How many hops it is to the end.
    lengths: Vec<u32>,
    /// Where the last `LAST` hops of the way begin, where there are as many.
    ends: Vec<u32>,
}

/// A route: all its hops, or where it is long those at its start and those up to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Route {
    /// The hops from the start on.
    pub first: Vec<Hop>,
    /// How many hops come after those and are not told.
    pub left_out: u32,
    /// The hops up to the end, after those.
    pub last: Vec<Hop>,
}

impl Route {
    /// How many hops it has, told or not.
    #[must_use]
    pub fn length(&self) -> usize {
        self.first.len() + self.left_out as usize + self.last.len()
    }

    /// To whom it leads; nobody if there is no hop.
    #[must_use]
    pub fn end(&self) -> Option<u32> {
        self.last.last().or_else(|| self.first.last()).map(|hop| hop.to)
    }
}

/// For every node the way to the nearest of the `wanted`, found by one search backwards from all of them.
///
/// Nodes from `identities` on are hubs. Of several equally short ways the one over the lowest node and edge is taken, so
/// that the answer is always the same.
pub fn ways_to(edges: &DiGraph<(), Arc>, identities: u32, reach: &Reach, wanted: impl Fn(&Summary) -> bool) -> Ways {
    let count = edges.node_count();
    let mut ways = Ways { steps: vec![NONE; count], lengths: vec![NONE; count], ends: vec![NONE; count] };
    let mut ring: Vec<u32> = Vec::new();
    for (node, summary) in (0_u32..).zip(&reach.own) {
        if wanted(summary) {
            ways.put(node, NONE, 0, NONE);
            ring.push(node);
        }
    }
    while !ring.is_empty() {
        let mut found: Vec<(u32, u32, Arc, u32)> = Vec::new();
        for node in &ring {
            let back = edges.edges_directed(NodeIndex::new(*node as usize), Direction::Incoming);
            for edge in back.filter(|edge| edge.weight().state == BecomingState::Certain) {
                if let Ok(from) = u32::try_from(edge.source().index())
                    && let Ok(at) = u32::try_from(edge.id().index())
                    && ways.lengths.get(from as usize) == Some(&NONE)
                {
                    found.push((from, *node, *edge.weight(), at));
                }
            }
        }
        found.sort_unstable();
        found.dedup_by_key(|step| step.0);
        ring.clear();
        for (from, to, _, edge) in found {
            // What leads into a hub is half a hop, and counted with what leads on.
            let length = ways.length(to).unwrap_or(0).saturating_add(u32::from(to < identities));
            let end = if length as usize == LAST && from < identities { from } else { ways.end(to) };
            ways.put(from, edge, length, end);
            ring.push(from);
        }
    }
    ways
}

impl Ways {
    fn put(&mut self, node: u32, step: u32, length: u32, end: u32) {
        let at = node as usize;
        if let (Some(own), Some(hops), Some(ends)) =
            (self.steps.get_mut(at), self.lengths.get_mut(at), self.ends.get_mut(at))
        {
            (*own, *hops, *ends) = (step, length, end);
        }
    }

    fn length(&self, node: u32) -> Option<u32> {
        self.lengths.get(node as usize).copied().filter(|length| *length != NONE)
    }

    fn end(&self, node: u32) -> u32 {
        self.ends.get(node as usize).copied().unwrap_or(NONE)
    }

    /// The first hops of the way from a node, and no more than that are looked at.
    fn hops(&self, graph: &Graph, start: u32, most: usize) -> Vec<Hop> {
        let mut edges = Vec::new();
        let (mut node, mut whole) = (start, 0);
        while whole < most
            && let Some(step) = self.steps.get(node as usize).filter(|step| **step != NONE)
            && let edge = EdgeIndex::new(*step as usize)
            && let (Some((_, to)), Some(arc)) = (graph.edges.edge_endpoints(edge), graph.edges.edge_weight(edge))
            && let Ok(to) = u32::try_from(to.index())
        {
            edges.push((node, to, *arc));
            whole += usize::from(to < graph.identities);
            node = to;
        }
        hops(graph, edges)
    }
}

/// The shortest route over certain edges from `start` to an administrator, or to who can make one of itself; without hops
/// if it is that itself.
///
/// Of two equally short ones that to an administrator. `None` if there is neither.
#[must_use]
pub fn route_to_admin(graph: &Graph, start: u32) -> Option<Route> {
    match (graph.to_admin.length(start), graph.to_escalation.length(start)) {
        (Some(admin), Some(escalation)) if escalation < admin => route(graph, &graph.to_escalation, start),
        (Some(_), _) => route(graph, &graph.to_admin, start),
        (None, _) => route(graph, &graph.to_escalation, start),
    }
}

/// The route over certain edges from `start` that `ways` lead along, without hops if `start` is one of those wanted.
#[must_use]
pub fn route(graph: &Graph, ways: &Ways, start: u32) -> Option<Route> {
    let length = ways.length(start)?;
    let left_out = length.saturating_sub(u32::try_from(FIRST + LAST).unwrap_or(0));
    Some(if length as usize <= WHOLE {
        Route { first: ways.hops(graph, start, WHOLE), ..Route::default() }
    } else {
        let last = ways.hops(graph, ways.end(start), LAST);
        Route { first: ways.hops(graph, start, FIRST), left_out, last }
    })
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
