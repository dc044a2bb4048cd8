//! Answers that many members of lists share, kept while many subjects are asked.
//!
//! Identities by the hundred thousand hold grants of a few dozen sorts. What a quantifier asks of a
//! grant is answered once for each [class](crate::model::Slots::class), where what the class shares decides it.

use std::cell::RefCell;

use crate::model::Sym;
use crate::model::facts::grant;
use crate::model::schema::{FactId, Subject};
use crate::model::slots::{Cell, Completeness, Member, Row, Slots, Why};

use super::Expr;
use super::tree::{Kind, Node};

/// What is kept of a class.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Answer {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// All members give this answer, which took so many steps.
    Shared(bool, u32),
    /// What the class leaves open decides, or the answer is unknown: each member is asked.
    ByMember,
}

/// What is asked of the members of a list, and what is known of its answers.
#[derive(Debug)]
pub(super) struct Question {
    /// Where it begins in the text.
    start: u32,
    /// True if it reads nothing that the class leaves open.
    pub whole: bool,
    /// The answers by class.
    pub answers: RefCell<Vec<Answer>>,
}

/// The answers to one expression, for one set of slots and one context.
#[derive(Debug, Default)]
pub struct Memo {
    asked: Vec<Question>,
}

impl Memo {
    /// Nothing answered yet.
    #[must_use]
    pub fn of(expr: &Expr) -> Self {
        let mut asked = Vec::new();
        expr.root.walk(&mut |node| {
            if let Kind::Quantifier(_, _, body) = &node.kind {
                let whole = by_class(body);
                if whole || of_member_alone(body, 0) {
                    asked.push(Question { start: body.start, whole, answers: RefCell::default() });
                }
            }
        });
        Self { asked }
    }

    /// What is kept of a question to members, if anything can be.
    pub(super) fn knows(&self, body: &Node) -> Option<&Question> {
        self.asked.iter().find(|question| question.start == body.start)
    }
}

/// True if a question about a member reads nothing but parameters, and what all of its class share.
fn by_class(node: &Node) -> bool {
    let own = |inner: &Node, fact: FactId| matches!(inner.kind, Kind::Bound { up: 0, .. }) && shared(fact);
    match &node.kind {
        Kind::Known(_) | Kind::Input(_) => true,
        Kind::Fact(inner, fact) | Kind::FactList(inner, fact) => own(inner, *fact),
        Kind::Not(inner) | Kind::InCodes(inner, _) => by_class(inner),
        Kind::And(parts) | Kind::Or(parts) => parts.iter().all(by_class),
        Kind::Compare(_, left, right) | Kind::CompareSize(_, left, right) => by_class(left) && by_class(right),
        _ => false,
    }
}

/// True if a question about a member, `deep` macros further in, names neither the subject that is judged nor members of
/// lists further out: nothing that two members of a class could be asked in two ways.
fn of_member_alone(node: &Node, deep: u32) -> bool {
    match &node.kind {
        Kind::Subject => false,
        Kind::Bound { up, .. } => *up <= deep,
        Kind::Quantifier(_, range, body) | Kind::Filter(range, body) | Kind::Transform(range, body) => {
            of_member_alone(range, deep) && of_member_alone(body, deep + 1)
        }
        _ => {
            let mut alone = true;
            node.each_child(&mut |part| alone &= of_member_alone(part, deep));
            alone
        }
    }
}

/// What all members of a class share: of them what is [`shared`], and of everything else nothing.
///
/// An answer that is known although so much is not is the answer for each of them: what is unknown may turn out in any way.
pub(super) struct Common<'a>(pub &'a dyn Slots);

impl Slots for Common<'_> {
    fn cell(&self, row: Row, fact: FactId) -> Cell<'_> {
        if is_common(row, fact) { self.0.cell(row, fact) } else { Cell::Unknown(Why::MissingFact) }
    }

    fn list<'a>(&'a self, row: Row, fact: FactId, visit: &mut dyn FnMut(Member<'a>) -> bool) -> Completeness {
        if is_common(row, fact) { self.0.list(row, fact, visit) } else { Completeness::Open(Why::MissingFact) }
    }

    fn entry(&self, _row: Row, _fact: FactId, _key: &str) -> Cell<'_> {
        Cell::Unknown(Why::MissingFact)
    }

    fn entries<'a>(
        &'a self,
        _row: Row,
        _fact: FactId,
        _visit: &mut dyn FnMut(&'a str, &'a str) -> bool,
    ) -> Completeness {
        Completeness::Open(Why::MissingFact)
    }

    fn text(&self, sym: Sym) -> &str {
        self.0.text(sym)
    }
}

fn is_common(row: Row, fact: FactId) -> bool {
    row.subject == Subject::Grant && shared(fact)
}

/// The facts on which all rows of a class agree.
fn shared(fact: FactId) -> bool {
    [
        grant::LEVEL.id,
        grant::ACTION_WIDTH.id,
        grant::ANY_RESOURCE.id,
        grant::EVERY_OF_KIND.id,
        grant::CONDITIONAL.id,
        grant::CHANGES_PERMISSIONS.id,
        grant::CHANGES_PERMISSIONS_BY_NAME.id,
        grant::READS_SECRETS.id,
        grant::INVOKES_MODELS.id,
        grant::INVOKES_MODELS_BY_NAME.id,
        grant::SENDS_OUT.id,
        grant::DELETES.id,
        grant::CAN_ASSUME.id,
        grant::CAN_PASS.id,
        grant::CAN_PASS_BY_NAME.id,
        grant::INVERTED.id,
        grant::SERVICES.id,
        grant::WHOLE_SERVICES.id,
    ]
    .contains(&fact)
}
