//! Arithmetic and functions. All are strict.

use jiff::tz::TimeZone;

use crate::model::slots::Slots;

use super::super::functions::{glob, pattern, read_bool, read_double, show_double, whole};
use super::super::moment::{Moment, zone};
use super::super::trace::Recorder;
use super::super::tree::{Function, Math, Node};
use super::super::value::{FaultKind, ListValue, Stop, Value, also};
use super::lists::MOST_MEMBERS;
use super::{Got, KEPT, MATCHED, Outer, PIECE, READ, Run, both};

/// The longest text that an expression may make, in bytes.
const LONGEST: usize = 1024 * 1024;

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    pub(super) fn minus(&self, node: &Node, inner: &'a Node, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        match self.value(inner, outer)? {
            Value::Int(value) => value.checked_neg().map(Value::Int).ok_or_else(|| node.fail(FaultKind::Range)),
            Value::Double(value) => Ok(Value::Double(-value)),
            _ => Err(node.fail(FaultKind::Internal)),
        }
    }

    pub(super) fn math(
        &self,
        node: &Node,
        math: Math,
        left: &'a Node,
        right: &'a Node,
        outer: Outer<'_, 'a>,
    ) -> Got<Value<'a>> {
        let (left, right) = both(self.value(left, outer), self.value(right, outer))?;
        self.charge_for(node, &left)?;
        self.charge_for(node, &right)?;
        match (left, right) {
            (Value::Int(a), Value::Int(b)) => integers(math, a, b).map(Value::Int).map_err(|kind| node.fail(kind)),
            (Value::Double(a), Value::Double(b)) => Ok(Value::Double(match math {
                Math::Plus => a + b,
                Math::Minus => a - b,
                Math::Times => a * b,
                Math::Divide => a / b,
                Math::Modulo => return Err(node.fail(FaultKind::Internal)),
            })),
            (Value::Text(a), Value::Text(b)) => {
                if a.len() + b.len() > LONGEST {
                    return Err(node.fail(FaultKind::TooMuch));
                }
                let made = Value::Text(format!("{a}{b}").into());
                self.keep(node, &made)?;
                Ok(made)
            }
            (Value::List(a), Value::List(b)) => {
                if a.members.len() + b.members.len() > MOST_MEMBERS {
                    return Err(node.fail(FaultKind::TooMuch));
                }
                self.charge(node, (a.members.len() + b.members.len()).saturating_mul(KEPT))?;
                let mut open: Option<Stop> = a.open;
                if let Some(stop) = b.open {
                    also(&mut open, stop);
                }
                let members = a.members.iter().chain(&b.members).cloned().collect();
                Ok(Value::List(ListValue { members, open }.into()))
            }
            (left, right) => times(math, &left, &right).ok_or_else(|| node.fail(FaultKind::Range)),
        }
    }

    pub(super) fn call(
        &self,
        node: &'a Node,
        function: Function,
        args: &'a [Node],
        outer: Outer<'_, 'a>,
    ) -> Got<Value<'a>> {
        let Some(first) = args.first() else { return Err(node.fail(FaultKind::Internal)) };
        if function == Function::Size {
            return self.size(node, first, outer);
        }
        let (value, second) = match args.get(1) {
            None => (self.value(first, outer)?, None),
            Some(second) => {
                let (value, second) = both(self.value(first, outer), self.value(second, outer))?;
                (value, Some(second))
            }
        };
        self.charge_for(node, &value)?;
        match (function, &value, &second) {
            (Function::Glob, Value::Text(text), Some(Value::Text(pattern))) => {
                self.charge(node, text.len().saturating_mul(pattern.len()) / PIECE)?;
            }
            (Function::Matches, Value::Text(text), Some(Value::Text(pattern))) => {
                self.charge(node, READ + pattern.len() + text.len() / MATCHED)?;
            }
            _ => {}
        }
        let as_of = self.context.as_of;
        apply(function, value, second, as_of).map_err(|kind| node.fail(kind))
    }

    fn size(&self, node: &'a Node, of: &'a Node, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        if of.ty == super::super::types::Type::String {
            let value = self.value(of, outer)?;
            self.charge_for(node, &value)?;
            return match value {
                Value::Text(text) => {
                    i64::try_from(text.chars().count()).map(Value::Int).map_err(|_| node.fail(FaultKind::Range))
                }
                _ => Err(node.fail(FaultKind::Internal)),
            };
        }
        let mut count = 0_i64;
        let mut stop = None;
        let whole = self.visit(of, outer, &mut |item| {
            count = count.saturating_add(1);
            if let Some(doubt) = item.doubt {
                also(&mut stop, doubt);
            }
            true
        })?;
        if let Some(open) = whole {
            also(&mut stop, open);
        }
        stop.map_or(Ok(Value::Int(count)), Err)
    }
}

/// The time from an instant to the date that is judged at.
///
/// An instant before living memory is old, not an error: the longest duration stands for it.
pub(super) fn age(at: Moment, as_of: Option<Moment>) -> Result<Moment, FaultKind> {
    const LONGEST: Moment = Moment::seconds(i64::MAX / 1_000_000_000);
    let as_of = as_of.ok_or(FaultKind::Internal)?;
    let exact = as_of.minus(at).ok_or(FaultKind::Range)?;
    Ok(exact.clamp(Moment::seconds(-LONGEST.secs()), LONGEST))
}

fn integers(math: Math, a: i64, b: i64) -> Result<i64, FaultKind> {
    if b == 0 && matches!(math, Math::Divide | Math::Modulo) {
        return Err(FaultKind::DivisionByZero);
    }
    let result = match math {
        Math::Plus => a.checked_add(b),
        Math::Minus => a.checked_sub(b),
        Math::Times => a.checked_mul(b),
        Math::Divide => a.checked_div(b),
        Math::Modulo => a.checked_rem(b),
    };
    result.ok_or(FaultKind::Range)
}

/// Sums and differences of instants and durations; `None` if out of range.
fn times<'a>(math: Math, left: &Value<'_>, right: &Value<'_>) -> Option<Value<'a>> {
    let plus = math == Math::Plus;
    let add = |a: &Moment, b: &Moment| if plus { a.nanos() + b.nanos() } else { a.nanos() - b.nanos() };
    match (left, right) {
        (Value::Time(a), Value::Time(b)) | (Value::Span(a), Value::Span(b)) => Moment::span(add(a, b)).map(Value::Span),
        (Value::Time(a), Value::Span(b)) | (Value::Span(b), Value::Time(a)) => Moment::time(add(a, b)).map(Value::Time),
        _ => None,
    }
}

fn apply<'a>(
    function: Function,
    value: Value<'a>,
    second: Option<Value<'a>>,
    as_of: Option<Moment>,
) -> Result<Value<'a>, FaultKind> {
    Ok(match (function, value, second) {
        (Function::Contains, Value::Text(text), Some(Value::Text(part))) => Value::Bool(text.contains(part.as_ref())),
        (Function::StartsWith, Value::Text(text), Some(Value::Text(part))) => {
            Value::Bool(text.starts_with(part.as_ref()))
        }
        (Function::EndsWith, Value::Text(text), Some(Value::Text(part))) => Value::Bool(text.ends_with(part.as_ref())),
        (Function::Matches, Value::Text(text), Some(Value::Text(wanted))) => {
            Value::Bool(pattern(&wanted).ok_or(FaultKind::BadPattern)?.is_match(&text))
        }
        (Function::Glob, Value::Text(text), Some(Value::Text(wanted))) => Value::Bool(glob(&text, &wanted)),
        (Function::Age, Value::Time(at), None) => Value::Span(age(at, as_of)?),
        (Function::Part(part), Value::Span(length), None) => {
            Value::Int(length.part_of_span(part).ok_or(FaultKind::Range)?)
        }
        (Function::Part(part), Value::Time(at), name) => {
            let zone = match name {
                None => TimeZone::UTC,
                Some(Value::Text(name)) => zone(&name).ok_or(FaultKind::NoZone)?,
                Some(_) => return Err(FaultKind::Internal),
            };
            Value::Int(at.part_of_time(part, &zone).ok_or(FaultKind::Range)?)
        }
        (_, value, None) => convert(function, value)?,
        _ => return Err(FaultKind::Internal),
    })
}

fn convert(function: Function, value: Value<'_>) -> Result<Value<'_>, FaultKind> {
    Ok(match (function, value) {
        (Function::ToInt, value @ Value::Int(_))
        | (Function::ToDouble, value @ Value::Double(_))
        | (Function::ToText, value @ Value::Text(_))
        | (Function::ToBool, value @ Value::Bool(_))
        | (Function::ToTime, value @ Value::Time(_))
        | (Function::ToSpan, value @ Value::Span(_)) => value,
        (Function::ToInt, Value::Double(value)) => Value::Int(whole(value).ok_or(FaultKind::Range)?),
        (Function::ToInt, Value::Text(text)) => Value::Int(text.parse().map_err(|_| FaultKind::Unreadable)?),
        (Function::ToInt, Value::Time(at)) => Value::Int(at.secs()),
        #[expect(clippy::cast_precision_loss, reason = "CEL rounds to the nearest double")]
        (Function::ToDouble, Value::Int(value)) => Value::Double(value as f64),
        (Function::ToDouble, Value::Text(text)) => Value::Double(read_double(&text).ok_or(FaultKind::Unreadable)?),
        (Function::ToText, Value::Int(value)) => Value::Text(value.to_string().into()),
        (Function::ToText, Value::Double(value)) => Value::Text(show_double(value).into()),
        (Function::ToText, Value::Bool(value)) => Value::Text(value.to_string().into()),
        (Function::ToText, Value::Time(at)) => Value::Text(at.show_time().into()),
        (Function::ToText, Value::Span(length)) => Value::Text(length.show_span().into()),
        (Function::ToBool, Value::Text(text)) => Value::Bool(read_bool(&text).ok_or(FaultKind::Unreadable)?),
        (Function::ToTime, Value::Text(text)) => Value::Time(Moment::read_time(&text).ok_or(FaultKind::Unreadable)?),
        (Function::ToTime, Value::Int(seconds)) => {
            Value::Time(Moment::time(i128::from(seconds) * 1_000_000_000).ok_or(FaultKind::Range)?)
        }
        (Function::ToSpan, Value::Text(text)) => Value::Span(Moment::read_span(&text).ok_or(FaultKind::Unreadable)?),
        _ => return Err(FaultKind::Internal),
    })
}
