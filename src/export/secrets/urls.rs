//! Secrets within addresses and connection strings: `user:password@`, `?api_key=`, a token in the path.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::{Secret, Value, names, placeholders, references, shapes};
use crate::model::facts::CredentialKind as Kind;

/// How many parts of one address are looked at.
const PARTS: usize = 256;

/// An address, cut apart.
pub struct Url<'t> {
    /// `https`, `postgresql`.
    pub scheme: &'t str,
    /// What stands before `@`, if anything does.
    userinfo: Option<&'t str>,
    /// Host, with its port.
    pub host: &'t str,
    /// From the first `/`, without query and fragment.
    pub path: &'t str,
    query: &'t str,
}

impl<'t> Url<'t> {
    /// Cuts an address apart; `None` for what is none.
    #[must_use]
    pub fn new(text: &'t str) -> Option<Self> {
        // Java puts `jdbc:` before the address of a database, and some drivers write what is to be set behind `;`.
        let (text, settings) = match super::spans::jdbc(text) {
            Some(own) => match own.find([';', '?']) {
                Some(at) if own.get(at..).is_some_and(|rest| rest.starts_with(';')) => {
                    (own.get(..at)?, own.get(at + 1..)?)
                }
                _ => (own, ""),
            },
            None => (text, ""),
        };
        let (scheme, rest) = text.split_once("://")?;
        let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        if scheme.is_empty() || scheme.len() > 32 || !scheme.chars().all(named) || rest.contains(char::is_whitespace) {
            return None;
        }
        let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
        // A password may have a `#` or a `?` that should have been encoded.
        let (rest, fragment) = if fragment.contains('@') && !rest.contains(['@', '/']) {
            (text.get(scheme.len() + 3..)?, "")
        } else {
            (rest, fragment)
        };
        let _ = fragment;
        let before_path = rest.find('/').unwrap_or(rest.len());
        let (userinfo, rest) = match rest.get(..before_path)?.rfind('@') {
            Some(at) => (rest.get(..at), rest.get(at + 1..)?),
            None => (None, rest),
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, settings));
        let path_at = rest.find('/').unwrap_or(rest.len());
        Some(Self { scheme, userinfo, host: rest.get(..path_at)?, path: rest.get(path_at..)?, query })
    }

    /// The address without user, query and fragment, and without what looks like a secret in its path.
    #[must_use]
    pub fn shown(&self) -> String {
        let path: Vec<&str> = self
            .path
            .split('/')
            .map(|part| {
                let secret = shapes::within(part).is_some() || is_webhook_part(self.host, part) || opens(part);
                if secret { "…" } else { part }
            })
            .collect();
        format!("{}://{}{}", self.scheme, self.host, path.join("/"))
    }

    /// The system that a password of such an address is for.
    fn system(&self) -> Option<&'static str> {
        match self.scheme.split('+').next().unwrap_or("") {
            "postgres" | "postgresql" => Some("postgresql"),
            "mysql" | "mariadb" => Some("mysql"),
            "mongodb" => Some("mongodb"),
            "redis" | "rediss" => Some("redis"),
            "amqp" | "amqps" => Some("rabbitmq"),
            "snowflake" => Some("snowflake"),
            _ if self.host == "github.com" => Some("github"),
            _ if self.host == "gitlab.com" => Some("gitlab"),
            _ => None,
        }
    }
}

/// True for an address.
pub fn is_url(text: &str) -> bool {
    Url::new(text).is_some()
}

/// An address that begins with a variable, as one that can be cut apart: what stands behind `:-` is taken for the variable,
/// else the variable for the host.
#[must_use]
pub fn settled(text: &str) -> Cow<'_, str> {
    if is_url(text) || !text.starts_with(['$', '{', '%']) {
        return Cow::Borrowed(text);
    }
    let filled = text.strip_prefix("${").and_then(|inner| inner.split_once('}')).and_then(|(variable, rest)| {
        let (_, default) = variable.split_once(":-")?;
        Some(format!("{default}{rest}")).filter(|filled| is_url(filled))
    });
    let hosted = || {
        let host = text.split_once("://").map_or(text, |(_, host)| host);
        Some(format!("https://{host}")).filter(|hosted| is_url(hosted))
    };
    filled.or_else(hosted).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// What an address is, by the part of it that matters most.
pub fn value(text: &str) -> Value<'static> {
    let parts = parts(text).into_iter().map(|(_, value)| value);
    parts.max_by_key(Value::weight).unwrap_or(Value::Plain)
}

/// Everything in an address that may be a secret: where in it, and what it is.
#[must_use]
pub fn parts(text: &str) -> Vec<(String, Value<'static>)> {
    let Some(url) = Url::new(text) else { return Vec::new() };
    let mut parts = Vec::new();
    if let Some(userinfo) = url.userinfo {
        match userinfo.split_once(':') {
            Some((_, password)) if !password.is_empty() => {
                parts.push(("password".to_owned(), named("password", password, Some(Kind::Password), url.system())));
            }
            // A name alone is a secret only where it has the form of one.
            _ => {
                let user = userinfo.trim_end_matches(':');
                parts.push(("user".to_owned(), named("", user, None, url.system())));
            }
        }
    }
    for (at, part) in url.path.split('/').filter(|part| !part.is_empty()).take(PARTS).enumerate() {
        let value = if is_webhook_part(url.host, part) {
            named("webhook token", part, Some(Kind::Token), webhook(url.host))
        } else {
            named("", part, None, None)
        };
        parts.push((format!("path {}", at + 1), value));
    }
    for pair in url.query.split(['&', ';']).filter(|pair| !pair.is_empty()).take(PARTS) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let kind = match names::sort(name) {
            names::Sort::Secret(kind) => Some(kind),
            _ if matches!(name, "sig" | "signature") => Some(Kind::Token),
            _ => None,
        };
        parts.push((format!("?{name}"), named(name, value, kind, names::system(name))));
    }
    parts
}

/// What one part of an address is, once decoded.
fn named(name: &str, text: &str, kind: Option<Kind>, system: Option<&'static str>) -> Value<'static> {
    let decoded: Cow<'_, str> = percent_decode_str(text).decode_utf8_lossy();
    if decoded.is_empty() {
        return Value::Empty;
    }
    if let Some(Value::Reference { kept_in }) = references::whole(name, &decoded) {
        return Value::Reference { kept_in };
    }
    if references::within(&decoded) {
        return if kind.is_some() { Value::Reference { kept_in: references::VARIABLE } } else { Value::Plain };
    }
    if let Some((found, shape)) = shapes::within(&decoded).filter(|(_, shape)| !shapes::is_id(shape)) {
        if placeholders::is_placeholder(name, found, shape.kind) {
            return Value::Placeholder;
        }
        return owned(found, shape.kind, shape.system.or(system));
    }
    let Some(kind) = kind else { return Value::Plain };
    if placeholders::is_placeholder(name, &decoded, kind) {
        return Value::Placeholder;
    }
    if names::is_plain(&decoded, kind) {
        return Value::Plain;
    }
    owned(&decoded, kind, system)
}

fn owned(text: &str, kind: Kind, system: Option<&'static str>) -> Value<'static> {
    Value::Literal { secret: Secret(Cow::Owned(text.to_owned())), kind, system, public_id: None }
}

/// The system whose webhooks are at this host: there the last part of the path is the secret.
fn webhook(host: &str) -> Option<&'static str> {
    match host {
        "hooks.slack.com" => Some("slack"),
        "discord.com" | "discordapp.com" => Some("discord"),
        _ => None,
    }
}

/// True for the part of a webhook's path that is the secret.
fn is_webhook_part(host: &str, part: &str) -> bool {
    webhook(host).is_some() && part.len() >= 20 && part.chars().any(|c| c.is_ascii_alphabetic())
}

/// True for a part of a path that nobody can guess, as services make them for whose address alone lets in: a UUID, or twenty
/// letters and digits and more that are mixed as if drawn by lot.
fn opens(part: &str) -> bool {
    let groups: Vec<&str> = part.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let uuid = lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_hexdigit()));
    uuid || part.len() >= 20 && shapes::is_drawn(part)
}

/// Fields of connection strings that hold a secret, in small letters without spaces.
const FIELDS: &[(&str, Kind, Option<&str>)] = &[
    ("accountkey", Kind::AccessKey, Some("azure")),
    ("clientsecret", Kind::ClientSecret, None),
    ("password", Kind::Password, None),
    ("pwd", Kind::Password, None),
    ("sharedaccesskey", Kind::AccessKey, Some("azure")),
    ("sharedaccesssignature", Kind::Token, Some("azure")),
];

/// The secret of a connection string such as `Server=…;User Id=…;Password=…`; `None` for what is none.
pub fn connection_string(text: &str) -> Option<Value<'static>> {
    if !text.contains(';') || text.len() > super::LONGEST {
        return None;
    }
    let fields: Vec<(&str, &str)> = text.split(';').take(PARTS).filter_map(|part| part.split_once('=')).collect();
    if fields.len() < 2 {
        return None;
    }
    let found = fields.iter().filter_map(|(name, value)| {
        let name: String = name.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
        let (_, kind, system) = FIELDS.iter().find(|(field, ..)| *field == name)?;
        Some(named(&name, value.trim(), Some(*kind), *system))
    });
    found.max_by_key(Value::weight)
}
