//! Exports that are missing, or end early: no verdict becomes a pass by that, whichever file it is and wherever it ends.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{AS_OF, copy, files, fixture};
use assize::assess::Verdict;
use assize::base::time::Instant;
use assize::{Request, check};
use rayon::prelude::*;
use tempfile::TempDir;

/// Files without which, or without the rest of which, a verdict may become a pass: the beginning of the path, the check,
/// and why that is no lie.
const MAY: &[(&str, &str, &str)] = &[(
    "inventory/",
    "",
    "another file of the inventory still says that its lists are whole, and TOML and CSV show no end",
)];

/// By check run and subject: the verdict. `None` where nothing was judged.
fn judged(folder: &Path) -> Option<BTreeMap<(String, String), Verdict>> {
    let request = Request { dir: folder.to_owned(), as_of: Instant::parse_as_of(AS_OF), ..Request::default() };
    check(&request, |input, _| {
        let mut all = BTreeMap::new();
        for ((question, judged), run) in input.questions.iter().zip(input.judged).zip(&input.plan.runs) {
            let rows = &input.orders.get(question.subject).rows;
            let table = input.estate.world.table(question.subject);
            for (row, verdict) in rows.iter().zip(&judged.verdicts) {
                let id = input.estate.world.strings.text(table.id(*row).unwrap()).to_owned();
                all.insert((run.id.clone(), id), *verdict);
            }
        }
        all
    })
    .ok()
}

/// Each file as it is when it is missing (`None`), and cut at two places. Those of the inventory are not among them: one of
/// its files says that the lists of the others are whole, and TOML and CSV show no end.
fn cases(all: &BTreeMap<String, Vec<u8>>) -> Vec<(&str, Option<usize>)> {
    let beside = |name: &str| {
        name == "assize.toml"
            || Path::new(name).extension().is_some_and(|end| end == "md")
            || name.starts_with("inventory/")
    };
    let exports = all.iter().filter(|(name, _)| !beside(name));
    let cuts = |bytes: &Vec<u8>| {
        let at = [bytes.len() / 3, bytes.trim_ascii_end().len() - 1];
        std::iter::once(None).chain(at.into_iter().map(Some))
    };
    exports.flat_map(|(name, bytes)| cuts(bytes).map(move |at| (name.as_str(), at))).collect()
}

#[test]
fn nothing_passes_for_want_of_an_export_or_of_its_end() {
    let from = fixture("marrowick");
    let all = files(&from);
    let before = judged(&from).expect("the company is judged");
    let names: Vec<&str> = all.keys().map(String::as_str).collect();
    let cases = cases(&all);
    assert!(cases.len() > 70, "{}", cases.len());
    let wrong: Vec<String> = cases
        .par_iter()
        .flat_map_iter(|(name, at)| {
            let folder = TempDir::new().unwrap();
            let kept: Vec<&str> = names.iter().copied().filter(|one| at.is_some() || one != name).collect();
            copy(&from, folder.path(), &kept);
            if let Some(at) = at {
                std::fs::write(folder.path().join(name), &all[*name][..*at]).unwrap();
            }
            let after = judged(folder.path()).unwrap_or_default();
            let better = after.into_iter().filter(|(of, verdict)| {
                *verdict == Verdict::Pass && matches!(before.get(of), Some(Verdict::Fail | Verdict::Unknown))
            });
            let may = |run: &str| {
                MAY.iter().any(|(path, of, _)| name.starts_with(path) && run.split('[').next() == Some(*of))
            };
            let better = better.filter(|((check, _), _)| !may(check));
            let what = at.map_or("missing".to_owned(), |at| format!("cut at byte {at}"));
            let told = better.map(|((check, subject), _)| format!("{name} {what}: {check} passes for {subject}"));
            told.collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}
