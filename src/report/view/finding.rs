//! One finding as a report tells it: reason, evidence, path.

use serde::Serialize;

use super::drawing::{self, Drawing, Label};
use super::keys::{Keys, Register};
use super::{Capped, EXPORTS, FAIL, WAIVED, Word, word};
use crate::contract::v1::{Closure, EnumerationUse, Evidence, FactState, Finding, Hop, Param, SubjectRef};
use crate::report::index::Index;
use crate::report::{human, words};

/// Most facts, hops and parameters that are shown of one finding.
const LIMIT: usize = 40;

/// A subject that fails a check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::report) struct FindingView {
    /// The anchor of the finding.
    anchor: String,
    /// `fail`, or `waived` where a waiver covers it.
    verdict: Word,
    /// How bad it is.
    severity: Word,
    /// How sure it is.
    confidence: Word,
    /// Who waived it and until when; empty if nobody did.
    waived: String,
    /// The name of the subject.
    name: String,
    /// The id of the subject.
    id: String,
    /// The kind of subject, in words.
    kind: String,
    /// The scope of the subject.
    scope: String,
    /// Who answers for it, in words.
    owners: String,
    /// Why it fails, in one sentence.
    reason: String,
    /// The check that it fails.
    check: CheckLink,
    /// The requirements that it bears on.
    requirements: Vec<RequirementLink>,
    /// The facts that decided.
    evidence: Capped<EvidenceRow>,
    /// The complete lists that a "none" or "all" rests on.
    enumerations: Capped<EnumerationRow>,
    /// The parameters that decided, each in words.
    params: Capped<String>,
    /// The steps of the path that it rests on; none if it rests on no path.
    hops: Capped<HopRow>,
    /// The path as a drawing, with the numbers of its steps; of no height if there is none.
    drawing: Drawing,
    /// Who holds the policy that it is about, in words; empty for other subjects.
    holders: String,
    /// Digest over what decided, whole.
    digest: String,
    /// By what it is found.
    keys: Keys,
}

/// A check run to link to.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CheckLink {
    /// The anchor of the check; empty if the results do not tell it.
    pub anchor: String,
    /// The anchor of what to do; empty if the check does not say.
    pub fix: String,
    /// The id of the check run.
    pub id: String,
    /// The title of the check.
    pub title: String,
}

/// A requirement to link to.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct RequirementLink {
    /// The anchor of the requirement; empty if the report has none of that name.
    pub anchor: String,
    /// The id of the requirement.
    pub id: String,
    /// The id of its framework.
    pub framework: String,
}

/// One fact that decided.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EvidenceRow {
    /// The fact, such as `credential.last_change_at`.
    fact: String,
    /// The subject of the fact, if it is another than the finding's.
    subject: String,
    /// The value, in words.
    value: String,
    /// What makes the value plain.
    note: String,
    /// Where it stands.
    place: PlaceView,
}

/// A place in an export.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PlaceView {
    /// The path of the export, or `derived`.
    path: String,
    /// The anchor of the export in the list of exports; empty if it is not in that list.
    anchor: String,
    /// The record within it: a JSON pointer or a row.
    at: String,
    /// The first byte of the record; empty if that is not known.
    byte: String,
    /// The beginning of the digest of the export; the list of exports has it whole.
    digest: String,
}

/// A complete list that a finding rests on.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct EnumerationRow {
    /// Which list, and who says that it is complete.
    text: String,
    /// Where that stands.
    place: PlaceView,
}

/// One step of a path.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct HopRow {
    /// Its number, from 1.
    n: u32,
    /// The name of where it starts.
    from: String,
    /// The id of where it starts.
    from_id: String,
    /// How it is taken, in words.
    how: String,
    /// The name of where it ends.
    to: String,
    /// The id of where it ends.
    to_id: String,
    /// How sure it is.
    state: Word,
    /// What it rests on.
    evidence: Capped<EvidenceRow>,
}

/// The anchor of finding number `n` of those that are shown.
pub(super) fn anchor(n: usize) -> String {
    format!("finding-{n}")
}

impl FindingView {
    /// Finding number `n` of those that are shown.
    pub(super) fn new(index: &Index<'_>, register: &Register<'_>, n: usize, finding: &Finding) -> Self {
        Self {
            anchor: anchor(n),
            verdict: if finding.waiver.is_some() { WAIVED } else { FAIL },
            check: CheckLink::new(index, &finding.check_run),
            requirements: finding.requirements.iter().map(|one| requirement(index, one)).collect(),
            keys: register.finding(finding),
            drawing: drawing(&finding.path),
            severity: word!(finding.severity),
            confidence: word!(finding.confidence),
            waived: waived(index, finding),
            name: human::brief(human::name_or(&finding.subject.name, &finding.subject.id)),
            id: human::brief(&finding.subject.id),
            kind: words::subject(&finding.subject.kind),
            scope: words::scope(&finding.subject.scope),
            owners: owners(&finding.owners, 8),
            reason: human::passage(&finding.reason),
            evidence: Capped::new(&finding.evidence, LIMIT, |one| evidence_row(index, one)),
            enumerations: Capped::new(&finding.enumerations, LIMIT, |one| enumeration(index, one)),
            params: Capped::new(&finding.params, LIMIT, param),
            hops: Capped::new(&finding.path, LIMIT, |hop| hop_row(index, hop)),
            holders: finding
                .holders
                .as_ref()
                .map(|holders| {
                    let first = holders.first.iter().map(|one| human::name_or(&one.name, &one.id));
                    let who = human::count(holders.count, "identity", "identities");
                    format!("{who}: {}", human::names(first, holders.count, 10))
                })
                .unwrap_or_default(),
            digest: human::brief(&finding.evidence_digest),
        }
    }
}

/// Who answers for something, in words.
pub(super) fn owners(owners: &[String], most: usize) -> String {
    if owners.is_empty() {
        return "none known".to_owned();
    }
    human::names(owners.iter().map(String::as_str), owners.len() as u64, most)
}

impl CheckLink {
    pub(super) fn new(index: &Index<'_>, run: &str) -> Self {
        let anchor = index.anchor(run);
        let text = index.run(run).and_then(|run| index.text(run));
        let says = text.is_some_and(|text| !text.remediation.trim().is_empty());
        Self {
            fix: if says && !anchor.is_empty() { anchor.replace("check-", "fix-") } else { String::new() },
            anchor,
            id: human::brief(run),
            title: index.title(run),
        }
    }
}

/// A requirement named as `framework requirement`.
fn requirement(index: &Index<'_>, named: &str) -> RequirementLink {
    let (framework, id) = named.split_once(' ').unwrap_or(("", named));
    RequirementLink {
        anchor: index.requirement_anchor(framework, id),
        id: human::brief(id),
        framework: human::brief(framework),
    }
}

/// The path of a finding as a drawing.
fn drawing(path: &[Hop]) -> Drawing {
    let hops = path.get(..path.len().min(LIMIT)).unwrap_or_default();
    let place = |one: &SubjectRef| Label {
        name: human::brief(human::name_or(&one.name, &one.id)),
        small: vec![format!("{}, {}", words::subject(&one.kind), words::scope(&one.scope))],
        kind: if one.kind == "resource" { "resource" } else { "identity" },
    };
    let Some(first) = hops.first() else { return Drawing::default() };
    let (mut places, mut steps) = (vec![place(&first.from)], Vec::new());
    let mut rest = hops.iter().peekable();
    while let Some(hop) = rest.next() {
        places.push(place(&hop.to));
        let how = format!("{}, {}", words::step(&hop.how), hop.state.label());
        steps.push((hop.n.to_string(), how, word!(hop.state)));
        if let (Some(left_out), Some(next)) = (hop.left_out, rest.peek()) {
            places.push(place(&next.from));
            let words = human::count(left_out.into(), "more step", "more steps");
            steps.push(("…".to_owned(), words, word!(hop.state)));
        }
    }
    drawing::path(&places, &steps)
}

fn waived(index: &Index<'_>, finding: &Finding) -> String {
    let Some(at) = finding.waiver else { return String::new() };
    index.head.waivers.get(at as usize).map_or_else(
        || "waived".to_owned(),
        |waiver| {
            format!("waived by {} until {}", human::brief(&waiver.approved_by), human::instant(&waiver.expires_at))
        },
    )
}

fn evidence_row(index: &Index<'_>, one: &Evidence) -> EvidenceRow {
    let value = match one.state {
        FactState::Known => words::value(&one.fact, &one.value),
        FactState::Absent if matches!(one.value.as_str(), "" | "none") => "none".to_owned(),
        FactState::Absent => format!("none ({})", human::value(&one.value)),
        FactState::Unknown => "unknown".to_owned(),
    };
    EvidenceRow {
        fact: human::brief(&one.fact),
        subject: one.subject.as_deref().map(human::brief).unwrap_or_default(),
        value,
        note: one.note.as_deref().map(human::brief).unwrap_or_default(),
        place: match one.export {
            Some(export) => PlaceView {
                byte: one.offset.map(human::number).unwrap_or_default(),
                ..place(index, export, Index::within(one.pointer.as_deref(), one.document, None))
            },
            None => PlaceView { path: "derived".to_owned(), ..PlaceView::default() },
        },
    }
}

fn place(index: &Index<'_>, export: u32, at: String) -> PlaceView {
    PlaceView {
        path: index.path(export),
        anchor: if (export as usize) < EXPORTS { index.export_anchor(export) } else { String::new() },
        at,
        byte: String::new(),
        digest: index.export(export).map(|export| human::digest(&export.sha256)).unwrap_or_default(),
    }
}

fn enumeration(index: &Index<'_>, one: &EnumerationUse) -> EnumerationRow {
    let (what, scope) = (words::listing(&one.listing), words::scope(&one.scope));
    let text = match (one.closure, &one.by) {
        (Closure::Asserted, Some(by)) => {
            format!("the list of all {what} of {scope}, asserted to be complete by {}", human::brief(by))
        }
        (Closure::Asserted, None) => format!("the list of all {what} of {scope}, asserted to be complete"),
        (Closure::Shown, _) => format!("the list of all {what} of {scope}, shown to be complete by the export"),
        (Closure::Incomplete, _) => format!("the list of the {what} of {scope}, which is not whole"),
    };
    let at = |export| place(index, export, Index::within(one.pointer.as_deref(), None, None));
    EnumerationRow { text, place: one.export.map(at).unwrap_or_default() }
}

fn param(param: &Param) -> String {
    format!("{} = {} ({})", human::brief(&param.name), words::param(&param.value), param.origin.label())
}

fn hop_row(index: &Index<'_>, hop: &Hop) -> HopRow {
    HopRow {
        n: hop.n,
        from: human::brief(human::name_or(&hop.from.name, &hop.from.id)),
        from_id: human::brief(&hop.from.id),
        how: words::step_on(hop),
        to: human::brief(human::name_or(&hop.to.name, &hop.to.id)),
        to_id: human::brief(&hop.to.id),
        state: word!(hop.state),
        evidence: Capped::new(&hop.evidence, 6, |one| evidence_row(index, one)),
    }
}
