//! Which facts are known to have a value where a part of an expression is reached.
//!
//! A fact that may be absent is only read where `has(…)` of the same path was asked before:
//! `has(x) && P`, `!has(x) || P`, `has(x) ? P : Q`.

use super::tree::{Kind, Node};
use super::value::Value;

/// A way from the subject, or from a macro's variable, to a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// 0 for the subject, else the variable's number within the expression.
    pub root: u32,
    /// Facts and keys.
    pub steps: Vec<String>,
}

/// The path that `node` reads, if it is one.
pub(super) fn path(node: &Node) -> Option<Path> {
    match &node.kind {
        Kind::Subject => Some(Path { root: 0, steps: Vec::new() }),
        Kind::Bound { id, .. } => Some(Path { root: *id, steps: Vec::new() }),
        Kind::Fact(inner, fact) | Kind::FactList(inner, fact) | Kind::FactMap(inner, fact) => {
            step(inner, fact.def().name.to_owned())
        }
        Kind::Entry(inner, key) | Kind::Element(inner, key) => match &key.kind {
            Kind::Known(Value::Text(key)) => step(inner, format!("['{key}']")),
            Kind::Known(Value::Int(at)) => step(inner, format!("[{at}]")),
            _ => None,
        },
        _ => None,
    }
}

fn step(inner: &Node, step: String) -> Option<Path> {
    let mut path = path(inner)?;
    path.steps.push(step);
    Some(path)
}

/// What is known to have a value wherever `node` has turned out to be `outcome`.
pub(super) fn held(node: &Node, outcome: bool) -> Vec<Path> {
    match (&node.kind, outcome) {
        (Kind::HasFact(inner, fact), true) => step(inner, fact.def().name.to_owned()).into_iter().collect(),
        (Kind::HasKey(map, key), true) => match &key.kind {
            Kind::Known(Value::Text(key)) => step(map, format!("['{key}']")).into_iter().collect(),
            _ => Vec::new(),
        },
        (Kind::Not(inner), _) => held(inner, !outcome),
        (Kind::And(parts), true) | (Kind::Or(parts), false) => {
            parts.iter().flat_map(|part| held(part, outcome)).collect()
        }
        _ => Vec::new(),
    }
}
