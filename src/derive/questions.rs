//! Credentials that may be the same: what the one has and the other lacks is open, until a person says which it is. So is
//! what stands at a secret of which only its system is known, for each credential that it may be.

use crate::model::facts::credential;
use crate::model::{Subject, Why, World};

/// Opens the lists of exposures and holders of each credential that may be another with members of its own.
pub fn apply(world: &mut World) {
    let table = world.table(Subject::Credential);
    let mut open = Vec::new();
    for fact in [credential::EXPOSURES.id, credential::AI_SYSTEMS.id] {
        for row in table.rows() {
            let own = table.members(fact, row);
            let lacks = |(_, member, _): &(u32, u32, u32)| !own.iter().any(|(_, known, _)| known == member);
            let mut others = table.members(credential::MAY_BE.id, row).iter();
            if others.any(|(_, other, _)| table.members(fact, *other).iter().any(lacks)) {
                open.push((fact, row));
            }
        }
    }
    for one in &world.unidentified {
        open.push((credential::EXPOSURES.id, one.credential));
        if one.held {
            open.push((credential::AI_SYSTEMS.id, one.credential));
        }
    }
    for (fact, row) in open {
        world.open(fact, row, Why::MissingFact);
        if fact == credential::AI_SYSTEMS.id && world.table(Subject::Credential).members(fact, row).is_empty() {
            world.open(credential::HELD_BY_AI.id, row, Why::MissingFact);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Completeness, Row};

    #[test]
    fn what_may_be_another_may_be_where_that_is() {
        let mut world = World::default();
        let [key, literal, other] = ["key", "literal", "other"].map(|id| world.upsert(Subject::Credential, id).0);
        let (seen, _) = world.upsert(Subject::Exposure, "seen");
        world.push(credential::EXPOSURES, literal, seen);
        let (system, _) = world.upsert(Subject::AiSystem, "system");
        world.push(credential::AI_SYSTEMS, literal, system);
        world.push(credential::MAY_BE, key, literal);
        world.push(credential::MAY_BE, literal, key);
        for row in [key, literal, other] {
            world.close(credential::EXPOSURES, row);
        }
        world.seal();
        apply(&mut world);
        let whole = |row| world.completeness(Row::new(Subject::Credential, row), credential::EXPOSURES.id);
        assert_eq!(whole(key), Completeness::Open(Why::MissingFact));
        let held = world.opened.rows(credential::HELD_BY_AI.id).map(|(row, _)| row);
        assert_eq!(held.collect::<Vec<_>>(), [key], "whether a system holds the key is open with it");
        // The other one lacks nothing that this one has.
        assert_eq!((whole(literal), whole(other)), (Completeness::Complete, Completeness::Complete));
    }
}
