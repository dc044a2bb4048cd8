//! A date of assessment before the exports: it is said, and nothing passes that was not there or had not happened yet.

use crate::support;
use crate::support::{Run, account, check_at, fixture};
use serde_json::Value;

fn check<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["checks"].as_array().unwrap().iter().find(|run| run["id"] == id).unwrap()
}

fn note(run: &Run) -> Option<String> {
    let results = run.results();
    let found = results["quality"].as_array().unwrap().iter().find(|note| note["code"] == "collected-after-as-of");
    found.map(|note| note["message"].as_str().unwrap().to_owned())
}

#[test]
fn exports_that_are_younger_than_the_date_are_counted() {
    let folder = fixture("marrowick");
    let run = check_at(&folder, "2026-10-31T06:10:00Z", &[]);
    let said = note(&run).expect("some were collected minutes later");
    assert!(said.contains(" exports were collected after the date of assessment, the last at 2026-10-31T15:00:00Z"));
    assert!(run.stderr.contains("warning[collected-after-as-of]") && run.stderr.contains(&said), "{}", run.stderr);
    assert!(run.text("report.md").contains("collected after the date of assessment"));
    let run = check_at(&folder, "2026-11-01", &[]);
    assert!(note(&run).is_none() && !run.stderr.contains("collected-after-as-of"));
    // A credential report says by itself when it was made.
    let alone = tempfile::TempDir::new().unwrap();
    support::copy(&fixture("broken/manifest-contradicts"), alone.path(), &["credential-report.json"]);
    let said = note(&check_at(alone.path(), "2026-01-01", &[])).expect("it was made later");
    assert!(said.starts_with("1 of 1 exports was collected after"), "{said}");
}

#[test]
fn what_was_not_there_yet_does_not_pass() {
    let folder = fixture("marrowick");
    let run = check_at(&folder, "2015-01-01", &[]);
    let results = run.results();
    for one in results["checks"].as_array().unwrap() {
        // What people state of AI systems, and what stands in their configurations, has no date, so it is judged at any.
        // Nor have the groups that a cluster makes itself any.
        let dateless = [
            "ai-credential-not-shared",
            "ai-secret-in-store",
            "ai-tool-encrypted",
            "ai-tool-pinned",
            "cluster-not-open-to-all",
            "exposure-dealt-with",
        ];
        if one["subject"] != "ai_system" && !dateless.iter().any(|id| one["id"] == *id) {
            assert_eq!((&one["tally"]["pass"], &one["tally"]["fail"]), (&0.into(), &0.into()), "{}", one["id"]);
        }
    }
    // Passwords and inline policies have no date of their own: they are as old as their user or role at most.
    for id in ["credential-unused", "policy-not-administrator"] {
        let outside = &check(&results, id)["population"]["out_of_scope"];
        assert_eq!(outside[0]["reason"], "made or first seen after the date of the assessment", "{id}");
        assert_eq!(outside.as_array().unwrap().len(), 1, "{id}");
    }
}

#[test]
fn what_had_not_happened_yet_is_unknown() {
    let run = check_at(&fixture("marrowick"), "2024-06-01", &[]);
    let results = run.results();
    let fast = check(&results, "revocation-fast");
    // All drills were later, so none shows how long one takes.
    assert_eq!((&fast["tally"]["pass"], &fast["status"]), (&0.into(), &"undetermined".into()));
    let gaps = results["gaps"].as_array().unwrap();
    let of_it = gaps.iter().find(|gap| gap["about"]["fact"] == "identity.revocation_time").unwrap();
    assert_eq!(of_it["cause"], "after_as_of");
}

/// A question about one subject is told of old exports only where it rests on them.
#[test]
fn an_old_export_is_told_of_whom_it_speaks() {
    let rows = [account::root_row(), account::row("ann", "2026-01-01T00:00:00+00:00")];
    let trust = serde_json::json!({ "Service": "ec2.amazonaws.com" });
    let folder =
        account::folder(&[account::user(account::ACCOUNT, "ann")], &[account::role("worker", &trust, "s3:*")], &rows);
    account::report(folder.path(), "2026-03-01T00:00:00+00:00", &rows);
    account::put(
        folder.path(),
        "assize.toml",
        "[[exports]]\npath = \"details.json\"\ncollected_at = 2026-10-31T00:00:00Z\n",
    );
    let told = |command: &str, id: &str| {
        let output =
            support::assize(&[command, "--as-of", support::AS_OF]).arg(folder.path()).arg(id).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap().contains("collected-long-before-as-of")
    };
    for command in ["explain", "graph"] {
        assert!(told(command, "ann") && !told(command, "worker"), "{command}");
    }
    assert!(told("drill", "ann#key1"));
}

/// Use is known up to when the report was made: what had been made just before is not called unused years later.
#[test]
fn what_a_report_made_long_ago_says_of_use_is_of_then() {
    let rows = [
        account::root_row(),
        account::row("new-then", "2025-02-27T00:00:00+00:00"),
        account::row("old-then", "2024-01-01T00:00:00+00:00"),
    ];
    let users = ["new-then", "old-then"].map(|name| account::user(account::ACCOUNT, name));
    let folder = account::folder(&users, &[], &rows);
    account::report(folder.path(), "2025-03-01T00:00:00+00:00", &rows);
    let kinds = ["new-then", "old-then"]
        .map(|name| format!("[[identities]]\nidentity = \"{name}\"\nkind = \"machine_user\"\n"));
    account::put(folder.path(), "inventory.toml", &kinds.concat());
    let run = check_at(folder.path(), "2026-11-01", &[]);
    let all = support::verdicts(&run);
    for (check, then, old) in [
        ("credential-unused", "access_key:new-then#key1", "access_key:old-then#key1"),
        ("identity-unused", "user/new-then", "user/old-then"),
    ] {
        let of = |name: &str| {
            let found = all[check].iter().find(|(id, _)| id.ends_with(name));
            *found.unwrap_or_else(|| panic!("{name}: {:?}", all[check])).1
        };
        assert_eq!((of(then), of(old)), ('u', 'f'), "{check}");
    }
    let results = run.results();
    let gaps = results["gaps"].as_array().unwrap();
    for fact in ["credential.used_later", "identity.used_later"] {
        let gap = gaps.iter().find(|gap| gap["about"]["fact"] == fact).unwrap();
        assert_eq!(gap["remedy"]["exports"][0], "aws-credential-report", "{gap}");
    }
    assert!(run.text("report.md").contains("never used as of 2025-03-01"), "{}", run.text("report.md"));
}

/// An export that is much older than the date says nothing of what happened since, and that is told.
#[test]
fn exports_much_older_than_the_date_are_told() {
    let folder = fixture("broken/manifest-contradicts");
    let alone = tempfile::TempDir::new().unwrap();
    support::copy(&folder, alone.path(), &["credential-report.json"]);
    let told = |at: &str| {
        let run = check_at(alone.path(), at, &[]);
        let noted = run.results()["quality"].to_string().contains("collected-long-before-as-of");
        assert_eq!(run.stderr.contains("warning[collected-long-before-as-of]"), noted, "{at}: {}", run.stderr);
        noted
    };
    assert!(told("2027-06-01"));
    assert!(!told("2026-11-01"), "it was made the day before");
    std::fs::write(alone.path().join("assize.toml"), "max_evidence_age = \"30d\"\n").unwrap();
    assert!(!told("2027-06-01"), "the profile says what is old");
}

/// What nobody had seen by the date fails nothing: the place is not asked about, and its credential is open for it.
#[test]
fn what_was_seen_later_fails_nothing() {
    let folder = tempfile::TempDir::new().unwrap();
    let finding = |line: u32, key: &str, date: &str| {
        serde_json::json!({
            "RuleID": "aws-access-token", "Description": "", "StartLine": line, "EndLine": line, "StartColumn": 1,
            "EndColumn": 20, "Match": key, "Secret": key, "File": "deploy.env", "SymlinkFile": "", "Commit": "c1",
            "Entropy": 3, "Author": "", "Email": "", "Date": date, "Message": "", "Tags": [],
            "Fingerprint": format!("c1:deploy.env:{line}"),
        })
    };
    let found = serde_json::json!([
        finding(1, "AKIAEARLYEXAMPLE0001", "2026-09-01T00:00:00Z"),
        finding(2, "AKIALATEREXAMPLE0002", "2026-11-05T00:00:00Z"),
        finding(3, "AKIAEARLYEXAMPLE0001", "2026-11-06T00:00:00Z"),
    ]);
    std::fs::write(folder.path().join("leaks.json"), found.to_string()).unwrap();
    let keys = ["AKIAEARLYEXAMPLE0001", "AKIALATEREXAMPLE0002"].map(|key| {
        serde_json::json!({"AccessKeyMetadata": [{
            "UserName": key.to_lowercase(), "AccessKeyId": key, "Status": "Active", "CreateDate": "2026-08-01T00:00:00Z",
        }]})
        .to_string()
    });
    std::fs::write(folder.path().join("keys.json"), keys.join("\n")).unwrap();
    let manifest = "[[exports]]\npath = \"keys.json\"\nscope = \"aws:111122223333\"\n\
                    [[exports]]\npath = \"leaks.json\"\nscope = \"gitleaks:code\"\n";
    std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
    let of = |as_of: &str| {
        let run = check_at(folder.path(), as_of, &[]);
        let all = support::verdicts(&run);
        let key = |key: &str| all["credential-not-exposed"][&format!("aws:111122223333:access_key:{key}")];
        let places = all.get("exposure-dealt-with").into_iter().flat_map(|all| all.values());
        let places = places.filter(|letter| **letter == 'f').count();
        (key("AKIAEARLYEXAMPLE0001"), key("AKIALATEREXAMPLE0002"), places)
    };
    assert_eq!(of("2026-11-30"), ('f', 'f', 3));
    assert_eq!(of("2026-11-01"), ('f', 'u', 1));
    assert_eq!(of("2026-08-15"), ('u', 'u', 0));
}
