//! What assize writes down: the types of `results.json`, written and read.
//!
//! The contract knows nothing of the engine. Whoever can read these types can render, compare
//! or verify an assessment. The version stands in the path, and in the file as `schema`.

#[cfg(test)]
mod documented;
pub mod drill;
pub mod explanation;
pub mod make;
pub mod v1;
