//! Starting points: a check and a framework that work as they are, with a word on each line, for someone who fills them in.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::file::ControlFile;
use crate::base::diagnostic::Diagnostic;
use crate::model::Subject;

const CHECK: &str = include_str!("start/check.toml");
const FRAMEWORK: &str = include_str!("start/framework.toml");

/// What stands in a starting check about one subject.
struct Words {
    subject: Subject,
    what: &'static str,
    title: &'static str,
    applies: &'static str,
    passes: &'static str,
    said: (&'static str, &'static str),
    look: &'static str,
    named: (&'static str, &'static str),
    given: (&'static str, &'static str),
}

const SUBJECTS: &[Words] = &[
    Words {
        subject: Subject::Identity,
        what: "identity",
        title: "Identities have a recorded purpose",
        applies: "identity.enabled && !identity.human",
        passes: "has(identity.purpose)",
        said: ("its purpose is recorded", "nobody recorded what it is for"),
        look: "it is recorded what it is for",
        named: ("one whose purpose is recorded", "one without a purpose"),
        given: ("purpose = \"sends invoices\"", "purpose = { absent = true }"),
    },
    Words {
        subject: Subject::Credential,
        what: "credential",
        title: "Credentials have an end",
        applies: "credential.enabled && credential.kind in ['access_key', 'api_key']",
        passes: "has(credential.expires_at)",
        said: ("it ends on {{ credential.expires_at | date }}", "it never ends by itself"),
        look: "it ends by itself",
        named: ("one that ends", "one that never ends"),
        given: ("expires_at = \"2026-12-31T00:00:00Z\"", "expires_at = { absent = true }"),
    },
    Words {
        subject: Subject::Owner,
        what: "owner",
        title: "Owners are still there",
        applies: "owner.kind == 'person'",
        passes: "owner.active",
        said: ("still there", "gone"),
        look: "the person or team is still there",
        named: ("one that is there", "one that is gone"),
        given: ("active = true", "active = false"),
    },
    Words {
        subject: Subject::Group,
        what: "group",
        title: "Groups have members",
        applies: "!group.built_in",
        passes: "size(group.members) > 0",
        said: ("it has members", "nobody is in it"),
        look: "anyone is in it",
        named: ("one with a member", "an empty one"),
        given: ("members = [{ name = \"a-user\" }]", "members = []"),
    },
    Words {
        subject: Subject::Policy,
        what: "policy",
        title: "Policies are attached to something",
        applies: "policy.managed_by == 'customer'",
        passes: "policy.attached_count > 0",
        said: ("it is attached", "nothing has it"),
        look: "anything has it",
        named: ("one that is attached", "one that nothing has"),
        given: ("attached_count = 1", "attached_count = 0"),
    },
    Words {
        subject: Subject::Resource,
        what: "resource",
        title: "Resources are approved",
        applies: "resource.kind == 'mcp_server'",
        passes: "resource.approved",
        said: ("it is approved", "nobody approved it"),
        look: "it is approved",
        named: ("an approved one", "one that is not approved"),
        given: ("approved = true", "approved = false"),
    },
    Words {
        subject: Subject::AiSystem,
        what: "AI system",
        title: "AI systems are logged",
        applies: "ai_system.stage == 'production'",
        passes: "ai_system.logged",
        said: ("a log records what it does", "no log records what it does"),
        look: "a log records what it does",
        named: ("a logged one", "one that no log records"),
        given: ("logged = true", "logged = false"),
    },
    Words {
        subject: Subject::Exposure,
        what: "exposure",
        title: "Exposures are dealt with",
        applies: "exposure.kind == 'repository'",
        passes: "has(exposure.resolved_at)",
        said: ("dealt with on {{ exposure.resolved_at | date }}", "it is still open"),
        look: "it is dealt with",
        named: ("one that is dealt with", "an open one"),
        given: ("resolved_at = \"2026-10-01T00:00:00Z\"", "resolved_at = { absent = true }"),
    },
];

/// The subjects that a check can be started about.
pub fn subjects() -> impl Iterator<Item = Subject> {
    SUBJECTS.iter().map(|words| words.subject)
}

/// The text of a starting check. `schema` is where its schema lies, from its own folder.
#[must_use]
pub fn check(id: &str, subject: Subject, schema: &str) -> Option<String> {
    let words = SUBJECTS.iter().find(|words| words.subject == subject)?;
    let mut text = CHECK.to_owned();
    for (slot, word) in [
        ("@SCHEMA@", schema),
        ("@ID@", id),
        ("@SUBJECT@", subject.name()),
        ("@WHAT@", words.what),
        ("@TITLE@", words.title),
        ("@APPLIES@", words.applies),
        ("@PASSES@", words.passes),
        ("@PASS@", words.said.0),
        ("@FAIL@", words.said.1),
        ("@LOOK@", words.look),
        ("@GOOD@", words.named.0),
        ("@BAD@", words.named.1),
        ("@GIVEN_GOOD@", words.given.0),
        ("@GIVEN_BAD@", words.given.1),
    ] {
        text = text.replace(slot, word);
    }
    Some(text)
}

/// The fields whose text in a starting point is there to be replaced. `unanswered` says what is true until it is.
const TO_FILL: [&str; 8] =
    ["rationale", "remediation", "publisher", "url", "licence_note", "attribution", "title", "summary"];
/// The texts of a starting check that say what its question asks.
const SENTENCES: [&str; 4] = ["title", "pass", "fail", "procedure"];

/// A text of a file: the name of its field, what it says, and where.
type Said = (String, String, Range<usize>);

/// What of a file still says what its starting point said, in one warning.
#[must_use]
pub fn unfilled(file: &ControlFile) -> Option<Diagnostic> {
    let is_check = file.path.starts_with("checks/");
    if !is_check && !file.path.starts_with("frameworks/") {
        return None;
    }
    let said = texts(&file.text);
    let placeholders = texts(&if is_check { check("own", Subject::Identity, "")? } else { framework("own", "") });
    let template = if is_check { CHECK } else { FRAMEWORK };
    let stands = |one: &&Said| {
        let same = placeholders.iter().any(|(name, text, _)| (name, text) == (&one.0, &one.1));
        same && TO_FILL.contains(&one.0.as_str()) && template.contains(one.1.trim())
    };
    let mut left: Vec<&Said> = said.iter().filter(stands).collect();
    if is_check {
        left.extend(stale(&said));
    }
    left.sort_by_key(|(_, _, span)| span.start);
    let (_, _, span) = left.first()?;
    let mut seen = BTreeSet::new();
    let names: Vec<String> =
        left.iter().filter(|(name, ..)| seen.insert(name)).map(|(name, ..)| format!("`{name}`")).collect();
    let says = if names.len() == 1 { "still says" } else { "still say" };
    let wrong = Diagnostic::warning("unfilled", format!("{} {says} what the starting point said", names.join(", ")))
        .help("write your own text there: reports and people read it");
    Some(wrong.at(&file.path, span.clone(), "not filled in"))
}

/// Sentences that fit the question of the starting point, where another is asked.
fn stale(said: &[Said]) -> Vec<&Said> {
    let of = |name: &str| said.iter().find(|(known, ..)| known == name).map(|(_, text, _)| text.as_str());
    let words = SUBJECTS.iter().find(|words| Some(words.subject.name()) == of("subject"));
    let Some(words) = words.filter(|words| of("passes").is_some_and(|passes| passes != words.passes)) else {
        return Vec::new();
    };
    let first = check("own", words.subject, "").map(|text| texts(&text)).unwrap_or_default();
    let stands = |one: &&Said| {
        SENTENCES.contains(&one.0.as_str()) && first.iter().any(|(name, text, _)| (name, text) == (&one.0, &one.1))
    };
    said.iter().filter(stands).collect()
}

/// All texts of a file, in its tables and in the lists of them.
fn texts(text: &str) -> Vec<Said> {
    fn walk(table: &DeTable<'_>, depth: usize, out: &mut Vec<Said>) {
        for (name, value) in table {
            match value.get_ref() {
                DeValue::String(said) => {
                    out.push((name.get_ref().to_string(), said.to_string(), value.span()));
                }
                DeValue::Array(members) if depth < 4 => {
                    for member in members {
                        if let DeValue::Table(table) = member.get_ref() {
                            walk(table, depth + 1, out);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut out = Vec::new();
    walk(DeTable::parse_recoverable(text).0.get_ref(), 0, &mut out);
    out
}

/// The text of a starting framework. `schema` is where its schema lies, from its own folder.
#[must_use]
pub fn framework(id: &str, schema: &str) -> String {
    FRAMEWORK.replace("@SCHEMA@", schema).replace("@ID@", id)
}
