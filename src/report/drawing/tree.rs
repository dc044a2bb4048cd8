//! A picture as a tree of text, each hop with its number.

use crate::base::drawing::{Edge, Node, Picture, Stroke};
use crate::base::text::{shortened, shown};

/// The longest name that is written whole, in characters.
const NAME: usize = 80;
/// How many edges that are no part of the tree are written.
const OTHERS: usize = 40;
/// How deep lines are indented; what lies deeper is not moved further.
const DEEPEST: usize = 40;

pub(super) fn draw(picture: &Picture) -> String {
    let Some(first) = picture.nodes.first() else { return String::new() };
    let mut out = format!("{}\n\n{}\n", shown(&picture.title), node_text(first));
    let mut numbers: Vec<Option<usize>> = vec![None; picture.nodes.len()];
    let mut below: Vec<Vec<(usize, &Edge)>> = vec![Vec::new(); picture.nodes.len()];
    for edge in picture.edges.iter().filter(|edge| edge.tree) {
        let (near, far) = if picture.inward { (edge.to, edge.from) } else { (edge.from, edge.to) };
        if let Some(children) = below.get_mut(near) {
            children.push((far, edge));
        }
    }
    // An own stack, since a way may be as long as there are nodes.
    let mut stack: Vec<(usize, &Edge, Vec<bool>)> = Vec::new();
    push(&mut stack, below.first().map_or(&[], Vec::as_slice), &[]);
    let mut number = 0;
    while let Some((node, edge, lasts)) = stack.pop() {
        number += 1;
        if let Some(known) = numbers.get_mut(node) {
            *known = Some(number);
        }
        let skipped = lasts.len().saturating_sub(DEEPEST);
        for (at, last) in lasts.iter().enumerate().skip(skipped) {
            out.push_str(match (at + 1 == lasts.len(), last) {
                (true, true) => "└─ ",
                (true, false) => "├─ ",
                (false, true) => "   ",
                (false, false) => "│  ",
            });
        }
        let arrow = if picture.inward { "←" } else { "→" };
        let name = picture.nodes.get(node).map(node_text).unwrap_or_default();
        out.push_str(&format!("{number}. {} {arrow} {name}{}\n", shown(&edge.label), sure(edge.stroke)));
        push(&mut stack, below.get(node).map_or(&[], Vec::as_slice), &lasts);
    }
    if number == 0 {
        out.push_str("└─ nothing that is known by name\n");
    }
    others(picture, &numbers, &mut out);
    for note in &picture.notes {
        out.push_str(&format!("\n{}\n", shown(note)));
    }
    out
}

type Stacked<'a> = (usize, &'a Edge, Vec<bool>);

fn push<'a>(stack: &mut Vec<Stacked<'a>>, children: &[(usize, &'a Edge)], lasts: &[bool]) {
    for (at, (far, edge)) in children.iter().enumerate().rev() {
        stack.push((*far, edge, lasts.iter().copied().chain([at + 1 == children.len()]).collect()));
    }
}

fn node_text(node: &Node) -> String {
    let told = [&node.under, &node.place].into_iter().filter(|text| !text.is_empty());
    let told: Vec<_> = told.map(|text| shown(text)).collect();
    let under = if told.is_empty() { String::new() } else { format!("  ({})", told.join(" · ")) };
    format!("{}{under}", shortened(&shown(&node.name), NAME))
}

fn sure(stroke: Stroke) -> String {
    if stroke == Stroke::Solid { String::new() } else { format!("  {}", stroke.meaning()) }
}

/// The edges between nodes of the tree that are no part of it, by the numbers of the hops.
fn others(picture: &Picture, numbers: &[Option<usize>], out: &mut String) {
    let others: Vec<&Edge> = picture.edges.iter().filter(|edge| !edge.tree).collect();
    if others.is_empty() {
        return;
    }
    let name = |node: usize| {
        let name = picture.nodes.get(node).map_or("", |node| node.name.as_str());
        let number = numbers.get(node).copied().flatten().map(|number| format!("{number}. ")).unwrap_or_default();
        format!("{number}{}", shortened(&shown(name), NAME))
    };
    out.push_str("\nbeside that\n");
    for edge in others.iter().take(OTHERS) {
        out.push_str(&format!(
            "   {} → {}  {}{}\n",
            name(edge.from),
            name(edge.to),
            shown(&edge.label),
            sure(edge.stroke)
        ));
    }
    if others.len() > OTHERS {
        out.push_str(&format!("   and {} more\n", others.len() - OTHERS));
    }
}
