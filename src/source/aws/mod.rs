//! What the AWS sources share: names, the shapes of records, policy documents, and the joining of keys.

pub mod arn;
pub mod claims;
pub mod conditions;
#[cfg(test)]
mod conditions_tests;
pub mod counts;
pub mod document;
pub mod groups;
pub mod held;
pub mod identities;
pub mod join;
pub mod lenient;
mod newer;
pub mod operands;
pub mod policies;
pub mod provided;
pub mod report_row;
pub mod statements;
pub mod types;
pub mod values;
pub mod wildcards;

/// AWS began to track when access keys are used on this day, 2015-04-22.
pub const KEY_USE_TRACKED_SINCE: i64 = 1_429_660_800;
/// AWS began to track when passwords are used on this day, 2014-10-20.
pub const PASSWORD_USE_TRACKED_SINCE: i64 = 1_413_763_200;
/// How far back AWS tracks the use of roles, in seconds.
pub const ROLE_USE_TRACKED_FOR: i64 = 400 * crate::base::time::DAY;
