//! `assize drill`: one credential leaks now; what that opens, how fast it is closed, who must be told.

use std::collections::BTreeMap;

use super::Outcome;
use super::args::{DrillArgs, ExplainFormat};
use super::{look, print};
use crate::base::diagnostic::Diagnostic;
use crate::base::text::shown;
use crate::contract::make::{self, Input, Target};
use crate::model::Subject;
use crate::model::facts::identity;
use crate::report::{drill_lines, drill_markdown};
use crate::supply::shell::quoted;

pub(super) fn run(args: &DrillArgs) -> Outcome {
    look::run(&args.look, |input, target| {
        if target.row.subject != Subject::Credential {
            print::diagnostics(&[no_credential(input, &args.look.id, target)], &BTreeMap::new());
            return Outcome::Broken;
        }
        let drill = make::drill(input, target.row);
        match args.format {
            ExplainFormat::Text => print::lines(&drill_lines(&drill)),
            ExplainFormat::Markdown => print::out(&drill_markdown(&drill)),
            ExplainFormat::Json => match serde_json::to_string_pretty(&drill) {
                Ok(text) => print::out(&format!("{text}\n")),
                Err(error) => {
                    print::note(&format!("error: the drill could not be written: {error}"));
                    Outcome::Broken
                }
            },
        }
    })
}

/// What was named is no credential; of an identity those that it has are named.
fn no_credential(input: &Input<'_>, asked: &str, target: Target) -> Diagnostic {
    let world = input.estate.world;
    let message = format!("`{}` is no credential, and a drill is about one that leaks", shown(asked));
    let wrong = Diagnostic::error("no-credential", message);
    let held = match target.row.subject {
        Subject::Identity => world.table(Subject::Identity).members(identity::CREDENTIALS.id, target.row.index),
        _ => &[],
    };
    let table = world.table(Subject::Credential);
    let ids: Vec<String> = held
        .iter()
        .filter_map(|(_, row, _)| table.id(*row))
        .map(|id| format!("`{}`", shown(&quoted(world.strings.text(id)))))
        .take(5)
        .collect();
    match ids.as_slice() {
        [] => wrong.help("name a key by its id, such as `AKIA…`, or a credential as reports write it"),
        ids => wrong.help(format!("it has {}", ids.join(", "))),
    }
}
