//! The verdicts of many check runs: whom several of them ask about alike is found once for all of these.
//!
//! Most checks of a pack apply to the same few sorts of subjects, in the same words. Check runs with the same `applies` are
//! judged side by side, and a part of `applies` that stands in several (`identity.enabled`) is asked once a subject.

use std::collections::HashMap;

use rayon::prelude::*;

use super::gaps::{Gaps, causes};
use super::judge::{Asked, Judged, Question, Verdict, added_up};
use super::population::Orders;
use crate::expr::{Context, Expr, Gap, Memo, Part};
use crate::graph::Estate;
use crate::model::{Row, Subject};

/// How many subjects one thread judges before it looks for others.
const CHUNK: usize = 4096;

/// Judges all listed subjects by those check runs that `asked` says, by their position, in parallel; the result does not depend
/// on how many threads there are. Of the others nothing is judged.
#[must_use]
pub fn judge_all(
    estate: &Estate<'_>,
    orders: &Orders,
    expected: &[String],
    questions: &[Question<'_>],
    asked: impl Fn(usize) -> bool,
) -> Vec<Judged> {
    let groups = grouped(questions, asked);
    let columns = Columns::of(estate, orders, &groups);
    let found: Vec<Vec<(usize, Judged)>> = groups
        .par_iter()
        .map(|group| {
            let (verdicts, runs) = (group.verdicts(estate, orders, &columns), group.runs.par_iter());
            let judged = runs.zip(verdicts).map(|((at, question), (verdicts, gaps))| {
                (*at, added_up(estate, orders, expected, question, verdicts, gaps))
            });
            judged.collect()
        })
        .collect();
    let mut all: Vec<Judged> = questions.iter().map(|_| Judged::none()).collect();
    for (at, judged) in found.into_iter().flatten() {
        if let Some(place) = all.get_mut(at) {
            *place = judged;
        }
    }
    all
}

/// Check runs about one sort of subject with the same `applies`, by their position.
struct Group<'q> {
    subject: Subject,
    applies: Option<&'q Expr>,
    context: &'q Context,
    runs: Vec<(usize, &'q Question<'q>)>,
}

fn grouped<'q>(questions: &'q [Question<'q>], asked: impl Fn(usize) -> bool) -> Vec<Group<'q>> {
    let mut groups: Vec<Group<'q>> = Vec::new();
    let mut known: HashMap<(Subject, Option<&str>), usize> = HashMap::new();
    for (at, question) in questions.iter().enumerate().filter(|(at, _)| asked(*at)) {
        // What depends on a parameter is asked by itself.
        let shared = question.applies.is_none_or(|applies| applies.params().is_empty());
        let key = (question.subject, question.applies.map(Expr::text));
        match known.get(&key).filter(|_| shared).and_then(|group| groups.get_mut(*group)) {
            Some(group) => group.runs.push((at, question)),
            None => {
                if shared {
                    known.insert(key, groups.len());
                }
                let (subject, context) = (question.subject, question.context);
                groups.push(Group { subject, applies: question.applies, context, runs: vec![(at, question)] });
            }
        }
    }
    groups
}

impl Group<'_> {
    /// For each of the check runs the verdicts on all subjects in their order, and what leaves them unknown.
    fn verdicts(&self, estate: &Estate<'_>, orders: &Orders, columns: &Columns<'_>) -> Vec<(Vec<Verdict>, Gaps)> {
        let rows = &orders.get(self.subject).rows;
        let chunks: Vec<Vec<(Vec<Verdict>, Gaps)>> = rows
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, rows)| self.judge(estate, columns, chunk * CHUNK, rows))
            .collect();
        let all = self.runs.iter().map(|_| (Vec::with_capacity(rows.len()), Gaps::default()));
        let mut all: Vec<(Vec<Verdict>, Gaps)> = all.collect();
        for chunk in chunks {
            for ((verdicts, gaps), (more, left_open)) in all.iter_mut().zip(chunk) {
                verdicts.extend(more);
                gaps.append(left_open);
            }
        }
        all
    }

    /// The same for some of the subjects, of which the first is at `first` among all.
    fn judge(
        &self,
        estate: &Estate<'_>,
        columns: &Columns<'_>,
        first: usize,
        rows: &[u32],
    ) -> Vec<(Vec<Verdict>, Gaps)> {
        let mut whom = self.applies.map(|applies| Whom::of(self.subject, applies, columns));
        let mut passes: Vec<Asked<'_>> = self.runs.iter().map(|(_, question)| Asked::of(question.passes)).collect();
        let runs = self.runs.iter().map(|_| (Vec::with_capacity(rows.len()), Gaps::default()));
        let mut judged: Vec<(Vec<Verdict>, Gaps)> = runs.collect();
        let (mut open, mut why) = (Vec::new(), Vec::new());
        for (at, index) in rows.iter().enumerate() {
            let row = Row::new(self.subject, *index);
            let applies = match &mut whom {
                Some(whom) => whom.ask(estate, row, self.context, first + at, &mut open),
                None => Some(true),
            };
            if applies == Some(true) {
                for ((_, question), (asked, (verdicts, gaps))) in
                    self.runs.iter().zip(passes.iter_mut().zip(&mut judged))
                {
                    let verdict = Verdict::of(asked.ask(estate, row, question.context, &mut open));
                    if verdict == Verdict::Unknown {
                        causes(estate, row, &open, &mut why);
                        gaps.add(*index, &why);
                    }
                    verdicts.push(verdict);
                }
                continue;
            }
            if applies.is_none() {
                causes(estate, row, &open, &mut why);
            }
            for (verdicts, gaps) in &mut judged {
                if applies.is_none() {
                    gaps.add(*index, &why);
                }
                verdicts.push(if applies.is_none() { Verdict::Unknown } else { Verdict::OutOfScope });
            }
        }
        judged
    }
}

/// Answers to parts of `applies` that several groups ask, by the text of the part: one for each subject, in their order.
#[derive(Default)]
struct Columns<'q>(HashMap<(Subject, &'q str), Vec<Option<bool>>>);

impl<'q> Columns<'q> {
    fn of(estate: &Estate<'_>, orders: &Orders, groups: &[Group<'q>]) -> Self {
        let mut asked: HashMap<(Subject, &'q str), (Part<'q>, &Group<'q>, usize)> = HashMap::new();
        for group in groups {
            let Some(applies) = group.applies else { continue };
            for part in applies.parts().into_iter().filter(Part::is_plain) {
                asked.entry((group.subject, part.text())).or_insert((part, group, 0)).2 += 1;
            }
        }
        let columns = asked.into_par_iter().filter(|(_, (.., times))| *times > 1).map(|(key, (part, group, _))| {
            let rows = orders.get(group.subject).rows.par_iter().with_min_len(CHUNK);
            let answer = |row: &u32| {
                let row = Row::new(group.subject, *row);
                part.evaluate(estate, row, group.context, &Memo::default()).known()
            };
            (key, rows.map(answer).collect())
        });
        Self(columns.collect())
    }
}

/// `applies`, by its parts.
struct Whom<'q> {
    parts: Vec<Asking<'q>>,
    memo: Memo,
}

/// A part, and its answers where several groups ask it.
struct Asking<'q> {
    part: Part<'q>,
    column: Option<&'q [Option<bool>]>,
    /// Whether its last answer was unknown. The next one is then likely to be, and is asked for with what keeps it so.
    open: bool,
}

impl<'q> Whom<'q> {
    fn of(subject: Subject, applies: &'q Expr, columns: &'q Columns<'_>) -> Self {
        let parts = applies.parts().into_iter().map(|part| {
            let column = columns.0.get(&(subject, part.text())).map(Vec::as_slice);
            Asking { part, column, open: false }
        });
        Self { parts: parts.collect(), memo: Memo::of(applies) }
    }

    /// The answer about a subject, which is `at` among all. Where it is unknown, `gaps` then holds what keeps it so.
    fn ask(
        &mut self,
        estate: &Estate<'_>,
        row: Row,
        context: &Context,
        at: usize,
        gaps: &mut Vec<Gap>,
    ) -> Option<bool> {
        gaps.clear();
        let known = |asking: &Asking<'_>| asking.column.and_then(|column| column.get(at).copied());
        if self.parts.iter().any(|asking| known(asking) == Some(Some(false))) {
            return Some(false);
        }
        let mut whole = true;
        for asking in &mut self.parts {
            let mut answer = match known(asking) {
                Some(answer) => answer,
                None if asking.open => None,
                None => asking.part.evaluate(estate, row, context, &self.memo).known(),
            };
            if answer.is_none() {
                answer = asking.part.evaluate_with_gaps(estate, row, context, &self.memo, gaps).known();
                asking.open = answer.is_none();
            }
            match answer {
                Some(true) => {}
                Some(false) => {
                    gaps.clear();
                    return Some(false);
                }
                None => whole = false,
            }
        }
        whole.then_some(true)
    }
}
