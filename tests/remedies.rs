//! What closes a gap is said first, is true for the fact, and names the scope that it is missing in.

use std::collections::BTreeMap;

use crate::support::account::{folder, put, role, root_row, row, user};
use crate::support::{AS_OF, assize, check, fixture};
use assize::model::listing::Listing;
use serde_json::{Value, json};

/// By fact or list: the remedy, with its commands.
fn remedies(results: &Value) -> BTreeMap<String, (String, String)> {
    let gaps = results["gaps"].as_array().unwrap();
    let about = |gap: &Value| gap["about"].as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    let of = |gap: &Value| (gap["remedy"]["text"].as_str().unwrap().to_owned(), gap["remedy"]["commands"].to_string());
    gaps.iter().map(|gap| (about(gap), of(gap))).collect()
}

#[test]
fn each_names_what_to_do_and_where() {
    let run = check(&fixture("partial"), &[]);
    let all = remedies(&run.results());
    assert!(all.len() > 10, "{all:?}");
    for (about, (text, commands)) in &all {
        let verb = text.split(' ').next().unwrap();
        assert!(["Add", "Collect", "Name", "Scan", "State", "Tag"].contains(&verb), "{about}: {text}");
        assert!(text.contains("aws:614820937715"), "{about}: {text}");
        // The one export that is there is no remedy.
        assert!(!commands.contains("get-account-authorization-details"), "{about}: {commands}");
    }
    let has = |about: &str, words: &[&str]| {
        let (text, _) = all.get(about).unwrap_or_else(|| panic!("no gap about {about}"));
        assert!(words.iter().all(|word| text.contains(word)), "{about}: {text}");
    };
    // Roles have no description in authorization details, so a person says what they are for.
    has("identity.description", &["`purpose` under `[[identities]]`", "first column is `identity`"]);
    has("becoming.trusted_scope", &["`own_scopes`", "`trusted_scopes`", "`assize.toml`"]);
    has("identity.environment", &["`environment_tags` names the key `environment`", "`[[identities]]`"]);
    has("identity.last_used_at", &["`aws-credential-report`", "`password_last_used`"]);
    has("ownership", &["`owner_tags` names the key `owner`", "`listing = \"ownership\"`"]);
    has("access_keys", &["`aws-credential-report`", "`[[closures]]`"]);
}

/// Whatever list is not whole, and whoever says it: the remedy names an export, or a place in which to say what.
#[test]
fn a_list_that_is_not_whole_names_what_to_do() {
    let folder = folder(&[user("111122223333", "ann")], &[], &[root_row(), row("ann", "2026-01-01T00:00:00+00:00")]);
    put(
        folder.path(),
        "mcp/laptop/mcp.json",
        r#"{"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}"#,
    );
    let wrong: Vec<(String, String, u64)> =
        check(folder.path(), &[]).results()["gaps"].as_array().unwrap().iter().map(gap_of).collect();
    assert!(wrong.iter().any(|(about, ..)| about == "ai_systems"), "{wrong:?}");
    for entries in ["", "entries = 99\n"] {
        let closures = |scope: &str| {
            let one = |listing: &Listing| {
                let name = listing.name();
                format!(
                    "[[closures]]\nlisting = \"{name}\"\nscope = \"{scope}\"\nby = \"ann\"\nas_of = 2026-10-31\n{entries}"
                )
            };
            Listing::ALL.iter().map(one).collect::<String>()
        };
        put(folder.path(), "inventory.toml", &["aws:111122223333", "mcp:laptop", "*"].map(closures).concat());
        let results = check(folder.path(), &[]).results();
        let gaps = results["gaps"].as_array().unwrap();
        let cut: Vec<&Value> = gaps.iter().filter(|gap| gap["cause"] == "incomplete").collect();
        assert!(
            cut.iter().any(|gap| gap["about"]["listing"] == "ai_systems" && gap["scope"] == "mcp:laptop"),
            "{cut:?}"
        );
        for gap in cut {
            let text = gap["remedy"]["text"].as_str().unwrap();
            assert!(!text.contains("  ") && text.contains('`'), "{gap}");
            let said = text.contains("entries = ") || text.contains("add the file");
            assert!(said || !gap["remedy"]["exports"].as_array().unwrap().is_empty(), "{gap}");
        }
    }
}

fn gap_of(gap: &Value) -> (String, String, u64) {
    let about = gap["about"].as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    (about, gap["remedy"]["text"].as_str().unwrap().to_owned(), gap["count"].as_u64().unwrap_or(0))
}

/// What an AI system that a configuration shows runs as is stated of it, or by someone who says that nothing is left out.
#[test]
fn what_an_mcp_client_runs_as_is_stated_as_the_remedy_says() {
    let folder = folder(&[user("111122223333", "ann")], &[], &[]);
    put(
        folder.path(),
        "mcp/laptop/mcp.json",
        r#"{"mcpServers": {"notes": {"command": "uvx", "args": ["notes-mcp"]}}}"#,
    );
    let verdict = |inventory: &str| {
        put(folder.path(), "inventory.toml", inventory);
        let run = check(folder.path(), &[]);
        let results = run.results();
        let of =
            |name: &str| results["checks"].as_array().unwrap().iter().find(|one| one["id"] == name).unwrap().clone();
        let gaps = results["gaps"].as_array().unwrap().iter().map(gap_of).collect::<Vec<_>>();
        (of("ai-system-not-administrator")["tally"]["pass"].as_u64().unwrap(), gaps)
    };
    let (pass, gaps) = verdict("");
    assert_eq!(pass, 0);
    let open = gaps.iter().find(|(about, text, _)| about == "ai_systems" && text.contains("mcp:laptop")).unwrap();
    for part in [
        "`identities` and `credentials` under `[[ai_systems]]`",
        "`[]` where there are none",
        "`entries = 0` if the inventory has none",
    ] {
        assert!(open.1.contains(part), "{open:?}");
    }
    let entry = "[[ai_systems]]\nid = \"mcp:laptop:client:mcp.json\"\nidentities = []\ncredentials = []\n";
    assert_eq!(verdict(entry).0, 1);
    let closure = "[[closures]]\nlisting = \"ai_systems\"\nscope = \"mcp:laptop\"\nby = \"ann\"\nas_of = 2026-10-31\nentries = 0\n";
    assert_eq!(verdict(closure).0, 1);
}

/// Of a user whom one export lacks nobody reads the policies, and no text of a policy is missing.
#[test]
fn whom_authorization_details_lack_they_are_collected_again_for() {
    let folder = folder(
        &[user("111122223333", "ann")],
        &[],
        &[root_row(), row("ann", "2026-01-01T00:00:00+00:00"), row("bob", "2026-01-01T00:00:00+00:00")],
    );
    put(folder.path(), "inventory.toml", "[[identities]]\nidentity = \"bob\"\nkind = \"machine_user\"\n");
    let results = check(folder.path(), &[]).results();
    let grants =
        results["gaps"].as_array().unwrap().iter().find(|gap| gap["about"]["fact"] == "identity.grants").unwrap();
    let (_, text, _) = gap_of(grants);
    assert!(
        text.contains("`aws-authorization-details`") && text.contains("these identities are not in what was loaded"),
        "{text}"
    );
}

/// A credential report lists no roles, so it is no remedy for one.
#[test]
fn a_role_is_in_no_credential_report() {
    let trust = json!({ "Service": "ec2.amazonaws.com" });
    let folder = folder(&[], &[role("old", &trust, "s3:GetObject")], &[]);
    let results = check(folder.path(), &[]).results();
    let used =
        results["gaps"].as_array().unwrap().iter().find(|gap| gap["about"]["fact"] == "identity.last_used_at").unwrap();
    let (_, text, _) = gap_of(used);
    assert!(!text.contains("aws-credential-report") && text.contains("aws-authorization-details"), "{text}");
}

/// Those gaps come first that leave most verdicts open, in the report and on the screen.
#[test]
fn gaps_come_by_how_much_they_leave_open() {
    let run = check(&fixture("partial"), &[]);
    let number = |line: &str| {
        let digits: String = line.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<u64>().unwrap_or(0)
    };
    let report = run.text("report.md");
    let counts: Vec<u64> = report
        .lines()
        .filter(|line| line.starts_with("- ") && (line.contains("undecided") || line.contains("number not known")))
        .filter_map(|line| {
            let told = line.split_once("**. ").map_or(line, |(_, told)| told);
            Some(number(told.split(": ").find(|part| part.contains("undecided") || part.contains("not known"))?))
        })
        .collect();
    assert!(counts.len() > 3 && counts.is_sorted_by(|a, b| a >= b), "{counts:?}");
    let plan =
        assize(&["sources", "plan", "--as-of", AS_OF, "--format", "json"]).arg(fixture("partial")).output().unwrap();
    let plan: Value = serde_json::from_slice(&plan.stdout).unwrap();
    for list in ["exports", "statements"] {
        let alone: Vec<u64> = plan[list].as_array().unwrap().iter().map(|one| one["alone"].as_u64().unwrap()).collect();
        assert!(!alone.is_empty() && alone.is_sorted_by(|a, b| a >= b), "{list}: {alone:?}");
    }
}
