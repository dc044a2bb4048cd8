//! Strings kept once each, and named by a number.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// An interned string. Its order is the order of first appearance, not of the alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sym(pub u32);

/// All strings of a run, in one buffer.
#[derive(Debug, Default)]
pub struct Interner {
    text: String,
    ends: Vec<usize>,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    /// The symbol of `text`, made if it is new.
    pub fn intern(&mut self, text: &str) -> Sym {
        let hash = self.hasher.hash_one(text);
        if let Some(found) = self.table.find(hash, |at| slice(&self.text, &self.ends, *at) == text) {
            return Sym(*found);
        }
        // The two highest numbers are the tables' marks for absent and unknown.
        let at = u32::try_from(self.ends.len()).unwrap_or(u32::MAX).min(u32::MAX - 2);
        self.text.push_str(text);
        self.ends.push(self.text.len());
        let (buffer, ends, hasher) = (&self.text, &self.ends, &self.hasher);
        self.table.insert_unique(hash, at, |other| hasher.hash_one(slice(buffer, ends, *other)));
        Sym(at)
    }

    /// The symbol of `text`, if it was interned.
    #[must_use]
    pub fn get(&self, text: &str) -> Option<Sym> {
        let hash = self.hasher.hash_one(text);
        self.table.find(hash, |at| slice(&self.text, &self.ends, *at) == text).map(|at| Sym(*at))
    }

    /// The text of a symbol.
    #[must_use]
    pub fn text(&self, sym: Sym) -> &str {
        slice(&self.text, &self.ends, sym.0)
    }

    /// How many strings are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// True if nothing was interned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

fn slice<'a>(text: &'a str, ends: &[usize], at: u32) -> &'a str {
    let at = at as usize;
    let start = if at == 0 { 0 } else { ends.get(at - 1).copied().unwrap_or(0) };
    let end = ends.get(at).copied().unwrap_or(start);
    text.get(start..end).unwrap_or("")
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
    }
}
