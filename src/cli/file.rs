//! Single files that a command writes: whole or not at all, and over nothing unless that is asked for.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes a text into a file of that name.
///
/// # Errors
/// A file that is there already and is not to be replaced, or one that cannot be written; both name it.
pub(super) fn write(path: &Path, text: &str, replace: bool) -> io::Result<()> {
    if !replace && fs::symlink_metadata(path).is_ok() {
        let message = format!("`{}` is there already", path.display());
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, message));
    }
    let staged = beside(path);
    let written = File::create_new(&staged)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&staged, path));
    written.map_err(|error| {
        if error.kind() != io::ErrorKind::AlreadyExists {
            drop(fs::remove_file(&staged));
        }
        io::Error::new(error.kind(), format!("cannot write `{}`: {error}", path.display()))
    })
}

/// A hidden name in the same folder.
fn beside(path: &Path) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    folder.join(format!(".{name}-{}.partial", std::process::id()))
}
