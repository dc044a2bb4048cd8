//! Tests whose name says another outcome than the one that they expect.
//!
//! Only what leaves no doubt is taken for a claim: "passes" and "fails" as verbs, and at the end
//! of a name that something is unknown, undecided, left out or does not apply.

use std::ops::Range;

use super::check::{Check, Outcome};
use crate::base::diagnostic::Diagnostic;

/// Ends of names that claim an outcome.
const ENDS: [(&str, Outcome); 16] = [
    ("is unknown", Outcome::Unknown),
    ("stays unknown", Outcome::Unknown),
    ("remains unknown", Outcome::Unknown),
    ("is undecided", Outcome::Unknown),
    ("stays undecided", Outcome::Unknown),
    ("is not decided", Outcome::Unknown),
    ("does not apply", Outcome::NotApplicable),
    ("is not applicable", Outcome::NotApplicable),
    ("is left out", Outcome::NotApplicable),
    ("is not asked", Outcome::NotApplicable),
    ("passes", Outcome::Pass),
    ("is fine", Outcome::Pass),
    ("is ok", Outcome::Pass),
    ("is accepted", Outcome::Pass),
    ("fails", Outcome::Fail),
    ("fail", Outcome::Fail),
];

/// Words that turn the verb after them round, or make it something else's.
const TURNS: [&str; 10] = ["not", "never", "neither", "nor", "no", "that", "which", "who", "if", "when"];

/// A warning for each test of a check whose name contradicts what it expects.
pub(super) fn contradicted(check: &Check) -> impl Iterator<Item = Diagnostic> + '_ {
    check.tests.iter().filter_map(|case| warning(&check.path, &case.name, case.expect, case.span.clone()))
}

/// A warning for a test whose name contradicts what it expects.
pub(super) fn warning(path: &str, name: &str, expect: Outcome, span: Range<usize>) -> Option<Diagnostic> {
    let claimed = claims(name);
    let [first, ..] = claimed.as_slice() else { return None };
    let (first, expected) = (first.name(), expect.name());
    let message = format!("test `{name}` says {first} in its name, and expects {expected}");
    let wrong = Diagnostic::warning("contradicting-name", message)
        .at(path, span, format!("`expect` is \"{expected}\""))
        .help("whoever reads the failure of a test trusts its name: change the name, or what is expected");
    (!claimed.contains(&expect)).then_some(wrong)
}

/// The outcomes that a name claims.
fn claims(name: &str) -> Vec<Outcome> {
    let name = name.to_lowercase();
    let name = name.trim_end_matches(['.', '!', ' ']);
    let mut found = Vec::new();
    for (end, outcome) in ENDS {
        if name.ends_with(end) {
            let before = name.len() - end.len();
            let turned = name.get(..before).and_then(|head| head.split_whitespace().last());
            if !turned.is_some_and(|word| TURNS.contains(&word)) && name.get(..before).is_none_or(at_word) {
                found.push(outcome);
            }
        }
    }
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    for (at, word) in words.iter().enumerate() {
        let outcome = match *word {
            "passes" => Outcome::Pass,
            "fails" => Outcome::Fail,
            _ => continue,
        };
        let turned = at.checked_sub(1).and_then(|before| words.get(before)).is_some_and(|word| TURNS.contains(word));
        if !turned && !found.contains(&outcome) {
            found.push(outcome);
        }
    }
    found
}

/// True if a name that is cut here is cut between two words.
fn at_word(head: &str) -> bool {
    head.is_empty() || head.ends_with(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_leaves_no_doubt_is_a_claim() {
        for (name, claimed) in [
            ("a key older than the limit fails", vec![Outcome::Fail]),
            ("a young key passes", vec![Outcome::Pass]),
            ("passes where nothing is attached", vec![Outcome::Pass]),
            ("a key without a date is undecided", vec![Outcome::Unknown]),
            ("whether it is on is unknown.", vec![Outcome::Unknown]),
            ("a disabled key is left out", vec![Outcome::NotApplicable]),
            ("an unknown account fails", vec![Outcome::Fail]),
            ("an unknown account", vec![]),
            ("never fails", vec![]),
            ("a login that fails", vec![]),
            ("the failed login", vec![]),
            ("a bypass", vec![]),
            ("the same under a looser limit", vec![]),
        ] {
            assert_eq!(claims(name), claimed, "{name}");
        }
    }
}
