//! To how many identities and groups each policy is attached.
//!
//! That none was found is a count of none only where whatever could attach it was read whole: the bindings of a cluster,
//! the users, groups and roles of an account, or the export's own count.

use crate::model::facts::{group, identity, policy};
use crate::model::listing::Listing;
use crate::model::table::UNKNOWN;
use crate::model::{Row, Subject, World};

/// Stores the counts that are known.
pub(super) fn store(world: &mut World) {
    for (policy, count) in counts(world) {
        let said = world.table(Subject::Policy).get(policy::ATTACHED_COUNT.id, policy);
        // Whom it is attached to may not have been exported: then the export's own count stands.
        if count > 0 || (said == UNKNOWN && all_read(world, policy)) {
            world.table_mut(Subject::Policy).put(policy::ATTACHED_COUNT.id, policy, count, 0);
        }
    }
}

/// Whether everything that could attach a policy is listed.
fn all_read(world: &World, policy: u32) -> bool {
    let scope = world.scope(Row::new(Subject::Policy, policy));
    let lists: &[Listing] = match world.system_of(scope) {
        "kubernetes" => &[Listing::RoleBindings],
        "aws" => &[Listing::Users, Listing::Groups, Listing::Roles],
        _ => &[],
    };
    lists.iter().all(|listing| world.closed_in(scope, *listing).is_ok())
}

/// By policy: to how many it is attached as far as was read.
fn counts(world: &World) -> Vec<(u32, i64)> {
    let mut counts = vec![0_i64; world.table(Subject::Policy).len()];
    let attachments = [(Subject::Identity, identity::POLICIES.id), (Subject::Group, group::POLICIES.id)];
    for (subject, fact) in attachments {
        let table = world.table(subject);
        for (_, policy, _) in table.rows().flat_map(|row| table.members(fact, row)) {
            if let Some(count) = counts.get_mut(*policy as usize) {
                *count += 1;
            }
        }
    }
    counts.into_iter().enumerate().filter_map(|(row, count)| Some((u32::try_from(row).ok()?, count))).collect()
}
