//! What a permission rewrites, and so over whom it gives power.

/// What an action rewrites.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rewrite {
    /// The permissions of a role.
    GrantsOfRole,
    /// The permissions of a user.
    GrantsOfUser,
    /// The permissions of a group.
    GrantsOfGroup,
    /// Who is in a group.
    MembersOfGroup,
    /// The text of a policy.
    TextOfPolicy,
    /// Which of a policy's texts holds.
    VersionOfPolicy,
    /// Who may take on a role.
    TrustOfRole,
    /// What proves a user.
    CredentialsOfUser,
    /// What proves a user, by a key beside those that it has.
    KeyOfUser,
    /// Which roles there are.
    NewRole,
    /// Which users there are.
    NewUser,
    /// A boundary.
    Boundary,
    /// Who has access to the accounts of an organisation, where its directory is kept, or whom an issuer vouches for.
    Organisation,
}

const ALL: [Rewrite; 13] = [
    Rewrite::GrantsOfRole,
    Rewrite::GrantsOfUser,
    Rewrite::GrantsOfGroup,
    Rewrite::MembersOfGroup,
    Rewrite::TextOfPolicy,
    Rewrite::VersionOfPolicy,
    Rewrite::TrustOfRole,
    Rewrite::CredentialsOfUser,
    Rewrite::KeyOfUser,
    Rewrite::NewRole,
    Rewrite::NewUser,
    Rewrite::Boundary,
    Rewrite::Organisation,
];

/// Several of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rewrites(u16);

impl Rewrites {
    /// True if one of them gives power over whoever or whatever a statement names.
    #[must_use]
    pub fn has_targets(self) -> bool {
        use Rewrite::{
            CredentialsOfUser, GrantsOfGroup, GrantsOfRole, GrantsOfUser, MembersOfGroup, TextOfPolicy, TrustOfRole,
            VersionOfPolicy,
        };
        let with = [
            GrantsOfRole,
            GrantsOfUser,
            GrantsOfGroup,
            MembersOfGroup,
            TextOfPolicy,
            VersionOfPolicy,
            TrustOfRole,
            CredentialsOfUser,
        ];
        with.into_iter().any(|one| self.has(one))
    }

    /// True if it is among them.
    #[must_use]
    pub fn has(self, one: Rewrite) -> bool {
        self.0 & Self::bit(one) != 0
    }

    /// Adds one.
    pub fn add(&mut self, one: Rewrite) {
        self.0 |= Self::bit(one);
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Rewrite> {
        ALL.into_iter().filter(move |one| self.has(*one))
    }

    /// Those for which `kept` is true.
    #[must_use]
    pub fn filter(self, kept: impl Fn(Rewrite) -> bool) -> Self {
        let mut left = Self::default();
        for one in ALL.into_iter().filter(|one| self.has(*one) && kept(*one)) {
            left.add(one);
        }
        left
    }

    fn bit(one: Rewrite) -> u16 {
        1 << (one as u16)
    }
}
