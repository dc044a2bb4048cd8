//! `assize graph`: trees, and pictures that real tools take.

use std::path::Path;

use crate::support::{AS_OF, assize, fixture};

/// Exit code, standard output and standard error.
fn run(folder: &Path, id: &str, more: &[&str]) -> (i32, String, String) {
    let output = assize(&["graph"]).arg(folder).arg(id).args(["--as-of", AS_OF]).args(more).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn drawn(id: &str, more: &[&str]) -> String {
    let (code, stdout, stderr) = run(&fixture("marrowick"), id, more);
    assert_eq!((code, stderr.as_str()), (0, ""));
    stdout
}

#[test]
fn what_an_identity_reaches() {
    insta::assert_snapshot!(drawn("ticket-intake", &["--depth", "3"]), @r#"
What ticket-intake reaches

ticket-intake  (machine user · shared)
└─ 1. assume → ticket-dispatcher  (role · AI-connected · shared)
   └─ 2. assume → ops-remediator  (role · administrator · AI-connected · production · aws:614820937715)
      ├─ 3. writes → Booking services  (service · production · internal · aws:614820937715)
      └─ 4. assume → emergency-admin  (role · administrator · production · aws:614820937715)

beside that
   4. emergency-admin → 3. Booking services  administers

steps that nothing rules out are not drawn; --possible draws them

what is more than 3 steps away is not drawn; --depth draws more
"#);
}

#[test]
fn who_holds_a_policy_who_is_in_a_group_and_what_an_owner_answers_for() {
    let policy = drawn("aws:614820937715:policy:arn:aws:iam::614820937715:policy/remediation-runbooks", &[]);
    assert!(policy.contains("├─ 1. holds ← ops-remediator  (role"), "{policy}");
    assert!(policy.contains("assume ← ticket-dispatcher"), "who reaches a holder reaches the policy\n{policy}");
    let group = drawn("kubernetes:north-1:group:system:authenticated", &["--depth", "1"]);
    assert!(group.contains("is in ← log-shipper  (service account"), "{group}");
    assert!(group.ends_with("what is more than 1 step away is not drawn; --depth draws more\n"), "{group}");
    let owner = drawn("team-data", &[]);
    assert!(owner.starts_with("What Data answers for\n"), "{owner}");
    assert!(owner.contains("is owned by ← Restricted tables  (bucket"), "{owner}");
    assert!(!owner.contains("proves"), "what reaches that is another question\n{owner}");
    assert!(drawn("team-data", &["--depth", "2"]).contains("proves"));
}

#[test]
fn what_reaches_a_resource() {
    insta::assert_snapshot!(drawn("customer-contacts", &["--possible"]), @r"
    What reaches Customer contacts

    Customer contacts  (table · production · confidential)
    ├─ 1. writes ← AWSServiceRoleForApplicationAutoScaling_DynamoDBTable  (role · production)
    ├─ 2. administers ← emergency-admin  (role · administrator · production)
    │  └─ 3. assume ← ops-remediator  (role · administrator · AI-connected · production)
    │     ├─ 4. assume ← ticket-dispatcher  (role · AI-connected · shared · aws:730516284409)
    │     │  └─ 5. assume ← ticket-intake  (machine user · shared · aws:730516284409)
    │     │     └─ 6. proves ← AKIA2UFRJ4P4YEXAMPLE of ticket-intake  (access key · aws:730516284409)
    │     ├─ 7. runs as ← Dispatch operations  (AI system · production)
    │     ├─ 8. federate ← ops/default  (service account · production · kubernetes:north-1)
    │     ├─ 9. federate ← dispatch-agent  (service account · administrator · AI-connected · production · kubernetes:north-1)
    │     │  └─ 10. proves ← ops/dispatch-agent-token of dispatch-agent  (token · kubernetes:north-1)
    │     └─ 11. federate ← log-shipper  (service account · production · kubernetes:north-1)
    ├─ 12. administers ← sso-platform-admin  (human · administrator · production)
    ├─ 13. writes ← amara.okoye  (human · AI-connected · production)
    │  ├─ 14. proves ← AKIAY6JRO77ZTEXAMPLE of amara.okoye  (access key)
    │  │  ├─ 15. exposes ← AWS_SECRET_ACCESS_KEY of the MCP server cases in mcp/support-desk/mcp.json  (configuration · mcp:support-desk)
    │  │  ├─ 16. is given ← Cases, version 4  (tool · production · mcp:support-desk)
    │  │  ├─ 17. exposes ← AWS_SECRET_ACCESS_KEY of the MCP server cases in mcp/warehouse-chat/mcp.json  (configuration · mcp:warehouse-chat)
    │  │  └─ 18. is given ← Cases, version 3  (tool · production · mcp:warehouse-chat)
    │  ├─ 19. proves ← amara.okoye#password of amara.okoye  (password)
    │  ├─ 20. runs as ← Case triage  (AI system · production · mcp:support-desk)
    │  └─ 21. runs as ← Dock chat  (AI system · production · mcp:warehouse-chat)
    ├─ 22. administers ← sso-platform-admin  (human · administrator · development · aws:285019463370)  possible
    ├─ 23. administers ← sso-developer  (human · shared · aws:730516284409)  possible
    ├─ 24. administers ← sso-platform-admin  (human · administrator · shared · aws:730516284409)  possible
    └─ 25. administers ← terraform-runner  (machine user · administrator · shared · aws:730516284409)  possible
       └─ 26. proves ← AKIA2UFRJ4P4REXAMPLE of terraform-runner  (access key · aws:730516284409)

    beside that
       20. Case triage → 14. AKIAY6JRO77ZTEXAMPLE of amara.okoye  holds
       21. Dock chat → 14. AKIAY6JRO77ZTEXAMPLE of amara.okoye  holds
       7. Dispatch operations → 4. ticket-dispatcher  runs as
       9. dispatch-agent → 8. ops/default  pass
       7. Dispatch operations → 9. dispatch-agent  runs as
       9. dispatch-agent → 11. log-shipper  pass
       20. Case triage → 16. Cases, version 4  calls
       21. Dock chat → 18. Cases, version 3  calls
       7. Dispatch operations → 10. ops/dispatch-agent-token of dispatch-agent  holds
    ");
}

#[test]
fn what_a_key_and_an_ai_system_reach() {
    insta::assert_snapshot!(drawn("AKIAY6JRO77ZYEXAMPLE", &[]), @r#"
What AKIAY6JRO77ZYEXAMPLE of edi-gateway-legacy reaches

AKIAY6JRO77ZYEXAMPLE of edi-gateway-legacy  (access key)
└─ 1. proves → edi-gateway-legacy  (machine user · production)
   └─ 2. reads → Files of partners  (bucket · production · confidential)
"#);
    insta::assert_snapshot!(drawn("Reply desk", &[]), @r"
    What Reply desk reaches

    Reply desk  (AI system · production)
    ├─ 1. runs as → AmazonBedrockExecutionRoleForAgents_replydesk  (role · AI-connected · production)
    │  ├─ 2. writes → Support cases  (table · production · confidential)
    │  └─ 3. writes → Reply drafts  (table · production · internal)
    ├─ 4. calls → Read cases  (tool · production)
    ├─ 5. calls → Update a case  (tool · production)
    ├─ 6. calls → Write a draft reply  (tool · production)
    └─ 7. calls → Search the handbook  (tool · production)
    ");
}

#[test]
fn for_graphviz_and_for_mermaid() {
    insta::assert_snapshot!(drawn("Reply desk", &["--format", "dot"]), @r#"
    digraph assize {
      rankdir=LR;
      node [fontname="sans-serif", fontsize=11];
      edge [fontname="sans-serif", fontsize=9];
      labelloc=t;
      label="What Reply desk reaches";
      n0 [label="Reply desk\nAI system · production", shape=component, tooltip="reply-desk", penwidth=2];
      n1 [label="AmazonBedrockExecutionRoleForAgents_replydesk\nrole · AI-connected · production", shape=box, tooltip="aws:614820937715:role:arn:aws:iam::614820937715:role/service-role/AmazonBedrockExecutionRoleForAgents_replydesk"];
      n2 [label="Read cases\ntool · production", shape=cylinder, tooltip="case.read"];
      n3 [label="Update a case\ntool · production", shape=cylinder, tooltip="case.update"];
      n4 [label="Write a draft reply\ntool · production", shape=cylinder, tooltip="draft.write"];
      n5 [label="Search the handbook\ntool · production", shape=cylinder, tooltip="knowledge.search"];
      n6 [label="Support cases\ntable · production · confidential", shape=cylinder, tooltip="arn:aws:dynamodb:eu-north-1:614820937715:table/support-cases"];
      n7 [label="Reply drafts\ntable · production · internal", shape=cylinder, tooltip="arn:aws:dynamodb:eu-north-1:614820937715:table/support-drafts"];
      n0 -> n1 [label="runs as", style=solid];
      n0 -> n2 [label="calls", style=solid];
      n0 -> n3 [label="calls", style=solid];
      n0 -> n4 [label="calls", style=solid];
      n0 -> n5 [label="calls", style=solid];
      n1 -> n6 [label="writes", style=solid];
      n1 -> n7 [label="writes", style=solid];
    }
    "#);
    insta::assert_snapshot!(drawn("AKIAY6JRO77Z5EXAMPLE", &["--possible", "--format", "mermaid"]), @r#"
flowchart LR
  %% What AKIAY6JRO77Z5EXAMPLE of label-reader reaches
  n0>"AKIAY6JRO77Z5EXAMPLE of label-reader<br/>access key"]
  n1["label-reader<br/>machine user · AI-connected · production"]
  n2[("Labels of parcels<br/>bucket · production · internal")]
  n0 -->|"proves"| n1
  n1 -->|"reads"| n2
  style n0 stroke-width:3px
"#);
}

/// The elements of a picture, in which nothing else may stand.
const ELEMENTS: [&str; 8] = ["svg", "title", "desc", "style", "rect", "g", "path", "text"];

/// The elements of XML and its texts; panics where it is not well formed as far as pictures use it.
fn elements(xml: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        assert!(!text.contains('>'), "{text}");
        let end = tail.find('>').expect("a tag ends");
        let tag = &tail[1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            found.push((name.to_owned(), text.to_owned()));
        } else {
            let name = tag.split([' ', '/']).next().unwrap().to_owned();
            assert!(tag.matches('"').count().is_multiple_of(2) && !tag.contains(" on"), "{tag}");
            found.push((name.clone(), String::new()));
            if !tag.ends_with('/') {
                open.push(name);
            }
        }
        rest = &tail[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
    found
}

#[test]
fn a_picture_stands_by_itself() {
    let svg = drawn("ticket-intake", &["--format", "svg", "--possible"]);
    for (name, _) in elements(&svg) {
        assert!(ELEMENTS.contains(&name.as_str()), "{name}");
    }
    for wrong in ["<script", "href", "url(", "http://", "https://", "@import"] {
        let found = svg.replace("http://www.w3.org/2000/svg", "");
        assert!(!found.contains(wrong), "{wrong}");
    }
    for needed in [
        "role=\"img\"",
        "<title>What ticket-intake reaches</title>",
        "<desc>identities: ",
        "prefers-color-scheme:dark",
        "<title>ticket-dispatcher → ops-remediator: assume, certain</title>",
    ] {
        assert!(svg.contains(needed), "{needed}");
    }
    // A long name is broken where it is drawn, and whole where one points at it.
    let long = drawn("Reply desk", &["--format", "svg"]);
    assert!(long.contains(">AmazonBedrockExecut") && long.contains("replydesk</text>"), "{long}");
    assert!(long.contains("<title>AmazonBedrockExecutionRoleForAgents_replydesk ("), "{long}");
    assert!(svg.contains("class=\"az-edge az-dashed\""), "{svg}");
}

#[test]
fn names_break_out_of_no_form() {
    let folder = fixture("hostile");
    let system = "![x](http://127.0.0.1/x.png)";
    let of = |format: &str| {
        let (code, stdout, stderr) = run(&folder, system, &["--possible", "--format", format]);
        assert_eq!(code, 0, "{stderr}");
        let acts = |c: char| c != '\n' && assize::base::text::acts(c);
        assert!(!stdout.contains(acts) && !stderr.contains(acts), "{format}");
        assert!(!stdout.contains("CANARY") && !stderr.contains("CANARY"), "{format}");
        stdout
    };
    for (name, text) in elements(&of("svg")) {
        assert!(ELEMENTS.contains(&name.as_str()), "{name}");
        assert!(!text.contains(['<', '>', '\u{ffff}', '\u{fffe}']), "{text}");
    }
    // Each line of DOT is a node, an edge or a setting, and its quotes are even once the escaped ones are gone.
    for line in of("dot").lines().skip(1) {
        let plain = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(plain.matches('"').count() % 2, 0, "{line}");
        let first = line.trim_start().split([' ', '=']).next().unwrap();
        let known = first.starts_with('n') || ["rankdir", "edge", "labelloc", "label", "}", "//"].contains(&first);
        assert!(known, "{line}");
    }
    // Within the quotes of Mermaid stand only letters, digits and what cannot act.
    for line in of("mermaid").lines().skip(2) {
        let inner: String = line.split('"').skip(1).step_by(2).collect::<Vec<_>>().concat().replace("<br/>", "");
        let acting = inner.chars().find(|c| !(c.is_alphanumeric() || " -/,…·#;".contains(*c)));
        assert_eq!(acting, None, "{line}");
        assert!(
            line.starts_with("  n")
                || line.starts_with("  style n0")
                || line.starts_with("  linkStyle ")
                || line.starts_with("  %% "),
            "{line}"
        );
    }
}

#[test]
fn pictures_are_the_same_with_any_number_of_threads() {
    for format in ["text", "dot", "mermaid", "svg"] {
        let with =
            |threads: &str| drawn("customer-contacts", &["--possible", "--format", format, "--threads", threads]);
        assert_eq!(with("1"), with("5"), "{format}");
    }
}

/// Where everyone may become everyone, the picture stays a picture and says what it leaves out.
#[test]
fn a_large_graph_is_capped_and_says_so() {
    let folder = tempfile::TempDir::new().unwrap();
    let role = |n: usize| {
        serde_json::json!({
            "Path": "/", "RoleName": format!("r{n}"), "RoleId": format!("AROA{n}"),
            "Arn": format!("arn:aws:iam::111122223333:role/r{n}"), "CreateDate": "2025-01-01T00:00:00+00:00",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "sts:AssumeRole"}]},
            "InstanceProfileList": [], "AttachedManagedPolicies": [], "Tags": [], "RoleLastUsed": {},
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}]}}],
        })
    };
    let details = serde_json::json!({
        "UserDetailList": [], "GroupDetailList": [], "Policies": [], "IsTruncated": false,
        "RoleDetailList": (0..700).map(role).collect::<Vec<_>>(),
    });
    std::fs::write(folder.path().join("details.json"), details.to_string()).unwrap();
    let (code, text, _) = run(folder.path(), "r0", &[]);
    assert_eq!(code, 0);
    assert!(text.contains("\nmore than 500 are come to: the first of them are drawn"), "{text}");
    assert!(text.contains("each with one way to it"), "{text}");
    assert!(text.contains("499. assume → ") && !text.contains("500. assume → "));
    let (_, svg, _) = run(folder.path(), "r0", &["--format", "svg"]);
    assert_eq!(svg.matches("class=\"az-node").count(), 500);
    assert!(svg.len() < 1_000_000, "{}", svg.len());
}

#[test]
fn exit_codes() {
    let (code, stdout, stderr) = run(&fixture("marrowick"), "nobody-at-all", &[]);
    assert!(code == 2 && stdout.is_empty() && stderr.contains("error[unknown-id]"), "{stderr}");
    let (code, _, stderr) = run(&fixture("marrowick"), "ticket-intake", &["--depth", "0"]);
    assert!(code == 2 && stderr.contains("0 is not in 1..=1000"), "{stderr}");
}
