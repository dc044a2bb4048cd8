//! Gaps brought together by what closes them, with their remedies.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;

use super::check::GapLink;
use super::finding::CheckLink;
use super::keys::{Keys, Register};
use super::{Capped, more_of};
use crate::contract::v1::{Cause, Gap, GapAbout, Step};
use crate::model::Subject;
use crate::report::index::Index;
use crate::report::{human, words};

/// Longest list of gaps that is shown, and of checks of one.
const LIMIT: usize = 200;
const CHECKS: usize = 6;

/// Gaps that one remedy closes.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GapRow {
    /// The anchor of the gap; empty if it is not in the list.
    anchor: String,
    /// What is missing, with names of facts in backticks.
    title: String,
    #[serde(skip)]
    brief: String,
    /// What the missing facts would say.
    meaning: String,
    /// How many verdicts it leaves open, in words.
    verdicts: String,
    /// The first of the checks that it leaves open.
    checks: Vec<CheckLink>,
    /// How many more checks, as a number to print; empty if none.
    more_checks: String,
    /// The first of the subjects, in words; empty if nobody listed them.
    subjects: String,
    /// What to do, with names in backticks.
    remedy: String,
    /// What to do with the exports.
    #[serde(skip)]
    step: Step,
    #[serde(skip)]
    exports: Vec<String>,
    /// The commands that make the exports that would close it.
    commands: Vec<String>,
    /// By what it is found.
    keys: Keys,
    /// How many verdicts it leaves open, as far as they are counted.
    #[serde(skip)]
    count: u64,
    /// The check runs that it leaves open.
    #[serde(skip)]
    runs: BTreeSet<String>,
}

impl GapRow {
    /// Whether it leaves verdicts of that check run open.
    pub(super) fn is_of(&self, run: &str) -> bool {
        self.runs.contains(run)
    }

    /// A link to it.
    pub(super) fn link(&self) -> GapLink {
        GapLink { anchor: self.anchor.clone(), title: self.title.clone() }
    }
}

/// What could not be decided.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Gaps {
    /// How much is open, in words.
    told: String,
    /// True if verdicts stand in more than one gap.
    overlap: bool,
    /// The gaps, those that leave most open first.
    #[serde(flatten)]
    list: Capped<GapRow>,
}

impl Gaps {
    pub(super) fn new(index: &Index<'_>, gaps: &[Gap], rows: Vec<GapRow>) -> Self {
        let unknown = index.head.checks.iter().map(|run| run.tally.unknown).fold(0, u64::saturating_add);
        Self {
            told: undecided(unknown, gaps),
            overlap: overlap(&rows, unknown),
            list: Capped::new(rows, LIMIT, |row| row),
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

#[derive(Default)]
struct Group<'a> {
    checks: BTreeSet<&'a str>,
    scopes: BTreeSet<&'a str>,
    names: BTreeSet<&'a str>,
    verdicts: u64,
    not_listed: bool,
    /// The places in the list of the gaps that were brought together.
    of: Vec<usize>,
}

/// True if gaps leave open more verdicts than there are: some stand in several.
fn overlap(rows: &[GapRow], undecided: u64) -> bool {
    rows.iter().map(|row| row.count).fold(0, u64::saturating_add) > undecided
}

/// Gaps of one check run that leave the same subjects open and have one remedy: one gap, of which several things are
/// missing.
fn merged(gaps: &[Gap]) -> Vec<(Vec<&GapAbout>, &Gap, Vec<usize>)> {
    let mut all: IndexMap<_, (Vec<&GapAbout>, &Gap, Vec<usize>)> = IndexMap::new();
    for (at, gap) in gaps.iter().enumerate() {
        // Nobody knows whether subjects that were not listed are the same.
        let apart = gap.count.is_none().then_some(&gap.about);
        let key = (&gap.check_run, gap.cause, &gap.scope, &gap.subjects_sha256, &gap.remedy, apart);
        let (abouts, _, of) = all.entry(key).or_insert_with(|| (Vec::new(), gap, Vec::new()));
        abouts.push(&gap.about);
        of.push(at);
    }
    all.into_values().collect()
}

/// Cause, what is missing, and the text and commands of the remedy.
type Key<'a> = (Cause, Vec<&'a GapAbout>, &'a str, &'a [String]);

/// Gaps brought together by what closes them, those first that leave most verdicts open; where as many are known, those first
/// that leave open more of which nobody knows how many.
fn grouped(gaps: &[Gap]) -> Vec<(Key<'_>, &Gap, Group<'_>)> {
    let mut groups: BTreeMap<Key<'_>, (&Gap, Group<'_>)> = BTreeMap::new();
    for (abouts, gap, of) in merged(gaps) {
        let key = (gap.cause, abouts, gap.remedy.text.as_str(), gap.remedy.commands.as_slice());
        let (_, group) = groups.entry(key).or_insert_with(|| (gap, Group::default()));
        group.checks.insert(&gap.check_run);
        group.scopes.insert(&gap.scope);
        group.names.extend(gap.first.iter().map(|one| human::name_or(&one.name, &one.id)));
        group.not_listed |= gap.count.is_none();
        group.verdicts = group.verdicts.saturating_add(gap.count.unwrap_or(0));
        group.of.extend(of);
    }
    let mut sorted: Vec<_> = groups.into_iter().map(|(key, (gap, group))| (key, gap, group)).collect();
    sorted
        .sort_by_key(|(_, _, group)| (Reverse(group.verdicts), Reverse(group.not_listed), Reverse(group.checks.len())));
    sorted
}

/// Under which number the reports tell each gap, in the order of the list: the first is 1.
pub(in crate::report) fn gap_numbers(gaps: &[Gap]) -> Vec<usize> {
    let mut numbers = vec![0; gaps.len()];
    for (at, (_, _, group)) in grouped(gaps).into_iter().enumerate() {
        for of in group.of {
            if let Some(number) = numbers.get_mut(of) {
                *number = at + 1;
            }
        }
    }
    numbers
}

/// Gaps as reports show them, in the order of their numbers.
pub(super) fn gap_rows(index: &Index<'_>, register: Option<&Register<'_>>, gaps: &[Gap]) -> Vec<GapRow> {
    let rows = grouped(gaps).into_iter().enumerate().map(|(at, ((cause, abouts, ..), gap, group))| {
        let runs = group.checks.iter().filter_map(|run| index.run(run));
        let keys = register.map(|register| register.runs(runs, group.scopes.iter().copied()));
        let anchor = if at < LIMIT { format!("gap-{}", at + 1) } else { String::new() };
        GapRow { anchor, keys: keys.unwrap_or_default(), ..gap_row(index, cause, &abouts, gap, &group) }
    });
    rows.collect()
}

fn gap_row(index: &Index<'_>, cause: Cause, abouts: &[&GapAbout], gap: &Gap, group: &Group<'_>) -> GapRow {
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
        anchor: String::new(),
        checks: group.checks.iter().take(CHECKS).map(|run| CheckLink::new(index, run)).collect(),
        more_checks: more_of(group.checks.len().saturating_sub(CHECKS) as u64),
        subjects: if group.checks.len() == 1 {
            human::names(group.names.iter().copied(), group.verdicts.max(group.names.len() as u64), 6)
        } else {
            human::names(group.names.iter().copied(), group.names.len() as u64, 6)
        },
        keys: Keys::default(),
        runs: group.checks.iter().map(|run| (*run).to_owned()).collect(),
        remedy: human::passage(&gap.remedy.text),
        step: gap.remedy.step,
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
    /// What to do with the exports.
    pub step: Step,
}

/// Gaps for a terminal, and whether verdicts stand in more than one of them.
pub(in crate::report) fn gap_lines(index: &Index<'_>, gaps: &[Gap], undecided: u64) -> (Vec<GapLine>, bool) {
    let rows = gap_rows(index, None, gaps);
    let overlap = overlap(&rows, undecided);
    let lines = rows.into_iter().map(|row| GapLine {
        what: format!("{}: {}", row.brief, row.verdicts),
        exports: row.exports,
        command: row.commands.into_iter().next(),
        remedy: row.remedy,
        step: row.step,
    });
    (lines.collect(), overlap)
}
