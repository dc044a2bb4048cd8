//! What a record of the authorization details must have to be taken.

use super::arn::Arn;
use super::types::Principal;

/// The longest name of a user, role, group or policy that is read, in bytes: it is written again with each finding.
const LONGEST_NAME: usize = 64 << 10;

/// Holds that a record names a user, role, group or policy of an account.
///
/// # Errors
/// What is wrong with its name.
pub fn check_name(arn: Option<&str>, name: Option<&str>, kind: &str) -> Result<(), String> {
    if name.is_some_and(|name| name.len() > LONGEST_NAME) {
        return Err(format!("its name is longer than {} KiB", LONGEST_NAME >> 10));
    }
    let Some(arn) = arn.filter(|arn| !arn.is_empty()) else { return Err("it has no `Arn`".to_owned()) };
    match Arn::parse(arn) {
        Some(parsed) if parsed.kind == kind => Ok(()),
        _ => Err(format!("its `Arn` is not the name of a {kind} with its account")),
    }
}

/// Attachments, boundary and tags must say what they are of: one left out would be a right, or a limit, that nobody sees.
///
/// # Errors
/// What is missing.
pub fn check_parts(principal: &Principal<'_>) -> Result<(), String> {
    let policy = |arn: Option<&str>| arn.and_then(Arn::parse).is_some_and(|arn| arn.kind == "policy");
    let attached = principal.attached_managed_policies.iter().flat_map(|list| list.iter());
    for one in attached {
        if !policy(one.policy_arn.as_deref()) {
            return Err("an attached policy in it has no `PolicyArn` that names a policy".to_owned());
        }
    }
    if principal.permissions_boundary.as_ref().is_some_and(|boundary| !policy(boundary.arn.as_deref())) {
        return Err("its permissions boundary has no `PermissionsBoundaryArn` that names a policy".to_owned());
    }
    let mut tags = principal.tags.iter().flat_map(|list| list.iter());
    if tags.any(|tag| tag.key.is_none() || tag.value.is_none()) {
        return Err("a tag in it has no `Key` or no `Value`".to_owned());
    }
    Ok(())
}
