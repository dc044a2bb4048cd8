//! What follows over many steps: small masks, gathered once over the condensation of the graph.
//!
//! There are two closures. The lower one walks certain edges only, so that what it finds is
//! so; the upper one walks all, so that what it does not find is not.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::{EdgeFiltered, EdgeRef};
use rayon::prelude::*;

use super::becoming::Arc;
use super::effective::{Grants, any_resource, boundary_unread, holdings, holds_always, texts, written};
use super::escalation::Rewriting;
use super::everyone::{Everyone, Holder, Somebody};
use super::kinds::Kinds;
use super::left_on::Limits;
use super::levels::ActionSummary;
use super::names::{arn, scope};
use super::pattern::{names_everyone_in, overlap};
use super::resources::Resources;
use crate::model::facts::{BecomingState, Environment, PrincipalKind, becoming, group, identity, policy, resource};
use crate::model::policy::{Statement, StatementId};
use crate::model::rewrite::Rewrite;
use crate::model::table::{ABSENT, Presence, UNKNOWN};
use crate::model::{Cell, Row, Scalar, Subject, Sym, Why, World};

/// What is gathered, as bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent bits that are OR-ed together")]
pub struct Summary {
    /// An administrator is there.
    pub admin: bool,
    /// Someone there can make an administrator of itself: changes the permissions of every identity of a kind in its account.
    pub escalates: bool,
    /// Someone there may be an administrator, under a condition.
    pub perhaps_admin: bool,
    /// Someone there may rewrite others.
    pub rewrites: bool,
    /// The grants of someone there are not known whole.
    pub grants_open: bool,
    /// Someone there may become identities that were not read.
    pub edges_open: bool,
    /// The environment of someone or something there is not known.
    pub environment_open: bool,
    /// The environments there, as bits by code.
    pub environments: u8,
    /// The environments that may be there, as bits by code: of what a condition, a boundary or a deny may leave out, and of
    /// what someone can become who can make an administrator of itself.
    pub perhaps_environments: u8,
    /// The systems there, as bits by position in [`Reach::systems`].
    pub systems: u8,
}

impl Summary {
    fn or(self, other: Self) -> Self {
        Self {
            admin: self.admin | other.admin,
            escalates: self.escalates | other.escalates,
            perhaps_admin: self.perhaps_admin | other.perhaps_admin,
            rewrites: self.rewrites | other.rewrites,
            grants_open: self.grants_open | other.grants_open,
            edges_open: self.edges_open | other.edges_open,
            environment_open: self.environment_open | other.environment_open,
            environments: self.environments | other.environments,
            perhaps_environments: self.perhaps_environments | other.perhaps_environments,
            systems: self.systems | other.systems,
        }
    }
}

/// How many identities one thread looks at before it is worth another.
const AT_ONCE: usize = 512;

/// Summaries of all nodes.
#[derive(Debug, Default)]
pub struct Reach {
    /// Each node by itself.
    pub own: Vec<Summary>,
    /// Over certain edges.
    pub lower: Vec<Summary>,
    /// Over all edges.
    pub upper: Vec<Summary>,
    /// The systems of identities; none where they are more than summaries have bits for, and have to be walked to.
    pub systems: Vec<String>,
}

impl Reach {
    /// Gathers the summaries.
    #[must_use]
    pub fn build(
        world: &World,
        (grants, everyone): (&Grants, &Everyone),
        resources: &Resources,
        edges: &DiGraph<(), Arc>,
        open: &[Option<Why>],
        rewriting: &Rewriting,
    ) -> Self {
        let mut own = vec![Summary::default(); edges.node_count()];
        let systems = systems(world);
        let each = own.par_iter_mut().zip(open).enumerate();
        each.with_min_len(AT_ONCE).for_each(|(at, (summary, open))| {
            let row = u32::try_from(at).unwrap_or(u32::MAX);
            *summary = of_identity(world, grants, everyone, resources, row);
            summary.edges_open = open.is_some() || rewriting.names_unlisted(world, row);
            summary.escalates |= rewriting.own(row).is_some();
            summary.perhaps_admin |= rewriting.perhaps(row);
            summary.rewrites = rewriting.has_rights(row);
            let system = system_of(world, row).and_then(|own| systems.iter().position(|one| one == own));
            summary.systems = system.map_or(0, |at| 1 << at);
        });
        handed(world, grants, &mut own);
        whole_scopes(world, resources, &mut own);
        let certain = EdgeFiltered::from_fn(edges, |edge| edge.weight().state == BecomingState::Certain);
        let (lower, upper) = rayon::join(
            || gather(&own, &kosaraju_scc(&certain), edges, |arc| arc.state == BecomingState::Certain),
            || gather(&own, &kosaraju_scc(edges), edges, |_| true),
        );
        Self { own, lower, upper, systems }
    }

    /// The lower and the upper summary of an identity.
    #[must_use]
    pub fn of(&self, row: u32) -> (Summary, Summary) {
        let at = row as usize;
        (self.lower.get(at).copied().unwrap_or_default(), self.upper.get(at).copied().unwrap_or_default())
    }
}

/// The systems of all identities, by name; none if they are more than a summary has bits for.
fn systems(world: &World) -> Vec<String> {
    let rows = world.table(Subject::Identity).rows();
    let all: BTreeSet<&str> = rows.filter_map(|row| system_of(world, row)).collect();
    if all.len() > 8 { Vec::new() } else { all.into_iter().map(str::to_owned).collect() }
}

fn system_of(world: &World, row: u32) -> Option<&str> {
    match world.cell(Row::new(Subject::Identity, row), identity::SYSTEM.id) {
        Cell::Known(Scalar::Str(system)) => Some(system),
        _ => None,
    }
}

/// ORs each component with all that it leads to; components come with those first that are led to.
fn gather(
    own: &[Summary],
    components: &[Vec<NodeIndex>],
    edges: &DiGraph<(), Arc>,
    taken: impl Fn(&Arc) -> bool,
) -> Vec<Summary> {
    let mut all = own.to_vec();
    for component in components {
        let mut sum = Summary::default();
        for node in component {
            sum = sum.or(own.get(node.index()).copied().unwrap_or_default());
            for edge in edges.edges(*node).filter(|edge| taken(edge.weight())) {
                sum = sum.or(all.get(edge.target().index()).copied().unwrap_or_default());
            }
        }
        for node in component {
            if let Some(summary) = all.get_mut(node.index()) {
                *summary = sum;
            }
        }
    }
    all
}

/// Whoever may hand an administrator's role to a service that then runs what it is given, or commands what runs already where
/// there is such a role, may act as it: whether something runs with it, or would, is in no export.
fn handed(world: &World, grants: &Grants, own: &mut [Summary]) {
    let trusts = world.table(Subject::Becoming);
    let mut of_scope: BTreeMap<Sym, Vec<&str>> = BTreeMap::new();
    for trust in trusts.rows() {
        if trusts.get(becoming::PRINCIPAL_KIND.id, trust) != i64::from(PrincipalKind::Service as u8) {
            continue;
        }
        let Ok(role) = u32::try_from(trusts.get(becoming::TO.id, trust)) else { continue };
        if own.get(role as usize).is_some_and(|own| own.admin || own.escalates || own.perhaps_admin) {
            of_scope.entry(scope(world, role)).or_default().push(arn(world, role));
        }
    }
    for roles in of_scope.values_mut() {
        roles.sort_unstable();
        roles.dedup();
    }
    if of_scope.is_empty() {
        return;
    }
    let identities = world.table(Subject::Identity).len();
    let each = own.par_iter_mut().take(identities).enumerate();
    each.with_min_len(AT_ONCE).for_each(|(at, summary)| {
        let row = u32::try_from(at).unwrap_or(u32::MAX);
        let Some(roles) = of_scope.get(&scope(world, row)).filter(|_| !summary.admin && !summary.perhaps_admin) else {
            return;
        };
        let (mut runs, mut passes) = (false, false);
        for at in holdings(world, row) {
            let Some((_, id, _)) = world.statements.entry(at) else { continue };
            let Some(actions) = grants.effective(Some(row), *id).map(|effective| effective.actions) else { continue };
            summary.perhaps_admin |= actions.takes_over;
            runs |= actions.runs;
            passes |= actions.pass
                && world.statements.get(*id).is_some_and(|statement| {
                    statement.inverted_resources
                        || texts(world, statement.resources).any(|pattern| {
                            let (pattern, _) = written(world, row, pattern);
                            roles.iter().any(|role| overlap(&pattern, role))
                        })
                });
        }
        summary.perhaps_admin |= runs && passes;
    });
}

/// Whoever is or can become the administrator of a scope can become everyone in it, and reach what they reach.
fn whole_scopes(world: &World, resources: &Resources, own: &mut [Summary]) {
    let rows = world.table(Subject::Identity).rows();
    let mut of_scope: BTreeMap<Sym, (u8, bool)> = BTreeMap::new();
    for (row, summary) in rows.clone().zip(own.iter()) {
        let all = of_scope.entry(scope(world, row)).or_default();
        all.0 |= summary.environments;
        all.1 |= summary.environment_open;
    }
    let mut everything: Option<(u8, bool)> = None;
    for (row, summary) in rows.zip(own.iter_mut()) {
        if !summary.admin && !summary.escalates {
            continue;
        }
        let (environments, open) = of_scope.get(&scope(world, row)).copied().unwrap_or_default();
        let (known, unlabelled) = *everything.get_or_insert_with(|| {
            let mut all = Summary::default();
            resources.every(&mut |resource| add_environment(world, resource, &mut all, false));
            (all.environments, all.environment_open)
        });
        summary.perhaps_environments |= environments | known;
        summary.environment_open |= open || unlabelled;
    }
}

fn add_environment(world: &World, resource: u32, summary: &mut Summary, perhaps: bool) {
    match environment(world.table(Subject::Resource).get(resource::ENVIRONMENT.id, resource)) {
        None => summary.environment_open = true,
        Some(bit) if perhaps => summary.perhaps_environments |= bit,
        Some(bit) => summary.environments |= bit,
    }
}

/// The bit of an environment; `None` where nobody said which it is, or by a label that no profile maps, which may be any.
fn environment(cell: i64) -> Option<u8> {
    match cell {
        UNKNOWN | ABSENT => None,
        other if other == i64::from(Environment::Other as u8) => None,
        code => Some(1_u8.checked_shl(u32::try_from(code).unwrap_or(31)).unwrap_or(0)),
    }
}

fn of_identity(world: &World, grants: &Grants, everyone: &Everyone, resources: &Resources, row: u32) -> Summary {
    let table = world.table(Subject::Identity);
    let mut summary = Summary { grants_open: grants_open(world, row).is_some(), ..Summary::default() };
    if table.get(identity::ROOT.id, row) == 1 {
        summary.admin = true;
    }
    match environment(table.get(identity::ENVIRONMENT.id, row)) {
        None => summary.environment_open = true,
        Some(bit) => summary.environments |= bit,
    }
    let here = scope(world, row);
    let holder = Holder::new(world, grants, row);
    let limits = if resources.is_empty() { None } else { Limits::of(world, grants, row) };
    for at in holdings(world, row) {
        let Some((_, id, _)) = world.statements.entry(at) else { continue };
        let Some(effective) = grants.effective(Some(row), *id) else { continue };
        let Some(statement) = world.statements.get(*id) else { continue };
        let rewrites = effective.actions.rewrites;
        // Whoever may lift its own boundary has all that its policies give.
        let lifts = rewrites.has(Rewrite::Boundary) || rewrites.has(Rewrite::TextOfPolicy);
        let bounded = table.get(identity::BOUNDARY.id, row) != ABSENT;
        // What rewrites an organisation's directory works in one account of it only, and an issuer for who trusts it.
        // So does what takes on the root of another account.
        let elsewhere = rewrites.has(Rewrite::Organisation) || effective.actions.assumes_root;
        summary.perhaps_admin |= elsewhere || (bounded && lifts);
        match power(world, grants, everyone, &holder, *id) {
            Some(Power::Admin) => summary.admin = true,
            Some(Power::Escalates) => summary.escalates = true,
            Some(Power::Perhaps) => summary.perhaps_admin = true,
            None => {}
        }
        if resources.is_empty() {
            continue;
        }
        let patterns = texts(world, statement.resources).map(|pattern| written(world, row, pattern));
        // All but what it names: of any one resource, that is not certain.
        let all_but = statement.inverted_resources.then_some((Cow::Borrowed("*"), false));
        let patterns = patterns.filter(|_| !statement.inverted_resources).chain(all_but);
        let free = world.statements.members(statement.conditions).is_empty();
        // A variable that nobody can fill in may stand for any text.
        for (pattern, whole) in patterns {
            resources.matched(&pattern, effective.actions, Some(here), &mut |met| {
                let left = limits.as_ref().map_or(Some(true), |limits| limits.is_left(world, statement, &pattern, met));
                if let Some(sure) = left {
                    add_environment(world, met.row, &mut summary, !(free && whole && sure && met.sure));
                }
            });
        }
    }
    summary
}

/// What a grant makes of its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Power {
    /// An administrator.
    Admin,
    /// Someone who can make an administrator of itself, by a right on everyone of a kind in its account.
    Escalates,
    /// One of the two, under a condition or as far as a boundary leaves it.
    Perhaps,
}

/// What a statement makes of an identity that holds it; `None` if no administrator, also where there is nobody whom it would take
/// to become one. Rights that name their targets are judged by [`Rewriting`].
#[must_use]
pub fn power(world: &World, grants: &Grants, everyone: &Everyone, of: &Holder<'_>, id: StatementId) -> Option<Power> {
    let holder = of.row;
    let effective = grants.effective(Some(holder), id).filter(|effective| effective.actions.escalates)?;
    let statement = world.statements.get(id)?;
    let kinds = if any_resource(world, statement) { Kinds::ALL } else { names_everyone(world, holder, statement) };
    if !kinds.meets(effective.actions.escalates_on) || everyone.met(of, effective.actions, kinds) == Somebody::No {
        return None;
    }
    let surely = |left: &ActionSummary| {
        left.escalates && kinds.meets(left.escalates_on) && everyone.met(of, left, kinds) == Somebody::Yes
    };
    let always = holds_always(world, statement) && effective.always.is_some_and(surely);
    let bounded = world.table(Subject::Identity).get(identity::BOUNDARY.id, holder) != ABSENT;
    Some(match (always, any_resource(world, statement)) {
        (true, true) if !boundary_unread(world, holder) => Power::Admin,
        // A boundary may narrow the resources: what is left of them is not known then.
        (true, false) if !bounded => Power::Escalates,
        _ => Power::Perhaps,
    })
}

/// The kinds of which a statement names every one of the identity's own account, as
/// `arn:aws:iam::111122223333:role/*` does of roles.
#[must_use]
pub fn names_everyone(world: &World, row: u32, statement: &Statement) -> Kinds {
    let own = world.strings.text(scope(world, row)).rsplit(':').next().unwrap_or("");
    let every = texts(world, statement.resources).filter(|pattern| names_everyone_in(pattern, own));
    every.fold(Kinds::default(), |kinds, pattern| kinds.with(Kinds::covered(pattern)))
}

/// Why the grants of an identity are not known whole; `None` if they are.
#[must_use]
pub fn grants_open(world: &World, row: u32) -> Option<crate::model::Why> {
    use crate::model::listing::Listing;
    use crate::model::{Completeness, Row, Why};
    let me = Row::new(Subject::Identity, row);
    let table = world.table(Subject::Identity);
    if table.presence(row) != Presence::Listed {
        return Some(Why::MissingFact);
    }
    if table.get(identity::ROOT.id, row) == 1 {
        return None;
    }
    for fact in [identity::POLICIES.id, identity::GROUPS.id] {
        if let Completeness::Open(why) = world.completeness(me, fact) {
            return Some(why);
        }
    }
    let listed = |policy: u32| world.table(Subject::Policy).presence(policy) == Presence::Listed;
    // A text that is not there was not exported, or was rejected.
    let lost = |policy: u32| {
        let scope = world.scope(Row::new(Subject::Policy, policy));
        let rejected = world.closed_in(scope, Listing::Policies).err();
        rejected.filter(|why| matches!(why, Why::Incomplete(_))).unwrap_or(Why::NotEnumerated(Listing::Policies))
    };
    let opened = |policy: u32| world.opened(Row::new(Subject::Policy, policy), policy::GRANTS.id);
    let of_groups = table.members(identity::GROUPS.id, row).iter().map(|(_, group, _)| *group);
    for group_row in of_groups {
        let group_table = world.table(Subject::Group);
        // What a group of a cluster is bound to is known where all bindings are.
        let bound = || {
            let scope = world.scope(Row::new(Subject::Group, group_row));
            Listing::RoleBindings.is_of(world.system_of(scope)) && world.closed_in(scope, Listing::RoleBindings).is_ok()
        };
        if group_table.presence(group_row) != Presence::Listed
            || !(group_table.complete(group::POLICIES.id, group_row) || bound())
        {
            return Some(Why::NotEnumerated(Listing::Groups));
        }
        let held = group_table.members(group::POLICIES.id, group_row);
        if let Some((_, unread, _)) = held.iter().find(|(_, policy, _)| !listed(*policy)) {
            return Some(lost(*unread));
        }
        if let Some(why) = held.iter().find_map(|(_, policy, _)| opened(*policy)) {
            return Some(why);
        }
    }
    let held = table.members(identity::POLICIES.id, row);
    if let Some((_, unread, _)) = held.iter().find(|(_, policy, _)| !listed(*policy)) {
        return Some(lost(*unread));
    }
    let opened = held.iter().find_map(|(_, policy, _)| opened(*policy));
    opened.or_else(|| boundary_unread(world, row).then_some(Why::NotEnumerated(Listing::Policies)))
}
