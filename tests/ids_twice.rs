//! An id that an export has twice: equal records are one, and where two differ, it does not matter which comes first.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Run, check, copied, fixture, verdicts};

/// A run where a list of an export has its first member twice, the second time changed, in either order.
fn twice(file: &str, list: &str, at: usize, change: impl Fn(&mut Value)) -> [Run; 2] {
    [false, true].map(|reversed| {
        let folder = copied("marrowick");
        let path = folder.path().join(file);
        let mut export: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let members = export[list].as_array_mut().unwrap();
        let mut other = members[at].clone();
        change(&mut other);
        members.push(other);
        if reversed {
            members.reverse();
        }
        std::fs::write(&path, export.to_string()).unwrap();
        check(folder.path(), &[])
    })
}

fn letter(run: &Run, check: &str, id: &str) -> char {
    verdicts(run)[check].get(id).copied().unwrap_or_else(|| panic!("no {id}"))
}

const KEYS: &str = "openai/proj_insight/api-keys.json";
const KEY: &str = "openai:marrowick:api_key:key_8QmVtR2L";

#[test]
fn keys_of_a_provider() {
    let runs = twice(KEYS, "data", 0, |key| key["created_at"] = json!(1793000000));
    for run in &runs {
        assert_eq!(letter(run, "credential-rotated", KEY), 'u');
        assert!(run.stderr.contains("an earlier record of this export, and the two differ"), "{}", run.stderr);
    }
    let [same, _] = twice(KEYS, "data", 0, |_| {});
    assert_eq!(
        letter(&same, "credential-rotated", KEY),
        letter(&check(&fixture("marrowick"), &[]), "credential-rotated", KEY)
    );
    assert!(!same.stderr.contains("earlier record"), "{}", same.stderr);
}

/// What only one of two records tells is as open as what they tell differently.
#[test]
fn what_only_one_of_two_records_tells_is_unknown_in_either_order() {
    let whole = check(&fixture("marrowick"), &[]);
    assert_ne!(letter(&whole, "credential-rotated", KEY), 'u');
    for run in &twice(KEYS, "data", 0, |key| drop(key.as_object_mut().unwrap().remove("created_at"))) {
        assert_eq!(letter(run, "credential-rotated", KEY), 'u');
    }
    // Of what both say, nothing is open.
    for run in &twice(KEYS, "data", 0, |key| drop(key.as_object_mut().unwrap().remove("name"))) {
        assert_eq!(letter(run, "credential-rotated", KEY), letter(&whole, "credential-rotated", KEY));
    }
}

#[test]
fn objects_of_a_cluster() {
    let file = "kubernetes/north-1/objects.json";
    let text = std::fs::read_to_string(fixture("marrowick").join(file)).unwrap();
    let export: Value = serde_json::from_str(&text).unwrap();
    let role = |object: &Value| object["kind"] == "Role" || object["kind"] == "ClusterRole";
    let at = export["items"].as_array().unwrap().iter().position(role).unwrap();
    let all = json!([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]);
    let [one, other] = twice(file, "items", at, |object| object["rules"] = all.clone());
    assert_eq!(verdicts(&one), verdicts(&other));
}

#[test]
fn roles_of_an_account() {
    let file = "aws/730516284409/authorization-details.json";
    let administrator =
        json!([{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]);
    let [one, other] = twice(file, "RoleDetailList", 0, |role| role["AttachedManagedPolicies"] = administrator.clone());
    assert_eq!(verdicts(&one), verdicts(&other));
    // Whom one of the two makes an administrator does not pass as none.
    let text = std::fs::read_to_string(fixture("marrowick").join(file)).unwrap();
    let export: Value = serde_json::from_str(&text).unwrap();
    let arn = export["RoleDetailList"][0]["Arn"].as_str().unwrap();
    let id = format!("aws:730516284409:role:{arn}");
    assert_ne!(letter(&one, "identity-not-administrator", &id), 'p');
}

#[test]
fn access_keys() {
    let folder = |reversed: bool| -> Run {
        let folder = copied("marrowick");
        let path: &Path = &folder.path().join("aws/285019463370/access-keys.json");
        let text = std::fs::read_to_string(path).unwrap();
        let other = text.replace("2026-08-30T13:20:11Z", "2020-08-30T13:20:11Z");
        std::fs::write(path, if reversed { other + &text } else { text + &other }).unwrap();
        check(folder.path(), &[])
    };
    let [one, other] = [false, true].map(folder);
    assert_eq!(verdicts(&one), verdicts(&other));
}

/// Which of two records of one ARN is right nobody knows, whichever comes first.
#[test]
fn a_policy_and_a_role_that_an_export_has_twice_are_unknown_in_either_order() {
    let folder = tempfile::tempdir().unwrap();
    let policy = |action: &str| {
        json!({
            "PolicyName": "Team", "Arn": "arn:aws:iam::111122223333:policy/Team", "DefaultVersionId": "v1",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {
                "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}],
        })
    };
    let role = |name: &str, action: &str| {
        json!({
            "RoleName": name, "RoleId": format!("AROA{name}"), "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
            "CreateDate": "2024-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            "RolePolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}],
            "AttachedManagedPolicies": [{"PolicyName": "Team", "PolicyArn": "arn:aws:iam::111122223333:policy/Team"}],
        })
    };
    let letters = |roles: Vec<Value>, policies: Vec<Value>| {
        let export =
            json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": policies});
        std::fs::write(folder.path().join("details.json"), export.to_string()).unwrap();
        let all = crate::support::verdicts(&crate::support::check(folder.path(), &[]));
        all["identity-not-administrator"].values().copied().collect::<String>()
    };
    let (all, some) = ("*", "s3:GetObject");
    assert_eq!(letters(vec![role("one", some)], vec![policy(all)]), "f");
    assert_eq!(letters(vec![role("one", all)], vec![policy(some)]), "f");
    assert_eq!(letters(vec![role("one", some)], vec![policy(some)]), "p");
    for (first, second) in [(all, some), (some, all)] {
        assert_eq!(letters(vec![role("one", some)], vec![policy(first), policy(second)]), "u", "{first}");
        assert_eq!(letters(vec![role("one", first), role("one", second)], vec![policy(some)]), "u", "{first}");
    }
}

/// A key under two users, and a user with two rows, are unknown in either order.
#[test]
fn a_key_and_a_row_that_an_export_has_twice_are_unknown_in_either_order() {
    let user = |name: &str, action: &str| {
        json!({
            "UserName": name, "UserId": format!("AIDA{name}"), "Arn": format!("arn:aws:iam::111122223333:user/{name}"),
            "CreateDate": "2024-01-01T00:00:00Z", "AttachedManagedPolicies": [], "GroupList": [],
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}],
        })
    };
    let details = json!({
        "UserDetailList": [user("u", "s3:GetObject"), user("w", "*")], "GroupDetailList": [], "RoleDetailList": [], "Policies": [],
    });
    let key = |of: &str| json!({"UserName": of, "AccessKeyId": "AKIAZQ3DRSTUVWXY2345", "Status": "Active", "CreateDate": "2026-10-01T00:00:00Z"});
    let client = json!({"mcpServers": {"s3": {"command": "x", "env": {
        "AWS_ACCESS_KEY_ID": "AKIAZQ3DRSTUVWXY2345", "AWS_SECRET_ACCESS_KEY": "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"}}}});
    let administers = |keys: Vec<Value>| {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        write("details.json", details.to_string());
        write("keys.json", json!({"AccessKeyMetadata": keys}).to_string());
        std::fs::create_dir(folder.path().join("laptop")).unwrap();
        write("laptop/mcp.json", client.to_string());
        let all = verdicts(&check(folder.path(), &[]));
        all["ai-system-not-administrator"].values().copied().collect::<String>()
    };
    assert_eq!(administers(vec![key("w")]), "f");
    assert_eq!(administers(vec![key("u"), key("w")]), administers(vec![key("w"), key("u")]));
    assert_eq!(administers(vec![key("u"), key("w")]), "u");

    let head = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
    let row = |rotated: &str| {
        format!(
            "u,arn:aws:iam::111122223333:user/u,2020-01-01T00:00:00Z,false,N/A,N/A,N/A,false,true,{rotated},2026-10-01T00:00:00Z,N/A,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        )
    };
    let rotated = |rows: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<String> = std::iter::once(head.to_owned()).chain(rows.iter().map(|at| row(at))).collect();
        std::fs::write(folder.path().join("report.csv"), lines.join("\n")).unwrap();
        let all = verdicts(&check(folder.path(), &[]));
        all["credential-rotated"].values().copied().collect::<String>()
    };
    let (old, new) = ("2021-01-01T00:00:00Z", "2026-10-01T00:00:00Z");
    assert_eq!((rotated(&[old]), rotated(&[new])), ("f".to_owned(), "p".to_owned()));
    assert_eq!(rotated(&[new, new]), "p", "the same again");
    assert_eq!((rotated(&[old, new]), rotated(&[new, old])), ("u".to_owned(), "u".to_owned()));
}
