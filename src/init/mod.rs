//! What a folder of exports says of the organisation that it is of, as a start for `assize.toml` and the inventory.
//!
//! Nothing here decides for a person: what is written as it counts stands in an export, and says
//! from where; what only looks like something is a comment. The clock and the times of files are
//! no evidence and are not looked at, so the same folder gives the same text.

mod inventory;
mod profile;
mod systems;
mod tags;

use std::path::Path;

pub use inventory::inventory;
pub use profile::{by_folder, profile, undated, unplaced};
pub use systems::{System, Tool};

use crate::base::diagnostic::Severity;
use crate::base::time::Instant;
use crate::control::Pack;
use crate::derive;
use crate::export::declared::Declared;
use crate::export::report::ExportReport;
use crate::graph::{Estate, Graph};
use crate::model::facts::{IdentityKind, identity, owner};
use crate::model::table::Presence;
use crate::model::{Cell, FactId, Row, Subject, Sym, World};
use crate::prepare;
use crate::source;
use crate::supply::{Outsider, outsiders};
use crate::{Noted, Request};

use tags::{Environments, Key};

/// A moment after all that an export can speak of, where no export says when it was collected.
const LATER: i64 = 253_402_300_799;

/// What was found in a folder.
#[derive(Debug)]
pub struct Found {
    /// Every file but the profile, sorted by path.
    pub exports: Vec<ExportReport>,
    /// The scopes of the identities that exports list, sorted.
    pub scopes: Vec<String>,
    /// How many identities exports list.
    pub identities: u64,
    /// Scopes that are trusted, and of which nothing was loaded.
    pub outsiders: Vec<Outsider>,
    /// Keys of tags that look like those of owners, the likeliest first.
    pub owner_tags: Vec<Key>,
    /// Keys of tags that look like those of environments, the likeliest first.
    pub environment_tags: Vec<Key>,
    /// What the tags of environments say.
    pub environments: Environments,
    /// The identities that rules recognise as AI-connected, by id.
    pub ai: Vec<Known>,
    /// The identities that nobody owns as far as was said, by id.
    pub unowned: Vec<Known>,
    /// How many of them nobody has to answer for: people, root users and what a system looks after itself.
    pub unasked: u64,
    /// The ids of owners that tags name and nobody described.
    pub owners: Vec<String>,
    /// The AI systems that exports list and nobody described, by id.
    pub systems: Vec<System>,
}

/// An identity, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Known {
    /// The id of assize.
    pub id: String,
    /// The rules that recognise it, or nothing.
    pub reasons: String,
    /// The owners that tags name.
    pub owners: Vec<String>,
    /// Whether an export says what kind of identity it is.
    pub of_known_kind: bool,
}

/// Looks at a folder: with the profile that it has, if that is kept, else whatever profile it has.
///
/// # Errors
/// A folder that is none, or in which no export is recognised; a profile to keep that cannot be read. What hinders an assessment only, such as two snapshots
/// without a date, is a warning, since the profile is where it is settled.
pub fn look(dir: &Path, keep: bool, noted: &mut Noted) -> Result<(Found, Pack), Noted> {
    let request = Request { dir: dir.to_path_buf(), ..Request::default() };
    prepare::folder(&request, noted)?;
    let pack = prepare::controls(&request, noted)?;
    let kept = if keep { Some(prepare::profile(&request, &pack, noted)?.0) } else { None };
    let declared = kept.as_ref().map_or_else(Declared::default, |profile| prepare::declared(profile, noted));
    let mut loaded = source::load(dir, &declared, &source::Options::default());
    for mut diagnostic in std::mem::take(&mut loaded.diagnostics) {
        if diagnostic.severity == Severity::Error {
            diagnostic.severity = Severity::Warning;
        }
        noted.diagnostics.push(diagnostic);
    }
    loaded.exports.retain(|export| export.path != "assize.toml" && export.took_for != source::OWN_SCHEMA);
    prepare::rejected(&loaded, noted);
    prepare::recognised(&request, &loaded, noted)?;
    let mut world = std::mem::take(&mut loaded.world);
    let latest = world.records.exports.iter().filter_map(|export| export.collected_at).max();
    let as_of = Instant(latest.unwrap_or(LATER));
    world.as_of = Some(as_of.0);
    world.seal();
    let keys = tags::keys(&world);
    let owner_tags = tags::owners(&keys);
    let environment_tags = tags::environments(&keys);
    let environments = tags::labels(&world, &environment_tags);
    let counting = |keys: &[Key]| keys.iter().filter(|key| key.counts).map(|key| key.name.clone()).collect();
    let labels = match &kept {
        Some(profile) => prepare::labels(profile),
        None => derive::labels::Labels {
            owner_tags: counting(&owner_tags),
            environment_tags: counting(&environment_tags),
            ..derive::labels::Labels::default()
        },
    };
    derive::labels::apply(&mut world, &labels);
    let graph = Graph::build(&mut world, &prepare::levels(&pack), &[], &[]);
    drop(derive::classify::apply(&mut world, &graph, &prepare::rules(&pack), &prepare::rule_context(as_of)));
    let estate = Estate { world: &world, graph: &graph };
    let listed = listed(&world);
    let text = |sym: &Sym| world.strings.text(*sym).to_owned();
    let known: Vec<Known> = listed.iter().filter_map(|row| known(&estate, *row)).collect();
    let found = Found {
        exports: loaded.exports,
        scopes: world.scopes.iter().map(text).collect(),
        identities: listed.len() as u64,
        unasked: (listed.len() - known.len()) as u64,
        outsiders: outsiders(&world),
        owner_tags,
        environment_tags,
        environments,
        ai: known.iter().filter(|one| !one.reasons.is_empty()).cloned().collect(),
        unowned: known.into_iter().filter(|one| one.owners.is_empty()).collect(),
        owners: owners(&world),
        systems: systems::systems(&world),
    };
    Ok((found, pack))
}

/// The rows of the identities that exports list, by id.
fn listed(world: &World) -> Vec<u32> {
    let table = world.table(Subject::Identity);
    let mut rows: Vec<u32> = table.rows().filter(|row| table.presence(*row) == Presence::Listed).collect();
    rows.sort_by_key(|row| table.id(*row).map(|id| world.strings.text(id)));
    rows
}

/// What is known of an identity that a person may answer for; none for people, and for those that the system itself looks after.
fn known(estate: &Estate<'_>, row: u32) -> Option<Known> {
    let world = estate.world;
    let table = world.table(Subject::Identity);
    let is = |fact: FactId| table.get(fact, row) == 1;
    if is(identity::SERVICE_LINKED.id) || is(identity::ROOT.id) || is(identity::HUMAN.id) {
        return None;
    }
    let text = |sym: u32| world.strings.text(Sym(sym)).to_owned();
    let ai = is(identity::IS_AI.id);
    let reasons: Vec<String> =
        table.members(identity::AI_REASONS.id, row).iter().map(|(_, sym, _)| text(*sym)).collect();
    let owners = table.members(identity::OWNERS.id, row).iter().map(|(_, owner, _)| owner_key(world, *owner));
    Some(Known {
        id: table.id(row).map(|id| world.strings.text(id).to_owned())?,
        reasons: if ai { reasons.join(", ") } else { String::new() },
        owners: owners.collect(),
        of_known_kind: of_known_kind(world, row),
    })
}

/// True if an export says what kind of identity it is, and no other than those that assize knows.
fn of_known_kind(world: &World, row: u32) -> bool {
    let kind = world.table(Subject::Identity).get(identity::KIND.id, row);
    kind >= 0 && kind != i64::from(IdentityKind::Other as u8)
}

/// The id of an owner, as an inventory names it.
fn owner_key(world: &World, row: u32) -> String {
    let id = world.table(Subject::Owner).id(row).map_or("", |id| world.strings.text(id));
    id.splitn(4, ':').nth(3).unwrap_or(id).to_owned()
}

/// The owners of whom nobody said whether they are still here.
fn owners(world: &World) -> Vec<String> {
    let table = world.table(Subject::Owner);
    let open = |row: &u32| !matches!(world.cell(Row::new(Subject::Owner, *row), owner::ACTIVE.id), Cell::Known(_));
    let mut all: Vec<String> = table.rows().filter(open).map(|row| owner_key(world, row)).collect();
    all.sort();
    all.dedup();
    all
}
