//! Finding the files of a folder, with every entry accounted for.

use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::base::text::named;

/// A file to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// Its path relative to the folder, with `/`.
    pub name: String,
    /// Its size in bytes, as the folder says.
    pub bytes: u64,
}

/// An entry that is not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// Its path relative to the folder, with `/`.
    pub name: String,
    /// Its size in bytes, as the folder says; 0 for folders.
    pub bytes: u64,
    /// Why, in words.
    pub why: String,
    /// True if that is a mistake rather than a choice.
    pub broken: bool,
}

/// What a folder holds, sorted by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Files to look into.
    pub files: Vec<Found>,
    /// Entries left out.
    pub left: Vec<Left>,
}

/// Hidden files and folders in which clients of AI systems keep their configurations.
pub const CONFIGURATIONS: &[&str] = &[
    ".agents",
    ".ai",
    ".amazonq",
    ".amp",
    ".aws",
    ".claude",
    ".claude-plugin",
    ".claude.json",
    ".cline",
    ".codeium",
    ".codex",
    ".config",
    ".continue",
    ".copilot",
    ".crush.json",
    ".cursor",
    ".devcontainer",
    ".devcontainer.json",
    ".devin",
    ".factory",
    ".gemini",
    ".github",
    ".grok",
    ".junie",
    ".kilo",
    ".kilocode",
    ".kiro",
    ".lmstudio",
    ".mcp.json",
    ".opencode",
    ".qwen",
    ".roo",
    ".trae",
    ".vscode",
    ".warp",
    ".windsurf",
    ".zed",
];
/// A folder of which only this is looked at: what lies beside it are credentials.
const WITHIN: (&str, &str) = (".aws", "amazonq");

/// True for a name that is passed over in a folder of this name.
fn is_hidden(name: &str, folder: &str) -> bool {
    name.starts_with('.') && !CONFIGURATIONS.contains(&name) || folder == WITHIN.0 && name != WITHIN.1
}

/// Walks a folder, or takes a single file. Links are followed; a loop of them is reported.
///
/// The folder `but`, where outputs go, is passed over, so that a second run sees what the first one saw.
#[must_use]
pub fn walk(folder: &Path, but: Option<&Path>) -> Folder {
    let mut found = Folder::default();
    let but = but.and_then(|but| but.canonicalize().ok());
    let mut entries = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let name = error.path().map_or_else(String::new, |path| relative(folder, path));
                found.left.push(Left { name, bytes: 0, why: unreadable(folder, &error), broken: true });
                continue;
            }
        };
        let name = relative(folder, entry.path());
        let own = entry.file_name().to_string_lossy();
        let parent = entry.path().parent().filter(|_| entry.depth() > 1).and_then(Path::file_name);
        let hidden = entry.depth() > 0 && is_hidden(&own, &parent.unwrap_or_default().to_string_lossy());
        if entry.file_type().is_dir() {
            if but.is_some() && entry.depth() > 0 && entry.path().canonicalize().ok() == but {
                entries.skip_current_dir();
                continue;
            }
            if hidden {
                entries.skip_current_dir();
                found.left.push(Left { name, bytes: 0, why: "a hidden folder".to_owned(), broken: false });
            }
            continue;
        }
        let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
        let why = if hidden {
            "a hidden file"
        } else if !entry.file_type().is_file() {
            "not a regular file"
        } else if is_prose(&name) {
            "a text for people"
        } else if bytes == 0 {
            "an empty file: 0 bytes"
        } else {
            found.files.push(Found { path: entry.into_path(), name, bytes });
            continue;
        };
        found.left.push(Left { name, bytes, why: why.to_owned(), broken: bytes == 0 && !hidden });
    }
    found.files.sort_by(|a, b| a.name.cmp(&b.name));
    found.left.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

fn is_prose(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".md", ".markdown", ".rst"].iter().any(|ending| name.ends_with(ending))
}

/// The path within the folder, with `/`; see [`named`] for names that are no text.
fn relative(folder: &Path, path: &Path) -> String {
    let inner = path.strip_prefix(folder).unwrap_or(path);
    let parts: Vec<_> = inner.components().map(|part| named(part.as_os_str())).collect();
    if parts.is_empty() {
        return path.file_name().map_or_else(String::new, |name| named(name).into_owned());
    }
    parts.join("/")
}

fn unreadable(folder: &Path, error: &walkdir::Error) -> String {
    if let Some(ancestor) = error.loop_ancestor() {
        // The folder's own name belongs to this machine, and in no output.
        let name = if ancestor == folder { ".".to_owned() } else { relative(folder, ancestor) };
        return format!("a link that leads back to `{name}`");
    }
    let cause = error.io_error().map_or_else(|| "unknown cause".to_owned(), ToString::to_string);
    format!("it cannot be read: {cause}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(CONFIGURATIONS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn every_entry_is_accounted_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for inner in ["b", ".git", ".cursor", ".aws/amazonq", ".aws/sso"] {
            std::fs::create_dir_all(at(inner)).unwrap();
        }
        for (name, text) in [
            ("b/two.json", "{}"),
            ("a.csv", "x"),
            ("README.md", "x"),
            ("empty.json", ""),
            (".git/x", "x"),
            (".cursor/mcp.json", "x"),
            (".mcp.json", "x"),
            (".aws/amazonq/mcp.json", "x"),
            (".aws/credentials", "x"),
        ] {
            std::fs::write(at(name), text).unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), at("b/loop")).unwrap();
        std::os::unix::fs::symlink(at("nothing"), at("broken")).unwrap();
        let found = walk(folder.path(), None);
        let files: Vec<&str> = found.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(files, [".aws/amazonq/mcp.json", ".cursor/mcp.json", ".mcp.json", "a.csv", "b/two.json"]);
        let left: Vec<(&str, bool)> = found.left.iter().map(|left| (left.name.as_str(), left.broken)).collect();
        let expected = [
            (".aws/credentials", false),
            (".aws/sso", false),
            (".git", false),
            ("README.md", false),
            ("b/loop", true),
            ("broken", true),
            ("empty.json", true),
        ];
        assert_eq!(left, expected);
        assert!(found.left.iter().any(|left| left.why.starts_with("a link that leads back to")));
        assert!(walk(&at("missing"), None).left.iter().all(|left| left.broken));
        assert_eq!(walk(&at("a.csv"), None).files.first().map(|file| file.name.as_str()), Some("a.csv"));
    }
}
