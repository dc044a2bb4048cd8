//! `assize controls`: list, show, test and lint the controls, and show the facts that they can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Outcome;
use super::args::{ControlsArgs, FactsArgs, ShowArgs};
use super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::control::lint::{has_errors, lint as lint_pack};
use crate::control::selftest::SelfTest;
use crate::control::{Check, Framework, Pack, Requirement};
use crate::model::Subject;
use crate::source;

fn pack(args: &ControlsArgs) -> (Pack, Vec<Diagnostic>) {
    match &args.controls {
        None => Pack::builtin(),
        Some(folder) => Pack::with_folder(folder),
    }
}

fn texts(pack: &Pack) -> BTreeMap<String, String> {
    pack.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect()
}

/// The pack, or nothing and its mistakes printed.
pub(super) fn usable(args: &ControlsArgs) -> Option<Pack> {
    let (pack, found) = pack(args);
    if has_errors(&found) {
        print::diagnostics(&found, &texts(&pack));
        return None;
    }
    Some(pack)
}

/// Says that nobody knows a framework, with the nearest.
pub(super) fn no_framework(pack: &Pack, id: &str, what: &str) -> Outcome {
    let known: Vec<&str> = pack.frameworks.iter().map(|framework| framework.id.as_str()).collect();
    let wrong = Diagnostic::error("unknown-framework", format!("there is no framework `{id}` {what}"));
    let help = match nearest(&id.to_ascii_lowercase(), known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("one of {}", known.join(", ")),
    };
    print::diagnostics(&[wrong.help(help)], &BTreeMap::new());
    Outcome::Broken
}

pub(super) fn list(args: &ControlsArgs) -> Outcome {
    let Some(pack) = usable(args) else { return Outcome::Broken };
    let mut text = String::new();
    for framework in &pack.frameworks {
        let _ = writeln!(text, "{}  {}", framework.id, framework.title);
        for requirement in &framework.requirements {
            let _ = writeln!(text, "  {:<12} {}", requirement.id, requirement.title);
            for part in &requirement.parts {
                let checks: Vec<&str> = part.checks.iter().map(|check| check.check.as_str()).collect();
                let by = match (checks.is_empty(), &part.manual) {
                    (false, None) => checks.join(", "),
                    (false, Some(_)) => format!("{}, and an attestation", checks.join(", ")),
                    (true, Some(_)) => "an attestation".to_owned(),
                    (true, None) => "nothing".to_owned(),
                };
                let _ = writeln!(text, "    {:<22} {by}", part.id);
            }
        }
        text.push('\n');
    }
    let _ = writeln!(text, "checks");
    for check in &pack.checks {
        let _ = writeln!(text, "  {:<9} {:<32} {}", check.severity.name(), check.id, check.title);
    }
    print::out(&text)
}

pub(super) fn show(args: &ShowArgs) -> Outcome {
    let Some(pack) = usable(&args.controls) else { return Outcome::Broken };
    if let Some(check) = pack.check(&args.id).or_else(|| pack.check(&args.id.to_ascii_lowercase())) {
        return print::out(&check_page(&pack, check));
    }
    match pack.find_requirement(&args.id) {
        Ok(found) => {
            let pages: String =
                found.into_iter().map(|(framework, requirement)| requirement_page(framework, requirement)).collect();
            print::out(&pages)
        }
        Err(_) => {
            let names: Vec<&str> = pack
                .checks
                .iter()
                .map(|check| check.id.as_str())
                .chain(
                    pack.frameworks.iter().flat_map(|framework| &framework.requirements).flat_map(Requirement::names),
                )
                .collect();
            let message = format!("there is no check or requirement `{}`", args.id);
            let help = match nearest(&args.id, names) {
                Some(name) => format!("did you mean `{name}`? `assize controls list` shows all of them"),
                None => "`assize controls list` shows all of them".to_owned(),
            };
            print::diagnostics(&[Diagnostic::error("unknown-control", message).help(help)], &BTreeMap::new());
            Outcome::Broken
        }
    }
}

fn check_page(pack: &Pack, check: &Check) -> String {
    let mut text = format!(
        "{} ({}, asks about each {})\n{}\n",
        check.id,
        check.severity.name(),
        check.subject.name(),
        check.title
    );
    let mut section = |title: &str, body: &str| {
        let _ = write!(text, "\n{title}\n");
        for line in body.trim().lines() {
            let _ = writeln!(text, "  {line}");
        }
    };
    section("Why", &check.rationale);
    section("How it is tested", &check.procedure);
    if let Some(applies) = &check.question.applies {
        section("Applies where", &applies.written.text);
    }
    section("Passes where", &check.question.passes.written.text);
    let params: Vec<String> = check
        .params
        .iter()
        .map(|(name, param)| format!("{name} = {} ({})", param.default, param.source.trim()))
        .collect();
    if !params.is_empty() {
        section("Parameters", &params.join("\n"));
    }
    section("What to do about a failure", &check.remediation);
    let asked_by: Vec<String> = pack
        .frameworks
        .iter()
        .flat_map(|framework| framework.requirements.iter().map(move |requirement| (framework, requirement)))
        .flat_map(|(framework, requirement)| requirement.parts.iter().map(move |part| (framework, requirement, part)))
        .filter(|(_, _, part)| part.checks.iter().any(|asked| asked.check == check.id))
        .map(|(framework, requirement, part)| format!("{} {}: {}", framework.id, requirement.id, part.title))
        .collect();
    section("Asked for by", if asked_by.is_empty() { "no requirement" } else { "" });
    for line in asked_by {
        let _ = writeln!(text, "  {line}");
    }
    let _ = write!(text, "\nFile\n  controls/{}, with {} tests\n", check.path, check.tests.len());
    text
}

fn requirement_page(framework: &Framework, requirement: &Requirement) -> String {
    let mut text =
        format!("{} {}\n{}\n\n{}\n", framework.title, requirement.id, requirement.title, requirement.summary.trim());
    for note in framework.note.iter().chain(&requirement.note) {
        let _ = write!(text, "\nNote\n  {}\n", note.trim().replace('\n', "\n  "));
    }
    for part in &requirement.parts {
        let _ = write!(text, "\n{}: {}\n", part.id, part.title);
        for check in &part.checks {
            let params: Vec<String> = check.params.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let params = if params.is_empty() { String::new() } else { format!(" with {}", params.join(", ")) };
            let _ = writeln!(text, "  check {}{params}", check.check);
        }
        if let Some(manual) = &part.manual {
            let _ = writeln!(text, "  attestation: {}", manual.trim());
        }
        if part.unanswered() {
            let why = part.why_unanswered.as_deref().unwrap_or("nobody has said why");
            let _ = writeln!(text, "  answered by nothing: {}", why.trim());
        }
    }
    text.push('\n');
    text
}

pub(super) fn test(args: &ControlsArgs) -> Outcome {
    let Some(pack) = usable(args) else { return Outcome::Broken };
    let result = SelfTest::run(&pack);
    print::diagnostics(&result.diagnostics(), &texts(&pack));
    let printed = print::out(&format!(
        "{} of {} tests of {} checks came out as they should; {} outcomes are never tested\n",
        result.passed(),
        result.cases.len(),
        pack.checks.len(),
        result.missing.len()
    ));
    printed.max(if result.clean() { Outcome::Clean } else { Outcome::Found })
}

pub(super) fn lint(args: &ControlsArgs) -> Outcome {
    let (pack, found) = pack(args);
    let all = lint_pack(&pack, found);
    print::diagnostics(&all, &texts(&pack));
    let printed = print::out(&match all.len() {
        0 => format!("{} control files, no mistakes\n", pack.files.len()),
        1 => format!("{} control files, 1 mistake\n", pack.files.len()),
        many => format!("{} control files, {many} mistakes\n", pack.files.len()),
    });
    printed.max(if has_errors(&all) { Outcome::Broken } else { Outcome::Clean })
}

pub(super) fn facts(args: &FactsArgs) -> Outcome {
    let chosen: Vec<Subject> = match args.subject.as_deref() {
        None => Subject::ALL.to_vec(),
        Some(name) => match Subject::from_name(name) {
            Some(subject) => vec![subject],
            None => {
                let names = Subject::ALL.map(Subject::name);
                let help = match nearest(name, names) {
                    Some(near) => format!("did you mean `{near}`? subjects: {}", names.join(", ")),
                    None => format!("subjects: {}", names.join(", ")),
                };
                let wrong = Diagnostic::error("unknown-subject", format!("there is no subject `{name}`")).help(help);
                print::diagnostics(&[wrong], &BTreeMap::new());
                return Outcome::Broken;
            }
        },
    };
    let mut text = String::new();
    for subject in chosen {
        let def = subject.def();
        let _ = writeln!(text, "{}  {}", def.name, def.doc);
        for fact in def.facts {
            let _ = writeln!(text, "  {:<20} {}", fact.name, fact.ty.name());
            let _ = writeln!(text, "  {:<20} {}", "", fact.doc);
            if let Some(absent) = fact.absent {
                let _ = writeln!(text, "  {:<20} absent: {absent}", "");
            }
            if let Some(worse) = fact.worse_words() {
                let _ = writeln!(text, "  {:<20} worse: {worse}", "");
            }
            if let Some(id) = subject.fact(fact.name) {
                let from: Vec<&str> = source::giving(id).iter().map(|about| about.id).collect();
                if !from.is_empty() {
                    let _ = writeln!(text, "  {:<20} given by: {}", "", from.join(", "));
                }
            }
        }
        text.push('\n');
    }
    print::out(&text)
}
