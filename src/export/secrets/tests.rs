//! Examples both ways: what is a secret, and what only looks like one.

use super::*;

/// What a value is, in a word, so that a failing test prints no secret.
fn what(name: &str, text: &str) -> String {
    match value(name, text) {
        Value::Empty => "empty".to_owned(),
        Value::Reference { kept_in } => format!("in {kept_in}"),
        Value::Placeholder => "placeholder".to_owned(),
        Value::Plain => "plain".to_owned(),
        Value::PublicId { system, .. } => format!("id of {system}"),
        Value::Literal { kind, system, .. } => format!("{} of {}", kind.name(), system.unwrap_or("?")),
    }
}

/// Characters without a pattern, as many as wanted.
fn body(length: usize) -> String {
    "q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo".chars().cycle().take(length).collect()
}

#[track_caller]
fn all(expected: &str, cases: &[(&str, &str)]) {
    for (name, text) in cases {
        assert_eq!(what(name, text), expected, "{name} = {text}");
    }
}

#[test]
fn secrets_by_their_form() {
    let cases = [
        ("token of github", "ghp_", 36),
        ("token of github", "github_pat_", 82),
        ("token of gitlab", "glpat-", 20),
        ("api_key of anthropic", "sk-ant-api03-", 95),
        ("api_key of openai", "sk-proj-", 60),
        ("api_key of ?", "sk-", 48),
        ("token of slack", "xoxb-", 40),
        ("api_key of gcp", "AIza", 35),
        ("token of huggingface", "hf_", 34),
        ("token of supabase", "sbp_", 40),
        ("token of npm", "npm_", 36),
        ("token of digitalocean", "dop_v1_", 64),
        ("token of vault", "hvs.", 90),
        ("api_key of stripe", "sk_live_", 24),
        ("api_key of stripe", "sk_live_", 12),
        ("api_key of stripe", "rk_live_", 24),
        ("token of hubspot", "pat-na1-", 36),
        ("api_key of tailscale", "tskey-auth-", 30),
        ("token of doppler", "dp.st.prod.", 43),
        ("api_key of tavily", "tvly-", 32),
    ];
    for (expected, prefix, length) in cases {
        let secret = format!("{prefix}{}", body(length));
        // The name may say nothing, and quotes or a scheme may stand around it.
        for text in [secret.clone(), format!("\"{secret}\""), format!("Bearer {secret}"), format!("x={secret}")] {
            assert_eq!(what("", &text), expected, "{prefix}");
            assert_eq!(what("ANY_NAME", &text), expected, "{prefix}");
        }
    }
    // A name may say that everybody may have it, which no provider says of a key of this form.
    for name in ["STRIPE", "STRIPE_PUBLISHABLE_KEY", "CACHE_KEY", "PATH", "STRIPE_MODE"] {
        assert_eq!(what(name, &format!("rk_live_{}", body(24))), "api_key of stripe", "{name}");
    }
    let jwt = format!("eyJ{}.eyJ{}.{}", body(30), body(60), body(40));
    assert_eq!(what("X", &jwt), "token of ?");
    assert_eq!(what("SLACK_X", &jwt), "token of slack");
    let pem = format!("-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----", body(300));
    assert_eq!(what("X", &pem), "other of ?");
    assert_eq!(what("SSH_PRIVATE_KEY", &pem), "ssh_key of ?");
    assert_eq!(what("X", "-----BEGIN CERTIFICATE-----\nMIIB\n"), "plain");
    assert_eq!(what("AWS_ACCESS_KEY_ID", "AKIAI44QH8DHBEXAMPLE"), "id of aws");
}

#[test]
fn secrets_by_their_names() {
    let hex = "9f86d081884c7d659a2feaa0c55ad015";
    all("api_key of ?", &[("API_KEY", hex), ("--api-key", hex), ("apiKey", hex), ("X-API-Key", hex), ("KEY", hex)]);
    all("token of ?", &[("AUTH_TOKEN", hex), ("--token", hex), ("Authorization", hex), ("SESSION_COOKIE", hex)]);
    all("token of github", &[("GITHUB_TOKEN", hex), ("GITHUB_PERSONAL_ACCESS_TOKEN", hex)]);
    all("password of ?", &[("PASSWORD", "hunter2"), ("DB_PASS", "12345"), ("password", "correct horse battery")]);
    all("password of postgresql", &[("POSTGRES_PASSWORD", "postgres"), ("PGPASSWORD", "s3cr3t!")]);
    let long = "kJ8fQz0Rv1/Lw7YtXn3BdP5sHmGcTa2eUoWi9KqZ";
    // Base64 may begin like a path.
    let rooted = "/J8fQz0Rv1/Lw7YtXn3BdP5sHmGcTa2eUoWi9KqZ";
    all("access_key of aws", &[("AWS_SECRET_ACCESS_KEY", long), ("AWS_SECRET_ACCESS_KEY", rooted)]);
    all("client_secret of entra", &[("AZURE_CLIENT_SECRET", long)]);
    all("client_secret of ?", &[("OAUTH_CLIENT_SECRET", long)]);
}

#[test]
fn a_header_says_how_it_proves() {
    assert_eq!(what("Authorization", "Bearer 4f7c2d9ab1e84d"), "token of ?");
    assert_eq!(what("Authorization", "Basic dXNlcjpodW50ZXIy"), "password of ?");
    assert_eq!(what("Authorization", "Basic ${B64}"), "in environment variable");
    assert_eq!(what("Authorization", "Bearer ${input:token}"), "in asked of the user");
    assert_eq!(what("Authorization", "Bearer YOUR_TOKEN"), "placeholder");
    assert_eq!(what("Authorization", "Bearer <token>"), "placeholder");
    assert_eq!(what("Content-Type", "application/json"), "plain");
}

#[test]
fn addresses_and_connection_strings() {
    let secret = body(32);
    let of = |text: String| what("", &text);
    assert_eq!(of("postgresql://app:s3cr3tpw@db.example.org:5432/app".to_owned()), "password of postgresql");
    assert_eq!(of("mongodb+srv://u:p%40ssw0rd9@c.example.net/x".to_owned()), "password of mongodb");
    assert_eq!(of(format!("https://api.example.org/mcp?api_key={secret}")), "api_key of ?");
    assert_eq!(of(format!("https://ghp_{}@github.com/o/r.git", body(36))), "token of github");
    assert_eq!(of(format!("https://mcp.example.org/ghp_{}/sse", body(36))), "token of github");
    let hook = format!("https://hooks.slack.com/services/T0/B0/{}", body(24));
    assert_eq!(of(hook), "token of slack");
    let account = format!("DefaultEndpointsProtocol=https;AccountName=x;AccountKey={secret}==");
    assert_eq!(of(account), "access_key of azure");
    assert_eq!(of("Server=db;User Id=sa;Password=s3cr3tpw".to_owned()), "password of ?");
    for jdbc in [
        "jdbc:postgresql://db.example.org/app?user=app&password=s3cr3tpw",
        "jdbc:mysql://db.example.org:3306/app?a=b;password=s3cr3tpw",
        "JDBC:sqlserver://db.example.org:1433;databaseName=app;user=sa;password=s3cr3tpw;encrypt=true",
    ] {
        assert_eq!(of(jdbc.to_owned()), "password of ?", "{jdbc}");
        for shown in [super::masked_command(jdbc), super::masked_words(jdbc)] {
            assert!(!shown.contains("s3cr3tpw") && shown.contains("db.example.org"), "{shown}");
        }
    }
    all(
        "plain",
        &[
            ("API_URL", "https://api.example.org/v1"),
            ("DATABASE_URL", "postgresql://db.example.org/app"),
            ("DATABASE_URL", "postgresql://app@db.example.org/app?sslmode=require"),
            ("SENTRY_DSN", "https://0a1b2c3d4e5f@o1.ingest.example.org/2"),
            ("TOKEN_URL", "https://login.example.org/oauth/token?tenant=acme"),
            ("PATHS", "a=b;c=d"),
        ],
    );
    all("in environment variable", &[("", "postgresql://app:${DB_PASSWORD}@db/app"), ("", "https://x/?key=$MCP_KEY")]);
    all(
        "placeholder",
        &[
            ("", "postgresql://user:password@localhost/db"),
            ("", "https://api.example.org/?api_key=YOUR_API_KEY"),
            ("", "postgresql://user:<password>@localhost/db"),
        ],
    );
    let url = urls::Url::new("https://u:p@h.example.org:8/a/ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo/b?k=v#f").unwrap();
    assert_eq!(url.shown(), "https://h.example.org:8/a/…/b");
}

#[test]
fn references_say_where_a_secret_is_kept() {
    let variables =
        ["${TOKEN}", "$TOKEN", "${env:TOKEN}", "{env:TOKEN}", "%TOKEN%", "{{TOKEN}}", "$env:TOKEN", "env:TOKEN"];
    for text in variables {
        assert_eq!(what("GITHUB_TOKEN", text), "in environment variable", "{text}");
        assert_eq!(what("", text), "in environment variable", "{text}");
    }
    let cases = [
        ("${input:github}", "asked of the user"),
        ("${{ secrets.GH }}", "secret store"),
        ("${{ inputs.GH }}", "asked of the user"),
        ("op://Private/GitHub/token", "1Password"),
        ("ENC[AES256_GCM,data:Tr7o=,iv:x,tag:y,type:str]", "SOPS"),
        ("{cipher}682bc583f4641835fa2db009355293665d2647dade3375c0ee201de2a49f7bda", "encrypted setting"),
        ("os.environ['TOKEN']", "environment variable"),
        ("@/etc/token", "file"),
        ("vault:secret/data/mcp#token", "HashiCorp Vault"),
        ("keychain:github", "keychain"),
        ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:x", "AWS Secrets Manager"),
        ("projects/p/secrets/s/versions/latest", "Google Secret Manager"),
        ("https://kv.vault.azure.net/secrets/s", "Azure Key Vault"),
        ("{file:~/.secrets/openai}", "file"),
        ("$(pass show github)", "command"),
        ("/run/secrets/github/token", "file"),
        ("~/.config/token", "file"),
        ("prefix-${TOKEN}", "environment variable"),
        ("${TOKEN:-}", "environment variable"),
        ("${TOKEN:-changeme}", "environment variable"),
        ("${user_config.github_token}", "asked of the user"),
        ("${file:/run/secrets/github}", "file"),
        ("${{secrets.GITHUB}}", "secret store"),
        ("Bearer {env:TOKEN}", "environment variable"),
        ("prefix-{env:TOKEN}", "environment variable"),
        ("$(echo Bearer $TOKEN)", "command"),
        ("Bearer $(cat ~/.github)", "command"),
        ("key=$GITHUB_TOKEN", "environment variable"),
        ("$COPILOT_MCP_GITHUB", "environment variable"),
    ];
    for (text, kept) in cases {
        assert_eq!(what("GITHUB_TOKEN", text), format!("in {kept}"), "{text}");
    }
    // A password may have a dollar sign in it.
    assert_eq!(what("PASSWORD", "pa-$WORD"), "password of ?");
    assert_eq!(what("GITHUB_TOKEN", "9f86d0$AB"), "token of github");
    let headers = |value: &str| {
        what(
            "OPENAPI_MCP_HEADERS",
            &format!(r#"{{"Notion-Version": "2022-06-28", "Authorization": "Bearer {value}"}}"#),
        )
    };
    assert_eq!(headers("$NOTION_API_KEY"), "in environment variable");
    assert_eq!(headers("9f86d081884c7d659a2feaa0"), "token of ?");
    assert_eq!(headers("<your token>"), "placeholder");
    all(
        "plain",
        &[("TOKEN_FORMAT", r#"{"a": "b"}"#), ("X", r#"{"a": 1}"#), ("bearerTokenEnvVar", "ACME_CORP_GITHUB_TOKEN")],
    );
    all("in file", &[("GOOGLE_APPLICATION_CREDENTIALS", "/home/a/key.json"), ("PASSWORD_FILE", "/run/secrets/db")]);
    // What stands after `:-` is used where the variable is not set.
    assert_eq!(what("GITHUB_TOKEN", &format!("${{TOKEN:-ghp_{}}}", body(36))), "token of github");
}

#[test]
fn placeholders_are_no_secrets() {
    let texts = [
        "YOUR_API_KEY",
        "your-api-key-here",
        "<token>",
        "<YOUR TOKEN>",
        "xxx",
        "xxxxxxxx",
        "XXXX-XXXX",
        "changeme",
        "change-me",
        "***",
        "sk-...",
        "sk-ant-...",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "REPLACE_ME",
        "replace-with-your-key",
        "example",
        "example-token",
        "token",
        "api_key",
        "my-secret-token",
        "GITHUB_TOKEN",
        "github-token",
        "[your key]",
        "{API_KEY}",
        "sk-1234567890abcdef1234567890abcdef",
        "1234567890abcdef",
        "00000000-0000-0000-0000-000000000000",
        "insert your token here",
        "sk-proj-YOUR_KEY_GOES_IN_HERE_PLEASE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "ghp_abc…",
        "TODO",
        "redacted",
        "sk_live_my_secret_key",
        "sk_live_xxxxxxxxxxxx",
        "rk_live_1234567890",
    ];
    for text in texts {
        assert_eq!(what("GITHUB_TOKEN", text), "placeholder", "{text}");
    }
    // A document of its own under such a name is no placeholder.
    all("other of ?", &[("SERVICE_CREDENTIALS", "{\"user\": \"app\", \"password\": \"hunter2\"}")]);
    all("placeholder", &[("PASSWORD", "password"), ("DB_PASSWORD", "your_password"), ("PASSWORD", "changeme")]);
}

#[test]
fn what_is_no_credential_is_plain() {
    all(
        "plain",
        &[
            ("AWS_REGION", "eu-west-1"),
            ("LOG_LEVEL", "debug"),
            ("MAX_TOKENS", "4096"),
            ("TOKEN_LIMIT", "100000"),
            ("USE_TOKEN", "true"),
            ("AUTH", "none"),
            ("AUTH_TYPE", "oauth2"),
            ("PWD", "/home/anna/projects"),
            ("SORT_KEY", "created_at"),
            ("SECRET_NAME", "prod/mcp/github"),
            ("TRUSTED_FOLDERS", "~/Documents/a;~/Documents/b"),
            ("SNYK_API", "https://api.example.org"),
            ("PATH", "/usr/bin:/bin"),
            ("", "tests/mcp_servers/weather_server.py"),
            ("", "@modelcontextprotocol/server-github"),
            ("", "9f86d081884c7d659a2feaa0c55ad015"),
            ("GREETING", "Bot Smith-Miller"),
            ("DESCRIPTION", "Basic auth for the warehouse"),
            ("JWT_AUDIENCE", "my-api-audience-of-production"),
            ("SECRET_BACKEND", "vault-kv-production-1"),
            ("CACHE_KEY", "npm_cache-of-the-build-of-the-shop-web-1"),
            ("CACHE_KEY", "rnd_cache_of_the_shop_web"),
            ("STRIPE_MODE", "sk_test_environment1"),
            ("HOME_DIR", "${HOME}"),
            ("", "${workspaceFolder}/server.py"),
            ("", "${workspaceFolder}"),
            ("NAME", "$USER"),
            ("STRIPE", "sk_live_mode"),
            ("STRIPE", "sk_live_something"),
            ("CACHE_KEY", "sk-user-session-cache-of-the-shop"),
            ("GOOGLE_MAPS_PUBLIC_KEY", "AIzaSyq7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe"),
            ("", "file:///srv/data"),
            ("", "raise Exception(\"Invalid Server\")"),
            (
                "SUPABASE_ANON_KEY",
                "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYW5vbiJ9.q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaW",
            ),
        ],
    );
    all("empty", &[("GITHUB_TOKEN", ""), ("GITHUB_TOKEN", "  "), ("GITHUB_TOKEN", "\"\"")]);
}

#[test]
fn one_secret_has_one_print_wherever_it_stands() {
    let key = RunKey::default();
    let token = format!("ghp_{}", body(36));
    let print = |name: &str, text: &str| match value(name, text) {
        Value::Literal { secret, .. } => secret.prints(&key),
        _ => None,
    };
    let alone = print("GITHUB_TOKEN", &token);
    assert!(alone.is_some());
    for text in [format!("Bearer {token}"), format!("https://{token}@github.com/o/r"), format!("--token={token}")] {
        assert!(print("", &text) == alone, "{}", text.replace(&token, "T"));
    }
    assert!(print("PGPASSWORD", "p@ss:w0rd") == print("", "postgres://u:p%40ss%3Aw0rd@h/d"));
    assert!(print("PASSWORD", "hunter2") == print("Authorization", "Basic dXNlcjpodW50ZXIy"));
}

#[test]
fn what_a_scanner_reports_is_a_secret_unless_it_is_hidden() {
    let reported = |name: &str, text: &str| reported(name, text).map(|value| value.is_literal());
    assert_eq!(reported("generic-api-key", "9f86d081-a6b2"), Some(true));
    assert_eq!(reported("aws-access-token", "AKIA2UFRJ4P42EXAMPLE"), Some(false));
    for hidden in ["REDACTED", "", "************************", "REDACTEDJ"] {
        assert_eq!(reported("generic-api-key", hidden), None, "{hidden}");
    }
}

#[test]
fn a_key_file_has_an_id_and_a_secret() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let file = format!(
        r#"{{"type":"service_account","private_key_id":"{id}","private_key":"-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"}}"#,
        body(100)
    );
    match value("GOOGLE_CREDENTIALS", &file) {
        Value::Literal { system: Some("gcp"), public_id: Some(found), .. } => assert_eq!(found, id),
        _ => panic!("not a key file"),
    }
}

#[test]
fn names_are_shown_without_secrets() {
    let token = format!("ghp_{}", body(36));
    assert_eq!(masked(&format!("/a/{token}/b {token}")), "/a/…/b …");
    assert_eq!(masked("AKIA2UFRJ4P42EXAMPLE of github"), "AKIA2UFRJ4P42EXAMPLE of github");
    assert_eq!(masked(&format!("AKIA2UFRJ4P42EXAMPLE {token}")), "AKIA2UFRJ4P42EXAMPLE …");
}

/// No search goes over the rest of the text again for each place where a secret may begin.
#[test]
fn long_texts_are_answered() {
    for piece in
        ["eyJ.", "eyJ=", "hvs.", "ab1xQ~", "-----BEGIN ", "AKIA", "ghp_ ", "a.", "${", "<", "xoxe.-", "sk-", "/"]
    {
        let text = piece.repeat((1 << 20) / piece.len());
        let _ = (reported("", &text), public_id(&text).is_some(), masked(&text), value("TOKEN", &text));
    }
}

#[test]
fn no_text_is_too_odd() {
    let odd = [
        "$",
        "${",
        "}",
        "%",
        "%%",
        "{{}}",
        "://",
        "a://",
        "a://@",
        "a://:@",
        "é",
        "\u{0}",
        "=",
        ";=;=",
        "Bearer ",
        "Basic !",
        "{",
        "'",
        "\"",
        "-----BEGIN ",
        "eyJ",
        "...Q~",
    ];
    for text in odd {
        for name in ["", "TOKEN", "é", "Ünïcödé_KEY"] {
            let _ = value(name, text);
            let _ = reported(name, text);
            let _ = urls::parts(text);
        }
    }
}
