//! What was brought together across exports: by which way, how often, the first pairs.

use std::collections::BTreeMap;

use super::Input;
use super::names::subject;
use crate::contract::v1::{Confidence, Link, SubjectRef};
use crate::model::Row;
use crate::model::link::{Method, Surety};

/// How many pairs of a way are named.
const FIRST: usize = 20;

/// All links by their way, each pair once, in the order of ids.
pub(super) fn links(input: &Input<'_>) -> Vec<Link> {
    let world = input.estate.world;
    let id = |row: Row| world.table(row.subject).id(row.index).map_or("", |id| world.strings.text(id));
    let mut by_method: BTreeMap<Method, Vec<(&str, &str, Row, Row)>> = BTreeMap::new();
    for link in &world.links {
        by_method.entry(link.method).or_default().push((id(link.one), id(link.other), link.one, link.other));
    }
    let each = by_method.into_iter().map(|(method, mut pairs)| {
        pairs.sort_unstable_by_key(|(one, other, a, b)| (*one, *other, a.subject, b.subject));
        pairs.dedup_by_key(|(one, other, ..)| (*one, *other));
        let first: Vec<(SubjectRef, SubjectRef)> = pairs
            .iter()
            .take(FIRST)
            .map(|(_, _, one, other)| (subject(input.estate, *one), subject(input.estate, *other)))
            .collect();
        Link {
            method: method.name().to_owned(),
            confidence: match method.surety() {
                Surety::Sure => Confidence::High,
                Surety::Possible => Confidence::Low,
            },
            count: pairs.len() as u64,
            first,
        }
    });
    each.collect()
}
