//! `assize waivers new`: a waiver for findings of today, which keeps what they rest on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::{Outcome, print};
use super::args::{NewArgs, NewFormat};
use super::check::STATE_OWNERS;
use crate::assess::waive::{self, Found, Owners, State, Terms};
use crate::base::diagnostic::{Diagnostic, Severity};
use crate::base::text::{likely, shown, toml_string};
use crate::base::time::Instant;
use crate::contract::make::{self, Input};
use crate::control::Waiver;
use crate::control::waiver::{to_csv, to_toml};
use crate::model::facts::WaiverKind;

/// How mistakes name what the arguments say.
const NAME: &str = "the new waiver";

pub(super) fn new(args: &NewArgs, input: &Input<'_>) -> Outcome {
    let text = written(args, input);
    let mut all = input.waivers.clone();
    let mut wrong = all.read(NAME, &text, String::new(), input.pack);
    let waiver = all.all.pop();
    wrong.extend(worksheet(args));
    let waiver = waiver.filter(|_| wrong.iter().all(|one| one.severity != Severity::Error));
    let filled = waiver.and_then(|waiver| fill(args, input, waiver, &mut wrong));
    print::diagnostics(&wrong, &BTreeMap::from([(NAME.to_owned(), text)]));
    let Some(waiver) = filled else { return Outcome::Broken };
    match args.format {
        NewFormat::Toml => print::out(&to_toml(&[waiver])),
        NewFormat::Csv => print::made(to_csv(&[waiver], &[])),
    }
}

/// The arguments as `waivers.toml` would have them, so that they are held against the same rules.
fn written(args: &NewArgs, input: &Input<'_>) -> String {
    let mut out = "[[waivers]]\n".to_owned();
    let mut field = |name: &str, value: &str| {
        let _ = writeln!(out, "{name} = {}", toml_string(value));
    };
    field("id", &args.id.clone().unwrap_or_else(|| id(args, input)));
    field("check", &args.check);
    field("type", &args.kind);
    field("justification", &args.justification);
    field("approver", &args.approver);
    field("ticket", &args.ticket);
    field("opened", &input.as_of.date());
    field("expires", &args.expires);
    let subjects: Vec<String> = args.subject.iter().map(|subject| toml_string(subject)).collect();
    let _ = writeln!(out, "subjects = [{}]", subjects.join(", "));
    // Whether it fits the type is told in the words of the arguments.
    if is_compensating(args) {
        out.push_str("[waivers.compensating]\n");
        for (name, value) in texts(args) {
            let _ = writeln!(out, "{name} = {}", toml_string(value.unwrap_or("missing")));
        }
    }
    out
}

fn is_compensating(args: &NewArgs) -> bool {
    args.kind.trim() == WaiverKind::CompensatingControl.name()
}

/// The six texts of a worksheet, by the names of their arguments.
fn texts(args: &NewArgs) -> [(&'static str, Option<&str>); 6] {
    [
        ("constraints", args.constraints.as_deref()),
        ("definition", args.definition.as_deref()),
        ("objective", args.objective.as_deref()),
        ("risk", args.risk.as_deref()),
        ("validation", args.validation.as_deref()),
        ("maintenance", args.maintenance.as_deref()),
    ]
}

/// What is wrong with the worksheet: not whole, or of a type that has none.
fn worksheet(args: &NewArgs) -> Option<Diagnostic> {
    let named = |given: bool| {
        let names = texts(args).into_iter().filter(|(_, value)| value.is_some() == given);
        names.map(|(name, _)| format!("`--{name}`")).collect::<Vec<_>>().join(", ")
    };
    let (given, missing) = (named(true), named(false));
    if is_compensating(args) && !missing.is_empty() {
        let wrong = Diagnostic::error("bad-waiver", "a compensating control needs its worksheet");
        return Some(
            wrong.help(format!("add {missing}, each with a text; `assize waivers new --help` says what each is")),
        );
    }
    if !is_compensating(args) && !given.is_empty() && WaiverKind::from_name(args.kind.trim()).is_some() {
        let message = format!("a waiver of type `{}` has no worksheet", args.kind.trim());
        let help = format!("leave out {given}, or write `--type compensating_control`");
        return Some(Diagnostic::error("bad-waiver", message).help(help));
    }
    None
}

/// How the id or name of a subject of another kind is told, of which the check does not ask; `None` if it is not known as one.
fn another_kind(input: &Input<'_>, check: &str, subject: &str) -> Option<String> {
    let id = check.split('[').next().unwrap_or("");
    let asked = input.pack.check(id)?.subject;
    let found = make::find(input, subject).ok()?.row.subject;
    if found == asked {
        return None;
    }
    let kind = found.name().replace('_', " ");
    let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    Some(format!("`{}` is {article} {kind}, and `{}` asks about {}", shown(subject), shown(check), asked.def().plural))
}

/// The latest day that `max_waiver` lets a waiver expire on, if there is one after it is opened.
fn latest(input: &Input<'_>, waiver: &Waiver) -> Option<String> {
    let day = Instant(waiver.opened.0.saturating_add(input.profile.max_waiver?.0)).date();
    (day > waiver.opened.date()).then_some(day)
}

/// The check and the ticket, as an id that no waiver has.
fn id(args: &NewArgs, input: &Input<'_>) -> String {
    let check = args.check.split('[').next().unwrap_or("");
    let both = format!("{check}-{}", args.ticket).to_lowercase();
    let plain: String = both.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let parts: Vec<&str> = plain.split('-').filter(|part| !part.is_empty()).collect();
    let base = parts.join("-");
    let taken = |id: &str| input.waivers.all.iter().any(|waiver| waiver.id == id);
    if !taken(&base) {
        return base;
    }
    (2..=u32::MAX).map(|n| format!("{base}-{n}")).find(|id| !taken(id)).unwrap_or(base)
}

/// The waiver with the findings that it is for; `None`, and why, where it would not be in force or cover one of them.
fn fill(args: &NewArgs, input: &Input<'_>, mut waiver: Waiver, wrong: &mut Vec<Diagnostic>) -> Option<Waiver> {
    let terms = Terms::new(input.as_of, input.profile.max_waiver);
    let before = wrong.len();
    let mut refuse = |message: String, help: &str| {
        wrong.push(Diagnostic::error("waiver-not-in-force", message).help(help));
    };
    match terms.state(&waiver) {
        State::InForce => {}
        State::TooLong => refuse(
            format!(
                "from {} to {} is longer than `max_waiver` of the profile allows",
                waiver.opened.date(),
                waiver.expires.date()
            ),
            &latest(input, &waiver).map_or_else(
                || "no waiver is as short as that: set a longer `max_waiver` in the profile".to_owned(),
                |day| format!("name an earlier day with `--expires`: `{day}` is the latest"),
            ),
        ),
        State::NotBegun | State::Expired => {
            refuse(format!("the waiver would not be in force on {}", input.as_of), "name a later day with `--expires`");
        }
    }
    if waiver.has_only_wildcards() {
        refuse(
            "a pattern of only wildcards would waive whatever there will be".to_owned(),
            "name the subjects that are meant, or a pattern that tells them from others",
        );
    }
    let runs = input.plan.runs.iter().filter(|run| waiver.is_for(&run.check, &run.id)).count();
    if runs == 0 {
        refuse(
            format!("`{}` is not among the checks of this assessment", shown(&waiver.check)),
            "name a check of the frameworks that the profile chooses, or its run as reports do",
        );
        return None;
    }
    let (plan, questions) = (&input.plan.runs, input.questions);
    let failed = waive::failures(input.estate, input.orders, &waiver, plan, questions, input.judged);
    let (found, others): (Vec<Found>, Vec<Found>) = failed.partition(|one| waiver.matches(&one.subject));
    for subject in &args.subject {
        let pattern = crate::base::stars::Stars::new(subject.trim());
        if !found.iter().any(|one| pattern.matches(&one.subject)) {
            let near = likely(subject, found.iter().chain(&others).map(|one| one.subject.as_str()), 3);
            let help = match near.as_slice() {
                [] => "write the id of the subject of a finding as reports do".to_owned(),
                near => format!(
                    "findings are about {}",
                    near.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", ")
                ),
            };
            let message = another_kind(input, &waiver.check, subject).unwrap_or_else(|| {
                format!("there is no finding of `{}` about `{}`", shown(&waiver.check), shown(subject))
            });
            refuse(message, &help);
        }
    }
    let mut unsure = 0_usize;
    let owners = Owners::of(input.estate);
    for one in &found {
        match owners.is_owner(input.estate, one.row, &waiver.approver) {
            Some(true) => refuse(
                format!("`{}` owns `{}`, and so cannot approve a waiver for it", shown(&waiver.approver), one.subject),
                "have it approved by someone who does not answer for the subject",
            ),
            Some(false) => {}
            None => unsure += 1,
        }
    }
    if wrong.len() > before {
        return None;
    }
    if unsure > 0 {
        let message = format!(
            "of {unsure} of {} subjects it is not known whether `{}` is another than all owners",
            found.len(),
            shown(&waiver.approver)
        );
        wrong.push(Diagnostic::warning("owner-not-known", message).help(STATE_OWNERS));
    }
    for one in found {
        let (Some(run), Some(question)) = (input.plan.runs.get(one.run), input.questions.get(one.run)) else {
            continue;
        };
        let given = waive::given_for(input.estate, question, &run.id, one.row.index);
        waiver.given_for.entry(one.subject).or_insert(given);
    }
    Some(waiver)
}
