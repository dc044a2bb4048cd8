//! What a boundary and denies leave of a list of actions: of its patterns, and of each action that the level files list.
//!
//! What is left has three readings. *Somehow*: on some resource, under some circumstances. *Everywhere*: on every
//! resource, as far as the limits go. *Always*: that, whatever the circumstances. A listed action is gone where a deny
//! covers every ARN of the kind that it acts on, as `Deny iam:*` on `arn:aws:iam::*:*` does for all of IAM.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::effective::{any_resource, texts};
use super::levels::{ActionSummary, Cut, Levels};
use super::pattern::{account_of_pattern, covers, is_wild, literal_prefix, names_everything, overlap, whole_service};
use crate::model::World;
use crate::model::facts::ActionWidth;
use crate::model::policy::{Statement, StatementId};

/// A boundary and denies that some identities share.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Context {
    /// The boundary, if its text was read.
    pub boundary: Option<u32>,
    /// Denies that speak of every resource, or of every one of a kind, with or without a condition.
    pub denies: Vec<StatementId>,
    /// Whose they are, where that says what their patterns of resources mean.
    pub home: Option<Home>,
}

/// Where an identity is: its partition and account.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Home {
    partition: String,
    account: String,
}

impl Home {
    /// That of an ARN.
    pub fn of(arn: &str) -> Option<Self> {
        let mut parts = arn.split(':').skip(1);
        let (partition, account) = (parts.next()?, parts.nth(2)?);
        Some(Self { partition: partition.to_owned(), account: account.to_owned() })
    }

    fn fill(&self, resource: &str) -> String {
        resource.replace("${Partition}", &self.partition).replace("${Account}", &self.account)
    }

    /// What a pattern of a policy is where it names the account of whoever asks.
    fn own<'a>(&self, pattern: &'a str) -> Cow<'a, str> {
        if pattern.contains(OWN_ACCOUNT) {
            return Cow::Owned(pattern.replace(OWN_ACCOUNT, &self.account));
        }
        Cow::Borrowed(pattern)
    }
}

const OWN_ACCOUNT: &str = "${aws:PrincipalAccount}";

/// How surely something is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    Somehow,
    Everywhere,
    Always,
}

/// What is left of a list of actions in one of the stricter readings.
#[derive(Debug, Clone)]
pub(super) enum Within {
    /// The same as somehow.
    Same,
    Nothing,
    Less(Box<ActionSummary>),
}

impl Within {
    fn of(left: Option<ActionSummary>) -> Self {
        left.map_or(Self::Nothing, |left| Self::Less(Box::new(left)))
    }

    /// What it is, where `all` is what is left somehow.
    pub fn get<'a>(&'a self, all: &'a ActionSummary) -> Option<&'a ActionSummary> {
        match self {
            Self::Same => Some(all),
            Self::Nothing => None,
            Self::Less(left) => Some(left),
        }
    }
}

/// What a context leaves of a list of actions.
#[derive(Debug)]
pub(super) struct Left {
    /// Somehow.
    pub actions: ActionSummary,
    /// On every resource, under some circumstances.
    pub everywhere: Within,
    /// On every resource, under all circumstances.
    pub always: Within,
    /// See [`super::effective::Effective::all_but`].
    pub all_but: bool,
    /// True if a deny speaks of every resource but some.
    pub spared: bool,
}

/// The rules of one context.
pub(super) struct Rules<'a> {
    world: &'a World,
    levels: &'a Levels,
    context: &'a Context,
}

impl<'a> Rules<'a> {
    pub fn new(world: &'a World, levels: &'a Levels, context: &'a Context) -> Self {
        Self { world, levels, context }
    }

    /// What is left of the actions of a statement; `None` if nothing.
    pub fn left(&self, statement: &Statement) -> Option<Left> {
        let (actions, cut) = self.left_how(statement, How::Somehow)?;
        let spared = self.denies().any(|deny| deny.inverted_resources && !self.conditional(deny));
        let narrows = spared || self.limits().any(|limit| !self.is_whole(limit, How::Everywhere));
        let everywhere = |how| Within::of(self.left_how(statement, how).map(|(left, _)| left));
        let wide = if narrows { everywhere(How::Everywhere) } else { Within::Same };
        let conditional = self.denies().chain(self.limits()).any(|limit| self.conditional(limit));
        let always = if conditional { everywhere(How::Always) } else { wide.clone() };
        let all_but = cut && actions.width == ActionWidth::All && !actions.escalates;
        Some(Left { actions, everywhere: wide, always, all_but, spared })
    }

    /// True if nothing is left of a (single) action.
    pub fn bars(&self, action: &str) -> bool {
        self.denied(action, How::Somehow)
    }

    /// What is left of a statement's actions, and whether some of a pattern that is left is taken away.
    fn left_how(&self, statement: &Statement, how: How) -> Option<(ActionSummary, bool)> {
        let own = texts(self.world, statement.actions).map(str::to_owned);
        let (mut patterns, mut excluded): (Vec<String>, Vec<String>) = if statement.inverted_actions {
            (vec!["*".to_owned()], own.collect())
        } else {
            (own.collect(), Vec::new())
        };
        let mut cut = false;
        for deny in self.denies().filter(|deny| how == How::Always || !self.conditional(deny)) {
            let denied: Vec<&str> = texts(self.world, deny.actions).collect();
            let spares = deny.inverted_resources && how == How::Somehow;
            if spares || !any_resource(self.world, deny) {
                // It may take single actions away, as far as their kind of resource goes.
                cut |= deny.inverted_actions || meet(&patterns, &denied);
            } else if deny.inverted_actions {
                // All but those named are denied: what both name is left.
                let left = patterns.iter().flat_map(|action| denied.iter().filter_map(|kept| common(action, kept)));
                let left: BTreeSet<&str> = left.collect();
                patterns = left.into_iter().map(str::to_owned).collect();
            } else {
                patterns.retain(|action| !denied.iter().any(|pattern| covers(pattern, action)));
                cut |= meet(&patterns, &denied);
                excluded.extend(denied.into_iter().map(str::to_owned));
            }
        }
        if let Some(policy) = self.context.boundary {
            let less = self.within_boundary(policy, &mut patterns, how);
            cut |= less;
        }
        let excepted = |action: &str| excluded.iter().any(|pattern| covers(pattern, action));
        patterns.retain(|action| !excepted(action) && (is_wild(action) || !self.denied(action, how)));
        if patterns.is_empty() {
            return None;
        }
        let denied = |action: &str| excepted(action) || self.denied(action, how);
        let part = |pattern: &str| self.closed_by_arn(pattern, how);
        let cuts = Cut { denied: &denied, part: &part };
        let mut summary = if statement.inverted_actions && patterns.iter().all(|pattern| pattern == "*") {
            self.levels.summary_but(excluded.iter().map(String::as_str), true, &cuts)
        } else {
            self.levels.summary_but(patterns.iter().map(String::as_str), false, &cuts)
        };
        if summary.services.iter().any(|service| is_wild(service)) {
            summary.lost_services = self.lost(&excluded);
        }
        Some((summary, cut))
    }

    /// The services of which a list of exceptions, or the boundary, leaves no action.
    fn lost(&self, excluded: &[String]) -> Vec<String> {
        let of_boundary = self.limits().filter(|limit| limit.inverted_actions);
        let of_boundary = of_boundary.flat_map(|limit| texts(self.world, limit.actions));
        let named: BTreeSet<&str> =
            excluded.iter().map(String::as_str).chain(of_boundary).filter_map(whole_service).collect();
        let lost = named.into_iter().filter(|service| {
            let all = format!("{service}:*");
            let touched = |limit: &Statement| {
                let mut patterns = texts(self.world, limit.actions);
                if limit.inverted_actions {
                    !patterns.any(|pattern| covers(pattern, &all))
                } else {
                    patterns.any(|pattern| overlap(pattern, &all))
                }
            };
            excluded.iter().any(|pattern| covers(pattern, &all))
                || self.context.boundary.is_some() && !self.limits().any(touched)
        });
        lost.map(str::to_ascii_lowercase).collect()
    }

    /// Leaves of the patterns what the boundary lets through. True if it is all but a list of some of them.
    fn within_boundary(&self, policy: u32, patterns: &mut Vec<String>, how: How) -> bool {
        let (mut kept, mut cut) = (BTreeSet::new(), BTreeSet::new());
        for (_, id, _) in self.world.statements.of_policy(policy) {
            let Some(limit) = self.world.statements.get(*id).filter(|statement| statement.allow) else { continue };
            if how >= How::Everywhere && !self.is_whole(limit, how) {
                continue;
            }
            let named: Vec<&str> = texts(self.world, limit.actions).collect();
            for action in patterns.iter() {
                if !limit.inverted_actions {
                    kept.extend(named.iter().filter_map(|pattern| common(action, pattern)).map(str::to_owned));
                } else if named.iter().any(|pattern| covers(pattern, action)) {
                } else if named.iter().any(|pattern| overlap(pattern, action)) {
                    cut.insert(action.clone());
                } else {
                    kept.insert(action.clone());
                }
            }
        }
        let less = cut.iter().any(|action| !kept.contains(action));
        kept.extend(cut);
        *patterns = kept.into_iter().collect();
        less
    }

    /// True if nothing is left of a (single) action.
    fn denied(&self, action: &str, how: How) -> bool {
        self.context.denies.iter().any(|id| {
            let deny = self.world.statements.get(*id);
            denies(self.world, *id, action) && deny.is_some_and(|deny| self.stops(deny, action, how))
        }) || !self.lets(action, how)
    }

    /// True if a deny that speaks of an action takes it away.
    fn stops(&self, deny: &Statement, action: &str, how: How) -> bool {
        if self.conditional(deny) && how != How::Always {
            return false;
        }
        let own = |pattern| self.context.home.as_ref().map_or(Cow::Borrowed(pattern), |home| home.own(pattern));
        let mut patterns = texts(self.world, deny.resources);
        if deny.inverted_resources {
            return how >= How::Everywhere
                || self.domain(action).is_some_and(|domain| !patterns.any(|spared| may_meet(&own(spared), &domain)));
        }
        patterns.clone().any(names_everything)
            || self.domain(action).is_some_and(|domain| patterns.any(|pattern| covers(&own(pattern), &domain)))
    }

    /// True if the boundary, if there is one, lets an action through; of a pattern, anything.
    fn lets(&self, action: &str, how: How) -> bool {
        if self.context.boundary.is_none() {
            return true;
        }
        let mut domain = None;
        self.limits().any(|limit| {
            let part = is_wild(action) && !limit.inverted_actions && how == How::Somehow;
            let named = texts(self.world, limit.actions)
                .any(|pattern| covers(pattern, action) || (part && overlap(pattern, action)));
            if named == limit.inverted_actions || (how >= How::Everywhere && !self.is_whole(limit, how)) {
                return false;
            }
            if limit.inverted_resources || any_resource(self.world, limit) {
                return true;
            }
            let domain = domain.get_or_insert_with(|| self.domain(action));
            let mut patterns = texts(self.world, limit.resources);
            domain.as_ref().is_none_or(|domain| patterns.any(|pattern| may_meet(pattern, domain)))
        })
    }

    /// True if denies by ARN leave of a whole service no more than what acts on none.
    fn closed_by_arn(&self, pattern: &str, how: How) -> bool {
        let (Some(service), Some(home)) = (whole_service(pattern), &self.context.home) else { return false };
        // Of other services it is not known whether their actions act on ARNs of theirs at all.
        let of_service = |kind: &str| kind.split(':').nth(2).is_some_and(|known| known.eq_ignore_ascii_case(service));
        if !self.levels.kinds().any(of_service) {
            return false;
        }
        let account = if service.eq_ignore_ascii_case("iam") { home.account.as_str() } else { "*" };
        let region = if service.eq_ignore_ascii_case("iam") { "" } else { "*" };
        let all = format!("arn:{}:{}:{region}:{account}:*", home.partition, service.to_ascii_lowercase());
        self.denies().any(|deny| {
            let mut actions = texts(self.world, deny.actions);
            let speaks = if deny.inverted_actions {
                !actions.any(|action| overlap(action, pattern))
            } else {
                actions.any(|action| covers(action, pattern))
            };
            let mut resources = texts(self.world, deny.resources);
            speaks
                && (how == How::Always || !self.conditional(deny))
                && !deny.inverted_resources
                && resources.any(|resource| covers(&home.own(resource), &all))
        })
    }

    /// The ARNs of what an action acts on, where it acts on nothing else.
    fn domain(&self, action: &str) -> Option<String> {
        Some(self.context.home.as_ref()?.fill(self.levels.acts_on(action)?))
    }

    fn denies(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        let world = self.world;
        self.context.denies.iter().filter_map(|deny| world.statements.get(*deny))
    }

    /// What the boundary allows.
    fn limits(&self) -> impl Iterator<Item = &'a Statement> + use<'a> {
        let world = self.world;
        let all = self.context.boundary.into_iter().flat_map(|policy| world.statements.of_policy(policy));
        all.filter_map(|(_, id, _)| world.statements.get(*id)).filter(|statement| statement.allow)
    }

    fn conditional(&self, statement: &Statement) -> bool {
        !self.world.statements.members(statement.conditions).is_empty()
    }

    /// True if a boundary's statement holds for every resource; read as *always*, whatever the circumstances.
    fn is_whole(&self, limit: &Statement, how: How) -> bool {
        let always = how != How::Always || !self.conditional(limit);
        any_resource(self.world, limit) && !limit.inverted_resources && always
    }
}

/// True if a deny speaks of every resource, of every one but some, or of every one of a kind that some listed action acts on.
pub(super) fn is_broad(world: &World, levels: &Levels, deny: &Statement) -> bool {
    any_resource(world, deny)
        || texts(world, deny.resources).any(|pattern| {
            let pattern = &pattern.replace(OWN_ACCOUNT, "1");
            let home = Home {
                partition: pattern.split(':').nth(1).filter(|part| !part.is_empty()).unwrap_or("*").to_owned(),
                account: account_of_pattern(pattern).to_owned(),
            };
            pattern.contains('*') && levels.kinds().any(|kind| covers(pattern, &home.fill(kind)))
        })
}

/// True if a deny speaks of the (single) action.
pub(super) fn denies(world: &World, deny: StatementId, action: &str) -> bool {
    // Of a pattern, a deny of all but some spares what both name.
    let spares = |pattern: &str| is_wild(action) && overlap(pattern, action);
    world.statements.get(deny).is_some_and(|deny| {
        let mut named = texts(world, deny.actions);
        if deny.inverted_actions {
            !named.any(|pattern| covers(pattern, action) || spares(pattern))
        } else {
            named.any(|pattern| covers(pattern, action))
        }
    })
}

/// True if a pattern of resources may name one of a kind. A variable may stand for anything.
fn may_meet(pattern: &str, domain: &str) -> bool {
    pattern.contains("${") || overlap(pattern, domain)
}

fn meet(patterns: &[String], denied: &[&str]) -> bool {
    patterns.iter().any(|action| denied.iter().any(|pattern| overlap(pattern, action)))
}

/// What two patterns of actions have in common; where neither holds the other whole, the one that says more of how they
/// begin. `None` if nothing.
pub(super) fn common<'a>(one: &'a str, other: &'a str) -> Option<&'a str> {
    if covers(other, one) {
        Some(one)
    } else if covers(one, other) {
        Some(other)
    } else if literal_prefix(other).len() > literal_prefix(one).len() {
        overlap(one, other).then_some(other)
    } else {
        overlap(one, other).then_some(one)
    }
}
