//! What a drawing is made of, as SVG: lines, boxes, labels and numbers at the places that a layout gives them.

use std::fmt::Write as _;

use super::svg::xml;
use crate::base::drawing::letters::{SMALL, fitted};
use crate::base::drawing::{
    BOW, Box, Edge, Form, LINE, Layout, Line, NAME_LINE, Node, PAD, Picture, Stroke, Texts, left,
};
use crate::base::text::shown;

/// The room around a label.
const AROUND: i64 = 22;

/// Lines first, so that boxes lie on them; then boxes, then labels.
pub(super) fn draw(picture: &Picture, layout: &Layout, form: Form, out: &mut String) {
    let told = form != Form::Down;
    for (edge, line) in picture.edges.iter().zip(&layout.lines) {
        if told {
            let name = |node: usize| picture.nodes.get(node).map_or("", |node| node.name.as_str());
            let told = format!("{} → {}: {}, {}", name(edge.from), name(edge.to), edge.label, edge.sureness());
            let _ = write!(out, "<g class=\"az-line\"><title>{}</title>", xml(&told));
        }
        step(edge, *line, form, out);
        out.push_str(if told { "</g>\n" } else { "\n" });
    }
    for (at, ((node, place), texts)) in picture.nodes.iter().zip(&layout.boxes).zip(&layout.texts).enumerate() {
        if told {
            let id = if node.id.is_empty() { String::new() } else { format!(" ({})", shown(&node.id)) };
            let _ = write!(out, "<g><title>{}{}</title>", xml(&node.name), xml(&id));
        }
        drawn(node, *place, texts, at == 0, out);
        out.push_str(if told { "</g>\n" } else { "\n" });
    }
    for (edge, line) in picture.edges.iter().zip(&layout.lines) {
        label(edge, *line, form, out);
    }
}

/// The classes of a line.
pub(super) fn class(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Solid => "az-edge",
        Stroke::Dashed => "az-edge az-dashed",
        Stroke::Dotted => "az-edge az-dotted",
    }
}

fn step(edge: &Edge, line: Line, form: Form, out: &mut String) {
    let Line { from: (x, y), to: (end, height) } = line;
    let class = class(edge.stroke);
    if form == Form::Down {
        let tip = height - 7;
        let _ = write!(
            out,
            "<path class=\"{class}\" d=\"M{x} {y}L{end} {tip}\"/><path class=\"az-head\" d=\"M{} {tip}L{end} {height}L{} {tip}z\"/>",
            end - 4,
            end + 4
        );
        return;
    }
    // An edge back or beside makes a wider bow, so that it is seen as one.
    let bow = if end > x { (end - x) / 2 } else { BOW };
    let tip = end - 7;
    let _ = write!(
        out,
        "<path class=\"{class}\" d=\"M{x} {y}C{} {y} {} {height} {tip} {height}\"/><path class=\"az-head\" d=\"M{tip} {}L{end} {height}L{tip} {}z\"/>",
        x + bow,
        tip - bow,
        height - 4,
        height + 4
    );
}

fn label(edge: &Edge, line: Line, form: Form, out: &mut String) {
    let Line { from: (x, y), to: (end, height) } = line;
    if form == Form::Down {
        let middle = i64::midpoint(y, height - 3);
        let mut text = x + 10;
        if edge.number > 0 {
            number(edge.number, x, middle, out);
            text = x + 17;
        }
        let _ = writeln!(
            out,
            "<text class=\"az-under\" x=\"{text}\" y=\"{}\">{}</text>",
            middle + 4,
            xml(&fitted(&edge.label, SMALL, form.node() - text))
        );
        return;
    }
    let _ = writeln!(
        out,
        "<text class=\"az-label\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
        end - 11,
        height - 4,
        xml(&fitted(&edge.label, SMALL, form.gap() - AROUND))
    );
}

fn drawn(node: &Node, place: Box, texts: &Texts, first: bool, out: &mut String) {
    let kind = node.kind.name();
    let first = if first { " az-first" } else { "" };
    let strong = if node.strong { " az-strong" } else { "" };
    let Box { x, y, width, height } = place;
    let _ = write!(
        out,
        "<rect class=\"az-node az-{kind}{first}{strong}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"3\"/>"
    );
    let count = |lines: &[String]| i64::try_from(lines.len()).unwrap_or(0);
    let written = count(&texts.name) * NAME_LINE + count(&texts.below) * LINE;
    let mut base = y + (height - written) / 2;
    if node.number > 0 {
        number(node.number, x + (left(node) - 6) / 2 + 2, base + PAD + 1, out);
    }
    let left = x + left(node);
    for text in &texts.name {
        base += NAME_LINE;
        let _ = write!(out, "<text class=\"az-name\" x=\"{left}\" y=\"{}\">{}</text>", base - 4, xml(text));
    }
    for text in &texts.below {
        base += LINE;
        let _ = write!(out, "<text class=\"az-under\" x=\"{left}\" y=\"{}\">{}</text>", base - 4, xml(text));
    }
}

/// A number of the list that says the same in words.
fn number(n: u32, x: i64, y: i64, out: &mut String) {
    let half = if n < 100 { 9 } else { 13 };
    let _ = write!(
        out,
        "<rect class=\"az-dot\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"18\" rx=\"9\"/><text class=\"az-number\" x=\"{x}\" y=\"{}\">{n}</text>",
        x - half,
        y - 9,
        2 * half,
        y + 4
    );
}
