//! The rules of becoming and of effective grants, on worlds of a few identities.

use super::levels::Levels;
use super::{Estate, Graph, route_to_admin};
use crate::model::enumeration::Closure;
use crate::model::facts::{PrincipalKind, becoming, identity, policy};
use crate::model::listing::Listing;
use crate::model::policy::{Statement, Trust};
use crate::model::record::{ExportInfo, Record, RecordId};
use crate::model::rewrite::Rewrite;
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, World};

pub(super) struct Builder {
    pub(super) world: World,
    pub(super) record: RecordId,
    /// Whether the roles of each account are all listed.
    roles_listed: bool,
}

impl Builder {
    pub(super) fn new() -> Self {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        Self { world, record, roles_listed: true }
    }

    pub(super) fn identity(&mut self, arn: &str) -> u32 {
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

    /// Says that the users of the first account are all listed.
    pub(super) fn users_listed(&mut self) {
        let scope = self.world.strings.intern("aws:111111111111");
        self.world.enumerations.add(scope, Listing::Users, Closure::Shown(self.record));
    }

    pub(super) fn bound(&mut self, identity: u32, policy: i64) {
        self.world.table_mut(Subject::Identity).put(identity::BOUNDARY.id, identity, policy, 0);
    }

    pub(super) fn policy(&mut self, name: &str, statements: &[(bool, &str, &str)]) -> u32 {
        let (row, _) = self.world.upsert(Subject::Policy, name);
        self.world.mark_listed(Subject::Policy, row, self.record);
        self.world.set_text(policy::NAME, row, name, self.record);
        for (allow, actions, resource) in statements {
            // `!a b` is everything but a and b.
            let (inverted, actions) = actions.strip_prefix('!').map_or((false, *actions), |rest| (true, rest));
            let actions: Vec<_> = actions.split(' ').map(|action| self.world.strings.intern(action)).collect();
            let resource = self.world.strings.intern(resource);
            let all = &mut self.world.statements;
            let statement = Statement {
                allow: *allow,
                actions: all.list(&actions),
                inverted_actions: inverted,
                resources: all.list(&[resource]),
                inverted_resources: false,
                conditions: all.list(&[]),
                condition_digest: None,
            };
            let id = all.statement(statement);
            all.add(row, id, None);
        }
        row
    }

    pub(super) fn hold(&mut self, identity: u32, statements: &[(bool, &str, &str)]) {
        let name = format!("p{}", self.world.table(Subject::Policy).len());
        let policy = self.policy(&name, statements);
        self.world.push(identity::POLICIES, identity, policy);
    }

    pub(super) fn trust(&mut self, role: u32, kind: PrincipalKind, principal: &str, condition: Option<&str>) {
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
            condition_digest: None,
            plain: none,
            bound: Some(none),
            subjects: none,
            any_case: false,
            audiences: none,
            claims: none,
            accounts: none,
            statement: 0,
        };
        all.add_trust(role, trust);
    }

    pub(super) fn build(self) -> (World, Graph) {
        self.build_within(1_000_000)
    }

    /// The same, where patterns make at most `room` steps.
    pub(super) fn build_within(mut self, room: usize) -> (World, Graph) {
        self.world.seal();
        let rewrites = [
            (Rewrite::GrantsOfRole, "iam:PutRolePolicy"),
            (Rewrite::GrantsOfUser, "iam:PutUserPolicy"),
            (Rewrite::GrantsOfGroup, "iam:PutGroupPolicy"),
            (Rewrite::MembersOfGroup, "iam:AddUserToGroup"),
            (Rewrite::TextOfPolicy, "iam:CreatePolicyVersion"),
            (Rewrite::TrustOfRole, "iam:UpdateAssumeRolePolicy"),
            (Rewrite::CredentialsOfUser, "iam:CreateAccessKey"),
            (Rewrite::CredentialsOfUser, "iam:UpdateLoginProfile"),
            (Rewrite::KeyOfUser, "iam:CreateAccessKey"),
            (Rewrite::NewRole, "iam:CreateRole"),
            (Rewrite::NewUser, "iam:CreateUser"),
            (Rewrite::Boundary, "iam:PutUserPermissionsBoundary"),
        ];
        let escalates: Vec<String> = rewrites.iter().take(7).map(|(_, action)| (*action).to_owned()).collect();
        let levels = Levels {
            permissions: escalates.clone(),
            escalates,
            assume: vec!["sts:AssumeRole".into()],
            rewrites: rewrites.map(|(what, action)| (what, action.to_owned())).to_vec(),
            ..Levels::default()
        };
        let graph = Graph::build_within(&mut self.world, &levels, &[], &[], room);
        (self.world, graph)
    }
}

pub(super) const A: &str = "arn:aws:iam::111111111111:role/a";
pub(super) const B: &str = "arn:aws:iam::111111111111:role/b";
const FAR: &str = "arn:aws:iam::222222222222:role/far";
const ROOT: &str = "arn:aws:iam::111111111111:root";

pub(super) fn reaches_admin(world: &World, graph: &Graph, row: u32) -> Option<bool> {
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
    assert_eq!((route.length(), route.first[0].from, route.first[0].to), (1, from, to));
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
        // There is a role to change.
        b.identity(A);
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
    assert_eq!(route_to_admin(&graph, a).unwrap().length(), 2);
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

/// Whether the widest grant of a role with these statements is every action on every resource, as a full administrator's is.
fn holds_everything(statements: &[(bool, &str, &str)]) -> bool {
    use crate::model::facts::{ActionWidth, grant};
    let mut b = Builder::new();
    let role = b.identity(A);
    b.hold(role, statements);
    let (world, graph) = b.build();
    let estate = Estate { world: &world, graph: &graph };
    let mut found = false;
    estate.list(Row::new(Subject::Identity, role), identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(row) = member.value else { panic!("a row") };
        let is = |fact| estate.cell(row, fact) == Cell::Known(Scalar::Bool(true));
        found |= estate.cell(row, grant::ACTION_WIDTH.id) == Cell::Known(Scalar::Enum(ActionWidth::All as u8))
            && is(grant::ANY_RESOURCE.id)
            && !is(grant::INVERTED.id);
        true
    });
    found
}

#[test]
fn every_action_less_what_makes_an_administrator_is_not_everything() {
    for (deny, want) in [
        (None, true),
        (Some((false, "s3:DeleteBucket", "*")), true),
        (Some((false, "iam:*", "arn:aws:iam::111111111111:role/x")), true),
        (Some((false, "iam:*", "*")), false),
        (Some((false, "!s3:GetObject", "*")), false),
        (Some((false, "!iam:PutRolePolicy s3:*", "*")), false),
    ] {
        let mut statements = vec![(true, "*", "*")];
        statements.extend(deny);
        assert_eq!(holds_everything(&statements), want, "{deny:?}");
    }
    for resource in ["arn:aws:*", "arn:*"] {
        assert!(holds_everything(&[(true, "*", resource)]), "{resource}");
    }
}

#[test]
fn a_deny_or_a_boundary_on_some_roles_decides_about_the_step() {
    let other = "arn:aws:iam::111111111111:role/other";
    for (deny, boundary, grant, want) in [
        (None, None, B, Some(true)),
        (Some((false, "sts:AssumeRole", B)), None, B, Some(false)),
        (Some((false, "sts:*", "arn:aws:iam::111111111111:role/*")), None, B, Some(false)),
        (Some((false, "sts:AssumeRole", other)), None, B, Some(true)),
        // Of a pattern the deny takes one role away, and that may be the administrator.
        (Some((false, "sts:AssumeRole", B)), None, "*", None),
        (None, Some((true, "sts:AssumeRole", other)), B, Some(false)),
        (None, Some((true, "sts:AssumeRole", B)), B, Some(true)),
        (None, Some((true, "sts:AssumeRole", B)), "*", None),
        (None, Some((true, "!iam:*", "*")), B, Some(true)),
    ] {
        let mut b = Builder::new();
        let (from, to) = (b.identity(A), b.identity(B));
        b.hold(to, &[(true, "*", "*")]);
        b.trust(to, PrincipalKind::Account, ROOT, None);
        b.hold(from, &[(true, "sts:AssumeRole", grant)]);
        b.hold(from, deny.as_slice());
        if let Some(boundary) = boundary {
            let boundary = b.policy("boundary", &[boundary]);
            b.bound(from, i64::from(boundary));
        }
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{deny:?} {boundary:?} {grant}");
    }
}

#[test]
fn of_a_long_route_only_its_start_and_its_end_are_told() {
    for (hops, told) in [(40, (40, 0, 0)), (41, (20, 16, 5)), (300, (20, 275, 5))] {
        let mut b = Builder::new();
        let arn = |n: u32| format!("arn:aws:iam::111111111111:role/r{n}");
        let rows: Vec<u32> = (0..=hops).map(|n| b.identity(&arn(n))).collect();
        for n in 1..=hops {
            b.trust(rows[n as usize], PrincipalKind::Identity, &arn(n - 1), None);
        }
        b.hold(rows[hops as usize], &[(true, "*", "*")]);
        let (_, graph) = b.build();
        let route = route_to_admin(&graph, rows[0]).unwrap();
        assert_eq!((route.first.len(), route.left_out, route.last.len()), told);
        assert_eq!((route.length(), route.end()), (hops as usize, rows.last().copied()));
        let ends = route.first.iter().chain(&route.last).map(|hop| hop.to);
        let all = rows[1..].iter().copied().enumerate();
        let wanted = all.filter(|(at, _)| hops == 40 || *at < 20 || *at + 5 >= hops as usize).map(|(_, row)| row);
        assert!(ends.eq(wanted));
    }
}
