//! Which resources a `[[resources]]` entry of the inventory means, and putting what it says on their rows.
//!
//! A pattern means what exports list under that id, that name or that target, with `*` for any text, and
//! tools that AI systems of the inventory name. What means none of these is a resource of its own: a known one, such as
//! a bucket, that no export lists and that rights may reach. So is an ARN, whatever it means besides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::assign::Assign;
use super::raw;
use super::targets::matches;
use crate::base::package::unversioned;
use crate::base::text::{likely, shown};
use crate::model::facts::{Effect, resource};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::{FactId, Subject};
use crate::model::world::World;
use crate::source::aws::arn::is_account;

/// How an entry means a row. What a closer one says of a row goes before what a farther one says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Closeness {
    /// By its whole id.
    Id,
    /// By its whole name or target.
    Name,
    /// By a pattern.
    Pattern,
}

/// A pattern that means nothing that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// The pattern.
    pub pattern: String,
    /// The id of what it may mean.
    pub likely: Option<String>,
}

/// The rows that entries may mean, by what these may call them.
struct Index {
    /// By id, name, target and target without its version.
    exact: HashMap<String, BTreeMap<u32, Closeness>>,
}

impl Index {
    fn new(world: &World) -> Self {
        let table = world.table(Subject::Resource);
        let mut exact: HashMap<String, BTreeMap<u32, Closeness>> = HashMap::new();
        for row in table.rows() {
            let mut add = |text: &str, closeness: Closeness| {
                let by = exact.entry(text.to_owned()).or_default().entry(row).or_insert(closeness);
                *by = closeness.min(*by);
            };
            let text = |fact: FactId| u32::try_from(table.get(fact, row)).ok().map(|sym| world.strings.text(Sym(sym)));
            if let Some(id) = table.id(row) {
                add(world.strings.text(id), Closeness::Id);
            }
            if let Some(name) = text(resource::NAME.id) {
                add(name, Closeness::Name);
            }
            if let Some(target) = text(resource::TARGET.id) {
                add(target, Closeness::Name);
                add(unversioned(target), Closeness::Name);
            }
        }
        Self { exact }
    }

    /// The rows that a pattern means.
    fn meant(&self, pattern: &str) -> BTreeMap<u32, Closeness> {
        if !pattern.contains('*') {
            return self.exact.get(pattern).cloned().unwrap_or_default();
        }
        let fits = self.exact.iter().filter(|(text, _)| matches(pattern, text));
        fits.flat_map(|(_, rows)| rows.keys().map(|row| (*row, Closeness::Pattern))).collect()
    }

    /// The id of what a pattern that means nothing may mean.
    fn likely(&self, world: &World, pattern: &str) -> Option<String> {
        let word = pattern.trim_matches('*');
        let text = likely(word, self.exact.keys().map(String::as_str), 1).into_iter().next()?;
        let row = self.exact.get(text)?.keys().next()?;
        world.table(Subject::Resource).id(*row).map(|id| world.strings.text(id).to_owned())
    }
}

/// True for a name that rights may reach, whether an export lists it or not: of a cloud, of a cluster, or any.
fn may_be_reached(pattern: &str) -> bool {
    pattern.starts_with("arn:") || pattern.starts_with("k8s:") || pattern.starts_with('*')
}

impl Assign<'_> {
    /// Puts all entries on the rows that they mean. `called` are the tools that AI systems of the inventory name; their
    /// rows are there already.
    ///
    /// Gives back the patterns that mean nothing that was read, each once, in their order.
    pub(super) fn resources(
        &mut self,
        entries: &[(RecordId, raw::Resource)],
        called: &BTreeSet<String>,
    ) -> Vec<Missed> {
        if entries.is_empty() {
            return Vec::new();
        }
        let index = Index::new(self.world);
        let mut missed: Vec<Missed> = Vec::new();
        let mut all: Vec<(Closeness, usize, u32)> = Vec::new();
        for (at, (record, entry)) in entries.iter().enumerate() {
            let pattern = entry.pattern.as_str();
            let meant = index.meant(pattern);
            let told = pattern.starts_with("arn:") || pattern.starts_with("k8s:") || called.contains(pattern);
            if meant.is_empty() && !told && missed.iter().all(|one| one.pattern != pattern) {
                missed.push(Missed { pattern: pattern.to_owned(), likely: index.likely(self.world, pattern) });
                let message =
                    format!("the pattern `{}` of the inventory matches no resource that was read", shown(pattern));
                self.world.note("inventory-matches-nothing", message, Some(*record));
            }
            let listed = meant.values().any(|closeness| *closeness == Closeness::Id) && !called.contains(pattern);
            if !listed && (meant.is_empty() || may_be_reached(pattern) || called.contains(pattern)) {
                all.push((Closeness::Id, at, self.known(*record, entry)));
            } else if listed && may_be_reached(pattern) {
                let (row, _) = self.world.upsert(Subject::Resource, pattern);
                self.world.set_text(resource::PATTERN, row, pattern, *record);
            }
            all.extend(meant.into_iter().map(|(row, closeness)| (closeness, at, row)));
        }
        all.sort_unstable();
        all.dedup();
        let mut said = HashMap::new();
        for (closeness, at, row) in all {
            if let Some((record, entry)) = entries.get(at) {
                self.say(row, closeness, (*record, entry), &mut said);
            }
        }
        missed
    }

    /// The row of a known resource, which no export lists.
    fn known(&mut self, record: RecordId, entry: &raw::Resource) -> u32 {
        let (row, _) = self.world.upsert(Subject::Resource, &entry.pattern);
        self.world.mark_listed(Subject::Resource, row, record);
        self.world.set_text(resource::ID, row, &entry.pattern, record);
        self.world.set_text(resource::PATTERN, row, &entry.pattern, record);
        self.text(resource::NAME, row, entry.name.as_ref().or(Some(&entry.pattern)), record);
        if entry.system.is_none() && entry.pattern.starts_with("arn:aws") {
            self.world.set_text(resource::SYSTEM, row, "aws", record);
        }
        let account = entry.pattern.split(':').nth(4).filter(|_| entry.pattern.starts_with("arn:"));
        let named = account.filter(|account| is_account(account)).map(|account| format!("aws:{account}"));
        self.text(resource::SCOPE, row, named.as_ref().or(entry.scope.as_ref()), record);
        row
    }

    /// Puts what an entry says on one row. `said` has how the entries meant a row that said something of a fact before.
    fn say(
        &mut self,
        row: u32,
        closeness: Closeness,
        (record, entry): (RecordId, &raw::Resource),
        said: &mut HashMap<(u32, FactId), Closeness>,
    ) {
        self.world.table_mut(Subject::Resource).note_record(row, record);
        let mut heard = |fact: FactId, given: bool| given && *said.entry((row, fact)).or_insert(closeness) == closeness;
        // A pattern would give many the same name.
        let one = closeness != Closeness::Pattern;
        for (fact, text) in [
            (resource::NAME, entry.name.as_ref().filter(|_| one)),
            (resource::KIND, entry.kind.as_ref()),
            (resource::SYSTEM, entry.system.as_ref()),
            (resource::SCOPE, entry.scope.as_ref().filter(|_| !entry.pattern.starts_with("arn:"))),
        ] {
            if heard(fact.id, text.is_some()) {
                self.text(fact, row, text, record);
            }
        }
        if let Some(environment) =
            entry.environment.as_ref().filter(|_| heard(resource::ENVIRONMENT.id, entry.environment.is_some()))
        {
            self.world.set_name(resource::ENVIRONMENT, row, environment, record);
        }
        if let Some(sensitivity) =
            entry.sensitivity.as_ref().filter(|_| heard(resource::SENSITIVITY.id, entry.sensitivity.is_some()))
        {
            self.world.set_name(resource::SENSITIVITY, row, sensitivity, record);
        }
        for (fact, flag) in [(resource::PUBLIC, entry.public), (resource::APPROVED, entry.approved)] {
            if let Some(flag) = flag.filter(|_| heard(fact.id, true)) {
                self.world.set(fact, row, flag, record);
            }
        }
        if let Some(effects) = entry.effects.as_ref().filter(|_| heard(resource::EFFECTS.id, entry.effects.is_some())) {
            for effect in effects.iter().filter_map(|effect| Effect::from_name(effect)) {
                self.world.push(resource::EFFECTS, row, effect as u32);
            }
            self.world.close(resource::EFFECTS, row);
        }
        let owners = entry.owners.as_ref().filter(|_| heard(resource::OWNERS.id, entry.owners.is_some()));
        self.owners(resource::OWNERS, row, owners, record);
    }
}
