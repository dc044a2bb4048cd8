//! What the denials of a trust policy take from its allowances.
//!
//! A denial that covers a principal whole removes it. One that has conditions, or that speaks of
//! some of those meant only, leaves it standing on a condition. Where a principal is excepted from
//! a denial (`NotPrincipal`), AWS asks for both its own name and its account's, so one of them alone
//! leaves open what happens.
//!
//! Whom a denial names is looked up in sets, so that a policy with thousands of names costs no
//! more for each of them than one with two.

use std::cell::OnceCell;

use hashbrown::{HashMap, HashSet};

use super::effective::texts;
use super::levels::Levels;
use super::pattern::matches_any_case;
use super::trusts::ASSUME;
use crate::base::digest::sha256;
use crate::model::facts::PrincipalKind;
use crate::model::policy::{ListId, Trust};
use crate::model::{Sym, World};

/// How much of what is allowed a denial speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    Nothing,
    Part,
    Whole,
}

/// What is left of an allowance.
#[expect(clippy::struct_excessive_bools, reason = "each is a property of what is left by itself")]
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Nothing: it is denied whole.
    pub denied: bool,
    /// It rests on a condition, or holds for some of those meant only.
    pub narrowed: bool,
    /// The keys of the conditions of what narrows it.
    pub conditions: Vec<Sym>,
    /// Digests of the denials that narrow it: whom they name, what they deny and under which conditions.
    pub digests: Vec<String>,
    /// Lists of keys that a request must carry with named values to get past.
    pub bound: Vec<ListId>,
    /// Values that the subject of a token must have to get past.
    pub subjects: Vec<ListId>,
    /// Whether some of these are compared without regard to case.
    pub any_case: bool,
    /// Audiences that a token must name to get past.
    pub audiences: Vec<ListId>,
    /// What other claims of a token must be to get past.
    pub claims: Vec<ListId>,
    /// Lists of accounts of which a caller must be to get past.
    pub accounts: Vec<ListId>,
    /// What gets past depends on several conditions together, or on more denials than are looked at.
    pub unsure: bool,
}

/// How many denials, and keys of their conditions, are looked at for all allowances of one policy together. No policy that
/// AWS takes comes near it; beyond it an allowance is taken for one that rests on a condition that nobody worked out.
const MOST_LOOKS: usize = 1_000_000;

/// The assuming actions of trust statements, by their lists of actions.
#[derive(Debug)]
pub(super) struct Assuming<'l> {
    levels: &'l Levels,
    known: HashMap<(ListId, bool), Vec<&'l str>>,
}

impl<'l> Assuming<'l> {
    pub fn new(levels: &'l Levels) -> Self {
        Self { levels, known: HashMap::new() }
    }

    /// Those of one statement.
    pub fn of(&mut self, world: &World, trust: &Trust) -> &[&'l str] {
        let levels = self.levels;
        self.known.entry((trust.actions, trust.inverted_actions)).or_insert_with(|| {
            let named = |action: &str| texts(world, trust.actions).any(|pattern| matches_any_case(pattern, action));
            let known = levels.assume.iter().chain(&levels.federate).map(String::as_str);
            known.filter(|action| named(action) != trust.inverted_actions).collect()
        })
    }

    /// Those by which whom a statement allows can come in: a federated principal brings a token, a service or an identity
    /// of AWS asks by itself. Whoever is anyone may do either, and the second is what is looked at where both are open.
    pub fn ways(&mut self, world: &World, allowed: &Trust) -> Vec<&'l str> {
        let mut open = self.of(world, allowed).to_vec();
        let way = match allowed.kind {
            PrincipalKind::Federated if world.strings.text(allowed.principal).contains(":saml-provider/") => {
                "sts:AssumeRoleWithSAML"
            }
            PrincipalKind::Federated => "sts:AssumeRoleWithWebIdentity",
            _ => ASSUME,
        };
        let anyone = allowed.inverted || allowed.kind == PrincipalKind::Anyone;
        if !anyone || open.contains(&way) {
            open.retain(|action| *action == way);
        }
        open
    }
}

/// The denials of one trust policy.
#[derive(Debug, Default)]
pub(super) struct Denials<'a> {
    groups: Vec<Group<'a>>,
    /// Whether there are too many to look at each for each allowance.
    too_many: bool,
}

/// Denials that differ in whom they name only; of `NotPrincipal` the exceptions of one statement.
#[derive(Debug)]
struct Group<'a> {
    denial: Trust,
    whom: Whom<'a>,
    /// What tells it from others, once that is asked for.
    said: OnceCell<String>,
}

/// What the members of a group have in common.
type Common = (Option<u32>, (ListId, bool), (ListId, Option<Sym>), Option<ListId>, [ListId; 4], bool);

impl<'a> Denials<'a> {
    /// Of the trusts of one identity.
    pub fn new(world: &'a World, trusts: &[Trust]) -> Self {
        let mut at: HashMap<Common, usize> = HashMap::new();
        let mut all = Self::default();
        for denial in trusts.iter().filter(|trust| !trust.allow) {
            let common: Common = (
                denial.inverted.then_some(denial.statement),
                (denial.actions, denial.inverted_actions),
                (denial.conditions, denial.condition_digest),
                denial.bound,
                [denial.subjects, denial.audiences, denial.claims, denial.accounts],
                denial.any_case,
            );
            let at = *at.entry(common).or_insert(all.groups.len());
            if at == all.groups.len() {
                all.groups.push(Group { denial: *denial, whom: Whom::default(), said: OnceCell::new() });
            }
            if let Some(group) = all.groups.get_mut(at) {
                group.whom.add(Principal::of(world, denial));
            }
        }
        let looks: usize =
            all.groups.iter().map(|group| 1 + world.statements.members(group.denial.conditions).len()).sum();
        all.too_many = looks.saturating_mul(trusts.len()) > MOST_LOOKS;
        all
    }

    /// What they leave of one allowance.
    pub fn left(&self, world: &World, assuming: &mut Assuming<'_>, allowed: &Trust) -> Left {
        let mut left = Left::default();
        if self.too_many {
            left.narrowed = true;
            left.unsure = true;
            return left;
        }
        for Group { denial, whom, said } in &self.groups {
            let share =
                actions(world, assuming, allowed, denial).min(whom.share(Principal::of(world, allowed), denial));
            let conditions = world.statements.members(denial.conditions);
            if share == Share::Nothing {
                continue;
            }
            if share == Share::Whole && conditions.is_empty() {
                left.denied = true;
                return left;
            }
            left.narrowed = true;
            left.conditions.extend(conditions);
            left.digests.push(said.get_or_init(|| digest(world, denial, whom)).clone());
            if share == Share::Whole {
                left.bound.extend(denial.bound);
                left.subjects.push(denial.subjects);
                left.any_case |= denial.any_case;
                left.audiences.push(denial.audiences);
                left.claims.push(denial.claims);
                left.accounts.push(denial.accounts);
                left.unsure |= denial.bound.is_none();
            }
        }
        left
    }
}

/// What tells denials from others: whom they name, what they deny and under which conditions.
fn digest(world: &World, denial: &Trust, whom: &Whom<'_>) -> String {
    let mut names: Vec<&str> = whom.names.iter().map(|(_, name)| *name).chain(whom.accounts.iter().copied()).collect();
    names.sort_unstable();
    let mut actions: Vec<&str> = texts(world, denial.actions).collect();
    actions.sort_unstable();
    let condition = denial.condition_digest.map_or("", |digest| world.strings.text(digest));
    let head = format!("{} {} {} {condition}", whom.anyone, denial.inverted, denial.inverted_actions);
    sha256([head.as_str(), &names.join("\n"), &actions.join("\n")].join("\n\n").as_bytes())
}

/// How many of the ways in are denied.
fn actions(world: &World, assuming: &mut Assuming<'_>, allowed: &Trust, denial: &Trust) -> Share {
    let open = assuming.ways(world, allowed);
    let denied = assuming.of(world, denial);
    let count = open.iter().filter(|action| denied.contains(action)).count();
    match count {
        0 => Share::Nothing,
        count if count == open.len() => Share::Whole,
        _ => Share::Part,
    }
}

/// Whom denials name.
#[derive(Debug, Default)]
struct Whom<'a> {
    anyone: bool,
    /// Accounts.
    accounts: HashSet<&'a str>,
    /// All others by their names.
    names: HashSet<(PrincipalKind, &'a str)>,
    /// Accounts of which an identity is named.
    with_identities: HashSet<&'a str>,
    /// Roles, by account and name.
    roles: HashSet<(&'a str, &'a str)>,
    /// Roles of which a session is named, likewise.
    with_sessions: HashSet<(&'a str, &'a str)>,
}

impl<'a> Whom<'a> {
    fn add(&mut self, one: Principal<'a>) {
        match one.kind {
            PrincipalKind::Anyone => self.anyone = true,
            PrincipalKind::Account => drop(self.accounts.insert(one.account())),
            kind => drop(self.names.insert((kind, one.text))),
        }
        if one.kind == PrincipalKind::Identity {
            self.with_identities.insert(one.account());
            match one.role() {
                Some((account, name, true)) => drop(self.with_sessions.insert((account, name))),
                Some((account, name, false)) => drop(self.roles.insert((account, name))),
                None => {}
            }
        }
    }

    /// How much of whom an allowance means a denial of these speaks of; of `NotPrincipal`, a denial of all but these.
    fn share(&self, who: Principal<'_>, denial: &Trust) -> Share {
        use PrincipalKind::{Account, Anyone, Identity};
        let role = if who.kind == Identity { who.role() } else { None };
        // A role's name is unique in its account, whatever its path; two sessions differ.
        let session = role.is_some_and(|(account, name, session)| session && self.roles.contains(&(account, name)));
        let itself = self.anyone || session || self.names.contains(&(who.kind, who.text));
        let account = matches!(who.kind, Account | Identity) && self.accounts.contains(who.account());
        let part = match who.kind {
            Anyone => true,
            Account => self.with_identities.contains(who.account()),
            _ => role.is_some_and(|(account, name, session)| !session && self.with_sessions.contains(&(account, name))),
        };
        if !denial.inverted {
            return match (itself || account, part) {
                (true, _) => Share::Whole,
                (false, true) => Share::Part,
                (false, false) => Share::Nothing,
            };
        }
        let needs_account = matches!(who.kind, Identity | Account);
        match (itself, account) {
            (true, true) => Share::Nothing,
            (true, false) if !needs_account => Share::Nothing,
            (false, false) if !part => Share::Whole,
            _ => Share::Part,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Principal<'a> {
    kind: PrincipalKind,
    text: &'a str,
}

impl<'a> Principal<'a> {
    fn of(world: &'a World, trust: &Trust) -> Self {
        // Everyone but some is nearly everyone.
        let kind = if trust.allow && trust.inverted { PrincipalKind::Anyone } else { trust.kind };
        Self { kind, text: world.strings.text(trust.principal) }
    }

    fn account(self) -> &'a str {
        self.text.split(':').nth(4).unwrap_or(self.text)
    }

    /// The account and the name of the role that this is, or of which it is a session.
    fn role(self) -> Option<(&'a str, &'a str, bool)> {
        if let Some((_, session)) = self.text.split_once(":assumed-role/") {
            return Some((self.account(), session.split('/').next().unwrap_or(session), true));
        }
        let (_, path) = self.text.split_once(":role/")?;
        Some((self.account(), path.rsplit('/').next().unwrap_or(path), false))
    }
}
