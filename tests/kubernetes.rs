//! Who can become whom in a cluster, from objects as `kubectl` writes them to the facts of accounts.

use std::collections::BTreeMap;
use std::path::Path;

use assize::Request;
use assize::base::time::Instant;
use assize::graph::Estate;
use assize::model::facts::identity;
use assize::model::{Cell, Completeness, Row, Scalar, Slots as _, Subject};
use tempfile::TempDir;

/// What is known of one account or user.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Who {
    admin: Option<bool>,
    /// Whom it certainly reaches, and whom it may.
    certain: Vec<String>,
    possible: Vec<String>,
    /// Whether that is all.
    whole: bool,
}

const MANIFEST: &str = r#"[[exports]]
path = "*"
scope = "kubernetes:prod"
enumerates = ["service_accounts", "role_bindings", "workloads", "tokens", "policies"]
"#;

/// Two namespaces: in `app` the accounts `a`, `b` (which a deployment runs as) and `default`, in `ops` one that is an administrator.
const BASE: &str = r"
apiVersion: v1
kind: ServiceAccount
metadata: {name: a, namespace: app}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: b, namespace: app}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: app}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: boss, namespace: ops}
---
apiVersion: v1
kind: Secret
type: kubernetes.io/service-account-token
metadata: {name: b-token, namespace: app, creationTimestamp: 2026-01-01T00:00:00Z, annotations: {kubernetes.io/service-account.name: b}}
data: {token: Y2FuYXJ5LXRva2Vu}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: app}
spec: {template: {spec: {serviceAccountName: b, containers: [{name: c}]}}}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: cluster-admin}
rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: boss}
roleRef: {kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: boss, namespace: ops}]
";

fn judged(files: &[(&str, &str)]) -> BTreeMap<String, Who> {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    of_folder(folder.path())
}

fn of_folder(folder: &Path) -> BTreeMap<String, Who> {
    let as_of = Instant::parse("2026-11-01T00:00:00Z");
    let request = Request { dir: folder.to_path_buf(), as_of, ..Request::default() };
    assize::check(&request, |input, _| everyone(input.estate)).unwrap_or_else(|noted| panic!("{:?}", noted.diagnostics))
}

fn everyone(estate: &Estate<'_>) -> BTreeMap<String, Who> {
    let table = estate.world.table(Subject::Identity);
    table.rows().map(|row| (name(estate, row), who(estate, row))).collect()
}

fn name(estate: &Estate<'_>, row: u32) -> String {
    match estate.cell(Row::new(Subject::Identity, row), identity::KEY.id) {
        Cell::Known(Scalar::Str(key)) => match key.strip_prefix("system:serviceaccount:") {
            Some(account) => account.replace(':', "/"),
            None => key.to_owned(),
        },
        other => panic!("{other:?}"),
    }
}

fn who(estate: &Estate<'_>, row: u32) -> Who {
    let me = Row::new(Subject::Identity, row);
    let (mut certain, mut possible) = (Vec::new(), Vec::new());
    let whole = estate.list(me, identity::REACH.id, &mut |member| {
        let Scalar::Ref(to) = member.value else { panic!("{member:?}") };
        if member.certain { &mut certain } else { &mut possible }.push(name(estate, to.index));
        true
    });
    certain.sort();
    possible.sort();
    let admin = match estate.cell(me, identity::REACHES_ADMIN.id) {
        Cell::Known(Scalar::Bool(value)) => Some(value),
        _ => None,
    };
    Who { admin, certain, possible, whole: whole == Completeness::Complete }
}

/// `a` of `app` with one more role there, or with one of the whole cluster. A rule is `verbs on resources in group`.
fn with(cluster: bool, rules: &[&str]) -> Who {
    with_more(cluster, rules, "")
}

fn with_more(cluster: bool, rules: &[&str], more: &str) -> Who {
    let rules: Vec<String> = rules
        .iter()
        .map(|rule| {
            let (verbs, rest) = rule.split_once(" on ").unwrap();
            let (resources, names) = rest.split_once(" named ").map_or((rest, ""), |(on, names)| (on, names));
            let quoted = |all: &str| all.split(' ').map(|one| format!("'{one}'")).collect::<Vec<_>>().join(", ");
            let names = if names.is_empty() { String::new() } else { format!(", resourceNames: [{}]", quoted(names)) };
            format!("{{apiGroups: ['*'], resources: [{}], verbs: [{}]{names}}}", quoted(resources), quoted(verbs))
        })
        .collect();
    let (kind, namespace) = if cluster { ("ClusterRole", "") } else { ("Role", ", namespace: app") };
    let role = format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: r{namespace}}}\nrules: [{}]\n\
         ---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}Binding\nmetadata: {{name: r{namespace}}}\n\
         roleRef: {{kind: {kind}, name: r}}\nsubjects: [{{kind: ServiceAccount, name: a, namespace: app}}]\n{more}",
        rules.join(", ")
    );
    judged(&[("assize.toml", MANIFEST), ("all.yaml", &format!("{BASE}{role}"))])["app/a"].clone()
}

fn reaches(who: &Who) -> (Vec<&str>, Vec<&str>, Option<bool>) {
    (who.certain.iter().map(String::as_str).collect(), who.possible.iter().map(String::as_str).collect(), who.admin)
}

const NOBODY: [&str; 0] = [];

#[test]
fn a_right_in_a_namespace_reaches_its_accounts_and_no_others() {
    for rule in [
        "create on pods",
        "create on deployments",
        "create on jobs",
        "create on cronjobs",
        "patch on deployments",
        "update on statefulsets",
        "create on serviceaccounts/token",
        "impersonate on serviceaccounts",
        "* on *",
        "get create on secrets",
    ] {
        let who = with(false, &[rule]);
        assert_eq!(reaches(&who), (vec!["app/b", "app/default"], vec![], Some(false)), "{rule}");
        assert!(who.whole, "{rule}");
    }
}

#[test]
fn a_right_that_gives_no_account_reaches_none() {
    for rule in [
        "get list watch on pods deployments configmaps",
        "create on configmaps services",
        "delete on pods",
        "create on pods/portforward",
        "create on secrets",
        "get on serviceaccounts serviceaccounts/token",
        "impersonate on users groups",
        "create on nodes/proxy",
        "bind on clusterroles",
        "create on rolebindings roles",
        "escalate on roles",
        "create on pods named x",
        "create on pods/*",
        "cre* on pods",
    ] {
        let who = with(false, &[rule]);
        assert_eq!(reaches(&who), (vec![], vec![], Some(false)), "{rule}");
        assert!(who.whole, "{rule}");
    }
}

#[test]
fn what_runs_and_what_tokens_there_are_says_whom_exec_and_secrets_reach() {
    for rule in [
        "create on pods/exec",
        "patch on pods",
        "update on pods/ephemeralcontainers",
        "list on secrets",
        "get on secrets named b-token",
    ] {
        assert_eq!(reaches(&with(false, &[rule])), (vec!["app/b"], vec![], Some(false)), "{rule}");
    }
    assert_eq!(reaches(&with(false, &["get on secrets named other"])).0, NOBODY);
    assert_eq!(reaches(&with(false, &["create on pods/attach"])), (vec![], vec!["app/b"], Some(false)));
    let of = |listed: &str, rule: &str| {
        let manifest = MANIFEST.replace(listed, "\"groups\"");
        let role = format!(
            "{BASE}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {{name: r, namespace: app}}\nrules: [{rule}]\n\
             ---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: r, namespace: app}}\n\
             roleRef: {{kind: Role, name: r}}\nsubjects: [{{kind: ServiceAccount, name: a}}]\n"
        );
        judged(&[("assize.toml", &manifest), ("all.yaml", &role)])["app/a"].clone()
    };
    let tokens = of("\"tokens\"", "{apiGroups: [''], resources: [secrets], verbs: [get]}");
    assert_eq!(reaches(&tokens), (vec!["app/b"], vec!["app/default"], Some(false)));
    let pods = of("\"workloads\"", "{apiGroups: [''], resources: [pods/exec], verbs: [create]}");
    assert_eq!(reaches(&pods), (vec!["app/b"], vec!["app/default"], Some(false)));
    let named = of("\"tokens\"", "{apiGroups: [''], resources: [secrets], verbs: [get], resourceNames: [x]}");
    assert_eq!((reaches(&named), named.whole), ((vec![], vec![], None), false));
    let accounts = of("\"service_accounts\"", "{apiGroups: [''], resources: [pods], verbs: [create]}");
    assert_eq!((reaches(&accounts), accounts.whole), ((vec!["app/b", "app/default"], vec![], None), false));
    let bindings = of("\"role_bindings\"", "{apiGroups: [''], resources: [configmaps], verbs: [get]}");
    assert_eq!((reaches(&bindings), bindings.whole), ((vec![], vec![], None), false));
}

#[test]
fn a_right_in_the_cluster_reaches_the_administrator() {
    for rule in
        ["create on pods", "create on serviceaccounts/token", "impersonate on serviceaccounts", "get create on secrets"]
    {
        let who = with(true, &[rule]);
        assert_eq!(reaches(&who), (vec!["app/b", "app/default", "ops/boss"], vec![], Some(true)), "{rule}");
    }
    // Nothing runs as the administrator, and no token of it is kept.
    for rule in ["create on pods/exec", "get on secrets", "patch on deployments"] {
        let who = with(true, &[rule]);
        assert!(who.certain.contains(&"app/b".to_owned()) && who.admin == Some(false), "{rule}: {who:?}");
        assert!(!who.certain.contains(&"ops/boss".to_owned()), "{rule}: {who:?}");
    }
    let who = with(true, &["create on nodes/proxy"]);
    assert_eq!(reaches(&who), (vec![], vec!["app/b"], Some(false)));
}

#[test]
fn who_grants_itself_rights_is_an_administrator() {
    for rules in [
        &["bind on clusterroles", "create on clusterrolebindings"][..],
        &["bind on clusterroles named cluster-admin", "patch on clusterrolebindings"],
        &["escalate on clusterroles", "update on clusterroles"],
        &["impersonate on users groups"],
        &["impersonate on users", "impersonate on groups named system:masters"],
        &["* on clusterroles"],
        &["* on *"],
    ] {
        assert_eq!(with(true, rules).admin, Some(true), "{rules:?}");
    }
    for rules in [
        &["create on clusterrolebindings"][..],
        &["bind on clusterroles"],
        &["bind on roles", "create on clusterrolebindings"],
        &["escalate on clusterroles"],
        &["update on clusterroles"],
        &["impersonate on groups"],
        &["update on certificatesigningrequests/approval"],
        &["get list watch on *"],
        &["create on selfsubjectaccessreviews"],
    ] {
        assert_eq!(with(true, rules).admin, Some(false), "{rules:?}");
    }
    for rules in [
        &["bind on clusterroles named view", "create on clusterrolebindings"][..],
        &["approve on signers", "update on certificatesigningrequests/approval"],
        &["create on mutatingwebhookconfigurations"],
        &["impersonate on users", "impersonate on groups named devs"],
    ] {
        assert_eq!(with(true, rules).admin, None, "{rules:?}");
    }
    // In a namespace it is everyone there.
    for rules in [&["bind on clusterroles", "create on rolebindings"][..], &["escalate on roles", "patch on roles"]] {
        assert_eq!(reaches(&with(false, rules)), (vec!["app/b", "app/default"], vec![], Some(false)), "{rules:?}");
    }
    let roles = with(false, &["bind on roles", "create on rolebindings"]);
    assert_eq!(reaches(&roles), (vec![], vec!["app/b", "app/default"], Some(false)));
}

#[test]
fn rights_come_by_groups_users_and_roles_of_the_cluster() {
    let binding = |kind: &str, subject: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: x, namespace: app}}\n\
             roleRef: {{kind: ClusterRole, name: cluster-admin}}\nsubjects: [{subject}]\n"
        )
    };
    let of = |more: &str| judged(&[("assize.toml", MANIFEST), ("all.yaml", &format!("{BASE}{more}"))]);
    for subject in [
        "{kind: Group, name: 'system:serviceaccounts'}",
        "{kind: Group, name: 'system:serviceaccounts:app'}",
        "{kind: Group, name: 'system:authenticated'}",
        "{kind: User, name: 'system:serviceaccount:app:a'}",
        "{kind: ServiceAccount, name: a, namespace: app}",
    ] {
        let all = of(&binding("ClusterRoleBinding", subject));
        assert_eq!(all["app/a"].admin, Some(true), "{subject}");
        assert!(!all.contains_key("system:serviceaccount:app:a"), "{subject}");
        // In a namespace the same role makes no administrator of the cluster.
        let all = of(&binding("RoleBinding", subject));
        assert_eq!((all["app/a"].admin, all["app/a"].certain.len()), (Some(false), 2), "{subject}");
    }
    for subject in
        ["{kind: Group, name: devs}", "{kind: Group, name: 'system:serviceaccounts:ops'}", "{kind: User, name: a}"]
    {
        let all = of(&binding("ClusterRoleBinding", subject));
        assert_eq!(all["app/a"].admin, Some(false), "{subject}");
    }
    let dangling = of(&binding("RoleBinding", "{kind: ServiceAccount, name: a}").replace("cluster-admin", "nowhere"));
    assert_eq!(dangling["app/a"].admin, None);
    assert_eq!(dangling["app/b"].admin, Some(false));
}

#[test]
fn a_role_made_of_others_has_their_rules() {
    let role = |name: &str, labels: &str, rest: &str| {
        format!(
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n{rest}\n"
        )
    };
    let made = |select: &str| format!("aggregationRule: {{clusterRoleSelectors: [{select}]}}\nrules: null");
    let tokens = "rules: [{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}]";
    let binding = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: x, namespace: app}\n\
         roleRef: {kind: ClusterRole, name: whole}\nsubjects: [{kind: ServiceAccount, name: a}]\n";
    let of = |roles: &[String]| {
        let text = format!("{BASE}{}{binding}", roles.concat());
        judged(&[("assize.toml", MANIFEST), ("all.yaml", &text)])["app/a"].clone()
    };
    let whole = role("whole", "", &made("{matchLabels: {to: whole}}"));
    let middle = role("middle", "to: whole", &made("{matchExpressions: [{key: to, operator: In, values: [middle]}]}"));
    let inner = role("inner", "to: middle", tokens);
    assert_eq!(of(&[whole.clone(), middle, inner]).certain, ["app/b", "app/default"]);
    // One that selects nothing that was read may allow anything.
    let alone = of(&[whole, role("other", "to: others", tokens)]);
    assert_eq!((alone.certain.len(), alone.admin), (0, None));
}

#[test]
fn json_says_what_yaml_says() {
    let value = serde_json::json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": "app", "creationTimestamp": null}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "b", "namespace": "app"}, "secrets": [{"name": "x"}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "r", "namespace": "app"},
         "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "r", "namespace": "app"},
         "roleRef": {"kind": "Role", "name": "r"}, "subjects": [{"kind": "ServiceAccount", "name": "a", "namespace": "app"}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "empty"},
         "roleRef": {"kind": "ClusterRole", "name": "cluster-admin"}, "subjects": null},
    ]});
    let items = value["items"].as_array().unwrap();
    let single: Vec<String> = items.iter().map(|item| serde_json::to_string_pretty(item).unwrap()).collect();
    let of_kind = |kind: &str| {
        let members: Vec<_> = items
            .iter()
            .filter(|item| item["kind"] == kind)
            .cloned()
            .map(|mut item| {
                item.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
                item
            })
            .collect();
        let version = items.iter().find(|item| item["kind"] == kind).unwrap()["apiVersion"].clone();
        // In this order, so that the kind comes after what it is of.
        format!(
            "{{\"apiVersion\": {version}, \"items\": {}, \"kind\": \"{kind}List\", \"metadata\": {{}}}}",
            serde_json::to_string(&members).unwrap()
        )
    };
    let lists = ["ServiceAccount", "Role", "RoleBinding", "ClusterRoleBinding"].map(of_kind).concat();
    for text in
        [value.to_string(), single.join("\n"), format!("[{}]", single.join(",")), lists.clone(), format!("[{value}]")]
    {
        let all = judged(&[("assize.toml", MANIFEST), ("all.json", &text)]);
        assert_eq!(all.len(), 2, "{text}");
        assert_eq!(reaches(&all["app/a"]), (vec!["app/b"], vec![], Some(false)), "{text}");
    }
    let other_group = lists.replace("rbac.authorization.k8s.io/v1", "iam.example.org/v1");
    assert_eq!(judged(&[("assize.toml", MANIFEST), ("all.json", &other_group)])["app/a"].certain, NOBODY);
}
