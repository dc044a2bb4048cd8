//! Reading a folder of exports: what is there, in which order it is read, and what became of each file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::asserted::LeftOut;
use super::attestation::Attestation;
use super::finish::finish;
use super::inventory::lost::{Place, lost};
use super::run::{FileRun, Run};
use super::{SOURCES, Source, aws_authorization_details, inventory_toml, mcp, secrets, spoken};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::base::time::Instant;
use crate::export::declared::{Declared, Said};
use crate::export::head::{HEAD, Head, Shape};
use crate::export::known;
use crate::export::report::{ExportReport, Rejected, Rejections};
use crate::export::text::{Encoding, TextReader};
use crate::export::walk::{Found, Left, walk};
use crate::model::record::ExportInfo;
use crate::model::world::{Quality, World};

/// What can be asked of a run.
pub struct Options<'a> {
    /// Called before each file with its path and size in bytes, for those who show progress.
    pub progress: &'a (dyn Fn(&str, u64) + Sync),
    /// The folder where outputs go, if it may lie within: it is passed over.
    pub outputs: Option<&'a Path>,
    /// The date of the assessment, if it is given.
    pub as_of: Option<Instant>,
    /// Files with waivers, which are read apart.
    pub waivers: &'a [PathBuf],
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self { progress: &|_, _| {}, outputs: None, as_of: None, waivers: &[] }
    }
}

/// Everything that a folder says.
#[derive(Debug)]
pub struct Loaded {
    /// The facts. Not sealed, since links may still be added.
    pub world: World,
    /// Every file of the folder, sorted by path, read or not.
    pub exports: Vec<ExportReport>,
    /// The first rejected records of each file, sorted by path and place in the file.
    pub rejected: Vec<Rejected>,
    /// How many records were rejected in all.
    pub rejected_count: u64,
    /// Mistakes: in the manifest, in the inventory, in what lies in the folder.
    pub diagnostics: Vec<Diagnostic>,
    /// What people attest.
    pub attestations: Vec<Attestation>,
}

impl Loaded {
    /// Notes on the quality of the exports, sorted.
    #[must_use]
    pub fn quality(&self) -> &[Quality] {
        &self.world.quality
    }
}

/// A file that a source recognised.
struct Candidate {
    found: Found,
    head: Head,
    source: &'static dyn Source,
    said: Said,
    collected_at: Option<i64>,
    scope: Option<String>,
    transcoded: bool,
    set: u32,
}

/// The name of the profile and manifest, which is read at the top of the folder and nowhere else.
const PROFILE_NAME: &str = "assize.toml";

/// The names of files with waivers, which are read at the top of the folder.
pub const WAIVERS: [&str; 2] = ["waivers.toml", "waivers.csv"];

/// Why they are no exports.
const OF_WAIVERS: &str = "the waivers of assize, which are read apart from the exports";

/// Names that only the profile has; see the module `control`.
const PROFILE: &[&str] = &[
    "frameworks",
    "expected_scopes",
    "own_scopes",
    "trusted_scopes",
    "max_evidence_age",
    "max_waiver",
    "owner_tags",
    "environment_tags",
    "environments",
    "params",
    "exports",
    "links",
];

/// Reads a folder.
#[must_use]
pub fn load(folder: &Path, declared: &Declared, options: &Options<'_>) -> Loaded {
    let entries = walk(folder, options.outputs);
    let mut run = Run::default();
    run.world.as_of = options.as_of.map(|at| at.0);
    // A file of waivers that a shell has just made for the first of them is one without any.
    let begun = |entry: &Left| {
        let real = || folder.join(&entry.name).canonicalize().is_ok_and(|real| options.waivers.contains(&real));
        (entry.bytes == 0 && entry.broken && (WAIVERS.contains(&entry.name.as_str()) || real())).then(|| Left {
            why: OF_WAIVERS.to_owned(),
            broken: false,
            ..entry.clone()
        })
    };
    let mut left: Vec<ExportReport> =
        entries.left.iter().map(|entry| left_out(&mut run, begun(entry).as_ref().unwrap_or(entry))).collect();
    let mut candidates = Vec::new();
    for found in entries.files {
        if let Some(report) = waivers(&mut run, &found, options.waivers) {
            left.push(report);
            continue;
        }
        match recognise(found, declared, &mut run) {
            Ok(candidate) => candidates.push(*candidate),
            Err(report) => left.push(*report),
        }
    }
    let mut gone = Vec::new();
    for entry in declared.unmatched(&candidates.iter().map(|one| one.found.name.as_str()).collect::<Vec<_>>()) {
        let message = format!("no export that was recognised is at `{}`, of which the manifest speaks", entry.path);
        let mut diagnostic = Diagnostic::warning(super::NO_EXPORT, message);
        if let Some(place) = &entry.place {
            diagnostic = diagnostic.at(place.file.clone(), place.span.clone(), "matches no export");
        }
        run.diagnostics.push(diagnostic);
        if !entry.is_pattern() {
            let said = Said { scope: entry.scope.clone(), ..Said::default() };
            gone.push(LeftOut { path: entry.path.clone(), why: String::new(), said, named: true });
        }
    }
    // What cannot be read and is named as an inventory may have been a part of it.
    let may_state = |path: &str| {
        let end = path.rsplit_once('.').map_or("", |(_, end)| end);
        ["toml", "csv"].iter().any(|kind| end.eq_ignore_ascii_case(kind))
    };
    gone.extend(left.iter().filter(|report| report.broken && may_state(&report.path)).map(|report| LeftOut {
        path: report.path.clone(),
        why: report.took_for.clone(),
        said: Said::default(),
        named: true,
    }));
    group(&mut run, &mut candidates);
    candidates.sort_by(|a, b| {
        let key = |one: &Candidate| (one.source.order(), std::cmp::Reverse(one.collected_at));
        key(a).cmp(&key(b)).then_with(|| a.found.name.cmp(&b.found.name))
    });
    let mut said = Vec::new();
    for candidate in candidates {
        (options.progress)(&candidate.found.name, candidate.found.bytes);
        said.push(read(&mut run, candidate));
    }
    finish(&mut run, &said, &spoken_of(&left, declared).into_iter().chain(gone).collect::<Vec<_>>(), &declared.links);
    spoken::finish(&mut run.world);
    for report in &mut left {
        report.path = secrets::masked(&report.path).into_owned();
    }
    tell_superseded(&mut run);
    let Run { world, reports, rejections, diagnostics, attestations, .. } = run;
    let rejected_count = rejections.iter().map(|rejections| rejections.count).sum();
    let mut rejected: Vec<Rejected> = rejections.into_iter().flat_map(|rejections| rejections.kept).collect();
    rejected.sort_by(|a, b| (&a.path, a.offset, &a.place).cmp(&(&b.path, b.offset, &b.place)));
    let mut exports: Vec<ExportReport> = reports.into_iter().chain(left).collect();
    exports.sort_by(|a, b| a.path.cmp(&b.path));
    Loaded { world, exports, rejected, rejected_count, diagnostics, attestations }
}

/// The files that were left out though the manifest says that something is listed whole in them and others.
fn spoken_of(left: &[ExportReport], declared: &Declared) -> Vec<LeftOut> {
    let named = left.iter().map(|report| (report, declared.of(&report.path)));
    // Neither what is hidden, nor the manifest itself, nor a text for people is an export that somebody meant to be read.
    let beside = |why: &str| {
        ["a hidden ", "the profile and manifest ", "the waivers ", "a text for people"]
            .iter()
            .any(|beside| why.starts_with(beside))
    };
    let named = named.filter(|(report, said)| !said.enumerates.is_empty() && !beside(&report.took_for));
    named
        .map(|(report, said)| LeftOut { path: report.path.clone(), why: report.took_for.clone(), said, named: false })
        .collect()
}

/// Says of which files something was not used since another is newer.
fn tell_superseded(run: &mut Run) {
    for report in &run.reports {
        for newer in report.ignored_why.iter().filter_map(|why| why.strip_prefix("superseded: ")) {
            let message = format!("`{}` is superseded: {newer}", report.path);
            run.diagnostics.push(Diagnostic::note("superseded", message));
        }
    }
}

/// The report on an entry that is not looked into.
fn left_out(run: &mut Run, entry: &Left) -> ExportReport {
    if entry.broken {
        let shown = if entry.name.is_empty() { "the folder" } else { &entry.name };
        let message = format!("`{shown}` was not read: {}", entry.why);
        run.diagnostics.push(Diagnostic::warning("not-read", message));
    }
    ExportReport {
        path: entry.name.clone(),
        bytes: entry.bytes,
        took_for: entry.why.clone(),
        broken: entry.broken,
        ..ExportReport::default()
    }
}

/// The report on a file with waivers, which is no export: one that is read apart, or one that lies where none is read.
fn waivers(run: &mut Run, found: &Found, read: &[PathBuf]) -> Option<ExportReport> {
    let left = |run: &mut Run, why: &str| {
        left_out(run, &Left { name: found.name.clone(), bytes: found.bytes, why: why.to_owned(), broken: false })
    };
    let named = WAIVERS.contains(&found.name.rsplit('/').next().unwrap_or(""));
    let at_top = named && !found.name.contains('/');
    if at_top || (!read.is_empty() && found.path.canonicalize().is_ok_and(|path| read.contains(&path))) {
        return Some(left(run, OF_WAIVERS));
    }
    if !named {
        // One that is meant to be read and has another name would be missed by nobody.
        let lower = found.name.to_lowercase();
        let near = nearest(&lower, WAIVERS).filter(|_| lower.starts_with("waiver") && !found.name.contains('/'));
        if let Some(near) = near {
            let message = format!("`{}` is not read as waivers", found.name);
            let help = format!("name it `{near}`, or name the file with `--waivers`, if it has waivers");
            run.diagnostics.push(Diagnostic::warning("waivers-not-read", message).help(help));
        }
        return None;
    }
    let message = format!("`{}` was not read: waivers are read at the top of the folder alone", found.name);
    let help = "move it to the top, or name it with `--waivers`";
    run.diagnostics.push(Diagnostic::warning("waivers-not-read", message).help(help));
    Some(left(run, "waivers that were not read: only those at the top of the folder are"))
}

/// Why a schema that `assize init` wrote for editors is no export.
pub const OWN_SCHEMA: &str = "a schema of assize, by which an editor completes and checks files";

/// True for a file that is named as a profile, or has what only a profile has.
fn is_profile(found: &Found, head: &Head) -> bool {
    let named = found.name.rsplit('/').next() == Some(PROFILE_NAME);
    let has = |names: &[String]| names.iter().any(|name| PROFILE.contains(&name.as_str()));
    named || matches!(&head.shape, Shape::Toml { names } if has(names))
}

/// The report on a profile that lies where none is read, and a warning: nothing that it says is heard.
fn profile_elsewhere(run: &mut Run, found: Found) -> ExportReport {
    let why = format!("a profile and manifest that was not read: only `{PROFILE_NAME}` at the top of the folder is");
    let message = format!("`{}` was not read: it is {why}", found.name);
    let help = match (found.name.rsplit_once('/'), found.path.parent()) {
        (Some((_, name)), Some(folder)) if name == PROFILE_NAME => {
            format!("check `{}`, or move it to the top", folder.display())
        }
        _ => format!("move it to the top as `{PROFILE_NAME}`, or bring it together with the one there"),
    };
    run.diagnostics.push(Diagnostic::warning("profile-not-read", message).help(help));
    ExportReport { path: found.name, bytes: found.bytes, took_for: why, broken: true, ..ExportReport::default() }
}

/// Looks at the beginning of a file and asks each source; without one, the report on the file.
fn recognise(found: Found, declared: &Declared, run: &mut Run) -> Result<Box<Candidate>, Box<ExportReport>> {
    let (head, encoding) = match look(&found) {
        Ok(seen) => seen,
        Err(error) => {
            let why = format!("it cannot be read: {error}");
            let left = Left { name: found.name, bytes: found.bytes, why, broken: true };
            return Err(Box::new(left_out(run, &left)));
        }
    };
    if found.name == PROFILE_NAME {
        let why = "the profile and manifest of assize, which is read apart from the exports".to_owned();
        return Err(Box::new(left_out(run, &Left { name: found.name, bytes: found.bytes, why, broken: false })));
    }
    let own = found.name.starts_with("schemas/assize-") && found.name.ends_with(".schema.json");
    // An export is one under whatever name.
    if own && !SOURCES.iter().any(|source| source.recognises(&head)) {
        let why = OWN_SCHEMA.to_owned();
        return Err(Box::new(left_out(run, &Left { name: found.name, bytes: found.bytes, why, broken: false })));
    }
    if is_profile(&found, &head) {
        return Err(Box::new(profile_elsewhere(run, found)));
    }
    let blank = head.shape == Shape::Blank;
    let said = declared.of(&found.name);
    let named_toml = found.name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("toml"));
    let shown = SOURCES.iter().copied().find(|source| source.recognises(&head));
    // A stray line before the first table hides from what a text looks like that it is an inventory, and not that it is meant to be.
    let meant = || {
        (named_toml && inventory_toml::has_tables(&head))
            .then_some(&inventory_toml::InventoryToml as &'static dyn Source)
    };
    let shown = shown.or_else(meant);
    let source = shown.or_else(|| SOURCES.iter().copied().find(|source| source.claims(&head, &said)));
    let source = source.filter(|_| !blank);
    let Some(source) = source else {
        let mut why =
            if blank { "an empty file: nothing but white space".to_owned() } else { known::why_left_out(&head) };
        // What is named as exports are and is not whole text is one that came to harm.
        let harmed = known::is_named_as_exports(&found.name)
            && (head.shape == Shape::Binary || head.replaced || known::is_failed(&found.name, &head));
        if head.replaced && head.shape != Shape::Binary {
            why.push_str(", with bytes in it that are no text");
        }
        let wrong = if named_toml && !blank && !harmed { inventory_toml::wrong(&head) } else { None };
        let broken = blank || harmed || wrong.is_some();
        let why = wrong.unwrap_or(why);
        return Err(Box::new(left_out(run, &Left { name: found.name, bytes: found.bytes, why, broken })));
    };
    let own = source.collected_at(&found, &head);
    if let (Some(own), Some(declared)) = (own, said.collected_at)
        && own > declared.0
    {
        let message =
            format!("the manifest says that `{}` was collected before the file says that it was made", found.name);
        let mut diagnostic = Diagnostic::error("manifest-contradicts-file", message);
        if let Some(place) = &said.place {
            diagnostic = diagnostic.at(place.file.clone(), place.span.clone(), "the file is younger");
        }
        let help = "nothing was judged: correct `collected_at`, or take the entry out of the manifest";
        run.diagnostics.push(diagnostic.help(help));
    }
    let scope = source.scope(&head);
    let collected_at = own.or(said.collected_at.map(|at| at.0));
    let transcoded = matches!(encoding, Encoding::Utf16Low | Encoding::Utf16High);
    // The text is only needed to recognise; many files would hold much of it.
    let head = Head { text: String::new(), ..head };
    Ok(Box::new(Candidate { found, head, source, said, collected_at, scope, transcoded, set: 0 }))
}

/// The beginning of a file.
fn look(found: &Found) -> std::io::Result<(Head, Encoding)> {
    let mut reader = TextReader::new(std::fs::File::open(&found.path)?);
    let mut text = Vec::new();
    let filled = reader.fill(&mut text, HEAD)?;
    Ok((Head::new(&text, filled.end), reader.encoding()))
}

/// Puts pages of one snapshot into one set of files, and every other file into its own.
fn group(run: &mut Run, candidates: &mut [Candidate]) {
    let mut groups: BTreeMap<(&str, String, String, Option<i64>), Vec<usize>> = BTreeMap::new();
    for (at, one) in candidates.iter().enumerate() {
        let folder = one.found.name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let scope = one.scope.clone().unwrap_or_else(|| one.found.name.clone());
        let key = (one.source.about().id, scope, folder.to_owned(), one.collected_at);
        groups.entry(key).or_default().push(at);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().collect();
    for members in groups {
        let open: Vec<bool> =
            members.iter().map(|at| members.len() > 1 && candidates.get(*at).is_some_and(pages_follow)).collect();
        let lasts = open.iter().filter(|open| !**open).count();
        let mut set = None;
        for (at, open) in members.iter().zip(&open) {
            let Some(one) = candidates.get_mut(*at) else { continue };
            let this = *set.get_or_insert_with(|| run.sets.begin(&one.found.name, one.collected_at));
            run.sets.add_file(this, &one.found.path);
            one.set = this;
            // Of one last page all the others are pages; of several, each ends its own snapshot.
            if lasts > 1 && !open {
                set = None;
            }
        }
    }
}

/// True if an export has a page marker at its end.
fn pages_follow(candidate: &Candidate) -> bool {
    candidate.source.about().id == "aws-authorization-details"
        && aws_authorization_details::goes_on(&candidate.found).unwrap_or(false)
}

/// Reads one file, and gives back what the manifest says of it.
fn read(run: &mut Run, candidate: Candidate) -> Said {
    let Candidate { found, head, source, said, collected_at, transcoded, set, .. } = candidate;
    let about = source.about();
    // A file may be named after a secret too.
    let name = secrets::masked(&found.name).into_owned();
    let export = run.world.records.add_export(ExportInfo {
        path: name.clone(),
        source: about.id,
        authority: about.authority,
        collected_at,
        documents: 0,
    });
    run.reports.push(ExportReport {
        path: name,
        bytes: found.bytes,
        source: Some(about.id),
        collected_at,
        collected_by: said.collected_by.clone(),
        command: said.command.clone(),
        issuer: said.issuer.clone(),
        took_for: about.title.to_owned(),
        transcoded,
        ..ExportReport::default()
    });
    run.rejections.push(Rejections::default());
    let mut file = FileRun::new(run, export, about, said.clone(), set);
    let outcome = source.read(&found, &head, &mut file);
    if let Err(error) = outcome {
        let why = format!("it cannot be read to its end: {error}");
        file.reject_at("the file".to_owned(), 0, why.clone());
        file.cut();
        if about.system == "inventory" {
            lost(&mut file, "", Place { text: "the file", list: "", index: 0, offset: 0 });
        }
        if about.system == "mcp" {
            mcp::lost::lost(&mut file, "the file", 0);
        }
        if let Some(report) = file.report() {
            report.broken = true;
        }
        let message = format!("`{}` was not read to its end: {error}", found.name);
        run.diagnostics.push(Diagnostic::warning("not-read", message));
    }
    let report = run.reports.get(export.0 as usize);
    if about.system == "aws" {
        let folder = found.name.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        let scopes: Vec<String> = report.map(|report| report.scopes.clone()).unwrap_or_default();
        for scope in scopes {
            let scope = run.world.strings.intern(&scope);
            let known = run.aws.folders.entry(folder.clone()).or_default();
            if !known.contains(&scope) {
                known.push(scope);
            }
        }
    }
    said
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
