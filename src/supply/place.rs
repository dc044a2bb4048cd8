//! Where in the folder of exports a new one goes: beside those of its scope, else in a folder of the scope's own.

use std::collections::{BTreeMap, BTreeSet};

use super::shell;
use crate::base::digest::sha256;
use crate::export::report::ExportReport;
use crate::source::About;

/// How many letters of a scope's name are kept in the name of its folder.
const LONGEST: usize = 64;

/// The folders of scopes.
#[derive(Debug, Default)]
pub struct Places {
    /// By scope: the one folder in which all its exports are, and no other scope's.
    known: BTreeMap<String, String>,
    /// Paths that are taken, by files that are there and by places that were given away.
    taken: BTreeSet<String>,
}

impl Places {
    /// The folders of what was loaded.
    #[must_use]
    pub fn of(exports: &[ExportReport]) -> Self {
        let mut folders: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut scopes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for export in exports {
            let folder = export.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for scope in &export.scopes {
                folders.entry(scope).or_default().insert(folder);
                scopes.entry(folder).or_default().insert(scope);
            }
        }
        let alone = |folder: &&str| scopes.get(folder).is_some_and(|scopes| scopes.len() == 1) && is_plain(folder);
        let known = folders.iter().filter(|(_, folders)| folders.len() == 1).filter_map(|(scope, folders)| {
            let folder = folders.first().filter(|folder| alone(folder))?;
            Some(((*scope).to_owned(), (*folder).to_owned()))
        });
        Self { known: known.collect(), taken: BTreeSet::new() }
    }

    /// Where the export of a source and scope goes, relative to the folder of exports. No two are the same.
    pub fn place(&mut self, about: &About, scope: &str) -> String {
        let name = about.commands.first().and_then(|command| shell::target(command)).unwrap_or(about.id);
        let folder = self.known.get(scope).cloned().unwrap_or_else(|| folder(scope, about.system));
        let path = |folder: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let mut chosen = path(&folder);
        if self.taken.contains(&chosen) {
            chosen = path(format!("{folder}-{}", about.id).trim_start_matches('-'));
        }
        self.taken.insert(chosen.clone());
        chosen
    }
}

/// True for a path that no shell and no pattern of paths reads as more than it is.
fn is_plain(path: &str) -> bool {
    let name = |part: &str| !part.starts_with(['.', '-']) && part.bytes().all(plain) && !part.is_empty();
    path.is_empty() || path.split('/').all(name)
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-')
}

/// The folder of a scope: its system and its name, with a digest where the name had to be changed.
fn folder(scope: &str, system: &str) -> String {
    let (system, rest) = scope.split_once(':').unwrap_or((system, scope));
    let (system, rest) = if scope == "*" { (system, "any") } else { (system, rest) };
    let safe = |text: &str| -> String {
        let kept: String = text.chars().map(|c| if c.is_ascii() && plain(c as u8) { c } else { '_' }).collect();
        kept.trim_start_matches(['.', '-']).chars().take(LONGEST).collect()
    };
    let (first, second) = (safe(system), safe(rest));
    if scope == "*" || (first == system && second == rest && !second.is_empty()) {
        return format!("{first}/{second}");
    }
    let digest = sha256(scope.as_bytes());
    let name = format!("{second}-{}", digest.get(..8).unwrap_or(""));
    format!("{}/{}", if first.is_empty() { "other" } else { &first }, name.trim_start_matches('-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::by_id;

    fn export(path: &str, scope: &str) -> ExportReport {
        ExportReport { path: path.to_owned(), scopes: vec![scope.to_owned()], ..ExportReport::default() }
    }

    #[test]
    fn a_new_export_goes_beside_those_of_its_scope() {
        let about = by_id("aws-credential-report").unwrap();
        let mut places = Places::of(&[
            export("authorization-details.json", "aws:1"),
            export("b/x.json", "aws:2"),
            export("b/y.json", "aws:3"),
            export("odd $(touch x)/z.json", "aws:4"),
        ]);
        let mut place = |scope: &str| places.place(about, scope);
        assert_eq!(place("aws:1"), "credential-report.json");
        assert_eq!(place("aws:2"), "aws/2/credential-report.json", "a folder of two scopes is neither's");
        assert_eq!(place("aws:4"), "aws/4/credential-report.json", "a name that a shell could read is not used");
        assert_eq!(place("*"), "aws/any/credential-report.json");
    }

    #[test]
    fn no_scope_leads_out_of_the_folder_or_into_anothers() {
        let about = by_id("aws-credential-report").unwrap();
        let mut places = Places::default();
        let mut seen = BTreeSet::new();
        for scope in ["k:../../etc", "k:.._.._etc", "k:a b", "k:a_b", "k:$(x)", "k:-rf", "k:", "\n:x", "k:ä", "k:a/b"]
        {
            let path = places.place(about, scope);
            assert!(is_plain(&path) && path.split('/').count() == 3, "{scope:?}: {path}");
            assert!(seen.insert(path), "{scope:?}");
        }
    }
}
