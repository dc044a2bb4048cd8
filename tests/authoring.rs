//! What someone does who writes or changes controls and is no programmer: start, lint, test, compare.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{AS_OF, assize, fixture};

/// Exit code, standard output and standard error of `assize controls`, with the folder's path as `FOLDER`.
pub(crate) fn controls(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let arguments: Vec<String> = arguments.iter().map(|one| one.replace("FOLDER", folder.to_str().unwrap())).collect();
    let output = assize(&["controls"]).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(folder.to_str().unwrap(), "FOLDER");
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

pub(crate) fn read(path: PathBuf) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Where the `#:schema` line of a file leads, from its folder.
pub(crate) fn schema_of(path: &Path) -> Value {
    let text = read(path.to_path_buf());
    let schema = text.lines().next().unwrap().strip_prefix("#:schema ").unwrap().to_owned();
    serde_json::from_str(&read(path.parent().unwrap().join(schema))).unwrap()
}

#[test]
fn a_check_is_started_linted_tested_and_run() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (code, text, stderr) = controls(
        folder,
        &["new", "check", "keys-end", "--subject", "credential", "--risk", "ours", "--controls", "FOLDER"],
    );
    assert_eq!((code, stderr.as_str()), (0, ""));
    insta::assert_snapshot!(text, @r#"
    wrote FOLDER/checks/ours/keys-end.toml
          FOLDER/schemas/check.schema.json, by which an editor completes and checks it

    Next: fill it in, then

        assize controls facts credential
        assize controls lint --controls FOLDER
        assize controls test --coverage --controls FOLDER
        assize check EXPORTS --controls FOLDER

    A check runs once a part of a framework names it: `checks = [{ id = "keys-end" }]`. `assize controls new framework ID`
    starts a framework of your own.
    "#);
    let path = folder.join("checks/ours/keys-end.toml");
    let file: Value = toml::from_str(&read(path.clone())).unwrap();
    jsonschema::validate(&schema_of(&path), &file).unwrap();

    // Nothing runs it yet, which is said and is no mistake.
    let (code, _, stderr) = controls(folder, &["lint", "--controls", "FOLDER"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("no requirement asks for `keys-end`"), "{stderr}");
    let (code, text, _) = controls(folder, &["new", "framework", "our-policy", "--controls", "FOLDER"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("wrote FOLDER/frameworks/our-policy.toml\n"), "{text}");
    let path = folder.join("frameworks/our-policy.toml");
    let framework = read(path.clone());
    jsonschema::validate(&schema_of(&path), &toml::from_str::<Value>(&framework).unwrap()).unwrap();
    std::fs::write(&path, framework.replace("unanswered = \"not mapped yet\"", "checks = [{ id = \"keys-end\" }]"))
        .unwrap();
    let (code, _, stderr) = controls(folder, &["lint", "--controls", "FOLDER"]);
    assert_eq!(code, 0, "{stderr}");
    // What is left is to fill them in.
    assert_eq!(stderr.matches("warning[unfilled]").count(), 2, "{stderr}");
    assert_eq!(stderr.matches("warning[").count(), 2, "{stderr}");
    assert!(stderr.contains("`rationale`, `remediation` still say what the starting point said"), "{stderr}");
    let (code, text, stderr) = controls(folder, &["test", "--controls", "FOLDER"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{text}");

    let out = TempDir::new().unwrap();
    let mut run = assize(&["check", "--as-of", AS_OF, "--framework", "our-policy", "--controls"]);
    let run = run.arg(folder).arg("--report").arg(out.path()).arg(fixture("marrowick")).output().unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let results: Value = serde_json::from_str(&read(out.path().join("results.json"))).unwrap();
    let run = results["checks"].as_array().unwrap().iter().find(|run| run["id"] == "keys-end").unwrap();
    assert!(run["population"]["size"].as_u64().unwrap() > 20, "{run}");
}

#[test]
fn nothing_is_written_over_and_no_name_leads_elsewhere() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let new = |arguments: &[&str]| controls(folder, &[&["new"], arguments, &["--controls", "FOLDER"]].concat());
    assert_eq!(new(&["check", "mine"]).0, 0);
    std::fs::write(folder.join("checks/own/mine.toml"), "changed").unwrap();
    let (code, text, stderr) = new(&["check", "mine"]);
    assert_eq!((code, text.as_str()), (2, ""));
    insta::assert_snapshot!(stderr, @r"
    error[already-there]: `FOLDER/checks/own/mine.toml` is there already, and is left as it is
    help: choose another id, or edit that file
    ");
    assert_eq!(read(folder.join("checks/own/mine.toml")), "changed");
    for wrong in [
        &["check", "../mine"] as &[&str],
        &["check", "Mine"],
        &["check", ""],
        &["check", "."],
        &["check", "a/b"],
        &["check", "fine", "--risk", "../.."],
        &["framework", "fine", "--subject", "identity"],
    ] {
        let (code, text, stderr) = new(wrong);
        assert_eq!((code, text.as_str()), (2, ""), "{wrong:?}");
        assert!(stderr.contains("error[bad-argument]") && stderr.contains("help: "), "{wrong:?}: {stderr}");
    }
    let (_, _, stderr) = new(&["check", "other", "--subject", "credental"]);
    insta::assert_snapshot!(stderr, @r"
    error[bad-argument]: a check cannot ask about each `credental`
    help: did you mean `credential`? subjects: identity, credential, owner, group, policy, resource, ai_system, exposure
    ");
}

/// Who wants to change a built-in control gets a copy of it at the path at which it takes its place.
#[test]
fn a_built_in_check_is_copied_to_be_changed() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (code, text, _) = controls(folder, &["new", "check", "credential-rotated", "--controls", "FOLDER"]);
    assert_eq!(code, 0);
    assert!(text.contains("It is a copy of the built-in check, and takes its place"), "{text}");
    let path = folder.join("checks/nhi7-long-lived-secrets/credential-rotated.toml");
    schema_of(&path);
    assert!(read(path).ends_with(include_str!("../controls/checks/nhi7-long-lived-secrets/credential-rotated.toml")));
    let (code, _, stderr) =
        controls(folder, &["new", "check", "credential-rotated", "--risk", "own", "--controls", "FOLDER"]);
    assert!(code == 2 && stderr.contains("there is a built-in check `credential-rotated`"), "{stderr}");
}

#[test]
fn what_no_test_decides_is_shown_and_told_by_the_exit_code() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    assert_eq!(controls(folder, &["new", "check", "mine", "--controls", "FOLDER"]).0, 0);
    let path = folder.join("checks/own/mine.toml");
    let text = read(path.clone()).replace("has(identity.purpose)\"", "has(identity.purpose) || identity.root\"");
    let text = text.replace("= { absent = true }", "= { absent = true }, root = false");
    std::fs::write(&path, text).unwrap();
    let (code, text, stderr) = controls(folder, &["test", "--coverage", "--controls", "FOLDER"]);
    assert!(stderr.trim_end().rsplit("warning[").next().unwrap().contains("mine.toml"), "{stderr}");
    let mine: Vec<&str> = stderr.split("\n\n").filter(|block| block.contains("mine.toml")).collect();
    insta::assert_snapshot!(mine.join("\n\n"), @r#"
    warning[undecided-clause]: no test of `mine` decides a clause as true
      --> checks/own/mine.toml:25:38
       |
    25 | passes   = "has(identity.purpose) || identity.root"
       |                                      ^^^^^^^^^^^^^ no test decides this as true
       |
    help: add a test in which it is true and all else such that the outcome turns on it
    "#);
    assert_eq!(code, 1, "{text}");
    let last = text.lines().last().unwrap();
    let words: Vec<&str> = last.split(' ').collect();
    let [decided, "of", all, "clauses", "decided", "both", "ways"] = words.as_slice() else { panic!("{last}") };
    assert!(decided.parse::<u32>().unwrap() < all.parse::<u32>().unwrap(), "{last}");
    // Without the flag the same tests are fine.
    assert_eq!(controls(folder, &["test", "--controls", "FOLDER"]).0, 0);
}

#[test]
fn every_kind_of_file_has_a_schema() {
    for (name, file) in [
        ("check", "check"),
        ("classification", "classification"),
        ("framework", "framework"),
        ("inventory", "assize-inventory"),
        ("levels", "levels"),
        ("profile", "assize-profile"),
        ("tools", "tools"),
    ] {
        let (code, text, _) = assize_controls(&["schema", name]);
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format!("{file}.schema.json"));
        assert_eq!((code, text), (0, read(kept)), "{name}");
    }
    let (code, _, stderr) = assize_controls(&["schema", "chek"]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(stderr, @r"
    error[unknown-schema]: there is no schema `chek`
    help: did you mean `check`? there are check (checks/RISK/ID.toml), classification (classification/ID.toml), framework (frameworks/ID.toml), inventory (inventory files, in the folder of exports), levels (levels/ID.toml), profile (assize.toml, in the folder of exports), tools (tools/ID.toml), waivers (waivers.toml, in the folder of exports)
    ");
}

pub(crate) fn assize_controls(arguments: &[&str]) -> (i32, String, String) {
    let output = assize(&["controls"]).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn what_is_not_built_in_is_said_in_every_output() {
    let folder = changed();
    assert_eq!(controls(folder.path(), &["new", "check", "mine", "--controls", "FOLDER"]).0, 0);
    let out = TempDir::new().unwrap();
    let mut run = assize(&["check", "--as-of", AS_OF, "--controls"]);
    let run = run.arg(folder.path()).arg("--report").arg(out.path()).arg(fixture("marrowick")).output().unwrap();
    let said = String::from_utf8(run.stdout).unwrap();
    let (replaced, added) = ("checks/nhi1-improper-offboarding/credential-unused.toml", "checks/own/mine.toml");
    assert!(
        said.contains(&format!("2 control files not as built in: {replaced} (replaced), {added} (added)\n")),
        "{said}"
    );
    let results: Value = serde_json::from_str(&read(out.path().join("results.json"))).unwrap();
    let files = results["controls"]["files"].as_array().unwrap().iter();
    let modified: Vec<_> =
        files.filter(|file| file["modified"] == true).map(|file| (&file["path"], &file["origin"])).collect();
    assert_eq!(
        format!("{modified:?}"),
        format!("[(String({replaced:?}), String(\"replaced\")), (String({added:?}), String(\"added\"))]")
    );
    for report in ["report.md", "report.html"] {
        let text = read(out.path().join(report));
        for path in [replaced, added] {
            assert!(text.lines().any(|line| line.contains(path) && line.contains("modified")), "{report}: {path}");
        }
    }
    let findings = read(out.path().join("findings.csv"));
    let origins = |check: &str| {
        let rows = findings.lines().filter(|row| row.contains(&format!(",{check},")));
        rows.map(|row| row.rsplit(',').next().unwrap()).collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(findings.lines().next().unwrap().rsplit(',').next(), Some("control_origin"));
    assert_eq!(origins("credential-unused"), ["replaced"].into());
    assert_eq!(origins("identity-owned"), ["built_in"].into());
}

/// Controls with another limit for the use of keys.
fn changed() -> TempDir {
    let folder = TempDir::new().unwrap();
    assert_eq!(controls(folder.path(), &["new", "check", "credential-unused", "--controls", "FOLDER"]).0, 0);
    let path = folder.path().join("checks/nhi1-improper-offboarding/credential-unused.toml");
    std::fs::write(&path, read(path.clone()).replace("default  = \"45d\"", "default  = \"1d\"")).unwrap();
    folder
}

fn diff(before: &str, after: &str, more: &[&str]) -> (i32, String, String) {
    let exports = fixture("marrowick");
    let all = [&["diff", before, after, "--exports", exports.to_str().unwrap(), "--as-of", AS_OF], more].concat();
    assize_controls(&all)
}

#[test]
fn what_changes_with_the_controls_is_told_verdict_by_verdict() {
    let folder = changed();
    let ours = folder.path().to_str().unwrap();
    let (code, text, _) = diff("builtin", ours, &[]);
    assert_eq!(code, 0);
    // How many others there are changes with each check that is added.
    let (text, same) = text.rsplit_once("; ").unwrap();
    assert!(same.ends_with(" check runs are the same\n"), "{same}");
    insta::assert_snapshot!(text.replace(ours, "OURS"), @r"
    builtin -> OURS, as of 2026-11-01T23:59:59Z

    credential-unused  changed
      params.max_unused
        - 45d
        + 1d
          6  pass -> fail
             jonas.meyer#password of jonas.meyer  aws:285019463370:password:jonas.meyer#password
             wei-ling.tan#password of wei-ling.tan  aws:285019463370:password:wei-ling.tan#password
             amara.okoye#password of amara.okoye  aws:614820937715:password:amara.okoye#password
             freight-concierge#password of freight-concierge  aws:614820937715:password:freight-concierge#password
             tomas.brandl#password of tomas.brandl  aws:614820937715:password:tomas.brandl#password
             and 1 more
         21  pass -> unknown
             AKIAUEXD333FBEXAMPLE of notebook-scheduler  aws:285019463370:access_key:AKIAUEXD333FBEXAMPLE
             AKIAUEXD333FDEXAMPLE of annotation-uploader  aws:285019463370:access_key:AKIAUEXD333FDEXAMPLE
             AKIAUEXD333FKEXAMPLE of jonas.meyer  aws:285019463370:access_key:AKIAUEXD333FKEXAMPLE
             rafael.costa#password of rafael.costa  aws:285019463370:password:rafael.costa#password
             AKIAY6JRO77Z2EXAMPLE of dock-assistant  aws:614820937715:access_key:AKIAY6JRO77Z2EXAMPLE
             and 16 more

    27 verdicts moved, in 1 check run
    ");
    let (code, json, _) = diff("builtin", ours, &["--format", "json"]);
    assert_eq!((code, &json), (0, &diff("builtin", ours, &["--format", "json"]).1));
    let found: Value = serde_json::from_str(&json).unwrap();
    let moved = found["runs"][0]["moved"].as_array().unwrap();
    let (code, table, _) = diff("builtin", ours, &["--format", "csv"]);
    assert_eq!((code, table.lines().count()), (0, moved.len() + 1), "{table}");
    assert!(table.starts_with("check_run,change,subject,name,before,after\n"), "{table}");
    // The other way round everything moves back.
    let back: Value = serde_json::from_str(&diff(ours, "builtin", &["--format", "json"]).1).unwrap();
    let turned = back["runs"][0]["moved"].as_array().unwrap();
    assert_eq!(turned.len(), moved.len());
    assert!(moved.iter().zip(turned).all(|(one, other)| one["before"] == other["after"] && one["id"] == other["id"]));
    let (_, text, _) = diff(ours, ours, &[]);
    assert!(text.contains("\n0 verdicts moved, in 0 check runs; "), "{text}");
    // A check of one's own is run where its framework is chosen, and else named as not run.
    assert_eq!(controls(folder.path(), &["new", "check", "mine", "--controls", "FOLDER"]).0, 0);
    assert_eq!(controls(folder.path(), &["new", "framework", "f", "--controls", "FOLDER"]).0, 0);
    let path = folder.path().join("frameworks/f.toml");
    std::fs::write(
        &path,
        read(path.clone()).replace("unanswered = \"not mapped yet\"", "checks = [{ id = \"mine\" }]"),
    )
    .unwrap();
    assert!(diff("builtin", ours, &[]).1.contains("asks for it: mine\n"), "{}", diff("builtin", ours, &[]).1);
    let (code, text, _) = diff("builtin", ours, &["--framework", "f"]);
    assert!(code == 0 && text.contains("\nmine  added\n") && text.contains("not asked -> pass\n"), "{text}");
    let (code, text, _) = diff(ours, "builtin", &["--framework", "f"]);
    assert!(code == 0 && text.contains("\nmine  removed\n") && text.contains("pass -> not asked\n"), "{text}");
    let (code, _, stderr) = diff("builtin", ours, &["--framework", "g"]);
    assert!(code == 2 && stderr.contains("`g`"), "{stderr}");
    let (code, _, stderr) = diff("builtin", "/nowhere/at/all", &[]);
    assert!(code == 2 && stderr.contains("is not there"), "{stderr}");
}
