//! Real AWS exports, where there are any: each file alone and all together, no panic, every record read or its rejection explained.
//!
//! Set `ASSIZE_AWS_EXPORTS` to a folder of them.

use std::path::{Path, PathBuf};

use crate::support;
use assize::export::declared::Declared;
use assize::export::report::ExportReport;
use assize::source::{Loaded, Options, load};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ASSIZE_AWS_EXPORTS").map(PathBuf::from);
    if folder.is_none() {
        println!("ASSIZE_AWS_EXPORTS is not set: no real exports were read");
    }
    folder
}

fn loaded(folder: &Path) -> Loaded {
    load(folder, &Declared::default(), &Options::default())
}

/// How many records a file holds, counted without the sources.
fn records(path: &Path, export: &ExportReport) -> Option<u64> {
    use base64::Engine as _;
    let text = std::fs::read_to_string(path).ok()?;
    let rows = |text: &str| Some(text.lines().filter(|line| !line.trim().is_empty()).count() as u64 - 1);
    let mut documents = serde_json::Deserializer::from_str(&text).into_iter::<Value>().map_while(Result::ok);
    let length = |value: &Value| value.as_array().map_or(0, Vec::len) as u64;
    match export.source? {
        "aws-authorization-details" => {
            let lists = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];
            Some(documents.map(|document| lists.iter().map(|list| length(&document[*list])).sum::<u64>()).sum())
        }
        "aws-access-keys" => Some(documents.map(|document| length(&document["AccessKeyMetadata"])).sum()),
        "aws-access-key-last-used" => Some(documents.count() as u64),
        "aws-credential-report" if text.trim_start().starts_with('{') => {
            let report = documents.next()?["Content"].as_str()?.to_owned();
            match base64::engine::general_purpose::STANDARD.decode(report.trim()) {
                Ok(decoded) => rows(std::str::from_utf8(&decoded).ok()?),
                Err(_) => rows(&report),
            }
        }
        "aws-credential-report" => rows(&text),
        _ => None,
    }
}

/// Every file is taken for something or left out with a reason, and of what was taken all records are accounted for.
fn accounted_for(root: &Path, loaded: &Loaded) -> (u64, u64) {
    let (mut read, mut rejected) = (0, 0);
    for export in &loaded.exports {
        assert!(!export.took_for.is_empty(), "{}", export.path);
        let kept = loaded.rejected.iter().filter(|one| one.path == export.path).count() as u64;
        assert_eq!(kept, export.rejected.min(100), "{}", export.path);
        if let Some(there) = records(&root.join(&export.path), export) {
            assert_eq!(export.read + export.rejected + export.ignored, there, "{}: {export:?}", export.path);
        }
        read += export.read;
        rejected += export.rejected;
    }
    for one in &loaded.rejected {
        assert!(!one.why.is_empty() && !one.place.is_empty(), "{one:?}");
    }
    (read, rejected)
}

#[test]
fn each_file_alone() {
    let Some(folder) = folder() else { return };
    let mut recognised = 0;
    for (name, bytes) in support::files(&folder) {
        let alone = tempfile::TempDir::new().unwrap();
        let file = alone.path().join(name.rsplit('/').next().unwrap());
        std::fs::write(&file, bytes).unwrap();
        let loaded = loaded(alone.path());
        assert_eq!(loaded.exports.len(), 1, "{name}");
        accounted_for(alone.path(), &loaded);
        recognised += usize::from(loaded.exports[0].source.is_some());
        // The whole program ends by itself too, and as it says.
        let run = support::check(alone.path(), &[]);
        assert!(matches!(run.code, 0 | 2), "{name}: {}\n{}", run.code, run.stderr);
        assert!(!run.stderr.contains("panicked"), "{name}: {}", run.stderr);
    }
    assert!(recognised > 0, "there is an export among them");
}

#[test]
fn all_together() {
    let Some(folder) = folder() else { return };
    let loaded = loaded(&folder);
    let (read, rejected) = accounted_for(&folder, &loaded);
    println!("{} files, {read} records read, {rejected} rejected", loaded.exports.len());
    for one in &loaded.rejected {
        println!("{} {}: {}", one.path, one.place, one.why);
    }
    assert!(read > 0);
}

/// What an account's exports come to: authorization details and the credential report beside them give verdicts.
#[test]
fn a_report_of_each_account() {
    let Some(folder) = folder() else { return };
    let all: Vec<String> = support::files(&folder).into_keys().collect();
    for details in all.iter().filter(|name| name.ends_with("get-account-authorization-details.json")) {
        let (inside, _) = details.rsplit_once('/').unwrap_or(("", ""));
        let report = all.iter().find(|name| name.starts_with(inside) && name.ends_with("get-credential-report.json"));
        let account = tempfile::TempDir::new().unwrap();
        for name in [Some(details), report].into_iter().flatten() {
            support::copy(&folder, account.path(), &[name]);
        }
        let run = support::check(account.path(), &[]);
        assert_eq!(run.code, 0, "{details}: {}", run.stderr);
        let letters = |wanted: &str| {
            support::verdicts(&run)
                .values()
                .flat_map(|column| column.values())
                .filter(|letter| wanted.contains(**letter))
                .count()
        };
        let (decided, open) = (letters("pf"), letters("u"));
        println!("{details}: {decided} verdicts, {open} undecided");
        assert!(decided > 0, "{details}");
    }
}
