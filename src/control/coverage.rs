//! Which clauses of a check's expressions its tests decide: whether a test would fail if a clause were another.
//!
//! A test decides a clause as true if the clause is true in it and another outcome came of it were it false, and the other
//! way round. A clause that no test decides as true could as well be `false`, and nobody would notice.

use super::check::{Case, Check, Outcome};
use super::file::Written;
use super::pack::Pack;
use super::question::{Asked, Judged};
use crate::base::diagnostic::Diagnostic;
use crate::expr::{Context, Outcome as Answer, Probed, Watched};

/// The most work that evaluations with a clause turned round may be for one check, so that the time that a file takes grows
/// with its length and not with the square of it: clauses asked, and steps. The checks that the program comes with take up to
/// 28,000.
const MOST: u64 = 2_000_000;

/// A clause of an expression of a check, and how its tests decide it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four answers about a clause, of which any may come with any")]
pub struct Decided {
    /// The check.
    pub check: String,
    /// The path of its file within the controls.
    pub path: String,
    /// The bytes of the clause in the file.
    pub span: std::ops::Range<usize>,
    /// The clause, as it is written.
    pub text: String,
    /// True if a test decides it as true.
    pub as_true: bool,
    /// True if a test decides it as false; of a clause that is never false, if one is undecided for its being unknown.
    pub as_false: bool,
    /// True if it names every value of a closed set, so that it is true or unknown.
    pub never_false: bool,
    /// True if it was not turned round in each test, since that were too much work: another test may decide it.
    pub untried: bool,
}

/// All clauses of all checks of a pack.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// The clauses, by check, in the order of its file.
    pub clauses: Vec<Decided>,
}

impl Coverage {
    /// Runs the tests of all checks, each again with every clause turned round.
    #[must_use]
    pub fn of(pack: &Pack) -> Self {
        Self { clauses: pack.checks.iter().flat_map(of_check).collect() }
    }

    /// How many clauses are decided both ways.
    #[must_use]
    pub fn both_ways(&self) -> usize {
        self.clauses.iter().filter(|clause| clause.as_true && clause.as_false).count()
    }

    /// A warning for each clause that is not decided both ways, under it.
    #[must_use]
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.clauses.iter().filter_map(Decided::diagnostic).collect()
    }
}

impl Decided {
    fn diagnostic(&self) -> Option<Diagnostic> {
        let never_false = self.never_false && self.as_true && !self.as_false;
        let (said, help) = match (self.as_true, self.as_false) {
            (true, true) => return None,
            (true, false) if never_false => {
                ("as unknown", "add a test in which nobody says it and all else such that the outcome turns on it")
            }
            (true, false) => {
                ("as false", "add a test in which it is false and all else such that the outcome turns on it")
            }
            (false, true) => {
                ("as true", "add a test in which it is true and all else such that the outcome turns on it")
            }
            (false, false) => (
                "at all",
                "add two tests that differ in nothing else, one in which it is true and one in which it is false, or remove it",
            ),
        };
        if self.untried {
            let message = format!("whether a test of `{}` decides a clause {said} was not found out", self.check);
            return Some(
                Diagnostic::warning("undecided-clause", message)
                    .at(&self.path, self.span.clone(), "not turned round in every test")
                    .help("turning each clause in each test is too much work here: divide the check into smaller ones, each with its tests"),
            );
        }
        let message = format!("no test of `{}` decides a clause {said}", self.check);
        let label = match (self.as_true, self.as_false) {
            (false, false) => "no test decides this as true, and none as false".to_owned(),
            _ => format!("no test decides this {said}"),
        };
        Some(Diagnostic::warning("undecided-clause", message).at(&self.path, self.span.clone(), label).help(help))
    }
}

/// The clauses of one check.
fn of_check(check: &Check) -> Vec<Decided> {
    let asked: Vec<&Asked> = check.question.applies.iter().chain(std::iter::once(&check.question.passes)).collect();
    let watched: Vec<Watched<'_>> = asked.iter().map(|asked| asked.expr.watched()).collect();
    let mut clauses: Vec<Vec<Decided>> = asked.iter().map(|asked| clauses_of(check, asked)).collect();
    let mut left = MOST;
    for case in &check.tests {
        let Ok(context) = check.question.context(case.as_of, &case.params) else { continue };
        // A test that fails as it is holds nothing.
        let outcome = outcome(check.question.judge(&case.given, case.row, &context));
        if outcome != case.expect || clauses.iter().flatten().all(|one| one.as_true && one.as_false) {
            continue;
        }
        let plain: Vec<Probed> =
            watched.iter().map(|watched| watched.probe(&case.given, case.row, &context, None)).collect();
        for ((at, watched), decided) in watched.iter().enumerate().zip(&mut clauses) {
            decide(watched, at, &plain, decided, case, &context, &mut left);
        }
    }
    clauses.into_iter().flatten().collect()
}

fn clauses_of(check: &Check, asked: &Asked) -> Vec<Decided> {
    let Written { text, .. } = &asked.written;
    let decided = |clause: crate::expr::Clause| Decided {
        check: check.id.clone(),
        path: check.path.clone(),
        span: asked.written.locate(&clause.span),
        never_false: clause.never_false,
        text: text.get(clause.span).unwrap_or("").to_owned(),
        as_true: false,
        as_false: false,
        untried: false,
    };
    asked.expr.clauses().into_iter().map(decided).collect()
}

/// Marks the clauses of the expression at `at` that this test decides. `plain` are the expressions' answers as they are.
fn decide(
    watched: &Watched<'_>,
    at: usize,
    plain: &[Probed],
    decided: &mut [Decided],
    case: &Case,
    context: &Context,
    left: &mut u64,
) {
    let before = together(plain.iter().map(|one| &one.outcome));
    let Some(own) = plain.get(at) else { return };
    if own.cut {
        for clause in decided.iter_mut() {
            clause.untried = true;
        }
    }
    for (moment, one) in own.given.iter().enumerate() {
        let Some(clause) = decided.get_mut(one.clause) else { continue };
        // What is never false is there to ask that the value is known: a constant would not.
        let Some(truth) = one.truth.or(clause.never_false.then_some(false)) else { continue };
        let known = if truth { &mut clause.as_true } else { &mut clause.as_false };
        if *known {
            continue;
        }
        if *left < own.work {
            clause.untried = true;
            continue;
        }
        let turned = watched.probe(&case.given, case.row, context, Some(moment));
        *left = left.saturating_sub(turned.work.max(1));
        let answers = plain.iter().enumerate().map(|(which, plain)| if which == at { &turned } else { plain });
        *known = together(answers.map(|one| &one.outcome)) != before;
    }
}

/// The outcome of a check by the answers to its expressions: whether it applies, if it asks so, and whether it passes.
fn together<'a>(mut answers: impl Iterator<Item = &'a Answer>) -> Outcome {
    let (passes, applies) = match (answers.next(), answers.next()) {
        (Some(applies), Some(passes)) => (passes, Some(applies)),
        (Some(passes), None) => (passes, None),
        (None, _) => return Outcome::Unknown,
    };
    match (applies.map(|applies| applies.known()), passes.known()) {
        (Some(Some(false)), _) => Outcome::NotApplicable,
        (Some(None), _) | (_, None) => Outcome::Unknown,
        (_, Some(true)) => Outcome::Pass,
        (_, Some(false)) => Outcome::Fail,
    }
}

fn outcome(judged: Judged) -> Outcome {
    match judged {
        Judged::Pass => Outcome::Pass,
        Judged::Fail => Outcome::Fail,
        Judged::Unknown(_) => Outcome::Unknown,
        Judged::NotApplicable => Outcome::NotApplicable,
    }
}
