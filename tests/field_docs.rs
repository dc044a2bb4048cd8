//! The pages on the files that people write are made from their schemas: each field of `assize.toml` and of the inventory.
//!
//! `ASSIZE_WRITE_DOCS=1` writes them anew; otherwise they must be as they are.

use std::fmt::Write as _;
use std::path::Path;

use assize::model::Subject;
use serde_json::Value;

/// Page, schema, what stands above the fields; empty where that is written by hand, up to the mark.
const PAGES: &[(&str, &str, &str)] = &[
    (
        "profile",
        "assize-profile",
        "# assize.toml\n\n`assize.toml` lies in the folder of exports. It is the profile (what the organisation chose) and the manifest (what is known about exports and is not in them). Every field may be left out. An example is `fixtures/marrowick/assize.toml`.\n",
    ),
    (
        "inventory",
        "assize-inventory",
        "# The inventory\n\nTOML files, under any names, in the folder of exports: what people state and no system exports. A file is an inventory if its top-level tables are among these. The long lists may be CSV instead ([inventory-csv](sources/inventory-csv.md)). An example of all of it is `fixtures/marrowick/inventory`.\n",
    ),
    ("waivers", "assize-waivers", ""),
];

const MARK: &str = "<!-- made from the code; do not edit -->\n";

/// The tables within a table.
fn nested(out: &mut String, schema: &Value, name: &str, of: &Value) {
    for (field, one) in of["properties"].as_object().unwrap() {
        let of_list = one["items"]["$ref"].as_str();
        let of_one = one["anyOf"].as_array().into_iter().flatten().find_map(|choice| choice["$ref"].as_str());
        let Some(inner) = of_list.or(of_one) else { continue };
        let of = &schema["$defs"][inner.rsplit('/').next().unwrap()];
        let title = if of_list.is_some() { format!("[[{name}.{field}]]") } else { format!("[{name}.{field}]") };
        let _ = write!(out, "\n## `{title}`\n\n{}\n\n", of["description"].as_str().unwrap());
        table(out, schema, field, of);
    }
}

/// The facts of which the schema says which change is worse.
fn directions(out: &mut String) {
    out.push_str("\n## Which change of a fact is worse\n\nOf facts that are not here nobody can say: any other value lapses a waiver, but for a time or a number.\n\n| fact | worse |\n| --- | --- |\n");
    for subject in Subject::ALL.into_iter().filter(|subject| *subject != Subject::Waiver) {
        for fact in subject.def().facts {
            if let Some(worse) = fact.worse_words() {
                let _ = writeln!(out, "| `{}.{}` | {worse} |", subject.name(), fact.name);
            }
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_pages_are_those_of_the_schemas() {
    for (page, schema, intro) in PAGES {
        let text = std::fs::read_to_string(root().join("schemas").join(format!("{schema}.schema.json"))).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let path = root().join("docs").join(format!("{page}.md"));
        let by_hand = std::fs::read_to_string(&path).unwrap_or_default();
        let intro = match by_hand.split_once(&format!("\n{MARK}")) {
            Some((above, _)) if intro.is_empty() => above,
            _ => *intro,
        };
        let mut made = format!("{intro}\n{MARK}");
        let _ = write!(made, "\n## Top level\n\n");
        table(&mut made, &schema, "the top level", &schema);
        for (name, one) in schema["properties"].as_object().unwrap() {
            if let Some(inner) = one["items"]["$ref"].as_str() {
                let of = &schema["$defs"][inner.rsplit('/').next().unwrap()];
                let _ = write!(made, "\n## `[[{name}]]`\n\n{}\n\n", of["description"].as_str().unwrap_or(""));
                table(&mut made, &schema, name, of);
                if *page == "waivers" {
                    nested(&mut made, &schema, name, of);
                }
            }
        }
        if *page == "waivers" {
            directions(&mut made);
        }
        if std::env::var_os("ASSIZE_WRITE_DOCS").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made, "docs/{page}.md is not what the schema says: run with ASSIZE_WRITE_DOCS=1");
        assert!(made.lines().filter(|line| line.starts_with("| `")).count() > 10, "{page}");
    }
}

fn table(out: &mut String, schema: &Value, title: &str, of: &Value) {
    let required: Vec<&str> = of["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    out.push_str("| field | type | meaning |\n| --- | --- | --- |\n");
    for (name, field) in of["properties"].as_object().unwrap() {
        let must = if required.contains(&name.as_str()) { " Required." } else { "" };
        let meaning = field["description"].as_str().unwrap_or("").replace('\n', " ").replace('|', "\\|");
        assert!(!meaning.is_empty(), "{title}: `{name}` has no description");
        let _ = writeln!(out, "| `{name}` | {} | {meaning}{must} |", kind(schema, field));
    }
}

/// The type of a field in words.
fn kind(schema: &Value, field: &Value) -> String {
    if let Some(name) = field["$ref"].as_str() {
        if name.ends_with("/When") {
            return "date or instant".to_owned();
        }
        return kind(schema, &schema["$defs"][name.rsplit('/').next().unwrap()]);
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(all) = field[choice].as_array() {
            let all = all.iter().filter(|one| one["type"] != "null");
            let mut all: Vec<String> = all.map(|one| kind(schema, one)).collect();
            all.dedup();
            return all.join(" or ");
        }
    }
    if let Some(names) = field["enum"].as_array() {
        let names: Vec<String> = names.iter().filter_map(Value::as_str).map(|name| format!("`{name}`")).collect();
        return names.join(", ");
    }
    if let Some(name) = field["const"].as_str() {
        return format!("`{name}`");
    }
    let types: Vec<&str> = match &field["type"] {
        Value::String(one) => vec![one],
        Value::Array(all) => all.iter().filter_map(Value::as_str).filter(|one| *one != "null").collect(),
        _ => vec!["any"],
    };
    let words = types.iter().map(|one| match *one {
        "string" => "text".to_owned(),
        "integer" => "whole number".to_owned(),
        "number" => "number".to_owned(),
        "boolean" => "true or false".to_owned(),
        "object" => "table".to_owned(),
        "array" if field["items"]["$ref"].is_string() => "tables".to_owned(),
        "array" => format!("list of {}", kind(schema, &field["items"])),
        other => other.to_owned(),
    });
    words.collect::<Vec<_>>().join(" or ")
}
