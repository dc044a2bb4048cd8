//! What a rejected record of the inventory, a second file and a cut export leave open is never decided.

use crate::support::{check, verdicts};
use serde_json::json;

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

fn role() -> serde_json::Value {
    json!({
        "Path": "/", "RoleName": "r", "RoleId": "AROAR", "Arn": ROLE, "CreateDate": "2026-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
        "InstanceProfileList": [], "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]}}],
        "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {"LastUsedDate": "2026-10-30T00:00:00Z"},
    })
}

/// What a check says of the role, with files of the inventory beside the export.
fn said(files: &[(&str, &str)], name: &str) -> char {
    let folder = tempfile::tempdir().unwrap();
    let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": []});
    std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text.replace("ROLE", ROLE)).unwrap();
    }
    verdicts(&check(folder.path(), &[]))[name][&format!("aws:111122223333:role:{ROLE}")]
}

fn closed(listing: &str, entries: &str) -> String {
    format!("{entries}\n[[closures]]\nlisting = '{listing}'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\n")
}

#[test]
fn a_list_of_which_a_record_was_rejected_is_not_whole() {
    for (listing, entries, check) in [
        (
            "reviews",
            "[[reviews]]\nidentities = ['ROLE']\nat = 2026-10-20\nby = 'z'\noutcom = 'keep'",
            "access-reviewed",
        ),
        ("ownership", "[[identities]]\nidentity = 'ROLE'\nowner = ['a']", "identity-owned"),
        ("log_sources", "[[log_sources]]\nidentities = ['ROLE']\nbogus = 1", "identity-logged"),
        ("ai_systems", "[[ai_systems]]\nid = 's'\nidentities = ['ROLE']\nbogus = 1", "ai-identity-declared"),
        ("drills", "[[drills]]\nidentities = ['ROLE']\nat = 'soon'\nminutes = 3", "revocation-drilled"),
    ] {
        assert_eq!(said(&[("i.toml", &closed(listing, ""))], check), 'f', "{check}");
        assert_eq!(said(&[("i.toml", &closed(listing, entries))], check), 'u', "{check}");
    }
    let rows = "review_of,at,by\nROLE,20.10.2026,ada\n";
    assert_eq!(said(&[("i.toml", &closed("reviews", "")), ("r.csv", rows)], "access-reviewed"), 'u');
}

#[test]
fn the_last_drill_is_not_known_where_one_was_rejected() {
    let fast = "[[drills]]\nidentities = ['ROLE']\nat = 2026-09-01\nminutes = 5\n";
    assert_eq!(said(&[("i.toml", fast)], "revocation-fast"), 'p');
    let newer = format!("{fast}[[drills]]\nidentities = ['ROLE']\nat = 2026-10-01\nminutes = '40'\n");
    assert_eq!(said(&[("i.toml", &newer)], "revocation-fast"), 'u');
}

#[test]
fn an_owner_who_left_by_another_file_is_not_active() {
    let owner =
        "[[identities]]\nidentity = 'ROLE'\nowners = ['a']\n[[owners]]\nid = 'a'\nkind = 'person'\nactive = true\n";
    assert_eq!(said(&[("i.toml", owner)], "owner-active"), 'p');
    let team = owner.replace("kind = 'person'", "kind = 'team'\nmembers = ['b']")
        + "[[owners]]\nid = 'b'\nkind = 'person'\nactive = true\n";
    assert_eq!(said(&[("i.toml", &team)], "owner-active"), 'p');
    for hr in ["hr.csv", "z.csv"] {
        assert_eq!(said(&[("i.toml", owner), (hr, "owner,kind,left_at\na,person,2026-05-01\n")], "owner-active"), 'u');
        assert_eq!(said(&[("i.toml", &team), (hr, "owner,kind,left_at\nb,person,2026-05-01\n")], "owner-active"), 'u');
    }
}

#[test]
fn a_policy_that_the_export_counts_as_attached_is_judged() {
    let folder = tempfile::tempdir().unwrap();
    let policy = json!({
        "PolicyName": "big", "PolicyId": "ANPA1", "Arn": "arn:aws:iam::111122223333:policy/big", "Path": "/",
        "DefaultVersionId": "v1", "AttachmentCount": 3, "IsAttachable": true, "CreateDate": "2026-01-01T00:00:00Z",
        "UpdateDate": "2026-01-01T00:00:00Z", "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true,
            "CreateDate": "2026-01-01T00:00:00Z", "Document": {"Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}],
    });
    let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": [policy],
        "IsTruncated": true, "Marker": "m"});
    std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
    let said = verdicts(&check(folder.path(), &[]));
    assert_eq!(said["policy-not-administrator"].values().filter(|letter| **letter == 'f').count(), 1);
}
