//! How rows, values and places are named in results.

use crate::base::text::shown;
use crate::contract::v1::{Severity, SubjectRef};
use crate::graph::Estate;
use crate::model::record::{ELEMENTS, ITSELF, RecordId};
use crate::model::schema::{FactId, FactType};
use crate::model::{Row, Subject, Sym};
use crate::source::ROW_OF;

pub(super) use crate::assess::{id_of as id, value_of as value};

/// A subject as verdicts name it.
pub(super) fn subject(estate: &Estate<'_>, row: Row) -> SubjectRef {
    let scope = estate.world.scope(row);
    SubjectRef {
        kind: row.subject.name().into(),
        id: id(estate, row),
        name: name(estate, row),
        scope: shown(estate.world.strings.text(scope)).into_owned(),
    }
}

/// The name that people use, or the key, or the id.
pub(super) fn name(estate: &Estate<'_>, row: Row) -> String {
    let table = estate.world.table(row.subject);
    let text = |fact: Option<FactId>| {
        let fact = fact.filter(|fact| fact.def().ty == FactType::Str)?;
        let sym = u32::try_from(table.get(fact, row.index)).ok()?;
        Some(estate.world.strings.text(Sym(sym))).filter(|text| !text.is_empty())
    };
    let found = match row.subject {
        Subject::Grant | Subject::Becoming => None,
        Subject::Credential => {
            let own = text(row.subject.fact("name"));
            let holder = u32::try_from(table.get(crate::model::facts::credential::IDENTITY.id, row.index)).ok();
            return match (own, holder) {
                (Some(own), Some(holder)) => {
                    format!("{} of {}", shown(own), name(estate, Row::new(Subject::Identity, holder)))
                }
                (Some(own), None) => shown(own).into_owned(),
                (None, _) => id(estate, row),
            };
        }
        // Inline policies of many holders have one name.
        Subject::Policy => {
            let own = text(row.subject.fact("name"));
            return match own.map(|own| (own, inline_holder(estate, row, own))) {
                Some((own, Some(holder))) => format!("{} of {}", shown(own), shown(holder)),
                Some((own, None)) => shown(own).into_owned(),
                None => id(estate, row),
            };
        }
        // Each namespace of a cluster has an account of this name.
        Subject::Identity if text(row.subject.fact("name")) == Some("default") && of_cluster(estate, row) => {
            let id = estate.world.table(row.subject).id(row.index).map_or("", |id| estate.world.strings.text(id));
            id.rsplit(':').next().filter(|name| !name.is_empty())
        }
        subject => text(subject.fact("name")).or_else(|| text(subject.fact("key"))),
    };
    found.map_or_else(|| id(estate, row), |found| shown(found).into_owned())
}

fn of_cluster(estate: &Estate<'_>, identity: Row) -> bool {
    let world = estate.world;
    world.system_of(world.scope(identity)) == "kubernetes"
}

/// The name of the one whom an inline policy is written into, from the policy's id.
fn inline_holder<'a>(estate: &Estate<'a>, policy: Row, name: &str) -> Option<&'a str> {
    let id = estate.world.table(Subject::Policy).id(policy.index)?;
    let (_, key) = estate.world.strings.text(id).split_once(":inline_policy:")?;
    let holder = key.strip_suffix(name)?.strip_suffix('#')?;
    holder.rsplit(['/', ':']).next()
}

/// Where a record stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    pub export: Option<u32>,
    pub pointer: Option<String>,
    pub offset: Option<u64>,
    pub document: Option<u32>,
}

/// The place of a record, and within it of the fact, as far as its source says which one field gives it.
pub(super) fn place(estate: &Estate<'_>, record: RecordId, fact: Option<FactId>) -> Place {
    let Some(found) = estate.world.records.get(record) else { return Place::default() };
    let list = estate.world.strings.text(found.list);
    let field = fact.and_then(|fact| field_of(estate, record, fact));
    let rows = if list == "row" { Some("") } else { list.strip_prefix(ROW_OF) };
    let pointer = match (list, field) {
        (_, field) if rows.is_some() => {
            let within = rows.filter(|within| !within.is_empty());
            let within = within.map(|within| format!(" of {within}, decoded")).unwrap_or_default();
            let column = field.map(|column| format!(", {column}")).unwrap_or_default();
            format!("line {}{within}{column}", found.index)
        }
        (list, Some(field)) => format!("{}/{field}", base(list, found.index)),
        (list, None) => base(list, found.index),
    };
    let several = estate.world.records.export(record).is_some_and(|export| export.documents > 1);
    Place {
        export: Some(found.export.0),
        // Names of what the export holds may stand in a pointer.
        pointer: Some(shown(&pointer).into_owned()).filter(|pointer| !pointer.is_empty()),
        offset: Some(found.offset),
        document: several.then_some(found.document),
    }
}

/// The field of a record that gives a fact, as a pointer below the record or a column.
///
/// `None` if its source does not give it, gives it from several fields, or says in words where it is from.
pub(super) fn field_of(estate: &Estate<'_>, record: RecordId, fact: FactId) -> Option<String> {
    let found = estate.world.records.get(record)?;
    let about = crate::source::by_id(estate.world.records.export(record)?.source)?;
    let from = about.provides.iter().find(|given| given.fact == fact)?.from;
    let list = estate.world.strings.text(found.list);
    if about.system == "inventory" {
        if list != "row" {
            let mut named = in_table(from, list);
            // Which of several fields it was, the record alone does not say.
            return named.next().filter(|_| named.next().is_none()).map(str::to_owned);
        }
        let mut named = from.split(", ").filter_map(|one| one.split_once('.'));
        return named.next().filter(|_| !from.contains(',')).map(|(_, field)| field.to_owned());
    }
    let one = from.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    one.then(|| from.replace('.', "/"))
}

/// The fields of a table of the inventory that a source names.
fn in_table<'a>(from: &'a str, list: &'a str) -> impl Iterator<Item = &'a str> {
    let named = from.split(", ").filter_map(|one| one.split_once('.'));
    named.filter(move |(table, _)| *table == list.trim_start_matches('/')).map(|(_, field)| field)
}

/// True if the record may be where a list fact was stated: its source gives the fact and, in the inventory, from this table.
pub(super) fn gives(estate: &Estate<'_>, record: RecordId, fact: FactId) -> bool {
    let source = estate.world.records.export(record).and_then(|export| crate::source::by_id(export.source));
    let list = estate.world.records.get(record).map_or("", |found| estate.world.strings.text(found.list));
    let of_table = |about: &crate::source::About| {
        about.provides.iter().any(|given| given.fact == fact && in_table(given.from, list).next().is_some())
    };
    source.is_some_and(|about| {
        about.provides.iter().any(|given| given.fact == fact)
            && (about.system != "inventory" || field_of(estate, record, fact).is_some() || of_table(about))
    })
}

/// The record with the text of a policy: its own where it has one, else that of the holder it stands in.
///
/// A policy that AWS provides stands in the export of each account: then that of the holder's account is meant.
pub(super) fn policy_record(estate: &Estate<'_>, policy: u32, holder: Option<u32>) -> Option<RecordId> {
    let world = estate.world;
    let records = || world.table(Subject::Policy).records(policy);
    let texts = || {
        records().filter(|record| {
            world.records.get(*record).is_some_and(|found| world.strings.text(found.list) == "/Policies")
        })
    };
    let of_holder = || world.table(Subject::Identity).records(holder?).next();
    if let (Some(_), Some(holder)) = (texts().nth(1), of_holder()) {
        let export = |record: RecordId| world.records.get(record).map(|record| record.export);
        let folder = |record: RecordId| {
            let path = &world.records.export(record)?.path;
            Some(path.rsplit_once('/').map_or("", |(folder, _)| folder))
        };
        // Pages of one account lie in one folder.
        let beside = texts().find(|record| export(*record) == export(holder));
        if let Some(beside) = beside.or_else(|| texts().find(|record| folder(*record) == folder(holder))) {
            return Some(beside);
        }
    }
    texts().next().or_else(|| records().next())
}

fn base(list: &str, index: u32) -> String {
    match (list, index) {
        ("", _) => String::new(),
        (list, ITSELF) => list.to_owned(),
        (ELEMENTS, index) => format!("/{index}"),
        (list, index) => format!("{list}/{index}"),
    }
}

/// The contract's word for a severity.
pub(super) fn severity(severity: crate::control::Severity) -> Severity {
    match severity {
        crate::control::Severity::Critical => Severity::Critical,
        crate::control::Severity::High => Severity::High,
        crate::control::Severity::Medium => Severity::Medium,
        crate::control::Severity::Low => Severity::Low,
    }
}
