//! An expression as it was written.

use std::ops::Range;

/// A part of an expression and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Ast {
    /// What it is.
    pub kind: Kind,
    /// Its bytes.
    pub span: Range<usize>,
    /// How many parts lie within one another, this one included.
    pub depth: u16,
}

/// What a part is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    /// `true`, `false`.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Double(f64),
    /// Text.
    Text(String),
    /// A name.
    Name(String),
    /// `.name`: a name of the outermost scope, whatever macros call their members.
    Outer(String),
    /// `operand.field`.
    Select(Box<Ast>, Field),
    /// `operand[index]`.
    Index(Box<Ast>, Box<Ast>),
    /// `name(args)` or `target.name(args)`.
    Call(Option<Box<Ast>>, Field, Vec<Ast>),
    /// `[a, b]`.
    List(Vec<Ast>),
    /// `{k: v}`.
    Map(Vec<(Ast, Ast)>),
    /// `!a`, or `!!a`: how often.
    Not(u32, Box<Ast>),
    /// `-a`, or `--a`: how often.
    Minus(u32, Box<Ast>),
    /// Two operands.
    Binary(Binary, Box<Ast>, Box<Ast>),
    /// `a && b && c`.
    And(Vec<Ast>),
    /// `a || b || c`.
    Or(Vec<Ast>),
    /// `a ? b : c`.
    Choice(Box<[Ast; 3]>),
    /// Something refused, which is already said.
    Refused,
}

/// A name after a dot, or of a function.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// The name.
    pub name: String,
    /// Its bytes.
    pub span: Range<usize>,
}

/// Operators with two operands, without `&&` and `||`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `in`
    In,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

impl Binary {
    /// As it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::In => "in",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

impl Kind {
    /// The deepest of the parts within.
    pub fn inner_depth(&self) -> u16 {
        let all = |parts: &[Ast]| parts.iter().map(|part| part.depth).max().unwrap_or(0);
        match self {
            Self::Bool(_)
            | Self::Int(_)
            | Self::Double(_)
            | Self::Text(_)
            | Self::Name(_)
            | Self::Outer(_)
            | Self::Refused => 0,
            Self::Select(inner, _) | Self::Not(_, inner) | Self::Minus(_, inner) => inner.depth,
            Self::Index(left, right) | Self::Binary(_, left, right) => left.depth.max(right.depth),
            Self::Call(target, _, args) => target.as_ref().map_or(0, |target| target.depth).max(all(args)),
            Self::List(parts) | Self::And(parts) | Self::Or(parts) => all(parts),
            Self::Map(entries) => entries.iter().map(|(key, value)| key.depth.max(value.depth)).max().unwrap_or(0),
            Self::Choice(parts) => all(parts.as_slice()),
        }
    }
}
