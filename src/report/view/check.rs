//! One check run as a report tells it, from the question to the findings.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use serde::Serialize;

use super::attention::{GapRow, gap_rows};
use super::finding::FindingView;
use super::{Capped, Word, more_of, word};
use crate::contract::v1::{CheckRun, Gap, Param, SubjectRef, Total};
use crate::report::index::Index;
use crate::report::kept::Kept;
use crate::report::{human, words};

/// Longest lists of scopes, exclusions and names that are shown of one check run.
const LIMIT: usize = 50;
const NAMES: usize = 10;

#[derive(Debug, Serialize)]
pub(super) struct CheckView {
    anchor: String,
    id: String,
    title: String,
    file: String,
    modified: bool,
    status: Word,
    severity: Word,
    subject: String,
    table: String,
    applies: String,
    passes: String,
    procedure: String,
    rationale: String,
    remediation: String,
    params: Vec<ParamRow>,
    population: PopulationView,
    pass: String,
    fail: String,
    unknown: String,
    waived: String,
    coverage: String,
    open_scopes: String,
    digest: String,
    findings: Vec<FindingView>,
    more_findings: String,
    gaps: Capped<GapRow>,
}

#[derive(Debug, Serialize)]
struct ParamRow {
    name: String,
    value: String,
    origin: String,
    source: String,
}

#[derive(Debug, Serialize)]
struct PopulationView {
    size: String,
    by_scope: Capped<TotalRow>,
    by_system: Capped<TotalRow>,
    out_of_scope: Capped<OutOfScopeRow>,
    exclusions: Capped<ExclusionRow>,
    not_listed: String,
    notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct TotalRow {
    name: String,
    count: String,
    declared: String,
}

#[derive(Debug, Serialize)]
struct OutOfScopeRow {
    reason: String,
    count: String,
    names: String,
    more: String,
}

#[derive(Debug, Serialize)]
struct ExclusionRow {
    name: String,
    id: String,
    reason: String,
    by: String,
}

/// Makes the view of each check run once: where it is first asked for.
pub(super) struct Details<'a> {
    pub(super) index: &'a Index<'a>,
    kept: &'a Kept,
    gaps: BTreeMap<&'a str, Vec<&'a Gap>>,
    modified: BTreeSet<&'a str>,
    told: BTreeSet<&'a str>,
}

impl<'a> Details<'a> {
    pub(super) fn new(index: &'a Index<'a>, kept: &'a Kept, gaps: &'a [Gap]) -> Self {
        let mut by_run: BTreeMap<&str, Vec<&Gap>> = BTreeMap::new();
        for gap in gaps {
            by_run.entry(gap.check_run.as_str()).or_default().push(gap);
        }
        let files = &index.head.controls.files;
        let modified = files.iter().filter(|file| file.modified).map(|file| file.path.as_str()).collect();
        Self { index, kept, gaps: by_run, modified, told: BTreeSet::new() }
    }

    /// The view of a run that was not told of before.
    pub(super) fn first_time(&mut self, run: &str) -> Option<CheckView> {
        let run = self.index.run(run)?;
        self.told.insert(run.id.as_str()).then(|| self.view(run))
    }

    /// The views of all runs that were not told of.
    pub(super) fn rest(&mut self) -> Vec<CheckView> {
        let index = self.index;
        index.head.checks.iter().filter_map(|run| self.first_time(&run.id)).collect()
    }

    fn view(&self, run: &CheckRun) -> CheckView {
        let text = self.index.text(run);
        let words = |pick: fn(&crate::contract::v1::CheckText) -> &str| text.map_or("", pick).to_owned();
        let file = words(|text| &text.file);
        let no_gaps = Vec::new();
        CheckView {
            anchor: self.index.anchor(&run.id),
            id: human::brief(&run.id),
            title: self.index.title(&run.id),
            modified: self.modified.contains(file.as_str()),
            file: human::brief(&file),
            status: word!(run.status),
            severity: word!(run.severity),
            subject: words::subject(&run.subject),
            table: format!("verdicts-{}.csv", human::brief(&run.subject).replace('_', "-")),
            applies: text.and_then(|text| text.applies.clone()).unwrap_or_default(),
            passes: words(|text| &text.passes),
            procedure: words(|text| &text.procedure),
            rationale: words(|text| &text.rationale),
            remediation: words(|text| &text.remediation),
            params: run.params.iter().map(param_row).collect(),
            population: population(run),
            pass: human::number(run.tally.pass),
            fail: human::number(run.tally.fail),
            unknown: human::number(run.tally.unknown),
            waived: human::number(run.tally.waived),
            coverage: human::coverage(&run.coverage),
            open_scopes: open_scopes(&run.coverage.open_scopes),
            digest: human::brief(&run.verdicts_sha256),
            findings: self.kept.of_run(&run.id).map(|finding| FindingView::new(self.index, finding)).collect(),
            more_findings: more_of(self.kept.more_of_run(&run.id)),
            gaps: Capped::new(gap_rows(self.index, self.gaps.get(run.id.as_str()).unwrap_or(&no_gaps)), LIMIT, |row| {
                row
            }),
        }
    }
}

/// The scopes in which a list is missing, in one line.
pub(super) fn open_scopes(scopes: &[String]) -> String {
    human::names(scopes.iter().map(String::as_str), scopes.len() as u64, NAMES)
}

fn param_row(param: &Param) -> ParamRow {
    let mut origin = param.origin.label().to_owned();
    if let Some(default) = param.default.as_ref().filter(|default| **default != param.value) {
        origin.push_str(&format!("; default {}", words::param(default)));
    }
    if let Some(profile) = &param.profile {
        let looser = if profile.looser { ", which is looser" } else { "" };
        origin.push_str(&format!("; the profile says {}{looser}", words::param(&profile.value)));
    }
    ParamRow {
        name: human::brief(&param.name),
        value: words::param(&param.value),
        origin,
        source: param.source.as_deref().map(human::brief).unwrap_or_default(),
    }
}

/// A control total.
pub(super) fn total_row(total: &Total) -> TotalRow {
    TotalRow {
        name: words::plain(&total.name),
        count: human::number(total.count),
        declared: match total.declared {
            None => String::new(),
            Some(same) if same == total.count => "as the export states".to_owned(),
            Some(other) => format!("the export states {}", human::number(other)),
        },
    }
}

fn scope_row(total: &Total) -> TotalRow {
    TotalRow { name: words::scope(&total.name), ..total_row(total) }
}

fn population(run: &CheckRun) -> PopulationView {
    let population = &run.population;
    let several = population.by_system.len() > 1;
    let (one, many) = (words::subject(&run.subject), words::subjects(&run.subject));
    PopulationView {
        size: human::count(population.size, &one, &many),
        by_scope: Capped::new(&population.by_scope, LIMIT, scope_row),
        // One system says no more than the size does.
        by_system: Capped::new(population.by_system.iter().filter(|_| several), LIMIT, scope_row),
        out_of_scope: Capped::new(&population.out_of_scope, LIMIT, |one| OutOfScopeRow {
            reason: human::brief(&one.reason),
            count: human::number(one.count),
            names: by_scope(&one.first),
            more: more_of(one.count.saturating_sub(one.first.len() as u64)),
        }),
        exclusions: Capped::new(&population.exclusions, LIMIT, |one| ExclusionRow {
            name: human::brief(human::name_or(&one.subject.name, &one.subject.id)),
            id: human::brief(&one.subject.id),
            reason: human::brief(&one.reason),
            by: one.by.as_deref().map(human::brief).unwrap_or_default(),
        }),
        not_listed: match population.not_listed {
            0 => String::new(),
            1 => "1 more is mentioned and not listed, and so not tested".to_owned(),
            n => format!("{} more are mentioned and not listed, and so not tested", human::number(n)),
        },
        notes: population.notes.iter().map(|note| human::passage(note)).collect(),
    }
}

/// Names under their scopes, in the order in which they come.
fn by_scope(subjects: &[SubjectRef]) -> String {
    let mut groups: IndexMap<&str, Vec<&str>> = IndexMap::new();
    for one in subjects {
        groups.entry(&one.scope).or_default().push(human::name_or(&one.name, &one.id));
    }
    let told = groups.iter().map(|(scope, names)| {
        let names = human::names(names.iter().copied(), names.len() as u64, names.len());
        format!("{names} in {}", words::scope(scope))
    });
    told.collect::<Vec<_>>().join("; ")
}
