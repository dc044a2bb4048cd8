//! The root of an account of AWS: it may do all in it, and needs no role for that. AWS lets it assume none.

use crate::support::account::{ACCOUNT, folder, put, role, root_row};
use crate::support::{AS_OF, assize, check, verdicts};
use serde_json::json;

/// Standard output of a command on a folder about one subject.
fn told(folder: &tempfile::TempDir, command: &str, id: &str) -> String {
    let output = assize(&[command, "--as-of", AS_OF]).arg(folder.path()).arg(id).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_root_may_do_all_and_becomes_nobody() {
    let open = role("open-to-all", &json!({ "AWS": "*" }), "bedrock:*");
    let folder = folder(&[], &[open], &[root_row()]);
    let root = told(&folder, "explain", "<root_account>");
    assert!(root.contains("full_admin         yes"), "{root}");
    assert!(!root.contains("Can become") && !root.contains("open-to-all"), "{root}");
    let drill = told(&folder, "drill", "<root_account>#key1");
    let models = drill.split("Who may call AI models").nth(1).unwrap().split("An administrator").next().unwrap();
    assert!(models.contains("<root_account>  certain"), "{drill}");
    assert!(models.contains("the root of an account has every right in it"), "{drill}");
    assert!(!drill.contains("open-to-all"), "{drill}");
    // A picture says why it is empty.
    let graph = told(&folder, "graph", "<root_account>");
    assert!(graph.contains("as an administrator it opens whatever is in its account"), "{graph}");
}

/// What is told of an id can be typed: what a shell would read as more than a word is in quotes.
#[test]
fn ids_that_are_told_can_be_typed() {
    let folder = folder(&[], &[], &[root_row()]);
    let output = assize(&["drill", "--as-of", AS_OF]).arg(folder.path()).arg("<root_account>").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("it has `'aws:111122223333:access_key:<root_account>#key1'`"), "{stderr}");
    let output = assize(&["explain", "--as-of", AS_OF]).arg(folder.path()).arg("root_account").output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("  'aws:111122223333:access_key:<root_account>#key1'"), "{stderr}");
    let sources = assize(&["sources", "aws"]).output().unwrap();
    let stderr = String::from_utf8(sources.stderr).unwrap();
    assert!(stderr.contains("`aws-authorization-details`") && stderr.contains("`aws-credential-report`"), "{stderr}");
    assert!(!stderr.contains("bedrock"), "{stderr}");
}

#[test]
fn rights_on_what_nobody_named_are_told() {
    let trust = json!({ "Service": "ec2.amazonaws.com" });
    let folder = folder(&[], &[role("exfiller", &trust, "s3:*"), role("boss", &trust, "*")], &[]);
    let graph = told(&folder, "graph", "exfiller");
    assert!(graph.contains("it has a right of which no resource is known: allows s3:* on *"), "{graph}");
    assert!(!graph.contains("administrator"), "{graph}");
    let graph = told(&folder, "graph", "boss");
    assert!(graph.contains("as an administrator it opens whatever is in its account"), "{graph}");
    assert!(!graph.contains("allows * on *"), "{graph}");
}

/// What runs as a root is bounded by no grant: nothing that rights decide passes for it.
#[test]
fn a_system_that_runs_as_a_root_passes_nothing_by_its_rights() {
    let folder = folder(&[], &[], &[root_row()]);
    let closures = ["ai_systems", "resources", "owners", "ownership"].map(|listing| {
        format!("[[closures]]\nlisting = \"{listing}\"\nscope = \"*\"\nby = \"x\"\nas_of = \"2026-10-31\"\n")
    });
    let inventory = format!(
        r#"
[[ai_systems]]
id = "x"
stage = "production"
identities = ["arn:aws:iam::{ACCOUNT}:root"]
tools = ["t1"]
credentials = []
[[resources]]
pattern = "t1"
effects = ["reads_data", "untrusted_input"]
environment = "production"
approved = true
[[resources]]
pattern = "arn:aws:s3:::restricted/*"
scope = "aws:{ACCOUNT}"
sensitivity = "restricted"
environment = "production"
"#
    );
    put(folder.path(), "inventory.toml", &(closures.concat() + &inventory));
    let all = verdicts(&check(folder.path(), &[]));
    for name in
        ["ai-restricted-approved", "ai-deletion-approved", "no-toxic-combination", "ai-system-not-administrator"]
    {
        let letters: Vec<char> = all[name].values().copied().collect();
        assert!(letters.len() == 1 && letters[0] != 'p' && letters[0] != '-', "{name}: {letters:?}");
    }
}
