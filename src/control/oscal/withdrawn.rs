//! Which controls of a catalog are no requirements: withdrawn, left from an older edition, or headings of others.
//!
//! Catalogs tell it in four ways. A property `status` says `withdrawn`. Or a link says what took the place of the control. Or the statement of what they stand under is empty:
//! the heading is kept for those who look up its number. Or nothing is said at all, and only the entries of this edition carry
//! more than a number and a sentence: properties, examples, guidance. NIST's CSF 2.0 does the last two.

use std::collections::{BTreeMap, BTreeSet};

use super::read::{Control, Entry};

const WITHDRAWN: &str = "withdrawn, as their `status` says";
const MOVED: &str = "withdrawn, as a link says that they moved or are part of another";
const EMPTY: &str = "under a heading that has no text any more, or such a heading";
const BARE: &str = "with a sentence and nothing else, where most of their class have more: of an older edition";
const HEADING: &str = "only headings of others";

/// For each entry the reason why it is no requirement, or `None` if it is one.
pub(super) fn reasons(entries: &[Entry<'_>]) -> Vec<Option<&'static str>> {
    let bare_classes = mostly_rich(entries);
    let mut found: Vec<Option<&'static str>> = Vec::with_capacity(entries.len());
    for entry in entries {
        let control = entry.control;
        let above = entry.within.and_then(|at| found.get(at).copied().flatten());
        let why = if withdrawn(control) {
            Some(WITHDRAWN)
        } else if control.is_moved() {
            Some(MOVED)
        } else if emptied(control) || above == Some(EMPTY) {
            Some(EMPTY)
        } else if above == Some(WITHDRAWN) || above == Some(MOVED) {
            above
        } else if !control.controls.is_empty() && extras(control).is_empty() {
            Some(HEADING)
        } else if control.controls.is_empty() && bare_classes.contains(&control.class) && extras(control).is_empty() {
            Some(BARE)
        } else {
            None
        };
        found.push(why);
    }
    found
}

fn withdrawn(control: &Control) -> bool {
    let is = |text: &str, word: &str| text.trim().eq_ignore_ascii_case(word);
    control.props.iter().any(|prop| {
        // Some say `Withdrawn`, some with a reason behind it, and some have a property of that name.
        let first = prop.value.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or("");
        (is(&prop.name, "status") && is(first, "withdrawn"))
            || (is(&prop.name, "withdrawn") && !["", "false", "no"].iter().any(|no| is(&prop.value, no)))
    })
}

/// True if there is a place for a statement, and nothing in it.
fn emptied(control: &Control) -> bool {
    let mut statements = control.parts.iter().filter(|part| part.name == "statement").peekable();
    statements.peek().is_some() && !statements.any(super::read::Part::speaks)
}

/// What it has besides a number and a statement.
fn extras(control: &Control) -> BTreeSet<&str> {
    let props = control.props.iter().map(|prop| prop.name.as_str());
    let parts = control.parts.iter().map(|part| part.name.as_str());
    let numbers = ["label", "sort-id", "statement"];
    props.chain(parts).filter(|name| !numbers.contains(name)).collect()
}

/// The classes of which more than half of the entries that head no others have more than a sentence.
fn mostly_rich(entries: &[Entry<'_>]) -> BTreeSet<String> {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for control in entries.iter().map(|entry| entry.control).filter(|control| control.controls.is_empty()) {
        if !withdrawn(control) && !control.is_moved() {
            let (rich, all) = counts.entry(control.class.as_str()).or_default();
            *all += 1;
            *rich += usize::from(!extras(control).is_empty());
        }
    }
    counts.into_iter().filter(|(_, (rich, all))| rich * 2 > *all).map(|(class, _)| class.to_owned()).collect()
}
