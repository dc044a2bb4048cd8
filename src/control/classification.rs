//! How AI-connected identities, people and machines are recognised: named rules, each with its reason.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::file::{ControlFile, Reader};
use super::names::{Confidence, Target, unknown_name};
use super::question::{Asked, compile_rule};
use crate::base::diagnostic::Diagnostic;

/// Rules of one subject, as they are written: one file `classification/ID.toml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawClassification {
    /// A short name in lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What is recognised.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// What a reader must know of the rules.
    pub note: Option<String>,
    /// The rules.
    pub rules: Vec<RawRule>,
}

/// A rule by which something is recognised.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRule {
    /// A short name in lower-case letters, digits and hyphens.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What is true where it fires.
    #[schemars(with = "String")]
    pub title: Spanned<String>,
    /// What it says of the identity: `is_ai`, `human` or `machine`.
    #[schemars(with = "String", extend("enum" = ["is_ai", "human", "machine"]))]
    pub target: Spanned<String>,
    /// How sure it is: `low`, `medium` or `high`.
    #[schemars(with = "String", extend("enum" = ["low", "medium", "high"]))]
    pub confidence: Spanned<String>,
    /// Why it says so, for the report.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// What it looks at; always `identity`.
    #[schemars(with = "String")]
    pub subject: Spanned<String>,
    /// An expression over facts that are not derived from classification: true where it fires.
    #[schemars(with = "String")]
    pub when: Spanned<String>,
}

/// The rules of one file.
#[derive(Debug, Clone)]
pub struct Classification {
    /// The id.
    pub id: String,
    /// The path of its file within the controls.
    pub path: String,
    /// What is recognised.
    pub title: String,
    /// What a reader must know of the rules.
    pub note: Option<String>,
    /// The rules, in the order of the file.
    pub rules: Vec<Rule>,
}

/// A rule by which something is recognised.
#[derive(Debug, Clone)]
pub struct Rule {
    /// The id.
    pub id: String,
    /// What is true where it fires.
    pub title: String,
    /// What it says of the identity.
    pub target: Target,
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it says so.
    pub reason: String,
    /// True where it fires.
    pub when: Asked,
}

impl Classification {
    /// Reads a file. It is `None` if it cannot be used; the mistakes are all told, whatever they are.
    #[must_use]
    pub fn read(file: &ControlFile) -> (Option<Self>, Vec<Diagnostic>) {
        let mut reader = Reader::new(&file.path, &file.text);
        let read = reader.parse::<RawClassification>().map(|raw| {
            let mut ids = BTreeSet::new();
            let rules = raw.rules.iter().filter_map(|raw| rule(&mut reader, raw, &mut ids)).collect();
            Self {
                id: reader.id(&raw.id),
                path: file.path.clone(),
                title: reader.text(&raw.title, "title"),
                note: raw.note.map(|note| note.trim().to_owned()),
                rules,
            }
        });
        let read = read.filter(|_| reader.errors() == 0);
        (read, reader.finish())
    }
}

fn rule(reader: &mut Reader<'_>, raw: &RawRule, ids: &mut BTreeSet<String>) -> Option<Rule> {
    let id = reader.id(&raw.id);
    if !ids.insert(id.clone()) {
        let wrong = Diagnostic::error("duplicate-id", format!("two rules are named `{id}`"));
        reader.note(wrong, raw.id.span(), "named before");
    }
    let target = reader.check(Target::read(raw.target.get_ref()), &raw.target.span(), "unknown target");
    let confidence = reader.check(Confidence::read(raw.confidence.get_ref()), &raw.confidence.span(), "unknown");
    if raw.subject.get_ref() != "identity" {
        let wrong = unknown_name("subject of classification", raw.subject.get_ref(), &["identity"]);
        reader.note(wrong, raw.subject.span(), "cannot be classified");
    }
    let title = reader.text(&raw.title, "title");
    let reason = reader.text(&raw.reason, "reason");
    let when = match compile_rule(&reader.written(&raw.when)) {
        Ok(when) => Some(when),
        Err(wrong) => {
            reader.add(wrong);
            None
        }
    };
    Some(Rule { id, title, target: target?, confidence: confidence?, reason, when: when? })
}
