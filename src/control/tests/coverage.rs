//! Which clauses tests decide, on checks of a few lines; and on the controls that the program comes with.

use super::pack_of;
use crate::control::{Coverage, Pack};

/// A check of these expressions and tests, each of them what is given and what is expected.
fn check(applies: &str, passes: &str, tests: &[(&str, &str)]) -> String {
    let test = |(given, expect): &(&str, &str)| {
        format!("[[tests]]\nname = \"t\"\ngiven = {{ identity = {{ {given} }} }}\nexpect = \"{expect}\"\n")
    };
    let tests = tests.iter().map(test).collect::<Vec<_>>().concat();
    format!(
        "id = \"x\"\ntitle = \"t\"\nseverity = \"low\"\nsubject = \"identity\"\n{applies}passes = \"{passes}\"\npass = \"p\"\n\
         fail = \"f\"\nprocedure = \"p\"\nrationale = \"r\"\nremediation = \"m\"\n{tests}"
    )
}

/// Each clause with a mark for what its tests decide: `+` as true, `-` as false.
fn decided(applies: &str, passes: &str, tests: &[(&str, &str)]) -> Vec<String> {
    let applies = if applies.is_empty() { String::new() } else { format!("applies = \"{applies}\"\n") };
    let (pack, wrong) = pack_of(&[("checks/a/x.toml", &check(&applies, passes, tests))]);
    assert!(wrong.is_empty(), "{wrong:?}");
    let mark = |yes: bool, mark: &'static str| if yes { mark } else { "" };
    let clauses = Coverage::of(&pack).clauses.into_iter();
    clauses.map(|one| format!("{} {}{}", one.text, mark(one.as_true, "+"), mark(one.as_false, "-"))).collect()
}

#[test]
fn a_side_is_decided_where_the_outcome_turns_on_it() {
    let both = "identity.enabled && identity.mfa";
    let of = |tests: &[(&str, &str)]| decided("", both, tests);
    assert_eq!(of(&[("enabled = true, mfa = true", "pass")]), ["identity.enabled +", "identity.mfa +"]);
    // Both are false: neither alone would change it.
    assert_eq!(of(&[("enabled = false, mfa = false", "fail")]), ["identity.enabled ", "identity.mfa "]);
    assert_eq!(of(&[("enabled = false, mfa = true", "fail")]), ["identity.enabled -", "identity.mfa "]);
    // From unknown to false is another outcome.
    assert_eq!(of(&[("enabled = true", "unknown")]), ["identity.enabled +", "identity.mfa "]);
    // A test that fails as it is shows nothing.
    assert_eq!(of(&[("enabled = true, mfa = true", "fail")]), ["identity.enabled ", "identity.mfa "]);
    let either = "identity.enabled || !identity.mfa";
    assert_eq!(
        decided("", either, &[("enabled = false, mfa = true", "fail"), ("enabled = true, mfa = true", "pass")]),
        ["identity.enabled +-", "identity.mfa +"]
    );
}

#[test]
fn what_applies_is_decided_by_the_outcome_of_the_whole() {
    let tests = [("enabled = false, mfa = true", "not_applicable"), ("enabled = true, mfa = false", "fail")];
    assert_eq!(decided("identity.enabled", "identity.mfa", &tests), ["identity.enabled +-", "identity.mfa -"]);
}

#[test]
fn conditions_branches_and_guards_are_clauses() {
    let choice = "identity.enabled ? identity.mfa : has(identity.purpose)";
    assert_eq!(
        decided("", choice, &[("enabled = true, mfa = true, purpose = { absent = true }", "pass")]),
        ["identity.enabled +", "identity.mfa +", "has(identity.purpose) "]
    );
    let number = "size(identity.ai_reasons) < (identity.enabled ? 1 : 3)";
    assert_eq!(
        decided("", number, &[("enabled = true, ai_reasons = ['a', 'b']", "fail")]),
        [format!("{number} -").as_str(), "identity.enabled +"]
    );
    let guard = "has(identity.purpose) && identity.purpose != ''";
    assert_eq!(
        decided("", guard, &[("purpose = 'x'", "pass"), ("purpose = { absent = true }", "fail")]),
        ["has(identity.purpose) +-", "identity.purpose != '' +"]
    );
}

#[test]
fn what_is_asked_of_members_is_decided_by_one_of_them() {
    let all = "identity.ai_reasons.all(r, r == 'a' || r == 'b')";
    assert_eq!(
        decided("", all, &[("ai_reasons = ['b', 'a']", "pass"), ("ai_reasons = ['a', 'c']", "fail")]),
        [format!("{all} +-").as_str(), "r == 'a' +-", "r == 'b' +-"]
    );
    assert_eq!(
        decided("", all, &[("ai_reasons = []", "pass"), ("ai_reasons = ['c', 'c']", "fail")]),
        [format!("{all} +-").as_str(), "r == 'a' ", "r == 'b' "]
    );
    let few = "size(identity.ai_reasons.filter(r, r != 'a')) < 2";
    assert_eq!(
        decided("", few, &[("ai_reasons = ['a', 'b']", "pass"), ("ai_reasons = ['b', 'c']", "fail")]),
        [format!("{few} +-").as_str(), "r != 'a' +-"]
    );
    let within = "identity.policies.exists(p, p.grants.all(g, g.writes))";
    assert_eq!(
        decided("", within, &[("policies = [{ grants = [{ writes = true }] }]", "pass")]),
        [format!("{within} +").as_str(), "p.grants.all(g, g.writes) +", "g.writes +"]
    );
}

/// What names all of a closed set asks that the value is known.
#[test]
fn what_is_never_false_is_decided_by_being_unknown() {
    let text = |tests: &[(&str, &str)]| {
        check("", "identity.ai_systems.exists(s, s.stage in ['pilot', 'production', 'retired'])", tests)
    };
    let open = |tests: &[(&str, &str)]| {
        let (pack, wrong) = pack_of(&[("checks/a/x.toml", &text(tests))]);
        assert!(wrong.is_empty(), "{wrong:?}");
        Coverage::of(&pack).diagnostics().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let known = [("ai_systems = [{ stage = 'pilot' }]", "pass"), ("ai_systems = []", "fail")];
    assert_eq!(open(&known), ["checks/a/x.toml: no test of `x` decides a clause as unknown"]);
    assert_eq!(open(&[known[0], known[1], ("ai_systems = [{ name = 'x' }]", "unknown")]), Vec::<String>::new());
}

/// A bare `false` has nothing to decide.
#[test]
fn a_constant_is_no_clause() {
    assert_eq!(decided("identity.enabled", "false", &[("enabled = true", "fail")]), ["identity.enabled +"]);
}

#[test]
fn what_is_not_decided_is_shown_under_the_clause() {
    let text = check("", "identity.enabled && identity.mfa", &[("enabled = true, mfa = true", "pass")]);
    let (pack, _) = pack_of(&[("checks/a/x.toml", &text)]);
    let coverage = Coverage::of(&pack);
    assert_eq!((coverage.both_ways(), coverage.clauses.len()), (0, 2));
    insta::assert_snapshot!(coverage.diagnostics()[1].render(Some(&text), false), @r#"
    warning[undecided-clause]: no test of `x` decides a clause as false
     --> checks/a/x.toml:5:31
      |
    5 | passes = "identity.enabled && identity.mfa"
      |                               ^^^^^^^^^^^^ no test decides this as false
      |
    help: add a test in which it is false and all else such that the outcome turns on it
    "#);
}

/// A long expression with many tests ends, and what was not tried is not said to be undecided.
#[test]
fn what_is_too_much_to_try_is_said_to_be_untried() {
    // Nearly as many clauses as an expression can have, in many tests.
    let long = (0..3_000).map(|at| format!("r=='{at}'")).collect::<Vec<_>>().join("||");
    let tests: Vec<(&str, &str)> = (0..200).map(|_| ("enabled = false, ai_reasons = ['x']", "fail")).collect();
    let text = check("", &format!("identity.enabled || identity.ai_reasons.exists(r, {long})"), &tests);
    let (pack, wrong) = pack_of(&[("checks/a/x.toml", &text)]);
    assert!(wrong.is_empty(), "{wrong:?}");
    let coverage = Coverage::of(&pack);
    assert_eq!(coverage.clauses.len(), 3_002);
    assert!(coverage.clauses[0].as_false && !coverage.clauses[0].untried);
    insta::assert_snapshot!(coverage.clauses.iter().filter(|one| one.untried).count(), @"2529");

    let members = (0..20_000).map(|at| format!("'{at}'")).collect::<Vec<_>>().join(", ");
    let given = format!("ai_reasons = [{members}]");
    let text = check("", "identity.ai_reasons.all(r, r != 'x' || r == 'y' || identity.mfa)", &[(&given, "pass")]);
    let (pack, wrong) = pack_of(&[("checks/a/x.toml", &text)]);
    assert!(wrong.is_empty(), "{wrong:?}");
    let coverage = Coverage::of(&pack);
    let marks: Vec<_> = coverage.clauses.iter().map(|one| (one.as_true, one.as_false, one.untried)).collect();
    insta::assert_snapshot!(format!("{marks:?}"), @"[(false, false, true), (true, false, true), (false, false, true), (false, false, true)]");
    insta::assert_snapshot!(coverage.diagnostics()[1].to_string(), @"checks/a/x.toml: whether a test of `x` decides a clause as false was not found out");
}

/// Every clause of every check could be turned round and a test would fail.
#[test]
fn every_clause_of_the_controls_is_decided() {
    let (pack, _) = Pack::builtin();
    let coverage = Coverage::of(&pack);
    let open = coverage.diagnostics();
    let first: Vec<String> =
        open.iter().take(10).map(|one| one.render(pack.text(&one.place.as_ref().unwrap().file), false)).collect();
    assert!(
        open.is_empty(),
        "{} of {} clauses are not decided:\n{}",
        open.len(),
        coverage.clauses.len(),
        first.join("\n")
    );
}
