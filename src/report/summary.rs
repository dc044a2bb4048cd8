//! The summary on a terminal: what fits on one screen.
//!
//! Lines are pieces of text with a tone; whether a tone becomes a colour is the terminal's
//! affair. There are at most [`LINES`] of them, and on a terminal none is longer than 80 columns.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt;

use super::Kept;
use super::closing::closing;
use super::human::{self, count, number};
use super::index::Index;
use super::untested;
use crate::base::text::{shortened, shown};
use crate::contract::v1::{
    AsOfOrigin, CheckRun, ControlOrigin, Framework, Gap, Head, IgnoredFile, MADE_LATER, Presence, Severity, Status,
};
use crate::model::Subject;
use crate::source::OWN_SCHEMA;

/// Most lines of a summary: a screen of 24, less what stands around it.
pub const LINES: usize = 21;
/// Columns of a terminal.
pub(super) const COLUMNS: usize = 80;
const FRAMEWORKS: usize = 3;
const FINDINGS: usize = 3;
const GAPS: usize = 2;
/// Columns of a framework's name.
const NAME: usize = 33;
/// How many files that were left out are named.
const LEFT_OUT: usize = 3;
/// How long a line may be, in characters, where several of them are named with their reasons.
const REASONS: usize = 2 * COLUMNS;

/// Where a summary is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// True for a terminal, whose lines are cut; in a pipe or a file they are whole.
    pub terminal: bool,
    /// True if a report was written, in whose files the rest stands.
    pub report: bool,
}

/// How a piece of a line is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is.
    Plain,
    /// A heading.
    Strong,
    /// All is as it should be.
    Good,
    /// Look here first.
    Bad,
    /// Look here next.
    Warn,
    /// Of less weight.
    Dim,
}

/// Text with a tone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text, without anything that acts on a terminal.
    pub text: String,
    /// How it is meant.
    pub tone: Tone,
}

/// One line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Piece>);

impl Line {
    pub(super) fn with(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        let text = shown(text.as_ref()).into_owned();
        self.0.extend((!text.is_empty()).then_some(Piece { text, tone }));
        self
    }

    pub(super) fn plain(text: impl AsRef<str>) -> Self {
        Self::default().with(text, Tone::Plain)
    }

    /// The line cut to the columns of a terminal.
    fn cut(mut self) -> Self {
        let mut room = COLUMNS;
        for piece in &mut self.0 {
            piece.text = shortened(&piece.text, room.saturating_sub(1)).into_owned();
            room = room.saturating_sub(piece.text.chars().count());
        }
        self
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

/// The summary of an assessment.
#[must_use]
pub fn summary(head: &Head, kept: &Kept, gaps: &[Gap], screen: Screen) -> Vec<Line> {
    let index = Index::new(head);
    let mut lines = vec![title(head), input(head)];
    lines.extend(files(head, screen));
    lines.extend(left_out(head, screen));
    lines.extend(modified(head, screen));
    lines.extend(warnings(head));
    lines.extend(dates(head));
    lines.push(Line::default());
    lines.extend(head.frameworks.iter().take(FRAMEWORKS).map(framework));
    if let Some(more) = head.frameworks.len().checked_sub(FRAMEWORKS).filter(|more| *more > 0) {
        lines.push(
            Line::default().with(format!("  and {} more", count(more as u64, "framework", "frameworks")), Tone::Dim),
        );
    }
    lines.push(Line::default());
    let open = open_gaps(&index, gaps, screen);
    // The more room the rest takes, the fewer findings are told, so that a gap can be.
    let told = |most: usize| {
        let mut lines = lines.clone();
        lines.extend(findings(head, kept, most, screen));
        let room = LINES.saturating_sub(lines.len());
        let (rest, told) = gap_lines(&open, room);
        lines.extend(rest);
        (lines, told > 0 || open.rows.is_empty())
    };
    let found = (1..=FINDINGS).rev().map(told).find(|(_, fits)| *fits);
    let mut lines = found.map_or_else(|| told(FINDINGS).0, |(lines, _)| lines);
    lines.truncate(LINES);
    if screen.terminal { lines.into_iter().map(Line::cut).collect() } else { lines }
}

/// What the files were taken for, with their number, the most frequent first.
fn sources(head: &Head) -> Vec<(&str, u64)> {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for export in &head.exports {
        *counts.entry(&export.source).or_default() += 1;
    }
    let mut sorted: Vec<(&str, u64)> = counts.into_iter().collect();
    sorted.sort_by_key(|(source, count)| (Reverse(*count), *source));
    sorted
}

/// What the files were taken for, in one line; where it is one thing, the line before says it.
fn files(head: &Head, screen: Screen) -> Option<Line> {
    let all: Vec<String> =
        sources(head).into_iter().map(|(source, count)| format!("{} {source}", number(count))).collect();
    (all.len() > 1).then(|| Line::default().with(listed("read as", &all, screen, all.len()), Tone::Dim))
}

/// Which files were left out and why, but for the profile and the waivers, which are read apart, and schemas for editors.
fn left_out(head: &Head, screen: Screen) -> Option<Line> {
    let declared = head.controls.files.iter().filter(|file| file.origin == ControlOrigin::Declared);
    let apart: Vec<&str> = declared.map(|file| file.path.as_str()).chain(head.profile.file.as_deref()).collect();
    let told = |file: &&IgnoredFile| !apart.contains(&file.path.as_str()) && file.reason != OWN_SCHEMA;
    let left: Vec<_> = head.ignored.iter().filter(told).collect();
    let lead = format!("{} left out:", count(left.len() as u64, "file", "files"));
    // Of several files the beginnings of the reasons are enough; the report has them whole.
    let reason = |text: &'_ str| match left.len() {
        1 => text.to_owned(),
        _ => text.split([':', ',']).next().unwrap_or(text).to_owned(),
    };
    let with_reasons: Vec<String> =
        left.iter().map(|file| format!("{} ({})", file.path, reason(&file.reason))).collect();
    let names: Vec<String> = left.iter().map(|file| file.path.clone()).collect();
    let whole = listed(&lead, &with_reasons, Screen { terminal: false, ..screen }, LEFT_OUT);
    let room = if screen.terminal { COLUMNS } else { REASONS };
    let fits = whole.chars().count() < room || (left.len() == 1 && !screen.terminal);
    let text = if fits { whole } else { listed(&lead, &names, screen, LEFT_OUT) };
    (!left.is_empty()).then(|| Line::plain(text))
}

/// Some names after a lead, no more than `most` and on a terminal no more than fit a line, and how many more there are.
fn listed(lead: &str, all: &[String], screen: Screen, most: usize) -> String {
    let told = |shown: usize| {
        let names = all.iter().take(shown).map(String::as_str).collect::<Vec<_>>().join(", ");
        match all.len().saturating_sub(shown) {
            0 => format!("{lead} {names}"),
            more => format!("{lead} {names} and {} more", number(more as u64)),
        }
    };
    let fits = |shown: &usize| !screen.terminal || told(*shown).chars().count() < COLUMNS;
    told((1..=most.min(all.len())).rev().find(fits).unwrap_or(1))
}

/// A name of a framework that fits a column: the title, what stands before its first comma, or the id.
fn short(framework: &Framework) -> &str {
    let title = human::name_or(&framework.title, &framework.id);
    let lead = title.split_once(", ").map_or(title, |(lead, _)| lead);
    [title, lead].into_iter().find(|name| name.chars().count() <= NAME).unwrap_or(&framework.id)
}

fn title(head: &Head) -> Line {
    let who =
        head.profile.organisation.as_deref().map(|name| format!(" · {}", shortened(name, 36))).unwrap_or_default();
    let tool = format!("{} {}", head.tool.name, head.tool.version);
    Line::default()
        .with(tool, Tone::Strong)
        .with(format!("{who} · as of {}", human::as_of(&head.as_of.at)), Tone::Plain)
}

fn input(head: &Head) -> Line {
    let of = |subject: &str| {
        let listed = head.subjects.iter().filter(|one| one.subject == subject && one.presence == Presence::Listed);
        listed.map(|one| one.count).fold(0, u64::saturating_add)
    };
    let exports = count(head.exports.len() as u64, "export", "exports");
    let exports = match sources(head).as_slice() {
        [(source, _)] => format!("{exports} ({source})"),
        _ => exports,
    };
    let systems = of("ai_system");
    let systems = if systems > 0 { format!(", {}", count(systems, "AI system", "AI systems")) } else { String::new() };
    Line::plain(format!(
        "{exports}, {}, {}, {}{systems}",
        count(head.scopes.seen.len() as u64, "scope", "scopes"),
        count(of("identity"), "identity", "identities"),
        count(of("credential"), "credential", "credentials"),
    ))
}

fn framework(framework: &Framework) -> Line {
    let of = |status: Status| framework.requirements.iter().filter(|one| one.status == status).count() as u64;
    let mut line = Line::plain(format!("  {:<34}", shortened(short(framework), NAME)));
    let mut first = true;
    for status in Status::ALL.iter().filter(|status| of(**status) > 0).take(3) {
        let tone = match status {
            Status::NotSatisfied => Tone::Bad,
            Status::Undetermined | Status::PartlyAssessed => Tone::Warn,
            Status::Satisfied | Status::SatisfiedWithWaivers => Tone::Good,
            Status::NotAssessed | Status::NotApplicable => Tone::Dim,
        };
        line = line.with(if first { "  " } else { ", " }, Tone::Plain);
        line = line.with(format!("{} {}", number(of(*status)), status.label()), tone);
        first = false;
    }
    line
}

/// How many findings there are, and the worst of them.
fn findings(head: &Head, kept: &Kept, most: usize, screen: Screen) -> Vec<Line> {
    let mut lines = vec![totals(head)];
    for finding in kept.worst().iter().take(most) {
        let name = kept.name_of(finding);
        // What tells it from another of its name stands at the end.
        let alone = name == human::name_or(&finding.subject.name, &finding.subject.id);
        let name = if screen.terminal && alone { shortened(&name, 30) } else { name.as_str().into() };
        let line = Line::plain("  ").with(format!("{:<9}", finding.severity.label()), tone(finding.severity));
        lines.push(line.with(format!("{name}: {}", finding.reason), Tone::Plain));
    }
    let more = kept.worst().seen().saturating_sub(most as u64);
    if more > 0 {
        lines.push(Line::default().with(format!("  and {} more", number(more)), Tone::Dim));
    }
    lines
}

fn totals(head: &Head) -> Line {
    if let Some(untested) = untested(head).filter(|untested| !untested.but_waivers()) {
        return Line::default().with(untested.lead(), Tone::Warn);
    }
    let sum = |runs: &mut dyn Iterator<Item = &CheckRun>| runs.map(|run| run.tally.fail).fold(0, u64::saturating_add);
    let mut line = Line::default().with(count(sum(&mut head.checks.iter()), "finding", "findings"), Tone::Strong);
    let mut separator = "   ";
    for severity in Severity::ALL {
        let of_it = sum(&mut head.checks.iter().filter(|run| run.severity == *severity));
        if of_it > 0 {
            line = line
                .with(separator, Tone::Plain)
                .with(format!("{} {}", number(of_it), severity.label()), tone(*severity));
            separator = ", ";
        }
    }
    let waived = head.checks.iter().map(|run| run.tally.waived).fold(0, u64::saturating_add);
    if waived > 0 {
        line = line.with(format!("   and {} waived", number(waived)), Tone::Dim);
    }
    line
}

/// What is open, as lines: the heading, and each gap with what would close it.
struct Open {
    heading: Option<Line>,
    rows: Vec<Vec<Line>>,
}

fn open_gaps(index: &Index<'_>, gaps: &[Gap], screen: Screen) -> Open {
    let undecided = index.head.checks.iter().map(|run| run.tally.unknown).fold(0, u64::saturating_add);
    if gaps.is_empty() && undecided == 0 {
        return Open { heading: None, rows: Vec::new() };
    }
    let (rows, overlap) = super::view::gap_lines(index, gaps, undecided);
    let unlisted = gaps.iter().any(|gap| gap.count.is_none());
    let heading = Line::default()
        .with(count(undecided, "verdict undecided", "verdicts undecided"), Tone::Strong)
        .with(if unlisted { ", some subjects not listed" } else { "" }, Tone::Strong)
        .with(if overlap { "; one may be in several gaps" } else { "" }, Tone::Plain);
    let rows = rows.into_iter().map(|row| {
        let close = closing(&row, screen);
        let what = Line::plain("  ").with(row.what, Tone::Plain);
        [what].into_iter().chain(close.into_iter().map(|one| Line::plain("    ").with(one, Tone::Dim))).collect()
    });
    Open { heading: Some(heading), rows: rows.collect() }
}

/// The gaps that fit into `room` lines, with how many more there are, and the number of those told.
fn gap_lines(open: &Open, room: usize) -> (Vec<Line>, usize) {
    let Some(heading) = &open.heading else { return (Vec::new(), 0) };
    let mut lines = vec![Line::default(), heading.clone()];
    let mut told = 0;
    for row in open.rows.iter().take(GAPS) {
        // The last line is for how many more there are.
        if lines.len() + row.len() + 1 > room {
            break;
        }
        lines.extend(row.iter().cloned());
        told += 1;
    }
    let rest = open.rows.len().saturating_sub(told);
    if rest > 0 {
        let more = count(rest as u64, "gap", "gaps");
        let more = if told == 0 { format!("  {more}") } else { format!("  and {more} more") };
        lines.push(Line::default().with(more, Tone::Dim));
    }
    (lines, told)
}

/// Which control files are not those that the program came with.
fn modified(head: &Head, screen: Screen) -> Option<Line> {
    let files: Vec<_> = head.controls.files.iter().filter(|file| file.modified).collect();
    let lead =
        format!("{}:", count(files.len() as u64, "control file not as built in", "control files not as built in"));
    let names: Vec<String> = files.iter().map(|file| format!("{} ({})", file.path, file.origin.name())).collect();
    let text = listed(&lead, &names, screen, LEFT_OUT);
    let text = if screen.terminal { shortened(&text, COLUMNS).into_owned() } else { text };
    (!files.is_empty()).then(|| Line::default().with(text, Tone::Warn))
}

fn warnings(head: &Head) -> Option<Line> {
    let mut parts = Vec::new();
    let mut add = |n: u64, one: &str, many: &str| {
        if n > 0 {
            parts.push(count(n, one, many));
        }
    };
    add(head.scopes.missing.len() as u64, "scope missing", "scopes missing");
    add(
        head.exports.iter().map(|export| export.rejected).fold(0, u64::saturating_add),
        "record rejected",
        "records rejected",
    );
    add(head.controls.tests.failures.len() as u64, "control test failed", "control tests failed");
    (!parts.is_empty()).then(|| Line::default().with(parts.join(", "), Tone::Warn))
}

/// What the date of assessment leaves in doubt: that nobody says when anything was collected, and whom it leaves out.
fn dates(head: &Head) -> Vec<Line> {
    let mut lines = Vec::new();
    if head.as_of.origin == Some(AsOfOrigin::Today) {
        let text = "no export says when it was collected: judged as of today; state `--as-of` or `collected_at`";
        lines.push(Line::default().with(text, Tone::Warn));
    }
    let of_identities = head.checks.iter().filter(|run| run.subject == Subject::Identity.name());
    let later = of_identities.flat_map(|run| &run.population.out_of_scope).filter(|out| out.reason == MADE_LATER);
    if let Some(later) = later.map(|out| out.count).max() {
        let listed = head.subjects.iter().filter(|one| one.subject == Subject::Identity.name());
        let all =
            listed.filter(|one| one.presence == Presence::Listed).map(|one| one.count).fold(0, u64::saturating_add);
        let text = format!(
            "{} of {} were made after the date of the assessment and are not judged",
            number(later),
            count(all, "identity", "identities")
        );
        lines.push(Line::default().with(text, Tone::Warn));
    }
    lines
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warn,
        Severity::Low => Tone::Dim,
    }
}
