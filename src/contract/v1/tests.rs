//! What is written can be read again, is valid under the schema, and is laid out as promised.

use super::sample::{finding, gaps, head};
use super::*;
use crate::contract::documented::{is_checked_in, names_every_field};

fn written(findings: usize) -> String {
    let mut writer = ResultsWriter::new(Vec::new(), &head(findings as u64)).unwrap();
    for n in 0..findings {
        writer.finding(&finding(n)).unwrap();
    }
    String::from_utf8(writer.finish(&gaps()).unwrap()).unwrap()
}

fn read_text(text: &str) -> Result<Results, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.json");
    std::fs::write(&path, text).unwrap();
    read(&path).map_err(|error| error.to_string().replace(&path.display().to_string(), "FILE"))
}

#[test]
fn what_is_written_can_be_read() {
    for findings in [0, 3] {
        let results = read_text(&written(findings)).unwrap();
        assert_eq!(results.head, head(findings as u64));
        assert_eq!(results.findings, (0..findings).map(finding).collect::<Vec<_>>());
        assert_eq!(results.gaps, gaps());
    }
}

#[test]
fn one_entry_of_a_list_is_one_line() {
    let text = written(3);
    let lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|line| *line == "  \"findings\": [").unwrap();
    assert!(lines[at + 1..at + 4].iter().all(|line| line.starts_with("    {\"id\":")));
    assert_eq!(lines[at + 4], "  ],");
    assert!(lines.iter().any(|line| line.starts_with("        {\"id\":\"NHI7:2025\"")));
    assert_eq!(
        lines[0..4].join("\n"),
        "{\n  \"schema\": \"assize.results/v1\",\n  \"tool\": {\n    \"name\": \"assize\","
    );
    assert!(written(0).contains("\n  \"findings\": [],\n"));
    assert!(text.ends_with("\n  ]\n}\n"));
}

#[test]
fn findings_may_stand_first() {
    let value: serde_json::Value = serde_json::from_str(&written(2)).unwrap();
    let mut fields = value.as_object().unwrap().clone();
    let findings = fields.remove("findings").unwrap();
    let rest = serde_json::to_string(&fields).unwrap();
    let text = format!("{{\"later\": 1, \"findings\": {findings}, {}", &rest[1..]);
    assert_eq!(read_text(&text).unwrap().findings.len(), 2);
}

#[test]
fn what_is_not_results_is_refused() {
    insta::assert_snapshot!(read_text("{\"schema\": \"assize.results/v2\", \"new\": [1]}").unwrap_err(), @"cannot read `FILE` as results: `schema` is not `assize.results/v1` at line 1 column 31");
    insta::assert_snapshot!(read_text("{\"schema\": \"assize.results/v1\", \"findings\": [], \"gaps\": []}").unwrap_err(), @"cannot read `FILE` as results: missing field `tool` at line 1 column 59");
    insta::assert_snapshot!(read_text("[1]").unwrap_err(), @"cannot read `FILE` as results: invalid type: sequence, expected a results object at line 1 column 1");
    let text = written(2);
    insta::assert_snapshot!(read_text(&text[..text.len() / 2]).unwrap_err(), @"cannot read `FILE` as results: EOF while parsing a string at line 101 column 1187");
    insta::assert_snapshot!(read_text(&text.replace("\"severity\":\"high\",\"confidence\"", "\"severity\":\"dire\",\"confidence\"")).unwrap_err(), @"cannot read `FILE` as results: unknown variant `dire`, expected one of `critical`, `high`, `medium`, `low` at line 117 column 326");
    assert!(read_text(&format!("{text}1")).is_err());
    assert!(read_text(&"[".repeat(100_000)).is_err());
}

#[test]
fn a_sink_that_fails_stops_the_reading() {
    struct Full;
    impl FindingSink for Full {
        fn finding(&mut self, _finding: &Finding) -> std::io::Result<()> {
            Err(std::io::Error::other("the disk is full"))
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("results.json");
    std::fs::write(&path, written(2)).unwrap();
    let error = read_into(&path, |_| Ok(Full)).err().unwrap();
    assert!(matches!(error, ReadError::Sink { .. }), "{error}");
}

#[test]
fn the_worst_are_kept_and_all_are_counted() {
    let mut worst = Worst::new(2);
    for (n, severity) in [Severity::Low, Severity::Critical, Severity::High, Severity::Critical].into_iter().enumerate()
    {
        worst.offer(&Finding { severity, ..finding(n) });
    }
    let kept: Vec<_> =
        worst.iter().map(|finding| (finding.severity, finding.subject.id.as_str().get(28..32))).collect();
    assert_eq!(kept, [(Severity::Critical, Some("0001")), (Severity::Critical, Some("0003"))]);
    assert_eq!((worst.seen(), worst.rest()), (4, 2));
    let mut none = Worst::new(0);
    none.offer(&finding(0));
    assert_eq!((none.iter().count(), none.rest()), (0, 1));
}

#[test]
fn the_schema_in_the_repository_is_that_of_the_types() {
    is_checked_in("results-v1.schema.json", &json_schema());
}

#[test]
fn what_is_written_is_valid_under_the_schema() {
    let validator = jsonschema::validator_for(&json_schema()).unwrap();
    for findings in [0, 3] {
        let instance: serde_json::Value = serde_json::from_str(&written(findings)).unwrap();
        let errors: Vec<String> = validator.iter_errors(&instance).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
    let wrong: serde_json::Value =
        serde_json::from_str(&written(1).replace("\"not_satisfied\"", "\"compliant\"")).unwrap();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn the_documentation_names_every_field() {
    let page = include_str!("../../../docs/results.md");
    names_every_field(page, &json_schema(), &["Finding", "Gap", "Evidence", "Coverage"]);
}
