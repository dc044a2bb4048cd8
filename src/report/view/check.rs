//! One check run as a report tells it, from the question to the findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::attention::{GapRow, gap_rows};
use super::finding::FindingView;
use super::{Capped, Word, more_of, word};
use crate::contract::v1::{CheckRun, Gap, Param, Population, SubjectRef, Total};
use crate::report::human;
use crate::report::index::Index;
use crate::report::kept::Kept;

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
            subject: human::brief(&run.subject),
            applies: text.and_then(|text| text.applies.clone()).unwrap_or_default(),
            passes: words(|text| &text.passes),
            procedure: words(|text| &text.procedure),
            rationale: words(|text| &text.rationale),
            remediation: words(|text| &text.remediation),
            params: run.params.iter().map(param_row).collect(),
            population: population(&run.population),
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
        origin.push_str(&format!("; default {}", human::brief(default)));
    }
    if let Some(profile) = &param.profile {
        let looser = if profile.looser { ", which is looser" } else { "" };
        origin.push_str(&format!("; the profile says {}{looser}", human::brief(&profile.value)));
    }
    ParamRow {
        name: human::brief(&param.name),
        value: human::brief(&param.value),
        origin,
        source: param.source.as_deref().map(human::brief).unwrap_or_default(),
    }
}

/// A control total.
pub(super) fn total_row(total: &Total) -> TotalRow {
    TotalRow {
        name: human::brief(&total.name),
        count: human::number(total.count),
        declared: match total.declared {
            None => String::new(),
            Some(same) if same == total.count => "as the export states".to_owned(),
            Some(other) => format!("the export states {}", human::number(other)),
        },
    }
}

fn population(population: &Population) -> PopulationView {
    let names = |first: &[SubjectRef], count| {
        human::names(first.iter().map(|one| human::name_or(&one.name, &one.id)), count, NAMES)
    };
    PopulationView {
        size: human::number(population.size),
        by_scope: Capped::new(&population.by_scope, LIMIT, total_row),
        by_system: Capped::new(&population.by_system, LIMIT, total_row),
        out_of_scope: Capped::new(&population.out_of_scope, LIMIT, |one| OutOfScopeRow {
            reason: human::brief(&one.reason),
            count: human::number(one.count),
            names: names(&one.first, one.count),
        }),
        exclusions: Capped::new(&population.exclusions, LIMIT, |one| ExclusionRow {
            name: human::brief(human::name_or(&one.subject.name, &one.subject.id)),
            id: human::brief(&one.subject.id),
            reason: human::brief(&one.reason),
            by: one.by.as_deref().map(human::brief).unwrap_or_default(),
        }),
        not_listed: more_of(population.not_listed),
        notes: population.notes.iter().map(|note| human::passage(note)).collect(),
    }
}
