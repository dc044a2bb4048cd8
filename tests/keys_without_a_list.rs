//! Keys of AWS that were seen or are held while no list of keys was loaded: each may be one that the credential report has.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;

use crate::support::{Run, check, copy, files, fixture, verdicts};

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const KEY: &str = "AKIAZQ3DRSTUVWXY2345";
const SLOT: &str = "aws:285019463370:access_key:bot#key1";
const BOT: &str = "aws:285019463370:user:arn:aws:iam::285019463370:user/bot";
const MADE: &str = "2026-09-01T00:00:00+00:00";

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// An account with the users `bot` and `other`, of whom `bot` has a key, by its credential report.
fn account(inventory: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let none = "false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A";
    let arn = "arn:aws:iam::285019463370";
    let report = format!(
        "{HEADER}\n<root_account>,{arn}:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,{none}\nbot,{arn}:user/bot,2025-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,{MADE},2026-10-20T00:00:00+00:00,eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\nother,{arn}:user/other,2025-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,{none}\n"
    );
    write(folder.path(), "aws/report.csv", &report);
    let manifest = "own_scopes = ['aws:285019463370']\n[[exports]]\npath = 'aws/*'\nscope = 'aws:285019463370'\ncollected_at = 2026-10-31T00:00:00Z\n";
    write(folder.path(), "assize.toml", manifest);
    write(folder.path(), "inventory.toml", inventory);
    folder
}

/// Adds the list of keys that has the key as one of a user's.
fn list(folder: &Path, user: &str, made: &str) {
    let keys = format!(
        r#"{{"AccessKeyMetadata": [{{"UserName": "{user}", "AccessKeyId": "{KEY}", "Status": "Active", "CreateDate": "{made}"}}]}}"#
    );
    write(folder, "aws/keys.json", &keys);
}

fn letter(run: &Run, check: &str, subject: &str) -> char {
    verdicts(run)[check].get(subject).copied().unwrap_or('-')
}

/// What would close a gap of a check, in words.
fn remedies(run: &Run, check: &str) -> Vec<String> {
    let results = run.results();
    let gaps = results["gaps"].as_array().unwrap().iter().filter(|gap| gap["check_run"] == check);
    gaps.map(|gap| gap["remedy"].to_string()).collect()
}

const SCANNED: &str = "[[closures]]\nlisting = 'exposures'\nscope = '*'\nas_of = 2026-10-30\nby = 'x'\n";

fn exposed(more: &str) -> TempDir {
    let folder = account(SCANNED);
    let finding = format!(
        r#"[{{"RuleID": "aws-access-token", "File": "deploy.sh", "StartLine": 3, "Commit": "c0ffee00", "Date": "2026-10-01T00:00:00Z", "Secret": "{KEY}", "Match": "{KEY}", "Fingerprint": "c0ffee00:deploy.sh:aws-access-token:3"}}]"#
    );
    write(folder.path(), "gl/findings.json", &finding);
    let profile = folder.path().join("assize.toml");
    let text = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(profile, format!("{text}{more}")).unwrap();
    folder
}

#[test]
fn a_key_that_was_exposed_and_that_no_list_names_may_be_any_of_the_report() {
    let check_run = "credential-not-exposed";
    let folder = exposed("");
    let run = check(folder.path(), &[]);
    assert_eq!(letter(&run, check_run, SLOT), 'u');
    assert!(
        remedies(&run, check_run).iter().any(|text| text.contains("aws-access-keys")),
        "{:?}",
        remedies(&run, check_run)
    );
    // The list says that it is this key, or that it is of another user.
    list(folder.path(), "bot", MADE);
    assert_eq!(letter(&check(folder.path(), &[]), check_run, &SLOT.replace("bot#key1", KEY)), 'f');
    list(folder.path(), "other", "2026-10-30T00:00:00+00:00");
    assert_eq!(letter(&check(folder.path(), &[]), check_run, SLOT), 'p');
    // So does a person.
    let apart = exposed(&format!("[[links]]\ndifferent = ['{SLOT}', '{KEY}']\n"));
    let run = check(apart.path(), &[]);
    assert_eq!((letter(&run, check_run, SLOT), run.stderr.as_str()), ('p', ""));
}

const SYSTEM: &str = "[[ai_systems]]\nid = 'sys'\nalso = ['mcp:a:client:.mcp.json']\nidentities = ['arn:aws:iam::285019463370:user/bot']\nstage = 'production'\ntools = []\n[[closures]]\nlisting = 'ai_systems'\nscope = '*'\nas_of = 2026-10-31\nby = 'x'\n";

/// Two clients that hold one key, of which one is the system that runs as its user.
fn held() -> TempDir {
    let folder = account(SYSTEM);
    for client in ["a", "b"] {
        let client = format!("mcp/{client}/.mcp.json");
        let text = format!(
            r#"{{"mcpServers": {{"s3": {{"command": "npx", "args": ["s3"], "env": {{"AWS_ACCESS_KEY_ID": "{KEY}", "AWS_SECRET_ACCESS_KEY": "q7Vd0mWc4Jt9ZrXb2LkYp6HsNf3GaUe8RiT5oQxK"}}}}}}}}"#
        );
        write(folder.path(), &client, &text);
    }
    folder
}

#[test]
fn a_key_that_two_systems_hold_may_be_the_one_of_the_report() {
    let folder = held();
    let run = check(folder.path(), &[]);
    for (check_run, subject) in [("ai-credential-not-shared", SLOT), ("ai-identity-dedicated", BOT)] {
        assert_eq!(letter(&run, check_run, subject), 'u', "{check_run}");
        let told = remedies(&run, check_run);
        assert!(told.iter().any(|text| text.contains("aws-access-keys")), "{told:?}");
    }
    list(folder.path(), "bot", MADE);
    let run = check(folder.path(), &[]);
    assert_eq!(letter(&run, "ai-credential-not-shared", &SLOT.replace("bot#key1", KEY)), 'f');
    assert_eq!(letter(&run, "ai-identity-dedicated", BOT), 'f', "two systems act as it");
}

/// Without the report nobody says whose the key is that two hold.
#[test]
fn a_key_of_nobody_may_be_of_a_user_whose_keys_were_not_listed() {
    let folder = held();
    std::fs::remove_file(folder.path().join("aws/report.csv")).unwrap();
    let user = r#"{"UserDetailList": [{"Path": "/", "UserName": "bot", "UserId": "AIDABOT", "Arn": "arn:aws:iam::285019463370:user/bot", "CreateDate": "2025-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": []}], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}"#;
    write(folder.path(), "aws/details.json", user);
    assert_eq!(letter(&check(folder.path(), &[]), "ai-identity-dedicated", BOT), 'u');
    std::fs::remove_file(folder.path().join("mcp/b/.mcp.json")).unwrap();
    assert_eq!(
        letter(&check(folder.path(), &[]), "ai-identity-dedicated", BOT),
        'p',
        "the one that holds it runs as it"
    );
}

/// Of the company's agents, one has the key of a person.
#[test]
fn without_the_list_a_key_that_an_agent_holds_is_not_out_of_scope() {
    let folder = TempDir::new().unwrap();
    let company = fixture("marrowick");
    let names: Vec<String> = files(&company).into_keys().collect();
    copy(&company, folder.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
    std::fs::remove_file(folder.path().join("aws/614820937715/access-keys.json")).unwrap();
    let (before, after) = (verdicts(&check(&company, &[])), verdicts(&check(folder.path(), &[])));
    let mut kept = 0;
    for check in ["ai-credential-not-a-persons", "ai-credential-not-shared", "ai-secret-expires", "ai-secret-in-store"]
    {
        let of = |all: &BTreeMap<String, BTreeMap<String, char>>, part: &str, wanted: char| {
            all[check].iter().filter(|(id, letter)| id.contains(part) && **letter == wanted).count()
        };
        let failed = of(&before, ":access_key:AKIA", 'f');
        kept += failed;
        assert!(failed == 0 || of(&after, ":access_key:amara.okoye#key", 'u') > 0, "{check}: {failed}");
    }
    assert!(kept > 0);
}
