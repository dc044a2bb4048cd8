//! What tags say, where the profile names the tags that count: owners and environments.

use std::collections::BTreeMap;

use crate::model::facts::{Environment, identity, owner};
use crate::model::record::RecordId;
use crate::model::table::{Presence, UNKNOWN};
use crate::model::{Subject, Sym, World};

/// Which tags count, and how their values are read.
#[derive(Debug, Clone, Default)]
pub struct Labels {
    /// Keys of tags whose value names an owner.
    pub owner_tags: Vec<String>,
    /// Keys of tags whose value names an environment.
    pub environment_tags: Vec<String>,
    /// What a label means; the names of environments mean themselves.
    pub environments: BTreeMap<String, Environment>,
}

/// Reads the tags of all identities of a sealed world. The tables of identities and owners are sealed again.
pub fn apply(world: &mut World, labels: &Labels) {
    if labels.owner_tags.is_empty() && labels.environment_tags.is_empty() {
        return;
    }
    let owners = owners_by_name(world);
    let rows = world.table(Subject::Identity).rows();
    for row in rows {
        if world.table(Subject::Identity).presence(row) != Presence::Listed {
            continue;
        }
        let Some(record) = world.table(Subject::Identity).records(row).next() else { continue };
        if let Some(value) = tag(world, row, &labels.environment_tags) {
            environment(world, row, &value, labels, record);
        }
        if let Some(value) = tag(world, row, &labels.owner_tags) {
            owned(world, row, &value, &owners, record);
        }
    }
    world.table_mut(Subject::Identity).seal();
    world.table_mut(Subject::Owner).seal();
}

/// The value of the first of the keys that the identity has, in either case of letters.
fn tag(world: &World, row: u32, keys: &[String]) -> Option<String> {
    let entries = world.table(Subject::Identity).members(identity::TAGS.id, row);
    keys.iter().find_map(|key| {
        let found = entries.iter().find(|(_, known, _)| world.strings.text(Sym(*known)).eq_ignore_ascii_case(key));
        found.map(|(_, _, value)| world.strings.text(Sym(*value)).trim().to_owned()).filter(|value| !value.is_empty())
    })
}

fn environment(world: &mut World, row: u32, label: &str, labels: &Labels, record: RecordId) {
    // What the inventory says of this one identity outranks a tag.
    if world.table(Subject::Identity).get(identity::ENVIRONMENT.id, row) != UNKNOWN {
        return;
    }
    let known = labels.environments.get(label).copied().or_else(|| usual(&label.to_lowercase()));
    match known {
        Some(environment) => world.set(identity::ENVIRONMENT, row, environment, record),
        None => drop(world.set_name(identity::ENVIRONMENT, row, label, record)),
    }
}

/// What a label means everywhere, where the profile does not say otherwise: the names themselves and their usual short forms.
fn usual(label: &str) -> Option<Environment> {
    Some(match label {
        "prod" | "prd" | "live" => Environment::Production,
        "stage" | "stg" | "preprod" | "pre-production" => Environment::Staging,
        "dev" | "devel" => Environment::Development,
        "testing" | "qa" => Environment::Test,
        "sbx" => Environment::Sandbox,
        name => return Environment::from_name(name).filter(|found| *found != Environment::Other),
    })
}

fn owned(world: &mut World, row: u32, name: &str, owners: &BTreeMap<String, u32>, record: RecordId) {
    let owner = match owners.get(&name.to_lowercase()) {
        Some(owner) => *owner,
        None => mention(world, name),
    };
    world.push(identity::OWNERS, row, owner);
    world.table_mut(Subject::Identity).note_record(row, record);
}

/// An owner that only a tag names: whether such a person works here nobody has said.
fn mention(world: &mut World, name: &str) -> u32 {
    let (row, new) = world.upsert(Subject::Owner, &format!("inventory:*:owner:{name}"));
    if new {
        let sym = world.strings.intern(name);
        world.table_mut(Subject::Owner).put(owner::NAME.id, row, i64::from(sym.0), 0);
    }
    row
}

/// Rows of owners by id, name and address, in lower case.
fn owners_by_name(world: &World) -> BTreeMap<String, u32> {
    let table = world.table(Subject::Owner);
    let mut names = BTreeMap::new();
    for row in table.rows() {
        let id = table.id(row).map_or("", |id| world.strings.text(id));
        let key = id.splitn(4, ':').nth(3).unwrap_or(id);
        names.insert(key.to_lowercase(), row);
        for fact in [owner::EMAIL.id, owner::NAME.id] {
            if let Ok(sym) = u32::try_from(table.get(fact, row)) {
                names.entry(world.strings.text(Sym(sym)).to_lowercase()).or_insert(row);
            }
        }
    }
    names
}
