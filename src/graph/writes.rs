//! Whether rights write, and whether what they write to is of production.

use super::ai_system::{Truth, why};
use super::estate::{Estate, Taken};
use super::given::Sure;
use crate::model::facts::{Effect, Environment, GrantLevel, grant, identity, resource};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

impl Estate<'_> {
    /// Whether a grant changes something; `None` where it calls what may.
    pub(super) fn writes(&self, taken: &Taken<'_>) -> Option<bool> {
        let actions = taken.effective.actions;
        let denied = || match (taken.identity, self.limits(taken)) {
            (Some(holder), Some(limits)) => limits.takes_writes(self.world, holder, taken.statement),
            _ => false,
        };
        match (actions.level >= GrantLevel::Write && !denied(), actions.may_write) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    /// Whether an AI system writes to production: to a resource of it, as an identity of it, or by a tool of it.
    pub(super) fn writes_to_production(&self, row: Row) -> Truth {
        let mut truth = Truth::default();
        let mut open = None;
        let grants = self.system_grants(row, &mut |grant, holder, sure| {
            let home = self.cell(Row::new(Subject::Identity, holder), identity::ENVIRONMENT.id);
            truth.possible |= is_production(home) && self.unbounded(holder);
            let right = self.right_writes_to_production(grant, holder);
            truth.certain |= sure && right.certain;
            truth.possible |= right.possible;
            open = open.or(right.open);
        });
        let mut unsaid = None;
        let tools = self.tools(row, &mut |tool| {
            let mut writes = false;
            let listed = self.list(tool, resource::EFFECTS.id, &mut |member| {
                writes |= member.value == Scalar::Enum(Effect::Writes as u8);
                true
            });
            unsaid = unsaid.or(why(listed));
            match self.cell(tool, resource::ENVIRONMENT.id) {
                cell if writes && is_production(cell) => truth.see(true),
                Cell::Unknown(why) if writes => unsaid = unsaid.or(Some(why)),
                _ => {}
            }
        });
        truth.open = grants.or(open).or(tools).or(unsaid);
        truth
    }

    /// Whether a right of an identity certainly writes to production.
    #[must_use]
    pub fn surely_writes_to_production(&self, right: Row, holder: u32) -> bool {
        self.right_writes_to_production(right, holder).certain
    }

    /// Whether a right of an identity writes to production: to a resource of it, or as an identity of it to what nobody named.
    fn right_writes_to_production(&self, right: Row, holder: u32) -> Truth {
        let mut truth = Truth::default();
        let writes = match self.cell(right, grant::WRITES.id) {
            Cell::Known(Scalar::Bool(false)) => return truth,
            cell => matches!(cell, Cell::Known(_)),
        };
        let (mut known, mut unsaid) = (false, None);
        for (row, given) in self.given(right) {
            known = true;
            if writes && given.most < GrantLevel::Write as u8 {
                continue;
            }
            match self.cell(Row::new(Subject::Resource, row), resource::ENVIRONMENT.id) {
                cell if is_production(cell) => {
                    let whole = given.sure == Sure::Whole && given.level >= GrantLevel::Write as u8;
                    truth.see(whole && !given.conditional);
                }
                Cell::Unknown(why) => unsaid = Some(why),
                _ => {}
            }
        }
        let sure = writes && self.always(right) && !self.denied_in_part(right);
        let listed = why(self.list(right, grant::REACHED.id, &mut |_| false));
        // What it writes to is known by name, or else taken to be where its holder is.
        let elsewhere = known && unsaid.is_none();
        match self.cell(Row::new(Subject::Identity, holder), identity::ENVIRONMENT.id) {
            _ if elsewhere && listed.is_none() => {}
            home if is_production(home) => truth.see(sure && !elsewhere),
            Cell::Unknown(why) => truth.open = Some(why),
            _ => truth.open = listed.or(unsaid),
        }
        truth
    }
}

fn is_production(cell: Cell<'_>) -> bool {
    cell == Cell::Known(Scalar::Enum(Environment::Production as u8))
}
