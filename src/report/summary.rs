//! The summary on a terminal: what fits on one screen.
//!
//! Lines are pieces of text with a tone; whether a tone becomes a colour is the terminal's
//! affair. No line is longer than 80 columns, and there are at most [`LINES`] of them.

use std::fmt;

use super::Kept;
use super::human::{self, count, number};
use super::index::Index;
use crate::base::text::{shortened, shown};
use crate::contract::v1::{CheckRun, Framework, Gap, Head, Presence, Severity, Status};

/// Most lines of a summary: a screen of 24, less what stands around it.
pub const LINES: usize = 21;
const COLUMNS: usize = 80;
const FRAMEWORKS: usize = 3;
const FINDINGS: usize = 4;
const GAPS: usize = 2;
/// Columns of a framework's name.
const NAME: usize = 33;
/// Columns and lines of what would close one gap.
const REMEDY: usize = COLUMNS - 5;
const REMEDY_LINES: usize = 2;

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
    fn with(mut self, text: impl AsRef<str>, tone: Tone) -> Self {
        let used: usize = self.0.iter().map(|piece| piece.text.chars().count()).sum();
        let room = COLUMNS.saturating_sub(used + 1);
        let text = shortened(&shown(text.as_ref()), room).into_owned();
        self.0.push(Piece { text, tone });
        self
    }

    fn plain(text: impl AsRef<str>) -> Self {
        Self::default().with(text, Tone::Plain)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|piece| f.write_str(&piece.text))
    }
}

/// The summary of an assessment.
#[must_use]
pub fn summary(head: &Head, kept: &Kept, gaps: &[Gap]) -> Vec<Line> {
    let index = Index::new(head);
    let mut lines = vec![title(head), input(head)];
    lines.extend(warnings(head));
    lines.push(Line::default());
    lines.extend(head.frameworks.iter().take(FRAMEWORKS).map(framework));
    if let Some(more) = head.frameworks.len().checked_sub(FRAMEWORKS).filter(|more| *more > 0) {
        lines.push(
            Line::default().with(format!("  and {} more", count(more as u64, "framework", "frameworks")), Tone::Dim),
        );
    }
    lines.push(Line::default());
    lines.push(findings(head));
    for finding in kept.worst().iter().take(FINDINGS) {
        let name = human::name_or(&finding.subject.name, &finding.subject.id);
        let line = Line::plain("  ").with(format!("{:<9}", finding.severity.label()), tone(finding.severity));
        lines.push(line.with(format!("{}: {}", shortened(name, 30), finding.reason), Tone::Plain));
    }
    let more = kept.worst().seen().saturating_sub(FINDINGS as u64);
    if more > 0 {
        lines.push(Line::default().with(format!("  and {} more", number(more)), Tone::Dim));
    }
    let room = LINES.saturating_sub(lines.len());
    lines.extend(gap_lines(&index, gaps, room));
    lines.truncate(LINES);
    lines
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
    Line::plain(format!(
        "{}, {}, {}, {}",
        count(head.exports.len() as u64, "export", "exports"),
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

fn findings(head: &Head) -> Line {
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
    line
}

fn gap_lines(index: &Index<'_>, gaps: &[Gap], room: usize) -> Vec<Line> {
    let undecided = index.head.checks.iter().map(|run| run.tally.unknown).fold(0, u64::saturating_add);
    if gaps.is_empty() && undecided == 0 {
        return Vec::new();
    }
    let refs: Vec<&Gap> = gaps.iter().collect();
    let rows = super::view::gap_lines(index, &refs);
    let unlisted = gaps.iter().any(|gap| gap.count.is_none());
    let head = Line::default()
        .with(count(undecided, "verdict undecided", "verdicts undecided"), Tone::Strong)
        .with(if unlisted { ", some subjects not listed" } else { "" }, Tone::Strong);
    let mut lines = vec![Line::default(), head];
    let all = rows.len();
    let mut told = 0;
    for (what, command, remedy) in rows.into_iter().take(GAPS) {
        let close = match command.map(|command| lines_of_command(&command)) {
            Some(Some(lines)) => lines,
            Some(None) => vec!["the command that gives it is in gaps.csv".to_owned()],
            None => lines_of_text(&remedy),
        };
        // The last line is for how many more there are.
        if lines.len() + close.len() + 2 > room {
            break;
        }
        lines.push(Line::plain("  ").with(what, Tone::Plain));
        lines.extend(close.into_iter().map(|one| Line::plain("    ").with(one, Tone::Dim)));
        told += 1;
    }
    if all > told {
        let more = count((all - told) as u64, "gap", "gaps");
        let more = if told == 0 { format!("  {more}") } else { format!("  and {more} more") };
        lines.push(Line::default().with(more, Tone::Dim));
    }
    lines
}

/// A command in lines that a shell takes as one, or nothing where it does not fit: no part of it is left out.
fn lines_of_command(command: &str) -> Option<Vec<String>> {
    let command = shown(command);
    let mut lines: Vec<String> = vec![String::new()];
    for piece in command.split_inclusive("&& ").flat_map(|part| part.split_inclusive("; ")) {
        let last = lines.last_mut()?;
        if last.is_empty() || last.chars().count() + piece.trim_end().chars().count() <= REMEDY {
            last.push_str(piece);
        } else {
            lines.push(piece.to_owned());
        }
    }
    let lines: Vec<String> = lines.into_iter().map(|line| line.trim_end().to_owned()).collect();
    let fits = lines.len() <= REMEDY_LINES && lines.iter().all(|line| line.chars().count() <= REMEDY);
    fits.then_some(lines)
}

/// A sentence in lines, broken between words.
fn lines_of_text(text: &str) -> Vec<String> {
    let text = shown(text);
    let mut lines: Vec<String> = vec![String::new()];
    let mut words = text.split_whitespace();
    for word in words.by_ref() {
        let full = lines.len() == REMEDY_LINES;
        let Some(last) = lines.last_mut() else { break };
        let room = if full { REMEDY - 2 } else { REMEDY };
        if last.is_empty() || last.chars().count() + 1 + word.chars().count() <= room {
            if !last.is_empty() {
                last.push(' ');
            }
            last.push_str(word);
        } else if full {
            last.push_str(" …");
            break;
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
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
    add(
        head.controls.files.iter().filter(|file| file.modified).count() as u64,
        "control modified",
        "controls modified",
    );
    add(head.controls.tests.failures.len() as u64, "control test failed", "control tests failed");
    (!parts.is_empty()).then(|| Line::default().with(parts.join(", "), Tone::Warn))
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warn,
        Severity::Low => Tone::Dim,
    }
}
