//! How often AWS itself says that a managed policy is used, beside how often that was read: more is a sign of what is missing.
//!
//! Who lists all users, groups and roles of an account has read whatever can hold one of its policies. Where AWS counts more,
//! an identity was left out, or what is attached to one. Where nobody says that all were listed, the rest may be of those
//! that were not.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::base::text::shown;
use crate::model::enumeration::{Closure, State};
use crate::model::facts::{group, identity};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::{Row, Why};
use crate::model::table::Presence;
use crate::model::world::World;
use crate::source::run::Run;

/// What can hold a policy.
const HOLDERS: [Listing; 3] = [Listing::Users, Listing::Groups, Listing::Roles];

/// How often an account uses a managed policy, by its own count.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The account.
    pub scope: Sym,
    /// The policy's id.
    pub policy: Sym,
    /// To how many users, groups and roles it is attached.
    pub attached: i64,
    /// Of how many users and roles it is the boundary.
    pub bounding: i64,
    /// The policy's record.
    pub record: RecordId,
}

/// An account that counts more than was read.
#[derive(Debug)]
pub struct Exceeded {
    scope: Sym,
    /// The first such policy, how often it is used by the account's count, and how often that was read.
    first: (Sym, i64, i64),
    /// How many policies.
    policies: usize,
    /// True if what is attached was counted, and not only what is a boundary.
    attached: bool,
    record: RecordId,
}

/// The accounts that count more than was read, for all that is known to be missing of them. Asked before anyone's word on
/// which lists are whole is taken.
pub fn exceeded(run: &mut Run) -> Vec<Exceeded> {
    let counted = std::mem::take(&mut run.aws.counted);
    if counted.is_empty() {
        return Vec::new();
    }
    let world = &run.world;
    let (attached, bounding) = read(world);
    let mut by_scope: BTreeMap<Sym, Exceeded> = BTreeMap::new();
    for one in counted {
        let Some(row) = world.table(Subject::Policy).find(one.policy) else { continue };
        // Of a list that was cut short the rest has them.
        if HOLDERS.iter().any(|listing| world.enumerations.state(one.scope, *listing) == State::Cut) {
            continue;
        }
        let of = |counts: &Uses| counts.get(&(one.scope, row)).copied().unwrap_or(0);
        let uses = [(one.attached, of(&attached), true), (one.bounding, of(&bounding), false)];
        for (said, known, is_attached) in uses.into_iter().filter(|(said, known, _)| said > known) {
            let first = (one.policy, said, known);
            let (scope, record) = (one.scope, one.record);
            let all = Exceeded { scope, first, policies: 0, attached: false, record };
            let all = by_scope.entry(scope).or_insert(all);
            all.policies += 1;
            all.attached |= is_attached;
        }
    }
    by_scope.into_values().collect()
}

/// Uses of policies, by account and policy.
type Uses = HashMap<(Sym, u32), i64>;

/// To how many each policy is attached, and of how many it is the boundary, as far as was read.
fn read(world: &World) -> (Uses, Uses) {
    let (mut attached, mut bounding) = (HashMap::new(), HashMap::new());
    for (subject, fact) in [(Subject::Identity, identity::POLICIES.id), (Subject::Group, group::POLICIES.id)] {
        let table = world.table(subject);
        for (row, policy, _) in table.pushed(fact) {
            *attached.entry((world.scope(Row::new(subject, row)), policy)).or_insert(0) += 1;
        }
    }
    let table = world.table(Subject::Identity);
    for row in table.rows() {
        if let Ok(policy) = u32::try_from(table.get(identity::BOUNDARY.id, row)) {
            *bounding.entry((world.scope(Row::new(Subject::Identity, row)), policy)).or_insert(0) += 1;
        }
    }
    (attached, bounding)
}

/// Takes the lists of such accounts as not whole, if anyone says that they are, and says so. What is attached to their
/// identities is open then.
pub fn open(run: &mut Run, exceeded: Vec<Exceeded>) {
    let mut of_scopes: HashMap<Sym, Vec<u32>> = exceeded.iter().map(|one| (one.scope, Vec::new())).collect();
    if !exceeded.is_empty() {
        let table = run.world.table(Subject::Identity);
        for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
            if let Some(rows) = of_scopes.get_mut(&run.world.scope(Row::new(Subject::Identity, row))) {
                rows.push(row);
            }
        }
    }
    for one in exceeded {
        let scope = one.scope;
        let world = &mut run.world;
        if HOLDERS.iter().any(|listing| matches!(world.closed_in(scope, *listing), Err(Why::NotEnumerated(_)))) {
            continue;
        }
        let (policy, said, known) = one.first;
        let named = shown(world.strings.text(policy)).into_owned();
        let account = shown(world.strings.text(scope)).into_owned();
        let others = match one.policies {
            0 | 1 => String::new(),
            2 => ", and one more policy likewise".to_owned(),
            more => format!(", and {} more policies likewise", more - 1),
        };
        let message = format!(
            "`{account}` counts {said} that use the policy `{named}`, and {known} of them were read{others}: users, groups or roles were left out, or what is attached to them, so their lists are taken as not whole"
        );
        world.note("attached-to-unread", message, Some(one.record));
        let why = world.strings.intern("the account counts more that use a policy than were read");
        for listing in HOLDERS {
            if world.enumerations.state(scope, listing) != State::Cut {
                world.enumerations.add(scope, listing, Closure::Incomplete { why, record: one.record });
            }
        }
        if one.attached {
            for row in of_scopes.remove(&scope).unwrap_or_default() {
                let user =
                    world.table(Subject::Identity).id(row).is_some_and(|id| world.strings.text(id).contains(":user:"));
                let listing = if user { Listing::Users } else { Listing::Roles };
                world.open(identity::POLICIES.id, row, Why::Incomplete(listing));
            }
        }
    }
}
