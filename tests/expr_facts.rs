//! Expressions about facts: answers where something is unknown, diagnostics, and what an answer rests on.

use std::collections::BTreeMap;

use assize::base::time::Instant;
use assize::expr::{Context, Env, Expr, Outcome, Param, ScratchSlots, Type, unused_params};
use assize::model::Subject;
use serde_json::{Value, json};

const DAY: i64 = 86_400;

fn env(subject: Subject) -> Env {
    Env::of(subject).with_params([
        ("max_age", Type::Duration),
        ("kinds", Type::list(Type::String)),
        ("most", Type::Int),
        ("word", Type::String),
    ])
}

fn context(env: &Env) -> Context {
    let params = BTreeMap::from([
        ("max_age".to_owned(), Param::Duration(90 * DAY)),
        ("kinds".to_owned(), Param::Texts(vec!["role".to_owned(), "access_key".to_owned()])),
        ("most".to_owned(), Param::Int(2)),
        ("word".to_owned(), Param::Text("production".to_owned())),
    ]);
    env.context(Instant::parse("2026-11-01").unwrap(), &params).unwrap()
}

/// `true`, `false`, or the cause; the recorded pass must say the same.
fn ask(subject: Subject, text: &str, given: &Value) -> String {
    let env = env(subject);
    let expr = Expr::compile(text, &env).unwrap_or_else(|wrong| panic!("{text}: {wrong:?}"));
    let (slots, row) = ScratchSlots::build(subject, given).unwrap_or_else(|wrong| panic!("{given}: {wrong:?}"));
    let context = context(&env);
    let outcome = expr.evaluate(&slots, row, &context);
    let (recorded, trace) = expr.evaluate_recorded(&slots, row, &context);
    assert_eq!(outcome, recorded, "{text}");
    match outcome {
        Outcome::Known(answer) => {
            assert!(trace.gaps.is_empty(), "{text}: {trace:?}");
            answer.to_string()
        }
        Outcome::Unknown(why) => {
            assert!(!trace.gaps.is_empty() && trace.facts.is_empty(), "{text}: {trace:?}");
            why.name().to_owned()
        }
        Outcome::Failed(fault) => format!("error: {}", fault.kind.text()),
    }
}

fn identity(text: &str, given: Value) -> String {
    ask(Subject::Identity, text, &given)
}

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
fn a_fact_is_known_absent_or_unknown() {
    let ask = identity;
    assert_eq!(ask("identity.enabled", json!({"enabled": true})), "true");
    assert_eq!(ask("identity.enabled", json!({})), "missing_fact");
    assert_eq!(ask("identity.enabled", json!({"enabled": {"unknown": "stale"}})), "stale");
    assert_eq!(ask("has(identity.expires_at)", json!({"expires_at": {"absent": true}})), "false");
    assert_eq!(ask("has(identity.expires_at)", json!({"expires_at": "2026-01-01"})), "true");
    assert_eq!(ask("has(identity.expires_at)", json!({"expires_at": {"unknown": "conflict"}})), "conflict");
    assert_eq!(
        ask("has(identity.expires_at) && identity.expires_at > as_of", json!({"expires_at": {"absent": true}})),
        "false"
    );
    assert_eq!(
        ask("!has(identity.expires_at) || identity.expires_at > as_of", json!({"expires_at": {"absent": true}})),
        "true"
    );
    assert_eq!(
        ask("has(identity.expires_at) ? identity.expires_at > as_of : true", json!({"expires_at": "2026-01-01"})),
        "false"
    );
}

#[test]
fn operators_are_strict_and_logic_is_kleenes() {
    let ask = identity;
    assert_eq!(ask("identity.name == identity.name", json!({})), "missing_fact");
    assert_eq!(ask("identity.enabled && identity.mfa", json!({"enabled": false})), "false");
    assert_eq!(ask("identity.mfa && identity.enabled", json!({"enabled": false})), "false");
    assert_eq!(ask("identity.mfa || identity.enabled", json!({"enabled": true})), "true");
    assert_eq!(ask("identity.mfa || identity.enabled", json!({"enabled": false})), "missing_fact");
    assert_eq!(
        ask("!(identity.mfa && identity.enabled)", json!({"enabled": true, "mfa": {"unknown": "stale"}})),
        "stale"
    );
    assert_eq!(ask("identity.mfa ? true : true", json!({})), "missing_fact");
    // Unknown beats error, whichever comes first; an answer beats both.
    assert_eq!(ask("1 / 0 == 1 || identity.mfa", json!({})), "missing_fact");
    assert_eq!(ask("identity.reach_depth == 1 / 0", json!({})), "missing_fact");
    assert_eq!(ask("1 / 0 == 1 || identity.mfa", json!({"mfa": true})), "true");
    assert_eq!(ask("1 / 0 == 1 || identity.mfa", json!({"mfa": false})), "error: a division by zero");
}

#[test]
fn lists_have_certain_and_possible_members() {
    let ask = identity;
    let owned = "identity.owners.exists(o, o.active)";
    assert_eq!(ask(owned, json!({"owners": []})), "false");
    assert_eq!(ask(owned, json!({})), "not_enumerated");
    assert_eq!(ask(owned, json!({"owners": {"open": []}})), "not_enumerated");
    assert_eq!(ask(owned, json!({"owners": {"open": [{"active": true}]}})), "true");
    assert_eq!(ask(owned, json!({"owners": [{"active": false}, {}]})), "missing_fact");
    assert_eq!(ask(owned, json!({"owners": [{}, {"active": true}]})), "true");
    assert_eq!(ask(owned, json!({"owners": {"complete": [], "possible": [{"active": true}]}})), "missing_fact");
    assert_eq!(ask(owned, json!({"owners": {"complete": [], "possible": [{"active": false}]}})), "false");

    let all = "identity.owners.all(o, o.active)";
    assert_eq!(ask(all, json!({"owners": []})), "true");
    assert_eq!(ask(all, json!({"owners": {"open": [{"active": true}]}})), "not_enumerated");
    assert_eq!(ask(all, json!({"owners": {"open": [{"active": false}]}})), "false");
    assert_eq!(ask(all, json!({"owners": {"complete": [{"active": true}], "possible": [{"active": true}]}})), "true");
    assert_eq!(ask(all, json!({"owners": {"complete": [], "possible": [{"active": false}]}})), "missing_fact");

    let one = "identity.owners.exists_one(o, o.active)";
    assert_eq!(ask(one, json!({"owners": [{"active": true}, {"active": false}]})), "true");
    assert_eq!(ask(one, json!({"owners": [{"active": true}, {"active": true}]})), "false");
    assert_eq!(ask(one, json!({"owners": {"open": [{"active": true}]}})), "not_enumerated");

    let within = "'aws' in identity.reach_systems";
    assert_eq!(ask(within, json!({"reach_systems": {"open": ["aws"]}})), "true");
    assert_eq!(ask(within, json!({"reach_systems": {"open": ["kubernetes"]}})), "missing_fact");
    assert_eq!(ask(within, json!({"reach_systems": ["kubernetes"]})), "false");
    assert_eq!(ask("identity.system in ['aws', 'gcp']", json!({})), "missing_fact");
}

#[test]
fn a_number_of_members_is_an_interval() {
    let ask = identity;
    assert_eq!(ask("size(identity.owners) >= 1", json!({"owners": {"open": [{}]}})), "true");
    assert_eq!(ask("size(identity.owners) < 1", json!({"owners": {"open": [{}]}})), "false");
    assert_eq!(ask("1 <= size(identity.owners)", json!({"owners": {"open": [{}]}})), "true");
    assert_eq!(ask("size(identity.owners) == 1", json!({"owners": {"open": [{}]}})), "not_enumerated");
    assert_eq!(ask("size(identity.owners) == 1", json!({"owners": {"open": [{}, {}]}})), "false");
    assert_eq!(
        ask("identity.owners.size() <= params.most", json!({"owners": {"complete": [{}], "possible": [{}]}})),
        "true"
    );
    assert_eq!(ask("size(identity.owners.filter(o, o.active)) < 3", json!({"owners": [{}, {"active": true}]})), "true");
    assert_eq!(
        ask("size(identity.owners.filter(o, o.active)) < 2", json!({"owners": [{}, {"active": true}]})),
        "missing_fact"
    );
    assert_eq!(ask("size(identity.owners) + 1 > 0", json!({"owners": {"open": [{}]}})), "not_enumerated");
    assert_eq!(ask("size(identity.owners.map(o, o.name)) > 5", json!({"owners": [{}]})), "missing_fact");
}

#[test]
fn closed_sets_maps_and_parameters() {
    let ask = identity;
    assert_eq!(ask("identity.kind == 'role'", json!({"kind": "role"})), "true");
    assert_eq!(ask("identity.kind in ['agent', 'workload']", json!({"kind": "role"})), "false");
    assert_eq!(ask("identity.kind in params.kinds", json!({"kind": "role"})), "true");
    assert_eq!(
        ask("'production' in identity.environments_reached", json!({"environments_reached": ["production"]})),
        "true"
    );
    assert_eq!(ask("params.word in identity.environments_reached", json!({"environments_reached": ["test"]})), "false");
    assert_eq!(
        ask("identity.environments_reached.exists(e, e != 'test')", json!({"environments_reached": ["test"]})),
        "false"
    );
    assert_eq!(ask("string(identity.kind).startsWith('ro')", json!({"kind": "role"})), "true");
    let team = "has(identity.tags.team) && identity.tags.team == 'core'";
    assert_eq!(ask(team, json!({"tags": {"team": "core"}})), "true");
    assert_eq!(ask(team, json!({"tags": {}})), "false");
    assert_eq!(ask(team, json!({})), "missing_fact");
    assert_eq!(ask(team, json!({"tags": {"open": {"x": "y"}}})), "missing_fact");
    assert_eq!(
        ask(
            "'cost-center' in identity.tags && identity.tags['cost-center'] != ''",
            json!({"tags": {"cost-center": "7"}})
        ),
        "true"
    );
    assert_eq!(ask("identity.tags.exists(k, k.startsWith('ai'))", json!({"tags": {"ai-model": "x"}})), "true");
    assert_eq!(
        ask("glob(identity.key, 'arn:aws:iam::*:role/ci-*')", json!({"key": "arn:aws:iam::1:role/ci-x"})),
        "true"
    );
    assert_eq!(ask("identity.created_at.getFullYear() == 2024", json!({"created_at": "2024-05-01"})), "true");
    assert_eq!(ask("age(identity.created_at) > duration('24h')", json!({"created_at": "0001-01-01"})), "true");
    assert_eq!(
        ask(
            "identity.owners.exists(o, identity.owners.exists(p, p != o && p.name == o.name))",
            json!({"owners": [{"name": "a"}, {"name": "a"}]})
        ),
        "true"
    );
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
fn what_decided_is_recorded() {
    let trace = |text: &str, given: Value| {
        let env = env(Subject::Identity);
        let expr = Expr::compile(text, &env).unwrap();
        let (slots, row) = ScratchSlots::build(Subject::Identity, &given).unwrap();
        let context = context(&env);
        let (_, trace) = expr.evaluate_recorded(&slots, row, &context);
        let facts = trace
            .facts
            .iter()
            .map(|read| format!("{}#{}{}", read.fact.path(), read.row.index, if read.member { " member" } else { "" }));
        let gaps = trace.gaps.iter().map(|gap| format!("? {}#{} {}", gap.fact.path(), gap.row.index, gap.why.name()));
        let closed = trace.closed.iter().map(|list| format!("closed {}", list.fact.path()));
        let params = trace.params.iter().map(|name| format!("params.{name}"));
        let margins = trace.margins.iter().map(|m| format!("{} {} {} {}", m.value, m.sign, m.limit, m.held));
        facts.chain(gaps).chain(closed).chain(params).chain(margins).collect::<Vec<_>>()
    };
    assert_eq!(trace("identity.mfa && identity.enabled", json!({"enabled": false})), ["identity.enabled#0"]);
    assert_eq!(
        trace("identity.enabled && identity.mfa", json!({"enabled": false, "mfa": false})),
        ["identity.enabled#0"]
    );
    assert_eq!(
        trace("identity.enabled && identity.mfa", json!({"enabled": true, "mfa": true})),
        ["identity.enabled#0", "identity.mfa#0"]
    );
    assert_eq!(
        trace("identity.mfa || identity.enabled", json!({"enabled": true, "mfa": false})),
        ["identity.enabled#0"]
    );
    assert_eq!(
        trace("identity.mfa && identity.root && identity.enabled", json!({"enabled": true})),
        ["? identity.mfa#0 missing_fact", "? identity.root#0 missing_fact",]
    );
    let owners = json!({"owners": [{"active": false}, {}, {"active": true}, {"active": true}]});
    assert_eq!(trace("identity.owners.exists(o, o.active)", owners), ["identity.owners#0 member", "owner.active#3"]);
    assert_eq!(
        trace("identity.owners.exists(o, o.active)", json!({"owners": [{"active": false}]})),
        ["identity.owners#0 member", "owner.active#1", "closed identity.owners",]
    );
    let led_to = "has(identity.sponsor) && identity.sponsor.members.exists(m, m.active)";
    assert_eq!(
        trace(led_to, json!({"sponsor": {"members": [{"active": false}, {"active": true}]}})),
        ["identity.sponsor#0", "owner.members#1 member", "owner.active#3",]
    );
    // The one that decides is kept, however many were looked at before it.
    let mut many: Vec<Value> = (0..5000).map(|_| json!({"active": false, "name": "x"})).collect();
    many.push(json!({"active": true, "name": "x"}));
    assert_eq!(
        trace("identity.owners.exists(o, o.name == 'x' && o.active)", json!({"owners": many})),
        ["identity.owners#0 member", "owner.name#5001", "owner.active#5001",]
    );
    assert_eq!(trace("size(identity.owners) > 0", json!({"owners": []})), ["closed identity.owners", "0 > 0 false"]);
    assert_eq!(trace("size(identity.owners) > 0", json!({})), ["? identity.owners#0 not_enumerated"]);
    assert_eq!(
        trace("age(identity.created_at) <= params.max_age", json!({"created_at": "2026-10-02"})),
        ["identity.created_at#0".to_owned(), "params.max_age".to_owned(), format!("{} <= {} true", 30 * DAY, 90 * DAY),]
    );
    assert_eq!(
        trace(
            "as_of - params.max_age > identity.created_at || identity.mfa",
            json!({"created_at": "2026-10-02", "mfa": true})
        ),
        ["identity.mfa#0"]
    );
    assert_eq!(
        trace(
            "identity.owners.all(o, identity.credentials.exists(c, c.enabled) || o.active)",
            json!({"owners": {"open": []}})
        ),
        ["? identity.owners#0 not_enumerated"]
    );
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
            "`credential.enabled` must be true or false",
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
