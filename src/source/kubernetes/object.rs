//! One object, parsed and checked, before it is placed.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher as _};

use serde::Deserialize;

use super::names::{DEFAULT, is_name, is_subject};
use super::rules::{self, Rule};
use super::types::{
    AggregationRule, BindingSubject, Object, OwnerReference, PolicyRule, RoleRef, Selector, Spec, Status,
    TOKEN_ACCOUNT, Template,
};
use super::workloads;
use crate::base::text::shortened;
use crate::export::secrets::masked;
use crate::source::aws::lenient::{Many, Text, record, why};

/// An object that was parsed.
#[derive(Debug)]
pub enum Ready<'a> {
    /// It is of a kind that is not read.
    Passed(String),
    /// It is a secret that is no token of an account.
    OtherSecret,
    /// It is read.
    Read(Box<Named<'a>>, Content<'a>),
}

/// What names an object.
#[derive(Debug)]
pub struct Named<'a> {
    /// The kind, as the id writes it.
    pub kind: &'static str,
    /// The namespace; `None` for what is of the whole cluster.
    pub namespace: Option<Cow<'a, str>>,
    /// True if the object does not name its namespace, and so is taken for one of `default`.
    pub assumed: bool,
    /// The name.
    pub name: Cow<'a, str>,
    /// The immutable id.
    pub uid: Option<Cow<'a, str>>,
    /// When it was made.
    pub created: Option<Cow<'a, str>>,
    /// The labels.
    pub labels: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    /// The annotations that are read.
    pub annotations: Vec<(&'static str, Cow<'a, str>)>,
}

impl Named<'_> {
    /// A label.
    #[must_use]
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_ref())
    }
}

/// What an object says.
#[derive(Debug, Hash)]
pub enum Content<'a> {
    /// An account.
    Account,
    /// A role, of a namespace or of the cluster.
    Role {
        /// Its rules; `None` where it has none and is made of others, or where it does not say which.
        rules: Option<Vec<Rule>>,
        /// Of which others it is made.
        of: Vec<Select>,
    },
    /// A binding.
    Binding {
        /// True if it is of a role of the cluster.
        of_cluster: bool,
        /// The role's name.
        role: Cow<'a, str>,
        /// Whom it is for.
        subjects: Vec<Bound<'a>>,
    },
    /// A token of an account.
    Token {
        /// The account's name.
        account: Cow<'a, str>,
    },
    /// A workload.
    Workload(workloads::Ready<'a>),
}

/// Whom a binding is for.
#[derive(Debug, Hash)]
pub enum Bound<'a> {
    /// An account, with its namespace where it is named.
    Account(Option<Cow<'a, str>>, Cow<'a, str>),
    /// A user.
    User(Cow<'a, str>),
    /// A group.
    Group(Cow<'a, str>),
}

/// A selector of labels: all its conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Select {
    /// Labels with their values, of which one must be there.
    pub within: Vec<(String, Vec<String>)>,
    /// Labels with values of which none may be there.
    pub without: Vec<(String, Vec<String>)>,
    /// Labels that must be there, or must not.
    pub exists: Vec<(String, bool)>,
}

/// Kinds that are read: as the API names them, as ids do, the groups that they are of, and whether they are of a namespace.
const KINDS: &[(&str, &str, &[&str], bool)] = &[
    ("ServiceAccount", "service_account", &[""], true),
    ("Role", "role", RBAC, true),
    ("ClusterRole", "cluster_role", RBAC, false),
    ("RoleBinding", "role_binding", RBAC, true),
    ("ClusterRoleBinding", "cluster_role_binding", RBAC, false),
    ("Secret", "token", &[""], true),
    ("Pod", "pod", &[""], true),
    ("ReplicationController", "replicationcontroller", &[""], true),
    ("Deployment", "deployment", APPS, true),
    ("StatefulSet", "statefulset", APPS, true),
    ("DaemonSet", "daemonset", APPS, true),
    ("ReplicaSet", "replicaset", APPS, true),
    ("Job", "job", &["batch"], true),
    ("CronJob", "cronjob", &["batch"], true),
];
const RBAC: &[&str] = &["rbac.authorization.k8s.io"];
const APPS: &[&str] = &["apps", "extensions"];
/// The versions of the groups that are read, in which the fields are those that are read here.
const VERSIONS: &[(&str, &[&str])] = &[
    ("", &["v1"]),
    ("apps", &["v1", "v1beta1", "v1beta2"]),
    ("batch", &["v1", "v1beta1", "v2alpha1"]),
    ("extensions", &["v1beta1"]),
    ("rbac.authorization.k8s.io", &["v1", "v1alpha1", "v1beta1"]),
];

/// The type of a secret that is a token of an account.
const TOKEN_TYPE: &str = "kubernetes.io/service-account-token";

/// Reads one object. `of` are the group's version and the kind of its list, for objects that name none themselves.
///
/// # Errors
/// Why it cannot be used, in words that quote no value of it.
pub fn ready<'a>(text: &'a [u8], of: Option<(&str, &str)>) -> Result<Ready<'a>, String> {
    let object: Object<'a> = record(text)?;
    let of_list = of.and_then(|(version, kind)| Some((version, kind.strip_suffix("List")?)));
    let kind = object.kind.as_deref().filter(|kind| !kind.is_empty()).or(of_list.map(|of| of.1)).unwrap_or("");
    if kind.is_empty() {
        return Err("it has no `kind`, nor has its list one that says what its members are".to_owned());
    }
    let version = object.api_version.as_deref().or(of_list.map(|of| of.0));
    let group = version.map(|version| version.split_once('/').map_or("", |(group, _)| group));
    let known =
        KINDS.iter().find(|(name, _, groups, _)| *name == kind && group.is_none_or(|group| groups.contains(&group)));
    let of_another = known.is_none() && KINDS.iter().any(|(name, ..)| *name == kind);
    if let Some(version) = version.filter(|version| (known.is_some() || of_another) && !is_version(version, of_another))
    {
        let version = shortened(&masked(version), 60).into_owned();
        return Err(format!("its `apiVersion` is `{version}`, which is none that has a `{kind}` as it is read here"));
    }
    if kind == "Status" {
        return Err("it is what a cluster answers where a command fails, and lists nothing".to_owned());
    }
    let Some((_, id, _, namespaced)) = known.copied() else {
        return match misread(kind) {
            Some(why) => Err(why),
            None if object.spec.is_some_and(|spec| runs_pods(spec.get())) => {
                Err("it runs pods and is of a kind that is not read, so what runs as which account is not known whole"
                    .to_owned())
            }
            // A kind of another maker may have the name of one that is read.
            None if of_another => Ok(Ready::Passed(format!("{kind} of {}", masked(group.unwrap_or_default())))),
            None => Ok(Ready::Passed(kind.to_owned())),
        };
    };
    if id == "token" {
        let of = match object.type_.map(|raw| serde_json::from_str::<Text<'_>>(raw.get())) {
            Some(Ok(of)) => Some(of),
            Some(Err(_)) => return Err("its `type` is no text".to_owned()),
            None => None,
        };
        let annotated = object.metadata.as_ref().and_then(|meta| meta.annotations.as_ref());
        let annotated = annotated.is_some_and(|all| all.0.iter().any(|(key, _)| *key == TOKEN_ACCOUNT));
        match of.as_deref() {
            Some(TOKEN_TYPE) => {}
            None if annotated => return Err("it is annotated as a token, and has no `type`".to_owned()),
            _ => return Ok(Ready::OtherSecret),
        }
    }
    let Object { metadata, rules, aggregation_rule, role_ref, subjects, spec, status, .. } = object;
    let mut meta = metadata.unwrap_or_default();
    let owners = meta.owner_references.take();
    let named = named(id, namespaced, meta)?;
    if id == "token" && named.assumed {
        return Err("it has no `metadata.namespace`, so whose token it is is not known".to_owned());
    }
    let content = match id {
        "service_account" => Content::Account,
        "role" | "cluster_role" => role(rules, aggregation_rule)?,
        "role_binding" | "cluster_role_binding" => binding(role_ref, subjects)?,
        "token" => {
            let account = named.annotations.iter().find(|(key, _)| *key == TOKEN_ACCOUNT).map(|(_, name)| name.clone());
            let account = account.filter(|name| is_name(name));
            Content::Token {
                account: account
                    .ok_or_else(|| format!("it has no annotation `{TOKEN_ACCOUNT}` that names an account"))?,
            }
        }
        _ => {
            let spec = spec.ok_or("it has no `spec`")?;
            let owners: Many<OwnerReference<'a>> = match owners {
                Some(owners) => parse(owners.get())?,
                None => Many::default(),
            };
            let spec = pod_spec(spec.get(), 0)?;
            if spec.containers.is_none() {
                return Err("its pods have no `containers`, as no cluster has them".to_owned());
            }
            let status =
                status.and_then(|status| serde_json::from_str::<Option<Status<'_>>>(status.get()).ok().flatten());
            Content::Workload(workloads::ready(spec, &owners.0, &named, &status.unwrap_or_default())?)
        }
    };
    Ok(Ready::Read(Box::new(named), content))
}

/// True for a version of a group that is read, or of one that another maker has: its name is of a domain of theirs.
fn is_version(version: &str, of_another: bool) -> bool {
    let (group, version) = version.split_once('/').unwrap_or(("", version));
    if of_another {
        return group.contains('.') && !group.ends_with(".k8s.io");
    }
    VERSIONS.iter().any(|(known, versions)| *known == group && versions.contains(&version))
}

/// Why an object of a kind that is not read cannot be passed over: it may be one that is.
fn misread(kind: &str) -> Option<String> {
    let base = kind.strip_suffix("List").unwrap_or(kind);
    if base.is_empty() || base != kind && KINDS.iter().any(|(name, ..)| *name == base) {
        return Some("it is a list without `items`".to_owned());
    }
    let alike = |name: &str| name != kind && name.eq_ignore_ascii_case(kind);
    KINDS.iter().any(|(name, ..)| alike(name)).then(|| "its `kind` is not written as the API writes it".to_owned())
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| why(&error))
}

fn named<'a>(kind: &'static str, namespaced: bool, meta: super::types::Meta<'a>) -> Result<Named<'a>, String> {
    let Some(Text(name)) = meta.name else { return Err("it has no `metadata.name`".to_owned()) };
    if !is_name(&name) {
        return Err("its `metadata.name` is not a name that a cluster gives".to_owned());
    }
    let namespace = meta.namespace.map(|text| text.0).filter(|text| namespaced && !text.is_empty());
    if namespace.as_deref().is_some_and(|namespace| !is_name(namespace)) {
        return Err("its `metadata.namespace` is not a name that a cluster gives".to_owned());
    }
    let assumed = namespaced && namespace.is_none();
    Ok(Named {
        kind,
        namespace: if assumed { Some(Cow::Borrowed(DEFAULT)) } else { namespace },
        assumed,
        name,
        uid: meta.uid.map(|text| text.0),
        created: meta.creation_timestamp.map(|text| text.0),
        labels: meta.labels.unwrap_or_default().0,
        annotations: meta.annotations.unwrap_or_default().0,
    })
}

/// True for the specification of something that runs pods, as those of deployments do.
fn runs_pods(spec: &str) -> bool {
    parse::<Spec<'_>>(spec).is_ok_and(|spec| spec.template.is_some() || spec.job_template.is_some())
        && pod_spec(spec, 0).is_ok_and(|spec| spec.containers.is_some_and(|containers| !containers.0.is_empty()))
}

/// The specification of the pods of a workload.
fn pod_spec(text: &str, depth: u8) -> Result<Spec<'_>, String> {
    let spec: Spec<'_> = parse(text)?;
    let within = |template: &Option<Template<'_>>| template.is_some();
    if depth < 2 && (within(&spec.template) || within(&spec.job_template)) {
        let Some(inner) = spec.template.or(spec.job_template).and_then(|template| template.spec) else {
            return Err("the template in it has no `spec`".to_owned());
        };
        return pod_spec(inner.get(), depth + 1);
    }
    Ok(spec)
}

fn role<'a>(
    rules: Option<&'a serde_json::value::RawValue>,
    aggregation: Option<&'a serde_json::value::RawValue>,
) -> Result<Content<'a>, String> {
    let of = match aggregation {
        Some(raw) => {
            let rule: AggregationRule<'a> = parse(raw.get())?;
            rule.cluster_role_selectors.0.iter().map(select).collect::<Result<_, _>>()?
        }
        None => Vec::new(),
    };
    // The API writes `rules` of each role, be it `null`: one without it was cut short, and may allow anything.
    let Some(raw) = rules else { return Ok(Content::Role { rules: None, of }) };
    let mut all = Vec::new();
    let read: Option<Vec<&'a serde_json::value::RawValue>> = parse(raw.get())?;
    for (at, raw) in read.iter().flatten().enumerate() {
        let refused = |why: String| format!("`rules/{at}` in it cannot be used: {why}");
        let rule: PolicyRule<'a> = parse(raw.get()).map_err(refused)?;
        all.extend(rules::written(&rule).map_err(refused)?);
    }
    Ok(Content::Role { rules: (!all.is_empty() || of.is_empty()).then_some(all), of })
}

fn select(selector: &Selector<'_>) -> Result<Select, String> {
    let mut select = Select::default();
    for (key, value) in selector.match_labels.iter().flat_map(|labels| &labels.0) {
        select.within.push((key.clone().into_owned(), vec![value.clone().into_owned()]));
    }
    for one in selector.match_expressions.iter().flat_map(|all| all.iter()) {
        let key = one.key.as_deref().ok_or("a selector in it has no `key`")?.to_owned();
        let values = || one.values.iter().map(|value| value.to_string()).collect();
        match one.operator.as_deref() {
            Some("In") => select.within.push((key, values())),
            Some("NotIn") => select.without.push((key, values())),
            Some("Exists") => select.exists.push((key, true)),
            Some("DoesNotExist") => select.exists.push((key, false)),
            _ => return Err("a selector in it has an operator that is not known".to_owned()),
        }
    }
    Ok(select)
}

fn binding<'a>(
    role: Option<&'a serde_json::value::RawValue>,
    subjects: Option<&'a serde_json::value::RawValue>,
) -> Result<Content<'a>, String> {
    let role: RoleRef<'a> = parse(role.ok_or("it has no `roleRef`")?.get())?;
    let of_cluster = match role.kind.as_deref() {
        Some("ClusterRole") => true,
        Some("Role") => false,
        _ => return Err("its `roleRef` is neither of a Role nor of a ClusterRole".to_owned()),
    };
    let name =
        role.name.map(|text| text.0).filter(|name| is_name(name)).ok_or("its `roleRef` has no name of a role")?;
    let named: Many<BindingSubject<'a>> = match subjects {
        Some(raw) => parse(raw.get())?,
        None => Many::default(),
    };
    let mut all = Vec::with_capacity(named.len());
    for subject in named.0 {
        let name = subject.name.map(|text| text.0).filter(|name| is_subject(name));
        let name = name.ok_or("a subject in it has no name")?;
        let namespace = subject.namespace.map(|text| text.0).filter(|text| !text.is_empty());
        all.push(match subject.kind.as_deref() {
            Some("ServiceAccount") => {
                if !is_name(&name) || namespace.as_deref().is_some_and(|namespace| !is_name(namespace)) {
                    return Err("a subject in it is not a name that a cluster gives an account".to_owned());
                }
                Bound::Account(namespace, name)
            }
            Some("User") => Bound::User(name),
            Some("Group") => Bound::Group(name),
            _ => return Err("a subject in it is neither an account nor a user nor a group".to_owned()),
        });
    }
    Ok(Content::Binding { of_cluster, role: name, subjects: all })
}

/// What tells two versions of an object apart, as far as it is read. The values of variables do not count.
#[must_use]
pub fn print(named: &Named<'_>, content: &Content<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&named.uid, &named.created, &named.labels, &named.annotations, content).hash(&mut hasher);
    hasher.finish()
}
