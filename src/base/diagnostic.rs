//! What is wrong with an input, where, and what to do about it.
//!
//! A [`Diagnostic`] has three texts, each useful alone: the message, the label under the
//! place, and the help. Texts are lower case, without a full stop, with the user's own words
//! in backticks.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::text::shown;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing is lost.
    Note,
    /// Something may not mean what its writer thinks.
    Warning,
    /// The input cannot be used as it is.
    Error,
}

/// Where in a text something is wrong: a file's name and a range of bytes of its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, as the user named it.
    pub file: String,
    /// The bytes meant, in the text of the file.
    pub span: Range<usize>,
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// A stable kebab-case name of this kind of mistake.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where, if it has a place.
    pub place: Option<Place>,
    /// What stands at the place: the text under the underline.
    pub label: String,
    /// What to do about it, if that can be said.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place.
    #[must_use]
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, code, message: message.into(), place: None, label: String::new(), help: None }
    }

    /// A warning without a place.
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// A note without a place.
    #[must_use]
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message) }
    }

    /// The same, at bytes `span` of `file`, with `label` under them.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, span: Range<usize>, label: impl Into<String>) -> Self {
        self.place = Some(Place { file: file.into(), span });
        self.label = label.into();
        self
    }

    /// The same, with a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The block that a person reads: message, the line with its underline, help.
    ///
    /// `text` is the content of the file of [`Diagnostic::place`]; without it only the words are written.
    /// With `colour` it carries ANSI styles; characters of the input that act are always written out.
    #[must_use]
    pub fn render(&self, text: Option<&str>, colour: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let message = shown(&self.message);
        let help = self.help.as_deref().map(shown);
        let label = shown(&self.label);
        let path;
        let source;
        let mut groups = Vec::new();
        let mut first = Group::with_title(level.primary_title(message.as_ref()).id(self.code));
        if let (Some(place), Some(text)) = (&self.place, text) {
            let (safe, span) = neutral(text, &place.span);
            source = safe;
            path = shown(&place.file);
            let mark = AnnotationKind::Primary.span(span).label(label.as_ref());
            first = first.element(Snippet::source(source.as_str()).path(path.as_ref()).annotation(mark));
        }
        groups.push(first);
        if let Some(help) = &help {
            groups.push(Group::with_title(Level::HELP.secondary_title(help.as_ref())));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        renderer.render(&groups)
    }

    /// Line and column (both from 1, the column in characters) of the place in `text`.
    #[must_use]
    pub fn line_and_column(&self, text: &str) -> Option<(usize, usize)> {
        let place = self.place.as_ref()?;
        let before = text.get(..place.span.start)?;
        let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Some((line, column))
    }
}

/// The text with acting characters (but tabs and line ends) replaced by a visible mark, and the span moved along.
fn neutral(text: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let mut out = String::with_capacity(text.len());
    let (mut start, mut end) = (None, None);
    for (at, c) in text.char_indices() {
        if start.is_none() && at >= span.start {
            start = Some(out.len());
        }
        if end.is_none() && at >= span.end {
            end = Some(out.len());
        }
        out.push(if c != '\n' && c != '\t' && super::text::acts(c) { '\u{FFFD}' } else { c });
    }
    let start = start.unwrap_or(out.len());
    let end = end.unwrap_or(out.len()).max(start);
    (out, start..end)
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", shown(&place.file))?;
        }
        write!(f, "{}", shown(&self.message))
    }
}
