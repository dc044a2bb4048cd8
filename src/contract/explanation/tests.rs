//! The schema and the documentation of explanations follow their types.

use std::path::Path;

use serde_json::Value;

use super::v1::Explanation;

fn json_schema() -> Value {
    schemars::schema_for!(Explanation).to_value()
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/explanation-v1.schema.json");
    let mut fresh = serde_json::to_string_pretty(&json_schema()).unwrap();
    fresh.push('\n');
    if std::env::var_os("ASSIZE_WRITE_GENERATED").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == fresh, "run the tests with ASSIZE_WRITE_GENERATED=1 to write {}", path.display());
}

#[test]
fn the_documentation_names_every_field() {
    let page = include_str!("../../../docs/explanation.md");
    let schema = json_schema();
    let named = |fields: &Value| -> Vec<String> { fields.as_object().unwrap().keys().cloned().collect() };
    let mut names = named(&schema["properties"]);
    for of in [
        "Fact",
        "Relation",
        "Related",
        "Right",
        "LetsIn",
        "Grant",
        "Ways",
        "Way",
        "ExplainedVerdict",
        "Missing",
        "Change",
    ] {
        names.extend(named(&schema["$defs"][of]["properties"]));
    }
    let missing: Vec<String> = names.into_iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
