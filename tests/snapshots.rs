//! One snapshot that lies there twice is one; two that differ are not.

use std::path::Path;

use crate::support::{Run, check, fixture, verdicts};
use base64::Engine as _;
use tempfile::TempDir;

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

fn report() -> String {
    std::fs::read_to_string(fixture("marrowick/aws/285019463370/credential-report.csv")).unwrap()
}

fn answer(rows: &str, at: &str) -> String {
    let content = base64::engine::general_purpose::STANDARD.encode(rows);
    format!("{{\"Content\": \"{content}\", \"ReportFormat\": \"text/csv\", \"GeneratedTime\": \"{at}\"}}")
}

/// The file that is not read, and what its notes say.
fn repeated(run: &Run, name: &str, of: &str) {
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stderr.contains(&format!("note[repeated-export]: `{name}` repeats `{of}`")), "{}", run.stderr);
    let export = run.export(name);
    assert_eq!((&export["read"], &export["rejected"]), (&0.into(), &0.into()));
    assert!(export["ignored"].as_u64().unwrap() > 0);
    let notes = export["notes"].as_array().unwrap();
    assert!(notes.contains(&format!("it repeats `{of}`: both are one snapshot").into()), "{notes:?}");
}

#[test]
fn a_credential_report_as_rows_and_as_an_answer_is_one() {
    let rows = report();
    let json = answer(&rows, "2026-10-31T06:00:00+00:00");
    let both = folder(&[("report.csv", rows.replace('\n', "\r\n").as_bytes()), ("report.json", json.as_bytes())]);
    let run = check(both.path(), &[]);
    repeated(&run, "report.csv", "report.json");
    assert_eq!(check(both.path(), &["--strict"]).code, 0);
    let alone = folder(&[("report.json", json.as_bytes())]);
    assert_eq!(verdicts(&run), verdicts(&check(alone.path(), &[])));
}

#[test]
fn the_same_details_in_another_form_are_one() {
    let text = std::fs::read(fixture("marrowick/aws/285019463370/authorization-details.json")).unwrap();
    let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let copies: [(&str, Vec<u8>); 2] =
        [("copy.json", text.clone()), ("deep/utf16.json", utf16(std::str::from_utf8(&text).unwrap()))];
    for (name, bytes) in &copies {
        let both = folder(&[("a.json", &text), (name, bytes)]);
        repeated(&check(both.path(), &[]), name, "a.json");
    }
    // A record less is another snapshot.
    let mut less = value;
    less["UserDetailList"].as_array_mut().unwrap().pop().unwrap();
    let both = folder(&[("a.json", &text), ("b.json", less.to_string().as_bytes())]);
    differ(both.path());
}

fn utf16(text: &str) -> Vec<u8> {
    [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

fn differ(folder: &Path) {
    let run = check(folder, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error[two-snapshots]") && !run.stderr.contains("repeats"), "{}", run.stderr);
    assert!(run.files().is_empty());
}

#[test]
fn reports_that_differ_in_a_row_are_two() {
    let rows = report();
    let json = answer(&rows, "2026-10-31T06:00:00+00:00");
    let last = rows.trim_end().rfind('\n').unwrap();
    let both = folder(&[("report.csv", &rows.as_bytes()[..last]), ("report.json", json.as_bytes())]);
    differ(both.path());
}
