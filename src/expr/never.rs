//! What can never be true although every part of it is in order: sets that share nothing, counts below none, and a thing with
//! its opposite.
//!
//! `kind == 'password' && kind == 'token'` is such a thing, and so are `size(owners) < 0`, `enabled && !enabled` and
//! `age(at) < limit && age(at) > limit`.

use std::ops::Range;

use crate::base::diagnostic::Diagnostic;
use crate::model::schema::EnumDef;

use super::mistake;
use super::tree::{Compare, Kind, Node};
use super::types::Type;
use super::value::Value;

/// Notes what of a tree can never be true. `text` is what it was read from.
pub(super) fn find(text: &str, root: &Node, mistakes: &mut Vec<Diagnostic>) {
    root.walk(&mut |node| match &node.kind {
        Kind::And(parts) => {
            apart(text, parts, mistakes);
            opposed(text, parts, mistakes);
        }
        Kind::CompareSize(compare, _, other) => below_none(node, *compare, other, mistakes),
        Kind::InCodes(_, 0) => in_nothing(node, mistakes),
        Kind::In(_, list) if empty(list) => in_nothing(node, mistakes),
        _ => {}
    });
}

/// True for a list that is written without members.
fn empty(list: &Node) -> bool {
    match &list.kind {
        Kind::Known(Value::List(list)) => list.members.is_empty() && list.open.is_none(),
        Kind::List(members) => members.is_empty(),
        _ => false,
    }
}

fn in_nothing(node: &Node, mistakes: &mut Vec<Diagnostic>) {
    let message = "nothing is in an empty list, so this can never be true";
    let wrong = mistake("never-true", message, span(node), "never true");
    mistakes.push(wrong.help("write the names that are meant: `in ['…', '…']`"));
}

fn span(node: &Node) -> Range<usize> {
    node.start as usize..node.end as usize
}

/// What must be in several sets at once that have nothing in common.
fn apart(text: &str, parts: &[Node], mistakes: &mut Vec<Diagnostic>) {
    let mut seen: Vec<(&str, u64, &Node)> = Vec::new();
    for part in parts {
        let Some((asked, _, codes)) = set_of(part) else { continue };
        let Some(name) = text.get(span(asked)) else { continue };
        match seen.iter_mut().find(|(known, ..)| *known == name) {
            None => seen.push((name, codes, part)),
            Some((_, before, first)) => {
                if *before & codes == 0 && *before != 0 && codes != 0 {
                    let first = text.get(span(first)).unwrap_or_default();
                    let message = format!("`{name}` has one value, so this and `{first}` can never both be true");
                    let wrong = mistake("never-true", message, span(part), "never true together");
                    mistakes.push(wrong.help("join them by `||`, or name all that are meant: `in ['…', '…']`"));
                }
                *before &= codes;
            }
        }
    }
}

/// What is asked together with its opposite: the same thing true and not, or two orders of the same two things.
fn opposed(text: &str, parts: &[Node], mistakes: &mut Vec<Diagnostic>) {
    let of = |node: &Node| text.get(span(node)).map(str::trim);
    let mut orders: Vec<((&str, &str), u8, &Node)> = Vec::new();
    let mut plain: Vec<(&str, bool, &Node)> = Vec::new();
    for part in parts {
        let mut against = |first: &Node| {
            let first = of(first).unwrap_or_default();
            let message = format!("this and `{first}` can never both be true");
            let wrong = mistake("never-true", message, span(part), "never true together");
            mistakes.push(wrong.help("take one of them away, or join them by `||`"));
        };
        match &part.kind {
            // Sets of names are looked at above.
            Kind::Compare(compare, left, right) if set_of(part).is_none() => {
                let (Some(left), Some(right)) = (of(left), of(right)) else { continue };
                let (sides, order) = if left <= right {
                    ((left, right), holds(*compare))
                } else {
                    ((right, left), turned(holds(*compare)))
                };
                match orders.iter_mut().find(|(known, ..)| *known == sides) {
                    None => orders.push((sides, order, part)),
                    Some((_, before, first)) => {
                        if *before & order == 0 && *before != 0 {
                            against(first);
                        }
                        *before &= order;
                    }
                }
            }
            _ if set_of(part).is_some() => {}
            _ => {
                let (asked, yes) = if let Kind::Not(inner) = &part.kind { (&**inner, false) } else { (part, true) };
                let Some(name) = of(asked) else { continue };
                match plain.iter().find(|(known, ..)| *known == name) {
                    None => plain.push((name, yes, part)),
                    Some((_, before, first)) if *before != yes => against(first),
                    Some(_) => {}
                }
            }
        }
    }
}

/// The orders of two things in which a comparison holds: less, equal and greater, a bit each.
fn holds(compare: Compare) -> u8 {
    match compare {
        Compare::Less => 1,
        Compare::LessEqual => 3,
        Compare::Equal => 2,
        Compare::GreaterEqual => 6,
        Compare::Greater => 4,
        Compare::Unequal => 5,
    }
}

/// The same with the two things in each other's place.
fn turned(orders: u8) -> u8 {
    (orders & 2) | (orders & 1) << 2 | orders >> 2
}

/// Which fact is asked for, and the names, a bit each, of which it must have one.
fn set_of(node: &Node) -> Option<(&Node, &'static EnumDef, u64)> {
    let all = |def: &EnumDef| 1_u64.checked_shl(u32::try_from(def.names.len()).ok()?).map(|bit| bit - 1);
    match &node.kind {
        Kind::InCodes(inner, codes) => match inner.ty {
            Type::Enum(def) => Some((inner, def, *codes)),
            _ => None,
        },
        Kind::Compare(compare, left, right) => {
            let (inner, value) = if matches!(right.kind, Kind::Known(_)) { (left, right) } else { (right, left) };
            let (Kind::Known(Value::Code(code)), Type::Enum(def)) = (&value.kind, &inner.ty) else { return None };
            let bit = 1_u64.checked_shl(u32::from(*code))?;
            match compare {
                Compare::Equal => Some((inner, def, bit)),
                Compare::Unequal => Some((inner, def, all(def)? & !bit)),
                _ => None,
            }
        }
        Kind::Not(inner) => {
            let (asked, def, codes) = set_of(inner)?;
            Some((asked, def, all(def)? & !codes))
        }
        _ => None,
    }
}

/// A number of members that is compared with less than none.
fn below_none(node: &Node, compare: Compare, other: &Node, mistakes: &mut Vec<Diagnostic>) {
    let Kind::Known(Value::Int(limit)) = other.kind else { return };
    let (never, outcome) = match compare {
        Compare::Less => (limit <= 0, "can never be true"),
        Compare::LessEqual | Compare::Equal => (limit < 0, "can never be true"),
        Compare::GreaterEqual => (limit <= 0, "is always true"),
        Compare::Greater | Compare::Unequal => (limit < 0, "is always true"),
    };
    if never {
        let code = if outcome == "is always true" { "always-true" } else { "never-true" };
        let message = format!("a list has no fewer than 0 members, so this {outcome}");
        let wrong = mistake(code, message, span(node), outcome);
        mistakes.push(wrong.help("for an empty list write `size(…) == 0`, for one with members `size(…) > 0`"));
    }
}
