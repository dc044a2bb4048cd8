//! Finding and reading the waivers of a request.

use std::path::PathBuf;

use super::{NOT_UTF8, read_text};
use crate::base::diagnostic::Diagnostic;
use crate::base::digest::sha256;
use crate::control::{Pack, Waivers, waiver};
use crate::{Noted, Request};

/// A file that may hold waivers.
struct Place {
    path: PathBuf,
    /// Where it really is.
    real: PathBuf,
    name: String,
    /// True if the request names it, so that it has to be there.
    asked: bool,
}

/// The files at the top of the folder and those that the request names, each once.
fn places(request: &Request) -> Vec<Place> {
    let found = waiver::NAMES.iter().map(|name| (request.dir.join(name), (*name).to_owned(), false));
    let named = request.waivers.iter().map(|path| (path.clone(), path.display().to_string(), true));
    let mut all: Vec<Place> = Vec::new();
    for (path, name, asked) in found.chain(named) {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if all.iter().all(|other| other.real != real) {
            all.push(Place { path, real, name, asked });
        }
    }
    all
}

/// Where the files with waivers really are, which are no exports.
pub(super) fn files(request: &Request) -> Vec<PathBuf> {
    places(request).into_iter().map(|place| place.real).collect()
}

/// The waivers at the top of the folder and those that the request names.
pub(crate) fn waivers(request: &Request, pack: &Pack, noted: &mut Noted) -> Result<Waivers, Noted> {
    let mut waivers = Waivers::default();
    for Place { path, name, asked, .. } in places(request) {
        let why = match read_text(&path, waiver::LONGEST) {
            Ok(None) if asked => "there is no such file".to_owned(),
            Ok(None) => continue,
            Ok(Some(text)) => {
                let wrong = waivers.read(&name, &text, sha256(text.as_bytes()), pack);
                noted.texts.insert(name, text);
                noted.diagnostics.extend(wrong);
                continue;
            }
            Err(why) => why,
        };
        let wrong = Diagnostic::error("unreadable-waivers", format!("`{name}` cannot be read: {why}")).help(
            if why != NOT_UTF8 {
                "an assessment without the waivers would not be yours; mend the file or move it away"
            } else if waiver::is_csv(&name) {
                "save it as `CSV UTF-8`, as spreadsheets call it, and not as `CSV` alone or as Unicode text"
            } else {
                "save it as UTF-8"
            },
        );
        noted.diagnostics.push(wrong);
    }
    if noted.has_errors() { Err(std::mem::take(noted)) } else { Ok(waivers) }
}
