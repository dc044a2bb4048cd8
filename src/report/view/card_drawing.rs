//! The drawing of an AI system's card: what it reaches, with the first of each kind and a count of the others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::drawing::Drawn;
use super::reaching::Reaching;
use crate::base::drawing::{Edge, Form, Kind, Node, Picture, Stroke};
use crate::contract::v1::AiSystem;
use crate::report::{human, words};

/// Most boxes of one kind that are as many steps away.
const BOXES: usize = 5;

/// The line to what results only count.
const NOT_LISTED: &str = "not listed";
/// The levels of rights, from the least.
const LEVELS: [&str; 4] = ["read", "write", "admin", "permissions"];

/// The drawing of what a system reaches.
pub(super) fn drawing(system: &AiSystem, reaching: &Reaching) -> Drawn {
    Drawn::new(&picture(system, reaching), Form::Narrow)
}

fn picture(system: &AiSystem, reaching: &Reaching) -> Picture {
    let name = human::name_or(&system.name, &system.id);
    let steps = steps(reaching);
    let (kept, groups) = groups(system, reaching, &steps);
    let mut nodes: Vec<Node> = kept.iter().filter_map(|at| reaching.nodes.get(*at)).cloned().collect();
    let mut drawn: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let mut beside: Vec<(usize, usize)> = Vec::new();
    let mut counted: BTreeMap<usize, u64> = BTreeMap::new();
    for group in groups {
        let at = nodes.len();
        counted.insert(at, group.count);
        if group.hidden.is_empty() {
            beside.extend(group.last.map(|last| (last, at)));
        }
        drawn.extend(group.hidden.into_iter().map(|old| (old, at)));
        let (one, many) = words_of(group.kind);
        let name = human::count(group.count, &format!("more {one}"), &format!("more {many}"));
        nodes.push(Node { name, kind: Kind::More, ..Node::default() });
    }
    let mut edges = edges(reaching, &steps, &drawn, &counted);
    for (like, to) in beside {
        // What no list has hangs where the last of its kind does. By which steps it is reached nobody tells.
        let like = drawn.get(&like).copied();
        let same = edges.iter().filter(|edge| Some(edge.to) == like);
        let same = same.map(|edge| Edge { to, label: NOT_LISTED.to_owned(), stroke: Stroke::Dotted, ..edge.clone() });
        edges.extend(same.collect::<Vec<_>>());
    }
    for at in counted.into_keys() {
        // A box that counts says of all of them what the lines to it say of those that come from one side.
        let into: Vec<&Edge> = edges.iter().filter(|edge| edge.to == at).collect();
        if let Some(node) = nodes.get_mut(at) {
            node.under = if into.iter().any(|edge| edge.label != NOT_LISTED) { sureness(&into) } else { String::new() };
        }
    }
    Picture {
        title: format!("What {} reaches", human::brief(name)),
        description: "Columns from left to right are steps; the list beneath says the same in words".to_owned(),
        nodes,
        edges,
        ..Picture::default()
    }
}

/// What is drawn as one box that counts.
struct Group {
    kind: Kind,
    count: u64,
    /// Those of the list that it stands for.
    hidden: Vec<usize>,
    /// The last of its kind that has a box.
    last: Option<usize>,
}

/// How many steps each node is away from the system.
fn steps(reaching: &Reaching) -> Vec<Option<usize>> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for edge in &reaching.edges {
        next.entry(edge.from).or_default().push(edge.to);
    }
    let mut steps = vec![None; reaching.nodes.len()];
    let mut queue = VecDeque::from([(0, 0)]);
    while let Some((node, count)) = queue.pop_front() {
        let Some(known) = steps.get_mut(node).filter(|known| known.is_none()) else { continue };
        *known = Some(count);
        queue.extend(next.get(&node).into_iter().flatten().map(|to| (*to, count + 1)));
    }
    steps
}

/// The nodes that have a box, and those that are only counted.
fn groups(system: &AiSystem, reaching: &Reaching, steps: &[Option<usize>]) -> (Vec<usize>, Vec<Group>) {
    let mut by: BTreeMap<(usize, Kind), Vec<usize>> = BTreeMap::new();
    for (at, (node, steps)) in reaching.nodes.iter().zip(steps).enumerate() {
        if let Some(steps) = steps {
            by.entry((*steps, node.kind)).or_default().push(at);
        }
    }
    let more = system.more;
    // What the results leave out is counted with the last of its kind that they have.
    let last: BTreeMap<Kind, usize> = by.keys().map(|(steps, kind)| (*kind, *steps)).collect();
    let left_out = |kind: Kind, steps: usize| match kind {
        _ if last.get(&kind) != Some(&steps) => 0,
        Kind::Credential => more.credentials,
        Kind::Identity => more.identities.saturating_add(more.becomes),
        Kind::Resource => more.resources,
        Kind::Tool => more.tools,
        Kind::System | Kind::More | Kind::Other => 0,
    };
    let (mut kept, mut groups) = (Vec::new(), Vec::new());
    for ((steps, kind), nodes) in by {
        let beyond = left_out(kind, steps);
        // A box that stands for one other would take the room of that one.
        let most = if beyond == 0 && nodes.len() == BOXES + 1 { BOXES + 1 } else { BOXES };
        let hidden: Vec<usize> = nodes.iter().skip(most).copied().collect();
        kept.extend(nodes.iter().take(most));
        let count = (hidden.len() as u64).saturating_add(beyond);
        if count > 0 {
            groups.push(Group { kind, count, hidden, last: nodes.last().copied() });
        }
    }
    (kept, groups)
}

/// The steps that lead one column on: each node has one, and others would cross what lies between. Those to what is
/// `counted` in one box are one, which says how far they go.
fn edges(
    reaching: &Reaching,
    steps: &[Option<usize>],
    drawn: &BTreeMap<usize, usize>,
    counted: &BTreeMap<usize, u64>,
) -> Vec<Edge> {
    let of = |node: usize| steps.get(node).copied().flatten();
    let mut order: Vec<(usize, usize)> = Vec::new();
    let mut between: BTreeMap<(usize, usize), Vec<&Edge>> = BTreeMap::new();
    for edge in reaching.edges.iter().filter(|edge| of(edge.to) == of(edge.from).map(|from| from + 1)) {
        let (Some(from), Some(to)) = (drawn.get(&edge.from), drawn.get(&edge.to)) else { continue };
        let all = between.entry((*from, *to)).or_default();
        if all.is_empty() {
            order.push((*from, *to));
        }
        all.push(edge);
    }
    let placed = order.into_iter().filter_map(|(from, to)| {
        let all = between.get(&(from, to))?;
        let first = all.first()?;
        let Some(count) = counted.get(&to) else {
            return Some(Edge { from, to, tree: true, ..(*first).clone() });
        };
        let some: BTreeSet<usize> = all.iter().map(|edge| edge.to).collect();
        let of_them = if (some.len() as u64) < *count { format!(" {} of them", some.len()) } else { String::new() };
        let strokes = all.iter().map(|edge| edge.stroke);
        let (surest, stroke) = (strokes.clone().min(), strokes.max().unwrap_or_default());
        Some(Edge {
            from,
            to,
            tree: true,
            label: format!("{}{of_them}", range(all)),
            stroke,
            surest,
            ..Edge::default()
        })
    });
    placed.collect()
}

/// How sure several steps are, from the surest to the least sure.
fn sureness(all: &[&Edge]) -> String {
    let strokes = all.iter().map(|edge| edge.stroke);
    let surest = all.iter().map(|edge| edge.surest.unwrap_or(edge.stroke)).min();
    Edge { stroke: strokes.max().unwrap_or_default(), surest, ..Edge::default() }.sureness()
}

/// What several steps are, such as `reads to administers`.
fn range(all: &[&Edge]) -> String {
    let rank = |label: &str| LEVELS.iter().position(|level| words::right(level) == label);
    let labels: BTreeSet<(Option<usize>, &str)> =
        all.iter().map(|edge| (rank(&edge.label), edge.label.as_str())).collect();
    match (labels.first(), labels.last()) {
        (Some((_, least)), Some((_, most))) if least != most => format!("{least} to {most}"),
        (Some((_, one)), _) => (*one).to_owned(),
        _ => String::new(),
    }
}

/// A kind in words, one and many.
fn words_of(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Credential => ("credential", "credentials"),
        Kind::Identity => ("identity", "identities"),
        Kind::Resource => ("resource", "resources"),
        Kind::Tool => ("tool", "tools"),
        Kind::System | Kind::More | Kind::Other => ("other", "others"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::{AiCredential, AiIdentity, AiMore, AiTool, HopState, Reached, SubjectRef};

    fn subject(kind: &'static str, n: usize) -> SubjectRef {
        let name = format!("{kind}-{n}-{}", "x".repeat(n * 7));
        SubjectRef { kind: kind.into(), id: format!("{kind}:{n}"), name, scope: "aws:111122223333".to_owned() }
    }

    fn reached(kind: &'static str, n: usize, from: &str) -> Reached {
        Reached {
            subject: subject(kind, n),
            kind: None,
            system: "aws".to_owned(),
            environment: None,
            administrator: n == 0,
            how: if kind == "identity" { "become" } else { "write" }.to_owned(),
            state: HopState::Possible,
            from: vec![from.to_owned()],
            steps: Vec::new(),
        }
    }

    /// Ten identities, of which one is proved by a credential, become others one after the other, and reach ten
    /// resources each way.
    fn system() -> AiSystem {
        let used = |n| AiIdentity {
            subject: SubjectRef { id: format!("used:{n}"), ..subject("identity", n) },
            ..AiIdentity::default()
        };
        let proof = AiCredential {
            subject: subject("credential", 1),
            identity: Some("used:1".to_owned()),
            held: true,
            ..AiCredential::default()
        };
        let chain = (0..10).map(|n| if n == 0 { "used:0".to_owned() } else { format!("identity:{}", n - 1) });
        let becomes = chain.zip(0..).map(|(from, n)| reached("identity", n, &from));
        let resources = (0..10).map(|n| reached("resource", n, if n < 5 { "used:1" } else { "identity:0" }));
        AiSystem {
            id: "ai:1".to_owned(),
            identities: (0..10).map(used).collect(),
            credentials: vec![proof],
            reach: becomes.chain(resources).collect(),
            more: AiMore { resources: 3, ..AiMore::default() },
            ..AiSystem::default()
        }
    }

    fn told(picture: &Picture) -> Vec<String> {
        let name = |at: usize| picture.nodes[at].name.split("-x").next().unwrap().to_owned();
        picture.edges.iter().map(|edge| format!("{} {} {}", name(edge.from), edge.label, name(edge.to))).collect()
    }

    #[test]
    fn what_has_no_box_is_counted_with_what_the_results_leave_out() {
        let system = system();
        let reaching = Reaching::of(&system);
        assert_eq!((reaching.entries.len(), reaching.nodes.len()), (31, 32));
        let picture = picture(&system, &reaching);
        let more: Vec<&str> =
            picture.nodes.iter().filter(|one| one.kind == Kind::More).map(|one| one.name.as_str()).collect();
        assert_eq!(more, ["4 more identities", "8 more resources"]);
        // Each box but the first is come to, and none by a step that leads back or beside.
        for at in 1..picture.nodes.len() {
            assert!(picture.edges.iter().any(|edge| edge.to == at), "{:?}", picture.nodes[at]);
        }
    }

    /// An AI system of which nobody knows what its tools reach has them in its drawing all the same.
    #[test]
    fn tools_and_credentials_are_drawn_where_no_reach_is_known() {
        let tool = |name: &str, by: Option<&str>| AiTool {
            name: name.to_owned(),
            target: None,
            credential: by.map(str::to_owned),
        };
        let key = AiCredential { subject: subject("credential", 0), held: true, ..AiCredential::default() };
        let lent = AiCredential {
            subject: subject("credential", 2),
            identity: Some("identity:0".to_owned()),
            ..AiCredential::default()
        };
        let system = AiSystem {
            name: "Desk".to_owned(),
            tools: vec![tool("search", None), tool("send", Some("credential:0"))],
            credentials: vec![key, lent],
            identities: vec![AiIdentity { subject: subject("identity", 0), ..AiIdentity::default() }],
            ..AiSystem::default()
        };
        let reaching = Reaching::of(&system);
        assert_eq!(reaching.entries.len(), 5);
        assert_eq!(
            told(&picture(&system, &reaching)),
            [
                "Desk holds credential-0-",
                "Desk runs as identity-0-",
                "identity-0- has credential-2",
                "Desk calls search",
                "credential-0- given to send",
            ]
        );
    }
}
