//! Where edges of becoming may be missing, since roles or their trust policies were not read.
//!
//! That no edge was found shows nothing about a role that nobody listed. An identity's edges
//! are known whole only if every role that could let it in was read: those of its own account,
//! whose trust alone is enough, and those that its own grants name anywhere.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};

use super::effective::{Grants, holdings};
use super::kubernetes;
use super::pattern::{is_wild, overlap};
use crate::model::facts::{PrincipalKind, identity};
use crate::model::listing::Listing;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Sym, Why, World};

/// By identity: why its edges may not be known whole; `None` if they are.
///
/// What leads out of an identity's own scope is kept, to be told by [`Search::tell`].
pub(super) fn open_edges(world: &World, grants: &Grants, search: &mut Search) -> Vec<Option<Why>> {
    world.table(Subject::Identity).rows().map(|row| search.of(world, grants, row)).collect()
}

/// Opens the edges of accounts of clusters whose tokens roles of AWS may trust that nobody listed, or whose trust was not read.
///
/// Whose issuer a cluster's is must be known for it: the manifest names it, or an account is annotated to act as one of a
/// cloud. Then every account of AWS that was loaded, or that the profile names as the organisation's, may hold such a role.
pub(super) fn open_by_issuers(world: &mut World, search: &mut Search, open: &mut [Option<Why>]) {
    let clouds: Vec<String> = search.scopes.iter().filter(|scope| scope.starts_with("aws:")).cloned().collect();
    let unsure = clouds.into_iter().find_map(|scope| search.unsure_in(world, &scope).map(|why| (scope, why)));
    let Some((cloud, why)) = unsure else { return };
    let issuers: Vec<Sym> = world.issuers.values().copied().collect();
    let table = world.table(Subject::Identity);
    let mut opened: BTreeMap<Sym, (u64, u32)> = BTreeMap::new();
    for row in table.rows().filter(|row| kubernetes::is_account(world, *row)) {
        let scope = world.scope(Row::new(Subject::Identity, row));
        if let Some(open) = open.get_mut(row as usize)
            && (issuers.contains(&scope) || world.leads_out.contains_key(&row))
        {
            *open = open.or(Some(why));
            opened.entry(scope).or_insert((0, row)).0 += 1;
        }
    }
    for (scope, (count, row)) in opened {
        let record = world.table(Subject::Identity).records(row).next();
        let accounts = if count == 1 { "account" } else { "accounts" };
        let message = format!(
            "{count} {accounts} of `{}` may be trusted by roles of `{cloud}` that nobody listed, or whose trust was not read; what is reached is not known whole",
            world.strings.text(scope)
        );
        world.note("roles-not-read", message, record);
    }
}

/// What is known of the roles that nobody listed, or whose trust was not read.
pub(super) struct Search {
    /// The scopes that a wildcard can mean: those loaded and those of the organisation.
    scopes: Vec<String>,
    /// By scope: why its roles are not known whole.
    unsure: HashMap<String, Option<Why>>,
    /// Scopes with a listed role whose trust was not read.
    unread: Vec<Sym>,
    /// Roles that a trust names and that the list of their account lacks.
    ///
    /// AWS writes the name of a role that was deleted as the id that it had, so one that is named by its name was there when the
    /// trust was saved. What a policy names as a resource may never have been.
    lacking: Lacking,
    /// By pattern: what it leads to that is not known whole.
    patterns: HashMap<Sym, Option<(String, Why)>>,
    /// By scope: how many identities lead there from outside, and the first of them.
    leads_to: BTreeMap<String, (u64, u32)>,
}

impl Search {
    /// Nothing asked yet. `own_scopes` are those that the profile names as the organisation's, whether or not they were loaded.
    pub(super) fn new(world: &World, own_scopes: &[String]) -> Self {
        let table = world.table(Subject::Identity);
        let listed = table.rows().filter(|row| table.presence(*row) == Presence::Listed);
        let without = listed.filter(|row| !table.complete(identity::CAN_BE_ASSUMED_BY.id, *row));
        let mut unread: Vec<Sym> = without.map(|row| world.scope(Row::new(Subject::Identity, row))).collect();
        unread.sort_unstable();
        unread.dedup();
        let mut scopes: Vec<String> = world.scopes.iter().map(|scope| world.strings.text(*scope).to_owned()).collect();
        scopes.extend(own_scopes.iter().cloned());
        scopes.sort();
        scopes.dedup();
        Self {
            scopes,
            unsure: HashMap::new(),
            unread,
            lacking: Lacking::find(world),
            patterns: HashMap::new(),
            leads_to: BTreeMap::new(),
        }
    }

    /// Notes which lists lack roles, and what leads out of identities' own scopes, scope by scope.
    pub(super) fn tell(&mut self, world: &mut World) {
        self.lacking.tell(world);
        for (scope, (count, scopes_row)) in std::mem::take(&mut self.leads_to) {
            let record = world.table(Subject::Identity).records(scopes_row).next();
            let identities = if count == 1 { "identity" } else { "identities" };
            let reach = if count == 1 { "it reaches" } else { "they reach" };
            let message = format!(
                "{count} {identities} may take on roles of `{scope}` that nobody listed, or whose trust was not read; what {reach} is not known whole"
            );
            world.note("roles-not-read", message, record);
        }
    }

    fn of(&mut self, world: &World, grants: &Grants, row: u32) -> Option<Why> {
        let table = world.table(Subject::Identity);
        // Who becomes whom in a cluster is told apart from this.
        if kubernetes::is_of_cluster(world, row)
            || table.presence(row) != Presence::Listed
            || table.get(identity::ROOT.id, row) == 1
            || grants.cannot_assume(row)
        {
            return None;
        }
        let own = world.strings.text(world.scope(Row::new(Subject::Identity, row))).to_owned();
        let mut why = self.unsure_of_any(world, &own);
        for entry in holdings(world, row) {
            let Some((_, id, _)) = world.statements.entry(entry) else { continue };
            let assumes = grants.effective(Some(row), *id).is_some_and(|effective| effective.actions.steps);
            let Some(statement) = world.statements.get(*id).filter(|_| assumes) else { continue };
            let everything = if statement.inverted_resources { world.strings.get("*") } else { None };
            let named = world.statements.members(statement.resources).iter().copied();
            let patterns: Vec<Sym> = everything.map_or_else(|| named.collect(), |every| vec![every]);
            for pattern in patterns {
                if let Some((scope, cause)) = self.leads_to(world, pattern) {
                    if scope != own {
                        self.leads_to.entry(scope).or_insert((0, row)).0 += 1;
                    }
                    why = why.or(Some(cause));
                }
            }
        }
        why
    }

    /// Why the roles of a scope are not known whole.
    fn unsure_in(&mut self, world: &World, scope: &str) -> Option<Why> {
        if let Some(known) = self.unsure.get(scope) {
            return *known;
        }
        let why = match world.strings.get(scope) {
            None => Some(Why::NotEnumerated(Listing::Roles)),
            Some(sym) => match world.closed_in(sym, Listing::Roles) {
                Err(why) => Some(why),
                Ok(()) => self.unread.binary_search(&sym).is_ok().then_some(Why::MissingFact),
            },
        };
        self.unsure.insert(scope.to_owned(), why);
        why
    }

    /// Why the roles of a scope that a wildcard may mean are not known whole: also where one is named and not listed.
    fn unsure_of_any(&mut self, world: &World, scope: &str) -> Option<Why> {
        let lacking = self.lacking.scopes.contains_key(scope).then_some(Why::NotEnumerated(Listing::Roles));
        self.unsure_in(world, scope).or(lacking)
    }

    /// The scope that a pattern leads to and that is not known whole there, and why.
    fn leads_to(&mut self, world: &World, pattern: Sym) -> Option<(String, Why)> {
        if let Some(known) = self.patterns.get(&pattern) {
            return known.clone();
        }
        let text = world.strings.text(pattern);
        let account = text.split(':').nth(4).unwrap_or("");
        let found = if text.contains("${$}") {
            // No role has a `$` in its name.
            None
        } else if !is_wild(text) {
            self.exact(world, pattern, account)
        } else if !account.is_empty() && !is_wild(account) && !is_wild(text.split(account).next().unwrap_or("")) {
            let scope = format!("aws:{account}");
            self.unsure_of_any(world, &scope).map(|why| (scope, why))
        } else {
            let scopes = self.scopes.clone();
            scopes.into_iter().find_map(|scope| {
                let account = scope.strip_prefix("aws:")?;
                let roles = format!("arn:*:iam::{account}:role/*");
                let why = overlap(text, &roles).then(|| self.unsure_of_any(world, &scope)).flatten()?;
                Some((scope, why))
            })
        };
        self.patterns.insert(pattern, found.clone());
        found
    }

    /// One role by its name: read, or of an account whose roles are all listed, so that there is none but what a trust names.
    fn exact(&self, world: &World, pattern: Sym, account: &str) -> Option<(String, Why)> {
        let arn = world.strings.text(pattern);
        if !arn.contains(":role/") {
            return None;
        }
        let scope = format!("aws:{account}");
        let table = world.table(Subject::Identity);
        let row = world.strings.get(&format!("aws:{account}:role:{arn}")).and_then(|id| table.find(id));
        match row.filter(|row| table.presence(*row) == Presence::Listed) {
            Some(row) if table.complete(identity::CAN_BE_ASSUMED_BY.id, row) => None,
            Some(_) => Some((scope, Why::MissingFact)),
            None => match world.strings.get(&scope).map(|sym| world.closed_in(sym, Listing::Roles)) {
                Some(Ok(())) if self.lacking.roles.contains(&pattern) => {
                    Some((scope, Why::NotEnumerated(Listing::Roles)))
                }
                Some(Ok(())) => None,
                Some(Err(why)) => Some((scope, why)),
                None => Some((scope, Why::NotEnumerated(Listing::Roles))),
            },
        }
    }
}

/// Roles of a scope that trusts name, and that the list of all of them lacks.
#[derive(Debug, Default)]
struct Lacking {
    roles: HashSet<Sym>,
    /// By scope: how many, the name of the first by the alphabet, and whose trust names it.
    scopes: BTreeMap<String, (u64, Sym, u32)>,
}

impl Lacking {
    /// The roles that a trust names by their names, and that are not listed in an account of which all are said to be.
    fn find(world: &World) -> Self {
        let table = world.table(Subject::Identity);
        let mut found = Self::default();
        let named = world.statements.all_trusts().iter();
        let named = named.filter(|(_, trust)| trust.kind == PrincipalKind::Identity && !trust.inverted);
        let mut first: BTreeMap<Sym, u32> = BTreeMap::new();
        for (row, trust) in named {
            first.entry(trust.principal).or_insert(*row);
        }
        for (principal, by) in first {
            let arn = world.strings.text(principal);
            let Some((account, _)) = arn.split_once(":iam::").and_then(|(_, rest)| rest.split_once(":role/")) else {
                continue;
            };
            let row = world.strings.get(&format!("aws:{account}:role:{arn}")).and_then(|id| table.find(id));
            if row.is_some_and(|row| table.presence(row) == Presence::Listed) {
                continue;
            }
            let scope = format!("aws:{account}");
            let closed = world.strings.get(&scope).is_some_and(|sym| world.closed_in(sym, Listing::Roles).is_ok());
            if closed && found.roles.insert(principal) {
                let told = found.scopes.entry(scope).or_insert((0, principal, by));
                told.0 += 1;
                if arn < world.strings.text(told.1) {
                    (told.1, told.2) = (principal, by);
                }
            }
        }
        found
    }

    /// Notes that lists of roles are not whole, although they are said to be.
    fn tell(&self, world: &mut World) {
        for (scope, (count, role, by)) in &self.scopes {
            let roles = if *count == 1 { "1 role".to_owned() } else { format!("{count} roles") };
            let message = format!(
                "trusts name {roles} of `{scope}` that its list of roles lacks, such as `{}`; whom it lets in nobody said, so what identities there can become is not known whole",
                world.strings.text(*role)
            );
            let record = world.table(Subject::Identity).records(*by).next();
            world.note("role-not-listed", message, record);
        }
    }
}
