//! Who can rewrite whom: permissions on named identities, groups and policies that give power over them.
//!
//! Whoever may rewrite its own permissions is as good as an administrator. Whoever may rewrite
//! the trust of a role, or make a key for a user, may become it; such a step is kept as a
//! possible one, since what it takes beside the permission (a quota, a password policy) is not
//! modelled. Two are certain: to make a key for a user that is known to have room for one, and to
//! join a group that makes administrators. Permissions on everyone of a kind are judged in `reach` where they make an administrator,
//! and are steps like others where there is none to become (see `everyone`).

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::becoming::{Arc, Ground};
use super::effective::{Grants, any_resource, holdings, holds_always, policies_held, texts};
use super::everyone::{Everyone, Holder, Somebody, makes_of_member};
use super::kinds::Kinds;
use super::names::{arn, filled, key, scope};
use super::pattern::{literal_prefix, matches};
use super::reach::names_everyone;
use crate::model::facts::{BecomingState, CredentialKind, credential, identity};
use crate::model::listing::Listing;
use crate::model::policy::StatementId;
use crate::model::rewrite::{Rewrite, Rewrites};
use crate::model::table::{ABSENT, Presence};
use crate::model::{Row, Subject, Sym, World};

/// One right to rewrite what a pattern names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Right {
    /// What it rewrites.
    pub rewrites: Rewrites,
    /// Of whom: a pattern of ARNs.
    pub pattern: String,
    /// The number of the policy's statement.
    pub entry: u32,
    /// False if it holds under a condition, or a boundary or a deny may take it away.
    pub certain: bool,
}

/// All rights to rewrite, and what they come to.
#[derive(Debug, Default)]
pub struct Rewriting {
    /// By identity, in ascending order of rows.
    rights: BTreeMap<u32, Vec<Right>>,
    /// By identity: the statement by which it can make an administrator of itself.
    own: BTreeMap<u32, u32>,
    /// Identities of which that is so under a condition, or may be.
    perhaps: Vec<u32>,
    /// Groups that carry a permission that makes an administrator, or that takes on roles.
    strong_groups: Vec<String>,
    /// Those of them that make an administrator of whoever is in them, whatever else is known of it.
    admin_groups: Vec<String>,
}

/// How many groups a user can be in.
const MOST_GROUPS: usize = 10;
/// How many access keys a user can have.
const MOST_KEYS: usize = 2;

/// How many identities are looked at to see whom a right gives power over; beyond it, it is not known.
const MOST_REACHED: usize = 10_000;

impl Rewriting {
    /// Finds the rights of all listed identities, and adds the steps that they make possible to `edges`.
    ///
    /// `room` is how many steps patterns may still make; it is taken from, and 0 where there were more.
    pub fn build(
        world: &World,
        (grants, everyone): (&Grants, &Everyone),
        edges: &mut DiGraph<(), Arc>,
        room: &mut usize,
    ) -> Self {
        let (strong_groups, admin_groups) = (strong_groups(world, grants), admin_groups(world, grants));
        let mut found = Self { strong_groups, admin_groups, ..Self::default() };
        let table = world.table(Subject::Identity);
        for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
            let rights = rights(world, grants, everyone, row);
            if !rights.is_empty() {
                found.judge(world, grants, row, &rights);
                if let Some(right) = rights.iter().find(|right| found.joins_administrators(world, grants, row, right)) {
                    found.own.entry(row).or_insert(right.entry);
                }
                found.rights.insert(row, rights);
            }
        }
        if !found.rights.is_empty() {
            found.add_steps(world, edges, room);
        }
        found
    }

    /// The statement by which an identity can make an administrator of itself, by naming itself or what it holds.
    #[must_use]
    pub fn own(&self, row: u32) -> Option<u32> {
        self.own.get(&row).copied()
    }

    /// Notes the statement by which an identity of a cluster can do so.
    pub(super) fn note_own(&mut self, row: u32, entry: u32) {
        self.own.entry(row).or_insert(entry);
    }

    /// Notes that an identity of a cluster may be able to.
    pub(super) fn note_perhaps(&mut self, row: u32) {
        if let Err(at) = self.perhaps.binary_search(&row) {
            self.perhaps.insert(at, row);
        }
    }

    /// True if that is so under a condition, or cannot be told.
    #[must_use]
    pub fn perhaps(&self, row: u32) -> bool {
        self.perhaps.binary_search(&row).is_ok()
    }

    /// True if the identity may rewrite somebody or something.
    #[must_use]
    pub fn has_rights(&self, row: u32) -> bool {
        self.rights.contains_key(&row)
    }

    /// True if the identity may make credentials of users, and not all users of its scope are listed.
    #[must_use]
    pub fn names_unlisted(&self, world: &World, row: u32) -> bool {
        let rights = self.rights.get(&row);
        rights.is_some_and(|rights| rights.iter().any(|right| right.rewrites.has(Rewrite::CredentialsOfUser)))
            && world.closed_in(scope(world, row), Listing::Users).is_err()
    }

    /// True if, among identities that one can become, one may rewrite the permissions of another, or if there are too many to look.
    #[must_use]
    pub fn among(&self, world: &World, reached: &[u32]) -> bool {
        if reached.len() > MOST_REACHED {
            return true;
        }
        let rights: Vec<&Right> = reached.iter().filter_map(|row| self.rights.get(row)).flatten().collect();
        let mut budget = MOST_REACHED;
        for row in reached {
            for right in &rights {
                let Some(left) = budget.checked_sub(1) else { return true };
                budget = left;
                if self.gives_power(world, *row, right).is_some() {
                    return true;
                }
            }
        }
        false
    }

    /// Whether a right lets who becomes `row` add to the permissions of `row`: for certain, perhaps, or not at all.
    fn gives_power(&self, world: &World, row: u32, right: &Right) -> Option<bool> {
        let arn = arn(world, row);
        let (role, user) = (arn.contains(":role/"), arn.contains(":user/"));
        let has = |one| right.rewrites.has(one);
        if (role && has(Rewrite::GrantsOfRole) || user && has(Rewrite::GrantsOfUser)) && matches(&right.pattern, arn) {
            return Some(true);
        }
        let groups =
            || world.table(Subject::Identity).members(identity::GROUPS.id, row).iter().map(|(_, group, _)| *group);
        if has(Rewrite::GrantsOfGroup)
            && groups().any(|group| matches(&right.pattern, key(world, Subject::Group, group)))
        {
            return Some(true);
        }
        if has(Rewrite::TextOfPolicy) || has(Rewrite::VersionOfPolicy) {
            let held = policies_held(world, row);
            if held.iter().any(|policy| matches(&right.pattern, key(world, Subject::Policy, *policy))) {
                return Some(has(Rewrite::TextOfPolicy));
            }
        }
        let strong = user && has(Rewrite::MembersOfGroup);
        (strong && self.strong_groups.iter().any(|group| matches(&right.pattern, group))).then_some(false)
    }

    /// Whether a right lets a user make itself an administrator by joining a group of them: nothing limits the user, and it is
    /// in fewer groups than it can be.
    fn joins_administrators(&self, world: &World, grants: &Grants, row: u32, right: &Right) -> bool {
        let arn = arn(world, row);
        let account = |arn: &str| arn.split(':').nth(4).unwrap_or("").to_owned();
        let here = account(arn);
        right.certain
            && arn.contains(":user/")
            && right.rewrites.has(Rewrite::MembersOfGroup)
            && grants.limits(world, row).is_none()
            && grants.class(Some(row), statement_of(world, right.entry)).is_some()
            && world.table(Subject::Identity).members(identity::GROUPS.id, row).len() < MOST_GROUPS
            && self.admin_groups.iter().any(|group| account(group) == here && matches(&right.pattern, group))
    }

    fn judge(&mut self, world: &World, grants: &Grants, row: u32, rights: &[Right]) {
        let any = |all: &[Rewrite]| rights.iter().any(|right| all.iter().any(|one| right.rewrites.has(*one)));
        let makes = |one| creates(world, grants, row, one);
        // A role or a user that it makes anew it can give any permission, and a group that it rewrites it can join.
        let role = any(&[Rewrite::GrantsOfRole, Rewrite::TrustOfRole]) && makes(Rewrite::NewRole);
        let user = any(&[Rewrite::GrantsOfUser, Rewrite::MembersOfGroup]) && makes(Rewrite::NewUser);
        let group = any(&[Rewrite::GrantsOfGroup, Rewrite::TextOfPolicy, Rewrite::VersionOfPolicy])
            && any(&[Rewrite::MembersOfGroup]);
        let mut perhaps = role || user || group;
        for right in rights {
            match self.gives_power(world, row, right) {
                Some(true) if right.certain => {
                    self.own.entry(row).or_insert(right.entry);
                }
                Some(_) => perhaps = true,
                None => {}
            }
        }
        if perhaps {
            self.perhaps.push(row);
        }
    }

    /// Adds the steps to roles whose trust, and to users whose credentials, someone may rewrite.
    fn add_steps(&self, world: &World, edges: &mut DiGraph<(), Arc>, room: &mut usize) {
        let table = world.table(Subject::Identity);
        let mut by_scope: BTreeMap<Sym, Vec<(&str, u32)>> = BTreeMap::new();
        for row in table.rows() {
            by_scope.entry(scope(world, row)).or_default().push((arn(world, row), row));
        }
        for all in by_scope.values_mut() {
            all.sort_unstable();
        }
        let mut hubs: BTreeMap<(Sym, &str, Rewrite), NodeIndex> = BTreeMap::new();
        for (row, rights) in &self.rights {
            let mut from: Vec<(NodeIndex, u32, BecomingState)> = Vec::new();
            for right in rights {
                for rewrite in [Rewrite::TrustOfRole, Rewrite::KeyOfUser, Rewrite::CredentialsOfUser] {
                    if !right.rewrites.has(rewrite) {
                        continue;
                    }
                    let hub = (scope(world, *row), right.pattern.as_str(), rewrite);
                    let hub = *hubs.entry(hub).or_insert_with(|| {
                        let node = edges.add_node(());
                        let roles = by_scope.get(&hub.0).map_or(&[][..], Vec::as_slice);
                        let head = literal_prefix(hub.1);
                        let start = roles.partition_point(|(arn, _)| *arn < head);
                        let kind = if rewrite == Rewrite::TrustOfRole { ":role/" } else { ":user/" };
                        for (arn, to) in roles.iter().skip(start).take_while(|(arn, _)| arn.starts_with(head)) {
                            if arn.contains(kind) && matches(hub.1, arn) {
                                *room = room.saturating_sub(1);
                                if *room == 0 {
                                    break;
                                }
                                let state = match rewrite {
                                    Rewrite::KeyOfUser if has_room_for_key(world, *to) => BecomingState::Certain,
                                    _ => BecomingState::Possible,
                                };
                                let arc = Arc { state, ground: Ground::Rewrite(right.entry) };
                                edges.add_edge(node, NodeIndex::new(*to as usize), arc);
                            }
                        }
                        node
                    });
                    let certain = right.certain && rewrite == Rewrite::KeyOfUser;
                    let state = if certain { BecomingState::Certain } else { BecomingState::Possible };
                    from.push((hub, right.entry, state));
                    if rewrite == Rewrite::KeyOfUser {
                        // A password leads to nobody to whom a key does not.
                        break;
                    }
                }
            }
            from.sort_unstable_by_key(|(hub, entry, state)| (*hub, *state, *entry));
            from.dedup_by_key(|(hub, ..)| *hub);
            for (hub, entry, state) in from {
                edges.add_edge(NodeIndex::new(*row as usize), hub, Arc { state, ground: Ground::Rewrite(entry) });
            }
        }
    }
}

/// True if a listed user is known to have fewer access keys than it can have.
fn has_room_for_key(world: &World, user: u32) -> bool {
    let me = Row::new(Subject::Identity, user);
    let credentials = world.table(Subject::Credential);
    let key = i64::from(CredentialKind::AccessKey as u8);
    let held = world.table(Subject::Identity).members(identity::CREDENTIALS.id, user).iter();
    let keys = held.filter(|(_, held, _)| credentials.get(credential::KIND.id, *held) == key).count();
    world.table(Subject::Identity).presence(user) == Presence::Listed
        && keys < MOST_KEYS
        && world.closure(me, &[Listing::AccessKeys]).is_ok()
}

/// The statement behind a number.
fn statement_of(world: &World, entry: u32) -> StatementId {
    world.statements.entry(entry).map_or(StatementId(u32::MAX), |(_, id, _)| *id)
}

/// True if some grant of the identity lets it make new roles or users.
fn creates(world: &World, grants: &Grants, row: u32, what: Rewrite) -> bool {
    holdings(world, row).filter_map(|entry| world.statements.entry(entry)).any(|(_, id, _)| {
        grants.effective(Some(row), *id).is_some_and(|effective| effective.actions.rewrites.has(what))
    })
}

/// The rights of an identity that name their targets, and those on everyone of a kind that make no administrator of it for want of
/// one in its account: they are steps to each of them.
fn rights(world: &World, grants: &Grants, everyone: &Everyone, row: u32) -> Vec<Right> {
    let mut rights = Vec::new();
    let holder = Holder::new(world, grants, row);
    for entry in holdings(world, row) {
        let Some((_, id, _)) = world.statements.entry(entry) else { continue };
        let Some(effective) = grants.effective(Some(row), *id).filter(|one| one.actions.rewrites.has_targets()) else {
            continue;
        };
        let Some(statement) = world.statements.get(*id) else { continue };
        let every = any_resource(world, statement);
        let all = if every { Kinds::ALL } else { names_everyone(world, row, statement) };
        let steps = all != Kinds::default() && everyone.met(&holder, effective.actions, all) != Somebody::Yes;
        if every && !steps {
            continue;
        }
        let bound = world.table(Subject::Identity).get(identity::BOUNDARY.id, row) != ABSENT;
        let certain = holds_always(world, statement) && !bound && !grants.narrowed(row);
        // All but what it names may be anybody.
        let all_but = statement.inverted_resources.then_some("*");
        let named = texts(world, statement.resources).filter(|_| all_but.is_none());
        for pattern in named.chain(all_but) {
            let (pattern, whole) = filled(world, row, pattern);
            let named = Kinds::touched(&pattern);
            let rewrites = effective.actions.rewrites.filter(|one| {
                let kind = Kinds::rewritten(one);
                let step = matches!(one, Rewrite::TrustOfRole | Rewrite::CredentialsOfUser | Rewrite::KeyOfUser);
                kind.meets(named) && (!kind.meets(all) || steps && step)
            });
            if rewrites.has_targets() {
                rights.push(Right { rewrites, pattern, entry, certain: certain && whole });
            }
        }
    }
    rights
}

/// The ARNs of groups of which a member could make itself an administrator, or take on roles.
fn strong_groups(world: &World, grants: &Grants) -> Vec<String> {
    let table = world.table(Subject::Group);
    let strong = table.rows().filter(|row| {
        let policies = table.members(crate::model::facts::group::POLICIES.id, *row).iter();
        policies.flat_map(|(_, policy, _)| world.statements.of_policy(*policy)).any(|(_, id, _)| {
            let effective = grants.effective(None, *id);
            effective.is_some_and(|effective| effective.actions.escalates || effective.actions.assume)
        })
    });
    strong.map(|row| key(world, Subject::Group, row).to_owned()).collect()
}

/// The ARNs of listed groups that allow their members, without a condition, what makes an administrator, and deny nothing.
fn admin_groups(world: &World, grants: &Grants) -> Vec<String> {
    let table = world.table(Subject::Group);
    let makes = |row: &u32| {
        let policies = table.members(crate::model::facts::group::POLICIES.id, *row).iter();
        let all = policies.flat_map(|(_, policy, _)| world.statements.of_policy(*policy));
        let mut found = false;
        for (_, id, _) in all {
            let Some(statement) = world.statements.get(*id) else { return false };
            if !statement.allow {
                return false;
            }
            let makes = grants.effective(None, *id).is_some_and(|effective| makes_of_member(effective.actions));
            found |= makes && any_resource(world, statement) && holds_always(world, statement);
        }
        found
    };
    let listed = table.rows().filter(|row| table.presence(*row) == Presence::Listed);
    listed.filter(makes).map(|row| key(world, Subject::Group, row).to_owned()).collect()
}
