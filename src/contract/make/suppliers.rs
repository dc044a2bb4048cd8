//! How remedies name exports, and the places of the inventory where people state what no export says.

use crate::model::Subject;
use crate::model::schema::FactId;
use crate::source::{self, About as Source};

/// The tables of the inventory that may be CSV, with the first column by which such a file is known.
const TABLES: &[(&str, &str)] = &[
    ("owners", "owner"),
    ("identities", "identity"),
    ("resources", "resource"),
    ("reviews", "review_of"),
    ("drills", "drill_of"),
];

/// The sources that can say something of a scope: an export of one system's identities says nothing of another's, nor of
/// what no export lists (`*`). People, and scanners, speak of all.
pub(super) fn of_system(sources: Vec<&'static Source>, scope: &str) -> Vec<&'static Source> {
    let system = scope.split_once(':').map_or("", |(system, _)| system);
    let own = |about: &Source| {
        let of_its_own = |given: &crate::source::Given| {
            matches!(given.fact.subject, Subject::Identity | Subject::Credential | Subject::Policy | Subject::Becoming)
        };
        about.system != "inventory" && about.provides.iter().any(of_its_own)
    };
    sources.into_iter().filter(|about| about.system == system || !own(about)).collect()
}

/// An export by what it holds and its id.
pub(super) fn export(about: &Source) -> String {
    format!("the export `{}` ({})", about.id, about.title)
}

/// Where in the inventory a fact can be stated.
pub(super) fn stated(fact: FactId) -> Option<String> {
    let about = source::giving(fact).into_iter().find(|about| about.system == "inventory")?;
    from(about, fact).map(in_inventory)
}

/// Some exports, of which one is enough.
pub(super) fn either(sources: &[&Source]) -> String {
    let named: Vec<String> = sources.iter().map(|about| export(about)).collect();
    named.join(" or ")
}

fn from(about: &Source, fact: FactId) -> Option<&'static str> {
    about.provides.iter().find(|given| given.fact == fact).map(|given| given.from)
}

/// True if an export of this kind may hold a fact and seldom does, or says of it only that it cannot be: no remedy then.
pub(super) fn seldom(about: &Source, fact: FactId) -> bool {
    from(about, fact).is_some_and(|from| from.ends_with("where an export has it") || from.starts_with("nobody can "))
}

/// Where in an export a fact stands, in brackets: fields as code, nothing where it is said in words.
pub(super) fn fields(about: &Source, fact: FactId) -> String {
    let text = from(about, fact).unwrap_or("");
    let path = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let names: Vec<String> = text.split(", ").map(|name| format!("`{name}`")).collect();
    if text.split(", ").all(path) { format!(" (there {})", names.join(", ")) } else { String::new() }
}

/// `identities.purpose` as people find it: the field, its table, and the column where the table may be CSV.
fn in_inventory(from: &str) -> String {
    let places: Vec<String> = from
        .split(", ")
        .filter_map(|place| place.split_once('.'))
        .map(|(table, field)| match TABLES.iter().find(|(name, _)| *name == table) {
            Some((_, first)) => format!(
                "`{field}` under `[[{table}]]` of the inventory (in CSV: the column `{field}` of a file whose first column is `{first}`)"
            ),
            None => format!("`{field}` under `[[{table}]]` of the inventory"),
        })
        .collect();
    places.join(" or ")
}

/// How a table may stand in CSV, in brackets.
pub(super) fn as_csv(table: &str) -> String {
    match TABLES.iter().find(|(name, _)| *name == table) {
        Some((_, first)) => format!(" (in CSV: a file whose first column is `{first}`)"),
        None => String::new(),
    }
}

/// A text as the beginning of a sentence.
pub(super) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The sources that a command exports. What people write by hand has none.
pub(super) fn exported(sources: &[&'static Source]) -> Vec<&'static Source> {
    sources.iter().copied().filter(|about| about.system != "inventory" && !about.commands.is_empty()).collect()
}
