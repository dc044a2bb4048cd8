//! The words of a grant, as members of which another one is worse.

use std::collections::BTreeSet;

use crate::assess::named::value_of;
use crate::graph::Estate;
use crate::model::facts::grant;
use crate::model::schema::{FactId, FactType};
use crate::model::{Cell, Completeness, Row, Scalar, Slots as _};

/// That a grant has no condition.
pub(super) const ALWAYS: &str = "without a condition";
/// What the conditions of a grant begin with.
pub(super) const IF: &str = "if ";

/// What a grant allows, on what, how far and when.
pub(super) fn of(estate: &Estate<'_>, grant: Row) -> BTreeSet<String> {
    let listed = |fact: FactId| {
        let mut all = BTreeSet::new();
        let completeness = estate.list(grant, fact, &mut |member| {
            all.insert(value_of(estate, grant, fact, member.value));
            true
        });
        (all, completeness == Completeness::Complete)
    };
    // Of all but some actions, fewer words are more.
    let plain = estate.cell(grant, grant::INVERTED.id) == Cell::Known(Scalar::Bool(false));
    let mut words = BTreeSet::new();
    for (what, fact) in [("action", grant::ACTIONS.id), ("resource", grant::RESOURCES.id)] {
        let (all, whole) = listed(fact);
        if plain {
            words.extend(all.iter().map(|one| format!("{what} {one}")));
        } else {
            words.insert(format!("all but, or just, {what} {all:?}"));
        }
        if !whole {
            words.insert(format!("perhaps another {what}"));
        }
    }
    words.insert(match estate.cell(grant, grant::CONDITIONAL.id) {
        Cell::Known(Scalar::Bool(false)) => ALWAYS.to_owned(),
        Cell::Known(_) => format!("{IF}{:?}", listed(grant::CONDITIONS.id).0),
        _ => "perhaps with a condition".to_owned(),
    });
    match (estate.cell(grant, grant::LEVEL.id), grant::LEVEL.id.def().ty) {
        (Cell::Known(Scalar::Enum(code)), FactType::Enum(def)) => {
            words.extend((0..=code).map(|code| format!("level {}", def.text(code))));
        }
        _ => {
            words.insert("level not known".to_owned());
        }
    }
    words
}
