//! A control file: its text, digest and origin, and the reading of TOML with every place kept.

use std::ops::Range;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::DeTable;

use super::shape::misfits;
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::digest::sha256;

/// Where a control file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Compiled into the program.
    Builtin,
    /// A folder of the user has a file of the same path with other bytes.
    Changed,
    /// Only a folder of the user has it.
    Added,
}

impl Origin {
    /// The name in outputs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Changed => "changed",
            Self::Added => "added",
        }
    }

    /// True if it is not what the program came with; every report marks it.
    #[must_use]
    pub fn modified(self) -> bool {
        self != Self::Builtin
    }
}

/// One file of controls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlFile {
    /// The path relative to the folder of controls, with `/`: `checks/nhi7-long-lived-secrets/credential-rotated.toml`.
    pub path: String,
    /// The text.
    pub text: String,
    /// SHA-256 of the text, in hexadecimal.
    pub sha256: String,
    /// Where it comes from.
    pub origin: Origin,
}

impl ControlFile {
    /// A file of that path and text.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>, origin: Origin) -> Self {
        let text = text.into();
        Self { path: path.into(), sha256: sha256(text.as_bytes()), text, origin }
    }
}

/// The most mistakes that are told of one file.
const MOST: usize = 200;

/// Reads one file and collects what is wrong with it.
#[derive(Debug)]
pub struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    /// A reader of `text`; `file` is how diagnostics name it.
    #[must_use]
    pub fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, diagnostics: Vec::new() }
    }

    /// The raw type of the file, if the file has its form. All mistakes of syntax are noted, or else all of form.
    pub fn parse<T: DeserializeOwned + JsonSchema>(&mut self) -> Option<T> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            for error in errors {
                self.note_toml("toml-syntax", &error);
            }
            return None;
        }
        match T::deserialize(toml::Deserializer::from(table)) {
            Ok(raw) => Some(raw),
            Err(error) => {
                let (table, _) = DeTable::parse_recoverable(self.text);
                let misfits = misfits(&table, schemars::schema_for!(T).as_value());
                if misfits.is_empty() {
                    self.note_toml("toml-form", &error);
                }
                for (wrong, span, label) in misfits {
                    self.note(wrong, span, label);
                }
                None
            }
        }
    }

    /// As much of a file as `T` asks for, without a word on what is wrong with the rest.
    #[must_use]
    pub fn part<T: DeserializeOwned>(&self) -> Option<T> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if errors.is_empty() { T::deserialize(toml::Deserializer::from(table)).ok() } else { None }
    }

    fn note_toml(&mut self, code: &'static str, error: &toml::de::Error) {
        let message = error.message().trim().replace('\n', ", ");
        let span = error.span().unwrap_or(0..0);
        let wrong = Diagnostic::error(code, message);
        let value = self.text.get(span.start..).unwrap_or("").trim_start();
        let word = value.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        let wrong = match word {
            "null" | "nil" | "none" | "None" => wrong.help(
                "there is no such value: leave the line out, or in the facts of a test write `{ absent = true }` for what is not there",
            ),
            "True" | "False" => wrong.help(format!("write `{}`", word.to_lowercase())),
            _ => wrong,
        };
        self.note(wrong, span, "here");
    }

    /// Notes a mistake at a place of the file.
    pub fn note(&mut self, diagnostic: Diagnostic, span: Range<usize>, label: impl Into<String>) {
        let end = span.end.min(self.text.len());
        self.diagnostics.push(diagnostic.at(self.file, span.start.min(end)..end, label));
    }

    /// Takes over diagnostics that have their place already.
    pub fn add(&mut self, placed: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.extend(placed);
    }

    /// The value, or its mistake noted under `text`.
    pub fn check<T>(&mut self, result: Result<T, Diagnostic>, at: &Range<usize>, label: &str) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(diagnostic) => {
                self.note(diagnostic, at.clone(), label);
                None
            }
        }
    }

    /// An id: lower-case letters, digits and hyphens, and not empty. Otherwise noted, and read all the same.
    pub fn id(&mut self, raw: &Spanned<String>) -> String {
        let id = raw.get_ref();
        let fits = !id.is_empty()
            && !id.starts_with('-')
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        if !fits {
            let wrong = Diagnostic::error("bad-id", format!("`{id}` is not an id"))
                .help("use lower-case letters, digits and hyphens");
            self.note(wrong, raw.span(), "not an id");
        }
        id.clone()
    }

    /// A text that must say something.
    pub fn text(&mut self, raw: &Spanned<String>, what: &str) -> String {
        let whole = raw.get_ref();
        // Of several lines the first keeps its indent: it may be the first of a block of commands.
        let text =
            if whole.trim().contains('\n') { whole.trim_start_matches(['\n', '\r']).trim_end() } else { whole.trim() };
        if text.is_empty() {
            self.note(Diagnostic::error("empty-text", format!("the {what} is empty")), raw.span(), "empty");
        }
        text.to_owned()
    }

    /// A text with the place of its content, for what is parsed further.
    #[must_use]
    pub fn written(&self, raw: &Spanned<String>) -> Written {
        Written::new(self.file, self.text, raw)
    }

    /// How many errors were noted so far; to tell whether a step added some.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count()
    }

    /// What was noted, in the order of the file; of very many the first, and how many more there are.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|diagnostic| diagnostic.place.as_ref().map_or(0, |place| place.span.start));
        let more = self.diagnostics.len().saturating_sub(MOST);
        self.diagnostics.truncate(MOST);
        if more > 0 {
            let message = format!("{more} more mistakes in `{}`", self.file);
            self.diagnostics.push(Diagnostic::error("more-mistakes", message).at(self.file, 0..0, "in this file"));
        }
        self.diagnostics
    }
}

/// A text of a control file that is parsed further, such as an expression, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text, as TOML gives it.
    pub text: String,
    /// The file, as diagnostics name it.
    pub file: String,
    /// The bytes of the whole TOML string in the file, with its quotes.
    pub span: Range<usize>,
    /// Where the text begins in the file, if it stands there as it is (no escapes).
    start: Option<usize>,
}

impl Written {
    fn new(file: &str, whole: &str, raw: &Spanned<String>) -> Self {
        Self::of(file, whole, raw.get_ref(), raw.span())
    }

    /// The text of the TOML string at `span` of the file `whole`.
    #[must_use]
    pub fn of(file: &str, whole: &str, text: &str, span: Range<usize>) -> Self {
        let text = text.to_owned();
        let literal = whole.get(span.clone()).unwrap_or("");
        let start = ["\"\"\"\n", "\"\"\"\r\n", "\"\"\"", "'''\n", "'''\r\n", "'''", "\"", "'"]
            .into_iter()
            .find(|open| literal.strip_prefix(open).is_some_and(|body| body.starts_with(&text)))
            .map(|open| span.start + open.len());
        Self { text, file: file.to_owned(), span, start }
    }

    /// The bytes of the file under a range of the text.
    #[must_use]
    pub fn locate(&self, range: &Range<usize>) -> Range<usize> {
        match self.start {
            Some(start) => start + range.start..start + range.end,
            None => self.span.clone(),
        }
    }

    /// Moves a diagnostic about the text to its place in the file.
    #[must_use]
    pub fn place(&self, mut diagnostic: Diagnostic) -> Diagnostic {
        let range = diagnostic.place.as_ref().map_or(0..self.text.len(), |place| place.span.clone());
        let label = std::mem::take(&mut diagnostic.label);
        diagnostic.at(self.file.clone(), self.locate(&range), label)
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Raw {
        #[schemars(with = "String")]
        a: Spanned<String>,
    }

    #[test]
    fn a_place_in_a_text_is_found_in_its_file() {
        for (source, under) in [("a = \"x && y\"", "y"), ("a = \"\"\"\nx && y\"\"\"", "y"), ("a = 'x && y'", "y")] {
            let mut reader = Reader::new("f", source);
            let raw: Raw = reader.parse().unwrap();
            let written = reader.written(&raw.a);
            let at = written.text.find('y').unwrap();
            assert_eq!(source.get(written.locate(&(at..at + 1))), Some(under), "{source}");
        }
        let source = r#"a = "x == \"s\"""#;
        let mut reader = Reader::new("f", source);
        let raw: Raw = reader.parse().unwrap();
        assert_eq!(source.get(reader.written(&raw.a).locate(&(0..1))), Some(r#""x == \"s\"""#));
    }

    #[test]
    fn all_mistakes_of_syntax_are_told() {
        let mut reader = Reader::new("f", "a = \nb = ]\n");
        assert!(reader.parse::<Raw>().is_none());
        assert!(reader.finish().len() >= 2);
    }

    #[test]
    fn all_mistakes_of_form_are_told_with_their_places() {
        let source = "bogus = 1\naa = 2\n";
        let mut reader = Reader::new("f", source);
        assert!(reader.parse::<Raw>().is_none());
        let all: Vec<String> = reader
            .finish()
            .iter()
            .map(|d| {
                format!(
                    "{:?} {} ({})",
                    d.line_and_column(source).unwrap(),
                    d.message,
                    d.help.clone().unwrap_or_default()
                )
            })
            .collect();
        assert_eq!(
            all,
            [
                "(1, 1) `bogus` is no field here (one of a)",
                "(1, 1) `a` is missing ()",
                "(2, 1) `aa` is no field here (did you mean `a`?)"
            ]
        );
    }
}
