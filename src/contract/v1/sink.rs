//! Where findings go, one by one: the trait, several sinks at once, and the bounded list of the worst.

use std::collections::BTreeMap;
use std::io;

use super::finding::Finding;
use super::words::Severity;

/// Takes findings one by one, in the order of the results file.
pub trait FindingSink {
    /// Takes one finding.
    ///
    /// # Errors
    /// What writing it down gives.
    fn finding(&mut self, finding: &Finding) -> io::Result<()>;
}

/// Takes findings some at a time: many threads make something of them at once, and that is taken in order.
pub trait PartSink: Sync {
    /// What is made of some findings that follow one another.
    type Part: Send;

    /// Makes of findings all that can be made without those before them.
    ///
    /// # Errors
    /// What writing them down gives.
    fn part(&self, findings: Vec<Finding>) -> io::Result<Self::Part>;

    /// Takes what was made, in the order of the results file.
    ///
    /// # Errors
    /// What writing it down gives.
    fn take(&self, part: Self::Part) -> io::Result<()>;
}

impl<S: FindingSink + ?Sized> FindingSink for &mut S {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        (**self).finding(finding)
    }
}

impl FindingSink for Vec<Finding> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.push(finding.clone());
        Ok(())
    }
}

/// Gives each finding to two sinks.
#[derive(Debug)]
pub struct Tee<A, B>(pub A, pub B);

impl<A: FindingSink, B: FindingSink> FindingSink for Tee<A, B> {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.0.finding(finding)?;
        self.1.finding(finding)
    }
}

/// Keeps the worst findings, by severity and then by id, and counts all.
#[derive(Debug, Clone, Default)]
pub struct Worst {
    limit: usize,
    kept: BTreeMap<(Severity, String), Finding>,
    seen: u64,
}

impl Worst {
    /// A list of at most `limit` findings.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit, kept: BTreeMap::new(), seen: 0 }
    }

    /// The findings that were kept, worst first.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.kept.values()
    }

    /// How many findings came.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// How many findings came and were not kept.
    #[must_use]
    pub fn rest(&self) -> u64 {
        self.seen.saturating_sub(self.kept.len() as u64)
    }

    /// Takes one finding; it is copied only if it is kept.
    pub fn offer(&mut self, finding: &Finding) {
        if self.wants(finding) {
            self.take(finding.clone());
        } else {
            self.pass_over(1);
        }
    }

    /// As [`Self::offer`], for a finding that nobody else needs.
    pub fn take(&mut self, finding: Finding) {
        self.seen = self.seen.saturating_add(1);
        if !self.wants(&finding) {
            return;
        }
        if self.kept.len() >= self.limit {
            self.kept.pop_last();
        }
        self.kept.insert((finding.severity, finding.id.clone()), finding);
    }

    /// Whether a finding would be kept now. One that would not be now will not be later.
    #[must_use]
    pub fn wants(&self, finding: &Finding) -> bool {
        let worse = |((severity, id), _): ((_, _), _)| (finding.severity, &finding.id) < (severity, id);
        let last = self.kept.last_key_value().map(|((severity, id), kept)| ((*severity, id), kept));
        self.kept.len() < self.limit || last.is_some_and(worse)
    }

    /// Counts findings that it does not want.
    pub fn pass_over(&mut self, findings: u64) {
        self.seen = self.seen.saturating_add(findings);
    }
}

impl FindingSink for Worst {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.offer(finding);
        Ok(())
    }
}
