//! `assize controls facts`: the facts that expressions can read, as documentation.

use std::collections::BTreeMap;

use super::super::Outcome;
use super::super::args::FactsArgs;
use super::super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::control::facts::text;
use crate::model::Subject;

pub(in crate::cli) fn facts(args: &FactsArgs) -> Outcome {
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
    print::out(&text(&chosen))
}
