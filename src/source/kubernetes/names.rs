//! Names of a cluster: the ids of what is in it, its built-in groups, and accounts that are named as users.

use std::fmt::Write as _;

/// How a user is named who is an account of the cluster.
pub const ACCOUNT: &str = "system:serviceaccount:";
/// The group of everyone who signed in.
pub const AUTHENTICATED: &str = "system:authenticated";
/// The group of everyone who did not sign in.
pub const UNAUTHENTICATED: &str = "system:unauthenticated";
/// The one user who is in that group.
pub const ANONYMOUS: &str = "system:anonymous";
/// The group of all accounts of the cluster; with `:NAMESPACE` those of one namespace.
pub const ACCOUNTS: &str = "system:serviceaccounts";
/// The namespace of an object that names none.
pub const DEFAULT: &str = "default";

/// The longest name of a user or a group that is read, in bytes: these may be anything.
const LONGEST_SUBJECT: usize = 1024;
/// The longest name that the API gives an object, in bytes.
const LONGEST: usize = 253;

/// The part of a scope that names the cluster: `prod-eu` of `kubernetes:prod-eu`.
#[must_use]
pub fn cluster(scope: &str) -> &str {
    scope.strip_prefix("kubernetes:").unwrap_or(scope)
}

/// True for a group that every cluster has, and that holds whoever is so.
#[must_use]
pub fn is_built_in(group: &str) -> bool {
    matches!(group, UNAUTHENTICATED | AUTHENTICATED)
        || group.strip_prefix(ACCOUNTS).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
}

/// Writes the id of something in a namespace: `kubernetes:prod-eu:service_account:payments/api`.
pub fn write_id(out: &mut String, scope: &str, kind: &str, namespace: Option<&str>, name: &str) {
    out.clear();
    let _ = match namespace {
        Some(namespace) => write!(out, "{scope}:{kind}:{namespace}/{name}"),
        None => write!(out, "{scope}:{kind}:{name}"),
    };
}

/// The namespace and name of an account that is named as a user.
#[must_use]
pub fn account_of_user(user: &str) -> Option<(&str, &str)> {
    let (namespace, name) = user.strip_prefix(ACCOUNT)?.split_once(':')?;
    (is_name(namespace) && is_name(name)).then_some((namespace, name))
}

/// True for what the API takes for a name. A `/` would make two ids of one, or one of two.
#[must_use]
pub fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && !text.contains(['/', '%'])
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// True for a name of a user or a group, which may be nearly anything.
#[must_use]
pub fn is_subject(text: &str) -> bool {
    !text.is_empty() && text.len() <= LONGEST_SUBJECT
}
