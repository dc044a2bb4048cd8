//! Rights on everyone of a kind, as `iam:CreateAccessKey` on `*`: whether there is somebody in the account whom they give power over.
//!
//! Who may rewrite the permissions of all roles is one itself, and makes an administrator of itself whoever else is there. A key for
//! every user is worth what the users may do: where none is an administrator, it is no more than a step to each of them. Where there
//! is nobody of the kind, it is nothing at all; and where not all of the kind are listed, it is not known.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::effective::{Grants, any_resource, holdings, holds_always, policies_held};
use super::kinds::Kinds;
use super::levels::ActionSummary;
use super::names::{account_of, arn, key, scope};
use super::reach::{Power, power};
use crate::model::facts::{group, identity};
use crate::model::listing::Listing;
use crate::model::rewrite::Rewrite;
use crate::model::table::Presence;
use crate::model::{Subject, Sym, World};

/// Whether there is somebody whom a right gives power over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Somebody {
    /// There is nobody.
    No,
    /// Not all are listed, or what they may do is not known.
    Perhaps,
    /// There is.
    Yes,
}

/// Who is in one account.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of an account")]
struct Account {
    users: bool,
    roles: bool,
    groups: bool,
    /// Policies that are no part of an identity and not the provider's.
    policies: bool,
    admin_user: bool,
    admin_role: bool,
    admin_group: bool,
    /// A group that may make an administrator of who joins it.
    perhaps_group: bool,
}

/// Who is in each account.
#[derive(Debug, Default)]
pub struct Everyone(HashMap<Sym, Account>);

/// One holder of rights, and what it may make anew: looked up once, and only where it is asked.
pub struct Holder<'w> {
    /// Its row.
    pub row: u32,
    world: &'w World,
    grants: &'w Grants,
    user: bool,
    makes: OnceCell<(bool, bool)>,
    rewrites_own_policy: OnceCell<bool>,
}

impl<'w> Holder<'w> {
    /// The holder in a row.
    #[must_use]
    pub fn new(world: &'w World, grants: &'w Grants, row: u32) -> Self {
        let user = arn(world, row).contains(":user/");
        Self { row, world, grants, user, makes: OnceCell::new(), rewrites_own_policy: OnceCell::new() }
    }

    /// Whether it may make users, and whether it may make roles.
    fn makes(&self) -> (bool, bool) {
        *self.makes.get_or_init(|| {
            let mut makes = (false, false);
            for at in holdings(self.world, self.row) {
                let Some((_, id, _)) = self.world.statements.entry(at) else { continue };
                let Some(effective) = self.grants.effective(Some(self.row), *id) else { continue };
                makes.0 |= effective.actions.rewrites.has(Rewrite::NewUser);
                makes.1 |= effective.actions.rewrites.has(Rewrite::NewRole);
            }
            makes
        })
    }

    /// Whether it holds a policy whose text can be replaced.
    fn holds_policy(&self) -> bool {
        let own = |policy: u32| is_own(key(self.world, Subject::Policy, policy), arn(self.world, self.row));
        *self.rewrites_own_policy.get_or_init(|| policies_held(self.world, self.row).into_iter().any(own))
    }
}

/// True for the ARN of a policy that stands by itself and is of the account of another ARN.
fn is_own(policy: &str, arn: &str) -> bool {
    policy.contains(":policy/") && account_of(policy) == account_of(arn)
}

impl Everyone {
    /// Looks who is there, and who of them is an administrator by itself.
    #[must_use]
    pub fn build(world: &World, grants: &Grants) -> Self {
        let mut all: HashMap<Sym, Account> = HashMap::new();
        let identities = world.table(Subject::Identity);
        let able = |row: &u32| {
            identities.presence(*row) == Presence::Listed
                && identities.get(identity::ROOT.id, *row) != 1
                && identities.get(identity::SERVICE_LINKED.id, *row) != 1
        };
        for row in identities.rows().filter(able) {
            let account = all.entry(scope(world, row)).or_default();
            account.users |= arn(world, row).contains(":user/");
            account.roles |= arn(world, row).contains(":role/");
        }
        let of_account = |arn: &str| world.strings.get(&format!("aws:{}", account_of(arn).unwrap_or("")));
        let policies = world.table(Subject::Policy);
        for row in policies.rows().filter(|row| policies.presence(*row) == Presence::Listed) {
            let arn = key(world, Subject::Policy, row);
            if let Some(of) = of_account(arn).filter(|_| is_own(arn, arn)) {
                all.entry(of).or_default().policies = true;
            }
        }
        let groups = world.table(Subject::Group);
        for row in groups.rows() {
            let Some(of) = of_account(key(world, Subject::Group, row)) else { continue };
            let listed = groups.presence(row) == Presence::Listed;
            let (admin, perhaps) = of_group(world, grants, row);
            let account = all.entry(of).or_default();
            account.groups |= listed;
            account.admin_group |= admin && listed;
            account.perhaps_group |= perhaps || !listed;
        }
        let mut found = Self(all);
        // Who needs an administrator to become one is none of those that others need.
        let rows: Vec<u32> = identities.rows().filter(able).collect();
        let admin = |row: &&u32| {
            let holder = Holder::new(world, grants, **row);
            let mut held = holdings(world, **row).filter_map(|at| world.statements.entry(at));
            held.any(|(_, id, _)| {
                let power = power(world, grants, &found, &holder, *id);
                matches!(power, Some(Power::Admin | Power::Escalates))
            })
        };
        let kind = |row: &u32| (scope(world, *row), arn(world, *row).contains(":user/"));
        let admins: BTreeSet<(Sym, bool)> = rows.par_iter().filter(admin).map(kind).collect();
        for (of, user) in admins {
            let account = found.0.entry(of).or_default();
            account.admin_user |= user;
            account.admin_role |= !user;
        }
        found
    }

    /// Whether there is somebody whom a right on everyone of the kinds that it names gives power over.
    #[must_use]
    pub fn met(&self, holder: &Holder<'_>, actions: &ActionSummary, kinds: Kinds) -> Somebody {
        use Somebody::{No, Perhaps, Yes};
        if actions.escalates_alone {
            return Yes;
        }
        let here = scope(holder.world, holder.row);
        let (none, world) = (Account::default(), holder.world);
        let account = self.0.get(&here).unwrap_or(&none);
        let unless_listed = |listing| if world.closed_in(here, listing).is_err() { Perhaps } else { No };
        let of = |one| match one {
            Rewrite::GrantsOfRole if !holder.user || account.roles || holder.makes().1 => Yes,
            Rewrite::GrantsOfUser if holder.user || account.users || holder.makes().0 => Yes,
            Rewrite::GrantsOfGroup if account.groups => Yes,
            // A group can be made, and joined.
            Rewrite::GrantsOfGroup if actions.rewrites.has(Rewrite::MembersOfGroup) => Perhaps,
            Rewrite::MembersOfGroup if account.admin_group => Yes,
            Rewrite::MembersOfGroup if account.perhaps_group => Perhaps,
            Rewrite::TextOfPolicy | Rewrite::VersionOfPolicy if account.policies || holder.holds_policy() => Yes,
            Rewrite::CredentialsOfUser | Rewrite::KeyOfUser if account.admin_user => Yes,
            Rewrite::TrustOfRole if account.admin_role => Yes,
            Rewrite::GrantsOfRole | Rewrite::TrustOfRole => unless_listed(Listing::Roles),
            Rewrite::GrantsOfUser | Rewrite::CredentialsOfUser | Rewrite::KeyOfUser => unless_listed(Listing::Users),
            Rewrite::GrantsOfGroup | Rewrite::MembersOfGroup => unless_listed(Listing::Groups),
            Rewrite::TextOfPolicy | Rewrite::VersionOfPolicy => unless_listed(Listing::Policies),
            Rewrite::NewRole | Rewrite::NewUser | Rewrite::Boundary | Rewrite::Organisation => No,
        };
        let named = actions.rewrites.filter(|one| Kinds::rewritten(one).meets(kinds));
        let mut most = No;
        for one in named.iter() {
            most = most.max(of(one));
            if most == Yes {
                break;
            }
        }
        most
    }
}

/// Whether a group makes an administrator of whoever joins it, for certain or perhaps.
fn of_group(world: &World, grants: &Grants, row: u32) -> (bool, bool) {
    let table = world.table(Subject::Group);
    let policies = table.members(group::POLICIES.id, row).iter();
    let (mut certain, mut perhaps) = (false, !table.complete(group::POLICIES.id, row));
    let mut denied = false;
    for (_, id, _) in policies.flat_map(|(_, policy, _)| world.statements.of_policy(*policy)) {
        let Some(statement) = world.statements.get(*id) else { continue };
        denied |= !statement.allow;
        let Some(actions) = grants.effective(None, *id).map(|effective| effective.actions) else { continue };
        perhaps |= actions.escalates || actions.assume;
        certain |= makes_of_member(actions) && any_resource(world, statement) && holds_always(world, statement);
    }
    (certain && !denied, perhaps)
}

/// True for what, on every resource, makes an administrator of any user that is in a group and holds it by that.
#[must_use]
pub fn makes_of_member(actions: &ActionSummary) -> bool {
    let own = [Rewrite::GrantsOfUser, Rewrite::GrantsOfGroup].into_iter().any(|one| actions.rewrites.has(one));
    actions.escalates && (actions.escalates_alone || own)
}
