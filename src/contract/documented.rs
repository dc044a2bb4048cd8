//! What the tests of each form share: its schema is that of its types, and its page names every field.

use std::path::Path;

use schemars::JsonSchema;
use serde_json::Value;

/// The JSON Schema of a form.
pub(super) fn json_schema<T: JsonSchema>() -> Value {
    schemars::schema_for!(T).to_value()
}

/// Holds that the schema in the repository is that of the types, or writes it.
pub(super) fn is_checked_in(name: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(name);
    let mut fresh = serde_json::to_string_pretty(schema).unwrap();
    fresh.push('\n');
    if std::env::var_os("ASSIZE_WRITE_GENERATED").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let stored = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == fresh, "run the tests with ASSIZE_WRITE_GENERATED=1 to write {}", path.display());
}

/// Holds that a page names every field of the form and of these of its parts.
pub(super) fn names_every_field(page: &str, schema: &Value, parts: &[&str]) {
    let named = |fields: &Value| -> Vec<String> { fields.as_object().unwrap().keys().cloned().collect() };
    let mut names = named(&schema["properties"]);
    for part in parts {
        names.extend(named(&schema["$defs"][part]["properties"]));
    }
    let missing: Vec<String> = names.into_iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
