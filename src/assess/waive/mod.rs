//! Waivers, held against the findings: whom each covers, and how it stands.
//!
//! A waiver hides nothing: what it covers stays a failure, and is counted apart.

mod kept;
mod owned;
mod standing;
mod words;
mod worked_out;
mod worse;

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;

use super::judge::{Judged, Question, Verdict};
use super::named::id_of;
use super::population::Orders;
use crate::base::time::{Instant, Span};
use crate::control::{CheckRun, Waiver};
use crate::graph::Estate;
use crate::model::{Row, Subject};

pub use kept::given_for;
pub use owned::Owners;
pub use standing::{Few, NAMED, Settled, Standing, State, record};

use standing::Meeting;

/// What waivers are held against beside the findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The date of assessment.
    pub as_of: Instant,
    /// How long a waiver may be in force.
    pub longest: Option<Span>,
}

impl Terms {
    /// The date, and what the profile allows.
    #[must_use]
    pub fn new(as_of: Instant, longest: Option<Span>) -> Self {
        Self { as_of, longest }
    }

    /// Whether a waiver is in force on the date.
    #[must_use]
    pub fn state(self, waiver: &Waiver) -> State {
        if self.is_over_limit(waiver) {
            State::TooLong
        } else if self.as_of < waiver.opened {
            State::NotBegun
        } else if self.as_of < waiver.expires {
            State::InForce
        } else {
            State::Expired
        }
    }

    /// True for a waiver that is longer than the profile allows.
    #[must_use]
    pub fn is_over_limit(self, waiver: &Waiver) -> bool {
        self.longest.is_some_and(|longest| waiver.opened.until(waiver.expires) > longest)
    }
}

/// A check run, and the waivers that are for its findings.
struct Candidates<'a> {
    all: &'a [Waiver],
    /// By id of a subject: the waivers that name it.
    named: HashMap<&'a str, Vec<u32>>,
    /// Those with patterns.
    patterned: Vec<u32>,
}

impl<'a> Candidates<'a> {
    fn of(all: &'a [Waiver], run: &CheckRun) -> Self {
        let mut candidates = Self { all, named: HashMap::new(), patterned: Vec::new() };
        for (at, waiver) in (0_u32..).zip(all).filter(|(_, waiver)| waiver.is_for(&run.check, &run.id)) {
            for subject in &waiver.subjects {
                candidates.named.entry(subject).or_default().push(at);
            }
            if !waiver.patterns.is_empty() {
                candidates.patterned.push(at);
            }
        }
        candidates
    }

    fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    /// The waivers whose subjects match, in their order.
    fn matching(&self, subject: &str) -> Vec<(u32, &'a Waiver)> {
        let mut found = self.named.get(subject).cloned().unwrap_or_default();
        found.extend(self.patterned.iter().copied().filter(|at| {
            self.all.get(*at as usize).is_some_and(|one| one.patterns.iter().any(|pattern| pattern.matches(subject)))
        }));
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| Some((at, self.all.get(at as usize)?))).collect()
    }
}

/// How waivers meet one finding, in their order.
fn meetings<'a>(
    estate: &Estate<'_>,
    owners: &owned::Owners,
    candidates: &Candidates<'a>,
    terms: Terms,
    run: &CheckRun,
    question: &Question<'_>,
    row: u32,
) -> Vec<(u32, Meeting)> {
    let about = Row::new(question.subject, row);
    let subject = id_of(estate, about);
    // The same for all waivers that name it, however many there are.
    let ground = OnceCell::new();
    let meet = |waiver: &'a Waiver| {
        let given = waiver.given_for.get(&subject);
        let owner = owners.is_owner(estate, about, &waiver.approver);
        if waiver.names_findings() && given.is_none() {
            // It covers none of those, so that it is only told where the approver is known to own one.
            let owner = Some(owner == Some(true));
            return Meeting { subject: subject.clone(), more: true, owner, worse: None, covers: false };
        }
        let in_force = terms.state(waiver) == State::InForce;
        let worse = given
            .filter(|_| in_force)
            .and_then(|given| worse::worse(ground.get_or_init(|| kept::ground(estate, question, &run.id, row)), given));
        let covers = in_force && owner != Some(true) && worse.is_none();
        Meeting { subject: subject.clone(), more: false, owner, worse, covers }
    };
    candidates.matching(&subject).into_iter().map(|(at, waiver)| (at, meet(waiver))).collect()
}

/// The waiver that covers a failure, by its position among all.
#[must_use]
pub fn covering(
    estate: &Estate<'_>,
    all: &[Waiver],
    terms: Terms,
    run: &CheckRun,
    question: &Question<'_>,
    row: u32,
) -> Option<u32> {
    let candidates = Candidates::of(all, run);
    if candidates.is_empty() {
        return None;
    }
    let met = meetings(estate, &owned::Owners::of(estate), &candidates, terms, run, question, row);
    met.into_iter().find(|(_, meeting)| meeting.covers).map(|(at, _)| at)
}

/// Holds all waivers against all failures: how each waiver stands, and by run and row which one covers.
///
/// The result does not depend on how many threads there are.
#[must_use]
pub fn settle(
    estate: &Estate<'_>,
    orders: &Orders,
    all: &[Waiver],
    terms: Terms,
    runs: &[CheckRun],
    questions: &[Question<'_>],
    judged: &[Judged],
) -> (Settled, Vec<BTreeMap<u32, u32>>) {
    let mut settled = Settled::new(all, terms);
    let mut covered = Vec::new();
    let owners = if all.is_empty() { owned::Owners::default() } else { owned::Owners::of(estate) };
    for ((run, question), judged) in runs.iter().zip(questions).zip(judged) {
        let candidates = Candidates::of(all, run);
        let mut of_run = BTreeMap::new();
        settled.asked(all, run);
        if !candidates.is_empty() && question.subject != Subject::Waiver {
            let rows = orders.get(question.subject).rows.iter().zip(&judged.verdicts);
            let failed: Vec<u32> =
                rows.filter(|(_, verdict)| **verdict == Verdict::Fail).map(|(row, _)| *row).collect();
            for piece in failed.chunks(4096) {
                let met: Vec<(u32, Vec<(u32, Meeting)>)> = piece
                    .par_iter()
                    .map(|row| (*row, meetings(estate, &owners, &candidates, terms, run, question, *row)))
                    .collect();
                for (row, meetings) in met {
                    let covers = meetings.iter().find(|(_, meeting)| meeting.covers).map(|(at, _)| *at);
                    of_run.extend(covers.map(|at| (row, at)));
                    settled.met(&run.id, meetings, covers);
                }
            }
        }
        covered.push(of_run);
    }
    (settled, covered)
}

/// A finding of a waiver's check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The check run, by its position in the plan.
    pub run: usize,
    /// Whom it is about.
    pub row: Row,
    /// The id of that.
    pub subject: String,
}

/// The failures of a waiver's check, waived already or not.
pub fn failures<'a>(
    estate: &'a Estate<'_>,
    orders: &'a Orders,
    waiver: &'a Waiver,
    runs: &'a [CheckRun],
    questions: &'a [Question<'_>],
    judged: &'a [Judged],
) -> impl Iterator<Item = Found> + 'a {
    let asked = runs.iter().zip(questions).zip(judged).enumerate();
    asked.filter(|(_, ((run, _), _))| waiver.is_for(&run.check, &run.id)).flat_map(
        move |(run, ((_, question), judged))| {
            let rows = orders.get(question.subject).rows.iter().zip(&judged.verdicts);
            rows.filter(|(_, verdict)| verdict.is_finding()).map(move |(row, _)| {
                let row = Row::new(question.subject, *row);
                Found { run, row, subject: id_of(estate, row) }
            })
        },
    )
}
