//! What people state of secrets that a scanner saw: that they were dealt with, and whose they are.

use std::fs;

use crate::support;
use crate::support::{check, fixture, verdicts};
use tempfile::TempDir;

const REPORT: &str = r#"[{"RuleID": "generic-api-key", "Description": "", "StartLine": 3, "EndLine": 3, "StartColumn": 1,
"EndColumn": 9, "Match": "key = x7Kq2m", "Secret": "x7Kq2mVb9TzLw4Rd", "File": "auth.py", "SymlinkFile": "", "Commit": "",
"Entropy": 4.1, "Author": "", "Email": "", "Date": "", "Message": "", "Tags": [], "Fingerprint": "auth.py:generic-api-key:3"}]"#;
const MANIFEST: &str =
    "[[exports]]\npath = \"gitleaks.json\"\nscope = \"gitleaks:repo\"\ncollected_at = \"2026-10-31\"\n";

/// The verdict on the one finding, and the warnings, with an inventory.
fn judged(inventory: &str) -> (char, String, String) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("gitleaks.json"), REPORT).unwrap();
    fs::write(folder.path().join("assize.toml"), MANIFEST).unwrap();
    fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
    support::copy(
        &fixture("marrowick/aws/614820937715"),
        folder.path(),
        &["access-keys.json", "authorization-details.json", "credential-report.json"],
    );
    let run = check(folder.path(), &[]);
    let all = verdicts(&run);
    let found = all["exposure-dealt-with"].values().next().copied().unwrap();
    (found, run.text("report.md"), run.stderr)
}

#[test]
fn what_nobody_dealt_with_is_unknown() {
    let (found, report, _) = judged("");
    assert_eq!(found, 'u');
    assert!(report.contains("`resolved_at` under `[[exposures]]` of the inventory"), "the gap says what closes it");
}

#[test]
fn what_was_dealt_with_passes_and_whose_key_is_accepted_fails() {
    let id = "gitleaks:repo:finding:auth.py:generic-api-key:3";
    let stated = |more: &str| judged(&format!("[[exposures]]\nexposure = \"{id}\"\nby = \"Ada\"\n{more}\n"));
    assert_eq!(stated("resolved_at = 2026-10-20").0, 'p');
    assert_eq!(stated("").0, 'u');
    // The key of `dock-assistant` is accepted; the first one of `label-reader` no longer is.
    assert_eq!(stated("credential = \"AKIAY6JRO77Z2EXAMPLE\"").0, 'f');
    assert_eq!(stated("credential = \"AKIAY6JRO77ZWEXAMPLE\"").0, 'p');
    // In the future it was not dealt with yet.
    assert_eq!(stated("resolved_at = 2026-12-24").0, 'u');
    let many = judged("[[exposures]]\nexposure = \"gitleaks:repo:*\"\nby = \"Ada\"\nresolved_at = 2026-10-20\n");
    assert_eq!(many.0, 'p');
    let none = judged("[[exposures]]\nexposure = \"gitleaks:other:*\"\nby = \"Ada\"\nresolved_at = 2026-10-20\n");
    assert_eq!(none.0, 'u');
    assert!(none.1.contains("no exposure has the id `gitleaks:other:*`"), "{}", none.1.len());
}
