//! One finding as a report tells it: reason, evidence, path.

use serde::Serialize;

use super::drawing::{Drawn, stroke};
use super::evidence::EvidenceView;
use super::keys::{Keys, Register};
use super::{Capped, FAIL, WAIVED, Word, word};
use crate::base::drawing::{Edge, Form, Kind, Node, Picture};
use crate::contract::v1::{Finding, Hop, Param, SubjectRef};
use crate::model::Subject;
use crate::report::index::Index;
use crate::report::printer::fields;
use crate::report::{human, words};

/// Most facts, hops and parameters that are shown of one finding.
pub(super) const LIMIT: usize = 40;

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
    /// Who waived it and when that expires; empty if nobody did.
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
    /// What decided, by the export that it stands in.
    evidence: EvidenceView,
    /// The parameters that decided, each in words.
    params: Capped<String>,
    /// The steps of the path that it rests on; none if it rests on no path.
    hops: Capped<HopRow>,
    /// The path as a drawing, with the numbers of its steps: SVG to be printed; empty if there is none.
    #[cfg_attr(test, schemars(with = "String"))]
    drawing: Drawn,
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
}

fields!(
    FindingView: anchor, verdict, severity, confidence, waived, name, id, kind, scope, owners, reason, check,
    requirements, evidence, params, hops, drawing, holders, digest, keys,
);
fields!(CheckLink: anchor, fix, id, title);
fields!(RequirementLink: anchor, id, framework);
fields!(HopRow: n, from, from_id, how, to, to_id, state);

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
            owners: owners(finding, 8),
            reason: human::passage(&finding.reason),
            evidence: EvidenceView::new(index, finding),
            params: Capped::new(&finding.params, LIMIT, param),
            hops: Capped::new(&finding.path, LIMIT, hop_row),
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

/// True if somebody may answer for whom a finding is about: a waiver is approved, and owned by nobody.
pub(super) fn has_owner(finding: &Finding) -> bool {
    finding.subject.kind != Subject::Waiver.name()
}

/// Who answers for whom a finding is about, in words; empty if nobody can.
pub(super) fn owners(finding: &Finding, most: usize) -> String {
    let owners = &finding.owners;
    if !has_owner(finding) {
        return String::new();
    }
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
fn drawing(path: &[Hop]) -> Drawn {
    let hops = path.get(..path.len().min(LIMIT)).unwrap_or_default();
    let place = |one: &SubjectRef| Node {
        name: human::brief(human::name_or(&one.name, &one.id)),
        under: format!("{}, {}", words::subject(&one.kind), words::scope(&one.scope)),
        kind: if one.kind == "resource" { Kind::Resource } else { Kind::Identity },
        ..Node::default()
    };
    let mut nodes: Vec<Node> = hops.first().map(|hop| place(&hop.from)).into_iter().collect();
    let mut edges: Vec<Edge> = Vec::new();
    let mut rest = hops.iter().peekable();
    while let Some(hop) = rest.next() {
        nodes.push(place(&hop.to));
        let edge = Edge {
            from: edges.len(),
            to: edges.len() + 1,
            label: format!("{}, {}", words::step(hop), hop.state.label()),
            stroke: stroke(hop.state),
            tree: true,
            number: hop.n,
            ..Edge::default()
        };
        edges.push(edge);
        if let (Some(left_out), Some(next)) = (hop.left_out, rest.peek()) {
            nodes.push(place(&next.from));
            let label = human::count(left_out.into(), "more step", "more steps");
            let (from, to) = (edges.len(), edges.len() + 1);
            edges.push(Edge { from, to, label, stroke: stroke(hop.state), tree: true, ..Edge::default() });
        }
    }
    let all = hops.iter().map(|hop| 1 + u64::from(hop.left_out.unwrap_or(0))).sum();
    let picture = Picture {
        title: "The path, step by step as in the list".to_owned(),
        description: human::count(all, "step", "steps"),
        nodes,
        edges,
        ..Picture::default()
    };
    Drawn::new(&picture, Form::Down)
}

fn waived(index: &Index<'_>, finding: &Finding) -> String {
    let Some(at) = finding.waiver else { return String::new() };
    index.head.waivers.get(at as usize).map_or_else(
        || "waived".to_owned(),
        |waiver| {
            format!(
                "waived as {} by {}, expires on {} ({}, {})",
                waiver.kind.label(),
                human::brief(&waiver.approver),
                human::brief(&waiver.expires),
                human::brief(&waiver.id),
                human::brief(&waiver.ticket)
            )
        },
    )
}

fn param(param: &Param) -> String {
    format!("{} = {} ({})", human::brief(&param.name), words::param(&param.value), param.origin.label())
}

fn hop_row(hop: &Hop) -> HopRow {
    HopRow {
        n: hop.n,
        from: human::brief(human::name_or(&hop.from.name, &hop.from.id)),
        from_id: human::brief(&hop.from.id),
        how: words::step_on(hop),
        to: human::brief(human::name_or(&hop.to.name, &hop.to.id)),
        to_id: human::brief(&hop.to.id),
        state: word!(hop.state),
    }
}
