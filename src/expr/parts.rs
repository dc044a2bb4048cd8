//! The parts of a condition that must all hold, so that what many conditions ask alike is asked once.

use crate::model::schema::FactId;
use crate::model::slots::{Row, Slots};

use super::eval::Run;
use super::tree::{Kind, Node};
use super::{Context, Expr, Gap, Memo, Outcome, Trace, record, trace, with_gaps};

/// One of the parts of an expression that are joined by `&&`, or all of one that is not such a chain.
///
/// A chain is false where a part is false, else unknown where a part is unknown, and what keeps it unknown is what keeps
/// its parts so, in their order.
#[derive(Debug, Clone, Copy)]
pub struct Part<'e> {
    expr: &'e Expr,
    node: &'e Node,
}

impl Expr {
    /// The parts, in the order of the text.
    #[must_use]
    pub fn parts(&self) -> Vec<Part<'_>> {
        match &self.root.kind {
            Kind::And(parts) => parts.iter().map(|node| Part { expr: self, node }).collect(),
            _ => vec![Part { expr: self, node: &self.root }],
        }
    }
}

impl<'e> Part<'e> {
    /// The text of the part. It is asked the same in any expression about the same sort of subject, if it is plain.
    #[must_use]
    pub fn text(&self) -> &'e str {
        self.expr.text.get(self.node.start as usize..self.node.end as usize).unwrap_or_default()
    }

    /// True if nothing but facts of the subject and of what they name is asked: no parameter, no list, no date. Its answer
    /// costs no steps, so that it does not matter to the rest of an expression that it is already known.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let mut plain = true;
        self.node.walk(&mut |node| {
            plain &= matches!(
                node.kind,
                Kind::Known(_)
                    | Kind::Subject
                    | Kind::Fact(..)
                    | Kind::HasFact(..)
                    | Kind::Not(_)
                    | Kind::And(_)
                    | Kind::Or(_)
                    | Kind::InCodes(..)
            );
        });
        plain
    }

    /// True if it reads a fact, of whichever subject.
    #[must_use]
    pub fn reads(&self, fact: FactId) -> bool {
        let mut found = false;
        self.node.walk(&mut |node| {
            if let Kind::Fact(_, read) | Kind::FactList(_, read) | Kind::FactMap(_, read) | Kind::HasFact(_, read) =
                node.kind
            {
                found |= read == fact;
            }
        });
        found
    }

    /// What the answer about one subject rests on, as [`Expr::evaluate_recorded`] tells it of the whole.
    pub fn evaluate_recorded<'a, S: Slots>(&self, slots: &'a S, row: Row, context: &'a Context) -> Trace<'a>
    where
        'e: 'a,
    {
        let recorder = trace::On::default();
        let answer = record(self.node, slots, row, context, &Memo::default(), &recorder);
        recorder.finish(answer.known().is_some(), &self.expr.inputs)
    }

    /// The answer about one subject. The memo is the whole expression's.
    pub fn evaluate<S: Slots>(&self, slots: &S, row: Row, context: &Context, memo: &Memo) -> Outcome {
        Outcome::of(Run::new(slots, Some(row), context, &trace::Off).remembering(memo).truth(self.node, None))
    }

    /// The same, and behind what is in `gaps` the facts that keep it unknown if it is.
    pub fn evaluate_with_gaps<S: Slots>(
        &self,
        slots: &S,
        row: Row,
        context: &Context,
        memo: &Memo,
        gaps: &mut Vec<Gap>,
    ) -> Outcome {
        with_gaps(self.node, slots, row, context, memo, gaps)
    }
}
