//! What was not read, or cannot be used, keeps a verdict unknown: each on a folder of a few files.

use crate::support::{Run, assize, check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn run(files: &[(&str, &str)]) -> Run {
    check(folder(files).path(), &[])
}

/// What a check says of the subject whose id ends so.
fn said(run: &Run, check: &str, subject: &str) -> char {
    let all = verdicts(run);
    let found = all[check].iter().find(|(id, _)| id.ends_with(subject));
    *found.unwrap_or_else(|| panic!("{check} of {subject}: {:?}", all[check])).1
}

const CLUSTER: &str = "expected_scopes = ['aws:111111111111', 'kubernetes:c']\n[[exports]]\npath = 'k/*'\nscope = 'kubernetes:c'\n\
    enumerates = ['service_accounts', 'policies']\nnone_of = ['role_bindings', 'workloads', 'tokens']\n";
const SHIPPER: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: shipper, namespace: ops}\n";

/// Authorization details with one role that trusts the cluster's accounts of one namespace.
fn details(namespace: &str, tags: &Value) -> String {
    let issuer = "oidc.eks.eu-north-1.amazonaws.com/id/ABC";
    let trust = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Federated": format!("arn:aws:iam::111111111111:oidc-provider/{issuer}")},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {format!("{issuer}:sub"): format!("system:serviceaccount:{namespace}:*")}}}]});
    let every = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    json!({"UserDetailList": [], "GroupDetailList": [], "Policies": [], "RoleDetailList": [{
        "Path": "/", "RoleName": "admin", "RoleId": "AROAADMIN", "Arn": "arn:aws:iam::111111111111:role/admin",
        "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "InstanceProfileList": [],
        "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": every}], "AttachedManagedPolicies": [],
        "Tags": tags, "RoleLastUsed": {}}]})
    .to_string()
}

#[test]
fn roles_that_may_trust_a_cluster_and_were_not_read_leave_open_what_its_accounts_reach() {
    let named = format!("{CLUSTER}issuer = 'https://oidc.eks.eu-north-1.amazonaws.com/id/ABC'\n");
    let said = |profile: &str, details: Option<&str>| {
        let mut files = vec![("assize.toml", profile), ("k/o.yaml", SHIPPER)];
        files.extend(details.map(|details| ("aws/a.json", details)));
        said(&run(&files), "cannot-reach-administrator", "ops/shipper")
    };
    let tags = json!([]);
    assert_eq!(said(&named, Some(&details("ops", &tags))), 'f');
    assert_eq!(said(&named, Some(&details("other", &tags))), 'p');
    assert_eq!(said(&named, Some(&details("ops", &json!([null])))), 'u', "its record was rejected");
    assert_eq!(said(&named, None), 'u', "an account of AWS is expected");
    // Nothing of AWS is expected, or nobody says which issuer the cluster has.
    let alone = named.replace("'aws:111111111111', ", "");
    assert_eq!(said(&alone, None), 'p');
    assert_eq!(said(CLUSTER, None), 'p');
}

#[test]
fn a_role_is_not_known_to_be_bound_to_nobody_where_bindings_were_not_read() {
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: god}\nrules:\n\
        - {apiGroups: ['*'], resources: ['*'], verbs: ['*']}\n";
    let of = |profile: &str| {
        let text = format!("{role}---\n{SHIPPER}");
        said(&run(&[("assize.toml", profile), ("k/a.yaml", &text)]), "policy-not-administrator", "cluster_role:god")
    };
    assert_eq!(of(CLUSTER), '-');
    assert_eq!(of(&CLUSTER.replace("'role_bindings', ", "")), 'u');
}

const KEY: &str = r#"{"AWS_ACCESS_KEY_ID": "AKIAQWERTYUIOPASDFGH", "AWS_SECRET_ACCESS_KEY": "q8ZkLm2Nv7Xw1Rt5Yb9Jd3Fs6Hg0PaTcQe4UxyzW"}"#;

fn client(env: &str) -> String {
    format!(r#"{{"mcpServers": {{"s": {{"command": "npx", "env": {env}}}}}}}"#)
}

#[test]
fn a_configuration_that_could_not_be_read_may_hold_the_key_too() {
    let closed = "[[closures]]\nlisting = 'ai_systems'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\nentries = 0\n";
    let one = client(KEY);
    let of = |second: &str, inventory: &str| {
        let run = run(&[("a/.mcp.json", &one), ("b/.mcp.json", second), ("inv.toml", inventory)]);
        said(&run, "ai-credential-not-shared", "AWS_SECRET_ACCESS_KEY")
    };
    assert_eq!(of(&client("{}"), closed), 'p');
    assert_eq!(of(&one, closed), 'f');
    for lost in [
        r#"{"mcpServers": {"s":"#.to_owned(),
        client(r#"{"TOKEN": {"value": "x"}}"#),
        client(r#"{"TOKEN": ["x"]}"#),
        format!("{} /* and", client("{}")),
    ] {
        assert_eq!(of(&lost, closed), 'u', "{lost}");
    }
    let closed = closed.replace("entries = 0", "entries = 1");
    let named = format!("{closed}[[ai_systems]]\nid = 'bot'\nalso = ['mcp:c:client:.mcp.json']\n");
    assert_eq!(of(&client("{}"), &named), 'u', "no export has the configuration of the client");
}

#[test]
fn a_rejected_record_leaves_open_whether_an_identity_is_ai_connected() {
    let details = details("x", &json!([]));
    let inventory = |entry: &str| {
        format!("[[closures]]\nlisting = 'ai_systems'\nscope = '*'\nby = 'x'\nas_of = 2026-10-31\nentries = 0\n{entry}")
    };
    let of = |entry: &str| {
        let run = run(&[("aws/a.json", &details), ("inv.toml", &inventory(entry))]);
        said(&run, "ai-identity-declared", "role/admin")
    };
    assert_eq!(of(""), '-');
    assert_eq!(of("[[ai_systems]]\nid = 's'\nbogus = 1\n"), 'u');
}

#[test]
fn nothing_among_findings_is_one_that_was_lost() {
    let finding = r#"{"RuleID": "generic-api-key", "File": "a.py", "StartLine": 3, "Secret": "REDACTED", "Match": "key = REDACTED"}"#;
    for (report, rejected) in [(format!("[null, {finding}]"), 1), (format!("[{finding}]"), 0)] {
        let run = run(&[("g.json", &report), ("k/o.yaml", SHIPPER)]);
        assert_eq!(run.export("g.json")["rejected"], rejected, "{report}");
    }
}

#[test]
fn the_summary_says_that_nothing_is_dated_and_who_is_not_judged() {
    let later = SHIPPER.replace("namespace: ops", "namespace: ops, creationTimestamp: '2026-11-20T00:00:00Z'");
    let text = format!("{}---\n{later}", SHIPPER.replace("shipper", "older"));
    let folder = folder(&[("k/o.yaml", &text)]);
    let summary = |more: &[&str]| {
        let output = assize(&["check"]).arg(folder.path()).args(more).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let undated = "no export says when it was collected: judged as of today";
    assert!(summary(&[]).contains(undated));
    let dated = summary(&["--as-of", "2026-11-01"]);
    assert!(!dated.contains(undated), "{dated}");
    assert!(
        dated.contains("1 of 2 identities were made after the date of the assessment and are not judged"),
        "{dated}"
    );
}

#[test]
fn an_account_that_a_pod_was_started_as_and_no_export_lists_leaves_the_list_open() {
    let folder = crate::support::copied("marrowick");
    let path = folder.path().join("kubernetes/north-1/objects.json");
    let mut export: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let items = export["items"].as_array_mut().unwrap();
    let before = items.len();
    items.retain(|item| item["kind"] != "ServiceAccount" || item["metadata"]["name"] != "booking-api");
    assert_eq!(items.len() + 1, before);
    let checked = |status: serde_json::Value, name: &str| {
        let mut export = export.clone();
        for item in export["items"].as_array_mut().unwrap().iter_mut().filter(|item| item["metadata"]["name"] == name) {
            if item["kind"] == "Deployment" {
                item["status"] = status.clone();
            }
        }
        std::fs::write(&path, export.to_string()).unwrap();
        let run = crate::support::check(folder.path(), &[]);
        let results = run.results();
        let of = |list: &str, key: &str, value: &str| {
            results[list].as_array().unwrap().iter().find(|one| one[key] == value).cloned()
        };
        let note = of("quality", "code", "runs-as-unlisted").map(|note| note["message"].as_str().unwrap().to_owned());
        (of("checks", "id", "workload-account-dedicated").unwrap()["status"].clone(), note)
    };
    let (status, note) = checked(serde_json::json!({"availableReplicas": 2, "replicas": 2}), "booking-api");
    assert_ne!(status, "satisfied");
    assert!(note.unwrap().contains("booking-api"));
    // A template shows nothing: it may be of a workload that never started for want of its account.
    for shown in
        [serde_json::json!({"readyReplicas": 1}), serde_json::json!({"active": 1}), serde_json::json!({"succeeded": 1})]
    {
        assert!(checked(shown, "booking-api").1.is_some());
    }
    for status in [
        serde_json::json!({"active": [{"name": "x"}]}),
        serde_json::Value::Null,
        serde_json::json!({"replicas": 0}),
        serde_json::json!("none"),
    ] {
        assert_eq!(checked(status, "booking-api").1, None);
    }
}

#[test]
fn a_role_that_a_trust_names_and_its_account_lacks_is_a_way_that_was_not_read() {
    let folder = crate::support::copied("marrowick");
    let intake = |run: &Run| {
        let all = crate::support::verdicts(run);
        let of_check = &all["cannot-reach-administrator"];
        let found = of_check.iter().find(|(id, _)| id.contains("730516284409") && id.contains("ticket-intake"));
        *found.unwrap().1
    };
    let before = crate::support::check(folder.path(), &[]);
    assert_eq!(intake(&before), 'f');
    let path = folder.path().join("aws/730516284409/authorization-details.json");
    let mut export: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    export["RoleDetailList"].as_array_mut().unwrap().retain(|role| role["RoleName"] != "ticket-dispatcher");
    std::fs::write(&path, export.to_string()).unwrap();
    let run = crate::support::check(folder.path(), &[]);
    assert_eq!(intake(&run), 'u');
    let quality = run.results()["quality"].clone();
    let note = quality.as_array().unwrap().iter().find(|note| note["code"] == "role-not-listed").unwrap();
    assert!(note["message"].as_str().unwrap().contains("role/ticket-dispatcher"), "{note}");
    // The role that lacks may let in anybody of its own account, by its trust alone. Who is elsewhere and has no right to take it
    // on is as sure as before.
    let unknown = |run: &Run, here: bool| {
        let all = &crate::support::verdicts(run)["cannot-reach-administrator"];
        let of = all.iter().filter(|(id, _)| id.contains("730516284409") == here);
        of.filter(|(_, verdict)| **verdict == 'u').count()
    };
    assert!(unknown(&run, true) > unknown(&before, true));
    assert!(unknown(&run, false) <= unknown(&before, false) + 3);
    // Its boundary lets this one take on nobody.
    let all = crate::support::verdicts(&run);
    let passes = all["cannot-reach-administrator"].iter();
    let passes = passes.filter(|(id, verdict)| id.contains("730516284409") && **verdict == 'p');
    let passes: Vec<&str> = passes.map(|(id, _)| id.rsplit('/').next().unwrap()).collect();
    assert_eq!(passes, ["codegen-pull-requests"]);
}

/// A user whose record was lost may have had a tag that names an owner, whoever says that all ownership is on record.
#[test]
fn a_lost_record_leaves_the_owners_of_whom_it_was_open() {
    let folder = crate::support::copied("marrowick");
    let path = folder.path().join("aws/730516284409/authorization-details.json");
    let mut export: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    let user = export["UserDetailList"][2]["UserName"].as_str().unwrap().to_owned();
    let of = |run: &Run| {
        let all = crate::support::verdicts(run);
        ["identity-owned", "owner-active"].map(|check| {
            *all[check].iter().find(|(id, _)| id.ends_with(&format!("730516284409:user/{user}"))).unwrap().1
        })
    };
    assert_eq!(of(&crate::support::check(folder.path(), &[])), ['p', 'p']);
    export["UserDetailList"][2] = serde_json::json!({"a": 1});
    std::fs::write(&path, export.to_string()).unwrap();
    assert_eq!(of(&crate::support::check(folder.path(), &[])), ['u', 'u']);
}

/// What is named as an inventory and cannot be read may have been a part of it, so that nothing is complete without it.
#[test]
fn an_inventory_that_cannot_be_read_takes_back_what_the_inventory_says_to_be_whole() {
    let before = crate::support::verdicts(&crate::support::check(&crate::support::fixture("marrowick"), &[]));
    for file in ["held.toml", "drills.toml", "cluster.toml"] {
        let folder = crate::support::copied("marrowick");
        std::fs::write(folder.path().join("inventory").join(file), "\0").unwrap();
        let run = crate::support::check(folder.path(), &[]);
        assert!(run.stderr.contains("not-read"), "{}", run.stderr);
        let after = crate::support::verdicts(&run);
        let mut moved = 0;
        for (check, letters) in &before {
            for (subject, letter) in letters {
                let now = after[check].get(subject).copied().unwrap_or('?');
                assert!(now == *letter || now == 'u', "{file}: {check} {subject}: {letter} became {now}");
                moved += usize::from(now != *letter);
            }
        }
        assert!(moved > 0, "{file}");
    }
}

/// The text of a policy that was rejected may be what lets its holder call a model.
#[test]
fn whoever_holds_a_rejected_policy_may_be_ai_connected() {
    let folder = tempfile::tempdir().unwrap();
    let with = |effect: serde_json::Value| {
        let statement = serde_json::json!({"Effect": effect, "Action": "bedrock:InvokeModel", "Resource": "*"});
        let trust = serde_json::json!({"Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]});
        let export = serde_json::json!({
            "UserDetailList": [], "GroupDetailList": [],
            "RoleDetailList": [{
                "RoleName": "agent", "RoleId": "AROAEXAMPLE", "Arn": "arn:aws:iam::111122223333:role/agent",
                "CreateDate": "2024-01-01T00:00:00Z", "AssumeRolePolicyDocument": trust, "RolePolicyList": [],
                "AttachedManagedPolicies": [{"PolicyName": "Calls", "PolicyArn": "arn:aws:iam::111122223333:policy/Calls"}],
            }],
            "Policies": [{
                "PolicyName": "Calls", "Arn": "arn:aws:iam::111122223333:policy/Calls", "DefaultVersionId": "v1",
                "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": {"Statement": [statement]}}],
            }],
        });
        std::fs::write(folder.path().join("details.json"), export.to_string()).unwrap();
        let all = crate::support::verdicts(&crate::support::check(folder.path(), &[]));
        *all["ai-identity-has-boundary"].values().next().unwrap()
    };
    assert_eq!(with("Allow".into()), 'f');
    assert_eq!(with(5.into()), 'u');
}
