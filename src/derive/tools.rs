//! What calling a tool does or lets in, where the control files know the tool and nobody states it.

use crate::base::package::unversioned;
use crate::graph::pattern::{is_wild, matches};
use crate::model::facts::{Effect, resource};
use crate::model::{Subject, Sym, World};

/// What is known of a tool.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Patterns of what a configuration runs or calls, in lower case.
    pub targets: &'a [String],
    /// All that calling it does or lets in.
    pub effects: &'a [Effect],
}

/// Says of each tool that is known and not stated what it does.
pub fn apply(world: &mut World, known: &[Known<'_>]) {
    let table = world.table(Subject::Resource);
    let mut found = Vec::new();
    for row in table.rows() {
        let Ok(target) = u32::try_from(table.get(resource::TARGET.id, row)) else { continue };
        let stated = table.complete(resource::EFFECTS.id, row) || !table.members(resource::EFFECTS.id, row).is_empty();
        if stated {
            continue;
        }
        let tool = known.iter().find(|tool| names(tool.targets, world.strings.text(Sym(target))));
        found.extend(tool.map(|tool| (row, tool.effects)));
    }
    for (row, effects) in found {
        world.judged_tools.insert(row);
        for effect in effects {
            world.push(resource::EFFECTS, row, *effect as u32);
        }
        world.close(resource::EFFECTS, row);
    }
    world.table_mut(Subject::Resource).seal();
}

/// Whether one of the patterns, which are in lower case, names what a configuration runs or calls.
#[must_use]
pub fn names(patterns: &[String], target: &str) -> bool {
    let target = target.to_lowercase();
    let name = unversioned(&target);
    patterns.iter().any(|pattern| means(pattern, &target, name))
}

fn means(pattern: &str, target: &str, name: &str) -> bool {
    if is_wild(pattern) {
        matches(pattern, target) || matches(pattern, name)
    } else {
        pattern == target || pattern == name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stated_stands() {
        let mut world = World::default();
        let mut tool = |name: &str, target: &str, stated: bool| {
            let (row, _) = world.upsert(Subject::Resource, name);
            let sym = world.strings.intern(target);
            world.table_mut(Subject::Resource).put(resource::TARGET.id, row, i64::from(sym.0), 0);
            if stated {
                world.close(resource::EFFECTS, row);
            }
            row
        };
        let (fetch, stated, other) =
            (tool("a", "MCP-server-fetch@2", false), tool("b", "mcp-server-fetch", true), tool("c", "own", false));
        world.seal();
        let targets = ["mcp-server-fetch".to_owned()];
        apply(&mut world, &[Known { targets: &targets, effects: &[Effect::SendsOut] }]);
        let table = world.table(Subject::Resource);
        let of = |row| (table.members(resource::EFFECTS.id, row).len(), table.complete(resource::EFFECTS.id, row));
        assert_eq!((of(fetch), of(stated), of(other)), ((1, true), (0, true), (0, false)));
    }
}
