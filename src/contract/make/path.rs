//! The path of a finding: numbered hops, each with what it rests on.

use super::names::{gives, id, place, policy_record, subject};
use crate::base::text::shown;
use crate::contract::v1::{Evidence, FactState, Hop, HopState};
use crate::graph::{Estate, Ground, route_to_admin};
use crate::model::facts::{BECOMING_HOW_SET, BecomingState, becoming, identity};
use crate::model::{Row, Subject, Sym};

/// The shortest path to an administrator.
pub(super) fn to_admin(estate: &Estate<'_>, row: u32) -> Vec<Hop> {
    let hops = route_to_admin(estate.graph, row).unwrap_or_default();
    let made = hops.iter().zip(1_u32..).map(|(hop, n)| Hop {
        n,
        from: subject(estate, Row::new(Subject::Identity, hop.from)),
        to: subject(estate, Row::new(Subject::Identity, hop.to)),
        how: how(estate, &hop.grounds),
        state: match hop.state {
            BecomingState::Certain => HopState::Certain,
            BecomingState::Conditional => HopState::Conditional,
            BecomingState::Possible => HopState::Possible,
        },
        evidence: hop.grounds.iter().map(|ground| evidence(estate, *ground)).collect(),
    });
    made.collect()
}

fn how(estate: &Estate<'_>, grounds: &[Ground]) -> String {
    let trust = grounds.iter().find_map(|ground| match ground {
        Ground::Trust(row) | Ground::Both(_, row) => Some(*row),
        Ground::Grant(_) => None,
    });
    let code = trust.map_or(0, |row| estate.world.table(Subject::Becoming).get(becoming::HOW.id, row));
    BECOMING_HOW_SET.text(u8::try_from(code).unwrap_or(0)).to_owned()
}

fn evidence(estate: &Estate<'_>, ground: Ground) -> Evidence {
    let world = estate.world;
    let (fact, about, value, place) = match ground {
        Ground::Trust(row) | Ground::Both(_, row) => {
            let table = world.table(Subject::Becoming);
            let principal =
                u32::try_from(table.get(becoming::PRINCIPAL.id, row)).map_or("", |sym| world.strings.text(Sym(sym)));
            let to = u32::try_from(table.get(becoming::TO.id, row)).unwrap_or(0);
            let mut records = world.table(Subject::Identity).records(to);
            let trusting = records.find(|record| gives(estate, *record, identity::CAN_BE_ASSUMED_BY.id));
            let at = trusting.map(|record| place(estate, record, Some(identity::CAN_BE_ASSUMED_BY.id)));
            (
                becoming::PRINCIPAL.id.path(),
                Row::new(Subject::Becoming, row),
                format!("trusts {}", shown(principal)),
                at,
            )
        }
        Ground::Grant(entry) => {
            let row = Row { subject: Subject::Grant, index: entry, part: 0 };
            let (policy, statement, _) =
                world.statements.entry(entry).copied().unwrap_or((0, crate::model::policy::StatementId(0), None));
            let found = world.statements.get(statement);
            let list = |list| -> String {
                let texts: Vec<_> =
                    world.statements.members(list).iter().map(|sym| shown(world.strings.text(*sym))).collect();
                texts.join(", ")
            };
            let value = found.map_or_else(String::new, |found| {
                format!("allows {} on {}", list(found.actions), list(found.resources))
            });
            let record = policy_record(estate, policy);
            ("policy.grants".to_owned(), row, value, record.map(|record| place(estate, record, None)))
        }
    };
    let place = place.unwrap_or_default();
    Evidence {
        fact,
        subject: Some(id(estate, about)),
        state: FactState::Known,
        value,
        note: None,
        export: place.export,
        pointer: place.pointer,
        offset: place.offset,
        document: place.document,
    }
}
