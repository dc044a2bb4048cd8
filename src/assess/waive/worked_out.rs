//! What facts are worked out of: where one is kept, that is kept too.

use crate::model::facts::{ai_system, credential, identity};
use crate::model::schema::FactId;

/// Facts that are of the date of assessment more than of whom they are about.
pub(super) const OF_THE_DATE: [FactId; 2] = [identity::USED_LATER.id, credential::USED_LATER.id];
/// Facts that are worked out of rights and links over many steps.
pub(super) const OF_WAYS: [FactId; 13] = [
    identity::FULL_ADMIN.id,
    identity::REACHES_ADMIN.id,
    identity::REACH.id,
    identity::REACH_DEPTH.id,
    identity::REACH_SYSTEMS.id,
    identity::REACHED.id,
    identity::ENVIRONMENTS_REACHED.id,
    ai_system::REACH.id,
    ai_system::REACHED.id,
    ai_system::REACHES_ADMIN.id,
    ai_system::ENVIRONMENTS_REACHED.id,
    ai_system::EFFECTS.id,
    ai_system::TOXIC_COMBINATIONS.id,
];

/// The lists that a fact is worked out of.
pub(super) fn by_lists(fact: FactId) -> &'static [FactId] {
    const OF_AI: [FactId; 2] = [identity::AI_SYSTEMS.id, identity::SERVES.id];
    const HELD: [FactId; 1] = [credential::AI_SYSTEMS.id];
    if [identity::IS_AI.id, identity::AI_CONFIDENCE.id].contains(&fact) {
        &OF_AI
    } else if fact == credential::HELD_BY_AI.id {
        &HELD
    } else {
        &[]
    }
}
