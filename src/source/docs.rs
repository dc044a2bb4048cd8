//! The documentation of each source, made from what it says of itself; of the inventory also field by field.

use std::fmt::Write as _;

use serde_json::Value;

use super::{About, SOURCES};
use crate::model::listing::Listing;

/// The page of a source: file name and Markdown.
#[must_use]
pub fn pages() -> Vec<(String, String)> {
    SOURCES.iter().map(|source| source.about()).map(|about| (format!("{}.md", about.id), page(about))).collect()
}

fn page(about: &About) -> String {
    let mut out = format!("# {}\n\n", about.id);
    let _ = writeln!(out, "Reads {}.\n", about.title);
    let _ = writeln!(out, "<!-- made from the code; do not edit -->\n\n## How to export it\n");
    for command in about.commands {
        if command.starts_with("written") {
            let _ =
                writeln!(out, "{}{}.\n", command.get(..1).unwrap_or("").to_uppercase(), command.get(1..).unwrap_or(""));
        } else {
            let _ = writeln!(out, "```sh\n{command}\n```\n");
        }
    }
    let _ = writeln!(out, "## What to know\n");
    for note in about.notes {
        let _ = writeln!(out, "- {note}");
    }
    let _ = writeln!(out, "\n## What it shows to be complete\n");
    if about.shows.is_empty() {
        let _ = writeln!(out, "Nothing by itself. Closures are stated in the manifest or the inventory.");
    }
    for listing in about.shows {
        let _ = writeln!(out, "- `{}`", listing.name());
    }
    let _ = writeln!(out, "\n## Facts\n\n| fact | from |\n| --- | --- |");
    for given in about.provides {
        let _ = writeln!(out, "| `{}` | {} |", given.fact.path(), given.from);
    }
    if about.id == "inventory-toml" {
        fields(&mut out);
    }
    out
}

/// The tables and fields of the inventory, from its schema.
fn fields(out: &mut String) {
    let schema = schemars::schema_for!(super::inventory::raw::Inventory).to_value();
    let text = |value: &Value| value.as_str().unwrap_or("").replace('\n', " ");
    let Some(tables) = schema.get("properties").and_then(Value::as_object) else { return };
    for (name, table) in tables {
        let reference = table.pointer("/items/$ref").map(&text).unwrap_or_default();
        let Some(entry) = schema.pointer(reference.trim_start_matches('#')) else { continue };
        let about = table.get("description").map(&text).unwrap_or_default();
        let _ = writeln!(
            out,
            "\n## `[[{name}]]`\n\n{about}\n\n| field | needed | type | meaning |\n| --- | --- | --- | --- |"
        );
        let needed: Vec<String> =
            entry.get("required").and_then(Value::as_array).into_iter().flatten().map(&text).collect();
        for (field, what) in entry.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let mark = if needed.contains(field) { "yes" } else { "" };
            let meaning = what.get("description").map(&text).unwrap_or_default();
            let _ = writeln!(out, "| `{field}` | {mark} | {} | {meaning} |", kind(what));
        }
        if name == "closures" {
            let names: Vec<String> = Listing::ALL.iter().map(|listing| format!("`{}`", listing.name())).collect();
            let _ = writeln!(out, "\nThe lists are {}.", names.join(", "));
        }
    }
}

/// The type of a field, as the writer of an inventory thinks of it.
fn kind(field: &Value) -> &'static str {
    let text = field.to_string();
    match () {
        () if text.contains("#/$defs/When") => "date or instant",
        () if text.contains("\"array\"") => "list of texts",
        () if text.contains("\"boolean\"") => "`true` or `false`",
        () if text.contains("\"number\"") => "number",
        () => "text",
    }
}

/// Holds a file of the repository to what the code makes. Run with `ASSIZE_WRITE_DOCS=1` to write the files anew.
#[cfg(test)]
pub(crate) fn same_as_checked_in(path: &str, made: &str) {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("ASSIZE_WRITE_DOCS").is_some() {
        std::fs::write(&path, made).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(checked_in == made, "{path} differs from what the code makes; run again with ASSIZE_WRITE_DOCS=1");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_checked_in() {
        for (name, text) in pages() {
            same_as_checked_in(&format!("docs/sources/{name}"), &text);
        }
    }

    #[test]
    fn the_schema_of_the_inventory_is_checked_in() {
        same_as_checked_in("schemas/assize-inventory.schema.json", &crate::source::inventory_schema());
    }
}
