//! The ids of what presents a token of an issuer: a workflow, an account of a cluster, any other subject.

use crate::model::intern::Sym;
use crate::model::world::World;
use crate::source::aws::arn::Arn;

/// The issuer of tokens of GitHub's workflows; those of one enterprise have a path after it.
pub const GITHUB: &str = "token.actions.githubusercontent.com";

/// The namespace and name of an account of a cluster, of a subject such as `system:serviceaccount:payments:api`.
#[must_use]
pub fn service_account(subject: &str) -> Option<(&str, &str)> {
    let (namespace, name) = subject.strip_prefix("system:serviceaccount:")?.split_once(':')?;
    (!namespace.is_empty() && !name.is_empty()).then_some((namespace, name))
}

/// The organisation of a subject of GitHub, such as `repo:acme/bot:ref:refs/heads/main`.
#[must_use]
pub fn organisation(subject: &str) -> Option<&str> {
    let (organisation, _) = subject.strip_prefix("repo:")?.split_once('/')?;
    (!organisation.is_empty()).then_some(organisation)
}

/// The id of a subject of an issuer, and the scope that it is in.
///
/// The accounts of a cluster have the ids that their cluster gives them, where the manifest says whose issuer it is.
#[must_use]
pub fn id(world: &World, issuer: &str, subject: &str) -> (String, String) {
    if let Some(scope) = world.issuers.get(issuer).copied()
        && let Some((namespace, name)) = service_account(subject)
    {
        let scope = world.strings.text(scope).to_owned();
        return (format!("{scope}:service_account:{namespace}/{name}"), scope);
    }
    if is_github(issuer)
        && let Some(organisation) = organisation(subject)
    {
        return of_github(organisation, subject);
    }
    let scope = format!("oidc:{}", issuer.replace(':', "%3A"));
    (format!("{scope}:subject:{subject}"), scope)
}

/// The id and scope of a subject of GitHub, whose form alone tells that it is one.
#[must_use]
pub fn of_github(organisation: &str, subject: &str) -> (String, String) {
    let scope = format!("github:{}", organisation.replace(':', "%3A"));
    (format!("{scope}:subject:{subject}"), scope)
}

/// The id of an identity by what a person calls it: its ARN, its subject at GitHub, or the id itself. Of such a subject
/// its scope too.
#[must_use]
pub fn named(text: &str) -> (String, Option<String>) {
    if let Some(arn) = Arn::parse(text) {
        let mut id = String::new();
        arn.id(text, &mut id);
        return (id, None);
    }
    match organisation(text).map(|organisation| of_github(organisation, text)) {
        Some((id, scope)) => (id, Some(scope)),
        None => (text.to_owned(), None),
    }
}

/// True for the issuer of GitHub's workflows.
#[must_use]
pub fn is_github(issuer: &str) -> bool {
    issuer.strip_prefix(GITHUB).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The scope of a cluster that an issuer vouches for, if the manifest says so.
#[must_use]
pub fn cluster(world: &World, issuer: &str) -> Option<Sym> {
    world.issuers.get(issuer).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_the_id_of_what_presents_it() {
        let mut world = World::default();
        let cluster = world.strings.intern("kubernetes:prod");
        world.issuers.insert("oidc.example.test/id/ABC".to_owned(), cluster);
        let of = |issuer: &str, subject: &str| id(&world, issuer, subject).0;
        assert_eq!(
            of("oidc.example.test/id/ABC", "system:serviceaccount:payments:api"),
            "kubernetes:prod:service_account:payments/api"
        );
        assert_eq!(
            of(GITHUB, "repo:acme/bot:ref:refs/heads/main"),
            "github:acme:subject:repo:acme/bot:ref:refs/heads/main"
        );
        assert_eq!(
            of("oidc.example.test:8443/x", "system:serviceaccount:a:b"),
            "oidc:oidc.example.test%3A8443/x:subject:system:serviceaccount:a:b"
        );
        assert!(is_github("token.actions.githubusercontent.com/acme"));
        assert!(!is_github("token.actions.githubusercontent.com.example.test"));
    }
}
