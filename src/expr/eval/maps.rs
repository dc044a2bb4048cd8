//! Maps: entries of facts looked up in place, and maps that an expression makes.

use std::sync::Arc;

use crate::model::schema::FactId;
use crate::model::slots::{Cell, Scalar, Slots};

use super::super::trace::Recorder;
use super::super::tree::{Kind, Node};
use super::super::value::{FaultKind, MapValue, Stop, Value, also};
use super::lists::{Item, MOST_MEMBERS, Visit};
use super::{Got, KEPT, Outer, Run, both};

impl<'a, S: Slots, R: Recorder<'a>> Run<'a, '_, S, R> {
    /// Walks the keys of a map fact.
    pub(super) fn visit_keys(
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
        let whole = self.slots.entries(row, fact, &mut |key, value| {
            if let Err(stop) = self.visit_one(node) {
                too_much = Some(stop);
                return false;
            }
            let mark = self.recorder.mark();
            if R::ON {
                self.recorder.fact(row, fact, Some(key), false, Cell::Known(Scalar::Str(value)));
            }
            let on = visit(Item { value: Value::Text(key.into()), doubt: None, since, mark });
            stopped |= !on;
            on
        });
        if let Some(stop) = too_much {
            return Err(stop);
        }
        Ok(self.whole(row, fact, stopped, whole))
    }

    /// An entry of a fact's map, recorded.
    fn fact_entry(&self, inner: &'a Node, fact: FactId, key: &'a Node, outer: Outer<'_, 'a>) -> Got<Cell<'a>> {
        let (row, wanted) = both(self.subject(inner, outer), self.value(key, outer))?;
        let Value::Text(wanted) = wanted else { return Err(key.fail(FaultKind::Internal)) };
        let cell = self.slots.entry(row, fact, &wanted);
        if R::ON {
            self.recorder.fact(row, fact, Some(&wanted), false, cell);
        }
        Ok(cell)
    }

    pub(super) fn entry(&self, node: &Node, map: &'a Node, key: &'a Node, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        if let Kind::FactMap(inner, fact) = &map.kind {
            return match self.fact_entry(inner, *fact, key, outer)? {
                Cell::Absent => Err(node.fail(FaultKind::NoKey)),
                cell => Self::known(node, cell),
            };
        }
        let (map, key) = both(self.value(map, outer), self.value(key, outer))?;
        let Value::Map(map) = map else { return Err(node.fail(FaultKind::Internal)) };
        self.charge(node, map.entries.len())?;
        match (map.get(&key), map.open) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(stop)) => Err(stop),
            (None, None) => Err(node.fail(FaultKind::NoKey)),
        }
    }

    pub(super) fn has_key(&self, map: &'a Node, key: &'a Node, outer: Outer<'_, 'a>) -> Got<bool> {
        if let Kind::FactMap(inner, fact) = &map.kind {
            return match self.fact_entry(inner, *fact, key, outer)? {
                Cell::Known(_) => Ok(true),
                Cell::Absent => Ok(false),
                Cell::Unknown(why) => Err(Stop::Unknown(why)),
            };
        }
        let (held, key) = both(self.value(map, outer), self.value(key, outer))?;
        let Value::Map(held) = held else { return Err(map.fail(FaultKind::Internal)) };
        self.charge(map, held.entries.len())?;
        match (held.get(&key), held.open) {
            (Some(_), _) => Ok(true),
            (None, Some(stop)) => Err(stop),
            (None, None) => Ok(false),
        }
    }

    pub(super) fn make_map(&self, node: &Node, entries: &'a [(Node, Node)], outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        let mut map = MapValue::default();
        let mut stop = None;
        for (key, value) in entries {
            match both(self.value(key, outer), self.value(value, outer)) {
                Ok((key, _)) if map.get(&key).is_some() => also(&mut stop, node.fail(FaultKind::DoubleKey)),
                Ok(entry) => match self.charge(node, KEPT + map.entries.len()) {
                    Ok(()) => map.entries.push(entry),
                    Err(later) => also(&mut stop, later),
                },
                Err(later) => also(&mut stop, later),
            }
        }
        stop.map_or_else(|| Ok(Value::Map(Arc::new(map))), Err)
    }

    pub(super) fn fact_map(&self, inner: &'a Node, fact: FactId, outer: Outer<'_, 'a>) -> Got<Value<'a>> {
        let row = self.subject(inner, outer)?;
        let mut entries = Vec::new();
        let whole = self.slots.entries(row, fact, &mut |key, value| {
            if R::ON {
                self.recorder.fact(row, fact, Some(key), false, Cell::Known(Scalar::Str(value)));
            }
            entries.push((Value::Text(key.into()), Value::Text(value.into())));
            entries.len() <= MOST_MEMBERS
        });
        self.charge(inner, entries.len().saturating_mul(KEPT))?;
        let open = self.whole(row, fact, false, whole);
        Ok(Value::Map(Arc::new(MapValue { entries, open })))
    }
}
