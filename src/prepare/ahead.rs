//! Reading the exports while the controls are read, since neither needs the other.

use super::{MOST_PROFILE, PROFILE, declared, read_text, waivers};
use crate::control::Profile;
use crate::source::{self, Loaded};
use crate::{Noted, Request};

/// Everything in the folder, by the manifest that its profile has.
///
/// `None` where the profile cannot be used. Mistakes in it are told when it is read against the controls, on which no part of
/// the manifest depends.
pub(crate) fn ahead(request: &Request) -> Option<Loaded> {
    let text = read_text(&request.dir.join(PROFILE), MOST_PROFILE).ok()?;
    let manifest = match text {
        Some(text) => declared(&Profile::manifest(PROFILE, &text)?, &mut Noted::default()),
        None => declared(&Profile::default(), &mut Noted::default()),
    };
    let options = source::Options {
        outputs: request.outputs.as_deref(),
        as_of: request.as_of,
        waivers: &waivers::files(request),
        ..source::Options::default()
    };
    Some(source::load(&request.dir, &manifest, &options))
}
