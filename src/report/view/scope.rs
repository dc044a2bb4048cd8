//! The first part of a report: what was looked at, and what is known to be whole.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;

use super::{Capped, Word, word};
use crate::contract::v1::{Closure, Enumerated, Export, Presence, RuleText, Scope};
use crate::report::index::Index;
use crate::report::{human, words};

/// Longest lists of scopes, enumerations and exports that are shown.
const LIMIT: usize = 200;

/// What was looked at, and what is known to be whole.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ScopeView {
    /// How many scopes are expected, in words; empty if none is declared.
    expected: String,
    /// Expected scopes that were not seen.
    missing: Capped<String>,
    /// The scopes that were seen.
    seen: Capped<ScopeRow>,
    /// Whether any scope has a name.
    named: bool,
    /// Who says of which list that it is complete.
    enumerated: Capped<EnumeratedRow>,
    /// Whether any list has someone who says that it is whole, or a reason why it is not.
    enumerated_by: bool,
    /// How many subjects there are of each kind.
    subjects: Vec<SubjectRow>,
    /// How AI-connected identities were recognised.
    rules: Vec<RuleRow>,
    /// Whether any rule lacks facts.
    rules_open: bool,
    /// Who collected what, and when.
    collected: Capped<CollectedRow>,
    /// How old evidence may be, in words; empty if that is not limited.
    max_age: String,
}

/// A scope.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ScopeRow {
    /// The id.
    id: String,
    /// The name; empty if there is none.
    name: String,
    /// The system.
    system: String,
    /// Whether the profile expects it.
    expected: bool,
    /// How many exports speak of it.
    exports: String,
    /// When the latest of them was collected.
    collected: String,
}

/// Lists of one scope for whose completeness one source or person speaks.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EnumeratedRow {
    /// The scope.
    scope: String,
    /// The lists, in words.
    listings: String,
    /// Whether they are shown or asserted to be complete, or are not whole.
    closure: Word,
    /// Who asserts it, or why they are not whole.
    who: String,
    /// Where that stands.
    place: String,
}

/// A count of subjects.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SubjectRow {
    /// The kind of subject.
    subject: String,
    /// Its own kind, such as `role`; empty if it has none.
    kind: String,
    /// The system.
    system: String,
    /// How many are listed.
    listed: String,
    /// How many are only mentioned.
    mentioned: String,
}

/// A rule by which AI-connected identities are recognised.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RuleRow {
    /// The name.
    name: String,
    /// What it says.
    reason: String,
    /// The expression.
    expression: String,
    /// How sure it is.
    confidence: Word,
    /// How many it recognised, in words.
    recognised: String,
    /// Facts that it reads and that were not loaded; empty if none.
    not_loaded: String,
}

/// An export, as it was collected.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CollectedRow {
    /// The path.
    path: String,
    /// The kind of export.
    source: String,
    /// The scopes that it speaks of.
    scopes: String,
    /// When it was collected.
    at: String,
    /// Who collected it, or `not stated`.
    by: String,
    /// With which command, or `not stated`.
    command: String,
    /// Who issued it; empty if nobody is named.
    issuer: String,
}

impl ScopeView {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let head = index.head;
        let scopes = &head.scopes;
        let enumerated = enumerated_rows(index, &scopes.enumerated);
        Self {
            named: scopes.seen.iter().any(|scope| scope.name.is_some()),
            enumerated_by: enumerated.iter().any(|row| !row.who.is_empty()),
            rules_open: head.texts.rules.iter().any(|rule| !rule.not_loaded.is_empty()),
            expected: if scopes.expected.is_empty() {
                String::new()
            } else {
                human::count(scopes.expected.len() as u64, "expected scope is", "expected scopes are")
            },
            missing: Capped::new(&scopes.missing, LIMIT, |scope| human::brief(scope)),
            seen: Capped::new(&scopes.seen, LIMIT, scope_row),
            enumerated: Capped::new(enumerated, LIMIT, |row| row),
            subjects: subject_rows(index),
            rules: head.texts.rules.iter().map(rule_row).collect(),
            collected: Capped::new(&head.exports, LIMIT, collected_row),
            max_age: head.profile.max_evidence_age.as_deref().map(words::length).unwrap_or_default(),
        }
    }
}

fn scope_row(scope: &Scope) -> ScopeRow {
    ScopeRow {
        id: human::brief(&scope.id),
        name: scope.name.as_deref().map(human::brief).unwrap_or_default(),
        system: human::brief(&scope.system),
        expected: scope.expected,
        exports: human::number(scope.exports.len() as u64),
        collected: human::instant_or(scope.collected_at.as_deref(), "not known"),
    }
}

/// One row for all lists of a scope that one export shows, or one person asserts in one place.
fn enumerated_rows(index: &Index<'_>, all: &[Enumerated]) -> Vec<EnumeratedRow> {
    let mut groups: IndexMap<(&str, Closure, String, Option<u32>), Vec<&Enumerated>> = IndexMap::new();
    for one in all {
        groups.entry((&one.scope, one.closure, who(one), one.export)).or_default().push(one);
    }
    groups.sort_by(|a, _, b, _| (a.0, a.1).cmp(&(b.0, b.1)));
    groups
        .into_iter()
        .map(|((scope, closure, who, export), lists)| {
            let names: Vec<String> = lists.iter().map(|one| words::listing(&one.listing)).collect();
            // Where one list is meant, its place in the export is; where there are several, the export.
            let pointer = match lists.as_slice() {
                [one] => one.pointer.as_deref().filter(|at| !at.is_empty()),
                _ => None,
            };
            EnumeratedRow {
                scope: words::scope(scope),
                listings: names.join(", "),
                closure: word!(closure),
                who,
                place: export.map(|export| index.position(export, pointer, None, None)).unwrap_or_default(),
            }
        })
        .collect()
}

fn who(one: &Enumerated) -> String {
    match (one.closure, &one.by, &one.at, &one.why) {
        (Closure::Asserted, by, at, _) => {
            let by = by.as_deref().map_or_else(|| "nobody named".to_owned(), human::brief);
            at.as_deref().map_or_else(|| by.clone(), |at| format!("{by}, as of {}", human::instant(at)))
        }
        (_, _, _, Some(why)) => human::brief(why),
        _ => String::new(),
    }
}

fn subject_rows(index: &Index<'_>) -> Vec<SubjectRow> {
    let mut rows: IndexMap<(&str, &str, &str), BTreeMap<Presence, u64>> = IndexMap::new();
    for count in &index.head.subjects {
        let key = (count.subject.as_str(), count.kind.as_deref().unwrap_or(""), count.system.as_deref().unwrap_or(""));
        let sum = rows.entry(key).or_default().entry(count.presence).or_default();
        *sum = sum.saturating_add(count.count);
    }
    let text = |counts: &BTreeMap<Presence, u64>, presence| human::number(counts.get(&presence).copied().unwrap_or(0));
    rows.iter()
        .map(|((subject, kind, system), counts)| SubjectRow {
            subject: words::subject(subject),
            kind: words::plain(kind),
            system: human::brief(system),
            listed: text(counts, Presence::Listed),
            mentioned: text(counts, Presence::Mentioned),
        })
        .collect()
}

fn rule_row(rule: &RuleText) -> RuleRow {
    RuleRow {
        name: human::brief(&rule.name),
        reason: human::brief(&rule.reason),
        expression: human::passage(&rule.expression.split_whitespace().collect::<Vec<_>>().join(" ")),
        confidence: word!(rule.confidence),
        recognised: format!("{} recognised", human::number(rule.recognised)),
        not_loaded: human::names(rule.not_loaded.iter().map(String::as_str), rule.not_loaded.len() as u64, 12),
    }
}

fn collected_row(export: &Export) -> CollectedRow {
    let stated = |text: &Option<String>| text.as_deref().map_or_else(|| "not stated".to_owned(), human::brief);
    CollectedRow {
        path: human::brief(&export.path),
        source: human::brief(&export.source),
        scopes: human::names(export.scopes.iter().map(String::as_str), export.scopes.len() as u64, 6),
        at: human::instant_or(export.collected_at.as_deref(), "not known"),
        by: stated(&export.collected_by),
        command: stated(&export.command),
        issuer: export.issuer.as_deref().map(human::brief).unwrap_or_default(),
    }
}
