//! Controls: what is asked, what for, and what one organisation chose. All of it is data.
//!
//! Every noun has a file with its raw type, which is exactly the TOML that a person writes, its
//! resolved type, which is what runs, and the one function between them, which collects every
//! mistake before it stops. Nothing here judges an identity.

pub mod builtin;
pub mod check;
mod claims;
pub mod classification;
pub mod coverage;
pub mod crosswalk;
mod decided;
pub mod facts;
pub mod file;
pub mod framework;
pub mod given;
pub mod levels;
pub mod links;
pub mod lint;
pub mod names;
pub mod oscal;
pub mod pack;
pub mod page;
pub mod plan;
pub mod profile;
pub mod question;
pub mod schemas;
pub mod selftest;
pub mod shape;
pub mod start;
pub mod template;
mod tie;
pub mod tools;
pub mod value;
pub mod waiver;

#[cfg(test)]
mod tests;

pub use check::Check;
pub use classification::{Classification, Rule};
pub use coverage::Coverage;
pub use crosswalk::{Mapped, Related};
pub use file::{ControlFile, Origin};
pub use framework::{Framework, Part, Requirement};
pub use levels::Levels;
pub use names::{Confidence, MappedBy, Relationship, Severity, Stricter, Target};
pub use pack::Pack;
pub use plan::{CheckRun, Plan};
pub use profile::Profile;
pub use question::{Judged, Question};
pub use selftest::SelfTest;
pub use template::Template;
pub use value::ParamValue;
pub use waiver::{Waiver, Waivers};
