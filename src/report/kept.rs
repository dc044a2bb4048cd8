//! The findings that a report shows: the worst of each check run, and the worst of all.

use std::collections::BTreeMap;
use std::io;

use crate::contract::v1::{Finding, FindingSink, Worst};

/// How many findings a report shows of one check run, and of all together.
pub const SHOWN: usize = 25;

/// The worst findings. What is kept does not grow with the number of findings.
#[derive(Debug)]
pub struct Kept {
    /// By check run, where all have one severity.
    by_run: BTreeMap<String, Worst>,
    /// Over all check runs, without those that a waiver covers.
    all: Worst,
}

impl Default for Kept {
    fn default() -> Self {
        Self { by_run: BTreeMap::new(), all: Worst::new(SHOWN) }
    }
}

impl Kept {
    /// The worst of one check run.
    #[must_use]
    pub fn of_run(&self, run: &str) -> Option<&Worst> {
        self.by_run.get(run)
    }

    /// The worst of all that no waiver covers.
    #[must_use]
    pub fn worst(&self) -> &Worst {
        &self.all
    }
}

impl FindingSink for Kept {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        if finding.waiver.is_none() {
            self.all.offer(finding);
        }
        match self.by_run.get_mut(&finding.check_run) {
            Some(worst) => worst.offer(finding),
            None => {
                let mut worst = Worst::new(SHOWN);
                worst.offer(finding);
                self.by_run.insert(finding.check_run.clone(), worst);
            }
        }
        Ok(())
    }
}
