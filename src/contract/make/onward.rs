//! The path of a finding about an AI system or a credential: from what it runs as, or proves, to what matters.

use super::path;
use super::walk::{Limits, Node, Walk};
use crate::contract::v1::{Evidence, Hop};
use crate::graph::Estate;
use crate::model::facts::{BecomingState, identity};
use crate::model::{Cell, Row, Scalar, Slots as _, Subject};

/// How much a search comes to before it gives up.
const MOST: usize = 2000;

/// Who steps from where: made once for an assessment, since it looks at who names whom.
#[derive(Debug)]
pub(super) struct Onward<'a> {
    estate: &'a Estate<'a>,
    walk: Walk<'a>,
}

impl<'a> Onward<'a> {
    pub(super) fn new(estate: &'a Estate<'a>) -> Self {
        Self { estate, walk: Walk::new(estate, false) }
    }

    /// The way from an AI system to an administrator, and what makes the last one so.
    pub(super) fn to_admin(&self, system: Row) -> (Vec<Hop>, Vec<Evidence>) {
        let certain = Limits { depth: Some(2), worst: BecomingState::Certain, most: MOST, beside: false };
        let walked = self.walk.from(system, certain);
        for come in &walked.come {
            let Node::Row(row) = come.node else { continue };
            if row.subject != Subject::Identity
                || self.estate.cell(row, identity::REACHES_ADMIN.id) != Cell::Known(Scalar::Bool(true))
            {
                continue;
            }
            let mut hops = self.walk.way(&walked, come);
            let (on, last) = path::to_admin(self.estate, row.index);
            let grounds = path::admin_ground(self.estate, system, &on, last);
            let before = hops.last().map_or(0, |hop| hop.n);
            hops.extend(path::later(on, before));
            return (hops, grounds);
        }
        (Vec::new(), Vec::new())
    }

    /// What is walked over.
    pub(super) fn estate(&self) -> &'a Estate<'a> {
        self.estate
    }

    /// The shortest certain way from an AI system, or from the identity that a credential proves, to a resource or an identity.
    pub(super) fn to(&self, start: Row, end: Row) -> Vec<Hop> {
        let certain = Limits { depth: None, worst: BecomingState::Certain, most: MOST, beside: false };
        let walked = self.walk.from(start, certain);
        let found = walked.come.iter().find(|come| come.node == Node::Row(end));
        found.map(|come| self.walk.way(&walked, come)).unwrap_or_default()
    }
}
