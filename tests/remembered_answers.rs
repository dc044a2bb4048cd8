//! What is remembered from one subject to the next changes no answer, and nothing of what is said to keep one open.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use assize::Request;
use assize::assess::{About, left_open, trace_of};
use assize::base::time::Instant;
use assize::expr::{Expr, Gap, Memo, Outcome};
use assize::model::{Row, Slots as _, Sym, Why};

use crate::support::estate;

/// Puts each question of a folder to each subject both ways, and gives how many answers there were.
fn compared(folder: &Path) -> usize {
    let request = Request { dir: folder.to_path_buf(), as_of: Instant::parse("2026-11-01"), ..Request::default() };
    let compared = assize::check(&request, |input, _| {
        let mut count = 0;
        for question in input.questions {
            for expr in question.applies.into_iter().chain([question.passes]) {
                let memo = Memo::of(expr);
                for row in &input.orders.get(question.subject).rows {
                    let row = Row::new(question.subject, *row);
                    let plain = expr.evaluate(input.estate, row, question.context);
                    let remembered = expr.evaluate_with(input.estate, row, question.context, &memo);
                    let mut gaps = Vec::new();
                    let open = expr.evaluate_with_gaps(input.estate, row, question.context, &memo, &mut gaps);
                    let (recorded, expected) = recorded(expr, input.estate, row, question.context);
                    assert_eq!([remembered, open, recorded], [plain; 3], "{} of {row:?}", expr.text());
                    assert_eq!(gaps, expected, "{} of {row:?}", expr.text());
                    count += 1;
                }
            }
        }
        // The verdicts themselves are those of the recorded answers.
        for (question, judged) in input.questions.iter().zip(input.judged) {
            for (row, verdict) in input.orders.get(question.subject).rows.iter().zip(&judged.verdicts) {
                assert_eq!(assize::assess::verdict_of(input.estate, question, *row), *verdict);
                let open = *verdict == assize::assess::Verdict::Unknown;
                assert_eq!(trace_of(input.estate, question, *row).facts.is_empty() && open, open);
            }
            // So is what is said to leave them open, although whom several check runs ask about is asked once.
            let mut counts: BTreeMap<(Why, About, String), u64> = BTreeMap::new();
            for open in left_open(input.estate, input.orders, question, &judged.verdicts) {
                let causes: BTreeSet<(Why, About, Sym)> =
                    open.causes.iter().map(|cause| (cause.why, cause.about, cause.scope)).collect();
                for (why, about, scope) in causes {
                    *counts.entry((why, about, input.estate.text(scope).to_owned())).or_default() += 1;
                }
            }
            let groups =
                judged.gaps.iter().filter_map(|gap| Some(((gap.why, gap.about, gap.scope.clone()), gap.count?)));
            assert_eq!(groups.collect::<BTreeMap<_, _>>(), counts);
        }
        count
    });
    compared.unwrap_or_else(|noted| panic!("{:?}", noted.diagnostics))
}

fn recorded(
    expr: &Expr,
    estate: &assize::graph::Estate<'_>,
    row: Row,
    context: &assize::expr::Context,
) -> (Outcome, Vec<Gap>) {
    let (outcome, trace) = expr.evaluate_recorded(estate, row, context);
    (outcome, trace.gaps)
}

#[test]
fn the_fixtures_are_judged_as_without_memory() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["marrowick", "partial", "hostile"] {
        assert!(compared(&fixtures.join(folder)) > 100, "{folder}");
    }
}

#[test]
fn a_large_estate_is_judged_as_without_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("details.json")).unwrap();
    estate::write_details(600, &mut file).unwrap();
    assert!(compared(folder.path()) > 10_000);
}
