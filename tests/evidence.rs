//! Every piece of evidence on the invented company can be followed by hand: to the export, the record and the value.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{check, fixture};
use serde_json::Value;

/// What a finding says can be followed to the record: the export has the digest, the pointer resolves, the value stands there.
/// What runs as an account stands in a record of its own, and that is what is pointed at.
#[test]
fn a_workload_is_pointed_at_and_not_its_account() {
    let run = crate::support::check(&crate::support::fixture("marrowick"), &[]);
    let mut found = std::collections::BTreeMap::new();
    for finding in run.results()["findings"].as_array().unwrap() {
        for fact in finding["evidence"].as_array().unwrap().iter().filter(|fact| fact["fact"] == "identity.workloads") {
            found.insert(fact["value"].as_str().unwrap().to_owned(), fact["pointer"].as_str().unwrap().to_owned());
        }
    }
    let objects = std::fs::read_to_string(crate::support::fixture("marrowick").join("kubernetes/north-1/objects.json"));
    let objects: serde_json::Value = serde_json::from_str(&objects.unwrap()).unwrap();
    assert!(found.len() >= 3, "{found:?}");
    for (workload, pointer) in found {
        let object = objects.pointer(&pointer).unwrap();
        let name = format!("{}/deployment/{}", object["metadata"]["namespace"], object["metadata"]["name"]);
        assert_eq!(name.replace('"', ""), workload);
        assert_eq!(object["kind"], "Deployment");
    }
}

#[test]
fn every_pointer_leads_to_the_value() {
    let folder = fixture("marrowick");
    let results = check(&folder, &[]).results();
    let exports = results["exports"].as_array().unwrap();
    let files: Vec<File> = exports.iter().map(|export| File::open(&folder, export)).collect();
    let mut followed: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = BTreeSet::new();
    for finding in results["findings"].as_array().unwrap() {
        let hops = finding["path"].as_array().into_iter().flatten();
        let evidence =
            finding["evidence"].as_array().into_iter().chain(hops.filter_map(|hop| hop["evidence"].as_array()));
        let evidence: Vec<&Value> = evidence.flatten().collect();
        for one in &evidence {
            // That no rule recognises an identity stands nowhere.
            if one["fact"] == "identity.is_ai" && one["value"] == "false" && one["export"].is_null() {
                continue;
            }
            // What an AI system comes to in all stands in no one record; what it is made of is shown beside it.
            let rests_on = [
                "resource.effects",
                "policy.grants",
                "identity.can_be_assumed_by",
                "identity.environment",
                "resource.environment",
            ];
            if one["note"] == "from its tools, its credentials and its identities"
                && one["export"].is_null()
                && evidence
                    .iter()
                    .any(|other| !other["export"].is_null() && rests_on.iter().any(|fact| other["fact"] == *fact))
            {
                continue;
            }
            let Some(export) = one["export"].as_u64() else {
                wrong.insert(format!("{} {}: no export", finding["id"], one["fact"]));
                continue;
            };
            let file = &files[usize::try_from(export).unwrap()];
            match file.follow(one) {
                Ok(kind) => *followed.entry(kind).or_default() += 1,
                Err(why) => drop(wrong.insert(format!("{} {} {}: {why}", file.path, one["pointer"], one["fact"]))),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
    // Not trivially: fields, lines and records were followed, and many values compared.
    assert!(followed["value"] > 80 && followed["record"] > 50, "{followed:?}");
}

/// That an identity is AI-connected rests on the rules that say so, and on what the surest of them looked at.
#[test]
fn ai_connected_by_which_rule_and_where_it_stands() {
    let folder = fixture("marrowick");
    let results = check(&folder, &[]).results();
    let rules: BTreeSet<&str> =
        results["texts"]["rules"].as_array().unwrap().iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    let systems = results["exports"]
        .as_array()
        .unwrap()
        .iter()
        .position(|export| export["path"].as_str().unwrap().ends_with("ai-systems.toml"));
    let mut seen = 0;
    for finding in results["findings"].as_array().unwrap() {
        let of = |one: &&Value| one["fact"] == "identity.is_ai" && one["value"] == "true";
        let all: Vec<&Value> = finding["evidence"].as_array().unwrap().iter().filter(of).collect();
        let only_ai = finding["check_run"].as_str().unwrap().starts_with("ai-identity");
        assert!(all.len() == 1 || (all.is_empty() && !only_ai), "{finding}");
        for one in all {
            let note = one["note"].as_str().unwrap();
            assert!(rules.iter().any(|rule| note.contains(&format!("`{rule}`"))), "{note}");
            if note.contains("`declared-ai-system`") {
                assert_eq!(one["export"].as_u64(), systems.map(|at| at as u64), "{one}");
                assert!(one["pointer"].as_str().unwrap().starts_with("/ai_systems/"), "{one}");
            }
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

/// Inline policies of many holders have one name, so a finding names the holder too.
#[test]
fn an_inline_policy_is_named_with_its_holder() {
    let results = check(&fixture("hostile"), &[]).results();
    let mut seen = 0;
    for finding in results["findings"].as_array().unwrap() {
        let (id, name) = (finding["subject"]["id"].as_str().unwrap(), finding["subject"]["name"].as_str().unwrap());
        if let Some((_, key)) = id.split_once(":inline_policy:") {
            // Hostile names may themselves hold ` of `.
            let mut splits = name.match_indices(" of ").map(|(at, of)| (&name[..at], &name[at + of.len()..]));
            assert!(splits.any(|(own, holder)| key.ends_with(&format!("{holder}#{own}"))), "{id}: {name}");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

/// Configurations of editors have lines of comments and a comma after the last member.
fn without_comments(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let mut text: String = lines.concat();
    for close in ["}", "]"] {
        while let Some(at) =
            text.match_indices(',').map(|(at, _)| at).find(|at| text[at + 1..].trim_start().starts_with(close))
        {
            text.remove(at);
        }
    }
    text
}

enum Content {
    Json(Vec<Value>),
    Toml(Value),
    Lines(Vec<String>),
}

struct File {
    path: String,
    content: Content,
}

impl File {
    fn open(folder: &std::path::Path, export: &Value) -> Self {
        use base64::Engine as _;
        let path = export["path"].as_str().unwrap().to_owned();
        let bytes = std::fs::read(folder.join(&path)).unwrap();
        assert_eq!(export["bytes"], bytes.len(), "{path}");
        assert_eq!(export["sha256"], assize::base::digest::sha256(&bytes), "{path}");
        let text = String::from_utf8(bytes).unwrap();
        let lines = |text: &str| Content::Lines(text.lines().map(str::to_owned).collect());
        let content = if path.ends_with(".toml") {
            Content::Toml(serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap())
        } else if path.ends_with(".csv") {
            lines(&text)
        } else {
            let text = if path.ends_with(".vscode/mcp.json") { without_comments(&text) } else { text };
            let documents: Vec<Value> =
                serde_json::Deserializer::from_str(&text).into_iter().map(Result::unwrap).collect();
            match documents[0]["Content"].as_str() {
                // The wrapper of a credential report: lines are those of what is in it.
                Some(wrapped) => {
                    let report = base64::engine::general_purpose::STANDARD.decode(wrapped).unwrap();
                    lines(std::str::from_utf8(&report).unwrap())
                }
                None => Content::Json(documents),
            }
        };
        Self { path, content }
    }

    /// Whether a `value` was found where the evidence says, or only its `record`.
    fn follow(&self, evidence: &Value) -> Result<&'static str, String> {
        let pointer = evidence["pointer"].as_str().unwrap_or("");
        let place = match &self.content {
            Content::Lines(lines) => {
                let rest = pointer.strip_prefix("line ").ok_or("no line")?.replace(" of Content, decoded", "");
                let (number, column) =
                    rest.split_once(", ").map_or((rest.as_str(), None), |(number, column)| (number, Some(column)));
                let number: usize = number.parse().map_err(|_| "no number of a line")?;
                let line = lines.get(number - 1).ok_or("no such line")?;
                match column {
                    None => line.clone(),
                    Some(column) => {
                        let cells = |line: &str| -> Vec<String> {
                            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
                            reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect()
                        };
                        let at = cells(&lines[0]).iter().position(|name| name == column).ok_or("no such column")?;
                        cells(line).get(at).cloned().ok_or("the line is too short")?
                    }
                }
            }
            Content::Toml(value) => value.pointer(pointer).ok_or("the pointer resolves to nothing")?.to_string(),
            Content::Json(documents) => {
                let document = usize::try_from(evidence["document"].as_u64().unwrap_or(0)).unwrap();
                let document = documents.get(document).ok_or("no such document")?;
                document.pointer(pointer).ok_or("the pointer resolves to nothing")?.to_string()
            }
        };
        let known = evidence["state"] == "known";
        let note = evidence["note"].as_str().unwrap_or("");
        let value = evidence["value"].as_str().unwrap_or("");
        let fact = evidence["fact"].as_str().unwrap_or("");
        // What is worked out from a record stands in none.
        if !known
            || note.starts_with("derived")
            || note.starts_with("follows")
            || fact.starts_with("becoming.")
            || note.starts_with("from its tools")
            || note.starts_with("by `")
            || RECORDS.contains(&fact)
            || fact == "credential.kind"
            || fact == "identity.is_ai"
        {
            return Ok("record");
        }
        // Tags have labels of the organisation's own, which the profile maps; the inventory has the names.
        if fact.ends_with(".environment") {
            let label = match value {
                "development" => "lab",
                "production" => "prod",
                "shared" => "tools",
                other => other,
            };
            return if place.contains(label) || place.contains(value) { Ok("value") } else { Err(place) };
        }
        let wanted = written(fact, value);
        let decoded = percent_encoding::percent_decode_str(&place).decode_utf8_lossy().into_owned();
        if wanted.iter().all(|text| place.contains(text.as_str()) || decoded.contains(text.as_str())) {
            return Ok("value");
        }
        Err(format!("{wanted:?} does not stand there: {}", place.chars().take(160).collect::<String>()))
    }
}

/// What a record shows by what it is, or names by another name than its id.
const RECORDS: &[&str] = &[
    "ai_system.session_max",
    "ai_system.tools",
    "ai_system.reached",
    "credential.ai_systems",
    "credential.enabled",
    "credential.exposures",
    "credential.identity",
    "credential.sanctioned_store",
    // When the export was made, which the record is of.
    "credential.use_known_until",
    "exposure.credential",
    "identity.human",
    "identity.use_known_until",
    "identity.workloads",
    // What is written into a role stands in its record.
    "policy.managed_by",
];

/// How an export writes a value of the results.
fn written(fact: &str, value: &str) -> Vec<String> {
    // A rule of a cluster names verbs, groups and kinds apart, and where it names no object it is for all.
    if let Some((verb, kind)) = value.strip_prefix("k8s:").and_then(|rule| rule.split_once('/')) {
        let kind = kind.split('.').next().unwrap_or(kind);
        return vec![format!("\"{verb}\""), format!("\"{kind}\"")];
    }
    if fact == "grant.resources" && value == "*" {
        return Vec::new();
    }
    // A day is its start, and where something ends on it, its last second.
    let end = |fact: &str| fact.ends_with("ends_at") || fact.ends_with("expires_at");
    let day = value.strip_suffix("T00:00:00Z").or_else(|| value.strip_suffix("T23:59:59Z").filter(|_| end(fact)));
    let words = |text: &str| text.split(' ').next().unwrap_or("").to_owned();
    match fact {
        "identity.revocation_time" => vec![words(value)],
        // The profile says what the labels mean: `lab` is development.
        // A day in the inventory, an instant with a zone in an export.
        _ if day.is_some() => vec![day.unwrap().to_owned()],
        // OpenAI writes seconds since 1970.
        "credential.last_change_at" if value == "2025-07-14T12:00:00Z" => vec!["1752494400".to_owned()],
        _ if fact.ends_with("_at") => vec![value.trim_end_matches('Z').to_owned()],
        // Members of lists are named by their stable ids; what stands in the record is the last part.
        "identity.grants" | "policy.grants" if value.contains("#statement/") => {
            let policy = value.split_once("#statement/").map_or(value, |(policy, _)| policy);
            vec![policy.rsplit(['/', '#', ':']).next().unwrap().to_owned()]
        }
        // Worked out, or named by an id that stands elsewhere: a system's record names its identities.
        "identity.can_be_assumed_by" | "identity.environments_reached" | "identity.ai_systems" | "identity.serves" => {
            Vec::new()
        }
        "identity.credentials" => {
            let key = value.rsplit([':', '/']).next().unwrap();
            vec![key.split_once('#').map_or(key, |(user, _)| user).to_owned()]
        }
        // A record names a policy by its ARN, and a group by its name.
        "identity.policies" => vec![value.split_once(":arn:").map_or("", |(_, arn)| arn).to_owned()],
        "identity.groups" => vec![value.rsplit('/').next().unwrap().to_owned()],
        "ai_system.identities" => vec![value.split_once(":arn:").map_or(value, |(_, arn)| arn).to_owned()],
        // A cluster writes verbs, resources and groups apart.
        "policy.grants" | "identity.grants" if value.contains("k8s:") => Vec::new(),
        "identity.grants" => vec![value.rsplit([':', '/']).next().unwrap().to_owned()],
        "resource.effects" => value.split(", ").map(str::to_owned).collect(),
        "policy.grants" => {
            let (actions, resources) = value.trim_start_matches("allows ").split_once(" on ").unwrap();
            actions.split(", ").chain(resources.split(", ")).map(str::to_owned).collect()
        }
        _ => vec![value.to_owned()],
    }
}

/// Of a pair, both halves are among the first pieces of evidence, which all outputs show.
#[test]
fn each_half_of_a_dangerous_pair_is_shown() {
    let results = check(&fixture("marrowick"), &[]).results();
    let of_pairs = |finding: &&Value| finding["check_run"] == "no-toxic-combination";
    let mut seen = 0;
    for finding in results["findings"].as_array().unwrap().iter().filter(of_pairs) {
        let evidence: Vec<&Value> = finding["evidence"].as_array().unwrap().iter().take(8).collect();
        let shows = |what: &str| {
            let text =
                |one: &Value, key: &str| one[key].as_str().is_some_and(|text| text.replace('_', " ").contains(what));
            let derived = |one: &Value| one["fact"] == "ai_system.toxic_combinations";
            evidence.iter().any(|one| !derived(one) && (text(one, "note") || text(one, "value")))
        };
        for one in evidence.iter().filter(|one| one["fact"] == "ai_system.toxic_combinations") {
            let halves = match one["value"].as_str().unwrap() {
                "reads_secrets_and_sends_out" => ["reads secrets", "sends out"],
                "untrusted_input_and_writes_to_production" => ["untrusted input", "writes"],
                other => panic!("{other}"),
            };
            for half in halves {
                assert!(shows(half), "{}: {half} is not shown: {evidence:?}", finding["id"]);
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "{seen}");
}
