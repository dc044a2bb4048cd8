//! Outputs that cannot be written: it is said, with the name, and nothing half written is left.

#![cfg(unix)]
use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support;
use crate::support::{AS_OF, fixture};
use tempfile::TempDir;

fn program(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assize"));
    command.args(args).env("NO_COLOR", "1");
    command
}

/// Exit code and standard error.
fn ended(command: &mut Command) -> (i32, String) {
    let output = command.stderr(Stdio::piped()).output().unwrap();
    (output.status.code().expect("it ends by itself"), String::from_utf8(output.stderr).unwrap())
}

/// Everything in a folder, hidden or not.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_is_lost_is_said() {
    let partial = fixture("partial");
    let out = TempDir::new().unwrap();
    let written = ["check", partial.to_str().unwrap(), "--as-of", AS_OF, "--report", out.path().to_str().unwrap()];
    assert_eq!(ended(program(&written).stdout(Stdio::null())).0, 0);
    let results = out.path().join("results.json");
    for args in [
        &["check", partial.to_str().unwrap(), "--as-of", AS_OF][..],
        &["check", partial.to_str().unwrap(), "--as-of", AS_OF, "--fail-on", "low"],
        &["report", results.to_str().unwrap()],
        &["controls", "list"],
        &["controls", "show", "credential-rotated"],
        &["controls", "show", "NHI2"],
        &["controls", "test"],
        &["controls", "lint"],
        &["controls", "facts"],
        &["controls", "eval", "1 + 1"],
        &["controls", "eval", "1 + 1", "--format", "json"],
        &["sources"],
        &["sources", "--format", "json"],
        &["sources", "plan", partial.to_str().unwrap(), "--as-of", AS_OF],
        &["sources", "plan", partial.to_str().unwrap(), "--as-of", AS_OF, "--script", "-"],
        &["--help"],
        &["--version"],
    ] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let (code, stderr) = ended(program(args).stdout(full));
        assert_eq!(code, 2, "{args:?}: {stderr}");
        let said = stderr.matches("error: standard output could not be written: No space left on device").count();
        assert_eq!(said, 1, "{args:?}: {stderr}");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_no_error() {
    for args in [&["controls", "list"][..], &["sources"]] {
        let mut child = program(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{args:?}");
    }
}

/// `assize` under a shell that lets no file grow beyond some blocks, as a full disk does.
fn on_a_full_disk(blocks: u32, args: &[&str]) -> (i32, String) {
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    shell.arg(env!("CARGO_BIN_EXE_assize")).args(args).env("NO_COLOR", "1").stdout(Stdio::null());
    ended(&mut shell)
}

#[test]
fn a_report_is_whole_or_not_there() {
    let partial = fixture("partial");
    let check = |out: &Path, blocks: u32| {
        let out = out.to_str().unwrap();
        on_a_full_disk(blocks, &["check", partial.to_str().unwrap(), "--as-of", AS_OF, "--report", out])
    };
    let folder = TempDir::new().unwrap();
    let fresh = folder.path().join("evidence");
    for blocks in [0, 1, 8, 40] {
        let (code, stderr) = check(&fresh, blocks);
        assert_eq!(code, 2, "{blocks}: {stderr}");
        assert!(stderr.contains("error: the report could not be written: cannot write `"), "{blocks}: {stderr}");
        assert!(stderr.contains(&format!("{}/", fresh.display())) && !stderr.contains("partial`"), "{stderr}");
        assert!(!fresh.exists(), "{blocks}");
    }
    assert_eq!(check(&fresh, 100_000).0, 0);
    let before = support::files(&fresh);
    assert!(before.contains_key("results.json") && names(&fresh).iter().all(|name| !name.starts_with('.')));
    // What an earlier run wrote stays whole.
    assert_eq!(check(&fresh, 8).0, 2);
    assert_eq!(support::files(&fresh), before);
    let results = fresh.join("results.json");
    let again = folder.path().join("again");
    let (code, stderr) = on_a_full_disk(8, &["report", results.to_str().unwrap(), "--out", again.to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(stderr.contains("cannot write `") && stderr.contains("again/"), "{stderr}");
    assert!(!again.exists());
}

#[test]
fn places_that_cannot_be_written_are_named() {
    let partial = fixture("partial");
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    // A folder stands where the report should.
    let taken = folder.path().join("taken");
    fs::create_dir_all(taken.join("report.html/inner")).unwrap();
    for (out, named) in
        [(file.clone(), &file), (file.join("inner"), &file), (taken.clone(), &taken.join("report.html"))]
    {
        let args = ["check", partial.to_str().unwrap(), "--as-of", AS_OF, "--report", out.to_str().unwrap()];
        let (code, stderr) = ended(program(&args).stdout(Stdio::null()));
        assert_eq!(code, 2, "{stderr}");
        assert!(stderr.contains("could not be written: cannot write `"), "{stderr}");
        assert!(stderr.contains(named.to_str().unwrap()), "{stderr}");
    }
    assert!(names(&taken).iter().all(|name| !name.starts_with('.') && name != "results.json"), "{:?}", names(&taken));
}
