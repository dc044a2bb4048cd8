//! Questions about the members of a list: `all`, `exists`, `exists_one` and `in`.

use crate::model::slots::{Classes, Row, Slots};

use super::super::memo::{Answer, Common, Question};
use super::super::trace::{Off, Recorder};
use super::super::tree::{Kind, Node, Quantifier};
use super::super::value::{Stop, Value, also, same};
use super::{Got, MOST_WORK, Outer, Run, Scope, both};

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    pub(super) fn quantifier(
        &self,
        which: Quantifier,
        range: &'a Node,
        body: &'a Node,
        outer: Outer<'_, 'a>,
    ) -> Got<bool> {
        if !R::KNOWN
            && let Some(answer) = self.by_classes(which, range, body, outer)
        {
            return answer;
        }
        let start = self.recorder.mark();
        let mut stop: Option<Stop> = None;
        let mut witness = false;
        let mut count = 0_u32;
        // What is recorded of members before the one that decides is dropped, so those need not be asked.
        let decided = R::KNOWN && self.holds_witness(which, range, body, outer);
        let whole = self.visit(range, outer, &mut |item| {
            if decided && self.shared(body, &item.value).is_some_and(|answer| answer == (which == Quantifier::All)) {
                return true;
            }
            let scope = Scope { value: item.value, outer };
            match self.asked(body, &scope) {
                Err(later) => also(&mut stop, later),
                // What says nothing more: a member that passes `all`, or fails the others.
                Ok(passed) if passed == (which == Quantifier::All) => {}
                Ok(_) => {
                    if let Some(doubt) = item.doubt {
                        also(&mut stop, doubt);
                    } else if which == Quantifier::ExistsOne {
                        count = count.saturating_add(1);
                    } else {
                        witness = true;
                        self.recorder.drop_between(item.since, item.mark);
                        return false;
                    }
                }
            }
            true
        });
        if witness {
            self.recorder.settle(start);
            return Ok(which == Quantifier::Exists);
        }
        match whole {
            Ok(None) => {}
            Ok(Some(open)) => also(&mut stop, open),
            Err(none) => also(&mut stop, none),
        }
        if let Some(stop) = stop {
            return Err(stop);
        }
        self.recorder.settle(start);
        Ok(match which {
            Quantifier::All => true,
            Quantifier::Exists => false,
            Quantifier::ExistsOne => count == 1,
        })
    }

    /// The answer by what is known of the classes of the members, without a walk. `None` where that is not enough.
    fn by_classes(
        &self,
        which: Quantifier,
        range: &'a Node,
        body: &'a Node,
        outer: Outer<'_, 'a>,
    ) -> Option<Got<bool>> {
        let Kind::FactList(inner, fact) = &range.kind else { return None };
        let known = self.memo?.knows(body)?.answers.try_borrow().ok()?;
        if which == Quantifier::ExistsOne {
            return None;
        }
        let row = self.subject(inner, outer).ok()?;
        let Classes { mut mask, members, whole } = self.slots.classes(row, *fact)?;
        let (mut stop, mut most, mut witness) = (None, 0, false);
        while mask != 0 && !witness {
            let Answer::Shared(answer, work) = *known.get(mask.trailing_zeros() as usize)? else { return None };
            most = most.max(work);
            witness = answer == (which == Quantifier::Exists);
            mask &= mask - 1;
        }
        // At least what the walk would have taken, so that what ends there for its length does not go on here.
        if let Err(stop) = self.charge(range, usize::from(members) * (most as usize + 1)) {
            return Some(Err(stop));
        }
        if witness {
            return Some(Ok(which == Quantifier::Exists));
        }
        if let Some(open) = self.whole(row, *fact, false, whole) {
            also(&mut stop, open);
        }
        Some(stop.map_or(Ok(which == Quantifier::All), Err))
    }

    /// Whether one of the members is of a class that decides: one that passes `exists`, or fails `all`.
    fn holds_witness(&self, which: Quantifier, range: &'a Node, body: &'a Node, outer: Outer<'_, 'a>) -> bool {
        let Kind::FactList(inner, fact) = &range.kind else { return false };
        let Some(known) = self.memo.and_then(|memo| memo.knows(body)).filter(|_| which != Quantifier::ExistsOne) else {
            return false;
        };
        let classes = self.subject(inner, outer).ok().and_then(|row| self.slots.classes(row, *fact));
        let (Some(Classes { mut mask, .. }), Ok(answers)) = (classes, known.answers.try_borrow()) else { return false };
        while mask != 0 {
            if let Some(Answer::Shared(answer, _)) = answers.get(mask.trailing_zeros() as usize)
                && *answer == (which == Quantifier::Exists)
            {
                return true;
            }
            mask &= mask - 1;
        }
        false
    }

    /// The answer that all of a member's class give, if it is known.
    fn shared(&self, body: &'a Node, member: &Value<'a>) -> Option<bool> {
        let Value::Row(row) = member else { return None };
        let known = self.memo?.knows(body)?.answers.try_borrow().ok()?;
        match known.get(self.slots.class(*row)? as usize)? {
            Answer::Shared(answer, _) => Some(*answer),
            Answer::NotAsked | Answer::ByMember => None,
        }
    }

    /// What is asked of a member: answered anew, or as it was for another member of its class.
    fn asked(&self, body: &'a Node, scope: &Scope<'_, 'a>) -> Got<bool> {
        let anew = || self.ask(body).and_then(|()| self.truth(body, Some(scope)));
        let known = self.memo.and_then(|memo| memo.knows(body));
        let (Some(known), Value::Row(row)) = (known, &scope.value) else { return anew() };
        let Some(class) = self.slots.class(*row).map(|class| class as usize) else { return anew() };
        let mut kept =
            known.answers.try_borrow().ok().and_then(|answers| answers.get(class).copied()).unwrap_or_default();
        if matches!(kept, Answer::NotAsked) && !known.whole {
            kept = self.in_common(body, *row);
            keep(known, class, kept);
        }
        // What is recorded must be read, and so must what is unknown.
        if let Answer::Shared(answer, work) = kept
            && !R::KNOWN
            && MOST_WORK - self.work.get() >= work
        {
            self.work.set(self.work.get() + work);
            return Ok(answer);
        }
        let before = self.work.get();
        let answer = anew();
        if matches!(kept, Answer::NotAsked) {
            keep(
                known,
                class,
                answer.map_or(Answer::ByMember, |truth| Answer::Shared(truth, self.work.get() - before)),
            );
        }
        answer
    }

    /// What is asked of a member, by what it shares with its class alone.
    fn in_common(&self, body: &'a Node, member: Row) -> Answer {
        let common = Common(self.slots);
        let run = Run::new(&common, None, self.context, &Off);
        let scope = Scope { value: Value::Row(member), outer: None };
        match run.ask(body).and_then(|()| run.truth(body, Some(&scope))) {
            Ok(answer) => Answer::Shared(answer, run.work.get()),
            Err(_) => Answer::ByMember,
        }
    }

    /// `member in list`: like `list.exists(x, x == member)`.
    pub(super) fn is_in(&self, member: &'a Node, list: &'a Node, outer: Outer<'_, 'a>) -> Got<bool> {
        let wanted = self.value(member, outer);
        let start = self.recorder.mark();
        let mut stop: Option<Stop> = None;
        let mut found = false;
        let whole = self.visit(list, outer, &mut |item| {
            let Ok(wanted) = &wanted else { return true };
            match self.charge_for(list, wanted).and_then(|()| same(wanted, &item.value)) {
                Ok(false) => {}
                Err(later) => also(&mut stop, later),
                Ok(true) => match item.doubt {
                    Some(doubt) => also(&mut stop, doubt),
                    None => {
                        found = true;
                        self.recorder.drop_between(item.since, item.mark);
                        return false;
                    }
                },
            }
            true
        });
        let (_, whole) = both(wanted.as_ref().map_err(|stop| *stop), whole)?;
        if found {
            self.recorder.settle(start);
            return Ok(true);
        }
        if let Some(open) = whole {
            also(&mut stop, open);
        }
        if stop.is_none() {
            self.recorder.settle(start);
        }
        stop.map_or(Ok(false), Err)
    }
}

/// Keeps what a class came to.
fn keep(known: &Question, class: usize, answer: Answer) {
    if let Ok(mut answers) = known.answers.try_borrow_mut() {
        if answers.len() <= class {
            answers.resize(class + 1, Answer::NotAsked);
        }
        if let Some(kept) = answers.get_mut(class) {
            *kept = answer;
        }
    }
}
