//! Which known resources a statement's patterns match.

use std::collections::BTreeSet;

use super::levels::{ActionSummary, CLUSTER};
use super::pattern::{literal_prefix, overlap};
use crate::model::facts::{ai_system, resource};
use crate::model::{Subject, Sym, World};

/// The known resources, sorted by the fixed start of their patterns.
#[derive(Debug, Default)]
pub struct Resources {
    sorted: Vec<Known>,
}

/// A known resource.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    /// The fixed start of its pattern.
    start: String,
    /// Its pattern.
    whole: String,
    row: u32,
    /// The account that it is in, if that is known.
    scope: Option<Sym>,
    /// What is within it under a longer name, or what it is all of under a shorter one.
    also: Option<String>,
    /// True if a system other than the cloud is known to hold it.
    elsewhere: bool,
}

/// A known resource that a pattern meets.
#[derive(Debug, Clone, Copy)]
pub struct Met<'a> {
    /// Its row.
    pub row: u32,
    /// Its pattern.
    pub whole: &'a str,
    /// What is within it under a longer name, or what it is all of under a shorter one.
    pub within: Option<&'a str>,
    /// Whether it is sure that the pattern means it.
    pub sure: bool,
}

/// What follows the name of a resource of a service in the names of what is within it, such as the objects of a bucket.
const WITHIN: &[(&str, &str)] = &[
    ("dynamodb", "/*"),
    ("es", "/*"),
    ("execute-api", "/*"),
    ("kinesis", "/*"),
    ("lambda", ":*"),
    ("logs", ":*"),
    ("s3", "/*"),
    ("secretsmanager", "-??????"),
    ("sns", ":*"),
];

/// The name of what is within a resource, such as `arn:aws:s3:::bucket/*`; of all objects of a bucket, the bucket.
fn also(whole: &str) -> Option<String> {
    let mut parts = whole.splitn(6, ':');
    let (service, name) = (parts.nth(2)?, parts.nth(2)?);
    let (_, inner) = WITHIN.iter().find(|(known, _)| *known == service)?;
    if service == "s3"
        && let Some((bucket, objects)) = name.split_once('/')
    {
        let all = objects == "*" && !bucket.is_empty();
        return all.then(|| whole.strip_suffix("/*").unwrap_or(whole).to_owned());
    }
    (!whole.ends_with('*')).then(|| format!("{whole}{inner}"))
}

impl Resources {
    /// Indexes the resources of a world that policies can name.
    #[must_use]
    pub fn build(world: &World) -> Self {
        let table = world.table(Subject::Resource);
        let tools = tools(world);
        let mut sorted: Vec<_> = table
            .rows()
            .filter(|row| !tools.contains(row))
            .filter_map(|row| {
                let sym = u32::try_from(table.get(resource::PATTERN.id, row)).ok()?;
                let pattern = world.strings.text(Sym(sym));
                let start = literal_prefix(pattern).to_owned();
                let scope = u32::try_from(table.get(resource::SCOPE.id, row)).ok().map(Sym);
                let system = u32::try_from(table.get(resource::SYSTEM.id, row)).ok();
                let elsewhere = system.is_some_and(|system| world.strings.text(Sym(system)) != "aws");
                Some(Known { start, whole: pattern.to_owned(), row, scope, also: also(pattern), elsewhere })
            })
            .collect();
        sorted.sort();
        Self { sorted }
    }

    /// Visits the rows that `pattern` and a resource's own pattern, or what is within the resource, have in common.
    ///
    /// It is said whether that is sure. A wildcard for a part of a name may reach into the names of what is within others,
    /// as `*-test/*` fits an object `x-test/y` of any bucket. `actions` keep a statement on `*` from reaching resources of
    /// services that they do not touch. What is in another account than `from`, or in one that nobody named, must let in
    /// who comes by a policy of its own, which no export has.
    pub fn matched(&self, pattern: &str, actions: &ActionSummary, from: Option<Sym>, visit: &mut dyn FnMut(&Met<'_>)) {
        // What a cluster allows is on what is in clusters, and on nothing else.
        let of_cluster = actions.services.iter().any(|service| service == "k8s");
        let touched = |known: &Known| match known.whole.starts_with(CLUSTER) {
            other if other != of_cluster => Touch::No,
            true => Touch::Yes,
            false => match service(&known.whole) {
                Some(service) => touches(actions, service, &known.whole, pattern),
                None if known.elsewhere || actions.reaches_nothing() => Touch::No,
                None => Touch::Yes,
            },
        };
        self.of_services(pattern, &touched, &mut |known, sure| {
            let sure = sure && from.is_none_or(|from| known.scope == Some(from));
            visit(&Met { row: known.row, whole: &known.whole, within: known.also.as_deref(), sure });
        });
    }

    /// Visits those of which it is known that they are in an account.
    pub fn within(&self, account: Sym, visit: &mut dyn FnMut(u32)) {
        self.sorted.iter().filter(|known| known.scope == Some(account)).for_each(|known| visit(known.row));
    }

    /// Visits all of them.
    pub fn every(&self, visit: &mut dyn FnMut(u32)) {
        self.of_services("*", &|_| Touch::Yes, &mut |known, _| visit(known.row));
    }

    fn of_services(&self, pattern: &str, touched: &dyn Fn(&Known) -> Touch, visit: &mut dyn FnMut(&Known, bool)) {
        let head = literal_prefix(pattern);
        let wild = head.len() < pattern.len();
        for known in &self.sorted {
            let Known { start, whole, also, .. } = known;
            let near = if wild || start.len() < head.len() {
                head.starts_with(start.as_str()) || start.starts_with(head)
            } else {
                start.starts_with(head)
            };
            let touch = if near { touched(known) } else { Touch::No };
            if touch == Touch::No {
                continue;
            }
            let visit = &mut |known: &Known, sure: bool| visit(known, sure && touch == Touch::Yes);
            if overlap(pattern, whole) {
                visit(known, bucket(whole).is_none_or(|whole| overlap(bucket(pattern).unwrap_or(pattern), whole)));
            } else if also.as_ref().is_some_and(|also| overlap(pattern, also)) {
                let sure = match bucket(whole) {
                    Some(whole) => overlap(bucket(pattern).unwrap_or(pattern), whole),
                    None => pattern.starts_with(whole.as_str()),
                };
                visit(known, sure);
            }
        }
    }

    /// True if no resource is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }
}

/// What AI systems call: it stands in configurations, where no policy of an account reaches.
fn tools(world: &World) -> BTreeSet<u32> {
    let table = world.table(Subject::AiSystem);
    table.rows().flat_map(|row| table.members(ai_system::TOOLS.id, row)).map(|(_, tool, _)| *tool).collect()
}

/// The name of the bucket in a pattern of S3; `None` for other services.
fn bucket(pattern: &str) -> Option<&str> {
    let service = pattern.split(':').nth(2).filter(|service| *service == "s3");
    service.and_then(|_| pattern.split('/').next())
}

/// The service of a resource; `None` for what is not an ARN.
pub(super) fn service(pattern: &str) -> Option<&str> {
    let mut parts = pattern.split(':');
    if parts.next() == Some("arn") { parts.nth(1) } else { None }
}

/// Services whose actions act on resources of another one, by the prefix of the actions.
const ACTS_ON: &[(&str, &str)] = &[
    ("ec2-instance-connect", "ec2"),
    ("kafka-cluster", "kafka"),
    ("rds-data", "rds"),
    ("rds-db", "rds"),
    ("redshift-data", "redshift"),
    ("s3-object-lambda", "s3"),
    ("s3express", "s3"),
    ("ssm", "ec2"),
];

/// The prefixes of actions other than a service's own that act on its resources.
pub(super) fn acting_on(service: &str) -> impl Iterator<Item = &'static str> {
    ACTS_ON.iter().filter(move |(_, acted_on)| *acted_on == service).map(|(by, _)| *by)
}

/// How surely some of the actions are about resources of a service that a pattern names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Touch {
    No,
    /// The pattern names the service, and no action is known to be about it.
    Perhaps,
    Yes,
}

fn touches(actions: &ActionSummary, service: &str, known: &str, pattern: &str) -> Touch {
    if actions.lost_services.iter().any(|lost| lost.eq_ignore_ascii_case(service)) {
        return Touch::No;
    }
    let of = |known: &String| known == "*" || overlap(known, service) || acting_on(service).any(|by| known == by);
    let listed = || !is_within(known) && actions.listing.iter().any(of);
    if actions.reaching.iter().any(of) || listed() {
        return Touch::Yes;
    }
    // What is about the service tells of its resources alone; of other actions nobody says what they do to them.
    let named = pattern.split(':').nth(2).is_some_and(|named| named == service);
    if named && !actions.services.iter().any(of) { Touch::Perhaps } else { Touch::No }
}

/// True for what is within something that bears a name of its own, as the objects of a bucket are.
pub(super) fn is_within(pattern: &str) -> bool {
    service(pattern) == Some("s3") && pattern.contains('/')
}

#[cfg(test)]
mod tests {
    use super::{Resources, also};
    use crate::graph::Levels;
    use crate::model::facts::resource;
    use crate::model::record::{ExportInfo, Record};
    use crate::model::{Subject, World};

    #[test]
    fn what_is_in_a_cluster_is_reached_by_its_own_rights_alone() {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        for pattern in ["k8s:prod:app/secrets/x", "arn:aws:s3:::b", "crm"] {
            let (row, _) = world.upsert(Subject::Resource, pattern);
            world.set_text(resource::PATTERN, row, pattern, record);
        }
        let resources = Resources::build(&world);
        let levels = Levels::default();
        let reached = |action: &str, pattern: &str| {
            let mut rows = Vec::new();
            resources.matched(pattern, &levels.summary([action], false), None, &mut |met| rows.push(met.row));
            rows.sort_unstable();
            rows
        };
        assert_eq!(reached("*", "*"), [1, 2]);
        assert_eq!(reached("s3:*", "*"), [1, 2]);
        assert_eq!(reached("k8s:*", "*"), [0]);
        assert_eq!(reached("k8s:get/secrets.core", "k8s:prod:app/secrets/*"), [0]);
        assert_eq!(reached("k8s:get/secrets.core", "k8s:prod:other/secrets/*"), [] as [u32; 0]);
    }

    #[test]
    fn what_only_tells_of_a_service_reaches_nothing_of_it() {
        let mut world = World::default();
        let info = ExportInfo { path: "x".into(), source: "test", authority: 1, collected_at: None, documents: 1 };
        let export = world.records.add_export(info);
        let list = world.strings.intern("");
        let record = world.records.add(Record { export, list, index: 0, document: 0, offset: 0 });
        for pattern in ["arn:aws:s3:::bucket", "arn:aws:s3:::other/*", "arn:aws:lambda:eu-west-1:1:function:f", "crm"] {
            let (row, _) = world.upsert(Subject::Resource, pattern);
            world.set_text(resource::PATTERN, row, pattern, record);
        }
        let resources = Resources::build(&world);
        let levels = Levels {
            tells: vec!["s3:ListAllMyBuckets".into(), "s3:GetBucket*".into()],
            lists: vec!["s3:List*".into()],
            ..Levels::default()
        };
        let reached = |actions: &[&str], pattern: &str| {
            let mut rows = Vec::new();
            let actions = levels.summary(actions.iter().copied(), false);
            resources.matched(pattern, &actions, None, &mut |met| rows.push((met.row, met.sure)));
            rows.sort_unstable();
            rows
        };
        assert_eq!(reached(&["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "*"), []);
        assert_eq!(reached(&["s3:GetBucket*"], "arn:aws:s3:::bucket"), []);
        assert_eq!(reached(&["s3:ListAllMyBuckets", "logs:Unheard"], "arn:aws:s3:::bucket"), []);
        assert_eq!(reached(&["s3:ListBucket"], "arn:aws:s3:::*"), [(0, true)], "a bucket, and no objects");
        assert_eq!(reached(&["s3:List*"], "arn:aws:s3:::other"), []);
        assert_eq!(reached(&["s3:GetObject", "s3:ListBucket"], "arn:aws:s3:::other/*"), [(1, true)]);
        for wider in ["s3:Get*", "s3:*", "s3:Unheard", "*:List*"] {
            assert!(reached(&[wider], "*").contains(&(1, true)), "{wider}");
        }
        assert_eq!(reached(&["logs:Unheard"], "arn:aws:s3:::bucket"), [(0, false)], "nobody knows");
        assert_eq!(reached(&["lambda:ListFunctions"], "*"), [(2, true), (3, true)]);
    }

    #[test]
    fn what_is_within_a_resource_is_named_after_it() {
        for (whole, want) in [
            ("arn:aws:s3:::b", Some("arn:aws:s3:::b/*")),
            ("arn:aws:s3:::*-prod", Some("arn:aws:s3:::*-prod/*")),
            ("arn:aws:s3:::b/*", Some("arn:aws:s3:::b")),
            ("arn:aws:s3:::b/folder/*", None),
            ("arn:aws:s3:::b*", None),
            (
                "arn:aws:dynamodb:eu-west-1:111122223333:table/t",
                Some("arn:aws:dynamodb:eu-west-1:111122223333:table/t/*"),
            ),
            ("arn:aws:iam::111122223333:role/r", None),
            ("crm", None),
        ] {
            assert_eq!(also(whole).as_deref(), want, "{whole}");
        }
    }
}
