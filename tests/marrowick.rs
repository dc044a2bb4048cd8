//! The verdicts on the invented company, each checked by hand against its exports and its README.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "in a test a failed expectation is the answer"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::Value;
use support::{Run, check, fixture, short, verdicts};

/// By check: who fails, and of whom it must stay unknown. Whoever is not named passes, or is not asked.
///
/// `NAME:AKIA…` are access keys: Z7 `insight-notebook`, ZT `amara.okoye`, ZU `ops-remediator-fallback`, ZY `edi-gateway-legacy`,
/// Z2 `dock-assistant`, Z5 `label-reader` (the active one), R `terraform-runner`.
const EXPECTED: &[(&str, &[&str], &[&str])] = &[
    (
        "access-reviewed",
        &[
            "lab:role/hackday-demo",
            "lab:role/legacy-notebook-bridge",
            "lab:role/partner-berrowsoft-eval",
            "prod:role/invoice-matcher",
            "prod:role/ops-remediator",
            // Reviewed as staff, but two AI systems act with her account.
            "prod:user/amara.okoye",
            "prod:user/edi-gateway-legacy",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    // No configuration of a client is here, so no credential is known to be held by an AI system.
    ("ai-credential-not-a-persons", &[], &[]),
    ("ai-credential-not-shared", &[], &[]),
    ("ai-identity-declared", &[], &[]),
    ("ai-identity-dedicated", &["prod:user/amara.okoye"], &[]),
    (
        "ai-identity-has-boundary",
        &[
            "lab:role/vector-sync",
            "prod:role/ops-remediator",
            "prod:user/amara.okoye",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    ("ai-identity-not-a-person", &["prod:user/amara.okoye", "prod:user/freight-concierge"], &[]),
    (
        "ai-identity-without-static-key",
        &[
            "prod:user/amara.okoye",
            "prod:user/dock-assistant",
            "prod:user/insight-notebook",
            "prod:user/label-reader",
            "prod:user/ops-remediator-fallback",
        ],
        &[],
    ),
    (
        "ai-key-lifetime",
        &[
            "prod:AKIAY6JRO77Z2EXAMPLE",
            "prod:AKIAY6JRO77Z5EXAMPLE",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
        ],
        &[],
    ),
    // Of what these reach, restricted are the secrets of pipelines and the tables of that name. The lab's bucket search
    // may reach buckets of other accounts, and which resources lie there nobody says.
    ("ai-restricted-approved", &["codegen-nightly", "dispatch-ops", "insight-notebook"], &["yard-search"]),
    // What a tool does, and whether it is approved, nobody has stated; two systems have no tools. Whatever the browser
    // does, its identity only reads.
    ("ai-rights-used-by-tools", &[], &["*", "-freight-concierge"]),
    ("ai-secret-expires", &[], &[]),
    ("ai-secret-in-store", &[], &[]),
    ("ai-service-trust-bound", &["lab:role/cargo-copilot-trial"], &[]),
    // Nobody has stated how long sessions last, or whether what is asked is logged.
    ("ai-session-ends", &[], &["*"]),
    ("ai-system-logged", &[], &["*"]),
    ("ai-system-not-administrator", &["dispatch-ops"], &[]),
    ("ai-system-owned", &[], &[]),
    ("ai-tools-approved", &[], &["*", "-demand-forecast", "-eta-model"]),
    (
        "cannot-reach-administrator",
        &[
            "prod:role/ops-remediator",
            "prod:user/ops-remediator-fallback",
            "tools:role/ticket-dispatcher",
            "tools:user/ticket-intake",
        ],
        &[],
    ),
    ("console-and-key-apart", &["lab:user/jonas.meyer", "lab:user/notebook-scheduler", "prod:user/amara.okoye"], &[]),
    // No scan was loaded.
    ("credential-not-exposed", &[], &["*"]),
    (
        "credential-rotated",
        &[
            "lab:<root_account>#key1",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
            "prod:AKIAY6JRO77ZYEXAMPLE",
            "tools:AKIA2UFRJ4P4REXAMPLE",
        ],
        &[],
    ),
    (
        "credential-unused",
        &["lab:<root_account>#key1", "lab:notebook-scheduler#password", "prod:AKIAY6JRO77ZYEXAMPLE"],
        &[],
    ),
    ("default-account-unused", &[], &[]),
    ("environment-labelled", &[], &["prod:role/image-thumbnailer"]),
    (
        "environment-not-crossed",
        &[
            "lab:role/training-data-export",
            // An administrator reaches every known resource of its account, that of the lab too.
            "prod:role/emergency-admin",
            "prod:role/ops-remediator",
            "prod:user/insight-notebook",
        ],
        // Who may become whoever is in its account may reach what they reach. Buckets of another account may let in whom
        // a `*` lets go there.
        &["lab:role/vector-sync", "prod:role/image-thumbnailer", "prod:user/ops-remediator-fallback"],
    ),
    // Everyone is also every account of others.
    ("external-trust-conditional", &["lab:role/hackday-demo", "lab:role/partner-berrowsoft-eval"], &[]),
    // Each trust in an OIDC issuer names an audience, that of the preview without a subject too.
    ("federation-names-audience", &[], &[]),
    ("federation-names-subject", &["tools:role/docs-preview"], &[]),
    ("federation-subject-exact", &["prod:role/ops-remediator", "tools:role/codegen-nightly"], &[]),
    (
        "identity-logged",
        &["lab:role/cargo-copilot-trial", "lab:role/hackday-demo", "lab:role/partner-berrowsoft-eval"],
        &[],
    ),
    ("identity-not-administrator", &["prod:role/emergency-admin", "tools:user/terraform-runner"], &[]),
    ("identity-owned", &["lab:role/vector-sync"], &[]),
    ("identity-purposed", &[], &["lab:role/hackday-demo", "lab:role/vector-sync"]),
    (
        "identity-unused",
        &["lab:role/hackday-demo", "lab:role/legacy-notebook-bridge", "prod:user/edi-gateway-legacy"],
        &[],
    ),
    ("leak-contained", &[], &[]),
    ("machine-without-password", &["lab:user/notebook-scheduler", "prod:user/freight-concierge"], &[]),
    ("no-assume-anywhere", &[], &[]),
    // The one grant of that form is held by a role for people.
    ("no-inverted-grant", &[], &[]),
    ("no-pass-anywhere", &[], &[]),
    ("no-permission-wildcard", &["prod:role/ops-remediator", "prod:user/ops-remediator-fallback"], &[]),
    ("no-root-access-key", &["lab:root"], &[]),
    ("no-service-wildcard", &["lab:role/vector-sync"], &[]),
    ("no-toxic-combination", &[], &["*", "-demand-forecast", "-eta-model"]),
    ("one-active-key", &["prod:user/warehouse-sync"], &[]),
    ("owner-active", &["lab:role/demand-forecast-runner", "lab:role/hackday-demo"], &[]),
    ("pilot-has-end", &[], &[]),
    ("pilot-identity-ended", &["lab:role/cargo-copilot-trial"], &[]),
    ("policy-not-administrator", &[], &[]),
    ("retired-system-ended", &[], &[]),
    (
        "revocation-drilled",
        &[
            "prod:role/customs-form-helper",
            "prod:role/ops-remediator",
            "prod:user/amara.okoye",
            "prod:user/edi-gateway-legacy",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    ("revocation-fast", &["prod:user/dock-assistant"], &[]),
    ("secrets-read-narrowly", &["lab:role/gpu-workstation", "prod:role/warehouse-scanner-gateway"], &[]),
    ("static-key-beside-federation", &["prod:user/ops-remediator-fallback"], &[]),
    ("trust-known-accounts", &["lab:role/hackday-demo", "lab:role/partner-berrowsoft-eval"], &[]),
    ("trust-not-anyone", &["lab:role/hackday-demo"], &[]),
    ("workload-account-dedicated", &[], &[]),
];

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
    // 69 identities; less 3 roots, 1 role of AWS, 7 users and 6 roles of people; but a person's account that agents use counts.
    assert_eq!(asked("identity-owned"), 53);
    // 20 identities in the 19 systems.
    assert_eq!(asked("ai-identity-declared"), 20);
    // 17 listed keys and one of a root, less 2 inactive ones.
    assert_eq!(asked("credential-rotated"), 16);
    // The same, and 9 passwords.
    assert_eq!(asked("credential-unused"), 25);
    // All users, and no role.
    assert_eq!(asked("console-and-key-apart"), 20);
    // Six roles with an OIDC issuer, of which one names no subject.
    assert_eq!((asked("federation-names-subject"), asked("federation-subject-exact")), (6, 5));
    assert_eq!(asked("federation-names-audience"), 6);
    assert_eq!(asked("no-root-access-key"), 3);
    assert_eq!(asked("ai-system-owned"), 19);
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
            "identity.is_ai at /ai_systems/6/identities: by the rule `declared-ai-system`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations",
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
    aws/614820937715/credential-report.json: 12 read, 0 rejected, 0 ignored; 12 users, 4 passwords, 9 active_access_keys, 1 inactive_access_keys
    aws/730516284409/access-key-last-used.json: 4 read, 0 rejected, 0 ignored; 4 answers
    aws/730516284409/access-keys.json: 4 read, 0 rejected, 0 ignored; 4 access_keys
    aws/730516284409/authorization-details.json: 21 read, 0 rejected, 0 ignored; 4 users, 1 groups, 11 roles, 5 policies
    aws/730516284409/credential-report.json: 5 read, 0 rejected, 0 ignored; 5 users, 1 passwords, 1 inactive_access_keys, 3 active_access_keys
    inventory/ai-systems.toml: 19 read, 0 rejected, 0 ignored; 19 ai_systems
    inventory/closures.toml: 22 read, 0 rejected, 0 ignored; 21 closures, 1 attestations
    inventory/drills.toml: 5 read, 0 rejected, 0 ignored; 5 drills
    inventory/identities.csv: 63 read, 0 rejected, 0 ignored; 63 identities
    inventory/identities.toml: 12 read, 0 rejected, 0 ignored; 12 identities
    inventory/logs.toml: 2 read, 0 rejected, 0 ignored; 2 log_sources
    inventory/owners.toml: 20 read, 0 rejected, 0 ignored; 20 owners
    inventory/resources.toml: 27 read, 0 rejected, 0 ignored; 27 resources
    inventory/reviews.csv: 74 read, 0 rejected, 0 ignored; 74 reviews
    ");
}
