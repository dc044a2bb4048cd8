//! A module imports only from levels below its own.

use std::path::{Path, PathBuf};

/// The modules by level, as the design orders the flow of data.
const LEVELS: [(&str, u8); 15] = [
    ("base", 0),
    ("model", 1),
    ("export", 2),
    ("source", 3),
    ("graph", 4),
    ("expr", 4),
    ("control", 5),
    ("derive", 6),
    ("assess", 7),
    ("contract", 8),
    ("report", 9),
    ("prepare", 10),
    ("supply", 10),
    ("init", 11),
    ("cli", 12),
];

fn level(module: &str) -> Option<u8> {
    LEVELS.iter().find(|(name, _)| *name == module).map(|(_, level)| *level)
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn nothing_imports_upward() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    rust_files(&source, &mut files);
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files {
        let inside = file.strip_prefix(&source).unwrap();
        let module = inside.iter().next().unwrap().to_str().unwrap().trim_end_matches(".rs");
        let Some(own) = level(module) else {
            assert!(["lib", "main"].contains(&module), "src/{module} has no level: name it here and in DESIGN.md");
            continue;
        };
        for (at, line) in std::fs::read_to_string(&file).unwrap().lines().enumerate() {
            for (start, _) in line.match_indices("crate::") {
                let target: String =
                    line[start + 7..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                // A macro of the crate, such as `crate::closed_sets!`, has no level.
                let Some(other) = level(&target) else { continue };
                seen += 1;
                if target != module && other >= own {
                    wrong.push(format!("{}:{}: {}", inside.display(), at + 1, line.trim()));
                }
            }
        }
    }
    assert!(seen > 50, "the test reads imports: {seen}");
    assert!(wrong.is_empty(), "imports from the same level or above:\n{}", wrong.join("\n"));
}
