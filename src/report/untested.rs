//! Whether an assessment tested anything, and why not: a report on nothing must not read as all clear.

use std::collections::BTreeMap;

use super::{human, words};
use crate::contract::v1::{CheckRun, Head};
use crate::model::Subject;

/// Why nothing was tested. What is asked of waivers tests none of the subjects, and counts for nothing here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untested {
    why: Why,
    /// Whether waivers were tested.
    waivers: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Why {
    /// No part of what was asked for names a check.
    NoCheck,
    /// So many checks apply to none of these subjects.
    NoSubject(u64, String),
    /// No verdict could be decided.
    Unknown,
}

/// Why nothing was tested; `None` where something was.
#[must_use]
pub fn untested(head: &Head) -> Option<Untested> {
    let decided = |run: &CheckRun| run.tally.pass > 0 || run.tally.fail > 0 || run.tally.waived > 0;
    let (of_waivers, runs): (Vec<&CheckRun>, Vec<&CheckRun>) =
        head.checks.iter().partition(|run| run.subject == Subject::Waiver.name());
    if runs.iter().any(|run| decided(run)) {
        return None;
    }
    let why = if runs.is_empty() {
        Why::NoCheck
    } else if runs.iter().any(|run| run.tally.unknown > 0) {
        Why::Unknown
    } else {
        Why::NoSubject(runs.len() as u64, subjects(&runs))
    };
    Some(Untested { why, waivers: of_waivers.iter().any(|run| decided(run)) })
}

/// The subjects that checks were asked about and do not apply to, by kind: `19 identities and 4 credentials`.
fn subjects(runs: &[&CheckRun]) -> String {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for run in runs {
        let asked = run.population.out_of_scope.iter().map(|one| one.count).fold(0, u64::saturating_add);
        let most = counts.entry(&run.subject).or_default();
        *most = (*most).max(asked);
    }
    let any = counts.values().any(|count| *count > 0);
    let all: Vec<String> = counts
        .iter()
        .filter(|(_, count)| !any || **count > 0)
        .map(|(name, n)| human::count(*n, &words::subject(name), &words::subjects(name)))
        .collect();
    all.join(" or ")
}

impl Untested {
    /// True if not one verdict was asked for, so that there are no gaps either.
    #[must_use]
    pub fn nothing_asked(&self) -> bool {
        self.why != Why::Unknown
    }

    /// True if waivers were tested all the same.
    #[must_use]
    pub fn but_waivers(&self) -> bool {
        self.waivers
    }

    /// That nothing was tested, in a few words without an end.
    #[must_use]
    pub fn lead(&self) -> &'static str {
        match (self.nothing_asked(), self.waivers) {
            (true, false) => "nothing was tested",
            (true, true) => "nothing but waivers was tested",
            (false, false) => "nothing could be decided",
            (false, true) => "nothing but waivers could be decided",
        }
    }

    /// The same with the reason, and what to do.
    #[must_use]
    pub fn told(&self) -> String {
        let why = match &self.why {
            Why::NoCheck => {
                "no part of what was asked for names a check; name checks in the parts of the framework".to_owned()
            }
            Why::NoSubject(1, subjects) => format!("1 check applies to none of {subjects}; look at its `applies`"),
            Why::NoSubject(n, subjects) => {
                format!("{} checks apply to none of {subjects}; look at their `applies`", human::number(*n))
            }
            Why::Unknown => "no check had what it needs; the gaps say what to add".to_owned(),
        };
        format!("{}: {why}", self.lead())
    }
}
