//! Who can become whom: the edges that trust policies and grants make together.
//!
//! Roots and wildcards are hub nodes, so that an account's root trust times `sts:AssumeRole`
//! on `*` is a star and not a square. The rules are AWS's: one account and named exactly, the
//! trust is enough; through the root of an account, the caller's own side must allow it too;
//! across accounts both must; an unconditional deny or a boundary on the caller's side
//! removes the edge.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hashbrown::HashMap;
use petgraph::graph::{DiGraph, NodeIndex};

use super::attached;
use super::effective::{Grants, Leave, boundary_unread, holdings, holds_always, policies_held, texts};
use super::escalation::Rewriting;
use super::everyone::Everyone;
use super::federation;
use super::kubernetes;
use super::levels::Levels;
use super::names;
use super::path;
use super::pattern::{is_wild, literal_prefix, matches};
use super::reach::Reach;
use super::remembered::Remembered;
use super::resources::Resources;
use super::trusts;
use super::unread::{Search, open_by_issuers, open_edges};
use crate::model::facts::{BecomingHow, BecomingState, PrincipalKind, becoming, identity};
use crate::model::policy::Statement;
use crate::model::table::Presence;
use crate::model::{Subject, Sym, Why, World};

/// What an edge rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// A trust: the row of its becoming.
    Trust(u32),
    /// A grant of the caller: the number of a policy's statement.
    Grant(u32),
    /// Both: the caller's grant and the row of the becoming.
    Both(u32, u32),
    /// A grant by which the caller can rewrite what lets it in: the number of a policy's statement.
    Rewrite(u32),
    /// Being in the scope.
    Member,
}

/// An edge of becoming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arc {
    /// How sure it is.
    pub state: BecomingState,
    /// What it rests on.
    pub ground: Ground,
}

/// The identity graph. Nodes `0..identities` are the rows of identities; the others are hubs.
#[derive(Debug)]
pub struct Graph {
    /// Grants by holder.
    pub grants: Grants,
    /// Known resources.
    pub resources: Resources,
    /// The edges of becoming.
    pub edges: DiGraph<(), Arc>,
    /// By identity: why its edges may not be known whole.
    pub open: Vec<Option<Why>>,
    /// How many nodes are identities.
    pub identities: u32,
    /// Who is in each account, for rights on everyone of a kind.
    pub everyone: Everyone,
    /// Who can rewrite whom.
    pub rewriting: Rewriting,
    /// What follows over many steps.
    pub reach: Reach,
    /// By node: the next step on the shortest certain way to an administrator.
    pub to_admin: path::Ways,
    /// By node: the next step on the shortest certain way to who can make an administrator of itself.
    pub to_escalation: path::Ways,
    /// By identity: the rows of the becomings that its trust makes, as a range.
    pub trusted_by: Vec<std::ops::Range<u32>>,
    /// By identity: the rows of the becomings that the profile says.
    pub said_by: BTreeMap<u32, Vec<u32>>,
    /// Policy and holder, sorted.
    holders: Vec<(u32, u32)>,
    /// Lists that were asked for.
    pub(super) remembered: Remembered,
}

/// One caller's right to assume what a pattern names.
#[derive(Debug, Clone, Copy)]
struct Caller {
    row: u32,
    /// The number of the policy's statement.
    entry: u32,
    conditional: bool,
}

impl Graph {
    /// Builds the graph of a sealed world, and adds the becomings to its tables.
    ///
    /// `known_scopes` are those that the profile names as the organisation's own or as partners';
    /// empty means that it names none. `own_scopes` are those of the organisation alone.
    #[must_use]
    pub fn build(world: &mut World, levels: &Levels, known_scopes: &[String], own_scopes: &[String]) -> Self {
        Self::build_within(world, levels, known_scopes, own_scopes, MOST_STEPS)
    }

    /// The same, where patterns make at most `room` steps.
    pub(super) fn build_within(
        world: &mut World,
        levels: &Levels,
        known_scopes: &[String],
        own_scopes: &[String],
        mut room: usize,
    ) -> Self {
        let trusts::Becomings { trusted_by, said_by, federated } =
            trusts::add_becomings(world, levels, known_scopes, own_scopes);
        world.table_mut(Subject::Becoming).seal();
        let read: &World = world;
        let (grants, (resources, mut unread)) =
            rayon::join(|| Grants::build(read, levels), || (Resources::build(read), Search::new(read, own_scopes)));
        let (mut edges, (mut open, everyone)) = rayon::join(
            || Edges::new(read, &grants).build(&mut room),
            || (open_edges(read, &grants, &mut unread), Everyone::build(read, &grants)),
        );
        let mut forbidden = federation::Forbidden::new(world);
        let links = federation::add_edges(world, &federated, &mut edges, &mut forbidden, &mut room);
        world.links.extend(links);
        let (links, notes) = federation::annotated(world, &edges, &mut forbidden);
        world.links.extend(links);
        for message in forbidden.idle(world) {
            world.note("link-takes-nothing", message, None);
        }
        for (message, record) in notes {
            world.note("annotation-without-trust", message, Some(record));
        }
        let mut rewriting = Rewriting::build(world, (&grants, &everyone), &mut edges, &mut room);
        let of_clusters = kubernetes::add(world, &mut edges, &mut rewriting, &mut room);
        let identities = u32::try_from(world.table(Subject::Identity).len()).unwrap_or(u32::MAX);
        unread.tell(world);
        open.resize(identities as usize, None);
        for (row, why) in of_clusters {
            if let Some(open) = open.get_mut(row as usize) {
                *open = why;
            }
        }
        open_by_issuers(world, &mut unread, &mut open);
        if room == 0 {
            let message =
                "patterns of grants make more steps than are followed; what identities reach is not known whole";
            let message = message.to_owned();
            world.note("too-many-steps", message, None);
            for why in &mut open {
                *why = why.or(Some(Why::MissingFact));
            }
        }
        let (reach, holders) = rayon::join(
            || Reach::build(world, (&grants, &everyone), &resources, &edges, &open, &rewriting),
            || {
                let held = |row| policies_held(world, row).into_iter().map(move |policy| (policy, row));
                let mut holders: Vec<(u32, u32)> = (0..identities).flat_map(held).collect();
                holders.sort_unstable();
                holders
            },
        );
        let (to_admin, to_escalation) = rayon::join(
            || path::ways_to(&edges, identities, &reach, |summary| summary.admin),
            || path::ways_to(&edges, identities, &reach, |summary| summary.escalates),
        );
        attached::store(world);
        Self {
            grants,
            resources,
            edges,
            open,
            identities,
            everyone,
            rewriting,
            reach,
            to_admin,
            to_escalation,
            trusted_by,
            said_by,
            holders,
            remembered: Remembered::default(),
        }
    }

    /// The identities that hold a policy, directly or through a group, in ascending order of rows.
    pub fn holders_of(&self, policy: u32) -> impl Iterator<Item = &u32> {
        let from = self.holders.partition_point(|(known, _)| *known < policy);
        self.holders.iter().skip(from).take_while(move |(known, _)| *known == policy).map(|(_, holder)| holder)
    }
}

impl Graph {
    /// How many edges there are.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.edge_count()
    }
}

/// How many steps patterns may make, of which each can match everyone: what more there are is not followed.
const MOST_STEPS: usize = 4_000_000;

/// The making of edges.
struct Edges<'a> {
    world: &'a World,
    grants: &'a Grants,
    graph: DiGraph<(), Arc>,
    /// Callers by the exact ARN that they may assume.
    exact: HashMap<Cow<'a, str>, Vec<Caller>>,
    /// Hubs by caller's scope and pattern.
    hubs: BTreeMap<(Sym, Cow<'a, str>), NodeIndex<u32>>,
    /// By scope: the hub of everyone in it, for roles that trust anyone at all.
    everyone: BTreeMap<Sym, NodeIndex<u32>>,
}

impl<'a> Edges<'a> {
    fn new(world: &'a World, grants: &'a Grants) -> Self {
        let mut graph = DiGraph::new();
        for _ in world.table(Subject::Identity).rows() {
            graph.add_node(());
        }
        Self { world, grants, graph, exact: HashMap::new(), hubs: BTreeMap::new(), everyone: BTreeMap::new() }
    }

    /// The graph. Each step that a pattern makes is taken from `room`, which is 0 where there were more.
    fn build(mut self, room: &mut usize) -> DiGraph<(), Arc> {
        for row in self.world.table(Subject::Identity).rows() {
            self.add_caller(row);
        }
        // Roles that trust a whole account, sorted by ARN, by the account's scope.
        let mut open: BTreeMap<Sym, Vec<(&'a str, u32, u32, BecomingState)>> = BTreeMap::new();
        for row in self.world.table(Subject::Becoming).rows() {
            self.add_trust(row, &mut open);
        }
        let everywhere = self.world.everywhere();
        for roles in open.values_mut() {
            roles.sort_unstable();
        }
        let hubs: Vec<_> = self.hubs.iter().map(|((scope, pattern), node)| (*scope, pattern.clone(), *node)).collect();
        for (scope, pattern, hub) in hubs {
            let pattern = pattern.as_ref();
            let head = literal_prefix(pattern);
            for key in [scope, everywhere] {
                let Some(roles) = open.get(&key) else { continue };
                let from = roles.partition_point(|(arn, ..)| *arn < head);
                for (arn, to, becoming, state) in roles.iter().skip(from).take_while(|(arn, ..)| arn.starts_with(head))
                {
                    if matches(pattern, arn) {
                        *room = room.saturating_sub(1);
                        if *room == 0 {
                            return self.graph;
                        }
                        self.graph.add_edge(
                            hub,
                            NodeIndex::new(*to as usize),
                            Arc { state: *state, ground: Ground::Trust(*becoming) },
                        );
                    }
                }
            }
        }
        self.graph
    }

    fn key(&self, row: u32) -> &'a str {
        names::arn(self.world, row)
    }

    fn scope(&self, row: u32) -> Sym {
        names::scope(self.world, row)
    }

    /// The patterns of what a statement lets a caller assume, with whether it is so whatever the circumstances.
    ///
    /// What a statement on all resources but some leaves out may be just the role that is asked about, and a variable
    /// that nobody can fill in leaves open whom it means.
    fn targets(&self, row: u32, statement: &Statement) -> Vec<(Cow<'a, str>, bool)> {
        let always = holds_always(self.world, statement);
        if statement.inverted_resources {
            return vec![(Cow::Borrowed("*"), false)];
        }
        let all = texts(self.world, statement.resources).map(|pattern| {
            if !pattern.contains("${") {
                return (Cow::Borrowed(pattern), always);
            }
            let (filled, whole) = names::filled(self.world, row, pattern);
            (Cow::Owned(filled), always && whole)
        });
        all.collect()
    }

    /// Notes what an identity may assume by its own grants.
    fn add_caller(&mut self, row: u32) {
        let mut hub_states: BTreeMap<NodeIndex<u32>, Arc> = BTreeMap::new();
        for entry in holdings(self.world, row) {
            let Some((_, id, _)) = self.world.statements.entry(entry) else { continue };
            let Some(effective) = self.grants.effective(Some(row), *id) else { continue };
            let Some(statement) = self.world.statements.get(*id).filter(|_| effective.actions.steps) else { continue };
            for (pattern, always) in self.targets(row, statement) {
                if !is_wild(&pattern) {
                    self.exact.entry(pattern).or_default().push(Caller { row, entry, conditional: !always });
                    continue;
                }
                let state = if always { BecomingState::Certain } else { BecomingState::Conditional };
                let Some(state) = self.left_of_step(row, &pattern, state) else { continue };
                let scope = self.scope(row);
                let hub = *self.hubs.entry((scope, pattern)).or_insert_with(|| self.graph.add_node(()));
                let arc = Arc { state, ground: Ground::Grant(entry) };
                hub_states.entry(hub).and_modify(|known| *known = arc.min(*known)).or_insert(arc);
            }
        }
        for (hub, arc) in hub_states {
            self.graph.add_edge(NodeIndex::new(row as usize), hub, arc);
        }
    }

    fn add_trust(&mut self, row: u32, open: &mut BTreeMap<Sym, Vec<(&'a str, u32, u32, BecomingState)>>) {
        let table = self.world.table(Subject::Becoming);
        let Ok(to) = u32::try_from(table.get(becoming::TO.id, row)) else { return };
        let kind = table.get(becoming::PRINCIPAL_KIND.id, row);
        let is = |other: PrincipalKind| kind == i64::from(other as u8);
        let narrowed = table.get(becoming::STATE.id, row) == i64::from(BecomingState::Conditional as u8);
        let conditional = narrowed || !table.members(becoming::CONDITIONS.id, row).is_empty();
        let state = if conditional { BecomingState::Conditional } else { BecomingState::Certain };
        let arn = self.key(to);
        if table.get(becoming::HOW.id, row) == i64::from(BecomingHow::Said as u8) {
            // A person's word needs no trust and no right beside it.
            if let Ok(from) = u32::try_from(table.get(becoming::FROM.id, row)) {
                let arc = Arc { state: BecomingState::Certain, ground: Ground::Trust(row) };
                self.graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), arc);
            }
        } else if is(PrincipalKind::Identity) {
            if let Ok(from) = u32::try_from(table.get(becoming::FROM.id, row)) {
                self.add_named(row, from, to, state);
            }
        } else if is(PrincipalKind::Account) || is(PrincipalKind::Anyone) {
            let everywhere = self.world.everywhere();
            let scope = match u32::try_from(table.get(becoming::EXTERNAL_SCOPE.id, row)) {
                Ok(scope) => Sym(scope),
                Err(_) => everywhere,
            };
            open.entry(scope).or_default().push((arn, to, row, state));
            let everyone = table.get(becoming::PRINCIPAL.id, row) == i64::from(everywhere.0) && scope == self.scope(to);
            if is(PrincipalKind::Anyone) || everyone {
                // Within its account such a trust is enough by itself.
                let hub = self.everyone(self.scope(to));
                let arc = Arc { state: BecomingState::Possible, ground: Ground::Trust(row) };
                self.graph.add_edge(hub, NodeIndex::new(to as usize), arc);
            }
            for caller in self.exact.get(arn).cloned().unwrap_or_default() {
                if scope == everywhere || self.scope(caller.row) == scope {
                    let state = if caller.conditional { BecomingState::Conditional } else { state };
                    self.edge(caller.row, to, state, Ground::Both(caller.entry, row));
                }
            }
        }
    }

    /// The hub to which every identity of a scope leads that can assume roles.
    fn everyone(&mut self, scope: Sym) -> NodeIndex<u32> {
        if let Some(hub) = self.everyone.get(&scope) {
            return *hub;
        }
        let hub = self.graph.add_node(());
        let world = self.world;
        // AWS lets the root of an account assume no role.
        let table = world.table(Subject::Identity);
        let assumes = |row: &u32| names::scope(world, *row) == scope && table.get(identity::ROOT.id, *row) != 1;
        for row in table.rows().filter(assumes) {
            let arc = Arc { state: BecomingState::Possible, ground: Ground::Member };
            self.graph.add_edge(NodeIndex::new(row as usize), hub, arc);
        }
        self.everyone.insert(scope, hub);
        hub
    }

    /// A trust that names one identity.
    fn add_named(&mut self, becoming: u32, from: u32, to: u32, state: BecomingState) {
        let bounded = self.world.table(Subject::Identity).get(identity::BOUNDARY.id, from) >= 0;
        if bounded && self.scope(from) == self.scope(to) && self.key(from).contains(":user/") {
            // What a boundary does not allow is no denial where a policy of the other side names a user.
            let arc = Arc { state: BecomingState::Possible, ground: Ground::Trust(becoming) };
            self.graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), arc);
        }
        if self.grants.cannot_assume(from) {
            return;
        }
        if self.scope(from) == self.scope(to) {
            return self.edge(from, to, state, Ground::Trust(becoming));
        }
        if self.world.table(Subject::Identity).presence(from) != Presence::Listed {
            return self.edge(from, to, BecomingState::Possible, Ground::Trust(becoming));
        }
        // Across accounts the caller's own side must allow it too.
        let arn = self.key(to);
        let mut best: Option<(bool, u32)> = None;
        for entry in holdings(self.world, from) {
            let Some((_, id, _)) = self.world.statements.entry(entry) else { continue };
            let Some(effective) = self.grants.effective(Some(from), *id).filter(|effective| effective.actions.steps)
            else {
                continue;
            };
            let Some(statement) = self.world.statements.get(*id) else { continue };
            let targets = self.targets(from, statement).into_iter();
            let named = targets.filter(|(pattern, _)| effective.any_resource || matches(pattern, arn));
            if let Some((_, always)) = named.max_by_key(|(_, always)| *always) {
                let this = (!always, entry);
                best = Some(best.map_or(this, |known| known.min(this)));
            }
        }
        match best {
            Some((true, entry)) => self.edge(from, to, BecomingState::Conditional, Ground::Both(entry, becoming)),
            Some((false, entry)) => self.edge(from, to, state, Ground::Both(entry, becoming)),
            None => {}
        }
    }

    /// What the caller's boundary and denies leave of a step to what a pattern names; `None` if nothing.
    ///
    /// An unread boundary may take the step away. What narrows a pattern may leave out just this role.
    fn left_of_step(&self, from: u32, pattern: &str, state: BecomingState) -> Option<BecomingState> {
        if self.world.table(Subject::Identity).presence(from) != Presence::Listed {
            return Some(state);
        }
        if boundary_unread(self.world, from) {
            return Some(BecomingState::Possible);
        }
        match self.grants.allows(self.world, from, trusts::ASSUME, pattern) {
            Leave::Whole => Some(state),
            Leave::Part => Some(state.max(BecomingState::Conditional)),
            Leave::Nothing => None,
        }
    }

    fn edge(&mut self, from: u32, to: u32, state: BecomingState, ground: Ground) {
        if from != to
            && let Some(state) = self.left_of_step(from, self.key(to), state)
        {
            let arc = Arc { state, ground };
            self.graph.add_edge(NodeIndex::new(from as usize), NodeIndex::new(to as usize), arc);
        }
    }
}
