//! What people and exports say holds for its time: a list says nothing of whoever was made after it, and who left is not active.

use crate::support::{check, verdicts};
use serde_json::json;
use tempfile::TempDir;

const USER: &str = "aws:111122223333:user:arn:aws:iam::111122223333:user/new";

fn user(made: &str) -> String {
    json!({
        "UserDetailList": [{"Path": "/", "UserName": "new", "UserId": "AIDANEW", "Arn": "arn:aws:iam::111122223333:user/new",
            "CreateDate": made, "GroupList": [], "AttachedManagedPolicies": [], "Tags": []}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": []
    })
    .to_string()
}

#[test]
fn a_list_says_nothing_of_whoever_was_made_after_it() {
    for (made, as_of, want) in [
        ("2026-10-20T09:00:00Z", "2026-10-01", 'u'),
        ("2026-10-20T09:00:00Z", "2026-10-20", 'p'),
        ("2026-09-20T09:00:00Z", "2026-10-01", 'p'),
    ] {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("details.json", &user(made));
        let closure = |listing: &str| {
            format!(
                "[[closures]]\nlisting = \"{listing}\"\nscope = \"aws:111122223333\"\nas_of = \"{as_of}\"\nby = \"ada\"\nentries = 0\n"
            )
        };
        let kind = "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/new\"\nkind = \"machine_user\"\n";
        write("inventory.toml", &(kind.to_owned() + &closure("passwords") + &closure("access_keys")));
        let found = verdicts(&check(folder.path(), &[]));
        assert_eq!(found["machine-without-password"][USER], want, "{made} {as_of}");
    }
}

/// A list of resources is not about identities, so their age says nothing of it.
#[test]
fn a_list_of_resources_holds_for_identities_made_later() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("details.json", &user("2026-10-20T09:00:00Z"));
    let inventory = "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/new\"\nkind = \"machine_user\"\nenvironment = \"production\"\n\
        [[closures]]\nlisting = \"resources\"\nscope = \"aws:111122223333\"\nentries = 0\nas_of = \"2026-10-01\"\nby = \"ada\"\n\
        [[closures]]\nlisting = \"roles\"\nscope = \"aws:111122223333\"\nas_of = \"2026-10-01\"\nby = \"ada\"\n";
    write("inventory.toml", inventory);
    let found = verdicts(&check(folder.path(), &[]));
    assert_eq!(found["environment-not-crossed"][USER], 'p');
}

#[test]
fn an_owner_who_left_is_not_active_whatever_else_is_said() {
    for (owner, want) in [
        ("active = true", 'p'),
        ("active = true\nleft_at = \"2025-11-01\"", 'u'),
        ("left_at = \"2025-11-01\"", 'f'),
        ("active = true\nleft_at = \"2027-01-01\"", 'p'),
    ] {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("details.json", &user("2026-01-01T00:00:00Z"));
        let inventory = format!(
            "[[owners]]\nid = \"ada\"\nkind = \"person\"\n{owner}\n[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/new\"\nkind = \"machine_user\"\nowners = [\"ada\"]\n"
        );
        write("inventory.toml", &inventory);
        let run = check(folder.path(), &[]);
        assert_eq!(verdicts(&run)["owner-active"][USER], want, "{owner}");
        assert_eq!(run.text("report.md").contains("to have left before the date"), want == 'u', "{owner}");
    }
}

/// A credential report of an account with a root and the user `new`, who has no key in it.
fn report(users: &[&str]) -> String {
    let head = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n";
    let none = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    let root = format!(
        "<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,{none}\n"
    );
    let rows = users.iter().map(|user| {
        format!(
            "{user},arn:aws:iam::111122223333:user/{user},2026-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,{none}\n"
        )
    });
    head.to_owned() + &root + &rows.collect::<String>()
}

/// A key that the list shows and the report lacks is younger than the report: the user may have more that neither shows.
#[test]
fn a_report_says_nothing_of_the_keys_of_whom_it_lacks_a_key() {
    let letter = |users: &[&str], key: Option<&str>, more: &str| {
        let folder = TempDir::new().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("details.json", &user("2026-01-01T00:00:00Z"));
        write("report.csv", &report(users));
        if let Some(made) = key {
            let key =
                json!({"UserName": "new", "AccessKeyId": "AKIAEXAMPLENEW", "Status": "Inactive", "CreateDate": made});
            write("keys.json", &json!({"AccessKeyMetadata": [key]}).to_string());
        }
        let kind = "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/new\"\nkind = \"agent\"\n\
            [[ai_systems]]\nid = \"s\"\nidentities = [\"arn:aws:iam::111122223333:user/new\"]\n";
        write("inventory.toml", &(kind.to_owned() + more));
        verdicts(&check(folder.path(), &[]))["ai-identity-without-static-key"][USER]
    };
    assert_eq!(letter(&["new"], None, ""), 'p');
    assert_eq!(letter(&["new"], Some("2026-10-20T09:00:00Z"), ""), 'u');
    assert_eq!(letter(&["new"], Some("2026-11-20T09:00:00Z"), ""), 'p', "made after the date of assessment");
    assert_eq!(letter(&["other"], None, ""), 'u', "a user whom the report lacks");
    let closures = |day: &str| {
        ["access_keys", "passwords"]
            .map(|listing| {
                format!("[[closures]]\nlisting = \"{listing}\"\nscope = \"*\"\nas_of = \"{day}\"\nby = \"ada\"\n")
            })
            .concat()
    };
    assert_eq!(
        letter(&["new"], Some("2026-10-20T09:00:00Z"), &closures("2026-10-25")),
        'p',
        "asserted for a later day"
    );
    assert_eq!(letter(&["new"], Some("2026-10-20T09:00:00Z"), &closures("2026-10-15")), 'u');
}

#[test]
fn what_is_said_of_a_day_after_the_assessment_holds_for_none_before() {
    let folder = TempDir::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("details.json", &user("2026-01-01T00:00:00Z"));
    let closure = |listing: &str, as_of: &str| {
        format!(
            "[[closures]]\nlisting = \"{listing}\"\nscope = \"aws:111122223333\"\nas_of = \"{as_of}\"\nby = \"ada\"\nentries = 0\n"
        )
    };
    let kind = "[[identities]]\nidentity = \"arn:aws:iam::111122223333:user/new\"\nkind = \"machine_user\"\n";
    let (keys, now) = (closure("access_keys", "2026-10-20"), closure("passwords", "2026-10-20"));
    let later = closure("passwords", "2099-01-01");
    for (said, want, told) in [
        (format!("{kind}{now}{keys}"), 'p', false),
        (format!("{kind}{later}{keys}"), 'u', true),
        // What another entry says of today holds.
        (format!("{kind}{later}{keys}{now}"), 'p', true),
    ] {
        write("inventory.toml", &said);
        let run = check(folder.path(), &[]);
        assert_eq!(verdicts(&run)["machine-without-password"][USER], want, "{said}");
        let warned = run.stderr.contains("listed as of 2099-01-01T00:00:00Z, which is after the assessment");
        assert_eq!(warned, told, "{}", run.stderr);
        assert_eq!(run.results()["quality"].to_string().contains("closure-after-as-of"), told);
    }
}

#[test]
fn an_attestation_of_a_later_day_is_named_and_counts_for_nothing() {
    let folder = TempDir::new().unwrap();
    let text = std::fs::read_to_string(crate::support::fixture("marrowick").join("inventory/closures.toml")).unwrap();
    let (before, after) = text.split_once("[[attestations]]").unwrap();
    let entry = after.split("\n[[").next().unwrap();
    let entry: String =
        entry.lines().filter(|line| !line.starts_with("expires_at")).collect::<Vec<_>>().join("\n") + "\n";
    let at = entry.lines().find(|line| line.trim_start().starts_with("at ")).unwrap();
    std::fs::write(folder.path().join("details.json"), user("2026-01-01T00:00:00Z")).unwrap();
    std::fs::write(
        folder.path().join("inventory.toml"),
        format!("[[attestations]]{}", entry.replace(at, "at = \"2028-01-01\"")),
    )
    .unwrap();
    let run = check(folder.path(), &[]);
    let results = run.results();
    assert!(results["quality"].to_string().contains("attestation-not-yet-in-force"), "{}", results["quality"]);
    assert!(results["attestations"].as_array().unwrap().is_empty(), "{before}");
}
