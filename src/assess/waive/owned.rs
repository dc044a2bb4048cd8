//! Whether who approved a waiver answers for what it is about.

use std::collections::{BTreeSet, HashMap};

use crate::base::text::acts;
use crate::graph::Estate;
use crate::model::facts::{OwnerKind, ai_system, credential, exposure, identity, owner, resource};
use crate::model::schema::Fact;
use crate::model::storable::List;
use crate::model::table::Presence;
use crate::model::{Cell, Completeness, FactId, Row, Scalar, Slots as _, Subject, Sym};

/// The owners that an export or the inventory lists, by all that they go by.
#[derive(Debug, Default)]
pub struct Owners {
    by_name: HashMap<String, Vec<u32>>,
}

impl Owners {
    /// All of them, ready to be asked for.
    #[must_use]
    pub fn of(estate: &Estate<'_>) -> Self {
        let mut by_name: HashMap<String, Vec<u32>> = HashMap::new();
        let table = estate.world.table(Subject::Owner);
        for row in (0..).take(table.len()).filter(|row| table.presence(*row) == Presence::Listed) {
            for name in names(estate, row) {
                by_name.entry(name).or_default().push(row);
            }
        }
        Self { by_name }
    }

    fn called(&self, names: &BTreeSet<String>) -> BTreeSet<u32> {
        names.iter().filter_map(|name| self.by_name.get(name)).flatten().copied().collect()
    }

    /// Whether the approver is among the owners of a subject, alone or as one of a team.
    ///
    /// False only where the approver is an owner that is listed, and all are known who own the subject and who are in their
    /// teams.
    #[must_use]
    pub fn is_owner(&self, estate: &Estate<'_>, about: Row, approver: &str) -> Option<bool> {
        let approver = written(approver);
        let mut owners = Among { whole: true, ..Among::default() };
        owners.of(estate, about, 0);
        let known = !owners.rows.is_empty();
        owners.members(estate);
        if owners.rows.iter().any(|row| names(estate, *row).iter().any(|name| approver.contains(name))) {
            return Some(true);
        }
        let mut approvers = Among { rows: self.called(&approver), whole: true };
        // Nobody else is known to go by that, as far as is known who goes by what.
        if !known || !owners.whole || approvers.rows.is_empty() {
            return None;
        }
        // A team that an owner is in may have been that owner.
        approvers.members(estate);
        (approvers.whole && approvers.rows.is_disjoint(&owners.rows)).then_some(false)
    }
}

/// Owners, and whether those are all.
#[derive(Debug, Default)]
struct Among {
    rows: BTreeSet<u32>,
    whole: bool,
}

impl Among {
    /// The owners of a subject, or of what it is a part of.
    fn of(&mut self, estate: &Estate<'_>, about: Row, links: u32) {
        let mut part_of = |fact: FactId| match estate.cell(about, fact) {
            Cell::Known(Scalar::Ref(other)) if links < 4 => self.of(estate, other, links + 1),
            _ => self.whole = false,
        };
        match about.subject {
            Subject::Owner => {
                self.rows.insert(about.index);
            }
            Subject::Identity => {
                self.list(estate, about, identity::OWNERS);
                match estate.cell(about, identity::SPONSOR.id) {
                    Cell::Known(Scalar::Ref(sponsor)) => {
                        self.rows.insert(sponsor.index);
                    }
                    Cell::Absent => {}
                    _ => self.whole = false,
                }
            }
            Subject::Credential => part_of(credential::IDENTITY.id),
            Subject::Exposure => part_of(exposure::CREDENTIAL.id),
            Subject::AiSystem => self.list(estate, about, ai_system::OWNERS),
            Subject::Resource => self.list(estate, about, resource::OWNERS),
            _ => self.whole = false,
        }
    }

    /// Those in their teams too, and in the teams in those.
    fn members(&mut self, estate: &Estate<'_>) {
        let mut left: Vec<u32> = self.rows.iter().copied().collect();
        let mut seen = self.rows.clone();
        while let Some(row) = left.pop() {
            let row = Row::new(Subject::Owner, row);
            if estate.cell(row, owner::KIND.id) == Cell::Known(Scalar::Enum(OwnerKind::Person as u8)) {
                continue;
            }
            self.list(estate, row, owner::MEMBERS);
            let fresh: Vec<u32> = self.rows.difference(&seen).copied().collect();
            seen.extend(&fresh);
            left.extend(fresh);
        }
    }

    fn list(&mut self, estate: &Estate<'_>, of: Row, fact: Fact<List>) {
        let completeness = estate.list(of, fact.id, &mut |member| {
            if let Scalar::Ref(row) = member.value {
                self.rows.insert(row.index);
            }
            true
        });
        self.whole &= completeness == Completeness::Complete;
    }
}

/// What an owner goes by: its id, its key, its address and its name.
fn names(estate: &Estate<'_>, row: u32) -> BTreeSet<String> {
    let world = estate.world;
    let table = world.table(Subject::Owner);
    let id = table.id(row).map_or("", |id| world.strings.text(id));
    let key = id.splitn(4, ':').nth(3).unwrap_or(id);
    let text = |fact| u32::try_from(table.get(fact, row)).map_or("", |sym| world.strings.text(Sym(sym)));
    [id, key, text(owner::EMAIL.id), text(owner::NAME.id)].into_iter().flat_map(written).collect()
}

/// All that a text may call someone: itself, and of `Name <address>` both, each as it is compared.
fn written(text: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([compared(text)]);
    if let Some((name, address)) = text.split_once('<') {
        all.insert(compared(name.trim().trim_matches('"')));
        all.insert(compared(address.split('>').next().unwrap_or(address)));
    }
    all.remove("");
    all
}

/// As names and addresses are compared: whatever the case, and without what is not seen.
fn compared(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !acts(*c)).collect();
    let folded = seen.to_uppercase().to_lowercase();
    let bare = folded.trim();
    bare.strip_prefix("mailto:").unwrap_or(bare).trim().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn an_address_is_the_same_however_it_is_written() {
        let plain = "sofie@tarnby.example";
        for one in [
            plain,
            " Sofie@Tarnby.example ",
            "mailto:sofie@tarnby.example",
            "MAILTO: sofie@tarnby.example.",
            "Sofie Lind <sofie@tarnby.example>",
            "\"Lind, Sofie\" <mailto:SOFIE@tarnby.example>",
            "sofie@tarnby.example\u{200b}",
            "\u{202e}\u{17f}ofie@tarnby.example",
        ] {
            assert!(written(one).contains(plain), "{one:?}: {:?}", written(one));
        }
        assert!(written("Sofie Lind <sofie@tarnby.example>").contains("sofie lind"));
        for one in ["", " ", "<>", "sofie", "sofie@tarnby.example2", "sofie+grc@tarnby.example"] {
            assert!(!written(one).contains(plain) && !written(one).contains(""), "{one:?}");
        }
    }
}
