//! Pictures of what leads where: nodes, edges, and where each goes when they are laid out from left to right or from top to bottom.
//!
//! A layout is whole numbers worked out from the picture alone, so that the same picture has the same bytes.
//!
//! ```
//! use assize::base::drawing::{Edge, Form, Kind, Layout, Node, Picture};
//! let node = |name: &str| Node { name: name.into(), id: name.into(), kind: Kind::Identity, ..Node::default() };
//! let edge = Edge { from: 0, to: 1, label: "assume".into(), tree: true, ..Edge::default() };
//! let picture = Picture { nodes: vec![node("a"), node("b")], edges: vec![edge], ..Picture::default() };
//! let layout = Layout::of(&picture, Form::Wide);
//! assert!(layout.boxes[0].x < layout.boxes[1].x);
//! ```

mod layout;
pub mod letters;

pub use layout::{BOW, Box, Form, LINE, Layout, Line, NAME_LINE, PAD, Texts, left};

/// What a node stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An identity.
    Identity,
    /// A credential.
    Credential,
    /// An AI system.
    System,
    /// A resource.
    Resource,
    /// A tool.
    Tool,
    /// What is not drawn one by one.
    More,
    /// Anything else.
    #[default]
    Other,
}

impl Kind {
    /// A short name that is safe in any format.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Credential => "credential",
            Self::System => "system",
            Self::Resource => "resource",
            Self::Tool => "tool",
            Self::More => "more",
            Self::Other => "other",
        }
    }
}

/// How an edge is drawn: by how sure it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stroke {
    /// It is certain.
    #[default]
    Solid,
    /// It holds under a condition.
    Dashed,
    /// Nothing rules it out.
    Dotted,
}

impl Stroke {
    /// What the stroke means.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Solid => "certain",
            Self::Dashed => "conditional",
            Self::Dotted => "possible",
        }
    }
}

/// A node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Node {
    /// The name.
    pub name: String,
    /// The whole id, for those who point at it.
    pub id: String,
    /// What stands below the name.
    pub under: String,
    /// Where it is, if that is worth a line; empty if not.
    pub place: String,
    /// What it stands for.
    pub kind: Kind,
    /// True if it stands out, as an administrator does.
    pub strong: bool,
    /// Its number in the list that says the same in words; zero if it has none.
    pub number: u32,
}

/// An edge, from one node to another by their positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edge {
    /// Where it starts.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is.
    pub label: String,
    /// How sure it is.
    pub stroke: Stroke,
    /// Where it stands for several that are not equally sure, how sure the surest is; `stroke` is then that of the least sure.
    pub surest: Option<Stroke>,
    /// True if it is the way by which its far end was first come to.
    pub tree: bool,
    /// Its number in the list that says the same in words; zero if it has none.
    pub number: u32,
}

impl Edge {
    /// How sure it is, in words.
    #[must_use]
    pub fn sureness(&self) -> String {
        match self.surest.filter(|surest| *surest != self.stroke) {
            Some(surest) => format!("{} to {}", surest.meaning(), self.stroke.meaning()),
            None => self.stroke.meaning().to_owned(),
        }
    }
}

/// Nodes and edges around the first node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// What is drawn, in one line.
    pub title: String,
    /// What it says, for those who do not see it.
    pub description: String,
    /// The nodes; all is about the first.
    pub nodes: Vec<Node>,
    /// The edges.
    pub edges: Vec<Edge>,
    /// True if the edges lead to the first node, and not from it.
    pub inward: bool,
    /// What the picture leaves out.
    pub notes: Vec<String>,
}
