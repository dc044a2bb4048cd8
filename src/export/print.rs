//! Comparing secrets without keeping them: an HMAC under a key that lives as long as the run.
//!
//! A [`Print`] can be compared and hashed and nothing else: it has no order, no text and no
//! form for a file, so that neither a secret nor a trace of the key reaches a result.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How many characters of an end may be compared: providers show between three and ten.
const TAILS: std::ops::RangeInclusive<usize> = 3..=10;

/// A secret with fewer characters, or fewer different ones, may be the same in two places by chance: people choose
/// `postgres`, `admin` or `1234` everywhere, and hardly one of these at random has less.
const LEAST: usize = 16;
const LEAST_DIFFERENT: usize = 8;

/// The key of a run. It is made of the machine's random bytes and leaves memory with the run.
pub struct RunKey(Option<[u8; 32]>);

impl Default for RunKey {
    fn default() -> Self {
        let mut key = [0_u8; 32];
        Self(getrandom::fill(&mut key).is_ok().then_some(key))
    }
}

/// What stands for a secret within one run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Print([u8; 16]);

/// What stands for a secret and for its ends, so that an end that a provider shows can be found.
#[derive(Clone, PartialEq, Eq)]
pub struct Prints {
    /// The whole.
    pub whole: Print,
    /// True if it is so short or so plain that two places may have it by chance.
    pub weak: bool,
    tails: Vec<Print>,
}

/// What stands for the end of a secret that a provider shows, such as `AbCd` of `sk-…AbCd`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tail {
    /// How many characters are shown.
    length: usize,
    print: Print,
}

impl RunKey {
    /// What stands for a secret; `None` where the machine gave no random bytes, so that nothing is compared.
    #[must_use]
    pub fn prints(&self, secret: &str) -> Option<Prints> {
        let tails = TAILS.filter_map(|length| self.print("tail", end(secret, length)?));
        Some(Prints { whole: self.print("whole", secret)?, weak: is_weak(secret), tails: tails.collect() })
    }

    /// What stands for the end that a provider shows; `None` where it shows too little or too much to compare.
    #[must_use]
    pub fn tail(&self, shown: &str) -> Option<Tail> {
        let length = shown.chars().count();
        if !TAILS.contains(&length) {
            return None;
        }
        Some(Tail { length, print: self.print("tail", shown)? })
    }

    fn print(&self, what: &str, text: &str) -> Option<Print> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0?).ok()?;
        mac.update(what.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        let whole = mac.finalize().into_bytes();
        whole.first_chunk::<16>().map(|first| Print(*first))
    }
}

impl Prints {
    /// What stands for each of its ends.
    pub fn tails(&self) -> impl Iterator<Item = Tail> + '_ {
        TAILS.zip(&self.tails).map(|(length, print)| Tail { length, print: *print })
    }
}

/// True if a secret has less than is needed to tell it from others.
fn is_weak(secret: &str) -> bool {
    let mut different: Vec<char> = Vec::new();
    let mut count = 0;
    for letter in secret.chars() {
        count += 1;
        if different.len() < LEAST_DIFFERENT && !different.contains(&letter) {
            different.push(letter);
        }
        if count >= LEAST && different.len() >= LEAST_DIFFERENT {
            return false;
        }
    }
    true
}

/// The last characters of a text; `None` if it has not twice as many, for then they are no mere end of it.
fn end(text: &str, length: usize) -> Option<&str> {
    let from = text.char_indices().rev().nth(length - 1)?.0;
    let (before, end) = text.split_at_checked(from)?;
    (before.chars().count() >= length).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_secrets_have_equal_prints_within_a_run_and_no_other() {
        let (run, other) = (RunKey::default(), RunKey::default());
        let print = |key: &RunKey, text: &str| key.prints(text).map(|prints| prints.whole);
        assert!(print(&run, "one-secret") == print(&run, "one-secret"));
        assert!(print(&run, "one-secret") != print(&run, "two-secret"));
        assert!(print(&run, "one-secret") != print(&other, "one-secret"));
    }

    #[test]
    fn what_is_short_or_plain_may_be_equal_by_chance() {
        for weak in ["postgres", "1234", "", "SuperSecret2026", "aaaaaaaaaaaaaaaaaaaaaaaa", "passwordpassword"] {
            assert!(is_weak(weak), "{weak}");
        }
        for strong in ["wJalrXUtnFEMI/K7MDENG", "sk-ant-0123456789", "0123456789abcdef"] {
            assert!(!is_weak(strong), "{strong}");
        }
    }

    #[test]
    fn an_end_is_found_where_it_is_the_end() {
        let run = RunKey::default();
        let prints = run.prints("sk-proj-0123456789abcdef").unwrap();
        let ends = |shown: &str| run.tail(shown).is_some_and(|tail| prints.tails().any(|end| end == tail));
        assert!(ends("def") && ends("cdef") && ends("6789abcdef"));
        assert!(!ends("abc") && !ends("ef") && !ends("56789abcdef"));
        let short = run.prints("abcdef").unwrap();
        assert!(
            run.tail("cdef").is_some_and(|tail| short.tails().all(|end| end != tail)),
            "four of six are no mere end"
        );
    }
}
