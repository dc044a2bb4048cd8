//! Starting points work as they are, and say so in every subject.

use super::pack_of;
use crate::control::lint::lint;
use crate::control::{Coverage, Framework, SelfTest, schemas, start};

#[test]
fn a_starting_check_is_right_in_every_subject() {
    for subject in start::subjects() {
        let text = start::check("mine", subject, "../../schemas/check.schema.json").unwrap();
        assert!(!text.contains('@'), "{text}");
        let used =
            start::framework("f", "s").replace("unanswered = \"not mapped yet\"", "checks = [{ id = \"mine\" }]");
        let (pack, found) = pack_of(&[("checks/own/mine.toml", &text), ("frameworks/f.toml", &used)]);
        let said: Vec<String> = lint(&pack, found).iter().map(ToString::to_string).collect();
        let left = [
            "checks/own/mine.toml: `rationale`, `remediation` still say what the starting point said",
            "frameworks/f.toml: `publisher`, `url`, `licence_note`, `attribution`, `title`, `summary` still say what the starting point said",
        ];
        assert_eq!(said, left, "{}", subject.name());
        let tests = SelfTest::run(&pack);
        assert_eq!((tests.passed(), tests.cases.len(), tests.missing.len()), (3, 3, 0), "{}", subject.name());
        let coverage = Coverage::of(&pack);
        assert_eq!((coverage.both_ways(), coverage.clauses.len()), (1, 1), "{}", subject.name());
        // What is offered behind a `#` is right too.
        let more = text.replace("\n# applies  =", "\napplies  =");
        assert_ne!(more, text);
        let (pack, found) = pack_of(&[("checks/own/mine.toml", &more)]);
        assert_eq!((found, pack.checks.len()), (Vec::new(), 1), "{}", subject.name());
    }
}

#[test]
fn a_starting_framework_is_right() {
    let text = start::framework("mine", "../schemas/framework.schema.json");
    let (pack, found) = pack_of(&[("frameworks/mine.toml", &text)]);
    let said: Vec<_> = lint(&pack, found).into_iter().map(|one| (one.code, one.label)).collect();
    assert_eq!(said, [("unfilled", "not filled in".to_owned())]);
    let parts = |framework: &Framework| framework.requirements.iter().map(|one| one.parts.len()).sum::<usize>();
    assert_eq!(pack.frameworks.iter().map(parts).collect::<Vec<_>>(), [1]);
}

/// What is filled in is not told, and what fits another question than the one that is asked is.
#[test]
fn sentences_of_another_question_are_told() {
    let text = start::check("mine", crate::model::Subject::Credential, "s").unwrap();
    let text = text
        .replace("Write here what can go wrong where this fails.", "Old keys leak.")
        .replace("Write here how to mend a failure.", "Replace it.");
    let said = |text: &str| {
        let (pack, found) = pack_of(&[("checks/own/mine.toml", text)]);
        let all = lint(&pack, found).into_iter().filter(|one| one.code == "unfilled");
        all.map(|one| one.message).collect::<Vec<_>>()
    };
    assert_eq!(said(&text), Vec::<String>::new());
    let other = text.replace("passes   = \"has(credential.expires_at)\"", "passes   = \"credential.enabled\"");
    assert_ne!(other, text);
    assert_eq!(said(&other), ["`title`, `pass`, `fail`, `procedure` still say what the starting point said"]);
}

/// The editors' schemas accept them.
#[test]
fn starting_points_fit_the_schemas() {
    let check = start::check("mine", crate::model::Subject::Identity, "s").unwrap();
    for (kind, text) in [("check", check), ("framework", start::framework("mine", "s"))] {
        let schema: serde_json::Value = serde_json::from_str(&schemas::kind(kind).unwrap().schema()).unwrap();
        let file: serde_json::Value = toml::from_str(&text).unwrap();
        jsonschema::validate(&schema, &file).unwrap_or_else(|wrong| panic!("{kind}: {wrong}"));
    }
}
