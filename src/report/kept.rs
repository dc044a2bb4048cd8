//! The findings that a report shows: the worst of all.

use std::io;
use std::sync::{PoisonError, RwLock};

use super::{human, words};
use crate::contract::v1::{Finding, FindingSink, PartSink, Worst};

/// How many findings a report shows at most: more than anyone reads, and few enough for a page that opens at once.
pub const SHOWN: usize = 2000;

/// The worst findings. What is kept does not grow with the number of findings.
#[derive(Debug)]
pub struct Kept {
    /// Those that no waiver covers.
    open: Worst,
    waived: Worst,
}

impl Default for Kept {
    fn default() -> Self {
        Self { open: Worst::new(SHOWN), waived: Worst::new(SHOWN) }
    }
}

impl Kept {
    /// Those that were chosen already as the worst, and how many others there are. No waiver covers any.
    #[must_use]
    pub fn chosen(worst: Vec<Finding>, others: u64) -> Self {
        let mut kept = Self::default();
        for finding in worst {
            kept.open.take(finding);
        }
        kept.open.pass_over(others);
        kept
    }

    /// The worst of all that no waiver covers.
    #[must_use]
    pub fn worst(&self) -> &Worst {
        &self.open
    }

    /// The name of whom a finding is about; with where it is, if another one here has the same name elsewhere.
    #[must_use]
    pub fn name_of(&self, finding: &Finding) -> String {
        let subject = &finding.subject;
        let name = human::name_or(&subject.name, &subject.id);
        let mut others = self.open.iter().chain(self.waived.iter()).map(|other| &other.subject);
        let alike = others.any(|other| other.name == subject.name && other.scope != subject.scope);
        if alike && !subject.name.trim().is_empty() && !subject.scope.is_empty() {
            return format!("{name} in {}", words::scope(&subject.scope));
        }
        name.to_owned()
    }

    /// At most `most` findings to show, worst first: those that a waiver covers come after the others.
    pub fn shown(&self, most: usize) -> impl Iterator<Item = &Finding> {
        self.open.iter().chain(self.waived.iter()).take(most.min(SHOWN))
    }

    /// How many findings there are, waived ones with them.
    #[must_use]
    pub fn seen(&self) -> u64 {
        self.open.seen().saturating_add(self.waived.seen())
    }

    fn of(&mut self, waived: bool) -> &mut Worst {
        if waived { &mut self.waived } else { &mut self.open }
    }

    fn offer(&mut self, finding: &Finding) {
        self.of(finding.waiver.is_some()).offer(finding);
    }

    fn wants(&self, finding: &Finding) -> bool {
        if finding.waiver.is_some() { self.waived.wants(finding) } else { self.open.wants(finding) }
    }
}

impl FindingSink for Kept {
    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        self.offer(finding);
        Ok(())
    }
}

/// Of some findings, those that may be kept, and how many others there are.
#[derive(Debug)]
pub struct KeptPart {
    wanted: Vec<Finding>,
    passed: u64,
    passed_waived: u64,
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
        let mut part = KeptPart { wanted: Vec::new(), passed: 0, passed_waived: 0 };
        for finding in findings {
            match (kept.wants(&finding), finding.waiver.is_some()) {
                // A copy takes no more room than it needs, which what was put together piece by piece does.
                (true, _) => part.wanted.push(finding.clone()),
                (false, false) => part.passed += 1,
                (false, true) => part.passed_waived += 1,
            }
        }
        Ok(part)
    }

    fn take(&self, part: KeptPart) -> io::Result<()> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for finding in part.wanted {
            kept.of(finding.waiver.is_some()).take(finding);
        }
        kept.open.pass_over(part.passed);
        kept.waived.pass_over(part.passed_waived);
        Ok(())
    }
}
