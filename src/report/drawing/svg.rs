//! A picture as SVG, by itself: no script, no reference to anything outside, colours for light and dark screens.

use crate::base::drawing::{BOW, GAP, LINE, Layout, Line, NODE, Picture, Stroke};
use crate::base::text::{shortened, shown};
use crate::report::escape;

/// The room around the drawing.
const MARGIN: i64 = 24;
/// The height of the title above it.
const TITLE: i64 = 44;
/// The height of a line of the legend and the notes below it.
const LEGEND: i64 = 20;
/// The room for text in a node, and for a label before it, in pixels.
const TEXT: i64 = NODE - 22;
const LABEL: i64 = GAP - 24;

/// The style of all drawings. Names begin with `az-`, so that a page may hold one among other things.
const STYLE: &str = ".az-drawing{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;--paper:#fff;--ink:#1f2430;--soft:#5b6475;--line:#6b7487;\
--identity:#2f5fb3;--credential:#9a6200;--system:#7a3ea6;--resource:#16754f;--tool:#0f6f86;--other:#5b6475;--fill:#f6f7f9}\
@media(prefers-color-scheme:dark){.az-drawing{--paper:#14171c;--ink:#e7eaf0;--soft:#a3acbc;--line:#8b94a6;\
--identity:#7da7f2;--credential:#e0b060;--system:#c79bf0;--resource:#63cba0;--tool:#62c6dd;--other:#a3acbc;--fill:#1d2128}}\
.az-paper{fill:var(--paper)}.az-title{font-size:16px;font-weight:600;fill:var(--ink)}\
.az-name{font-size:13px;font-weight:600;fill:var(--ink)}.az-under,.az-note{font-size:11px;fill:var(--soft)}\
.az-label{font-size:11px;fill:var(--ink);stroke:var(--paper);stroke-width:3px;paint-order:stroke}\
.az-node{fill:var(--fill);stroke:var(--line)}.az-first{stroke-width:2.5px}\
.az-edge{fill:none;stroke:var(--line);stroke-width:1.4px}.az-head{fill:var(--line)}\
.az-line:hover .az-edge{stroke:var(--ink);stroke-width:3px}\
.az-dashed{stroke-dasharray:7 4}.az-dotted{stroke-dasharray:1.5 4;stroke-linecap:round}\
.az-identity{fill:var(--identity)}.az-credential{fill:var(--credential)}.az-system{fill:var(--system)}\
.az-resource{fill:var(--resource)}.az-tool{fill:var(--tool)}.az-other{fill:var(--other)}";

pub(super) fn draw(picture: &Picture) -> String {
    let layout = Layout::of(picture);
    let strokes: Vec<Stroke> = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted]
        .into_iter()
        .filter(|stroke| picture.edges.iter().any(|edge| edge.stroke == *stroke))
        .collect();
    let foot = i64::try_from(picture.notes.len() + usize::from(!strokes.is_empty())).unwrap_or(0) * LEGEND;
    let width = (layout.width + 2 * MARGIN).max(520);
    let height = layout.height + TITLE + foot + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"az-drawing\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    let title = xml(&shortened(&shown(&picture.title), 160));
    out.push_str(&format!(
        "<title>{title}</title>\n<desc>{}</desc>\n<style>{STYLE}</style>\n",
        xml(&picture.description)
    ));
    out.push_str(&format!("<rect class=\"az-paper\" width=\"{width}\" height=\"{height}\"/>\n"));
    out.push_str(&format!(
        "<text class=\"az-title\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n",
        MARGIN + 14,
        xml(&shortened(&shown(&picture.title), 60))
    ));
    out.push_str(&format!("<g transform=\"translate({MARGIN} {})\">\n", MARGIN + TITLE));
    edges(picture, &layout, &mut out);
    nodes(picture, &layout, &mut out);
    labels(picture, &layout, &mut out);
    out.push_str("</g>\n");
    let mut y = layout.height + TITLE + MARGIN + LEGEND + 4;
    if !strokes.is_empty() {
        legend(&strokes, y, &mut out);
        y += LEGEND;
    }
    for note in &picture.notes {
        out.push_str(&format!("<text class=\"az-note\" x=\"{MARGIN}\" y=\"{y}\">{}</text>\n", xml(note)));
        y += LEGEND;
    }
    out.push_str("</svg>\n");
    out
}

/// Text in XML. What no XML may hold, and is no character, is written out as what acts is.
fn xml(text: &str) -> String {
    escape::html(text).replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}")
}

fn class(stroke: Stroke) -> &'static str {
    match stroke {
        Stroke::Solid => "az-edge",
        Stroke::Dashed => "az-edge az-dashed",
        Stroke::Dotted => "az-edge az-dotted",
    }
}

fn edges(picture: &Picture, layout: &Layout, out: &mut String) {
    for (edge, line) in picture.edges.iter().zip(&layout.lines) {
        let Line { from: (x, y), to: (end, height) } = *line;
        // An edge back or beside makes a wider bow, so that it is seen as one.
        let bow = if end > x { (end - x) / 2 } else { BOW };
        let tip = end - 7;
        let name = |node: usize| picture.nodes.get(node).map_or("", |node| node.name.as_str());
        let told = format!("{} → {}: {}, {}", name(edge.from), name(edge.to), edge.label, edge.stroke.meaning());
        out.push_str(&format!("<g class=\"az-line\"><title>{}</title>", xml(&told)));
        out.push_str(&format!(
            "<path class=\"{}\" d=\"M{x} {y}C{} {y} {} {height} {tip} {height}\"/><path class=\"az-head\" d=\"M{tip} {}L{end} {height}L{tip} {}z\"/></g>\n",
            class(edge.stroke),
            x + bow,
            tip - bow,
            height - 4,
            height + 4
        ));
    }
}

fn labels(picture: &Picture, layout: &Layout, out: &mut String) {
    for (edge, line) in picture.edges.iter().zip(&layout.lines) {
        let text = shown(&edge.label);
        out.push_str(&format!(
            "<text class=\"az-label\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\n",
            line.to.0 - 11,
            line.to.1 - 4,
            xml(&fitted(&text, 11, LABEL))
        ));
    }
}

fn nodes(picture: &Picture, layout: &Layout, out: &mut String) {
    for (at, (node, place)) in picture.nodes.iter().zip(&layout.boxes).enumerate() {
        let first = if at == 0 { " az-first" } else { "" };
        let name = shown(&node.name);
        let below = [&node.under, &node.place].into_iter().filter(|text| !text.is_empty());
        let below: Vec<_> = below.map(|text| shown(text)).collect();
        let middle = place.y + place.height / 2;
        let line = middle + 5 - i64::try_from(below.len()).unwrap_or(0) * LINE / 2;
        out.push_str(&format!(
            "<g><title>{} ({})</title><rect class=\"az-node{first}\" x=\"{}\" y=\"{}\" width=\"{NODE}\" height=\"{}\" rx=\"5\"/>",
            xml(&name),
            xml(&node.id),
            place.x,
            place.y,
            place.height
        ));
        out.push_str(&format!(
            "<rect class=\"az-{}\" x=\"{}\" y=\"{}\" width=\"5\" height=\"{}\" rx=\"2\"/>",
            node.kind.name(),
            place.x,
            place.y,
            place.height
        ));
        out.push_str(&format!(
            "<text class=\"az-name\" x=\"{}\" y=\"{line}\">{}</text>",
            place.x + 13,
            xml(&fitted(&name, 14, TEXT))
        ));
        for (at, text) in (1_i64..).zip(&below) {
            out.push_str(&format!(
                "<text class=\"az-under\" x=\"{}\" y=\"{}\">{}</text>",
                place.x + 13,
                line + at * LINE,
                xml(&fitted(text, 11, TEXT))
            ));
        }
        out.push_str("</g>\n");
    }
}

/// Text that has room in so many pixels, by a guess of how wide its letters are; what has not is cut, with an ellipsis.
fn fitted(text: &str, size: i64, room: i64) -> String {
    let width = |c: char| match c {
        'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '/'
        | '·' => 42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 95,
        'A'..='Z' | '#' | '&' | '+' | '=' | '_' | '<' | '>' | '~' => 76,
        c if c.is_ascii() => 63,
        _ => 105,
    };
    let all = room * 100 / size.max(1);
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += width(c);
        if used > all {
            let kept = text.get(..at).unwrap_or("");
            let kept = kept.get(..kept.char_indices().next_back().map_or(0, |(last, _)| last)).unwrap_or("");
            return format!("{}…", kept.trim_end());
        }
    }
    text.to_owned()
}

fn legend(strokes: &[Stroke], y: i64, out: &mut String) {
    for (at, stroke) in (0_i64..).zip(strokes) {
        let x = MARGIN + at * 120;
        out.push_str(&format!(
            "<path class=\"{}\" d=\"M{x} {}h32\"/><text class=\"az-note\" x=\"{}\" y=\"{y}\">{}</text>\n",
            class(*stroke),
            y - 4,
            x + 40,
            stroke.meaning()
        ));
    }
}
