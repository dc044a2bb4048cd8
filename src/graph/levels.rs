//! What actions amount to: from curated lists and verbs, compiled once for each distinct list of actions.

use std::collections::{BTreeMap, BTreeSet};

use super::deletions::Deletes;
use super::kinds::Kinds;
use super::pattern::{blurred, covers, names_all, names_every_of_kind, overlap, whole_service};
use super::trusts::ASSUME;
use crate::model::facts::{ActionWidth, GrantLevel};
use crate::model::rewrite::{Rewrite, Rewrites};

/// How rights in a cluster begin.
pub(super) const CLUSTER: &str = "k8s:";
/// Every right in a cluster.
const EVERY_RIGHT: &str = "k8s:*";
/// How every right on a group of resources begins; the group follows.
const WHOLE_GROUP: &str = "k8s:*/*.";

/// What a level rests on that says nothing of what is called.
const MAY_WRITE: &str = "list of actions that write if what they call does";

/// The lists and verbs by which actions of one system are judged. Made from the level files.
#[derive(Debug, Clone, Default)]
pub struct Levels {
    /// Actions that change who has access.
    pub permissions: Vec<String>,
    /// Those of them that, allowed on every resource, make the caller an administrator.
    pub escalates: Vec<String>,
    /// Actions that read stored secrets.
    pub secrets: Vec<String>,
    /// Actions that call an AI model or agent.
    pub models: Vec<String>,
    /// Actions that send a message to whomever the caller names.
    pub sends: Vec<String>,
    /// Actions that write into a resource which may be of another account.
    pub sends_to: Vec<String>,
    /// Actions that delete what others made; a service of `*` stands for each.
    pub deletes: Vec<String>,
    /// Actions of which the name does not tell whether they delete.
    pub may_delete: Vec<String>,
    /// Actions that delete nothing of others, though their names say so.
    pub spares: Vec<String>,
    /// Actions that change nothing, though their first word is none that reads.
    pub reads: Vec<String>,
    /// Actions that send what software says of itself, and change nothing else.
    pub telemetry: Vec<String>,
    /// Actions that change something if what they call does.
    pub may_write: Vec<String>,
    /// Actions that reach the content of no resource.
    pub tells: Vec<String>,
    /// Actions that tell the names of what is within something, and reach nothing within it.
    pub lists: Vec<String>,
    /// The verbs, at the start of an action's name, that delete.
    pub delete_verbs: Vec<String>,
    /// Actions that have a service run something of the caller's with an identity that is handed to it.
    pub runs: Vec<String>,
    /// Actions that change or command what runs already.
    pub takes_over: Vec<String>,
    /// Actions that take on another identity.
    pub assume: Vec<String>,
    /// Actions that do so with a token of another system, and need no grant.
    pub federate: Vec<String>,
    /// Actions that hand an identity to a service.
    pub pass: Vec<String>,
    /// What some of `permissions` rewrite.
    pub rewrites: Vec<(Rewrite, String)>,
    /// Of some of all these, the ARNs that they act on and no others, as `arn:${Partition}:iam::${Account}:role/*`.
    pub acts_on: BTreeMap<String, String>,
    /// The verbs, at the start of an action's name, that only read.
    pub read_verbs: Vec<String>,
    /// The lists of clusters, whose actions are told by their prefix `k8s:` and judged by no others.
    pub kubernetes: Option<Box<Levels>>,
}

/// What a list of actions amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "independent properties of one list of actions")]
pub struct ActionSummary {
    /// The most that one of the actions allows.
    pub level: GrantLevel,
    /// What the level rests on, such as `iam:PutRolePolicy: list of permission changes`.
    pub level_by: String,
    /// How wide the widest is.
    pub width: ActionWidth,
    /// The services named, sorted; `*` for all.
    pub services: Vec<String>,
    /// Those of them of which an action may reach the content of a resource.
    pub reaching: Vec<String>,
    /// Those of them of which an action tells the names of what is within a resource.
    pub listing: Vec<String>,
    /// Of `*`, those of which no action is left, as of everything but `iam:*`.
    pub lost_services: Vec<String>,
    /// Those of them of which every action is meant, as in `s3:*`.
    pub whole_services: Vec<String>,
    /// Changes who has access.
    pub permissions: bool,
    /// Does so by an action that is narrower than a whole service.
    pub permissions_by_name: bool,
    /// Makes the caller an administrator if allowed on every resource.
    pub escalates: bool,
    /// On which kinds.
    pub escalates_on: Kinds,
    /// Does so by an action of which it is not said what it rewrites, and so whom it takes.
    pub escalates_alone: bool,
    /// Reads stored secrets.
    pub secrets: bool,
    /// Calls an AI model or agent.
    pub models: bool,
    /// Does so by an action that is narrower than a whole service.
    pub models_by_name: bool,
    /// Sends a message to whomever the caller names.
    pub sends: bool,
    /// Writes into a resource which may be of another account.
    pub sends_to: bool,
    /// Calls what may change something, whatever its level.
    pub may_write: bool,
    /// Whether it deletes what others made.
    pub deletes: Deletes,
    /// Has a service run something of the caller's with an identity that is handed to it.
    pub runs: bool,
    /// Changes or commands what runs already.
    pub takes_over: bool,
    /// Takes on another identity.
    pub assume: bool,
    /// Does so by `sts:AssumeRole`, which is a step to a role that trusts the caller.
    pub steps: bool,
    /// Does so by an action of another kind that is narrower than a whole service.
    pub assumes_root: bool,
    /// Hands an identity to a service.
    pub pass: bool,
    /// Does so by an action that is narrower than a whole service.
    pub pass_by_name: bool,
    /// What it rewrites, and so gives power over.
    pub rewrites: Rewrites,
    /// The services on whose resources it does what matters most: whole services, permissions, secrets, and taking on or
    /// handing over identities. `*` for all, none if it does nothing of that.
    pub matters_on: Vec<String>,
    /// Of IAM, the kinds on which it does so.
    pub matters_on_kinds: Kinds,
}

/// What of a resource an action gets at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaches {
    /// Nothing of what is in it.
    Nothing,
    /// The names of what is within it.
    Names,
    /// Whatever is in it, for all that is known.
    Content,
}

impl ActionSummary {
    /// That of no action at all.
    fn nothing() -> Self {
        Self {
            level: GrantLevel::Read,
            level_by: String::new(),
            width: ActionWidth::Named,
            services: Vec::new(),
            reaching: Vec::new(),
            listing: Vec::new(),
            lost_services: Vec::new(),
            whole_services: Vec::new(),
            permissions: false,
            permissions_by_name: false,
            escalates: false,
            escalates_on: Kinds::default(),
            escalates_alone: false,
            secrets: false,
            models: false,
            models_by_name: false,
            sends: false,
            sends_to: false,
            may_write: false,
            deletes: Deletes::No,
            runs: false,
            takes_over: false,
            assume: false,
            steps: false,
            assumes_root: false,
            pass: false,
            pass_by_name: false,
            rewrites: Rewrites::default(),
            matters_on: Vec::new(),
            matters_on_kinds: Kinds::default(),
        }
    }

    /// True if none of the actions gets at anything that a resource holds.
    #[must_use]
    pub fn reaches_nothing(&self) -> bool {
        self.reaching.is_empty() && self.listing.is_empty()
    }

    /// True if it has all that matters most of what the other has.
    #[must_use]
    pub fn is_as_strong_as(&self, other: &Self) -> bool {
        let of = |one: &Self| (one.permissions_by_name, one.secrets, one.assume, one.pass_by_name);
        let guards = |one: &Self| one.whole_services.len();
        of(self) == of(other) && guards(self) == guards(other)
    }

    /// True if a pattern of ARNs names every resource of a kind on which these actions do what matters most.
    #[must_use]
    pub fn matters_everywhere(&self, pattern: &str) -> bool {
        let service = pattern.split(':').nth(2).unwrap_or("");
        let unclear = blurred(pattern);
        let of_iam = if unclear { self.matters_on.iter().all(|known| known == "iam") } else { service == "iam" };
        let kinds = || !of_iam || Kinds::covered(pattern).meets(self.matters_on_kinds);
        let of_service = || unclear || self.matters_on.iter().any(|known| overlap(known, service));
        names_every_of_kind(pattern) && (self.matters_on.is_empty() || of_service() && kinds())
    }
}

/// What is taken out of patterns of actions.
#[derive(Clone, Copy)]
pub struct Cut<'a> {
    /// True for a single action that is taken out of wider patterns.
    pub denied: &'a dyn Fn(&str) -> bool,
    /// True for a pattern of a whole service of which not every action is left.
    pub part: &'a dyn Fn(&str) -> bool,
}

const NOTHING: Cut<'static> = Cut { denied: &|_| false, part: &|_| false };

impl Levels {
    /// The ARNs that a listed action acts on, if it acts on no others.
    #[must_use]
    pub fn acts_on(&self, action: &str) -> Option<&str> {
        let known = self.acts_on.get(action).or_else(|| {
            self.acts_on.iter().find(|(known, _)| known.eq_ignore_ascii_case(action)).map(|(_, resource)| resource)
        });
        known.map(String::as_str)
    }

    /// What of the resources that it is granted on an action gets at, or the most that all of a pattern does.
    #[must_use]
    pub fn reaches(&self, action: &str) -> Reaches {
        let within = |list: &[String]| list.iter().any(|known| covers(known, action));
        match (within(&self.tells), within(&self.lists)) {
            (true, _) => Reaches::Nothing,
            (false, true) => Reaches::Names,
            (false, false) => Reaches::Content,
        }
    }

    /// The kinds of ARNs that listed actions act on, each once.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.acts_on.values().map(String::as_str).collect::<BTreeSet<_>>().into_iter()
    }

    /// What the actions (or, if `inverted`, all actions but those) amount to.
    #[must_use]
    pub fn summary<'a>(&self, actions: impl IntoIterator<Item = &'a str>, inverted: bool) -> ActionSummary {
        self.summary_but(actions, inverted, &NOTHING)
    }

    /// The same, where something is taken out of the patterns.
    #[must_use]
    pub fn summary_but<'a>(
        &self,
        actions: impl IntoIterator<Item = &'a str>,
        inverted: bool,
        cut: &Cut<'_>,
    ) -> ActionSummary {
        let actions: Vec<&str> = actions.into_iter().collect();
        if let Some(of_clusters) = &self.kubernetes
            && actions.first().is_some_and(|action| action.starts_with(CLUSTER))
        {
            return of_clusters.summary_but(actions, inverted, cut);
        }
        let denied = cut.denied;
        if inverted {
            return self.inverted(&actions, denied);
        }
        let mut summary = ActionSummary::nothing();
        let mut matters = BTreeSet::new();
        let (mut services, mut whole) = (BTreeSet::new(), BTreeSet::new());
        let (mut reaching, mut listing) = (BTreeSet::new(), BTreeSet::new());
        for action in actions {
            let (level, by, width) = self.level(action, cut);
            if summary.level_by.is_empty() || level > summary.level {
                summary.level = level;
                summary.level_by = format!("{action}: {by}");
            }
            summary.width = summary.width.max(width);
            summary.may_write |= by == MAY_WRITE;
            let service = action.split_once(':').map_or("*", |(service, _)| service).to_ascii_lowercase();
            if width != ActionWidth::Named {
                summary.matters_on_kinds = Kinds::ALL;
                matters.insert(service.clone());
            }
            if width == ActionWidth::Service {
                whole.insert(action.strip_prefix(WHOLE_GROUP).map_or_else(|| service.clone(), str::to_owned));
            }
            if action == EVERY_RIGHT {
                // The administrator of a cluster, whatever its lists name.
                summary.escalates = true;
                summary.escalates_on = Kinds::ALL;
                summary.escalates_alone = true;
            }
            match self.reaches(action) {
                Reaches::Nothing => {}
                Reaches::Names => drop(listing.insert(service.clone())),
                Reaches::Content => drop(reaching.insert(service.clone())),
            }
            services.insert(service);
            let hits = |list: &[String]| list.iter().any(|known| overlap(action, known) && !denied(known));
            let by_name = width == ActionWidth::Named;
            let (permissions, models, pass) = (hits(&self.permissions), hits(&self.models), hits(&self.pass));
            summary.permissions |= permissions;
            summary.permissions_by_name |= permissions && by_name;
            for known in self.escalates.iter().filter(|known| overlap(action, known) && !denied(known)) {
                summary.escalates = true;
                summary.escalates_on = summary.escalates_on.with(Kinds::named(self.acts_on(known)));
                summary.escalates_alone |= self.is_alone(known);
            }
            self.see_known(&mut summary, &hits);
            summary.deletes = summary.deletes.max(self.deletes(action, denied));
            summary.models |= models;
            summary.models_by_name |= models && by_name;
            for known in self.assume.iter().filter(|known| overlap(action, known) && !denied(known)) {
                summary.assume = true;
                summary.steps |= known == ASSUME;
                summary.assumes_root |= by_name && known != ASSUME && !known.starts_with(CLUSTER);
            }
            summary.pass |= pass;
            summary.pass_by_name |= pass && by_name;
            for (rewrite, known) in &self.rewrites {
                if overlap(action, known) && !denied(known) {
                    summary.rewrites.add(*rewrite);
                }
            }
            let weighty = [&self.permissions, &self.secrets, &self.assume, &self.pass].into_iter().flatten();
            for known in weighty.filter(|known| by_name && overlap(action, known) && !denied(known)) {
                let on = self.acts_on(known);
                let service = on.and_then(|resource| resource.split(':').nth(2)).or_else(|| known.split(':').next());
                matters.insert(service.unwrap_or("*").to_ascii_lowercase());
                if service.is_none_or(|service| service.eq_ignore_ascii_case("iam")) {
                    summary.matters_on_kinds = summary.matters_on_kinds.with(Kinds::named(on));
                }
            }
        }
        summary.matters_on = matters.into_iter().collect();
        summary.services = services.into_iter().collect();
        summary.reaching = reaching.into_iter().collect();
        summary.listing = listing.into_iter().collect();
        summary.whole_services = whole.into_iter().collect();
        summary
    }

    /// The level of one action or pattern: the highest that it can match.
    fn level(&self, action: &str, cut: &Cut<'_>) -> (GrantLevel, &'static str, ActionWidth) {
        let name = action.split_once(':').map(|(_, name)| name);
        let width = match name {
            _ if action == EVERY_RIGHT => ActionWidth::All,
            _ if action.starts_with(WHOLE_GROUP) => ActionWidth::Service,
            _ if action.starts_with(CLUSTER) => ActionWidth::Named,
            None => ActionWidth::All,
            Some(name) if action.bytes().all(|byte| byte == b'*' || byte == b':') && name.contains('*') => {
                ActionWidth::All
            }
            Some(name) if names_all(name) && !(cut.part)(action) => ActionWidth::Service,
            Some(_) => ActionWidth::Named,
        };
        let named = |known: &String| overlap(action, known) && !(cut.denied)(known);
        if width == ActionWidth::Named && self.permissions.iter().any(named) {
            return (GrantLevel::Permissions, "list of actions that change permissions", width);
        }
        match width {
            ActionWidth::All => (GrantLevel::Admin, "every action", width),
            ActionWidth::Service => (GrantLevel::Admin, "every action of the service", width),
            ActionWidth::Named => {
                let name = name.unwrap_or("");
                // `bedrock:InvokeModel` is a verb of one service.
                let begins =
                    |text: &str, verb: &str| text.get(..verb.len()).is_some_and(|head| head.eq_ignore_ascii_case(verb));
                let verbs = &self.read_verbs;
                let reads = verbs.iter().any(|verb| begins(if verb.contains(':') { action } else { name }, verb));
                let listed = |list: &[String]| list.iter().any(|known| covers(known, action));
                if reads {
                    (GrantLevel::Read, "verb that reads", width)
                } else if listed(&self.reads) {
                    (GrantLevel::Read, "list of actions that read", width)
                } else if listed(&self.telemetry) {
                    (GrantLevel::Read, "list of actions that send telemetry", width)
                } else if listed(&self.may_write) {
                    (GrantLevel::Read, MAY_WRITE, width)
                } else {
                    (GrantLevel::Write, "verb that does not only read", width)
                }
            }
        }
    }

    /// True if it is not said what an action rewrites that makes its caller an administrator.
    fn is_alone(&self, action: &str) -> bool {
        !self.rewrites.iter().any(|(_, known)| known.eq_ignore_ascii_case(action))
    }

    /// The lists of which one hit is all there is to know.
    fn see_known(&self, summary: &mut ActionSummary, hits: &impl Fn(&[String]) -> bool) {
        summary.secrets |= hits(&self.secrets);
        summary.sends |= hits(&self.sends);
        summary.sends_to |= hits(&self.sends_to);
        summary.runs |= hits(&self.runs);
        summary.takes_over |= hits(&self.takes_over);
    }

    fn inverted(&self, excluded: &[&str], denied: &dyn Fn(&str) -> bool) -> ActionSummary {
        let left = |list: &[String]| {
            list.iter().any(|known| !denied(known) && !excluded.iter().any(|action| covers(action, known)))
        };
        let permissions = left(&self.permissions);
        let escalating = self.escalates.iter().filter(|known| left(std::slice::from_ref(*known)));
        let kinds = escalating.fold(Kinds::default(), |all, known| all.with(Kinds::named(self.acts_on(known))));
        let lost: BTreeSet<String> =
            excluded.iter().filter_map(|action| whole_service(action)).map(str::to_ascii_lowercase).collect();
        let mut rewrites = Rewrites::default();
        for (rewrite, known) in &self.rewrites {
            if !denied(known) && !excluded.iter().any(|action| covers(action, known)) {
                rewrites.add(*rewrite);
            }
        }
        ActionSummary {
            level: GrantLevel::Admin,
            level_by: "every action but those listed".to_owned(),
            width: ActionWidth::All,
            services: vec!["*".to_owned()],
            reaching: vec!["*".to_owned()],
            listing: Vec::new(),
            lost_services: lost.into_iter().collect(),
            whole_services: Vec::new(),
            permissions,
            permissions_by_name: false,
            escalates: left(&self.escalates),
            escalates_on: kinds,
            escalates_alone: self
                .escalates
                .iter()
                .any(|known| self.is_alone(known) && left(std::slice::from_ref(known))),
            secrets: left(&self.secrets),
            models: left(&self.models),
            models_by_name: false,
            sends: left(&self.sends),
            sends_to: left(&self.sends_to),
            may_write: false,
            deletes: self.deletes_but(excluded, denied),
            runs: left(&self.runs),
            takes_over: left(&self.takes_over),
            assume: left(&self.assume),
            steps: self.assume.iter().any(|known| known == ASSUME && left(std::slice::from_ref(known))),
            assumes_root: false,
            pass: left(&self.pass),
            pass_by_name: false,
            rewrites,
            matters_on: vec!["*".to_owned()],
            matters_on_kinds: Kinds::ALL,
        }
    }
}
