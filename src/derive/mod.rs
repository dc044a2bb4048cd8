//! What only the whole estate, the profile and the controls can tell: labels, words of the inventory, owners who left, what tools do, what AI systems hold, and who is AI-connected.

pub mod classify;
pub mod held;
pub mod labels;
pub mod owners;
pub mod questions;
pub mod slots;
pub mod stated;
pub mod tools;
