//! Frameworks as a report tells them: requirements, parts, and the checks that answer them.

use std::collections::BTreeSet;

use serde::Serialize;

use super::bars::Bar;
use super::check::open_scopes;
use super::{Word, word};
use crate::contract::v1::{
    Attestation, AttestationStatus, CheckRun, Crosswalk, Framework, MappedBy, Part, Requirement, RequirementRef,
    Severity, Status,
};
use crate::report::index::Index;
use crate::report::{human, prose};

/// A framework, requirement by requirement.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct FrameworkView {
    /// The anchor of the framework.
    anchor: String,
    /// The id.
    id: String,
    /// The title, cut to what fits a heading.
    title: String,
    /// The whole title, where the heading has not all of it; else empty.
    full_title: String,
    /// The edition; empty if none is named.
    version: String,
    /// Where it is published; empty if that is not known.
    url: String,
    /// Who made the mapping of checks to requirements, and how.
    mapping: String,
    /// What a reader must know before citing it: Markdown.
    notes: Vec<String>,
    /// How many requirements came to what.
    statuses: Bar,
    /// The findings on it by severity.
    severities: Bar,
    /// How many findings bear on it, in words, or that nothing was tested.
    findings: String,
    /// How much was decided, as a fraction.
    coverage: String,
    /// The scopes in which a list of subjects is missing; empty if none.
    open_scopes: String,
    /// The requirements, in the order of the framework.
    requirements: Vec<RequirementView>,
}

/// A requirement of a framework.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RequirementView {
    /// The anchor of the requirement.
    anchor: String,
    /// The id.
    id: String,
    /// The title.
    title: String,
    /// What it asks, in words of this project: Markdown.
    summary: String,
    /// What a reader must know before citing it: Markdown.
    notes: Vec<String>,
    /// What it came to.
    status: Word,
    /// How much was decided, as a fraction.
    coverage: String,
    /// The scopes in which a list of subjects is missing; empty if none.
    open_scopes: String,
    /// How many parts are answered by what.
    parts_told: String,
    /// How many findings bear on it, with how many failures a waiver covers.
    fails: String,
    /// How bad the worst of them is; none if there are none.
    worst: Option<Word>,
    /// What corresponds to it in other frameworks; empty if nothing.
    see_also: String,
    /// The things that it demands.
    parts: Vec<PartView>,
}

/// One of the things that a requirement demands.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct PartView {
    /// The id within the requirement.
    id: String,
    /// The title.
    title: String,
    /// What it came to.
    status: Word,
    /// How much was decided, as a fraction.
    coverage: String,
    /// What is worth knowing of how it is answered.
    notes: Vec<String>,
    /// What a person is asked to state; empty if nothing.
    manual: String,
    /// Why nothing answers it; empty where something does, or nobody said.
    unanswered: String,
    /// In a crosswalk, whose answer it takes over, and how what the requirement asks stands to it; else empty.
    crosswalk: String,
    /// In one line who stated it and until when, or that nobody did; empty where nobody is asked.
    attested: String,
    /// What was stated.
    statement: String,
    /// The check runs that answer it.
    runs: Vec<RunRow>,
}

/// A check run that answers a part.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RunRow {
    /// The anchor of the check; empty if the results do not tell it.
    anchor: String,
    /// The id of the check run.
    id: String,
    /// The title of the check.
    title: String,
    /// What it came to.
    status: Word,
}

impl FrameworkView {
    pub(super) fn new(at: usize, framework: &Framework, index: &Index<'_>) -> Self {
        let count = |status: Status| framework.requirements.iter().filter(|one| one.status == status).count() as u64;
        let runs = runs(&framework.requirements, index);
        let failed = |severity: Severity| {
            let of_it = runs.iter().filter(|run| run.severity == severity);
            of_it.map(|run| run.tally.fail).fold(0, u64::saturating_add)
        };
        let all = Severity::ALL.iter().map(|severity| failed(*severity)).fold(0, u64::saturating_add);
        Self {
            anchor: format!("framework-{}", at + 1),
            id: human::brief(&framework.id),
            title: human::heading(human::name_or(&framework.title, &framework.id)),
            full_title: Some(human::passage(&framework.title))
                .filter(|whole| human::heading(whole) != *whole)
                .unwrap_or_default(),
            version: framework.version.as_deref().map(human::brief).unwrap_or_default(),
            url: framework.url.clone().filter(|url| prose::allowed(url)).unwrap_or_default(),
            mapping: framework.mapping.as_deref().map(human::passage).unwrap_or_default(),
            notes: passages(&framework.notes),
            statuses: Bar::new(
                "Requirements by status",
                Status::ALL.iter().map(|status| (word!(*status), count(*status))),
            ),
            severities: Bar::new(
                "Findings by severity",
                Severity::ALL.iter().map(|severity| (word!(*severity), failed(*severity))),
            ),
            findings: if runs.iter().all(|run| run.population.size == 0) {
                "Nothing was tested".to_owned()
            } else {
                with_waived(human::count(all, "finding", "findings"), &runs)
            },
            coverage: human::coverage(&framework.coverage),
            open_scopes: open_scopes(&framework.coverage.open_scopes),
            requirements: framework
                .requirements
                .iter()
                .enumerate()
                .map(|(n, one)| requirement(format!("requirement-{}-{}", at + 1, n + 1), one, index))
                .collect(),
        }
    }
}

/// A count of findings, with how many failures beside them a waiver covers.
fn with_waived(count: String, runs: &[&CheckRun]) -> String {
    match runs.iter().map(|run| run.tally.waived).fold(0, u64::saturating_add) {
        0 => count,
        n => format!("{count} and {} waived", human::number(n)),
    }
}

/// The check runs that answer some requirements, each once.
fn runs<'a>(requirements: &[Requirement], index: &Index<'a>) -> Vec<&'a CheckRun> {
    let runs = requirements.iter().flat_map(|one| &one.parts).flat_map(|part| &part.runs);
    let ids: BTreeSet<&str> = runs.map(|run| run.run.as_str()).collect();
    ids.into_iter().filter_map(|run| index.run(run)).collect()
}

fn requirement(anchor: String, one: &Requirement, index: &Index<'_>) -> RequirementView {
    let runs = runs(std::slice::from_ref(one), index);
    let failing = || runs.iter().filter(|run| run.tally.fail > 0);
    let fails = failing().map(|run| run.tally.fail).fold(0, u64::saturating_add);
    let see_also: Vec<_> = one.see_also.iter().map(self::see_also).collect();
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
        fails: with_waived(human::number(fails), &runs),
        worst: failing().map(|run| run.severity).min().map(|severity| word!(severity)),
        see_also: see_also.join(", "),
        parts: one.parts.iter().map(|part| part_view(part, index)).collect(),
    }
}

fn part_view(part: &Part, index: &Index<'_>) -> PartView {
    PartView {
        id: human::brief(&part.id),
        title: human::brief(human::name_or(&part.title, &part.id)),
        status: part_status(part),
        coverage: human::coverage(&part.coverage),
        notes: passages(&part.notes),
        manual: part.manual.as_deref().map(human::passage).unwrap_or_default(),
        unanswered: part.unanswered.as_deref().map(human::passage).unwrap_or_default(),
        crosswalk: part.crosswalk.as_ref().map(crosswalk).unwrap_or_default(),
        attested: attested(part, index),
        statement: given(part, index).map(|given| human::passage(&given.statement)).unwrap_or_default(),
        runs: part
            .runs
            .iter()
            .map(|run| RunRow {
                anchor: index.anchor(&run.run),
                id: human::brief(&run.run),
                title: index.title(&run.run),
                status: word!(run.status),
            })
            .collect(),
    }
}

/// Whose answer a part takes over, and how what the requirement asks stands to it.
fn crosswalk(crosswalk: &Crosswalk) -> String {
    let answer = match &crosswalk.same_as {
        Some(part) => format!(
            "Answered as part {} of {} {}",
            human::brief(&part.part),
            human::brief(&part.framework),
            human::brief(&part.requirement)
        ),
        None => "Answered by these checks".to_owned(),
    };
    let source = crosswalk.source.as_deref().map(|source| format!(": {}", human::passage(source))).unwrap_or_default();
    let by = match &crosswalk.stated_in {
        Some(file) => format!("the control file {}", human::brief(file)),
        None => crosswalk.by.label().to_owned(),
    };
    format!("{answer}; the requirement {}, says {by}{source}.", crosswalk.relationship.label())
}

/// A requirement of another framework that corresponds. The relationship is always the control file's word, the mapping may
/// be a publisher's.
fn see_also(other: &RequirementRef) -> String {
    let by = match (other.by, &other.source) {
        (MappedBy::Ours, _) => String::new(),
        (MappedBy::Publisher, Some(source)) => format!("; mapped in {}", human::brief(source)),
        (MappedBy::Publisher, None) => "; mapped by the publisher".to_owned(),
    };
    format!("{} {} ({}{by})", human::brief(&other.framework), human::brief(&other.requirement), other.relationship)
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
        (Some(AttestationStatus::Given), _) => Word::new("attested", "attested, not tested"),
        (Some(AttestationStatus::Outstanding), _) => Word::new("outstanding", "outstanding"),
        (Some(AttestationStatus::Expired), _) => Word::new("outstanding", "attestation expired"),
        (None, true) => Word::new("outstanding", "answered by nothing"),
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

fn given<'a>(part: &Part, index: &Index<'a>) -> Option<&'a Attestation> {
    let at = part.attestation.as_ref()?.attestation?;
    index.head.attestations.get(at as usize)
}

/// Who stated what a part asks for, and until when, or that nobody did.
fn attested(part: &Part, index: &Index<'_>) -> String {
    let Some(state) = &part.attestation else {
        return if part.manual.is_some() { "attestation outstanding".to_owned() } else { String::new() };
    };
    let Some(given) = given(part, index) else { return format!("attestation {}", state.status.label()) };
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
