//! All control files together: compiled in, or overlaid from a folder, and resolved against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use rayon::prelude::*;
use walkdir::WalkDir;

use super::builtin::FILES;
use super::check::Check;
use super::classification::{Classification, Rule};
use super::crosswalk;
use super::file::{ControlFile, Origin};
use super::framework::{Framework, KnownChecks, Requirement, find_requirement};
use super::levels::Levels;
use super::tools::Tools;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;

/// The controls of a run.
#[derive(Debug, Clone, Default)]
pub struct Pack {
    /// The files, sorted by path.
    pub files: Vec<ControlFile>,
    /// The checks, sorted by id.
    pub checks: Vec<Check>,
    /// The frameworks, sorted by id.
    pub frameworks: Vec<Framework>,
    /// The classification rules, sorted by the id of their file.
    pub classifications: Vec<Classification>,
    /// The levels of actions, sorted by id.
    pub levels: Vec<Levels>,
    /// Well-known tools, sorted by the id of their file.
    pub tools: Vec<Tools>,
}

/// A control file of the user longer than this is not read: none needs a tenth of it.
const LONGEST: u64 = 4 << 20;

/// Most files and folders that are looked at: links may name one folder again and again.
const MOST: usize = 20_000;

/// The folders that control files stand in.
const FOLDERS: [&str; 5] = ["checks", "frameworks", "classification", "levels", "tools"];

impl Pack {
    /// The controls that the program came with, and what is wrong with them (nothing, which a test holds).
    #[must_use]
    pub fn builtin() -> (Self, Vec<Diagnostic>) {
        Self::from_files(builtin_files())
    }

    /// The controls that the program came with, where the files of `folder` take the place of those of the same path.
    ///
    /// Files that cannot be read are told among the diagnostics and left out.
    #[must_use]
    pub fn with_folder(folder: &Path) -> (Self, Vec<Diagnostic>) {
        let (given, mut diagnostics) = read_folder(folder);
        if diagnostics.is_empty() && !given.iter().any(|(path, _)| FOLDERS.contains(&folder_of(path))) {
            diagnostics.push(no_controls(folder, &given));
        }
        let (pack, more) = Self::from_files(overlay(builtin_files(), given));
        diagnostics.extend(more);
        (pack, diagnostics)
    }

    /// The controls of these files. What cannot be used is left out and told.
    #[must_use]
    pub fn from_files(mut files: Vec<ControlFile>) -> (Self, Vec<Diagnostic>) {
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let mut diagnostics = Vec::new();
        let mut take = |wrong: Vec<Diagnostic>| diagnostics.extend(wrong);
        let mut pack = Self::default();
        let mut broken = BTreeSet::new();
        let read: Vec<_> = files.par_iter().map(read).collect();
        for (file, (item, wrong)) in files.iter().zip(read) {
            match item {
                Some(Item::Check(check)) => pack.checks.push(*check),
                Some(Item::Classification(classification)) => pack.classifications.push(classification),
                Some(Item::Levels(levels)) => pack.levels.push(*levels),
                Some(Item::Tools(tools)) => pack.tools.push(tools),
                None if folder_of(&file.path) == "checks" => {
                    broken.insert(stem_of(&file.path));
                }
                None => {}
            }
            take(wrong);
        }
        take(unique(&mut pack.checks, &files, |check| (&check.id, &check.path)));
        let good = pack.checks.iter().map(|check| (check.id.as_str(), check)).collect();
        let known = KnownChecks { good, broken };
        let frameworks = files.par_iter().filter(|file| folder_of(&file.path) == "frameworks");
        let frameworks: Vec<_> = frameworks.map(|file| Framework::read(file, &known)).collect();
        for (framework, wrong) in frameworks {
            pack.frameworks.extend(framework);
            take(wrong);
        }
        take(unique(&mut pack.frameworks, &files, |framework| (&framework.id, &framework.path)));
        take(crosswalk::resolve(&mut pack.frameworks));
        take(unique(&mut pack.classifications, &files, |rules| (&rules.id, &rules.path)));
        take(unique(&mut pack.levels, &files, |levels| (&levels.id, &levels.path)));
        take(unique(&mut pack.tools, &files, |tools| (&tools.id, &tools.path)));
        // What is not used is no control.
        files.retain(|file| FOLDERS.contains(&folder_of(&file.path)));
        pack.files = files;
        (pack, diagnostics)
    }

    /// The check of that id.
    #[must_use]
    pub fn check(&self, id: &str) -> Option<&Check> {
        self.checks.binary_search_by(|check| check.id.as_str().cmp(id)).ok().and_then(|at| self.checks.get(at))
    }

    /// The check of that id, or the diagnostic that names the nearest.
    ///
    /// # Errors
    /// A diagnostic without a place, if there is none.
    pub fn find_check(&self, id: &str) -> Result<&Check, Diagnostic> {
        self.check(id).ok_or_else(|| {
            let wrong = Diagnostic::error("unknown-check", format!("there is no check `{id}`"));
            match nearest(id, self.checks.iter().map(|check| check.id.as_str())) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong.help("`assize controls list` names them all"),
            }
        })
    }

    /// The framework of that id.
    #[must_use]
    pub fn framework(&self, id: &str) -> Option<&Framework> {
        self.frameworks.iter().find(|framework| framework.id.eq_ignore_ascii_case(id))
    }

    /// The requirements of that number or alias, in whichever frameworks.
    ///
    /// # Errors
    /// A diagnostic without a place that names the nearest, if there is none.
    pub fn find_requirement(&self, name: &str) -> Result<Vec<(&Framework, &Requirement)>, Diagnostic> {
        find_requirement(&self.frameworks, name)
    }

    /// All classification rules, file by file.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.classifications.iter().flat_map(|classification| &classification.rules)
    }

    /// The text of a control file, for rendering a diagnostic.
    #[must_use]
    pub fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }
}

/// What stands in a file on its own. Frameworks refer to checks, and are read after them.
enum Item {
    Check(Box<Check>),
    Classification(Classification),
    Levels(Box<Levels>),
    Tools(Tools),
}

/// Reads one file by the folder that it stands in.
fn read(file: &ControlFile) -> (Option<Item>, Vec<Diagnostic>) {
    match folder_of(&file.path) {
        "checks" => {
            let (check, wrong) = Check::read(file);
            (check.map(|check| Item::Check(Box::new(check))), wrong)
        }
        "classification" => {
            let (classification, wrong) = Classification::read(file);
            (classification.map(Item::Classification), wrong)
        }
        "levels" => {
            let (levels, wrong) = Levels::read(file);
            (levels.map(|levels| Item::Levels(Box::new(levels))), wrong)
        }
        "tools" => {
            let (tools, wrong) = Tools::read(file);
            (tools.map(Item::Tools), wrong)
        }
        "frameworks" => (None, Vec::new()),
        other => (None, vec![unknown_folder(file, other)]),
    }
}

/// The files that the program came with.
#[must_use]
pub fn builtin_files() -> Vec<ControlFile> {
    FILES.iter().map(|(path, text)| ControlFile::new(*path, *text, Origin::Builtin)).collect()
}

/// The first folder of a path within the controls.
fn folder_of(path: &str) -> &str {
    path.split_once('/').map_or("", |(folder, _)| folder)
}

/// The name of a file, which is the id of what it holds.
fn stem_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".toml").unwrap_or(name)
}

/// Of a folder in which no control file stands where it would be used; names the folder that is meant, if there is one.
fn no_controls(folder: &Path, given: &[(String, String)]) -> Diagnostic {
    let wrong = Diagnostic::error("no-controls", format!("`{}` has no control file that is used", folder.display()));
    let is_known = |name: &std::ffi::OsStr| name.to_str().is_some_and(|name| FOLDERS.contains(&name));
    let real = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    // How many levels up the one is in which `checks` and the like stand.
    let up = real.ancestors().position(|one| one.file_name().is_some_and(is_known));
    if let (Some(up), false) = (up, given.is_empty()) {
        let above = match folder.ancestors().nth(up + 1) {
            Some(above) if above.as_os_str().is_empty() => Some(Path::new(".")),
            above => above,
        };
        let above = above.or_else(|| real.ancestors().nth(up + 1)).unwrap_or(folder);
        return wrong.help(format!("name the folder above: `{}`", above.display()));
    }
    let below = given.iter().find_map(|(path, _)| {
        let parts: Vec<&str> = path.split('/').collect();
        let (_, folders) = parts.split_last()?;
        let at = folders.iter().position(|name| FOLDERS.contains(name))?;
        Some(folder.join(folders.get(..at)?.join("/")))
    });
    match below {
        Some(below) => wrong.help(format!("name the folder below: `{}`", below.display())),
        None => wrong.help(format!(
            "control files end in `.toml` and stand in `{}` of it; `assize controls new` writes one at its place",
            FOLDERS.join("`, `")
        )),
    }
}

fn unknown_folder(file: &ControlFile, folder: &str) -> Diagnostic {
    Diagnostic::warning("unknown-folder", format!("`{}` is in none of the folders of controls", file.path))
        .at(file.path.clone(), 0..0, format!("in `{folder}`"))
        .help("controls stand in `checks`, `frameworks`, `classification`, `levels` or `tools`")
}

/// Sorts by id, and drops whatever has the id of another, telling so.
fn unique<T>(all: &mut Vec<T>, files: &[ControlFile], key: impl Fn(&T) -> (&String, &String)) -> Vec<Diagnostic> {
    all.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut wrong = Vec::new();
    all.dedup_by(|later, first| {
        let (id, path) = key(later);
        let same = id == key(first).0;
        if same {
            let message = format!("`{id}` is the id of two files: `{}` and `{path}`", key(first).1);
            let at = files.iter().find(|file| file.path == *path).map_or(0..0, |file| id_line(&file.text));
            let help =
                "give one of them another id and file name; to replace a built-in file, give yours the path of that";
            wrong.push(Diagnostic::error("duplicate-id", message).at(path.clone(), at, "the second").help(help));
        }
        same
    });
    wrong
}

/// The bytes of the first line of a text that sets `id`.
fn id_line(text: &str) -> std::ops::Range<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.strip_prefix("id").is_some_and(|rest| rest.trim_start().starts_with('=')) {
            return at..at + line.trim_end().len();
        }
        at += line.len();
    }
    0..0
}

/// Lays the files of a user over those of the program.
#[must_use]
pub fn overlay(base: Vec<ControlFile>, given: Vec<(String, String)>) -> Vec<ControlFile> {
    let mut files: BTreeMap<String, ControlFile> = base.into_iter().map(|file| (file.path.clone(), file)).collect();
    for (path, text) in given {
        let mut file = ControlFile::new(path.clone(), text, Origin::Added);
        if let Some(built) = files.get(&path) {
            file.origin = if built.sha256 == file.sha256 { Origin::Builtin } else { Origin::Changed };
        }
        files.insert(path, file);
    }
    files.into_values().collect()
}

/// The TOML files of a folder, by their path within it. Links within the folder are followed, as a cluster mounts files.
fn read_folder(folder: &Path) -> (Vec<(String, String)>, Vec<Diagnostic>) {
    let mut files = Vec::new();
    let mut wrong = Vec::new();
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| {
        Diagnostic::error("unreadable-control", format!("cannot read `{}`: {why}", path.display()))
    };
    if !folder.is_dir() {
        let what = if folder.exists() { "is no folder" } else { "is not there" };
        let help = "name the folder with your control files, as `controls/` in the source of assize is one";
        let message = format!("the folder of controls `{}` {what}", folder.display());
        return (files, vec![Diagnostic::error("unreadable-control", message).help(help)]);
    }
    let inside = folder.canonicalize().ok();
    let leads_out = |path: &Path| match (path.canonicalize(), &inside) {
        (Ok(target), Some(inside)) => !target.starts_with(inside),
        // What leads nowhere is told by what comes next.
        _ => false,
    };
    let mut out = Vec::new();
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter().filter_entry(|entry| {
        // Where a cluster keeps the versions of what it mounts: links beside lead into the right one.
        let kept = entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b"..");
        let leaves = !kept && entry.depth() > 0 && entry.path_is_symlink() && leads_out(entry.path());
        if leaves {
            out.push(entry.path().to_path_buf());
        }
        !kept && !leaves
    });
    for (entry, seen) in walk.zip(1..) {
        if seen > MOST {
            wrong.push(unreadable(folder, &format!("it has more than {MOST} files and folders")));
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                wrong.push(unreadable(error.path().unwrap_or(folder), &error));
                continue;
            }
        };
        let path = entry.path();
        if entry.file_type().is_dir() || path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let Some(relative) = path.strip_prefix(folder).ok().and_then(relative_text) else {
            wrong.push(unreadable(path, &"its name is not UTF-8"));
            continue;
        };
        match entry.metadata() {
            Ok(meta) if !meta.is_file() => wrong.push(unreadable(path, &"it is no regular file")),
            Ok(meta) if meta.len() > LONGEST => wrong.push(unreadable(path, &"it is longer than any control file")),
            _ => match fs::read_to_string(path) {
                Ok(text) => files.push((relative, text)),
                Err(error) => wrong.push(unreadable(path, &error)),
            },
        }
    }
    wrong.extend(out.iter().map(|path| unreadable(path, &"it is a link that leads out of the folder of controls")));
    (files, wrong)
}

/// A relative path with `/` between its parts.
fn relative_text(path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    parts.map(|parts| parts.join("/"))
}
