//! Where a server's configuration may hold a credential: its environment, arguments, headers, address and other fields.

use std::collections::BTreeSet;

use super::json::Json;
use super::{anywhere, args};
use crate::base::text::shown;
use crate::model::facts::CredentialKind;
use crate::source::secrets::{self, Value, urls};

/// A place in a server's configuration, and what stands there.
pub struct Carrier<'a> {
    /// The end of the credential's id, the same as long as the place keeps its name: `env:GITHUB_TOKEN`, `arg:--token`.
    pub slot: String,
    /// The place within the server, as people write it: `env.GITHUB_TOKEN`, `args[3]`.
    pub field: String,
    /// What people call it there.
    pub name: String,
    /// What stands there.
    pub value: Value<'a>,
    /// The public id that stands beside it, by which its system lists it.
    pub public_id: Option<String>,
    /// True if a token of a session stands beside it, as with a temporary key of AWS.
    pub temporary: bool,
}

impl<'a> Carrier<'a> {
    /// A place with what stands there.
    pub fn new(slot: String, field: String, name: &str, value: Value<'a>) -> Self {
        Self { slot, field, name: name.to_owned(), value, public_id: None, temporary: false }
    }
}

/// Fields that hold no credential of their own, or are looked at by name.
const APART: &[&str] = &[
    "allowedTools",
    "alwaysAllow",
    "alwaysApprove",
    "apiKeyEnvVar",
    "api_key_env",
    "approvedTools",
    "args",
    "autoApprove",
    "autoApproved",
    "available_tools",
    "bearerTokenEnvVar",
    "bearer_token_env_var",
    "cmd",
    "command",
    "cwd",
    "description",
    "disabled",
    "disabledTools",
    "disabled_tools",
    "enabled",
    "enabledTools",
    "enabled_tools",
    "env",
    "envFile",
    "envHeaders",
    "env_http_headers",
    "env_keys",
    "env_vars",
    "environment",
    "envs",
    "excludeTools",
    "headers",
    "headersHelper",
    "httpUrl",
    "http_headers",
    "includeTools",
    "name",
    "serverUrl",
    "timeout",
    "tools",
    "trust",
    "type",
    "uri",
    "url",
];
/// Lists of tools that are called without asking anybody.
const UNASKED: &[&str] = &["alwaysAllow", "alwaysApprove", "approvedTools", "autoApprove", "autoApproved"];
/// Types of servers that a client brings itself.
const BROUGHT: &[&str] = &["builtin", "frontend", "inline_python", "platform", "registry"];
/// Fields whose value is the name of a variable that has the secret, and what people call that.
const VARIABLES: &[(&str, &str)] = &[
    ("apiKeyEnvVar", "apiKey"),
    ("api_key_env", "api_key"),
    ("bearerTokenEnvVar", "bearerToken"),
    ("bearer_token_env_var", "bearer_token"),
];

/// What a server says, once its oddities are out of the way.
pub struct Fields<'j, 'a> {
    /// The object with `command` or `url`: the server, or its `transport` or `config`.
    pub inner: &'j Json<'a>,
    /// The server.
    pub whole: &'j Json<'a>,
}

impl<'j, 'a> Fields<'j, 'a> {
    /// The fields of a server.
    pub fn new(server: &'j Json<'a>) -> Self {
        let within = |name| server.get(name).filter(|inner| matches!(inner, Json::Map(_)));
        // Goose kept what it runs behind a key of its own.
        let config = || within("config").filter(|inner| inner.get("type").is_some());
        let inner = within("transport").or_else(config).unwrap_or(server);
        Self { inner, whole: server }
    }

    fn get(&self, name: &str) -> Option<&'j Json<'a>> {
        self.inner.get(name).or_else(|| self.whole.get(name))
    }

    /// The program with its arguments.
    ///
    /// # Errors
    /// When they are neither texts nor lists of texts, in words.
    pub fn command(&self) -> Result<Vec<&'j str>, String> {
        let mut command = match self.get("command").or_else(|| self.get("cmd")) {
            None | Some(Json::Null) => Vec::new(),
            Some(Json::Text(text) | Json::Bare(text)) => split(text),
            Some(list @ Json::List(_)) => texts(list).ok_or("`command` should be a list of texts")?,
            // Zed keeps the program with its arguments in an object.
            Some(Json::Map(_)) => {
                let path = self.get("command").and_then(|command| command.get("path")).and_then(Json::text);
                path.into_iter().collect()
            }
        };
        command.extend(self.args()?);
        Ok(command)
    }

    /// The arguments alone.
    fn args(&self) -> Result<Vec<&'j str>, String> {
        let nested = match self.get("command") {
            Some(command @ Json::Map(_)) => command.get("args"),
            _ => None,
        };
        match self.get("args").or(nested) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Text(text)) => Ok(text.split_whitespace().collect()),
            Some(list) => texts(list).ok_or_else(|| "`args` should be a list of texts".to_owned()),
        }
    }

    /// The address, and the field that has it.
    pub fn address(&self) -> Option<(&'static str, &'j str)> {
        ["url", "httpUrl", "serverUrl", "uri"].into_iter().find_map(|name| Some((name, self.get(name)?.text()?)))
    }

    /// True if the server is switched off.
    pub fn is_off(&self) -> bool {
        self.whole.says("disabled", "true") || self.whole.says("enabled", "false")
    }

    /// What the client brings itself where it runs no command: an extension, something built in, something of a register.
    pub fn brought(&self, name: &'j str) -> Option<&'j str> {
        let text = |name: &str| self.get(name).and_then(Json::text).filter(|text| !text.is_empty());
        let extension = text("source") == Some("extension") || matches!(self.get("settings"), Some(Json::Map(_)));
        let built_in = text("type").is_some_and(|kind| BROUGHT.contains(&kind));
        let named = || text("name").unwrap_or(name);
        text("uses").or_else(|| (extension || built_in).then(named))
    }

    /// How many tools may be called without asking anybody.
    pub fn unasked(&self) -> usize {
        let count = |name: &&str| match self.whole.get(name) {
            Some(Json::List(list)) => list.len(),
            _ => 0,
        };
        let approved = match self.whole.get("tools") {
            Some(Json::Map(tools)) => tools.iter().filter(|(_, tool)| tool.says("approval_mode", "approve")).count(),
            _ => 0,
        };
        UNASKED.iter().map(count).sum::<usize>() + approved
    }

    /// Everything that may be a credential, and what is wrong where a field has a type that it cannot have, in words: a secret in
    /// it may have been passed over. `prompts` are the inputs that are asked for without showing them.
    pub fn carriers(&self, prompts: &BTreeSet<String>) -> (Vec<Carrier<'j>>, Option<String>) {
        let mut found = Vec::new();
        let mut wrong = Vec::new();
        let mut own = BTreeSet::new();
        for field in ["env", "environment", "envs"] {
            let nested = || self.get("command").filter(|c| matches!(c, Json::Map(_))).and_then(|c| c.get(field));
            match self.get(field).or_else(nested) {
                None | Some(Json::Null) => {}
                Some(Json::Map(members)) => {
                    for (name, value) in members {
                        own.insert(name.as_ref());
                        let field = format!("{field}.{name}");
                        wrong.extend(environment(name, field, value, &mut found).err());
                    }
                }
                Some(_) => wrong.push(format!("`{field}` should be an object")),
            }
        }
        match (self.command(), self.args()) {
            (Ok(command), Ok(args)) => {
                let before = command.len() - args.len();
                let is_own = |name: &str| own.contains(name);
                // Arguments that stand in the command itself have their place there.
                let inline = command.get(1..before).unwrap_or(&[]);
                found.extend(args::carriers("command", inline, 1, command.get(..1).unwrap_or(&[]), &is_own));
                found.extend(args::carriers("args", &args, 0, command.get(..before).unwrap_or(&[]), &is_own));
            }
            (Err(why), _) | (_, Err(why)) => wrong.push(why),
        }
        for field in ["headers", "http_headers", "requestOptions.headers"] {
            let there = match field.split_once('.') {
                Some((around, inner)) => self.get(around).and_then(|around| around.get(inner)),
                None => self.get(field),
            };
            match there {
                None | Some(Json::Null) => {}
                Some(Json::Map(members)) => {
                    for (name, value) in members {
                        wrong.extend(sent(name, format!("{field}.{name}"), value, &mut found).err());
                    }
                }
                Some(_) => wrong.push(format!("`{field}` should be an object")),
            }
        }
        if let Some((field, address)) = self.address() {
            for (part, value) in urls::parts(&urls::settled(address)) {
                let (slot, name) = (format!("url:{part}"), format!("{part} of the address"));
                found.push(Carrier::new(slot, field.to_owned(), &name, value));
            }
        }
        self.referred(&mut found);
        wrong.extend(self.misshapen());
        wrong.extend(anywhere::others(self.whole, APART, &mut found).err());
        anywhere::formed(self.whole, &mut found);
        for carrier in &mut found {
            asked(carrier, self, prompts);
        }
        pair(&mut found);
        (found, wrong.into_iter().next())
    }

    /// A field that is looked at by name and is none of what it can be.
    fn misshapen(&self) -> Option<String> {
        let wrong = |fields: &[&'static str], fits: fn(&Json<'_>) -> bool, what: &str| {
            let field = fields.iter().find(|field| self.get(field).is_some_and(|value| !fits(value)))?;
            Some(format!("`{field}` should be {what}"))
        };
        let texts = ["envFile", "headersHelper", "httpUrl", "serverUrl", "uri", "url"];
        let is_text = |value: &Json<'_>| matches!(value, Json::Text(_) | Json::Null);
        let variables: Vec<&str> = VARIABLES.iter().map(|(field, _)| *field).collect();
        let is_map = |value: &Json<'_>| matches!(value, Json::Map(_) | Json::Null);
        let is_list = |value: &Json<'_>| matches!(value, Json::List(_) | Json::Null);
        wrong(&texts, is_text, "a text")
            .or_else(|| wrong(&variables, is_text, "a text"))
            .or_else(|| wrong(&["env_http_headers", "envHeaders"], is_map, "an object"))
            .or_else(|| wrong(&["env_keys", "env_vars"], is_list, "a list"))
    }

    /// Fields that name variables and files.
    fn referred(&self, found: &mut Vec<Carrier<'j>>) {
        let mut push = |slot: String, field: String, name: &str, kept_in| {
            found.push(Carrier::new(slot, field, name, Value::Reference { kept_in }));
        };
        if self.get("envFile").and_then(Json::text).is_some_and(|file| !file.is_empty()) {
            push("envFile".to_owned(), "envFile".to_owned(), "envFile", "file");
        }
        // A program that is run for the headers.
        if self.get("headersHelper").and_then(Json::text).is_some_and(|command| !command.is_empty()) {
            push("headersHelper".to_owned(), "headersHelper".to_owned(), "headersHelper", "command");
        }
        for (field, name) in VARIABLES {
            if self.get(field).and_then(Json::text).is_some_and(|variable| !variable.is_empty()) {
                push((*field).to_owned(), (*field).to_owned(), name, "environment variable");
            }
        }
        for field in ["env_http_headers", "envHeaders"] {
            let Some(Json::Map(members)) = self.get(field) else { continue };
            for (name, _) in members.iter().filter(|(name, _)| secrets::kind(name).is_some()) {
                push(format!("header:{name}"), format!("{field}.{name}"), name, "environment variable");
            }
        }
        for (field, kept_in) in [("env_vars", "environment variable"), ("env_keys", "keychain")] {
            let Some(Json::List(list)) = self.get(field) else { continue };
            // A name, or an object that has it.
            let names = list.iter().filter_map(|one| one.text().or_else(|| one.get("name")?.text()));
            for name in names.filter(|name| secrets::kind(name).is_some()) {
                push(format!("env:{name}"), field.to_owned(), name, kept_in);
            }
        }
    }
}

/// A variable of the environment.
///
/// # Errors
/// When it is nothing that a variable can be, so that a secret in it would be passed over.
fn environment<'a>(name: &str, field: String, value: &'a Json<'_>, found: &mut Vec<Carrier<'a>>) -> Result<(), String> {
    let value = match value {
        // No client sets it then.
        Json::Null => return Ok(()),
        Json::Text(text) | Json::Bare(text) => secrets::value(name, text),
        // Some tools write `{"file": "…"}` for a variable that is read from a file.
        Json::Map(_) if value.get("file").and_then(Json::text).is_some() => {
            if secrets::kind(name).is_none() {
                return Ok(());
            }
            Value::Reference { kept_in: "file" }
        }
        _ => return Err(format!("`{}` should be a text", shown(&secrets::masked(&field)))),
    };
    found.push(Carrier::new(format!("env:{name}"), field, name, value));
    Ok(())
}

/// A header that is sent.
///
/// # Errors
/// When it is nothing that a header can be.
fn sent<'a>(name: &str, field: String, value: &'a Json<'_>, found: &mut Vec<Carrier<'a>>) -> Result<(), String> {
    let text = match value {
        // No client sends it then.
        Json::Null => return Ok(()),
        Json::Text(text) => text,
        // A number is no secret, and stands where there is none.
        Json::Bare(_) if secrets::kind(name).is_none() => return Ok(()),
        _ => return Err(format!("`{}` should be a text", shown(&secrets::masked(&field)))),
    };
    found.push(Carrier::new(format!("header:{name}"), field, name, secrets::value(name, text)));
    Ok(())
}

/// A header in one text: `Authorization: Bearer …`.
pub fn header<'a>(text: &'a str, slot: &str, field: String) -> Option<Carrier<'a>> {
    let (name, value) = text.split_once(':')?;
    let name = name.trim();
    Some(Carrier::new(format!("{slot}{name}"), field, name, secrets::value(name, value)))
}

/// A plain reference to an input that is asked for without showing it is one to a secret after all.
fn asked(carrier: &mut Carrier<'_>, fields: &Fields<'_, '_>, prompts: &BTreeSet<String>) {
    if !matches!(carrier.value, Value::Plain) || prompts.is_empty() {
        return;
    }
    let text = carrier.field.split_once('.').and_then(|(field, name)| fields.get(field)?.get(name)?.text());
    let id = text.and_then(|text| text.split_once("${input:")?.1.split('}').next());
    if id.is_some_and(|id| prompts.contains(id)) {
        carrier.value = Value::Reference { kept_in: "asked of the user" };
    }
}

/// Gives the secret of a key the public id that stands beside it, which is then told with it.
fn pair(found: &mut Vec<Carrier<'_>>) {
    let is_secret = |carrier: &Carrier<'_>| {
        let key = matches!(carrier.value, Value::Literal { kind: CredentialKind::AccessKey, public_id: None, .. });
        let kept = matches!(carrier.value, Value::Reference { .. })
            && secrets::kind(&carrier.name) == Some(CredentialKind::AccessKey);
        (key || kept) && carrier.name.to_ascii_uppercase().contains("SECRET")
    };
    let ids: Vec<usize> =
        found.iter().enumerate().filter(|(_, c)| matches!(c.value, Value::PublicId { .. })).map(|(at, _)| at).collect();
    let secrets: Vec<usize> = found.iter().enumerate().filter(|(_, c)| is_secret(c)).map(|(at, _)| at).collect();
    let plain =
        |name: &str| -> String { name.to_ascii_uppercase().chars().filter(char::is_ascii_alphanumeric).collect() };
    let session = |carrier: &Carrier<'_>| {
        matches!(carrier.value, Value::Literal { .. })
            .then(|| plain(&carrier.name))
            .filter(|n| n.ends_with("SESSIONTOKEN"))
    };
    let sessions: Vec<String> = found.iter().filter_map(session).collect();
    for at in &secrets {
        if let Some(secret) = found.get_mut(*at) {
            let wanted = plain(&secret.name).replace("SECRETACCESSKEY", "SESSIONTOKEN");
            secret.temporary = sessions.contains(&wanted);
        }
    }
    let mut used = Vec::new();
    for at in &ids {
        let Some(carrier) = found.get(*at) else { continue };
        let Value::PublicId { id, .. } = carrier.value else { continue };
        let (id, wanted) = (id.to_owned(), plain(&carrier.name).replace("ACCESSKEYID", "SECRETACCESSKEY"));
        let by_name = secrets.iter().find(|at| found.get(**at).is_some_and(|secret| plain(&secret.name) == wanted));
        let only = (ids.len() == 1 && secrets.len() == 1).then(|| secrets.first()).flatten();
        let Some(secret) = by_name.or(only).and_then(|at| found.get_mut(*at)) else { continue };
        secret.public_id = Some(id);
        used.push(*at);
    }
    let mut at = 0;
    found.retain(|_| {
        at += 1;
        !used.contains(&(at - 1))
    });
}

/// A command that was written into one text: `uv run python`; the path of a program may have spaces.
fn split(text: &str) -> Vec<&str> {
    match text.split_once(char::is_whitespace) {
        Some((first, _)) if !first.contains(['/', '\\', '$', '%']) => text.split_whitespace().collect(),
        _ => vec![text],
    }
}

fn texts<'j>(list: &'j Json<'_>) -> Option<Vec<&'j str>> {
    let Json::List(list) = list else { return None };
    list.iter().map(Json::text).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
