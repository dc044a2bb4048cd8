//! The schema and the documentation of drills follow their types.

use super::v1::Drill;
use crate::contract::documented::{is_checked_in, json_schema, names_every_field};

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    is_checked_in("drill-v1.schema.json", &json_schema::<Drill>());
}

#[test]
fn the_documentation_names_every_field() {
    let parts = [
        "Opened",
        "Counts",
        "ModelCalls",
        "ModelCaller",
        "ModelRight",
        "MayBe",
        "Administrator",
        "Clock",
        "Session",
        "Told",
    ];
    names_every_field(include_str!("../../../docs/drill.md"), &json_schema::<Drill>(), &parts);
}
