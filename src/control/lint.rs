//! What is odd about controls that can be used: leftovers, and what nothing answers or tests.

use std::collections::BTreeSet;

use super::pack::Pack;
use super::selftest::SelfTest;
use crate::base::diagnostic::{Diagnostic, Severity};

/// All that there is to say about a pack: `found`, from when it was read, then what is odd about it, by file and place.
#[must_use]
pub fn lint(pack: &Pack, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = found;
    all.extend(unused_checks(pack));
    all.extend(empty_requirements(pack));
    all.extend(unanswered_parts(pack));
    all.extend(SelfTest::run(pack).diagnostics());
    let place = |diagnostic: &Diagnostic| {
        diagnostic.place.as_ref().map_or_else(|| (String::new(), 0), |place| (place.file.clone(), place.span.start))
    };
    all.sort_by_key(place);
    all
}

/// True if any of them is an error, so that the controls cannot be used.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Checks that no requirement of any framework asks for.
fn unused_checks(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let parts = pack.frameworks.iter().flat_map(|f| &f.requirements).flat_map(|r| &r.parts);
    let used: BTreeSet<&str> = parts.flat_map(|part| &part.checks).map(|check| check.check.as_str()).collect();
    pack.checks.iter().filter(move |check| !used.contains(check.id.as_str())).map(|check| {
        Diagnostic::warning("unused-check", format!("no requirement asks for `{}`", check.id))
            .at(&check.path, check.id_span.clone(), "never run")
            .help("name it in a part of a framework, or remove it")
    })
}

/// Requirements that nothing answers at all.
fn empty_requirements(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let all = pack.frameworks.iter().flat_map(|f| f.requirements.iter().map(move |requirement| (f, requirement)));
    all.filter(|(_, requirement)| requirement.parts.iter().all(super::Part::unanswered)).map(
        |(framework, requirement)| {
            Diagnostic::warning("empty-requirement", format!("nothing answers any part of `{}`", requirement.id))
                .at(&framework.path, 0..0, "in this framework")
                .help("add a check or a statement to attest; until then it is reported as not assessed")
        },
    )
}

/// Parts that nothing answers, without a word on why.
fn unanswered_parts(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let all = pack.frameworks.iter().flat_map(|f| f.requirements.iter().map(move |requirement| (f, requirement)));
    let parts = all.flat_map(|(framework, one)| one.parts.iter().map(move |part| (framework, one, part)));
    parts.filter(|(_, _, part)| part.unanswered() && part.why_unanswered.is_none()).map(
        |(framework, requirement, part)| {
            let message = format!("nothing answers part `{}` of `{}`, and it is not said why", part.id, requirement.id);
            Diagnostic::warning("unanswered-part", message).at(&framework.path, part.span.clone(), "this part").help(
                "name checks, say under `manual` what a person must attest, or under `unanswered` why neither can be",
            )
        },
    )
}
