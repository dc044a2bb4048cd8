//! The outputs that people and spreadsheets read, made from the results contract alone.
//!
//! One file an output, listed in [`FORMATS`]. An assessment and a results file render through
//! the same [`Rendering`], so that `assize report` gives the bytes that `assize check` gave.

mod closing;
mod drawing;
pub(crate) mod escape;
mod explain;
mod findings_csv;
mod gaps_csv;
mod guard;
mod html;
pub(crate) mod human;
mod index;
mod kept;
mod markdown;
mod own_templates;
mod printer;
mod prose;
mod rendering;
mod summary;
mod template;
mod untested;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub use drawing::{DRAWINGS, Drawing};
pub use explain::{drill_lines, drill_markdown, explained_lines, explained_markdown};
pub use kept::{Keeping, Kept, SHOWN};
pub use own_templates::TemplateError;
pub use rendering::{RESULTS, RenderError, Rendered, Rendering, render_all, render_one, write_all};
pub use summary::{Line, Piece, Screen, Tone, summary};
pub use template::Templates;
pub use untested::{Untested, untested};

use std::io::{self, Write};

use crate::contract::v1::{Finding, Gap, Head};

/// A way to write an assessment down.
pub struct Format {
    /// The name on the command line.
    pub id: &'static str,
    /// The name of the file.
    pub file: &'static str,
    /// What it is for, in a few words.
    pub about: &'static str,
    open: Open,
}

/// Starts an output. Some need the head at once, since they write findings as they come.
type Open = fn(Out, &Head) -> io::Result<Box<dyn Output>>;

/// Where an output is written.
type Out = Box<dyn Write + Send + Sync>;

/// All formats, by id.
pub const FORMATS: &[Format] = &[findings_csv::FORMAT, gaps_csv::FORMAT, html::FORMAT, markdown::FORMAT];

/// The format of that name.
#[must_use]
pub fn format(id: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.id == id)
}

/// One output while it is written: it is given the findings, then the rest.
trait Output: Send + Sync {
    /// What it writes of some findings that follow one another.
    fn text_of(&self, _findings: &[Finding]) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    /// Writes what it made of findings, in their order.
    fn write(&self, _text: &[u8]) -> io::Result<()> {
        Ok(())
    }

    /// Writes what stands after the findings, and flushes.
    fn finish(self: Box<Self>, end: &End<'_>) -> io::Result<()>;
}

/// What is known when all findings have passed.
struct End<'a> {
    head: &'a Head,
    kept: &'a Kept,
    gaps: &'a [Gap],
    /// SHA-256 of the results file.
    results_sha256: &'a str,
    templates: &'a Templates,
}

impl End<'_> {
    /// The report, with at most so many findings, each printed by a template.
    fn report(&self, most: usize, finding: &'static str) -> io::Result<view::Report> {
        view::Report::new(&view::Made {
            head: self.head,
            kept: self.kept,
            gaps: self.gaps,
            results_sha256: self.results_sha256,
            templates: self.templates,
            most,
            finding,
        })
    }
}
