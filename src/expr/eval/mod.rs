//! The evaluator: one for every kind of slots, and for both the pass that only answers and the
//! pass that records why.
//!
//! Scalars and lists of facts are walked in place, without allocation and without a name looked
//! up; only values that an expression itself makes are allocated.

mod compare;
mod lists;
mod maps;
mod math;
mod quantify;
mod quick;

use std::borrow::Cow;
use std::cell::Cell as Counter;

use crate::model::schema::FactId;
use crate::model::slots::{Cell, Row, Slots};

use super::env::Context;
use super::memo::Memo;
use super::trace::Recorder;
use super::tree::{Kind, Node};
use super::value::{FaultKind, Stop, Value, also};

use quick::Quick;

/// How much one evaluation may do, counted in steps.
///
/// A step is a member of a list that is visited, or some bytes of what is asked of it. It depends
/// on the expression and the facts alone, so that the same input always ends in the same way.
const MOST_WORK: u32 = 20_000_000;
/// How many bytes of text that is looked through count as one step.
const PIECE: usize = 256;
/// How many bytes of an expression that is asked of a member count as one step.
const ASKED: u32 = 8;
/// How many steps it takes to keep one value, since memory has an end before time has.
const KEPT: usize = 8;
/// How many bytes of text that is held against a regular expression count as one step.
const MATCHED: usize = 16;
/// How many steps it takes to read a pattern that is not written in the expression.
const READ: usize = 2_000;

/// One evaluation.
pub(super) struct Run<'a, 'r, S, R> {
    pub slots: &'a S,
    pub row: Option<Row>,
    pub context: &'a Context,
    pub recorder: &'r R,
    memo: Option<&'r Memo>,
    work: Counter<u32>,
}

/// The variable of a macro, and those of the macros around it.
pub(super) struct Scope<'s, 'a> {
    value: Value<'a>,
    outer: Option<&'s Scope<'s, 'a>>,
}

type Outer<'s, 'a> = Option<&'s Scope<'s, 'a>>;
pub(super) type Got<T> = Result<T, Stop>;

/// Both, or what outlasts the other of what stopped them.
fn both<A, B>(left: Got<A>, right: Got<B>) -> Got<(A, B)> {
    match (left, right) {
        (Ok(left), Ok(right)) => Ok((left, right)),
        (Err(stop), Err(other)) => Err(stop.and(other)),
        (Err(stop), _) | (_, Err(stop)) => Err(stop),
    }
}

impl<'a, 'r, S: Slots, R: Recorder<'a>> Run<'a, 'r, S, R> {
    pub(super) fn new(slots: &'a S, row: Option<Row>, context: &'a Context, recorder: &'r R) -> Self {
        Self { slots, row, context, recorder, memo: None, work: Counter::new(0) }
    }

    /// The same, with answers that are kept from one subject to the next.
    pub(super) fn remembering(self, memo: &'r Memo) -> Self {
        Self { memo: Some(memo), ..self }
    }

    /// The steps so far.
    pub(super) fn steps(&self) -> u32 {
        self.work.get()
    }

    /// Counts one member of a list.
    fn visit_one(&self, node: &Node) -> Got<()> {
        self.charge(node, 1)
    }

    /// Counts work, so that no expression runs without end.
    fn charge(&self, node: &Node, work: usize) -> Got<()> {
        let done = u32::try_from(work).ok().and_then(|work| self.work.get().checked_add(work));
        match done.filter(|done| *done <= MOST_WORK) {
            Some(done) => {
                self.work.set(done);
                Ok(())
            }
            None => {
                // What follows has no steps left either.
                self.work.set(MOST_WORK);
                Err(node.fail(FaultKind::TooMuch))
            }
        }
    }

    /// Counts what is about to be asked of one member: by its length in the text, which bounds its parts.
    fn ask(&self, body: &Node) -> Got<()> {
        self.charge(body, (body.end.saturating_sub(body.start) / ASKED) as usize)
    }

    /// Counts a value that is kept.
    fn keep(&self, node: &Node, value: &Value<'_>) -> Got<()> {
        let own = match value {
            Value::Text(Cow::Owned(text)) => text.len() / KEPT,
            _ => 0,
        };
        self.charge(node, KEPT + own)
    }

    /// Counts the work of looking through a value: lists by member, long texts by piece.
    fn charge_for(&self, node: &Node, value: &Value<'_>) -> Got<()> {
        match value {
            Value::Text(text) if text.len() > PIECE => self.charge(node, text.len() / PIECE),
            Value::List(list) => self.charge(node, list.members.len()),
            Value::Map(map) => self.charge(node, map.entries.len().saturating_mul(map.entries.len())),
            _ => Ok(()),
        }
    }

    /// The answer of a part that is true or false, as the recorder lets it stand.
    #[inline]
    pub(super) fn truth(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<bool> {
        let got = self.answer(node, outer);
        if R::PROBES { self.recorder.answered(node, got) } else { got }
    }

    /// The answer of a part that is true or false.
    fn answer(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<bool> {
        match &node.kind {
            Kind::And(parts) => self.chain(parts, false, outer),
            Kind::Or(parts) => self.chain(parts, true, outer),
            Kind::Not(inner) => self.truth(inner, outer).map(|truth| !truth),
            Kind::Compare(compare, left, right) => self.compare(*compare, left, right, outer),
            Kind::CompareSize(compare, sized, other) => self.compare_size(*compare, sized, other, outer),
            Kind::Fact(..) => match self.quick(node, outer) {
                Some(Ok(Quick::Bool(truth))) => Ok(truth),
                Some(Err(stop)) => Err(stop),
                _ => Err(node.fail(FaultKind::Internal)),
            },
            Kind::InCodes(inner, codes) => match self.scalar(inner, outer)? {
                Quick::Code(code) => Ok(codes.checked_shr(u32::from(code)).unwrap_or(0) & 1 == 1),
                _ => Err(inner.fail(FaultKind::Internal)),
            },
            Kind::In(member, list) => self.is_in(member, list, outer),
            Kind::HasFact(inner, fact) => {
                let row = self.subject(inner, outer)?;
                match self.cell(row, *fact) {
                    Cell::Known(_) => Ok(true),
                    Cell::Absent => Ok(false),
                    Cell::Unknown(why) => Err(Stop::Unknown(why)),
                }
            }
            Kind::HasKey(map, key) => self.has_key(map, key, outer),
            Kind::Quantifier(which, range, body) => self.quantifier(*which, range, body, outer),
            Kind::Matches(text, pattern) => match self.value(text, outer)? {
                Value::Text(text) => {
                    self.charge(node, text.len() / MATCHED)?;
                    Ok(pattern.is_match(&text))
                }
                _ => Err(node.fail(FaultKind::Internal)),
            },
            Kind::Choice(parts) => {
                let [condition, yes, no] = parts.as_ref();
                self.truth(if self.truth(condition, outer)? { yes } else { no }, outer)
            }
            _ => match self.value(node, outer)? {
                Value::Bool(truth) => Ok(truth),
                _ => Err(node.fail(FaultKind::Internal)),
            },
        }
    }

    /// `&&` (decided by one false side) and `||` (decided by one true side).
    fn chain(&self, parts: &'a [Node], decides: bool, outer: Outer<'_, 'a>) -> Got<bool> {
        let start = self.recorder.mark();
        let mut stop = None;
        for part in parts {
            let here = self.recorder.mark();
            match self.truth(part, outer) {
                Ok(truth) if truth == decides => {
                    self.recorder.drop_between(start, here);
                    return Ok(decides);
                }
                Ok(_) => {}
                Err(later) => also(&mut stop, later),
            }
        }
        stop.map_or(Ok(!decides), Err)
    }

    /// The value of a part that is not a fact's list.
    pub(super) fn value(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        match &node.kind {
            Kind::Known(value) => Ok(value.share()),
            Kind::Input(at) => {
                self.recorder.input(*at);
                self.context.inputs.get(*at as usize).map(Value::share).ok_or_else(|| node.fail(FaultKind::Internal))
            }
            Kind::Bound { up, .. } => {
                let mut scope = outer;
                for _ in 0..*up {
                    scope = scope.and_then(|scope| scope.outer);
                }
                scope.map(|scope| scope.value.clone()).ok_or_else(|| node.fail(FaultKind::Internal))
            }
            Kind::AsOf | Kind::Subject | Kind::Fact(..) => self.scalar(node, outer).map(Quick::value),
            Kind::Entry(map, key) => self.entry(node, map, key, outer),
            Kind::Element(list, at) => self.element(node, list, at, outer),
            Kind::Minus(inner) => self.minus(node, inner, outer),
            Kind::Choice(parts) => {
                let [condition, yes, no] = parts.as_ref();
                self.value(if self.truth(condition, outer)? { yes } else { no }, outer)
            }
            Kind::Math(math, left, right) => self.math(node, *math, left, right, outer),
            Kind::Name(def, inner) => match self.value(inner, outer)? {
                Value::Code(code) => Ok(Value::Text(def.text(code).into())),
                _ => Err(node.fail(FaultKind::Internal)),
            },
            Kind::Call(function, args) => self.call(node, *function, args, outer),
            Kind::List(_) | Kind::FactList(..) | Kind::Names(..) | Kind::Filter(..) | Kind::Transform(..) => {
                self.gather(node, outer).map(|list| Value::List(list.into()))
            }
            Kind::Map(entries) => self.make_map(node, entries, outer),
            Kind::FactMap(inner, fact) => self.fact_map(inner, *fact, outer),
            Kind::And(_)
            | Kind::Or(_)
            | Kind::Not(_)
            | Kind::Compare(..)
            | Kind::CompareSize(..)
            | Kind::InCodes(..)
            | Kind::In(..)
            | Kind::HasFact(..)
            | Kind::HasKey(..)
            | Kind::Quantifier(..)
            | Kind::Matches(..) => self.truth(node, outer).map(Value::Bool),
            Kind::Wrong => Err(node.fail(FaultKind::Internal)),
        }
    }

    /// A part whose value is only copied: a fact, the subject, the date.
    fn scalar(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<Quick<'a>> {
        self.quick(node, outer).unwrap_or_else(|| Err(node.fail(FaultKind::Internal)))
    }

    /// The subject that a part stands for.
    fn subject(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<Row> {
        match (&node.kind, self.row) {
            (Kind::Subject, Some(row)) => Ok(row),
            (Kind::Bound { .. } | Kind::Fact(..), _) => match self.scalar(node, outer)? {
                Quick::Row(row) => Ok(row),
                _ => Err(node.fail(FaultKind::Internal)),
            },
            _ => match self.value(node, outer)? {
                Value::Row(row) => Ok(row),
                _ => Err(node.fail(FaultKind::Internal)),
            },
        }
    }

    /// A fact, recorded.
    fn cell(&self, row: Row, fact: FactId) -> Cell<'a> {
        let cell = self.slots.cell(row, fact);
        if R::ON {
            self.recorder.fact(row, fact, None, false, cell);
        }
        cell
    }

    fn known(node: &Node, cell: Cell<'a>) -> Got<Value<'a>> {
        match cell {
            Cell::Known(scalar) => Ok(Value::of(scalar)),
            Cell::Absent => Err(node.fail(FaultKind::Absent)),
            Cell::Unknown(why) => Err(Stop::Unknown(why)),
        }
    }
}
