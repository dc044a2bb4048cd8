//! What results say of AI systems: that it follows from the findings and the graph, and adds up.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{AS_OF, Run, account, assize, check, fixture};
use serde_json::Value;

fn systems(run: &Run) -> BTreeMap<String, Value> {
    let results = run.results();
    let all = results["ai_systems"].as_array().unwrap().iter();
    all.map(|one| (one["name"].as_str().unwrap().to_owned(), one.clone())).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|one| text(&one["subject"]["id"])).collect()
}

#[test]
fn its_reach_is_drawn_from_credentials_to_resources() {
    let run = check(&fixture("marrowick"), &[]);
    let systems = systems(&run);
    let dispatch = &systems["Dispatch operations"];
    let named = |kind: &str| -> BTreeMap<String, (String, String)> {
        let reach = dispatch["reach"].as_array().unwrap().iter();
        let of_kind = reach.filter(|one| one["subject"]["kind"] == kind);
        of_kind.map(|one| (text(&one["subject"]["name"]), (text(&one["how"]), text(&one["state"])))).collect()
    };
    let become_one = |state: &str| ("become".to_owned(), state.to_owned());
    assert_eq!(named("identity")["emergency-admin"], become_one("certain"));
    assert_eq!(named("identity")["oncall-readonly"], become_one("conditional"));
    assert_eq!(named("resource")["Bookings"], ("admin".to_owned(), "certain".to_owned()));
    let administrators: Vec<String> = dispatch["identities"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["administrator"] == true)
        .map(|one| text(&one["subject"]["name"]))
        .collect();
    assert_eq!(administrators, ["ops-remediator", "ops-remediator-fallback", "dispatch-agent"]);
    assert_eq!(dispatch["credentials"][0]["kind"], "access_key");
    assert_eq!(dispatch["credentials"][0]["held"], true);
    assert_eq!(dispatch["credentials"][0]["identity"], dispatch["identities"][1]["subject"]["id"]);
    // Its own boundary keeps the other one within what it is for.
    let reply = &systems["Reply desk"];
    assert!(reply["reach"].as_array().unwrap().iter().all(|one| one["subject"]["kind"] == "resource"), "{reply}");
}

/// One step before everything that is reached stands something that is listed too, unless a list was cut.
#[test]
fn everything_that_is_reached_is_reached_from_something() {
    let run = check(&fixture("marrowick"), &[]);
    for (name, system) in systems(&run) {
        let mut known: BTreeSet<String> = ids(&system["identities"]).into_iter().collect();
        known.extend(ids(&system["reach"]));
        for one in system["reach"].as_array().unwrap() {
            let from: Vec<String> = one["from"].as_array().unwrap().iter().map(text).collect();
            assert!(!from.is_empty() && from.iter().all(|id| known.contains(id)), "{name}: {one}");
        }
    }
}

#[test]
fn findings_and_open_verdicts_are_counted_as_they_stand_in_the_results() {
    let run = check(&fixture("marrowick"), &[]);
    let findings = run.results()["findings"].as_array().unwrap().clone();
    for (name, system) in systems(&run) {
        let mut own: BTreeSet<String> = ids(&system["identities"]).into_iter().collect();
        own.extend(ids(&system["credentials"]));
        own.insert(text(&system["id"]));
        for severity in ["critical", "high", "medium", "low"] {
            let counted = findings.iter().filter(|finding| {
                finding["severity"] == severity && own.contains(finding["subject"]["id"].as_str().unwrap())
            });
            assert_eq!(system["findings"][severity], counted.count(), "{name}, {severity}");
        }
    }
    let open: u64 = systems(&run).values().map(|system| system["unknown"].as_u64().unwrap()).sum();
    assert!(open > 0, "the demo leaves something open about its AI systems");
}

#[test]
fn the_report_has_a_card_with_a_drawing_for_each() {
    let run = check(&fixture("marrowick"), &[]);
    let html = run.text("report.html");
    let all = systems(&run).len();
    assert_eq!(html.matches("<article class=\"card\"").count(), all);
    assert_eq!(html.matches("role=\"region\"").count(), all);
    assert!(html.contains("An administrator is within reach of Dispatch operations."), "the summary names it");
}

/// Several identities of one system may do different things to one resource: each is shown with what it may do itself.
#[test]
fn each_identity_is_shown_with_what_it_may_do_itself() {
    let run = check(&fixture("marrowick"), &[]);
    let dispatch = &systems(&run)["Dispatch operations"];
    let reach = dispatch["reach"].as_array().unwrap();
    let steps = |name: &str| -> Vec<[String; 3]> {
        let one = reach.iter().find(|one| one["subject"]["name"] == name).unwrap();
        let of = |step: &Value| {
            let from = text(&step["from"]);
            let from = from.rsplit(['/', ':']).next().unwrap().to_owned();
            [from, text(&step["how"]), text(&step["state"])]
        };
        one["steps"].as_array().unwrap().iter().map(of).collect()
    };
    let booking = [
        ["emergency-admin", "admin", "certain"],
        ["ops-readiness-agent", "write", "certain"],
        ["ops-remediator", "write", "certain"],
        ["ops-remediator-fallback", "write", "certain"],
        ["oncall-readonly", "read", "certain"],
    ];
    assert_eq!(steps("Booking services"), booking);
    let scratch = [["emergency-admin", "admin", "certain"], ["hackday-demo", "read", "possible"]];
    assert_eq!(steps("Scratch space of the lab"), scratch);
    assert_eq!(steps("oncall-readonly"), [["emergency-admin", "become", "conditional"]]);
    let markdown = run.text("report.md");
    for line in [
        "it administers it from 11, writes it from 3, 4, 19, reads it from 20, certain",
        "it administers it from 11 (certain), reads it from 18 (possible), certain",
    ] {
        assert!(markdown.contains(line), "{line}");
    }
    // The drawing says the same, and of what it only counts how many, what and how sure.
    let html = run.text("report.html");
    for line in [
        "ops-remediator → Booking services: writes, certain",
        "emergency-admin → 3 more identities: becomes 2 of them, certain to conditional",
        "emergency-admin → 21 more resources: administers 18 of them, certain to possible",
    ] {
        assert!(html.contains(&format!("<title>{line}</title>")), "{line}");
    }
}

/// The card, the drill and the explanation of one key's resources are as sure as one another.
#[test]
fn a_card_is_as_sure_as_a_drill() {
    let run = check(&fixture("marrowick"), &[]);
    let dock = &systems(&run)["Dock assistant"];
    let states = |all: &Value| -> BTreeMap<String, String> {
        let each = all.as_array().unwrap().iter().filter(|one| one["subject"]["kind"] == "resource");
        each.map(|one| (text(&one["subject"]["name"]), text(&one["state"]))).collect()
    };
    let drill = assize(&["drill"])
        .arg(fixture("marrowick"))
        .args(["AKIAY6JRO77Z2EXAMPLE", "--as-of", AS_OF, "--format", "json"])
        .output()
        .unwrap();
    let drill: Value = serde_json::from_slice(&drill.stdout).unwrap();
    let card = states(&dock["reach"]);
    assert_eq!(card["Dock slots"], "certain", "its boundary allows what the policy does");
    let opened = states(&drill["opens"]);
    assert_eq!(
        card.iter().filter(|(name, state)| opened.get(*name) != Some(*state)).count(),
        0,
        "{card:?}, {opened:?}"
    );
}

/// A card says of each tool what it runs or calls, and a system alone stands in no order.
#[test]
fn a_card_says_what_its_tools_run() {
    let folder = account::folder(&[], &[], &[]);
    let client = r#"{"mcpServers": {
        "notes": {"command": "uvx", "args": ["notes-mcp"]},
        "remote": {"url": "https://user:hunter2secret@mcp.example.test/sse?token=hunter2secret"}
    }}"#;
    account::put(folder.path(), "mcp/laptop/mcp.json", client);
    let run = check(folder.path(), &[]);
    let report = run.text("report.md");
    for words in
        ["it can call it; it runs or calls notes-mcp", "it runs or calls ", "mcp.example.test", "\n1 AI system. "]
    {
        assert!(report.contains(words), "{words}: {report}");
    }
    assert!(!report.contains("hunter2secret") && !run.text("results.json").contains("hunter2secret"));
}

/// Keys of a provider alone say nothing of who holds them: what is asked of those that AI systems hold is not answered.
#[test]
fn keys_without_a_list_of_ai_systems_may_be_held_by_one() {
    let keys = serde_json::json!({"object": "list", "has_more": false, "data": [{
        "object": "organization.project.api_key", "redacted_value": "sk-svcac************Zr7A", "name": "reader",
        "created_at": 1_787_209_200, "last_used_at": null, "expires_at": null, "id": "key_reader",
        "owner": {"type": "service_account", "service_account": {
            "id": "svc_acct_reader", "name": "reader", "role": "member", "created_at": 1_743_750_000,
        }},
    }]});
    let asked = ["leak-contained", "ai-credential-not-shared", "ai-secret-in-store", "ai-secret-expires"];
    let judged = |inventory: &str| {
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join("openai")).unwrap();
        std::fs::write(folder.path().join("openai/api-keys.json"), keys.to_string()).unwrap();
        let manifest = "[[exports]]\npath = \"openai/*\"\nscope = \"openai:org-x\"\nenumerates = [\"api_keys\", \"service_accounts\"]\n";
        std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
        let results = check(folder.path(), &[]).results();
        let of = |check: &str| {
            let runs = results["checks"].as_array().unwrap();
            let status = text(&runs.iter().find(|run| run["id"] == check).unwrap()["status"]);
            let gaps = results["gaps"].as_array().unwrap().iter();
            (status, gaps.filter(|gap| gap["check_run"] == check && gap["about"]["listing"] == "ai_systems").count())
        };
        asked.map(of)
    };
    let open = ("undetermined".to_owned(), 1);
    assert_eq!(judged("# nothing is said\n[[owners]]\nid = \"team\"\n"), [(); 4].map(|()| open.clone()));
    let none =
        "[[closures]]\nlisting = \"ai_systems\"\nscope = \"*\"\nentries = 0\nby = \"x\"\nas_of = \"2026-10-31\"\n";
    assert_eq!(judged(none), [(); 4].map(|()| ("not_applicable".to_owned(), 0)));
}
