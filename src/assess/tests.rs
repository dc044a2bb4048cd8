//! Which lists a check needs, and what becomes of verdicts where a list is missing.

use super::population::{needed, open_scopes};
use super::{Orders, Question, Status, judge};
use crate::base::time::Instant;
use crate::expr::{Context, Env, Expr};
use crate::graph::{Estate, Graph, Levels};
use crate::model::enumeration::Closure;
use crate::model::facts::{IdentityKind, identity};
use crate::model::listing::Listing;
use crate::model::record::{ExportInfo, Record, RecordId};
use crate::model::{Subject, World};

fn compiled(subject: Subject, text: &str) -> (Expr, Context) {
    let env = Env::of(subject);
    let context = env.context(Instant(1_000_000), &std::collections::BTreeMap::new()).unwrap();
    (Expr::compile(text, &env).unwrap(), context)
}

fn lists(subject: Subject, applies: &str) -> Vec<&'static str> {
    let (expression, context) = compiled(subject, applies);
    let question = Question { subject, applies: Some(&expression), passes: &expression, context: &context };
    needed(&question).into_iter().map(Listing::name).collect()
}

#[test]
fn a_check_needs_the_lists_of_the_kinds_that_it_asks_about() {
    assert_eq!(lists(Subject::Identity, "identity.root"), ["roots"]);
    assert_eq!(lists(Subject::Identity, "!identity.root && identity.kind == 'role'"), ["roles"]);
    assert_eq!(lists(Subject::Identity, "!identity.root && identity.kind != 'role'"), ["users", "service_accounts"]);
    assert_eq!(lists(Subject::Identity, "!identity.root"), ["users", "roles", "service_accounts"]);
    assert_eq!(lists(Subject::Identity, "identity.enabled"), ["users", "roles", "roots", "service_accounts"]);
    assert_eq!(
        lists(Subject::Identity, "identity.can_be_assumed_by.exists(b, b.external)"),
        ["users", "roles", "service_accounts"]
    );
    assert_eq!(lists(Subject::Credential, "credential.kind == 'password'"), ["passwords"]);
    assert_eq!(lists(Subject::Credential, "credential.enabled"), ["access_keys", "passwords", "api_keys", "tokens"]);
    assert!(lists(Subject::Credential, "credential.kind == 'ssh_key'").is_empty());
}

/// An account without its credential report lists no root, which must open no question about roles and users.
#[test]
fn only_checks_about_roots_need_roots() {
    let (pack, _) = crate::control::Pack::builtin();
    let mut asked = Vec::new();
    for check in pack.checks.iter().filter(|check| check.subject == Subject::Identity) {
        let values = check.params.iter().map(|(name, param)| (name.clone(), param.default.clone())).collect();
        let context = check.question.context(Instant(1_000_000), &values).unwrap();
        let (applies, passes) = (check.question.applies.as_ref().map(|one| &one.expr), &check.question.passes.expr);
        if needed(&Question { subject: check.subject, applies, passes, context: &context }).contains(&Listing::Roots) {
            asked.push(check.id.as_str());
        }
    }
    assert_eq!(asked, ["no-root-access-key"]);
}

fn world() -> (World, RecordId) {
    let mut world = World::default();
    let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
    let export = world.records.add_export(info);
    let list = world.strings.intern("");
    let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
    for (name, kind) in [("aws:1:role:a", IdentityKind::Role), ("aws:1:role:b", IdentityKind::Role)] {
        let (row, _) = world.upsert(Subject::Identity, name);
        world.mark_listed(Subject::Identity, row, record);
        world.set_text(identity::SCOPE, row, "aws:1", record);
        world.set(identity::KIND, row, kind, record);
        world.set(identity::ROOT, row, false, record);
    }
    (world, record)
}

fn status(mut world: World, text: &str, expected: &[String]) -> (Status, u64, usize) {
    world.as_of = Some(1_000_000);
    world.seal();
    let graph = Graph::build(&mut world, &Levels::default(), &[], &[]);
    let estate = Estate { world: &world, graph: &graph };
    let (applies, context) = compiled(Subject::Identity, "!identity.root && identity.kind == 'role'");
    let (passes, _) = compiled(Subject::Identity, text);
    let question = Question { subject: Subject::Identity, applies: Some(&applies), passes: &passes, context: &context };
    let judged = judge(&estate, &Orders::of(&world), expected, &question);
    (judged.status, judged.tally.size(), open_scopes(&estate, expected, &question).len())
}

#[test]
fn an_unlisted_scope_leaves_the_run_undetermined() {
    let (open, _) = world();
    assert_eq!(status(open, "identity.kind == 'role'", &[]), (Status::Undetermined, 2, 1));
    let (mut closed, record) = world();
    let scope = closed.strings.intern("aws:1");
    closed.enumerations.add(scope, Listing::Roles, Closure::Shown(record));
    assert_eq!(status(closed, "identity.kind == 'role'", &[]), (Status::Satisfied, 2, 0));
    let (mut missing, record) = world();
    let scope = missing.strings.intern("aws:1");
    missing.enumerations.add(scope, Listing::Roles, Closure::Shown(record));
    let expected = ["aws:1".to_owned(), "aws:2".to_owned()];
    assert_eq!(status(missing, "identity.kind == 'role'", &expected), (Status::Undetermined, 2, 1));
}

#[test]
fn what_was_made_after_the_date_is_in_no_population() {
    let (mut world, record) = world();
    let (row, _) = world.upsert(Subject::Identity, "aws:1:role:a");
    world.set(identity::CREATED_AT, row, Instant(2_000_000), record);
    assert_eq!(status(world, "identity.kind == 'role'", &[]).1, 1);
}
