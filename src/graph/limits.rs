//! What limits an identity's rights: denies that it holds, and its boundary.

use super::effective::{holdings, policies_held};
use super::estate::Estate;
use crate::model::facts::identity;
use crate::model::policy::Statement;
use crate::model::table::Presence;
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

    /// Policies and groups of an identity of which nothing was read: what they give is not among its grants.
    #[must_use]
    pub fn unread(&self, identity: u32) -> Vec<Row> {
        let table = |subject: Subject| self.world.table(subject);
        let groups = table(Subject::Identity).members(identity::GROUPS.id, identity);
        let groups = groups.iter().map(|(_, group, _)| Row::new(Subject::Group, *group));
        let policies = policies_held(self.world, identity).into_iter().map(|policy| Row::new(Subject::Policy, policy));
        let told_only = |row: &Row| {
            let says = row.subject == Subject::Policy && !self.world.statements.of_policy(row.index).is_empty();
            !says && table(row.subject).presence(row.index) == Presence::Mentioned
        };
        policies.chain(groups).filter(told_only).collect()
    }

    /// The statements by which a policy denies something.
    pub fn denies_of(&self, policy: u32) -> impl Iterator<Item = &Statement> {
        let statements = &self.world.statements;
        let all = statements.of_policy(policy).iter().filter_map(|(_, id, _)| statements.get(*id));
        all.filter(|statement| !statement.allow)
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
