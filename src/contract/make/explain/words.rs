//! Changes, margins and causes in words.

use std::collections::BTreeSet;

use crate::assess::change::Change;
use crate::base::text::{shortened, shown};
use crate::base::time::{DAY, Instant, Span};
use crate::contract::make::gap::cause;
use crate::contract::make::names::{id, name, value};
use crate::contract::make::path::{allows, trusts};
use crate::expr::{Gap, Margin, Unit};
use crate::graph::Estate;
use crate::model::schema::{FactId, FactType, Made};
use crate::model::{Row, Scalar, Subject};

/// How many members of a list are named.
const MEMBERS: usize = 4;
/// How many characters of a statement are shown.
const STATEMENT: usize = 160;

/// A change as what would have to be, such as `credential.enabled = no`.
pub(super) fn change(estate: &Estate<'_>, about: Row, change: &Change<'_>) -> String {
    let follows = match change {
        Change::Is(_, id, _) if id.def().made == Made::Virtual => ", which follows from policies and trusts",
        Change::Is(_, id, _) if id.def().made == Made::Derived => ", which follows by classification",
        _ => "",
    };
    format!("{}{follows}", stated(estate, about, change))
}

fn stated(estate: &Estate<'_>, about: Row, change: &Change<'_>) -> String {
    let fact = |row: Row, fact: FactId| {
        let of = if row == about { String::new() } else { format!(" of {}", name(estate, row)) };
        format!("`{}`{of}", fact.path())
    };
    match change {
        Change::Is(row, id, Scalar::Bool(is)) => format!("{} is {}", fact(*row, *id), if *is { "yes" } else { "no" }),
        Change::Is(row, id, Scalar::Time(at)) => {
            let day = Instant(*at).date();
            format!("{} is, for example, {day}", fact(*row, *id))
        }
        Change::Is(row, id, scalar) => format!("{} is {}", fact(*row, *id), value(estate, *row, *id, *scalar)),
        Change::Given(row, id) => match id.def().ty {
            FactType::Time => format!("{} has a date", fact(*row, *id)),
            FactType::Ref(to) => format!("{} names {}", fact(*row, *id), article(to)),
            _ => format!("{} has a value", fact(*row, *id)),
        },
        Change::From(row, id, at) => format!("{} is on or after {}", fact(*row, *id), day_after(*at)),
        Change::Until(row, id, at) => format!("{} is on or before {}", fact(*row, *id), day_before(*at)),
        Change::Between(row, id, from, until) => {
            let (first, last) = (day_after(*from), day_before(*until));
            // Less than a whole day is told to the second.
            let (first, last) =
                if first <= last { (first, last) } else { (Instant(*from).to_string(), Instant(*until).to_string()) };
            format!("{} is between {first} and {last}", fact(*row, *id))
        }
        Change::AtMost(row, id, n) => match id.def().ty {
            FactType::Duration => format!("{} is at most {}", fact(*row, *id), span(*n)),
            _ => format!("{} is at most {n}", fact(*row, *id)),
        },
        Change::Without(row, id, members) => {
            format!("{} is without {}", fact(*row, *id), named(estate, *row, *id, members))
        }
        Change::With(row, id) => match id.def().ty {
            FactType::RefList(to) => format!("{} has at least {}", fact(*row, *id), article(to)),
            _ => format!("{} has at least one member", fact(*row, *id)),
        },
    }
}

fn article(subject: Subject) -> String {
    format!("one {}", subject.name().replace('_', " ").replace("ai ", "AI "))
}

/// The first whole day that lies at or after an instant.
fn day_after(at: i64) -> String {
    Instant(at.saturating_add(DAY - 1).div_euclid(DAY).saturating_mul(DAY)).date()
}

/// The last whole day that lies at or before an instant: its last second does.
fn day_before(at: i64) -> String {
    Instant(at.saturating_add(1).div_euclid(DAY).saturating_mul(DAY).saturating_sub(1)).date()
}

fn named(estate: &Estate<'_>, of: Row, fact: FactId, members: &[Scalar<'_>]) -> String {
    let mut names: Vec<String> =
        members.iter().take(MEMBERS).map(|member| member_name(estate, of, fact, member)).collect();
    if members.len() > MEMBERS {
        names.push(format!("{} more", members.len() - MEMBERS));
    }
    names.join(", ")
}

fn member_name(estate: &Estate<'_>, of: Row, fact: FactId, member: &Scalar<'_>) -> String {
    match member {
        Scalar::Ref(row) if row.subject == Subject::Grant => {
            let text = allows(estate, row.index).unwrap_or_default();
            format!("{} ({})", statement(estate, *row), shortened(&text, STATEMENT))
        }
        Scalar::Ref(row) if row.subject == Subject::Becoming => format!("the one that {}", trusts(estate, row.index)),
        Scalar::Ref(row) => name(estate, *row),
        Scalar::Enum(_) => value(estate, of, fact, *member).replace('_', " "),
        scalar => value(estate, of, fact, *scalar),
    }
}

/// A statement by its policy's name and its position, as in its id.
fn statement(estate: &Estate<'_>, grant: Row) -> String {
    let policy = estate.world.statements.entry(grant.index).map_or(0, |entry| entry.0);
    let position = estate.statement_position(grant).unwrap_or(0);
    format!("{}#statement/{position}", name(estate, Row::new(Subject::Policy, policy)))
}

/// A length of time without rounding, such as `8 minutes 59 seconds`.
fn span(seconds: i64) -> String {
    let whole = Span(seconds).to_string();
    let unit = [DAY, 3600, 60].into_iter().find(|unit| seconds.abs() >= *unit);
    match unit.map(|unit| seconds % unit).filter(|rest| *rest != 0) {
        Some(rest) => format!("{whole} {}", Span(rest)),
        None => whole,
    }
}

/// How far values were from their limits, such as `88 days of at most 90 days`; of numbers only where they are asked for.
pub(in crate::contract::make) fn margins(all: &[Margin], numbers: bool) -> Vec<String> {
    let told = all.iter().filter(|margin| margin.held).filter_map(|margin| match margin.unit {
        Unit::Count if numbers => Some(format!("{} {} {}", margin.value, words(margin.sign), margin.limit)),
        Unit::Count => None,
        Unit::Seconds => {
            // A limit of a day and a half is not one of a day.
            let whole = margin.limit % DAY == 0;
            let length = |n: i64| if whole { Span(n).to_string() } else { span(n) };
            Some(format!("{} {} {}", length(margin.value), words(margin.sign), length(margin.limit)))
        }
        Unit::Instant => {
            Some(format!("{} {} {}", Instant(margin.value).date(), words(margin.sign), Instant(margin.limit).date()))
        }
    });
    let mut told: Vec<String> = told.collect();
    let mut seen = BTreeSet::new();
    told.retain(|one| seen.insert(one.clone()));
    told
}

fn words(sign: &str) -> &str {
    match sign {
        "<" | "<=" => "of at most",
        ">" | ">=" => "of at least",
        other => other,
    }
}

/// Why a verdict is unknown, in one sentence.
pub(super) fn undecided(estate: &Estate<'_>, about: Row, gaps: &[Gap]) -> String {
    let Some(first) = gaps.first() else { return "the expression could not be evaluated".to_owned() };
    let of = if first.row == about { String::new() } else { format!(" of {}", shown(&id(estate, first.row))) };
    let more = match gaps.len() {
        1 => String::new(),
        n => format!(", and {} more", n - 1),
    };
    format!("`{}`{of} is not known ({}){more}", first.fact.path(), cause(first.why).label())
}
