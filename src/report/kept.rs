//! The findings that a report shows: the worst of each check run, and the worst of all.

use std::collections::BTreeMap;
use std::io;

use crate::contract::v1::{Finding, FindingSink, Worst};

/// How many findings a report shows of one check run.
pub const SHOWN: usize = 15;
/// How many findings it shows of all together.
pub(super) const SHOWN_OF_ALL: usize = 25;

/// The worst findings. What is kept does not grow with the number of findings.
#[derive(Debug)]
pub struct Kept {
    by_run: BTreeMap<String, OfRun>,
    /// Over all check runs, without those that a waiver covers.
    all: Worst,
}

/// The findings of one check run, where all have one severity.
#[derive(Debug)]
struct OfRun {
    open: Worst,
    waived: Worst,
}

impl Default for Kept {
    fn default() -> Self {
        Self { by_run: BTreeMap::new(), all: Worst::new(SHOWN_OF_ALL) }
    }
}

impl Kept {
    /// The findings of one check run to show: those that a waiver covers come after the others.
    pub fn of_run(&self, run: &str) -> impl Iterator<Item = &Finding> {
        self.by_run.get(run).into_iter().flat_map(|of| of.open.iter().chain(of.waived.iter())).take(SHOWN)
    }

    /// How many findings of one check run are not shown.
    #[must_use]
    pub fn more_of_run(&self, run: &str) -> u64 {
        let seen = self.by_run.get(run).map_or(0, |of| of.open.seen().saturating_add(of.waived.seen()));
        seen.saturating_sub(SHOWN as u64)
    }

    /// The worst of all that no waiver covers.
    #[must_use]
    pub fn worst(&self) -> &Worst {
        &self.all
    }
}

impl FindingSink for Kept {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if !self.by_run.contains_key(&finding.check_run) {
            let none = OfRun { open: Worst::new(SHOWN), waived: Worst::new(SHOWN) };
            self.by_run.insert(finding.check_run.clone(), none);
        }
        let of_run = self.by_run.get_mut(&finding.check_run);
        match (of_run, finding.waiver) {
            (Some(of), Some(_)) => of.waived.offer(finding),
            (Some(of), None) => of.open.offer(finding),
            (None, _) => {}
        }
        if finding.waiver.is_none() {
            self.all.offer(finding);
        }
        Ok(())
    }
}
