//! Folders of outputs that killed runs left half written: known by a mark, and taken away once their process is gone.
//!
//! The number of a process says nothing on another machine, after a new start or in another container, so the mark says
//! where it was given. What is not certain stays: another's folder, one without a mark, one with anything in it that is not
//! a half-written output, and all of them on systems that do not tell of processes as Linux does.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The file by which a folder is known for one of this program.
pub(super) const MARK: &str = ".assize-partial";
/// The folder within it that keeps what outputs take the place of.
pub(super) const BEFORE: &str = "before";

/// How many folders may lie there that bear the number of this process and are not known to be of one that is gone.
const MOST: u32 = 100;

/// The name of the folder of a process; a further one where there is one already, as of the same number in another container.
fn folder(process: u32, again: u32) -> String {
    match again {
        0 => format!(".assize-{process}.partial"),
        again => format!(".assize-{process}-{again}.partial"),
    }
}

/// Makes the folder of this process. One that is there has what this run did not write, and is not used.
pub(super) fn make(out: &Path) -> io::Result<PathBuf> {
    for again in 0..MOST {
        let path = out.join(folder(std::process::id(), again));
        match fs::create_dir(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|()| path),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

/// Marks a folder as one of this process, where the system says enough to know it again.
///
/// One that cannot be marked only stays if the run is killed; that nothing can be written there is told of an output.
pub(super) fn mark(folder: &Path) {
    if let Some(here) = here() {
        drop(fs::write(folder.join(MARK), marked(std::process::id(), &here)));
    }
}

/// Takes away what runs left in a folder of outputs whose processes are gone. What cannot be taken away stays.
pub(super) fn clear(out: &Path) {
    let Some(here) = here() else { return };
    for entry in fs::read_dir(out).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let process = name.to_str().and_then(|name| name.strip_prefix(".assize-")?.strip_suffix(".partial"));
        let process = process.and_then(|text| text.split('-').next());
        if let Some(process) = process.and_then(|text| text.parse::<u32>().ok())
            && is_gone(process)
        {
            drop(remove(&entry.path(), &marked(process, &here)));
        }
    }
}

/// What the mark of a process says.
fn marked(process: u32, here: &str) -> String {
    format!("unfinished outputs of assize, process {process} of {here}\n")
}

/// Where numbers of processes mean the same as here: the start of the machine, the space of numbers, and the user.
#[cfg(unix)]
fn here() -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let start = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let space = fs::read_link("/proc/self/ns/pid").ok()?;
    let user = fs::metadata("/proc/self").ok()?.uid();
    Some(format!("{} {} {user}", start.trim(), space.display()))
}

#[cfg(not(unix))]
fn here() -> Option<String> {
    None
}

/// True for the number of a process that runs no more; this one has none of an earlier run.
fn is_gone(process: u32) -> bool {
    let found = fs::symlink_metadata(format!("/proc/{process}"));
    process == std::process::id() || found.is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Takes a folder away, file by file, if it has the mark and nothing but files; no link is followed.
fn remove(folder: &Path, marked: &str) -> io::Result<()> {
    let mark = folder.join(MARK);
    let is_own = fs::symlink_metadata(folder)?.is_dir() && fs::symlink_metadata(&mark)?.is_file();
    if !is_own || fs::read(&mark)? != marked.as_bytes() {
        return Ok(());
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() && entry.file_name() == BEFORE {
            // What it keeps is of an earlier report: only an empty one goes.
            fs::remove_dir(entry.path())?;
        } else if !kind.is_file() {
            return Ok(());
        } else if entry.file_name() != MARK {
            files.push(entry.path());
        }
    }
    // The mark goes last, so that what is left by an error is still known.
    files.push(mark);
    files.iter().try_for_each(fs::remove_file)?;
    fs::remove_dir(folder)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// No process has this number.
    const GONE: u32 = 999_999_999;

    fn left(out: &Path, process: u32, mark: &str) -> PathBuf {
        let path = out.join(folder(process, 0));
        fs::create_dir(&path).unwrap();
        fs::write(path.join("results.json"), "half").unwrap();
        if !mark.is_empty() {
            fs::write(path.join(MARK), mark).unwrap();
        }
        path
    }

    #[test]
    fn what_a_killed_run_left_goes() {
        let out = tempfile::tempdir().unwrap();
        let mark = marked(GONE, &here().unwrap());
        let path = left(out.path(), GONE, &mark);
        fs::create_dir(path.join(BEFORE)).unwrap();
        clear(out.path());
        assert!(!path.exists());
    }

    #[test]
    fn what_may_be_anybodys_stays() {
        let here = here().unwrap();
        let kept = |process: u32, mark: &str, change: &dyn Fn(&Path)| {
            let out = tempfile::tempdir().unwrap();
            let path = left(out.path(), process, mark);
            change(&path);
            clear(out.path());
            assert!(path.join("results.json").exists(), "{mark}");
        };
        let nothing = |_: &Path| {};
        kept(GONE, "", &nothing);
        kept(GONE, &marked(GONE, "another machine"), &nothing);
        kept(GONE, &marked(7, &here), &nothing);
        // The first process always runs.
        kept(1, &marked(1, &here), &nothing);
        let mark = marked(GONE, &here);
        kept(GONE, &mark, &|path| fs::create_dir(path.join("mine")).unwrap());
        kept(GONE, &mark, &|path| std::os::unix::fs::symlink("/", path.join("link")).unwrap());
        kept(GONE, &mark, &|path| {
            fs::create_dir(path.join(BEFORE)).unwrap();
            fs::write(path.join(BEFORE).join("report.html"), "earlier").unwrap();
        });
        // Nor is one of this process's number used that another may have made.
        kept(std::process::id(), "", &|path| assert_ne!(make(path.parent().unwrap()).unwrap(), path));
        // A link to such a folder is none.
        let (out, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = left(elsewhere.path(), GONE, &mark);
        std::os::unix::fs::symlink(&path, out.path().join(folder(GONE, 0))).unwrap();
        clear(out.path());
        assert!(path.join("results.json").exists());
    }
}
