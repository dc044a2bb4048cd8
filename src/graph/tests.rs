//! The rules of becoming and of effective grants, on worlds of a few identities.

use super::levels::Levels;
use super::{Estate, Graph, route_to_admin};
use crate::model::enumeration::Closure;
use crate::model::facts::{PrincipalKind, becoming, identity, policy};
use crate::model::listing::Listing;
use crate::model::policy::{Statement, Trust};
use crate::model::record::{ExportInfo, Record, RecordId};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, World};

struct Builder {
    world: World,
    record: RecordId,
    /// Whether the roles of each account are all listed.
    roles_listed: bool,
}

impl Builder {
    fn new() -> Self {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        Self { world, record, roles_listed: true }
    }

    fn identity(&mut self, arn: &str) -> u32 {
        let account = arn.split(':').nth(4).unwrap();
        let kind = if arn.contains(":user/") { "user" } else { "role" };
        let (row, _) = self.world.upsert(Subject::Identity, &format!("aws:{account}:{kind}:{arn}"));
        self.world.mark_listed(Subject::Identity, row, self.record);
        self.world.set_text(identity::KEY, row, arn, self.record);
        self.world.set_text(identity::SCOPE, row, &format!("aws:{account}"), self.record);
        self.world.close(identity::POLICIES, row);
        self.world.close(identity::GROUPS, row);
        self.world.set_absent(identity::BOUNDARY, row, self.record);
        self.world.close(identity::CAN_BE_ASSUMED_BY, row);
        if self.roles_listed {
            let scope = self.world.strings.intern(&format!("aws:{account}"));
            self.world.enumerations.add(scope, Listing::Roles, Closure::Shown(self.record));
        }
        row
    }

    fn bound(&mut self, identity: u32, policy: i64) {
        self.world.table_mut(Subject::Identity).put(identity::BOUNDARY.id, identity, policy, 0);
    }

    fn policy(&mut self, name: &str, statements: &[(bool, &str, &str)]) -> u32 {
        let (row, _) = self.world.upsert(Subject::Policy, name);
        self.world.mark_listed(Subject::Policy, row, self.record);
        self.world.set_text(policy::NAME, row, name, self.record);
        for (allow, action, resource) in statements {
            let (action, resource) = (self.world.strings.intern(action), self.world.strings.intern(resource));
            let all = &mut self.world.statements;
            let statement = Statement {
                allow: *allow,
                actions: all.list(&[action]),
                inverted_actions: false,
                resources: all.list(&[resource]),
                inverted_resources: false,
                conditions: all.list(&[]),
            };
            let id = all.statement(statement);
            all.add(row, id, None);
        }
        row
    }

    fn hold(&mut self, identity: u32, statements: &[(bool, &str, &str)]) {
        let name = format!("p{}", self.world.table(Subject::Policy).len());
        let policy = self.policy(&name, statements);
        self.world.push(identity::POLICIES, identity, policy);
    }

    fn trust(&mut self, role: u32, kind: PrincipalKind, principal: &str, condition: Option<&str>) {
        let principal = self.world.strings.intern(principal);
        let action = self.world.strings.intern("sts:AssumeRole");
        let keys: Vec<_> = condition.map(|key| self.world.strings.intern(key)).into_iter().collect();
        let all = &mut self.world.statements;
        let (actions, conditions, none) = (all.list(&[action]), all.list(&keys), all.list(&[]));
        let trust = Trust {
            principal,
            kind,
            allow: true,
            inverted: false,
            actions,
            inverted_actions: false,
            conditions,
            bound: Some(none),
            subjects: none,
            audiences: none,
            statement: 0,
        };
        all.add_trust(role, trust);
    }

    fn build(mut self) -> (World, Graph) {
        self.world.seal();
        let levels = Levels {
            escalates: vec!["iam:PutRolePolicy".into()],
            permissions: vec!["iam:PutRolePolicy".into()],
            assume: vec!["sts:AssumeRole".into()],
            ..Levels::default()
        };
        let graph = Graph::build(&mut self.world, &levels, &[], &[]);
        (self.world, graph)
    }
}

const A: &str = "arn:aws:iam::111111111111:role/a";
const B: &str = "arn:aws:iam::111111111111:role/b";
const FAR: &str = "arn:aws:iam::222222222222:role/far";
const ROOT: &str = "arn:aws:iam::111111111111:root";

fn reaches_admin(world: &World, graph: &Graph, row: u32) -> Option<bool> {
    match (Estate { world, graph }).cell(Row::new(Subject::Identity, row), identity::REACHES_ADMIN.id) {
        Cell::Known(Scalar::Bool(value)) => Some(value),
        _ => None,
    }
}

#[test]
fn named_in_one_account_the_trust_is_enough() {
    let mut b = Builder::new();
    let (from, to) = (b.identity(A), b.identity(B));
    b.hold(to, &[(true, "*", "*")]);
    b.trust(to, PrincipalKind::Identity, A, None);
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, from), Some(true));
    let route = route_to_admin(&graph, from).unwrap();
    assert_eq!((route.len(), route[0].from, route[0].to), (1, from, to));
}

#[test]
fn a_condition_makes_it_unknown() {
    let mut b = Builder::new();
    let (from, to) = (b.identity(A), b.identity(B));
    b.hold(to, &[(true, "*", "*")]);
    b.trust(to, PrincipalKind::Identity, A, Some("aws:SourceIp"));
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, from), None);
    assert!(route_to_admin(&graph, from).is_none());
}

#[test]
fn through_the_root_the_caller_must_be_allowed() {
    for (grant, want) in [
        (None, false),
        (Some((true, "sts:AssumeRole", B)), true),
        (Some((true, "sts:*", "*")), true),
        (Some((true, "sts:AssumeRole", "arn:aws:iam::111111111111:role/other*")), false),
    ] {
        let mut b = Builder::new();
        let (from, to) = (b.identity(A), b.identity(B));
        b.hold(to, &[(true, "iam:PutRolePolicy", "*")]);
        b.hold(from, grant.as_slice());
        b.trust(to, PrincipalKind::Account, ROOT, None);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), Some(want), "{grant:?}");
    }
}

#[test]
fn who_changes_the_permissions_of_every_role_can_make_itself_an_administrator() {
    for (bounded, resource, want) in [
        (false, "arn:aws:iam::111111111111:role/*", Some(true)),
        (false, "arn:aws:iam::*:role/*", Some(true)),
        (false, "arn:aws:iam::222222222222:role/*", Some(false)),
        (false, "arn:aws:iam::111111111111:role/team/*", Some(false)),
        (true, "arn:aws:iam::111111111111:role/*", None),
    ] {
        let mut b = Builder::new();
        let user = b.identity("arn:aws:iam::111111111111:user/u");
        b.hold(user, &[(true, "iam:PutRolePolicy", resource)]);
        if bounded {
            let boundary = b.policy("boundary", &[(true, "iam:*", "*")]);
            b.bound(user, i64::from(boundary));
        }
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, user), want, "{resource}");
    }
}

#[test]
fn across_accounts_both_sides_must_allow() {
    for (grant, want) in [(None, false), (Some((true, "sts:AssumeRole", FAR)), true)] {
        let mut b = Builder::new();
        let (from, to) = (b.identity(A), b.identity(FAR));
        b.hold(to, &[(true, "*", "*")]);
        b.hold(from, grant.as_slice());
        b.trust(to, PrincipalKind::Identity, A, None);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), Some(want), "{grant:?}");
    }
}

#[test]
fn an_account_that_was_not_loaded_is_only_possible() {
    let mut b = Builder::new();
    let to = b.identity(B);
    b.trust(to, PrincipalKind::Identity, FAR, None);
    let (world, graph) = b.build();
    let state = world.table(Subject::Becoming).get(becoming::STATE.id, 0);
    assert_eq!(state, 2, "possible");
    assert_eq!(world.table(Subject::Identity).len(), 2, "the principal is mentioned");
    assert_eq!(graph.edges.edge_count(), 1);
}

#[test]
fn a_deny_and_a_boundary_take_away() {
    let mut b = Builder::new();
    let (denied, to, bounded) = (b.identity(A), b.identity(B), b.identity("arn:aws:iam::111111111111:role/c"));
    b.hold(to, &[(true, "*", "*")]);
    b.hold(denied, &[(true, "*", "*"), (false, "iam:*", "*"), (false, "sts:AssumeRole", "*")]);
    let boundary = b.policy("boundary", &[(true, "s3:*", "*")]);
    b.bound(bounded, i64::from(boundary));
    b.hold(bounded, &[(true, "*", "*")]);
    for caller in [A, "arn:aws:iam::111111111111:role/c"] {
        b.trust(to, PrincipalKind::Identity, caller, None);
    }
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, bounded), Some(false));
    for caller in [denied, bounded] {
        assert_eq!(graph.edges.edges(petgraph::graph::NodeIndex::new(caller as usize)).count(), 0);
    }
    let estate = Estate { world: &world, graph: &graph };
    let mut levels = Vec::new();
    estate.list(Row::new(Subject::Identity, bounded), identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(row) = member.value else { panic!("a row") };
        levels.push(format!("{:?}", estate.cell(row, crate::model::facts::grant::LEVEL_BY.id)));
        true
    });
    assert_eq!(levels, [r#"Known(Str("s3:*: every action of the service"))"#]);
}

#[test]
fn a_boundary_that_nobody_can_read_leaves_nothing_certain() {
    for outright in [true, false] {
        for unread in [crate::model::table::UNKNOWN, 1] {
            let mut b = Builder::new();
            let (from, to) = (b.identity(A), b.identity(B));
            b.hold(if outright { from } else { to }, &[(true, "*", "*")]);
            b.trust(to, PrincipalKind::Identity, A, None);
            let (empty, _) = b.world.upsert(Subject::Policy, "not loaded");
            assert_eq!(empty, 1);
            b.bound(from, unread);
            let (world, graph) = b.build();
            assert_eq!(reaches_admin(&world, &graph, from), None, "{outright} {unread}");
            let estate = Estate { world: &world, graph: &graph };
            let open = estate.list(Row::new(Subject::Identity, from), identity::GRANTS.id, &mut |grant| {
                assert!(!grant.certain);
                true
            });
            assert_ne!(open, crate::model::Completeness::Complete);
        }
    }
}

#[test]
fn rings_end_and_rights_flow_around_them() {
    let mut b = Builder::new();
    let (a, c, far) = (b.identity(A), b.identity(B), b.identity("arn:aws:iam::111111111111:role/c"));
    b.trust(c, PrincipalKind::Identity, A, None);
    b.trust(a, PrincipalKind::Identity, B, None);
    b.trust(far, PrincipalKind::Identity, B, None);
    b.hold(far, &[(true, "*", "*")]);
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, a), Some(true));
    assert_eq!(route_to_admin(&graph, a).unwrap().len(), 2);
}

/// A caller that may assume what `resource` names, in an account whose administrator `B` is listed or not, trust read or not.
fn caller(resource: &str, listed: bool, roles_listed: bool, trust_read: bool) -> Option<bool> {
    let mut b = Builder::new();
    b.roles_listed = roles_listed;
    let from = b.identity(A);
    b.hold(from, &[(true, "sts:AssumeRole", resource)]);
    if listed {
        let to = b.identity(B);
        b.hold(to, &[(true, "*", "*")]);
        if !trust_read {
            b.world.table_mut(Subject::Identity).reopen(identity::CAN_BE_ASSUMED_BY.id, to);
        }
    }
    let (world, graph) = b.build();
    reaches_admin(&world, &graph, from)
}

#[test]
fn what_was_not_read_is_not_out_of_reach() {
    for resource in [B, "*", "arn:aws:iam::111111111111:role/*"] {
        assert_eq!(caller(resource, true, true, true), Some(false), "{resource}: read, and it trusts nobody");
        assert_eq!(caller(resource, false, true, true), Some(false), "{resource}: all are listed, and it is not there");
        assert_eq!(caller(resource, true, true, false), None, "{resource}: its trust was not read");
        assert_eq!(caller(resource, false, false, true), None, "{resource}: nobody listed the roles");
        assert_eq!(caller(resource, true, false, true), None, "{resource}: others may trust the caller");
    }
    assert_eq!(caller(FAR, true, true, true), None, "an account that was not loaded");
    assert_eq!(caller("arn:aws:iam::222222222222:role/f*", true, true, true), None, "the same by a pattern");
    assert_eq!(caller("arn:aws:s3:::x", true, true, true), Some(false), "no role at all");
}

#[test]
fn who_cannot_assume_needs_no_list_of_roles() {
    let mut b = Builder::new();
    b.roles_listed = false;
    let from = b.identity(A);
    b.hold(from, &[(false, "sts:AssumeRole", "*"), (true, "sts:AssumeRole", "*")]);
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, from), Some(false));
}

#[test]
fn a_wildcard_means_the_accounts_of_the_organisation_that_were_not_loaded_too() {
    let mut b = Builder::new();
    let from = b.identity(A);
    b.hold(from, &[(true, "sts:AssumeRole", "*")]);
    b.world.seal();
    let levels = Levels { assume: vec!["sts:AssumeRole".into()], ..Levels::default() };
    let graph = Graph::build(&mut b.world, &levels, &[], &["aws:333333333333".to_owned()]);
    assert_eq!(reaches_admin(&b.world, &graph, from), None);
    let noted = |note: &crate::model::world::Quality| {
        note.code == "roles-not-read" && note.message.contains("aws:333333333333")
    };
    assert!(b.world.quality.iter().any(noted));
}
