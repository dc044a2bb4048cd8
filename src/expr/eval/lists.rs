//! Lists: walked in place, each member certain or only possible, and the whole complete or not.

use crate::model::schema::{EnumDef, FactId};
use crate::model::slots::{Cell, Completeness, Row, Slots, Why};

use super::super::trace::{Mark, Recorder};
use super::super::tree::{Kind, Node};
use super::super::value::{FaultKind, ListValue, Stop, Value, also};
use super::{Got, Outer, Run, Scope, both};

/// The most members of a list, or entries of a map, that an expression may make.
pub(super) const MOST_MEMBERS: usize = 100_000;

/// A member of a list while it is walked.
pub(super) struct Item<'a> {
    /// The member.
    pub value: Value<'a>,
    /// What makes it uncertain that it is one, if anything does.
    pub doubt: Option<Stop>,
    /// Where the record stood when the list was there and its first member was not yet read.
    pub since: Mark,
    /// Where the record stood before this member was read. What lies between speaks of other members.
    pub mark: Mark,
}

/// What is done with each member; false stops the walk.
pub(super) type Visit<'v, 'a> = dyn FnMut(Item<'a>) -> bool + 'v;

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    /// Walks a list, or the keys of a map, until `visit` returns false.
    ///
    /// Gives why there may be more members, if there may; `Err` if there is no list at all.
    pub(super) fn visit(&self, node: &'a Node, outer: Outer<'_, 'a>, visit: &mut Visit<'_, 'a>) -> Got<Option<Stop>> {
        match &node.kind {
            Kind::FactList(inner, fact) => self.visit_fact(node, inner, *fact, outer, visit),
            Kind::FactMap(inner, fact) => self.visit_keys(node, inner, *fact, outer, visit),
            Kind::Known(Value::List(list)) => self.visit_shared(node, list, visit),
            Kind::Names(def, inner) => self.visit_names(def, inner, outer, visit),
            Kind::Filter(range, test) => self.visit_filtered(range, test, outer, visit),
            Kind::Choice(parts) => {
                let [condition, yes, no] = parts.as_ref();
                self.visit(if self.truth(condition, outer)? { yes } else { no }, outer, visit)
            }
            Kind::List(_) | Kind::Transform(..) => {
                let list = self.gather(node, outer)?;
                self.visit_own(node, list.members, list.open, visit)
            }
            _ => match self.value(node, outer)? {
                Value::List(list) => self.visit_own(node, list.members.iter().cloned(), list.open, visit),
                Value::Map(map) => {
                    self.visit_own(node, map.entries.iter().map(|(key, _)| (key.clone(), None)), map.open, visit)
                }
                _ => Err(node.fail(FaultKind::Internal)),
            },
        }
    }

    fn visit_shared(&self, node: &Node, list: &'a ListValue<'static>, visit: &mut Visit<'_, 'a>) -> Got<Option<Stop>> {
        let since = self.recorder.mark();
        for (value, doubt) in &list.members {
            self.visit_one(node)?;
            if !visit(Item { value: value.share(), doubt: *doubt, since, mark: self.recorder.mark() }) {
                break;
            }
        }
        Ok(list.open)
    }

    fn visit_own(
        &self,
        node: &Node,
        members: impl IntoIterator<Item = (Value<'a>, Option<Stop>)>,
        open: Option<Stop>,
        visit: &mut Visit<'_, 'a>,
    ) -> Got<Option<Stop>> {
        let since = self.recorder.mark();
        for (value, doubt) in members {
            self.visit_one(node)?;
            if !visit(Item { value, doubt, since, mark: self.recorder.mark() }) {
                break;
            }
        }
        Ok(open)
    }

    fn visit_fact(
        &self,
        node: &Node,
        inner: &'a Node,
        fact: FactId,
        outer: Outer<'_, 'a>,
        visit: &mut Visit<'_, 'a>,
    ) -> Got<Option<Stop>> {
        let row = self.subject(inner, outer)?;
        let since = self.recorder.mark();
        let mut stopped = false;
        let mut too_much = None;
        let whole = self.slots.list(row, fact, &mut |member| {
            if let Err(stop) = self.visit_one(node) {
                too_much = Some(stop);
                return false;
            }
            let mark = self.recorder.mark();
            if R::ON {
                self.recorder.fact(row, fact, None, true, Cell::Known(member.value));
            }
            let doubt = (!member.certain).then_some(Stop::Unknown(Why::MissingFact));
            if R::ON && doubt.is_some() {
                self.recorder.open(row, fact, Why::MissingFact);
            }
            let on = visit(Item { value: Value::of(member.value), doubt, since, mark });
            stopped |= !on;
            on
        });
        if let Some(stop) = too_much {
            return Err(stop);
        }
        Ok(self.whole(row, fact, stopped, whole))
    }

    /// What a walk over a fact says of the whole: recorded, unless the walk was stopped before its end.
    pub(super) fn whole(&self, row: Row, fact: FactId, stopped: bool, whole: Completeness) -> Option<Stop> {
        match whole {
            Completeness::Complete => {
                if R::ON && !stopped {
                    self.recorder.closed(row, fact);
                }
                None
            }
            Completeness::Open(why) => {
                if R::ON && !stopped {
                    self.recorder.open(row, fact, why);
                }
                Some(Stop::Unknown(why))
            }
        }
    }

    fn visit_names(
        &self,
        def: &'static EnumDef,
        inner: &'a Node,
        outer: Outer<'_, 'a>,
        visit: &mut Visit<'_, 'a>,
    ) -> Got<Option<Stop>> {
        self.visit(inner, outer, &mut |item| {
            let value = match item.value {
                Value::Code(code) => Value::Text(def.text(code).into()),
                other => other,
            };
            visit(Item { value, ..item })
        })
    }

    /// A member whose test is unknown, or fails, is only possible.
    fn visit_filtered(
        &self,
        range: &'a Node,
        test: &'a Node,
        outer: Outer<'_, 'a>,
        visit: &mut Visit<'_, 'a>,
    ) -> Got<Option<Stop>> {
        self.visit(range, outer, &mut |item| {
            let scope = Scope { value: item.value, outer };
            let mut doubt = item.doubt;
            match self.ask(test).and_then(|()| self.truth(test, Some(&scope))) {
                Ok(true) => {}
                Ok(false) => return true,
                Err(stop) => also(&mut doubt, stop),
            }
            visit(Item { value: scope.value, doubt, since: item.since, mark: item.mark })
        })
    }

    /// A list as a value. A member that cannot be made leaves no list.
    pub(super) fn gather(&self, node: &'a Node, outer: Outer<'_, 'a>) -> Got<ListValue<'a>> {
        let mut members = Vec::new();
        let mut stop = None;
        let open = match &node.kind {
            Kind::List(parts) => {
                for part in parts {
                    match self.value(part, outer).and_then(|value| self.keep(part, &value).map(|()| value)) {
                        Ok(value) => members.push((value, None)),
                        Err(later) => also(&mut stop, later),
                    }
                }
                None
            }
            Kind::Transform(range, body) => self.visit(range, outer, &mut |item| {
                let scope = Scope { value: item.value, outer };
                let made = self.ask(body).and_then(|()| self.value(body, Some(&scope)));
                match made.and_then(|value| self.keep(body, &value).map(|()| value)) {
                    Ok(value) => members.push((value, item.doubt)),
                    Err(later) => also(&mut stop, later),
                }
                members.len() <= MOST_MEMBERS
            })?,
            _ => self.visit(node, outer, &mut |item| {
                if let Err(later) = self.keep(node, &item.value) {
                    also(&mut stop, later);
                    return false;
                }
                members.push((item.value, item.doubt));
                members.len() <= MOST_MEMBERS
            })?,
        };
        if members.len() > MOST_MEMBERS {
            also(&mut stop, node.fail(FaultKind::TooMuch));
        }
        stop.map_or(Ok(ListValue { members, open }), Err)
    }

    pub(super) fn element(&self, node: &Node, list: &'a Node, at: &'a Node, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        let (list, at) = both(self.value(list, outer), self.value(at, outer))?;
        let (Value::List(list), Value::Int(at)) = (list, at) else { return Err(node.fail(FaultKind::Internal)) };
        if let Some(stop) = list.doubt() {
            return Err(stop);
        }
        let found = usize::try_from(at).ok().and_then(|at| list.members.get(at));
        found.map(|(value, _)| value.clone()).ok_or_else(|| node.fail(FaultKind::NoElement))
    }
}
