//! Authorization details alone leave everything about keys undetermined and say what is missing; adding it decides.

use std::path::Path;

use crate::support;
use crate::support::{check, copy, fixture};
use serde_json::Value;

/// Every check that asks about access keys, passwords or roots, in whole or in part.
const ABOUT_CREDENTIALS: &[&str] = &[
    "ai-identity-without-static-key",
    "ai-key-lifetime",
    "console-and-key-apart",
    "credential-rotated",
    "credential-unused",
    "machine-without-password",
    "no-root-access-key",
    "one-active-key",
    "static-key-beside-federation",
];
const ACCOUNT: &str = "aws/614820937715";
const SCOPE: &str = "aws:614820937715";

fn check_run<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["checks"].as_array().unwrap().iter().find(|run| run["id"] == id).unwrap_or_else(|| panic!("no check {id}"))
}

fn undetermined(results: &Value) {
    for id in ABOUT_CREDENTIALS {
        let run = check_run(results, id);
        assert_eq!((&run["status"], &run["tally"]["fail"]), (&Value::from("undetermined"), &Value::from(0)), "{id}");
        // The one thing that closes the gap is named with its command.
        let gaps: Vec<&Value> = results["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|gap| gap["check_run"] == **id && gap["scope"] == SCOPE)
            .collect();
        let named = gaps.iter().any(|gap| gap["remedy"].to_string().contains("aws iam get-credential-report"));
        assert!(named, "{id}: {gaps:?}");
    }
    // Without a list of keys nobody knows how many there are: no fraction, and certainly not 0 of 0.
    for id in ["ai-key-lifetime", "credential-rotated", "credential-unused", "no-root-access-key"] {
        let coverage = &check_run(results, id)["coverage"];
        assert_eq!((&coverage["total"], &coverage["open_scopes"]), (&Value::Null, &Value::from(vec![SCOPE])), "{id}");
    }
}

#[test]
fn authorization_details_alone_decide_nothing_about_keys() {
    let run = check(&fixture("partial"), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    undetermined(&run.results());
    assert!(!run.text("report.md").contains("credential-rotated: satisfied"));
    // How many verdicts wait for them nobody knows, so that gap comes after those of which it is known.
    assert!(run.text("report.md").contains("Nobody listed all access keys"), "{}", run.stdout);
}

/// The production account with its inventory, so that it is known who is a machine, and with these exports.
fn account(exports: &[&str]) -> support::Run {
    let (from, to) = (fixture("marrowick"), tempfile::TempDir::new().unwrap());
    let inventory =
        ["ai-systems.toml", "closures.toml", "drills.toml", "identities.csv", "identities.toml", "logs.toml"];
    for name in inventory.iter().chain(&["owners.toml", "resources.toml", "reviews.csv"]) {
        copy(&from, to.path(), &[&format!("inventory/{name}")]);
    }
    // A configuration that is named and not read leaves open what its client holds.
    let systems = to.path().join("inventory/ai-systems.toml");
    let text = std::fs::read_to_string(&systems).unwrap();
    let without: Vec<&str> = text.lines().filter(|line| !line.starts_with("also ")).collect();
    std::fs::write(&systems, without.join("\n")).unwrap();
    let profile = std::fs::read_to_string(from.join("assize.toml")).unwrap();
    let (profile, _) = profile.split_once("# --- lab").unwrap();
    let profile =
        profile.replace(r#"["aws:614820937715", "aws:285019463370", "aws:730516284409"]"#, r#"["aws:614820937715"]"#);
    // A closure asserted for an export that is not there is one nobody made.
    std::fs::write(to.path().join("assize.toml"), profile).unwrap();
    for name in exports {
        copy(&from, to.path(), &[&format!("{ACCOUNT}/{name}")]);
    }
    run_on(to.path())
}

fn run_on(folder: &Path) -> support::Run {
    let run = check(folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    run
}

#[test]
fn the_credential_report_and_the_keys_decide() {
    let before = account(&["authorization-details.json"]).results();
    undetermined(&before);

    let after = account(&[
        "authorization-details.json",
        "credential-report.json",
        "access-keys.json",
        "access-key-last-used.json",
    ])
    .results();
    for id in ABOUT_CREDENTIALS {
        let run = check_run(&after, id);
        assert_eq!(run["tally"]["unknown"], 0, "{id}");
        assert_eq!(run["coverage"]["decided"], run["coverage"]["total"], "{id}");
        assert_ne!(run["status"], "undetermined", "{id}");
    }
    let rotated = check_run(&after, "credential-rotated");
    assert_eq!((&rotated["tally"]["pass"], &rotated["tally"]["fail"]), (&Value::from(5), &Value::from(4)));
    assert_eq!(check_run(&after, "no-root-access-key")["status"], "satisfied");
}

/// The list of keys without the report lists no passwords and no roots: what needs those stays open.
#[test]
fn the_keys_alone_decide_what_needs_only_keys() {
    let results = account(&["authorization-details.json", "access-keys.json"]).results();
    let rotated = check_run(&results, "credential-rotated");
    assert_eq!(rotated["tally"]["fail"], 4);
    for id in ["no-root-access-key", "machine-without-password", "console-and-key-apart"] {
        assert_eq!(check_run(&results, id)["status"], "undetermined", "{id}");
    }
}
