//! What the inventory said, checked, and kept until all exports were read.

use toml::Value;

use super::raw;
use crate::base::text::is_blank;
use crate::export::secrets;
use crate::model::facts::{AiMode, AiStage, CredentialKind, Effect, IdentityKind, OwnerKind};
use crate::model::listing::Listing;
use crate::model::record::RecordId;

/// The tables of an inventory, in the order in which they are placed.
pub const TABLES: [&str; 11] = [
    "owners",
    "ai_systems",
    "resources",
    "identities",
    "credentials",
    "exposures",
    "reviews",
    "drills",
    "log_sources",
    "closures",
    "attestations",
];

/// One entry of the inventory.
#[derive(Debug, Clone)]
pub enum Entry {
    /// `[[owners]]`
    Owner(raw::Owner),
    /// `[[identities]]`
    Identity(raw::Identity),
    /// `[[credentials]]`
    Credential(raw::Credential),
    /// `[[ai_systems]]`
    AiSystem(raw::AiSystem),
    /// `[[resources]]`
    Resource(raw::Resource),
    /// `[[exposures]]`
    Exposure(raw::Exposure),
    /// `[[reviews]]`
    Review(raw::Review),
    /// `[[drills]]`
    Drill(raw::Drill),
    /// `[[log_sources]]`
    LogSource(raw::LogSource),
    /// `[[closures]]`
    Closure(raw::Closure, Listing),
    /// `[[attestations]]`
    Attestation(raw::Attestation),
}

/// Everything that the inventory said, with the record of each entry.
pub type Statements = Vec<(RecordId, Entry)>;

impl Entry {
    /// Reads an entry of a table.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn read(table: &str, value: Value) -> Result<Self, String> {
        fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, String> {
            value.try_into().map_err(|error: toml::de::Error| unquoted(error.message().lines().next().unwrap_or("")))
        }
        no_blanks(&value)?;
        no_secrets(&value)?;
        let entry = match table {
            "owners" => Self::Owner(typed(value)?),
            "identities" => Self::Identity(typed(value)?),
            "credentials" => Self::Credential(typed(value)?),
            "ai_systems" => Self::AiSystem(typed(value)?),
            "resources" => Self::Resource(typed(value)?),
            "exposures" => Self::Exposure(typed(value)?),
            "reviews" => Self::Review(typed(value)?),
            "drills" => Self::Drill(typed(value)?),
            "log_sources" => Self::LogSource(typed(value)?),
            "closures" => {
                let closure: raw::Closure = typed(value)?;
                let listing = one_of("listing", &closure.listing, Listing::ALL.iter().map(|listing| listing.name()))?;
                let listing = Listing::from_name(listing).ok_or("no such list")?;
                Self::Closure(closure, listing)
            }
            "attestations" => Self::Attestation(typed(value)?),
            other => return Err(format!("there is no table `{other}`")),
        };
        entry.check()?;
        Ok(entry)
    }

    /// How the entry is told from others of its table: its id, where it has one.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Owner(owner) => Some(&owner.id),
            Self::AiSystem(system) => Some(&system.id),
            Self::Credential(credential) => Some(&credential.credential),
            Self::Resource(resource) => Some(&resource.pattern),
            _ => None,
        }
    }

    fn check(&self) -> Result<(), String> {
        let time = |field: &str, at: &Option<raw::When>| at.as_ref().map(|at| at.instant(field)).transpose();
        match self {
            Self::Owner(owner) => {
                filled("id", &owner.id)?;
                time("left_at", &owner.left_at)?;
                if let Some(kind) = &owner.kind {
                    one_of("kind", kind, OwnerKind::ALL.iter().map(|kind| kind.name()))?;
                }
            }
            Self::Identity(identity) => {
                filled("identity", &identity.identity)?;
                time("expires_at", &identity.expires_at)?;
                if let Some(kind) = &identity.kind {
                    one_of("kind", kind, IdentityKind::ALL.iter().map(|kind| kind.name()))?;
                }
            }
            Self::Credential(credential) => {
                filled("credential", &credential.credential)?;
                time("created_at", &credential.created_at)?;
                time("last_change_at", &credential.last_change_at)?;
                time("expires_at", &credential.expires_at)?;
                if credential.expires_at.is_some() && credential.never_expires == Some(true) {
                    return Err("it has `expires_at`, and never expires".to_owned());
                }
                if let Some(kind) = &credential.kind {
                    one_of("kind", kind, CredentialKind::ALL.iter().map(|kind| kind.name()))?;
                }
            }
            Self::AiSystem(system) => {
                filled("id", &system.id)?;
                time("pilot_ends_at", &system.pilot_ends_at)?;
                if let Some(mode) = &system.mode {
                    one_of("mode", mode, AiMode::ALL.iter().map(|mode| mode.name()))?;
                }
                if let Some(stage) = &system.stage {
                    one_of("stage", stage, AiStage::ALL.iter().map(|stage| stage.name()))?;
                }
                if system.session_minutes.is_some_and(|minutes| !(0.0..=10_000_000.0).contains(&minutes)) {
                    return Err("`session_minutes` is not a number of minutes".to_owned());
                }
            }
            Self::Resource(resource) => {
                filled("pattern", &resource.pattern)?;
                for effect in resource.effects.iter().flatten() {
                    one_of("effects", effect, Effect::ALL.iter().map(|effect| effect.name()))?;
                }
            }
            Self::Exposure(exposure) => {
                filled("exposure", &exposure.exposure)?;
                filled("by", &exposure.by)?;
                time("resolved_at", &exposure.resolved_at)?;
            }
            Self::Review(review) => {
                review.at.instant("at")?;
                someone(&review.identities, review.ai_system.as_ref())?;
                if let Some(outcome) = &review.outcome {
                    one_of("outcome", outcome, ["keep", "reduce", "remove"].into_iter())?;
                }
            }
            Self::Drill(drill) => {
                drill.at.instant("at")?;
                someone(&drill.identities, drill.ai_system.as_ref())?;
                if !(0.0..=10_000_000.0).contains(&drill.minutes) {
                    return Err("`minutes` is not a number of minutes".to_owned());
                }
            }
            Self::LogSource(source) => someone(&source.identities, None)?,
            Self::Closure(closure, _) => {
                if closure.entries.is_some_and(|entries| entries < 0) {
                    return Err("`entries` is not a number of entries".to_owned());
                }
                filled("scope", &closure.scope)?;
                filled("by", &closure.by)?;
                time("as_of", &closure.as_of)?;
            }
            Self::Attestation(attestation) => {
                filled("by", &attestation.by)?;
                let at = attestation.at.instant("at")?;
                let end = attestation.expires_at.as_ref().map(|at| at.end("expires_at")).transpose()?;
                if end.is_some_and(|end| end < at) {
                    return Err("`expires_at` is before `at`".to_owned());
                }
            }
        }
        Ok(())
    }
}

/// What is given must say something: a text of spaces would be a purpose, an owner or a system that nobody named.
fn no_blanks(entry: &Value) -> Result<(), String> {
    for (field, value) in entry.as_table().into_iter().flatten() {
        match value {
            Value::String(text) => filled(field, text)?,
            Value::Array(members) if members.iter().filter_map(Value::as_str).any(is_blank) => {
                return Err(format!("a member of `{field}` is empty"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// A secret has no place in what people state: it would be printed wherever that is.
fn no_secrets(entry: &Value) -> Result<(), String> {
    let secret = |text: &str| matches!(secrets::masked(text), std::borrow::Cow::Owned(masked) if masked != text);
    for (field, value) in entry.as_table().into_iter().flatten() {
        let found = match value {
            Value::String(text) => secret(text),
            Value::Array(members) => members.iter().filter_map(Value::as_str).any(secret),
            _ => false,
        };
        if found {
            return Err(format!("`{field}` has what looks like a secret: take it out, and replace the secret"));
        }
    }
    Ok(())
}

fn filled(field: &str, text: &str) -> Result<(), String> {
    if is_blank(text) { Err(format!("`{field}` is empty")) } else { Ok(()) }
}

fn someone(identities: &[String], ai_system: Option<&String>) -> Result<(), String> {
    if identities.is_empty() && ai_system.is_none() {
        return Err("it names no identities".to_owned());
    }
    Ok(())
}

fn one_of(field: &str, text: &str, names: impl Iterator<Item = &'static str>) -> Result<&'static str, String> {
    let names: Vec<&'static str> = names.collect();
    if let Some(name) = names.iter().find(|name| **name == text) {
        return Ok(name);
    }
    let hint = meant(text, &names)
        .map_or_else(|| format!("it is one of {}", names.join(", ")), |name| format!("did you mean `{name}`?"));
    Err(format!("`{field}` is `{}`: {hint}", crate::base::text::shortened(text, 40)))
}

/// What people write for names of closed sets; a set that does not have the name is not meant.
const WORDS: &[(&str, &[&str])] = &[
    ("human", &["person", "people", "user", "employee"]),
    ("person", &["human", "user", "employee"]),
    ("team", &["group", "department"]),
    ("machine_user", &["robot", "bot", "machine", "software", "automation"]),
    ("workload", &["service", "application", "app", "pod"]),
    ("oauth_app", &["oauth"]),
];

/// The name of a closed set that is meant by a text, whatever its case and whatever stands between its words.
fn meant(text: &str, names: &[&'static str]) -> Option<&'static str> {
    let text = text.trim().to_lowercase().replace(['-', ' '], "_");
    let word = WORDS.iter().find(|(name, words)| names.contains(name) && words.contains(&text.as_str()));
    word.map(|(name, _)| *name).or_else(|| crate::base::text::nearest(&text, names.iter().copied()))
}

/// A parser's message without the value that it quotes, which may be a secret in the wrong place.
fn unquoted(message: &str) -> String {
    if message.contains("untagged enum When") {
        return "something else stands where a date such as `2026-08-03` is expected".to_owned();
    }
    let quotes = ["invalid type: ", "invalid value: "].iter().any(|start| message.starts_with(start));
    match (message.find(['"', '`']), message.rfind(", expected")) {
        (Some(from), Some(to)) if quotes && from < to => {
            format!("{}{}", message.get(..from).unwrap_or("").trim_end(), message.get(to..).unwrap_or(""))
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_quoted() {
        for wrong in ["id = 'a'\nactive = 'CANARY'", "id = ['CANARY']", "id = 'a'\nleft_at = true\nmembers = 'CANARY'"]
        {
            let message = read("owners", wrong).unwrap_err();
            assert!(message.contains("expected") && !message.contains("CANARY"), "{message}");
        }
    }

    fn read(table: &str, text: &str) -> Result<Entry, String> {
        Entry::read(table, Value::Table(text.parse().unwrap()))
    }

    #[test]
    fn what_is_given_says_something() {
        for (table, wrong, message) in [
            ("identities", "identity = 'a'\npurpose = '  '", "`purpose` is empty"),
            ("identities", "identity = 'a'\nsponsor = ''", "`sponsor` is empty"),
            ("identities", "identity = 'a'\nai_system = \"\\u200b\"", "`ai_system` is empty"),
            ("identities", "identity = 'a'\nowners = ['b', ' ']", "a member of `owners` is empty"),
            ("owners", "id = '\t'", "`id` is empty"),
            ("owners", "id = 'a'\nname = ' '", "`name` is empty"),
            ("reviews", "identities = ['a']\nat = 2026-01-01\nby = ' '", "`by` is empty"),
        ] {
            assert_eq!(read(table, wrong).unwrap_err(), message, "{wrong}");
        }
        assert!(read("identities", "identity = 'a'\nowners = []").is_ok());
    }

    #[test]
    fn entries_are_checked() {
        assert!(read("owners", "id = 'a'\nleft_at = 2026-01-02").is_ok());
        assert!(read("owners", "id = 'a'\nleft_at = '2026-01-02T00:00:00Z'").is_ok());
        assert_eq!(
            read("closures", "listing='owner'\nscope='*'\nby='x'").unwrap_err(),
            "`listing` is `owner`: did you mean `owners`?"
        );
        for (kind, hint) in [
            ("person", "did you mean `human`?"),
            ("Human", "did you mean `human`?"),
            ("robot", "did you mean `machine_user`?"),
            ("Service Account", "did you mean `service_account`?"),
            (
                "zebra",
                "it is one of service_account, role, workload, oauth_app, api_client, machine_user, agent, human, other",
            ),
        ] {
            let wrong = read("identities", &format!("identity = 'a'\nkind = '{kind}'")).unwrap_err();
            assert_eq!(wrong, format!("`kind` is `{kind}`: {hint}"));
        }
        assert!(read("identities", "identity = 'a'\nkind = 'agent'").is_ok());
        assert_eq!(
            read("owners", "id = 'a'\nkind = 'human'").unwrap_err(),
            "`kind` is `human`: did you mean `person`?"
        );
        assert!(read("owners", "id = 'a'\nzebra = 1").unwrap_err().contains("zebra"));
        assert!(read("owners", "name = 'a'").unwrap_err().contains("id"));
        assert!(read("reviews", "at = 2026-01-01\nby = 'x'").unwrap_err().contains("no identities"));
        assert!(read("drills", "identities = ['x']\nat = 'soon'\nminutes = 3").unwrap_err().contains("`at`"));
        assert!(read("drills", "identities = ['x']\nat = 2026-01-01\nminutes = 3").is_ok());
    }
}
