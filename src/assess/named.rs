//! How rows and values are named wherever they are told, and the digest of what decided.

use crate::base::digest::Digester;
use crate::base::text::shown;
use crate::base::time::{Instant, Span};
use crate::expr::FactRead;
use crate::graph::Estate;
use crate::model::facts::becoming;
use crate::model::schema::{FactId, FactType};
use crate::model::{Cell, Row, Scalar, Subject};

/// The most facts that a digest is over, which are as many as a finding shows.
pub const MOST_DIGESTED: usize = 40;

/// The stable id of a row.
#[must_use]
pub fn id_of(estate: &Estate<'_>, row: Row) -> String {
    let table_id = |subject: Subject, index: u32| {
        let id = estate.world.table(subject).id(index).map_or("", |id| estate.world.strings.text(id));
        shown(id).into_owned()
    };
    match row.subject {
        Subject::Grant => {
            let policy = estate.world.statements.entry(row.index).map_or(0, |entry| entry.0);
            let position = estate.statement_position(row).unwrap_or(0);
            format!("{}#statement/{position}", table_id(Subject::Policy, policy))
        }
        Subject::Becoming => {
            let to = u32::try_from(estate.world.table(Subject::Becoming).get(becoming::TO.id, row.index));
            let said = to.ok().and_then(|to| estate.graph.said_by.get(&to));
            if let Some(at) = said.and_then(|rows| rows.iter().position(|said| *said == row.index)) {
                return format!("{}#link/{at}", table_id(Subject::Becoming, row.index));
            }
            let first = to.ok().and_then(|to| estate.graph.trusted_by.get(to as usize)).map_or(0, |range| range.start);
            format!("{}#trust/{}", table_id(Subject::Becoming, row.index), row.index.saturating_sub(first))
        }
        subject => table_id(subject, row.index),
    }
}

/// A value in words that stay the same: instants in RFC 3339, closed sets by name.
#[must_use]
pub fn value_of(estate: &Estate<'_>, row: Row, fact: FactId, scalar: Scalar<'_>) -> String {
    match scalar {
        Scalar::Bool(value) => value.to_string(),
        Scalar::Int(value) => value.to_string(),
        Scalar::Str(text) => shown(text).into_owned(),
        Scalar::Time(at) => Instant(at).to_string(),
        Scalar::Duration(seconds) => Span(seconds).to_string(),
        Scalar::Enum(code) => match fact.def().ty {
            FactType::Enum(def) | FactType::EnumList(def) => {
                let raw = estate.world.table(row.subject).raw.get(&(fact.slot, row.index)).copied();
                match raw.filter(|_| def.text(code) == "other") {
                    Some(raw) => format!("other ({})", shown(estate.world.strings.text(raw))),
                    None => def.text(code).to_owned(),
                }
            }
            _ => code.to_string(),
        },
        Scalar::Ref(other) => id_of(estate, other),
    }
}

/// A digest over what decided, as classes: instants, lengths of time and numbers count as such, whatever their value.
#[must_use]
pub fn digest_of(estate: &Estate<'_>, check_run: &str, facts: &[FactRead<'_>]) -> String {
    let mut digester = Digester::default();
    let mut line = |parts: [&str; 3]| {
        for part in parts {
            digester.update(part.as_bytes());
            digester.update(b"\x1f");
        }
        digester.update(b"\n");
    };
    line(["run", check_run, ""]);
    for read in facts.iter().take(MOST_DIGESTED) {
        let class = match read.cell {
            Cell::Known(Scalar::Time(_)) => "instant".to_owned(),
            Cell::Known(Scalar::Duration(_)) => "duration".to_owned(),
            Cell::Known(Scalar::Int(_)) => "number".to_owned(),
            Cell::Known(scalar) => value_of(estate, read.row, read.fact, scalar),
            Cell::Absent => "absent".to_owned(),
            Cell::Unknown(_) => "unknown".to_owned(),
        };
        line([&id_of(estate, read.row), read.fact.path(), &class]);
    }
    digester.finish()
}
