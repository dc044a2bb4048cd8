//! What is said of entries of the inventory that mean nothing that was read: a misspelt name would hide what it is about.

use std::collections::{BTreeMap, HashMap};

use super::resources::Missed;
use super::targets::Stranger;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, nearest, shown};
use crate::model::facts::identity;
use crate::model::intern::Sym;
use crate::model::record::{ITSELF, RecordId};
use crate::model::schema::{FactId, Subject};
use crate::model::table::Presence;
use crate::model::world::World;

/// The name of the mistake.
pub const CODE: &str = "inventory-matches-nothing";
/// How many names are compared in search of the nearest, over all that mean nothing.
const COMPARED: usize = 500_000;
/// How many patterns of resources are named.
const NAMED: usize = 3;

/// What to say of patterns of resources, all in one line.
#[must_use]
pub fn resources(missed: &[Missed]) -> Option<Diagnostic> {
    let first = missed.first()?;
    let named: Vec<String> = missed.iter().take(NAMED).map(|one| format!("`{}`", shown(&one.pattern))).collect();
    let more = missed.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = match missed.len() {
        1 => format!("the pattern {} of `[[resources]]` matches nothing that was read", named.concat()),
        count => format!("{count} patterns of `[[resources]]` match nothing that was read: {}{more}", named.join(", ")),
    };
    let help = match &first.likely {
        Some(id) => format!("did you mean `{}`?", shown(id)),
        None => "write the id, the name or the target of a tool as `assize explain` has it, with `*` for any text"
            .to_owned(),
    };
    Some(Diagnostic::warning(CODE, message).help(help))
}

/// What to say of names and patterns of identities.
///
/// One that a credential or an AI system is said to be of may be of a system that nothing is read from; it is told only
/// where a listed identity goes by that name, which it would hide.
#[must_use]
pub fn identities(world: &World, strangers: &[Stranger], referred: &dyn Fn(u32) -> bool) -> Vec<Diagnostic> {
    let named = if strangers.is_empty() { Vec::new() } else { named(world) };
    let mut by_name: HashMap<&str, u32> = HashMap::new();
    let mut exact: HashMap<&str, u32> = HashMap::new();
    for (name, written, row) in &named {
        by_name.entry(name).or_insert(*row);
        exact.entry(written).or_insert(*row);
    }
    let mut told = Vec::new();
    for one in strangers {
        let written = one.text.trim_matches('*');
        let word = written.to_lowercase();
        // Names that differ in case alone are several identities' in many systems.
        let same = exact.get(written).or_else(|| by_name.get(word.as_str())).copied();
        if same.is_none() && one.row.is_some_and(referred) {
            continue;
        }
        let place = place(world, one.record).map(|place| format!(" ({place})")).unwrap_or_default();
        let none =
            if one.row.is_some() { "no listed identity has that ARN or id" } else { "it matches no listed identity" };
        let message = format!("the inventory names `{}`{place}, and {none}", shown(&one.text));
        let near = || {
            let names = || named.iter().map(|(name, ..)| name.as_str());
            let near = nearest(&word, names()).or_else(|| likely(&word, names(), 1).into_iter().next())?;
            by_name.get(near).copied()
        };
        let sought = (told.len() + 1).saturating_mul(named.len()) <= COMPARED;
        let meant = same.or_else(|| if sought { near() } else { None });
        let help = match meant.and_then(|row| world.table(Subject::Identity).id(row)) {
            Some(id) => format!("did you mean `{}`?", shown(world.strings.text(id))),
            None => "write its ARN or its id as reports have it; what the entry says is said of nobody else".to_owned(),
        };
        told.push(Diagnostic::warning(CODE, message).help(help));
    }
    told
}

/// What to say of owners or AI systems that entries name and no entry and no export lists, all in one line. `named` are
/// all that entries name, with where each first stands.
#[must_use]
pub fn dangling(world: &World, subject: Subject, named: &BTreeMap<String, RecordId>) -> Option<Diagnostic> {
    let table = world.table(subject);
    let listed = |id: &str| {
        let row = world.strings.get(id).and_then(|id| table.find(id));
        row.is_some_and(|row| table.presence(row) == Presence::Listed)
    };
    let strangers: Vec<(&String, &RecordId)> = named.iter().filter(|(id, _)| !listed(id)).collect();
    let (first, _) = strangers.first()?;
    let told: Vec<String> = strangers
        .iter()
        .take(NAMED)
        .map(|(id, record)| {
            let at = place(world, **record).map(|at| format!(" ({at})")).unwrap_or_default();
            format!("`{}`{at}", shown(id))
        })
        .collect();
    let more = strangers.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let (entry, plural) = if subject == Subject::Owner { ("owners", "owners") } else { ("ai_systems", "AI systems") };
    let message = format!("the inventory names {plural} that it does not list: {}{more}", told.join(", "));
    let ids = || {
        let rows = table.rows().filter(|row| table.presence(*row) == Presence::Listed);
        rows.filter_map(|row| table.id(row)).map(|id| world.strings.text(id))
    };
    let near = nearest(first, ids()).or_else(|| likely(first, ids(), 1).into_iter().next());
    let help = match near {
        Some(id) => format!("did you mean `{}`? If not, list it under `[[{entry}]]`", shown(id)),
        None => format!("list each under `[[{entry}]]` of the inventory, with this `id`"),
    };
    Some(Diagnostic::warning(CODE, message).help(help))
}

/// The names, keys and ids of listed identities, in small letters and as they are written, names first and each kind sorted.
fn named(world: &World) -> Vec<(String, &str, u32)> {
    let table = world.table(Subject::Identity);
    let listed: Vec<u32> = table.rows().filter(|row| table.presence(*row) == Presence::Listed).collect();
    let text = |fact: FactId, row: u32| u32::try_from(table.get(fact, row)).ok().map(Sym);
    let mut all = Vec::new();
    for of in [
        &(|row| text(identity::NAME.id, row)) as &dyn Fn(u32) -> Option<Sym>,
        &|row| text(identity::KEY.id, row),
        &|row| table.id(row),
    ] {
        let named = listed.iter().filter_map(|row| {
            let written = world.strings.text(of(*row)?);
            Some((written.to_lowercase(), written, *row))
        });
        let mut named: Vec<(String, &str, u32)> = named.collect();
        named.sort();
        all.extend(named);
    }
    all
}

/// Where an entry stands: the file, and where in it.
pub(super) fn place(world: &World, record: RecordId) -> Option<String> {
    let (found, export) = (world.records.get(record)?, world.records.export(record)?);
    let list = world.strings.text(found.list);
    Some(match (list, found.index) {
        ("row", line) => format!("`{}`, line {line}", shown(&export.path)),
        (list, ITSELF) => format!("`{}`, {}", shown(&export.path), shown(list)),
        (list, index) => format!("`{}`, {}/{index}", shown(&export.path), shown(list)),
    })
}
