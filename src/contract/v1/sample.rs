//! An invented assessment with hostile names in every place, for tests of what is written from it.

use std::sync::Arc;

use super::*;

/// What hostile people name things.
pub(crate) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "a|b|c\n| forged | row |",
    "\u{1b}[31mred\u{1b}[0m",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "user\u{202e}gpj.exe",
    "`code` *bold* [x](javascript:alert(1)) ![i](https://evil.example/p.png)",
    "\"><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "# heading",
    "https://evil.example/login",
];

/// A hostile text, another for each `n`.
pub(crate) fn hostile(n: usize) -> String {
    HOSTILE.get(n % HOSTILE.len()).copied().unwrap_or("").to_owned()
}

fn subject(n: usize) -> SubjectRef {
    let name = hostile(n);
    SubjectRef {
        kind: "credential".into(),
        id: format!("aws:111122223333:credential:{n:04}:{name}"),
        name,
        scope: "aws:111122223333".to_owned(),
    }
}

/// The head; `failures` is the number of failures of the one failing run.
#[expect(clippy::too_many_lines, reason = "one whole sample, in the order of the file that it becomes")]
pub(crate) fn head(failures: u64) -> Head {
    let some = |text: &str| Some(text.to_owned());
    let coverage = |decided, total, known| Coverage {
        decided,
        total,
        known,
        open_scopes: if total.is_none() { vec!["aws:444455556666".to_owned()] } else { vec![] },
    };
    Head {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "assize".to_owned(), version: "0.1.0".to_owned() },
        as_of: AsOf { at: "2026-11-01T23:59:59Z".to_owned(), origin: Some(AsOfOrigin::Given) },
        profile: Profile {
            organisation: some("Ferrow & Lund <Ltd>"),
            file: some("assize.toml"),
            sha256: some(&"a".repeat(64)),
            frameworks: vec!["owasp-nhi-2025".to_owned()],
            max_evidence_age: some("30d"),
            settings: vec![Setting { name: "environments.prod".to_owned(), value: "production".to_owned() }],
        },
        scopes: Scopes {
            expected: vec!["aws:111122223333".to_owned(), "aws:777788889999".to_owned()],
            seen: vec![Scope {
                id: "aws:111122223333".to_owned(),
                name: some(&hostile(0)),
                system: "aws".to_owned(),
                expected: true,
                exports: vec![0, 1],
                collected_at: some("2026-10-31T06:00:00Z"),
            }],
            missing: vec!["aws:777788889999".to_owned()],
            enumerated: vec![
                Enumerated {
                    scope: "aws:111122223333".to_owned(),
                    listing: "users".to_owned(),
                    closure: Closure::Shown,
                    by: None,
                    at: None,
                    why: None,
                    export: Some(0),
                    pointer: some("/UserDetailList"),
                },
                Enumerated {
                    scope: "aws:111122223333".to_owned(),
                    listing: "drills".to_owned(),
                    closure: Closure::Asserted,
                    by: some(&hostile(1)),
                    at: some("2026-10-30"),
                    why: None,
                    export: Some(1),
                    pointer: some("/closures/0"),
                },
            ],
        },
        exports: vec![
            Export {
                path: "aws/111122223333/authorization-details.json".to_owned(),
                sha256: "b".repeat(64),
                bytes: 401_234_567,
                source: "aws-iam-authorization-details".to_owned(),
                scopes: vec!["aws:111122223333".to_owned()],
                collected_at: some("2026-10-31T06:00:00Z"),
                collected_by: some(&hostile(3)),
                command: some("aws iam get-account-authorization-details"),
                issuer: None,
                read: 1204,
                rejected: 1,
                ignored: 0,
                totals: vec![Total { name: "users".to_owned(), count: 41, declared: Some(42) }],
                superseded_by: None,
                notes: vec![],
            },
            Export { path: hostile(7), sha256: "c".repeat(64), source: "inventory".to_owned(), ..Export::default() },
        ],
        ignored: vec![IgnoredFile { path: hostile(2), reason: "not an export that is known".to_owned() }],
        rejected: vec![RejectedRecord {
            export: 0,
            pointer: some("/UserDetailList/7"),
            offset: Some(91_234),
            document: Some(0),
            reason: hostile(1),
        }],
        subjects: vec![
            SubjectCount { subject: "identity".to_owned(), kind: some("role"), system: some("aws"), presence: Presence::Listed, count: 31 },
            SubjectCount { subject: "identity".to_owned(), kind: some("role"), system: some("aws"), presence: Presence::Mentioned, count: 4 },
        ],
        controls: Controls {
            files: vec![
                ControlFile { path: "checks/nhi7/credential-rotated.toml".to_owned(), sha256: "d".repeat(64), origin: ControlOrigin::BuiltIn, modified: false },
                ControlFile { path: "checks/own.toml".to_owned(), sha256: "e".repeat(64), origin: ControlOrigin::Added, modified: true },
            ],
            tests: ControlTests { run: 60, passed: 59, failures: vec![ControlTestFailure { file: "checks/own.toml".to_owned(), test: hostile(0), message: "expected `fail`, got `pass`".to_owned() }], incomplete: vec!["own".to_owned()] },
        },
        texts: Texts {
            checks: vec![CheckText {
                id: "credential-rotated".to_owned(),
                title: "Static credentials are rotated on schedule".to_owned(),
                file: "checks/own.toml".to_owned(),
                applies: some("credential.enabled && credential.kind in ['access_key', 'token']"),
                passes: "age(credential.last_change_at) <= params.max_age\n  && \"</code><script>\" != \"\"".to_owned(),
                procedure: "For each enabled credential, compare its **last change** with the limit. <script>alert(2)</script>".to_owned(),
                rationale: "A credential that lives long is one that was copied. See [the list](https://example.org/nhi7) and [this](javascript:alert(1)).".to_owned(),
                remediation: "Create a new key, switch over, delete the old one:\n\n```sh\naws iam create-access-key --user-name NAME\n```".to_owned(),
            }],
            rules: vec![RuleText { name: "invokes-models".to_owned(), reason: "may invoke a hosted model".to_owned(), confidence: Confidence::High, expression: "identity.grants.exists(g, g.invokes_models)".to_owned(), file: "classification/ai.toml".to_owned(), recognised: 6, not_loaded: vec!["ai_system.identities".to_owned()] }],
        },
        frameworks: vec![Framework {
            id: "owasp-nhi-2025".to_owned(),
            title: "OWASP Non-Human Identities Top 10".to_owned(),
            version: some("2025"),
            url: some("https://owasp.org/www-project-non-human-identities-top-10/2025/"),
            mapping: some("by this project, by hand"),
            crosswalk: false,
            notes: vec![],
            coverage: coverage(failures, None, failures + 12),
            requirements: vec![Requirement {
                id: "NHI7:2025".to_owned(),
                title: "Long-Lived Secrets".to_owned(),
                summary: "Secrets that do not expire, or not soon.".to_owned(),
                notes: vec![hostile(9)],
                status: Status::NotSatisfied,
                coverage: coverage(failures, None, failures + 12),
                parts: vec![
                    Part { id: "rotation".to_owned(), title: "Secrets are rotated on a schedule".to_owned(), answered_by: AnsweredBy::Checks, status: Status::NotSatisfied, coverage: coverage(failures, Some(failures + 12), failures + 12), runs: vec![PartRun { run: "credential-rotated[max_age=90d]".to_owned(), status: Status::NotSatisfied }, PartRun { run: "not-there".to_owned(), status: Status::Undetermined }], manual: None, unanswered: None, attestation: None, crosswalk: None, notes: vec![] },
                    Part { id: "scanning".to_owned(), title: "Code is scanned for secrets".to_owned(), answered_by: AnsweredBy::Attestation, status: Status::PartlyAssessed, coverage: Coverage::default(), runs: vec![], manual: some("Attest which repositories are scanned."), unanswered: None, attestation: Some(AttestationState { status: AttestationStatus::Expired, attestation: Some(0) }), crosswalk: None, notes: vec![] },
                    Part { id: "ephemeral".to_owned(), title: "Credentials are short-lived".to_owned(), answered_by: AnsweredBy::Nothing, status: Status::NotAssessed, coverage: Coverage::default(), runs: vec![], manual: None, unanswered: None, attestation: None, crosswalk: None, notes: vec![] },
                ],
                see_also: vec![RequirementRef { framework: "nist-csf-2.0".to_owned(), requirement: "PR.AA-01".to_owned(), relationship: Relationship::Intersects, by: MappedBy::Ours, source: None }],
            }],
        }],
        checks: vec![CheckRun {
            id: "credential-rotated[max_age=90d]".to_owned(),
            check: "credential-rotated".to_owned(),
            status: Status::NotSatisfied,
            severity: Severity::High,
            subject: "credential".to_owned(),
            params: vec![Param { name: "max_age".to_owned(), value: "90d".to_owned(), origin: ParamOrigin::Requirement, default: some("60d"), looser: true, source: some("CIS Controls v8.1, 5.5"), profile: Some(ProfileValue { value: "180d".to_owned(), looser: true }) }],
            population: Population {
                size: failures + 12,
                by_scope: vec![Total { name: "aws:111122223333".to_owned(), count: failures + 12, declared: None }],
                by_system: vec![Total { name: "aws".to_owned(), count: failures + 12, declared: None }],
                out_of_scope: vec![OutOfScope { reason: "credential.enabled is false".to_owned(), count: 14, first: vec![subject(1), subject(2)] }],
                exclusions: vec![Exclusion { subject: subject(6), reason: "break glass".to_owned(), by: some("ciso@ferrow.example") }],
                not_listed: 3,
                notes: vec!["the rule `invokes-models` was not loaded".to_owned()],
            },
            tally: Tally { pass: 0, fail: failures, unknown: 12, waived: 0 },
            coverage: coverage(failures, None, failures + 12),
            verdicts_sha256: "f".repeat(64),
            nearest: Some(NearestPass { subject: subject(7), margins: vec![hostile(3)], fails_from: some("2026-11-30T00:00:01Z"), fail_soon: 2 }),
        }],
        ai_systems: vec![ai_system()],
        waivers: vec![],
        attestations: vec![Attestation { framework: "owasp-nhi-2025".to_owned(), requirement: "NHI7:2025".to_owned(), part: "scanning".to_owned(), statement: hostile(6), by: "ada@ferrow.example".to_owned(), at: some("2026-01-01"), expires_at: some("2026-07-01"), status: AttestationStatus::Expired, export: Some(1), pointer: some("/attestations/0") }],
        links: vec![Link { method: "access-key-id".to_owned(), confidence: Confidence::High, count: 18, first: vec![(subject(3), subject(4))] }],
        quality: vec![Quality { code: "mentioned-in-closed-scope".to_owned(), message: hostile(5), count: 2, scope: some("aws:111122223333"), exports: vec![0], first: vec![subject(5)] }],
        limits: vec![Limit { code: "service-control-policies".to_owned(), text: "Service control policies are not modelled: a grant that one denies is still shown.".to_owned() }],
    }
}

/// An AI system, hostile in every place.
fn ai_system() -> AiSystem {
    let identity = |n: usize| SubjectRef {
        kind: "identity".into(),
        id: format!("aws:111122223333:role:{}", hostile(n)),
        name: hostile(n),
        scope: "aws:111122223333".to_owned(),
    };
    let reached = |n: usize, kind: &'static str, from: usize| Reached {
        subject: SubjectRef { kind: kind.into(), ..identity(n) },
        kind: Some(hostile(n + 5)),
        system: hostile(n + 1),
        environment: Some(hostile(n + 2)),
        administrator: kind == "identity",
        how: if kind == "identity" { "become".to_owned() } else { hostile(n + 3) },
        state: HopState::Possible,
        from: vec![identity(from).id],
        steps: [HopState::Conditional, HopState::Possible]
            .map(|state| ReachedStep { from: identity(from).id, how: hostile(n + 4), state })
            .to_vec(),
    };
    AiSystem {
        id: format!("ai:{}", hostile(7)),
        name: hostile(7),
        scope: "*".to_owned(),
        mode: Some("autonomous".to_owned()),
        stage: Some(hostile(1)),
        pilot_ends_at: Some("2026-12-01T00:00:00Z".to_owned()),
        vendor: Some(hostile(0)),
        model: Some(hostile(2)),
        owners: vec![hostile(3)],
        tools: vec![AiTool { name: hostile(6), target: Some(hostile(4)), credential: Some(subject(0).id) }],
        credentials: vec![AiCredential {
            subject: subject(0),
            kind: Some("access_key".to_owned()),
            stored_in: Some(hostile(5)),
            identity: Some(identity(3).id),
            held: true,
        }],
        identities: vec![AiIdentity {
            subject: identity(3),
            kind: Some("role".to_owned()),
            environment: Some(hostile(5)),
            administrator: true,
        }],
        reach: vec![reached(4, "identity", 3), reached(7, "resource", 4)],
        more: AiMore { tools: 2, credentials: 0, identities: 0, becomes: 4, resources: 12_000 },
        findings: SeverityCounts { critical: 1, high: 2, medium: 0, low: 3 },
        waived: 1,
        unknown: 4,
    }
}

/// Finding number `n`.
pub(crate) fn finding(n: usize) -> Finding {
    let subject = subject(n);
    let fact = |fact: &str, value: &str, export| Evidence {
        fact: fact.to_owned().into(),
        subject: None,
        state: FactState::Known,
        value: value.to_owned(),
        note: Some("303 days before the assessment".to_owned()),
        export,
        pointer: Some(format!("/UserDetailList/{n}")),
        offset: Some(1_234_567),
        document: Some(0),
    };
    Finding {
        id: format!("credential-rotated[max_age=90d] {}", subject.id),
        check_run: "credential-rotated[max_age=90d]".to_owned(),
        severity: Severity::High,
        confidence: Confidence::High,
        waiver: None,
        owners: if n.is_multiple_of(2) { vec![hostile(n + 1)] } else { vec![] },
        reason: format!("last changed 303 days ago, limit 90 days {}", hostile(n + 3)),
        evidence: vec![
            fact("credential.last_change_at", "2026-01-01T00:00:00Z", Some(0)),
            fact("credential.kind", &hostile(n + 2), Some(99)),
        ],
        enumerations: vec![EnumerationUse {
            listing: "access_keys".to_owned(),
            scope: "aws:111122223333".to_owned(),
            closure: Closure::Asserted,
            by: Some(hostile(n)),
            export: Some(0),
            pointer: None,
        }],
        params: vec![Param {
            name: "max_age".to_owned(),
            value: "90d".to_owned(),
            origin: ParamOrigin::Requirement,
            default: None,
            looser: false,
            source: None,
            profile: None,
        }],
        path: vec![Hop {
            n: 1,
            from: subject.clone(),
            to: self::subject(n + 1),
            how: "assume".into(),
            state: HopState::Conditional,
            left_out: None,
            evidence: vec![fact("becoming.how", "assume", Some(0))],
        }],
        holders: Some(Holders { count: 12, first: vec![self::subject(n + 2)] }),
        requirements: vec!["owasp-nhi-2025 NHI7:2025".to_owned()],
        evidence_digest: "9".repeat(64),
        subject,
    }
}

/// The gaps.
pub(crate) fn gaps() -> Vec<Gap> {
    let remedy = Remedy {
        text: "Export when each access key was last used.".to_owned(),
        exports: vec!["aws-access-key-last-used".to_owned()],
        commands: vec!["aws iam get-access-key-last-used --access-key-id ID | tee <file>".to_owned()],
        step: Step::Add,
    };
    let gap = |about, scope: &str, count| Gap {
        check_run: "credential-rotated[max_age=90d]".to_owned(),
        cause: Cause::MissingFact,
        about,
        scope: scope.to_owned(),
        count,
        remedy: remedy.clone(),
        first: [0, 1].map(|n| Arc::new(subject(n))).to_vec(),
        subjects_sha256: "8".repeat(64),
    };
    vec![
        gap(GapAbout::Fact("credential.last_change_at".to_owned()), "aws:111122223333", Some(12)),
        Gap {
            cause: Cause::NotEnumerated,
            ..gap(GapAbout::Listing("access_keys".to_owned()), "aws:444455556666", None)
        },
        Gap {
            remedy: Remedy {
                text: hostile(0),
                exports: vec![hostile(4)],
                commands: vec![hostile(3)],
                step: Step::CollectAgain,
            },
            ..gap(GapAbout::Fact(hostile(6)), &hostile(2), Some(1))
        },
    ]
}
