//! Expressions about facts: answers where something is unknown, and what an answer rests on.

use crate::support::params;
use assize::expr::{Context, Env, Expr, Outcome, ScratchSlots};
use assize::model::Subject;
use params::{DAY, context, env};
use serde_json::{Value, json};

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
fn facts_of_a_control_come_from_toml() {
    let given: toml::Table = toml::from_str(
        "kind = 'access_key'\nenabled = true\nlast_change_at = 2026-01-01T00:00:00Z\nexpires_at = { absent = true }\n\
         scopes = { open = ['read'] }\nexposures = { unknown = 'stale' }\n[identity]\nname = 'ci'\nsession_max = '12h'\ntags = { team = 'core' }\n",
    )
    .unwrap();
    let env = env(Subject::Credential);
    let (slots, row) = ScratchSlots::from_toml(Subject::Credential, &given).unwrap();
    for (text, outcome) in [
        ("age(credential.last_change_at) > params.max_age && !has(credential.expires_at)", Some(true)),
        ("credential.identity.session_max == duration('12h') && 'team' in credential.identity.tags", Some(true)),
        ("'write' in credential.scopes", None),
        ("size(credential.exposures) == 0", None),
    ] {
        let expr = Expr::compile(text, &env).unwrap();
        assert_eq!(expr.evaluate(&slots, row, &context(&env)).known(), outcome, "{text}");
    }
}

#[test]
fn expressions_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<(Expr, Context, Env, ScratchSlots)>();
}
