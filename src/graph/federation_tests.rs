//! Steps by the tokens of issuers: which identities a trust in them lets in, and how surely.

use super::levels::Levels;
use super::tests::Builder;
use super::{Estate, Graph};
use crate::model::facts::{BecomingState, PrincipalKind, identity};
use crate::model::policy::Trust;
use crate::model::{Completeness, Row, Scalar, Slots as _, Subject};

const ROLE: &str = "arn:aws:iam::111111111111:role/deploy";
const CLUSTER: &str = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
const GITHUB: &str = "token.actions.githubusercontent.com";

/// A role that trusts an issuer for `subjects`, under conditions on these claims or keys.
fn trusting(builder: &mut Builder, issuer: &str, subjects: &[&str], keys: &[&str]) -> u32 {
    let role = builder.identity(ROLE);
    let world = &mut builder.world;
    let principal = world.strings.intern(&format!("arn:aws:iam::111111111111:oidc-provider/{issuer}"));
    let action = world.strings.intern("sts:AssumeRoleWithWebIdentity");
    let subjects: Vec<_> = subjects.iter().map(|subject| world.strings.intern(subject)).collect();
    let keys: Vec<_> = keys.iter().map(|key| world.strings.intern(&key.replace("ISSUER", issuer))).collect();
    let all = &mut world.statements;
    let (none, conditions) = (all.list(&[]), all.list(&keys));
    let trust = Trust {
        principal,
        kind: PrincipalKind::Federated,
        allow: true,
        inverted: false,
        actions: all.list(&[action]),
        inverted_actions: false,
        conditions,
        condition_digest: None,
        plain: conditions,
        bound: Some(conditions),
        subjects: all.list(&subjects),
        any_case: false,
        audiences: none,
        claims: none,
        accounts: none,
        statement: 0,
    };
    all.add_trust(role, trust);
    role
}

/// An account of a cluster.
fn account(builder: &mut Builder, cluster: &str, namespace: &str, name: &str) -> u32 {
    let world = &mut builder.world;
    let (row, _) = world.upsert(Subject::Identity, &format!("{cluster}:service_account:{namespace}/{name}"));
    world.mark_listed(Subject::Identity, row, builder.record);
    world.set_text(identity::KEY, row, &format!("system:serviceaccount:{namespace}:{name}"), builder.record);
    world.set_text(identity::SCOPE, row, cluster, builder.record);
    world.set_text(identity::SYSTEM, row, "kubernetes", builder.record);
    row
}

/// Whom `from` reaches, with whether that is certain.
fn reaches(mut builder: Builder, from: u32, to: u32) -> Option<bool> {
    builder.world.seal();
    let levels = Levels {
        assume: vec!["sts:AssumeRole".into()],
        federate: vec!["sts:AssumeRoleWithWebIdentity".into()],
        ..Levels::default()
    };
    let graph = Graph::build(&mut builder.world, &levels, &[], &[]);
    let estate = Estate { world: &builder.world, graph: &graph };
    let mut found = None;
    let _: Completeness = estate.list(Row::new(Subject::Identity, from), identity::REACH.id, &mut |member| {
        if member.value == Scalar::Ref(Row::new(Subject::Identity, to)) {
            found = Some(member.certain);
        }
        true
    });
    found
}

fn of_cluster(builder: &mut Builder, scope: &str, issuer: &str) {
    let scope = builder.world.strings.intern(scope);
    builder.world.issuers.insert(issuer.to_owned(), scope);
}

#[test]
fn an_account_of_a_cluster_takes_on_the_role_that_trusts_its_issuer_for_it() {
    for (subject, keys, want) in [
        ("system:serviceaccount:payments:api", &["ISSUER:sub", "ISSUER:aud"][..], Some(true)),
        ("system:serviceaccount:payments:*", &["ISSUER:sub"], Some(true)),
        ("system:serviceaccount:payments:api", &["ISSUER:sub", "aws:SourceIp"], Some(false)),
        ("system:serviceaccount:payments:other", &["ISSUER:sub"], None),
        ("system:serviceaccount:billing:api", &["ISSUER:sub"], None),
        ("system:serviceaccount:*:api", &["ISSUER:sub"], Some(true)),
        ("system:serviceaccount:*:other", &["ISSUER:sub"], None),
        ("system:serviceaccount:payments:${*}", &["ISSUER:sub"], None),
        ("system:serviceaccount:${aws:PrincipalTag/ns}:api", &["ISSUER:sub"], Some(false)),
    ] {
        let mut builder = Builder::new();
        let role = trusting(&mut builder, CLUSTER, &[subject], keys);
        let api = account(&mut builder, "kubernetes:prod", "payments", "api");
        of_cluster(&mut builder, "kubernetes:prod", CLUSTER);
        assert_eq!(reaches(builder, api, role), want, "{subject} {keys:?}");
    }
}

#[test]
fn a_trust_that_names_no_subject_lets_in_every_account() {
    let mut builder = Builder::new();
    let role = trusting(&mut builder, CLUSTER, &[], &["ISSUER:aud"]);
    let api = account(&mut builder, "kubernetes:prod", "payments", "api");
    of_cluster(&mut builder, "kubernetes:prod", CLUSTER);
    assert_eq!(reaches(builder, api, role), Some(true));
}

#[test]
fn whose_issuer_it_is_must_be_said() {
    let subject = ["system:serviceaccount:payments:api"];
    let mut unsaid = Builder::new();
    let role = trusting(&mut unsaid, CLUSTER, &subject, &["ISSUER:sub"]);
    let api = account(&mut unsaid, "kubernetes:prod", "payments", "api");
    assert_eq!(reaches(unsaid, api, role), Some(false), "an account of that name may be meant");
    let mut other = Builder::new();
    let role = trusting(&mut other, CLUSTER, &subject, &["ISSUER:sub"]);
    let api = account(&mut other, "kubernetes:prod", "payments", "api");
    of_cluster(&mut other, "kubernetes:prod", "oidc.example.test/id/XYZ");
    assert_eq!(reaches(other, api, role), None, "its cluster has another issuer");
}

#[test]
fn a_workflow_takes_on_the_role_that_names_it_or_a_pattern_of_it() {
    let main = "repo:acme/bot:ref:refs/heads/main";
    for (subject, want) in [(main, Some(true)), ("repo:acme/*", Some(true)), ("repo:acme/other:*", None)] {
        let mut builder = Builder::new();
        let role = trusting(&mut builder, GITHUB, &[subject], &["ISSUER:sub", "ISSUER:aud"]);
        let world = &mut builder.world;
        let (workflow, _) = world.upsert(Subject::Identity, &format!("github:acme:subject:{main}"));
        world.set_text(identity::KEY, workflow, main, builder.record);
        world.set_text(identity::SCOPE, workflow, "github:acme", builder.record);
        assert_eq!(reaches(builder, workflow, role), want, "{subject}");
    }
}

#[test]
fn a_named_subject_has_a_row_that_nothing_lists() {
    let mut builder = Builder::new();
    trusting(&mut builder, GITHUB, &["repo:acme/bot:ref:refs/heads/main", "repo:acme/x:*"], &["ISSUER:sub"]);
    builder.world.seal();
    let levels = Levels { federate: vec!["sts:AssumeRoleWithWebIdentity".into()], ..Levels::default() };
    let graph = Graph::build(&mut builder.world, &levels, &[], &[]);
    let id = builder.world.strings.get("github:acme:subject:repo:acme/bot:ref:refs/heads/main").unwrap();
    let row = builder.world.table(Subject::Identity).find(id).unwrap();
    assert_eq!(builder.world.table(Subject::Identity).presence(row), crate::model::table::Presence::Mentioned);
    assert!(graph.edges.edge_weights().all(|arc| arc.state == BecomingState::Certain));
    assert_eq!(builder.world.links.len(), 1);
    assert!(builder.world.strings.get("github:acme:subject:repo:acme/x:*").is_none(), "a pattern is nobody");
}
