//! One subject explained: its facts, what surrounds it, and its verdicts with what would change them.

mod facts;
mod find;
mod relations;
mod rights;
mod verdicts;
pub(super) mod words;

use super::Input;
use super::finding::Shared;
use super::head::exports;
use super::names::subject;
use crate::contract::explanation::v1::{Explanation, Recognised, SCHEMA};
use crate::contract::v1::{AsOf, Confidence, Presence, Tool};
use crate::control;
use crate::model::Subject;
use crate::model::table;

pub use find::{NotFound, Target, find};

/// What is said of a subject.
#[must_use]
pub fn explanation(input: &Input<'_>, asked: &str, target: Target) -> Explanation {
    let estate = input.estate;
    let about = target.row;
    let shared = Shared::of(input);
    let order = input.orders.get(about.subject);
    let (presence, made_later) = match estate.world.table(about.subject).presence(about.index) {
        table::Presence::Listed => (Presence::Listed, order.later.contains(&about.index)),
        table::Presence::Mentioned => (Presence::Mentioned, false),
    };
    let judged = presence == Presence::Listed && !made_later;
    let (verdicts, does_not_apply) =
        if judged { verdicts::verdicts(input, &shared, about, target.run) } else { (Vec::new(), Vec::new()) };
    let (can_become, reaches) = rights::ways(estate, about, false);
    let (become_by, reached_by) = rights::ways(estate, about, true);
    Explanation {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "assize".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() },
        as_of: AsOf { at: input.as_of.to_string(), origin: Some(input.as_of_origin) },
        asked: crate::base::text::shown(asked).into_owned(),
        check_run: target.run.and_then(|run| input.plan.runs.get(run)).map(|run| run.id.clone()),
        subject: subject(estate, about),
        kind: rights::kind(estate, about),
        presence,
        made_later,
        exports: exports(input),
        facts: facts::facts(input, &shared.rules, about),
        relations: relations::relations(input, about),
        rights: rights::rights(estate, about),
        lets_in: rights::lets_in(estate, about),
        can_become,
        become_by,
        reaches,
        reached_by,
        recognised: recognised(&shared, input, target),
        verdicts,
        does_not_apply,
    }
}

/// The classification rules that recognise an identity.
fn recognised(shared: &Shared<'_>, input: &Input<'_>, target: Target) -> Vec<Recognised> {
    if target.row.subject != Subject::Identity {
        return Vec::new();
    }
    let fired = shared.rules.reasons(input.estate, target.row).into_iter();
    let told = fired.map(|(rule, target, confidence, reason)| Recognised {
        rule: rule.to_owned(),
        target: target.name().to_owned(),
        confidence: match confidence {
            control::Confidence::High => Confidence::High,
            control::Confidence::Medium => Confidence::Medium,
            control::Confidence::Low => Confidence::Low,
        },
        reason: reason.to_owned(),
    });
    told.collect()
}
