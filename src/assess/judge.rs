//! The verdicts of one check run, subject by subject.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::gaps::{Cause, GapGroup, Gaps, causes};
use super::population::{OpenScope, Orders, by_scope, open_scopes};
use super::rollup::{Status, Tally, of_run};
use super::together::judge_all;
use crate::expr::{Context, Expr, Gap, Memo, Outcome, Trace};
use crate::graph::Estate;
use crate::model::{Row, Subject};

/// A check run, as far as judging needs it.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Whom it asks about.
    pub subject: Subject,
    /// To whom it applies; to all if not said.
    pub applies: Option<&'a Expr>,
    /// What must be true of them.
    pub passes: &'a Expr,
    /// The date and the values of parameters.
    pub context: &'a Context,
}

/// The verdict on one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The check does not apply.
    OutOfScope,
    /// It is as it should be.
    Pass,
    /// It is not.
    Fail,
    /// It is not, and a waiver covers that.
    Waived,
    /// That, or whether the check applies, is not known.
    Unknown,
}

impl Verdict {
    /// The letter in the tables of verdicts.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::OutOfScope => '-',
            Self::Pass => 'p',
            Self::Fail => 'f',
            Self::Waived => 'w',
            Self::Unknown => 'u',
        }
    }

    /// The verdict on whom a check applies to, by the answer to what must be true of them.
    pub(super) fn of(passes: Option<bool>) -> Self {
        match passes {
            Some(true) => Self::Pass,
            Some(false) => Self::Fail,
            None => Self::Unknown,
        }
    }

    /// True for what is not as it should be, whether or not a waiver covers it.
    #[must_use]
    pub fn is_finding(self) -> bool {
        matches!(self, Self::Fail | Self::Waived)
    }
}

/// The verdicts of a check run and what they add up to.
#[derive(Debug)]
pub struct Judged {
    /// One for each row of the subject's order.
    pub verdicts: Vec<Verdict>,
    /// How they came out.
    pub tally: Tally,
    /// The population by scope.
    pub by_scope: Vec<(String, u64)>,
    /// Scopes whose subjects nobody listed.
    pub open: Vec<OpenScope>,
    /// What keeps verdicts unknown.
    pub gaps: Vec<GapGroup>,
    /// What the run comes to.
    pub status: Status,
    /// By the row of a failure that a waiver covers: which, by its position among all.
    pub waived: BTreeMap<u32, u32>,
}

impl Judged {
    /// Nothing, where a check run was not asked.
    #[must_use]
    pub fn none() -> Self {
        Self {
            verdicts: Vec::new(),
            tally: Tally::default(),
            by_scope: Vec::new(),
            open: Vec::new(),
            gaps: Vec::new(),
            status: Status::NotAssessed,
            waived: BTreeMap::new(),
        }
    }

    /// Takes failures for waived: by row, the position of the waiver. `rows` are those of the verdicts, in their order.
    pub fn waive(&mut self, rows: &[u32], waived: BTreeMap<u32, u32>) {
        for (row, verdict) in rows.iter().zip(&mut self.verdicts) {
            if *verdict == Verdict::Fail && waived.contains_key(row) {
                *verdict = Verdict::Waived;
                self.tally.fail -= 1;
                self.tally.waived += 1;
            }
        }
        self.status = of_run(self.tally, !self.open.is_empty());
        self.waived = waived;
    }
}

/// The verdict on one subject.
#[must_use]
pub fn verdict_of(estate: &Estate<'_>, question: &Question<'_>, row: u32) -> Verdict {
    let (mut applies, mut passes) = (question.applies.map(Asked::of), Asked::of(question.passes));
    put(estate, question, row, applies.as_mut(), &mut passes, &mut Vec::new())
}

/// The verdicts on some subjects, in their order.
pub(super) fn verdicts_of(estate: &Estate<'_>, question: &Question<'_>, rows: &[u32]) -> Vec<Verdict> {
    let chunks = rows.par_chunks(1024).flat_map_iter(|rows| {
        let (mut applies, mut passes) = (question.applies.map(Asked::of), Asked::of(question.passes));
        let mut gaps = Vec::new();
        rows.iter().map(move |row| put(estate, question, *row, applies.as_mut(), &mut passes, &mut gaps))
    });
    chunks.collect()
}

/// An expression that is put to one subject after the other.
pub(super) struct Asked<'q> {
    expr: &'q Expr,
    memo: Memo,
    /// Whether its last answer was unknown. The next one is then likely to be, and is asked for with what keeps it so.
    open: bool,
}

impl<'q> Asked<'q> {
    pub(super) fn of(expr: &'q Expr) -> Self {
        Self { expr, memo: Memo::of(expr), open: false }
    }

    /// The answer about a subject. Where it is unknown, `gaps` then holds what keeps it so, and else nothing.
    pub(super) fn ask(
        &mut self,
        estate: &Estate<'_>,
        row: Row,
        context: &Context,
        gaps: &mut Vec<Gap>,
    ) -> Option<bool> {
        gaps.clear();
        if !self.open
            && let Outcome::Known(answer) = self.expr.evaluate_with(estate, row, context, &self.memo)
        {
            return Some(answer);
        }
        let answer = self.expr.evaluate_with_gaps(estate, row, context, &self.memo, gaps).known();
        self.open = answer.is_none();
        answer
    }
}

/// The verdict on one subject. Where it is unknown, `gaps` then holds what leaves it so.
fn put(
    estate: &Estate<'_>,
    question: &Question<'_>,
    row: u32,
    applies: Option<&mut Asked<'_>>,
    passes: &mut Asked<'_>,
    gaps: &mut Vec<Gap>,
) -> Verdict {
    let row = Row::new(question.subject, row);
    match applies.map_or(Some(true), |applies| applies.ask(estate, row, question.context, gaps)) {
        Some(true) => Verdict::of(passes.ask(estate, row, question.context, gaps)),
        Some(false) => Verdict::OutOfScope,
        None => Verdict::Unknown,
    }
}

/// What the verdict on one subject rests on: the trace of `applies` where that is unknown, else of `passes`.
#[must_use]
pub fn trace_of<'a>(estate: &'a Estate<'_>, question: &Question<'a>, row: u32) -> Trace<'a> {
    let row = Row::new(question.subject, row);
    if let Some(applies) = question.applies {
        let (outcome, trace) = applies.evaluate_recorded(estate, row, question.context);
        if !matches!(outcome, Outcome::Known(_)) {
            return trace;
        }
    }
    question.passes.evaluate_recorded(estate, row, question.context).1
}

/// What keeps the verdict on one subject unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// The row of the subject.
    pub row: u32,
    /// What is missing, sorted, each once.
    pub causes: Vec<Cause>,
    /// The rows of which a fact is missing, in the order in which they were asked about.
    pub missing: Vec<Gap>,
}

/// What keeps each unknown verdict of a check run unknown, in the order of the subjects' ids.
#[must_use]
pub fn left_open(estate: &Estate<'_>, orders: &Orders, question: &Question<'_>, verdicts: &[Verdict]) -> Vec<Open> {
    let rows = &orders.get(question.subject).rows;
    let unknown: Vec<u32> =
        rows.iter().zip(verdicts).filter(|(_, verdict)| **verdict == Verdict::Unknown).map(|(row, _)| *row).collect();
    let chunks: Vec<Vec<Open>> = unknown
        .par_chunks(1024)
        .map(|rows| {
            let (mut applies, mut passes) = (question.applies.map(Asked::of), Asked::of(question.passes));
            let open = rows.iter().map(|row| {
                let mut missing = Vec::new();
                put(estate, question, *row, applies.as_mut(), &mut passes, &mut missing);
                let mut found = Vec::new();
                causes(estate, Row::new(question.subject, *row), &missing, &mut found);
                found.sort_unstable();
                found.dedup();
                Open { row: *row, causes: found, missing }
            });
            open.collect()
        })
        .collect();
    chunks.into_iter().flatten().collect()
}

/// Judges all listed subjects by one check run, in parallel; the result does not depend on how many threads there are.
#[must_use]
pub fn judge(estate: &Estate<'_>, orders: &Orders, expected: &[String], question: &Question<'_>) -> Judged {
    let judged = judge_all(estate, orders, expected, std::slice::from_ref(question), |_| true);
    judged.into_iter().next().unwrap_or_else(Judged::none)
}

/// What the verdicts of a check run add up to. They are those on the listed subjects, in their order.
pub(super) fn added_up(
    estate: &Estate<'_>,
    orders: &Orders,
    expected: &[String],
    question: &Question<'_>,
    verdicts: Vec<Verdict>,
    gaps: Gaps,
) -> Judged {
    let order = orders.get(question.subject);
    let mut tally = Tally::default();
    for verdict in &verdicts {
        match verdict {
            Verdict::OutOfScope => {}
            Verdict::Pass => tally.pass += 1,
            Verdict::Fail => tally.fail += 1,
            Verdict::Waived => tally.waived += 1,
            Verdict::Unknown => tally.unknown += 1,
        }
    }
    let asked = order.rows.iter().zip(&verdicts).filter(|(_, verdict)| **verdict != Verdict::OutOfScope);
    let by_scope = by_scope(estate, question.subject, asked.map(|(row, _)| *row));
    let open = open_scopes(estate, expected, question);
    let status = of_run(tally, !open.is_empty());
    let gaps = gaps.finish(estate, orders, question.subject, &open);
    Judged { verdicts, tally, by_scope, open, gaps, status, waived: BTreeMap::new() }
}
