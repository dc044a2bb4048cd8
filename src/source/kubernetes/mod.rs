//! What the objects of a cluster mean: accounts, roles, bindings, workloads and tokens.
//!
//! An object is read as JSON text, whatever it was written in. Roles become policies and bindings attach them; since a
//! binding may come before its role, bindings are placed once all files were read (`place`).

pub mod accounts;
pub mod names;
pub mod object;
pub mod place;
pub mod rules;
pub mod types;
pub mod workloads;
