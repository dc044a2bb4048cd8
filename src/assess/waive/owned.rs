//! Whether who approved a waiver answers for what it is about.

use std::collections::BTreeSet;

use crate::graph::Estate;
use crate::model::facts::{OwnerKind, ai_system, credential, exposure, identity, owner, resource};
use crate::model::schema::Fact;
use crate::model::storable::List;
use crate::model::{Cell, FactId, Row, Scalar, Slots as _, Subject, Sym};

/// Whether the approver is among the known owners of a subject, alone or as one of a team; `None` where none is known, or the
/// members of a team are not.
#[must_use]
pub fn approver_is_owner(estate: &Estate<'_>, about: Row, approver: &str) -> Option<bool> {
    let owners = owners(estate, about);
    let approver = approver.trim().to_lowercase();
    let mut unsure = owners.is_empty();
    for row in owners {
        if goes_by(estate, row, &approver) {
            return Some(true);
        }
        let members = members(estate, Row::new(Subject::Owner, row), owner::MEMBERS);
        if members.iter().any(|member| goes_by(estate, *member, &approver)) {
            return Some(true);
        }
        let kind = estate.cell(Row::new(Subject::Owner, row), owner::KIND.id);
        let person = kind == Cell::Known(Scalar::Enum(OwnerKind::Person as u8));
        unsure |= !person && members.is_empty();
    }
    (!unsure).then_some(false)
}

/// The known owners of a subject, or of what it is a part of.
fn owners(estate: &Estate<'_>, about: Row) -> BTreeSet<u32> {
    let one = |row: Row, fact: FactId| match estate.cell(row, fact) {
        Cell::Known(Scalar::Ref(other)) => Some(other),
        _ => None,
    };
    match about.subject {
        Subject::Owner => BTreeSet::from([about.index]),
        Subject::Identity => {
            let mut all = members(estate, about, identity::OWNERS);
            all.extend(one(about, identity::SPONSOR.id).map(|sponsor| sponsor.index));
            all
        }
        Subject::Credential => {
            one(about, credential::IDENTITY.id).map(|identity| owners(estate, identity)).unwrap_or_default()
        }
        Subject::Exposure => {
            one(about, exposure::CREDENTIAL.id).map(|credential| owners(estate, credential)).unwrap_or_default()
        }
        Subject::AiSystem => members(estate, about, ai_system::OWNERS),
        Subject::Resource => members(estate, about, resource::OWNERS),
        _ => BTreeSet::new(),
    }
}

fn members(estate: &Estate<'_>, of: Row, fact: Fact<List>) -> BTreeSet<u32> {
    let mut all = BTreeSet::new();
    estate.list(of, fact.id, &mut |member| {
        if let Scalar::Ref(row) = member.value {
            all.insert(row.index);
        }
        true
    });
    all
}

/// True if an owner's id, its key, its address or its name is that text, which is in lower case.
fn goes_by(estate: &Estate<'_>, row: u32, approver: &str) -> bool {
    let world = estate.world;
    let table = world.table(Subject::Owner);
    let id = table.id(row).map_or("", |id| world.strings.text(id));
    let key = id.splitn(4, ':').nth(3).unwrap_or(id);
    let text = |fact| u32::try_from(table.get(fact, row)).map_or("", |sym| world.strings.text(Sym(sym)));
    let all = [id, key, text(owner::EMAIL.id), text(owner::NAME.id)];
    all.iter().any(|name| !name.trim().is_empty() && name.trim().to_lowercase() == approver)
}
