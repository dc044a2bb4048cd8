//! Rights and links in words that stay the same wherever they stand in an export, and whether some are a part of others.
//!
//! A right is `s3:Get* s3:Put* on arn:aws:s3:::ledger/*`, and `if DIGEST` where it has conditions. Patterns have no spaces
//! of their own here, so that each word is one.

use std::borrow::Cow;
use std::cell::Cell;

use crate::assess::named::{id_of, value_of};
use crate::base::digest::sha256;
use crate::base::text::shown;
use crate::graph::Estate;
use crate::graph::pattern::{matches, matches_any_case};
use crate::model::facts::becoming;
use crate::model::policy::{ListId, Statement};
use crate::model::schema::{FactId, FactType};
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::{Row, Scalar, World};

/// The right of someone whom nothing limits.
pub(super) const EVERYTHING: &str = "* on *";
/// Longer words are kept as a digest.
const LONGEST: usize = 4000;
/// How many patterns are held against each other of one list at most.
const MOST_LOOKS: u32 = 20_000_000;
/// Words that stand between others.
const BETWEEN: [&str; 5] = ["on", "if", "all", "but", "as"];

/// What a statement allows, or denies.
pub(super) fn of_statement(world: &World, statement: &Statement) -> String {
    let list = |list: ListId, inverted: bool| {
        let mut all: Vec<String> =
            world.statements.members(list).iter().map(|text| word(world.strings.text(*text))).collect();
        all.sort_unstable();
        all.dedup();
        format!("{}{}", if inverted { "all but " } else { "" }, all.join(" "))
    };
    let condition = statement.condition_digest.map(|digest| format!(" if {}", world.strings.text(digest)));
    let words = format!(
        "{} on {}{}",
        list(statement.actions, statement.inverted_actions),
        list(statement.resources, statement.inverted_resources),
        condition.unwrap_or_default()
    );
    if words.len() > LONGEST { format!("SHA-256 {}", sha256(words.as_bytes())) } else { words }
}

/// Text without what would part it in two, or be read as something else.
fn word(text: &str) -> String {
    if BETWEEN.contains(&text) || text.is_empty() {
        return format!("%{text}");
    }
    // A backslash is written out, so that nothing looks like what `shown` makes of another character.
    shown(&text.replace('%', "%25").replace('\\', "%5C")).replace(' ', "%20")
}

/// A right, taken apart. Of one that speaks of all but some things, all are looked for.
struct Right<'a> {
    actions: Vec<&'a str>,
    resources: Vec<&'a str>,
    inverted: bool,
    condition: Option<&'a str>,
}

impl<'a> Right<'a> {
    fn read(words: &'a str) -> Option<Self> {
        let (actions, rest) = words.split_once(" on ")?;
        let (resources, condition) = match rest.split_once(" if ") {
            Some((resources, condition)) => (resources, Some(condition)),
            None => (rest, None),
        };
        let all = |words: &'a str| match words.strip_prefix("all but ") {
            Some(_) => (vec!["*"], true),
            None => (words.split(' ').collect(), false),
        };
        let ((actions, but_actions), (resources, but_resources)) = (all(actions), all(resources));
        Some(Self { actions, resources, inverted: but_actions || but_resources, condition })
    }
}

/// True if a pattern stands for all that another one stands for.
fn stands_for(wide: &str, narrow: &str, matches: fn(&str, &str) -> bool) -> bool {
    if wide == narrow || wide == "*" {
        return true;
    }
    // What a variable is nobody knows here: only what comes before it is compared, with a pattern that ends in its one star.
    if let Some((before, _)) = narrow.split_once("${") {
        let head = wide.strip_suffix('*').filter(|head| !head.contains(['*', '?', '$']));
        return head.is_some_and(|head| before.starts_with(head));
    }
    // A star is more than the one character that `?` stands for, and what is written out is one.
    let unsure = wide.contains("${") || (wide.contains('?') && narrow.contains(['*', '%', '\\']));
    !unsure && matches(wide, narrow)
}

/// How often patterns are held against each other before what is left counts as another right.
#[derive(Debug)]
pub(super) struct Room(Cell<u32>);

impl Default for Room {
    fn default() -> Self {
        Self(Cell::new(MOST_LOOKS))
    }
}

impl Room {
    /// Takes some of it; false if there is not so much.
    fn take(&self, looks: usize) -> bool {
        let left = u32::try_from(looks).ok().and_then(|looks| self.0.get().checked_sub(looks));
        self.0.set(left.unwrap_or(0));
        left.is_some()
    }
}

/// True if a right is one of others, or a part of them together.
pub(super) fn is_part(one: &str, others: &[&str], room: &Room) -> bool {
    if others.contains(&one) {
        return true;
    }
    let Some(right) = Right::read(one) else { return false };
    let wider =
        |other: &&Right<'_>| !other.inverted && (other.condition.is_none() || other.condition == right.condition);
    let others: Vec<Right<'_>> = others.iter().filter_map(|other| Right::read(other)).collect();
    let others: Vec<&Right<'_>> = others.iter().filter(wider).collect();
    let looks = others
        .iter()
        .map(|other| right.actions.len() * other.actions.len() + right.resources.len() * other.resources.len())
        .fold(
            right.actions.len().saturating_mul(right.resources.len()).saturating_mul(others.len()),
            usize::saturating_add,
        );
    if !room.take(looks) {
        return false;
    }
    // By action and by resource: which of the others speak of it.
    let by_action: Vec<Vec<bool>> = right
        .actions
        .iter()
        .map(|action| {
            let speaks =
                |other: &&Right<'_>| other.actions.iter().any(|wide| stands_for(wide, action, matches_any_case));
            others.iter().map(speaks).collect()
        })
        .collect();
    let by_resource: Vec<Vec<bool>> = right
        .resources
        .iter()
        .map(|resource| {
            let speaks = |other: &&Right<'_>| other.resources.iter().any(|wide| stands_for(wide, resource, matches));
            others.iter().map(speaks).collect()
        })
        .collect();
    let both =
        |action: &Vec<bool>, resource: &Vec<bool>| action.iter().zip(resource).any(|(one, other)| *one && *other);
    by_action.iter().all(|action| by_resource.iter().all(|resource| both(action, resource)))
}

/// What a link is called, wherever it stands: whose rights, by whom and how, whatever is asked of them.
pub(super) fn name_of_link(estate: &Estate<'_>, link: Row) -> String {
    let text = |fact: FactId| text(estate, link, fact).unwrap_or_default();
    let parts = [becoming::PRINCIPAL.id, becoming::PRINCIPAL_KIND.id, becoming::HOW.id, becoming::FROM.id].map(text);
    let digest = sha256(parts.join("\n").as_bytes());
    let id = id_of(estate, link);
    let to = id.rsplit_once('#').map_or(id.as_str(), |(to, _)| to);
    format!("{to}#link {}", digest.get(..16).unwrap_or(&digest))
}

/// What a link says: whose rights, who can take them on and how, what is asked for that, and how sure it is.
pub(super) fn of_link(estate: &Estate<'_>, link: Row) -> String {
    let text = |fact: FactId| text(estate, link, fact).map(|text| word(&text));
    let to = text(becoming::TO.id).unwrap_or_default();
    let who = text(becoming::PRINCIPAL.id).unwrap_or_default();
    let mut words = vec![to, "by".to_owned(), who];
    let more = [becoming::HOW.id, becoming::ISSUER.id, becoming::SUBJECT_PATTERN.id, becoming::AUDIENCE.id];
    words.extend(more.into_iter().filter_map(text));
    words.extend(text(becoming::CONDITION_DIGEST.id).map(|digest| format!("if {digest}")));
    words.push(format!("as {}", text(becoming::STATE.id).unwrap_or_default()));
    words.join(" ")
}

/// True if a link is one of others, or one of them that is less sure or under a condition now.
pub(super) fn is_lesser_link(one: &str, others: &[&str]) -> bool {
    let parts = |words: &str| {
        let (base, state) = words.rsplit_once(" as ").unwrap_or((words, ""));
        let (base, condition) =
            base.rsplit_once(" if ").map_or((base, None), |(base, condition)| (base, Some(condition)));
        (base.to_owned(), condition.map(str::to_owned), sureness(state))
    };
    let (base, condition, sure) = parts(one);
    others.iter().any(|other| {
        let (other_base, other_condition, other_sure) = parts(other);
        base == other_base
            && (other_condition.is_none() || other_condition == condition)
            && matches!((sure, other_sure), (Some(sure), Some(other)) if sure >= other)
    })
}

/// How far from certain a state is.
fn sureness(state: &str) -> Option<u8> {
    match becoming::STATE.id.def().ty {
        FactType::Enum(def) => def.code(state),
        _ => None,
    }
}

/// What a link says of a fact, however old the export is that says it: that is no change of it.
fn text(estate: &Estate<'_>, link: Row, fact: FactId) -> Option<String> {
    let value = estate.world.table(link.subject).get(fact, link.index);
    if [ABSENT, UNKNOWN].contains(&value) {
        return None;
    }
    match estate.world.scalar(fact.def().ty, value)? {
        Scalar::Str(text) => Some(text.to_owned()),
        scalar => Some(value_of(estate, link, fact, scalar)),
    }
}

/// Words as a person reads them: the digest of a condition tells nobody anything.
pub(super) fn told(words: &str) -> Cow<'_, str> {
    match words.split_once(" if ") {
        Some((before, rest)) => {
            let after = rest.split_once(' ').map_or("", |(_, after)| after);
            format!("{before} under a condition{}{after}", if after.is_empty() { "" } else { " " }).into()
        }
        None => words.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_rights_is_known_as_one() {
        let all = ["s3:Get* s3:PutObject on arn:aws:s3:::a/* arn:aws:s3:::b/*", "iam:* on * if 1", "all but s3:* on *"];
        for (one, is) in [
            ("s3:Get* s3:PutObject on arn:aws:s3:::a/* arn:aws:s3:::b/*", true),
            ("s3:GetObject on arn:aws:s3:::a/x", true),
            ("S3:getobject on arn:aws:s3:::a/x", true),
            ("s3:GetObject on arn:aws:s3:::A/x", false),
            ("s3:GetObject on arn:aws:s3:::a/x if 9", true),
            ("s3:GetObject on *", false),
            ("s3:* on arn:aws:s3:::a/x", false),
            ("iam:PassRole on * if 1", true),
            ("iam:PassRole on *", false),
            ("iam:PassRole on * if 2", false),
            ("s3:GetObject iam:PassRole on arn:aws:s3:::a/x if 1", true),
            ("all but s3:* on *", true),
            ("all but s3:* ec2:* on *", false),
            ("SHA-256 0", false),
        ] {
            assert_eq!(is_part(one, &all, &Room::default()), is, "{one}");
        }
        let of = |one: &str, other: &str| is_part(one, &[other], &Room::default());
        assert!(!of("s3:A*Z on *", "s3:A?Z on *"), "a star is more than one character");
        assert!(!of("s3:Get* on u/${x}", "s3:* on u/${*}"), "nobody knows what a variable is");
        assert!(!of("s3:Get* on arn:aws:s3:::${aws:PrincipalTag/team}", "s3:* on arn:aws:s3:::*/*"));
        assert!(!of("s3:Get* on u/${aws:username}", "s3:* on u/???????????????"));
        assert!(of("s3:Get* on u/${aws:username}", "s3:* on u/*"));
        assert!(!of("s3:Get* on a%20b", "s3:* on a???b"), "what is written out is one character");
        assert!(
            of("all but iam:* on *", "* on *") && of("all but s3:* on u/*", "* on u/*"),
            "all is more than all but some"
        );
        assert!(!of("all but iam:* on *", "s3:* on *") && !of("s3:* on *", "all but iam:* on *"));
        assert!(!is_part("s3:Get* on a", &["s3:* on *"], &Room(Cell::new(1))), "beyond what is looked at");
    }

    #[test]
    fn a_link_is_less_where_it_is_less_sure_or_under_a_condition() {
        let all = ["r by p assume as certain", "q by p assume if 1 as conditional"];
        for (one, is) in [
            ("r by p assume as certain", true),
            ("r by p assume if 1 as conditional", true),
            ("r by o assume as certain", false),
            ("q by p assume if 1 as conditional", true),
            ("q by p assume if 2 as conditional", false),
            ("q by p assume as certain", false),
            ("q by p assume if 1 as certain", false),
        ] {
            assert_eq!(is_lesser_link(one, &all), is, "{one}");
        }
    }

    #[test]
    fn no_name_parts_words() {
        assert_eq!(word("a on b if c"), "a%20on%20b%20if%20c");
        assert_eq!(word("on"), "%on");
        assert_eq!(word("100%"), "100%25");
        assert_ne!(word("\\u{200b}"), word("\u{200b}"));
        assert_eq!(told("a on b if 3f"), "a on b under a condition");
        assert_eq!(told("r by p if 3f as certain"), "r by p under a condition as certain");
    }
}
