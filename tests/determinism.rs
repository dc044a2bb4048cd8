//! The same input gives the same bytes: run twice, with any number of threads, from another place, and rendered again.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Run, assize, check, files, fixture};

type Files = BTreeMap<String, Vec<u8>>;

#[track_caller]
fn same(left: &Files, right: &Files) {
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    for (name, bytes) in left {
        assert!(*bytes == right[name], "{name} differs");
    }
}

fn copy_in_reverse(from: &Path, to: &Path) {
    let all = files(from);
    for (name, bytes) in all.iter().rev() {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::write(&target, bytes).unwrap();
        // Another time of change for each file, in another order.
        let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000 + bytes.len() as u64);
        std::fs::File::options().write(true).open(&target).unwrap().set_modified(time).unwrap();
    }
}

fn summary(run: &Run) -> String {
    // The last lines name the folders.
    let folders = |line: &&str| line.starts_with("The report is") || line.contains("assize sources plan");
    run.stdout.lines().filter(|line| !folders(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn one_folder_gives_one_result() {
    for name in ["marrowick", "hostile"] {
        let folder = fixture(name);
        let first = check(&folder, &[]);
        assert!(first.files().len() >= 9, "{:?}", first.files().keys());
        let moved = tempfile::TempDir::new().unwrap();
        copy_in_reverse(&folder, &moved.path().join("elsewhere/deeper"));
        for again in [
            check(&folder, &["--threads", "1"]),
            check(&folder, &["--threads", "2"]),
            check(&moved.path().join("elsewhere/deeper"), &["--threads", "2"]),
        ] {
            same(&first.files(), &again.files());
            assert_eq!((first.code, summary(&first), &first.stderr), (again.code, summary(&again), &again.stderr));
        }
    }
}

#[test]
fn a_report_is_rendered_from_its_results_alone() {
    for name in ["marrowick", "hostile", "partial"] {
        let run = check(&fixture(name), &[]);
        let (alone, out) = (tempfile::TempDir::new().unwrap(), tempfile::TempDir::new().unwrap());
        let results = alone.path().join("results.json");
        std::fs::copy(run.out.path().join("results.json"), &results).unwrap();
        assize(&["report"]).arg(&results).arg("--out").arg(out.path()).assert().success();
        let (written, again) = (run.files(), files(out.path()));
        for file in ["report.md", "report.html", "findings.csv", "gaps.csv"] {
            assert!(written[file] == again[file], "{name}: {file} differs");
        }
    }
}

#[test]
fn nothing_of_this_machine_or_day_is_in_an_output() {
    let run = check(&fixture("marrowick"), &[]);
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let today = jiff::Timestamp::now().to_string();
    let here = env!("CARGO_MANIFEST_DIR").to_owned();
    let there = run.out.path().display().to_string();
    for (name, bytes) in run.files() {
        let text = String::from_utf8(bytes).unwrap();
        for (what, word) in
            [("a path", here.as_str()), ("a path", there.as_str()), ("today", &today[..10]), ("the host", host.trim())]
        {
            // A host may have a name so short that it stands in any text.
            assert!(word.len() < 6 || !text.contains(word), "{name} has {what}: {word}");
        }
        assert!(!text.contains("/tmp/"), "{name} names a folder of this machine");
    }
}

/// Without a date the latest time of collection known is the date, so that a run next year says the same.
#[test]
fn the_clock_decides_nothing_where_exports_have_times() {
    let out = tempfile::TempDir::new().unwrap();
    assize(&["check"]).arg(fixture("marrowick")).arg("--report").arg(out.path()).assert().code(0);
    let results: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.path().join("results.json")).unwrap()).unwrap();
    assert_eq!(results["as_of"].to_string(), r#"{"at":"2026-10-31T15:00:00Z","origin":"latest_collection"}"#);
}
