//! Where a server may hold a credential, and what is told of each place.

use std::collections::BTreeSet;

use super::*;

/// Each carrier that is not plain: its slot, its place and what stands there.
fn told(server: &str) -> Vec<String> {
    let server = server.replace("@S", SECRET);
    let server: Json<'_> = serde_json::from_str(&server).unwrap();
    let prompts = BTreeSet::from(["asked".to_owned()]);
    let (carriers, wrong) = Fields::new(&server).carriers(&prompts);
    assert_eq!(wrong, None);
    let what = |carrier: &Carrier<'_>| match &carrier.value {
        Value::Plain => None,
        Value::Empty => Some("empty".to_owned()),
        Value::Placeholder => Some("placeholder".to_owned()),
        Value::Reference { kept_in } => Some(format!("in {kept_in}")),
        Value::PublicId { id, .. } => Some(format!("id {id}")),
        Value::Literal { kind, .. } => Some(kind.name().to_owned()),
    };
    let one = |carrier: &Carrier<'_>| {
        let id = carrier.public_id.as_ref().map(|id| format!(" with {id}")).unwrap_or_default();
        Some(format!("{} at {}: {}{id}", carrier.slot, carrier.field, what(carrier)?))
    };
    carriers.iter().filter_map(one).collect()
}

const SECRET: &str = "9f86d081884c7d659a2feaa0c55ad015";

#[test]
fn the_environment() {
    let server = r#"{"command": "x", "env": {"API_KEY": "@S", "LOG_LEVEL": "debug", "PORT": 8080, "A_TOKEN": "",
        "B_TOKEN": "${B_TOKEN}", "C_TOKEN": "YOUR_TOKEN", "D": "${input:asked}", "E": "${input:other}", "NULL": null}}"#;
    assert_eq!(
        told(server),
        [
            "env:API_KEY at env.API_KEY: api_key",
            "env:A_TOKEN at env.A_TOKEN: empty",
            "env:B_TOKEN at env.B_TOKEN: in environment variable",
            "env:C_TOKEN at env.C_TOKEN: placeholder",
            "env:D at env.D: in asked of the user",
        ]
    );
    assert_eq!(
        told(r#"{"command": ["x"], "environment": {"API_KEY": "@S"}}"#),
        ["env:API_KEY at environment.API_KEY: api_key"]
    );
}

#[test]
fn the_id_and_the_secret_of_a_key_are_one() {
    let env = |env: &str| told(&format!(r#"{{"command": "x", "env": {{{env}}}}}"#));
    let secret = "kJ8fQz0Rv1/Lw7YtXn3BdP5sHmGcTa2eUoWi9KqZ";
    let id = "AKIA2UFRJ4P42EXAMPLE";
    assert_eq!(
        env(&format!(r#""AWS_ACCESS_KEY_ID": "{id}", "AWS_SECRET_ACCESS_KEY": "{secret}""#)),
        [format!("env:AWS_SECRET_ACCESS_KEY at env.AWS_SECRET_ACCESS_KEY: access_key with {id}")]
    );
    assert_eq!(
        env(&format!(r#""AWS_ACCESS_KEY_ID": "{id}", "AWS_SECRET_ACCESS_KEY": "${{env:S}}""#)),
        [format!("env:AWS_SECRET_ACCESS_KEY at env.AWS_SECRET_ACCESS_KEY: in environment variable with {id}")]
    );
    assert_eq!(
        env(&format!(r#""AWS_ACCESS_KEY_ID": "{id}""#)),
        [format!("env:AWS_ACCESS_KEY_ID at env.AWS_ACCESS_KEY_ID: id {id}")]
    );
    let two = format!(
        r#""A_AWS_ACCESS_KEY_ID": "{id}", "B_AWS_ACCESS_KEY_ID": "AKIA2UFRJ4P4REXAMPLE", "B_AWS_SECRET_ACCESS_KEY": "{secret}""#
    );
    assert_eq!(
        env(&two),
        [
            format!("env:A_AWS_ACCESS_KEY_ID at env.A_AWS_ACCESS_KEY_ID: id {id}"),
            "env:B_AWS_SECRET_ACCESS_KEY at env.B_AWS_SECRET_ACCESS_KEY: access_key with AKIA2UFRJ4P4REXAMPLE"
                .to_owned(),
        ]
    );
}

#[test]
fn arguments() {
    let args = |args: &str| told(&format!(r#"{{"command": "npx", "args": {args}}}"#));
    assert_eq!(args(r#"["-y", "pkg", "--token", "@S"]"#), ["arg:--token at args[3]: token"]);
    assert_eq!(args(r#"["pkg", "--api-key=@S", "--port", "80"]"#), ["arg:--api-key at args[1]: api_key"]);
    assert_eq!(args(r#"["pkg", "--key", "$MCP_KEY"]"#), ["arg:--key at args[2]: in environment variable"]);
    assert_eq!(args(r#"["pkg", "--access-token", "<token>"]"#), ["arg:--access-token at args[2]: placeholder"]);
    assert_eq!(args(r#"["pkg", "--token", "--verbose"]"#), [] as [&str; 0]);
    assert_eq!(args(r#"["pg", "postgresql://u:hunter2@db.example.org/x"]"#), ["arg:1:password at args[1]: password"]);
    assert_eq!(
        args(r#"["mcp-remote", "https://x.example.org/sse", "--header", "Authorization: Bearer @S"]"#),
        ["arg:--header:Authorization at args[3]: token"]
    );
    assert_eq!(
        args(r#"["mcp-remote", "https://x/sse", "--header", "Authorization:${AUTH_HEADER}"]"#),
        ["arg:--header:Authorization at args[3]: in environment variable"]
    );
    assert_eq!(args(r#"["pkg", "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo"]"#), ["arg:1 at args[1]: token"]);
    assert_eq!(args(r#"["-c", "API_KEY=@S exec pkg"]"#), ["arg:1:API_KEY at args[1][0]: api_key"]);
    assert_eq!(told(r#"{"command": "npx pkg --token @S"}"#), ["arg:--token at command[3]: token"]);
    assert_eq!(told(r#"{"command": ["npx", "--token", "@S"]}"#), ["arg:--token at command[2]: token"]);
}

#[test]
fn passwords_behind_a_letter() {
    let args = |command: &str, args: &str| told(&format!(r#"{{"command": "{command}", "args": {args}}}"#));
    assert_eq!(args("mysql", r#"["-uroot", "-p@S", "shop"]"#), ["arg:-p at args[1]: password"]);
    assert_eq!(args("npx", r#"["-y", "mysql-mcp", "-P", "3306", "-p", "@S"]"#), ["arg:-p at args[5]: password"]);
    assert_eq!(args("sh", r#"["-c", "sshpass -p @S ssh -p 22 host"]"#), ["arg:1:-p at args[1][2]: password"]);
    assert_eq!(told(r#"{"command": "mongosh -p @S"}"#), ["arg:-p at command[2]: password"]);
    for (command, list) in [
        ("npx", r#"["some-server", "-p", "@S"]"#),
        ("docker", r#"["run", "-p", "8080:80", "mysql"]"#),
        ("mysql", r#"["-p", "shop"]"#),
        ("mysql", r#"["-p${MYSQL_PWD}"]"#),
        ("mysql-mcp", r#"["-p", "3306"]"#),
    ] {
        assert_eq!(args(command, list), [] as [&str; 0], "{command} {list}");
    }
}

#[test]
fn containers_are_given_variables() {
    let server = r#"{"command": "docker", "args": ["run", "-i", "--rm", "-e", "GITHUB_TOKEN", "-e", "OTHER_TOKEN", "-e",
        "API_KEY=@S", "--env=X_SECRET=@S", "--env-file", "/srv/.env", "-e", "LOG_LEVEL", "image"],
        "env": {"GITHUB_TOKEN": "@S"}}"#;
    assert_eq!(
        told(server),
        [
            "env:GITHUB_TOKEN at env.GITHUB_TOKEN: token",
            "arg:-e:OTHER_TOKEN at args[6]: in environment variable",
            "arg:-e:API_KEY at args[8]: api_key",
            "arg:-e:X_SECRET at args[9]: client_secret",
            "arg:--env-file at args[11]: in file",
        ]
    );
}

#[test]
fn headers_addresses_and_other_fields() {
    let server = r#"{"type": "http", "url": "https://u:hunter2@x.example.org/mcp?api_key=@S&mode=a",
        "headers": {"Authorization": "Bearer @S", "X-API-Key": "${env:K}", "Accept": "*/*"},
        "auth": {"CLIENT_ID": "abc", "CLIENT_SECRET": "@S"}, "envFile": ".env", "oauth": {"scopes": ["@S"]},
        "alwaysAllow": ["get_token"]}"#;
    assert_eq!(
        told(server),
        [
            "header:Authorization at headers.Authorization: token",
            "header:X-API-Key at headers.X-API-Key: in environment variable",
            "url:password at url: password",
            "url:?api_key at url: api_key",
            "envFile at envFile: in file",
            "field:auth.CLIENT_SECRET at auth.CLIENT_SECRET: client_secret",
        ]
    );
    for (address, expected) in [
        ("${HOST}/mcp?api_key=@S", "url:?api_key at url: api_key"),
        ("${HOST:-https://u:hunter2@x.example.org}/mcp", "url:password at url: password"),
        ("{env:HOST}/mcp?api_key=${env:KEY}", "url:?api_key at url: in environment variable"),
    ] {
        assert_eq!(told(&format!(r#"{{"url": "{address}"}}"#)), [expected]);
    }
    let codex = r#"{"url": "https://x.example.org", "bearer_token_env_var": "T", "env_vars": ["A_TOKEN", "HOME"],
        "env_http_headers": {"Authorization": "T", "X-Client": "C"}, "bearer_token": "@S"}"#;
    assert_eq!(
        told(codex),
        [
            "bearer_token_env_var at bearer_token_env_var: in environment variable",
            "header:Authorization at env_http_headers.Authorization: in environment variable",
            "env:A_TOKEN at env_vars: in environment variable",
            "field:bearer_token at bearer_token: token",
        ]
    );
}

#[test]
fn fields_of_goose_and_continue() {
    let goose = r#"{"type": "stdio", "cmd": "npx", "args": ["--token", "@S"], "envs": {"A_TOKEN": "@S", "A_URL": "https://a.example.org"},
        "env_keys": ["B_TOKEN", "REGION"], "available_tools": ["get_token"], "bundled": null}"#;
    assert_eq!(
        told(goose),
        ["env:A_TOKEN at envs.A_TOKEN: token", "arg:--token at args[1]: token", "env:B_TOKEN at env_keys: in keychain"]
    );
    let far = r#"{"type": "streamable_http", "uri": "https://x.example.org/mcp?key=@S", "headers": {"Authorization": "Bearer @S"}}"#;
    assert_eq!(told(far), ["header:Authorization at headers.Authorization: token", "url:?key at uri: api_key"]);
    let older = r#"{"enabled": true, "config": {"type": "stdio", "cmd": "npx", "envs": {"A_TOKEN": "@S"}}}"#;
    assert_eq!(told(older), ["env:A_TOKEN at envs.A_TOKEN: token"]);
    let listed = r#"{"name": "a", "url": "https://x.example.org", "requestOptions": {"headers": {"X-Api-Key": "@S"},
        "clientCertificate": {"cert": "/a.pem", "passphrase": "@S"}}}"#;
    assert_eq!(
        told(listed),
        [
            "header:X-Api-Key at requestOptions.headers.X-Api-Key: api_key",
            "field:requestOptions.clientCertificate.passphrase at requestOptions.clientCertificate.passphrase: password",
        ]
    );
}

#[test]
fn names_of_variables_and_of_tools_are_no_secrets() {
    let server = r#"{"command": "x", "bearerTokenEnvVar": "ACME_CORP_PRODUCTION_TOKEN", "api_key_env": "ACME_CORP_PRODUCTION_KEY",
        "env_vars": [{"name": "C_TOKEN", "source": "remote"}], "envHeaders": {"Authorization": "ACME_CORP_PRODUCTION_TOKEN"},
        "headersHelper": "/opt/headers.sh --token", "autoApprove": ["@S", "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo"],
        "alwaysApprove": ["rotate_token"], "alwaysAllow": ["ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo"], "disabledTools": ["get_token"],
        "transportType": "stdio", "timeout": 60, "tools": {"get_token": {"approval_mode": "approve"}}}"#;
    assert_eq!(
        told(server),
        [
            "headersHelper at headersHelper: in command",
            "api_key_env at api_key_env: in environment variable",
            "bearerTokenEnvVar at bearerTokenEnvVar: in environment variable",
            "header:Authorization at envHeaders.Authorization: in environment variable",
            "env:C_TOKEN at env_vars: in environment variable",
            // What has a provider's form is a secret wherever it stands.
            "field:autoApprove[1] at autoApprove[1]: token",
            "field:alwaysAllow[0] at alwaysAllow[0]: token",
        ]
    );
    let server: Json<'_> = serde_json::from_str(server).unwrap();
    assert_eq!(Fields::new(&server).unasked(), 5);
}

#[test]
fn what_a_client_brings_itself() {
    for (server, expected) in [
        (r#"{"source": "extension", "settings": {}}"#, Some("a")),
        (r#"{"enabled": true, "settings": {"token": "x"}}"#, Some("a")),
        (r#"{"type": "builtin", "name": "developer"}"#, Some("developer")),
        (r#"{"type": "registry"}"#, Some("a")),
        (r#"{"uses": "example/pages-mcp"}"#, Some("example/pages-mcp")),
        (r#"{"type": "stdio"}"#, None),
        (r#"{"enabled": true}"#, None),
    ] {
        let server: Json<'_> = serde_json::from_str(server).unwrap();
        assert_eq!(Fields::new(&server).brought("a"), expected);
    }
}

#[test]
fn what_stands_one_level_deeper() {
    let continued = r#"{"transport": {"type": "stdio", "command": "npx", "args": ["--token", "@S"]}}"#;
    assert_eq!(told(continued), ["arg:--token at args[1]: token"]);
    let zed =
        r#"{"source": "custom", "command": {"path": "npx", "args": ["--token", "@S"], "env": {"A_TOKEN": "@S"}}}"#;
    assert_eq!(told(zed), ["env:A_TOKEN at env.A_TOKEN: token", "arg:--token at args[1]: token"]);
}

#[test]
fn wrong_types_are_told() {
    for (server, expected) in [
        (r#"{"command": "x", "env": ["A=b"]}"#, "`env` should be an object"),
        (r#"{"command": "x", "args": 0}"#, "`args` should be a list of texts"),
        (r#"{"command": "x", "args": {"a": 1}}"#, "`args` should be a list of texts"),
        (r#"{"command": "x", "args": [["a"]]}"#, "`args` should be a list of texts"),
        (r#"{"command": [null]}"#, "`command` should be a list of texts"),
        (r#"{"url": "https://x", "headers": "x"}"#, "`headers` should be an object"),
        (
            r#"{"url": "https://x", "headers": {"Authorization": ["Bearer x"]}}"#,
            "`headers.Authorization` should be a text",
        ),
        (r#"{"url": "https://x", "headers": {"Authorization": {"a": 1}}}"#, "`headers.Authorization` should be a text"),
        (
            r#"{"url": "https://x", "http_headers": {"Authorization": 5}}"#,
            "`http_headers.Authorization` should be a text",
        ),
        (r#"{"command": "x", "url": ["https://x"]}"#, "`url` should be a text"),
        (r#"{"url": "https://x", "bearer_token_env_var": ["A"]}"#, "`bearer_token_env_var` should be a text"),
        (r#"{"url": "https://x", "env_http_headers": ["A"]}"#, "`env_http_headers` should be an object"),
        (r#"{"command": "x", "env_vars": "A_TOKEN"}"#, "`env_vars` should be a list"),
        (r#"{"command": "x", "headersHelper": {}}"#, "`headersHelper` should be a text"),
    ] {
        let server: Json<'_> = serde_json::from_str(server).unwrap();
        let told = Fields::new(&server).carriers(&BTreeSet::new()).1;
        assert_eq!(told.as_deref(), Some(expected));
    }
    let fine = r#"{"url": "https://x", "headers": {"X-Timeout": 30, "Authorization": null}, "env_vars": null, "envFile": null}"#;
    assert_eq!(Fields::new(&serde_json::from_str(fine).unwrap()).carriers(&BTreeSet::new()).1, None);
}

const TOKEN: &str = "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo";

#[test]
fn fields_that_nobody_knows_are_looked_into_to_their_end() {
    let pairs = r#"{"url": "https://x", "customHeaders": [{"name": "Authorization", "value": "Bearer @S"}, {"name": "Accept", "value": "*/*"}]}"#;
    assert_eq!(told(pairs), ["field:customHeaders[0].value at customHeaders[0].value: token"]);
    let object = r#"{"url": "https://x", "token": {"value": "@S"}}"#;
    assert_eq!(told(object), ["field:token.value at token.value: token"]);
    let place = vec!["a"; 40].join(".");
    let deep =
        format!(r#"{{"command": "x", {}{{"token": "@S"}}{}}}"#, r#""a": {"#.repeat(39) + r#""a": "#, "}".repeat(39));
    assert_eq!(told(&deep), [format!("field:{place}.token at {place}.token: token")]);
    let long = format!(r#"{{"command": "x", "{}": {{"token": "x"}}}}"#, "a".repeat(5000));
    let long: Json<'_> = serde_json::from_str(&long).unwrap();
    let wrong = Fields::new(&long).carriers(&BTreeSet::new()).1.unwrap();
    assert!(wrong.contains("lies too deep"), "{wrong}");
}

#[test]
fn a_secret_of_a_known_form_is_one_wherever_it_stands() {
    let literals = |server: &str| -> Vec<String> {
        let server = server.replace("@T", TOKEN);
        let server: Json<'_> = serde_json::from_str(&server).unwrap();
        let (found, _) = Fields::new(&server).carriers(&BTreeSet::new());
        found.iter().filter(|one| one.value.is_literal()).map(|one| one.field.clone()).collect()
    };
    for (server, expected) in [
        (r#"{"command": "x", "env": {"A_TOKEN": "vault:@T"}}"#, "env.A_TOKEN"),
        (r#"{"command": "x", "env": {"A_TOKEN": "env:@T"}}"#, "env.A_TOKEN"),
        (r#"{"command": "x", "env": {"A_TOKEN": "$(echo @T)"}}"#, "env.A_TOKEN"),
        (r#"{"command": "x", "env": {"A_TOKEN": "${A_TOKEN-@T}"}}"#, "env.A_TOKEN"),
        (r#"{"url": "https://x", "headers": {"Authorization": "Bearer $(echo @T)"}}"#, "headers.Authorization"),
        (r#"{"url": "https://x", "bearer_token_env_var": "@T"}"#, "bearer_token_env_var"),
        (
            r#"{"url": "https://x", "env_http_headers": {"Authorization": "Bearer @T"}}"#,
            "env_http_headers.Authorization",
        ),
        (r#"{"command": "x", "env_vars": ["HOME", "X_TOKEN=@T"]}"#, "env_vars[1]"),
        (r#"{"url": "https://x", "headersHelper": "echo Bearer @T"}"#, "headersHelper"),
        (r#"{"command": "/opt/x --token @T"}"#, "command"),
        (r#"{"command": "x", "name": "@T"}"#, "name"),
        (r#"{"command": "x", "type": "@T"}"#, "type"),
        (r#"{"command": "x", "cwd": "/srv/@T"}"#, "cwd"),
        (r#"{"command": "x", "timeout": "@T"}"#, "timeout"),
        // What is told by its own place is told once.
        (r#"{"command": "x", "env": {"A_TOKEN": "@T"}}"#, "env.A_TOKEN"),
        (r#"{"command": "x --token @T"}"#, "command[2]"),
        (r#"{"command": "sh", "args": ["-c", "A=1 x --token @T"]}"#, "args[1][3]"),
        (r#"{"transport": {"command": "x", "env": {"A_TOKEN": "@T"}}}"#, "env.A_TOKEN"),
        (r#"{"command": {"path": "x", "args": ["--token", "@T"]}}"#, "args[1]"),
        (r#"{"url": "https://x/?token=@T"}"#, "url"),
        (r#"{"url": "https://x", "auth": {"token": "@T"}}"#, "auth.token"),
        // And so is what stands where nothing can be read.
        (r#"{"url": "https://x", "headers": {"Authorization": ["Bearer @T"]}}"#, "headers.Authorization[0]"),
        (r#"{"command": "x", "env": ["A_TOKEN=@T"]}"#, "env[0]"),
    ] {
        assert_eq!(literals(server), [expected], "{server}");
    }
}
