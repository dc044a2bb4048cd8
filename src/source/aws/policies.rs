//! Policies of `get-account-authorization-details`: managed, inline, and merely named ones.

use std::fmt::Write as _;

use super::arn::Arn;
use super::counts::Counted;
use super::document::Document;
use super::lenient::Text;
use super::provided::Copied;
use super::statements::{Cache, Policy};
use super::types::Managed;
use crate::base::time::Instant;
use crate::model::facts::policy;
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::slots::Why;
use crate::model::world::World;
use crate::source::run::FileRun;

/// A managed policy that was parsed, its text looked up.
#[derive(Debug)]
pub struct Ready<'a> {
    /// The record without its text.
    pub managed: Managed<'a>,
    /// The text of the version in force.
    pub text: Policy<'a>,
}

/// Reads the version in force of a managed policy.
///
/// # Errors
/// When there is none, or it is not a policy document.
pub fn ready<'a>(cache: &Cache, mut managed: Managed<'a>) -> Result<Ready<'a>, String> {
    let current = managed.current().and_then(|version| version.document);
    let Some(current) = current else { return Err("it has no text of its default version".to_owned()) };
    let document: Document<'a> = serde_json::from_str(current.get()).map_err(|error| super::lenient::why(&error))?;
    let text = cache.find(document)?;
    let changed = managed.current().and_then(|version| version.create_date.clone());
    if changed.is_some() {
        managed.update_date = changed;
    }
    Ok(Ready { managed, text })
}

/// The row of a policy that another record names.
pub fn mention(file: &mut FileRun<'_>, arn: &str, record: RecordId) -> Option<u32> {
    let parsed = Arn::parse(arn)?;
    let mut id = std::mem::take(&mut file.run.aws.buffer);
    parsed.id(arn, &mut id);
    let (row, new) = file.world().upsert(Subject::Policy, &id);
    if new {
        describe(file.world(), row, parsed.name, parsed, record);
    }
    file.run.aws.buffer = id;
    Some(row)
}

/// The scope of a name's account.
pub fn scope(file: &mut FileRun<'_>, arn: Arn<'_>) -> Sym {
    let world = file.world();
    world.strings.intern(&format!("aws:{}", arn.account))
}

/// Names a managed policy.
pub fn describe(world: &mut World, row: u32, name: &str, arn: Arn<'_>, record: RecordId) {
    let scope = world.strings.intern(&format!("aws:{}", arn.account));
    let managed_by = if arn.account == "aws" { "provider" } else { "customer" };
    name_it(world, row, name, scope, managed_by, record);
}

fn name_it(world: &mut World, row: u32, name: &str, scope: Sym, managed_by: &str, record: RecordId) {
    if let Some(id) = world.table(Subject::Policy).id(row) {
        world.set(policy::ID, row, id, record);
    }
    world.set_text(policy::NAME, row, name, record);
    world.set(policy::SCOPE, row, scope, record);
    world.set_text(policy::MANAGED_BY, row, managed_by, record);
}

/// Puts a managed policy into the tables.
pub fn add(file: &mut FileRun<'_>, cache: &Cache, row: u32, ready: Ready<'_>, record: RecordId) {
    let Ready { managed, text } = ready;
    let Some(parsed) = managed.arn.as_deref().and_then(Arn::parse) else { return };
    describe(file.world(), row, managed.policy_name.as_deref().unwrap_or(parsed.name), parsed, record);
    if let Some(text) = &managed.create_date {
        file.set_time(policy::CREATED_AT, row, text, record);
    }
    if let Some(text) = &managed.update_date {
        file.set_time(policy::CHANGED_AT, row, text, record);
    }
    if let Some(count) = managed.attached() {
        file.world().set(policy::ATTACHED_COUNT, row, count, record);
    }
    let scope = scope(file, parsed);
    if let Some(id) = file.world().table(Subject::Policy).id(row) {
        let uses = (managed.attached().unwrap_or(0), managed.bounding().unwrap_or(0));
        count(file, scope, id, uses, record);
    }
    // What it said on the day of the assessment, an export of a later version does not tell.
    let changed = managed.update_date.as_deref().and_then(Instant::parse);
    if changed.is_some_and(|changed| file.world().is_later(changed.0)) {
        file.world().open(policy::GRANTS.id, row, Why::AfterAsOf);
        return;
    }
    cache.add(file.world(), row, text);
}

/// Keeps how often an account uses a policy of this id.
pub fn count(file: &mut FileRun<'_>, scope: Sym, policy: Sym, (attached, bounding): (i64, i64), record: RecordId) {
    if attached > 0 || bounding > 0 {
        file.run.aws.counted.push(Counted { scope, policy, attached, bounding, record });
    }
}

/// A copy of a policy that AWS provides, to be put into the tables once all copies are known.
pub fn copied(file: &mut FileRun<'_>, cache: &Cache, ready: Ready<'_>, record: RecordId) -> Copied {
    let Ready { managed, text } = ready;
    let mut time = |text: Option<&Text<'_>>| {
        let at = text.map(|text| Instant::parse(text));
        if at == Some(None) {
            file.bad_date(record);
        }
        at.flatten()
    };
    let (created, changed) = (time(managed.create_date.as_ref()), time(managed.update_date.as_ref()));
    let version = managed.current().and_then(|version| version.id.as_deref()?.strip_prefix('v')?.parse().ok());
    let name = managed.policy_name.as_deref().or_else(|| managed.arn.as_deref()?.rsplit('/').next());
    let uses = (managed.attached().unwrap_or(0), managed.bounding().unwrap_or(0));
    Copied {
        account: None,
        set: file.set,
        uses,
        name: name.unwrap_or("").to_owned(),
        created,
        changed,
        version,
        statements: cache.statements(file.world(), text),
        record,
    }
}

/// Says that a policy has two texts in one export, and that nobody knows which is right.
pub fn contested(world: &mut World, row: u32) {
    world.statements.forget(row);
    world.open(policy::GRANTS.id, row, Why::Conflict);
}

/// Puts an inline policy into the tables, and gives its row.
pub fn inline(
    file: &mut FileRun<'_>,
    cache: &Cache,
    holder: Arn<'_>,
    arn: &str,
    scope: Sym,
    (name, text): (&Text<'_>, Policy<'_>),
    record: RecordId,
) -> u32 {
    let mut id = std::mem::take(&mut file.run.aws.buffer);
    id.clear();
    let _ = write!(id, "aws:{}:inline_policy:{arn}#{}", holder.account, &**name);
    let (row, new) = file.world().upsert(Subject::Policy, &id);
    file.run.aws.buffer = id;
    if new {
        name_it(file.world(), row, name, scope, "inline", record);
        file.world().mark_listed(Subject::Policy, row, record);
        cache.add(file.world(), row, text);
    } else {
        // Its holder stands twice in the export.
        contested(file.world(), row);
    }
    row
}
