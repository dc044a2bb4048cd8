//! What the source of MCP client configurations says of itself: commands, notes, and which facts it gives from where.

use crate::export::split::Layout;
use crate::model::facts::{ai_system, credential, exposure, resource};
use crate::source::{About, Given, given};

/// What the source says of itself.
pub static ABOUT: About = About {
    id: "mcp-client",
    title: "configurations of MCP clients: their servers and the credentials that these are given",
    system: "mcp",
    commands: &[
        "for file in .claude.json .cursor/mcp.json .codeium/windsurf/mcp_config.json .config/devin/mcp_config.json .gemini/settings.json .qwen/settings.json .codex/config.toml .copilot/mcp-config.json .continue/config.yaml .config/goose/config.yaml .config/zed/settings.json .config/opencode/opencode.json .config/crush/crush.json .config/amp/settings.json .aws/amazonq/mcp.json .kiro/settings/mcp.json .junie/mcp/mcp.json .lmstudio/mcp.json .warp/.mcp.json; do if [ -f ~/$file ]; then mkdir -p exports/mcp/laptop/$(dirname $file) && cp ~/$file exports/mcp/laptop/$file; fi; done",
        "for folder in ~/.config ~/Library/Application\\ Support \"$APPDATA\"; do for file in Claude/claude_desktop_config.json Code/User/mcp.json; do if [ -f \"$folder/$file\" ]; then mkdir -p exports/mcp/laptop/.config/$(dirname $file) && cp \"$folder/$file\" exports/mcp/laptop/.config/$file; fi; done; done",
        "git ls-files '*.mcp.json' '*.vscode/mcp.json' '*.cursor/mcp.json' '*.roo/mcp.json' '*.github/mcp.json' '*.amazonq/mcp.json' '*.kiro/settings/mcp.json' '*.gemini/settings.json' '*.codex/config.toml' '*devcontainer.json' '*opencode.json' '*.continue/mcpServers/*' | while read -r file; do mkdir -p \"exports/mcp/repository/$(dirname \"$file\")\" && cp \"$file\" \"exports/mcp/repository/$file\"; done",
    ],
    authority: 50,
    layout: Layout::Text,
    provides: PROVIDES,
    shows: &[],
    notes: &[
        "Recognised by its keys, in JSON with or without comments and trailing commas, in YAML and in TOML, not by its name: `mcpServers` (Claude Desktop, Claude Code's `.mcp.json`, `.claude.json` and plugins, Cursor, Windsurf and Devin, Cline, Roo Code and Kilo Code, Gemini CLI, Qwen Code and Antigravity, Amazon Q and Kiro with their agents, Copilot CLI and cloud agent, Junie, LM Studio, Trae, Warp, and Continue's list in YAML), `servers` with `inputs` or with what only MCP servers have (VS Code's `mcp.json`), `mcp` with `servers` (VS Code's `settings.json`, opencode from version 2), with the servers right there (opencode before, Kilo Code, Crush) or with both, `customizations.vscode.mcp` (dev containers), `context_servers` (Zed, with `command` as a text or as an object), `amp.mcpServers` (Amp), `extensions` (Goose), `experimental.modelContextProtocolServers` (Continue's older JSON), and `mcp_servers` (Codex in TOML, others in YAML). A file of servers and nothing around them, as plugins and Warp have it, is recognised where each of them has what only servers have. A file larger than 16 MiB is not read.",
        "YAML is read with aliases, up to 1 MiB of what they stand for, and with merge keys in and around servers. Places are those of the lines in the file.",
        "Not read: configurations that stand in the head of a Markdown file (agents of Copilot, of Claude Code), in XML, or in a client's own storage; and values of a bundle's settings that its client keeps.",
        "A configuration is an AI system: the client that runs with it. Its id is `mcp:SCOPE:client:KEY`. The scope is the `scope` that the manifest gives the file, such as `mcp:anna-laptop`, else one made of the folder that it lies in, without a first folder `mcp` and without the folder in which the client keeps it: `mcp/laptop/.cursor/mcp.json` is of `mcp:laptop`. The key is the file's path below the folder that the manifest's pattern names before its first wildcard (`mcp/anna-laptop/**` leaves `.cursor/mcp.json`), else below the folder that the scope was made of; the folder in which the client keeps it is part of it in any case. Of Claude Code's `.claude.json` each project with servers of its own is an AI system too, with `#` and the project's folder behind the key; it also has the servers that the file has for all projects.",
        "The list of tools is whole as far as this configuration goes: a client may read several, and each is an AI system of its own. It is open where a server could not be read, and where the configuration names another file that has servers. Servers that are switched off are no tools of it; a secret in one is an exposure all the same. Off is what says `disabled: true` or `enabled: false`, what a list beside the servers names (`mcp.excluded`, `excludeMCPServers`, `disabledMcpServers`) and what a list of the only ones does not name (`mcp.allowed`, `allowMCPServers`). What a client switches off elsewhere, by a list of tools or in its storage, is not known.",
        "How a client acts is said only of those that act when a person asks them to (Claude Desktop, VS Code, Windsurf, Zed).",
        "A server is a resource, with the id `mcp:SCOPE:server:KEY/NAME`. Its target is what it runs or calls: a package, an image, a program or an address, without user, query and fragment; of what the client brings itself, as an extension or built in, its name there.",
        "Values of `env`, `environment`, `envs`, `args`, `headers`, addresses and other fields are told apart. A variable, an input that is asked for, a file, a command or a secret store is where the secret is kept, and no exposure: `$NAME`, `${NAME}`, `${NAME:-}`, `${env:NAME}`, `{env:NAME}`, `%NAME%`, `${input:ID}`, `${user_config.ID}`, `{file:PATH}`, `${file:PATH}`, `$(command)`, `${{ secrets.NAME }}` and their like, and names in `bearer_token_env_var`, `env_http_headers`, `env_vars` and `env_keys`. A placeholder (`YOUR_API_KEY`, `<token>`, `sk-...`) is counted and left aside. A secret that stands there itself is an exposure. It is told by the form that its provider gives it, else by the name that it stands under: a secret of no known form under a name that says nothing is not seen.",
        "Names of tools that are called without asking (`autoApprove`, `alwaysAllow`, `alwaysApprove`, `approval_mode`) are counted and never taken for secrets.",
        "What stands in the file beside servers is not looked at: settings of the client may hold secrets too.",
        "Hidden files and folders are passed over when exports are looked for, but for those of these clients: `.agents`, `.ai`, `.amazonq`, `.amp`, `.aws/amazonq`, `.claude`, `.claude-plugin`, `.claude.json`, `.cline`, `.codeium`, `.codex`, `.config`, `.continue`, `.copilot`, `.crush.json`, `.cursor`, `.devcontainer`, `.devcontainer.json`, `.devin`, `.factory`, `.gemini`, `.github`, `.grok`, `.junie`, `.kilo`, `.kilocode`, `.kiro`, `.lmstudio`, `.mcp.json`, `.opencode`, `.qwen`, `.roo`, `.trae`, `.vscode`, `.warp`, `.windsurf`, `.zed`.",
        "The id of an AWS access key and the secret beside it are one credential, under the key's id.",
        "The second command is for Claude Desktop and for VS Code's own `mcp.json`, which lie in `~/Library/Application Support` on macOS, in `%APPDATA%` on Windows (run it in Git Bash) and in `~/.config` on Linux. VS Code keeps one of each further profile besides, in `Code/User/profiles`.",
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
    given(ai_system::TOOLS, "mcpServers, servers, mcp, context_servers, extensions, mcp_servers, amp.mcpServers"),
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
