//! What grants give on known resources: how surely, and at which level.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::effective::{texts, written};
use super::estate::{Estate, Taken};
use super::left_on::Limits;
use super::pattern::{has_variable, without_variables};
use super::remembered::Reached;
use super::resources::Met;
use crate::model::{Row, Subject};

/// What a grant gives on a known resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// How surely it gives anything.
    pub sure: Sure,
    /// The most that it gives so surely, as a code of levels.
    pub level: u8,
    /// The most that it may give.
    pub most: u8,
    /// Whether the grant has a condition of its own.
    pub conditional: bool,
}

/// How surely a grant gives something on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sure {
    /// It may not mean the resource: by a variable, or as what is in another account.
    Perhaps,
    /// It means it, and a boundary or a deny may take that away.
    Limited,
    /// It means it, and nothing takes that away.
    Whole,
}

impl Estate<'_> {
    /// What a grant gives on each of the known resources that it reaches.
    #[must_use]
    pub fn given(&self, grant: Row) -> BTreeMap<u32, Given> {
        let Some(taken) = self.grant(grant) else { return BTreeMap::new() };
        let conditional = self.has_condition(&taken);
        let mut all: BTreeMap<u32, Given> = BTreeMap::new();
        let mut add = |row: u32, sure: Sure, level: u8| {
            let given = all.entry(row).or_insert(Given { sure, level, most: level, conditional });
            (given.sure, given.level) = (given.sure, given.level).max((sure, level));
            given.most = given.most.max(level);
        };
        let Some(limits) = self.limits(&taken) else {
            let level = taken.effective.actions.level as u8;
            for (row, certain) in self.reached_by_grant(grant, &taken).iter() {
                add(*row, if *certain { Sure::Whole } else { Sure::Perhaps }, level);
            }
            return all;
        };
        self.named(&taken, &mut |pattern, met| {
            limits.left(self.world, taken.statement, pattern, met, &mut |action, left| {
                let sure = match (met.sure, left) {
                    (false, _) => Sure::Perhaps,
                    (true, false) => Sure::Limited,
                    (true, true) => Sure::Whole,
                };
                add(met.row, sure, self.graph.grants.levels.summary([action], false).level as u8);
                true
            });
        });
        all
    }

    /// Whether a grant has a condition of its own.
    pub(super) fn has_condition(&self, taken: &Taken<'_>) -> bool {
        !self.world.statements.members(taken.statement.conditions).is_empty()
    }

    /// The known resources that a grant reaches where its conditions hold, each with whether that is certain.
    pub(super) fn reached_by_grant(&self, grant: Row, taken: &Taken<'_>) -> Reached {
        let make = || {
            let mut rows = BTreeMap::new();
            let limits = self.limits(taken);
            self.named(taken, &mut |pattern, met| {
                let left = |limits: &Limits<'_>| limits.is_left(self.world, taken.statement, pattern, met);
                if let Some(left) = limits.as_ref().map_or(Some(true), left) {
                    *rows.entry(met.row).or_insert(false) |= met.sure && left;
                }
            });
            rows.into_iter().collect()
        };
        self.graph.remembered.of_grants.of((grant.index, grant.part), make)
    }

    /// Whether a deny that names resources takes, or may take, a part of what a grant names.
    pub(super) fn denied_in_part(&self, grant: Row) -> bool {
        let Some(taken) = self.grant(grant) else { return false };
        self.limits(&taken).is_some_and(|limits| {
            let mut patterns = texts(self.world, taken.statement.resources);
            let denied = |pattern: &str| limits.deny_part(self.world, taken.statement, pattern);
            if taken.statement.inverted_resources { denied("*") } else { patterns.any(denied) }
        })
    }

    pub(super) fn limits(&self, taken: &Taken<'_>) -> Option<Limits<'_>> {
        Limits::of(self.world, &self.graph.grants, taken.identity?)
    }

    /// Visits the known resources that each pattern of a grant names. A variable may stand for any text.
    fn named(&self, taken: &Taken<'_>, visit: &mut dyn FnMut(&str, &Met<'_>)) {
        let from = taken.identity.map(|row| self.world.scope(Row::new(Subject::Identity, row)));
        let mut find = |pattern: &str, whole: bool| {
            self.graph.resources.matched(pattern, taken.effective.actions, from, &mut |met| {
                visit(pattern, &Met { sure: met.sure && whole, ..*met });
            });
        };
        if taken.statement.inverted_resources {
            find("*", true);
            return;
        }
        for pattern in texts(self.world, taken.statement.resources) {
            let (pattern, whole) = match taken.identity {
                Some(holder) => written(self.world, holder, pattern),
                None if has_variable(pattern) => (Cow::Owned(without_variables(pattern.to_owned())), false),
                None => (Cow::Borrowed(pattern), true),
            };
            find(&pattern, whole);
        }
    }
}
