//! The servers that a configuration in TOML names, each with its place.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Broken, Document, Group, NO_SERVERS, Server, escaped};
use super::json::Json;

/// Why something is no server.
const NO_TABLE: &str = "a server is a table";

/// Reads a configuration that is TOML, with a table a server under `mcp_servers`, by name or in a list.
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
                        _ => Err(NO_TABLE.to_owned()),
                    };
                    let pointer = format!("/mcp_servers/{}", escaped(&name));
                    servers.push(Server { dotted: format!("mcp_servers.{name}"), pointer, offset, value, name });
                }
            }
            DeValue::Array(listed) if !listed.is_empty() => {
                for (index, value) in listed.into_iter().enumerate() {
                    let offset = value.span().start as u64;
                    let value = json(value);
                    let name = value.get("name").and_then(Json::text).map_or_else(|| index.to_string(), str::to_owned);
                    servers.push(Server {
                        name,
                        pointer: format!("/mcp_servers/{index}"),
                        dotted: format!("mcp_servers[{index}]"),
                        offset,
                        value: if matches!(value, Json::Map(_)) { Ok(value) } else { Err(NO_TABLE.to_owned()) },
                    });
                }
            }
            _ => servers.push(Server {
                name: String::new(),
                pointer: "/mcp_servers".to_owned(),
                dotted: "mcp_servers".to_owned(),
                offset: start,
                value: Err(NO_SERVERS.to_owned()),
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
        DeValue::Boolean(value) => Json::Bare(value.to_string().into()),
        DeValue::Array(list) => Json::List(list.into_iter().map(json).collect()),
        DeValue::Table(table) => {
            let mut members: Vec<_> = table.into_iter().collect();
            members.sort_by_key(|(name, _)| name.span().start);
            Json::Map(
                members.into_iter().map(|(name, value)| (name.into_inner().into_owned().into(), json(value))).collect(),
            )
        }
        DeValue::Integer(value) => Json::Bare(value.as_str().to_owned().into()),
        DeValue::Float(value) => Json::Bare(value.as_str().to_owned().into()),
        DeValue::Datetime(_) => Json::Null,
    }
}
