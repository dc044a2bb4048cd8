//! What a trust in an issuer asks of a token, and whether that leaves open which workload is meant.
//!
//! A repository alone leaves its branches open, whether a claim of its own says it or the subject. An
//! owner leaves open all repositories. One repository and one branch or environment say all, and so
//! does one file of a workflow in one version with whose repositories may call it. Without that it
//! may be a file that strangers call, which no export tells. A claim that is not known leaves the
//! answer open.

use std::collections::BTreeMap;

use super::denials::Left;
use super::effective::texts;
use super::parts::{Parts, tells};
use crate::model::facts::{PrincipalKind, becoming};
use crate::model::policy::{ListId, Trust};
use crate::model::record::RecordId;
use crate::model::world::World;
use crate::source::aws::claims::{SOURCES, Says, is_subject, may_say_whose};
use crate::source::aws::values::says_something;
use crate::source::aws::wildcards::is_wild;

/// Patterns of claims: any one of those of a claim will do.
type Claims = BTreeMap<String, Vec<String>>;

/// Sets what a becoming that was made of a trust asks of a token.
pub(super) fn set(world: &mut World, row: u32, trust: &Trust, left: &Left, principal: &str, record: RecordId) {
    if trust.kind != PrincipalKind::Federated {
        world.set_absent(becoming::ISSUER, row, record);
        world.set(becoming::SUBJECT_WILDCARD, row, false, record);
        world.set(becoming::SUBJECT_NAMED, row, false, record);
        world.close(becoming::CLAIMS, row);
        return;
    }
    let issuer = principal.split_once(":oidc-provider/").or_else(|| principal.split_once(":saml-provider/"));
    let issuer = issuer.map_or(principal, |(_, issuer)| issuer);
    world.set_text(becoming::ISSUER, row, issuer, record);
    let subjects = subjects(world, issuer, trust, left);
    let audiences = narrowest(world, trust.audiences, &left.audiences);
    let claims = claims(world, trust.claims, &left.claims);
    let strange = trust.bound.iter().chain(&left.bound).any(|list| texts(world, *list).any(may_say_whose));
    let named = subject_named(world, trust, left);
    // Another claim that is not known may be what says it.
    if named || !(strange || left.unsure) {
        world.set(becoming::SUBJECT_NAMED, row, named, record);
    }
    // Where several conditions of a denial decide together, one of them may be what names the workload.
    let open = leaves_open(issuer, &subjects, &claims);
    if let Some(open) = open.filter(|open| !open || !(strange || left.unsure)) {
        world.set(becoming::SUBJECT_WILDCARD, row, open, record);
    }
    for (claim, patterns) in &claims {
        for pattern in patterns {
            let text = world.strings.intern(&format!("{claim}={pattern}"));
            world.push(becoming::CLAIMS, row, text.0);
        }
    }
    if !left.unsure {
        world.close(becoming::CLAIMS, row);
    }
    for (fact, values) in [(becoming::SUBJECT_PATTERN, subjects), (becoming::AUDIENCE, audiences)] {
        match values.as_slice() {
            [] if left.unsure => {}
            [] if strange && fact.id == becoming::SUBJECT_PATTERN.id => {}
            [] => world.set_absent(fact, row, record),
            all => world.set_text(fact, row, &all.join(" "), record),
        }
    }
}

/// Whether what is asked leaves open which workload is meant, if that is known. Any one of the subjects will do.
fn leaves_open(issuer: &str, subjects: &[String], claims: &Claims) -> Option<bool> {
    if subjects.is_empty() {
        return one_leaves_open(&Parts::default(), claims);
    }
    let mut all = Some(false);
    for subject in subjects {
        match one_leaves_open(&Parts::of(issuer, subject), claims) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => all = None,
        }
    }
    all
}

fn one_leaves_open(parts: &Parts<'_>, claims: &Claims) -> Option<bool> {
    let said = |what: Says| {
        claims.iter().any(|(claim, patterns)| patterns.iter().all(|pattern| tells(claim, pattern, what)))
            || parts.claims.iter().any(|(claim, pattern)| tells(claim, pattern, what))
    };
    let of_version = said(Says::Place) && said(Says::Version);
    if parts.whole || of_version || said(Says::Workload) && said(Says::Owner) {
        return Some(false);
    }
    // Whether repositories of strangers can call the workflow depends on what its file says and where it is.
    (!parts.strange && !said(Says::Workload)).then_some(true)
}

/// The patterns of each claim that leave least open, of conditions that must all hold.
fn claims(world: &World, own: ListId, denials: &[ListId]) -> Claims {
    let mut all = Claims::new();
    for list in [own].into_iter().chain(denials.iter().copied()) {
        let mut these = Claims::new();
        let said = texts(world, list).filter_map(|text| text.split_once('='));
        for (claim, pattern) in said.filter(|(claim, _)| !SOURCES.contains(claim)) {
            these.entry(claim.to_owned()).or_default().push(pattern.to_owned());
        }
        for (claim, patterns) in these {
            let wild = |patterns: &[String]| patterns.iter().any(|pattern| is_wild(pattern));
            let known = all.get(&claim);
            if known.is_none_or(|known| wild(known) && !wild(&patterns)) {
                all.insert(claim, patterns);
            }
        }
    }
    all
}

/// The subjects that a trust asks for; none where every subject of the issuer will do.
pub(super) fn subjects(world: &World, issuer: &str, trust: &Trust, left: &Left) -> Vec<String> {
    let key = format!("{issuer}:sub");
    let open = |value: &String| (!says_something(&key, value), is_wild(value));
    let all = [trust.subjects].into_iter().chain(left.subjects.iter().copied());
    let named = all.map(|list| texts(world, list).map(str::to_owned).collect::<Vec<_>>()).filter(|all| !all.is_empty());
    named.min_by_key(|values| values.iter().map(open).max()).unwrap_or_default()
}

/// Whether they say whose subjects are meant.
pub(super) fn subject_named(world: &World, trust: &Trust, left: &Left) -> bool {
    trust.bound.iter().chain(&left.bound).any(|list| texts(world, *list).any(is_subject))
}

/// The values of the condition that leaves least open, of those that must all hold.
fn narrowest(world: &World, own: ListId, denials: &[ListId]) -> Vec<String> {
    let all = [own].into_iter().chain(denials.iter().copied());
    let named = all.map(|list| texts(world, list).map(str::to_owned).collect::<Vec<_>>()).filter(|all| !all.is_empty());
    named.min_by_key(|values| values.iter().any(|value| is_wild(value))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn open(subjects: &[&str], claims: &[(&str, &[&str])]) -> Option<bool> {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let claims = claims.iter().map(|(claim, patterns)| ((*claim).to_owned(), owned(patterns))).collect();
        leaves_open(GITHUB, &owned(subjects), &claims)
    }

    const EXACT: Option<bool> = Some(false);
    const OPEN: Option<bool> = Some(true);
    const FILE: &str = "a/b/.github/workflows/deploy.yml@refs/heads/main";

    #[test]
    fn a_workload_is_said_whole_or_left_open() {
        let (main, all) = ("repo:a/b:ref:refs/heads/main", "repo:a/b:*");
        let repository: (&str, &[&str]) = ("repository", &["a/b"]);
        let branch: (&str, &[&str]) = ("ref", &["refs/heads/main"]);
        assert_eq!(open(&[main], &[]), EXACT);
        assert_eq!(open(&[all], &[]), OPEN);
        assert_eq!(open(&[main, all], &[]), OPEN, "one of them is enough to come in");
        assert_eq!(open(&["repo:a/b:pull_request"], &[]), OPEN, "each pull request has it");
        assert_eq!(open(&[], &[repository]), OPEN);
        assert_eq!(open(&[], &[branch]), OPEN);
        assert_eq!(open(&[], &[repository, branch]), EXACT);
        assert_eq!(open(&[], &[("repository_id", &["1", "2"]), ("environment", &["production"])]), EXACT);
        assert_eq!(open(&[], &[("repository", &["a/b", "a/*"]), branch]), OPEN);
        assert_eq!(open(&[], &[("repository_owner", &["a"]), branch]), OPEN);
        assert_eq!(open(&[all], &[branch]), EXACT);
        assert_eq!(open(&["repo:a/*"], &[branch]), OPEN);
        assert_eq!(open(&["repo:a/*:ref:refs/heads/main"], &[repository]), EXACT);
        assert_eq!(open(&["repo:a/*:ref:refs/heads/main"], &[("repository_owner", &["a"])]), OPEN);
    }

    #[test]
    fn a_workflow_says_which_workload_together_with_whose_repositories_call_it() {
        let file: (&str, &[&str]) = ("job_workflow_ref", &[FILE]);
        assert_eq!(open(&[], &[file]), None, "strangers may be able to call it");
        assert_eq!(open(&["repo:*"], &[file]), None);
        assert_eq!(open(&[], &[file, ("ref", &["refs/heads/main"])]), None);
        for whose in ["repository", "repository_id", "repository_owner", "repository_owner_id"] {
            assert_eq!(open(&[], &[file, (whose, &["a/b"])]), EXACT, "{whose}");
        }
        assert_eq!(open(&["repo:a/*"], &[file]), EXACT);
        assert_eq!(open(&[], &[file, ("repository", &["a/*"])]), EXACT);
        assert_eq!(open(&[], &[file, ("repository", &["a/*", "*"])]), None);
        let wild: (&str, &[&str]) = ("job_workflow_ref", &["a/b/.github/workflows/deploy.yml@*"]);
        assert_eq!(open(&[], &[wild, ("repository", &["a/b"])]), OPEN);
    }

    /// A subject is no more exact than the claims that it is composed of.
    #[test]
    fn a_subject_that_people_composed_says_what_its_claims_say() {
        let of = |subject: &str| open(&[subject], &[]);
        let same = |subject: &str, claim: &str, value: &str, want: Option<bool>| {
            assert_eq!((of(subject), open(&[], &[(claim, &[value])])), (want, want), "{subject}");
        };
        same("repo:a/b", "repository", "a/b", OPEN);
        same("repository_owner:a", "repository_owner", "a", OPEN);
        same("repository_id:1", "repository_id", "1", OPEN);
        same(&format!("job_workflow_ref:{FILE}"), "job_workflow_ref", FILE, None);
        assert_eq!(of("repository_owner:a:repository_visibility:private"), OPEN);
        assert_eq!(of("repository_id:1:environment:production"), EXACT);
        assert_eq!(of(&format!("repo:a/b:pull_request:job_workflow_ref:{FILE}")), EXACT);
        assert_eq!(of(&format!("repository_owner:a:job_workflow_ref:{FILE}")), EXACT);
        assert_eq!(of(&format!("repo:a/*:job_workflow_ref:{FILE}")), EXACT);
        assert_eq!(open(&["repo:a/b"], &[("environment", &["production"])]), EXACT);
        assert_eq!(of("repo:a/b:actor:octocat"), None, "a claim that is not known");
        assert_eq!(open(&["repo:a/b:actor:octocat", "repo:a/b"], &[]), OPEN);
        assert_eq!(of("repo:a/b:ref:refs/heads/main:actor:octocat"), EXACT);
    }
}
