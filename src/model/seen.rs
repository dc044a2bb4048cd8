//! Which exposures nobody had seen yet at the date of assessment: whether they were there by then is not known.

use super::facts::exposure;
use super::schema::{FactId, FactType};
use super::{Row, Subject, Why, World};

impl World {
    /// True if a member of a list is an exposure that was seen after the date of assessment.
    pub(super) fn seen_later(&self, ty: FactType, member: u32) -> bool {
        let seen = || self.table(Subject::Exposure).get(exposure::DETECTED_AT.id, member);
        matches!(ty, FactType::RefList(Subject::Exposure)) && self.as_of.is_some_and(|as_of| seen() > as_of)
    }

    /// Why a list is open that has such a member; `None` if it has none.
    pub(super) fn sees_later(&self, row: Row, fact: FactId) -> Option<Why> {
        let ty = fact.def().ty;
        let mut members = self.table(row.subject).members(fact, row.index).iter();
        members.any(|(_, member, _)| self.seen_later(ty, *member)).then_some(Why::AfterAsOf)
    }
}
