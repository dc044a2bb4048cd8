//! What denies and boundaries leave of what a policy allows, from the texts of both to the verdicts.

use crate::support::{check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

const CHECKS: [&str; 7] = [
    "cannot-reach-administrator",
    "identity-not-administrator",
    "no-permission-wildcard",
    "no-service-wildcard",
    "no-pass-anywhere",
    "no-assume-anywhere",
    "secrets-read-narrowly",
];

fn document(statements: &Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action.split(' ').collect::<Vec<_>>(), "Resource": resource.split(' ').collect::<Vec<_>>()})
}

fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

/// A deny of what is not done with a second factor.
fn without_mfa() -> Value {
    let condition = json!({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}});
    json!({"Effect": "Deny", "NotAction": ["iam:GetUser", "sts:GetSessionToken"], "Resource": "*", "Condition": condition})
}

fn everything_but(action: &str) -> Value {
    json!({"Effect": "Allow", "NotAction": action.split(' ').collect::<Vec<_>>(), "Resource": "*"})
}

/// What `CHECKS` say of a role for each case: its policy, and its boundary if there is one.
fn letters(cases: &[(Vec<Value>, Vec<Value>)]) -> Vec<String> {
    let folder = TempDir::new().unwrap();
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::111122223333:{kind}/{name}");
    let (mut roles, mut policies) = (Vec::new(), Vec::new());
    for (at, (own, boundary)) in cases.iter().enumerate() {
        let name = format!("r{at}");
        let trust =
            json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
        let mut role = json!({
            "Path": "/", "RoleName": name, "RoleId": format!("AROA{at}"), "Arn": arn("role", &name),
            "CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": document(&trust), "Tags": [],
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document(&json!(own))}],
            "AttachedManagedPolicies": [], "RoleLastUsed": {"LastUsedDate": "2026-10-30T00:00:00Z"},
        });
        if !boundary.is_empty() {
            let name = format!("b{at}");
            role["PermissionsBoundary"] =
                json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn("policy", &name)});
            let version = json!({"Document": document(&json!(boundary)), "VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2026-01-01T00:00:00Z"});
            policies.push(json!({"PolicyName": name, "PolicyId": format!("ANPA{at}"), "Arn": arn("policy", &name), "DefaultVersionId": "v1", "PolicyVersionList": [version]}));
        }
        roles.push(role);
    }
    let user = json!({"UserName": "u", "UserId": "AIDAU", "Arn": arn("user", "u"), "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": []});
    let export =
        json!({"UserDetailList": [user], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies});
    std::fs::write(folder.path().join("details.json"), serde_json::to_vec(&export).unwrap()).unwrap();
    std::fs::write(folder.path().join("assize.toml"), "own_scopes = [\"aws:111122223333\"]\n").unwrap();
    let said = verdicts(&check(folder.path(), &[]));
    let of = |at: usize| {
        let id = format!("aws:111122223333:role:{}", arn("role", &format!("r{at}")));
        CHECKS.iter().map(|check| said[*check].get(&id).copied().unwrap_or('-')).collect()
    };
    (0..cases.len()).map(of).collect()
}

/// What `environment-not-crossed` says of a role of production with these statements, where a bucket is of development.
fn crosses(statements: &Value) -> char {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let arn = "arn:aws:iam::111122223333:role/r";
    let trust =
        json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let role = json!({
        "RoleName": "r", "RoleId": "AROAR", "Arn": arn, "CreateDate": "2026-01-01T00:00:00Z", "Tags": [],
        "AssumeRolePolicyDocument": document(&trust), "AttachedManagedPolicies": [],
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document(statements)}],
    });
    put(
        "details.json",
        &json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}).to_string(),
    );
    put("assize.toml", "own_scopes = [\"aws:111122223333\"]\n");
    put(
        "labels.toml",
        "[[identities]]\nidentity = \"arn:aws:iam::*\"\nenvironment = \"production\"\n[[resources]]\npattern = \"arn:aws:s3:::dev\"\nscope = \"aws:111122223333\"\nenvironment = \"development\"\n[[closures]]\nlisting = \"resources\"\nscope = \"*\"\nby = \"x\"\nas_of = \"2026-10-30\"\n",
    );
    verdicts(&check(folder.path(), &[]))["environment-not-crossed"][&format!("aws:111122223333:role:{arn}")]
}

#[test]
fn a_service_of_which_nothing_is_left_is_not_reached() {
    for (name, statements, want) in [
        ("reached", json!([allow("s3:* sqs:*", "*")]), 'f'),
        ("denied", json!([allow("s3:* sqs:*", "*"), deny("s3:*", "*")]), 'p'),
        ("denied of all", json!([allow("*", "*"), deny("s3:*", "*")]), 'u'),
        ("left out", json!([everything_but("s3:* iam:* sts:*")]), 'p'),
        ("in part", json!([everything_but("s3:Put* iam:* sts:*")]), 'f'),
        ("denied with what is left out", json!([everything_but("iam:* sts:*"), deny("s3:*", "*")]), 'p'),
    ] {
        assert_eq!(crosses(&statements), want, "{name}");
    }
}

fn judge(cases: &[(&str, Vec<Value>, Vec<Value>, &str)]) {
    let texts: Vec<_> = cases.iter().map(|(_, own, boundary, _)| (own.clone(), boundary.clone())).collect();
    for ((name, .., want), got) in cases.iter().zip(letters(&texts)) {
        assert_eq!(got, *want, "{name}");
    }
}

#[test]
fn a_deny_on_all_arns_takes_away_as_one_on_everything() {
    let own = "arn:aws:iam::111122223333:role/*";
    let secrets = |arn| vec![allow("secretsmanager:GetSecretValue", "*"), deny("secretsmanager:*", arn)];
    let all = |service| allow(service, "*");
    judge(&[
        ("every ARN", vec![all("iam:*"), deny("iam:*", "arn:aws:iam::*:*")], vec![], "ppppppp"),
        ("of the account", vec![all("iam:*"), deny("iam:*", "arn:aws:iam::111122223333:*")], vec![], "ppppppp"),
        (
            "of the caller",
            vec![all("iam:*"), deny("iam:*", "arn:aws:iam::${aws:PrincipalAccount}:*")],
            vec![],
            "ppppppp",
        ),
        ("of another", vec![all("iam:*"), deny("iam:*", "arn:aws:iam::444455556666:*")], vec![], "fpffppp"),
        ("of everything", vec![all("*"), deny("iam:*", "arn:aws:iam::*:*")], vec![], "uppfpff"),
        ("one kind of four", vec![all("iam:*"), deny("iam:*", own)], vec![], "fpffppp"),
        ("the kind", vec![all("iam:PutRolePolicy"), deny("iam:PutRolePolicy", own)], vec![], "ppppppp"),
        ("one role", vec![all("iam:PutRolePolicy"), deny("iam:*", "arn:aws:iam::*:role/x")], vec![], "fpfpppp"),
        ("passing", vec![all("iam:PassRole"), deny("iam:PassRole", own)], vec![], "ppppppp"),
        ("assuming", vec![all("sts:AssumeRole"), deny("sts:*", "arn:aws:iam::*:role/*")], vec![], "ppppppp"),
        ("assuming here", vec![all("sts:AssumeRole"), deny("sts:*", own)], vec![], "pppppfp"),
        ("secrets", secrets("arn:aws:secretsmanager:*:*:*"), vec![], "ppppppp"),
        ("no ARNs of theirs", vec![all("ce:*"), deny("ce:*", "arn:aws:ce:*:*:*")], vec![], "pppfppp"),
        ("secrets of a region", secrets("arn:aws:secretsmanager:eu-west-1:*:*"), vec![], "ppppppf"),
    ]);
}

#[test]
fn a_deny_that_spares_some_resources_leaves_open_what_those_are() {
    let spare = |action, resource| json!({"Effect": "Deny", "Action": action, "NotResource": resource});
    let role = "arn:aws:iam::111122223333:role/app";
    let bucket = "arn:aws:s3:::b/*";
    judge(&[
        ("a role", vec![allow("iam:*", "*"), spare("iam:*", role)], vec![], "upuuppp"),
        ("roles", vec![allow("iam:UpdateAssumeRolePolicy", "*"), spare("iam:*", role)], vec![], "upupppp"),
        (
            "a variable",
            vec![allow("iam:PutRolePolicy", "*"), spare("*", "arn:aws:iam::${x}:role/y")],
            vec![],
            "upupppp",
        ),
        ("a bucket", vec![allow("iam:PutRolePolicy", "*"), spare("*", bucket)], vec![], "ppppppp"),
        ("of everything", vec![allow("*", "*"), spare("*", bucket)], vec![], "uuuuuuu"),
    ]);
}

#[test]
fn what_is_denied_under_a_condition_is_not_certain() {
    let with = |action| vec![allow(action, "*"), without_mfa()];
    judge(&[
        ("iam", with("iam:*"), vec![], "upufppp"),
        ("passing", with("iam:PassRole"), vec![], "ppppupp"),
        ("assuming", with("sts:AssumeRole"), vec![], "pppppup"),
        ("secrets", with("secretsmanager:GetSecretValue"), vec![], "ppppppu"),
        // An administrator under a condition is one.
        ("everything", with("*"), vec![], "-f-----"),
        // The condition is on something else.
        (
            "another action",
            vec![
                allow("iam:*", "*"),
                json!({"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*", "Condition": {"Bool": {"aws:ViaAWSService": "false"}}}),
            ],
            vec![],
            "fpffppp",
        ),
    ]);
}

#[test]
fn a_boundary_is_asked_about_each_action() {
    let everything = || vec![allow("*", "*")];
    let role = "arn:aws:iam::111122223333:role/app-*";
    judge(&[
        ("all but IAM", everything(), vec![everything_but("iam:* sts:* organizations:*")], "uppfppf"),
        ("all but S3", everything(), vec![everything_but("s3:*")], "-f-----"),
        (
            "all, less IAM",
            everything(),
            vec![allow("*", "*"), json!({"Effect": "Deny", "Action": "iam:*", "Resource": "*"})],
            "uppfpff",
        ),
        ("passing some", everything(), vec![allow("s3:*", "*"), allow("iam:PassRole", role)], "pppfupp"),
        (
            "a service on some",
            everything(),
            vec![allow("s3:GetObject", "*"), allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/x")],
            "pppuppp",
        ),
        (
            "passing all, but not here",
            vec![allow("iam:PassRole", "arn:aws:iam::111122223333:role/*")],
            vec![allow("iam:*", role)],
            "ppppupp",
        ),
        ("wildcards that meet", vec![allow("iam:*AccessKey*", "*")], vec![allow("iam:List*", "*")], "ppppppp"),
        ("wildcards that meet in more", vec![allow("iam:*AccessKey*", "*")], vec![allow("iam:C*", "*")], "fpfpppp"),
        (
            "a kind that it does not act on",
            vec![allow("iam:PutUserPolicy", "*")],
            vec![allow("iam:*", role)],
            "ppppppp",
        ),
    ]);
}

#[test]
fn an_action_does_nothing_to_another_kind_of_resource() {
    let own = |kind: &str| format!("arn:aws:iam::111122223333:{kind}/*");
    let (roles, users) = (own("role"), own("user"));
    let two = |one: &str, other: &str| format!("{one} {other}");
    judge(&[
        ("users", vec![allow("iam:PutUserPolicy", &roles)], vec![], "ppppppp"),
        ("roles", vec![allow("iam:PutRolePolicy", &users)], vec![], "ppppppp"),
        ("roles of roles", vec![allow("iam:PutRolePolicy", &roles)], vec![], "fpfpppp"),
        ("issuers", vec![allow("iam:CreateOpenIDConnectProvider", &own("oidc-provider"))], vec![], "ppfpppp"),
        ("all of the account", vec![allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:*")], vec![], "fpfpppp"),
        (
            "one role, all buckets",
            vec![allow("iam:PutRolePolicy s3:GetObject", &two("arn:aws:iam::111122223333:role/x", "arn:aws:s3:::*"))],
            vec![],
            "ppppppp",
        ),
        (
            "one user, all roles",
            vec![allow("iam:CreateAccessKey iam:GetRole", &two("arn:aws:iam::111122223333:user/u", &roles))],
            vec![],
            "ppppppp",
        ),
        (
            "all users, one role",
            vec![allow("iam:CreateAccessKey iam:GetRole", &two(&users, "arn:aws:iam::111122223333:role/x"))],
            vec![],
            // The one user that there is is no administrator.
            "ppfpppp",
        ),
    ]);
}
