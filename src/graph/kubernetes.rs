//! Who can become whom in a cluster, by rights of RBAC.
//!
//! Whoever may make a workload in a namespace may run it as any account of it; whoever may run commands in pods there has the
//! accounts of those pods; whoever may make tokens, read the secrets that hold them, act as others, or bind and write roles
//! beyond its own, has those accounts as well. Each such way is a hub in each namespace, and one in the cluster, so that the
//! edges are as many as accounts. A step is certain where RBAC alone is enough: admission control, nodes and the network are not
//! looked at. What needs something that was not read, such as a token that nobody listed, is possible.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use petgraph::graph::{DiGraph, NodeIndex};

use super::becoming::{Arc, Ground};
use super::escalation::Rewriting;
use super::names::scope;
use super::rights::{Named, Place, Reader, Right, Rights};
use crate::model::facts::{BecomingHow, BecomingState, CredentialKind, PrincipalKind, becoming, credential, identity};
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Sym, Why, World};

/// How accounts are named as users.
const ACCOUNT: &str = "system:serviceaccount:";
/// The group to which everything is allowed, whatever the bindings say.
const MASTERS: &str = "system:masters";
/// The role to which everything is allowed, which every cluster has.
const ADMIN: &str = "cluster-admin";

/// A way of becoming accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Run,
    Change,
    Exec,
    Mint,
    Read,
    Impersonate,
    Users,
    Grant,
}

impl Way {
    fn how(self) -> BecomingHow {
        match self {
            Self::Run | Self::Change => BecomingHow::Pass,
            Self::Exec | Self::Read => BecomingHow::Assume,
            Self::Mint | Self::Grant => BecomingHow::MintToken,
            Self::Impersonate | Self::Users => BecomingHow::Impersonate,
        }
    }

    /// Who can go it.
    fn whoever(self) -> &'static str {
        match self {
            Self::Run => "whoever may make workloads",
            Self::Change => "whoever may change workloads",
            Self::Exec => "whoever may run commands or programs in pods",
            Self::Mint => "whoever may make tokens of accounts",
            Self::Read => "whoever may read secrets",
            Self::Impersonate => "whoever may impersonate accounts",
            Self::Users => "whoever may impersonate users",
            Self::Grant => "whoever may grant any role",
        }
    }
}

/// A hub: where it is, the way, and whether what leads into it is sure.
type Hub<'w> = (Sym, Option<&'w str>, Way, bool);

/// What is known of one account.
#[derive(Debug, Clone, Copy)]
struct Account<'w> {
    row: u32,
    namespace: &'w str,
    listed: bool,
    runs: bool,
    /// A token that is kept as a secret, and is accepted.
    token: Option<u32>,
}

/// What is known of one cluster.
#[derive(Debug, Default)]
struct Cluster<'w> {
    accounts: Vec<Account<'w>>,
    users: Vec<u32>,
    /// By what a right on something by name may name: where the accounts stand, with the token of that name, and the users. A list
    /// of names is looked up in it, and not held against every account.
    accounts_by_name: HashMap<&'w str, Vec<usize>>,
    tokens_by_name: HashMap<&'w str, Vec<(usize, u32)>>,
    users_by_name: HashMap<&'w str, Vec<u32>>,
    /// Namespaces in which something runs that can be changed.
    changeable: BTreeSet<&'w str>,
    tokens_listed: bool,
    workloads_listed: bool,
    accounts_open: Option<Why>,
}

/// One becoming to be added: whose rights, by which way, how sure, who can, and the record that shows it.
struct Made {
    to: u32,
    way: Way,
    state: BecomingState,
    whoever: String,
    record: Option<RecordId>,
}

/// Edges and becomings, before they are put into the world.
struct Maker<'w, 'g> {
    world: &'w World,
    edges: &'g mut DiGraph<(), Arc>,
    room: &'g mut usize,
    clusters: BTreeMap<Sym, Cluster<'w>>,
    hubs: BTreeMap<Hub<'w>, NodeIndex>,
    rows: Vec<Made>,
    first: u32,
}

/// Adds the edges of clusters and their becomings. By identity of a cluster: why its edges may not be known whole.
pub(super) fn add(
    world: &mut World,
    edges: &mut DiGraph<(), Arc>,
    rewriting: &mut Rewriting,
    room: &mut usize,
) -> BTreeMap<u32, Option<Why>> {
    let Some(system) = world.strings.get("kubernetes") else { return BTreeMap::new() };
    let table = world.table(Subject::Identity);
    let of_clusters: Vec<u32> =
        table.rows().filter(|row| table.get(identity::SYSTEM.id, *row) == i64::from(system.0)).collect();
    let mut open = BTreeMap::new();
    let first = u32::try_from(world.table(Subject::Becoming).len()).unwrap_or(u32::MAX);
    let clusters = clusters(world, &of_clusters);
    let mut maker = Maker { world, edges, room, clusters, hubs: BTreeMap::new(), rows: Vec::new(), first };
    let mut reader = Reader::default();
    let known = keys_led_to(world);
    for row in of_clusters {
        let at = scope(world, row);
        let rights = reader.of(world, at, row);
        let mut why = if rights.is_empty() { None } else { maker.step(at, row, &rights, rewriting) };
        // As whom it acts elsewhere follows from a trust of that one, where it was read.
        if world.leads_out.get(&row).is_some_and(|keys| keys.iter().any(|key| !known.contains(key))) {
            why = why.or(Some(Why::MissingFact));
        }
        open.insert(row, why);
    }
    let rows = maker.rows;
    for one in rows {
        add_row(world, &one);
    }
    world.table_mut(Subject::Becoming).seal();
    open
}

/// Of the keys that identities are said to act as elsewhere, those of identities that are listed, with whom they let in.
fn keys_led_to(world: &World) -> BTreeSet<Sym> {
    let led: BTreeSet<Sym> = world.leads_out.values().flatten().copied().collect();
    if led.is_empty() {
        return led;
    }
    let table = world.table(Subject::Identity);
    let listed = table
        .rows()
        .filter(|row| table.presence(*row) == Presence::Listed && table.complete(identity::CAN_BE_ASSUMED_BY.id, *row));
    let keys = listed.filter_map(|row| u32::try_from(table.get(identity::KEY.id, row)).ok().map(Sym));
    keys.filter(|key| led.contains(key)).collect()
}

/// What is known of each cluster, by scope.
fn clusters<'w>(world: &'w World, rows: &[u32]) -> BTreeMap<Sym, Cluster<'w>> {
    let table = world.table(Subject::Identity);
    let mut all: BTreeMap<Sym, Cluster<'w>> = BTreeMap::new();
    for row in rows {
        let at = scope(world, *row);
        let cluster = all.entry(at).or_insert_with(|| Cluster {
            tokens_listed: world.closed_in(at, Listing::Tokens).is_ok(),
            workloads_listed: world.closed_in(at, Listing::Workloads).is_ok(),
            accounts_open: world.closed_in(at, Listing::ServiceAccounts).err(),
            ..Cluster::default()
        });
        let Some((namespace, name)) = account(world, *row) else {
            cluster.users.push(*row);
            cluster.users_by_name.entry(super::names::arn(world, *row)).or_default().push(*row);
            continue;
        };
        let at = cluster.accounts.len();
        cluster.accounts_by_name.entry(name).or_default().push(at);
        let workloads = table.members(identity::WORKLOADS.id, *row);
        let changed = workloads.iter().any(|(_, workload, _)| {
            let kind = world.strings.text(Sym(*workload)).split('/').nth(1).unwrap_or("");
            !matches!(kind, "pod" | "job")
        });
        if changed {
            cluster.changeable.insert(namespace);
        }
        let tokens = world.table(Subject::Credential);
        for (_, token, _) in table.members(identity::CREDENTIALS.id, *row) {
            let id = tokens.id(*token).map_or("", |id| world.strings.text(id));
            if let Some(name) = id.rsplit('/').next().filter(|_| is_token(world, *token)) {
                let named = cluster.tokens_by_name.entry(name).or_default();
                // Of tokens of one name that an account has, the first stands for all.
                if named.last().is_none_or(|(of, _)| *of != at) {
                    named.push((at, *token));
                }
            }
        }
        let held = table.members(identity::CREDENTIALS.id, *row).iter().map(|(_, token, _)| *token);
        let token =
            held.filter(|token| is_token(world, *token)).find(|token| tokens.presence(*token) == Presence::Listed);
        let listed = table.presence(*row) == Presence::Listed;
        cluster.accounts.push(Account { row: *row, namespace, listed, runs: !workloads.is_empty(), token });
    }
    all
}

/// What has a name.
fn known<'a, T>(all: &'a HashMap<&str, Vec<T>>, name: &str) -> &'a [T] {
    all.get(name).map_or(&[][..], Vec::as_slice)
}

fn is_token(world: &World, row: u32) -> bool {
    let table = world.table(Subject::Credential);
    table.get(credential::KIND.id, row) == i64::from(CredentialKind::Token as u8)
        && table.get(credential::ENABLED.id, row) == 1
}

/// The namespace and the name of an account; `None` for a user.
fn account(world: &World, row: u32) -> Option<(&str, &str)> {
    super::names::arn(world, row).strip_prefix(ACCOUNT)?.split_once(':')
}

impl<'w> Maker<'w, '_> {
    /// The steps of one identity. Why they may not be known whole.
    fn step(&mut self, at: Sym, row: u32, rights: &Rights<'w>, rewriting: &mut Rewriting) -> Option<Why> {
        let everywhere = rights.get(&None).cloned().unwrap_or_default();
        administers(row, rights, &everywhere, rewriting);
        let mut ways: BTreeSet<(Option<&'w str>, Way, bool, u32)> = BTreeSet::new();
        let mut why = None;
        for (namespace, place) in rights {
            let has = |right: Right| place.all.get(&right).or_else(|| everywhere.all.get(&right)).copied();
            // A right of the whole cluster is followed there.
            let own = |right: Right| place.all.get(&right).copied();
            let both = |one: Right, other: Right| {
                (own(one).is_some() || own(other).is_some()).then(|| has(one).and(has(other))).flatten()
            };
            let mut add = |way: Way, sure: bool, entry: Option<u32>| {
                ways.extend(entry.map(|entry| (*namespace, way, sure, entry)));
            };
            add(Way::Run, true, own(Right::Run));
            add(Way::Change, true, own(Right::Change));
            add(Way::Exec, true, own(Right::Exec));
            add(Way::Exec, false, own(Right::Attach));
            add(Way::Mint, true, own(Right::Mint));
            add(Way::Mint, true, both(Right::ReadSecrets, Right::MakeSecrets));
            add(Way::Read, true, own(Right::ReadSecrets));
            add(Way::Impersonate, true, own(Right::BeAccount));
            add(Way::Grant, true, both(Right::Bind, Right::WriteBindings));
            // What the roles of the namespace allow may be little.
            add(Way::Grant, false, both(Right::BindRoles, Right::WriteBindings));
            add(Way::Grant, true, both(Right::EscalateRoles, Right::WriteRoles));
            if namespace.is_none() {
                // Machines and users are of no namespace: a right on them in one gives nothing.
                add(Way::Exec, false, own(Right::Machines));
                add(Way::Users, true, own(Right::BeUser));
            }
            for named in &place.named {
                match (named.right, namespace) {
                    (Right::Change, _) => add(Way::Change, false, Some(named.entry)),
                    // What is bound by name may be a role that allows little.
                    (Right::Bind | Right::BindRoles, _) if has(Right::WriteBindings).is_some() => {
                        add(Way::Grant, false, Some(named.entry));
                    }
                    _ => why = self.by_name(at, row, *namespace, named).or(why),
                }
            }
        }
        let any = !ways.is_empty();
        for (namespace, way, sure, entry) in ways {
            let hub = self.hub(at, namespace, way, sure);
            let state = if sure { BecomingState::Certain } else { BecomingState::Possible };
            self.edge(NodeIndex::new(row as usize), hub, Arc { state, ground: Ground::Grant(entry) });
        }
        let accounts = self.clusters.get(&at).and_then(|cluster| cluster.accounts_open);
        why.or(if any { accounts } else { None })
    }

    /// The steps by a right on something by name. Why they may not be known whole.
    fn by_name(&mut self, at: Sym, row: u32, namespace: Option<&'w str>, named: &Named<'w>) -> Option<Why> {
        let way = match named.right {
            Right::Mint => Way::Mint,
            Right::BeAccount => Way::Impersonate,
            Right::ReadSecrets => Way::Read,
            Right::BeUser if namespace.is_none() => Way::Users,
            // Which account a pod of some name runs as is not kept.
            Right::Exec | Right::Attach => return Some(Why::MissingFact),
            _ => return None,
        };
        let cluster = self.clusters.get(&at)?;
        let within = |account: &&Account<'w>| namespace.is_none_or(|namespace| namespace == account.namespace);
        let mut found: Vec<(u32, Option<u32>)> = Vec::new();
        match way {
            Way::Users => found.extend(known(&cluster.users_by_name, named.name).iter().map(|user| (*user, None))),
            Way::Read => {
                let tokens = known(&cluster.tokens_by_name, named.name).iter();
                let tokens = tokens.filter_map(|(at, token)| Some((cluster.accounts.get(*at)?, *token)));
                found.extend(tokens.filter(|(one, _)| within(one)).map(|(one, token)| (one.row, Some(token))));
            }
            _ => {
                let accounts = known(&cluster.accounts_by_name, named.name).iter();
                let accounts = accounts.filter_map(|at| cluster.accounts.get(*at)).filter(within);
                found.extend(accounts.map(|one| (one.row, None)));
            }
        }
        let why = match way {
            Way::Read if found.is_empty() && !cluster.tokens_listed => Some(Why::NotEnumerated(Listing::Tokens)),
            Way::Mint | Way::Impersonate if found.is_empty() => cluster.accounts_open,
            _ => None,
        };
        for (to, token) in found {
            if *self.room <= 1 {
                *self.room = 0;
                break;
            }
            let whoever = format!("{} by the name {}", way.whoever(), named.name);
            let becoming = self.row(to, way, BecomingState::Certain, whoever, token);
            let arc = Arc { state: BecomingState::Certain, ground: Ground::Both(named.entry, becoming) };
            self.edge(NodeIndex::new(row as usize), NodeIndex::new(to as usize), arc);
        }
        why
    }

    /// The hub of a way in a namespace or the whole cluster, with what it leads to if it is new.
    fn hub(&mut self, at: Sym, namespace: Option<&'w str>, way: Way, sure: bool) -> NodeIndex {
        if let Some(hub) = self.hubs.get(&(at, namespace, way, sure)) {
            return *hub;
        }
        let hub = self.edges.add_node(());
        self.hubs.insert((at, namespace, way, sure), hub);
        let Some(cluster) = self.clusters.get(&at) else { return hub };
        let place = namespace.map_or_else(|| " of the cluster".to_owned(), |namespace| format!(" of {namespace}"));
        let whoever = format!("{}{place}", way.whoever());
        let mut led: Vec<(u32, BecomingState, Option<u32>)> = Vec::new();
        if way == Way::Users {
            led.extend(cluster.users.iter().map(|user| (*user, BecomingState::Certain, None)));
        } else {
            let within = |one: &&Account<'w>| namespace.is_none_or(|namespace| namespace == one.namespace);
            led.extend(cluster.accounts.iter().filter(within).filter_map(|one| {
                let there = if one.listed { BecomingState::Certain } else { BecomingState::Possible };
                let (state, token) = match way {
                    Way::Exec if one.runs => (there, None),
                    Way::Read if one.token.is_some() => (there, one.token),
                    Way::Read if cluster.tokens_listed => return None,
                    Way::Change if cluster.changeable.contains(one.namespace) => (there, None),
                    Way::Exec | Way::Change if cluster.workloads_listed => return None,
                    Way::Exec | Way::Read | Way::Change => (BecomingState::Possible, None),
                    // Nothing asks whether an account exists that someone acts as.
                    Way::Impersonate => (BecomingState::Certain, None),
                    Way::Run | Way::Mint | Way::Grant | Way::Users => (there, None),
                };
                Some((one.row, if sure { state } else { BecomingState::Possible }, token))
            }));
        }
        for (to, state, token) in led {
            if *self.room <= 1 {
                *self.room = 0;
                break;
            }
            let becoming = self.row(to, way, state, whoever.clone(), token);
            self.edge(hub, NodeIndex::new(to as usize), Arc { state, ground: Ground::Trust(becoming) });
        }
        hub
    }

    fn edge(&mut self, from: NodeIndex, to: NodeIndex, arc: Arc) {
        *self.room = self.room.saturating_sub(1);
        if from != to && *self.room > 0 {
            self.edges.add_edge(from, to, arc);
        }
    }

    /// A becoming, whose row comes after those that there are.
    fn row(&mut self, to: u32, way: Way, state: BecomingState, whoever: String, token: Option<u32>) -> u32 {
        let table = self.world.table(if token.is_some() { Subject::Credential } else { Subject::Identity });
        let record = table.records(token.unwrap_or(to)).next();
        self.rows.push(Made { to, way, state, whoever, record });
        let added = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.first.saturating_add(added).saturating_sub(1)
    }
}

/// Whether it can make an administrator of the cluster of itself, by what it may do in the whole of it.
fn administers(row: u32, rights: &Rights<'_>, everywhere: &Place<'_>, rewriting: &mut Rewriting) {
    let has = |right: Right| everywhere.all.get(&right).copied();
    let named = |right: Right, name: &str| {
        everywhere.named.iter().find(|named| named.right == right && named.name == name).map(|named| named.entry)
    };
    let some =
        |right: Right| has(right).or_else(|| everywhere.named.iter().find(|n| n.right == right).map(|n| n.entry));
    // Whoever acts as a member of a group acts as someone.
    let someone = rights.values().any(|place| {
        [Right::BeUser, Right::BeAccount]
            .iter()
            .any(|right| place.all.contains_key(right) || place.named.iter().any(|named| named.right == *right))
    });
    let group = |entry: Option<u32>| entry.filter(|_| someone);
    let own = has(Right::WriteClusterBindings)
        .and(has(Right::Bind).or_else(|| named(Right::Bind, ADMIN)))
        .or_else(|| has(Right::WriteClusterRoles).and(has(Right::EscalateClusterRoles)))
        .or_else(|| group(has(Right::BeGroup).or_else(|| named(Right::BeGroup, MASTERS))));
    if let Some(entry) = own {
        rewriting.note_own(row, entry);
        return;
    }
    let both = |one: Right, other: Right| some(one).is_some() && some(other).is_some();
    let perhaps = both(Right::Bind, Right::WriteClusterBindings)
        || both(Right::EscalateClusterRoles, Right::WriteClusterRoles)
        || both(Right::Approve, Right::WriteApprovals)
        || group(some(Right::BeGroup)).is_some()
        || some(Right::Hooks).is_some();
    if perhaps {
        rewriting.note_perhaps(row);
    }
}

fn add_row(world: &mut World, one: &Made) {
    let id = world.table(Subject::Identity).id(one.to).unwrap_or(world.everywhere());
    let row = world.table_mut(Subject::Becoming).push_anonymous(id);
    let Some(record) = one.record else { return };
    world.set(becoming::TO, row, one.to, record);
    world.set_absent(becoming::FROM, row, record);
    world.set_text(becoming::PRINCIPAL, row, &one.whoever, record);
    world.set(becoming::PRINCIPAL_KIND, row, PrincipalKind::Other, record);
    world.set(becoming::HOW, row, one.way.how(), record);
    world.set(becoming::STATE, row, one.state, record);
    world.set(becoming::EXTERNAL, row, false, record);
    world.set_absent(becoming::EXTERNAL_SCOPE, row, record);
    world.set_absent(becoming::TRUSTED_SCOPE, row, record);
    world.set_absent(becoming::OWN_SCOPE, row, record);
    world.set_absent(becoming::ISSUER, row, record);
    world.close(becoming::CONDITIONS, row);
    world.close(becoming::BOUND_BY, row);
    world.close(becoming::CLAIMS, row);
}

/// True for an identity of a cluster.
pub(super) fn is_of_cluster(world: &World, row: u32) -> bool {
    world.system_of(world.scope(Row::new(Subject::Identity, row))) == "kubernetes"
}

/// True for an account of a cluster, which presents tokens of the cluster's issuer.
pub(super) fn is_account(world: &World, row: u32) -> bool {
    is_of_cluster(world, row) && account(world, row).is_some()
}
