//! `assize sources plan`: which exports, and which statements of people, would close the gaps of a folder.

use std::collections::BTreeMap;
use std::path::Path;

use super::Outcome;
use super::args::{PlanArgs, PlanFormat};
use super::check::date;
use super::nobody::nobody;
use super::{file, print};
use crate::Request;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{named, shown};
use crate::base::time::Instant;
use crate::supply::shell::quoted;
use crate::supply::{self, Supply};

pub(super) fn run(args: &PlanArgs) -> Outcome {
    let as_of = match args.as_of.as_deref().map(date).transpose() {
        Ok(as_of) => as_of,
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
        requirements: args.requirement.clone(),
        controls: args.controls.clone(),
        ..Request::default()
    };
    let done = crate::check(&request, |input, noted| {
        let mut all = print::besides_notes(&noted.diagnostics);
        if let Some(wrong) = nobody(input) {
            all.push(wrong);
            print::diagnostics(&all, &noted.texts);
            return Outcome::Broken;
        }
        print::diagnostics(&all, &noted.texts);
        write(args, &supply::gather(input))
    });
    done.unwrap_or_else(|noted| {
        print::diagnostics(&noted.diagnostics, &noted.texts);
        Outcome::Broken
    })
}

fn write(args: &PlanArgs, supply: &Supply) -> Outcome {
    let wanted = args.script.as_deref().filter(|_| has_commands(supply));
    let to_screen = wanted == Some(Path::new("-"));
    if let Some(path) = wanted {
        let script = supply::script::script(supply, &named(args.dir.as_os_str()));
        if to_screen {
            return print::out(&script);
        }
        if let Err(error) = file::write(path, &script, false) {
            let wrong = Diagnostic::error("script-not-written", format!("the script was not written: {error}"))
                .help("name another file for `--script`, or take away the one that is there");
            print::diagnostics(&[wrong], &BTreeMap::new());
            return Outcome::Broken;
        }
    }
    let text = match args.format {
        PlanFormat::Text => supply::text(supply, args.script.is_some()),
        PlanFormat::Markdown => supply::markdown(supply),
        PlanFormat::Json => serde_json::to_string_pretty(supply).map_or_else(|_| String::new(), |text| text + "\n"),
    };
    let printed = print::out(&text);
    match (wanted, &args.script) {
        (Some(path), _) => {
            let path = shown(&quoted(&path.to_string_lossy())).into_owned();
            print::note(&format!("The script is {path}: read it, then run it with `sh {path}`."));
        }
        (None, Some(_)) => print::note("No export is missing that a command makes: no script was written."),
        (None, None) => {}
    }
    printed
}

/// True if a script would have a command to run, or to name for a person to run.
fn has_commands(supply: &Supply) -> bool {
    supply.exports.iter().any(|wanted| !wanted.commands.is_empty())
        || supply.statements.iter().any(|statement| !statement.commands.is_empty())
}
