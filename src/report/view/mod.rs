//! What a report says, as plain words in the order of reading, before any format.
//!
//! Both the Markdown and the HTML report are made from [`Report`], so that they say the same.
//! Texts here are as they came; escaping is the formats' work.

mod appendix;
mod attention;
mod check;
mod finding;
mod framework;
mod scope;

pub(in crate::report) use attention::{GapLine, gap_lines};

use serde::Serialize;

use super::human;
use super::index::Index;
use super::kept::Kept;
use crate::contract::v1::{Framework, Gap, Head};

/// How many exports a report lists.
const EXPORTS: usize = 200;

/// A list of which only the first entries are shown.
#[derive(Debug, Serialize)]
pub(super) struct Capped<T> {
    rows: Vec<T>,
    /// How many more there are, as a number to print; empty if none.
    more: String,
}

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

/// A word with its name for machines, by which the HTML chooses a colour.
#[derive(Debug, Clone, Serialize)]
struct Word {
    name: &'static str,
    label: &'static str,
}

macro_rules! word {
    ($value:expr) => {{
        let value = $value;
        $crate::report::view::Word { name: value.name(), label: value.label() }
    }};
}
use word;

/// A whole report.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    organisation: String,
    tool: String,
    as_of: String,
    as_of_how: String,
    profile: String,
    profile_sha256: String,
    frameworks_named: String,
    scope: scope::ScopeView,
    frameworks: Vec<framework::FrameworkView>,
    attention: attention::Attention,
    other_checks: Vec<check::CheckView>,
    appendix: appendix::Appendix,
}

impl Report {
    /// The report on an assessment.
    pub(super) fn new(head: &Head, kept: &Kept, gaps: &[Gap]) -> Self {
        let index = Index::new(head);
        let mut details = check::Details::new(&index, kept, gaps);
        let frameworks: Vec<_> = head
            .frameworks
            .iter()
            .enumerate()
            .map(|(at, one)| framework::FrameworkView::new(at, one, &mut details))
            .collect();
        let other_checks = details.rest();
        let named = |one: &Framework| {
            let version = one.version.as_deref().map(|version| format!(" ({version})")).unwrap_or_default();
            human::brief(&format!("{}{version}", human::name_or(&one.title, &one.id)))
        };
        let named: Vec<_> = head.frameworks.iter().map(named).collect();
        Self {
            organisation: head.profile.organisation.as_deref().map(human::brief).unwrap_or_default(),
            tool: format!("{} {}", human::brief(&head.tool.name), human::brief(&head.tool.version)),
            as_of: human::as_of(&head.as_of.at),
            as_of_how: head.as_of.origin.map(|origin| origin.label().to_owned()).unwrap_or_default(),
            profile: head.profile.file.as_deref().map(human::brief).unwrap_or_default(),
            profile_sha256: head.profile.sha256.as_deref().map(human::digest).unwrap_or_default(),
            frameworks_named: named.join("; "),
            scope: scope::ScopeView::new(&index),
            frameworks,
            attention: attention::Attention::new(&index, kept, gaps),
            other_checks,
            appendix: appendix::Appendix::new(&index),
        }
    }
}
