//! Steps by a token of another issuer: a workflow or an account of a cluster takes on the role whose trust names it.
//!
//! A trust names subjects of an issuer. Those of a cluster are its accounts, where the manifest
//! says whose issuer it is; where it does not, an account of the same name may be meant.

use std::collections::BTreeMap;

use petgraph::graph::{DiGraph, NodeIndex};

use super::becoming::{Arc, Ground};
use crate::model::facts::{BecomingState, IdentityKind, becoming, identity};
use crate::model::link::{Link, Method};
use crate::model::record::RecordId;
use crate::model::table::Presence;
use crate::model::{Row, Subject, Sym, World};
use crate::source::aws::wildcards::Pattern;
use crate::source::link::subjects;

/// A trust in the tokens of an issuer.
#[derive(Debug)]
pub(super) struct Federated {
    /// The row of its becoming.
    pub becoming: u32,
    /// Whose rights it gives.
    pub to: u32,
    /// The issuer's address without `https://`.
    pub issuer: String,
    /// The subjects that it asks for; one that stands for any text where it asks for none.
    pub subjects: Vec<Pattern>,
    /// Whether they say whose subjects are meant.
    pub named: bool,
    /// True if nothing is asked but the subject and the audience, which the token has.
    pub bare: bool,
}

/// Gives the subjects that trusts name one by one rows of their own, which nothing lists.
pub(super) fn name(world: &mut World, all: &[Federated]) {
    for federated in all {
        let mut rows = Vec::new();
        // What everyone there can have is no one's.
        for Pattern { head: subject, .. } in federated.subjects.iter().filter(|one| federated.named && !one.wild) {
            let (id, scope) = subjects::id(world, &federated.issuer, subject);
            let (row, new) = world.upsert(Subject::Identity, &id);
            if new {
                mentioned(world, row, subject, &scope);
            }
            rows.push(row);
        }
        if let ([row], [_]) = (rows.as_slice(), federated.subjects.as_slice()) {
            world.table_mut(Subject::Becoming).put(becoming::FROM.id, federated.becoming, i64::from(*row), 0);
        }
    }
}

fn mentioned(world: &mut World, row: u32, subject: &str, scope: &str) {
    let system = scope.split(':').next().unwrap_or("").to_owned();
    let (subject, scope, system) =
        (world.strings.intern(subject), world.strings.intern(scope), world.strings.intern(&system));
    let id = world.table(Subject::Identity).id(row).unwrap_or(subject);
    let table = world.table_mut(Subject::Identity);
    for (fact, value) in [
        (identity::ID, id),
        (identity::KEY, subject),
        (identity::NAME, subject),
        (identity::SCOPE, scope),
        (identity::SYSTEM, system),
    ] {
        table.put(fact.id, row, i64::from(value.0), 0);
    }
    table.put(identity::KIND.id, row, i64::from(IdentityKind::Workload as u8), 0);
}

/// Identities that present tokens: the key and the row, sorted.
type Presenters<'w> = Vec<(&'w str, u32)>;

/// Adds a step for each identity that presents a token which a trust accepts, and tells which they are. What is `forbidden`
/// is left out, and taken out of there.
pub(super) fn add_edges(
    world: &World,
    all: &[Federated],
    graph: &mut DiGraph<(), Arc>,
    forbidden: &mut Forbidden,
    room: &mut usize,
) -> Vec<Link> {
    let mut links = Vec::new();
    if all.is_empty() {
        return links;
    }
    let presenters = Presented::new(world);
    for federated in all {
        let Some(record) = world.table(Subject::Identity).records(federated.to).next() else { continue };
        let sure = if federated.bare { BecomingState::Certain } else { BecomingState::Conditional };
        let of_issuer = presenters.of(world, &federated.issuer);
        for subject in &federated.subjects {
            // Nobody knows what AWS fills in for a variable.
            let sure = if subject.variable { BecomingState::Conditional } else { sure };
            for (groups, state) in
                [(&of_issuer, sure), (&presenters.unclaimed(world, &federated.issuer), BecomingState::Possible)]
            {
                for row in groups.iter().flat_map(|group| matched(group, subject)) {
                    if forbidden.takes(row, federated.to) {
                        continue;
                    }
                    *room = room.saturating_sub(1);
                    if *room == 0 {
                        return links;
                    }
                    let arc = Arc { state, ground: Ground::Trust(federated.becoming) };
                    graph.add_edge(NodeIndex::new(row as usize), NodeIndex::new(federated.to as usize), arc);
                    links.extend(link(world, row, federated, record, state));
                }
            }
        }
    }
    links
}

/// Who never acts as whom, by the word of the profile, and whether that took a step away.
pub(super) struct Forbidden(BTreeMap<(u32, u32), bool>);

impl Forbidden {
    /// What the profile says, which has taken nothing away yet.
    pub fn new(world: &World) -> Self {
        let find = |id: Sym| world.table(Subject::Identity).find(id);
        let never = world.acting.iter().filter(|link| !link.acts);
        Self(never.filter_map(|link| Some(((find(link.who)?, find(link.whom)?), false))).collect())
    }

    /// True if the step is taken away.
    fn takes(&mut self, who: u32, whom: u32) -> bool {
        match self.0.get_mut(&(who, whom)) {
            Some(taken) => {
                *taken = true;
                true
            }
            None => false,
        }
    }

    /// Notes on those that took nothing away.
    pub fn idle(self, world: &World) -> Vec<String> {
        let id = |row: u32| world.table(Subject::Identity).id(row).map_or("", |id| world.strings.text(id));
        let idle = self.0.into_iter().filter(|(_, taken)| !taken);
        idle.map(|((who, whom), _)| {
            format!(
                "nothing that was read lets `{}` act as `{}`: that it never does, as the profile says, takes nothing away",
                id(who),
                id(whom)
            )
        })
        .collect()
    }
}

/// What accounts are annotated to act as elsewhere: a link where a trust of that one lets them in, and a note where none does.
pub(super) fn annotated(
    world: &World,
    graph: &DiGraph<(), Arc>,
    forbidden: &mut Forbidden,
) -> (Vec<Link>, Vec<(String, RecordId)>) {
    let (mut links, mut notes) = (Vec::new(), Vec::new());
    if world.leads_out.is_empty() {
        return (links, notes);
    }
    let table = world.table(Subject::Identity);
    let key = |row: u32| u32::try_from(table.get(identity::KEY.id, row)).ok().map(Sym);
    let by_key: BTreeMap<Sym, u32> = table.rows().filter_map(|row| Some((key(row)?, row))).collect();
    for (account, key) in world.leads_out.iter().flat_map(|(account, keys)| keys.iter().map(move |key| (account, key)))
    {
        let Some(record) = table.records(*account).next() else { continue };
        let Some(to) = by_key.get(key).copied().filter(|to| table.presence(*to) == Presence::Listed) else { continue };
        if forbidden.takes(*account, to) {
            continue;
        }
        let (one, other) = (Row::new(Subject::Identity, *account), Row::new(Subject::Identity, to));
        if graph.contains_edge(NodeIndex::new(*account as usize), NodeIndex::new(to as usize)) {
            links.push(Link { method: Method::Annotation, one, other, record });
        } else {
            let id = |row: u32| table.id(row).map_or("", |id| world.strings.text(id));
            let message = format!(
                "`{}` is annotated to act as `{}`, whose trust does not let it in: the annotation does nothing",
                id(*account),
                id(to)
            );
            notes.push((message, record));
        }
    }
    (links, notes)
}

fn link(world: &World, from: u32, federated: &Federated, record: RecordId, state: BecomingState) -> Option<Link> {
    let cluster = subjects::cluster(world, &federated.issuer).is_some();
    let method = match state {
        BecomingState::Possible => return None,
        _ if cluster => Method::OidcSubject,
        _ => Method::WorkflowSubject,
    };
    let (one, other) = (Row::new(Subject::Identity, from), Row::new(Subject::Identity, federated.to));
    Some(Link { method, one, other, record })
}

/// The rows whose key a pattern of subjects means.
fn matched<'p>(presenters: &'p Presenters<'_>, pattern: &'p Pattern) -> impl Iterator<Item = u32> + 'p {
    let head = pattern.head.as_str();
    let from = presenters.partition_point(|(key, _)| *key < head);
    let near = presenters.iter().skip(from).take_while(move |(key, _)| key.starts_with(head));
    near.filter(move |(key, _)| pattern.matches(key)).map(|(_, row)| *row)
}

/// Who presents tokens, by scope.
struct Presented<'w> {
    by_scope: BTreeMap<Sym, Presenters<'w>>,
    of_github: Vec<Sym>,
    /// Clusters of which nobody says whose issuer is theirs.
    unclaimed: Vec<Sym>,
}

impl<'w> Presented<'w> {
    fn new(world: &'w World) -> Self {
        let mut by_scope: BTreeMap<Sym, Presenters<'w>> = BTreeMap::new();
        let table = world.table(Subject::Identity);
        for row in table.rows() {
            let scope = world.scope(Row::new(Subject::Identity, row));
            if !matches!(world.system_of(scope), "github" | "kubernetes" | "oidc") {
                continue;
            }
            if let Ok(key) = u32::try_from(table.get(identity::KEY.id, row)) {
                by_scope.entry(scope).or_default().push((world.strings.text(Sym(key)), row));
            }
        }
        for presenters in by_scope.values_mut() {
            presenters.sort_unstable();
        }
        let of = |system: &str| by_scope.keys().copied().filter(|scope| world.system_of(*scope) == system).collect();
        let of_github = of("github");
        let mut unclaimed: Vec<Sym> = of("kubernetes");
        unclaimed.retain(|scope| !world.issuers.values().any(|claimed| claimed == scope));
        Self { by_scope, of_github, unclaimed }
    }

    /// Those of an issuer.
    fn of(&self, world: &World, issuer: &str) -> Vec<&Presenters<'w>> {
        if subjects::is_github(issuer) {
            return self.of_github.iter().filter_map(|scope| self.by_scope.get(scope)).collect();
        }
        let scope = subjects::cluster(world, issuer)
            .or_else(|| world.strings.get(&format!("oidc:{}", issuer.replace(':', "%3A"))));
        scope.and_then(|scope| self.by_scope.get(&scope)).into_iter().collect()
    }

    /// Those of clusters that may have an issuer of which the manifest says nothing.
    fn unclaimed(&self, world: &World, issuer: &str) -> Vec<&Presenters<'w>> {
        if subjects::is_github(issuer) || subjects::cluster(world, issuer).is_some() {
            return Vec::new();
        }
        self.unclaimed.iter().filter_map(|scope| self.by_scope.get(scope)).collect()
    }
}
