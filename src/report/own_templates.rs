//! Templates from a folder: which files take the place of built-in ones, and what is wrong with them.

use std::fs;
use std::path::{Path, PathBuf};

use super::guard;
use super::template::{ASSETS, TEMPLATES, Templates};
use crate::base::digest::sha256;
use crate::base::text::shown;

/// Largest file, and most files, of a folder of templates.
const LARGEST: u64 = 512 << 10;
const MOST: usize = 100;

/// A file that takes the place of a built-in template, or is beside them for others to include.
#[derive(Debug, Clone)]
pub(super) struct Own {
    /// The name of the file, which is that of the template.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// What stands in it.
    pub text: String,
    /// Its digest.
    pub sha256: String,
    /// True if there is a built-in one of that name.
    pub replaces: bool,
}

impl Own {
    /// True for a template, false for what is put into the page as it is.
    pub(super) fn is_template(&self) -> bool {
        has_end(&self.name, &["html", "md"])
    }
}

fn has_end(name: &str, ends: &[&str]) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| ends.contains(&end))
}

/// What is wrong with a folder of templates, in words that name the file.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct TemplateError(String);

impl Templates {
    /// The built-in templates, with those of a folder in the place of the ones of the same name.
    ///
    /// # Errors
    /// A folder or file that cannot be read, and everything in a template that can be told before it is used.
    pub fn from_folder(folder: &Path) -> Result<Self, TemplateError> {
        let unreadable = |path: &Path, error: &std::io::Error| {
            TemplateError(format!("cannot read `{}`: {error}", shown(&path.display().to_string())))
        };
        if !folder.is_dir() {
            let (told, what) =
                (folder.display().to_string(), if folder.exists() { "is no folder" } else { "is not there" });
            return Err(TemplateError(format!(
                "the folder of templates `{}` {what}: name one that has the templates to replace, as `templates/` in the source of assize",
                shown(&told)
            )));
        }
        let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
        let inside = folder.canonicalize().map_err(|error| unreadable(folder, &error))?;
        let mut paths = Vec::new();
        for entry in entries {
            paths.push(entry.map_err(|error| unreadable(folder, &error))?.path());
        }
        paths.sort();
        let mut own = Vec::new();
        for path in paths {
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            // A text for people, hidden files, and what other programs keep there.
            if name.starts_with('.') || name == "README.md" || !has_end(name, &["html", "md", "css", "js"]) {
                continue;
            }
            let size = fs::metadata(&path).map_err(|error| unreadable(&path, &error))?;
            let told = shown(&path.display().to_string()).into_owned();
            if !size.is_file() {
                return Err(TemplateError(format!("`{told}` is no template: it is no regular file")));
            }
            if !path.canonicalize().is_ok_and(|path| path.starts_with(&inside)) {
                return Err(TemplateError(format!("`{told}` is a link that leads out of the folder of templates")));
            }
            if size.len() > LARGEST || own.len() >= MOST {
                return Err(TemplateError(format!(
                    "`{told}` is no template: a folder has at most {MOST} files of at most {} kB each",
                    LARGEST >> 10
                )));
            }
            let text = fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
            if let Some(at) = text.find(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
                let line = text.get(..at).map_or(0, |before| before.matches('\n').count()) + 1;
                return Err(TemplateError(format!(
                    "`{told}`, line {line}: a control character, which no page has: take it out"
                )));
            }
            own.push(one(name, &path, text)?);
        }
        if own.is_empty() {
            return Err(TemplateError(format!(
                "no template is in `{}`: its files have the names of built-in ones, such as `report.html` (docs/templates.md lists them)",
                shown(&folder.display().to_string())
            )));
        }
        let made = Self::with(own);
        match made.wrong() {
            Some(wrong) => Err(TemplateError(wrong.to_owned())),
            None => Ok(made),
        }
    }
}

fn one(name: &str, path: &Path, text: String) -> Result<Own, TemplateError> {
    let told = shown(&path.display().to_string()).into_owned();
    let known = |list: &[(&str, &str)]| list.iter().any(|(known, _)| *known == name);
    let own = Own {
        sha256: sha256(text.as_bytes()),
        replaces: known(TEMPLATES) || known(ASSETS),
        name: name.to_owned(),
        path: path.to_path_buf(),
        text,
    };
    if own.is_template() {
        return match guard::wrong(&own.text) {
            Some(wrong) => Err(TemplateError(format!("`{told}`, line {}: {}", wrong.line, wrong.what))),
            None => Ok(own),
        };
    }
    let names: Vec<String> = ASSETS.iter().map(|(name, _)| format!("`{name}`")).collect();
    if !own.replaces {
        let (last, first) = names.split_last().map_or(("", String::new()), |(last, first)| (last, first.join(", ")));
        return Err(TemplateError(format!("`{told}` is not used: only {first} and {last} are put into the page")));
    }
    let lower = own.text.to_ascii_lowercase();
    if ["</script", "</style", "<!--"].iter().any(|end| lower.contains(end)) {
        return Err(TemplateError(format!("`{told}` has a tag in it that would end it within the page")));
    }
    Ok(own)
}
