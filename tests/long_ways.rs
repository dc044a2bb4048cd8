//! Long ways through the identity graph: told by their start and their end, with true numbers and the count between.

use crate::support::check;
use serde_json::{Value, json};
use tempfile::TempDir;

/// An account of roles of which each may assume the next, and the last is an administrator.
fn chain(length: usize) -> Value {
    let arn = |at: usize| format!("arn:aws:iam::111122223333:role/r{at}");
    let document = |statement: Value| json!({"Version": "2012-10-17", "Statement": [statement]});
    let roles: Vec<Value> = (0..length)
        .map(|at| {
            let before = at.checked_sub(1).map_or_else(|| "arn:aws:iam::111122223333:root".to_owned(), arn);
            let next = if at + 1 < length {
                json!({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": arn(at + 1)})
            } else {
                json!({"Effect": "Allow", "Action": "*", "Resource": "*"})
            };
            json!({
                "Path": "/", "RoleName": format!("r{at}"), "RoleId": format!("AROA{at}"), "Arn": arn(at),
                "CreateDate": "2026-01-01T00:00:00Z", "Tags": [], "AttachedManagedPolicies": [],
                "AssumeRolePolicyDocument": document(json!({"Effect": "Allow", "Principal": {"AWS": before}, "Action": "sts:AssumeRole"})),
                "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": document(next)}],
            })
        })
        .collect();
    json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": roles, "Policies": []})
}

#[test]
fn a_finding_tells_the_start_and_the_end_of_a_long_path() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("details.json"), chain(61).to_string()).unwrap();
    let run = check(folder.path(), &[]);
    let results = run.results();
    let finding = |role: &str| {
        let of = |one: &&Value| one["check_run"] == "cannot-reach-administrator" && one["subject"]["name"] == role;
        results["findings"].as_array().unwrap().iter().find(of).unwrap().clone()
    };
    let numbers = |one: &Value| -> Vec<u64> {
        one["path"].as_array().unwrap().iter().map(|hop| hop["n"].as_u64().unwrap()).collect()
    };
    let far = finding("r0");
    assert_eq!(numbers(&far), (1..=20).chain(56..=60).collect::<Vec<_>>());
    let gaps: Vec<(u64, u64)> = far["path"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|hop| Some((hop["n"].as_u64()?, hop["left_out"].as_u64()?)))
        .collect();
    assert_eq!(gaps, [(20, 35)]);
    assert_eq!((&far["path"][20]["from"]["name"], &far["path"][24]["to"]["name"]), (&json!("r55"), &json!("r60")));
    let near = finding("r20");
    assert_eq!(numbers(&near), (1..=40).collect::<Vec<_>>());
    assert!(!near.to_string().contains("left_out"));
    // Every finding is of bounded size, so that all of them are as long as there are many.
    let longest = results["findings"].as_array().unwrap().iter().map(|one| one["path"].as_array().map_or(0, Vec::len));
    assert_eq!(longest.max(), Some(40));
    let csv = run.text("findings.csv");
    assert!(csv.contains("r20 -[35 more steps]-> r55 -["), "{csv}");
    for report in ["report.md", "report.html"] {
        assert!(run.text(report).contains("then 35 more steps"), "{report}");
    }
}
