//! `assize sources`: what can be read, what is missing in a folder, and a script that only reads.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use crate::support;
use crate::support::{AS_OF, assize, check, copy, fixture, verdicts};
use serde_json::Value;
use tempfile::TempDir;

/// Names without their account are of no account that could be asked, which is said once and by no export.
#[test]
fn what_is_of_no_account_is_not_to_be_exported_from_it() {
    let folder = TempDir::new().unwrap();
    let user = |account: &str, name: &str| {
        serde_json::json!({
            "Path": "/", "UserName": name, "UserId": name, "Arn": format!("arn:aws:iam::{account}:user/{name}"),
            "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
        })
    };
    let users = [user("aws", "masked"), user("111122223333", "whole")];
    let export = serde_json::json!({
        "UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false,
    });
    std::fs::write(folder.path().join("d.json"), export.to_string()).unwrap();
    let plan_of = json(folder.path());
    let exports = plan_of["exports"].as_array().unwrap();
    let scopes: Vec<&Value> = exports.iter().flat_map(|one| one["scopes"].as_array().unwrap()).collect();
    assert!(scopes.iter().any(|one| one["scope"] == "aws:111122223333"), "{scopes:?}");
    assert!(scopes.iter().all(|one| one["scope"] != "aws:aws"), "{scopes:?}");
    let (_, text, _) = plan(folder.path(), &[]);
    assert_eq!(text.matches("aws:aws is none").count(), 1, "{text}");
    assert!(text.contains("Name the account as `scope` of the file under `[[exports]]`"), "{text}");
    assert!(!text.contains("scope = \"aws:aws\""), "{text}");
    // What is advised works: they are then of that account, and nobody is asked for another.
    let named = "[[exports]]\npath = \"d.json\"\nscope = \"aws:111122223333\"\n";
    std::fs::write(folder.path().join("assize.toml"), named).unwrap();
    let masked = "aws:111122223333:user:arn:aws:iam::111122223333:user/masked";
    let explained = assize(&["explain", "--as-of", AS_OF]).arg(folder.path()).arg(masked).output().unwrap();
    assert!(explained.status.success(), "{}", String::from_utf8_lossy(&explained.stderr));
    let (_, text, _) = plan(folder.path(), &[]);
    assert!(!text.contains("aws:aws"), "{text}");
}

/// Where no command makes what is missing, there is nothing for a script to do.
#[test]
fn a_script_without_commands_is_not_written() {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("exports");
    std::fs::create_dir_all(exports.join("mcp/laptop")).unwrap();
    let client = r#"{"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}"#;
    std::fs::write(exports.join("mcp/laptop/mcp.json"), client).unwrap();
    let path = folder.path().join("collect.sh");
    for script in [path.to_str().unwrap(), "-"] {
        let (code, text, stderr) = plan(&exports, &["--script", script, "--requirement", "NHI1"]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stderr.contains("No export is missing that a command makes: no script was written."), "{stderr}");
        assert!(text.contains("to state, or to look into") && !text.contains("#!/bin/sh"), "{text}");
    }
    assert!(!path.exists());
}

/// Each command that is printed works as it is typed in an empty folder: what it writes into is made by it.
#[test]
fn commands_make_the_folders_that_they_write_into() {
    let folder = TempDir::new().unwrap();
    let programs = folder.path().join("bin");
    std::fs::create_dir(&programs).unwrap();
    for name in ["aws", "curl", "gitleaks", "jq", "kubectl", "base64", "sleep"] {
        let answer = if name == "jq" { "echo p1" } else { "echo COMPLETE" };
        let program = programs.join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{answer}\n")).unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let (_, listed, _) = run(&["sources", "--format", "json"]);
    let listed: Value = serde_json::from_str(&listed).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut seen = 0;
    for source in listed["sources"].as_array().unwrap() {
        for command in source["commands"].as_array().unwrap() {
            let empty = TempDir::new().unwrap();
            let command = command.as_str().unwrap();
            let mut shell = Command::new("sh");
            shell.args(["-c", command]).current_dir(empty.path()).env("PATH", &path).env("HOME", empty.path());
            let said = shell.output().unwrap();
            let stderr = String::from_utf8_lossy(&said.stderr);
            assert!(
                !stderr.contains("irectory") && !stderr.contains("o such file"),
                "{}: {command}\n{stderr}",
                source["id"]
            );
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

/// Exit code, standard output and standard error of one run.
fn run(args: &[&str]) -> (i32, String, String) {
    let output = assize(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn plan(folder: &Path, more: &[&str]) -> (i32, String, String) {
    let mut args = vec!["sources", "plan", folder.to_str().unwrap(), "--as-of", AS_OF];
    args.extend(more);
    run(&args)
}

fn json(folder: &Path) -> Value {
    let (code, text, stderr) = plan(folder, &["--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn sources_are_listed_by_system_with_commands_that_can_be_copied() {
    let (code, text, _) = run(&["sources"]);
    assert_eq!(code, 0);
    for source in assize::source::SOURCES {
        let about = source.about();
        assert!(text.contains(&format!("  {}: {}\n", about.id, about.title)), "{}", about.id);
        assert!(text.lines().any(|line| line == about.system.to_uppercase()), "{}", about.system);
        let page = format!("docs/sources/{}.md", about.id);
        assert!(text.contains(&page) && Path::new(env!("CARGO_MANIFEST_DIR")).join(page).is_file());
        for command in about.commands.iter().filter(|command| !command.starts_with("written")) {
            assert!(text.contains(&format!("\n{command}\n")), "{command}");
        }
        let (code, one, _) = run(&["sources", about.id]);
        assert_eq!(code, 0);
        assert!(about.provides.iter().all(|given| one.contains(given.fact.path())), "{}", about.id);
        assert!(about.notes.iter().all(|note| one.contains(note)), "{}", about.id);
    }
    let (_, all, _) = run(&["sources", "--format", "json"]);
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_eq!(all["sources"].as_array().unwrap().len(), assize::source::SOURCES.len());
    let (code, text, stderr) = run(&["sources", "aws-credential-raport"]);
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(stderr.contains("did you mean `aws-credential-report`?"), "{stderr}");
}

/// The numbers are those of the verdicts themselves.
#[test]
fn what_waits_is_counted_as_the_verdicts_are() {
    let folder = fixture("partial");
    let plan = json(&folder);
    let unknown = &plan["unknown"];
    let of = |name: &str| unknown[name].as_u64().unwrap();
    let letters = verdicts(&check(&folder, &[]));
    let undecided = letters.values().flat_map(BTreeMap::values).filter(|letter| **letter == 'u').count();
    assert_eq!(of("all"), undecided as u64);
    assert_eq!(of("all"), of("one_export") + of("several_exports") + of("exports_and_person") + of("person"));
    let report = &plan["exports"][0];
    assert_eq!(report["source"], "aws-credential-report");
    assert_eq!(report["alone"].as_u64().unwrap(), of("one_export"));
    assert_eq!(report["waiting"].as_u64().unwrap(), of("one_export") + of("exports_and_person"));
    assert_eq!(report["scopes"][0]["path"], "credential-report.json", "it goes beside the export that is there");
    assert!(report["checks"].as_array().unwrap().contains(&"credential-rotated".into()), "{report}");
    assert!(report["requirements"].as_array().unwrap().contains(&"owasp-nhi-2025 NHI7:2025".into()), "{report}");
    let statements = plan["statements"].as_array().unwrap();
    let missing: Vec<String> = statements.iter().map(|one| one["missing"].to_string()).collect();
    for name in ["ownership", "reviews", "drills", "log_sources", "ai_systems", "identity.environment"] {
        assert!(missing.iter().any(|one| one.contains(&format!("\"{name}\""))), "{name}: {missing:?}");
    }
    assert!(plan["profile"].as_str().unwrap().contains("\"aws:902361547788\""), "{}", plan["profile"]);
    // One requirement only leaves what that one waits for.
    let (_, few, _) = plan_of(&folder, &["--requirement", "NHI8", "--format", "json"]);
    let few: Value = serde_json::from_str(&few).unwrap();
    assert!(few["unknown"]["all"].as_u64().unwrap() < of("all"));
    assert_eq!(few["exports"][0]["requirements"].as_array().unwrap().len(), 1, "{few}");
}

fn plan_of(folder: &Path, more: &[&str]) -> (i32, String, String) {
    plan(folder, more)
}

/// What is to be filled in states nothing as it stands: no verdict moves, and none passes by it.
#[test]
fn the_form_states_nothing_by_itself() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("partial"), folder.path(), &["authorization-details.json"]);
    let before = verdicts(&check(folder.path(), &[]));
    let plan = json(folder.path());
    let form = plan["inventory"].as_str().unwrap();
    let parsed: toml::Table = form.parse().unwrap();
    assert!(["identities", "owners"].iter().all(|table| parsed.contains_key(*table)), "{form}");
    // What cannot stand without what is asked is a comment.
    assert!(["reviews", "closures"].iter().all(|table| form.contains(&format!("\n# [[{table}]]"))), "{form}");
    std::fs::write(folder.path().join("inventory.toml"), form).unwrap();
    let after = verdicts(&check(folder.path(), &[]));
    for (run, letters) in &before {
        for (subject, letter) in letters {
            let now = after[run].get(subject).copied().unwrap_or('-');
            assert!(now == *letter || now == 'u', "{run} {subject}: {letter} became {now}");
        }
    }
}

/// A list that an export shows not to be whole, and one that is too old, are to be collected again.
#[test]
fn what_is_too_old_is_to_be_collected_again() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("marrowick"), folder.path(), &["aws/614820937715/authorization-details.json"]);
    let manifest = "max_evidence_age = \"30d\"\nexpected_scopes = [\"aws:614820937715\", \"aws:285019463370\"]\n[[exports]]\npath = \"**\"\ncollected_at = \"2026-08-01T00:00:00Z\"\n";
    std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
    let plan = json(folder.path());
    let exports = plan["exports"].as_array().unwrap();
    let of = |source: &str| exports.iter().find(|one| one["source"] == source).unwrap();
    let details = of("aws-authorization-details");
    let scope = |name: &str| details["scopes"].as_array().unwrap().iter().find(|one| one["scope"] == name).unwrap();
    let again = &scope("aws:614820937715")["again"];
    assert_eq!(again[0]["path"], "aws/614820937715/authorization-details.json", "{details}");
    assert_eq!((&again[0]["why"], &again[0]["collected_at"]), (&"stale".into(), &"2026-08-01T00:00:00Z".into()));
    // An expected scope of which nothing was loaded is missing whole.
    let missing = scope("aws:285019463370");
    assert!(missing.get("again").is_none() && missing["open_populations"].as_u64().unwrap() > 0, "{missing}");
    assert_eq!(missing["path"], "aws/285019463370/authorization-details.json");
    let (_, script, _) = plan_of(folder.path(), &["--script", "-"]);
    assert!(
        script.contains("# aws/614820937715/authorization-details.json is older than the profile allows"),
        "{script}"
    );
    assert_eq!(exports[0]["source"], "aws-authorization-details", "whose populations nobody knows comes first");
}

#[test]
fn markdown_and_text_say_the_same_in_full_and_in_short() {
    let folder = fixture("hostile");
    let (code, markdown, _) = plan(&folder, &["--format", "markdown"]);
    let (_, text, _) = plan(&folder, &[]);
    let plan = json(&folder);
    assert_eq!(code, 0);
    assert!(markdown.starts_with("# What would close the gaps\n"), "{markdown}");
    for all in [&markdown, &text] {
        assert!(!all.contains("CANARY"));
        assert!(all.chars().all(|c| c == '\n' || !assize::base::text::acts(c)), "{all}");
        assert!(all.replace(',', "").contains(&format!("{} verdicts are unknown", plan["unknown"]["all"])), "{all}");
    }
    for statement in plan["statements"].as_array().unwrap() {
        let name = statement["missing"][0].as_str().unwrap();
        assert!(markdown.contains(&name.replace('_', "\\_")) || markdown.contains(name), "{name}");
    }
}

#[test]
fn a_folder_without_exports_is_no_plan() {
    let folder = TempDir::new().unwrap();
    let (code, text, stderr) = plan(folder.path(), &[]);
    assert_eq!((code, text.as_str()), (2, ""));
    assert!(stderr.contains("there is no file in") && stderr.contains("`assize sources`"), "{stderr}");
    let (code, _, stderr) = plan(&fixture("partial"), &["--as-of", "then"]);
    assert_eq!(code, 2, "{stderr}");
}

/// The programs and first words of all commands of a script, each with what makes it a command that reads.
fn reads(script: &str) {
    let shell = [
        "set", "umask", "case", "trap", "wanted", "right", "begin", "finish", "shift", "if", "for", "return", "printf",
        "mkdir", "rm", "mv", "exit", "fi", "done", "then", "esac", "}", "{", "(", ")", "while", "else", ":", "do",
    ];
    let aws = regex::Regex::new(r"\baws ([a-z-]+) ([a-z-]+)").unwrap();
    let mut seen = 0;
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        for call in aws.captures_iter(line) {
            let (service, operation) = (&call[1], &call[2]);
            let reads = ["get-", "list-", "describe-"].iter().any(|verb| operation.starts_with(verb));
            assert!(reads || (service, operation) == ("iam", "generate-credential-report"), "{line}");
            assert!(!operation.contains("secret") && !operation.contains("token"), "{line}");
            seen += 1;
        }
        let first = line.split([' ', ';']).next().unwrap();
        let known = shell.contains(&first) || first == "aws" || first.contains('=') || first.ends_with("()");
        assert!(known, "{line}");
        for word in ["create-", "delete-", "put-", "update-", "attach-", "eval", "curl", "sudo"] {
            assert!(!line.contains(word), "{line}");
        }
        // What is removed is the script's own part of a file, and nothing else.
        assert!(!line.contains("rm ") || line.contains("rm -f -- \"$part\""), "{line}");
    }
    assert!(seen > 0, "the script has commands");
}

fn syntax(script: &Path) {
    let checked = Command::new("sh").arg("-n").arg(script).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    if let Ok(checked) = Command::new("shellcheck").arg(script).output() {
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    }
}

#[test]
fn the_script_only_reads_and_is_one_that_a_shell_accepts() {
    for name in ["partial", "hostile", "marrowick"] {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("collect.sh");
        // Without its manifest and inventory more is missing.
        let exports = folder.path().join("exports");
        for (file, bytes) in support::files(&fixture(name)).iter().filter(|(file, _)| file.contains("authorization")) {
            let to = exports.join(file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::write(to, bytes).unwrap();
        }
        let (code, _, stderr) = plan(&exports, &["--script", path.to_str().unwrap()]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stderr.contains("read it, then run it"), "{stderr}");
        let script = std::fs::read_to_string(&path).unwrap();
        reads(&script);
        syntax(&path);
        assert_eq!(plan(&exports, &["--script", "-"]).1, script, "{name}: the same each time");
        let (code, text, stderr) = plan(&exports, &["--script", path.to_str().unwrap()]);
        assert_eq!((code, text.as_str()), (2, ""), "it is not written over");
        assert!(stderr.contains("is there already"), "{stderr}");
    }
}

/// What one system exports is no remedy for another's scope.
#[test]
fn an_export_is_wanted_of_its_own_system_only() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("partial"), folder.path(), &["authorization-details.json"]);
    std::fs::write(folder.path().join("assize.toml"), "expected_scopes = [\"aws:111122223333\", \"k9s:prod\"]\n")
        .unwrap();
    let plan = json(folder.path());
    let mut scopes: Vec<&str> = Vec::new();
    for wanted in plan["exports"].as_array().unwrap() {
        scopes.extend(wanted["scopes"].as_array().unwrap().iter().map(|one| one["scope"].as_str().unwrap()));
    }
    assert!(scopes.contains(&"aws:111122223333") && !scopes.contains(&"k9s:prod"), "{scopes:?}");
    let statements = plan["statements"].as_array().unwrap();
    assert!(statements.iter().any(|one| one["scopes"].as_array().unwrap().contains(&"k9s:prod".into())));
}

/// Runs a script with an `aws` that answers from the fixtures as one account.
fn collect(folder: &Path, script: &Path, account: &str, args: &[&str]) -> (i32, String, String) {
    let bin = folder.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let answers = fixture("marrowick/aws/614820937715");
    let aws = format!(
        "#!/bin/sh\ncase \"$1 $2\" in\n'sts get-caller-identity') echo {account} ;;\n'iam generate-credential-report') echo COMPLETE ;;\n'iam get-credential-report') cat '{0}/credential-report.json' ;;\n*) echo \"denied: $*\" >&2; exit 254 ;;\nesac\n",
        answers.display()
    );
    std::fs::write(bin.join("aws"), aws).unwrap();
    let made = Command::new("chmod").arg("+x").arg(bin.join("aws")).status().unwrap();
    assert!(made.success());
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh").arg(script).args(args).env("PATH", path).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// The script, run: what it collects is read, the entries that it prints are those of a manifest, and nothing is written over.
#[test]
fn what_the_script_collects_closes_the_gaps() {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("exports");
    copy(&fixture("partial"), &exports, &["authorization-details.json"]);
    let script = folder.path().join("collect.sh");
    assert_eq!(plan(&exports, &["--script", script.to_str().unwrap()]).0, 0);
    let before = json(&exports);

    let (code, _, stderr) = collect(folder.path(), &script, "999999999999", &[]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("the credentials at hand are of another: 999999999999"), "{stderr}");
    assert!(!exports.join("credential-report.json").exists());
    let (code, _, stderr) = collect(folder.path(), &script, "614820937715", &["aws:1"]);
    assert_eq!(code, 2, "{stderr}");

    let (code, entries, stderr) = collect(folder.path(), &script, "614820937715", &["aws:614820937715"]);
    assert_eq!(code, 0, "{stderr}");
    let read: toml::Table = entries.parse().unwrap();
    let entry = read["exports"][0].as_table().unwrap();
    assert_eq!(entry["path"].as_str(), Some("credential-report.json"));
    assert_eq!(entry["scope"].as_str(), Some("aws:614820937715"));
    assert!(entry["command"].as_str().unwrap().ends_with("> credential-report.json"));
    assert!(assize::base::time::Instant::parse(entry["collected_at"].as_str().unwrap()).is_some());
    std::fs::write(exports.join("assize.toml"), &entries).unwrap();
    let after = json(&exports);
    assert_eq!(after["exports"].as_array().unwrap().len(), 0, "{after}");
    // A scan closes nothing without somebody's word that all was scanned, so it is asked of a person.
    let asked = after["statements"].to_string();
    assert!(asked.contains("add the export `gitleaks`") && asked.contains("exposures"), "{asked}");
    assert!(after["unknown"]["all"].as_u64() < before["unknown"]["all"].as_u64());

    std::fs::write(exports.join("credential-report.json"), "mine").unwrap();
    let (code, _, stderr) = collect(folder.path(), &script, "614820937715", &[]);
    assert_eq!(code, 1, "{stderr}");
    assert!(stderr.contains("is there already and was left as it is"), "{stderr}");
    assert_eq!(std::fs::read_to_string(exports.join("credential-report.json")).unwrap(), "mine");
}

/// A command that fails leaves no file that could be taken for an export.
#[test]
fn a_command_that_fails_leaves_nothing() {
    let folder = TempDir::new().unwrap();
    let exports = folder.path().join("exports");
    copy(&fixture("marrowick"), &exports, &["aws/614820937715/credential-report.json"]);
    let script = folder.path().join("collect.sh");
    assert_eq!(plan(&exports, &["--script", script.to_str().unwrap()]).0, 0);
    let before = support::files(&exports);
    let (code, entries, stderr) = collect(folder.path(), &script, "614820937715", &[]);
    assert_eq!((code, entries.as_str()), (1, ""), "{stderr}");
    assert!(stderr.contains("denied: iam get-account-authorization-details"), "{stderr}");
    assert!(stderr.contains("was not made, the command ended with 254"), "{stderr}");
    assert_eq!(support::files(&exports), before);
}
