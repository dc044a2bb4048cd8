//! What a template from a folder may not contain: the few things by which a short one could take all memory or time.
//!
//! The number of steps of a rendering is bounded, but one step may double a text or a list. So there
//! are no operators that put texts or lists together, and lists hold nothing but plain values. Nor is
//! anything read that is nested deeper than there is room for, or longer than there is time for: a tag
//! has so many words at most, and a template so many tags.

/// Most words and signs of one tag. The longest of the built-in templates has 22, and each may nest what is before it.
const WORDS: usize = 200;
/// Most tags of one template; the longest of the built-in ones has 133.
const TAGS: usize = 3000;
/// Most `elif` of one template, each of which is nested in the one before.
const BRANCHES: usize = 100;

/// What is wrong in a template, with its line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The line, from 1.
    pub line: usize,
    /// What stands there and what to do instead.
    pub what: String,
}

/// The first thing in a template that is not allowed.
pub(super) fn wrong(source: &str) -> Option<Wrong> {
    let mut rest = source;
    let mut before = 0;
    let (mut tags, mut branches) = (0, 0);
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (opening, after) = (rest.get(at..at + 2)?, rest.get(at + 2..)?);
        let line = 1 + source.get(..before + at)?.matches('\n').count();
        let length = match opening {
            "{#" => after.find("#}").map_or(after.len(), |end| end + 2),
            _ => match code(after, if opening == "{{" { "}}" } else { "%}" }) {
                Ok(length) => length,
                Err((offset, what)) => {
                    let line = line + after.get(..offset)?.matches('\n').count();
                    return Some(Wrong { line, what });
                }
            },
        };
        let whole = after.get(..length)?;
        tags += usize::from(opening != "{#");
        branches += usize::from(whole.trim_start_matches(['-', '+', ' ', '\t', '\r', '\n']).starts_with("elif"));
        if tags > TAGS {
            return Some(Wrong {
                line,
                what: format!("a template has at most {TAGS} tags: put a part of it into another"),
            });
        }
        if branches > BRANCHES {
            return Some(Wrong { line, what: format!("a template has at most {BRANCHES} `elif`") });
        }
        before += at + 2 + length;
        rest = after.get(length..)?;
    }
    None
}

/// The length of a piece of code up to and with its end, or where it has what, and why that may not be.
fn code(text: &str, end: &str) -> Result<usize, (usize, String)> {
    let mut quote: Option<char> = None;
    let mut escaped = false;
    // The last character that is no space: from it one tells a list from a subscript.
    let mut last = ' ';
    let mut word = String::new();
    let mut list: Option<usize> = None;
    let mut words = 0;
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None => {
                if list.is_none() && text.get(at..).is_some_and(|rest| rest.starts_with(end)) {
                    return Ok(at + end.len());
                }
                let refused = |what: &str| Err((at, what.to_owned()));
                let begins = if is_word(c) { !last_is_word(last, text, at) } else { !c.is_whitespace() };
                words += usize::from(begins);
                if words > WORDS {
                    return Err((at, format!("a tag has at most {WORDS} words and signs: `set` names for its parts")));
                }
                match c {
                    '"' | '\'' => quote = Some(c),
                    '~' => return refused("`~` cannot be used: write the values one after the other"),
                    '*' => return refused("`*` cannot be used in a template"),
                    '+' if last != '{' && last != '%' && last != ' ' || c == '+' && at > 0 => {
                        return refused("`+` cannot be used in a template");
                    }
                    '{' => return refused("a map cannot be written in a template"),
                    '[' if list.is_some() => return refused("a list within a list cannot be written in a template"),
                    '[' if !subscripted(last, &word) => list = Some(at),
                    ']' => list = None,
                    _ if list.is_some() && !(c.is_ascii_digit() || matches!(c, ',' | ' ' | '.' | '-')) => {
                        return refused("a list in a template can hold only texts and numbers");
                    }
                    _ => {}
                }
            }
        }
        if is_word(c) {
            if !last_is_word(last, text, at) {
                word.clear();
            }
            word.push(c);
        }
        if !c.is_whitespace() {
            last = c;
        }
    }
    Ok(text.len())
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether the character right before a position belongs to the same word.
fn last_is_word(last: char, text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|before| before.chars().next_back());
    before == Some(last) && is_word(last)
}

/// Whether a `[` after this picks a member, rather than beginning a list.
fn subscripted(last: char, word: &str) -> bool {
    let keyword = matches!(word, "in" | "is" | "and" | "or" | "not" | "if" | "else" | "elif" | "for" | "set" | "with");
    matches!(last, ')' | ']' | '"' | '\'') || ((last.is_alphanumeric() || last == '_') && !keyword)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_nest_or_last_without_bound_is_refused() {
        let line = |source: &str| wrong(source).map(|found| found.line);
        for piece in
            ["not ", "-", "(", "a.", "a[0]", "x|upper", "a or ", "a and ", "f()", "a is defined ", "1 if 1 else "]
        {
            assert_eq!(line(&format!("\n{{{{ {}1 }}}}", piece.repeat(30_000))), Some(2), "{piece}");
            assert_eq!(line(&format!("{{% if {}1 %}}{{% endif %}}", piece.repeat(20))), None, "{piece}");
        }
        assert_eq!(line(&"{% set a = 1 %}\n".repeat(30_000)), Some(3001));
        assert_eq!(line(&format!("{{% if a %}}{}{{% endif %}}", "\n{%- elif a %}".repeat(30_000))), Some(102));
        for (name, source) in crate::report::template::TEMPLATES {
            assert_eq!(wrong(source), None, "{name}");
        }
    }

    #[test]
    fn what_could_grow_without_bound_is_refused() {
        let line = |source: &str| wrong(source).map(|found| found.line);
        for allowed in [
            "a ~ b * c + d [x, [y]]",
            "{{ a.b[0] }}{% if x in [\"a\", 'b', 1] %}{{ f('~ + * [') }}{% endif %}",
            "{#- ~ * -#}{{- a | upper -}}",
            "{{ \"a \\\" ~ \" }}",
            "{%+ if a %}b{%+ endif %}",
            "{{ unfinished",
        ] {
            assert_eq!(wrong(allowed), None, "{allowed}");
        }
        for (refused, at) in [
            ("a\n{% set x = x ~ x %}", 2),
            ("{{ \"a\" * 1000 }}", 1),
            ("{{ a\n+ b }}", 2),
            ("{% set l = [l, l] %}", 1),
            ("{{ {\"a\": 1} }}", 1),
            ("{% for a in [[1]] %}", 1),
            ("{{ f([x]) }}", 1),
        ] {
            assert_eq!(line(refused), Some(at), "{refused}");
        }
    }
}
