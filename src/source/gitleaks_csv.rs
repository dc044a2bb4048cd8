//! Reports of gitleaks 8 in CSV.

use std::borrow::Cow;
use std::io;

use super::gitleaks::finding::{Finding, Findings, Named, Trace};
use super::gitleaks::{NOTES, PROVIDES};
use super::run::FileRun;
use super::{About, Source};
use crate::export::head::Head;
use crate::export::rows;
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};

/// The source.
pub struct GitleaksCsv;

static ABOUT: About = About {
    id: "gitleaks-csv",
    title: "secrets that gitleaks found in repositories and files, as a table",
    system: "gitleaks",
    commands: &["gitleaks git --report-format csv --report-path gitleaks.csv --exit-code 0 REPOSITORY"],
    authority: 50,
    kinds: &[],
    layout: Layout::Rows,
    provides: PROVIDES,
    shows: &[],
    notes: NOTES,
};

impl Source for GitleaksCsv {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        let has = |name: &str| head.columns().iter().any(|column| column == name);
        ["RuleID", "File", "Secret", "StartLine"].into_iter().all(has)
    }

    fn order(&self) -> u8 {
        6
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let findings = Findings::new(run);
        let mut sink = Rows { file: run, columns: head.columns().to_vec(), findings };
        let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut sink)?;
        run.close(&facts);
        Ok(())
    }
}

struct Rows<'f, 'r> {
    file: &'f mut FileRun<'r>,
    columns: Vec<String>,
    findings: Findings,
}

impl Sink for Rows<'_, '_> {
    type Parsed<'a> = Finding<'static>;

    fn parse(&self, _: &Slice, text: &[u8]) -> Result<Finding<'static>, String> {
        let row = rows::fields(text)?;
        if row.len() != self.columns.len() {
            return Err(format!("it has {} fields where the first row has {}", row.len(), self.columns.len()));
        }
        let cell = |name: &str| {
            let at = self.columns.iter().position(|column| column == name);
            at.and_then(|at| row.get(at)).map_or("", String::as_str)
        };
        let owned = |name: &str| Cow::Owned(cell(name).to_owned());
        let number = |name: &str| match cell(name).trim() {
            "" => Ok(0),
            text => text.parse().map_err(|_| format!("its `{name}` is not a number")),
        };
        if cell("File").trim().is_empty() {
            return Err("it names no file".to_owned());
        }
        let mut finding = Finding {
            secret: Trace::of(cell("RuleID"), cell("Secret"), cell("Match"), &self.file.run.key),
            named: Named::of(cell("Match")),
            rule: owned("RuleID"),
            file: owned("File"),
            line: number("StartLine")?,
            column: number("StartColumn")?,
            commit: owned("Commit"),
            repository: Cow::Borrowed(""),
            date: owned("Date"),
            fingerprint: owned("Fingerprint"),
        };
        finding.hide(cell("Secret"));
        Ok(finding)
    }

    fn take(&mut self, slice: &Slice, finding: Finding<'static>) {
        let record = self.file.record(slice);
        self.findings.take(self.file, record, &finding);
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.refuse(refused);
    }

    fn field(&mut self, _: Field) {}
}
