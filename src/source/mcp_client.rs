//! Configurations of MCP clients: which servers a client runs or calls, and which credentials it gives them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use super::mcp::carriers::{Carrier, Fields};
use super::mcp::clients::{self, Client};
use super::mcp::document::{self, Broken, Document, Server};
use super::mcp::{recognise, target};
use super::run::FileRun;
use super::secrets::{self, Value};
use super::sighting::{Exposed, Sighting};
use super::{About, Given, Source, given};
use crate::base::text::shown;
use crate::export::head::{Head, Shape};
use crate::export::jsonc;
use crate::export::split::{Layout, RECORD_LIMIT};
use crate::export::walk::Found;
use crate::export::whole::whole;
use crate::model::facts::{CredentialKind, ExposureKind, ai_system, credential, exposure, resource};
use crate::model::record::RecordId;
use crate::model::schema::Subject;

/// The source.
pub struct McpClient;

static ABOUT: About = About {
    id: "mcp-client",
    title: "configurations of MCP clients: their servers and the credentials that these are given",
    system: "mcp",
    commands: &[
        "for file in .claude.json .cursor/mcp.json .codeium/windsurf/mcp_config.json .gemini/settings.json .codex/config.toml; do [ -f ~/$file ] && mkdir -p exports/mcp/laptop/$(dirname $file) && cp ~/$file exports/mcp/laptop/$file; done",
        "git ls-files '*.mcp.json' '*.vscode/mcp.json' '*.cursor/mcp.json' | while read -r file; do mkdir -p \"exports/mcp/repository/$(dirname \"$file\")\" && cp \"$file\" \"exports/mcp/repository/$file\"; done",
    ],
    authority: 50,
    layout: Layout::Text,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Recognised by its keys, in JSON with or without comments and trailing commas: `mcpServers` (Claude Desktop, Claude Code's `.mcp.json` and `.claude.json`, Cursor, Windsurf, Cline, Roo Code, Gemini CLI, Amazon Q, Copilot), `servers` with `inputs` or with what only MCP servers have (VS Code's `mcp.json`), `mcp` with `servers` (VS Code's `settings.json`) or with the servers right there (opencode), `context_servers` (Zed), `experimental.modelContextProtocolServers` (Continue); and `[mcp_servers.NAME]` in TOML (Codex). A file larger than 16 MiB is not read.",
        "A configuration is an AI system: the client that runs with it. Its id is `mcp:SCOPE:client:KEY`. The scope is the `scope` that the manifest gives the file, such as `mcp:anna-laptop`, else one made of the folder that it lies in. The key is the file's path below the folder that the manifest's pattern names before its first wildcard (`mcp/anna-laptop/**` leaves `.cursor/mcp.json`), else the file's name. Of Claude Code's `.claude.json` each project with servers of its own is an AI system too, with `#` and the project's folder behind the key; it also has the servers that the file has for all projects.",
        "The list of tools is whole as far as this configuration goes: a client may read several, and each is an AI system of its own. It is open where a server could not be read. Servers that are switched off are no tools of it; a secret in one is an exposure all the same.",
        "How a client acts is said only of those that act when a person asks them to (Claude Desktop, VS Code, Windsurf, Zed).",
        "A server is a resource, with the id `mcp:SCOPE:server:KEY/NAME`. Its target is what it runs or calls: a package, an image, a program or an address, without user, query and fragment.",
        "Values of `env`, `args`, `headers`, addresses and other fields are told apart. A variable, an input that is asked for, a file or a secret store is where the secret is kept, and no exposure. A placeholder (`YOUR_API_KEY`, `<token>`, `sk-...`) is counted and left aside. A secret that stands there itself is an exposure. It is told by the form that its provider gives it, else by the name that it stands under: a secret of no known form under a name that says nothing is not seen.",
        "What stands in the file beside servers is not looked at: settings of the client may hold secrets too.",
        "Hidden files and folders are passed over when exports are looked for, but for those of these clients: `.mcp.json`, `.claude.json`, `.cursor`, `.vscode`, `.codeium`, `.windsurf`, `.gemini`, `.codex`, `.roo`, `.amazonq`, `.continue`, `.copilot`, `.opencode`, `.config`.",
        "The id of an AWS access key and the secret beside it are one credential, under the key's id.",
        "A copy of a configuration holds the secrets that the configuration holds: delete it once it was judged.",
        "No secret is kept: what stands for one within the run is compared, so that one that is in several places, or in a scanner's report, is one credential.",
    ],
};

const PROVIDES: &[Given] = &[
    given(ai_system::ID, "the file's scope and path; for a project also its folder"),
    given(ai_system::NAME, "the file's path and the client that keeps it there"),
    given(ai_system::SYSTEM, "the format"),
    given(ai_system::SCOPE, "the manifest, else the folder"),
    given(ai_system::MODE, "the client, where clients of its kind act in one way"),
    given(ai_system::TOOLS, "mcpServers, servers, mcp, context_servers, mcp_servers"),
    given(ai_system::CREDENTIALS, "env, args, headers and url of its servers"),
    given(resource::ID, "the file's scope and path, and the server's name"),
    given(resource::NAME, "the server's name"),
    given(resource::KIND, "the format"),
    given(resource::SYSTEM, "the format"),
    given(resource::SCOPE, "the manifest, else the folder"),
    given(resource::TARGET, "command and args, or url"),
    given(resource::CREDENTIALS, "env, args, headers, url"),
    given(credential::ID, "the file's scope and path, the server's name and the place in it"),
    given(credential::NAME, "the variable, argument, header or part of the address"),
    given(credential::KIND, "the value's form, else its name"),
    given(credential::SCOPE, "the manifest, else the folder"),
    given(credential::SYSTEM, "the value's form, else its name"),
    given(credential::STORED_IN, "what a reference names"),
    given(credential::EXPOSURES, "a secret that stands there itself"),
    given(credential::PLACES, "the file and where in it"),
    given(credential::AI_SYSTEMS, "the configuration"),
    given(exposure::ID, "the file's scope and path, the server's name and the place in it"),
    given(exposure::CREDENTIAL, "env, args, headers, url"),
    given(exposure::LOCATION, "the file and where in it"),
    given(exposure::KIND, "the format"),
    given(exposure::DETECTED_AT, "when the file was collected"),
    given(exposure::SCANNER, "assize, which saw it"),
    given(exposure::NAME, "the place in the configuration"),
    given(exposure::RULE, "none: no scanner saw it"),
    given(exposure::SCOPE, "the manifest, else the folder"),
    given(exposure::AI_SYSTEMS, "the configuration"),
];

/// How many servers projects may share, each counted once a project.
const SHARED: usize = 100_000;

/// Why a placeholder is left aside.
const PLACEHOLDER: &str = "a placeholder stands where a secret is to be put in";
/// Why a server is left aside that is switched off.
const OFF: &str = "the server is switched off";
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
            Ok(text) if text.len() <= RECORD_LIMIT => read(text, matches!(head.shape, Shape::Toml { .. }), run),
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
    if let Some(report) = run.report() {
        report.broken = true;
    }
}

fn read(text: String, toml: bool, run: &mut FileRun<'_>) {
    let mut bytes = text.into_bytes();
    if !toml {
        jsonc::blank(&mut bytes);
    }
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let document = if toml { document::of_toml(text) } else { document::of_json(text) };
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
        let key = below.unwrap_or_else(|| path.rsplit('/').next().unwrap_or(&path)).to_owned();
        let on_servers = |key: &str| {
            let mut servers = document.groups.iter().flat_map(|group| &group.servers);
            servers.any(|server| server.value.as_ref().is_ok_and(|value| value.get(key).is_some()))
        };
        let client = clients::of(&path, |key| document.keys.contains(key) || on_servers(key));
        let (systems, open, ids) = (BTreeMap::new(), HashSet::new(), HashSet::new());
        Self { run, scope, prefix, key, client, systems, open, ids }
    }

    fn read(&mut self, document: &Document<'_>) {
        self.system(None);
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
            self.server(server, project, &holders, again, document);
        }
        let rows: Vec<u32> = self.systems.values().copied().filter(|row| !self.open.contains(row)).collect();
        for row in rows {
            self.run.world().close(ai_system::TOOLS, row);
        }
    }

    /// The file's part of an id, and the project's.
    fn key_of(&self, project: Option<&str>) -> String {
        match project {
            Some(project) => format!("{}#{project}", self.key),
            None => self.key.clone(),
        }
    }

    /// Makes the AI system of the file or of one of its projects.
    fn system(&mut self, project: Option<String>) {
        if self.systems.contains_key(&project) {
            return;
        }
        let id = format!("{}:client:{}", self.prefix, self.key_of(project.as_deref()));
        let name = match &project {
            Some(project) => format!("{project} ({})", self.client.name),
            None => format!("{} ({})", self.key, self.client.name),
        };
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
        let fields = server.value.as_ref().map(Fields::new).map_err(Clone::clone);
        let read = fields.and_then(|fields| {
            let (command, carriers) = (fields.command()?, fields.carriers(&document.prompts)?);
            if command.is_empty() && fields.address().is_none() && !fields.is_off() {
                return Err("it has neither `command` nor `url`".to_owned());
            }
            Ok((fields, command, carriers))
        });
        let (fields, command, carriers) = match read {
            Ok(read) => read,
            Err(why) => {
                self.run.reject_at(shown(&visible(&server.pointer)).into_owned(), server.offset, why);
                self.open.extend(holders);
                return;
            }
        };
        let record = self.run.record_of(&visible(&server.pointer), server.offset);
        let key = format!("{}/{}", self.key_of(project), visible(&server.name));
        let mut tools = Vec::new();
        if again {
            self.run.ignore(AGAIN);
        } else if fields.is_off() {
            self.run.ignore(OFF);
            self.run.total("servers_switched_off", 1);
        } else {
            let reached = match fields.address() {
                Some((_, address)) if command.is_empty() => target::of_address(address),
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
        let Carrier { slot, field, name, value, public_id } = carrier;
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
        let seen = format!("{name} in the configuration of the MCP server {server_name}");
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
    secrets::masked(name).into_owned()
}

#[cfg(test)]
#[path = "mcp/client_tests.rs"]
mod tests;
