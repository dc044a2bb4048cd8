//! The facts that lead from one subject to another, read from the schema, and what they are called as steps.
//!
//! Each stored fact that names an identity, a credential, an AI system or a resource leads on. A new one is walked without
//! a change here; a word for it may be added to [`WORDS`].

use std::borrow::Cow;
use std::collections::HashMap;

use crate::graph::Estate;
use crate::model::facts::{ai_system, credential, exposure, group, identity, owner, resource};
use crate::model::schema::{FactId, FactType, Made};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// The subjects that a walk comes to.
const WALKED: [Subject; 4] = [Subject::Identity, Subject::Credential, Subject::AiSystem, Subject::Resource];
/// The subjects that a walk comes to where it starts at one of them: what names these stands around them.
const HELD: [Subject; 3] = [Subject::Policy, Subject::Group, Subject::Owner];
/// Facts that say from the other side what one of these says, by that one.
pub(super) const TURNED: [(FactId, FactId); 3] = [
    (identity::AI_SYSTEMS.id, ai_system::IDENTITIES.id),
    (identity::CREDENTIALS.id, credential::IDENTITY.id),
    (credential::AI_SYSTEMS.id, ai_system::CREDENTIALS.id),
];
/// Facts that name members, or what may be the same, and lead nowhere.
const NO_WAY: [FactId; 3] = [group::MEMBERS.id, credential::MAY_BE.id, exposure::AI_SYSTEMS.id];
/// Texts that stand for something that is reached: no fact has such at present.
pub(super) const TEXTS: [FactId; 0] = [];
/// What facts are called as steps; the others by their name.
const WORDS: [(FactId, &str); 15] = [
    (ai_system::IDENTITIES.id, "runs as"),
    (ai_system::CREDENTIALS.id, "holds"),
    (ai_system::TOOLS.id, "calls"),
    (credential::IDENTITY.id, "proves"),
    (resource::CREDENTIALS.id, "is given"),
    (exposure::CREDENTIAL.id, "exposes"),
    (identity::POLICIES.id, "holds"),
    (group::POLICIES.id, "holds"),
    (identity::BOUNDARY.id, "is bounded by"),
    (identity::GROUPS.id, "is in"),
    (identity::OWNERS.id, "is owned by"),
    (identity::SPONSOR.id, "is sponsored by"),
    (ai_system::OWNERS.id, "is owned by"),
    (resource::OWNERS.id, "is owned by"),
    (owner::MEMBERS.id, "has the member"),
];

/// The facts of a subject that lead on.
pub(super) fn leading(subject: Subject) -> impl Iterator<Item = FactId> {
    let facts = (0_u8..).zip(subject.def().facts).filter(|(_, def)| {
        let to = match def.ty {
            FactType::Ref(to) | FactType::RefList(to) => Some(to),
            _ => None,
        };
        def.made != Made::Virtual && to.is_some_and(|to| WALKED.contains(&to))
    });
    let facts = facts.map(move |(slot, _)| FactId { subject, slot });
    facts.filter(move |fact| {
        subject != Subject::Becoming && !NO_WAY.contains(fact) && !TURNED.iter().any(|(other, _)| other == fact)
    })
}

/// The subjects that a fact of a row names.
pub(super) fn rows_of(estate: &Estate<'_>, row: Row, fact: FactId) -> Vec<Row> {
    let mut rows = Vec::new();
    if let FactType::Ref(_) = fact.def().ty {
        if let Cell::Known(Scalar::Ref(other)) = estate.cell(row, fact) {
            rows.push(other);
        }
        return rows;
    }
    estate.list(row, fact, &mut |member| {
        if let Scalar::Ref(other) = member.value {
            rows.push(other);
        }
        true
    });
    rows
}

/// Who names each subject, by which fact.
pub(super) fn named_by(estate: &Estate<'_>) -> HashMap<Row, Vec<(Row, FactId)>> {
    let mut all: HashMap<Row, Vec<(Row, FactId)>> = HashMap::new();
    for subject in Subject::ALL.into_iter().filter(|subject| *subject != Subject::Grant) {
        let turned = TURNED.into_iter().map(|(fact, _)| fact).filter(|fact| fact.subject == subject);
        for fact in leading(subject).chain(turned) {
            for row in estate.world.table(subject).rows().map(|row| Row::new(subject, row)) {
                for other in rows_of(estate, row, fact) {
                    all.entry(other).or_default().push((row, fact));
                }
            }
        }
    }
    all
}

/// True for subjects that are held, joined or owned, and reach nothing themselves.
pub(super) fn is_held(subject: Subject) -> bool {
    HELD.contains(&subject)
}

/// Who names each policy, group and owner, by which fact.
pub(super) fn held_by(estate: &Estate<'_>) -> HashMap<Row, Vec<(Row, FactId)>> {
    let mut all: HashMap<Row, Vec<(Row, FactId)>> = HashMap::new();
    let told = |subject: &Subject| !matches!(subject, Subject::Grant | Subject::Becoming);
    for subject in Subject::ALL.into_iter().filter(told) {
        for (slot, def) in (0_u8..).zip(subject.def().facts) {
            let (FactType::Ref(to) | FactType::RefList(to)) = def.ty else { continue };
            if def.made == Made::Virtual || !is_held(to) {
                continue;
            }
            let fact = FactId { subject, slot };
            for row in estate.world.table(subject).rows().map(|row| Row::new(subject, row)) {
                for other in rows_of(estate, row, fact) {
                    all.entry(other).or_default().push((row, fact));
                }
            }
        }
    }
    all
}

/// What a fact is called as a step.
pub(super) fn word(fact: FactId) -> Cow<'static, str> {
    let known = WORDS.iter().find(|(known, _)| *known == fact);
    known.map_or_else(|| fact.def().name.replace('_', " ").into(), |(_, word)| (*word).into())
}
