//! Kinds of what IAM keeps, as the patterns of a statement name them and as actions act on them.
//!
//! `iam:PutUserPolicy` acts on users: on `arn:aws:iam::111122223333:role/*` it does nothing.

use super::pattern::{blurred, covers, overlap, plain};
use crate::model::rewrite::Rewrite;

/// Some of the kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds(u8);

/// How the resources of the kinds begin. After them comes one for all others.
const NAMES: [&str; 4] = ["role/", "user/", "group/", "policy/"];
const OTHERS: u8 = 1 << 4;

impl Kinds {
    /// All of them.
    pub const ALL: Self = Self(0b1_1111);

    /// Those of which a pattern of ARNs names every one.
    #[must_use]
    pub fn covered(pattern: &str) -> Self {
        Self::of(pattern, |resource, kind| covers(resource, &format!("{kind}*")))
    }

    /// Those of which a pattern of ARNs may name one.
    #[must_use]
    pub fn touched(pattern: &str) -> Self {
        Self::of(pattern, |resource, kind| overlap(resource, &format!("{kind}*")))
    }

    /// The kind of a pattern that names one kind, and all of them for what is none of IAM's.
    #[must_use]
    pub fn named(pattern: Option<&str>) -> Self {
        let resource =
            pattern.and_then(|pattern| pattern.split_once(":iam:")).and_then(|(_, rest)| rest.splitn(3, ':').nth(2));
        let Some(resource) = resource else { return Self::ALL };
        NAMES.iter().position(|name| resource.starts_with(name)).map_or(Self(OTHERS), |at| Self(1 << at))
    }

    /// The kind of what is rewritten.
    #[must_use]
    pub fn rewritten(rewrite: Rewrite) -> Self {
        match rewrite {
            Rewrite::GrantsOfRole | Rewrite::TrustOfRole | Rewrite::NewRole => Self(1),
            Rewrite::GrantsOfUser | Rewrite::CredentialsOfUser | Rewrite::KeyOfUser | Rewrite::NewUser => Self(1 << 1),
            Rewrite::GrantsOfGroup | Rewrite::MembersOfGroup => Self(1 << 2),
            Rewrite::TextOfPolicy | Rewrite::VersionOfPolicy => Self(1 << 3),
            Rewrite::Boundary | Rewrite::Organisation => Self::ALL,
        }
    }

    /// These and the others.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// True if one is among the others.
    #[must_use]
    pub const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    fn of(pattern: &str, is: impl Fn(&str, &str) -> bool) -> Self {
        let pattern = plain(pattern);
        let pattern = pattern.as_ref();
        if blurred(pattern) {
            // Which part of the ARN a wildcard stands for cannot be told: it is put to whole names.
            let kinds =
                NAMES.iter().enumerate().filter(|(_, kind)| is(pattern, &format!("arn:aws:iam::111122223333:{kind}")));
            let others = if is(pattern, "arn:aws:iam::111122223333:other/") { OTHERS } else { 0 };
            return Self(kinds.fold(others, |all, (at, _)| all | 1 << at));
        }
        let Some(resource) = pattern.splitn(6, ':').nth(5) else {
            // The last `*` stands for what is left of the name too.
            return if pattern.ends_with('*') { Self::ALL } else { Self::default() };
        };
        let kinds = NAMES.iter().enumerate().filter(|(_, kind)| is(resource, kind));
        let others = if NAMES.iter().any(|name| resource.starts_with(name)) { 0 } else { OTHERS };
        Self(kinds.fold(others, |all, (at, _)| all | 1 << at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_every_one_of_some_kinds() {
        let role = Kinds::rewritten(Rewrite::TrustOfRole);
        let user = Kinds::rewritten(Rewrite::NewUser);
        for (pattern, of_role, of_user) in [
            ("arn:aws:iam::1:role/*", true, false),
            ("arn:aws:iam::1:role*", true, false),
            ("arn:aws:iam::1:*", true, true),
            ("arn:aws:iam::*", true, true),
            ("arn:aws:iam::1:user/*", false, true),
            ("arn:aws:iam::1:*/*", true, true),
        ] {
            let covered = Kinds::covered(pattern);
            assert_eq!((covered.meets(role), covered.meets(user)), (of_role, of_user), "{pattern}");
        }
        assert!(Kinds::touched("arn:aws:iam::1:user/ada").meets(user));
        assert!(!Kinds::touched("arn:aws:iam::1:user/ada").meets(role));
        assert_eq!(Kinds::named(Some("arn:${Partition}:iam::${Account}:role/*")), role);
        assert_eq!(Kinds::named(Some("arn:${Partition}:secretsmanager:*:*:secret:*")), Kinds::ALL);
        assert_eq!(Kinds::named(None), Kinds::ALL);
        let issuers = Kinds::named(Some("arn:${Partition}:iam::${Account}:oidc-provider/*"));
        for (pattern, want) in
            [("arn:aws:iam::1:oidc-provider/*", true), ("arn:aws:iam::1:*", true), ("arn:aws:iam::1:role/*", false)]
        {
            assert_eq!(Kinds::covered(pattern).meets(issuers), want, "{pattern}");
        }
    }
}
