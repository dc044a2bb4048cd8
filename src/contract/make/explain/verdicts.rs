//! The verdicts on one subject, each with what it rests on and what would change it.

use super::words;
use crate::assess::change::{Change, in_time, to_pass};
use crate::assess::{Question, Verdict, group_of, trace_of, verdict_of};
use crate::base::text::shown;
use crate::contract::explanation::v1::{self as explanation, ExplainedVerdict, Missing, Outcome};
use crate::contract::make::Input;
use crate::contract::make::finding::{Shared, resting_on};
use crate::contract::make::gap::{about as missing_about, cause};
use crate::contract::make::names::{id, severity};
use crate::contract::make::recall::Recall;
use crate::contract::make::remedy::remedy;
use crate::contract::v1::Finding;
use crate::control::{Check, CheckRun};
use crate::export::secrets::masked;
use crate::expr::{Expr, Outcome as Decided, Trace};
use crate::model::Row;

/// How many missing facts of one verdict are told.
const MISSING: usize = 12;

/// The verdicts on a subject, worst first and then by check run; and the check runs that do not apply to it.
pub(super) fn verdicts(
    input: &Input<'_>,
    shared: &Shared<'_>,
    about: Row,
    only: Option<usize>,
) -> (Vec<ExplainedVerdict>, Vec<String>) {
    let (mut all, mut outside) = (Vec::new(), Vec::new());
    for (run, (planned, question)) in input.plan.runs.iter().zip(input.questions).enumerate() {
        if question.subject != about.subject || only.is_some_and(|only| only != run) {
            continue;
        }
        let Some(check) = input.pack.check(&planned.check) else { continue };
        match verdict_of(input.estate, question, about.index) {
            Verdict::OutOfScope => outside.push(planned.id.clone()),
            verdict => all.push(explained(&Asked { input, shared, about, run, planned, question, check }, verdict)),
        }
    }
    all.sort_by(|a, b| (a.verdict, a.severity, &a.check_run).cmp(&(b.verdict, b.severity, &b.check_run)));
    (all, outside)
}

/// One check run, put to one subject.
struct Asked<'a> {
    input: &'a Input<'a>,
    shared: &'a Shared<'a>,
    about: Row,
    run: usize,
    planned: &'a CheckRun,
    question: &'a Question<'a>,
    check: &'a Check,
}

fn explained(asked: &Asked<'_>, verdict: Verdict) -> ExplainedVerdict {
    let Asked { input, about, .. } = *asked;
    let trace = trace_of(input.estate, asked.question, about.index);
    let certainly =
        |applies: &Expr| applies.evaluate(input.estate, about, asked.question.context) == Decided::Known(true);
    let applies = asked.question.applies.is_none_or(certainly);
    let Finding { evidence, enumerations, params, path, requirements, reason, id, waiver: covered, .. } =
        resting_on(input, asked.run, about.index, &trace, applies, (asked.shared, &Recall::default()));
    let covered = covered.filter(|_| verdict == Verdict::Fail);
    let plain = |text: &str| shown(&masked(text)).into_owned();
    let values = asked.planned.values();
    let reason = match verdict {
        Verdict::Pass => asked.check.pass.render(input.estate, about, &values, input.as_of),
        Verdict::Unknown => words::undecided(input.estate, about, &trace.gaps),
        _ => reason,
    };
    ExplainedVerdict {
        check_run: asked.planned.id.clone(),
        title: asked.check.title.clone(),
        severity: severity(asked.check.severity),
        verdict: outcome(verdict),
        finding: (verdict == Verdict::Fail).then_some(id),
        waiver: covered.and_then(|at| input.waivers.all.get(at as usize)).map(|waiver| explanation::CoveredBy {
            id: plain(&waiver.id),
            kind: waiver.kind.name().to_owned(),
            approver: plain(&waiver.approver),
            expires: waiver.expires.date(),
        }),
        reason,
        evidence,
        enumerations,
        params,
        path,
        margins: if verdict == Verdict::Pass { words::margins(&trace.margins, false) } else { Vec::new() },
        missing: missing(asked, &trace),
        changes: changes(asked, verdict, &trace),
        remediation: (verdict == Verdict::Fail).then(|| asked.check.remediation.trim().to_owned()),
        requirements,
    }
}

pub(super) fn outcome(verdict: Verdict) -> Outcome {
    match verdict {
        Verdict::Fail | Verdict::Waived => Outcome::Fail,
        Verdict::Unknown => Outcome::Unknown,
        Verdict::Pass => Outcome::Pass,
        Verdict::OutOfScope => Outcome::DoesNotApply,
    }
}

fn missing(asked: &Asked<'_>, trace: &Trace<'_>) -> Vec<Missing> {
    let mut all: Vec<Missing> = Vec::new();
    for gap in trace.gaps.iter().take(MISSING) {
        let group = group_of(asked.input.estate, asked.about, gap);
        let one = Missing {
            cause: cause(gap.why),
            about: missing_about(group.about),
            of: (gap.row != asked.about).then(|| id(asked.input.estate, gap.row)),
            scope: crate::base::text::shown(&group.scope).into_owned(),
            remedy: remedy(asked.input, &group),
        };
        if !all.contains(&one) {
            all.push(one);
        }
    }
    all
}

fn changes(asked: &Asked<'_>, verdict: Verdict, trace: &Trace<'_>) -> Vec<explanation::Change> {
    let Asked { input, about, question, .. } = *asked;
    let estate = input.estate;
    if verdict == Verdict::Fail {
        let ways: Vec<Vec<Change<'_>>> = to_pass(estate, question, about.index, input.as_of, trace);
        let told = ways.into_iter().map(|way| explanation::Change {
            facts: way.iter().map(|change| words::change(estate, about, change)).collect(),
            from: None,
            verdict: Outcome::Pass,
            reason: None,
        });
        return told.collect();
    }
    if verdict != Verdict::Pass {
        return Vec::new();
    }
    let values = asked.planned.values();
    let asked_at = |at| asked.check.question.context(at, &values).ok();
    let crossed = in_time(estate, question, about.index, input.as_of, trace, asked_at);
    let told = crossed.map(|(at, then)| explanation::Change {
        facts: Vec::new(),
        from: Some(at.to_string()),
        verdict: outcome(then),
        reason: (then == Verdict::Fail).then(|| asked.check.fail.render(estate, about, &values, at)),
    });
    told.into_iter().collect()
}
