//! Permissions on named identities, groups and policies that give power over them.

use super::tests::{A, B, Builder, reaches_admin};
use crate::model::Subject;
use crate::model::facts::{PrincipalKind, identity};

const USER: &str = "arn:aws:iam::111111111111:user/u";
const OTHER: &str = "arn:aws:iam::111111111111:user/other";

#[test]
fn who_rewrites_itself_can_make_itself_an_administrator() {
    for (who, action, resource, want) in [
        (A, "iam:PutRolePolicy", A, Some(true)),
        (A, "iam:PutRolePolicy", "arn:aws:iam::111111111111:role/a*", Some(true)),
        (A, "iam:PutRolePolicy", B, Some(false)),
        (A, "iam:PutUserPolicy", A, Some(false)),
        (USER, "iam:PutUserPolicy", USER, Some(true)),
        (USER, "iam:PutUserPolicy", "arn:aws:iam::111111111111:user/${aws:username}", Some(true)),
        (USER, "iam:PutUserPolicy", "arn:aws:iam::111111111111:user/${aws:PrincipalTag/team}", None),
        (USER, "iam:CreateAccessKey", "arn:aws:iam::111111111111:user/${aws:username}", Some(false)),
        (USER, "iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/held", Some(true)),
        (USER, "iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/not-held", Some(false)),
    ] {
        let mut b = Builder::new();
        let row = b.identity(who);
        b.users_listed();
        let held =
            b.policy("aws:111111111111:policy:arn:aws:iam::111111111111:policy/held", &[(true, "s3:GetObject", "*")]);
        b.world.push(identity::POLICIES, row, held);
        b.hold(row, &[(true, action, resource)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, row), want, "{who} {action} {resource}");
    }
}

#[test]
fn whom_one_can_rewrite_one_may_become() {
    for (action, target, admin, want) in [
        ("iam:UpdateAssumeRolePolicy", B, true, None),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::111111111111:role/b*", true, None),
        ("iam:UpdateAssumeRolePolicy", B, false, Some(false)),
        ("iam:CreateAccessKey", OTHER, true, None),
        ("iam:CreateAccessKey", OTHER, false, Some(false)),
        // A role has no access key.
        ("iam:CreateAccessKey", B, true, Some(false)),
    ] {
        let mut b = Builder::new();
        let (from, role, user) = (b.identity(A), b.identity(B), b.identity(OTHER));
        b.users_listed();
        if admin {
            b.hold(role, &[(true, "*", "*")]);
            b.hold(user, &[(true, "*", "*")]);
        }
        b.hold(from, &[(true, action, target)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{action} {target} {admin}");
    }
}

#[test]
fn rewriting_whom_one_can_become_is_not_shown_to_be_harmless() {
    for (trusted, want) in [(true, None), (false, Some(false))] {
        let mut b = Builder::new();
        let (from, role) = (b.identity(A), b.identity(B));
        b.hold(from, &[(true, "iam:PutRolePolicy", B)]);
        if trusted {
            b.trust(role, PrincipalKind::Identity, A, None);
        }
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{trusted}");
    }
}

#[test]
fn users_that_nobody_listed_may_be_administrators() {
    let mut b = Builder::new();
    let from = b.identity(A);
    b.hold(from, &[(true, "iam:CreateAccessKey", OTHER)]);
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, from), None);
}

#[test]
fn who_joins_a_group_may_have_what_it_carries() {
    for (carried, want) in [("iam:PutRolePolicy", None), ("s3:GetObject", Some(false))] {
        let mut b = Builder::new();
        let user = b.identity(USER);
        b.users_listed();
        let arn = "arn:aws:iam::111111111111:group/g";
        let (group, _) = b.world.upsert(Subject::Group, &format!("aws:111111111111:group:{arn}"));
        let policy = b.policy("of the group", &[(true, carried, "*")]);
        b.world.push(crate::model::facts::group::POLICIES, group, policy);
        b.hold(user, &[(true, "iam:AddUserToGroup", arn)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, user), want, "{carried}");
    }
}
