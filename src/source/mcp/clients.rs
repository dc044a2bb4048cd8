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
    (".claude-plugin/plugin.json", client("Claude Code", false)),
    ("managed-mcp.json", client("Claude Code", false)),
    (".cursor/mcp.json", client("Cursor", false)),
    (".vscode/mcp.json", client("VS Code", true)),
    (".vscode/settings.json", client("VS Code", true)),
    ("code/user/mcp.json", client("VS Code", true)),
    ("code/user/settings.json", client("VS Code", true)),
    ("devcontainer.json", client("VS Code", true)),
    ("windsurf/mcp_config.json", client("Windsurf", true)),
    ("devin/mcp_config.json", client("Devin", false)),
    (".devin/mcp_config.json", client("Devin", false)),
    (".devin/config.json", client("Devin", false)),
    (".devin/config.local.json", client("Devin", false)),
    ("devin/config.json", client("Devin", false)),
    (".gemini/settings.json", client("Gemini CLI", false)),
    ("gemini-extension.json", client("Gemini CLI", false)),
    ("antigravity/mcp_config.json", client("Antigravity", false)),
    (".gemini/config/mcp_config.json", client("Antigravity", false)),
    (".agents/mcp_config.json", client("Antigravity", false)),
    (".qwen/settings.json", client("Qwen Code", false)),
    (".qwen/settings.local.json", client("Qwen Code", false)),
    ("cline_mcp_settings.json", client("Cline", false)),
    (".roo/mcp.json", client("Roo Code", false)),
    (".kilo/mcp.json", client("Kilo Code", false)),
    (".kilocode/mcp.json", client("Kilo Code", false)),
    ("kilo.json", client("Kilo Code", false)),
    ("kilo.jsonc", client("Kilo Code", false)),
    ("rooveterinaryinc.roo-cline/settings/mcp_settings.json", client("Roo Code", false)),
    ("kilocode.kilo-code/settings/mcp_settings.json", client("Kilo Code", false)),
    ("mcp_settings.json", client("Roo Code", false)),
    (".amazonq/mcp.json", client("Amazon Q", false)),
    (".amazonq/default.json", client("Amazon Q", false)),
    ("amazonq/mcp.json", client("Amazon Q", false)),
    ("amazonq/default.json", client("Amazon Q", false)),
    (".kiro/settings/mcp.json", client("Kiro", false)),
    ("zed/settings.json", client("Zed", true)),
    (".zed/settings.json", client("Zed", true)),
    (".continue/config.json", client("Continue", false)),
    (".continue/config.yaml", client("Continue", false)),
    ("goose/config.yaml", client("Goose", false)),
    ("opencode.json", client("opencode", false)),
    ("opencode.jsonc", client("opencode", false)),
    (".agents/mcp.json", client("opencode", false)),
    ("crush.json", client("Crush", false)),
    (".crush.json", client("Crush", false)),
    (".amp/settings.json", client("Amp", false)),
    ("amp/settings.json", client("Amp", false)),
    (".codex/config.toml", client("Codex", false)),
    (".grok/config.toml", client("Grok", false)),
    (".copilot/mcp-config.json", client("Copilot", false)),
    (".github/mcp.json", client("Copilot", false)),
    (".junie/mcp/mcp.json", client("Junie", false)),
    (".ai/mcp/mcp.json", client("JetBrains AI Assistant", false)),
    (".lmstudio/mcp.json", client("LM Studio", false)),
    (".trae/mcp.json", client("Trae", false)),
    ("trae/user/mcp.json", client("Trae", false)),
    (".factory/mcp.json", client("Factory", false)),
    (".warp/.mcp.json", client("Warp", false)),
    (".mcp.json", client("Claude Code or Copilot", false)),
];

/// Folders in which a client keeps configurations of any name.
const FOLDERS: &[(&str, Client)] = &[
    (".continue/mcpservers/", client("Continue", false)),
    (".amazonq/cli-agents/", client("Amazon Q", false)),
    (".kiro/agents/", client("Kiro", false)),
    ("amazonq/cli-agents/", client("Amazon Q", false)),
];

/// Keys of a document, or of its servers, that one client alone has.
const KEYS: &[(&str, Client)] = &[
    ("numStartups", client("Claude Code", false)),
    ("amp.mcpServers", client("Amp", false)),
    ("context_servers", client("Zed", true)),
    ("modelContextProtocolServers", client("Continue", false)),
    ("mcp_servers", client("Codex", false)),
    ("cmd", client("Goose", false)),
    ("env_keys", client("Goose", false)),
    ("start_on_launch", client("Warp", false)),
    ("httpUrl", client("Gemini CLI", false)),
    ("serverUrl", client("Windsurf", true)),
    ("servers", client("VS Code", true)),
];

/// The client of a configuration at this path with these keys.
pub fn of(path: &str, has: impl Fn(&str) -> bool) -> Client {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let ends = |end: &str| path.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('/'));
    let within = |folder: &str| path.starts_with(folder) || path.contains(&format!("/{folder}"));
    let in_folder = || FOLDERS.iter().find(|(folder, _)| within(folder));
    let by_path = PATHS.iter().find(|(end, _)| ends(end)).or_else(in_folder).map(|(_, client)| *client);
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
        assert_eq!(name("laptop/.continue/mcpServers/issues.yaml", &[]), "Continue");
        assert_eq!(name(".aws/amazonq/cli-agents/deploy.json", &[]), "Amazon Q");
        assert_eq!(name(".amazonq/cli-agents/deploy.json", &[]), "Amazon Q");
        assert_eq!(name("x.kiro/agents/deploy.json", &[]), "an MCP client");
        assert_eq!(name("config.yaml", &["cmd"]), "Goose");
    }
}
