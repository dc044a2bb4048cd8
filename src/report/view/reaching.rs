//! What an AI system holds, calls, runs as and reaches: as a list with numbers, and as the picture of the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::drawing::stroke;
use super::{Word, word};
use crate::base::drawing::{Edge, Kind, Node};
use crate::contract::v1::{AiIdentity, AiSystem, HopState, Reached};
use crate::report::{human, words};

/// Something that the system holds, calls, runs as or reaches.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Entry {
    /// Its number, which is that in the drawing, if it is in the drawing.
    n: usize,
    /// `credential`, `identity`, `tool` or `resource`.
    kind: &'static str,
    /// The name.
    name: String,
    /// The id; empty for a tool, which has none.
    id: String,
    /// What it is and how it is reached, in words.
    how: String,
    /// How sure it is that it can be reached.
    state: Word,
}

impl Entry {
    /// Whether it is of that kind.
    pub(super) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

/// What one AI system reaches: the list, and the nodes and steps of it, before anything is left out of the drawing.
#[derive(Default)]
pub(super) struct Reaching {
    pub entries: Vec<Entry>,
    /// The system, then a node for each entry, in its order.
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    /// The position of a node by the id of what it stands for.
    at: BTreeMap<String, usize>,
}

impl Reaching {
    pub(super) fn of(system: &AiSystem) -> Self {
        let mut made = Self::default();
        made.at.insert(system.id.clone(), 0);
        made.nodes.push(Node {
            name: named(&system.name, &system.id),
            id: system.id.clone(),
            under: "AI system".to_owned(),
            kind: Kind::System,
            ..Node::default()
        });
        made.credentials(system);
        for one in &system.identities {
            made.identity(system, one);
        }
        made.kept_by_identities(system);
        for one in &system.tools {
            let by = one.credential.as_ref().and_then(|id| made.at.get(id)).copied();
            let with = one.credential.as_deref().map(|by| format!(", with {}", human::brief(by))).unwrap_or_default();
            let to = made.node(Kind::Tool, &one.name, "", vec!["tool".to_owned()], false);
            let runs = one.target.as_deref().map(|target| format!("; it runs or calls {}", human::brief(target)));
            let told = format!("it can call it{with}{}", runs.unwrap_or_default());
            made.entry("tool", &one.name, "", told, HopState::Certain);
            let (from, how) = by.map_or((0, "calls"), |key| (key, "given to"));
            made.step(from, to, how, HopState::Certain);
        }
        // Before their steps are drawn all of them have to be there, since they lead to one another.
        let first = made.nodes.len();
        for one in &system.reach {
            made.reached(one);
        }
        for (one, to) in system.reach.iter().zip(first..) {
            // What leads there may be left out of the results; the system reaches it all the same.
            let known = made.steps_to(one);
            if known.is_empty() {
                made.step(0, to, &verb(one, &one.how), one.state);
            }
            // Of several steps of one identity the surest is drawn.
            let mut drawn: BTreeSet<usize> = BTreeSet::new();
            for (from, how, state) in known {
                if drawn.insert(from) {
                    made.step(from, to, &how, state);
                }
            }
        }
        made
    }

    /// The credentials that it holds.
    fn credentials(&mut self, system: &AiSystem) {
        for one in &system.credentials {
            let kind = one.kind.as_deref().map_or_else(|| "credential".to_owned(), words::plain);
            let kept = one.stored_in.as_deref().map(|place| format!("kept in {}", human::brief(place)));
            let how = if one.held { "held by it" } else { "of an identity that it runs as" };
            let told = [Some(kind.clone()), kept.clone(), Some(how.to_owned())].into_iter().flatten();
            let told = told.collect::<Vec<_>>().join(", ");
            let small = std::iter::once(kind).chain(kept).collect();
            let to = self.node(Kind::Credential, &one.subject.name, &one.subject.id, small, false);
            self.entry("credential", &one.subject.name, &one.subject.id, told, HopState::Certain);
            if one.held {
                self.step(0, to, "holds", HopState::Certain);
            }
        }
    }

    /// An identity that it runs as, or that a credential which it holds proves.
    fn identity(&mut self, system: &AiSystem, one: &AiIdentity) {
        let held = system.credentials.iter().filter(|proof| proof.held);
        let proofs = held.filter(|proof| proof.identity.as_ref() == Some(&one.subject.id));
        let proofs: Vec<usize> = proofs.filter_map(|proof| self.at.get(&proof.subject.id)).copied().collect();
        let small = small(one.kind.as_deref(), one.environment.as_deref(), &one.subject.scope, one.administrator);
        let told = format!("{}; it runs as or uses it", small.join(", "));
        let to = self.node(Kind::Identity, &one.subject.name, &one.subject.id, small, one.administrator);
        self.entry("identity", &one.subject.name, &one.subject.id, told, HopState::Certain);
        if proofs.is_empty() {
            self.step(0, to, "runs as", HopState::Certain);
        }
        for from in proofs {
            self.step(from, to, "proves", HopState::Certain);
        }
    }

    /// Credentials that it does not hold itself are those of its identities.
    fn kept_by_identities(&mut self, system: &AiSystem) {
        for one in system.credentials.iter().filter(|one| !one.held) {
            let Some(to) = self.at.get(&one.subject.id).copied() else { continue };
            let from = one.identity.as_ref().and_then(|id| self.at.get(id)).copied();
            self.step(from.unwrap_or(0), to, "has", HopState::Certain);
        }
    }

    /// An identity that it can become, or a resource.
    fn reached(&mut self, one: &Reached) {
        let small = small(one.kind.as_deref(), one.environment.as_deref(), &one.subject.scope, one.administrator);
        let mut told = small.join(", ");
        for (at, text) in self.ways_to(one).into_iter().enumerate() {
            told.push_str(if at == 0 { "; it " } else { ", " });
            told.push_str(&text);
        }
        let (kind, name) = match one.subject.kind.as_ref() {
            "identity" => (Kind::Identity, "identity"),
            _ => (Kind::Resource, "resource"),
        };
        self.node(kind, &one.subject.name, &one.subject.id, small, one.administrator);
        self.entry(name, &one.subject.name, &one.subject.id, told, one.state);
    }

    /// The last steps to what is reached, from what stands in the list: where they start, what they are, how sure they are.
    fn steps_to(&self, one: &Reached) -> Vec<(usize, String, HopState)> {
        let at = |id: &String| self.at.get(id).copied();
        if one.steps.is_empty() {
            // Results of an earlier version do not tell the steps apart.
            let from = one.from.iter().filter_map(at);
            return from.map(|from| (from, verb(one, &one.how), one.state)).collect();
        }
        let each = one.steps.iter().filter_map(|step| Some((at(&step.from)?, verb(one, &step.how), step.state)));
        each.collect()
    }

    /// The same in words, such as `reads it from 3, 4 (certain)` and `administers it from 5 (possible)`.
    fn ways_to(&self, one: &Reached) -> Vec<String> {
        let mut grouped: Vec<(String, HopState, BTreeSet<usize>)> = Vec::new();
        for (from, how, state) in self.steps_to(one) {
            match grouped.iter_mut().find(|(known, same, _)| *known == how && *same == state) {
                Some((.., all)) => drop(all.insert(from)),
                None => grouped.push((how, state, BTreeSet::from([from]))),
            }
        }
        if grouped.is_empty() {
            grouped.push((verb(one, &one.how), one.state, BTreeSet::new()));
        }
        // How sure it is to be reached is told of the whole, so that it is told of steps only where they differ from that.
        let alike = grouped.iter().all(|(_, state, _)| *state == one.state);
        let told = grouped.into_iter().map(|(how, state, all)| {
            let sure = if alike { String::new() } else { format!(" ({})", state.label()) };
            let numbers = all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let from = if all.is_empty() { String::new() } else { format!(" from {numbers}") };
            let how = if one.subject.kind == "identity" { "can become" } else { how.as_str() };
            format!("{how} it{from}{sure}")
        });
        told.collect()
    }

    fn node(&mut self, kind: Kind, name: &str, id: &str, mut small: Vec<String>, strong: bool) -> usize {
        let at = self.nodes.len();
        let under = if small.is_empty() { String::new() } else { small.remove(0) };
        self.nodes.push(Node {
            name: named(name, id),
            id: human::brief(id),
            under,
            place: small.join(", "),
            kind,
            strong,
            number: u32::try_from(at).unwrap_or(0),
        });
        if !id.is_empty() {
            self.at.entry(id.to_owned()).or_insert(at);
        }
        at
    }

    fn entry(&mut self, kind: &'static str, name: &str, id: &str, how: String, state: HopState) {
        let n = self.entries.len() + 1;
        self.entries.push(Entry { n, kind, name: named(name, id), id: human::brief(id), how, state: word!(state) });
    }

    fn step(&mut self, from: usize, to: usize, label: &str, state: HopState) {
        let (label, stroke) = (label.to_owned(), stroke(state));
        self.edges.push(Edge { from, to, label, stroke, ..Edge::default() });
    }
}

/// What a step to something is called.
fn verb(to: &Reached, how: &str) -> String {
    if to.subject.kind == "identity" { "becomes".to_owned() } else { words::right(how) }
}

fn named(name: &str, id: &str) -> String {
    human::brief(human::name_or(name, id))
}

/// What it is and where, in small print.
fn small(kind: Option<&str>, environment: Option<&str>, scope: &str, administrator: bool) -> Vec<String> {
    let mut what = kind.map(words::plain).unwrap_or_default();
    if administrator {
        what = if what.is_empty() { "administrator".to_owned() } else { format!("{what}, administrator") };
    }
    let place = match (environment.map(words::plain), scope) {
        (Some(environment), "") => environment,
        (Some(environment), scope) => format!("{environment}, {}", words::scope(scope)),
        (None, scope) => words::scope(scope),
    };
    [what, place].into_iter().filter(|text| !text.is_empty()).collect()
}
