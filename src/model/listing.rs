//! What can be enumerated: the kinds of complete list that a source shows or a person asserts.

use crate::closed_sets;

closed_sets! {
    /// A kind of list of which someone may say that it is complete for a scope.
    Listing / LISTING_SET "listing" {
        /// Accounts with long-term sign-in, such as IAM users.
        Users "users",
        /// The roots of accounts.
        Roots "roots",
        /// Assumable identities, such as IAM roles.
        Roles "roles",
        /// Groups.
        Groups "groups",
        /// Policies that are attached to something.
        Policies "policies",
        /// Access keys.
        AccessKeys "access_keys",
        /// Console passwords.
        Passwords "passwords",
        /// People and teams.
        Owners "owners",
        /// Who owns which identity.
        Ownership "ownership",
        /// AI systems.
        AiSystems "ai_systems",
        /// Resources with their labels.
        Resources "resources",
        /// Access reviews.
        Reviews "reviews",
        /// Revocation drills.
        Drills "drills",
        /// Which identities' actions are logged.
        LogSources "log_sources",
        /// Places where credentials were seen.
        Exposures "exposures",
        /// Accounts made for software, such as those of a cluster or a project.
        ServiceAccounts "service_accounts",
        /// Which accounts are bound to which roles, in every namespace.
        RoleBindings "role_bindings",
        /// What runs as which account.
        Workloads "workloads",
        /// API keys of a provider.
        ApiKeys "api_keys",
        /// Long-lived tokens of service accounts.
        Tokens "tokens",
    }
}

/// The systems that sources read and of which it is known which lists they have.
const READ: &[&str] = &["anthropic", "aws", "gitleaks", "kubernetes", "mcp", "openai"];

impl Listing {
    /// True if it says something of single identities, and so nothing of those that were made after it.
    #[must_use]
    pub fn is_by_identity(self) -> bool {
        matches!(
            self,
            Self::AccessKeys
                | Self::Passwords
                | Self::Ownership
                | Self::AiSystems
                | Self::Reviews
                | Self::Drills
                | Self::LogSources
                | Self::RoleBindings
                | Self::Workloads
                | Self::ApiKeys
                | Self::Tokens
        )
    }

    /// What it lists, in words and in the plural, such as `access keys`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Roots => "account roots",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::Policies => "policies",
            Self::AccessKeys => "access keys",
            Self::Passwords => "passwords",
            Self::Owners => "owners",
            Self::Ownership => "records of ownership",
            Self::AiSystems => "AI systems",
            Self::Resources => "resources",
            Self::Reviews => "access reviews",
            Self::Drills => "revocation drills",
            Self::LogSources => "log sources",
            Self::Exposures => "exposures",
            Self::ServiceAccounts => "service accounts",
            Self::RoleBindings => "role bindings",
            Self::Workloads => "workloads",
            Self::ApiKeys => "API keys",
            Self::Tokens => "account tokens",
        }
    }

    /// True if a policy of that system can be written into what is listed, so that it is known only with that.
    #[must_use]
    pub fn holds_policies(self, system: &str) -> bool {
        matches!(self, Self::Users | Self::Roles | Self::Groups) && system == "aws"
    }

    /// True if a system has such a list: what no system of a kind has need not be listed there.
    ///
    /// Of a system that no source reads, nothing is known, so it may have any.
    #[must_use]
    pub fn is_of(self, system: &str) -> bool {
        let of = |systems: &[&str]| systems.contains(&system) || !READ.contains(&system);
        match self {
            Self::Users | Self::Roots | Self::Roles | Self::AccessKeys | Self::Passwords => of(&["aws"]),
            Self::Groups | Self::Policies => of(&["aws", "kubernetes"]),
            Self::ServiceAccounts => of(&["kubernetes", "openai"]),
            Self::RoleBindings | Self::Workloads | Self::Tokens => of(&["kubernetes"]),
            Self::ApiKeys => of(&["anthropic", "openai"]),
            _ => true,
        }
    }
}
