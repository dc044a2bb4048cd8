//! Ids that come twice in one export: equal records are one, and of two that differ nothing says which is right.
//!
//! Both are taken then, so that what they differ in is a conflict whichever comes first, and the list that has them is not whole.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::answers::Taken;

/// Why a record is left aside that an export has twice.
pub const SAME: &str = "it repeats an earlier record of this export";
/// Why a record is rejected of whose id an export has another one.
const DIFFERS: &str =
    "its `id` is that of an earlier record of this export, and the two differ: what they differ in is unknown";

/// The ids that an export had already, each with a digest of its first record.
#[derive(Debug)]
pub struct Again<K>(HashMap<K, u64>);

/// What a record is beside those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// The first of its id.
    First,
    /// Word for word an earlier one.
    Same,
    /// Another one of an earlier id.
    Differs,
}

impl<K> Default for Again<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> Again<K> {
    /// Notes a record by its id and the digest of its text.
    pub fn see(&mut self, id: K, digest: u64) -> Seen {
        match self.0.entry(id) {
            Entry::Vacant(place) => {
                place.insert(digest);
                Seen::First
            }
            Entry::Occupied(known) if *known.get() == digest => Seen::Same,
            Entry::Occupied(_) => Seen::Differs,
        }
    }
}

impl Seen {
    /// What becomes of the record, which `put` puts into the tables: all but one that is an earlier one again.
    pub fn take(self, put: impl FnOnce() -> Taken) -> Taken {
        match self {
            Self::First => put(),
            Self::Same => Taken::Ignored(SAME.to_owned()),
            Self::Differs => {
                put();
                Taken::Rejected(DIFFERS.to_owned())
            }
        }
    }
}

/// What stands for the text of a record within a run.
#[must_use]
pub fn digest<T: Hash + ?Sized>(record: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    record.hash(&mut hasher);
    hasher.finish()
}
