//! What needs attention: the failures by check, the worst findings, and the gaps with their remedies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Capped, Word, more_of, word};
use crate::contract::v1::{Cause, Finding, Gap, GapAbout, Severity};
use crate::model::Subject;
use crate::report::index::Index;
use crate::report::kept::Kept;
use crate::report::{human, words};

/// Longest list of gaps that is shown.
const LIMIT: usize = 40;

#[derive(Debug, Serialize)]
pub(super) struct Attention {
    totals: Vec<SeverityTotal>,
    findings: String,
    waived: String,
    by_check: Vec<CheckRow>,
    worst: Vec<WorstRow>,
    more: String,
    undecided: String,
    gaps: Capped<GapRow>,
}

#[derive(Debug, Serialize)]
struct SeverityTotal {
    severity: Word,
    count: String,
}

#[derive(Debug, Serialize)]
struct CheckRow {
    severity: Word,
    anchor: String,
    id: String,
    title: String,
    fail: String,
    size: String,
}

#[derive(Debug, Serialize)]
struct WorstRow {
    severity: Word,
    anchor: String,
    title: String,
    name: String,
    id: String,
    reason: String,
    owners: String,
}

/// Gaps that one remedy closes.
#[derive(Debug, Serialize)]
pub(super) struct GapRow {
    /// What is missing, with names of facts in backticks.
    title: String,
    brief: String,
    meaning: String,
    verdicts: String,
    checks: String,
    subjects: String,
    remedy: String,
    commands: Vec<String>,
}

impl Attention {
    pub(super) fn new(index: &Index<'_>, kept: &Kept, gaps: &[Gap]) -> Self {
        let mut failing: Vec<_> = index.head.checks.iter().filter(|run| run.tally.fail > 0).collect();
        failing.sort_by(|a, b| {
            (a.severity, Reverse(a.tally.fail), &a.id).cmp(&(b.severity, Reverse(b.tally.fail), &b.id))
        });
        let sum = |pick: fn(&crate::contract::v1::CheckRun) -> u64| {
            index.head.checks.iter().map(pick).fold(0, u64::saturating_add)
        };
        let total = sum(|run| run.tally.fail);
        let totals = Severity::ALL.iter().filter_map(|severity| {
            let of_it = failing.iter().filter(|run| run.severity == *severity);
            let count = of_it.map(|run| run.tally.fail).fold(0, u64::saturating_add);
            (count > 0).then(|| SeverityTotal { severity: word!(*severity), count: human::number(count) })
        });
        Self {
            totals: totals.collect(),
            findings: human::count(total, "finding", "findings"),
            waived: more_of(sum(|run| run.tally.waived)),
            by_check: failing
                .iter()
                .map(|run| CheckRow {
                    severity: word!(run.severity),
                    anchor: index.anchor(&run.id),
                    id: human::brief(&run.id),
                    title: index.title(&run.id),
                    fail: human::number(run.tally.fail),
                    size: human::number(run.population.size),
                })
                .collect(),
            worst: kept.worst().iter().map(|finding| worst_row(index, finding)).collect(),
            more: more_of(kept.worst().rest()),
            undecided: undecided(sum(|run| run.tally.unknown), gaps),
            gaps: Capped::new(gap_rows(index, &gaps.iter().collect::<Vec<_>>()), LIMIT, |row| row),
        }
    }
}

/// How much is open, in words: verdicts, and subjects that nobody listed.
fn undecided(verdicts: u64, gaps: &[Gap]) -> String {
    let counted = format!("{} could not be decided", human::count(verdicts, "verdict", "verdicts"));
    let scopes: BTreeSet<&str> = gaps.iter().filter(|gap| gap.count.is_none()).map(|gap| gap.scope.as_str()).collect();
    match scopes.len() as u64 {
        0 => counted,
        open => {
            let scopes = human::count(open, "scope", "scopes");
            format!("{counted}, and in {scopes} nobody listed all of the subjects that a check asks about")
        }
    }
}

fn worst_row(index: &Index<'_>, finding: &Finding) -> WorstRow {
    let owners = finding.owners.iter().map(String::as_str);
    WorstRow {
        severity: word!(finding.severity),
        anchor: index.anchor(&finding.check_run),
        title: index.title(&finding.check_run),
        name: human::brief(human::name_or(&finding.subject.name, &finding.subject.id)),
        id: human::brief(&finding.subject.id),
        reason: human::passage(&finding.reason),
        owners: if finding.owners.is_empty() {
            "none known".to_owned()
        } else {
            human::names(owners, finding.owners.len() as u64, 3)
        },
    }
}

#[derive(Default)]
struct Group<'a> {
    checks: BTreeSet<&'a str>,
    scopes: BTreeSet<&'a str>,
    names: BTreeSet<&'a str>,
    verdicts: u64,
    not_listed: bool,
}

/// Gaps brought together by what closes them, those first whose subjects nobody listed, then by number.
pub(super) fn gap_rows(index: &Index<'_>, gaps: &[&Gap]) -> Vec<GapRow> {
    let mut groups: BTreeMap<(Cause, &GapAbout, &str, &[String]), Group<'_>> = BTreeMap::new();
    for gap in gaps {
        let key = (gap.cause, &gap.about, gap.remedy.text.as_str(), gap.remedy.commands.as_slice());
        let group = groups.entry(key).or_default();
        group.checks.insert(&gap.check_run);
        group.scopes.insert(&gap.scope);
        group.names.extend(gap.first.iter().map(|one| human::name_or(&one.name, &one.id)));
        group.not_listed |= gap.count.is_none();
        group.verdicts = group.verdicts.saturating_add(gap.count.unwrap_or(0));
    }
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by_key(|(_, group)| (Reverse(group.not_listed), Reverse(group.verdicts)));
    sorted
        .into_iter()
        .map(|((cause, about, remedy, commands), group)| {
            let titles: Vec<String> = group.checks.iter().map(|run| index.title(run)).collect();
            GapRow {
                title: format!("{} in {}", told(cause, about), scopes(&group.scopes)),
                brief: told(cause, about).replace('`', ""),
                meaning: meaning(about),
                verdicts: match (group.not_listed, group.verdicts) {
                    (true, 0) => "subjects not listed, number not known".to_owned(),
                    (true, known) => format!("at least {} undecided", human::count(known, "verdict", "verdicts")),
                    (false, known) => format!("{} undecided", human::count(known, "verdict", "verdicts")),
                },
                checks: human::names(titles.iter().map(String::as_str), titles.len() as u64, 6),
                subjects: if group.checks.len() == 1 {
                    human::names(group.names.iter().copied(), group.verdicts.max(group.names.len() as u64), 6)
                } else {
                    String::new()
                },
                remedy: human::passage(remedy),
                commands: commands.iter().take(6).map(|command| human::passage(command)).collect(),
            }
        })
        .collect()
}

fn scopes(all: &BTreeSet<&str>) -> String {
    let named: Vec<String> = all.iter().map(|scope| words::scope(scope)).collect();
    human::names(named.iter().map(String::as_str), all.len() as u64, 8)
}

/// A cause as a sentence without its place.
fn told(cause: Cause, about: &GapAbout) -> String {
    let what = match about {
        GapAbout::Listing(name) => words::listing(name),
        GapAbout::Fact(name) => format!("`{}`", human::brief(name).replace('`', "")),
    };
    match (cause, about) {
        (Cause::NotEnumerated | Cause::MissingFact, GapAbout::Listing(_)) => format!("Nobody listed all {what}"),
        (Cause::NotEnumerated | Cause::MissingFact, GapAbout::Fact(_)) => format!("Nothing says {what}"),
        (Cause::Incomplete, GapAbout::Listing(_)) => format!("The list of {what} is not whole"),
        (Cause::Incomplete, GapAbout::Fact(_)) => format!("What is said of {what} is not whole"),
        (Cause::Stale, _) => format!("What is said of {what} is too old"),
        (Cause::Conflict, _) => format!("Exports contradict each other on {what}"),
        (Cause::AfterAsOf, _) => format!("What is said of {what} is later than the assessment"),
        (Cause::Error, _) => "The expression could not be evaluated".to_owned(),
    }
}

/// What a missing fact would say.
fn meaning(about: &GapAbout) -> String {
    let GapAbout::Fact(name) = about else { return String::new() };
    let found = name.split_once('.').and_then(|(subject, fact)| Subject::from_name(subject)?.fact(fact));
    found.map(|fact| fact.def().doc.to_owned()).unwrap_or_default()
}

/// Gaps for a terminal: what is missing and how much it leaves open, the first command that gives it, and the remedy.
pub(in crate::report) fn gap_lines(index: &Index<'_>, gaps: &[&Gap]) -> Vec<(String, Option<String>, String)> {
    gap_rows(index, gaps)
        .into_iter()
        .map(|row| (format!("{}: {}", row.brief, row.verdicts), row.commands.into_iter().next(), row.remedy))
        .collect()
}
