//! Values while an expression is evaluated, and how they compare.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::base::diagnostic::Diagnostic;
use crate::model::slots::{Row, Scalar, Why};

use super::mistake;
use super::moment::Moment;

/// Why there is no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// Something is unknown.
    Unknown(Why),
    /// Something went wrong.
    Fault(Fault),
}

impl Stop {
    /// The one that outlasts the other: unknown beats error, else the first.
    pub fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Fault(_), Self::Unknown(_)) => later,
            _ => self,
        }
    }
}

/// Adds `later` to what may already have stopped.
pub(super) fn also(stop: &mut Option<Stop>, later: Stop) {
    *stop = Some(stop.map_or(later, |stop| stop.and(later)));
}

/// An error of evaluation, and the bytes of the expression where it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub kind: FaultKind,
    /// The first byte of the part that failed.
    pub start: u32,
    /// The byte after it.
    pub end: u32,
}

impl Fault {
    /// What to say of it, with its place in the expression (and an empty file name).
    #[must_use]
    pub fn diagnostic(self) -> Diagnostic {
        let span = self.start as usize..self.end as usize;
        mistake("evaluation", format!("the evaluation failed: {}", self.kind.text()), span, "failed here")
    }
}

/// What can go wrong while an expression is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultKind {
    /// A number, an instant or a duration out of its range.
    Range,
    /// A division by zero.
    DivisionByZero,
    /// A map without that key.
    NoKey,
    /// A list without that position.
    NoElement,
    /// A key that a map gives twice.
    DoubleKey,
    /// Text that cannot be read as what it should be.
    Unreadable,
    /// A text that is not a regular expression, or one too large.
    BadPattern,
    /// A time zone that nobody knows.
    NoZone,
    /// A fact that is absent, read without asking `has`.
    Absent,
    /// More work or larger values than an expression may cause.
    TooMuch,
    /// A value of an unforeseen type; a mistake of the program.
    Internal,
}

impl FaultKind {
    /// In words, for messages.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Range => "the result is out of range",
            Self::DivisionByZero => "a division by zero",
            Self::NoKey => "the map has no such key",
            Self::NoElement => "the list has no such position",
            Self::DoubleKey => "the map gives one key twice",
            Self::Unreadable => "the text cannot be read as this type",
            Self::BadPattern => "the pattern is not a regular expression, or too large",
            Self::NoZone => "there is no such time zone",
            Self::Absent => "the fact is absent here",
            Self::TooMuch => "the expression causes too much work",
            Self::Internal => "a value of an unforeseen type",
        }
    }
}

/// A value.
#[derive(Debug, Clone)]
pub(super) enum Value<'a> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(Cow<'a, str>),
    Time(Moment),
    Span(Moment),
    Code(u8),
    Row(Row),
    List(Arc<ListValue<'a>>),
    Map(Arc<MapValue<'a>>),
}

/// A list held as a value.
#[derive(Debug, Clone, Default)]
pub(super) struct ListValue<'a> {
    /// The members, each with what makes it uncertain.
    pub members: Vec<(Value<'a>, Option<Stop>)>,
    /// Why there may be more, if there may.
    pub open: Option<Stop>,
}

impl ListValue<'_> {
    /// What keeps the list from being exactly known.
    pub fn doubt(&self) -> Option<Stop> {
        let mut stop = self.open;
        for (_, doubt) in &self.members {
            if let Some(doubt) = doubt {
                also(&mut stop, *doubt);
            }
        }
        stop
    }
}

/// A map held as a value. Its keys are different from one another.
#[derive(Debug, Clone, Default)]
pub(super) struct MapValue<'a> {
    /// Keys and values.
    pub entries: Vec<(Value<'a>, Value<'a>)>,
    /// Why there may be more, if there may.
    pub open: Option<Stop>,
}

impl<'a> MapValue<'a> {
    /// The value of a key.
    pub fn get(&self, key: &Value<'_>) -> Option<&Value<'a>> {
        self.entries.iter().find(|(known, _)| same(known, key).unwrap_or(false)).map(|(_, value)| value)
    }
}

impl<'a> Value<'a> {
    /// A value that borrows where it can.
    pub fn share<'b>(self: &'b Value<'a>) -> Value<'b>
    where
        'a: 'b,
    {
        match self {
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            other => other.clone(),
        }
    }

    /// A value from a fact.
    pub fn of(scalar: Scalar<'a>) -> Self {
        match scalar {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(value) => Self::Int(value),
            Scalar::Str(text) => Self::Text(Cow::Borrowed(text)),
            Scalar::Time(seconds) => Self::Time(Moment::seconds(seconds)),
            Scalar::Duration(seconds) => Self::Span(Moment::seconds(seconds)),
            Scalar::Enum(code) => Self::Code(code),
            Scalar::Ref(row) => Self::Row(row),
        }
    }
}

/// Whether two values are equal. `Err` if one of them holds something unknown.
pub(super) fn same(left: &Value<'_>, right: &Value<'_>) -> Result<bool, Stop> {
    Ok(match (left, right) {
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Code(a), Value::Code(b)) => a == b,
        (Value::Row(a), Value::Row(b)) => a == b,
        (Value::List(a), Value::List(b)) => {
            let mut stop = a.doubt();
            if let Some(other) = b.doubt() {
                also(&mut stop, other);
            }
            if let Some(stop) = stop {
                return Err(stop);
            }
            let mut equal = a.members.len() == b.members.len();
            for ((a, _), (b, _)) in a.members.iter().zip(&b.members) {
                equal &= same(a, b)?;
            }
            equal
        }
        (Value::Map(a), Value::Map(b)) => {
            if let Some(stop) = a.open.or(b.open) {
                return Err(stop);
            }
            let mut equal = a.entries.len() == b.entries.len();
            for (key, value) in &a.entries {
                equal &= match b.get(key) {
                    Some(other) => same(value, other)?,
                    None => false,
                };
            }
            equal
        }
        _ => order(left, right) == Some(Ordering::Equal),
    })
}

/// The order of two values; `None` if there is none, as with NaN.
pub(super) fn order(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Time(a), Value::Time(b)) | (Value::Span(a), Value::Span(b)) => Some(a.cmp(b)),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Text(a), Value::Text(b)) => Some(a.as_ref().cmp(b.as_ref())),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Double(b)) => mixed(*a, *b),
        (Value::Double(a), Value::Int(b)) => mixed(*b, *a).map(Ordering::reverse),
        _ => None,
    }
}

/// The order of an integer and a double, exact at any size.
fn mixed(whole: i64, double: f64) -> Option<Ordering> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if double.is_nan() {
        return None;
    }
    if double >= LIMIT {
        return Some(Ordering::Less);
    }
    if double < -LIMIT {
        return Some(Ordering::Greater);
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the range is checked above, and the fraction is compared below"
    )]
    let floor = double.floor() as i64;
    Some(whole.cmp(&floor).then(if double > double.floor() { Ordering::Less } else { Ordering::Equal }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_and_doubles_compare_exactly() {
        let int = |a, b| order(&Value::Int(a), &Value::Double(b));
        assert_eq!(int(1, 1.0), Some(Ordering::Equal));
        assert_eq!(int(1, 1.5), Some(Ordering::Less));
        assert_eq!(int(-1, -1.5), Some(Ordering::Greater));
        assert_eq!(int(i64::MAX, 9_223_372_036_854_775_808.0), Some(Ordering::Less));
        assert_eq!(int(9_007_199_254_740_993, 9_007_199_254_740_992.0), Some(Ordering::Greater));
        assert_eq!(int(0, f64::NAN), None);
    }
}
