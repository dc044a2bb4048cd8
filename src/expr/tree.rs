//! An expression after its names and types were resolved: what the evaluator walks.
//!
//! Nothing here says how it is run, so that another engine can be given the same tree.

use regex::Regex;

use crate::model::schema::{EnumDef, FactId};

use super::moment::Part;
use super::types::Type;
use super::value::{Fault, FaultKind, Stop, Value};

/// A part of the tree.
#[derive(Debug, Clone)]
pub(super) struct Node {
    /// What it is.
    pub kind: Kind,
    /// Its type.
    pub ty: Type,
    /// Its first byte in the text.
    pub start: u32,
    /// The byte after it.
    pub end: u32,
}

impl Node {
    /// Visits this part and all parts within.
    pub fn walk(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        self.each_child(&mut |part| part.walk(visit));
    }

    /// Visits the parts that this one is made of, in the order of the text.
    pub fn each_child<'n>(&'n self, visit: &mut dyn FnMut(&'n Self)) {
        match &self.kind {
            Kind::Known(_) | Kind::Input(_) | Kind::AsOf | Kind::Subject | Kind::Bound { .. } | Kind::Wrong => {}
            Kind::Fact(inner, _)
            | Kind::FactList(inner, _)
            | Kind::FactMap(inner, _)
            | Kind::HasFact(inner, _)
            | Kind::Not(inner)
            | Kind::Minus(inner)
            | Kind::InCodes(inner, _)
            | Kind::Names(_, inner)
            | Kind::Name(_, inner)
            | Kind::Matches(inner, _) => visit(inner),
            Kind::Entry(left, right)
            | Kind::Element(left, right)
            | Kind::HasKey(left, right)
            | Kind::Compare(_, left, right)
            | Kind::CompareSize(_, left, right)
            | Kind::In(left, right)
            | Kind::Math(_, left, right)
            | Kind::Quantifier(_, left, right)
            | Kind::Filter(left, right)
            | Kind::Transform(left, right) => {
                visit(left);
                visit(right);
            }
            Kind::And(parts) | Kind::Or(parts) | Kind::List(parts) | Kind::Call(_, parts) => {
                for part in parts {
                    visit(part);
                }
            }
            Kind::Map(entries) => entries.iter().for_each(|(key, value)| {
                visit(key);
                visit(value);
            }),
            Kind::Choice(parts) => parts.iter().for_each(visit),
        }
    }

    /// A failure here.
    pub fn fail(&self, kind: FaultKind) -> Stop {
        Stop::Fault(Fault { kind, start: self.start, end: self.end })
    }
}

/// What a part is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// A value known when the expression was read.
    Known(Value<'static>),
    /// A parameter or a variable, by its position in the environment.
    Input(u32),
    /// The date that is judged at.
    AsOf,
    /// The subject that is judged.
    Subject,
    /// The variable of a macro: `up` macros out from here; `id` is its own within the expression.
    Bound {
        up: u32,
        id: u32,
    },
    /// A fact that is neither list nor map.
    Fact(Box<Node>, FactId),
    /// A list fact.
    FactList(Box<Node>, FactId),
    /// A map fact.
    FactMap(Box<Node>, FactId),
    /// An entry of a map.
    Entry(Box<Node>, Box<Node>),
    /// A member of a list by position.
    Element(Box<Node>, Box<Node>),
    /// `has(subject.fact)`.
    HasFact(Box<Node>, FactId),
    /// `has(map.key)`, and `key in map`.
    HasKey(Box<Node>, Box<Node>),
    Not(Box<Node>),
    Minus(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    Choice(Box<[Node; 3]>),
    Compare(Compare, Box<Node>, Box<Node>),
    /// The number of members of a list or map, compared with an integer.
    CompareSize(Compare, Box<Node>, Box<Node>),
    /// An enumeration in a set of its codes, a bit each.
    InCodes(Box<Node>, u64),
    /// `member in list`.
    In(Box<Node>, Box<Node>),
    Math(Math, Box<Node>, Box<Node>),
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    /// The names of the members of a list of an enumeration.
    Names(&'static EnumDef, Box<Node>),
    /// The name of an enumeration's value.
    Name(&'static EnumDef, Box<Node>),
    /// A test of the members of a list.
    Quantifier(Quantifier, Box<Node>, Box<Node>),
    /// The members that pass a test.
    Filter(Box<Node>, Box<Node>),
    /// What becomes of each member.
    Transform(Box<Node>, Box<Node>),
    Call(Function, Vec<Node>),
    /// `text.matches('pattern')`, compiled.
    Matches(Box<Node>, Box<Regex>),
    /// Something wrong, which is already said; never evaluated.
    Wrong,
}

/// Comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Equal,
    Unequal,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

impl Compare {
    /// Whether it holds for two things in that order.
    pub fn holds(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterEqual => order.is_ge(),
        }
    }

    /// The same with its sides exchanged.
    pub fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessEqual => Self::GreaterEqual,
            Self::Greater => Self::Less,
            Self::GreaterEqual => Self::LessEqual,
            same => same,
        }
    }
}

/// Arithmetic, by what it works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Math {
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

/// The macros that answer yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    All,
    Exists,
    ExistsOne,
}

/// Functions. All are strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    Glob,
    Age,
    Part(Part),
    ToInt,
    ToDouble,
    ToText,
    ToBool,
    ToTime,
    ToSpan,
}
