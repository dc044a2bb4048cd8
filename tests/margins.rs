//! How far passes are from failing, as reports tell it.

use serde_json::{Value, json};

use crate::support::{check, fixture};

/// The nearest pass of a check run of the invented company.
fn nearest(results: &Value, run: &str) -> Value {
    let runs = results["checks"].as_array().unwrap();
    let found = runs.iter().find(|one| one["id"] == run).unwrap_or_else(|| panic!("{run}"));
    let mut nearest = found["nearest"].clone();
    if let Some(subject) = nearest.get("subject").map(|subject| subject["name"].clone()) {
        nearest["subject"] = subject;
    }
    nearest
}

#[test]
fn the_pass_that_is_nearest_to_failing_is_told() {
    let run = check(&fixture("marrowick"), &[]);
    let results = run.results();
    // The key was made on 2026-08-19 at 05:20:04, and may be 90 days old. Three more keys were made after it and before the
    // 3rd of September, so that they are over 90 days by the end of 2026-12-01.
    assert_eq!(
        nearest(&results, "credential-rotated"),
        json!({
            "subject": "AKIAY6JRO77Z3EXAMPLE of warehouse-sync", "margins": ["74 days of at most 90 days"],
            "fails_from": "2026-11-17T05:20:05Z", "fail_soon": 4,
        })
    );
    // Reviewed on 2026-10-26, with 30 days to the next review.
    assert_eq!(
        nearest(&results, "privileged-reviewed"),
        json!({
            "subject": "vector-sync", "margins": ["6 days of at most 30 days"],
            "fails_from": "2026-11-25T00:00:01Z", "fail_soon": 1,
        })
    );
    // How long a revocation took does not change with the date.
    assert_eq!(
        nearest(&results, "revocation-fast"),
        json!({"subject": "gpu-workstation", "margins": ["7 minutes of at most 9 minutes"], "fail_soon": 0})
    );
    // That an owner is there has no margin, and neither has what nobody passes.
    assert_eq!(nearest(&results, "identity-owned"), Value::Null);
    assert_eq!(nearest(&results, "one-active-key"), Value::Null);

    for (file, told) in [
        (
            "report.md",
            "nearest to failing: AKIAY6JRO77Z3EXAMPLE of warehouse-sync, 74 days of at most 90 days, fails from 2026-11-17; 4 within 30 days",
        ),
        ("report.html", "nearest to failing: gpu-workstation, 7 minutes of at most 9 minutes</td>"),
    ] {
        assert!(run.text(file).contains(told), "{file}");
    }
}
