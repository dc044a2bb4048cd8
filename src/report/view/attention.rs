//! What needs attention: the checks that fail, worst first, and the worst findings.

use std::cmp::Reverse;

use serde::Serialize;

use super::ai_system::SeverityTotal;
use super::finding::CheckLink;
use super::{Word, more_of, word};
use crate::contract::v1::{CheckRun, Finding, Severity};
use crate::report::human;
use crate::report::index::Index;
use crate::report::kept::Kept;

/// How many findings are named as the worst.
const WORST: usize = 10;

/// The failures by check, and the worst findings.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Attention {
    /// How many findings have which severity, worst first.
    totals: Vec<SeverityTotal>,
    /// How many findings there are, in words, or that nothing was tested.
    findings: String,
    /// How many more are waived, as a number to print; empty if none.
    waived: String,
    /// The checks that fail.
    by_check: Vec<CheckRow>,
    /// The worst findings.
    worst: Vec<WorstRow>,
    /// How many findings are not among the worst, as a number to print; empty if none.
    more: String,
}

/// A check that fails.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct CheckRow {
    /// How bad a failure is.
    severity: Word,
    /// The check.
    check: CheckLink,
    /// How many failed.
    fail: String,
    /// How many were tested.
    size: String,
}

/// One of the worst findings.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct WorstRow {
    /// The anchor of the finding.
    anchor: String,
    /// How bad it is.
    severity: Word,
    /// The name of the subject.
    name: String,
    /// The id of the subject.
    id: String,
    /// Why it fails.
    reason: String,
    /// The check that it fails.
    check: CheckLink,
    /// Who answers for it, in words; empty for a waiver, which nobody owns.
    owners: String,
}

impl Attention {
    pub(super) fn new(index: &Index<'_>, kept: &Kept) -> Self {
        let mut failing: Vec<_> = index.head.checks.iter().filter(|run| run.tally.fail > 0).collect();
        failing.sort_by(|a, b| {
            (a.severity, Reverse(a.tally.fail), &a.id).cmp(&(b.severity, Reverse(b.tally.fail), &b.id))
        });
        let sum = |pick: fn(&CheckRun) -> u64| index.head.checks.iter().map(pick).fold(0, u64::saturating_add);
        let totals = Severity::ALL.iter().filter_map(|severity| {
            let of_it = failing.iter().filter(|run| run.severity == *severity);
            let count = of_it.map(|run| run.tally.fail).fold(0, u64::saturating_add);
            (count > 0).then(|| SeverityTotal { severity: word!(*severity), count: human::number(count) })
        });
        Self {
            totals: totals.collect(),
            findings: match crate::report::untested(index.head).filter(|untested| !untested.but_waivers()) {
                Some(untested) => human::sentence(untested.lead()),
                None => human::count(sum(|run| run.tally.fail), "finding", "findings"),
            },
            waived: more_of(sum(|run| run.tally.waived)),
            by_check: failing
                .iter()
                .map(|run| CheckRow {
                    severity: word!(run.severity),
                    check: CheckLink::new(index, &run.id),
                    fail: human::number(run.tally.fail),
                    size: human::number(run.population.size),
                })
                .collect(),
            worst: kept.worst().iter().take(WORST).zip(1..).map(|(one, n)| worst_row(index, kept, n, one)).collect(),
            more: more_of(kept.worst().seen().saturating_sub(WORST as u64)),
        }
    }
}

/// Finding number `n` of those that are shown.
fn worst_row(index: &Index<'_>, kept: &Kept, n: usize, finding: &Finding) -> WorstRow {
    WorstRow {
        anchor: super::finding::anchor(n),
        severity: word!(finding.severity),
        name: human::brief(&kept.name_of(finding)),
        id: human::brief(&finding.subject.id),
        reason: human::passage(&finding.reason),
        check: CheckLink::new(index, &finding.check_run),
        owners: super::finding::owners(finding, 3),
    }
}
