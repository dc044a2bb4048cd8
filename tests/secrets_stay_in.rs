//! Secrets that stand where none belongs come out nowhere: not on the screen, and in no file that is written.

use crate::support::{assize, check};
use serde_json::json;
use tempfile::TempDir;

/// The part of a secret by which it is looked for.
const MARK: &str = "q8ZkLm2Nv7Xw1Rt5";

/// A token of GitHub, put together here so that no scanner takes this file for one that leaks.
fn token() -> String {
    ["ghp", "_", MARK, "Yb9Jd3Fs6Hg0PaTcQe4U"].concat()
}

fn put(folder: &TempDir, name: &str, text: &str) {
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn kept(folder: &TempDir) {
    let run = check(folder.path(), &[]);
    assert!(!run.files().is_empty(), "{}", run.stderr);
    for (name, text) in run.files() {
        let text = String::from_utf8(text).unwrap();
        let found = text.find(MARK).map(|at| text.get(at.saturating_sub(80)..at));
        assert_eq!(found, None, "{name}");
    }
    assert!(!run.stderr.contains(MARK), "{}", run.stderr);
}

#[test]
fn what_people_wrote_freely_is_kept_without_secrets() {
    let folder = TempDir::new().unwrap();
    let token = token();
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {
        "name": "sa", "namespace": "n", "annotations": {"kubernetes.io/description": format!("uses {token}")},
    }});
    put(&folder, "k/all.json", &json!({"apiVersion": "v1", "kind": "List", "items": [account]}).to_string());
    let leak = json!([{"RuleID": format!("rule-{token}"), "Description": "x", "StartLine": 1, "EndLine": 1,
        "StartColumn": 1, "EndColumn": 9, "Match": "REDACTED", "Secret": "REDACTED", "File": "f", "Commit": "",
        "Date": "2026-01-01T00:00:00Z", "Fingerprint": "f:rule:1", "Message": "m", "Tags": []}]);
    put(&folder, "g/gitleaks.json", &leak.to_string());
    let agent = json!({"agent": {"agentArn": "arn:aws:bedrock:eu-west-1:111122223333:agent/RIGHTS0001",
        "agentName": format!("agent {token}"), "agentId": "RIGHTS0001", "agentStatus": "PREPARED"}});
    put(&folder, "b/agent.json", &agent.to_string());
    let servers = json!({"mcpServers": {format!("srv-{token}"): {"command": "x", "env": {"TOKEN": token}}}});
    put(&folder, "m/.mcp.json", &servers.to_string());
    kept(&folder);
}

#[test]
fn files_that_are_left_out_and_the_manifest_are_told_without_secrets() {
    let folder = TempDir::new().unwrap();
    put(&folder, "x/pw.csv", &format!("alice,Hunter2-{MARK}!,prod\nbob,x,dev\n"));
    put(&folder, "x/other.json", &json!({token(): 1}).to_string());
    put(&folder, "x/mcp.json", &json!({"mcpServers": {"s": {"command": "x", "env": {"A": "b"}}}}).to_string());
    let command = format!(
        "curl -H 'Authorization: Bearer {MARK}Yb9J' -u admin:Hunter3{MARK} --token={MARK} https://u:{MARK}@api/"
    );
    put(
        &folder,
        "assize.toml",
        &format!("[[exports]]\npath = \"x/*\"\ncommand = \"{command}\"\ncollected_by = \"ann {}\"\n", token()),
    );
    kept(&folder);
    let told = check(folder.path(), &[]).text("results.json");
    assert!(told.contains("-u admin:… --token=… https://u:…@api/"), "{told}");
    assert!(told.contains("CSV of an unknown kind, with 3 columns, of which not all look like names"), "{told}");
}

#[test]
fn mistakes_are_shown_without_secrets() {
    let folder = TempDir::new().unwrap();
    let token = token();
    put(&folder, "m/.mcp.json", &json!({"mcpServers": {"s": {"command": "x"}}}).to_string());
    put(
        &folder,
        "inventory.toml",
        &format!(
            "[[owners]]\nid = \"a\"\nkind = \"{token}\"\npassword = \"Hunter{MARK}\"\n[[credentials]]\ncredential = \"{token}\"\nexpires_at = \"{token}\"\n"
        ),
    );
    put(
        &folder,
        "assize.toml",
        &format!("[params]\nmax_age = \"{token}\"\n[[exports]]\npath = \"m/*\"\ncolected_by = \"{token}\"\n"),
    );
    for command in ["check", "sources plan"] {
        let mut args: Vec<&str> = command.split(' ').collect();
        args.push(folder.path().to_str().unwrap());
        let output = assize(&args).output().unwrap();
        for text in [output.stdout, output.stderr] {
            let text = String::from_utf8(text).unwrap();
            assert!(!text.contains(MARK), "{command}: {text}");
        }
    }
}

#[test]
fn names_and_tags_are_told_without_secrets() {
    let folder = TempDir::new().unwrap();
    let token = token();
    let tag = |key: &str, value: &str| json!({"Key": key, "Value": value});
    let details = json!({
        "UserDetailList": [{"Path": "/", "UserName": "bot", "UserId": "AIDAABCDEFGHIJKLMNOPQ", "Arn": "arn:aws:iam::111122223333:user/bot",
            "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [],
            "Tags": [tag("db-password", &format!("Hunter2{MARK}")), tag("github", &token), tag("owner", "ann")]}],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": [],
    });
    put(&folder, "aws/details.json", &details.to_string());
    let keys = json!({"object": "list", "has_more": false, "data": [{"object": "organization.project.api_key",
        "redacted_value": "sk-...ab12", "name": format!("bot {token}"), "created_at": 1752494400, "id": "key_1",
        "owner": {"type": "service_account", "service_account": {"object": "organization.project.service_account",
            "id": "svc_1", "name": format!("svc {token}"), "role": "member", "created_at": 1}}}]});
    put(&folder, "openai/keys.json", &keys.to_string());
    // Of no known form: only that the scanner found it says that it is a secret.
    let secret = format!("Hq57{MARK}IjA5");
    let file = format!("exports/session-{secret}.log");
    let leak = json!([{"RuleID": "generic-api-key", "Description": "d", "StartLine": 1, "EndLine": 1, "StartColumn": 1,
        "EndColumn": 2, "Match": format!("key={secret}"), "Secret": secret, "File": file, "Commit": "",
        "Date": "2026-01-01T00:00:00Z", "Fingerprint": format!("{file}:generic-api-key:1"), "Tags": []}]);
    put(&folder, "gl/g.json", &leak.to_string());
    put(&folder, &format!("x/{token}.json"), "{}");
    put(&folder, &format!("m/{token}/mcp.json"), &json!({"mcpServers": {"s": {"command": "x"}}}).to_string());
    put(&folder, "assize.toml", &format!("organisation = \"acme {token}\"\n"));
    kept(&folder);
    let explained = assize(&["explain", folder.path().to_str().unwrap(), "bot"]).output().unwrap();
    let text = String::from_utf8(explained.stdout).unwrap();
    assert!(text.contains("db-password") && text.contains("ann") && !text.contains(MARK), "{text}");
    std::fs::remove_file(folder.path().join("assize.toml")).unwrap();
    let begun = assize(&["init", folder.path().to_str().unwrap()]).output().unwrap();
    let written = crate::support::files(folder.path());
    let written = written.into_iter().filter(|(name, _)| name.ends_with(".toml")).map(|(_, bytes)| bytes);
    for text in written.chain([begun.stdout, begun.stderr]) {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains(MARK), "{text}");
    }
}

/// A password in an address of JDBC, and one in the name of a server, are shown nowhere; the first is a secret outside a store.
#[test]
fn passwords_in_addresses_without_a_common_scheme() {
    let canary = "Tr0ub4dor-3-canary";
    let named = format!("ops:{canary}@db");
    for server in [
        json!({"command": "java", "args": ["-jar", "s.jar", format!("jdbc:postgresql://db.example/app?user=app&password={canary}")]}),
        json!({"command": "x", "env": {"DB": format!("jdbc:sqlserver://db.example:1433;user=sa;password={canary}")}}),
    ] {
        let folder = TempDir::new().unwrap();
        let client = json!({"mcpServers": {named.as_str(): {"command": "x"}, "db": server}});
        std::fs::write(folder.path().join("mcp.json"), client.to_string()).unwrap();
        let run = check(folder.path(), &[]);
        assert!(!run.stdout.contains(canary) && !run.stderr.contains(canary), "{}{}", run.stdout, run.stderr);
        for (name, bytes) in run.files() {
            assert!(!String::from_utf8_lossy(&bytes).contains(canary), "{name}");
        }
        let letters = crate::support::verdicts(&run);
        assert!(letters["ai-secret-in-store"].values().any(|letter| *letter == 'f'), "{server}");
    }
}
