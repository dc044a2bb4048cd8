//! Text that came from outside, made safe to show.
//!
//! Names in exports are chosen by whoever could create the object, so no output may print
//! them raw: a terminal escape would act, a right-to-left mark would reorder the line, a line
//! break would forge one.

use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt::Write as _;

/// True for characters that act rather than show: controls, and marks of direction or invisible ones.
#[must_use]
pub fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// True for a text in which nothing is seen: empty, of white space, or of characters that act.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || acts(c))
}

/// The text with every character that acts written as `\u{…}`, so that what is shown is what is there.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    // Of many bytes at once, which no way out in the middle would allow.
    let plain = text.bytes().fold(true, |plain, byte| plain & (0x20..0x7F).contains(&byte));
    if plain || !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if acts(c) {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// A file's name as text, in which no two names are the same: bytes that are no text are written as `\xNN`.
///
/// A backslash is doubled where the name has such bytes, or has itself what looks like one.
#[must_use]
pub fn named(name: &OsStr) -> Cow<'_, str> {
    let bytes = name.as_encoded_bytes();
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains("\\x") => return Cow::Borrowed(text),
        _ => {}
    }
    let mut out = String::with_capacity(bytes.len() + 8);
    for chunk in bytes.utf8_chunks() {
        out.push_str(&chunk.valid().replace('\\', "\\\\"));
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    Cow::Owned(out)
}

/// True for a text that a spreadsheet takes for a formula, where it is a cell.
#[must_use]
pub fn is_formula(text: &str) -> bool {
    let first = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];
    text.starts_with(first) || text.trim_start().starts_with(first)
}

/// The text as a basic string of TOML, on one line, with every character that acts written as `\U…`.
#[must_use]
pub fn toml_string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            c if acts(c) => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text of at most `limit` characters, with an ellipsis where it was cut.
#[must_use]
pub fn shortened(text: &str, limit: usize) -> Cow<'_, str> {
    // No text has more characters than bytes.
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    match text.char_indices().nth(limit) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or(text))),
    }
}

/// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// The candidates that may be meant by `word`, at most `most` of them: those that hold it or are held by it, then those
/// that are near by edit distance, the nearest first. Case counts for nothing, and each candidate is named once.
#[must_use]
pub fn likely<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let word = word.trim().to_lowercase();
    let length = word.chars().count();
    let limit = (length / 3).max(1);
    let mut found: Vec<(usize, usize, &str)> = Vec::new();
    for candidate in candidates {
        let lower = candidate.to_lowercase();
        let size = lower.chars().count();
        if length >= 3 && (lower.contains(&word) || (size >= 4 && word.contains(&lower))) {
            found.push((0, size.abs_diff(length), candidate));
        } else if size.abs_diff(length) <= limit {
            let distance = distance(&word, &lower);
            found.extend((distance <= limit).then_some((1, distance, candidate)));
        }
    }
    found.sort_unstable();
    found.dedup_by_key(|one| one.2);
    found.into_iter().map(|(_, _, candidate)| candidate).take(most).collect()
}

/// Edit distance in characters, where swapping two neighbours counts as two; capped inputs keep it cheap.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().take(80).collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().take(80).enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = Vec::with_capacity(row.len());
        next.push(before);
        for (b, above) in right.iter().zip(row.iter().skip(1)) {
            let cost = if a == *b { diagonal } else { diagonal.min(*above).min(before) + 1 };
            diagonal = *above;
            before = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_written_out() {
        assert_eq!(shown("plain"), "plain");
        assert_eq!(shown("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(shown("x\u{202e}y\n"), "x\\u{202e}y\\u{a}");
    }

    #[test]
    fn a_string_of_toml_reads_as_what_was_written() {
        for text in ["plain", "a \"b\" \\c", "x\ny\t\u{202e}\u{0}", "'quoted' # = [1]", "ä"] {
            let line = format!("a = {}", toml_string(text));
            assert!(line.chars().all(|c| !acts(c)), "{line:?}");
            let read: toml::Table = line.parse().unwrap();
            assert_eq!(read["a"].as_str(), Some(text));
        }
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        assert_eq!(named(OsStr::new("a\\b ä.json")), "a\\b ä.json");
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStrExt as _;
            let names: Vec<_> = [&b"a\xff"[..], b"a\xfe", b"a\\xff", b"a\\\xff", b"a\\\\xff"]
                .map(|name| named(OsStr::from_bytes(name)))
                .into();
            assert_eq!(names, ["a\\xff", "a\\xfe", "a\\\\xff", "a\\\\\\xff", "a\\\\\\\\xff"]);
        }
    }

    #[test]
    fn the_nearest_name() {
        let names = ["last_used_at", "created_at", "kind"];
        assert_eq!(nearest("last_usd_at", names), Some("last_used_at"));
        assert_eq!(nearest("kinds", names), Some("kind"));
        assert_eq!(nearest("zebra", names), None);
    }

    #[test]
    fn names_that_may_be_meant() {
        let names = ["deploy-booking", "deploy", "Depoly", "edi-gateway", "deploy"];
        assert_eq!(likely("deploy", names, 9), ["deploy", "deploy-booking", "Depoly"]);
        assert_eq!(likely("prod:role/deploy", names, 1), ["deploy"]);
        assert_eq!(likely("zebra", names, 9), Vec::<&str>::new());
    }
}
