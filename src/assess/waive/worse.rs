//! Whether what a finding rests on is worse than what a waiver was given for.

use std::collections::BTreeSet;

use super::kept::Ground;
use crate::base::text::shortened;
use crate::base::time::{Instant, Span};
use crate::control::waiver::{GivenFor, Kept};
use crate::export::secrets::masked;
use crate::model::schema::{FactId, FactType, Worse};

/// How a fact stands to how it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// As it was, or better, or another time or number of which nobody says which is worse.
    NotWorse,
    /// Worse, by the direction that its definition gives.
    Worse,
    /// Another, and nobody can say which is worse.
    Another,
}

/// Why what a finding rests on is no longer what a waiver was given for; `None` where nothing got worse.
pub(super) fn worse(now: &Ground, given: &GivenFor) -> Option<String> {
    if given.facts.is_empty() {
        let same = now.digest == given.digest;
        return (!same).then(|| {
            "what decides has changed, and the waiver keeps no facts by which to tell whether that is worse".to_owned()
        });
    }
    now.deciding.iter().find_map(|one| {
        let Some(before) = given.facts.get(&one.name) else {
            return Some(format!("it now rests on `{}` too, which the waiver keeps nothing of", told(&one.name)));
        };
        let how = match change(one.fact, before, &one.value) {
            Change::NotWorse => return None,
            Change::Worse => "is worse",
            Change::Another => "is another, and none says which is worse",
        };
        Some(format!(
            "`{}` {how}: {}, and was {}",
            told(&one.name),
            words(one.fact, &one.value),
            words(one.fact, before)
        ))
    })
}

fn told(text: &str) -> String {
    shortened(&masked(text), 200).into_owned()
}

fn words(fact: FactId, kept: &Kept) -> String {
    match kept {
        Kept::Absent => fact.def().absent.unwrap_or("none").to_owned(),
        Kept::Unknown => "not known".to_owned(),
        Kept::Bool(value) => value.to_string(),
        Kept::Int(seconds) if fact.def().ty == FactType::Duration => Span(*seconds).to_string(),
        Kept::Int(value) => value.to_string(),
        Kept::Text(text) => told(text),
        Kept::List(members, _) if members.is_empty() => "none".to_owned(),
        Kept::List(members, _) => told(&members.join(", ")),
    }
}

fn change(fact: FactId, before: &Kept, now: &Kept) -> Change {
    use Change::{Another, NotWorse, Worse as IsWorse};

    let def = fact.def();
    if before == now {
        return NotWorse;
    }
    match (before, now) {
        // It is no longer known to be as it was when someone approved of that.
        (_, Kept::Unknown) => return IsWorse,
        (Kept::List(..), Kept::List(..)) => return lists(def.worse, before, now),
        _ => {}
    }
    if def.worse == Worse::Neither {
        // Times and numbers are of one class, whatever their value.
        let same = def.ty == FactType::Time && time(before).is_some() && time(now).is_some()
            || matches!((before, now), (Kept::Int(_), Kept::Int(_)));
        return if same { NotWorse } else { Another };
    }
    let higher = def.worse == Worse::Higher;
    let end = if higher { i64::MAX } else { i64::MIN };
    let number = |kept: &Kept| match (def.ty, kept) {
        // What never expires does so after everything, what was never used was used before everything.
        (FactType::Time | FactType::Int | FactType::Duration, Kept::Absent) => Some(end),
        (FactType::Time, kept) => time(kept),
        (FactType::Int | FactType::Duration, Kept::Int(value)) => Some(*value),
        (FactType::Bool, Kept::Bool(value)) => Some(i64::from(*value)),
        (FactType::Enum(def), Kept::Text(name)) if name != "other" => def.code(name).map(i64::from),
        // There is none, or there is this one.
        (FactType::Ref(_) | FactType::Str, Kept::Absent) => Some(0),
        _ => None,
    };
    match (number(before), number(now)) {
        (Some(before), Some(now)) if (higher && now > before) || (!higher && now < before) => IsWorse,
        (Some(_), Some(_)) => NotWorse,
        // One that there was not is better where none is worse, and the other way round.
        (Some(_), None) if matches!(def.ty, FactType::Ref(_) | FactType::Str) && *before == Kept::Absent => {
            if higher { IsWorse } else { NotWorse }
        }
        (None, Some(_)) if matches!(def.ty, FactType::Ref(_) | FactType::Str) && *now == Kept::Absent => {
            if higher { NotWorse } else { IsWorse }
        }
        _ => Another,
    }
}

fn time(kept: &Kept) -> Option<i64> {
    match kept {
        Kept::Text(text) => Instant::parse(text).map(|at| at.0),
        _ => None,
    }
}

fn lists(worse: Worse, before: &Kept, now: &Kept) -> Change {
    let (Kept::List(before, before_open), Kept::List(now, now_open)) = (before, now) else { return Change::Another };
    let before: BTreeSet<&String> = before.iter().collect();
    let now: BTreeSet<&String> = now.iter().collect();
    // Of a list that was whole and is not, it is no longer known that nothing was added, or that nothing is missing.
    let opened = *now_open && !*before_open;
    match worse {
        Worse::Higher if opened || !now.is_subset(&before) => Change::Worse,
        Worse::Lower if !now.is_superset(&before) => Change::Worse,
        Worse::Neither if now != before => Change::Another,
        _ => Change::NotWorse,
    }
}
