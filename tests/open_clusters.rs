//! What a cluster gives to everyone, and who is certainly its administrator, from objects as `kubectl` writes them.

use crate::support::{check, verdicts};
use tempfile::TempDir;

const ALL: &str = "enumerates = [\"service_accounts\", \"role_bindings\", \"workloads\", \"tokens\", \"policies\"]\n";

/// An account, and the roles that every cluster has, bound as every cluster binds them.
const DEFAULTS: &str = r#"
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: app}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:public-info-viewer", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: [{nonResourceURLs: [/healthz, /livez, /readyz, /version, /version/], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:discovery", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: [{nonResourceURLs: [/api, /api/*, /apis, /apis/*, /healthz, /livez, /openapi, /openapi/*, /readyz, /version, /version/], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:basic-user", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules:
- {apiGroups: [authorization.k8s.io], resources: [selfsubjectaccessreviews, selfsubjectrulesreviews], verbs: [create]}
- {apiGroups: [authentication.k8s.io], resources: [selfsubjectreviews], verbs: [create]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: "system:service-account-issuer-discovery", labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: [{nonResourceURLs: [/.well-known/openid-configuration, /.well-known/openid-configuration/, /openid/v1/jwks, /openid/v1/jwks/], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: pod-reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: metrics}
rules: [{nonResourceURLs: [/metrics], verbs: [get]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin, labels: {kubernetes.io/bootstrapping: rbac-defaults}}
rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: binder}
rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles, clusterrolebindings], verbs: ["*"]}]
"#;
const BOUND: &[(&str, &str)] = &[
    ("system:public-info-viewer", "{kind: Group, name: 'system:unauthenticated'}"),
    ("system:public-info-viewer", "{kind: Group, name: 'system:authenticated'}"),
    ("system:discovery", "{kind: Group, name: 'system:authenticated'}"),
    ("system:basic-user", "{kind: Group, name: 'system:authenticated'}"),
    ("system:service-account-issuer-discovery", "{kind: Group, name: 'system:serviceaccounts'}"),
];
const PLAIN: &str = "kubernetes:prod";

fn cluster(
    scope: &str,
    bound: &[(&str, &str)],
    roles: &str,
    manifest: &str,
) -> std::collections::BTreeMap<String, String> {
    let folder = TempDir::new().unwrap();
    let mut text = roles.to_owned();
    for (at, (role, whom)) in bound.iter().enumerate() {
        let (kind, role) =
            role.strip_prefix("app/").map_or(("ClusterRoleBinding", *role), |role| ("RoleBinding", role));
        text += &format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: b{at}, namespace: app}}\n\
             roleRef: {{kind: ClusterRole, name: '{role}'}}\nsubjects: [{whom}]\n"
        );
    }
    std::fs::write(folder.path().join("all.yaml"), text).unwrap();
    let manifest = format!("[[exports]]\npath = \"*.yaml\"\nscope = \"{scope}\"\n{manifest}");
    std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
    let run = check(folder.path(), &[]);
    let all = verdicts(&run);
    let results = run.results();
    let mut said = std::collections::BTreeMap::new();
    for check in ["cluster-not-open-to-all", "cannot-reach-administrator", "identity-not-administrator"] {
        for (id, letter) in all.get(check).into_iter().flatten() {
            let id = id.trim_start_matches(scope).trim_start_matches(':').trim_start_matches("group:");
            said.insert(format!("{check} {id}"), letter.to_string());
        }
        let of = results["checks"].as_array().unwrap().iter().find(|run| run["check"] == check);
        said.insert(check.to_owned(), of.map_or("-", |of| of["status"].as_str().unwrap()).to_owned());
    }
    said
}

/// What is said of those who do not sign in, of all who do, and of all accounts.
fn letters(bound: &[(&str, &str)], roles: &str, manifest: &str) -> String {
    letters_of(PLAIN, bound, roles, manifest)
}

fn letters_of(scope: &str, bound: &[(&str, &str)], roles: &str, manifest: &str) -> String {
    let said = cluster(scope, bound, roles, manifest);
    let of = |name: &str| said.get(&format!("cluster-not-open-to-all {name}")).cloned().unwrap_or_default();
    of("system:unauthenticated") + &of("system:authenticated") + &of("system:serviceaccounts")
}

#[test]
fn what_every_cluster_gives_everyone_is_no_finding() {
    assert_eq!(letters(BOUND, DEFAULTS, ALL), "ppp");
    assert_eq!(letters(&[], DEFAULTS, ALL), "uuu", "a list of which nothing was read is none");
    assert_eq!(
        letters(
            &[],
            DEFAULTS,
            &ALL.replace(" \"role_bindings\",", "").replace('\n', "\nnone_of = [\"role_bindings\"]\n")
        ),
        "ppp"
    );
    assert_eq!(letters(BOUND, DEFAULTS, "enumerates = [\"role_bindings\"]\n"), "ppp", "all that it asks");
    assert_eq!(cluster(PLAIN, BOUND, DEFAULTS, ALL)["cluster-not-open-to-all"], "satisfied");
}

#[test]
fn what_goes_beyond_it_is_one_whoever_is_named() {
    let with = |role: &str, whom: &str| {
        let mut bound = BOUND.to_vec();
        bound.push((role, whom));
        // What is certain needs no complete list.
        let open = letters(&bound, DEFAULTS, "").replace('u', "p");
        let closed = letters(&bound, DEFAULTS, ALL);
        assert_eq!(open, closed, "{role} {whom}");
        closed
    };
    for role in ["pod-reader", "app/pod-reader", "metrics", "cluster-admin"] {
        assert_eq!(with(role, "{kind: User, name: 'system:anonymous'}"), "fpp", "{role}");
        assert_eq!(with(role, "{kind: Group, name: 'system:unauthenticated'}"), "fpp", "{role}");
        assert_eq!(with(role, "{kind: Group, name: 'system:authenticated'}"), "pfp", "{role}");
        assert_eq!(with(role, "{kind: Group, name: 'system:serviceaccounts'}"), "ppf", "{role}");
        assert_eq!(with(role, "{kind: Group, name: 'system:serviceaccounts:app'}"), "ppp", "{role}");
        assert_eq!(with(role, "{kind: Group, name: 'system:masters'}"), "ppp", "{role}");
    }
    // In a namespace, addresses give nothing.
    assert_eq!(with("app/metrics", "{kind: User, name: 'system:anonymous'}"), "ppp");
    // As clusters before 1.14 bound them.
    assert_eq!(with("system:discovery", "{kind: Group, name: 'system:unauthenticated'}"), "fpp");
    // Where the keys of the cluster are is for its accounts.
    let keys = "system:service-account-issuer-discovery";
    assert_eq!(with(keys, "{kind: Group, name: 'system:authenticated'}"), "pfp");
    for role in ["system:discovery", "system:basic-user"] {
        assert_eq!(with(role, "{kind: Group, name: 'system:serviceaccounts'}"), "ppp", "who signed in has it anyway");
    }
    // A default role to which someone added a rule.
    let more = DEFAULTS.replace("/readyz, /version, /version/], verbs: [get]}]", "/readyz, /logs/*], verbs: [get]}]");
    assert_eq!(letters(BOUND, &more, ALL), "ffp");
}

/// A cluster may be named by an ARN, with the colons and slashes in it.
#[test]
fn the_name_of_a_cluster_is_no_matter() {
    let eks = "kubernetes:arn:aws:eks:eu-west-1:111122223333:cluster/prod";
    for scope in [PLAIN, eks, "kubernetes:gke/team/prod"] {
        let with = |role: &str| {
            let mut bound = BOUND.to_vec();
            bound.push((role, "{kind: User, name: 'system:anonymous'}"));
            letters_of(scope, &bound, DEFAULTS, ALL)
        };
        assert_eq!(letters_of(scope, BOUND, DEFAULTS, ALL), "ppp", "{scope}");
        assert_eq!((with("app/metrics"), with("metrics")), ("ppp".to_owned(), "fpp".to_owned()), "{scope}");
    }
}

#[test]
fn what_nobody_said_is_not_known() {
    assert_eq!(letters(BOUND, DEFAULTS, ""), "uuu");
    assert_eq!(letters(&[("nowhere", "{kind: User, name: 'system:anonymous'}")], DEFAULTS, ALL), "upp");
    let account = DEFAULTS.split("---").next().unwrap();
    assert_eq!(letters(&[], account, "enumerates = [\"service_accounts\"]\n"), "uuu");
}

#[test]
fn an_administrator_who_is_known_is_one_whatever_was_not_listed() {
    let said = |role: &str, manifest: &str| {
        let said = cluster(PLAIN, &[(role, "{kind: ServiceAccount, name: a, namespace: app}")], DEFAULTS, manifest);
        let of = |check: &str| said[&format!("{check} service_account:app/a")].clone();
        of("cannot-reach-administrator") + &of("identity-not-administrator")
    };
    for manifest in ["", ALL] {
        assert_eq!(said("cluster-admin", manifest), "-f", "{manifest}: judged once");
    }
    assert_eq!((said("binder", ""), said("binder", ALL)), ("fu".to_owned(), "fp".to_owned()));
    assert_eq!((said("pod-reader", ""), said("pod-reader", ALL)), ("uu".to_owned(), "pp".to_owned()));
}
