//! The property that lets an auditor trust a pass: an export that says less, or nonsense, never makes a verdict better.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::support::{Run, check, copy, files, fixture, verdicts};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rayon::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

const ACCOUNTS: [&str; 3] = ["285019463370", "614820937715", "730516284409"];
const LISTS: [&str; 4] = ["UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"];

/// Fields that AWS leaves out, or that are empty, where there is nothing to say: their absence is an answer.
const MAY_BE_ABSENT: &[(&str, &str)] =
    &[("UserDetailList", "UserPolicyList"), ("UserDetailList", "Tags"), ("RoleDetailList", "Tags")];

/// What a run says of each subject and check, and of each check and requirement.
#[derive(PartialEq, Eq)]
struct Said {
    letters: BTreeMap<(String, String), char>,
    statuses: BTreeMap<String, String>,
}

impl Said {
    fn of(run: &Run) -> Self {
        let mut letters = BTreeMap::new();
        for (check, column) in verdicts(run) {
            letters.extend(column.into_iter().map(|(subject, letter)| ((subject, check.clone()), letter)));
        }
        let results = run.results();
        let mut statuses = BTreeMap::new();
        for check in results["checks"].as_array().unwrap() {
            statuses.insert(text(&check["id"]), text(&check["status"]));
        }
        for framework in results["frameworks"].as_array().unwrap() {
            for requirement in framework["requirements"].as_array().unwrap() {
                let id = format!("{} {}", text(&framework["id"]), text(&requirement["id"]));
                statuses.insert(id, text(&requirement["status"]));
            }
        }
        assert!(!letters.is_empty() && !statuses.is_empty());
        Self { letters, statuses }
    }

    /// What is better than it was: passes of subjects that failed or were open, statuses that were not and now are satisfied.
    fn better_than(&self, before: &Self) -> Vec<String> {
        let passes = self.letters.iter().filter(|(_, letter)| **letter == 'p');
        let passes = passes.filter(|(of, _)| matches!(before.letters.get(*of), Some('f' | 'u')));
        let satisfied = self.statuses.iter().filter(|(_, status)| *status == "satisfied");
        let satisfied = satisfied.filter(|(of, _)| {
            matches!(before.statuses.get(*of).map(String::as_str), Some("not_satisfied" | "undetermined"))
        });
        let passes = passes.map(|((subject, check), _)| format!("{check} passes for {subject}"));
        passes.chain(satisfied.map(|(of, _)| format!("{of} is satisfied"))).collect()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// The company's folder with one file in other words.
fn with(path: &str, text: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let from = fixture("marrowick");
    copy(&from, folder.path(), &files(&from).keys().map(String::as_str).collect::<Vec<_>>());
    std::fs::write(folder.path().join(path), text).unwrap();
    folder
}

fn said(folder: &Path) -> Option<Said> {
    let run = check(folder, &[]);
    assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
    // Without a report there is nothing that could be taken for a better one.
    run.files().contains_key("results.json").then(|| Said::of(&run))
}

/// Runs each of the cases, and tells which of them made anything better.
fn all(cases: &[(String, String, String)]) {
    let before = said(&fixture("marrowick")).unwrap();
    assert!(before.letters.values().collect::<BTreeSet<_>>().len() > 3, "the company has passes, failures and gaps");
    // A run with its reports takes a second: of the cases every eleventh, which falls on each kind of change in turn.
    let cases: Vec<_> = cases.iter().step_by(11).collect();
    let wrong: Vec<String> = cases
        .par_iter()
        .flat_map_iter(|(name, path, text)| {
            let after = said(with(path, text).path());
            let better = after.map(|after| after.better_than(&before)).unwrap_or_default();
            better.into_iter().map(move |what| format!("{name}: {what}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Each field of each list of authorization details left out, null or of another type, in all records of the list.
#[test]
fn authorization_details() {
    let mut cases = Vec::new();
    // Two of the accounts have every kind of record between them.
    for account in &ACCOUNTS[..2] {
        let path = format!("aws/{account}/authorization-details.json");
        let text = std::fs::read_to_string(fixture("marrowick").join(&path)).unwrap();
        let whole: Value = serde_json::from_str(&text).unwrap();
        let mut case = |name: String, value: &Value| cases.push((name, path.clone(), value.to_string()));
        for list in LISTS {
            let records = whole[list].as_array().unwrap();
            let keys: BTreeSet<&String> =
                records.iter().flat_map(|record| record.as_object().unwrap().keys()).collect();
            for key in keys {
                let wrong = [Some(json!(5)), Some(json!({})), Some(Value::Null), None];
                let keep = if MAY_BE_ABSENT.contains(&(list, key)) { 2 } else { 4 };
                for value in wrong.iter().take(keep) {
                    let mut changed = whole.clone();
                    for record in changed[list].as_array_mut().unwrap() {
                        let record = record.as_object_mut().unwrap();
                        if record.contains_key(key) {
                            match value {
                                Some(value) => drop(record.insert(key.clone(), value.clone())),
                                None => drop(record.remove(key)),
                            }
                        }
                    }
                    let shown = value.as_ref().map_or("left out".to_owned(), Value::to_string);
                    case(format!("{account} {list}.{key} {shown}"), &changed);
                }
            }
            for value in [json!("oops"), json!({}), json!([1, 2, 3])] {
                let mut changed = whole.clone();
                changed[list] = value.clone();
                case(format!("{account} {list} is {value}"), &changed);
            }
        }
        let mut marked = whole.clone();
        marked["IsTruncated"] = json!(true);
        marked["Marker"] = json!("next");
        case(format!("{account}, the first page"), &marked);
        for tenth in [3, 7, 9] {
            let cut = text.get(..text.len() * tenth / 10).unwrap();
            cases.push((format!("{account} cut at {tenth} tenths"), path.clone(), cut.to_owned()));
        }
    }
    all(&cases);
}

/// Where the credential report of an account stands, and its text. Text in place of JSON is read as CSV.
fn report(account: &str) -> (String, String) {
    let path = format!("aws/{account}/credential-report.csv");
    if let Ok(text) = std::fs::read_to_string(fixture("marrowick").join(&path)) {
        return (path, text);
    }
    let path = format!("aws/{account}/credential-report.json");
    let answer: Value = serde_json::from_slice(&std::fs::read(fixture("marrowick").join(&path)).unwrap()).unwrap();
    let content: String = text(&answer["Content"]).split_whitespace().collect();
    (path, String::from_utf8(STANDARD.decode(content).unwrap()).unwrap())
}

/// Each column of a credential report left out, empty or nonsense.
#[test]
fn credential_reports() {
    let mut cases = Vec::new();
    for account in ACCOUNTS {
        let (path, text) = report(account);
        let rows: Vec<Vec<&str>> = text.lines().map(|line| line.split(',').collect()).collect();
        for (column, name) in rows[0].iter().enumerate() {
            for value in [None, Some(""), Some("N/A"), Some("not_supported"), Some("nonsense")] {
                // No use on record, and no certificate, are what these words mean there.
                if name.contains("last_used") || (name.starts_with("cert_") && value == Some("N/A")) {
                    continue;
                }
                let changed = rows.iter().enumerate().map(|(at, row)| {
                    let mut row: Vec<&str> = row.clone();
                    match value {
                        None => drop(row.remove(column)),
                        Some(value) if at > 0 => row[column] = value,
                        Some(_) => {}
                    }
                    row.join(",")
                });
                let changed: Vec<String> = changed.collect();
                cases.push((format!("{account} {name} {value:?}"), path.clone(), changed.join("\n") + "\n"));
            }
        }
    }
    assert!(!cases.is_empty());
    all(&cases);
}
