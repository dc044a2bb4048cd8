//! What a boundary and denies leave of a grant on one known resource.
//!
//! Where `left` asks what is left of actions on some resource and on every one, this asks it of one. An action is *gone*
//! there if a deny without a condition speaks of all of it on all that the grant and the resource have in common, or if
//! the boundary allows nothing that overlaps both. It is *sure* if the boundary allows all of it, without a condition, and
//! no deny touches it. Between the two it may be left. What is gone here is never wrongly so: a pattern counts as whole
//! only if it covers the other, letter by letter, and every variable in it could be filled in.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::effective::{Grants, texts, written};
use super::left::common;
use super::levels::{Levels, Reaches};
use super::pattern::{covers, covers_exactly, is_wild, matches_any_case, names_everything, overlap, without_variables};
use super::resources::{Met, acting_on, is_within, service};
use crate::model::World;
use crate::model::facts::GrantLevel;
use crate::model::policy::Statement;

/// What limits an identity.
pub(super) struct Limits<'a> {
    levels: &'a Levels,
    denies: Vec<Limit<'a>>,
    /// What the boundary allows; `None` without one whose text was read.
    boundary: Option<Vec<Limit<'a>>>,
}

/// A statement that limits, as it is for one identity.
struct Limit<'a> {
    actions: Vec<&'a str>,
    all_but_actions: bool,
    /// Each with whether all its variables could be filled in.
    resources: Vec<(Cow<'a, str>, bool)>,
    all_but_resources: bool,
    conditional: bool,
}

/// How much of something a statement speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Share {
    Nothing,
    Part,
    All,
}

/// How surely an action is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    Gone,
    Perhaps,
    Sure,
}

/// What a pattern of a grant and a known resource have in common.
struct Shared<'a> {
    /// The pattern of the grant.
    pattern: &'a str,
    /// The resource's own name.
    itself: &'a str,
    /// That and the name of what is within it, as far as the grant names them.
    parts: Vec<&'a str>,
    /// The resource's service; `None` for what is not an ARN, of which no ARN says whether it is meant.
    service: Option<&'a str>,
}

impl<'a> Limits<'a> {
    /// What limits an identity; `None` if nothing does.
    pub fn of(world: &'a World, grants: &'a Grants, identity: u32) -> Option<Self> {
        let (denies, boundary) = grants.limits(world, identity)?;
        let limit = |statement| Limit::of(world, identity, statement);
        let denies = denies.iter().filter_map(|id| world.statements.get(*id)).map(limit).collect();
        let boundary = boundary.map(|policy| {
            let all = world.statements.of_policy(policy).iter().filter_map(|(_, id, _)| world.statements.get(*id));
            all.filter(|statement| statement.allow).map(limit).collect()
        });
        Some(Self { levels: &grants.levels, denies, boundary })
    }

    /// Visits what is left of a statement's actions where a pattern of the statement meets a known resource, and whether
    /// that is sure. It ends where the visitor says `false`.
    pub fn left(
        &self,
        world: &World,
        granted: &Statement,
        pattern: &str,
        met: &Met<'_>,
        visit: &mut dyn FnMut(&str, bool) -> bool,
    ) {
        let parts = [Some(met.whole), met.within].into_iter().flatten().filter(|part| overlap(pattern, part));
        let shared = Shared { pattern, itself: met.whole, parts: parts.collect(), service: service(met.whole) };
        let listed: Vec<&str> = texts(world, granted.actions).collect();
        let (listed, excepted) = if granted.inverted_actions { (vec!["*"], listed) } else { (listed, Vec::new()) };
        for (action, meant) in about(&listed, shared.service) {
            let mut whole: Vec<&str> = Vec::new();
            let mut judge = |piece| {
                let (somehow, sure) = self.judged(piece, &excepted, &shared);
                // What tells of the resource reaches nothing of it, left or not.
                let reaches = match self.levels.reaches(piece) {
                    Reaches::Nothing => false,
                    Reaches::Names => !is_within(met.whole),
                    Reaches::Content => true,
                };
                let go = !(somehow && reaches) || visit(piece, sure && meant);
                (sure, go)
            };
            for piece in self.pieces(&action, &shared) {
                let (sure, go) = judge(piece);
                if !go {
                    return;
                }
                whole.extend(sure.then_some(piece));
            }
            // Of a wildcard that is not left whole, a deny of some actions leaves the others.
            for known in self.known(&action, &shared) {
                if !whole.iter().any(|wider| covers(wider, known)) && !judge(known).1 {
                    return;
                }
            }
        }
    }

    /// Whether a pattern of actions, but for some, is left somehow, and whether it surely is.
    fn judged(&self, piece: &str, excepted: &[&str], shared: &Shared<'_>) -> (bool, bool) {
        let most = match share(excepted, piece) {
            Share::All => return (false, false),
            Share::Part => Hold::Perhaps,
            Share::Nothing => Hold::Sure,
        };
        let hold = |part: &&str| self.hold(piece, shared, part).min(most);
        let acted = shared.acted_on(piece);
        let sure = !acted.is_empty() && acted.iter().all(|part| hold(part) == Hold::Sure);
        (sure || shared.parts.iter().any(|part| hold(part) != Hold::Gone), sure)
    }

    /// Whether anything is left of a statement where a pattern of it meets a known resource; `None` if nothing.
    pub fn is_left(&self, world: &World, granted: &Statement, pattern: &str, met: &Met<'_>) -> Option<bool> {
        let mut left = None;
        self.left(world, granted, pattern, met, &mut |_, sure| {
            left = Some(sure);
            !sure
        });
        left
    }

    /// Whether a deny that names resources speaks of something that a pattern of a statement allows.
    pub fn deny_part(&self, world: &World, granted: &Statement, pattern: &str) -> bool {
        let pattern = &without_variables(pattern.to_owned());
        let shared = Shared { pattern, itself: pattern, parts: Vec::new(), service: service(pattern) };
        let listed: Vec<&str> = texts(world, granted.actions).collect();
        let listed = if granted.inverted_actions { vec!["*"] } else { listed };
        let broad =
            |deny: &&Limit<'_>| deny.all_but_resources || deny.resources.iter().any(|(one, _)| names_everything(one));
        self.denies
            .iter()
            .filter(|deny| !broad(deny))
            .any(|deny| listed.iter().any(|action| deny.speaks(action, &shared, pattern) != Share::Nothing))
    }

    /// Whether a deny or the boundary takes away, on all that a statement names, each of its actions that writes.
    pub fn takes_writes(&self, world: &World, identity: u32, granted: &Statement) -> bool {
        if granted.inverted_actions || granted.inverted_resources {
            return false;
        }
        let writes = |action: &&str| self.levels.summary([*action], false).level >= GrantLevel::Write;
        let writing: Vec<&str> = texts(world, granted.actions).filter(writes).collect();
        texts(world, granted.resources).all(|pattern| {
            let (pattern, _) = written(world, identity, pattern);
            let pattern = pattern.as_ref();
            let shared = Shared { pattern, itself: pattern, parts: vec![pattern], service: service(pattern) };
            writing.iter().all(|action| self.hold(action, &shared, pattern) == Hold::Gone)
        })
    }

    /// The patterns of actions by which a pattern is judged: itself, or what the boundary has in common with it.
    fn pieces<'p>(&'p self, action: &'p str, shared: &Shared<'_>) -> BTreeSet<&'p str> {
        let Some(limits) = &self.boundary else { return BTreeSet::from([action]) };
        let mut pieces = BTreeSet::new();
        let here = |limit: &&Limit<'_>| shared.parts.iter().any(|part| limit.names(shared, part) != Share::Nothing);
        for limit in limits.iter().filter(here) {
            if limit.all_but_actions {
                pieces.insert(action);
            } else {
                pieces.extend(limit.actions.iter().filter_map(|allowed| common(action, allowed)));
            }
        }
        pieces
    }

    /// The well-known actions of the resource's service that a wildcard stands for.
    fn known(&self, action: &str, shared: &Shared<'_>) -> impl Iterator<Item = &str> {
        let of_service = |known: &&str| is_wild(action) && known.split(':').next() == shared.service;
        let listed = [&self.levels.permissions, &self.levels.secrets].into_iter().flatten().map(String::as_str);
        let known = KNOWN.iter().map(|(known, _)| *known).chain(listed).filter(of_service);
        known.filter(|known| covers(action, known))
    }

    /// How surely an action (or all of a pattern) is left on a part.
    fn hold(&self, action: &str, shared: &Shared<'_>, part: &str) -> Hold {
        let mut hold = Hold::Sure;
        if let Some(limits) = &self.boundary {
            let allowed = limits.iter().map(|limit| match limit.speaks(action, shared, part) {
                Share::Nothing => Hold::Gone,
                Share::All if !limit.conditional => Hold::Sure,
                _ => Hold::Perhaps,
            });
            hold = allowed.max().unwrap_or(Hold::Gone);
        }
        let denied = self.denies.iter().map(|deny| match deny.speaks(action, shared, part) {
            Share::Nothing => Hold::Sure,
            Share::All if !deny.conditional => Hold::Gone,
            _ => Hold::Perhaps,
        });
        denied.fold(hold, Hold::min)
    }
}

impl<'a> Limit<'a> {
    fn of(world: &'a World, identity: u32, statement: &Statement) -> Self {
        Self {
            actions: texts(world, statement.actions).collect(),
            all_but_actions: statement.inverted_actions,
            resources: texts(world, statement.resources).map(|pattern| written(world, identity, pattern)).collect(),
            all_but_resources: statement.inverted_resources,
            conditional: !world.statements.members(statement.conditions).is_empty(),
        }
    }

    /// How much of an action on a part it speaks of.
    fn speaks(&self, action: &str, shared: &Shared<'_>, part: &str) -> Share {
        let listed = share(&self.actions, action);
        let actions = if self.all_but_actions { listed.rest() } else { listed };
        if actions == Share::Nothing { actions } else { actions.min(self.names(shared, part)) }
    }

    /// How much it names of what a grant's pattern and a part of the resource have in common.
    fn names(&self, shared: &Shared<'_>, part: &str) -> Share {
        let mut named = Share::Nothing;
        for (pattern, whole) in &self.resources {
            if *whole && (covers_exactly(pattern, part) || covers_exactly(pattern, shared.pattern)) {
                named = Share::All;
                break;
            }
            if overlap(pattern, part) && overlap(pattern, shared.pattern) {
                named = Share::Part;
            }
        }
        match (shared.service, named) {
            // Which ARNs are those of something that is known by another name, nobody says.
            (None, Share::Nothing) => Share::Part,
            _ if self.all_but_resources => named.rest(),
            _ => named,
        }
    }
}

impl Share {
    fn rest(self) -> Self {
        match self {
            Self::Nothing => Self::All,
            Self::Part => Self::Part,
            Self::All => Self::Nothing,
        }
    }
}

impl<'a> Shared<'a> {
    /// The parts that an action acts on, of which all must be left for it to be sure.
    fn acted_on(&self, action: &str) -> Vec<&'a str> {
        let parts = self.parts.iter().copied();
        let on = KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(action)).map(|(_, on)| *on);
        match on {
            Some(On::Itself) if self.parts.contains(&self.itself) => vec![self.itself],
            None | Some(On::Itself) => self.parts.clone(),
            Some(On::Bucket) => parts.filter(|part| !part.contains('/')).collect(),
            // A wildcard in the name of a bucket reaches into its objects.
            Some(On::Objects) => parts.filter(|part| part.contains(['/', '*'])).collect(),
        }
    }
}

/// How much of an action (or of a pattern) patterns speak of.
fn share(patterns: &[&str], action: &str) -> Share {
    let of = |pattern: &&str| match (covers(pattern, action), overlap(pattern, action)) {
        (true, _) => Share::All,
        (false, true) => Share::Part,
        (false, false) => Share::Nothing,
    };
    patterns.iter().map(of).max().unwrap_or(Share::Nothing)
}

/// The actions that are about a service, with the service's name in place of a wildcard, and whether they are meant by name
/// or by their service. Where none is known to be, all of them may.
fn about<'a>(actions: &[&'a str], service: Option<&str>) -> Vec<(Cow<'a, str>, bool)> {
    let all = || actions.iter().map(|action| (Cow::Borrowed(*action), true)).collect();
    let Some(service) = service else { return all() };
    let others: Vec<&str> = acting_on(service).collect();
    let mut found: Vec<(Cow<'a, str>, bool)> = Vec::new();
    for action in actions.iter().copied() {
        let (prefix, name) = action.split_once(':').unwrap_or((action, "*"));
        for by in others.iter().copied().chain([service]) {
            if prefix.eq_ignore_ascii_case(by) && action.contains(':') {
                found.push((Cow::Borrowed(action), true));
            } else if is_wild(prefix) && matches_any_case(prefix, by) {
                found.push((Cow::Owned(format!("{by}:{name}")), by == service));
            }
        }
    }
    if found.is_empty() { all() } else { found }
}

/// What a well-known action acts on.
#[derive(Debug, Clone, Copy)]
enum On {
    /// What bears the resource's own name.
    Itself,
    Bucket,
    Objects,
}

/// Well-known actions, by which a wildcard is known to give something still after a deny of others, and what they act on.
/// Of an action that is not here, all that the grant names of a resource is asked for.
const KNOWN: &[(&str, On)] = &[
    ("dynamodb:BatchGetItem", On::Itself),
    ("dynamodb:BatchWriteItem", On::Itself),
    ("dynamodb:DeleteItem", On::Itself),
    ("dynamodb:DescribeTable", On::Itself),
    ("dynamodb:GetItem", On::Itself),
    ("dynamodb:PutItem", On::Itself),
    ("dynamodb:Query", On::Itself),
    ("dynamodb:Scan", On::Itself),
    ("dynamodb:UpdateItem", On::Itself),
    ("kinesis:GetRecords", On::Itself),
    ("kinesis:PutRecord", On::Itself),
    ("kinesis:PutRecords", On::Itself),
    ("kms:Decrypt", On::Itself),
    ("kms:Encrypt", On::Itself),
    ("lambda:GetFunction", On::Itself),
    ("lambda:InvokeFunction", On::Itself),
    ("lambda:UpdateFunctionCode", On::Itself),
    ("s3:DeleteBucket", On::Bucket),
    ("s3:DeleteObject", On::Objects),
    ("s3:GetBucketLocation", On::Bucket),
    ("s3:GetObject", On::Objects),
    ("s3:GetObjectVersion", On::Objects),
    ("s3:ListBucket", On::Bucket),
    ("s3:PutBucketPolicy", On::Bucket),
    ("s3:PutObject", On::Objects),
    ("sns:Publish", On::Itself),
    ("sqs:DeleteMessage", On::Itself),
    ("sqs:ReceiveMessage", On::Itself),
    ("sqs:SendMessage", On::Itself),
];
