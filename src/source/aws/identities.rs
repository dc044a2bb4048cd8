//! Users and roles of `get-account-authorization-details`, into the tables.

use super::arn::Arn;
use super::groups;
use super::lenient::Text;
use super::policies;
use super::statements::{Cache, Policy, TrustPolicy, add_trust};
use super::types::Principal;
use crate::base::text::is_blank;
use crate::base::time::{Instant, Span};
use crate::model::facts::{IdentityKind, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::model::schema::Subject;
use crate::model::world::World;
use crate::source::run::FileRun;

/// A user, role or group that was parsed, its policies looked up.
#[derive(Debug)]
pub struct Ready<'a> {
    /// The record without its policies' texts.
    pub principal: Principal<'a>,
    /// True if the record has a list of inline policies, be it empty.
    pub has_inline_list: bool,
    /// Inline policies: name and text.
    pub inline: Vec<(Text<'a>, Policy<'a>)>,
    /// The trust policy.
    pub trust: Option<TrustPolicy<'a>>,
}

/// The facts that name an identity, from its Amazon resource name.
pub fn name(world: &mut World, row: u32, arn: &str, scope: Sym, record: RecordId) {
    if let Some(id) = world.table(Subject::Identity).id(row) {
        world.set(identity::ID, row, id, record);
    }
    world.set_text(identity::KEY, row, arn, record);
    world.set_text(identity::SYSTEM, row, "aws", record);
    world.set(identity::SCOPE, row, scope, record);
    let (kind, root) = match Arn::parse(arn).map(|arn| arn.kind) {
        Some("role") => (Some(IdentityKind::Role), false),
        Some("root") => (None, true),
        _ => (None, false),
    };
    match kind {
        Some(kind) => world.set(identity::KIND, row, kind, record),
        // Whether a person or software uses a user, no export of AWS says.
        None => {
            world.set_name(identity::KIND, row, if root { "root_user" } else { "iam_user" }, record);
        }
    }
    world.set(identity::ROOT, row, root, record);
    // AWS keeps this path for the roles that it makes for its services.
    let resource = arn.splitn(6, ':').nth(5).unwrap_or("");
    world.set(identity::SERVICE_LINKED, row, resource.starts_with("role/aws-service-role/"), record);
}

/// Puts a user or role into the tables.
pub fn add(file: &mut FileRun<'_>, cache: &Cache, row: u32, scope: Sym, ready: Ready<'_>, record: RecordId) {
    let Ready { principal, inline, has_inline_list, trust } = ready;
    let Some(arn) = principal.arn.as_deref() else { return };
    let Some(parsed) = Arn::parse(arn) else { return };
    let role = parsed.kind == "role";
    let world = file.world();
    name(world, row, arn, scope, record);
    world.set_text(identity::NAME, row, principal.user_name.as_deref().unwrap_or(parsed.name), record);
    // AWS has no way to switch a user or role off.
    world.set(identity::ENABLED, row, true, record);
    if let Some(id) = &principal.user_id {
        world.set_text(identity::NATIVE_ID, row, id, record);
    }
    if let Some(text) = &principal.description {
        if is_blank(text) {
            world.set_absent(identity::DESCRIPTION, row, record);
        } else {
            world.set_text(identity::DESCRIPTION, row, text, record);
        }
    }
    if let Some(seconds) = principal.max_session_duration {
        world.set(identity::SESSION_MAX, row, Span(seconds), record);
    }
    if let Some(tags) = &principal.tags {
        for tag in tags.iter() {
            if let (Some(key), Some(value)) = (&tag.key, &tag.value) {
                world.push_entry(identity::TAGS, row, key, value);
            }
        }
        world.close_map(identity::TAGS, row);
    }
    if let Some(text) = &principal.create_date {
        file.set_time(identity::CREATED_AT, row, text, record);
    }
    if role {
        used(file, row, &principal, record);
        // Nobody signs in as a role with a password, a key or a device.
        file.world().close(identity::CREDENTIALS, row);
        file.world().set(identity::MFA, row, false, record);
        file.world().close(identity::GROUPS, row);
    }
    match principal.permissions_boundary.as_ref().and_then(|boundary| boundary.arn.as_deref()) {
        Some(boundary) => {
            if let Some(policy) = policies::mention(file, boundary, record) {
                file.world().set(identity::BOUNDARY, row, policy, record);
            }
        }
        None => file.world().set_absent(identity::BOUNDARY, row, record),
    }
    if let Some(list) = &principal.group_list {
        for group in list.iter() {
            groups::join(file, row, scope, group);
        }
        file.world().close(identity::GROUPS, row);
    }
    if let Some(attached) = &principal.attached_managed_policies {
        for policy in attached.iter().filter_map(|attached| attached.policy_arn.as_deref()) {
            if let Some(policy) = policies::mention(file, policy, record) {
                file.world().push(identity::POLICIES, row, policy);
            }
        }
        // AWS leaves the list of inline policies out for users that have none, and writes it for every role.
        if has_inline_list || !role {
            file.world().close(identity::POLICIES, row);
        }
    }
    for (name, text) in inline {
        let policy = policies::inline(file, cache, parsed, arn, scope, (&name, text), record);
        file.world().push(identity::POLICIES, row, policy);
    }
    if let Some(trust) = &trust {
        add_trust(file.world(), row, trust);
    }
    // Nobody can take on a user, and of a role the trust policy names all who can.
    if trust.is_some() || !role {
        file.world().close(identity::CAN_BE_ASSUMED_BY, row);
    }
}

/// When a role was last used. AWS looks back 400 days, so "never" is only "not since then".
fn used(file: &mut FileRun<'_>, row: u32, principal: &Principal<'_>, record: RecordId) {
    if let Some(collected) = file.collected_at() {
        let since = Instant(collected.saturating_sub(super::ROLE_USE_TRACKED_FOR));
        file.world().set(identity::USE_TRACKED_SINCE, row, since, record);
    }
    let Some(used) = &principal.role_last_used else { return };
    match &used.last_used_date {
        Some(text) => file.set_time(identity::LAST_USED_AT, row, text, record),
        None => file.world().set_absent(identity::LAST_USED_AT, row, record),
    }
}
