//! What brings the records of several systems together once all files were read.
//!
//! Links within one system, such as a key of a report and the same key of a list, are its
//! source's own work. What is here joins systems: a secret in a configuration and the key
//! that a cloud lists.

pub mod acting;
pub mod clusters;
pub mod credentials;
pub mod questions;
pub mod subjects;
mod unheeded;
pub mod unidentified;

#[cfg(test)]
mod tests;
