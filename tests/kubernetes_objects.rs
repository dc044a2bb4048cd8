//! Objects of a cluster as `kubectl` and clients write them: what is known of them afterwards, and what is not kept.

use assize::base::time::Instant;
use assize::export::declared::{Declared, Entry};
use assize::model::facts::{credential, exposure, identity, policy};
use assize::model::listing::Listing;
use assize::model::table::Presence;
use assize::model::{Cell, FactId, Row, Scalar, Subject};
use assize::source::{Loaded, Options, load};
use tempfile::TempDir;

/// Files with the day on which each was collected, all of one cluster of which all accounts are said to be listed.
fn read(files: &[(&str, &str, Option<&str>)]) -> Loaded {
    let folder = TempDir::new().unwrap();
    let mut declared = Declared::default();
    for (name, text, at) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
        let mut entry = Entry::new(name).unwrap();
        entry.scope = Some("kubernetes:prod".to_owned());
        entry.collected_at = at.map(|at| Instant::parse(at).unwrap());
        entry.enumerates = vec![Listing::ServiceAccounts, Listing::Tokens];
        declared.entries.push(entry);
    }
    let mut loaded = load(folder.path(), &declared, &Options::default());
    loaded.world.seal();
    loaded
}

fn one(text: &str) -> Loaded {
    read(&[("all", text, None)])
}

fn row(loaded: &Loaded, subject: Subject, id: &str) -> Option<u32> {
    let id = loaded.world.strings.get(&format!("kubernetes:prod:{id}"))?;
    loaded.world.table(subject).find(id)
}

fn text(loaded: &Loaded, subject: Subject, row: u32, fact: FactId) -> String {
    match loaded.world.cell(Row::new(subject, row), fact) {
        Cell::Known(Scalar::Str(text)) => text.to_owned(),
        Cell::Known(Scalar::Time(at)) => Instant(at).to_string(),
        other => format!("{other:?}"),
    }
}

fn workloads(loaded: &Loaded, account: &str) -> Vec<String> {
    let account = row(loaded, Subject::Identity, &format!("service_account:{account}")).expect(account);
    let members = loaded.world.table(Subject::Identity).members(identity::WORKLOADS.id, account).iter();
    members.map(|(_, workload, _)| loaded.world.strings.text(assize::model::Sym(*workload)).to_owned()).collect()
}

fn account(name: &str, more: &str) -> String {
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"ServiceAccount\", \"metadata\": {{\"name\": \"{name}\", \"namespace\": \"app\"{more}}}}}"
    )
}

fn list(items: &[String], metadata: &str) -> String {
    format!(
        "{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{}], \"metadata\": {metadata}}}",
        items.join(",")
    )
}

#[test]
fn an_account_has_its_facts_and_its_groups() {
    let more = r#", "uid": "u-1", "creationTimestamp": "2026-02-03T04:05:06Z", "labels": {"owner": "ada"},
        "annotations": {"kubernetes.io/description": "pays out", "other": "CANARY"}"#;
    let loaded = one(&account("pay", more));
    let pay = row(&loaded, Subject::Identity, "service_account:app/pay").unwrap();
    let said = |fact| text(&loaded, Subject::Identity, pay, fact);
    assert_eq!(said(identity::NAME.id), "pay");
    assert_eq!(said(identity::KEY.id), "system:serviceaccount:app:pay");
    assert_eq!(said(identity::NATIVE_ID.id), "u-1");
    assert_eq!(said(identity::CREATED_AT.id), "2026-02-03T04:05:06Z");
    assert_eq!(said(identity::DESCRIPTION.id), "pays out");
    assert!(loaded.world.strings.get("CANARY").is_none());
    let groups = loaded.world.table(Subject::Identity).members(identity::GROUPS.id, pay).len();
    assert_eq!(groups, 3);
    // The name of the user that it is leads to the same row.
    assert_eq!(row(&loaded, Subject::Identity, "user:system:serviceaccount:app:pay"), Some(pay));
}

#[test]
fn a_token_has_no_value_and_does_not_end() {
    let secret = |labels: &str| {
        format!(
            r#"{{"apiVersion": "v1", "data": {{"token": "CANARY-1"}}, "kind": "Secret", "metadata": {{"name": "t", "namespace": "app",
            "creationTimestamp": "2025-01-01T00:00:00Z", "labels": {{{labels}}}, "annotations": {{"kubernetes.io/service-account.name": "pay",
            "kubectl.kubernetes.io/last-applied-configuration": "CANARY-2"}}}}, "type": "kubernetes.io/service-account-token"}}"#
        )
    };
    let other = r#"{"apiVersion": "v1", "kind": "Secret", "type": "Opaque", "metadata": {"name": "o", "namespace": "app"}, "stringData": {"a": "CANARY-3"}}"#;
    let loaded =
        one(&list(&[secret(r#""kubernetes.io/legacy-token-last-used": "2026-10-01""#), other.to_owned()], "{}"));
    let token = row(&loaded, Subject::Credential, "token:app/t").unwrap();
    let cell = |fact| loaded.world.cell(Row::new(Subject::Credential, token), fact);
    assert_eq!(cell(credential::EXPIRES_AT.id), Cell::Absent);
    assert_eq!(cell(credential::ENABLED.id), Cell::Known(Scalar::Bool(true)));
    assert_eq!(text(&loaded, Subject::Credential, token, credential::LAST_USED_AT.id), "2026-10-01T00:00:00Z");
    for canary in ["CANARY-1", "CANARY-2", "CANARY-3"] {
        assert!(loaded.world.strings.get(canary).is_none(), "{canary}");
    }
    assert_eq!((loaded.exports[0].read, loaded.exports[0].ignored), (1, 1));
    let loaded = one(&secret(r#""kubernetes.io/legacy-token-invalid-since": "2026-10-01""#));
    let token = row(&loaded, Subject::Credential, "token:app/t").unwrap();
    let enabled = loaded.world.cell(Row::new(Subject::Credential, token), credential::ENABLED.id);
    assert_eq!(enabled, Cell::Known(Scalar::Bool(false)));
}

#[test]
fn workloads_are_named_by_what_people_made() {
    let pod = |name: &str, labels: &str, owner: &str, spec: &str| {
        format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "{name}", "namespace": "app", "labels": {{{labels}}}, "ownerReferences": [{owner}]}}, "spec": {{{spec} "containers": []}}}}"#
        )
    };
    let owner = |kind: &str, name: &str| format!(r#"{{"kind": "{kind}", "name": "{name}", "controller": true}}"#);
    let hash = r#""pod-template-hash": "78cb6d7899""#;
    let pay = r#""serviceAccountName": "pay","#;
    let items = [
        pod("api-78cb6d7899-j2rjp", hash, &owner("ReplicaSet", "api-78cb6d7899"), pay),
        pod("api-78cb6d7899-other", hash, &owner("ReplicaSet", "api-78cb6d7899"), pay),
        pod("set-x", "", &owner("ReplicaSet", "set"), pay),
        pod("night-28391040-x", "", &owner("Job", "night-28391040"), pay),
        pod("alone", "", "", pay),
        pod("old", "", "", r#""serviceAccount": "legacy","#),
        pod("none", "", &owner("Node", "n1"), ""),
        r#"{"apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "night", "namespace": "app"}, "spec": {"jobTemplate": {"spec": {"template": {"spec": {"serviceAccountName": "pay", "containers": []}}}}}}"#.to_owned(),
        r#"{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db", "namespace": "app"}, "spec": {"template": {"spec": {"serviceAccountName": "pay", "containers": []}}}}"#.to_owned(),
    ];
    let loaded = one(&list(&items, "{}"));
    assert_eq!(loaded.rejected_count, 0, "{:?}", loaded.rejected);
    let want = ["deployment/api", "replicaset/set", "cronjob/night", "pod/alone", "statefulset/db"]
        .map(|name| format!("app/{name}"));
    assert_eq!(workloads(&loaded, "app/pay"), want);
    assert_eq!(workloads(&loaded, "app/legacy"), ["app/pod/old"]);
    assert_eq!(workloads(&loaded, "app/default"), ["app/pod/none"]);
}

#[test]
fn a_secret_in_a_variable_is_an_exposure() {
    let key = format!("sk-proj-{}", "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5zA7bC9dE1fG3");
    let loaded = one(&format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api, namespace: app}}\nspec:\n  template:\n    spec:\n      containers:\n\
         \x20     - name: main\n        env:\n        - {{name: OPENAI_API_KEY, value: {key}}}\n        - {{name: MODE, value: fast}}\n\
         \x20       - {{name: FROM, valueFrom: {{secretKeyRef: {{name: s, key: k}}}}}}\n"
    ));
    let table = loaded.world.table(Subject::Exposure);
    assert_eq!(table.rows().len(), 1);
    let said = text(&loaded, Subject::Exposure, 0, exposure::LOCATION.id);
    assert!(said.contains("app/deployment/api: main.env.OPENAI_API_KEY"), "{said}");
    assert!(loaded.world.strings.get(&key).is_none());
}

#[test]
fn what_is_left_over_or_lost_is_not_whole() {
    let closed = |loaded: &Loaded| {
        let scope = loaded.world.strings.get("kubernetes:prod").unwrap();
        loaded.world.enumerations.closed(scope, Listing::ServiceAccounts)
    };
    let items = [account("a", "")];
    assert!(closed(&one(&list(&items, "{}"))));
    for more in [r#"{"continue": "x"}"#, r#"{"remainingItemCount": 3}"#] {
        assert!(!closed(&one(&list(&items, more))), "{more}");
        let yaml = format!("apiVersion: v1\nkind: List\nitems: []\nmetadata: {more}\n");
        assert!(!closed(&read(&[("a.json", &list(&items, "{}"), None), ("b.yaml", &yaml, None)])), "{more}");
    }
    // Pages back to back are one answer.
    let pages = list(&items, r#"{"continue": "x"}"#) + &list(&[account("b", "")], "{}");
    assert!(closed(&one(&pages)));
    assert!(!closed(&one(&list(&[account("a", ""), "17".to_owned()], "{}"))));
    assert!(!closed(&one(&list(&items, "{}").replace("}}]", "}}"))));
}

/// A kind is of a group and a version: of another maker's it is another kind, and of a version that nobody knows it is lost.
#[test]
fn a_kind_of_another_group_is_not_read_and_one_of_an_unknown_version_is_rejected() {
    let role = |version: &str| {
        format!(
            r#"{{"apiVersion": "{version}", "kind": "Role", "metadata": {{"name": "r", "namespace": "app"}}, "rules": []}}"#
        )
    };
    let closed = |loaded: &Loaded| {
        let scope = loaded.world.strings.get("kubernetes:prod").unwrap();
        loaded.world.enumerations.closed(scope, Listing::ServiceAccounts)
    };
    let loaded = one(&list(&[account("a", ""), role("iam.aws.example.org/v1beta1")], "{}"));
    assert_eq!(loaded.exports[0].ignored_why, ["objects of the kind `Role of iam.aws.example.org` are not read"]);
    assert!(closed(&loaded) && loaded.rejected.is_empty());
    for version in ["rbac.authorization.k8s.io/v9", "v1", "apps/v1", "policy.k8s.io/v1", "rbac.authorization.k8s.io"] {
        let loaded = one(&list(&[account("a", ""), role(version)], "{}"));
        let told: Vec<&str> = loaded.rejected.iter().map(|one| one.place.as_str()).collect();
        assert_eq!(told, ["/items/1"], "{version}");
        assert!(loaded.rejected[0].why.contains(&format!("its `apiVersion` is `{version}`")), "{:?}", loaded.rejected);
        assert!(!closed(&loaded), "{version}");
    }
    for version in ["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"] {
        assert!(one(&list(&[role(version)], "{}")).rejected.is_empty(), "{version}");
    }
}

#[test]
fn two_exports_of_one_cluster_are_not_mixed() {
    let (old, new) =
        (list(&[account("gone", ""), account("a", "")], "{}"), list(&[account("a", r#", "uid": "2""#)], "{}"));
    let loaded = read(&[("old.json", &old, Some("2026-09-01")), ("new.json", &new, Some("2026-10-01"))]);
    assert_eq!(row(&loaded, Subject::Identity, "service_account:app/gone"), None);
    assert!(loaded.diagnostics.iter().any(|one| one.code == "superseded"), "{:?}", loaded.diagnostics);
    // Without times: parts of one snapshot, as long as nothing differs.
    let loaded = read(&[("a.json", &old, None), ("b.json", &list(&[account("a", ""), account("b", "")], "{}"), None)]);
    let presence = |name: &str| {
        row(&loaded, Subject::Identity, name).map(|row| loaded.world.table(Subject::Identity).presence(row))
    };
    assert_eq!(presence("service_account:app/b"), Some(Presence::Listed));
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let loaded = read(&[("a.json", &old, None), ("b.json", &new, None)]);
    assert!(loaded.diagnostics.iter().any(|one| one.code == "two-snapshots"), "{:?}", loaded.diagnostics);
}

#[test]
fn other_files_of_the_same_form_are_left() {
    let folder = TempDir::new().unwrap();
    let config =
        "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers:\n- name: me\n  user: {token: CANARY}\n";
    std::fs::write(folder.path().join("config"), config).unwrap();
    std::fs::write(folder.path().join("values.yaml"), "---\nreplicas: 3\n").unwrap();
    let loaded = load(folder.path(), &Declared::default(), &Options::default());
    let said: Vec<&str> = loaded.exports.iter().map(|export| export.took_for.as_str()).collect();
    assert!(said[0].starts_with("a kubeconfig, which may hold live credentials"), "{said:?}");
    assert_eq!(said[1], "YAML of an unknown kind, with the keys `replicas`");
}

/// The label that Kubernetes puts on its own roles can be put on any: only with a name of its own is a role nobody's.
#[test]
fn a_role_that_only_says_that_kubernetes_made_it_is_the_organisations() {
    let role = |name: &str, labels: &str| {
        format!(
            "{{\"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \"ClusterRole\",
               \"metadata\": {{\"name\": \"{name}\", \"labels\": {{{labels}}}}}, \"rules\": []}}"
        )
    };
    let label = "\"kubernetes.io/bootstrapping\": \"rbac-defaults\"";
    let roles = [role("cluster-admin", label), role("system:node", label), role("mine", label), role("edit", "")];
    let loaded = one(&roles.join("\n"));
    let managed_by = |name: &str| {
        let row = row(&loaded, Subject::Policy, &format!("cluster_role:{name}")).expect(name);
        text(&loaded, Subject::Policy, row, policy::MANAGED_BY.id)
    };
    assert_eq!(
        (managed_by("cluster-admin"), managed_by("system:node")),
        ("provider".to_owned(), "provider".to_owned())
    );
    assert_eq!((managed_by("mine"), managed_by("edit")), ("customer".to_owned(), "customer".to_owned()));
}

#[test]
fn a_variable_that_cannot_be_read_is_no_reason_to_pass_over_its_secret() {
    let pod = |env: &str| {
        let text = format!(
            r#"{{"apiVersion": "v1", "kind": "Pod", "metadata": {{"name": "p", "namespace": "n"}}, "spec": {{"containers": [{{"name": "c", "env": [{env}]}}]}}}}"#
        );
        one(&text).rejected.into_iter().map(|one| one.why).collect::<Vec<String>>()
    };
    for env in [r#"{"name": "A_TOKEN", "value": ["x"]}"#, r#"{"name": "A_TOKEN", "value": {"value": "x"}}"#] {
        assert_eq!(pod(env), ["the `value` of a variable of its environment is no text"], "{env}");
    }
    assert_eq!(pod(r#"{"value": "x"}"#), ["a variable of its environment has no `name`"]);
    let from = r#"{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}"#;
    for env in [from, r#"{"name": "PORT", "value": 8080}"#, r#"{"name": "A", "value": null}"#, r#"{"name": "A"}"#] {
        assert_eq!(pod(env), [] as [&str; 0], "{env}");
    }
}

/// `kubectl` writes the kind of a list after its objects, so that a file which was cut between two of them is known by its lack.
#[test]
fn yaml_that_was_cut_short_is_not_taken_as_whole() {
    let folder = tempfile::tempdir().unwrap();
    let objects = "apiVersion: v1\nitems:\n- apiVersion: v1\n  kind: ServiceAccount\n  metadata:\n    name: api\n    namespace: web\n";
    let rejected = |text: &str| {
        std::fs::write(folder.path().join("objects.yaml"), text).unwrap();
        let run = crate::support::check(folder.path(), &[]);
        let export = run.export("objects.yaml");
        (export["rejected"].as_u64().unwrap(), run.results()["rejected"].to_string())
    };
    assert_eq!(rejected(&format!("{objects}kind: List\n")).0, 0);
    let (count, told) = rejected(objects);
    assert_eq!(count, 1, "{told}");
    assert!(told.contains("cut short"), "{told}");
    // Objects one by one have each its own.
    assert_eq!(rejected("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n  namespace: web\n").0, 0);
}
