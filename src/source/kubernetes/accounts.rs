//! Accounts, users, groups and tokens of a cluster, into the tables.

use super::names::{ACCOUNT, ACCOUNTS, AUTHENTICATED, UNAUTHENTICATED, account_of_user, is_built_in, write_id};
use super::object::Named;
use super::types::{CLOUD_ANNOTATIONS, DESCRIPTION};
use crate::base::text::is_blank;
use crate::model::facts::{CredentialKind, IdentityKind, credential, group, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::table::Presence;
use crate::model::world::World;
use crate::source::run::{Annotated, FileRun};

/// The label of a token that says when it was last used.
const LAST_USED: &str = "kubernetes.io/legacy-token-last-used";
/// The label of a token that is no longer accepted.
const INVALID: &str = "kubernetes.io/legacy-token-invalid-since";

/// The row of an account, which a record names.
pub fn mention(world: &mut World, scope: Sym, namespace: &str, name: &str, record: RecordId) -> u32 {
    let of = world.strings.text(scope).to_owned();
    let mut id = String::new();
    write_id(&mut id, &of, "service_account", Some(namespace), name);
    let (row, new) = world.upsert(Subject::Identity, &id);
    if !new {
        return row;
    }
    let key = format!("{ACCOUNT}{namespace}:{name}");
    let alias = world.strings.intern(&format!("{of}:user:{key}"));
    world.table_mut(Subject::Identity).alias(alias, row);
    describe(world, row, scope, &key, name, record);
    world.set(identity::KIND, row, IdentityKind::ServiceAccount, record);
    world.set(identity::SERVICE_LINKED, row, false, record);
    // Nobody signs in to an account with a device.
    world.set(identity::MFA, row, false, record);
    // An account is in these groups and in no others, and no policy of its own says who may act as it.
    for name in [ACCOUNTS, &format!("{ACCOUNTS}:{namespace}"), AUTHENTICATED] {
        let group = built_in(world, scope, name, record);
        world.push(identity::GROUPS, row, group);
        world.push(group::MEMBERS, group, row);
    }
    world.close(identity::GROUPS, row);
    built_in(world, scope, UNAUTHENTICATED, record);
    world.close(identity::CAN_BE_ASSUMED_BY, row);
    row
}

/// The row of a user, who may be an account after all.
pub fn user(world: &mut World, scope: Sym, name: &str, record: RecordId) -> u32 {
    if let Some((namespace, name)) = account_of_user(name) {
        return mention(world, scope, namespace, name, record);
    }
    let mut id = String::new();
    write_id(&mut id, world.strings.text(scope), "user", None, name);
    let (row, new) = world.upsert(Subject::Identity, &id);
    if new {
        describe(world, row, scope, name, name, record);
        // Which other groups a user is in is said by what vouches for it, and by no export of the cluster.
        let group = built_in(world, scope, AUTHENTICATED, record);
        world.push(identity::GROUPS, row, group);
    }
    row
}

fn describe(world: &mut World, row: u32, scope: Sym, key: &str, name: &str, record: RecordId) {
    if let Some(id) = world.table(Subject::Identity).id(row) {
        world.set(identity::ID, row, id, record);
    }
    world.set_text(identity::KEY, row, key, record);
    world.set_text(identity::NAME, row, name, record);
    world.set_text(identity::SYSTEM, row, "kubernetes", record);
    world.set(identity::SCOPE, row, scope, record);
    world.set(identity::ROOT, row, false, record);
    world.set_absent(identity::BOUNDARY, row, record);
}

/// Lists the groups that hold everyone, or every account: every cluster has them, also where nothing is bound to them.
pub fn everyone(world: &mut World, scope: Sym, record: RecordId) {
    for name in [UNAUTHENTICATED, AUTHENTICATED, ACCOUNTS] {
        built_in(world, scope, name, record);
    }
}

/// The row of a group that every cluster has, whether or not an export names it.
fn built_in(world: &mut World, scope: Sym, name: &str, record: RecordId) -> u32 {
    let row = group(world, scope, name, record);
    // Once: each record of each member would make a list of its own.
    if world.table(Subject::Group).presence(row) != Presence::Listed {
        world.mark_listed(Subject::Group, row, record);
    }
    row
}

/// The row of a group.
pub fn group(world: &mut World, scope: Sym, name: &str, record: RecordId) -> u32 {
    let mut id = String::new();
    write_id(&mut id, world.strings.text(scope), "group", None, name);
    let (row, new) = world.upsert(Subject::Group, &id);
    if new {
        if let Some(id) = world.table(Subject::Group).id(row) {
            world.set(group::ID, row, id, record);
        }
        world.set_text(group::NAME, row, name, record);
        world.set(group::SCOPE, row, scope, record);
        world.set(group::BUILT_IN, row, is_built_in(name), record);
    }
    row
}

/// Puts an account into the tables.
pub fn add(file: &mut FileRun<'_>, scope: Sym, named: &Named<'_>, record: RecordId) {
    let namespace = named.namespace.as_deref().unwrap_or("");
    let row = mention(file.world(), scope, namespace, &named.name, record);
    let world = file.world();
    world.mark_listed(Subject::Identity, row, record);
    // A cluster has no way to switch an account off.
    world.set(identity::ENABLED, row, true, record);
    if let Some(uid) = &named.uid {
        world.set_text(identity::NATIVE_ID, row, uid, record);
    }
    for (key, value) in &named.labels {
        world.push_entry(identity::TAGS, row, key, value);
    }
    world.close_map(identity::TAGS, row);
    let description = named.annotations.iter().find(|(key, _)| *key == DESCRIPTION).map(|(_, text)| text);
    match description.filter(|text| !is_blank(text)) {
        Some(text) => world.set_text(identity::DESCRIPTION, row, text, record),
        None => world.set_absent(identity::DESCRIPTION, row, record),
    }
    for (key, value) in named.annotations.iter().filter(|(key, _)| CLOUD_ANNOTATIONS.contains(key)) {
        let value = file.run.world.strings.intern(value);
        file.run.world.leads_out.entry(row).or_default().push(value);
        file.run.annotations.push(Annotated { identity: row, key, value, record });
    }
    if let Some(text) = &named.created {
        file.set_time(identity::CREATED_AT, row, text, record);
    }
}

/// Puts a token into the tables. Of its data nothing was read.
pub fn add_token(file: &mut FileRun<'_>, scope: Sym, named: &Named<'_>, account: &str, record: RecordId) {
    let namespace = named.namespace.as_deref().unwrap_or("");
    let owner = mention(file.world(), scope, namespace, account, record);
    let mut id = String::new();
    let world = file.world();
    write_id(&mut id, world.strings.text(scope), "token", Some(namespace), &named.name);
    let (row, _) = world.upsert(Subject::Credential, &id);
    world.mark_listed(Subject::Credential, row, record);
    if let Some(id) = world.table(Subject::Credential).id(row) {
        world.set(credential::ID, row, id, record);
    }
    world.set_text(credential::NAME, row, &format!("{namespace}/{}", named.name), record);
    world.set(credential::KIND, row, CredentialKind::Token, record);
    world.set(credential::IDENTITY, row, owner, record);
    world.push(identity::CREDENTIALS, owner, row);
    world.set(credential::SCOPE, row, scope, record);
    world.set_text(credential::SYSTEM, row, "kubernetes", record);
    world.set_text(credential::STORED_IN, row, "secret of the cluster", record);
    world.set(credential::SANCTIONED_STORE, row, true, record);
    world.set_absent(credential::EXPIRES_AT, row, record);
    world.set(credential::ENABLED, row, named.label(INVALID).is_none(), record);
    if let Some(text) = &named.created {
        file.set_time(credential::CREATED_AT, row, text, record);
        // Its value is made with it, and stays.
        file.set_time(credential::LAST_CHANGE_AT, row, text, record);
    }
    if let Some(text) = named.label(LAST_USED) {
        file.set_time(credential::LAST_USED_AT, row, text, record);
    }
}
