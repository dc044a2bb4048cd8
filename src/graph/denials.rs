//! What the denials of a trust policy take from its allowances.
//!
//! A denial that covers a principal whole removes it. One that has conditions, or that speaks of
//! some of those meant only, leaves it standing on a condition. Where a principal is excepted from
//! a denial (`NotPrincipal`), AWS asks for both its own name and its account's, so one of them alone
//! leaves open what happens.

use super::effective::texts;
use super::levels::Levels;
use super::pattern::matches_any_case;
use super::trusts::ASSUME;
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
#[derive(Debug, Default)]
pub(super) struct Left {
    /// Nothing: it is denied whole.
    pub denied: bool,
    /// It rests on a condition, or holds for some of those meant only.
    pub narrowed: bool,
    /// The keys of the conditions of what narrows it.
    pub conditions: Vec<Sym>,
    /// Lists of keys that a request must carry with named values to get past.
    pub bound: Vec<ListId>,
    /// Values that the subject of a token must have to get past.
    pub subjects: Vec<ListId>,
    /// Audiences that a token must name to get past.
    pub audiences: Vec<ListId>,
    /// What gets past depends on several conditions together.
    pub unsure: bool,
}

/// The assuming actions of a trust statement.
fn assumes<'a>(world: &World, levels: &'a Levels, trust: &Trust) -> impl Iterator<Item = &'a str> {
    let named = |action: &str| texts(world, trust.actions).any(|pattern| matches_any_case(pattern, action));
    let known = levels.assume.iter().chain(&levels.federate).map(String::as_str);
    known.filter(|action| named(action) != trust.inverted_actions).collect::<Vec<_>>().into_iter()
}

/// Those of them by which whom it allows can come in: a federated principal brings a token, a service or an identity of AWS
/// asks by itself. Whoever is anyone may do either, and the second is what is looked at where both are open.
pub(super) fn ways<'a>(world: &World, levels: &'a Levels, allowed: &Trust) -> Vec<&'a str> {
    let mut open: Vec<&str> = assumes(world, levels, allowed).collect();
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

/// What the denials among `trusts` leave of one allowance.
pub(super) fn left(world: &World, levels: &Levels, allowed: &Trust, trusts: &[Trust]) -> Left {
    let mut left = Left::default();
    let mut denials: Vec<&Trust> = trusts.iter().filter(|trust| !trust.allow).collect();
    // The exceptions of one statement count together, and are told by the first of them.
    denials.dedup_by(|next, first| first.inverted && next.inverted && first.statement == next.statement);
    for denial in denials {
        let share = actions(world, levels, allowed, denial).min(principals(world, allowed, denial, trusts));
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
        if share == Share::Whole {
            left.bound.extend(denial.bound);
            left.subjects.push(denial.subjects);
            left.audiences.push(denial.audiences);
            left.unsure |= denial.bound.is_none();
        }
    }
    left
}

/// How many of the ways in are denied.
fn actions(world: &World, levels: &Levels, allowed: &Trust, denial: &Trust) -> Share {
    let open = ways(world, levels, allowed);
    let denied: Vec<&str> = assumes(world, levels, denial).collect();
    let count = open.iter().filter(|action| denied.contains(action)).count();
    match count {
        0 => Share::Nothing,
        count if count == open.len() => Share::Whole,
        _ => Share::Part,
    }
}

fn principals(world: &World, allowed: &Trust, denial: &Trust, trusts: &[Trust]) -> Share {
    let who = Principal::of(world, allowed);
    if !denial.inverted {
        return who.covered_by(Principal::of(world, denial));
    }
    let excepted = trusts.iter().filter(|trust| !trust.allow && trust.inverted && trust.statement == denial.statement);
    let (mut itself, mut account, mut part) = (false, false, who.kind == PrincipalKind::Anyone);
    for one in excepted.map(|trust| Principal::of(world, trust)) {
        match (who.covered_by(one), one.kind) {
            (Share::Nothing, _) => {}
            (Share::Whole, PrincipalKind::Account) => account = true,
            (Share::Whole, _) => itself = true,
            (Share::Part, _) => part = true,
        }
    }
    let needs_account = matches!(who.kind, PrincipalKind::Identity | PrincipalKind::Account);
    match (itself, account) {
        (true, true) => Share::Nothing,
        (true, false) if !needs_account => Share::Nothing,
        (false, false) if !part => Share::Whole,
        _ => Share::Part,
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

    fn covered_by(self, other: Self) -> Share {
        use PrincipalKind::{Account, Anyone, Identity};
        if other.kind == Anyone || (self.kind == other.kind && self.text == other.text) {
            return Share::Whole;
        }
        match (self.kind, other.kind) {
            (Anyone, _) => Share::Part,
            (Account | Identity, Account) if self.account() == other.account() => Share::Whole,
            (Account, Identity) if self.account() == other.account() => Share::Part,
            (Identity, Identity) => match (self.role(), other.role()) {
                (Some((account, name, session)), Some((its_account, its_name, its_session)))
                    if (account, name) == (its_account, its_name) =>
                {
                    // A role's name is unique in its account, whatever its path; two sessions differ.
                    match (session, its_session) {
                        (true, false) => Share::Whole,
                        (false, true) => Share::Part,
                        (false, false) | (true, true) => Share::Nothing,
                    }
                }
                _ => Share::Nothing,
            },
            _ => Share::Nothing,
        }
    }
}
