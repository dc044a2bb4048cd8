//! What every other module may use: diagnostics, time, digests and text safe to print.
//!
//! Nothing here knows what an identity is.

pub mod diagnostic;
pub mod digest;
pub mod drawing;
pub mod package;
pub mod stars;
pub mod text;
pub mod time;
