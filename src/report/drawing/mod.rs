//! Pictures of what leads where, written down: one file a form, all in [`DRAWINGS`].

mod dot;
mod mermaid;
mod shapes;
mod svg;
mod tree;

pub(super) use svg::{STYLE, within};

use crate::base::drawing::Picture;

/// A way to write a picture down.
#[derive(Debug)]
pub struct Drawing {
    /// The name on the command line.
    pub id: &'static str,
    /// Writes it.
    pub draw: fn(&Picture) -> String,
}

/// All forms, by id.
pub const DRAWINGS: &[Drawing] = &[
    Drawing { id: "dot", draw: dot::draw },
    Drawing { id: "mermaid", draw: mermaid::draw },
    Drawing { id: "svg", draw: svg::draw },
    Drawing { id: "text", draw: tree::draw },
];
