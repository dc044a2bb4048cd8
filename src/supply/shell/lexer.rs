//! The words of a command, in the part of the shell's language that commands of exports need.
//!
//! What is not understood is refused: back quotes, subshells, jobs, input from files, functions.

use super::is_name;

/// How deep `$(…)` may nest.
const DEEPEST: usize = 8;

/// A list of simple commands, each by its words, with the shell's own words before them.
#[derive(Debug, Default)]
pub struct Lexed(pub Vec<Vec<Word>>);

/// One word.
#[derive(Debug, Default)]
pub struct Word {
    /// Its text, without quotes; of what is expanded nothing.
    text: String,
    /// True if nothing in it is expanded.
    plain: bool,
    /// How much of the text stood before the first quote or expansion.
    bare: usize,
    /// The variables in it.
    pub variables: Vec<String>,
    /// The commands in it.
    pub inner: Vec<Lexed>,
}

impl Word {
    /// The whole word, if nothing in it is expanded.
    pub fn literal(&self) -> Option<&str> {
        self.plain.then_some(self.text.as_str())
    }

    /// The text that is certain to be in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variable that it sets, as in `name=value`.
    pub fn assigned(&self) -> Option<&str> {
        let (name, _) = self.text.get(..self.bare)?.split_once('=')?;
        is_name(name).then_some(name)
    }
}

/// Reads a list of commands.
pub fn lex(text: &str) -> Result<Lexed, String> {
    if !text.is_ascii() {
        return Err("it has a placeholder that only a person can fill in".to_owned());
    }
    let mut lexer = Lexer { bytes: text.as_bytes(), at: 0 };
    let lexed = lexer.list(0)?;
    if lexer.at < lexer.bytes.len() { Err("a `)` has no beginning".to_owned()) } else { Ok(lexed) }
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn follows(&self, text: &str) -> bool {
        self.bytes.get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Reads to the end, or to the `)` that ends what is nested.
    fn list(&mut self, depth: usize) -> Result<Lexed, String> {
        if depth > DEEPEST {
            return Err(format!("its commands nest deeper than {DEEPEST} levels"));
        }
        let mut commands = Vec::new();
        let mut words: Vec<Word> = Vec::new();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.at += 1,
                b';' | b'\n' | b'|' => {
                    self.at += if self.follows("||") { 2 } else { 1 };
                    commands.push(std::mem::take(&mut words));
                }
                b'&' if self.follows("&&") => {
                    self.at += 2;
                    commands.push(std::mem::take(&mut words));
                }
                b')' if depth > 0 => break,
                b'&' | b'<' | b'(' | b')' | b'#' => return Err(format!("it has `{}`", char::from(byte))),
                b'>' => return Err("it has another redirection than the one at its end".to_owned()),
                _ => words.push(self.word(depth)?),
            }
        }
        commands.push(words);
        commands.retain(|words| !words.is_empty());
        Ok(Lexed(commands))
    }

    fn word(&mut self, depth: usize) -> Result<Word, String> {
        let mut word = Word { plain: true, ..Word::default() };
        let mut bare = true;
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\n' | b';' | b'|' | b'&' | b'<' | b'>' | b'(' | b')' => break,
                b'\'' => {
                    bare = false;
                    self.at += 1;
                    self.until_quote(&mut word.text)?;
                }
                b'"' => {
                    bare = false;
                    self.at += 1;
                    self.double(&mut word, depth)?;
                }
                b'$' => {
                    bare = false;
                    self.expansion(&mut word, depth)?;
                }
                b'`' => return Err("it has back quotes".to_owned()),
                b'\\' | b'*' | b'~' => return Err(format!("it has `{}` outside of quotes", char::from(byte))),
                byte => {
                    word.text.push(char::from(byte));
                    self.at += 1;
                    word.bare += usize::from(bare);
                }
            }
        }
        Ok(word)
    }

    fn until_quote(&mut self, text: &mut String) -> Result<(), String> {
        while let Some(byte) = self.peek() {
            self.at += 1;
            if byte == b'\'' {
                return Ok(());
            }
            text.push(char::from(byte));
        }
        Err("a quote is not closed".to_owned())
    }

    fn double(&mut self, word: &mut Word, depth: usize) -> Result<(), String> {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.at += 1;
                    return Ok(());
                }
                b'`' => return Err("it has back quotes".to_owned()),
                b'$' => self.expansion(word, depth)?,
                b'\\' => {
                    let next = self.bytes.get(self.at + 1).copied();
                    let next = next.filter(|next| matches!(next, b'"' | b'$' | b'\\'));
                    word.text.push(char::from(next.ok_or("a backslash stands before what needs none")?));
                    self.at += 2;
                }
                byte => {
                    word.text.push(char::from(byte));
                    self.at += 1;
                }
            }
        }
        Err("a quote is not closed".to_owned())
    }

    /// `$name`, `${name}` or `$(commands)`.
    fn expansion(&mut self, word: &mut Word, depth: usize) -> Result<(), String> {
        word.plain = false;
        self.at += 1;
        if self.peek() == Some(b'(') {
            if self.follows("((") {
                return Err("it calculates".to_owned());
            }
            self.at += 1;
            let inner = self.list(depth + 1)?;
            if self.peek() != Some(b')') {
                return Err("a `$(` is not closed".to_owned());
            }
            self.at += 1;
            word.inner.push(inner);
            return Ok(());
        }
        let braced = self.peek() == Some(b'{');
        self.at += usize::from(braced);
        let rest = self.bytes.get(self.at..).unwrap_or(&[]);
        let name: String = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .map(|b| char::from(*b))
            .collect();
        self.at += name.len();
        if !is_name(&name) || (braced && self.peek() != Some(b'}')) {
            return Err("it has an expansion that is not a plain variable".to_owned());
        }
        self.at += usize::from(braced);
        word.variables.push(name);
        Ok(())
    }
}
