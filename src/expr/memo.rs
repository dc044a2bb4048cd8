//! Answers that many members of lists share, kept while many subjects are asked.
//!
//! Identities by the hundred thousand hold grants of a few dozen sorts. What a quantifier asks of a
//! grant is answered once for each [class](crate::model::Slots::class), if it asks nothing that the class leaves open.

use std::cell::RefCell;

use crate::model::facts::grant;
use crate::model::schema::FactId;

use super::Expr;
use super::eval::Got;
use super::tree::{Kind, Node};

/// An answer, and the steps that it took.
type Answer = (Got<bool>, u32);

/// The answers to one expression, for one set of slots and one context.
#[derive(Debug, Default)]
pub struct Memo {
    /// By the place where what is asked of a member begins in the text: the answers by class.
    asked: Vec<(u32, RefCell<Vec<Option<Answer>>>)>,
}

impl Memo {
    /// Nothing answered yet.
    #[must_use]
    pub fn of(expr: &Expr) -> Self {
        let mut asked = Vec::new();
        expr.root.walk(&mut |node| {
            if let Kind::Quantifier(_, _, body) = &node.kind
                && by_class(body)
            {
                asked.push((body.start, RefCell::default()));
            }
        });
        Self { asked }
    }

    /// True if what is asked here is the same for all of a class.
    pub(super) fn knows(&self, body: &Node) -> Option<&RefCell<Vec<Option<Answer>>>> {
        self.asked.iter().find(|(start, _)| *start == body.start).map(|(_, answers)| answers)
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
