//! How each waiver stands on the date of assessment, and the facts that checks ask of it.

use std::collections::BTreeSet;

use super::Terms;
use crate::control::waiver::SCOPE;
use crate::control::{CheckRun, Waiver};
use crate::model::facts::waiver;
use crate::model::schema::Fact;
use crate::model::storable::Storable;
use crate::model::table::Presence;
use crate::model::{Subject, Sym, World};

/// How many findings are named of each way in which a waiver fails to cover one.
pub const NAMED: usize = 20;

/// Whether a waiver is in force on a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It is.
    InForce,
    /// Its first day has not come.
    NotBegun,
    /// Its last day is over.
    Expired,
    /// It is longer than the profile allows, and so never in force.
    TooLong,
}

/// How a waiver meets a finding that its subjects match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meeting {
    /// The subject of the finding.
    pub subject: String,
    /// It was given for others.
    pub more: bool,
    /// Whether its approver owns the subject; `None` if that is not known.
    pub owner: Option<bool>,
    /// What got worse since it was given.
    pub worse: Option<String>,
    /// It covers the finding, unless one before it does.
    pub covers: bool,
}

/// Findings that a waiver matches and does not cover, for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Few {
    /// How many there are.
    pub count: u64,
    /// Check run, subject and what there is to say of the first of them.
    pub first: Vec<(String, String, String)>,
}

impl Few {
    fn add(&mut self, run: &str, subject: &str, said: &str) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push((run.to_owned(), subject.to_owned(), said.to_owned()));
        }
    }
}

/// How a waiver stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is in force.
    pub state: State,
    /// Whether its check is among those of the assessment.
    pub asked: bool,
    /// How many findings its subjects match.
    pub matches: u64,
    /// How many of them it covers.
    pub covers: u64,
    /// The waivers before it, by position, that cover what it would cover.
    pub earlier: BTreeSet<u32>,
    /// Those for which it was not given.
    pub more: Few,
    /// Those whose facts got worse since it was given, with what got worse.
    pub lapsed: Few,
    /// Those whose owner approved it.
    pub owned: Few,
    /// Those of which it is not known that the approver is another than all who own them.
    pub unowned: Few,
}

/// How all waivers stand, in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// One for each waiver.
    pub standings: Vec<Standing>,
}

impl Settled {
    pub(super) fn new(all: &[Waiver], terms: Terms) -> Self {
        let standing = |waiver: &Waiver| Standing {
            state: terms.state(waiver),
            asked: false,
            matches: 0,
            covers: 0,
            earlier: BTreeSet::new(),
            more: Few::default(),
            lapsed: Few::default(),
            owned: Few::default(),
            unowned: Few::default(),
        };
        Self { standings: all.iter().map(standing).collect() }
    }

    pub(super) fn asked(&mut self, all: &[Waiver], run: &CheckRun) {
        for (standing, waiver) in self.standings.iter_mut().zip(all) {
            standing.asked |= waiver.is_for(&run.check, &run.id);
        }
    }

    pub(super) fn met(&mut self, run: &str, meetings: Vec<(u32, Meeting)>, covers: Option<u32>) {
        for (at, meeting) in meetings {
            let Some(standing) = self.standings.get_mut(at as usize) else { continue };
            standing.matches += 1;
            standing.covers += u64::from(covers == Some(at));
            standing.earlier.extend(covers.filter(|by| meeting.covers && *by != at));
            if meeting.more {
                standing.more.add(run, &meeting.subject, "");
            }
            match meeting.owner {
                Some(true) => standing.owned.add(run, &meeting.subject, ""),
                None => standing.unowned.add(run, &meeting.subject, ""),
                Some(false) => {}
            }
            if let Some(worse) = &meeting.worse {
                standing.lapsed.add(run, &meeting.subject, worse);
            }
        }
    }
}

/// Puts waivers among the subjects, so that checks can ask about them.
pub fn record(world: &mut World, all: &[Waiver], settled: &Settled, terms: Terms) {
    let mut names = BTreeSet::new();
    for (one, standing) in all.iter().zip(&settled.standings) {
        if !names.insert(&one.id) {
            continue;
        }
        let (row, _) = world.upsert(Subject::Waiver, &format!("{SCOPE}:waiver:{}", one.id));
        world.table_mut(Subject::Waiver).set_presence(row, Presence::Listed);
        text(world, row, waiver::ID, &format!("{SCOPE}:waiver:{}", one.id));
        text(world, row, waiver::NAME, &one.id);
        text(world, row, waiver::SCOPE, SCOPE);
        text(world, row, waiver::CHECK, &one.check);
        text(world, row, waiver::APPROVER, &one.approver);
        text(world, row, waiver::TICKET, &one.ticket);
        put(world, row, waiver::KIND, one.kind);
        put(world, row, waiver::OPENED_AT, one.opened);
        put(world, row, waiver::EXPIRES_AT, one.expires);
        put(world, row, waiver::ASKED, standing.asked);
        put(world, row, waiver::MATCHES, i64::try_from(standing.matches).unwrap_or(i64::MAX));
        put(world, row, waiver::MATCHES_MORE, i64::try_from(standing.more.count).unwrap_or(i64::MAX));
        put(world, row, waiver::KEEPS_FACTS, one.keeps_facts());
        put(world, row, waiver::ONLY_WILDCARDS, one.has_only_wildcards());
        put(world, row, waiver::OVER_LIMIT, terms.is_over_limit(one));
        if standing.owned.count > 0 || standing.unowned.count == 0 {
            put(world, row, waiver::APPROVER_IS_OWNER, standing.owned.count > 0);
        }
    }
}

fn put<T: Storable>(world: &mut World, row: u32, fact: Fact<T>, value: T::Input) {
    world.table_mut(Subject::Waiver).put(fact.id, row, T::encode(value), 0);
}

fn text(world: &mut World, row: u32, fact: Fact<Sym>, value: &str) {
    let sym = world.strings.intern(value);
    put(world, row, fact, sym);
}
