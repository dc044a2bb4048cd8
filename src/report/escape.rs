//! Text from outside made harmless for Markdown, HTML and CSV.
//!
//! Each function first writes out the characters that act (see [`crate::base::text::shown`]),
//! then what acts in its own format. All that a report prints goes through here unless it is
//! part of a template.

use std::borrow::Cow;

use crate::base::text::{is_formula, shown};

/// The text as HTML text or attribute value.
#[must_use]
pub fn html(text: &str) -> Cow<'_, str> {
    // Most texts are plain, and a report prints many: all bytes of one are looked at, so that it is many at once.
    let plain = |byte: u8| matches!(byte, b' '..=b'~') & !matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'');
    if text.bytes().fold(true, |all, byte| all & plain(byte)) {
        return text.into();
    }
    let text = shown(text);
    let mut out = String::new();
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let written = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(text.get(copied..at).unwrap_or(""));
        out.push_str(written);
        copied = at + 1;
    }
    if copied == 0 {
        return text;
    }
    out.push_str(text.get(copied..).unwrap_or(""));
    out.into()
}

/// The text as Markdown that reads as nothing but this text, in a paragraph, a list or a table.
#[must_use]
pub fn markdown(text: &str) -> String {
    let shown = shown(text);
    let mut out = String::with_capacity(shown.len() + 16);
    escape_into(&mut out, shown.trim(), true);
    out
}

/// As [`markdown`], for text that does not begin a line: what acts only there is left as it is.
#[must_use]
pub fn markdown_within(text: &str) -> String {
    let shown = shown(text);
    let mut out = String::with_capacity(shown.len() + 16);
    escape_into(&mut out, shown.trim(), false);
    out
}

/// True for characters that act somewhere in Markdown; all of them are ASCII.
const fn may_act(byte: u8) -> bool {
    matches!(
        byte,
        b'`' | b'*'
            | b'['
            | b']'
            | b'<'
            | b'>'
            | b'|'
            | b'~'
            | b'&'
            | b'@'
            | b'$'
            | b'^'
            | b'\\'
            | b'_'
            | b':'
            | b'.'
            | b')'
            | b'-'
            | b'+'
            | b'#'
            | b'='
            | b'!'
    )
}

/// What lies between characters that may act is copied as it is, so most text is copied in few pieces.
fn escape_into(out: &mut String, text: &str, begins: bool) {
    let bytes = text.as_bytes();
    let at = |index: usize| bytes.get(index).copied();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut copied = 0;
    for (index, byte) in bytes.iter().copied().enumerate().filter(|(_, byte)| may_act(*byte)) {
        let before = || text.get(..index).and_then(|before| before.chars().next_back());
        let after = || text.get(index + 1..).and_then(|after| after.chars().next());
        let first = begins && index == 0;
        let numbered = || begins && index > 0 && bytes.iter().take(index).all(u8::is_ascii_digit);
        let special = match byte {
            // Before a letter or a digit a backslash is one, as in `\u{202e}`.
            b'\\' => !is_word(after()),
            b'_' => !(is_word(before()) && is_word(after())),
            b':' => first || (at(index + 1) == Some(b'/') && at(index + 2) == Some(b'/')),
            b')' => numbered() && after().is_none_or(char::is_whitespace),
            b'.' => {
                let www = || index >= 3 && (1..=3).all(|back| matches!(at(index - back), Some(b'w' | b'W')));
                www() || (numbered() && after().is_none_or(char::is_whitespace))
            }
            b'-' | b'+' | b'#' | b'=' | b'!' => first,
            _ => true,
        };
        if special {
            out.push_str(text.get(copied..index).unwrap_or(""));
            out.push('\\');
            copied = index;
        }
    }
    out.push_str(text.get(copied..).unwrap_or(""));
}

/// A block of code in Markdown, fenced so that nothing inside can end it.
#[must_use]
pub fn markdown_code(text: &str) -> String {
    let lines: Vec<_> = text.trim_matches('\n').lines().map(shown).collect();
    let longest = lines.iter().map(|line| longest_run(line, '`')).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}\n{}\n{fence}", lines.join("\n"))
}

/// Code within a line of Markdown. Not for tables, where a `|` would end the cell.
#[must_use]
pub fn markdown_inline_code(text: &str) -> String {
    let text = shown(text);
    if text.is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    let touches = |c: Option<char>| matches!(c, Some('`' | ' '));
    let pad = if touches(text.chars().next()) || touches(text.chars().last()) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Code within a cell of a table of Markdown; plain text where a `\` would leave open what a `|` does.
#[must_use]
pub fn markdown_cell_code(text: &str) -> String {
    if text.contains('|') && shown(text).contains('\\') {
        return markdown(text);
    }
    markdown_inline_code(text).replace('|', "\\|")
}

fn longest_run(text: &str, of: char) -> usize {
    let (longest, _) = text.chars().fold((0, 0), |(longest, run), c| {
        let run = if c == of { run + 1 } else { 0 };
        (std::cmp::max(longest, run), run)
    });
    longest
}

/// The text as a CSV cell that no spreadsheet takes for a formula. (Quotes are the CSV writer's.)
#[must_use]
pub fn csv(text: &str) -> Cow<'_, str> {
    let formula = is_formula(text);
    let text = shown(text);
    if formula { format!("'{text}").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

    /// What a reader of Markdown sees, or `None` if there is anything but text.
    fn read_back(markdown: &str) -> Option<String> {
        let mut text = String::new();
        for event in Parser::new_ext(markdown, Options::all()) {
            match event {
                Event::Text(piece) => text.push_str(&piece),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => {}
                _ => return None,
            }
        }
        Some(text)
    }

    proptest! {
        #[test]
        fn escaped_markdown_is_nothing_but_its_text(text in "[ -~\u{202e}\u{e9}\n]{0,40}") {
            let escaped = markdown(&text);
            // A smart-punctuation reader may bend quotes and dashes, so those are compared without it.
            let mut options = Options::all();
            options.remove(Options::ENABLE_SMART_PUNCTUATION);
            let seen: String = Parser::new_ext(&escaped, options).map(|event| match event {
                Event::Text(piece) => piece.into_string(),
                Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) => String::new(),
                other => format!("<<{other:?}>>"),
            }).collect();
            let shown_text = shown(&text);
            prop_assert_eq!(seen, shown_text.trim(), "{}", escaped);
        }

        #[test]
        fn escaped_html_has_no_markup(text in any::<String>()) {
            let escaped = html(&text);
            let acts = escaped.contains(['<', '>', '"', '\'', '\u{1b}', '\u{202e}']);
            prop_assert!(!acts);
        }

        #[test]
        fn no_cell_starts_a_formula(text in any::<String>()) {
            let cell = csv(&text);
            let acts = cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']);
            prop_assert!(!acts);
        }
    }

    #[test]
    fn hostile_names() {
        insta::assert_snapshot!(markdown("<script>alert(1)</script> | `x` [a](javascript:b)\n# h"), @r"\<script\>alert(1)\</script\> \| \`x\` \[a\](javascript:b)\u{a}# h");
        insta::assert_snapshot!(markdown("https://evil.example/ a@b.c last_used_at _x_"), @r"https\://evil.example/ a\@b.c last_used_at \_x\_");
        assert_eq!((markdown(": - a"), markdown_within(": - a")), (r"\: - a".to_owned(), ": - a".to_owned()));
        assert_eq!(csv("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
        assert_eq!(csv("\t=1"), "'\\u{9}=1");
        assert_eq!(csv("plain"), "plain");
        assert_eq!(markdown_inline_code("a`b"), "``a`b``");
        assert_eq!(markdown_code("x\n```\ny"), "````\nx\n```\ny\n````");
        assert!(read_back(&markdown("1. one")).is_some());
    }
}
