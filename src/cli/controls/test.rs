//! `assize controls test`: the tests that checks carry, and what of their expressions no test decides.

use super::super::Outcome;
use super::super::args::TestArgs;
use super::super::print;
use super::{own_last, texts, usable};
use crate::control::selftest::SelfTest;
use crate::control::{Coverage, Pack};

pub(in crate::cli) fn test(args: &TestArgs) -> Outcome {
    let Some(pack) = usable(&args.controls) else { return Outcome::Broken };
    let result = SelfTest::run(&pack);
    print::all_diagnostics(&result.diagnostics(), &texts(&pack));
    let printed = print::out(&format!(
        "{} of {} tests of {} checks came out as they should; {} outcomes are never tested\n",
        result.passed(),
        result.cases.len(),
        pack.checks.len(),
        result.missing.len()
    ));
    let tested = printed.max(if result.clean() { Outcome::Clean } else { Outcome::Found });
    if args.coverage { tested.max(coverage(&pack)) } else { tested }
}

fn coverage(pack: &Pack) -> Outcome {
    let coverage = Coverage::of(pack);
    let mut found = coverage.diagnostics();
    own_last(pack, &mut found);
    print::all_diagnostics(&found, &texts(pack));
    let (decided, all) = (coverage.both_ways(), coverage.clauses.len());
    let printed = print::out(&format!("{decided} of {all} clauses decided both ways\n"));
    printed.max(if decided == all { Outcome::Clean } else { Outcome::Found })
}
