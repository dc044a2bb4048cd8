//! What keeps verdicts unknown, grouped by cause.

use std::collections::{BTreeMap, BTreeSet};

use super::judge::Question;
use super::population::OpenScope;
use crate::base::digest::Digester;
use crate::expr::Expr;
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
    groups: BTreeMap<(Why, About, Sym), Vec<u32>>,
}

impl Gaps {
    /// Adds a subject whose verdict is unknown, with the expression that left it so. Subjects come in the order of their ids.
    pub fn add(&mut self, estate: &Estate<'_>, question: &Question<'_>, row: u32, open: &Expr) {
        let leaves = open.gaps(estate, Row::new(question.subject, row), question.context);
        let own = estate.world.scope(Row::new(question.subject, row));
        let mut any = false;
        for gap in &leaves {
            any = true;
            let about = match gap.why {
                Why::NotEnumerated(listing) | Why::Incomplete(listing) => About::Listing(listing),
                Why::Error => About::Expression,
                _ => About::Fact(gap.fact),
            };
            // A fact of another subject is missing where that subject is.
            let there = estate.world.scope(gap.row);
            let scope = if there == estate.world.everywhere() { own } else { there };
            let rows = self.groups.entry((gap.why, about, scope)).or_default();
            if rows.last() != Some(&row) {
                rows.push(row);
            }
        }
        if !any {
            self.groups.entry((Why::Error, About::Expression, own)).or_default().push(row);
        }
    }

    /// Adds the groups of subjects that come later.
    pub fn append(&mut self, later: Self) {
        for (key, rows) in later.groups {
            self.groups.entry(key).or_default().extend(rows);
        }
    }

    /// The groups by cause, what is missing and scope, with one for each list that leaves a population open.
    pub fn finish(self, estate: &Estate<'_>, subject: Subject, open: &[OpenScope]) -> Vec<GapGroup> {
        let world = estate.world;
        let mut groups: Vec<GapGroup> = Vec::new();
        for ((why, about, scope), rows) in self.groups {
            let mut digester = Digester::default();
            for row in &rows {
                let id = world.table(subject).id(*row).map_or("", |id| world.strings.text(id));
                digester.update(id.as_bytes());
                digester.update(b"\n");
            }
            groups.push(GapGroup {
                why,
                about,
                scope: world.strings.text(scope).to_owned(),
                count: Some(rows.len() as u64),
                first: rows.iter().take(NAMED).copied().collect(),
                digest: digester.finish(),
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
