//! The property that makes a pass a pass: forget any one fact, or that any list is whole, and each verdict stays or becomes unknown.

use std::collections::BTreeMap;

use crate::support;
use crate::support::fixture;
use assize::assess::{self, Orders, Verdict, verdict_of};
use assize::base::time::Instant;
use assize::control::{Pack, Plan, Profile};
use assize::derive::classify;
use assize::derive::labels::Labels;
use assize::export::declared::{Declared, Entry};
use assize::expr::{Context, Env};
use assize::graph::{Estate, Graph, Levels};
use assize::model::facts::{group, identity, policy, resource};
use assize::model::listing::Listing;
use assize::model::record::RecordId;
use assize::model::schema::{FactId, Made};
use assize::model::table::{Conflict, Presence, UNKNOWN};
use assize::model::{Cell, Row, Subject, World};
use assize::source::{self, Options};

/// The pipeline up to the verdicts, as the library's own `check` has it, with a place to forget something in.
struct Setup {
    folder: std::path::PathBuf,
    pack: Pack,
    profile: Profile,
    plan: Plan,
    contexts: Vec<Context>,
    as_of: Instant,
}

type Verdicts = Vec<Vec<Verdict>>;

impl Setup {
    fn new(folder: std::path::PathBuf) -> Self {
        let (pack, wrong) = Pack::builtin();
        assert!(wrong.is_empty());
        let text = std::fs::read_to_string(folder.join("assize.toml")).unwrap_or_default();
        let (profile, wrong) = Profile::read("assize.toml", &text, &pack);
        assert!(wrong.is_empty(), "{wrong:?}");
        let profile = profile.unwrap();
        let as_of = Instant::parse_as_of(support::AS_OF).unwrap();
        let plan = Plan::new(&pack, &profile);
        let contexts =
            plan.runs.iter().map(|run| pack.check(&run.check).unwrap().question.context(as_of, &run.values()).unwrap());
        let contexts = contexts.collect();
        Self { folder, pack, profile, plan, contexts, as_of }
    }

    fn questions(&self) -> Vec<assess::Question<'_>> {
        let runs = self.plan.runs.iter().zip(&self.contexts);
        runs.map(|(run, context)| {
            let check = self.pack.check(&run.check).unwrap();
            let applies = check.question.applies.as_ref().map(|asked| &asked.expr);
            assess::Question { subject: check.subject, applies, passes: &check.question.passes.expr, context }
        })
        .collect()
    }

    /// What the exports say, sealed and labelled.
    fn world(&self) -> World {
        let mut declared = Declared::default();
        for export in &self.profile.exports {
            let mut entry = Entry::new(&export.pattern).unwrap();
            entry.scope.clone_from(&export.scope);
            entry.collected_at = export.collected_at;
            entry.collected_by.clone_from(&export.collected_by);
            entry.enumerates.clone_from(&export.enumerates);
            declared.entries.push(entry);
        }
        let mut world = source::load(&self.folder, &declared, &Options::default()).world;
        world.as_of = Some(self.as_of.0);
        world.seal();
        let labels = Labels {
            owner_tags: self.profile.owner_tags.clone(),
            environment_tags: self.profile.environment_tags.clone(),
            environments: self.profile.environments.clone(),
        };
        assize::derive::labels::apply(&mut world, &labels);
        world
    }

    /// The graph over it, with the derived facts stored.
    fn derive(&self, world: &mut World) -> Graph {
        let mut levels = Levels::default();
        for file in &self.pack.levels {
            levels.permissions.extend(file.permissions.iter().cloned());
            levels.escalates.extend(file.escalates.iter().cloned());
            levels.secrets.extend(file.secrets.iter().cloned());
            levels.models.extend(file.models.iter().cloned());
            levels.assume.extend(file.assume.iter().cloned());
            levels.pass.extend(file.pass.iter().cloned());
            levels.read_verbs.extend(file.read_verbs.iter().cloned());
        }
        let profile = &self.profile;
        let scopes = profile.expected_scopes.iter().chain(&profile.own_scopes).chain(&profile.trusted_scopes).cloned();
        let own: Vec<String> = profile.expected_scopes.iter().chain(&profile.own_scopes).cloned().collect();
        let graph = Graph::build(world, &levels, &scopes.collect::<Vec<_>>(), &own);
        let rules: Vec<classify::Rule<'_>> = self
            .pack
            .rules()
            .map(|rule| classify::Rule {
                id: &rule.id,
                target: rule.target,
                confidence: rule.confidence,
                when: &rule.when.expr,
            })
            .collect();
        let context = Env::of(Subject::Identity).context(self.as_of, &BTreeMap::new()).unwrap();
        drop(classify::apply(world, &graph, &rules, &context));
        graph
    }

    fn judge(&self, world: &World, graph: &Graph, rows: &Orders) -> Verdicts {
        let estate = Estate { world, graph };
        let questions = self.questions();
        let judged = questions.iter().map(|question| {
            rows.get(question.subject).rows.iter().map(|row| verdict_of(&estate, question, *row)).collect()
        });
        judged.collect()
    }

    /// The same where only one fact changed: what no expression can read of it is as before.
    fn judge_again(&self, world: &World, graph: &Graph, rows: &Orders, fact: FactId, before: &Verdicts) -> Verdicts {
        let estate = Estate { world, graph };
        let questions = self.questions();
        let judged = questions.iter().zip(before).map(|(question, before)| {
            let expressions = question.applies.into_iter().chain([question.passes]);
            // A virtual fact may rest on anything.
            let mut read = expressions.flat_map(assize::expr::Expr::facts);
            if !read.any(|one| one == fact || one.def().made == Made::Virtual) {
                return before.clone();
            }
            rows.get(question.subject).rows.iter().map(|row| verdict_of(&estate, question, *row)).collect()
        });
        judged.collect()
    }

    /// What moved from one known verdict to another one.
    fn moved(&self, world: &World, rows: &Orders, before: &Verdicts, after: &Verdicts) -> Vec<String> {
        let mut moved = Vec::new();
        for ((run, question), (before, after)) in
            self.plan.runs.iter().zip(self.questions()).zip(before.iter().zip(after))
        {
            for (row, (before, after)) in rows.get(question.subject).rows.iter().zip(before.iter().zip(after)) {
                if after != before && *after != Verdict::Unknown {
                    let id = world.table(question.subject).id(*row).map_or("", |id| world.strings.text(id));
                    moved.push(format!("{} of {id}: {before:?} became {after:?}", run.id));
                }
            }
        }
        moved
    }
}

fn listed(world: &World, subject: Subject) -> Vec<u32> {
    let table = world.table(subject);
    table.rows().filter(|row| table.presence(*row) == Presence::Listed).collect()
}

fn named(world: &World, row: Row, fact: FactId) -> String {
    let id = world.table(row.subject).id(row.index).map_or("", |id| world.strings.text(id));
    format!("without {} of {id}", fact.path())
}

/// Every stored and derived fact, of every subject that checks read, on a third of the rows each.
#[test]
fn of_any_one_fact() {
    let setup = Setup::new(fixture("marrowick"));
    let mut world = setup.world();
    let graph = setup.derive(&mut world);
    let rows = Orders::of(&world);
    let before = setup.judge(&world, &graph, &rows);
    let (mut tried, mut changed, mut wrong) = (0, 0, Vec::new());
    // Becomings and groups are read through identities; grants are made on the way.
    let subjects = Subject::ALL.into_iter().filter(|subject| !matches!(subject, Subject::Grant | Subject::Exposure));
    for subject in subjects {
        for fact in subject.def().facts.iter().map(|fact| subject.fact(fact.name).unwrap()) {
            // A subject without an id is none, and the scope says which lists it stands in.
            if fact.def().made == Made::Virtual || matches!(fact.def().name, "id" | "scope" | "system") {
                continue;
            }
            for row in listed(&world, subject).into_iter().filter(|row| (row + u32::from(fact.slot)) % 3 == 0) {
                let many = fact.def().ty.is_list();
                if !many && matches!(world.cell(Row::new(subject, row), fact), Cell::Unknown(_)) {
                    continue;
                }
                let table = world.table_mut(subject);
                let kept = table.get(fact, row);
                if many {
                    // A list that nobody says is whole is one of which a member may be missing.
                    if !table.complete(fact, row) {
                        continue;
                    }
                    table.reopen(fact, row);
                } else {
                    // Two records that differ: unknown also where a complete list would say that there is none.
                    let record = RecordId(0);
                    table.put(fact, row, UNKNOWN, 0);
                    table.conflicts.insert((fact.slot, row), Conflict { first: (0, record), second: (1, record) });
                }
                let after = setup.judge_again(&world, &graph, &rows, fact, &before);
                tried += 1;
                changed += usize::from(after != before);
                let what = named(&world, Row::new(subject, row), fact);
                wrong.extend(
                    setup.moved(&world, &rows, &before, &after).into_iter().map(|moved| format!("{what}: {moved}")),
                );
                let table = world.table_mut(subject);
                if many {
                    table.close(fact, row);
                } else {
                    table.put(fact, row, kept, 0);
                    table.conflicts.remove(&(fact.slot, row));
                }
            }
        }
    }
    assert_eq!(setup.judge(&world, &graph, &rows), before, "everything was put back");
    assert!(tried > 500 && changed > 100, "{tried} tried, {changed} changed a verdict");
    wrong.dedup();
    assert!(wrong.is_empty(), "{} moved:\n{}", wrong.len(), wrong[..wrong.len().min(40)].join("\n"));
}

/// Every list of every scope: as if the export or the closure had not been there.
#[test]
fn of_any_enumeration() {
    let setup = Setup::new(fixture("marrowick"));
    let mut world = setup.world();
    let graph = setup.derive(&mut world);
    let rows = Orders::of(&world);
    let before = setup.judge(&world, &graph, &rows);
    let all: Vec<_> = world.enumerations.iter().map(|(scope, listing, said)| (scope, listing, said.to_vec())).collect();
    assert!(all.len() > 30);
    let mut changed = std::collections::BTreeSet::new();
    for (scope, listing, said) in all {
        world.enumerations.remove(scope, listing);
        let after = setup.judge(&world, &graph, &rows);
        let moved = setup.moved(&world, &rows, &before, &after);
        assert!(moved.is_empty(), "without the list of {} in {}: {moved:?}", listing.name(), world.strings.text(scope));
        if after != before {
            changed.insert(listing.name());
        }
        for closure in said {
            world.enumerations.add(scope, listing, closure);
        }
    }
    for listing in [
        Listing::AccessKeys,
        Listing::Passwords,
        Listing::AiSystems,
        Listing::Ownership,
        Listing::Drills,
        Listing::LogSources,
    ] {
        assert!(changed.contains(listing.name()), "{} decides something: {changed:?}", listing.name());
    }
}

/// What the graph is made of: forgotten before it is built, so that paths, reach and effective rights are worked out anew.
#[test]
fn of_what_the_graph_is_built_from() {
    let setup = Setup::new(fixture("marrowick"));
    let mut world = setup.world();
    let graph = setup.derive(&mut world);
    let rows = Orders::of(&world);
    let before = setup.judge(&world, &graph, &rows);
    let facts = [
        identity::BOUNDARY.id,
        identity::ENVIRONMENT.id,
        identity::POLICIES.id,
        identity::GROUPS.id,
        group::POLICIES.id,
        policy::MANAGED_BY.id,
        resource::ENVIRONMENT.id,
    ];
    let mut tried = 0;
    for fact in facts {
        let of_this = listed(&world, fact.subject);
        // A handful of each, spread over the accounts.
        for row in of_this.iter().step_by((of_this.len() / 5).max(1)) {
            let mut changed = setup.world();
            let table = changed.table_mut(fact.subject);
            if fact.def().ty.is_list() {
                table.reopen(fact, *row);
            } else {
                table.put(fact, *row, UNKNOWN, 0);
            }
            let graph = setup.derive(&mut changed);
            let after = setup.judge(&changed, &graph, &rows);
            let moved = setup.moved(&changed, &rows, &before, &after);
            assert!(moved.is_empty(), "{}: {moved:?}", named(&changed, Row::new(fact.subject, *row), fact));
            tried += 1;
        }
    }
    assert!(tried > 30, "{tried}");
}

/// The same for a boundary that holds an administrator back, which Marrowick has none of.
#[test]
fn of_a_boundary_that_holds_an_administrator_back() {
    let folder = tempfile::TempDir::new().unwrap();
    let document = |action: &str| serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]});
    let managed = |name: &str, action: &str, attached: u32| {
        serde_json::json!({
            "PolicyName": name, "PolicyId": format!("ANPA{name}"), "Arn": format!("arn:aws:iam::111122223333:policy/{name}"), "Path": "/",
            "DefaultVersionId": "v1", "AttachmentCount": attached, "PermissionsBoundaryUsageCount": 1 - attached, "IsAttachable": true,
            "CreateDate": "2026-01-01T00:00:00Z", "UpdateDate": "2026-01-01T00:00:00Z",
            "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "CreateDate": "2026-01-01T00:00:00Z", "Document": document(action)}],
        })
    };
    let export = serde_json::json!({
        "UserDetailList": [], "GroupDetailList": [],
        "RoleDetailList": [{
            "Path": "/", "RoleName": "held", "RoleId": "AROAHELD", "Arn": "arn:aws:iam::111122223333:role/held",
            "CreateDate": "2026-01-01T00:00:00Z",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]},
            "InstanceProfileList": [], "RolePolicyList": [], "Tags": [], "RoleLastUsed": {},
            "AttachedManagedPolicies": [{"PolicyName": "everything", "PolicyArn": "arn:aws:iam::111122223333:policy/everything"}],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/narrow"},
        }],
        "Policies": [managed("everything", "*", 1), managed("narrow", "s3:GetObject", 0)],
    });
    std::fs::write(folder.path().join("details.json"), serde_json::to_vec_pretty(&export).unwrap()).unwrap();
    let setup = Setup::new(folder.path().to_owned());
    let letters = |forget: bool| {
        let mut world = setup.world();
        let role = listed(&world, Subject::Identity)[0];
        if forget {
            world.table_mut(Subject::Identity).put(identity::BOUNDARY.id, role, UNKNOWN, 0);
        }
        let graph = setup.derive(&mut world);
        let rows = Orders::of(&world);
        let verdicts = setup.judge(&world, &graph, &rows);
        let of = |id: &str| verdicts[setup.plan.position(id).unwrap()][0].letter();
        ["identity-not-administrator", "cannot-reach-administrator", "no-permission-wildcard", "secrets-read-narrowly"]
            .map(of)
    };
    assert_eq!(letters(false), ['p'; 4]);
    assert_eq!(letters(true), ['u'; 4]);
}
