//! What would close a gap, for a terminal: an export with its command, or the first sentence of the remedy.

use super::summary::{COLUMNS, Screen};
use super::view::GapLine;
use crate::base::text::shown;
use crate::contract::v1::Step;

/// Columns for one gap, and lines: what it should take, and what it may.
const REMEDY: usize = COLUMNS - 5;
const REMEDY_LINES: usize = 2;
const REMEDY_MOST: usize = 4;

/// What would close a gap: the exports with the command that makes them, or else the first sentence of the remedy.
pub(super) fn closing(row: &GapLine, screen: Screen) -> Vec<String> {
    if row.exports.is_empty() {
        return sentence(&row.remedy, screen);
    }
    let names: Vec<String> = row.exports.iter().map(|export| format!("`{export}`")).collect();
    let names = names.join(" or ");
    let what = match row.step {
        Step::Add => format!("add the export {names}"),
        Step::CollectAgain => format!("collect again the export {names}"),
        // No report of a scanner says that everything was scanned.
        Step::Scan => format!("add the export {names}, and say under `[[closures]]` that all was scanned"),
    };
    let command = row.command.as_deref().and_then(|command| lines_of_command(command, screen));
    match (command, screen.report) {
        (Some(command), _) => [format!("{what}:")].into_iter().chain(command).collect(),
        (None, true) => wrapped(&format!("{what}; the command is in gaps.csv")),
        (None, false) => wrapped(&format!("{what}; `assize sources` has the command")),
    }
}

/// A command in lines that a shell takes as one, or nothing where it does not fit: no part of it is left out.
fn lines_of_command(command: &str, screen: Screen) -> Option<Vec<String>> {
    let command = shown(command);
    if !screen.terminal {
        return Some(vec![command.into_owned()]);
    }
    let mut lines: Vec<String> = vec![String::new()];
    for piece in command.split_inclusive("&& ").flat_map(|part| part.split_inclusive("; ")) {
        let last = lines.last_mut()?;
        if last.is_empty() || last.chars().count() + piece.trim_end().chars().count() <= REMEDY {
            last.push_str(piece);
        } else {
            lines.push(piece.to_owned());
        }
    }
    let lines: Vec<String> = lines.into_iter().map(|line| line.trim_end().to_owned()).collect();
    let fits = lines.len() <= REMEDY_LINES && lines.iter().all(|line| line.chars().count() <= REMEDY);
    fits.then_some(lines)
}

/// The first sentence of a remedy; where it is long for a terminal, without what stands in brackets.
fn sentence(text: &str, screen: Screen) -> Vec<String> {
    let text = shown(text);
    let ends = text.match_indices(". ").map(|(at, _)| at + 1);
    let starts = |at: &usize| text.get(at + 1..).is_some_and(|rest| rest.starts_with(char::is_uppercase));
    let first = text.get(..ends.into_iter().find(starts).unwrap_or(text.len())).unwrap_or(&text);
    if !screen.terminal {
        return vec![first.to_owned()];
    }
    let whole = wrapped(first);
    if whole.len() <= REMEDY_LINES {
        return whole;
    }
    let lines = wrapped(&without_brackets(first));
    if lines.len() <= REMEDY_MOST {
        return lines;
    }
    let place =
        if screen.report { "what would close it is in gaps.csv" } else { "`--report` writes what would close it" };
    vec![place.to_owned()]
}

/// A sentence without what stands in round brackets.
fn without_brackets(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, inner)) = rest.split_once(" (") {
        let Some((_, after)) = inner.split_once(')') else { break };
        out.push_str(before);
        rest = after;
    }
    out + rest
}

/// A sentence in lines, broken between words.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= REMEDY => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
