//! Bad input: a message with file and position, the rest still read, counts that reconcile, and exit code 2 when it must be.

use std::path::Path;

use crate::support;
use crate::support::broken::CASES;
use crate::support::{Run, check, check_at, copy, fixture};
use serde_json::Value;
use tempfile::TempDir;

/// A whole export of an account of its own, which must be read whatever lies beside it.
const GOOD: &str = "utf8-bom.json";

fn with_good(names: &[&str]) -> (TempDir, Run) {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), names);
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    let run = check(folder.path(), &[]);
    reconciles(&run, folder.path());
    (folder, run)
}

/// What was read, rejected and ignored of each file, and each file of the folder in one of the two lists.
fn reconciles(run: &Run, folder: &Path) {
    let results = run.results();
    let (exports, ignored) = (results["exports"].as_array().unwrap(), results["ignored"].as_array().unwrap());
    let mut listed: Vec<&str> = exports.iter().chain(ignored).map(|file| file["path"].as_str().unwrap()).collect();
    listed.sort_unstable();
    let there: Vec<String> = support::files(folder).into_keys().collect();
    // Links and other entries that are no files are listed too.
    for name in &there {
        assert!(listed.contains(&name.as_str()), "{name} is accounted for nowhere");
    }
    let rejected = results["rejected"].as_array().unwrap();
    for (at, export) in exports.iter().enumerate() {
        let of_it = rejected.iter().filter(|record| record["export"] == at).count() as u64;
        assert_eq!(export["rejected"], of_it, "{}", export["path"]);
    }
    for record in rejected {
        assert!(record["pointer"].is_string() && record["offset"].is_u64() && record["reason"].is_string(), "{record}");
    }
    for text in [&run.stdout, &run.stderr] {
        assert!(!text.contains("CANARY"), "{text}");
    }
    for (name, bytes) in run.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("CANARY"), "{name}");
    }
}

#[test]
fn each_case_is_said_with_its_place_and_the_rest_is_read() {
    for (name, read, rejected, said) in CASES {
        let (folder, run) = with_good(&[name]);
        assert_eq!(run.code, 0, "{name}: {}", run.stderr);
        for words in *said {
            assert!(run.stderr.contains(words), "{name} lacks `{words}`:\n{}", run.stderr);
        }
        let export = run.export(name);
        assert_eq!((&export["read"], &export["rejected"]), (&Value::from(*read), &Value::from(*rejected)), "{name}");
        let good = run.export(GOOD);
        assert_eq!((&good["read"], &good["rejected"]), (&Value::from(2), &Value::from(0)), "beside {name}");
        let strict = check(folder.path(), &["--strict"]).code;
        assert_eq!(strict, if *rejected > 0 { 2 } else { 0 }, "{name} with --strict");
        // A list of which a record was rejected is not known whole.
        if name.ends_with(".json")
            && *rejected > 0
            && *read > 0
            && !name.starts_with("same-id")
            && !name.starts_with("list-is")
            && !name.starts_with("mcp-")
            && !name.starts_with("gitleaks-")
        {
            let enumerated = run.results()["scopes"]["enumerated"].to_string();
            assert!(enumerated.contains("incomplete") || name.starts_with("keys"), "{name}: {enumerated}");
        }
    }
}

/// Files that are none: left out with a reason that helps.
#[test]
fn what_is_no_export_is_ignored_with_a_reason() {
    let cases = [
        ("empty.json", "an empty file: 0 bytes", 2),
        ("only-white-space.json", "an empty file: nothing but white space", 2),
        ("binary.json", "not text", 2),
        ("picture.png", "not text", 0),
        ("deep-nesting.json", "JSON without keys that say what it is", 0),
        ("unknown.json", "JSON of an unknown kind, with the keys `harbour`, `berths`", 0),
        ("unknown-scalar.json", "text of an unknown kind", 2),
        ("mcp-commented-out.json", "nothing but comments: whatever it says is switched off", 0),
        (
            "gitleaks-empty.json",
            "an empty list, which does not say of what: name the `scope` or the `command` in the manifest",
            0,
        ),
        (
            "access-denied.json",
            "an error message where an export should be: run the command again and look at its answer",
            2,
        ),
        ("inventory-bad-header.csv", "CSV of an unknown kind, with the columns `harbour`, `berth`", 0),
    ];
    for (name, reason, strict) in cases {
        let (folder, run) = with_good(&[name]);
        assert_eq!(run.code, 0, "{name}");
        let results = run.results();
        let found = results["ignored"].as_array().unwrap().iter().find(|file| file["path"] == name).cloned();
        assert_eq!(found.unwrap()["reason"], reason, "{name}");
        assert_eq!(check(folder.path(), &["--strict"]).code, strict, "{name} with --strict");
        // Alone it is no assessment, and leaves nothing that could be taken for one.
        let alone = TempDir::new().unwrap();
        copy(&fixture("broken"), alone.path(), &[name]);
        nothing_recognised(alone.path(), &[name]);
    }
}

/// Files that people wrote, and no export: there is nobody to judge, and no report that looks as if all were well.
#[test]
fn an_inventory_alone_is_no_assessment() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("owners.toml"), "[[owners]]\nid = \"ada\"\nkind = \"person\"\n").unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("nobody was judged"), "{}", run.stderr);
    assert!(run.files().is_empty(), "{:?}", run.files().keys());
    // A scope that is expected is one that the report is about.
    std::fs::write(folder.path().join("assize.toml"), "expected_scopes = [\"aws:111122223333\"]\n").unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 2);
    let results = run.results();
    let checks = results["checks"].as_array().unwrap();
    let open = checks.iter().filter(|run| run["status"] == "undetermined").count();
    assert!(open > 30 && !checks.iter().any(|run| run["status"] == "satisfied"), "{open} of {}", checks.len());
}

fn nothing_recognised(folder: &Path, said: &[&str]) {
    let run = check(folder, &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(
        run.stderr.contains("error[nothing-recognised]") || run.stderr.contains("error[no-folder]"),
        "{}",
        run.stderr
    );
    for words in said {
        assert!(run.stderr.contains(words), "{words}:\n{}", run.stderr);
    }
    assert!(run.files().is_empty(), "{:?}", run.files().keys());
    assert_eq!(run.stdout, "");
}

#[test]
fn a_folder_with_nothing_writes_nothing() {
    let folder = TempDir::new().unwrap();
    nothing_recognised(folder.path(), &["there is no file in"]);
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    nothing_recognised(folder.path(), &["there is no file in"]);
    nothing_recognised(&folder.path().join("missing"), &["there is no folder"]);
    // A recognised file of which every record is rejected is nothing either, and its reason is said.
    copy(&fixture("broken"), folder.path(), &["bad-base64.json"]);
    let said = [
        "its `Content` is neither a report nor base64",
        "taken for `aws-credential-report`",
        "of which no record could be read",
        "no record of the exports in",
    ];
    nothing_recognised(folder.path(), &said);
    // A profile alone is no export.
    let profile = TempDir::new().unwrap();
    std::fs::write(profile.path().join("assize.toml"), "frameworks = [\"nist-csf-2.0\"]\n").unwrap();
    nothing_recognised(profile.path(), &["assize.toml"]);
}

#[test]
fn valid_files_in_odd_dress_are_read_whole() {
    for name in ["utf16le-bom.json", "utf8-bom.json"] {
        let folder = TempDir::new().unwrap();
        copy(&fixture("broken"), folder.path(), &[name]);
        let run = check(folder.path(), &["--strict"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        assert_eq!(run.export(name)["read"], 2, "{name}");
    }
    let (_folder, run) = with_good(&["utf16le-bom.json"]);
    assert!(run.text("verdicts-identity.csv").contains("good-röle"));
}

#[cfg(unix)]
#[test]
fn entries_that_cannot_be_read_are_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    std::fs::create_dir(folder.path().join("aws")).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    symlink(folder.path().join("aws"), folder.path().join("aws/inner-loop")).unwrap();
    symlink("/nowhere/at/all", folder.path().join("dangling.json")).unwrap();
    let locked = folder.path().join("locked.json");
    std::fs::write(&locked, "{}").unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(run.export(GOOD)["read"], 2);
    for (name, why) in [
        ("loop", "a link that leads back to `.`"),
        ("aws/inner-loop", "a link that leads back to `aws`"),
        ("dangling.json", "it cannot be read: No such file or directory"),
    ] {
        let ignored = run.results()["ignored"].as_array().unwrap().clone();
        let found = ignored.iter().find(|file| file["path"] == name).unwrap_or_else(|| panic!("{name}: {ignored:?}"));
        assert!(found["reason"].as_str().unwrap().starts_with(why), "{found}");
        assert!(run.stderr.contains(&format!("`{name}` was not read")), "{}", run.stderr);
    }
    // Whoever runs as root can read it all the same.
    if std::fs::read(&locked).is_err() {
        assert!(
            run.stderr.contains("`locked.json` was not read: it cannot be read: Permission denied"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(check(folder.path(), &["--strict"]).code, 2);
}

#[test]
fn two_snapshots_without_times_are_an_error() {
    let run = check(&fixture("broken/two-snapshots"), &[]);
    assert_eq!(run.code, 2);
    for words in
        ["error[two-snapshots]", "`first.json` and `second.json`", "aws:200000000019", "state `collected_at` of both"]
    {
        assert!(run.stderr.contains(words), "{}", run.stderr);
    }
    assert!(run.files().is_empty());
}

#[test]
fn of_two_dated_snapshots_the_newer_is_used() {
    let run = check(&fixture("broken/two-snapshots-dated"), &[]);
    reconciles(&run, &fixture("broken/two-snapshots-dated"));
    assert_eq!(run.export("october.json")["read"], 2);
    let old = run.export("september.json");
    assert_eq!((&old["read"], &old["rejected"], &old["ignored"]), (&Value::from(0), &Value::from(0), &Value::from(2)));
    let said =
        "note[superseded]: `september.json` is superseded: `october.json` is a newer snapshot of `aws:200000000020`";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    assert_eq!(old["notes"][0], "superseded: `october.json` is a newer snapshot of `aws:200000000020`");
    assert!(!run.text("verdicts-identity.csv").contains("removed"));
}

#[test]
fn a_manifest_that_contradicts_a_file_is_an_error_with_its_line() {
    let run = check(&fixture("broken/manifest-contradicts"), &[]);
    assert_eq!(run.code, 2);
    for words in [
        "error[manifest-contradicts-file]: the manifest says that `authorization-details.json` is of `aws:209999999999`, and the file says `aws:200000000022`",
        "--> assize.toml:5:16",
        "was collected before the file says that it was made",
        "--> assize.toml:10:16",
        "warning[manifest-matches-nothing]",
        "--> assize.toml:15:16",
        "help: nothing was judged: correct `collected_at`, or take the entry out of the manifest",
    ] {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    assert!(run.files().is_empty());
}

#[test]
fn pages_are_joined_and_a_page_that_is_missing_is_missed() {
    let open = |run: &Run, listing: &str| -> bool {
        let results = run.results();
        let said = results["scopes"]["enumerated"].as_array().unwrap().clone();
        let of: Vec<Value> = said.into_iter().filter(|one| one["listing"] == listing).collect();
        of.is_empty() || of.iter().any(|one| one["closure"] == "incomplete")
    };
    let joined = check(&fixture("broken/pages"), &[]);
    assert!(!open(&joined, "users") && !open(&joined, "roles"));
    for name in ["page-left.json", "page-left-by-the-command-line.json"] {
        let folder = TempDir::new().unwrap();
        copy(&fixture("broken"), folder.path(), &[name]);
        let run = check(folder.path(), &[]);
        assert!(open(&run, "users") && open(&run, "roles"), "{name}");
        assert_eq!(run.export(name)["read"], 2, "{name}");
    }
}

#[test]
fn the_date_of_assessment_is_held_against_what_was_read() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &["after-as-of.json"]);
    let run = check(folder.path(), &[]);
    let results = run.results();
    let unused =
        results["checks"].as_array().unwrap().iter().find(|run| run["id"] == "identity-unused").unwrap().clone();
    let later = &unused["population"]["out_of_scope"][0];
    assert_eq!(
        (&later["reason"], &later["count"]),
        (&Value::from("made or first seen after the date of the assessment"), &Value::from(1))
    );
    assert_eq!(later["first"][0]["name"], "made-later");
    let gaps = results["gaps"].as_array().unwrap();
    let after = gaps.iter().find(|gap| gap["cause"] == "after_as_of").expect("a use after the date");
    assert_eq!(
        (&after["first"][0]["name"], &after["about"]["fact"]),
        (&Value::from("used-later"), &Value::from("identity.last_used_at"))
    );

    // Before everything was made there is nobody to judge: no pass, and not the exit code of one.
    let before = check_at(folder.path(), "2015-01-01", &[]);
    assert_eq!(before.code, 2, "{}", before.stdout);
    assert!(
        before.stderr.contains("nothing was tested") && before.stderr.contains("none of 3 identities;"),
        "{}",
        before.stderr
    );
    let passes = before.results()["checks"].as_array().unwrap().iter().any(|run| run["tally"]["pass"] != 0);
    assert!(!passes);

    // Far in the future everything is old, and nothing overflows.
    for late in ["2100-01-01", "9999-12-31"] {
        let run = check_at(&fixture("marrowick"), late, &[]);
        assert!(run.code == 0 || run.code == 2, "{late}: {}", run.stderr);
        let rotated = run.results()["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|run| run["id"] == "credential-rotated")
            .unwrap()
            .clone();
        assert_eq!(
            (&rotated["tally"]["pass"], &rotated["status"]),
            (&Value::from(0), &Value::from("undetermined")),
            "{late}"
        );
    }
    for wrong in ["yesterday", "2026-02-30", "2026-13-01", ""] {
        let run = check_at(folder.path(), wrong, &[]);
        assert_eq!((run.code, run.files().len()), (2, 0), "{wrong}");
        assert!(run.stderr.contains("is not a date"), "{}", run.stderr);
    }
}

/// All cases in one folder: what is whole of each is read.
#[test]
fn all_of_it_at_once() {
    let folder = TempDir::new().unwrap();
    let all = std::fs::read_dir(fixture("broken")).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file());
    let names: Vec<String> = all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    copy(&fixture("broken"), folder.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    reconciles(&run, folder.path());
    let results = run.results();
    let sum = |what: &str| {
        results["exports"].as_array().unwrap().iter().map(|export| export[what].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("read"), sum("rejected")), (45, 76));
    assert!(run.stdout.contains("76 records rejected"), "{}", run.stdout);
}

/// A purpose, an owner or a system of spaces is none.
#[test]
fn a_text_of_spaces_says_nothing() {
    let letters = |entry: &str, description: &str| {
        let folder = TempDir::new().unwrap();
        let arn = "arn:aws:iam::111122223333:role/r";
        let export = serde_json::json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
            "Path": "/", "RoleName": "r", "RoleId": "AROAR", "Arn": arn, "CreateDate": "2026-01-01T00:00:00Z",
            "Description": description, "AttachedManagedPolicies": [], "RolePolicyList": [], "InstanceProfileList": [],
            "Tags": [{"Key": "owner", "Value": "  "}],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        }]});
        std::fs::write(folder.path().join("details.json"), export.to_string()).unwrap();
        std::fs::write(folder.path().join("assize.toml"), "owner_tags = [\"owner\"]\n").unwrap();
        let inventory = format!("[[identities]]\nidentity = \"{arn}\"\n{entry}\n");
        std::fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
        let found = support::verdicts(&check(folder.path(), &[]));
        ["identity-purposed", "identity-owned", "ai-identity-declared"]
            .map(|check| found[check][&format!("aws:111122223333:role:{arn}")])
    };
    let declared = "[[ai_systems]]\nid = \"s\"\nstage = \"production\"";
    let all = format!("purpose = \"sorts\"\nowners = [\"ada\"]\nai_system = \"s\"\n{declared}");
    assert_eq!(letters(&all, " "), ['p', 'p', 'p']);
    assert_eq!(letters("", "sorts"), ['p', 'u', 'u']);
    for blank in
        ["purpose = \"  \"", "owners = [\"\\t\"]", "owners = [\"\"]", "ai_system = \" \"", "sponsor = \"\\u200b\""]
    {
        assert_eq!(letters(blank, " \u{a0}"), ['u', 'u', 'u'], "{blank}");
    }
}
