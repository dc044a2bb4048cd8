//! The pages of checks: in the repository as the control files make them, whole, and with links that lead somewhere.

use std::collections::BTreeSet;

use super::{builtin, root};
use crate::control::page;
use crate::source::docs::same_as_checked_in;

#[test]
fn the_pages_of_checks_are_checked_in() {
    let pack = builtin();
    let mut wanted = BTreeSet::from(["README.md".to_owned()]);
    std::fs::create_dir_all(root().join("docs/checks")).unwrap();
    same_as_checked_in("docs/checks/README.md", &page::index(&pack));
    for check in &pack.checks {
        same_as_checked_in(&format!("docs/checks/{}.md", check.id), &page::markdown(&pack, check));
        wanted.insert(format!("{}.md", check.id));
    }
    let there: BTreeSet<String> = std::fs::read_dir(root().join("docs/checks"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, wanted, "one page a check");
}

/// Each page has what an auditor asks for.
#[test]
fn every_page_is_whole() {
    let pack = builtin();
    for check in &pack.checks {
        let sections = page::sections(&pack, check);
        let titles: Vec<&str> = sections.iter().map(|section| section.title).collect();
        for title in [
            "Why",
            "How it is tested",
            "Passes where",
            "Evidence that it needs",
            "What to do about a failure",
            "What it cannot see",
            "Asked for by",
        ] {
            assert!(titles.contains(&title), "{} has no section `{title}`", check.id);
        }
        // What waivers say of themselves comes from no export.
        if check.subject != crate::model::Subject::Waiver {
            assert!(titles.contains(&"Exports that give it"), "{}: no export gives what it needs", check.id);
        }
    }
}

/// The questions name checks that there are, and every check answers one.
#[test]
fn questions_name_the_checks_that_answer_them() {
    let pack = builtin();
    let text = std::fs::read_to_string(root().join("docs/questions.md")).unwrap();
    let named: BTreeSet<&str> = text.split('`').skip(1).step_by(2).collect();
    let waivers = |id: &str| id.starts_with("waiver-");
    for check in pack.checks.iter().filter(|check| !waivers(&check.id)) {
        assert!(named.contains(check.id.as_str()), "no question is answered by {}", check.id);
    }
    // Of what looks like the id of a check, all are ids of checks.
    let heads: BTreeSet<&str> = pack.checks.iter().filter_map(|check| check.id.split('-').next()).collect();
    let like = |word: &&&str| {
        word.contains('-')
            && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && word.split('-').next().is_some_and(|head| heads.contains(head))
    };
    let sources: BTreeSet<&str> = crate::source::SOURCES.iter().map(|source| source.about().id).collect();
    for word in named.iter().filter(like).filter(|word| !sources.contains(**word)) {
        assert!(pack.check(word).is_some(), "there is no check `{word}`");
    }
}
