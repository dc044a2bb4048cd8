//! What a finding rests on, as a waiver keeps it: facts by name, as they stand.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::words;
use super::worked_out::{OF_THE_DATE, OF_WAYS, by_lists};
use crate::assess::judge::{Question, trace_of};
use crate::assess::named::{digest_of, id_of, value_of};
use crate::base::digest::Digester;
use crate::control::waiver::{ALL_FACTS, BOUNDARY, DENIES, GROUPS, GivenFor, Kept, MOST_FACTS, UNREAD};
use crate::expr::Expr;
use crate::graph::Estate;
use crate::model::facts::{ai_system, grant, group, identity, policy, resource};
use crate::model::policy::Statement;
use crate::model::schema::{FactId, FactType, Worse};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject, Why};

/// Most members of a list that are kept one by one.
const MOST_MEMBERS: usize = 200;
/// Most subjects that are looked at for one finding.
const MOST_ROWS: usize = 10_000;
/// Most links that are looked at for what is worked out of one finding's.
const MOST_LINKS: usize = 200_000;
/// Most facts that are looked at for one finding.
const MOST_LOOKED_AT: usize = 100_000;
/// How many links away from the subject of a finding others are looked at, at most.
const FURTHEST: usize = 6;
/// What a list of so many members that only their digest is kept says of it, where there may be others.
pub(super) const OR_MORE: &str = " or more";
/// What stands for all facts where even comparing them is too much.
pub(super) const TOO_MUCH: &str = "more than can be compared";

/// In which way what is kept is held against what it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As the fact's definition says.
    Plain,
    /// Rights, of which a part is not more.
    Rights,
    /// What is denied, of which no part may be missing.
    Denies,
    /// Links, of which one that is less sure or has a condition is not more.
    Links,
}

/// A fact as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    /// Its definition's place.
    pub fact: FactId,
    /// Which direction is worse.
    pub worse: Worse,
    /// How it is compared.
    pub form: Form,
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
    // Lists first: what they have that they had not says more than what one of their members is.
    let read: BTreeSet<(Row, FactId)> =
        trace.facts.iter().filter(|read| read.member).map(|read| (read.row, read.fact)).collect();
    let closed = trace.closed.iter().map(|list| (list.row, list.fact));
    let mut from = vec![about];
    for (of, fact) in read.iter().copied().chain(closed) {
        deciding.push(held.list(of, fact));
        members(estate, of, fact, &mut from);
    }
    for read in trace.facts.iter().filter(|read| !read.member && !read.fact.def().ty.is_list()) {
        if OF_THE_DATE.contains(&read.fact) {
            continue;
        }
        if read.row.subject == Subject::Grant {
            deciding.extend(held.rights_of_grant(read.row));
            continue;
        }
        let name = name(estate, about, read.row, read.fact, read.key.as_deref());
        held.put(&name, read.fact, read.fact.def().worse, Form::Plain, || cell(estate, read.row, read.fact, read.cell));
        deciding.push(name);
    }
    let expressions = question.applies.into_iter().chain([question.passes]);
    let asked: BTreeSet<FactId> = expressions.flat_map(Expr::facts).collect();
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
    ///
    /// A single value that is too old to count is left out: that is no change of it.
    fn put(&mut self, name: &str, fact: FactId, worse: Worse, form: Form, value: impl FnOnce() -> Option<Kept>) {
        if self.names.len() >= MOST_LOOKED_AT {
            self.too_much = true;
            return;
        }
        if !self.names.insert(name.to_owned()) {
            return;
        }
        let Some(value) = value() else { return };
        for part in [name, &value.to_string()] {
            self.digester.update(part.len().to_string().as_bytes());
            self.digester.update(b":");
            self.digester.update(part.as_bytes());
        }
        if self.facts.len() < MOST_FACTS {
            self.facts.insert(name.to_owned(), Held { fact, worse, form, value });
        }
    }

    fn single(&mut self, of: Row, fact: FactId) {
        if OF_THE_DATE.contains(&fact) {
            return;
        }
        let name = name(self.estate, self.about, of, fact, None);
        let estate = self.estate;
        self.put(&name, fact, fact.def().worse, Form::Plain, || cell(estate, of, fact, estate.cell(of, fact)));
    }

    fn list(&mut self, of: Row, fact: FactId) -> String {
        if of.subject == Subject::Grant {
            return self.rights_of_grant(of).unwrap_or_default();
        }
        let estate = self.estate;
        let name = name(estate, self.about, of, fact, None);
        match fact.def().ty {
            FactType::RefList(Subject::Grant) => self.rights(of, fact),
            FactType::RefList(Subject::Becoming) => {
                self.put(&name, fact, Worse::Higher, Form::Links, || {
                    Some(listed(estate, of, fact, |member| match member {
                        Scalar::Ref(link) => words::of_link(estate, link),
                        other => value_of(estate, of, fact, other),
                    }))
                });
            }
            _ => self.put(&name, fact, fact.def().worse, Form::Plain, || {
                Some(listed(estate, of, fact, |member| value_of(estate, of, fact, member)))
            }),
        }
        name
    }

    /// Adds the rights that a grant is one of; the name of them.
    fn rights_of_grant(&mut self, grant: Row) -> Option<String> {
        let (_, holder) = self.estate.statement_of(grant)?;
        let of = grants_of(holder);
        self.rights(holder, of);
        Some(name(self.estate, self.about, holder, of, None))
    }

    /// Adds the rights of an identity or of a policy, and what limits them. Which statement says a right, and where that
    /// stands, does not matter.
    fn rights(&mut self, of: Row, fact: FactId) {
        let estate = self.estate;
        let words = |statement: &Statement| words::of_statement(estate.world, statement);
        self.put(&name(estate, self.about, of, fact, None), fact, Worse::Higher, Form::Rights, || {
            Some(listed(estate, of, fact, |member| match member {
                Scalar::Ref(grant) => {
                    estate.statement_of(grant).map_or_else(String::new, |(statement, _)| words(statement))
                }
                other => value_of(estate, of, fact, other),
            }))
        });
        let whose = whose(estate, self.about, of);
        if of.subject != Subject::Identity {
            self.put(&format!("{DENIES}{whose}"), grant::ACTIONS.id, Worse::Lower, Form::Denies, || {
                Some(shortest(estate.denies_of(of.index).map(words).collect(), false))
            });
            return;
        }
        self.put(&format!("{DENIES}{whose}"), grant::ACTIONS.id, Worse::Lower, Form::Denies, || {
            let of_boundary = estate.bounds(of.index).filter(|statement| !statement.allow);
            Some(shortest(estate.denies(of.index).chain(of_boundary).map(words).collect(), false))
        });
        self.put(&format!("{BOUNDARY}{whose}"), grant::ACTIONS.id, Worse::Higher, Form::Rights, || {
            let allowed: BTreeSet<String> = estate.bounds(of.index).filter(|bound| bound.allow).map(words).collect();
            match estate.cell(of, identity::BOUNDARY.id) {
                Cell::Absent => Some(Kept::List(vec![words::EVERYTHING.to_owned()], false)),
                Cell::Known(_) if estate.bounds(of.index).next().is_some() => Some(shortest(allowed, false)),
                Cell::Unknown(Why::Stale) => None,
                _ => Some(Kept::Unknown),
            }
        });
        self.put(&format!("{UNREAD}{whose}"), grant::ACTIONS.id, Worse::Higher, Form::Plain, || {
            Some(shortest(estate.unread(of.index).into_iter().map(|row| id_of(estate, row)).collect(), false))
        });
    }

    /// Adds the resources that the grants of someone reach.
    fn reached(&mut self, of: Row, next: &mut Vec<Row>) {
        let estate = self.estate;
        let name = format!("{}{}", grant::REACHED.id.path(), whose(estate, self.about, of));
        if self.names.contains(&name) {
            return;
        }
        let list = grants_of(of);
        let mut grants = Vec::new();
        members(estate, of, list, &mut grants);
        let (mut all, mut open) = (BTreeSet::new(), false);
        for grant in grants {
            let completeness = estate.list(grant, grant::REACHED.id, &mut |member| {
                if let Scalar::Ref(resource) = member.value {
                    all.insert(id_of(estate, resource));
                    next.push(resource);
                }
                next.len() <= MOST_ROWS
            });
            open |= !matches!(completeness, Completeness::Complete | Completeness::Open(Why::Stale));
        }
        self.put(&name, grant::REACHED.id, Worse::Higher, Form::Plain, || Some(shortest(all, open)));
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
                if of.subject == Subject::Grant {
                    self.grant(of, &asked, &mut next);
                    continue;
                }
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
                self.always_of(of);
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

    /// A grant is kept by the rights that it is one of; what is asked of it leads on.
    fn grant(&mut self, of: Row, asked: &[FactId], next: &mut Vec<Row>) {
        let Some((_, holder)) = self.estate.statement_of(of) else { return };
        self.rights_of_grant(of);
        if asked.contains(&grant::REACHED.id) {
            self.reached(holder, next);
        }
        if asked.contains(&grant::POLICY.id)
            && let Cell::Known(Scalar::Ref(policy)) = self.estate.cell(of, grant::POLICY.id)
        {
            next.push(policy);
        }
    }

    /// What counts of a subject whatever is asked of it: who holds a policy, and what a tool runs and does.
    fn always_of(&mut self, of: Row) {
        match of.subject {
            Subject::Policy => {
                self.list(of, policy::HOLDERS.id);
                let estate = self.estate;
                let name = format!("{GROUPS}{}", whose(estate, self.about, of));
                self.put(&name, policy::HOLDERS.id, Worse::Higher, Form::Plain, || {
                    let table = estate.world.table(Subject::Group);
                    let has = |row: &u32| {
                        table.members(group::POLICIES.id, *row).iter().any(|(_, policy, _)| *policy == of.index)
                    };
                    let groups = table.rows().filter(has).map(|row| id_of(estate, Row::new(Subject::Group, row)));
                    Some(shortest(groups.collect(), false))
                });
            }
            Subject::Resource => {
                self.single(of, resource::TARGET.id);
                self.list(of, resource::EFFECTS.id);
            }
            _ => {}
        }
    }

    /// What makes a fact true that is worked out: another way to it is another fact, though its value is the same.
    fn ground_of(&mut self, of: Row, fact: FactId) {
        for list in by_lists(fact) {
            self.list(of, *list);
        }
        if !OF_WAYS.contains(&fact) {
            return;
        }
        let mut identities = Vec::new();
        if of.subject == Subject::AiSystem {
            for list in [ai_system::IDENTITIES.id, ai_system::CREDENTIALS.id, ai_system::TOOLS.id, ai_system::REACH.id]
            {
                self.list(of, list);
            }
            members(self.estate, of, ai_system::IDENTITIES.id, &mut identities);
            members(self.estate, of, ai_system::REACH.id, &mut identities);
            let mut tools = Vec::new();
            members(self.estate, of, ai_system::TOOLS.id, &mut tools);
            self.too_much |= tools.len() > MOST_ROWS;
            for tool in tools {
                self.always_of(tool);
            }
        } else {
            identities.push(of);
            self.list(of, identity::REACH.id);
            members(self.estate, of, identity::REACH.id, &mut identities);
        }
        self.too_much |= identities.len() > MOST_ROWS;
        let mut links = 0_usize;
        for one in identities {
            self.estate.list(one, identity::CAN_BECOME.id, &mut |_| {
                links += 1;
                links <= MOST_LINKS
            });
            self.too_much |= links > MOST_LINKS;
            if self.too_much {
                return;
            }
            self.single(one, identity::FULL_ADMIN.id);
            self.list(one, identity::GRANTS.id);
            self.list(one, identity::CAN_BECOME.id);
        }
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

/// The list of the grants of an identity, or of a policy.
fn grants_of(holder: Row) -> FactId {
    if holder.subject == Subject::Policy { policy::GRANTS.id } else { identity::GRANTS.id }
}

/// `credential.enabled`, with the entry of a map, and with whose it is where that is another subject.
fn name(estate: &Estate<'_>, about: Row, of: Row, fact: FactId, key: Option<&str>) -> String {
    let key = key.map(|key| format!("[{}]", crate::base::text::shown(key))).unwrap_or_default();
    format!("{}{key}{}", fact.path(), whose(estate, about, of))
}

/// Whose a fact is, where that is another subject than the finding's.
fn whose(estate: &Estate<'_>, about: Row, of: Row) -> String {
    match of.subject {
        _ if of == about => String::new(),
        Subject::Becoming => format!(" of {}", words::name_of_link(estate, of)),
        _ => format!(" of {}", id_of(estate, of)),
    }
}

fn cell(estate: &Estate<'_>, of: Row, fact: FactId, cell: Cell<'_>) -> Option<Kept> {
    Some(match cell {
        Cell::Absent => Kept::Absent,
        Cell::Unknown(Why::Stale) => return None,
        Cell::Unknown(_) => Kept::Unknown,
        Cell::Known(Scalar::Bool(value)) => Kept::Bool(value),
        Cell::Known(Scalar::Int(value) | Scalar::Duration(value)) => Kept::Int(value),
        Cell::Known(scalar) => Kept::Text(value_of(estate, of, fact, scalar)),
    })
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

/// All members of a list, each in words. That what says whether they are all has grown too old is no change of it.
fn listed(estate: &Estate<'_>, of: Row, fact: FactId, words: impl Fn(Scalar<'_>) -> String) -> Kept {
    let mut members = BTreeSet::new();
    let completeness = estate.list(of, fact, &mut |member| {
        members.insert(words(member.value));
        true
    });
    shortest(members, !matches!(completeness, Completeness::Complete | Completeness::Open(Why::Stale)))
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
