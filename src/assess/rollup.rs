//! How verdicts add up: from subjects to check runs, from those to parts and requirements.

use crate::control::Relationship;

/// What a check run, a part or a requirement came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// At least one failure that no waiver covers.
    NotSatisfied,
    /// Something that was asked about is not known.
    Undetermined,
    /// What was asked is satisfied, but a part was not asked, or a person's word is missing.
    PartlyAssessed,
    /// Every failure is covered by a waiver.
    SatisfiedWithWaivers,
    /// Every subject passes.
    Satisfied,
    /// No subject of the kind is there, and the lists that show it are complete.
    NotApplicable,
    /// Nothing answers it.
    NotAssessed,
}

/// How the verdicts of a run came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passes.
    pub pass: u64,
    /// Failures that no waiver covers.
    pub fail: u64,
    /// Not decided, among them subjects of which it is not known whether the check applies.
    pub unknown: u64,
    /// Failures that a waiver covers.
    pub waived: u64,
}

impl Tally {
    /// How many subjects were asked about.
    #[must_use]
    pub fn size(self) -> u64 {
        self.pass + self.fail + self.unknown + self.waived
    }

    /// How many of them were decided.
    #[must_use]
    pub fn decided(self) -> u64 {
        self.pass + self.fail + self.waived
    }
}

/// The status of a check run. `open` says that in some scope nobody listed the subjects.
#[must_use]
pub fn of_run(tally: Tally, open: bool) -> Status {
    if tally.fail > 0 {
        Status::NotSatisfied
    } else if tally.unknown > 0 || open {
        Status::Undetermined
    } else if tally.size() == 0 {
        Status::NotApplicable
    } else if tally.waived > 0 {
        Status::SatisfiedWithWaivers
    } else {
        Status::Satisfied
    }
}

/// The status of a part that checks answer: the worst of those that apply.
#[must_use]
pub fn of_part(runs: impl IntoIterator<Item = Status>) -> Status {
    let mut any = false;
    let worst = runs.into_iter().inspect(|_| any = true).filter(|status| *status != Status::NotApplicable).min();
    match worst {
        Some(worst) => worst,
        None if any => Status::NotApplicable,
        None => Status::NotAssessed,
    }
}

/// The status of a part that a person answers: whether an attestation is in force.
#[must_use]
pub fn of_manual(attested: bool) -> Status {
    if attested { Status::Satisfied } else { Status::PartlyAssessed }
}

/// What an answer comes to for a requirement that does not ask just what was answered.
///
/// Where the requirement asks more, what holds does not satisfy it; where it does not ask all of it, what fails may lie
/// outside of what it asks.
#[must_use]
pub fn across(status: Status, relationship: Relationship) -> Status {
    let asks_more = matches!(relationship, Relationship::Superset | Relationship::Intersects);
    let asks_all = matches!(relationship, Relationship::Equal | Relationship::Superset);
    match status {
        // That there is nothing to ask about says so only of what was asked, too.
        Status::Satisfied | Status::SatisfiedWithWaivers | Status::NotApplicable if asks_more => Status::PartlyAssessed,
        Status::NotSatisfied if !asks_all => Status::Undetermined,
        other => other,
    }
}

/// What a part contributes to its requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PartStatus {
    /// Its status.
    pub status: Status,
    /// True if a check or a person answers it.
    pub answered: bool,
    /// True if a person does, whose word is missing or has expired.
    pub outstanding: bool,
}

/// The status of a requirement.
#[must_use]
pub fn of_requirement(parts: &[PartStatus]) -> Status {
    if !parts.iter().any(|part| part.answered && !part.outstanding) {
        return Status::NotAssessed;
    }
    let has = |status: Status| parts.iter().any(|part| part.status == status);
    if has(Status::NotSatisfied) {
        Status::NotSatisfied
    } else if has(Status::Undetermined) {
        Status::Undetermined
    } else if parts.iter().all(|part| part.status == Status::NotApplicable) {
        Status::NotApplicable
    } else if parts.iter().any(|part| !part.answered || part.outstanding) || has(Status::PartlyAssessed) {
        Status::PartlyAssessed
    } else if has(Status::SatisfiedWithWaivers) {
        Status::SatisfiedWithWaivers
    } else {
        Status::Satisfied
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(pass: u64, fail: u64, unknown: u64, waived: u64) -> Tally {
        Tally { pass, fail, unknown, waived }
    }

    #[test]
    fn runs() {
        assert_eq!(of_run(tally(9, 1, 1, 0), true), Status::NotSatisfied);
        assert_eq!(of_run(tally(9, 0, 1, 0), false), Status::Undetermined);
        assert_eq!(of_run(tally(9, 0, 0, 0), true), Status::Undetermined);
        assert_eq!(of_run(tally(0, 0, 0, 0), true), Status::Undetermined, "an empty list that nobody closed");
        assert_eq!(of_run(tally(0, 0, 0, 0), false), Status::NotApplicable);
        assert_eq!(of_run(tally(8, 0, 0, 1), false), Status::SatisfiedWithWaivers);
        assert_eq!(of_run(tally(9, 0, 0, 0), false), Status::Satisfied);
    }

    #[test]
    fn parts() {
        use Status::{NotApplicable, NotAssessed, NotSatisfied, Satisfied, Undetermined};
        assert_eq!(of_part([Satisfied, NotApplicable]), Satisfied);
        assert_eq!(of_part([NotApplicable, NotApplicable]), NotApplicable);
        assert_eq!(of_part([Satisfied, Undetermined, NotSatisfied]), NotSatisfied);
        assert_eq!(of_part([]), NotAssessed);
    }

    #[test]
    fn crosswalks() {
        use Relationship::{Equal, Intersects, Subset, Superset};
        use Status::{NotApplicable, NotSatisfied, PartlyAssessed, Satisfied, SatisfiedWithWaivers, Undetermined};
        let across = |status| [Equal, Subset, Superset, Intersects].map(|relationship| across(status, relationship));
        assert_eq!(across(Satisfied), [Satisfied, Satisfied, PartlyAssessed, PartlyAssessed]);
        assert_eq!(
            across(SatisfiedWithWaivers),
            [SatisfiedWithWaivers, SatisfiedWithWaivers, PartlyAssessed, PartlyAssessed]
        );
        assert_eq!(across(NotSatisfied), [NotSatisfied, Undetermined, NotSatisfied, Undetermined]);
        assert_eq!(across(NotApplicable), [NotApplicable, NotApplicable, PartlyAssessed, PartlyAssessed]);
        assert_eq!(across(Undetermined), [Undetermined; 4]);
    }

    #[test]
    fn requirements() {
        let checked = |status| PartStatus { status, answered: true, outstanding: false };
        let empty = PartStatus { status: Status::NotAssessed, answered: false, outstanding: false };
        let owed = PartStatus { status: Status::PartlyAssessed, answered: true, outstanding: true };
        assert_eq!(of_requirement(&[checked(Status::Satisfied), empty]), Status::PartlyAssessed);
        assert_eq!(of_requirement(&[checked(Status::Satisfied), owed]), Status::PartlyAssessed);
        assert_eq!(of_requirement(&[checked(Status::Undetermined), owed]), Status::Undetermined);
        assert_eq!(of_requirement(&[empty, empty]), Status::NotAssessed);
        assert_eq!(of_requirement(&[owed]), Status::NotAssessed);
        assert_eq!(of_requirement(&[]), Status::NotAssessed);
        assert_eq!(of_requirement(&[checked(Status::NotApplicable)]), Status::NotApplicable);
        assert_eq!(of_requirement(&[checked(Status::NotApplicable), checked(Status::Satisfied)]), Status::Satisfied);
        assert_eq!(
            of_requirement(&[checked(Status::SatisfiedWithWaivers), checked(Status::Satisfied)]),
            Status::SatisfiedWithWaivers
        );
    }
}
