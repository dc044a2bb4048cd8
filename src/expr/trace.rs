//! What an answer rests on: recorded in a second pass, only where it is going to be written.

use std::cell::RefCell;

use crate::model::schema::FactId;
use crate::model::slots::{Cell, Row, Why};

use super::tree::Node;
use super::value::{Fault, Stop};

/// The most facts that one trace keeps.
const MOST: usize = 2000;
/// The most that are held while it is made: what decides may be the last of many.
const HELD: usize = 200_000;

/// What decided an answer.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trace<'a> {
    /// The facts that decided, in the order in which they were read. Empty if the answer is unknown.
    pub facts: Vec<FactRead<'a>>,
    /// The lists whose completeness decided: their enumerations closed a negative.
    pub closed: Vec<ListRead>,
    /// The unknown facts, if the answer is unknown.
    pub gaps: Vec<Gap>,
    /// The parameters that decided, by name.
    pub params: Vec<&'a str>,
    /// Comparisons of a number, a duration or an instant with a limit.
    pub margins: Vec<Margin>,
    /// The error, if that is the answer.
    pub fault: Option<Fault>,
    /// True if there were more facts than a trace keeps.
    pub shortened: bool,
}

/// A fact that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct FactRead<'a> {
    /// Of which subject.
    pub row: Row,
    /// Which fact.
    pub fact: FactId,
    /// Which entry, for a map.
    pub key: Option<String>,
    /// True if this is one member of a list.
    pub member: bool,
    /// What was found.
    pub cell: Cell<'a>,
}

/// A list that was read to its end and is complete. [`FactId::def`] says which enumerations close it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListRead {
    /// Of which subject.
    pub row: Row,
    /// Which list.
    pub fact: FactId,
}

/// A fact whose being unknown made the answer unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// Of which subject.
    pub row: Row,
    /// Which fact.
    pub fact: FactId,
    /// Which entry, for a map.
    pub key: Option<String>,
    /// The cause.
    pub why: Why,
}

/// How far a value was from its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Margin {
    /// The value, from facts.
    pub value: i64,
    /// The limit, from literals and parameters.
    pub limit: i64,
    /// What both count.
    pub unit: Unit,
    /// How they were compared: `value sign limit`.
    pub sign: &'static str,
    /// Whether the comparison was true.
    pub held: bool,
}

/// What a margin counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number.
    Count,
    /// A duration, in seconds.
    Seconds,
    /// An instant, in seconds since 1970.
    Instant,
}

/// How much was recorded at some moment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Mark {
    facts: usize,
    closed: usize,
    gaps: usize,
    inputs: usize,
    margins: usize,
}

/// What the evaluator tells while it runs. Nothing, for the pass that only wants the answer.
pub(super) trait Recorder<'a> {
    /// True if anything is recorded.
    const ON: bool;
    /// True if facts are recorded that are known.
    const KNOWN: bool = Self::ON;
    /// True if answers of parts are looked at, and may be replaced.
    const PROBES: bool = false;
    /// What a part that is true or false came to: as it goes on from here.
    fn answered(&self, _node: &Node, got: Result<bool, Stop>) -> Result<bool, Stop> {
        got
    }
    /// Where the record stands.
    fn mark(&self) -> Mark {
        Mark::default()
    }
    /// Drops what was recorded between two moments.
    fn drop_between(&self, _from: Mark, _to: Mark) {}
    /// Drops the gaps since `from`: something else decided.
    fn settle(&self, _from: Mark) {}
    /// A fact was read.
    fn fact(&self, _row: Row, _fact: FactId, _key: Option<&str>, _member: bool, _cell: Cell<'a>) {}
    /// A list was read to its end, and is complete.
    fn closed(&self, _row: Row, _fact: FactId) {}
    /// A list was read to its end, and is not complete.
    fn open(&self, _row: Row, _fact: FactId, _why: Why) {}
    /// A parameter was read.
    fn input(&self, _at: u32) {}
    /// A value was compared with a limit.
    fn margin(&self, _margin: Margin) {}
}

/// Records nothing.
pub(super) struct Off;

impl Recorder<'_> for Off {
    const ON: bool = false;
}

/// Records only what is unknown.
#[derive(Default)]
pub(super) struct OnlyGaps(RefCell<Vec<Gap>>);

impl OnlyGaps {
    /// Records behind what is already in a list, which is so used again.
    pub(super) fn onto(gaps: &mut Vec<Gap>) -> Self {
        Self(RefCell::new(std::mem::take(gaps)))
    }

    /// Gives the list back with the unknown facts, each once, in the order in which they were read.
    pub(super) fn back_into(self, gaps: &mut Vec<Gap>) {
        *gaps = self.0.into_inner();
        let mut kept = 0;
        for at in 0..gaps.len() {
            let (before, rest) = gaps.split_at(kept);
            let known = rest.get(at - kept).is_none_or(|gap| before.contains(gap));
            if !known {
                gaps.swap(kept, at);
                kept += 1;
            }
        }
        gaps.truncate(kept);
    }
}

impl<'a> Recorder<'a> for OnlyGaps {
    const ON: bool = true;
    const KNOWN: bool = false;

    fn mark(&self) -> Mark {
        Mark { gaps: self.0.try_borrow().map_or(0, |gaps| gaps.len()), ..Mark::default() }
    }

    fn drop_between(&self, from: Mark, to: Mark) {
        if let Ok(mut gaps) = self.0.try_borrow_mut() {
            cut(&mut gaps, from.gaps, to.gaps);
        }
    }

    fn settle(&self, from: Mark) {
        if let Ok(mut gaps) = self.0.try_borrow_mut() {
            gaps.truncate(from.gaps);
        }
    }

    fn fact(&self, row: Row, fact: FactId, key: Option<&str>, _member: bool, cell: Cell<'a>) {
        let Cell::Unknown(why) = cell else { return };
        if let Ok(mut gaps) = self.0.try_borrow_mut()
            && gaps.len() < MOST
        {
            gaps.push(Gap { row, fact, key: key.map(str::to_owned), why });
        }
    }

    fn open(&self, row: Row, fact: FactId, why: Why) {
        self.fact(row, fact, None, false, Cell::Unknown(why));
    }
}

/// Records.
#[derive(Default)]
pub(super) struct On<'a>(RefCell<Record<'a>>);

#[derive(Default)]
struct Record<'a> {
    trace: Trace<'a>,
    inputs: Vec<u32>,
}

impl<'a> On<'a> {
    /// What was recorded, for an answer that is known or not. `names` are those of the inputs.
    pub(super) fn finish(self, known: bool, names: &'a [String]) -> Trace<'a> {
        let Record { mut trace, inputs } = self.0.into_inner();
        if !known {
            let gaps = distinct(trace.gaps, &mut trace.shortened);
            return Trace { gaps, shortened: trace.shortened, ..Trace::default() };
        }
        trace.gaps.clear();
        trace.facts = distinct(trace.facts, &mut trace.shortened);
        trace.closed = distinct(trace.closed, &mut trace.shortened);
        trace.margins = distinct(trace.margins, &mut trace.shortened);
        for at in inputs {
            if let Some(name) = names.get(at as usize)
                && !trace.params.contains(&name.as_str())
            {
                trace.params.push(name);
            }
        }
        trace
    }

    fn with(&self, change: impl FnOnce(&mut Record<'a>)) {
        if let Ok(mut record) = self.0.try_borrow_mut() {
            change(&mut record);
        }
    }
}

/// Each item once, and not more than a trace keeps.
fn distinct<T: PartialEq>(mut items: Vec<T>, shortened: &mut bool) -> Vec<T> {
    *shortened |= items.len() > MOST;
    items.truncate(MOST);
    let mut out = Vec::with_capacity(items.len());
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

/// Adds an item, if there is room.
fn push<T>(items: &mut Vec<T>, item: T, shortened: &mut bool) {
    if items.len() < HELD {
        items.push(item);
    } else {
        *shortened = true;
    }
}

/// Removes the items between two lengths, as far as they are there.
fn cut<T>(list: &mut Vec<T>, from: usize, to: usize) {
    let to = to.min(list.len());
    if from < to {
        list.drain(from..to);
    }
}

impl<'a> Recorder<'a> for On<'a> {
    const ON: bool = true;

    fn mark(&self) -> Mark {
        self.0.try_borrow().map_or_else(
            |_| Mark::default(),
            |record| Mark {
                facts: record.trace.facts.len(),
                closed: record.trace.closed.len(),
                gaps: record.trace.gaps.len(),
                inputs: record.inputs.len(),
                margins: record.trace.margins.len(),
            },
        )
    }

    fn drop_between(&self, from: Mark, to: Mark) {
        self.with(|record| {
            cut(&mut record.trace.facts, from.facts, to.facts);
            cut(&mut record.trace.closed, from.closed, to.closed);
            cut(&mut record.trace.gaps, from.gaps, to.gaps);
            cut(&mut record.inputs, from.inputs, to.inputs);
            cut(&mut record.trace.margins, from.margins, to.margins);
        });
    }

    fn settle(&self, from: Mark) {
        self.with(|record| record.trace.gaps.truncate(from.gaps));
    }

    fn fact(&self, row: Row, fact: FactId, key: Option<&str>, member: bool, cell: Cell<'a>) {
        let key = key.map(str::to_owned);
        self.with(|Record { trace, .. }| match cell {
            Cell::Unknown(why) => push(&mut trace.gaps, Gap { row, fact, key, why }, &mut trace.shortened),
            _ => push(&mut trace.facts, FactRead { row, fact, key, member, cell }, &mut trace.shortened),
        });
    }

    fn closed(&self, row: Row, fact: FactId) {
        self.with(|Record { trace, .. }| push(&mut trace.closed, ListRead { row, fact }, &mut trace.shortened));
    }

    fn open(&self, row: Row, fact: FactId, why: Why) {
        self.fact(row, fact, None, false, Cell::Unknown(why));
    }

    fn input(&self, at: u32) {
        self.with(|Record { trace, inputs }| push(inputs, at, &mut trace.shortened));
    }

    fn margin(&self, margin: Margin) {
        self.with(|Record { trace, .. }| push(&mut trace.margins, margin, &mut trace.shortened));
    }
}
