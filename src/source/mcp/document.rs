//! The servers that a configuration names, wherever its client puts them, each with its place.

use std::collections::BTreeSet;

use serde_json::value::RawValue;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::json::{Json, Members, elements, members, offset};
use super::recognise::GROUPS;
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
    let mut reader = Reader { text, document: Document::default() };
    let top = top.0;
    let has = |name: &str| top.iter().any(|(key, _)| &**key == name);
    let inputs = has("inputs");
    for (key, value) in &top {
        reader.document.keys.insert(key.to_string());
        match &**key {
            name if GROUPS.contains(&name) => reader.group(&[name], None, value),
            "servers" if inputs || is_servers(value) => reader.group(&["servers"], None, value),
            "inputs" => reader.prompts(value),
            "mcp" => reader.nested(value),
            "experimental" => {
                let name = "modelContextProtocolServers";
                for (_, value) in members(value).unwrap_or_default().iter().filter(|(key, _)| &**key == name) {
                    reader.document.keys.insert(name.to_owned());
                    reader.group(&["experimental", name], None, value);
                }
            }
            "projects" => {
                for (project, value) in members(value).unwrap_or_default() {
                    for (key, value) in members(value).unwrap_or_default() {
                        if &*key == "mcpServers" {
                            reader.group(&["projects", &project, "mcpServers"], Some(&project), value);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    Ok(reader.document)
}

struct Reader<'a> {
    text: &'a str,
    document: Document<'a>,
}

impl<'a> Reader<'a> {
    /// `mcp` of an editor's settings, with `servers` in it, or of a client that has the servers right there.
    fn nested(&mut self, value: &'a RawValue) {
        let Some(inner) = members(value) else { return };
        let mut within = false;
        for (key, value) in &inner {
            match &**key {
                name @ ("servers" | "mcpServers") => {
                    within = true;
                    self.document.keys.insert(name.to_owned());
                    self.group(&["mcp", name], None, value);
                }
                "inputs" => self.prompts(value),
                _ => {}
            }
        }
        if !within && (inner.is_empty() || is_servers(value)) {
            self.group(&["mcp"], None, value);
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
        let pointer = path.iter().fold(String::new(), |pointer, name| pointer + "/" + &escaped(name));
        let dotted = path.join(".");
        let mut servers = Vec::new();
        let at = |raw: &RawValue| offset(self.text, raw);
        if let Some(named) = members(value) {
            for (name, raw) in named {
                let name = name.0.into_owned();
                servers.push(Server {
                    pointer: format!("{pointer}/{}", escaped(&name)),
                    dotted: format!("{dotted}.{name}"),
                    offset: at(raw),
                    value: one(raw),
                    name,
                });
            }
        } else if let Some(listed) = elements(value) {
            for (index, raw) in listed.into_iter().enumerate() {
                let value = one(raw);
                let own = value.as_ref().ok().and_then(|value| value.get("name")).and_then(Json::text);
                servers.push(Server {
                    name: own.map_or_else(|| index.to_string(), str::to_owned),
                    pointer: format!("{pointer}/{index}"),
                    dotted: format!("{dotted}[{index}]"),
                    offset: at(raw),
                    value,
                });
            }
        } else if value.get() != "null" {
            let why = "servers should stand here, by name".to_owned();
            servers.push(Server { name: String::new(), pointer, dotted, offset: at(value), value: Err(why) });
        }
        self.document.groups.push(Group { project: project.map(str::to_owned), servers });
    }
}

/// The size from which a server is not read, in bytes.
const LARGEST: usize = 1 << 20;

/// One server's value.
fn one(raw: &RawValue) -> Result<Json<'_>, String> {
    if raw.get().len() > LARGEST {
        return Err(format!("it is larger than {} MiB", LARGEST >> 20));
    }
    match serde_json::from_str(raw.get()) {
        Ok(value @ Json::Map(_)) => Ok(value),
        Ok(_) => Err("a server is an object".to_owned()),
        Err(error) => Err(why(&error)),
    }
}

/// True for an object of which one member has what servers have.
fn is_servers(value: &RawValue) -> bool {
    let keys = |raw: &RawValue, names: &[&str]| {
        members(raw).is_some_and(|inner: Vec<(Text<'_>, _)>| {
            names.iter().all(|name| inner.iter().any(|(key, _)| &**key == *name))
        })
    };
    let server =
        |raw: &RawValue| keys(raw, &["command"]) || keys(raw, &["type", "url"]) || keys(raw, &["url", "headers"]);
    members(value).is_some_and(|members| members.iter().any(|(_, raw)| server(raw)))
}

/// A name as a part of a JSON pointer.
#[must_use]
pub fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// Reads a configuration that is TOML, with a table a server under `mcp_servers`.
///
/// # Errors
/// Where the text is not TOML.
pub fn of_toml(text: &str) -> Result<Document<'static>, Broken> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or("");
        let (line, column) = (before.matches('\n').count() + 1, before.len() - before.rfind('\n').map_or(0, |n| n + 1));
        let what = error.message().lines().next().unwrap_or("");
        Broken {
            place: format!("line {line}, column {}", column + 1),
            offset: at as u64,
            why: format!("it is not TOML, and none of it was read: {what}"),
        }
    })?;
    let mut document = Document::default();
    let mut servers = Vec::new();
    for (name, value) in table.into_inner() {
        let start = value.span().start as u64;
        document.keys.insert(name.get_ref().to_string());
        if name.get_ref() != "mcp_servers" {
            continue;
        }
        match value.into_inner() {
            DeValue::Table(named) => {
                let mut named: Vec<_> = named.into_iter().collect();
                named.sort_by_key(|(name, _)| name.span().start);
                for (name, value) in named {
                    let offset = name.span().start as u64;
                    let name = name.into_inner().into_owned();
                    let value = match json(value) {
                        value @ Json::Map(_) => Ok(value),
                        _ => Err("a server is a table".to_owned()),
                    };
                    let pointer = format!("/mcp_servers/{}", escaped(&name));
                    servers.push(Server { dotted: format!("mcp_servers.{name}"), pointer, offset, value, name });
                }
            }
            _ => servers.push(Server {
                name: String::new(),
                pointer: "/mcp_servers".to_owned(),
                dotted: "mcp_servers".to_owned(),
                offset: start,
                value: Err("servers should stand here, by name".to_owned()),
            }),
        }
    }
    document.groups.push(Group { project: None, servers });
    Ok(document)
}

/// A value of TOML as one of JSON.
fn json(value: Spanned<DeValue<'_>>) -> Json<'static> {
    match value.into_inner() {
        DeValue::String(text) => Json::Text(text.into_owned().into()),
        DeValue::Boolean(value) => Json::Text(value.to_string().into()),
        DeValue::Array(list) => Json::List(list.into_iter().map(json).collect()),
        DeValue::Table(table) => {
            let mut members: Vec<_> = table.into_iter().collect();
            members.sort_by_key(|(name, _)| name.span().start);
            Json::Map(
                members.into_iter().map(|(name, value)| (name.into_inner().into_owned().into(), json(value))).collect(),
            )
        }
        DeValue::Integer(value) => Json::Text(value.as_str().to_owned().into()),
        DeValue::Float(value) => Json::Text(value.as_str().to_owned().into()),
        DeValue::Datetime(_) => Json::Null,
    }
}
