//! What an AI system's tools and identities do together, one by one, each with where it stands.

use super::evidence::one;
use super::names::{Place, gives, id, name, place, policy_record, value};
use super::path::granted;
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::v1::{Evidence, FactState};
use crate::control::Pack;
use crate::control::tools::Tool;
use crate::derive::tools::names;
use crate::expr::{FactRead, Trace};
use crate::graph::Estate;
use crate::model::facts::{Effect, Environment, ai_system, identity, resource};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// The most rights of identities that are shown for one system.
const RIGHTS: usize = 5;

/// The well-known tools of the control files, each with the path of its file.
#[derive(Debug)]
pub(super) struct WellKnown<'a>(Vec<(&'a str, &'a Tool)>);

impl<'a> WellKnown<'a> {
    pub(super) fn new(pack: &'a Pack) -> Self {
        let all = pack.tools.iter().flat_map(|file| file.tools.iter().map(|tool| (file.path.as_str(), tool)));
        Self(all.collect())
    }

    /// What the effects of a tool rest on, where no record states them.
    pub(super) fn note(&self, estate: &Estate<'_>, tool: Row) -> Option<String> {
        let table = estate.world.table(Subject::Resource);
        if tool.subject != Subject::Resource || !estate.world.judged_tools.contains(&tool.index) {
            return None;
        }
        let target = u32::try_from(table.get(resource::TARGET.id, tool.index)).ok()?;
        let target = estate.world.strings.text(Sym(target));
        let (file, tool) = self.0.iter().find(|(_, tool)| names(&tool.targets, target))?;
        Some(format!("by `{}` of the control file `{file}`, which knows {}: {}", tool.id, shown(target), tool.reason))
    }

    /// The effects of the tools, and the rights of the identities, behind what a trace says an AI system does.
    pub(super) fn evidence(&self, estate: &Estate<'_>, about: Row, trace: &Trace<'_>, as_of: Instant) -> Vec<Evidence> {
        let together = [ai_system::EFFECTS.id, ai_system::TOXIC_COMBINATIONS.id];
        let read = trace.facts.iter().map(|read| (read.row, read.fact));
        let counted = trace.closed.iter().map(|list| (list.row, list.fact));
        let asked = read.chain(counted).find(|(row, fact)| row.subject == Subject::AiSystem && together.contains(fact));
        let Some((system, _)) = asked else { return Vec::new() };
        let mut all = Vec::new();
        estate.list(system, ai_system::TOOLS.id, &mut |member| {
            if let Scalar::Ref(tool) = member.value {
                all.extend(self.tool(estate, about, tool, as_of));
            }
            true
        });
        all.extend(rights(estate, system));
        all
    }

    /// What one tool does.
    fn tool(&self, estate: &Estate<'_>, about: Row, tool: Row, as_of: Instant) -> Option<Evidence> {
        let mut effects = Vec::new();
        estate.list(tool, resource::EFFECTS.id, &mut |member| {
            effects.push(value(estate, tool, resource::EFFECTS.id, member.value));
            true
        });
        let text = effects.join(", ");
        let cell = Cell::Known(Scalar::Str(&text));
        let read = FactRead { row: tool, fact: resource::EFFECTS.id, key: None, member: false, cell };
        let mut evidence = one(estate, about, &read, as_of);
        evidence.value = if text.is_empty() { return None } else { text.clone() };
        evidence.note = Some(format!("what {} does", name(estate, tool)));
        if let Some(note) = self.note(estate, tool) {
            // It stands in no export; what the tool runs does.
            let target = estate.world.table(Subject::Resource).record_of(resource::TARGET.id, tool.index);
            let at = target.map(|record| place(estate, record, Some(resource::TARGET.id))).unwrap_or_default();
            (evidence.export, evidence.pointer) = (at.export, at.pointer);
            (evidence.offset, evidence.document) = (at.offset, at.document);
            evidence.note = Some(note);
        }
        Some(evidence)
    }
}

/// Where it stands that an AI system has an effect: with the first of its tools, or else of its rights, that certainly has it.
pub(super) fn ground(estate: &Estate<'_>, system: Row, effect: Effect) -> Place {
    let mut found = None;
    estate.list(system, ai_system::TOOLS.id, &mut |member| {
        let Scalar::Ref(tool) = member.value else { return true };
        estate.list(tool, resource::EFFECTS.id, &mut |has| {
            if member.certain && has.certain && has.value == Scalar::Enum(effect as u8) {
                found = tool_record(estate, tool);
            }
            found.is_none()
        });
        found.is_none()
    });
    if found.is_none() {
        estate.system_grants(system, &mut |right, holder, sure| {
            if sure && found.is_none() && estate.surely_does(right, effect) {
                let policy = estate.world.statements.entry(right.index).map_or(0, |entry| entry.0);
                found = policy_record(estate, policy, Some(holder)).map(|record| place(estate, record, None));
            }
        });
    }
    found.unwrap_or_default()
}

/// The record that gives what a tool does: one that states it, or else the one that shows what the tool runs.
fn tool_record(estate: &Estate<'_>, tool: Row) -> Option<Place> {
    let table = estate.world.table(Subject::Resource);
    if estate.world.judged_tools.contains(&tool.index) {
        let record = table.record_of(resource::TARGET.id, tool.index)?;
        return Some(place(estate, record, Some(resource::TARGET.id)));
    }
    let record = table.records(tool.index).find(|record| gives(estate, *record, resource::EFFECTS.id))?;
    Some(place(estate, record, Some(resource::EFFECTS.id)))
}

/// The rights by which its identities read secrets, send messages out, delete or write to production, a policy each.
fn rights(estate: &Estate<'_>, system: Row) -> Vec<Evidence> {
    let mut found: Vec<(u32, u32, String)> = Vec::new();
    let production = Cell::Known(Scalar::Enum(Environment::Production as u8));
    estate.system_grants(system, &mut |right, holder, sure| {
        let does = |effect| estate.does(right, effect) == Some(true);
        let home = estate.cell(Row::new(Subject::Identity, holder), identity::ENVIRONMENT.id);
        let does = [
            (does(Effect::ReadsSecrets), "reads secrets"),
            (does(Effect::SendsOut), "sends out"),
            (does(Effect::Deletes), "deletes"),
            (does(Effect::Writes) && home == production, "writes to production"),
        ];
        let does: Vec<&str> = does.into_iter().filter_map(|(does, words)| does.then_some(words)).collect();
        if does.is_empty() {
            return;
        }
        if sure && !found.iter().any(|(_, entry, _)| *entry == right.index) {
            // A condition, or a deny that leaves a part, stands beside what it narrows.
            let narrowed = estate.is_narrowed(right);
            found.push((
                holder,
                right.index,
                format!("{}{}", does.join(", "), if narrowed { ", under conditions" } else { "" }),
            ));
        }
    });
    let more = found.len().saturating_sub(RIGHTS);
    let mut all: Vec<Evidence> = Vec::new();
    for (holder, entry, does) in found.into_iter().take(RIGHTS) {
        let mut evidence = granted(estate, holder, entry);
        let identity = Row::new(Subject::Identity, holder);
        evidence.note = Some(format!("{} {does}", name(estate, identity)));
        evidence.subject = Some(id(estate, identity));
        evidence.state = FactState::Known;
        all.push(evidence);
    }
    if let (Some(last), true) = (all.last_mut(), more > 0) {
        let note = last.note.take().unwrap_or_default();
        last.note = Some(format!("{note}; and {more} more such rights"));
    }
    all
}
