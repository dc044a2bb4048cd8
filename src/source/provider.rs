//! What the key lists of model providers have in common: rows of keys and of what acts with them, pages, shown ends of keys.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::answers::{Stamp, Told};
use super::run::{FileRun, Run};
use super::sighting::Shown;
use crate::base::time::Instant;
use crate::model::enumeration::Closure;
use crate::model::facts::{CredentialKind, IdentityKind, credential, identity, resource};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::{Fact, Subject};
use crate::model::slots::Why;
use crate::model::storable::Time;
use crate::model::table::UNKNOWN;
use crate::model::world::World;

/// The longest id that is read, in bytes: it is written again with each finding, and no provider has one of half of that.
const LONGEST: usize = 256;

/// The reason for which a record with a key's whole value is rejected.
pub const LIVE: &str = "it holds a key's live value: delete this file, and replace the key";

/// Which list of a provider something stands in: its name, and the project it is of where it is of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListOf {
    /// The source that reads it.
    pub source: &'static str,
    /// The scope.
    pub scope: Sym,
    /// The name of the list, in words: `API keys`.
    pub name: &'static str,
    /// What it lists, if that is a list that someone may say is complete.
    pub listing: Option<Listing>,
    /// The project, where it is of one and that is known.
    pub project: Option<Sym>,
}

/// What can only be settled once all files of a provider were read.
#[derive(Debug, Default)]
pub struct Providers {
    /// The last page of each file: its list and folder, whether more follow, the file's last record of it.
    pages: Vec<(ListOf, String, bool, RecordId)>,
    /// When the newest of the files with a list was collected, and the path of that file.
    newest: HashMap<ListOf, (i64, String)>,
    /// People's accounts that a record named: what kind they are is said by the list of users, if there is one.
    people: Vec<(u32, RecordId)>,
    /// Users whom a list has without saying whether they are people.
    untold: BTreeSet<u32>,
}

/// The organisation that a file is of.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The system, and the first part of the scope: `openai`.
    pub system: &'static str,
    /// The scope as text: `openai:org-acme`.
    pub scope: String,
    /// The same.
    pub sym: Sym,
}

impl Organisation {
    /// The organisation of a file.
    pub fn of(file: &mut FileRun<'_>, system: &'static str) -> Self {
        let scope = file.scope_of(system);
        let sym = file.world().strings.intern(&scope);
        Self { system, scope, sym }
    }

    /// The row of an account of the organisation. `word` is its kind in the id: `service_account`.
    pub fn account(&self, world: &mut World, word: &str, id: &str, record: RecordId) -> u32 {
        let (row, _) = world.upsert(Subject::Identity, &format!("{}:{word}:{id}", self.scope));
        if let Some(full) = world.table(Subject::Identity).id(row) {
            world.set(identity::ID, row, full, record);
        }
        world.set_text(identity::KEY, row, id, record);
        world.set_text(identity::NATIVE_ID, row, id, record);
        world.set_text(identity::SYSTEM, row, self.system, record);
        world.set(identity::SCOPE, row, self.sym, record);
        world.set(identity::ROOT, row, false, record);
        world.set(identity::SERVICE_LINKED, row, false, record);
        row
    }

    /// The row of an account made for software, which is shown whole where it is named and so is listed.
    pub fn machine(
        &self,
        world: &mut World,
        (kind, word): (IdentityKind, &str),
        (id, name): (&str, Option<&str>),
        record: RecordId,
    ) -> u32 {
        let row = self.account(world, word, id, record);
        world.mark_listed(Subject::Identity, row, record);
        world.set(identity::KIND, row, kind, record);
        world.set_text(identity::NAME, row, name.unwrap_or(id), record);
        row
    }

    /// The row of a user. Whether that is a person is settled once the lists of users were read.
    pub fn user(&self, file: &mut FileRun<'_>, (id, name): (&str, Option<&str>), record: RecordId) -> u32 {
        let row = self.account(file.world(), "user", id, record);
        if let Some(name) = name {
            file.world().set_text(identity::NAME, row, name, record);
        }
        file.run.providers.people.push((row, record));
        row
    }

    /// A project or workspace, as a resource.
    pub fn part(&self, world: &mut World, kind: &str, (id, name): (&str, Option<&str>), record: RecordId) {
        let (row, _) = world.upsert(Subject::Resource, &format!("{}:{kind}:{id}", self.scope));
        world.mark_listed(Subject::Resource, row, record);
        if let Some(full) = world.table(Subject::Resource).id(row) {
            world.set(resource::ID, row, full, record);
        }
        world.set_text(resource::NAME, row, name.unwrap_or(id), record);
        world.set_text(resource::KIND, row, kind, record);
        world.set_text(resource::SYSTEM, row, self.system, record);
        world.set(resource::SCOPE, row, self.sym, record);
    }

    /// Puts a key into the tables.
    pub fn key(&self, file: &mut FileRun<'_>, key: &Key<'_>, record: RecordId) {
        let collected = file.collected_at();
        let world = file.world();
        let (row, _) = world.upsert(Subject::Credential, &format!("{}:{}:{}", self.scope, key.word, key.id));
        world.mark_listed(Subject::Credential, row, record);
        if let Some(full) = world.table(Subject::Credential).id(row) {
            world.set(credential::ID, row, full, record);
        }
        world.set_text(credential::NAME, row, key.name.unwrap_or(key.id), record);
        world.set(credential::KIND, row, CredentialKind::ApiKey, record);
        world.set(credential::SCOPE, row, self.sym, record);
        world.set_text(credential::SYSTEM, row, self.system, record);
        // The value of a key is never replaced: there is a new key instead.
        world.set_absent(credential::ROTATED_AT, row, record);
        if let Some(scope) = &key.limited_to {
            let scope = world.strings.intern(scope);
            world.push(credential::SCOPES, row, scope.0);
        } else {
            let message = "a key does not say in a way that is known where it belongs, so what it opens is not known";
            world.note("key-of-unknown-scope", message.to_owned(), Some(record));
            world.open(credential::SCOPES.id, row, Why::Incomplete(Listing::ApiKeys));
        }
        if let Some(whose) = key.whose {
            world.set(credential::IDENTITY, row, whose, record);
            world.push(identity::CREDENTIALS, whose, row);
        }
        moment(file, credential::CREATED_AT, row, key.created, record);
        moment(file, credential::LAST_CHANGE_AT, row, key.created, record);
        moment(file, credential::EXPIRES_AT, row, key.expires, record);
        moment(file, credential::LAST_USED_AT, row, key.used, record);
        if let (Some(whose), Told::Some(Stamp(Some(at)))) = (key.whose, key.used) {
            file.world().set(identity::LAST_USED_AT, whose, Instant(at), record);
        }
        let expired = match key.expires {
            Told::Some(Stamp(Some(at))) => collected.is_some_and(|collected| at <= collected),
            _ => false,
        };
        match key.enabled {
            Some(enabled) => file.world().set(credential::ENABLED, row, enabled && !expired, record),
            None if expired => file.world().set(credential::ENABLED, row, false, record),
            None => {
                if let Some(odd) = key.odd {
                    let message = format!("{odd}: whether the key is accepted is not known");
                    file.world().note("key-of-unknown-status", message, Some(record));
                    file.world().open(credential::ENABLED.id, row, Why::Incomplete(Listing::ApiKeys));
                }
            }
        }
        let ends = key.shown.is_some_and(|shown| self.end_of(file, row, shown, record));
        // One record that shows it is enough.
        if ends {
            file.run.endless.remove(&row);
        } else if !file.run.shown.iter().rev().any(|shown| shown.credential == row) {
            file.run.endless.insert(row);
        }
    }

    /// Says that a key does not tell what it acts as: it may be one of any account, so of none is it known that it has no other.
    pub fn ownerless(&self, world: &mut World, record: RecordId) {
        let message = "a key does not say which service account or user it acts as";
        world.note("key-without-owner", message.to_owned(), Some(record));
        let why = world.strings.intern(message);
        world.enumerations.add(self.sym, Listing::ApiKeys, Closure::Incomplete { why, record });
    }

    /// Keeps what stands for the end of a key that the provider shows. False where it shows none by which a key is told.
    fn end_of(&self, file: &mut FileRun<'_>, credential: u32, shown: &str, record: RecordId) -> bool {
        let Some(hidden) = shown.rfind(['.', '*', '…']) else {
            if placeholders_only(shown) {
                return false;
            }
            let message = format!(
                "a key in `{}` is shown without dots or asterisks, so it may be the whole key: look at the file, and delete it if it is",
                file.path()
            );
            file.world().note("key-not-redacted", message, Some(record));
            return false;
        };
        let end = shown.get(hidden..).unwrap_or("").trim_start_matches(['.', '*', '…']);
        if placeholders_only(end) {
            return false;
        }
        let Some(tail) = file.run.key.tail(end) else { return false };
        file.run.shown.push(Shown { credential, system: self.system, tail, record });
        true
    }
}

/// True for nothing, or what someone put in the place of a key: `XXXX`, or `redacted`.
fn placeholders_only(shown: &str) -> bool {
    let first = shown.chars().next();
    shown.chars().all(|c| Some(c) == first) || ["hidden", "masked", "redacted"].contains(&&*shown.to_ascii_lowercase())
}

/// What an answer says of a key.
pub struct Key<'a> {
    /// Its kind in the id: `api_key`.
    pub word: &'static str,
    /// The provider's id of it.
    pub id: &'a str,
    /// What people call it.
    pub name: Option<&'a str>,
    /// What it acts as, by row.
    pub whose: Option<u32>,
    /// Whether it is accepted, as far as the answer says.
    pub enabled: Option<bool>,
    /// What is told where the answer says that in no way that is known: what it would have said stays open.
    pub odd: Option<&'static str>,
    /// When it was made.
    pub created: Told<Stamp>,
    /// When it expires.
    pub expires: Told<Stamp>,
    /// When it was last used.
    pub used: Told<Stamp>,
    /// What it is limited to: `project:proj_abc`.
    pub limited_to: Option<String>,
    /// How the provider shows its value.
    pub shown: Option<&'a str>,
}

/// Stores a moment. What is missing is left unknown; `null` is absence where the fact has one.
pub fn moment(file: &mut FileRun<'_>, fact: Fact<Time>, row: u32, at: Told<Stamp>, record: RecordId) {
    match at {
        Told::None if fact.id.def().absent.is_some() => file.world().set_absent(fact, row, record),
        Told::Missing | Told::None => {}
        Told::Some(Stamp(Some(at))) => file.world().set(fact, row, Instant(at), record),
        Told::Some(Stamp(None)) => file.bad_date(record),
    }
}

/// Says that a list has a user and does not say whether that is a person.
pub fn untold(file: &mut FileRun<'_>, row: u32) {
    file.run.providers.untold.insert(row);
}

/// What is known of a user whom a list has: it is there, switched on or off, and nobody can take it on.
pub fn listed_user(world: &mut World, row: u32, enabled: bool, record: RecordId) {
    world.mark_listed(Subject::Identity, row, record);
    world.set(identity::ENABLED, row, enabled, record);
    world.close(identity::CAN_BE_ASSUMED_BY, row);
}

/// Checks an id.
///
/// # Errors
/// When there is none, or it is longer than any.
pub fn id(id: Option<&str>) -> Result<&str, String> {
    match id {
        None | Some("") => Err("it has no `id`".to_owned()),
        Some(id) if id.len() > LONGEST => Err("its `id` is longer than any that a provider makes".to_owned()),
        Some(id) => Ok(id),
    }
}

/// The reason for which an entry is left aside where a newer file has the same list.
pub fn superseded(file: &mut FileRun<'_>, list: ListOf) -> Option<String> {
    let (collected, path) = (file.collected_at()?, file.path());
    // Files come newest first.
    let (newest, other) = file.run.providers.newest.entry(list).or_insert((collected, path));
    (collected < *newest).then(|| format!("superseded: `{other}` has a newer list of the {}", list.name))
}

impl Providers {
    /// Says how the pages of a list end in a file.
    pub fn last_page(file: &mut FileRun<'_>, list: ListOf, goes_on: bool, record: RecordId) {
        let path = file.path();
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        file.run.providers.pages.push((list, folder, goes_on, record));
    }
}

/// Settles what kind the named users are, and which lists have all their pages.
pub fn finish(run: &mut Run) {
    let Providers { pages, people, untold, .. } = std::mem::take(&mut run.providers);
    for (row, record) in people {
        if run.world.table(Subject::Identity).get(identity::KIND.id, row) == UNKNOWN && !untold.contains(&row) {
            run.world.set(identity::KIND, row, IdentityKind::Human, record);
        }
    }
    for row in untold {
        // Whether it is one of the service accounts is what the list leaves out.
        run.world.open(identity::KIND.id, row, Why::Incomplete(Listing::ServiceAccounts));
    }
    let mut groups: BTreeMap<(ListOf, String), Vec<(bool, RecordId)>> = BTreeMap::new();
    for (list, folder, goes_on, record) in pages {
        groups.entry((list, folder)).or_default().push((goes_on, record));
    }
    for ((list, _), ends) in groups {
        // Pages of one list that lie in one folder are one list if one of them is the last.
        let Some((_, record)) = ends.iter().all(|(goes_on, _)| *goes_on).then(|| ends.last().copied()).flatten() else {
            continue;
        };
        let export = run.world.records.get(record).map(|record| record.export.0 as usize);
        let path = run.world.records.export(record).map_or_else(String::new, |export| export.path.clone());
        let message = format!("`{path}` says that more {} follow: export the pages after it too", list.name);
        run.world.note("page-marker", message, Some(record));
        if let Some(report) = export.and_then(|at| run.reports.get_mut(at)) {
            report.incomplete = Some("a page marker is left over");
        }
        if let Some(listing) = list.listing {
            let why = run.world.strings.intern("a page marker is left over");
            run.world.enumerations.add(list.scope, listing, Closure::Incomplete { why, record });
        }
    }
}

#[cfg(test)]
#[path = "provider_tests.rs"]
mod tests;
