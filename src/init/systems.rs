//! The AI systems that exports list and nobody described, with the tools that they can call.

use crate::model::facts::{ai_system, resource};
use crate::model::intern::Sym;
use crate::model::schema::FactId;
use crate::model::table::{Presence, Table};
use crate::model::{Subject, World};
use crate::source;

/// An AI system, as exports have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct System {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its tools, by id, each once.
    pub tools: Vec<Tool>,
}

/// A tool of an AI system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tool {
    /// Its id.
    pub id: String,
    /// Its name, with what it runs or calls where that is known.
    pub what: String,
}

/// All of them, by id. What the inventory has an entry of is left out.
pub(super) fn systems(world: &World) -> Vec<System> {
    let (table, tools) = (world.table(Subject::AiSystem), world.table(Subject::Resource));
    let mut all: Vec<System> = Vec::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed && !described(world, table, *row)) {
        let of = table.members(ai_system::TOOLS.id, row).iter().map(|(_, tool, _)| *tool);
        let mut own: Vec<Tool> = of
            .filter(|tool| !described(world, tools, *tool))
            .filter_map(|tool| self::tool(world, tools, tool))
            .collect();
        own.sort();
        own.dedup();
        let Some(id) = id(world, table, row) else { continue };
        all.push(System {
            name: text(world, table, ai_system::NAME.id, row).unwrap_or(&id).to_owned(),
            id,
            tools: own,
        });
    }
    all.sort();
    all
}

fn tool(world: &World, table: &Table, row: u32) -> Option<Tool> {
    let id = id(world, table, row)?;
    let name = text(world, table, resource::NAME.id, row).unwrap_or(&id);
    let what = match text(world, table, resource::TARGET.id, row) {
        Some(target) => format!("{name}: {target}"),
        None => name.to_owned(),
    };
    Some(Tool { what, id })
}

/// True if the inventory speaks of a row.
fn described(world: &World, table: &Table, row: u32) -> bool {
    let of = |record| world.records.export(record).and_then(|export| source::by_id(export.source));
    table.records(row).filter_map(of).any(|about| about.system == "inventory")
}

fn id(world: &World, table: &Table, row: u32) -> Option<String> {
    table.id(row).map(|id| world.strings.text(id).to_owned())
}

fn text<'w>(world: &'w World, table: &Table, fact: FactId, row: u32) -> Option<&'w str> {
    u32::try_from(table.get(fact, row)).ok().map(|sym| world.strings.text(Sym(sym)))
}
