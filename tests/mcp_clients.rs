//! One configuration of each MCP client, in the shape that the client documents: what is read of it, and that no secret is kept.

use std::fmt::Write as _;

use crate::support;
use assize::export::declared::{Declared, Entry};
use assize::model::facts::{ai_system, credential, resource};
use assize::model::schema::Fact;
use assize::model::{Cell, Completeness, Row, Scalar, Subject};
use assize::source::{Loaded, Options, load};

/// The folder with the configurations of all clients, read.
fn loaded() -> Loaded {
    let mut entry = Entry::new("**").unwrap();
    entry.scope = Some("mcp:all".to_owned());
    let declared = Declared { entries: vec![entry], ..Declared::default() };
    let mut loaded = load(&support::fixture("mcp-clients"), &declared, &Options::default());
    loaded.world.seal();
    loaded
}

fn text<T>(loaded: &Loaded, row: Row, fact: Fact<T>) -> Option<&str> {
    match loaded.world.cell(row, fact.id) {
        Cell::Known(Scalar::Str(text)) => Some(text),
        _ => None,
    }
}

fn members<T>(loaded: &Loaded, row: Row, fact: Fact<T>) -> (Vec<Row>, bool) {
    let mut found = Vec::new();
    let whole = loaded.world.list(row, fact.id, &mut |member| {
        if let Scalar::Ref(row) = member.value {
            found.push(row);
        }
        true
    });
    (found, whole == Completeness::Complete)
}

/// The clients under a path: the tools of each with their targets, and where the credential in each place is kept.
fn clients(loaded: &Loaded, under: &str) -> String {
    let prefix = format!("mcp:all:client:{under}");
    let mut all = String::new();
    let mut systems: Vec<(&str, Row)> = loaded
        .world
        .table(Subject::AiSystem)
        .rows()
        .map(|row| Row::new(Subject::AiSystem, row))
        .filter_map(|row| Some((text(loaded, row, ai_system::ID).filter(|id| id.starts_with(&prefix))?, row)))
        .collect();
    systems.sort();
    for (id, row) in systems {
        let key = id.strip_prefix("mcp:all:client:").unwrap();
        let (tools, whole) = members(loaded, row, ai_system::TOOLS);
        let open = if whole { "" } else { ", and maybe more" };
        writeln!(all, "{}{open}", text(loaded, row, ai_system::NAME).unwrap()).unwrap();
        let mut lines: Vec<String> = tools
            .iter()
            .map(|tool| {
                let name = text(loaded, *tool, resource::NAME).unwrap();
                format!("  {name} = {}", text(loaded, *tool, resource::TARGET).unwrap_or("?"))
            })
            .collect();
        lines.sort();
        let mut kept: Vec<String> = members(loaded, row, ai_system::CREDENTIALS)
            .0
            .iter()
            .map(|credential| {
                let id = text(loaded, *credential, credential::ID).unwrap();
                let place = id.strip_prefix("mcp:all:credential:").unwrap();
                let place = place.strip_prefix(key).unwrap_or(place).trim_start_matches('/');
                let exposed = !members(loaded, *credential, credential::EXPOSURES).0.is_empty();
                let kept =
                    if exposed { "here" } else { text(loaded, *credential, credential::STORED_IN).unwrap_or("?") };
                format!("    {place}: {kept}")
            })
            .collect();
        kept.sort();
        for line in lines.iter().chain(&kept) {
            writeln!(all, "{line}").unwrap();
        }
    }
    all
}

#[test]
fn every_file_is_taken_for_what_it_is() {
    let loaded = loaded();
    assert_eq!(loaded.rejected_count, 0, "{:?}", loaded.rejected);
    for export in &loaded.exports {
        let other = ["README.md", "home/.aws/credentials", "repository/plugins/issues/lsp.json"];
        let expected = !other.contains(&export.path.as_str());
        assert_eq!(export.source == Some("mcp-client"), expected, "{}: {}", export.path, export.took_for);
    }
}

#[test]
fn configurations_in_a_home_folder() {
    let loaded = loaded();
    insta::assert_snapshot!(clients(&loaded, "home/C") + &clients(&loaded, "home/.c"), @r"
    home/Claude/claude_desktop_config.json (Claude Desktop)
      files = @modelcontextprotocol/server-filesystem
      tickets = index.js
        tickets/env:TICKETS_API_KEY: here
    home/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json (Roo Code)
      build = build-mcp
      charts = https://charts.example.org/mcp
        build/env:BUILD_TOKEN: environment variable
        charts/header:X-Token: here
    home/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json (Cline)
      notes = index.js
        far/header:Authorization: here
        notes/env:NOTES_API_KEY: here
    home/Code/User/mcp.json (VS Code)
      tests = tests-mcp
      wiki = https://wiki.example.org/mcp
        tests/env:TESTS_TOKEN: here
        wiki/header:Authorization: asked of the user
    home/.claude.json (Claude Code)
      mail = mail-mcp
      search = https://search.example.org/mcp
        mail/env:MAIL_TOKEN: here
        search/header:X-API-Key: environment variable
    /home/anna/shop (Claude Code)
      db = db-mcp
      search = https://search.example.org/mcp
        db/env:DB_PASSWORD: environment variable
        home/.claude.json/search/header:X-API-Key: environment variable
    home/.codeium/windsurf/mcp_config.json (Windsurf)
      issues = https://issues.example.org/mcp
        issues/header:Authorization: file
        issues/header:X-Api-Key: environment variable
        old/arg:--token: here
    home/.codex/config.toml (Codex)
      docs = docs-mcp
      figures = https://figures.example.org/mcp
        docs/env:DOCS_API_KEY: here
        docs/env:DOCS_SECRET: environment variable
        docs/env:DOCS_TOKEN: environment variable
        figures/bearer_token_env_var: environment variable
        figures/header:X-Api-Key: here
        figures/header:X-Token: environment variable
    home/.config/amp/settings.json (Amp)
      far = https://far.example.org/mcp
      reviews = reviews-mcp
        far/header:Authorization: here
        reviews/env:REVIEWS_TOKEN: environment variable
    home/.config/crush/crush.json (Crush)
      forge = https://forge.example.org/mcp
        forge/header:Authorization: command
        forge/header:X-Api-Key: here
    home/.config/devin/mcp_config.json (Devin)
      browser = https://browser.example.org/mcp
        browser/header:Authorization: here
    home/.config/goose/config.yaml (Goose)
      developer = developer
      older = older-mcp
      tickets = tickets-mcp
        maps/header:Authorization: here
        maps/url:?key: here
        tickets/env:TICKETS_API_KEY: keychain
        tickets/env:TICKETS_TOKEN: here
    home/.config/opencode/opencode.json (opencode)
      before = https://before.example.org/mcp
      files = files-mcp
        before/field:oauth.clientSecret: environment variable
        chat/header:Authorization: here
        files/env:FILES_KEY: file
        files/env:FILES_TOKEN: environment variable
    home/.config/zed/settings.json (Zed)
      docs = docs-mcp
      mcp-server-github = mcp-server-github
        docs/env:DOCS_TOKEN: here
        mcp-server-github/field:settings.github_personal_access_token: here
    home/.continue/config.json (Continue)
      0 = time-mcp
        0/arg:--api-key: here
    home/.continue/config.yaml (Continue)
      example/pages-mcp = example/pages-mcp
      issues = https://issues.example.org/mcp
      sqlite = mcp-sqlite
        example/pages-mcp/field:with.PAGES_TOKEN: asked of the user
        issues/header:Authorization: here
        sqlite/env:SQLITE_KEY: secret store
    home/.copilot/mcp-config.json (Copilot)
      errors = @sentry/mcp-server@latest
        errors/env:SENTRY_ACCESS_TOKEN: here
    home/.cursor/mcp.json (Cursor)
      design = https://design.example.org/mcp
      local = server.py
        design/field:auth.CLIENT_SECRET: here
        design/header:Authorization: environment variable
        local/envFile: file
    ");
}

#[test]
fn more_configurations_in_a_home_folder() {
    let loaded = loaded();
    let all: Vec<String> = [".aws", ".gemini", ".junie", ".kiro", ".lmstudio", ".qwen", ".trae", ".warp"]
        .iter()
        .map(|folder| clients(&loaded, &format!("home/{folder}")))
        .collect();
    insta::assert_snapshot!(all.concat(), @r"
    home/.aws/amazonq/cli-agents/deploy.json (Amazon Q)
      git = git-mcp
        git/env:GIT_TOKEN: here
    home/.aws/amazonq/mcp.json (Amazon Q)
      docs = docs-mcp@latest
        docs/env:DOCS_TOKEN: environment variable
    home/.gemini/settings.json (Gemini CLI)
      cloud = https://cloud.example.org/sse
      papers = https://papers.example.org/mcp
        cloud/field:oauth.clientSecret: here
        papers/header:X-Goog-Api-Key: environment variable
        trains/env:TRAINS_KEY: here
    home/.junie/mcp/mcp.json (Junie)
      ide = ide-mcp
        ide/env:IDE_TOKEN: here
    home/.kiro/settings/mcp.json (Kiro)
      api = https://api.example.org/mcp
      shared = shared
        api/header:Authorization: environment variable
        off/env:OFF_TOKEN: here
    home/.lmstudio/mcp.json (LM Studio)
      models = https://models.example.org/mcp
        models/header:Authorization: here
    home/.qwen/settings.json (Qwen Code)
      memory = memory-mcp
      papers = https://papers.example.org/mcp
        memory/env:MEMORY_SECRET: here
        papers/header:Authorization: environment variable
    home/.trae/mcp.json (Trae)
      pages = pages-mcp
        pages/env:PAGES_TOKEN: here
    home/.warp/.mcp.json (Warp)
      logs = https://logs.example.org/mcp
      places = index.js
        logs/header:Authorization: environment variable
        places/env:API_KEY: here
    ");
}

#[test]
fn what_lies_in_a_repository() {
    insta::assert_snapshot!(clients(&loaded(), "repository"), @r"
    repository/.ai/mcp/mcp.json (JetBrains AI Assistant)
      youtrack = https://youtrack.example.org/mcp
        youtrack/header:Authorization: here
    repository/.continue/mcpServers/wiki.yaml (Continue)
      wiki = wiki-mcp
        wiki/arg:--token: here
    repository/.devcontainer/devcontainer.json (VS Code)
      pages = @playwright/mcp@latest
      store = https://store.example.org/mcp
        store/header:Authorization: here
    repository/.github/mcp.json (Copilot)
      notes = mcp/notion
      plans = https://plans.example.org/mcp
        notes/arg:-e:OPENAPI_MCP_HEADERS: environment variable
        notes/env:NOTION_API_KEY: environment variable
        plans/header:Authorization: environment variable
        plans/header:X-Api-Key: here
    repository/.mcp.json (Claude Code or Copilot)
      stock = stock
      vault = https://vault.example.org/mcp
        stock/env:STOCK_TOKEN: here
        vault/headersHelper: command
    repository/.roo/mcp.json (Roo Code)
      repo = repo-mcp
        repo/env:REPO_TOKEN: here
    repository/.vscode/settings.json (VS Code)
      lint = lint-mcp
        lint/env:LINT_TOKEN: setting of the editor
    repository/.zed/settings.json (Zed)
      older = older-mcp
        older/env:OLDER_TOKEN: here
    repository/opencode.json (opencode)
      local = local-mcp
        far/header:Authorization: environment variable
        local/env:LOCAL_TOKEN: here
    repository/plugins/issues/.claude-plugin/plugin.json (Claude Code)
      issues = issues
        issues/env:ISSUES_TOKEN: asked of the user
    repository/plugins/issues/.mcp.json (Claude Code or Copilot)
      github = https://github.example.org/mcp/
        github/header:Authorization: environment variable
    repository/plugins/pages/.claude-plugin/plugin.json (Claude Code), and maybe more
    ");
}

#[test]
fn servers_that_are_switched_off_and_what_is_left_aside() {
    let loaded = loaded();
    let mut all = String::new();
    for export in loaded.exports.iter().filter(|export| export.ignored > 0) {
        writeln!(all, "{}: {}", export.path, export.ignored_why.join("; ")).unwrap();
    }
    insta::assert_snapshot!(all, @r"
    home/.codeium/windsurf/mcp_config.json: the server is switched off
    home/.codex/config.toml: the server is switched off
    home/.config/crush/crush.json: the server is switched off
    home/.config/goose/config.yaml: the server is switched off
    home/.config/opencode/opencode.json: the server is switched off
    home/.config/zed/settings.json: a placeholder stands where a secret is to be put in; the server is switched off
    home/.gemini/settings.json: the server is switched off
    home/.kiro/settings/mcp.json: the server is switched off
    home/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json: the server is switched off
    repository/opencode.json: the server is switched off
    repository/plugins/pages/.claude-plugin/plugin.json: it names another file that has servers, which is read by itself where it was exported
    ");
}

#[test]
fn tools_that_need_no_question_are_counted() {
    let loaded = loaded();
    let mut all = String::new();
    for export in &loaded.exports {
        for (name, count) in export.control_totals.iter().filter(|(name, _)| name.starts_with("tools_")) {
            writeln!(all, "{}: {count} {name}", export.path).unwrap();
        }
    }
    insta::assert_snapshot!(all, @r"
    home/.aws/amazonq/mcp.json: 1 tools_allowed_without_asking
    home/.codex/config.toml: 1 tools_allowed_without_asking
    home/.kiro/settings/mcp.json: 1 tools_allowed_without_asking
    home/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json: 1 tools_allowed_without_asking
    home/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json: 2 tools_allowed_without_asking
    repository/.roo/mcp.json: 1 tools_allowed_without_asking
    ");
}

#[test]
fn places_in_yaml_are_those_of_the_file() {
    let loaded = loaded();
    for (path, name, line) in [
        ("home/.continue/config.yaml", "issues", "name: issues"),
        ("home/.config/goose/config.yaml", "tickets", "tickets:"),
        ("repository/.continue/mcpServers/wiki.yaml", "wiki", "name: wiki"),
    ] {
        let id = format!("mcp:all:server:{path}/{name}");
        let table = loaded.world.table(Subject::Resource);
        let row = table
            .rows()
            .find(|row| text(&loaded, Row::new(Subject::Resource, *row), resource::ID) == Some(id.as_str()));
        let record = table.records(row.unwrap_or_else(|| panic!("{id}"))).next().unwrap();
        let offset = usize::try_from(loaded.world.records.get(record).unwrap().offset).unwrap();
        let file = std::fs::read_to_string(support::fixture("mcp-clients").join(path)).unwrap();
        assert_eq!(file[offset..].lines().next(), Some(line), "{path}");
    }
}

#[test]
fn no_secret_is_in_any_output() {
    let run = support::check(&support::fixture("mcp-clients"), &[]);
    for (name, bytes) in run.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("canary-"), "{name}");
    }
    assert!(!run.stdout.contains("canary-") && !run.stderr.contains("canary-"));
    let exports = run.results()["exports"].as_array().unwrap().len();
    assert!(exports > 30, "{exports}");
}

/// Two configurations of one name are told apart by where they were read.
#[test]
fn systems_of_one_name_are_told_apart() {
    let folder = tempfile::TempDir::new().unwrap();
    let mut manifest = String::new();
    for who in ["ann", "bob"] {
        let place = folder.path().join(who).join(".cursor");
        std::fs::create_dir_all(&place).unwrap();
        let token = "ghp_Zt4mQ8vXc2LrN6yWb0KsJ1dHf3GpUe5TaR9i";
        let servers = serde_json::json!({"mcpServers": {"gh": {"command": "npx", "env": {"GITHUB_TOKEN": token}}}});
        std::fs::write(place.join("mcp.json"), servers.to_string()).unwrap();
        manifest += &format!("[[exports]]\npath = \"{who}/**\"\nscope = \"mcp:{who}\"\n");
    }
    std::fs::write(folder.path().join("assize.toml"), manifest).unwrap();
    let results = crate::support::check(folder.path(), &[]).results();
    let reasons: Vec<&str> = results["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| finding["reason"].as_str().filter(|reason| reason.contains("held by at least 2 systems")))
        .collect();
    let [reason] = reasons.as_slice() else { panic!("{reasons:?}") };
    assert!(reason.contains("(Cursor) of mcp:ann, .cursor/mcp.json (Cursor) of mcp:bob"), "{reason}");
}
