//! What a newcomer is told of control files that are broken on purpose: one mistake each, and what is shown of it.

use super::pack_of;
use crate::control::links::dead_links;
use crate::control::lint::lint;

/// A check in which nothing is wrong.
const GOOD: &str = r#"id = "x"
title = "Keys are young"
severity = "high"
subject = "credential"
applies = "credential.enabled"
passes = "age(credential.last_change_at) <= params.max_age"
pass = "young"
fail = "old"
procedure = "Look."
rationale = "Old keys leak."
remediation = "Replace it."

[params.max_age]
default = "90d"
stricter = "lower"
source = "us"

[[tests]]
name = "a young key passes"
given = { credential = { enabled = true, last_change_at = "2026-10-30T00:00:00Z" } }
expect = "pass"

[[tests]]
name = "an old key fails"
given = { credential = { enabled = true, last_change_at = "2020-01-01T00:00:00Z" } }
expect = "fail"

[[tests]]
name = "a key without a date is undecided"
given = { credential = { enabled = true } }
expect = "unknown"
"#;

/// A framework that asks for it.
const FRAMEWORK: &str = r#"id = "f"
title = "Ours"
version = "1"
publisher = "us"
url = "https://example.test/"
licence_note = "ours"
attribution = "ours"

[[requirements]]
id = "1.1"
title = "Keys"
summary = "Keys are young."

[[requirements.parts]]
id = "young"
title = "Keys are young"
checks = [{ id = "x" }]
"#;

/// What is shown of the two files.
fn shown(check: &str, framework: &str) -> String {
    let (pack, mut found) = pack_of(&[("checks/own/x.toml", check), ("frameworks/f.toml", framework)]);
    found.extend(dead_links(&pack, None));
    let all = lint(&pack, found);
    let one = |one: &crate::base::diagnostic::Diagnostic| {
        one.render(one.place.as_ref().and_then(|place| pack.text(&place.file)), false)
    };
    all.iter().map(one).collect::<Vec<_>>().join("\n\n")
}

/// What is shown of the check with a text of it changed.
fn check(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from}");
    shown(&GOOD.replace(from, to), FRAMEWORK)
}

/// What is shown of the framework with a text of it changed.
fn framework(from: &str, to: &str) -> String {
    assert_eq!(FRAMEWORK.matches(from).count(), 1, "{from}");
    shown(GOOD, &FRAMEWORK.replace(from, to))
}

const PASSES: &str = "age(credential.last_change_at) <= params.max_age";

#[test]
fn nothing_is_said_of_what_is_right() {
    assert_eq!(shown(GOOD, FRAMEWORK), "");
}

#[test]
fn names_that_are_not_there() {
    insta::assert_snapshot!(check("credential.last_change_at) <=", "credential.last_chnge_at) <="), @r#"
    error[unknown-fact]: `credential` has no fact `last_chnge_at`
     --> checks/own/x.toml:6:26
      |
    6 | passes = "age(credential.last_chnge_at) <= params.max_age"
      |                          ^^^^^^^^^^^^^ no such fact
      |
    help: did you mean `last_change_at`? facts of credential: id, name, kind, identity, scope, enabled, created_at, rotated_at, last_change_at, expires_at, last_used_at, use_tracked_since, use_known_until, used_later, scopes, stored_in, sanctioned_store, exposures, verified_live, system, places, ai_systems, held_by_ai, may_be
    "#);
    insta::assert_snapshot!(check("passes = \"age(", "passes = \"agee("), @r#"
    error[unknown-function]: there is no function `agee`
     --> checks/own/x.toml:6:11
      |
    6 | passes = "agee(credential.last_change_at) <= params.max_age"
      |           ^^^^ not known
      |
    help: did you mean `age`?
    "#);
    insta::assert_snapshot!(check("params.max_age\"", "params.maxage\""), @r#"
    error[unknown-param]: there is no parameter `maxage`
     --> checks/own/x.toml:6:52
      |
    6 | passes = "age(credential.last_change_at) <= params.maxage"
      |                                                    ^^^^^^ not declared
      |
    help: did you mean `max_age`?
    "#);
    insta::assert_snapshot!(check("applies = \"credential.enabled\"", "applies = \"identity.enabled\""), @r#"
    error[unknown-name]: nothing is named `identity`
     --> checks/own/x.toml:5:12
      |
    5 | applies = "identity.enabled"
      |            ^^^^^^^^ not known here
      |
    help: did you mean `credential.identity`?
    "#);
    insta::assert_snapshot!(check("subject = \"credential\"", "subject = \"credentials\""), @r#"
    error[unknown-name]: `credentials` is no subject
     --> checks/own/x.toml:4:11
      |
    4 | subject = "credentials"
      |           ^^^^^^^^^^^^^ unknown subject
      |
    help: did you mean `credential`?
    "#);
    insta::assert_snapshot!(check("severity = \"high\"", "severity = \"urgent\""), @r#"
    error[unknown-name]: `urgent` is no severity
     --> checks/own/x.toml:3:12
      |
    3 | severity = "urgent"
      |            ^^^^^^^^ unknown severity
      |
    help: one of low, medium, high, critical
    "#);
    insta::assert_snapshot!(check("remediation = ", "remedy = "), @r#"
    error[missing-field]: `remediation` is missing
     --> checks/own/x.toml:1:1
      |
    1 | id = "x"
      | ^ here
      |
    help: `remediation`: How to mend a failure, with the commands. Markdown

    error[unknown-field]: `remedy` is no field here
      --> checks/own/x.toml:11:1
       |
    11 | remedy = "Replace it."
       | ^^^^^^ unknown field
       |
    help: one of applies, blind_spots, fail, id, params, pass, passes, procedure, rationale, remediation, severity, subject, tests, title
    "#);
    insta::assert_snapshot!(framework("{ id = \"x\" }", "{ id = \"xx\" }"), @r#"
    error[unknown-check]: `xx` is no check
      --> frameworks/f.toml:17:18
       |
    17 | checks = [{ id = "xx" }]
       |                  ^^^^ unknown check
       |
    help: did you mean `x`?
    "#);
}

#[test]
fn types_that_do_not_go_together() {
    insta::assert_snapshot!(check(PASSES, "credential.last_change_at <= params.max_age"), @r#"
    error[never-true]: a timestamp and a duration cannot be compared
     --> checks/own/x.toml:6:40
      |
    6 | passes = "credential.last_change_at <= params.max_age"
      |                                        ^^^^^^^^^^^^^^ this is a duration
      |
    help: `age(t)` is the duration since `t`
    "#);
    insta::assert_snapshot!(check("applies = \"credential.enabled\"", "applies = \"credential.enabled == 'yes'\""), @r#"
    error[never-true]: a bool and a string can never be equal
     --> checks/own/x.toml:5:34
      |
    5 | applies = "credential.enabled == 'yes'"
      |                                  ^^^^^ this is a string
      |
    help: a bool is asked as it is, and with `!` before it for the opposite; its values are `true` and `false`, without quotes
    "#);
    insta::assert_snapshot!(check("applies = \"credential.enabled\"", "applies = \"credential.name\""), @r#"
    error[not-a-question]: a question must be true or false, and this is a string
     --> checks/own/x.toml:5:12
      |
    5 | applies = "credential.name"
      |            ^^^^^^^^^^^^^^^ this is a string
      |
    help: compare it with something, by `==`, `!=`, `<`, `<=`, `>`, `>=` or `in`
    "#);
    insta::assert_snapshot!(check("default = \"90d\"", "default = \"90 days\""), @r#"
    error[never-true]: a duration and a string cannot be compared
     --> checks/own/x.toml:6:45
      |
    6 | passes = "age(credential.last_change_at) <= params.max_age"
      |                                             ^^^^^^^^^^^^^^ this is a string
      |
    help: write the duration as `duration('36h')`, or as a parameter such as `90d`

    error[bad-parameter]: a string has no stricter side
      --> checks/own/x.toml:14:11
       |
    14 | default = "90 days"
       |           ^^^^^^^^^ cannot be compared
       |
    help: write `stricter = "none"`, or a length of time such as `90d`
    "#);
    insta::assert_snapshot!(check("enabled = true, last_change_at = \"2020-", "enabled = \"yes\", last_change_at = \"2020-"), @r#"
    error[given-type]: `credential.enabled` must be true or false, without quotes
      --> checks/own/x.toml:25:36
       |
    25 | given = { credential = { enabled = "yes", last_change_at = "2020-01-01T00:00:00Z" } }
       |                                    ^^^^^ given here
    "#);
}

#[test]
fn what_can_never_be_true() {
    let applies =
        |to: &str| check("applies = \"credential.enabled\"", &format!("applies = \"credential.enabled && {to}\""));
    insta::assert_snapshot!(applies("credential.kind == 'acess_key'"), @r#"
    error[never-true]: `acess_key` is not a name of credential kind, so this can never be true
     --> checks/own/x.toml:5:53
      |
    5 | applies = "credential.enabled && credential.kind == 'acess_key'"
      |                                                     ^^^^^^^^^^^ not in the closed set
      |
    help: did you mean `access_key`? the names are password, access_key, api_key, token, client_secret, certificate, ssh_key, federated_trust, other
    "#);
    insta::assert_snapshot!(applies("credential.kind in ['api_key', 'tokn']"), @r#"
    error[never-true]: `tokn` is not a name of credential kind, so this can never be true
     --> checks/own/x.toml:5:65
      |
    5 | applies = "credential.enabled && credential.kind in ['api_key', 'tokn']"
      |                                                                 ^^^^^^ not in the closed set
      |
    help: did you mean `token`? the names are password, access_key, api_key, token, client_secret, certificate, ssh_key, federated_trust, other
    "#);
    insta::assert_snapshot!(applies("credential.kind == 'token' && credential.kind == 'password'"), @r#"
    error[never-true]: `credential.kind` has one value, so this and `credential.kind == 'token'` can never both be true
     --> checks/own/x.toml:5:64
      |
    5 | applies = "credential.enabled && credential.kind == 'token' && credential.kind == 'password'"
      |                                                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ never true together
      |
    help: join them by `||`, or name all that are meant: `in ['…', '…']`
    "#);
    insta::assert_snapshot!(applies("size(credential.places) < 0"), @r#"
    error[never-true]: a list has no fewer than 0 members, so this can never be true
     --> checks/own/x.toml:5:34
      |
    5 | applies = "credential.enabled && size(credential.places) < 0"
      |                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^ can never be true
      |
    help: for an empty list write `size(…) == 0`, for one with members `size(…) > 0`
    "#);
    insta::assert_snapshot!(applies("credential.kind in []"), @r#"
    error[never-true]: nothing is in an empty list, so this can never be true
     --> checks/own/x.toml:5:34
      |
    5 | applies = "credential.enabled && credential.kind in []"
      |                                  ^^^^^^^^^^^^^^^^^^^^^ never true
      |
    help: write the names that are meant: `in ['…', '…']`
    "#);
}

#[test]
fn what_is_left_over() {
    insta::assert_snapshot!(check("[[tests]]\nname = \"a young", "[params.never]\ndefault = 1\nstricter = \"lower\"\nsource = \"us\"\n\n[[tests]]\nname = \"a young"), @r"
    error[unused-parameter]: no expression uses `params.never`
      --> checks/own/x.toml:18:1
       |
    18 | [params.never]
       | ^^^^^^^^^^^^^^ never used
       |
    help: use it, or remove it
    ");
    insta::assert_snapshot!(framework("checks = [{ id = \"x\" }]", "manual = \"Say so.\""), @r#"
    warning[unused-check]: no requirement asks for `x`
     --> checks/own/x.toml:1:6
      |
    1 | id = "x"
      |      ^^^ never run
      |
    help: write `checks = [{ id = "x" }]` in a part of a framework, or remove the check
    "#);
    insta::assert_snapshot!(framework("checks = [{ id = \"x\" }]", ""), @r#"
    warning[unused-check]: no requirement asks for `x`
     --> checks/own/x.toml:1:6
      |
    1 | id = "x"
      |      ^^^ never run
      |
    help: write `checks = [{ id = "x" }]` in a part of a framework, or remove the check

    warning[unanswered-part]: nothing answers part `young` of `1.1`, and it is not said why
      --> frameworks/f.toml:15:6
       |
    15 | id = "young"
       |      ^^^^^^^ this part
       |
    help: name checks, say under `manual` what a person must attest, or under `unanswered` why neither can be
    "#);
    insta::assert_snapshot!(shown(GOOD, &format!("{FRAMEWORK}\n[[requirements]]\nid = \"1.2\"\ntitle = \"More\"\nsummary = \"More.\"\n")), @r#"
    warning[empty-requirement]: `1.2` has no parts, so nothing answers it
      --> frameworks/f.toml:20:6
       |
    20 | id = "1.2"
       |      ^^^^^ not assessed
       |
    help: add [[requirements.parts]] with `checks`, with `manual`, or with `unanswered` and the reason
    "#);
    insta::assert_snapshot!(check(PASSES, "age(credential.last_change_at) <= params.max_age && !credential.verified_live"), @r#"
    warning[missing-test]: no test of `x` ends in pass
     --> checks/own/x.toml:1:6
      |
    1 | id = "x"
      |      ^^^ this check
      |
    help: add a [[tests]] with `expect = "pass"`

    warning[fact-of-nobody]: no source gives `credential.verified_live`, so `x` can never be decided by it
     --> checks/own/x.toml:6:64
      |
    6 | passes = "age(credential.last_change_at) <= params.max_age && !credential.verified_live"
      |                                                                ^^^^^^^^^^^^^^^^^^^^^^^^ always unknown
      |
    help: facts of credential of that type that are given: enabled, used_later, sanctioned_store, held_by_ai; `assize controls facts credential` says what they mean

    error[failed-test]: test `a young key passes` of `x` expects pass and got unknown
      --> checks/own/x.toml:19:8
       |
    19 | name = "a young key passes"
       |        ^^^^^^^^^^^^^^^^^^^^ got unknown, cause missing_fact
       |
    help: the test does not give credential.verified_live: write it under `given`, or expect `unknown`
    "#);
}

#[test]
fn ids_that_are_there_twice() {
    insta::assert_snapshot!(shown(GOOD, &format!("{FRAMEWORK}\n[[requirements]]\nid = \"1.1\"\ntitle = \"More\"\nsummary = \"More.\"\nparts = [{{ id = \"a\", title = \"A\", manual = \"Say so.\" }}]\n")), @r#"
    error[duplicate-id]: `1.1` names two requirements
      --> frameworks/f.toml:20:6
       |
    20 | id = "1.1"
       |      ^^^^^ named before
    "#);
    let (pack, found) =
        pack_of(&[("checks/a/x.toml", GOOD), ("checks/b/x.toml", GOOD), ("frameworks/f.toml", FRAMEWORK)]);
    let all = lint(&pack, found);
    insta::assert_snapshot!(all[0].render(Some(GOOD), false), @r#"
    error[duplicate-id]: `x` is the id of two files: `checks/a/x.toml` and `checks/b/x.toml`
     --> checks/b/x.toml:1:1
      |
    1 | id = "x"
      | ^^^^^^^^ the second
      |
    help: give one of them another id and file name; to replace a built-in file, give yours the path of that
    "#);
}

/// A check that there is not hides no requirement without parts.
#[test]
fn requirements_without_parts_are_told_of_a_broken_framework_too() {
    let more = "[[requirements]]\nid = \"9\"\ntitle = \"Empty\"\nsummary = \"Nothing\"\n";
    let text = format!("{}\n{more}", FRAMEWORK.replacen("id = \"x\"", "id = \"nobody-has-this\"", 1));
    assert!(text.contains("nobody-has-this"), "{text}");
    let (pack, found) = pack_of(&[("checks/own/x.toml", GOOD), ("frameworks/f.toml", &text)]);
    let codes: Vec<&str> = lint(&pack, found).iter().map(|one| one.code).collect();
    assert!(codes.contains(&"unknown-check") && codes.contains(&"empty-requirement"), "{codes:?}");
}

/// A mistake in an expression hides none of the names of tests.
#[test]
fn names_of_tests_are_looked_at_in_a_broken_check_too() {
    let text = GOOD.replace("a young key passes", "a young key fails").replacen("last_change_at", "last_chnge_at", 1);
    let (pack, found) = pack_of(&[("checks/own/x.toml", &text)]);
    let codes: Vec<&str> = lint(&pack, found).iter().map(|one| one.code).collect();
    assert!(codes.contains(&"unknown-fact") && codes.contains(&"contradicting-name"), "{codes:?}");
}

#[test]
fn tests_that_are_wrong() {
    insta::assert_snapshot!(check("name = \"a young key passes\"", "name = \"a young key fails\""), @r#"
    warning[contradicting-name]: test `a young key fails` says fail in its name, and expects pass
      --> checks/own/x.toml:19:8
       |
    19 | name = "a young key fails"
       |        ^^^^^^^^^^^^^^^^^^^ `expect` is "pass"
       |
    help: whoever reads the failure of a test trusts its name: change the name, or what is expected
    "#);
    insta::assert_snapshot!(check("name = \"an old key fails\"", "name = \"an old key is undecided\""), @r#"
    warning[contradicting-name]: test `an old key is undecided` says unknown in its name, and expects fail
      --> checks/own/x.toml:24:8
       |
    24 | name = "an old key is undecided"
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^ `expect` is "fail"
       |
    help: whoever reads the failure of a test trusts its name: change the name, or what is expected
    "#);
    insta::assert_snapshot!(check("last_change_at = \"2020-01-01T00:00:00Z\"", "last_change_at = \"2026-10-01T00:00:00Z\""), @r#"
    warning[missing-test]: no test of `x` ends in fail
     --> checks/own/x.toml:1:6
      |
    1 | id = "x"
      |      ^^^ this check
      |
    help: add a [[tests]] with `expect = "fail"`

    error[failed-test]: test `an old key fails` of `x` expects fail and got pass
      --> checks/own/x.toml:24:8
       |
    24 | name = "an old key fails"
       |        ^^^^^^^^^^^^^^^^^^ got pass
       |
    help: decided by `age(credential.last_change_at) <= params.max_age`, which is true (credential.last_change_at = "2026-10-01T00:00:00Z", params.max_age = 90 days); change the expressions if they ask something else than is meant, or else what the test gives or expects
    "#);
    insta::assert_snapshot!(check("expect = \"unknown\"", "expect = \"undecided\""), @r#"
    error[unknown-name]: `undecided` is no outcome
      --> checks/own/x.toml:31:10
       |
    31 | expect = "undecided"
       |          ^^^^^^^^^^^ unknown outcome
       |
    help: one of pass, fail, unknown, not_applicable
    "#);
    insta::assert_snapshot!(check("\n[[tests]]\nname = \"a key without a date is undecided\"\ngiven = { credential = { enabled = true } }\nexpect = \"unknown\"\n", ""), @r#"
    warning[missing-test]: no test of `x` ends in unknown
     --> checks/own/x.toml:1:6
      |
    1 | id = "x"
      |      ^^^ this check
      |
    help: add a [[tests]] with `expect = "unknown"`
    "#);
}

#[test]
fn links_that_lead_nowhere() {
    insta::assert_snapshot!(check("Old keys leak.", "Old keys leak: [why](../rationale/leaks.md)."), @r#"
    warning[dead-link]: the link leads to `../rationale/leaks.md`, and there is no such file
      --> checks/own/x.toml:10:29
       |
    10 | rationale = "Old keys leak: [why](../rationale/leaks.md)."
       |                             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ leads nowhere
       |
    help: write the path from this file, or from the folder of controls; or the whole address, with `https://`
    "#);
    insta::assert_snapshot!(check("\"Replace it.\"", "\"\"\"\n# Replace it\n\nAs [said](#replace-itt).\"\"\""), @r#"
    warning[dead-link]: the link leads to the heading `#replace-itt`, and there is none
      --> checks/own/x.toml:14:4
       |
    14 | As [said](#replace-itt)."""
       |    ^^^^^^^^^^^^^^^^^^^^ leads nowhere
       |
    help: did you mean `#replace-it`?
    "#);
    let fine = "[a](#replace-it) [b](https://example.test/#x) [c](../../frameworks/f.toml) [d](frameworks/f.toml) <mailto:a@b.test>";
    assert_eq!(check("\"Replace it.\"", &format!("\"\"\"\n# Replace it\n\n{fine}\"\"\"")), "");
}

#[test]
fn syntax() {
    insta::assert_snapshot!(check("title = \"Keys are young\"", "title = \"Keys are young"), @r#"
    error[toml-syntax]: invalid basic string, expected `"`
     --> checks/own/x.toml:2:24
      |
    2 | title = "Keys are young
      |                        ^ here
    "#);
    insta::assert_snapshot!(check("applies = \"credential.enabled\"", "applies = \"credential.enabled and credential.used_later\""), @r#"
    error[syntax]: expected an operator or the end, found `and`
     --> checks/own/x.toml:5:31
      |
    5 | applies = "credential.enabled and credential.used_later"
      |                               ^^^ not expected here
      |
    help: and is written `&&`
    "#);
    insta::assert_snapshot!(check("applies = \"credential.enabled\"", "applies = \"credential.enabled = true\""), @r#"
    error[syntax]: `=` is not part of the language
     --> checks/own/x.toml:5:31
      |
    5 | applies = "credential.enabled = true"
      |                               ^ not understood
      |
    help: equality is written `==`
    "#);
}

/// Everything at once, whatever else is wrong.
#[test]
fn all_mistakes_are_told_together() {
    let text = GOOD
        .replace("severity = \"high\"", "severity = \"hihg\"")
        .replace("credential.enabled\"", "credential.enbled\"")
        .replace("params.max_age\"", "params.maxage\"")
        .replace("expect = \"fail\"", "expect = \"failed\"");
    let all = shown(&text, &FRAMEWORK.replace("summary", "sumary"));
    for words in ["`hihg`", "`enbled`", "`maxage`", "`failed`", "`sumary`", "`summary` is missing"] {
        assert!(all.contains(words), "{words}\n{all}");
    }
}
