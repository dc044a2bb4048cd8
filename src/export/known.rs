//! Files that are known and not read: what they are, and what to export instead.

use super::head::{HEAD, Head, Shape};
use super::secrets;

/// A file that is known and not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it is.
    pub what: &'static str,
    /// What to do about it, in one sentence without a full stop; empty if there is nothing to do.
    pub instead: &'static str,
}

const DETAILS: &str = "export `aws iam get-account-authorization-details`, which has the whole account at once";
const REPORT: &str = "export `aws iam get-credential-report`, which has every user's password and keys";
const KEYS: &str = "delete this file; which keys there are is said by `aws iam list-access-keys`";
const SECRET: &str = "delete this file; no export needs a secret's value";
const LIVE_KEY: &str =
    "delete this file and replace the key; which keys there are is said by OpenAI's lists of API keys";
const KUBE: &str =
    "export `kubectl get serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings,pods -A -o json`";
/// Of what a command left where it failed.
const AGAIN: &str = "run the command again and look at its answer";
const NOT_YET: &str = "this kind of export is not read yet";

/// Top-level keys that tell a JSON export, what it is, and what to export instead.
const JSON: &[(&[&str], &str, &str)] = &[
    (&["AccessKeyMetadata"], "a list of access keys", ""),
    (&["AccessKey"], "an access key with its live secret", KEYS),
    (&["SecretAccessKey"], "an access key with its live secret", KEYS),
    (&["redacted_value", "value"], "an API key of OpenAI with its live secret", LIVE_KEY),
    (&["object", "api_key"], "a service account of OpenAI with the live secret of its key", LIVE_KEY),
    (&["object", "value", "created_at"], "an API key of OpenAI with its live secret", LIVE_KEY),
    (&["SecretString"], "a secret of Secrets Manager with its live value", SECRET),
    (&["SecretBinary"], "a secret of Secrets Manager with its live value", SECRET),
    (&["Group", "Users"], "one group of `aws iam get-group`", DETAILS),
    (&["Users"], "the users of `aws iam list-users`", DETAILS),
    (&["User"], "one user of `aws iam get-user`", DETAILS),
    (&["Roles"], "the roles of `aws iam list-roles`", DETAILS),
    (&["Role"], "one role of `aws iam get-role`", DETAILS),
    (&["Groups"], "the groups of `aws iam list-groups`", DETAILS),
    (&["Group"], "one group of `aws iam get-group`", DETAILS),
    (&["Policies"], "the policies of `aws iam list-policies`, without their text", DETAILS),
    (&["Policy"], "one policy of `aws iam get-policy`, without its text", DETAILS),
    (&["PolicyVersion"], "one policy's text of `aws iam get-policy-version`", DETAILS),
    (&["PolicyDocument"], "one policy's text", DETAILS),
    (&["Versions"], "the versions of one policy", DETAILS),
    (&["PolicyNames"], "names of policies", DETAILS),
    (&["AttachedPolicies"], "policies attached to one identity", DETAILS),
    (&["PolicyGroups"], "what a policy is attached to", DETAILS),
    (&["PoliciesGrantingServiceAccess"], "policies that grant access to one service", DETAILS),
    (&["InstanceProfiles"], "instance profiles", DETAILS),
    (&["InstanceProfile"], "one instance profile", DETAILS),
    (&["MFADevices"], "devices of one user", REPORT),
    (&["VirtualMFADevices"], "virtual devices", REPORT),
    (&["LoginProfile"], "one user's password of `aws iam get-login-profile`", REPORT),
    (&["Certificates"], "signing certificates of one user", REPORT),
    (&["SSHPublicKeys"], "SSH keys of one user", NOT_YET),
    (&["SSHPublicKey"], "one SSH key", NOT_YET),
    (&["ServiceSpecificCredentials"], "service-specific credentials of one user", NOT_YET),
    (&["ServiceSpecificCredential"], "a service-specific credential with its live password", SECRET),
    (&["ServerCertificateMetadataList"], "server certificates, which prove servers and not identities", ""),
    (&["OpenIDConnectProviderList"], "identity providers; trusts in them are read from the roles", DETAILS),
    (&["SAMLProviderList"], "identity providers; trusts in them are read from the roles", DETAILS),
    (&["SAMLMetadataDocument"], "one identity provider", DETAILS),
    (&["ClientIDList"], "one identity provider", DETAILS),
    (&["AccountAliases"], "the names of an account", ""),
    (&["SummaryMap"], "numbers of an account", DETAILS),
    (&["PasswordPolicy"], "the password policy of an account", REPORT),
    (&["Credentials"], "live session credentials: delete this file", DETAILS),
    (&["ReportFormat"], "a credential report without its content", REPORT),
    (&["State", "Description"], "the answer that a credential report was started", REPORT),
    (
        &["Account", "Arn", "UserId"],
        "the answer of `aws sts get-caller-identity`; name the account in the manifest",
        "",
    ),
    (&["JobStatus"], "service last accessed details of one identity", NOT_YET),
    (&["JobId"], "the answer that a job was started", NOT_YET),
    (&["ContextKeyNames"], "context keys of policies", ""),
    (&["ARN", "Name"], "one secret of Secrets Manager", NOT_YET),
    (&["Tags"], "tags of one thing", DETAILS),
    (&["SecretList"], "the list of Secrets Manager", NOT_YET),
    (&["Records"], "CloudTrail records", NOT_YET),
    (&["Events"], "CloudTrail events", NOT_YET),
    (&["trailList"], "CloudTrail trails", "state which identities are logged as `[[log_sources]]` of the inventory"),
    (&["findings"], "findings of IAM Access Analyzer or of a scanner", NOT_YET),
    (&["agentAliasSummaries"], "the aliases of a Bedrock agent", NOT_YET),
    (&["agentVersionSummaries"], "the versions of a Bedrock agent", NOT_YET),
    (&["knowledgeBaseSummaries"], "the knowledge bases of Bedrock", NOT_YET),
    (&["knowledgeBase"], "one knowledge base of Bedrock", NOT_YET),
    (&["Accounts"], "the accounts of an organisation", "name them as `expected_scopes` in `assize.toml`"),
    (&["terraform_version"], "Terraform state, which may hold secrets and is not what the system has", DETAILS),
    (&["planned_values"], "a Terraform plan", DETAILS),
    (&["SourceMetadata"], "a trufflehog report", NOT_YET),
    (&["plugins_used"], "a detect-secrets baseline", NOT_YET),
    (&["clusters", "contexts", "users"], "a kubeconfig, which may hold live credentials", KUBE),
    (&["apiVersion"], "Kubernetes objects without a kind that says what they are", KUBE),
    (&["bindings"], "a Google Cloud policy", NOT_YET),
    (&["@odata.context"], "an answer of Microsoft Graph", NOT_YET),
    (&["request_id", "lease_id"], "an answer of Vault", NOT_YET),
    (&["object", "data", "has_more"], "a list of OpenAI that is empty, or of a kind that gives no facts", ""),
    (&["data", "has_more", "last_id"], "a list of Anthropic that is empty, or of a kind that gives no facts", ""),
    (&["$schema", "runs"], "a SARIF report of another tool", ""),
    (&["inline_policies", "roles"], "the results of another scanner", DETAILS),
    (&["schema", "tool", "as_of"], "results of assize itself", ""),
    (&["Error"], "an error message where an export should be", AGAIN),
    (&["error"], "an error message where an export should be", AGAIN),
    (&["__type"], "an error message where an export should be", AGAIN),
    (&["message"], "a message where an export should be", AGAIN),
];

/// Beginnings of a text that is not JSON.
const TEXTS: &[(&str, &str, &str)] = &[
    ("access key id,secret access key", "an access key with its live secret", KEYS),
    ("user name,access key id,secret access key", "access keys with their live secrets", KEYS),
    ("user name,password,", "a user's live password, perhaps with access keys", KEYS),
    ("<!doctype html", "a web page", "export with the command, not from the console"),
    ("<html", "a web page", "export with the command, not from the console"),
    ("<?xml", "XML", "export with `--output json`"),
];

/// Looks a file up among the known ones.
#[must_use]
pub fn known(head: &Head) -> Option<Known> {
    let lower: String = head.text.trim_start().chars().take(4096).collect::<String>().to_ascii_lowercase();
    if lower.contains("an error occurred (") || lower.starts_with("unable to locate credentials") {
        return Some(Known { what: "an error message where an export should be", instead: AGAIN });
    }
    if let Shape::Json { .. } = head.shape {
        let (_, what, instead) = JSON.iter().find(|(keys, ..)| keys.iter().all(|key| head.has(key)))?;
        return Some(Known { what, instead });
    }
    if let Shape::Yaml { names } = &head.shape {
        let has = |key: &&str| names.iter().any(|name| name == key);
        let (_, what, instead) = JSON.iter().find(|(keys, ..)| keys.iter().all(has))?;
        return Some(Known { what, instead });
    }
    let (_, what, instead) = TEXTS.iter().find(|(beginning, ..)| lower.starts_with(beginning))?;
    Some(Known { what, instead })
}

/// True for a file whose name ends as those of exports do.
#[must_use]
pub fn is_named_as_exports(name: &str) -> bool {
    const ENDS: &[&str] = &["csv", "json", "json5", "jsonc", "jsonl", "ndjson", "toml", "yaml", "yml"];
    name.rsplit_once('.').is_some_and(|(_, end)| ENDS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// True for what a command left where it failed: an error message, or what is named as JSON and is none.
#[must_use]
pub fn is_failed(name: &str, head: &Head) -> bool {
    let json =
        name.rsplit_once('.').is_some_and(|(_, end)| end.get(..4).is_some_and(|end| end.eq_ignore_ascii_case("json")));
    let no_json = json && matches!(head.shape, Shape::Other | Shape::Rows { .. });
    no_json || known(head).is_some_and(|known| known.instead == AGAIN)
}

/// Why a file that no source recognised is left out, in one sentence.
#[must_use]
pub fn why_left_out(head: &Head) -> String {
    if let Some(known) = known(head) {
        return if known.instead.is_empty() {
            known.what.to_owned()
        } else {
            format!("{}: {}", known.what, known.instead)
        };
    }
    if head.whole && (head.text.trim() == "null" || is_empty_list(head)) {
        return "an empty list, which does not say of what: name the `scope` or the `command` in the manifest"
            .to_owned();
    }
    match &head.shape {
        Shape::Json { keys, .. } if keys.is_empty() => "JSON without keys that say what it is".to_owned(),
        Shape::Json { keys, .. } => {
            listed("JSON of an unknown kind", ["key", "keys"], keys.iter().map(|key| key.name.as_str()))
        }
        Shape::Rows { header } => {
            listed("CSV of an unknown kind", ["column", "columns"], header.iter().map(String::as_str))
        }
        Shape::Toml { names } if names.is_empty() => {
            let filled = |line: &str| !line.is_empty() && !line.starts_with('#');
            if head.whole && !head.text.lines().any(|line| filled(line.trim())) {
                "nothing but comments: nothing is filled in yet".to_owned()
            } else {
                "text of an unknown kind that begins with comments".to_owned()
            }
        }
        Shape::Toml { names } => listed("TOML of an unknown kind", ["name", "names"], names.iter().map(String::as_str)),
        Shape::Yaml { names } if names.is_empty() => "YAML without keys that say what it is".to_owned(),
        Shape::Yaml { names } => listed("YAML of an unknown kind", ["key", "keys"], names.iter().map(String::as_str)),
        Shape::Blank => "nothing but white space".to_owned(),
        Shape::Comments if !head.whole => format!(
            "its first {} kB are nothing but comments, and it was not looked at any further: put what it says before them",
            HEAD >> 10
        ),
        Shape::Comments => "nothing but comments: whatever it says is switched off".to_owned(),
        Shape::Binary => "not text".to_owned(),
        Shape::Other => "text of an unknown kind".to_owned(),
    }
}

/// What a file is, with the first of its names; only with their number where they may be values, as of a CSV without a header.
fn listed<'a>(what: &str, [one, many]: [&str; 2], names: impl Iterator<Item = &'a str> + Clone) -> String {
    let count = names.clone().count();
    if !names.clone().all(is_telling) {
        return format!(
            "{what}, with {count} {}, of which not all look like names",
            if count == 1 { one } else { many }
        );
    }
    let names: Vec<String> = names.take(4).map(|name| format!("`{name}`")).collect();
    format!("{what}, with the {many} {}", names.join(", "))
}

/// True for what looks like a name that somebody gave to a column or a key.
fn is_telling(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    name.len() <= 40 && name.chars().all(plain) && secrets::masked(name) == name
}

/// True for `[]` and nothing else.
fn is_empty_list(head: &Head) -> bool {
    let inner = head.text.trim().strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    inner.is_some_and(|inner| inner.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_files_name_what_to_export() {
        let why = |text: &str| why_left_out(&Head::new(text.as_bytes(), true));
        assert!(why(r#"{"Users": []}"#).contains("get-account-authorization-details"));
        assert!(why(r#"{"Credentials": {"SecretAccessKey": "x"}}"#).contains("delete this file"));
        let key = r#"{"UserName": "ci", "AccessKeyId": "AKIAI44QH8DHBEXAMPLE", "SecretAccessKey": "hush"}"#;
        for text in
            [&format!("{{\"AccessKey\": {key}}}"), key, "Access key ID,Secret access key\nAKIAI44QH8DHBEXAMPLE,hush"]
        {
            let said = why(text);
            assert!(said.starts_with("an access key with its live secret: delete this file"), "{said}");
            assert!(!said.contains("hush") && !said.contains("AKIA"), "{said}");
        }
        assert!(why(r#"{"ARN": "a", "Name": "n", "SecretString": "hush"}"#).contains("live value: delete this file"));
        assert!(why(r#"{"ARN": "a", "Name": "n"}"#).contains("not read yet"));
        assert!(why("\nAn error occurred (AccessDenied) when calling").contains("error message"));
        assert!(why("[ ]\n").starts_with("an empty list, which does not say of what"));
        assert!(why("null").starts_with("an empty list"));
        assert_eq!(why("# to do\n\n  # x = 1\n"), "nothing but comments: nothing is filled in yet");
        assert_eq!(why("# a\nb c d\n"), "text of an unknown kind that begins with comments");
        assert_eq!(why("// {}\n"), "nothing but comments: whatever it says is switched off");
        assert!(why_left_out(&Head::new(b"// {}\n", false)).starts_with("its first 64 kB are nothing but comments"));
        assert_eq!(why("name,team\na,b\n"), "CSV of an unknown kind, with the columns `name`, `team`");
        for row in ["alice,Hunter2-SuperSecret!,prod\n", "alice,ghp_q8ZkLm2Nv7Xw1Rt5Yb9Jd3Fs6Hg0PaTcQe4,prod\n"] {
            let said = "CSV of an unknown kind, with 3 columns, of which not all look like names";
            assert_eq!(why(row), said);
        }
        assert_eq!(why(r#"{"zebra": 1}"#), "JSON of an unknown kind, with the keys `zebra`");
    }
}
