//! A picture as SVG: by itself, for a file, or as a part of a page of HTML. No script, no reference to anything outside.

use std::borrow::Cow;

use super::shapes;
use crate::base::drawing::letters::{SMALL, fitted};
use crate::base::drawing::{Form, Layout, Picture, Stroke};
use crate::base::text::{shortened, shown};
use crate::report::escape;

/// The style of all drawings, which a page puts among its own. What it names by `var` a page has to define.
pub const STYLE: &str = include_str!("../../../templates/html/drawing.css");
/// What those names stand for in a file of its own.
const ALONE: &str = ".az-alone{font-family:system-ui,-apple-system,'Segoe UI',sans-serif;--page:#fdfdfc;--ink:#1b1f24;--quiet:#545c66;--tint:#f3f5f7;--accent:#1c4f8f}\n\
@media(prefers-color-scheme:dark){.az-alone{--page:#14171b;--ink:#e5e8ec;--quiet:#a6afba;--tint:#1d2228;--accent:#8fb8f2}}\n";
/// The room around the drawing.
const MARGIN: i64 = 24;
/// The height of the title above it.
const TITLE: i64 = 44;
/// The height of a line of the legend and the notes below it.
const LEGEND: i64 = 20;
/// The width from which a drawing in a page is made smaller rather than let a page be broad.
const BROAD: i64 = 760;

/// The picture as a file of its own, with its title, a legend and what it leaves out.
pub(super) fn draw(picture: &Picture) -> String {
    let layout = Layout::of(picture, Form::Wide);
    let strokes: Vec<Stroke> = [Stroke::Solid, Stroke::Dashed, Stroke::Dotted]
        .into_iter()
        .filter(|stroke| picture.edges.iter().any(|edge| edge.stroke == *stroke))
        .collect();
    let foot = i64::try_from(picture.notes.len() + usize::from(!strokes.is_empty())).unwrap_or(0) * LEGEND;
    let width = (layout.width + 2 * MARGIN).max(520);
    let height = layout.height + TITLE + foot + 2 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"az-drawing az-alone\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n"
    );
    let title = shown(&picture.title);
    let title = shortened(&title, 160);
    let title = xml(&title);
    out.push_str(&format!(
        "<title>{title}</title>\n<desc>{}</desc>\n<style>{ALONE}{STYLE}</style>\n",
        xml(&picture.description)
    ));
    out.push_str(&format!("<rect class=\"az-paper\" width=\"{width}\" height=\"{height}\"/>\n"));
    out.push_str(&format!(
        "<text class=\"az-title\" x=\"{MARGIN}\" y=\"{}\">{}</text>\n",
        MARGIN + 14,
        xml(&shortened(&shown(&picture.title), 60))
    ));
    out.push_str(&format!("<g transform=\"translate({MARGIN} {})\">\n", MARGIN + TITLE));
    shapes::draw(picture, &layout, Form::Wide, &mut out);
    out.push_str("</g>\n");
    let mut y = layout.height + TITLE + MARGIN + LEGEND + 4;
    if !strokes.is_empty() {
        legend(&strokes, y, &mut out);
        y += LEGEND;
    }
    for note in &picture.notes {
        let note = fitted(note, SMALL, width - 2 * MARGIN);
        out.push_str(&format!("<text class=\"az-note\" x=\"{MARGIN}\" y=\"{y}\">{}</text>\n", xml(&note)));
        y += LEGEND;
    }
    out.push_str("</svg>\n");
    out
}

/// The picture as a part of a page that has [`STYLE`]; nothing, if there is nothing in it.
pub(in crate::report) fn within(picture: &Picture, form: Form) -> String {
    if picture.nodes.is_empty() {
        return String::new();
    }
    let layout = Layout::of(picture, form);
    let (width, height) = (layout.width + 4, layout.height + 4);
    let broad = if width > BROAD { " az-broad" } else { "" };
    let label = [&picture.title, &picture.description].map(|text| xml(text)).join(". ");
    let mut out = format!(
        "<svg class=\"az-drawing{broad}\" role=\"img\" aria-label=\"{label}\" width=\"{width}\" height=\"{height}\" viewBox=\"-2 -2 {width} {height}\">\n"
    );
    shapes::draw(picture, &layout, form, &mut out);
    out.push_str("</svg>");
    out
}

/// Text in XML. What no XML may hold, and is no character, is written out as what acts is.
pub(super) fn xml(text: &str) -> Cow<'_, str> {
    let text = escape::html(text);
    if text.is_ascii() {
        return text;
    }
    text.replace('\u{fffe}', "\\u{fffe}").replace('\u{ffff}', "\\u{ffff}").into()
}

fn legend(strokes: &[Stroke], y: i64, out: &mut String) {
    for (at, stroke) in (0_i64..).zip(strokes) {
        let x = MARGIN + at * 120;
        out.push_str(&format!(
            "<path class=\"{}\" d=\"M{x} {}h32\"/><text class=\"az-note\" x=\"{}\" y=\"{y}\">{}</text>\n",
            shapes::class(*stroke),
            y - 4,
            x + 40,
            stroke.meaning()
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::drawing::{Edge, Kind, Node};
    use crate::contract::v1::sample::HOSTILE;

    /// Nodes with hostile names and long ones, each joined to the next, drawn in each form.
    #[test]
    fn no_name_acts_in_a_drawing_or_leaves_its_box() {
        let mut names: Vec<String> = HOSTILE.iter().map(|name| (*name).to_owned()).collect();
        names.extend(["x".repeat(300), "W".repeat(300), "🤖".repeat(60), "\u{fffe}\u{ffff}".to_owned()]);
        names.extend(["</svg><script>", "<img src=x onerror=alert(1)>", "\"'\n\t"].map(str::to_owned));
        let node = |(name, number): (&String, u32)| Node {
            name: name.clone(),
            id: name.clone(),
            under: name.clone(),
            place: name.clone(),
            kind: Kind::Identity,
            strong: number % 2 == 0,
            number,
        };
        let picture = Picture {
            title: names.concat(),
            description: names.concat(),
            nodes: names.iter().zip(0..).map(node).collect(),
            edges: (1..names.len())
                .map(|to| Edge { from: to - 1, to, label: names[to].clone(), number: 7, ..Edge::default() })
                .collect(),
            notes: names.clone(),
            ..Picture::default()
        };
        let drawn = [draw(&picture), within(&picture, Form::Narrow), within(&picture, Form::Down)];
        for svg in &drawn {
            let body = svg.replace(STYLE, "").replace(ALONE, "");
            for tag in body.split('<').skip(1).filter_map(|rest| rest.split('>').next()) {
                let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
                let known = ["svg", "g", "title", "desc", "style", "rect", "path", "text", "circle"];
                assert!(known.contains(&name), "<{tag}>");
                let outside: String = tag.split('"').step_by(2).collect();
                assert!(!outside.contains(" on") && !outside.contains("href"), "<{tag}>");
            }
            let raw = body.chars().find(|c| crate::base::text::acts(*c) && *c != '\n');
            assert!(raw.is_none() && !body.contains(['\u{fffe}', '\u{ffff}']), "{raw:?}");
            for name in body.split("class=\"az-name\"").skip(1) {
                let text = name.split('>').nth(1).unwrap().split('<').next().unwrap();
                assert!(!text.contains('\n') && text.chars().count() < 90, "{text}");
            }
        }
        assert!(within(&Picture::default(), Form::Down).is_empty());
    }
}
