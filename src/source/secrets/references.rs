//! Values that say where a secret is kept, in the notations that clients, shells and stores have.

use super::{Value, value};

/// Where a variable's value is kept.
pub const VARIABLE: &str = "environment variable";
/// Where something is kept that the user is asked for.
pub const PROMPT: &str = "asked of the user";

/// How a reference begins, and where what it names is kept.
const STORES: &[(&str, &str)] = &[
    ("akv://", "Azure Key Vault"),
    ("arn:aws:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws:ssm:", "AWS Parameter Store"),
    ("arn:aws-cn:secretsmanager:", "AWS Secrets Manager"),
    ("arn:aws-us-gov:secretsmanager:", "AWS Secrets Manager"),
    ("aws-secretsmanager:", "AWS Secrets Manager"),
    ("aws-sm:", "AWS Secrets Manager"),
    ("awssm:", "AWS Secrets Manager"),
    ("awsssm:", "AWS Parameter Store"),
    ("azurekeyvault:", "Azure Key Vault"),
    ("bitwarden:", "Bitwarden"),
    ("bws:", "Bitwarden"),
    ("docker-secret:", "Docker secret"),
    ("doppler:", "Doppler"),
    ("env:", VARIABLE),
    ("file:", "file"),
    ("gcp-sm:", "Google Secret Manager"),
    ("gcpsm:", "Google Secret Manager"),
    ("gsm:", "Google Secret Manager"),
    ("infisical:", "Infisical"),
    ("keychain:", "keychain"),
    ("keyring:", "keychain"),
    ("op://", "1Password"),
    ("ref+awssecrets:", "AWS Secrets Manager"),
    ("ref+awsssm:", "AWS Parameter Store"),
    ("ref+azurekeyvault:", "Azure Key Vault"),
    ("ref+gcpsecrets:", "Google Secret Manager"),
    ("ref+op:", "1Password"),
    ("ref+vault:", "HashiCorp Vault"),
    ("secretref:", "secret store"),
    ("sm://", "Google Secret Manager"),
    ("ssm:", "AWS Parameter Store"),
    ("vault:", "HashiCorp Vault"),
    ("vault://", "HashiCorp Vault"),
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
    ("vault:", "HashiCorp Vault"),
    ("vars.", VARIABLE),
];

/// What a value is that is a reference as a whole.
pub fn whole<'t>(name: &str, text: &'t str) -> Option<Value<'t>> {
    if let Some(inner) = braced(text) {
        // `${VAR:-value}` has a value of its own for where the variable is not set.
        if let Some((_, default)) = inner.split_once(":-").filter(|_| text.starts_with("${")) {
            let default = value(name, default);
            return Some(if default.is_literal() { default } else { reference(VARIABLE) });
        }
        let inner = inner.trim();
        let kept = INNER.iter().find(|(begin, _)| inner.starts_with(begin)).map_or(VARIABLE, |(_, kept)| kept);
        return Some(reference(kept));
    }
    if text.starts_with("$(") && text.ends_with(')') || text.len() > 2 && text.starts_with('`') && text.ends_with('`') {
        return Some(reference("command"));
    }
    let variable = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if let Some(rest) = text.strip_prefix("$env:").or_else(|| text.strip_prefix('$'))
        && variable(rest)
        && !rest.starts_with(|c: char| c.is_ascii_digit())
    {
        return Some(reference(VARIABLE));
    }
    if let Some(inner) = text.strip_prefix('%').and_then(|text| text.strip_suffix('%'))
        && variable(inner)
    {
        return Some(reference(VARIABLE));
    }
    if let Some(rest) = text.strip_prefix("process.env.").or_else(|| text.strip_prefix("env."))
        && variable(rest)
    {
        return Some(reference(VARIABLE));
    }
    let lower: String = text.chars().take(40).collect::<String>().to_ascii_lowercase();
    if let Some((_, kept)) = STORES.iter().find(|(begin, _)| lower.starts_with(begin)) {
        return Some(reference(kept));
    }
    if text.starts_with("projects/") && text.contains("/secrets/") {
        return Some(reference("Google Secret Manager"));
    }
    let key_vault = lower.starts_with("https://") && text.contains(".vault.azure.net/secrets/");
    key_vault.then(|| reference("Azure Key Vault"))
}

/// True if a variable is put into the text: `prefix-${NAME}`, `{{name}}`.
pub fn within(text: &str) -> bool {
    let between = |open: &str, close: &str| {
        text.find(open).is_some_and(|at| text.get(at + open.len()..).is_some_and(|rest| rest.contains(close)))
    };
    between("${", "}") || between("{{", "}}") || between("$(", ")")
}

fn reference<'t>(kept_in: &'static str) -> Value<'t> {
    Value::Reference { kept_in }
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
