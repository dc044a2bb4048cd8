//! The verdicts on the invented company, each checked by hand against its exports and its README.

use std::collections::BTreeSet;

use crate::support::marrowick as by_hand;
use crate::support::{Run, check, fixture, short, verdicts};
use by_hand::EXPECTED;
use serde_json::Value;

fn run() -> Run {
    let run = check(&fixture("marrowick"), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stderr);
    run
}

#[test]
fn every_verdict_is_as_found_by_hand() {
    let found = verdicts(&run());
    let expected: BTreeSet<&str> = EXPECTED.iter().map(|(check, ..)| *check).collect();
    assert_eq!(found.keys().map(String::as_str).collect::<BTreeSet<_>>(), expected);
    let mut wrong = Vec::new();
    for (check, fails, unknowns) in EXPECTED {
        for (letter, want) in [('f', fails), ('u', unknowns)] {
            let got: BTreeSet<String> =
                found[*check].iter().filter(|(_, found)| **found == letter).map(|(id, _)| short(id)).collect();
            // `*` is everyone who is asked, but for those after it with a `-`.
            let all = want.first() == Some(&"*");
            let asked = found[*check].iter().filter(|(_, found)| **found != '-').map(|(id, _)| short(id));
            let want: BTreeSet<String> = if all {
                asked.filter(|id| !want.contains(&format!("-{id}").as_str())).collect()
            } else {
                want.iter().map(|id| (*id).to_owned()).collect()
            };
            for id in got.symmetric_difference(&want) {
                let instead = if want.contains(id) { "is expected and not found" } else { "is found and not expected" };
                wrong.push(format!("{check} {letter} {id} {instead}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Who is asked, counted by hand from the exports: a pass of the wrong population is no pass.
#[test]
fn the_populations_are_those_of_the_exports() {
    let found = verdicts(&run());
    let asked = |check: &str| found[check].values().filter(|letter| **letter != '-').count();
    // 69 identities of AWS; less 3 roots, 1 role of AWS, 7 users and 6 roles of people; but a person's account that agents use
    // counts. Then 7 accounts of the cluster and 1 at OpenAI.
    assert_eq!(asked("identity-owned"), 61);
    // 20 identities of AWS in the 19 systems, 2 accounts of the cluster and 1 at OpenAI.
    assert_eq!(asked("ai-identity-declared"), 23);
    // 17 listed keys of AWS and one of a root, less 2 inactive ones; the token of the cluster, the key at OpenAI, and in
    // configurations a key of OpenAI that nobody lists and four tokens.
    assert_eq!(asked("credential-rotated"), 23);
    // The same, and 10 passwords, of which one is the warehouse's.
    assert_eq!(asked("credential-unused"), 33);
    // All users of AWS and no role, the accounts of the cluster and at OpenAI.
    assert_eq!(asked("console-and-key-apart"), 28);
    // Six roles with an OIDC issuer, of which one names no subject; who may act as the account at OpenAI is not known.
    assert_eq!((asked("federation-names-subject"), asked("federation-subject-exact")), (7, 6));
    assert_eq!(asked("federation-names-audience"), 7);
    // Five keys of AWS, the token of the cluster, the key at OpenAI and the one that may be it, the warehouse's password
    // and session, the tokens of Pim, of the drafts and of the docks.
    assert_eq!((asked("leak-contained"), asked("ai-secret-in-store")), (13, 13));
    // What gitleaks found thrice, and six secrets in configurations.
    assert_eq!(asked("exposure-dealt-with"), 9);
    assert_eq!(asked("no-root-access-key"), 3);
    assert_eq!(asked("ai-system-owned"), 19);
    // Of the one cluster, those who do not sign in, those who do, and all its accounts.
    assert_eq!(asked("cluster-not-open-to-all"), 3);
    // All roles, those of people too.
    assert_eq!(asked("trust-not-anyone"), 46);
}

#[test]
fn the_chain_ends_at_who_can_make_an_administrator_of_itself() {
    let results = run().results();
    let hops = |who: &str| -> Vec<String> {
        let finding = finding(&results, "cannot-reach-administrator", who);
        let path = finding["path"].as_array().cloned().unwrap_or_default();
        path.iter()
            .map(|hop| {
                let end = |side: &str| short(hop[side]["id"].as_str().unwrap());
                format!(
                    "{} {} {} {} {}",
                    hop["n"],
                    end("from"),
                    hop["how"].as_str().unwrap(),
                    end("to"),
                    hop["state"].as_str().unwrap()
                )
            })
            .collect()
    };
    let chain = [
        "1 tools:user/ticket-intake assume tools:role/ticket-dispatcher certain",
        "2 tools:role/ticket-dispatcher assume prod:role/ops-remediator certain",
    ];
    assert_eq!(hops("tools:user/ticket-intake"), chain);
    assert_eq!(hops("tools:role/ticket-dispatcher").len(), 1);
    // These make administrators of themselves, without a step: that one of them may also become one is the longer way.
    assert_eq!(hops("prod:role/ops-remediator").len(), 0);
    assert_eq!(hops("prod:user/ops-remediator-fallback").len(), 0);
    // Across accounts both sides are shown: what the caller may do, and whom the role trusts.
    let finding = finding(&results, "cannot-reach-administrator", "tools:user/ticket-intake");
    let grounds: Vec<&str> =
        finding["path"][1]["evidence"].as_array().unwrap().iter().map(|one| one["value"].as_str().unwrap()).collect();
    assert_eq!(
        grounds,
        [
            "allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator",
            "trusts arn:aws:iam::730516284409:role/ticket-dispatcher",
        ]
    );
}

/// What makes the end of a path an administrator is in the evidence: the grant, and where the policy is held.
#[test]
fn the_ground_of_an_administrator_is_shown() {
    let results = run().results();
    let told = |who: &str| -> Vec<String> {
        let evidence = finding(&results, "cannot-reach-administrator", who)["evidence"].as_array().unwrap();
        let text = |one: &Value, name: &str| one[name].as_str().unwrap_or("").to_owned();
        evidence
            .iter()
            .map(|one| format!("{} at {}: {}", text(one, "fact"), text(one, "pointer"), text(one, "note")))
            .collect()
    };
    assert_eq!(
        told("prod:user/ops-remediator-fallback"),
        [
            "identity.reaches_admin at /UserDetailList/7: derived from policies and trusts",
            "identity.policies at /UserDetailList/7: ",
            "policy.grants at /Policies/10: lets it change the permissions of every identity of a kind in its account, and so become an administrator",
            "identity.is_ai at /ai_systems/6/identities: by the rules `declared-ai-system`, `holds-its-credential`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations",
        ]
    );
    let end = told("tools:user/ticket-intake");
    assert!(
        end.iter().any(|line| line.contains("lets ops-remediator change the permissions of every identity")),
        "{end:?}"
    );
}

/// The way out of an environment is told in hops, over roles and at last over a grant to a resource.
#[test]
fn the_way_out_of_an_environment_is_shown() {
    let results = run().results();
    let hops = |who: &str| -> Vec<String> {
        let path = finding(&results, "environment-not-crossed", who)["path"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
        path.iter()
            .map(|hop| {
                let last = hop["evidence"].as_array().unwrap().last().unwrap();
                let to = format!("{} {}", text(&hop["to"]["kind"]), text(&hop["to"]["name"]));
                format!("{} {} {to}: {} {}", hop["n"], text(&hop["how"]), text(&last["fact"]), text(&last["value"]))
            })
            .collect()
    };
    assert_eq!(
        hops("lab:role/training-data-export"),
        ["1 assume identity curated-export: identity.environment production"]
    );
    assert_eq!(
        hops("prod:role/ops-remediator"),
        [
            "1 assume identity emergency-admin: becoming.principal trusts arn:aws:iam::614820937715:role/ops-remediator",
            "2 reach resource Scratch space of the lab: resource.environment development",
        ]
    );
}

fn finding<'a>(results: &'a Value, check: &str, who: &str) -> &'a Value {
    let mut all = results["findings"].as_array().unwrap().iter();
    let found =
        all.find(|finding| finding["check_run"] == check && short(finding["subject"]["id"].as_str().unwrap()) == who);
    found.unwrap_or_else(|| panic!("no finding of {check} on {who}"))
}

/// Numbers to hold against the system's own, counted with `jq` and `wc`.
#[test]
fn control_totals_are_those_of_the_exports() {
    let results = run().results();
    let mut rows = Vec::new();
    for export in results["exports"].as_array().unwrap() {
        let totals: Vec<String> = export["totals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|total| format!("{} {}", total["count"], total["name"].as_str().unwrap()))
            .collect();
        let read = format!("{} read, {} rejected, {} ignored", export["read"], export["rejected"], export["ignored"]);
        rows.push(format!("{}: {read}; {}", export["path"].as_str().unwrap(), totals.join(", ")));
    }
    rows.sort();
    insta::assert_snapshot!(rows.join("\n"), @r"
    aws/285019463370/access-key-last-used.json: 3 read, 0 rejected, 0 ignored; 3 answers
    aws/285019463370/access-keys.json: 3 read, 0 rejected, 0 ignored; 3 access_keys
    aws/285019463370/authorization-details.json: 27 read, 0 rejected, 0 ignored; 5 users, 1 groups, 14 roles, 7 policies
    aws/285019463370/credential-report.csv: 6 read, 0 rejected, 0 ignored; 6 users, 4 active_access_keys, 4 passwords
    aws/614820937715/access-key-last-used.json: 10 read, 0 rejected, 0 ignored; 10 answers
    aws/614820937715/access-keys.json: 10 read, 0 rejected, 0 ignored; 10 access_keys
    aws/614820937715/authorization-details.json: 46 read, 0 rejected, 0 ignored; 11 users, 3 groups, 21 roles, 11 policies
    aws/614820937715/bedrock-agent-RDSK7Q2VLM.json: 1 read, 0 rejected, 0 ignored; 1 agents
    aws/614820937715/bedrock-agents.json: 1 read, 0 rejected, 0 ignored; 1 agents
    aws/614820937715/credential-report.json: 12 read, 0 rejected, 0 ignored; 12 users, 4 passwords, 9 active_access_keys, 1 inactive_access_keys
    aws/730516284409/access-key-last-used.json: 4 read, 0 rejected, 0 ignored; 4 answers
    aws/730516284409/access-keys.json: 4 read, 0 rejected, 0 ignored; 4 access_keys
    aws/730516284409/authorization-details.json: 21 read, 0 rejected, 0 ignored; 4 users, 1 groups, 11 roles, 5 policies
    aws/730516284409/credential-report.json: 5 read, 0 rejected, 0 ignored; 5 users, 1 passwords, 1 inactive_access_keys, 3 active_access_keys
    gitleaks/dock-tablets.json: 2 read, 0 rejected, 0 ignored; 2 findings
    gitleaks/label-station.json: 1 read, 0 rejected, 0 ignored; 1 findings
    inventory/ai-systems.toml: 19 read, 0 rejected, 0 ignored; 19 ai_systems
    inventory/closures.toml: 16 read, 0 rejected, 0 ignored; 15 closures, 1 attestations
    inventory/cluster.toml: 10 read, 0 rejected, 0 ignored; 7 identities, 2 reviews, 1 drills
    inventory/drills.toml: 5 read, 0 rejected, 0 ignored; 5 drills
    inventory/held.toml: 10 read, 0 rejected, 0 ignored; 5 credentials, 5 identities
    inventory/identities.csv: 63 read, 0 rejected, 0 ignored; 63 identities
    inventory/identities.toml: 19 read, 0 rejected, 0 ignored; 19 identities
    inventory/logs.toml: 2 read, 0 rejected, 0 ignored; 2 log_sources
    inventory/owners.toml: 20 read, 0 rejected, 0 ignored; 20 owners
    inventory/resources.toml: 27 read, 0 rejected, 0 ignored; 27 resources
    inventory/reviews.csv: 74 read, 0 rejected, 0 ignored; 74 reviews
    inventory/tools.toml: 43 read, 0 rejected, 0 ignored; 43 resources
    kubernetes/north-1/objects.json: 24 read, 0 rejected, 0 ignored; 7 service_accounts, 5 roles, 5 role_bindings, 7 workloads
    kubernetes/north-1/tokens.json: 1 read, 0 rejected, 0 ignored; 1 tokens
    mcp/codegen-nightly/.vscode/mcp.json: 3 read, 0 rejected, 0 ignored; 1 ai_systems, 2 servers, 1 secrets_in_the_file
    mcp/codegen-pull-requests/.vscode/mcp.json: 2 read, 0 rejected, 0 ignored; 1 ai_systems, 1 servers, 1 credentials_kept_elsewhere
    mcp/dock-tablets/.mcp.json: 3 read, 0 rejected, 0 ignored; 1 ai_systems, 2 servers, 1 secrets_in_the_file, 1 credentials_kept_elsewhere
    mcp/insight-notebook/claude_desktop_config.json: 3 read, 0 rejected, 0 ignored; 1 ai_systems, 2 servers, 2 secrets_in_the_file
    mcp/label-station/.mcp.json: 2 read, 0 rejected, 0 ignored; 1 ai_systems, 1 servers, 1 credentials_kept_elsewhere
    mcp/route-insight/.mcp.json: 3 read, 0 rejected, 0 ignored; 1 ai_systems, 2 servers, 1 credentials_kept_elsewhere
    mcp/support-desk/mcp.json: 2 read, 0 rejected, 0 ignored; 1 ai_systems, 1 servers, 1 secrets_in_the_file
    mcp/warehouse-chat/mcp.json: 2 read, 0 rejected, 0 ignored; 1 ai_systems, 1 servers, 1 secrets_in_the_file
    openai/proj_insight/api-keys.json: 1 read, 0 rejected, 0 ignored; 1 api_keys
    openai/proj_insight/service-accounts.json: 1 read, 0 rejected, 0 ignored; 1 service_accounts
    ");
}
