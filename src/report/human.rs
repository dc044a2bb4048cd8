//! Numbers, dates, sizes and fractions as people read them.

use std::borrow::Cow;

use crate::base::text::{shortened, shown};
use crate::base::time::{DAY, Instant};
use crate::contract::v1::Coverage;

/// Longest name or value that a report shows whole, in characters.
const LONGEST: usize = 240;
/// Longest name that stands in a heading, in characters.
const HEADING: usize = 80;

/// A whole number with a comma between thousands.
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun, such as `1 finding` or `2,041 findings`.
#[must_use]
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// A text that begins with a capital letter, as a sentence does.
#[must_use]
pub fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// How many findings there are, and how many more that waivers cover: `14 findings and 5 waived`.
#[must_use]
pub fn findings(open: u64, waived: u64) -> String {
    let open = count(open, "finding", "findings");
    if waived == 0 { open } else { format!("{open} and {} waived", number(waived)) }
}

/// A size in bytes, such as `401.2 MB`.
#[must_use]
pub fn bytes(n: u64) -> String {
    let units = [("GB", 1_000_000_000_u64), ("MB", 1_000_000), ("kB", 1_000)];
    match units.iter().find(|(_, size)| n >= *size) {
        None => count(n, "byte", "bytes"),
        Some((unit, size)) => {
            let tenths = n / (size / 10);
            format!("{}.{} {unit}", number(tenths / 10), tenths % 10)
        }
    }
}

/// An instant, such as `2026-11-01 09:30 UTC`, or the date alone for the start of a day.
///
/// Text that is not an instant stays as it is.
#[must_use]
pub fn instant(text: &str) -> String {
    let Some(at) = Instant::parse(text) else { return text.to_owned() };
    let of_day = at.0.rem_euclid(DAY);
    match (of_day, of_day % 60) {
        (0, _) => at.date(),
        (seconds, 0) => format!("{} {:02}:{:02} UTC", at.date(), seconds / 3600, seconds / 60 % 60),
        (seconds, rest) => format!("{} {:02}:{:02}:{rest:02} UTC", at.date(), seconds / 3600, seconds / 60 % 60),
    }
}

/// The date of an assessment, where the last second of a day stands for its end.
#[must_use]
pub fn as_of(text: &str) -> String {
    match Instant::parse(text) {
        Some(at) if at.0.rem_euclid(DAY) == DAY - 1 => format!("the end of {} UTC", at.date()),
        _ => instant(text),
    }
}

/// An instant that may not be known.
#[must_use]
pub fn instant_or(text: Option<&str>, unknown: &str) -> String {
    text.map_or_else(|| unknown.to_owned(), instant)
}

/// The value of a fact: instants made readable, long texts cut.
#[must_use]
pub fn value(text: &str) -> String {
    let looks_like_an_instant = text.len() >= 20 && text.as_bytes().get(10) == Some(&b'T');
    if looks_like_an_instant && Instant::parse(text).is_some() { instant(text) } else { brief(text) }
}

/// A name or value of bearable length.
#[must_use]
pub fn brief(text: &str) -> String {
    short(text).into_owned()
}

/// A name that fits a heading: a longer one is cut after a word.
#[must_use]
pub fn heading(text: &str) -> String {
    let cut = shortened(text, HEADING);
    let Some(begin) = cut.strip_suffix('…').filter(|_| cut != text) else { return cut.into_owned() };
    let whole_words = begin.rfind(char::is_whitespace).filter(|at| *at >= HEADING / 2).and_then(|at| begin.get(..at));
    format!("{}…", whole_words.unwrap_or(begin).trim_end_matches([' ', ',', ';', ':']))
}

/// As [`brief`], and nothing copied where nothing is cut.
#[must_use]
pub fn short(text: &str) -> Cow<'_, str> {
    shortened(text, LONGEST)
}

/// A sentence or a few, of bearable length.
#[must_use]
pub fn passage(text: &str) -> String {
    shortened(text, 10 * LONGEST).into_owned()
}

/// The name in `name`, or the id where there is no name.
#[must_use]
pub fn name_or<'a>(name: &'a str, id: &'a str) -> &'a str {
    if name.trim().is_empty() { id } else { name }
}

/// The first characters of a digest, enough to tell two apart.
#[must_use]
pub fn digest(text: &str) -> String {
    shortened(text, 12).into_owned()
}

/// Coverage as a fraction; never as a percentage.
#[must_use]
pub fn coverage(coverage: &Coverage) -> String {
    match coverage.total {
        Some(0) => "no verdicts".to_owned(),
        Some(total) => format!("{} of {} decided", number(coverage.decided), number(total)),
        None if coverage.known.max(coverage.decided) == 0 => "no subject is listed".to_owned(),
        None => {
            let known = number(coverage.known.max(coverage.decided));
            format!("{} of at least {known} decided", number(coverage.decided))
        }
    }
}

/// The first `limit` of some names, and how many more there are.
#[must_use]
pub fn names<'a>(all: impl IntoIterator<Item = &'a str>, total: u64, limit: usize) -> String {
    let mut shown_names: Vec<String> = all.into_iter().take(limit).map(|name| brief(&shown(name))).collect();
    let more = total.saturating_sub(shown_names.len() as u64);
    if more > 0 {
        shown_names.push(format!("{} more", number(more)));
    }
    shown_names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_them() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(sentence("nothing"), "Nothing");
        assert_eq!((findings(1, 0), findings(14, 5)), ("1 finding".to_owned(), "14 findings and 5 waived".to_owned()));
        assert_eq!(bytes(999), "999 bytes");
        assert_eq!(bytes(401_234_567), "401.2 MB");
        assert_eq!(instant("2026-11-01T00:00:00Z"), "2026-11-01");
        assert_eq!(instant("2026-11-01T09:30:00Z"), "2026-11-01 09:30 UTC");
        assert_eq!(instant("2026-11-01T23:59:59Z"), "2026-11-01 23:59:59 UTC");
        assert_eq!(instant("soon"), "soon");
        assert_eq!(names(["a", "b", "c"], 10, 2), "a, b, 8 more");
    }

    #[test]
    fn headings_end_after_a_word() {
        let fits = "a".repeat(80);
        assert_eq!(heading(&fits), fits);
        assert_eq!(heading(&"a".repeat(81)), format!("{fits}…"));
        let long = "Policy of the Group for Machine Identities, Service Accounts and Applications, and for the rest";
        assert_eq!(heading(long), "Policy of the Group for Machine Identities, Service Accounts and Applications…");
        // An ellipsis of the name's own is no cut.
        assert_eq!(heading("And so on…"), "And so on…");
        assert_eq!(heading(&"é".repeat(200)), format!("{}…", "é".repeat(80)));
    }

    #[test]
    fn coverage_is_a_fraction() {
        let mut part = Coverage { decided: 5, total: Some(9), known: 9, open_scopes: vec![] };
        assert_eq!(coverage(&part), "5 of 9 decided");
        part.total = None;
        part.open_scopes = vec!["aws:1".to_owned()];
        assert_eq!(coverage(&part), "5 of at least 9 decided");
        (part.decided, part.known) = (0, 0);
        assert_eq!(coverage(&part), "no subject is listed");
    }
}
