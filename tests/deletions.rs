//! What AI systems delete by their rights, and whether that was approved.

use crate::support::{Run, check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

const ROLE: &str = "arn:aws:iam::111122223333:role/agent";

fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn deny(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": actions, "Resource": resource})
}

/// A run on an AI system with a tool that only reads, which runs as a role with these inline policies, in their order.
fn run(policies: &[Value]) -> Run {
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let inline: Vec<Value> = policies
        .iter()
        .enumerate()
        .map(|(at, statement)| json!({"PolicyName": format!("p{at}"), "PolicyDocument": document(statement)}))
        .collect();
    let details = json!({
        "UserDetailList": [],
        "RoleDetailList": [{
            "Path": "/", "RoleName": "agent", "RoleId": "AROAAGENT", "Arn": ROLE, "CreateDate": "2025-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": document(&json!({"Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"}})),
            "RolePolicyList": inline, "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [],
            "RoleLastUsed": {},
        }],
        "GroupDetailList": [], "Policies": [], "IsTruncated": false,
    });
    let inventory = format!(
        "[[ai_systems]]\nid = \"helper\"\nidentities = [\"{ROLE}\"]\ntools = [\"case.read\"]\n\n\
         [[resources]]\npattern = \"case.read\"\nkind = \"tool\"\neffects = [\"reads_data\"]\napproved = true\n\n\
         [[closures]]\nlisting = \"ai_systems\"\nscope = \"*\"\nentries = 1\nby = \"a test\"\n"
    );
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("details.json"), details.to_string()).unwrap();
    std::fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
    check(folder.path(), &[])
}

fn judged(policies: &[Value]) -> char {
    verdicts(&run(policies))["ai-deletion-approved"]["helper"]
}

#[test]
fn rights_delete_by_name_by_wildcard_and_by_what_they_are_handed() {
    let all = "*";
    assert_eq!(judged(&[allow(&["s3:GetObject", "s3:PutObject"], all)]), 'p');
    assert_eq!(judged(&[allow(&["sqs:DeleteMessage", "ec2messages:*"], all)]), 'p');
    for actions in [
        &["s3:DeleteObject"][..],
        &["s3:*"],
        &["es:ESHttpDelete"],
        &["dynamodb:BatchWriteItem"],
        &["logs:PutRetentionPolicy"],
        &["custom:PurgeThings"],
    ] {
        assert_eq!(judged(&[allow(actions, all)]), 'f', "{actions:?}");
    }
    for actions in [&["rds-data:ExecuteStatement"][..], &["s3:*Object"]] {
        assert_eq!(judged(&[allow(actions, all)]), 'u', "{actions:?}");
    }
}

#[test]
fn what_is_denied_is_not_deleted() {
    let (all, deletions) = ("*", ["s3:Delete*", "s3:PutLifecycleConfiguration"]);
    assert_eq!(judged(&[allow(&["s3:*"], all), deny(&deletions, all)]), 'p');
    assert_eq!(judged(&[allow(&["s3:*"], all), deny(&["s3:DeleteObject"], all)]), 'f', "buckets");
    // On some resources, or under a condition, it may be all that matters.
    let bucket = "arn:aws:s3:::cases/*";
    assert_eq!(judged(&[allow(&["s3:DeleteObject"], bucket), deny(&["s3:DeleteObject"], bucket)]), 'u');
    let mut conditional = deny(&["s3:Delete*"], all);
    conditional["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
    assert_eq!(judged(&[allow(&["s3:DeleteObject"], all), conditional]), 'u');
    let mut boundless = allow(&["s3:DeleteObject"], all);
    boundless["Condition"] = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    assert_eq!(judged(&[boundless]), 'u');
}

/// The evidence stands with the right that deletes under any circumstances.
#[test]
fn the_evidence_is_the_right_that_certainly_deletes() {
    let mut conditional = allow(&["s3:DeleteObject"], "*");
    conditional["Condition"] = json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}});
    let results = run(&[conditional, allow(&["dynamodb:DeleteTable"], "*")]).results();
    let findings = results["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check_run"] == "ai-deletion-approved").unwrap();
    let evidence = finding["evidence"].as_array().unwrap();
    let of = |fact: &str, value: &str| {
        let is = |one: &&Value| one["fact"] == fact && one["value"].as_str().unwrap().starts_with(value);
        evidence.iter().find(is).unwrap_or_else(|| panic!("{fact} {value}: {evidence:#?}"))
    };
    let effect = of("ai_system.effects", "deletes");
    assert!(effect["export"].is_u64() && effect["pointer"] == "/RoleDetailList/0", "{effect}");
    let note = |value: &str| of("policy.grants", value)["note"].as_str().unwrap().to_owned();
    assert!(note("allows s3:DeleteObject").ends_with("under conditions"));
    assert!(note("allows dynamodb:DeleteTable").ends_with("deletes"));
}

/// The path of a finding leads to who may delete, and not to a tool that was looked at on the way and does not.
#[test]
fn the_path_leads_to_what_deletes() {
    let results = crate::support::check(&crate::support::fixture("marrowick"), &[]).results();
    let mut ends = std::collections::BTreeMap::new();
    for finding in results["findings"].as_array().unwrap() {
        if finding["check_run"] == "ai-deletion-approved" {
            let hops = finding["path"].as_array().unwrap();
            let end = hops.last().map_or("nowhere", |hop| hop["to"]["id"].as_str().unwrap());
            ends.insert(finding["subject"]["id"].as_str().unwrap().to_owned(), end.to_owned());
        }
    }
    let told: Vec<String> = ends.iter().map(|(of, to)| format!("{of}: {to}")).collect();
    insta::assert_snapshot!(told.join("\n"), @r"
    case-triage: case.delete
    dispatch-ops: kubernetes:north-1:service_account:readiness/readiness-agent
    dock-chat: aws:614820937715:user:arn:aws:iam::614820937715:user/amara.okoye
    yard-search: aws:285019463370:role:arn:aws:iam::285019463370:role/vector-sync
    ");
}
