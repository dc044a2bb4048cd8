//! Whom a check can ask about: the listed subjects, and the scopes where nobody listed them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;

use rayon::prelude::*;

use super::judge::Question;
use super::made::MadeLater;
use crate::base::digest::Digester;
use crate::expr::Outcome;
use crate::graph::Estate;
use crate::model::facts::{CredentialKind, IdentityKind, credential, group, identity, policy};
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::table::Presence;
use crate::model::{Cell, Completeness, Member, Row, Scalar, Slots, Subject, Sym, Why, World};

/// The listed rows of each subject by id, and how many are not listed.
#[derive(Debug)]
pub struct Orders {
    by_subject: Vec<Order>,
    /// Digests of sets of ids that were asked for, by a digest of the numbers of their rows: check runs have many in common.
    digests: Mutex<HashMap<(Subject, String), String>>,
}

/// How many bytes of ids are put together before they go into a digest.
const LINES: usize = 8 << 10;

/// The rows of one subject.
#[derive(Debug, Default)]
pub struct Order {
    /// Listed rows that existed at the date of assessment, in the order of their ids.
    pub rows: Vec<u32>,
    /// Listed rows that were made after it, in the order of their ids.
    pub later: Vec<u32>,
    /// Rows that are only mentioned, or stand for a pattern.
    pub not_listed: u64,
}

impl Orders {
    /// Sorts the rows of a world.
    #[must_use]
    pub fn of(world: &World) -> Self {
        let later = MadeLater::of(world);
        let by_subject = Subject::ALL.into_par_iter().map(|subject| order(world, &later, subject)).collect();
        Self { by_subject, digests: Mutex::default() }
    }

    /// Sorts the rows of one subject anew, where some were added.
    pub fn renew(&mut self, world: &World, subject: Subject) {
        if let Some(of) = self.by_subject.get_mut(subject as usize) {
            *of = order(world, &MadeLater::default(), subject);
        }
    }

    /// The digest of the ids of rows in their order, each with a line feed.
    pub(super) fn digest(&self, world: &World, subject: Subject, rows: &[u32]) -> String {
        let mut numbers = Digester::default();
        let mut bytes = [0_u8; 4 * 1024];
        for piece in rows.chunks(1024) {
            for (place, row) in bytes.chunks_exact_mut(4).zip(piece) {
                place.copy_from_slice(&row.to_le_bytes());
            }
            numbers.update(bytes.get(..4 * piece.len()).unwrap_or_default());
        }
        let key = (subject, numbers.finish());
        if let Some(known) = self.digests.lock().ok().and_then(|known| known.get(&key).cloned()) {
            return known;
        }
        let mut digester = Digester::default();
        let table = world.table(subject);
        let mut lines = Vec::with_capacity(2 * LINES);
        for row in rows {
            lines.extend_from_slice(table.id(*row).map_or("", |id| world.strings.text(id)).as_bytes());
            lines.push(b'\n');
            if lines.len() >= LINES {
                digester.update(&lines);
                lines.clear();
            }
        }
        digester.update(&lines);
        let digest = digester.finish();
        if let Ok(mut known) = self.digests.lock() {
            known.insert(key, digest.clone());
        }
        digest
    }

    /// The rows of a subject.
    #[must_use]
    pub fn get(&self, subject: Subject) -> &Order {
        static EMPTY: Order = Order { rows: Vec::new(), later: Vec::new(), not_listed: 0 };
        self.by_subject.get(subject as usize).unwrap_or(&EMPTY)
    }
}

fn order(world: &World, made_later: &MadeLater, subject: Subject) -> Order {
    let table = world.table(subject);
    let mut order = Order::default();
    for row in table.rows() {
        if table.presence(row) != Presence::Listed {
            order.not_listed += 1;
            continue;
        }
        if made_later.contains(subject, row) { order.later.push(row) } else { order.rows.push(row) }
    }
    let text = |row: u32| table.id(row).map_or("", |id| world.strings.text(id));
    for rows in [&mut order.rows, &mut order.later] {
        let mut named: Vec<(&str, u32)> = rows.iter().map(|row| (text(*row), *row)).collect();
        named.par_sort_unstable();
        for (row, (_, sorted)) in rows.iter_mut().zip(named) {
            *row = sorted;
        }
    }
    order
}

/// A scope in which nobody listed what a check asks about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenScope {
    /// The scope, such as `aws:111122223333`.
    pub scope: String,
    /// The list that is missing or cut short.
    pub listing: Listing,
    /// Which of the two.
    pub why: Why,
}

/// The scopes in which the population of a question is not known whole.
///
/// Those are the scopes of known identities whose list is not complete, and expected ones that no export speaks of.
#[must_use]
pub fn open_scopes(estate: &Estate<'_>, expected: &[String], question: &Question<'_>) -> Vec<OpenScope> {
    let world = estate.world;
    let listings = needed(question);
    let mut open = Vec::new();
    let about_credentials = listings.contains(&Listing::Users) && reads(question, identity::CREDENTIALS.id);
    for scope in &world.scopes {
        // Where nobody listed credentials of any kind, that no user in the population holds one is not known, and the
        // rules that tell users of AI systems from people could not see theirs either.
        let system = world.system_of(*scope);
        let unlisted = |listing: &&Listing| world.closed_in(*scope, **listing).is_err();
        let mut of_credentials = CREDENTIAL_LISTS.iter().filter(|listing| listing.is_of(system)).peekable();
        if about_credentials
            && let Some(listing) = of_credentials.peek().map(|listing| **listing)
            && of_credentials.all(|listing| unlisted(&listing))
        {
            let scope = world.strings.text(*scope).to_owned();
            open.push(OpenScope { scope, listing, why: Why::NotEnumerated(listing) });
        }
        // Into a group of a cluster no policy can be written, so whether all are listed says nothing of policies.
        let written_into = |listing: &&Listing| {
            question.subject != Subject::Policy || **listing == Listing::Policies || listing.holds_policies(system)
        };
        for listing in listings.iter().filter(|listing| listing.is_of(system)).filter(written_into) {
            if let Err(why) = world.closed_in(*scope, *listing) {
                open.push(OpenScope { scope: world.strings.text(*scope).to_owned(), listing: *listing, why });
            }
        }
    }
    let seen = |scope: &String| world.scopes.iter().any(|known| world.strings.text(*known) == scope);
    for scope in expected.iter().filter(|scope| !seen(scope)) {
        let system = scope.split(':').next().unwrap_or("");
        for listing in listings.iter().filter(|listing| listing.is_of(system)) {
            open.push(OpenScope { scope: scope.clone(), listing: *listing, why: Why::NotEnumerated(*listing) });
        }
    }
    open.extend(perhaps_held(estate, question));
    open.sort();
    open.dedup();
    open
}

/// The scopes of credentials that a question would ask about, were they held by an AI system, where nobody listed those.
fn perhaps_held(estate: &Estate<'_>, question: &Question<'_>) -> Vec<OpenScope> {
    let Some(applies) = question.applies.filter(|_| reads(question, credential::HELD_BY_AI.id)) else {
        return Vec::new();
    };
    let world = estate.world;
    let table = world.table(Subject::Credential);
    let mut seen: BTreeMap<Sym, bool> = BTreeMap::new();
    let mut open = Vec::new();
    for row in table.rows().filter(|row| table.presence(*row) == Presence::Listed) {
        let me = Row::new(Subject::Credential, row);
        let scope = world.scope(me);
        if seen.get(&scope) == Some(&true) || !table.members(credential::AI_SYSTEMS.id, row).is_empty() {
            continue;
        }
        let Err(why) = world.closed_in(scope, Listing::AiSystems) else {
            seen.insert(scope, true);
            continue;
        };
        let held = Held { estate, row: me };
        if !matches!(applies.evaluate(&held, me, question.context), Outcome::Known(false)) {
            seen.insert(scope, true);
            open.push(OpenScope { scope: world.strings.text(scope).to_owned(), listing: Listing::AiSystems, why });
        }
    }
    open
}

/// The estate, were a credential held by an AI system.
struct Held<'a> {
    estate: &'a Estate<'a>,
    row: Row,
}

impl Slots for Held<'_> {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if row == self.row && fact == credential::HELD_BY_AI.id {
            return Cell::Known(Scalar::Bool(true));
        }
        self.estate.cell(row, fact)
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        self.estate.list(row, fact, visit)
    }

    fn entry(&self, row: Row, fact: FactId, key: &str) -> Cell<'_> {
        self.estate.entry(row, fact, key)
    }

    fn entries<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(&'a str, &'a str) -> bool) -> Completeness {
        self.estate.entries(row, fact, visit)
    }

    fn text(&self, sym: Sym) -> &str {
        self.estate.text(sym)
    }
}

/// The lists that together are those of an identity's credentials.
const CREDENTIAL_LISTS: [Listing; 4] = [Listing::AccessKeys, Listing::Passwords, Listing::ApiKeys, Listing::Tokens];

/// True if a question reads a fact of its own subject.
fn reads(question: &Question<'_>, fact: FactId) -> bool {
    question.subject == fact.subject
        && (question.passes.facts().contains(&fact) || question.applies.is_some_and(|e| e.facts().contains(&fact)))
}

/// The lists that must be complete for the population of a question to be known.
///
/// Which of them a check asks about is found by asking it: `applies` is evaluated on a subject
/// of which nothing but its kind is known, and a kind to which it certainly does not apply is
/// not needed.
pub(super) fn needed(question: &Question<'_>) -> Vec<Listing> {
    match question.subject {
        Subject::Identity => {
            let fixed = |kind: Option<IdentityKind>, root: bool| {
                let mut known = vec![(identity::ROOT.id, Scalar::Bool(root))];
                known.extend(kind.map(|kind| (identity::KIND.id, Scalar::Enum(kind as u8))));
                if root {
                    // No rule recognises a root as AI-connected or as a person.
                    known.push((identity::IS_AI.id, Scalar::Bool(false)));
                }
                applies_perhaps(question, &known)
            };
            let users = IdentityKind::ALL.iter().any(|kind| *kind != IdentityKind::Role && fixed(Some(*kind), false));
            let mut listings = Vec::new();
            if users {
                listings.push(Listing::Users);
            }
            if fixed(Some(IdentityKind::Role), false) {
                listings.push(Listing::Roles);
            }
            if fixed(None, true) {
                listings.push(Listing::Roots);
            }
            if fixed(Some(IdentityKind::ServiceAccount), false) {
                listings.push(Listing::ServiceAccounts);
            }
            listings
        }
        Subject::Credential => {
            let kinds = [
                (CredentialKind::AccessKey, Listing::AccessKeys),
                (CredentialKind::Password, Listing::Passwords),
                (CredentialKind::ApiKey, Listing::ApiKeys),
                (CredentialKind::Token, Listing::Tokens),
            ];
            let asked =
                |kind: CredentialKind| applies_perhaps(question, &[(credential::KIND.id, Scalar::Enum(kind as u8))]);
            kinds.into_iter().filter(|(kind, _)| asked(*kind)).map(|(_, listing)| listing).collect()
        }
        Subject::Owner => vec![Listing::Owners],
        // Groups that a system makes itself are known without a list of groups; to what they are bound is not.
        Subject::Group => {
            let asked = |built_in: bool| applies_perhaps(question, &[(group::BUILT_IN.id, Scalar::Bool(built_in))]);
            let lists = [(false, Listing::Groups), (true, Listing::RoleBindings)];
            lists.into_iter().filter(|(built_in, _)| asked(*built_in)).map(|(_, listing)| listing).collect()
        }
        Subject::Policy => {
            let mut listings = vec![Listing::Policies];
            // What is written into an identity or a group is listed with it.
            if applies_perhaps(question, &[(policy::MANAGED_BY.id, Scalar::Str("inline"))]) {
                listings.extend([Listing::Users, Listing::Roles, Listing::Groups]);
            }
            listings
        }
        Subject::Grant => vec![Listing::Policies],
        Subject::Resource => vec![Listing::Resources],
        Subject::Becoming => vec![Listing::Roles],
        Subject::AiSystem => vec![Listing::AiSystems],
        Subject::Exposure => vec![Listing::Exposures],
        // Their files are all that there are.
        Subject::Waiver => Vec::new(),
    }
}

fn applies_perhaps(question: &Question<'_>, known: &[(FactId, Scalar<'static>)]) -> bool {
    let Some(applies) = question.applies else { return true };
    // The root of an account has no trust policy, so nobody takes it on.
    let root = known.contains(&(identity::ROOT.id, Scalar::Bool(true)));
    let sketch = Sketch { known, empty: if root { &[identity::CAN_BE_ASSUMED_BY.id] } else { &[] } };
    let row = Row::new(question.subject, 0);
    !matches!(applies.evaluate(&sketch, row, question.context), Outcome::Known(false))
}

/// A subject of which only a few facts are known.
struct Sketch<'a> {
    known: &'a [(FactId, Scalar<'static>)],
    /// Lists that are known to be empty.
    empty: &'static [FactId],
}

impl Slots for Sketch<'_> {
    fn cell(&self, _row: Row, fact: FactId) -> Cell<'_> {
        let found = self.known.iter().find(|(known, _)| *known == fact);
        found.map_or(Cell::Unknown(Why::MissingFact), |(_, value)| Cell::Known(*value))
    }

    fn list<'a>(&'a self, _row: Row, fact: FactId, _visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        if self.empty.contains(&fact) { Completeness::Complete } else { Completeness::Open(Why::MissingFact) }
    }

    fn entry(&self, _row: Row, _fact: FactId, _key: &str) -> Cell<'_> {
        Cell::Unknown(Why::MissingFact)
    }

    fn entries<'a>(
        &'a self,
        _row: Row,
        _fact: FactId,
        _visit: &mut dyn FnMut(&'a str, &'a str) -> bool,
    ) -> Completeness {
        Completeness::Open(Why::MissingFact)
    }

    fn text(&self, _sym: Sym) -> &'static str {
        ""
    }
}

/// How many subjects of a population are in each scope, by the scope's text.
#[must_use]
pub fn by_scope(estate: &Estate<'_>, subject: Subject, rows: impl IntoIterator<Item = u32>) -> Vec<(String, u64)> {
    let mut counts: std::collections::BTreeMap<Sym, u64> = std::collections::BTreeMap::new();
    // Neighbours in the order of ids are mostly of one scope.
    let mut last: Option<(Sym, u64)> = None;
    for row in rows {
        let scope = estate.world.scope(Row::new(subject, row));
        match &mut last {
            Some((of, count)) if *of == scope => *count += 1,
            _ => {
                if let Some((of, count)) = last.replace((scope, 1)) {
                    *counts.entry(of).or_default() += count;
                }
            }
        }
    }
    if let Some((of, count)) = last {
        *counts.entry(of).or_default() += count;
    }
    let mut named: Vec<(String, u64)> =
        counts.into_iter().map(|(scope, count)| (estate.world.strings.text(scope).to_owned(), count)).collect();
    named.sort();
    named
}
