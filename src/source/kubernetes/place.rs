//! Objects into the tables: accounts, tokens and workloads at once, bindings and roles made of others once all was read.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use hashbrown::HashMap;

use super::accounts;
use super::names::{ANONYMOUS, UNAUTHENTICATED, cluster, write_id};
use super::object::{Bound, Content, Named, Select, print};
use super::rules::{self, Stored, Within};
use super::workloads;
use crate::base::diagnostic::Diagnostic;
use crate::model::facts::{group, identity, policy};
use crate::model::intern::Sym;
use crate::model::record::{ExportId, RecordId};
use crate::model::schema::Subject;
use crate::model::world::World;
use crate::source::run::{FileRun, Run};

/// How many labels are looked at to find what roles are made of, for all of them together.
const MOST_LOOKS: usize = 4_000_000;

/// What clusters said that waits for the rest.
#[derive(Debug, Default)]
pub struct Pending {
    /// Roles of clusters, by scope and name.
    roles: BTreeMap<(Sym, Sym), ClusterRole>,
    bindings: Vec<Binding>,
    /// What was read of each object, and in which export.
    seen: HashMap<u64, (u64, ExportId)>,
    /// The newest export with objects of a kind and a namespace of a scope, and when it was collected.
    holders: HashMap<(Sym, &'static str, Sym), (Option<i64>, ExportId)>,
    /// Pairs of exports that were told to differ.
    told: BTreeSet<(ExportId, ExportId)>,
}

#[derive(Debug)]
struct ClusterRole {
    row: u32,
    rules: Option<Vec<Stored>>,
    of: Vec<Select>,
    labels: Vec<(Sym, Sym)>,
    record: RecordId,
}

#[derive(Debug)]
struct Binding {
    scope: Sym,
    namespace: Option<Sym>,
    of_cluster: bool,
    role: Sym,
    subjects: Vec<Whom>,
    record: RecordId,
}

#[derive(Debug, Clone, Copy)]
enum Whom {
    Account(Option<Sym>, Sym),
    User(Sym),
    Group(Sym),
}

/// What becomes of an object that other exports may have too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// It is read.
    Yes,
    /// It is left aside, for this reason.
    No(String),
    /// The same export has another of its name.
    Twice,
}

/// Whether an object may be used: a newer export may have what is of its kind and namespace, or another the same object.
pub fn admit(file: &mut FileRun<'_>, scope: Sym, named: &Named<'_>, content: &Content<'_>) -> Admitted {
    let world = &mut file.run.world;
    let namespace = world.strings.intern(named.namespace.as_deref().unwrap_or(""));
    let export = file.export;
    let path = |world: &World, of: ExportId| {
        world.records.exports.get(of.0 as usize).map_or(String::new(), |one| one.path.clone())
    };
    let time = world.records.exports.get(export.0 as usize).and_then(|one| one.collected_at);
    let pending = &mut file.run.kubernetes;
    let (newest, holder) = *pending.holders.entry((scope, named.kind, namespace)).or_insert((time, export));
    if let (Some(newest), Some(time)) = (newest, time)
        && time < newest
    {
        let scope = world.strings.text(scope);
        return Admitted::No(format!("superseded: `{}` is a newer snapshot of `{scope}`", path(world, holder)));
    }
    let printed = print(named, content);
    let mut hasher = DefaultHasher::new();
    (scope.0, named.kind, namespace.0, &named.name).hash(&mut hasher);
    let object = hasher.finish();
    let Some((known, other)) = pending.seen.get(&object).copied() else {
        pending.seen.insert(object, (printed, export));
        return Admitted::Yes;
    };
    if other == export && known != printed {
        return Admitted::Twice;
    }
    let other_path = path(world, other);
    if known == printed {
        return Admitted::No(format!("`{other_path}` has the same object"));
    }
    if pending.told.insert((other, export)) {
        let (path, scope) = (path(world, export), world.strings.text(scope));
        let message =
            format!("`{other_path}` and `{path}` differ in an object of `{scope}`, and no times tell which is newer");
        let help = "state `scope` and `collected_at` of both as `[[exports]]` in `assize.toml`, or remove one of them";
        file.run.diagnostics.push(Diagnostic::error("two-snapshots", message).help(help));
    }
    Admitted::No(format!(
        "it differs from the object of the same name in `{other_path}`, and no times tell which is newer"
    ))
}

/// Puts an object into the tables, or notes it for later.
pub fn take(file: &mut FileRun<'_>, scope: Sym, named: &Named<'_>, content: Content<'_>, record: RecordId) {
    match content {
        Content::Account => accounts::add(file, scope, named, record),
        Content::Token { account } => accounts::add_token(file, scope, named, &account, record),
        Content::Workload(ready) => workloads::add(file, scope, named, &ready, record),
        Content::Role { rules, of } => role(file, scope, named, rules, of, record),
        Content::Binding { of_cluster, role, subjects } => {
            let world = file.world();
            let mut intern = |text: &str| world.strings.intern(text);
            let binding = Binding {
                scope,
                namespace: named.namespace.as_deref().map(&mut intern),
                of_cluster,
                role: intern(&role),
                subjects: subjects
                    .iter()
                    .map(|subject| match subject {
                        Bound::Account(namespace, name) => {
                            Whom::Account(namespace.as_deref().map(&mut intern), intern(name))
                        }
                        Bound::User(name) if *name == ANONYMOUS => Whom::Group(intern(UNAUTHENTICATED)),
                        Bound::User(name) => Whom::User(intern(name)),
                        Bound::Group(name) => Whom::Group(intern(name)),
                    })
                    .collect(),
                record,
            };
            file.run.kubernetes.bindings.push(binding);
        }
    }
}

/// Whether Kubernetes makes a role of this name itself: the label alone can be put on any role, which would then be judged as
/// nobody's. Source: Kubernetes, Using RBAC Authorization, default roles and role bindings.
fn made_by_kubernetes(name: &str) -> bool {
    matches!(name, "cluster-admin" | "admin" | "edit" | "view") || name.starts_with("system:")
}

fn role(
    file: &mut FileRun<'_>,
    scope: Sym,
    named: &Named<'_>,
    rules: Option<Vec<rules::Rule>>,
    of: Vec<Select>,
    record: RecordId,
) {
    let world = file.world();
    let scope_text = world.strings.text(scope).to_owned();
    let namespace = named.namespace.as_deref();
    let row = policy_row(world, scope, named.kind, namespace, &named.name, record);
    let built_in = namespace.is_none_or(|namespace| namespace.starts_with("kube-"))
        && named.label("kubernetes.io/bootstrapping") == Some("rbac-defaults")
        && made_by_kubernetes(&named.name);
    world.set_text(policy::MANAGED_BY, row, if built_in { "provider" } else { "customer" }, record);
    let stored: Option<Vec<Stored>> = rules.map(|rules| rules.iter().map(|rule| rules::store(world, rule)).collect());
    if stored.is_none() && of.is_empty() {
        let message =
            format!("`{scope_text}` has a role without `rules`, as no API writes one; what it allows is not known");
        world.note("role-without-rules", message, Some(record));
    }
    if let Some(stored) = &stored {
        world.mark_listed(Subject::Policy, row, record);
        rules::add(world, row, stored, Within { cluster: cluster(&scope_text), namespace });
    }
    if namespace.is_none() {
        let labels =
            named.labels.iter().map(|(key, value)| (world.strings.intern(key), world.strings.intern(value))).collect();
        let name = world.strings.intern(&named.name);
        let role = ClusterRole { row, rules: stored, of, labels, record };
        file.run.kubernetes.roles.insert((scope, name), role);
    }
    if let Some(text) = &named.created {
        file.set_time(policy::CREATED_AT, row, text, record);
    }
}

/// The row of a role as a policy, named if it is new.
fn policy_row(world: &mut World, scope: Sym, kind: &str, namespace: Option<&str>, name: &str, record: RecordId) -> u32 {
    let mut id = String::new();
    write_id(&mut id, world.strings.text(scope), kind, namespace, name);
    let (row, new) = world.upsert(Subject::Policy, &id);
    if new {
        if let Some(id) = world.table(Subject::Policy).id(row) {
            world.set(policy::ID, row, id, record);
        }
        let shown = namespace.map_or_else(|| name.to_owned(), |namespace| format!("{namespace}/{name}"));
        world.set_text(policy::NAME, row, &shown, record);
        world.set(policy::SCOPE, row, scope, record);
    }
    row
}

impl Pending {
    /// Lists the groups that hold everyone in each cluster of which a role, a binding or an account was read.
    fn everyone(&self, world: &mut World) {
        let mut clusters: BTreeMap<Sym, RecordId> = BTreeMap::new();
        for ((scope, _), role) in &self.roles {
            clusters.entry(*scope).or_insert(role.record);
        }
        for binding in &self.bindings {
            clusters.entry(binding.scope).or_insert(binding.record);
        }
        for (scope, record) in clusters {
            accounts::everyone(world, scope, record);
        }
    }

    /// What roles that name no rules of their own are made of, as far as that was read.
    fn resolve(&mut self, world: &mut World) {
        let open: Vec<(Sym, Sym)> =
            self.roles.iter().filter(|(_, role)| role.rules.is_none()).map(|(key, _)| *key).collect();
        let mut looks = 0_usize;
        let mut found = Vec::new();
        for key in &open {
            let mut parts: BTreeSet<(Sym, Sym)> = BTreeSet::new();
            let mut next = vec![*key];
            while let Some(at) = next.pop() {
                let Some(role) = self.roles.get(&at).filter(|role| at == *key || role.rules.is_none()) else {
                    continue;
                };
                for (other, part) in self.roles.range((key.0, Sym(0))..=(key.0, Sym(u32::MAX))) {
                    looks = looks.saturating_add(1 + part.labels.len());
                    if looks > MOST_LOOKS {
                        let message = "more roles are made of others than are looked at; what they allow is not known";
                        world.note("roles-made-of-others", message.to_owned(), Some(role.record));
                        return;
                    }
                    if *other != *key
                        && role.of.iter().any(|select| holds(world, select, &part.labels))
                        && parts.insert(*other)
                    {
                        next.push(*other);
                    }
                }
            }
            let rules: Vec<Stored> =
                parts.iter().filter_map(|part| self.roles.get(part)?.rules.clone()).flatten().collect();
            if !parts.is_empty() {
                found.push((*key, rules));
            }
        }
        for (key, rules) in found {
            let Some(role) = self.roles.get_mut(&key) else { continue };
            let scope = world.strings.text(key.0).to_owned();
            world.mark_listed(Subject::Policy, role.row, role.record);
            rules::add(world, role.row, &rules, Within { cluster: cluster(&scope), namespace: None });
            role.rules = Some(rules);
        }
    }
}

/// True if labels are what a selector asks for. One that asks for nothing takes all.
fn holds(world: &World, select: &Select, labels: &[(Sym, Sym)]) -> bool {
    let value = |key: &str| labels.iter().find(|(known, _)| world.strings.text(*known) == key);
    let among = |key: &str, values: &[String]| {
        value(key).is_some_and(|(_, value)| values.iter().any(|one| one == world.strings.text(*value)))
    };
    select.within.iter().all(|(key, values)| among(key, values))
        && !select.without.iter().any(|(key, values)| among(key, values))
        && select.exists.iter().all(|(key, wanted)| value(key).is_some() == *wanted)
}

/// How many subjects or roles something is so of, and where first.
#[derive(Debug, Default)]
struct Count(u64, Option<RecordId>);

impl Count {
    fn add(&mut self, record: RecordId) {
        self.0 += 1;
        self.1.get_or_insert(record);
    }

    fn note(&self, world: &mut World, code: &'static str, what: &str) {
        if self.0 > 0 {
            world.note(code, format!("{} {what}", self.0), self.1);
        }
    }
}

/// Places all bindings, and what roles are made of.
pub fn finish(run: &mut Run) {
    let mut pending = std::mem::take(&mut run.kubernetes);
    pending.seen = HashMap::new();
    let world = &mut run.world;
    pending.resolve(world);
    pending.everyone(world);
    let (mut dangling, mut guessed, mut nowhere, mut elsewhere) = <(Count, Count, Count, Count)>::default();
    for binding in std::mem::take(&mut pending.bindings) {
        let (scope, record) = (binding.scope, binding.record);
        let name = world.strings.text(binding.role).to_owned();
        let namespace = binding.namespace.map(|namespace| world.strings.text(namespace).to_owned());
        let role = match (&namespace, binding.of_cluster) {
            // A binding of the cluster cannot be of a role of a namespace, and gives nothing.
            (None, false) => {
                elsewhere.add(record);
                continue;
            }
            (Some(namespace), false) => policy_row(world, scope, "role", Some(namespace), &name, record),
            (None, true) => policy_row(world, scope, "cluster_role", None, &name, record),
            (Some(namespace), true) => in_namespace(world, &pending, scope, binding.role, namespace, record),
        };
        if world.table(Subject::Policy).presence(role) != crate::model::table::Presence::Listed {
            dangling.add(record);
        }
        for whom in binding.subjects {
            let text = |world: &World, sym: Sym| world.strings.text(sym).to_owned();
            let (subject, row) = match whom {
                Whom::Group(name) => {
                    let name = text(world, name);
                    (Subject::Group, accounts::group(world, scope, &name, record))
                }
                Whom::User(name) => {
                    let name = text(world, name);
                    (Subject::Identity, accounts::user(world, scope, &name, record))
                }
                Whom::Account(of, name) => {
                    let of = of.map(|of| text(world, of));
                    if of.is_none() {
                        if namespace.is_some() { &mut guessed } else { &mut nowhere }.add(record);
                    }
                    let Some(of) = of.or_else(|| namespace.clone()) else { continue };
                    let name = text(world, name);
                    (Subject::Identity, accounts::mention(world, scope, &of, &name, record))
                }
            };
            let fact = if subject == Subject::Group { group::POLICIES } else { identity::POLICIES };
            world.push(fact, row, role);
            world.attached.entry((subject, row, role)).or_insert(record);
        }
    }
    dangling.note(
        world,
        "role-not-listed",
        "bindings are of roles that no export lists; what those allow is not known",
    );
    guessed.note(
        world,
        "account-without-namespace",
        "subjects of bindings are accounts without a namespace, and were taken for accounts of the binding's own",
    );
    nowhere.note(
        world,
        "account-of-no-namespace",
        "subjects of bindings of a cluster are accounts without a namespace; whom they mean is not known",
    );
    elsewhere.note(
        world,
        "binding-of-nothing",
        "bindings of a cluster are of a role of a namespace, which gives nothing",
    );
}

/// A role of the cluster as it holds in one namespace: a policy of its own, since what it is on differs.
fn in_namespace(world: &mut World, pending: &Pending, scope: Sym, role: Sym, namespace: &str, record: RecordId) -> u32 {
    let name = world.strings.text(role).to_owned();
    let known = pending.roles.get(&(scope, role));
    let mut id = String::new();
    write_id(&mut id, world.strings.text(scope), "cluster_role", None, &format!("{name}/in/{namespace}"));
    let (row, new) = world.upsert(Subject::Policy, &id);
    if !new {
        return row;
    }
    let from = known.map_or(record, |role| role.record);
    if let Some(id) = world.table(Subject::Policy).id(row) {
        world.set(policy::ID, row, id, from);
    }
    world.set_text(policy::NAME, row, &format!("{name} in {namespace}"), from);
    world.set(policy::SCOPE, row, scope, from);
    let Some(ClusterRole { row: whole, rules: Some(rules), record: from, .. }) = known else { return row };
    world.mark_listed(Subject::Policy, row, *from);
    let managed_by = world.table(Subject::Policy).get(policy::MANAGED_BY.id, *whole);
    if let Ok(managed_by) = u32::try_from(managed_by) {
        world.set(policy::MANAGED_BY, row, Sym(managed_by), *from);
    }
    let scope = world.strings.text(scope).to_owned();
    rules::add(world, row, rules, Within { cluster: cluster(&scope), namespace: Some(namespace) });
    row
}
