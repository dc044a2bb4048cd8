//! Ways in which what a waiver was given for gets worse where its check does not look: each lapses it. And ways in which nothing does.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::account::put;
use crate::support::{assize, copied};
use crate::waivers_lapse::{after, covered, edited, given_in, held_in, named};

const LAB: &str = "aws/285019463370/authorization-details.json";
const VECTOR_SYNC: &str = "aws:285019463370:role:arn:aws:iam::285019463370:role/vector-sync";
const HACKDAY: &str = "aws:285019463370:role:arn:aws:iam::285019463370:role/hackday-demo";

/// Gives a role a policy with these statements, and no other of its own.
fn with_policy(folder: &Path, statements: &Value) {
    edited(folder, LAB, |export| {
        let policy = json!({"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}});
        named(export, "RoleDetailList", "RoleName", "vector-sync")["RolePolicyList"] = json!([policy]);
    });
}

/// Gives another role this trust.
fn with_trust(folder: &Path, statements: &Value) {
    edited(folder, LAB, |export| {
        named(export, "RoleDetailList", "RoleName", "hackday-demo")["AssumeRolePolicyDocument"] =
            json!({"Version": "2012-10-17", "Statement": statements});
    });
}

/// How many findings a waiver covers that was given for one of a role with the first statements, and what it says of the others.
fn from_to(check: &str, before: &Value, now: &Value) -> (u64, String) {
    let folder = copied("marrowick");
    with_policy(folder.path(), before);
    let waiver = given_in(folder.path(), check, VECTOR_SYNC, "ciso@elsewhere.example");
    with_policy(folder.path(), now);
    covered(folder.path(), &waiver)
}

fn allow(actions: &Value, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn when(mut statement: Value, condition: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

fn from_address(range: &str) -> Value {
    json!({"IpAddress": {"aws:SourceIp": range}})
}

#[test]
fn another_value_or_operator_of_a_condition_lapses() {
    let all = || allow(&json!("*"), "*");
    let narrow = when(all(), from_address("10.0.0.1/32"));
    let (covers, said) =
        from_to("identity-not-administrator", &json!([narrow]), &json!([when(all(), from_address("0.0.0.0/0"))]));
    assert_eq!(
        (covers, said.as_str()),
        (0, "`identity.grants` is worse: * on * under a condition, which was under other conditions")
    );
    let s3 = || allow(&json!("s3:*"), "*");
    for (before, now) in [
        (from_address("10.0.0.0/8"), json!({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})),
        (
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
        ),
    ] {
        let (covers, said) =
            from_to("no-service-wildcard", &json!([when(s3(), before)]), &json!([when(s3(), now.clone())]));
        assert_eq!(covers, 0, "{now}: {said}");
    }
    // The same in another order and case is the same.
    let one = when(s3(), json!({"StringLike": {"aws:PrincipalTag/a": ["x", "y"], "s3:prefix": "z"}}));
    let same = when(s3(), json!({"stringlike": {"S3:prefix": ["z"], "aws:principaltag/A": ["y", "x"]}}));
    assert_eq!(from_to("no-service-wildcard", &json!([one]), &json!([same])), (1, String::new()));
}

#[test]
fn a_deny_that_goes_lapses_and_one_that_comes_does_not() {
    let iam = allow(&json!("iam:*"), "*");
    let deny = json!({"Effect": "Deny", "Action": ["iam:CreateUser", "iam:AttachUserPolicy"], "Resource": "*"});
    let fewer = json!({"Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"});
    let more = json!({"Effect": "Deny", "Action": ["iam:Create*", "iam:AttachUserPolicy"], "Resource": "*"});
    let sometimes = when(deny.clone(), json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}));
    let check = "no-permission-wildcard";
    let (covers, said) = from_to(check, &json!([iam, deny]), &json!([iam]));
    assert_eq!(
        (covers, said.as_str()),
        (0, "`grant.denies` is worse: iam:AttachUserPolicy iam:CreateUser on * is not there any more")
    );
    for (before, now, covers) in [
        (json!([iam, deny]), json!([iam, fewer]), 0),
        (json!([iam, deny]), json!([iam, sometimes]), 0),
        (json!([iam, sometimes]), json!([iam]), 0),
        (json!([iam, deny]), json!([more, iam]), 1),
        (json!([iam, sometimes]), json!([iam, deny]), 1),
        (json!([iam]), json!([iam, deny]), 1),
    ] {
        let (covered, said) = from_to(check, &before, &now);
        assert_eq!(covered, covers, "{before} to {now}: {said}");
    }
}

#[test]
fn less_and_the_same_in_other_statements_lapse_nothing() {
    let s3 = allow(&json!("s3:*"), "*");
    let tables = allow(&json!("dynamodb:*"), "*");
    let both = allow(&json!(["s3:*", "dynamodb:*"]), "*");
    for now in [
        json!([s3, allow(&json!("dynamodb:GetItem"), "*")]),
        json!([s3, allow(&json!("dynamodb:*"), "arn:aws:dynamodb:eu-north-1:285019463370:table/x")]),
        json!([tables, s3]),
        json!([s3]),
        json!([both]),
        json!([s3, when(tables.clone(), from_address("10.0.0.0/8"))]),
    ] {
        assert_eq!(from_to("no-service-wildcard", &json!([s3, tables]), &now), (1, String::new()), "{now}");
        assert_eq!(from_to("no-service-wildcard", &json!([both]), &now), (1, String::new()), "{now}");
    }
    let (covers, said) = from_to("no-service-wildcard", &json!([s3]), &json!([s3, tables]));
    assert_eq!((covers, said.as_str()), (0, "`identity.grants` is worse: dynamodb:* on *, which was not there"));
}

#[test]
fn another_principal_or_condition_at_the_same_place_of_a_trust_lapses() {
    let lets = |principal: &str, condition: Value| {
        json!([when(
            json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}),
            condition
        )])
    };
    let of_trust = |check: &str, before: &Value, now: &Value| {
        let folder = copied("marrowick");
        with_trust(folder.path(), before);
        let waiver = given_in(folder.path(), check, HACKDAY, "ciso@elsewhere.example");
        with_trust(folder.path(), now);
        covered(folder.path(), &waiver)
    };
    let known = lets("arn:aws:iam::999900001111:root", from_address("10.0.0.0/8"));
    let (covers, said) =
        of_trust("trust-known-accounts", &known, &lets("arn:aws:iam::999988887777:root", from_address("10.0.0.0/8")));
    assert_eq!(covers, 0, "{said}");
    let wider = lets("arn:aws:iam::999900001111:root", from_address("0.0.0.0/0"));
    let (covers, said) = of_trust("trust-known-accounts", &known, &wider);
    assert_eq!(covers, 0, "{said}");
    let (anyone, open) = (lets("*", from_address("10.0.0.0/8")), lets("*", json!({})));
    let (covers, said) = of_trust("trust-not-anyone", &anyone, &open);
    assert_eq!(covers, 0, "{said}");
    assert_eq!(of_trust("trust-not-anyone", &open, &anyone), (1, String::new()), "less of it");
    assert_eq!(of_trust("trust-known-accounts", &known, &known), (1, String::new()));
}

/// What nobody read may give anything: another such policy is another right.
#[test]
fn another_policy_that_was_not_read_lapses() {
    let attached = |folder: &Path, names: &[&str]| {
        let all: Vec<Value> = names
            .iter()
            .map(|name| json!({"PolicyName": name, "PolicyArn": format!("arn:aws:iam::aws:policy/{name}")}))
            .collect();
        edited(folder, LAB, |export| {
            named(export, "RoleDetailList", "RoleName", "vector-sync")["AttachedManagedPolicies"] = all.into();
        });
    };
    let folder = copied("marrowick");
    with_policy(folder.path(), &json!([allow(&json!("s3:*"), "*")]));
    attached(folder.path(), &["NobodyReadsThis"]);
    let waiver = given_in(folder.path(), "no-service-wildcard", VECTOR_SYNC, "ciso@elsewhere.example");
    assert_eq!(covered(folder.path(), &waiver), (1, String::new()));
    attached(folder.path(), &["NobodyReadsThis", "NorThis"]);
    let (covers, said) = covered(folder.path(), &waiver);
    assert_eq!(
        (covers, said.as_str()),
        (0, "`grant.unread` is worse: aws:aws:policy:arn:aws:iam::aws:policy/NorThis, which was not there")
    );
    attached(folder.path(), &[]);
    assert_eq!(covered(folder.path(), &waiver), (1, String::new()));
}

#[test]
fn a_deny_of_a_policy_itself_may_not_go() {
    let policy = "aws:285019463370:inline_policy:arn:aws:iam::285019463370:role/vector-sync#p";
    let s3 = allow(&json!("s3:*"), "*");
    let deny = json!({"Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"});
    let folder = copied("marrowick");
    with_policy(folder.path(), &json!([s3, deny]));
    let waiver = given_in(folder.path(), "no-inline-policy", policy, "ciso@elsewhere.example");
    with_policy(folder.path(), &json!([s3]));
    let (covers, said) = covered(folder.path(), &waiver);
    assert_eq!((covers, said.as_str()), (0, "`grant.denies` is worse: s3:Delete* on * is not there any more"));
}

/// An external id is a secret, and that any will do, or none, is not.
#[test]
fn an_external_id_is_not_kept_and_what_it_comes_to_is() {
    let lets = |operator: &str, key: &str, value: &str| {
        let condition = json!({operator: {key: value}});
        let principal = json!({"AWS": "arn:aws:iam::999900001111:root"});
        json!([when(json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}), condition)])
    };
    for (before, now, covers) in [
        (lets("StringEquals", "sts:ExternalId", "abc"), lets("StringEquals", "sts:ExternalId", "xyz"), 1),
        (lets("StringLike", "sts:ExternalId", "abc"), lets("StringLike", "sts:ExternalId", "*"), 0),
        (lets("Null", "sts:ExternalId", "false"), lets("Null", "sts:ExternalId", "true"), 0),
        (
            lets("StringLike", "aws:PrincipalTag/ExternalIdp", "a"),
            lets("StringLike", "aws:PrincipalTag/ExternalIdp", "*"),
            0,
        ),
    ] {
        let folder = copied("marrowick");
        with_trust(folder.path(), &before);
        let waiver = given_in(folder.path(), "trust-known-accounts", HACKDAY, "ciso@elsewhere.example");
        assert!(!waiver.contains("abc"), "{waiver}");
        with_trust(folder.path(), &now);
        let (covered, said) = covered(folder.path(), &waiver);
        assert_eq!(covered, covers, "{now}: {said}");
    }
}

#[test]
fn a_denial_of_all_but_some_in_a_trust_may_not_go() {
    let account = "arn:aws:iam::999900001111:root";
    let allow = json!({"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"});
    let user = "arn:aws:iam::999900001111:user/a";
    let deny = json!({"Effect": "Deny", "NotPrincipal": {"AWS": [account, user]}, "Action": "sts:AssumeRole"});
    let folder = copied("marrowick");
    with_trust(folder.path(), &json!([allow, deny]));
    let waiver = given_in(folder.path(), "trust-known-accounts", HACKDAY, "ciso@elsewhere.example");
    with_trust(folder.path(), &json!([allow]));
    let (covers, said) = covered(folder.path(), &waiver);
    assert_eq!(covers, 0, "{said}");
}

/// An export that is too old is no change of what it said, and what it says that is worse counts all the same.
#[test]
fn exports_that_grow_old_lapse_nothing_by_that_alone() {
    let folder = copied("marrowick");
    let mut new = assize(&["waivers", "new"]);
    new.arg(folder.path()).args(["--as-of", "2026-11-29", "--check", "ai-system-not-administrator"]);
    new.args(["--subject", "dispatch-ops", "--approver", "ciso@elsewhere.example", "--type", "accepted_risk"]);
    new.args(["--ticket", "T-1", "--expires", "2027-09-01", "--justification", "so it is"]);
    put(folder.path(), "waivers.toml", &String::from_utf8(new.output().unwrap().stdout).unwrap());
    let covers = |as_of: &str| {
        let list =
            assize(&["waivers", "list", "--format", "json", "--as-of", as_of]).arg(folder.path()).output().unwrap();
        let list: Value = serde_json::from_slice(&list.stdout).unwrap();
        assert_eq!(list[0]["matches"], 1, "{as_of}: {list}");
        list[0]["covers"].as_u64().unwrap()
    };
    assert_eq!((covers("2026-11-29"), covers("2026-11-30")), (1, 1));
    let file = "inventory/ai-systems.toml";
    let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
    let tools = "\"service.restart\", \"role.repair\"]";
    assert!(text.contains(tools));
    put(folder.path(), file, &text.replace(tools, "\"service.restart\", \"role.repair\", \"case.delete\"]"));
    assert_eq!((covers("2026-11-29"), covers("2026-11-30")), (0, 0));
}

#[test]
fn whoever_comes_to_hold_a_policy_lapses() {
    let role = "kubernetes:north-1:cluster_role:dispatch-remedies";
    let (covers, said) = after("marrowick", "cluster-rights-narrow", role, |folder| {
        edited(folder, "kubernetes/north-1/objects.json", |export| {
            let items = export["items"].as_array_mut().unwrap().iter_mut();
            let binding = items.filter(|item| item["kind"] == "ClusterRoleBinding");
            let mut named = binding.filter(|item| item["metadata"]["name"] == "dispatch-remedies");
            named.next().unwrap()["subjects"] =
                json!([{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:unauthenticated"}]);
        });
    });
    assert_eq!(covers, 0, "{said}");
    assert!(said.contains("policy.groups"), "{said}");
}

#[test]
fn more_rights_on_the_way_lapse_what_is_worked_out_of_them() {
    let notebook = "insight-notebook";
    let more = |folder: &Path| {
        edited(folder, "aws/614820937715/authorization-details.json", |export| {
            let user = named(export, "UserDetailList", "UserName", notebook);
            user["UserPolicyList"] = json!([{"PolicyName": "more", "PolicyDocument": {
                "Version": "2012-10-17", "Statement": [allow(&json!("sqs:*"), "arn:aws:sqs:eu-north-1:614820937715:x")],
            }}]);
        });
    };
    let (covers, said) = after("marrowick", "ai-system-one-environment", notebook, more);
    assert_eq!(covers, 0, "{said}");
    assert!(said.contains("identity.grants"), "{said}");
}

#[test]
fn another_ai_system_or_another_program_lapses() {
    let key = "aws:614820937715:access_key:AKIAY6JRO77ZTEXAMPLE";
    let (covers, said) = after("marrowick", "ai-secret-in-store", key, |folder| {
        let file = "inventory/ai-systems.toml";
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        let more = format!("[[ai_systems]]\nid = \"rogue\"\nname = \"Rogue\"\ncredentials = [\"{key}\"]\n");
        put(folder, file, &format!("{text}\n{more}"));
    });
    assert_eq!((covers, said.as_str()), (0, "`credential.ai_systems` is worse: rogue, which was not there"));
    let (covers, said) = after("marrowick", "ai-tools-approved", "insight-notebook", |folder| {
        let file = "mcp/insight-notebook/claude_desktop_config.json";
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        put(folder, file, &text.replace("@marrowick/notes-mcp@0.4.0", "@evil/exfil-mcp@6.6.6"));
    });
    assert_eq!(covers, 0, "{said}");
    assert!(said.contains("@evil/exfil-mcp@6.6.6"), "{said}");
}

/// Ids of links are numbers that move with whatever else is in an export; waivers go by what they say.
#[test]
fn what_comes_elsewhere_lapses_nothing() {
    let agent = "kubernetes:north-1:service_account:ops/dispatch-agent";
    let after = after("marrowick", "privileged-reviewed", agent, |folder| {
        edited(folder, LAB, |export| {
            let roles = export["RoleDetailList"].as_array_mut().unwrap();
            let mut role = roles.iter().find(|role| role["RoleName"] == "gpu-workstation").unwrap().clone();
            role["RoleName"] = "brand-new".into();
            role["RoleId"] = "AROAEXAMPLEBRANDNEW1".into();
            role["Arn"] = role["Arn"].as_str().unwrap().replace("gpu-workstation", "brand-new").into();
            role["RolePolicyList"] = json!([]);
            role["AttachedManagedPolicies"] = json!([]);
            roles.insert(0, role);
        });
    });
    assert_eq!(after, (1, String::new()));
}

/// The shell makes the file before the program runs: it is one without waivers, and no part of the inventory.
#[test]
fn a_file_that_the_shell_has_just_made_takes_nothing_away() {
    for name in ["waivers.toml", "waivers.csv"] {
        let folder = copied("marrowick");
        let count = || {
            let run = assize(&["check", "--as-of", "2026-11-01"]).arg(folder.path()).output().unwrap();
            let text = String::from_utf8(run.stdout).unwrap();
            text.lines().find(|line| line.contains(" findings")).unwrap_or_default().to_owned()
        };
        let before = count();
        assert!(before.contains("204"), "{before}");
        put(folder.path(), name, "");
        assert_eq!(count(), before, "{name}");
        let subject = "aws:614820937715:user:arn:aws:iam::614820937715:user/edi-gateway-legacy";
        let waiver = given_in(folder.path(), "access-reviewed", subject, "ciso@elsewhere.example");
        assert!(!waiver.contains("unknown = true"), "{waiver}");
    }
}

/// An approver who owns one of the subjects is told, also where the waiver was not given for that one.
#[test]
fn an_approver_owns_what_a_waiver_matches_though_it_was_not_given_for_it() {
    let folder = copied("waivers");
    std::fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    let key = "aws:111122223333:access_key:billing-export#key1";
    let waiver = given_in(folder.path(), "credential-rotated", key, "lena@tarnby.example");
    let wide = waiver.replacen(
        &format!("subjects      = [\"{key}\"]"),
        "subjects      = [\"aws:111122223333:access_key:*\"]",
        1,
    );
    assert_ne!(waiver, wide);
    let owned = wide.replace("lena@tarnby.example", "sofie@tarnby.example");
    let doubts = |waiver: &str| {
        let one = held_in(folder.path(), waiver);
        let all: Vec<String> =
            one["doubts"].as_array().unwrap().iter().map(|doubt| doubt["why"].as_str().unwrap().to_owned()).collect();
        all
    };
    assert!(doubts(&owned).contains(&"approver_is_owner".to_owned()), "{:?}", doubts(&owned));
}

#[test]
fn a_kept_fact_that_there_is_not_is_told() {
    let folder = copied("waivers");
    let key = "aws:111122223333:access_key:billing-export#key1";
    std::fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    let waiver = given_in(folder.path(), "credential-rotated", key, "lena@tarnby.example");
    let told = |waiver: &str| {
        put(folder.path(), "waivers.toml", waiver);
        let run = assize(&["waivers", "check", "--as-of", "2026-11-02"]).arg(folder.path()).output().unwrap();
        (run.status.code(), String::from_utf8(run.stderr).unwrap())
    };
    let (code, err) = told(&waiver.replace("\"credential.enabled\"", "\"credential.enbled\""));
    assert_eq!(code, Some(2), "{err}");
    assert!(
        err.contains("there is no fact `credential.enbled`") && err.contains("did you mean `credential.enabled`?"),
        "{err}"
    );
    let (code, err) = told(&waiver.replace("\"credential.enabled\" = true", "\"credential.enabled\" = \"yes\""));
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("`credential.enabled` cannot have that value; its type is bool"), "{err}");
}
