//! Whether an account of a cluster reaches the administrator whose trust names subjects of the cluster's issuer.

use crate::support::{check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

const ISSUER: &str = "oidc.eks.eu-north-1.amazonaws.com/id/ABC";
const SUBJECT: &str = "system:serviceaccount:ops:shipper";

const PROFILE: &str = r#"own_scopes = ["aws:111122223333", "kubernetes:c"]
[[exports]]
path = "cluster/*"
scope = "kubernetes:c"
collected_at = 2026-10-31T00:00:00Z
enumerates = ["service_accounts", "policies", "workloads"]
none_of = ["role_bindings", "tokens"]
issuer = "https://oidc.eks.eu-north-1.amazonaws.com/id/ABC"
[[exports]]
path = "details.json"
scope = "aws:111122223333"
collected_at = 2026-10-31T00:00:00Z
enumerates = ["users", "roles", "groups", "policies"]
"#;

/// What `cannot-reach-administrator` says of the account `ops/shipper`, where an administrator has these statements as its
/// trust.
fn with(statements: &Value) -> char {
    let folder = TempDir::new().unwrap();
    let all = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let role = json!({
        "Path": "/", "RoleName": "boss", "RoleId": "AROABOSS", "Arn": "arn:aws:iam::111122223333:role/boss",
        "CreateDate": "2026-01-01T00:00:00Z", "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [],
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": statements},
        "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": all}],
    });
    let details = json!({
        "UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": [], "IsTruncated": false,
    });
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shipper, namespace: ops}\n";
    std::fs::create_dir(folder.path().join("cluster")).unwrap();
    std::fs::write(folder.path().join("cluster/accounts.yaml"), account).unwrap();
    std::fs::write(folder.path().join("details.json"), serde_json::to_vec(&details).unwrap()).unwrap();
    std::fs::write(folder.path().join("assize.toml"), PROFILE).unwrap();
    verdicts(&check(folder.path(), &[]))["cannot-reach-administrator"]["kubernetes:c:service_account:ops/shipper"]
}

/// A statement on the issuer, in which `sub` and `aud` stand for the keys.
fn statement(effect: &str, condition: &Value) -> Value {
    let mut condition = condition.clone();
    for operands in condition.as_object_mut().unwrap().values_mut() {
        let of = operands.as_object().unwrap().iter();
        *operands = of.map(|(claim, values)| (format!("{ISSUER}:{claim}"), values.clone())).collect();
    }
    json!({
        "Effect": effect, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition,
        "Principal": {"Federated": format!("arn:aws:iam::111122223333:oidc-provider/{ISSUER}")},
    })
}

fn letter(condition: Value) -> char {
    with(&json!([statement("Allow", &condition)]))
}

#[test]
fn a_list_of_subjects_lets_in_those_and_no_others() {
    assert_eq!(letter(json!({"StringEquals": {"sub": SUBJECT}})), 'f');
    assert_eq!(letter(json!({"StringEquals": {"sub": SUBJECT, "aud": "sts.amazonaws.com"}})), 'f');
    assert_eq!(letter(json!({"StringLike": {"sub": ["x", "system:serviceaccount:ops:*"]}})), 'f');
    assert_eq!(letter(json!({"StringLike": {"sub": "*"}})), 'f');
    assert_eq!(letter(json!({"StringEquals": {"sub": SUBJECT}, "Null": {"sub": "false"}})), 'f');
    assert_eq!(letter(json!({"ForAnyValue:StringEquals": {"sub": SUBJECT}, "StringLike": {"sub": "*"}})), 'f');
    assert_eq!(letter(json!({"StringEquals": {"sub": "system:serviceaccount:ops:other"}})), 'p');
}

#[test]
fn a_condition_that_is_no_list_of_subjects_makes_no_certain_step() {
    let others = "system:serviceaccount:ops:*";
    for condition in [
        json!({"StringLike": {"sub": others}, "StringNotEquals": {"sub": SUBJECT}}),
        json!({"StringNotEquals": {"sub": SUBJECT}}),
        json!({"StringNotLike": {"sub": others}}),
        json!({"StringNotEqualsIfExists": {"sub": SUBJECT}}),
        json!({"StringEqualsIfExists": {"sub": "nope"}}),
        json!({"StringLikeIfExists": {"sub": "nope"}}),
        json!({"ForAllValues:StringEquals": {"sub": "nope"}}),
        json!({"Null": {"sub": "true"}}),
        json!({"ArnLike": {"sub": SUBJECT}}),
        json!({"StringEquals": {"sub": SUBJECT}, "StringNotEquals": {"aud": "sts.amazonaws.com"}}),
    ] {
        assert_eq!(letter(condition.clone()), 'u', "{condition}");
    }
}

#[test]
fn of_two_conditions_on_the_subject_both_must_hold() {
    for condition in [
        json!({"ForAnyValue:StringLike": {"sub": "system:serviceaccount:ops:*"}, "StringLike": {"sub": "*:other"}}),
        json!({"StringEquals": {"sub": [SUBJECT, "x"]}, "StringLike": {"sub": "system:serviceaccount:ops:oth*"}}),
        json!({"StringLike": {"sub": "*:shipper"}, "StringLikeIfExists": {"sub": "system:serviceaccount:dev:*"}}),
    ] {
        assert_eq!(letter(condition.clone()), 'u', "{condition}");
    }
}

#[test]
fn a_subject_may_be_compared_without_regard_to_case() {
    let upper = SUBJECT.to_uppercase();
    assert_eq!(letter(json!({"StringEquals": {"sub": upper}})), 'p');
    assert_eq!(letter(json!({"StringEqualsIgnoreCase": {"sub": upper}})), 'f');
    assert_eq!(letter(json!({"StringEqualsIgnoreCase": {"sub": "SYSTEM:SERVICEACCOUNT:OPS:OTHER"}})), 'p');
    // A denial of all others lets it through in whatever case, too.
    let denied = |operator: &str| {
        let denial = statement("Deny", &json!({operator: {"sub": upper}}));
        with(&json!([statement("Allow", &json!({"StringLike": {"sub": "*"}})), denial]))
    };
    assert_eq!(denied("StringNotEqualsIgnoreCase"), 'u');
    assert_eq!(denied("StringNotEquals"), 'p');
}
