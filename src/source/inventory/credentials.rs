//! What people state of single credentials: whose they are, where they are kept, when they end.

use std::collections::{BTreeSet, HashMap};

use super::raw;
use super::targets::Targets;
use crate::model::facts::{CredentialKind, credential, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::{FactId, Subject};
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::world::World;
use crate::source;

/// Credentials by the name that their system gives them, made when first asked for.
#[derive(Debug, Default)]
pub struct Credentials {
    /// Rows of credentials whose secret itself stands in a configuration that was read.
    literals: BTreeSet<u32>,
    by_name: Option<HashMap<Sym, u32>>,
}

impl Credentials {
    /// Credentials of which nothing was stated yet; `literals` are the rows of those whose secret stands in a configuration.
    #[must_use]
    pub fn new(literals: BTreeSet<u32>) -> Self {
        Self { literals, by_name: None }
    }

    /// Puts an entry on the row of its credential.
    pub fn assign(&mut self, world: &mut World, targets: &mut Targets, record: RecordId, entry: &raw::Credential) {
        let row = self.row(world, &entry.credential, record);
        let text = |world: &mut World, fact, text: &Option<String>| {
            if let Some(text) = text {
                world.set_text(fact, row, text, record);
            }
        };
        text(world, credential::NAME, &entry.name);
        // What was read goes before what is said: wherever else it is kept, the secret stands in a configuration.
        let literal = self.literals.contains(&row);
        if literal && (entry.sanctioned_store == Some(true) || entry.stored_in.is_some()) {
            let message = format!(
                "the inventory says where `{}` is kept, and its secret stands in a configuration that was read: that is taken",
                entry.credential
            );
            world.note("inventory-contradicts-configuration", message, Some(record));
        }
        text(world, credential::STORED_IN, if literal { &None } else { &entry.stored_in });
        let mut said = Said { world, row, record, name: &entry.credential };
        if let Some(kind) = entry.kind.as_deref().and_then(CredentialKind::from_name)
            && said.may_say(credential::KIND.id, i64::from(kind as u8))
        {
            said.world.set(credential::KIND, row, kind, record);
        }
        let world = said.world;
        if let Some(whose) = &entry.identity {
            for identity in targets.find(world, whose, record) {
                let known = world.table(Subject::Credential).get(credential::IDENTITY.id, row);
                if known >= 0 && known != i64::from(identity) {
                    let message = format!(
                        "the inventory says whose `{}` is, and it is known as the credential of another identity: that is taken",
                        entry.credential
                    );
                    world.note("inventory-contradicts-export", message, Some(record));
                    continue;
                }
                world.set(credential::IDENTITY, row, identity, record);
                world.push(identity::CREDENTIALS, identity, row);
                targets.refer(identity);
                let scope = u32::try_from(world.table(Subject::Identity).get(identity::SCOPE.id, identity));
                if let Ok(scope) = scope {
                    world.set(credential::SCOPE, row, Sym(scope), record);
                }
            }
        }
        let mut said = Said { world, row, record, name: &entry.credential };
        for (fact, flag) in [
            (credential::ENABLED, entry.enabled),
            (credential::SANCTIONED_STORE, entry.sanctioned_store.filter(|kept| !(literal && *kept))),
        ] {
            if let Some(flag) = flag
                && said.may_say(fact.id, i64::from(flag))
            {
                said.world.set(fact, row, flag, record);
            }
        }
        let created = entry.created_at.as_ref().and_then(|at| at.instant("created_at").ok());
        let changed = entry.last_change_at.as_ref().and_then(|at| at.instant("last_change_at").ok());
        for (fact, at) in [(credential::CREATED_AT, created), (credential::LAST_CHANGE_AT, changed.or(created))] {
            if let Some(at) = at
                && said.may_say(fact.id, at.0)
            {
                said.world.set(fact, row, at, record);
            }
        }
        match entry.expires_at.as_ref().and_then(|at| at.end("expires_at").ok()) {
            Some(at) if said.may_say(credential::EXPIRES_AT.id, at.0) => {
                said.world.set(credential::EXPIRES_AT, row, at, record);
            }
            None if entry.never_expires == Some(true) && said.may_say(credential::EXPIRES_AT.id, ABSENT) => {
                said.world.set_absent(credential::EXPIRES_AT, row, record);
            }
            _ => {}
        }
        let world = said.world;
        if let Some(scopes) = &entry.scopes {
            for scope in scopes {
                let scope = world.strings.intern(scope);
                world.push(credential::SCOPES, row, scope.0);
            }
            world.close(credential::SCOPES, row);
        }
    }

    /// The row of a credential that an entry names by its id, or by the public id of a key.
    pub fn row(&mut self, world: &mut World, name: &str, record: RecordId) -> u32 {
        let by_name = self.by_name.get_or_insert_with(|| by_name(world));
        let found = world.strings.get(name).and_then(|name| {
            let by_id = world.table(Subject::Credential).find(name);
            by_id.or_else(|| by_name.get(&name).copied())
        });
        if let Some(row) = found {
            world.table_mut(Subject::Credential).note_record(row, record);
            return row;
        }
        let (row, _) = world.upsert(Subject::Credential, name);
        world.mark_listed(Subject::Credential, row, record);
        world.set_text(credential::ID, row, name, record);
        world.set_text(credential::NAME, row, name, record);
        let message = format!("the credential `{name}` is stated by the inventory alone: no export lists it");
        world.note("inventory-credential-not-listed", message, Some(record));
        row
    }
}

/// An entry about one credential, held against what the export of its system says of it.
struct Said<'w> {
    world: &'w mut World,
    row: u32,
    record: RecordId,
    name: &'w str,
}

impl Said<'_> {
    /// True if the system that lists the credential does not say it. Where it says otherwise that is noted, and stands: a key
    /// that a cloud lists as active is active, whatever people write of it.
    fn may_say(&mut self, fact: FactId, raw: i64) -> bool {
        let table = self.world.table(Subject::Credential);
        let known = table.get(fact, self.row);
        if known == UNKNOWN {
            return true;
        }
        let source = table.record_of(fact, self.row).and_then(|record| self.world.records.export(record));
        let about = source.and_then(|export| source::by_id(export.source));
        if !about.is_some_and(source::About::issues_credentials) {
            return true;
        }
        if known != raw {
            let message = format!(
                "the inventory says of `{}` another `{}` than the export that lists it: that of the export is taken",
                self.name,
                fact.def().name
            );
            self.world.note("inventory-contradicts-export", message, Some(self.record));
        }
        false
    }
}

/// Access keys by their public ids.
fn by_name(world: &World) -> HashMap<Sym, u32> {
    let table = world.table(Subject::Credential);
    let key = |row: &u32| table.get(credential::KIND.id, *row) == i64::from(CredentialKind::AccessKey as u8);
    let named = table.rows().filter(key).filter_map(|row| {
        let name = u32::try_from(table.get(credential::NAME.id, row)).ok()?;
        Some((Sym(name), row))
    });
    let mut keys = HashMap::new();
    for (name, row) in named {
        keys.entry(name).or_insert(row);
    }
    keys
}
