//! The identity graph: what policies allow, who can become whom, and what follows over many steps.
//!
//! [`Graph::build`] reads a sealed world and adds the edges of becoming to it; [`Estate`] puts
//! both together and answers every fact, stored or virtual.

pub mod ai_system;
pub mod around;
mod attached;
mod becoming;
mod claims;
mod deletions;
mod denials;
mod effective;
mod escalation;
mod estate;
mod everyone;
mod federation;
mod given;
mod kinds;
mod kubernetes;
mod left;
mod left_on;
pub mod levels;
mod limits;
mod names;
mod parts;
pub mod path;
pub mod pattern;
pub mod reach;
mod reached;
mod remembered;
mod resources;
mod rights;
mod trusts;
mod unread;
mod use_told;
mod writes;

pub use becoming::{Arc, Graph, Ground};
pub use effective::{Effective, Grants, Leave};
pub use estate::Estate;
pub use everyone::{Everyone, Holder};
pub use given::{Given, Sure};
pub use kinds::Kinds;
pub use levels::{ActionSummary, Levels};
pub use path::{Hop, reached, route_to_admin};

#[cfg(test)]
mod escalation_tests;
#[cfg(test)]
mod federation_tests;
#[cfg(test)]
mod left_on_tests;
#[cfg(test)]
mod levels_tests;
#[cfg(test)]
mod tests;
