//! Telling a configuration of MCP servers by the keys that its beginning shows.

use crate::export::head::{Head, Shape};
use crate::export::jsonc;

/// How deep keys are looked at.
const DEEPEST: usize = 4;

/// Keys whose value is servers and nothing else.
pub const GROUPS: &[&str] = &["context_servers", "mcp-servers", "mcpServers", "mcp_servers"];
/// Keys that only servers have.
const OF_SERVERS: &[&str] = &["command", "httpUrl", "serverUrl", "url"];

/// True if a file that begins so is a configuration of MCP servers.
#[must_use]
pub fn is_configuration(head: &Head) -> bool {
    match &head.shape {
        Shape::Toml { names } => names.iter().any(|name| name == "mcp_servers"),
        Shape::Json { array: false, keys } => {
            let has = |name: &str| keys.iter().any(|key| key.name == name);
            // Claude Code keeps its servers behind much else, perhaps past what is looked at.
            if GROUPS.iter().any(|group| has(group)) || has("numStartups") && has("projects") {
                return true;
            }
            let likely = has("servers") || has("mcp") || has("experimental") || has("projects");
            likely && by_keys(&head.text, has("inputs"))
        }
        _ => false,
    }
}

fn by_keys(text: &str, inputs: bool) -> bool {
    let (mut of_type, mut of_address, mut found) = (false, false, false);
    paths(text, &mut |path, value| match path {
        ["servers", _, "type"] => of_type = true,
        ["servers", _, "url"] => of_address = true,
        _ => {
            found |= match path {
                ["servers", _, "command"] | ["experimental", "modelContextProtocolServers"] => true,
                ["servers", _] => inputs && value == b'{',
                ["mcp", "servers" | "mcpServers"] | ["projects", _, "mcpServers"] => matches!(value, b'{' | b'e'),
                ["mcp", _, key] => OF_SERVERS.contains(key),
                // An editor's settings with no server yet.
                ["mcp"] => value == b'e',
                _ => false,
            };
        }
    });
    found || of_type && of_address
}

/// Visits each key of a text, that may be cut off, with those above it and the first byte of its value;
/// `e` stands for an object that is empty.
fn paths(text: &str, visit: &mut dyn FnMut(&[&str], u8)) {
    let mut bytes = text.as_bytes().to_vec();
    jsonc::blank(&mut bytes);
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let bytes = text.as_bytes();
    // For each open object the key that is being read, for each open list nothing.
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'{' => open.push(Some("")),
            b'[' => open.push(None),
            b'}' | b']' => {
                open.pop();
            }
            b'"' => {
                let start = at;
                while let Some(inside) = bytes.get(at) {
                    match inside {
                        b'\\' => at += 2,
                        b'"' => break,
                        _ => at += 1,
                    }
                }
                let Some(name) = text.get(start..at) else { return };
                at += 1;
                let after = text.get(at..).unwrap_or("").trim_start();
                let (Some(Some(key)), Some(value)) = (open.last_mut(), after.strip_prefix(':')) else { continue };
                *key = name;
                let value = value.trim_start();
                let empty = value.strip_prefix('{').is_some_and(|inner| inner.trim_start().starts_with('}'));
                let first = if empty { b'e' } else { value.bytes().next().unwrap_or(b' ') };
                if open.len() <= DEEPEST && open.iter().all(Option::is_some) {
                    let path: Vec<&str> = open.iter().copied().flatten().collect();
                    visit(&path, first);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(text: &str) -> bool {
        is_configuration(&Head::new(text.as_bytes(), true))
    }

    #[test]
    fn configurations_of_the_clients() {
        for text in [
            r#"{"mcpServers": {}}"#,
            r#"// of Anna
            {"mcpServers": {"a": {"command": "x",},},}"#,
            r#"{"servers": {"a": {"type": "http", "url": "u"}}}"#,
            r#"{"servers": {"a": {"url": "u", "type": "http"}}}"#,
            r#"{"servers": {"a": {"command": "x"}}}"#,
            r#"{"inputs": [], "servers": {"a": {"url": "u"}}}"#,
            r#"{"chat.x": true, "mcp": { }}"#,
            r#"{"mcp": {"servers": {}, "inputs": []}}"#,
            r#"{"mcp": {"a": {"type": "local", "command": ["x"]}}}"#,
            r#"{"context_servers": {"a": {}}}"#,
            r#"{"experimental": {"modelContextProtocolServers": []}}"#,
            r#"{"projects": {"/p": {"mcpServers": {"a": {}}}}}"#,
            r#"{"numStartups": 3, "projects": {}}"#,
            "model = \"o3\"\n[mcp_servers.docs]\ncommand = \"npx\"\n",
        ] {
            assert!(is(text), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one() {
        for text in [
            r#"{"servers": [{"url": "https://api.example.org"}]}"#,
            r#"{"asyncapi": "2.6.0", "servers": {"production": {"url": "u", "protocol": "kafka"}}}"#,
            r#"{"mcp": [], "is-this": {"what": "no"}}"#,
            r#"{"chat.mcp.gallery.enabled": true, "chat.mcp.serverSampling": {}}"#,
            r#"{"projects": [{"mcpServers": 1}]}"#,
            r#"{"command": "x", "args": []}"#,
            "[servers.a]\ncommand = 'x'\n",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
