//! Frameworks as a report tells them: requirements, parts, and the checks that answer them.

use serde::Serialize;

use super::check::{CheckView, Details, open_scopes};
use super::{Word, word};
use crate::contract::v1::{Attestation, AttestationStatus, Framework, Part, Requirement, Status};
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
    parts_told: String,
    fails: String,
    see_also: String,
    parts: Vec<PartView>,
    checks: Vec<CheckView>,
}

#[derive(Debug, Serialize)]
struct PartView {
    id: String,
    title: String,
    status: Word,
    coverage: String,
    notes: Vec<String>,
    manual: String,
    /// In one line who stated it and until when, or that nobody did; empty where nobody is asked.
    attested: String,
    statement: String,
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
        parts_told: parts_told(&one.parts),
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
        status: part_status(part),
        coverage: human::coverage(&part.coverage),
        notes: passages(&part.notes),
        manual: part.manual.as_deref().map(human::passage).unwrap_or_default(),
        attested: attested(part, details),
        statement: given(part, details).map(|given| human::passage(&given.statement)).unwrap_or_default(),
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

/// Whether a part rests on a person's word alone, and then on which.
fn attestation_alone(part: &Part) -> Option<AttestationStatus> {
    let state = part.attestation.as_ref().map(|state| state.status);
    let asked = part.manual.is_some() || state.is_some();
    (part.runs.is_empty() && asked).then(|| state.unwrap_or(AttestationStatus::Outstanding))
}

/// What a part came to; what no check answers is never called by the word for a test.
fn part_status(part: &Part) -> Word {
    match (attestation_alone(part), part.runs.is_empty()) {
        (Some(AttestationStatus::Given), _) => Word { name: "attested", label: "attested, not tested" },
        (Some(AttestationStatus::Outstanding), _) => Word { name: "outstanding", label: "outstanding" },
        (Some(AttestationStatus::Expired), _) => Word { name: "outstanding", label: "attestation expired" },
        (None, true) => Word { name: "outstanding", label: "answered by nothing" },
        (None, false) => word!(part.status),
    }
}

/// How many parts are answered by what, such as `5 by checks, 2 outstanding`.
fn parts_told(parts: &[Part]) -> String {
    let mut counts = [0_u64; 4];
    for part in parts {
        let at = match (attestation_alone(part), part.runs.is_empty()) {
            (Some(AttestationStatus::Given), _) => 1,
            (Some(_), _) => 2,
            (None, true) => 3,
            (None, false) => 0,
        };
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
    }
    let words = ["by checks", "attested", "outstanding", "by nothing"];
    let told = counts.iter().zip(words).filter(|(count, _)| **count > 0);
    told.map(|(count, word)| format!("{} {word}", human::number(*count))).collect::<Vec<_>>().join(", ")
}

fn given<'a>(part: &Part, details: &Details<'a>) -> Option<&'a Attestation> {
    let at = part.attestation.as_ref()?.attestation?;
    details.index.head.attestations.get(at as usize)
}

/// Who stated what a part asks for, and until when, or that nobody did.
fn attested(part: &Part, details: &Details<'_>) -> String {
    let Some(state) = &part.attestation else {
        return if part.manual.is_some() { "attestation outstanding".to_owned() } else { String::new() };
    };
    let Some(given) = given(part, details) else { return format!("attestation {}", state.status.label()) };
    let at = given.at.as_deref().map(|at| format!(" on {}", human::instant(at))).unwrap_or_default();
    let until = given.expires_at.as_deref().map(human::instant);
    let (what, until) = match (state.status, until) {
        (AttestationStatus::Expired, Some(until)) => ("attestation expired: stated", format!(", until {until}")),
        (AttestationStatus::Expired, None) => ("attestation expired: stated", String::new()),
        (_, Some(until)) => ("attested", format!(", until {until}; not tested")),
        (_, None) => ("attested", ", without an end; not tested".to_owned()),
    };
    format!("{what} by {}{at}{until}", human::brief(&given.by))
}
