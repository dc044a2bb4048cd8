//! The path of a finding: numbered hops, each with what it rests on.

use std::sync::OnceLock;

use super::names::{Place, gives, id, place, policy_record, subject};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::v1::{Evidence, FactState, Hop, HopState};
use crate::expr::FactRead;
use crate::graph::path::{Route, Ways, route, ways_to};
use crate::graph::reach::{Power, power};
use crate::graph::{self, Estate, Ground, Holder, route_to_admin};
use crate::model::facts::{BECOMING_HOW_SET, BecomingHow, BecomingState, becoming, grant, group, identity, resource};
use crate::model::policy::ListId;
use crate::model::schema::FactId;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// Most actions or resources of a statement that are written out.
const SHOWN: usize = 12;

/// For each environment the way to it from every node, found when first asked for.
#[derive(Debug, Default)]
pub(super) struct Routes {
    to_environment: [OnceLock<Ways>; 8],
}

/// The shortest path to an administrator, and the row of that one.
pub(super) fn to_admin(estate: &Estate<'_>, row: u32) -> (Vec<Hop>, u32) {
    let route = route_to_admin(estate.graph, row).unwrap_or_default();
    (told(estate, &route), route.end().unwrap_or(row))
}

/// What makes the last identity of a path to an administrator one, or lets it make one of itself.
pub(super) fn admin_ground(estate: &Estate<'_>, about: Row, path: &[Hop], last: u32) -> Vec<Evidence> {
    let world = estate.world;
    let admin = Row::new(Subject::Identity, last);
    let who = if path.is_empty() { "it".to_owned() } else { super::names::name(estate, admin) };
    if world.table(Subject::Identity).get(identity::ROOT.id, last) == 1 {
        let cell = estate.cell(admin, identity::ROOT.id);
        let read = FactRead { row: admin, fact: identity::ROOT.id, key: None, member: false, cell };
        return vec![super::evidence::one(estate, about, &read, Instant(0))];
    }
    let holder = Holder::new(world, &estate.graph.grants, last);
    let (mut outright, mut escalating) = (None, None);
    estate.list(admin, identity::GRANTS.id, &mut |member| {
        if let Scalar::Ref(grant) = member.value
            && let Some((_, id, _)) = world.statements.entry(grant.index)
        {
            match power(world, &estate.graph.grants, &estate.graph.everyone, &holder, *id) {
                Some(Power::Admin) => outright = outright.or(Some(grant.index)),
                Some(Power::Escalates) => escalating = escalating.or(Some(grant.index)),
                Some(Power::Perhaps) | None => {}
            }
        }
        outright.is_none()
    });
    let (grant, note) = if let Some(grant) = outright {
        (grant, format!("makes {who} an administrator"))
    } else if let Some(grant) = escalating {
        let note = format!(
            "lets {who} change the permissions of every identity of a kind in its account, and so become an administrator"
        );
        (grant, note)
    } else if let Some(grant) = estate.graph.rewriting.own(last) {
        (grant, format!("lets {who} change its own permissions, and so become an administrator"))
    } else {
        return Vec::new();
    };
    let mut ground = granted(estate, last, grant);
    ground.note = Some(note);
    let policy = world.statements.entry(grant).map(|entry| entry.0);
    let held = policy.map(|policy| holding(estate, about, admin, policy)).unwrap_or_default();
    held.into_iter().chain([ground]).collect()
}

/// Where it stands that an identity holds a policy: in its own list of policies, or in that of its groups.
///
/// None for a policy that is written into its holder, whose record is that of the policy.
pub(super) fn holding(estate: &Estate<'_>, about: Row, holder: Row, policy: u32) -> Vec<Evidence> {
    let table = estate.world.table(Subject::Identity);
    let text = policy_record(estate, policy, Some(holder.index));
    if text.is_none_or(|text| table.records(holder.index).any(|record| record == text)) {
        return Vec::new();
    }
    let Some((fact, member)) = held_by(estate, holder, policy) else { return Vec::new() };
    let held = |row, fact, member| {
        let read = FactRead { row, fact, key: None, member: true, cell: Cell::Known(Scalar::Ref(member)) };
        super::evidence::one(estate, about, &read, Instant(0))
    };
    let mut all = vec![held(holder, fact, member)];
    // Where what binds a group to it is a record of its own, that is told too.
    if member.subject == Subject::Group && estate.world.attached.contains_key(&(Subject::Group, member.index, policy)) {
        all.push(held(member, group::POLICIES.id, Row::new(Subject::Policy, policy)));
    }
    all
}

/// In which list of an identity it stands that it holds a policy, and as which member of it.
fn held_by(estate: &Estate<'_>, holder: Row, policy: u32) -> Option<(FactId, Row)> {
    let world = estate.world;
    let table = world.table(Subject::Identity);
    let mut own = table.members(identity::POLICIES.id, holder.index).iter();
    if own.any(|(_, held, _)| *held == policy) {
        return Some((identity::POLICIES.id, Row::new(Subject::Policy, policy)));
    }
    let carries = |of: u32| {
        let mut held = world.table(Subject::Group).members(group::POLICIES.id, of).iter();
        held.any(|(_, held, _)| *held == policy)
    };
    let mut groups = table.members(identity::GROUPS.id, holder.index).iter();
    let (_, of, _) = groups.find(|(_, of, _)| carries(*of))?;
    Some((identity::GROUPS.id, Row::new(Subject::Group, *of)))
}

/// The shortest path to an environment: to an identity of it, or to a resource of it that an identity reaches.
pub(super) fn to_environment(estate: &Estate<'_>, routes: &Routes, row: u32, code: u8) -> Vec<Hop> {
    let graph = estate.graph;
    let bit = 1_u8.checked_shl(u32::from(code)).unwrap_or(0);
    let Some(ways) = routes.to_environment.get(usize::from(code)) else { return Vec::new() };
    let ways =
        ways.get_or_init(|| ways_to(&graph.edges, graph.identities, &graph.reach, |own| own.environments & bit != 0));
    let Some(route) = route(graph, ways, row) else { return Vec::new() };
    let mut path = told(estate, &route);
    let there = Row::new(Subject::Identity, route.end().unwrap_or(row));
    if estate.cell(there, identity::ENVIRONMENT.id) == Cell::Known(Scalar::Enum(code)) {
        if let Some(hop) = path.last_mut() {
            hop.evidence.push(environment(estate, there, identity::ENVIRONMENT.id));
        }
        return path;
    }
    if let Some((grant, resource)) = grant_into(estate, there, code) {
        path.push(Hop {
            n: path.last().map_or(0, |hop| hop.n).saturating_add(1),
            from: subject(estate, there),
            to: subject(estate, resource),
            how: "reach".into(),
            state: HopState::Certain,
            left_out: None,
            evidence: vec![
                granted(estate, there.index, grant),
                environment(estate, resource, resource::ENVIRONMENT.id),
            ],
        });
    }
    path
}

/// The first grant of an identity that reaches a known resource of an environment, with that resource.
fn grant_into(estate: &Estate<'_>, holder: Row, code: u8) -> Option<(u32, Row)> {
    let mut found = None;
    estate.list(holder, identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(grant) = member.value else { return true };
        estate.list(grant, grant::REACHED.id, &mut |reached| {
            if let Scalar::Ref(resource) = reached.value
                && reached.certain
                && estate.cell(resource, resource::ENVIRONMENT.id) == Cell::Known(Scalar::Enum(code))
            {
                found = Some((grant.index, resource));
            }
            found.is_none()
        });
        found.is_none()
    });
    found
}

fn environment(estate: &Estate<'_>, of: Row, fact: FactId) -> Evidence {
    let read = FactRead { row: of, fact, key: None, member: false, cell: estate.cell(of, fact) };
    let mut one = super::evidence::one(estate, of, &read, Instant(0));
    one.subject = Some(id(estate, of));
    one
}

/// A route of the graph as the contract has paths: a long one without what comes between its start and its end.
fn told(estate: &Estate<'_>, route: &Route) -> Vec<Hop> {
    let mut path = numbered(estate, &route.first);
    if let Some(hop) = path.last_mut() {
        hop.left_out = Some(route.left_out).filter(|left_out| *left_out > 0);
        let before = hop.n.saturating_add(route.left_out);
        path.extend(later(numbered(estate, &route.last), before));
    }
    path
}

/// Hops that come after so many others.
pub(super) fn later(hops: Vec<Hop>, before: u32) -> impl Iterator<Item = Hop> {
    hops.into_iter().map(move |hop| Hop { n: hop.n.saturating_add(before), ..hop })
}

/// Hops of the graph as the contract has them, numbered from 1.
pub(super) fn numbered(estate: &Estate<'_>, hops: &[graph::Hop]) -> Vec<Hop> {
    let made = hops.iter().zip(1_u32..).map(|(hop, n)| Hop {
        n,
        from: subject(estate, Row::new(Subject::Identity, hop.from)),
        to: subject(estate, Row::new(Subject::Identity, hop.to)),
        how: how(estate, &hop.grounds).into(),
        state: match hop.state {
            BecomingState::Certain => HopState::Certain,
            BecomingState::Conditional => HopState::Conditional,
            BecomingState::Possible => HopState::Possible,
        },
        left_out: None,
        evidence: hop.grounds.iter().filter_map(|ground| step(estate, hop.from, *ground)).collect(),
    });
    made.collect()
}

fn how(estate: &Estate<'_>, grounds: &[Ground]) -> &'static str {
    let trust = grounds.iter().find_map(|ground| match ground {
        Ground::Trust(row) | Ground::Both(_, row) => Some(*row),
        Ground::Grant(_) | Ground::Rewrite(_) | Ground::Member => None,
    });
    if trust.is_none() && grounds.iter().any(|ground| matches!(ground, Ground::Rewrite(_))) {
        return "rewrite";
    }
    let code = trust.map_or(0, |row| estate.world.table(Subject::Becoming).get(becoming::HOW.id, row));
    BECOMING_HOW_SET.text(u8::try_from(code).unwrap_or(0))
}

/// What a step rests on: a trust, or a grant of who takes it.
fn step(estate: &Estate<'_>, from: u32, ground: Ground) -> Option<Evidence> {
    match ground {
        Ground::Trust(row) | Ground::Both(_, row) => Some(trusted(estate, row)),
        Ground::Grant(entry) | Ground::Rewrite(entry) => Some(granted(estate, from, entry)),
        Ground::Member => None,
    }
}

/// A trust, by the row of its becoming.
pub(super) fn trusted(estate: &Estate<'_>, row: u32) -> Evidence {
    let world = estate.world;
    if is_said(estate, row) {
        let about = id(estate, Row::new(Subject::Becoming, row));
        return known(becoming::PRINCIPAL.id.path(), about, trusts(estate, row), Place::default());
    }
    let to = u32::try_from(world.table(Subject::Becoming).get(becoming::TO.id, row)).unwrap_or(0);
    let mut records = world.table(Subject::Identity).records(to);
    let trusting =
        records.find(|record| !in_cluster(estate, row) && gives(estate, *record, identity::CAN_BE_ASSUMED_BY.id));
    let place = trusting.map(|record| place(estate, record, Some(identity::CAN_BE_ASSUMED_BY.id)));
    let about = Row::new(Subject::Becoming, row);
    // In a cluster no trust says it: the record of the account, or of its token, does.
    let own = world.table(Subject::Becoming).records(row).next();
    let place = place.or_else(|| own.map(|record| self::place(estate, record, None)));
    known(becoming::PRINCIPAL.id.path(), id(estate, about), trusts(estate, row), place.unwrap_or_default())
}

/// A grant of an identity, by the number of its statement.
pub(super) fn granted(estate: &Estate<'_>, holder: u32, entry: u32) -> Evidence {
    let policy = estate.world.statements.entry(entry).map_or(0, |entry| entry.0);
    let record = policy_record(estate, policy, Some(holder));
    let place = record.map_or_else(Place::default, |record| place(estate, record, None));
    let about = Row { subject: Subject::Grant, index: entry, part: 0 };
    known("policy.grants", id(estate, about), allows(estate, entry).unwrap_or_default(), place)
}

fn known(fact: &'static str, about: String, value: String, place: Place) -> Evidence {
    Evidence {
        fact: fact.into(),
        subject: Some(about),
        state: FactState::Known,
        value,
        note: None,
        export: place.export,
        pointer: place.pointer,
        offset: place.offset,
        document: place.document,
    }
}

/// Whom a trust names: `trusts arn:aws:iam::111122223333:root`.
pub(super) fn trusts(estate: &Estate<'_>, row: u32) -> String {
    let principal = u32::try_from(estate.world.table(Subject::Becoming).get(becoming::PRINCIPAL.id, row));
    let principal = principal.map_or("", |sym| estate.world.strings.text(Sym(sym)));
    if is_said(estate, row) {
        return format!("{} acts as it, as the profile says", shown(principal));
    }
    if in_cluster(estate, row) {
        return format!("is open to {}", shown(principal));
    }
    format!("trusts {}", shown(principal))
}

/// True for a becoming that stands in the profile, and in no export.
pub(super) fn is_said(estate: &Estate<'_>, row: u32) -> bool {
    estate.world.table(Subject::Becoming).get(becoming::HOW.id, row) == i64::from(BecomingHow::Said as u8)
}

/// True for a becoming in a cluster, where rights decide and nothing trusts.
fn in_cluster(estate: &Estate<'_>, row: u32) -> bool {
    let world = estate.world;
    let to = u32::try_from(world.table(Subject::Becoming).get(becoming::TO.id, row)).unwrap_or(u32::MAX);
    world.system_of(world.scope(Row::new(Subject::Identity, to))) == "kubernetes"
}

/// What a statement allows: `allows s3:GetObject on *`.
pub(super) fn allows(estate: &Estate<'_>, entry: u32) -> Option<String> {
    let (_, id, _) = *estate.world.statements.entry(entry)?;
    let found = estate.world.statements.get(id)?;
    let but = |inverted| if inverted { "all but " } else { "" };
    Some(format!(
        "allows {}{} on {}{}",
        but(found.inverted_actions),
        some_of(estate, found.actions),
        but(found.inverted_resources),
        some_of(estate, found.resources)
    ))
}

/// The first members of a list of a statement, and how many more there are.
fn some_of(estate: &Estate<'_>, list: ListId) -> String {
    let statements = &estate.world.statements;
    let members = statements.members(list);
    let mut texts: Vec<_> = members.iter().take(SHOWN).map(|sym| shown(estate.world.strings.text(*sym))).collect();
    if let Some(more) = members.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        texts.push(format!("{more} more").into());
    }
    texts.join(", ")
}
