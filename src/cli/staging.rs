//! Outputs that get their names once they are whole, so that nothing half written can be taken for an answer.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use super::leftover::{self, BEFORE, MARK};
use crate::report::RESULTS;

/// A folder of outputs while they are written: a hidden one within it, which is gone afterwards.
pub(super) struct Staging {
    out: PathBuf,
    inner: PathBuf,
    /// True if the folder of outputs was not there before.
    made: bool,
    done: bool,
}

impl Staging {
    /// Makes the folder `out` if it is not there, and the one within it.
    ///
    /// # Errors
    /// A folder that cannot be made, named.
    pub(super) fn begin(out: &Path) -> io::Result<Self> {
        let made = !out.exists();
        if out.is_file() {
            let why = "it is a file; name a folder for the report".to_owned();
            return Err(named(out, &io::Error::new(io::ErrorKind::AlreadyExists, why)));
        }
        fs::create_dir_all(out).map_err(|error| named(out, &error))?;
        leftover::clear(out);
        let inner = leftover::make(out).map_err(|error| named(out, &error))?;
        leftover::mark(&inner);
        Ok(Self { out: out.to_path_buf(), inner, made, done: false })
    }

    /// The folder to write into.
    pub(super) fn folder(&self) -> &Path {
        &self.inner
    }

    /// A new file in it, whose errors say its name.
    pub(super) fn file(&self, name: &str) -> io::Result<impl Write + use<>> {
        let path = self.out.join(name);
        let file = File::create(self.inner.join(name)).map_err(|error| named(&path, &error))?;
        Ok(BufWriter::with_capacity(1 << 18, Named { file, path }))
    }

    /// Gives the files their names: what is read by machines last, since the others are made from it.
    ///
    /// What of `others` an earlier report has, and this one has not, goes: it tells of another run.
    ///
    /// # Errors
    /// A file that cannot be put in its place or taken away, named.
    pub(super) fn finish(mut self, others: &[String]) -> io::Result<()> {
        let entries = fs::read_dir(&self.inner).map_err(|error| named(&self.out, &error))?;
        let names = entries.filter_map(|entry| entry.ok().map(|entry| entry.file_name()));
        let mut names: Vec<_> = names.filter(|name| name != MARK).collect();
        names.sort_by_key(|name| (name == RESULTS, name.clone()));
        // Outputs take the place of those of an earlier report, and of nothing else.
        let is_report = is_results(&self.out.join(RESULTS));
        if !is_report
            && names.iter().any(|name| name == RESULTS)
            && let Some(mine) =
                names.iter().map(|name| self.out.join(name)).find(|path| path.symlink_metadata().is_ok())
        {
            let why = format!(
                "it is there already, and there is no earlier report (`{RESULTS}`) beside it; name another folder for the report, or move it away"
            );
            return Err(named(&mine, &io::Error::new(io::ErrorKind::AlreadyExists, why)));
        }
        let before = self.inner.join(BEFORE);
        fs::create_dir(&before).map_err(|error| named(&self.out, &error))?;
        let mut put: Vec<(PathBuf, PathBuf)> = Vec::new();
        let of_earlier = others.iter().filter(|other| is_report && !names.iter().any(|name| name == other.as_str()));
        for name in of_earlier {
            let (path, kept) = (self.out.join(name), before.join(name));
            if !path.is_file() {
                continue;
            }
            if let Err(error) = fs::rename(&path, &kept) {
                take_back(&put);
                return Err(named(&path, &error));
            }
            put.push((path, kept));
        }
        for name in names {
            let (path, kept) = (self.out.join(&name), before.join(&name));
            // What was there is kept until all are in their places.
            let moved = match fs::symlink_metadata(&path) {
                Ok(there) if there.is_dir() => Err(io::Error::from(io::ErrorKind::IsADirectory)),
                Ok(_) => fs::rename(&path, &kept),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                Err(error) => Err(error),
            };
            if let Err(error) = moved {
                take_back(&put);
                return Err(named(&path, &error));
            }
            let renamed = fs::rename(self.inner.join(&name), &path);
            put.push((path.clone(), kept));
            if let Err(error) = renamed {
                take_back(&put);
                return Err(named(&path, &error));
            }
        }
        self.done = true;
        Ok(())
    }

    /// The error with the names that files would have had.
    pub(super) fn told(&self, error: &io::Error) -> io::Error {
        let inner = format!("{}{}", self.inner.display(), std::path::MAIN_SEPARATOR);
        let out = format!("{}{}", self.out.display(), std::path::MAIN_SEPARATOR);
        io::Error::new(error.kind(), error.to_string().replace(&inner, &out))
    }
}

/// Puts what was in the places of outputs back there, and takes away what had nothing there before: a report is of one run.
fn take_back(put: &[(PathBuf, PathBuf)]) {
    for (path, kept) in put.iter().rev() {
        // Nothing more can be done about one that will not go; the error that led here is told.
        if kept.symlink_metadata().is_ok() {
            drop(fs::rename(kept, path));
        } else if path.is_file() {
            drop(fs::remove_file(path));
        }
    }
}

/// True for results of this program, which say so at their beginning; another file of that name is somebody's own.
pub(super) fn is_results(path: &Path) -> bool {
    let mut head = Vec::new();
    let read = if path.is_file() { File::open(path) } else { return false };
    let read = read.and_then(|file| file.take(256).read_to_end(&mut head));
    read.is_ok() && String::from_utf8_lossy(&head).contains("\"assize.results/")
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Nothing can be done about a folder that will not go; it is hidden and is never read.
        drop(fs::remove_dir_all(&self.inner));
        if self.made && !self.done {
            drop(fs::remove_dir(&self.out));
        }
    }
}

/// A file whose errors say its name.
struct Named {
    file: File,
    path: PathBuf,
}

impl Write for Named {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| named(&self.path, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| named(&self.path, &error))
    }
}

/// The error with the name of the file or folder that it is about.
fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write `{}`: {error}", path.display()))
}
