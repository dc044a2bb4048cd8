//! `assize explain`: what a person sees of a subject.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a failed expectation is the answer"
)]

mod support;

#[path = "support/explain.rs"]
mod shared;

use shared::{explained, run, sections};
use support::{AS_OF, copy, fixture};
use tempfile::TempDir;

/// An agent that fails, with the chain that it is a part of.
#[test]
fn an_ai_identity_that_fails() {
    let text = explained("ticket-dispatcher");
    insta::assert_snapshot!(text, @r#"
ticket-dispatcher  identity, role, in aws:730516284409, as of the end of 2026-11-01 UTC
  aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher
  4 fail, 0 unknown, 20 pass; 14 checks do not apply

Facts
  native_id             AROA2UFRJ4P4RXKBPLIPI                             e0 /RoleDetailList/10
  key                   arn:aws:iam::730516284409:role/ticket-dispatcher  e0 /RoleDetailList/10/Arn
  root                  no                                                e0 /RoleDetailList/10
  service_linked        no                                                e0 /RoleDetailList/10
  environment           shared (read from a tag)                          e0 /RoleDetailList/10/Tags
  enabled               yes                                               e0 /RoleDetailList/10
  created_at            2025-06-19 16:20:49 UTC (500 days before the assessment)  e0 /RoleDetailList/10/CreateDate
  last_used_at          2026-10-31 05:36:02 UTC (1 day before the assessment)  e0 /RoleDetailList/10/RoleLastUsed/LastUsedDate
  use_tracked_since     2025-09-26 06:17:33 UTC (401 days before the assessment)  e0 /RoleDetailList/10
  purpose               Sorts tickets with a model and hands them to the remediator  e15 line 64, purpose
  tags                  costcentre=4200, env=tools, owner=team-platform (by a complete list)  e0 /RoleDetailList/10
  sponsor               none: nobody sponsors it (by a complete list)     e0 /RoleDetailList/10
  last_review_at        2026-02-16 (258 days before the assessment)       e20 line 31, at
  last_reviewed_by      ingrid.solheim@marrowick.example                  e20 line 31, by
  last_drill_at         none: never drilled (by a complete list)          e0 /RoleDetailList/10
  revocation_time       none: never drilled (by a complete list)          e0 /RoleDetailList/10
  boundary              none: no boundary is set                          e0 /RoleDetailList/10
  logged                yes                                               e17 /log_sources/0/identities
  mfa                   no                                                e0 /RoleDetailList/10
  human                 no                                                e0 /RoleDetailList/10
      by the rules `machine-kind`, `declared-ai-system-machine`: its kind is one that only software has; here `identity.kind` is role
  is_ai                 yes                                               e12 /ai_systems/6/identities
      by the rules `declared-ai-system`, `invokes-models`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations
  ai_reasons            declared-ai-system, invokes-models                derived
  ai_confidence         high                                              derived
  reaches_admin         yes                                               derived
  reach_depth           3                                                 derived
  reach_systems         aws                                               derived
  environments_reached  production, development, shared                   derived
      there may be more, missing fact
  groups                none
  credentials           none

Not known  and what would supply it
  expires_at   missing fact  the inventory (identities.expires_at)
  vendor       missing fact  the inventory (identities.vendor)
  third_party  missing fact  the inventory (identities.third_party)
  description, session_max, workloads: given by no export that assize reads, or not by those that were read

Owners
  Platform  team, active, has not left  e0 /RoleDetailList/10/Tags

AI systems
  Dispatch operations  autonomous, production  e12 /ai_systems/6/identities

Rights  2 grants of 1 policy
  dispatch of ticket-dispatcher
      write       allows bedrock:InvokeModel, bedrock:InvokeModelWithResponseStream on arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-pro-v1:0  e0 /RoleDetailList/10
      write       allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e0 /RoleDetailList/10

Can become  3 for certain, 1 under a condition
  ops-remediator (aws:614820937715)   certain      by assuming the role
      allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e0 /RoleDetailList/10
      trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e2 /RoleDetailList/13/AssumeRolePolicyDocument
  emergency-admin (aws:614820937715)  certain      by assuming the role, as ops-remediator (aws:614820937715)
      trusts arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/8/AssumeRolePolicyDocument
  hackday-demo (aws:285019463370)     certain      by assuming the role, as emergency-admin (aws:614820937715)
      allows * on *  e2 /Policies/0
      trusts *  e1 /RoleDetailList/5/AssumeRolePolicyDocument
  oncall-readonly (aws:614820937715)  conditional  by assuming the role, as emergency-admin (aws:614820937715)

Reaches  20 for certain, 7 possibly
  Booking services (aws:614820937715)       certain  writes, as ops-remediator (aws:614820937715)  e2 /Policies/10
  Bookings (aws:614820937715)               certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Invoices of carriers (aws:614820937715)   certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Customer contacts (aws:614820937715)      certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Dock slots (aws:614820937715)             certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Shipments (aws:614820937715)              certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Support cases (aws:614820937715)          certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Reply drafts (aws:614820937715)           certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Workspace of analysts (aws:614820937715)  certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Arrivals, as received (aws:614820937715)  certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Attachments of cases (aws:614820937715)   certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  Photos of damage (aws:614820937715)       certain  administers, as emergency-admin (aws:614820937715)  e2 /Policies/0
  and 15 more

Who can become it  1 for certain
  ticket-intake  certain  by assuming the role
      trusts arn:aws:iam::730516284409:user/ticket-intake  e0 /RoleDetailList/10/AssumeRolePolicyDocument

What leads to it  1 for certain
  AKIA2UFRJ4P4YEXAMPLE of ticket-intake  certain  proves, over ticket-intake

Recognised as
  AI-connected  by the rule declared-ai-system, confidence high  an AI system of the inventory or of an export runs as it or uses it
  AI-connected  by the rule invokes-models, confidence medium    a policy lets it call a model or an agent, and no person signs in as it
  a machine's   by the rule machine-kind, confidence high        its kind is one that only software has
  a machine's   by the rule declared-ai-system-machine, confidence high  an AI system of the inventory runs as it or uses it

Fails
  critical  cannot-reach-administrator  is, or can become, an administrator of its system
      rests on    identity.reaches_admin: yes  derived
                  identity.policies of aws:614820937715:role:arn:aws:iam::614820937715:role/ops-remediator: aws:614820937715:policy:arn:aws:iam::614820937715:policy/remediation-runbooks  e2 /RoleDetailList/13
                  policy.grants of aws:614820937715:policy:arn:aws:iam::614820937715:policy/remediation-runbooks#statement/1: allows iam:AttachRolePolicy, iam:PutRolePolicy, iam:UpdateAssumeRolePolicy on arn:aws:iam::614820937715:role/* (lets ops-remediator change the permissions of every identity of a kind in its account, and so become an administrator)  e2 /Policies/10
                  identity.is_ai: yes  e12 /ai_systems/6/identities
      path        1. ticket-dispatcher → ops-remediator, by assuming the role, certain
                    allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e0 /RoleDetailList/10
                    trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e2 /RoleDetailList/13/AssumeRolePolicyDocument
      passes if   `identity.reaches_admin` is no, which follows from policies and trusts
      remedy      The finding shows the path as numbered steps. Cut it where the step is least needed: take the caller out of a trust, or the
                  `sts:AssumeRole` out of the caller's policy, or the right to administer out of the last role. Of a trust, the command
                  replaces the whole, so change what is there:
                  all of it: assize controls show cannot-reach-administrator
  medium    access-reviewed             last reviewed 258 days ago, limit 90 days, 30 days if AI-connected
      rests on    identity.last_review_at: 2026-02-16 (258 days before the assessment)  e20 line 31, at
                  identity.is_ai: yes  e12 /ai_systems/6/identities
      passes if   `identity.last_review_at` is on or after 2026-10-03
      remedy      Review it now, and write the review down:
                  all of it: assize controls show access-reviewed
  medium    ai-identity-has-boundary    no permissions boundary is set
      rests on    identity.boundary: none: no boundary is set  e0 /RoleDetailList/10
                  identity.is_ai: yes  e12 /ai_systems/6/identities
      passes if   `identity.boundary` names one policy
      remedy      Write one boundary for all agents, with no more than the most that any of them needs, and set it on each. It takes away at once
                  whatever it does not list, so compare it with what they use first:
                  all of it: assize controls show ai-identity-has-boundary
  medium    revocation-drilled          never drilled, limit 180 days
      rests on    identity.last_drill_at: none: never drilled (follows from a complete list)  e0 /RoleDetailList/10
                  identity.is_ai: yes  e12 /ai_systems/6/identities
      passes if   `identity.last_drill_at` is on or after 2026-05-06
      remedy      Try it in a rehearsal or at a quiet hour, with a clock: it stops what the identity does. Disable each key, and deny all to the
                  sessions of the role that began before now; `revoke.json`, with the time of now:
                  all of it: assize controls show revocation-drilled

Passes
  identity-not-administrator      no grant lists every action on every resource; rests on identity.grants, grant.action_width
  no-permission-wildcard          no grant names an action that changes permissions, or the whole of a service that manages identities, on everything of a kind without a condition; rests on identity.grants, grant.every_of_kind
  trust-not-anyone                no trust names everyone without a condition that says who; rests on identity.can_be_assumed_by, becoming.principal_kind
  ai-identity-not-a-person        neither a password nor a multi-factor device; rests on identity.kind (role), identity.credentials (none)
  identity-owned                  owned by Platform; rests on identity.owners (team-platform)
  machine-without-password        no active password among 0 credentials; rests on identity.credentials (none)
  no-inverted-grant               each grant says what it allows; rests on identity.grants, grant.inverted
  no-pass-anywhere                no grant of named actions, or on roles alone, passes every role without a condition; rests on identity.grants, grant.every_of_kind
  owner-active                    at least one of its owners (Platform) still works here; rests on identity.owners (team-platform), owner.active, owner.members
  pilot-identity-ended            made for Dispatch operations, of which at least one is still in use; rests on identity.ai_systems (dispatch-ops), ai_system.stage
  secrets-read-narrowly           no grant short of every action reads every stored secret of a kind without a condition; rests on identity.grants, grant.reads_secrets
  ai-identity-declared            part of Dispatch operations; rests on identity.ai_systems (dispatch-ops), ai_system.stage
  ai-identity-dedicated           serves 1 system: Dispatch operations; the limit is 1; rests on identity.ai_systems (dispatch-ops)
  ai-identity-without-static-key  no active static secret among 0 credentials; rests on identity.credentials (none)
  identity-logged                 a log records what it does; rests on identity.logged (yes)
  identity-unused                 made 500 days ago, last used 1 day ago, limit 90 days; fails from 2027-01-29 on
  no-assume-anywhere              no grant short of every action on everything assumes every role without a condition; rests on identity.grants, grant.can_assume, grant.every_of_kind
  no-service-wildcard             no grant covers a whole service on everything, or on everything of a kind; rests on identity.grants, grant.every_of_kind
  environment-labelled            belongs to shared; rests on identity.environment (shared)
  identity-purposed               a purpose is recorded; rests on identity.purpose

Exports
  e0   aws/730516284409/authorization-details.json  collected 2026-10-31 06:17:33 UTC
  e1   aws/285019463370/authorization-details.json  collected 2026-10-31 06:10:21 UTC
  e2   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
  e12  inventory/ai-systems.toml                    collected 2026-10-30 15:00 UTC
  e15  inventory/identities.csv                     collected 2026-10-30 15:00 UTC
  e17  inventory/logs.toml                          collected 2026-10-30 15:00 UTC
  e20  inventory/reviews.csv                        collected 2026-10-30 15:00 UTC
"#);
}

#[test]
fn a_key() {
    insta::assert_snapshot!(explained("AKIAY6JRO77Z5EXAMPLE"), @r#"
AKIAY6JRO77Z5EXAMPLE of label-reader  credential, access key, in aws:614820937715, as of the end of 2026-11-01 UTC
  aws:614820937715:access_key:AKIAY6JRO77Z5EXAMPLE
  1 fail, 1 unknown, 2 pass; 5 checks do not apply

Facts
  enabled            yes                                           e5 line 9 of Content, decoded
  created_at         2026-09-14 10:11:36 UTC (48 days before the assessment)  e5 line 9 of Content, decoded
  rotated_at         none: never rotated                           e5 line 9 of Content, decoded
  last_change_at     2026-09-14 10:11:36 UTC (48 days before the assessment)  e5 line 9 of Content, decoded
  expires_at         none: does not expire                         e5 line 9 of Content, decoded
  last_used_at       2026-10-31 05:44 UTC (1 day before the assessment)  e5 line 9 of Content, decoded
  use_tracked_since  2015-04-22 (4211 days before the assessment)  e5 line 9 of Content, decoded
  held_by_ai         no                                            derived
  ai_systems         none

Not known  and what would supply it
  scopes            missing fact    the inventory (credentials.scopes)
  stored_in         missing fact    the inventory (credentials.stored_in)
  sanctioned_store  missing fact    the inventory (credentials.sanctioned_store)
  exposures         not enumerated  the inventory (closures, with listing = "exposures")
  verified_live, system, places, may_be: given by no export that assize reads, or not by those that were read

Identity
  label-reader  machine user, enabled, AI-connected, production  e5 line 9 of Content, decoded, arn

Acts as  1 for certain
  label-reader  certain  proves

Reaches  1 under a condition
  Labels of parcels  conditional  reads, as label-reader  e2 /UserDetailList/6

Fails
  medium  ai-key-lifetime  issued 48 days ago, does not expire, limit 30 days
      rests on    credential.expires_at: none: does not expire  e5 line 9 of Content, decoded
                  credential.last_change_at: 2026-09-14 10:11:36 UTC (48 days before the assessment)  e5 line 9 of Content, decoded
                  identity.is_ai of aws:614820937715:user:arn:aws:iam::614820937715:user/label-reader: yes  e12 /ai_systems/9/identities
      passes if   `credential.last_change_at` is on or after 2026-10-03
      remedy      Replace the key by a role or by federation. Until then, shorten its life: issue the new one, move the agent, disable the old
                  one, and delete it when nothing broke for a day:
                  all of it: assize controls show ai-key-lifetime

Not decided
  critical  credential-not-exposed  `credential.exposures` is not known (not enumerated)
      missing     exposures (not enumerated)
      remedy      Scan the repositories and configurations where credentials of aws:614820937715 may stand, add the export `gitleaks` (secrets that gitleaks found in repositories and files) or the export `gitleaks-csv` (secrets that gitleaks found in repositories and files, as a table), and state under `[[closures]]` of the inventory that the list is complete: `listing = "exposures"`, `scope = "aws:614820937715"`, by whom and as of when.
                  $ gitleaks git --report-format json --report-path gitleaks.json --exit-code 0 REPOSITORY
                  $ gitleaks git --report-format csv --report-path gitleaks.csv --exit-code 0 REPOSITORY

Passes
  credential-rotated  last changed 48 days ago, limit 90 days; fails from 2026-12-13 on
  credential-unused   changed 48 days ago, last used 1 day ago; less than 45 days are allowed; fails from 2026-12-15 on

Exports
  e2   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
  e5   aws/614820937715/credential-report.json      collected 2026-10-31 06:04:12 UTC
  e12  inventory/ai-systems.toml                    collected 2026-10-30 15:00 UTC
"#);
}

#[test]
fn a_resource() {
    insta::assert_snapshot!(explained("customer-contacts"), @r#"
Customer contacts  resource, table, in aws:614820937715, as of the end of 2026-11-01 UTC
  arn:aws:dynamodb:eu-north-1:614820937715:table/customer-contacts
  no check asks about resources

Facts
  environment  production    e19 /resources/2/environment
  sensitivity  confidential  e19 /resources/2/sensitivity
  public       no            e19 /resources/2/public
  approved     no            e19 /resources/2/approved
  pattern      arn:aws:dynamodb:eu-north-1:614820937715:table/customer-contacts  e19 /resources/2/pattern

Not known  and what would supply it
  target   missing fact  bedrock-agents (actionGroupExecutor, parentActionSignature)
  effects  missing fact  bedrock-agents (parentActionSignature), or the inventory (resources.effects)
  credentials: given by no export that assize reads, or not by those that were read

Owners
  Support tools  team, active, has not left  e19 /resources/2/owners

Who reaches it  8 for certain, 4 possibly
  AWSServiceRoleForApplicationAutoScaling_DynamoDBTable  certain   writes
      allows dynamodb:DescribeTable, dynamodb:UpdateTable, cloudwatch:PutMetricAlarm, cloudwatch:DescribeAlarms, cloudwatch:DeleteAlarms on *  e2 /Policies/4
  emergency-admin                        certain   administers
      allows * on *  e2 /Policies/0
  sso-platform-admin                     certain   administers
      allows * on *  e2 /Policies/0
  amara.okoye                            certain   writes
      allows dynamodb:GetItem, dynamodb:Query, dynamodb:Scan, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem, dynamodb:BatchWriteItem on arn:aws:dynamodb:eu-north-1:614820937715:table/support-cases, arn:aws:dynamodb:eu-north-1:6148209…  e2 /Policies/7
  ops-remediator                         certain   by assuming the role, over emergency-admin
      trusts arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/8/AssumeRolePolicyDocument
  ticket-dispatcher (aws:730516284409)   certain   by assuming the role, over ops-remediator
      allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e0 /RoleDetailList/10
      trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e2 /RoleDetailList/13/AssumeRolePolicyDocument
  system:serviceaccount:ops:readiness-agent (oidc:oidc.eks.eu-north-1.amazonaws.com/id/7C2B91E4D05F4A6E8B13C9D7F2A5E860)  certain   with a token of another issuer, over ops-remediator
      trusts arn:aws:iam::614820937715:oidc-provider/oidc.eks.eu-north-1.amazonaws.com/id/7C2B91E4D05F4A6E8B13C9D7F2A5E860  e2 /RoleDetailList/13/AssumeRolePolicyDocument
  ticket-intake (aws:730516284409)       certain   by assuming the role, over ticket-dispatcher (aws:730516284409)
      trusts arn:aws:iam::730516284409:user/ticket-intake  e0 /RoleDetailList/10/AssumeRolePolicyDocument
  sso-platform-admin (aws:285019463370)  possible  administers
  sso-developer (aws:730516284409)       possible  administers
  sso-platform-admin (aws:730516284409)  possible  administers
  terraform-runner (aws:730516284409)    possible  administers

What leads to it  6 for certain, 1 possibly
  AKIAY6JRO77ZTEXAMPLE of amara.okoye  certain   proves, over amara.okoye
  amara.okoye#password of amara.okoye  certain   proves, over amara.okoye
  Case triage                          certain   runs as, over amara.okoye
  Dock chat                            certain   runs as, over amara.okoye
  Dispatch operations                  certain   runs as, over ops-remediator
  AKIA2UFRJ4P4YEXAMPLE of ticket-intake (aws:730516284409)  certain   proves, over ticket-intake (aws:730516284409)
  AKIA2UFRJ4P4REXAMPLE of terraform-runner (aws:730516284409)  possible  proves, over terraform-runner (aws:730516284409)

Exports
  e0   aws/730516284409/authorization-details.json  collected 2026-10-31 06:17:33 UTC
  e2   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
  e19  inventory/resources.toml                     collected 2026-10-30 15:00 UTC
"#);
}

#[test]
fn an_ai_system() {
    insta::assert_snapshot!(explained("Reply desk"), @r#"
Reply desk  AI system, as of the end of 2026-11-01 UTC
  reply-desk
  0 fail, 5 unknown, 3 pass; 2 checks do not apply

Facts
  mode                  autonomous           e12 /ai_systems/0/mode
  stage                 production           e12 /ai_systems/0/stage
  pilot_ends_at         none: no end is set  e12 /ai_systems/0
  model                 amazon.nova-pro      e12 /ai_systems/0/model
  reach_systems         aws                  derived
  reaches_admin         no                   derived
  environments_reached  production           derived
  effects               reads data, writes   derived
      there may be more, missing fact
  credentials           none

Not known  and what would supply it
  vendor       missing fact  the inventory (ai_systems.vendor)
  system       missing fact  bedrock-agents (the format), or mcp-client (the format)
  scope        missing fact  bedrock-agents (the account in agentArn), or mcp-client (the manifest, else the folder)
  created_at   missing fact  bedrock-agents (createdAt)
  changed_at   missing fact  bedrock-agents (updatedAt)
  enabled      missing fact  bedrock-agents (agentStatus)
  purpose      missing fact  the inventory (ai_systems.purpose)
  session_max  missing fact  bedrock-agents (idleSessionTTLInSeconds), or the inventory (ai_systems.session_minutes)
  guarded      missing fact  bedrock-agents (guardrailConfiguration.guardrailIdentifier), or the inventory (ai_systems.guarded)
  logged       missing fact  the inventory (ai_systems.logged)
  toxic_combinations: worked out from others, of which something is not known

Owners
  Support tools  team, active, has not left  e12 /ai_systems/0/owners

Identities
  AmazonBedrockExecutionRoleForAgents_replydesk  role, enabled, AI-connected, production  e12 /ai_systems/0/identities

Tools
  case.read         tool, approved: not known  e12 /ai_systems/0/tools
  case.update       tool, approved: not known  e12 /ai_systems/0/tools
  draft.write       tool, approved: not known  e12 /ai_systems/0/tools
  knowledge.search  tool, approved: not known  e12 /ai_systems/0/tools

Acts as  1 for certain
  AmazonBedrockExecutionRoleForAgents_replydesk (aws:614820937715)  certain  runs as

Reaches  4 for certain, 2 under a condition
  case.read                         certain      calls
  case.update                       certain      calls
  draft.write                       certain      calls
  knowledge.search                  certain      calls
  Support cases (aws:614820937715)  conditional  writes, as AmazonBedrockExecutionRoleForAgents_replydesk (aws:614820937715)  e2 /Policies/6
  Reply drafts (aws:614820937715)   conditional  writes, as AmazonBedrockExecutionRoleForAgents_replydesk (aws:614820937715)  e2 /Policies/6

Not decided
  critical  no-toxic-combination     `ai_system.toxic_combinations` is not known (missing fact)
      missing     ai_system.toxic_combinations (missing fact)
      remedy      Say of each tool of these AI systems what it does or lets in: `effects` under `[[resources]]` of the inventory, with the tool's id or name as the `pattern`. Then what their identities may do must be known.
  high      ai-tools-approved        `resource.approved` of case.read is not known (missing fact), and 3 more
      missing     resource.approved (missing fact)
      remedy      State for these resources of * `approved` under `[[resources]]` of the inventory (in CSV: the column `approved` of a file whose first column is `resource`).
  medium    ai-rights-used-by-tools  `resource.effects` of case.read is not known (missing fact), and 3 more
      missing     resource.effects (missing fact)
      remedy      Add the export `bedrock-agents` (agents of Amazon Bedrock, the roles that they run as, and their action groups) of * (there `parentActionSignature`), or state for them `effects` under `[[resources]]` of the inventory (in CSV: the column `effects` of a file whose first column is `resource`).
                  $ aws bedrock-agent list-agents --output json > bedrock-agents.json; for agent in $(jq -r '.agentSummaries[].agentId' bedrock-agents.json); do aws bedrock-agent get-agent --agent-id "$agent" --output json > "bedrock-agent-$agent.json"; aws bedrock-agent list-agent-action-groups --agent-id "$agent" --agent-version DRAFT --output json > "bedrock-action-groups-$agent.json"; for group in $(jq -r '.actionGroupSummaries[].actionGroupId' "bedrock-action-groups-$agent.json"); do aws bedrock-agent get-agent-action-group --agent-id "$agent" --agent-version DRAFT --action-group-id "$group" --output json > "bedrock-action-group-$agent-$group.json"; done; done
  medium    ai-session-ends          `ai_system.session_max` is not known (missing fact)
      missing     ai_system.session_max (missing fact)
      remedy      Add the export `bedrock-agents` (agents of Amazon Bedrock, the roles that they run as, and their action groups) of * (there `idleSessionTTLInSeconds`), or state for them `session_minutes` under `[[ai_systems]]` of the inventory.
                  $ aws bedrock-agent list-agents --output json > bedrock-agents.json; for agent in $(jq -r '.agentSummaries[].agentId' bedrock-agents.json); do aws bedrock-agent get-agent --agent-id "$agent" --output json > "bedrock-agent-$agent.json"; aws bedrock-agent list-agent-action-groups --agent-id "$agent" --agent-version DRAFT --output json > "bedrock-action-groups-$agent.json"; for group in $(jq -r '.actionGroupSummaries[].actionGroupId' "bedrock-action-groups-$agent.json"); do aws bedrock-agent get-agent-action-group --agent-id "$agent" --agent-version DRAFT --action-group-id "$group" --output json > "bedrock-action-group-$agent-$group.json"; done; done
  medium    ai-system-logged         `ai_system.logged` is not known (missing fact)
      missing     ai_system.logged (missing fact)
      remedy      State for these AI systems of * `logged` under `[[ai_systems]]` of the inventory.

Passes
  ai-system-not-administrator  nothing that it runs as, or holds a credential of, is an administrator or can become one; rests on ai_system.reaches_admin (no)
  ai-restricted-approved       of what it reaches (2 resources), nothing is restricted and not approved for AI; rests on ai_system.reached, resource.sensitivity
  ai-system-owned              owned by Support tools; rests on ai_system.owners (team-support-tools), owner.active, owner.members

Exports
  e2   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
  e12  inventory/ai-systems.toml                    collected 2026-10-30 15:00 UTC
"#);
}

#[test]
fn an_owner_who_left() {
    let text = explained("demand-forecast-runner");
    insta::assert_snapshot!(sections(&text, &["Owners", "Boundary", "Fails"]), @r#"
Owners
  David Acheampong  person, not active, left 2026-06-30, david.acheampong@marrowick.example  e1 /RoleDetailList/2/Tags

Boundary
  ai-agent-boundary  customer, attached count 0  e1 /RoleDetailList/2/PermissionsBoundary/PermissionsBoundaryArn

Fails
  high  owner-active  no owner of it still works here; recorded: David Acheampong
      rests on    identity.owners: david.acheampong@marrowick.example  e1 /RoleDetailList/2/Tags
                  owner.active: no  e18 /owners/19/active
                  identity.is_ai: yes  e12 /ai_systems/17/identities
      passes if   `owner.active` of David Acheampong is yes
      remedy      1. Hand the identity to someone who stays: change its owner tag or its row in the inventory.
                  2. Replace whatever the leaver could have seen. Disable the old key when its callers have moved, and delete it when nothing broke:
                  all of it: assize controls show owner-active
"#);
    insta::assert_snapshot!(sections(&explained("david.acheampong@marrowick.example"), &["David", "Facts", "Identities"]), @r#"
David Acheampong  owner, person, as of the end of 2026-11-01 UTC
  david.acheampong@marrowick.example
  no check asks about owners

Facts
  email    david.acheampong@marrowick.example           e18 /owners/19/email
  active   no                                           e18 /owners/19/active
  left_at  2026-06-30 (124 days before the assessment)  e18 /owners/19/left_at
  members  none

Identities, in whose owners it is
  demand-forecast-runner  role, enabled, AI-connected, development  e1 /RoleDetailList/2/Tags
"#);
}

#[test]
fn what_is_not_decided_says_what_is_missing() {
    insta::assert_snapshot!(sections(&explained("image-thumbnailer"), &["Not"]), @r#"
Not known  and what would supply it
  environment  missing fact  the inventory (identities.environment)
  expires_at   missing fact  the inventory (identities.expires_at)
  vendor       missing fact  the inventory (identities.vendor)
  third_party  missing fact  the inventory (identities.third_party)
  description, session_max, workloads: given by no export that assize reads, or not by those that were read

Not decided
  high  environment-not-crossed  `identity.environment` is not known (missing fact)
      missing     identity.environment (missing fact)
      remedy      Tag these identities of aws:614820937715 (`environment_tags` names the key `env`, with a label of `[environments]`: `lab`, `prod`, `tools`), or state for them `environment` under `[[identities]]` of the inventory (in CSV: the column `environment` of a file whose first column is `identity`).
  low   environment-labelled     `identity.environment` is not known (missing fact)
"#);
}

/// The id of a finding, as `findings.csv` has it, gives that verdict alone with all of its remedy.
#[test]
fn a_finding() {
    insta::assert_snapshot!(explained("access-reviewed aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher"), @r#"
ticket-dispatcher  identity, role, in aws:730516284409, as of the end of 2026-11-01 UTC
  aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher

Fails
  medium  access-reviewed  last reviewed 258 days ago, limit 90 days, 30 days if AI-connected
      rests on    identity.last_review_at: 2026-02-16 (258 days before the assessment)  e20 line 31, at
                  identity.is_ai: yes (by the rules `declared-ai-system`, `invokes-models`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations)  e12 /ai_systems/6/identities
      passes if   `identity.last_review_at` is on or after 2026-10-03
      remedy      Review it now, and write the review down:

                      [[reviews]]
                      identities = ["arn:aws:iam::111122223333:role/NAME"]
                      at = "2026-10-12"
                      by = "ada@example.com"
                      outcome = "reduce"

                  `outcome` is `keep`, `reduce` or `remove`. Let the calendar ask for the next one.

Exports
  e12  inventory/ai-systems.toml  collected 2026-10-30 15:00 UTC
  e20  inventory/reviews.csv      collected 2026-10-30 15:00 UTC
"#);
    let (code, stdout, _) = run(&fixture("marrowick"), "pilot-has-end aws:614820937715:role:x", &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
}

/// Where two sources of equal rank differ, both sides are shown with their places.
#[test]
fn both_sides_of_a_contradiction() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("marrowick"), folder.path(), &["aws/285019463370/authorization-details.json"]);
    for (name, purpose) in [("a.toml", "trains"), ("b.toml", "serves")] {
        let text = format!(
            "[[identities]]\nidentity = \"arn:aws:iam::285019463370:role/vector-sync\"\npurpose = \"{purpose}\"\n"
        );
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let (code, stdout, _) = run(folder.path(), "vector-sync", &["--as-of", AS_OF]);
    assert_eq!(code, 0);
    let at = stdout.find("  purpose").unwrap();
    let lines: Vec<&str> = stdout[at..].lines().take(3).map(str::trim_end).collect();
    insta::assert_snapshot!(lines.join("\n"), @r#"
purpose            conflicting sources  the inventory (identities.purpose)
    one says trains  e1 /identities/0/purpose
    one says serves  e2 /identities/0/purpose
"#);
}

#[test]
fn markdown_is_for_people_too() {
    let (_, text, _) = run(&fixture("marrowick"), "AKIAY6JRO77ZYEXAMPLE", &["--as-of", AS_OF, "--format", "markdown"]);
    insta::assert_snapshot!(sections(&text, &["# ", "identity", "## Fails", "- "]), @r#"
# AKIAY6JRO77ZYEXAMPLE of edi-gateway-legacy

- aws:614820937715:access_key:AKIAY6JRO77ZYEXAMPLE
- 2 fail, 1 unknown, 0 pass; 6 checks do not apply

## Fails

- high · **credential-rotated** · last changed 985 days ago, limit 90 days
  - **rests on** credential.last_change_at: 2024-02-20 09:29:41 UTC (985 days before the assessment) e5 line 6 of Content, decoded
  - **passes if** \`credential.last_change_at\` is on or after 2026-08-04
  - **remedy** Issue the new one, move the callers, disable the old one, wait until nothing breaks, delete it. A user may have two keys at a\
    **time, so a second one that is not needed goes first.**\
    **all of it: assize controls show credential-rotated**
- medium · **credential-unused** · changed 985 days ago, never used; less than 45 days are allowed
  - **rests on** credential.last_change_at: 2024-02-20 09:29:41 UTC (985 days before the assessment) e5 line 6 of Content, decoded\
    **credential.last_used_at: none: not used since use was tracked** e5 line 6 of Content, decoded
  - **passes if** \`credential.last_change_at\` is on or after 2026-09-18
  - **or if** \`credential.last_used_at\` is on or after 2026-09-18
  - **remedy** Disable first, delete when nothing broke for a week:\
    **all of it: assize controls show credential-unused**

- critical · **credential-not-exposed** · \`credential.exposures\` is not known (not enumerated)
  - **missing** exposures (not enumerated)
  - **remedy** Scan the repositories and configurations where credentials of aws:614820937715 may stand, add the export \`gitleaks\` (secrets that gitleaks found in repositories and files) or the export \`gitleaks-csv\` (secrets that gitleaks found in repositories and files, as a table), and state under \`\[\[closures\]\]\` of the inventory that the list is complete: \`listing = "exposures"\`, \`scope = "aws:614820937715"\`, by whom and as of when.\
    **\$ gitleaks git --report-format json --report-path gitleaks.json --exit-code 0 REPOSITORY**\
    **\$ gitleaks git --report-format csv --report-path gitleaks.csv --exit-code 0 REPOSITORY**
"#);
}
