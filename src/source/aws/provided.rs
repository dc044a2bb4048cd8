//! Policies that AWS provides: one text for all accounts, of which the export of each account holds a copy.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::arn::Arn;
use super::policies;
use crate::base::time::Instant;
use crate::model::facts::policy;
use crate::model::intern::Sym;
use crate::model::policy::StatementId;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::world::World;
use crate::source::run::Run;

/// The copy of one export.
#[derive(Debug)]
pub struct Copied {
    /// The name that people use.
    pub name: String,
    /// When the policy was made.
    pub created: Option<Instant>,
    /// When the version in force was made.
    pub changed: Option<Instant>,
    /// The number of the version in force: 4 of `v4`.
    pub version: Option<u32>,
    /// What the version in force says.
    pub statements: Vec<(StatementId, Option<Sym>)>,
    /// To how many the account of the export has attached it, and of how many it is the boundary there.
    pub uses: (i64, i64),
    /// Where it stands.
    pub record: RecordId,
}

/// All copies, by ARN, in the order in which the exports were read.
#[derive(Debug, Default)]
pub struct Provided(BTreeMap<String, Vec<Copied>>);

impl Provided {
    /// Adds a copy.
    pub fn add(&mut self, arn: String, copied: Copied) {
        self.0.entry(arn).or_default().push(copied);
    }
}

impl Copied {
    /// Which of two copies has the newer text, as far as anything tells.
    fn age(&self, other: &Self) -> Ordering {
        let told = |one: Ordering| (one != Ordering::Equal).then_some(one);
        let by_date = self.changed.zip(other.changed).and_then(|(one, other)| told(one.cmp(&other)));
        let by_number = || self.version.zip(other.version).and_then(|(one, other)| told(one.cmp(&other)));
        by_date.or_else(by_number).unwrap_or(Ordering::Equal)
    }
}

/// Puts each policy into the tables, with the text that is in force for all accounts: the newest of the copies.
///
/// Where copies differ and nothing tells which is newer, its text is unknown: it stays merely mentioned.
pub fn finish(run: &mut Run) {
    let Provided(all) = std::mem::take(&mut run.aws.provided);
    for (arn, copies) in all {
        let Some(parsed) = Arn::parse(&arn) else { continue };
        let Some(best) = copies.iter().reduce(|best, one| if one.age(best).is_gt() { one } else { best }) else {
            continue;
        };
        let world = &mut run.world;
        let mut id = String::new();
        parsed.id(&arn, &mut id);
        let (row, _) = world.upsert(Subject::Policy, &id);
        policies::describe(world, row, &best.name, parsed, best.record);
        if copies.iter().any(|one| one.age(best).is_eq() && one.statements != best.statements) {
            let message = format!(
                "exports give different texts of `{arn}`, which AWS provides, and nothing tells which is newer"
            );
            world.note("policy-texts-differ", message, Some(best.record));
            continue;
        }
        put(world, row, best);
        for one in copies.iter().filter(|one| one.record != best.record) {
            if one.statements == best.statements {
                world.mark_listed(Subject::Policy, row, one.record);
            } else {
                let path = world.records.export(one.record).map_or("", |export| export.path.as_str());
                let message = format!(
                    "`{path}` has an older text of `{arn}`, which AWS provides: the newest is taken for all accounts"
                );
                world.note("older-policy-text", message, Some(one.record));
            }
        }
    }
}

fn put(world: &mut World, row: u32, best: &Copied) {
    world.mark_listed(Subject::Policy, row, best.record);
    if let Some(at) = best.created {
        world.set(policy::CREATED_AT, row, at, best.record);
    }
    if let Some(at) = best.changed {
        world.set(policy::CHANGED_AT, row, at, best.record);
    }
    for (statement, name) in &best.statements {
        world.statements.add(row, *statement, *name);
    }
}
