//! Facts that speak of the last of several events: which list has the events, and which fact dates one.

use super::facts::identity;
use super::listing::Listing;
use super::schema::FactId;

/// The list of the events of which a fact says something of the last.
#[must_use]
pub fn event_of(fact: FactId) -> Option<Listing> {
    match fact {
        fact if fact == identity::LAST_REVIEW_AT.id || fact == identity::LAST_REVIEWED_BY.id => Some(Listing::Reviews),
        fact if fact == identity::LAST_DRILL_AT.id || fact == identity::REVOCATION_TIME.id => Some(Listing::Drills),
        _ => None,
    }
}

/// The fact that dates what another one says of the same event.
#[must_use]
pub fn date_of(fact: FactId) -> Option<FactId> {
    match fact {
        fact if fact == identity::LAST_REVIEWED_BY.id => Some(identity::LAST_REVIEW_AT.id),
        fact if fact == identity::REVOCATION_TIME.id => Some(identity::LAST_DRILL_AT.id),
        _ => None,
    }
}
