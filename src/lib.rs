//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.

pub mod assess;
pub mod base;
pub mod contract;
pub mod control;
pub mod derive;
pub mod export;
pub mod expr;
pub mod graph;
pub mod model;
pub mod report;
