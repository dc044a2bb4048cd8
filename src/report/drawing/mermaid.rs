//! A picture for Mermaid: numbered nodes, and labels in which nothing acts.

use crate::base::drawing::{Kind, Picture, Stroke};
use crate::base::text::{shortened, shown};

/// The longest name that is written whole, in characters.
const NAME: usize = 48;

pub(super) fn draw(picture: &Picture) -> String {
    let mut out = format!("flowchart LR\n  %% {}\n", escaped(&shortened(&picture.title, 2 * NAME)));
    for (at, node) in picture.nodes.iter().enumerate() {
        let name = escaped(&shortened(&shown(&node.name), NAME));
        let below = [&node.under, &node.place].into_iter().filter(|text| !text.is_empty());
        let below = below.map(|text| escaped(&shortened(&shown(text), 2 * NAME)));
        let label = std::iter::once(name).chain(below).collect::<Vec<_>>().join("<br/>");
        let (open, close) = shape(node.kind);
        out.push_str(&format!("  n{at}{open}\"{label}\"{close}\n"));
    }
    for edge in &picture.edges {
        let arrow = if edge.stroke == Stroke::Solid { "-->" } else { "-.->" };
        let sure = if edge.stroke == Stroke::Dotted { ", possible" } else { "" };
        let label = escaped(&format!("{}{sure}", edge.label));
        out.push_str(&format!("  n{} {arrow}|\"{label}\"| n{}\n", edge.from, edge.to));
    }
    let dotted = picture.edges.iter().enumerate().filter(|(_, edge)| edge.stroke == Stroke::Dotted);
    let dotted: Vec<String> = dotted.map(|(at, _)| at.to_string()).collect();
    if !dotted.is_empty() {
        out.push_str(&format!("  linkStyle {} stroke-dasharray:2 4\n", dotted.join(",")));
    }
    if !picture.nodes.is_empty() {
        out.push_str("  style n0 stroke-width:3px\n");
    }
    for note in &picture.notes {
        out.push_str(&format!("  %% {}\n", escaped(note)));
    }
    out
}

fn shape(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Identity => ("[", "]"),
        Kind::Credential => (">", "]"),
        Kind::System => ("[[", "]]"),
        Kind::Resource => ("[(", ")]"),
        Kind::Tool => ("{{", "}}"),
        Kind::More | Kind::Other => ("(", ")"),
    }
}

/// Text of which only letters, digits, spaces and a few signs stand as they are; all else by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in shown(text).chars() {
        if c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | ',' | '…' | '·') {
            out.push(c);
        } else {
            out.push_str(&format!("#{};", u32::from(c)));
        }
    }
    out
}
