//! What an answer rests on: recorded in a second pass, only where it is going to be written.

use std::cell::RefCell;

use crate::model::schema::FactId;
use crate::model::slots::{Cell, Row, Why};

use super::value::Fault;

/// The most facts that one trace keeps.
const MOST: usize = 2000;

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
            let mut gaps: Vec<Gap> = Vec::new();
            for gap in trace.gaps {
                if !gaps.contains(&gap) {
                    gaps.push(gap);
                }
            }
            return Trace { gaps, shortened: trace.shortened, ..Trace::default() };
        }
        trace.gaps.clear();
        let mut facts: Vec<FactRead<'a>> = Vec::with_capacity(trace.facts.len());
        for fact in trace.facts {
            if !facts.contains(&fact) {
                facts.push(fact);
            }
        }
        trace.facts = facts;
        let mut closed: Vec<ListRead> = Vec::new();
        for list in trace.closed {
            if !closed.contains(&list) {
                closed.push(list);
            }
        }
        trace.closed = closed;
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
        self.with(|record| {
            if let Cell::Unknown(why) = cell {
                if record.trace.gaps.len() < MOST {
                    record.trace.gaps.push(Gap { row, fact, key, why });
                } else {
                    record.trace.shortened = true;
                }
            } else if record.trace.facts.len() < MOST {
                record.trace.facts.push(FactRead { row, fact, key, member, cell });
            } else {
                record.trace.shortened = true;
            }
        });
    }

    fn closed(&self, row: Row, fact: FactId) {
        self.with(|record| {
            if record.trace.closed.len() < MOST {
                record.trace.closed.push(ListRead { row, fact });
            } else {
                record.trace.shortened = true;
            }
        });
    }

    fn open(&self, row: Row, fact: FactId, why: Why) {
        self.fact(row, fact, None, false, Cell::Unknown(why));
    }

    fn input(&self, at: u32) {
        self.with(|record| record.inputs.push(at));
    }

    fn margin(&self, margin: Margin) {
        self.with(|record| {
            if record.trace.margins.len() < MOST {
                record.trace.margins.push(margin);
            }
        });
    }
}
