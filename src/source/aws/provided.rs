//! Policies that AWS provides: one text for all accounts, of which the export of each account holds a copy.
//!
//! What an account's own export says holds for that account, unless another shows a newer version: AWS changes such a policy
//! in all accounts at once, so the text is then unknown. An account of which no copy was read has the newest text that another
//! one shows. So no export clears, or blames, an account that says otherwise of itself.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::arn::Arn;
use super::policies;
use crate::base::time::{DAY, Instant};
use crate::model::facts::{group, identity, policy};
use crate::model::intern::Sym;
use crate::model::policy::StatementId;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::{Row, Why};
use crate::model::world::World;
use crate::source::run::Run;

/// The copy of one export.
#[derive(Debug)]
pub struct Copied {
    /// The account that the export is of, where it is of one.
    pub account: Option<Sym>,
    /// The set of files that the export belongs to.
    pub set: u32,
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

/// What a text allows and denies, whatever the order of its statements and of what they list.
type Content = BTreeSet<(bool, Vec<Sym>, bool, Vec<Sym>, bool, Vec<Sym>)>;

/// A copy with what it comes to.
struct Weighed<'c> {
    copied: &'c Copied,
    content: Content,
    /// True if its version was made after it was collected, or after the assessment.
    early: bool,
    /// When its export was collected, if anyone says.
    collected: Option<i64>,
}

impl Weighed<'_> {
    /// Which of two copies has the newer text, as far as anything tells.
    fn age(&self, other: &Self) -> Ordering {
        let (one, other) = (self.copied, other.copied);
        let told = |one: Ordering| (one != Ordering::Equal).then_some(one);
        let by_date = one.changed.zip(other.changed).and_then(|(one, other)| told(one.cmp(&other)));
        let by_number = || one.version.zip(other.version).and_then(|(one, other)| told(one.cmp(&other)));
        by_date.or_else(by_number).unwrap_or(Ordering::Equal)
    }

    /// True if both cannot be right: one version has one text, and so has one moment. A version with a lower number is not
    /// the younger one, and where an older one is in force later than a newer one was, AWS took the newer one back.
    fn contradicts(&self, other: &Self) -> bool {
        let (one, two) = (self.copied, other.copied);
        let same_version = one.version.is_some() && one.version == two.version;
        let by_date = one.changed.zip(two.changed).map(|(one, two)| one.cmp(&two));
        let by_number = one.version.zip(two.version).map(|(one, two)| one.cmp(&two));
        let crossed = by_date.zip(by_number).is_some_and(|(date, number)| date.is_ne() && date == number.reverse());
        let back = |older: &Self, newer: &Self| {
            older.collected.zip(newer.collected).is_some_and(|(older, newer)| older > newer.saturating_add(DAY))
        };
        let taken_back = match self.age(other) {
            Ordering::Less => back(self, other),
            Ordering::Equal => true,
            Ordering::Greater => back(other, self),
        };
        (same_version || crossed || taken_back) && self.content != other.content
    }
}

/// Puts each policy into the tables: for each account its own text, and for those without one the newest of the others.
///
/// Where copies of one version differ, the text is unknown for who has one of them: it stays merely mentioned.
pub fn finish(run: &mut Run) {
    let Provided(mut all) = std::mem::take(&mut run.aws.provided);
    for copied in all.values_mut().flatten().filter(|copied| copied.account.is_none()) {
        // A page of policies alone is of the account that the other pages are of.
        copied.account = run.sets.only_scope(copied.set);
    }
    let latest = || run.world.records.exports.iter().filter_map(|export| export.collected_at).max();
    let until = run.world.as_of.or_else(latest);
    let mut own: BTreeMap<(Sym, u32), u32> = BTreeMap::new();
    for (arn, copies) in &all {
        if let Some(parsed) = Arn::parse(arn) {
            one(&mut run.world, arn, parsed, copies, until, &mut own);
        }
    }
    if !own.is_empty() {
        hold_own(run, &own);
    }
}

/// Puts the policy of one ARN into the tables. `own` are the rows of accounts that have a text of their own, by the row that
/// all others have.
fn one(
    world: &mut World,
    arn: &str,
    parsed: Arn<'_>,
    copies: &[Copied],
    until: Option<i64>,
    own: &mut BTreeMap<(Sym, u32), u32>,
) {
    let weighed: Vec<Weighed<'_>> = copies
        .iter()
        .map(|copied| Weighed {
            copied,
            content: content(world, copied),
            early: is_early(world, copied, until),
            collected: world.records.rank(copied.record).1,
        })
        .collect();
    let newest = |among: &mut dyn Iterator<Item = usize>| {
        among.reduce(|best, at| match (weighed.get(best), weighed.get(at)) {
            (Some(known), Some(one)) if one.age(known).is_gt() => at,
            _ => best,
        })
    };
    let is_early = |at: usize| weighed.get(at).is_none_or(|one| one.early);
    // No copy that cannot be true yet speaks against another.
    let contradicted = |at: usize| {
        weighed.get(at).is_none_or(|one| weighed.iter().any(|other| !other.early && one.contradicts(other)))
    };
    let known = |at: Option<usize>| at.filter(|at| !contradicted(*at));
    let shared = newest(&mut (0..weighed.len()).filter(|at| !is_early(*at)));
    let Some(first) = shared.and_then(|at| copies.get(at)).or(copies.first()) else { return };
    let mut id = String::new();
    parsed.id(arn, &mut id);
    let (row, _) = world.upsert(Subject::Policy, &id);
    policies::describe(world, row, &first.name, parsed, first.record);
    if shared.is_some_and(&contradicted) {
        let message = format!(
            "exports give different texts of one version of `{arn}`, which AWS provides, and nothing tells which is right"
        );
        world.note("policy-texts-differ", message, Some(first.record));
    }
    let text_of = |at: Option<usize>| known(at).and_then(|at| weighed.get(at));
    if let Some(text) = text_of(shared) {
        put(world, row, text.copied);
    }
    let accounts: BTreeSet<Sym> = copies.iter().filter_map(|copied| copied.account).collect();
    for account in accounts {
        let of_account = |at: &usize| copies.get(*at).is_some_and(|copied| copied.account == Some(account));
        let plausible = newest(&mut (0..weighed.len()).filter(|at| of_account(at) && !is_early(*at)));
        let Some(at) = plausible.or_else(|| newest(&mut (0..weighed.len()).filter(of_account))) else { continue };
        let Some(copied) = copies.get(at) else { continue };
        tell(world, arn, copied, is_early(at), shared.is_some_and(|best| differs(&weighed, best, at)));
        // AWS changes such a policy in all accounts at once, so what an older copy says may hold no more.
        let older = shared.is_some_and(|best| is_older(&weighed, at, best) && differs(&weighed, best, at));
        // What it said on the day of the assessment, a copy of a later version does not tell.
        let later = copied.changed.is_some_and(|changed| world.is_later(changed.0));
        let (mine, theirs) = (text_of(Some(at)).filter(|_| !older && !later), text_of(shared));
        if later && theirs.is_none() {
            put_without_text(world, row, copied);
            continue;
        }
        if mine.map(|text| &text.content) == theirs.map(|text| &text.content) {
            if mine.is_some() {
                world.mark_listed(Subject::Policy, row, copied.record);
            }
            continue;
        }
        let id = format!("{}:policy:{arn}", world.strings.text(account));
        let (variant, _) = world.upsert(Subject::Policy, &id);
        policies::describe(world, variant, &copied.name, parsed, copied.record);
        if let Some(text) = mine {
            put(world, variant, text.copied);
        } else if later {
            put_without_text(world, variant, copied);
        }
        own.insert((account, row), variant);
    }
}

/// True if the text at `at` is not that at `best`.
fn differs(weighed: &[Weighed<'_>], best: usize, at: usize) -> bool {
    weighed.get(best).map(|one| &one.content) != weighed.get(at).map(|one| &one.content)
}

/// True if the text at `at` is not of a later day than anybody can know of, and older than that at `best`.
fn is_older(weighed: &[Weighed<'_>], at: usize, best: usize) -> bool {
    weighed.get(at).zip(weighed.get(best)).is_some_and(|(one, best)| !one.early && one.age(best).is_lt())
}

/// Says of a copy that it is not what other accounts are taken to have.
fn tell(world: &mut World, arn: &str, copied: &Copied, early: bool, differs: bool) {
    let path = world.records.export(copied.record).map_or("", |export| export.path.as_str());
    if early {
        let message = format!(
            "`{path}` has a version of `{arn}`, which AWS provides, that was made after the export or after the date of assessment: it is taken for no other account"
        );
        world.note("policy-text-of-later", message, Some(copied.record));
    } else if differs {
        let message = format!(
            "`{path}` has another text of `{arn}`, which AWS provides, than the newest: AWS changes such a policy in all accounts at once, so what it says in that account is not known until that is exported again"
        );
        world.note("older-policy-text", message, Some(copied.record));
    }
}

/// True if the version in force was made later than anybody can know of. That a policy was collected may be said of a whole day.
fn is_early(world: &World, copied: &Copied, until: Option<i64>) -> bool {
    let collected = world.records.rank(copied.record).1.map(|at| at.saturating_add(DAY));
    copied.changed.is_some_and(|changed| {
        collected.is_some_and(|at| changed.0 > at) || until.is_some_and(|until| changed.0 > until)
    })
}

/// What a copy says, with its lists in one order.
fn content(world: &World, copied: &Copied) -> Content {
    let sorted = |list| {
        let mut members = world.statements.members(list).to_vec();
        members.sort_unstable();
        members.dedup();
        members
    };
    let statements = copied.statements.iter().filter_map(|(id, _)| world.statements.get(*id));
    statements
        .map(|one| {
            let (actions, resources) = (sorted(one.actions), sorted(one.resources));
            (one.allow, actions, one.inverted_actions, resources, one.inverted_resources, sorted(one.conditions))
        })
        .collect()
}

/// Gives the identities and groups of an account the account's own text, and its counts too.
fn hold_own(run: &mut Run, own: &BTreeMap<(Sym, u32), u32>) {
    let world = &mut run.world;
    for (subject, fact) in [(Subject::Identity, identity::POLICIES.id), (Subject::Group, group::POLICIES.id)] {
        let scopes: Vec<Sym> = world.table(subject).rows().map(|row| world.scope(Row::new(subject, row))).collect();
        world.table_mut(subject).redirect(fact, |row, policy| {
            let scope = scopes.get(row as usize)?;
            own.get(&(*scope, policy)).copied()
        });
    }
    for row in world.table(Subject::Identity).rows() {
        let bounded = u32::try_from(world.table(Subject::Identity).get(identity::BOUNDARY.id, row));
        let scope = world.scope(Row::new(Subject::Identity, row));
        if let Some(mine) = bounded.ok().and_then(|policy| own.get(&(scope, policy))) {
            world.table_mut(Subject::Identity).replace(identity::BOUNDARY.id, row, i64::from(*mine));
        }
    }
    for counted in &mut run.aws.counted {
        let table = run.world.table(Subject::Policy);
        let mine = table.find(counted.policy).and_then(|policy| own.get(&(counted.scope, policy)));
        if let Some(id) = mine.and_then(|row| table.id(*row)) {
            counted.policy = id;
        }
    }
}

/// Puts a policy of which the text in force on the day of the assessment is not known.
fn put_without_text(world: &mut World, row: u32, copied: &Copied) {
    made(world, row, copied);
    world.open(policy::GRANTS.id, row, Why::AfterAsOf);
}

fn made(world: &mut World, row: u32, copied: &Copied) {
    world.mark_listed(Subject::Policy, row, copied.record);
    if let Some(at) = copied.created {
        world.set(policy::CREATED_AT, row, at, copied.record);
    }
}

fn put(world: &mut World, row: u32, best: &Copied) {
    made(world, row, best);
    if let Some(at) = best.changed {
        world.set(policy::CHANGED_AT, row, at, best.record);
    }
    for (statement, name) in &best.statements {
        world.statements.add(row, *statement, *name);
    }
}
