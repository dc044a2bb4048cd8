//! Slips in what people state: a name that means nothing, a word against an export, an id that nobody has.

use std::path::Path;

use crate::support;
use crate::support::{Run, assize, check, fixture};
use serde_json::{Value, json};
use tempfile::TempDir;

const ROLE: &str = "arn:aws:iam::614820937715:role/deploy-booking";

fn put(folder: &Path, name: &str, text: &str) {
    let to = folder.join(name);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, text).unwrap();
}

/// A small account with an inventory.
fn account(inventory: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    support::copy(&fixture("partial"), folder.path(), &["authorization-details.json"]);
    put(folder.path(), "stated.toml", inventory);
    folder
}

fn command(args: &[&str]) -> (i32, String, String) {
    let output = assize(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn notes(run: &Run, code: &str) -> Vec<Value> {
    let results = run.results();
    results["quality"].as_array().unwrap().iter().filter(|note| note["code"] == code).cloned().collect()
}

fn findings(run: &Run) -> Vec<Value> {
    let results = run.results();
    results["findings"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
}

#[test]
fn a_kind_that_is_none_takes_no_finding_away() {
    let before = check(account("").path(), &[]);
    for (kind, meant) in [("robot", "machine_user"), ("person", "human"), ("Human", "human"), ("roles", "role")] {
        let folder = account(&format!("[[identities]]\nidentity = \"{ROLE}\"\nkind = \"{kind}\"\n"));
        let after = check(folder.path(), &[]);
        assert_eq!(findings(&before), findings(&after), "{kind}");
        let told = format!("`stated.toml`: /identities/0, line 1: `kind` is `{kind}`: did you mean `{meant}`?");
        assert!(after.stderr.contains(&told), "{}", after.stderr);
        assert_eq!(check(folder.path(), &["--strict"]).code, 2, "{kind}");
        std::fs::remove_file(folder.path().join("stated.toml")).unwrap();
        put(folder.path(), "stated.csv", &format!("identity,kind\n{ROLE},{kind}\n"));
        let after = check(folder.path(), &["--strict"]);
        assert_eq!((after.code, findings(&after)), (2, findings(&before)), "{kind}");
        assert!(after.stderr.contains(&format!("`stated.csv`: line 2: `kind` is `{kind}`")), "{}", after.stderr);
    }
}

#[test]
fn a_kind_against_an_export_counts_and_is_told() {
    let folder = account(&format!("[[identities]]\nidentity = \"{ROLE}\"\nkind = \"human\"\n"));
    let run = check(folder.path(), &[]);
    assert!(run.stderr.contains("warning[inventory-contradicts-export]"), "{}", run.stderr);
    assert!(run.stderr.contains("is of the kind `human`, and its export says `role`"), "{}", run.stderr);
    let told = notes(&run, "inventory-contradicts-export");
    assert_eq!(told.len(), 1, "{told:?}");
    let message = told[0]["message"].as_str().unwrap();
    assert!(
        message.starts_with("`stated.toml`, /identities/0: ") && message.contains("role/deploy-booking"),
        "{message}"
    );
    assert!(message.contains("(`authorization-details.json`, /RoleDetailList/"), "{message}");
    let (_, text, _) = command(&["explain", "--as-of", support::AS_OF, folder.path().to_str().unwrap(), ROLE]);
    assert!(text.contains("human"), "{text}");
    // Of a role that people sign in to by its trust there is nothing to ask, and the report has it all the same.
    let run = check(&fixture("marrowick"), &[]);
    assert!(!run.stderr.contains("contradicts"), "{}", run.stderr);
    let told = notes(&run, "inventory-contradicts-export");
    let signs_in = |note: &&Value| note["message"].as_str().unwrap().contains("people sign in to it by its trust");
    assert!(told.iter().filter(signs_in).count() > 0, "{told:?}");
    // What an export leaves open, as AWS does of its users, is nothing that a person could go against.
    let user = "arn:aws:iam::614820937715:user/amara.okoye";
    for inventory in [
        format!("[[identities]]\nidentity = \"{user}\"\nkind = \"human\"\n"),
        format!("[[identities]]\nidentity = \"{ROLE}\"\nkind = \"role\"\n"),
    ] {
        let run = check(account(&inventory).path(), &["--strict"]);
        assert!(!run.stderr.contains("contradicts"), "{}", run.stderr);
        assert_eq!(notes(&run, "inventory-contradicts-export"), Vec::<Value>::new());
    }
}

#[test]
fn an_environment_or_a_sensitivity_that_means_nothing_is_told_with_the_nearest() {
    let of = |environment: &str| format!("[[identities]]\nidentity = \"{ROLE}\"\nenvironment = \"{environment}\"\n");
    let explained = |folder: &TempDir| {
        let (code, text, stderr) =
            command(&["explain", "--as-of", support::AS_OF, folder.path().to_str().unwrap(), ROLE]);
        assert_eq!(code, 0, "{stderr}");
        text.lines().find(|line| line.trim_start().starts_with("environment ")).unwrap_or("").to_owned()
    };
    let folder = account(&of("prodd"));
    let run = check(folder.path(), &[]);
    assert!(
        run.stderr.contains("`stated.toml`: the inventory says of the `environment` of identity `prodd`"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("help: did you mean `production`?"), "{}", run.stderr);
    assert_eq!(notes(&run, "inventory-unknown-name").len(), 1);
    assert_eq!(check(folder.path(), &["--strict"]).code, 2);
    assert!(explained(&folder).contains("other (prodd)"), "{}", explained(&folder));
    // A usual short form means what it means in a tag, and a label what the profile says.
    for (label, profile) in [("prod", ""), ("EMEA-live", "[environments]\nEMEA-live = \"production\"\n")] {
        let folder = account(&of(label));
        put(folder.path(), "assize.toml", profile);
        let run = check(folder.path(), &["--strict"]);
        assert!(!run.stderr.contains("unknown-name"), "{}", run.stderr);
        assert!(explained(&folder).contains("production"), "{label}: {}", explained(&folder));
    }
    let folder = account(&of("EMEA-live"));
    assert!(check(folder.path(), &[]).stderr.contains("`[environments]`"));
    let folder = account("[[resources]]\npattern = \"arn:aws:s3:::x\"\nsensitivity = \"confidental\"\n");
    let run = check(folder.path(), &["--strict"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `confidential`?"), "{}", run.stderr);
}

#[test]
fn an_owner_or_an_ai_system_that_nobody_lists_is_told_with_the_nearest() {
    let owners = "[[owners]]\nid = \"jimmy\"\nactive = true\n";
    for (entry, help) in [
        (format!("[[identities]]\nidentity = \"{ROLE}\"\nowners = [\"jim\"]\n"), "did you mean `jimmy`?"),
        (format!("[[identities]]\nidentity = \"{ROLE}\"\nsponsor = \"jim\"\n"), "did you mean `jimmy`?"),
        ("[[owners]]\nid = \"desk\"\nmembers = [\"jim\"]\n".to_owned(), "did you mean `jimmy`?"),
        ("[[ai_systems]]\nid = \"x\"\nowners = [\"zebra\"]\n".to_owned(), "list each under `[[owners]]`"),
    ] {
        let folder = account(&format!("{owners}{entry}"));
        let run = check(folder.path(), &[]);
        assert!(run.stderr.contains("the inventory names owners that it does not list: `"), "{}", run.stderr);
        assert!(run.stderr.contains("`stated.toml`") && run.stderr.contains(help), "{}", run.stderr);
        assert_eq!(check(folder.path(), &["--strict"]).code, 2);
    }
    let folder = account(&format!("{owners}[[identities]]\nidentity = \"{ROLE}\"\nowners = [\"jimmy\"]\n"));
    assert!(!check(folder.path(), &["--strict"]).stderr.contains("does not list"));
    let systems =
        format!("[[ai_systems]]\nid = \"helper\"\n[[identities]]\nidentity = \"{ROLE}\"\nai_system = \"helpr\"\n");
    let run = check(account(&systems).path(), &[]);
    assert!(run.stderr.contains("names AI systems that it does not list: `helpr`"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `helper`?"), "{}", run.stderr);
}

#[test]
fn a_toml_file_that_is_none_is_told_and_not_taken_for_csv() {
    let stated = format!("Our people, and what they own\n\n[[identities]]\nidentity = \"{ROLE}\"\npurpose = \"x\"\n");
    let folder = account(&stated);
    let run = check(folder.path(), &[]);
    assert_eq!(run.export("stated.toml")["source"], "inventory-toml");
    assert!(run.stderr.contains("warning[bad-toml]: `stated.toml` is not all TOML: line 1"), "{}", run.stderr);
    assert_eq!(check(folder.path(), &["--strict"]).code, 2);
    let folder = account("Dear all, this is no TOML\nname = \"x\"\n");
    let run = check(folder.path(), &[]);
    assert!(
        run.stderr.contains("`stated.toml` was not read: it is named as TOML and is none: line 1: "),
        "{}",
        run.stderr
    );
    assert_eq!(check(folder.path(), &["--strict"]).code, 2);
    // Of a text for people nobody said that it is TOML.
    let folder = account("");
    std::fs::rename(folder.path().join("stated.toml"), folder.path().join("README.md")).unwrap();
    put(folder.path(), "README.md", &stated);
    assert!(!check(folder.path(), &["--strict"]).stderr.contains("TOML"));
}

/// Details and a report of one account.
fn two_exports(users: &[(&str, &str)], roles: &[(&str, &str)], report: &[&str]) -> TempDir {
    let named = |kind: &str, (name, id): &(&str, &str)| {
        let (title, kind_id) = if kind == "user" { ("UserName", "UserId") } else { ("RoleName", "RoleId") };
        json!({
            "Path": "/", title: name, kind_id: id, "Arn": format!("arn:aws:iam::111122223333:{kind}/{name}"),
            "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []},
        })
    };
    let export = json!({
        "UserDetailList": users.iter().map(|one| named("user", one)).collect::<Vec<_>>(),
        "GroupDetailList": [], "Policies": [], "IsTruncated": false,
        "RoleDetailList": roles.iter().map(|one| named("role", one)).collect::<Vec<_>>(),
    });
    let folder = TempDir::new().unwrap();
    put(folder.path(), "details.json", &export.to_string());
    let mut csv = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n".to_owned();
    csv.push_str("<root_account>,arn:aws:iam::111122223333:root,2018-08-12T17:20:55+00:00,not_supported,no_information,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n");
    for user in report {
        csv.push_str(&format!("{user},arn:aws:iam::111122223333:user/{user},2026-01-01T00:00:00+00:00,true,no_information,no_information,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"));
    }
    put(folder.path(), "credential-report.csv", &csv);
    folder
}

#[test]
fn two_exports_of_one_account_that_disagree_on_who_exists_are_told() {
    let users = [("one", "AIDAAAAAAAAAAAAAAAAAA"), ("two", "AIDABBBBBBBBBBBBBBBBB")];
    let same = two_exports(&users, &[], &["one", "two"]);
    assert!(notes(&check(same.path(), &[]), "users-differ").is_empty());
    let roles = [("a", "AROAAAAAAAAAAAAAAAAAA"), ("b", "AROAAAAAAAAAAAAAAAAAA"), ("c", "AROACCCCCCCCCCCCCCCCC")];
    let folder = two_exports(&users, &roles, &["one", "user", "auditor_tmp"]);
    let run = check(folder.path(), &[]);
    let told: Vec<String> =
        notes(&run, "users-differ").iter().map(|note| note["message"].as_str().unwrap().to_owned()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    let has = |words: &str| told.iter().any(|message| message.contains(words));
    assert!(
        has(
            "2 users of `aws:111122223333` stand in the credential report and not in the authorization details of the same account: `auditor_tmp`, `user`;"
        ),
        "{told:?}"
    );
    assert!(
        has(
            "1 user of `aws:111122223333` stands in the authorization details and not in the credential report of the same account: `two`;"
        ),
        "{told:?}"
    );
    let twice = notes(&run, "native-id-twice");
    assert_eq!(twice.len(), 1, "{twice:?}");
    let message = twice[0]["message"].as_str().unwrap();
    assert!(message.contains("`AROAAAAAAAAAAAAAAAAAA`") && message.contains("role/a`, `"), "{message}");
}

/// The exports of the plan, by source, with what they are to close.
fn plan(folder: &Path) -> Vec<(String, Vec<Value>)> {
    let (code, text, stderr) =
        command(&["sources", "plan", folder.to_str().unwrap(), "--as-of", support::AS_OF, "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let plan: Value = serde_json::from_str(&text).unwrap();
    let of = |one: &Value| {
        let missing = one["missing"].as_array().unwrap().clone();
        (one["source"].as_str().unwrap().to_owned(), missing)
    };
    plan["exports"].as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_list_of_keys_closes_nothing_of_passwords() {
    // The report has a password, and does not say when it was changed.
    let folder = two_exports(&[("one", "AIDAAAAAAAAAAAAAAAAAA")], &[], &["one"]);
    let run = check(folder.path(), &[]);
    let results = run.results();
    let gaps = results["gaps"].as_array().unwrap();
    let dated: Vec<&Value> = gaps.iter().filter(|gap| gap["about"]["fact"] == "credential.last_change_at").collect();
    assert!(!dated.is_empty(), "{gaps:?}");
    for gap in dated {
        let text = gap["remedy"]["text"].as_str().unwrap();
        assert!(
            !text.contains("aws-access-keys") && text.contains("`last_change_at` under `[[credentials]]`"),
            "{text}"
        );
        assert!(gap["remedy"]["exports"].as_array().is_none_or(Vec::is_empty), "{gap}");
    }
    let fact = Value::from("credential.last_change_at");
    assert!(plan(folder.path()).iter().all(|(_, missing)| !missing.contains(&fact)), "{:?}", plan(folder.path()));
}

#[test]
fn a_key_that_a_configuration_names_is_listed_by_the_account_that_gave_it_out() {
    let folder = TempDir::new().unwrap();
    let env = json!({"AWS_ACCESS_KEY_ID": "AKIAY6JRO77Z7QWERTYU", "AWS_SECRET_ACCESS_KEY": "${env:SECRET}"});
    let servers = json!({"mcpServers": {"s3": {"command": "uvx", "args": ["s3-mcp"], "env": env}}});
    put(folder.path(), "mcp/laptop/.cursor/mcp.json", &servers.to_string());
    let plan = plan(folder.path());
    let of = |source: &str| {
        let found = plan.iter().find(|(id, _)| id == source);
        found.unwrap_or_else(|| panic!("{source}: {plan:?}")).1.clone()
    };
    assert!(of("aws-access-keys").contains(&Value::from("credential.enabled")), "{plan:?}");
    assert!(of("aws-access-key-last-used").contains(&Value::from("credential.last_used_at")), "{plan:?}");
    let results = check(folder.path(), &[]).results();
    let gap = results["gaps"].as_array().unwrap().iter().find(|gap| gap["about"]["fact"] == "credential.enabled");
    let text = gap.unwrap()["remedy"]["text"].as_str().unwrap();
    assert!(text.starts_with("Add the export `aws-access-keys`") && text.contains("get-access-key-info"), "{text}");
}

#[test]
fn a_name_in_the_case_that_was_written_goes_before_its_like() {
    let users = [("USER", "AIDAAAAAAAAAAAAAAAAAA"), ("user", "AIDABBBBBBBBBBBBBBBBB")];
    let folder = two_exports(&users, &[], &["USER", "user"]);
    for name in ["user", "USER"] {
        put(folder.path(), "stated.toml", &format!("[[identities]]\nidentity = \"{name}\"\npurpose = \"x\"\n"));
        let run = check(folder.path(), &[]);
        assert!(
            run.stderr
                .contains(&format!("did you mean `aws:111122223333:user:arn:aws:iam::111122223333:user/{name}`?")),
            "{}",
            run.stderr
        );
    }
}

#[test]
fn what_cannot_be_done_says_what_to_do() {
    let folder = account("");
    let dir = folder.path().to_str().unwrap();
    let (code, _, stderr) = command(&["explain", dir, "unused-identity-disabled"]);
    assert_eq!(code, 2);
    assert!(!stderr.contains("that is a check"), "{stderr}");
    let (code, _, stderr) = command(&["explain", dir, "credential-rotated"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("that is a check: `assize controls show credential-rotated` shows it"), "{stderr}");
    let (code, _, stderr) = command(&["report", folder.path().join("missing.json").to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(
        stderr.contains("help: it takes the `results.json` that `assize check FOLDER --report FOLDER`"),
        "{stderr}"
    );
    let run = check(folder.path(), &["--fail-on", "low"]);
    assert_eq!(run.code, 1);
    let last = run.stderr.trim_end().lines().last().unwrap();
    assert!(last.starts_with("fail-on: the worst finding is ") && last.contains("`--fail-on low`"), "{last}");
    let (code, _, stderr) = command(&["report", run.out.path().to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(stderr.contains("help: that is a folder: write `assize report "), "{stderr}");
}

#[test]
fn a_fact_that_is_another_subject_is_missing_once() {
    let folder = account("[[identities]]\nidentity = \"github:org:app:x\"\npurpose = \"opens pull requests\"\n");
    let (_, text, stderr) =
        command(&["explain", "--as-of", support::AS_OF, folder.path().to_str().unwrap(), "github:org:app:x"]);
    let lines: Vec<&str> = text.lines().filter(|line| line.contains("given by no export")).collect();
    assert_eq!(lines.len(), 1, "{text}{stderr}");
    let names: Vec<&str> = lines[0].split(':').next().unwrap().split(',').map(str::trim).collect();
    let mut once = names.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), names.len(), "{names:?}");
    assert!(names.contains(&"boundary"), "{names:?}");
}
