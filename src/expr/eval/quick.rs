//! The common case: scalars that are only copied, so that nothing is owned and nothing dropped.

use std::borrow::Cow;

use crate::model::slots::{Cell, Row, Scalar, Slots};

use super::super::moment::Moment;
use super::super::trace::Recorder;
use super::super::tree::{Compare, Function, Kind, Node};
use super::super::value::{FaultKind, Stop, Value, order};
use super::{Got, Outer, Run, math};

/// A scalar that owns nothing.
#[derive(Debug, Clone, Copy)]
pub(super) enum Quick<'a> {
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(&'a str),
    Time(Moment),
    Span(Moment),
    Code(u8),
    Row(Row),
}

impl<'a> Quick<'a> {
    fn of(scalar: Scalar<'a>) -> Self {
        match scalar {
            Scalar::Bool(value) => Self::Bool(value),
            Scalar::Int(value) => Self::Int(value),
            Scalar::Str(text) => Self::Text(text),
            Scalar::Time(seconds) => Self::Time(Moment::seconds(seconds)),
            Scalar::Duration(seconds) => Self::Span(Moment::seconds(seconds)),
            Scalar::Enum(code) => Self::Code(code),
            Scalar::Ref(row) => Self::Row(row),
        }
    }

    /// What a value that lives as long as the evaluation holds, if that is a scalar.
    fn held(value: &'a Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self::Text(text)),
            other => Self::copied(other),
        }
    }

    /// A scalar other than text.
    fn copied(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Double(value) => Self::Double(*value),
            Value::Time(at) => Self::Time(*at),
            Value::Span(length) => Self::Span(*length),
            Value::Code(code) => Self::Code(*code),
            Value::Row(row) => Self::Row(*row),
            Value::Text(_) | Value::List(_) | Value::Map(_) => return None,
        })
    }

    pub(super) fn value(self) -> Value<'a> {
        match self {
            Self::Bool(value) => Value::Bool(value),
            Self::Int(value) => Value::Int(value),
            Self::Double(value) => Value::Double(value),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Time(at) => Value::Time(at),
            Self::Span(length) => Value::Span(length),
            Self::Code(code) => Value::Code(code),
            Self::Row(row) => Value::Row(row),
        }
    }
}

/// Whether a comparison holds.
pub(super) fn holds(compare: Compare, left: Quick<'_>, right: Quick<'_>) -> bool {
    let order = match (left, right) {
        (Quick::Text(a), Quick::Text(b)) => match compare {
            Compare::Equal => return a == b,
            Compare::Unequal => return a != b,
            _ => a.cmp(b),
        },
        (Quick::Int(a), Quick::Int(b)) => a.cmp(&b),
        (Quick::Time(a), Quick::Time(b)) | (Quick::Span(a), Quick::Span(b)) => a.cmp(&b),
        (Quick::Bool(a), Quick::Bool(b)) => a.cmp(&b),
        (Quick::Code(a), Quick::Code(b)) => a.cmp(&b),
        (Quick::Row(a), Quick::Row(b)) => a.cmp(&b),
        _ => match order(&left.value(), &right.value()) {
            Some(order) => order,
            // Something that is no number has no order, and is unequal to all.
            None => return compare == Compare::Unequal,
        },
    };
    compare.holds(order)
}

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    /// The value of a part, if it is of a kind that is only copied. Where it is not, nothing was evaluated.
    pub(super) fn quick(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Option<Got<Quick<'a>>> {
        match &node.kind {
            Kind::Known(value) => Quick::held(value).map(Ok),
            Kind::Input(at) => {
                let value = Quick::held(self.context.inputs.get(*at as usize)?)?;
                self.recorder.input(*at);
                Some(Ok(value))
            }
            Kind::AsOf => self.context.as_of.map(|at| Ok(Quick::Time(at))),
            Kind::Subject => self.row.map(|row| Ok(Quick::Row(row))),
            Kind::Bound { up, .. } => {
                let mut scope = outer;
                for _ in 0..*up {
                    scope = scope.and_then(|scope| scope.outer);
                }
                match &scope?.value {
                    Value::Text(Cow::Borrowed(text)) => Some(Ok(Quick::Text(text))),
                    other => Quick::copied(other).map(Ok),
                }
            }
            Kind::Fact(inner, fact) => Some(match self.subject(inner, outer) {
                Ok(row) => match self.cell(row, *fact) {
                    Cell::Known(scalar) => Ok(Quick::of(scalar)),
                    Cell::Absent => Err(node.fail(FaultKind::Absent)),
                    Cell::Unknown(why) => Err(Stop::Unknown(why)),
                },
                Err(stop) => Err(stop),
            }),
            Kind::Call(Function::Age, args) => Some(match self.quick(args.first()?, outer)? {
                Ok(Quick::Time(at)) => {
                    math::age(at, self.context.as_of).map(Quick::Span).map_err(|kind| node.fail(kind))
                }
                Ok(_) => Err(node.fail(FaultKind::Internal)),
                Err(stop) => Err(stop),
            }),
            _ => None,
        }
    }
}
