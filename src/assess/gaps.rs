//! What keeps verdicts unknown, grouped by cause.

use std::collections::{BTreeMap, BTreeSet};

use super::population::{OpenScope, Orders};
use crate::base::digest::Digester;
use crate::expr::Gap;
use crate::graph::Estate;
use crate::model::listing::Listing;
use crate::model::schema::FactId;
use crate::model::{Row, Subject, Sym, Why};

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

/// Unknown verdicts of one check run with one cause in one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapGroup {
    /// The cause.
    pub why: Why,
    /// What is missing.
    pub about: About,
    /// In which scope, such as `aws:111122223333`.
    pub scope: String,
    /// How many subjects; none where the subjects themselves were not listed.
    pub count: Option<u64>,
    /// The first of them, in the order of ids.
    pub first: Vec<u32>,
    /// Digest of all their ids, each with a line feed.
    pub digest: String,
}

/// Groups while they grow.
#[derive(Debug, Default)]
pub(super) struct Gaps {
    groups: BTreeMap<Key, Vec<u32>>,
    /// The group that the last subject went into, kept out of the others while the next ones go there too.
    last: Option<(Key, Vec<u32>)>,
}

type Key = (Why, About, Sym);

/// What is missing by a gap, and in which scope, where the subject that is judged is in the scope `own`.
fn about(estate: &Estate<'_>, own: Sym, gap: &Gap) -> (About, Sym) {
    let about = match gap.why {
        Why::NotEnumerated(listing) | Why::Incomplete(listing) => About::Listing(listing),
        Why::Error => About::Expression,
        _ => About::Fact(gap.fact),
    };
    // A fact of another subject is missing where that subject is.
    let there = estate.world.scope(gap.row);
    (about, if there == estate.world.everywhere() { own } else { there })
}

/// The group of one gap in the verdict on one subject, alone in it.
#[must_use]
pub fn group_of(estate: &Estate<'_>, subject: Row, gap: &Gap) -> GapGroup {
    let (about, scope) = about(estate, estate.world.scope(subject), gap);
    let scope = estate.world.strings.text(scope).to_owned();
    GapGroup { why: gap.why, about, scope, count: Some(1), first: vec![subject.index], digest: String::new() }
}

impl Gaps {
    /// Adds a subject whose verdict is unknown, with what leaves it so. Subjects come in the order of their ids.
    pub fn add(&mut self, estate: &Estate<'_>, subject: Subject, row: u32, open: &[Gap]) {
        let own = estate.world.scope(Row::new(subject, row));
        for gap in open {
            let (about, scope) = about(estate, own, gap);
            self.put((gap.why, about, scope), row);
        }
        if open.is_empty() {
            self.put((Why::Error, About::Expression, own), row);
        }
    }

    fn put(&mut self, key: Key, row: u32) {
        if self.last.as_ref().is_none_or(|(last, _)| *last != key) {
            self.settle();
            self.last = Some((key, self.groups.remove(&key).unwrap_or_default()));
        }
        if let Some((_, rows)) = &mut self.last
            && rows.last() != Some(&row)
        {
            rows.push(row);
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
            self.groups.entry(key).or_default().extend(rows);
        }
    }

    /// The groups by cause, what is missing and scope, with one for each list that leaves a population open.
    pub fn finish(self, estate: &Estate<'_>, orders: &Orders, subject: Subject, open: &[OpenScope]) -> Vec<GapGroup> {
        let world = estate.world;
        let mut groups: Vec<GapGroup> = Vec::new();
        for ((why, about, scope), rows) in self.groups {
            groups.push(GapGroup {
                why,
                about,
                scope: world.strings.text(scope).to_owned(),
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
                count: None,
                first: Vec::new(),
                digest: Digester::default().finish(),
            });
        }
        groups.sort_by(|a, b| (a.why, a.about, &a.scope).cmp(&(b.why, b.about, &b.scope)));
        groups
    }
}
