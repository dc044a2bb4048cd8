//! Waivers, from the file to every report: whom they cover, what is told of them, and what is refused.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::account::put;
use crate::support::{AS_OF, assize, check, check_at, copied, fixture, verdicts};

pub(crate) const ROTATED: &str = "credential-rotated";
pub(crate) const KEY: &str = "aws:111122223333:access_key";

/// Exit code, standard output and standard error of `assize waivers`.
pub(crate) fn waivers(command: &str, folder: &Path, more: &[&str]) -> (i32, String, String) {
    let mut all = assize(&["waivers", command]);
    if !more.contains(&"--as-of") {
        all.args(["--as-of", AS_OF]);
    }
    let output = all.arg(folder).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&*folder.to_string_lossy(), "FOLDER");
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The folder of the fixture with these waivers in place of its own.
pub(crate) fn with(waivers: &str) -> TempDir {
    let folder = copied("waivers");
    put(folder.path(), "waivers.toml", waivers);
    folder
}

/// A waiver written by hand, with `more` in place of what it would say.
pub(crate) fn waiver(id: &str, subjects: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("check", ROTATED.to_owned()),
        ("type", "accepted_risk".to_owned()),
        ("justification", "so it is".to_owned()),
        ("approver", "lena@tarnby.example".to_owned()),
        ("ticket", "T-1".to_owned()),
        ("opened", "2026-10-01".to_owned()),
        ("expires", "2027-03-01".to_owned()),
    ];
    for (name, value) in more {
        fields.retain(|(known, _)| known != name);
        fields.push((*name, (*value).to_owned()));
    }
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name} = {value:?}")).collect();
    format!("[[waivers]]\nid = {id:?}\nsubjects = [{subjects}]\n{}\n\n", fields.join("\n"))
}

fn run_of<'a>(results: &'a Value, id: &str) -> &'a Value {
    results["checks"].as_array().unwrap().iter().find(|run| run["id"] == id).unwrap_or_else(|| panic!("no {id}"))
}

fn findings(results: &Value) -> Vec<Value> {
    results["findings"].as_array().unwrap().iter().filter(|one| one["check_run"] == ROTATED).cloned().collect()
}

#[test]
fn each_waiver_is_listed_with_its_state() {
    let (code, out, _) = waivers("list", &fixture("waivers"), &[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(out, @r"
    billing-export-key  in force, expires on 2027-03-01
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-101): covers 1 of 1 finding
    legacy-ftp-key  in force, expires on 2026-11-20
      compensating control of credential-rotated, approved by lena@tarnby.example (GRC-102): covers 1 of 1 finding
    ci-keys  in force, expires on 2027-01-31
      operational requirement of credential-rotated, approved by lena@tarnby.example (GRC-103): covers 1 of 2 findings
      not among those that it was given for: credential-rotated aws:111122223333:access_key:ci-deploy#key1
    nightly-sync-key  in force, expires on 2027-01-31
      vendor dependency of credential-rotated, approved by lena@tarnby.example (GRC-104): covers 0 of 1 finding
      lapsed: worse than what was approved: credential-rotated aws:111122223333:access_key:nightly-sync#key1: `credential.last_change_at` is worse: 2025-06-01T00:00:00Z, and was 2026-07-01T00:00:00Z
    old-batch-key  expired on 2026-10-01
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-77): covers 0 of 1 finding
    mail-relay-key  not begun: from 2026-12-01, expires on 2027-02-01
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-105): covers 0 of 1 finding
    decade-key  not in force: from 2026-01-01 to 2036-01-01 is longer than `max_waiver` allows
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-106): covers 0 of 1 finding
    fax-gateway-key  in force, expires on 2027-03-01
      false positive of credential-rotated, approved by lena@tarnby.example (GRC-107): covers 1 of 1 finding
    own-approval-key  in force, expires on 2027-03-01
      accepted risk of credential-rotated, approved by Sofie@Tarnby.example (GRC-108): covers 0 of 1 finding
      owned by who approved it: credential-rotated aws:111122223333:access_key:own-approval#key1
    orphan-job-key  in force, expires on 2027-03-01
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-109): covers 1 of 1 finding
      not known whether the approver is another than all its owners: credential-rotated aws:111122223333:access_key:orphan-job#key1
    stock-feed-key  in force, expires on 2027-03-01
      accepted risk of credential-rotated, approved by lena@tarnby.example (GRC-110): matches no finding
    everything  in force, expires on 2027-03-01
      accepted risk of no-root-access-key, approved by lena@tarnby.example (GRC-111): matches no finding
    9 of 12 in force as of 2026-11-01T23:59:59Z; 5 findings are waived
    ");
}

#[test]
fn what_is_wrong_or_soon_wrong_is_told() {
    let (code, out, _) = waivers("check", &fixture("waivers"), &[]);
    assert_eq!(code, 1);
    insta::assert_snapshot!(out, @r"
    ci-keys: matches findings that it was not given for (1), and does not cover them (waiver-no-wider)
      Look at the new findings. Mend them, or have a waiver approved for them; or narrow the pattern to what was meant.
    decade-key: from 2026-01-01 to 2036-01-01: longer than `max_waiver` of the profile allows, and so not in force (waiver-within-limit)
      Have it approved for a shorter time, and write that day as `expires`.
    everything: matches no finding of no-root-access-key (waiver-matches)
      If what it was for is mended, take it out of the file. If it was meant for a finding that is still there, write the id of its subject as the report does.
    everything: one of its patterns is only wildcards (waiver-not-only-wildcards)
      Name the subjects that were meant. If the check is not for you at all, say so where frameworks and parameters are chosen, and not by a waiver.
    fax-gateway-key: keeps no facts, so it covers whatever it matches, however bad that gets
      take `fax-gateway-key` out of waivers.toml and write it anew with them: assize waivers new FOLDER --as-of 2026-11-01 --id fax-gateway-key-2 --check credential-rotated --subject 'aws:111122223333:access_key:fax-gateway#key1' --type false_positive --approver lena@tarnby.example --ticket GRC-107 --expires 2027-03-01 --justification 'The key is of a test bench without data.'
    legacy-ftp-key: expires on 2026-11-20, within 30 days (waiver-not-expiring)
      Mend what it is for, or bring the decision before its approver now; `assize waivers new` writes its successor.
    nightly-sync-key: lapsed: worse than what was approved: credential-rotated aws:111122223333:access_key:nightly-sync#key1: `credential.last_change_at` is worse: 2025-06-01T00:00:00Z, and was 2026-07-01T00:00:00Z
      mend it, or have it approved as it is now, take `nightly-sync-key` out of waivers.toml and write what is approved: assize waivers new FOLDER --as-of 2026-11-01 --id nightly-sync-key-2 --check credential-rotated --subject 'aws:111122223333:access_key:nightly-sync#key1' --type vendor_dependency --approver lena@tarnby.example --ticket GRC-104 --expires 2027-01-31 --justification 'The vendor rotates it with the next version.'
    old-batch-key: expired on 2026-10-01, and is still in the file (waiver-not-expired)
      1. Mend what it was for, and take the waiver out of the file. 2. If that is not possible yet, have it approved again: `assize waivers new` writes a new one with the facts as they are today. Give it a new id, so that both decisions can be told apart.
    orphan-job-key: keeps no facts, so it covers whatever it matches, however bad that gets
      take `orphan-job-key` out of waivers.toml and write it anew with them: assize waivers new FOLDER --as-of 2026-11-01 --id orphan-job-key-2 --check credential-rotated --subject 'aws:111122223333:access_key:orphan-job#key1' --type accepted_risk --approver lena@tarnby.example --ticket GRC-109 --expires 2027-03-01 --justification 'The owner is being looked for.'
    orphan-job-key: not known whether the approver is another than all its owners: credential-rotated aws:111122223333:access_key:orphan-job#key1
      state in the inventory all owners, the sponsor and the approver, and under `[[closures]]` that the owners are all (`ownership`)
    own-approval-key: Sofie@Tarnby.example owns something that it matches, and approved it (waiver-approver-independent)
      Have it approved by someone who does not answer for the subject, and write that approver. If the inventory names the wrong owner, correct it there.
    stock-feed-key: matches no finding of credential-rotated (waiver-matches)
      If what it was for is mended, take it out of the file. If it was meant for a finding that is still there, write the id of its subject as the report does.

    12 waivers, 12 things wrong or soon wrong as of 2026-11-01T23:59:59Z
    ");
}

#[test]
fn where_nothing_is_wrong_the_exit_code_is_zero() {
    let text = std::fs::read_to_string(fixture("waivers").join("waivers.toml")).unwrap();
    let (first, _) = text.split_once("# In force, and soon over").unwrap();
    let (code, out, _) = waivers("check", with(first).path(), &[]);
    assert_eq!((code, out.as_str()), (0, "1 waiver, nothing wrong with it as of 2026-11-01T23:59:59Z\n"));
    let (code, out, _) = waivers("check", with("").path(), &[]);
    assert_eq!((code, out.as_str()), (0, "no waivers as of 2026-11-01T23:59:59Z\n"));
}

#[test]
fn a_run_that_nobody_asks_is_told() {
    let folder =
        with(&waiver("w", &format!("\"{KEY}:billing-export#key1\""), &[("check", "credential-rotated[max_age=364d]")]));
    let (code, out, _) = waivers("check", folder.path(), &[]);
    assert_eq!(code, 1);
    let told = "w: `credential-rotated[max_age=364d]` is no run of this assessment, which runs `credential-rotated`";
    assert!(out.starts_with(told), "{out}");
}

#[test]
fn a_waived_finding_stays_a_finding() {
    let run = check(&fixture("waivers"), &[]);
    let results = run.results();
    assert_eq!(findings(&results).len(), 11, "all that fail, waived or not");
    let waived: Vec<Value> = findings(&results).into_iter().filter(|one| one.get("waiver").is_some()).collect();
    assert_eq!(waived.len(), 5);
    let billing = waived.iter().find(|one| one["subject"]["id"] == format!("{KEY}:billing-export#key1")).unwrap();
    assert_eq!(results["waivers"][billing["waiver"].as_u64().unwrap() as usize]["id"], "billing-export-key");
    assert!(
        billing["reason"].as_str().unwrap().starts_with("last changed") && billing["evidence"][0]["export"].is_u64()
    );
    let of_run = run_of(&results, ROTATED);
    assert_eq!((&of_run["tally"]["fail"], &of_run["tally"]["waived"]), (&Value::from(6), &Value::from(5)));
    let letters = &verdicts(&run)[ROTATED];
    assert_eq!(letters[&format!("{KEY}:billing-export#key1")], 'w');
    assert_eq!(letters[&format!("{KEY}:nightly-sync#key1")], 'f', "what lapsed fails again");
    assert_eq!(letters[&format!("{KEY}:stock-feed#key1")], 'p');
    assert!(run.stdout.contains("and 5 waived"), "{}", run.stdout);
    let told = "waived as accepted risk by lena@tarnby.example, expires on 2027-03-01 (billing-export-key, GRC-101)";
    assert!(run.text("report.html").contains(told), "the finding says it");
    for report in ["report.md", "report.html"] {
        let text = run.text(report).replace('\\', "");
        for words in [
            "not begun",
            "too long, not in force",
            "expired",
            "lapsed: worse than what was approved",
            "keeps no facts",
            "The platform team tries it again each quarter.",
        ] {
            assert!(text.contains(words), "{report}: {words}");
        }
    }
    let table = run.text("findings.csv");
    assert_eq!(table.lines().filter(|line| line.contains("credential-rotated") && line.contains(",yes,")).count(), 5);
}

#[test]
fn a_check_that_fails_nowhere_else_is_satisfied_with_waivers() {
    let folder = with(&waiver("all-keys", &format!("\"{KEY}:*\""), &[("approver", "else@tarnby.example")]));
    let run = check(folder.path(), &["--fail-on", "low", "--requirement", "NHI7:2025"]);
    let results = run.results();
    assert_eq!(run_of(&results, ROTATED)["status"], "satisfied_with_waivers");
    assert_eq!(run_of(&results, ROTATED)["tally"]["waived"], 11);
    // Of the key without an owner it cannot be told whether the approver owns it, and that is a gap and no failure.
    assert_eq!(run_of(&results, "waiver-approver-independent")["status"], "undetermined");
    assert_eq!(run.code, 0, "nothing that no waiver covers: {}", run.stdout);
    let mut brief = assize(&["check", "--as-of", AS_OF, "--fail-on", "low", "--requirement", "NHI7:2025"]);
    let brief = brief.arg(folder.path()).output().unwrap();
    assert_eq!(brief.status.code(), Some(0), "nor where no report is written");
    assert!(String::from_utf8(brief.stdout).unwrap().contains("0 findings   and 11 waived"));
    let unwaived = check(with("").path(), &["--fail-on", "low", "--requirement", "NHI7:2025"]);
    assert_eq!(unwaived.code, 1);
    assert!(unwaived.results()["frameworks"].as_array().unwrap().iter().all(|one| one["id"] != "assize-waivers"));
}

#[test]
fn a_waiver_is_in_force_from_its_first_day_until_the_day_on_which_it_expires() {
    let folder = with(&waiver("w", &format!("\"{KEY}:billing-export#key1\""), &[]));
    let state = |as_of: &str| {
        let (_, out, _) = waivers("list", folder.path(), &["--format", "json", "--as-of", as_of]);
        let list: Value = serde_json::from_str(&out).unwrap();
        (list[0]["state"].as_str().unwrap().to_owned(), list[0]["covers"].as_u64().unwrap())
    };
    for (as_of, expected, covers) in [
        ("2026-09-30", "not_begun", 0),
        ("2026-09-30T23:59:59Z", "not_begun", 0),
        ("2026-10-01T00:00:00Z", "in_force", 1),
        ("2026-10-01", "in_force", 1),
        ("2027-02-28", "in_force", 1),
        ("2027-02-28T23:59:59Z", "in_force", 1),
        ("2027-03-01T00:00:00Z", "expired", 0),
        ("2027-03-01", "expired", 0),
    ] {
        assert_eq!(state(as_of), (expected.to_owned(), covers), "{as_of}");
    }
}

#[test]
fn a_run_of_other_parameters_is_covered_unless_the_run_is_named() {
    let subject = format!("\"{KEY}:billing-export#key1\"");
    for (written, covers) in
        [(ROTATED, 1), ("credential-rotated[max_age=120d]", 1), ("credential-rotated[max_age=365d]", 0)]
    {
        let folder = with(&waiver("w", &subject, &[("check", written)]));
        put(
            folder.path(),
            "controls/frameworks/own.toml",
            "id = \"own\"\ntitle = \"Own\"\nversion = \"1\"\npublisher = \"us\"\nurl = \"here\"\nlicence_note = \"ours\"\nattribution = \"us\"\n[[requirements]]\nid = \"K\"\ntitle = \"Keys\"\nsummary = \"Keys are changed.\"\n[[requirements.parts]]\nid = \"k\"\ntitle = \"Keys\"\nchecks = [{ id = \"credential-rotated\", params = { max_age = \"120d\" } }]\n",
        );
        let controls = folder.path().join("controls");
        let more = ["--framework", "own", "--format", "json", "--controls", controls.to_str().unwrap()];
        let (code, out, err) = waivers("list", folder.path(), &more);
        assert_eq!(code, 0, "{err}");
        let list: Value = serde_json::from_str(&out).unwrap();
        assert_eq!(list[0]["covers"], covers, "{written}: {out}");
    }
}

#[test]
fn waivers_are_no_export_and_their_digest_is_told() {
    let folder = with(&waiver("one", &format!("\"{KEY}:fax-gateway#key1\""), &[]));
    let more = TempDir::new().unwrap();
    put(more.path(), "more.toml", &waiver("two", &format!("\"{KEY}:old-batch#key1\""), &[]));
    put(folder.path(), "inside.toml", &waiver("three", &format!("\"{KEY}:mail-relay#key1\""), &[]));
    put(folder.path(), "below/waivers.toml", "not = [even TOML");
    let (outside, inside) = (more.path().join("more.toml"), folder.path().join("inside.toml"));
    let named = ["--waivers", outside.to_str().unwrap(), "--waivers", inside.to_str().unwrap()];
    let run = check(folder.path(), &named);
    let results = run.results();
    let ids: Vec<&str> = results["waivers"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["one", "two", "three"]);
    assert_eq!(run_of(&results, ROTATED)["tally"]["waived"], 3);
    let files: Vec<&Value> = results["controls"]["files"].as_array().unwrap().iter().collect();
    let declared: Vec<&&Value> = files.iter().filter(|file| file["origin"] == "declared").collect();
    assert_eq!(declared.len(), 3);
    assert_eq!(
        (&declared[0]["path"], declared[0]["sha256"].as_str().map(str::len)),
        (&"waivers.toml".into(), Some(64))
    );
    assert!(
        results["exports"].as_array().unwrap().iter().all(|one| !one["path"].as_str().unwrap().contains("waivers"))
    );
    assert!(run.stderr.contains("`below/waivers.toml` was not read: waivers are read at the top"), "{}", run.stderr);
    assert!(!run.stdout.contains("control modified"), "{}", run.stdout);
    let (code, _, err) = waivers("list", folder.path(), &["--waivers", "none.toml"]);
    assert_eq!(code, 2);
    assert!(err.contains("`none.toml` cannot be read: there is no such file"), "{err}");
}

#[test]
fn broken_waivers_end_the_run_with_all_mistakes() {
    let folder = with(
        &(waiver("a", "", &[("check", "credential-rotatd")])
            + &waiver("b", "\"x\"", &[("check", "waiver-matches"), ("expires", "soon")])),
    );
    let output = assize(&["check"]).arg(folder.path()).args(["--as-of", AS_OF]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    insta::assert_snapshot!(String::from_utf8(output.stderr).unwrap(), @r#"
    error[bad-waiver]: the waiver names no subject
     --> waivers.toml:3:12
      |
    3 | subjects = []
      |            ^^ empty
      |
    help: write the ids of the subjects as reports do, or a pattern such as `aws:111122223333:*`

    error[unknown-check]: there is no check `credential-rotatd`
      --> waivers.toml:10:9
       |
    10 | check = "credential-rotatd"
       |         ^^^^^^^^^^^^^^^^^^^ not a check to waive
       |
    help: did you mean `credential-rotated`?

    error[waiver-of-a-waiver]: a finding about waivers cannot be waived
      --> waivers.toml:20:9
       |
    20 | check = "waiver-matches"
       |         ^^^^^^^^^^^^^^^^ not a check to waive
       |
    help: mend the waiver that it is about: renew it, narrow it, or take it out

    error[bad-date]: `expires` is no date: `soon`
      --> waivers.toml:21:11
       |
    21 | expires = "soon"
       |           ^^^^^^ not a date
       |
    help: write the day as `2026-11-01`: year, month, day
    "#);
}

#[test]
fn explain_shows_the_waiver() {
    let id = format!("{KEY}:billing-export#key1");
    let output = assize(&["explain", "--as-of", AS_OF]).arg(fixture("waivers")).arg(&id).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("as accepted risk by lena@tarnby.example, expires on 2027-03-01 (billing-export-key)"),
        "{text}"
    );
    assert!(text.contains("high") && text.contains("last changed 273 days ago"), "{text}");
    let mut lapsed = assize(&["explain", "--as-of", AS_OF]);
    lapsed.arg(fixture("waivers")).arg(format!("{KEY}:nightly-sync#key1"));
    let text = String::from_utf8(lapsed.output().unwrap().stdout).unwrap();
    assert!(!text.contains("waived"), "{text}");
}

/// What a waiver matches is known where one finding about it is looked at, too.
#[test]
fn explain_tells_of_a_finding_about_a_waiver() {
    for (finding, told) in [
        ("waiver-matches assize:waivers:waiver:stock-feed-key", "matches no finding of credential-rotated"),
        ("waiver-matches assize:waivers:waiver:ci-keys", "matches findings (2)"),
        ("waiver-no-wider assize:waivers:waiver:ci-keys", "matches findings that it was not given for (1)"),
        ("waiver-approver-independent assize:waivers:waiver:orphan-job-key", "waiver.approver_is_owner"),
    ] {
        let output = assize(&["explain", "--as-of", AS_OF]).arg(fixture("waivers")).arg(finding).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(told), "{finding}: {text}");
    }
}

#[test]
fn a_table_of_waivers_comes_back_the_same() {
    let list = |folder: &Path| {
        let (_, out, err) = waivers("list", folder, &["--format", "json"]);
        let mut list: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        for one in list.as_array_mut().unwrap() {
            one["file"] = Value::Null;
        }
        list
    };
    let (_, csv, _) = waivers("list", &fixture("waivers"), &["--format", "csv"]);
    assert!(csv.starts_with("id,check,subject,type,"), "{csv}");
    let folder = copied("waivers");
    std::fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    put(folder.path(), "waivers.csv", &csv);
    assert_eq!(list(folder.path()), list(&fixture("waivers")));
}

#[test]
fn findings_about_waivers_are_judged_like_others() {
    let run = check(&fixture("waivers"), &["--framework", "owasp-nhi-2025"]);
    let results = run.results();
    let failing = |id: &str| {
        let all = results["findings"].as_array().unwrap().iter().filter(|one| one["check_run"] == id);
        let names: Vec<&str> = all.map(|one| one["subject"]["name"].as_str().unwrap()).collect();
        names.join(" ")
    };
    assert_eq!(failing("waiver-not-expired"), "old-batch-key");
    assert_eq!(failing("waiver-not-expiring"), "legacy-ftp-key");
    assert_eq!(failing("waiver-within-limit"), "decade-key");
    assert_eq!(failing("waiver-matches"), "everything stock-feed-key");
    assert_eq!(failing("waiver-no-wider"), "ci-keys");
    assert_eq!(failing("waiver-not-only-wildcards"), "everything");
    assert_eq!(failing("waiver-approver-independent"), "own-approval-key");
    let gap = results["gaps"].as_array().unwrap().iter().find(|gap| gap["check_run"] == "waiver-approver-independent");
    let gap = gap.expect("of the key without an owner it is not known");
    assert_eq!((&gap["count"], &gap["first"][0]["name"]), (&Value::from(1), &Value::from("orphan-job-key")));
    assert!(gap["remedy"]["text"].as_str().unwrap().starts_with("State in the inventory who owns"), "{gap}");
    assert!(run.files().contains_key("verdicts-waiver.csv"));
    let later = check_at(&fixture("waivers"), "2027-06-01", &[]).results();
    let expired = later["findings"].as_array().unwrap().iter().filter(|one| one["check_run"] == "waiver-not-expired");
    assert_eq!(expired.count(), 11, "all but the one that is too long");
}
