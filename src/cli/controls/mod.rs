//! `assize controls`: one file a command, for what is done with control files.

mod diff;
mod facts;
mod import;
mod lint;
mod list;
mod new;
mod schema;
mod show;
mod test;

use std::collections::{BTreeMap, BTreeSet};

use super::Outcome;
use super::args::ControlsArgs;
use super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::{likely, nearest};
use crate::control::Pack;
use crate::control::lint::has_errors;

pub(super) use diff::diff;
pub(super) use facts::facts;
pub(super) use import::import;
pub(super) use lint::lint;
pub(super) use list::list;
pub(super) use new::new;
pub(super) use schema::schema;
pub(super) use show::show;
pub(super) use test::test;

fn pack(args: &ControlsArgs) -> (Pack, Vec<Diagnostic>) {
    match &args.controls {
        None => Pack::builtin(),
        Some(folder) => Pack::with_folder(folder),
    }
}

fn texts(pack: &Pack) -> BTreeMap<String, String> {
    pack.files.iter().map(|file| (file.path.clone(), file.text.clone())).collect()
}

/// What is said of the user's own files comes last, nearest to the prompt.
fn own_last(pack: &Pack, found: &mut [Diagnostic]) {
    let own: BTreeSet<&str> =
        pack.files.iter().filter(|file| file.origin.modified()).map(|file| file.path.as_str()).collect();
    found.sort_by_key(|one| one.place.as_ref().is_some_and(|place| own.contains(place.file.as_str())));
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
    let near = nearest(&id.to_ascii_lowercase(), known.iter().copied());
    let near = near.map_or_else(|| likely(id, known.iter().copied(), 3), |near| vec![near]);
    let help = match near.as_slice() {
        [_, ..] => format!("did you mean `{}`?", near.join("` or `")),
        [] => format!("one of {}", known.join(", ")),
    };
    print::diagnostics(&[wrong.help(help)], &BTreeMap::new());
    Outcome::Broken
}
