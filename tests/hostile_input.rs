//! Input that is made to do harm: no panic, no hang, memory in proportion to the file, and a message that says what it was.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a failed expectation is the answer"
)]

mod support;

use support::{Run, check, copy, fixture};
use tempfile::TempDir;

/// A whole export of an account of its own, which must be read whatever lies beside it.
const GOOD: &str = "utf8-bom.json";

/// A folder with a good export and a profile of this text, judged.
fn with_profile(text: &str) -> Run {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    std::fs::write(folder.path().join("assize.toml"), text).unwrap();
    check(folder.path(), &[])
}

#[test]
fn patterns_in_the_manifest_are_bounded() {
    for (pattern, why) in [
        (format!("{}a{}", "{".repeat(300), "}".repeat(300)), "its braces nest deeper than 4 levels"),
        ("?".repeat(400_000), "it is 400000 bytes long, and the longest has 1024"),
        (format!("{{{}}}", "a,".repeat(300)), "its braces have more than 100 alternatives"),
        ("a[".to_owned(), "unclosed character class"),
        (String::new(), "it is empty"),
    ] {
        let run = with_profile(&format!("[[exports]]\npath = \"{pattern}\"\n"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        for words in ["error[bad-path-pattern]", why, "--> assize.toml:2:8", "`*` stands for any text within a name"] {
            assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
        }
        assert!(run.stderr.len() < 4000 && run.files().is_empty());
    }
    let run = with_profile(&format!("[[exports]]\npath = \"{}*\"\n", "*?".repeat(511)));
    assert_eq!(run.code, 0, "{}", run.stderr);
}
