//! A key that was replaced between two exports: the report names the old one, the list the new one, or the other way round.

use std::fmt::Write as _;

use crate::support::{check, verdicts};
use serde_json::json;
use tempfile::TempDir;

const OLD: &str = "2026-03-01T00:00:00+00:00";
const NEW: &str = "2026-10-10T00:00:00+00:00";
const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

/// A report of one user with a key that was made then, a list of that user's keys, and when both were collected.
struct Exports<'a> {
    slot: &'a str,
    report_at: Option<&'a str>,
    listed: &'a [(&'a str, &'a str)],
    list_at: Option<&'a str>,
    more: serde_json::Value,
}

/// What is said of the user's keys, and of the user, by name: `credential-rotated` and `one-active-key`.
fn said(exports: &Exports<'_>) -> (Vec<String>, char) {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let rest = "N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    put(
        "report.csv",
        &format!(
            "{HEADER}\n<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,N/A,not_supported,not_supported,true,false,N/A,{rest}\nsvc,arn:aws:iam::111122223333:user/svc,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,{},{rest}\nother,arn:aws:iam::111122223333:user/other,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,{rest}\n",
            exports.slot
        ),
    );
    let keys = exports.listed.iter();
    let keys: Vec<_> = keys
        .map(|(id, at)| json!({"UserName": exports.more["of"].as_str().unwrap_or("svc"), "AccessKeyId": id, "Status": "Active", "CreateDate": at}))
        .collect();
    let mut list = json!({"AccessKeyMetadata": keys});
    list.as_object_mut().unwrap().extend(exports.more.as_object().unwrap().clone());
    put("keys.json", &list.to_string());
    put(
        "kinds.toml",
        "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/svc\"\nkind = \"service_account\"\n",
    );
    let mut profile = "own_scopes = [\"aws:111122223333\"]\n".to_owned();
    for (path, at) in [("report.csv", exports.report_at), ("keys.json", exports.list_at)] {
        if let Some(at) = at {
            writeln!(profile, "[[exports]]\npath = \"{path}\"\ncollected_at = \"{at}\"").unwrap();
        }
    }
    put("assize.toml", &profile);
    let said = verdicts(&check(folder.path(), &[]));
    let short = |id: &String| id.rsplit(':').next().unwrap().to_owned();
    let keys = said["credential-rotated"].iter().map(|(id, letter)| format!("{} {letter}", short(id))).collect();
    (keys, said["one-active-key"]["aws:111122223333:user:arn:aws:iam::111122223333:user/svc"])
}

#[test]
fn a_newer_export_of_the_keys_of_a_user_replaces_what_an_older_one_says() {
    let both = |slot, report_at, listed, list_at| said(&Exports { slot, report_at, listed, list_at, more: json!({}) });
    let (old, new): (&[_], &[_]) = (&[("AKIAOLD", OLD)], &[("AKIANEW", NEW)]);
    let (october, november) = (Some("2026-10-01"), Some("2026-10-31"));
    let all = |keys: &[&str], letter: char| (keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>(), letter);
    assert_eq!(both(OLD, october, old, november), all(&["AKIAOLD f"], 'p'), "the same key");
    // Of a key that is younger than the report only the list tells, which does not show that it is whole.
    assert_eq!(both(OLD, october, new, november), all(&["AKIANEW p"], 'u'), "the list is newer");
    assert_eq!(both(OLD, october, new, None), all(&["AKIANEW p"], 'u'), "it names what was made after the report");
    assert_eq!(both(NEW, november, old, october), all(&["svc#key1 p"], 'p'), "the report is newer");
    // Nothing tells which of the two is still there.
    assert_eq!(both(OLD, None, new, None), all(&["AKIANEW u", "svc#key1 u"], 'u'), "no times");
    // A second key leaves the first where it is.
    let two: &[_] = &[("AKIANEW", NEW), ("AKIAOLD", OLD)];
    assert_eq!(both(OLD, october, two, november), all(&["AKIANEW p", "AKIAOLD f"], 'f'), "a second key");
}

#[test]
fn a_list_of_which_a_page_is_missing_replaces_nothing() {
    let more = json!({"IsTruncated": true, "Marker": "x"});
    let listed: &[_] = &[("AKIANEW", NEW)];
    let exports = Exports { slot: OLD, report_at: Some("2026-10-01"), listed, list_at: Some("2026-10-31"), more };
    let (keys, active) = said(&exports);
    assert_eq!((keys, active), (vec!["AKIANEW p".to_owned(), "svc#key1 u".to_owned()], 'u'));
}

#[test]
fn keys_that_a_newer_report_has_no_more_were_deleted() {
    let listed: &[_] = &[("AKIAOTHER", OLD)];
    let other = |report_at, list_at| {
        let exports = Exports { slot: OLD, report_at, listed, list_at, more: json!({"of": "other"}) };
        said(&exports).0
    };
    let (october, november) = (Some("2026-10-01"), Some("2026-10-31"));
    assert_eq!(other(november, october), ["svc#key1 f"]);
    assert_eq!(other(october, november), ["AKIAOTHER f", "svc#key1 f"]);
    assert_eq!(other(None, None), ["AKIAOTHER u", "svc#key1 f"]);
}
