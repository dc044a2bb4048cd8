//! Files as bytes: finding them, decoding them, telling what they are, and cutting them into records.
//!
//! Nothing here knows what an identity is. A file is read once, in windows of some megabytes,
//! straight into its digest and a splitter; [`windows::read`] hands the records to whoever
//! knows their meaning.

pub mod declared;
mod fault;
pub mod head;
pub mod jsonc;
pub mod known;
pub mod paths;
pub(crate) mod print;
pub mod report;
pub mod rows;
pub mod scan;
pub(crate) mod secrets;
pub mod split;
pub mod text;
pub mod walk;
pub mod whole;
pub mod windows;
pub mod yaml;
pub mod yaml_split;
