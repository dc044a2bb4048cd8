//! The programs that the script may run, and how each must be called so that it only reads.

use super::lexer::Word;

/// How a program must be called.
#[derive(Debug)]
pub enum Called {
    /// In any way: it changes nothing.
    Any,
    /// `aws SERVICE OPERATION`, with an operation that begins so.
    Operation(&'static [&'static str]),
    /// With one of these first words.
    First(&'static [&'static str]),
    /// With no other options than these, and addresses of `https`.
    Options(&'static [&'static str]),
}

/// The programs, sorted by name.
pub const PROGRAMS: &[(&str, Called)] = &[
    ("[", Called::Any),
    ("aws", Called::Operation(&["describe-", "generate-credential-report", "get-", "list-"])),
    ("base64", Called::Any),
    ("cat", Called::Any),
    (
        "curl",
        Called::Options(&[
            "--fail",
            "--get",
            "--header",
            "--show-error",
            "--silent",
            "-G",
            "-H",
            "-S",
            "-f",
            "-fsS",
            "-s",
            "-sS",
            "-sSf",
        ]),
    ),
    ("echo", Called::Any),
    ("false", Called::Any),
    ("gitleaks", Called::First(&["detect", "dir", "git"])),
    ("jq", Called::Any),
    ("kubectl", Called::First(&["api-resources", "get", "version"])),
    ("printf", Called::Any),
    ("sleep", Called::Any),
    ("test", Called::Any),
    ("tr", Called::Any),
    ("true", Called::Any),
    ("trufflehog", Called::First(&["filesystem", "git"])),
];

/// Words by which a call that reads would read or make a secret.
const SECRET: &[&str] = &[
    "get-api-key",
    "get-federation-token",
    "get-login-password",
    "get-parameter",
    "get-random-password",
    "get-resource-api-key",
    "get-role-credentials",
    "get-secret-value",
    "get-session-token",
    "get-token",
];

/// Whether a command only reads.
///
/// # Errors
/// What it does instead, or what cannot be told.
pub fn allowed(words: &[Word]) -> Result<(), String> {
    let written = |at: usize| words.get(at).map_or(Some(""), Word::literal);
    let name = written(0).ok_or("the name of a program is not written out")?;
    let (_, called) = PROGRAMS
        .iter()
        .find(|(known, _)| *known == name)
        .ok_or_else(|| format!("`{name}` is not known to only read"))?;
    if words.iter().any(|word| SECRET.iter().any(|secret| word.text().starts_with(secret))) {
        return Err(format!("`{name}` would read or make a secret"));
    }
    match called {
        Called::Any => Ok(()),
        Called::Operation(beginnings) => {
            let (service, operation) = (written(1), written(2));
            let (Some(service), Some(operation)) = (service, operation) else {
                return Err(format!("the operation of `{name}` is not written out"));
            };
            let reads = !service.starts_with('-') && beginnings.iter().any(|one| operation.starts_with(one));
            if reads { Ok(()) } else { Err(format!("`{name} {service} {operation}` is not known to only read")) }
        }
        Called::First(known) => {
            let first = written(1).ok_or_else(|| format!("the first word of `{name}` is not written out"))?;
            if !known.contains(&first) {
                return Err(format!("`{name} {first}` is not known to only read"));
            }
            let secrets =
                words.iter().any(|word| word.text().split([',', '/']).any(|one| one == "secrets" || one == "secret"));
            if secrets { Err(format!("`{name}` would read secrets")) } else { Ok(()) }
        }
        Called::Options(known) => options(name, words, known),
    }
}

fn options(name: &str, words: &[Word], known: &[&str]) -> Result<(), String> {
    let mut value = false;
    for word in words.iter().skip(1) {
        let text = word.text();
        if std::mem::take(&mut value) {
            continue;
        }
        if text.starts_with('-') {
            if !known.contains(&text) {
                return Err(format!("`{text}` of `{name}` is not known to only read"));
            }
            value = matches!(text, "-H" | "--header");
        } else if !text.starts_with("https://") {
            return Err(format!("`{text}` of `{name}` is no address of https"));
        }
    }
    Ok(())
}
