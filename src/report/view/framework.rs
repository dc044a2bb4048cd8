//! Frameworks as a report tells them: requirements, parts, and the checks that answer them.

use serde::Serialize;

use super::check::{CheckView, Details, open_scopes};
use super::{Word, word};
use crate::contract::v1::{AnsweredBy, Framework, Part, Requirement, Status};
use crate::report::{human, prose};

#[derive(Debug, Serialize)]
pub(super) struct FrameworkView {
    anchor: String,
    id: String,
    title: String,
    version: String,
    url: String,
    mapping: String,
    notes: Vec<String>,
    counts: Vec<StatusCount>,
    coverage: String,
    open_scopes: String,
    requirements: Vec<RequirementView>,
}

#[derive(Debug, Serialize)]
struct StatusCount {
    status: Word,
    count: String,
}

#[derive(Debug, Serialize)]
struct RequirementView {
    anchor: String,
    id: String,
    title: String,
    summary: String,
    notes: Vec<String>,
    status: Word,
    coverage: String,
    open_scopes: String,
    parts_answered: String,
    fails: String,
    see_also: String,
    parts: Vec<PartView>,
    checks: Vec<CheckView>,
}

#[derive(Debug, Serialize)]
struct PartView {
    id: String,
    title: String,
    answered_by: Word,
    status: Word,
    coverage: String,
    notes: Vec<String>,
    manual: String,
    attestation: String,
    runs: Vec<RunRow>,
}

#[derive(Debug, Serialize)]
struct RunRow {
    anchor: String,
    id: String,
    title: String,
    status: Word,
}

impl FrameworkView {
    pub(super) fn new(at: usize, framework: &Framework, details: &mut Details<'_>) -> Self {
        let count = |status: Status| framework.requirements.iter().filter(|one| one.status == status).count() as u64;
        let counts = Status::ALL.iter().filter(|status| count(**status) > 0);
        Self {
            anchor: format!("framework-{}", at + 1),
            id: human::brief(&framework.id),
            title: human::brief(human::name_or(&framework.title, &framework.id)),
            version: framework.version.as_deref().map(human::brief).unwrap_or_default(),
            url: framework.url.clone().filter(|url| prose::allowed(url)).unwrap_or_default(),
            mapping: framework.mapping.as_deref().map(human::passage).unwrap_or_default(),
            notes: passages(&framework.notes),
            counts: counts
                .map(|status| StatusCount { status: word!(*status), count: human::number(count(*status)) })
                .collect(),
            coverage: human::coverage(&framework.coverage),
            open_scopes: open_scopes(&framework.coverage.open_scopes),
            requirements: framework
                .requirements
                .iter()
                .enumerate()
                .map(|(n, one)| requirement(format!("requirement-{}-{}", at + 1, n + 1), one, details))
                .collect(),
        }
    }
}

fn requirement(anchor: String, one: &Requirement, details: &mut Details<'_>) -> RequirementView {
    let answered = one.parts.iter().filter(|part| part.answered_by != AnsweredBy::Nothing).count();
    let mut runs: Vec<&str> = one.parts.iter().flat_map(|part| &part.runs).map(|run| run.run.as_str()).collect();
    runs.sort_unstable();
    runs.dedup();
    let fails =
        runs.iter().filter_map(|run| details.index.run(run)).map(|run| run.tally.fail).fold(0, u64::saturating_add);
    let see_also: Vec<_> =
        one.see_also.iter().map(|other| format!("{} {}", other.framework, other.requirement)).collect();
    RequirementView {
        anchor,
        id: human::brief(&one.id),
        title: human::brief(&one.title),
        summary: human::passage(&one.summary),
        notes: passages(&one.notes),
        status: word!(one.status),
        coverage: human::coverage(&one.coverage),
        open_scopes: open_scopes(&one.coverage.open_scopes),
        parts_answered: format!("{answered} of {}", one.parts.len()),
        fails: human::number(fails),
        see_also: see_also.join(", "),
        parts: one.parts.iter().map(|part| part_view(part, details)).collect(),
        checks: one.parts.iter().flat_map(|part| &part.runs).filter_map(|run| details.first_time(&run.run)).collect(),
    }
}

fn part_view(part: &Part, details: &Details<'_>) -> PartView {
    PartView {
        id: human::brief(&part.id),
        title: human::brief(human::name_or(&part.title, &part.id)),
        answered_by: word!(part.answered_by),
        status: word!(part.status),
        coverage: human::coverage(&part.coverage),
        notes: passages(&part.notes),
        manual: part.manual.as_deref().map(human::passage).unwrap_or_default(),
        attestation: attestation(part, details),
        runs: part
            .runs
            .iter()
            .map(|run| RunRow {
                anchor: details.index.anchor(&run.run),
                id: human::brief(&run.run),
                title: details.index.title(&run.run),
                status: word!(run.status),
            })
            .collect(),
    }
}

fn passages(notes: &[String]) -> Vec<String> {
    notes.iter().map(|note| human::passage(note)).collect()
}

/// The statement that a part asks for, in one line.
fn attestation(part: &Part, details: &Details<'_>) -> String {
    let Some(state) = &part.attestation else { return String::new() };
    let given = state.attestation.and_then(|at| details.index.head.attestations.get(at as usize));
    let Some(given) = given else { return state.status.label().to_owned() };
    let at = given.at.as_deref().map(|at| format!(", {}", human::instant(at))).unwrap_or_default();
    let until =
        given.expires_at.as_deref().map(|until| format!(", until {}", human::instant(until))).unwrap_or_default();
    format!(
        "{}, stated by {}{at}{until}: {}",
        state.status.label(),
        human::brief(&given.by),
        human::passage(&given.statement)
    )
}
