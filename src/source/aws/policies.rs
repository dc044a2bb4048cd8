//! Policies of `get-account-authorization-details`: managed, inline, and merely named ones.

use std::fmt::Write as _;

use super::arn::Arn;
use super::document::Document;
use super::lenient::Text;
use super::statements::{Cache, Policy};
use super::types::Managed;
use crate::model::facts::policy;
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
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
        let scope = scope(file, parsed);
        describe(file, row, parsed.name, scope, managed_by(parsed), record);
    }
    file.run.aws.buffer = id;
    Some(row)
}

/// The scope of a name's account.
pub fn scope(file: &mut FileRun<'_>, arn: Arn<'_>) -> Sym {
    let world = file.world();
    world.strings.intern(&format!("aws:{}", arn.account))
}

fn managed_by(arn: Arn<'_>) -> &'static str {
    if arn.account == "aws" { "provider" } else { "customer" }
}

fn describe(file: &mut FileRun<'_>, row: u32, name: &str, scope: Sym, managed_by: &str, record: RecordId) {
    let world = file.world();
    if let Some(id) = world.table(Subject::Policy).id(row) {
        world.set(policy::ID, row, id, record);
    }
    world.set_text(policy::NAME, row, name, record);
    world.set(policy::SCOPE, row, scope, record);
    world.set_text(policy::MANAGED_BY, row, managed_by, record);
}

/// Puts a managed policy into the tables.
pub fn add(file: &mut FileRun<'_>, cache: &mut Cache, row: u32, ready: Ready<'_>, record: RecordId) {
    let Ready { managed, text } = ready;
    let Some(parsed) = managed.arn.as_deref().and_then(Arn::parse) else { return };
    let scope = scope(file, parsed);
    describe(file, row, managed.policy_name.as_deref().unwrap_or(parsed.name), scope, managed_by(parsed), record);
    if let Some(text) = &managed.create_date {
        file.set_time(policy::CREATED_AT, row, text, record);
    }
    if let Some(text) = &managed.update_date {
        file.set_time(policy::CHANGED_AT, row, text, record);
    }
    cache.add(file.world(), row, text);
}

/// Puts an inline policy into the tables, and gives its row.
pub fn inline(
    file: &mut FileRun<'_>,
    cache: &mut Cache,
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
        describe(file, row, name, scope, "inline", record);
        file.world().mark_listed(Subject::Policy, row, record);
        cache.add(file.world(), row, text);
    }
    row
}
