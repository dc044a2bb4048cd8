//! Which identities an entry of the inventory means.

use std::collections::BTreeSet;

use super::parts::Parts;
use super::unmatched;
use crate::base::diagnostic::Diagnostic;
use crate::model::facts::{IdentityKind, identity};
use crate::model::intern::Sym;
use crate::model::listing::Listing;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Row;
use crate::model::world::World;
use crate::source::aws::arn::Arn;
use crate::source::aws::identities;
use crate::source::link::subjects;

/// How many keys a pattern is tried on without more ado, and how many patterns on more than those.
const MANY: usize = 256;
const FEW: usize = 16;

/// A name or a pattern that means no identity that an export knows of.
#[derive(Debug, Clone)]
pub struct Stranger {
    /// The name or pattern, as written.
    pub text: String,
    /// The row that was made of a name.
    pub row: Option<u32>,
    /// Where it first stands.
    pub record: RecordId,
}

/// Identities by key and by id, for patterns.
#[derive(Debug, Default)]
pub struct Targets {
    by_key: Option<Vec<(Sym, u32)>>,
    /// Parts of the keys, once several patterns needed them.
    parts: Option<Parts>,
    /// How many patterns needed them.
    wild: usize,
    missed: BTreeSet<String>,
    strangers: Vec<Stranger>,
    /// Identities that a credential or an AI system is said to be of.
    referred: BTreeSet<u32>,
}

impl Targets {
    /// Says that an entry of a credential or of an AI system speaks of an identity.
    pub fn refer(&mut self, row: u32) {
        self.referred.insert(row);
    }

    /// What to say of names and patterns that mean no identity that an export knows of.
    #[must_use]
    pub fn strangers(&self, world: &World) -> Vec<Diagnostic> {
        // What nothing lists may be whatever an AI system runs as, unless all of its kind are listed and it is not among them.
        let elsewhere = |row: u32| {
            let scope = world.scope(Row::new(Subject::Identity, row));
            let system = world.system_of(scope);
            let mut listings = [Listing::Users, Listing::Roles, Listing::ServiceAccounts]
                .into_iter()
                .filter(|listing| listing.is_of(system))
                .peekable();
            listings.peek().is_none() || listings.any(|listing| world.closed_in(scope, listing).is_err())
        };
        unmatched::identities(world, &self.strangers, &|row| self.referred.contains(&row) && elsewhere(row))
    }

    /// The rows that `text` means: an ARN, an id, or a pattern of keys with `*`.
    ///
    /// A name that no export has becomes a row that is merely mentioned.
    pub fn find(&mut self, world: &mut World, text: &str, record: RecordId) -> Vec<u32> {
        if text.contains('*') {
            let found = self.matching(world, text);
            if found.is_empty() && self.missed.insert(text.to_owned()) {
                let message = format!("the pattern `{text}` of the inventory matches no identity");
                world.note("inventory-matches-nothing", message, Some(record));
                self.strangers.push(Stranger { text: text.to_owned(), row: None, record });
            }
            return found;
        }
        let (id, workflow) = subjects::named(text);
        let (row, new) = world.upsert(Subject::Identity, &id);
        if new {
            (self.by_key, self.parts, self.wild) = (None, None, 0);
            if let Some(arn) = Arn::parse(text) {
                let scope = world.strings.intern(&format!("aws:{}", arn.account));
                identities::name(world, row, text, scope, record);
                world.set_text(identity::NAME, row, arn.name, record);
            } else {
                world.set_text(identity::ID, row, &id, record);
                // A workflow is known to its issuer by its subject alone.
                world.set_text(identity::KEY, row, text, record);
                world.set_text(identity::NAME, row, text, record);
            }
            if let Some(scope) = &workflow {
                world.set_text(identity::SCOPE, row, scope, record);
                world.set_text(identity::SYSTEM, row, "github", record);
                world.set(identity::KIND, row, IdentityKind::Workload, record);
            }
            let message = format!("the inventory names `{text}`, which no export lists");
            world.note("inventory-identity-not-listed", message, Some(record));
            self.strangers.push(Stranger { text: text.to_owned(), row: Some(row), record });
        }
        vec![row]
    }

    fn matching(&mut self, world: &World, pattern: &str) -> Vec<u32> {
        let table = world.table(Subject::Identity);
        let by_key = self.by_key.get_or_insert_with(|| {
            // By the key of its system, and by the id as reports write it.
            let names = |row: u32| [identity::KEY.id, identity::ID.id].map(|fact| table.get(fact, row));
            let named = table.rows().flat_map(|row| names(row).map(|name| (name, row)));
            let mut all: Vec<(Sym, u32)> =
                named.filter_map(|(name, row)| Some((Sym(u32::try_from(name).ok()?), row))).collect();
            all.sort_by(|a, b| world.strings.text(a.0).cmp(world.strings.text(b.0)));
            all
        });
        let prefix = pattern.split('*').next().unwrap_or("");
        let start = by_key.partition_point(|(key, _)| world.strings.text(*key) < prefix);
        let rest = by_key.get(start..).unwrap_or(&[]);
        let rest = rest.get(..rest.partition_point(|(key, _)| world.strings.text(*key).starts_with(prefix)));
        let rest = rest.unwrap_or(&[]);
        self.wild += usize::from(rest.len() > MANY);
        if rest.len() > MANY && self.wild > FEW {
            let names = || by_key.iter().map(|(key, _)| world.strings.text(*key));
            let parts = self.parts.get_or_insert_with(|| Parts::of(names()));
            if let Some(candidates) = parts.candidates(pattern) {
                let named = candidates.iter().filter_map(|at| by_key.get(*at as usize));
                let fits = |(key, _): &&(Sym, u32)| matches(pattern, world.strings.text(*key));
                return named.filter(fits).map(|(_, row)| *row).collect::<BTreeSet<u32>>().into_iter().collect();
            }
        }
        let found: BTreeSet<u32> = rest
            .iter()
            .map(|(key, row)| (world.strings.text(*key), *row))
            .filter(|(key, _)| matches(pattern, key))
            .map(|(_, row)| row)
            .collect();
        found.into_iter().collect()
    }
}

/// True if the text is the pattern with any text for each `*`. Linear in the text for each star.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    // Most texts end otherwise, which is told sooner than what is within them.
    if !rest.ends_with(last) {
        return false;
    }
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or(""),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_any_text() {
        assert!(matches("a*c", "abc") && matches("a*", "a") && matches("*", "") && matches("a*b*c", "aXbYbc"));
        assert!(!matches("a*c", "ab") && !matches("ab", "abc") && !matches("a*aa", "aa"));
    }
}
