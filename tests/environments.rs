//! Which grants reach out of an environment, from policies and the inventory of resources to the verdict.

use crate::support::{check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

const USER: &str = "arn:aws:iam::111122223333:user/worker";

/// What `environment-not-crossed` says of a user of the test environment with one grant, where one resource is known.
fn letter(actions: &str, grant: &str, resource: &str, environment: &str) -> char {
    letter_in("test", actions, grant, resource, environment)
}

/// The same of a user of any environment.
fn letter_in(own: &str, actions: &str, grant: &str, resource: &str, environment: &str) -> char {
    letter_at(own, actions, grant, resource, environment, "scope = \"aws:111122223333\"")
}

fn letter_at(own: &str, actions: &str, grant: &str, resource: &str, environment: &str, scope: &str) -> char {
    let folder = TempDir::new().unwrap();
    // `?` before the actions puts them under a condition.
    let (conditions, actions) = match actions.strip_prefix('?') {
        Some(actions) => (json!({"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}), actions),
        None => (json!({}), actions),
    };
    let actions: Vec<&str> = actions.split(' ').collect();
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": grant, "Condition": conditions});
    let document: Value = json!({"Version": "2012-10-17", "Statement": [statement]});
    let export = json!({
        "UserDetailList": [{
            "Path": "/", "UserName": "worker", "UserId": "AIDAW", "Arn": USER, "CreateDate": "2026-01-01T00:00:00Z",
            "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
            "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": document}],
        }],
        "GroupDetailList": [], "RoleDetailList": [], "Policies": [],
    });
    std::fs::write(folder.path().join("details.json"), serde_json::to_vec(&export).unwrap()).unwrap();
    let inventory = format!(
        "[[identities]]\nidentity = \"{USER}\"\nkind = \"service_account\"\nenvironment = \"{own}\"\n\
         [[resources]]\npattern = \"{resource}\"\nenvironment = \"{environment}\"\n{scope}\n\
         [[closures]]\nlisting = \"resources\"\nscope = \"*\"\nby = \"ada\"\n\
         [[closures]]\nlisting = \"roles\"\nscope = \"*\"\nby = \"ada\"\n"
    );
    std::fs::write(folder.path().join("inventory.toml"), inventory).unwrap();
    let run = check(folder.path(), &[]);
    verdicts(&run)["environment-not-crossed"][&format!("aws:111122223333:user:{USER}")]
}

#[test]
fn who_names_what_is_within_a_resource_reaches_it() {
    let bucket = "arn:aws:s3:::acme-prod";
    for (actions, grant, known, want) in [
        ("s3:GetObject", "arn:aws:s3:::acme-prod/*", bucket, 'f'),
        ("?s3:GetObject", "arn:aws:s3:::acme-prod/*", bucket, 'u'),
        ("s3:GetObject", "arn:aws:s3:::acme-prod/cases/*", bucket, 'f'),
        ("s3:GetObject", "arn:aws:s3:::*/*", bucket, 'f'),
        ("s3:ListBucket", bucket, bucket, 'f'),
        // The names of the objects are what the bucket tells, and nothing of them.
        ("s3:ListBucket", bucket, "arn:aws:s3:::acme-prod/*", 'p'),
        ("s3:GetBucketLocation", bucket, bucket, 'p'),
        (
            "ssm:StartSession",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            'f',
        ),
        ("rds-data:ExecuteStatement", "*", "arn:aws:rds:eu-west-1:111122223333:cluster:c", 'f'),
        // The action's service says nothing of what it is named with here.
        (
            "new-service:Act",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
            'u',
        ),
        ("new-service:Act", "*", "arn:aws:ec2:eu-west-1:111122223333:instance/i-1", 'p'),
        ("s3:GetObject", "arn:aws:s3:::acme-prod2/*", bucket, 'p'),
        ("s3:GetObject", "arn:aws:s3:::acme-test/*", bucket, 'p'),
        // An object of any bucket may have such a name.
        ("s3:GetObject", "arn:aws:s3:::*-test/*", bucket, 'u'),
        (
            "dynamodb:Query",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/t/index/*",
            "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
            'f',
        ),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db",
            'f',
        ),
    ] {
        assert_eq!(letter(actions, grant, known, "production"), want, "{grant} {known}");
        let within = letter(actions, grant, known, "test");
        assert_eq!(within, 'p', "{grant} {known}");
    }
}

#[test]
fn a_variable_may_name_what_fits() {
    let bucket = "arn:aws:s3:::red-data";
    for (grant, want) in [
        ("arn:aws:s3:::${aws:PrincipalTag/team}-data/*", 'u'),
        ("arn:aws:s3:::${aws:PrincipalTag/team}-data", 'u'),
        // The name of the user who asks is known.
        ("arn:aws:s3:::red-data/${aws:username}/*", 'f'),
        ("arn:aws:s3:::${aws:username}-data/*", 'p'),
        ("arn:aws:s3:::logs-${aws:PrincipalTag/team}/*", 'p'),
        ("arn:aws:s3:::red-data/*", 'f'),
    ] {
        assert_eq!(letter("s3:GetObject", grant, bucket, "production"), want, "{grant}");
    }
}

/// A label that no profile maps may be of the same environment or of another.
#[test]
fn two_unmapped_labels_are_not_one_environment() {
    let reach = |own, other| letter_in(own, "s3:GetObject", "arn:aws:s3:::b/*", "arn:aws:s3:::b", other);
    assert_eq!(reach("blue", "green"), 'u');
    assert_eq!(reach("test", "green"), 'u');
    assert_eq!(reach("test", "production"), 'f');
}

/// What is in another account lets in whom its own policies name, and no export has those.
#[test]
fn what_is_in_another_account_is_reached_perhaps() {
    let reach = |grant, resource, scope| letter_at("test", "s3:* ec2:*", grant, resource, "production", scope);
    let (bucket, instance) = ("arn:aws:s3:::prod", "arn:aws:ec2:eu-north-1:444455556666:instance/i-1");
    assert_eq!(reach("*", bucket, "scope = \"aws:111122223333\""), 'f');
    assert_eq!(reach("*", bucket, "scope = \"aws:444455556666\""), 'u');
    assert_eq!(reach("*", bucket, ""), 'u', "nobody said whose it is");
    assert_eq!(reach("arn:aws:s3:::test/*", bucket, ""), 'p');
    assert_eq!(reach("*", instance, ""), 'u');
    assert_eq!(reach("*", &instance.replace("444455556666", "111122223333"), ""), 'f');
}
