//! What an AI system can do together, where a right is conditional, goes elsewhere, or is one to give oneself rights.

use std::fs;

use crate::support::{Run, check, verdicts};
use serde_json::json;
use tempfile::TempDir;

const ARN: &str = "arn:aws:iam::111122223333:user/agent";

/// By check: the verdict's letter of an AI system that runs as a user of production with these statements, and that has
/// one tool with these effects.
fn judged(statements: &serde_json::Value, tool: &str) -> impl Fn(&str) -> char + use<> {
    let all = verdicts(&assessed(statements, tool, "production"));
    move |id: &str| all[id].get("bot").copied().unwrap_or_else(|| panic!("{id}: {:?}", all[id]))
}

/// The run of such a system, whose user is of some environment.
fn assessed(statements: &serde_json::Value, tool: &str, home: &str) -> Run {
    let details = json!({
        "UserDetailList": [{
            "Path": "/", "UserName": "agent", "UserId": "AIDAEXAMPLE", "Arn": ARN, "CreateDate": "2025-01-01T00:00:00Z",
            "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
            "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
        }],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": [], "IsTruncated": false,
    });
    let inventory = format!(
        r#"
[[ai_systems]]
id = "bot"
identities = ["{ARN}"]
credentials = []
tools = ["tool"]
[[identities]]
identity = "{ARN}"
environment = "{home}"
[[resources]]
pattern = "tool"
{tool}
[[resources]]
pattern = "arn:aws:s3:::restricted"
scope = "aws:111122223333"
environment = "production"
sensitivity = "restricted"
approved = false
[[resources]]
pattern = "arn:aws:s3:::lab"
scope = "aws:111122223333"
environment = "development"
sensitivity = "internal"
approved = true
"#
    );
    let closures: String = ["ai_systems", "resources"]
        .map(|listing| {
            format!("[[closures]]\nlisting = \"{listing}\"\nscope = \"*\"\nas_of = \"2026-10-31\"\nby = \"Ada\"\n")
        })
        .concat();
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("details.json"), details.to_string()).unwrap();
    fs::write(folder.path().join("inventory.toml"), inventory + &closures).unwrap();
    let whole = "[[exports]]\npath = \"details.json\"\nenumerates = [\"users\", \"groups\", \"roles\", \"policies\"]\n";
    fs::write(folder.path().join("assize.toml"), whole).unwrap();
    check(folder.path(), &[])
}

fn allow(actions: &[&str], resource: &str) -> serde_json::Value {
    json!([{"Effect": "Allow", "Action": actions, "Resource": resource}])
}

const SENDS: &str = "effects = [\"sends_out\"]\nenvironment = \"shared\"";
const READS_OUTSIDERS: &str = "effects = [\"untrusted_input\"]\nenvironment = \"shared\"";

/// A right to send mail is a way out, as a tool that sends is; one to write wherever it names may be.
#[test]
fn rights_send_out_too() {
    let reads = "effects = [\"reads_data\"]\nenvironment = \"shared\"";
    let with = |more: &str, resource: &str| {
        let statements = json!([
            {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"},
            {"Effect": "Allow", "Action": more, "Resource": resource},
        ]);
        judged(&statements, reads)("no-toxic-combination")
    };
    assert_eq!(with("ses:SendEmail", "arn:aws:ses:eu-north-1:111122223333:identity/agent"), 'f');
    assert_eq!(with("ses:*", "*"), 'f');
    assert_eq!(with("s3:PutObject", "*"), 'u', "a bucket of somebody else");
    assert_eq!(with("s3:PutObject", "arn:aws:s3:::*"), 'u');
    assert_eq!(with("sqs:SendMessage", "arn:aws:sqs:eu-north-1:*:jobs"), 'u');
    assert_eq!(with("s3:PutObject", "arn:aws:s3:::lab/*"), 'p');
    assert_eq!(with("sqs:SendMessage", "arn:aws:sqs:eu-north-1:111122223333:*"), 'p');
    assert_eq!(judged(&allow(&["*"], "*"), reads)("no-toxic-combination"), 'f', "who may do all");
}

#[test]
fn who_can_give_itself_rights_passes_for_no_want_of_them() {
    let of = judged(&allow(&["iam:PutUserPolicy"], "arn:aws:iam::111122223333:user/*"), SENDS);
    assert_eq!(of("ai-system-not-administrator"), 'f');
    assert_eq!(of("ai-restricted-approved"), 'u', "the restricted bucket is in its account");
    assert_eq!(of("no-toxic-combination"), 'u', "it can let itself read secrets");
    // Who has no such right passes.
    let of = judged(&allow(&["s3:GetObject"], "arn:aws:s3:::lab/*"), SENDS);
    assert_eq!(
        (of("ai-system-not-administrator"), of("ai-restricted-approved"), of("no-toxic-combination")),
        ('p', 'p', 'p')
    );
}

/// What tells which buckets there are, or is about the service, opens none; what nobody listed may open it.
#[test]
fn what_only_tells_of_buckets_reaches_none() {
    let of = |actions: &[&str], resource: &str| judged(&allow(actions, resource), SENDS)("ai-restricted-approved");
    for tells in ["s3:ListAllMyBuckets", "s3:CreateBucket", "s3:GetBucketLocation", "secretsmanager:GetRandomPassword"]
    {
        assert_eq!(of(&[tells], "*"), 'p', "{tells}");
    }
    assert_eq!(of(&["s3:GetBucketLocation", "dynamodb:ListTables"], "arn:aws:s3:::restricted"), 'p');
    for reads in ["s3:GetObject", "s3:Get*", "s3:Unheard", "s3:ListBucket", "s3:*"] {
        assert_eq!(of(&[reads], "*"), 'f', "{reads}");
    }
    let denied = |actions: &[&str]| {
        let statements = json!([
            {"Effect": "Allow", "Action": actions, "Resource": "arn:aws:s3:::restricted/*"},
            {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::restricted/*"},
        ]);
        judged(&statements, SENDS)("ai-restricted-approved")
    };
    assert_eq!(denied(&["s3:GetObject", "s3:GetBucketLocation"]), 'p', "nothing is left but where the bucket is");
    assert_eq!(denied(&["s3:GetObject", "s3:PutObject"]), 'f');
}

#[test]
fn a_resource_that_is_reached_under_a_condition_is_not_certain() {
    let mut bound = allow(&["s3:GetObject"], "arn:aws:s3:::restricted/*");
    assert_eq!(judged(&bound, SENDS)("ai-restricted-approved"), 'f');
    bound[0]["Condition"] = json!({"StringEquals": {"s3:ExistingObjectTag/shared": "yes"}});
    assert_eq!(judged(&bound, SENDS)("ai-restricted-approved"), 'u');
    // Beside a right without one, it takes nothing away.
    let free = json!({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::restricted/*"});
    let both = json!([bound[0], free]);
    assert_eq!(judged(&both, SENDS)("ai-restricted-approved"), 'f');
}

#[test]
fn secrets_that_are_read_under_a_condition_are_not_certain() {
    let secrets = allow(&["secretsmanager:GetSecretValue"], "*");
    assert_eq!(judged(&secrets, SENDS)("no-toxic-combination"), 'f');
    let mut bound = secrets;
    bound[0]["Condition"] = json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}});
    assert_eq!(judged(&bound, SENDS)("no-toxic-combination"), 'u');
}

/// Reading a queue, sending logs and calling a model change nothing of production; whether an agent does, no grant tells.
#[test]
fn telemetry_and_calls_are_no_writes() {
    let tools = "effects = [\"untrusted_input\"]\nenvironment = \"shared\"";
    let of = |actions: &[&str]| {
        let verdicts = judged(&allow(actions, "*"), tools);
        (verdicts("no-toxic-combination"), verdicts("ai-rights-used-by-tools"))
    };
    let lambda = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    assert_eq!(of(&lambda), ('p', 'p'));
    for action in [
        "sqs:ReceiveMessage",
        "kms:Decrypt",
        "cloudwatch:PutMetricData",
        "xray:PutTraceSegments",
        "bedrock:CountTokens",
        "textract:AnalyzeDocument",
        "dynamodb:PartiQLSelect",
        "logs:StartQuery",
        "sagemaker:InvokeEndpoint",
    ] {
        assert_eq!(of(&[action]), ('p', 'p'), "{action}");
    }
    for action in ["bedrock:InvokeAgent", "bedrock:InvokeFlow", "sagemaker:InvokeEndpointAsync"] {
        assert_eq!(of(&[action]), ('u', 'u'), "{action}");
    }
    for action in ["sqs:SendMessage", "sqs:*", "logs:Put*", "x:Unheard"] {
        assert_eq!(of(&[action]), ('f', 'f'), "{action}");
    }
}

#[test]
fn a_right_to_write_that_a_deny_takes_away_whole_is_none() {
    let reads = "effects = [\"reads_data\"]\nenvironment = \"shared\"";
    let with = |denied: &[&str], resource: &str, condition: serde_json::Value| {
        let statements = json!([
            {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::lab/*"},
            {"Effect": "Deny", "Action": denied, "Resource": resource, "Condition": condition},
        ]);
        judged(&statements, reads)("ai-rights-used-by-tools")
    };
    assert_eq!(with(&["s3:PutObject"], "arn:aws:s3:::lab/*", json!({})), 'p');
    assert_eq!(with(&["s3:Put*"], "arn:aws:s3:::lab*", json!({})), 'p');
    // Of a part, under a condition or of something else, it leaves the right.
    assert_eq!(with(&["s3:PutObject"], "arn:aws:s3:::lab/a/*", json!({})), 'f');
    assert_eq!(with(&["s3:GetObject"], "arn:aws:s3:::lab/*", json!({})), 'f');
    let condition = json!({"StringEquals": {"aws:SourceVpc": "vpc-1"}});
    assert_eq!(with(&["s3:PutObject"], "arn:aws:s3:::lab/*", condition), 'f');
}

#[test]
fn what_is_written_to_decides_and_not_who_writes() {
    let to = |bucket: &str| judged(&allow(&["s3:PutObject"], bucket), READS_OUTSIDERS)("no-toxic-combination");
    assert_eq!(to("arn:aws:s3:::restricted/*"), 'f');
    assert_eq!(to("arn:aws:s3:::lab/*"), 'p', "the bucket of the lab is not production");
    // Of what nobody named, the environment of whoever writes is taken.
    assert_eq!(to("arn:aws:s3:::unnamed/*"), 'f');
}

#[test]
fn a_tool_that_writes_nobody_knows_where_is_not_known() {
    let reads = allow(&["s3:GetObject"], "arn:aws:s3:::lab/*");
    let of = |more: &str| {
        let tool = format!("effects = [\"untrusted_input\", \"writes\"]{more}");
        judged(&reads, &tool)("no-toxic-combination")
    };
    assert_eq!(of(""), 'u');
    assert_eq!(of("\nenvironment = \"production\""), 'f');
    assert_eq!(of("\nenvironment = \"development\""), 'p');
}

/// What is written to is of production, whoever writes: the right that does so is told.
#[test]
fn the_right_that_writes_to_production_is_told_whoever_holds_it() {
    let run = assessed(&allow(&["s3:PutObject"], "arn:aws:s3:::restricted/*"), READS_OUTSIDERS, "development");
    assert_eq!(verdicts(&run)["no-toxic-combination"]["bot"], 'f');
    let results = run.results();
    let findings = results["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["check_run"] == "no-toxic-combination").unwrap();
    let notes: Vec<&str> =
        finding["evidence"].as_array().unwrap().iter().filter_map(|one| one["note"].as_str()).collect();
    assert!(notes.contains(&"agent writes to production"), "{notes:?}");
}
