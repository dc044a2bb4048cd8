//! The margins of passes: of each check run the pass that is nearest to failing.

use rayon::prelude::*;

use super::Input;
use super::explain::words;
use super::names::subject;
use crate::assess::nearest::nearest;
use crate::contract::v1::{Head, NearestPass};
use crate::model::Row;

/// Says of each check run of the head how far its passes are from failing.
pub fn add_margins(input: &Input<'_>, head: &mut Head) {
    let runs = input.plan.runs.par_iter().enumerate();
    let found: Vec<(&str, NearestPass)> =
        runs.filter_map(|(at, run)| Some((run.id.as_str(), of_run(input, at)?))).collect();
    for (id, nearest) in found {
        if let Some(run) = head.checks.iter_mut().find(|run| run.id == id) {
            run.nearest = Some(nearest);
        }
    }
}

fn of_run(input: &Input<'_>, run: usize) -> Option<NearestPass> {
    let (planned, question) = (input.plan.runs.get(run)?, input.questions.get(run)?);
    let check = input.pack.check(&planned.check)?;
    let (values, verdicts) = (planned.values(), &input.judged.get(run)?.verdicts);
    let asked_at = |at| check.question.context(at, &values).ok();
    let found = nearest(input.estate, input.orders, question, verdicts, input.as_of, asked_at)?;
    let margins = words::margins(&found.margins, true);
    if margins.is_empty() && found.fails_from.is_none() {
        return None;
    }
    Some(NearestPass {
        subject: subject(input.estate, Row::new(question.subject, found.row)),
        margins,
        fails_from: found.fails_from.map(|at| at.to_string()),
        fail_soon: found.soon,
    })
}
