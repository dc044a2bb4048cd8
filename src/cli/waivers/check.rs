//! `assize waivers check`: what is wrong, or soon wrong, with waivers, and what to do about each.

use super::super::{Outcome, print};
use super::args::WaiverArgs;
use super::told;
use crate::base::text::shown;
use crate::contract::make::{self, Input};
use crate::contract::v1::{DoubtWhy, Waiver};
use crate::control;
use crate::supply::shell::quoted;

/// What to do where it is not known whether an approver is another than the owners.
pub(super) const STATE_OWNERS: &str = "state in the inventory all owners, the sponsor and the approver, and under `[[closures]]` that the owners are all (`ownership`)";

pub(super) fn check(args: &WaiverArgs, input: &Input<'_>) -> Outcome {
    let all = make::waivers(input);
    let mut lines: Vec<String> = make::about_waivers(input)
        .into_iter()
        .map(|finding| {
            let what = format!("{}: {} ({})", finding.subject.name, finding.reason, finding.check_run);
            with_step(what, &mended(input, &finding.check_run))
        })
        .collect();
    for (at, (waiver, written)) in all.iter().zip(&input.waivers.all).enumerate() {
        for doubt in waiver.doubts.iter().filter(|doubt| matches!(doubt.why, DoubtWhy::Worse | DoubtWhy::OwnerNotKnown))
        {
            let step = match doubt.why {
                DoubtWhy::Worse => format!(
                    "mend it, or have it approved as it is now, take `{}` out of {} and write what is approved: {}",
                    waiver.id,
                    waiver.file,
                    anew(args, written)
                ),
                _ => STATE_OWNERS.to_owned(),
            };
            let told = told(doubt).into_iter().map(|said| format!("{}: {said}", waiver.id));
            lines.extend(told.map(|what| with_step(what, &step)));
        }
        lines.extend(not_run(input, waiver));
        lines.extend(behind(input, at));
        if !waiver.keeps_facts && waiver.covers > 0 {
            let what =
                format!("{}: keeps no facts, so it covers whatever it matches, however bad that gets", waiver.id);
            let step = format!(
                "take `{}` out of {} and write it anew with them: {}",
                waiver.id,
                waiver.file,
                anew(args, written)
            );
            lines.push(with_step(what, &step));
        }
    }
    lines.sort();
    let answer = match (all.len(), lines.len()) {
        (0, _) => format!("no waivers as of {}\n", input.as_of),
        (1, 0) => format!("1 waiver, nothing wrong with it as of {}\n", input.as_of),
        (n, 0) => format!("{n} waivers, nothing wrong with them as of {}\n", input.as_of),
        (n, wrong) => {
            let things = if wrong == 1 { "thing" } else { "things" };
            let waivers = if n == 1 { "waiver" } else { "waivers" };
            format!(
                "{}\n\n{n} {waivers}, {wrong} {things} wrong or soon wrong as of {}\n",
                lines.join("\n"),
                input.as_of
            )
        }
    };
    let printed = print::out(&answer);
    printed.max(if lines.is_empty() { Outcome::Clean } else { Outcome::Found })
}

/// What is wrong, and below it what to do.
fn with_step(what: String, step: &str) -> String {
    if step.is_empty() { what } else { format!("{what}\n  {step}") }
}

/// What the check says of how to mend a failure, on one line.
fn mended(input: &Input<'_>, run: &str) -> String {
    let check = input.pack.check(run.split('[').next().unwrap_or(""));
    let text = check.map_or("", |check| check.remediation.as_str());
    shown(&text.split_whitespace().collect::<Vec<_>>().join(" ")).into_owned()
}

/// Of a waiver of a run that is not asked, where the check is asked otherwise.
fn not_run(input: &Input<'_>, waiver: &Waiver) -> Option<String> {
    let check = waiver.check.split('[').next().unwrap_or("");
    let runs: Vec<&str> = input.plan.runs.iter().filter(|run| run.check == check).map(|run| run.id.as_str()).collect();
    if waiver.asked || runs.is_empty() {
        return None;
    }
    let what =
        format!("{}: `{}` is no run of this assessment, which runs `{}`", waiver.id, waiver.check, runs.join("`, `"));
    Some(with_step(what, &format!("name a run of it under `check`, or take the waiver out of {}", waiver.file)))
}

/// Of a waiver that covers nothing since those before it cover all that it would.
fn behind(input: &Input<'_>, at: usize) -> Option<String> {
    let (waiver, standing) = (input.waivers.all.get(at)?, input.settled.standings.get(at)?);
    if standing.covers > 0 || standing.earlier.is_empty() {
        return None;
    }
    let before = standing.earlier.iter().filter_map(|by| input.waivers.all.get(*by as usize));
    let before: Vec<&control::Waiver> = before.collect();
    let ids: Vec<String> = before.iter().map(|one| format!("`{}`", one.id)).collect();
    let what = format!(
        "{}: covers nothing, since all that it would cover is covered by {} before it",
        waiver.id,
        ids.join(", ")
    );
    // The one that keeps facts is the better of the two.
    let old: Vec<String> = before
        .iter()
        .filter(|one| waiver.keeps_facts() && !one.keeps_facts())
        .map(|one| format!("`{}` out of {}", one.id, one.file))
        .collect();
    let step = if old.is_empty() {
        format!("take `{}` out of {}", waiver.id, waiver.file)
    } else {
        format!("take {}: this one keeps facts", old.join(", "))
    };
    Some(shown(&what).into_owned() + "\n  " + &shown(&step))
}

/// The command that writes a waiver anew, with the facts as they are.
fn anew(args: &WaiverArgs, waiver: &control::Waiver) -> String {
    let mut words = vec!["assize waivers new".to_owned(), quoted(&args.dir.to_string_lossy())];
    if let Some(as_of) = &args.as_of {
        words.push(format!("--as-of {}", quoted(as_of)));
    }
    let mut option = |name: &str, value: &str| words.push(format!("--{name} {}", quoted(value)));
    option("id", &format!("{}-2", waiver.id));
    option("check", &waiver.check);
    for subject in &waiver.subjects {
        option("subject", subject);
    }
    option("type", waiver.kind.name());
    option("approver", &waiver.approver);
    option("ticket", &waiver.ticket);
    option("expires", &waiver.expires.date());
    option("justification", &waiver.justification);
    if let Some(worksheet) = &waiver.compensating {
        for (name, value) in worksheet.fields() {
            option(name, value);
        }
    }
    shown(&words.join(" ")).into_owned()
}
