//! Results from an assessment: the one place where the engine's rows become the contract's words.

mod evidence;
mod finding;
mod framework;
mod gap;
mod head;
mod limits;
mod names;
mod path;
mod table;

use std::io::{self, Write};

use crate::assess::{Judged, Orders, Question, Verdict};
use crate::base::time::Instant;
use crate::contract::v1::{AsOfOrigin, ControlTests, FindingSink, Gap, Head, IgnoredFile, ResultsWriter};
use crate::control::{Pack, Plan, Profile};
use crate::derive::classify::Classified;
use crate::graph::Estate;
use crate::source::Loaded;

pub use head::head;
pub use table::write_verdicts;

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
    /// Their verdicts, in the same order.
    pub judged: &'a [Judged],
    /// How identities were recognised.
    pub classified: &'a Classified,
    /// The date of assessment.
    pub as_of: Instant,
    /// How it was chosen.
    pub as_of_origin: AsOfOrigin,
    /// How the controls' own tests came out.
    pub tests: &'a ControlTests,
}

/// What is said of the files, without the world that was made of them.
#[derive(Debug, Clone, Copy)]
pub struct Reports<'a> {
    /// What was loaded; its world has been taken out.
    pub loaded: &'a Loaded,
    /// Files that were left out before any source was asked.
    pub ignored: &'a [IgnoredFile],
}

/// Writes `results.json`, and gives every finding to `sink` on the way.
///
/// # Errors
/// What the writer or the sink gives.
pub fn write_results<W: Write>(
    input: &Input<'_>,
    head: &Head,
    out: W,
    sink: &mut dyn FindingSink,
) -> io::Result<Vec<Gap>> {
    let mut writer = ResultsWriter::new(out, head)?;
    let requirements = framework::requirements_by_run(input);
    for (run, judged) in input.judged.iter().enumerate() {
        let Some(question) = input.questions.get(run) else { continue };
        let rows = &input.orders.get(question.subject).rows;
        for (row, verdict) in rows.iter().zip(&judged.verdicts) {
            if *verdict == Verdict::Fail {
                let finding = finding::finding(input, run, *row, &requirements);
                writer.finding(&finding)?;
                sink.finding(&finding)?;
            }
        }
    }
    let gaps = gap::gaps(input);
    writer.finish(&gaps)?;
    Ok(gaps)
}
