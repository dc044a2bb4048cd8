//! Sections as lines of a terminal: columns that are as wide as what stands in them, within bounds.

use super::{Item, Section};
use crate::report::summary::{Line, Tone};

/// The widest that a column becomes for the sake of one cell.
const WIDEST: usize = 48;

pub(super) fn lines(sections: &[Section]) -> Vec<Line> {
    let mut all = Vec::new();
    for section in sections.iter().filter(|section| !section.items.is_empty()) {
        if !all.is_empty() {
            all.push(Line::default());
        }
        let mut title = Line::default().with(&section.title, Tone::Strong);
        if !section.note.is_empty() {
            title = title.with(format!("  {}", section.note), Tone::Dim);
        }
        all.push(title);
        let widths = widths(&section.items);
        for item in &section.items {
            all.push(columns(item, &widths));
            for under in &item.under {
                if under.iter().all(|piece| piece.text.trim().is_empty()) {
                    all.push(Line::default());
                    continue;
                }
                let indented = Line::default().with("      ", Tone::Plain);
                all.push(under.iter().fold(indented, |line, piece| line.with(&piece.text, piece.tone)));
            }
        }
    }
    all
}

fn size(text: &str) -> usize {
    text.chars().count()
}

fn widths(items: &[Item]) -> Vec<usize> {
    let most = items.iter().map(|item| item.cells.len()).max().unwrap_or(0);
    let width = |at: usize| {
        let cells = items.iter().filter(|item| item.cells.len() > at + 1).filter_map(|item| item.cells.get(at));
        cells.map(|cell| size(&cell.text)).filter(|size| *size <= WIDEST).max().unwrap_or(0)
    };
    (0..most).map(width).collect()
}

fn columns(item: &Item, widths: &[usize]) -> Line {
    let mut line = Line::default().with("  ", Tone::Plain);
    let said = item.cells.iter().rposition(|cell| !cell.text.is_empty()).map_or(0, |last| last + 1);
    for (at, cell) in item.cells.iter().take(said).enumerate() {
        line = line.with(&cell.text, cell.tone);
        if at + 1 < said {
            let width = widths.get(at).copied().unwrap_or(0);
            line = line.with(" ".repeat(width.saturating_sub(size(&cell.text)) + 2), Tone::Plain);
        }
    }
    line
}
