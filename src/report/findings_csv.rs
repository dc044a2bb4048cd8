//! `findings.csv`: all findings, one a row, for spreadsheets and ticket systems.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::escape::csv as cell;
use super::{End, Format, Out, Output, human};
use crate::contract::v1::{CheckRun, Evidence, Finding, Head, Hop};

/// All findings.
pub const FORMAT: Format = Format { id: "findings-csv", file: "findings.csv", about: "all findings, one a row", open };

const COLUMNS: &[&str] = &[
    "id",
    "check_run",
    "title",
    "severity",
    "confidence",
    "waived",
    "subject_kind",
    "subject_id",
    "subject_name",
    "scope",
    "owners",
    "reason",
    "evidence",
    "export",
    "export_sha256",
    "pointer",
    "document",
    "byte",
    "path",
    "holders",
    "requirements",
    "evidence_digest",
    "control_origin",
];

/// About how many bytes a row takes.
const ROW: usize = 1024;

struct FindingsCsv {
    out: Mutex<Out>,
    exports: Vec<(String, String)>,
    titles: std::collections::BTreeMap<String, String>,
    /// Whether the control file of a check run is the one that the program came with.
    origins: std::collections::BTreeMap<String, &'static str>,
}

fn open(mut out: Out, head: &Head) -> io::Result<Box<dyn Output>> {
    let mut first = csv::Writer::from_writer(Vec::new());
    first.write_record(COLUMNS)?;
    out.write_all(&text(first)?)?;
    let index = super::index::Index::new(head);
    Ok(Box::new(FindingsCsv {
        out: Mutex::new(out),
        exports: head.exports.iter().map(|export| (export.path.clone(), export.sha256.clone())).collect(),
        origins: head.checks.iter().map(|run| (run.id.clone(), origin(&index, run))).collect(),
        titles: head.checks.iter().map(|run| (run.id.clone(), index.title(&run.id))).collect(),
    }))
}

impl FindingsCsv {
    fn write_row(&self, rows: &mut csv::Writer<Vec<u8>>, finding: &Finding) -> csv::Result<()> {
        // The first piece of evidence that stands in an export is the one to open first.
        let first = finding.evidence.iter().find(|one| one.export.is_some());
        let export = first.and_then(|one| self.exports.get(one.export? as usize));
        let mut text = |text: &str| rows.write_field(cell(text).as_bytes());
        let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        text(&finding.id)?;
        text(&finding.check_run)?;
        text(self.titles.get(&finding.check_run).map_or("", String::as_str))?;
        text(finding.severity.name())?;
        text(finding.confidence.name())?;
        text(if finding.waiver.is_some() { "yes" } else { "no" })?;
        text(&finding.subject.kind)?;
        text(&finding.subject.id)?;
        text(&finding.subject.name)?;
        text(&finding.subject.scope)?;
        text(&finding.owners.join("; "))?;
        text(&finding.reason)?;
        text(&facts(&finding.evidence))?;
        text(export.map_or("", |(path, _)| path))?;
        text(export.map_or("", |(_, sha256)| sha256))?;
        text(first.and_then(|one| one.pointer.as_deref()).unwrap_or(""))?;
        text(&number(first.and_then(|one| one.document).map(u64::from)))?;
        text(&number(first.and_then(|one| one.offset)))?;
        text(&path(&finding.path))?;
        text(&number(finding.holders.as_ref().map(|holders| holders.count)))?;
        text(&finding.requirements.join("; "))?;
        text(&finding.evidence_digest)?;
        text(self.origins.get(&finding.check_run).copied().unwrap_or(""))?;
        // Ends the row, which must be as long as the first.
        rows.write_record(None::<&[u8]>)
    }
}

/// Where the control file of a check run comes from.
fn origin(index: &super::index::Index<'_>, run: &CheckRun) -> &'static str {
    let file = index.text(run).and_then(|text| index.head.controls.files.iter().find(|file| file.path == text.file));
    file.map_or("", |file| file.origin.name())
}

/// What was written as CSV.
fn text(written: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    written.into_inner().map_err(csv::IntoInnerError::into_error)
}

impl Output for FindingsCsv {
    fn text_of(&self, findings: &[Finding]) -> io::Result<Vec<u8>> {
        let mut rows = csv::Writer::from_writer(Vec::with_capacity(findings.len() * ROW));
        for finding in findings {
            self.write_row(&mut rows, finding)?;
        }
        text(rows)
    }

    fn write(&self, text: &[u8]) -> io::Result<()> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).write_all(text)
    }

    fn finish(self: Box<Self>, _end: &End<'_>) -> io::Result<()> {
        self.out.into_inner().unwrap_or_else(PoisonError::into_inner).flush()
    }
}

/// Each fact with its value: `identity.boundary = no boundary is set; …`.
fn facts(evidence: &[Evidence]) -> String {
    let mut text = String::new();
    for one in evidence {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&one.fact);
        if let Some(subject) = &one.subject {
            text.push_str(" of ");
            text.push_str(subject);
        }
        text.push_str(" = ");
        text.push_str(&one.value);
    }
    text
}

fn path(hops: &[Hop]) -> String {
    let mut text = String::new();
    let mut apart = true;
    for hop in hops {
        // After steps that are left out the way goes on from somewhere else.
        if std::mem::replace(&mut apart, hop.left_out.is_some()) {
            text.push_str(human::name_or(&hop.from.name, &hop.from.id));
        }
        for part in [" -[", &hop.how, "]-> ", human::name_or(&hop.to.name, &hop.to.id)] {
            text.push_str(part);
        }
        if let Some(left_out) = hop.left_out {
            text.push_str(&format!(" -[{}]-> ", human::count(left_out.into(), "more step", "more steps")));
        }
    }
    text
}
