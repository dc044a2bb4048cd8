//! Whom a check run asks about, what comes out, and how it adds up.
//!
//! Nothing here prints or writes; `contract` turns it into results.

pub mod change;
mod gaps;
mod judge;
mod made;
mod named;
pub mod nearest;
mod population;
pub mod rollup;
pub mod suppose;
mod together;
pub mod waive;

pub use gaps::{About, Cause, GapGroup, Proof, group_of, proof};
pub use judge::{Judged, Open, Question, Verdict, judge, left_open, trace_of, verdict_of};
pub use named::{MOST_DIGESTED, digest_of, id_of, value_of};
pub use population::{OpenScope, Orders};
pub use rollup::{PartStatus, Status, Tally};
pub use together::judge_all;

#[cfg(test)]
mod tests;
