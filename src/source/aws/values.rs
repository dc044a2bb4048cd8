//! What single values of conditions leave out: whether one says who is meant, or can be met by anyone.

use super::arn::is_account;
use super::claims::{is_audience, is_subject};
use super::wildcards::{Pattern, has_variable, head, is_wild};

/// What stands before the name in subjects of well-known issuers, and is the same for everyone who has an account there.
const LABELS: &[&str] = &[
    "account/",
    "account:",
    "actor:",
    "actor_id:",
    "enterprise:",
    "enterprise_id:",
    "job_workflow_ref:",
    "namespace_id:",
    "namespace_path:",
    "org/",
    "org:",
    "organization:",
    "organization_id:",
    "owner:",
    "pipeline:",
    "project/",
    "project:",
    "project_id:",
    "project_path:",
    "pulumi:deploy:org:",
    "pulumi:environments:org:",
    "repo:",
    "repository:",
    "repository_id:",
    "repository_owner:",
    "repository_owner_id:",
    "spiffe://",
    "system:node:",
    SERVICE_ACCOUNT,
    "workflow_ref:",
    "workspace:",
];

/// What the subjects of the accounts of a cluster begin with.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// Labels of which everyone who has a repository at GitHub chooses the value.
const CHOSEN: &[&str] = &[
    "base_ref:",
    "context:",
    "environment:",
    "event_name:",
    "head_ref:",
    "ref:",
    "ref_protected:",
    "ref_type:",
    "repository_visibility:",
    "runner_environment:",
    "workflow:",
];

/// Hosts of issuers at which everyone can have an account, and whose subjects are ids that the issuer gives out: what one
/// begins with says nothing of whose it is.
const GIVE_IDS: &[&str] = &[
    "access.line.me",
    "accounts.google.com",
    "api.login.yahoo.com",
    "appleid.apple.com",
    "graph.facebook.com",
    "id.twitch.tv",
    "login.microsoftonline.com",
    "securetoken.google.com",
    "sts.windows.net",
    "www.amazon.com",
];

/// Keys that say yes or no, so that of their values `false` says nothing of who comes.
const YES_OR_NO: &[&str] =
    &["aws:multifactorauthpresent", "aws:principalisawsservice", "aws:securetransport", "aws:viaawsservice"];

/// True if the key says yes or no.
pub fn says_yes_or_no(key: &str) -> bool {
    YES_OR_NO.contains(&key)
}

/// Whether a value of a key leaves out any caller who chooses what it carries. The value is in the form in which wildcards
/// are told from letters.
///
/// A value of wildcards only leaves out none. Of the name of a resource it must be told whose it
/// is: everyone can make a role of some name in an account of theirs. Ids of accounts,
/// organisations and networks say who is meant only as a whole.
pub fn says_something(key: &str, value: &str) -> bool {
    // A variable stands for what the caller brings, but for those that speak of the role itself.
    if has_variable(value) {
        return value.starts_with("${aws:Resource") && value.ends_with('}');
    }
    let github = key.ends_with(":sub") && key.starts_with("token.actions.");
    if !is_wild(value) {
        return !(value.is_empty() || github && only_chosen(value));
    }
    if value.starts_with("arn:") {
        let mut parts = value.splitn(6, ':');
        let (account, name) = (parts.nth(4).unwrap_or(""), parts.next().unwrap_or(""));
        let twelve = account.bytes().take_while(u8::is_ascii_digit).count() == 12;
        // Some names are unique without an account, such as those of buckets.
        return twelve || (account.is_empty() && !name.starts_with(['*', '?']) && !name.is_empty());
    }
    match key {
        // A path begins with the id of the organisation.
        "aws:principalorgpaths" | "aws:sourceorgpaths" => {
            value.split_once('/').is_some_and(|(organisation, _)| !is_wild(organisation))
        }
        // A session of one role is `AROA…:NAME`.
        "aws:userid" => value.split_once(':').is_some_and(|(role, _)| !is_wild(role)),
        _ if key.starts_with("aws:") || key == "sts:externalid" => false,
        // An id that begins alike is somebody else's.
        _ if key.ends_with("_id") || key.ends_with("-id") => false,
        _ if (is_subject(key) || is_audience(key)) && gives_ids(host(key)) => false,
        _ if github && only_chosen(value) => false,
        // A claim that holds what a label of a subject would say.
        _ if key
            .rsplit_once(':')
            .is_some_and(|(_, claim)| LABELS.iter().any(|one| one.strip_suffix(':') == Some(claim))) =>
        {
            is_said_whole(head(value))
        }
        _ if is_subject(key) && is_cluster(host(key)) && SERVICE_ACCOUNT.starts_with(head(value)) => {
            names_account(value)
        }
        _ => names_subject(value),
    }
}

/// The host of the issuer of a key.
fn host(key: &str) -> &str {
    key.split([':', '/']).next().unwrap_or(key)
}

fn gives_ids(host: &str) -> bool {
    // Cognito has a host for each region of some partitions, and one for each region of its pools.
    let cognito = ["cognito-identity", "cognito-idp"].iter().any(|head| host.starts_with(head));
    GIVE_IDS.contains(&host) || (cognito && host.contains(".amazonaws.com"))
}

/// True of the host of an issuer that a cloud runs for clusters, each of which has a path or a host of its own.
fn is_cluster(host: &str) -> bool {
    host.starts_with("oidc.eks.") || host == "container.googleapis.com" || host.ends_with(".oic.prod-aks.azure.com")
}

/// True if a pattern of the subjects of a cluster leaves out any of its accounts by name. No account has a tilde in its name.
fn names_account(value: &str) -> bool {
    !Pattern::read(&value.replace('?', "*")).matches(&format!("{SERVICE_ACCOUNT}~:~"))
}

/// True if what stands before a wildcard says a name to its end. People choose their names at such issuers, so one that only
/// begins alike may be a stranger's.
fn is_said_whole(before: &str) -> bool {
    before.find([':', '/']).is_some_and(|end| end > 0)
}

/// True if, compared as text, a wildcard of an ARN pattern may stand for all of another name before the account is said.
pub fn spans(value: &str) -> bool {
    value.starts_with("arn:") && value.splitn(5, ':').take(4).any(is_wild)
}

/// True if a pattern of a claim of an issuer says more before its first wildcard than what all subjects begin with.
///
/// Everyone can have a repository `bot`, so `repo:*/bot:*` names nobody. The accounts of a cluster are its own, so a name
/// alone says which of them are meant.
fn names_subject(value: &str) -> bool {
    let head = head(value);
    if let Some(account) = value.strip_prefix(SERVICE_ACCOUNT) {
        return account.bytes().any(|byte| !matches!(byte, b'*' | b'?' | b':'));
    }
    if LABELS.iter().chain(CHOSEN).any(|label| label.starts_with(head)) {
        return false;
    }
    // What follows a label is its value, also where it is a word that is a label elsewhere: an owner may be called `org`.
    match LABELS.iter().find_map(|label| head.strip_prefix(label)) {
        Some(name) if is_wild(value) => is_said_whole(name),
        Some(name) => !name.is_empty(),
        None => !head.is_empty(),
    }
}

/// True if all that a subject of GitHub says before its first wildcard is what everyone there chooses, as in `environment:production`.
fn only_chosen(value: &str) -> bool {
    let head = head(value);
    let mut rest = head;
    while let Some(after) = CHOSEN.iter().find_map(|label| rest.strip_prefix(label)) {
        rest = after.split_once(':').map_or("", |(_, next)| next);
    }
    rest.len() < head.len() && (rest.is_empty() || is_wild(value) && !names_subject(&format!("{rest}*")))
}

/// True if a pattern of names of callers says of them the account and no more, as `arn:aws:iam::111122223333:role/*` does.
pub fn says_only_account(value: &str) -> bool {
    let Some(name) = value.splitn(6, ':').nth(5) else { return value.starts_with("arn:") };
    let all = |text: &str| text.bytes().all(|byte| matches!(byte, b'*' | b'?' | b'/'));
    if name == "root" || all(name) {
        return true;
    }
    let kinds = ["role/", "user/", "assumed-role/", "federated-user/"];
    let head = name.split(['*', '?']).next().unwrap_or("");
    let rest = name.get(head.len()..).unwrap_or("");
    all(rest) && kinds.iter().any(|kind| kind.starts_with(head))
}

/// The account in the name of a caller, if it is said whole. A wildcard before it may stand for all of another name.
pub fn account_of_arn(value: &str) -> Option<&str> {
    let mut parts = value.strip_prefix("arn:")?.splitn(5, ':');
    let wild = parts.by_ref().take(3).filter(|part| is_wild(part) || part.contains("${")).count() > 0;
    let account = parts.next().filter(|account| is_account(account) && !wild)?;
    parts.next().map(|_| account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_said_whole_or_not_at_all() {
        assert_eq!(account_of_arn("arn:aws:iam::111122223333:role/x*"), Some("111122223333"));
        for text in [
            "arn:*:*::111122223333:*",
            "arn:aws:iam::1111*:role/x",
            "arn:aws:iam::*:role/x",
            "arn:aws:iam::111122223333",
            "",
        ] {
            assert_eq!(account_of_arn(text), None, "{text}");
        }
    }

    #[test]
    fn a_label_names_no_subject() {
        for text in ["repo:*", "repo:*/bot:*", "r*", "*", "repo*", "project_path:?*", "system:serviceaccount:*:*"] {
            assert!(!names_subject(text), "{text}");
        }
        for text in [
            "repository_owner:*",
            "repository_owner_id:*",
            "repository_id:*",
            "job_workflow_ref:*",
            "enterprise:*",
            "environment:*",
            "pulumi:deploy:org:*",
            "owner:*:project:x:environment:production",
            "account:*:pipeline:*",
            "account/*",
            "org/*/project/*",
            "repo:?*/org:*",
            "system:serviceaccount:*",
            // Anyone may call an organisation `acme-bot`, or have an account whose number begins so.
            "repo:acme*",
            "repo:acme*/bot:*",
            "repository_owner:acme*",
            "repository_id:12*",
            "organization:acme*:project:x",
            "account:61*:pipeline:x",
            "spiffe://acme*",
        ] {
            assert!(!names_subject(text), "{text}");
        }
        for text in [
            "repo:acme/*",
            "repository_owner:acme:*",
            "system:serviceaccount:ns:*",
            "deploy-*",
            "pulumi:deploy:org:acme:*",
            "owner:acme:project:*",
            "account:61:pipeline:*",
            "system:serviceaccount:*:agent",
            "system:serviceaccount:?:agent*",
            // Whoever is called as a label is.
            "repo:org/*",
            "repo:account/bot:*",
            "repository_owner:owner:*",
            "organization:project:*",
            "org/org/*",
        ] {
            assert!(names_subject(text), "{text}");
        }
    }

    #[test]
    fn what_everyone_at_github_chooses_names_no_subject() {
        let key = "token.actions.githubusercontent.com:sub";
        for text in [
            "environment:production",
            "ref:refs/heads/main",
            "ref:refs/heads/*",
            "environment:production:repo:*",
            "ref:refs/heads/main:environment:x",
        ] {
            assert!(!says_something(key, text), "{text}");
        }
        for text in
            ["environment:production:repo:acme/bot", "environment:production:repo:acme/*", "repo:acme/bot:ref:*"]
        {
            assert!(says_something(key, text), "{text}");
        }
        assert!(says_something("issuer.example:sub", "environment:production"));
        assert!(says_something("token.actions.githubusercontent.com:repository_id", "1296269"));
        for (claim, text) in [
            ("repository_id", "1*"),
            ("repository", "acme*"),
            ("repository_owner", "acme*"),
            ("job_workflow_ref", "a*"),
        ] {
            assert!(!says_something(&format!("token.actions.githubusercontent.com:{claim}"), text), "{claim}");
        }
        for (claim, text) in
            [("repository", "acme/*"), ("repository_owner", "acme"), ("job_workflow_ref", "acme/bot/*")]
        {
            assert!(says_something(&format!("token.actions.githubusercontent.com:{claim}"), text), "{claim}");
        }
    }

    #[test]
    fn the_start_of_an_id_names_no_subject() {
        for (key, text) in [
            ("cognito-identity.amazonaws.com:sub", "eu-central-1:*"),
            ("cognito-identity.cn-north-1.amazonaws.com.cn:sub", "cn-north-1:*"),
            ("accounts.google.com:sub", "1*"),
            ("graph.facebook.com:id", "1*"),
            ("www.amazon.com:user_id", "amzn1.account.A*"),
            ("securetoken.google.com/project:sub", "a*"),
        ] {
            assert!(!says_something(key, text), "{key} {text}");
            assert!(says_something(key, "eu-central-1:1a2b"), "{key}");
        }
        assert!(says_something("accounts.google.com:email", "bot-*@example.org"), "an address is no id");
        assert!(says_something("issuer.example:sub", "deploy-*"));
    }

    #[test]
    fn a_cluster_knows_whose_an_account_is_by_its_name() {
        let cluster = "oidc.eks.eu-west-1.amazonaws.com/id/abc:sub";
        for text in
            ["*:agents:bot", "*:agents:*", "system:*:agents:bot", "*:bot", "s*:agents:?ot", "*:serviceaccount:a:*"]
        {
            assert!(says_something(cluster, text), "{text}");
        }
        for text in ["*", "*:*", "system:*", "*:serviceaccount:*", "*account:*:*", "??????:*", "*:*:??", "*:?:*"] {
            assert!(!says_something(cluster, text), "{text}");
        }
        assert!(!says_something("issuer.example:sub", "*:agents:bot"), "anyone may have such a subject");
        assert!(!says_something("oidc.eks.eu-west-1.amazonaws.com/id/abc:aud", "*.com"), "an audience is no account");
    }

    #[test]
    fn a_wildcard_in_text_knows_no_parts() {
        for text in
            ["arn:*:*:*:111122223333:*", "arn:aws*:iam::111122223333:role/x", "arn:aws:iam:*:111122223333:role/x"]
        {
            assert!(spans(text), "{text}");
        }
        for text in ["arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:role/x", "repo:*"] {
            assert!(!spans(text), "{text}");
        }
    }
}
