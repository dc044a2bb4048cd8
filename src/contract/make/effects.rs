//! What an AI system's tools and identities do together, one by one, each with where it stands.

use std::collections::BTreeSet;

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
use crate::model::facts::{Effect, Environment, ai_system, resource};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject, Sym};

/// How many rights of identities are shown for one system.
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
                all.extend(
                    self.tool(estate, about, tool, as_of).map(|told| Ground { does: tool_does(estate, tool), told }),
                );
            }
            true
        });
        let rights = rights(estate, system);
        // What each of the dangerous things is done by comes first, by a tool or else by a right.
        let first: BTreeSet<usize> = (0..WORDS.len())
            .filter_map(|thing| all.iter().chain(&rights).position(|ground| ground.does.get(thing) == Some(&true)))
            .collect();
        all.extend(rights);
        let (leading, others): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(at, _)| first.contains(at));
        leading.into_iter().chain(others).map(|(_, ground)| ground.told).collect()
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

/// What is dangerous alone or with another of these.
const WORDS: [&str; 5] =
    ["reads secrets", "sends out", "deletes", "writes to production", "takes in what outsiders write"];

/// A tool or a right, and which of those it does.
struct Ground {
    does: [bool; 5],
    told: Evidence,
}

fn tool_does(estate: &Estate<'_>, tool: Row) -> [bool; 5] {
    let mut effects = BTreeSet::new();
    estate.list(tool, resource::EFFECTS.id, &mut |member| {
        if let (Scalar::Enum(code), true) = (member.value, member.certain) {
            effects.insert(code);
        }
        true
    });
    let does = |effect: Effect| effects.contains(&(effect as u8));
    let production = Cell::Known(Scalar::Enum(Environment::Production as u8));
    let there = estate.cell(tool, resource::ENVIRONMENT.id) == production;
    [
        does(Effect::ReadsSecrets),
        does(Effect::SendsOut),
        does(Effect::Deletes),
        does(Effect::Writes) && there,
        does(Effect::UntrustedInput),
    ]
}

/// A right, and which of those it does.
struct Right {
    holder: u32,
    entry: u32,
    does: [bool; 5],
    narrowed: bool,
}

/// The rights by which its identities read secrets, send messages out, delete or write to production, a policy each.
///
/// Not all of them are shown, but for each of these things the right by which it is most surely done, and those first.
fn rights(estate: &Estate<'_>, system: Row) -> Vec<Ground> {
    let mut found: Vec<Right> = Vec::new();
    estate.system_grants(system, &mut |right, holder, sure| {
        let does = |effect| estate.does(right, effect) == Some(true);
        let does = [
            does(Effect::ReadsSecrets),
            does(Effect::SendsOut),
            does(Effect::Deletes),
            estate.surely_writes_to_production(right, holder),
            false,
        ];
        if sure && does.contains(&true) && !found.iter().any(|known| known.entry == right.index) {
            // A condition, or a deny that leaves a part, stands beside what it narrows.
            found.push(Right { holder, entry: right.index, does, narrowed: estate.is_narrowed(right) });
        }
    });
    let mut shown: Vec<usize> = Vec::new();
    for thing in 0..WORDS.len() {
        let all = || found.iter().enumerate().filter(|(_, right)| right.does.get(thing) == Some(&true));
        let best = all().find(|(_, right)| !right.narrowed).or_else(|| all().next());
        shown.extend(best.map(|(at, _)| at).filter(|at| !shown.contains(at)));
    }
    let others: Vec<usize> = (0..found.len()).filter(|at| !shown.contains(at)).collect();
    let room = RIGHTS.saturating_sub(shown.len());
    shown.extend(others.iter().take(room));
    let more = found.len().saturating_sub(shown.len());
    let mut all: Vec<Ground> = Vec::new();
    for right in shown.iter().filter_map(|at| found.get(*at)) {
        let mut told = granted(estate, right.holder, right.entry);
        let identity = Row::new(Subject::Identity, right.holder);
        let does = WORDS.iter().zip(right.does).filter_map(|(words, does)| does.then_some(*words));
        let does = does.collect::<Vec<_>>().join(", ");
        let narrowed = if right.narrowed { ", under conditions" } else { "" };
        told.note = Some(format!("{} {does}{narrowed}", name(estate, identity)));
        told.subject = Some(id(estate, identity));
        told.state = FactState::Known;
        all.push(Ground { does: right.does, told });
    }
    if let (Some(last), true) = (all.last_mut(), more > 0) {
        let note = last.told.note.take().unwrap_or_default();
        last.told.note = Some(format!("{note}; and {more} more such rights"));
    }
    all
}
