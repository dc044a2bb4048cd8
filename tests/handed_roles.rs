//! Roles that are handed to services: who may do that with an administrator's is not said to be kept from it.

use crate::support::{check, verdicts};
use serde_json::json;
use tempfile::TempDir;

const ADMIN: &str = "arn:aws:iam::111122223333:role/adm";

/// The verdict on a user with these rights, where a service (or somebody else) may take on an administrator's role.
fn judged(trusted: &serde_json::Value, rights: &[(&str, &str)]) -> char {
    let statements: Vec<_> = rights
        .iter()
        .map(|(action, resource)| json!({"Effect": "Allow", "Action": action, "Resource": resource}))
        .collect();
    let policy = |statements: serde_json::Value| json!({"Version": "2012-10-17", "Statement": statements});
    let details = json!({
        "UserDetailList": [{
            "Path": "/", "UserName": "u", "UserId": "AIDAEXAMPLE", "Arn": "arn:aws:iam::111122223333:user/u",
            "CreateDate": "2025-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": policy(json!(statements))}],
        }],
        "RoleDetailList": [{
            "Path": "/", "RoleName": "adm", "RoleId": "AROAADM", "Arn": ADMIN, "CreateDate": "2025-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": policy(json!([{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}])),
            "RolePolicyList": [{"PolicyName": "all",
                "PolicyDocument": policy(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]))}],
            "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {},
        }],
        "GroupDetailList": [], "Policies": [], "IsTruncated": false,
    });
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("details.json"), details.to_string()).unwrap();
    let inventory = "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/u\"\nkind = \"machine_user\"\n";
    std::fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
    let all = verdicts(&check(folder.path(), &[]));
    all["cannot-reach-administrator"]["aws:111122223333:user:arn:aws:iam::111122223333:user/u"]
}

#[test]
fn who_may_have_a_service_run_something_as_an_administrator_is_not_known_to_be_kept_from_it() {
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let pass = ("iam:PassRole", ADMIN);
    assert_eq!(judged(&lambda, &[pass, ("lambda:CreateFunction", "*")]), 'u');
    assert_eq!(judged(&lambda, &[("iam:Pass*", "arn:aws:iam::*:role/a*"), ("lambda:*", "*")]), 'u');
    assert_eq!(judged(&lambda, &[("lambda:UpdateFunctionCode", "*")]), 'u', "a function that runs may have the role");
    assert_eq!(judged(&lambda, &[("ssm:SendCommand", "*")]), 'u');
    // One without the other, another role, or one that no service may take on.
    assert_eq!(judged(&lambda, &[pass]), 'p');
    assert_eq!(judged(&lambda, &[("lambda:CreateFunction", "*")]), 'p');
    let other = ("iam:PassRole", "arn:aws:iam::111122223333:role/other");
    assert_eq!(judged(&lambda, &[other, ("lambda:CreateFunction", "*")]), 'p');
    let account = json!({"AWS": "arn:aws:iam::999999999999:root"});
    assert_eq!(judged(&account, &[pass, ("lambda:CreateFunction", "*")]), 'p');
}
