//! Printing: diagnostics to standard error, results to standard output, colour where a terminal takes it.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _, Write as _};

use anstream::ColorChoice;

use super::Outcome;
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::report::{Line, Tone};
use crate::source::secrets::{blotted, masked};

/// How many diagnostics of one severity are printed in full; the rest is counted.
const MOST: usize = 20;

/// Writes to standard output: `Clean`, or `Broken` where the answer is lost, which is then said.
///
/// A reader that has gone away has had enough, and is no error.
#[must_use]
pub(super) fn out(text: &str) -> Outcome {
    let mut stdout = anstream::stdout();
    written(&stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()))
}

/// What writing to standard output came to.
pub(super) fn written(result: &io::Result<()>) -> Outcome {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            note(&format!("error: standard output could not be written: {error}"));
            Outcome::Broken
        }
        _ => Outcome::Clean,
    }
}

/// Writes a line to standard error.
pub(super) fn note(text: &str) {
    drop(writeln!(anstream::stderr(), "{text}"));
}

/// True if standard error takes colour.
fn colour() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != ColorChoice::Never && io::stderr().is_terminal()
}

/// What is wrong, without what is merely worth knowing, which `assize check` tells once.
#[must_use]
pub(super) fn besides_notes(all: &[Diagnostic]) -> Vec<Diagnostic> {
    all.iter().filter(|diagnostic| diagnostic.severity != Severity::Note).cloned().collect()
}

/// Prints diagnostics, errors last so that they stand nearest to the prompt.
pub(super) fn diagnostics(all: &[Diagnostic], texts: &BTreeMap<String, String>) {
    printed(all, texts, MOST);
}

/// The same without an end: for a command that is asked for all of them.
pub(super) fn all_diagnostics(all: &[Diagnostic], texts: &BTreeMap<String, String>) {
    printed(all, texts, usize::MAX);
}

fn printed(all: &[Diagnostic], texts: &BTreeMap<String, String>, most: usize) {
    for severity in [Severity::Note, Severity::Warning, Severity::Error] {
        let of: Vec<&Diagnostic> = all.iter().filter(|diagnostic| diagnostic.severity == severity).collect();
        for diagnostic in of.iter().take(most) {
            let place = diagnostic.place.as_ref();
            let text = place.and_then(|place| Some(blotted(texts.get(&place.file)?, &place.span)));
            note(&without_secrets(diagnostic).render(text.as_deref(), colour()));
            note("");
        }
        if of.len() > most {
            note(&format!("… and {} more of this severity", of.len() - most));
        }
    }
}

/// A table as CSV, with no cell that a spreadsheet takes for a formula.
///
/// # Errors
/// What the writer gives.
pub(super) fn table<const N: usize>(
    head: &[&str; N],
    rows: impl Iterator<Item = [impl AsRef<str>; N]>,
) -> std::io::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| crate::report::escape::csv(cell.as_ref()).into_owned()))?;
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Prints an answer that was made, or says that it could not be.
pub(super) fn made(answer: std::io::Result<String>) -> Outcome {
    match answer {
        Ok(text) => out(&text),
        Err(error) => {
            note(&format!("error: the answer could not be written: {error}"));
            Outcome::Broken
        }
    }
}

/// The same mistake, whose words quote no secret of a known form.
fn without_secrets(diagnostic: &Diagnostic) -> Diagnostic {
    let without = |text: &str| masked(text).into_owned();
    Diagnostic {
        message: without(&diagnostic.message),
        label: without(&diagnostic.label),
        help: diagnostic.help.as_deref().map(without),
        ..diagnostic.clone()
    }
}

/// The lines of a summary, in colour where the terminal takes it.
#[must_use]
pub(super) fn lines(lines: &[Line]) -> Outcome {
    let mut text = String::new();
    for line in lines {
        for piece in &line.0 {
            let code = match piece.tone {
                Tone::Plain => "",
                Tone::Strong => "1",
                Tone::Good => "32",
                Tone::Bad => "31",
                Tone::Warn => "33",
                Tone::Dim => "2",
            };
            if code.is_empty() {
                text.push_str(&piece.text);
            } else {
                text.push_str(&format!("\u{1b}[{code}m{}\u{1b}[0m", piece.text));
            }
        }
        text.push('\n');
    }
    out(&text)
}
