//! What is said of mistakes in expressions: code, underlined text, message and help; and of hostile ones.

use std::collections::BTreeMap;

use crate::support::params;
use assize::base::time::Instant;
use assize::expr::{Expr, Outcome, Param, ScratchSlots, unused_params};
use assize::model::Subject;
use params::{context, env};
use serde_json::{Value, json};

/// Code, underlined text and message of each mistake.
fn mistakes(subject: Subject, text: &str) -> Vec<String> {
    let wrong = Expr::compile(text, &env(subject)).err().unwrap_or_default();
    let show = |mistake: &assize::base::diagnostic::Diagnostic| {
        let span = mistake.place.as_ref().unwrap().span.clone();
        format!("{} [{}] {}", mistake.code, &text[span], mistake.message)
    };
    wrong.iter().map(show).collect()
}

fn help(subject: Subject, text: &str) -> String {
    Expr::compile(text, &env(subject)).unwrap_err()[0].help.clone().unwrap_or_default()
}

#[test]
fn a_thing_and_its_opposite_are_never_true_together() {
    let never = |text: &str| mistakes(Subject::Credential, text);
    for (text, said) in [
        (
            "credential.enabled && !credential.enabled",
            "never-true [!credential.enabled] this and `credential.enabled` can never both be true",
        ),
        (
            "age(credential.created_at) <= params.max_age && credential.enabled && age(credential.created_at) > params.max_age",
            "never-true [age(credential.created_at) > params.max_age] this and `age(credential.created_at) <= params.max_age` can never both be true",
        ),
        (
            "credential.created_at < as_of && as_of < credential.created_at",
            "never-true [as_of < credential.created_at] this and `credential.created_at < as_of` can never both be true",
        ),
        (
            "credential.name == 'a' && credential.name != 'a'",
            "never-true [credential.name != 'a'] this and `credential.name == 'a'` can never both be true",
        ),
    ] {
        assert_eq!(never(text), [said], "{text}");
    }
    for text in [
        "credential.enabled || !credential.enabled",
        "credential.created_at <= as_of && as_of <= credential.created_at",
        "credential.created_at != as_of && as_of < credential.created_at",
        "credential.enabled && (!credential.enabled || credential.name == 'a')",
        "credential.name != 'a' && credential.name != 'b'",
    ] {
        assert_eq!(never(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn mistakes_name_the_place_and_the_nearest() {
    use Subject::{Becoming, Credential, Grant, Identity};
    assert_eq!(
        mistakes(Identity, "identity.last_usd_at < as_of && identity.knd == 'x'"),
        [
            "unknown-fact [last_usd_at] `identity` has no fact `last_usd_at`",
            "unknown-fact [knd] `identity` has no fact `knd`",
        ]
    );
    assert!(help(Identity, "identity.enabld").starts_with("did you mean `enabled`? facts of identity: id, native_id,"));
    assert_eq!(
        mistakes(Credential, "credential.kind == 'acces_key'"),
        ["never-true ['acces_key'] `acces_key` is not a name of credential kind, so this can never be true",]
    );
    assert!(help(Credential, "credential.kind in ['tokn']").starts_with("did you mean `token`?"));
    assert_eq!(
        mistakes(Credential, "credential.enabled == 'yes'"),
        ["never-true ['yes'] a bool and a string can never be equal"]
    );
    assert_eq!(
        mistakes(Credential, "credential.created_at < duration('3s')"),
        ["never-true [duration('3s')] a timestamp and a duration cannot be compared",]
    );
    assert_eq!(
        mistakes(Grant, "grant.level >= 'write'"),
        ["no-order [grant.level >= 'write'] `>=` has no meaning for a closed set of names: its values have no order",]
    );
    assert_eq!(
        mistakes(Identity, "identity.expires_at < as_of"),
        [
            "unguarded [identity.expires_at] `expires_at` can be absent (does not expire), and is read without asking `has` first",
        ]
    );
    assert_eq!(
        mistakes(Identity, "has(identity.owners)"),
        ["has-of-list [owners] `owners` is a list or map, which is never absent"]
    );
    assert_eq!(mistakes(Identity, "has(identity.enabled)"), ["has-of-certain [enabled] `enabled` is never absent"]);
    assert_eq!(
        mistakes(Identity, "age(identity.created_at) < params.max_ag"),
        ["unknown-param [max_ag] there is no parameter `max_ag`"]
    );
    assert_eq!(mistakes(Identity, "credential.enabled"), ["unknown-name [credential] nothing is named `credential`"]);
    assert_eq!(
        mistakes(Identity, "identity.name.startWith('a')"),
        ["unknown-function [startWith] there is no function `startWith`"]
    );
    assert_eq!(
        mistakes(Identity, "identity.name"),
        ["not-a-question [identity.name] a question must be true or false, and this is a string"]
    );
    assert_eq!(mistakes(Identity, "identity.name = 'a'"), ["syntax [=] `=` is not part of the language"]);
    assert_eq!(
        mistakes(Identity, "identity.enabled &&"),
        ["syntax [&] the expression ends where a value should follow"]
    );
    assert_eq!(
        mistakes(Identity, "identity.name.matches('(')"),
        ["bad-pattern [identity.name.matches('(')] `(` is not a regular expression, or too large",]
    );
    assert_eq!(mistakes(Becoming, "becoming.issuer == 'x'").len(), 1);
    assert_eq!(
        mistakes(Identity, "identity.owners.any(o, o.active)"),
        ["unknown-function [any] there is no function `any`"]
    );
    assert_eq!(
        mistakes(Identity, "identity.kind in ['role', 'rol']"),
        ["never-true ['rol'] `rol` is not a name of identity kind, so this can never be true"]
    );
    assert_eq!(
        mistakes(Credential, "credential.identity == 'x'"),
        ["never-true ['x'] an identity and a string can never be equal"]
    );
    assert_eq!(
        help(Identity, "identity.vendor == 'x'"),
        "ask first: `has(identity.vendor) && …`, or `!has(identity.vendor) || …`"
    );
    assert_eq!(help(Identity, "identity.tags['a b'] == 'x'"), "ask first: `'a b' in identity.tags && …`");
    assert_eq!(help(Identity, "identity.enabled and true"), "and is written `&&`");
    assert_eq!(help(Identity, "not identity.enabled"), "not is written `!`");
    assert_eq!(
        help(Identity, "identity.reach_systems.contains('aws')"),
        "for a member of a list, write `member in list`"
    );
    assert!(help(Identity, "duration('90d') > age(identity.created_at)").contains("2160h"));
}

#[test]
fn refused_features_have_codes_of_their_own() {
    for (text, code) in [
        ("b'x' == b'x'", "refused-bytes"),
        ("size(bytes('x')) == 1", "refused-bytes"),
        ("1u == 1u", "refused-uint"),
        ("uint(1) == uint(1)", "refused-uint"),
        ("identity.name == null", "refused-null"),
        ("dyn(1) == 1", "refused-dyn"),
        ("type(1) == int", "refused-type"),
        ("google.protobuf.Duration{seconds: 1} == duration('1s')", "refused-message"),
        ("1 in [1, 'a']", "refused-mixed"),
        ("size({'a': 1, 'b': 'c'}) == 1", "refused-mixed"),
        ("identity.?name == 'x'", "refused-optional"),
        ("optional.of(1).hasValue()", "refused-optional"),
        ("[?identity.name] == []", "refused-optional"),
    ] {
        let found = Expr::compile(text, &env(Subject::Identity)).unwrap_err();
        assert!(found.iter().any(|mistake| mistake.code == code), "{text}: {found:?}");
    }
}

#[test]
fn guards_reach_as_far_as_they_hold() {
    let ok = |text: &str| Expr::compile(text, &env(Subject::Identity)).is_ok();
    assert!(ok("has(identity.vendor) && (identity.enabled || identity.vendor == 'x')"));
    assert!(ok("identity.enabled && has(identity.vendor) && identity.vendor == 'x'"));
    assert!(ok("identity.credentials.all(c, !has(c.expires_at) || c.expires_at > as_of)"));
    assert!(ok("has(identity.vendor) && identity.credentials.all(c, c.name == identity.vendor)"));
    assert!(ok("identity.credentials.map(c, has(c.expires_at), c.expires_at).all(t, t > as_of)"));
    assert!(ok("has(identity.sponsor) && has(identity.sponsor.email) && identity.sponsor.email != ''"));
    assert!(!ok("identity.vendor == 'x' && has(identity.vendor)"));
    assert!(!ok("has(identity.vendor) || identity.vendor == 'x'"));
    assert!(!ok("!has(identity.vendor) && identity.vendor == 'x'"));
    assert!(!ok("(has(identity.vendor) || identity.enabled) && identity.vendor == 'x'"));
    assert!(!ok("(has(identity.vendor) && identity.enabled) || identity.vendor == 'x'"));
    assert!(!ok("identity.credentials.all(c, has(c.expires_at)) && identity.credentials.all(c, c.expires_at > as_of)"));
    assert!(!ok("has(identity.sponsor.email)"));
    assert!(!ok("identity.tags.team == 'x'"));

    let env = env(Subject::Identity);
    let applies = Expr::compile("identity.enabled && has(identity.vendor)", &env).unwrap();
    let passes = Expr::compile("identity.vendor != params.word", &env.clone().assuming(&applies)).unwrap();
    assert!(Expr::compile("identity.vendor != ''", &env).is_err());
    assert_eq!(unused_params(&env, &[&applies, &passes]), ["kinds", "max_age", "most"]);
    assert_eq!(passes.facts().iter().map(|fact| fact.path()).collect::<Vec<_>>(), ["identity.vendor"]);
}

#[test]
fn what_is_given_is_checked() {
    let wrong = |given: Value| -> Vec<String> {
        ScratchSlots::build(Subject::Credential, &given)
            .unwrap_err()
            .iter()
            .map(|wrong| wrong.message.clone())
            .collect()
    };
    assert_eq!(
        wrong(json!({"enabled": "yes", "kid": 1, "kind": "tokn"})),
        [
            "`credential.enabled` must be true or false, without quotes",
            "`credential` has no fact `kid`",
            "`credential.kind` must be a name of credential kind",
        ]
    );
    assert_eq!(wrong(json!({"kind": {"absent": true}})), ["`credential.kind` is never absent"]);
    assert_eq!(wrong(json!({"identity": {"owners": [{"nam": "x"}]}})), ["`owner` has no fact `nam`"]);
    let mut deep = json!({});
    for _ in 0..5 {
        deep = json!({"credentials": [{"identity": deep}]});
    }
    assert_eq!(wrong(json!({"identity": deep})).len(), 1);
}

#[test]
fn hostile_texts_are_answered_with_diagnostics() {
    let env = env(Subject::Identity);
    for text in [
        "(".repeat(30_000),
        "!".repeat(30_000),
        "-".repeat(30_000),
        "[".repeat(30_000),
        "a.".repeat(16_000),
        "1+".repeat(10_000) + "1",
        "true?".repeat(6_000),
        "x".repeat(40_000),
        "'\\U0000".to_owned(),
        "\u{0}".to_owned(),
        "1e999".to_owned(),
        "'é".to_owned(),
        "{".repeat(1000),
        String::new(),
    ] {
        let wrong = Expr::compile(&text, &env).unwrap_err();
        for mistake in wrong {
            let span = mistake.place.unwrap().span;
            assert!(text.get(span.clone()).is_some(), "{span:?}");
        }
    }
    let work = "[0,1,2,3,4,5,6,7,8,9]";
    let mut text = "true".to_owned();
    for name in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        text = format!("{work}.all({name}, {text})");
    }
    let expr = Expr::compile(&text, &env);
    assert!(expr.is_ok());
    let double = format!("['xxxxxxxxxxxxxxxx']{}.size() > 0", ".map(s, s + s)".repeat(100));
    let expr = Expr::compile(&double, &env).unwrap();
    let (slots, row) = ScratchSlots::build(Subject::Identity, &json!({})).unwrap();
    assert!(matches!(expr.evaluate(&slots, row, &context(&env)), Outcome::Failed(_)));
}

#[test]
fn the_deepest_that_is_read_is_also_answered() {
    let env = env(Subject::Identity);
    let (slots, row) = ScratchSlots::build(Subject::Identity, &json!({"enabled": true})).unwrap();
    let ask = |text: &str| Expr::compile(text, &env).unwrap().evaluate(&slots, row, &context(&env));
    let nested = |open: &str, inner: &str, close: &str, times: usize| {
        format!("{}{inner}{}", open.repeat(times), close.repeat(times))
    };
    assert_eq!(ask(&nested("!(", "identity.enabled", ")", 63)), Outcome::Known(false));
    assert_eq!(ask(&nested("(true ? ", "identity.enabled", " : false)", 62)), Outcome::Known(true));
    assert_eq!(ask(&format!("0{} == 126", " + 1".repeat(126))), Outcome::Known(true));
    assert_eq!(ask(&format!("{0} == {0}", nested("[", "1", "]", 63))), Outcome::Known(true));
    assert_eq!(ask(&format!("[1]{}.size() == 1", ".filter(x, x == 1)".repeat(120))), Outcome::Known(true));
    assert_eq!(ask(&format!("[1]{} == [1]", ".map(x, x)".repeat(120))), Outcome::Known(true));
    assert_eq!(ask(&format!("true{}", " && identity.enabled".repeat(1500))), Outcome::Known(true));
    assert!(Expr::compile(&format!("0{} == 126", " + 1".repeat(127)), &env).is_err());
}

#[test]
fn values_of_parameters_are_checked() {
    let env = env(Subject::Identity);
    let params = BTreeMap::from([
        ("max_age".to_owned(), Param::Int(3)),
        ("most".to_owned(), Param::Int(3)),
        ("wrod".to_owned(), Param::Text(String::new())),
        ("kinds".to_owned(), Param::Texts(Vec::new())),
    ]);
    let wrong = env.context(Instant(0), &params).unwrap_err();
    let messages: Vec<&str> = wrong.iter().map(|wrong| wrong.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "parameter `max_age` is a duration, not an int",
            "parameter `word` has no value",
            "there is no parameter `wrod`",
        ]
    );
}
