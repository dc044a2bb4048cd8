//! The parameters that the tests of expressions about facts have in common.

use std::collections::BTreeMap;

use assize::base::time::Instant;
use assize::expr::{Context, Env, Param, Type};
use assize::model::Subject;

/// Seconds.
pub const DAY: i64 = 86_400;

/// A check about `subject` with four parameters.
pub fn env(subject: Subject) -> Env {
    Env::of(subject).with_params([
        ("max_age", Type::Duration),
        ("kinds", Type::list(Type::String)),
        ("most", Type::Int),
        ("word", Type::String),
    ])
}

/// Their values, and the date.
pub fn context(env: &Env) -> Context {
    let params = BTreeMap::from([
        ("max_age".to_owned(), Param::Duration(90 * DAY)),
        ("kinds".to_owned(), Param::Texts(vec!["role".to_owned(), "access_key".to_owned()])),
        ("most".to_owned(), Param::Int(2)),
        ("word".to_owned(), Param::Text("production".to_owned())),
    ]);
    env.context(Instant::parse("2026-11-01").unwrap(), &params).unwrap()
}
