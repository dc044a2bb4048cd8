//! What a rejected record of the inventory, a second file and a cut export leave open is never decided.

use crate::support::{check, copy, files, fixture, verdicts};
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

/// What standard error says of a file of the inventory beside the export.
fn said_of(inventory: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": []});
    std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
    std::fs::write(folder.path().join("i.toml"), inventory).unwrap();
    check(folder.path(), &[]).stderr
}

fn closed(listing: &str, entries: &str) -> String {
    format!("{entries}\n[[closures]]\nlisting = '{listing}'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\nentries = 0\n")
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
fn a_list_that_is_said_to_be_whole_and_of_which_nothing_was_read_is_not() {
    let closure = "[[closures]]\nlisting = 'reviews'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\n";
    let of = |entries: &str, more: &str| said(&[("i.toml", &format!("{closure}{entries}{more}"))], "access-reviewed");
    let other = "[[reviews]]\nidentities = ['arn:aws:iam::111122223333:role/other']\nat = 2026-10-20\nby = 'z'\n";
    assert_eq!(of("", ""), 'u', "the file with the reviews is gone");
    assert_eq!(of("entries = 0\n", ""), 'f', "there is none, which somebody says");
    assert_eq!(of("", other), 'f');
    assert_eq!(of("entries = 1\n", other), 'f');
    assert_eq!(of("entries = 2\n", other), 'u', "one of two is missing");
    assert_eq!(of("entries = 0\n", other), 'u');
    let wrong = said_of(&format!("{closure}entries = -1\n"));
    assert!(wrong.contains("`entries` is not a number of entries"), "{wrong}");
}

/// A number that is said of a list and is not that of what was read is told to whoever runs it, in both directions.
#[test]
fn a_list_of_another_length_than_is_said_is_told_and_makes_a_strict_run_fail() {
    let review = "[[reviews]]\nidentities = ['ROLE']\nat = 2026-10-20\nby = 'z'\n".replace("ROLE", ROLE);
    let closure = "[[closures]]\nlisting = 'reviews'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\nentries = ";
    let run = |entries: u8| {
        let folder = tempfile::tempdir().unwrap();
        let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": []});
        std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
        std::fs::write(folder.path().join("i.toml"), format!("{review}{closure}{entries}\n")).unwrap();
        check(folder.path(), &["--strict"])
    };
    for entries in [0, 2] {
        let run = run(entries);
        let told = format!("it says `entries = {entries}` where 1 were read");
        assert!(
            run.stderr.contains("warning[closure-without-entries]") && run.stderr.contains(&told),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("`i.toml`") && run.code == 2, "{}", run.stderr);
    }
    let run = run(1);
    assert!(run.code == 0 && !run.stderr.contains("closure-without-entries"), "{}", run.stderr);
}

/// Whatever inventory file is taken away, and whatever its lists are said to be, nothing passes that did not.
#[test]
fn an_inventory_without_one_of_its_files_makes_nothing_pass() {
    let whole = fixture("marrowick");
    let before = verdicts(&check(&whole, &[]));
    for gone in ["ai-systems.toml", "drills.toml", "logs.toml", "owners.toml", "resources.toml", "reviews.csv"] {
        let folder = tempfile::tempdir().unwrap();
        for name in files(&whole).keys().filter(|name| !name.ends_with(&format!("inventory/{gone}"))) {
            copy(&whole, folder.path(), &[name]);
        }
        for (check, by_subject) in verdicts(&check(folder.path(), &[])) {
            for (subject, letter) in by_subject {
                let was = before[&check].get(&subject).copied();
                assert!(letter != 'p' || !matches!(was, Some('f' | 'u')), "{gone}: {check} of {subject}");
            }
        }
    }
}

#[test]
fn an_export_that_came_to_harm_is_told_and_makes_a_strict_run_fail() {
    let good =
        r#"{"AccessKeyMetadata": [{"UserName": "u", "AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "Status": "Active"}]}"#;
    for (harmed, told) in [
        (br#"{"mcpServers": []}"#.to_vec(), "/mcpServers: servers should stand here, by name"),
        (br#"{"mcpServers": null}"#.to_vec(), "/mcpServers: servers should stand here, by name"),
        (br#"{"object": "list", "data": [1, null], "has_more": false}"#.to_vec(), "/data/0"),
        (good.replace("Meta", "Me\u{0}ta").into_bytes(), "`keys.json` was not read: not text"),
        ([b"{\"\xfe", &good.as_bytes()[2..]].concat(), "with bytes in it that are no text"),
        ([good.as_bytes(), b"{\"Ac\xffcessKeyMetadata\": []}"].concat(), "document 2: a key in it is not valid text"),
        ([good.as_bytes(), b"{\"Error\": {}}"].concat(), "document 2: it has none of the lists"),
        (good.replace("\"Status", "\"Status\": 1, \"x").into_bytes(), "/AccessKeyMetadata/0: it is not what"),
        ([&good.as_bytes()[..30], b"\"\xc3\": 1, ", &good.as_bytes()[30..]].concat(), "is not UTF-8"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": []});
        std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
        std::fs::write(folder.path().join("keys.json"), harmed).unwrap();
        let run = check(folder.path(), &["--strict"]);
        assert!(run.stderr.contains(told), "{told}\n{}", run.stderr);
        assert_eq!(run.code, 2, "{told}");
    }
    // What is no export by its name is left out like any other file.
    let folder = tempfile::tempdir().unwrap();
    let export = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role()], "Policies": []});
    std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
    std::fs::write(folder.path().join("logo.png"), b"\x89PNG\0").unwrap();
    assert_ne!(check(folder.path(), &["--strict"]).code, 2);
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

/// Who said that all secrets are known had the report that the manifest names: without it that says nothing any more.
#[test]
fn a_file_that_the_manifest_names_and_that_was_not_read_leaves_open_what_it_may_have_listed() {
    let whole = fixture("marrowick");
    let of = |harm: &dyn Fn(&std::path::Path)| {
        let folder = tempfile::tempdir().unwrap();
        for name in files(&whole).keys() {
            copy(&whole, folder.path(), &[name]);
        }
        harm(&folder.path().join("gitleaks/dock-tablets.json"));
        let all = verdicts(&check(folder.path(), &[]));
        all["credential-not-exposed"].values().filter(|letter| **letter == 'p').count()
    };
    assert!(of(&|_| {}) > 0);
    assert_eq!(of(&|report| std::fs::remove_file(report).unwrap()), 0);
    assert_eq!(of(&|report| std::fs::write(report, b"[{\"RuleID\0\"}]").unwrap()), 0);
}
