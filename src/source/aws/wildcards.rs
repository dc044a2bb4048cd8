//! Which `*` and `?` in a value of a condition stand for more than themselves.
//!
//! `StringLike` reads them as wildcards, `StringEquals` letter by letter. Values are kept in one form,
//! that of `StringLike`, in which AWS writes a star that means a star as `${*}`. What else stands in
//! `${…}` is a variable: AWS fills it in when a request comes, so that here it may be any text.

use std::borrow::Cow;
use std::ops::Range;

/// What AWS writes for letters that would else be wildcards or begin a variable.
const ESCAPED: [(&str, &str); 3] = [("${*}", "*"), ("${?}", "?"), ("${$}", "$")];

/// A value that is compared letter by letter, in the form in which values are kept.
#[must_use]
pub fn literal(value: &str) -> Cow<'_, str> {
    if !value.contains(['*', '?']) {
        return Cow::Borrowed(value);
    }
    let mut kept = String::with_capacity(value.len() + 6);
    let mut rest = value;
    while let Some(letter) = rest.chars().next() {
        let whole = rest.strip_prefix("${").and_then(|inner| inner.find('}')).map(|end| end + 3);
        let take = whole.unwrap_or(letter.len_utf8());
        match letter {
            '*' | '?' => kept.extend(["${", rest.get(..take).unwrap_or(""), "}"]),
            _ => kept.push_str(rest.get(..take).unwrap_or("")),
        }
        rest = rest.get(take..).unwrap_or("");
    }
    Cow::Owned(kept)
}

/// Where in a value the wildcards and variables are, in order.
pub fn wild(value: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = value.get(at..)?;
            let from = at + rest.find(['*', '?', '$'])?;
            let here = value.get(from..)?;
            if let Some((escaped, _)) = ESCAPED.iter().find(|(escaped, _)| here.starts_with(escaped)) {
                at = from + escaped.len();
                continue;
            }
            let variable = here.strip_prefix("${").and_then(|inner| inner.find('}')).map(|end| end + 3);
            at = from + variable.unwrap_or(1);
            if variable.is_some() || !here.starts_with('$') {
                return Some(from..at);
            }
        }
    })
}

/// True if a value stands for more than one text.
#[must_use]
pub fn is_wild(value: &str) -> bool {
    wild(value).next().is_some()
}

/// True if a value holds what AWS fills in.
#[must_use]
pub fn has_variable(value: &str) -> bool {
    wild(value).any(|range| value.get(range).is_some_and(|text| text.starts_with('$')))
}

/// What stands before the first wildcard or variable.
#[must_use]
pub fn head(value: &str) -> &str {
    wild(value).next().and_then(|first| value.get(..first.start)).unwrap_or(value)
}

/// What stands behind the last wildcard or variable; nothing if there is none.
#[must_use]
pub fn tail(value: &str) -> &str {
    wild(value).last().and_then(|last| value.get(last.end..)).unwrap_or("")
}

/// A kept value, made ready to be compared with texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// What all texts that it stands for begin with; the one text, if it is not wild.
    pub head: String,
    /// True if it stands for more than one text.
    pub wild: bool,
    /// True if AWS fills something in, so that a text that fits may not be meant.
    pub variable: bool,
    any_case: bool,
    cells: Vec<Cell>,
}

/// What one place of a text must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cell {
    Byte(u8),
    One,
    /// Any text, also none.
    Any,
}

impl Pattern {
    /// Of a kept value.
    #[must_use]
    pub fn read(value: &str) -> Self {
        let mut cells = Vec::with_capacity(value.len());
        let mut at = 0;
        let bytes = |text: &str| plain(text).bytes().map(Cell::Byte).collect::<Vec<_>>();
        for range in wild(value) {
            cells.extend(bytes(value.get(at..range.start).unwrap_or("")));
            at = range.end;
            cells.push(if value.get(range) == Some("?") { Cell::One } else { Cell::Any });
        }
        cells.extend(bytes(value.get(at..).unwrap_or("")));
        Self { head: plain(head(value)), wild: is_wild(value), variable: has_variable(value), any_case: false, cells }
    }

    /// Of a kept value that is compared without regard to case: each letter stands for two. How AWS compares letters
    /// outside ASCII is not known here, so that such a one stands for any text.
    #[must_use]
    pub fn of_any_case(value: &str) -> Self {
        let mut pattern = Self { any_case: true, ..Self::read(value) };
        let cased = |c: char| c.is_ascii_alphabetic() || !c.is_ascii();
        pattern.head.truncate(pattern.head.find(cased).unwrap_or(pattern.head.len()));
        pattern.wild |= value.contains(cased);
        pattern.variable |= !value.is_ascii();
        for cell in &mut pattern.cells {
            if matches!(cell, Cell::Byte(byte) if !byte.is_ascii()) {
                *cell = Cell::Any;
            }
        }
        pattern
    }

    /// True if it stands for this text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let text = text.as_bytes();
        let (mut cell, mut at) = (0, 0);
        let mut star: Option<(usize, usize)> = None;
        while let Some(byte) = text.get(at) {
            match self.cells.get(cell) {
                Some(Cell::Any) => {
                    star = Some((cell + 1, at));
                    cell += 1;
                }
                Some(one) if self.is(*one, *byte) => {
                    cell += 1;
                    at += 1;
                }
                _ => match star {
                    Some((after, from)) => {
                        (cell, at) = (after, from + 1);
                        star = Some((after, from + 1));
                    }
                    None => return false,
                },
            }
        }
        self.cells.iter().skip(cell).all(|cell| *cell == Cell::Any)
    }

    fn is(&self, cell: Cell, byte: u8) -> bool {
        match cell {
            Cell::One => true,
            Cell::Byte(own) if self.any_case => own.eq_ignore_ascii_case(&byte),
            Cell::Byte(own) => own == byte,
            Cell::Any => false,
        }
    }
}

/// A text without wildcards as it is meant.
fn plain(text: &str) -> String {
    ESCAPED.iter().fold(text.to_owned(), |text, (escaped, letter)| text.replace(escaped, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_letter_by_letter_is_not_wild() {
        for (value, kept) in
            [("a:b", "a:b"), ("a:*", "a:${*}"), ("?*", "${?}${*}"), ("a${*}", "a${*}"), ("${aws:x}*", "${aws:x}${*}")]
        {
            assert_eq!(literal(value), kept);
        }
        assert!(!is_wild(&literal("a:*?")));
        assert!(is_wild(&literal("${aws:x}*")), "nobody knows what is filled in");
        let pattern = Pattern::read(&literal("a:*"));
        assert_eq!((pattern.head.as_str(), pattern.wild), ("a:*", false));
        assert!(pattern.matches("a:*") && !pattern.matches("a:b"));
    }

    #[test]
    fn wildcards_and_variables_are_told_from_what_means_itself() {
        for (value, first, last) in [
            ("a:b", "a:b", ""),
            ("a*b?c", "a", "c"),
            ("a${*}b*c", "a${*}b", "c"),
            ("a${aws:x}b", "a", "b"),
            ("a$b${", "a$b${", ""),
            ("a*é", "a", "é"),
        ] {
            assert_eq!((head(value), tail(value)), (first, last), "{value}");
        }
        assert!(has_variable("*${aws:x}") && !has_variable("*${*}"));
    }

    #[test]
    fn a_pattern_stands_for_the_texts_that_fit() {
        for (pattern, text, want) in [
            ("ns:*:agent", "ns:a:agent", true),
            ("ns:*:agent", "ns:a:other", false),
            ("ns:*:agent", "ns:a:b:agent", true),
            ("n?:x", "ns:x", true),
            ("n?:x", "n:x", false),
            ("*", "", true),
            ("a*b${*}", "axb*", true),
            ("a*b${*}", "axbc", false),
            ("a${aws:x}", "abc", true),
        ] {
            assert_eq!(Pattern::read(pattern).matches(text), want, "{pattern} {text}");
        }
    }

    #[test]
    fn without_regard_to_case_a_letter_stands_for_two() {
        let pattern = Pattern::of_any_case("1:OPS:*:Agent");
        assert_eq!((pattern.head.as_str(), pattern.wild, pattern.variable), ("1:", true, false));
        assert!(pattern.matches("1:ops:x:aGENT") && !pattern.matches("1:opt:x:agent"));
        let pattern = Pattern::of_any_case("12:3");
        assert_eq!((pattern.head.as_str(), pattern.wild), ("12:3", false));
        let pattern = Pattern::of_any_case("1é*");
        assert_eq!((pattern.head.as_str(), pattern.variable), ("1", true), "nobody says how AWS compares it");
        assert!(pattern.matches("1Éa"));
    }
}
