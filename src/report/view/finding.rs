//! One finding as a report tells it: reason, evidence, path.

use serde::Serialize;

use super::{Capped, EXPORTS, Word, word};
use crate::contract::v1::{Closure, EnumerationUse, Evidence, FactState, Finding, Hop, Param};
use crate::report::index::Index;
use crate::report::{human, words};

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
    enumerations: Capped<EnumerationRow>,
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
    place: PlaceView,
}

/// A place in an export, with the export's row in the list of exports to link to.
#[derive(Debug, Default, Serialize)]
pub(super) struct PlaceView {
    path: String,
    /// Empty if the export is not in the list.
    anchor: String,
    at: String,
    digest: String,
}

#[derive(Debug, Serialize)]
struct EnumerationRow {
    text: String,
    place: PlaceView,
}

#[derive(Debug, Serialize)]
struct HopRow {
    n: u32,
    from: String,
    from_id: String,
    how: String,
    to: String,
    to_id: String,
    state: Word,
    evidence: Capped<EvidenceRow>,
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
            kind: words::subject(&finding.subject.kind),
            scope: words::scope(&finding.subject.scope),
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
            Some(export) => place(index, export, Index::within(one.pointer.as_deref(), one.document, one.offset)),
            None => PlaceView { path: "derived".to_owned(), ..PlaceView::default() },
        },
    }
}

fn place(index: &Index<'_>, export: u32, at: String) -> PlaceView {
    PlaceView {
        path: index.path(export),
        anchor: if (export as usize) < EXPORTS { index.export_anchor(export) } else { String::new() },
        at,
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
        how: words::step(&hop.how),
        to: human::brief(human::name_or(&hop.to.name, &hop.to.id)),
        to_id: human::brief(&hop.to.id),
        state: word!(hop.state),
        evidence: Capped::new(&hop.evidence, 6, |one| evidence_row(index, one)),
    }
}
