//! What a person attests about a part of a requirement that no export can show.

use crate::base::time::Instant;
use crate::model::record::RecordId;

/// One attestation of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The framework's id.
    pub framework: String,
    /// The requirement's id or an alias of it.
    pub requirement: String,
    /// The part's id.
    pub part: String,
    /// What is attested.
    pub statement: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Instant,
    /// Until when it holds, if it ends.
    pub expires_at: Option<Instant>,
    /// Where it stands.
    pub record: RecordId,
}
