//! What a report says, as plain words in the order of reading, before any format.
//!
//! Both the Markdown and the HTML report are made from [`Report`], so that they say the same.
//! Texts here are as they came; escaping is the formats' work. A text that has nothing to say is empty.

mod ai_system;
mod appendix;
mod attention;
mod bars;
mod card_drawing;
mod check;
mod drawing;
mod evidence;
mod finding;
mod framework;
mod gap;
mod groups;
mod keys;
mod overview;
mod reaching;
mod scope;

#[cfg(test)]
mod documented;
#[cfg(test)]
mod printed;

pub(in crate::report) use gap::{GapLine, gap_lines, gap_numbers};

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::Value;
use rayon::prelude::*;
use serde::Serialize;

use super::human;
use super::index::Index;
use super::kept::Kept;
use super::printer::fields;
use super::template::{PRINTED, Templates};
use crate::contract::v1::{Finding, Gap, Head};

/// How many exports a report lists.
const EXPORTS: usize = 200;

/// A list of which only the first entries are shown.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Capped<T> {
    /// The entries.
    rows: Vec<T>,
    /// How many more there are, as a number to print; empty if none.
    more: String,
}

fields!(Capped<T>: rows, more);

impl<T> Capped<T> {
    /// The first `limit` of some entries.
    fn new<I: IntoIterator>(all: I, limit: usize, row: impl FnMut(I::Item) -> T) -> Self {
        let mut all = all.into_iter();
        let rows = all.by_ref().take(limit).map(row).collect();
        let more = all.count() as u64;
        Self { rows, more: more_of(more) }
    }
}

/// A number for "and N more", or nothing.
fn more_of(more: u64) -> String {
    if more == 0 { String::new() } else { human::number(more) }
}

/// A word of a closed set, such as a status or a severity.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct Word {
    /// The name in `results.json`, such as `not_satisfied`.
    name: &'static str,
    /// The words for people, such as `not satisfied`.
    label: &'static str,
    /// A sign that stands for it, such as `✕`, so that it is told without colour; empty for some.
    sign: &'static str,
}

fields!(Word: name, label, sign);

impl Word {
    const fn new(name: &'static str, label: &'static str) -> Self {
        Self { name, label, sign: "" }
    }

    fn of(name: &'static str, label: &'static str) -> Self {
        Self { name, label, sign: sign(name) }
    }
}

/// The verdict of a finding.
const FAIL: Word = Word { name: "fail", label: "fail", sign: "✕" };
/// The verdict of a finding that a waiver covers.
const WAIVED: Word = Word { name: "waived", label: "waived", sign: "≈" };

/// The sign of a word.
fn sign(name: &str) -> &'static str {
    match name {
        "not_satisfied" => "✕",
        "undetermined" => "?",
        "partly_assessed" => "◐",
        "satisfied_with_waivers" => "≈",
        "satisfied" => "✓",
        "not_assessed" => "–",
        "not_applicable" => "○",
        "critical" => "◆",
        "high" => "▲",
        "medium" => "■",
        "low" => "●",
        _ => "",
    }
}

macro_rules! word {
    ($value:expr) => {{
        let value = $value;
        $crate::report::view::Word::of(value.name(), value.label())
    }};
}
use word;

/// One finding: what its template is given, under the name `finding`.
pub(super) use finding::FindingView;

/// A whole report: the names that a template begins with.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Report {
    /// The name of the organisation; empty if the profile has none.
    organisation: String,
    /// Name and version of the program.
    tool: String,
    /// The date that the assessment speaks of.
    as_of: String,
    /// How that date was chosen.
    as_of_how: String,
    /// What was assessed, in a few words.
    assessed: String,
    /// The file of the profile; empty if there is none.
    profile: String,
    /// The beginning of its digest.
    profile_sha256: String,
    /// The digest of the results file that the report is made from.
    results_sha256: String,
    /// The frameworks with their editions, in one line.
    frameworks_named: String,
    /// What matters, in a few sentences.
    summary: Vec<overview::Sentence>,
    /// The frameworks.
    frameworks: Vec<framework::FrameworkView>,
    /// What needs attention.
    attention: attention::Attention,
    /// The AI systems.
    ai_systems: ai_system::AiSystems,
    /// The findings.
    findings: groups::Findings,
    /// What could not be decided.
    gaps: gap::Gaps,
    /// By what findings, gaps and passes can be looked for.
    filters: keys::Filters,
    /// The check runs, in the order of the requirements that ask for them.
    checks: Vec<check::CheckView>,
    /// What was looked at.
    scope: scope::ScopeView,
    /// Exports, rejected records, limits, controls.
    appendix: appendix::Appendix,
    /// The findings, as their template prints them, by anchor.
    #[serde(skip)]
    #[cfg_attr(test, schemars(skip))]
    pub(super) rendered: Vec<(String, Value)>,
}

/// What a report is made from.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub head: &'a Head,
    pub kept: &'a Kept,
    pub gaps: &'a [Gap],
    pub results_sha256: &'a str,
    pub templates: &'a Templates,
    /// How many findings are shown at most.
    pub most: usize,
    /// The template of one finding.
    pub finding: &'static str,
}

impl Report {
    /// The report on an assessment.
    ///
    /// Findings are printed one by one: all of their views at once would take more memory than their texts.
    ///
    /// # Errors
    /// What the template of a finding gives.
    pub(super) fn new(made: &Made<'_>) -> io::Result<Self> {
        let Made { head, kept, gaps, .. } = *made;
        let index = Index::new(head);
        let shown: Vec<&Finding> = kept.shown(made.most).collect();
        let register = keys::Register::new(&index, &shown, gaps);
        let printed = AtomicUsize::new(0);
        let print = || {
            let views = shown.par_iter().enumerate().map(|(at, one)| {
                let view = FindingView::new(&index, &register, at + 1, one);
                let text = made.templates.finding(made.finding, &view)?;
                let long = text.as_str().map_or(0, str::len);
                if printed.fetch_add(long, Ordering::Relaxed).saturating_add(long) > PRINTED {
                    return Err(io::Error::other(format!("`{}` prints more than 128 MB", made.finding)));
                }
                Ok((finding::anchor(at + 1), text))
            });
            views.collect::<io::Result<Vec<(String, Value)>>>()
        };
        let around = || {
            let rows = gap::gap_rows(&index, Some(&register), gaps);
            Self {
                rendered: Vec::new(),
                organisation: head.profile.organisation.as_deref().map(human::brief).unwrap_or_default(),
                tool: format!("{} {}", human::brief(&head.tool.name), human::brief(&head.tool.version)),
                as_of: human::as_of(&head.as_of.at),
                as_of_how: head.as_of.origin.map(|origin| origin.label().to_owned()).unwrap_or_default(),
                assessed: overview::assessed(head),
                profile: head.profile.file.as_deref().map(human::brief).unwrap_or_default(),
                profile_sha256: head.profile.sha256.as_deref().map(human::digest).unwrap_or_default(),
                results_sha256: human::brief(made.results_sha256),
                frameworks_named: overview::frameworks(head),
                summary: overview::summary(&index),
                frameworks: head
                    .frameworks
                    .iter()
                    .enumerate()
                    .map(|(at, one)| framework::FrameworkView::new(at, one, &index))
                    .collect(),
                attention: attention::Attention::new(&index, kept),
                ai_systems: ai_system::AiSystems::new(&index),
                findings: groups::Findings::new(&index, &register, &shown, kept.seen()),
                checks: check::checks(&index, &register, &rows),
                gaps: gap::Gaps::new(&index, gaps, rows),
                filters: keys::Filters::default(),
                scope: scope::ScopeView::new(&index),
                appendix: appendix::Appendix::new(&index, made.templates),
            }
        };
        let (around, rendered) = rayon::join(around, print);
        Ok(Self { rendered: rendered?, filters: register.filters, ..around })
    }
}
