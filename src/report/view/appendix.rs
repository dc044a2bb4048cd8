//! The last part of a report: exports with their digests, what was rejected, limits, controls.

use serde::Serialize;

use super::check::{TotalRow, total_row};
use super::{Capped, EXPORTS, Word, more_of, word};
use crate::contract::v1::{
    Attestation, Confidence, ControlFile, ControlTests, DoubtedFinding, Export, Link, Quality, RejectedRecord, Waiver,
};
use crate::report::human;
use crate::report::index::Index;
use crate::report::template::Templates;

/// Longest lists that are shown.
const LIMIT: usize = 200;

/// Exports with their digests, and all that a reader may want to check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Appendix {
    /// The exports.
    exports: Capped<ExportRow>,
    /// How many records were read, in words.
    read: String,
    /// How many bytes they are.
    bytes: String,
    /// How many records were rejected, in words.
    rejected_total: String,
    /// The first of the rejected records.
    rejected: Vec<RejectedRow>,
    /// How many more, as a number to print; empty if none.
    rejected_more: String,
    /// Files that were left out.
    ignored: Capped<IgnoredRow>,
    /// What is odd in the exports.
    quality: Capped<QualityRow>,
    /// Whether any note on quality names a scope.
    quality_scopes: bool,
    /// Whether any note on quality names subjects.
    quality_names: bool,
    /// How records were joined.
    links: Capped<LinkRow>,
    /// The waivers.
    waivers: Capped<WaiverRow>,
    /// The statements of people.
    attestations: Capped<AttestationRow>,
    /// What the assessment does not model.
    limits: Vec<String>,
    /// The file of the profile; empty if there is none.
    profile: String,
    /// Its digest.
    profile_sha256: String,
    /// The choices of the profile.
    settings: Capped<SettingRow>,
    /// The control files.
    controls: Capped<ControlRow>,
    /// How many of them are not as built in, in words; empty if none.
    modified: String,
    /// How the tests of the controls came out.
    tests: TestsView,
    /// Templates of this report that are not built in; none if all are.
    templates: Vec<TemplateRow>,
}

/// A template that is not built in.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct TemplateRow {
    /// The name of the file.
    name: String,
    /// `replaces a built-in template`, or `added`.
    origin: &'static str,
    /// Its digest.
    sha256: String,
}

/// An export.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ExportRow {
    /// The anchor of the export.
    anchor: String,
    /// The path.
    path: String,
    /// Its digest.
    sha256: String,
    /// Its size.
    bytes: String,
    /// How many records were read.
    read: String,
    /// How many were rejected.
    rejected: String,
    /// How many were ignored.
    ignored: String,
    /// Control totals.
    totals: Capped<TotalRow>,
    /// The newer export that is used in its place; empty if it is used.
    superseded_by: String,
    /// What is worth knowing of it.
    notes: Vec<String>,
}

/// A record that could not be read.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct RejectedRow {
    /// Where it stands.
    place: String,
    /// Why it was rejected.
    reason: String,
}

/// A file that was left out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct IgnoredRow {
    /// The path.
    path: String,
    /// Why.
    reason: String,
}

/// Something odd in the exports.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct QualityRow {
    /// Its name for machines.
    code: String,
    /// What it is.
    message: String,
    /// How often.
    count: String,
    /// The scope; empty if it has none.
    scope: String,
    /// The first of the subjects.
    names: String,
}

/// How records of two exports were joined.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct LinkRow {
    /// The method.
    method: String,
    /// How sure it is.
    confidence: Word,
    /// How many pairs.
    count: String,
    /// The first of them.
    pairs: String,
}

/// A dated decision to live with findings.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct WaiverRow {
    /// The id.
    id: String,
    /// The check.
    check: String,
    /// The subjects.
    subjects: String,
    /// Its type, in words.
    kind: String,
    /// Why.
    justification: String,
    /// Who approved it, and where that is recorded.
    approved: String,
    /// The first day on which it is in force, and the day on which it expires.
    term: String,
    /// Whether it is in force.
    state: Word,
    /// How many findings it covers, of how many that it matches.
    covers: String,
    /// What is to be said of what it matches, each in words.
    doubts: Capped<String>,
    /// The worksheet of a compensating control, each field with its name; none for other types.
    worksheet: Capped<String>,
}

/// A dated statement of a person.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct AttestationRow {
    /// The part that it answers.
    about: String,
    /// The statement.
    statement: String,
    /// Who made it.
    by: String,
    /// When.
    at: String,
    /// Until when it stands.
    until: String,
    /// Whether it stands.
    status: Word,
    /// Where it is written.
    place: String,
}

/// A choice of the profile.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct SettingRow {
    /// Its dotted name.
    name: String,
    /// Its value.
    value: String,
}

/// A control file.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ControlRow {
    /// The path.
    path: String,
    /// Its digest.
    sha256: String,
    /// Whether it is built in, replaced or added.
    origin: String,
    /// True if it is not as built in.
    modified: bool,
}

/// How the tests of the controls came out.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct TestsView {
    /// How many were run.
    run: String,
    /// How many passed.
    passed: String,
    /// True if all did.
    all_passed: bool,
    /// Those that failed.
    failures: Vec<String>,
    /// Checks whose tests never reach one of the verdicts; empty if none.
    incomplete: String,
}

impl Appendix {
    pub(super) fn new(index: &Index<'_>, templates: &Templates) -> Self {
        let head = index.head;
        let sum = |pick: fn(&Export) -> u64| head.exports.iter().map(pick).fold(0, u64::saturating_add);
        let rejected = sum(|export| export.rejected);
        // Changed files first: they are what a reader must look at.
        let mut files: Vec<&ControlFile> = head.controls.files.iter().collect();
        files.sort_by_key(|file| !file.modified);
        Self {
            exports: Capped::new((0_u32..).zip(&head.exports), EXPORTS, |(at, export)| export_row(index, at, export)),
            read: human::count(sum(|export| export.read), "record", "records"),
            bytes: human::bytes(sum(|export| export.bytes)),
            rejected_total: human::count(rejected, "record", "records"),
            rejected: head.rejected.iter().take(LIMIT).map(|one| rejected_row(index, one)).collect(),
            rejected_more: more_of(rejected.saturating_sub(head.rejected.len().min(LIMIT) as u64)),
            ignored: Capped::new(&head.ignored, LIMIT, |file| IgnoredRow {
                path: human::brief(&file.path),
                reason: human::brief(&file.reason),
            }),
            quality: Capped::new(&head.quality, LIMIT, quality_row),
            quality_scopes: head.quality.iter().any(|one| one.scope.is_some()),
            quality_names: head.quality.iter().any(|one| !one.first.is_empty()),
            links: Capped::new(&head.links, LIMIT, link_row),
            waivers: Capped::new(&head.waivers, LIMIT, waiver_row),
            attestations: Capped::new(&head.attestations, LIMIT, |one| attestation_row(index, one)),
            limits: head.limits.iter().map(|limit| human::passage(&limit.text)).collect(),
            profile: head.profile.file.as_deref().map(human::brief).unwrap_or_default(),
            profile_sha256: head.profile.sha256.as_deref().map(human::brief).unwrap_or_default(),
            settings: Capped::new(&head.profile.settings, LIMIT, |one| SettingRow {
                name: human::brief(&one.name),
                value: human::brief(&one.value),
            }),
            modified: modified(files.iter().filter(|file| file.modified).count() as u64),
            controls: Capped::new(files, LIMIT * 5, control_row),
            tests: tests_view(&head.controls.tests),
            templates: templates
                .own()
                .iter()
                .map(|one| TemplateRow {
                    name: human::brief(&one.name),
                    origin: if one.replaces { "replaces a built-in template" } else { "added" },
                    sha256: one.sha256.clone(),
                })
                .collect(),
        }
    }
}

/// A sentence on control files that are not as built in; empty if there are none.
fn modified(n: u64) -> String {
    if n == 0 { String::new() } else { human::count(n, "control file is modified", "control files are modified") }
}

fn export_row(index: &Index<'_>, at: u32, export: &Export) -> ExportRow {
    ExportRow {
        anchor: index.export_anchor(at),
        path: human::brief(&export.path),
        sha256: human::brief(&export.sha256),
        bytes: human::bytes(export.bytes),
        read: human::number(export.read),
        rejected: human::number(export.rejected),
        ignored: human::number(export.ignored),
        totals: Capped::new(&export.totals, 20, total_row),
        superseded_by: export.superseded_by.map(|at| index.path(at).into_owned()).unwrap_or_default(),
        notes: export.notes.iter().take(20).map(|note| human::passage(note)).collect(),
    }
}

fn rejected_row(index: &Index<'_>, one: &RejectedRecord) -> RejectedRow {
    RejectedRow {
        place: index.position(one.export, one.pointer.as_deref(), one.document, one.offset),
        reason: human::brief(&one.reason),
    }
}

fn quality_row(one: &Quality) -> QualityRow {
    QualityRow {
        code: human::brief(&one.code),
        message: human::passage(&one.message),
        count: human::number(one.count),
        scope: one.scope.as_deref().map(human::brief).unwrap_or_default(),
        names: if one.first.is_empty() {
            String::new()
        } else {
            human::names(one.first.iter().map(|s| human::name_or(&s.name, &s.id)), one.count, 6)
        },
    }
}

fn link_row(link: &Link) -> LinkRow {
    // The same secret is one credential; an account of one system acts as one of another; a question is none of that.
    let joins = match link.method.as_str() {
        _ if link.confidence == Confidence::Low => "may be",
        "key-id" | "equal-secret" | "said" => "=",
        _ => "acts as",
    };
    let pairs: Vec<String> = link
        .first
        .iter()
        .map(|(a, b)| format!("{} {joins} {}", human::name_or(&a.name, &a.id), human::name_or(&b.name, &b.id)))
        .collect();
    LinkRow {
        method: human::brief(&link.method),
        confidence: word!(link.confidence),
        count: human::number(link.count),
        pairs: human::names(pairs.iter().map(String::as_str), link.count, 4),
    }
}

fn waiver_row(waiver: &Waiver) -> WaiverRow {
    let mut doubts: Vec<String> = Vec::new();
    for doubt in &waiver.doubts {
        let told = |one: &DoubtedFinding| match &one.said {
            Some(said) => format!("{}: {} ({})", doubt.why.label(), human::brief(&one.finding), human::brief(said)),
            None => format!("{}: {}", doubt.why.label(), human::brief(&one.finding)),
        };
        doubts.extend(doubt.first.iter().map(told));
        let more = doubt.count.saturating_sub(doubt.first.len() as u64);
        doubts.extend((more > 0).then(|| format!("{}: {} more", doubt.why.label(), human::number(more))));
    }
    if !waiver.keeps_facts && waiver.covers > 0 {
        doubts.push("it keeps no facts: it covers whatever it matches, however bad that gets".to_owned());
    }
    let worksheet = waiver.compensating.as_ref().map(|one| {
        vec![
            format!("Constraints: {}", human::passage(&one.constraints)),
            format!("Definition: {}", human::passage(&one.definition)),
            format!("Objective: {}", human::passage(&one.objective)),
            format!("Risk: {}", human::passage(&one.risk)),
            format!("Validation: {}", human::passage(&one.validation)),
            format!("Maintenance: {}", human::passage(&one.maintenance)),
        ]
    });
    WaiverRow {
        id: human::brief(&waiver.id),
        check: human::brief(&waiver.check),
        subjects: human::names(waiver.subjects.iter().map(String::as_str), waiver.subjects.len() as u64, 6),
        kind: waiver.kind.label().to_owned(),
        justification: human::passage(&waiver.justification),
        approved: format!("{}, {}", human::brief(&waiver.approver), human::brief(&waiver.ticket)),
        term: format!("from {}, expires on {}", human::brief(&waiver.opened), human::brief(&waiver.expires)),
        state: word!(waiver.state),
        covers: if waiver.asked {
            format!("{} of {}", human::number(waiver.covers), human::number(waiver.matches))
        } else {
            "its check was not asked".to_owned()
        },
        doubts: Capped::new(&doubts, LIMIT, Clone::clone),
        worksheet: Capped::new(&worksheet.unwrap_or_default(), LIMIT, Clone::clone),
    }
}

fn attestation_row(index: &Index<'_>, one: &Attestation) -> AttestationRow {
    AttestationRow {
        about: attested_part(index, one),
        statement: human::passage(&one.statement),
        by: human::brief(&one.by),
        at: human::instant_or(one.at.as_deref(), "not dated"),
        until: human::instant_or(one.expires_at.as_deref(), "no end stated"),
        status: word!(one.status),
        place: one.export.map(|at| index.position(at, one.pointer.as_deref(), None, None)).unwrap_or_default(),
    }
}

/// The requirement and the title of the part that a statement answers; their ids where they are not asked for.
fn attested_part(index: &Index<'_>, one: &Attestation) -> String {
    let framework = index.head.frameworks.iter().find(|framework| framework.id == one.framework);
    let requirement = framework
        .and_then(|framework| framework.requirements.iter().find(|requirement| requirement.id == one.requirement));
    let part = requirement.and_then(|requirement| requirement.parts.iter().find(|part| part.id == one.part));
    let part = part.map_or(one.part.as_str(), |part| human::name_or(&part.title, &part.id));
    human::brief(&format!("{}, {}: {part}", one.framework, one.requirement))
}

fn control_row(file: &ControlFile) -> ControlRow {
    ControlRow {
        path: human::brief(&file.path),
        sha256: human::brief(&file.sha256),
        origin: file.origin.label().to_owned(),
        modified: file.modified,
    }
}

fn tests_view(tests: &ControlTests) -> TestsView {
    TestsView {
        run: human::number(tests.run),
        passed: human::number(tests.passed),
        all_passed: tests.run > 0 && tests.passed == tests.run && tests.failures.is_empty(),
        failures: tests
            .failures
            .iter()
            .take(LIMIT)
            .map(|one| human::brief(&format!("{}: {}: {}", one.file, one.test, one.message)))
            .collect(),
        incomplete: human::names(tests.incomplete.iter().map(String::as_str), tests.incomplete.len() as u64, 40),
    }
}
