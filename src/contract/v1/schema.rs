//! The JSON Schema of a results file, made from its types.

use serde_json::Value;

use super::head::Results;

/// The JSON Schema (draft 2020-12) of a results file.
#[must_use]
pub fn json_schema() -> Value {
    schemars::schema_for!(Results).to_value()
}
