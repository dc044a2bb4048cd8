//! Ids that come twice in one export: equal records are one, and of two that differ nothing says which is right.
//!
//! Both are taken then, so that what they differ in is a conflict whichever comes first, also where one of them leaves out what
//! the other says, and the list that has them is not whole.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::answers::Taken;
use super::run::FileRun;
use crate::model::record::RecordId;

/// Why a record is left aside that an export has twice.
pub const SAME: &str = "it repeats an earlier record of this export";
/// Why a record is rejected of whose id an export has another one.
const DIFFERS: &str =
    "its `id` is that of an earlier record of this export, and the two differ: what they differ in is unknown";

/// The ids that an export had already, each with its first record and a digest of it.
#[derive(Debug)]
pub struct Again<K>(HashMap<K, (u64, RecordId)>);

/// What a record is beside those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The first of its id.
    First,
    /// Word for word an earlier one.
    Same,
    /// Another one of the id of an earlier one, the first of which is this.
    Differs(RecordId),
}

impl<K> Default for Again<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Again<K> {
    /// Notes a record by its id and the digest of its text.
    pub fn see(&mut self, id: K, digest: u64, record: RecordId) -> Seen {
        match self.0.entry(id) {
            Entry::Vacant(place) => {
                place.insert((digest, record));
                Seen::First
            }
            Entry::Occupied(known) if known.get().0 == digest => Seen::Same,
            Entry::Occupied(known) => Seen::Differs(known.get().1),
        }
    }
}

impl Seen {
    /// What becomes of the record, which `put` puts into the tables: all but one that is an earlier one again.
    pub fn take(self, file: &mut FileRun<'_>, record: RecordId, put: impl FnOnce(&mut FileRun<'_>) -> Taken) -> Taken {
        match self {
            Self::First => put(file),
            Self::Same => Taken::Ignored(SAME.to_owned()),
            Self::Differs(first) => {
                both(file, first, record, |file| {
                    put(file);
                });
                Taken::Rejected(DIFFERS.to_owned())
            }
        }
    }
}

/// Puts a second record of one id into the tables: what it and the first do not agree on is unknown, also where one says nothing.
fn both(file: &mut FileRun<'_>, first: RecordId, second: RecordId, put: impl FnOnce(&mut FileRun<'_>)) {
    file.world().watch();
    put(file);
    file.world().contest(first, second);
}

/// What stands for the text of a record within a run.
#[must_use]
pub fn digest<T: Hash + ?Sized>(record: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish()
}
