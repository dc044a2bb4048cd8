//! Values that say where a secret is kept, in the notations that clients, shells and stores have.

use super::{Value, names, value};

/// Where a variable's value is kept.
pub const VARIABLE: &str = "environment variable";
/// Where something is kept that the user is asked for.
pub const PROMPT: &str = "asked of the user";

/// How a reference begins, and where what it names is kept.
const STORES: &[(&str, &str)] = &[
    ("1password://", "1Password"),
    ("@/", "file"),
    ("akv://", "Azure Key Vault"),
    ("arn:aws-cn:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws-us-gov:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws:ssm:", "AWS Parameter Store"),
    ("aws-secretsmanager:", "AWS Secrets Manager"),
    ("aws-sm:", "AWS Secrets Manager"),
    ("awssm:", "AWS Secrets Manager"),
    ("awsssm:", "AWS Parameter Store"),
    ("azurekeyvault:", "Azure Key Vault"),
    ("azurekv://", "Azure Key Vault"),
    ("bitwarden:", "Bitwarden"),
    ("bw://", "Bitwarden"),
    ("bws:", "Bitwarden"),
    ("docker-secret:", "Docker secret"),
    ("doppler:", "Doppler"),
    ("enc[aes256_gcm,", "SOPS"),
    ("env:", VARIABLE),
    ("file:", "file"),
    ("gcp-secret:", "Google Secret Manager"),
    ("gcp-sm:", "Google Secret Manager"),
    ("gcpsm:", "Google Secret Manager"),
    ("gsm:", "Google Secret Manager"),
    ("infisical:", "Infisical"),
    ("keychain:", "keychain"),
    ("keyring:", "keychain"),
    ("op://", "1Password"),
    ("os.environ[", VARIABLE),
    ("ref+awssecrets:", "AWS Secrets Manager"),
    ("ref+awsssm:", "AWS Parameter Store"),
    ("ref+azurekeyvault:", "Azure Key Vault"),
    ("ref+gcpsecrets:", "Google Secret Manager"),
    ("ref+op:", "1Password"),
    ("ref+vault:", "HashiCorp Vault"),
    ("secretref:", "secret store"),
    ("sm://", "Google Secret Manager"),
    ("sops:", "SOPS"),
    ("ssm:", "AWS Parameter Store"),
    ("vault:", "HashiCorp Vault"),
    ("vault://", "HashiCorp Vault"),
    ("{cipher}", "encrypted setting"),
];

/// What stands within the braces of a reference, and where what it names is kept.
const INNER: &[(&str, &str)] = &[
    ("command:", "command"),
    ("config:", "setting of the editor"),
    ("env:", VARIABLE),
    ("file:", "file"),
    ("input:", PROMPT),
    ("inputs.", PROMPT),
    ("secret:", "secret store"),
    ("secrets.", "secret store"),
    ("user_config.", PROMPT),
    ("vault:", "HashiCorp Vault"),
    ("vars.", VARIABLE),
];

/// What a value is that is a reference as a whole: plain where neither its name nor what it names is that of a secret.
pub fn whole<'t>(name: &str, text: &'t str) -> Option<Value<'t>> {
    // `${VAR:-value}` has a value of its own for where the variable is not set.
    if let Some((_, default)) = braced(text).filter(|_| text.starts_with("${")).and_then(|inner| inner.split_once(":-"))
    {
        let default = value(name, default);
        if default.is_literal() {
            return Some(default);
        }
    }
    let (kept_in, named) = kept(text)?;
    let secret = |name: &str| matches!(names::sort(name), names::Sort::Secret(_));
    let telling = !matches!(kept_in, VARIABLE | PROMPT | "file" | "command" | "setting of the editor");
    Some(if telling || secret(name) || secret(named) { Value::Reference { kept_in } } else { Value::Plain })
}

/// Where that is kept which a text refers to, and its name there.
fn kept(text: &str) -> Option<(&'static str, &str)> {
    if let Some(inner) = braced(text) {
        let inner = inner.split_once(":-").map_or(inner, |(variable, _)| variable).trim();
        let found = INNER.iter().find_map(|(begin, kept)| inner.strip_prefix(begin).map(|rest| (*kept, rest)));
        return Some(found.unwrap_or((VARIABLE, inner)));
    }
    if text.starts_with("$(") && text.ends_with(')') || text.len() > 2 && text.starts_with('`') && text.ends_with('`') {
        return Some(("command", text));
    }
    let variable = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let prefixed = ["$env:", "process.env.", "env.", "$"].iter().find_map(|begin| text.strip_prefix(begin));
    if let Some(rest) = prefixed
        && variable(rest)
        && !rest.starts_with(|c: char| c.is_ascii_digit())
    {
        return Some((VARIABLE, rest));
    }
    if let Some(inner) = text.strip_prefix('%').and_then(|text| text.strip_suffix('%'))
        && variable(inner)
    {
        return Some((VARIABLE, inner));
    }
    let lower: String = text.chars().take(40).collect::<String>().to_ascii_lowercase();
    if let Some((begin, kept)) = STORES.iter().find(|(begin, _)| lower.starts_with(begin)) {
        return Some((kept, text.get(begin.len()..).unwrap_or("")));
    }
    if text.starts_with("projects/") && text.contains("/secrets/") {
        return Some(("Google Secret Manager", text));
    }
    let key_vault = lower.starts_with("https://") && text.contains(".vault.azure.net/secrets/");
    key_vault.then_some(("Azure Key Vault", text))
}

/// True if a variable is put into the text: `prefix-${NAME}`, `{{name}}`.
pub fn within(text: &str) -> bool {
    let between = |open: &str, close: &str| {
        text.find(open).is_some_and(|at| text.get(at + open.len()..).is_some_and(|rest| rest.contains(close)))
    };
    let pairs = [("${", "}"), ("{{", "}}"), ("$(", ")"), ("{env:", "}"), ("{file:", "}")];
    pairs.into_iter().any(|(open, close)| between(open, close))
}

/// True if a variable without braces is put into the text: `token $NAME`. A password may look so, and is not asked about.
pub fn bare_within(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let rest = text.get(at + 1..).unwrap_or("");
        let end = rest.find(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit() && c != '_').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '$');
        name.len() > 2
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && apart(before)
            && apart(after.chars().next())
    })
}

/// What stands in the one pair of braces that a value consists of: `${X}`, `${{ X }}`, `{{X}}`, `{env:X}`.
fn braced(text: &str) -> Option<&str> {
    let inner = [("${{", "}}"), ("{{", "}}"), ("${", "}")].iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?.strip_suffix(close)?;
        (!inner.is_empty() && !inner.contains(['{', '}'])).then_some(inner)
    });
    let short = || {
        let inner = text.strip_prefix('{')?.strip_suffix('}')?;
        (inner.starts_with("env:") || inner.starts_with("file:")).then_some(inner)
    };
    // A default may itself be in braces.
    let nested = || text.strip_prefix("${")?.strip_suffix('}').filter(|inner| inner.contains(":-"));
    inner.or_else(short).or_else(nested)
}
