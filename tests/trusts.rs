//! What a trust policy lets in, from the text of the policy to the verdict.

use crate::support::{Run, check, verdicts};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const ADMIN: &str = "arn:aws:iam::111122223333:role/admin";
pub(crate) const CALLER: &str = "arn:aws:iam::111122223333:role/caller";

/// What each check says of a role `admin`, an administrator, with the statements of its trust, and of `caller` in its account.
pub(crate) struct Said(std::collections::BTreeMap<String, std::collections::BTreeMap<String, char>>);

impl Said {
    pub(crate) fn of(&self, arn: &str, check: &str) -> char {
        self.0[check][&format!("aws:111122223333:role:{arn}")]
    }

    /// Of the trusting role.
    pub(crate) fn admin(&self, check: &str) -> char {
        self.of(ADMIN, check)
    }
}

pub(crate) fn role(name: &str, trust: &Value, policies: &Value) -> Value {
    json!({
        "Path": "/", "RoleName": name, "RoleId": format!("AROA{name}"), "Arn": format!("arn:aws:iam::111122223333:role/{name}"),
        "CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust},
        "InstanceProfileList": [], "RolePolicyList": policies, "AttachedManagedPolicies": [], "Tags": [],
        "RoleLastUsed": {"LastUsedDate": "2026-10-30T00:00:00Z"},
    })
}

/// With 111122223333 and 444455556666 as the organisation's own, and 777788889999 as a known partner.
pub(crate) fn said(trust: &Value) -> Said {
    said_with(trust, &json!([]))
}

/// The same, with policies of the caller.
fn said_with(trust: &Value, policies: &Value) -> Said {
    Said(verdicts(&run(trust, policies)))
}

pub(crate) fn run(trust: &Value, policies: &Value) -> Run {
    let folder = TempDir::new().unwrap();
    let everything = json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]);
    let lambda =
        json!([{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]);
    let user = json!({
        "Path": "/", "UserName": "u", "UserId": "AIDAU", "Arn": "arn:aws:iam::111122223333:user/u",
        "CreateDate": "2026-01-01T00:00:00Z", "GroupList": [], "AttachedManagedPolicies": [], "Tags": [],
    });
    let export = json!({
        "UserDetailList": [user], "GroupDetailList": [],
        "RoleDetailList": [role("admin", trust, &everything), role("caller", &lambda, policies)], "Policies": [],
    });
    std::fs::write(folder.path().join("details.json"), serde_json::to_vec(&export).unwrap()).unwrap();
    let profile =
        "own_scopes = [\"aws:111122223333\", \"aws:444455556666\"]\ntrusted_scopes = [\"aws:777788889999\"]\n";
    std::fs::write(folder.path().join("assize.toml"), profile).unwrap();
    check(folder.path(), &[])
}

pub(crate) fn allow(principal: &Value, condition: &Value) -> Value {
    json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition})
}

pub(crate) fn deny(principal: &Value, condition: &Value) -> Value {
    json!({"Effect": "Deny", "Principal": principal, "Action": "sts:*", "Condition": condition})
}

#[test]
fn everyone_is_everyone_unless_a_condition_says_who() {
    let letter = |condition: Value| said(&json!([allow(&json!("*"), &condition)])).admin("trust-not-anyone");
    assert_eq!(letter(json!({})), 'f');
    for open in [
        json!({"Bool": {"aws:SecureTransport": "true"}}),
        json!({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),
        json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"StringLike": {"aws:PrincipalOrgID": "*"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
        json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}),
    ] {
        assert_eq!(letter(open.clone()), 'f', "{open}");
    }
    for bound in [
        json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
        json!({"ArnLike": {"AWS:principalARN": "arn:aws:iam::111122223333:role/deploy-*"}}),
        json!({"StringEquals": {"sts:ExternalId": "x"}}),
    ] {
        assert_eq!(letter(bound.clone()), 'p', "{bound}");
    }
}

#[test]
fn a_denial_of_all_others_counts_as_a_condition() {
    let letter = |condition: Value| {
        said(&json!([allow(&json!("*"), &json!({})), deny(&json!("*"), &condition)])).admin("trust-not-anyone")
    };
    assert_eq!(letter(json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})), 'p');
    assert_eq!(letter(json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})), 'f');
    let two = json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}, "Bool": {"aws:PrincipalIsAWSService": "false"}});
    assert_eq!(letter(two), 'u', "which of the two decides is not worked out");
    assert_eq!(letter(json!({})), 'p', "everyone is denied");
}

#[test]
fn a_partner_is_asked_for_an_external_id_and_an_own_account_is_not() {
    let letters = |account: &str, condition: Value| {
        let trust = allow(&json!({"AWS": format!("arn:aws:iam::{account}:root")}), &condition);
        let said = said(&json!([trust]));
        (said.admin("external-trust-conditional"), said.admin("trust-known-accounts"))
    };
    assert_eq!(letters("444455556666", json!({})), ('p', 'p'));
    assert_eq!(letters("777788889999", json!({})), ('f', 'p'));
    assert_eq!(letters("777788889999", json!({"StringEquals": {"sts:ExternalId": "x"}})), ('p', 'p'));
    assert_eq!(letters("777788889999", json!({"StringLike": {"sts:ExternalId": "*"}})), ('f', 'p'));
    assert_eq!(letters("777788889999", json!({"Bool": {"aws:SecureTransport": "true"}})), ('f', 'p'));
    assert_eq!(letters("123412341234", json!({})), ('f', 'f'));
}

/// Who is meant by a condition on the caller's account is judged as the account itself would be.
#[test]
fn everyone_of_an_account_is_that_account() {
    let letters = |principal: Value, condition: Value| {
        let said = said(&json!([allow(&principal, &condition)]));
        ["trust-not-anyone", "external-trust-conditional", "trust-known-accounts"].map(|check| said.admin(check))
    };
    let of = |account: &str| json!({"StringEquals": {"aws:PrincipalAccount": account}});
    for everyone in [json!("*"), json!({"AWS": "*"})] {
        assert_eq!(letters(everyone.clone(), of("123412341234")), ['p', 'f', 'f']);
        assert_eq!(letters(everyone.clone(), of("777788889999")), ['p', 'f', 'p']);
        assert_eq!(letters(everyone.clone(), of("444455556666")), ['p', 'p', 'p']);
        assert_eq!(letters(everyone.clone(), of("111122223333")), ['p', '-', '-']);
        let two = json!({"StringEquals": {"aws:PrincipalAccount": ["111122223333", "123412341234"]}});
        assert_eq!(letters(everyone.clone(), two), ['p', 'f', 'f']);
        let secret = json!({"StringEquals": {"aws:PrincipalAccount": "777788889999", "sts:ExternalId": "x"}});
        assert_eq!(letters(everyone.clone(), secret), ['p', 'p', 'p']);
        let named = json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123412341234:role/deploy-*"}});
        assert_eq!(letters(everyone.clone(), named), ['p', 'p', 'f']);
        // Which accounts these are no export tells.
        let organisation = json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}});
        assert_eq!(letters(everyone.clone(), organisation), ['p', 'u', 'u']);
        let source = json!({"StringEquals": {"aws:SourceAccount": "123412341234"}});
        assert_eq!(letters(everyone.clone(), source), ['p', 'p', 'u']);
        assert_eq!(letters(everyone, json!({})), ['f', 'f', 'f']);
    }
    let others = deny(&json!("*"), &json!({"StringNotEquals": {"aws:PrincipalAccount": "123412341234"}}));
    let said = said(&json!([allow(&json!("*"), &json!({})), others]));
    assert_eq!((said.admin("trust-not-anyone"), said.admin("trust-known-accounts")), ('p', 'f'));
}

/// What narrows a trust in an account to that account narrows nothing.
#[test]
fn a_condition_that_says_what_the_principal_says_binds_nothing() {
    let letter = |condition: Value| {
        said(&json!([allow(&json!({"AWS": "arn:aws:iam::777788889999:root"}), &condition)]))
            .admin("external-trust-conditional")
    };
    for open in [
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:*"}}),
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:root"}}),
        json!({"StringLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/*"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"StringEquals": {"aws:MultiFactorAuthPresent": "false"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
        json!({"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:*:function:*"}}),
        json!({"StringLike": {"sts:ExternalId": "?*"}}),
    ] {
        assert_eq!(letter(open.clone()), 'f', "{open}");
    }
    for bound in [
        json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::777788889999:role/deploy-*"}}),
        json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
    ] {
        assert_eq!(letter(bound.clone()), 'p', "{bound}");
    }
}

/// Whoever a trust in everyone lets in of the own account reaches what the role reaches.
#[test]
fn everyone_of_the_own_account_may_come_in() {
    let own = json!({"StringEquals": {"aws:PrincipalAccount": "111122223333"}});
    assert_eq!(said(&json!([allow(&json!("*"), &own)])).of(CALLER, "cannot-reach-administrator"), 'u');
    let others = json!({"StringEquals": {"aws:PrincipalAccount": "444455556666"}});
    assert_eq!(said(&json!([allow(&json!("*"), &others)])).of(CALLER, "cannot-reach-administrator"), 'p');
}

/// Twenty thousand names on both sides are looked up, not compared with one another.
#[test]
fn many_names_are_no_matter() {
    let mut names: Vec<String> = (0..20_000).map(|at| format!("arn:aws:iam::111122223333:user/u{at}")).collect();
    names.push(CALLER.to_owned());
    let trust = allow(&json!({"AWS": names}), &json!({}));
    let letter = |denial: Value| said(&json!([trust, denial])).of(CALLER, "cannot-reach-administrator");
    assert_eq!(letter(deny(&json!({"AWS": names}), &json!({}))), 'p');
    assert_eq!(letter(json!({"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "sts:AssumeRole"})), 'u');
    names.push("arn:aws:iam::111122223333:root".to_owned());
    assert_eq!(letter(json!({"Effect": "Deny", "NotPrincipal": {"AWS": names}, "Action": "sts:AssumeRole"})), 'f');
}

#[test]
fn a_federation_says_whose_token_it_takes() {
    let letters = |issuer: &str, condition: Value| {
        let said = said(
            &json!([{"Effect": "Allow", "Principal": {"Federated": issuer}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": condition}]),
        );
        ["federation-names-subject", "federation-names-audience", "federation-subject-exact"]
            .map(|check| said.admin(check))
    };
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let (sub, aud) = ("token.actions.githubusercontent.com:sub", "token.actions.githubusercontent.com:aud");
    let main = "repo:acme/bot:ref:refs/heads/main";
    assert_eq!(letters(github, json!({"StringEquals": {sub: main, aud: "sts.amazonaws.com"}})), ['p', 'p', 'p']);
    assert_eq!(letters(github, json!({"StringEquals": {sub: main}})), ['p', 'f', 'p']);
    assert_eq!(letters(github, json!({"StringEquals": {aud: "sts.amazonaws.com"}})), ['f', 'p', '-']);
    assert_eq!(
        letters(github, json!({"StringEqualsIfExists": {sub: main, aud: "sts.amazonaws.com"}})),
        ['f', 'f', '-']
    );
    assert_eq!(
        letters(github, json!({"ForAllValues:StringEquals": {sub: main, aud: "sts.amazonaws.com"}})),
        ['f', 'f', '-']
    );
    assert_eq!(letters(github, json!({"StringLike": {sub: "*", aud: "*"}})), ['f', 'f', '-']);
    assert_eq!(
        letters(github, json!({"StringLike": {sub: "repo:*"}, "StringEquals": {aud: "sts.amazonaws.com"}})),
        ['f', 'p', '-']
    );
    assert_eq!(
        letters(github, json!({"StringLike": {sub: "repo:acme/*"}, "StringEquals": {aud: "sts.amazonaws.com"}})),
        ['p', 'p', 'f']
    );
    // Whose accounts they are is clear in a cluster; everyone can have a repository `deploy`, or be an organisation `org`.
    let cluster = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/A";
    let account = "oidc.eks.eu-central-1.amazonaws.com/id/A:sub";
    assert_eq!(letters(cluster, json!({"StringLike": {account: "system:serviceaccount:*:agent"}})), ['p', 'f', 'f']);
    assert_eq!(letters(cluster, json!({"StringLike": {account: "system:serviceaccount:*:*"}})), ['f', 'f', '-']);
    assert_eq!(letters(cluster, json!({"StringEquals": {account: "system:serviceaccount:other:*"}})), ['p', 'f', 'p']);
    for names in ["*:agents:bot", "*:agents:*", "system:*:agents:bot"] {
        assert_eq!(letters(cluster, json!({"StringLike": {account: names}}))[0], 'p', "{names}");
    }
    for (issuer, start) in [("cognito-identity.amazonaws.com", "eu-central-1:*"), ("accounts.google.com", "1*")] {
        let condition = json!({"StringLike": {format!("{issuer}:sub"): start}});
        assert_eq!(letters(issuer, condition)[0], 'f', "the start of an id is somebody else's at {issuer}");
    }
    assert_eq!(letters(github, json!({"StringLike": {sub: "repo:*/deploy:ref:refs/heads/main"}})), ['f', 'f', '-']);
    assert_eq!(letters(github, json!({"StringLike": {sub: "repo:org/*"}})), ['p', 'f', 'f']);
    // Which run it is no trust can say.
    let terraform = "arn:aws:iam::111122223333:oidc-provider/app.terraform.io";
    let run = |subject: &str| letters(terraform, json!({"StringLike": {"app.terraform.io:sub": subject}}));
    assert_eq!(run("organization:acme:project:core:workspace:prod:run_phase:*"), ['p', 'f', 'p']);
    assert_eq!(run("organization:acme:project:core:workspace:*"), ['p', 'f', 'f']);
    let of = |claim: &str, value: &str| {
        let key = format!("token.actions.githubusercontent.com:{claim}");
        letters(github, json!({"StringLike": {key: value}, "StringEquals": {aud: "sts.amazonaws.com"}}))[0]
    };
    for (claim, value, want) in [
        ("repository", "acme/bot", 'p'),
        ("repository", "*/bot", 'f'),
        ("repository_id", "1296269", 'p'),
        ("repository_owner", "acme", 'p'),
        ("job_workflow_ref", "acme/bot/.github/workflows/x.yml@*", 'p'),
        ("ref", "refs/heads/main", 'f'),
        ("environment", "production", 'f'),
        ("actor", "octocat", 'u'),
        ("sub", "environment:production", 'f'),
        ("sub", "repository_owner:*", 'f'),
    ] {
        assert_eq!(of(claim, value), want, "{claim} {value}");
    }
    // Other claims say whose it is, and the rest of them whether one workload is meant.
    let exact = |condition: Value| letters(github, condition)[2];
    let key = |claim: &str| format!("token.actions.githubusercontent.com:{claim}");
    let file = "acme/bot/.github/workflows/deploy.yml@refs/heads/main";
    for (operator, claims, want) in [
        ("StringEquals", json!({key("repository_owner"): "acme"}), 'f'),
        ("StringLike", json!({key("repository"): "acme/*"}), 'f'),
        ("StringEquals", json!({key("repository"): "acme/bot"}), 'f'),
        ("StringEquals", json!({key("repository"): "acme/bot", key("ref"): "refs/heads/main"}), 'p'),
        ("StringLike", json!({key("repository"): "acme/bot", key("ref"): "refs/heads/*"}), 'f'),
        ("StringEquals", json!({key("repository_owner"): "acme", key("environment"): "production"}), 'f'),
        // Repositories of strangers may be able to call a workflow; those of one owner are somebody's.
        ("StringEquals", json!({key("job_workflow_ref"): file}), 'u'),
        ("ForAnyValue:StringEquals", json!({key("job_workflow_ref"): [file]}), 'u'),
        ("StringEquals", json!({key("job_workflow_ref"): file, key("repository"): "acme/bot"}), 'p'),
        ("StringEquals", json!({key("job_workflow_ref"): file, key("repository_owner"): "acme"}), 'p'),
        ("StringEquals", json!({key("job_workflow_ref"): file, key("ref"): "refs/heads/main"}), 'u'),
        ("StringLike", json!({key("job_workflow_ref"): file, sub: "repo:acme/*"}), 'p'),
        ("StringLike", json!({key("job_workflow_ref"): "acme/bot/.github/workflows/deploy.yml@*"}), 'f'),
        ("StringLike", json!({key("job_workflow_ref"): [file, "acme/bot/.github/workflows/*"]}), 'f'),
        ("StringEquals", json!({key("job_workflow_ref"): [file, "acme/bot/.github/workflows/*"]}), 'u'),
        // Also met by a token without the claim.
        ("StringEqualsIfExists", json!({key("job_workflow_ref"): file}), '-'),
        ("ForAllValues:StringEquals", json!({key("job_workflow_ref"): file}), '-'),
        // Not known to say it, nor not to.
        ("StringEquals", json!({key("actor"): "octocat"}), 'u'),
        ("StringEquals", json!({key("actor"): "octocat", key("repository"): "acme/bot"}), 'u'),
        ("StringEquals", json!({key("actor"): "octocat", sub: main}), 'p'),
        ("StringEquals", json!({"aws:RequestTag/Repository": "acme/bot"}), 'u'),
        // With a subject that leaves something open.
        ("StringLike", json!({sub: "repo:acme/bot:*", key("environment"): "production"}), 'p'),
        ("StringLike", json!({sub: "repo:acme/*", key("environment"): "production"}), 'f'),
        ("StringLike", json!({sub: [main, "repo:acme/bot:*"]}), 'f'),
        ("StringEquals", json!({sub: "repo:acme/bot:pull_request"}), 'f'),
        // A subject that people composed is as wide as the claims in it.
        ("StringEquals", json!({sub: "repo:acme/bot"}), 'f'),
        ("StringEquals", json!({sub: "repository_owner:acme"}), 'f'),
        ("StringEquals", json!({sub: format!("job_workflow_ref:{file}")}), 'u'),
        ("StringEquals", json!({sub: format!("repo:acme/bot:ref:refs/heads/x:job_workflow_ref:{file}")}), 'p'),
        ("StringEquals", json!({sub: "enterprise:acme"}), 'u'),
    ] {
        assert_eq!(exact(json!({operator: claims})), want, "{operator} {claims}");
    }
    let there =
        json!({"StringEqualsIfExists": {key("job_workflow_ref"): file}, "Null": {key("job_workflow_ref"): "false"}});
    assert_eq!(exact(there), 'u', "as where it is asked for alone");
    let cognito = "cognito-identity.amazonaws.com";
    let pool = json!({"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-central-1:0a1b"}});
    assert_eq!(letters(cognito, pool), ['p', '-', '-']);
    let guests = json!({"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "unauthenticated"}});
    assert_eq!(letters(cognito, guests), ['f', '-', '-']);
}

/// Whether `caller` reaches the administrator that trusts it.
#[test]
fn denials_take_away_what_they_cover() {
    let letter = |denials: &[Value]| {
        let mut trust = vec![allow(&json!({"AWS": CALLER}), &json!({}))];
        trust.extend_from_slice(denials);
        said(&json!(trust)).of(CALLER, "cannot-reach-administrator")
    };
    let nothing = json!({});
    assert_eq!(letter(&[]), 'f');
    for whole in [
        deny(&json!({"AWS": CALLER}), &nothing),
        deny(&json!({"AWS": "arn:aws:iam::111122223333:root"}), &nothing),
        deny(&json!({"AWS": "111122223333"}), &nothing),
        deny(&json!("*"), &nothing),
        json!({"Effect": "Deny", "NotPrincipal": {"AWS": "arn:aws:iam::444455556666:root"}, "Action": "sts:AssumeRole"}),
        json!({"Effect": "Deny", "Principal": "*", "NotAction": "sts:TagSession"}),
    ] {
        assert_eq!(letter(std::slice::from_ref(&whole)), 'p', "{whole}");
    }
    for part in [
        deny(&json!("*"), &json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}})),
        deny(&json!({"AWS": "arn:aws:sts::111122223333:assumed-role/caller/one"}), &nothing),
        json!({"Effect": "Deny", "NotPrincipal": {"AWS": CALLER}, "Action": "sts:AssumeRole"}),
    ] {
        assert_eq!(letter(std::slice::from_ref(&part)), 'u', "{part}");
    }
    for other in [
        deny(&json!({"AWS": "arn:aws:iam::111122223333:role/other"}), &nothing),
        deny(&json!({"Service": "lambda.amazonaws.com"}), &nothing),
        json!({"Effect": "Deny", "Principal": "*", "Action": "sts:TagSession"}),
        json!({"Effect": "Deny", "Principal": "*", "NotAction": "sts:AssumeRole"}),
        json!({"Effect": "Deny", "NotPrincipal": {"AWS": [CALLER, "arn:aws:iam::111122223333:root"]}, "Action": "sts:AssumeRole"}),
    ] {
        assert_eq!(letter(std::slice::from_ref(&other)), 'f', "{other}");
    }
}

/// Through the root of the account, a denial of one of its identities leaves open who is meant.
#[test]
fn a_denial_of_some_narrows_the_trust_in_all() {
    let may = json!([{"PolicyName": "q", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ADMIN}]}}]);
    let letter = |denials: &[Value]| {
        let mut trust = vec![allow(&json!({"AWS": "arn:aws:iam::111122223333:root"}), &json!({}))];
        trust.extend_from_slice(denials);
        said_with(&json!(trust), &may).of(CALLER, "cannot-reach-administrator")
    };
    assert_eq!(letter(&[]), 'f');
    assert_eq!(letter(&[deny(&json!({"AWS": CALLER}), &json!({}))]), 'u');
    assert_eq!(letter(&[deny(&json!({"AWS": "111122223333"}), &json!({}))]), 'p');
    assert_eq!(letter(&[deny(&json!({"AWS": "arn:aws:iam::444455556666:role/caller"}), &json!({}))]), 'f');
}

#[test]
fn each_kind_of_principal_has_its_own_way_in() {
    let trust = |principal: Value, action: &str| {
        let condition = json!({"StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}});
        let condition = if principal.get("Federated").is_some() { condition } else { json!({}) };
        said(&json!([{"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition}]))
    };
    let issuer = json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"});
    for (action, want) in [
        ("sts:AssumeRoleWithWebIdentity", 'f'),
        ("sts:*", 'f'),
        ("sts:AssumeRole", '-'),
        ("sts:AssumeRoleWithSAML", '-'),
        ("sts:TagSession", '-'),
    ] {
        assert_eq!(trust(issuer.clone(), action).admin("federation-names-subject"), want, "{action}");
    }
    let reaches = |principal: &str, action: &str| {
        trust(json!({"AWS": principal}), action).of(CALLER, "cannot-reach-administrator")
    };
    for (action, want) in [
        ("sts:AssumeRole", 'f'),
        ("sts:Assume*", 'f'),
        ("sts:AssumeRoleWithWebIdentity", 'p'),
        ("sts:SetSourceIdentity", 'p'),
    ] {
        assert_eq!(reaches(CALLER, action), want, "{action}");
    }
}

#[test]
fn a_grant_to_come_in_with_a_token_is_no_way_in() {
    let root = json!([allow(&json!({"AWS": "arn:aws:iam::111122223333:root"}), &json!({}))]);
    for (action, want) in [
        ("sts:AssumeRole", 'f'),
        ("sts:*", 'f'),
        ("sts:AssumeRoleWithWebIdentity", 'p'),
        ("sts:TagSession", 'p'),
        // What it gives in another account of the organisation is not known.
        ("sts:AssumeRoot", 'u'),
    ] {
        let statement = json!([{"Effect": "Allow", "Action": action, "Resource": ADMIN}]);
        let policies =
            json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": statement}}]);
        assert_eq!(said_with(&root, &policies).of(CALLER, "cannot-reach-administrator"), want, "{action}");
    }
}

#[test]
fn variables_are_those_of_the_version_of_a_policy() {
    let root = json!([allow(&json!({"AWS": "arn:aws:iam::111122223333:root"}), &json!({}))]);
    let document = |version: Option<&str>, effect: &str, resource: &str| {
        let mut document = json!({"Statement": [{"Effect": effect, "Action": "sts:AssumeRole", "Resource": resource}]});
        if let Some(version) = version {
            document["Version"] = json!(version);
        }
        document
    };
    let role = "arn:aws:iam::${aws:PrincipalAccount}:role/admin";
    let (new, old) = (Some("2012-10-17"), Some("2008-10-17"));
    for (name, policies, want) in [
        ("filled in", vec![document(new, "Allow", role)], 'f'),
        ("just characters", vec![document(old, "Allow", role)], 'p'),
        ("no version", vec![document(None, "Allow", role)], 'p'),
        ("as text", vec![json!(document(old, "Allow", role).to_string())], 'p'),
        ("the same text twice", vec![document(old, "Allow", role), document(new, "Allow", role)], 'f'),
        ("denied", vec![document(new, "Allow", ADMIN), document(new, "Deny", role)], 'p'),
        ("not denied", vec![document(new, "Allow", ADMIN), document(old, "Deny", role)], 'f'),
        (
            "perhaps denied",
            vec![document(new, "Allow", ADMIN), document(new, "Deny", "arn:aws:iam::*:role/${aws:x}")],
            'u',
        ),
    ] {
        let policies = policies.iter().enumerate();
        let policies: Vec<Value> =
            policies.map(|(at, text)| json!({"PolicyName": format!("p{at}"), "PolicyDocument": text})).collect();
        assert_eq!(said_with(&root, &json!(policies)).of(CALLER, "cannot-reach-administrator"), want, "{name}");
    }
}

/// Who can rewrite an issuer or a directory may become whoever it vouches for; who can fetch in batches reads nothing by that alone.
#[test]
fn what_vouches_for_callers_keeps_the_answer_open() {
    let letters = |actions: Value, resource: &str| {
        let policy = json!([{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}}]);
        let said = said_with(&json!([]), &policy);
        ["cannot-reach-administrator", "secrets-read-narrowly", "no-service-wildcard"]
            .map(|check| said.of(CALLER, check))
    };
    for action in [
        "iam:UpdateSAMLProvider",
        "rolesanywhere:UpdateTrustAnchor",
        "sso:UpdatePermissionSet",
        "identitystore:CreateGroupMembership",
        "sso-directory:*",
    ] {
        assert_eq!(letters(json!(action), "*")[0], 'u', "{action}");
    }
    assert_eq!(letters(json!(["secretsmanager:BatchGetSecretValue", "secretsmanager:ListSecrets"]), "*")[1], 'p');
    assert_eq!(letters(json!("secretsmanager:GetSecretValue"), "*")[1], 'f');
    assert_eq!(letters(json!("s3:?*"), "*")[2], 'f');
}
