//! The findings that a report shows, under the requirement that they bear on first.

use std::collections::BTreeMap;

use serde::Serialize;

use super::finding::anchor;
use super::keys::Register;
use super::more_of;
use crate::contract::v1::Finding;
use crate::report::human;
use crate::report::index::Index;

/// The findings: each once, under the first framework and requirement that asks for its check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Findings {
    /// How many are shown, in words.
    shown: String,
    /// How many there are beside those, as a number to print; empty if all are shown.
    more: String,
    /// The groups, in the order of frameworks and requirements.
    groups: Vec<Group>,
}

/// Findings on one requirement.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Group {
    /// The anchor of the requirement; empty for checks that no requirement asks for.
    requirement: String,
    /// The title of its framework; empty for checks that no requirement asks for.
    framework: String,
    /// The id and title of the requirement.
    title: String,
    /// How many findings of it are shown, in words.
    count: String,
    /// The anchors of the findings, worst first. `rendered[anchor]` is one as its template prints it.
    findings: Vec<String>,
}

impl Findings {
    pub(super) fn new(index: &Index<'_>, register: &Register<'_>, shown: &[&Finding], seen: u64) -> Self {
        // Numbered by how bad they are, so that a number says the same however they are grouped.
        let mut by_place: BTreeMap<(usize, usize), Vec<(String, bool)>> = BTreeMap::new();
        for (finding, n) in shown.iter().zip(1..) {
            let first = register.requirements(&finding.check_run).iter().filter_map(|at| place(at)).min();
            by_place
                .entry(first.unwrap_or((usize::MAX, usize::MAX)))
                .or_default()
                .push((anchor(n), finding.waiver.is_some()));
        }
        let groups = by_place.into_iter().map(|((framework, n), findings)| {
            let found = framework.checked_sub(1).and_then(|at| index.head.frameworks.get(at));
            let requirement = found.and_then(|found| found.requirements.get(n.checked_sub(1)?));
            let waived = findings.iter().filter(|(_, waived)| *waived).count() as u64;
            Group {
                requirement: requirement.map(|_| format!("requirement-{framework}-{n}")).unwrap_or_default(),
                framework: found.map(|one| human::heading(human::name_or(&one.title, &one.id))).unwrap_or_default(),
                title: requirement.map_or_else(
                    || "Checks that no requirement asks for".to_owned(),
                    |one| human::brief(&format!("{} {}", one.id, one.title)),
                ),
                count: human::findings((findings.len() as u64).saturating_sub(waived), waived),
                findings: findings.into_iter().map(|(anchor, _)| anchor).collect(),
            }
        });
        let waived = shown.iter().filter(|one| one.waiver.is_some()).count() as u64;
        Self {
            shown: human::findings((shown.len() as u64).saturating_sub(waived), waived),
            more: more_of(seen.saturating_sub(shown.len() as u64)),
            groups: groups.collect(),
        }
    }
}

/// The numbers of a framework and a requirement in a text such as `1-5`.
fn place(at: &str) -> Option<(usize, usize)> {
    let (framework, n) = at.split_once('-')?;
    Some((framework.parse().ok()?, n.parse().ok()?))
}
