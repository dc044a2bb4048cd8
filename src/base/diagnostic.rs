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
            let excerpt = excerpt(text, &place.span);
            source = excerpt.text;
            path = shown(&place.file);
            let mark = AnnotationKind::Primary.span(excerpt.span).label(label.as_ref());
            let snippet = Snippet::source(source.as_str()).line_start(excerpt.line);
            first = first.element(snippet.path(path.as_ref()).annotation(mark));
        }
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let help = help.as_ref().map(|help| Group::with_title(Level::HELP.secondary_title(help.as_ref())));
        if self.place.is_none() || text.is_none() {
            // Without a line to show there is nothing for a rule to lead to.
            let blocks: Vec<String> =
                std::iter::once(first).chain(help).map(|group| renderer.render(&[group])).collect();
            return blocks.join("\n");
        }
        groups.push(first);
        groups.extend(help);
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

/// The most bytes of a line that are shown on each side of the place.
const AROUND: usize = 160;
/// The most bytes that are underlined.
const UNDERLINED: usize = 400;

/// The lines around a place, with the place in them.
struct Excerpt {
    text: String,
    span: Range<usize>,
    line: usize,
}

/// The line (or few) of a place, cut where it is very long, with acting characters but tabs and line ends replaced by a visible mark.
///
/// The cost is that of the lines shown, not of the file, but for counting the line's number.
fn excerpt(text: &str, span: &Range<usize>) -> Excerpt {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let start = floor(span.start);
    let end = floor(span.end.min(start.saturating_add(UNDERLINED))).max(start);
    let from = floor(start.saturating_sub(AROUND));
    let to = floor(end.saturating_add(AROUND));
    let before = text.get(from..start).unwrap_or("");
    let after = text.get(end..to).unwrap_or("");
    let (lead, before) = match before.rfind('\n') {
        Some(at) => ("", before.get(at + 1..).unwrap_or("")),
        None if from > 0 => ("…", before),
        None => ("", before),
    };
    let (after, trail) = match after.find('\n') {
        Some(at) => (after.get(..at).map_or("", |line| line.strip_suffix('\r').unwrap_or(line)), ""),
        None if to < text.len() => (after, "…"),
        None => (after, ""),
    };
    let mark = |part: &str, out: &mut String| {
        // A line may end with two characters; neither is part of what it says.
        let part = part.replace("\r\n", "\n");
        out.extend(part.chars().map(|c| if c != '\n' && c != '\t' && super::text::acts(c) { '\u{FFFD}' } else { c }));
    };
    let mut out = lead.to_owned();
    mark(before, &mut out);
    let place = out.len();
    let inside = text.get(start..end).unwrap_or("");
    let at_end = text.get(end..).is_some_and(|rest| rest.starts_with('\n'));
    mark(if at_end { inside.strip_suffix('\r').unwrap_or(inside) } else { inside }, &mut out);
    let span = place..out.len();
    mark(after, &mut out);
    out.push_str(trail);
    let line = text.as_bytes().get(..start).map_or(0, |head| memchr::memchr_iter(b'\n', head).count()) + 1;
    Excerpt { text: out, span, line }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}: ", shown(&place.file))?;
        }
        write!(f, "{}", shown(&self.message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_and_the_place() {
        let text = "one = 1\ntwo = \"x\"\nthree = 3\n";
        let wrong =
            Diagnostic::error("bad-value", "`x` is no number").at("a.toml", 14..17, "not a number").help("write `2`");
        let expected = "error[bad-value]: `x` is no number
 --> a.toml:2:7
  |
2 | two = \"x\"
  |       ^^^ not a number
  |
help: write `2`";
        assert_eq!(wrong.render(Some(text), false), expected);
    }

    #[test]
    fn the_end_of_a_line_is_not_shown() {
        let text = "one = 1\r\ntwo = 2\r\nthree = 3\r\n";
        for span in [9..12, 9..16, 9..17] {
            let shown = Diagnostic::error("x", "y").at("f", span, "here").render(Some(text), false);
            assert!(shown.contains("2 | two = 2\n") && !shown.contains('\u{FFFD}'), "{shown}");
        }
        let over = Diagnostic::error("x", "y").at("f", 0..16, "here").render(Some(text), false);
        assert!(!over.contains('\u{FFFD}'), "{over}");
    }

    #[test]
    fn a_long_line_is_cut_and_what_acts_is_marked() {
        let text = format!("{}\u{1b}[31mHERE{}", "a".repeat(100_000), "b".repeat(100_000));
        let at = text.find("HERE").unwrap();
        let shown = Diagnostic::error("x", "y").at("f", at..at + 4, "here").render(Some(&text), false);
        assert!(shown.len() < 2_000 && shown.contains("HERE") && !shown.contains('\u{1b}'), "{shown}");
    }

    #[test]
    fn places_outside_and_inside_characters_do_no_harm() {
        let text = "äöü\n";
        for span in [0..1, 1..3, 3..400, 900..1000, 7..7] {
            let shown = Diagnostic::error("x", "y").at("f", span, "here").render(Some(text), false);
            assert!(shown.contains("error[x]: y"));
        }
    }
}
