//! Patterns of paths, as a manifest writes them: `*` and `?` within a name, `**` over folders, `[…]` and `{…,…}`.
//!
//! A pattern is someone else's text, so its length and its nesting have an end, and a pattern
//! beyond it is a mistake like any other.

use globset::GlobBuilder;
use regex::bytes::{Regex, RegexBuilder};

/// The longest pattern, in bytes.
pub const LONGEST: usize = 1024;
/// How deep braces may nest in one another.
const DEEPEST: usize = 4;
/// How many alternatives all braces of a pattern may have together.
const MOST_ALTERNATIVES: usize = 100;
/// The size from which a compiled pattern is refused, in bytes.
const LARGEST: usize = 1 << 20;

/// The most that all patterns of a manifest may cost together: about ten thousand of them, or a thousand long ones.
pub const MOST_TOGETHER: usize = 1 << 20;
/// What a pattern costs beside its bytes.
const EACH: usize = 80;
/// Characters by which a pattern is more than one path.
const WILD: [char; 8] = ['*', '?', '[', ']', '{', '}', '\\', '!'];

/// What a pattern may look like, for those who wrote another.
pub const HELP: &str = "write a path relative to the folder, such as `aws/111122223333/*.json`: `*` stands for any \
                        text within a name, `**` for any folders, `{a,b}` for one of several";

/// The folder that all paths of a pattern are in, with its last `/`: what comes before the first wildcard.
#[must_use]
pub fn folder(pattern: &str) -> &str {
    let pattern = pattern.trim_start_matches("./");
    let plain = pattern.find(WILD).and_then(|at| pattern.get(..at)).unwrap_or(pattern);
    plain.rfind('/').and_then(|at| plain.get(..=at)).unwrap_or("")
}

/// A pattern of paths.
#[derive(Debug, Clone)]
pub struct PathPattern {
    written: String,
    /// `None` where the pattern is one path and nothing else.
    regex: Option<Regex>,
}

impl PathPattern {
    /// True if it is more than one path.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.regex.is_some()
    }

    /// Reads a pattern; `./` at its beginning says nothing.
    ///
    /// # Errors
    /// What is wrong with it, in words that go on after its name.
    pub fn new(pattern: &str) -> Result<Self, String> {
        let pattern = pattern.trim_start_matches("./");
        if pattern.is_empty() {
            return Err("it is empty".to_owned());
        }
        if pattern.len() > LONGEST {
            return Err(format!("it is {} bytes long, and the longest has {LONGEST}", pattern.len()));
        }
        braces(pattern)?;
        let written = pattern.to_owned();
        if !pattern.contains(WILD) {
            return Ok(Self { written, regex: None });
        }
        let glob =
            GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| error.kind().to_string())?;
        // Compiled here and not by the library, which ends the program where a limit is met.
        let regex = RegexBuilder::new(glob.regex())
            .dot_matches_new_line(true)
            .size_limit(LARGEST)
            .build()
            .map_err(|_| "it is too large once compiled".to_owned())?;
        Ok(Self { written, regex: Some(regex) })
    }

    /// What it costs to keep, to be held against [`MOST_TOGETHER`]: nothing where it is one path.
    #[must_use]
    pub fn cost(pattern: &str) -> usize {
        if pattern.contains(WILD) { pattern.len() + EACH } else { 0 }
    }

    /// True if it stands for this path, relative to the folder and with `/`.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        match &self.regex {
            None => self.written == path,
            Some(regex) => regex.is_match(path.as_bytes()),
        }
    }
}

/// Counts braces and their alternatives before anything recurses over them.
fn braces(pattern: &str) -> Result<(), String> {
    let (mut depth, mut alternatives) = (0_usize, 0_usize);
    for byte in pattern.bytes() {
        match byte {
            b'{' => {
                depth += 1;
                alternatives += 1;
            }
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth > 0 => alternatives += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(format!("its braces nest deeper than {DEEPEST} levels"));
        }
        if alternatives > MOST_ALTERNATIVES {
            return Err(format!("its braces have more than {MOST_ALTERNATIVES} alternatives"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        PathPattern::new(pattern).unwrap().matches(path)
    }

    #[test]
    fn stars_stay_within_a_name() {
        assert!(matches("aws/*/x.json", "aws/1/x.json") && !matches("aws/*/x.json", "aws/1/2/x.json"));
        assert!(matches("aws/**", "aws/1/2/x.json") && matches("**/x.json", "x.json"));
        assert!(matches("./a.json", "a.json") && !matches("a.json", "b/a.json"));
        assert!(matches("{a,b}?.csv", "b1.csv") && matches("[!x]*", "a\nb"));
    }

    #[test]
    fn hostile_patterns_are_refused_or_bounded() {
        let nested = |depth: usize| format!("{}a{}", "{".repeat(depth), "}".repeat(depth));
        assert!(PathPattern::new(&nested(4)).is_ok());
        for wrong in [
            String::new(),
            "a[".to_owned(),
            "a{b".to_owned(),
            "a\\".to_owned(),
            "[z-a]".to_owned(),
            nested(5),
            nested(300),
            "?".repeat(LONGEST + 1),
            "?".repeat(400_000),
            format!("{{{}}}", "a,".repeat(200)),
        ] {
            assert!(PathPattern::new(&wrong).is_err(), "{}", wrong.len());
        }
        for right in ["?".repeat(LONGEST), "*a".repeat(LONGEST / 2), "**/".repeat(LONGEST / 3), "[a-z]".repeat(200)] {
            let pattern = PathPattern::new(&right).unwrap();
            // Whatever it answers, it answers soon.
            let _ = pattern.matches(&format!("{}bb", "b/".repeat(2000)));
        }
    }
}
