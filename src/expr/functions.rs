//! What the functions of the language compute, apart from any tree.

use regex::{Regex, RegexBuilder};

/// The most memory that a compiled pattern may take, in bytes.
const PATTERN: usize = 256 * 1024;

/// A compiled regular expression, or `None` if the text is none or too large.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    RegexBuilder::new(text).size_limit(PATTERN).dfa_size_limit(PATTERN).nest_limit(64).build().ok()
}

/// Whether all of `text` matches `pattern`: `*` stands for any text, `?` for one character, all else for itself.
pub(crate) fn glob(text: &str, pattern: &str) -> bool {
    let (mut text, mut rest) = (text.chars(), pattern.chars());
    // Where to go on if the last `*` has to take one character more.
    let mut again: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let before = text.clone();
        match (rest.next(), text.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                text = before;
                again = Some((text.clone(), rest.clone()));
            }
            (Some('?'), Some(_)) => {}
            (Some(wanted), Some(found)) if wanted == found => {}
            _ => {
                let Some((from, after)) = &mut again else { return false };
                if from.next().is_none() {
                    return false;
                }
                text = from.clone();
                rest = after.clone();
            }
        }
    }
}

/// A double as CEL writes it: the shortest digits that read back as it, with an exponent where it is large or small.
pub(super) fn show_double(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((digits, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if value == 0.0 || (-4..21).contains(&exponent) {
        return format!("{value}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{digits}e{sign}{:02}", exponent.abs())
}

/// A double without its fraction, if it fits into 64 bits; CEL leaves out both ends of the range.
pub(super) fn whole(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    (value > -LIMIT && value < LIMIT).then_some(value as i64)
}

/// Reads a bool in the spellings that CEL takes.
pub(super) fn read_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Reads a double.
pub(super) fn read_double(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
    let named = matches!(text, "NaN" | "Infinity" | "-Infinity" | "+Infinity" | "Inf" | "-Inf" | "+Inf");
    if plain || named { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (text, pattern) in [
            ("", ""),
            ("", "*"),
            ("arn:aws:s3:::acme-cases/a", "arn:aws:s3:::acme-*"),
            ("abcabd", "*ab?"),
            ("aXbXc", "a*b*c"),
            ("[a]", "[a]"),
            ("é", "?"),
        ] {
            assert!(glob(text, pattern), "{text} {pattern}");
        }
        for (text, pattern) in [("a", ""), ("", "?"), ("abc", "a*d"), ("abc", "ab"), ("b", "[b]")] {
            assert!(!glob(text, pattern), "{text} {pattern}");
        }
    }

    #[test]
    fn doubles() {
        for (value, shown) in [(123.456, "123.456"), (-4.5e-3, "-0.0045"), (1e21, "1e+21"), (1e-7, "1e-07"), (0.0, "0")]
        {
            assert_eq!(show_double(value), shown);
        }
    }
}
