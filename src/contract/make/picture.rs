//! A picture of what a subject reaches, or of what reaches a resource.

use std::collections::{BTreeMap, HashMap};

use super::Input;
use super::explain::Target;
use super::leading::is_held;
use super::names::value;
use super::path::allows;
use super::walk::{Limits, Node, Walk, Walked};
use crate::base::drawing::{Edge, Kind, Node as Drawn, Picture, Stroke};
use crate::graph::Estate;
use crate::model::facts::{BecomingState, ai_system, credential, identity};
use crate::model::schema::FactId;
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject};

/// How many nodes are drawn.
const NODES: usize = 500;
/// How many edges that are no part of the tree are drawn beyond one for each node: of what all lead to one another, not all.
const BESIDE: usize = 8;
/// How many rights are told that lead to nothing that is known.
const RIGHTS: usize = 5;
/// Facts that are told below a name, as they are where a subject has them.
const TOLD: [&str; 3] = ["stage", "environment", "sensitivity"];

/// How much is drawn.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// How many steps are followed; none for all.
    pub depth: Option<u32>,
    /// Whether steps are followed that nothing rules out.
    pub possible: bool,
}

/// What a subject reaches; of a resource, a group, a policy or an owner what leads to it.
#[must_use]
pub fn picture(input: &Input<'_>, target: Target, bounds: Bounds) -> Picture {
    let estate = input.estate;
    let inward =
        !matches!(target.row.subject, Subject::Identity | Subject::Credential | Subject::AiSystem | Subject::Exposure);
    let walk = if is_held(target.row.subject) { Walk::to_held(estate) } else { Walk::new(estate, inward) };
    // What reaches what an owner answers for is not the owner's.
    let owned = target.row.subject == Subject::Owner;
    let bounds = if owned { Bounds { depth: Some(bounds.depth.unwrap_or(1)), ..bounds } } else { bounds };
    let worst = if bounds.possible { BecomingState::Possible } else { BecomingState::Conditional };
    let walked = walk.from(target.row, Limits { depth: bounds.depth, worst, most: NODES, beside: true });
    let name = walk.subject(&Node::Row(target.row)).name;
    let mut picture = Picture {
        title: match inward {
            _ if owned => format!("What {name} answers for"),
            true => format!("What reaches {name}"),
            false => format!("What {name} reaches"),
        },
        nodes: walked.come.iter().map(|come| drawn(&walk, estate, &come.node, target.row)).collect(),
        edges: edges(&walked),
        inward,
        ..Picture::default()
    };
    picture.description = description(&picture, &walked);
    // The surest of the edges beside the tree are kept, in their order.
    picture.edges.sort_by_key(|edge| (!edge.tree, if edge.tree { Stroke::Solid } else { edge.stroke }));
    let tree = picture.edges.iter().filter(|edge| edge.tree).count();
    let most = tree + picture.nodes.len() + BESIDE;
    let left_out = picture.edges.len().saturating_sub(most);
    picture.edges.truncate(most);
    picture.notes = notes(&walked, bounds, left_out);
    if !inward {
        picture.notes.extend(unnamed(estate, target.row, picture.edges.is_empty()));
        picture.notes.extend(not_whole(estate, target.row));
    }
    picture
}

/// What an identity reaches that has no name here: all that is in its account, or what its rights are on.
fn unnamed(estate: &Estate<'_>, row: Row, nothing: bool) -> Vec<String> {
    if row.subject != Subject::Identity {
        return Vec::new();
    }
    let own = estate.graph.reach.own.get(row.index as usize);
    if own.is_some_and(|own| own.admin || own.escalates) {
        return vec![
            "as an administrator it opens whatever is in its account, also what nobody has named as a resource"
                .to_owned(),
        ];
    }
    if !nothing {
        return Vec::new();
    }
    let mut rights: Vec<String> = Vec::new();
    estate.list(row, identity::GRANTS.id, &mut |member| {
        let right = match member.value {
            Scalar::Ref(grant) if grant.subject == Subject::Grant => allows(estate, grant.index),
            _ => None,
        };
        rights.extend(right.filter(|right| !rights.contains(right)));
        true
    });
    let more = rights.len().saturating_sub(RIGHTS);
    rights.truncate(RIGHTS);
    let mut notes: Vec<String> =
        rights.iter().map(|right| format!("it has a right of which no resource is known: {right}")).collect();
    notes.extend((more > 0).then(|| format!("and {more} more rights of which no resource is known")));
    notes
}

/// What of all that a subject reaches is not known whole: where nothing more is drawn, there may be more.
fn not_whole(estate: &Estate<'_>, row: Row) -> Option<String> {
    let (reach, reached) = match row.subject {
        Subject::Identity => (identity::REACH.id, identity::REACHED.id),
        Subject::AiSystem => (ai_system::REACH.id, ai_system::REACHED.id),
        Subject::Credential => {
            return match estate.cell(row, credential::IDENTITY.id) {
                Cell::Known(Scalar::Ref(identity)) => not_whole(estate, identity),
                Cell::Unknown(_) => Some("whose it is is not known, so what it opens is not".to_owned()),
                _ => None,
            };
        }
        _ => return None,
    };
    let open = |fact: FactId| matches!(estate.list(row, fact, &mut |_| true), Completeness::Open(_));
    let what = match (open(reach), open(reached)) {
        (true, true) => "whose rights it can take on and which resources it reaches are",
        (true, false) => "whose rights it can take on is",
        (false, true) => "which resources it reaches is",
        (false, false) => return None,
    };
    Some(format!("{what} not known whole, so there may be more; `assize explain` tells what is missing"))
}

fn drawn(walk: &Walk<'_>, estate: &Estate<'_>, node: &Node, start: Row) -> Drawn {
    let named = walk.subject(node);
    let (kind, under) = match node {
        Node::Text(..) => (Kind::Tool, vec![named.kind.to_string()]),
        Node::Row(row) => (kind_of(*row), told(estate, *row)),
    };
    let mut place = String::new();
    if let Node::Row(row) = node
        && ![estate.world.scope(start), estate.world.everywhere()].contains(&estate.world.scope(*row))
        && estate.world.scope(start) != estate.world.everywhere()
    {
        place.clone_from(&named.scope);
    }
    Drawn { name: named.name, id: named.id, under: under.join(" · "), place, kind, ..Drawn::default() }
}

fn kind_of(row: Row) -> Kind {
    match row.subject {
        Subject::Identity => Kind::Identity,
        Subject::Credential => Kind::Credential,
        Subject::AiSystem => Kind::System,
        Subject::Resource => Kind::Resource,
        _ => Kind::Other,
    }
}

/// What is told of a subject below its name.
fn told(estate: &Estate<'_>, row: Row) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    if row.subject == Subject::AiSystem {
        told.push("AI system".to_owned());
    }
    let text = |fact: FactId| match estate.cell(row, fact) {
        Cell::Known(scalar) => Some(value(estate, row, fact, scalar).replace('_', " ")),
        _ => None,
    };
    told.extend(row.subject.fact("kind").and_then(text));
    if row.subject == Subject::Identity {
        let yes = |fact: FactId| estate.cell(row, fact) == Cell::Known(Scalar::Bool(true));
        let own = estate.graph.reach.own.get(row.index as usize);
        if yes(identity::ROOT.id) {
            told.push("root".to_owned());
        } else if own.is_some_and(|own| own.admin || own.escalates) {
            told.push("administrator".to_owned());
        }
        if yes(identity::IS_AI.id) {
            told.push("AI-connected".to_owned());
        }
    }
    told.extend(TOLD.iter().filter_map(|name| row.subject.fact(name)).filter_map(text));
    if told.is_empty() {
        told.push(row.subject.name().replace('_', " "));
    }
    told
}

/// The steps as edges: one for each pair of nodes, with the surest of the ways and the names of all.
fn edges(walked: &Walked) -> Vec<Edge> {
    let at: HashMap<&Node, usize> = walked.come.iter().enumerate().map(|(at, come)| (&come.node, at)).collect();
    let ways = walked.come.iter().filter_map(|come| come.by);
    let trees: std::collections::HashSet<usize> = ways.collect();
    let mut of: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut edges: Vec<Edge> = Vec::new();
    for (number, line) in walked.lines.iter().enumerate() {
        let (Some(from), Some(to)) = (at.get(&line.from), at.get(&line.to)) else { continue };
        let stroke = match line.state {
            BecomingState::Certain => Stroke::Solid,
            BecomingState::Conditional => Stroke::Dashed,
            BecomingState::Possible => Stroke::Dotted,
        };
        let label =
            if line.how == "said" { "acts as, says the profile".to_owned() } else { line.how.replace('_', " ") };
        let tree = trees.contains(&number);
        let edge = Edge { from: *from, to: *to, label, stroke, tree, ..Edge::default() };
        match of.get(&(*from, *to)).and_then(|known| edges.get_mut(*known)) {
            Some(known) => {
                known.label = format!("{}, {}", known.label, edge.label);
                known.stroke = known.stroke.min(edge.stroke);
            }
            None => {
                of.insert((*from, *to), edges.len());
                edges.push(edge);
            }
        }
    }
    edges
}

fn description(picture: &Picture, walked: &Walked) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for node in picture.nodes.iter().skip(1) {
        let many = match node.kind {
            Kind::Identity => "identities",
            Kind::Credential => "credentials",
            Kind::System => "AI systems",
            Kind::Resource => "resources",
            Kind::Tool => "tools",
            Kind::More | Kind::Other => "others",
        };
        *counts.entry(many).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(many, count)| format!("{many}: {count}")).collect();
    let certain = walked.come.iter().skip(1).filter(|come| come.state == BecomingState::Certain).count();
    if counts.is_empty() {
        return "Nothing is known.".to_owned();
    }
    format!("{}; for certain: {certain}. Columns from left to right are steps.", counts.join(", "))
}

fn notes(walked: &Walked, bounds: Bounds, left_out: usize) -> Vec<String> {
    let mut notes = Vec::new();
    if walked.ended {
        notes.push(format!(
            "more than {NODES} are come to: the first of them are drawn, the surest and nearest first, and each with one way to it"
        ));
    }
    if left_out > 0 {
        notes.push(format!("{left_out} more steps between them are not drawn, the less sure ones"));
    }
    if !bounds.possible && walked.less_sure {
        notes.push("steps that nothing rules out are not drawn; --possible draws them".to_owned());
    }
    if let (Some(depth), true) = (bounds.depth, walked.further) {
        let steps = if depth == 1 { "1 step".to_owned() } else { format!("{depth} steps") };
        notes.push(format!("what is more than {steps} away is not drawn; --depth draws more"));
    }
    notes
}
