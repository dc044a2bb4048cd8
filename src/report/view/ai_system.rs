//! AI systems as a report tells them: what each is, and one drawing of what it reaches.

use serde::Serialize;

use super::card_drawing::drawing;
use super::drawing::Drawn;
use super::reaching::{Entry, Reaching};
use super::{Word, more_of, word};
use crate::contract::v1::{AiSystem, SeverityCounts};
use crate::report::index::Index;
use crate::report::{human, words};

/// How many AI systems have a card.
pub(super) const CARDS: usize = 200;
/// The AI systems.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct AiSystems {
    /// Whether any check asked about anyone.
    tested: bool,
    /// How many are listed and in which order, in words; empty if none is.
    told: String,
    /// A card for each.
    cards: Vec<Card>,
    /// How many have no card, as a number to print; empty if none.
    more: String,
}

/// One AI system.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Card {
    /// The anchor of the card.
    anchor: String,
    /// Its number among the choices of the filter.
    key: usize,
    /// The name.
    name: String,
    /// The id.
    id: String,
    /// What is known of it, such as how it acts and who answers for it.
    facts: Vec<Labelled>,
    /// Its findings by severity, worst first.
    findings: Vec<SeverityTotal>,
    /// How many failures of it are waived, and how many verdicts on it are open, in words; empty if none.
    unknown: String,
    /// What it holds, calls, runs as and reaches, as a drawing: SVG to be printed.
    #[cfg_attr(test, schemars(with = "String"))]
    drawing: Drawn,
    /// The same as a list, with the numbers of the drawing.
    list: Vec<Entry>,
    /// How many are in the list, in words.
    listed: String,
    /// What the list leaves out, in words; empty if nothing.
    more: String,
}

/// A value with its label.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Labelled {
    /// The label.
    label: &'static str,
    /// The value.
    value: String,
}

/// A severity with how many findings have it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct SeverityTotal {
    /// The severity.
    pub severity: Word,
    /// How many.
    pub count: String,
}

impl AiSystems {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let all = &index.head.ai_systems;
        let listed =
            index.head.subjects.iter().filter(|count| {
                count.subject == "ai_system" && count.presence == crate::contract::v1::Presence::Listed
            });
        let listed = listed.map(|count| count.count).fold(0, u64::saturating_add).max(all.len() as u64);
        Self {
            tested: crate::report::untested(index.head).is_none_or(|untested| !untested.nothing_asked()),
            told: match listed {
                0 => String::new(),
                1 => human::count(1, "AI system", "AI systems"),
                all => format!("{}, those with the worst findings first", human::count(all, "AI system", "AI systems")),
            },
            cards: cards(all).into_iter().map(|(key, system)| card(key, system)).collect(),
            more: more_of(listed.saturating_sub(all.len().min(CARDS) as u64)),
        }
    }
}

/// The AI systems that have a card with their numbers: by their worst findings, then by name.
pub(super) fn cards(all: &[AiSystem]) -> Vec<(usize, &AiSystem)> {
    let mut sorted: Vec<&AiSystem> = all.iter().collect();
    let bad = |one: &AiSystem| {
        let SeverityCounts { critical, high, medium, low } = one.findings;
        std::cmp::Reverse([critical, high, medium, low])
    };
    sorted.sort_by(|a, b| {
        let (one, other) = (human::name_or(&a.name, &a.id), human::name_or(&b.name, &b.id));
        bad(a).cmp(&bad(b)).then_with(|| one.cmp(other)).then_with(|| a.id.cmp(&b.id))
    });
    sorted.into_iter().take(CARDS).enumerate().collect()
}

/// Counts by severity, without those that are zero.
pub(super) fn totals(counts: SeverityCounts) -> Vec<SeverityTotal> {
    use crate::contract::v1::Severity::{Critical, High, Low, Medium};
    let all = [(Critical, counts.critical), (High, counts.high), (Medium, counts.medium), (Low, counts.low)];
    let some = all.into_iter().filter(|(_, count)| *count > 0);
    some.map(|(severity, count)| SeverityTotal { severity: word!(severity), count: human::number(count) }).collect()
}

/// What there is beside findings: failures that a waiver covers, and verdicts that are open.
fn besides(system: &AiSystem) -> String {
    let waived = (system.waived > 0).then(|| format!("{} waived", human::count(system.waived, "failure", "failures")));
    let open = (system.unknown > 0).then(|| format!("{} open", human::count(system.unknown, "verdict", "verdicts")));
    waived.into_iter().chain(open).collect::<Vec<_>>().join(", ")
}

fn card(key: usize, system: &AiSystem) -> Card {
    let reaching = Reaching::of(system);
    Card {
        anchor: format!("ai-{}", key + 1),
        key,
        name: human::brief(human::name_or(&system.name, &system.id)),
        id: human::brief(&system.id),
        facts: facts(system),
        findings: totals(system.findings),
        unknown: besides(system),
        drawing: drawing(system, &reaching),
        listed: listed(system, &reaching.entries),
        list: reaching.entries,
        more: left_out(system),
    }
}

fn facts(system: &AiSystem) -> Vec<Labelled> {
    let said = |text: &Option<String>| text.as_deref().map_or_else(|| "not stated".to_owned(), words::plain);
    let as_is = |text: &Option<String>| text.as_deref().map(human::brief);
    let owners = system.owners.iter().map(String::as_str);
    let owners = match system.owners.len() as u64 {
        0 => "none known".to_owned(),
        n => human::names(owners, n, 6),
    };
    let stage = match &system.pilot_ends_at {
        Some(end) => format!("{}, until {}", said(&system.stage), human::instant(end)),
        None => said(&system.stage),
    };
    let mut all = vec![
        Labelled { label: "Acts", value: said(&system.mode) },
        Labelled { label: "Stage", value: stage },
        Labelled { label: "Owner", value: owners },
        Labelled { label: "Model", value: as_is(&system.model).unwrap_or_else(|| "not stated".to_owned()) },
    ];
    all.extend(as_is(&system.vendor).map(|value| Labelled { label: "Vendor", value }));
    all
}

/// How many of each kind are in a list, such as `1 credential, 4 tools`.
///
/// A credential that it does not hold is one of an identity that it runs as.
fn listed(system: &AiSystem, entries: &[Entry]) -> String {
    let of = |kind: &str| entries.iter().filter(|entry| entry.is(kind)).count() as u64;
    let lent = system.credentials.iter().filter(|one| !one.held).count() as u64;
    let counts = [
        (of("credential").saturating_sub(lent), "credential", "credentials"),
        (lent, "credential of an identity that it runs as", "credentials of identities that it runs as"),
        (of("identity"), "identity", "identities"),
        (of("tool"), "tool", "tools"),
        (of("resource"), "resource", "resources"),
    ];
    let told = counts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| human::count(*n, one, many));
    told.collect::<Vec<_>>().join(", ")
}

fn left_out(system: &AiSystem) -> String {
    let more = system.more;
    let parts = [
        (more.credentials, "credential", "credentials"),
        (more.identities, "identity that it runs as", "identities that it runs as"),
        (more.becomes, "identity that it can become", "identities that it can become"),
        (more.tools, "tool", "tools"),
        (more.resources, "resource", "resources"),
    ];
    let told: Vec<String> =
        parts.iter().filter(|(n, ..)| *n > 0).map(|(n, one, many)| human::count(*n, one, many)).collect();
    told.join(", ")
}
