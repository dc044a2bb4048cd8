//! What a finding rests on, under the export that it stands in: the export with its digest once, then its records.

use serde::Serialize;

use super::finding::LIMIT;
use super::{EXPORTS, more_of};
use crate::contract::v1::{Closure, EnumerationUse, Evidence, FactState, Finding};
use crate::report::index::Index;
use crate::report::printer::fields;
use crate::report::{human, words};

/// Most facts that are shown of one step of a path.
const OF_STEP: usize = 6;

/// What decided, by export.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct EvidenceView {
    /// The exports, in the order in which what stands in them is told.
    groups: Vec<EvidenceGroup>,
    /// How many facts are left out, as a number to print; empty if none.
    more: String,
}

/// An export, and what of it decided.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EvidenceGroup {
    /// The path of the export; empty for what is derived, or stands in no export.
    path: String,
    /// The anchor of the export in the list of exports; empty if it is not in that list.
    anchor: String,
    /// The beginning of the digest of the export; the list of exports has it whole.
    digest: String,
    /// What stands there.
    rows: Vec<EvidenceRow>,
}

/// One fact that decided, or a complete list that a "none" or "all" rests on.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EvidenceRow {
    /// The fact, such as `credential.last_change_at`; empty for a list.
    fact: String,
    /// The subject of the fact, if it is another than the finding's.
    subject: String,
    /// The value, in words, or which list and who says that it is complete.
    value: String,
    /// What makes the value plain.
    note: String,
    /// The record within the export: a JSON pointer or a row; empty for what is derived.
    at: String,
    /// The first byte of the record; empty if that is not known.
    byte: String,
    /// The steps of the path that rest on it, such as `1, 2`; empty if none does.
    steps: String,
}

fields!(EvidenceView: groups, more);
fields!(EvidenceGroup: path, anchor, digest, rows);
fields!(EvidenceRow: fact, subject, value, note, at, byte, steps);

impl EvidenceView {
    pub(super) fn new(index: &Index<'_>, finding: &Finding) -> Self {
        let mut made = Self::default();
        let mut left_out = 0;
        for one in limited(&finding.evidence, LIMIT, &mut left_out) {
            made.put(index, one.export, fact(one), "");
        }
        for hop in finding.path.iter().take(LIMIT) {
            for one in limited(&hop.evidence, OF_STEP, &mut left_out) {
                made.put(index, one.export, fact(one), &hop.n.to_string());
            }
        }
        for one in limited(&finding.enumerations, LIMIT, &mut left_out) {
            made.put(index, one.export, list(one), "");
        }
        made.more = more_of(left_out);
        made
    }

    /// Adds a row; what is there already is told once, with all the steps that rest on it.
    fn put(&mut self, index: &Index<'_>, export: Option<u32>, row: EvidenceRow, step: &str) {
        let path = export.map(|export| index.path(export)).unwrap_or_default();
        let at = self.groups.iter().position(|group| group.path == path).unwrap_or_else(|| {
            let listed = export.filter(|export| (*export as usize) < EXPORTS);
            let anchor = listed.map(|export| index.export_anchor(export)).unwrap_or_default();
            let digest = export.and_then(|export| index.export(export)).map(|export| human::digest(&export.sha256));
            let (path, digest) = (path.into_owned(), digest.unwrap_or_default());
            self.groups.push(EvidenceGroup { path, anchor, digest, rows: Vec::new() });
            self.groups.len() - 1
        });
        let Some(group) = self.groups.get_mut(at) else { return };
        let known = group.rows.iter_mut().find(|known| {
            let (one, other) = (&known.fact, &row.fact);
            one == other && known.subject == row.subject && known.value == row.value && known.at == row.at
        });
        match known {
            Some(known) if step.is_empty() || known.steps.split(", ").any(|one| one == step) => {}
            Some(known) if known.steps.is_empty() => step.clone_into(&mut known.steps),
            Some(known) => known.steps.push_str(&format!(", {step}")),
            None => group.rows.push(EvidenceRow { steps: step.to_owned(), ..row }),
        }
    }
}

/// The first of some entries; those beyond are counted.
fn limited<'a, T>(all: &'a [T], most: usize, left_out: &mut u64) -> impl Iterator<Item = &'a T> {
    *left_out = left_out.saturating_add(all.len().saturating_sub(most) as u64);
    all.iter().take(most)
}

fn fact(one: &Evidence) -> EvidenceRow {
    let value = match one.state {
        FactState::Known => words::value(&one.fact, &one.value),
        FactState::Absent if matches!(one.value.as_str(), "" | "none") => "none".to_owned(),
        FactState::Absent => format!("none ({})", human::value(&one.value)),
        FactState::Unknown => "unknown".to_owned(),
    };
    let within = one.export.map(|_| Index::within(one.pointer.as_deref(), one.document, None));
    EvidenceRow {
        fact: human::brief(&one.fact),
        subject: one.subject.as_deref().map(human::brief).unwrap_or_default(),
        value,
        note: one.note.as_deref().map(human::brief).unwrap_or_default(),
        at: within.unwrap_or_default(),
        byte: one.export.and(one.offset).map(human::number).unwrap_or_default(),
        steps: String::new(),
    }
}

fn list(one: &EnumerationUse) -> EvidenceRow {
    let (what, scope) = (words::listing(&one.listing), words::scope(&one.scope));
    let value = match (one.closure, &one.by) {
        (Closure::Asserted, Some(by)) => {
            format!("the list of all {what} of {scope}, asserted to be complete by {}", human::brief(by))
        }
        (Closure::Asserted, None) => format!("the list of all {what} of {scope}, asserted to be complete"),
        (Closure::Shown, _) => format!("the list of all {what} of {scope}, shown to be complete by the export"),
        (Closure::Incomplete, _) => format!("the list of the {what} of {scope}, which is not whole"),
    };
    let within = one.export.map(|_| Index::within(one.pointer.as_deref(), None, None));
    EvidenceRow {
        fact: String::new(),
        subject: String::new(),
        value,
        note: String::new(),
        at: within.unwrap_or_default(),
        byte: String::new(),
        steps: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::sample;

    /// Each export stands once, with all that is told of it, and nothing is told twice.
    #[test]
    fn an_export_stands_once_with_all_that_it_tells() {
        let head = sample::head(3);
        let index = Index::new(&head);
        let mut finding = sample::finding(0);
        let again = finding.evidence.clone();
        finding.evidence.extend(again);
        let step = finding.path.first().cloned();
        finding.path.extend(step.map(|hop| crate::contract::v1::Hop { n: 2, ..hop }));
        let view = EvidenceView::new(&index, &finding);
        let mut paths: Vec<&str> = view.groups.iter().map(|group| group.path.as_str()).collect();
        let groups = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), groups);
        for group in &view.groups {
            assert_eq!(group.digest.is_empty(), group.path.is_empty() || group.anchor.is_empty(), "{group:?}");
            for (at, row) in group.rows.iter().enumerate() {
                assert!(!group.rows[..at].contains(row), "{row:?}");
            }
        }
        let rows = || view.groups.iter().flat_map(|group| &group.rows);
        for one in &finding.evidence {
            assert!(rows().any(|row| row.fact == one.fact), "{}", one.fact);
        }
        assert_eq!(rows().filter(|row| row.fact.is_empty()).count(), finding.enumerations.len());
        assert!(finding.path.is_empty() || rows().any(|row| row.steps == "1, 2"));
    }
}
