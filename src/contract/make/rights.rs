//! What an identity's own grants let it do to known resources, and how sure each of that is.

use std::collections::BTreeMap;

use crate::graph::{Estate, Sure};
use crate::model::facts::{BecomingState, identity};
use crate::model::{Row, Scalar, Slots as _, Subject};

/// A right of an identity on a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Right {
    /// How sure it is.
    pub state: BecomingState,
    /// The level of what it allows, as `GrantLevel` has them.
    pub level: u8,
    /// The grant, by the number of its statement.
    pub entry: u32,
}

impl Right {
    /// What it is called as a step.
    pub fn step(self) -> &'static str {
        match self.level {
            0 => "reads",
            1 => "writes",
            2 => "administers",
            _ => "controls access to",
        }
    }
}

/// All that an identity may do to one resource: for each degree of sureness the furthest right, and less sure ones only
/// where they go further.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Rights([Option<Right>; 3]);

impl Rights {
    /// The surest right, and of those the furthest.
    pub fn best(&self) -> Option<Right> {
        self.0.iter().flatten().next().copied()
    }

    /// The rights, surest first, each going further than those before it.
    pub fn each(&self) -> Vec<Right> {
        let mut all: Vec<Right> = Vec::new();
        for right in self.0.iter().flatten() {
            if all.last().is_none_or(|last| right.level > last.level) {
                all.push(*right);
            }
        }
        all
    }

    fn add(&mut self, right: Right) {
        let place = match right.state {
            BecomingState::Certain => 0,
            BecomingState::Conditional => 1,
            BecomingState::Possible => 2,
        };
        let further = |known: &Right| (right.level, known.entry) > (known.level, right.entry);
        if let Some(known) = self.0.get_mut(place)
            && known.as_ref().is_none_or(further)
        {
            *known = Some(right);
        }
    }
}

/// The known resources on which an identity has rights of its own, with those rights.
pub(super) fn rights_of(estate: &Estate<'_>, identity: Row) -> BTreeMap<Row, Rights> {
    let mut rights: BTreeMap<Row, Rights> = BTreeMap::new();
    if estate.graph.resources.is_empty() {
        return rights;
    }
    estate.list(identity, identity::GRANTS.id, &mut |member| {
        let Scalar::Ref(of) = member.value else { return true };
        for (to, given) in estate.given(of) {
            let state = sureness(
                member.certain && given.sure != Sure::Perhaps,
                given.sure == Sure::Whole && !given.conditional,
            );
            let right = Right { state, level: given.level, entry: of.index };
            rights.entry(Row::new(Subject::Resource, to)).or_default().add(right);
        }
        true
    });
    rights
}

/// How sure a right is: that it is there at all, and that no condition is known or open that would keep it from working.
pub(super) fn sureness(there: bool, free: bool) -> BecomingState {
    match (there, free) {
        (false, _) => BecomingState::Possible,
        (true, false) => BecomingState::Conditional,
        (true, true) => BecomingState::Certain,
    }
}
