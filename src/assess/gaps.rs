//! What keeps verdicts unknown, grouped by cause.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::population::{OpenScope, Orders};
use crate::base::digest::Digester;
use crate::expr::Gap;
use crate::graph::Estate;
use crate::model::facts::{CredentialKind, IdentityKind, credential, identity};
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::{Row, Subject, Sym, Why, World};

/// How many subjects of a gap are named.
const NAMED: usize = 20;

/// What is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A complete list.
    Listing(Listing),
    /// A fact.
    Fact(FactId),
    /// Nothing that an export could give: the expression failed.
    Expression,
}

/// What is known of a credential or an identity of which a fact is missing: who could say it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Proof {
    /// Of a kind that its scope's own system gives out.
    Kind(CredentialKind),
    /// A key of another system than its scope's, known by its public id. Which account's it is, only that system can say.
    KeyOf(Sym),
    /// An identity that is a role, which has no sign-in of its own.
    Role,
    /// Any other.
    Other,
}

/// Unknown verdicts of one check run with one cause in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapGroup {
    /// The cause.
    pub why: Why,
    /// What is missing.
    pub about: About,
    /// In which scope, such as `aws:111122223333`.
    pub scope: String,
    /// Of which credentials or identities, where it is a fact of theirs that not all exports say.
    pub kinds: BTreeSet<Proof>,
    /// How many subjects; none where the subjects themselves were not listed.
    pub count: Option<u64>,
    /// The first of them, in the order of ids.
    pub first: Vec<u32>,
    /// Digest of all their ids, each with a line feed.
    pub digest: String,
}

/// One thing that keeps a verdict unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause {
    /// Why it is not known.
    pub why: Why,
    /// What is missing.
    pub about: About,
    /// The scope in which it is missing, by its name; `*` where there is none.
    pub scope: Sym,
    /// Of which credential or identity, where it is a fact of one that not all exports say.
    pub proof: Option<Proof>,
}

/// Puts into `found` what keeps the verdict on a subject unknown, in the order of what was found open; never nothing.
pub(super) fn causes(estate: &Estate<'_>, subject: Row, open: &[Gap], found: &mut Vec<Cause>) {
    let own = estate.world.scope(subject);
    found.clear();
    if open.is_empty() {
        found.push(Cause { why: Why::Error, about: About::Expression, scope: own, proof: None });
    }
    found.extend(open.iter().map(|gap| cause(estate, own, gap)));
}

/// What is missing by a gap, where the subject that is judged is in the scope `own`.
fn cause(estate: &Estate<'_>, own: Sym, gap: &Gap) -> Cause {
    let about = match gap.why {
        Why::NotEnumerated(listing) | Why::Incomplete(listing) => About::Listing(listing),
        Why::Error => About::Expression,
        _ => About::Fact(gap.fact),
    };
    // A fact of another subject is missing where that subject is.
    let there = estate.world.scope(gap.row);
    let scope = if there == estate.world.everywhere() { own } else { there };
    let proof = match about {
        About::Fact(fact) if fact.subject != gap.row.subject => None,
        About::Fact(fact) if fact.subject == Subject::Credential => Some(proof(estate.world, scope, gap.row)),
        About::Fact(fact) if [identity::LAST_USED_AT.id, identity::USED_LATER.id].contains(&fact) => {
            let kind = estate.world.table(Subject::Identity).get(identity::KIND.id, gap.row.index);
            Some(if kind == i64::from(IdentityKind::Role as u8) { Proof::Role } else { Proof::Other })
        }
        _ => None,
    };
    Cause { why: gap.why, about, scope, proof }
}

/// What is known of a credential.
#[must_use]
pub fn proof(world: &World, scope: Sym, row: Row) -> Proof {
    let table = world.table(Subject::Credential);
    let kind = table.get(credential::KIND.id, row.index);
    let kind = CredentialKind::ALL.iter().copied().find(|known| i64::from(*known as u8) == kind);
    let sym = |fact: FactId| u32::try_from(table.get(fact, row.index)).ok().map(Sym);
    let system = sym(credential::SYSTEM.id).filter(|system| world.strings.text(*system) != world.system_of(scope));
    match (kind, system) {
        (Some(CredentialKind::AccessKey), Some(system)) => {
            let name = sym(credential::NAME.id).map_or("", |name| world.strings.text(name));
            let is_id = name.len() >= 16 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
            if is_id { Proof::KeyOf(system) } else { Proof::Other }
        }
        (Some(kind), _) if kind != CredentialKind::Other => Proof::Kind(kind),
        _ => Proof::Other,
    }
}

/// Groups while they grow.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    groups: IndexMap<Key, Rows>,
    /// The groups that were added to last: the next subject mostly goes there too.
    recent: [usize; RECENT],
    next: usize,
}

/// How many groups are looked at first.
const RECENT: usize = 4;

/// Who waits, and for facts of which credentials.
#[derive(Debug, Default)]
struct Rows {
    rows: Vec<u32>,
    kinds: BTreeSet<Proof>,
}

type Key = (Why, About, Sym);

/// The group of one gap in the verdict on one subject, alone in it.
#[must_use]
pub fn group_of(estate: &Estate<'_>, subject: Row, gap: &Gap) -> GapGroup {
    let Cause { why, about, scope, proof } = cause(estate, estate.world.scope(subject), gap);
    let scope = estate.world.strings.text(scope).to_owned();
    let kinds = proof.into_iter().collect();
    GapGroup { why, about, scope, kinds, count: Some(1), first: vec![subject.index], digest: String::new() }
}

impl Gaps {
    /// Adds a subject whose verdict is unknown, with what leaves it so. Subjects come in the order of their ids.
    pub fn add(&mut self, row: u32, causes: &[Cause]) {
        for cause in causes {
            let at = self.group((cause.why, cause.about, cause.scope));
            if let Some((_, Rows { rows, kinds })) = self.groups.get_index_mut(at) {
                if rows.last() != Some(&row) {
                    rows.push(row);
                }
                kinds.extend(cause.proof);
            }
        }
    }

    /// The position of a group, made if there is none.
    fn group(&mut self, key: Key) -> usize {
        let is_it = |at: &&usize| self.groups.get_index(**at).is_some_and(|(known, _)| *known == key);
        if let Some(at) = self.recent.iter().find(is_it) {
            return *at;
        }
        let entry = self.groups.entry(key);
        let at = entry.index();
        entry.or_default();
        if let Some(place) = self.recent.get_mut(self.next % RECENT) {
            *place = at;
        }
        self.next = self.next.wrapping_add(1);
        at
    }

    /// Adds the groups of subjects that come later.
    pub fn append(&mut self, later: Self) {
        for (key, rows) in later.groups {
            let all = self.groups.entry(key).or_default();
            all.rows.extend(rows.rows);
            all.kinds.extend(rows.kinds);
        }
    }

    /// The groups by cause, what is missing and scope, with one for each list that leaves a population open.
    pub fn finish(self, estate: &Estate<'_>, orders: &Orders, subject: Subject, open: &[OpenScope]) -> Vec<GapGroup> {
        let world = estate.world;
        let mut groups: Vec<GapGroup> = Vec::new();
        for ((why, about, scope), Rows { rows, kinds }) in self.groups {
            groups.push(GapGroup {
                why,
                about,
                scope: world.strings.text(scope).to_owned(),
                kinds,
                count: Some(rows.len() as u64),
                first: rows.iter().take(NAMED).copied().collect(),
                digest: orders.digest(world, subject, &rows),
            });
        }
        let mut told: BTreeSet<(About, String)> =
            groups.iter().map(|group| (group.about, group.scope.clone())).collect();
        for open in open {
            let about = About::Listing(open.listing);
            if !told.insert((about, open.scope.clone())) {
                continue;
            }
            groups.push(GapGroup {
                why: open.why,
                about,
                scope: open.scope.clone(),
                kinds: BTreeSet::new(),
                count: None,
                first: Vec::new(),
                digest: Digester::default().finish(),
            });
        }
        groups.sort_by(|a, b| (a.why, a.about, &a.scope).cmp(&(b.why, b.about, &b.scope)));
        groups
    }
}
