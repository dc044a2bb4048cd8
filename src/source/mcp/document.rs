//! The servers that a configuration names, wherever its client puts them, each with its place.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::value::RawValue;

use super::json::{Json, Members, elements, members, offset};
use super::recognise::GROUPS;
use super::shape::{SCHEMA, is_extensions, is_server, may_be_servers, servers_alone};
use crate::export::yaml::Converted;
use crate::source::aws::lenient::{Text, why};

/// Servers that stand together.
pub struct Group<'a> {
    /// The folder that they are for, where the configuration keeps those of several.
    pub project: Option<String>,
    /// The servers, in their order.
    pub servers: Vec<Server<'a>>,
}

/// One server.
pub struct Server<'a> {
    /// Its name.
    pub name: String,
    /// Its place, as a JSON pointer.
    pub pointer: String,
    /// Its place, as people write it: `mcpServers.github`.
    pub dotted: String,
    /// Its first byte in the text.
    pub offset: u64,
    /// What it says, or why that cannot be used.
    pub value: Result<Json<'a>, String>,
}

/// A configuration.
#[derive(Default)]
pub struct Document<'a> {
    /// Its servers.
    pub groups: Vec<Group<'a>>,
    /// What the user is asked for, without showing it.
    pub prompts: BTreeSet<String>,
    /// Keys by which the client is told.
    pub keys: BTreeSet<String>,
    /// Names of servers that are switched off beside them: for one project, or for all.
    pub off: BTreeSet<(Option<String>, String)>,
    /// The only servers that are used, where the configuration has a list of them.
    pub only: Option<BTreeSet<String>>,
    /// How many times it names another file that has servers.
    pub elsewhere: u64,
}

impl Document<'_> {
    /// True if what stands beside a server switches it off.
    #[must_use]
    pub fn switches_off(&self, project: Option<&str>, name: &str) -> bool {
        let denied = self.off.contains(&(project.map(str::to_owned), name.to_owned()));
        denied || project.is_none() && self.only.as_ref().is_some_and(|only| !only.contains(name))
    }
}

/// Why a text is no configuration at all.
pub struct Broken {
    /// Where, in words.
    pub place: String,
    /// The first byte of what is wrong.
    pub offset: u64,
    /// Why, in words that quote nothing of it.
    pub why: String,
}

/// Reads a configuration that is JSON; comments are gone already.
///
/// # Errors
/// Where the text is not JSON, or no object.
pub fn of_json(text: &str) -> Result<Document<'_>, Broken> {
    document(text, false)
}

/// Reads a configuration; `lists` is true where its servers may stand in a list, which then may be empty.
fn document(text: &str, lists: bool) -> Result<Document<'_>, Broken> {
    let top: Members<'_> = serde_json::from_str(text).map_err(|error| {
        let said = why(&error);
        let what = said.strip_prefix("it is not what this export should hold: ").unwrap_or(&said);
        let what = what.split(" (line ").next().unwrap_or(what);
        let line_start: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
        Broken {
            place: format!("line {}, column {}", error.line(), error.column()),
            offset: (line_start + error.column().saturating_sub(1)) as u64,
            why: format!("from here on it is not JSON, and none of it was read: {what}"),
        }
    })?;
    let mut reader = Reader { text, lists, document: Document::default() };
    reader.section(&[], &top.0);
    if reader.document.groups.is_empty() && servers_alone(&top.0) {
        let servers =
            top.0.iter().filter(|(name, _)| &**name != SCHEMA).map(|(name, value)| (name.to_string(), *value));
        reader.named(&[], None, servers.collect());
    }
    Ok(reader.document)
}

/// Reads a configuration that was YAML. Places are those in the YAML text.
///
/// # Errors
/// Where the text is not YAML, or no mapping.
pub fn of_yaml(converted: &Converted) -> Result<Document<'_>, Broken> {
    let broken = |line: u32, offset: usize, why: String| Broken {
        place: format!("line {}", u64::from(line) + 1),
        offset: offset as u64,
        why,
    };
    if let Some((line, why)) = &converted.wrong {
        let offset = converted.items.last().map_or(0, |item| item.offset);
        return Err(broken(*line, offset, format!("none of it was read: {why}")));
    }
    let mut whole = Document::default();
    for item in &converted.items {
        let read = document(&item.json, true)
            .map_err(|_| broken(item.line, item.offset, "it is no mapping that can be read".to_owned()))?;
        let Document { groups, prompts, keys, off, only, elsewhere } = read;
        whole.groups.extend(groups.into_iter().map(|group| {
            Group {
                servers: group
                    .servers
                    .into_iter()
                    .map(|server| Server {
                        offset: item.source(usize::try_from(server.offset).unwrap_or(usize::MAX)) as u64,
                        ..server
                    })
                    .collect(),
                ..group
            }
        }));
        whole.prompts.extend(prompts);
        whole.keys.extend(keys);
        whole.off.extend(off);
        whole.only = whole.only.or(only);
        whole.elsewhere += elsewhere;
    }
    Ok(whole)
}

/// Members of `mcp` that are no servers.
const BESIDE: &[&str] = &["allowed", "excluded", "inputs", "mcpServers", "serverCommand", "servers", "timeout"];
/// The list of servers that Continue had in JSON.
const OLDER_LIST: &str = "modelContextProtocolServers";
/// Lists of the servers that are switched off.
const OFF: &[&str] = &["disabledMcpServers", "excludeMCPServers", "excluded"];

/// Why something is rejected that stands in the place of servers.
pub const NO_SERVERS: &str = "servers should stand here, by name";

struct Reader<'a> {
    text: &'a str,
    /// Whether servers may stand in a list, as Continue has them in YAML.
    lists: bool,
    document: Document<'a>,
}

impl<'a> Reader<'a> {
    /// The members of the document, or of a part of it that has what a document may have.
    fn section(&mut self, path: &[&str], members_of: &[(Text<'a>, &'a RawValue)]) {
        let inputs = members_of.iter().any(|(key, _)| &**key == "inputs");
        for (key, value) in members_of {
            self.document.keys.insert(key.to_string());
            let within = |name: &'static str| -> Vec<&str> { path.iter().copied().chain([name]).collect() };
            match &**key {
                name if GROUPS.contains(&name) => {
                    let path: Vec<&str> = path.iter().copied().chain([name]).collect();
                    self.group(&path, None, value);
                }
                "servers" if inputs || may_be_servers(value) => self.group(&within("servers"), None, value),
                "extensions" if is_extensions(value) => self.group(&within("extensions"), None, value),
                "inputs" => self.prompts(value),
                "mcp" => self.nested(&within("mcp"), value),
                "allowMCPServers" => self.only(value),
                name if OFF.contains(&name) => self.off(None, value),
                "experimental" => {
                    let inner = self.around(&within("experimental"), value);
                    for (_, value) in inner.iter().filter(|(key, _)| &**key == OLDER_LIST) {
                        self.document.keys.insert(OLDER_LIST.to_owned());
                        self.group(&["experimental", OLDER_LIST], None, value);
                    }
                }
                "projects" => self.projects(&within("projects"), value),
                // A workspace of an editor, and a container that is made for one.
                "settings" if path.len() < 3 => {
                    let inner = self.around(&within("settings"), value);
                    self.section(&within("settings"), &inner);
                }
                "customizations" if path.is_empty() => {
                    for (key, value) in self.around(&within("customizations"), value) {
                        if &*key == "vscode" {
                            let inner = self.around(&["customizations", "vscode"], value);
                            self.section(&["customizations", "vscode"], &inner);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// What Claude Code keeps for each folder that it was used in.
    fn projects(&mut self, path: &[&str], value: &'a RawValue) {
        for (project, value) in self.around(path, value) {
            for (key, value) in self.around(&["projects", &project], value) {
                match &*key {
                    "mcpServers" => self.group(&["projects", &project, "mcpServers"], Some(&project), value),
                    name if OFF.contains(&name) => self.off(Some(&project), value),
                    _ => {}
                }
            }
        }
    }

    /// `mcp` of an editor's settings, with `servers` in it, or of a client that has the servers right there, or both.
    fn nested(&mut self, path: &[&str], value: &'a RawValue) {
        let inner = self.around(path, value);
        if inner.is_empty() && members(value).is_none() {
            return;
        }
        let mut within = false;
        for (key, value) in &inner {
            match &**key {
                name @ ("servers" | "mcpServers") => {
                    within = true;
                    self.document.keys.insert(name.to_owned());
                    let path: Vec<&str> = path.iter().copied().chain([name]).collect();
                    self.group(&path, None, value);
                }
                "inputs" => self.prompts(value),
                "allowed" => self.only(value),
                "excluded" => self.off(None, value),
                _ => {}
            }
        }
        let right_there = inner
            .iter()
            .filter(|(name, value)| !BESIDE.contains(&&**name) && (!within || is_server(value)))
            .map(|(name, value)| (name.to_string(), *value));
        let right_there: Vec<(String, &'a RawValue)> = right_there.collect();
        if inner.is_empty() || right_there.iter().any(|(_, value)| is_server(value)) {
            self.named(path, None, right_there);
        }
    }

    /// The members of what may have servers in it. A list or a text in its place is rejected, since it may have had some.
    fn around(&mut self, path: &[&str], value: &'a RawValue) -> Vec<(Text<'a>, &'a RawValue)> {
        let inner = members(value);
        if inner.is_none() && value.get().starts_with(['[', '"', '{']) {
            let (pointer, dotted) = place(path);
            let offset = offset(self.text, value);
            let server = Server { name: dotted.clone(), pointer, dotted, offset, value: Err(NO_SERVERS.to_owned()) };
            self.document.groups.push(Group { project: None, servers: vec![server] });
        }
        inner.unwrap_or_default()
    }

    /// A list of the servers that are switched off.
    fn off(&mut self, project: Option<&str>, value: &RawValue) {
        for name in texts(value).unwrap_or_default() {
            self.document.off.insert((project.map(str::to_owned), name));
        }
    }

    /// A list of the only servers that are used.
    fn only(&mut self, value: &RawValue) {
        if let Some(names) = texts(value) {
            self.document.only = Some(names.into_iter().collect());
        }
    }

    fn prompts(&mut self, value: &RawValue) {
        for input in elements(value).unwrap_or_default() {
            let Ok(input) = serde_json::from_str::<Json<'_>>(input.get()) else { continue };
            if let Some(id) = input.get("id").and_then(Json::text)
                && input.says("password", "true")
            {
                self.document.prompts.insert(id.to_owned());
            }
        }
    }

    fn group(&mut self, path: &[&str], project: Option<&str>, value: &'a RawValue) {
        if let Some(named) = members(value) {
            let named = named.into_iter().map(|(name, raw)| (name.0.into_owned(), raw)).collect();
            return self.named(path, project, named);
        }
        let (pointer, dotted) = place(path);
        let mut servers = Vec::new();
        let mut server = |name, pointer, dotted, value: &'a RawValue, read| {
            servers.push(Server { name, pointer, dotted, offset: offset(self.text, value), value: read });
        };
        // An empty list where clients look for names is a mistake of whoever wrote it, and says of no server that it is not there.
        let listed =
            elements(value).filter(|listed| !listed.is_empty() || self.lists || path.last() == Some(&OLDER_LIST));
        if let Some(listed) = listed {
            for (index, raw) in listed.into_iter().enumerate() {
                if raw.get().starts_with('"') {
                    self.document.elsewhere += 1;
                    continue;
                }
                let read = one(raw);
                let own = |key: &str| read.as_ref().ok().and_then(|value| value.get(key)).and_then(Json::text);
                let name = own("name").or_else(|| own("uses")).map_or_else(|| index.to_string(), str::to_owned);
                server(name, format!("{pointer}/{index}"), format!("{dotted}[{index}]"), raw, read);
            }
        } else if value.get().starts_with('"') {
            self.document.elsewhere += 1;
        } else {
            server(String::new(), pointer, dotted, value, Err(NO_SERVERS.to_owned()));
        }
        self.document.groups.push(Group { project: project.map(str::to_owned), servers });
    }

    /// Servers that stand together, each under its name.
    fn named(&mut self, path: &[&str], project: Option<&str>, named: Vec<(String, &'a RawValue)>) {
        let (pointer, dotted) = place(path);
        let mut servers = Vec::new();
        for (name, raw) in named {
            // What is merged in YAML are servers too.
            if name == MERGE {
                self.group(path, project, raw);
                continue;
            }
            servers.push(Server {
                pointer: format!("{pointer}/{}", escaped(&name)),
                dotted: if dotted.is_empty() { name.clone() } else { format!("{dotted}.{name}") },
                offset: offset(self.text, raw),
                value: one(raw),
                name,
            });
        }
        self.document.groups.push(Group { project: project.map(str::to_owned), servers });
    }
}

/// The place of servers, as a JSON pointer and as people write it.
fn place(path: &[&str]) -> (String, String) {
    (path.iter().fold(String::new(), |pointer, name| pointer + "/" + &escaped(name)), path.join("."))
}

/// The member that YAML merges into those around it.
const MERGE: &str = "<<";
/// The size from which a server is not read, in bytes.
const LARGEST: usize = 1 << 20;

/// One server's value.
fn one(raw: &RawValue) -> Result<Json<'_>, String> {
    if raw.get().len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    match serde_json::from_str(raw.get()) {
        Ok(Json::Map(members)) => Ok(Json::Map(merged(members))),
        Ok(_) => Err("a server should be an object".to_owned()),
        Err(error) => Err(why(&error)),
    }
}

/// Members with those that are merged in, which count where there are none of their name.
fn merged<'a>(mut members: Vec<(Cow<'a, str>, Json<'a>)>) -> Vec<(Cow<'a, str>, Json<'a>)> {
    let Some(at) = members.iter().position(|(name, _)| name == MERGE) else { return members };
    let parts = match members.remove(at).1 {
        Json::List(parts) => parts,
        part => vec![part],
    };
    for part in parts {
        let Json::Map(more) = part else { continue };
        for (name, value) in merged(more) {
            if !members.iter().any(|(known, _)| *known == name) {
                members.push((name, value));
            }
        }
    }
    members
}

/// The texts of a list; `None` for anything else.
fn texts(value: &RawValue) -> Option<Vec<String>> {
    let texts = elements(value)?.into_iter().filter_map(|one| serde_json::from_str::<String>(one.get()).ok());
    Some(texts.collect())
}

/// A name as a part of a JSON pointer.
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
