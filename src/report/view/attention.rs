//! What needs attention: the failures by check, the worst findings, and the gaps with their remedies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
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
    /// True if verdicts stand in more than one gap.
    overlap: bool,
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
    #[serde(skip)]
    exports: Vec<String>,
    commands: Vec<String>,
    /// How many verdicts it leaves open, as far as they are counted.
    #[serde(skip)]
    count: u64,
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
        let unknown = sum(|run| run.tally.unknown);
        let rows = gap_rows(index, &gaps.iter().collect::<Vec<_>>());
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
            undecided: undecided(unknown, gaps),
            overlap: overlap(&rows, unknown),
            gaps: Capped::new(rows, LIMIT, |row| row),
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

/// True if gaps leave open more verdicts than there are: some stand in several.
fn overlap(rows: &[GapRow], undecided: u64) -> bool {
    rows.iter().map(|row| row.count).fold(0, u64::saturating_add) > undecided
}

/// Gaps of one check run that leave the same subjects open and have one remedy: one gap, of which several things are
/// missing.
fn merged<'a>(gaps: &[&'a Gap]) -> Vec<(Vec<&'a GapAbout>, &'a Gap)> {
    let mut all: IndexMap<_, (Vec<&GapAbout>, &Gap)> = IndexMap::new();
    for gap in gaps {
        // Nobody knows whether subjects that were not listed are the same.
        let apart = gap.count.is_none().then_some(&gap.about);
        let key = (&gap.check_run, gap.cause, &gap.scope, &gap.subjects_sha256, &gap.remedy, apart);
        all.entry(key).or_insert_with(|| (Vec::new(), *gap)).0.push(&gap.about);
    }
    all.into_values().collect()
}

/// Cause, what is missing, and the text and commands of the remedy.
type Key<'a> = (Cause, Vec<&'a GapAbout>, &'a str, &'a [String]);

/// Gaps brought together by what closes them, those first whose subjects nobody listed, then by number.
pub(super) fn gap_rows(index: &Index<'_>, gaps: &[&Gap]) -> Vec<GapRow> {
    let mut groups: BTreeMap<Key<'_>, (&Gap, Group<'_>)> = BTreeMap::new();
    for (abouts, gap) in merged(gaps) {
        let key = (gap.cause, abouts, gap.remedy.text.as_str(), gap.remedy.commands.as_slice());
        let (_, group) = groups.entry(key).or_insert_with(|| (gap, Group::default()));
        group.checks.insert(&gap.check_run);
        group.scopes.insert(&gap.scope);
        group.names.extend(gap.first.iter().map(|one| human::name_or(&one.name, &one.id)));
        group.not_listed |= gap.count.is_none();
        group.verdicts = group.verdicts.saturating_add(gap.count.unwrap_or(0));
    }
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by_key(|(_, (_, group))| (Reverse(group.not_listed), Reverse(group.verdicts)));
    let rows =
        sorted.into_iter().map(|((cause, abouts, ..), (gap, group))| gap_row(index, cause, &abouts, gap, &group));
    rows.collect()
}

fn gap_row(index: &Index<'_>, cause: Cause, abouts: &[&GapAbout], gap: &Gap, group: &Group<'_>) -> GapRow {
    let titles: Vec<String> = group.checks.iter().map(|run| index.title(run)).collect();
    let told = told(cause, abouts);
    let meanings: Vec<&str> = abouts.iter().map(|about| meaning(about)).filter(|text| !text.is_empty()).collect();
    GapRow {
        title: format!("{told} in {}", scopes(&group.scopes)),
        brief: told.replace('`', ""),
        meaning: meanings.join(" "),
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
        remedy: human::passage(&gap.remedy.text),
        exports: gap.remedy.exports.iter().take(6).map(|export| human::brief(export)).collect(),
        commands: gap.remedy.commands.iter().take(6).map(|command| human::passage(command)).collect(),
        count: group.verdicts,
    }
}

fn scopes(all: &BTreeSet<&str>) -> String {
    let named: Vec<String> = all.iter().map(|scope| words::scope(scope)).collect();
    human::names(named.iter().map(String::as_str), all.len() as u64, 8)
}

/// A cause as a sentence without its place.
fn told(cause: Cause, abouts: &[&GapAbout]) -> String {
    let named = abouts.iter().map(|about| match about {
        GapAbout::Listing(name) => words::listing(name),
        GapAbout::Fact(name) => format!("`{}`", human::brief(name).replace('`', "")),
    });
    let what = named.collect::<Vec<_>>().join(" or ");
    let listing = matches!(abouts.first(), Some(GapAbout::Listing(_)));
    match (cause, listing) {
        (Cause::NotEnumerated | Cause::MissingFact, true) => format!("Nobody listed all {what}"),
        (Cause::NotEnumerated | Cause::MissingFact, false) => format!("Nothing says {what}"),
        (Cause::Incomplete, true) => format!("The list of {what} is not whole"),
        (Cause::Incomplete, false) => format!("What is said of {what} is not whole"),
        (Cause::Stale, _) => format!("What is said of {what} is too old"),
        (Cause::Conflict, _) => format!("Exports contradict each other on {what}"),
        (Cause::AfterAsOf, _) => format!("What is said of {what} is later than the assessment"),
        (Cause::Error, _) => "The expression could not be evaluated".to_owned(),
    }
}

/// What a missing fact would say.
fn meaning(about: &GapAbout) -> &'static str {
    let GapAbout::Fact(name) = about else { return "" };
    let found = name.split_once('.').and_then(|(subject, fact)| Subject::from_name(subject)?.fact(fact));
    found.map_or("", |fact| fact.def().doc)
}

/// A gap as a terminal tells it.
#[derive(Debug)]
pub(in crate::report) struct GapLine {
    /// What is missing, and how much it leaves open.
    pub what: String,
    /// The sources of exports that would close it, by id.
    pub exports: Vec<String>,
    /// The first command that makes one.
    pub command: Option<String>,
    /// What to do, in words.
    pub remedy: String,
}

/// Gaps for a terminal, and whether verdicts stand in more than one of them.
pub(in crate::report) fn gap_lines(index: &Index<'_>, gaps: &[Gap], undecided: u64) -> (Vec<GapLine>, bool) {
    let rows = gap_rows(index, &gaps.iter().collect::<Vec<_>>());
    let overlap = overlap(&rows, undecided);
    let lines = rows.into_iter().map(|row| GapLine {
        what: format!("{}: {}", row.brief, row.verdicts),
        exports: row.exports,
        command: row.commands.into_iter().next(),
        remedy: row.remedy,
    });
    (lines.collect(), overlap)
}
