//! The claims of which issuers compose the subjects of their tokens, as in `repo:acme/bot:ref:refs/heads/main`.
//!
//! GitHub and GitLab write each claim before its value, with colons between them (a colon in a value
//! is written `%3A`), and let people choose which claims. So a subject without a wildcard may be
//! that of all repositories of an owner.

use crate::source::aws::claims::{Says, says};
use crate::source::aws::wildcards::{head, is_wild, tail};
use crate::source::link::subjects::is_github;

/// What stands in the place of a branch or an environment, alone, where a pull request started the workflow.
const PULL_REQUEST: &str = "pull_request";

/// What a pattern of subjects says of a workload.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts<'a> {
    /// It is one subject of an issuer that does not compose them, or not of claims: one workload.
    pub whole: bool,
    /// The claims in it, with their patterns.
    pub claims: Vec<(&'a str, String)>,
    /// Something in it is not understood, and may say which workload is meant.
    pub strange: bool,
}

impl<'a> Parts<'a> {
    /// Of a pattern of subjects of an issuer.
    pub fn of(issuer: &str, subject: &'a str) -> Self {
        let composed = is_github(issuer) || is_composed(subject);
        if of_one_run(issuer, subject) || !composed && !is_wild(subject) {
            return Self { whole: true, ..Self::default() };
        }
        let mut parts = Self::default();
        let wild = is_wild(subject);
        parts.forward(head(subject), wild);
        if wild {
            parts.backward(tail(subject));
        }
        // Other issuers may use the same words for something else.
        parts.strange &= composed;
        parts
    }

    /// Reads from the beginning of a subject, of which a wildcard may cut off the last part.
    fn forward(&mut self, text: &'a str, cut: bool) {
        let mut parts = text.split(':').peekable();
        while let Some(key) = parts.next() {
            if key == PULL_REQUEST || cut && parts.peek().is_none() {
                continue;
            }
            match parts.next() {
                Some(value) => self.add(key, value, cut && parts.peek().is_none()),
                None => self.strange = true,
            }
        }
    }

    /// Reads what stands behind the last wildcard, from the end: a subject ends with a value.
    fn backward(&mut self, text: &'a str) {
        let mut parts: Vec<&str> = text.split(':').skip(1).collect();
        if parts.last() == Some(&PULL_REQUEST) {
            parts.pop();
        }
        for pair in parts.rchunks(2) {
            if let [key, value] = pair {
                self.add(key, value, false);
            }
        }
    }

    fn add(&mut self, key: &'a str, value: &'a str, cut: bool) {
        let claim = if key == "repo" { "repository" } else { key };
        let path = matches!(claim, "repository" | "project_path");
        let named = !value.is_empty() && (!path || owner(value).is_some());
        match says(claim) {
            Some(_) if cut => self.claims.push((claim, format!("{value}*"))),
            Some(_) if named => self.claims.push((claim, value.to_owned())),
            // Of a value that a wildcard stands for whole nothing is said.
            None if cut && value.is_empty() => {}
            _ => self.strange = true,
        }
    }
}

/// True if a subject begins with a claim that says whose workload it is, as those of GitHub and GitLab do on servers of
/// any name.
fn is_composed(subject: &str) -> bool {
    let first = subject.split_once(':').map_or("", |(first, _)| first);
    first == "repo" || matches!(says(first), Some(Says::Workload | Says::Place | Says::Owner))
}

/// True if all that a pattern leaves open is the run: the last part of these subjects differs from run to run, so that no
/// trust can say it. Those of Terraform end with the phase, after the workspace; those of Bitbucket with the step, after the
/// repository and the environment.
fn of_one_run(issuer: &str, subject: &str) -> bool {
    let Some((before, run)) = subject.rsplit_once(':') else { return false };
    let parts: Vec<&str> = before.split(':').collect();
    let said = |part: &str| !part.is_empty() && !is_wild(part);
    if run.is_empty() || is_wild(before) || !parts.iter().all(|part| said(part)) {
        return false;
    }
    match parts.as_slice() {
        ["organization", _, "project", _, "workspace", _, "run_phase"]
        | ["organization", _, "workspace", _, "run_phase"] => true,
        [_, _] => issuer.starts_with("api.bitbucket.org/"),
        _ => false,
    }
}

/// True if a pattern of a claim says this in all that it matches. Who says which repository says whose.
pub(super) fn tells(claim: &str, pattern: &str, what: Says) -> bool {
    match says(claim) {
        Some(one) if one == what => !is_wild(pattern),
        Some(Says::Place) if what == Says::Owner => !is_wild(pattern) || owner(pattern).is_some(),
        _ => false,
    }
}

/// The owner in the path of a repository, if it is said whole.
fn owner(path: &str) -> Option<&str> {
    let (owner, name) = path.split_once('/')?;
    (!owner.is_empty() && !is_wild(owner) && !name.is_empty()).then_some(owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn read(issuer: &str, subject: &str) -> String {
        let parts = Parts::of(issuer, subject);
        let claims: Vec<String> = parts.claims.iter().map(|(claim, value)| format!("{claim}={value}")).collect();
        let more = [(parts.whole, "whole"), (parts.strange, "strange")];
        let more = more.iter().filter(|(so, _)| *so).map(|(_, word)| (*word).to_owned());
        claims.into_iter().chain(more).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_subject_is_read_claim_by_claim() {
        for (subject, want) in [
            ("repo:acme/bot:ref:refs/heads/main", "repository=acme/bot ref=refs/heads/main"),
            ("repo:acme@1/bot@2:environment:prod%3Av1", "repository=acme@1/bot@2 environment=prod%3Av1"),
            ("repo:acme/bot", "repository=acme/bot"),
            ("repo:acme/bot:pull_request", "repository=acme/bot"),
            ("repo:acme/bot:environment:pull_request", "repository=acme/bot environment=pull_request"),
            (
                "repository_owner:acme:repository_visibility:private",
                "repository_owner=acme repository_visibility=private",
            ),
            ("enterprise:acme", "strange"),
            ("repo:acme/bot:actor:x", "repository=acme/bot strange"),
            ("repo:acme/bot:ref", "repository=acme/bot strange"),
            ("repo:acme", "strange"),
            ("repo:acme/bot:ref:", "repository=acme/bot strange"),
            ("", "strange"),
            // A wildcard cuts a part off, and what is behind it is read from the end.
            ("repo:acme/bot:*", "repository=acme/bot"),
            ("repo:acme/bot*", "repository=acme/bot*"),
            ("repo:acme/bot:r*", "repository=acme/bot"),
            ("repo:acme/bot:ref:refs/heads/*", "repository=acme/bot ref=refs/heads/*"),
            ("repo:acme/bot:actor:*", "repository=acme/bot"),
            ("repo:acme/bot:actor:x*", "repository=acme/bot strange"),
            ("repo:acme/*:ref:refs/heads/main", "repository=acme/* ref=refs/heads/main"),
            ("repo:*/bot:x:ref:refs/heads/main", "repository=* ref=refs/heads/main"),
            ("*:main", ""),
            ("repo:acme/*:environment:x:pull_request", "repository=acme/* environment=x"),
            ("*", ""),
        ] {
            assert_eq!(read(GITHUB, subject), want, "{subject}");
        }
    }

    #[test]
    fn subjects_of_others_are_whole_unless_they_are_composed_alike() {
        assert_eq!(read("oidc.example", "system:serviceaccount:a:b"), "whole");
        assert_eq!(read("oidc.example", "system:serviceaccount:a:*"), "");
        let branch = "project_path:g/p:ref_type:branch:ref:main";
        assert_eq!(read("gitlab.example", branch), "project_path=g/p ref_type=branch ref=main");
        assert_eq!(read("gitlab.example", "project_path:g/p"), "project_path=g/p");
        assert_eq!(read("token.actions.acme.ghe.com", "repository_owner:acme"), "repository_owner=acme");
        assert_eq!(read("oidc.example", "system:serviceaccount:a:${*}"), "whole", "a star that is a star");
        assert_eq!(read(GITHUB, "repo:acme/bot:ref:${*}"), "repository=acme/bot ref=${*}");
    }

    #[test]
    fn which_run_of_a_workload_it_is_no_trust_can_say() {
        let terraform = "app.terraform.io";
        let bitbucket = "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc";
        for (issuer, subject) in [
            (terraform, "organization:acme:project:core:workspace:prod:run_phase:*"),
            (terraform, "organization:acme:workspace:prod:run_phase:*"),
            ("terraform.example", "organization:acme:project:core:workspace:prod:run_phase:a*"),
            (bitbucket, "{1a}:{2b}:*"),
        ] {
            assert_eq!(read(issuer, subject), "whole", "{subject}");
        }
        for (issuer, subject) in [
            (terraform, "organization:acme:project:*:workspace:prod:run_phase:*"),
            (terraform, "organization:acme:project:core:workspace:*"),
            (terraform, "organization:acme:*"),
            (terraform, "organization:acme:project:core:workspace:prod*:run_phase:*"),
            (bitbucket, "{1a}:*"),
            (bitbucket, "{1a}:*:*"),
            ("oidc.example", "{1a}:{2b}:*"),
        ] {
            assert_eq!(read(issuer, subject), "", "{subject}");
        }
    }
}
