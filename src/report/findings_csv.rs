//! `findings.csv`: all findings, one a row, for spreadsheets and ticket systems.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use super::escape::csv as cell;
use super::{End, Format, Out, Output, human};
use crate::contract::v1::{Evidence, Finding, Head, Hop};

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
];

/// About how many bytes a row takes.
const ROW: usize = 1024;

struct FindingsCsv {
    out: Mutex<Out>,
    exports: Vec<(String, String)>,
    titles: std::collections::BTreeMap<String, String>,
}

fn open(mut out: Out, head: &Head) -> io::Result<Box<dyn Output>> {
    let mut first = csv::Writer::from_writer(Vec::new());
    first.write_record(COLUMNS)?;
    out.write_all(&text(first)?)?;
    let index = super::index::Index::new(head);
    Ok(Box::new(FindingsCsv {
        out: Mutex::new(out),
        exports: head.exports.iter().map(|export| (export.path.clone(), export.sha256.clone())).collect(),
        titles: head.checks.iter().map(|run| (run.id.clone(), index.title(&run.id))).collect(),
    }))
}

impl FindingsCsv {
    fn row(&self, finding: &Finding) -> [String; 22] {
        // The first piece of evidence that stands in an export is the one to open first.
        let first = finding.evidence.iter().find(|one| one.export.is_some());
        let export = first.and_then(|one| self.exports.get(one.export? as usize));
        let number = |n: Option<u64>| n.map(|n| n.to_string()).unwrap_or_default();
        [
            cell(&finding.id),
            cell(&finding.check_run),
            cell(self.titles.get(&finding.check_run).map_or("", String::as_str)),
            finding.severity.name().to_owned(),
            finding.confidence.name().to_owned(),
            if finding.waiver.is_some() { "yes".to_owned() } else { "no".to_owned() },
            cell(&finding.subject.kind),
            cell(&finding.subject.id),
            cell(&finding.subject.name),
            cell(&finding.subject.scope),
            cell(&finding.owners.join("; ")),
            cell(&finding.reason),
            cell(&finding.evidence.iter().map(fact).collect::<Vec<_>>().join("; ")),
            cell(export.map_or("", |(path, _)| path)),
            cell(export.map_or("", |(_, sha256)| sha256)),
            cell(first.and_then(|one| one.pointer.as_deref()).unwrap_or("")),
            number(first.and_then(|one| one.document).map(u64::from)),
            number(first.and_then(|one| one.offset)),
            cell(&path(&finding.path)),
            number(finding.holders.as_ref().map(|holders| holders.count)),
            cell(&finding.requirements.join("; ")),
            cell(&finding.evidence_digest),
        ]
    }
}

/// What was written as CSV.
fn text(written: csv::Writer<Vec<u8>>) -> io::Result<Vec<u8>> {
    written.into_inner().map_err(|error| error.into_error())
}

impl Output for FindingsCsv {
    fn text_of(&self, findings: &[Finding]) -> io::Result<Vec<u8>> {
        let mut rows = csv::Writer::from_writer(Vec::with_capacity(findings.len() * ROW));
        for finding in findings {
            rows.write_record(self.row(finding))?;
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

fn fact(one: &Evidence) -> String {
    match &one.subject {
        Some(subject) => format!("{} of {subject} = {}", one.fact, one.value),
        None => format!("{} = {}", one.fact, one.value),
    }
}

fn path(hops: &[Hop]) -> String {
    let mut text = String::new();
    for hop in hops {
        if text.is_empty() {
            text.push_str(human::name_or(&hop.from.name, &hop.from.id));
        }
        text.push_str(&format!(" -[{}]-> {}", hop.how, human::name_or(&hop.to.name, &hop.to.id)));
    }
    text
}
