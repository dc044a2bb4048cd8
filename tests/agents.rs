//! What agents hold, joined across systems: configurations, scanners, clusters, clouds and providers.

use crate::support;
use crate::support::{Run, check, fixture};
use serde_json::Value;

fn company() -> std::path::PathBuf {
    fixture("marrowick")
}

fn judged() -> Run {
    check(&company(), &[])
}

/// The names of those that fail a check, sorted.
fn failing(results: &Value, check: &str) -> Vec<String> {
    let all = results["findings"].as_array().unwrap().iter().filter(|finding| finding["check_run"] == check);
    let mut names: Vec<String> = all.map(|finding| finding["subject"]["name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// The hops of the finding of a check about a subject: from, how, to.
fn path(results: &Value, check: &str, name: &str) -> Vec<String> {
    let mut all = results["findings"].as_array().unwrap().iter();
    let found = all.find(|finding| finding["check_run"] == check && finding["subject"]["name"] == name).unwrap();
    let hops = found["path"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |hop: &Value, end: &str| hop[end]["name"].as_str().unwrap().to_owned();
    hops.iter()
        .map(|hop| format!("{} {} {}", text(hop, "from"), hop["how"].as_str().unwrap(), text(hop, "to")))
        .collect()
}

#[test]
fn one_credential_has_all_its_places() {
    let results = judged().results();
    let links = results["links"].as_array().unwrap();
    let method =
        |name: &str| links.iter().find(|link| link["method"] == name).unwrap_or_else(|| panic!("no link by {name}"));
    let pairs = |name: &str| -> Vec<String> {
        let first = method(name)["first"].as_array().unwrap();
        first
            .iter()
            .map(|pair| format!("{} ~ {}", pair[0]["name"].as_str().unwrap(), pair[1]["name"].as_str().unwrap()))
            .collect()
    };
    // The key of the tablets stands in their configuration and twice in the repository: by its id, and by its secret.
    let of_tablets: Vec<String> =
        pairs("key-id").into_iter().filter(|pair| pair.contains("of dock-assistant")).collect();
    assert_eq!(
        of_tablets,
        [
            "AKIAY6JRO77Z2EXAMPLE of dock-assistant ~ Dock assistant",
            "AKIAY6JRO77Z2EXAMPLE of dock-assistant ~ aws-access-token in .mcp.json",
            "AKIAY6JRO77Z2EXAMPLE of dock-assistant ~ generic-api-key in .mcp.json",
            "AKIAY6JRO77Z2EXAMPLE of dock-assistant ~ AWS_SECRET_ACCESS_KEY of the MCP server shipments in mcp/dock-tablets/.mcp.json",
        ]
    );
    // How a key ends is a question: it is shown as one, and the two stay apart.
    assert_eq!((&method("key-tail")["confidence"], method("key-tail")["count"].as_u64()), (&"low".into(), Some(1)));
    // The issuer of the cluster is in the manifest.
    assert!(pairs("oidc-subject").contains(&"readiness-agent ~ ops-readiness-agent".to_owned()));
    assert!(pairs("annotation").contains(&"dispatch-agent ~ ops-remediator".to_owned()));
    assert!(pairs("workflow-subject").iter().any(|pair| pair.ends_with("environment:codegen ~ codegen-pull-requests")));
}

#[test]
fn what_is_wrong_with_what_agents_hold_is_found() {
    let results = judged().results();
    for (check, names) in [
        ("ai-credential-not-shared", &["AKIAY6JRO77ZTEXAMPLE of amara.okoye"][..]),
        (
            "ai-credential-not-a-persons",
            &[
                "AKIAY6JRO77ZTEXAMPLE of amara.okoye",
                "Token of Pim for GitHub of github:marrowick-freight:user:pim-verhoeven",
            ],
        ),
        (
            "ai-secret-expires",
            &[
                "Token of Pim for GitHub of github:marrowick-freight:user:pim-verhoeven",
                "ops/dispatch-agent-token of dispatch-agent",
            ],
        ),
        (
            "ai-secret-in-store",
            &[
                "AKIAY6JRO77Z2EXAMPLE of dock-assistant",
                "AKIAY6JRO77ZTEXAMPLE of amara.okoye",
                "Login of the insight notebook at the warehouse of warehouse:login:insight",
                "OPENAI_API_KEY of notes",
                "Token of Pim for GitHub of github:marrowick-freight:user:pim-verhoeven",
            ],
        ),
        // The exposed key of the labels is inactive: it is dealt with, and no longer judged.
        (
            "credential-not-exposed",
            &[
                "AKIAY6JRO77Z2EXAMPLE of dock-assistant",
                "AKIAY6JRO77ZTEXAMPLE of amara.okoye",
                "Login of the insight notebook at the warehouse of warehouse:login:insight",
                "Token of Pim for GitHub of github:marrowick-freight:user:pim-verhoeven",
            ],
        ),
        (
            "ai-tools-approved",
            &["Case triage", "Dispatch operations", "Dock chat", "Insight notebook", "Nightly refactoring"],
        ),
        // One reads what anyone writes and may deploy, another works off tickets that anyone may open, and the third hands on what
        // customers write to a key that may delete.
        ("no-toxic-combination", &["Dispatch operations", "Dock chat", "Nightly refactoring"]),
        ("ai-restricted-approved", &["Dispatch operations", "Insight notebook", "Nightly refactoring"]),
        ("ai-system-not-administrator", &["Dispatch operations"]),
        ("workload-account-dedicated", &["booking-api"]),
        ("default-account-unused", &["booking/default"]),
    ] {
        assert_eq!(failing(&results, check), names, "{check}");
    }
}

#[test]
fn a_cluster_leads_into_the_cloud() {
    let results = judged().results();
    let failing = failing(&results, "cannot-reach-administrator");
    for name in ["ops/default", "dispatch-agent", "log-shipper"] {
        assert!(failing.contains(&name.to_owned()), "the role trusts the whole namespace, so {name} too: {failing:?}");
    }
    // These are in other namespaces.
    for name in ["booking-api", "readiness-agent"] {
        assert!(!failing.contains(&name.to_owned()), "{failing:?}");
    }
    let way = path(&results, "cannot-reach-administrator", "log-shipper");
    assert_eq!(way, ["log-shipper federate ops-remediator"]);
    // Of several ways out the shortest stands: it runs as the remediator, which can make an administrator of itself.
    let way = path(&results, "ai-system-not-administrator", "Dispatch operations");
    assert_eq!(way, ["Dispatch operations runs as ops-remediator"]);
}

#[test]
fn a_drill_says_what_a_leaked_key_opens_and_how_fast_it_is_closed() {
    let tablets = drilled("AKIAY6JRO77Z2EXAMPLE");
    assert_eq!(
        (&tablets["clock"]["outcome"], tablets["clock"]["tested_seconds"].as_i64()),
        (&"late".into(), Some(2400))
    );
    assert_eq!(tablets["held_by"][0]["name"], "Dock assistant");
    let (held_at, export) = (&tablets["held_at"], &tablets["held_at"][0]["export"]);
    assert_eq!(held_at.as_array().unwrap().len(), tablets["held_by"].as_array().unwrap().len());
    let path = tablets["exports"][usize::try_from(export.as_u64().unwrap()).unwrap()]["path"].as_str().unwrap();
    assert!(path.starts_with("mcp/dock-tablets/"), "{path}");
    assert_eq!(tablets["exposures"].as_array().unwrap().len(), 3);
    assert_eq!(tablets["proves"]["name"], "dock-assistant");
    let opened = &tablets["opens"][0];
    assert_eq!(opened["hops"][0]["how"], "proves", "{opened:#}");
    let told: Vec<&str> =
        tablets["tell"].as_array().unwrap().iter().filter_map(|told| told["owner"]["id"].as_str()).collect();
    assert!(told.iter().any(|owner| owner.ends_with("team-warehouse-systems")), "{told:?}");
    // The restricted tables come first, with every hop to them.
    let notebook = drilled("AKIAY6JRO77Z7EXAMPLE");
    assert_eq!(notebook["clock"]["outcome"], "never_tried");
    assert_eq!(
        (&notebook["opens"][0]["subject"]["name"], &notebook["opens"][0]["sensitivity"]),
        (&"Restricted tables".into(), &"restricted".into())
    );
    let hops = notebook["opens"][0]["hops"].as_array().unwrap();
    assert_eq!((hops.len(), &hops[1]["how"]), (2, &"reads".into()));
    // What only the right to make itself an administrator opens has its way too.
    let fallback = drilled("AKIAY6JRO77ZUEXAMPLE");
    // A credential report says nothing of AI systems: that this one holds the key follows from what it runs as.
    let held = &fallback["held_at"][0];
    assert_eq!(held["pointer"], "/ai_systems/6/identities", "{held}");
    let export = &fallback["exports"][usize::try_from(held["export"].as_u64().unwrap()).unwrap()];
    assert_eq!(
        (&export["path"], &held["note"]),
        (&"inventory/ai-systems.toml".into(), &"an AI system runs as whom it proves".into())
    );
    let text = support::assize(&["drill"])
        .arg(company())
        .args(["AKIAY6JRO77ZUEXAMPLE", "--as-of", support::AS_OF])
        .output()
        .unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.split("\nExports\n").nth(1).unwrap().contains("inventory/ai-systems.toml"), "{text}");
    assert!(text.contains("as of the end of 2026-11-01 UTC"), "{text}");
    let perhaps = fallback["opens"].as_array().unwrap().iter().find(|one| one["state"] == "possible").unwrap();
    let how: Vec<&str> = perhaps["hops"].as_array().unwrap().iter().filter_map(|hop| hop["how"].as_str()).collect();
    assert_eq!(how, ["proves", "as an administrator may reach"]);
    let ground = &perhaps["hops"][1]["evidence"];
    assert!(ground.to_string().contains("iam:AttachRolePolicy"), "{ground}");
    for one in fallback["opens"].as_array().unwrap() {
        assert!(!one["hops"].as_array().unwrap().is_empty(), "{one}");
    }
    // What is no longer accepted opens nothing.
    let labels = drilled("AKIAY6JRO77ZWEXAMPLE");
    assert_eq!((&labels["clock"]["outcome"], labels["opens"].as_array().unwrap().len()), (&"refused".into(), 0));
}

fn drilled(id: &str) -> Value {
    let mut command = support::assize(&["drill"]);
    command.arg(company()).arg(id).args(["--as-of", support::AS_OF, "--format", "json"]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()
}

/// Who tries leaked keys wants models: a drill says which rights to call them a key opens, and with what evidence.
#[test]
fn a_drill_says_who_may_call_models() {
    for (key, who) in [("AKIAY6JRO77Z2EXAMPLE", "dock-assistant"), ("AKIAY6JRO77Z5EXAMPLE", "label-reader")] {
        let drill = drilled(key);
        let callers = drill["models"]["callers"].as_array().unwrap();
        assert_eq!(callers.len(), 1, "{callers:?}");
        assert_eq!((&callers[0]["identity"]["name"], &callers[0]["state"]), (&who.into(), &"conditional".into()));
        let right = &callers[0]["rights"][0];
        assert!(right["evidence"][0]["value"].as_str().unwrap().contains("allows bedrock:InvokeModel"), "{right}");
        assert!(right["evidence"][0]["export"].is_u64(), "{right}");
    }
    // A key of a model provider is a right to call its models.
    let provider = drilled("openai:marrowick:api_key:key_8QmVtR2L");
    let caller = &provider["models"]["callers"][0];
    assert_eq!(
        (&caller["state"], &caller["rights"][0]["evidence"][0]["fact"]),
        (&"certain".into(), &"credential.scopes".into())
    );
    let mut command = support::assize(&["drill"]);
    command.arg(company()).arg("AKIAY6JRO77Z2EXAMPLE").args(["--as-of", support::AS_OF, "--format", "markdown"]);
    let text = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(text.contains("Who may call AI models") && text.contains("bedrock:InvokeModel"), "{text}");
    // What is no longer accepted opens none.
    assert_eq!(drilled("AKIAY6JRO77ZWEXAMPLE")["models"]["callers"].as_array().unwrap().len(), 0);
}

#[test]
fn a_drill_names_what_may_be_the_same_key_and_says_what_is_open() {
    const KEY: &str = "openai:marrowick:api_key:key_8QmVtR2L";
    const PLACE: &str = "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY";
    let open = |drill: &Value| drill["open"].to_string();
    let key = drilled(KEY);
    assert_eq!(key["may_be"][0]["credential"]["id"], PLACE);
    assert_eq!(key["may_be"][0]["exposures"].as_array().unwrap().len(), 1);
    // The organisation says that all places of its keys were scanned; that is not what is missing.
    assert!(!open(&key).contains("all places were scanned"), "{}", open(&key));
    assert!(open(&key).contains("elsewhere is not known: it may be the same as another credential."), "{}", open(&key));
    assert!(open(&key).contains(&format!("the same as `{PLACE}` is not known: if so, it was seen in a place")));
    let place = drilled(PLACE);
    assert_eq!(place["may_be"][0]["credential"]["id"], KEY);
    assert_eq!(place["may_be"][0]["proves"]["id"], "openai:marrowick:service_account:svc_acct_Insight01");
    assert!(
        open(&place).contains("it opens what `openai:marrowick:service_account:svc_acct_Insight01` opens"),
        "{place:#}"
    );
    // How long sessions last is known of some roles, and of others nobody says it.
    let dock = drilled("AKIAY6JRO77Z2EXAMPLE");
    assert!(open(&dock).contains("How long sessions of `aws:614820937715:user:"), "{}", open(&dock));
}

#[test]
fn no_secret_stands_in_any_output() {
    let run = judged();
    for (name, text) in run.files() {
        for secret in [
            "q7Vd0mWc4Jt9ZrXb2LkYp6HsNf3GaUe8RiT5oQxK",
            "d4Fh8KmQ1sWz6TyBv0NcXe3RjLg5UaPi7Ho2YtVk",
            "ghp_R8kWz3VtQ0yLb6NcXs1HfJm5PdGa9Ue2TiYo",
            "Vw7rT2mKq9Xz4LbN",
            "4LtQ8vRb1NwZk6YcXs0HfJm3PdGa7Ue9TiYo2WqE5MrKxB",
            "MrKxB",
        ] {
            assert!(!String::from_utf8_lossy(&text).contains(secret), "{name}: {secret}");
        }
    }
}
