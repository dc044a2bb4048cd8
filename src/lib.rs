//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.

pub mod base;
pub mod contract;
pub mod derive;
pub mod export;
pub mod graph;
pub mod model;
