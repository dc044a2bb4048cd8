//! What only the whole estate, the profile and the controls can tell: labels, owners who left, what tools do, and who is AI-connected.

pub mod classify;
pub mod labels;
pub mod owners;
pub mod tools;
