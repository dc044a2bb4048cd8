//! A picture for Graphviz.

use crate::base::drawing::{Kind, Picture, Stroke};
use crate::base::text::{shortened, shown};

/// The longest name that is written whole, in characters.
const NAME: usize = 48;

pub(super) fn draw(picture: &Picture) -> String {
    let mut out = String::from("digraph assize {\n  rankdir=LR;\n  node [fontname=\"sans-serif\", fontsize=11];\n");
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=9];\n  labelloc=t;\n");
    out.push_str(&format!("  label={};\n", quoted(&shortened(&shown(&picture.title), 2 * NAME))));
    for (at, node) in picture.nodes.iter().enumerate() {
        let name = escaped(&shortened(&shown(&node.name), NAME));
        let below = [&node.under, &node.place].into_iter().filter(|text| !text.is_empty());
        let below = below.map(|text| escaped(&shortened(&shown(text), 2 * NAME)));
        let label = std::iter::once(name).chain(below).collect::<Vec<_>>().join("\\n");
        let bold = if at == 0 { ", penwidth=2" } else { "" };
        let (shape, id) = (shape(node.kind), quoted(&node.id));
        out.push_str(&format!("  n{at} [label=\"{label}\", shape={shape}, tooltip={id}{bold}];\n"));
    }
    for edge in &picture.edges {
        let style = match edge.stroke {
            Stroke::Solid => "solid",
            Stroke::Dashed => "dashed",
            Stroke::Dotted => "dotted",
        };
        out.push_str(&format!("  n{} -> n{} [label={}, style={style}];\n", edge.from, edge.to, quoted(&edge.label)));
    }
    for note in &picture.notes {
        out.push_str(&format!("  // {}\n", shown(note)));
    }
    out.push_str("}\n");
    out
}

fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "box",
        Kind::Credential => "cds",
        Kind::System => "component",
        Kind::Resource => "cylinder",
        Kind::Tool => "hexagon",
        Kind::More | Kind::Other => "note",
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Text within quotes: a backslash and an entity are what they look like.
fn escaped(text: &str) -> String {
    shown(text).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}
