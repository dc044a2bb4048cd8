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
            if higher {
                IsWorse
            } else {
                NotWorse
            }
        }
        (None, Some(_)) if matches!(def.ty, FactType::Ref(_) | FactType::Str) && *now == Kept::Absent => {
            if higher {
                NotWorse
            } else {
                IsWorse
            }
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

#[cfg(test)]
mod tests {
    use super::super::kept::Deciding;
    use super::*;
    use crate::model::Subject;

    fn fact(path: &str) -> FactId {
        let (subject, name) = path.split_once('.').unwrap();
        Subject::from_name(subject).unwrap().fact(name).unwrap()
    }

    fn text(text: &str) -> Kept {
        Kept::Text(text.to_owned())
    }

    fn list(members: &[&str]) -> Kept {
        Kept::List(members.iter().map(|member| (*member).to_owned()).collect(), false)
    }

    /// A fact, how it stood, how it stands, and what that is.
    fn table() -> Vec<(&'static str, Kept, Kept, Change)> {
        use Change::{Another, NotWorse, Worse};
        vec![
            // True or false.
            ("credential.enabled", Kept::Bool(false), Kept::Bool(true), Worse),
            ("credential.enabled", Kept::Bool(true), Kept::Bool(false), NotWorse),
            ("identity.mfa", Kept::Bool(true), Kept::Bool(false), Worse),
            ("identity.mfa", Kept::Bool(false), Kept::Bool(true), NotWorse),
            ("identity.mfa", Kept::Bool(false), Kept::Bool(false), NotWorse),
            ("identity.mfa", Kept::Bool(true), Kept::Unknown, Worse),
            ("identity.mfa", Kept::Unknown, Kept::Unknown, NotWorse),
            ("identity.mfa", Kept::Unknown, Kept::Bool(false), Another),
            ("becoming.trusted_scope", Kept::Absent, Kept::Bool(false), Another),
            // Instants: none is at the worse end.
            ("credential.last_change_at", text("2026-02-01T00:00:00Z"), text("2026-01-31T23:59:59Z"), Worse),
            ("credential.last_change_at", text("2026-02-01T00:00:00Z"), text("2026-02-02T00:00:00Z"), NotWorse),
            ("credential.last_used_at", text("2026-02-01T00:00:00Z"), Kept::Absent, Worse),
            ("credential.last_used_at", Kept::Absent, text("2026-02-01T00:00:00Z"), NotWorse),
            ("credential.expires_at", text("2026-02-01T00:00:00Z"), text("2027-02-01T00:00:00Z"), Worse),
            ("credential.expires_at", text("2027-02-01T00:00:00Z"), Kept::Absent, Worse),
            ("credential.expires_at", Kept::Absent, text("2027-02-01T00:00:00Z"), NotWorse),
            ("credential.created_at", text("2026-02-01T00:00:00Z"), text("2020-02-01T00:00:00Z"), NotWorse),
            ("credential.expires_at", text("soon"), text("2027-02-01T00:00:00Z"), Another),
            // Numbers and lengths of time.
            ("identity.reach_depth", Kept::Int(1), Kept::Int(2), Worse),
            ("identity.reach_depth", Kept::Int(2), Kept::Int(1), NotWorse),
            ("identity.revocation_time", Kept::Int(600), Kept::Absent, Worse),
            // Closed sets with an order, and without.
            ("resource.sensitivity", text("internal"), text("restricted"), Worse),
            ("resource.sensitivity", text("restricted"), text("internal"), NotWorse),
            ("resource.sensitivity", text("restricted"), text("other (blue)"), Another),
            ("grant.level", text("write"), text("read"), NotWorse),
            ("grant.level", text("write"), text("permissions"), Worse),
            ("becoming.state", text("conditional"), text("certain"), Worse),
            ("identity.environment", text("production"), text("test"), Another),
            // Lists: more, or fewer, members.
            ("credential.scopes", list(&["a"]), list(&["a", "b"]), Worse),
            ("credential.scopes", list(&["a", "b"]), list(&["b"]), NotWorse),
            ("credential.scopes", list(&["a"]), Kept::List(vec!["a".to_owned()], true), Worse),
            ("identity.owners", list(&["a", "b"]), list(&["b"]), Worse),
            ("identity.owners", list(&["a"]), list(&["a", "b"]), NotWorse),
            ("identity.policies", list(&["a"]), list(&["b"]), Another),
            ("credential.scopes", list(&["a"]), text("300 members, SHA-256 0"), Another),
            // Of others none, or one, may be worse; another one is another.
            ("identity.boundary", text("p"), Kept::Absent, Worse),
            ("identity.boundary", Kept::Absent, text("p"), NotWorse),
            ("identity.boundary", text("p"), text("q"), Another),
            ("identity.vendor", Kept::Absent, text("v"), Another),
            ("resource.kind", text("bucket"), text("table"), Another),
            ("resource.kind", text("bucket"), text("bucket"), NotWorse),
            ("resource.kind", text("bucket"), Kept::Unknown, Worse),
        ]
    }

    #[test]
    fn each_kind_of_fact_has_its_worse_side() {
        for (path, before, now, expected) in table() {
            assert_eq!(change(fact(path), &before, &now), expected, "{path}: {before:?} to {now:?}");
        }
    }

    #[test]
    fn what_decides_now_must_have_been_kept() {
        let enabled = Deciding {
            name: "credential.enabled".to_owned(),
            fact: fact("credential.enabled"),
            value: Kept::Bool(true),
        };
        let now = Ground { digest: "new".to_owned(), deciding: vec![enabled] };
        let given = |facts: &[(&str, Kept)]| GivenFor {
            digest: "old".to_owned(),
            facts: facts.iter().map(|(name, kept)| ((*name).to_owned(), kept.clone())).collect(),
        };
        assert_eq!(worse(&now, &given(&[("credential.enabled", Kept::Bool(true))])), None);
        let said = worse(&now, &given(&[("credential.enabled", Kept::Bool(false))])).unwrap();
        assert_eq!(said, "`credential.enabled` is worse: true, and was false");
        let said = worse(&now, &given(&[("credential.kind", text("token"))])).unwrap();
        assert_eq!(said, "it now rests on `credential.enabled` too, which the waiver keeps nothing of");
        // Without facts only the digest is left.
        assert!(worse(&now, &given(&[])).unwrap().starts_with("what decides has changed"));
        assert_eq!(worse(&Ground { digest: "old".to_owned(), ..now }, &given(&[])), None);
    }
}
