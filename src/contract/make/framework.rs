//! Frameworks, down to the check runs that answer their parts.

use std::collections::{BTreeMap, BTreeSet};

use super::Input;
use crate::assess::{PartStatus, Status, rollup};
use crate::base::time::Instant;
use crate::contract::v1::{
    AnsweredBy, Attestation, AttestationState, AttestationStatus, Coverage, Crosswalk, Framework, MappedBy, Part,
    PartRef, PartRun, Relationship, Requirement, RequirementRef, Status as Word,
};
use crate::control::plan::{ParamOrigin, PlannedFramework};
use crate::control::{self, CheckRun};

/// By check run: the requirements that it bears on, as `framework requirement`.
#[must_use]
pub fn requirements_by_run(input: &Input<'_>) -> BTreeMap<String, Vec<String>> {
    let mut by_run: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for planned in &input.plan.frameworks {
        let Some(framework) = input.pack.frameworks.get(planned.framework) else { continue };
        for (requirement, parts) in framework.requirements.iter().zip(&planned.runs) {
            for run in parts.iter().flatten() {
                by_run.entry(run.id.clone()).or_default().insert(format!("{} {}", framework.id, requirement.id));
            }
        }
    }
    by_run.into_iter().map(|(run, requirements)| (run, requirements.into_iter().collect())).collect()
}

/// The frameworks of the plan.
pub(super) fn frameworks(input: &Input<'_>, attestations: &[Attestation]) -> Vec<Framework> {
    input.plan.frameworks.iter().filter_map(|planned| framework(input, planned, attestations)).collect()
}

fn framework(input: &Input<'_>, planned: &PlannedFramework, attestations: &[Attestation]) -> Option<Framework> {
    let framework = input.pack.frameworks.get(planned.framework)?;
    let requirements = framework
        .requirements
        .iter()
        .zip(&planned.runs)
        .map(|(one, runs)| requirement(input, &framework.id, one, runs, attestations))
        .collect();
    let all: Vec<&CheckRun> = planned.runs.iter().flatten().flatten().collect();
    Some(Framework {
        id: framework.id.clone(),
        title: framework.title.clone(),
        version: Some(framework.version.clone()),
        url: Some(framework.url.clone()),
        mapping: Some(mapping(input, framework)),
        crosswalk: framework.crosswalk,
        notes: [framework.note.clone(), Some(framework.attribution.clone()), Some(framework.licence_note.clone())]
            .into_iter()
            .flatten()
            .map(|note| note.trim().to_owned())
            .filter(|note| !note.is_empty())
            .collect(),
        coverage: coverage(input, &all),
        requirements,
    })
}

/// The publisher of the built-in frameworks that are this project's own.
const OURS: &str = "assize";

/// Who says what answers the requirements.
fn mapping(input: &Input<'_>, framework: &control::Framework) -> String {
    let told = "for each part it is said how what the requirement asks stands to what was judged, and who says so";
    let file = input.pack.files.iter().find(|file| file.path == framework.path);
    // What somebody wrote or changed is not this project's word, whatever it is called.
    if let Some(file) = file.filter(|file| file.origin.modified()) {
        let who = format!("was made by whoever wrote the control file `{}`", crate::base::text::shown(&file.path));
        return if framework.crosswalk {
            format!("the crosswalk {who}; {told}")
        } else {
            format!("the choice of checks for each requirement {who}")
        };
    }
    if framework.crosswalk {
        format!("a crosswalk of this project's, which the publisher has not reviewed; {told}")
    } else if framework.publisher == OURS {
        "the list is this project's own, as is the choice of checks for each requirement".to_owned()
    } else {
        "the choice of checks for each requirement is this project's, and the publisher has not reviewed it".to_owned()
    }
}

fn requirement(
    input: &Input<'_>,
    framework: &str,
    written: &control::Requirement,
    runs: &[Vec<CheckRun>],
    attestations: &[Attestation],
) -> Requirement {
    let mut statuses = Vec::new();
    let mut parts = Vec::new();
    for (part, runs) in written.parts.iter().zip(runs) {
        let (made, status) = self::part(input, framework, &written.id, part, runs, attestations);
        parts.push(made);
        statuses.push(status);
    }
    let all: Vec<&CheckRun> = runs.iter().flatten().collect();
    Requirement {
        id: written.id.clone(),
        title: written.title.clone(),
        summary: written.summary.trim().to_owned(),
        notes: written.note.iter().map(|note| note.trim().to_owned()).collect(),
        status: word(rollup::of_requirement(&statuses)),
        coverage: coverage(input, &all),
        parts,
        see_also: written.related.iter().map(related).collect(),
    }
}

fn related(related: &control::Related) -> RequirementRef {
    RequirementRef {
        framework: related.to.framework.clone(),
        requirement: related.to.requirement.clone(),
        relationship: relationship(related.relationship),
        by: mapped_by(related.by),
        source: related.source.clone(),
    }
}

fn crosswalk(mapped: &control::Mapped) -> Crosswalk {
    Crosswalk {
        relationship: relationship(mapped.relationship),
        by: mapped_by(mapped.by),
        source: mapped.source.clone(),
        stated_in: mapped.stated_in.clone(),
        same_as: mapped.same_as.as_ref().map(|named| PartRef {
            framework: named.framework.clone(),
            requirement: named.requirement.clone(),
            part: named.part.clone().unwrap_or_default(),
        }),
    }
}

fn relationship(relationship: control::Relationship) -> Relationship {
    match relationship {
        control::Relationship::Equal => Relationship::Equal,
        control::Relationship::Subset => Relationship::Subset,
        control::Relationship::Superset => Relationship::Superset,
        control::Relationship::Intersects => Relationship::Intersects,
    }
}

fn mapped_by(by: control::MappedBy) -> MappedBy {
    match by {
        control::MappedBy::Ours => MappedBy::Ours,
        control::MappedBy::Publisher => MappedBy::Publisher,
    }
}

fn part(
    input: &Input<'_>,
    framework: &str,
    requirement: &str,
    written: &control::Part,
    runs: &[CheckRun],
    attestations: &[Attestation],
) -> (Part, PartStatus) {
    let statuses: Vec<Status> = runs.iter().map(|run| status_of(input, run)).collect();
    let attestation = written.manual.as_ref().map(|_| {
        let own = (framework, requirement, written.id.as_str());
        // What a person stated for a part is not asked again for one that takes it over.
        let same_as = written.mapped.as_ref().and_then(|mapped| mapped.same_as.as_ref());
        let first = same_as
            .and_then(|named| Some((named.framework.as_str(), named.requirement.as_str(), named.part.as_deref()?)));
        attested(first.unwrap_or(own), attestations)
    });
    let given = attestation.as_ref().is_some_and(|state| state.status == AttestationStatus::Given);
    let checked = rollup::of_part(statuses.iter().copied());
    let (answered_by, status) = match (runs.is_empty(), &attestation) {
        (true, None) => (AnsweredBy::Nothing, Status::NotAssessed),
        (false, None) => (AnsweredBy::Checks, checked),
        (true, Some(_)) => (AnsweredBy::Attestation, rollup::of_manual(given)),
        (false, Some(_)) if given || matches!(checked, Status::NotSatisfied | Status::Undetermined) => {
            (AnsweredBy::Both, checked)
        }
        (false, Some(_)) => (AnsweredBy::Both, Status::PartlyAssessed),
    };
    let less = status != Status::NotApplicable && runs.iter().any(is_looser);
    let status = if less { Status::NotSatisfied } else { status };
    let mut notes = notes(input, runs);
    let status = match &written.mapped {
        // A limit that the part names itself is its own, however what was checked stands to it.
        Some(mapped) if less && mapped.same_as.is_none() => status,
        Some(mapped) => {
            let across = rollup::across(status, mapped.relationship);
            notes.extend(across_note(status, across));
            across
        }
        None => status,
    };
    let summary = PartStatus {
        status,
        answered: answered_by != AnsweredBy::Nothing,
        // A part that checks answer is answered by them, even where a person's word is still missing.
        outstanding: runs.is_empty() && attestation.is_some() && !given,
    };
    let all: Vec<&CheckRun> = runs.iter().collect();
    let part = Part {
        id: written.id.clone(),
        title: written.title.clone(),
        answered_by,
        status: word(status),
        coverage: coverage(input, &all),
        runs: runs
            .iter()
            .zip(&statuses)
            .map(|(run, status)| PartRun { run: run.id.clone(), status: word(*status) })
            .collect(),
        manual: written.manual.clone(),
        unanswered: written.why_unanswered.clone(),
        attestation,
        crosswalk: written.mapped.as_ref().map(crosswalk),
        notes,
    };
    (part, summary)
}

/// Why a part of a crosswalk has another status than what answers it.
fn across_note(answer: Status, status: Status) -> Option<String> {
    let told = match (answer, status) {
        (Status::NotSatisfied, Status::Undetermined) => {
            "What was checked fails; whether the requirement does is open, since the failure may lie outside what it asks."
        }
        (Status::Satisfied | Status::SatisfiedWithWaivers, Status::PartlyAssessed) => {
            "What was checked holds; the requirement asks other things too."
        }
        (Status::NotApplicable, Status::PartlyAssessed) => {
            "What was checked applies to nothing here; the requirement asks other things too."
        }
        _ => return None,
    };
    Some(told.to_owned())
}

/// True if the profile asks for less than the requirement: an organisation that does so does not meet it, whatever its
/// identities happen to do.
fn is_looser(run: &CheckRun) -> bool {
    run.params.values().any(|param| param.looser)
}

/// Where the profile asks for less than the requirement, or than the check does by itself, that is said beside the part.
fn notes(input: &Input<'_>, runs: &[CheckRun]) -> Vec<String> {
    let mut notes = Vec::new();
    for run in runs {
        let defined = |name: &str| input.pack.check(&run.check)?.params.get(name);
        for (name, param) in &run.params {
            if param.origin == ParamOrigin::Profile
                && param.under_default
                && let Some(defined) = defined(name)
            {
                notes.push(format!(
                    "The profile sets {name} of {} to {}, which is looser than the default {} ({}): what holds here holds by that only.",
                    run.check, param.value, defined.default, defined.source
                ));
            }
        }
        for (name, param) in run.params.iter().filter(|(_, param)| param.looser) {
            if let Some(beside) = &param.beside {
                notes.push(format!(
                    "The profile sets {name} of {} to {beside}, which is looser than this requirement's {}: subjects are judged by the requirement's, and who asks for less does not meet it.",
                    run.check, param.value
                ));
            }
        }
    }
    notes
}

fn attested(asked: (&str, &str, &str), attestations: &[Attestation]) -> AttestationState {
    let mut state = AttestationState { status: AttestationStatus::Outstanding, attestation: None };
    for (at, attestation) in attestations.iter().enumerate() {
        if (attestation.framework.as_str(), attestation.requirement.as_str(), attestation.part.as_str()) != asked {
            continue;
        }
        if state.attestation.is_none() || attestation.status == AttestationStatus::Given {
            state = AttestationState { status: attestation.status, attestation: u32::try_from(at).ok() };
        }
    }
    state
}

/// The attestations of the inventory, with frameworks and requirements under their own ids.
pub(super) fn attestations(input: &Input<'_>) -> Vec<Attestation> {
    let own_ids = |framework: &str, name: &str| {
        let found = input.pack.framework(framework);
        let requirement = found.and_then(|framework| framework.requirement(name));
        (
            found.map_or_else(|| framework.to_owned(), |framework| framework.id.clone()),
            requirement.map_or_else(|| name.to_owned(), |requirement| requirement.id.clone()),
        )
    };
    let mut all: Vec<Attestation> = input
        .loaded
        .loaded
        .attestations
        .iter()
        .filter(|attestation| attestation.at <= input.as_of)
        .map(|attestation| {
            let expired = attestation.expires_at.is_some_and(|end| end < input.as_of);
            let place = super::names::place(input.estate, attestation.record, None);
            let shown = |text: &str| crate::base::text::shown(text).into_owned();
            let (framework, requirement) = own_ids(&attestation.framework, &attestation.requirement);
            Attestation {
                framework: shown(&framework),
                requirement: shown(&requirement),
                part: shown(&attestation.part),
                statement: shown(&attestation.statement),
                by: shown(&attestation.by),
                at: Some(attestation.at.to_string()),
                expires_at: attestation.expires_at.as_ref().map(Instant::to_string),
                status: if expired { AttestationStatus::Expired } else { AttestationStatus::Given },
                export: place.export,
                pointer: place.pointer,
            }
        })
        .collect();
    all.sort_by(|a, b| {
        (&a.framework, &a.requirement, &a.part, &a.at, &a.by).cmp(&(
            &b.framework,
            &b.requirement,
            &b.part,
            &b.at,
            &b.by,
        ))
    });
    all
}

fn status_of(input: &Input<'_>, run: &CheckRun) -> Status {
    let judged = input.plan.position(&run.id).and_then(|at| input.judged.get(at));
    judged.map_or(Status::NotAssessed, |judged| judged.status)
}

/// How much was decided over some runs; one that stands there twice counts once.
pub(super) fn coverage(input: &Input<'_>, runs: &[&CheckRun]) -> Coverage {
    let ids: BTreeSet<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    let mut sum = Coverage::default();
    let mut open = BTreeSet::new();
    for judged in ids.iter().filter_map(|id| input.plan.position(id)).filter_map(|at| input.judged.get(at)) {
        sum.decided += judged.tally.decided();
        sum.known += judged.tally.size();
        open.extend(judged.open.iter().map(|open| crate::base::text::shown(&open.scope).into_owned()));
    }
    sum.total = open.is_empty().then_some(sum.known);
    sum.open_scopes = open.into_iter().collect();
    sum
}

/// The contract's word for a status.
pub(super) fn word(status: Status) -> Word {
    match status {
        Status::NotSatisfied => Word::NotSatisfied,
        Status::Undetermined => Word::Undetermined,
        Status::PartlyAssessed => Word::PartlyAssessed,
        Status::SatisfiedWithWaivers => Word::SatisfiedWithWaivers,
        Status::Satisfied => Word::Satisfied,
        Status::NotApplicable => Word::NotApplicable,
        Status::NotAssessed => Word::NotAssessed,
    }
}
