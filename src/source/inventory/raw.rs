//! The inventory as written: one type a table.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::base::time::Instant;

/// A date, as `2026-08-03`, or an instant, as `2026-08-03T09:00:00Z`; in TOML also without quotes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum When {
    /// In quotes.
    Text(String),
    /// A date of TOML.
    #[schemars(with = "String")]
    Date(toml::value::Datetime),
}

impl When {
    /// The instant; a date means the start of its day.
    ///
    /// # Errors
    /// When it is neither, naming the field.
    pub fn instant(&self, field: &str) -> Result<Instant, String> {
        self.read(field, Instant::parse)
    }

    /// The instant at which something ends: of a date alone the last second of that day, since a day named as the end still counts.
    ///
    /// # Errors
    /// When it is neither, naming the field.
    pub fn end(&self, field: &str) -> Result<Instant, String> {
        self.read(field, Instant::parse_as_of)
    }

    fn read(&self, field: &str, parse: impl Fn(&str) -> Option<Instant>) -> Result<Instant, String> {
        let parsed = match self {
            Self::Text(text) => parse(text),
            Self::Date(date) => parse(&date.to_string()),
        };
        parsed.ok_or_else(|| {
            format!("`{field}` is not a date such as `2026-08-03` or an instant such as `2026-08-03T09:00:00Z`")
        })
    }
}

/// An inventory file.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inventory {
    /// People and teams that answer for identities.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// What people know of identities.
    #[serde(default)]
    pub identities: Vec<Identity>,
    /// Applications and agents.
    #[serde(default)]
    pub ai_systems: Vec<AiSystem>,
    /// What people know of single credentials.
    #[serde(default)]
    pub credentials: Vec<Credential>,
    /// What was done about secrets that were seen where they should not be.
    #[serde(default)]
    pub exposures: Vec<Exposure>,
    /// What identities can reach.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// Reviews of access.
    #[serde(default)]
    pub reviews: Vec<Review>,
    /// Trials of revocation.
    #[serde(default)]
    pub drills: Vec<Drill>,
    /// What logs record.
    #[serde(default)]
    pub log_sources: Vec<LogSource>,
    /// Lists that someone says are complete.
    #[serde(default)]
    pub closures: Vec<Closure>,
    /// What people attest where no export can show it.
    #[serde(default)]
    pub attestations: Vec<Attestation>,
}

/// A person or a team.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Owner {
    /// The id by which others name the owner, such as an address.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// `person` or `team`.
    pub kind: Option<String>,
    /// Whether the person still works here, or the team still exists.
    pub active: Option<bool>,
    /// When the person left, or the team was dissolved.
    pub left_at: Option<When>,
    /// The ids of a team's people; if given, all of them.
    pub members: Option<Vec<String>>,
}

/// What people know of an identity.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The ARN or the id of assize. A `*` in it means every listed identity that matches.
    pub identity: String,
    /// What kind of account it is: `human`, or for software `service_account`, `workload`, `machine_user`, `agent`,
    /// `api_client`, `oauth_app` or `role`; an entry with another is rejected. It counts also where an export says another
    /// kind, and that is told.
    pub kind: Option<String>,
    /// What it is for.
    pub purpose: Option<String>,
    /// The ids of its owners; if given, all of them.
    pub owners: Option<Vec<String>>,
    /// The id of the person who wanted it and answers for its purpose.
    pub sponsor: Option<String>,
    /// The environment that it belongs to: `production`, `staging`, `development`, `test`, `sandbox`, `shared`, a usual short
    /// form of these such as `prod`, or a label of `[environments]` of the profile.
    pub environment: Option<String>,
    /// When it is to be removed; a date means the end of that day.
    pub expires_at: Option<When>,
    /// The third party that uses it.
    pub vendor: Option<String>,
    /// Whether a third party uses it.
    pub third_party: Option<bool>,
    /// Whether a log records what it does.
    pub logged: Option<bool>,
    /// The id of the AI system that runs as it or uses it.
    pub ai_system: Option<String>,
}

/// An application or agent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AiSystem {
    /// The id by which others name it.
    pub id: String,
    /// The name.
    pub name: Option<String>,
    /// How it acts: `interactive`, `autonomous`, `hosted_copilot`, `embedded_agent` or `background_automation`.
    pub mode: Option<String>,
    /// Where it is in its life: `pilot`, `production` or `retired`.
    pub stage: Option<String>,
    /// When the pilot ends or ended; a date means the end of that day.
    pub pilot_ends_at: Option<When>,
    /// Who makes or hosts it.
    pub vendor: Option<String>,
    /// The model that it uses.
    pub model: Option<String>,
    /// The ids of its owners; if given, all of them.
    pub owners: Option<Vec<String>>,
    /// The identities that it runs as or uses; if given, all of them.
    pub identities: Option<Vec<String>>,
    /// The credentials that it holds, by their ids or the public ids of keys; if given, all of them.
    pub credentials: Option<Vec<String>>,
    /// The tools that it can call; if given, all of them. A resource of that pattern says what is known of a tool.
    pub tools: Option<Vec<String>>,
    /// Ids by which exports name it, such as an agent's ARN or `mcp:laptop:client:.mcp.json`.
    pub also: Option<Vec<String>>,
    /// What it is for.
    pub purpose: Option<String>,
    /// How many minutes one session or run may last, or may rest, before it ends.
    pub session_minutes: Option<f64>,
    /// Whether a guardrail filters what goes in and comes out.
    pub guarded: Option<bool>,
    /// Whether a log records what it is asked and what it does.
    pub logged: Option<bool>,
}

/// What proves an identity, of which no export says these things.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Its id as reports write it, or the public id of a key.
    pub credential: String,
    /// A name for people.
    pub name: Option<String>,
    /// `api_key`, `token`, `client_secret`, `certificate`, `ssh_key`, `access_key`, `password` or `federated_trust`.
    pub kind: Option<String>,
    /// The identity that it proves.
    pub identity: Option<String>,
    /// Whether it is accepted.
    pub enabled: Option<bool>,
    /// When it was issued.
    pub created_at: Option<When>,
    /// When its secret was issued or last replaced.
    pub last_change_at: Option<When>,
    /// When it stops working by itself; a date means the end of that day.
    pub expires_at: Option<When>,
    /// True if it never stops working by itself.
    pub never_expires: Option<bool>,
    /// The rights that it is limited to; if given, all of them.
    pub scopes: Option<Vec<String>>,
    /// Where its secret is kept.
    pub stored_in: Option<String>,
    /// Whether that place is meant for secrets.
    pub sanctioned_store: Option<bool>,
}

/// What an identity can reach.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// Its id, such as an ARN; of what exports list also its name or what it runs or calls; or a pattern with `*` for many.
    pub pattern: String,
    /// A name for people.
    pub name: Option<String>,
    /// What it is, such as `bucket`.
    pub kind: Option<String>,
    /// The system that holds it, such as `aws`.
    pub system: Option<String>,
    /// The account that it is in, such as `aws:111122223333`, for what does not name it, as a bucket does not.
    pub scope: Option<String>,
    /// The environment that it belongs to: `production`, `staging`, `development`, `test`, `sandbox`, `shared`, a usual short
    /// form of these such as `prod`, or a label of `[environments]` of the profile.
    pub environment: Option<String>,
    /// `public`, `internal`, `confidential` or `restricted`.
    pub sensitivity: Option<String>,
    /// Whether anyone can reach it.
    pub public: Option<bool>,
    /// Whether AI systems may use it.
    pub approved: Option<bool>,
    /// The ids of its owners; if given, all of them.
    pub owners: Option<Vec<String>>,
    /// For a tool, what calling it does or lets in; if given, all of it: `untrusted_input`, `sends_out`, `reads_secrets`,
    /// `reads_data`, `writes`, `deletes` (what deletes for good also writes), `runs_code`.
    pub effects: Option<Vec<String>>,
}

/// A review of access by a person.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// The identities reviewed: ARNs, ids, or patterns with `*`.
    #[serde(default)]
    pub identities: Vec<String>,
    /// Or the AI system whose identities were reviewed.
    pub ai_system: Option<String>,
    /// When.
    pub at: When,
    /// By whom.
    pub by: String,
    /// What came of it: `keep`, `reduce` or `remove`.
    pub outcome: Option<String>,
}

/// What was done about a secret that was seen where it should not be.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exposure {
    /// Its id as reports write it. A `*` in it means every one that matches.
    pub exposure: String,
    /// When it was dealt with: the secret revoked, or found to be none.
    pub resolved_at: Option<When>,
    /// The credential whose secret it is: its id as reports write it, or the public id of a key.
    pub credential: Option<String>,
    /// Who says so.
    pub by: String,
    /// Anything else.
    pub note: Option<String>,
}

/// A revocation tried for real.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drill {
    /// The identities revoked: ARNs, ids, or patterns with `*`.
    #[serde(default)]
    pub identities: Vec<String>,
    /// Or the AI system whose identities were revoked.
    pub ai_system: Option<String>,
    /// When.
    pub at: When,
    /// Minutes from the decision to the last credential refused.
    pub minutes: f64,
    /// By whom.
    pub by: Option<String>,
    /// Anything else.
    pub note: Option<String>,
}

/// What a log records.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogSource {
    /// The identities whose actions it records: ARNs, ids, or patterns with `*`.
    pub identities: Vec<String>,
    /// What kind of log, such as `cloudtrail`.
    pub kind: Option<String>,
    /// Anything else.
    pub note: Option<String>,
}

/// A list that someone says is complete.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Closure {
    /// Which list, such as `ownership` or `reviews`. It counts only if some of it was read, or `entries` says how many there are.
    pub listing: String,
    /// For which scope, such as `aws:111122223333`; `*` for all.
    pub scope: String,
    /// How many entries the list has in all files of the folder: if others were read, a file is missing and the list is not
    /// whole. For owners, ownership, AI systems, resources, reviews, drills and log sources those of the inventory, for
    /// exposures the findings of scanners, for others the records of exports of the scope.
    pub entries: Option<i64>,
    /// As of when.
    pub as_of: Option<When>,
    /// Who says so.
    pub by: String,
}

/// What a person attests of a part of a requirement.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The framework's id.
    pub framework: String,
    /// The requirement's id.
    pub requirement: String,
    /// The part's id.
    pub part: String,
    /// What is attested.
    pub statement: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: When,
    /// Until when it holds; a date means the end of that day.
    pub expires_at: Option<When>,
}
