//! An account that counts more uses of a policy than its export has.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, check, verdicts};

const BOT: &str = "aws:111122223333:role:arn:aws:iam::111122223333:role/bot";
const CHECKS: [&str; 2] = ["identity-not-administrator", "cannot-reach-administrator"];

fn role(attached: &[&str]) -> Value {
    let attached: Vec<Value> =
        attached.iter().map(|arn| json!({"PolicyName": arn.rsplit('/').next().unwrap(), "PolicyArn": arn})).collect();
    json!({"Path": "/", "RoleName": "bot", "RoleId": "AROABOT", "Arn": "arn:aws:iam::111122223333:role/bot",
        "CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "InstanceProfileList": [], "RolePolicyList": [], "AttachedManagedPolicies": attached, "Tags": [], "RoleLastUsed": {}})
}

fn policy(arn: &str, action: &str, attached: u32, bounding: u32) -> Value {
    json!({"PolicyName": arn.rsplit('/').next().unwrap(), "PolicyId": "ANPAX", "Arn": arn, "Path": "/", "DefaultVersionId": "v1",
        "AttachmentCount": attached, "PermissionsBoundaryUsageCount": bounding, "IsAttachable": true,
        "CreateDate": "2026-01-01T00:00:00Z", "UpdateDate": "2026-01-01T00:00:00Z",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2026-01-01T00:00:00Z",
            "Document": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}}]})
}

fn run(role: &Value, policies: &[Value], manifest: &str) -> Run {
    let folder = TempDir::new().unwrap();
    let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": policies});
    std::fs::write(folder.path().join("details.json"), export.to_string()).unwrap();
    let profile = format!("own_scopes = ['aws:111122223333']\n{manifest}");
    std::fs::write(folder.path().join("assize.toml"), profile).unwrap();
    check(folder.path(), &[])
}

fn letters(run: &Run) -> [char; 2] {
    let said = verdicts(run);
    CHECKS.map(|check| said[check][BOT])
}

fn told(run: &Run) -> Vec<String> {
    let results = run.results();
    let notes = results["quality"].as_array().unwrap().iter().filter(|note| note["code"] == "attached-to-unread");
    notes.map(|note| note["message"].as_str().unwrap().to_owned()).collect()
}

const WHOLE: &str =
    "[[exports]]\npath = 'details.json'\nenumerates = ['roles', 'policies']\nnone_of = ['users', 'groups']\n";
const OWN: &str = "arn:aws:iam::111122223333:policy/adm";
const OF_AWS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

#[test]
fn more_attachments_than_were_read_leave_open_who_holds_what() {
    for arn in [OWN, OF_AWS] {
        let missing = run(&role(&[]), &[policy(arn, "*", 1, 0)], WHOLE);
        assert_eq!(letters(&missing), ['u', 'u'], "{arn}");
        let told = told(&missing);
        assert!(told.len() == 1 && told[0].contains("policy/Adm") | told[0].contains("policy/adm"), "{told:?}");
    }
    let whole = run(&role(&[OWN]), &[policy(OWN, "s3:GetObject", 1, 0)], WHOLE);
    assert_eq!((letters(&whole), told(&whole)), (['p', 'p'], Vec::new()));
}

/// Where nobody says that all users and groups are listed, one of them may have what is counted.
#[test]
fn a_part_of_an_account_counts_more_than_it_has() {
    let part = run(&role(&[]), &[policy(OWN, "*", 1, 0)], "");
    assert_eq!(letters(&part)[0], 'p');
    assert_eq!(told(&part), Vec::<String>::new());
}

#[test]
fn a_boundary_that_someone_has_who_was_not_read_leaves_the_lists_open() {
    let missing = run(&role(&[]), &[policy(OWN, "s3:GetObject", 0, 2)], WHOLE);
    assert_eq!(told(&missing).len(), 1);
    assert_eq!(letters(&missing)[0], 'p', "what is attached to the role was not counted");
}

/// A boundary that holds under a condition says when, and not what.
#[test]
fn a_boundary_under_a_condition_takes_no_administrator_away() {
    let narrow = "arn:aws:iam::111122223333:policy/narrow";
    let mut held = role(&[OWN]);
    held["PermissionsBoundary"] = json!({"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": narrow});
    let mut boundary = policy(narrow, "*", 0, 1);
    let conditional = json!({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}});
    let judged = |boundary: Value| letters(&run(&held, &[policy(OWN, "*", 1, 0), boundary], WHOLE))[0];
    assert_eq!(judged(policy(narrow, "s3:*", 0, 1)), 'p');
    boundary["PolicyVersionList"][0]["Document"]["Statement"][0]["Condition"] = conditional;
    assert_eq!(judged(boundary), 'f');
}
