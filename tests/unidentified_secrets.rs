//! Secrets of which nobody can tell which they are: each may be any key that its system lists, and no key passes for want of a sight of it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Run, check, copied, fixture, verdicts};

const CHECK: &str = "credential-not-exposed";
const OPENAI: &str = "openai:marrowick:api_key:key_8QmVtR2L";

fn edit(folder: &Path, name: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(name);
    let mut value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(path, value.to_string()).unwrap();
}

fn letters(run: &Run, prefix: &str) -> Vec<char> {
    let all = verdicts(run);
    all[CHECK].iter().filter(|(id, _)| id.starts_with(prefix)).map(|(_, letter)| *letter).collect()
}

fn remedies(run: &Run, prefix: &str) -> Vec<String> {
    let results = run.results();
    let gaps = results["gaps"].as_array().unwrap().iter();
    let of_check = gaps.filter(|gap| gap["check_run"] == CHECK && gap["scope"].as_str().unwrap().starts_with(prefix));
    of_check.map(|gap| gap["remedy"]["text"].as_str().unwrap().to_owned()).collect()
}

fn hide(folder: &Path, name: &str) {
    edit(folder, name, |findings| {
        for finding in findings.as_array_mut().unwrap() {
            let (matched, secret) = (finding["Match"].as_str().unwrap(), finding["Secret"].as_str().unwrap());
            finding["Match"] = matched.replace(secret, "REDACTED").into();
            finding["Secret"] = "REDACTED".into();
        }
    });
}

/// All keys of AWS, by the letter of the verdict on whether they are exposed.
fn aws(run: &Run) -> Vec<(String, char)> {
    let all = verdicts(run);
    all[CHECK].iter().filter(|(id, _)| id.contains(":access_key:")).map(|(id, one)| (id.clone(), *one)).collect()
}

#[test]
fn a_secret_that_the_scanner_hides_may_be_any_key_of_its_system() {
    let folder = copied("marrowick");
    let before = aws(&check(folder.path(), &[]));
    let exposed = before.iter().find(|(id, one)| *one == 'f' && !id.starts_with("aws:*")).unwrap().0.clone();
    for report in ["gitleaks/label-station.json", "gitleaks/dock-tablets.json"] {
        hide(folder.path(), report);
    }
    let run = check(folder.path(), &[]);
    let after = aws(&run);
    assert!(after.iter().all(|(_, one)| *one != 'p'), "{after:?}");
    assert!(after.iter().any(|(id, one)| *id == exposed && *one != 'p'), "{after:?}");
    let told = remedies(&run, "aws:");
    let hidden: Vec<&String> = told.iter().filter(|text| text.contains("--redact")).collect();
    // One a scope, and not one a key.
    assert!(!hidden.is_empty() && hidden.len() <= 3, "{told:#?}");
    assert!(hidden.iter().all(|text| text.contains("`[[links]]`")), "{told:#?}");
    // The other providers' keys are none of AWS.
    assert_eq!(letters(&run, "openai:"), letters(&check(&fixture("marrowick"), &[]), "openai:"));
}

#[test]
fn a_person_may_say_which_key_a_hidden_secret_is_not() {
    let folder = copied("marrowick");
    std::fs::write(folder.path().join("gitleaks/dock-tablets.json"), "[]").unwrap();
    hide(folder.path(), "gitleaks/label-station.json");
    let run = check(folder.path(), &[]);
    let before: BTreeMap<String, char> = aws(&check(&fixture("marrowick"), &[])).into_iter().collect();
    let opened = |(id, one): &(String, char)| *one == 'u' && before[id] == 'p';
    let open: Vec<String> = aws(&run).into_iter().filter(opened).map(|(id, _)| id).collect();
    assert!(!open.is_empty());
    let place = remedies(&run, "aws:").into_iter().find_map(|text| Some(text.split('`').nth(3)?.to_owned())).unwrap();
    assert!(place.contains(":finding:"), "{place}");
    let profile = folder.path().join("assize.toml");
    let mut text = std::fs::read_to_string(&profile).unwrap();
    for id in &open {
        text.push_str(&format!("\n[[links]]\ndifferent = [\"{id}\", \"{place}\"]\n"));
    }
    std::fs::write(profile, text).unwrap();
    let run = check(folder.path(), &[]);
    assert!(aws(&run).iter().filter(|(id, _)| open.contains(id)).all(|(_, one)| *one != 'u'), "{:?}", aws(&run));
    assert!(!run.stderr.contains("said to be two credentials"), "{}", run.stderr);
}

#[test]
fn a_secret_of_aws_without_the_id_of_its_key_may_be_any_of_them() {
    let folder = copied("marrowick");
    let lab = |run: &Run| letters(run, "aws:285019463370:access_key:");
    assert!(lab(&check(folder.path(), &[])).contains(&'p'));
    let server = json!({"mcpServers": {"s3": {"command": "npx", "args": ["s3"],
        "env": {"AWS_SECRET_ACCESS_KEY": "Zk3Vd0mWc4Jt9ZrXb2LkYp6HsNf3GaUe8RiT5oQx"}}}});
    let path = folder.path().join("mcp/spare/.mcp.json");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, server.to_string()).unwrap();
    let run = check(folder.path(), &[]);
    assert!(!lab(&run).contains(&'p'), "{:?}", lab(&run));
    let told = remedies(&run, "aws:285019463370");
    assert!(told.iter().any(|text| text.contains("without the id of its key")), "{told:#?}");
}

#[test]
fn a_key_of_which_the_provider_shows_no_end_may_be_any_that_was_seen() {
    let file = "openai/proj_insight/api-keys.json";
    for shown in [
        None,
        Some(Value::Null),
        Some(json!("")),
        Some(json!("sk-...")),
        Some(json!("redacted")),
        Some(json!("sk-proj-*****XXXXX")),
    ] {
        let folder = copied("marrowick");
        edit(folder.path(), file, |list| {
            let key = list["data"][0].as_object_mut().unwrap();
            match &shown {
                Some(shown) => key.insert("redacted_value".to_owned(), shown.clone()),
                None => key.remove("redacted_value"),
            };
        });
        let run = check(folder.path(), &[]);
        assert_eq!(letters(&run, OPENAI), ['u'], "{shown:?}");
        let told = remedies(&run, "openai:");
        assert!(told.iter().any(|text| text.contains("`redacted_value`")), "{shown:?}: {told:#?}");
    }
}

/// The letters of all keys of AWS where a report has one more finding, whose secret is hidden, and the inventory says more.
fn with_hidden(rule: &str, matched: &str, date: &str, said: &str) -> Vec<(String, char)> {
    let folder = copied("marrowick");
    let finding = json!([{"RuleID": rule, "Description": "", "StartLine": 1, "EndLine": 1, "StartColumn": 1, "EndColumn": 9,
        "Match": matched, "Secret": "REDACTED", "File": "spare.py", "SymlinkFile": "", "Commit": "c1", "Entropy": 4,
        "Author": "a", "Email": "a@example.com", "Date": date, "Message": "m", "Tags": [],
        "Fingerprint": format!("c1:spare.py:{rule}:1")}]);
    std::fs::write(folder.path().join("gitleaks/spare.json"), finding.to_string()).unwrap();
    if !said.is_empty() {
        std::fs::write(folder.path().join("inventory/spare.toml"), said).unwrap();
    }
    aws(&check(folder.path(), &[]))
}

const SEEN: &str = "2026-10-20T10:00:00Z";

#[test]
fn a_hidden_secret_of_something_else_of_aws_is_no_key() {
    let before = aws(&check(&fixture("marrowick"), &[]));
    assert!(before.iter().any(|(_, one)| *one == 'p'));
    let none = |all: &[(String, char)]| all.iter().all(|(_, one)| *one != 'p');
    for matched in
        ["AWS_RDS_PASSWORD='REDACTED'", "AWS_COGNITO_CLIENT_SECRET='REDACTED'", "aws_ses_smtp_password = REDACTED"]
    {
        assert_eq!(with_hidden("generic-api-key", matched, SEEN, ""), before, "{matched}");
    }
    assert!(none(&with_hidden("generic-api-key", "AWS_SECRET_ACCESS_KEY='REDACTED'", SEEN, "")));
    assert!(none(&with_hidden("aws-access-token", "REDACTED", SEEN, "")));
}

#[test]
fn a_hidden_secret_that_was_dealt_with_or_is_said_to_be_another_is_no_key() {
    let before = aws(&check(&fixture("marrowick"), &[]));
    let said = |more: &str| {
        let text = format!("[[exposures]]\nexposure = \"gitleaks:*:finding:c1:spare.py:*\"\nby = \"me\"\n{more}\n");
        with_hidden("aws-access-token", "REDACTED", SEEN, &text)
    };
    for more in ["resolved_at = 2026-10-25", "credential = \"AKIAIOSFODNN7GONE999\""] {
        // A key without an id in its report may be the one that is named: that is told by another rule.
        let listed = |all: &[(String, char)]| -> Vec<(String, char)> {
            let own = |(id, _): &&(String, char)| !id.contains("GONE") && !id.contains("#key");
            all.iter().filter(own).cloned().collect()
        };
        assert_eq!(listed(&said(more)), listed(&before), "{more}");
    }
    // What is dealt with before it was seen is another matter.
    assert!(said("resolved_at = 2026-10-01").iter().all(|(_, one)| *one != 'p'));
}

#[test]
fn a_key_that_was_made_after_a_hidden_secret_was_committed_is_not_that() {
    let before = aws(&check(&fixture("marrowick"), &[]));
    assert_eq!(with_hidden("aws-access-token", "REDACTED", "2010-05-01T00:00:00Z", ""), before);
}

/// The letters of all keys of AWS where the same files were scanned at these times, and a secret in them is hidden each time.
fn scanned(times: &[Option<&str>], said: &str) -> Vec<(String, char)> {
    let folder = copied("marrowick");
    let finding = json!([{"RuleID": "aws-access-token", "Description": "", "StartLine": 1, "EndLine": 1, "StartColumn": 1,
        "EndColumn": 9, "Match": "REDACTED", "Secret": "REDACTED", "File": "spare.py", "SymlinkFile": "", "Commit": "",
        "Entropy": 4, "Author": "", "Email": "", "Date": "", "Message": "", "Tags": [],
        "Fingerprint": "spare.py:aws-access-token:1"}]);
    let manifest = folder.path().join("assize.toml");
    let mut exports = std::fs::read_to_string(&manifest).unwrap();
    for (number, time) in times.iter().enumerate() {
        let scan = folder.path().join(format!("scan{number}"));
        std::fs::create_dir(&scan).unwrap();
        std::fs::write(scan.join("report.json"), finding.to_string()).unwrap();
        let time = time.map(|time| format!("collected_at = {time}\n")).unwrap_or_default();
        exports += &format!("\n[[exports]]\npath = \"scan{number}/*\"\nscope = \"gitleaks:spare\"\n{time}");
    }
    std::fs::write(manifest, exports).unwrap();
    if !said.is_empty() {
        let text = format!("[[exposures]]\nexposure = \"gitleaks:spare:finding:*\"\nby = \"me\"\n{said}\n");
        std::fs::write(folder.path().join("inventory/spare.toml"), text).unwrap();
    }
    aws(&check(folder.path(), &[]))
}

#[test]
fn each_scan_of_a_place_counts_by_itself() {
    let none = |all: &[(String, char)]| all.iter().all(|(_, one)| *one != 'p');
    let old = Some("2010-05-01T00:00:00Z");
    let before = scanned(&[old], "");
    assert!(!none(&before), "no key is as old");
    assert!(none(&scanned(&[Some(SEEN)], "")));
    // An older scan, or one of which nobody says when, takes nothing away from a newer one.
    assert!(none(&scanned(&[Some(SEEN), old], "")));
    assert!(none(&scanned(&[old, None], "")));
    for (times, at) in
        [(&[old, Some(SEEN)][..], "2010-06-01"), (&[Some(SEEN), old], "2026-10-01"), (&[None], "2026-10-25")]
    {
        assert!(none(&scanned(times, &format!("resolved_at = {at}"))), "{times:?}: {at}");
    }
    // Dealt with after the last of them.
    assert_eq!(scanned(&[old, Some(SEEN)], "resolved_at = 2026-10-25"), before);
}

#[test]
fn of_a_finding_that_a_report_has_twice_the_order_tells_nothing() {
    let with = |dates: [&str; 2]| {
        let folder = copied("marrowick");
        let findings: Vec<Value> = dates
            .iter()
            .map(|date| {
                json!({"RuleID": "aws-access-token", "Description": "", "StartLine": 1, "EndLine": 1, "StartColumn": 1,
                    "EndColumn": 9, "Match": "REDACTED", "Secret": "REDACTED", "File": "spare.py", "SymlinkFile": "",
                    "Commit": "c1", "Entropy": 4, "Author": "a", "Email": "a@example.com", "Date": date, "Message": "m",
                    "Tags": [], "Fingerprint": "c1:spare.py:aws-access-token:1"})
            })
            .collect();
        std::fs::write(folder.path().join("gitleaks/spare.json"), Value::from(findings).to_string()).unwrap();
        aws(&check(folder.path(), &[]))
    };
    let old = "2010-05-01T00:00:00Z";
    let (one, other) = (with([old, SEEN]), with([SEEN, old]));
    assert_eq!(one, other);
    assert!(one.iter().all(|(_, one)| *one != 'p'), "{one:?}");
}

#[test]
fn a_secret_with_the_token_of_a_session_or_of_another_identity_is_no_listed_key() {
    let lab = |run: &Run| letters(run, "aws:285019463370:access_key:");
    let before = lab(&check(&fixture("marrowick"), &[]));
    let secret = "Zk3Vd0mWc4Jt9ZrXb2LkYp6HsNf3GaUe8RiT5oQx";
    let with = |more: &[(&str, &str)], said: &str| {
        let folder = copied("marrowick");
        let mut server =
            json!({"mcpServers": {"s3": {"command": "npx", "args": ["s3"], "env": {"AWS_SECRET_ACCESS_KEY": secret}}}});
        for (name, value) in more {
            server["mcpServers"]["s3"]["env"][*name] = (*value).into();
        }
        let path = folder.path().join("mcp/spare/.mcp.json");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, server.to_string()).unwrap();
        if !said.is_empty() {
            std::fs::write(folder.path().join("inventory/spare.toml"), said).unwrap();
        }
        lab(&check(folder.path(), &[]))
    };
    let token = "IQoJb3JpZ2luX2VjEJr3wEaCXVzLWVhc3QtMSJHMEUCIQDtest1234567890abcdefABCDEF";
    assert_eq!(with(&[("AWS_SESSION_TOKEN", token)], ""), before);
    // A token that is taken from elsewhere may be none.
    assert!(!with(&[("AWS_SESSION_TOKEN", "${AWS_SESSION_TOKEN}")], "").contains(&'p'));
    let said = "[[credentials]]\ncredential = \"mcp:spare:credential:.mcp.json/s3/env:AWS_SECRET_ACCESS_KEY\"\nidentity = \"arn:aws:iam::999999999999:user/other\"\n";
    assert_eq!(with(&[], said), before);
}
