//! Results from an assessment: the one place where the engine's rows become the contract's words.

mod ai_system;
mod drill;
mod effects;
mod environments;
mod evidence;
mod explain;
mod finding;
mod framework;
mod gap;
mod head;
mod keys;
mod leading;
mod limits;
mod links;
mod model_calls;
mod names;
mod nearest;
mod onward;
mod path;
mod picture;
mod recall;
mod recognised;
mod remedy;
mod rests_on;
mod rights;
mod settings;
mod suppliers;
mod table;
mod waiver;
mod walk;

use std::io::{self, Write};

use rayon::prelude::*;

use crate::assess::waive::{self, Settled};
use crate::assess::{Judged, Orders, Question};
use crate::base::time::Instant;
use crate::contract::v1::{
    AsOfOrigin, ControlTests, Finding, Gap, Head, IgnoredFile, PartSink, ResultsWriter, Severity,
};
use crate::control::{Pack, Plan, Profile, Waivers};
use crate::derive::classify::Classified;
use crate::graph::Estate;
use crate::model::{Row, Subject};
use crate::source::Loaded;

use finding::{BriefShared, Shared};

pub use drill::drill;
pub use explain::{NotFound, Target, explanation, find};
pub use framework::requirements_by_run;
pub use head::head;
pub use nearest::add_margins;
pub use picture::{Bounds, picture};
pub use remedy::{is_of_no_account, remedy_of};
pub use rests_on::collected;
pub use table::write_verdicts;
pub use waiver::waivers;

/// Everything that an assessment is, as the engine holds it.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Every fact.
    pub estate: &'a Estate<'a>,
    /// What was loaded, and what was not.
    pub loaded: &'a Reports<'a>,
    /// Whom checks can ask about.
    pub orders: &'a Orders,
    /// The controls.
    pub pack: &'a Pack,
    /// Which of them are asked, with which parameters.
    pub plan: &'a Plan,
    /// What the organisation chose.
    pub profile: &'a Profile,
    /// Digest of the profile's file, if there is one.
    pub profile_sha256: Option<&'a str>,
    /// The check runs, in the order of the plan.
    pub questions: &'a [Question<'a>],
    /// Their verdicts, in the same order; empty where single subjects are looked at and nobody was judged.
    pub judged: &'a [Judged],
    /// The waivers that were found.
    pub waivers: &'a Waivers,
    /// How they stand; nothing where nobody was judged.
    pub settled: &'a Settled,
    /// How identities were recognised.
    pub classified: &'a Classified,
    /// The date of assessment.
    pub as_of: Instant,
    /// How it was chosen.
    pub as_of_origin: AsOfOrigin,
    /// How the controls' own tests came out.
    pub tests: &'a ControlTests,
}

impl Input<'_> {
    /// The waiver that covers a failure, by its position among all.
    #[must_use]
    pub fn waiver_of(&self, run: usize, row: u32) -> Option<u32> {
        if let Some(judged) = self.judged.get(run) {
            return judged.waived.get(&row).copied();
        }
        let (planned, question) = (self.plan.runs.get(run)?, self.questions.get(run)?);
        let terms = waive::Terms::new(self.as_of, self.profile.max_waiver);
        waive::covering(self.estate, &self.waivers.all, terms, planned, question, row)
    }
}

/// What is said of the files, without the world that was made of them.
#[derive(Debug, Clone, Copy)]
pub struct Reports<'a> {
    /// What was loaded; its world has been taken out.
    pub loaded: &'a Loaded,
    /// Files that were left out before any source was asked.
    pub ignored: &'a [IgnoredFile],
}

/// The id and the name of a subject, as results name it.
#[must_use]
pub fn subject_of(estate: &Estate<'_>, row: Row) -> (String, String) {
    (names::id(estate, row), names::name(estate, row))
}

/// How many failures are made into findings at once: enough for two cores, little enough to hold.
const BLOCK: usize = 512;
/// About how many bytes a finding takes.
const FINDING: usize = 2400;
/// How many of them one thread makes, writes down and lets go.
const PART: usize = 32;

/// Writes `results.json`, and gives every finding to `sink` on the way.
///
/// Findings are made in parallel, a block at a time while the one before it is written, and
/// written in their order.
///
/// # Errors
/// What the writer or the sink gives.
pub fn write_results<W: Write + Send, S: PartSink>(
    input: &Input<'_>,
    head: &Head,
    out: W,
    sink: &S,
) -> io::Result<Vec<Gap>> {
    let mut writer = ResultsWriter::new(out, head)?;
    let shared = Shared::of(input);
    let mut failures = failures(input).peekable();
    let mut ready: Vec<Made<S>> = Vec::new();
    while failures.peek().is_some() || !ready.is_empty() {
        let block: Vec<(usize, u32)> = failures.by_ref().take(BLOCK).collect();
        let written_before = std::mem::take(&mut ready);
        let (made, written) = rayon::join(
            || -> io::Result<Vec<Made<S>>> {
                block.par_chunks(PART).map(|failures| make(input, failures, &shared, sink)).collect()
            },
            || -> io::Result<()> {
                for (text, part) in written_before {
                    writer.entries_text(&text)?;
                    sink.take(part)?;
                }
                Ok(())
            },
        );
        written?;
        ready = made?;
    }
    let gaps = gap::gaps(input);
    writer.finish(&gaps)?;
    Ok(gaps)
}

/// The gaps, sorted as in the results.
#[must_use]
pub fn gaps(input: &Input<'_>) -> Vec<Gap> {
    gap::gaps(input)
}

/// The `most` worst failures that no waiver covers, as findings in brief, without what they rest on, by severity and then by id; and how many more
/// there are.
#[must_use]
pub fn worst(input: &Input<'_>, most: usize) -> (Vec<Finding>, u64) {
    let severity = |run: usize| {
        let planned = input.plan.runs.get(run);
        let check = planned.and_then(|planned| input.pack.check(&planned.check));
        check.map_or(Severity::Low, |check| names::severity(check.severity))
    };
    let id = |run: usize| input.plan.runs.get(run).map(|planned| format!("{} ", planned.id));
    let mut runs: Vec<usize> = (0..input.judged.len()).collect();
    runs.sort_by_cached_key(|run| (severity(*run), id(*run)));
    let (mut chosen, mut others) = (Vec::new(), 0_u64);
    for run in runs {
        let mut rows: Vec<u32> = failed(input, run).filter(|row| input.waiver_of(run, *row).is_none()).collect();
        let room = most.saturating_sub(chosen.len());
        if rows.len() > room {
            others = others.saturating_add((rows.len() - room) as u64);
            if let Some(question) = input.questions.get(run).filter(|_| room > 0) {
                // Rows come by what exports call them, findings by what is shown of that.
                rows.sort_by_cached_key(|row| names::id(input.estate, Row::new(question.subject, *row)));
            }
            rows.truncate(room);
        }
        chosen.extend(rows.into_iter().map(|row| (run, row)));
    }
    let shared = BriefShared::of(input);
    let mut findings: Vec<Finding> =
        chosen.par_iter().map(|(run, row)| finding::brief(input, *run, *row, &shared)).collect();
    findings.sort_by(|a, b| (a.severity, &a.id).cmp(&(b.severity, &b.id)));
    (findings, others)
}

/// The findings about waivers, in brief, by id.
#[must_use]
pub fn about_waivers(input: &Input<'_>) -> Vec<Finding> {
    let shared = BriefShared::of(input);
    let of_waivers = |run: &usize| input.questions.get(*run).is_some_and(|one| one.subject == Subject::Waiver);
    let runs = (0..input.judged.len()).filter(of_waivers);
    runs.flat_map(|run| failed(input, run).map(move |row| (run, row)))
        .map(|(run, row)| finding::brief(input, run, row, &shared))
        .collect()
}

/// The text of findings in the results, and what the sink made of them.
type Made<S> = (Vec<u8>, <S as PartSink>::Part);

fn make<S: PartSink>(
    input: &Input<'_>,
    failures: &[(usize, u32)],
    shared: &Shared<'_>,
    sink: &S,
) -> io::Result<Made<S>> {
    let recall = shared.recall(input);
    let findings: Vec<Finding> =
        failures.iter().map(|(run, row)| finding::finding(input, *run, *row, shared, &recall)).collect();
    let mut text = Vec::with_capacity(findings.len() * FINDING);
    for finding in &findings {
        ResultsWriter::<Vec<u8>>::add_entry(&mut text, finding)?;
    }
    Ok((text, sink.part(findings)?))
}

/// Check run and row of every failure, in the order of the results.
fn failures<'a>(input: &'a Input<'_>) -> impl Iterator<Item = (usize, u32)> + 'a {
    (0..input.judged.len()).flat_map(|run| failed(input, run).map(move |row| (run, row)))
}

/// The rows that fail a check run, in the order of their ids.
fn failed<'a>(input: &'a Input<'_>, run: usize) -> impl Iterator<Item = u32> + 'a {
    let rows = input.questions.get(run).map_or(&[][..], |question| &input.orders.get(question.subject).rows);
    let verdicts = input.judged.get(run).map_or(&[][..], |judged| &judged.verdicts);
    rows.iter().zip(verdicts).filter(|(_, verdict)| verdict.is_finding()).map(|(row, _)| *row)
}
