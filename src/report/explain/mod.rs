//! What is said of one subject, for people: as lines of a terminal and as Markdown, both made of the same sections.

mod around;
mod drill;
mod markdown;
mod subject;
mod terminal;
mod verdict;

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::human;
use super::index::Index;
use super::summary::{Line, Piece, Tone};
use super::words;
use crate::base::text::shown;
use crate::contract::drill::v1::Drill;
use crate::contract::explanation::v1::{Explanation, Supply};
use crate::contract::v1::{Evidence, FactState, SubjectRef};

/// Part of what is said.
#[derive(Debug, Default)]
struct Section {
    title: String,
    /// What holds for all of it, in one line; empty for nothing.
    note: String,
    items: Vec<Item>,
}

/// One thing that is said: cells that stand in columns, and lines below them.
#[derive(Debug, Default)]
struct Item {
    cells: Vec<Piece>,
    under: Vec<Vec<Piece>>,
}

impl Item {
    fn cell(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        self.cells.push(piece(text, tone));
        self
    }

    fn below(&mut self, pieces: Vec<Piece>) {
        self.under.push(pieces);
    }
}

fn piece(text: impl AsRef<str>, tone: Tone) -> Piece {
    Piece { text: shown(text.as_ref()).into_owned(), tone }
}

/// The exports that were named so far, by position.
#[derive(Debug, Default)]
struct Places(RefCell<BTreeSet<u32>>);

impl Places {
    /// A place, as `e3 /RoleDetailList/10/CreateDate`; `derived` where a fact follows from others.
    fn of(&self, one: &Evidence) -> String {
        let Some(export) = one.export.filter(|_| !is_derived(one)) else { return "derived".to_owned() };
        if let Ok(mut named) = self.0.try_borrow_mut() {
            named.insert(export);
        }
        let within = Index::within(one.pointer.as_deref(), one.document, None);
        format!("e{export} {within}").trim_end().to_owned()
    }
}

/// The value of a fact, for people.
fn value(one: &Evidence) -> String {
    match one.state {
        FactState::Known => words::value(&one.fact, &one.value),
        FactState::Absent if matches!(one.value.as_str(), "" | "none") => "none".to_owned(),
        FactState::Absent => format!("none: {}", human::value(&one.value)),
        FactState::Unknown => "not known".to_owned(),
    }
}

/// What would supply a fact, in a few words: the forms of the inventory as one.
fn supplied(all: &[Supply]) -> String {
    let mut named: Vec<String> = Vec::new();
    for one in all {
        let source = if one.source.starts_with("inventory-") { "the inventory" } else { &one.source };
        let text = format!("{source} ({})", human::brief(&one.from));
        if !named.contains(&text) {
            named.push(text);
        }
    }
    named.join(", or ")
}

/// True for a fact that is worked out from others: no single record has it.
fn is_derived(one: &Evidence) -> bool {
    one.note.as_deref().is_some_and(|note| note.starts_with("derived "))
}

/// A subject by name, and its scope where that is another than `here`.
fn name(one: &SubjectRef, here: &str) -> String {
    let name = human::brief(human::name_or(&one.name, &one.id));
    let elsewhere = !one.scope.is_empty() && one.scope != "*" && one.scope != here;
    if elsewhere { format!("{name} ({})", human::brief(&one.scope)) } else { name }
}

/// The sections, in the order in which they are read.
fn sections(all: &Explanation) -> Vec<Section> {
    let places = Places::default();
    let mut sections = vec![subject::heading(all)];
    if all.check_run.is_none() {
        sections.extend(subject::facts(all, &places));
        sections.extend(around::relations(all, &places));
        sections.extend(around::rights(all, &places));
        sections.extend(around::lets_in(all, &places));
        sections.extend(around::ways(all, &places));
        sections.extend(subject::recognised(all));
    }
    sections.extend(verdict::verdicts(all, &places));
    sections.extend(subject::exports(all, &places));
    sections
}

/// What is said of a subject, as lines of a terminal.
#[must_use]
pub fn explained_lines(all: &Explanation) -> Vec<Line> {
    terminal::lines(&sections(all))
}

/// A leak drill, as lines of a terminal.
#[must_use]
pub fn drill_lines(all: &Drill) -> Vec<Line> {
    terminal::lines(&drill::sections(all))
}

/// A leak drill as Markdown.
#[must_use]
pub fn drill_markdown(all: &Drill) -> String {
    markdown::text(&drill::sections(all))
}

/// The same as Markdown.
#[must_use]
pub fn explained_markdown(all: &Explanation) -> String {
    markdown::text(&sections(all))
}
