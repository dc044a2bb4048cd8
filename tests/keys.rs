//! A key that was replaced between two exports: the report names the old one, the list the new one, or the other way round.

use std::fmt::Write as _;

use crate::support::{Run, check, verdicts};
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
    let said = verdicts(&checked(exports));
    let short = |id: &String| id.rsplit(':').next().unwrap().to_owned();
    let keys = said["credential-rotated"].iter().map(|(id, letter)| format!("{} {letter}", short(id))).collect();
    (keys, said["one-active-key"]["aws:111122223333:user:arn:aws:iam::111122223333:user/svc"])
}

/// What the exports are told to disagree about.
fn told(exports: &Exports<'_>) -> Vec<String> {
    let results = checked(exports).results();
    let codes = results["quality"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap().to_owned());
    codes.filter(|code| code.starts_with("key") || code.starts_with("user")).collect()
}

fn checked(exports: &Exports<'_>) -> Run {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let rest = "N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    let second = exports.more["second"].as_str();
    let keys_of =
        second.map_or_else(|| rest.to_owned(), |at| format!("N/A,N/A,N/A,true,{at},N/A,N/A,N/A,false,N/A,false,N/A"));
    let active = exports.more.get("inactive").is_none();
    put(
        "report.csv",
        &format!(
            "{HEADER}\n<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,N/A,not_supported,not_supported,true,false,N/A,{rest}\nsvc,arn:aws:iam::111122223333:user/svc,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,{active},{},{keys_of}\nother,arn:aws:iam::111122223333:user/other,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,{rest}\n",
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
    check(folder.path(), &[])
}

#[test]
fn a_newer_export_of_the_keys_of_a_user_replaces_what_an_older_one_says() {
    let both = |slot, report_at, listed, list_at| said(&Exports { slot, report_at, listed, list_at, more: json!({}) });
    let (old, new): (&[_], &[_]) = (&[("AKIAOLD", OLD)], &[("AKIANEW", NEW)]);
    let (october, november) = (Some("2026-10-01"), Some("2026-10-31"));
    let all = |keys: &[&str], letter: char| (keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>(), letter);
    assert_eq!(both(OLD, october, old, november), all(&["AKIAOLD f"], 'p'), "the same key");
    // Of a key that is younger than the report only the list tells, which does not show that it is whole.
    let perhaps = all(&["AKIANEW p", "svc#key1 u"], 'u');
    assert_eq!(both(OLD, october, new, november), perhaps, "the list is newer");
    assert_eq!(both(OLD, october, new, None), perhaps, "it names what was made after the report");
    // Of as many as a user can have, none is missing.
    let most: &[_] = &[("AKIANEW", NEW), ("AKIATHIRD", NEW)];
    assert_eq!(both(OLD, october, most, november), all(&["AKIANEW p", "AKIATHIRD p"], 'f'), "replaced");
    assert_eq!(both(NEW, november, old, october), all(&["svc#key1 p"], 'p'), "the report is newer");
    // Nothing tells which of the two is still there.
    assert_eq!(both(OLD, None, new, None), all(&["AKIANEW u", "svc#key1 u"], 'u'), "no times");
    // A second key leaves the first where it is.
    let two: &[_] = &[("AKIANEW", NEW), ("AKIAOLD", OLD)];
    assert_eq!(both(OLD, october, two, november), all(&["AKIANEW p", "AKIAOLD f"], 'f'), "a second key");
}

/// The report knows of two active keys, and the list of one.
#[test]
fn a_list_that_lacks_a_key_of_the_report_is_not_whole() {
    const SECOND: &str = "2026-04-01T00:00:00+00:00";
    let exports = |report_at, list_at| Exports {
        slot: OLD,
        report_at,
        listed: &[("AKIAOLD", OLD)],
        list_at,
        more: json!({"second": SECOND}),
    };
    let lacking = |report_at, list_at| said(&exports(report_at, list_at));
    let october = Some("2026-10-01");
    let both = |letter: char| vec!["AKIAOLD f".to_owned(), format!("svc#key2 {letter}")];
    assert_eq!(lacking(october, Some("2026-09-01")), (both('f'), 'f'), "what the newer report says is not in doubt");
    assert_eq!(lacking(october, Some("2026-10-31")), (both('u'), 'u'), "deleted since, or left out");
    // It may have been deleted before the list was made.
    for (report_at, list_at) in [(None, None), (october, None), (None, october), (october, october)] {
        assert_eq!(lacking(report_at, list_at), (both('u'), 'u'), "{report_at:?} {list_at:?}");
    }
    let words = |list_at| {
        let exports = exports(october, list_at);
        assert_eq!(told(&exports), ["keys-differ"], "{list_at:?}");
        let quality = checked(&exports).results()["quality"].clone();
        let note = quality.as_array().unwrap().iter().find(|note| note["code"] == "keys-differ").cloned().unwrap();
        note["message"].as_str().unwrap().to_owned()
    };
    let lacks = "a key of `svc` in the credential report is not in the list of the user's keys, ";
    let open = "and nothing tells which of the two is older, so whether the key is active is not known";
    assert_eq!((words(None), words(october)), (format!("{lacks}{open}"), format!("{lacks}{open}")));
    assert!(words(Some("2026-10-31")).starts_with(&format!("{lacks}which is newer: ")));
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

/// Users of whom only their keys tell: the export names them, and none lists them, also where a trust mentions one.
#[test]
fn users_whom_only_their_keys_name_are_told() {
    let folder = TempDir::new().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    let key =
        |user: &str, id: &str| json!({"UserName": user, "AccessKeyId": id, "Status": "Active", "CreateDate": OLD});
    let keys = [key("listed", "AKIALISTED"), key("mentioned", "AKIAMENTIONED"), key("nobody", "AKIANOBODY")];
    put("keys.json", &json!({"AccessKeyMetadata": keys}).to_string());
    let arn = |name: &str| format!("arn:aws:iam::111122223333:{name}");
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": arn("user/mentioned")}, "Action": "sts:AssumeRole"}]});
    let details = json!({
        "UserDetailList": [{"UserName": "listed", "UserId": "AIDALISTED", "Arn": arn("user/listed"), "Path": "/", "CreateDate": OLD}],
        "GroupDetailList": [],
        "RoleDetailList": [{"RoleName": "r", "RoleId": "AROAR", "Arn": arn("role/r"), "Path": "/", "CreateDate": OLD, "AssumeRolePolicyDocument": trust}],
        "Policies": [],
    });
    put("details.json", &details.to_string());
    put("assize.toml", "[[exports]]\npath = \"*.json\"\nscope = \"aws:111122223333\"\n");
    let quality = check(folder.path(), &[]).results()["quality"].clone();
    let told = quality.as_array().unwrap().iter().filter(|note| note["code"] == "user-not-listed");
    let told: Vec<&str> = told.map(|note| note["message"].as_str().unwrap()).collect();
    let whom =
        |user: &str| format!("a listed key belongs to the user `{user}`, whom no other export of its account lists");
    assert_eq!(told, [whom("mentioned"), whom("nobody")]);
}

/// A report of users without any key says just as much as one in which another user has one.
#[test]
fn a_report_that_has_no_key_at_all_disagrees_with_a_list_that_has_one() {
    let exports = |report_at, list_at| Exports {
        slot: "N/A",
        report_at,
        listed: &[("AKIAOLD", OLD)],
        list_at,
        more: json!({"inactive": true}),
    };
    assert_eq!(said(&exports(None, None)), (vec!["AKIAOLD u".to_owned()], 'u'));
    // Of two that have a time, the newer says what is so.
    assert_eq!(said(&exports(Some("2026-10-01"), Some("2026-10-31"))).0, ["AKIAOLD f"]);
}
