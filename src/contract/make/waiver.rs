//! Waivers as results tell them: what is written, and how each stands.

use super::Input;
use crate::assess::waive::{Few, Standing, State};
use crate::base::text::shown;
use crate::contract::v1::{Compensating, DoubtWhy, DoubtedFinding, Waiver, WaiverDoubt, WaiverState, WaiverType};
use crate::control;
use crate::export::secrets::masked;
use crate::model::facts::WaiverKind;

/// All waivers, in their order.
#[must_use]
pub fn waivers(input: &Input<'_>) -> Vec<Waiver> {
    input.waivers.all.iter().zip(&input.settled.standings).map(|(one, standing)| waiver(one, standing)).collect()
}

fn plain(text: &str) -> String {
    shown(&masked(text)).into_owned()
}

fn waiver(one: &control::Waiver, standing: &Standing) -> Waiver {
    Waiver {
        id: plain(&one.id),
        file: plain(&one.file),
        check: plain(&one.check),
        subjects: one.subjects.iter().map(|subject| plain(subject)).collect(),
        kind: match one.kind {
            WaiverKind::AcceptedRisk => WaiverType::AcceptedRisk,
            WaiverKind::FalsePositive => WaiverType::FalsePositive,
            WaiverKind::CompensatingControl => WaiverType::CompensatingControl,
            WaiverKind::OperationalRequirement => WaiverType::OperationalRequirement,
            WaiverKind::VendorDependency => WaiverType::VendorDependency,
        },
        justification: plain(&one.justification),
        approver: plain(&one.approver),
        ticket: plain(&one.ticket),
        opened: one.opened.date(),
        expires: one.expires.date(),
        compensating: one.compensating.as_ref().map(|worksheet| Compensating {
            constraints: plain(&worksheet.constraints),
            definition: plain(&worksheet.definition),
            objective: plain(&worksheet.objective),
            risk: plain(&worksheet.risk),
            validation: plain(&worksheet.validation),
            maintenance: plain(&worksheet.maintenance),
        }),
        state: match standing.state {
            State::InForce => WaiverState::InForce,
            State::NotBegun => WaiverState::NotBegun,
            State::Expired => WaiverState::Expired,
            State::TooLong => WaiverState::TooLong,
        },
        keeps_facts: one.keeps_facts(),
        asked: standing.asked,
        matches: standing.matches,
        covers: standing.covers,
        doubts: doubts(standing),
    }
}

fn doubts(standing: &Standing) -> Vec<WaiverDoubt> {
    let all = [
        (DoubtWhy::Worse, &standing.lapsed),
        (DoubtWhy::NotGivenFor, &standing.more),
        (DoubtWhy::ApproverIsOwner, &standing.owned),
        (DoubtWhy::OwnerNotKnown, &standing.unowned),
    ];
    let told = |(why, few): (DoubtWhy, &Few)| WaiverDoubt {
        why,
        count: few.count,
        first: few
            .first
            .iter()
            .map(|(run, subject, said)| DoubtedFinding {
                finding: format!("{run} {subject}"),
                said: (!said.is_empty()).then(|| plain(said)),
            })
            .collect(),
    };
    all.into_iter().filter(|(_, few)| few.count > 0).map(told).collect()
}
