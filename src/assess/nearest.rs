//! The pass of a check run that is nearest to failing: by the passing of time, or by how far a value is from its limit.

use rayon::prelude::*;

use super::judge::{Question, Verdict, verdicts_of};
use super::population::Orders;
use crate::base::time::{DAY, Instant, LAST};
use crate::expr::{Context, Margin, Unit};
use crate::graph::Estate;
use crate::model::Row;

/// How many days ahead passes that come to fail are counted.
pub const SOON: i64 = 30;
/// How far ahead the first pass that fails is looked for: so many times twice as far as [`SOON`], some ten years.
const FURTHEST: u32 = 7;
/// How many subjects one thread asks before it looks for others.
const CHUNK: usize = 1024;

/// The pass that is nearest to failing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nearest {
    /// Whose it is. Of several that are as near, the first in the order of ids.
    pub row: u32,
    /// From when it fails if nothing changes but the date; none where time alone does not make it fail.
    pub fails_from: Option<Instant>,
    /// How far what was compared is from its limit.
    pub margins: Vec<Margin>,
    /// How many passes fail [`SOON`], if nothing changes but the date.
    pub soon: u64,
}

/// The nearest of the passes of a check run; none where they rest on no date, length of time or number of at most so many.
///
/// `asked_at` gives the question as it is asked at another date.
#[must_use]
pub fn nearest(
    estate: &Estate<'_>,
    orders: &Orders,
    question: &Question<'_>,
    verdicts: &[Verdict],
    as_of: Instant,
    asked_at: impl Fn(Instant) -> Option<Context> + Sync,
) -> Option<Nearest> {
    let limited = question.passes.has_limit() || question.applies.is_some_and(crate::expr::Expr::asks_for_date);
    let rows = orders.get(question.subject).rows.iter().zip(verdicts);
    let passes: Vec<u32> =
        rows.filter(|(_, verdict)| **verdict == Verdict::Pass && limited).map(|(row, _)| *row).collect();
    if passes.is_empty() {
        return None;
    }
    let dated = question.passes.asks_for_date() || question.applies.is_some_and(crate::expr::Expr::asks_for_date);
    if dated && let Some(found) = by_time(estate, question, &passes, as_of, &asked_at) {
        return Some(found);
    }
    by_value(estate, question, &passes, dated)
}

fn by_time(
    estate: &Estate<'_>,
    question: &Question<'_>,
    passes: &[u32],
    as_of: Instant,
    asked_at: &(impl Fn(Instant) -> Option<Context> + Sync),
) -> Option<Nearest> {
    let day = |days: i64| Instant(as_of.0.saturating_add(days.saturating_mul(DAY)).min(LAST));
    let failing = |rows: &[u32], at: Instant| -> Vec<u32> {
        let Some(context) = asked_at(at) else { return Vec::new() };
        let then = Question { context: &context, ..*question };
        let verdicts = verdicts_of(estate, &then, rows);
        rows.iter().zip(verdicts).filter(|(_, verdict)| *verdict == Verdict::Fail).map(|(row, _)| *row).collect()
    };
    let soon = failing(passes, day(SOON));
    let count = soon.len() as u64;
    let (mut before, mut days, mut rows) = (0, SOON, soon);
    // What fails on one day and is no longer asked about on the day that is looked at is not seen.
    for _ in 0..FURTHEST {
        if !rows.is_empty() {
            break;
        }
        (before, days) = (days, days.saturating_mul(2));
        rows = failing(passes, day(days));
    }
    // To the second, among ever fewer: of those of one day the one that fails first is the nearest.
    let (mut before, mut at) = (day(before).0, day(days).0);
    while at - before > 1 && !rows.is_empty() {
        let middle = before.midpoint(at);
        let fewer = failing(&rows, Instant(middle));
        if fewer.is_empty() {
            before = middle;
        } else {
            (at, rows) = (middle, fewer);
        }
    }
    let row = *rows.first()?;
    let margins = margins(estate, question, row, true);
    Some(Nearest { row, fails_from: Some(Instant(at)), margins, soon: count })
}

/// The pass of which what was compared is nearest to its limit.
fn by_value(estate: &Estate<'_>, question: &Question<'_>, passes: &[u32], dated: bool) -> Option<Nearest> {
    let distance = |margin: &Margin| margin.limit.abs_diff(margin.value);
    let of = |row: &u32| margins(estate, question, *row, dated).iter().map(distance).min();
    let distances: Vec<Option<u64>> = passes.par_iter().with_min_len(CHUNK).map(of).collect();
    let (row, _) =
        passes.iter().zip(distances).filter_map(|(row, far)| Some((*row, far?))).min_by_key(|(_, far)| *far)?;
    Some(Nearest { row, fails_from: None, margins: margins(estate, question, row, dated), soon: 0 })
}

/// The comparisons with a limit that let a subject pass, each once. That there is any of something is none.
fn margins(estate: &Estate<'_>, question: &Question<'_>, row: u32, dated: bool) -> Vec<Margin> {
    let row = Row::new(question.subject, row);
    let (_, trace) = question.passes.evaluate_recorded(estate, row, question.context);
    // That there is only one of something says nothing of how near it is to two, and of an instant the date says more.
    // What is long enough already only gets longer.
    let told = |margin: &Margin| match margin.unit {
        Unit::Count => margin.limit > 1 && matches!(margin.sign, "<" | "<="),
        Unit::Seconds => !dated || matches!(margin.sign, "<" | "<="),
        Unit::Instant => false,
    };
    let mut all: Vec<Margin> = Vec::new();
    for margin in trace.margins.into_iter().filter(|margin| margin.held && told(margin)) {
        if !all.contains(&margin) {
            all.push(margin);
        }
    }
    all
}
