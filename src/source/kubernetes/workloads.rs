//! What runs as which account, and the secrets that stand in variables of it.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};

use super::accounts;
use super::names::{DEFAULT, is_name};
use super::object::Named;
use super::types::{OwnerReference, Spec, Status};
use crate::model::facts::{ExposureKind, identity};
use crate::model::intern::Sym;
use crate::model::record::RecordId;
use crate::source::aws::lenient::Text;
use crate::source::run::FileRun;
use crate::source::secrets::{self, Value};
use crate::source::sighting::{Exposed, Sighting};

/// A workload, before it is placed.
#[derive(Debug)]
pub struct Ready<'a> {
    /// Its account.
    account: Cow<'a, str>,
    /// What it is a part of: the kind, in lower case, and the name.
    kind: String,
    name: Cow<'a, str>,
    /// True if a pod of it was started, which needs its account; a template alone shows nothing.
    started: bool,
    /// Variables with a value: container, name and value.
    variables: Vec<(Cow<'a, str>, Cow<'a, str>, Cow<'a, str>)>,
}

impl Hash for Ready<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.account, &self.kind, &self.name).hash(state);
    }
}

/// Reads what runs.
///
/// # Errors
/// When its account has no name that a cluster gives, or a variable is nothing that a cluster sets, so that a secret in it would
/// be passed over.
pub fn ready<'a>(
    spec: Spec<'a>,
    owners: &[OwnerReference<'a>],
    named: &Named<'a>,
    status: &Status<'_>,
) -> Result<Ready<'a>, String> {
    let account = spec.service_account_name.filter(|text| !text.is_empty()).or(spec.service_account);
    let account = account.map(|text| text.0).filter(|text| !text.is_empty()).unwrap_or(Cow::Borrowed(DEFAULT));
    if !is_name(&account) {
        return Err("its account is not a name that a cluster gives".to_owned());
    }
    let (kind, name) = part_of(owners, named);
    let lists = [spec.init_containers, spec.containers, spec.ephemeral_containers];
    let mut variables = Vec::new();
    for container in lists.into_iter().flatten().flat_map(|list| list.0) {
        let within = container.name.map_or(Cow::Borrowed(""), |text| text.0);
        for variable in container.env.into_iter().flat_map(|list| list.0) {
            let Some(Text(name)) = variable.name.filter(|name| !name.is_empty()) else {
                return Err("a variable of its environment has no `name`".to_owned());
            };
            if let Some(value) = variable.value {
                let text = match serde_json::from_str::<Text<'a>>(value.get()) {
                    Ok(Text(text)) => text,
                    // A number or a switch, as who writes the file by hand may leave it.
                    Err(_) if !value.get().starts_with(['[', '{']) => Cow::Borrowed(value.get()),
                    Err(_) => return Err("the `value` of a variable of its environment is no text".to_owned()),
                };
                variables.push((within.clone(), name, text));
            }
        }
    }
    Ok(Ready { account, kind, name, started: status.started(named.kind), variables })
}

/// What a workload is a part of, as people know it: the deployment of a pod, the cron job of a job.
fn part_of<'a>(owners: &[OwnerReference<'a>], named: &Named<'a>) -> (String, Cow<'a, str>) {
    let (mut kind, mut name) = (named.kind.to_owned(), named.name.clone());
    let owner = owners.iter().find(|owner| owner.controller == Some(true)).or_else(|| owners.first());
    if let Some((Some(of), Some(by))) = owner.map(|owner| (owner.kind.as_deref(), owner.name.as_deref()))
        && of != "Node"
        && is_name(of)
        && is_name(by)
    {
        (kind, name) = (of.to_ascii_lowercase(), Cow::Owned(by.to_owned()));
    }
    let hash = named.label("pod-template-hash");
    let made = match kind.as_str() {
        // Only what a deployment makes carries the hash of its template.
        "replicaset" => {
            hash.and_then(|hash| name.strip_suffix(hash)?.strip_suffix('-')).map(|name| ("deployment", name))
        }
        // A cron job names its jobs after the time.
        "job" if named.kind == "pod" => name
            .rsplit_once('-')
            .filter(|(name, at)| !name.is_empty() && at.len() >= 8 && at.bytes().all(|byte| byte.is_ascii_digit()))
            .map(|(name, _)| ("cronjob", name)),
        _ => None,
    };
    match made.map(|(kind, name)| (kind.to_owned(), name.to_owned())) {
        Some((kind, name)) => (kind, Cow::Owned(name)),
        None => (kind, name),
    }
}

/// Puts a workload into the tables: the account runs it, and secrets in its variables were seen.
pub fn add(file: &mut FileRun<'_>, scope: Sym, named: &Named<'_>, ready: &Ready<'_>, record: RecordId) {
    let namespace = named.namespace.as_deref().unwrap_or(DEFAULT);
    let row = accounts::mention(file.world(), scope, namespace, &ready.account, record);
    let place = format!("{namespace}/{}/{}", ready.kind, ready.name);
    let workload = file.world().strings.intern(&place);
    file.world().push(identity::WORKLOADS, row, workload.0);
    file.world().runs.entry((row, workload)).or_insert(record);
    if ready.started {
        file.world().started.entry(row).or_insert(record);
    }
    for (container, name, value) in &ready.variables {
        sight(file, scope, &place, (container, name, value), record);
    }
}

/// A variable whose value is a secret: that is an exposure, since whoever may read the workload may read it.
fn sight(file: &mut FileRun<'_>, scope: Sym, place: &str, variable: (&str, &str, &str), record: RecordId) {
    let (container, name, value) = variable;
    let Value::Literal { secret, kind, system, public_id } = secrets::value(name, value) else { return };
    let prints = secret.prints(&file.run.key);
    let world = &mut file.run.world;
    let of = world.strings.text(scope).to_owned();
    let at = format!("{place}/{container}/env:{name}");
    let mut intern = |text: &str| world.strings.intern(text);
    let sighting = Sighting {
        record,
        id: intern(&format!("{of}:credential:{at}")),
        name: intern(name),
        scope,
        kind,
        system,
        public_id: public_id.map(|id| intern(&id)),
        temporary: false,
        prints,
        place: intern(&format!("{place}: {container}.env.{name}")),
        stored_in: None,
        holders: Vec::new(),
        tools: Vec::new(),
        exposure: Some(Exposed {
            id: intern(&format!("{of}:exposure:{at}")),
            kind: ExposureKind::Configuration,
            name: intern(&format!("the value of {name} in {place}")),
            detected_at: None,
            scanner: intern("assize"),
            rule: None,
            verified: None,
            public: None,
        }),
    };
    file.run.sightings.push(sighting);
}
