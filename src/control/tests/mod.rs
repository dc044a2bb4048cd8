//! Tests of the controls that the program comes with, and of what is told of wrong ones.

mod broken;
mod coverage;
mod crosswalks;
mod helps;
mod hostile;
mod lists;
mod pages;
mod sentences;
mod start;
mod waivers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::builtin::FILES;
use super::file::{ControlFile, Origin};
use super::pack::{builtin_files, overlay};
use super::plan::ParamOrigin;
use super::{CheckRun, Pack, ParamValue, Plan, Profile};
use crate::base::diagnostic::Diagnostic;
use crate::base::time::DAY;
use crate::model::Subject;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn said(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(ToString::to_string).collect()
}

fn builtin() -> Pack {
    let (pack, wrong) = Pack::builtin();
    assert_eq!(said(&wrong), Vec::<String>::new());
    pack
}

/// A pack of the given files alone, and what is said of them.
fn pack_of(files: &[(&str, &str)]) -> (Pack, Vec<Diagnostic>) {
    Pack::from_files(files.iter().map(|(path, text)| ControlFile::new(*path, *text, Origin::Added)).collect())
}

#[test]
fn the_list_of_files_is_the_folder() {
    let mut found: Vec<String> = walkdir::WalkDir::new(root().join("controls"))
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.path().extension().is_some_and(|extension| extension == "toml"))
        .map(|entry| {
            let path = entry.path().strip_prefix(root().join("controls")).unwrap().to_path_buf();
            path.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join("/")
        })
        .collect();
    found.sort();
    let listed: Vec<String> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(listed, found, "bring src/control/builtin.rs in line with the folder controls/");
}

#[test]
fn the_controls_are_whole() {
    let pack = builtin();
    assert!(pack.checks.len() >= 22, "{}", pack.checks.len());
    let used: BTreeSet<&str> = pack
        .frameworks
        .iter()
        .flat_map(|framework| &framework.requirements)
        .flat_map(|requirement| &requirement.parts)
        .flat_map(|part| &part.checks)
        .map(|check| check.check.as_str())
        .collect();
    for check in &pack.checks {
        assert!(used.contains(check.id.as_str()), "no requirement uses `{}`", check.id);
        assert!(!check.title.ends_with('.'), "{}", check.id);
        for outcome in ["pass", "fail", "unknown"] {
            assert!(
                check.tests.iter().any(|case| case.expect.name() == outcome),
                "`{}` never tests {outcome}",
                check.id
            );
        }
    }
    let rules: Vec<&str> = pack.rules().map(|rule| rule.id.as_str()).collect();
    assert_eq!(rules.len(), rules.iter().collect::<BTreeSet<_>>().len(), "two rules have one id");
    assert!(pack.levels.iter().any(|levels| levels.system == "aws" && levels.permissions.len() > 50));
}

#[test]
fn the_tests_of_the_controls_pass() {
    let report = super::SelfTest::run(&builtin());
    assert_eq!(said(&report.diagnostics()), Vec::<String>::new());
    assert!(report.clean() && report.cases.len() > 100, "{}", report.cases.len());
}

#[test]
fn requirements_are_found_however_they_are_written() {
    let pack = builtin();
    for (name, id) in [
        ("NHI2:2025", "NHI2:2025"),
        ("NHI-02", "NHI2:2025"),
        ("nhi2", "NHI2:2025"),
        ("NHI02", "NHI2:2025"),
        ("NHI10", "NHI10:2025"),
        ("pr.aa-5", "PR.AA-05"),
        ("PR.AA-05", "PR.AA-05"),
        ("3.1", "3.1.1"),
        ("3.1.1", "3.1.1"),
    ] {
        let found = pack.find_requirement(name).unwrap();
        assert_eq!(found.iter().map(|(_, requirement)| requirement.id.as_str()).collect::<Vec<_>>(), [id], "{name}");
    }
    let wrong = pack.find_requirement("PR.AB-05").unwrap_err();
    assert_eq!(wrong.help.as_deref(), Some("did you mean `PR.AA-05`?"));
}

#[test]
fn the_ten_risks_have_their_parts() {
    let pack = builtin();
    let owasp = pack.framework("owasp-nhi-2025").unwrap();
    assert_eq!(owasp.requirements.len(), 10);
    for id in ["NHI1:2025", "NHI2:2025", "NHI5:2025"] {
        let requirement = owasp.requirement(id).unwrap();
        assert!(requirement.parts.iter().all(|part| !part.unanswered()), "{id} has a part that nothing answers");
    }
    assert!(owasp.requirement("NHI3").unwrap().parts.iter().any(super::Part::unanswered));
    let csf = pack.framework("nist-csf-2.0").unwrap();
    // The five verbs of the outcome, and the separation of duties beside least privilege.
    assert_eq!(csf.requirement("PR.AA-05").unwrap().parts.len(), 13);
}

#[test]
fn a_run_is_named_after_what_differs() {
    let pack = builtin();
    let check = pack.check("credential-rotated").unwrap();
    let value = |text: i64| BTreeMap::from([("max_age".to_owned(), ParamValue::Duration(text * DAY))]);
    let none = BTreeMap::new();
    assert_eq!(CheckRun::new(check, None, &none).id, "credential-rotated");
    assert_eq!(CheckRun::new(check, Some(&value(90)), &none).id, "credential-rotated");
    let profile = CheckRun::new(check, Some(&value(365)), &none);
    assert_eq!(profile.id, "credential-rotated[max_age=365d]");
    assert_eq!(profile.params["max_age"].origin, ParamOrigin::Profile);
    let asked = CheckRun::new(check, Some(&value(365)), &value(90));
    assert_eq!(asked.id, "credential-rotated");
    let param = &asked.params["max_age"];
    assert_eq!((param.origin, param.looser), (ParamOrigin::Requirement, true));
    assert_eq!(param.beside, Some(ParamValue::Duration(365 * DAY)));
    assert!(!CheckRun::new(check, Some(&value(30)), &value(90)).params["max_age"].looser);
}

#[test]
fn a_plan_runs_equal_checks_once() {
    let pack = builtin();
    let without = Plan::new(&pack, &Profile::default());
    assert_eq!(without.frameworks.len(), 4);
    let plan = Plan::with_waivers(&pack, &Profile::default());
    assert_eq!(plan.frameworks.len(), 5);
    assert_eq!(plan.runs.len(), pack.checks.len());
    // What judges waivers is not asked where there are none.
    let of_waivers = |run: &&CheckRun| pack.check(&run.check).is_some_and(|check| check.subject == Subject::Waiver);
    assert_eq!(without.runs.iter().filter(of_waivers).count(), 0);
    assert_eq!(without.runs.len() + plan.runs.iter().filter(of_waivers).count(), plan.runs.len());
    for run in plan.frameworks.iter().flat_map(|f| &f.runs).flatten().flatten() {
        assert!(plan.position(&run.id).is_some());
    }
}

const PROFILE: &str = r#"
frameworks = ["owasp-nhi-2025"]
expected_scopes = ["aws:111122223333"]
own_scopes = ["aws:111122223333"]
trusted_scopes = ["aws:444455556666"]
max_evidence_age = "30d"
owner_tags = ["owner", "Owner"]
[environments]
prod = "production"
[params.credential-rotated]
max_age = "365d"
[[exports]]
path = "aws/111122223333/*"
scope = "aws:111122223333"
collected_at = 2026-10-31T06:00:00Z
enumerates = ["users"]
"#;

#[test]
fn a_profile_is_read() {
    let pack = builtin();
    let (profile, wrong) = Profile::read("assize.toml", PROFILE, &pack);
    assert_eq!(said(&wrong), Vec::<String>::new());
    let profile = profile.unwrap();
    assert_eq!(profile.environment("prod").name(), "production");
    assert_eq!(profile.environment("Staging").name(), "staging");
    assert_eq!(profile.environment("blue").name(), "other");
    assert!(profile.trusts("aws:444455556666") && !profile.trusts("aws:999999999999"));
    assert_eq!(profile.entries("aws/111122223333/users.json").count(), 1);
    assert_eq!(profile.entries("aws/111122223333/deep/users.json").count(), 0);
    assert_eq!(profile.exports[0].collected_at.unwrap().to_string(), "2026-10-31T06:00:00Z");
    let plan = Plan::new(&pack, &profile);
    assert!(plan.position("credential-rotated[max_age=365d]").is_some());
    assert_eq!(plan.frameworks.len(), 1);
    assert_eq!(Plan::with_waivers(&pack, &profile).frameworks.len(), 2, "waivers are judged whatever is chosen");
}

#[test]
fn all_mistakes_of_a_profile_are_told_at_once() {
    let text = r#"
frameworks = ["owasp-nhi-2024"]
expected_scopes = ["aws:123"]
max_evidence_age = "30 days"
[environments]
prod = "produktion"
[params.credential-rotatd]
max_age = "90d"
[params.credential-rotated]
max_aeg = "90d"
[params.one-active-key]
max_overlap = 7
[[exports]]
path = "a/**/["
collected_at = "yesterday"
enumerates = ["user"]
"#;
    let (profile, wrong) = Profile::read("assize.toml", text, &builtin());
    assert!(profile.is_none());
    let all: Vec<String> = wrong
        .iter()
        .map(|d| {
            let (line, _) = d.line_and_column(text).unwrap();
            format!("{line}: {} ({})", d.message, d.help.as_deref().unwrap_or(""))
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    2: `owasp-nhi-2024` is no framework (did you mean `owasp-nhi-2025`?)
    3: `123` is no AWS account (an account has twelve digits)
    4: `30 days` is no length of time (write a number and a unit, such as `30d`)
    6: `produktion` is no environment (did you mean `production`?)
    7: there is no check `credential-rotatd` (did you mean `credential-rotated`?)
    10: `max_aeg` is no parameter of the check (did you mean `max_age`?)
    12: `7` is no duration (write a number and a unit, such as `90d`, `12h`, `9m` or `30s`)
    14: `a/**/[` is not a pattern of paths: unclosed character class; missing ']' (write a path relative to the folder, such as `aws/111122223333/*.json`: `*` stands for any text within a name, `**` for any folders, `{a,b}` for one of several)
    15: `collected_at` is no date or instant (write it as "2026-10-31T06:00:00Z" or "2026-10-31")
    16: `user` is no listing (did you mean `users`?)
    "#);
}

const CHECK: &str = r#"
id = "x"
title = "t"
severity = "hihg"
subject = "credential"
passes = "age(credential.last_chang_at) <= params.max_age"
pass = "{{ credential.last_usd_at | ago }}"
fail = "{{ params.max_aeg }} {{ credential.expires_at }}"
procedure = "p"
rationale = "r"
remediation = "m"
[params.max_age]
default = "90d"
stricter = "lower"
source = "s"
[[tests]]
name = "one"
given = { credential = { kind = "acces_key", enabled = "yes", created_at = { absent = true } } }
expect = "passes"
[[tests]]
name = "two"
given = { identity = {} }
"#;

#[test]
fn all_mistakes_of_a_check_are_told_at_once() {
    let framework = r#"
id = "f"
title = "t"
version = "1"
publisher = "p"
url = "u"
licence_note = "l"
attribution = "a"
[[requirements]]
id = "1"
title = "t"
summary = "s"
[[requirements.parts]]
id = "p"
title = "t"
checks = [{ id = "y" }]
"#;
    let files = [("checks/r/x.toml", CHECK), ("frameworks/f.toml", framework)];
    let (pack, wrong) = pack_of(&files);
    assert!(pack.checks.is_empty() && pack.frameworks.is_empty());
    let all: Vec<String> = wrong
        .iter()
        .map(|d| {
            let text = pack.text(&d.place.as_ref().unwrap().file).unwrap();
            let (line, column) = d.line_and_column(text).unwrap();
            let span = d.place.as_ref().unwrap().span.clone();
            format!("{line}:{column} `{}`: {} ({})", &text[span], d.message, d.help.as_deref().unwrap_or(""))
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    4:12 `"hihg"`: `hihg` is no severity (one of low, medium, high, critical)
    6:26 `last_chang_at`: `credential` has no fact `last_chang_at` (did you mean `last_change_at`? facts of credential: id, name, kind, identity, scope, enabled, created_at, rotated_at, last_change_at, expires_at, last_used_at, use_tracked_since, use_known_until, used_later, scopes, stored_in, sanctioned_store, exposures, verified_live, system, places, ai_systems, held_by_ai, may_be)
    7:12 `credential.last_usd_at`: `last_usd_at` is no fact of `credential` (did you mean `last_used_at`?)
    8:12 `params.max_aeg`: `max_aeg` is no parameter of this check (did you mean `max_age`?)
    8:32 ` credential.expires_at `: a timestamp cannot be shown this way (use `ago`, `date`, `ends`, or `last` with one verb, such as `last used`)
    18:33 `"acces_key"`: `credential.kind` must be a name of credential kind (did you mean `access_key`?)
    18:56 `"yes"`: `credential.enabled` must be true or false, without quotes ()
    18:76 `{ absent = true }`: `credential.created_at` is never absent (leave it out to make it unknown)
    19:10 `"passes"`: `passes` is no outcome (did you mean `pass`?)
    21:8 `"two"`: test `two` does not say what it expects (add `expect = "pass"`, "fail", "unknown" or "not_applicable")
    22:22 `{}`: `identity` is no subject of this check (one of credential)
    16:18 `"y"`: `y` is no check (`assize controls list` names them all)
    "#);
}

#[test]
fn a_folder_lies_over_the_program() {
    let path = "checks/nhi7-long-lived-secrets/credential-rotated.toml";
    let same = FILES.iter().find(|(known, _)| *known == path).unwrap().1.to_owned();
    let given = vec![(path.to_owned(), same.replace("\"90d\"", "\"60d\""))];
    let (pack, wrong) = Pack::from_files(overlay(builtin_files(), given));
    assert_eq!(said(&wrong), Vec::<String>::new());
    assert_eq!(pack.check("credential-rotated").unwrap().params["max_age"].default, ParamValue::Duration(60 * DAY));
    let changed: Vec<&str> =
        pack.files.iter().filter(|file| file.origin.modified()).map(|file| file.path.as_str()).collect();
    assert_eq!(changed, [path]);
    let unchanged = overlay(builtin_files(), vec![(path.to_owned(), same)]);
    assert!(unchanged.iter().all(|file| !file.origin.modified()));
}

#[test]
fn two_checks_of_one_id_are_told() {
    let good = CHECK
        .replace("last_chang_at", "last_change_at")
        .replace("hihg", "high")
        .replace("{{ credential.last_usd_at | ago }}", "p")
        .replace("{{ params.max_aeg }} {{ credential.expires_at }}", "f");
    let good = good.split("[[tests]]").next().unwrap();
    let (pack, wrong) = pack_of(&[("checks/a/x.toml", good), ("checks/b/x.toml", good)]);
    assert_eq!(pack.checks.len(), 1);
    assert_eq!(said(&wrong), ["checks/b/x.toml: `x` is the id of two files: `checks/a/x.toml` and `checks/b/x.toml`"]);
}

/// The editors' schemas are made from the raw types; `ASSIZE_WRITE_GENERATED=1` writes them anew.
#[test]
fn the_schemas_are_those_of_the_types() {
    for kind in super::schemas::KINDS {
        let path = root().join("schemas").join(kind.file);
        let made = kind.schema();
        if std::env::var_os("ASSIZE_WRITE_GENERATED").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == made, "schemas/{} is not what the types say: run with ASSIZE_WRITE_GENERATED=1", kind.file);
    }
}

/// The files fit the schemas that editors use, so that no editor underlines what is right.
#[test]
fn the_files_fit_the_schemas() {
    for (path, text) in FILES {
        let name = match path.split('/').next().unwrap() {
            "checks" => "check",
            "frameworks" => "framework",
            other => other,
        };
        let schema = fs::read_to_string(root().join("schemas").join(format!("{name}.schema.json"))).unwrap();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        let file: serde_json::Value = toml::from_str(text).unwrap();
        if let Err(wrong) = jsonschema::validate(&schema, &file) {
            panic!("{path}: {wrong}");
        }
    }
}

#[test]
fn lint_has_nothing_to_say_of_the_controls() {
    let (pack, found) = Pack::builtin();
    assert_eq!(said(&super::lint::lint(&pack, found)), Vec::<String>::new());
}

#[test]
fn lint_tells_leftovers_and_missing_tests() {
    let text = r#"
id = "x"
title = "t"
severity = "low"
subject = "ai_system"
passes = "ai_system.stage == 'pilot'"
pass = "p"
fail = "f"
procedure = "p"
rationale = "r"
remediation = "m"
[[tests]]
name = "wrong on purpose"
given = { ai_system = { stage = "pilot" } }
expect = "fail"
"#;
    let (pack, found) = pack_of(&[("checks/a/x.toml", text)]);
    let all = super::lint::lint(&pack, found);
    insta::assert_snapshot!(said(&all).join("\n"), @r#"
    checks/a/x.toml: no requirement asks for `x`
    checks/a/x.toml: no test of `x` ends in fail
    checks/a/x.toml: no test of `x` ends in unknown
    checks/a/x.toml: test `wrong on purpose` of `x` expects fail and got pass
    "#);
    let failed = all.iter().find(|d| d.code == "failed-test").unwrap();
    insta::assert_snapshot!(failed.render(Some(text), false), @r#"
    error[failed-test]: test `wrong on purpose` of `x` expects fail and got pass
      --> checks/a/x.toml:13:8
       |
    13 | name = "wrong on purpose"
       |        ^^^^^^^^^^^^^^^^^^ got pass
       |
    help: decided by `ai_system.stage == 'pilot'`, which is true (ai_system.stage = "pilot"); change the expressions if they ask something else than is meant, or else what the test gives or expects
    "#);
}

/// Whoever reads a test that fails must see what decided: the clause, and the values that it read.
#[test]
fn a_test_that_fails_says_what_decided() {
    let text = r#"
id = "x"
title = "t"
severity = "low"
subject = "identity"
applies = "identity.kind in ['role', 'api_client']"
passes = "has(identity.last_used_at) && age(identity.last_used_at) <= params.max_age && identity.ai_reasons.all(r, r != 'eu-1')"
pass = "p"
fail = "f"
procedure = "p"
rationale = "r"
remediation = "m"
[params.max_age]
default = "90d"
source = "s"
stricter = "lower"
"#;
    let told = |given: &str, expect: &str| {
        let test = format!(
            "[[tests]]\nname = \"n\"\nas_of = \"2026-11-01T00:00:00Z\"\ngiven = {{ identity = {{ {given} }} }}\nexpect = \"{expect}\"\n"
        );
        let (pack, wrong) = pack_of(&[("checks/a/x.toml", &format!("{text}{test}"))]);
        assert_eq!(said(&wrong), Vec::<String>::new());
        let found = crate::control::selftest::SelfTest::run(&pack).diagnostics();
        let failed = found.iter().find(|one| one.code == "failed-test").unwrap();
        failed.help.clone().unwrap().replace(
            "; change the expressions if they ask something else than is meant, or else what the test gives or expects",
            "",
        )
    };
    let old = "kind = 'role', last_used_at = '2026-01-01T00:00:00Z'";
    insta::assert_snapshot!(told(&format!("{old}, ai_reasons = ['a']"), "pass"), @r#"
    decided by `age(identity.last_used_at) <= params.max_age`, which is false (identity.last_used_at = "2026-01-01T00:00:00Z", params.max_age = 90 days)
    "#);
    insta::assert_snapshot!(told(&format!("{old}, ai_reasons = ['a', 'eu-1']"), "pass"), @r#"
    decided by no clause alone (identity.last_used_at = "2026-01-01T00:00:00Z", params.max_age = 90 days)
    "#);
    insta::assert_snapshot!(told("kind = 'role', last_used_at = '2026-10-01T00:00:00Z', ai_reasons = ['a', 'b']", "fail"), @r#"
    decided by `has(identity.last_used_at)`, which is true, `age(identity.last_used_at) <= params.max_age`, which is true, `identity.ai_reasons.all(r, r != 'eu-1')`, which is true, `r != 'eu-1'`, which is true (identity.last_used_at = "2026-10-01T00:00:00Z", identity.ai_reasons has "a", identity.ai_reasons has "b", identity.ai_reasons is whole, params.max_age = 90 days)
    "#);
    insta::assert_snapshot!(told("kind = 'role', last_used_at = { absent = true }", "pass"), @r"
    decided by `has(identity.last_used_at)`, which is false (identity.last_used_at = { absent = true })
    ");
    insta::assert_snapshot!(told("kind = 'agent'", "fail"), @r#"
    decided by `identity.kind in ['role', 'api_client']`, which is false (identity.kind = "agent")
    "#);
}

/// A field too many does not hide what is wrong with the expressions.
#[test]
fn mistakes_of_form_and_of_expressions_are_told_together() {
    let text = r#"
id = "x"
title = "t"
severty = "low"
subject = "credential"
applies = "credential.enbled"
passes = "age(credential.created_at) < params.max"
pass = "{{ credential.knid }}"
fail = "f"
procedure = "p"
rationale = "r"
remediation = "m"
"#;
    let (pack, found) = pack_of(&[("checks/a/x.toml", text)]);
    assert!(pack.checks.is_empty());
    let all = said(&found).join("\n");
    for words in ["severty", "`severity` is missing", "enbled", "knid", "`max`"] {
        assert!(all.contains(words), "{words}: {all}");
    }
}

#[test]
fn a_mistake_in_an_expression_is_underlined_in_its_file() {
    let text = r#"
id = "x"
title = "t"
severity = "low"
subject = "credential"
applies = """
credential.enabled
  && credential.kind == 'acces_key'"""
passes = "age(credential.expires_at) < params.max"
pass = "p"
fail = "f"
procedure = "p"
rationale = "r"
remediation = "m"
"#;
    let (_, found) = pack_of(&[("checks/a/x.toml", text)]);
    let all: Vec<String> = found
        .iter()
        .map(|d| {
            let (line, column) = d.line_and_column(text).unwrap();
            format!("{line}:{column} {} `{}`", d.code, &text[d.place.clone().unwrap().span])
        })
        .collect();
    insta::assert_snapshot!(all.join("\n"), @r"
    8:25 never-true `'acces_key'`
    9:15 unguarded `credential.expires_at`
    9:47 unknown-param `max`
    ");
}
