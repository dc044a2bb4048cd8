//! What is asserted of files holds for what could be read of them, and for nothing else.

use crate::export::declared::{Declared, Entry};
use crate::model::listing::Listing;
use crate::source::{Loaded, Options, load};

const LISTS: [Listing; 4] = [Listing::Users, Listing::Groups, Listing::Roles, Listing::Policies];

/// Files of which the manifest says with one entry that `lists` stand in them whole.
fn read(scope: &str, lists: &[Listing], files: &[(&str, &str)]) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut entry = Entry::new("*").unwrap();
    entry.scope = Some(scope.to_owned());
    entry.enumerates = lists.to_vec();
    load(folder.path(), &Declared { entries: vec![entry], ..Declared::default() }, &Options::default())
}

fn closed(loaded: &Loaded, scope: &str, lists: &[Listing]) -> Vec<bool> {
    let scope = loaded.world.strings.get(scope).unwrap();
    lists.iter().map(|list| loaded.world.enumerations.closed(scope, *list)).collect()
}

const USER: &str = r#"{"Path": "/", "UserName": "u", "UserId": "AIDAU", "Arn": "arn:aws:iam::111122223333:user/u",
    "CreateDate": "2024-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": []}"#;

#[test]
fn a_cut_file_leaves_no_list_whole_that_the_rest_of_it_could_have_had() {
    let scope = "aws:111122223333";
    let whole = format!(r#"{{"UserDetailList": [{USER}], "RoleDetailList": []}}"#);
    assert_eq!(closed(&read(scope, &LISTS, &[("a.json", &whole)]), scope, &LISTS), [true; 4]);
    for cut in [
        format!(r#"{{"UserDetailList": [{USER}, {{"Path": "/""#),
        format!(r#"{{"UserDetailList": [{USER}]"#),
        r#"{"UserDetailList": [{"Path": "/", "UserName": "#.to_owned(),
    ] {
        assert_eq!(closed(&read(scope, &LISTS, &[("a.json", &cut)]), scope, &LISTS), [false; 4], "{cut}");
    }
    // Another file of the account has the roles, which the rest of the first could have had too.
    let users = format!(r#"{{"UserDetailList": [{USER}, {{"Path": "/""#);
    let roles = r#"{"RoleDetailList": [], "GroupDetailList": []}"#;
    assert_eq!(closed(&read(scope, &LISTS, &[("a.json", &users), ("b.json", roles)]), scope, &LISTS), [false; 4]);
}

#[test]
fn an_answer_around_a_credential_report_that_is_cut_lists_nothing() {
    let lists = [Listing::AccessKeys, Listing::Passwords];
    let cut = r#"{"GeneratedTime": "2026-10-01T00:00:00Z", "ReportFormat": "text/csv", "Content": "dXNlcixhcm4s"#;
    let scope = "aws:111122223333";
    let details = format!(r#"{{"UserDetailList": [{USER}]}}"#);
    assert_eq!(closed(&read(scope, &lists, &[("a.json", &details), ("r.json", cut)]), scope, &lists), [false; 2]);
}

const ACCOUNT: &str = r#"{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "a", "namespace": "n"}}"#;
const BINDING: &str = r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "b"},
        "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": []}"#;
const OF_CLUSTERS: [Listing; 2] = [Listing::ServiceAccounts, Listing::RoleBindings];

#[test]
fn a_file_that_was_left_out_takes_back_what_is_said_of_it() {
    let scope = "kubernetes:c";
    let read = |second: &str| read(scope, &OF_CLUSTERS, &[("a.json", ACCOUNT), ("b.json", second)]);
    assert_eq!(closed(&read(BINDING), scope, &OF_CLUSTERS), [true; 2]);
    // Of the bindings nothing was read at all.
    let other = read(&ACCOUNT.replace("\"a\"", "\"b\""));
    assert_eq!(closed(&other, scope, &OF_CLUSTERS), [true, false]);
    assert!(other.world.quality.iter().any(|note| note.code == "asserted-of-nothing"));
    for left_out in ["", " \n", "{\"zebra\": 1}", "error: You must be logged in to the server", "[{\"zebra\": 1}]"] {
        let loaded = read(left_out);
        assert_eq!(closed(&loaded, scope, &OF_CLUSTERS), [false; 2], "{left_out}");
        let told = loaded.world.quality.iter().find(|note| note.code == "asserted-of-unread").expect(left_out);
        assert!(told.message.contains("`b.json` was left out") && told.message.contains("role bindings"), "{told:?}");
    }
}

#[test]
fn a_list_of_a_cluster_without_its_members_is_no_empty_one() {
    let scope = "kubernetes:c";
    let closed =
        |text: &str| closed(&read(scope, &OF_CLUSTERS, &[("a.json", ACCOUNT), ("b.json", text)]), scope, &OF_CLUSTERS);
    assert_eq!(closed(r#"{"apiVersion": "v1", "kind": "List", "items": []}"#), [true; 2]);
    // Whatever else a command answered with, it is no empty list of bindings.
    assert_eq!(closed(r#"{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}}"#), [true, false]);
    for text in [
        r#"{"apiVersion": "v1", "kind": "List"}"#,
        r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBindingList", "metadata": {}}"#,
        r#"{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "rolebinding", "metadata": {"name": "x"}}"#,
        "apiVersion: v1\nkind: List\n",
        r#"{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403}"#,
    ] {
        assert_eq!(closed(text), [false; 2], "{text}");
    }
}

#[test]
fn roles_without_what_the_api_requires_are_rejected_with_their_place() {
    let role = |rules: &str| {
        let text = format!(
            r#"{{"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {{"name": "r"}}{rules}}}"#
        );
        read("kubernetes:c", &[Listing::Policies], &[("a.json", &text)])
    };
    for fine in [r#", "rules": []"#, r#", "rules": null"#, r#", "aggregationRule": {"clusterRoleSelectors": []}"#, ""] {
        assert_eq!(role(fine).rejected_count, 0, "{fine}");
    }
    let told = |loaded: &Loaded| loaded.world.quality.iter().any(|note| note.code == "role-without-rules");
    assert!(told(&role("")) && !told(&role(r#", "rules": []"#)));
    for wrong in [
        r#", "rules": {}"#,
        r#", "rules": [{}]"#,
        r#", "rules": [{"apiGroups": ["*"], "resources": ["*"]}]"#,
        r#", "rules": [{"apiGroup": ["*"], "resources": ["*"], "verbs": ["*"]}]"#,
    ] {
        let loaded = role(wrong);
        assert_eq!(closed(&loaded, "kubernetes:c", &[Listing::Policies]), [false], "{wrong}");
        let why = &loaded.rejected[0].why;
        assert!(why.contains("rules/0") || why.contains("a list should be"), "{wrong}: {why}");
    }
}
