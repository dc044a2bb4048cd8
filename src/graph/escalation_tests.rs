//! Permissions on named identities, groups and policies that give power over them.

use super::tests::{A, B, Builder, reaches_admin};
use crate::model::Subject;
use crate::model::enumeration::Closure;
use crate::model::facts::{CredentialKind, PrincipalKind, credential, identity};
use crate::model::listing::Listing;

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

#[test]
fn who_may_add_itself_to_administrators_is_as_good_as_one() {
    let group = "arn:aws:iam::111111111111:group/g";
    let all: &[(bool, &str, &str)] = &[(true, "*", "*")];
    let narrowed: &[(bool, &str, &str)] = &[(true, "*", "*"), (false, "iam:*", "*")];
    // (what the group carries, what the user has beside the right to join, in how many groups it is, who it is)
    for (carried, beside, groups, who, want) in [
        (all, None, 0, USER, Some(true)),
        (all, None, 9, USER, Some(true)),
        // A user cannot be in an eleventh group, and a role in none.
        (all, None, 10, USER, None),
        (all, None, 0, A, Some(false)),
        // What is denied to the group or to the user may be what it lacks then.
        (narrowed, None, 0, USER, None),
        (all, Some((false, "iam:Put*", "*")), 0, USER, None),
        (&[(true, "s3:*", "*")], None, 0, USER, Some(false)),
    ] {
        let mut b = Builder::new();
        let row = b.identity(who);
        b.users_listed();
        let mut listed = |name: &str, carries: &[(bool, &str, &str)]| {
            let (group, _) = b.world.upsert(Subject::Group, &format!("aws:111111111111:group:{name}"));
            b.world.mark_listed(Subject::Group, group, b.record);
            b.world.close(crate::model::facts::group::POLICIES, group);
            let policy = b.policy(&format!("of {name}"), carries);
            b.world.push(crate::model::facts::group::POLICIES, group, policy);
            group
        };
        listed(group, carried);
        let others: Vec<u32> =
            (0..groups).map(|n| listed(&format!("arn:aws:iam::111111111111:group/o{n}"), &[])).collect();
        for other in others {
            b.world.push(identity::GROUPS, row, other);
        }
        b.hold(row, &[(true, "iam:AddUserToGroup", group)]);
        if let Some(beside) = beside {
            b.hold(row, &[beside]);
        }
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, row), want, "{carried:?} {beside:?} {groups} {who}");
    }
}

#[test]
fn who_may_make_a_key_for_a_user_becomes_it_where_there_is_room_for_one() {
    for (keys, listed, action, want) in [
        (0, true, "iam:CreateAccessKey", Some(true)),
        (1, true, "iam:CreateAccessKey", Some(true)),
        (2, true, "iam:CreateAccessKey", None),
        (1, false, "iam:CreateAccessKey", None),
        (1, true, "iam:UpdateLoginProfile", None),
    ] {
        let mut b = Builder::new();
        let (from, user) = (b.identity(A), b.identity(OTHER));
        b.users_listed();
        if listed {
            let scope = b.world.strings.intern("aws:111111111111");
            b.world.enumerations.add(scope, Listing::AccessKeys, Closure::Shown(b.record));
        }
        for key in 0..keys {
            let (key, _) = b.world.upsert(Subject::Credential, &format!("aws:111111111111:access_key:AKIA{key}"));
            b.world.set(credential::KIND, key, CredentialKind::AccessKey, b.record);
            b.world.push(identity::CREDENTIALS, user, key);
        }
        b.hold(user, &[(true, "*", "*")]);
        b.hold(from, &[(true, action, OTHER)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{keys} {listed} {action}");
    }
}

const BOUNDARY: &str = "aws:111111111111:policy:arn:aws:iam::111111111111:policy/boundary";

#[test]
fn who_makes_a_role_and_gives_it_permissions_may_be_an_administrator() {
    for (actions, want) in [
        ("iam:CreateRole iam:PutRolePolicy", None),
        ("iam:CreateUser iam:PutUserPolicy", None),
        ("iam:CreateRole", Some(false)),
        ("iam:PutRolePolicy", Some(false)),
    ] {
        let mut b = Builder::new();
        let row = b.identity(A);
        b.users_listed();
        b.hold(row, &[(true, actions, "arn:aws:iam::111111111111:*/x/y")]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, row), want, "{actions}");
    }
}

#[test]
fn a_boundary_that_leaves_rights_or_can_be_lifted_keeps_the_answer_open() {
    for (allowed, on, want) in [
        ("iam:CreateAccessKey", OTHER, None),
        ("iam:PutUserPermissionsBoundary", "*", None),
        ("iam:CreatePolicyVersion", "arn:aws:iam::111111111111:policy/boundary", None),
        ("s3:GetObject", "*", Some(false)),
    ] {
        let mut b = Builder::new();
        let (row, boss) = (b.identity(USER), b.identity(OTHER));
        b.users_listed();
        b.hold(boss, &[(true, "*", "*")]);
        b.hold(row, &[(true, "*", "*")]);
        let boundary = b.policy(BOUNDARY, &[(true, allowed, on)]);
        b.bound(row, i64::from(boundary));
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, row), want, "{allowed} on {on}");
    }
}

#[test]
fn a_trust_in_anyone_may_let_in_whoever_is_in_the_account() {
    for (who, want) in [(A, None), ("arn:aws:iam::222222222222:role/far", Some(false))] {
        let mut b = Builder::new();
        let (from, to) = (b.identity(who), b.identity(B));
        b.hold(to, &[(true, "*", "*")]);
        b.trust(to, PrincipalKind::Anyone, "*", None);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{who}");
    }
}

#[test]
fn a_boundary_is_no_denial_to_a_user_whom_the_trust_names() {
    for (who, want) in [(USER, None), (A, Some(false))] {
        let mut b = Builder::new();
        let (from, to) = (b.identity(who), b.identity(B));
        b.users_listed();
        b.hold(to, &[(true, "*", "*")]);
        b.trust(to, PrincipalKind::Identity, who, None);
        let boundary = b.policy(BOUNDARY, &[(true, "s3:GetObject", "*")]);
        b.bound(from, i64::from(boundary));
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{who}");
    }
}

#[test]
fn variables_of_policies_stand_for_the_caller() {
    for (resource, want) in [
        ("arn:aws:iam::111111111111:role/${aws:username}", Some(true)),
        ("arn:aws:iam::111111111111:role/${aws:PrincipalTag/team}", None),
        ("arn:aws:iam::111111111111:role/not-${aws:username}", Some(false)),
    ] {
        let mut b = Builder::new();
        let (from, to) = (b.identity("arn:aws:iam::111111111111:user/b"), b.identity(B));
        b.users_listed();
        b.hold(to, &[(true, "*", "*")]);
        b.trust(to, PrincipalKind::Account, "arn:aws:iam::111111111111:root", None);
        b.hold(from, &[(true, "sts:AssumeRole", resource)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, from), want, "{resource}");
    }
}

#[test]
fn who_rewrites_a_group_that_it_may_join_may_be_an_administrator() {
    let group = "arn:aws:iam::111111111111:group/weak";
    for (actions, want) in [("iam:AddUserToGroup iam:PutGroupPolicy", None), ("iam:PutGroupPolicy", Some(false))] {
        let mut b = Builder::new();
        let user = b.identity(USER);
        b.users_listed();
        b.hold(user, &[(true, actions, group)]);
        let (world, graph) = b.build();
        assert_eq!(reaches_admin(&world, &graph, user), want, "{actions}");
    }
}

#[test]
fn more_steps_than_are_followed_leave_what_is_reached_open() {
    for (room, want) in [(3, None), (100, Some(false))] {
        for rewrites in [true, false] {
            let mut b = Builder::new();
            let from = b.identity(A);
            let action = if rewrites { "iam:UpdateAssumeRolePolicy" } else { "sts:AssumeRole" };
            b.hold(from, &[(true, action, "arn:aws:iam::111111111111:role/t?")]);
            for n in 0..9 {
                let to = b.identity(&format!("arn:aws:iam::111111111111:role/t{n}"));
                b.trust(to, PrincipalKind::Account, "arn:aws:iam::111111111111:root", None);
            }
            let (world, graph) = b.build_within(room);
            assert_eq!(reaches_admin(&world, &graph, from), want, "{room} {rewrites}");
            assert_eq!(world.quality.iter().any(|note| note.code == "too-many-steps"), want.is_none());
        }
    }
}

#[test]
fn a_right_on_everyone_takes_somebody_to_become() {
    let group = "aws:111111111111:group:arn:aws:iam::111111111111:group/g";
    let held = "aws:111111111111:policy:arn:aws:iam::111111111111:policy/held";
    let of_groups: &[Listing] = &[Listing::Users, Listing::Groups, Listing::Policies];
    // (who, what it may do on everything, what is in the account too, which lists are whole)
    for (who, action, there, whole, want) in [
        (A, "iam:CreateAccessKey", "", of_groups, Some(false)),
        (A, "iam:CreateAccessKey", "", &[][..], None),
        (A, "iam:CreateAccessKey", "user", of_groups, Some(false)),
        (A, "iam:CreateAccessKey", "user", &[], None),
        (A, "iam:CreateAccessKey", "administrators", &[], Some(true)),
        (A, "iam:UpdateAssumeRolePolicy", "", of_groups, Some(false)),
        (A, "iam:UpdateAssumeRolePolicy", "administrators", of_groups, Some(true)),
        (USER, "iam:PutGroupPolicy", "", of_groups, Some(false)),
        (USER, "iam:PutGroupPolicy", "", &[Listing::Users], None),
        (USER, "iam:PutGroupPolicy", "group", of_groups, Some(true)),
        (USER, "iam:AddUserToGroup", "", of_groups, Some(false)),
        (USER, "iam:AddUserToGroup", "group", of_groups, Some(false)),
        (USER, "iam:AddUserToGroup", "strong group", of_groups, Some(true)),
        (USER, "iam:CreatePolicyVersion", "", of_groups, Some(false)),
        (USER, "iam:CreatePolicyVersion", "", &[Listing::Users], None),
        (USER, "iam:CreatePolicyVersion", "policy", of_groups, Some(true)),
        (A, "iam:PutUserPolicy", "", of_groups, Some(false)),
        (A, "iam:PutUserPolicy", "", &[], None),
        (USER, "iam:PutRolePolicy", "", of_groups, Some(false)),
        // What rewrites oneself, or what one makes, needs nobody else.
        (USER, "iam:PutUserPolicy", "", of_groups, Some(true)),
        (A, "iam:PutRolePolicy", "", of_groups, Some(true)),
        (A, "iam:CreateUser iam:PutUserPolicy", "", of_groups, Some(true)),
        (USER, "iam:*", "", of_groups, Some(true)),
        (USER, "!s3:*", "", of_groups, Some(true)),
    ] {
        for resource in ["*", "arn:aws:iam::111111111111:*"] {
            let mut b = Builder::new();
            let row = b.identity(who);
            let scope = b.world.strings.intern("aws:111111111111");
            for listing in [Listing::Roles, Listing::AccessKeys].iter().chain(whole) {
                b.world.enumerations.add(scope, *listing, Closure::Shown(b.record));
            }
            match there {
                "user" => drop(b.identity(OTHER)),
                "administrators" => {
                    let (role, user) = (b.identity(B), b.identity(OTHER));
                    b.hold(role, &[(true, "*", "*")]);
                    b.hold(user, &[(true, "*", "*")]);
                }
                "group" | "strong group" => {
                    let (group, _) = b.world.upsert(Subject::Group, group);
                    b.world.mark_listed(Subject::Group, group, b.record);
                    b.world.close(crate::model::facts::group::POLICIES, group);
                    if there == "strong group" {
                        let policy = b.policy("of the group", &[(true, "*", "*")]);
                        b.world.push(crate::model::facts::group::POLICIES, group, policy);
                    }
                }
                "policy" => {
                    let held = b.policy(held, &[(true, "s3:GetObject", "*")]);
                    b.world.push(identity::POLICIES, row, held);
                }
                _ => {}
            }
            b.hold(row, &[(true, action, resource)]);
            let (world, graph) = b.build();
            assert_eq!(
                reaches_admin(&world, &graph, row),
                want,
                "{who} {action} on {resource} beside {there:?} {whole:?}"
            );
        }
    }
}

#[test]
fn a_key_for_everyone_is_a_step_to_each() {
    let mut b = Builder::new();
    let (from, user, boss) = (b.identity(A), b.identity(OTHER), b.identity(B));
    b.users_listed();
    let scope = b.world.strings.intern("aws:111111111111");
    b.world.enumerations.add(scope, Listing::AccessKeys, Closure::Shown(b.record));
    b.hold(from, &[(true, "iam:CreateAccessKey", "*")]);
    // No user is an administrator; one may take on a role that is.
    b.hold(boss, &[(true, "*", "*")]);
    b.hold(user, &[(true, "sts:AssumeRole", B)]);
    b.trust(boss, PrincipalKind::Identity, OTHER, None);
    let (world, graph) = b.build();
    assert_eq!(reaches_admin(&world, &graph, from), Some(true));
}
