//! The inventory: facts that no system exports, stated by people in assize's own files.

pub mod assign;
pub mod closures;
pub mod credentials;
pub mod exposures;
mod kinds;
pub mod lost;
mod parts;
pub mod pending;
pub mod raw;
pub mod resources;
pub mod targets;
pub mod unmatched;

/// The JSON Schema of an inventory file.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(raw::Inventory);
    serde_json::to_string_pretty(&schema).map_or_else(|_| String::new(), |text| text + "\n")
}
