//! Which client a configuration is of: told by where clients keep it and by keys that only one has.

use crate::model::facts::AiMode;

/// A client, as far as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Client {
    /// What people call it.
    pub name: &'static str,
    /// How it acts, where a client of this kind acts in one way only.
    pub mode: Option<AiMode>,
}

const fn client(name: &'static str, interactive: bool) -> Client {
    Client { name, mode: if interactive { Some(AiMode::Interactive) } else { None } }
}

/// A client that nothing names.
const ANY: Client = client("an MCP client", false);

/// How the path of a configuration ends, in small letters. The first that fits counts.
const PATHS: &[(&str, Client)] = &[
    ("claude_desktop_config.json", client("Claude Desktop", true)),
    (".claude.json", client("Claude Code", false)),
    (".cursor/mcp.json", client("Cursor", false)),
    (".vscode/mcp.json", client("VS Code", true)),
    (".vscode/settings.json", client("VS Code", true)),
    ("code/user/mcp.json", client("VS Code", true)),
    ("code/user/settings.json", client("VS Code", true)),
    ("windsurf/mcp_config.json", client("Windsurf", true)),
    (".gemini/settings.json", client("Gemini CLI", false)),
    ("cline_mcp_settings.json", client("Cline", false)),
    (".roo/mcp.json", client("Roo Code", false)),
    (".amazonq/mcp.json", client("Amazon Q", false)),
    ("amazonq/mcp.json", client("Amazon Q", false)),
    ("zed/settings.json", client("Zed", true)),
    (".continue/config.json", client("Continue", false)),
    ("opencode.json", client("opencode", false)),
    ("opencode.jsonc", client("opencode", false)),
    (".codex/config.toml", client("Codex", false)),
    (".copilot/mcp-config.json", client("Copilot", false)),
    (".mcp.json", client("Claude Code or Copilot", false)),
];

/// Keys of a document, or of its servers, that one client alone has.
const KEYS: &[(&str, Client)] = &[
    ("numStartups", client("Claude Code", false)),
    ("context_servers", client("Zed", true)),
    ("modelContextProtocolServers", client("Continue", false)),
    ("mcp_servers", client("Codex", false)),
    ("httpUrl", client("Gemini CLI", false)),
    ("serverUrl", client("Windsurf", true)),
    ("servers", client("VS Code", true)),
];

/// The client of a configuration at this path with these keys.
pub fn of(path: &str, has: impl Fn(&str) -> bool) -> Client {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let ends = |end: &str| path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let by_path = PATHS.iter().find(|(end, _)| ends(end)).map(|(_, client)| *client);
    by_path.or_else(|| KEYS.iter().find(|(key, _)| has(key)).map(|(_, client)| *client)).unwrap_or(ANY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_path_and_by_keys() {
        let name = |path: &str, keys: &[&str]| of(path, |key| keys.contains(&key)).name;
        assert_eq!(name("laptop/.cursor/mcp.json", &[]), "Cursor");
        assert_eq!(name("Claude/claude_desktop_config.json", &[]), "Claude Desktop");
        assert_eq!(name("repo/.mcp.json", &[]), "Claude Code or Copilot");
        assert_eq!(name("x.mcp.json", &[]), "an MCP client");
        assert_eq!(name("anna.json", &["numStartups"]), "Claude Code");
        assert_eq!(name("mcp.json", &["servers"]), "VS Code");
    }
}
