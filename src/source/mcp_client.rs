//! Configurations of MCP clients: which servers a client runs or calls, and which credentials it gives them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use super::mcp::about::ABOUT;
use super::mcp::carriers::{Carrier, Fields};
use super::mcp::clients::{self, Client};
use super::mcp::document::{self, Broken, Document, Server};
use super::mcp::{lost, recognise, target, toml};
use super::run::FileRun;
use super::secrets::{self, Value};
use super::sighting::{Exposed, Sighting};
use super::{About, Source};
use crate::base::text::shown;
use crate::export::head::{Head, Shape};
use crate::export::jsonc;
use crate::export::split::RECORD_LIMIT;
use crate::export::walk::Found;
use crate::export::whole::whole;
use crate::export::yaml;
use crate::model::facts::{CredentialKind, ExposureKind, ai_system, resource};
use crate::model::record::RecordId;
use crate::model::schema::Subject;

/// The source.
pub struct McpClient;

/// How many servers projects may share, each counted once a project.
const SHARED: usize = 100_000;

/// Why a placeholder is left aside.
const PLACEHOLDER: &str = "a placeholder stands where a secret is to be put in";
/// Why a server is left aside that is switched off.
const OFF: &str = "the server is switched off";
/// Why a client is left aside, or its servers for all projects.
const NONE: &str = "a client without servers: nothing shows that an AI system is in use with it";
/// Why a name of a file is left aside.
const ELSEWHERE: &str = "it names another file that has servers, which is read by itself where it was exported";
/// Why a server is left aside whose name comes again.
const AGAIN: &str = "a later server of the file has the same name, and clients take that one";

impl Source for McpClient {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn recognises(&self, head: &Head) -> bool {
        recognise::is_configuration(head)
    }

    fn order(&self) -> u8 {
        5
    }

    fn read(&self, file: &Found, head: &Head, run: &mut FileRun<'_>) -> io::Result<()> {
        let (text, facts) = whole(file)?;
        match String::from_utf8(text) {
            Ok(text) if text.len() <= RECORD_LIMIT => read(text, &head.shape, run),
            Ok(_) => reject(run, "the file", 0, format!("it is larger than {} MiB", RECORD_LIMIT >> 20)),
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                reject(run, "the file", at as u64, format!("byte {at} of it is not UTF-8"));
            }
        }
        run.close(&facts);
        Ok(())
    }
}

/// Rejects the file as a whole.
fn reject(run: &mut FileRun<'_>, place: &str, offset: u64, why: String) {
    run.reject_at(place.to_owned(), offset, why);
    lost::lost(run, place, offset);
    if let Some(report) = run.report() {
        report.broken = true;
    }
}

fn read(text: String, shape: &Shape, run: &mut FileRun<'_>) {
    match shape {
        Shape::Toml { .. } => take(toml::of_toml(&text), run),
        Shape::Yaml { .. } => take(document::of_yaml(&yaml::documents(&text)), run),
        _ => {
            let mut bytes = text.into_bytes();
            if let Some(at) = jsonc::blank(&mut bytes) {
                let why = "a comment begins here that nothing ends, so what it hides was not read, nor the rest";
                return reject(run, &format!("byte {at}"), at as u64, why.to_owned());
            }
            if let Ok(text) = std::str::from_utf8(&bytes) {
                take(document::of_json(text), run);
            }
        }
    }
}

fn take(document: Result<Document<'_>, Broken>, run: &mut FileRun<'_>) {
    match document {
        Ok(document) => Configuration::new(run, &document).read(&document),
        Err(Broken { place, offset, why }) => reject(run, &place, offset, why),
    }
}

/// A configuration that is being read.
struct Configuration<'f, 'r> {
    run: &'f mut FileRun<'r>,
    scope: String,
    /// How ids begin: the scope, as one of this system.
    prefix: String,
    /// The file's part of ids.
    key: String,
    client: Client,
    /// The row of the file's AI system, and of those of its projects.
    systems: BTreeMap<Option<String>, u32>,
    /// Those of which a server could not be read.
    open: HashSet<u32>,
    /// Ids of credentials that are taken.
    ids: HashSet<String>,
}

impl<'f, 'r> Configuration<'f, 'r> {
    fn new(run: &'f mut FileRun<'r>, document: &Document<'_>) -> Self {
        let scope = run.scope_of("mcp");
        let prefix = if scope.starts_with("mcp:") { scope.clone() } else { format!("mcp:{scope}") };
        let path = run.path();
        let below = path.strip_prefix(run.said.scope_folder.as_str()).filter(|_| run.said.scope.is_some());
        // A client's own folder tells it from others of the machine, whatever an entry of the manifest names.
        let beyond = run.beyond_scope();
        let key = below.filter(|below| below.len() > beyond.len()).map_or(beyond, str::to_owned);
        let on_servers = |key: &str| {
            let mut servers = document.groups.iter().flat_map(|group| &group.servers);
            servers.any(|server| server.value.as_ref().is_ok_and(|value| value.get(key).is_some()))
        };
        let client = clients::of(&path, |key| document.keys.contains(key) || on_servers(key));
        let (systems, open, ids) = (BTreeMap::new(), HashSet::new(), HashSet::new());
        Self { run, scope, prefix, key, client, systems, open, ids }
    }

    fn read(&mut self, document: &Document<'_>) {
        let own = |of_all: bool| {
            document.groups.iter().any(|group| (!of_all || group.project.is_none()) && !group.servers.is_empty())
        };
        if own(true) || document.elsewhere > 0 {
            self.system(None);
        } else {
            self.without_servers(!own(false));
        }
        for group in document.groups.iter().filter(|group| group.project.is_some()) {
            if group.servers.is_empty() {
                self.run.ignore("a project without servers of its own");
            } else {
                self.system(group.project.clone());
            }
        }
        // Of several servers of one name the last counts.
        let mut last: HashMap<(Option<&str>, &str), usize> = HashMap::new();
        let servers = || document.groups.iter().flat_map(|group| group.servers.iter().map(move |one| (group, one)));
        for (at, (group, server)) in servers().enumerate() {
            last.insert((group.project.as_deref(), &server.name), at);
        }
        let of_all = servers().filter(|(group, _)| group.project.is_none()).count();
        let shared = of_all.saturating_mul(self.systems.len()) <= SHARED;
        if !shared {
            let path = self.run.path();
            let message = format!(
                "`{path}` has too many servers and projects to give each project those of all: their tools are open"
            );
            self.run.world().note("too-many-projects", message, None);
            self.open.extend(self.systems.iter().filter(|(system, _)| system.is_some()).map(|(_, row)| *row));
        }
        for (at, (group, server)) in servers().enumerate() {
            let project = group.project.as_deref();
            let again = last.get(&(project, server.name.as_str())) != Some(&at);
            let mut holders: Vec<u32> = self.systems.get(&group.project).copied().into_iter().collect();
            if project.is_none() && shared {
                // What the file has for all projects is theirs too, but where they have one of that name.
                let others = self.systems.iter().filter_map(|(system, row)| Some((system.as_deref()?, *row)));
                let without = others.filter(|(other, _)| !last.contains_key(&(Some(*other), server.name.as_str())));
                holders.extend(without.map(|(_, row)| row));
            }
            // What a project switches off is none of its tools.
            let systems = &self.systems;
            let denied = |row: u32| {
                let of = systems.iter().find(|(_, known)| **known == row).and_then(|(project, _)| project.as_deref());
                of.is_some() && document.switches_off(of, &server.name)
            };
            if !document.off.is_empty() {
                holders.retain(|row| !denied(*row));
            }
            self.server(server, project, &holders, again, document);
        }
        for _ in 0..document.elsewhere {
            self.run.ignore(ELSEWHERE);
            self.open.extend(self.systems.values());
        }
        let partly = self.systems.iter().filter(|(_, row)| self.open.contains(row));
        let partly: Vec<String> = partly.map(|(project, _)| self.id_of(project.as_deref())).collect();
        for id in partly {
            lost::partly(self.run, &id);
        }
        let rows: Vec<u32> = self.systems.values().copied().filter(|row| !self.open.contains(row)).collect();
        for row in rows {
            self.run.world().close(ai_system::TOOLS, row);
        }
    }

    /// Leaves the client aside of a file that has no servers, or of one that has them for projects alone: it has no tools, and
    /// whether anybody uses it is not said, so there is nothing to judge.
    fn without_servers(&mut self, at_all: bool) {
        let id = self.id_of(None);
        lost::read(self.run, &id);
        self.run.ignore(NONE);
        if at_all {
            let message = format!(
                "`{}` is the configuration of {} without servers, so it is no AI system here",
                self.run.path(),
                self.client.name
            );
            let record = self.run.record_of("", 0);
            self.run.world().note("client-without-servers", message, Some(record));
        }
    }

    /// The file's part of an id, and the project's.
    fn key_of(&self, project: Option<&str>) -> String {
        match project {
            Some(project) => format!("{}#{project}", self.key),
            None => self.key.clone(),
        }
    }

    /// The id of the AI system of the file, or of a project.
    fn id_of(&self, project: Option<&str>) -> String {
        format!("{}:client:{}", self.prefix, self.key_of(project))
    }

    /// Makes the AI system of the file or of one of its projects.
    fn system(&mut self, project: Option<String>) {
        if self.systems.contains_key(&project) {
            return;
        }
        let id = self.id_of(project.as_deref());
        let name = match &project {
            Some(project) => format!("{project} ({})", self.client.name),
            None => format!("{} ({})", self.key, self.client.name),
        };
        lost::read(self.run, &id);
        let pointer = project.as_deref().map(|project| format!("/projects/{}", document::escaped(project)));
        let record = self.run.record_of(pointer.as_deref().unwrap_or(""), 0);
        let (scope, mode) = (self.scope.clone(), self.client.mode);
        let world = self.run.world();
        let (row, _) = world.upsert(Subject::AiSystem, &id);
        world.mark_listed(Subject::AiSystem, row, record);
        world.set_text(ai_system::ID, row, &id, record);
        world.set_text(ai_system::NAME, row, &name, record);
        world.set_text(ai_system::SYSTEM, row, "mcp", record);
        world.set_text(ai_system::SCOPE, row, &scope, record);
        if let Some(mode) = mode {
            world.set(ai_system::MODE, row, mode, record);
        }
        self.systems.insert(project, row);
        self.run.count_read();
        self.run.total("ai_systems", 1);
    }

    fn server(
        &mut self,
        server: &Server<'_>,
        project: Option<&str>,
        holders: &[u32],
        again: bool,
        document: &Document<'_>,
    ) {
        let fields = match &server.value {
            Ok(value) => Fields::new(value),
            Err(why) => return self.reject(server, holders, why.clone()),
        };
        let (carriers, wrong) = fields.carriers(&document.prompts);
        let read = wrong.map_or_else(|| fields.command(), Err).and_then(|command| {
            let off = fields.is_off() || document.switches_off(project, &server.name);
            let brought = fields.brought(&server.name);
            if command.is_empty() && fields.address().is_none() && brought.is_none() && !off {
                return Err("it has neither `command` nor `url`".to_owned());
            }
            Ok((command, brought, off))
        });
        let key = format!("{}/{}", self.key_of(project), visible(&server.name));
        let (command, brought, off) = match read {
            Ok(read) => read,
            Err(why) => {
                self.reject(server, holders, why);
                // A secret that stands there is exposed, whatever else of the server cannot be read.
                let record = self.run.record_of(&visible(&server.pointer), server.offset);
                for carrier in carriers.into_iter().filter(|carrier| carrier.value.is_literal()) {
                    self.sight(server, &key, carrier, holders, &[], record);
                }
                return;
            }
        };
        let record = self.run.record_of(&visible(&server.pointer), server.offset);
        let mut tools = Vec::new();
        if again {
            self.run.ignore(AGAIN);
        } else if off {
            self.run.ignore(OFF);
            self.run.total("servers_switched_off", 1);
        } else {
            let reached = match (fields.address(), brought) {
                (Some((_, address)), _) if command.is_empty() => target::of_address(address),
                (_, Some(brought)) if command.is_empty() => Some(visible(brought)),
                _ => target::of_command(&command),
            };
            tools.push(self.tool(server, &key, reached.as_deref(), holders, record));
            self.run.count_read();
            self.run.total("servers", 1);
        }
        let unasked = fields.unasked() as u64;
        if unasked > 0 {
            self.run.total("tools_allowed_without_asking", unasked);
        }
        for carrier in carriers {
            self.sight(server, &key, carrier, holders, &tools, record);
        }
    }

    /// Rejects a server: what it gives its client, and which credentials it holds, is open.
    fn reject(&mut self, server: &Server<'_>, holders: &[u32], why: String) {
        let place = shown(&visible(&server.pointer)).into_owned();
        self.run.reject_at(place.clone(), server.offset, why);
        lost::lost(self.run, &place, server.offset);
        self.open.extend(holders);
    }

    /// Makes the resource of a server.
    fn tool(
        &mut self,
        server: &Server<'_>,
        key: &str,
        reached: Option<&str>,
        holders: &[u32],
        record: RecordId,
    ) -> u32 {
        let id = format!("{}:server:{key}", self.prefix);
        let scope = self.scope.clone();
        let world = self.run.world();
        let (row, _) = world.upsert(Subject::Resource, &id);
        world.mark_listed(Subject::Resource, row, record);
        world.set_text(resource::ID, row, &id, record);
        world.set_text(resource::NAME, row, &visible(&server.name), record);
        world.set_text(resource::KIND, row, "mcp_server", record);
        world.set_text(resource::SYSTEM, row, "mcp", record);
        world.set_text(resource::SCOPE, row, &scope, record);
        if let Some(reached) = reached {
            world.set_text(resource::TARGET, row, reached, record);
        }
        for holder in holders {
            world.push(ai_system::TOOLS, *holder, row);
        }
        row
    }

    /// Keeps one place where a credential is used or stands, until all places are known.
    fn sight(
        &mut self,
        server: &Server<'_>,
        key: &str,
        carrier: Carrier<'_>,
        holders: &[u32],
        tools: &[u32],
        record: RecordId,
    ) {
        let Carrier { slot, field, name, value, public_id, temporary } = carrier;
        let by_name = || secrets::kind(&name).unwrap_or(CredentialKind::Other);
        let (kind, system, stored_in, prints, id, stands) = match value {
            Value::Plain => return,
            Value::Empty => {
                if secrets::kind(&name).is_some() {
                    self.run.ignore("no value is given where a secret is to be");
                }
                return;
            }
            Value::Placeholder => {
                self.run.ignore(PLACEHOLDER);
                self.run.total("placeholders", 1);
                return;
            }
            Value::Reference { kept_in } => {
                let system = if public_id.is_some() { Some("aws") } else { secrets::system(&name) };
                (by_name(), system, Some(kept_in), None, public_id, false)
            }
            Value::PublicId { kind, system, id } => (kind, Some(system), None, None, Some(id.to_owned()), false),
            Value::Literal { secret, kind, system, public_id: own } => {
                let system = if public_id.is_some() { Some("aws") } else { system };
                (kind, system, None, secret.prints(&self.run.run.key), public_id.or(own), true)
            }
        };
        let mut part = format!("{key}/{}", visible(&slot));
        for again in 2.. {
            if self.ids.insert(part.clone()) {
                break;
            }
            part = format!("{key}/{}~{again}", visible(&slot));
        }
        let (name, server_name) = (visible(&name), visible(&server.name));
        let path = self.run.path();
        let place = format!("{path}: {}.{}", visible(&server.dotted), visible(&field));
        let seen = format!("{name} of the MCP server {server_name} in {path}");
        let detected_at = self.run.collected_at();
        self.run.total(if stands { "secrets_in_the_file" } else { "credentials_kept_elsewhere" }, 1);
        let prefix = &self.prefix;
        let strings = &mut self.run.run.world.strings;
        let exposure = stands.then(|| Exposed {
            id: strings.intern(&format!("{prefix}:exposure:{part}")),
            kind: ExposureKind::Configuration,
            name: strings.intern(&seen),
            detected_at,
            scanner: strings.intern("assize"),
            rule: None,
            verified: None,
            public: None,
        });
        let sighting = Sighting {
            record,
            id: strings.intern(&format!("{prefix}:credential:{part}")),
            name: strings.intern(&format!("{name} of {server_name}")),
            scope: strings.intern(&self.scope),
            kind,
            system,
            public_id: id.map(|id| strings.intern(&id)),
            temporary,
            prints,
            place: strings.intern(&place),
            stored_in: stored_in.map(|kept_in| strings.intern(kept_in)),
            holders: holders.to_vec(),
            tools: tools.to_vec(),
            exposure,
        };
        self.run.run.sightings.push(sighting);
    }
}

/// A name as it may be kept: without a secret that was written there by mistake.
fn visible(name: &str) -> String {
    secrets::masked_words(name).into_owned()
}

#[cfg(test)]
#[path = "mcp/client_tests.rs"]
mod tests;
