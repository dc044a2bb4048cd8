//! Reports of gitleaks in JSON, of version 8 and with the keys of version 7.

use std::io;

use serde::Deserialize;

use self::finding::{Finding, Findings, Named, Trace, is_known};
use super::aws::lenient::{Text, record};
use super::run::FileRun;
use super::{About, Given, Source, given};
use crate::export::declared::Said;
use crate::export::head::{Head, Shape};
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, Sink};
use crate::model::facts::{credential, exposure};

pub mod finding;

/// The source.
pub struct Gitleaks;

static ABOUT: About = About {
    id: "gitleaks",
    title: "secrets that gitleaks found in repositories and files",
    system: "gitleaks",
    commands: &[
        "gitleaks git --report-format json --report-path gitleaks.json --exit-code 0 REPOSITORY",
        "gitleaks dir --report-format json --report-path gitleaks.json --exit-code 0 FOLDER",
    ],
    authority: 50,
    kinds: &[],
    layout: Layout::Elements,
    provides: PROVIDES,
    shows: &[],
    notes: NOTES,
};

/// What a reader of either form must know.
pub const NOTES: &[&str] = &[
    "Each finding is an exposure. The id is `gitleaks:SCOPE:finding:FINGERPRINT`; a fingerprint that the report lacks is made of commit, file, rule and line. The scope is the `scope` that the manifest gives the file, such as `gitleaks:acme-shop`, else one made of the folder that it lies in. Where one rule found two secrets on one line, the second has its column behind the fingerprint.",
    "A report does not say what was scanned, so it shows nothing to be complete, an empty one least of all. State `scope` and `enumerates = [\"exposures\"]` in the manifest for a scan that covered the scope. An empty report (`[]`, or `null` of version 7) does not say what it is: it is read where the manifest gives it a scope that begins with `gitleaks:` or a `command` with `gitleaks`.",
    "The secret is not kept: what stands for it within the run is compared, so that a secret that is in several commits, or in a configuration too, is one credential. A secret that the report hides (`--redact`) is an exposure of no known credential, unless the id of an AWS access key stands beside it; each key that its system lists may be it then, if the rule or the name of the variable tells the system and, of AWS, that it is of an access key. It is none that was made more than a week after the commit, or after the latest scan of the files that shows it, and none at all once the inventory says which it is, or that it was dealt with after all of these; a scan without a date is not dealt with by one. Scan without `--redact` to link, and delete the report once it was judged.",
    "When an exposure was detected is the date of its commit, from which on the secret could be read, and not that of the scan; of files without history it is when the report was collected.",
    "Nothing says whether an exposure was dealt with: a secret that was taken out of the files stays in the history, and only its issuer knows whether it was revoked.",
    "A finding with a commit is in a repository. Without one (`gitleaks dir`) the file's name tells whether it is a configuration or a log; else the kind is `other`.",
    "Who made the commit is not read: a person's name and address are no part of what is judged.",
];

/// What both forms give.
pub const PROVIDES: &[Given] = &[
    given(exposure::ID, "Fingerprint, else commit, file, rule and line"),
    given(exposure::CREDENTIAL, "Secret, Match; offender, line of version 7"),
    given(exposure::LOCATION, "File, StartLine, Commit; file, lineNumber, commit and repo of version 7"),
    given(exposure::KIND, "Commit, File"),
    given(exposure::DETECTED_AT, "Date"),
    given(exposure::SCANNER, "the format"),
    given(exposure::NAME, "RuleID, File"),
    given(exposure::RULE, "RuleID"),
    given(exposure::SCOPE, "the manifest, else the folder"),
    given(credential::ID, "the first finding of a secret in several places, or its public id"),
    given(credential::NAME, "RuleID, File"),
    given(credential::KIND, "the secret's form, else RuleID"),
    given(credential::SYSTEM, "the secret's form, else RuleID"),
    given(credential::SCOPE, "the manifest, else the folder"),
    given(credential::PLACES, "File, StartLine, Commit"),
    given(credential::EXPOSURES, "the finding"),
];

impl Source for Gitleaks {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        is_known(|name| head.has(name))
    }

    fn claims(&self, head: &Head, said: &Said) -> bool {
        let scoped = said.scope.as_deref().is_some_and(|scope| scope.starts_with("gitleaks:"));
        let made = said.command.as_deref().is_some_and(|command| command.contains("gitleaks"));
        let empty =
            matches!(&head.shape, Shape::Json { array: true, keys } if keys.is_empty()) || head.text.trim() == "null";
        head.whole && empty && (scoped || made)
    }

    fn order(&self) -> u8 {
        6
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let findings = Findings::new(run);
        let listed = matches!(head.shape, Shape::Json { array: true, .. });
        let mut sink = Report { file: run, findings, nothing: Vec::new(), some: false, listed };
        let facts = windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut sink)?;
        sink.close();
        run.close(&facts);
        Ok(())
    }
}

/// A finding as both versions write it.
#[derive(Deserialize)]
struct Raw<'a> {
    #[serde(borrow, rename = "RuleID")]
    rule_id: Option<Text<'a>>,
    #[serde(borrow, rename = "File")]
    in_file: Option<Text<'a>>,
    #[serde(rename = "StartLine")]
    start_line: Option<u64>,
    #[serde(rename = "StartColumn")]
    start_column: Option<u64>,
    #[serde(borrow, rename = "Commit")]
    in_commit: Option<Text<'a>>,
    #[serde(borrow, rename = "Date")]
    made_at: Option<Text<'a>>,
    #[serde(borrow, rename = "Secret")]
    secret: Option<Text<'a>>,
    #[serde(borrow, rename = "Match")]
    matched: Option<Text<'a>>,
    #[serde(borrow, rename = "Fingerprint")]
    fingerprint: Option<Text<'a>>,
    #[serde(borrow)]
    rule: Option<Text<'a>>,
    #[serde(borrow)]
    file: Option<Text<'a>>,
    #[serde(borrow)]
    commit: Option<Text<'a>>,
    #[serde(borrow)]
    repo: Option<Text<'a>>,
    #[serde(borrow)]
    date: Option<Text<'a>>,
    #[serde(borrow)]
    offender: Option<Text<'a>>,
    #[serde(borrow)]
    line: Option<Text<'a>>,
    #[serde(rename = "lineNumber")]
    line_number: Option<u64>,
}

struct Report<'f, 'r> {
    file: &'f mut FileRun<'r>,
    findings: Findings,
    /// Where `null` stands.
    nothing: Vec<Slice>,
    /// True once there was a finding, or something that should be one.
    some: bool,
    /// True if the report is a list: a `null` in it is no report of version 7 that found nothing.
    listed: bool,
}

impl Report<'_, '_> {
    /// Rejects each `null` but one that is the whole report.
    fn close(&mut self) {
        let nothing = std::mem::take(&mut self.nothing);
        if self.listed || self.some || nothing.len() > 1 {
            for slice in &nothing {
                self.file.reject(slice, "there is nothing where a finding should be");
            }
        }
    }
}

impl Sink for Report<'_, '_> {
    type Parsed<'a> = Option<Finding<'a>>;

    fn parse<'a>(&self, _: &Slice, text: &'a [u8]) -> Result<Option<Finding<'a>>, String> {
        let raw: Option<Raw<'a>> = record(text)?;
        let Some(raw) = raw else { return Ok(None) };
        let plain = |text: &Option<Text<'a>>| text.as_deref().unwrap_or("").to_owned();
        let key = &self.file.run.key;
        let text =
            |one: Option<Text<'a>>, other: Option<Text<'a>>| one.or(other).map(|text| text.0).unwrap_or_default();
        let (secret, around) = (plain(&raw.secret), plain(&raw.matched));
        let (offender, line) = (plain(&raw.offender), plain(&raw.line));
        let of_seven = raw.rule_id.is_none() && raw.in_file.is_none();
        let rule = text(raw.rule_id, raw.rule);
        let file = text(raw.in_file, raw.file);
        if file.trim().is_empty() {
            return Err("it names no file".to_owned());
        }
        let trace = if of_seven {
            Trace::of_offender(&rule, &offender, &line, key)
        } else {
            Trace::of(&rule, &secret, &around, key)
        };
        let named = Named::of(if of_seven { &line } else { &around });
        let mut finding = Finding {
            secret: trace,
            named,
            rule,
            file,
            line: raw.start_line.or(raw.line_number).unwrap_or(0),
            column: raw.start_column.unwrap_or(0),
            commit: text(raw.in_commit, raw.commit),
            repository: text(raw.repo, None),
            date: text(raw.made_at, raw.date),
            fingerprint: text(raw.fingerprint, None),
        };
        finding.hide(if of_seven { &offender } else { &secret });
        Ok(Some(finding))
    }

    fn take(&mut self, slice: &Slice, finding: Option<Finding<'_>>) {
        let Some(finding) = finding else {
            // Version 7 writes `null`, and nothing else, where it found nothing; among findings it is one that was lost.
            self.nothing.push(*slice);
            return;
        };
        self.some = true;
        let record = self.file.record(slice);
        self.findings.take(self.file, record, &finding);
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.some = true;
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.some = true;
        self.file.refuse(refused);
    }

    fn field(&mut self, _: Field) {}
}

#[cfg(test)]
#[path = "gitleaks/tests.rs"]
mod tests;
