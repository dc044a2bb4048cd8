//! Trusts in workflows, AI services and agents.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{check, verdicts};
use crate::trusts::{ADMIN, allow, deny, role, run, said};

/// Where a trust leaves it unknown which workload is meant, no export would say it, and the trust could.
#[test]
fn what_a_workflow_alone_does_not_tell_is_to_be_asked_for() {
    let file = json!({"StringEquals": {"token.actions.githubusercontent.com:job_workflow_ref": "acme/bot/.github/workflows/x.yml@v1"}});
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let trust = json!([{"Effect": "Allow", "Principal": {"Federated": github}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": file}]);
    let results = run(&trust, &json!([])).results();
    let gaps = results["gaps"].as_array().unwrap().iter();
    let gap = gaps.clone().find(|gap| gap["about"]["fact"] == "becoming.subject_wildcard").unwrap();
    let text = gap["remedy"]["text"].as_str().unwrap();
    assert!(
        text.starts_with("Ask in the trust policies of these identities of aws:111122223333 for the subject"),
        "{text}"
    );
}

#[test]
fn an_ai_service_is_bound_to_its_source() {
    let letter = |service: &str, condition: Value| {
        said(&json!([allow(&json!({"Service": service}), &condition)])).admin("ai-service-trust-bound")
    };
    let account = json!({"StringEquals": {"aws:SourceAccount": "111122223333"}});
    assert_eq!(letter("application.qbusiness.amazonaws.com", json!({})), 'f');
    assert_eq!(letter("application.qbusiness.amazonaws.com", account), 'p');
    assert_eq!(
        letter("bedrock.amazonaws.com", json!({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:*:agent/*"}})),
        'f'
    );
    assert_eq!(letter("bedrock.amazonaws.com", json!({"StringEquals": {"aws:RequestedRegion": "eu-central-1"}})), 'f');
}

/// What an agent that names an administrator's role is said to be, and how often it is told that the role lets it in not.
fn agent(trust: &Value) -> (char, usize) {
    let folder = TempDir::new().unwrap();
    let everything = json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]);
    let details = json!({"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role("admin", trust, &everything)], "Policies": []});
    let arn = "arn:aws:bedrock:eu-central-1:111122223333:agent/AAAAAAAAA1";
    let agent = json!({"agent": {
        "agentId": "AAAAAAAAA1", "agentName": "triage", "agentArn": arn, "agentVersion": "DRAFT", "agentStatus": "PREPARED",
        "idleSessionTTLInSeconds": 600, "agentResourceRoleArn": ADMIN, "foundationModel": "m",
        "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
    }});
    for (name, export) in [("details.json", details), ("agent.json", agent)] {
        std::fs::write(folder.path().join(name), serde_json::to_vec(&export).unwrap()).unwrap();
    }
    let run = check(folder.path(), &[]);
    let letter = verdicts(&run)["ai-system-not-administrator"][&format!("aws:111122223333:agent:{arn}")];
    (letter, run.text("results.json").matches("whose trust does not let Bedrock in for it").count())
}

#[test]
fn an_agent_runs_as_the_role_that_lets_it_in() {
    let bedrock = |condition: Value| agent(&json!([allow(&json!({"Service": "bedrock.amazonaws.com"}), &condition)]));
    assert_eq!(bedrock(json!({})), ('f', 0));
    assert_eq!(bedrock(json!({"StringEquals": {"aws:SourceAccount": "111122223333"}})), ('f', 0));
    assert_eq!(bedrock(json!({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:111122223333:agent/*"}})), ('f', 0));
    assert_eq!(bedrock(json!({"StringEquals": {"aws:SourceAccount": "999999999999"}})), ('u', 1));
    assert_eq!(bedrock(json!({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:111122223333:agent/B*"}})), ('u', 1));
    // Patterns of others, also where they name no account.
    for source in
        ["arn:aws:bedrock:us-east-1:*:agent/*", "arn:aws:bedrock:*:111122223333:knowledge-base/*", "arn:*:agent/*"]
    {
        assert_eq!(bedrock(json!({"ArnLike": {"aws:SourceArn": source}})), ('u', 1), "{source}");
        let both = json!({"ArnLike": {"aws:SourceArn": source}, "StringEquals": {"aws:SourceAccount": "111122223333"}});
        assert_eq!(bedrock(both), ('u', 1), "{source}");
    }
    assert_eq!(bedrock(json!({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:eu-*:*:agent/*"}})), ('f', 0));
    assert_eq!(bedrock(json!({"StringLike": {"aws:SourceAccount": "9999*"}})), ('u', 1));
    // Nobody knows whether these hold.
    for condition in [
        json!({"StringNotEquals": {"aws:SourceAccount": "111122223333"}}),
        json!({"ArnNotLike": {"aws:SourceArn": "arn:aws:bedrock:*:111122223333:agent/*"}}),
        json!({"StringEqualsIfExists": {"aws:SourceAccount": "999999999999"}}),
        json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}),
    ] {
        assert_eq!(bedrock(condition.clone()), ('u', 1), "{condition}");
    }
    let may = |action: &str, list: Value| {
        agent(&json!([{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, action: list}]))
    };
    assert_eq!(may("Action", json!("sts:TagSession")), ('u', 1));
    assert_eq!(may("Action", json!(["sts:TagSession", "STS:assume*"])), ('f', 0));
    assert_eq!(may("NotAction", json!("sts:AssumeRole")), ('u', 1));
    assert_eq!(may("NotAction", json!("sts:TagSession")), ('f', 0));
    assert_eq!(agent(&json!([allow(&json!({"Service": "lambda.amazonaws.com"}), &json!({}))])), ('u', 1));
    assert_eq!(agent(&json!([])), ('f', 0), "no trust was read");
    let lets_in = allow(&json!({"Service": "bedrock.amazonaws.com"}), &json!({}));
    for denied in [json!({"Service": "bedrock.amazonaws.com"}), json!("*")] {
        assert_eq!(agent(&json!([lets_in, deny(&denied, &json!({}))])), ('u', 1), "{denied}");
    }
    assert_eq!(agent(&json!([lets_in, deny(&json!({"Service": "lambda.amazonaws.com"}), &json!({}))])), ('f', 0));
}
