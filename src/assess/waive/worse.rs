//! Whether what a finding rests on is worse than what a waiver was given for.

use super::kept::{Form, Ground, Held, OR_MORE, TOO_MUCH};
use super::words::{Room, is_lesser_link, is_part, told as in_words};
use crate::base::text::shortened;
use crate::base::time::{Instant, Span};
use crate::control::waiver::{ALL_FACTS, GivenFor, Kept};
use crate::export::secrets::masked;
use crate::model::facts::{credential, identity};
use crate::model::schema::{FactId, FactType, Worse};

/// Times that say from when to when an export tells of use, and that move with each export.
const OF_EXPORTS: [FactId; 4] = [
    identity::USE_TRACKED_SINCE.id,
    identity::USE_KNOWN_UNTIL.id,
    credential::USE_TRACKED_SINCE.id,
    credential::USE_KNOWN_UNTIL.id,
];

/// How a fact stands to how it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// As it was, or better.
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
    if now.all.as_deref() == Some(TOO_MUCH) {
        return Some("it rests on more than can be compared".to_owned());
    }
    if let Some(before) = given.facts.get(ALL_FACTS) {
        let same = now.all.as_ref().is_some_and(|all| *before == Kept::Text(all.clone()));
        return (!same).then(|| {
            "what it rests on has changed, and is too much for the waiver to keep facts by which to tell whether that is worse"
                .to_owned()
        });
    }
    // In the order in which they decide, and then the others that were kept.
    let others = given.facts.keys().filter(|name| !now.deciding.contains(name));
    let in_order = now.deciding.iter().chain(others);
    let found = in_order.into_iter().find_map(|name| {
        let one = now.facts.get(name)?;
        let Some(before) = given.facts.get(name) else {
            return Some(format!("it now rests on `{}` too, which the waiver keeps nothing of", told(name)));
        };
        let how = match change(one, before) {
            Change::NotWorse => return None,
            Change::Worse => "is worse",
            Change::Another => "is another, and none says which is worse",
        };
        Some(format!("`{}` {how}: {}", told(name), difference(one, before)))
    });
    // What is beyond those that are kept was not held against anything.
    let beyond = || now.all.is_some().then(|| "it now rests on more facts than a waiver keeps".to_owned());
    found.or_else(beyond)
}

fn told(text: &str) -> String {
    shortened(&masked(text), 200).into_owned()
}

/// What there is now that there was not, or the other way round; both where that does not tell them apart.
fn difference(one: &Held, before: &Kept) -> String {
    if let (Kept::List(now, now_open), Kept::List(was, was_open)) = (&one.value, before) {
        let (now_all, was_all): (Vec<&str>, Vec<&str>) =
            (now.iter().map(String::as_str).collect(), was.iter().map(String::as_str).collect());
        let named = |all: Vec<&str>| {
            let first: Vec<String> = all.iter().take(3).map(|one| told(&in_words(one))).collect();
            let more = all.len().saturating_sub(3);
            format!("{}{}", first.join(", "), if more > 0 { format!(" and {more} more") } else { String::new() })
        };
        let room = Room::default();
        let added: Vec<&str> = now_all.iter().copied().filter(|now| !among(one.form, now, &was_all, &room)).collect();
        let gone: Vec<&str> = was_all.iter().copied().filter(|was| !among(one.form, was, &now_all, &room)).collect();
        if one.worse != Worse::Lower && !added.is_empty() {
            // The digest of a condition is not shown.
            let alike = |added: &&str| was_all.iter().any(|was| in_words(was) == in_words(added));
            let how = if added.iter().all(alike) { "was under other conditions" } else { "was not there" };
            return format!("{}, which {how}", named(added));
        }
        if one.worse != Worse::Higher && !gone.is_empty() {
            return format!("{} is not there any more", named(gone));
        }
        if *now_open && !*was_open {
            return "there may be others now, and it was whole".to_owned();
        }
    }
    format!("{}, and was {}", words(one.fact, &one.value), words(one.fact, before))
}

/// True if a member is one of others, or in its form no more than they are.
fn among(form: Form, member: &str, others: &[&str], room: &Room) -> bool {
    match form {
        Form::Plain => others.contains(&member),
        Form::Rights | Form::Denies => is_part(member, others, room),
        Form::Links => is_lesser_link(member, others),
    }
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

fn change(one: &Held, before: &Kept) -> Change {
    use Change::{Another, NotWorse, Worse as IsWorse};

    let Held { fact, worse, form, value: now } = one;
    let (fact, worse, def) = (*fact, *worse, fact.def());
    if before == now {
        return NotWorse;
    }
    match (before, now) {
        // It is no longer known to be as it was when someone approved of that.
        (_, Kept::Unknown) => return IsWorse,
        (Kept::List(..), Kept::List(..)) => return lists(*form, worse, before, now),
        // Of very many members only a digest is kept.
        (Kept::Text(before), Kept::Text(now)) if def.ty.is_list() && *before == now.replacen(OR_MORE, "", 1) => {
            return if worse == Worse::Lower { NotWorse } else { IsWorse };
        }
        (Kept::Text(before), Kept::Text(now)) if def.ty.is_list() && before.replacen(OR_MORE, "", 1) == *now => {
            return NotWorse;
        }
        _ => {}
    }
    if worse == Worse::Neither {
        // How far back, and how far on, an export tells of use is of the export.
        let of_exports = OF_EXPORTS.contains(&fact) && time(before).is_some() && time(now).is_some();
        return if of_exports { NotWorse } else { Another };
    }
    let higher = worse == Worse::Higher;
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
    // What was not known and turns out as well as it can be is not worse.
    let best = match def.ty {
        FactType::Bool => Some(i64::from(!higher)),
        FactType::Enum(def) if !higher => {
            let known = def.names.iter().filter(|name| **name != "other").count();
            known.checked_sub(1).and_then(|last| i64::try_from(last).ok())
        }
        FactType::Enum(_) => Some(0),
        _ => None,
    };
    if *before == Kept::Unknown && best.is_some() {
        return if number(now) == best { NotWorse } else { IsWorse };
    }
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

fn lists(form: Form, worse: Worse, before: &Kept, now: &Kept) -> Change {
    let (Kept::List(before, before_open), Kept::List(now, now_open)) = (before, now) else { return Change::Another };
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let now: Vec<&str> = now.iter().map(String::as_str).collect();
    let room = Room::default();
    let all = |these: &[&str], others: &[&str]| these.iter().all(|one| among(form, one, others, &room));
    // Of a list that was whole and is not, it is no longer known that nothing was added, or that nothing is missing.
    let opened = *now_open && !*before_open;
    match worse {
        Worse::Higher if opened || !all(&now, &before) => Change::Worse,
        Worse::Lower if !all(&before, &now) => Change::Worse,
        Worse::Neither if !all(&now, &before) || !all(&before, &now) => Change::Another,
        Worse::Neither if opened => Change::Worse,
        _ => Change::NotWorse,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

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

    fn held(path: &str, value: Kept) -> Held {
        Held { fact: fact(path), worse: fact(path).def().worse, form: Form::Plain, value }
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
            // What was not known is not worse where it turns out well.
            ("identity.mfa", Kept::Unknown, Kept::Bool(false), Worse),
            ("identity.mfa", Kept::Unknown, Kept::Bool(true), NotWorse),
            ("credential.enabled", Kept::Unknown, Kept::Bool(false), NotWorse),
            ("resource.sensitivity", Kept::Unknown, text("public"), NotWorse),
            ("resource.sensitivity", Kept::Unknown, text("internal"), Worse),
            ("resource.kind", Kept::Unknown, text("bucket"), Another),
            ("becoming.trusted_scope", Kept::Absent, Kept::Bool(false), Another),
            // Instants: none is at the worse end.
            ("credential.last_change_at", text("2026-02-01T00:00:00Z"), text("2026-01-31T23:59:59Z"), Worse),
            ("credential.last_change_at", text("2026-02-01T00:00:00Z"), text("2026-02-02T00:00:00Z"), NotWorse),
            ("credential.last_used_at", text("2026-02-01T00:00:00Z"), Kept::Absent, Worse),
            ("credential.last_used_at", Kept::Absent, text("2026-02-01T00:00:00Z"), NotWorse),
            ("identity.expires_at", text("2026-02-01T00:00:00Z"), text("2027-02-01T00:00:00Z"), Worse),
            ("identity.expires_at", text("2027-02-01T00:00:00Z"), Kept::Absent, Worse),
            ("identity.expires_at", Kept::Absent, text("2027-02-01T00:00:00Z"), NotWorse),
            ("identity.expires_at", text("soon"), text("2027-02-01T00:00:00Z"), Another),
            // One check asks for an early end, and another for a late one: whatever changes is another.
            ("credential.expires_at", text("2026-02-01T00:00:00Z"), text("2027-02-01T00:00:00Z"), Another),
            ("credential.expires_at", text("2027-02-01T00:00:00Z"), text("2026-02-01T00:00:00Z"), Another),
            ("ai_system.pilot_ends_at", text("2026-02-01T00:00:00Z"), text("2025-02-01T00:00:00Z"), Another),
            ("ai_system.pilot_ends_at", text("2026-02-01T00:00:00Z"), Kept::Absent, Another),
            ("credential.created_at", text("2026-02-01T00:00:00Z"), text("2020-02-01T00:00:00Z"), Another),
            // These move with each export.
            ("credential.use_known_until", text("2026-02-01T00:00:00Z"), text("2026-03-01T00:00:00Z"), NotWorse),
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
            ("identity.serves", list(&["a"]), Kept::List(vec!["a".to_owned()], true), Worse),
            ("identity.serves", Kept::List(vec!["a".to_owned()], true), list(&["a"]), NotWorse),
            ("credential.scopes", list(&["a"]), text("300 members, SHA-256 0"), Another),
            ("credential.scopes", text("300 members, SHA-256 0"), text("300 members or more, SHA-256 0"), Worse),
            ("credential.scopes", text("300 members or more, SHA-256 0"), text("300 members, SHA-256 0"), NotWorse),
            ("credential.scopes", text("300 members, SHA-256 0"), text("300 members, SHA-256 1"), Another),
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
            let one = held(path, now.clone());
            assert_eq!(change(&one, &before), expected, "{path}: {before:?} to {now:?}");
        }
    }

    #[test]
    fn what_decides_now_must_have_been_kept() {
        let held = |path: &str, value| (path.to_owned(), held(path, value));
        let now = Ground {
            digest: "new".to_owned(),
            deciding: vec!["credential.enabled".to_owned()],
            facts: BTreeMap::from([held("credential.enabled", Kept::Bool(true)), held("credential.kind", text("key"))]),
            all: None,
        };
        let given = |facts: &[(&str, Kept)]| GivenFor {
            digest: "old".to_owned(),
            facts: facts.iter().map(|(name, kept)| ((*name).to_owned(), kept.clone())).collect(),
        };
        assert_eq!(worse(&now, &given(&[("credential.enabled", Kept::Bool(true))])), None);
        let said = worse(&now, &given(&[("credential.enabled", Kept::Bool(false))])).unwrap();
        assert_eq!(said, "`credential.enabled` is worse: true, and was false");
        let said = worse(&now, &given(&[("credential.kind", text("token"))])).unwrap();
        assert_eq!(said, "it now rests on `credential.enabled` too, which the waiver keeps nothing of");
        // What was kept counts, though it does not decide now.
        let kept = [("credential.enabled", Kept::Bool(true)), ("credential.kind", text("token"))];
        assert!(worse(&now, &given(&kept)).unwrap().starts_with("`credential.kind` is another"));
        // Of very many facts any change counts, and a waiver that kept some does not cover more than can be kept.
        let many = Ground { all: Some("301, SHA-256 1".to_owned()), ..now.clone() };
        assert_eq!(worse(&many, &given(&[(ALL_FACTS, text("301, SHA-256 1"))])), None);
        assert!(
            worse(&many, &given(&[(ALL_FACTS, text("301, SHA-256 2"))])).unwrap().starts_with("what it rests on has")
        );
        assert!(worse(&now, &given(&[(ALL_FACTS, text("301, SHA-256 1"))])).is_some());
        assert!(worse(&many, &given(&[("credential.enabled", Kept::Bool(true))])).unwrap().ends_with("a waiver keeps"));
        let too_much = Ground { all: Some(TOO_MUCH.to_owned()), ..now.clone() };
        assert!(worse(&too_much, &given(&[(ALL_FACTS, text(TOO_MUCH))])).unwrap().ends_with("can be compared"));
        // Without facts only the digest is left.
        assert!(worse(&now, &given(&[])).unwrap().starts_with("what decides has changed"));
        assert_eq!(worse(&Ground { digest: "old".to_owned(), ..now }, &given(&[])), None);
    }
}
