//! Verdicts for people: failures with what they rest on and what would end them, then what is not decided, then passes.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{Item, Places, Section, is_derived, piece, value};
use crate::contract::explanation::v1::{Change, ExplainedVerdict, Explanation, Missing, Outcome};
use crate::contract::v1::{Evidence, GapAbout, Hop};
use crate::report::human;
use crate::report::summary::{Piece, Tone};
use crate::report::words;

/// How many facts of one verdict are shown.
const FACTS: usize = 8;
/// How many facts a pass names.
const NAMED: usize = 3;

pub(super) fn verdicts(all: &Explanation, places: &Places) -> Vec<Section> {
    let of = |outcome: Outcome, tell: &dyn Fn(&ExplainedVerdict) -> Item, title: &str| {
        let items: Vec<Item> = all.verdicts.iter().filter(|one| one.verdict == outcome).map(tell).collect();
        Section { title: title.to_owned(), note: String::new(), items }
    };
    let alone = all.check_run.is_some();
    let told = RefCell::default();
    let mut sections = vec![
        of(Outcome::Fail, &|one| failure(one, places, alone), "Fails"),
        of(Outcome::Unknown, &|one| undecided(one, &told), "Not decided"),
        of(Outcome::Pass, &|one| pass(one), "Passes"),
    ];
    if alone && all.verdicts.is_empty() {
        let run = all.check_run.as_deref().unwrap_or("");
        let items = vec![Item::default().cell(format!("{run} does not apply to it"), Tone::Plain)];
        sections.push(Section { title: "No verdict".to_owned(), note: String::new(), items });
    }
    sections
}

fn label(text: &str) -> Piece {
    piece(format!("{text:<10}  "), Tone::Dim)
}

fn failure(one: &ExplainedVerdict, places: &Places, alone: bool) -> Item {
    let mut item = Item::default()
        .cell(one.severity.label(), Tone::Bad)
        .cell(&one.check_run, Tone::Strong)
        .cell(human::brief(&one.reason), Tone::Plain);
    if let Some(waiver) = &one.waiver {
        let (kind, approver) = (waiver.kind.replace('_', " "), human::brief(&waiver.approver));
        let text = format!("as {kind} by {approver}, expires on {} ({})", waiver.expires, human::brief(&waiver.id));
        item.below(vec![label("waived"), piece(text, Tone::Warn)]);
    }
    for (at, evidence) in one.evidence.iter().take(FACTS).enumerate() {
        let title = if at == 0 { "rests on" } else { "" };
        // Of which grant or trust a fact is was said with the line that names it.
        let said =
            one.evidence.iter().take(at).any(|before| evidence.subject.as_deref() == Some(before.value.as_str()));
        item.below(fact_line(title, evidence, alone, said, places));
    }
    if one.evidence.len() > FACTS {
        item.below(vec![label(""), piece(format!("and {} more", one.evidence.len() - FACTS), Tone::Dim)]);
    }
    for (at, hop) in one.path.iter().enumerate() {
        item.below(vec![label(if at == 0 { "path" } else { "" }), piece(hop_words(hop), Tone::Plain)]);
        for evidence in &hop.evidence {
            let text = format!("  {}  ", human::brief(&evidence.value));
            item.below(vec![label(""), piece(text, Tone::Dim), piece(places.of(evidence), Tone::Dim)]);
        }
    }
    for (at, change) in one.changes.iter().enumerate() {
        item.below(vec![
            label(if at == 0 { "passes if" } else { "or if" }),
            piece(change.facts.join(", and "), Tone::Good),
        ]);
    }
    if let Some(text) = &one.remediation {
        let whole = if alone { text.clone() } else { beginning(text) };
        for (at, line) in whole.lines().enumerate() {
            item.below(vec![label(if at == 0 { "remedy" } else { "" }), piece(line, Tone::Plain)]);
        }
        if !alone {
            let check = one.check_run.split('[').next().unwrap_or("");
            item.below(vec![label(""), piece(format!("all of it: assize controls show {check}"), Tone::Dim)]);
        }
    }
    item
}

/// The first paragraph, and what it announces with a colon.
fn beginning(text: &str) -> String {
    let mut paragraphs = text.trim().split("\n\n");
    let first = paragraphs.next().unwrap_or("").trim_end();
    match paragraphs.next().filter(|_| first.ends_with(':')) {
        Some(announced) => format!("{first}\n{}", announced.trim_end()),
        None => first.to_owned(),
    }
}

fn hop_words(hop: &Hop) -> String {
    let name = |one: &crate::contract::v1::SubjectRef| human::brief(human::name_or(&one.name, &one.id));
    format!("{}. {} → {}, {}, {}", hop.n, name(&hop.from), name(&hop.to), words::step_on(hop), hop.state.label())
}

fn fact_line(title: &str, one: &Evidence, alone: bool, said: bool, places: &Places) -> Vec<Piece> {
    let of = one.subject.as_deref().filter(|_| !said).map(|of| format!(" of {}", human::brief(of))).unwrap_or_default();
    // Why it is recognised as what it is stands in a section of its own.
    let told = !is_derived(one) && (alone || !one.note.as_deref().is_some_and(|note| note.starts_with("by the rule")));
    let note = one.note.as_deref().filter(|_| told).map(|note| format!(" ({})", human::brief(note)));
    let note = note.unwrap_or_default();
    vec![
        label(title),
        piece(format!("{}{of}: {}{note}  ", one.fact, value(one)), Tone::Plain),
        piece(places.of(one), Tone::Dim),
    ]
}

/// `told` are the remedies that were told already.
fn undecided(one: &ExplainedVerdict, told: &RefCell<BTreeSet<String>>) -> Item {
    let mut item = Item::default()
        .cell(one.severity.label(), Tone::Warn)
        .cell(&one.check_run, Tone::Strong)
        .cell(human::brief(&one.reason), Tone::Plain);
    for missing in &one.missing {
        let new = told.try_borrow_mut().is_ok_and(|mut told| told.insert(missing.remedy.text.clone()));
        for line in missing_lines(missing, new, &one.reason) {
            item.below(line);
        }
    }
    item
}

/// What is missing and its remedy; of one that was told already only what the reason does not say.
fn missing_lines(missing: &Missing, new: bool, reason: &str) -> Vec<Vec<Piece>> {
    let name = match missing.about {
        GapAbout::Listing(_) => words::listing(missing.about.name()),
        GapAbout::Fact(_) => missing.about.name().to_owned(),
    };
    let cause = missing.cause.label();
    if !new {
        let said = reason.contains(&format!("`{name}`"));
        let text = format!("{name} ({cause}), remedy as above");
        return if said { Vec::new() } else { vec![vec![label("missing"), piece(text, Tone::Warn)]] };
    }
    let mut lines = vec![
        vec![label("missing"), piece(format!("{name} ({cause})"), Tone::Warn)],
        vec![label("remedy"), piece(human::passage(&missing.remedy.text), Tone::Plain)],
    ];
    let commands = missing.remedy.commands.iter();
    lines.extend(commands.map(|command| vec![label(""), piece(format!("$ {command}"), Tone::Plain)]));
    lines
}

fn pass(one: &ExplainedVerdict) -> Item {
    let text = match one.changes.first().and_then(crossed) {
        Some(crossed) => format!("{}; {crossed}", one.reason),
        None => match rests_on(&one.evidence) {
            facts if facts.is_empty() => one.reason.clone(),
            facts => format!("{}; rests on {facts}", one.reason),
        },
    };
    Item::default().cell(&one.check_run, Tone::Plain).cell(human::passage(&text), Tone::Dim)
}

/// When a limit is crossed, and how.
fn crossed(change: &Change) -> Option<String> {
    let from = change.from.as_deref()?;
    let verdict = match change.verdict {
        Outcome::Fail => "fails",
        Outcome::Unknown => "is undecided",
        Outcome::Pass => "passes",
        Outcome::DoesNotApply => "no longer applies",
    };
    Some(format!("{verdict} from {} on", from.get(..10).unwrap_or(from)))
}

fn rests_on(evidence: &[Evidence]) -> String {
    let mut names: Vec<String> = Vec::new();
    for one in evidence.iter().filter(|one| one.fact != "identity.is_ai") {
        // Whom a list names, and how a member was found, is more than a pass needs.
        let plain = one.subject.is_none() && !one.value.contains(':') && one.value.len() <= 24;
        let text = if plain { format!("{} ({})", one.fact, value(one)) } else { one.fact.to_string() };
        if !names.iter().any(|known| known.split(' ').next() == Some(one.fact.as_ref())) {
            names.push(text);
        }
    }
    let more = names.len().saturating_sub(NAMED);
    names.truncate(NAMED);
    if more > 0 {
        names.push(format!("{more} more"));
    }
    names.join(", ")
}
