//! What the name of a variable, an argument, a header or a field says of its value.

use crate::model::facts::CredentialKind as Kind;

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The value proves somebody.
    Secret(Kind),
    /// The value says where that is kept, or is the id of it.
    KeptElsewhere,
    /// The value is meant for everybody, whatever it looks like: `ANON_KEY`, `PUBLIC_KEY`.
    Public,
    /// Nothing.
    Silent,
}

/// Words at the end of a name by which the value is about a secret and not the secret.
const ABOUT: &[&str] = &[
    "ADDR",
    "ADDRESS",
    "ALGORITHM",
    "ALIAS",
    "ARN",
    "AUDIENCE",
    "BACKEND",
    "CLASS",
    "COUNT",
    "DIR",
    "DIRECTORY",
    "DOMAIN",
    "EMAIL",
    "ENABLED",
    "ENDPOINT",
    "ENV",
    "ENVVAR",
    "EXPIRATION",
    "EXPIRY",
    "FIELD",
    "FILE",
    "FORMAT",
    "HEADER",
    "HOST",
    "ID",
    "INTERVAL",
    "ISSUER",
    "KIND",
    "LABEL",
    "LENGTH",
    "LEVEL",
    "LIMIT",
    "MANAGER",
    "METHOD",
    "MODE",
    "NAME",
    "NAMESPACE",
    "PATH",
    "POLICY",
    "PORT",
    "PREFIX",
    "PROVIDER",
    "REF",
    "REGION",
    "SCOPE",
    "SERVER",
    "SERVICE",
    "SIZE",
    "SOURCE",
    "STORE",
    "TENANT",
    "TTL",
    "TYPE",
    "URI",
    "URL",
    "USER",
    "USERNAME",
    "VAR",
    "VARIABLE",
    "VERSION",
];
/// Words before `KEY` by which it opens nothing.
const OPENS_NOTHING: &[&str] =
    &["ANON", "CACHE", "FOREIGN", "HOT", "PARTITION", "PRIMARY", "PUBLIC", "PUBLISHABLE", "SITE", "SORT"];

/// Words of a name, and the system that they name.
const SYSTEMS: &[(&str, &str)] = &[
    ("ANTHROPIC", "anthropic"),
    ("ATLASSIAN", "atlassian"),
    ("AWS", "aws"),
    ("BITBUCKET", "bitbucket"),
    ("BRAVE", "brave"),
    ("CLAUDE", "anthropic"),
    ("CLOUDFLARE", "cloudflare"),
    ("CONFLUENCE", "atlassian"),
    ("DATABRICKS", "databricks"),
    ("DATADOG", "datadog"),
    ("ENTRA", "entra"),
    ("FIGMA", "figma"),
    ("GEMINI", "gcp"),
    ("GH", "github"),
    ("GITHUB", "github"),
    ("GITLAB", "gitlab"),
    ("GOOGLE", "gcp"),
    ("GRAFANA", "grafana"),
    ("GROQ", "groq"),
    ("HF", "huggingface"),
    ("HUGGINGFACE", "huggingface"),
    ("JIRA", "atlassian"),
    ("LANGSMITH", "langsmith"),
    ("LINEAR", "linear"),
    ("MISTRAL", "mistral"),
    ("MONGODB", "mongodb"),
    ("MYSQL", "mysql"),
    ("NOTION", "notion"),
    ("OKTA", "okta"),
    ("OPENAI", "openai"),
    ("OPENROUTER", "openrouter"),
    ("PERPLEXITY", "perplexity"),
    ("PGPASSWORD", "postgresql"),
    ("POSTGRES", "postgresql"),
    ("REDIS", "redis"),
    ("SENDGRID", "sendgrid"),
    ("SENTRY", "sentry"),
    ("SLACK", "slack"),
    ("SNOWFLAKE", "snowflake"),
    ("STRIPE", "stripe"),
    ("SUPABASE", "supabase"),
    ("TAVILY", "tavily"),
    ("VAULT", "vault"),
];

/// The words of a name, in capitals: `apiKey`, `api-key` and `API_KEY` are two words.
pub fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut open, mut lower) = (false, false);
    for c in name.chars().take(256) {
        if !c.is_alphanumeric() {
            open = false;
            continue;
        }
        let begins = !open || (lower && c.is_uppercase());
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_uppercase());
        }
        open = true;
        lower = c.is_lowercase() || c.is_ascii_digit();
    }
    words
}

/// What a name says of its value.
pub fn sort(name: &str) -> Sort {
    let words = words(name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let has = |word: &str| words.contains(&word);
    let (Some(last), before) = (words.last().copied(), words.iter().rev().nth(1).copied().unwrap_or("")) else {
        return Sort::Silent;
    };
    if words.as_slice() == ["PWD"] || words.as_slice() == ["OLDPWD"] {
        return Sort::Silent;
    }
    if last == "KEY" && OPENS_NOTHING.contains(&before) || last == "PUBKEY" {
        return Sort::Public;
    }
    let kind = kind(&words, last, before);
    if kind.is_some() && ABOUT.contains(&last) {
        // A role's secret id is a secret, in spite of its name.
        let role = before == "SECRET" && last == "ID" && (has("VAULT") || has("APPROLE") || has("ROLE"));
        return if role { Sort::Secret(Kind::ClientSecret) } else { Sort::KeptElsewhere };
    }
    kind.map_or(Sort::Silent, Sort::Secret)
}

fn kind(words: &[&str], last: &str, before: &str) -> Option<Kind> {
    let has = |word: &str| words.contains(&word);
    let any = |list: &[&str]| list.iter().any(|word| has(word));
    if any(&["PASSWORD", "PASSWD", "PASSPHRASE", "PGPASSWORD", "PWD"]) || matches!(last, "PASS" | "PASSWORDS") {
        return Some(Kind::Password);
    }
    if has("SECRET") || has("SECRETS") || has("SECRETKEY") || has("CLIENTSECRET") {
        return Some(match () {
            // What an application signs in with is no access key: `AWS_COGNITO_CLIENT_SECRET`.
            () if has("ACCESS") || has("AWS") && !has("CLIENT") => Kind::AccessKey,
            () if last == "TOKEN" => Kind::Token,
            () if last == "KEY" || last == "SECRETKEY" => Kind::ApiKey,
            () => Kind::ClientSecret,
        });
    }
    if any(&["TOKEN", "PAT", "JWT", "BEARER", "AUTHTOKEN", "ACCESSTOKEN", "AUTHORIZATION", "COOKIE"]) {
        return Some(Kind::Token);
    }
    if any(&["APIKEY", "APITOKEN"]) {
        return Some(Kind::ApiKey);
    }
    if last == "KEY" || last == "KEYS" || has("KEY") && ABOUT.contains(&last) {
        return Some(match before {
            "SSH" | "DEPLOY" => Kind::SshKey,
            "ACCESS" if has("AWS") => Kind::AccessKey,
            "PRIVATE" if has("SSH") => Kind::SshKey,
            "TLS" | "CERT" | "CERTIFICATE" => Kind::Certificate,
            "PRIVATE" | "SIGNING" | "ENCRYPTION" => Kind::Other,
            _ => Kind::ApiKey,
        });
    }
    if any(&["CREDENTIAL", "CREDENTIALS", "CREDS", "MNEMONIC"]) || last == "AUTH" {
        return Some(Kind::Other);
    }
    None
}

/// The system that a name names.
pub fn system(name: &str) -> Option<&'static str> {
    let words = words(name);
    if words.iter().any(|word| word == "AZURE" || word == "ARM") {
        let app = words.iter().any(|word| word == "CLIENT" || word == "SECRET");
        return Some(if app { "entra" } else { "azure" });
    }
    let named = words.iter().find_map(|word| SYSTEMS.iter().find(|(known, _)| known == word));
    // What AWS itself calls the secret of a key: `SecretAccessKey`.
    let own = || words.windows(3).any(|three| three == ["SECRET", "ACCESS", "KEY"]);
    named.map(|(_, system)| *system).or_else(|| own().then_some("aws"))
}

/// True for the path of a file.
pub fn is_path(text: &str) -> bool {
    let drive = || text.as_bytes().get(1..3).is_some_and(|two| two == b":\\" || two == b":/");
    let ending = || {
        let lower = text.to_ascii_lowercase();
        [".json", ".pem", ".key", ".crt", ".p12", ".pfx", ".txt", ".env", ".yaml", ".yml", ".toml", ".ini"]
            .iter()
            .any(|end| lower.ends_with(end))
    };
    if text.contains(['\n', '=']) || text.len() > 1024 {
        return false;
    }
    let begins = ["./", "../", "~/", "\\\\", "file:"].iter().any(|begin| text.starts_with(begin));
    // A secret in base64 may begin with `/` too; its parts are no words.
    let random = |part: &str| {
        let has = |of: fn(&char) -> bool| part.chars().any(|c| of(&c));
        part.len() >= 12 && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase) && has(char::is_ascii_digit)
    };
    let rest = text.strip_prefix('/');
    let rooted = rest.is_some_and(|rest| rest.contains('/') && !rest.contains('+') && !rest.split('/').any(random));
    begins || rooted || drive() || ending()
}

/// Words that switch something, and are no secret.
const SWITCHES: &[&str] = &[
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "none",
    "null",
    "nil",
    "undefined",
    "auto",
    "default",
    "enabled",
    "disabled",
    "required",
    "optional",
    "basic",
    "bearer",
    "oauth",
    "oauth2",
    "oidc",
    "saml",
    "jwt",
    "anonymous",
    "stdio",
    "http",
    "sse",
    "n/a",
];

/// True for a value that is no secret even under the name of one: a switch, a number, a word, a sentence.
pub fn is_plain(text: &str, kind: Kind) -> bool {
    if SWITCHES.iter().any(|switch| switch.eq_ignore_ascii_case(text)) {
        return true;
    }
    if kind == Kind::Password {
        return false;
    }
    let number = text.len() < 16 && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-'));
    let word = text.len() < 16 && text.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-'));
    let sentence = text.contains(char::is_whitespace) && !text.contains("PRIVATE KEY") && !text.starts_with('{');
    number || word || sentence || text.chars().count() < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(SYSTEMS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(ABOUT.is_sorted_by(|a, b| a < b) && OPENS_NOTHING.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn names_say_what_their_values_are() {
        let secrets = [
            ("GITHUB_PERSONAL_ACCESS_TOKEN", Kind::Token),
            ("--api-key", Kind::ApiKey),
            ("apiKey", Kind::ApiKey),
            ("X-API-Key", Kind::ApiKey),
            ("Authorization", Kind::Token),
            ("AWS_SECRET_ACCESS_KEY", Kind::AccessKey),
            ("AWS_SECRET_KEY", Kind::AccessKey),
            ("AWS_COGNITO_CLIENT_SECRET", Kind::ClientSecret),
            ("AZURE_CLIENT_SECRET", Kind::ClientSecret),
            ("DB_PASS", Kind::Password),
            ("PGPASSWORD", Kind::Password),
            ("VAULT_SECRET_ID", Kind::ClientSecret),
            ("JIRA_PAT", Kind::Token),
            ("SSH_PRIVATE_KEY", Kind::SshKey),
        ];
        for (name, kind) in secrets {
            assert_eq!(sort(name), Sort::Secret(kind), "{name}");
        }
        for name in ["PWD", "PATH", "REGION", "MAX_TOKENS", "KEYBOARD", "COMPASS", "AUTHOR", "", "-", "PATTERN"] {
            assert_eq!(sort(name), Sort::Silent, "{name}");
        }
        for name in ["TOKEN_URL", "SECRET_NAME", "API_KEY_FILE", "AWS_ACCESS_KEY_ID", "PASSWORD_LENGTH", "--token-env"]
        {
            assert_eq!(sort(name), Sort::KeptElsewhere, "{name}");
        }
        for name in ["SUPABASE_ANON_KEY", "STRIPE_PUBLISHABLE_KEY", "VAPID_PUBLIC_KEY"] {
            assert_eq!(sort(name), Sort::Public, "{name}");
        }
        assert_eq!(system("AZURE_CLIENT_SECRET"), Some("entra"));
        assert_eq!(system("MY_GITHUB_TOKEN"), Some("github"));
        assert_eq!(system("TOKEN"), None);
        assert_eq!((system("SecretAccessKey"), system("ACCESS_KEY")), (Some("aws"), None));
    }
}
