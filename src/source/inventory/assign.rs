//! Putting what the inventory said into the tables, once all exports were read.

use std::collections::{BTreeMap, BTreeSet};

use super::closures::Counts;
use super::credentials::Credentials;
use super::exposures;
use super::kinds::Kinds;
use super::pending::Entry;
use super::raw;
use super::targets::Targets;
use super::unmatched;
use crate::base::diagnostic::Diagnostic;
use crate::base::time::{DAY, Instant, Span};
use crate::model::facts::{ai_system, credential, identity, owner, resource};
use crate::model::record::RecordId;
use crate::model::schema::{Fact, FactId, Subject};
use crate::model::storable::List;
use crate::model::table::{Presence, UNKNOWN};
use crate::model::world::World;
use crate::source::attestation;
use crate::source::mcp::lost::Configurations;
use crate::source::run::Run;

/// What was last done to an identity: when, by whom or how long, where that stands.
type Last<T> = BTreeMap<u32, (Instant, T, RecordId)>;

/// What is being put into the tables.
pub(super) struct Assign<'r> {
    pub(super) world: &'r mut World,
    targets: Targets,
    credentials: Credentials,
    reviews: Last<String>,
    drills: Last<i64>,
    /// Identities by AI system.
    of_system: BTreeMap<u32, Vec<u32>>,
    attestations: Vec<attestation::Attestation>,
    configurations: &'r Configurations,
    counts: Counts,
    kinds: Kinds,
    /// Owners that entries name, with where each first stands.
    owners: BTreeMap<String, RecordId>,
    /// The same of AI systems.
    systems: BTreeMap<String, RecordId>,
    wrong: Vec<Diagnostic>,
}

/// Puts all of it into the tables.
pub fn finish(run: &mut Run) {
    let mut entries = std::mem::take(&mut run.inventory);
    entries.sort_by_key(|(_, entry)| order(entry));
    let (targets, reviews, drills) = (Targets::default(), Last::new(), Last::new());
    let of_system = BTreeMap::new();
    let literals = std::mem::take(&mut run.literals);
    let (credentials, attestations) = (Credentials::new(literals), Vec::new());
    let configurations = &run.configurations;
    let counts = Counts::of(&entries, run);
    let world = &mut run.world;
    let mut assign = Assign {
        world,
        targets,
        credentials,
        reviews,
        drills,
        of_system,
        attestations,
        configurations,
        counts,
        kinds: Kinds::default(),
        owners: BTreeMap::new(),
        systems: BTreeMap::new(),
        wrong: Vec::new(),
    };
    let called = assign.called(&entries);
    let mut resources = Vec::new();
    let mut rest = Vec::new();
    for (record, entry) in entries {
        match entry {
            Entry::Owner(entry) => assign.owner(record, &entry),
            Entry::Resource(entry) => resources.push((record, entry)),
            entry => rest.push((record, entry)),
        }
    }
    let missed = assign.resources(&resources, &called);
    for (record, entry) in rest {
        assign.entry(record, entry);
    }
    let strangers = assign.targets.strangers(assign.world);
    for (row, (at, by, record)) in std::mem::take(&mut assign.reviews) {
        assign.world.set(identity::LAST_REVIEW_AT, row, at, record);
        assign.world.set_text(identity::LAST_REVIEWED_BY, row, &by, record);
    }
    for (row, (at, seconds, record)) in std::mem::take(&mut assign.drills) {
        assign.world.set(identity::LAST_DRILL_AT, row, at, record);
        assign.world.set(identity::REVOCATION_TIME, row, Span(seconds), record);
    }
    let mut wrong = std::mem::take(&mut assign.wrong);
    wrong.extend(unmatched::dangling(assign.world, Subject::Owner, &assign.owners));
    wrong.extend(unmatched::dangling(assign.world, Subject::AiSystem, &assign.systems));
    wrong.extend(std::mem::take(&mut assign.kinds).told(assign.world));
    run.attestations = assign.attestations;
    run.diagnostics.extend(unmatched::resources(&missed));
    run.diagnostics.extend(strangers);
    run.diagnostics.extend(wrong);
}

/// Minutes as whole seconds.
#[expect(clippy::cast_possible_truncation, reason = "the range was checked, so the number fits")]
fn seconds(minutes: f64) -> i64 {
    (minutes * 60.0).round() as i64
}

fn order(entry: &Entry) -> u8 {
    match entry {
        Entry::Owner(_) => 0,
        Entry::Resource(_) => 1,
        Entry::AiSystem(_) => 2,
        Entry::Identity(_) => 3,
        Entry::Credential(_) => 4,
        Entry::Exposure(_) => 5,
        Entry::Review(_) => 6,
        Entry::Drill(_) => 7,
        Entry::LogSource(_) => 8,
        Entry::Closure(..) => 9,
        Entry::Attestation(_) => 10,
    }
}

impl Assign<'_> {
    fn entry(&mut self, record: RecordId, entry: Entry) {
        match entry {
            // These were put there before all others, since these speak of them.
            Entry::Owner(_) | Entry::Resource(_) => {}
            Entry::AiSystem(entry) => self.ai_system(record, &entry),
            Entry::Identity(entry) => self.identity(record, &entry),
            Entry::Credential(entry) => self.credentials.assign(self.world, &mut self.targets, record, &entry),
            Entry::Exposure(entry) => exposures::assign(self.world, &mut self.credentials, record, &entry),
            Entry::Review(entry) => self.review(record, &entry),
            Entry::Drill(entry) => self.drill(record, &entry),
            Entry::LogSource(entry) => {
                for row in self.rows(&entry.identities, None, record) {
                    self.world.set(identity::LOGGED, row, true, record);
                }
            }
            Entry::Closure(entry, listing) => {
                self.wrong.extend(self.counts.apply(self.world, record, &entry, listing));
            }
            Entry::Attestation(entry) => {
                let Ok(at) = entry.at.instant("at") else { return };
                let expires_at = entry.expires_at.as_ref().and_then(|at| at.end("expires_at").ok());
                let raw::Attestation { framework, requirement, part, statement, by, .. } = entry;
                let made =
                    attestation::Attestation { framework, requirement, part, statement, by, at, expires_at, record };
                self.attestations.push(made);
            }
        }
    }

    pub(super) fn text(
        &mut self,
        fact: Fact<crate::model::intern::Sym>,
        row: u32,
        text: Option<&String>,
        record: RecordId,
    ) {
        if let Some(text) = text {
            self.world.set_text(fact, row, text, record);
        }
    }

    /// The row of an owner that an entry names.
    fn owner_row(&mut self, id: &str, record: RecordId) -> u32 {
        self.owners.entry(id.to_owned()).or_insert(record);
        let (row, new) = self.world.upsert(Subject::Owner, id);
        if new {
            self.world.set_text(owner::ID, row, id, record);
            let message = format!("the inventory names the owner `{id}`, whom it does not list");
            self.world.note("owner-not-listed", message, Some(record));
        }
        row
    }

    /// Sets a list of owners that is given whole.
    pub(super) fn owners(&mut self, fact: Fact<List>, row: u32, owners: Option<&Vec<String>>, record: RecordId) {
        let Some(owners) = owners else { return };
        for id in owners {
            let owner = self.owner_row(id, record);
            self.world.push(fact, row, owner);
        }
        self.world.table_mut(fact.id.subject).note_record(row, record);
        self.world.close(fact, row);
    }

    fn owner(&mut self, record: RecordId, entry: &raw::Owner) {
        let (row, _) = self.world.upsert(Subject::Owner, &entry.id);
        self.world.mark_listed(Subject::Owner, row, record);
        self.world.set_text(owner::ID, row, &entry.id, record);
        self.text(owner::NAME, row, entry.name.as_ref().or(Some(&entry.id)), record);
        self.text(owner::EMAIL, row, entry.email.as_ref(), record);
        if let Some(kind) = &entry.kind {
            self.world.set_name(owner::KIND, row, kind, record);
        }
        let left = entry.left_at.as_ref().and_then(|at| at.instant("left_at").ok());
        if let Some(active) = entry.active {
            self.world.set(owner::ACTIVE, row, active, record);
        }
        match left {
            Some(at) => self.world.set(owner::LEFT_AT, row, at, record),
            None if entry.active == Some(true) => self.world.set_absent(owner::LEFT_AT, row, record),
            None => {}
        }
        if let Some(members) = &entry.members {
            for id in members {
                self.owners.entry(id.clone()).or_insert(record);
                let (member, _) = self.world.upsert(Subject::Owner, id);
                self.world.set_text(owner::ID, member, id, record);
                self.world.push(owner::MEMBERS, row, member);
            }
            self.world.close(owner::MEMBERS, row);
        }
    }

    fn ai_system(&mut self, record: RecordId, entry: &raw::AiSystem) {
        let (row, _) = self.world.upsert(Subject::AiSystem, &entry.id);
        self.world.mark_listed(Subject::AiSystem, row, record);
        self.world.set_text(ai_system::ID, row, &entry.id, record);
        // The name that an export gives stands, unless the inventory has one, or an id of its own.
        let unnamed = self.world.table(Subject::AiSystem).get(ai_system::NAME.id, row) == UNKNOWN;
        let id = (unnamed || entry.also.is_some()).then_some(&entry.id);
        self.text(ai_system::NAME, row, entry.name.as_ref().or(id), record);
        self.text(ai_system::VENDOR, row, entry.vendor.as_ref(), record);
        self.text(ai_system::MODEL, row, entry.model.as_ref(), record);
        if let Some(mode) = &entry.mode {
            self.world.set_name(ai_system::MODE, row, mode, record);
        }
        if let Some(stage) = &entry.stage {
            self.world.set_name(ai_system::STAGE, row, stage, record);
        }
        match entry.pilot_ends_at.as_ref().and_then(|at| at.end("pilot_ends_at").ok()) {
            Some(at) => self.world.set(ai_system::PILOT_ENDS_AT, row, at, record),
            // Who states the stage and no end says that none is set.
            None if entry.stage.is_some() => self.world.set_absent(ai_system::PILOT_ENDS_AT, row, record),
            None => {}
        }
        self.owners(ai_system::OWNERS, row, entry.owners.as_ref(), record);
        if let Some(identities) = &entry.identities {
            for whose in self.rows(identities, None, record) {
                self.runs_as(row, whose, record);
                self.targets.refer(whose);
            }
            self.world.close(ai_system::IDENTITIES, row);
        }
        // What its own configuration has beside what is stated, only that says.
        let whole = !self.configurations.miss(entry.also.as_deref().unwrap_or_default());
        if let Some(held) = &entry.credentials {
            for name in held {
                let held = self.credentials.row(self.world, name, record);
                self.world.push(ai_system::CREDENTIALS, row, held);
                self.world.push(credential::AI_SYSTEMS, held, row);
            }
            if whole {
                self.world.close(ai_system::CREDENTIALS, row);
            }
        }
        if let Some(tools) = &entry.tools {
            for tool in tools {
                let tool = self.tool(tool, record);
                self.world.push(ai_system::TOOLS, row, tool);
            }
            if whole {
                self.world.close(ai_system::TOOLS, row);
            }
        }
        self.text(ai_system::PURPOSE, row, entry.purpose.as_ref(), record);
        if let Some(minutes) = entry.session_minutes {
            self.world.set(ai_system::SESSION_MAX, row, Span(seconds(minutes)), record);
        }
        if let Some(guarded) = entry.guarded {
            self.world.set(ai_system::GUARDED, row, guarded, record);
        }
        if let Some(logged) = entry.logged {
            self.world.set(ai_system::LOGGED, row, logged, record);
        }
    }

    /// Makes the rows of the tools that AI systems of the inventory name and no export lists; gives back their names.
    fn called(&mut self, entries: &[(RecordId, Entry)]) -> BTreeSet<String> {
        let mut called = BTreeSet::new();
        for (_, entry) in entries {
            let Entry::AiSystem(raw::AiSystem { tools: Some(tools), .. }) = entry else { continue };
            for name in tools {
                if self.world.upsert(Subject::Resource, name).1 {
                    called.insert(name.clone());
                }
            }
        }
        called
    }

    /// The row of a tool that an AI system names. What it is, only an entry of its own or an export says.
    fn tool(&mut self, name: &str, record: RecordId) -> u32 {
        let (row, _) = self.world.upsert(Subject::Resource, name);
        let table = self.world.table(Subject::Resource);
        if table.presence(row) == Presence::Mentioned {
            let open = |fact: FactId| table.get(fact, row) == UNKNOWN;
            let (unnamed, unkind) = (open(resource::NAME.id), open(resource::KIND.id));
            self.world.set_text(resource::ID, row, name, record);
            if unnamed {
                self.world.set_text(resource::NAME, row, name, record);
            }
            if unkind {
                self.world.set_text(resource::KIND, row, "tool", record);
            }
        }
        row
    }

    /// Says that an AI system runs as an identity or uses it.
    fn runs_as(&mut self, system: u32, whose: u32, record: RecordId) {
        self.world.push(ai_system::IDENTITIES, system, whose);
        self.world.push(identity::AI_SYSTEMS, whose, system);
        self.world.table_mut(Subject::Identity).note_record(whose, record);
        self.of_system.entry(system).or_default().push(whose);
    }

    fn identity(&mut self, record: RecordId, entry: &raw::Identity) {
        for row in self.targets.find(self.world, &entry.identity, record) {
            if let Some(kind) = &entry.kind {
                self.kinds.hold(self.world, row, kind, record);
                self.world.set_name(identity::KIND, row, kind, record);
            }
            self.text(identity::PURPOSE, row, entry.purpose.as_ref(), record);
            self.text(identity::VENDOR, row, entry.vendor.as_ref(), record);
            if let Some(environment) = &entry.environment {
                self.world.set_name(identity::ENVIRONMENT, row, environment, record);
            }
            if let Some(at) = entry.expires_at.as_ref().and_then(|at| at.end("expires_at").ok()) {
                self.world.set(identity::EXPIRES_AT, row, at, record);
            }
            if let Some(third_party) = entry.third_party {
                self.world.set(identity::THIRD_PARTY, row, third_party, record);
            }
            if let Some(logged) = entry.logged {
                self.world.set(identity::LOGGED, row, logged, record);
            }
            self.owners(identity::OWNERS, row, entry.owners.as_ref(), record);
            if let Some(sponsor) = &entry.sponsor {
                let sponsor = self.owner_row(sponsor, record);
                self.world.set(identity::SPONSOR, row, sponsor, record);
            }
            if let Some(system) = &entry.ai_system {
                let id = system;
                self.systems.entry(id.clone()).or_insert(record);
                let (system, new) = self.world.upsert(Subject::AiSystem, id);
                if new {
                    self.world.set_text(ai_system::ID, system, id, record);
                    let message = "the inventory names an AI system that it does not list".to_owned();
                    self.world.note("ai-system-not-listed", message, Some(record));
                }
                self.runs_as(system, row, record);
                self.targets.refer(row);
            }
        }
    }

    /// The identities that a list of names and an AI system mean, each once.
    fn rows(&mut self, names: &[String], system: Option<&String>, record: RecordId) -> Vec<u32> {
        let mut rows = Vec::new();
        for name in names {
            rows.extend(self.targets.find(self.world, name, record));
        }
        if let Some(system) = system {
            let found = self.world.strings.get(system).and_then(|id| self.world.table(Subject::AiSystem).find(id));
            if let Some(row) = found {
                rows.extend(self.of_system.get(&row).into_iter().flatten());
            } else {
                self.systems.entry(system.clone()).or_insert(record);
                let message = format!("the inventory names the AI system `{system}`, which it does not list");
                self.world.note("ai-system-not-listed", message, Some(record));
            }
        }
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    fn review(&mut self, record: RecordId, entry: &raw::Review) {
        let Ok(at) = entry.at.instant("at") else { return };
        for row in self.rows(&entry.identities, entry.ai_system.as_ref(), record) {
            let last = self.reviews.entry(row).or_insert_with(|| (at, entry.by.clone(), record));
            if at > last.0 {
                *last = (at, entry.by.clone(), record);
            }
        }
    }

    fn drill(&mut self, record: RecordId, entry: &raw::Drill) {
        let Ok(at) = entry.at.instant("at") else { return };
        let seconds = seconds(entry.minutes);
        for row in self.rows(&entry.identities, entry.ai_system.as_ref(), record) {
            let last = self.drills.entry(row).or_insert((at, seconds, record));
            let (day, before) = (at.0.div_euclid(DAY), last.0.0.div_euclid(DAY));
            if day > before {
                *last = (at, seconds, record);
            } else if day == before {
                let slower = if seconds > last.1 { (seconds, record) } else { (last.1, last.2) };
                *last = (at.max(last.0), slower.0, slower.1);
            }
        }
    }
}
