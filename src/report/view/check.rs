//! One check run as a report tells it, from the question to the counts.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::Serialize;

use super::finding::{CheckLink, RequirementLink};
use super::gap::GapRow;
use super::keys::{Keys, Register};
use super::{Capped, Word, more_of, word};
use crate::base::time::Instant;
use crate::contract::v1::{CheckRun, NearestPass, Param, SubjectRef, Total};
use crate::report::index::Index;
use crate::report::{human, words};

/// Longest lists of scopes, exclusions and names that are shown of one check run.
const LIMIT: usize = 50;
const NAMES: usize = 10;

/// A check as it was put, and what came out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckView {
    /// The anchor of the check.
    anchor: String,
    /// The anchor of what to do; empty if the check does not say.
    fix: String,
    /// The id of the check run.
    id: String,
    /// The title.
    title: String,
    /// The control file that it stands in.
    file: String,
    /// True if that file is not as built in.
    modified: bool,
    /// What the check run came to.
    status: Word,
    /// How bad a failure is.
    severity: Word,
    /// The kind of subject that it asks about, in words.
    subject: String,
    /// The file with all verdicts.
    table: String,
    /// The expression of whom it applies to; empty for all.
    applies: String,
    /// The expression of what must be true.
    passes: String,
    /// How an auditor would test it: Markdown, for `prose` or `quoted`.
    procedure: String,
    /// Why it matters: Markdown.
    rationale: String,
    /// What to do about a failure: Markdown.
    remediation: String,
    /// The parameters.
    params: Vec<ParamRow>,
    /// Whom it was asked about.
    population: PopulationView,
    /// True if something fails, or is not decided, or a waiver covers it.
    open: bool,
    /// How many passed.
    pass: String,
    /// How many failed.
    fail: String,
    /// How many are not decided.
    unknown: String,
    /// How many failures a waiver covers.
    waived: String,
    /// How much was decided, as a fraction.
    coverage: String,
    /// The scopes in which a list of subjects is missing; empty if none.
    open_scopes: String,
    /// The digest of its column of verdicts.
    digest: String,
    /// The requirements that ask for it.
    requirements: Vec<RequirementLink>,
    /// The gaps that leave verdicts of it open.
    gaps: Vec<GapLink>,
    /// How far its passes are from failing, in a sentence or two; empty where they rest on no date and no number.
    margin: String,
    /// By what its passes are found.
    keys: Keys,
}

/// A gap to link to.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct GapLink {
    /// The anchor of the gap; empty if the list of gaps leaves it out.
    pub anchor: String,
    /// What is missing, with names of facts in backticks.
    pub title: String,
}

/// A parameter of a check run.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ParamRow {
    /// The name.
    name: String,
    /// The value, in words.
    value: String,
    /// Where the value comes from.
    origin: String,
    /// What the default rests on; empty if nothing is cited.
    source: String,
}

/// Whom a check run asked about.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PopulationView {
    /// How many, in words.
    size: String,
    /// The same by scope.
    by_scope: Capped<TotalRow>,
    /// The same by system, where there are several.
    by_system: Capped<TotalRow>,
    /// Listed subjects that it does not apply to, by reason.
    out_of_scope: Capped<OutOfScopeRow>,
    /// Subjects that were left out by a decision.
    exclusions: Capped<ExclusionRow>,
    /// How many are only mentioned, in words; empty if none.
    not_listed: String,
    /// What the population rests on that was not loaded.
    notes: Vec<String>,
}

/// A count by name.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct TotalRow {
    /// The name.
    name: String,
    /// The count.
    count: String,
    /// What the export itself states, in words; empty if nothing.
    declared: String,
}

/// Subjects that a check does not apply to, for one reason.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct OutOfScopeRow {
    /// The reason.
    reason: String,
    /// How many.
    count: String,
    /// The names of the first of them.
    names: String,
    /// How many more, as a number to print; empty if none.
    more: String,
}

/// A subject that was left out by a decision.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ExclusionRow {
    /// The name.
    name: String,
    /// The id.
    id: String,
    /// Why.
    reason: String,
    /// Who decided; empty if nobody is named.
    by: String,
}

/// The check runs in the order of the requirements that ask for them, each once; those that none asks for come last.
pub(super) fn checks(index: &Index<'_>, register: &Register<'_>, gaps: &[GapRow]) -> Vec<CheckView> {
    let files = &index.head.controls.files;
    let modified: BTreeSet<&str> = files.iter().filter(|file| file.modified).map(|file| file.path.as_str()).collect();
    let requirements = index.head.frameworks.iter().flat_map(|framework| &framework.requirements);
    let asked = requirements.flat_map(|one| &one.parts).flat_map(|part| &part.runs).map(|run| run.run.as_str());
    let mut told = BTreeSet::new();
    asked
        .chain(index.head.checks.iter().map(|run| run.id.as_str()))
        .filter(|run| told.insert(*run))
        .filter_map(|run| index.run(run))
        .map(|run| view(index, register, gaps, &modified, run))
        .collect()
}

fn view(
    index: &Index<'_>,
    register: &Register<'_>,
    gaps: &[GapRow],
    modified: &BTreeSet<&str>,
    run: &CheckRun,
) -> CheckView {
    let text = index.text(run);
    let words = |pick: fn(&crate::contract::v1::CheckText) -> &str| text.map_or("", pick).to_owned();
    let file = words(|text| &text.file);
    let link = CheckLink::new(index, &run.id);
    let scopes = run.population.by_scope.iter().map(|total| total.name.as_str());
    CheckView {
        anchor: link.anchor,
        fix: link.fix,
        id: link.id,
        title: link.title,
        modified: modified.contains(file.as_str()),
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
        open: run.tally.fail > 0
            || run.tally.unknown > 0
            || run.tally.waived > 0
            || !run.coverage.open_scopes.is_empty(),
        pass: human::number(run.tally.pass),
        fail: human::number(run.tally.fail),
        unknown: human::number(run.tally.unknown),
        waived: human::number(run.tally.waived),
        coverage: human::coverage(&run.coverage),
        open_scopes: open_scopes(&run.coverage.open_scopes),
        digest: human::brief(&run.verdicts_sha256),
        requirements: register.requirements(&run.id).iter().filter_map(|at| requirement_at(index, at)).collect(),
        gaps: gaps.iter().filter(|gap| gap.is_of(&run.id)).map(GapRow::link).collect(),
        margin: run.nearest.as_ref().map(|nearest| margin(run, nearest)).unwrap_or_default(),
        keys: register.runs(std::iter::once(run), scopes),
    }
}

/// The pass that is nearest to failing, and how many fail soon.
fn margin(run: &CheckRun, nearest: &NearestPass) -> String {
    let name = human::brief(human::name_or(&nearest.subject.name, &nearest.subject.id));
    let margins: Vec<String> = nearest.margins.iter().map(|one| words::plain(one)).collect();
    let far = if margins.is_empty() { String::new() } else { format!(", {}", margins.join(", ")) };
    let from = nearest
        .fails_from
        .as_deref()
        .map(|at| format!(", fails from {}", Instant::parse(at).map_or_else(|| human::brief(at), Instant::date)));
    let mut text = format!("nearest to failing: {name}{far}{}", from.unwrap_or_default());
    if nearest.fails_from.is_some() {
        text.push_str(&match nearest.fail_soon {
            0 => "; none within 30 days".to_owned(),
            all if all == run.tally.pass => "; so do all within 30 days".to_owned(),
            some => format!("; {} within 30 days", human::number(some)),
        });
    }
    text
}

/// The requirement at a place such as `1-5`.
fn requirement_at(index: &Index<'_>, at: &str) -> Option<RequirementLink> {
    let (framework, n) = at.split_once('-')?;
    let place = |text: &str| text.parse::<usize>().ok()?.checked_sub(1);
    let framework = index.head.frameworks.get(place(framework)?)?;
    let requirement = framework.requirements.get(place(n)?)?;
    Some(RequirementLink {
        anchor: format!("requirement-{at}"),
        id: human::brief(&requirement.id),
        framework: human::brief(&framework.id),
    })
}

/// The scopes in which a list is missing, in one line.
pub(super) fn open_scopes(scopes: &[String]) -> String {
    human::names(scopes.iter().map(String::as_str), scopes.len() as u64, NAMES)
}

fn param_row(param: &Param) -> ParamRow {
    let mut origin = param.origin.label().to_owned();
    if let Some(default) = param.default.as_ref().filter(|default| **default != param.value) {
        let looser = if param.looser { ", which is stricter" } else { "" };
        origin.push_str(&format!("; default {}{looser}", words::param(default)));
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
