//! Everything that the sources said: strings, records, tables, statements, enumerations.
//!
//! Sources write through [`World::set`] and its siblings, which apply each fact's merge rule.
//! After [`World::seal`] it is read only, through [`World::cell`] and [`World::list`], which
//! know what an unset cell means: absent, false or an empty list where an enumeration says
//! so, else unknown with its cause.

use std::collections::{BTreeMap, BTreeSet};

use super::enumeration::{Enumerations, State};
use super::events::{date_of, event_of};
use super::facts::{credential, identity};
use super::intern::{Interner, Sym};
use super::link::{Acting, Link, Method, Unidentified};
use super::listing::Listing;
use super::opened::Opened;
use super::policy::Statements;
use super::record::{RecordId, Records};
use super::schema::{Fact, FactId, FactType, Merge, Subject};
use super::slots::{Cell, Row, Scalar, Why};
use super::storable::{List, Map, Storable};
use super::table::{ABSENT, Conflict, Presence, Table, UNKNOWN};

/// Something about the exports that is worth a person's look and decides no verdict by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quality {
    /// A stable kebab-case name of the kind of note.
    pub code: &'static str,
    /// What was noticed.
    pub message: String,
    /// The record, if there is one.
    pub record: Option<RecordId>,
}

/// Everything that the sources said.
#[derive(Debug)]
pub struct World {
    /// All strings.
    pub strings: Interner,
    /// All records and exports.
    pub records: Records,
    /// What is complete.
    pub enumerations: Enumerations,
    /// Policy and trust statements.
    pub statements: Statements,
    /// Notes on the quality of the exports.
    pub quality: Vec<Quality>,
    /// What was brought together across exports.
    pub links: Vec<Link>,
    /// The scopes whose accounts an issuer of tokens vouches for, by its address without `https://`.
    pub issuers: BTreeMap<String, Sym>,
    /// The date of the assessment, for facts about the past. Set before reading.
    pub as_of: Option<i64>,
    /// Exports, by number, that are older than the profile allows. Set before reading.
    pub stale: Vec<bool>,
    /// The scopes of the identities that exports list, and those of systems with identities that exports are of, by text.
    /// Made by [`World::seal`].
    pub scopes: Vec<Sym>,
    /// The scopes that exports are of, whatever they list there.
    pub exported: BTreeSet<Sym>,
    /// Identities that are said to act as others of another system, by the keys of those.
    pub leads_out: BTreeMap<u32, Vec<Sym>>,
    /// Whom identities act as, and never do, by the word of the profile.
    pub acting: Vec<Acting>,
    /// Where a policy is attached to an identity or a group by a record of its own: holder, policy, record.
    pub attached: BTreeMap<(Subject, u32, u32), RecordId>,
    /// Where it is said of an identity that a workload runs as it: identity, workload as written, record.
    pub runs: BTreeMap<(u32, Sym), RecordId>,
    /// Identities as which a pod that was made runs, each with the first record that shows it.
    pub started: BTreeMap<u32, RecordId>,
    /// What no record says: AI systems that hold a credential since they run as whom it proves. Credential, system.
    pub presented: BTreeSet<(u32, u32)>,
    /// Tools of which the control files, and no record, say what they do.
    pub judged_tools: BTreeSet<u32>,
    /// Facts that are open for some rows although they are closed for others of the same scope, by fact and row.
    pub opened: Opened,
    /// What is written while the second of two records of one thing is read.
    pub(super) watched: Option<super::twice::Written>,
    /// Credentials of which a person says that they are two, and of which nothing but what is missing would make one.
    pub apart: BTreeSet<(u32, u32)>,
    /// Credentials that may be where a secret was seen of which it is not known which it is.
    pub unidentified: Vec<Unidentified>,
    tables: Vec<Table>,
    everywhere: Sym,
}

impl Default for World {
    fn default() -> Self {
        let mut strings = Interner::default();
        let everywhere = strings.intern("*");
        Self {
            strings,
            records: Records::default(),
            enumerations: Enumerations::default(),
            statements: Statements::default(),
            quality: Vec::new(),
            links: Vec::new(),
            issuers: BTreeMap::new(),
            as_of: None,
            stale: Vec::new(),
            scopes: Vec::new(),
            exported: BTreeSet::new(),
            leads_out: BTreeMap::new(),
            acting: Vec::new(),
            attached: BTreeMap::new(),
            runs: BTreeMap::new(),
            started: BTreeMap::new(),
            presented: BTreeSet::new(),
            judged_tools: BTreeSet::new(),
            opened: Opened::default(),
            watched: None,
            apart: BTreeSet::new(),
            unidentified: Vec::new(),
            tables: Subject::ALL.into_iter().map(Table::new).collect(),
            everywhere,
        }
    }
}

#[expect(
    clippy::indexing_slicing,
    reason = "there is one table for each value of the enumeration, made with the world"
)]
impl World {
    /// The table of a subject.
    #[must_use]
    pub fn table(&self, subject: Subject) -> &Table {
        &self.tables[subject as usize]
    }

    /// The table of a subject, to write.
    pub fn table_mut(&mut self, subject: Subject) -> &mut Table {
        &mut self.tables[subject as usize]
    }
}

impl World {
    /// The scope of closures that hold for every scope, `*`.
    #[must_use]
    pub fn everywhere(&self) -> Sym {
        self.everywhere
    }

    /// The row of an id, made if it is new (then merely mentioned), and whether it was.
    pub fn upsert(&mut self, subject: Subject, id: &str) -> (u32, bool) {
        let id = self.strings.intern(id);
        self.table_mut(subject).upsert(id)
    }

    /// Says that an export that lists such things has the row.
    pub fn mark_listed(&mut self, subject: Subject, row: u32, record: RecordId) {
        let table = self.table_mut(subject);
        table.set_presence(row, Presence::Listed);
        table.note_record(row, record);
    }

    /// Stores a fact that a record gives.
    pub fn set<T: Storable>(&mut self, fact: Fact<T>, row: u32, value: T::Input, record: RecordId) {
        self.merge(fact.id, row, T::encode(value), record);
    }

    /// Stores text under a fact that a record gives.
    pub fn set_text(&mut self, fact: Fact<Sym>, row: u32, text: &str, record: RecordId) {
        let sym = self.strings.intern(text);
        self.set(fact, row, sym, record);
    }

    /// Stores that a record says there is none.
    pub fn set_absent<T>(&mut self, fact: Fact<T>, row: u32, record: RecordId) {
        self.merge(fact.id, row, ABSENT, record);
    }

    /// Stores a name of a closed set; one that is not in it becomes `other`, the raw text kept. False if the set has no `other`.
    pub fn set_name<T: Storable>(&mut self, fact: Fact<T>, row: u32, name: &str, record: RecordId) -> bool {
        let FactType::Enum(def) = fact.id.def().ty else { return false };
        let known = def.code(name);
        let Some(code) = known.or_else(|| def.code("other")) else { return false };
        if known.is_none() {
            let raw = self.strings.intern(name);
            self.table_mut(fact.id.subject).raw.insert((fact.id.slot, row), raw);
        }
        self.merge(fact.id, row, i64::from(code), record);
        true
    }

    /// Adds a member to a list: a row, a symbol's number or a code.
    pub fn push(&mut self, fact: Fact<List>, row: u32, member: u32) {
        self.table_mut(fact.id.subject).push(fact.id, row, member, 0);
    }

    /// Says that a row's list is whole.
    pub fn close(&mut self, fact: Fact<List>, row: u32) {
        self.table_mut(fact.id.subject).close(fact.id, row);
    }

    /// Adds an entry to a map.
    pub fn push_entry(&mut self, fact: Fact<Map>, row: u32, key: &str, value: &str) {
        let (key, value) = (self.strings.intern(key), self.strings.intern(value));
        self.table_mut(fact.id.subject).push(fact.id, row, key.0, value.0);
    }

    /// Says that a row's map is whole.
    pub fn close_map(&mut self, fact: Fact<Map>, row: u32) {
        self.table_mut(fact.id.subject).close(fact.id, row);
    }

    /// Notes something about the quality of the exports.
    pub fn note(&mut self, code: &'static str, message: String, record: Option<RecordId>) {
        self.quality.push(Quality { code, message, record });
    }

    /// Notes that two rows belong together.
    pub fn link(&mut self, method: Method, one: Row, other: Row, record: RecordId) {
        self.links.push(Link { method, one, other, record });
    }

    fn merge(&mut self, fact: FactId, row: u32, value: i64, record: RecordId) {
        let rule = fact.def().merge;
        let rank = |world: &Self, record: RecordId| {
            let (authority, collected) = world.records.rank(record);
            match rule {
                Merge::Latest => (collected.unwrap_or(i64::MIN), authority),
                _ => (i64::from(authority), 0),
            }
        };
        let table = self.table(fact.subject);
        let present = table.get(fact, row);
        let conflict = table.conflicts.get(&(fact.slot, row)).copied();
        self.see_written(fact, row, present != UNKNOWN || conflict.is_some());
        let keep = match (present, conflict) {
            (UNKNOWN, None) => false,
            (UNKNOWN, Some(conflict)) => rank(self, record) <= rank(self, conflict.first.1),
            (present, _) if present == value => true,
            (ABSENT, _) if matches!(rule, Merge::Maximum | Merge::Earliest) => false,
            (present, _) => match rule {
                Merge::Maximum => value <= present,
                Merge::Earliest => value == ABSENT || value >= present,
                Merge::Union => false,
                Merge::Authority | Merge::Latest => {
                    let Some(before) = self.table(fact.subject).record_of(fact, row) else { return };
                    match rank(self, record).cmp(&rank(self, before)) {
                        std::cmp::Ordering::Less => true,
                        std::cmp::Ordering::Greater => false,
                        std::cmp::Ordering::Equal => {
                            let conflict = Conflict { first: (present, before), second: (value, record) };
                            let table = self.table_mut(fact.subject);
                            let from = table.note_record(row, record);
                            table.put(fact, row, UNKNOWN, from);
                            table.conflicts.insert((fact.slot, row), conflict);
                            return;
                        }
                    }
                }
            },
        };
        let table = self.table_mut(fact.subject);
        let from = table.note_record(row, record);
        if !keep {
            table.put(fact, row, value, from);
            table.conflicts.remove(&(fact.slot, row));
        }
    }

    /// True for an instant after the date of the assessment.
    #[must_use]
    pub fn is_later(&self, at: i64) -> bool {
        self.as_of.is_some_and(|as_of| at > as_of)
    }

    /// Brings everything into its final form. Nothing is written afterwards but derived facts.
    pub fn seal(&mut self) {
        for subject in Subject::ALL {
            self.table_mut(subject).seal();
        }
        let (policies, identities) = (self.table(Subject::Policy).len(), self.table(Subject::Identity).len());
        self.statements.seal(policies, identities);
        let table = self.table(Subject::Identity);
        let listed = table.rows().filter(|row| table.presence(*row) == Presence::Listed);
        let mut scopes: BTreeSet<Sym> = listed.map(|row| self.scope(Row::new(Subject::Identity, row))).collect();
        // What is said of the roles of a cluster is said of its accounts: that none of them is listed must not look like none.
        let has_identities = |scope: &&Sym| {
            [Listing::Users, Listing::Roles, Listing::ServiceAccounts]
                .iter()
                .any(|listing| listing.is_of(self.system_of(**scope)))
        };
        scopes.extend(self.exported.iter().filter(has_identities));
        let mut scopes: Vec<Sym> = scopes.into_iter().collect();
        scopes.sort_by_key(|scope| self.strings.text(*scope));
        self.scopes = scopes;
        self.enumerations.date(&self.records);
    }

    /// The scope of a row, or `*` for subjects that have none.
    #[must_use]
    pub fn scope(&self, row: Row) -> Sym {
        match self.table(row.subject).scope(row.index) {
            UNKNOWN | ABSENT => self.everywhere,
            sym => u32::try_from(sym).map_or(self.everywhere, Sym),
        }
    }

    /// The system that a scope is a part of: `aws` for `aws:111122223333`.
    #[must_use]
    pub fn system_of(&self, scope: Sym) -> &str {
        self.strings.text(scope).split(':').next().unwrap_or("")
    }

    /// Whether the lists that close a fact are complete where the row is. Only the lists that its system has are asked.
    ///
    /// # Errors
    /// Says of the first list that is not complete whether it is missing or cut short.
    pub fn closure(&self, row: Row, listings: &[Listing]) -> Result<(), Why> {
        let scope = self.scope(row);
        let system = self.system_of(scope);
        let mut listings = listings.iter().filter(|listing| listing.is_of(system)).peekable();
        if listings.peek().is_none() {
            return Err(Why::MissingFact);
        }
        listings.try_for_each(|listing| {
            if scope == self.everywhere && !self.enumerations.closed(scope, *listing) && !self.scopes.is_empty() {
                // What has no scope of its own is listed whole when every scope's list is.
                let mut scopes = self.scopes.iter().filter(|scope| listing.is_of(self.system_of(**scope))).peekable();
                if scopes.peek().is_none() {
                    return Err(Why::NotEnumerated(*listing));
                }
                return scopes.try_for_each(|scope| self.closed_in(*scope, *listing));
            }
            self.closed_in(scope, *listing)?;
            let made_by = match row.subject {
                Subject::Identity if listing.is_by_identity() => Some(identity::CREATED_AT.id),
                Subject::Credential if *listing == Listing::Exposures => Some(credential::CREATED_AT.id),
                _ => None,
            };
            let covered = made_by.is_none_or(|fact| {
                let made = self.table(row.subject).get(fact, row.index);
                let covers = |scope| self.enumerations.covers(scope, *listing, made);
                let outdated = match row.subject {
                    Subject::Identity => self.enumerations.outdated([scope, self.everywhere], *listing, row.index),
                    _ => None,
                };
                let outdated = outdated.is_some_and(|since| self.as_of.is_none_or(|as_of| since <= as_of));
                !outdated && (matches!(made, UNKNOWN | ABSENT) || covers(scope) || covers(self.everywhere))
            });
            // What was listed before an identity or a credential was made says nothing of it.
            if covered { Ok(()) } else { Err(Why::NotEnumerated(*listing)) }
        })
    }

    /// Whether a list is complete in a scope.
    ///
    /// # Errors
    /// Says whether it is missing or cut short.
    pub fn closed_in(&self, scope: Sym, listing: Listing) -> Result<(), Why> {
        match [scope, self.everywhere].map(|scope| self.enumerations.state(scope, listing)) {
            [State::Cut, _] | [_, State::Cut] => Err(Why::Incomplete(listing)),
            [State::Closed, _] | [_, State::Closed] => Ok(()),
            [State::Open, State::Open] => Err(Why::NotEnumerated(listing)),
        }
    }

    /// Why the last event is not known to be the last: the list of such events is cut short.
    fn later_unread(&self, row: Row, listing: Listing) -> Option<Why> {
        self.closed_in(self.scope(row), listing).err().filter(|why| matches!(why, Why::Incomplete(_)))
    }

    /// A stored fact that is not a list or a map.
    #[must_use]
    pub fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        let table = self.table(row.subject);
        let def = fact.def();
        let value = table.get(fact, row.index);
        if value == UNKNOWN {
            if table.conflicts.contains_key(&(fact.slot, row.index)) {
                return Cell::Unknown(Why::Conflict);
            }
            if def.closed_by.is_empty() {
                return Cell::Unknown(self.opened(row, fact).unwrap_or(Why::MissingFact));
            }
            return match self.closure(row, def.closed_by) {
                Ok(()) if def.absent.is_some() => Cell::Absent,
                Ok(()) if def.ty == FactType::Bool => Cell::Known(Scalar::Bool(false)),
                Ok(()) => Cell::Unknown(Why::MissingFact),
                Err(why) => Cell::Unknown(why),
            };
        }
        if !self.stale.is_empty() && self.is_stale(table, fact, row.index) {
            return Cell::Unknown(Why::Stale);
        }
        if let Some(why) = event_of(fact).and_then(|listing| self.later_unread(row, listing)) {
            return Cell::Unknown(why);
        }
        if value == ABSENT {
            return Cell::Absent;
        }
        if def.past && self.as_of.is_some_and(|as_of| value > as_of) {
            return Cell::Unknown(Why::AfterAsOf);
        }
        if let Some(date) = date_of(fact)
            && self.as_of.is_some_and(|as_of| table.get(date, row.index) > as_of)
        {
            return Cell::Unknown(Why::AfterAsOf);
        }
        self.scalar(def.ty, value).map_or(Cell::Unknown(Why::Error), Cell::Known)
    }

    /// A value as a column of that type holds it; `None` for what no such column can hold.
    #[must_use]
    pub fn scalar(&self, ty: FactType, value: i64) -> Option<Scalar<'_>> {
        Some(match ty {
            FactType::Bool => Scalar::Bool(value != 0),
            FactType::Int => Scalar::Int(value),
            FactType::Str | FactType::StrList => Scalar::Str(self.strings.text(Sym(u32::try_from(value).ok()?))),
            FactType::Time => Scalar::Time(value),
            FactType::Duration => Scalar::Duration(value),
            FactType::Enum(_) | FactType::EnumList(_) => Scalar::Enum(u8::try_from(value).ok()?),
            FactType::Ref(subject) | FactType::RefList(subject) => {
                Scalar::Ref(Row::new(subject, u32::try_from(value).ok()?))
            }
            FactType::Map => return None,
        })
    }

    fn is_stale(&self, table: &Table, fact: FactId, row: u32) -> bool {
        let stale = |record: RecordId| {
            let export = self.records.get(record).map(|record| record.export.0 as usize);
            export.and_then(|export| self.stale.get(export)).copied().unwrap_or(false)
        };
        if fact.def().ty.is_list() {
            table.records(row).any(stale)
        } else {
            table.record_of(fact, row).is_some_and(stale)
        }
    }
}

#[path = "world_lists.rs"]
mod lists;
#[cfg(test)]
#[path = "world_tests.rs"]
mod tests;
