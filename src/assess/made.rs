//! Which subjects were not there yet at the date of assessment: by their own date, or by that of what they are part of.

use std::collections::BTreeSet;

use crate::model::facts::{credential, group, identity, policy};
use crate::model::table::{ABSENT, UNKNOWN};
use crate::model::{Subject, World};

/// The rows that were made after the date of assessment.
#[derive(Debug, Default)]
pub(super) struct MadeLater {
    by_subject: Vec<BTreeSet<u32>>,
}

impl MadeLater {
    /// Looks through a world; empty where it has no date of assessment.
    ///
    /// A credential is not older than whose proof it is, nor an inline policy than the identity or group
    /// that it is written into. An AI system has no date of its own: its identities have. An exposure is there since it was
    /// seen.
    pub(super) fn of(world: &World) -> Self {
        let Some(as_of) = world.as_of else { return Self::default() };
        let mut by_subject: Vec<BTreeSet<u32>> = Subject::ALL.map(|subject| by_own_date(world, subject, as_of)).into();
        for (subject, policies) in [(Subject::Identity, identity::POLICIES.id), (Subject::Group, group::POLICIES.id)] {
            let holders = by_subject.get(subject as usize).cloned().unwrap_or_default();
            let written = holders.iter().flat_map(|row| world.table(subject).members(policies, *row));
            let inline: Vec<u32> = written.map(|(_, policy, _)| *policy).filter(|row| is_inline(world, *row)).collect();
            if let Some(later) = by_subject.get_mut(Subject::Policy as usize) {
                later.extend(inline);
            }
        }
        let identities = by_subject.get(Subject::Identity as usize).cloned().unwrap_or_default();
        let credentials = world.table(Subject::Credential);
        if let Some(later) = by_subject.get_mut(Subject::Credential as usize).filter(|_| !identities.is_empty()) {
            let whose = |row: u32| u32::try_from(credentials.get(credential::IDENTITY.id, row)).ok();
            later.extend(credentials.rows().filter(|row| whose(*row).is_some_and(|whose| identities.contains(&whose))));
        }
        Self { by_subject }
    }

    /// True if the row was made after the date of assessment.
    pub(super) fn contains(&self, subject: Subject, row: u32) -> bool {
        self.by_subject.get(subject as usize).is_some_and(|later| later.contains(&row))
    }
}

fn by_own_date(world: &World, subject: Subject, as_of: i64) -> BTreeSet<u32> {
    let since = if subject == Subject::Exposure { "detected_at" } else { "created_at" };
    let Some(created) = subject.fact(since) else { return BTreeSet::new() };
    let table = world.table(subject);
    let later = |row: &u32| {
        let made = table.get(created, *row);
        !matches!(made, UNKNOWN | ABSENT) && made > as_of
    };
    table.rows().filter(later).collect()
}

fn is_inline(world: &World, row: u32) -> bool {
    let by = u32::try_from(world.table(Subject::Policy).get(policy::MANAGED_BY.id, row));
    by.is_ok_and(|by| world.strings.text(crate::model::Sym(by)) == "inline")
}
