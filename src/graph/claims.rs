//! What a trust in an issuer asks of a token, and whether that leaves open which workload is meant.
//!
//! A repository alone leaves its branches open, and so does a subject that ends in a wildcard. An
//! owner leaves open all repositories. One repository and one branch or environment, or one file
//! of a workflow in one version, say all. A claim that is not known leaves the answer open.

use std::collections::BTreeMap;

use super::denials::Left;
use super::effective::texts;
use super::pattern::is_wild;
use crate::model::facts::{PrincipalKind, becoming};
use crate::model::policy::{ListId, Trust};
use crate::model::record::RecordId;
use crate::model::world::World;
use crate::source::aws::claims::{Says, may_say_whose, says};
use crate::source::link::subjects::is_github;

/// Patterns of claims: any one of those of a claim will do.
type Claims = BTreeMap<String, Vec<String>>;

/// Sets what a becoming that was made of a trust asks of a token.
pub(super) fn set(world: &mut World, row: u32, trust: &Trust, left: &Left, principal: &str, record: RecordId) {
    if trust.kind != PrincipalKind::Federated {
        world.set_absent(becoming::ISSUER, row, record);
        world.set(becoming::SUBJECT_WILDCARD, row, false, record);
        world.close(becoming::CLAIMS, row);
        return;
    }
    let issuer = principal.split_once(":oidc-provider/").or_else(|| principal.split_once(":saml-provider/"));
    let issuer = issuer.map_or(principal, |(_, issuer)| issuer);
    world.set_text(becoming::ISSUER, row, issuer, record);
    let subjects = narrowest(world, trust.subjects, &left.subjects);
    let audiences = narrowest(world, trust.audiences, &left.audiences);
    let claims = claims(world, trust.claims, &left.claims);
    let strange = trust.bound.iter().chain(&left.bound).any(|list| texts(world, *list).any(may_say_whose));
    // Where several conditions of a denial decide together, one of them may be what names the workload.
    let open = leaves_open(issuer, &subjects, &claims);
    if !open || !(strange || left.unsure) {
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

/// True if what is asked leaves open which workload is meant.
fn leaves_open(issuer: &str, subjects: &[String], claims: &Claims) -> bool {
    let open = |subject: &String| is_wild(subject) || is_github(issuer) && subject.ends_with(":pull_request");
    if !subjects.is_empty() && !subjects.iter().any(open) {
        return false;
    }
    let said = |what: Says| {
        let of_it = |(claim, patterns): (&String, &Vec<String>)| {
            says(claim) == Some(what) && !patterns.iter().any(|pattern| is_wild(pattern))
        };
        claims.iter().any(of_it)
    };
    let of_all = |tells: fn(&str) -> bool| !subjects.is_empty() && subjects.iter().all(|subject| tells(subject));
    let place = said(Says::Place) || of_all(tells_place);
    let version = said(Says::Version) || of_all(tells_version);
    !(said(Says::Workload) || place && version)
}

/// True if a pattern of subjects says one repository or project before its first wildcard.
fn tells_place(subject: &str) -> bool {
    let head = subject.split(['*', '?']).next().unwrap_or("");
    let place = head.strip_prefix("repo:").or_else(|| head.strip_prefix("project_path:"));
    place.is_some_and(|place| place.contains(':'))
}

/// True if a pattern of subjects says one branch, tag or environment after its last wildcard: names of environments have
/// no colon there.
fn tells_version(subject: &str) -> bool {
    let tail = subject.rsplit(['*', '?']).next().unwrap_or("");
    tail.contains(":ref:") || tail.contains(":environment:")
}

/// The patterns of each claim that leave least open, of conditions that must all hold.
fn claims(world: &World, own: ListId, denials: &[ListId]) -> Claims {
    let mut all = Claims::new();
    for list in [own].into_iter().chain(denials.iter().copied()) {
        let mut these = Claims::new();
        for (claim, pattern) in texts(world, list).filter_map(|text| text.split_once('=')) {
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

/// The values of the condition that leaves least open, of those that must all hold.
pub(super) fn narrowest(world: &World, own: ListId, denials: &[ListId]) -> Vec<String> {
    let all = [own].into_iter().chain(denials.iter().copied());
    let named = all.map(|list| texts(world, list).map(str::to_owned).collect::<Vec<_>>()).filter(|all| !all.is_empty());
    named.min_by_key(|values| values.iter().any(|value| is_wild(value))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GITHUB: &str = "token.actions.githubusercontent.com";

    fn open(subjects: &[&str], claims: &[(&str, &[&str])]) -> bool {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let claims = claims.iter().map(|(claim, patterns)| ((*claim).to_owned(), owned(patterns))).collect();
        leaves_open(GITHUB, &owned(subjects), &claims)
    }

    #[test]
    fn a_workload_is_said_whole_or_left_open() {
        let (main, all) = ("repo:a/b:ref:refs/heads/main", "repo:a/b:*");
        let repository: (&str, &[&str]) = ("repository", &["a/b"]);
        let branch: (&str, &[&str]) = ("ref", &["refs/heads/main"]);
        assert!(!open(&[main], &[]));
        assert!(open(&[all], &[]));
        assert!(open(&[main, all], &[]), "one of them is enough to come in");
        assert!(open(&["repo:a/b:pull_request"], &[]), "each pull request has it");
        assert!(open(&[], &[repository]));
        assert!(open(&[], &[branch]));
        assert!(!open(&[], &[repository, branch]));
        assert!(!open(&[], &[("repository_id", &["1", "2"]), ("environment", &["production"])]));
        assert!(open(&[], &[("repository", &["a/b", "a/*"]), branch]));
        assert!(open(&[], &[("repository_owner", &["a"]), branch]));
        assert!(!open(&[all], &[branch]));
        assert!(open(&["repo:a/*"], &[branch]));
        assert!(!open(&["repo:a/*:ref:refs/heads/main"], &[repository]));
        assert!(open(&["repo:a/*:ref:refs/heads/main"], &[("repository_owner", &["a"])]));
        let file = "a/b/.github/workflows/deploy.yml@refs/heads/main";
        assert!(!open(&[], &[("job_workflow_ref", &[file])]));
        assert!(!open(&["repo:a/*"], &[("job_workflow_ref", &[file])]));
        assert!(open(&[], &[("job_workflow_ref", &["a/b/.github/workflows/deploy.yml@*"]), repository]));
    }
}
