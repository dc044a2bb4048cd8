//! A policy that AWS provides: each account's own copy is evidence of it, unless it is older than another, and the newest
//! counts for those without one.

use crate::support::{Run, check, fixture, short, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

const ARN: &str = "arn:aws:iam::aws:policy/Shared";
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];

/// What an account says of the policy: version, its date, and what it allows.
type Copied<'a> = (&'a str, Option<&'a str>, &'a str);

/// Two accounts, each with a role that holds the policy and with its own copy of it.
fn two(copies: [Copied<'_>; 2]) -> (TempDir, Run) {
    let folder = TempDir::new().unwrap();
    for (account, (version, date, action)) in ACCOUNTS.into_iter().zip(copies) {
        let mut text = json!({
            "VersionId": version, "IsDefaultVersion": true,
            "Document": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] },
        });
        if let Some(date) = date {
            text["CreateDate"] = date.into();
        }
        let trust = json!({ "Statement": [{ "Effect": "Allow", "Principal": { "Service": "ec2.amazonaws.com" }, "Action": "sts:AssumeRole" }] });
        let export = json!({
            "UserDetailList": [], "GroupDetailList": [],
            "RoleDetailList": [{
                "RoleName": format!("worker-{account}"), "RoleId": "AROAEXAMPLE",
                "Arn": format!("arn:aws:iam::{account}:role/worker-{account}"), "CreateDate": "2024-01-01T00:00:00Z",
                "AssumeRolePolicyDocument": trust, "RolePolicyList": [],
                "AttachedManagedPolicies": [{ "PolicyName": "Shared", "PolicyArn": ARN }],
            }],
            "Policies": [{
                "PolicyName": "Shared", "Arn": ARN, "DefaultVersionId": version, "CreateDate": "2020-01-01T00:00:00Z",
                "PolicyVersionList": [text],
            }],
        });
        std::fs::write(folder.path().join(format!("{account}.json")), export.to_string()).unwrap();
    }
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    (folder, run)
}

/// The verdicts on both roles, in the order of the accounts.
fn administrators(run: &Run) -> Vec<char> {
    let all = verdicts(run);
    let of = |account: &str| {
        let role = all["identity-not-administrator"].iter().find(|(id, _)| id.contains(account));
        *role.unwrap_or_else(|| panic!("{all:?}")).1
    };
    ACCOUNTS.into_iter().map(of).collect()
}

#[test]
fn equal_copies_are_both_evidence_and_each_holder_is_followed_to_its_own() {
    let (_folder, run) =
        two([("v1", Some("2020-01-01T00:00:00Z"), "*"), ("v1", Some("2020-01-01T00:00:00+00:00"), "*")]);
    assert_eq!(administrators(&run), ['f', 'f']);
    let results = run.results();
    for account in ACCOUNTS {
        let export = run.export(&format!("{account}.json"));
        assert_eq!((&export["read"], &export["ignored"]), (&Value::from(2), &Value::from(0)), "{account}");
        let findings = results["findings"].as_array().unwrap().iter();
        let finding = findings.clone().find(|one| {
            one["check_run"] == "identity-not-administrator" && one["subject"]["id"].as_str().unwrap().contains(account)
        });
        let evidence = finding.unwrap()["evidence"].as_array().unwrap();
        let of_policy: Vec<&Value> = evidence.iter().filter(|one| one["pointer"] == "/Policies/0").collect();
        assert!(!of_policy.is_empty(), "{evidence:?}");
        for one in of_policy {
            let at = usize::try_from(one["export"].as_u64().unwrap()).unwrap();
            assert_eq!(results["exports"][at]["path"], format!("{account}.json"));
        }
    }
}

#[test]
fn an_account_is_judged_by_its_own_copy_unless_another_shows_a_newer_text() {
    let (old, new) = (("v9", Some("2020-01-01T00:00:00Z"), "*"), ("v10", Some("2026-01-01T00:00:00Z"), "s3:GetObject"));
    let undated = |copy: Copied<'static>| (copy.0, None, copy.2);
    for (copies, older, said) in
        [([old, new], 0, ['u', 'p']), ([new, old], 1, ['p', 'u']), ([undated(old), undated(new)], 0, ['u', 'p'])]
    {
        let (_folder, run) = two(copies);
        assert_eq!(administrators(&run), said, "{copies:?}");
        let quality = run.results()["quality"].clone();
        let note = quality.as_array().unwrap().iter().find(|note| note["code"] == "older-policy-text").unwrap();
        assert!(note["message"].as_str().unwrap().contains(ACCOUNTS[older]), "{note}");
    }
}

/// Takes the policies out of an account's export.
fn without_policies(folder: &TempDir, account: &str) -> Run {
    let path = folder.path().join(format!("{account}.json"));
    let mut export: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    export["Policies"] = json!([]);
    std::fs::write(path, export.to_string()).unwrap();
    check(folder.path(), &[])
}

#[test]
fn an_account_without_a_copy_has_the_newest_that_can_be_true() {
    let made = |date| [("v1", Some("2020-01-01T00:00:00Z"), "*"), ("v2", Some(date), "s3:GetObject")];
    let (folder, _) = two(made("2026-01-01T00:00:00Z"));
    assert_eq!(administrators(&without_policies(&folder, ACCOUNTS[0])), ['p', 'p']);
    let (folder, run) = two(made("2099-01-01T00:00:00Z"));
    assert_eq!(administrators(&run)[0], 'f');
    assert!(run.results()["quality"].to_string().contains("policy-text-of-later"));
    assert_eq!(administrators(&without_policies(&folder, ACCOUNTS[0])), ['u', 'u']);
}

#[test]
fn a_version_made_after_the_assessment_says_nothing_of_the_day_of_it() {
    let later = ("v2", Some("2099-01-01T00:00:00Z"), "*");
    let (_folder, run) = two([later; 2]);
    assert_eq!(administrators(&run), ['u', 'u']);
    let gaps = run.results()["gaps"].clone();
    let told = gaps
        .as_array()
        .unwrap()
        .iter()
        .any(|gap| gap["check_run"] == "identity-not-administrator" && gap["cause"] == "after_as_of");
    assert!(told, "{gaps}");
}

#[test]
fn a_version_that_was_taken_back_leaves_open_what_is_in_force() {
    let (old, new) = (("v1", Some("2020-01-01T00:00:00Z"), "*"), ("v2", Some("2024-01-01T00:00:00Z"), "s3:GetObject"));
    let (folder, _) = two([old, new]);
    let manifest = |first: &str, second: &str| {
        let of = |account: &str, at: &str| {
            format!(
                "[[exports]]\npath = \"{account}.json\"\nscope = \"aws:{account}\"\ncollected_at = {at}T00:00:00Z\n"
            )
        };
        std::fs::write(folder.path().join("assize.toml"), of(ACCOUNTS[0], first) + &of(ACCOUNTS[1], second)).unwrap();
        administrators(&check(folder.path(), &[]))
    };
    assert_eq!(manifest("2026-07-01", "2026-10-31"), ['u', 'p'], "the older copy was collected before the newer");
    assert_eq!(manifest("2026-10-31", "2026-07-01"), ['u', 'u'], "the older version is in force later");
    // A number and a date that do not agree.
    let crossed = [("v1", Some("2024-01-01T00:00:00Z"), "*"), ("v2", Some("2020-01-01T00:00:00Z"), "s3:GetObject")];
    assert_eq!(administrators(&two(crossed).1), ['u', 'u']);
}

#[test]
fn a_version_dated_after_the_assessment_neither_clears_nor_blames_another_account() {
    let real = ("v1", Some("2020-01-01T00:00:00Z"), "*");
    let (_folder, run) = two([real, ("v1", Some("2099-01-01T00:00:00Z"), "s3:ListAllMyBuckets")]);
    assert_eq!(administrators(&run), ['f', 'u']);
}

#[test]
fn the_order_of_what_a_copy_lists_is_no_difference() {
    let (folder, _) = two([("v1", Some("2020-01-01T00:00:00Z"), "*"); 2]);
    for (account, actions) in ACCOUNTS.into_iter().zip([["iam:*", "s3:*"], ["s3:*", "iam:*"]]) {
        let path = folder.path().join(format!("{account}.json"));
        let mut export: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        export["Policies"][0]["PolicyVersionList"][0]["Document"]["Statement"][0]["Action"] = json!(actions);
        std::fs::write(path, export.to_string()).unwrap();
    }
    let run = check(folder.path(), &[]);
    assert!(!run.results()["quality"].to_string().contains("policy-text"), "{}", run.results()["quality"]);
    assert!(administrators(&run).into_iter().all(|one| one != 'u'));
}

#[test]
fn where_nothing_tells_which_is_newer_the_text_is_unknown() {
    let same = |action| ("v1", Some("2020-01-01T00:00:00Z"), action);
    let (_folder, run) = two([same("*"), same("s3:GetObject")]);
    assert_eq!(administrators(&run), ['u', 'u']);
    assert!(run.results()["quality"].to_string().contains("policy-texts-differ"));
}

#[test]
fn on_the_invented_company_no_account_rests_on_the_export_of_another() {
    let run = check(&fixture("marrowick"), &[]);
    let results = run.results();
    let mut seen = 0;
    // The end of a path may lie in another account.
    let at_home = |finding: &&Value| finding["path"].as_array().is_none_or(Vec::is_empty);
    for finding in results["findings"].as_array().unwrap().iter().filter(at_home) {
        let scope = finding["subject"]["scope"].as_str().unwrap();
        let Some(account) = scope.strip_prefix("aws:").filter(|account| *account != "aws") else { continue };
        for one in finding["evidence"].as_array().unwrap() {
            let text = one.to_string();
            if !text.contains("aws:aws:policy:") || one["export"].is_null() {
                continue;
            }
            let at = usize::try_from(one["export"].as_u64().unwrap()).unwrap();
            let path = results["exports"][at]["path"].as_str().unwrap();
            assert!(path.contains(account), "{}: {path}", short(finding["id"].as_str().unwrap()));
            seen += 1;
        }
    }
    assert!(seen > 2, "{seen}");
}
