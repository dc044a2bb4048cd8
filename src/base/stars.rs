//! Patterns in which `*` stands for any text, none included, and every other character for itself.
//!
//! They are matched in a time that grows with the text and the pattern, and not with both at once.
//!
//! ```
//! use assize::base::stars::Stars;
//! let pattern = Stars::new("aws:*:user/ci-*");
//! assert!(pattern.matches("aws:111122223333:user/ci-deploy"));
//! assert!(!pattern.matches("aws:111122223333:role/ci-deploy"));
//! ```

/// A pattern, ready to match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stars {
    /// The texts between the stars; one where there is no star.
    pieces: Vec<String>,
}

impl Stars {
    /// A pattern of that text.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self { pieces: pattern.split('*').map(str::to_owned).collect() }
    }

    /// True if it stands for more than itself.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.pieces.len() > 1
    }

    /// True if it is stars, marks and white space, and nothing that tells one id from another.
    #[must_use]
    pub fn is_only_wildcards(&self) -> bool {
        self.is_pattern() && !self.pieces.iter().any(|piece| piece.contains(char::is_alphanumeric))
    }

    /// True if it stands for this text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        let Some((last, middle)) = rest.split_last() else { return first == text };
        let Some(mut left) = text.strip_prefix(first.as_str()).and_then(|text| text.strip_suffix(last.as_str())) else {
            return false;
        };
        for piece in middle {
            let Some((_, after)) = left.split_once(piece.as_str()) else { return false };
            left = after;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_star_is_any_text() {
        let matches = |pattern: &str, text: &str| Stars::new(pattern).matches(text);
        assert!(matches("abc", "abc") && !matches("abc", "abcd") && !matches("", "a") && matches("", ""));
        assert!(matches("*", "") && matches("a*", "a") && matches("*a", "ba") && matches("a**b", "ab"));
        assert!(matches("a*b*c", "aXbYc") && !matches("a*b*c", "aXcYb") && !matches("ab*ba", "aba"));
        assert!(matches("a?b", "a?b") && !matches("a?b", "axb"), "a question mark is a question mark");
    }

    #[test]
    fn wildcards_alone_are_told() {
        for (pattern, only) in [("*", true), ("*:*", true), (" * ", true), ("a*", false), ("", false), ("-", false)] {
            assert_eq!(Stars::new(pattern).is_only_wildcards(), only, "{pattern}");
        }
    }

    /// What the pattern means, said slowly.
    fn slowly(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some((b'*', rest)), _) => (0..=text.len()).any(|at| slowly(rest, &text[at..])),
            (Some((one, rest)), Some((other, more))) => one == other && slowly(rest, more),
            (Some(_), None) => false,
        }
    }

    proptest! {
        #[test]
        fn it_is_what_the_slow_way_says(pattern in "[ab*]{0,8}", text in "[ab]{0,10}") {
            prop_assert_eq!(Stars::new(&pattern).matches(&text), slowly(pattern.as_bytes(), text.as_bytes()));
        }
    }

    #[test]
    fn hostile_patterns_take_no_time() {
        let pattern = Stars::new(&"a*".repeat(50_000));
        assert!(!pattern.matches(&"b".repeat(1_000_000)));
        assert!(!Stars::new(&format!("{}c", "a*".repeat(2_000))).matches(&"a".repeat(1_000_000)));
    }
}
