//! What a manifest says about exports: for files whose path matches, scope, time, collector, command, closures.

use std::collections::BTreeSet;

use crate::base::diagnostic::{Diagnostic, Place};
use crate::base::text::shortened;
use crate::base::time::Instant;
use crate::export::paths::{self, PathPattern};
use crate::model::listing::Listing;

/// One entry of the manifest, resolved.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The pattern of paths, as written.
    pub path: String,
    matcher: PathPattern,
    /// The scope, such as `aws:111122223333`.
    pub scope: Option<String>,
    /// When the files were collected.
    pub collected_at: Option<Instant>,
    /// By whom.
    pub collected_by: Option<String>,
    /// With which command.
    pub command: Option<String>,
    /// Who vouches for them, or which issuer they speak of.
    pub issuer: Option<String>,
    /// Lists that someone asserts to be complete in them.
    pub enumerates: Vec<Listing>,
    /// Lists of which someone asserts that there is nothing in the scope.
    pub none_of: Vec<Listing>,
    /// Where the entry stands in its file.
    pub place: Option<Place>,
}

impl Entry {
    /// True if it may speak of several files.
    #[must_use]
    pub fn is_pattern(&self) -> bool {
        self.matcher.is_pattern()
    }

    /// An entry for the files that the pattern matches; nothing else is said of them yet.
    ///
    /// # Errors
    /// When the pattern is not one.
    pub fn new(path: &str) -> Result<Self, Box<Diagnostic>> {
        let matcher = PathPattern::new(path).map_err(|why| {
            let message = format!("`{}` is not a pattern of paths: {why}", shortened(path, 80));
            Box::new(Diagnostic::error("bad-path-pattern", message).help(paths::HELP))
        })?;
        Ok(Self {
            path: path.to_owned(),
            matcher,
            scope: None,
            collected_at: None,
            collected_by: None,
            command: None,
            issuer: None,
            none_of: Vec::new(),
            enumerates: Vec::new(),
            place: None,
        })
    }

    /// True if it speaks of the file of this relative path.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        self.matcher.matches(path)
    }
}

/// A person's word that two ids are of one thing, or that they are not.
#[derive(Debug, Clone)]
pub struct Tie {
    /// The one id.
    pub one: String,
    /// The other.
    pub other: String,
    /// True if they are the same, false if they are not.
    pub same: bool,
    /// Where it stands in its file.
    pub place: Option<Place>,
}

/// A person's word on whom an identity or an AI system acts as.
#[derive(Debug, Clone)]
pub struct Acting {
    /// The id of who acts.
    pub who: String,
    /// The id of the identity whose rights it has.
    pub whom: String,
    /// True if it acts as that one, false if it never does.
    pub acts: bool,
    /// Where it stands in its file.
    pub place: Option<Place>,
}

/// Links between systems that a person forces or forbids, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// Which credentials are one, and which are not.
    pub ties: Vec<Tie>,
    /// Whom identities and AI systems act as, and whom they do not.
    pub acting: Vec<Acting>,
}

/// The whole manifest.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// Its entries. Where several match a file, what a later one says wins, item by item.
    pub entries: Vec<Entry>,
    /// Links that are forced or forbidden.
    pub links: Links,
}

/// What the manifest says of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// The scope.
    pub scope: Option<String>,
    /// The folder, with its last `/`, of the entry that says the scope: what comes before the first wildcard of its pattern.
    pub scope_folder: String,
    /// When it was collected.
    pub collected_at: Option<Instant>,
    /// By whom.
    pub collected_by: Option<String>,
    /// With which command.
    pub command: Option<String>,
    /// Who vouches for it, or which issuer it speaks of.
    pub issuer: Option<String>,
    /// Lists that someone asserts to be complete in it.
    pub enumerates: BTreeSet<Listing>,
    /// Those of them of which someone asserts that there is nothing.
    pub none_of: BTreeSet<Listing>,
    /// Where the last matching entry with a scope stands, for diagnostics.
    pub place: Option<Place>,
}

impl Declared {
    /// What is said of the file of this relative path.
    #[must_use]
    pub fn of(&self, path: &str) -> Said {
        let mut said = Said::default();
        for entry in self.entries.iter().filter(|entry| entry.matches(path)) {
            let text = |new: &Option<String>, old: &mut Option<String>| {
                if new.is_some() {
                    old.clone_from(new);
                }
            };
            text(&entry.scope, &mut said.scope);
            if entry.scope.is_some() {
                paths::folder(&entry.path).clone_into(&mut said.scope_folder);
            }
            text(&entry.collected_by, &mut said.collected_by);
            text(&entry.command, &mut said.command);
            text(&entry.issuer, &mut said.issuer);
            said.collected_at = entry.collected_at.or(said.collected_at);
            said.enumerates.extend(entry.enumerates.iter().chain(&entry.none_of));
            said.none_of.extend(&entry.none_of);
            if entry.scope.is_some() || said.place.is_none() {
                said.place.clone_from(&entry.place);
            }
        }
        said
    }

    /// Entries that match none of the paths.
    #[must_use]
    pub fn unmatched<'a>(&'a self, paths: &[&str]) -> Vec<&'a Entry> {
        self.entries.iter().filter(|entry| !paths.iter().any(|path| entry.matches(path))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_entries_win_item_by_item() {
        let mut all = Entry::new("aws/**").unwrap();
        all.scope = Some("aws:1".to_owned());
        all.collected_by = Some("ann".to_owned());
        let mut one = Entry::new("aws/b/*").unwrap();
        one.scope = Some("aws:2".to_owned());
        let declared = Declared { entries: vec![all, one], ..Declared::default() };
        let said = declared.of("aws/b/gaad.json");
        assert_eq!((said.scope.as_deref(), said.collected_by.as_deref()), (Some("aws:2"), Some("ann")));
        assert_eq!(declared.of("gcp/x.json"), Said::default());
        assert_eq!(declared.unmatched(&["aws/a.json"]).len(), 1);
        assert!(Entry::new("a[").is_err());
    }
}
