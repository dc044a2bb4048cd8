//! The first page in words: what was assessed, and what matters in it.

use serde::Serialize;

use crate::contract::v1::{AiSystem, CheckRun, Framework, HopState, Param, ParamOrigin, Presence, Severity, Status};
use crate::contract::v1::{Head, SeverityCounts};
use crate::report::human;
use crate::report::index::Index;
use crate::report::words;
use crate::report::{Untested, untested};

/// Most names in a sentence.
const NAMED: usize = 4;

/// A sentence of the summary.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Sentence {
    /// What it is about, in a word or two.
    topic: &'static str,
    /// The sentence.
    text: String,
    /// The anchor of the part of the report that says more.
    anchor: &'static str,
}

/// Names of the frameworks with their editions.
pub(super) fn frameworks(head: &Head) -> String {
    let named = |one: &Framework| {
        let version = one.version.as_deref().map(|version| format!(" ({version})")).unwrap_or_default();
        human::brief(&format!("{}{version}", human::heading(human::name_or(&one.title, &one.id))))
    };
    head.frameworks.iter().map(named).collect::<Vec<_>>().join("; ")
}

/// What was assessed: `69 identities, 27 credentials and 18 AI systems in 3 scopes, from 21 exports`.
pub(super) fn assessed(head: &Head) -> String {
    let listed = |subject: &str| {
        let counts = head.subjects.iter().filter(|one| one.subject == subject && one.presence == Presence::Listed);
        counts.map(|one| one.count).fold(0, u64::saturating_add)
    };
    let counted = ["identity", "credential", "ai_system"].map(|subject| {
        let n = listed(subject);
        human::count(n, &words::subject(subject), &words::subjects(subject))
    });
    let [identities, credentials, systems] = counted;
    let scopes = human::count(head.scopes.seen.len() as u64, "scope", "scopes");
    let exports = human::count(head.exports.len() as u64, "export", "exports");
    format!("{identities}, {credentials} and {systems} in {scopes}, read from {exports}")
}

/// What matters, worst first.
pub(super) fn summary(index: &Index<'_>) -> Vec<Sentence> {
    let head = index.head;
    let sum = |pick: fn(&CheckRun) -> u64| head.checks.iter().map(pick).fold(0, u64::saturating_add);
    let untested = untested(head);
    let mut all = vec![requirements(head)];
    all.push(untested.as_ref().map_or_else(|| findings(index), nothing));
    if sum(|run| run.tally.waived) > 0 {
        let waived = human::count(sum(|run| run.tally.waived), "failure is", "failures are");
        all.push(Sentence { topic: "Waived", text: format!("{waived} covered by a waiver."), anchor: "findings" });
    }
    let asked = !untested.as_ref().is_some_and(Untested::nothing_asked);
    all.extend(ai_systems(head).filter(|_| asked));
    all.extend(open(head, sum(|run| run.tally.unknown), asked));
    all.extend(doubts(head));
    all
}

fn requirements(head: &Head) -> Sentence {
    let all: Vec<_> = head.frameworks.iter().flat_map(|framework| &framework.requirements).collect();
    let told: Vec<String> = Status::ALL
        .iter()
        .map(|status| (status, all.iter().filter(|one| one.status == *status).count() as u64))
        .filter(|(_, n)| *n > 0)
        .map(|(status, n)| format!("{} {}", human::number(n), status.label()))
        .collect();
    let whole = human::count(all.len() as u64, "requirement", "requirements");
    let of = human::count(head.frameworks.len() as u64, "framework", "frameworks");
    let text = if all.is_empty() {
        "No framework was asked for.".to_owned()
    } else {
        format!("Of {whole} in {of}: {}.", told.join(", "))
    };
    Sentence { topic: "Requirements", text, anchor: "frameworks" }
}

/// That nothing was tested, in place of what was found.
fn nothing(untested: &Untested) -> Sentence {
    Sentence { topic: "Findings", text: format!("{}.", human::sentence(&untested.told())), anchor: "findings" }
}

fn findings(index: &Index<'_>) -> Sentence {
    let checks = &index.head.checks;
    let of = |severity: Severity| {
        let of_it = checks.iter().filter(|run| run.severity == severity);
        of_it.map(|run| run.tally.fail).fold(0, u64::saturating_add)
    };
    let counts: Vec<(Severity, u64)> =
        Severity::ALL.iter().map(|severity| (*severity, of(*severity))).filter(|(_, n)| *n > 0).collect();
    let total = counts.iter().map(|(_, n)| *n).fold(0, u64::saturating_add);
    let Some((worst, _)) = counts.first() else {
        let waived = checks.iter().map(|run| run.tally.waived).fold(0, u64::saturating_add);
        let text = match waived {
            0 => "Nothing that could be decided fails.",
            _ => "Nothing that could be decided fails without a waiver.",
        };
        let text = text.to_owned();
        return Sentence { topic: "Findings", text, anchor: "findings" };
    };
    let told: Vec<String> =
        counts.iter().map(|(severity, n)| format!("{} {}", human::number(*n), severity.label())).collect();
    let mut failing: Vec<&CheckRun> =
        checks.iter().filter(|run| run.severity == *worst && run.tally.fail > 0).collect();
    failing.sort_by_key(|run| (std::cmp::Reverse(run.tally.fail), run.id.clone()));
    let names: Vec<String> =
        failing.iter().map(|run| format!("“{}” ({})", index.title(&run.id), human::number(run.tally.fail))).collect();
    let names = human::names(names.iter().map(String::as_str), names.len() as u64, NAMED);
    let total = human::count(total, "finding", "findings");
    let checks = if failing.len() == 1 { "one check" } else { "these checks" };
    let text = format!("{total}: {}. The {} ones fail {checks}: {names}.", told.join(", "), worst.label());
    Sentence { topic: "Findings", text, anchor: "findings" }
}

fn ai_systems(head: &Head) -> Option<Sentence> {
    let all = &head.ai_systems;
    if all.is_empty() {
        return None;
    }
    let bad = |counts: SeverityCounts| counts.critical > 0 || counts.high > 0;
    let mut worst: Vec<&AiSystem> = all.iter().filter(|one| bad(one.findings)).collect();
    worst.sort_by_key(|one| (std::cmp::Reverse((one.findings.critical, one.findings.high)), one.id.clone()));
    let admins: Vec<&str> = all
        .iter()
        .filter(|one| {
            one.identities.iter().any(|used| used.administrator)
                || one.reach.iter().any(|to| to.administrator && to.state == HopState::Certain)
        })
        .map(|one| human::name_or(&one.name, &one.id))
        .collect();
    let whole = human::count(all.len() as u64, "AI system", "AI systems");
    let named = |systems: &[&str]| human::names(systems.iter().copied(), systems.len() as u64, NAMED);
    let worst: Vec<&str> = worst.iter().map(|one| human::name_or(&one.name, &one.id)).collect();
    let undecided: u64 = all.iter().map(|one| one.unknown).sum();
    let waived: u64 = all.iter().map(|one| one.waived).sum();
    let findings = match worst.len() as u64 {
        // No failure says little where much is open.
        0 if undecided > 0 => format!(
            "none has a critical or high finding, but {} on them could not be decided",
            human::count(undecided, "verdict", "verdicts")
        ),
        0 => "none has a critical or high finding".to_owned(),
        1 => format!("1 has critical or high findings: {}", named(&worst)),
        n => format!("{} have critical or high findings: {}", human::number(n), named(&worst)),
    };
    let findings = match waived {
        0 => findings,
        1 => format!("{findings}; 1 failure of theirs is covered by a waiver"),
        n => format!("{findings}; {} failures of theirs are covered by a waiver", human::number(n)),
    };
    let reach = match admins.len() as u64 {
        0 => String::new(),
        1 => format!(" An administrator is within reach of {}.", named(&admins)),
        n => format!(" An administrator is within reach of {}: {}.", human::number(n), named(&admins)),
    };
    Some(Sentence { topic: "AI systems", text: format!("Of {whole}, {findings}.{reach}"), anchor: "ai-systems" })
}

/// What is open; `None` where nothing was asked, so that nothing can be.
fn open(head: &Head, unknown: u64, asked: bool) -> Option<Sentence> {
    let open = head.checks.iter().filter(|run| run.coverage.total.is_none()).count() as u64;
    let checks = human::count(open, "check", "checks");
    if !asked && unknown == 0 {
        let text = format!("For {checks} nobody listed all subjects, so that more may be open.");
        return (open > 0).then_some(Sentence { topic: "Not decided", text, anchor: "gaps" });
    }
    let mut text = match unknown {
        0 => "Every verdict that was asked for could be decided".to_owned(),
        1 => "1 verdict could not be decided, since something that it needs was not in the exports".to_owned(),
        n => format!(
            "{} verdicts could not be decided, since something that they need was not in the exports",
            human::number(n)
        ),
    };
    if open > 0 {
        text.push_str(&format!("; for {checks} nobody listed all subjects, so that more may be open"));
    }
    Some(Sentence { topic: "Not decided", text: format!("{text}."), anchor: "gaps" })
}

/// What makes the report itself less sure.
fn doubts(head: &Head) -> Option<Sentence> {
    let count = |n: usize, one: &str, many: &str| (n > 0).then(|| human::count(n as u64, one, many));
    let rejected = head.exports.iter().map(|export| export.rejected).fold(0, u64::saturating_add);
    let tests = &head.controls.tests;
    let params = || head.checks.iter().flat_map(|run| run.params.iter().map(move |param| (run, param)));
    let named = |all: Vec<String>, one: &str, many: &str| {
        let names = human::names(all.iter().map(String::as_str), all.len() as u64, NAMED);
        (!all.is_empty()).then(|| format!("{}: {names}", human::count(all.len() as u64, one, many)))
    };
    // The run of a check with other values has them in its id.
    let check = |run: &CheckRun| run.id.split('[').next().unwrap_or(&run.id).to_owned();
    let less = |(run, param): &(&CheckRun, &Param)| {
        (param.looser && param.origin == ParamOrigin::Profile).then(|| format!("{} of {}", param.name, check(run)))
    };
    let less_than_asked = |(run, param): &(&CheckRun, &Param)| {
        param
            .profile
            .as_ref()
            .is_some_and(|profile| profile.looser)
            .then(|| format!("{} of {}", param.name, check(run)))
    };
    let looser: Vec<String> = params().filter_map(|one| less(&one)).collect();
    let unmet: Vec<String> = params().filter_map(|one| less_than_asked(&one)).collect();
    let told: Vec<String> = [
        count(head.scopes.missing.len(), "expected scope was not seen", "expected scopes were not seen"),
        (rejected > 0).then(|| human::count(rejected, "record could not be read", "records could not be read")),
        count(
            head.controls.files.iter().filter(|file| file.modified).count(),
            "control file is not as built in",
            "control files are not as built in",
        ),
        count(tests.failures.len(), "test of the controls failed", "tests of the controls failed"),
        named(
            looser,
            "limit of the profile is looser than its default",
            "limits of the profile are looser than their defaults",
        ),
        named(
            unmet,
            "limit of the profile asks for less than a requirement, which is not met by that",
            "limits of the profile ask for less than requirements, which are not met by that",
        ),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!told.is_empty()).then(|| Sentence { topic: "Beware", text: format!("{}.", told.join("; ")), anchor: "scope" })
}
