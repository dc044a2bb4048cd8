//! What tags say, where the profile names the tags that count: owners and environments.

use std::collections::BTreeMap;

use crate::base::text::is_blank;
use crate::model::facts::{Environment, identity, owner};
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::table::{Presence, UNKNOWN};
use crate::model::{Completeness, Row, Subject, Sym, Why, World};

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
    let by_owner_tags = !labels.owner_tags.is_empty() && world.enumerations.any_incomplete();
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
        } else if let (true, Some(why)) = (by_owner_tags, lost_tags(world, row)) {
            world.open(identity::OWNERS.id, row, why);
        }
    }
    world.table_mut(Subject::Identity).seal();
    world.table_mut(Subject::Owner).seal();
}

/// Why the tags of an identity are not known, where a record that had them was lost: one of them may have named an owner,
/// whatever else is said to be complete.
fn lost_tags(world: &World, row: u32) -> Option<Why> {
    let me = Row::new(Subject::Identity, row);
    if world.completeness(me, identity::TAGS.id) == Completeness::Complete {
        return None;
    }
    let scope = world.scope(me);
    let lists = [Listing::Users, Listing::Roles, Listing::ServiceAccounts];
    lists.iter().filter_map(|list| world.closed_in(scope, *list).err()).find(|why| matches!(why, Why::Incomplete(_)))
}

/// The value of the first of the keys that the identity has, in either case of letters.
fn tag(world: &World, row: u32, keys: &[String]) -> Option<String> {
    let entries = world.table(Subject::Identity).members(identity::TAGS.id, row);
    keys.iter().find_map(|key| {
        let found = entries.iter().find(|(_, known, _)| world.strings.text(Sym(*known)).eq_ignore_ascii_case(key));
        found.map(|(_, _, value)| world.strings.text(Sym(*value)).trim().to_owned()).filter(|value| !is_blank(value))
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
#[must_use]
pub fn usual(label: &str) -> Option<Environment> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::{ExportInfo, Record};

    /// One listed identity with a tag, and what became of its environment and owners.
    fn labelled(key: &str, value: &str) -> (Option<Environment>, usize) {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        let (row, _) = world.upsert(Subject::Identity, "aws:1:role:a");
        world.mark_listed(Subject::Identity, row, record);
        world.push_entry(identity::TAGS, row, key, value);
        world.close_map(identity::TAGS, row);
        let (owner, _) = world.upsert(Subject::Owner, "inventory:*:owner:Team-A@example.com");
        world.mark_listed(Subject::Owner, owner, record);
        world.seal();
        let labels = Labels {
            owner_tags: vec!["owner".into()],
            environment_tags: vec!["env".into()],
            environments: BTreeMap::from([("blue".to_owned(), Environment::Production)]),
        };
        apply(&mut world, &labels);
        let code = world.table(Subject::Identity).get(identity::ENVIRONMENT.id, row);
        let environment = Environment::ALL.iter().copied().find(|known| i64::from(*known as u8) == code);
        (environment, world.table(Subject::Owner).len())
    }

    #[test]
    fn a_label_means_what_the_profile_says_or_what_it_usually_does() {
        assert_eq!(labelled("Env", "blue").0, Some(Environment::Production));
        assert_eq!(labelled("env", "Dev").0, Some(Environment::Development));
        assert_eq!(labelled("env", "mars").0, Some(Environment::Other));
        assert_eq!(labelled("env", " ").0, None, "an empty label says nothing");
        assert_eq!(labelled("stage", "prod").0, None, "only the tags that the profile names count");
    }

    #[test]
    fn an_owner_is_found_in_any_case_and_mentioned_where_nobody_listed_it() {
        assert_eq!(labelled("owner", "team-a@example.com").1, 1);
        assert_eq!(labelled("owner", "someone@example.com").1, 2);
    }
}
