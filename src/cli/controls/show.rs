//! `assize controls show`: all of one check, requirement or framework.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::super::Outcome;
use super::super::args::ShowArgs;
use super::super::print;
use super::usable;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::control::{Framework, Requirement, page};
use crate::report::human::heading;

pub(in crate::cli) fn show(args: &ShowArgs) -> Outcome {
    let Some(pack) = usable(&args.controls) else { return Outcome::Broken };
    if let Some(check) = pack.check(&args.id).or_else(|| pack.check(&args.id.to_ascii_lowercase())) {
        return print::out(&page::text(&pack, check));
    }
    if let Some(framework) = pack.framework(&args.id) {
        return print::out(&framework_page(framework));
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
                .chain(pack.frameworks.iter().map(|framework| framework.id.as_str()))
                .chain(
                    pack.frameworks.iter().flat_map(|framework| &framework.requirements).flat_map(Requirement::names),
                )
                .collect();
            let message = format!("there is no check, requirement or framework `{}`", args.id);
            let begin = beginning(&args.id, &names);
            let near = nearest(&args.id, names.iter().copied());
            let help = match (begin.as_slice(), near) {
                ([_, ..], _) => format!(
                    "did you mean `{}`? `assize controls list` shows all of them",
                    begin.iter().take(NAMED).copied().collect::<Vec<_>>().join("`, `")
                ),
                ([], Some(name)) => format!("did you mean `{name}`? `assize controls list` shows all of them"),
                ([], None) => "`assize controls list` shows all of them".to_owned(),
            };
            print::diagnostics(&[Diagnostic::error("unknown-control", message).help(help)], &BTreeMap::new());
            Outcome::Broken
        }
    }
}

/// How many names are shown of those that begin as what was written.
const NAMED: usize = 8;

/// The names that begin with what was written, whatever its case.
fn beginning<'n>(written: &str, names: &[&'n str]) -> Vec<&'n str> {
    let begins = |name: &&&str| {
        written.len() >= 3 && name.get(..written.len()).is_some_and(|head| head.eq_ignore_ascii_case(written))
    };
    let mut all: Vec<&str> = names.iter().filter(begins).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// The framework: what it is, what a reader must know, and its requirements.
fn framework_page(framework: &Framework) -> String {
    let mut text = format!(
        "{}  {}\n\nversion {}, {}\n{}\n{}\n{}\n",
        framework.id,
        framework.title,
        framework.version,
        framework.publisher,
        framework.url,
        framework.licence_note.trim(),
        framework.attribution.trim()
    );
    if framework.crosswalk {
        let _ = write!(
            text,
            "\nIt is reached over a crosswalk: it is judged where `--framework {}` or the profile asks for it.\n",
            framework.id
        );
    }
    if let Some(note) = &framework.note {
        let _ = write!(text, "\nNote\n  {}\n", note.trim().replace('\n', "\n  "));
    }
    text.push_str("\nRequirements\n");
    for requirement in &framework.requirements {
        let _ = writeln!(text, "  {:<12} {}", requirement.id, requirement.title);
    }
    text.push('\n');
    text
}

fn requirement_page(framework: &Framework, requirement: &Requirement) -> String {
    let mut text = format!(
        "{} {}\n{}\n\n{}\n",
        heading(&framework.title),
        requirement.id,
        requirement.title,
        requirement.summary.trim()
    );
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
