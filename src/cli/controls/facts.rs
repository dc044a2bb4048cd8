//! `assize controls facts`: the facts that expressions can read, as documentation.

use std::collections::BTreeMap;

use super::super::Outcome;
use super::super::args::FactsArgs;
use super::super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, nearest};
use crate::control::facts::{one, text};
use crate::model::Subject;

pub(in crate::cli) fn facts(args: &FactsArgs) -> Outcome {
    let chosen: Vec<Subject> = match args.subject.as_deref() {
        None => Subject::ALL.to_vec(),
        Some(path) if path.contains('.') => return one_fact(path),
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
    print::out(&text(&chosen))
}

/// The fact `SUBJECT.NAME`, or the nearest.
fn one_fact(path: &str) -> Outcome {
    let (subject, name) = path.split_once('.').unwrap_or((path, ""));
    let known = Subject::from_name(subject);
    if let Some(fact) = known.and_then(|subject| subject.fact(name)) {
        return print::out(&one(fact));
    }
    let of = known.map_or_else(|| Subject::ALL.to_vec(), |subject| vec![subject]);
    let paths: Vec<String> = of
        .iter()
        .flat_map(|subject| subject.def().facts.iter().map(|fact| format!("{}.{}", subject.name(), fact.name)))
        .collect();
    let help = match (likely(path, paths.iter().map(String::as_str), 3).as_slice(), known) {
        ([], Some(subject)) => format!("`assize controls facts {}` shows all of them", subject.name()),
        ([], None) => format!("write `SUBJECT.FACT`; subjects: {}", Subject::ALL.map(Subject::name).join(", ")),
        (near, _) => format!("did you mean `{}`?", near.join("`, `")),
    };
    let wrong = Diagnostic::error("unknown-fact", format!("there is no fact `{path}`")).help(help);
    print::diagnostics(&[wrong], &BTreeMap::new());
    Outcome::Broken
}
