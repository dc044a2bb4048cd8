//! How much room text takes in a drawing, by a guess of how wide its letters are, and where it is broken and cut.
//!
//! The guess is that of a broad system font, so that text keeps within its box in others too.

use crate::base::text::shown;

/// The size of a name, in pixels, and as broad as its bold letters are.
pub const NAME: i64 = 13;
/// The size of all other text.
pub const SMALL: i64 = 11;

/// The width of a letter, in hundredths of its size.
fn width(c: char) -> i64 {
    match c {
        'i' | 'j' | 'l' | 'I' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' | '(' | ')' | '/'
        | '·' => 42,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 95,
        'A'..='Z' | '#' | '&' | '+' | '=' | '_' | '<' | '>' | '~' => 76,
        c if c.is_ascii() => 63,
        _ => 105,
    }
}

/// Whether a name may be broken behind this letter.
fn joint(c: char) -> bool {
    matches!(c, ' ' | '-' | '_' | '/' | ':' | '.' | '@' | '#' | ',' | '|')
}

/// How many letters have room in so many pixels.
fn fitting(text: &[char], size: i64, room: i64) -> usize {
    let all = room.saturating_mul(100) / size.max(1);
    let mut used = 0_i64;
    text.iter()
        .take_while(|c| {
            used = used.saturating_add(width(**c));
            used <= all
        })
        .count()
}

/// The text in lines of at most `room` pixels, broken where a name has a joint; the last of `most` lines ends in `…`
/// if there is more. Letters that act are written out first.
#[must_use]
pub fn wrapped(text: &str, size: i64, room: i64, most: usize) -> Vec<String> {
    let text = shown(text);
    let text = text.trim();
    let mut lines = Vec::new();
    // Most texts have room in one line.
    if most > 0 && !text.is_empty() && text.chars().map(width).sum::<i64>() <= room.saturating_mul(100) / size.max(1) {
        lines.push(text.to_owned());
        return lines;
    }
    let mut rest: Vec<char> = text.chars().collect();
    while !rest.is_empty() && lines.len() < most {
        let fits = fitting(&rest, size, room);
        if fits == rest.len() {
            lines.push(rest.iter().collect());
            break;
        }
        if lines.len() + 1 == most {
            let cut: String = rest.iter().take(fitting(&rest, size, room - size)).collect();
            lines.push(format!("{}…", cut.trim_end()));
            break;
        }
        let broken = rest.iter().take(fits).rposition(|c| joint(*c)).map(|at| at + 1).filter(|at| *at > fits / 3);
        let after = rest.split_off(broken.unwrap_or(fits).max(1));
        lines.push(rest.iter().collect::<String>().trim_end().to_owned());
        rest = after.into_iter().skip_while(|c| *c == ' ').collect();
    }
    lines
}

/// The text in one line of at most `room` pixels.
#[must_use]
pub fn fitted(text: &str, size: i64, room: i64) -> String {
    wrapped(text, size, room, 1).into_iter().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_break_at_their_joints_and_are_cut_with_a_sign() {
        assert_eq!(wrapped("ops-remediator", 10, 200, 3), ["ops-remediator"]);
        assert_eq!(
            wrapped("AmazonBedrockExecutionRoleForAgents_replydesk", 10, 130, 3),
            ["AmazonBedrockExecuti", "onRoleForAgents_", "replydesk"]
        );
        assert_eq!(wrapped(&"x".repeat(99), 10, 64, 2), ["xxxxxxxxxx", "xxxxxxxx…"]);
        assert_eq!(wrapped("漢字漢字漢字", 10, 32, 2), ["漢字漢", "字漢字"]);
        assert_eq!(wrapped("a\u{202e}b\nc", 10, 500, 2), [r"a\u{202e}b\u{a}c"]);
        assert!(wrapped("", 10, 90, 3).is_empty());
        assert_eq!(fitted("a long label", 10, 40), "a lon…");
    }

    #[test]
    fn no_line_is_broader_than_its_room() {
        for text in ["x".repeat(300), "W".repeat(300), "🤖".repeat(90), "a b".repeat(99), "-/-".repeat(80)] {
            for line in wrapped(&text, 11, 133, 3) {
                let wide: i64 = line.chars().map(width).sum();
                assert!(wide * 11 / 100 <= 133 + 11, "{line}");
            }
        }
    }
}
