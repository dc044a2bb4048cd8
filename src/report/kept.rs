//! The findings that a report shows: the worst of each check run, and the worst of all.

use std::collections::BTreeMap;
use std::io;
use std::sync::{PoisonError, RwLock};

use crate::contract::v1::{Finding, FindingSink, PartSink, Worst};

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

    fn of(&mut self, run: &str) -> Option<&mut OfRun> {
        if !self.by_run.contains_key(run) {
            let none = OfRun { open: Worst::new(SHOWN), waived: Worst::new(SHOWN) };
            self.by_run.insert(run.to_owned(), none);
        }
        self.by_run.get_mut(run)
    }

    fn offer(&mut self, finding: &Finding) {
        if let Some(of) = self.of(&finding.check_run) {
            if finding.waiver.is_some() { &mut of.waived } else { &mut of.open }.offer(finding);
        }
        if finding.waiver.is_none() {
            self.all.offer(finding);
        }
    }

    fn wants(&self, finding: &Finding) -> bool {
        let of = self.by_run.get(&finding.check_run);
        let waived = finding.waiver.is_some();
        let list = of.map(|of| if waived { &of.waived } else { &of.open });
        list.is_none_or(|list| list.wants(finding)) || (!waived && self.all.wants(finding))
    }

    fn pass_over(&mut self, passed: &Passed) {
        if let Some(of) = self.of(&passed.run) {
            if passed.waived { &mut of.waived } else { &mut of.open }.pass_over(passed.findings);
        }
        if !passed.waived {
            self.all.pass_over(passed.findings);
        }
    }
}

impl FindingSink for Kept {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.offer(finding);
        Ok(())
    }
}

/// Findings that are not kept, counted.
#[derive(Debug)]
struct Passed {
    run: String,
    waived: bool,
    findings: u64,
}

/// Of some findings, those that may be kept, and how many others there are.
#[derive(Debug)]
pub struct KeptPart {
    wanted: Vec<Finding>,
    passed: Vec<Passed>,
}

/// [`Kept`], while threads look through findings at once.
#[derive(Debug, Default)]
pub struct Keeping(RwLock<Kept>);

impl Keeping {
    /// What was kept.
    #[must_use]
    pub fn finish(self) -> Kept {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PartSink for Keeping {
    type Part = KeptPart;

    fn part(&self, findings: Vec<Finding>) -> io::Result<KeptPart> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut part = KeptPart { wanted: Vec::new(), passed: Vec::new() };
        for finding in findings {
            if kept.wants(&finding) {
                part.wanted.push(finding);
                continue;
            }
            let waived = finding.waiver.is_some();
            match part.passed.last_mut() {
                Some(last) if last.run == finding.check_run && last.waived == waived => last.findings += 1,
                _ => part.passed.push(Passed { run: finding.check_run, waived, findings: 1 }),
            }
        }
        Ok(part)
    }

    fn take(&self, part: KeptPart) -> io::Result<()> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        part.wanted.iter().for_each(|finding| kept.offer(finding));
        part.passed.iter().for_each(|passed| kept.pass_over(passed));
        Ok(())
    }
}
