//! The verdicts on the invented company, as they were found by hand.

/// By check: who fails, and of whom it must stay unknown. Whoever is not named passes, or is not asked.
///
/// `NAME:AKIA…` are access keys: Z7 `insight-notebook`, ZT `amara.okoye`, ZU `ops-remediator-fallback`, ZY `edi-gateway-legacy`,
/// Z2 `dock-assistant`, Z5 `label-reader` (the active one), R `terraform-runner`.
pub const EXPECTED: &[(&str, &[&str], &[&str])] = &[
    // Reviewed as staff, but two AI systems act with her account: amara.okoye.
    (
        "access-reviewed",
        &[
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "lab:role/hackday-demo",
            "lab:role/legacy-notebook-bridge",
            "lab:role/partner-berrowsoft-eval",
            "openai:marrowick:service_account:svc_acct_Insight01",
            "prod:role/invoice-matcher",
            "prod:role/ops-remediator",
            "prod:user/amara.okoye",
            "prod:user/edi-gateway-legacy",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    // One of its tools runs code, and nobody approved it.
    ("ai-code-tool-approved", &["codegen-nightly"], &[]),
    // The key of one person is in two configurations, the token of another in a third. Whose a key of OpenAI is that stands in
    // a configuration, nobody says.
    (
        "ai-credential-not-a-persons",
        &[
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "prod:AKIAY6JRO77ZTEXAMPLE",
        ],
        &["mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY"],
    ),
    ("ai-credential-not-shared", &["prod:AKIAY6JRO77ZTEXAMPLE"], &[]),
    // By a tool that nobody approved, or by rights that no tool of theirs needs. Readiness agent drains nodes, and the
    // server of Pull request drafts deletes files, both approved.
    // What the accounts at GitHub, at the docks and at OpenAI may do, no export says.
    (
        "ai-deletion-approved",
        &["case-triage", "dispatch-ops", "dock-chat", "yard-search"],
        &["dock-assistant", "insight-notebook"],
    ),
    ("ai-identity-declared", &[], &[]),
    ("ai-identity-dedicated", &["prod:user/amara.okoye"], &[]),
    (
        "ai-identity-has-boundary",
        &[
            "lab:role/vector-sync",
            "prod:role/ops-remediator",
            "prod:user/amara.okoye",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    ("ai-identity-not-a-person", &["prod:user/amara.okoye", "prod:user/freight-concierge"], &[]),
    // Only three say who wanted them.
    (
        "ai-identity-sponsored",
        &[
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "kubernetes:north-1:service_account:readiness/readiness-agent",
            "lab:role/cargo-copilot-trial",
            "lab:role/demand-forecast-runner",
            "lab:role/eta-model-training",
            "lab:role/vector-sync",
            "openai:marrowick:service_account:svc_acct_Insight01",
            "prod:role/customs-form-helper",
            "prod:role/invoice-matcher",
            "prod:role/ops-remediator",
            "prod:role/route-insight-assistant",
            "prod:user/amara.okoye",
            "prod:user/dock-assistant",
            "prod:user/freight-concierge",
            "prod:user/insight-notebook",
            "prod:user/label-reader",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/codegen-pull-requests",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    // The session of Route insight at the warehouse ends after 36 hours, and is no static key.
    (
        "ai-identity-without-static-key",
        &[
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "openai:marrowick:service_account:svc_acct_Insight01",
            "prod:user/amara.okoye",
            "prod:user/dock-assistant",
            "prod:user/insight-notebook",
            "prod:user/label-reader",
            "prod:user/ops-remediator-fallback",
        ],
        &[],
    ),
    (
        "ai-key-lifetime",
        &[
            "kubernetes:north-1:token:ops/dispatch-agent-token",
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "prod:AKIAY6JRO77Z2EXAMPLE",
            "prod:AKIAY6JRO77Z5EXAMPLE",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
        ],
        &[
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "openai:marrowick:api_key:key_8QmVtR2L",
        ],
    ),
    // From the cluster into the cloud is two systems, and that is allowed.
    ("ai-reach-bounded", &[], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    // Of what these reach, restricted are the secrets of pipelines and the tables of that name. What the machine accounts at GitHub
    // and at the docks reach, no export says. The lab's bucket search may reach buckets of other accounts.
    (
        "ai-restricted-approved",
        &["codegen-nightly", "dispatch-ops", "insight-notebook"],
        &["codegen-pull-requests", "dock-assistant", "yard-search"],
    ),
    // Its tools only read, and the key that it holds may delete. The systems with a tool that writes are not asked.
    ("ai-rights-used-by-tools", &["dock-chat"], &[]),
    (
        "ai-secret-expires",
        &[
            "kubernetes:north-1:token:ops/dispatch-agent-token",
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
        ],
        &[
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "openai:marrowick:api_key:key_8QmVtR2L",
        ],
    ),
    // Where the keys are kept that stand in no configuration, nobody says.
    (
        "ai-secret-in-store",
        &[
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "mcp:insight-notebook:credential:claude_desktop_config.json/warehouse/arg:2:password",
            "prod:AKIAY6JRO77Z2EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
        ],
        &[
            "openai:marrowick:api_key:key_8QmVtR2L",
            "prod:AKIAY6JRO77Z5EXAMPLE",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
        ],
    ),
    (
        "ai-service-trust-bound",
        &["lab:role/cargo-copilot-trial"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    (
        "ai-session-ends",
        &["case-triage", "codegen-nightly", "dispatch-ops", "dock-assistant", "dock-chat", "insight-notebook"],
        &[],
    ),
    (
        "ai-system-logged",
        &["cargo-copilot", "case-triage", "dispatch-ops", "dock-assistant", "dock-chat", "insight-notebook"],
        &[],
    ),
    // What the accounts at GitHub, at the docks and at OpenAI may do, no export says.
    (
        "ai-system-not-administrator",
        &["dispatch-ops"],
        &["codegen-nightly", "codegen-pull-requests", "dock-assistant", "insight-notebook"],
    ),
    // Both reach production and development.
    (
        "ai-system-one-environment",
        &["dispatch-ops", "insight-notebook"],
        &["codegen-nightly", "codegen-pull-requests", "dock-assistant", "yard-search"],
    ),
    ("ai-system-owned", &[], &[]),
    ("ai-tool-encrypted", &[], &[]),
    // The package that reads the warehouse names no version.
    ("ai-tool-pinned", &["mcp:insight-notebook:server:claude_desktop_config.json/warehouse"], &[]),
    ("ai-tools-approved", &["case-triage", "codegen-nightly", "dispatch-ops", "dock-chat", "insight-notebook"], &[]),
    ("api-key-scoped", &[], &["mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY"]),
    (
        "cannot-reach-administrator",
        &[
            "kubernetes:north-1:service_account:ops/default",
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "kubernetes:north-1:service_account:ops/log-shipper",
            "prod:role/ops-remediator",
            "prod:user/ops-remediator-fallback",
            "tools:role/ticket-dispatcher",
            "tools:user/ticket-intake",
        ],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("certificate-renewed", &[], &[]),
    // No binding of the cluster names everyone, and all bindings were read.
    ("cluster-not-open-to-all", &[], &[]),
    // A rule of it lets its holders lift limits on all objects of a kind.
    ("cluster-rights-narrow", &["kubernetes:north-1:cluster_role:dispatch-remedies"], &[]),
    ("console-and-key-apart", &["lab:user/jonas.meyer", "lab:user/notebook-scheduler", "prod:user/amara.okoye"], &[]),
    (
        "credential-attributed",
        &[],
        &["mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY"],
    ),
    // Nobody says that all of production was scanned. The key of OpenAI may be the one that stands in a configuration.
    (
        "credential-not-exposed",
        &[
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:insight-notebook:credential:claude_desktop_config.json/warehouse/arg:2:password",
            "prod:AKIAY6JRO77Z2EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
        ],
        &[
            "mcp:codegen-pull-requests:credential:.vscode/mcp.json/github/header:Authorization",
            "mcp:dock-tablets:credential:.mcp.json/dock-slots/header:Authorization",
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "mcp:route-insight:credential:.mcp.json/warehouse/env:WAREHOUSE_SESSION_TOKEN",
            "openai:marrowick:api_key:key_8QmVtR2L",
            "prod:AKIAY6JRO77Z3EXAMPLE",
            "prod:AKIAY6JRO77Z5EXAMPLE",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZREXAMPLE",
            "prod:AKIAY6JRO77ZSEXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
            "prod:AKIAY6JRO77ZYEXAMPLE",
            "prod:amara.okoye#password",
            "prod:freight-concierge#password",
            "prod:petra.lindqvist#password",
            "prod:tomas.brandl#password",
        ],
    ),
    (
        "credential-rotated",
        &[
            "kubernetes:north-1:token:ops/dispatch-agent-token",
            "lab:<root_account>#key1",
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "openai:marrowick:api_key:key_8QmVtR2L",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZTEXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
            "prod:AKIAY6JRO77ZYEXAMPLE",
            "tools:AKIA2UFRJ4P4REXAMPLE",
        ],
        &["mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY"],
    ),
    (
        "credential-unused",
        &["lab:<root_account>#key1", "lab:notebook-scheduler#password", "prod:AKIAY6JRO77ZYEXAMPLE"],
        &[
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "mcp:insight-notebook:credential:claude_desktop_config.json/warehouse/arg:2:password",
        ],
    ),
    ("default-account-unused", &["kubernetes:north-1:service_account:booking/default"], &[]),
    ("environment-labelled", &[], &["prod:role/image-thumbnailer"]),
    // An administrator reaches every known resource of its account, that of the lab too. Who may become whoever is in its account may
    // reach what they reach. Buckets of another account may let in whom a `*` lets go there.
    (
        "environment-not-crossed",
        &[
            "kubernetes:north-1:service_account:ops/default",
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "kubernetes:north-1:service_account:ops/log-shipper",
            "lab:role/training-data-export",
            "prod:role/emergency-admin",
            "prod:role/ops-remediator",
            "prod:user/insight-notebook",
        ],
        &[
            "lab:role/vector-sync",
            "openai:marrowick:service_account:svc_acct_Insight01",
            "prod:role/image-thumbnailer",
            "prod:user/ops-remediator-fallback",
        ],
    ),
    // The inactive key of the label reader is dealt with. Whose the key of OpenAI is that stands in a configuration is a question.
    (
        "exposure-dealt-with",
        &[
            "gitleaks:dock-tablets:finding:3f9c1d7ab0e24f56a8d1c3e57b9042f6d8e1a7c4:.mcp.json:aws-access-token:8",
            "gitleaks:dock-tablets:finding:3f9c1d7ab0e24f56a8d1c3e57b9042f6d8e1a7c4:.mcp.json:generic-api-key:9",
            "mcp:codegen-nightly:exposure:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:dock-tablets:exposure:.mcp.json/shipments/env:AWS_SECRET_ACCESS_KEY",
            "mcp:insight-notebook:exposure:claude_desktop_config.json/warehouse/arg:2:password",
            "mcp:support-desk:exposure:mcp.json/cases/env:AWS_SECRET_ACCESS_KEY",
            "mcp:warehouse-chat:exposure:mcp.json/cases/env:AWS_SECRET_ACCESS_KEY",
        ],
        &["mcp:insight-notebook:exposure:claude_desktop_config.json/notes/env:OPENAI_API_KEY"],
    ),
    // Everyone is also every account of others. Who may act as an account at OpenAI, no export says.
    (
        "external-trust-conditional",
        &["lab:role/hackday-demo", "lab:role/partner-berrowsoft-eval"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("federation-names-audience", &[], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    (
        "federation-names-subject",
        &["tools:role/docs-preview"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    (
        "federation-subject-exact",
        &["prod:role/ops-remediator", "tools:role/codegen-nightly"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    (
        "identity-logged",
        &[
            "lab:role/cargo-copilot-trial",
            "lab:role/hackday-demo",
            "lab:role/partner-berrowsoft-eval",
            "openai:marrowick:service_account:svc_acct_Insight01",
        ],
        &[],
    ),
    (
        "identity-not-administrator",
        &["prod:role/emergency-admin", "tools:user/terraform-runner"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("identity-owned", &["lab:role/vector-sync"], &[]),
    ("identity-purposed", &[], &["lab:role/hackday-demo", "lab:role/vector-sync"]),
    // When an account of a cluster was last used, no export says.
    (
        "identity-unused",
        &["lab:role/hackday-demo", "lab:role/legacy-notebook-bridge", "prod:user/edi-gateway-legacy"],
        &[
            "kubernetes:north-1:service_account:booking/booking-api",
            "kubernetes:north-1:service_account:booking/booking-web",
            "kubernetes:north-1:service_account:booking/default",
            "kubernetes:north-1:service_account:ops/default",
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "kubernetes:north-1:service_account:ops/log-shipper",
            "kubernetes:north-1:service_account:readiness/readiness-agent",
        ],
    ),
    // Never drilled, and each reaches an administrator or restricted tables.
    (
        "leak-contained",
        &[
            "kubernetes:north-1:token:ops/dispatch-agent-token",
            "prod:AKIAY6JRO77Z7EXAMPLE",
            "prod:AKIAY6JRO77ZUEXAMPLE",
        ],
        &[
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:codegen-pull-requests:credential:.vscode/mcp.json/github/header:Authorization",
            "mcp:dock-tablets:credential:.mcp.json/dock-slots/header:Authorization",
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "mcp:insight-notebook:credential:claude_desktop_config.json/warehouse/arg:2:password",
            "openai:marrowick:api_key:key_8QmVtR2L",
        ],
    ),
    // Whom of the partner's account the trust lets in, no export says.
    (
        "machine-not-taken-by-person",
        &[],
        &["openai:marrowick:service_account:svc_acct_Insight01", "prod:role/partner-frostmark-telemetry"],
    ),
    ("machine-without-password", &["lab:user/notebook-scheduler", "prod:user/freight-concierge"], &[]),
    ("no-assume-anywhere", &[], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    // All of S3, written into the role itself.
    ("no-inline-policy", &["lab:role/vector-sync#everything-in-s3"], &[]),
    ("no-inverted-grant", &[], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    (
        "no-pass-anywhere",
        &["kubernetes:north-1:service_account:ops/dispatch-agent"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    (
        "no-permission-wildcard",
        &[
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "prod:role/ops-remediator",
            "prod:user/ops-remediator-fallback",
        ],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("no-root-access-key", &["lab:root"], &[]),
    ("no-service-wildcard", &["lab:role/vector-sync"], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    // What the accounts at GitHub and OpenAI may do is not known, so neither is whether what outsiders write ends in production;
    // nor what the login of the terminals may send.
    (
        "no-toxic-combination",
        &["codegen-nightly", "dispatch-ops", "dock-chat"],
        &["codegen-pull-requests", "dock-assistant", "insight-notebook"],
    ),
    ("one-active-key", &["prod:user/warehouse-sync"], &[]),
    ("owner-active", &["lab:role/demand-forecast-runner", "lab:role/hackday-demo"], &[]),
    ("pilot-has-end", &[], &[]),
    ("pilot-identity-ended", &["lab:role/cargo-copilot-trial"], &[]),
    ("policy-not-administrator", &[], &[]),
    // Who is or can become an administrator was last reviewed too long ago, or never.
    (
        "privileged-reviewed",
        &[
            "kubernetes:north-1:service_account:ops/default",
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "kubernetes:north-1:service_account:ops/log-shipper",
            "prod:role/emergency-admin",
            "prod:role/ops-remediator",
            "prod:user/ops-remediator-fallback",
            "tools:role/ticket-dispatcher",
            "tools:user/terraform-runner",
            "tools:user/ticket-intake",
        ],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("retired-system-ended", &[], &[]),
    (
        "revocation-drilled",
        &[
            "kubernetes:north-1:service_account:ops/dispatch-agent",
            "openai:marrowick:service_account:svc_acct_Insight01",
            "prod:role/customs-form-helper",
            "prod:role/ops-remediator",
            "prod:user/amara.okoye",
            "prod:user/edi-gateway-legacy",
            "prod:user/insight-notebook",
            "prod:user/ops-remediator-fallback",
            "tools:role/codegen-nightly",
            "tools:role/ticket-dispatcher",
        ],
        &[],
    ),
    ("revocation-fast", &["prod:user/dock-assistant"], &[]),
    ("secret-expires", &[], &[]),
    (
        "secrets-read-narrowly",
        &["lab:role/gpu-workstation", "prod:role/warehouse-scanner-gateway"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    // The account at OpenAI may be federated, and serves the same system as the key of insight-notebook.
    ("static-key-beside-federation", &["prod:user/ops-remediator-fallback"], &["prod:user/insight-notebook"]),
    (
        "third-party-logged",
        &["lab:role/partner-berrowsoft-eval"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("third-party-named", &[], &["openai:marrowick:service_account:svc_acct_Insight01"]),
    // Nobody says of these whether somebody outside uses them.
    (
        "third-party-not-privileged",
        &[],
        &["lab:role/vector-sync", "openai:marrowick:service_account:svc_acct_Insight01", "prod:role/emergency-admin"],
    ),
    // The vendor without a contract was never reviewed.
    (
        "third-party-reviewed",
        &["lab:role/partner-berrowsoft-eval"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    (
        "third-party-short-lived",
        &[],
        &[
            "lab:<root_account>#key1",
            "mcp:codegen-nightly:credential:.vscode/mcp.json/github/env:GITHUB_PERSONAL_ACCESS_TOKEN",
            "mcp:insight-notebook:credential:claude_desktop_config.json/notes/env:OPENAI_API_KEY",
            "openai:marrowick:api_key:key_8QmVtR2L",
        ],
    ),
    (
        "trust-known-accounts",
        &["lab:role/hackday-demo", "lab:role/partner-berrowsoft-eval"],
        &["openai:marrowick:service_account:svc_acct_Insight01"],
    ),
    ("trust-not-anyone", &["lab:role/hackday-demo"], &[]),
    // It trusts a user that was deleted: the trust keeps the unique id alone.
    ("trust-not-dangling", &["lab:role/legacy-notebook-bridge"], &[]),
    ("workload-account-dedicated", &["kubernetes:north-1:service_account:booking/booking-api"], &[]),
];
