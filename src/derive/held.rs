//! What an AI system holds although no configuration shows it: the secrets of an identity that it runs as.

use std::collections::BTreeMap;

use crate::model::facts::{CredentialKind, IdentityKind, ai_system, credential, identity};
use crate::model::{Completeness, Row, Subject, Why, World};

/// What software presents as a secret of its own.
const FOR_SOFTWARE: [CredentialKind; 6] = [
    CredentialKind::AccessKey,
    CredentialKind::ApiKey,
    CredentialKind::Token,
    CredentialKind::ClientSecret,
    CredentialKind::Certificate,
    CredentialKind::SshKey,
];

/// Says of the secrets of an identity which AI systems hold them, where nothing shows a holder.
///
/// Who runs as an identity of software presents a secret of it: the only one, also where something shows another holder of
/// that. If several systems do, and it has several secrets, which of them each has is not known, and who else holds a secret
/// stays open, as does what those systems hold. So it does where its secrets are not all listed: one that nobody listed may be
/// meant. A person's secrets are also that person's: of these, only what shows a holder counts.
pub fn apply(world: &mut World) {
    let credentials = world.table(Subject::Credential);
    let identities = world.table(Subject::Identity);
    let mut by_identity: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for row in credentials.rows() {
        let kind = credentials.get(credential::KIND.id, row);
        let software = FOR_SOFTWARE.iter().any(|one| kind == i64::from(*one as u8));
        let refused = credentials.get(credential::ENABLED.id, row) == 0;
        if let (true, false, Ok(of)) = (software, refused, u32::try_from(credentials.get(credential::IDENTITY.id, row)))
        {
            by_identity.entry(of).or_default().push(row);
        }
    }
    let (mut held, mut open, mut unsure) = (Vec::new(), Vec::new(), Vec::new());
    for (of, secrets) in by_identity {
        let systems: Vec<u32> =
            identities.members(identity::AI_SYSTEMS.id, of).iter().map(|(_, system, _)| *system).collect();
        let human = identities.get(identity::KIND.id, of) == i64::from(IdentityKind::Human as u8);
        if human {
            continue;
        }
        let is_whole = |row: u32| {
            let secrets = world.completeness(Row::new(Subject::Identity, row), identity::CREDENTIALS.id);
            secrets == Completeness::Complete
        };
        let unheld = |row: &u32| credentials.members(credential::AI_SYSTEMS.id, *row).is_empty();
        let holds = |secret: u32, system: u32| {
            credentials.members(credential::AI_SYSTEMS.id, secret).iter().any(|(_, holder, _)| *holder == system)
        };
        // Systems that run as it, and of which nothing shows what they present.
        let mut without = systems.clone();
        without.retain(|system| !secrets.iter().any(|secret| holds(*secret, *system)));
        match (systems.as_slice(), secrets.as_slice()) {
            (_, [only]) if is_whole(of) => held.extend(without.iter().map(|system| (*only, *system))),
            ([system], several) if is_whole(of) => {
                held.extend(several.iter().copied().filter(unheld).map(|secret| (secret, *system)));
                let shown: Vec<u32> = several.iter().copied().filter(|secret| !unheld(secret)).collect();
                if !without.is_empty() && !shown.is_empty() {
                    unsure.push(*system);
                    open.extend(shown);
                }
            }
            (_, several) if !without.is_empty() => {
                unsure.extend(without);
                open.extend(several);
            }
            _ => {}
        }
    }
    for system in unsure {
        world.open(ai_system::CREDENTIALS.id, system, Why::MissingFact);
    }
    for secret in open {
        world.open(credential::AI_SYSTEMS.id, secret, Why::MissingFact);
        if world.table(Subject::Credential).members(credential::AI_SYSTEMS.id, secret).is_empty() {
            world.open(credential::HELD_BY_AI.id, secret, Why::MissingFact);
        }
    }
    for (secret, system) in held {
        world.push(credential::AI_SYSTEMS, secret, system);
        world.push(ai_system::CREDENTIALS, system, secret);
        world.presented.insert((secret, system));
    }
    world.table_mut(Subject::Credential).seal();
    world.table_mut(Subject::AiSystem).seal();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Identities with how many systems run as them, and how many secrets each has; the systems that hold each secret.
    fn holders(kind: IdentityKind, systems: usize, secrets: &[(CredentialKind, bool)]) -> Vec<usize> {
        let mut world = World::default();
        let (identity, _) = world.upsert(Subject::Identity, "i");
        world.table_mut(Subject::Identity).put(identity::KIND.id, identity, i64::from(kind as u8), 0);
        world.close(identity::CREDENTIALS, identity);
        for system in 0..systems {
            let (system, _) = world.upsert(Subject::AiSystem, &format!("s{system}"));
            world.push(identity::AI_SYSTEMS, identity, system);
        }
        let rows: Vec<u32> = secrets
            .iter()
            .enumerate()
            .map(|(at, (kind, enabled))| {
                let (row, _) = world.upsert(Subject::Credential, &format!("c{at}"));
                let table = world.table_mut(Subject::Credential);
                table.put(credential::KIND.id, row, i64::from(*kind as u8), 0);
                table.put(credential::ENABLED.id, row, i64::from(*enabled), 0);
                table.put(credential::IDENTITY.id, row, i64::from(identity), 0);
                row
            })
            .collect();
        world.seal();
        apply(&mut world);
        let table = world.table(Subject::Credential);
        rows.iter().map(|row| table.members(credential::AI_SYSTEMS.id, *row).len()).collect()
    }

    /// Of an identity as which `systems` run: whom its secrets are said to be held by, of which `shown` is shown to be held
    /// by a system that runs as nobody, and which of them are open.
    fn beside(systems: usize, secrets: usize, shown: Option<usize>) -> Vec<(usize, bool)> {
        beside_of(systems, secrets, shown, true).0
    }

    /// The same, where the list of secrets is whole or not; and how many of the systems may hold more than is known.
    fn beside_of(systems: usize, secrets: usize, shown: Option<usize>, whole: bool) -> (Vec<(usize, bool)>, usize) {
        let mut world = World::default();
        let (identity, _) = world.upsert(Subject::Identity, "i");
        if whole {
            world.close(identity::CREDENTIALS, identity);
        }
        for system in 0..systems {
            let (system, _) = world.upsert(Subject::AiSystem, &format!("s{system}"));
            world.push(identity::AI_SYSTEMS, identity, system);
        }
        let (other, _) = world.upsert(Subject::AiSystem, "other");
        let rows: Vec<u32> = (0..secrets).map(|at| world.upsert(Subject::Credential, &format!("c{at}")).0).collect();
        for (at, row) in rows.iter().enumerate() {
            let table = world.table_mut(Subject::Credential);
            table.put(credential::KIND.id, *row, i64::from(CredentialKind::AccessKey as u8), 0);
            table.put(credential::IDENTITY.id, *row, i64::from(identity), 0);
            if shown == Some(at) {
                world.push(credential::AI_SYSTEMS, *row, other);
            }
        }
        world.seal();
        apply(&mut world);
        let is_open = |row: &u32| world.opened.get(credential::AI_SYSTEMS.id, *row).is_some();
        let table = world.table(Subject::Credential);
        let told =
            rows.iter().map(|row| (table.members(credential::AI_SYSTEMS.id, *row).len(), is_open(row))).collect();
        (told, world.opened.rows(ai_system::CREDENTIALS.id).count())
    }

    #[test]
    fn who_is_shown_to_hold_a_secret_is_not_all_who_do() {
        assert_eq!(beside(1, 1, Some(0)), [(2, false)], "the only one there is");
        assert_eq!(beside(1, 2, Some(0)), [(1, true), (1, false)], "perhaps that one too");
        assert_eq!(beside(2, 2, Some(0)), [(1, true), (0, true)]);
        assert_eq!(beside(2, 2, None), [(0, true), (0, true)]);
        assert_eq!(beside(0, 2, Some(0)), [(1, false), (0, false)]);
        assert_eq!(beside_of(1, 1, Some(0), false), (vec![(1, true)], 1), "another may be meant that nobody listed");
        assert_eq!(beside_of(1, 1, None, false), (vec![(0, true)], 1), "so it may where nothing shows a holder");
        assert_eq!(beside_of(2, 1, None, false), (vec![(0, true)], 2));
        assert_eq!(beside_of(1, 2, None, false), (vec![(0, true), (0, true)], 1));
        assert_eq!(beside_of(2, 1, None, true), (vec![(2, false)], 0));
        assert_eq!(beside_of(0, 1, Some(0), false), (vec![(1, false)], 0), "who is shown to hold it needs no list");
        assert_eq!(beside_of(1, 2, Some(0), true).1, 1, "what the system holds is open with it");
        assert_eq!(beside_of(2, 2, None, true).1, 2);
        assert_eq!(beside_of(1, 2, None, true).1, 0);
    }

    #[test]
    fn who_runs_as_software_holds_its_secret() {
        use CredentialKind::{AccessKey, Password, Token};
        let machine = IdentityKind::MachineUser;
        assert_eq!(holders(machine, 1, &[(AccessKey, true), (Token, true)]), [1, 1]);
        assert_eq!(holders(machine, 2, &[(AccessKey, true)]), [2]);
        // Which of two systems has which of two keys is not known.
        assert_eq!(holders(machine, 2, &[(AccessKey, true), (AccessKey, true)]), [0, 0]);
        // The second is refused, so both present the first.
        assert_eq!(holders(machine, 2, &[(AccessKey, true), (AccessKey, false)]), [2, 0]);
        assert_eq!(holders(machine, 1, &[(Password, true)]), [0]);
        assert_eq!(holders(IdentityKind::Human, 1, &[(AccessKey, true)]), [0]);
        assert_eq!(holders(machine, 0, &[(AccessKey, true)]), [0]);
    }
}
