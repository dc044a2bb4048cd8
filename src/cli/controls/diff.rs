//! `assize controls diff`: the same exports under two sets of controls, and which verdicts are others for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::super::Outcome;
use super::super::args::{DiffArgs, DiffFormat};
use super::super::check::date;
use super::super::print;
use crate::assess::Verdict;
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::make::{Input, subject_of};
use crate::control::{Check, Pack};
use crate::model::{Row, Subject};
use crate::report::human::count;
use crate::{Noted, Request};

/// How many of the verdicts that moved are named for people, of each check run.
const NAMED: usize = 5;
/// The word for a subject that the check run does not ask about.
const NONE: &str = "not asked";

/// A check run as one set of controls has it.
struct Run {
    check: String,
    subject: Subject,
    /// What it asks, by the name of each thing: expressions, parameters.
    asks: BTreeMap<String, String>,
    /// The verdict on each of the subjects, in their order.
    verdicts: Vec<Verdict>,
}

/// An estate under one set of controls.
struct Side {
    as_of: Instant,
    runs: BTreeMap<String, Run>,
    /// The ids and names of subjects, once for all runs.
    subjects: BTreeMap<Subject, Vec<(String, String)>>,
    /// The files that decide what facts are: classification, levels and tools, by path with their digests.
    data: BTreeMap<String, String>,
    /// The checks, by id with the digests of their files.
    checks: BTreeMap<String, String>,
    /// Those of them that are run.
    asked: BTreeSet<String>,
}

/// What changed in one check run.
#[derive(Debug, Serialize)]
struct Changed {
    /// The check run.
    run: String,
    /// `added`, `removed` or `changed`.
    what: &'static str,
    /// What it asks that is another: the name, before and after.
    asks: Vec<Asks>,
    /// How many verdicts moved, by what they were and what they are.
    counts: BTreeMap<String, usize>,
    /// The verdicts that moved, by id.
    moved: Vec<Moved>,
}

#[derive(Debug, Serialize)]
struct Asks {
    name: String,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Debug, Serialize)]
struct Moved {
    id: String,
    name: String,
    before: &'static str,
    after: &'static str,
}

/// All that changed.
#[derive(Debug, Serialize)]
struct Difference {
    schema: &'static str,
    as_of: String,
    before: String,
    after: String,
    /// Files of classification, levels and tools that are others: they change what facts are.
    data: Vec<String>,
    /// Checks that are others, and that none of the chosen frameworks asks for.
    not_asked: Vec<String>,
    runs: Vec<Changed>,
    /// How many check runs are the same in every verdict.
    same: usize,
}

pub(in crate::cli) fn diff(args: &DiffArgs) -> Outcome {
    let as_of = match args.as_of.as_deref().map(date).transpose() {
        Ok(as_of) => as_of,
        Err(wrong) => {
            print::diagnostics(&[wrong], &BTreeMap::new());
            return Outcome::Broken;
        }
    };
    let today = Instant(jiff::Timestamp::now().as_second());
    let side = |controls: &Path, as_of: Option<Instant>, frameworks: Vec<String>, tell: bool| {
        let request = Request {
            dir: args.exports.clone(),
            as_of,
            today: Some(today),
            frameworks,
            controls: folder(controls),
            ..Request::default()
        };
        crate::check(&request, |input, noted| {
            if tell {
                print::diagnostics(&print::besides_notes(&noted.diagnostics), &noted.texts);
            }
            side_of(input)
        })
    };
    // A framework that only one side has is asked for there, and nothing on the other.
    let (of_before, of_after) = (known(&args.before, &args.framework), known(&args.after, &args.framework));
    let none = |frameworks: &Vec<String>| frameworks.is_empty() && !args.framework.is_empty();
    let both = match (none(&of_before), none(&of_after)) {
        (true, false) => {
            side(&args.after, as_of, of_after, true).map(|after| (after.without_runs(&args.before), after))
        }
        (false, true) => side(&args.before, as_of, of_before, true).map(|before| {
            let after = before.without_runs(&args.after);
            (before, after)
        }),
        // Of a framework that neither has, the run itself says so.
        (true, true) => side(&args.after, as_of, args.framework.clone(), true)
            .map(|after| (after.without_runs(&args.before), after)),
        (false, false) => side(&args.before, as_of, of_before, true).and_then(|before| {
            let day = before.as_of;
            Ok((before, side(&args.after, Some(day), of_after, false)?))
        }),
    };
    match both {
        Ok((before, after)) => written(args, &difference(args, &before, &after)),
        Err(Noted { diagnostics, texts }) => {
            print::diagnostics(&diagnostics, &texts);
            Outcome::Broken
        }
    }
}

/// The folder of controls that an argument names; `None` for the built-in ones alone.
fn folder(controls: &Path) -> Option<PathBuf> {
    (controls != Path::new("builtin")).then(|| controls.to_path_buf())
}

fn pack_of(controls: &Path) -> Pack {
    folder(controls).map_or_else(Pack::builtin, |folder| Pack::with_folder(&folder)).0
}

/// The frameworks asked for that a side has.
fn known(controls: &Path, asked: &[String]) -> Vec<String> {
    if asked.is_empty() {
        return Vec::new();
    }
    let pack = pack_of(controls);
    asked.iter().filter(|id| pack.framework(id).is_some()).cloned().collect()
}

impl Side {
    /// The same exports under other controls, of which nothing is run.
    fn without_runs(&self, controls: &Path) -> Self {
        let (data, checks) = files_of(&pack_of(controls));
        Self {
            as_of: self.as_of,
            runs: BTreeMap::new(),
            subjects: BTreeMap::new(),
            data,
            checks,
            asked: BTreeSet::new(),
        }
    }
}

/// The files that decide what facts are, and the checks, with their digests.
fn files_of(pack: &Pack) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
    let data = pack
        .files
        .iter()
        .filter(|file| ["classification/", "levels/", "tools/"].iter().any(|folder| file.path.starts_with(folder)));
    let data = data.map(|file| (file.path.clone(), file.sha256.clone())).collect();
    let digest = |path: &str| pack.files.iter().find(|file| file.path == path).map(|file| file.sha256.clone());
    let checks = pack.checks.iter().map(|check| (check.id.clone(), digest(&check.path).unwrap_or_default()));
    (data, checks.collect())
}

/// What one set of controls makes of the exports.
fn side_of(input: &Input<'_>) -> Side {
    let mut runs = BTreeMap::new();
    let mut subjects: BTreeMap<Subject, Vec<(String, String)>> = BTreeMap::new();
    let asked = input.plan.runs.iter().zip(input.questions).zip(input.judged);
    for ((run, question), judged) in asked {
        let subject = question.subject;
        let named = |row: &u32| subject_of(input.estate, Row::new(subject, *row));
        subjects.entry(subject).or_insert_with(|| input.orders.get(subject).rows.iter().map(named).collect());
        let mut asks = input.pack.check(&run.check).map(asks).unwrap_or_default();
        asks.extend(run.params.iter().map(|(name, param)| (format!("params.{name}"), param.value.to_string())));
        runs.insert(run.id.clone(), Run { check: run.check.clone(), subject, asks, verdicts: judged.verdicts.clone() });
    }
    let (data, checks) = files_of(input.pack);
    let asked = input.plan.runs.iter().map(|run| run.check.clone()).collect();
    Side { as_of: input.as_of, runs, subjects, data, checks, asked }
}

fn asks(check: &Check) -> BTreeMap<String, String> {
    let applies = check.question.applies.as_ref().map_or("true", |asked| asked.written.text.trim());
    BTreeMap::from([
        ("applies".to_owned(), applies.to_owned()),
        ("passes".to_owned(), check.question.passes.written.text.trim().to_owned()),
        ("severity".to_owned(), check.severity.name().to_owned()),
    ])
}

/// The positions of the subjects of one kind, by id.
fn places(side: &Side, subject: Subject) -> BTreeMap<&str, usize> {
    let all = side.subjects.get(&subject).into_iter().flatten();
    all.enumerate().map(|(at, (id, _))| (id.as_str(), at)).collect()
}

fn word(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None | Some(Verdict::OutOfScope) => NONE,
        Some(Verdict::Pass) => "pass",
        Some(Verdict::Fail) => "fail",
        Some(Verdict::Unknown) => "unknown",
        Some(Verdict::Waived) => "waived",
    }
}

fn difference(args: &DiffArgs, before: &Side, after: &Side) -> Difference {
    let mut runs = Vec::new();
    let mut same = 0;
    for (id, old, new) in paired(before, after) {
        let changed = changed(id, (old, before), (new, after));
        if changed.asks.is_empty() && changed.moved.is_empty() && old.is_some() == new.is_some() {
            same += 1;
        } else {
            runs.push(changed);
        }
    }
    let paths: BTreeSet<&String> = before.data.keys().chain(after.data.keys()).collect();
    let data = paths.into_iter().filter(|path| before.data.get(*path) != after.data.get(*path)).cloned().collect();
    let checks: BTreeSet<&String> = before.checks.keys().chain(after.checks.keys()).collect();
    let not_asked = checks.into_iter().filter(|id| before.checks.get(*id) != after.checks.get(*id));
    let not_asked = not_asked.filter(|id| !before.asked.contains(*id) && !after.asked.contains(*id)).cloned().collect();
    Difference {
        schema: "assize.controls-diff/v1",
        as_of: before.as_of.to_string(),
        before: named(&args.before),
        after: named(&args.after),
        data,
        not_asked,
        runs,
        same,
    }
}

/// The runs of both sides that ask the same check: first those of the same parameters, then what is left, in order.
///
/// Ids do not pair them: they name what differs from the defaults, and the defaults may be what changed.
fn paired<'s>(before: &'s Side, after: &'s Side) -> Vec<(&'s str, Option<&'s Run>, Option<&'s Run>)> {
    let checks: BTreeSet<&String> =
        [before, after].iter().flat_map(|side| side.runs.values().map(|run| &run.check)).collect();
    let mut pairs = Vec::new();
    for check in checks {
        let of = |side: &'s Side| side.runs.iter().filter(|(_, run)| run.check == *check).collect::<Vec<_>>();
        let (mut old, new) = (of(before), of(after));
        let mut left = Vec::new();
        for (id, run) in new {
            match old.iter().position(|(_, known)| known.params().eq(run.params())) {
                Some(at) => pairs.push((id.as_str(), Some(old.remove(at).1), Some(run))),
                None => left.push((id, run)),
            }
        }
        for (id, run) in left {
            let known = if old.is_empty() { None } else { Some(old.remove(0).1) };
            pairs.push((id.as_str(), known, Some(run)));
        }
        pairs.extend(old.into_iter().map(|(id, run)| (id.as_str(), Some(run), None)));
    }
    pairs
}

impl Run {
    /// Its parameters with their values.
    fn params(&self) -> impl Iterator<Item = (&String, &String)> {
        self.asks.iter().filter(|(name, _)| name.starts_with("params."))
    }
}

fn named(path: &Path) -> String {
    shown(&path.to_string_lossy()).into_owned()
}

fn changed(id: &str, (old, before): (Option<&Run>, &Side), (new, after): (Option<&Run>, &Side)) -> Changed {
    let what = match (old, new) {
        (None, _) => "added",
        (_, None) => "removed",
        _ => "changed",
    };
    let mut asks = Vec::new();
    if let (Some(old), Some(new)) = (old, new) {
        let names: BTreeSet<&String> = old.asks.keys().chain(new.asks.keys()).collect();
        for name in names.into_iter().filter(|name| old.asks.get(*name) != new.asks.get(*name)) {
            let (before, after) = (old.asks.get(name).cloned(), new.asks.get(name).cloned());
            asks.push(Asks { name: name.clone(), before, after });
        }
    }
    let was = old.map(|run| places(before, run.subject)).unwrap_or_default();
    let is = new.map(|run| places(after, run.subject)).unwrap_or_default();
    let verdict = |run: Option<&Run>, at: Option<&usize>| run.and_then(|run| run.verdicts.get(*at?).copied());
    let name = |side: &Side, run: Option<&Run>, at: Option<&usize>| {
        side.subjects.get(&run?.subject)?.get(*at?).map(|(_, name)| name.clone())
    };
    let mut moved = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for subject in was.keys().chain(is.keys()).collect::<BTreeSet<_>>() {
        let (old_at, new_at) = (was.get(subject), is.get(subject));
        let (before_word, after_word) = (word(verdict(old, old_at)), word(verdict(new, new_at)));
        if before_word != after_word {
            *counts.entry(format!("{before_word} -> {after_word}")).or_default() += 1;
            let name = name(after, new, new_at).or_else(|| name(before, old, old_at)).unwrap_or_default();
            moved.push(Moved { id: (*subject).to_owned(), name, before: before_word, after: after_word });
        }
    }
    Changed { run: id.to_owned(), what, asks, counts, moved }
}

fn written(args: &DiffArgs, found: &Difference) -> Outcome {
    let made = match args.format {
        DiffFormat::Text => Ok(text(found)),
        DiffFormat::Json => serde_json::to_string_pretty(found).map(|text| text + "\n").map_err(std::io::Error::from),
        DiffFormat::Csv => table(found),
    };
    print::made(made)
}

/// A row a verdict that moved.
fn table(found: &Difference) -> std::io::Result<String> {
    let rows = found.runs.iter().flat_map(|run| {
        run.moved.iter().map(|one| [run.run.as_str(), run.what, &one.id, &one.name, one.before, one.after])
    });
    print::table(&["check_run", "change", "subject", "name", "before", "after"], rows)
}

fn text(found: &Difference) -> String {
    let mut out = format!("{} -> {}, as of {}\n", found.before, found.after, found.as_of);
    for path in &found.data {
        let _ = writeln!(out, "\n{}  is another: it changes what facts are", shown(path));
    }
    for run in &found.runs {
        let _ = writeln!(
            out,
            "\n{}  {}",
            shown(&run.run),
            match run.what {
                "changed" if run.asks.is_empty() => "asks the same, of other facts",
                what => what,
            }
        );
        for asks in &run.asks {
            let side = |value: &Option<String>| value.as_deref().map_or_else(|| "(none)".to_owned(), one_line);
            let _ = writeln!(out, "  {}\n    - {}\n    + {}", asks.name, side(&asks.before), side(&asks.after));
        }
        if run.moved.is_empty() {
            let _ = writeln!(out, "  no verdict moves");
        }
        for (move_, times) in &run.counts {
            let _ = writeln!(out, "  {times:>5}  {move_}");
            let of = run.moved.iter().filter(|one| format!("{} -> {}", one.before, one.after) == *move_);
            for one in of.clone().take(NAMED) {
                let _ = writeln!(out, "         {}  {}", shown(&one.name), shown(&one.id));
            }
            if *times > NAMED {
                let _ = writeln!(out, "         and {} more", times - NAMED);
            }
        }
    }
    if !found.not_asked.is_empty() {
        let named: Vec<_> = found.not_asked.iter().map(|id| shown(id)).collect();
        let _ = writeln!(
            out,
            "\nnot run, since no framework that the profile chooses asks for it: {}\n  `--framework ID` chooses another",
            named.join(", ")
        );
    }
    let moved: usize = found.runs.iter().map(|run| run.moved.len()).sum();
    let runs = found.runs.iter().filter(|run| !run.moved.is_empty()).count();
    let _ = writeln!(
        out,
        "\n{} moved, in {}; {} the same",
        count(moved as u64, "verdict", "verdicts"),
        count(runs as u64, "check run", "check runs"),
        count(found.same as u64, "check run is", "check runs are")
    );
    out
}

fn one_line(text: &str) -> String {
    shown(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}
