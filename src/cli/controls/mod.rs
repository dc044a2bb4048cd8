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

use super::args::ControlsArgs;
use super::print;
use crate::base::diagnostic::Diagnostic;
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
fn usable(args: &ControlsArgs) -> Option<Pack> {
    let (pack, found) = pack(args);
    if has_errors(&found) {
        print::diagnostics(&found, &texts(&pack));
        return None;
    }
    Some(pack)
}
