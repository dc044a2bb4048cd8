//! `assize explain`: what a person sees of resources, AI systems, owners, and of whom a trust lets in.

use crate::support::explain as shared;
use shared::{explained, sections};

#[test]
fn a_resource() {
    insta::assert_snapshot!(explained("customer-contacts"), @r"
    Customer contacts  resource, table, in aws:614820937715, as of the end of 2026-11-01 UTC
      arn:aws:dynamodb:eu-north-1:614820937715:table/customer-contacts
      0 fail, 0 unknown, 0 pass; 2 checks do not apply

    Facts
      environment  production    e25 /resources/2/environment
      sensitivity  confidential  e25 /resources/2/sensitivity
      public       no            e25 /resources/2/public
      approved     no            e25 /resources/2/approved
      pattern      arn:aws:dynamodb:eu-north-1:614820937715:table/customer-contacts  e25 /resources/2/pattern

    Not known  and what would supply it
      effects  missing fact  the inventory (resources.effects)
      target, credentials: given by no export that assize reads, or not by those that were read

    Owners
      Support tools  team, active, has not left  e25 /resources/2/owners

    Who reaches it  10 for certain, 4 possibly
      AWSServiceRoleForApplicationAutoScaling_DynamoDBTable  certain   writes
          allows dynamodb:DescribeTable, dynamodb:UpdateTable, cloudwatch:PutMetricAlarm, cloudwatch:DescribeAlarms, cloudwatch:DeleteAlarms on *  e4 /Policies/4
      emergency-admin                        certain   administers
          allows * on *  e4 /Policies/0
      sso-platform-admin                     certain   administers
          allows * on *  e4 /Policies/0
      amara.okoye                            certain   writes
          allows dynamodb:GetItem, dynamodb:Query, dynamodb:Scan, dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:DeleteItem, dynamodb:BatchWriteItem on arn:aws:dynamodb:eu-north-1:614820937715:table/support-cases, arn:aws:dynamodb:eu-north-1:6148209…  e4 /Policies/7
      ops-remediator                         certain   by assuming the role, over emergency-admin
          trusts arn:aws:iam::614820937715:role/ops-remediator  e4 /RoleDetailList/8/AssumeRolePolicyDocument
      ticket-dispatcher (aws:730516284409)   certain   by assuming the role, over ops-remediator
          allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/10
          trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e4 /RoleDetailList/13/AssumeRolePolicyDocument
      ops/default (kubernetes:north-1)       certain   with a token of another issuer, over ops-remediator
          trusts arn:aws:iam::614820937715:oidc-provider/oidc.eks.eu-north-1.amazonaws.com/id/7C2B91E4D05F4A6E8B13C9D7F2A5E860  e4 /RoleDetailList/13/AssumeRolePolicyDocument
      dispatch-agent (kubernetes:north-1)    certain   with a token of another issuer, over ops-remediator
          trusts arn:aws:iam::614820937715:oidc-provider/oidc.eks.eu-north-1.amazonaws.com/id/7C2B91E4D05F4A6E8B13C9D7F2A5E860  e4 /RoleDetailList/13/AssumeRolePolicyDocument
      log-shipper (kubernetes:north-1)       certain   with a token of another issuer, over ops-remediator
          trusts arn:aws:iam::614820937715:oidc-provider/oidc.eks.eu-north-1.amazonaws.com/id/7C2B91E4D05F4A6E8B13C9D7F2A5E860  e4 /RoleDetailList/13/AssumeRolePolicyDocument
      ticket-intake (aws:730516284409)       certain   by assuming the role, over ticket-dispatcher (aws:730516284409)
          trusts arn:aws:iam::730516284409:user/ticket-intake  e2 /RoleDetailList/10/AssumeRolePolicyDocument
      sso-platform-admin (aws:285019463370)  possible  administers
      sso-developer (aws:730516284409)       possible  administers
      and 2 more

    What leads to it  11 for certain, 1 possibly
      AKIAY6JRO77ZTEXAMPLE of amara.okoye    certain   proves, over amara.okoye
      amara.okoye#password of amara.okoye    certain   proves, over amara.okoye
      Case triage (mcp:support-desk)         certain   runs as, over amara.okoye
      Dock chat (mcp:warehouse-chat)         certain   runs as, over amara.okoye
      Dispatch operations                    certain   runs as, over ops-remediator
      AWS_SECRET_ACCESS_KEY of the MCP server cases in mcp/support-desk/mcp.json (mcp:support-desk)  certain   exposes, over AKIAY6JRO77ZTEXAMPLE of amara.okoye
      Cases, version 4 (mcp:support-desk)    certain   is given, over AKIAY6JRO77ZTEXAMPLE of amara.okoye
      AWS_SECRET_ACCESS_KEY of the MCP server cases in mcp/warehouse-chat/mcp.json (mcp:warehouse-chat)  certain   exposes, over AKIAY6JRO77ZTEXAMPLE of amara.okoye
      Cases, version 3 (mcp:warehouse-chat)  certain   is given, over AKIAY6JRO77ZTEXAMPLE of amara.okoye
      ops/dispatch-agent-token of dispatch-agent (kubernetes:north-1)  certain   proves, over dispatch-agent (kubernetes:north-1)
      AKIA2UFRJ4P4YEXAMPLE of ticket-intake (aws:730516284409)  certain   proves, over ticket-intake (aws:730516284409)
      AKIA2UFRJ4P4REXAMPLE of terraform-runner (aws:730516284409)  possible  proves, over terraform-runner (aws:730516284409)

    Exports
      e2   aws/730516284409/authorization-details.json  collected 2026-10-31 06:17:33 UTC
      e4   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
      e25  inventory/resources.toml                     collected 2026-10-31 15:00 UTC
    ");
}

#[test]
fn an_ai_system() {
    insta::assert_snapshot!(explained("Reply desk"), @r"
    Reply desk  AI system, in aws:614820937715, as of the end of 2026-11-01 UTC
      reply-desk
      0 fail, 0 unknown, 10 pass; 3 checks do not apply

    Facts
      mode                  autonomous           e16 /ai_systems/0/mode
      stage                 production           e16 /ai_systems/0/stage
      pilot_ends_at         none: no end is set  e16 /ai_systems/0
      model                 amazon.nova-pro      e16 /ai_systems/0/model
      created_at            2025-10-02 08:30:44 UTC (395 days before the assessment)  e28 /agent/createdAt
      changed_at            2026-09-22 11:05:12 UTC (40 days before the assessment)  e28 /agent/updatedAt
      enabled               yes                  e28 /agent/agentStatus
      purpose               Drafts replies to customers and keeps their cases up to date  e16 /ai_systems/0/purpose
      session_max           30 minutes           e28 /agent/idleSessionTTLInSeconds
      guarded               yes                  e28 /agent/guardrailConfiguration/guardrailIdentifier
      logged                yes                  e16 /ai_systems/0/logged
      reach_systems         aws                  derived
          from its tools, its credentials and its identities
      reaches_admin         no                   derived
          from its tools, its credentials and its identities
      environments_reached  production           derived
          from its tools, its credentials and its identities
      effects               reads data, writes   derived
          from its tools, its credentials and its identities
      toxic_combinations    none                 derived
          from its tools, its credentials and its identities
      credentials           none

    Not known  and what would supply it
      vendor  missing fact  the inventory (ai_systems.vendor)

    Owners
      Support tools  team, active, has not left  e16 /ai_systems/0/owners

    Identities
      AmazonBedrockExecutionRoleForAgents_replydesk  role, enabled, AI-connected, production  e28 /agent/agentResourceRoleArn

    Tools
      Read cases           tool, production, approved  e16 /ai_systems/0/tools
      Update a case        tool, production, approved  e16 /ai_systems/0/tools
      Write a draft reply  tool, production, approved  e16 /ai_systems/0/tools
      Search the handbook  tool, production, approved  e16 /ai_systems/0/tools

    Acts as  1 for certain
      AmazonBedrockExecutionRoleForAgents_replydesk  certain  runs as

    Reaches  6 for certain
      Read cases           certain  calls
      Update a case        certain  calls
      Write a draft reply  certain  calls
      Search the handbook  certain  calls
      Support cases        certain  writes, as AmazonBedrockExecutionRoleForAgents_replydesk  e4 /Policies/6
      Reply drafts         certain  writes, as AmazonBedrockExecutionRoleForAgents_replydesk  e4 /Policies/6

    Passes
      ai-system-not-administrator  nothing that it runs as, or holds a credential of, is an administrator or can become one; rests on ai_system.reaches_admin (no)
      no-toxic-combination         its tools and identities together do reads data, writes, and no two of these are dangerous together; rests on resource.effects, policy.grants
      ai-code-tool-approved        of its 4 tools none runs code, or each that does is approved; rests on ai_system.tools (case.read), resource.approved
      ai-deletion-approved         it deletes nothing, or by approved tools; rests on ai_system.tools (case.read), resource.effects, ai_system.effects (reads data), 1 more
      ai-restricted-approved       of what it reaches (2 resources), nothing is restricted and not approved for AI; rests on ai_system.reached, resource.sensitivity
      ai-system-one-environment    what it runs as, reaches and calls belongs to production; rests on ai_system.environments_reached (production), identity.environment
      ai-system-owned              owned by Support tools; rests on ai_system.owners (team-support-tools), owner.active, owner.members
      ai-tools-approved            4 tools, all of them approved; rests on ai_system.tools (case.read), resource.approved
      ai-session-ends              a session ends after 30 minutes, limit 1 hour; rests on ai_system.session_max (30 minutes)
      ai-system-logged             a log records it; rests on ai_system.logged (yes)

    Exports
      e4   aws/614820937715/authorization-details.json     collected 2026-10-31 06:02:40 UTC
      e16  inventory/ai-systems.toml                       collected 2026-10-31 15:00 UTC
      e28  aws/614820937715/bedrock-agent-RDSK7Q2VLM.json  collected 2026-10-31 07:40 UTC
    ");
}

#[test]
fn an_owner_who_left() {
    let text = explained("demand-forecast-runner");
    insta::assert_snapshot!(sections(&text, &["Owners", "Boundary", "Fails"]), @r#"
    Owners
      David Acheampong  person, not active, left 2026-06-30, david.acheampong@marrowick.example  e3 /RoleDetailList/2/Tags

    Boundary
      ai-agent-boundary  customer, attached count 0  e3 /RoleDetailList/2/PermissionsBoundary/PermissionsBoundaryArn

    Fails
      high  owner-active           no owner of it still works here; recorded: David Acheampong
          rests on    identity.owners: david.acheampong@marrowick.example  e3 /RoleDetailList/2/Tags
                      owner.active: no  e24 /owners/19/active
                      identity.is_ai: yes  e16 /ai_systems/17/identities
          passes if   `owner.active` of David Acheampong is yes
          remedy      1. Hand the identity to someone who stays: change its owner tag or its row in the inventory.
                      2. Replace whatever the leaver could have seen. Disable the old key when its callers have moved, and delete it when nothing broke:
                             aws iam create-access-key --user-name NAME
                             aws iam update-access-key --user-name NAME --access-key-id OLD --status Inactive
                             aws iam delete-access-key --user-name NAME --access-key-id OLD
                      all of it: assize controls show owner-active
      low   ai-identity-sponsored  nobody who works here is on record as having wanted it; recorded: nobody sponsors it
          rests on    identity.sponsor: none: nobody sponsors it (follows from a complete list)  e3 /RoleDetailList/2
                      identity.is_ai: yes  e16 /ai_systems/17/identities
          remedy      Ask who uses what it does. If nobody does, end it. Else write that person down:
                          [[identities]]
                          identity = "arn:aws:iam::111122223333:role/NAME"
                          sponsor  = "ada@example.com"
                      all of it: assize controls show ai-identity-sponsored
    "#);
    insta::assert_snapshot!(sections(&explained("david.acheampong@marrowick.example"), &["David", "Facts", "Identities"]), @r"
    David Acheampong  owner, person, as of the end of 2026-11-01 UTC
      david.acheampong@marrowick.example
      no check asks about owners

    Facts
      email    david.acheampong@marrowick.example           e24 /owners/19/email
      active   no                                           e24 /owners/19/active
      left_at  2026-06-30 (124 days before the assessment)  e24 /owners/19/left_at
      members  none

    Identities, in whose owners it is
      demand-forecast-runner  role, enabled, AI-connected, development  e3 /RoleDetailList/2/Tags
    ");
}

/// A trust that leaves open who comes is told as it is written: whom exports list is only a part of who may.
#[test]
fn whom_a_trust_lets_in() {
    let of = |id: &str| sections(&explained(id), &["Lets in"]);
    insta::assert_snapshot!(of("hackday-demo"), @r"
    Lets in  by a trust that leaves open who comes, also whom no export lists
      anyone at all  without a condition  e3 /RoleDetailList/5/AssumeRolePolicyDocument
    ");
    insta::assert_snapshot!(of("arn:aws:iam::730516284409:role/codegen-nightly"), @r"
    Lets in  by a trust that leaves open who comes, also whom no export lists
      every repo:marrowick-freight/* of arn:aws:iam::730516284409:oidc-provider/token.actions.githubusercontent.com  under conditions on token.actions.githubusercontent.com:aud, token.actions.githubusercontent.com:sub  e2 /RoleDetailList/1/AssumeRolePolicyDocument
    ");
    insta::assert_snapshot!(of("partner-berrowsoft-eval"), @r"
    Lets in  by a trust that leaves open who comes, also whom no export lists
      everyone in arn:aws:iam::358840217966:root  without a condition  e3 /RoleDetailList/9/AssumeRolePolicyDocument
    ");
    // One environment of one repository is one known subject.
    assert_eq!(of("arn:aws:iam::730516284409:role/codegen-pull-requests"), "");
}
