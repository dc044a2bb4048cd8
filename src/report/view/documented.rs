//! The documentation of the context of templates is made from the types of the view, and so says all of it.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::{FindingView, Report};
use crate::report::template::{ASSETS, TEMPLATES};

const BEGIN: &str = "<!-- The context: made from the types of src/report/view; ASSIZE_WRITE_GENERATED=1 cargo test --lib writes it. -->";
const END: &str = "<!-- The end of the context. -->";

/// The type of a field in words, with links to the tables of other types.
fn told(types: &Value, field: &Value) -> String {
    let named = |reference: &str| {
        let raw = reference.rsplit('/').next().unwrap();
        if raw.starts_with("Capped") {
            return format!("capped list of {}", told(types, &types[raw]["properties"]["rows"]["items"]));
        }
        format!("[{}](#{})", name(raw), name(raw).to_lowercase())
    };
    if let Some(reference) = field.get("$ref").and_then(Value::as_str) {
        return named(reference);
    }
    if let Some(some) = field.get("anyOf").and_then(Value::as_array) {
        return format!("{}, or none", told(types, some.first().unwrap()));
    }
    match field.get("type").and_then(Value::as_str) {
        Some("array") => format!("list of {}", told(types, &field["items"])),
        Some("boolean") => "yes or no".to_owned(),
        Some("integer") => "number".to_owned(),
        Some("string") => "text".to_owned(),
        other => panic!("no words for {other:?}: {field}"),
    }
}

/// The name of a type as a heading.
fn name(raw: &str) -> &str {
    raw.trim_end_matches("View")
}

fn table(out: &mut String, types: &Value, heading: &str, schema: &Value) {
    let about = schema.get("description").and_then(Value::as_str).unwrap_or_else(|| panic!("{heading} says nothing"));
    writeln!(out, "\n### {}\n\n{about}\n\n| name | type | what it is |\n| --- | --- | --- |", name(heading)).unwrap();
    for (field, of) in schema["properties"].as_object().unwrap() {
        let about = of.get("description").and_then(Value::as_str);
        let about = about.unwrap_or_else(|| panic!("{heading}.{field} says nothing"));
        writeln!(out, "| `{field}` | {} | {} |", told(types, of), about.replace('\n', " ").replace('|', "\\|"))
            .unwrap();
    }
}

fn context() -> String {
    let schema = schemars::schema_for!(Report).to_value();
    let mut out = String::new();
    let finding = schemars::schema_for!(FindingView).to_value();
    let mut types = schema["$defs"].clone();
    types.as_object_mut().unwrap().extend(finding["$defs"].as_object().unwrap().clone());
    types["FindingView"] = finding;
    let types = &types;
    table(&mut out, types, "Report", &schema);
    for (name, of) in types.as_object().unwrap().iter().filter(|(name, _)| !name.starts_with("Capped")) {
        table(&mut out, types, name, of);
    }
    out
}

#[test]
fn the_documentation_has_the_whole_context_and_all_templates() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/templates.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (stored, after) = rest.split_once(END).unwrap();
    let fresh = format!("\n{}\n", context());
    if std::env::var_os("ASSIZE_WRITE_GENERATED").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{fresh}{END}{after}")).unwrap();
    } else {
        assert!(stored == fresh, "run the tests with ASSIZE_WRITE_GENERATED=1 to write {}", path.display());
    }
    for (name, _) in TEMPLATES.iter().chain(ASSETS) {
        assert!(before.contains(&format!("`{name}`")), "{name}");
    }
}
