//! Rules of roles as statements of the world.
//!
//! A right is written `k8s:VERB/RESOURCE.GROUP`, with `core` for the group without a name, and a subresource as in
//! `k8s:create/pods/exec.core`; every right on everything is `k8s:*`, and one on addresses of the API `k8s:VERB/url`. What it
//! is on is `*` for the whole cluster, `k8s:CLUSTER:NAMESPACE/RESOURCE/NAME` in a namespace, and
//! `k8s:CLUSTER:*/RESOURCE/NAME` for what is named in every one.

use super::types::PolicyRule;
use crate::model::intern::Sym;
use crate::model::policy::{ListId, Statement};
use crate::model::world::World;
use crate::source::aws::lenient::{Many, Text};

/// How many combinations of verbs, resources, groups and names a rule may have.
const MOST: usize = 20_000;

/// One rule, written out: what may be done, on which resources, of which names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rule {
    /// The rights.
    pub actions: Vec<String>,
    /// The resources, `*` for all; for addresses of the API those.
    pub on: Vec<String>,
    /// The names; empty for every one.
    pub names: Vec<String>,
    /// True for addresses of the API.
    pub urls: bool,
}

/// A rule that was stored.
#[derive(Debug, Clone)]
pub struct Stored {
    actions: ListId,
    on: Vec<Sym>,
    names: Vec<Sym>,
    urls: bool,
}

/// Where rules hold.
#[derive(Debug, Clone, Copy)]
pub struct Within<'a> {
    /// The cluster.
    pub cluster: &'a str,
    /// The namespace; `None` for the whole cluster.
    pub namespace: Option<&'a str>,
}

/// Writes a rule out. What has no right in it, since a list in it is empty, gives none.
///
/// # Errors
/// When it has too many combinations, or lacks what the API requires, so that nobody knows what was meant.
pub fn written(rule: &PolicyRule<'_>) -> Result<Vec<Rule>, String> {
    let mut all = Vec::new();
    let verbs = rule.verbs.as_ref().ok_or("it has no `verbs`")?;
    let urls = rule.non_resource_urls.as_ref().filter(|urls| !urls.is_empty());
    if urls.is_none() || rule.resources.is_some() || rule.api_groups.is_some() {
        rule.resources.as_ref().ok_or(if rule.non_resource_urls.is_some() {
            "its `nonResourceURLs` are empty, and it has no `resources`"
        } else {
            "it has neither `resources` nor `nonResourceURLs`"
        })?;
        rule.api_groups.as_ref().ok_or("it has `resources` and no `apiGroups`")?;
    }
    let members = |list: &Option<Many<Text<'_>>>, write: fn(&str) -> String| {
        every_or(list.iter().flat_map(|list| list.iter()).map(|one| write(one)))
    };
    let verbs = every_or(verbs.iter().map(|verb| literal(verb)));
    let groups = members(&rule.api_groups, group_name);
    let resources = members(&rule.resources, resource_name);
    let names: Vec<String> = rule.resource_names.iter().map(|name| literal(name)).collect();
    let combined = verbs.len().saturating_mul(groups.len()).saturating_mul(resources.len());
    if combined.max(resources.len().saturating_mul(names.len())) > MOST {
        return Err(format!("it has more than {MOST} combinations"));
    }
    if combined > 0 {
        let every = [&verbs, &groups, &resources].iter().all(|list| list.first().is_some_and(|one| one == "*"));
        let mut actions = Vec::with_capacity(if every { 1 } else { combined });
        if every {
            actions.push("k8s:*".to_owned());
        } else {
            for resource in &resources {
                for group in &groups {
                    actions.extend(verbs.iter().map(|verb| format!("k8s:{verb}/{resource}.{group}")));
                }
            }
        }
        let mut on: Vec<String> =
            resources.iter().map(|resource| resource.split('/').next().unwrap_or("*").to_owned()).collect();
        on.dedup();
        all.push(Rule { actions, on, names, urls: false });
    }
    if let Some(urls) = urls.filter(|_| !verbs.is_empty()) {
        let actions = verbs.iter().map(|verb| format!("k8s:{verb}/url")).collect();
        let on = urls.iter().map(|url| match url.strip_suffix('*') {
            Some(start) => format!("{}*", literal(start)),
            None => literal(url),
        });
        all.push(Rule { actions, on: on.collect(), names: Vec::new(), urls: true });
    }
    Ok(all)
}

/// `*` alone where it is among the others.
fn every_or(all: impl Iterator<Item = String>) -> Vec<String> {
    let all: Vec<String> = all.collect();
    if all.iter().any(|one| one == "*") { vec!["*".to_owned()] } else { all }
}

/// A name in which nothing stands for anything else: RBAC knows `*` for all, and no patterns.
fn literal(text: &str) -> String {
    if text == "*" {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '*' => out.push_str("%2A"),
            '?' => out.push_str("%3F"),
            '$' => out.push_str("%24"),
            c => out.push(c),
        }
    }
    out
}

fn group_name(group: &str) -> String {
    if group.is_empty() { "core".to_owned() } else { literal(group) }
}

/// A resource, or a subresource, which RBAC also takes of all resources, as `*/scale`.
fn resource_name(resource: &str) -> String {
    match resource.strip_prefix("*/") {
        Some(of) => format!("*/{}", literal(of)),
        None => literal(resource),
    }
}

/// Keeps a rule.
pub fn store(world: &mut World, rule: &Rule) -> Stored {
    let actions: Vec<Sym> = rule.actions.iter().map(|action| world.strings.intern(action)).collect();
    Stored {
        actions: world.statements.list(&actions),
        on: rule.on.iter().map(|one| world.strings.intern(one)).collect(),
        names: rule.names.iter().map(|one| world.strings.intern(one)).collect(),
        urls: rule.urls,
    }
}

/// Adds the statements of rules to a policy, as they hold there.
pub fn add(world: &mut World, policy: u32, rules: &[Stored], within: Within<'_>) {
    // Addresses are of the cluster: in a namespace such a rule gives nothing.
    for rule in rules.iter().filter(|rule| !rule.urls || within.namespace.is_none()) {
        let resources: Vec<Sym> =
            resources(world, rule, within).iter().map(|resource| world.strings.intern(resource)).collect();
        let statements = &mut world.statements;
        let statement = Statement {
            allow: true,
            actions: rule.actions,
            inverted_actions: false,
            resources: statements.list(&resources),
            inverted_resources: false,
            conditions: statements.list(&[]),
            condition_digest: None,
        };
        let id = statements.statement(statement);
        statements.add(policy, id, None);
    }
}

fn resources(world: &World, rule: &Stored, Within { cluster, namespace }: Within<'_>) -> Vec<String> {
    let on = || rule.on.iter().map(|one| world.strings.text(*one));
    if rule.urls {
        return on().map(|url| format!("k8s:{cluster}:url:{url}")).collect();
    }
    match (namespace, rule.names.is_empty()) {
        (None, true) => vec!["*".to_owned()],
        (Some(namespace), true) => on()
            .map(|resource| match resource {
                "*" => format!("k8s:{cluster}:{namespace}/*"),
                resource => format!("k8s:{cluster}:{namespace}/{resource}/*"),
            })
            .collect(),
        (namespace, false) => {
            let namespace = namespace.unwrap_or("*");
            let names = || rule.names.iter().map(|one| world.strings.text(*one));
            on().flat_map(|resource| names().map(move |name| format!("k8s:{cluster}:{namespace}/{resource}/{name}")))
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(rule: &str) -> Vec<Rule> {
        written(&serde_json::from_str(rule).unwrap()).unwrap()
    }

    #[test]
    fn rules_are_written_out() {
        let one = of(
            r#"{"apiGroups": ["", "apps"], "resources": ["pods/exec", "pods"], "verbs": ["get", "create"], "resourceNames": ["x"]}"#,
        );
        let want = ["get/pods/exec.core", "create/pods/exec.core", "get/pods/exec.apps", "create/pods/exec.apps"];
        let want: Vec<String> = want.iter().map(|action| format!("k8s:{action}")).collect();
        assert_eq!((&one[0].actions[..4], one[0].actions.len()), (want.as_slice(), 8));
        assert_eq!(
            (one[0].on.as_slice(), one[0].names.as_slice()),
            (["pods".to_owned()].as_slice(), ["x".to_owned()].as_slice())
        );
        let every = of(r#"{"apiGroups": ["*"], "resources": ["pods", "*"], "verbs": ["*", "get"]}"#);
        assert_eq!(every[0].actions, ["k8s:*"]);
        let group = of(r#"{"apiGroups": ["apps"], "resources": ["*"], "verbs": ["*"]}"#);
        assert_eq!(group[0].actions, ["k8s:*/*.apps"]);
        let urls = of(r#"{"nonResourceURLs": ["/metrics", "/logs/*", "*"], "verbs": ["get"]}"#);
        assert_eq!(
            (urls[0].actions.as_slice(), urls[0].on.join(" ").as_str()),
            (["k8s:get/url".to_owned()].as_slice(), "/metrics /logs/* *")
        );
    }

    #[test]
    fn what_is_no_pattern_in_a_cluster_is_none_here() {
        let odd = of(
            r#"{"apiGroups": [""], "resources": ["pods/*", "*/scale", "sec?ets"], "verbs": ["get*"], "resourceNames": ["a*", "${x}"]}"#,
        );
        assert_eq!(
            odd[0].actions,
            ["k8s:get%2A/pods/%2A.core", "k8s:get%2A/*/scale.core", "k8s:get%2A/sec%3Fets.core"]
        );
        assert_eq!(odd[0].names, ["a%2A", "%24{x}"]);
    }

    #[test]
    fn a_rule_of_which_a_part_is_empty_gives_nothing_and_one_of_too_many_is_refused() {
        for rule in [
            r#"{"apiGroups": null, "resources": ["pods"], "verbs": ["get"]}"#,
            r#"{"apiGroups": [""], "resources": ["pods"], "verbs": []}"#,
            r#"{"apiGroups": [], "resources": null, "verbs": ["get"], "nonResourceURLs": []}"#,
        ] {
            assert_eq!(of(rule), [], "{rule}");
        }
        let many = vec!["\"x\""; 200].join(",");
        let rule = format!(r#"{{"apiGroups": [""], "resources": [{many}], "verbs": [{many}]}}"#);
        assert!(written(&serde_json::from_str(&rule).unwrap()).unwrap_err().contains("combinations"));
    }
    #[test]
    fn a_rule_that_lacks_what_the_api_requires_is_none() {
        let why = |rule: &str| match serde_json::from_str(rule) {
            Ok(rule) => written(&rule).unwrap_err(),
            Err(error) => error.to_string(),
        };
        for (rule, said) in [
            ("{}", "no `verbs`"),
            (r#"{"apiGroups": ["*"], "resources": ["*"]}"#, "no `verbs`"),
            (r#"{"verbs": ["get"]}"#, "neither `resources` nor `nonResourceURLs`"),
            (r#"{"verbs": ["get"], "nonResourceURLs": []}"#, "`nonResourceURLs` are empty"),
            (r#"{"verbs": ["get"], "resources": ["pods"]}"#, "no `apiGroups`"),
            (r#"{"verbs": ["get"], "apiGroups": [""]}"#, "neither `resources`"),
            (r#"{"verbs": ["get"], "nonResourceURLs": ["/x"], "resources": ["pods"]}"#, "no `apiGroups`"),
            (r#"{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get"], "verb": ["*"]}"#, "unknown field `verb`"),
        ] {
            assert!(why(rule).contains(said), "{rule}: {}", why(rule));
        }
    }
}
