//! Entries of the inventory and of `assize.toml` to fill in, with the subjects that they are missing for.
//!
//! Which table a fact stands in is what the inventory's source says of itself; which fields a
//! table has and what they mean is said by its JSON Schema. Nothing is filled in for a person: what
//! is asked is a comment, and so is an entry that cannot stand without it. So the text as it is can be
//! read, and states nothing.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::trusts::Outsider;
use crate::base::text::toml_string;
use crate::graph::Estate;
use crate::model::facts::{becoming, identity};
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::{Row, Subject};
use crate::source;

/// The tables of the inventory that say something of one subject, with the field that names it.
const OF_ONE: &[(&str, &str)] = &[
    ("ai_systems", "id"),
    ("credentials", "credential"),
    ("identities", "identity"),
    ("owners", "id"),
    ("resources", "pattern"),
];

/// What a person is asked to fill in.
#[derive(Debug, Default)]
pub(super) struct Form {
    /// By table and subject: the fields that are missing.
    one: BTreeMap<&'static str, BTreeMap<String, BTreeSet<&'static str>>>,
    /// By table of events: the identities that they may be about.
    events: BTreeMap<&'static str, BTreeSet<String>>,
    /// Lists and scopes.
    closures: BTreeSet<(&'static str, String)>,
    /// True if scopes of others are to be placed.
    trust: bool,
}

impl Form {
    /// Asks for a fact of the subjects that it is missing of, where a person has a place to state it.
    pub fn fact(&mut self, estate: &Estate<'_>, fact: FactId, rows: &BTreeSet<Row>) {
        if fact == becoming::TRUSTED_SCOPE.id || fact == becoming::OWN_SCOPE.id {
            self.trust = true;
            return;
        }
        // Whether someone is a person is said as the kind of the account.
        let fact = if fact == identity::HUMAN.id { identity::KIND.id } else { fact };
        let giving = source::giving(fact).into_iter().find(|about| about.system == "inventory");
        let given = giving.and_then(|about| about.provides.iter().find(|given| given.fact == fact));
        let place = given.and_then(|given| given.from.split(", ").next()?.split_once('.'));
        let Some((table, field)) = place else { return };
        if OF_ONE.iter().any(|(name, _)| *name == table) {
            let entries = self.one.entry(table).or_default();
            for id in ids(estate, rows, fact.subject) {
                entries.entry(id).or_default().insert(field);
            }
        } else {
            self.events.entry(table).or_default().extend(ids(estate, rows, Subject::Identity));
        }
    }

    /// Asks for the members of a list, and that someone says that it is then complete.
    pub fn listing(&mut self, estate: &Estate<'_>, listing: Listing, rows: &BTreeSet<Row>, scopes: &[String]) {
        let identities = ids(estate, rows, Subject::Identity);
        if listing == Listing::Ownership {
            let entries = self.one.entry("identities").or_default();
            for id in identities {
                entries.entry(id).or_default().insert("owners");
            }
        } else if tables().contains_key(listing.name()) {
            self.events.entry(listing.name()).or_default().extend(identities);
        }
        let scopes = scopes.iter().filter(|scope| !source::is_nowhere(scope));
        self.closures.extend(scopes.map(|scope| (listing.name(), scope.clone())));
    }

    /// The inventory to fill in, with so many subjects of each table; empty if nothing of it is asked.
    pub fn inventory(&self, most: usize) -> String {
        let all = tables();
        let mut out = String::new();
        let mut entry = |text: String| out.push_str(&format!("{}{text}", if out.is_empty() { "" } else { "\n" }));
        for (table, key) in OF_ONE {
            let entries = self.one.get(table);
            for (id, fields) in entries.into_iter().flatten().take(most) {
                let mut text = format!("[[{table}]]\n{key} = {}\n", toml_string(id));
                let known = all.get(*table).map_or(&[][..], Vec::as_slice);
                for field in known.iter().filter(|field| fields.contains(field.name.as_str())) {
                    text.push_str(&format!("{}\n", field.commented()));
                }
                entry(text);
            }
            if let Some(more) = more(entries.map_or(0, BTreeMap::len), most) {
                entry(more);
            }
        }
        for (table, ids) in self.events.iter().filter(|(table, _)| !self.one.contains_key(**table)) {
            entry(event(table, all.get(*table).map_or(&[][..], Vec::as_slice), ids, most));
        }
        for (listing, scope) in &self.closures {
            entry(format!(
                "# [[closures]] # only once it is true\n# listing = {}\n# scope = {}\n# by = \"\" # Who says so\n# as_of = \"\" # As of when\n",
                toml_string(listing),
                toml_string(scope)
            ));
        }
        out
    }

    /// The lists of `assize.toml` to fill in, with the scopes that trusts name; empty if they are not asked for.
    pub fn profile(&self, outsiders: &[Outsider]) -> String {
        if !self.trust {
            return String::new();
        }
        let scopes: Vec<String> = outsiders.iter().map(|one| toml_string(&one.scope)).collect();
        format!(
            "# Trusted and not placed yet: {}\nown_scopes = [] # Your own, whether exported or not\ntrusted_scopes = [] # Known partners'\n",
            scopes.join(", ")
        )
    }
}

/// The ids of the subjects of one kind, as an inventory names them, sorted.
fn ids(estate: &Estate<'_>, rows: &BTreeSet<Row>, subject: Subject) -> BTreeSet<String> {
    rows.iter().filter(|row| row.subject == subject).filter_map(|row| id(estate, *row)).collect()
}

/// The id of a subject, as an inventory names it.
fn id(estate: &Estate<'_>, row: Row) -> Option<String> {
    let id = estate.world.strings.text(estate.world.table(row.subject).id(row.index)?);
    let own = id.strip_prefix("inventory:").and_then(|rest| rest.splitn(3, ':').nth(2));
    Some(own.unwrap_or(id).to_owned())
}

/// One entry of a table of events, which names the identities, as a comment: it cannot stand without what is asked.
fn event(table: &str, fields: &[Field], ids: &BTreeSet<String>, most: usize) -> String {
    let mut out = format!("# [[{table}]]\n");
    for field in fields {
        if field.name == "identities" && !ids.is_empty() {
            out.push_str("# identities = [ # those that it is about\n");
            for id in ids.iter().take(most) {
                out.push_str(&format!("#   {},\n", toml_string(id)));
            }
            out.push_str(&more(ids.len(), most).map(|more| format!("#   {more}")).unwrap_or_default());
            out.push_str("# ]\n");
        } else {
            out.push_str(&format!("{}\n", field.commented()));
        }
    }
    out
}

/// An entry of the inventory about one subject: the needed fields, and the others as comments.
#[must_use]
pub fn entry(table: &str, given: &[(&str, &str)]) -> String {
    let mut out = format!("[[{table}]]\n");
    for field in tables().get(table).map_or(&[][..], Vec::as_slice) {
        match given.iter().find(|(name, _)| *name == field.name) {
            Some((name, value)) => out.push_str(&format!("{name} = {}\n", toml_string(value))),
            None => out.push_str(&format!("{}\n", field.commented())),
        }
    }
    out
}

/// A comment on those that are not named.
fn more(count: usize, most: usize) -> Option<String> {
    let more = count.checked_sub(most).filter(|more| *more > 0)?;
    Some(format!("# and {more} more: a `*` in a name stands for any text, and long lists may be CSV\n"))
}

/// A field of a table.
struct Field {
    name: String,
    meaning: String,
    needed: bool,
    empty: &'static str,
}

impl Field {
    /// The field as a comment.
    fn commented(&self) -> String {
        format!("# {} = {} # {}", self.name, self.empty, self.meaning)
    }
}

/// The tables of the inventory with their fields, the needed ones first.
fn tables() -> BTreeMap<String, Vec<Field>> {
    let schema: Value = serde_json::from_str(&source::inventory_schema()).unwrap_or_default();
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut all = BTreeMap::new();
    for (table, one) in properties {
        let reference = one.pointer("/items/$ref").and_then(Value::as_str).unwrap_or_default();
        let Some(entry) = schema.pointer(reference.trim_start_matches('#')) else { continue };
        let needed = |name: &str| {
            entry.get("required").and_then(Value::as_array).is_some_and(|all| all.iter().any(|one| one == name))
        };
        let fields = entry.get("properties").and_then(Value::as_object).into_iter().flatten();
        let mut fields: Vec<Field> = fields.map(|(name, what)| field(name, what, needed(name))).collect();
        fields.sort_by(|a, b| (!a.needed, &a.name).cmp(&(!b.needed, &b.name)));
        all.insert(table.clone(), fields);
    }
    all
}

fn field(name: &str, what: &Value, needed: bool) -> Field {
    let meaning = what.get("description").and_then(Value::as_str).unwrap_or_default();
    let meaning = meaning.replace('\n', " ").trim_end_matches('.').to_owned();
    let ty = what.get("type").map(ToString::to_string).unwrap_or_default();
    let empty = match () {
        () if ty.contains("array") => "[\"\"]",
        () if ty.contains("boolean") => "true or false",
        () if ty.contains("number") => "0",
        () => "\"\"",
    };
    Field { name: name.to_owned(), meaning, needed, empty }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SOURCES;

    #[test]
    fn every_table_that_the_inventory_gives_facts_from_has_fields() {
        let all = tables();
        for source in SOURCES.iter().filter(|source| source.about().system == "inventory") {
            for given in source.about().provides {
                for place in given.from.split(", ").filter_map(|place| place.split_once('.')) {
                    let fields = all.get(place.0).unwrap_or_else(|| panic!("{place:?}"));
                    assert!(fields.iter().any(|field| field.name == place.1), "{place:?}");
                }
            }
        }
        for (table, key) in OF_ONE {
            assert!(all[*table].iter().any(|field| field.name == *key && field.needed), "{table}");
        }
    }

    #[test]
    fn an_entry_names_whom_it_is_about_and_reads_as_toml() {
        let text = entry("identities", &[("identity", "a\"b\n")]);
        let read: toml::Table = text.parse().unwrap();
        assert_eq!(read["identities"][0]["identity"].as_str(), Some("a\"b\n"));
        assert!(text.contains("\n# purpose = \"\" # What it is for\n"), "{text}");
    }

    /// Put into a folder as it is, it is read without a complaint and states nothing.
    #[test]
    fn a_form_states_nothing_by_itself() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<String>>();
        let form = Form {
            one: BTreeMap::from([
                ("identities", BTreeMap::from([("x".to_owned(), BTreeSet::from(["owners", "logged", "kind"]))])),
                ("owners", BTreeMap::from([("o".to_owned(), BTreeSet::from(["active"]))])),
            ]),
            events: BTreeMap::from([("reviews", names(&["x", "y"])), ("drills", names(&[]))]),
            closures: BTreeSet::from([("reviews", "k:\n".to_owned())]),
            trust: true,
        };
        let text = form.inventory(1);
        let read: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read.keys().collect::<Vec<_>>(), ["identities", "owners"], "{text}");
        assert_eq!(read["identities"][0].as_table().unwrap().len(), 1, "{text}");
        assert!(text.contains("\n# kind = \"\" # What kind of account it is"), "{text}");
        assert!(text.contains("\n# [[reviews]]\n") && text.contains("\n#   \"x\",\n"), "{text}");
        assert!(text.contains("and 1 more"), "{text}");
        // With its comments taken away it is what a person would fill in.
        let filled = text.replace("\n# ", "\n").replace("\n  # and", "\n# and").replace("true or false", "true");
        let filled: String = filled.lines().filter(|line| !line.contains("and 1 more")).collect::<Vec<_>>().join("\n");
        let filled: toml::Table = filled.parse().unwrap_or_else(|error| panic!("{error}\n{filled}"));
        assert_eq!(filled["closures"][0]["scope"].as_str(), Some("k:\n"));
        assert_eq!(filled["reviews"][0]["identities"][0].as_str(), Some("x"));
        let outsider = Outsider { scope: "aws:1\"".to_owned(), trusted_by: 1, first: String::new() };
        let profile: toml::Table = form.profile(&[outsider]).parse().unwrap();
        assert_eq!((profile["own_scopes"].as_array().unwrap().len(), profile.len()), (0, 2));
    }
}
