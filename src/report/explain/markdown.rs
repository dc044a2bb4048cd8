//! Sections as Markdown: a table where each thing is one line, a list where lines stand below.

use super::{Item, Section};
use crate::report::escape::{markdown, markdown_within};
use crate::report::summary::{Piece, Tone};

pub(super) fn text(sections: &[Section]) -> String {
    let mut out = String::new();
    for (at, section) in sections.iter().enumerate() {
        if section.items.is_empty() {
            continue;
        }
        let level = if at == 0 { "#" } else { "\n##" };
        out.push_str(&format!("{level} {}\n\n", markdown(&section.title)));
        if !section.note.is_empty() {
            out.push_str(&format!("{}\n\n", markdown(&section.note)));
        }
        let columns = section.items.iter().map(|item| item.cells.len()).max().unwrap_or(0);
        if columns > 1 && section.items.iter().all(|item| item.under.is_empty()) {
            out.push_str(&format!("|{}\n|{}\n", "  |".repeat(columns), " --- |".repeat(columns)));
            for item in &section.items {
                out.push_str(&row(item, columns));
            }
            continue;
        }
        for item in &section.items {
            let cells: Vec<String> = item.cells.iter().map(|cell| strong(&cell.text, cell.tone)).collect();
            out.push_str(&format!("- {}", cells.join(" · ")));
            for (at, under) in item.under.iter().enumerate() {
                out.push_str(&below(under, at == 0));
            }
            out.push('\n');
        }
    }
    out
}

/// A line below an item: an item of its own, or the next line of the one before where it begins with nothing.
fn below(pieces: &[Piece], first: bool) -> String {
    let goes_on = !first && pieces.first().is_some_and(|piece| piece.text.trim().is_empty());
    let mut texts = pieces.iter().map(|piece| piece.text.trim()).filter(|text| !text.is_empty());
    let Some(begin) = texts.next() else { return String::new() };
    let rest: Vec<String> = texts.map(markdown_within).collect();
    // What a line is about stands in a column of its own on a terminal, and out from the rest here.
    let named = |piece: &Piece| piece.text.ends_with("  ") && !piece.text.trim().is_empty();
    let column = pieces.len() > 1 && pieces.first().is_some_and(named);
    let begin = if column { format!("**{}**", markdown(begin)) } else { markdown(begin) };
    let text = std::iter::once(begin).chain(rest).collect::<Vec<_>>().join(" ");
    if goes_on { format!("\\\n    {text}") } else { format!("\n  - {text}") }
}

fn strong(text: &str, tone: Tone) -> String {
    let text = markdown(text);
    if tone == Tone::Strong && !text.is_empty() { format!("**{text}**") } else { text }
}

fn row(item: &Item, columns: usize) -> String {
    let cells = item.cells.iter().map(|cell| strong(&cell.text, cell.tone));
    let empty = std::iter::repeat_n(String::new(), columns.saturating_sub(item.cells.len()));
    let cells: Vec<String> = cells.chain(empty).collect();
    format!("| {} |\n", cells.join(" | "))
}
