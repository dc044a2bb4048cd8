//! What a finding rests on, as a waiver keeps it: facts by name, as they stand.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::words;
use crate::assess::judge::{Question, trace_of};
use crate::assess::named::{digest_of, id_of, value_of};
use crate::base::digest::Digester;
use crate::control::waiver::{ALL_FACTS, GivenFor, Kept, MOST_FACTS};
use crate::graph::Estate;
use crate::model::facts::{ai_system, grant, identity};
use crate::model::schema::{FactId, FactType, Worse};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject};

/// Most members of a list that are kept one by one.
const MOST_MEMBERS: usize = 200;
/// Most subjects that are looked at for one finding.
const MOST_ROWS: usize = 10_000;
/// Most facts that are looked at for one finding.
const MOST_LOOKED_AT: usize = 100_000;
/// How many links away from the subject of a finding others are looked at, at most.
const FURTHEST: usize = 6;
/// What a list of so many members that only their digest is kept says of it, where there may be others.
pub(super) const OR_MORE: &str = " or more";
/// What stands for all facts where even comparing them is too much.
pub(super) const TOO_MUCH: &str = "more than can be compared";

/// A fact as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// Its definition's place.
    pub fact: FactId,
    /// Which direction is worse.
    pub worse: Worse,
    /// As it stands.
    pub value: Kept,
}

/// What a finding rests on now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ground {
    /// The digest of what decides, as classes.
    pub digest: String,
    /// The names of the facts that decide, in the order in which they do.
    pub deciding: Vec<String>,
    /// Those, and what the check asks about else of the same subjects; the first of them where there are more than are kept.
    pub facts: BTreeMap<String, Held>,
    /// What there is instead of single facts where there are more than are kept: their count, and a digest of names and values.
    pub all: Option<String>,
}

/// What the finding on a row rests on now.
///
/// Beside what decides now that is what the check asks about else of the same subjects: as time passes, or as one member of a
/// list goes, that may come to decide without having changed.
pub(super) fn ground(estate: &Estate<'_>, question: &Question<'_>, run: &str, row: u32) -> Ground {
    let about = Row::new(question.subject, row);
    let trace = trace_of(estate, question, row);
    let mut held = Holding::new(estate, about);
    let mut deciding: Vec<String> = Vec::new();
    for read in trace.facts.iter().filter(|read| !read.member && !read.fact.def().ty.is_list()) {
        let name = name(estate, about, read.row, read.fact, read.key.as_deref());
        held.put(&name, read.fact, read.fact.def().worse, || cell(estate, read.row, read.fact, read.cell));
        deciding.push(name);
    }
    let read: BTreeSet<(Row, FactId)> =
        trace.facts.iter().filter(|read| read.member).map(|read| (read.row, read.fact)).collect();
    let closed = trace.closed.iter().map(|list| (list.row, list.fact));
    let mut from = vec![about];
    for (of, fact) in read.iter().copied().chain(closed) {
        deciding.push(held.list(of, fact));
        members(estate, of, fact, &mut from);
    }
    // What brings a subject among those that are asked about counts too: with more rights, a missing review is worse.
    let expressions = question.applies.into_iter().chain([question.passes]);
    let asked: BTreeSet<FactId> = expressions.flat_map(|expression| expression.facts()).collect();
    held.walk(from, &Vec::from_iter(asked));
    let (facts, all) = held.finish();
    Ground { digest: digest_of(estate, run, &trace.facts), deciding, facts, all }
}

/// What a waiver that is given now for the finding on a row keeps of it.
#[must_use]
pub fn given_for(estate: &Estate<'_>, question: &Question<'_>, run: &str, row: u32) -> GivenFor {
    let Ground { digest, facts, all, .. } = ground(estate, question, run, row);
    let facts = match all {
        Some(all) => BTreeMap::from([(ALL_FACTS.to_owned(), Kept::Text(all))]),
        None => facts.into_iter().map(|(name, held)| (name, held.value)).collect(),
    };
    GivenFor { digest, facts }
}

/// Facts while they are gathered: the first ones as they are, and all of them as a digest.
struct Holding<'a, 'w> {
    estate: &'a Estate<'w>,
    about: Row,
    facts: BTreeMap<String, Held>,
    /// The names that are in the digest.
    names: HashSet<String>,
    digester: Digester,
    too_much: bool,
}

impl<'a, 'w> Holding<'a, 'w> {
    fn new(estate: &'a Estate<'w>, about: Row) -> Self {
        let (facts, names) = (BTreeMap::new(), HashSet::new());
        Self { estate, about, facts, names, digester: Digester::default(), too_much: false }
    }

    /// Adds a fact, unless it is there.
    fn put(&mut self, name: &str, fact: FactId, worse: Worse, value: impl FnOnce() -> Kept) {
        if self.names.len() >= MOST_LOOKED_AT {
            self.too_much = true;
            return;
        }
        if !self.names.insert(name.to_owned()) {
            return;
        }
        let value = value();
        for part in [name, &value.to_string()] {
            self.digester.update(part.len().to_string().as_bytes());
            self.digester.update(b":");
            self.digester.update(part.as_bytes());
        }
        if self.facts.len() < MOST_FACTS {
            self.facts.insert(name.to_owned(), Held { fact, worse, value });
        }
    }

    fn single(&mut self, of: Row, fact: FactId) {
        let name = name(self.estate, self.about, of, fact, None);
        let estate = self.estate;
        self.put(&name, fact, fact.def().worse, || cell(estate, of, fact, estate.cell(of, fact)));
    }

    fn list(&mut self, of: Row, fact: FactId) -> String {
        let name = name(self.estate, self.about, of, fact, None);
        let estate = self.estate;
        self.put(&name, fact, fact.def().worse, || whole(estate, of, fact));
        name
    }

    /// Adds what is asked about these subjects, and about those that they are linked with by what is asked.
    fn walk(&mut self, from: Vec<Row>, asked: &[FactId]) {
        let mut asked: Vec<FactId> = asked.to_vec();
        asked.sort_by_key(|fact| fact.path());
        let links = |ty: &FactType| matches!(ty, FactType::Ref(_) | FactType::RefList(_));
        let furthest = asked.iter().filter(|fact| links(&fact.def().ty)).count().min(FURTHEST);
        let mut seen: HashSet<Row> = HashSet::new();
        let mut level = from;
        for _ in 0..=furthest {
            let mut next = Vec::new();
            for of in self.sorted(&mut seen, level) {
                for fact in asked.iter().copied().filter(|fact| fact.subject == of.subject) {
                    match fact.def().ty {
                        FactType::Map => {}
                        ty if ty.is_list() => {
                            self.list(of, fact);
                            members(self.estate, of, fact, &mut next);
                        }
                        _ => {
                            self.single(of, fact);
                            if let Cell::Known(Scalar::Ref(other)) = self.estate.cell(of, fact) {
                                next.push(other);
                            }
                        }
                    }
                    self.ground_of(of, fact);
                }
                if of.subject == Subject::Grant {
                    self.words(of);
                }
            }
            level = next;
        }
    }

    /// The rows that were not looked at yet, each once, by their ids.
    fn sorted(&mut self, seen: &mut HashSet<Row>, rows: Vec<Row>) -> Vec<Row> {
        let mut fresh: Vec<(String, Row)> = Vec::new();
        self.too_much |= rows.len() > MOST_ROWS;
        for row in rows {
            if self.too_much || seen.len() >= MOST_ROWS {
                self.too_much = true;
                break;
            }
            if seen.insert(row) {
                fresh.push((id_of(self.estate, row), row));
            }
        }
        fresh.sort();
        fresh.into_iter().map(|(_, row)| row).collect()
    }

    /// What makes a fact true that is worked out: another way to it is another fact, though its value is the same.
    fn ground_of(&mut self, of: Row, fact: FactId) {
        let mut identities = Vec::new();
        if fact == identity::REACHES_ADMIN.id || fact == identity::FULL_ADMIN.id {
            identities.push(of);
            if fact == identity::REACHES_ADMIN.id {
                self.list(of, identity::REACH.id);
                members(self.estate, of, identity::REACH.id, &mut identities);
            }
        } else if [ai_system::REACHES_ADMIN.id, ai_system::TOXIC_COMBINATIONS.id, ai_system::EFFECTS.id].contains(&fact)
        {
            for list in [ai_system::IDENTITIES.id, ai_system::TOOLS.id, ai_system::REACH.id] {
                self.list(of, list);
            }
            members(self.estate, of, ai_system::IDENTITIES.id, &mut identities);
            members(self.estate, of, ai_system::REACH.id, &mut identities);
        }
        self.too_much |= identities.len() > MOST_ROWS;
        for (at, one) in identities.into_iter().enumerate() {
            if self.too_much {
                return;
            }
            self.single(one, identity::FULL_ADMIN.id);
            // Of the identities further on it is enough that they are there, and whether they are administrators.
            if at == 0 || of.subject == Subject::AiSystem {
                self.list(one, identity::GRANTS.id);
                self.list(one, identity::CAN_BECOME.id);
                let mut grants = Vec::new();
                members(self.estate, one, identity::GRANTS.id, &mut grants);
                self.too_much |= grants.len() > MOST_ROWS;
                for grant in grants {
                    self.words(grant);
                }
            }
        }
    }

    /// The words of a grant. Its id is a position, and another statement may come to stand there.
    fn words(&mut self, of: Row) {
        let whose = id_of(self.estate, of);
        let estate = self.estate;
        self.put(&format!("grant.words of {whose}"), grant::ACTIONS.id, Worse::Higher, || {
            shortest(words::of(estate, of), false)
        });
    }

    fn finish(self) -> (BTreeMap<String, Held>, Option<String>) {
        let all = if self.too_much {
            Some(TOO_MUCH.to_owned())
        } else if self.names.len() > MOST_FACTS {
            Some(format!("{}, SHA-256 {}", self.names.len(), self.digester.finish()))
        } else {
            None
        };
        (self.facts, all)
    }
}

/// `credential.enabled`, with the entry of a map, and with whose it is where that is another subject.
fn name(estate: &Estate<'_>, about: Row, of: Row, fact: FactId, key: Option<&str>) -> String {
    let key = key.map(|key| format!("[{}]", crate::base::text::shown(key))).unwrap_or_default();
    let whose = if of == about { String::new() } else { format!(" of {}", id_of(estate, of)) };
    format!("{}{key}{whose}", fact.path())
}

fn cell(estate: &Estate<'_>, of: Row, fact: FactId, cell: Cell<'_>) -> Kept {
    match cell {
        Cell::Absent => Kept::Absent,
        Cell::Unknown(_) => Kept::Unknown,
        Cell::Known(Scalar::Bool(value)) => Kept::Bool(value),
        Cell::Known(Scalar::Int(value) | Scalar::Duration(value)) => Kept::Int(value),
        Cell::Known(scalar) => Kept::Text(value_of(estate, of, fact, scalar)),
    }
}

/// The subjects that a list names.
fn members(estate: &Estate<'_>, of: Row, fact: FactId, all: &mut Vec<Row>) {
    estate.list(of, fact, &mut |member| {
        if let Scalar::Ref(row) = member.value {
            all.push(row);
        }
        all.len() <= MOST_ROWS
    });
}

/// All members of a list.
fn whole(estate: &Estate<'_>, of: Row, fact: FactId) -> Kept {
    let mut members = BTreeSet::new();
    let completeness = estate.list(of, fact, &mut |member| {
        members.insert(value_of(estate, of, fact, member.value));
        true
    });
    shortest(members, completeness != Completeness::Complete)
}

/// Members as they are, or as their count and a digest where there are too many.
fn shortest(members: BTreeSet<String>, open: bool) -> Kept {
    if members.len() > MOST_MEMBERS {
        let mut digester = Digester::default();
        for member in &members {
            digester.update(member.as_bytes());
            digester.update(b"\n");
        }
        let more = if open { OR_MORE } else { "" };
        return Kept::Text(format!("{} members{more}, SHA-256 {}", members.len(), digester.finish()));
    }
    Kept::List(members.into_iter().collect(), open)
}
