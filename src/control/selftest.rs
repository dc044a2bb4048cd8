//! The tests that controls carry, run by the same evaluator that decides verdicts.

use std::ops::Range;

use super::check::{Case, Check, Outcome};
use super::pack::Pack;
use super::question::Judged;
use crate::base::diagnostic::Diagnostic;
use crate::model::Why;

/// What one test of a check gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseResult {
    /// The check.
    pub check: String,
    /// The path of its file within the controls.
    pub path: String,
    /// The test's name.
    pub name: String,
    /// The bytes of the name in the file.
    pub span: Range<usize>,
    /// What the test expects.
    pub expected: Outcome,
    /// What came out.
    pub got: Outcome,
    /// The cause, where what came out is unknown.
    pub why: Option<&'static str>,
    /// The facts that kept it unknown, in the order in which they were read, where nobody gave them.
    pub open: Vec<&'static str>,
    /// What decided, in words, where it came out otherwise than expected: clauses and the values that they read.
    pub decided: String,
}

impl CaseResult {
    /// True if what came out is what the test expects.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.expected == self.got
    }
}

/// An outcome that none of a check's tests brings about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The check.
    pub check: String,
    /// The path of its file within the controls.
    pub path: String,
    /// The bytes of the check's id in the file.
    pub span: Range<usize>,
    /// The outcome: pass, fail or unknown.
    pub outcome: Outcome,
}

/// What all tests of a pack gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SelfTest {
    /// The tests, by check, in the order of its file.
    pub cases: Vec<CaseResult>,
    /// What no test brings about.
    pub missing: Vec<Missing>,
}

impl SelfTest {
    /// Runs the tests of all checks.
    #[must_use]
    pub fn run(pack: &Pack) -> Self {
        let mut report = Self::default();
        for check in &pack.checks {
            report.add(check);
        }
        report
    }

    /// Runs the tests of one check.
    pub fn add(&mut self, check: &Check) {
        let first = self.cases.len();
        self.cases.extend(check.tests.iter().map(|case| run(check, case)));
        let got = self.cases.get(first..).unwrap_or(&[]);
        for outcome in [Outcome::Pass, Outcome::Fail, Outcome::Unknown] {
            if !got.iter().any(|case| case.got == outcome) {
                self.missing.push(Missing {
                    check: check.id.clone(),
                    path: check.path.clone(),
                    span: check.id_span.clone(),
                    outcome,
                });
            }
        }
    }

    /// How many tests gave what they expect.
    #[must_use]
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.passed()).count()
    }

    /// True if all tests gave what they expect and no check lacks one.
    #[must_use]
    pub fn clean(&self) -> bool {
        self.missing.is_empty() && self.passed() == self.cases.len()
    }

    /// What is wrong, each at its place: an error for a test that failed, a warning for one that is missing.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let failed = self.cases.iter().filter(|case| !case.passed()).map(|case| {
            let cause = case.why.map_or_else(String::new, |why| format!(", cause {why}"));
            let (expected, got) = (case.expected.name(), case.got.name());
            let message = format!("test `{}` of `{}` expects {expected} and got {got}", case.name, case.check);
            let help = match case.open.as_slice() {
                [] => {
                    let decided = if case.decided.is_empty() { String::new() } else { format!("{}; ", case.decided) };
                    format!("{decided}change the expressions if they ask something else than is meant, or else what the test gives or expects")
                }
                open => format!("the test does not give {}: write it under `given`, or expect `unknown`", open.join(", ")),
            };
            Diagnostic::error("failed-test", message)
                .at(&case.path, case.span.clone(), format!("got {got}{cause}"))
                .help(help)
        });
        let missing = self.missing.iter().map(|missing| {
            let outcome = missing.outcome.name();
            Diagnostic::warning("missing-test", format!("no test of `{}` ends in {outcome}", missing.check))
                .at(&missing.path, missing.span.clone(), "this check")
                .help(format!("add a [[tests]] with `expect = \"{outcome}\"`"))
        });
        failed.chain(missing).collect()
    }
}

fn run(check: &Check, case: &Case) -> CaseResult {
    let judged = match check.question.context(case.as_of, &case.params) {
        Ok(context) => check.question.judge(&case.given, case.row, &context),
        Err(_) => Judged::Unknown(Why::Error),
    };
    let (got, why) = match judged {
        Judged::Pass => (Outcome::Pass, None),
        Judged::Fail => (Outcome::Fail, None),
        Judged::Unknown(why) => (Outcome::Unknown, Some(why.name())),
        Judged::NotApplicable => (Outcome::NotApplicable, None),
    };
    let open = if got == Outcome::Unknown && got != case.expect { open(check, case) } else { Vec::new() };
    let decided = match got {
        Outcome::Pass | Outcome::Fail | Outcome::NotApplicable if got != case.expect => {
            super::decided::words(check, case, got == Outcome::NotApplicable)
        }
        _ => String::new(),
    };
    CaseResult {
        check: check.id.clone(),
        path: check.path.clone(),
        name: case.name.clone(),
        span: case.span.clone(),
        expected: case.expect,
        got,
        why,
        open,
        decided,
    }
}

/// The facts that nobody gave and that keep a test unknown.
fn open(check: &Check, case: &Case) -> Vec<&'static str> {
    let Ok(context) = check.question.context(case.as_of, &case.params) else { return Vec::new() };
    let mut open = Vec::new();
    for asked in check.question.applies.iter().chain(std::iter::once(&check.question.passes)) {
        let (_, trace) = asked.expr.evaluate_recorded(&case.given, case.row, &context);
        for gap in trace.gaps.iter().filter(|gap| gap.why == Why::MissingFact) {
            if !open.contains(&gap.fact.path()) {
                open.push(gap.fact.path());
            }
        }
        if !trace.gaps.is_empty() {
            break;
        }
    }
    open
}
