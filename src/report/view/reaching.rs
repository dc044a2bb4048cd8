//! What an AI system reaches, as a drawing from left to right and as the list beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::drawing::{Drawing, Label, Line, Words, wrapped};
use super::{Word, word};
use crate::contract::v1::{AiSystem, HopState, Reached};
use crate::report::{human, words};

/// Most boxes of one column.
const BOXES: usize = 6;
/// Width of a box, of the room between columns, and how many characters stand in a line of a box.
const WIDTH: u32 = 160;
const ROOM: u32 = 34;
const COLUMNS: usize = 20;
/// Room between two boxes of a column, and above the first for the heading.
const BETWEEN: u32 = 12;
const TOP: u32 = 26;
/// Room for a line that passes by a column, and height of the box that says how many are left out.
const LANE: u32 = 16;
const MORE: u32 = 30;

/// Something that the system holds, runs as or reaches.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Entry {
    /// Its number, which is that in the drawing, if it is in the drawing.
    n: usize,
    /// `credential`, `identity` or `resource`.
    kind: &'static str,
    /// The name.
    name: String,
    /// The id.
    id: String,
    /// What it is and how it is reached, in words.
    how: String,
    /// How sure it is that it can be reached.
    state: Word,
}

/// One thing in a column, with the ids from which lines lead to it.
struct Node {
    id: String,
    n: usize,
    label: Label,
    from: Vec<String>,
    state: HopState,
}

/// Columns from left to right: the system, credentials, identities, whom they can become in two columns, resources.
pub(super) struct Layout {
    columns: [Vec<Node>; 6],
    pub entries: Vec<Entry>,
    /// How many boxes each column leaves out.
    more: [u64; 6],
}

const HEADS: [&str; 6] = ["AI system", "Credentials", "Runs as", "Can become", "and from there", "Resources"];

impl Layout {
    pub(super) fn of(system: &AiSystem) -> Self {
        let start = Node {
            id: system.id.clone(),
            n: 0,
            label: Label { name: named(&system.name, &system.id), small: Vec::new(), kind: "system" },
            from: Vec::new(),
            state: HopState::Certain,
        };
        let mut made = Self { columns: Default::default(), entries: Vec::new(), more: [0; 6] };
        made.put(0, start);
        let more = system.more;
        (made.more[1], made.more[2], made.more[3], made.more[5]) =
            (more.credentials, more.identities, more.becomes, more.resources);
        for one in &system.credentials {
            let kind = one.kind.as_deref().map_or_else(|| "credential".to_owned(), words::plain);
            let kept = one.stored_in.as_deref().map(|place| format!("kept in {}", human::brief(place)));
            let how = if one.held { "held by it" } else { "of an identity that it runs as" };
            let mut told = vec![kind.clone()];
            told.extend(kept.clone());
            told.push(how.to_owned());
            made.entry("credential", &one.subject.name, &one.subject.id, told.join(", "), HopState::Certain);
            let small = std::iter::once(kind).chain(kept).collect();
            made.node(
                1,
                &one.subject.name,
                &one.subject.id,
                small,
                "credential",
                vec![system.id.clone()],
                HopState::Certain,
            );
        }
        for one in &system.identities {
            let proofs = system.credentials.iter().filter(|proof| proof.identity.as_ref() == Some(&one.subject.id));
            let mut from: Vec<String> = proofs.map(|proof| proof.subject.id.clone()).collect();
            if from.is_empty() {
                from.push(system.id.clone());
            }
            let small = small(one.kind.as_deref(), one.environment.as_deref(), &one.subject.scope, one.administrator);
            let told = format!("{}; it runs as or uses it", small.join(", "));
            made.entry("identity", &one.subject.name, &one.subject.id, told, HopState::Certain);
            let kind = if one.administrator { "administrator" } else { "identity" };
            made.node(2, &one.subject.name, &one.subject.id, small, kind, from, HopState::Certain);
        }
        let direct: BTreeMap<String, usize> = made.numbers();
        for one in &system.reach {
            made.reached(one, &direct);
        }
        made
    }

    /// An identity that it can become, or a resource.
    fn reached(&mut self, one: &Reached, direct: &BTreeMap<String, usize>) {
        let numbers = self.numbers();
        let before: Vec<String> = one.from.iter().filter_map(|id| numbers.get(id)).map(ToString::to_string).collect();
        let from = if before.is_empty() { String::new() } else { format!(" from {}", before.join(", ")) };
        let mut small = small(one.kind.as_deref(), one.environment.as_deref(), &one.subject.scope, one.administrator);
        if one.subject.kind == "identity" {
            let column = if one.from.iter().any(|id| direct.contains_key(id)) { 3 } else { 4 };
            let told = format!("{}; it can become it{from}", small.join(", "));
            self.entry("identity", &one.subject.name, &one.subject.id, told, one.state);
            let kind = if one.administrator { "administrator" } else { "identity" };
            self.node(column, &one.subject.name, &one.subject.id, small, kind, one.from.clone(), one.state);
        } else {
            let level = words::plain(&one.how);
            let told = format!("{}; up to {level}{from}", small.join(", "));
            self.entry("resource", &one.subject.name, &one.subject.id, told, one.state);
            small.insert(0, format!("up to {level}"));
            small.truncate(2);
            self.node(5, &one.subject.name, &one.subject.id, small, "resource", one.from.clone(), one.state);
        }
    }

    fn put(&mut self, column: usize, node: Node) {
        if let Some(nodes) = self.columns.get_mut(column) {
            if nodes.len() < BOXES {
                nodes.push(node);
            } else if let Some(more) = self.more.get_mut(column) {
                *more = more.saturating_add(1);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "what a box needs, each of another kind")]
    fn node(
        &mut self,
        column: usize,
        name: &str,
        id: &str,
        small: Vec<String>,
        kind: &'static str,
        from: Vec<String>,
        state: HopState,
    ) {
        let label = Label { name: named(name, id), small, kind };
        let n = self.entries.len();
        self.put(column, Node { id: id.to_owned(), n, label, from, state });
    }

    fn entry(&mut self, kind: &'static str, name: &str, id: &str, how: String, state: HopState) {
        let n = self.entries.len() + 1;
        self.entries.push(Entry { n, kind, name: named(name, id), id: human::brief(id), how, state: word!(state) });
    }

    /// The numbers of what is in the list, by id.
    fn numbers(&self) -> BTreeMap<String, usize> {
        self.entries.iter().map(|entry| (entry.id.clone(), entry.n)).collect()
    }

    pub(super) fn drawn(&self) -> Drawing {
        let mut drawing = Drawing::default();
        let used: Vec<usize> = (0..self.columns.len()).filter(|column| self.boxes(*column) > 0).collect();
        let lanes = self.lanes(&used);
        let height = |at: usize, column: usize| {
            let lanes = lanes.get(at).map_or(0, BTreeSet::len);
            self.boxes(column) + u32::try_from(lanes).unwrap_or(0) * LANE
        };
        let tallest = used.iter().enumerate().map(|(at, column)| height(at, *column)).max().unwrap_or(0);
        let centre = TOP + tallest / 2;
        let mut places = Places::default();
        let mut x = 1;
        for (at, column) in used.iter().enumerate() {
            let head = HEADS.get(*column).map_or("", |head| head).to_owned();
            drawing.texts.push(Words { x, y: 14, kind: "head", text: head });
            let mut y = TOP + (tallest - height(at, *column)) / 2;
            // Lines that pass by this column keep to the side that they come from.
            let passing = lanes.get(at).into_iter().flatten();
            let (above, below): (Vec<&str>, Vec<&str>) =
                passing.copied().partition(|from| places.boxes.get(from).is_some_and(|place| place.middle < centre));
            places.pass(&above, x, &mut y);
            for node in self.columns.get(*column).into_iter().flatten() {
                let made = node.label.placed(x, y, WIDTH, COLUMNS);
                let middle = y + made.height / 2;
                let lines = places.lines(&node.from, x, middle);
                drawing.lines.extend(lines.into_iter().map(|d| Line { d, state: word!(node.state) }));
                if node.n > 0 {
                    drawing.numbers.push(Words {
                        x: x + WIDTH - 4,
                        y: y + 5,
                        kind: "number",
                        text: node.n.to_string(),
                    });
                }
                y += made.height + BETWEEN;
                drawing.boxes.push(made);
                places.boxes.entry(&node.id).or_insert(Place { left: x, right: x + WIDTH, middle });
            }
            if let Some(more) = self.more.get(*column).filter(|more| **more > 0) {
                let small = vec![format!("and {} more", human::number(*more))];
                drawing.boxes.push(Label { name: String::new(), small, kind: "more" }.placed(x, y, WIDTH, COLUMNS));
                y += MORE + BETWEEN;
            }
            places.pass(&below, x, &mut y);
            x += WIDTH + ROOM;
        }
        (drawing.width, drawing.height) = (x - ROOM + 8, TOP + tallest + 4);
        drawing
    }

    /// How high the boxes of a column are, with the room between them.
    fn boxes(&self, column: usize) -> u32 {
        let boxes = self.columns.get(column).into_iter().flatten();
        let boxes: u32 = boxes.map(|node| node.label.height(COLUMNS) + BETWEEN).sum();
        boxes + if self.more.get(column).is_some_and(|more| *more > 0) { MORE + BETWEEN } else { 0 }
    }

    /// For each used column, the ids of boxes before it from which a line leads to a box behind it.
    fn lanes(&self, used: &[usize]) -> Vec<BTreeSet<&str>> {
        let nodes = |column: &usize| self.columns.get(*column).into_iter().flatten();
        let mut at: BTreeMap<&str, usize> = BTreeMap::new();
        let mut lanes = vec![BTreeSet::new(); used.len()];
        for (column, node) in used.iter().enumerate().flat_map(|(at, column)| nodes(column).map(move |node| (at, node)))
        {
            for from in &node.from {
                let Some(start) = at.get(from.as_str()) else { continue };
                for lane in lanes.iter_mut().take(column).skip(start + 1) {
                    lane.insert(from.as_str());
                }
            }
            at.entry(&node.id).or_insert(column);
        }
        lanes
    }
}

/// Where a box is.
#[derive(Debug, Clone, Copy)]
struct Place {
    left: u32,
    right: u32,
    middle: u32,
}

/// Where boxes are, and where the lines that start at one pass by columns.
#[derive(Debug, Default)]
struct Places<'a> {
    boxes: BTreeMap<&'a str, Place>,
    passes: BTreeMap<&'a str, Vec<(u32, u32)>>,
}

impl<'a> Places<'a> {
    /// Lets lines pass by a column.
    fn pass(&mut self, from: &[&'a str], x: u32, y: &mut u32) {
        for one in from {
            self.passes.entry(one).or_default().push((x, *y + LANE / 2 - BETWEEN / 2));
            *y += LANE;
        }
    }

    /// The lines to the left side of a box. Those within one column are drawn only where no other leads there.
    fn lines(&self, from: &[String], x: u32, middle: u32) -> Vec<String> {
        let beside = |id: &&String| self.boxes.get(id.as_str()).is_some_and(|place| place.left == x);
        let (within, before): (Vec<&String>, Vec<&String>) = from.iter().partition(beside);
        let lines: Vec<String> = before.into_iter().filter_map(|id| self.line(id, x, middle)).collect();
        if lines.is_empty() { within.into_iter().filter_map(|id| self.line(id, x, middle)).collect() } else { lines }
    }

    /// A line from the box of an id to the left side of another; none if the first is not drawn.
    fn line(&self, from: &str, x: u32, middle: u32) -> Option<String> {
        let start = self.boxes.get(from)?;
        if start.left == x {
            // In one column: around the left side.
            let side = x.saturating_sub(16);
            let (from, to) = (start.middle, x.saturating_sub(2));
            return Some(format!("M{x} {from} C{side} {from} {side} {middle} {to} {middle}"));
        }
        let mut d = format!("M{} {}", start.right, start.middle);
        let (mut at, mut height) = (start.right, start.middle);
        for (left, y) in self.passes.get(from).into_iter().flatten().filter(|(left, _)| *left < x) {
            let bend = u32::midpoint(at, *left);
            d.push_str(&format!(" C{bend} {height} {bend} {y} {left} {y} H{}", left + WIDTH));
            (at, height) = (left + WIDTH, *y);
        }
        let bend = u32::midpoint(at, x);
        d.push_str(&format!(" C{bend} {height} {bend} {middle} {} {middle}", x.saturating_sub(2)));
        Some(d)
    }
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
    [what, place].into_iter().filter(|text| !text.is_empty()).flat_map(|text| wrapped(&text, 60, 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::{AiCredential, AiIdentity, AiMore, SubjectRef};

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
        }
    }

    /// Ten identities, of which one has a credential, become one after the other, and reach ten resources each way.
    fn system() -> AiSystem {
        let used = |n| AiIdentity {
            subject: SubjectRef { id: format!("used:{n}"), ..subject("identity", n) },
            ..AiIdentity::default()
        };
        let proof = AiCredential {
            subject: subject("credential", 1),
            identity: Some("used:1".to_owned()),
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

    #[test]
    fn no_box_lies_on_another_and_no_line_crosses_one() {
        let layout = Layout::of(&system());
        let drawing = layout.drawn();
        assert_eq!(layout.entries.len(), 31);
        for (at, one) in drawing.boxes.iter().enumerate() {
            assert!(one.x + one.width <= drawing.width && one.y + one.height <= drawing.height, "{one:?}");
            for other in drawing.boxes.iter().skip(at + 1) {
                let apart = one.x + one.width <= other.x
                    || other.x + other.width <= one.x
                    || one.y + one.height <= other.y
                    || other.y + other.height <= one.y;
                assert!(apart, "{one:?} {other:?}");
            }
        }
        // A line that runs level past a column has no box of that column at its height.
        let mut passes = 0;
        for line in &drawing.lines {
            for piece in line.d.split(" H").skip(1) {
                let end: u32 = piece.split(' ').next().unwrap().parse().unwrap();
                let before = line.d.split(&format!(" H{end}")).next().unwrap();
                let y: u32 = before.rsplit(' ').next().unwrap().parse().unwrap();
                passes += 1;
                let crossed =
                    drawing.boxes.iter().find(|one| one.x + one.width == end && one.y < y && y < one.y + one.height);
                assert!(crossed.is_none(), "{} {crossed:?}", line.d);
            }
        }
        assert!(passes > 5, "{passes}");
    }

    #[test]
    fn what_is_left_out_of_a_column_is_counted_with_what_the_results_leave_out() {
        let drawing = Layout::of(&system()).drawn();
        let more: Vec<&str> = drawing
            .boxes
            .iter()
            .filter(|one| one.kind == "more")
            .flat_map(|one| &one.texts)
            .map(|one| one.text.as_str())
            .collect();
        // Four of ten identities, three of nine that follow the first, four of ten resources and three more.
        assert_eq!(more, ["and 4 more", "and 3 more", "and 7 more"]);
    }
}
