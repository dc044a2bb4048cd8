//! assize reads a folder of exports, judges each identity in it against controls, and writes evidence.

pub mod base;
pub mod control;
pub mod expr;
pub mod model;
