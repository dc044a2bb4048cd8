//! The sentences of a check: text with `{{ credential.last_change_at | ago }}` in it.
//!
//! A placeholder is a fact of the check's subject, by dots through the subjects that it names, or
//! a parameter; then, for an instant, `ago`, `date`, `last used` (or another verb: `last used 3
//! days ago`, `never used`) or `ends`, and for a list, `count` (or `count key keys`, which adds
//! the noun), `names` (of subjects) or `list` (of texts). A number takes `count time times`.
//! Nothing else: what decides stands in the expressions.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::names::unknown_name;
use super::value::ParamValue;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{shortened, shown};
use crate::base::time::{DAY, Instant, Span};
use crate::model::slots::{Cell, Completeness, Row, Scalar, Slots};
use crate::model::{FactId, FactType, Subject};

/// A sentence with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Param(String),
    Fact { path: Vec<FactId>, filter: Filter },
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Filter {
    Plain,
    Ago,
    Date,
    /// With the verb of what was done last.
    Last(String),
    Ends,
    /// With the noun for one and for several.
    Count(Option<(String, String)>),
    Names,
    List,
}

/// How many members of a list a sentence names.
const SHOWN_MEMBERS: usize = 5;
/// How many characters of a name a sentence shows.
const SHOWN_CHARACTERS: usize = 80;
/// The filters, for diagnostics.
const FILTERS: [&str; 7] = ["ago", "date", "last", "ends", "count", "names", "list"];

impl Template {
    /// Reads a sentence of a check about `subject` that has these parameters.
    ///
    /// # Errors
    /// All that is wrong with its placeholders; places are ranges of `text`.
    pub fn parse(text: &str, subject: Subject, params: &[&str]) -> Result<Self, Vec<Diagnostic>> {
        let mut pieces = Vec::new();
        let mut wrong = Vec::new();
        let mut at = 0;
        while let Some(open) = text.get(at..).and_then(|rest| rest.find("{{")).map(|found| at + found) {
            let Some(close) = text.get(open..).and_then(|rest| rest.find("}}")).map(|found| open + found) else {
                let error = Diagnostic::error("bad-template", "`{{` is never closed").help("close it with `}}`");
                wrong.push(error.at("", open..open + 2, "opened here"));
                break;
            };
            pieces.push(Piece::Text(text.get(at..open).unwrap_or("").to_owned()));
            match placeholder(text, open + 2..close, subject, params) {
                Ok(piece) => pieces.push(piece),
                Err(error) => wrong.push(error),
            }
            at = close + 2;
        }
        pieces.push(Piece::Text(text.get(at..).unwrap_or("").to_owned()));
        pieces.retain(|piece| !matches!(piece, Piece::Text(text) if text.is_empty()));
        if wrong.is_empty() { Ok(Self { pieces }) } else { Err(wrong) }
    }

    /// The facts that it reads, the last step of each path.
    pub fn facts(&self) -> impl Iterator<Item = FactId> + '_ {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fact { path, .. } => path.last().copied(),
            _ => None,
        })
    }

    /// The parameters that it names.
    pub fn params(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Param(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The sentence about one subject. What nobody said is `not known`; acting characters of names are written out.
    #[must_use]
    pub fn render<S: Slots + ?Sized>(
        &self,
        slots: &S,
        row: Row,
        params: &BTreeMap<String, ParamValue>,
        as_of: Instant,
    ) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Param(name) => out.push_str(&params.get(name).map_or_else(String::new, ParamValue::words)),
                Piece::Fact { path, filter } => fact(&mut out, slots, row, path, filter, &Moment { as_of, params }),
            }
        }
        out
    }
}

fn placeholder(text: &str, range: Range<usize>, subject: Subject, params: &[&str]) -> Result<Piece, Diagnostic> {
    let inner = text.get(range.clone()).unwrap_or("");
    let (path_text, filter_text) = match inner.split_once('|') {
        Some((path, filter)) => (path.trim(), Some(filter.trim())),
        None => (inner.trim(), None),
    };
    let start = range.start + (inner.len() - inner.trim_start().len());
    let span = start..start + path_text.len();
    let mut names = path_text.split('.');
    let first = names.next().unwrap_or("");
    if first == "params" {
        let name = path_text.strip_prefix("params.").unwrap_or("");
        if filter_text.is_some() {
            return Err(Diagnostic::error("bad-template", "a parameter takes no filter").at("", range, "filtered"));
        }
        return if params.contains(&name) {
            Ok(Piece::Param(name.to_owned()))
        } else {
            Err(unknown_name("parameter of this check", name, params).at("", span, "unknown parameter"))
        };
    }
    if first != subject.name() {
        return Err(unknown_name("subject of this check", first, &[subject.name(), "params"]).at("", span, "unknown"));
    }
    let mut path = Vec::new();
    let mut owner = Some(subject);
    for name in names {
        let Some(holder) = owner else {
            let error = Diagnostic::error("bad-template", format!("`{name}` follows what has no facts of its own"));
            return Err(error.at("", span, "too long"));
        };
        let Some(fact) = holder.fact(name) else {
            let known: Vec<&str> = holder.def().facts.iter().map(|fact| fact.name).collect();
            let error = unknown_name(&format!("fact of `{}`", holder.name()), name, &known);
            return Err(error.at("", span, "unknown fact"));
        };
        path.push(fact);
        owner = match fact.def().ty {
            FactType::Ref(next) => Some(next),
            _ => None,
        };
    }
    let Some(last) = path.last() else {
        return Err(Diagnostic::error("bad-template", "names a subject and none of its facts").at("", span, "no fact"));
    };
    let filter = filter(last.def().ty, filter_text).map_err(|error| error.at("", range, "here"))?;
    Ok(Piece::Fact { path, filter })
}

fn filter(ty: FactType, text: Option<&str>) -> Result<Filter, Diagnostic> {
    let words: Vec<&str> = text.unwrap_or("").split_whitespace().collect();
    let name = text.map(|_| words.first().copied().unwrap_or(""));
    let arguments = words.get(1..).unwrap_or(&[]);
    let fits = match (name, ty) {
        (None, FactType::Bool | FactType::Int | FactType::Str | FactType::Duration | FactType::Enum(_)) => {
            Some(Filter::Plain)
        }
        (Some("last"), FactType::Time) => match arguments {
            [verb] => Some(Filter::Last((*verb).to_owned())),
            _ => None,
        },
        (Some("count"), ty) if ty.is_list() || ty == FactType::Int => match arguments {
            [] if ty.is_list() => Some(Filter::Count(None)),
            [one, many] => Some(Filter::Count(Some(((*one).to_owned(), (*many).to_owned())))),
            _ => None,
        },
        _ if !arguments.is_empty() => None,
        (Some("ago"), FactType::Time) => Some(Filter::Ago),
        (Some("date"), FactType::Time) => Some(Filter::Date),
        (Some("ends"), FactType::Time) => Some(Filter::Ends),
        (Some("names"), FactType::RefList(_)) => Some(Filter::Names),
        (Some("list"), FactType::StrList | FactType::EnumList(_)) => Some(Filter::List),
        _ => None,
    };
    fits.ok_or_else(|| match name {
        Some(name) if !FILTERS.contains(&name) => unknown_name("filter", name, &FILTERS),
        _ => {
            let help = match ty {
                FactType::Time => "use `ago`, `date`, `ends`, or `last` with one verb, such as `last used`",
                FactType::RefList(_) => "use `names`, `count`, or `count` with two nouns, such as `count key keys`",
                FactType::StrList | FactType::EnumList(_) => "use `list` or `count`",
                FactType::Ref(_) => "name one of its facts, such as `.name`",
                FactType::Int => "it takes no filter, or `count` with two nouns, such as `count time times`",
                FactType::Map => "a sentence cannot show labels",
                _ => "it takes no filter",
            };
            Diagnostic::error("bad-template", format!("a {} cannot be shown this way", ty.name())).help(help)
        }
    })
}

/// What an instant is told by.
struct Moment<'a> {
    as_of: Instant,
    params: &'a BTreeMap<String, ParamValue>,
}

fn fact<S: Slots + ?Sized>(
    out: &mut String,
    slots: &S,
    row: Row,
    path: &[FactId],
    filter: &Filter,
    moment: &Moment<'_>,
) {
    let Some((last, steps)) = path.split_last() else { return };
    let mut row = row;
    for step in steps {
        match slots.cell(row, *step) {
            Cell::Known(Scalar::Ref(next)) => row = next,
            Cell::Absent => return out.push_str(step.def().absent.unwrap_or("none")),
            _ => return out.push_str("not known"),
        }
    }
    if last.def().ty.is_list() {
        return list(out, slots, row, *last, filter);
    }
    let text = match (slots.cell(row, *last), filter) {
        (Cell::Unknown(_), Filter::Last(verb)) => format!("not known when last {verb}"),
        (Cell::Unknown(_), Filter::Ends) => "end not known".to_owned(),
        (Cell::Unknown(_), _) => "not known".to_owned(),
        (Cell::Absent, Filter::Last(verb)) => format!("never {verb}"),
        (Cell::Absent, Filter::Ago) => "never".to_owned(),
        (Cell::Absent, _) => last.def().absent.unwrap_or("none").to_owned(),
        (Cell::Known(Scalar::Time(at)), Filter::Ago) => moment.ago(Instant(at)),
        (Cell::Known(Scalar::Time(at)), Filter::Last(verb)) => format!("last {verb} {}", moment.ago(Instant(at))),
        (Cell::Known(Scalar::Time(at)), Filter::Ends) => {
            format!("{} on {}", if at < moment.as_of.0 { "ended" } else { "ends" }, Instant(at).date())
        }
        (Cell::Known(Scalar::Int(n)), Filter::Count(Some((one, many)))) => {
            format!("{n} {}", if n == 1 { one } else { many })
        }
        (Cell::Known(scalar), _) => words(scalar, *last),
    };
    out.push_str(&text);
}

impl Moment<'_> {
    /// `412 days ago`, `on the day of the assessment`, `in 5 days`.
    ///
    /// Where the whole days are those of a limit, what is left over decides, and is told: `90 days and 12 hours ago`.
    fn ago(&self, at: Instant) -> String {
        let Span(seconds) = at.until(self.as_of);
        let days = seconds / DAY;
        let at_limit = |value: &ParamValue| matches!(value, ParamValue::Duration(limit) if limit / DAY == days);
        if seconds > 0 && seconds % DAY > 0 && self.params.values().any(at_limit) {
            return format!("{} ago", to_the_unit(seconds));
        }
        match days {
            0 => "on the day of the assessment".to_owned(),
            1 => "1 day ago".to_owned(),
            days if days > 0 => format!("{days} days ago"),
            -1 => "in 1 day".to_owned(),
            days => format!("in {} days", days.unsigned_abs()),
        }
    }
}

/// Days and hours, or the next smaller unit where there is no full hour.
fn to_the_unit(seconds: i64) -> String {
    let counted = |count: i64, unit: &str| format!("{count} {unit}{}", if count == 1 { "" } else { "s" });
    let (days, rest) = (seconds / DAY, seconds % DAY);
    let rest = match rest {
        3600.. => counted(rest / 3600, "hour"),
        60.. => counted(rest / 60, "minute"),
        _ => counted(rest, "second"),
    };
    if days == 0 { rest } else { format!("{} and {rest}", counted(days, "day")) }
}

fn words(scalar: Scalar<'_>, fact: FactId) -> String {
    match (scalar, fact.def().ty) {
        (Scalar::Bool(value), _) => if value { "yes" } else { "no" }.to_owned(),
        (Scalar::Int(value), _) => value.to_string(),
        (Scalar::Str(text), _) => shown(&shortened(text, SHOWN_CHARACTERS)).into_owned(),
        (Scalar::Time(at), _) => Instant(at).date(),
        (Scalar::Duration(seconds), _) => ParamValue::Duration(seconds).words(),
        (Scalar::Enum(code), FactType::Enum(def)) => def.text(code).to_owned(),
        (Scalar::Enum(code), FactType::EnumList(def)) => def.text(code).replace('_', " "),
        (Scalar::Enum(_) | Scalar::Ref(_), _) => "another subject".to_owned(),
    }
}

fn list<S: Slots + ?Sized>(out: &mut String, slots: &S, row: Row, fact: FactId, filter: &Filter) {
    let mut members = Vec::new();
    let mut count = 0_usize;
    let whole = slots.list(row, fact, &mut |member| {
        if member.certain {
            count += 1;
            if !matches!(filter, Filter::Count(_)) && members.len() < SHOWN_MEMBERS {
                members.push(member.value);
            }
        }
        true
    });
    let open = whole != Completeness::Complete;
    if let Filter::Count(nouns) = filter {
        let least = if open { "at least " } else { "" };
        let _ = write!(out, "{least}{count}");
        if let Some((one, many)) = nouns {
            let _ = write!(out, " {}", if count == 1 { one } else { many });
        }
        return;
    }
    let named = |value: &Scalar<'_>| match value {
        Scalar::Ref(row) => name(slots, *row),
        scalar => words(*scalar, fact),
    };
    let mut names: Vec<String> = members.iter().map(named).collect();
    tell_apart(slots, &members, &mut names);
    if names.is_empty() {
        return out.push_str(if open { "not known" } else { "none" });
    }
    out.push_str(&names.join(", "));
    if count > names.len() {
        let _ = write!(out, " and {} more", count - names.len());
    }
}

/// Adds to names that several subjects have what tells these apart: where they are, or else their ids.
fn tell_apart<S: Slots + ?Sized>(slots: &S, members: &[Scalar<'_>], names: &mut [String]) {
    let text = |row: Row, fact: &str| match row.subject.fact(fact).map(|fact| slots.cell(row, fact)) {
        Some(Cell::Known(Scalar::Str(text))) => Some(shown(&shortened(text, SHOWN_CHARACTERS)).into_owned()),
        _ => None,
    };
    let plain = names.to_vec();
    for (at, (member, name)) in members.iter().zip(names).enumerate() {
        let Scalar::Ref(row) = *member else { continue };
        let others =
            members.iter().zip(&plain).enumerate().filter(|(other, (_, other_name))| {
                *other != at && plain.get(at).is_some_and(|name| name == *other_name)
            });
        let others: Vec<Row> = others
            .filter_map(|(_, (other, _))| if let Scalar::Ref(other) = other { Some(*other) } else { None })
            .collect();
        if others.is_empty() {
            continue;
        }
        let apart = |fact: &str| {
            let own = text(row, fact)?;
            others.iter().all(|other| text(*other, fact).as_ref() != Some(&own)).then_some(own)
        };
        if let Some(scope) = apart("scope") {
            let _ = write!(name, " of {scope}");
        } else if let Some(id) = apart("id").filter(|id| id != name) {
            let _ = write!(name, " ({id})");
        }
    }
}

/// A subject by its name, or by its id where it has none.
fn name<S: Slots + ?Sized>(slots: &S, row: Row) -> String {
    for fact in ["name", "id", "principal"].into_iter().filter_map(|name| row.subject.fact(name)) {
        if let Cell::Known(Scalar::Str(text)) = slots.cell(row, fact) {
            return shown(&shortened(text, SHOWN_CHARACTERS)).into_owned();
        }
    }
    format!("an unnamed {}", row.subject.name())
}
