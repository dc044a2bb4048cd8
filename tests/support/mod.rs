//! What the tests of whole runs share: running the program, reading what it wrote, short names of the fixture.

pub mod account;
pub mod broken;
#[path = "../../benches/support/estate.rs"]
pub mod estate;
pub mod explain;
pub mod marrowick;
pub mod params;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The date of assessment of every fixture.
pub const AS_OF: &str = "2026-11-01";

/// A folder of fixtures.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The program with these arguments, without colour.
pub fn assize(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_assize"));
    command.args(args).env("NO_COLOR", "1");
    command
}

/// What one run of `assize check` gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub out: TempDir,
}

impl Run {
    /// A file that was written.
    pub fn text(&self, name: &str) -> String {
        let path = self.out.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}\n{}", self.stderr))
    }

    pub fn results(&self) -> Value {
        serde_json::from_str(&self.text("results.json")).unwrap()
    }

    /// All files that were written, by name.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(self.out.path())
    }

    /// The entry of a file in `exports`, by its path in the folder.
    pub fn export(&self, path: &str) -> Value {
        let results = self.results();
        let found = results["exports"].as_array().unwrap().iter().find(|export| export["path"] == path);
        found.cloned().unwrap_or_else(|| panic!("{path} is no export that was read"))
    }
}

/// `assize check` on a folder as of the fixtures' date, with a report.
pub fn check(folder: &Path, more: &[&str]) -> Run {
    check_at(folder, AS_OF, more)
}

pub fn check_at(folder: &Path, as_of: &str, more: &[&str]) -> Run {
    let out = TempDir::new().unwrap();
    let mut command = assize(&["check"]);
    command.arg(folder).args(["--as-of", as_of, "--report"]).arg(out.path()).args(more);
    let output = command.output().unwrap();
    Run {
        code: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
        out,
    }
}

/// All files of a folder and those below it, by relative path.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
            all.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

/// Copies single files, such as `aws/access-keys.json`, from one folder to another.
pub fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        let target = to.join(name);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(from.join(name), target).unwrap();
    }
}

/// A fixture in a folder of its own, to be changed.
pub fn copied(name: &str) -> TempDir {
    let (from, folder) = (fixture(name), TempDir::new().unwrap());
    let names: Vec<String> = files(&from).into_keys().collect();
    copy(&from, folder.path(), &names.iter().map(String::as_str).collect::<Vec<_>>());
    folder
}

/// `prod:user/x` for `aws:614820937715:user:arn:aws:iam::614820937715:user/x`, and so for credentials and policies.
pub fn short(id: &str) -> String {
    let mut text = id.to_owned();
    for (account, name) in [("614820937715", "prod"), ("285019463370", "lab"), ("730516284409", "tools")] {
        let Some(rest) = text.strip_prefix(&format!("aws:{account}:")) else { continue };
        let key = rest.split_once(':').map_or(rest, |(_, key)| key);
        let key = key.strip_prefix(&format!("arn:aws:iam::{account}:")).unwrap_or(key);
        text = format!("{name}:{key}");
        break;
    }
    text
}

/// By check run and subject, the verdict's letter, as the tables of verdicts have it.
pub fn verdicts(run: &Run) -> BTreeMap<String, BTreeMap<String, char>> {
    let mut all: BTreeMap<String, BTreeMap<String, char>> = BTreeMap::new();
    for (name, bytes) in run.files() {
        if !name.starts_with("verdicts-") {
            continue;
        }
        let mut table = csv::Reader::from_reader(bytes.as_slice());
        let header = table.headers().unwrap().clone();
        for row in table.records() {
            let row = row.unwrap();
            let id = &row[0];
            for (column, cell) in header.iter().zip(row.iter()) {
                // The other columns name the subject; check runs have one letter.
                if cell.len() == 1 && "pfuw-".contains(cell) && column != "id" && column != "name" {
                    let letter = cell.chars().next().unwrap();
                    all.entry(column.to_owned()).or_default().insert(id.to_owned(), letter);
                }
            }
        }
    }
    all
}
