//! Claims of the tokens of issuers, by the keys of conditions: which say whose workload comes, which its branch, and which neither.
//!
//! A key is the issuer and the claim, as `token.actions.githubusercontent.com:repository`. AWS
//! knows claims of a few issuers only, and issuers add claims; of one that is not listed here
//! nothing is said.

/// What a claim says of the workload that a token was made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// Which workflow runs: one file in one version. Repositories of others may call it.
    Workload,
    /// Which repository or project it runs for, in whatever version.
    Place,
    /// Whose it is: an owner has many repositories.
    Owner,
    /// Which branch, tag or environment it runs for, of whichever repository.
    Version,
    /// Nothing of these.
    Nothing,
}

/// The claims that are known, sorted.
const CLAIMS: &[(&str, Says)] = &[
    ("amr", Says::Nothing),
    ("aud", Says::Nothing),
    ("azp", Says::Nothing),
    ("base_ref", Says::Nothing),
    ("enterprise_id", Says::Owner),
    ("environment", Says::Version),
    ("event_name", Says::Nothing),
    ("google/organization_number", Says::Owner),
    ("head_ref", Says::Nothing),
    ("job_workflow_ref", Says::Workload),
    ("namespace_id", Says::Owner),
    ("namespace_path", Says::Owner),
    ("oaud", Says::Nothing),
    ("oidc.circleci.com/org-id", Says::Owner),
    ("oidc.circleci.com/project-id", Says::Place),
    ("project_id", Says::Place),
    ("project_path", Says::Place),
    ("ref", Says::Version),
    ("ref_protected", Says::Nothing),
    ("ref_type", Says::Nothing),
    ("repository", Says::Place),
    ("repository_id", Says::Place),
    ("repository_owner", Says::Owner),
    ("repository_owner_id", Says::Owner),
    ("repository_visibility", Says::Nothing),
    ("runner_environment", Says::Nothing),
    ("workflow", Says::Nothing),
];

/// Keys in lower case that say for which account or resource a service must come.
pub const SOURCES: [&str; 2] = ["aws:sourceaccount", "aws:sourcearn"];

/// The claim of a key in lower case; `None` for the keys of AWS.
#[must_use]
pub fn claim(key: &str) -> Option<&str> {
    let host = key.split([':', '/']).next()?;
    let (_, claim) = key.rsplit_once(':').filter(|_| host.contains('.'))?;
    Some(claim)
}

/// What a claim says, if that is known.
#[must_use]
pub fn says(claim: &str) -> Option<Says> {
    let at = CLAIMS.binary_search_by(|(known, _)| (*known).cmp(claim)).ok()?;
    CLAIMS.get(at).map(|(_, says)| *says)
}

/// The claims that say whose workload it is, sorted: the workload, its place or its owner. Built-in checks list them too.
#[cfg(test)]
pub fn saying_whose() -> impl Iterator<Item = &'static str> {
    let whose = |says: Says| matches!(says, Says::Workload | Says::Place | Says::Owner);
    CLAIMS.iter().filter(move |(_, says)| whose(*says)).map(|(claim, _)| *claim)
}

/// True of a key in lower case by which values name the subjects of an issuer.
#[must_use]
pub fn is_subject(key: &str) -> bool {
    key.ends_with(":sub") || matches!(key, "graph.facebook.com:id" | "www.amazon.com:user_id")
}

/// True of a key in lower case by which values name the audience of a token.
#[must_use]
pub fn is_audience(key: &str) -> bool {
    key.ends_with(":aud") || matches!(key, "graph.facebook.com:app_id" | "www.amazon.com:app_id")
}

/// True of a key in lower case of which it is not known whether it says who is meant: a claim that is not listed, or a
/// session tag, which an issuer writes into its tokens.
#[must_use]
pub fn may_say_whose(key: &str) -> bool {
    if key.starts_with("aws:requesttag/") {
        return true;
    }
    !is_subject(key) && !is_audience(key) && claim(key).is_some_and(|claim| says(claim).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_are_sorted_and_each_stands_once() {
        assert!(CLAIMS.is_sorted_by(|(one, _), (other, _)| one < other));
    }

    #[test]
    fn a_claim_is_what_stands_after_an_issuer() {
        for (key, want) in [
            ("token.actions.githubusercontent.com:repository", Some("repository")),
            ("gitlab.example:8443/group:project_path", Some("project_path")),
            ("oidc.circleci.com/org/1:oidc.circleci.com/project-id", Some("oidc.circleci.com/project-id")),
            ("aws:principaltag/team.example:repository", None),
            ("sts:externalid", None),
            ("repository", None),
        ] {
            assert_eq!(claim(key), want, "{key}");
        }
    }

    #[test]
    fn what_is_not_listed_may_say_whose() {
        for key in ["token.actions.githubusercontent.com:actor", "app.terraform.io:terraform_workspace_id"] {
            assert!(may_say_whose(key), "{key}");
        }
        assert!(may_say_whose("aws:requesttag/repository"));
        for key in ["x.example:sub", "x.example:ref", "graph.facebook.com:id", "aws:sourceip", "sts:rolesessionname"] {
            assert!(!may_say_whose(key), "{key}");
        }
    }
}
