//! What keeps verdicts unknown, grouped by cause.

use std::collections::{BTreeMap, BTreeSet};

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

/// What keeps the verdict on a subject unknown, in the order of what was found open; never empty.
pub(super) fn causes(estate: &Estate<'_>, subject: Row, open: &[Gap]) -> Vec<Cause> {
    let own = estate.world.scope(subject);
    if open.is_empty() {
        return vec![Cause { why: Why::Error, about: About::Expression, scope: own, proof: None }];
    }
    open.iter().map(|gap| cause(estate, own, gap)).collect()
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
    groups: BTreeMap<Key, Rows>,
    /// The group that the last subject went into, kept out of the others while the next ones go there too.
    last: Option<(Key, Rows)>,
}

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
    pub fn add(&mut self, estate: &Estate<'_>, subject: Subject, row: u32, open: &[Gap]) {
        for cause in causes(estate, Row::new(subject, row), open) {
            self.put((cause.why, cause.about, cause.scope), row, cause.proof);
        }
    }

    fn put(&mut self, key: Key, row: u32, proof: Option<Proof>) {
        if self.last.as_ref().is_none_or(|(last, _)| *last != key) {
            self.settle();
            self.last = Some((key, self.groups.remove(&key).unwrap_or_default()));
        }
        if let Some((_, Rows { rows, kinds })) = &mut self.last {
            if rows.last() != Some(&row) {
                rows.push(row);
            }
            kinds.extend(proof);
        }
    }

    /// Puts the last group among the others.
    fn settle(&mut self) {
        if let Some((key, rows)) = self.last.take() {
            self.groups.insert(key, rows);
        }
    }

    /// Adds the groups of subjects that come later.
    pub fn append(&mut self, mut later: Self) {
        later.settle();
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
