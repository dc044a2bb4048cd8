//! The schema of facts: one table a subject, one line a fact.
//!
//! A line is: handle, name, the Rust type that may be stored, type, whether it speaks of the
//! past, what absence means (`None` if it cannot be absent), merge rule, which direction is
//! worse, how it is made, which enumerations close it, and the sentence that documents it.
//! Everything else that must know the facts is made from here: the names that the expression
//! checker knows, `assize controls facts`, the documentation, the inventory's JSON Schema.

use super::intern::Sym;
use super::listing::Listing;
use super::schema::{Fact, FactDef, FactType as Ty, Made, Merge, Subject, SubjectDef, Worse};
use super::storable::{Flag, Link, List, Map, Number, Seconds, Time};
use crate::{closed_sets, fact_table};

closed_sets! {
    /// What kind of account an identity is.
    IdentityKind / IDENTITY_KIND_SET "identity kind" {
        /// An account made for software.
        ServiceAccount "service_account",
        /// Assumed for a time by others.
        Role "role",
        /// A running workload with an identity of its own.
        Workload "workload",
        /// An OAuth application.
        OauthApp "oauth_app",
        /// A client of an API.
        ApiClient "api_client",
        /// An account of the form meant for people, used by software.
        MachineUser "machine_user",
        /// An account made for an agent.
        Agent "agent",
        /// A person's account.
        Human "human",
        /// Anything else; the raw text is kept.
        Other "other",
    }
    /// What kind of proof a credential is.
    CredentialKind / CREDENTIAL_KIND_SET "credential kind" {
        /// A console or directory password.
        Password "password",
        /// A cloud access key.
        AccessKey "access_key",
        /// A provider's API key.
        ApiKey "api_key",
        /// A bearer token.
        Token "token",
        /// An OAuth client secret.
        ClientSecret "client_secret",
        /// A certificate.
        Certificate "certificate",
        /// An SSH key.
        SshKey "ssh_key",
        /// Trust in another issuer, without a secret.
        FederatedTrust "federated_trust",
        /// Anything else; the raw text is kept.
        Other "other",
    }
    /// What an owner is.
    OwnerKind / OWNER_KIND_SET "owner kind" {
        /// One person.
        Person "person",
        /// A team.
        Team "team",
    }
    /// The environment of an identity or a resource. A profile maps other labels onto these.
    Environment / ENVIRONMENT_SET "environment" {
        /// Serves real users or data.
        Production "production",
        /// A rehearsal of production.
        Staging "staging",
        /// For developing.
        Development "development",
        /// For automated tests.
        Test "test",
        /// For trying things out.
        Sandbox "sandbox",
        /// Serves several environments on purpose.
        Shared "shared",
        /// Anything else; the raw text is kept.
        Other "other",
    }
    /// How sensitive a resource is.
    Sensitivity / SENSITIVITY_SET "sensitivity" {
        /// Anyone may see it.
        Public "public",
        /// Anyone in the organisation may see it.
        Internal "internal",
        /// Only those who need it may see it.
        Confidential "confidential",
        /// The organisation's most sensitive data.
        Restricted "restricted",
        /// Anything else; the raw text is kept.
        Other "other",
    }
    /// How far a right goes. The order is the order of harm.
    GrantLevel / GRANT_LEVEL_SET "level" {
        /// Reads.
        Read "read",
        /// Creates, changes or deletes.
        Write "write",
        /// Everything of a service, or everything.
        Admin "admin",
        /// Changes who has access.
        Permissions "permissions",
    }
    /// How wide the actions of a grant are.
    ActionWidth / ACTION_WIDTH_SET "action width" {
        /// Actions named one by one, or by a pattern within a service such as `s3:Get*`.
        Named "named",
        /// Every action of a service, as `s3:*`.
        Service "service",
        /// Every action of every service, `*`.
        All "all",
    }
    /// How an identity takes on another's rights.
    BecomingHow / BECOMING_HOW_SET "way of becoming" {
        /// Asks for the other's session, as with `sts:AssumeRole`.
        Assume "assume",
        /// Acts as the other.
        Impersonate "impersonate",
        /// Presents a token of another issuer.
        Federate "federate",
        /// Makes a token for the other.
        MintToken "mint_token",
        /// Hands the other to a service that then acts.
        Pass "pass",
        /// Acts as the other by the word of the profile.
        Said "said",
    }
    /// How sure it is that the edge can be taken.
    BecomingState / BECOMING_STATE_SET "state of becoming" {
        /// Nothing stands in the way.
        Certain "certain",
        /// Only where a condition holds.
        Conditional "conditional",
        /// One side of it was not loaded.
        Possible "possible",
    }
    /// What stands at the other end of a trust.
    PrincipalKind / PRINCIPAL_KIND_SET "principal kind" {
        /// Anyone at all.
        Anyone "anyone",
        /// Everyone in an account.
        Account "account",
        /// One identity, or a session of it.
        Identity "identity",
        /// A service of the provider.
        Service "service",
        /// A federated issuer: OIDC or SAML.
        Federated "federated",
        /// Anything else; the raw text is kept.
        Other "other",
    }
    /// How an AI system acts.
    AiMode / AI_MODE_SET "AI system mode" {
        /// A person starts each run and sees each answer.
        Interactive "interactive",
        /// It acts on its own.
        Autonomous "autonomous",
        /// A copilot that a vendor hosts.
        HostedCopilot "hosted_copilot",
        /// An agent inside another product.
        EmbeddedAgent "embedded_agent",
        /// Runs in the background on a schedule or an event.
        BackgroundAutomation "background_automation",
    }
    /// Where an AI system is in its life.
    AiStage / AI_STAGE_SET "AI system stage" {
        /// On trial, with an end.
        Pilot "pilot",
        /// In use.
        Production "production",
        /// No longer meant to act.
        Retired "retired",
    }
    /// What calling a tool does, or lets in.
    Effect / EFFECT_SET "effect" {
        /// Brings in text that outsiders can write: web pages, mail, tickets, public repositories.
        UntrustedInput "untrusted_input",
        /// Can carry data out to where outsiders can read it.
        SendsOut "sends_out",
        /// Reads stored secrets.
        ReadsSecrets "reads_secrets",
        /// Reads the organisation's data.
        ReadsData "reads_data",
        /// Creates, changes or deletes.
        Writes "writes",
        /// Deletes for good; what does so also writes.
        Deletes "deletes",
        /// Runs commands or code that the model chooses.
        RunsCode "runs_code",
    }
    /// Two effects that are dangerous together.
    Combination / COMBINATION_SET "combination of effects" {
        /// It has something to steal, and a way out.
        ReadsSecretsAndSendsOut "reads_secrets_and_sends_out",
        /// Outsiders can talk to it, and there is something to break.
        UntrustedInputAndWritesToProduction "untrusted_input_and_writes_to_production",
    }
    /// What kind of decision a waiver is.
    WaiverKind / WAIVER_KIND_SET "type of waiver" {
        /// The risk is known and borne.
        AcceptedRisk "accepted_risk",
        /// What the finding says is not so.
        FalsePositive "false_positive",
        /// Something else protects as well.
        CompensatingControl "compensating_control",
        /// The organisation cannot work without what the finding is about.
        OperationalRequirement "operational_requirement",
        /// A vendor has to act first.
        VendorDependency "vendor_dependency",
    }
    /// Where an exposed credential was seen.
    ExposureKind / EXPOSURE_KIND_SET "exposure kind" {
        /// In a repository.
        Repository "repository",
        /// In a configuration file.
        Configuration "configuration",
        /// In a log.
        Log "log",
        /// In a chat or a ticket.
        Chat "chat",
        /// Anything else; the raw text is kept.
        Other "other",
    }
}

fact_table! { identity = Identity "identity" / "identities", "An account that software or a person authenticates as.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id: system, scope, kind and the key that every export of the system carries.";
    NATIVE_ID "native_id": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The system's immutable id, from which replaced and renamed are told.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The display name.";
    KEY "key": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The key within the system: an ARN for AWS.";
    KIND "kind": IdentityKind = Ty::Enum(&IDENTITY_KIND_SET), any, None, Authority, Neither, Stored, &[], "What kind of account it is.";
    SYSTEM "system": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The system that holds it, such as `aws`.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that it is in, such as an account.";
    ROOT "root": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether it is the account's root, which no policy limits.";
    SERVICE_LINKED "service_linked": Flag = Ty::Bool, any, None, Authority, Neither, Stored, &[], "Whether the provider made it for one of its services, which alone uses it, and decides what it may do.";
    ENVIRONMENT "environment": Environment = Ty::Enum(&ENVIRONMENT_SET), any, None, Authority, Neither, Stored, &[], "The environment that it belongs to.";
    ENABLED "enabled": Flag = Ty::Bool, any, None, Latest, Higher, Stored, &[], "Whether it can be used.";
    CREATED_AT "created_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was made.";
    LAST_USED_AT "last_used_at": Time = Ty::Time, past, Some("not used since use was tracked"), Maximum, Lower, Stored, &[], "When it last did something, as far as the system tracks it.";
    USE_TRACKED_SINCE "use_tracked_since": Time = Ty::Time, past, None, Earliest, Neither, Stored, &[], "Since when the system has tracked use.";
    USE_KNOWN_UNTIL "use_known_until": Time = Ty::Time, any, None, Latest, Neither, Virtual, &[], "Up to when the export that says when it was last used tells of use: when it was collected, or the date of assessment where nobody says when that was.";
    USED_LATER "used_later": Flag = Ty::Bool, any, None, Latest, Neither, Virtual, &[], "Whether it was used after that. No export says it of a time after its own: false where the export is as young as the date of assessment, else unknown.";
    EXPIRES_AT "expires_at": Time = Ty::Time, any, Some("does not expire"), Authority, Higher, Stored, &[], "When it stops working by itself.";
    PURPOSE "purpose": Sym = Ty::Str, any, Some("none is recorded"), Authority, Neither, Stored, &[], "What it is for, in a person's words.";
    DESCRIPTION "description": Sym = Ty::Str, any, Some("none is recorded"), Authority, Neither, Stored, &[], "The description in its system.";
    TAGS "tags": Map = Ty::Map, any, None, Latest, Neither, Stored, &[], "Labels of the system.";
    VENDOR "vendor": Sym = Ty::Str, any, Some("the organisation's own"), Authority, Neither, Stored, &[], "The third party that uses it.";
    THIRD_PARTY "third_party": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether a third party uses it.";
    OWNERS "owners": List = Ty::RefList(Subject::Owner), any, None, Union, Lower, Stored, &[Listing::Ownership], "The people and teams that answer for it.";
    SPONSOR "sponsor": Link = Ty::Ref(Subject::Owner), any, Some("nobody sponsors it"), Authority, Lower, Stored, &[Listing::Ownership], "The person who wanted it and answers for its purpose.";
    GROUPS "groups": List = Ty::RefList(Subject::Group), any, None, Union, Neither, Stored, &[], "The groups that it is a member of.";
    POLICIES "policies": List = Ty::RefList(Subject::Policy), any, None, Union, Neither, Stored, &[Listing::RoleBindings], "The policies attached to it or written into it, without those of its groups.";
    CREDENTIALS "credentials": List = Ty::RefList(Subject::Credential), any, None, Union, Higher, Stored, &[Listing::AccessKeys, Listing::Passwords, Listing::ApiKeys, Listing::Tokens], "What proves it.";
    GRANTS "grants": List = Ty::RefList(Subject::Grant), any, None, Union, Higher, Virtual, &[], "Its effective rights: of its policies and groups, less what a boundary or an unconditional deny takes away.";
    CAN_BECOME "can_become": List = Ty::RefList(Subject::Becoming), any, None, Union, Higher, Virtual, &[], "The identities whose rights it can take on, one step away.";
    CAN_BE_ASSUMED_BY "can_be_assumed_by": List = Ty::RefList(Subject::Becoming), any, None, Union, Higher, Virtual, &[], "Who can take on its rights, as its trust says: one for each principal of each statement.";
    LAST_REVIEW_AT "last_review_at": Time = Ty::Time, past, Some("never reviewed"), Maximum, Lower, Stored, &[Listing::Reviews], "When a person last reviewed its access.";
    LAST_REVIEWED_BY "last_reviewed_by": Sym = Ty::Str, any, Some("never reviewed"), Latest, Neither, Stored, &[Listing::Reviews], "Who last reviewed its access.";
    LAST_DRILL_AT "last_drill_at": Time = Ty::Time, past, Some("never drilled"), Maximum, Lower, Stored, &[Listing::Drills], "When its revocation was last tried for real.";
    REVOCATION_TIME "revocation_time": Seconds = Ty::Duration, any, Some("never measured"), Maximum, Higher, Stored, &[Listing::Drills], "How long the last drill took from the decision to the last credential refused; the slowest, if several were on one day.";
    SESSION_MAX "session_max": Seconds = Ty::Duration, any, None, Authority, Higher, Stored, &[], "How long one session may last.";
    BOUNDARY "boundary": Link = Ty::Ref(Subject::Policy), any, Some("no boundary is set"), Authority, Lower, Stored, &[], "The policy that limits what its other policies can grant.";
    LOGGED "logged": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[Listing::LogSources], "Whether a log records what it does.";
    AI_SYSTEMS "ai_systems": List = Ty::RefList(Subject::AiSystem), any, None, Union, Neither, Stored, &[Listing::AiSystems], "The AI systems that run as it or use it.";
    SERVES "serves": List = Ty::RefList(Subject::AiSystem), any, None, Union, Neither, Virtual, &[Listing::AiSystems], "The AI systems that run as it or use it, and those that hold a credential of it that is accepted.";
    WORKLOADS "workloads": List = Ty::StrList, any, None, Union, Higher, Stored, &[Listing::Workloads], "The workloads that run as it, by kind and name, such as `payments/deployment/api`.";
    MFA "mfa": Flag = Ty::Bool, any, None, Latest, Lower, Stored, &[], "Whether a multi-factor device is registered, as for a person.";
    HUMAN "human": Flag = Ty::Bool, any, None, Authority, Neither, Derived, &[], "Whether a person signs in as it: from its kind, or by a classification rule.";
    IS_AI "is_ai": Flag = Ty::Bool, any, None, Authority, Higher, Derived, &[], "Whether a rule recognises it as AI-connected. False means not recognised, also where exports that rules ask were not loaded; unknown where a list that a rule asks was cut short or lost a record, and where what it asks is told in words that nobody documents or in two ways.";
    AI_REASONS "ai_reasons": List = Ty::StrList, any, None, Union, Neither, Derived, &[], "The rules that recognised it, by id.";
    AI_CONFIDENCE "ai_confidence": Sym = Ty::Str, any, Some("not recognised"), Authority, Neither, Derived, &[], "How sure the strongest of those rules is: high, medium or low.";
    FULL_ADMIN "full_admin": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it has every action on every resource: by a grant that was read, with or without a condition, or as the root of an account. False means that no such grant was read, not that none exists; unknown where a boundary or a deny may leave less of one.";
    REACHES_ADMIN "reaches_admin": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it is an administrator of its system or can become one, over any number of steps.";
    REACH_DEPTH "reach_depth": Number = Ty::Int, any, None, Authority, Higher, Virtual, &[], "How many steps away the furthest identity is that it can certainly become.";
    REACH "reach": List = Ty::RefList(Subject::Identity), any, None, Union, Higher, Virtual, &[], "All identities whose rights it can take on, over any number of steps.";
    REACH_SYSTEMS "reach_systems": List = Ty::StrList, any, None, Union, Higher, Virtual, &[], "The systems of the identities that it can take on, its own included.";
    REACHED "reached": List = Ty::RefList(Subject::Resource), any, None, Union, Higher, Virtual, &[Listing::Resources], "The known resources that it and the identities that it can take on can reach.";
    ENVIRONMENTS_REACHED "environments_reached": List = Ty::EnumList(&ENVIRONMENT_SET), any, None, Union, Higher, Virtual, &[], "The environments of the identities that it can take on and of the known resources that they and it can reach. A label that the profile does not map is none of them, and leaves the list open.";
}

fact_table! { credential = Credential "credential" / "credentials", "What proves an identity.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The key id, or the slot of the report that lists it.";
    KIND "kind": CredentialKind = Ty::Enum(&CREDENTIAL_KIND_SET), any, None, Authority, Neither, Stored, &[], "What kind of proof it is.";
    IDENTITY "identity": Link = Ty::Ref(Subject::Identity), any, None, Authority, Neither, Stored, &[], "Whose proof it is.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that it is in.";
    ENABLED "enabled": Flag = Ty::Bool, any, None, Latest, Higher, Stored, &[], "Whether it is accepted.";
    CREATED_AT "created_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was issued.";
    ROTATED_AT "rotated_at": Time = Ty::Time, past, Some("never rotated"), Latest, Lower, Stored, &[], "When its secret was last replaced.";
    LAST_CHANGE_AT "last_change_at": Time = Ty::Time, past, None, Latest, Lower, Stored, &[], "When its secret was issued or last replaced, whichever is later.";
    EXPIRES_AT "expires_at": Time = Ty::Time, any, Some("does not expire"), Latest, Neither, Stored, &[], "When it stops working by itself.";
    LAST_USED_AT "last_used_at": Time = Ty::Time, past, Some("not used since use was tracked"), Maximum, Lower, Stored, &[], "When it was last used.";
    USE_TRACKED_SINCE "use_tracked_since": Time = Ty::Time, past, None, Earliest, Neither, Stored, &[], "Since when the system has tracked use.";
    USE_KNOWN_UNTIL "use_known_until": Time = Ty::Time, any, None, Latest, Neither, Virtual, &[], "Up to when the export that says when it was last used tells of use: when it was collected, or the date of assessment where nobody says when that was.";
    USED_LATER "used_later": Flag = Ty::Bool, any, None, Latest, Neither, Virtual, &[], "Whether it was used after that. No export says it of a time after its own: false where the export is as young as the date of assessment, else unknown.";
    SCOPES "scopes": List = Ty::StrList, any, None, Union, Higher, Stored, &[], "The rights that it is limited to.";
    STORED_IN "stored_in": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Where its secret is kept.";
    SANCTIONED_STORE "sanctioned_store": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[], "Whether that place is meant for secrets.";
    EXPOSURES "exposures": List = Ty::RefList(Subject::Exposure), any, None, Union, Higher, Stored, &[Listing::Exposures], "Where it was seen and should not be.";
    VERIFIED_LIVE "verified_live": Flag = Ty::Bool, any, None, Latest, Higher, Stored, &[], "Whether a scanner found that it is accepted.";
    SYSTEM "system": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The system that accepts it, such as `aws`, where that is known.";
    PLACES "places": List = Ty::StrList, any, None, Union, Higher, Stored, &[], "Every place where it is used or was seen, as the exports name them.";
    AI_SYSTEMS "ai_systems": List = Ty::RefList(Subject::AiSystem), any, None, Union, Higher, Stored, &[Listing::AiSystems], "The AI systems that hold it.";
    HELD_BY_AI "held_by_ai": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether an AI system is known to hold it: by a configuration or the inventory, or since it runs as what the credential proves, which is no person. False means that none is known, not that none exists; where nobody listed the AI systems, a check that asks about those held is undetermined. Unknown where that list was cut short or lost a record, where one holds a credential that may be this one, and where one runs as what it proves and nothing shows with which of its credentials.";
    MAY_BE "may_be": List = Ty::RefList(Subject::Credential), any, None, Union, Neither, Stored, &[], "Credentials that may be the same one, by a name, by how their values end, or by equal secrets that are short or plain. A question to a person: until it is answered by a link of the profile, what the other has and this one lacks is open.";
}

fact_table! { owner = Owner "owner" / "owners", "The person or team that answers for an identity.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The name.";
    EMAIL "email": Sym = Ty::Str, any, Some("none is recorded"), Latest, Neither, Stored, &[], "The address.";
    KIND "kind": OwnerKind = Ty::Enum(&OWNER_KIND_SET), any, None, Authority, Neither, Stored, &[], "A person or a team.";
    ACTIVE "active": Flag = Ty::Bool, any, None, Latest, Lower, Stored, &[], "Whether the person still works here, or the team still exists.";
    LEFT_AT "left_at": Time = Ty::Time, any, Some("has not left"), Latest, Neither, Stored, &[], "When the person left, or the team was dissolved.";
    MEMBERS "members": List = Ty::RefList(Subject::Owner), any, None, Union, Neither, Stored, &[Listing::Owners], "The people of a team.";
}

fact_table! { group = Group "group" / "groups", "What carries grants to its members.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The name.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that it is in.";
    BUILT_IN "built_in": Flag = Ty::Bool, any, None, Authority, Neither, Stored, &[], "Whether the system itself makes it, and decides who is in it, as `system:authenticated` of a cluster.";
    CREATED_AT "created_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was made.";
    POLICIES "policies": List = Ty::RefList(Subject::Policy), any, None, Union, Neither, Stored, &[Listing::RoleBindings], "The policies attached to it or written into it.";
    MEMBERS "members": List = Ty::RefList(Subject::Identity), any, None, Union, Neither, Stored, &[Listing::Users, Listing::ServiceAccounts], "The identities in it.";
}

fact_table! { policy = Policy "policy" / "policies", "What carries grants to its holders.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The name.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that it is in; the provider's own policies are in a scope of their own.";
    MANAGED_BY "managed_by": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "`provider`, `customer`, or `inline` where it is written into its one holder.";
    CREATED_AT "created_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was made.";
    CHANGED_AT "changed_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When its text was last changed.";
    ATTACHED_COUNT "attached_count": Number = Ty::Int, any, None, Maximum, Higher, Derived, &[], "To how many identities and groups it is attached, as loaded; where none of them was, as the export counts, and where it does not say, unknown unless all that could attach it are listed.";
    HOLDERS "holders": List = Ty::RefList(Subject::Identity), any, None, Union, Higher, Virtual, &[Listing::Users, Listing::Roles, Listing::ServiceAccounts], "The identities that hold it, directly or through a group.";
    GRANTS "grants": List = Ty::RefList(Subject::Grant), any, None, Union, Higher, Virtual, &[], "The rights that its text allows, before boundaries and denies of its holders.";
}

fact_table! { resource = Resource "resource" / "resources", "What an identity can reach.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The name.";
    KIND "kind": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "What it is, such as `bucket` or `table`.";
    SYSTEM "system": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The system that holds it.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that it is in.";
    ENVIRONMENT "environment": Environment = Ty::Enum(&ENVIRONMENT_SET), any, None, Authority, Neither, Stored, &[], "The environment that it belongs to.";
    SENSITIVITY "sensitivity": Sensitivity = Ty::Enum(&SENSITIVITY_SET), any, None, Authority, Higher, Stored, &[], "How sensitive it is.";
    PUBLIC "public": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether anyone can reach it.";
    APPROVED "approved": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[], "Whether AI systems may use it.";
    PATTERN "pattern": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Its name, or a pattern with `*` for many.";
    OWNERS "owners": List = Ty::RefList(Subject::Owner), any, None, Union, Lower, Stored, &[Listing::Ownership], "Who answers for it.";
    TARGET "target": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "For a tool: what it runs or calls, as a package, an image, a program or an address, without anything secret.";
    EFFECTS "effects": List = Ty::EnumList(&EFFECT_SET), any, None, Union, Higher, Stored, &[], "For a tool: what calling it does or lets in.";
    CREDENTIALS "credentials": List = Ty::RefList(Subject::Credential), any, None, Union, Higher, Stored, &[], "For a tool: the credentials that it is given.";
}

fact_table! { grant = Grant "grant" / "grants", "A right on a resource, with a level.";
    POLICY "policy": Link = Ty::Ref(Subject::Policy), any, None, Authority, Neither, Virtual, &[], "The policy that says it.";
    IDENTITY "identity": Link = Ty::Ref(Subject::Identity), any, Some("looked at from the policy"), Authority, Neither, Virtual, &[], "Whose right it is.";
    STATEMENT "statement": Sym = Ty::Str, any, None, Authority, Neither, Virtual, &[], "The statement's own name, or its position in the policy.";
    LEVEL "level": GrantLevel = Ty::Enum(&GRANT_LEVEL_SET), any, None, Authority, Higher, Virtual, &[], "The most that its actions allow.";
    LEVEL_BY "level_by": Sym = Ty::Str, any, None, Authority, Neither, Virtual, &[], "The action, and the list or verb, that the level rests on.";
    WRITES "writes": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can change something, after denies of all of that on all that it names. Unknown where it calls what may, such as an agent.";
    ACTIONS "actions": List = Ty::StrList, any, None, Union, Neither, Virtual, &[], "The actions and patterns, as written.";
    ACTION_WIDTH "action_width": ActionWidth = Ty::Enum(&ACTION_WIDTH_SET), any, None, Authority, Higher, Virtual, &[], "How wide the actions are.";
    SERVICES "services": List = Ty::StrList, any, None, Union, Neither, Virtual, &[], "The services whose actions it names; `*` for all.";
    WHOLE_SERVICES "whole_services": List = Ty::StrList, any, None, Union, Higher, Virtual, &[], "Those of them of which it allows every action, as `s3:*` does.";
    RESOURCES "resources": List = Ty::StrList, any, None, Union, Neither, Virtual, &[], "The resources and patterns, as written.";
    ANY_RESOURCE "any_resource": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it holds for every resource. Unknown where a boundary or a deny leaves a part of it on some only.";
    EVERY_OF_KIND "every_of_kind": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it holds for every resource, or for every one of a kind or a service in an account, as `arn:aws:iam::111122223333:role/*` and `arn:aws:iam::*` do. Where its actions matter more on some kinds, as those that change permissions do, of such a kind.";
    REACHED "reached": List = Ty::RefList(Subject::Resource), any, None, Union, Higher, Virtual, &[Listing::Resources], "The known resources that its patterns match and its actions get at; under a condition, none for certain.";
    CONDITIONAL "conditional": Flag = Ty::Bool, any, None, Authority, Lower, Virtual, &[], "Whether it holds only under a condition. Unknown where a deny has one, or where a boundary leaves on some resources only what matters most of it.";
    CONDITIONS "conditions": List = Ty::StrList, any, None, Union, Neither, Virtual, &[], "The keys of its conditions.";
    CONDITION_DIGEST "condition_digest": Sym = Ty::Str, any, Some("no condition"), Authority, Neither, Virtual, &[], "A digest of what its conditions ask, operators and values with it, but for external ids: other conditions have another.";
    CHANGES_PERMISSIONS "changes_permissions": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can change who has access.";
    CHANGES_PERMISSIONS_BY_NAME "changes_permissions_by_name": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can by an action narrower than a whole service, as `iam:Put*` is.";
    READS_SECRETS "reads_secrets": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can read stored secrets.";
    DELETES "deletes": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can delete what others made. Unknown where a deny may take just that away.";
    INVOKES_MODELS "invokes_models": Flag = Ty::Bool, any, None, Authority, Neither, Virtual, &[], "Whether it can call an AI model or agent.";
    INVOKES_MODELS_BY_NAME "invokes_models_by_name": Flag = Ty::Bool, any, None, Authority, Neither, Virtual, &[], "Whether it can by an action narrower than a whole service, as `iam:Put*` is.";
    SENDS_OUT "sends_out": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can send a message to whomever its holder names, such as mail. Unknown where it writes into resources that may be of another account, as `s3:PutObject` on `*` does.";
    CAN_ASSUME "can_assume": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can take on another identity.";
    CAN_PASS "can_pass": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can hand an identity to a service.";
    CAN_PASS_BY_NAME "can_pass_by_name": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it can by an action narrower than a whole service, as `iam:Put*` is.";
    INVERTED "inverted": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether it is everything but a list (`NotAction`, `NotResource`, or `*` less what an unconditional deny takes away), and so treated as a wildcard.";
}

fact_table! { becoming = Becoming "becoming" / "becomings", "An edge from one identity to another whose rights it can take on.";
    FROM "from": Link = Ty::Ref(Subject::Identity), any, Some("not one known identity"), Authority, Neither, Stored, &[], "Who can.";
    TO "to": Link = Ty::Ref(Subject::Identity), any, None, Authority, Neither, Stored, &[], "Whose rights.";
    PRINCIPAL "principal": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Who the trust names, as written.";
    PRINCIPAL_KIND "principal_kind": PrincipalKind = Ty::Enum(&PRINCIPAL_KIND_SET), any, None, Authority, Neither, Stored, &[], "What the trust names.";
    HOW "how": BecomingHow = Ty::Enum(&BECOMING_HOW_SET), any, None, Authority, Neither, Stored, &[], "In which way.";
    STATE "state": BecomingState = Ty::Enum(&BECOMING_STATE_SET), any, None, Authority, Lower, Stored, &[], "How sure it is.";
    CONDITIONS "conditions": List = Ty::StrList, any, None, Union, Lower, Stored, &[], "The keys of the conditions on it.";
    CONDITION_DIGEST "condition_digest": Sym = Ty::Str, any, Some("no condition"), Authority, Neither, Stored, &[], "A digest of what those conditions ask, operators and values with it, but for external ids: other conditions have another.";
    ISSUER "issuer": Sym = Ty::Str, any, Some("not federated"), Authority, Neither, Stored, &[], "The issuer whose tokens are accepted.";
    SUBJECT_PATTERN "subject_pattern": Sym = Ty::Str, any, Some("any subject of the issuer"), Authority, Neither, Stored, &[], "Which subjects of the issuer; `*` stands for any text, and `${*}` for a star.";
    SUBJECT_NAMED "subject_named": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[], "Whether the subjects that it asks for say whose workloads are meant: `repo:acme/*` does; `repo:*/deploy:*` does not, for everyone can have a repository of that name.";
    SUBJECT_WILDCARD "subject_wildcard": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether the subjects and claims that it asks for leave open which repository, branch or workload is meant.";
    CLAIMS "claims": List = Ty::StrList, any, None, Union, Lower, Stored, &[], "What it asks of other claims of a token that say something of the workload, as `claim=pattern`, such as `repository=acme/bot`; several of one claim are alternatives. Of claims that are not known, only the keys stand in `bound_by`.";
    AUDIENCE "audience": Sym = Ty::Str, any, Some("any audience"), Authority, Neither, Stored, &[], "The audience that the token must name.";
    EXTERNAL "external": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether it crosses from another scope.";
    EXTERNAL_SCOPE "external_scope": Sym = Ty::Str, any, Some("does not name a scope"), Authority, Neither, Stored, &[], "The other scope.";
    TRUSTED_SCOPE "trusted_scope": Flag = Ty::Bool, any, Some("does not name a scope"), Authority, Lower, Stored, &[], "Whether the profile names the other scope as the organisation's own, or as a known partner's.";
    OWN_SCOPE "own_scope": Flag = Ty::Bool, any, Some("does not name a scope"), Authority, Lower, Stored, &[], "Whether the profile names the other scope as the organisation's own.";
    BOUND_BY "bound_by": List = Ty::StrList, any, None, Union, Lower, Stored, &[], "The keys, in lower case, of those conditions that hold only for requests that carry one of the values named. A condition that is also met without the key is not among them, nor one that any value meets. Where `aws:PrincipalArn` names all of an account, `aws:principalaccount` stands for it.";
}

fact_table! { ai_system = AiSystem "ai_system" / "AI systems", "The application or agent itself.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The name.";
    MODE "mode": AiMode = Ty::Enum(&AI_MODE_SET), any, None, Authority, Neither, Stored, &[], "How it acts.";
    STAGE "stage": AiStage = Ty::Enum(&AI_STAGE_SET), any, None, Authority, Neither, Stored, &[], "Where it is in its life.";
    PILOT_ENDS_AT "pilot_ends_at": Time = Ty::Time, any, Some("no end is set"), Authority, Neither, Stored, &[], "When the pilot ends or ended.";
    VENDOR "vendor": Sym = Ty::Str, any, Some("the organisation's own"), Authority, Neither, Stored, &[], "Who makes or hosts it.";
    MODEL "model": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "The model that it uses.";
    OWNERS "owners": List = Ty::RefList(Subject::Owner), any, None, Union, Lower, Stored, &[Listing::Ownership], "Who answers for it.";
    IDENTITIES "identities": List = Ty::RefList(Subject::Identity), any, None, Union, Higher, Stored, &[Listing::AiSystems], "The identities that it runs as or uses.";
    CREDENTIALS "credentials": List = Ty::RefList(Subject::Credential), any, None, Union, Higher, Stored, &[Listing::AiSystems], "The credentials that it holds.";
    TOOLS "tools": List = Ty::RefList(Subject::Resource), any, None, Union, Higher, Stored, &[Listing::AiSystems], "The tools that it can call, and the servers that offer them.";
    SYSTEM "system": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The system that runs it or holds its configuration, such as `aws` or `mcp`.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of that system that it is in.";
    CREATED_AT "created_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was made.";
    CHANGED_AT "changed_at": Time = Ty::Time, past, None, Latest, Neither, Stored, &[], "When it was last changed.";
    ENABLED "enabled": Flag = Ty::Bool, any, None, Latest, Higher, Stored, &[], "Whether it can be used.";
    PURPOSE "purpose": Sym = Ty::Str, any, Some("none is recorded"), Authority, Neither, Stored, &[], "What it is for, in a person's words.";
    SESSION_MAX "session_max": Seconds = Ty::Duration, any, Some("a session has no end"), Authority, Higher, Stored, &[], "How long one session or run may last, or may rest, before it ends.";
    GUARDED "guarded": Flag = Ty::Bool, any, None, Latest, Lower, Stored, &[], "Whether a guardrail filters what goes in and comes out.";
    LOGGED "logged": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[], "Whether a log records what it is asked and what it does.";
    REACH "reach": List = Ty::RefList(Subject::Identity), any, None, Union, Higher, Virtual, &[], "All identities that it runs as, holds a credential of, or can take on from there, over any number of steps and systems.";
    REACH_SYSTEMS "reach_systems": List = Ty::StrList, any, None, Union, Higher, Virtual, &[], "The systems of those identities, and of its tools and credentials.";
    REACHED "reached": List = Ty::RefList(Subject::Resource), any, None, Union, Higher, Virtual, &[Listing::Resources], "The known resources that those identities can reach. Its tools are a list of their own.";
    REACHES_ADMIN "reaches_admin": Flag = Ty::Bool, any, None, Authority, Higher, Virtual, &[], "Whether one of those identities is an administrator of its system or can become one.";
    ENVIRONMENTS_REACHED "environments_reached": List = Ty::EnumList(&ENVIRONMENT_SET), any, None, Union, Higher, Virtual, &[], "The environments of those identities, of the resources that they reach and of its tools.";
    EFFECTS "effects": List = Ty::EnumList(&EFFECT_SET), any, None, Union, Higher, Virtual, &[], "What all its tools and identities together do or let in.";
    TOXIC_COMBINATIONS "toxic_combinations": List = Ty::EnumList(&COMBINATION_SET), any, None, Union, Higher, Virtual, &[], "The dangerous pairs among those effects.";
}

fact_table! { exposure = Exposure "exposure" / "exposures", "A place where a credential was seen and should not be.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    CREDENTIAL "credential": Link = Ty::Ref(Subject::Credential), any, Some("not one known credential"), Authority, Neither, Stored, &[], "Which credential.";
    LOCATION "location": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Where.";
    KIND "kind": ExposureKind = Ty::Enum(&EXPOSURE_KIND_SET), any, None, Authority, Neither, Stored, &[], "What kind of place.";
    DETECTED_AT "detected_at": Time = Ty::Time, past, None, Earliest, Neither, Stored, &[], "When it was seen.";
    RESOLVED_AT "resolved_at": Time = Ty::Time, past, Some("not resolved"), Latest, Higher, Stored, &[], "When it was dealt with.";
    VERIFIED "verified": Flag = Ty::Bool, any, None, Latest, Higher, Stored, &[], "Whether the scanner found that it is accepted.";
    PUBLIC "public": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether anyone can see the place.";
    SCANNER "scanner": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "What saw it.";
    NAME "name": Sym = Ty::Str, any, None, Latest, Neither, Stored, &[], "What was seen, and where, in a few words.";
    RULE "rule": Sym = Ty::Str, any, Some("no rule of a scanner"), Authority, Neither, Stored, &[], "The scanner's rule that saw it.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The part of the system that was looked at, such as a repository.";
    AI_SYSTEMS "ai_systems": List = Ty::RefList(Subject::AiSystem), any, None, Union, Higher, Stored, &[Listing::AiSystems], "The AI systems in whose configuration it was seen. Those that hold the credential elsewhere are in `credential.ai_systems`.";
}

fact_table! { waiver = Waiver "waiver" / "waivers", "A dated decision to live with findings, as `waivers.toml` or `waivers.csv` has it.";
    ID "id": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The stable id.";
    NAME "name": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Its name in the file.";
    SCOPE "scope": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The same for all: `assize:waivers`.";
    CHECK "check": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "The check, or the check run, whose findings it is for.";
    KIND "kind": WaiverKind = Ty::Enum(&WAIVER_KIND_SET), any, None, Authority, Neither, Stored, &[], "Its type.";
    APPROVER "approver": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Who approved it.";
    TICKET "ticket": Sym = Ty::Str, any, None, Authority, Neither, Stored, &[], "Where the decision is recorded.";
    OPENED_AT "opened_at": Time = Ty::Time, any, None, Authority, Neither, Stored, &[], "The beginning of the day from which it is in force.";
    EXPIRES_AT "expires_at": Time = Ty::Time, any, None, Authority, Higher, Stored, &[], "The beginning of the day from which it is no longer in force.";
    ASKED "asked": Flag = Ty::Bool, any, None, Authority, Neither, Stored, &[], "Whether its check is among those of the assessment.";
    MATCHES "matches": Number = Ty::Int, any, None, Authority, Neither, Stored, &[], "How many findings of its check its subjects match.";
    MATCHES_MORE "matches_more": Number = Ty::Int, any, None, Authority, Higher, Stored, &[], "How many of them it was not given for. None where it does not say for which it was given.";
    KEEPS_FACTS "keeps_facts": Flag = Ty::Bool, any, None, Authority, Lower, Stored, &[], "Whether it says for which findings it was given, with what they rested on.";
    ONLY_WILDCARDS "only_wildcards": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether one of its patterns is nothing but wildcards, and so matches whatever there will be.";
    APPROVER_IS_OWNER "approver_is_owner": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether the approver is among the owners, or the members of owning teams, of a subject that it matches. Unknown where the approver is no owner that is listed, or it is not known that all owners of a subject and all members of their teams are, and of those that are known the approver is none.";
    OVER_LIMIT "over_limit": Flag = Ty::Bool, any, None, Authority, Higher, Stored, &[], "Whether it is longer than `max_waiver` of the profile allows. False where the profile sets no limit.";
}

/// The definition of a subject.
#[must_use]
pub fn subject(subject: Subject) -> &'static SubjectDef {
    match subject {
        Subject::Identity => &identity::DEF,
        Subject::Credential => &credential::DEF,
        Subject::Owner => &owner::DEF,
        Subject::Group => &group::DEF,
        Subject::Policy => &policy::DEF,
        Subject::Resource => &resource::DEF,
        Subject::Grant => &grant::DEF,
        Subject::Becoming => &becoming::DEF,
        Subject::AiSystem => &ai_system::DEF,
        Subject::Exposure => &exposure::DEF,
        Subject::Waiver => &waiver::DEF,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_in_their_form() {
        for subject in Subject::ALL {
            let def = subject.def();
            for (at, fact) in def.facts.iter().enumerate() {
                assert!(fact.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", fact.name);
                assert!(
                    def.facts.iter().skip(at + 1).all(|other| other.name != fact.name),
                    "{}.{}",
                    def.name,
                    fact.name
                );
                assert_eq!(
                    fact.ty == Ty::Time,
                    fact.name.ends_with("_at") || ["use_tracked_since", "use_known_until"].contains(&fact.name),
                    "{}.{}",
                    def.name,
                    fact.name
                );
                assert!(fact.doc.ends_with('.'), "{}.{}", def.name, fact.name);
            }
        }
    }
}
