//! `assize waivers`: what is waived, what is wrong with that, and new waivers.

mod args;
mod check;
mod new;

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use super::Outcome;
use super::{look, print};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::text::shown;
use crate::base::time::Instant;
use crate::contract::make::{self, Input};
use crate::contract::v1::{DoubtedFinding, Waiver, WaiverDoubt, WaiverState};
use crate::control;
use crate::control::waiver::{Added, to_csv};
use crate::supply::shell::quoted;
use crate::{Noted, Request};

pub(super) use args::WaiversCommand;
use args::{ListArgs, WaiverArgs, WaiversFormat};

pub(super) fn run(command: &WaiversCommand) -> Outcome {
    match command {
        WaiversCommand::List(args) => assessed(&args.of, |input| list(args, input)),
        WaiversCommand::Check(args) => assessed(args, |input| check::check(args, input)),
        WaiversCommand::New(args) => assessed(&args.of, |input| new::new(args, input)),
    }
}

/// Assesses the folder, says what is wrong with the inputs, and answers.
fn assessed(args: &WaiverArgs, answer: impl FnOnce(&Input<'_>) -> Outcome) -> Outcome {
    let as_of = match look::as_of(args.as_of.as_deref()) {
        Ok(at) => at,
        Err(wrong) => {
            print::diagnostics(&[wrong], &BTreeMap::new());
            return Outcome::Broken;
        }
    };
    let request = Request {
        dir: args.dir.clone(),
        as_of,
        today: Some(Instant(jiff::Timestamp::now().as_second())),
        frameworks: args.framework.clone(),
        controls: args.controls.clone(),
        waivers: args.waivers.clone(),
        ..Request::default()
    };
    let done = crate::check(&request, |input, noted| {
        inputs(args, noted);
        answer(input)
    });
    done.unwrap_or_else(|noted| {
        print::diagnostics(&noted.diagnostics, &noted.texts);
        Outcome::Broken
    })
}

/// Says of the inputs what bears on waivers, and of the rest how much there is.
fn inputs(args: &WaiverArgs, noted: &Noted) {
    let of_waivers = |one: &&Diagnostic| one.place.as_ref().is_some_and(|place| is_waivers(args, &place.file));
    let all: Vec<Diagnostic> = noted.diagnostics.iter().filter(of_waivers).cloned().collect();
    print::diagnostics(&all, &noted.texts);
    let rest = noted.diagnostics.iter().filter(|one| one.severity != Severity::Note && !of_waivers(one)).count();
    if rest > 0 {
        let things = if rest == 1 { "1 thing was".to_owned() } else { format!("{rest} things were") };
        let dir = shown(&quoted(&args.dir.to_string_lossy())).into_owned();
        print::note(&format!("{things} noted about the inputs; `assize check {dir}` tells"));
    }
}

fn is_waivers(args: &WaiverArgs, file: &str) -> bool {
    control::waiver::NAMES.contains(&file) || args.waivers.iter().any(|path| path.display().to_string() == file)
}

/// How a waiver stands, in a few words.
fn state(waiver: &Waiver) -> String {
    match waiver.state {
        WaiverState::InForce => format!("in force, expires on {}", waiver.expires),
        WaiverState::NotBegun => format!("not begun: from {}, expires on {}", waiver.opened, waiver.expires),
        WaiverState::Expired => format!("expired on {}", waiver.expires),
        WaiverState::TooLong => {
            format!("not in force: from {} to {} is longer than `max_waiver` allows", waiver.opened, waiver.expires)
        }
    }
}

/// How many findings it covers, of those that it matches.
fn coverage(waiver: &Waiver) -> String {
    match (waiver.asked, waiver.matches) {
        (false, _) => "its check was not asked".to_owned(),
        (true, 0) => "matches no finding".to_owned(),
        (true, 1) => format!("covers {} of 1 finding", waiver.covers),
        (true, many) => format!("covers {} of {many} findings", waiver.covers),
    }
}

/// What is to be said of what it matches, a line each.
fn doubts(waiver: &Waiver) -> Vec<String> {
    waiver.doubts.iter().flat_map(told).collect()
}

/// One doubt: the first findings that it is about, a line each, and how many more there are.
fn told(doubt: &WaiverDoubt) -> Vec<String> {
    let one = |one: &DoubtedFinding| {
        let said = one.said.as_deref().map(|said| format!(": {said}")).unwrap_or_default();
        format!("{}: {}{said}", doubt.why.label(), one.finding)
    };
    let more = doubt.count.saturating_sub(doubt.first.len() as u64);
    let more = (more > 0).then(|| format!("{}: {more} more", doubt.why.label()));
    doubt.first.iter().map(one).chain(more).collect()
}

fn list(args: &ListArgs, input: &Input<'_>) -> Outcome {
    let all = make::waivers(input);
    match args.format {
        WaiversFormat::Json => {
            print::made(serde_json::to_string_pretty(&all).map(|text| text + "\n").map_err(std::io::Error::from))
        }
        WaiversFormat::Csv => {
            let by_id: HashMap<&str, &Waiver> = all.iter().map(|one| (one.id.as_str(), one)).collect();
            let of = |waiver: &control::Waiver, tell: &dyn Fn(&Waiver) -> String| {
                by_id.get(waiver.id.as_str()).map(|one| tell(one)).unwrap_or_default()
            };
            let columns: [Added<'_>; 4] = [
                ("state", &|waiver| of(waiver, &|one| one.state.name().to_owned())),
                ("matches", &|waiver| of(waiver, &|one| one.matches.to_string())),
                ("covers", &|waiver| of(waiver, &|one| one.covers.to_string())),
                ("doubts", &|waiver| of(waiver, &|one| doubts(one).join("; "))),
            ];
            print::made(to_csv(&input.waivers.all, &columns))
        }
        WaiversFormat::Text => {
            let mut text = String::new();
            for waiver in &all {
                let _ = writeln!(text, "{}  {}", waiver.id, state(waiver));
                let _ = writeln!(
                    text,
                    "  {} of {}, approved by {} ({}): {}",
                    waiver.kind.label(),
                    waiver.check,
                    waiver.approver,
                    waiver.ticket,
                    coverage(waiver)
                );
                for line in doubts(waiver) {
                    let _ = writeln!(text, "  {line}");
                }
            }
            let in_force = all.iter().filter(|one| one.state == WaiverState::InForce).count();
            let covered: u64 = all.iter().map(|one| one.covers).sum();
            let findings = if covered == 1 { "finding is" } else { "findings are" };
            let _ = match all.len() {
                0 => writeln!(text, "no waivers as of {}", input.as_of),
                n => {
                    writeln!(text, "{in_force} of {n} in force as of {}; {covered} {findings} waived", input.as_of)
                }
            };
            print::out(&text)
        }
    }
}
