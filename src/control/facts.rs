//! The schema of facts as documentation: type, meaning, unit, names of closed sets, what absence means, and who gives them.
//!
//! One list of lines for each fact; the terminal and `docs/facts.md` show the same.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::schema::{FactDef, FactId, FactType, Made, Subject};
use crate::source;

/// How wide a terminal is taken to be.
const WIDTH: usize = 100;

/// From what the facts are made that no source gives, by their paths.
const MADE_FROM: &[(&str, &str)] = &[
    ("ai_system.effects", "ai_system.tools, resource.effects, identity.grants"),
    ("ai_system.environments_reached", "ai_system.identities, ai_system.tools, identity.environments_reached"),
    ("ai_system.reach", "ai_system.identities, ai_system.credentials, identity.can_become"),
    ("ai_system.reach_systems", "ai_system.reach, ai_system.tools, ai_system.credentials"),
    ("ai_system.reached", "ai_system.reach, identity.grants"),
    ("ai_system.reaches_admin", "ai_system.reach, identity.reaches_admin"),
    ("ai_system.toxic_combinations", "ai_system.effects"),
    ("credential.held_by_ai", "credential.ai_systems, ai_system.credentials, ai_system.identities"),
    ("credential.may_be", "links between exports: names, ends of values and equal short secrets"),
    ("credential.use_known_until", "when the export with credential.last_used_at was collected"),
    ("credential.used_later", "credential.use_known_until"),
    ("identity.ai_confidence", "the classification rules"),
    ("identity.ai_reasons", "the classification rules"),
    ("identity.can_become", "identity.can_be_assumed_by, identity.grants"),
    ("identity.environments_reached", "identity.reach, identity.environment, resource.environment"),
    ("identity.full_admin", "identity.grants, identity.root"),
    ("identity.grants", "identity.policies, identity.groups, identity.boundary"),
    ("identity.human", "identity.kind, the classification rules"),
    ("identity.is_ai", "the classification rules"),
    ("identity.reach", "identity.can_become"),
    ("identity.reach_depth", "identity.can_become"),
    ("identity.reach_systems", "identity.reach, identity.system"),
    ("identity.reached", "identity.reach, identity.grants"),
    ("identity.reaches_admin", "identity.reach, identity.grants"),
    ("identity.serves", "identity.ai_systems, credential.ai_systems, credential.enabled"),
    ("identity.use_known_until", "when the export with identity.last_used_at was collected"),
    ("identity.used_later", "identity.use_known_until"),
    ("policy.attached_count", "identity.policies, group.policies"),
    ("policy.holders", "identity.policies, identity.groups, group.policies"),
];

/// True if a fact is one that expressions can ever have an answer for: a source gives it, or it is made from others.
#[must_use]
pub fn is_given(fact: FactId) -> bool {
    !source::giving(fact).is_empty() || made_from(fact).is_some() || fact.def().made != Made::Stored
}

/// The facts that sources give and that a fact is made from, itself if one gives it. What classification rules ask is left out.
#[must_use]
pub fn sources_behind(fact: FactId) -> BTreeSet<FactId> {
    let mut seen = BTreeSet::new();
    let mut behind = BTreeSet::new();
    let mut open = vec![fact];
    while let Some(fact) = open.pop() {
        if !seen.insert(fact) {
            continue;
        }
        if !source::giving(fact).is_empty() {
            behind.insert(fact);
        }
        let from = match fact.subject {
            Subject::Grant => "policy.grants",
            Subject::Becoming => "identity.can_be_assumed_by",
            _ => made_from(fact).unwrap_or(""),
        };
        let words = from.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let named = words.filter_map(|word| word.split_once('.'));
        open.extend(named.filter_map(|(subject, name)| Subject::from_name(subject)?.fact(name)));
    }
    behind
}

/// From what a fact is made that no source gives.
pub(super) fn made_from(fact: FactId) -> Option<&'static str> {
    match fact.subject {
        Subject::Grant => Some("the statements of policies and roles"),
        Subject::Becoming => Some("the trusts of identities, and what others are granted"),
        Subject::Waiver => Some("waivers.toml and waivers.csv, held against the findings"),
        _ => MADE_FROM.iter().find(|(path, _)| *path == fact.path()).map(|(_, from)| *from),
    }
}

/// The type in few words, without the names of a closed set.
fn kind(ty: FactType) -> String {
    match ty {
        FactType::Enum(_) => "one name of a closed set".to_owned(),
        FactType::EnumList(_) => "list of names of a closed set".to_owned(),
        other => other.name(),
    }
}

/// What a value is counted in.
fn unit(def: &FactDef) -> Option<&'static str> {
    match def.ty {
        FactType::Time => Some("an instant in UTC, to the second; in a test \"2026-11-01T00:00:00Z\", or a date"),
        FactType::Duration => Some("seconds; in a test and in a parameter \"90d\", \"36h\" or \"30m\""),
        FactType::Int if def.name.ends_with("_depth") => Some("steps"),
        FactType::Int if def.name.ends_with("_count") => Some("how many"),
        _ => None,
    }
}

/// What there is to say of a fact besides its meaning: a title and a text each.
fn lines(fact: FactId) -> Vec<(&'static str, String)> {
    let def = fact.def();
    let mut lines = Vec::new();
    if let FactType::Enum(set) | FactType::EnumList(set) = def.ty {
        lines.push(("names", set.names.join(", ")));
    }
    if let Some(unit) = unit(def) {
        lines.push(("unit", unit.to_owned()));
    }
    if let Some(absent) = def.absent {
        lines.push(("absent", format!("{absent}: ask `has({})` first", fact.path())));
    }
    if let Some(worse) = def.worse_words() {
        lines.push(("worse", worse));
    }
    let from: Vec<&str> = source::giving(fact).iter().map(|about| about.id).collect();
    match (from.is_empty(), made_from(fact)) {
        (false, _) => lines.push(("given by", from.join(", "))),
        (true, Some(from)) => lines.push(("made from", from.to_owned())),
        (true, None) => lines.push(("given by", "nothing yet: a check that needs it is never decided".to_owned())),
    }
    lines
}

fn facts(subject: Subject) -> impl Iterator<Item = FactId> {
    subject.def().facts.iter().filter_map(move |def| subject.fact(def.name))
}

/// The facts of these subjects, for a terminal.
#[must_use]
pub fn text(subjects: &[Subject]) -> String {
    let mut out = String::new();
    for subject in subjects {
        let def = subject.def();
        let _ = writeln!(out, "{}  {}", def.name, def.doc);
        for fact in facts(*subject) {
            out.push('\n');
            told(&mut out, fact, fact.def().name);
        }
        out.push('\n');
    }
    out
}

/// One fact by its whole name, for a terminal.
#[must_use]
pub fn one(fact: FactId) -> String {
    let mut out = String::new();
    told(&mut out, fact, fact.path());
    out
}

fn told(out: &mut String, fact: FactId, name: &str) {
    let def = fact.def();
    let _ = writeln!(out, "  {name:<22} {}", kind(def.ty));
    wrapped(out, "      ", "      ", def.doc);
    for (title, text) in lines(fact) {
        wrapped(out, &format!("      {title}: "), "        ", &text);
    }
}

/// Writes a text after `first`, in lines that are no longer than a terminal; what follows is indented by `rest`.
pub(super) fn wrapped(out: &mut String, first: &str, rest: &str, text: &str) {
    let mut line = first.to_owned();
    let mut begun = false;
    for word in text.split_whitespace() {
        if begun && line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(out, "{line}");
            rest.clone_into(&mut line);
            begun = false;
        }
        if begun {
            line.push(' ');
        }
        line.push_str(word);
        begun = true;
    }
    let _ = writeln!(out, "{line}");
}

/// The page `docs/facts.md`.
#[must_use]
pub fn page() -> String {
    let mut out = "# Facts\n\nWhat the expressions of checks can read, by subject; `assize controls facts SUBJECT` shows the same. Every fact is known, absent (where it says what that means) or unknown.\n\n<!-- made from the code; do not edit -->\n".to_owned();
    for subject in Subject::ALL {
        let def = subject.def();
        let _ = writeln!(
            out,
            "\n## {}\n\n{}\n\n| fact | type | meaning | from |\n| --- | --- | --- | --- |",
            def.name, def.doc
        );
        for fact in facts(subject) {
            let def = fact.def();
            let mut meaning = def.doc.to_owned();
            let mut from = String::new();
            for (title, text) in lines(fact) {
                match title {
                    "given by" => from.push_str(&text),
                    "made from" => {
                        let _ = write!(from, "made from {text}");
                    }
                    "names" => {
                        let _ = write!(meaning, " Names: {text}.");
                    }
                    "unit" => {}
                    title => {
                        let _ = write!(
                            meaning,
                            " {}{}: {text}.",
                            title.get(..1).unwrap_or("").to_uppercase(),
                            title.get(1..).unwrap_or("")
                        );
                    }
                }
            }
            let cell = |text: &str| text.replace('|', "\\|");
            let _ =
                writeln!(out, "| `{}` | `{}` | {} | {} |", def.name, cell(&kind(def.ty)), cell(&meaning), cell(&from));
        }
    }
    out.push_str("\nInstants are in UTC, to the second. Lengths of time are kept in seconds and written as `90d`, `36h` or `30m`.\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_fact_is_made_from_is_true_of_the_schema() {
        for (path, from) in MADE_FROM {
            let (subject, name) = path.split_once('.').unwrap();
            let fact = Subject::from_name(subject).and_then(|subject| subject.fact(name)).unwrap();
            assert!(source::giving(fact).is_empty(), "{path} is given by a source");
            for word in from.split([',', ' ']).filter(|word| word.contains('.')) {
                let (subject, name) = word.split_once('.').unwrap();
                assert!(Subject::from_name(subject).and_then(|subject| subject.fact(name)).is_some(), "{word}");
            }
        }
        assert!(MADE_FROM.is_sorted());
        for fact in Subject::ALL.into_iter().flat_map(facts).filter(|fact| fact.def().made != Made::Stored) {
            let given = !source::giving(fact).is_empty() || made_from(fact).is_some();
            assert!(given, "{} is made from others, and MADE_FROM does not say from which", fact.path());
        }
    }

    #[test]
    fn a_terminal_shows_it_whole() {
        let all = text(&Subject::ALL);
        let longest = all.lines().max_by_key(|line| line.chars().count()).unwrap();
        assert!(longest.chars().count() <= WIDTH, "{longest}");
    }

    /// `ASSIZE_WRITE_DOCS=1` writes the page anew.
    #[test]
    fn the_page_is_checked_in() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/facts.md");
        if std::env::var_os("ASSIZE_WRITE_DOCS").is_some() {
            std::fs::write(path, page()).unwrap();
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert!(kept == page(), "{path} differs from what the code makes; run again with ASSIZE_WRITE_DOCS=1");
    }
}
