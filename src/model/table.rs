//! Columns of facts: one table a subject, one column a fact, allocated when first set.
//!
//! A cell is a number with two marks, absent and unknown. A row keeps the few records that it
//! came from, and each column says which of them gave the cell.

use std::collections::BTreeMap;

use fixedbitset::FixedBitSet;
use hashbrown::{HashMap, HashSet};

use super::intern::Sym;
use super::record::RecordId;
use super::schema::{FactId, FactType, Subject};

/// The mark of a cell that nobody set.
pub const UNKNOWN: i64 = i64::MIN;
/// The mark of a cell of which a source says that there is nothing.
pub const ABSENT: i64 = i64::MIN + 1;

/// The cells of one column, as narrow as the type allows.
#[derive(Debug)]
enum Cells {
    Codes(Vec<u8>),
    Words(Vec<u32>),
    Longs(Vec<i64>),
}

impl Cells {
    fn of(ty: FactType) -> Self {
        match ty {
            FactType::Bool | FactType::Enum(_) => Self::Codes(Vec::new()),
            FactType::Str | FactType::Ref(_) => Self::Words(Vec::new()),
            _ => Self::Longs(Vec::new()),
        }
    }

    fn get(&self, row: u32) -> i64 {
        let row = row as usize;
        match self {
            Self::Codes(cells) => match cells.get(row) {
                None | Some(&u8::MAX) => UNKNOWN,
                Some(&254) => ABSENT,
                Some(code) => i64::from(*code),
            },
            Self::Words(cells) => match cells.get(row) {
                None | Some(&u32::MAX) => UNKNOWN,
                Some(&0xFFFF_FFFE) => ABSENT,
                Some(word) => i64::from(*word),
            },
            Self::Longs(cells) => cells.get(row).copied().unwrap_or(UNKNOWN),
        }
    }

    fn set(&mut self, row: u32, value: i64) {
        match self {
            Self::Codes(cells) => put(cells, row, narrow(value, u8::MAX, 254), u8::MAX),
            Self::Words(cells) => put(cells, row, narrow(value, u32::MAX, u32::MAX - 1), u32::MAX),
            Self::Longs(cells) => put(cells, row, value, UNKNOWN),
        }
    }
}

fn narrow<T: TryFrom<i64> + Copy>(value: i64, unknown: T, absent: T) -> T {
    match value {
        UNKNOWN => unknown,
        ABSENT => absent,
        value => T::try_from(value).unwrap_or(unknown),
    }
}

fn put<T: Copy>(cells: &mut Vec<T>, row: u32, value: T, fill: T) {
    let row = row as usize;
    if cells.len() <= row {
        cells.resize(row + 1, fill);
    }
    if let Some(cell) = cells.get_mut(row) {
        *cell = value;
    }
}

/// A column of single values.
#[derive(Debug)]
struct Single {
    cells: Cells,
    /// Which of the row's records gave the cell; shorter than the rows where it is the first.
    from: Vec<u8>,
}

/// A column of lists (the second number unused) or maps.
#[derive(Debug, Default)]
struct Many {
    /// While building: row and member, in order of arrival. After sealing: members by row.
    entries: Vec<(u32, u32, u32)>,
    starts: Vec<u32>,
    /// Rows of which a source says that the list is whole.
    complete: FixedBitSet,
}

/// Up to how many members of a row are compared one by one.
const FEW: usize = 16;

impl Many {
    fn seal(&mut self) {
        self.entries.sort_by_key(|entry| entry.0);
        let mut last = u32::MAX;
        let (mut few, mut many) = (Vec::with_capacity(FEW), HashSet::new());
        self.entries.retain(|entry| {
            if entry.0 != last {
                few.clear();
                many.clear();
                last = entry.0;
            }
            let member = (entry.1, entry.2);
            if few.contains(&member) || few.len() == FEW && !many.insert(member) {
                return false;
            }
            if few.len() < FEW {
                few.push(member);
            }
            true
        });
        self.entries.shrink_to_fit();
        // Rows after the last that has members need no place: most lists of a large estate are empty for all.
        let rows = self.entries.last().map_or(0, |entry| entry.0 as usize + 1);
        self.starts = Vec::with_capacity(if rows > 0 { rows + 1 } else { 0 });
        let mut at = 0_usize;
        for row in 0..rows {
            self.starts.push(u32::try_from(at).unwrap_or(u32::MAX));
            while self.entries.get(at).is_some_and(|entry| entry.0 as usize == row) {
                at += 1;
            }
        }
        if rows > 0 {
            self.starts.push(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }

    fn of(&self, row: u32) -> &[(u32, u32, u32)] {
        let row = row as usize;
        match (self.starts.get(row), self.starts.get(row + 1)) {
            (Some(from), Some(to)) => self.entries.get(*from as usize..*to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

#[derive(Debug)]
enum Column {
    Single(Single),
    Many(Many),
}

/// How a row became known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Presence {
    /// Another record names it.
    Mentioned,
    /// An export that lists such things has it.
    Listed,
}

/// Two records of equal rank that differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conflict {
    /// The first value, as the column held it, and its record.
    pub first: (i64, RecordId),
    /// The other.
    pub second: (i64, RecordId),
}

/// The rows of one subject.
#[derive(Debug)]
pub struct Table {
    subject: Subject,
    /// The subject's own fact of its scope, if it has one.
    scope: Option<FactId>,
    ids: HashMap<Sym, u32>,
    id_of: Vec<Sym>,
    presence: Vec<Presence>,
    records: Vec<[u32; 3]>,
    more_records: HashMap<u32, Vec<u32>>,
    columns: Vec<Option<Column>>,
    /// Cells that are unknown because two records differ.
    pub conflicts: BTreeMap<(u8, u32), Conflict>,
    /// The raw text behind a code of `other`.
    pub raw: BTreeMap<(u8, u32), Sym>,
}

const NO_RECORD: u32 = u32::MAX;
/// The most records of one row beyond its first few.
const MOST_RECORDS: usize = 252;

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(subject: Subject) -> Self {
        Self {
            subject,
            scope: subject.fact("scope"),
            ids: HashMap::new(),
            id_of: Vec::new(),
            presence: Vec::new(),
            records: Vec::new(),
            more_records: HashMap::new(),
            columns: subject.def().facts.iter().map(|_| None).collect(),
            conflicts: BTreeMap::new(),
            raw: BTreeMap::new(),
        }
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.id_of.len()
    }

    /// True if there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id_of.is_empty()
    }

    /// All row numbers.
    #[must_use]
    pub fn rows(&self) -> std::ops::Range<u32> {
        0..u32::try_from(self.id_of.len()).unwrap_or(u32::MAX)
    }

    /// The row of an id or an alias of one.
    #[must_use]
    pub fn find(&self, id: Sym) -> Option<u32> {
        self.ids.get(&id).copied()
    }

    /// The row of an id, made if it is new, and whether it was.
    pub fn upsert(&mut self, id: Sym) -> (u32, bool) {
        if let Some(row) = self.ids.get(&id) {
            return (*row, false);
        }
        let row = u32::try_from(self.id_of.len()).unwrap_or(u32::MAX - 2);
        self.ids.insert(id, row);
        self.id_of.push(id);
        self.presence.push(Presence::Mentioned);
        self.records.push([NO_RECORD; 3]);
        (row, true)
    }

    /// Adds a row that nothing refers to by id.
    pub fn push_anonymous(&mut self, id: Sym) -> u32 {
        let row = u32::try_from(self.id_of.len()).unwrap_or(u32::MAX - 2);
        self.id_of.push(id);
        self.presence.push(Presence::Listed);
        self.records.push([NO_RECORD; 3]);
        row
    }

    /// Makes `alias` another name of a row. False if it already names another one.
    pub fn alias(&mut self, alias: Sym, row: u32) -> bool {
        *self.ids.entry(alias).or_insert(row) == row
    }

    /// The id of a row.
    #[must_use]
    pub fn id(&self, row: u32) -> Option<Sym> {
        self.id_of.get(row as usize).copied()
    }

    /// The symbol of the scope that a row is in, as the column holds it; unknown where the subject has none.
    #[must_use]
    pub fn scope(&self, row: u32) -> i64 {
        self.scope.map_or(UNKNOWN, |fact| self.get(fact, row))
    }

    /// How a row became known.
    #[must_use]
    pub fn presence(&self, row: u32) -> Presence {
        self.presence.get(row as usize).copied().unwrap_or(Presence::Mentioned)
    }

    /// Says how a row became known; a listed row stays listed.
    pub fn set_presence(&mut self, row: u32, presence: Presence) {
        if let Some(known) = self.presence.get_mut(row as usize) {
            *known = presence.max(*known);
        }
    }

    /// Notes that a record speaks of a row; returns its position among the row's records.
    pub fn note_record(&mut self, row: u32, record: RecordId) -> u8 {
        let Some(few) = self.records.get_mut(row as usize) else { return 0 };
        for (at, known) in few.iter_mut().enumerate() {
            if *known == NO_RECORD {
                *known = record.0;
            }
            if *known == record.0 {
                return u8::try_from(at).unwrap_or(0);
            }
        }
        let more = self.more_records.entry(row).or_default();
        let at = match more.iter().position(|known| *known == record.0) {
            Some(at) => at,
            // Columns name a record by a small number, so of those of one row only that many are told apart.
            None if more.len() >= MOST_RECORDS => return u8::MAX,
            None => {
                more.push(record.0);
                more.len() - 1
            }
        };
        u8::try_from(at + 3).unwrap_or(u8::MAX)
    }

    /// The records that speak of a row, in order of arrival.
    pub fn records(&self, row: u32) -> impl Iterator<Item = RecordId> + '_ {
        let few = self.records.get(row as usize).copied().unwrap_or([NO_RECORD; 3]);
        let more = self.more_records.get(&row).map_or(&[][..], Vec::as_slice);
        few.into_iter().filter(|record| *record != NO_RECORD).chain(more.iter().copied()).map(RecordId)
    }

    /// The raw number of a cell.
    #[must_use]
    pub fn get(&self, fact: FactId, row: u32) -> i64 {
        match self.columns.get(usize::from(fact.slot)) {
            Some(Some(Column::Single(single))) => single.cells.get(row),
            _ => UNKNOWN,
        }
    }

    /// The record that gave a cell.
    #[must_use]
    pub fn record_of(&self, fact: FactId, row: u32) -> Option<RecordId> {
        let at = match self.columns.get(usize::from(fact.slot)) {
            Some(Some(Column::Single(single))) => single.from.get(row as usize).copied().unwrap_or(0),
            _ => 0,
        };
        self.records(row).nth(usize::from(at))
    }

    /// Stores a raw number, whatever was there.
    pub fn put(&mut self, fact: FactId, row: u32, value: i64, from: u8) {
        let ty = fact.def().ty;
        let Some(column) = self.columns.get_mut(usize::from(fact.slot)) else { return };
        let column = column.get_or_insert_with(|| Column::Single(Single { cells: Cells::of(ty), from: Vec::new() }));
        if let Column::Single(single) = column {
            single.cells.set(row, value);
            if from != 0 || single.from.len() > row as usize {
                put(&mut single.from, row, from, 0);
            }
        }
    }

    /// Stores a raw number in place of another that the same record gave.
    pub fn replace(&mut self, fact: FactId, row: u32, value: i64) {
        if let Some(Some(Column::Single(single))) = self.columns.get_mut(usize::from(fact.slot)) {
            single.cells.set(row, value);
        }
    }

    fn many(&mut self, fact: FactId) -> Option<&mut Many> {
        match self.columns.get_mut(usize::from(fact.slot))?.get_or_insert_with(|| Column::Many(Many::default())) {
            Column::Many(many) => Some(many),
            Column::Single(_) => None,
        }
    }

    /// Adds a member to a list, or an entry to a map.
    pub fn push(&mut self, fact: FactId, row: u32, first: u32, second: u32) {
        if let Some(many) = self.many(fact) {
            many.entries.push((row, first, second));
        }
    }

    /// Takes a member out of a list as often as it was put there by who takes it back, before [`Table::seal`]. What others
    /// put there stays, and true is given where it does.
    pub fn take_back(&mut self, fact: FactId, row: u32, member: u32, mut times: usize) -> bool {
        let Some(many) = self.many(fact) else { return false };
        let mut stays = false;
        many.entries.retain(|(of, first, _)| {
            let meant = (*of, *first) == (row, member);
            let taken = meant && times > 0;
            times -= usize::from(taken);
            stays |= meant && !taken;
            !taken
        });
        stays
    }

    /// Puts other members in the place of those for which `to` has one, before [`Table::seal`].
    pub fn redirect(&mut self, fact: FactId, to: impl Fn(u32, u32) -> Option<u32>) {
        if let Some(many) = self.many(fact) {
            for (row, member, _) in &mut many.entries {
                *member = to(*row, *member).unwrap_or(*member);
            }
        }
    }

    /// Puts other entries in the place of those for which `to` has one, before [`Table::seal`].
    pub fn rewrite(&mut self, fact: FactId, to: impl Fn(u32, u32) -> Option<(u32, u32)>) {
        if let Some(many) = self.many(fact) {
            for (_, key, value) in &mut many.entries {
                (*key, *value) = to(*key, *value).unwrap_or((*key, *value));
            }
        }
    }

    /// Says that the list of a row is whole.
    pub fn close(&mut self, fact: FactId, row: u32) {
        if let Some(many) = self.many(fact) {
            many.complete.grow_and_insert(row as usize);
        }
    }

    /// Takes back that the list of a row is whole.
    pub fn reopen(&mut self, fact: FactId, row: u32) {
        if let Some(many) = self.many(fact).filter(|many| many.complete.contains(row as usize)) {
            many.complete.remove(row as usize);
        }
    }

    /// Members (first numbers) or entries of a row; empty before [`Table::seal`].
    #[must_use]
    pub fn members(&self, fact: FactId, row: u32) -> &[(u32, u32, u32)] {
        match self.columns.get(usize::from(fact.slot)) {
            Some(Some(Column::Many(many))) => many.of(row),
            _ => &[],
        }
    }

    /// All members of all rows of a list, each with its row, also before [`Table::seal`].
    pub fn pushed(&self, fact: FactId) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        let entries = match self.columns.get(usize::from(fact.slot)) {
            Some(Some(Column::Many(many))) => many.entries.as_slice(),
            _ => &[],
        };
        entries.iter().copied()
    }

    /// True if a source said that the list of this row is whole.
    #[must_use]
    pub fn complete(&self, fact: FactId, row: u32) -> bool {
        match self.columns.get(usize::from(fact.slot)) {
            Some(Some(Column::Many(many))) => many.complete.contains(row as usize),
            _ => false,
        }
    }

    /// Brings lists into their final form, and gives back what columns reserved. Members keep the order of arrival; repeats are dropped.
    pub fn seal(&mut self) {
        for column in self.columns.iter_mut().flatten() {
            match column {
                Column::Many(many) => many.seal(),
                Column::Single(single) => {
                    single.from.shrink_to_fit();
                    match &mut single.cells {
                        Cells::Codes(cells) => cells.shrink_to_fit(),
                        Cells::Words(cells) => cells.shrink_to_fit(),
                        Cells::Longs(cells) => cells.shrink_to_fit(),
                    }
                }
            }
        }
        self.records.shrink_to_fit();
        self.id_of.shrink_to_fit();
        self.presence.shrink_to_fit();
    }

    /// Bytes held, for the budget of memory: columns and records, not the ids.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let columns: usize = self
            .columns
            .iter()
            .flatten()
            .map(|column| match column {
                Column::Single(single) => {
                    single.from.capacity()
                        + match &single.cells {
                            Cells::Codes(cells) => cells.capacity(),
                            Cells::Words(cells) => cells.capacity() * 4,
                            Cells::Longs(cells) => cells.capacity() * 8,
                        }
                }
                Column::Many(many) => {
                    many.entries.capacity() * 12 + many.starts.capacity() * 4 + many.complete.len() / 8
                }
            })
            .sum();
        columns + self.records.capacity() * 12 + self.id_of.capacity() * 5
    }

    /// The subject of the rows.
    #[must_use]
    pub fn subject(&self) -> Subject {
        self.subject
    }
}
