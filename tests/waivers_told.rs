//! How reports count and word what waivers cover, and when those end.

use crate::support::{AS_OF, assize, check, fixture};

#[test]
fn waived_findings_are_counted_apart_everywhere() {
    let run = check(&fixture("waivers"), &[]);
    let (html, markdown) = (run.text("report.html"), run.text("report.md"));
    let results = run.results();
    let sum = |name: &str| {
        results["checks"].as_array().unwrap().iter().map(|run| run["tally"][name].as_u64().unwrap()).sum::<u64>()
    };
    assert_eq!((sum("fail"), sum("waived")), (16, 5));
    assert!(markdown.contains("16 findings: ") && markdown.contains(" and 5 waived.\n"), "{markdown}");
    let group = html.split("<span class=\"quiet count\">").skip(1).map(|rest| rest.split('<').next().unwrap());
    let (mut open, mut waived) = (0, 0);
    for told in group {
        let (findings, more) = told.split_once(" and ").unwrap_or((told, "0 waived"));
        let number = |text: &str| text.split(' ').next().unwrap().parse::<u64>().unwrap();
        assert!(markdown.contains(&format!(": {told}.\n")), "{told}");
        (open, waived) = (open + number(findings), waived + number(more));
    }
    assert_eq!((open, waived), (16, 5));
}

/// The day that a waiver names is the first on which it is not in force, and nothing says that it is in force until then.
#[test]
fn a_waiver_expires_on_the_day_that_it_names() {
    let folder = fixture("waivers");
    let run = check(&folder, &[]);
    let listed = assize(&["waivers", "list", "--as-of", AS_OF]).arg(&folder).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    let results = run.text("results.json");
    for text in [&run.text("report.html"), &run.text("report.md"), &listed] {
        assert!(text.contains("expires on 2027-03-01"), "{text}");
        assert!(!text.contains("until 2027") && !text.contains("to 2027-03-01"), "{text}");
    }
    assert!(!results.contains("in force until"), "{results}");
}

#[test]
fn nobody_is_said_to_be_missing_as_the_owner_of_a_waiver() {
    let run = check(&fixture("waivers"), &[]);
    let (html, markdown) = (run.text("report.html"), run.text("report.md"));
    let summaries = html.split("<details class=\"finding\"").skip(1).map(|one| one.split("</summary>").next().unwrap());
    let (of_waivers, others): (Vec<&str>, Vec<&str>) = summaries.partition(|one| one.contains("data-o=\"-\""));
    assert_eq!((of_waivers.len(), others.len()), (8, 13));
    assert!(of_waivers.iter().all(|one| !one.contains("Owner")), "{of_waivers:?}");
    assert!(others.iter().all(|one| one.contains("Owner: ")), "{others:?}");
    // Where the owner of a key is not known, that is still said.
    assert!(others.iter().any(|one| one.contains("none known")), "{others:?}");
    let rows = markdown.lines().filter(|line| line.starts_with("| ") && line.contains("](#finding-"));
    for row in rows.filter(|row| row.contains("waiver")) {
        assert!(row.ends_with("|  |"), "{row}");
    }
}
