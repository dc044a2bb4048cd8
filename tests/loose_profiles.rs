//! A profile that asks for less than checks do by themselves, or than requirements do, and what waivers cover: told where it is
//! summed up.

use std::path::Path;

use tempfile::TempDir;

use crate::own_controls::framework;
use crate::support::account::put;
use crate::support::{Run, check, copied};

const CHECK: &str = r#"
id = "own-age"
title = "Keys are young"
severity = "high"
subject = "credential"
applies = "credential.kind == 'access_key'"
passes = "age(credential.last_change_at) <= params.oldest"
pass = "it is"
fail = "it is not"
procedure = "Look."
rationale = "So."
remediation = "Mend."
[params.oldest]
default = "90d"
stricter = "lower"
source = "CIS Controls v8.1, 5.5"
"#;

/// Controls with one check of keys, and a framework whose one part is answered so.
fn controls(answer: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    put(folder.path(), "checks/own/own-age.toml", CHECK);
    put(folder.path(), "frameworks/own.toml", &framework(answer));
    folder
}

/// The fixture of waivers without its own, judged by those controls with this limit of the profile.
fn judged(controls: &Path, oldest: &str) -> Run {
    let folder = copied("waivers");
    std::fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    put(folder.path(), "assize.toml", &format!("[params.own-age]\noldest = \"{oldest}\"\n"));
    check(folder.path(), &["--framework", "own", "--controls", controls.to_str().unwrap()])
}

fn status(run: &Run) -> String {
    run.results()["frameworks"][0]["requirements"][0]["status"].as_str().unwrap().to_owned()
}

#[test]
fn a_profile_that_is_looser_than_a_default_is_told() {
    let controls = controls("checks = [{ id = \"own-age\" }]");
    let run = judged(controls.path(), "3650d");
    assert_eq!(status(&run), "satisfied", "{}", run.stderr);
    let told = "warning[looser-than-default]: the profile is looser than the checks are by themselves: `oldest` of `own-age` is 3650d, and 90d by default";
    assert!(run.stderr.contains(told), "{}", run.stderr);
    let markdown = run.text("report.md");
    assert!(markdown.contains("1 limit of the profile is looser than its default: oldest of own-age."), "{markdown}");
    assert!(
        markdown.contains(
            "The profile sets oldest of own-age to 3650d, which is looser than the default 90d (CIS Controls v8.1, 5.5)"
        ),
        "{markdown}"
    );
    for stricter in ["90d", "30d"] {
        let run = judged(controls.path(), stricter);
        assert!(!run.stderr.contains("looser"), "{}", run.stderr);
        assert!(!run.text("report.md").contains("looser"), "{stricter}");
    }
}

#[test]
fn a_profile_that_is_looser_than_a_requirement_is_told_where_nothing_fails() {
    let controls = controls("checks = [{ id = \"own-age\", params = { oldest = \"3000d\" } }]");
    let run = judged(controls.path(), "4000d");
    assert_eq!(status(&run), "not_satisfied", "{}", run.stderr);
    assert!(
        run.stderr.contains(
            "warning[looser-than-required]: the profile asks for less than requirements do: `oldest` of `own-age` is 4000d, and 3000d is asked for"
        ),
        "{}",
        run.stderr
    );
    let markdown = run.text("report.md");
    assert!(
        markdown.contains(
            "1 limit of the profile asks for less than a requirement, which is not met by that: oldest of own-age."
        ),
        "{markdown}"
    );
}

/// A limit that a part of a crosswalk names itself is that requirement's own, however what is checked stands to all that it asks.
#[test]
fn a_limit_of_a_crosswalk_is_its_own() {
    for relationship in ["intersects", "subset", "superset", "equal"] {
        let controls = controls(&format!(
            "checks = [{{ id = \"own-age\", params = {{ oldest = \"3000d\" }} }}]\nrelationship = \"{relationship}\""
        ));
        let path = controls.path().join("frameworks/own.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("title =", "crosswalk = true\ntitle =", 1)).unwrap();
        let run = judged(controls.path(), "4000d");
        assert_eq!(status(&run), "not_satisfied", "{relationship}: {}", run.stderr);
    }
}

/// With every failure waived nothing is without blemish.
#[test]
fn waived_failures_are_told_where_findings_are_summed_up() {
    let controls = controls("checks = [{ id = \"own-age\" }]");
    let folder = copied("waivers");
    put(folder.path(), "assize.toml", "organisation = \"Tarnby\"\n");
    let waiver = "[[waivers]]\nid = \"all\"\ncheck = \"own-age\"\nsubjects = [\"aws:111122223333:access_key:*\"]\ntype = \"accepted_risk\"\njustification = \"so it is\"\napprover = \"ciso@elsewhere.example\"\nticket = \"T-1\"\nopened = \"2026-10-01\"\nexpires = \"2027-01-01\"\n";
    put(folder.path(), "waivers.toml", waiver);
    let controls = controls.path().to_str().unwrap();
    let run = check(folder.path(), &["--framework", "own", "--controls", controls]);
    let tally = &run.results()["checks"][0];
    assert_eq!((tally["id"].as_str(), tally["tally"]["fail"].as_u64()), (Some("own-age"), Some(0)), "{tally}");
    let waived = tally["tally"]["waived"].as_u64().unwrap();
    assert!(waived > 1, "{tally}");
    let markdown = run.text("report.md");
    assert!(!markdown.contains("Nothing that could be decided fails."), "{markdown}");
    assert!(markdown.contains(&format!("and {waived} waived")), "{markdown}");
}
