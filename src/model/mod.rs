//! What is known about identities, and from where: the schema of facts, the tables that hold
//! them, the records that they came from, and what was enumerated.
//!
//! Sources fill a [`World`]; everything after them reads it. Nothing here knows a file format.

pub mod enumeration;
pub mod events;
pub mod facts;
pub mod intern;
pub mod link;
pub mod listing;
pub mod opened;
pub mod policy;
pub mod record;
pub mod rewrite;
pub mod schema;
mod seen;
pub mod slots;
pub mod storable;
pub mod table;
mod twice;
pub mod world;

pub use intern::{Interner, Sym};
pub use schema::{FactDef, FactId, FactType, Subject};
pub use slots::{Cell, Completeness, Member, Row, Scalar, Slots, Why};
pub use world::World;
