//! Strings kept once each, and named by a number.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// An interned string. Its order is the order of first appearance, not of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

/// How many bytes of text are kept in one piece.
const CHUNK: usize = 1 << 20;

/// Where a string is.
#[derive(Debug, Clone, Copy)]
struct Place {
    chunk: u32,
    start: u32,
    length: u32,
}

/// A symbol and half of its text's hash, so that neither another text nor a growing table need have it read.
#[derive(Debug, Clone, Copy)]
struct Entry {
    sym: u32,
    hash: u32,
}

/// All strings of a run, in pieces that are never moved, so that growing copies nothing.
#[derive(Debug, Default)]
pub struct Interner {
    chunks: Vec<String>,
    places: Vec<Place>,
    table: HashTable<Entry>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// The symbol of `text`, made if it is new.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = half(&self.hasher, text);
        if let Some(found) = self.find(hash, text) {
            return found;
        }
        // The two highest numbers are the tables' marks for absent and unknown.
        let at = u32::try_from(self.places.len()).unwrap_or(u32::MAX).min(u32::MAX - 2);
        let place = self.keep(text);
        self.places.push(place);
        self.table.insert_unique(spread(hash), Entry { sym: at, hash }, |other| spread(other.hash));
        Sym(at)
    }

    /// Stores text, in the last piece if it fits, else in a new one.
    fn keep(&mut self, text: &str) -> Place {
        if self.chunks.last().is_none_or(|chunk| chunk.capacity() - chunk.len() < text.len()) {
            self.chunks.push(String::with_capacity(text.len().max(CHUNK)));
        }
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let chunk = number(self.chunks.len().saturating_sub(1));
        let Some(last) = self.chunks.last_mut() else { return Place { chunk, start: 0, length: 0 } };
        let place = Place { chunk, start: number(last.len()), length: number(text.len()) };
        last.push_str(text);
        place
    }

    /// The symbol of `text`, if it was interned.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Sym> {
        self.find(half(&self.hasher, text), text)
    }

    fn find(&self, hash: u32, text: &str) -> Option<Sym> {
        let same = |known: &Entry| known.hash == hash && slice(&self.chunks, &self.places, known.sym) == text;
        self.table.find(spread(hash), same).map(|known| Sym(known.sym))
    }

    /// The text of a symbol.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        slice(&self.chunks, &self.places, sym.0)
    }

    /// How many strings are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True if nothing was interned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }
}

/// The half of a hash that is kept.
fn half(hasher: &DefaultHashBuilder, text: &str) -> u32 {
    let hash = hasher.hash_one(text);
    let folded = (hash >> 32) ^ (hash & u64::from(u32::MAX));
    u32::try_from(folded).unwrap_or(u32::MAX)
}

/// A kept half as the table wants it: different in its high bits and in its low ones.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn slice<'a>(chunks: &'a [String], places: &[Place], at: u32) -> &'a str {
    let Some(place) = places.get(at as usize) else { return "" };
    let start = place.start as usize;
    chunks.get(place.chunk as usize).and_then(|chunk| chunk.get(start..start + place.length as usize)).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_string_has_one_symbol() {
        let mut strings = Interner::default();
        let (a, b, empty) = (strings.intern("a"), strings.intern("b"), strings.intern(""));
        assert_eq!(strings.intern("a"), a);
        assert_ne!(a, b);
        assert_eq!((strings.text(a), strings.text(b), strings.text(empty)), ("a", "b", ""));
        assert_eq!(strings.get("c"), None);
        let long = "x".repeat(CHUNK + 1);
        let (large, after) = (strings.intern(&long), strings.intern("after"));
        assert_eq!((strings.text(large), strings.text(after)), (long.as_str(), "after"));
        assert_eq!(strings.intern("a"), a);
    }
}
