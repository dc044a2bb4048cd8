//! The schema and the documentation of explanations follow their types.

use super::v1::Explanation;
use crate::contract::documented::{is_checked_in, json_schema, names_every_field};

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    is_checked_in("explanation-v1.schema.json", &json_schema::<Explanation>());
}

#[test]
fn the_documentation_names_every_field() {
    let parts = [
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
    ];
    names_every_field(include_str!("../../../docs/explanation.md"), &json_schema::<Explanation>(), &parts);
}
