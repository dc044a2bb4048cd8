//! Where everything of a picture goes.

use std::collections::VecDeque;

use super::letters::{NAME, SMALL, wrapped};
use super::{Edge, Node, Picture};

/// How a picture is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// From left to right with broad boxes: a picture that has a page to itself.
    Wide,
    /// From left to right with narrow boxes, within a page of text.
    Narrow,
    /// From top to bottom, beside a list: what follows another stands beneath it.
    Down,
}

impl Form {
    /// How wide a box is.
    #[must_use]
    pub fn node(self) -> i64 {
        match self {
            Self::Wide => 248,
            Self::Narrow => 176,
            Self::Down => 318,
        }
    }

    /// The room between a box and the next, in which the labels stand.
    #[must_use]
    pub fn gap(self) -> i64 {
        match self {
            Self::Wide => 148,
            Self::Narrow => 96,
            Self::Down => 42,
        }
    }

    /// The most lines of a name.
    fn names(self) -> usize {
        if self == Self::Narrow { 3 } else { 2 }
    }
}

/// A box, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Box {
    /// Its left side.
    pub x: i64,
    /// Its upper side.
    pub y: i64,
    /// How wide it is.
    pub width: i64,
    /// How high it is.
    pub height: i64,
}

impl Box {
    fn middle(self) -> i64 {
        self.y + self.height / 2
    }
}

/// Where the ends of an edge are, in pixels.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Line {
    /// Where it starts.
    pub from: (i64, i64),
    /// Where it ends; its label stands to the left of here, or beside the middle of a line downwards.
    pub to: (i64, i64),
}

/// Where everything goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layout {
    /// How wide all of it is.
    pub width: i64,
    /// How high all of it is.
    pub height: i64,
    /// One box a node.
    pub boxes: Vec<Box>,
    /// One line an edge.
    pub lines: Vec<Line>,
    /// What stands in each box.
    pub texts: Vec<Texts>,
}

/// What is written into a box, line by line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// The name.
    pub name: Vec<String>,
    /// What stands below it.
    pub below: Vec<String>,
}

impl Texts {
    fn of(node: &Node, form: Form) -> Self {
        let room = form.node() - left(node) - RIGHT;
        let below = [&node.under, &node.place].into_iter().flat_map(|text| wrapped(text, SMALL, room, 2));
        Self { name: wrapped(&node.name, NAME, room, form.names()), below: below.collect() }
    }

    fn height(&self) -> i64 {
        let count = |lines: &[String]| i64::try_from(lines.len()).unwrap_or(0);
        2 * PAD + count(&self.name) * NAME_LINE + count(&self.below) * LINE
    }
}

/// Where the text of a box begins, from its left side: a number stands before it, so that it covers nothing.
#[must_use]
pub fn left(node: &Node) -> i64 {
    match node.number {
        0 => 13,
        1..=99 => 34,
        _ => 42,
    }
}

/// The room to the right of a text in a box.
const RIGHT: i64 = 9;
/// The room above and below it.
pub const PAD: i64 = 7;
/// How high a line of a name is, and a line below it.
pub const NAME_LINE: i64 = 16;
/// How high a line below a name is.
pub const LINE: i64 = 14;
/// How high each edge is that leads to a node, so that its label has room.
const PORT: i64 = 20;
/// The most that is added to it between columns of many nodes.
const WIDER: i64 = 120;
/// How far an edge bows out that leads back, or beside.
pub const BOW: i64 = 72;
/// The room between nodes of a column.
const BETWEEN: i64 = 14;
/// Where steps downwards run, from the left side of the boxes.
const SIDE: i64 = 24;
/// How often the order of columns is worked over.
const SWEEPS: usize = 6;

impl Layout {
    /// The layout of a picture: columns by distance from the first node, each in the order of what it is joined to;
    /// or, downwards, one node beneath the other.
    #[must_use]
    pub fn of(picture: &Picture, form: Form) -> Self {
        let texts: Vec<Texts> = picture.nodes.iter().map(|node| Texts::of(node, form)).collect();
        if form == Form::Down {
            return Self::down(picture, texts);
        }
        let ranks = ranks(picture);
        let mut columns: Vec<Vec<usize>> = Vec::new();
        for (node, rank) in ranks.iter().enumerate() {
            if columns.len() <= *rank {
                columns.resize(rank + 1, Vec::new());
            }
            if let Some(column) = columns.get_mut(*rank) {
                column.push(node);
            }
        }
        order(picture, &mut columns);
        let heights: Vec<i64> = texts.iter().map(Texts::height).collect();
        let mut boxes = placed(picture, &columns, &heights, form);
        let top = boxes.iter().map(|one| one.y).min().unwrap_or(0);
        for one in &mut boxes {
            one.y -= top;
        }
        let lines = lines(picture, &boxes);
        let bows = lines.iter().filter(|line| line.to.0 <= line.from.0).map(|line| line.from.0 + BOW);
        Self {
            width: boxes.iter().map(|one| one.x + one.width).chain(bows).max().unwrap_or(0),
            height: boxes.iter().map(|one| one.y + one.height).max().unwrap_or(0),
            boxes,
            lines,
            texts,
        }
    }

    fn down(picture: &Picture, texts: Vec<Texts>) -> Self {
        let mut boxes = Vec::with_capacity(texts.len());
        let mut y = 0;
        for text in &texts {
            let placed = Box { x: 0, y, width: Form::Down.node(), height: text.height() };
            y += placed.height + Form::Down.gap();
            boxes.push(placed);
        }
        let of = |node: usize| boxes.get(node).copied().unwrap_or_default();
        let line = |edge: &Edge| {
            let (from, to) = (of(edge.from), of(edge.to));
            Line { from: (SIDE, from.y + from.height), to: (SIDE, to.y) }
        };
        Self {
            width: if boxes.is_empty() { 0 } else { Form::Down.node() },
            height: (y - Form::Down.gap()).max(0),
            lines: picture.edges.iter().map(line).collect(),
            boxes,
            texts,
        }
    }
}

/// The column of each node, by its distance from the first; of a picture whose edges lead to the first, from the right.
fn ranks(picture: &Picture) -> Vec<usize> {
    let mut distance: Vec<Option<usize>> = vec![None; picture.nodes.len()];
    let mut queue = VecDeque::from([(0, 0)]);
    if let Some(first) = distance.first_mut() {
        *first = Some(0);
    }
    while let Some((node, steps)) = queue.pop_front() {
        for edge in &picture.edges {
            let (near, far) = if picture.inward { (edge.to, edge.from) } else { (edge.from, edge.to) };
            if near == node
                && let Some(known) = distance.get_mut(far)
                && known.is_none()
            {
                *known = Some(steps + 1);
                queue.push_back((far, steps + 1));
            }
        }
    }
    let furthest = distance.iter().flatten().max().copied().unwrap_or(0);
    let rank = |distance: Option<usize>| match distance {
        Some(steps) if picture.inward => furthest - steps,
        Some(steps) => steps,
        None => 0,
    };
    distance.into_iter().map(rank).collect()
}

/// Brings the nodes of each column near to those of the columns beside it that they are joined to.
fn order(picture: &Picture, columns: &mut [Vec<usize>]) {
    let mut joined: Vec<Vec<usize>> = vec![Vec::new(); picture.nodes.len()];
    for edge in &picture.edges {
        for (one, other) in [(edge.from, edge.to), (edge.to, edge.from)] {
            if let Some(known) = joined.get_mut(one) {
                known.push(other);
            }
        }
    }
    for sweep in 0..SWEEPS {
        let backward = sweep % 2 == 1;
        let count = columns.len();
        for step in 1..count {
            let (at, beside) = if backward { (count - 1 - step, count - step) } else { (step, step - 1) };
            let mut place: Vec<Option<i64>> = vec![None; picture.nodes.len()];
            for (position, node) in (0_i64..).zip(columns.get(beside).into_iter().flatten()) {
                if let Some(known) = place.get_mut(*node) {
                    *known = Some(position);
                }
            }
            let Some(column) = columns.get_mut(at) else { continue };
            let size = i64::try_from(column.len()).unwrap_or(i64::MAX).max(1);
            let mut wanted: Vec<(i64, i64, usize)> = Vec::with_capacity(column.len());
            for (own, node) in (0_i64..).zip(column.iter()) {
                let beside = joined.get(*node).into_iter().flatten();
                let places: Vec<i64> = beside.filter_map(|other| place.get(*other).copied().flatten()).collect();
                let count = i64::try_from(places.len()).unwrap_or(1);
                let mean =
                    if places.is_empty() { own * 1000 / size } else { places.iter().sum::<i64>() * 1000 / count };
                wanted.push((mean, own, *node));
            }
            wanted.sort_unstable();
            *column = wanted.into_iter().map(|(.., node)| node).collect();
        }
    }
}

/// The box of each node: a column as near as can be to what stands before it.
fn placed(picture: &Picture, columns: &[Vec<usize>], heights: &[i64], form: Form) -> Vec<Box> {
    let mut boxes = vec![Box::default(); picture.nodes.len()];
    let mut incoming = vec![0_i64; picture.nodes.len()];
    for edge in &picture.edges {
        if let Some(count) = incoming.get_mut(edge.to) {
            *count += 1;
        }
    }
    let mut x = 0;
    for (at, column) in columns.iter().enumerate() {
        let mut stacked: Vec<(usize, i64, i64)> = Vec::with_capacity(column.len());
        let (mut next, mut off) = (i64::MIN / 4, 0_i64);
        for node in column {
            let own = heights.get(*node).copied().unwrap_or(0);
            let height = (incoming.get(*node).copied().unwrap_or(0) * PORT).max(own);
            let before = picture.edges.iter().filter_map(|edge| {
                let other = if edge.to == *node { edge.from } else { edge.to };
                let joined = edge.to == *node || edge.from == *node;
                let earlier = columns.iter().take(at).any(|column| column.contains(&other));
                (joined && earlier).then(|| boxes.get(other).copied().unwrap_or_default().middle())
            });
            let before: Vec<i64> = before.collect();
            let count = i64::try_from(before.len()).unwrap_or(1);
            let wanted = if before.is_empty() { 0 } else { before.iter().sum::<i64>() / count } - height / 2;
            let y = wanted.max(next);
            off += y - wanted;
            next = y + height + BETWEEN;
            stacked.push((*node, y, height));
        }
        // What was pushed down is brought back by half for all, so that a column hangs around what it is joined to.
        let back = off / i64::try_from(column.len()).unwrap_or(1).max(1);
        for (node, y, height) in stacked {
            if let Some(place) = boxes.get_mut(node) {
                *place = Box { x, y: y - back, width: form.node(), height };
            }
        }
        // Where many edges fan out, a wider gap keeps them apart.
        let next = columns.get(at + 1).map_or(0, Vec::len).max(column.len());
        let wider = if form == Form::Wide { WIDER } else { WIDER / 4 };
        x += form.node() + form.gap() + i64::try_from(next).unwrap_or(wider).min(wider);
    }
    boxes
}

/// The ends of each edge: those that lead to one node come in below one another, in the order of where they start.
fn lines(picture: &Picture, boxes: &[Box]) -> Vec<Line> {
    let of = |node: usize| boxes.get(node).copied().unwrap_or_default();
    let mut lines = vec![Line::default(); picture.edges.len()];
    let mut by_end: Vec<Vec<(i64, usize)>> = vec![Vec::new(); boxes.len()];
    for (at, edge) in picture.edges.iter().enumerate() {
        if let Some(ends) = by_end.get_mut(edge.to) {
            ends.push((of(edge.from).middle(), at));
        }
    }
    for (node, ends) in by_end.iter_mut().enumerate() {
        ends.sort_unstable();
        let count = i64::try_from(ends.len()).unwrap_or(0);
        for (port, (middle, at)) in (1_i64..).zip(ends.iter()) {
            let (end, edge) = (of(node), picture.edges.get(*at));
            let from = edge.map_or(0, |edge| of(edge.from).x + of(edge.from).width);
            if let Some(line) = lines.get_mut(*at) {
                *line = Line { from: (from, *middle), to: (end.x, end.y + end.height * port / (count + 1)) };
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(nodes: usize, edges: &[(usize, usize)]) -> Picture {
        let edge = |(from, to): &(usize, usize)| Edge { from: *from, to: *to, ..Edge::default() };
        Picture { nodes: vec![Node::default(); nodes], edges: edges.iter().map(edge).collect(), ..Picture::default() }
    }

    /// No two boxes of a layout share a point.
    fn apart(layout: &Layout) -> bool {
        let over = |a: &Box, b: &Box| {
            a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
        };
        (0..layout.boxes.len()).all(|one| (0..one).all(|other| !over(&layout.boxes[one], &layout.boxes[other])))
    }

    #[test]
    fn boxes_lie_apart_and_within() {
        let star: Vec<(usize, usize)> = (1..200).map(|to| (if to % 7 == 0 { 0 } else { to / 2 }, to)).collect();
        for edges in [&star[..], &[(0, 1), (1, 2), (2, 0), (1, 1)], &[]] {
            for form in [Form::Wide, Form::Narrow, Form::Down] {
                let layout = Layout::of(&picture(200, edges), form);
                assert!(apart(&layout));
                let inside = |one: &Box| {
                    one.x >= 0 && one.y >= 0 && one.x + one.width <= layout.width && one.y + one.height <= layout.height
                };
                assert!(layout.boxes.iter().all(inside));
            }
        }
    }

    #[test]
    fn what_leads_to_the_first_stands_left_of_it() {
        let mut inward = picture(3, &[(1, 0), (2, 1)]);
        inward.inward = true;
        let x: Vec<i64> = Layout::of(&inward, Form::Wide).boxes.iter().map(|one| one.x).collect();
        assert!(x[2] < x[1] && x[1] < x[0], "{x:?}");
    }

    #[test]
    fn edges_into_one_node_end_at_different_heights() {
        let layout = Layout::of(&picture(4, &[(0, 1), (0, 2), (1, 3), (2, 3)]), Form::Narrow);
        let ends: Vec<i64> = layout.lines.iter().skip(2).map(|line| line.to.1).collect();
        assert!((ends[0] - ends[1]).abs() >= 12, "{ends:?}");
    }

    #[test]
    fn edges_to_nowhere_do_no_harm() {
        assert_eq!(Layout::of(&picture(1, &[(0, 9), (9, 0), (7, 8)]), Form::Wide).boxes.len(), 1);
        assert_eq!(Layout::of(&Picture::default(), Form::Down).width, 0);
    }
}
