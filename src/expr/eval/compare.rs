//! Comparisons, and how near to the limit they were.

use std::cmp::Ordering;

use crate::model::slots::Slots;

use super::super::trace::{Margin, Recorder, Unit};
use super::super::tree::{Compare, Function, Kind, Node};
use super::super::value::{FaultKind, Stop, Value, also, order, same};
use super::quick::{Quick, holds};
use super::{Got, Outer, Run, both};

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    pub(super) fn compare(&self, compare: Compare, left: &'a Node, right: &'a Node, outer: Outer<'_, 'a>) -> Got<bool> {
        // The sides are asked in any order: what stopped them is brought together by the same rule.
        let (l, r) = match (self.quick(left, outer), self.quick(right, outer)) {
            (Some(l), Some(r)) => {
                let (l, r) = both(l, r)?;
                let held = holds(compare, l, r);
                if R::ON {
                    self.margin(compare, (left, &l.value()), (right, &r.value()), held);
                }
                return Ok(held);
            }
            (l, r) => both(
                l.map_or_else(|| self.value(left, outer), |l| l.map(Quick::value)),
                r.map_or_else(|| self.value(right, outer), |r| r.map(Quick::value)),
            )?,
        };
        self.charge_for(left, &l)?;
        let held = match compare {
            Compare::Equal => same(&l, &r)?,
            Compare::Unequal => !same(&l, &r)?,
            _ => order(&l, &r).is_some_and(|order| compare.holds(order)),
        };
        if R::ON {
            self.margin(compare, (left, &l), (right, &r), held);
        }
        Ok(held)
    }

    fn margin(&self, compare: Compare, left: (&Node, &Value<'a>), right: (&Node, &Value<'a>), held: bool) {
        let (compare, value, limit) = match (fixed(left.0), fixed(right.0)) {
            (false, true) => (compare, left.1, right.1),
            (true, false) => (compare.turned(), right.1, left.1),
            _ => return,
        };
        let (value, limit, unit) = match (value, limit) {
            (Value::Int(value), Value::Int(limit)) => (*value, *limit, Unit::Count),
            (Value::Span(value), Value::Span(limit)) => (value.secs(), limit.secs(), Unit::Seconds),
            (Value::Time(value), Value::Time(limit)) => (value.secs(), limit.secs(), Unit::Instant),
            _ => return,
        };
        self.recorder.margin(Margin { value, limit, unit, sign: sign(compare), held });
    }

    /// A number of members compared: decided as soon as every number that it may be gives one answer.
    pub(super) fn compare_size(
        &self,
        compare: Compare,
        sized: &'a Node,
        other: &'a Node,
        outer: Outer<'_, 'a>,
    ) -> Got<bool> {
        let start = self.recorder.mark();
        let other_value = self.value(other, outer);
        let limit = other_value.as_ref().ok();
        let mut least = 0_i64;
        let mut most = 0_i64;
        let mut doubt: Option<Stop> = None;
        let mut early = None;
        let whole = self.visit(sized, outer, &mut |item| {
            most = most.saturating_add(1);
            match item.doubt {
                None => least = least.saturating_add(1),
                Some(stop) => also(&mut doubt, stop),
            }
            early = limit.and_then(|limit| decided(compare, least, None, limit));
            // While recording, all members are looked at, so that the number written is the number there.
            early.is_none() || R::ON
        });
        let whole = match (&other_value, whole) {
            (Err(stop), Err(other)) => return Err(stop.and(other)),
            (_, Err(stop)) => return Err(stop),
            (_, Ok(whole)) => whole,
        };
        if let Some(stop) = whole {
            also(&mut doubt, stop);
        }
        let limit = match other_value {
            Ok(limit) => limit,
            Err(stop) => return Err(doubt.map_or(stop, |doubt| stop.and(doubt))),
        };
        let exact = whole.is_none();
        let answer = early.or_else(|| decided(compare, least, exact.then_some(most), &limit));
        let Some(held) = answer else {
            return Err(doubt.unwrap_or_else(|| sized.fail(FaultKind::Internal)));
        };
        self.recorder.settle(start);
        if let (true, true, Value::Int(limit), None) = (R::ON, fixed(other), &limit, doubt) {
            let margin = Margin { value: least, limit: *limit, unit: Unit::Count, sign: sign(compare), held };
            self.recorder.margin(margin);
        }
        Ok(held)
    }
}

/// The answer for all numbers from `least` to `most` (`None`: without end), if it is one.
fn decided(compare: Compare, least: i64, most: Option<i64>, limit: &Value<'_>) -> Option<bool> {
    let low = order(&Value::Int(least), limit);
    let high = match most {
        Some(most) => order(&Value::Int(most), limit),
        None => Some(Ordering::Greater),
    };
    let (Some(low), Some(high)) = (low, high) else {
        // Not a number: every comparison but `!=` is false.
        return Some(compare == Compare::Unequal);
    };
    match compare {
        Compare::Equal | Compare::Unequal => {
            let equal = if low.is_gt() || high.is_lt() {
                Some(false)
            } else if most == Some(least) {
                Some(low.is_eq())
            } else {
                None
            };
            equal.map(|equal| equal == (compare == Compare::Equal))
        }
        _ => {
            let (low, high) = (compare.holds(low), compare.holds(high));
            (low == high).then_some(low)
        }
    }
}

/// True if no fact is read in it: it can be the limit of a margin.
fn fixed(node: &Node) -> bool {
    match &node.kind {
        Kind::Known(_) | Kind::Input(_) | Kind::AsOf => true,
        Kind::Minus(inner) => fixed(inner),
        Kind::Math(_, left, right) => fixed(left) && fixed(right),
        Kind::Call(function, args) => *function != Function::Age && args.iter().all(fixed),
        _ => false,
    }
}

fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Equal => "==",
        Compare::Unequal => "!=",
        Compare::Less => "<",
        Compare::LessEqual => "<=",
        Compare::Greater => ">",
        Compare::GreaterEqual => ">=",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_members_is_decided_on_its_interval() {
        let n = Value::Int(3);
        assert_eq!(decided(Compare::Less, 0, Some(2), &n), Some(true));
        assert_eq!(decided(Compare::Less, 3, None, &n), Some(false));
        assert_eq!(decided(Compare::Less, 2, None, &n), None);
        assert_eq!(decided(Compare::Greater, 4, None, &n), Some(true));
        assert_eq!(decided(Compare::Equal, 4, None, &n), Some(false));
        assert_eq!(decided(Compare::Equal, 3, Some(3), &n), Some(true));
        assert_eq!(decided(Compare::Equal, 3, Some(4), &n), None);
        assert_eq!(decided(Compare::Unequal, 0, Some(2), &n), Some(true));
    }
}
