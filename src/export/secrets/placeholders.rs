//! Values that stand where a secret is to be put in.

use super::{names, shapes};
use crate::model::facts::CredentialKind as Kind;

/// Words of which one is enough.
const TELLING: &[&str] = &[
    "CHANGEIT",
    "CHANGEME",
    "CHANGETHIS",
    "DUMMY",
    "EXAMPLE",
    "FIXME",
    "HIDDEN",
    "INSERT",
    "MASKED",
    "PLACEHOLDER",
    "REDACTED",
    "REMOVED",
    "REPLACE",
    "REPLACEME",
    "SAMPLE",
    "TBD",
    "TODO",
    "UNSET",
    "YOUR",
    "YOURAPIKEY",
    "YOURKEY",
    "YOURS",
    "YOURTOKEN",
];
/// Words that name a secret, of which a real one does not consist.
const NAMING: &[&str] = &[
    "API",
    "APIKEY",
    "AUTH",
    "BEARER",
    "CREDENTIAL",
    "CREDENTIALS",
    "KEY",
    "PASS",
    "PASSWORD",
    "PAT",
    "SECRET",
    "TOKEN",
];
/// Words that stand around those.
const AROUND: &[&str] = &[
    "A", "ACCESS", "ADD", "APP", "BOT", "CLIENT", "ENTER", "FROM", "GOES", "HERE", "ID", "IN", "MY", "OF", "ORG",
    "PASTE", "PERSONAL", "PUT", "SERVICE", "SET", "SOME", "STRING", "TEST", "THE", "THIS", "USER", "VALUE",
];

/// True if a scanner was told to hide the value.
pub fn is_hidden(text: &str) -> bool {
    let masked = |c: char| matches!(c, '*' | '•' | '█' | '…' | '.');
    // Some tools leave the first characters of what they hide.
    text.contains("REDACTED") || text.contains("[MASKED]") || text.chars().all(masked) || text.contains("*****")
}

/// True for a value that stands where a secret of this kind is to be put in, under this name.
pub fn is_placeholder(name: &str, text: &str, kind: Kind) -> bool {
    if text.contains("PRIVATE KEY-----") {
        return text.contains("...") || text.contains('…') || text.contains("MASKED");
    }
    let angle = text.find('<').is_some_and(|at| text.get(at..).is_some_and(|rest| rest.contains('>')));
    let bracket = |open, close| text.starts_with(open) && text.ends_with(close);
    // What is in brackets and has quotes is a value of its own.
    let bracketed = !text.contains('"') && (bracket('[', ']') || bracket('{', '}'));
    if angle || bracketed || text.contains("...") || text.contains('…') {
        return true;
    }
    let rest = shapes::rest(text);
    let filled = |text: &str| {
        let filler = |c: char| matches!(c, 'x' | 'X' | '*' | '.' | '-' | '_' | '#' | '?' | '•');
        text.chars().all(filler) || text.chars().count() > 3 && same(text)
    };
    if filled(rest) || text.contains("xxxxx") || text.contains("XXXXX") || text.contains("****") {
        return true;
    }
    let words = names::words(text);
    let is_one_of = |list: &[&str], word: &String| list.contains(&word.as_str());
    if words.iter().any(|word| is_one_of(TELLING, word)) || text.ends_with("EXAMPLE") || text.ends_with("EXAMPLEKEY") {
        return true;
    }
    if words.iter().zip(words.iter().skip(1)).any(|(a, b)| a == "CHANGE" && matches!(b.as_str(), "ME" | "IT" | "THIS"))
    {
        return true;
    }
    let own = names::words(name);
    let known = |word: &String| is_one_of(NAMING, word) || is_one_of(AROUND, word) || own.contains(word);
    let naming = |words: &[String]| words.iter().any(|word| is_one_of(NAMING, word)) && words.iter().all(known);
    // What stands before it may be right: `sk_live_my_secret_key`.
    if naming(&words) || rest.len() < text.len() && naming(&names::words(rest)) {
        return true;
    }
    // A password may be as bad as `12345`; a provider's key is never so.
    kind != Kind::Password && rest.len() >= 8 && counts_up(rest)
}

/// True if a text is one character again and again, but for what stands between groups.
fn same(text: &str) -> bool {
    let mut chars = text.chars().filter(|c| !matches!(c, '-' | '_' | '.'));
    let first = chars.next();
    chars.all(|c| Some(c) == first)
}

/// True if a text is made of runs such as `12345678` and `abcdef`.
fn counts_up(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let (mut run, mut last) = (1, None::<char>);
    for c in lower.chars() {
        if let Some(last) = last {
            let next = u32::from(last) + 1 == u32::from(c);
            let wraps = matches!((last, c), ('9', '0' | 'a') | ('0', '1' | 'a') | ('z', 'a' | '0' | '1'));
            let follows = next || wraps;
            if !follows && run < 4 {
                return false;
            }
            run = if follows { run + 1 } else { 1 };
        }
        last = Some(c);
    }
    run >= 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!([TELLING, NAMING, AROUND].iter().all(|list| list.is_sorted_by(|a, b| a < b)));
    }

    #[test]
    fn runs_of_characters() {
        for text in ["1234567890", "abcdefghijklmnop", "0123456789abcdef", "abcdef123456", "12341234"] {
            assert!(counts_up(text), "{text}");
        }
        for text in ["a1b2c3d4", "abcd9fq2", "12345x", "3f9a0c"] {
            assert!(!counts_up(text), "{text}");
        }
    }
}
