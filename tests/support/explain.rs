//! What the tests of `assize explain` share.

use std::path::Path;

use serde_json::Value;

use crate::support::{AS_OF, assize, fixture};

/// Exit code, standard output and standard error.
pub fn run(folder: &Path, id: &str, more: &[&str]) -> (i32, String, String) {
    let output = assize(&["explain"]).arg(folder).arg(id).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// What is printed of a subject of the invented company.
pub fn explained(id: &str) -> String {
    let (code, stdout, stderr) = run(&fixture("marrowick"), id, &["--as-of", AS_OF]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    stdout
}

/// The same as JSON.
pub fn as_json(folder: &Path, id: &str, as_of: &str) -> Value {
    let (code, stdout, stderr) = run(folder, id, &["--as-of", as_of, "--format", "json"]);
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_str(&stdout).unwrap()
}

/// The sections whose titles begin so.
pub fn sections(text: &str, titles: &[&str]) -> String {
    let mut kept: Vec<String> = Vec::new();
    let mut taken = false;
    for block in text.trim_end().split("\n\n") {
        // A remedy may hold empty lines.
        taken = if block.starts_with(' ') { taken } else { titles.iter().any(|title| block.starts_with(title)) };
        kept.extend(taken.then(|| block.to_owned()));
    }
    kept.join("\n\n")
}
