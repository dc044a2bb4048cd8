//! Which known resources grants and AI systems reach, remembered once it was worked out.
//!
//! Many AI systems share identities, and checks ask for the same list again and again, each time for all patterns of all
//! resources. What is remembered follows from the world and the graph alone, so that no answer depends on what was asked
//! before; and it is bounded, after which everything is worked out anew.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

/// How many members of lists are remembered of one kind: some sixteen megabytes.
const MOST: usize = 2 << 20;

/// Rows, each with whether it is reached for certain, in their order.
pub(super) type Reached = Arc<[(u32, bool)]>;

/// Lists by what they follow from.
#[derive(Debug)]
pub(super) struct Lists<K> {
    known: RwLock<HashMap<K, Reached>>,
    /// How many more members may be remembered.
    room: AtomicUsize,
}

impl<K> Default for Lists<K> {
    fn default() -> Self {
        Self { known: RwLock::default(), room: AtomicUsize::new(MOST) }
    }
}

impl<K: Eq + Hash> Lists<K> {
    /// The list of that key, worked out where it is not remembered.
    pub fn of(&self, key: K, make: impl FnOnce() -> Reached) -> Reached {
        if let Ok(known) = self.known.read()
            && let Some(found) = known.get(&key)
        {
            return Arc::clone(found);
        }
        let made = make();
        // An empty list takes room for its key.
        let size = made.len() + 8;
        let fits = |room: usize| room.checked_sub(size);
        if self.room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
            && let Ok(mut known) = self.known.write()
        {
            known.insert(key, Arc::clone(&made));
        }
        made
    }
}

/// What is remembered of one graph.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// By grant: the number of its statement, and from whose side it is looked at.
    pub of_grants: Lists<(u32, u32)>,
    /// By the identities that an AI system can be, each with whether that is certain.
    pub of_systems: Lists<Vec<(u32, bool)>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_made_once_until_there_is_no_room() {
        let lists = Lists::default();
        let mut made = 0;
        let mut ask = |key: usize, size: usize| {
            let list = lists.of(key, || {
                made += 1;
                vec![(7, true); size].into()
            });
            (list.len(), made)
        };
        assert_eq!((ask(1, 3), ask(1, 3), ask(2, MOST - 19)), ((3, 1), (3, 1), (MOST - 19, 2)));
        assert_eq!((ask(3, 1), ask(3, 1), ask(2, 0), ask(1, 0)), ((1, 3), (1, 4), (MOST - 19, 4), (3, 4)));
    }
}
