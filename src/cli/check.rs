//! `assize check`: read a folder, judge what is in it, write the evidence.

use std::io::{self, IsTerminal as _, Write as _};
use std::mem::ManuallyDrop;
use std::path::Path;

use super::Outcome;
use super::args::{CheckArgs, SeverityArg};
use super::look;
use super::nobody::{self, nobody};
use super::print;
use super::staging::Staging;
use crate::base::diagnostic::Diagnostic;
use crate::base::digest::Digested;
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::make::{self, Input};
use crate::contract::v1::{Gap, Head, Severity};
use crate::derive::stated::CODE as UNKNOWN_NAME;
use crate::model::Subject;
use crate::report::{Kept, Line, RESULTS, Rendering, SHOWN, Screen, Templates, summary};
use crate::source::{MISCOUNTED, NO_EXPORT, UNMATCHED};
use crate::supply::shell::quoted;
use crate::{Noted, Request};

pub(super) fn run(args: &CheckArgs) -> Outcome {
    let earlier = args.report.as_deref().and_then(earlier_report);
    let as_of = match look::as_of(args.as_of.as_deref()) {
        Err(wrong) => {
            let all: Vec<Diagnostic> = earlier.into_iter().chain([wrong]).collect();
            print::diagnostics(&all, &std::collections::BTreeMap::new());
            return Outcome::Broken;
        }
        Ok(at) => at,
    };
    look::threads(args.threads);
    let request = Request {
        dir: args.dir.clone(),
        as_of,
        today: Some(Instant(jiff::Timestamp::now().as_second())),
        frameworks: args.framework.clone(),
        requirements: args.requirement.clone(),
        outputs: args.report.clone(),
        controls: args.controls.clone(),
        waivers: args.waivers.clone(),
    };
    if let Some(out) = args.report.as_deref().filter(|out| same_folder(out, &args.dir)) {
        let message = format!("the report would be written among the exports, into `{}`", out.display());
        let wrong = Diagnostic::error("report-among-exports", message).help("name another folder for `--report`");
        print::diagnostics(&[wrong], &std::collections::BTreeMap::new());
        return Outcome::Broken;
    }
    let templates = match args.templates.as_deref().map_or_else(|| Ok(Templates::built_in()), Templates::from_folder) {
        Ok(templates) => templates,
        Err(error) => {
            print::diagnostics(
                &[Diagnostic::error("bad-template", error.to_string())],
                &std::collections::BTreeMap::new(),
            );
            return Outcome::Broken;
        }
    };
    let progress = progress();
    let done = crate::check(&request, |input, noted| {
        if let Some(wrong) = nobody(input) {
            progress.finish_and_clear();
            let all: Vec<Diagnostic> =
                noted.diagnostics.iter().cloned().chain([wrong]).chain(earlier.clone()).collect();
            print::diagnostics(&all, &noted.texts);
            return None;
        }
        progress.set_message("writing");
        let begun = begin(input, args.report.as_deref(), &templates);
        progress.suspend(|| print::diagnostics(&noted.diagnostics, &noted.texts));
        Some((begun, Said::of(input, noted)))
    });
    match done {
        Ok(None) => Outcome::Broken,
        // What was read and judged is gone by now: a long report needs the memory itself.
        Ok(Some((begun, said))) => {
            let screen = Screen { terminal: io::stdout().is_terminal(), report: args.report.is_some() };
            let written = begun.and_then(|begun| begun.finish(screen));
            progress.finish_and_clear();
            finish(args, &said, written)
        }
        Err(mut noted) => {
            progress.finish_and_clear();
            noted.diagnostics.extend(earlier);
            print::diagnostics(&noted.diagnostics, &noted.texts);
            Outcome::Broken
        }
    }
}

/// A date of assessment as it is written on the command line.
pub(super) fn date(text: &str) -> Result<Instant, Diagnostic> {
    Instant::parse_as_of(text).ok_or_else(|| {
        Diagnostic::error("bad-date", format!("`{text}` is not a date"))
            .help("write a day such as `2026-11-01`, which means its end, or an instant such as `2026-11-01T12:00:00Z`")
    })
}

/// What to say of a report that lies where none was written now.
fn earlier_report(out: &Path) -> Option<Diagnostic> {
    let message = format!("the report in `{}` is of an earlier run, and was left as it was", out.display());
    out.join(RESULTS).is_file().then(|| Diagnostic::note("earlier-report", message))
}

fn same_folder(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// A spinner, drawn only on a terminal.
fn progress() -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new_spinner();
    bar.set_message("reading");
    bar.enable_steady_tick(std::time::Duration::from_millis(120));
    bar
}

/// What was written, for the summary.
struct Written {
    head: Head,
    kept: Kept,
    gaps: Vec<Gap>,
    summary: Vec<Line>,
}

/// A report of which all stands that the exports are needed for.
enum Begun {
    /// The worst findings alone, for the summary.
    Summary(Head, Vec<Gap>, Kept),
    /// Files, with the digest of the results.
    Files(Head, Vec<Gap>, Box<(Rendering, Staging)>, String),
}

impl Begun {
    /// Writes the rest, and makes the summary.
    fn finish(self, screen: Screen) -> io::Result<Written> {
        match self {
            Self::Summary(head, gaps, kept) => {
                let summary = summary(&head, &kept, &gaps, screen);
                Ok(Written { head, kept, gaps, summary })
            }
            Self::Files(head, gaps, files, digest) => {
                let (rendering, staging) = *files;
                let summed_up = |kept: &Kept| summary(&head, kept, &gaps, screen);
                let finished = rendering.finish_beside(&head, &gaps, &digest, summed_up);
                let (kept, _, summary) = finished.map_err(|error| staging.told(&error))?;
                let tables: Vec<String> = Subject::ALL.into_iter().map(table).collect();
                staging.finish(&tables)?;
                Ok(Written { head, kept, gaps, summary })
            }
        }
    }
}

fn begin(input: &Input<'_>, out: Option<&Path>, templates: &Templates) -> io::Result<Begun> {
    let mut head = make::head(input);
    let Some(out) = out else {
        // Nobody asks what the findings rest on, and how they are told does not depend on that.
        let (worst, others) = make::worst(input, SHOWN);
        return Ok(Begun::Summary(head, make::gaps(input), Kept::chosen(worst, others)));
    };
    make::add_margins(input, &mut head);
    let staging = Staging::begin(out)?;
    let (rendering, gaps, digest) =
        write_into(input, &head, &staging, templates).map_err(|error| staging.told(&error))?;
    Ok(Begun::Files(head, gaps, Box::new((rendering, staging)), digest))
}

fn write_into(
    input: &Input<'_>,
    head: &Head,
    staging: &Staging,
    templates: &Templates,
) -> io::Result<(Rendering, Vec<Gap>, String)> {
    let rendering = Rendering::create(staging.folder(), head, templates)?;
    let mut results = Digested::new(staging.file(RESULTS)?);
    let (gaps, tables) =
        rayon::join(|| make::write_results(input, head, &mut results, &rendering), || write_tables(input, staging));
    let gaps = gaps?;
    tables?;
    results.flush()?;
    Ok((rendering, gaps, results.digest()))
}

/// Writes the frozen populations, a table a subject.
fn write_tables(input: &Input<'_>, staging: &Staging) -> io::Result<()> {
    for subject in Subject::ALL {
        if input.questions.iter().any(|question| question.subject == subject) {
            make::write_verdicts(input, subject, staging.file(&table(subject))?)?;
        }
    }
    Ok(())
}

/// The name of the table with the verdicts on a kind of subject.
fn table(subject: Subject) -> String {
    format!("verdicts-{}.csv", subject.name().replace('_', "-"))
}

/// What is said at the end of what was read and judged.
#[expect(clippy::struct_excessive_bools, reason = "independent answers about one run")]
struct Said {
    /// How many records were rejected, and how many files could not be read.
    lost: (u64, usize),
    /// Whether entries of the inventory match nothing.
    unmatched: bool,
    /// Whether the inventory has names that mean nothing.
    unknown: bool,
    /// Whether closures of the inventory say another number of entries than was read.
    miscounted: bool,
    /// Whether a check decided about anyone.
    decided: bool,
    /// What there would have to be for that, and the command that exports it.
    lacking: Option<String>,
}

impl Said {
    fn of(input: &Input<'_>, noted: &Noted) -> Self {
        let exports = &input.loaded.loaded.exports;
        let rejected = exports.iter().map(|export| export.rejected).sum();
        let told = |code: &str| noted.diagnostics.iter().any(|one| one.code == code);
        let lacking = nobody::lacking(input).zip(nobody::command(input));
        Self {
            lost: (rejected, exports.iter().filter(|export| export.broken).count()),
            unmatched: told(UNMATCHED) || told(NO_EXPORT),
            unknown: told(UNKNOWN_NAME),
            miscounted: told(MISCOUNTED),
            decided: input.judged.iter().any(|judged| judged.tally.decided() > 0),
            lacking: lacking.map(|(lacking, command)| format!("{lacking}: {command}")),
        }
    }
}

fn finish(args: &CheckArgs, said: &Said, written: io::Result<Written>) -> Outcome {
    let written = match written {
        // The program ends here, and to let go of some thousand findings, text by text, would only take time.
        Ok(written) => ManuallyDrop::new(written),
        Err(error) => {
            print::note(&format!("error: the report could not be written: {error}"));
            return Outcome::Broken;
        }
    };
    let summary = print::lines(&written.summary);
    let as_of = args.as_of.as_deref().map(|at| format!(" --as-of {}", shown(&quoted(at)))).unwrap_or_default();
    let closing = if written.gaps.is_empty() {
        String::new()
    } else {
        format!(
            "\nWhat would close the gaps: assize sources plan {}{as_of}",
            shown(&quoted(&args.dir.to_string_lossy()))
        )
    };
    let where_it_is = match &args.report {
        Some(out) => format!(
            "{closing}\nThe report is {}, and its data {}\n",
            shown(&out.join("report.html").to_string_lossy()),
            shown(&out.join(RESULTS).to_string_lossy())
        ),
        None => format!("{closing}\nAdd `--report FOLDER` to have it written with its evidence.\n"),
    };
    if summary == Outcome::Broken || print::out(&where_it_is) == Outcome::Broken {
        return Outcome::Broken;
    }
    let (rejected, broken) = said.lost;
    if args.strict && (rejected > 0 || broken > 0) {
        print::note(&format!("strict: {rejected} records were rejected and {broken} files could not be read"));
        return Outcome::Broken;
    }
    if args.strict && said.unmatched {
        print::note("strict: entries of the inventory or of the manifest match nothing that was read");
        return Outcome::Broken;
    }
    if args.strict && said.unknown {
        print::note("strict: the inventory has names of environments or of sensitivity that mean nothing");
        return Outcome::Broken;
    }
    if args.strict && said.miscounted {
        print::note("strict: a closure of the inventory says another number of entries than was read");
        return Outcome::Broken;
    }
    if !said.decided {
        let why = crate::report::untested(&written.head);
        print::note(&why.map_or_else(|| "nothing could be decided".to_owned(), |why| why.told()));
        if let Some(lacking) = &said.lacking {
            print::note(lacking);
        }
        return Outcome::Broken;
    }
    let worst = written.kept.worst().iter().map(|finding| finding.severity).min();
    match (args.fail_on.map(at_least), worst) {
        (Some(threshold), Some(worst)) if worst <= threshold => {
            print::note(&format!(
                "fail-on: the worst finding is {}, and `--fail-on {}` was asked for",
                worst.name(),
                threshold.name()
            ));
            Outcome::Found
        }
        _ => Outcome::Clean,
    }
}

fn at_least(threshold: SeverityArg) -> Severity {
    match threshold {
        SeverityArg::Low => Severity::Low,
        SeverityArg::Medium => Severity::Medium,
        SeverityArg::High => Severity::High,
        SeverityArg::Critical => Severity::Critical,
    }
}
