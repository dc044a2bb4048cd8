//! Which rights in a cluster give power over others, as statements grant them: where, and on what by name.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::effective::{holdings, texts};
use super::pattern::matches;
use crate::model::policy::{ListId, Statement};
use crate::model::{Sym, World};

/// A right that gives power over accounts, alone or with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Right {
    /// Makes something that runs as an account of its choice.
    Run,
    /// Changes what runs, and as which account.
    Change,
    /// Runs commands in what runs, or puts another program there.
    Exec,
    /// Speaks to what runs, which may take commands.
    Attach,
    /// Makes a token of an account.
    Mint,
    /// Reads secrets.
    ReadSecrets,
    /// Makes secrets, and so has the cluster put a token into one.
    MakeSecrets,
    /// Acts as an account, a user, or a member of a group.
    BeAccount,
    BeUser,
    BeGroup,
    /// Binds roles of the cluster, or of a namespace, that allow more than it has.
    Bind,
    BindRoles,
    WriteBindings,
    WriteClusterBindings,
    /// Writes roles that allow more than it has.
    EscalateRoles,
    WriteRoles,
    EscalateClusterRoles,
    WriteClusterRoles,
    /// Reaches what runs through its machine.
    Machines,
    /// Lets the cluster vouch for whoever asks.
    Approve,
    WriteApprovals,
    /// Changes what others write.
    Hooks,
}

use Right::{
    Approve, Attach, BeAccount, BeGroup, BeUser, Bind, BindRoles, Change, EscalateClusterRoles, EscalateRoles, Exec,
    Hooks, Machines, MakeSecrets, Mint, ReadSecrets, Run, WriteApprovals, WriteBindings, WriteClusterBindings,
    WriteClusterRoles, WriteRoles,
};

const RBAC: &str = "rbac.authorization.k8s.io";
const READ: &[&str] = &["get", "list", "watch"];
const WRITE: &[&str] = &["create", "update", "patch"];
const CHANGES: &[&str] = &["update", "patch"];

/// Each right with the verbs that give it and what they are on: resource, and subresource, and group.
const RIGHTS: &[(Right, &[&str], &[&str], &str)] = &[
    (Run, &["create"], &["pods", "replicationcontrollers"], "core"),
    (Run, &["create"], &["deployments", "daemonsets", "statefulsets", "replicasets"], "apps"),
    (Run, &["create"], &["jobs", "cronjobs"], "batch"),
    (Change, CHANGES, &["replicationcontrollers"], "core"),
    (Change, CHANGES, &["deployments", "daemonsets", "statefulsets", "replicasets"], "apps"),
    (Change, CHANGES, &["cronjobs"], "batch"),
    (Exec, &["create"], &["pods/exec"], "core"),
    (Exec, CHANGES, &["pods", "pods/ephemeralcontainers"], "core"),
    // Some versions of the API take `get` for it too.
    (Attach, &["get"], &["pods/exec"], "core"),
    (Attach, &["create", "get"], &["pods/attach"], "core"),
    (Mint, &["create"], &["serviceaccounts/token"], "core"),
    (ReadSecrets, READ, &["secrets"], "core"),
    (MakeSecrets, &["create"], &["secrets"], "core"),
    (BeAccount, &["impersonate"], &["serviceaccounts"], "core"),
    (BeUser, &["impersonate"], &["users"], "core"),
    (BeGroup, &["impersonate"], &["groups"], "core"),
    (Bind, &["bind"], &["clusterroles"], RBAC),
    (BindRoles, &["bind"], &["roles"], RBAC),
    (WriteBindings, WRITE, &["rolebindings"], RBAC),
    (WriteClusterBindings, WRITE, &["clusterrolebindings"], RBAC),
    (EscalateRoles, &["escalate"], &["roles"], RBAC),
    (WriteRoles, CHANGES, &["roles"], RBAC),
    (EscalateClusterRoles, &["escalate"], &["clusterroles"], RBAC),
    (WriteClusterRoles, CHANGES, &["clusterroles"], RBAC),
    (Machines, &["create", "get"], &["nodes/proxy"], "core"),
    (Approve, &["approve"], &["signers"], "certificates.k8s.io"),
    (WriteApprovals, CHANGES, &["certificatesigningrequests/approval"], "certificates.k8s.io"),
    (Hooks, WRITE, &["mutatingwebhookconfigurations"], "admissionregistration.k8s.io"),
];

/// A right on things by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named<'w> {
    /// The right.
    pub right: Right,
    /// The name.
    pub name: &'w str,
    /// The number of the policy's statement.
    pub entry: u32,
}

/// The rights of one identity in one place.
#[derive(Debug, Default, Clone)]
pub(super) struct Place<'w> {
    /// Each on everything there, with the number of the first statement that grants it.
    pub all: BTreeMap<Right, u32>,
    /// Those on some things by name.
    pub named: Vec<Named<'w>>,
}

/// The rights of one identity, by namespace; `None` for the whole cluster.
pub(super) type Rights<'w> = BTreeMap<Option<&'w str>, Place<'w>>;

/// What statements grant, worked out once for each list of actions.
#[derive(Debug, Default)]
pub(super) struct Reader {
    known: HashMap<ListId, Vec<(Right, &'static str)>>,
}

impl Reader {
    /// The rights of an identity of the cluster.
    pub fn of<'w>(&mut self, world: &'w World, scope: Sym, row: u32) -> Rights<'w> {
        let scope = world.strings.text(scope);
        let head = format!("k8s:{}:", scope.strip_prefix("kubernetes:").unwrap_or(scope));
        let mut rights = Rights::new();
        for entry in holdings(world, row) {
            let Some((_, id, _)) = world.statements.entry(entry) else { continue };
            let Some(statement) = world.statements.get(*id).filter(|statement| statement.allow) else { continue };
            let found = self.known.entry(statement.actions).or_insert_with(|| granted(world, statement));
            for (right, resource) in found.iter() {
                place(world, statement, &head, (*right, resource, entry), &mut rights);
            }
        }
        rights
    }
}

/// The rights in a list of actions, each with the resource that it is on.
fn granted(world: &World, statement: &Statement) -> Vec<(Right, &'static str)> {
    let actions: Vec<&str> = texts(world, statement.actions).filter(|action| action.starts_with("k8s:")).collect();
    let mut found = Vec::new();
    for (right, verbs, resources, group) in RIGHTS {
        for resource in *resources {
            let hit = verbs.iter().any(|verb| {
                let wanted = format!("k8s:{verb}/{resource}.{group}");
                actions.iter().any(|action| matches(action, &wanted))
            });
            let on = resource.split('/').next().unwrap_or(resource);
            if hit && !found.contains(&(*right, on)) {
                found.push((*right, on));
            }
        }
    }
    found
}

/// Notes one right where the statement grants it.
fn place<'w>(
    world: &'w World,
    statement: &Statement,
    head: &str,
    granted: (Right, &str, u32),
    rights: &mut Rights<'w>,
) {
    let (right, resource, entry) = granted;
    for text in texts(world, statement.resources) {
        if text == "*" {
            rights.entry(None).or_default().all.entry(right).or_insert(entry);
            continue;
        }
        let Some((namespace, on)) = text.strip_prefix(head).and_then(|rest| rest.split_once('/')) else { continue };
        let namespace = (namespace != "*").then_some(namespace);
        let name = match on.split_once('/') {
            Some((of, name)) if of == resource || of == "*" => name,
            None if on == "*" => "*",
            _ => continue,
        };
        let place = rights.entry(namespace).or_default();
        if name == "*" && namespace.is_some() {
            place.all.entry(right).or_insert(entry);
        } else {
            place.named.push(Named { right, name, entry });
        }
    }
}
