//! What limits an identity's rights: denies that it holds, and its boundary.

use super::effective::holdings;
use super::estate::Estate;
use crate::model::facts::identity;
use crate::model::policy::Statement;
use crate::model::{Row, Subject};

impl Estate<'_> {
    /// The statements that deny an identity something, of its policies and of its groups.
    pub fn denies(&self, identity: u32) -> impl Iterator<Item = &Statement> {
        let statements = &self.world.statements;
        let held = holdings(self.world, identity).filter_map(|at| statements.get(statements.entry(at)?.1));
        held.filter(|statement| !statement.allow)
    }

    /// The statements of the policy that bounds an identity; none where nothing does, or where that was not read.
    pub fn bounds(&self, identity: u32) -> impl Iterator<Item = &Statement> {
        let policy = u32::try_from(self.world.table(Subject::Identity).get(identity::BOUNDARY.id, identity)).ok();
        let statements = &self.world.statements;
        let all = policy.map_or(&[][..], |policy| statements.of_policy(policy));
        all.iter().filter_map(|(_, id, _)| statements.get(*id))
    }

    /// The statement of a grant, and whose grant it is: an identity's, or a policy's by itself.
    #[must_use]
    pub fn statement_of(&self, grant: Row) -> Option<(&Statement, Row)> {
        let (policy, id, _) = *self.world.statements.entry(grant.index)?;
        let holder = match grant.part.checked_sub(1) {
            Some(identity) => Row::new(Subject::Identity, identity),
            None => Row::new(Subject::Policy, policy),
        };
        Some((self.world.statements.get(id)?, holder))
    }
}
