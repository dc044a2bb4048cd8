//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.

pub mod base;
pub mod export;
pub mod model;
pub mod source;
