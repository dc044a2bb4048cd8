//! What each check costs on a folder of exports, in turn and on all threads, beside the whole of the verdicts.
//!
//! ```text
//! cargo bench --bench checks                  # an invented estate of 10,000 principals
//! cargo bench --bench checks -- 100000        # of another size
//! cargo bench --bench checks -- FOLDER        # a folder of exports of your own
//! cargo bench --bench checks -- FOLDER CHECK  # one check run alone, thirty times, for a profiler to look at
//! ```
//!
//! Each check judges all its subjects three times; the fastest counts. Costs are told as parts of all verdicts, so that one
//! run compares with another; nothing here passes or fails.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "a benchmark talks to the person who runs it"
)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use assize::Request;
use assize::assess;

#[path = "support/estate.rs"]
mod estate;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const RUNS: usize = 3;
const AS_OF: &str = "2026-12-31T00:00:00Z";
/// How many checks are told.
const TOLD: usize = 25;

fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (argument, alone) = (arguments.next(), arguments.next());
    let runs = if alone.is_some() { RUNS * 10 } else { RUNS };
    let scratch = tempfile::tempdir().unwrap();
    let folder = match argument.as_deref().map(str::parse::<u64>) {
        Some(Err(_)) => PathBuf::from(argument.as_deref().unwrap_or_default()),
        size => {
            let target = scratch.path().join("authorization-details.json");
            let mut file = std::io::BufWriter::new(std::fs::File::create(target).unwrap());
            estate::write_details(size.and_then(Result::ok).unwrap_or(10_000), &mut file).unwrap();
            scratch.path().to_path_buf()
        }
    };
    // The date of the invented estate; of exports of your own, what was made later is not judged.
    let as_of = assize::base::time::Instant::parse(AS_OF);
    let request = Request { dir: folder, as_of, ..Request::default() };
    let told = assize::check(&request, |input, _| {
        let mut costs: Vec<(Duration, &str, usize)> = Vec::new();
        let asked = input.questions.iter().zip(&input.plan.runs);
        for (question, run) in asked.filter(|(_, run)| alone.as_ref().is_none_or(|alone| *alone == run.id)) {
            let judge = || {
                let start = Instant::now();
                let judged = assess::judge(input.estate, input.orders, &input.profile.expected_scopes, question);
                (start.elapsed(), judged.verdicts.len())
            };
            let (fastest, asked) = (0..runs).map(|_| judge()).min().expect("there are runs");
            costs.push((fastest, run.id.as_str(), asked));
        }
        let all: Duration = costs.iter().map(|(cost, ..)| *cost).sum();
        println!("{} check runs, all verdicts {:.1} ms", costs.len(), all.as_secs_f64() * 1e3);
        costs.sort_by_key(|(cost, id, _)| (std::cmp::Reverse(*cost), *id));
        for (cost, id, asked) in costs.into_iter().take(TOLD) {
            let part = cost.as_secs_f64() / all.as_secs_f64().max(f64::MIN_POSITIVE) * 100.0;
            let each = cost.as_nanos() as f64 / asked.max(1) as f64;
            println!("{part:5.1} %  {:8.2} ms  {each:8.0} ns a subject  {id}", cost.as_secs_f64() * 1e3);
        }
    });
    assert!(told.is_ok(), "the folder cannot be checked");
}
