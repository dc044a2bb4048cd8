//! The inventory in TOML: what people state of owners, AI systems, reviews and drills.

use std::collections::BTreeSet;
use std::io;

use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::inventory::lost::{Place, lost};
use super::inventory::pending::{Entry, TABLES};
use super::inventory::raw::AiSystem;
use super::mcp;
use super::run::FileRun;
use super::{About, Given, STATED, Source, given};
use crate::base::diagnostic::Diagnostic;
use crate::export::head::{Head, Shape};
use crate::export::split::{Layout, RECORD_LIMIT};
use crate::export::walk::Found;
use crate::export::whole::whole;
use crate::model::facts::{ai_system, credential, exposure, identity, owner, resource};
use crate::model::schema::Subject;

/// The source.
pub struct InventoryToml;

static ABOUT: About = About {
    id: "inventory-toml",
    title: "the inventory: what people state and no system exports",
    system: "inventory",
    commands: &["written by hand; the JSON Schema is `schemas/assize-inventory.schema.json`"],
    authority: STATED,
    kinds: &[],
    layout: Layout::Text,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "A file is an inventory if its top-level names are `owners`, `identities`, `credentials`, `ai_systems`, `resources`, `reviews`, `drills`, `log_sources`, `closures` and `attestations`.",
        "One in which all entries are comments is an inventory too, in which nothing is filled in yet.",
        "Identities are named by ARN or by assize's id. A `*` stands for any text and means the identities that exports list. Of a name that no export lists, and of which no credential and no AI system is said to be, a warning says so, with the id that may be meant.",
        "Resources are named by id, by name or by what they run or call, such as a package or an address, with a `*` for any text: then what the entry says is said of all tools and other resources that exports list under it. What names one by its whole id goes before what names it by its whole name or target, and that before a pattern. An ARN, and a name that nothing goes by, is a resource of its own, which rights may reach.",
        "A text that is given must say something: an entry with one that is empty or of spaces only is rejected.",
        "The `kind` of an identity is one of those listed, or its entry is rejected. It counts also where an export says another, as where people sign in to a role; that is told on the terminal and under what is odd in the exports.",
        "An `environment` may be a usual short form, such as `prod`, or a label of `[environments]` of the profile. What is neither counts as `other`, with a warning that names the nearest; so does a `sensitivity` that is none of those listed.",
        "Owners and AI systems that an entry names and nothing lists are told with the id that may be meant.",
        "Lists such as `owners` are whole where they are given: `owners = []` says that nobody owns it.",
        "That a whole table is complete, so that what it does not name does not exist, is said in `[[closures]]`: `listing`, `scope` (`*` for all), `as_of`, `by`. Reports show closures as asserted, by whom.",
        "An owner with `active = true` and no `left_at` has not left. An AI system with a `stage` and no `pilot_ends_at` has no end set.",
    ],
};

/// What both forms of the inventory give.
pub const PROVIDES: &[Given] = &[
    given(owner::ID, "owners.id"),
    given(owner::NAME, "owners.name"),
    given(owner::EMAIL, "owners.email"),
    given(owner::KIND, "owners.kind"),
    given(owner::ACTIVE, "owners.active"),
    given(owner::LEFT_AT, "owners.left_at"),
    given(owner::MEMBERS, "owners.members"),
    given(identity::KIND, "identities.kind"),
    given(identity::PURPOSE, "identities.purpose"),
    given(identity::OWNERS, "identities.owners"),
    given(identity::SPONSOR, "identities.sponsor"),
    given(identity::ENVIRONMENT, "identities.environment"),
    given(identity::EXPIRES_AT, "identities.expires_at"),
    given(identity::VENDOR, "identities.vendor"),
    given(identity::THIRD_PARTY, "identities.third_party"),
    given(identity::LOGGED, "identities.logged, log_sources.identities"),
    given(identity::AI_SYSTEMS, "ai_systems.identities, identities.ai_system"),
    given(identity::LAST_REVIEW_AT, "reviews.at"),
    given(identity::LAST_REVIEWED_BY, "reviews.by"),
    given(identity::LAST_DRILL_AT, "drills.at"),
    given(identity::REVOCATION_TIME, "drills.minutes"),
    given(ai_system::ID, "ai_systems.id"),
    given(ai_system::NAME, "ai_systems.name"),
    given(ai_system::MODE, "ai_systems.mode"),
    given(ai_system::STAGE, "ai_systems.stage"),
    given(ai_system::PILOT_ENDS_AT, "ai_systems.pilot_ends_at"),
    given(ai_system::VENDOR, "ai_systems.vendor"),
    given(ai_system::MODEL, "ai_systems.model"),
    given(ai_system::OWNERS, "ai_systems.owners"),
    given(ai_system::IDENTITIES, "ai_systems.identities"),
    given(ai_system::CREDENTIALS, "ai_systems.credentials"),
    given(ai_system::TOOLS, "ai_systems.tools"),
    given(ai_system::PURPOSE, "ai_systems.purpose"),
    given(ai_system::SESSION_MAX, "ai_systems.session_minutes"),
    given(ai_system::GUARDED, "ai_systems.guarded"),
    given(ai_system::LOGGED, "ai_systems.logged"),
    given(resource::EFFECTS, "resources.effects"),
    given(credential::AI_SYSTEMS, "ai_systems.credentials"),
    given(exposure::RESOLVED_AT, "exposures.resolved_at"),
    given(exposure::CREDENTIAL, "exposures.credential"),
    given(credential::ID, "credentials.credential"),
    given(credential::NAME, "credentials.name"),
    given(credential::KIND, "credentials.kind"),
    given(credential::IDENTITY, "credentials.identity"),
    given(credential::ENABLED, "credentials.enabled"),
    given(credential::CREATED_AT, "credentials.created_at"),
    given(credential::LAST_CHANGE_AT, "credentials.last_change_at, credentials.created_at"),
    given(credential::EXPIRES_AT, "credentials.expires_at, never_expires"),
    given(credential::SCOPES, "credentials.scopes"),
    given(credential::STORED_IN, "credentials.stored_in"),
    given(credential::SANCTIONED_STORE, "credentials.sanctioned_store"),
    given(resource::ID, "resources.pattern"),
    given(resource::PATTERN, "resources.pattern"),
    given(resource::NAME, "resources.name"),
    given(resource::KIND, "resources.kind"),
    given(resource::SYSTEM, "resources.system"),
    given(resource::SCOPE, "resources.scope"),
    given(resource::ENVIRONMENT, "resources.environment"),
    given(resource::SENSITIVITY, "resources.sensitivity"),
    given(resource::PUBLIC, "resources.public"),
    given(resource::APPROVED, "resources.approved"),
    given(resource::OWNERS, "resources.owners"),
];

impl Source for InventoryToml {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        match &head.shape {
            Shape::Toml { names } if names.is_empty() => is_blank_form(&head.text),
            Shape::Toml { names } => names.iter().any(|name| TABLES.contains(&name.as_str())),
            _ => false,
        }
    }

    fn order(&self) -> u8 {
        4
    }

    fn read(&self, file: &Found, _: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let (text, facts) = whole(file)?;
        match String::from_utf8(text) {
            Ok(text) if text.len() <= RECORD_LIMIT => read(&text, run),
            Ok(_) => reject(run, "", "the file", 0, format!("it is larger than {} MiB", RECORD_LIMIT >> 20)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                reject(run, "", "the file", at, format!("byte {at} of it is not UTF-8"));
            }
        }
        run.close(&facts);
        Ok(())
    }
}

/// True for an inventory in which nothing is filled in yet: all that its beginning has is comments, with entries among them.
fn is_blank_form(text: &str) -> bool {
    let entry = |line: &str| {
        let table =
            line.trim_start_matches(['#', ' ', '\t']).strip_prefix("[[").and_then(|rest| rest.split("]]").next());
        table.is_some_and(|table| TABLES.contains(&table.trim()))
    };
    text.lines().any(|line| entry(line.trim_start()))
}

/// True for a text in which a table of an inventory begins, whatever else stands in it.
pub fn has_tables(head: &Head) -> bool {
    let begins = |line: &str| {
        let name = line.trim().strip_prefix("[[").and_then(|rest| rest.split("]]").next());
        name.is_some_and(|name| TABLES.contains(&name.trim()))
    };
    !matches!(head.shape, Shape::Json { .. } | Shape::Binary) && head.text.lines().any(begins)
}

/// What is wrong with a text that is named as TOML and is none, with its line; `None` where its beginning is TOML.
pub fn wrong(head: &Head) -> Option<String> {
    let (_, errors) = DeTable::parse_recoverable(&head.text);
    let error = errors.first()?;
    let at = error.span().map_or(0, |span| span.start);
    // What the end of the beginning cuts is no fault of the file.
    let whole = head.whole || head.text.get(at..).is_some_and(|rest| rest.contains('\n'));
    let what = error.message().lines().next().unwrap_or("");
    whole.then(|| format!("it is named as TOML and is none: line {}: {what}", line(&head.text, at)))
}

fn read(text: &str, run: &mut FileRun<'_>) {
    let path = run.path();
    let (table, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        let at = lines.at(span.start);
        let what = error.message().lines().next().unwrap_or("");
        let message = format!("`{path}` is not all TOML: line {at}: {what}");
        run.run.diagnostics.push(
            Diagnostic::warning("bad-toml", message)
                .help("the entry that it stands in was not read; what stands before that was"),
        );
        if let Some(report) = run.report() {
            report.broken = true;
        }
        reject(run, "", &format!("line {at}"), span.start, format!("this is not TOML: {what}"));
    }
    let mut tables: Vec<_> = table.into_inner().into_iter().collect();
    let mut starts: Vec<usize> = Vec::new();
    for (_, value) in &tables {
        if let DeValue::Array(entries) = value.get_ref() {
            starts.extend(entries.iter().map(|entry| entry.span().start));
        }
    }
    // What a fault stands in was read up to there, or in another way than it was meant.
    starts.sort_unstable();
    let faults: BTreeSet<usize> = errors
        .iter()
        .filter_map(|error| {
            let after = starts.partition_point(|start| *start <= error.span().map_or(0, |span| span.start));
            error.span().and(starts.get(after.checked_sub(1)?).copied())
        })
        .collect();
    tables.sort_by_key(|(name, _)| name.span().start);
    let mut ids = BTreeSet::new();
    for (name, value) in tables {
        let at = name.span().start;
        let name = name.into_inner();
        if !TABLES.contains(&&*name) {
            let nearest = crate::base::text::nearest(&name, TABLES);
            let hint = nearest.map_or_else(String::new, |nearest| format!(": did you mean `{nearest}`?"));
            reject(run, "", &format!("/{name}"), at, format!("an inventory has no table of this name{hint}"));
            continue;
        }
        let DeValue::Array(entries) = value.into_inner() else {
            reject(run, &name, &format!("/{name}"), at, format!("it is written as `[[{name}]]`, once an entry"));
            continue;
        };
        for (index, entry) in entries.into_iter().enumerate() {
            one(&lines, run, &name, (index, faults.contains(&entry.span().start)), entry, &mut ids);
        }
    }
}

fn one(
    lines: &Lines,
    run: &mut FileRun<'_>,
    table: &str,
    (index, at_fault): (usize, bool),
    value: Spanned<DeValue<'_>>,
    ids: &mut BTreeSet<(String, String)>,
) {
    let start = value.span().start;
    let place = format!("/{table}/{index}, line {}", lines.at(start));
    let (list, position) = (format!("/{table}"), u32::try_from(index).unwrap_or(u32::MAX));
    let refuse = |why: String, run: &mut FileRun<'_>| {
        run.reject_at(place.clone(), start as u64, why);
        lost(run, table, Place { text: &place, list: &list, index: position, offset: start as u64 });
    };
    if at_fault {
        refuse("what is not TOML stands in it".to_owned(), run);
        return;
    }
    let value = toml::Value::deserialize(ValueDeserializer::from(value))
        .map_err(|error| error.message().to_owned())
        .and_then(|value| Entry::read(table, value));
    match value {
        Ok(entry) => {
            if let Some(key) = entry.key()
                && !ids.insert((table.to_owned(), key.to_owned()))
            {
                refuse("its id is that of an earlier entry of this file".to_owned(), run);
                return;
            }
            let record = run.record_in(&list, position, start as u64);
            keep(run, table, record, entry);
        }
        Err(why) => refuse(why, run),
    }
}

/// Rejects what is no entry; a table of no name can be any.
fn reject(run: &mut FileRun<'_>, table: &str, place: &str, offset: usize, why: String) {
    let offset = offset as u64;
    run.reject_at(place.to_owned(), offset, why);
    lost(run, table, Place { text: place, list: "", index: 0, offset });
}

/// Keeps an entry until all exports were read.
pub fn keep(run: &mut FileRun<'_>, table: &str, record: crate::model::record::RecordId, entry: Entry) {
    run.count_read();
    run.total(table, 1);
    if let Entry::AiSystem(system) = &entry {
        also(run, system, record);
    }
    run.run.inventory.push((record, entry));
}

/// Makes the ids by which exports name an AI system other names of it, before those exports are read.
fn also(run: &mut FileRun<'_>, system: &AiSystem, record: crate::model::record::RecordId) {
    for name in system.also.iter().flatten() {
        mcp::lost::named(run, name, record);
        let world = run.world();
        let (row, _) = world.upsert(Subject::AiSystem, &system.id);
        let alias = world.strings.intern(name);
        if !world.table_mut(Subject::AiSystem).alias(alias, row) {
            let message = format!("two AI systems of the inventory are said to be `{name}` too: the first is taken");
            world.note("ai-system-named-twice", message, Some(record));
        }
    }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count() + 1
}

/// Where the lines of a text end, so that of many places each is found at once.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }

    /// The line of a place, from 1.
    fn at(&self, at: usize) -> usize {
        self.0.partition_point(|end| *end < at) + 1
    }
}
