//! What a subject may do, policy by policy, and the ways that lead from it and to it.

use std::collections::BTreeMap;

use crate::contract::explanation::v1::{Grant, LetsIn, Right, Way, Ways};
use crate::contract::make::names::{subject, value};
use crate::contract::make::path::{granted, trusted};
use crate::contract::make::walk::{Limits, Node, Walk, Walked, state};
use crate::graph::Estate;
use crate::model::facts::{BecomingState, becoming, grant, group, identity, policy};
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// How many subjects a walk comes to.
const MOST: usize = 1000;
/// How many ways of one kind are told.
const TOLD: usize = 40;

/// The rights of an identity, a group or a policy, in the order of its policies' names.
pub(super) fn rights(estate: &Estate<'_>, about: Row) -> Vec<Right> {
    let world = estate.world;
    let own = |subject: Subject, fact: FactId| world.table(subject).members(fact, about.index).to_vec();
    let mut held: BTreeMap<u32, Option<u32>> = BTreeMap::new();
    match about.subject {
        Subject::Policy => {
            held.insert(about.index, None);
        }
        Subject::Group => {
            held.extend(own(Subject::Group, group::POLICIES.id).into_iter().map(|(_, policy, _)| (policy, None)));
        }
        Subject::Identity => {
            for (_, of, _) in own(Subject::Identity, identity::GROUPS.id) {
                let carried = world.table(Subject::Group).members(group::POLICIES.id, of).iter();
                held.extend(carried.map(|(_, policy, _)| (*policy, Some(of))));
            }
            held.extend(own(Subject::Identity, identity::POLICIES.id).into_iter().map(|(_, policy, _)| (policy, None)));
        }
        _ => {}
    }
    let mut by_policy: BTreeMap<u32, Vec<Row>> = BTreeMap::new();
    let mut take = |from: Row, fact: FactId| {
        estate.list(from, fact, &mut |member| {
            if let Scalar::Ref(grant) = member.value
                && let Some((policy, ..)) = world.statements.entry(grant.index)
            {
                by_policy.entry(*policy).or_default().push(grant);
            }
            true
        });
    };
    if about.subject == Subject::Identity {
        take(about, identity::GRANTS.id);
    } else {
        for policy in held.keys() {
            take(Row::new(Subject::Policy, *policy), policy::GRANTS.id);
        }
    }
    let mut all: Vec<Right> = held
        .into_iter()
        .map(|(policy, through)| {
            let grants = by_policy.remove(&policy).unwrap_or_default();
            let allow = world.statements.of_policy(policy);
            let allow = allow.iter().filter(|(_, id, _)| world.statements.get(*id).is_some_and(|one| one.allow));
            Right {
                policy: subject(estate, Row::new(Subject::Policy, policy)),
                through: through.map(|group| subject(estate, Row::new(Subject::Group, group))),
                taken_away: (allow.count() as u64).saturating_sub(grants.len() as u64),
                unread: unread(estate, policy),
                grants: grants.into_iter().map(|grant| one(estate, about, grant)).collect(),
            }
        })
        .collect();
    all.sort_by(|a, b| (&a.policy.name, &a.policy.id).cmp(&(&b.policy.name, &b.policy.id)));
    all
}

/// Whether a policy is only named, and nobody gives its text.
fn unread(estate: &Estate<'_>, policy: u32) -> bool {
    let whole = estate.list(Row::new(Subject::Policy, policy), policy::GRANTS.id, &mut |_| true);
    matches!(whole, crate::model::Completeness::Open(_))
}

/// Whom the trusts of an identity let in, as they are written.
pub(super) fn lets_in(estate: &Estate<'_>, about: Row) -> Vec<LetsIn> {
    let mut all = Vec::new();
    if about.subject != Subject::Identity {
        return all;
    }
    estate.list(about, identity::CAN_BE_ASSUMED_BY.id, &mut |member| {
        let Scalar::Ref(trust) = member.value else { return true };
        let text = |fact: FactId| match estate.cell(trust, fact) {
            Cell::Known(scalar) => Some(value(estate, trust, fact, scalar)),
            _ => None,
        };
        let mut conditions = Vec::new();
        estate.list(trust, becoming::CONDITIONS.id, &mut |key| {
            conditions.push(value(estate, trust, becoming::CONDITIONS.id, key.value));
            true
        });
        conditions.sort();
        let kind = text(becoming::PRINCIPAL_KIND.id).unwrap_or_default();
        let wild = |so: bool| estate.cell(trust, becoming::SUBJECT_WILDCARD.id) == Cell::Known(Scalar::Bool(so));
        let issuer = text(becoming::ISSUER.id);
        let subjects = text(becoming::SUBJECT_PATTERN.id).filter(|_| issuer.is_some());
        let any_subject = issuer.is_some_and(|issuer| !issuer.contains("saml")) && subjects.is_none() && !wild(false);
        all.push(LetsIn {
            principal: text(becoming::PRINCIPAL.id).unwrap_or_default(),
            wide: matches!(kind.as_str(), "anyone" | "account") || wild(true) || any_subject,
            kind,
            subjects,
            conditions,
            evidence: trusted(estate, trust.index),
        });
        true
    });
    all
}

fn one(estate: &Estate<'_>, about: Row, of: Row) -> Grant {
    let text = |fact: FactId| match estate.cell(of, fact) {
        Cell::Known(scalar) => value(estate, of, fact, scalar),
        _ => String::new(),
    };
    Grant {
        level: text(grant::LEVEL.id),
        level_by: text(grant::LEVEL_BY.id),
        conditional: match estate.cell(of, grant::CONDITIONAL.id) {
            Cell::Known(Scalar::Bool(conditional)) => Some(conditional),
            _ => None,
        },
        evidence: granted(estate, about.index, of.index),
    }
}

/// The ways from a subject to identities, and to all else; or those that lead to it, all together in the second.
pub(super) fn ways(estate: &Estate<'_>, about: Row, inward: bool) -> (Ways, Ways) {
    let walk = Walk::new(estate, inward);
    let limits = Limits { depth: None, worst: BecomingState::Possible, most: MOST, beside: false };
    let walked = walk.from(about, limits);
    let identity = |node: &Node| matches!(node, Node::Row(row) if row.subject == Subject::Identity);
    (told(&walk, &walked, identity), told(&walk, &walked, |node| !identity(node)))
}

fn told(walk: &Walk<'_>, walked: &Walked, wanted: impl Fn(&Node) -> bool) -> Ways {
    let mut ways = Ways { ended: walked.ended, ..Ways::default() };
    for come in walked.come.iter().skip(1).filter(|come| wanted(&come.node)) {
        match come.state {
            BecomingState::Certain => ways.certain += 1,
            BecomingState::Conditional => ways.conditional += 1,
            BecomingState::Possible => ways.possible += 1,
        }
        if ways.ways.len() < TOLD {
            ways.ways.push(Way {
                subject: walk.subject(&come.node),
                state: state(come.state),
                hops: walk.way(walked, come),
            });
        }
    }
    ways
}

/// A subject's kind among its like, such as `role`.
pub(super) fn kind(estate: &Estate<'_>, about: Row) -> Option<String> {
    let fact = about.subject.fact("kind")?;
    match estate.cell(about, fact) {
        Cell::Known(scalar) => Some(value(estate, about, fact, scalar)),
        _ => None,
    }
}
