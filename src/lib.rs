//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.

pub mod base;
pub mod derive;
pub mod graph;
pub mod model;
