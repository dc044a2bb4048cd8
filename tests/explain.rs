//! `assize explain`: what a person sees of a subject.

use crate::support::explain as shared;
use crate::support::{AS_OF, copy, fixture};
use shared::{explained, run, sections};
use tempfile::TempDir;

/// An agent that fails, with the chain that it is a part of.
#[test]
fn an_ai_identity_that_fails() {
    let text = explained("ticket-dispatcher");
    insta::assert_snapshot!(text, @r#"
    ticket-dispatcher  identity, role, in aws:730516284409, as of the end of 2026-11-01 UTC
      aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher
      6 fail, 0 unknown, 24 pass; 17 checks do not apply

    Facts
      native_id             AROA2UFRJ4P4RXKBPLIPI                             e2 /RoleDetailList/10
      key                   arn:aws:iam::730516284409:role/ticket-dispatcher  e2 /RoleDetailList/10/Arn
      root                  no                                                e2 /RoleDetailList/10
      service_linked        no                                                e2 /RoleDetailList/10
      environment           shared (read from a tag)                          e2 /RoleDetailList/10/Tags
      enabled               yes                                               e2 /RoleDetailList/10
      created_at            2025-06-19 16:20:49 UTC (500 days before the assessment)  e2 /RoleDetailList/10/CreateDate
      last_used_at          2026-10-31 05:36:02 UTC (1 day before the assessment)  e2 /RoleDetailList/10/RoleLastUsed/LastUsedDate
      use_tracked_since     2025-09-26 06:17:33 UTC (401 days before the assessment)  e2 /RoleDetailList/10
      use_known_until       2026-10-31 06:17:33 UTC (1 day before the assessment)  e2 /RoleDetailList/10
      purpose               Sorts tickets with a model and hands them to the remediator  e21 line 64, purpose
      tags                  costcentre=4200, env=tools, owner=team-platform (by a complete list)  e2 /RoleDetailList/10
      third_party           no                                                e22 /identities/14/third_party
      sponsor               none: nobody sponsors it (by a complete list)     e2 /RoleDetailList/10
      last_review_at        2026-02-16 (258 days before the assessment)       e26 line 31, at
      last_reviewed_by      ingrid.solheim@marrowick.example                  e26 line 31, by
      last_drill_at         none: never drilled (by a complete list)          e2 /RoleDetailList/10
      revocation_time       none: never measured (by a complete list)         e2 /RoleDetailList/10
      boundary              none: no boundary is set                          e2 /RoleDetailList/10
      logged                yes                                               e23 /log_sources/0/identities
      mfa                   no                                                e2 /RoleDetailList/10
      human                 no                                                e2 /RoleDetailList/10
          by the rules `machine-kind`, `declared-ai-system-machine`: its kind is one that only software has; here `identity.kind` is role
      is_ai                 yes                                               e16 /ai_systems/6/identities
          by the rules `declared-ai-system`, `invokes-models`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations
      ai_reasons            declared-ai-system, invokes-models                derived
      ai_confidence         high                                              derived
      full_admin            no                                                derived
      reaches_admin         yes                                               derived
      reach_depth           3                                                 derived
      reach_systems         aws                                               derived
      environments_reached  production, development, shared                   derived
          there may be more, missing fact
      groups                none
      credentials           none

    Not known  and what would supply it
      expires_at  missing fact  the inventory (identities.expires_at)
      vendor      missing fact  the inventory (identities.vendor)
      used_later: worked out from others, of which something is not known
      description, session_max, workloads: given by no export that assize reads, or not by those that were read

    Owners
      Platform  team, active, has not left  e2 /RoleDetailList/10/Tags

    AI systems
      Dispatch operations  autonomous, production  e16 /ai_systems/6/identities

    Rights  2 grants of 1 policy
      dispatch of ticket-dispatcher
          read        allows bedrock:InvokeModel, bedrock:InvokeModelWithResponseStream on arn:aws:bedrock:eu-north-1::foundation-model/amazon.nova-pro-v1:0  e2 /RoleDetailList/10
          write       allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/10

    Can become  3 for certain, 1 under a condition
      ops-remediator (aws:614820937715)   certain      by assuming the role
          allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/10
          trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e4 /RoleDetailList/13/AssumeRolePolicyDocument
      emergency-admin (aws:614820937715)  certain      by assuming the role, as ops-remediator (aws:614820937715)
          trusts arn:aws:iam::614820937715:role/ops-remediator  e4 /RoleDetailList/8/AssumeRolePolicyDocument
      hackday-demo (aws:285019463370)     certain      by assuming the role, as emergency-admin (aws:614820937715)
          allows * on *  e4 /Policies/0
          trusts *  e3 /RoleDetailList/5/AssumeRolePolicyDocument
      oncall-readonly (aws:614820937715)  conditional  by assuming the role, as emergency-admin (aws:614820937715)

    Reaches  20 for certain, 7 possibly
      Booking services (aws:614820937715)       certain  writes, as ops-remediator (aws:614820937715)  e4 /Policies/10
      Bookings (aws:614820937715)               certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Invoices of carriers (aws:614820937715)   certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Customer contacts (aws:614820937715)      certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Dock slots (aws:614820937715)             certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Shipments (aws:614820937715)              certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Support cases (aws:614820937715)          certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Reply drafts (aws:614820937715)           certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Workspace of analysts (aws:614820937715)  certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Arrivals, as received (aws:614820937715)  certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Attachments of cases (aws:614820937715)   certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      Photos of damage (aws:614820937715)       certain  administers, as emergency-admin (aws:614820937715)  e4 /Policies/0
      and 15 more

    Who can become it  1 for certain
      ticket-intake  certain  by assuming the role
          trusts arn:aws:iam::730516284409:user/ticket-intake  e2 /RoleDetailList/10/AssumeRolePolicyDocument

    What leads to it  1 for certain
      AKIA2UFRJ4P4YEXAMPLE of ticket-intake  certain  proves, over ticket-intake

    Recognised as
      AI-connected  by the rule declared-ai-system, confidence high  an AI system of the inventory or of an export runs as it or uses it
      AI-connected  by the rule invokes-models, confidence medium    a policy lets it call a model or an agent, and no person signs in as it
      a machine's   by the rule machine-kind, confidence high        its kind is one that only software has
      a machine's   by the rule declared-ai-system-machine, confidence high  an AI system of the inventory runs as it or uses it

    Fails
      critical  cannot-reach-administrator  it can become an administrator, or make itself one
          rests on    identity.reaches_admin: yes  derived
                      identity.policies of aws:614820937715:role:arn:aws:iam::614820937715:role/ops-remediator: aws:614820937715:policy:arn:aws:iam::614820937715:policy/remediation-runbooks  e4 /RoleDetailList/13
                      policy.grants of aws:614820937715:policy:arn:aws:iam::614820937715:policy/remediation-runbooks#statement/1: allows iam:AttachRolePolicy, iam:PutRolePolicy, iam:UpdateAssumeRolePolicy on arn:aws:iam::614820937715:role/* (lets ops-remediator change the permissions of every identity of a kind in its account, and so become an administrator)  e4 /Policies/10
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          path        1. ticket-dispatcher → ops-remediator, by assuming the role, certain
                        allows sts:AssumeRole on arn:aws:iam::614820937715:role/ops-remediator  e2 /RoleDetailList/10
                        trusts arn:aws:iam::730516284409:role/ticket-dispatcher  e4 /RoleDetailList/13/AssumeRolePolicyDocument
          passes if   `identity.reaches_admin` is no, which follows from policies and trusts
          remedy      The finding shows the path as numbered steps. Cut it where the step is least needed. In AWS, take the caller out of a trust, or
                      the `sts:AssumeRole` out of the caller's policy, or the right to administer out of the last role. Of a trust, the command
                      replaces the whole, so change what is there:
                          aws iam get-role --role-name NAME --query Role.AssumeRolePolicyDocument --output json > trust.json
                          aws iam update-assume-role-policy --role-name NAME --policy-document file://trust.json
                      all of it: assize controls show cannot-reach-administrator
      high      privileged-reviewed         can change who has access; last reviewed 258 days ago, limit 30 days
          rests on    identity.last_review_at: 2026-02-16 (258 days before the assessment)  e26 line 31, at
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          passes if   `identity.last_review_at` is on or after 2026-10-03
          remedy      Look what it did with these rights since the last review, and take away what it did not need:
                          aws iam generate-service-last-accessed-details --arn ARN --granularity ACTION_LEVEL
                          aws iam get-service-last-accessed-details --job-id JOB
                      all of it: assize controls show privileged-reviewed
      medium    access-reviewed             last reviewed 258 days ago, limit 90 days, 30 days if AI-connected
          rests on    identity.last_review_at: 2026-02-16 (258 days before the assessment)  e26 line 31, at
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          passes if   `identity.last_review_at` is on or after 2026-10-03
          remedy      Review it now, and write the review down:
                          [[reviews]]
                          identities = ["arn:aws:iam::111122223333:role/NAME"]
                          at = "2026-10-12"
                          by = "ada@example.com"
                          outcome = "reduce"
                      all of it: assize controls show access-reviewed
      medium    ai-identity-has-boundary    no permissions boundary is set
          rests on    identity.boundary: none: no boundary is set  e2 /RoleDetailList/10
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          passes if   `identity.boundary` names one policy
          remedy      Write one boundary for all agents, with no more than the most that any of them needs, and set it on each. It takes away at once
                      whatever it does not list, so compare it with what they use first:
                          aws iam create-policy --policy-name agents-boundary --policy-document file://boundary.json
                          aws iam put-role-permissions-boundary --role-name NAME --permissions-boundary arn:aws:iam::111122223333:policy/agents-boundary
                          aws iam put-user-permissions-boundary --user-name NAME --permissions-boundary arn:aws:iam::111122223333:policy/agents-boundary
                      all of it: assize controls show ai-identity-has-boundary
      medium    revocation-drilled          never drilled, limit 180 days
          rests on    identity.last_drill_at: none: never drilled (follows from a complete list)  e2 /RoleDetailList/10
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          passes if   `identity.last_drill_at` is on or after 2026-05-06
          remedy      Try it in a rehearsal or at a quiet hour, with a clock: it stops what the identity does. Disable each key, and deny all to the
                      sessions of the role that began before now; `revoke.json`, with the time of now:
                          {"Version": "2012-10-17", "Statement": [{
                            "Effect": "Deny", "Action": "*", "Resource": "*",
                            "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2026-10-12T09:30:00Z"}}}]}
                      all of it: assize controls show revocation-drilled
      low       ai-identity-sponsored       nobody who works here is on record as having wanted it; recorded: nobody sponsors it
          rests on    identity.sponsor: none: nobody sponsors it (follows from a complete list)  e2 /RoleDetailList/10
                      identity.is_ai: yes  e16 /ai_systems/6/identities
          remedy      Ask who uses what it does. If nobody does, end it. Else write that person down:
                          [[identities]]
                          identity = "arn:aws:iam::111122223333:role/NAME"
                          sponsor  = "ada@example.com"
                      all of it: assize controls show ai-identity-sponsored

    Passes
      identity-not-administrator      no grant lists every action on every resource; rests on identity.grants, grant.action_width
      no-permission-wildcard          no grant names an action that changes permissions, or the whole of a service that manages identities, on everything of a kind without a condition; rests on identity.grants, grant.every_of_kind
      trust-not-anyone                no trust names everyone without a condition that says who; rests on identity.can_be_assumed_by, becoming.principal_kind
      ai-identity-not-a-person        neither a password nor a multi-factor device; rests on identity.kind (role), identity.credentials (none)
      ai-reach-bounded                with all that it can take on, it is in aws; the limit is 2; rests on identity.reach_systems (aws)
      identity-owned                  owned by Platform; rests on identity.owners (team-platform)
      machine-without-password        no active password among 0 credentials; rests on identity.credentials (none)
      no-inverted-grant               each grant says what it allows; rests on identity.grants, grant.inverted
      no-pass-anywhere                no grant of named actions, or on roles alone, hands every role to a service, or every account to a workload, without a condition; rests on identity.grants, grant.every_of_kind
      owner-active                    at least one of its owners (Platform) still works here; rests on identity.owners (team-platform), owner.active, owner.members
      pilot-identity-ended            made for Dispatch operations, of which at least one is still in use; rests on identity.ai_systems (dispatch-ops), ai_system.stage
      secrets-read-narrowly           no grant short of every action reads every stored secret of a kind without a condition; rests on identity.grants, grant.reads_secrets
      third-party-not-privileged      it can change who has access, or become an administrator, and no third party uses it; rests on identity.third_party (no), identity.can_be_assumed_by, becoming.external
      ai-identity-declared            part of Dispatch operations; rests on identity.ai_systems (dispatch-ops), ai_system.stage
      ai-identity-dedicated           serves 1 system: Dispatch operations; the limit is 1; rests on identity.serves (dispatch-ops)
      ai-identity-without-static-key  no active static secret among 0 credentials; rests on identity.credentials (none)
      identity-logged                 a log records what it does; rests on identity.logged (yes)
      identity-unused                 made 500 days ago, last used 1 day ago, limit 90 days; is undecided from 2027-01-29 on
      machine-not-taken-by-person     its trust names no person by an ARN of theirs, and no sign-in by SAML; rests on identity.can_be_assumed_by, becoming.principal, becoming.from, 1 more
      no-assume-anywhere              no grant short of every action on everything assumes every role, or acts as every account, without a condition; rests on identity.grants, grant.can_assume, grant.every_of_kind
      no-service-wildcard             no grant covers a whole service on everything, or on everything of a kind; rests on identity.grants, grant.every_of_kind
      environment-labelled            belongs to shared; rests on identity.environment (shared)
      identity-purposed               a purpose is recorded; rests on identity.purpose
      trust-not-dangling              whoever its trust names by an ARN is still there; rests on identity.can_be_assumed_by, becoming.principal

    Exports
      e2   aws/730516284409/authorization-details.json  collected 2026-10-31 06:17:33 UTC
      e3   aws/285019463370/authorization-details.json  collected 2026-10-31 06:10:21 UTC
      e4   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
      e16  inventory/ai-systems.toml                    collected 2026-10-31 15:00 UTC
      e21  inventory/identities.csv                     collected 2026-10-31 15:00 UTC
      e22  inventory/identities.toml                    collected 2026-10-31 15:00 UTC
      e23  inventory/logs.toml                          collected 2026-10-31 15:00 UTC
      e26  inventory/reviews.csv                        collected 2026-10-31 15:00 UTC
    "#);
}

#[test]
fn a_key() {
    insta::assert_snapshot!(explained("AKIAY6JRO77Z5EXAMPLE"), @r#"
    AKIAY6JRO77Z5EXAMPLE of label-reader  credential, access key, in aws:614820937715, as of the end of 2026-11-01 UTC
      aws:614820937715:access_key:AKIAY6JRO77Z5EXAMPLE
      1 fail, 2 unknown, 7 pass; 4 checks do not apply

    Facts
      enabled            yes                                           e7 line 9 of Content, decoded
      created_at         2026-09-14 10:11:36 UTC (48 days before the assessment)  e7 line 9 of Content, decoded
      rotated_at         none: never rotated                           e7 line 9 of Content, decoded
      last_change_at     2026-09-14 10:11:36 UTC (48 days before the assessment)  e7 line 9 of Content, decoded
      expires_at         none: does not expire                         e7 line 9 of Content, decoded
      last_used_at       2026-10-31 05:44 UTC (1 day before the assessment)  e7 line 9 of Content, decoded
      use_tracked_since  2015-04-22 (4211 days before the assessment)  e7 line 9 of Content, decoded
      use_known_until    2026-10-31 06:04:12 UTC (1 day before the assessment)  e7 line 9 of Content, decoded
      stored_in          environment variable                          e34 /mcpServers/labels
      places             mcp/label-station/.mcp.json: mcpServers.labels.env.AWS_SECRET_ACCESS_KEY  e34 /mcpServers/labels
          there may be more, missing fact
      held_by_ai         yes (an AI system holds it)                   e34 /mcpServers/labels

    Not known  and what would supply it
      scopes            missing fact    the inventory (credentials.scopes)
      sanctioned_store  missing fact    the inventory (credentials.sanctioned_store)
      exposures         not enumerated  the inventory (closures, with listing = "exposures")
      used_later: worked out from others, of which something is not known
      verified_live, system, may_be: given by no export that assize reads, or not by those that were read

    Identity
      label-reader  machine user, enabled, AI-connected, production  e7 line 9 of Content, decoded, arn

    AI systems
      Label reader  embedded agent, production  e34 /mcpServers/labels

    Resources, in whose credentials it is
      Labels  tool, production, approved  e34 /mcpServers/labels

    Acts as  1 for certain
      label-reader  certain  proves

    Reaches  1 for certain
      Labels of parcels  certain  reads, as label-reader  e4 /UserDetailList/6

    What leads to it  2 for certain
      Label reader (mcp:label-station)  certain  holds
      Labels (mcp:label-station)        certain  is given

    Fails
      medium  ai-key-lifetime  issued 48 days ago, does not expire, limit 30 days
          rests on    credential.expires_at: none: does not expire  e7 line 9 of Content, decoded
                      credential.last_change_at: 2026-09-14 10:11:36 UTC (48 days before the assessment)  e7 line 9 of Content, decoded
                      identity.is_ai of aws:614820937715:user:arn:aws:iam::614820937715:user/label-reader: yes  e16 /ai_systems/9/identities
          passes if   `credential.last_change_at` is on or after 2026-10-03
          remedy      Replace the key by a role or by federation. Until then, shorten its life: issue the new one, move the agent, disable the old
                      one, and delete it when nothing broke for a day:
                          aws iam create-access-key --user-name NAME
                          aws iam get-access-key-last-used --access-key-id OLD
                          aws iam update-access-key --user-name NAME --access-key-id OLD --status Inactive
                          aws iam delete-access-key --user-name NAME --access-key-id OLD
                      all of it: assize controls show ai-key-lifetime

    Not decided
      critical  credential-not-exposed  `credential.exposures` is not known (not enumerated)
          missing     exposures (not enumerated)
          remedy      Scan the repositories and configurations where credentials of aws:614820937715 may stand, add the export `gitleaks` (secrets that gitleaks found in repositories and files) or the export `gitleaks-csv` (secrets that gitleaks found in repositories and files, as a table), and state under `[[closures]]` of the inventory that the list is complete: `listing = "exposures"`, `scope = "aws:614820937715"`, by whom and as of when.
                      $ gitleaks git --report-format json --report-path gitleaks.json --exit-code 0 REPOSITORY
                      $ gitleaks git --report-format csv --report-path gitleaks.csv --exit-code 0 REPOSITORY
      high      ai-secret-in-store      `credential.sanctioned_store` is not known (missing fact)
          missing     credential.sanctioned_store (missing fact)
          remedy      State for these credentials of aws:614820937715 `sanctioned_store` under `[[credentials]]` of the inventory.

    Passes
      ai-credential-not-a-persons  it proves label-reader, which is no person's account; rests on credential.identity, identity.human
      ai-credential-not-shared     held by Label reader alone; rests on credential.ai_systems (label-reader)
      credential-rotated           last changed 48 days ago, limit 90 days; fails from 2026-12-13 on
      leak-contained               it reaches nothing restricted and no administrator, or is revoked in time: last drilled 48 days ago, time until revoked 6 minutes, limit 9 minutes; rests on credential.identity, identity.reaches_admin, identity.reached, 1 more
      credential-attributed        it proves label-reader, a person's account, or one for which Warehouse systems answers; rests on credential.identity, identity.owners, owner.active, 1 more
      credential-unused            changed 48 days ago, last used 1 day ago; less than 45 days are allowed; is undecided from 2026-12-15 on
      third-party-short-lived      issued 48 days ago, does not expire, limit 30 days, or no third party's; rests on credential.identity, identity.third_party

    Exports
      e4   aws/614820937715/authorization-details.json  collected 2026-10-31 06:02:40 UTC
      e7   aws/614820937715/credential-report.json      collected 2026-10-31 06:04:12 UTC
      e16  inventory/ai-systems.toml                    collected 2026-10-31 15:00 UTC
      e34  mcp/label-station/.mcp.json                  collected 2026-10-31 07:00 UTC
    "#);
}

#[test]
fn what_is_not_decided_says_what_is_missing() {
    insta::assert_snapshot!(sections(&explained("image-thumbnailer"), &["Not"]), @r"
    Not known  and what would supply it
      environment  missing fact  the inventory (identities.environment)
      expires_at   missing fact  the inventory (identities.expires_at)
      vendor       missing fact  the inventory (identities.vendor)
      third_party  missing fact  the inventory (identities.third_party)
      used_later: worked out from others, of which something is not known
      description, session_max, workloads: given by no export that assize reads, or not by those that were read

    Not decided
      high  environment-not-crossed  `identity.environment` is not known (missing fact)
          missing     identity.environment (missing fact)
          remedy      Tag these identities of aws:614820937715 (`environment_tags` names the key `env`, with a label of `[environments]`: `lab`, `prod`, `tools`), or state for them `environment` under `[[identities]]` of the inventory (in CSV: the column `environment` of a file whose first column is `identity`).
      low   environment-labelled     `identity.environment` is not known (missing fact)
    ");
}

/// The id of a finding, as `findings.csv` has it, gives that verdict alone with all of its remedy.
#[test]
fn a_finding() {
    insta::assert_snapshot!(explained("access-reviewed aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher"), @r#"
    ticket-dispatcher  identity, role, in aws:730516284409, as of the end of 2026-11-01 UTC
      aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher

    Fails
      medium  access-reviewed  last reviewed 258 days ago, limit 90 days, 30 days if AI-connected
          rests on    identity.last_review_at: 2026-02-16 (258 days before the assessment)  e26 line 31, at
                      identity.is_ai: yes (by the rules `declared-ai-system`, `invokes-models`: an AI system of the inventory or of an export runs as it or uses it; here `identity.ai_systems` has Dispatch operations)  e16 /ai_systems/6/identities
          passes if   `identity.last_review_at` is on or after 2026-10-03
          remedy      Review it now, and write the review down:

                          [[reviews]]
                          identities = ["arn:aws:iam::111122223333:role/NAME"]
                          at = "2026-10-12"
                          by = "ada@example.com"
                          outcome = "reduce"

                      `outcome` is `keep`, `reduce` or `remove`. Let the calendar ask for the next one.

    Exports
      e16  inventory/ai-systems.toml  collected 2026-10-31 15:00 UTC
      e26  inventory/reviews.csv      collected 2026-10-31 15:00 UTC
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
    - 2 fail, 1 unknown, 2 pass; 9 checks do not apply

    ## Fails

    - high · **credential-rotated** · last changed 985 days ago, limit 90 days
      - **rests on** credential.last_change_at: 2024-02-20 09:29:41 UTC (985 days before the assessment) e7 line 6 of Content, decoded
      - **passes if** \`credential.last_change_at\` is on or after 2026-08-04
      - **remedy** Issue the new one, move the callers, disable the old one, wait until nothing breaks, delete it. A user of AWS may have two\
        keys at a time, so a second one that is not needed goes first.\
        all of it: assize controls show credential-rotated
    - medium · **credential-unused** · changed 985 days ago, never used as of 2026-10-31; less than 45 days are allowed
      - **rests on** credential.last_change_at: 2024-02-20 09:29:41 UTC (985 days before the assessment) e7 line 6 of Content, decoded\
        credential.last_used_at: none: not used since use was tracked e7 line 6 of Content, decoded\
        credential.use_known_until: 2026-10-31 06:04:12 UTC (1 day before the assessment) e7 line 6 of Content, decoded
      - **passes if** \`credential.last_change_at\` is on or after 2026-09-18
      - **or if** \`credential.last_used_at\` is on or after 2026-09-18
      - **remedy** Disable first, delete when nothing broke for a week:\
        aws iam get-access-key-last-used --access-key-id KEY\
        aws iam update-access-key --user-name NAME --access-key-id KEY --status Inactive\
        aws iam delete-access-key --user-name NAME --access-key-id KEY\
        all of it: assize controls show credential-unused

    - critical · **credential-not-exposed** · \`credential.exposures\` is not known (not enumerated)
      - **missing** exposures (not enumerated)
      - **remedy** Scan the repositories and configurations where credentials of aws:614820937715 may stand, add the export \`gitleaks\` (secrets that gitleaks found in repositories and files) or the export \`gitleaks-csv\` (secrets that gitleaks found in repositories and files, as a table), and state under \`\[\[closures\]\]\` of the inventory that the list is complete: \`listing = "exposures"\`, \`scope = "aws:614820937715"\`, by whom and as of when.\
        \$ gitleaks git --report-format json --report-path gitleaks.json --exit-code 0 REPOSITORY\
        \$ gitleaks git --report-format csv --report-path gitleaks.csv --exit-code 0 REPOSITORY
    "#);
}

/// A pair is told in words, and what would change the verdict is told once, in whichever order it is tried.
#[test]
fn a_dangerous_pair_is_told_in_words_and_its_end_once() {
    let (_, text, _) =
        crate::support::explain::run(&crate::support::fixture("marrowick"), "no-toxic-combination dispatch-ops", &[]);
    assert!(text.contains("dangerous together: reads secrets and sends out, untrusted input and writes"), "{text}");
    assert!(!text.contains("reads_secrets_and_sends_out"), "{text}");
    assert_eq!(text.matches("`ai_system.toxic_combinations` is without").count(), 1, "{text}");
}
