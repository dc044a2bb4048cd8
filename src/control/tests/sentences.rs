//! Tests of the sentences of checks.

use std::collections::BTreeMap;

use serde_json::json;

use crate::base::time::{DAY, Instant};
use crate::control::{ParamValue, Template};
use crate::expr::ScratchSlots;
use crate::model::Subject;

/// The sentence about a subject, as of 2026-11-01, with a parameter `max_age` of 90 days.
fn sentence(text: &str, subject: Subject, given: &serde_json::Value) -> String {
    let template = Template::parse(text, subject, &["max_age"]).unwrap();
    let (slots, row) = ScratchSlots::build(subject, given).unwrap();
    let params = BTreeMap::from([("max_age".to_owned(), ParamValue::Duration(90 * DAY))]);
    template.render(&slots, row, &params, Instant::parse("2026-11-01").unwrap())
}

#[test]
fn instants_lengths_and_parameters() {
    let text = "{{credential.last_change_at | ago}}, {{ credential.expires_at | date }}, {{ params.max_age }}";
    let given = json!({ "last_change_at": "2026-01-01", "expires_at": "2027-01-01" });
    assert_eq!(sentence(text, Subject::Credential, &given), "304 days ago, 2027-01-01, 90 days");
    let given = json!({ "last_change_at": "2026-11-01", "expires_at": { "absent": true } });
    assert_eq!(sentence(text, Subject::Credential, &given), "on the day of the assessment, does not expire, 90 days");
    assert_eq!(sentence(text, Subject::Credential, &json!({})), "not known, not known, 90 days");
    let given = json!({ "last_used_at": { "absent": true } });
    assert_eq!(
        sentence("last used {{ credential.last_used_at | ago }}", Subject::Credential, &given),
        "last used never"
    );
    let given = json!({ "last_used_at": "2026-11-04" });
    assert_eq!(sentence("{{ credential.last_used_at | ago }}", Subject::Credential, &given), "in 3 days");
}

#[test]
fn at_the_limit_the_hours_are_told() {
    let said = |at: &str| {
        let text = "{{ credential.last_change_at | ago }}, limit {{ params.max_age }}";
        sentence(text, Subject::Credential, &json!({ "last_change_at": at }))
    };
    // 90 days before the date of assessment is 2026-08-03.
    assert_eq!(said("2026-08-03T00:00:00Z"), "90 days ago, limit 90 days");
    assert_eq!(said("2026-08-02T12:00:00Z"), "90 days and 12 hours ago, limit 90 days");
    assert_eq!(said("2026-08-02T22:30:00Z"), "90 days and 1 hour ago, limit 90 days");
    assert_eq!(said("2026-08-02T23:59:59Z"), "90 days and 1 second ago, limit 90 days");
    assert_eq!(said("2026-08-03T12:00:00Z"), "89 days ago, limit 90 days");
    assert_eq!(said("2026-08-01T12:00:00Z"), "91 days ago, limit 90 days");
}

#[test]
fn what_ends_now_has_not_ended() {
    let said =
        |at: &str| sentence("{{ credential.expires_at | ends }}", Subject::Credential, &json!({ "expires_at": at }));
    assert_eq!(said("2026-11-01T00:00:00Z"), "ends on 2026-11-01");
    assert_eq!(said("2026-10-31T23:59:59Z"), "ended on 2026-10-31");
}

#[test]
fn what_never_was_and_how_many() {
    let text = "{{ credential.last_used_at | last used }}, {{ credential.expires_at | ends }}";
    let said = |given: serde_json::Value| sentence(text, Subject::Credential, &given);
    let absent = json!({ "absent": true });
    assert_eq!(said(json!({ "last_used_at": absent, "expires_at": absent })), "never used, does not expire");
    assert_eq!(
        said(json!({ "last_used_at": "2026-10-31", "expires_at": "2026-12-01" })),
        "last used 1 day ago, ends on 2026-12-01"
    );
    assert_eq!(said(json!({ "expires_at": "2026-10-01" })), "not known when last used, ended on 2026-10-01");
    let text = "{{ policy.attached_count | count time times }}";
    assert_eq!(sentence(text, Subject::Policy, &json!({ "attached_count": 1 })), "1 time");
    assert_eq!(sentence(text, Subject::Policy, &json!({ "attached_count": 2 })), "2 times");
    let text = "{{ identity.owners | count owner owners }}";
    assert_eq!(sentence(text, Subject::Identity, &json!({ "owners": [{ "name": "a" }] })), "1 owner");
    assert_eq!(sentence(text, Subject::Identity, &json!({ "owners": [] })), "0 owners");
}

#[test]
fn lists_and_other_subjects() {
    let text = "{{ identity.owners | names }}; {{ identity.owners | count }}; {{ identity.boundary.name }}";
    let owners: Vec<_> = (1..=7).map(|n| json!({ "name": format!("o{n}") })).collect();
    let given = json!({ "owners": owners, "boundary": { "name": "fence" } });
    assert_eq!(sentence(text, Subject::Identity, &given), "o1, o2, o3, o4, o5 and 2 more; 7; fence");
    let given = json!({ "owners": { "open": [{ "id": "ada" }] }, "boundary": { "absent": true } });
    assert_eq!(sentence(text, Subject::Identity, &given), "ada; at least 1; no boundary is set");
    assert_eq!(sentence(text, Subject::Identity, &json!({ "owners": [] })), "none; 0; not known");
    assert_eq!(sentence(text, Subject::Identity, &json!({})), "not known; at least 0; not known");
    let text = "{{ identity.environment }}, {{ identity.environments_reached | list }}";
    let given = json!({ "environment": "test", "environments_reached": ["test", "production"] });
    assert_eq!(sentence(text, Subject::Identity, &given), "test, test, production");
}

#[test]
fn names_that_act_are_written_out() {
    let given = json!({ "owners": [{ "name": "a\u{1b}[31m\u{202e}b" }] });
    let shown = sentence("{{ identity.owners | names }}", Subject::Identity, &given);
    assert_eq!(shown, "a\\u{1b}[31m\\u{202e}b");
    let given = json!({ "owners": [{ "name": "{{ params.max_age }}" }] });
    assert_eq!(sentence("{{ identity.owners | names }}", Subject::Identity, &given), "{{ params.max_age }}");
}

#[test]
fn what_cannot_be_shown_is_told() {
    for (text, message, help) in [
        ("{{ credential.kin }}", "`kin` is no fact of `credential`", "did you mean `kind`?"),
        ("{{ identity.kind }}", "`identity` is no subject of this check", "one of credential, params"),
        (
            "{{ credential.expires_at }}",
            "a timestamp cannot be shown this way",
            "use `ago`, `date`, `ends`, or `last` with one verb, such as `last used`",
        ),
        ("{{ credential.identity }}", "a identity cannot be shown this way", "name one of its facts, such as `.name`"),
        (
            "{{ credential.expires_at | last }}",
            "a timestamp cannot be shown this way",
            "use `ago`, `date`, `ends`, or `last` with one verb, such as `last used`",
        ),
        ("{{ credential.kind | agoo }}", "`agoo` is no filter", "did you mean `ago`?"),
        ("{{ params.max_agee }}", "`max_agee` is no parameter of this check", "did you mean `max_age`?"),
        ("{{ credential.kind", "`{{` is never closed", "close it with `}}`"),
    ] {
        let wrong = Template::parse(text, Subject::Credential, &["max_age"]).unwrap_err();
        let first = wrong.first().unwrap();
        assert_eq!((first.message.as_str(), first.help.as_deref()), (message, Some(help)), "{text}");
    }
}
