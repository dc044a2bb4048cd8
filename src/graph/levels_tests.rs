//! What actions amount to, by lists and verbs.

use super::levels::Levels;
use crate::model::facts::{ActionWidth, GrantLevel};
use crate::model::rewrite::Rewrite;

fn levels() -> Levels {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Levels {
        permissions: list(&["iam:PutRolePolicy", "s3:PutBucketPolicy"]),
        escalates: list(&["iam:PutRolePolicy"]),
        secrets: list(&["secretsmanager:GetSecretValue"]),
        models: list(&["bedrock:InvokeModel"]),
        assume: list(&["sts:AssumeRole"]),
        pass: list(&["iam:PassRole"]),
        rewrites: vec![(Rewrite::GrantsOfRole, "iam:PutRolePolicy".to_owned())],
        read_verbs: list(&["Get", "List", "Describe", "bedrock:InvokeModel"]),
        ..Levels::default()
    }
}

#[test]
fn a_wildcard_takes_the_highest_level_that_it_can_match() {
    let levels = levels();
    let level = |action: &str| levels.summary([action], false).level;
    assert_eq!(level("s3:GetObject"), GrantLevel::Read);
    assert_eq!(level("s3:Get*"), GrantLevel::Read);
    assert_eq!(level("sqs:SendMessage"), GrantLevel::Write);
    assert_eq!(level("bedrock:InvokeModelWithResponseStream"), GrantLevel::Read);
    assert_eq!(level("bedrock:InvokeAgent"), GrantLevel::Write);
    assert_eq!(level("bedrock:Invoke*"), GrantLevel::Write);
    assert_eq!(level("sqs:*"), GrantLevel::Admin);
    assert_eq!(level("s3:Put*"), GrantLevel::Permissions);
    assert_eq!(level("IAM:putrolepolicy"), GrantLevel::Permissions);
    assert_eq!(level("*"), GrantLevel::Admin);
    assert_eq!(level("iam:*"), GrantLevel::Admin);
    assert_eq!(levels.summary(["*"], false).width, ActionWidth::All);
    assert_eq!(levels.summary(["*:*"], false).width, ActionWidth::All);
}

#[test]
fn lists_tell_what_changes_nothing_where_the_verb_does_not() {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let levels = Levels {
        reads: list(&["sqs:ReceiveMessage"]),
        telemetry: list(&["logs:PutLogEvents"]),
        may_write: list(&["bedrock:Invoke*"]),
        ..levels()
    };
    let of = |action: &str| {
        let summary = levels.summary([action], false);
        (summary.level, summary.may_write)
    };
    for action in ["sqs:ReceiveMessage", "logs:putlogevents", "bedrock:InvokeModel"] {
        assert_eq!(of(action), (GrantLevel::Read, false), "{action}");
    }
    for action in ["bedrock:InvokeAgent", "bedrock:Invoke*"] {
        assert_eq!(of(action), (GrantLevel::Read, true), "{action}");
    }
    // A pattern that takes in more than what is listed may write.
    for action in ["sqs:Receive*", "logs:Put*", "sqs:SendMessage"] {
        assert_eq!(of(action), (GrantLevel::Write, false), "{action}");
    }
}

#[test]
fn what_one_action_gives_is_not_laid_to_another() {
    let both = levels().summary(["iam:PassRole", "sqs:*"], false);
    assert_eq!((both.width, both.pass_by_name, both.permissions_by_name), (ActionWidth::Service, true, false));
    assert_eq!((both.services, both.whole_services), (vec!["iam".into(), "sqs".into()], vec!["sqs".to_owned()]));
    let whole = levels().summary(["bedrock:*", "iam:Put*"], false);
    assert_eq!((whole.models, whole.models_by_name, whole.permissions_by_name), (true, false, true));
}

#[test]
fn everything_but_a_list_is_nearly_everything() {
    let summary = levels().summary(["iam:*", "s3:*"], true);
    assert_eq!((summary.width, summary.permissions, summary.escalates), (ActionWidth::All, false, false));
    assert!(summary.secrets && summary.assume && !summary.pass);
    assert!(levels().summary(["iam:Get*"], true).escalates);
}
