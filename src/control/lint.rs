//! What is odd about controls that can be used: leftovers, and what nothing answers or tests.

use std::collections::BTreeSet;
use std::ops::Range;

use super::claims;
use super::facts::is_given;
use super::pack::Pack;
use super::selftest::SelfTest;
use super::start;
use crate::base::diagnostic::{Diagnostic, Severity};

/// All that there is to say about a pack: `found`, from when it was read, then what is odd about it, by file and place.
#[must_use]
pub fn lint(pack: &Pack, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = found;
    all.extend(unused_checks(pack));
    all.extend(facts_of_nobody(pack));
    all.extend(pack.checks.iter().flat_map(claims::contradicted));
    all.extend(empty_requirements(pack));
    all.extend(unanswered_parts(pack));
    all.extend(pack.files.iter().filter(|file| file.origin.modified()).filter_map(start::unfilled));
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

/// Checks that no requirement of any framework asks for. Where a framework cannot be read, nobody knows what it asks for.
fn unused_checks(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let parts = pack.frameworks.iter().flat_map(|f| &f.requirements).flat_map(|r| &r.parts);
    let used: BTreeSet<&str> = parts.flat_map(|part| &part.checks).map(|check| check.check.as_str()).collect();
    let frameworks = pack.files.iter().filter(|file| file.path.starts_with("frameworks/")).count();
    let whole = frameworks == pack.frameworks.len();
    pack.checks.iter().filter(move |check| whole && !used.contains(check.id.as_str())).map(|check| {
        Diagnostic::warning("unused-check", format!("no requirement asks for `{}`", check.id))
            .at(&check.path, check.id_span.clone(), "never run")
            .help(format!(
                "write `checks = [{{ id = \"{}\" }}]` in a part of a framework, or remove the check",
                check.id
            ))
    })
}

/// Facts that a check reads and that no source gives: the check can never be decided.
fn facts_of_nobody(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let all = pack.checks.iter().flat_map(|check| {
        let asked = check.question.applies.iter().chain(std::iter::once(&check.question.passes));
        asked.flat_map(move |asked| asked.expr.reads().into_iter().map(move |read| (check, asked, read)))
    });
    all.filter(|(_, _, (fact, _))| !is_given(*fact)).map(|(check, asked, (fact, place))| {
        let subject = fact.subject;
        let message = format!("no source gives `{}`, so `{}` can never be decided by it", fact.path(), check.id);
        let others = subject.def().facts.iter().filter_map(|def| subject.fact(def.name));
        let others: Vec<&str> = others
            .filter(|other| is_given(*other) && other.def().ty == fact.def().ty)
            .map(|other| other.def().name)
            .collect();
        let help = match others.as_slice() {
            [] => format!("`assize controls facts {}` says which facts are given, and by what", subject.name()),
            some => format!(
                "facts of {} of that type that are given: {}; `assize controls facts {}` says what they mean",
                subject.name(),
                some.join(", "),
                subject.name()
            ),
        };
        asked.written.place(Diagnostic::warning("fact-of-nobody", message).at("", place, "always unknown").help(help))
    })
}

/// Requirements without parts. Where there are parts, each says itself what answers it, or why nothing does.
fn empty_requirements(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let all = pack.frameworks.iter().flat_map(|f| f.requirements.iter().map(move |requirement| (f, requirement)));
    all.filter(|(_, requirement)| requirement.parts.is_empty())
        .map(|(framework, requirement)| without_parts(&framework.path, &requirement.id, requirement.span.clone()))
}

/// A warning for a requirement without parts.
pub(super) fn without_parts(path: &str, id: &str, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning("empty-requirement", format!("`{id}` has no parts, so nothing answers it"))
        .at(path, span, "not assessed")
        .help("add [[requirements.parts]] with `checks`, with `manual`, or with `unanswered` and the reason")
}

/// Parts that nothing answers, without a word on why.
fn unanswered_parts(pack: &Pack) -> impl Iterator<Item = Diagnostic> + '_ {
    let all = pack.frameworks.iter().flat_map(|f| f.requirements.iter().map(move |requirement| (f, requirement)));
    let parts = all.flat_map(|(framework, one)| one.parts.iter().map(move |part| (framework, one, part)));
    let silent = |part: &super::Part| part.unanswered() && part.why_unanswered.is_none() && !part.broken;
    parts.filter(move |(_, _, part)| silent(part)).map(|(framework, requirement, part)| {
        let message = format!("nothing answers part `{}` of `{}`, and it is not said why", part.id, requirement.id);
        Diagnostic::warning("unanswered-part", message)
            .at(&framework.path, part.span.clone(), "this part")
            .help("name checks, say under `manual` what a person must attest, or under `unanswered` why neither can be")
    })
}
