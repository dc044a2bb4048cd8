//! A walk through what leads from one subject to another: becoming, rights on resources, and facts that name others.
//!
//! Which facts lead on is said in `leading`; the steps of the identity graph are taken as the graph has them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};

use rayon::prelude::*;

use super::evidence::one;
use super::leading::{TEXTS, TURNED, held_by, leading, named_by, rows_of, word};
use super::names::{id, subject};
use super::path::{granted, holding, numbered};
use super::rights::{Right, rights_of};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::v1::{Evidence, Hop, HopState, SubjectRef};
use crate::expr::FactRead;
use crate::graph::around::{has_less_sure, steps_from, steps_into};
use crate::graph::path::{FIRST, LAST, WHOLE};
use crate::graph::{self, Estate};
use crate::model::facts::{BecomingState, credential, identity};
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// What a walk comes to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Node {
    /// A subject.
    Row(Row),
    /// A text of a fact that stands for something, such as the name of a tool.
    Text(FactId, String),
}

/// A step of a walk.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// Where it starts.
    pub from: Node,
    /// Where it ends.
    pub to: Node,
    /// What it is, such as `assume` or `reads`.
    pub how: Cow<'static, str>,
    /// How sure it is.
    pub state: BecomingState,
    basis: Basis,
}

/// What a step rests on.
#[derive(Debug, Clone)]
enum Basis {
    /// A hop of the identity graph.
    Hop(graph::Hop),
    /// A fact of the first that names the second, or of the second from the other side.
    Fact(Row, FactId, Option<Row>),
    /// A grant of the first, by the number of its statement.
    Grant(u32),
}

/// What was come to, and how.
#[derive(Debug, Clone)]
pub(super) struct Come {
    /// What.
    pub node: Node,
    /// How many steps away.
    pub depth: u32,
    /// How sure the weakest step of the way is.
    pub state: BecomingState,
    /// The last step of the way, by its position among the lines; none for the start.
    pub by: Option<usize>,
    /// What was come to before, by its position; of the start its own.
    before: usize,
}

/// All of a walk.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The start, then what was come to: surest first, then nearest.
    pub come: Vec<Come>,
    /// The steps of the ways, then those beside them, if they were asked for and the walk was not ended.
    pub lines: Vec<Line>,
    /// True if there is more than was looked for.
    pub ended: bool,
    /// True if there are steps that are less sure than those that were taken.
    pub less_sure: bool,
    /// True if there is something beyond the depth that was asked for.
    pub further: bool,
}

/// How far a walk goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// How many steps; none for all.
    pub depth: Option<u32>,
    /// The least sure steps that are taken.
    pub worst: BecomingState,
    /// How much it comes to at most.
    pub most: usize,
    /// Whether steps are looked for that are no part of a way.
    pub beside: bool,
}

/// A walk over an estate, outward to what is reached or inward to who reaches.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    estate: &'a Estate<'a>,
    inward: bool,
    /// Who names a subject by which fact: what outward is read from a row, inward is looked up.
    named_by: HashMap<Row, Vec<(Row, FactId)>>,
    /// The same of policies, groups and owners, where the walk starts at one.
    held_by: HashMap<Row, Vec<(Row, FactId)>>,
}

impl<'a> Walk<'a> {
    pub fn new(estate: &'a Estate<'a>, inward: bool) -> Self {
        Self { estate, inward, named_by: named_by(estate), held_by: HashMap::new() }
    }

    /// An inward walk that may start at a policy, a group or an owner.
    pub fn to_held(estate: &'a Estate<'a>) -> Self {
        Self { held_by: held_by(estate), ..Self::new(estate, true) }
    }

    /// Walks from a subject.
    pub fn from(&self, start: Row, limits: Limits) -> Walked {
        let mut walked = Walked::default();
        let mut at: HashMap<Node, usize> = HashMap::from([(Node::Row(start), 0)]);
        walked.come.push(Come { node: Node::Row(start), depth: 0, state: BecomingState::Certain, by: None, before: 0 });
        let states = [BecomingState::Certain, BecomingState::Conditional, BecomingState::Possible];
        for state in states.into_iter().filter(|state| *state <= limits.worst) {
            self.spread(&mut walked, &mut at, state, limits);
        }
        if limits.beside && !walked.ended {
            self.look_around(&mut walked, &at, limits);
        }
        walked
    }

    /// Goes on from all that was come to, over steps that are at least that sure.
    fn spread(&self, walked: &mut Walked, at: &mut HashMap<Node, usize>, state: BecomingState, limits: Limits) {
        let mut queue: VecDeque<usize> = (0..walked.come.len()).collect();
        while let Some(place) = queue.pop_front() {
            let Some(Come { node, depth, .. }) = walked.come.get(place).cloned() else { continue };
            // The last depth that was asked for is looked beyond by `look_around`.
            if limits.depth.is_some_and(|most| depth >= most) {
                continue;
            }
            for line in self.lines(&node, state) {
                let other = self.other(&line).clone();
                if at.contains_key(&other) {
                    continue;
                }
                if walked.come.len() >= limits.most {
                    walked.ended = true;
                    return;
                }
                at.insert(other.clone(), walked.come.len());
                queue.push_back(walked.come.len());
                let by = Some(walked.lines.len());
                walked.come.push(Come { node: other, depth: depth + 1, state, by, before: place });
                walked.lines.push(line);
            }
        }
    }

    /// Adds the steps between what was come to that are no part of a way, and says whether there is more around it.
    fn look_around(&self, walked: &mut Walked, at: &HashMap<Node, usize>, limits: Limits) {
        let pair = |line: &Line| (line.from.clone(), line.to.clone());
        let taken: HashSet<(Node, Node)> = walked.lines.iter().map(pair).collect();
        for come in &walked.come {
            for line in self.lines(&come.node, limits.worst) {
                if !at.contains_key(self.other(&line)) {
                    walked.further = true;
                } else if !taken.contains(&pair(&line)) {
                    walked.lines.push(line);
                }
            }
            walked.less_sure |= self.has_less_sure(&come.node, limits.worst);
        }
    }

    /// True if there are steps from a node, or into it, that are less sure than `worst`.
    fn has_less_sure(&self, node: &Node, worst: BecomingState) -> bool {
        let Node::Row(row) = node else { return false };
        let hops = || has_less_sure(self.estate.graph, row.index, self.inward, worst);
        let identity = row.subject == Subject::Identity;
        let rights = || !self.inward && best_rights(self.estate, *row).any(|(_, right)| right.state > worst);
        let held = || self.inward && self.into(*row, BecomingState::Possible).iter().any(|line| line.state > worst);
        identity && (hops() || rights()) || row.subject == Subject::Resource && held()
    }

    /// The end of a step that the walk comes to.
    fn other<'l>(&self, line: &'l Line) -> &'l Node {
        if self.inward { &line.from } else { &line.to }
    }

    /// The steps from a node, or into it where the walk is inward, that are at least that sure: surest first, then by the id
    /// of the other end.
    fn lines(&self, node: &Node, worst: BecomingState) -> Vec<Line> {
        let Node::Row(row) = node else { return Vec::new() };
        let mut lines = if self.inward { self.into(*row, worst) } else { self.out_of(*row, worst) };
        lines.retain(|line| line.state <= worst && line.from != line.to);
        lines.sort_by_cached_key(|line| (line.state, self.sorted_as(self.other(line)), line.how.clone()));
        let mut known: HashSet<(Node, Node)> = HashSet::new();
        lines.retain(|line| known.insert((line.from.clone(), line.to.clone())));
        lines
    }

    fn sorted_as(&self, node: &Node) -> String {
        match node {
            Node::Row(row) => id(self.estate, *row),
            Node::Text(_, text) => text.clone(),
        }
    }

    fn out_of(&self, row: Row, worst: BecomingState) -> Vec<Line> {
        let estate = self.estate;
        let mut lines: Vec<Line> = Vec::new();
        for fact in leading(row.subject) {
            lines.extend(rows_of(estate, row, fact).into_iter().map(|to| fact_line(estate, row, to, fact, false)));
        }
        for fact in TEXTS.into_iter().filter(|fact| fact.subject == row.subject) {
            estate.list(row, fact, &mut |member| {
                if let Scalar::Str(text) = member.value {
                    let state = if member.certain { BecomingState::Certain } else { BecomingState::Possible };
                    let (from, to) = (Node::Row(row), Node::Text(fact, shown(text).into_owned()));
                    lines.push(Line { from, to, how: word(fact), state, basis: Basis::Fact(row, fact, None) });
                }
                true
            });
        }
        // What names it from the other side, such as an identity its AI systems.
        let turned = self.named_by.get(&row).into_iter().flatten().filter_map(|(by, fact)| {
            let (_, own) = TURNED.into_iter().find(|(other, _)| other == fact)?;
            Some(fact_line(estate, row, *by, own, true))
        });
        lines.extend(turned);
        if row.subject == Subject::Identity {
            lines.extend(steps_from(estate.graph, row.index, worst).into_iter().map(|hop| self.hop_line(hop)));
            lines.extend(best_rights(estate, row).map(|(to, right)| right_line(row, to, right)));
        }
        lines
    }

    fn into(&self, row: Row, worst: BecomingState) -> Vec<Line> {
        let estate = self.estate;
        let mut lines: Vec<Line> = Vec::new();
        for (by, fact) in self.named_by.get(&row).into_iter().flatten() {
            if !TURNED.iter().any(|(other, _)| other == fact) {
                lines.push(fact_line(estate, *by, row, *fact, false));
            }
        }
        let held = self.held_by.get(&row).into_iter().flatten();
        lines.extend(held.map(|(by, fact)| fact_line(estate, *by, row, *fact, false)));
        for (other, own) in TURNED.into_iter().filter(|(other, _)| other.subject == row.subject) {
            lines.extend(rows_of(estate, row, other).into_iter().map(|from| fact_line(estate, from, row, own, true)));
        }
        if row.subject == Subject::Identity {
            lines.extend(steps_into(estate.graph, row.index, worst).into_iter().map(|hop| self.hop_line(hop)));
        }
        if row.subject == Subject::Resource {
            let holders = estate.world.table(Subject::Identity).rows().into_par_iter();
            let found: Vec<Line> = holders
                .filter_map(|holder| {
                    let holder = Row::new(Subject::Identity, holder);
                    rights_of(estate, holder).get(&row)?.best().map(|right| right_line(holder, row, right))
                })
                .collect();
            lines.extend(found);
        }
        lines
    }

    fn hop_line(&self, hop: graph::Hop) -> Line {
        let made = numbered(self.estate, std::slice::from_ref(&hop));
        let how = made.into_iter().next().map_or(Cow::Borrowed("become"), |hop| hop.how);
        let at = |row| Node::Row(Row::new(Subject::Identity, row));
        Line { from: at(hop.from), to: at(hop.to), how, state: hop.state, basis: Basis::Hop(hop) }
    }

    /// A node as results name subjects.
    pub fn subject(&self, node: &Node) -> SubjectRef {
        match node {
            Node::Row(row) => subject(self.estate, *row),
            Node::Text(fact, text) => {
                let kind = fact.def().name.trim_end_matches('s');
                SubjectRef { kind: kind.into(), id: format!("{kind}:{text}"), name: text.clone(), scope: String::new() }
            }
        }
    }

    /// A step as the contract has hops.
    pub fn hop(&self, line: &Line, n: u32) -> Hop {
        Hop {
            n,
            from: self.subject(&line.from),
            to: self.subject(&line.to),
            how: line.how.clone(),
            state: state(line.state),
            left_out: None,
            evidence: self.evidence(line),
        }
    }

    fn evidence(&self, line: &Line) -> Vec<Evidence> {
        let estate = self.estate;
        let nobody = Row::new(Subject::Identity, u32::MAX);
        match (&line.basis, &line.from) {
            (Basis::Hop(hop), _) => {
                numbered(estate, std::slice::from_ref(hop)).into_iter().flat_map(|hop| hop.evidence).collect()
            }
            (Basis::Grant(entry), Node::Row(holder)) => {
                let policy = estate.world.statements.entry(*entry).map(|entry| entry.0);
                let held = policy.map(|policy| holding(estate, nobody, *holder, policy)).unwrap_or_default();
                std::iter::once(granted(estate, holder.index, *entry)).chain(held).collect()
            }
            (Basis::Fact(row, fact, other), _) => {
                let member = fact.def().ty.is_list();
                let cell = match (other, &line.to) {
                    (Some(other), _) => Cell::Known(Scalar::Ref(*other)),
                    (None, Node::Text(_, text)) => Cell::Known(Scalar::Str(text)),
                    (None, Node::Row(_)) => return Vec::new(),
                };
                let read = FactRead { row: *row, fact: *fact, key: None, member, cell };
                vec![one(estate, nobody, &read, Instant(0))]
            }
            (Basis::Grant(_), Node::Text(..)) => Vec::new(),
        }
    }

    /// The way to what was come to, hop by hop; of an inward walk the way from it. A long one is told as a route is.
    pub fn way(&self, walked: &Walked, come: &Come) -> Vec<Hop> {
        let mut steps: Vec<&Line> = Vec::new();
        let mut at = come;
        while let Some(line) = at.by.and_then(|by| walked.lines.get(by)) {
            steps.push(line);
            match walked.come.get(at.before) {
                Some(before) if steps.len() <= walked.come.len() => at = before,
                _ => break,
            }
        }
        if !self.inward {
            steps.reverse();
        }
        let long = steps.len() > WHOLE;
        let left_out = if long { FIRST..steps.len() - LAST } else { 0..0 };
        let numbered = (1_u32..).zip(steps).enumerate().filter(|(at, _)| !left_out.contains(at));
        let mut hops: Vec<Hop> = numbered.map(|(_, (n, line))| self.hop(line, n)).collect();
        if let Some(hop) = hops.get_mut(FIRST - 1).filter(|_| long) {
            hop.left_out = u32::try_from(left_out.len()).ok();
        }
        hops
    }
}

/// The contract's word for how sure a step is.
pub(super) fn state(state: BecomingState) -> HopState {
    match state {
        BecomingState::Certain => HopState::Certain,
        BecomingState::Conditional => HopState::Conditional,
        BecomingState::Possible => HopState::Possible,
    }
}

/// The step of a fact; `turned` where it is the second that says it of the first.
fn fact_line(estate: &Estate<'_>, from: Row, to: Row, fact: FactId, turned: bool) -> Line {
    let said = TURNED.iter().find(|(_, own)| *own == fact && turned);
    let basis = match said {
        Some((other, _)) => Basis::Fact(to, *other, Some(from)),
        None => Basis::Fact(from, fact, Some(to)),
    };
    // Of a credential that sources give to two identities, either may be right.
    let proof = [from, to].into_iter().find(|row| row.subject == Subject::Credential);
    let contested = [identity::CREDENTIALS.id, credential::IDENTITY.id].contains(&fact)
        && proof.is_some_and(|row| matches!(estate.cell(row, credential::IDENTITY.id), Cell::Unknown(_)));
    let state = if contested { BecomingState::Possible } else { BecomingState::Certain };
    Line { from: Node::Row(from), to: Node::Row(to), how: word(fact), state, basis }
}

/// The resources on which an identity has rights of its own, with the surest and then the furthest right on each.
fn best_rights(estate: &Estate<'_>, identity: Row) -> impl Iterator<Item = (Row, Right)> {
    rights_of(estate, identity).into_iter().filter_map(|(to, rights)| Some((to, rights.best()?)))
}

/// The step that a right of an identity on a resource is: of several the surest, and then the furthest.
fn right_line(from: Row, to: Row, right: Right) -> Line {
    let basis = Basis::Grant(right.entry);
    Line { from: Node::Row(from), to: Node::Row(to), how: right.step().into(), state: right.state, basis }
}
