//! Joining what several exports say of one access key: the report's slots, the listed keys, their last use.
//!
//! A key and a slot are one where they are of one user and were made at the same instant, and
//! no other pair of that user could be. What cannot be joined stays apart and is noted.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::counts::Counted;
use super::groups::Membership;
use super::newer::{Newer, age, incomplete, open_if_younger, reported, users_not_reported};
use super::provided::Provided;
use super::statements::Cache;
use crate::base::time::Instant;
use crate::model::facts::{CredentialKind, credential, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::table::Presence;
use crate::model::world::World;
use crate::source::run::Run;

/// What AWS exports said that can only be placed once all were read.
#[derive(Debug, Default)]
pub struct Pending {
    /// Statements that were read before.
    pub cache: Cache,
    /// A buffer for ids.
    pub buffer: String,
    /// Who is in which group.
    pub memberships: Vec<Membership>,
    /// Groups by scope and name.
    pub groups: HashMap<(Sym, Sym), u32>,
    /// Folders by account that an export in them is of.
    pub folders: BTreeMap<String, Vec<Sym>>,
    /// Policies that AWS provides.
    pub provided: Provided,
    /// How often accounts use managed policies, by their own counts.
    pub counted: Vec<Counted>,
    /// Keys of the credential report.
    pub slots: Vec<Slot>,
    /// By scope of a credential report: its first record, and the users that it has.
    pub reported: BTreeMap<Sym, (RecordId, HashSet<u32>)>,
    /// Keys of lists.
    pub keys: Vec<Key>,
    /// Key ids that an export had already.
    pub key_ids: HashSet<(crate::model::record::ExportId, Sym)>,
    /// Uses of keys.
    pub uses: Vec<Use>,
}

/// A key of a credential report, which has no key id.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The scope.
    pub scope: Sym,
    /// The user's name.
    pub user: Sym,
    /// The user's row.
    pub identity: u32,
    /// 1 or 2.
    pub number: u8,
    /// Whether it is active, if the report says.
    pub active: Option<bool>,
    /// When it was made.
    pub created: Option<i64>,
    /// When it was last used, as far as the report says.
    pub used: LastUse,
    /// The row of the report.
    pub record: RecordId,
}

/// When something was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastUse {
    /// At this instant.
    At(i64),
    /// Not since AWS tracks it.
    Never,
    /// The export does not say.
    Unsaid,
}

/// Who a list of keys speaks of, as far as it says.
#[derive(Debug, Clone)]
pub struct Whose {
    /// The user's name.
    pub user: Sym,
    /// The folder of the export.
    pub folder: String,
    /// The scope that the manifest gives the export.
    pub declared: Option<Sym>,
    /// Where the record stands, for its rejection.
    pub place: String,
    /// The record.
    pub record: RecordId,
}

/// A key of a list.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose it is.
    pub whose: Whose,
    /// The key id.
    pub id: Sym,
    /// Whether it is active, if the list says.
    pub active: Option<bool>,
    /// When it was made.
    pub created: Option<i64>,
}

/// A use of one of a user's keys.
#[derive(Debug, Clone)]
pub struct Use {
    /// Whose key it is.
    pub whose: Whose,
    /// The key id, where someone added it.
    pub id: Option<Sym>,
    /// When it was last used; `None` if not since AWS tracks it.
    pub used: Option<i64>,
}

/// Users by scope and name.
pub(super) type Users = HashMap<(Sym, Sym), u32>;

/// Places all keys and uses.
pub fn finish(run: &mut Run) {
    let names = users(&run.world);
    let mut keys: BTreeMap<(Sym, Sym), Vec<Key>> = BTreeMap::new();
    for key in std::mem::take(&mut run.aws.keys) {
        match resolve(run, &names, &key.whose) {
            Ok(scope) => keys.entry((scope, key.whose.user)).or_default().push(key),
            Err(why) => reject(run, &key.whose, why),
        }
    }
    for listed in keys.values_mut() {
        newest(run, listed);
    }
    let slots = std::mem::take(&mut run.aws.slots);
    let mut at = 0;
    while let Some(first) = slots.get(at) {
        let end = slots.iter().skip(at).take_while(|slot| (slot.scope, slot.user) == (first.scope, first.user)).count();
        let mut listed = keys.remove(&(first.scope, first.user)).unwrap_or_default();
        let mine = slots.get(at..at + end).unwrap_or(&[]);
        let all = listed.len() >= MOST_KEYS;
        let certain = join_user(run, mine, &mut listed);
        for key in &listed {
            if !all {
                open_if_younger(run, &names, first.scope, key, mine);
            }
            listed_key(run, &names, first.scope, key, certain);
        }
        at += end.max(1);
    }
    let mut reports = reported(run);
    reports.extend(slots.iter().map(|slot| (slot.scope, *slot)));
    for ((scope, user), mut keys) in keys {
        let row = names.get(&(scope, user)).copied();
        let certain = reports.get(&scope).is_none_or(|of| without_slots(run, row, of, &mut keys));
        let all = keys.len() >= MOST_KEYS;
        for key in &keys {
            if !all {
                open_if_younger(run, &names, scope, key, &[]);
            }
            // A key that is not active is accepted neither where it is gone nor where the report is older.
            listed_key(run, &names, scope, key, certain || key.active == Some(false));
        }
    }
    users_not_reported(run);
    let uses = std::mem::take(&mut run.aws.uses);
    let held = if uses.is_empty() { Held::new() } else { held(&run.world) };
    for used in uses {
        match resolve(run, &names, &used.whose) {
            Ok(scope) => place_use(&mut run.world, &names, &held, scope, &used),
            Err(why) => reject(run, &used.whose, why),
        }
    }
}

/// Access keys by the identity that they prove.
type Held = HashMap<u32, Vec<u32>>;

fn held(world: &World) -> Held {
    let table = world.table(Subject::Credential);
    let mut held = Held::new();
    for row in table.rows() {
        let key = table.get(credential::KIND.id, row) == i64::from(CredentialKind::AccessKey as u8);
        if let (true, Ok(whose)) = (key, u32::try_from(table.get(credential::IDENTITY.id, row))) {
            held.entry(whose).or_default().push(row);
        }
    }
    held
}

fn users(world: &World) -> Users {
    let table = world.table(Subject::Identity);
    let mut users = Users::new();
    for row in table.rows() {
        let get = |fact: crate::model::schema::FactId| u32::try_from(table.get(fact, row)).ok().map(Sym);
        let (Some(scope), Some(name), Some(id)) = (get(identity::SCOPE.id), get(identity::NAME.id), table.id(row))
        else {
            continue;
        };
        let text = world.strings.text(id);
        if text.contains(":user:") || text.contains(":root:") {
            users.entry((scope, name)).or_insert(row);
        }
    }
    users
}

/// The scope of a user whom an export names without the account.
fn resolve(run: &Run, users: &Users, whose: &Whose) -> Result<Sym, String> {
    if let Some(scope) = whose.declared {
        return Ok(scope);
    }
    let here = run.aws.folders.get(&whose.folder).map_or(&[][..], Vec::as_slice);
    let mut found = here.iter().filter(|scope| users.contains_key(&(**scope, whose.user)));
    match (found.next(), found.next()) {
        (Some(scope), None) => Ok(*scope),
        (Some(_), Some(_)) => Err("several accounts of this folder have a user of this name: state the `scope` of this file as `[[exports]]` in `assize.toml`".to_owned()),
        (None, _) => Err("this export does not name its account, and no other export in this folder has a user of this name: state its `scope` as `[[exports]]` in `assize.toml`".to_owned()),
    }
}

/// Keeps the keys of the newest list of a user, where several lists are of different times.
fn newest(run: &mut Run, keys: &mut Vec<Key>) {
    let time = |run: &Run, key: &Key| run.world.records.rank(key.whose.record).1;
    let Some(latest) = keys.iter().filter_map(|key| time(run, key)).max() else { return };
    let (kept, older): (Vec<Key>, Vec<Key>) =
        std::mem::take(keys).into_iter().partition(|key| time(run, key).is_none_or(|at| at == latest));
    *keys = kept;
    supersede(run, older, "superseded: a newer list has the keys of the same user");
}

/// Turns records that were counted as read into ignored ones.
fn supersede(run: &mut Run, older: Vec<Key>, why: &str) {
    for key in older {
        let export = run.world.records.get(key.whose.record).map(|record| record.export.0 as usize);
        let Some(report) = export.and_then(|at| run.reports.get_mut(at)) else { continue };
        report.read = report.read.saturating_sub(1);
        report.ignored += 1;
        if !report.ignored_why.iter().any(|known| known == why) {
            report.ignored_why.push(why.to_owned());
        }
    }
}

/// Turns a record that was counted as read into a rejected one.
fn reject(run: &mut Run, whose: &Whose, why: String) {
    let Some(record) = run.world.records.get(whose.record).copied() else { return };
    let at = record.export.0 as usize;
    let Some(report) = run.reports.get_mut(at) else { return };
    report.read = report.read.saturating_sub(1);
    report.rejected += 1;
    if let Some((_, total)) = report.control_totals.first_mut() {
        *total = total.saturating_sub(1);
    }
    let path = report.path.clone();
    if let Some(rejections) = run.rejections.get_mut(at) {
        let (place, offset) = (whose.place.clone(), record.offset);
        rejections.push(crate::export::report::Rejected { path, place, offset, why });
    }
}

/// How many access keys a user of AWS can have at once: where a list has as many, there is no other.
const MOST_KEYS: usize = 2;

const NEWER_REPORT: &str = "superseded: a newer credential report has the keys of the same user";

/// Joins the slots of one user with the listed keys; those that were joined, or that a newer report has no more, leave the
/// list. What is left of it is told with whether it is certain.
fn join_user(run: &mut Run, slots: &[Slot], keys: &mut Vec<Key>) -> bool {
    let age = age(run, slots, keys);
    // A list with fewer keys than a user can have may lack one.
    let whole = keys.len() >= MOST_KEYS && keys.iter().all(|key| key.created.is_some()) && !incomplete(run, keys);
    let listed = !keys.is_empty();
    let mut alone = Vec::new();
    for slot in slots {
        let same = |created: Option<i64>| created.is_some() && created == slot.created;
        let candidates: Vec<usize> =
            keys.iter().enumerate().filter(|(_, key)| same(key.created)).map(|(at, _)| at).collect();
        let rivals = slots.iter().filter(|other| same(other.created)).count();
        match (candidates.as_slice(), rivals) {
            ([only], 1) => {
                let key = keys.swap_remove(*only);
                add_slot(run, slot, Some(&key), true);
            }
            ([], _) => alone.push(slot),
            _ => {
                let message = "two keys of one user were made at the same instant, so the report's slots are not joined with the listed keys";
                run.world.note("keys-not-joined", message.to_owned(), Some(slot.record));
                add_slot(run, slot, None, true);
            }
        }
    }
    // What one has alone, the other is too old for, or too new, or it is not whole.
    let dated = slots.iter().all(|slot| slot.created.is_some());
    let certain = age.is_some() || alone.is_empty();
    for slot in alone {
        match age {
            Some(Newer::List) if whole && slot.created.is_some() => {
                let message = "a newer list has as many keys as a user can have, and a key of a credential report is not among them, so it was deleted";
                run.world.note("key-superseded", message.to_owned(), Some(slot.record));
            }
            Some(Newer::List) => {
                differ(
                    run,
                    slot,
                    "which is newer: the key was deleted since, or the list is not whole, so whether the key is active is not known",
                );
                add_slot(run, slot, None, false);
            }
            Some(Newer::Report) => add_slot(run, slot, None, true),
            None => {
                if listed {
                    differ(
                        run,
                        slot,
                        "and nothing tells which of the two is older, so whether the key is active is not known",
                    );
                }
                add_slot(run, slot, None, !listed);
            }
        }
    }
    if age == Some(Newer::Report) && dated {
        let (kept, older): (Vec<Key>, Vec<Key>) =
            std::mem::take(keys).into_iter().partition(|key| key.created.is_none() || slots.is_empty());
        *keys = kept;
        supersede(run, older, NEWER_REPORT);
    }
    if !keys.is_empty() && !slots.is_empty() {
        let record = keys.first().map(|key| key.whose.record);
        let message = "a listed key has no slot with the same creation date in the credential report of its user";
        run.world.note("keys-not-joined", message.to_owned(), record);
    }
    certain
}

/// Tells that a list of the keys of a user lacks one that the report has.
fn differ(run: &mut Run, slot: &Slot, what: &str) {
    let user = run.world.strings.text(slot.user);
    let message = format!("a key of `{user}` in the credential report is not in the list of the user's keys, {what}");
    run.world.note("keys-differ", message, Some(slot.record));
}

/// Leaves of the listed keys of a user who has no slot those that a report of the account, of which `of` is a slot, is not too
/// new for. True if they are certain.
fn without_slots(run: &mut Run, row: Option<u32>, of: &Slot, keys: &mut Vec<Key>) -> bool {
    let world = &run.world;
    let export = |record| world.records.get(record).map(|record| record.export);
    let mut records = row.into_iter().flat_map(|row| world.table(Subject::Identity).records(row));
    let reported = records.any(|record| export(record) == export(of.record));
    drop(records);
    if !reported {
        return true;
    }
    match age(run, std::slice::from_ref(of), keys) {
        Some(Newer::List) => true,
        Some(Newer::Report) => {
            supersede(run, std::mem::take(keys), NEWER_REPORT);
            true
        }
        None => false,
    }
}

/// Adds a slot. Whether it is active is left open where it may be gone.
fn add_slot(run: &mut Run, slot: &Slot, key: Option<&Key>, certain: bool) {
    let world = &mut run.world;
    let scope = world.strings.text(slot.scope).to_owned();
    let name = format!("{}#key{}", world.strings.text(slot.user), slot.number);
    let slot_id = format!("{scope}:access_key:{name}");
    let (row, key_name) = match key {
        Some(key) => {
            let text = world.strings.text(key.id).to_owned();
            let (row, _) = world.upsert(Subject::Credential, &format!("{scope}:access_key:{text}"));
            let alias = world.strings.intern(&slot_id);
            world.table_mut(Subject::Credential).alias(alias, row);
            (row, text)
        }
        None => (world.upsert(Subject::Credential, &slot_id).0, name),
    };
    let record = slot.record;
    describe(world, row, CredentialKind::AccessKey, slot.scope, &key_name, Some(slot.identity), record);
    if let Some(active) = slot.active.filter(|_| certain) {
        world.set(credential::ENABLED, row, active, record);
    }
    if let Some(at) = slot.created {
        made(world, row, at, record);
    }
    last_used(world, row, slot.used, super::KEY_USE_TRACKED_SINCE, record);
    if let Some(key) = key {
        key_facts(world, row, key, true);
    }
}

/// The facts that any credential of AWS has.
pub fn describe(
    world: &mut World,
    row: u32,
    kind: CredentialKind,
    scope: Sym,
    name: &str,
    whose: Option<u32>,
    record: RecordId,
) {
    world.mark_listed(Subject::Credential, row, record);
    if let Some(id) = world.table(Subject::Credential).id(row) {
        world.set(credential::ID, row, id, record);
    }
    world.set_text(credential::NAME, row, name, record);
    world.set(credential::KIND, row, kind, record);
    world.set(credential::SCOPE, row, scope, record);
    if let Some(whose) = whose {
        world.set(credential::IDENTITY, row, whose, record);
        world.push(identity::CREDENTIALS, whose, row);
    }
    if kind == CredentialKind::AccessKey {
        world.set_absent(credential::EXPIRES_AT, row, record);
    }
}

/// A key of AWS is never changed in place: it was last changed when it was made.
fn made(world: &mut World, row: u32, at: i64, record: RecordId) {
    world.set(credential::CREATED_AT, row, Instant(at), record);
    world.set(credential::LAST_CHANGE_AT, row, Instant(at), record);
    world.set_absent(credential::ROTATED_AT, row, record);
}

/// When something was last used, and since when AWS tracks that.
pub fn last_used(world: &mut World, row: u32, used: LastUse, since: i64, record: RecordId) {
    match used {
        LastUse::At(at) => world.set(credential::LAST_USED_AT, row, Instant(at), record),
        LastUse::Never => world.set_absent(credential::LAST_USED_AT, row, record),
        LastUse::Unsaid => return,
    }
    world.set(credential::USE_TRACKED_SINCE, row, Instant(since), record);
}

fn key_facts(world: &mut World, row: u32, key: &Key, certain: bool) {
    world.mark_listed(Subject::Credential, row, key.whose.record);
    if let Some(active) = key.active.filter(|_| certain) {
        world.set(credential::ENABLED, row, active, key.whose.record);
    }
    if let Some(at) = key.created {
        made(world, row, at, key.whose.record);
    }
}

/// A listed key without a slot. Whether it is active is left open where it may be gone.
fn listed_key(run: &mut Run, users: &Users, scope: Sym, key: &Key, certain: bool) {
    let whose = users.get(&(scope, key.whose.user)).copied();
    let world = &mut run.world;
    let text = world.strings.text(key.id).to_owned();
    let scope_text = world.strings.text(scope).to_owned();
    let (row, _) = world.upsert(Subject::Credential, &format!("{scope_text}:access_key:{text}"));
    describe(world, row, CredentialKind::AccessKey, scope, &text, whose, key.whose.record);
    key_facts(world, row, key, certain);
    if whose.is_none_or(|whose| world.table(Subject::Identity).presence(whose) != Presence::Listed) {
        let user = world.strings.text(key.whose.user);
        let message = format!("a listed key belongs to the user `{user}`, whom no other export of its account lists");
        world.note("user-not-listed", message, Some(key.whose.record));
    }
}

/// A use, put at the one key that it can be of.
fn place_use(world: &mut World, users: &Users, held: &Held, scope: Sym, used: &Use) {
    let table = world.table(Subject::Credential);
    let by_id = used.id.and_then(|id| {
        let id = format!("{}:access_key:{}", world.strings.text(scope), world.strings.text(id));
        world.strings.get(&id).and_then(|id| table.find(id))
    });
    let row = by_id.or_else(|| {
        let keys = held.get(users.get(&(scope, used.whose.user))?)?;
        if let [only] = keys.as_slice() {
            return Some(*only);
        }
        let same = |row: &&u32| used.used.is_some_and(|at| table.get(credential::LAST_USED_AT.id, **row) == at);
        let mut equal = keys.iter().filter(same);
        match (equal.next(), equal.next()) {
            (Some(row), None) => Some(*row),
            _ => None,
        }
    });
    if let Some(row) = row {
        last_used(
            world,
            row,
            used.used.map_or(LastUse::Never, LastUse::At),
            super::KEY_USE_TRACKED_SINCE,
            used.whose.record,
        );
    } else {
        let message = "the answer names no key and its user has not exactly one that it can be of, so it was not used";
        world.note("key-use-not-joined", message.to_owned(), Some(used.whose.record));
    }
}
