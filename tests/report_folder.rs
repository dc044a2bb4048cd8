//! Where the report is written: beside the exports, within their folder, and not among them.

use std::path::Path;

use assert_cmd::Command;

fn assize(folder: &Path, out: &Path) -> (Option<i32>, String) {
    let mut command = Command::cargo_bin("assize").unwrap();
    let ran = command.arg("check").arg(folder).args(["--as-of", "2026-11-01", "--report"]).arg(out).output().unwrap();
    (ran.status.code(), String::from_utf8_lossy(&ran.stderr).into_owned())
}

fn exports() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let details = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/partial/authorization-details.json");
    std::fs::copy(details, folder.path().join("details.json")).unwrap();
    folder
}

#[test]
fn a_report_within_the_folder_is_not_read_the_next_time() {
    let folder = exports();
    let out = folder.path().join("evidence");
    assert_eq!(assize(folder.path(), &out).0, Some(0));
    let first = std::fs::read(out.join("results.json")).unwrap();
    assert_eq!(assize(folder.path(), &out).0, Some(0));
    assert_eq!(std::fs::read(out.join("results.json")).unwrap(), first);
}

#[test]
fn a_table_of_an_earlier_report_does_not_stay_beside_a_later_one() {
    let folder = exports();
    let out = folder.path().join("evidence");
    assert_eq!(assize(folder.path(), &out).0, Some(0));
    assert!(out.join("verdicts-policy.csv").is_file());
    std::fs::write(out.join("verdicts-mine.csv"), "mine\n").unwrap();
    let mut command = Command::cargo_bin("assize").unwrap();
    command.arg("check").arg(folder.path()).args(["--as-of", "2026-11-01", "--requirement", "NHI1", "--report"]);
    command.arg(&out).assert().code(0);
    assert!(out.join("verdicts-identity.csv").is_file());
    assert!(!out.join("verdicts-policy.csv").exists(), "it tells of checks that were not asked now");
    assert!(out.join("verdicts-mine.csv").is_file(), "what is not of this program stays");
}

#[test]
fn a_file_in_the_place_of_the_folder_is_told() {
    let folder = exports();
    let out = folder.path().join("report.html");
    std::fs::write(&out, "mine\n").unwrap();
    let (code, told) = assize(folder.path(), &out);
    assert_eq!(code, Some(2));
    assert!(told.contains("it is a file; name a folder for the report"), "{told}");
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "mine\n");
}

#[test]
fn a_report_that_was_not_written_anew_is_told() {
    let folder = exports();
    let out = folder.path().join("evidence");
    let told = "note[earlier-report]: the report in `";
    // There is none, or it is written anew.
    assert!(!assize(Path::new("no-such-folder"), &out).1.contains(told));
    assert!(!assize(folder.path(), &out).1.contains(told));
    assert!(!assize(folder.path(), &out).1.contains(told));
    let first = std::fs::read(out.join("results.json")).unwrap();
    std::fs::write(folder.path().join("assize.toml"), "nonsense = 1\n").unwrap();
    let (code, said) = assize(folder.path(), &out);
    assert_eq!((code, said.matches(told).count()), (Some(2), 1), "{said}");
    assert!(said.contains("is of an earlier run, and was left as it was"), "{said}");
    assert_eq!(std::fs::read(out.join("results.json")).unwrap(), first);
}

#[test]
fn a_report_that_cannot_be_put_in_its_place_leaves_the_earlier_one_whole() {
    let (folder, other) = (exports(), exports());
    let out = folder.path().join("evidence");
    assert_eq!(assize(folder.path(), &out).0, Some(0));
    let all = |out: &Path| crate::support::files(out);
    let before = all(&out);
    // What is read by machines is put there last, and a folder stands in its place.
    let results = out.join("results.json");
    std::fs::remove_file(&results).unwrap();
    std::fs::create_dir(&results).unwrap();
    std::fs::write(results.join("mine"), "kept").unwrap();
    std::fs::write(other.path().join("assize.toml"), "organisation = \"Other\"\n").unwrap();
    let (code, said) = assize(other.path(), &out);
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("results.json"), "{said}");
    let mut after = all(&out);
    assert_eq!(after.remove("results.json/mine").as_deref(), Some(&b"kept"[..]));
    let mut before = before;
    before.remove("results.json");
    assert_eq!(after, before);
}

#[test]
fn a_file_of_somebodys_own_is_left_whatever_its_name() {
    let (folder, out) = (exports(), tempfile::tempdir().unwrap());
    for (name, text) in [("results.json", "{\"my\": \"own\"}"), ("findings.csv", "mine")] {
        std::fs::write(out.path().join(name), text).unwrap();
    }
    let before = crate::support::files(out.path());
    let (code, said) = assize(folder.path(), out.path());
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(crate::support::files(out.path()), before);
}

#[test]
fn a_report_among_the_exports_is_refused() {
    let folder = exports();
    let (code, said) = assize(folder.path(), folder.path());
    assert_eq!(code, Some(2));
    assert!(said.contains("the report would be written among the exports"), "{said}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let (code, said) = assize(Path::new("no-such-folder"), Path::new("nowhere"));
    assert_eq!(code, Some(2));
    assert!(said.contains("there is no folder `no-such-folder`\nhelp: name the folder"), "{said}");
}
