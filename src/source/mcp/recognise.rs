//! Telling a configuration of MCP servers by the keys that its beginning shows.

use super::json::Members;
use super::shape::{OF_EXTENSIONS, servers_alone};
use crate::export::head::{Head, Shape};
use crate::export::jsonc;

/// How deep keys are looked at.
const DEEPEST: usize = 6;

/// Keys whose value is servers and nothing else.
pub const GROUPS: &[&str] = &["amp.mcpServers", "context_servers", "mcp-servers", "mcpServers", "mcp_servers"];
/// Keys that only servers have.
const OF_SERVERS: &[&str] = &["command", "httpUrl", "serverUrl", "url"];

/// True if a file that begins so is a configuration of MCP servers.
#[must_use]
pub fn is_configuration(head: &Head) -> bool {
    let is_group = |name: &str| GROUPS.contains(&name);
    match &head.shape {
        Shape::Toml { names } => names.iter().any(|name| name == "mcp_servers"),
        Shape::Yaml { names } => {
            let has = |name: &str| names.iter().any(|known| known == name);
            // Objects of a cluster may have anything in them.
            !has("apiVersion") && (names.iter().any(|name| is_group(name)) || by_keys(&head.text, lines, false))
        }
        Shape::Json { array: false, keys } => {
            let has = |name: &str| keys.iter().any(|key| key.name == name);
            // Claude Code keeps its servers behind much else, perhaps past what is looked at.
            if keys.iter().any(|key| is_group(&key.name)) || has("numStartups") && has("projects") {
                return true;
            }
            let around = ["customizations", "experimental", "extensions", "mcp", "projects", "servers", "settings"];
            let all = |key: &crate::export::head::Key| {
                key.name.starts_with('$') || key.inner.iter().any(|inner| OF_SERVERS.contains(&inner.as_str()))
            };
            around.into_iter().any(has) && by_keys(&head.text, paths, has("inputs"))
                || head.whole && !keys.is_empty() && keys.iter().all(all) && is_alone(&head.text)
        }
        _ => false,
    }
}

/// True for a whole text of servers and nothing around them.
fn is_alone(text: &str) -> bool {
    let mut bytes = text.as_bytes().to_vec();
    jsonc::blank(&mut bytes);
    serde_json::from_slice::<Members<'_>>(&bytes).is_ok_and(|top| servers_alone(&top.0))
}

/// Visits keys: the keys above one and itself, and the first byte of its value, with `e` for an object that is empty.
type Visit<'v> = &'v mut dyn FnMut(&[&str], u8);

fn by_keys(text: &str, keys: fn(&str, Visit<'_>), inputs: bool) -> bool {
    let (mut of_type, mut of_address, mut found) = (false, false, false);
    keys(text, &mut |path, value| match path {
        ["servers", _, "type"] => of_type = true,
        ["servers", _, "url"] => of_address = true,
        _ => found |= tells(path, value, inputs),
    });
    found || of_type && of_address
}

/// True for a key that only a configuration of MCP servers has there.
fn tells(path: &[&str], value: u8, inputs: bool) -> bool {
    let within = matches!(value, b'{' | b'e');
    match path {
        ["servers", _, "command"] | ["experimental", "modelContextProtocolServers"] => true,
        ["servers", _] => inputs && value == b'{',
        ["extensions", _, key] | ["extensions", _, "config", key] => OF_EXTENSIONS.contains(key),
        // A workspace of an editor, and a container that is made for one.
        ["settings", rest @ ..] | ["customizations", "vscode", "settings", rest @ ..] => tells(rest, value, inputs),
        ["customizations", "vscode", rest @ ..] => rest.first() == Some(&"mcp") && tells(rest, value, inputs),
        ["projects", _, "mcpServers"] | ["mcp", "servers" | "mcpServers"] => within,
        ["mcp", _, key] => OF_SERVERS.contains(key),
        // An editor's settings with no server yet.
        ["mcp"] => value == b'e',
        [group] => within && GROUPS.contains(group),
        _ => false,
    }
}

/// Visits the keys of a text in YAML as its lines show them, without reading it. An element of a list counts as a key `-`.
fn lines(text: &str, visit: Visit<'_>) {
    let mut open: Vec<(usize, &str)> = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_start_matches(' ');
        let mut indent = line.len() - rest.len();
        while let Some(after) = rest.strip_prefix("- ") {
            // A list may begin in the column of its key.
            open.retain(|(known, name)| *known < indent || *known == indent && *name != "-");
            open.push((indent, "-"));
            let after_spaces = after.trim_start_matches(' ');
            indent += rest.len() - after_spaces.len();
            rest = after_spaces;
        }
        let Some((name, after)) = rest.split_once(':').filter(|(name, _)| !name.is_empty() && !name.starts_with('#'))
        else {
            continue;
        };
        let after = after.trim();
        if name.contains(char::is_whitespace) {
            continue;
        }
        open.retain(|(known, _)| *known < indent);
        open.push((indent, name.trim_matches(['"', '\''])));
        if open.len() <= DEEPEST {
            let path: Vec<&str> = open.iter().map(|(_, name)| *name).collect();
            let empty = after == "{}";
            let block = after.is_empty() || after.starts_with(['{', '#', '&']);
            let first = if empty {
                b'e'
            } else if block {
                b'{'
            } else {
                after.bytes().next().unwrap_or(b' ')
            };
            visit(&path, first);
        }
    }
}

/// Visits each key of a text, that may be cut off, with those above it and the first byte of its value;
/// `e` stands for an object that is empty.
fn paths(text: &str, visit: Visit<'_>) {
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
            r#"{"amp.url": "u", "amp.mcpServers": {"a": {"command": "x"}}}"#,
            r#"{"customizations": {"vscode": {"extensions": [], "mcp": {"servers": {"a": {"command": "x"}}}}}}"#,
            r#"{"folders": [], "settings": {"mcp": {"servers": {"a": {"command": "x"}}}}}"#,
            r#"{"github": {"type": "http", "url": "https://mcp.example.org", "headers": {}}}"#,
            r#"{"a": {"command": "x", "args": [], "working_directory": null}, "b": {"type": "sse", "url": "u"}}"#,
            "name: mine\nversion: 0.0.1\nschema: v1\nmcpServers:\n  - name: a\n    command: x\n",
            "GOOSE_MODEL: x\nextensions:\n  developer:\n    bundled: true\n    type: builtin\n",
            "# mine\nextensions:\n- type: stdio\n  name: a\n  cmd: x\n",
            "extensions:\n  a:\n    config:\n      cmd: x\n",
            "mcp:\n  servers:\n    a:\n      command: x\n",
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
            r#"{"go": {"command": "gopls", "args": ["serve"], "extensionToLanguage": {".go": "go"}}}"#,
            r#"{"build": {"command": "make"}, "test": {"command": "make test"}}"#,
            r#"{"repository": {"type": "git", "url": "https://example.org/x"}}"#,
            r#"{"a": [{"command": "x", "args": []}]}"#,
            r#"{"customizations": {"vscode": {"settings": {"editor.tabSize": 4}, "extensions": ["x"]}}}"#,
            r#"{"$schema": "x"}"#,
            "extensions:\n  health_check:\n    endpoint: x\nservice:\n  extensions: [health_check]\n",
            "apiVersion: x/v1\nkind: Gateway\nmcpServers:\n  a: {}\n",
            "mcp: x\n",
        ] {
            assert!(!is(text), "{text}");
        }
    }
}
