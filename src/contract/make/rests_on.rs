//! Of when the exports are that what is told of a subject rests on.

use std::collections::BTreeSet;

use super::Input;
use super::leading::rows_of;
use super::walk::{Limits, Node, Walk};
use crate::base::time::Instant;
use crate::model::facts::BecomingState;
use crate::model::schema::FactType;
use crate::model::{FactId, Row, Subject};

/// How many subjects around one are looked at.
const MOST: usize = 500;

/// When the exports were collected that have the subject, one that it names, or one on a way from it or to it.
///
/// Each time once, in order. Exports of which nobody says when they were collected are left out.
#[must_use]
pub fn collected(input: &Input<'_>, about: Row) -> BTreeSet<Instant> {
    let world = input.estate.world;
    let mut rows: BTreeSet<Row> = BTreeSet::from([about]);
    for (slot, def) in (0_u8..).zip(about.subject.def().facts) {
        if matches!(def.ty, FactType::Ref(_) | FactType::RefList(_)) {
            rows.extend(rows_of(input.estate, about, FactId { subject: about.subject, slot }));
        }
    }
    for inward in [false, true] {
        let limits = Limits { depth: None, worst: BecomingState::Possible, most: MOST, beside: false };
        let walked = Walk::new(input.estate, inward).from(about, limits);
        rows.extend(walked.come.iter().filter_map(|come| match come.node {
            Node::Row(row) => Some(row),
            Node::Text(..) => None,
        }));
    }
    let with_records = rows.iter().filter(|row| !matches!(row.subject, Subject::Grant));
    let records = with_records.flat_map(|row| world.table(row.subject).records(row.index));
    records.filter_map(|record| world.records.export(record)?.collected_at).map(Instant).collect()
}
