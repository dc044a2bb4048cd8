//! `kubectl get … -o json` or `-o yaml`: accounts, roles, bindings, workloads and tokens of a cluster.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::kubernetes::object::{self, Named, Ready};
use super::kubernetes::place::{self, Admitted};
use super::kubernetes::types::Beside;
use super::run::FileRun;
use super::{About, Given, Source, given};
use crate::base::text::shortened;
use crate::export::head::{Head, Shape};
use crate::export::split::{Field, Layout, Refused, Slice};
use crate::export::walk::Found;
use crate::export::windows::{self, FileFacts, Sink};
use crate::export::yaml;
use crate::model::facts::{credential, group, identity, policy};
use crate::model::intern::Sym;

/// The source.
pub struct KubernetesObjects;

/// The list of objects in an answer of `kubectl get`.
const ITEMS: &str = "items";
/// What is kept of the fields beside it.
const FIELDS: &[&str] = &["apiVersion", "kind", "metadata"];
/// What no object is read for, and may be secret.
const PASSED: &[&str] = &["data", "stringData", "binaryData"];
/// How many kinds that are not read are told by name.
const MOST_KINDS: usize = 20;

static ABOUT: About = About {
    id: "kubernetes-objects",
    title: "accounts, roles, bindings, workloads and tokens of a Kubernetes cluster",
    system: "kubernetes",
    commands: &[
        "kubectl get serviceaccounts,roles,rolebindings,clusterroles,clusterrolebindings,pods,deployments,statefulsets,daemonsets,replicasets,jobs,cronjobs --all-namespaces -o json > cluster.json",
        "kubectl get secrets --all-namespaces --field-selector type=kubernetes.io/service-account-token -o json | jq 'del(.items[].data)' > tokens.json",
    ],
    authority: 50,
    kinds: &[],
    layout: Layout::Objects(ITEMS, FIELDS),
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "JSON or YAML: a list of mixed kinds, a list of one kind whose members do not name it, single objects, and several of these back to back, in an array or between lines of `---`. YAML is read up to 64 MiB a document, with aliases up to 1 MiB of what they stand for, and without merge keys; JSON of any size.",
        "No export names its cluster. State it as `scope` in the manifest, such as `kubernetes:prod-eu`; else it is made of the folder, and changes with it.",
        "No answer of `kubectl` shows which namespaces, kinds or objects were left out, so none closes a list. Where all namespaces were asked, say so: `enumerates = [\"service_accounts\", \"role_bindings\", \"workloads\", \"tokens\", \"policies\"]`. What is not said leaves the rights of accounts open. A page marker that is left over, or a record that was rejected, makes the lists of a file incomplete.",
        "The data of secrets is passed over unread, also where the export has it. Of secrets that are no token of an account nothing is read; they are counted as ignored. Leave the data out all the same.",
        "A role of the cluster that is bound in a namespace is a policy of its own there, `cluster_role:NAME/in/NAMESPACE`. A right is written `k8s:VERB/RESOURCE.GROUP`, such as `k8s:get/secrets.core`; every right on everything is `k8s:*`.",
        "A role that is made of others (`aggregationRule`) has the rules that the cluster filled in; where a file has none, those of the roles that were read and that it selects.",
        "An object of a kind that is read, in a version of its group that is not known, is rejected. One of the same kind in the group of another maker, such as a `Role` that stands for one of a cloud, is another kind and is not read.",
        "A rule without `verbs`, without `resources` and `apiGroups` or `nonResourceURLs`, or with a field that no rule has, is no rule that the API takes: the role is rejected, since nobody knows what was meant. A role without `rules` that is made of no others allows what is not known; `[]` and `null` are no rights.",
        "An account is in the groups `system:authenticated`, `system:serviceaccounts` and `system:serviceaccounts:NAMESPACE`. Users and other groups are known as far as bindings name them. What is bound to the user `system:anonymous` is taken for bound to the group `system:unauthenticated`, in which nobody else is.",
        "A workload is named by what people made: the deployment of a pod, the cron job of a job. Without a name of an account it runs as `default`. A secret that stands as the value of a variable is an exposure.",
        "A token of an account that is kept as a secret does not expire. The tokens that a pod is given at its start do, and are not credentials here.",
        "The annotations by which an account acts as one of AWS, Google Cloud or Azure are kept for linking; until a link says as which identity, what the account reaches is not known whole.",
        "Where the manifest names the cluster's `issuer`, or an account has such an annotation, roles of AWS may trust its accounts: what these reach is not known whole while the roles of an account of AWS that was loaded, or that the profile names under `expected_scopes` or `own_scopes`, were not read whole. Where no issuer is named, nothing is asked of AWS: name it for each cluster whose accounts a cloud may trust.",
        "Of two files of one cluster with different `collected_at`, the newer is used for each kind in each namespace. Without times, an object that both have and that differs is an error.",
    ],
};

const PROVIDES: &[Given] = &[
    given(identity::ID, "metadata.namespace and metadata.name; of users the name in the binding"),
    given(identity::KEY, "metadata.namespace and metadata.name, as `system:serviceaccount:NAMESPACE:NAME`"),
    given(identity::NAME, "metadata.name; of users the name in the binding"),
    given(identity::NATIVE_ID, "metadata.uid"),
    given(identity::KIND, "the kind"),
    given(identity::SYSTEM, "the format"),
    given(identity::SCOPE, "the manifest, else the folder"),
    given(identity::ROOT, "a cluster has no root"),
    given(identity::SERVICE_LINKED, "no account is"),
    given(identity::ENABLED, "the kind: a cluster cannot switch an account off"),
    given(identity::CREATED_AT, "metadata.creationTimestamp"),
    given(identity::DESCRIPTION, "the annotation kubernetes.io/description"),
    given(identity::TAGS, "metadata.labels"),
    given(identity::GROUPS, "what every account is in"),
    given(identity::POLICIES, "roleRef and subjects of bindings"),
    given(identity::CREDENTIALS, "secrets of the type of a token"),
    given(identity::WORKLOADS, "spec.serviceAccountName of pods and of templates of pods"),
    given(identity::MFA, "no account has a device"),
    given(identity::BOUNDARY, "a cluster has none"),
    given(identity::CAN_BE_ASSUMED_BY, "no account has a policy that says who may act as it"),
    given(credential::ID, "metadata.namespace and metadata.name of the secret"),
    given(credential::NAME, "metadata.namespace and metadata.name of the secret"),
    given(credential::KIND, "the type of the secret"),
    given(credential::IDENTITY, "the annotation kubernetes.io/service-account.name"),
    given(credential::SCOPE, "the manifest, else the folder"),
    given(credential::SYSTEM, "the format"),
    given(credential::ENABLED, "the label kubernetes.io/legacy-token-invalid-since"),
    given(credential::CREATED_AT, "metadata.creationTimestamp"),
    given(credential::LAST_CHANGE_AT, "metadata.creationTimestamp"),
    given(credential::LAST_USED_AT, "the label kubernetes.io/legacy-token-last-used"),
    given(credential::EXPIRES_AT, "the type of the secret: it does not expire"),
    given(credential::STORED_IN, "the kind"),
    given(credential::SANCTIONED_STORE, "the kind"),
    given(group::ID, "the name in the binding, or what every account is in"),
    given(group::NAME, "the name in the binding, or what every account is in"),
    given(group::SCOPE, "the manifest, else the folder"),
    given(group::BUILT_IN, "the name in the binding, or what every account is in"),
    given(group::POLICIES, "roleRef and subjects of bindings"),
    given(group::MEMBERS, "what every account is in"),
    given(policy::ID, "metadata.namespace and metadata.name"),
    given(policy::NAME, "metadata.namespace and metadata.name"),
    given(policy::SCOPE, "the manifest, else the folder"),
    given(policy::MANAGED_BY, "the label kubernetes.io/bootstrapping, on a role of a name that Kubernetes gives"),
    given(policy::CREATED_AT, "metadata.creationTimestamp"),
    given(policy::GRANTS, "rules, and aggregationRule"),
];

impl Source for KubernetesObjects {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        let has = |name: &str| match &head.shape {
            Shape::Yaml { names } => names.iter().any(|known| known == name),
            _ => head.has(name),
        };
        if has("contexts") && has("clusters") {
            return false;
        }
        let members = ["roleRef", "rules", "spec"].iter().any(|key| head.has_inner(ITEMS, key));
        let listed =
            has(ITEMS) && head.has_inner(ITEMS, "metadata") && (members || head.has_inner(ITEMS, "apiVersion"));
        has("apiVersion") && (has("kind") || has(ITEMS)) || listed
    }

    fn order(&self) -> u8 {
        0
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let yaml = matches!(head.shape, Shape::Yaml { .. });
        let lists =
            if !yaml && head.has(ITEMS) && !head.has_inner(ITEMS, "kind") { lists(file)? } else { BTreeMap::new() };
        let scope = run.scope_of(ABOUT.system);
        let scope = run.world().strings.intern(&scope);
        let mut sink = Objects {
            file: run,
            scope,
            lists,
            yaml,
            marked: BTreeMap::new(),
            pages: Vec::new(),
            assumed: 0,
            others: BTreeSet::new(),
            of: BTreeMap::new(),
        };
        let layout = if yaml { Layout::Yaml } else { ABOUT.layout };
        let facts = windows::read(std::fs::File::open(&file.path)?, layout, &mut sink)?;
        sink.close(&facts);
        Ok(())
    }
}

/// What the lists of objects in a file are of, by document: the version and the kind, which may stand after the objects.
fn lists(file: &Found) -> io::Result<BTreeMap<u32, (String, String)>> {
    #[derive(Default)]
    struct Lists(BTreeMap<u32, (String, String)>);
    impl Sink for Lists {
        type Parsed<'a> = ();
        fn parse(&self, _: &Slice, _: &[u8]) -> Result<(), String> {
            Ok(())
        }
        fn take(&mut self, _: &Slice, (): ()) {}
        fn reject(&mut self, _: &Slice, _: String) {}
        fn refuse(&mut self, _: &Refused) {}
        fn field(&mut self, field: Field) {
            let Ok(text) = serde_json::from_str::<String>(&field.value) else { return };
            let known = self.0.entry(field.document).or_default();
            match field.name {
                "apiVersion" => known.0 = text,
                "kind" => known.1 = text,
                _ => {}
            }
        }
    }
    let mut lists = Lists::default();
    windows::read(std::fs::File::open(&file.path)?, ABOUT.layout, &mut lists)?;
    Ok(lists.0)
}

/// A record that was parsed.
enum Parsed<'a> {
    Json(Ready<'a>),
    Yaml(Box<yaml::Converted>),
}

struct Objects<'f, 'r> {
    file: &'f mut FileRun<'r>,
    scope: Sym,
    /// By document: what its list is of, where the objects do not say it.
    lists: BTreeMap<u32, (String, String)>,
    /// By kind of list: whether the last of them has a page marker.
    marked: BTreeMap<String, bool>,
    /// By document: whether it has a page marker.
    pages: Vec<(u32, bool)>,
    yaml: bool,
    /// How many objects name no namespace.
    assumed: u64,
    /// Kinds that are not read, as far as they are told by name.
    others: BTreeSet<String>,
    /// By document: the kind of its list, of which a page marker is.
    of: BTreeMap<u32, String>,
}

impl Sink for Objects<'_, '_> {
    type Parsed<'a> = Parsed<'a>;

    fn parse<'a>(&self, slice: &Slice, text: &'a [u8]) -> Result<Parsed<'a>, String> {
        if self.yaml {
            let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
            return Ok(Parsed::Yaml(Box::new(yaml::convert(text, ITEMS, PASSED))));
        }
        let of = self.lists.get(&slice.document).map(|(version, kind)| (version.as_str(), kind.as_str()));
        object::ready(text, of.filter(|_| slice.list == 0)).map(Parsed::Json)
    }

    fn take(&mut self, slice: &Slice, parsed: Parsed<'_>) {
        match parsed {
            Parsed::Json(ready) => self.add(slice, ready),
            Parsed::Yaml(converted) => self.take_yaml(slice, *converted),
        }
    }

    fn reject(&mut self, slice: &Slice, why: String) {
        self.file.reject(slice, why);
    }

    fn refuse(&mut self, refused: &Refused) {
        self.file.refuse(refused);
    }

    fn field(&mut self, field: Field) {
        match field.name {
            "kind" => {
                let kind = serde_json::from_str::<String>(&field.value).unwrap_or_default();
                self.of.insert(field.document, kind);
            }
            "metadata" => {
                let text = format!("{{\"metadata\":{}}}", field.value);
                let goes_on = serde_json::from_str::<Beside<'_>>(&text).is_ok_and(|beside| goes_on(&beside));
                self.pages.push((field.document, goes_on));
            }
            _ => {}
        }
    }
}

fn goes_on(beside: &Beside<'_>) -> bool {
    beside.metadata.as_ref().is_some_and(super::kubernetes::types::ListMeta::goes_on)
}

impl Objects<'_, '_> {
    fn take_yaml(&mut self, slice: &Slice, converted: yaml::Converted) {
        let yaml::Converted { items, beside, wrong } = converted;
        let mut of = None;
        for text in &beside {
            let Ok(beside) = serde_json::from_str::<Beside<'_>>(text) else { continue };
            let kind = beside.kind.as_deref().unwrap_or("").to_owned();
            self.marked.insert(kind.clone(), goes_on(&beside));
            of = Some((beside.api_version.as_deref().unwrap_or("").to_owned(), kind));
        }
        // `kubectl` writes the kind of a list after its objects.
        let unended = !beside.is_empty() && of.as_ref().is_none_or(|(_, kind)| kind.is_empty());
        for item in &items {
            let at = Slice {
                list: u16::from(item.index.is_none()),
                index: item.index.unwrap_or(0),
                document: slice.document,
                start: 0,
                end: 0,
                offset: slice.offset + item.offset as u64,
            };
            let of =
                of.as_ref().filter(|_| item.index.is_some()).map(|(version, kind)| (version.as_str(), kind.as_str()));
            match object::ready(item.json.as_bytes(), of) {
                Ok(ready) => self.add(&at, ready),
                Err(why) => {
                    let line = u64::from(slice.index) + u64::from(item.line);
                    let why = why.split(" (line ").next().unwrap_or("").to_owned();
                    self.file.reject_at(format!("line {line}"), at.offset, why);
                }
            }
        }
        if let Some((line, why)) = wrong {
            let line = u64::from(slice.index) + u64::from(line);
            self.file.reject_at(format!("line {line}"), slice.offset, why);
        } else if unended {
            let why =
                "a list of objects without a `kind` after them, as a file that was cut short has: export it again";
            self.file.reject_at(format!("line {}", slice.index), slice.offset, why.to_owned());
        }
    }

    fn add(&mut self, slice: &Slice, ready: Ready<'_>) {
        let (named, content) = match ready {
            Ready::Read(named, content) => (named, content),
            Ready::OtherSecret => return self.file.ignore("secrets of other types, of which nothing is read"),
            Ready::Passed(kind) => return self.pass(&kind),
        };
        match place::admit(self.file, self.scope, &named, &content) {
            Admitted::Yes => {}
            Admitted::No(why) => return self.file.ignore(&why),
            Admitted::Twice => {
                // Both are taken, so that it does not matter which comes first.
                let record = self.file.record(slice);
                place::take(self.file, self.scope, &named, content, record);
                let why = "it has the kind, namespace and name of an earlier object of this export, and the two differ";
                return self.file.reject(slice, why);
            }
        }
        let record = self.file.record(slice);
        self.file.count_read();
        self.assumed += u64::from(named.assumed);
        self.count(&named);
        place::take(self.file, self.scope, &named, content, record);
    }

    fn count(&mut self, named: &Named<'_>) {
        let total = match named.kind {
            "service_account" => "service_accounts",
            "role" | "cluster_role" => "roles",
            "role_binding" | "cluster_role_binding" => "role_bindings",
            "token" => "tokens",
            _ => "workloads",
        };
        self.file.total(total, 1);
    }

    /// Leaves an object aside whose kind is not read.
    fn pass(&mut self, kind: &str) {
        let kind = shortened(kind, 60).into_owned();
        if self.others.len() < MOST_KINDS || self.others.contains(&kind) {
            self.file.ignore(&format!("objects of the kind `{kind}` are not read"));
            self.others.insert(kind);
        } else {
            self.file.ignore("objects of further kinds are not read");
        }
    }

    fn close(mut self, facts: &FileFacts) {
        for (document, goes_on) in std::mem::take(&mut self.pages) {
            let kind = self.of.get(&document).cloned().unwrap_or_default();
            self.marked.insert(kind, goes_on);
        }
        if self.marked.values().any(|goes_on| *goes_on)
            && let Some(report) = self.file.report()
        {
            report.incomplete = Some("a page marker is left over");
        }
        if self.assumed > 0 {
            let path = self.file.path();
            let message = format!(
                "{} objects in `{path}` name no namespace, as files to be applied may, and were taken for objects of `default`",
                self.assumed
            );
            self.file.world().note("namespace-assumed", message, None);
        }
        self.file.close(facts);
    }
}
