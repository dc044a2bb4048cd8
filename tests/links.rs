//! What a person says in `[[links]]` of who acts as whom: an identity, or an AI system, across systems.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::explain::as_json;
use crate::support::{AS_OF, Run, assize, check, copied, fixture, verdicts};

const SHIPPER: &str = "kubernetes:north-1:service_account:ops/log-shipper";
const READINESS: &str = "kubernetes:north-1:service_account:readiness/readiness-agent";
const REMEDIATOR: &str = "aws:614820937715:role:arn:aws:iam::614820937715:role/ops-remediator";
const EMERGENCY: &str = "aws:614820937715:role:arn:aws:iam::614820937715:role/emergency-admin";
const DESK: &str =
    "aws:614820937715:role:arn:aws:iam::614820937715:role/service-role/AmazonBedrockExecutionRoleForAgents_replydesk";

/// The invented company with more in its profile.
fn company(links: &str) -> TempDir {
    let folder = copied("marrowick");
    let profile = folder.path().join("assize.toml");
    let text = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(profile, format!("{text}\n{links}")).unwrap();
    folder
}

/// The same, where only its configuration says as what the agent of the reply desk runs.
fn unstated(links: &str) -> TempDir {
    let folder = company(links);
    let file = folder.path().join("inventory/ai-systems.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let kept: Vec<&str> = text.lines().filter(|line| !line.contains("_replydesk")).collect();
    assert_eq!(kept.len() + 1, text.lines().count());
    std::fs::write(file, kept.join("\n")).unwrap();
    folder
}

fn link(says: &str, who: &str, whom: &str) -> String {
    format!("[[links]]\n{says} = [\"{who}\", \"{whom}\"]\n")
}

/// The pairs that were joined in one way.
fn joined(run: &Run, method: &str) -> Vec<(String, String)> {
    let results = run.results();
    let found = results["links"].as_array().unwrap().iter().find(|link| link["method"] == method).cloned();
    let id = |end: &Value| end["id"].as_str().unwrap().to_owned();
    let pairs = found.as_ref().map(|link| link["first"].as_array().unwrap().clone()).unwrap_or_default();
    pairs.iter().map(|pair| (id(&pair[0]), id(&pair[1]))).collect()
}

fn pair(one: &str, other: &str) -> (String, String) {
    (one.to_owned(), other.to_owned())
}

/// Whom an identity can become, with how sure that is and by which way.
fn becomes(folder: &Path, id: &str) -> Vec<(String, String, String)> {
    let told = as_json(folder, id, AS_OF);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let each = told["can_become"]["ways"].as_array().unwrap().iter();
    each.map(|one| {
        let step = one["hops"].as_array().unwrap().last().unwrap();
        (text(&step["to"]["id"]), text(&step["state"]), text(&step["how"]))
    })
    .collect()
}

#[test]
fn an_account_acts_as_a_role_that_no_export_joins_with_it() {
    let folder = company(&link("acts_as", READINESS, EMERGENCY));
    let step = (EMERGENCY.to_owned(), "certain".to_owned(), "said".to_owned());
    assert!(!becomes(&fixture("marrowick"), READINESS).contains(&step));
    assert!(becomes(folder.path(), READINESS).contains(&step));
    let run = check(folder.path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(joined(&run, "said").contains(&pair(READINESS, EMERGENCY)));
    let before = verdicts(&check(&fixture("marrowick"), &[]));
    let after = verdicts(&run);
    let of = |all: &BTreeMap<String, _>, check: &str| -> char {
        let column: &BTreeMap<String, char> = &all[check];
        column[READINESS]
    };
    assert_eq!((of(&before, "cannot-reach-administrator"), of(&after, "cannot-reach-administrator")), ('p', 'f'));
    // The step names the profile, and no record of an export, which does not say it.
    let findings = run.results()["findings"].clone();
    let found = findings.as_array().unwrap().iter();
    let mut found = found.filter(|finding| finding["subject"]["id"] == READINESS && finding["path"].is_array());
    let path = found.find_map(|finding| Some(finding["path"].as_array()?.first()?.clone()));
    let evidence = &path.expect("a finding has the path")["evidence"][0];
    assert_eq!(evidence["value"], format!("{READINESS} acts as it, as the profile says"));
    assert!(evidence.get("export").is_none(), "{evidence}");
    assert_eq!(evidence["subject"], format!("{EMERGENCY}#link/0"));
    // The whole profile stands in the report, so that an auditor sees that it was said.
    let settings = run.results()["profile"]["settings"].clone();
    let said = settings.as_array().unwrap().iter().find(|setting| setting["name"] == "links.acts_as").unwrap().clone();
    assert_eq!(said["value"], format!("{READINESS}, {EMERGENCY}"));
    assert!(run.text("report.md").contains("as the profile says"));
    let graph = assize(&["graph"]).arg(folder.path()).args([READINESS, "--as-of", AS_OF]).output().unwrap();
    let graph = String::from_utf8(graph.stdout).unwrap();
    assert!(graph.contains("1. acts as, says the profile → emergency-admin"), "{graph}");
}

#[test]
fn an_account_that_an_issuer_vouches_for_is_taken_off_a_role() {
    let named = "arn:aws:iam::614820937715:role/ops-remediator";
    let folder = company(&link("never_acts_as", SHIPPER, named));
    let to = |folder: &Path| becomes(folder, SHIPPER).into_iter().any(|(whom, ..)| whom == REMEDIATOR);
    assert!(to(&fixture("marrowick")));
    assert!(!to(folder.path()));
    let run = check(folder.path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let left = joined(&run, "oidc-subject");
    assert!(!left.contains(&pair(SHIPPER, REMEDIATOR)));
    assert!(left.contains(&pair("kubernetes:north-1:service_account:ops/dispatch-agent", REMEDIATOR)));
    assert_eq!(run.results()["profile"]["settings"].to_string().matches("links.never_acts_as").count(), 1);
}

#[test]
fn a_word_that_takes_nothing_away_is_noted() {
    let run = check(company(&link("never_acts_as", READINESS, EMERGENCY)).path(), &[]);
    let quality = run.results()["quality"].to_string();
    assert!(quality.contains("link-takes-nothing") && quality.contains("readiness-agent` act as"), "{quality}");
    let run = check(company(&link("never_acts_as", SHIPPER, REMEDIATOR)).path(), &[]);
    assert!(!run.results()["quality"].to_string().contains("link-takes-nothing"));
}

#[test]
fn a_workflow_is_taken_off_a_role() {
    let workflow = "github:marrowick-freight:subject:repo:marrowick-freight/booking-web:environment:codegen";
    let role = "aws:730516284409:role:arn:aws:iam::730516284409:role/docs-preview";
    let before = joined(&check(&fixture("marrowick"), &[]), "workflow-subject");
    assert!(before.contains(&pair(workflow, role)));
    let subject = "repo:marrowick-freight/booking-web:environment:codegen";
    for who in [workflow, subject] {
        let run = check(company(&link("never_acts_as", who, role)).path(), &[]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let left = joined(&run, "workflow-subject");
        assert!(!left.contains(&pair(workflow, role)));
        assert!(left.len() + 1 >= before.len(), "no other is taken away");
    }
}

#[test]
fn an_annotation_that_is_taken_off_is_no_longer_a_link() {
    let agent = "kubernetes:north-1:service_account:ops/dispatch-agent";
    let before = joined(&check(&fixture("marrowick"), &[]), "annotation");
    assert!(before.contains(&pair(agent, REMEDIATOR)));
    let run = check(company(&link("never_acts_as", agent, REMEDIATOR)).path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(!joined(&run, "annotation").contains(&pair(agent, REMEDIATOR)));
    assert!(!run.text("results.json").contains("annotation-without-trust"), "and it is no oddity either");
}

#[test]
fn an_agent_runs_as_another_role_than_its_configuration_names() {
    let run = check(&fixture("marrowick"), &[]);
    assert_eq!(joined(&run, "agent-role"), [pair("reply-desk", DESK)]);
    let links = format!("{}{}", link("never_acts_as", "reply-desk", DESK), link("acts_as", "reply-desk", REMEDIATOR));
    let run = check(unstated(&links).path(), &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(joined(&run, "agent-role").is_empty());
    assert!(joined(&run, "said").contains(&pair("reply-desk", REMEDIATOR)));
    let systems = run.results()["ai_systems"].clone();
    let desk = systems.as_array().unwrap().iter().find(|system| system["id"] == "reply-desk").unwrap().to_string();
    assert!(desk.contains(REMEDIATOR) && !desk.contains(DESK), "{desk}");
}

/// No file says as what the system acts, so none is cited for it.
#[test]
fn a_step_of_an_ai_system_that_the_profile_says_cites_no_file() {
    let folder = company(&link("acts_as", "case-triage", "arn:aws:iam::614820937715:role/emergency-admin"));
    let step = |id: &str| -> Value {
        let told = as_json(folder.path(), id, AS_OF);
        let mut found = Vec::new();
        hops(&told, &mut found);
        let hop = found.into_iter().find(|hop| hop["from"]["id"] == "case-triage" && hop["to"]["id"] == EMERGENCY);
        hop.unwrap_or_else(|| panic!("{told:#}"))["evidence"][0].clone()
    };
    let said = step("case-triage");
    assert_eq!(said["note"], "as the profile says", "{said}");
    assert!(said.get("export").is_none() && said.get("pointer").is_none(), "{said}");
    // What a file says as well is cited from there.
    let folder = company(&link("acts_as", "reply-desk", DESK));
    let told = as_json(folder.path(), "reply-desk", AS_OF);
    let mut found = Vec::new();
    hops(&told, &mut found);
    let hop = found.into_iter().find(|hop| hop["from"]["id"] == "reply-desk" && hop["to"]["id"] == DESK).unwrap();
    assert!(hop["evidence"][0].get("export").is_some(), "{hop}");
}

/// All hops within a value.
fn hops(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(all) => all.iter().for_each(|one| hops(one, found)),
        Value::Object(all) => {
            if all.contains_key("from") && all.contains_key("evidence") {
                found.push(value.clone());
            }
            all.values().for_each(|one| hops(one, found));
        }
        _ => {}
    }
}

#[test]
fn nothing_passes_because_a_configuration_is_denied() {
    let off = link("never_acts_as", "reply-desk", DESK);
    // The agent's role is taken off and no other is said: as what it runs is not known, and nothing of it passes for that.
    let before = verdicts(&check(unstated("").path(), &[]));
    let after = verdicts(&check(unstated(&off).path(), &[]));
    for check in ["ai-system-not-administrator", "ai-restricted-approved"] {
        assert_eq!((before[check]["reply-desk"], after[check]["reply-desk"]), ('p', 'u'), "{check}");
    }
    for (check, column) in &before {
        let letter = |of: &BTreeMap<String, char>| of.get("reply-desk").copied();
        let (was, is) = (letter(column), letter(&after[check]));
        assert!(was == is || is != Some('p'), "{check}: {was:?} became {is:?}");
    }
    // A key that an AI system holds proves what it acts as, whatever is said: the entry takes nothing away.
    let person = "aws:614820937715:user:arn:aws:iam::614820937715:user/amara.okoye";
    let run = check(company(&link("never_acts_as", "case-triage", person)).path(), &[]);
    assert!(run.stderr.contains("link-takes-nothing"), "{}", run.stderr);
    assert_eq!(verdicts(&run), verdicts(&check(&fixture("marrowick"), &[])));
    // What the inventory states stays.
    let run = check(company(&off).path(), &[]);
    assert!(run.stderr.contains("link-contradicts-inventory"), "{}", run.stderr);
    assert_eq!(verdicts(&run), verdicts(&check(&fixture("marrowick"), &[])));
}

#[test]
fn what_cannot_be_carried_out_is_told_with_its_line() {
    let of = |links: &str| check(company(links).path(), &[]);
    let both = format!("{}{}", link("acts_as", READINESS, EMERGENCY), link("never_acts_as", READINESS, EMERGENCY));
    let run = of(&both);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("link-contradicts-link") && run.stderr.contains("assize.toml:"), "{}", run.stderr);
    let run = of(&link("acts_as", "kubernetes:north-1:service_account:ops/nobody", EMERGENCY));
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("no identity and no AI system has the id"), "{}", run.stderr);
    let run = of(&link("acts_as", READINESS, "aws:1:role:none"));
    assert!(run.stderr.contains("no identity has the id `aws:1:role:none`"), "{}", run.stderr);
    let run = of(&link("acts_as", "kubernetes:north-1:service_account:ops/nobody", "aws:1:role:none"));
    for id in ["kubernetes:north-1:service_account:ops/nobody", "aws:1:role:none"] {
        assert!(run.stderr.contains(&format!("has the id `{id}`")), "both are told: {}", run.stderr);
    }
    let run = of(&link("acts_as", "github:x:subject:repo:x/y:ref:refs/heads/main", EMERGENCY));
    assert!(run.text("results.json").contains("link-matches-nothing"), "a subject that no trust names");
    let run = of(&link("never_acts_as", REMEDIATOR, EMERGENCY));
    assert_eq!(run.code, 0);
    assert!(run.stderr.contains("link-within-a-system"), "{}", run.stderr);
    let run = of(&link("acts_as", "arn:aws:iam::614820937715:role/emergency-admin", EMERGENCY));
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("are the same identity"), "{}", run.stderr);
    let run = of("[[links]]\nacts_as = [\"a\", \"b\"]\nsame = [\"a\", \"b\"]\n");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("bad-link"), "{}", run.stderr);
}

#[test]
fn a_link_of_credentials_that_changes_nothing_is_told_and_one_that_contradicts_ends_the_run() {
    const ONE: &str = "aws:614820937715:access_key:AKIAY6JRO77Z2EXAMPLE";
    const OTHER: &str = "aws:614820937715:access_key:AKIAY6JRO77Z7EXAMPLE";
    for (says, one, other, why) in [
        ("same", ONE, OTHER, "exports list two"),
        ("different", "AKIAY6JRO77Z2EXAMPLE", ONE, "both are ids of the same one"),
        ("different", ONE, OTHER, "nothing that was read would make them one"),
    ] {
        let run = check(company(&link(says, one, other)).path(), &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains("warning[link-changes-nothing]") && run.stderr.contains(why), "{}", run.stderr);
    }
    let run = check(company(&(link("same", ONE, OTHER) + &link("different", OTHER, ONE))).path(), &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error[link-contradicts-link]"), "{}", run.stderr);
}

/// Of a key whose secret stands in a file no word makes it one that is kept well, nor one of somebody else.
#[test]
fn a_place_that_is_said_to_be_a_key_in_a_file_hides_nothing_of_it() {
    let place = "mcp:route-insight:credential:.mcp.json/warehouse/env:WAREHOUSE_SESSION_TOKEN";
    let key = "aws:614820937715:access_key:AKIAY6JRO77Z2EXAMPLE";
    let before = verdicts(&check(&fixture("marrowick"), &[]));
    let run = check(company(&link("same", place, key)).path(), &[]);
    let after = verdicts(&run);
    assert_eq!(before["ai-secret-in-store"][key], 'f');
    assert_eq!(after["ai-secret-in-store"][key], 'f');
    let quality = run.results()["quality"].to_string();
    for code in ["inventory-contradicts-configuration", "inventory-contradicts-export"] {
        assert!(quality.contains(code), "{code}: {quality}");
    }
}
