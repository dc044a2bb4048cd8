//! Real objects of clusters, where there are any: every one read, left aside or rejected for a reason, and what is known of some.
//!
//! Set `ASSIZE_SAMPLES` to a folder of exports with a folder `kubernetes` in it.

use std::path::{Path, PathBuf};

use crate::support;
use assize::export::declared::Declared;
use assize::export::report::ExportReport;
use assize::model::Subject;
use assize::model::facts::identity;
use assize::source::{Loaded, Options, load};
use serde_json::Value;

fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ASSIZE_SAMPLES").map(|folder| PathBuf::from(folder).join("kubernetes"));
    if folder.is_none() {
        println!("ASSIZE_SAMPLES is not set: no real objects were read");
    }
    folder
}

fn loaded(folder: &Path) -> Loaded {
    let mut loaded = load(folder, &Declared::default(), &Options::default());
    loaded.world.seal();
    loaded
}

/// How many objects a file holds, counted without the source.
fn objects(path: &Path) -> u64 {
    let text = std::fs::read_to_string(path).unwrap();
    if path.extension().is_some_and(|extension| extension == "json") {
        let value: Value = serde_json::from_str(&text).unwrap();
        return value["items"].as_array().map_or(1, |items| items.len() as u64);
    }
    // An object of its own begins with its kind at the start of a line, a member of a list where members do.
    let begins = |line: &&str, start: &str| line.starts_with(start);
    match text.lines().filter(|line| begins(line, "- ")).count() {
        0 => text.lines().filter(|line| begins(line, "kind:")).count() as u64,
        members if text.lines().any(|line| line == "items:") => members as u64,
        _ => text.lines().filter(|line| begins(line, "kind:")).count() as u64,
    }
}

fn accounted_for(export: &ExportReport, path: &Path) {
    let all = export.read + export.rejected + export.ignored;
    assert_eq!(all, objects(path), "{}: {export:?}", export.path);
}

/// Roles and bindings speak of accounts that nobody listed: that none of those fails is no sign that all are well.
#[test]
fn a_cluster_without_its_accounts_is_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let objects = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: readers}\nroleRef: {kind: ClusterRole, name: reader}\nsubjects: [{kind: ServiceAccount, name: agent, namespace: app}]\n";
    std::fs::write(folder.path().join("roles.yaml"), objects).unwrap();
    let run = crate::support::check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("Nobody listed all service accounts"), "{}", run.stdout);
    let results = run.results();
    assert!(
        results["gaps"].as_array().unwrap().iter().any(|gap| gap["about"]["listing"] == "service_accounts"),
        "{}",
        results["gaps"]
    );
    for framework in results["frameworks"].as_array().unwrap() {
        for requirement in framework["requirements"].as_array().unwrap() {
            assert_ne!(requirement["status"], "satisfied", "{requirement}");
        }
    }
}

#[test]
fn every_object_is_accounted_for() {
    let Some(folder) = folder() else { return };
    let loaded = loaded(&folder);
    let (mut read, mut ignored) = (0, 0);
    for export in &loaded.exports {
        assert_eq!(export.source, Some("kubernetes-objects"), "{}: {}", export.path, export.took_for);
        accounted_for(export, &folder.join(&export.path));
        read += export.read;
        ignored += export.ignored;
    }
    assert_eq!(loaded.rejected_count, 0, "{:?}", loaded.rejected);
    println!("{} files, {read} objects read, {ignored} ignored", loaded.exports.len());
    assert!(read > 100 && loaded.exports.len() > 20);
}

/// The roles that every cluster has, as its own tests write them.
#[test]
fn the_roles_of_every_cluster() {
    let Some(folder) = folder() else { return };
    let loaded = loaded(&folder.join("k8s-bootstrap-rbac"));
    let world = &loaded.world;
    let of = |subject: Subject, id: &str| {
        let id = world.strings.get(&format!("kubernetes:exports:{id}")).unwrap_or_else(|| panic!("{id}"));
        world.table(subject).find(id).unwrap_or_else(|| panic!("{id:?}"))
    };
    let actions = |policy: u32| -> Vec<&str> {
        let statements = world.statements.of_policy(policy).iter().filter_map(|(_, id, _)| world.statements.get(*id));
        statements
            .flat_map(|one| world.statements.members(one.actions))
            .map(|action| world.strings.text(*action))
            .collect()
    };
    assert_eq!(actions(of(Subject::Policy, "cluster_role:cluster-admin")), ["k8s:*", "k8s:*/url"]);
    // Made of others: `admin` of `edit` and of what is for itself, and `edit` of `view`.
    let admin = actions(of(Subject::Policy, "cluster_role:admin"));
    for action in [
        "k8s:create/rolebindings.rbac.authorization.k8s.io",
        "k8s:get/configmaps.core",
        "k8s:impersonate/serviceaccounts.core",
    ] {
        assert!(admin.contains(&action), "{action}");
    }
    assert!(!actions(of(Subject::Policy, "cluster_role:view")).contains(&"k8s:get/secrets.core"));
    let controller = of(Subject::Identity, "service_account:kube-system/deployment-controller");
    let held = world.table(Subject::Identity).members(identity::POLICIES.id, controller);
    let expected = of(Subject::Policy, "cluster_role:system:controller:deployment-controller");
    assert_eq!(held.iter().map(|(_, policy, _)| *policy).collect::<Vec<_>>(), [expected]);
}

/// Published attack paths, each a manifest of its own: the account in it becomes others.
#[test]
fn published_attacks_are_seen() {
    let Some(folder) = folder() else { return };
    let manifests = folder.join("kubehound/attack-manifests");
    for (file, account, words) in [
        ("POD_CREATE.yaml", "pod-create-sa", "make workloads"),
        ("POD_EXEC.yaml", "pod-exec-sa", "run commands or programs in pods"),
        ("POD_PATCH.yaml", "pod-patch-sa", "run commands or programs in pods"),
        ("TOKEN_LIST.yaml", "tokenlist-sa", "read secrets"),
        ("TOKEN_BRUTEFORCE.yaml", "tokenget-sa", "read secrets"),
    ] {
        let alone = tempfile::TempDir::new().unwrap();
        support::copy(&manifests, alone.path(), &[file]);
        // Somebody else to become, who runs something in the same namespace.
        let other = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: other, namespace: default}\n---\n\
            apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: default}\nspec: {serviceAccountName: other, containers: []}\n";
        std::fs::write(alone.path().join("other.yaml"), other).unwrap();
        let request = assize::Request { dir: alone.path().to_path_buf(), ..assize::Request::default() };
        let found = assize::check(&request, |input, _| {
            let world = input.estate.world;
            let id = world.strings.get(&format!("kubernetes:exports:service_account:default/{account}"));
            let row = id.and_then(|id| world.table(Subject::Identity).find(id)).unwrap_or_else(|| panic!("{account}"));
            let edges = &input.estate.graph.edges;
            let node = |row: u32| petgraph::graph::NodeIndex::new(row as usize);
            let steps = edges.neighbors(node(row)).flat_map(|hub| edges.neighbors(hub)).count();
            let becoming = world.table(Subject::Becoming);
            let texts: Vec<String> = becoming
                .rows()
                .filter_map(|row| u32::try_from(becoming.get(assize::model::facts::becoming::PRINCIPAL.id, row)).ok())
                .map(|text| world.strings.text(assize::model::Sym(text)).to_owned())
                .collect();
            (steps, texts)
        });
        let (steps, texts) = found.unwrap_or_else(|noted| panic!("{:?}", noted.diagnostics));
        assert!(steps > 0, "{file}");
        assert!(texts.iter().any(|text| text.contains(words)), "{file}: {texts:?}");
    }
}
