//! Model providers and agents: what their answers give, and what becomes of answers that are damaged, partial or secret.

use crate::support::{check, copy, fixture};
use assize::base::time::Instant;
use assize::export::declared::{Declared, Entry};
use assize::model::facts::{ai_system, credential, identity, resource};
use assize::model::schema::FactType;
use assize::model::{Cell, Completeness, FactId, Row, Scalar, Subject};
use assize::source::{Loaded, Options, load};
use serde_json::Value;
use tempfile::TempDir;

const OPENAI: &str = "openai:org-thistledown";
const ANTHROPIC: &str = "anthropic:thistledown";
const AWS: &str = "aws:508213994471";

fn entry(path: &str, scope: Option<&str>) -> Entry {
    let mut entry = Entry::new(path).unwrap();
    entry.scope = scope.map(str::to_owned);
    entry.collected_at = Instant::parse("2026-10-31T07:00:00Z");
    entry
}

fn sealed(folder: &std::path::Path, declared: &Declared) -> Loaded {
    let mut loaded = load(folder, declared, &Options::default());
    loaded.world.seal();
    loaded
}

fn thistledown() -> Loaded {
    let entries = vec![entry("openai/**", Some(OPENAI)), entry("anthropic/*", Some(ANTHROPIC)), entry("aws/**", None)];
    sealed(&fixture("ai-apis"), &Declared { entries, ..Declared::default() })
}

/// One file, as its text, in a folder of its own.
fn one(path: &str, text: &str) -> Loaded {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join(path);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
    sealed(folder.path(), &Declared::default())
}

fn find(loaded: &Loaded, subject: Subject, id: &str) -> Row {
    let row = loaded.world.strings.get(id).and_then(|id| loaded.world.table(subject).find(id));
    Row::new(subject, row.unwrap_or_else(|| panic!("no {id}")))
}

fn text(loaded: &Loaded, row: Row) -> String {
    loaded.world.strings.text(loaded.world.table(row.subject).id(row.index).unwrap()).to_owned()
}

fn word(fact: FactId, code: u8) -> String {
    match fact.def().ty {
        FactType::Enum(def) | FactType::EnumList(def) => def.text(code).to_owned(),
        _ => code.to_string(),
    }
}

fn cell(loaded: &Loaded, subject: Subject, id: &str, fact: FactId) -> String {
    match loaded.world.cell(find(loaded, subject, id), fact) {
        Cell::Known(Scalar::Time(at)) => Instant(at).to_string(),
        Cell::Known(Scalar::Str(text)) => text.to_owned(),
        Cell::Known(Scalar::Ref(row)) => text(loaded, row),
        Cell::Known(Scalar::Bool(yes)) => yes.to_string(),
        Cell::Known(Scalar::Enum(code)) => word(fact, code),
        Cell::Known(other) => format!("{other:?}"),
        Cell::Absent => "absent".to_owned(),
        Cell::Unknown(why) => format!("unknown: {}", why.name()),
    }
}

/// The members of a list, and whether it is whole.
fn list(loaded: &Loaded, subject: Subject, id: &str, fact: FactId) -> (Vec<String>, bool) {
    let mut members = Vec::new();
    let whole = loaded.world.list(find(loaded, subject, id), fact, &mut |member| {
        members.push(match member.value {
            Scalar::Ref(row) => text(loaded, row),
            Scalar::Str(text) => text.to_owned(),
            Scalar::Enum(code) => word(fact, code),
            other => format!("{other:?}"),
        });
        true
    });
    (members, whole == Completeness::Complete)
}

fn key(loaded: &Loaded, id: &str, fact: FactId) -> String {
    cell(loaded, Subject::Credential, id, fact)
}

#[test]
fn keys_of_openai() {
    let loaded = thistledown();
    let of = |key: &str| format!("{OPENAI}:api_key:{key}");
    let fact = |id: &str, fact: FactId| key(&loaded, id, fact);
    let reader = of("key_reader");
    assert_eq!(fact(&reader, credential::KIND.id), "api_key");
    assert_eq!(fact(&reader, credential::NAME.id), "reader production");
    assert_eq!(fact(&reader, credential::SYSTEM.id), "openai");
    assert_eq!(fact(&reader, credential::SCOPE.id), OPENAI);
    assert_eq!(fact(&reader, credential::CREATED_AT.id), "2026-08-20T07:00:00Z");
    assert_eq!(fact(&reader, credential::LAST_CHANGE_AT.id), "2026-08-20T07:00:00Z");
    assert_eq!(fact(&reader, credential::EXPIRES_AT.id), "2027-08-20T07:00:00Z");
    assert_eq!(fact(&reader, credential::LAST_USED_AT.id), "2026-10-30T23:59:00Z");
    assert_eq!(fact(&reader, credential::ROTATED_AT.id), "absent");
    assert_eq!(fact(&reader, credential::ENABLED.id), "true");
    assert_eq!(fact(&reader, credential::IDENTITY.id), format!("{OPENAI}:service_account:svc_acct_reader"));
    assert_eq!(list(&loaded, Subject::Credential, &reader, credential::SCOPES.id).0, ["project:proj_Vq3TnLk8"]);
    let old = of("key_reader_old");
    assert_eq!(fact(&old, credential::LAST_USED_AT.id), "absent", "null is not used since use is tracked");
    assert_eq!(fact(&old, credential::USE_TRACKED_SINCE.id), "unknown: missing_fact");
    assert_eq!(fact(&old, credential::EXPIRES_AT.id), "absent", "null is without an end");
    assert_eq!(fact(&of("key_kaveh"), credential::ENABLED.id), "unknown: missing_fact", "its owner has no access");
    assert_eq!(fact(&of("key_lab_expired"), credential::ENABLED.id), "false");
    let admin = format!("{OPENAI}:admin_api_key:key_admin02");
    assert_eq!(fact(&admin, credential::IDENTITY.id), format!("{OPENAI}:user:user-isolde"));
    assert_eq!(list(&loaded, Subject::Credential, &admin, credential::SCOPES.id).0, ["organization:admin"]);
    assert!(loaded.rejected.is_empty(), "{:?}", loaded.rejected);
    assert!(loaded.exports.iter().all(|export| export.incomplete.is_none()), "the second page ends the list");
}

#[test]
fn accounts_of_openai() {
    let loaded = thistledown();
    let account = |id: &str, fact: FactId| cell(&loaded, Subject::Identity, &format!("{OPENAI}:{id}"), fact);
    assert_eq!(account("service_account:svc_acct_reader", identity::KIND.id), "service_account");
    assert_eq!(account("service_account:svc_acct_reader", identity::CREATED_AT.id), "2025-04-04T07:00:00Z");
    assert_eq!(account("service_account:svc_acct_reader", identity::LAST_USED_AT.id), "2026-10-30T23:59:00Z");
    assert_eq!(account("service_account:sa_billing", identity::NAME.id), "billing-export");
    assert_eq!(account("user:user-kaveh", identity::KIND.id), "human");
    assert_eq!(account("user:user-kaveh", identity::CREATED_AT.id), "2025-01-15T12:00:00Z");
    assert_eq!(account("user:user-isolde", identity::KIND.id), "human");
    assert_eq!(account("user:user-imprint", identity::KIND.id), "service_account");
    assert_eq!(account("user:user-imprint", identity::ENABLED.id), "true");
    assert_eq!(account("user:user-former", identity::ENABLED.id), "false");
    assert_eq!(account("user:user-former", identity::NAME.id), "Petra Lindqvist");
    assert_eq!(account("user:user-imprint", identity::LAST_USED_AT.id), "unknown: missing_fact");
    // The file asserts nothing here, so that a list of keys is open, with what is known in it.
    let reader = format!("{OPENAI}:service_account:svc_acct_reader");
    let (keys, whole) = list(&loaded, Subject::Identity, &reader, identity::CREDENTIALS.id);
    assert_eq!((keys.len(), whole), (2, false));
    let project = format!("{OPENAI}:project:proj_Vq3TnLk8");
    assert_eq!(cell(&loaded, Subject::Resource, &project, resource::NAME.id), "Manuscripts");
}

#[test]
fn keys_of_anthropic() {
    let loaded = thistledown();
    let of = |id: &str, fact: FactId| key(&loaded, &format!("{ANTHROPIC}:api_key:{id}"), fact);
    assert_eq!(of("apikey_01Proof", credential::ENABLED.id), "true");
    assert_eq!(of("apikey_01Proof", credential::EXPIRES_AT.id), "absent");
    assert_eq!(of("apikey_01Proof", credential::LAST_USED_AT.id), "unknown: missing_fact");
    assert_eq!(of("apikey_01Proof", credential::IDENTITY.id), format!("{ANTHROPIC}:api_client:apikey_01Proof"));
    assert_eq!(of("apikey_01Blurb", credential::ENABLED.id), "false");
    assert_eq!(of("apikey_01Index", credential::IDENTITY.id), format!("{ANTHROPIC}:service_account:svac_01Index"));
    assert_eq!(of("apikey_01Jorun", credential::IDENTITY.id), format!("{ANTHROPIC}:user:user_01Jorun"));
    let scopes =
        |id: &str| list(&loaded, Subject::Credential, &format!("{ANTHROPIC}:api_key:{id}"), credential::SCOPES.id).0;
    assert_eq!(scopes("apikey_01Proof"), ["workspace:wrkspc_01Thistle"]);
    assert_eq!(scopes("apikey_01Jorun"), ["organization"]);
    let client = format!("{ANTHROPIC}:api_client:apikey_01Proof");
    assert_eq!(cell(&loaded, Subject::Identity, &client, identity::KIND.id), "api_client");
    assert!(list(&loaded, Subject::Identity, &client, identity::CREDENTIALS.id).1, "it is its one key");
    let service = format!("{ANTHROPIC}:service_account:svac_01Index");
    assert_eq!(cell(&loaded, Subject::Identity, &service, identity::ENABLED.id), "true");
    let retired = format!("{ANTHROPIC}:service_account:svac_02Retired");
    assert_eq!(cell(&loaded, Subject::Identity, &retired, identity::ENABLED.id), "false");
    assert_eq!(cell(&loaded, Subject::Identity, &retired, identity::DESCRIPTION.id), "absent");
    // What older answers have, without the fields that came later.
    let older = one(
        "anthropic/keys.json",
        r#"{"data": [{"id": "apikey_1", "type": "api_key", "name": "Developer Key", "workspace_id": null,
            "created_at": "2024-10-30T23:58:27.427722Z", "created_by": {"id": "user_1", "type": "user"},
            "partial_key_hint": "sk-ant-api03-R2D...igAA", "status": "archived"}], "first_id": "a", "last_id": "b", "has_more": false}"#,
    );
    let id = "anthropic:anthropic:api_key:apikey_1";
    assert_eq!(key(&older, id, credential::EXPIRES_AT.id), "unknown: missing_fact", "nobody said");
    assert_eq!(key(&older, id, credential::ENABLED.id), "false");
    assert_eq!(list(&older, Subject::Credential, id, credential::SCOPES.id).0, ["workspace:default"]);
    assert!(older.quality().iter().any(|note| note.code == "scope-by-path"));
}

#[test]
fn agents_of_bedrock() {
    let loaded = thistledown();
    let agent = |id: &str| format!("{AWS}:agent:arn:aws:bedrock:eu-west-1:508213994471:agent/{id}");
    let of = |id: &str, fact: FactId| cell(&loaded, Subject::AiSystem, &agent(id), fact);
    assert_eq!(of("RIGHTS0001", ai_system::NAME.id), "rights-desk");
    assert_eq!(of("RIGHTS0001", ai_system::MODEL.id), "eu.amazon.nova-pro-v1:0");
    assert_eq!(of("RIGHTS0001", ai_system::ENABLED.id), "true");
    assert_eq!(of("RIGHTS0001", ai_system::GUARDED.id), "true");
    assert_eq!(of("RIGHTS0001", ai_system::SESSION_MAX.id), "Duration(1800)");
    assert_eq!(of("RIGHTS0001", ai_system::CREATED_AT.id), "2025-11-01T10:00:00Z");
    assert_eq!(of("RIGHTS0001", ai_system::CHANGED_AT.id), "2026-09-15T11:02:53Z");
    assert_eq!(of("RIGHTS0001", ai_system::MODE.id), "unknown: missing_fact");
    let role =
        format!("{AWS}:role:arn:aws:iam::508213994471:role/service-role/AmazonBedrockExecutionRoleForAgents_rights");
    assert_eq!(
        list(&loaded, Subject::AiSystem, &agent("RIGHTS0001"), ai_system::IDENTITIES.id),
        (vec![role.clone()], true)
    );
    assert_eq!(list(&loaded, Subject::Identity, &role, identity::AI_SYSTEMS.id).0, [agent("RIGHTS0001")]);
    let tool = |id: &str| format!("{AWS}:action_group:arn:aws:bedrock:eu-west-1:508213994471:agent/RIGHTS0001/{id}");
    let (mut tools, whole) = list(&loaded, Subject::AiSystem, &agent("RIGHTS0001"), ai_system::TOOLS.id);
    tools.sort();
    assert_eq!((tools, whole), (vec![tool("AGCODE0002"), tool("AGLOOKUP01")], true), "the disabled one is no tool");
    assert_eq!(
        cell(&loaded, Subject::Resource, &tool("AGLOOKUP01"), resource::TARGET.id),
        "arn:aws:lambda:eu-west-1:508213994471:function:look-up-contract"
    );
    assert_eq!(list(&loaded, Subject::Resource, &tool("AGCODE0002"), resource::EFFECTS.id).0, ["runs_code"]);
    // In the making: whether it can be used is not known; no guardrail is, since the answer is young enough to have one.
    assert_eq!(of("DRAFTS0002", ai_system::ENABLED.id), "unknown: missing_fact");
    assert_eq!(of("DRAFTS0002", ai_system::GUARDED.id), "false");
    assert!(!list(&loaded, Subject::AiSystem, &agent("DRAFTS0002"), ai_system::TOOLS.id).1);
    // Named by the account of the manifest or folder and the region of its folder.
    let alone = with_scope_of_list();
    assert_eq!(cell(&alone, Subject::AiSystem, &agent("ONLYIN0003"), ai_system::GUARDED.id), "true");
    assert_eq!(list(&alone, Subject::AiSystem, &agent("ONLYIN0003"), ai_system::IDENTITIES.id), (Vec::new(), false));
}

/// The list of agents alone, with the scope that the manifest gives it.
fn with_scope_of_list() -> Loaded {
    let folder = TempDir::new().unwrap();
    let inside = folder.path().join("eu-west-1");
    std::fs::create_dir_all(&inside).unwrap();
    copy(&fixture("ai-apis/aws/508213994471/eu-west-1"), &inside, &["list-agents.json"]);
    sealed(folder.path(), &Declared { entries: vec![entry("eu-west-1/*", Some(AWS))], ..Declared::default() })
}

#[test]
fn an_agent_of_which_only_the_id_is_known_is_rejected() {
    let agents = r#"{"agentSummaries": [{"agentId": "AAAAAAAAAA", "agentName": "a", "agentStatus": "PREPARED"}]}"#;
    let loaded = one("agents.json", agents);
    assert_eq!(loaded.rejected.len(), 1);
    assert_eq!(loaded.rejected[0].place, "/agentSummaries/0");
    assert!(loaded.rejected[0].why.contains("export `aws bedrock-agent get-agent`"), "{}", loaded.rejected[0].why);
    assert_eq!((loaded.exports[0].read, loaded.exports[0].rejected), (0, 1));
    assert_eq!(loaded.world.table(Subject::AiSystem).len(), 0);
}

#[test]
fn an_older_answer_does_not_say_that_there_is_no_guardrail() {
    let loaded = one(
        "get-agent.json",
        r#"{"agent": {"agentId": "A1", "agentArn": "arn:aws:bedrock:us-east-1:111122223333:agent/A1", "agentStatus": "PREPARED"}}"#,
    );
    let id = "aws:111122223333:agent:arn:aws:bedrock:us-east-1:111122223333:agent/A1";
    assert_eq!(cell(&loaded, Subject::AiSystem, id, ai_system::GUARDED.id), "unknown: missing_fact");
    assert_eq!(cell(&loaded, Subject::AiSystem, id, ai_system::MODEL.id), "unknown: missing_fact");
}

/// What is wrong in an answer is rejected with its place, and the rest is read.
#[test]
fn wrong_entries_are_rejected_one_by_one() {
    let good = |id: &str| {
        format!(
            r#"{{"object": "organization.project.service_account", "id": "{id}", "name": "n", "role": "member", "created_at": 1711471533}}"#
        )
    };
    let entries = [
        good("svc_1"),
        r#"{"object": "organization.project.service_account", "name": "no id"}"#.to_owned(),
        r#"{"object": "organization.project.service_account", "id": ["x"], "name": "n"}"#.to_owned(),
        good("svc_1"),
        "17".to_owned(),
        r#"{"object": "organization.project.service_account", "id": "svc_2", "created_at": "yyyy-mm-dd"}"#.to_owned(),
        r#"{"object": "organization.project.api_key", "id": "key_1", "owner": "CANARY-owner"}"#.to_owned(),
        r#"{"object": "organization.certificate", "id": "cert_1"}"#.to_owned(),
        format!(r#"{{"object": "organization.project.service_account", "id": "{}"}}"#, "x".repeat(300)),
        r#"{"object": "organization.project.api_key", "id": "key_2", "value": "CANARY-live"}"#.to_owned(),
        r#"{"object": "organization.project.service_account", "id": "svc_3", "api_key": {"value": "CANARY-live"}}"#
            .to_owned(),
    ];
    let text = format!(r#"{{"object": "list", "data": [{}], "has_more": false}}"#, entries.join(","));
    let loaded = one("openai/x.json", &text);
    let places: Vec<&str> = loaded.rejected.iter().map(|one| one.place.as_str()).collect();
    // The fourth is the first again, word for word.
    assert_eq!(places, ["/data/1", "/data/2", "/data/4", "/data/6", "/data/8", "/data/9", "/data/10"]);
    for rejected in &loaded.rejected {
        assert!(!rejected.why.contains("CANARY"), "{}", rejected.why);
        assert_eq!(
            &text.as_bytes()[usize::try_from(rejected.offset).unwrap()..][..1] == b"{",
            rejected.place != "/data/4"
        );
    }
    assert!(loaded.rejected[5].why.contains("delete this file"), "{}", loaded.rejected[5].why);
    let export = &loaded.exports[0];
    assert_eq!((export.read, export.rejected, export.ignored), (2, 7, 2));
    let second = "openai:openai:service_account:svc_2";
    assert_eq!(cell(&loaded, Subject::Identity, second, identity::CREATED_AT.id), "unknown: missing_fact");
    assert!(loaded.quality().iter().any(|note| note.code == "unreadable-date"));
}

#[test]
fn a_page_that_is_missing_leaves_the_list_incomplete() {
    use assize::model::listing::Listing;
    let page = |more: bool, id: &str| {
        format!(
            r#"{{"object": "list", "data": [{{"object": "organization.project.service_account", "id": "{id}"}}], "has_more": {more}}}"#
        )
    };
    let incomplete = |files: &[(&str, String)]| {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let mut entry = entry("*.json", Some("openai:org"));
        entry.enumerates = vec![Listing::ServiceAccounts];
        let loaded = sealed(folder.path(), &Declared { entries: vec![entry], ..Declared::default() });
        let scope = loaded.world.strings.get("openai:org").unwrap();
        assert!(loaded.rejected.is_empty());
        !loaded.world.enumerations.closed(scope, Listing::ServiceAccounts)
    };
    assert!(incomplete(&[("1.json", page(true, "a"))]));
    assert!(!incomplete(&[("1.json", page(false, "a"))]));
    assert!(!incomplete(&[("1.json", page(true, "a")), ("2.json", page(false, "b"))]));
    assert!(!incomplete(&[("all.json", page(true, "a") + &page(false, "b"))]));
    assert!(incomplete(&[("all.json", page(false, "a") + &page(true, "b"))]));
}

#[test]
fn the_newer_of_two_lists_is_used() {
    let folder = TempDir::new().unwrap();
    let users = |id: &str| {
        format!(
            r#"{{"object": "list", "data": [{{"object": "organization.user", "id": "{id}", "added_at": 1711471533}}], "has_more": false}}"#
        )
    };
    std::fs::write(folder.path().join("september.json"), users("gone")).unwrap();
    std::fs::write(folder.path().join("october.json"), users("here")).unwrap();
    let mut old = entry("september.json", Some("openai:org"));
    old.collected_at = Instant::parse("2026-09-30");
    let loaded = sealed(
        folder.path(),
        &Declared { entries: vec![old, entry("october.json", Some("openai:org"))], ..Declared::default() },
    );
    assert!(loaded.world.strings.get("openai:org:user:gone").is_none());
    find(&loaded, Subject::Identity, "openai:org:user:here");
    assert!(loaded.diagnostics.iter().any(|one| one.code == "superseded"), "{:?}", loaded.diagnostics);
}

/// A list that has something in it is not empty, whatever that is.
#[test]
fn members_that_are_no_objects_are_rejected_where_they_stand() {
    for (source, text) in [
        ("openai-keys", r#"{"object": "list", "data": [1, null], "has_more": false}"#),
        ("openai-keys", r#"{"object": "list", "data": ["x", []], "first_id": null, "has_more": false}"#),
        ("anthropic-keys", r#"{"data": [1, null], "has_more": false, "first_id": null, "last_id": null}"#),
    ] {
        let loaded = one("answer.json", text);
        let places: Vec<&str> = loaded.rejected.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(
            (loaded.exports[0].source, places.as_slice()),
            (Some(source), &["/data/0", "/data/1"][..]),
            "{text}"
        );
        assert_eq!(loaded.rejected_count, 2);
    }
}

#[test]
fn files_that_are_no_lists_are_left_out_with_what_to_do() {
    for (text, why) in [
        (r#"{"error": {"message": "CANARY", "type": "invalid_request_error"}}"#, "an error message"),
        (r#"{"type": "error", "error": {"type": "authentication_error", "message": "CANARY"}}"#, "an error message"),
        (
            r#"{"object": "organization.admin_api_key", "id": "key_1", "redacted_value": "sk-admin...xyz", "value": "CANARY"}"#,
            "live secret: delete this file",
        ),
        (
            r#"{"object": "organization.project.service_account", "id": "s", "api_key": {"value": "CANARY", "id": "k"}}"#,
            "live secret of its key: delete this file",
        ),
        (
            r#"{"object": "organization.project.service_account.api_key", "value": "CANARY", "created_at": 1, "id": "k"}"#,
            "live secret: delete this file",
        ),
        (r#"{"object": "list", "data": [], "has_more": false}"#, "empty, or of a kind that gives no facts"),
    ] {
        let loaded = one("answer.json", text);
        assert!(loaded.exports[0].source.is_none(), "{text}");
        assert!(loaded.exports[0].took_for.contains(why), "{}", loaded.exports[0].took_for);
        assert!(!loaded.exports[0].took_for.contains("CANARY"));
    }
}

/// The whole program: who is recognised as AI-connected and why, and no text that may be secret in any output.
#[test]
fn judged() {
    let run = check(&fixture("ai-apis"), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let results = run.results();
    for (name, bytes) in run.files() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        for planted in ["CANARY", "You answer questions", "Zr7A", "QxAA"] {
            assert!(!text.contains(planted), "{name}: {planted}");
        }
    }
    let failed = |check: &str| -> Vec<String> {
        let findings = results["findings"].as_array().unwrap().iter();
        let of = findings.filter(|finding| finding["check_run"] == check);
        of.map(|finding| finding["subject"]["id"].as_str().unwrap().to_owned()).collect()
    };
    // That a person's key was used says with low confidence alone that software has it.
    assert_eq!(failed("ai-identity-not-a-person"), [] as [String; 0]);
    assert_eq!(
        failed("ai-identity-without-static-key"),
        [
            format!("{ANTHROPIC}:api_client:apikey_01Proof"),
            format!("{ANTHROPIC}:service_account:svac_01Index"),
            format!("{OPENAI}:service_account:svc_acct_reader"),
            format!("{OPENAI}:user:user-kaveh"),
        ]
    );
    let population = |check: &str| {
        let checks = results["checks"].as_array().unwrap();
        checks.iter().find(|one| one["id"] == check).map(|one| one["population"]["size"].clone())
    };
    // Not: an administrator's key, a switched-off key, an account without a key, people without a used key.
    assert_eq!(population("ai-identity-declared"), Some(Value::from(5)));
    // A finding points at the field that it rests on.
    let rests = results["findings"].to_string();
    assert!(rests.contains("/data/0/expires_at"), "places are pointers into the answer");
}
