//! One finding as a report tells it: reason, evidence, path.

use serde::Serialize;

use super::{Capped, Word, word};
use crate::contract::v1::{Closure, EnumerationUse, Evidence, FactState, Finding, Hop, Param};
use crate::report::human;
use crate::report::index::Index;

/// Most facts, hops and parameters that are shown of one finding.
const LIMIT: usize = 40;

#[derive(Debug, Serialize)]
pub(super) struct FindingView {
    severity: Word,
    confidence: Word,
    waived: String,
    name: String,
    id: String,
    kind: String,
    scope: String,
    owners: String,
    reason: String,
    evidence: Capped<EvidenceRow>,
    enumerations: Capped<String>,
    params: Capped<String>,
    hops: Capped<HopRow>,
    holders: String,
    digest: String,
}

#[derive(Debug, Serialize)]
struct EvidenceRow {
    fact: String,
    subject: String,
    value: String,
    note: String,
    place: String,
    digest: String,
}

#[derive(Debug, Serialize)]
struct HopRow {
    n: u32,
    from: String,
    how: String,
    to: String,
    to_id: String,
    state: Word,
    places: Vec<String>,
}

impl FindingView {
    pub(super) fn new(index: &Index<'_>, finding: &Finding) -> Self {
        let owners = &finding.owners;
        Self {
            severity: word!(finding.severity),
            confidence: word!(finding.confidence),
            waived: waived(index, finding),
            name: human::brief(human::name_or(&finding.subject.name, &finding.subject.id)),
            id: human::brief(&finding.subject.id),
            kind: human::brief(&finding.subject.kind),
            scope: human::brief(&finding.subject.scope),
            owners: if owners.is_empty() {
                "none known".to_owned()
            } else {
                human::names(owners.iter().map(String::as_str), owners.len() as u64, 8)
            },
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
            digest: human::digest(&finding.evidence_digest),
        }
    }
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
        FactState::Known => human::value(&one.value),
        FactState::Absent if one.value.is_empty() => "absent".to_owned(),
        FactState::Absent => format!("absent: {}", human::value(&one.value)),
        FactState::Unknown => "unknown".to_owned(),
    };
    EvidenceRow {
        fact: human::brief(&one.fact),
        subject: one.subject.as_deref().map(human::brief).unwrap_or_default(),
        value,
        note: one.note.as_deref().map(human::brief).unwrap_or_default(),
        place: index.place(one),
        digest: one
            .export
            .and_then(|at| index.export(at))
            .map(|export| human::digest(&export.sha256))
            .unwrap_or_default(),
    }
}

fn enumeration(index: &Index<'_>, one: &EnumerationUse) -> String {
    let what = format!("all {} of {}", human::brief(&one.listing), human::brief(&one.scope));
    let place = one.export.map(|at| format!(" ({})", index.path(at))).unwrap_or_default();
    match (one.closure, &one.by) {
        (Closure::Asserted, Some(by)) => format!("{what}: asserted by {}{place}", human::brief(by)),
        (closure, _) => format!("{what}: {}{place}", closure.label()),
    }
}

fn param(param: &Param) -> String {
    format!("{} = {} ({})", human::brief(&param.name), human::brief(&param.value), param.origin.label())
}

fn hop_row(index: &Index<'_>, hop: &Hop) -> HopRow {
    HopRow {
        n: hop.n,
        from: human::brief(human::name_or(&hop.from.name, &hop.from.id)),
        how: human::brief(&hop.how),
        to: human::brief(human::name_or(&hop.to.name, &hop.to.id)),
        to_id: human::brief(&hop.to.id),
        state: word!(hop.state),
        places: hop.evidence.iter().take(4).map(|one| index.place(one)).collect(),
    }
}
