//! A walk through what leads from one subject to another: becoming, rights on resources, and facts that name others.
//!
//! Which facts lead on is read from the schema: each stored one that names an identity, a credential, an AI system or a
//! resource. A new one is walked without a change here; a word for it may be added to [`WORDS`].

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use rayon::prelude::*;

use super::evidence::one;
use super::names::{id, subject};
use super::path::{granted, holding, numbered};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::v1::{Evidence, Hop, HopState, SubjectRef};
use crate::expr::FactRead;
use crate::graph::around::{steps_from, steps_into};
use crate::graph::{self, Estate};
use crate::model::facts::{BecomingState, ai_system, credential, exposure, grant, group, identity};
use crate::model::schema::{FactId, FactType, Made};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// The subjects that a walk comes to.
const WALKED: [Subject; 4] = [Subject::Identity, Subject::Credential, Subject::AiSystem, Subject::Resource];
/// Facts that say from the other side what one of these says, by that one.
const TURNED: [(FactId, FactId); 2] =
    [(identity::AI_SYSTEMS.id, ai_system::IDENTITIES.id), (identity::CREDENTIALS.id, credential::IDENTITY.id)];
/// Facts that name members, and lead nowhere.
const NO_WAY: [FactId; 1] = [group::MEMBERS.id];
/// Texts that stand for something that is reached.
const TEXTS: [FactId; 1] = [ai_system::TOOLS.id];
/// What facts are called as steps; the others by their name.
const WORDS: [(FactId, &str); 5] = [
    (ai_system::IDENTITIES.id, "runs as"),
    (ai_system::CREDENTIALS.id, "holds"),
    (ai_system::TOOLS.id, "calls"),
    (credential::IDENTITY.id, "proves"),
    (exposure::CREDENTIAL.id, "exposes"),
];

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
}

/// All of a walk.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The start, then what was come to: surest first, then nearest.
    pub come: Vec<Come>,
    /// The steps between them; those of the ways stand first.
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
}

/// A walk over an estate, outward to what is reached or inward to who reaches.
#[derive(Debug)]
pub(super) struct Walk<'a> {
    estate: &'a Estate<'a>,
    inward: bool,
    /// Who names a subject by which fact: what outward is read from a row, inward is looked up.
    named_by: HashMap<Row, Vec<(Row, FactId)>>,
}

impl<'a> Walk<'a> {
    pub fn new(estate: &'a Estate<'a>, inward: bool) -> Self {
        Self { estate, inward, named_by: named_by(estate) }
    }

    /// Walks from a subject.
    pub fn from(&self, start: Row, limits: Limits) -> Walked {
        let mut walked = Walked::default();
        let mut at: HashMap<Node, usize> = HashMap::new();
        let mut lines: HashMap<Node, Vec<Line>> = HashMap::new();
        let first = Node::Row(start);
        let mut beyond: Vec<Node> = Vec::new();
        at.insert(first.clone(), 0);
        walked.come.push(Come { node: first, depth: 0, state: BecomingState::Certain, by: None });
        let states = [BecomingState::Certain, BecomingState::Conditional, BecomingState::Possible];
        for state in states.into_iter().filter(|state| *state <= limits.worst) {
            let mut queue: VecDeque<usize> = (0..walked.come.len()).collect();
            while let Some(place) = queue.pop_front() {
                let Some(Come { node, depth, .. }) = walked.come.get(place).cloned() else { continue };
                let own = lines.entry(node.clone()).or_insert_with(|| self.lines(&node));
                if limits.depth.is_some_and(|most| depth >= most) {
                    beyond.extend(
                        own.iter()
                            .filter(|line| line.state <= limits.worst)
                            .map(|line| if self.inward { line.from.clone() } else { line.to.clone() }),
                    );
                    continue;
                }
                for line in own.iter().filter(|line| line.state <= state) {
                    let other = if self.inward { &line.from } else { &line.to };
                    if at.contains_key(other) {
                        continue;
                    }
                    if walked.come.len() >= limits.most {
                        walked.ended = true;
                        break;
                    }
                    at.insert(other.clone(), walked.come.len());
                    queue.push_back(walked.come.len());
                    let by = Some(walked.lines.len());
                    walked.come.push(Come { node: other.clone(), depth: depth + 1, state, by });
                    walked.lines.push(line.clone());
                }
            }
        }
        walked.further = beyond.iter().any(|node| !at.contains_key(node));
        let taken: HashSet<(Node, Node)> =
            walked.lines.iter().map(|line| (line.from.clone(), line.to.clone())).collect();
        for come in &walked.come {
            walked.less_sure |= lines.get(&come.node).into_iter().flatten().any(|line| line.state > limits.worst);
            let within = lines.get(&come.node).into_iter().flatten().filter(|line| {
                let other = if self.inward { &line.from } else { &line.to };
                line.state <= limits.worst
                    && at.contains_key(other)
                    && !taken.contains(&(line.from.clone(), line.to.clone()))
            });
            walked.lines.extend(within.cloned());
        }
        walked
    }

    /// The steps from a node, or into it where the walk is inward: surest first, then by the id of the other end.
    fn lines(&self, node: &Node) -> Vec<Line> {
        let Node::Row(row) = node else { return Vec::new() };
        let mut lines = if self.inward { self.into(*row) } else { self.out_of(*row) };
        let other = |line: &Line| self.sorted_as(if self.inward { &line.from } else { &line.to });
        lines.sort_by_cached_key(|line| (line.state, other(line), line.how.clone()));
        let mut known: HashSet<(Node, Node)> = HashSet::new();
        lines.retain(|line| line.from != line.to && known.insert((line.from.clone(), line.to.clone())));
        lines
    }

    fn sorted_as(&self, node: &Node) -> String {
        match node {
            Node::Row(row) => id(self.estate, *row),
            Node::Text(_, text) => text.clone(),
        }
    }

    fn out_of(&self, row: Row) -> Vec<Line> {
        let estate = self.estate;
        let mut lines: Vec<Line> = Vec::new();
        for fact in leading(row.subject) {
            lines.extend(rows_of(estate, row, fact).into_iter().map(|to| fact_line(row, to, fact, false)));
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
            Some(fact_line(row, *by, own, true))
        });
        lines.extend(turned);
        if row.subject == Subject::Identity {
            lines.extend(steps_from(estate.graph, row.index).into_iter().map(|hop| self.hop_line(hop)));
            lines.extend(resources_of(estate, row).into_iter().map(|(to, right)| right.line(row, to)));
        }
        lines
    }

    fn into(&self, row: Row) -> Vec<Line> {
        let estate = self.estate;
        let mut lines: Vec<Line> = Vec::new();
        for (by, fact) in self.named_by.get(&row).into_iter().flatten() {
            if !TURNED.iter().any(|(other, _)| other == fact) {
                lines.push(fact_line(*by, row, *fact, false));
            }
        }
        for (other, own) in TURNED.into_iter().filter(|(other, _)| other.subject == row.subject) {
            lines.extend(rows_of(estate, row, other).into_iter().map(|from| fact_line(from, row, own, true)));
        }
        if row.subject == Subject::Identity {
            lines.extend(steps_into(estate.graph, row.index).into_iter().map(|hop| self.hop_line(hop)));
        }
        if row.subject == Subject::Resource {
            let holders = estate.world.table(Subject::Identity).rows().into_par_iter();
            let found: Vec<Line> = holders
                .filter_map(|holder| {
                    let holder = Row::new(Subject::Identity, holder);
                    resources_of(estate, holder).remove(&row).map(|right| right.line(holder, row))
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
                let held = policy.and_then(|policy| holding(estate, nobody, *holder, policy));
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

    /// The way to what was come to, hop by hop; of an inward walk the way from it.
    pub fn way(&self, walked: &Walked, come: &Come) -> Vec<Hop> {
        let mut steps: Vec<&Line> = Vec::new();
        let mut at = come;
        while let Some(line) = at.by.and_then(|by| walked.lines.get(by)) {
            steps.push(line);
            let before = if self.inward { &line.to } else { &line.from };
            match walked.come.iter().find(|come| come.node == *before) {
                Some(before) if steps.len() <= walked.come.len() => at = before,
                _ => break,
            }
        }
        if !self.inward {
            steps.reverse();
        }
        steps.into_iter().zip(1_u32..).map(|(line, n)| self.hop(line, n)).collect()
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

/// The facts of a subject that lead on.
fn leading(subject: Subject) -> impl Iterator<Item = FactId> {
    let facts = (0_u8..).zip(subject.def().facts).filter(|(_, def)| {
        let to = match def.ty {
            FactType::Ref(to) | FactType::RefList(to) => Some(to),
            _ => None,
        };
        def.made != Made::Virtual && to.is_some_and(|to| WALKED.contains(&to))
    });
    let facts = facts.map(move |(slot, _)| FactId { subject, slot });
    facts.filter(move |fact| {
        subject != Subject::Becoming && !NO_WAY.contains(fact) && !TURNED.iter().any(|(other, _)| other == fact)
    })
}

fn rows_of(estate: &Estate<'_>, row: Row, fact: FactId) -> Vec<Row> {
    let mut rows = Vec::new();
    if let FactType::Ref(_) = fact.def().ty {
        if let Cell::Known(Scalar::Ref(other)) = estate.cell(row, fact) {
            rows.push(other);
        }
        return rows;
    }
    estate.list(row, fact, &mut |member| {
        if let Scalar::Ref(other) = member.value {
            rows.push(other);
        }
        true
    });
    rows
}

/// Who names each subject, by which fact.
fn named_by(estate: &Estate<'_>) -> HashMap<Row, Vec<(Row, FactId)>> {
    let mut all: HashMap<Row, Vec<(Row, FactId)>> = HashMap::new();
    for subject in Subject::ALL.into_iter().filter(|subject| *subject != Subject::Grant) {
        let turned = TURNED.into_iter().map(|(fact, _)| fact).filter(|fact| fact.subject == subject);
        for fact in leading(subject).chain(turned) {
            for row in estate.world.table(subject).rows().map(|row| Row::new(subject, row)) {
                for other in rows_of(estate, row, fact) {
                    all.entry(other).or_default().push((row, fact));
                }
            }
        }
    }
    all
}

fn word(fact: FactId) -> Cow<'static, str> {
    let known = WORDS.iter().find(|(known, _)| *known == fact);
    known.map_or_else(|| fact.def().name.replace('_', " ").into(), |(_, word)| (*word).into())
}

/// The step of a fact; `turned` where it is the second that says it of the first.
fn fact_line(from: Row, to: Row, fact: FactId, turned: bool) -> Line {
    let said = TURNED.iter().find(|(_, own)| *own == fact && turned);
    let basis = match said {
        Some((other, _)) => Basis::Fact(to, *other, Some(from)),
        None => Basis::Fact(from, fact, Some(to)),
    };
    Line { from: Node::Row(from), to: Node::Row(to), how: word(fact), state: BecomingState::Certain, basis }
}

/// The best right of an identity on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Right {
    state: BecomingState,
    level: Reverse<u8>,
    entry: u32,
}

impl Right {
    fn line(self, from: Row, to: Row) -> Line {
        let how = match self.level.0 {
            0 => "reads",
            1 => "writes",
            2 => "administers",
            _ => "controls access to",
        };
        let basis = Basis::Grant(self.entry);
        Line { from: Node::Row(from), to: Node::Row(to), how: how.into(), state: self.state, basis }
    }
}

/// The known resources on which an identity has a right of its own, with the surest and then the furthest right on each.
fn resources_of(estate: &Estate<'_>, identity: Row) -> BTreeMap<Row, Right> {
    let mut rights: BTreeMap<Row, Right> = BTreeMap::new();
    if estate.graph.resources.is_empty() {
        return rights;
    }
    estate.list(identity, identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(of) = member.value else { return true };
        let free = estate.cell(of, grant::CONDITIONAL.id) == Cell::Known(Scalar::Bool(false));
        let level = match estate.cell(of, grant::LEVEL.id) {
            Cell::Known(Scalar::Enum(code)) => code,
            _ => 0,
        };
        estate.list(of, grant::REACHED.id, &mut |reached| {
            if let Scalar::Ref(resource) = reached.value {
                let state = match (member.certain && reached.certain, free) {
                    (false, _) => BecomingState::Possible,
                    (true, false) => BecomingState::Conditional,
                    (true, true) => BecomingState::Certain,
                };
                let right = Right { state, level: Reverse(level), entry: of.index };
                rights.entry(resource).and_modify(|known| *known = right.min(*known)).or_insert(right);
            }
            true
        });
        true
    });
    rights
}
