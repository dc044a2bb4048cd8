//! What a waiver may keep of a finding: facts that there are, each with a value that it can have.

use super::{ALL_FACTS, BOUNDARY, DENIES, GROUPS, Kept, UNREAD};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, shortened};
use crate::base::time::Instant;
use crate::model::Subject;
use crate::model::schema::{FactId, FactType};

/// What is wrong with a fact that a waiver keeps: there is none of that name, or it cannot have that value.
pub(super) fn wrong(name: &str, kept: &Kept) -> Option<Diagnostic> {
    let help = "let `assize waivers new` write what a waiver keeps";
    if name == ALL_FACTS {
        return None;
    }
    // `credential.enabled of ID`, or `identity.tags[team]`.
    let whole = name.split(" of ").next().unwrap_or(name);
    let path = whole.split('[').next().unwrap_or(whole);
    if [DENIES, BOUNDARY, GROUPS, UNREAD].contains(&path) {
        return None;
    }
    let fact = path.split_once('.').and_then(|(subject, fact)| Subject::from_name(subject)?.fact(fact));
    let Some(fact) = fact else {
        let known =
            Subject::ALL.into_iter().flat_map(|subject| subject.def().facts.iter().map(move |fact| (subject, fact)));
        let known: Vec<String> = known.map(|(subject, fact)| format!("{}.{}", subject.name(), fact.name)).collect();
        let near = likely(path, known.iter().map(String::as_str), 1);
        let near = near.first().map(|near| format!("did you mean `{near}`? ")).unwrap_or_default();
        let message = format!("there is no fact `{}`", shortened(path, 80));
        return Some(Diagnostic::error("unknown-fact", message).help(format!("{near}{help}")));
    };
    let entry = whole.contains('[');
    if fits(fact, entry, kept) {
        return None;
    }
    let message = format!("`{path}` cannot have that value; its type is {}", fact.def().ty.name());
    Some(
        Diagnostic::error("bad-waiver", message)
            .help(format!("times are written `2026-11-01T00:00:00Z`, lengths of time in seconds; {help}")),
    )
}

fn fits(fact: FactId, entry: bool, kept: &Kept) -> bool {
    match (fact.def().ty, kept) {
        (_, Kept::Absent | Kept::Unknown) => true,
        (FactType::Map, kept) => entry && matches!(kept, Kept::Text(_)),
        (FactType::Bool, kept) => matches!(kept, Kept::Bool(_)),
        (FactType::Int | FactType::Duration, kept) => matches!(kept, Kept::Int(_)),
        (FactType::Time, Kept::Text(text)) => Instant::parse(text).is_some(),
        (FactType::Time, _) => false,
        // Of very long lists a digest is kept.
        (ty, Kept::List(..)) => ty.is_list(),
        (_, kept) => matches!(kept, Kept::Text(_)),
    }
}
