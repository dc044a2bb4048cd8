//! What would change a verdict: facts that are supposed to be otherwise, and the passing of time.
//!
//! Nothing is said that was not tried: each change was put to the check by the evaluator that decides verdicts.

use super::judge::{Question, Verdict, verdict_of};
use super::suppose::{Supposed, Supposition};
use crate::base::time::{DAY, FIRST, Instant, LAST};
use crate::expr::{FactRead, Outcome, Trace, Unit};
use crate::graph::Estate;
use crate::model::schema::{FactId, FactType, Made};
use crate::model::{Cell, Row, Scalar, Subject};

/// How many facts that decided are tried one by one.
const MOST_TRIED: usize = 40;
/// How many ways are told.
const MOST_TOLD: usize = 3;
/// How many members of one list are taken away in one way.
const MOST_MEMBERS: usize = 24;
/// How far ahead a change by time is looked for: two to this power of days, some eleven years.
const FURTHEST: u32 = 12;
/// How many facts are changed together.
const MOST_TOGETHER: usize = 6;

/// One fact that would be otherwise.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<'a> {
    /// It has this value.
    Is(Row, FactId, Scalar<'a>),
    /// It has a value, whichever.
    Given(Row, FactId),
    /// It is an instant that is not before this one.
    From(Row, FactId, i64),
    /// It is an instant that is not after this one.
    Until(Row, FactId, i64),
    /// It is an instant that is neither before the first nor after the second.
    Between(Row, FactId, i64, i64),
    /// It is a number or a length of time of at most this.
    AtMost(Row, FactId, i64),
    /// Its list lacks these members.
    Without(Row, FactId, Vec<Scalar<'a>>),
    /// Its list has a member.
    With(Row, FactId),
}

/// Puts a question to a subject of which some things are supposed.
struct Trial<'a, 'q> {
    estate: &'a Estate<'a>,
    question: &'q Question<'a>,
    row: Row,
    as_of: Instant,
}

impl<'a> Trial<'a, '_> {
    fn outcome(&self, changed: &[Supposition<'_>]) -> Outcome {
        let slots = Supposed { estate: self.estate, changed };
        self.question.passes.evaluate(&slots, self.row, self.question.context)
    }

    fn passes(&self, changed: &[Supposition<'_>]) -> bool {
        self.outcome(changed) == Outcome::Known(true)
    }

    /// What decides that it does not pass, while those things are supposed.
    fn decides(&self, changed: &[Supposition<'a>]) -> Vec<FactRead<'a>> {
        let slots = Supposed { estate: self.estate, changed };
        let (_, trace) = self.question.passes.evaluate_recorded(&slots, self.row, self.question.context);
        // What the trace borrows from the suppositions is looked up again where it lasts.
        let lasting = |read: FactRead<'_>| {
            let cell =
                if read.member { lasting_member(self.estate, &read)? } else { lasting_cell(self.estate, &read)? };
            Some(FactRead { row: read.row, fact: read.fact, key: read.key, member: read.member, cell })
        };
        trace.facts.into_iter().filter_map(lasting).collect()
    }
}

fn lasting_cell<'a>(estate: &'a Estate<'a>, read: &FactRead<'_>) -> Option<Cell<'a>> {
    use crate::model::Slots as _;
    read.key.is_none().then(|| estate.cell(read.row, read.fact))
}

fn lasting_member<'a>(estate: &'a Estate<'a>, read: &FactRead<'_>) -> Option<Cell<'a>> {
    use crate::model::Slots as _;
    let Cell::Known(wanted) = read.cell else { return None };
    let mut found = None;
    estate.list(read.row, read.fact, &mut |member| {
        if member.value == wanted {
            found = Some(member.value);
        }
        found.is_none()
    });
    found.map(Cell::Known)
}

/// The ways in which a subject that fails would pass, at most a few: each a set of facts that would be otherwise together.
///
/// Facts that sources give come before those that follow from others.
#[must_use]
pub fn to_pass<'a>(
    estate: &'a Estate<'a>,
    question: &Question<'a>,
    row: u32,
    as_of: Instant,
    trace: &Trace<'a>,
) -> Vec<Vec<Change<'a>>> {
    let trial = Trial { estate, question, row: Row::new(question.subject, row), as_of };
    let mut ways: Vec<(u8, Vec<Change<'a>>)> = Vec::new();
    for read in trace.facts.iter().filter(|read| read.key.is_none()).take(MOST_TRIED) {
        if let Some(change) = alone(&trial, read) {
            let rank = rank(&change, read.fact);
            if !ways.iter().any(|(_, known)| matches!(known.as_slice(), [known] if same(known, &change))) {
                ways.push((rank, vec![change]));
            }
        }
    }
    for list in trace.closed.iter().filter(|list| list.fact.def().ty.is_list()) {
        if trial.passes(&[Supposition::With(list.row, list.fact)]) {
            ways.push((0, vec![Change::With(list.row, list.fact)]));
        }
    }
    if ways.iter().all(|(rank, _)| *rank > 1) {
        ways.extend(together(&trial).map(|way| (1, way)));
    }
    ways.sort_by_key(|(rank, _)| *rank);
    // What follows from other facts is named only where nothing else is.
    let best = ways.first().map_or(0, |(rank, _)| *rank);
    ways.into_iter().filter(|(rank, _)| *rank <= best.max(1)).map(|(_, way)| way).take(MOST_TOLD).collect()
}

/// True if two changes are one: members of a list are taken away in any order.
fn same(one: &Change<'_>, other: &Change<'_>) -> bool {
    match (one, other) {
        (Change::Without(row, fact, some), Change::Without(of, list, others)) => {
            (row, fact) == (of, list) && some.len() == others.len() && some.iter().all(|member| others.contains(member))
        }
        _ => one == other,
    }
}

/// How near a change is to what a person can do: the lower the nearer.
fn rank(change: &Change<'_>, fact: FactId) -> u8 {
    match (change, fact.def().made) {
        (Change::Is(_, fact, Scalar::Enum(_)), _) if matches!(fact.def().ty, FactType::Enum(_)) => 2,
        // Nobody makes what is there be made at another time.
        _ if fact.def().name == "created_at" => 2,
        (Change::Without(..), _) => 1,
        (_, Made::Stored) => 0,
        _ => 3,
    }
}

/// The change of one fact that makes the check pass.
fn alone<'a>(trial: &Trial<'a, '_>, read: &FactRead<'a>) -> Option<Change<'a>> {
    // Grants and trusts are made of what stands in policies: they are taken away, not changed.
    if matches!(read.row.subject, Subject::Grant | Subject::Becoming) {
        return None;
    }
    if read.member {
        return without(trial, read);
    }
    let (row, fact) = (read.row, read.fact);
    let set = |value: Scalar<'a>| Supposition::Cell(row, fact, Cell::Known(value));
    match (read.cell, fact.def().ty) {
        (Cell::Known(Scalar::Bool(value)), _) => {
            let other = Scalar::Bool(!value);
            trial.passes(&[set(other)]).then_some(Change::Is(row, fact, other))
        }
        (_, FactType::Time) => instant(trial, row, fact, read.cell),
        (Cell::Known(Scalar::Int(value)), _) => number(trial, row, fact, value, Scalar::Int),
        (Cell::Known(Scalar::Duration(value)), _) => number(trial, row, fact, value, Scalar::Duration),
        (Cell::Known(Scalar::Enum(code)), FactType::Enum(def)) => {
            let codes = (0..u8::try_from(def.names.len()).unwrap_or(0)).filter(|other| *other != code);
            let mut passing = codes.filter(|other| trial.passes(&[set(Scalar::Enum(*other))]));
            passing.next().map(|code| Change::Is(row, fact, Scalar::Enum(code)))
        }
        (Cell::Absent, ty) => {
            let value = any_value(ty)?;
            trial.passes(&[set(value)]).then_some(Change::Given(row, fact))
        }
        _ => None,
    }
}

fn any_value(ty: FactType) -> Option<Scalar<'static>> {
    Some(match ty {
        FactType::Bool => Scalar::Bool(true),
        FactType::Str => Scalar::Str("x"),
        FactType::Duration => Scalar::Duration(0),
        FactType::Int => Scalar::Int(0),
        FactType::Enum(_) => Scalar::Enum(0),
        FactType::Ref(subject) => Scalar::Ref(Row::new(subject, u32::MAX)),
        _ => return None,
    })
}

/// From when until when an instant would have to be for the check to pass: looked for in both directions from one that passes.
fn instant<'a>(trial: &Trial<'a, '_>, row: Row, fact: FactId, cell: Cell<'a>) -> Option<Change<'a>> {
    let set = |at: i64| Supposition::Cell(row, fact, Cell::Known(Scalar::Time(at)));
    let outcome = |at: i64| trial.outcome(&[set(at)]);
    let now = trial.as_of.0;
    let past = fact.def().past;
    let known = match cell {
        Cell::Known(Scalar::Time(at)) => Some(at),
        _ => None,
    };
    let later = if past { None } else { Some(now.saturating_add(DAY)) };
    let passing = [Some(now), later].into_iter().flatten().find(|at| outcome(*at) == Outcome::Known(true))?;
    // What has been cannot lie ahead, but where somebody says so.
    let last = if past { known.filter(|at| *at > passing).unwrap_or(passing) } else { LAST };
    let from = edge(passing, &outward(passing, FIRST, known), outcome);
    let until = edge(passing, &outward(passing, last, known), outcome);
    Some(match (from, until) {
        // Whenever it is: that it has a value is enough.
        (None, None) => Change::Given(row, fact),
        (Some(from), None) => Change::From(row, fact, from),
        (None, Some(until)) => Change::Until(row, fact, until),
        (Some(from), Some(until)) => Change::Between(row, fact, from, until),
    })
}

/// Instants to try from `start` to `end`, at ever longer distances; `known` is among them if it lies between the two.
fn outward(start: i64, end: i64, known: Option<i64>) -> Vec<i64> {
    let (low, high) = (start.min(end), start.max(end));
    let towards = |days: i64| if end < start { start.saturating_sub(days) } else { start.saturating_add(days) };
    let within = |at: &i64| *at > low && *at < high;
    let ever_further = (0..).map(|power| towards(DAY << power)).take_while(within);
    let mut all: Vec<i64> = ever_further.chain(known.filter(within)).chain([end]).collect();
    all.sort_unstable_by_key(|at| at.abs_diff(start));
    all
}

/// The last instant that passes before one that fails, on the way through `tried`; `None` if none of them does.
///
/// An instant of which the check gives an error, such as one too far off to be reckoned with, is no end. Where nothing fails and
/// something is unknown, it is the last that passed before that.
fn edge(start: i64, tried: &[i64], outcome: impl Fn(i64) -> Outcome) -> Option<i64> {
    let (mut passing, mut doubted) = (start, None);
    for at in tried {
        match outcome(*at) {
            Outcome::Known(true) if doubted.is_none() => passing = *at,
            Outcome::Unknown(_) => doubted = Some(passing),
            Outcome::Known(true) | Outcome::Failed(_) => {}
            Outcome::Known(false) => {
                let mut failing = *at;
                while passing.abs_diff(failing) > 1 {
                    let middle = passing.midpoint(failing);
                    match outcome(middle) {
                        Outcome::Known(true) => passing = middle,
                        Outcome::Known(false) | Outcome::Unknown(_) => failing = middle,
                        Outcome::Failed(_) => break,
                    }
                }
                return Some(passing);
            }
        }
    }
    doubted
}

/// The instant or number nearest to `failing` that passes, as `passing` does.
fn halved(mut passing: i64, mut failing: i64, passes: impl Fn(i64) -> bool) -> i64 {
    while passing.abs_diff(failing) > 1 {
        let middle = passing.midpoint(failing);
        if passes(middle) {
            passing = middle;
        } else {
            failing = middle;
        }
    }
    passing
}

fn number<'a>(
    trial: &Trial<'a, '_>,
    row: Row,
    fact: FactId,
    value: i64,
    of: impl Fn(i64) -> Scalar<'a>,
) -> Option<Change<'a>> {
    let passes = |n: i64| trial.passes(&[Supposition::Cell(row, fact, Cell::Known(of(n)))]);
    (value > 0 && passes(0)).then(|| Change::AtMost(row, fact, halved(0, value, passes)))
}

/// The members of a list without which the check passes, beginning with the one that decided.
fn without<'a>(trial: &Trial<'a, '_>, read: &FactRead<'a>) -> Option<Change<'a>> {
    let Cell::Known(first) = read.cell else { return None };
    let (row, fact) = (read.row, read.fact);
    let mut gone = vec![first];
    loop {
        let changed: Vec<Supposition<'a>> =
            gone.iter().map(|member| Supposition::Without(row, fact, *member)).collect();
        if trial.passes(&changed) {
            return Some(Change::Without(row, fact, gone));
        }
        let next = trial.decides(&changed).into_iter().find_map(|read| match read.cell {
            Cell::Known(member) if read.member && (read.row, read.fact) == (row, fact) && !gone.contains(&member) => {
                Some(member)
            }
            _ => None,
        });
        match next {
            Some(next) if gone.len() < MOST_MEMBERS => gone.push(next),
            _ => return None,
        }
    }
}

/// Several facts that would have to be otherwise together: one after the other, each that decides is changed.
fn together<'a>(trial: &Trial<'a, '_>) -> Option<Vec<Change<'a>>> {
    let mut changed: Vec<Supposition<'a>> = Vec::new();
    let mut way: Vec<Change<'a>> = Vec::new();
    while way.len() < MOST_TOGETHER {
        if !way.is_empty() && trial.passes(&changed) {
            return Some(way);
        }
        let (change, supposed) = trial.decides(&changed).into_iter().find_map(|read| {
            let untouched = |one: &Supposition<'_>| match one {
                Supposition::Cell(row, fact, _) => (*row, *fact) != (read.row, read.fact),
                Supposition::Without(row, fact, member) => {
                    (*row, *fact) != (read.row, read.fact) || Cell::Known(*member) != read.cell
                }
                Supposition::With(..) => true,
            };
            (read.key.is_none() && changed.iter().all(untouched)).then(|| step(trial, &read)).flatten()
        })?;
        way.push(change);
        changed.push(supposed);
    }
    trial.passes(&changed).then_some(way)
}

/// A change of one fact that may be a part of a way.
fn step<'a>(trial: &Trial<'a, '_>, read: &FactRead<'a>) -> Option<(Change<'a>, Supposition<'a>)> {
    let (row, fact) = (read.row, read.fact);
    if let (true, Cell::Known(member)) = (read.member, read.cell) {
        return Some((Change::Without(row, fact, vec![member]), Supposition::Without(row, fact, member)));
    }
    if matches!(row.subject, Subject::Grant | Subject::Becoming) || fact.def().made != Made::Stored {
        return None;
    }
    let set = |value| Supposition::Cell(row, fact, Cell::Known(value));
    match (read.cell, fact.def().ty) {
        (Cell::Known(Scalar::Bool(value)), _) => {
            let other = Scalar::Bool(!value);
            Some((Change::Is(row, fact, other), set(other)))
        }
        (_, FactType::Time) => {
            let at = if fact.def().past { trial.as_of.0 } else { trial.as_of.0.saturating_add(DAY) };
            let at = Scalar::Time(at);
            Some((Change::Is(row, fact, at), set(at)))
        }
        (Cell::Absent, ty) => Some((Change::Given(row, fact), set(any_value(ty)?))),
        _ => None,
    }
}

/// When a verdict first changes by the mere passing of time, and what it is then; `None` where no limit is crossed.
///
/// `asked_at` gives the question as it is asked at another date.
#[must_use]
pub fn in_time(
    estate: &Estate<'_>,
    question: &Question<'_>,
    row: u32,
    as_of: Instant,
    trace: &Trace<'_>,
    asked_at: impl Fn(Instant) -> Option<crate::expr::Context>,
) -> Option<(Instant, Verdict)> {
    let now = verdict_of(estate, question, row);
    let mut moments: Vec<i64> = Vec::new();
    for margin in &trace.margins {
        let left = margin.limit.saturating_sub(margin.value);
        moments.extend((margin.unit != Unit::Count).then(|| as_of.0.saturating_add(left)));
        moments.extend((margin.unit == Unit::Instant).then_some(margin.value.max(margin.limit)));
    }
    let instants = trace.facts.iter().filter_map(|read| match read.cell {
        Cell::Known(Scalar::Time(at)) => Some(at),
        _ => None,
    });
    moments.extend(instants);
    moments.retain(|at| *at >= as_of.0 && *at < LAST);
    moments.sort_unstable();
    moments.dedup();
    let at = |moment: i64| {
        let context = asked_at(Instant(moment))?;
        Some(verdict_of(estate, &Question { context: &context, ..*question }, row))
    };
    let changed = |moment: i64| at(moment).filter(|then| *then != now);
    // A limit that may be met is crossed a second later.
    let mut after = moments.into_iter().flat_map(|moment| [moment, moment + 1]).filter(|moment| *moment > as_of.0);
    let limit = after.find_map(|moment| changed(moment).map(|_| moment));
    // A limit that depends on other facts leaves no margin: it is looked for at ever longer distances, and then halved.
    let days = (0..=FURTHEST).map(|power| as_of.0.saturating_add(DAY << power)).take_while(|moment| *moment < LAST);
    let probed = days.clone().find(|moment| changed(*moment).is_some()).map(|found| {
        let before = days.take_while(|moment| *moment < found).last().unwrap_or(as_of.0);
        halved(found, before, |moment| changed(moment).is_some())
    });
    let first = limit.into_iter().chain(probed).min()?;
    Some((Instant(first), at(first)?))
}
