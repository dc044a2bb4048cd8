//! Gaps: what keeps verdicts unknown, by cause.

use std::sync::Arc;

use hashbrown::HashMap;

use super::Input;
use super::names::subject;
use super::remedy::remedy;
use crate::assess::About;
use crate::contract::v1::{Cause, Gap, GapAbout, SubjectRef};
use crate::model::{Row, Why};

pub(super) fn gaps(input: &Input<'_>) -> Vec<Gap> {
    let mut all = Vec::new();
    // In a large estate the first subjects of a scope stand in hundreds of gaps.
    let mut named: HashMap<Row, Arc<SubjectRef>> = HashMap::new();
    let mut name = |row: Row| named.entry(row).or_insert_with(|| Arc::new(subject(input.estate, row))).clone();
    for ((run, question), judged) in input.plan.runs.iter().zip(input.questions).zip(input.judged) {
        for group in &judged.gaps {
            all.push(Gap {
                check_run: run.id.clone(),
                cause: cause(group.why),
                about: about(group.about),
                scope: crate::base::text::shown(&group.scope).into_owned(),
                count: group.count,
                remedy: remedy(input, group),
                first: group.first.iter().map(|row| name(Row::new(question.subject, *row))).collect(),
                subjects_sha256: group.digest.clone(),
            });
        }
    }
    all.sort_by(|a, b| (&a.check_run, a.cause, &a.about, &a.scope).cmp(&(&b.check_run, b.cause, &b.about, &b.scope)));
    all
}

/// What is missing, as the contract has it.
pub(super) fn about(about: About) -> GapAbout {
    match about {
        About::Listing(listing) => GapAbout::Listing(listing.name().to_owned()),
        About::Fact(fact) => GapAbout::Fact(fact.path().to_owned()),
        About::Expression => GapAbout::Fact("expression".to_owned()),
    }
}

/// The contract's word for a cause.
pub(super) fn cause(why: Why) -> Cause {
    match why {
        Why::MissingFact => Cause::MissingFact,
        Why::NotEnumerated(_) => Cause::NotEnumerated,
        Why::Incomplete(_) => Cause::Incomplete,
        Why::Stale => Cause::Stale,
        Why::Conflict => Cause::Conflict,
        Why::AfterAsOf => Cause::AfterAsOf,
        Why::Error => Cause::Error,
    }
}
