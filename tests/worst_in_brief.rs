//! Findings that are told in brief are the worst, and say of themselves what they say with their evidence.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use assize::Request;
use assize::base::time::Instant;
use assize::contract::make;
use assize::contract::v1::{Finding, PartSink, Worst};

use crate::support::estate;

/// Every finding that is written.
#[derive(Default)]
struct All(Mutex<Vec<Finding>>);

impl PartSink for All {
    type Part = Vec<Finding>;

    fn part(&self, findings: Vec<Finding>) -> io::Result<Vec<Finding>> {
        Ok(findings)
    }

    fn take(&self, part: Vec<Finding>) -> io::Result<()> {
        self.0.lock().unwrap().extend(part);
        Ok(())
    }
}

/// Compares the worst in brief with the worst of all that are written, however many are asked for.
fn compared(folder: &Path) -> usize {
    let request = Request { dir: folder.to_path_buf(), as_of: Instant::parse("2026-11-01"), ..Request::default() };
    let count = assize::check(&request, |input, _| {
        let all = All::default();
        let head = make::head(input);
        let gaps = make::write_results(input, &head, io::sink(), &all).unwrap();
        assert_eq!(make::gaps(input), gaps);
        let all = all.0.into_inner().unwrap();
        for most in [0, 1, 3, 20, 150, all.len() / 2, all.len(), all.len() + 1] {
            let mut worst = Worst::new(most);
            all.iter().filter(|_| most > 0).for_each(|finding| worst.offer(finding));
            let expected: Vec<Finding> = worst.iter().map(in_brief).collect();
            let (brief, others) = make::worst(input, most);
            assert_eq!(brief, expected, "{} worst of {}", most, folder.display());
            assert_eq!(others, all.len().saturating_sub(most) as u64);
        }
        all.len()
    });
    count.unwrap_or_else(|noted| panic!("{:?}", noted.diagnostics))
}

/// The finding without what it rests on.
fn in_brief(finding: &Finding) -> Finding {
    let nothing = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (evidence, enumerations, params, path) = nothing;
    let (holders, evidence_digest) = (None, String::new());
    Finding { evidence, enumerations, params, path, holders, evidence_digest, ..finding.clone() }
}

#[test]
fn the_worst_in_brief_are_those_of_the_results() {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    for folder in ["marrowick", "partial", "hostile"] {
        assert!(compared(&fixtures.join(folder)) > 0, "{folder}");
    }
}

#[test]
fn of_many_findings_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = std::fs::File::create(folder.path().join("authorization-details.json")).unwrap();
    estate::write_details(600, &mut file).unwrap();
    drop(file);
    assert!(compared(folder.path()) > 150);
}
