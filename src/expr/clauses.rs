//! The clauses of an expression, and whether one of them decided an answer.
//!
//! A clause is a smallest part that is asked as true or false: an operand of `&&` and `||`, what
//! stands under `!`, a condition and the branches of `?:`, and what is asked of a member of a
//! list. It decided an answer if the answer is another one where the clause is turned round:
//! [`Watched::probe`] tells what each clause came to, and evaluates again with one of these turned.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::ops::Range;

use crate::model::slots::{Row, Slots};

use super::eval::Run;
use super::trace::Recorder;
use super::tree::{Kind, Node};
use super::types::Type;
use super::value::Stop;
use super::{Context, Expr, Outcome};

/// The most answers of clauses that one evaluation tells.
const MOST: usize = 20_000;

/// A clause of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The bytes of the expression's text where it stands.
    pub span: Range<usize>,
    /// True if it names every value of a closed set: it is true or unknown, and asks that the value is known.
    pub never_false: bool,
}

/// What one clause came to, at one moment of an evaluation: for a member of a list there is one for each member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The clause, by its position in [`Expr::clauses`].
    pub clause: usize,
    /// True or false; `None` if it was unknown.
    pub truth: Option<bool>,
}

/// An evaluation that was watched.
#[derive(Debug, Clone, PartialEq)]
pub struct Probed {
    /// What came out.
    pub outcome: Outcome,
    /// What the clauses came to, in the order in which they were asked; of very many the first. Empty where one was turned.
    pub given: Vec<Given>,
    /// True if more was asked than `given` has.
    pub cut: bool,
    /// How much work it was: the clauses that were asked, and the steps of the evaluation.
    pub work: u64,
}

/// An expression whose clauses are watched: they are looked up once, for any number of evaluations.
#[derive(Debug)]
pub struct Watched<'e> {
    expr: &'e Expr,
    /// The position of each clause, by where its node lies in memory. Nothing goes through them in that order.
    clauses: HashMap<*const Node, usize>,
}

impl Expr {
    /// The clauses, in the order of the text. A bare `true` or `false` is none: it has nothing to decide.
    #[must_use]
    pub fn clauses(&self) -> Vec<Clause> {
        let clause =
            |node: &Node| Clause { span: node.start as usize..node.end as usize, never_false: names_all(node) };
        self.clause_nodes().into_iter().map(clause).collect()
    }

    /// The expression with its clauses looked up.
    #[must_use]
    pub fn watched(&self) -> Watched<'_> {
        let clauses = self.clause_nodes().into_iter().enumerate();
        Watched { expr: self, clauses: clauses.map(|(at, node)| (std::ptr::from_ref(node), at)).collect() }
    }

    fn clause_nodes(&self) -> Vec<&Node> {
        let mut found = Vec::new();
        asked(&self.root, &mut found);
        found
    }
}

impl Watched<'_> {
    /// The answer about one subject, and what each clause came to. With `turned`, what the clause came to at that position of
    /// [`Probed::given`] is taken for its opposite, and for true if it was unknown.
    pub fn probe<S: Slots>(&self, slots: &S, row: Row, context: &Context, turned: Option<usize>) -> Probed {
        let probe = Probe { watched: &self.clauses, turned, asked: Cell::new(0), given: RefCell::default() };
        let run = Run::new(slots, Some(row), context, &probe);
        let outcome = Outcome::of(run.truth(&self.expr.root, None));
        let steps = u64::from(run.steps());
        let asked = probe.asked.get();
        let given = probe.given.into_inner();
        Probed {
            outcome,
            cut: turned.is_none() && asked > given.len(),
            given,
            work: steps.saturating_add(asked as u64),
        }
    }
}

/// True for `fact in [...]` with all names that the fact can have.
fn names_all(node: &Node) -> bool {
    match &node.kind {
        Kind::InCodes(inner, codes) => match inner.ty {
            Type::Enum(def) => codes.count_ones() as usize == def.names.len(),
            _ => false,
        },
        _ => false,
    }
}

/// The clauses of a part that is asked as true or false.
fn asked<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::And(parts) | Kind::Or(parts) => parts.iter().for_each(|part| asked(part, found)),
        Kind::Not(inner) => asked(inner, found),
        Kind::Choice(parts) => parts.iter().for_each(|part| asked(part, found)),
        Kind::Known(_) => {}
        _ => {
            found.push(node);
            within(node, found);
        }
    }
}

/// The clauses within a part that has a value, or is a clause itself.
fn within<'n>(node: &'n Node, found: &mut Vec<&'n Node>) {
    match &node.kind {
        Kind::And(_) | Kind::Or(_) | Kind::Not(_) => asked(node, found),
        Kind::Choice(_) if node.ty == Type::Bool => asked(node, found),
        Kind::Choice(parts) => {
            let [condition, yes, no] = parts.as_ref();
            asked(condition, found);
            within(yes, found);
            within(no, found);
        }
        Kind::Quantifier(_, range, body) | Kind::Filter(range, body) => {
            within(range, found);
            asked(body, found);
        }
        _ => node.each_child(&mut |part| within(part, found)),
    }
}

/// Watches the clauses, and turns one answer round.
struct Probe<'p> {
    watched: &'p HashMap<*const Node, usize>,
    turned: Option<usize>,
    asked: Cell<usize>,
    given: RefCell<Vec<Given>>,
}

impl Recorder<'_> for Probe<'_> {
    const ON: bool = false;
    const PROBES: bool = true;

    fn answered(&self, node: &Node, got: Result<bool, Stop>) -> Result<bool, Stop> {
        let Some(clause) = self.watched.get(&std::ptr::from_ref(node)).copied() else { return got };
        let at = self.asked.replace(self.asked.get().saturating_add(1));
        if self.turned.is_none()
            && let Ok(mut given) = self.given.try_borrow_mut()
            && given.len() < MOST
        {
            given.push(Given { clause, truth: got.as_ref().ok().copied() });
        }
        if self.turned == Some(at) { Ok(!got.unwrap_or(false)) } else { got }
    }
}
