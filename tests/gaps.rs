//! The gaps of a report and the rows of `gaps.csv`: one number for what one remedy closes.

use crate::support::{check, fixture};

/// Each row of `gaps.csv` says which gap of the report it is part of, and every gap of the report has its rows.
#[test]
fn rows_of_gaps_say_which_gap_of_the_report_they_are_part_of() {
    let run = check(&fixture("marrowick"), &[]);
    let report = run.text("report.md");
    let told: Vec<(String, String)> = report
        .lines()
        .filter_map(|line| line.strip_prefix("- <a id=\"gap-")?.split_once("\"></a>? unknown: **"))
        .map(|(number, rest)| (number.to_owned(), rest.to_owned()))
        .collect();
    let mut rows = csv::Reader::from_path(run.out.path().join("gaps.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert!(told.len() > 30 && rows.len() > told.len(), "{} gaps, {} rows", told.len(), rows.len());
    for (number, text) in &told {
        assert!(text.starts_with(&format!("{number}. ")), "{number}: {text}");
        let of: Vec<_> = rows.iter().filter(|row| row.get(0) == Some(number)).collect();
        assert!(!of.is_empty(), "{number}: no row");
        let names =
            of.iter().all(|row| row.get(5).is_some_and(|name| text.contains(name.split('.').next_back().unwrap())));
        let listing = of.iter().all(|row| row.get(4) == Some("listing"));
        assert!(names || listing, "{number}: {text}: {of:?}");
    }
    assert!(rows.iter().all(|row| told.iter().any(|(number, _)| Some(number.as_str()) == row.get(0))));
}
