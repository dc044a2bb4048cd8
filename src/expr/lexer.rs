//! Text into tokens, each with its exact bytes.
//!
//! The literals of CEL are all read here, also those whose types the language refuses, so that
//! the refusal can name what was written.

use std::ops::Range;

use crate::base::diagnostic::Diagnostic;

use super::{fail, mistake};

/// One token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    /// A name or a reserved word.
    Word(String),
    /// A field name in backticks.
    Quoted(String),
    /// The magnitude of an integer; the sign is the parser's business.
    Int(u64),
    /// `1u`, refused.
    Uint,
    /// A double.
    Double(f64),
    /// Text.
    Text(String),
    /// `b'…'`, refused.
    Bytes,
    /// Punctuation or an operator.
    Sign(&'static str),
    /// The end of the text.
    End,
}

/// A token and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    /// The token.
    pub token: Token,
    /// Its bytes.
    pub span: Range<usize>,
}

/// All signs; longer ones first.
const SIGNS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", ".", ",", "(", ")", "[", "]",
    "{", "}",
];

/// The tokens of `text`, ending with [`Token::End`], or the first thing that is not a token.
pub(super) fn tokens(text: &str) -> Result<Vec<Placed>, Box<Diagnostic>> {
    let mut lexer = Lexer { text, at: 0 };
    let mut out = Vec::new();
    loop {
        lexer.skip();
        let start = lexer.at;
        let token = lexer.next()?;
        let end = token == Token::End;
        out.push(Placed { token, span: start..lexer.at });
        if end {
            return Ok(out);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']).len();
            self.at += blank;
            if !self.rest().starts_with("//") {
                return;
            }
            self.at += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn next(&mut self) -> Result<Token, Box<Diagnostic>> {
        let start = self.at;
        let Some(c) = self.peek() else { return Ok(Token::End) };
        let second = self.rest().chars().nth(1);
        if c.is_ascii_digit() || (c == '.' && second.is_some_and(|d| d.is_ascii_digit())) {
            return self.number();
        }
        if let Some((raw, bytes, skip)) = string_start(self.rest()) {
            self.at += skip;
            let text = self.string(start, raw, bytes)?;
            return Ok(if bytes { Token::Bytes } else { Token::Text(text) });
        }
        if c.is_ascii_alphabetic() || c == '_' {
            let len = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest().len());
            let word = self.rest().get(..len).unwrap_or("").to_owned();
            self.at += len;
            return Ok(Token::Word(word));
        }
        if c == '`' {
            return self.quoted(start);
        }
        for sign in SIGNS {
            if self.rest().starts_with(sign) {
                self.at += sign.len();
                return Ok(Token::Sign(sign));
            }
        }
        let span = start..start + c.len_utf8();
        let help = match c {
            '=' => Some("equality is written `==`"),
            '&' => Some("and is written `&&`"),
            '|' => Some("or is written `||`"),
            _ => None,
        };
        let wrong = mistake("syntax", format!("`{c}` is not part of the language"), span, "not understood");
        fail(match help {
            Some(help) => wrong.help(help),
            None => wrong,
        })
    }

    fn quoted(&mut self, start: usize) -> Result<Token, Box<Diagnostic>> {
        self.bump();
        let inner = self.rest();
        let end = inner.find('`').filter(|end| {
            let name = inner.get(..*end).unwrap_or("");
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_.-/ ".contains(c))
        });
        let Some(end) = end else {
            return fail(mistake("syntax", "this quoted name is not whole", start..start + 1, "no closing backtick"));
        };
        self.at += end + 1;
        Ok(Token::Quoted(inner.get(..end).unwrap_or("").to_owned()))
    }

    fn digits(&mut self) -> usize {
        let len = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += len;
        len
    }

    fn number(&mut self) -> Result<Token, Box<Diagnostic>> {
        let start = self.at;
        let rest = self.rest();
        if rest.starts_with("0x") || rest.starts_with("0X") {
            self.at += 2;
            let from = self.at;
            self.at += self.rest().bytes().take_while(u8::is_ascii_hexdigit).count();
            let digits = self.text.get(from..self.at).unwrap_or("");
            return self.whole(start, u64::from_str_radix(digits, 16).ok());
        }
        self.digits();
        let mut double = false;
        let mut ahead = self.rest().chars();
        if ahead.next() == Some('.') && ahead.next().is_some_and(|c| c.is_ascii_digit()) {
            double = true;
            self.at += 1;
            self.digits();
        }
        if self.rest().starts_with(['e', 'E']) {
            let sign = usize::from(self.rest().get(1..).is_some_and(|rest| rest.starts_with(['+', '-'])));
            if self.rest().get(1 + sign..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit())) {
                double = true;
                self.at += 1 + sign;
                self.digits();
            }
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        if !double {
            return self.whole(start, text.parse().ok());
        }
        let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
        self.no_word_follows(start)?;
        let Some(value) = value else {
            let message = format!("`{text}` is too large for a double");
            return fail(mistake("number-range", message, start..self.at, "out of range"));
        };
        Ok(Token::Double(value))
    }

    fn whole(&mut self, start: usize, value: Option<u64>) -> Result<Token, Box<Diagnostic>> {
        if self.rest().starts_with(['u', 'U']) {
            self.at += 1;
            self.no_word_follows(start)?;
            return Ok(Token::Uint);
        }
        self.no_word_follows(start)?;
        let span = start..self.at;
        let text = self.text.get(span.clone()).unwrap_or("");
        let Some(value) = value.filter(|value| *value <= 1 << 63) else {
            let message = format!("`{text}` is not an integer of 64 bits");
            let wrong = mistake("number-range", message, span, "out of range");
            return fail(wrong.help("the largest integer is 9223372036854775807"));
        };
        Ok(Token::Int(value))
    }

    fn no_word_follows(&mut self, start: usize) -> Result<(), Box<Diagnostic>> {
        if !self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Ok(());
        }
        let len = self.rest().find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest().len());
        let span = start..self.at + len;
        let text = self.text.get(span.clone()).unwrap_or("");
        let wrong = mistake("syntax", format!("`{text}` is not a number"), span, "not understood");
        fail(match in_hours(text) {
            Some(hours) => wrong.help(format!(
                "a length of time is written `duration('{hours}')`, or stands as `{text}` in a parameter, such as `params.max_age`"
            )),
            None => wrong,
        })
    }

    /// The rest of a string whose prefix was read; `self.at` stands at its first quote.
    fn string(&mut self, start: usize, raw: bool, bytes: bool) -> Result<String, Box<Diagnostic>> {
        let rest = self.rest();
        let quote = self.peek().unwrap_or('"');
        let triple: String = [quote; 3].iter().collect();
        let long = rest.starts_with(&triple);
        self.at += if long { 3 } else { 1 };
        let mut out = String::new();
        loop {
            if long && self.rest().starts_with(&triple) {
                self.at += 3;
                return Ok(out);
            }
            let at = self.at;
            match self.bump() {
                None => {
                    let label = "starts here";
                    return fail(
                        mistake("syntax", "a text that does not end", start..start + 1, label)
                            .help("close it with the quote that opened it"),
                    );
                }
                Some('\n' | '\r') if !long => {
                    return fail(
                        mistake("syntax", "a line break inside a text", start..at, "the text ends with its line")
                            .help("use three quotes for a text of several lines"),
                    );
                }
                Some('\\') if !raw => self.escape(at, bytes, &mut out)?,
                Some(c) if c == quote && !long => return Ok(out),
                Some(c) => out.push(c),
            }
        }
    }

    fn escape(&mut self, start: usize, bytes: bool, out: &mut String) -> Result<(), Box<Diagnostic>> {
        let letter = self.bump();
        let plain = match letter {
            Some('a') => Some('\u{7}'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            Some('t') => Some('\t'),
            Some('v') => Some('\u{b}'),
            Some(c @ ('\\' | '?' | '"' | '\'' | '`')) => Some(c),
            _ => None,
        };
        if let Some(c) = plain {
            out.push(c);
            return Ok(());
        }
        let (from, len, radix) = match letter {
            Some('x' | 'X') => (self.at, 2, 16),
            Some('u') if !bytes => (self.at, 4, 16),
            Some('U') if !bytes => (self.at, 8, 16),
            Some('0'..='3') => (self.at - 1, 3, 8),
            _ => return fail(self.bad_escape(start)),
        };
        let digits = self.text.get(from..from + len).unwrap_or("");
        let code = digits.bytes().all(|b| b.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, radix).ok());
        let Some(c) = code.flatten().and_then(char::from_u32) else { return fail(self.bad_escape(start)) };
        self.at = from + len;
        out.push(c);
        Ok(())
    }

    fn bad_escape(&self, start: usize) -> Diagnostic {
        let text = self.text.get(start..self.at).unwrap_or("\\");
        mistake("syntax", format!("`{text}` is not an escape"), start..self.at, "not understood")
            .help("write `\\\\` for a backslash, or put `r` before the text to take it as it is")
    }
}

/// A length of time that was written as parameters have it, in the units that `duration` takes.
fn in_hours(text: &str) -> Option<String> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    let number: u64 = digits.parse().ok().filter(|number| *number <= 100_000)?;
    match unit {
        'd' => Some(format!("{}h", number * 24)),
        'w' => Some(format!("{}h", number * 24 * 7)),
        'h' | 'm' | 's' => Some(text.to_owned()),
        _ => None,
    }
}

/// If a string starts here: is it raw, is it bytes, and how long is its prefix.
fn string_start(rest: &str) -> Option<(bool, bool, usize)> {
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    if !rest.get(letters..)?.starts_with(['"', '\'']) {
        return None;
    }
    match rest.get(..letters)? {
        "" => Some((false, false, 0)),
        "r" | "R" => Some((true, false, 1)),
        "b" | "B" => Some((false, true, 1)),
        "br" | "bR" | "Br" | "BR" => Some((true, true, 2)),
        _ => None,
    }
}
