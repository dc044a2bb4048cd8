//! Whether a value in a configuration is a secret: nothing, a reference to where one is kept, a
//! placeholder, something plain, the public id of a credential, or the secret itself.
//!
//! It is told by the form of the value where providers give their secrets one ([`shapes`]), and
//! else by the name that the value is given under ([`names`]). A secret leaves here only as what
//! stands for it within the run.

use std::borrow::Cow;

use super::print::{Prints, RunKey};
use crate::model::facts::CredentialKind;

mod names;
pub mod options;
mod placeholders;
mod references;
mod shapes;
mod spans;
pub mod urls;

pub use spans::{blotted, masked, masked_command, masked_words};

/// What a value is.
pub enum Value<'t> {
    /// Nothing is given.
    Empty,
    /// It says where the secret is kept, such as `environment variable`, `file` or `1Password`.
    Reference {
        /// Where, by kind of place.
        kept_in: &'static str,
    },
    /// It stands where a secret is to be put in: `YOUR_API_KEY`, `<token>`, `sk-...`.
    Placeholder,
    /// It is no credential: a path, a number, a flag, an address without a secret.
    Plain,
    /// The public part by which a system lists a credential, such as an access key's id. No secret.
    PublicId {
        /// What kind of proof it is the id of.
        kind: CredentialKind,
        /// The system that lists it.
        system: &'static str,
        /// The id.
        id: &'t str,
    },
    /// The secret itself.
    Literal {
        /// The secret, without what stands around it.
        secret: Secret<'t>,
        /// What kind of proof it is, as far as its form or its name tells.
        kind: CredentialKind,
        /// The system that accepts it, as far as its form or its name tells.
        system: Option<&'static str>,
        /// The public part by which its system lists it, where it stands in the value too.
        public_id: Option<String>,
    },
}

/// A secret on its way to what stands for it. It cannot be printed, compared or copied.
pub struct Secret<'t>(Cow<'t, str>);

impl Secret<'_> {
    /// What stands for the secret within a run.
    #[must_use]
    pub fn prints(&self, key: &RunKey) -> Option<Prints> {
        key.prints(&self.0)
    }
}

impl Value<'_> {
    /// How much it matters beside others in the same place.
    fn weight(&self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Plain => 1,
            Self::Placeholder => 2,
            Self::Reference { .. } => 3,
            Self::PublicId { .. } => 4,
            Self::Literal { .. } => 5,
        }
    }

    /// True for the secret itself.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        matches!(self, Self::Literal { .. })
    }
}

/// How long a value may be, in bytes: what is longer is a document and not one secret.
const LONGEST: usize = 64 << 10;

/// What the value `text` is that stands under `name`: the name of a variable, an argument, a header or a field.
///
/// `name` may be empty where there is none; then only values of a known form are taken for secrets.
#[must_use]
pub fn value<'t>(name: &str, text: &'t str) -> Value<'t> {
    let text = unquoted(text.trim());
    if text.is_empty() {
        return Value::Empty;
    }
    if let Some(reference) = references::whole(name, text) {
        // Who writes `vault:` before a secret has not put it into one.
        return formed(name, text).unwrap_or(reference);
    }
    if let Some((rest, scheme)) = scheme(name, text) {
        return authorization(name, rest, scheme);
    }
    if urls::is_url(text) {
        return urls::value(text);
    }
    if let Some(found) = urls::connection_string(text) {
        return found;
    }
    if let Some(found) = key_file(text) {
        return found;
    }
    let sort = names::sort(name);
    // Under the name of a secret an object is one as a whole.
    if !matches!(sort, names::Sort::Secret(_))
        && let Some(found) = object(text)
    {
        return found;
    }
    if let Some(found) = of_shape(name, text) {
        // What is meant for everybody may look like a secret, but not like one that no provider gives to everybody.
        let public = sort == names::Sort::Public && !shapes::is_never_public(text);
        return if public { Value::Plain } else { found };
    }
    match sort {
        names::Sort::Secret(kind) => named(name, text, kind),
        names::Sort::KeptElsewhere if names::is_path(text) => Value::Reference { kept_in: "file" },
        _ => Value::Plain,
    }
}

/// What kind of proof a value of this name is, if secrets have such a name.
#[must_use]
pub fn kind(name: &str) -> Option<CredentialKind> {
    match names::sort(name) {
        names::Sort::Secret(kind) => Some(kind),
        _ => None,
    }
}

/// The system that a name names, such as `github` for `GITHUB_TOKEN`.
#[must_use]
pub fn system(name: &str) -> Option<&'static str> {
    names::system(name)
}

/// The first secret or public id of a known form within a longer text, such as a line of code.
#[must_use]
pub fn within(text: &str) -> Option<Value<'_>> {
    let found = shapes::within(text)?;
    Some(found_as(found, ""))
}

/// The first public id of a known form within a longer text.
#[must_use]
pub fn public_id(text: &str) -> Option<Value<'_>> {
    shapes::id_within(text).map(|(id, shape)| Value::PublicId {
        kind: shape.kind,
        system: shape.system.unwrap_or("aws"),
        id,
    })
}

/// What a text is taken for that a scanner reports to be a secret, whatever it looks like.
///
/// `None` if the scanner was told to hide it, or it is a placeholder after all.
#[must_use]
pub fn reported<'t>(name: &str, text: &'t str) -> Option<Value<'t>> {
    let text = unquoted(text.trim());
    if text.is_empty() || placeholders::is_hidden(text) {
        return None;
    }
    match value(name, text) {
        found @ (Value::Literal { .. } | Value::PublicId { .. }) => return Some(found),
        Value::Placeholder => return None,
        _ => {}
    }
    if let Some(found) = within(text) {
        return Some(found);
    }
    let kind = match names::sort(name) {
        names::Sort::Secret(kind) => kind,
        _ => CredentialKind::Other,
    };
    Some(literal(text, kind, names::system(name)))
}

/// A value under a name that secrets have.
fn named<'t>(name: &str, text: &'t str, kind: CredentialKind) -> Value<'t> {
    if names::is_path(text) {
        return Value::Reference { kept_in: "file" };
    }
    let put_in = kind != CredentialKind::Password && references::bare_within(text);
    if !put_in && placeholders::is_placeholder(name, text, kind) {
        return Value::Placeholder;
    }
    if put_in || references::within(text) {
        return Value::Reference { kept_in: references::VARIABLE };
    }
    if names::is_plain(text, kind) {
        return Value::Plain;
    }
    literal(text, kind, names::system(name))
}

/// A value that has the form of a provider's secret or id, as a whole or within.
fn of_shape<'t>(name: &str, text: &'t str) -> Option<Value<'t>> {
    if text.len() > LONGEST {
        return None;
    }
    let found = shapes::within(text)?;
    if shapes::is_id(found.1) {
        return Some(found_as(found, name));
    }
    if placeholders::is_placeholder(name, found.0, found.1.kind) {
        return Some(Value::Placeholder);
    }
    Some(found_as(found, name))
}

/// A secret in a text of a form that no provider gives to anything else, whatever stands around it.
#[must_use]
pub fn formed<'t>(name: &str, text: &'t str) -> Option<Value<'t>> {
    let parts = shapes::spans(text).into_iter().filter_map(|span| text.get(span));
    parts.filter(|part| shapes::is_never_public(part)).find_map(|part| of_shape(name, part).filter(Value::is_literal))
}

fn found_as<'t>(found: (&'t str, &'static shapes::Shape), name: &str) -> Value<'t> {
    let (text, shape) = found;
    match (shapes::is_id(shape), shape.system) {
        (true, Some(system)) => Value::PublicId { kind: shape.kind, system, id: text },
        _ => {
            let system = shape.system.or_else(|| names::system(name));
            // A private key alone does not say what it is for; its name may.
            let named = kind(name).filter(|_| shape.kind == CredentialKind::Other);
            let kind = named.unwrap_or(shape.kind);
            literal(text, kind, system)
        }
    }
}

fn literal<'t>(text: &'t str, kind: CredentialKind, system: Option<&'static str>) -> Value<'t> {
    Value::Literal { secret: Secret(Cow::Borrowed(text)), kind, system, public_id: None }
}

/// The words that may stand before a secret in a header.
const SCHEMES: &[&str] = &["Bearer", "Basic", "Token", "ApiKey", "Bot", "GenieKey", "SSWS"];

/// What follows `Bearer ` or another scheme; `None` for text that only begins with such a word.
fn scheme<'t>(name: &str, text: &'t str) -> Option<(&'t str, &'static str)> {
    let (first, rest) = text.split_once(' ')?;
    let scheme = SCHEMES.iter().find(|scheme| scheme.eq_ignore_ascii_case(first))?;
    let rest = rest.trim();
    let prose = rest.contains(' ') || names::is_plain(rest, CredentialKind::Token);
    (kind(name).is_some() || !prose || rest.starts_with(['<', '$', '{'])).then_some((rest, *scheme))
}

/// What stands behind a scheme.
fn authorization<'t>(name: &str, rest: &'t str, scheme: &str) -> Value<'t> {
    if rest.is_empty() {
        return Value::Empty;
    }
    // The scheme alone says that a secret follows.
    let name = if kind(name).is_some() { name } else { "Authorization" };
    if let Some(reference) = references::whole(name, rest) {
        return formed(name, rest).unwrap_or(reference);
    }
    if scheme == "Basic"
        && let Some(found) = basic(rest)
    {
        return found;
    }
    if let Some(found) = of_shape(name, rest) {
        return found;
    }
    let kind = if scheme == "Basic" { CredentialKind::Password } else { CredentialKind::Token };
    if placeholders::is_placeholder(name, rest, kind) || rest.contains(' ') {
        return Value::Placeholder;
    }
    if references::within(rest) || references::bare_within(rest) {
        return Value::Reference { kept_in: references::VARIABLE };
    }
    literal(rest, kind, names::system(name))
}

/// `user:password` in base64; without a password the user is the key, as some providers have it.
fn basic(text: &str) -> Option<Value<'static>> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).ok()?;
    let decoded = String::from_utf8(bytes).ok()?;
    let (user, password) = decoded.split_once(':')?;
    let (secret, kind) =
        if password.is_empty() { (user, CredentialKind::ApiKey) } else { (password, CredentialKind::Password) };
    if secret.is_empty() {
        return Some(Value::Empty);
    }
    if let Some(Value::Reference { kept_in }) = references::whole("password", secret) {
        return Some(Value::Reference { kept_in });
    }
    if placeholders::is_placeholder("", secret, kind) {
        return Some(Value::Placeholder);
    }
    let shape = shapes::within(secret).map(|(_, shape)| shape).filter(|shape| !shapes::is_id(shape));
    let (kind, system) = shape.map_or((kind, None), |shape| (shape.kind, shape.system));
    Some(Value::Literal { secret: Secret(Cow::Owned(secret.to_owned())), kind, system, public_id: None })
}

/// A service account's key file of Google Cloud, written into a value.
fn key_file(text: &str) -> Option<Value<'static>> {
    #[derive(serde::Deserialize)]
    struct KeyFile<'a> {
        #[serde(borrow)]
        private_key: Cow<'a, str>,
        #[serde(borrow, default)]
        private_key_id: Option<Cow<'a, str>>,
    }
    if !text.starts_with('{') || text.len() > LONGEST {
        return None;
    }
    let file: KeyFile<'_> = serde_json::from_str(text).ok()?;
    if placeholders::is_placeholder("", &file.private_key, CredentialKind::AccessKey) {
        return Some(Value::Placeholder);
    }
    if references::within(&file.private_key) {
        return Some(Value::Reference { kept_in: references::VARIABLE });
    }
    let public_id = file.private_key_id.filter(|id| id.len() == 40).map(Cow::into_owned);
    let secret = Secret(Cow::Owned(file.private_key.trim().to_owned()));
    Some(Value::Literal { secret, kind: CredentialKind::AccessKey, system: Some("gcp"), public_id })
}

/// An object of texts, written into a value, such as one of headers: the most telling of what stands in it.
fn object(text: &str) -> Option<Value<'_>> {
    if !text.starts_with('{') || text.len() > LONGEST {
        return None;
    }
    let members: std::collections::BTreeMap<&str, &str> = serde_json::from_str(text).ok()?;
    let mut best = None;
    for (name, text) in members.into_iter().filter(|(_, text)| !text.starts_with('{')) {
        match value(name, text) {
            found @ Value::Literal { .. } => return Some(found),
            found @ Value::Reference { .. } => best = Some(found),
            found @ Value::Placeholder if best.is_none() => best = Some(found),
            _ => {}
        }
    }
    best
}

/// Without one pair of quotes around it.
fn unquoted(text: &str) -> &str {
    let within = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(text)
}

#[cfg(test)]
#[path = "secrets/tests.rs"]
mod tests;
