//! The expression language: syntax and meaning of CEL's, on facts that may be unknown.
//!
//! An expression is read once ([`Expr::compile`]: names, types and guards are checked before any
//! data is looked at) and asked once a subject ([`Expr::evaluate`]). What it reads is either
//! known, absent or unknown, and so is its answer: an answer that would need a fact that nobody
//! gave is [`Outcome::Unknown`], with the cause. [`Expr::evaluate_recorded`] gives the same
//! answer and what it rests on.
//!
//! ```
//! use std::collections::BTreeMap;
//! use assize::base::time::Instant;
//! use assize::expr::{Env, Expr, Outcome, Param, ScratchSlots, Type};
//! use assize::model::Subject;
//!
//! let env = Env::of(Subject::Credential).with_params([("max_age", Type::Duration)]);
//! let fresh = Expr::compile("age(credential.last_change_at) <= params.max_age", &env).unwrap();
//!
//! let params = BTreeMap::from([("max_age".to_owned(), Param::Duration(90 * 86_400))]);
//! let context = env.context(Instant::parse("2026-11-01").unwrap(), &params).unwrap();
//!
//! let given = serde_json::json!({"last_change_at": "2026-01-01T00:00:00Z"});
//! let (slots, row) = ScratchSlots::build(Subject::Credential, &given).unwrap();
//! assert_eq!(fresh.evaluate(&slots, row, &context), Outcome::Known(false));
//!
//! let (_, trace) = fresh.evaluate_recorded(&slots, row, &context);
//! assert_eq!((trace.margins[0].value, trace.margins[0].limit), (304 * 86_400, 90 * 86_400));
//!
//! let wrong = Expr::compile("age(credential.last_chnge_at) <= params.max_age", &env).unwrap_err();
//! assert_eq!(wrong[0].code, "unknown-fact");
//! ```

mod ast;
mod check;
mod clauses;
mod env;
mod eval;
mod functions;
mod guards;
mod json;
mod lexer;
mod memo;
mod moment;
mod never;
mod parse;
mod parts;
mod refused;
mod scratch;
mod trace;
mod tree;
mod types;
mod value;

use std::ops::Range;

use crate::base::diagnostic::Diagnostic;
use crate::model::schema::FactId;
use crate::model::slots::{Row, Slots, Why};

pub use clauses::{Clause, Given, Probed, Watched};
pub use env::{Context, Env, Param, unused_params};
pub(crate) use functions::glob;
pub use json::{EvalError, eval_text};
pub use memo::Memo;
pub use parts::Part;
pub use scratch::ScratchSlots;
pub use trace::{FactRead, Gap, ListRead, Margin, Trace, Unit};
pub use types::Type;
pub use value::{Fault, FaultKind};

use eval::Run;
use tree::{Compare, Function, Kind, Node};
use value::Stop;

/// An expression that was read and checked.
#[derive(Debug, Clone)]
pub struct Expr {
    text: String,
    root: Node,
    guards: Vec<guards::Path>,
    inputs: Vec<String>,
    used: Vec<usize>,
}

/// The answer of an expression about one subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// True or false.
    Known(bool),
    /// It needs something that nobody said.
    Unknown(Why),
    /// An error outlasted everything else. In verdicts it counts as unknown, with cause `error`.
    Failed(Fault),
}

impl Outcome {
    /// The answer, if it is known.
    #[must_use]
    pub fn known(self) -> Option<bool> {
        match self {
            Self::Known(answer) => Some(answer),
            Self::Unknown(_) | Self::Failed(_) => None,
        }
    }

    /// Why the answer is not known.
    #[must_use]
    pub fn why(self) -> Option<Why> {
        match self {
            Self::Known(_) => None,
            Self::Unknown(why) => Some(why),
            Self::Failed(_) => Some(Why::Error),
        }
    }

    fn of(answer: Result<bool, Stop>) -> Self {
        match answer {
            Ok(answer) => Self::Known(answer),
            Err(Stop::Unknown(why)) => Self::Unknown(why),
            Err(Stop::Fault(fault)) => Self::Failed(fault),
        }
    }
}

impl Expr {
    /// Reads and checks a question: an expression that is true or false.
    ///
    /// # Errors
    /// All mistakes at once (after a mistake of syntax, that one). Their places have an empty
    /// file name and count bytes from the start of `text`.
    pub fn compile(text: &str, env: &Env) -> Result<Self, Vec<Diagnostic>> {
        let expr = Self::compile_value(text, env)?;
        if expr.root.ty == Type::Bool {
            return Ok(expr);
        }
        let found = expr.root.ty.with_article();
        let message = format!("a question must be true or false, and this is {found}");
        let wrong = mistake("not-a-question", message, 0..text.len(), format!("this is {found}"));
        Err(vec![wrong.help(match expr.root.ty {
            Type::List(_) => {
                "ask for its number of members, as `size(…) > 0`, or of each with `.all(x, …)` or `.exists(x, …)`"
            }
            Type::Timestamp => "ask how long ago that was, as `age(…) <= params.max_age`",
            _ => "compare it with something, by `==`, `!=`, `<`, `<=`, `>`, `>=` or `in`",
        })])
    }

    /// Reads and checks an expression of any type.
    fn compile_value(text: &str, env: &Env) -> Result<Self, Vec<Diagnostic>> {
        let mut mistakes = Vec::new();
        let ast = match parse::parse(text, &mut mistakes) {
            Ok(ast) => ast,
            Err(syntax) => {
                mistakes.push(*syntax);
                return Err(mistakes);
            }
        };
        let root = check::check(text, &ast, env, &mut mistakes);
        if env.subject.is_some() && mistakes.is_empty() {
            never::find(text, &root, &mut mistakes);
        }
        if !mistakes.is_empty() {
            mistakes.sort_by_key(|mistake| mistake.place.as_ref().map_or(0, |place| place.span.start));
            mistakes.dedup();
            return Err(mistakes);
        }
        let mut used = Vec::new();
        root.walk(&mut |node| {
            if let Kind::Input(at) = node.kind {
                used.push(at as usize);
            }
        });
        used.sort_unstable();
        used.dedup();
        let guards = guards::held(&root, true).into_iter().filter(|path| path.root == 0).collect();
        Ok(Self { text: text.to_owned(), root, guards, inputs: env.inputs(), used })
    }

    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The parameters that it uses, by name.
    #[must_use]
    pub fn params(&self) -> Vec<&str> {
        self.used.iter().filter_map(|at| self.inputs.get(*at)).map(String::as_str).collect()
    }

    /// True if its answer may change by the passing of time alone.
    #[must_use]
    pub fn asks_for_date(&self) -> bool {
        let mut found = false;
        self.root.walk(&mut |node| found |= matches!(node.kind, Kind::AsOf | Kind::Call(Function::Age, _)));
        found
    }

    /// True if it compares a date, a length of time or a number with anything, or asks whether a list has at most so many members.
    #[must_use]
    pub fn has_limit(&self) -> bool {
        let mut found = self.asks_for_date();
        self.root.walk(&mut |node| {
            found |= match &node.kind {
                Kind::CompareSize(compare, ..) => matches!(compare, Compare::Less | Compare::LessEqual),
                Kind::Compare(_, left, _) => {
                    matches!(left.ty, Type::Int | Type::Double | Type::Duration | Type::Timestamp)
                }
                _ => false,
            };
        });
        found
    }

    /// The facts that it reads, of whichever subject, in their order.
    #[must_use]
    pub fn facts(&self) -> Vec<FactId> {
        let mut facts = Vec::new();
        self.root.walk(&mut |node| {
            if let Kind::Fact(_, fact) | Kind::FactList(_, fact) | Kind::FactMap(_, fact) | Kind::HasFact(_, fact) =
                node.kind
            {
                facts.push(fact);
            }
        });
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// The facts that it reads, each with the bytes of the text where it first does, in the order of the text.
    #[must_use]
    pub fn reads(&self) -> Vec<(FactId, Range<usize>)> {
        let mut found: Vec<(FactId, Range<usize>)> = Vec::new();
        self.root.walk(&mut |node| {
            if let Kind::Fact(_, fact) | Kind::FactList(_, fact) | Kind::FactMap(_, fact) | Kind::HasFact(_, fact) =
                node.kind
                && found.iter().all(|(known, _)| *known != fact)
            {
                found.push((fact, node.start as usize..node.end as usize));
            }
        });
        found.sort_by_key(|(_, place)| place.start);
        found
    }

    /// What has a value wherever this is true.
    fn guards(&self) -> &[guards::Path] {
        &self.guards
    }

    /// The answer about one subject.
    ///
    /// `context` must come from the [`Env`] that the expression was compiled with.
    pub fn evaluate<S: Slots>(&self, slots: &S, row: Row, context: &Context) -> Outcome {
        Outcome::of(Run::new(slots, Some(row), context, &trace::Off).truth(&self.root, None))
    }

    /// The answer about one subject, with what `memo` keeps of those asked before. The memo is this expression's, and is
    /// asked with the same slots and context each time.
    pub fn evaluate_with<S: Slots>(&self, slots: &S, row: Row, context: &Context, memo: &Memo) -> Outcome {
        Outcome::of(Run::new(slots, Some(row), context, &trace::Off).remembering(memo).truth(&self.root, None))
    }

    /// The same, and behind what is in `gaps` the facts that keep it unknown if it is: what [`Trace::gaps`] holds, without
    /// the rest.
    pub fn evaluate_with_gaps<S: Slots>(
        &self,
        slots: &S,
        row: Row,
        context: &Context,
        memo: &Memo,
        gaps: &mut Vec<Gap>,
    ) -> Outcome {
        with_gaps(&self.root, slots, row, context, memo, gaps)
    }

    /// The answer about one subject, and what it rests on. Slower: only for what is written.
    pub fn evaluate_recorded<'a, S: Slots>(
        &'a self,
        slots: &'a S,
        row: Row,
        context: &'a Context,
    ) -> (Outcome, Trace<'a>) {
        self.evaluate_recorded_with(slots, row, context, &Memo::default())
    }

    /// The same, with what `memo` keeps of those asked before: members of a list that decide nothing need not be asked again
    /// where one that decides is known to be there. The memo is this expression's.
    pub fn evaluate_recorded_with<'a, S: Slots>(
        &'a self,
        slots: &'a S,
        row: Row,
        context: &'a Context,
        memo: &Memo,
    ) -> (Outcome, Trace<'a>) {
        // The recorder is told by shared reference, so it must live as long as what it records.
        let recorder = trace::On::default();
        let outcome = record(&self.root, slots, row, context, memo, &recorder);
        let mut trace = recorder.finish(outcome.known().is_some(), &self.inputs);
        if let Outcome::Failed(fault) = outcome {
            trace.fault = Some(fault);
        }
        (outcome, trace)
    }
}

/// The answer of a part, and what keeps it unknown if it is.
fn with_gaps<S: Slots>(
    node: &Node,
    slots: &S,
    row: Row,
    context: &Context,
    memo: &Memo,
    gaps: &mut Vec<Gap>,
) -> Outcome {
    let before = gaps.len();
    let recorder = trace::OnlyGaps::onto(gaps);
    let outcome = Outcome::of(Run::new(slots, Some(row), context, &recorder).remembering(memo).truth(node, None));
    recorder.back_into(gaps);
    if outcome.known().is_some() {
        gaps.truncate(before);
    }
    outcome
}

fn record<'a, S: Slots>(
    node: &'a Node,
    slots: &'a S,
    row: Row,
    context: &'a Context,
    memo: &Memo,
    recorder: &trace::On<'a>,
) -> Outcome {
    Outcome::of(Run::new(slots, Some(row), context, recorder).remembering(memo).truth(node, None))
}

/// A mistake in an expression. The caller says later which file it stands in.
fn mistake(code: &'static str, message: impl Into<String>, span: Range<usize>, label: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, message).at("", span, label)
}

/// The same as the end of a reading.
fn fail<T>(mistake: Diagnostic) -> Result<T, Box<Diagnostic>> {
    Err(Box::new(mistake))
}
