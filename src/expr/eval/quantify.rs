//! Questions about the members of a list: `all`, `exists`, `exists_one` and `in`.

use crate::model::slots::Slots;

use super::super::trace::Recorder;
use super::super::tree::{Node, Quantifier};
use super::super::value::{Stop, also, same};
use super::{Got, Outer, Run, Scope, both};

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    pub(super) fn quantifier(
        &self,
        which: Quantifier,
        range: &'a Node,
        body: &'a Node,
        outer: Outer<'_, 'a>,
    ) -> Got<bool> {
        let start = self.recorder.mark();
        let mut stop: Option<Stop> = None;
        let mut witness = false;
        let mut count = 0_u32;
        let whole = self.visit(range, outer, &mut |item| {
            let scope = Scope { value: item.value, outer };
            match self.ask(body).and_then(|()| self.truth(body, Some(&scope))) {
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
