//! What a person does who follows the README with data of their own, slips included.

use std::path::Path;

use crate::support;
use crate::support::{Run, assize, check, fixture};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        put(folder.path(), name, text);
    }
    folder
}

fn put(folder: &Path, name: &str, text: &str) {
    let to = folder.join(name);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    std::fs::write(to, text).unwrap();
}

/// Exit code, standard output and standard error of a command on a folder.
fn run(command: &[&str], folder: &Path, more: &[&str]) -> (i32, String, String) {
    let output = assize(command).arg(folder).args(more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn explained(folder: &Path, id: &str) -> String {
    let (code, stdout, stderr) = run(&["explain", "--as-of", support::AS_OF], folder, &[id]);
    assert_eq!(code, 0, "{stderr}");
    stdout
}

/// A fact of an explanation, in a line such as `approved  yes`.
fn fact<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let facts = text.split("\nNot known").next().unwrap();
    let line = facts.lines().find_map(|line| line.strip_prefix("  ")?.strip_prefix(name)?.strip_prefix(' '))?;
    line.trim_start().split("  ").next()
}

const SERVERS: &str = r#"{"mcpServers": {
  "tickets": {"command": "npx", "args": ["-y", "@example/tickets-mcp@2.1.0"]},
  "notes": {"command": "uvx", "args": ["notes-mcp"]},
  "remote": {"url": "https://mcp.example.test/sse"}
}}"#;

/// Two files of one machine, as the export command lays them out.
fn laptop(inventory: &str) -> TempDir {
    folder(&[
        ("mcp/laptop/.cursor/mcp.json", SERVERS),
        ("mcp/laptop/.gemini/settings.json", SERVERS),
        ("inventory.toml", inventory),
    ])
}

#[test]
fn a_pattern_means_tools_by_id_name_and_target() {
    for pattern in [
        "mcp:laptop:server:.cursor/mcp.json/tickets",
        "mcp:laptop:server:*/tickets",
        "tickets",
        "tick*",
        "@example/tickets-mcp",
        "@example/tickets-mcp@2.1.0",
        "@example/*",
    ] {
        let folder =
            laptop(&format!("[[resources]]\npattern = \"{pattern}\"\napproved = true\neffects = [\"writes\"]\n"));
        let text = explained(folder.path(), "mcp:laptop:server:.cursor/mcp.json/tickets");
        assert_eq!(
            (fact(&text, "approved"), fact(&text, "effects")),
            (Some("yes"), Some("writes")),
            "{pattern}\n{text}"
        );
        assert!(text.starts_with("tickets  resource, mcp server, in mcp:laptop"), "the export's name stands: {text}");
        let text = explained(folder.path(), "mcp:laptop:server:.cursor/mcp.json/notes");
        assert_eq!(fact(&text, "approved"), None, "{pattern}\n{text}");
        let checked = check(folder.path(), &["--strict"]);
        assert!(!checked.stderr.contains("inventory-matches-nothing"), "{}", checked.stderr);
        // The pattern is no resource of its own: there are the six servers and nothing else.
        let subjects = checked.results()["subjects"].as_array().unwrap().clone();
        let resources =
            subjects.iter().filter(|one| one["subject"] == "resource").map(|one| one["count"].as_u64().unwrap());
        assert_eq!(resources.sum::<u64>(), 6, "{pattern}");
    }
    let folder = laptop("[[resources]]\npattern = \"https://mcp.example.test/*\"\nenvironment = \"production\"\n");
    let text = explained(folder.path(), "mcp:laptop:server:.gemini/settings.json/remote");
    assert_eq!(fact(&text, "environment"), Some("production"), "{text}");
}

#[test]
fn what_an_exact_entry_says_outranks_a_pattern() {
    let folder = laptop(
        "[[resources]]\npattern = \"mcp:laptop:*\"\napproved = true\neffects = [\"reads_data\"]\nname = \"many\"\n\
         [[resources]]\npattern = \"tickets\"\napproved = false\n\
         [[resources]]\npattern = \"mcp:laptop:server:.cursor/mcp.json/tickets\"\neffects = [\"sends_out\"]\nname = \"Tickets\"\n",
    );
    let of = |id: &str| {
        let text = explained(folder.path(), id);
        let name = text.split("  ").next().unwrap().to_owned();
        (name, fact(&text, "approved").unwrap().to_owned(), fact(&text, "effects").unwrap().to_owned())
    };
    let want = |name: &str, approved: &str, effects: &str| (name.to_owned(), approved.to_owned(), effects.to_owned());
    assert_eq!(of("mcp:laptop:server:.cursor/mcp.json/tickets"), want("Tickets", "no", "sends out"));
    assert_eq!(of("mcp:laptop:server:.gemini/settings.json/tickets"), want("tickets", "no", "reads data"));
    assert_eq!(of("mcp:laptop:server:.cursor/mcp.json/notes"), want("notes", "yes", "reads data"));
}

/// The note of what is odd, and the one line of the terminal.
#[test]
fn a_pattern_that_matches_nothing_is_told() {
    let folder = laptop(
        "[[resources]]\npattern = \"tickts\"\napproved = true\n[[resources]]\npattern = \"mcp:desktop:*\"\napproved = true\n\
         [[resources]]\npattern = \"arn:aws:s3:::not-exported\"\nsensitivity = \"restricted\"\n\
         [[resources]]\npattern = \"search\"\napproved = true\n[[ai_systems]]\nid = \"helper\"\ntools = [\"search\"]\n",
    );
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.stderr.matches("inventory-matches-nothing").count(), 1, "{}", checked.stderr);
    assert!(
        checked
            .stderr
            .contains("2 patterns of `[[resources]]` match nothing that was read: `tickts`, `mcp:desktop:*`\n"),
        "{}",
        checked.stderr
    );
    assert!(checked.stderr.contains("did you mean `mcp:laptop:server:"), "{}", checked.stderr);
    let notes: Vec<String> = checked.results()["quality"].as_array().unwrap().iter().map(Value::to_string).collect();
    let told = notes.iter().filter(|note| note.contains("matches no resource that was read")).count();
    assert_eq!(told, 2, "{notes:?}");
    let strict = check(folder.path(), &["--strict"]);
    assert_eq!(strict.code, 2);
    assert!(
        strict.stderr.contains("strict: entries of the inventory or of the manifest match nothing"),
        "{}",
        strict.stderr
    );
    // What the system that names it says of a tool is its own.
    assert_eq!(fact(&explained(folder.path(), "search"), "approved"), Some("yes"));
}

/// A copy of a small account with an inventory.
fn account(inventory: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (file, bytes) in support::files(&fixture("partial")).iter().filter(|(file, _)| *file != "assize.toml") {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    put(folder.path(), "stated.toml", inventory);
    folder
}

fn warned(run: &Run) -> usize {
    run.stderr.matches("warning[inventory-matches-nothing]").count()
}

#[test]
fn a_name_that_no_listed_identity_has_is_told_with_the_id_that_is_meant() {
    let folder = account("[[identities]]\nidentity = \"route-insight-assistant\"\npurpose = \"x\"\n");
    let checked = check(folder.path(), &[]);
    assert_eq!(warned(&checked), 1, "{}", checked.stderr);
    assert!(
        checked.stderr.contains("`route-insight-assistant` (`stated.toml`, /identities/0)")
            && checked.stderr.contains("help: did you mean `aws:")
            && checked.stderr.contains(":role/route-insight-assistant`?"),
        "{}",
        checked.stderr
    );
    assert_eq!(check(folder.path(), &["--strict"]).code, 2);
    // What is listed is not hidden by what is merely named.
    for command in ["explain", "graph"] {
        let (code, stdout, stderr) =
            run(&[command, "--as-of", support::AS_OF], folder.path(), &["route-insight-assistant"]);
        assert_eq!(code, 0, "{stderr}");
        assert!(stdout.contains("role"), "{command}: {stdout}");
    }
    let folder = account("[[identities]]\nidentity = \"rout-insigth-assistant\"\npurpose = \"x\"\n");
    assert!(check(folder.path(), &[]).stderr.contains(":role/route-insight-assistant`?"));
}

#[test]
fn an_identity_of_a_system_that_is_not_read_is_no_slip_where_something_is_its() {
    let stated = "[[identities]]\nidentity = \"github:org:app:x\"\npurpose = \"opens pull requests\"\n";
    assert_eq!(warned(&check(account(stated).path(), &[])), 1);
    for of in [
        "[[credentials]]\ncredential = \"github:org:key:1\"\nidentity = \"github:org:app:x\"\n",
        "[[ai_systems]]\nid = \"helper\"\nidentities = [\"github:org:app:x\"]\n",
    ] {
        let checked = check(account(&format!("{stated}{of}")).path(), &[]);
        assert_eq!(warned(&checked), 0, "{}", checked.stderr);
    }
}

#[test]
fn an_inventory_in_which_nothing_is_filled_in_is_one() {
    let folder = folder(&[("mcp/laptop/.mcp.json", SERVERS)]);
    assert_eq!(run(&["init"], folder.path(), &["--inventory"]).0, 0);
    put(folder.path(), "odd.toml", "# a = 1\n");
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.export("inventory.toml")["source"], "inventory-toml");
    assert!(!checked.stdout.contains("with )"), "{}", checked.stdout);
    assert!(
        checked.stdout.contains("1 file left out: odd.toml (nothing but comments: nothing is filled in yet)"),
        "{}",
        checked.stdout
    );
}

/// The steps of the README, in their order.
#[test]
fn init_writes_what_is_missing_and_leaves_what_is_there() {
    let folder = folder(&[("cluster.json", CLUSTER)]);
    let (code, stdout, stderr) = run(&["init"], folder.path(), &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("name the scope of 1 file (`scope`)"), "{stdout}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let profile = read("assize.toml");
    assert!(profile.contains("# scope = \"kubernetes:exports\" # made from the name of its folder"), "{profile}");
    assert!(!profile.contains("as it says itself"), "{profile}");
    let named = profile.replace("# scope = \"kubernetes:exports\"", "scope = \"kubernetes:prod-eu\"");
    std::fs::write(folder.path().join("assize.toml"), &named).unwrap();
    let (code, stdout, stderr) = run(&["init"], folder.path(), &["--inventory"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("assize.toml, which is there already, as it is\n"), "{stdout}");
    assert_eq!(read("assize.toml"), named);
    // The ids are those of the profile that is there.
    let inventory = read("inventory.toml");
    assert!(inventory.contains("identity = \"kubernetes:prod-eu:service_account:app/worker\""), "{inventory}");
    let checked = check(folder.path(), &[]);
    assert_eq!(warned(&checked), 0, "{}", checked.stderr);
    let (code, _, stderr) = run(&["init"], folder.path(), &["--inventory"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("are there already") && stderr.contains("--force"), "{stderr}");
}

const CLUSTER: &str = r#"{"apiVersion": "v1", "kind": "List", "items": [
  {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "worker", "namespace": "app"}}
]}"#;

#[test]
fn the_ai_systems_that_exports_list_are_counted_and_begun() {
    let folder = laptop("");
    std::fs::remove_file(folder.path().join("inventory.toml")).unwrap();
    let (_, stdout, _) = run(&["init"], folder.path(), &["--inventory"]);
    assert!(stdout.contains("2 AI systems of which the inventory says nothing yet"), "{stdout}");
    let inventory = std::fs::read_to_string(folder.path().join("inventory.toml")).unwrap();
    for words in [
        "# .cursor/mcp.json (Cursor)\n# [[ai_systems]]\n# id = \"mcp:laptop:client:.cursor/mcp.json\"\n# also = [\"mcp:laptop:client:.cursor/mcp.json\"] #",
        "# tickets: @example/tickets-mcp@2.1.0\n# [[resources]]\n# pattern = \"mcp:laptop:server:.cursor/mcp.json/tickets\"\n# approved = ",
    ] {
        assert!(inventory.contains(words), "{words}\n{inventory}");
    }
    let head = check(folder.path(), &[]).stdout;
    assert!(head.contains("1 scope, 0 identities, 0 credentials, 2 AI systems\n"), "{head}");
    // Taken as it is offered, the entry is about that system.
    put(
        folder.path(),
        "inventory.toml",
        "[[ai_systems]]\nid = \"mcp:laptop:client:.cursor/mcp.json\"\nalso = [\"mcp:laptop:client:.cursor/mcp.json\"]\npurpose = \"x\"\n",
    );
    assert_eq!(fact(&explained(folder.path(), ".cursor/mcp.json"), "purpose"), Some("x"));
    put(
        folder.path(),
        "inventory.toml",
        "[[ai_systems]]\nid = \"mcp:laptop:client:.cursor/mcp.json\"\npurpose = \"x\"\n",
    );
    assert!(explained(folder.path(), ".cursor/mcp.json").starts_with(".cursor/mcp.json (Cursor)  AI system"));
}

/// Files of one machine are told apart by the folders of their clients, also where the manifest names them one by one.
#[test]
fn a_machine_is_one_scope() {
    let folder = laptop("");
    let scope = |folder: &Path| {
        let results = check(folder, &[]).results();
        let seen: Vec<String> = results["scopes"]["seen"].as_array().unwrap().iter().map(Value::to_string).collect();
        seen.join(" ")
    };
    assert!(scope(folder.path()).contains("mcp:laptop") && !scope(folder.path()).contains(".cursor"));
    put(
        folder.path(),
        "assize.toml",
        "[[exports]]\npath = \"mcp/laptop/.cursor/mcp.json\"\nscope = \"mcp:mine\"\n\
         [[exports]]\npath = \"mcp/laptop/.gemini/settings.json\"\nscope = \"mcp:mine\"\n",
    );
    for key in [".cursor/mcp.json", ".gemini/settings.json"] {
        assert!(explained(folder.path(), key).contains(&format!("mcp:mine:client:{key}\n")));
    }
}

/// Put into the folder as it stands, what `sources plan` offers is read without a complaint and changes nothing.
#[test]
fn what_the_plan_offers_can_be_put_into_the_folder() {
    // Of a user with a password and a key no export says whether it is a person's.
    let both = REPORT.replace(
        ":user/ci,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A",
        ":user/ci,2020-01-01T00:00:00+00:00,true,no_information,2020-01-01T00:00:00+00:00,N/A",
    );
    let folder = folder(&[("aws/report.csv", both.as_str()), ("mcp/laptop/.cursor/mcp.json", SERVERS)]);
    let before = support::verdicts(&check(folder.path(), &[]));
    let (code, plan, stderr) =
        run(&["sources", "plan", "--as-of", support::AS_OF], folder.path(), &["--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    let plan: Value = serde_json::from_str(&plan).unwrap();
    let offered = plan["inventory"].as_str().unwrap();
    assert!(offered.contains("\n# kind = \"\" # What kind of account it is: `human`, or"), "{offered}");
    assert!(offered.contains("\n# approved = true or false"), "{offered}");
    put(folder.path(), "stated.toml", offered);
    let checked = check(folder.path(), &["--strict"]);
    assert_eq!(checked.code, 0, "{}", checked.stderr);
    assert!(!checked.stderr.contains("rejected"), "{}", checked.stderr);
    assert_eq!(support::verdicts(&checked), before);
    let text = run(&["sources", "plan", "--as-of", support::AS_OF], folder.path(), &[]).1;
    assert!(
        text.contains("State `kind` for these identities") && text.contains("`human` for a person's account"),
        "{text}"
    );
}

/// A root and a user with a key and no password.
const REPORT: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated\n\
        <root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,no_information,not_supported,not_supported,true,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n\
        ci,arn:aws:iam::111122223333:user/ci,2020-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2020-01-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n";

#[test]
fn a_report_in_csv_twice_is_one_and_the_root_is_told() {
    let folder = TempDir::new().unwrap();
    put(folder.path(), "a/report.csv", REPORT);
    put(folder.path(), "a/again.csv", REPORT);
    let (code, stdout, stderr) = run(&["init"], folder.path(), &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("Found 1 aws-credential-report; 1 file repeats another"), "{stdout}");
    assert!(stdout.contains("2 identities of 1 scope, 0 recognised as AI-connected, 1 without an owner\n"), "{stdout}");
    assert!(stdout.contains("1 needs none: people, root users"), "{stdout}");
    let profile = std::fs::read_to_string(folder.path().join("assize.toml")).unwrap();
    assert!(profile.contains("| base64 -d > credential-report.csv\" # if it was this one"), "{profile}");
    // That a file repeats another is told once, by the command that judges.
    assert!(check(folder.path(), &[]).stderr.contains("note[repeated-export]"));
    for (command, more) in [(&["explain"][..], &["ci"][..]), (&["graph"], &["ci"]), (&["sources", "plan"], &[])] {
        let (_, _, stderr) = run(command, folder.path(), more);
        assert!(!stderr.contains("repeated-export"), "{command:?}: {stderr}");
    }
}

#[test]
fn rights_without_accounts_are_told_with_the_command_that_lists_accounts() {
    let role = r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r", "namespace": "app"}, "rules": []}"#;
    let folder = folder(&[("role.json", role)]);
    let checked = check(folder.path(), &[]);
    assert_eq!(checked.code, 2);
    let told = "there are no service accounts in the 1 file that is read as `kubernetes-objects`";
    assert!(checked.stderr.contains(told), "{}", checked.stderr);
    assert!(checked.stderr.contains("kubectl get serviceaccounts,"), "{}", checked.stderr);
    // The same where a profile says that somebody should be there.
    put(
        folder.path(),
        "assize.toml",
        "expected_scopes = [\"kubernetes:prod-eu\"]\n[[exports]]\npath = \"*.json\"\nscope = \"kubernetes:prod-eu\"\n",
    );
    let checked = check(folder.path(), &[]);
    assert!(
        checked.stderr.contains(told) && checked.stderr.contains("kubectl get serviceaccounts,"),
        "{}",
        checked.stderr
    );
}

#[test]
fn a_slip_in_what_an_ai_system_runs_as_is_told_and_a_secret_is_refused() {
    let company = fixture("marrowick");
    let folder = tempfile::TempDir::new().unwrap();
    for name in crate::support::files(&company).keys() {
        crate::support::copy(&company, folder.path(), &[name]);
    }
    let file = folder.path().join("inventory/ai-systems.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replacen("role/route-insight-assistant", "role/route-insight-asistant", 1)).unwrap();
    let run = check(folder.path(), &["--strict"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("route-insight-asistant` (`inventory/ai-systems.toml`"), "{}", run.stderr);
    assert!(run.stderr.contains("did you mean `aws:614820937715:role:"), "{}", run.stderr);
    let secret = format!("ghp_{}", "q8ZkLm2Nv7Xw1Rt5Yb9Jd3Fs6Hg0PaTcQe4U");
    std::fs::write(&file, text.replacen("model           = \"amazon.nova-lite\"", &format!("model = \"{secret}\""), 1))
        .unwrap();
    let run = check(folder.path(), &[]);
    assert!(run.stderr.contains("`model` has what looks like a secret"), "{}", run.stderr);
    for (name, bytes) in run.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains(&secret), "{name}");
    }
}
