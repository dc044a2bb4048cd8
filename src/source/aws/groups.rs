//! Groups of `get-account-authorization-details`, and who is in them.

use super::arn::Arn;
use super::identities::Ready;
use super::policies;
use super::statements::Cache;
use crate::model::facts::{group, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::source::run::{FileRun, Run};

/// A user's membership. Users name their groups without the path, so it is placed at the end.
#[derive(Debug, Clone, Copy)]
pub struct Membership {
    user: u32,
    scope: Sym,
    group: Sym,
}

/// Notes that a user is in a group.
pub fn join(file: &mut FileRun<'_>, user: u32, scope: Sym, group: &str) {
    let group = file.world().strings.intern(group);
    file.run.aws.memberships.push(Membership { user, scope, group });
}

/// Puts a group into the tables.
pub fn add(file: &mut FileRun<'_>, cache: &Cache, row: u32, scope: Sym, ready: Ready<'_>, record: RecordId) {
    let Ready { principal, inline, has_inline_list, .. } = ready;
    let Some(arn) = principal.arn.as_deref() else { return };
    let Some(parsed) = Arn::parse(arn) else { return };
    let name = principal.user_name.as_deref().unwrap_or(parsed.name);
    describe(file.run, row, name, scope, record);
    let name = file.world().strings.intern(name);
    file.run.aws.groups.entry((scope, name)).or_insert(row);
    if let Some(text) = &principal.create_date {
        file.set_time(group::CREATED_AT, row, text, record);
    }
    if let Some(attached) = &principal.attached_managed_policies {
        for policy in attached.iter().filter_map(|attached| attached.policy_arn.as_deref()) {
            if let Some(policy) = policies::mention(file, policy, record) {
                file.world().push(group::POLICIES, row, policy);
            }
        }
        if has_inline_list {
            file.world().close(group::POLICIES, row);
        }
    }
    for (name, text) in inline {
        let policy = policies::inline(file, cache, parsed, arn, scope, (&name, text), record);
        file.world().push(group::POLICIES, row, policy);
    }
}

fn describe(run: &mut Run, row: u32, name: &str, scope: Sym, record: RecordId) {
    if let Some(id) = run.world.table(Subject::Group).id(row) {
        run.world.set(group::ID, row, id, record);
    }
    run.world.set_text(group::NAME, row, name, record);
    run.world.set(group::SCOPE, row, scope, record);
    run.world.set(group::BUILT_IN, row, false, record);
}

/// Places all memberships.
pub fn finish(run: &mut Run) {
    let mut missing = 0_u64;
    let mut first = None;
    for membership in std::mem::take(&mut run.aws.memberships) {
        let Membership { user, scope, group: name } = membership;
        let row = if let Some(row) = run.aws.groups.get(&(scope, name)) {
            *row
        } else {
            missing += 1;
            let record = run.world.table(Subject::Identity).records(user).next();
            first = first.or(record);
            let text = run.world.strings.text(name).to_owned();
            let scope_text = run.world.strings.text(scope).to_owned();
            let account = scope_text.strip_prefix("aws:").unwrap_or(&scope_text);
            let id = format!("{scope_text}:group:arn:aws:iam::{account}:group/{text}");
            let (row, new) = run.world.upsert(Subject::Group, &id);
            if let (true, Some(record)) = (new, record) {
                describe(run, row, &text, scope, record);
            }
            run.aws.groups.insert((scope, name), row);
            row
        };
        run.world.push(identity::GROUPS, user, row);
        run.world.push(group::MEMBERS, row, user);
    }
    if missing > 0 {
        let message = format!("users name {missing} groups that no export lists; what those grant is not known");
        run.world.note("group-not-listed", message, first);
    }
}
