//! Which conditions bind, what they spare, and which of their values are kept.

use super::conditions::{Conditions, Spares};
use super::lenient::Text;

fn read(text: &str) -> Conditions<'_> {
    serde_json::from_str(text).unwrap()
}

fn texts(list: &[Text<'_>]) -> Vec<String> {
    list.iter().map(|text| text.to_string()).collect()
}

/// The keys that bind, separated by spaces.
fn bound(text: &str) -> String {
    texts(&read(text).demands.keys).join(" ")
}

#[test]
fn for_whom_a_service_must_come_is_kept() {
    let all = r#"{"StringEquals": {"aws:SourceAccount": "111122223333"},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:111122223333:agent/*"}, "StringLike": {"aws:PrincipalTag/x": "y"}}"#;
    let want = ["aws:sourceaccount=111122223333", "aws:sourcearn=arn:aws:bedrock:*:111122223333:agent/*"];
    assert_eq!(texts(&read(all).demands.claims()), want);
    let strangers = r#"{"StringLike": {"aws:SourceAccount": "9999*"}}"#;
    assert_eq!(texts(&read(strangers).demands.claims()), ["aws:sourceaccount=9999*"]);
    assert_eq!(bound(strangers), "");
}

#[test]
fn a_key_is_plain_where_one_list_of_values_is_all_that_is_asked_of_it() {
    let plain = |text: &str| texts(&read(text).plain).join(" ");
    for text in [
        r#"{"StringEquals": {"X:Sub": "a"}}"#,
        r#"{"StringLike": {"x:sub": ["a*", "b"]}}"#,
        r#"{"StringEqualsIgnoreCase": {"x:sub": "a"}, "StringLikeIfExists": {"x:sub": "*"}}"#,
        r#"{"ForAllValues:StringLike": {"x:sub": "a"}, "Null": {"x:sub": "false"}}"#,
        r#"{"Null": {"x:sub": "false"}}"#,
        r#"{"ArnLike": {"x:sub": "arn:aws:iam::111122223333:role/*"}}"#,
    ] {
        assert_eq!(plain(text), "x:sub", "{text}");
    }
    for text in [
        r#"{"StringEquals": {"x:sub": "a"}, "StringNotEquals": {"X:sub": "b"}}"#,
        r#"{"StringEquals": {"x:sub": "a"}, "StringLike": {"x:sub": "a*"}}"#,
        r#"{"StringEquals": {"x:sub": "a", "X:SUB": "b"}}"#,
        r#"{"StringEquals": {"x:sub": []}}"#,
        r#"{"StringNotLike": {"x:sub": "*"}}"#,
        r#"{"StringEqualsIfExists": {"x:sub": "a"}}"#,
        r#"{"ForAllValues:StringEquals": {"x:sub": "a"}}"#,
        r#"{"Null": {"x:sub": "true"}}"#,
        r#"{"ArnLike": {"x:sub": "*"}}"#,
        r#"{"NumericEquals": {"x:sub": "1"}}"#,
    ] {
        assert_eq!(plain(text), "", "{text}");
    }
}

#[test]
fn keys_are_kept_and_few_values() {
    let read = read(
        r#"{"StringEquals": {"sts:ExternalId": "planted-secret", "x:aud": "sts.amazonaws.com"},
            "StringLike": {"x:sub": ["repo:a/b:*"]}, "StringNotLike": {"x:sub": "repo:a/c:*"}}"#,
    );
    assert_eq!(texts(&read.keys), ["sts:ExternalId", "x:aud", "x:sub"]);
    assert_eq!(texts(&read.demands.keys), ["sts:externalid", "x:aud", "x:sub"]);
    assert_eq!(texts(&read.demands.subjects), ["repo:a/b:*"]);
    assert_eq!(texts(&read.demands.audiences), ["sts.amazonaws.com"]);
    assert!(!format!("{read:?}").contains("planted-secret"));
}

#[test]
fn of_claims_only_what_says_which_workload_is_kept() {
    let claims = |text: &str| texts(&read(text).demands.claims()).join(" ");
    assert_eq!(
        claims(
            r#"{"StringEquals": {"x.example:Repository": ["a/b", "a/c"], "x.example:actor": "planted", "x.example:workflow": "w"},
                "StringLike": {"x.example:ref": "refs/heads/*", "aws:PrincipalTag/x.y:repository": "planted"},
                "StringEqualsIfExists": {"x.example:environment": "production"}}"#
        ),
        "ref=refs/heads/* repository=a/b repository=a/c"
    );
    let both = r#"{"StringLike": {"x.example:repository": "a/*"}, "ForAnyValue:StringEquals": {"x.example:repository": "a/b"}}"#;
    assert_eq!(claims(both), "repository=a/b");
    for text in [
        r#"{"ForAllValues:StringEquals": {"x.example:repository": "a/b"}}"#,
        r#"{"StringNotEquals": {"x.example:repository": "a/b"}}"#,
        r#"{"Null": {"x.example:repository": "false"}}"#,
        r#"{"StringLike": {"x.example:repository": "*/b"}}"#,
    ] {
        assert_eq!(claims(text), "", "{text}");
    }
    let there =
        r#"{"ForAllValues:StringEquals": {"x.example:repository": "a/b"}, "Null": {"x.example:repository": "false"}}"#;
    assert_eq!(claims(there), "repository=a/b");
}

#[test]
fn subjects_are_kept_also_where_strangers_have_such() {
    let subjects = |text: &str| {
        let read = read(text);
        (texts(&read.demands.subjects).join(" "), read.demands.keys.len())
    };
    for (text, kept, keys) in [
        (r#"{"StringLike": {"x:sub": "repo:*/bot:*"}}"#, "repo:*/bot:*", 0),
        (r#"{"StringLike": {"x:sub": "*"}}"#, "", 0),
        (r#"{"StringLike": {"x:sub": ["repo:a/b:*", "*"]}}"#, "", 0),
        (r#"{"StringLike": {"x:sub": "system:serviceaccount:*:agent"}}"#, "system:serviceaccount:*:agent", 1),
        // Of two that must both hold, the one that says whose.
        (r#"{"StringLike": {"x:sub": "*:x"}, "ForAnyValue:StringLike": {"x:sub": "repo:a/*"}}"#, "repo:a/*", 1),
        (r#"{"StringLike": {"x:sub": "repo:a/*"}, "ForAnyValue:StringLike": {"x:sub": "*:x"}}"#, "repo:a/*", 1),
    ] {
        assert_eq!(subjects(text), (kept.to_owned(), keys), "{text}");
    }
}

#[test]
fn a_star_is_a_star_where_text_is_compared_letter_by_letter() {
    for (operator, kept, keys) in [
        ("StringEquals", "repo:${*}", "x:sub"),
        ("StringEqualsIgnoreCase", "repo:${*}", "x:sub"),
        ("ForAnyValue:StringEquals", "repo:${*}", "x:sub"),
        ("StringLike", "repo:*", ""),
    ] {
        let text = format!(r#"{{"{operator}": {{"x:sub": "repo:*"}}}}"#);
        assert_eq!((texts(&read(&text).demands.subjects).join(" ").as_str(), bound(&text).as_str()), (kept, keys));
    }
    let claim = r#"{"StringEquals": {"x.example:repository": "*"}}"#;
    assert_eq!(texts(&read(claim).demands.claims()), ["repository=${*}"]);
    assert_eq!(bound(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-*"}}"#), "aws:principalorgid");
    assert_eq!(bound(r#"{"ArnEquals": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}"#), "");
}

#[test]
fn an_operator_that_holds_without_the_key_binds_nothing() {
    for text in [
        r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
        r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
        r#"{"ForAllValues:StringEquals": {"x:sub": "repo:a/b:ref:refs/heads/main"}}"#,
        r#"{"ForAnyValue:StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
        r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#,
        r#"{"Bool": {"aws:MultiFactorAuthPresent": false}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
    ] {
        assert_eq!(bound(text), "", "{text}");
        assert!(read(text).demands.subjects.is_empty(), "{text}");
    }
    for text in [
        r#"{"StringEquals": {"AWS:PrincipalOrgId": "o-a1b2c3d4e5"}}"#,
        r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]}}"#,
        r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:PrincipalOrgID": "false"}}"#,
    ] {
        assert_eq!(bound(text), "aws:principalorgid", "{text}");
    }
    assert_eq!(bound(r#"{"Bool": {"aws:SecureTransport": true}}"#), "aws:securetransport");
}

#[test]
fn a_value_that_all_can_have_binds_nothing() {
    for (key, value) in [
        ("aws:PrincipalOrgID", "*"),
        ("aws:PrincipalOrgID", "o-*"),
        ("aws:PrincipalArn", "arn:aws:iam::*:role/deploy"),
        ("aws:SourceArn", "arn:aws:bedrock:*:*:agent/*"),
        ("aws:SourceArn", "arn:aws:s3:::*"),
        ("aws:PrincipalOrgPaths", "*/ou-ab12/*"),
        ("sts:ExternalId", "?*"),
        ("x:sub", "*"),
        ("x:sub", "repo:*"),
        ("x:sub", "repo:*/bot:ref:refs/heads/main"),
        ("x:sub", "rep*"),
        ("x:sub", "system:serviceaccount:*:*"),
        ("aws:MultiFactorAuthPresent", "false"),
        ("aws:SourceArn", "arn:aws:lambda:*:*:function:*"),
        ("sts:ExternalId", "${aws:PrincipalTag/id}"),
        ("aws:PrincipalArn", "arn:*:*:*:111122223333:*"),
    ] {
        assert_eq!(bound(&format!(r#"{{"StringLike": {{"{key}": "{value}"}}}}"#)), "", "{key} {value}");
    }
    for (key, value) in [
        ("aws:principalarn", "arn:aws:iam::111122223333:role/deploy-*"),
        ("aws:principalarn", "arn:aws:iam::111122223333:role/*-deploy"),
        ("aws:sourcearn", "arn:aws:s3:::acme-cases*"),
        ("aws:principalorgpaths", "o-a1b2c3d4e5/*"),
        ("aws:userid", "AROAEXAMPLE:*"),
        ("x:sub", "repo:acme/*"),
        ("aws:principalorgid", "${aws:ResourceOrgID}"),
    ] {
        assert_eq!(bound(&format!(r#"{{"StringLike": {{"{key}": "{value}"}}}}"#)), key, "{value}");
    }
    assert_eq!(bound(r#"{"StringLike": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5", "*"]}}"#), "", "one of them is enough");
    assert_eq!(bound(r#"{"StringEquals": {"aws:PrincipalOrgID": []}}"#), "");
}

#[test]
fn a_caller_of_whom_only_the_account_is_said_is_an_account() {
    for value in ["*", "root", "role/*", "user/*", "assumed-role/*", "role*", "ro*", "*/*", "?*"] {
        let text = format!(r#"{{"ArnLike": {{"aws:PrincipalArn": ["arn:aws:iam::111122223333:{value}"]}}}}"#);
        assert_eq!(bound(&text), "aws:principalaccount", "{value}");
        assert_eq!(texts(&read(&text).demands.accounts), ["111122223333"], "{value}");
    }
}

#[test]
fn operators_of_names_compare_part_by_part() {
    let parts = r#"{"ArnLike": {"aws:PrincipalArn": "arn:*:*:*:111122223333:role/deploy"}}"#;
    assert_eq!(bound(parts), "aws:principalarn");
    assert_eq!(bound(&parts.replace("ArnLike", "StringLike")), "");
}

#[test]
fn accounts_are_kept_where_each_value_names_one() {
    let accounts = |text: &str| texts(&read(text).demands.accounts).join(" ");
    let two = r#"{"StringEquals": {"aws:PrincipalAccount": ["444455556666", "111122223333", "444455556666"]}}"#;
    assert_eq!(accounts(two), "111122223333 444455556666");
    let both = r#"{"StringEquals": {"aws:PrincipalAccount": ["444455556666", "111122223333"]},
                   "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/a*"}}"#;
    assert_eq!(accounts(both), "444455556666");
    for text in [
        r#"{"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}"#,
        r#"{"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}}"#,
        r#"{"StringLike": {"aws:PrincipalAccount": ["111122223333", "4444*"]}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#,
    ] {
        assert_eq!(accounts(text), "", "{text}");
    }
}

#[test]
fn of_two_conditions_on_one_key_the_narrower_counts() {
    let both = r#"{"StringLike": {"x:sub": "repo:a/*"}, "StringEquals": {"x:sub": "repo:a/b:ref:refs/heads/main"}}"#;
    assert_eq!(texts(&read(both).demands.subjects), ["repo:a/b:ref:refs/heads/main"]);
}

#[test]
fn a_denial_of_all_others_lets_one_through() {
    let spared = |text: &str| match read(text).spares {
        Spares::Anything => "anything".to_owned(),
        Spares::Only(demands) => texts(&demands.keys).join(" "),
        Spares::Perhaps => "perhaps".to_owned(),
    };
    assert_eq!(spared(r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#), "aws:principalorgid");
    assert_eq!(spared(r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#), "aws:multifactorauthpresent");
    assert_eq!(spared(r#"{"Bool": {"aws:MultiFactorAuthPresent": "false"}}"#), "anything");
    assert_eq!(spared(r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}"#), "anything");
    assert_eq!(
        spared(
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "false"}}"#
        ),
        "perhaps"
    );
}
