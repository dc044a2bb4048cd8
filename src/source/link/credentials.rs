//! One credential with all its places: what the sightings of it say, put on its row.
//!
//! Where a system lists the credential, that row stands, and the ids that places give it are
//! other names of it. Else the first place that lists it gives the id. What only a scanner saw
//! is mentioned, since nothing lists it, and each of its places is an exposure of its own.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::clusters::{Cluster, clusters};
use super::{questions, unheeded, unidentified};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::Instant;
use crate::export::declared::Tie;
use crate::model::facts::{CredentialKind, ExposureKind, ai_system, credential, exposure, resource};
use crate::model::intern::Sym;
use crate::model::link::Method;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Row;
use crate::model::world::World;
use crate::source::print::Print;
use crate::source::run::Run;
use crate::source::sighting::{Exposed, Sighting};

/// Puts all sightings on the rows of their credentials.
pub fn finish(run: &mut Run, ties: &[Tie]) {
    let sightings = std::mem::take(&mut run.sightings);
    let all = clusters(&run.world.strings, &sightings, ties, &mut run.diagnostics);
    let mut listed = Listed { by_key: by_key(&run.world), taken: HashMap::new() };
    let again = questions::again(&sightings);
    let mut rows = Vec::with_capacity(all.len());
    for cluster in &all {
        let members: Vec<&Sighting> = cluster.members.iter().filter_map(|at| sightings.get(*at)).collect();
        let row = row_of(&mut run.world, &mut listed, &members, ties, &again);
        if let Some(credential) = row.row
            && members.iter().any(|member| member.is_literal())
        {
            run.literals.insert(credential);
        }
        place(&mut run.world, row, cluster, &members);
        rows.push((row, members));
    }
    let mut heeded = questions::ask(&mut run.world, &run.shown, &rows, ties);
    heeded.extend(questions::by_weak_secret(&mut run.world, &rows, ties, &again));
    heeded.extend(apart(&mut run.world, &rows, ties));
    heeded.extend(unidentified::find(&mut run.world, &rows, &run.endless, ties, &run.inventory));
    unheeded::tell(run, ties, &listed.by_key, &rows, &heeded);
    let seen: BTreeSet<Sym> = sightings.iter().flat_map(names_of).chain(listed.by_key.into_keys()).collect();
    unmatched(run, ties, &seen);
}

/// Keeps which slots of credential reports a person says that a key is not, and gives the numbers of the links that say so.
fn apart(world: &mut World, rows: &[(Found, Vec<&Sighting>)], ties: &[Tie]) -> Vec<usize> {
    let mut heeded = Vec::new();
    if ties.iter().all(|tie| tie.same) {
        return heeded;
    }
    let mut named: HashMap<Sym, u32> = HashMap::new();
    for (found, members) in rows.iter().filter(|(found, _)| !found.listed) {
        let Some(row) = found.row else { continue };
        named.extend(members.iter().flat_map(|member| names_of(member)).map(|name| (name, row)));
    }
    let find = |id: &str| {
        let id = world.strings.get(id)?;
        named.get(&id).copied().or_else(|| world.table(Subject::Credential).find(id))
    };
    let mut pairs = Vec::new();
    for (at, tie) in ties.iter().enumerate().filter(|(_, tie)| !tie.same) {
        let is_slot = |id: &str| id.contains(":access_key:") && id.contains("#key");
        if let (true, Some(one), Some(other)) =
            (is_slot(&tie.one) || is_slot(&tie.other), find(&tie.one), find(&tie.other))
        {
            pairs.push((one, other));
            heeded.push(at);
        }
    }
    world.apart.extend(pairs);
    heeded
}

/// The names by which a person may speak of a place: its own id, that of the exposure, and the public id of the key.
pub fn names_of(sighting: &Sighting) -> impl Iterator<Item = Sym> {
    let exposed = sighting.exposure.as_ref().map(|exposed| exposed.id);
    [Some(sighting.id), exposed, sighting.public_id].into_iter().flatten()
}

/// Credentials that exports list.
struct Listed {
    /// By the name that their system gives them.
    by_key: HashMap<Sym, u32>,
    /// By row: the names of the places that were put on it.
    taken: HashMap<u32, BTreeSet<Sym>>,
}

impl Listed {
    /// Whether a person says of one of the places that it is not this credential, nor what another place on it is.
    fn forbidden(&self, world: &World, row: u32, names: &BTreeSet<Sym>, ties: &[Tie]) -> bool {
        let table = world.table(Subject::Credential);
        let own = [table.id(row), u32::try_from(table.get(credential::NAME.id, row)).ok().map(Sym)];
        let taken = self.taken.get(&row);
        let name = |text: &str| world.strings.get(text);
        let of_row = |sym: Sym| own.contains(&Some(sym)) || taken.is_some_and(|taken| taken.contains(&sym));
        ties.iter().filter(|tie| !tie.same).any(|tie| match (name(&tie.one), name(&tie.other)) {
            (Some(one), Some(other)) => {
                (names.contains(&one) && of_row(other)) || (names.contains(&other) && of_row(one))
            }
            _ => false,
        })
    }
}

/// Tells which ids of the profile's links no export has.
fn unmatched(run: &mut Run, ties: &[Tie], seen: &BTreeSet<Sym>) {
    for tie in ties {
        let table = run.world.table(Subject::Credential);
        let known =
            |id: &str| run.world.strings.get(id).is_some_and(|id| table.find(id).is_some() || seen.contains(&id));
        for id in [&tie.one, &tie.other].into_iter().filter(|id| !known(id)) {
            let message = format!("no credential has the id `{id}`, of which a link of the profile speaks");
            let mut wrong = Diagnostic::warning("link-matches-nothing", message);
            if let Some(place) = &tie.place {
                wrong = wrong.at(place.file.clone(), place.span.clone(), "matches no credential");
            }
            run.diagnostics.push(wrong.help("write the id as reports write it, or take the entry out"));
        }
    }
}

/// A credential's row, and whether its system lists it.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    /// The row; `None` where nothing but scanners saw it, in one place, and it has no public id.
    pub row: Option<u32>,
    /// True if an export of its system, or of an identity provider, has it.
    pub listed: bool,
}

/// Credentials that exports list, by the name that their system gives them.
fn by_key(world: &World) -> HashMap<Sym, u32> {
    let table = world.table(Subject::Credential);
    let named = table.rows().filter_map(|row| {
        let name = u32::try_from(table.get(credential::NAME.id, row)).ok().map(Sym)?;
        let key = table.get(credential::KIND.id, row) == i64::from(CredentialKind::AccessKey as u8);
        // A slot of a report has no name of its own.
        (key && is_key_id(world.strings.text(name))).then_some((name, row))
    });
    let mut keys = HashMap::new();
    for (name, row) in named {
        keys.entry(name).or_insert(row);
    }
    keys
}

/// True for the id of an access key of AWS.
fn is_key_id(text: &str) -> bool {
    text.len() >= 16 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// The row of the credential that was sighted.
fn row_of(
    world: &mut World,
    listed: &mut Listed,
    members: &[&Sighting],
    ties: &[Tie],
    again: &HashSet<Print>,
) -> Found {
    let names: BTreeSet<Sym> = members.iter().flat_map(|member| names_of(member)).collect();
    let by_key = members.iter().filter_map(|member| member.public_id).find_map(|key| listed.by_key.get(&key).copied());
    // The public id is a name of the listed key itself: it forbids nothing by itself.
    let places: BTreeSet<Sym> = names.iter().copied().filter(|name| !listed.by_key.contains_key(name)).collect();
    let by_key = by_key.filter(|row| !listed.forbidden(world, *row, &places, ties));
    if let Some(row) = by_key.or_else(|| tied(world, &names, &listed.by_key, ties)) {
        listed.taken.entry(row).or_default().extend(places);
        for member in members.iter().filter(|member| !member.only_seen()) {
            world.table_mut(Subject::Credential).alias(member.id, row);
        }
        return Found { row: Some(row), listed: true };
    }
    let own = members.iter().filter(|member| !member.only_seen());
    let id = own.map(|member| member.id).min_by(|a, b| world.strings.text(*a).cmp(world.strings.text(*b)));
    let key = members.iter().find_map(|member| Some((member.system?, member.public_id?)));
    let text = match (id, key) {
        (Some(id), _) => world.strings.text(id).to_owned(),
        (None, Some((system, key))) => format!("{system}:*:access_key:{}", world.strings.text(key)),
        // A weak secret that stands elsewhere too is asked about, so it has a row.
        (None, None) if members.len() > 1 || members.iter().any(|one| questions::weak(one, again).is_some()) => {
            let first = members.iter().map(|member| world.strings.text(member.id)).min().unwrap_or_default();
            format!("{first}:secret")
        }
        (None, None) => return Found { row: None, listed: false },
    };
    let (row, _) = world.upsert(Subject::Credential, &text);
    for member in members.iter().filter(|member| !member.only_seen()) {
        world.table_mut(Subject::Credential).alias(member.id, row);
    }
    Found { row: Some(row), listed: false }
}

/// The listed credential that a person says is the same as one of the places.
fn tied(world: &World, names: &BTreeSet<Sym>, by_key: &HashMap<Sym, u32>, ties: &[Tie]) -> Option<u32> {
    let table = world.table(Subject::Credential);
    let find = |id: &str| world.strings.get(id).and_then(|id| table.find(id).or_else(|| by_key.get(&id).copied()));
    let ours = |id: &str| world.strings.get(id).is_some_and(|id| names.contains(&id));
    ties.iter().filter(|tie| tie.same).find_map(|tie| {
        let (one, other) = (tie.one.as_str(), tie.other.as_str());
        if ours(one) {
            find(other)
        } else if ours(other) {
            find(one)
        } else {
            None
        }
    })
}

impl Sighting {
    /// True if the secret itself stands in a configuration.
    fn is_literal(&self) -> bool {
        self.exposure.is_some() && !self.only_seen()
    }

    /// True for what only a scanner saw: it stands in no configuration, and nothing lists it.
    fn only_seen(&self) -> bool {
        self.holders.is_empty() && self.tools.is_empty() && self.stored_in.is_none() && self.exposure.is_some()
    }
}

/// Puts what the places say on the credential's row.
fn place(world: &mut World, found: Found, cluster: &Cluster, members: &[&Sighting]) {
    let mut holders = BTreeSet::new();
    for member in members {
        holders.extend(member.holders.iter().copied());
    }
    if let Some(row) = found.row {
        named(world, row, found, members);
        kept(world, row, members, &holders);
    }
    for member in members {
        if let Some(exposed) = &member.exposure {
            expose(world, found.row, member, exposed);
        }
    }
    if let Some(row) = found.row {
        joined(world, row, found, cluster, members);
    }
}

/// The facts of a credential that no system lists.
fn named(world: &mut World, row: u32, found: Found, members: &[&Sighting]) {
    if found.listed {
        return;
    }
    let Some(first) = members.iter().find(|member| !member.only_seen()).or(members.first()) else { return };
    let record = first.record;
    if let Some(id) = world.table(Subject::Credential).id(row) {
        world.set(credential::ID, row, id, record);
    }
    world.set(credential::NAME, row, first.public_id.unwrap_or(first.name), record);
    world.set(credential::SCOPE, row, first.scope, record);
    let kind = members.iter().map(|member| member.kind).find(|kind| *kind != CredentialKind::Other);
    world.set(credential::KIND, row, kind.unwrap_or(CredentialKind::Other), record);
    if let Some(system) = members.iter().find_map(|member| member.system) {
        world.set_text(credential::SYSTEM, row, system, record);
    }
    if members.iter().any(|member| !member.only_seen()) {
        world.mark_listed(Subject::Credential, row, record);
    }
}

/// Where it is kept, in which places it stands, and who holds it.
fn kept(world: &mut World, row: u32, members: &[&Sighting], holders: &BTreeSet<u32>) {
    let mut places = BTreeSet::new();
    let mut tools = BTreeSet::new();
    for member in members {
        places.insert(world.strings.text(member.place).to_owned());
        tools.extend(member.tools.iter().copied());
        world.table_mut(Subject::Credential).note_record(row, member.record);
    }
    for place in &places {
        let place = world.strings.intern(place);
        world.push(credential::PLACES, row, place.0);
    }
    let stored = members.iter().find_map(|member| Some((member.stored_in?, member.record)));
    let literal = members.iter().find(|member| member.is_literal());
    match (literal, stored) {
        // Where the secret itself stands in a configuration, that is where it is kept.
        (Some(member), _) => {
            let place = member.place;
            world.set(credential::STORED_IN, row, place, member.record);
            world.set(credential::SANCTIONED_STORE, row, false, member.record);
        }
        (None, Some((kept, record))) => world.set(credential::STORED_IN, row, kept, record),
        (None, None) => {}
    }
    for holder in holders {
        world.push(credential::AI_SYSTEMS, row, *holder);
        world.push(ai_system::CREDENTIALS, *holder, row);
    }
    for tool in tools {
        world.push(resource::CREDENTIALS, tool, row);
    }
}

/// An exposure, and its credential.
fn expose(world: &mut World, credential: Option<u32>, member: &Sighting, exposed: &Exposed) {
    let record = member.record;
    let id = world.strings.text(exposed.id).to_owned();
    let (row, new) = world.upsert(Subject::Exposure, &id);
    world.mark_listed(Subject::Exposure, row, record);
    world.set(exposure::ID, row, exposed.id, record);
    world.set(exposure::NAME, row, exposed.name, record);
    world.set(exposure::LOCATION, row, member.place, record);
    world.set(exposure::KIND, row, exposed.kind, record);
    world.set(exposure::SCOPE, row, member.scope, record);
    world.set(exposure::SCANNER, row, exposed.scanner, record);
    match exposed.rule {
        Some(rule) => world.set(exposure::RULE, row, rule, record),
        None => world.set_absent(exposure::RULE, row, record),
    }
    if let Some(at) = exposed.detected_at {
        world.set(exposure::DETECTED_AT, row, Instant(at), record);
    }
    if exposed.kind == ExposureKind::Configuration && exposed.rule.is_none() {
        // The configuration itself was read, and the secret stands in it.
        world.set_absent(exposure::RESOLVED_AT, row, record);
    }
    if let Some(verified) = exposed.verified {
        world.set(exposure::VERIFIED, row, verified, record);
        if let Some(credential) = credential {
            world.set(credential::VERIFIED_LIVE, credential, verified, record);
        }
    }
    if let Some(public) = exposed.public {
        world.set(exposure::PUBLIC, row, public, record);
    }
    match credential {
        Some(credential) => world.set(exposure::CREDENTIAL, row, credential, record),
        None => world.set_absent(exposure::CREDENTIAL, row, record),
    }
    if new {
        if let Some(credential) = credential {
            world.push(credential::EXPOSURES, credential, row);
        }
        // Those of other places are told by the credential: each place with all of them would be as many pairs.
        for holder in &member.holders {
            world.push(exposure::AI_SYSTEMS, row, *holder);
        }
    }
}

/// Notes by what the places were brought together.
fn joined(world: &mut World, row: u32, found: Found, cluster: &Cluster, members: &[&Sighting]) {
    let credential = Row::new(Subject::Credential, row);
    let method = match cluster.methods.first() {
        Some(method) => *method,
        // A place alone was joined with the key that a system lists.
        None if found.listed && members.iter().any(|member| member.public_id.is_some()) => Method::KeyId,
        None if found.listed => Method::Said,
        None => return,
    };
    let mut others: Vec<(Row, RecordId)> = Vec::new();
    for member in members {
        others.extend(member.holders.iter().map(|holder| (Row::new(Subject::AiSystem, *holder), member.record)));
        let exposure = member.exposure.as_ref().and_then(|exposed| world.table(Subject::Exposure).find(exposed.id));
        others.extend(exposure.map(|row| (Row::new(Subject::Exposure, row), member.record)));
    }
    let mut seen = BTreeSet::new();
    for (other, record) in others {
        if seen.insert((other.subject as u8, other.index)) {
            world.link(method, credential, other, record);
        }
    }
}
