//! Crosswalks: what they take over, and what is wrong with those that name nothing.

use crate::control::names::{MappedBy, Relationship};
use crate::control::pack::{builtin_files, overlay};
use crate::control::{Pack, Plan, Profile, crosswalk};

const HEAD: &str = "id = \"xw\"\ntitle = \"X\"\nversion = \"1\"\npublisher = \"P\"\nurl = \"https://example.org\"\nlicence_note = \"l\"\nattribution = \"a\"\n";

fn pack(body: &str) -> (Pack, Vec<String>) {
    let text = format!("{HEAD}{body}");
    let (pack, wrong) = Pack::from_files(overlay(builtin_files(), vec![("frameworks/xw.toml".to_owned(), text)]));
    let told = wrong.iter().map(|one| {
        let help = one.help.as_deref().unwrap_or("");
        format!("{}: {} ({help})", one.code, one.message)
    });
    (pack, told.collect())
}

#[test]
fn a_part_takes_over_what_answers_another() {
    let (pack, wrong) = pack(
        "crosswalk = true\n[[requirements]]\nid = \"1\"\ntitle = \"t\"\nsummary = \"s\"\n[[requirements.parts]]\nid = \"a\"\ntitle = \"t\"\nsame_as = \"owasp-nhi-2025 NHI-07 rotation\"\nrelationship = \"superset\"\n[[requirements.parts]]\nid = \"b\"\ntitle = \"t\"\nchecks = [{ id = \"identity-unused\", params = { max_unused = \"45d\" } }]\nrelationship = \"equal\"\nby = \"publisher\"\nsource = \"there\"\n[[requirements.related]]\nto = \"nist-csf-2.0 PR.AA-5\"\nrelationship = \"intersects\"\n",
    );
    assert_eq!(wrong, Vec::<String>::new());
    let requirement = pack.framework("xw").unwrap().requirement("1").unwrap();
    let first = &requirement.parts[0];
    let of_it = pack.framework("owasp-nhi-2025").unwrap().requirement("NHI7").unwrap();
    let taken = of_it.parts.iter().find(|part| part.id == "rotation").unwrap();
    assert!(!taken.checks.is_empty());
    assert_eq!((&first.checks, &first.manual), (&taken.checks, &taken.manual));
    let mapped = first.mapped.as_ref().unwrap();
    assert_eq!(mapped.relationship, Relationship::Superset);
    let named = mapped.same_as.as_ref().unwrap();
    assert_eq!((named.requirement.as_str(), named.part.as_deref()), ("NHI7:2025", Some("rotation")), "by its own id");
    assert_eq!(requirement.related[0].to.requirement, "PR.AA-05");

    let lines = crosswalk::lines(&pack.frameworks);
    let of_it: Vec<_> = lines.iter().filter(|line| line.framework == "xw").collect();
    assert_eq!(of_it.len(), 3);
    assert_eq!(
        (of_it[2].checks.as_slice(), of_it[2].by, of_it[2].source),
        (&["identity-unused"][..], MappedBy::Publisher, "there")
    );
    // What somebody's own file says is not this project's word; what a publisher says is the publisher's.
    let said: Vec<_> = of_it.iter().map(|line| line.said_by()).collect();
    assert_eq!(said, ["`frameworks/xw.toml`", "`frameworks/xw.toml`", "publisher: there"]);
    assert!(lines.iter().filter(|line| line.framework != "xw").all(|line| line.stated_in.is_empty()));
    let page = crosswalk::page(&pack.frameworks);
    assert!(page.contains("part `rotation` | `frameworks/xw.toml` |\n"), "{page}");
}

#[test]
fn a_crosswalk_is_judged_only_where_it_is_named() {
    let (pack, _) = pack(
        "crosswalk = true\n[[requirements]]\nid = \"1\"\ntitle = \"t\"\nsummary = \"s\"\n[[requirements.parts]]\nid = \"a\"\ntitle = \"t\"\nsame_as = \"owasp-nhi-2025 NHI7:2025 rotation\"\nrelationship = \"superset\"\n",
    );
    let ids = |plan: &Plan| -> Vec<String> {
        plan.frameworks.iter().map(|planned| pack.frameworks[planned.framework].id.clone()).collect()
    };
    assert!(!ids(&Plan::new(&pack, &Profile::default())).contains(&"xw".to_owned()));
    let named = Profile { frameworks: Some(vec!["xw".to_owned()]), ..Profile::default() };
    let plan = Plan::new(&pack, &named);
    assert_eq!(ids(&plan), ["xw"]);
    let runs: Vec<&str> = plan.runs.iter().map(|run| run.id.as_str()).collect();
    let rotation = pack.framework("owasp-nhi-2025").unwrap().requirement("NHI7").unwrap();
    let rotation = rotation.parts.iter().find(|part| part.id == "rotation").unwrap();
    assert_eq!(runs, rotation.checks.iter().map(|check| check.check.as_str()).collect::<Vec<_>>());
}

#[test]
fn what_a_crosswalk_gets_wrong_is_told() {
    let part = |body: &str| {
        format!(
            "crosswalk = true\n[[requirements]]\nid = \"1\"\ntitle = \"t\"\nsummary = \"s\"\n[[requirements.parts]]\nid = \"a\"\ntitle = \"t\"\n{body}"
        )
    };
    let told = |body: &str| pack(&part(body)).1.join("\n");
    let same = "relationship = \"equal\"\nsame_as = ";
    insta::assert_snapshot!([
        told(&format!("{same}\"owasp-nhi-2025 NHI7:2025 rotaton\"\n")),
        told(&format!("{same}\"owasp-nhi-2025 NHI77:2025 rotation\"\n")),
        told(&format!("{same}\"owasp-nhi-2026 NHI7:2025 rotation\"\n")),
        told(&format!("{same}\"xw 1 a\"\n")),
        told(&format!("{same}\"NHI7:2025\"\n")),
        told("checks = [{ id = \"identity-unused\" }]\n"),
        told("relationship = \"equl\"\nchecks = [{ id = \"identity-unused\" }]\n"),
        told("relationship = \"equal\"\nby = \"publisher\"\nchecks = [{ id = \"identity-unused\" }]\n"),
        told("relationship = \"equal\"\nmanual = \"m\"\n"),
        told(&format!("{same}\"owasp-nhi-2025 NHI7:2025 rotation\"\nmanual = \"m\"\n")),
        told("relationship = \"equal\"\nchecks = [{ id = \"identity-unused\" }]\nunanswered = \"u\"\n"),
        told("unanswered = \"u\"\n[[requirements.related]]\nto = \"nist-csf-2.0 PR.AA-55\"\nrelationship = \"equal\"\n"),
        pack(&part("relationship = \"equal\"\nchecks = [{ id = \"identity-unused\" }]\n").replace("crosswalk = true\n", "")).1.join("\n"),
    ].join("\n"), @r"
    unknown-name: `rotaton` is no part of the requirement (did you mean `rotation`?)
    unknown-requirement: `NHI77:2025` is no requirement of owasp-nhi-2025 (did you mean `NHI7:2025`?)
    unknown-name: `owasp-nhi-2026` is no framework (did you mean `owasp-nhi-2025`?)
    bad-reference: `xw` is a crosswalk itself (name a part of the framework that its part takes over)
    bad-reference: `NHI7:2025` names nothing (write `FRAMEWORK REQUIREMENT PART`, such as `owasp-nhi-2025 NHI7:2025 rotation`)
    missing-relationship: part `a` has no `relationship` (say what the requirement asks, beside what answers the part: `equal`, `subset` (less), `superset` (more) or `intersects`)
    unknown-name: `equl` is no relationship (did you mean `equal`?)
    missing-source: a mapping of the publisher's has no source (say under `source` where the publisher states it)
    no-answer: nothing answers part `a` (name checks, or a part of another framework by `same_as`)
    answered-part: part `a` is answered twice (take over the answer of another part by `same_as`, or answer it here)
    answered-part: part `a` is answered (remove `unanswered`, or what answers the part)
    unknown-requirement: `PR.AA-55` is no requirement of nist-csf-2.0 (did you mean `PR.AA-05`?)
    no-crosswalk: only the parts of a crosswalk stand in a relationship (write `crosswalk = true` at the top of the file, or name checks alone)
    ");
}

/// The page in the repository is what the control files say.
#[test]
fn the_page_of_the_crosswalk_is_checked_in() {
    crate::source::docs::same_as_checked_in("docs/crosswalk.md", &crosswalk::page(&super::builtin().frameworks));
}
