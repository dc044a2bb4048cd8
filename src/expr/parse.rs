//! Tokens into an [`Ast`], by CEL's grammar.

use std::ops::Range;

use crate::base::diagnostic::Diagnostic;
use crate::base::text::shortened;

use super::ast::{Ast, Binary, Field, Kind};
use super::lexer::{Placed, Token, tokens};
use super::refused::{self, Feature};
use super::{fail, mistake};

/// The longest expression, in bytes.
pub(super) const LONGEST: usize = 32 * 1024;
/// How deep brackets, arguments and branches may lie within one another.
const NESTING: u16 = 64;
/// How many parts may lie within one another, counting each operator of a chain.
const DEPTH: u16 = 128;

/// Words that cannot name anything.
pub(super) const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Reads `text`. What it says of refused features goes to `refusals`, so that all of them are named at once.
pub(super) fn parse(text: &str, refusals: &mut Vec<Diagnostic>) -> Result<Ast, Box<Diagnostic>> {
    if text.len() > LONGEST {
        let message = format!("the expression is longer than {LONGEST} bytes");
        return fail(mistake("too-long", message, 0..0, "starts here").help("split it into several checks"));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { text, tokens, at: 0, nesting: 0, refusals };
    let whole = parser.expression()?;
    match parser.token() {
        Token::End => Ok(whole),
        _ => fail(parser.unexpected("an operator or the end")),
    }
}

struct Parser<'p> {
    text: &'p str,
    tokens: Vec<Placed>,
    at: usize,
    nesting: u16,
    refusals: &'p mut Vec<Diagnostic>,
}

type Parsed = Result<Ast, Box<Diagnostic>>;

impl Parser<'_> {
    fn token(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |placed| &placed.token)
    }

    fn span(&self) -> Range<usize> {
        self.tokens.get(self.at).map_or(self.text.len()..self.text.len(), |placed| placed.span.clone())
    }

    /// Where the token before this one ended.
    fn end(&self) -> usize {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(0, |placed| placed.span.end)
    }

    fn is(&self, sign: &str) -> bool {
        matches!(self.token(), Token::Sign(found) if *found == sign)
    }

    fn take(&mut self, sign: &str) -> bool {
        let found = self.is(sign);
        self.at += usize::from(found);
        found
    }

    fn need(&mut self, sign: &str) -> Result<(), Box<Diagnostic>> {
        if self.take(sign) { Ok(()) } else { fail(self.unexpected(&format!("`{sign}`"))) }
    }

    fn unexpected(&self, wanted: &str) -> Diagnostic {
        let span = self.span();
        if *self.token() == Token::End {
            let last = self.end();
            let message = format!("the expression ends where {wanted} should follow");
            let wrong = mistake("syntax", message, last.saturating_sub(1)..last, "ends here");
            return match self.open() {
                Some(help) => wrong.help(help),
                None => wrong,
            };
        }
        let found = self.text.get(span.clone()).unwrap_or("");
        // Words of other languages stand where an operator is missing, or before an operand.
        let before = self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|placed| &placed.token);
        let help = match (found.to_ascii_lowercase().as_str(), before) {
            ("and", _) => Some("and is written `&&`"),
            ("or", _) => Some("or is written `||`"),
            ("is" | "eq" | "equals", _) => Some("equality is written `==`"),
            (")", _) if wanted.ends_with("the end") => {
                Some("no bracket is open here: take this one away, or open one before it")
            }
            ("not", _) => Some("not is written `!`, and not in as `!(a in b)`"),
            (_, Some(Token::Word(word))) if word.eq_ignore_ascii_case("not") => Some("not is written `!`"),
            _ => None,
        };
        let wrong = mistake("syntax", format!("expected {wanted}, found `{found}`"), span, "not expected here");
        match help {
            Some(help) => wrong.help(help),
            None => wrong,
        }
    }

    /// What to do about the last bracket before this token that is not closed, if there is one.
    fn open(&self) -> Option<String> {
        let mut open: Vec<(usize, &str)> = Vec::new();
        for (at, placed) in self.tokens.iter().enumerate().take(self.at) {
            match placed.token {
                Token::Sign("(") => open.push((at, ")")),
                Token::Sign("[") => open.push((at, "]")),
                Token::Sign("{") => open.push((at, "}")),
                Token::Sign(")" | "]" | "}") => drop(open.pop()),
                _ => {}
            }
        }
        let (at, close) = open.pop()?;
        let bracket = self.tokens.get(at)?;
        // With the words around it, by which a person finds it.
        let before = at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let before = before.filter(|one| matches!(one.token, Token::Word(_)));
        let start = before.map_or(bracket.span.start, |one| one.span.start);
        let end = self.tokens.get(at + 1).map_or(bracket.span.end, |one| one.span.end.max(bracket.span.end));
        let around = shortened(self.text.get(start..end)?, 60);
        let sign = self.text.get(bracket.span.clone())?;
        Some(format!("the `{sign}` of `{around}` is not closed: write `{close}` where it ends"))
    }

    fn refuse(&mut self, feature: Feature, span: Range<usize>) {
        self.refusals.push(refused::refusal(feature, span));
    }

    fn node(&self, kind: Kind, start: usize) -> Parsed {
        let span = start..self.end().max(start);
        let depth = kind.inner_depth() + 1;
        if depth > DEPTH {
            let message = format!("more than {DEPTH} parts within one another");
            return fail(
                mistake("too-deep", message, span, "too deep").help("split it with `&&` or into several checks"),
            );
        }
        Ok(Ast { kind, span, depth })
    }

    fn expression(&mut self) -> Parsed {
        self.nesting += 1;
        if self.nesting > NESTING {
            let message = format!("more than {NESTING} levels of nesting");
            return fail(mistake("too-deep", message, self.span(), "too deep").help("split it into several checks"));
        }
        let start = self.span().start;
        let condition = self.or()?;
        let whole = if self.take("?") {
            let yes = self.or()?;
            self.need(":")?;
            let no = self.expression()?;
            self.node(Kind::Choice(Box::new([condition, yes, no])), start)?
        } else {
            condition
        };
        self.nesting -= 1;
        Ok(whole)
    }

    fn or(&mut self) -> Parsed {
        let start = self.span().start;
        let first = self.and()?;
        if !self.is("||") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take("||") {
            parts.push(self.and()?);
        }
        self.node(Kind::Or(parts), start)
    }

    fn and(&mut self) -> Parsed {
        let start = self.span().start;
        let first = self.binary(0)?;
        if !self.is("&&") {
            return Ok(first);
        }
        let mut parts = vec![first];
        while self.take("&&") {
            parts.push(self.binary(0)?);
        }
        self.node(Kind::And(parts), start)
    }

    /// The operator here, if it binds at `level`: 0 relations, 1 sums, 2 products.
    fn operator(&self, level: u8) -> Option<Binary> {
        match (level, self.token()) {
            (0, Token::Word(word)) if word == "in" => Some(Binary::In),
            (_, Token::Sign(sign)) => match (level, *sign) {
                (0, "==") => Some(Binary::Equal),
                (0, "!=") => Some(Binary::Unequal),
                (0, "<") => Some(Binary::Less),
                (0, "<=") => Some(Binary::LessEqual),
                (0, ">") => Some(Binary::Greater),
                (0, ">=") => Some(Binary::GreaterEqual),
                (1, "+") => Some(Binary::Plus),
                (1, "-") => Some(Binary::Minus),
                (2, "*") => Some(Binary::Times),
                (2, "/") => Some(Binary::Divide),
                (2, "%") => Some(Binary::Modulo),
                _ => None,
            },
            _ => None,
        }
    }

    fn binary(&mut self, level: u8) -> Parsed {
        let start = self.span().start;
        let mut left = if level == 2 { self.unary()? } else { self.binary(level + 1)? };
        while let Some(operator) = self.operator(level) {
            self.at += 1;
            let right = if level == 2 { self.unary()? } else { self.binary(level + 1)? };
            left = self.node(Kind::Binary(operator, Box::new(left), Box::new(right)), start)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Parsed {
        let start = self.span().start;
        for sign in ["!", "-"] {
            let mut count = 0_u32;
            let mut last = start;
            while self.is(sign) {
                last = self.span().start;
                self.at += 1;
                count += 1;
            }
            if count == 0 {
                continue;
            }
            // The sign before a number belongs to it, or the smallest integer could not be written.
            let number = sign == "-" && matches!(self.token(), Token::Int(_) | Token::Double(_));
            let operand = if number { self.member(Some(last))? } else { self.member(None)? };
            let count = count - u32::from(number);
            return match (count, sign) {
                (0, _) => Ok(operand),
                (_, "!") => self.node(Kind::Not(count, Box::new(operand)), start),
                _ => self.node(Kind::Minus(count, Box::new(operand)), start),
            };
        }
        self.member(None)
    }

    fn member(&mut self, minus: Option<usize>) -> Parsed {
        let start = minus.unwrap_or(self.span().start);
        let mut whole = self.primary(minus)?;
        loop {
            if self.take(".") {
                if self.is("?") {
                    self.refuse(Feature::Optional, self.span());
                    self.at += 1;
                }
                let field = self.field()?;
                let kind = if self.take("(") {
                    let args = self.list(")")?;
                    Kind::Call(Some(Box::new(whole)), field, args)
                } else {
                    Kind::Select(Box::new(whole), field)
                };
                whole = self.node(kind, start)?;
            } else if self.take("[") {
                if self.is("?") {
                    self.refuse(Feature::Optional, self.span());
                    self.at += 1;
                }
                let index = self.expression()?;
                self.need("]")?;
                whole = self.node(Kind::Index(Box::new(whole), Box::new(index)), start)?;
            } else if self.is("{") && named(&whole) {
                self.refuse(Feature::Message, start..self.span().end);
                self.at += 1;
                self.message()?;
                whole = self.node(Kind::Refused, start)?;
            } else {
                return Ok(whole);
            }
        }
    }

    /// The fields of a message, read to go on behind it.
    fn message(&mut self) -> Result<(), Box<Diagnostic>> {
        while !self.take("}") {
            self.take("?");
            self.field()?;
            self.need(":")?;
            self.expression()?;
            if !self.take(",") {
                return self.need("}");
            }
        }
        Ok(())
    }

    fn field(&mut self) -> Result<Field, Box<Diagnostic>> {
        let span = self.span();
        let name = match self.token() {
            Token::Word(word) if !["in", "true", "false", "null"].contains(&word.as_str()) => word.clone(),
            Token::Quoted(name) => name.clone(),
            _ => return fail(self.unexpected("a name")),
        };
        self.at += 1;
        Ok(Field { name, span })
    }

    /// Expressions up to a closing bracket.
    fn list(&mut self, close: &str) -> Result<Vec<Ast>, Box<Diagnostic>> {
        let mut parts = Vec::new();
        while !self.take(close) {
            if close == "]" && self.is("?") {
                self.refuse(Feature::Optional, self.span());
                self.at += 1;
            }
            parts.push(self.expression()?);
            if !self.take(",") {
                self.need(close)?;
                break;
            }
            if close == ")" && self.is(close) {
                return fail(self.unexpected("an argument"));
            }
        }
        Ok(parts)
    }

    fn map(&mut self, start: usize) -> Parsed {
        let mut entries = Vec::new();
        while !self.take("}") {
            if self.is("?") {
                self.refuse(Feature::Optional, self.span());
                self.at += 1;
            }
            let key = self.expression()?;
            self.need(":")?;
            entries.push((key, self.expression()?));
            if !self.take(",") {
                self.need("}")?;
                break;
            }
        }
        self.node(Kind::Map(entries), start)
    }

    fn primary(&mut self, minus: Option<usize>) -> Parsed {
        let span = self.span();
        let start = minus.unwrap_or(span.start);
        let token = self.token().clone();
        self.at += 1;
        let kind = match token {
            Token::Int(size) => {
                let value = if minus.is_some() { 0_i64.checked_sub_unsigned(size) } else { i64::try_from(size).ok() };
                let Some(value) = value else {
                    let message = format!("`{size}` is not an integer of 64 bits");
                    let help = "the largest integer is 9223372036854775807";
                    return fail(mistake("number-range", message, span, "out of range").help(help));
                };
                Kind::Int(value)
            }
            Token::Double(value) => Kind::Double(if minus.is_some() { -value } else { value }),
            Token::Text(text) => Kind::Text(text),
            Token::Uint => {
                self.refuse(Feature::Uint, span);
                Kind::Refused
            }
            Token::Bytes => {
                self.refuse(Feature::Bytes, span);
                Kind::Refused
            }
            Token::Sign("(") => {
                let mut inner = self.expression()?;
                self.need(")")?;
                inner.span = start..self.end();
                return Ok(inner);
            }
            Token::Sign("[") => Kind::List(self.list("]")?),
            Token::Sign("{") => return self.map(start),
            Token::Sign(".") => {
                let name = self.primary(None)?;
                match name.kind {
                    Kind::Name(name) => Kind::Outer(name),
                    kind @ Kind::Call(None, ..) => kind,
                    _ => return fail(mistake("syntax", "expected a name after `.`", span, "not expected here")),
                }
            }
            Token::Word(word) => match word.as_str() {
                "true" => Kind::Bool(true),
                "false" => Kind::Bool(false),
                "null" => {
                    self.refuse(Feature::Null, span);
                    Kind::Refused
                }
                _ if RESERVED.contains(&word.as_str()) => {
                    let message = format!("`{word}` is a reserved word");
                    return fail(mistake("syntax", message, span, "cannot name anything"));
                }
                _ if self.take("(") => Kind::Call(None, Field { name: word, span }, self.list(")")?),
                _ => Kind::Name(word),
            },
            _ => {
                self.at -= 1;
                return fail(self.unexpected("a value"));
            }
        };
        self.node(kind, start)
    }
}

/// True for `a` and `a.b.c`, after which `{` starts a message.
fn named(ast: &Ast) -> bool {
    match &ast.kind {
        Kind::Name(_) | Kind::Outer(_) => true,
        Kind::Select(inner, _) => named(inner),
        _ => false,
    }
}
