//! Which files belong together: pages of one snapshot are joined, two snapshots are never mixed,
//! and a list is complete only if all its pages are there.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::content;
use crate::model::enumeration::Closure;
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::world::World;

/// What a list in one file looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whole {
    /// Nothing shows that something is missing.
    Yes,
    /// A page marker stands in it: another page follows.
    Marked,
    /// Something is missing, for this reason.
    No(&'static str),
}

/// A list that one file has, for one scope.
#[derive(Debug, Clone)]
struct Shown {
    set: u32,
    scope: Sym,
    listing: Listing,
    record: RecordId,
    whole: Whole,
}

/// One file of a set.
#[derive(Debug, Clone, Default)]
struct Set {
    /// The path of its first file.
    path: String,
    collected_at: Option<i64>,
    /// Its files, in the order in which they are read.
    files: Vec<PathBuf>,
    /// The digest of what they say, once it was asked for; `None` inside if one cannot be read.
    content: OnceLock<Option<String>>,
    /// True once a file ended without a page marker.
    ended: bool,
}

/// Whether a record may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admitted {
    /// It is of the snapshot that is used.
    Yes,
    /// A newer snapshot, of this set, has the scope.
    Older(u32),
    /// Another snapshot has the scope, and no times tell which is newer.
    Unordered(u32),
    /// Another file says the same, word for word: both are one snapshot.
    Repeats(u32),
}

/// Which set of files holds which list of which scope.
#[derive(Debug, Default)]
pub struct Sets {
    all: Vec<Set>,
    /// The set that holds a scope, by source.
    holders: HashMap<(&'static str, Sym), u32>,
    /// The set that holds one list of it: an export with a filter has only some lists.
    lists: HashMap<(&'static str, Sym, u16), u32>,
    shown: Vec<Shown>,
}

impl Sets {
    /// A new set, which begins with a file of this path.
    pub fn begin(&mut self, path: &str, collected_at: Option<i64>) -> u32 {
        self.all.push(Set { path: path.to_owned(), collected_at, ..Set::default() });
        u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a file to a set.
    pub fn add_file(&mut self, set: u32, path: &Path) {
        if let Some(set) = self.all.get_mut(set as usize) {
            set.files.push(path.to_path_buf());
        }
    }

    /// True if two sets say the same. Only asked where they would be two snapshots, since it reads both.
    fn same(&self, one: u32, other: u32) -> bool {
        let content = |set: u32| {
            let set = self.all.get(set as usize).filter(|set| !set.files.is_empty())?;
            set.content.get_or_init(|| content::digest(&set.files).ok()).as_deref()
        };
        content(one).is_some_and(|one| Some(one) == content(other))
    }

    /// Whether a record of `set` in a list of a scope may be used. Files come newest first.
    pub fn admit(&mut self, source: &'static str, scope: Sym, list: u16, set: u32) -> Admitted {
        let time = |set: u32| self.all.get(set as usize).and_then(|set| set.collected_at);
        let holder = *self.holders.entry((source, scope)).or_insert(set);
        if holder != set && time(holder) > time(set) && time(set).is_some() {
            return Admitted::Older(holder);
        }
        let holder = *self.lists.entry((source, scope, list)).or_insert(set);
        match holder {
            holder if holder == set => Admitted::Yes,
            holder if self.same(holder, set) => Admitted::Repeats(holder),
            holder => Admitted::Unordered(holder),
        }
    }

    /// The path of the first file of a set.
    #[must_use]
    pub fn path(&self, set: u32) -> &str {
        self.all.get(set as usize).map_or("", |set| set.path.as_str())
    }

    /// Says that a file of the set has a list of a scope, and whether it looks whole.
    pub fn show(&mut self, set: u32, scope: Sym, listing: Listing, record: RecordId, whole: Whole) {
        self.shown.push(Shown { set, scope, listing, record, whole });
    }

    /// The scope of the lists that a set has, where it is one.
    #[must_use]
    pub fn only_scope(&self, set: u32) -> Option<Sym> {
        let mut scopes = self.shown.iter().filter(|shown| shown.set == set).map(|shown| shown.scope);
        let first = scopes.next()?;
        scopes.all(|scope| scope == first).then_some(first)
    }

    /// Says that a file of the set ended without a page marker.
    pub fn end(&mut self, set: u32) {
        if let Some(set) = self.all.get_mut(set as usize) {
            set.ended = true;
        }
    }

    /// Tells the world which lists are complete and which are not.
    pub fn finish(&mut self, world: &mut World) {
        let mut closures: BTreeMap<(Sym, Listing, u32), Closure> = BTreeMap::new();
        for shown in std::mem::take(&mut self.shown) {
            let joined = self.all.get(shown.set as usize).is_some_and(|set| set.files.len() > 1 && set.ended);
            let why = match shown.whole {
                Whole::Yes => None,
                Whole::Marked if joined => None,
                Whole::Marked => Some("a page marker is left over"),
                Whole::No(why) => Some(why),
            };
            let key = (shown.scope, shown.listing, shown.set);
            match why {
                Some(why) => {
                    let why = world.strings.intern(why);
                    closures.insert(key, Closure::Incomplete { why, record: shown.record });
                }
                None => {
                    closures.entry(key).or_insert(Closure::Shown(shown.record));
                }
            }
        }
        for ((scope, listing, _), closure) in closures {
            world.enumerations.add(scope, listing, closure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_joined_and_a_marker_left_over_is_not() {
        let mut world = World::default();
        let (a, b) = (world.strings.intern("aws:a"), world.strings.intern("aws:b"));
        let mut sets = Sets::default();
        let (pages, lone) = (sets.begin("1.json", None), sets.begin("3.json", None));
        for set in [pages, pages, lone] {
            sets.add_file(set, Path::new("none"));
        }
        sets.show(pages, a, Listing::Users, RecordId(0), Whole::Marked);
        sets.show(pages, a, Listing::Roles, RecordId(1), Whole::Yes);
        sets.end(pages);
        sets.show(lone, b, Listing::Users, RecordId(2), Whole::Marked);
        sets.finish(&mut world);
        assert!(world.enumerations.closed(a, Listing::Users) && world.enumerations.closed(a, Listing::Roles));
        assert!(!world.enumerations.closed(b, Listing::Users));
        assert_eq!(world.enumerations.of(b, Listing::Users).len(), 1);
    }

    #[test]
    fn the_newer_snapshot_holds_its_scope() {
        let mut sets = Sets::default();
        let (new, old, unknown) = (sets.begin("n", Some(2)), sets.begin("o", Some(1)), sets.begin("u", None));
        assert_eq!(sets.admit("s", Sym(1), 0, new), Admitted::Yes);
        assert_eq!(sets.admit("s", Sym(1), 0, old), Admitted::Older(new));
        assert_eq!(sets.admit("s", Sym(1), 0, unknown), Admitted::Unordered(new));
        assert_eq!(sets.admit("s", Sym(1), 1, old), Admitted::Older(new));
        assert_eq!(sets.admit("s", Sym(1), 1, unknown), Admitted::Yes);
    }
}
