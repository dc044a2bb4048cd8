//! Policy statements and trust statements, each distinct content kept once.

use std::collections::BTreeSet;

use indexmap::IndexSet;

use super::facts::PrincipalKind;
use super::intern::Sym;

/// An interned list of symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListId(pub u32);

/// An interned statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementId(pub u32);

/// A statement of a policy, without its own name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Statement {
    /// True for `Allow`, false for `Deny`.
    pub allow: bool,
    /// The actions and patterns, as written.
    pub actions: ListId,
    /// True if it speaks of all actions but those.
    pub inverted_actions: bool,
    /// The resources and patterns, as written.
    pub resources: ListId,
    /// True if it speaks of all resources but those.
    pub inverted_resources: bool,
    /// The keys of its conditions, sorted; empty for none.
    pub conditions: ListId,
    /// A digest of what they ask, operators and values with it; `None` for none.
    pub condition_digest: Option<Sym>,
}

/// One principal of one statement of a trust policy.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of a statement by itself")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Trust {
    /// The principal, as written: an ARN, an account, a service, `*`.
    pub principal: Sym,
    /// What that is.
    pub kind: PrincipalKind,
    /// True for `Allow`, false for `Deny`.
    pub allow: bool,
    /// True if it speaks of everyone but the principal (`NotPrincipal`).
    pub inverted: bool,
    /// The actions and patterns, as written.
    pub actions: ListId,
    /// True if it speaks of all actions but those.
    pub inverted_actions: bool,
    /// The keys of its conditions, sorted; empty for none.
    pub conditions: ListId,
    /// A digest of what they ask, operators and values with it; `None` for none.
    pub condition_digest: Option<Sym>,
    /// The keys, in lower case, of which all that its conditions ask is that a request carries one of some values: no other
    /// condition speaks of such a key.
    pub plain: ListId,
    /// The keys, in lower case, that a request must carry with a value that the statement names: to be allowed by it, or
    /// to get past it if it denies. `None` where what gets past a denial depends on several conditions together.
    pub bound: Option<ListId>,
    /// For federation: the values that the token's subject must have or match, likewise; empty for none. Where the key is
    /// not in `bound` they leave open whose subjects are meant.
    pub subjects: ListId,
    /// True if the subjects are compared without regard to case.
    pub any_case: bool,
    /// For federation: the audiences that the token must name, likewise; empty for none.
    pub audiences: ListId,
    /// For federation: what other claims of the token must be, as `claim=pattern`, likewise; several of one claim are
    /// alternatives. For a service: for which account or resource it must come, by the key that says it.
    pub claims: ListId,
    /// The accounts of which a caller must be, likewise; empty where no condition names them one by one.
    pub accounts: ListId,
    /// The position of the statement in the document, from 0.
    pub statement: u32,
}

/// All statements of a run.
#[derive(Debug, Default)]
pub struct Statements {
    lists: IndexSet<Box<[Sym]>>,
    distinct: IndexSet<Statement>,
    /// Policy row, statement and its own name (or `None`), in order of arrival.
    by_policy: Vec<(u32, StatementId, Option<Sym>)>,
    policy_starts: Vec<u32>,
    by_identity: Vec<(u32, Trust)>,
    trust_starts: Vec<u32>,
    /// Policies of which nobody knows what they say.
    unsure: BTreeSet<u32>,
}

impl Statements {
    /// Interns a list in its order.
    pub fn list(&mut self, members: &[Sym]) -> ListId {
        if let Some(at) = self.lists.get_index_of(members) {
            return ListId(u32::try_from(at).unwrap_or(u32::MAX));
        }
        let (at, _) = self.lists.insert_full(members.into());
        ListId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// The members of a list.
    #[must_use]
    pub fn members(&self, list: ListId) -> &[Sym] {
        self.lists.get_index(list.0 as usize).map_or(&[], |members| members)
    }

    /// Interns a statement.
    pub fn statement(&mut self, statement: Statement) -> StatementId {
        let (at, _) = self.distinct.insert_full(statement);
        StatementId(u32::try_from(at).unwrap_or(u32::MAX))
    }

    /// A statement by its number.
    #[must_use]
    pub fn get(&self, id: StatementId) -> Option<&Statement> {
        self.distinct.get_index(id.0 as usize)
    }

    /// How many distinct statements there are; their ids are the numbers below it.
    #[must_use]
    pub fn count(&self) -> u32 {
        u32::try_from(self.distinct.len()).unwrap_or(u32::MAX)
    }

    /// Adds a statement to a policy.
    pub fn add(&mut self, policy: u32, statement: StatementId, name: Option<Sym>) {
        self.by_policy.push((policy, statement, name));
    }

    /// Says that nobody knows what a policy says, whatever was added to it.
    pub fn forget(&mut self, policy: u32) {
        self.unsure.insert(policy);
    }

    /// Adds a principal's trust to an identity.
    pub fn add_trust(&mut self, identity: u32, trust: Trust) {
        self.by_identity.push((identity, trust));
    }

    /// Brings the lists by policy and identity into their final form.
    pub fn seal(&mut self, policies: usize, identities: usize) {
        if !self.unsure.is_empty() {
            let unsure = std::mem::take(&mut self.unsure);
            self.by_policy.retain(|(policy, ..)| !unsure.contains(policy));
        }
        self.policy_starts = starts(&mut self.by_policy, policies, |entry| entry.0);
        self.trust_starts = starts(&mut self.by_identity, identities, |entry| entry.0);
    }

    /// The statements of a policy, in the order of its text.
    #[must_use]
    pub fn of_policy(&self, policy: u32) -> &[(u32, StatementId, Option<Sym>)] {
        range(&self.by_policy, &self.policy_starts, policy)
    }

    /// The numbers of a policy's statements, for [`Statements::entry`].
    #[must_use]
    pub fn range_of_policy(&self, policy: u32) -> std::ops::Range<u32> {
        let row = policy as usize;
        match (self.policy_starts.get(row), self.policy_starts.get(row + 1)) {
            (Some(from), Some(to)) => *from..*to,
            _ => 0..0,
        }
    }

    /// One statement of one policy: policy, statement and its own name.
    #[must_use]
    pub fn entry(&self, at: u32) -> Option<&(u32, StatementId, Option<Sym>)> {
        self.by_policy.get(at as usize)
    }

    /// The trusts of an identity, in the order of its text.
    #[must_use]
    pub fn trusts(&self, identity: u32) -> &[(u32, Trust)] {
        range(&self.by_identity, &self.trust_starts, identity)
    }

    /// All trusts, each with its identity, in the order of arrival before [`Statements::seal`].
    #[must_use]
    pub fn all_trusts(&self) -> &[(u32, Trust)] {
        &self.by_identity
    }

    /// Gives back what trusts take, once the edges are made of them.
    pub fn forget_trusts(&mut self) {
        self.by_identity = Vec::new();
        self.trust_starts = Vec::new();
    }

    /// How many statements all policies have together.
    #[must_use]
    pub fn total(&self) -> usize {
        self.by_policy.len()
    }
}

fn starts<T>(entries: &mut Vec<T>, rows: usize, row_of: impl Fn(&T) -> u32) -> Vec<u32> {
    entries.sort_by_key(|entry| row_of(entry));
    entries.shrink_to_fit();
    let mut starts = vec![0_u32; rows + 1];
    for entry in entries.iter() {
        if let Some(count) = starts.get_mut(row_of(entry) as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0_u32;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    starts
}

fn range<'a, T>(entries: &'a [T], starts: &[u32], row: u32) -> &'a [T] {
    let row = row as usize;
    match (starts.get(row), starts.get(row + 1)) {
        (Some(from), Some(to)) => entries.get(*from as usize..*to as usize).unwrap_or(&[]),
        _ => &[],
    }
}
