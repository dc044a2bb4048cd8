//! What a model provider's answer says in a word that nobody documents, or leaves out, is not known: nobody is shown by it not to be
//! AI-connected.

use serde_json::{Value, json};

use crate::support::{Run, check, verdicts};

/// A run over lists of an organisation; that of its keys is said to be whole.
fn run(system: &str, files: &[(&str, &[Value])]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("answers")).unwrap();
    for (name, data) in files {
        let page = json!({"data": data, "has_more": false});
        let page = if system == "openai" { changed(page, "/object", Some(json!("list"))) } else { page };
        std::fs::write(folder.path().join("answers").join(name), page.to_string()).unwrap();
    }
    let manifest =
        format!("[[exports]]\npath = \"answers/*\"\nscope = \"{system}:org-x\"\nenumerates = [\"api_keys\"]\n");
    std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
    check(folder.path(), &[])
}

/// Whether an identity is AI-connected: `f` where it is, since it has a key, `-` where it is not, `u` where that is open.
fn connected(run: &Run, id: &str) -> char {
    let all = verdicts(run);
    all.get("ai-identity-without-static-key").and_then(|letters| letters.get(id)).copied().unwrap_or('-')
}

fn changed(mut value: Value, pointer: &str, to: Option<Value>) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match to {
        Some(to) => parent.insert(name.to_owned(), to),
        None => parent.remove(name),
    };
    value
}

#[test]
fn words_of_openai() {
    let account = json!({"object": "organization.project.service_account", "id": "sa_1", "name": "bot", "created_at": 1756713600});
    let key = json!({
        "object": "organization.project.api_key", "id": "key_1", "name": "k", "redacted_value": "sk-svcac...q3Yx",
        "created_at": 1756713600, "owner_project_access": "active",
        "owner": {"type": "service_account", "service_account": account},
    });
    let of = |key: Value| run("openai", &[("accounts.json", std::slice::from_ref(&account)), ("keys.json", &[key])]);
    let id = "openai:org-x:service_account:sa_1";
    assert_eq!(connected(&of(key.clone()), id), 'f');
    for (pointer, to, want) in [
        ("/owner_project_access", None, 'f'),
        ("/owner_project_access", Some(json!("ACTIVE?")), 'u'),
        ("/owner/type", Some(json!("robot")), 'u'),
        ("/owner/type", None, 'u'),
        ("/owner", None, 'u'),
    ] {
        let run = of(changed(key.clone(), pointer, to.clone()));
        assert_eq!(connected(&run, id), want, "{pointer} {to:?}");
    }
    let told = of(changed(key, "/owner_project_access", Some(json!("ACTIVE?")))).results()["quality"].to_string();
    assert!(told.contains("no word that OpenAI documents") && !told.contains("ACTIVE?"), "{told}");
}

#[test]
fn a_user_of_openai_who_may_be_a_service_account() {
    let user = json!({"object": "organization.user", "id": "user-1", "name": "bot", "added_at": 1756713600, "is_service_account": true});
    let key = json!({
        "object": "organization.project.api_key", "id": "key_1", "name": "k", "redacted_value": "sk-svcac...q3Yx",
        "created_at": 1756713600, "last_used_at": null, "owner": {"type": "user", "user": {"id": "user-1"}},
    });
    let of = |said: Option<Value>| {
        let user = changed(user.clone(), "/is_service_account", said);
        run("openai", &[("keys.json", std::slice::from_ref(&key)), ("users.json", &[user])])
    };
    let id = "openai:org-x:user:user-1";
    assert_eq!(connected(&of(Some(json!(true))), id), 'f');
    assert_eq!(connected(&of(Some(json!(false))), id), '-');
    let open = of(None);
    assert_eq!(connected(&open, id), 'u');
    let results = open.results();
    let gaps = results["gaps"].as_array().unwrap().iter();
    let remedies: Vec<&str> = gaps.filter_map(|gap| gap["remedy"]["text"].as_str()).collect();
    assert!(remedies.iter().any(|text| text.contains("state `kind` for these users of openai:org-x")), "{remedies:#?}");
}

#[test]
fn words_of_anthropic() {
    let key = json!({
        "type": "api_key", "id": "apikey_1", "name": "k", "status": "active", "workspace_id": "wrkspc_1",
        "created_at": "2025-10-30T23:58:27Z", "expires_at": null, "partial_key_hint": "sk-ant-api03-R2D...igAA",
    });
    let of = |key: Value| run("anthropic", &[("keys.json", &[key])]);
    let id = "anthropic:org-x:api_client:apikey_1";
    for (pointer, to, want) in [
        ("/status", Some(json!("active")), 'f'),
        ("/status", Some(json!("inactive")), '-'),
        ("/status", Some(json!("paused")), 'u'),
        ("/status", None, 'u'),
        ("/workspace_id", Some(Value::Null), 'f'),
        ("/workspace_id", None, 'u'),
        ("/scope", Some(json!({"type": "organization"})), '-'),
        ("/scope", Some(json!({"type": "planet"})), 'u'),
    ] {
        let run = of(changed(key.clone(), pointer, to.clone()));
        assert_eq!(connected(&run, id), want, "{pointer} {to:?}");
    }
    // What acts as something of another kind may act as any account.
    let account = json!({"type": "service_account", "id": "svac_1", "name": "bot", "organization_role": "developer", "archived_at": null, "description": null});
    let of = |principal: Value| {
        let key = changed(key.clone(), "/principal", Some(principal));
        run("anthropic", &[("accounts.json", std::slice::from_ref(&account)), ("keys.json", &[key])])
    };
    let id = "anthropic:org-x:service_account:svac_1";
    assert_eq!(connected(&of(json!({"service_account_id": "svac_1"})), id), 'f');
    assert_eq!(connected(&of(json!({"service_account_id": "svac_2"})), id), '-');
    assert_eq!(connected(&of(json!({"robot_id": "r"})), id), 'u');
}
