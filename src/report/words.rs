//! Names for machines as people read them: facts, lists, kinds, values, lengths of time.

use crate::contract::v1::Hop;
use crate::model::Subject;
use crate::model::listing::Listing;
use crate::model::schema::FactType;

use super::human;

/// A name in snake case as words, such as `AI systems` for `ai_systems`.
#[must_use]
pub fn plain(name: &str) -> String {
    let words = human::brief(name).replace('_', " ");
    match words.strip_prefix("ai ") {
        Some(rest) => format!("AI {rest}"),
        None => words,
    }
}

/// A kind of subject, in the singular.
#[must_use]
pub fn subject(name: &str) -> String {
    match Subject::from_name(name) {
        Some(Subject::Becoming) => "trust".to_owned(),
        _ => plain(name),
    }
}

/// A kind of subject, in the plural.
#[must_use]
pub fn subjects(name: &str) -> String {
    match Subject::from_name(name) {
        Some(Subject::Becoming) => "trusts".to_owned(),
        Some(subject) => subject.def().plural.to_owned(),
        None => plain(name),
    }
}

/// What can be listed, in the plural.
#[must_use]
pub fn listing(name: &str) -> String {
    Listing::from_name(name).map_or_else(|| plain(name), |listing| listing.words().to_owned())
}

/// A scope, or that there is not one.
#[must_use]
pub fn scope(name: &str) -> String {
    if name == "*" { "the whole organisation".to_owned() } else { human::brief(name) }
}

/// The value of a fact: yes and no, words of closed sets, dates; all else as it is.
#[must_use]
pub fn value(fact: &str, value: &str) -> String {
    let found = fact.split_once('.').and_then(|(subject, name)| Subject::from_name(subject)?.fact(name));
    match found.map(|fact| fact.def().ty) {
        Some(FactType::Bool) if value == "true" => "yes".to_owned(),
        Some(FactType::Bool) if value == "false" => "no".to_owned(),
        Some(FactType::Enum(_) | FactType::EnumList(_)) => plain(value),
        Some(FactType::Duration) => length(value),
        _ => human::value(value),
    }
}

/// The value of a parameter: lengths of time written out, lists with commas.
#[must_use]
pub fn param(value: &str) -> String {
    let members: Vec<String> = value.split(';').map(|one| length(one.trim())).collect();
    human::brief(&members.join(", "))
}

/// A length of time such as `90d`, written out; other text as it is.
#[must_use]
pub fn length(text: &str) -> String {
    let Some(unit) = text.chars().last() else { return String::new() };
    let digits = text.strip_suffix(unit).unwrap_or("");
    let (one, many) = match unit {
        'd' => ("day", "days"),
        'h' => ("hour", "hours"),
        'm' => ("minute", "minutes"),
        's' => ("second", "seconds"),
        _ => return human::brief(text),
    };
    match digits.parse::<u64>() {
        Ok(n) if digits.bytes().all(|byte| byte.is_ascii_digit()) => human::count(n, one, many),
        _ => human::brief(text),
    }
}

/// What someone with a right of that level does to a resource; other texts as they are.
#[must_use]
pub fn right(level: &str) -> String {
    match level {
        "read" => "reads".to_owned(),
        "write" => "writes".to_owned(),
        "admin" => "administers".to_owned(),
        "permissions" => "controls access to".to_owned(),
        other => plain(other),
    }
}

/// Whether a step takes on the rights of another identity.
pub fn becomes(hop: &Hop) -> bool {
    matches!(hop.how.as_ref(), "assume" | "impersonate" | "federate" | "mint_token" | "pass" | "said" | "rewrite")
}

/// How one step of a path is taken.
#[must_use]
pub fn step(hop: &Hop) -> String {
    let in_cluster = [&hop.from, &hop.to].iter().all(|end| end.scope.starts_with("kubernetes:"));
    match hop.how.as_ref() {
        "assume" if in_cluster => "by acting as it in the cluster".to_owned(),
        "pass" if in_cluster => "by a workload that runs as it".to_owned(),
        "assume" => "by assuming the role".to_owned(),
        "impersonate" => "by acting as it".to_owned(),
        "federate" => "with a token of another issuer".to_owned(),
        "mint_token" => "by making a token for it".to_owned(),
        "pass" => "by handing it to a service".to_owned(),
        "said" => "as the profile says".to_owned(),
        "rewrite" => "by rewriting what lets it in".to_owned(),
        "reach" => "by a right on it".to_owned(),
        other => format!("by {}", plain(other)),
    }
}

/// How a step of a path is taken, and how many come after it that are not told.
pub fn step_on(hop: &Hop) -> String {
    match hop.left_out {
        Some(more) => format!("{}, then {}", step(hop), human::count(more.into(), "more step", "more steps")),
        None => step(hop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::v1::{HopState, SubjectRef};

    #[test]
    fn as_people_say_them() {
        assert_eq!(plain("machine_user"), "machine user");
        assert_eq!((subject("ai_system"), subjects("ai_system")), ("AI system".to_owned(), "AI systems".to_owned()));
        assert_eq!(listing("access_keys"), "access keys");
        assert_eq!(value("identity.kind", "machine_user"), "machine user");
        assert_eq!(value("identity.reaches_admin", "true"), "yes");
        assert_eq!(value("identity.name", "machine_user"), "machine_user");
        assert_eq!((length("90d"), length("1d"), length("a;b")), ("90 days".into(), "1 day".into(), "a;b".into()));
        assert_eq!(param("a;24h"), "a, 24 hours");
        assert_eq!(scope("*"), "the whole organisation");
        let end = |scope: &str| SubjectRef { scope: scope.to_owned(), ..SubjectRef::default() };
        let hop = |from: &str, to: &str| Hop {
            n: 1,
            from: end(from),
            to: end(to),
            how: "assume".into(),
            state: HopState::Certain,
            evidence: Vec::new(),
            left_out: None,
        };
        assert_eq!(step(&hop("kubernetes:a", "aws:1")), "by assuming the role");
        assert_eq!(step(&hop("kubernetes:a", "kubernetes:a")), "by acting as it in the cluster");
    }
}
