//! What a configuration comes to: AI systems, their tools, and places where credentials are.

use super::*;
use crate::export::declared::Said;
use crate::export::report::{ExportReport, Rejections};
use crate::model::record::{ExportId, ExportInfo};
use crate::model::schema::Fact;
use crate::model::slots::{Completeness, Row, Scalar};
use crate::source::run::Run;

/// A folder with one configuration in it, read.
fn run_of(path: &str, scope: Option<(&str, &str)>, text: &str) -> Run {
    let mut run = Run::default();
    run.world.records.add_export(ExportInfo {
        path: path.to_owned(),
        source: ABOUT.id,
        authority: ABOUT.authority,
        collected_at: Some(1_700_000_000),
        documents: 1,
    });
    run.reports.push(ExportReport { path: path.to_owned(), ..ExportReport::default() });
    run.rejections.push(Rejections::default());
    let mut said = Said::default();
    if let Some((scope, folder)) = scope {
        said.scope = Some(scope.to_owned());
        folder.clone_into(&mut said.scope_folder);
    }
    let mut file = FileRun::new(&mut run, ExportId(0), &ABOUT, said, 0);
    read(text.to_owned(), &Head::new(text.as_bytes(), true).shape, &mut file);
    run
}

fn text<T>(run: &Run, subject: Subject, row: u32, fact: Fact<T>) -> Option<&str> {
    match run.world.cell(Row::new(subject, row), fact.id) {
        crate::model::slots::Cell::Known(Scalar::Str(text)) => Some(text),
        crate::model::slots::Cell::Known(Scalar::Enum(code)) => {
            let crate::model::schema::FactType::Enum(def) = fact.id.def().ty else { return None };
            Some(def.text(code))
        }
        _ => None,
    }
}

/// Each AI system with its tools, and whether they are all.
fn systems(run: &mut Run) -> Vec<String> {
    run.world.seal();
    let run = &*run;
    let one = |row: u32| {
        let mut tools = Vec::new();
        let whole = run.world.list(Row::new(Subject::AiSystem, row), ai_system::TOOLS.id, &mut |member| {
            if let Scalar::Ref(tool) = member.value {
                let id = text(run, Subject::Resource, tool.index, resource::ID).unwrap_or("?");
                let target = text(run, Subject::Resource, tool.index, resource::TARGET).unwrap_or("?");
                tools.push(format!("{} = {target}", id.rsplit_once(":server:").unwrap().1));
            }
            true
        });
        let id = text(run, Subject::AiSystem, row, ai_system::ID).unwrap();
        let name = text(run, Subject::AiSystem, row, ai_system::NAME).unwrap();
        let mode = text(run, Subject::AiSystem, row, ai_system::MODE).unwrap_or("-");
        let whole = if whole == Completeness::Complete { "" } else { ", open" };
        format!("{id} | {name} | {mode} | {}{whole}", tools.join(", "))
    };
    run.world.table(Subject::AiSystem).rows().map(one).collect()
}

/// Each place where a credential is, without its secret.
fn sightings(run: &Run) -> Vec<String> {
    let text = |sym| run.world.strings.text(sym);
    let one = |sighting: &Sighting| {
        let kept = sighting.stored_in.map_or("-", text);
        let stands = if sighting.exposure.is_some() { "exposed" } else { kept };
        assert_eq!(sighting.exposure.is_some(), sighting.prints.is_some());
        let (holders, tools) = (sighting.holders.len(), sighting.tools.len());
        let system = sighting.system.unwrap_or("?");
        let kind = sighting.kind.name();
        format!("{} | {} | {kind} of {system} | {stands} | {holders} {tools}", text(sighting.id), text(sighting.place))
    };
    run.sightings.iter().map(one).collect()
}

fn rejected(run: &Run) -> Vec<String> {
    run.rejections[0].kept.iter().map(|one| format!("{} at {}: {}", one.place, one.offset, one.why)).collect()
}

#[test]
fn a_client_with_its_servers() {
    let config = r#"{
        // what Anna uses
        "mcpServers": {
            "github": {
                "command": "npx", "args": ["-y", "@modelcontextprotocol/server-github@1"],
                "env": {"GITHUB_TOKEN": "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo", "GITHUB_HOST": "github.com"},
            },
            "docs": {"url": "https://docs.example.org/mcp", "headers": {"Authorization": "Bearer ${DOCS_TOKEN}"}},
            "old": {"command": "old", "disabled": true, "args": ["--password", "hunter2"]},
        },
    }"#;
    let mut run = run_of("mcp/anna/.cursor/mcp.json", Some(("mcp:anna-laptop", "mcp/anna/")), config);
    assert_eq!(
        sightings(&run),
        [
            "mcp:anna-laptop:credential:.cursor/mcp.json/github/env:GITHUB_TOKEN | mcp/anna/.cursor/mcp.json: mcpServers.github.env.GITHUB_TOKEN | token of github | exposed | 1 1",
            "mcp:anna-laptop:credential:.cursor/mcp.json/docs/header:Authorization | mcp/anna/.cursor/mcp.json: mcpServers.docs.headers.Authorization | token of ? | environment variable | 1 1",
            "mcp:anna-laptop:credential:.cursor/mcp.json/old/arg:--password | mcp/anna/.cursor/mcp.json: mcpServers.old.args[1] | password of ? | exposed | 1 0",
        ]
    );
    let exposure = run.sightings[0].exposure.as_ref().unwrap();
    assert_eq!(
        run.world.strings.text(exposure.id),
        "mcp:anna-laptop:exposure:.cursor/mcp.json/github/env:GITHUB_TOKEN"
    );
    assert_eq!(run.world.strings.text(exposure.scanner), "assize");
    assert_eq!((exposure.kind, exposure.detected_at), (ExposureKind::Configuration, Some(1_700_000_000)));
    let record = *run.world.records.get(run.sightings[0].record).unwrap();
    assert_eq!(run.world.strings.text(record.list), "/mcpServers/github");
    assert!(config[usize::try_from(record.offset).unwrap()..].starts_with("{\n                \"command\": \"npx\""));
    assert_eq!(
        systems(&mut run),
        ["mcp:anna-laptop:client:.cursor/mcp.json | .cursor/mcp.json (Cursor) | - | \
          .cursor/mcp.json/github = @modelcontextprotocol/server-github@1, .cursor/mcp.json/docs = https://docs.example.org/mcp"]
    );
    let report = &run.reports[0];
    assert_eq!((report.read, report.ignored, report.rejected), (3, 1, 0), "the client and two servers");
    assert_eq!(report.ignored_why, [OFF]);
}

#[test]
fn projects_are_clients_of_their_own() {
    let config = r#"{"numStartups": 9, "mcpServers": {"all": {"command": "a", "env": {"A_TOKEN": "9f86d081884c7d65"}}, "db": {"command": "b"}},
        "projects": {"/home/anna/shop": {"history": [], "mcpServers": {"db": {"command": "c"}}}, "/home/anna/x": {"mcpServers": {}}}}"#;
    let mut run = run_of("laptop/.claude.json", None, config);
    assert_eq!(sightings(&run).len(), 1);
    assert!(sightings(&run)[0].ends_with("2 1"), "{:?}", sightings(&run));
    assert_eq!(
        systems(&mut run),
        [
            "mcp:laptop:client:.claude.json | .claude.json (Claude Code) | - | .claude.json/all = a, .claude.json/db = b",
            "mcp:laptop:client:.claude.json#/home/anna/shop | /home/anna/shop (Claude Code) | - | \
             .claude.json/all = a, .claude.json#/home/anna/shop/db = c",
        ]
    );
    assert_eq!(run.reports[0].ignored_why, ["a project without servers of its own"]);
}

#[test]
fn a_server_that_cannot_be_read_leaves_the_tools_open() {
    let config = r#"{"servers": {"a": {"command": "a"}, "b/c": {"command": 1, "args": "x", "env": "CANARY"}, "d": 7, "e": {"type": "stdio"}}, "inputs": []}"#;
    let mut run = run_of(".vscode/mcp.json", None, config);
    assert_eq!(
        rejected(&run),
        [
            "/servers/b~1c at 43: `env` should be an object",
            "/servers/d at 94: a server should be an object",
            "/servers/e at 102: it has neither `command` nor `url`",
        ]
    );
    assert_eq!(
        systems(&mut run),
        [
            "mcp:exports:client:.vscode/mcp.json | .vscode/mcp.json (VS Code) | interactive | .vscode/mcp.json/a = a, open"
        ]
    );
}

#[test]
fn of_two_servers_of_one_name_the_last_counts_and_secrets_of_both() {
    let config = r#"{"mcpServers": {"a": {"command": "x", "env": {"API_KEY": "9f86d081884c7d65"}}, "a": {"command": "y", "env": {"API_KEY": "0a1b9f86d0818aab"}}}}"#;
    let mut run = run_of("mcp.json", None, config);
    let ids: Vec<String> = sightings(&run).iter().map(|one| one.split(" | ").next().unwrap().to_owned()).collect();
    assert_eq!(
        ids,
        ["mcp:exports:credential:mcp.json/a/env:API_KEY", "mcp:exports:credential:mcp.json/a/env:API_KEY~2"]
    );
    assert_eq!(systems(&mut run), ["mcp:exports:client:mcp.json | mcp.json (an MCP client) | - | mcp.json/a = y"]);
    assert_eq!(run.reports[0].ignored_why, [AGAIN]);
}

#[test]
fn what_is_no_json_is_rejected_with_its_place() {
    let run = run_of("mcp.json", None, "{\n  \"mcpServers\": {\"a\": CANARY}\n}");
    assert_eq!(
        rejected(&run),
        ["line 2, column 23 at 24: from here on it is not JSON, and none of it was read: expected value"]
    );
    assert!(run.reports[0].broken && run.sightings.is_empty());
    let run = run_of("config.toml", None, "[mcp_servers.a]\ncommand = CANARY\n");
    assert_eq!(rejected(&run).len(), 1);
    assert!(rejected(&run)[0].starts_with("line 2, column 11 at 26: it is not TOML"), "{:?}", rejected(&run));
    assert!(!rejected(&run)[0].contains("CANARY"), "{:?}", rejected(&run));
}

#[test]
fn toml_of_codex() {
    let config = "model = \"x\"\n\n[mcp_servers.docs]\ncommand = \"npx\"\nargs = [\"-y\", \"docs-mcp\"]\nenabled = true\n\
                  [mcp_servers.docs.env]\nDOCS_API_KEY = \"9f86d081884c7d65\"\n[mcp_servers.far]\nurl = \"https://far.example.org/mcp\"\n\
                  bearer_token_env_var = \"FAR\"\n";
    let mut run = run_of("home/.codex/config.toml", Some(("mcp:ben", "home/")), config);
    assert_eq!(
        sightings(&run),
        [
            "mcp:ben:credential:.codex/config.toml/docs/env:DOCS_API_KEY | home/.codex/config.toml: mcp_servers.docs.env.DOCS_API_KEY | api_key of ? | exposed | 1 1",
            "mcp:ben:credential:.codex/config.toml/far/bearer_token_env_var | home/.codex/config.toml: mcp_servers.far.bearer_token_env_var | token of ? | environment variable | 1 1",
        ]
    );
    assert_eq!(
        systems(&mut run),
        ["mcp:ben:client:.codex/config.toml | .codex/config.toml (Codex) | - | \
          .codex/config.toml/docs = docs-mcp, .codex/config.toml/far = https://far.example.org/mcp"]
    );
}

#[test]
fn shapes_of_the_other_clients() {
    for (path, config, expected) in [
        (
            "opencode.json",
            r#"{"mcp": {"a": {"type": "local", "command": ["bun", "x", "pkg"], "enabled": true}}}"#,
            "a = pkg",
        ),
        ("settings.json", r#"{"mcp": {"inputs": [], "servers": {"a": {"command": "x"}}}}"#, "a = x"),
        ("settings.json", r#"{"context_servers": {"a": {"source": "custom", "command": "x", "args": []}}}"#, "a = x"),
        (
            "config.json",
            r#"{"experimental": {"modelContextProtocolServers": [{"transport": {"type": "stdio", "command": "uvx", "args": ["p"]}}]}}"#,
            "0 = p",
        ),
        (
            "mcp.json",
            r#"{"mcpServers": [{"name": "a", "httpUrl": "https://x.example.org/mcp?key=abc"}]}"#,
            "a = https://x.example.org/mcp",
        ),
        (
            "mcp_config.json",
            r#"{"mcpServers": {"a": {"serverUrl": "https://x.example.org/mcp"}}}"#,
            "a = https://x.example.org/mcp",
        ),
        (
            "opencode.json",
            r#"{"mcp": {"timeout": 5, "servers": {"a": {"type": "local", "command": ["x"]}}, "b": {"type": "remote", "url": "https://b"}}}"#,
            "a = x, b = https://b",
        ),
        ("settings.json", r#"{"amp.mcpServers": {"a": {"command": "x"}}}"#, "a = x"),
        (
            "devcontainer.json",
            r#"{"customizations": {"vscode": {"mcp": {"servers": {"a": {"command": "x"}}}}}}"#,
            "a = x",
        ),
        ("a.code-workspace", r#"{"folders": [], "settings": {"mcp": {"servers": {"a": {"command": "x"}}}}}"#, "a = x"),
        (
            "servers.json",
            r#"{"a": {"type": "http", "url": "https://x.example.org/mcp"}}"#,
            "a = https://x.example.org/mcp",
        ),
        ("vibe.toml", "[[mcp_servers]]\nname = \"a\"\ncommand = \"x\"\n", "a = x"),
        ("librechat.yaml", "version: 1\nmcpServers:\n  a:\n    command: x\n", "a = x"),
        ("merged.yaml", "mcpServers:\n  <<: {a: {command: x}}\n", "a = x"),
    ] {
        let mut run = run_of(path, None, config);
        assert_eq!(rejected(&run), [] as [&str; 0], "{config}");
        let told = systems(&mut run);
        let tools = told[0].rsplit(" | ").next().unwrap().replace(&format!("{path}/"), "");
        assert_eq!(tools, expected, "{config}");
    }
}

#[test]
fn what_is_no_yaml_is_rejected_with_its_place() {
    let run = run_of("config.yaml", None, "name: x\nmcpServers:\n  - name: a\n    env: {A: CANARY\n");
    assert_eq!(rejected(&run).len(), 1);
    assert!(rejected(&run)[0].contains("none of it was read: it is not YAML"), "{:?}", rejected(&run));
    assert!(!rejected(&run)[0].contains("CANARY") && run.reports[0].broken && run.sightings.is_empty());
    let run = run_of("config.yaml", None, "mcpServers:\n  a: {command: x, env: CANARY}\n");
    assert_eq!(rejected(&run), ["/mcpServers/a at 14: `env` should be an object"]);
}

#[test]
fn what_stands_beside_servers_switches_them_off() {
    let all = r#"{"mcp": {"excluded": ["b"]}, "allowMCPServers": ["a", "b"], "mcpServers": {"a": {"command": "a"}, "b": {"command": "b"}, "c": {"command": "c"}}}"#;
    let mut run = run_of("settings.json", None, all);
    assert!(systems(&mut run)[0].ends_with("| settings.json/a = a"));
    assert_eq!((run.reports[0].read, run.reports[0].ignored), (2, 2));
    // In one project and not in the others.
    let one = r#"{"numStartups": 1, "mcpServers": {"a": {"command": "a"}, "b": {"command": "b"}}, "projects": {
        "/x": {"mcpServers": {"c": {"command": "c"}, "d": {"command": "d"}}, "disabledMcpServers": ["b", "c"]}}}"#;
    let mut run = run_of(".claude.json", None, one);
    let told = systems(&mut run);
    assert!(told[0].ends_with("| .claude.json/a = a, .claude.json/b = b"), "{told:?}");
    assert!(told[1].ends_with("| .claude.json/a = a, .claude.json#/x/d = d"), "{told:?}");
}

#[test]
fn servers_in_another_file_leave_the_tools_open() {
    for servers in [r#""./servers.json""#, r#"["./servers.json", {"name": "a", "command": "a"}]"#] {
        let mut run = run_of("plugin.json", None, &format!(r#"{{"name": "x", "mcpServers": {servers}}}"#));
        assert!(systems(&mut run)[0].ends_with(", open"), "{servers}");
        assert_eq!(run.reports[0].ignored_why, [ELSEWHERE]);
        assert_eq!(rejected(&run), [] as [&str; 0]);
    }
}

#[test]
fn a_client_without_servers_is_no_ai_system() {
    let none = |path: &str, text: &str| {
        let mut run = run_of(path, None, text);
        assert_eq!((systems(&mut run), rejected(&run)), (Vec::new(), Vec::new()), "{text}");
        let notes: Vec<&str> = run.world.quality.iter().map(|note| note.code).collect();
        assert!(notes.contains(&"client-without-servers"), "{text}: {notes:?}");
        assert_eq!((run.reports[0].read, run.reports[0].ignored_why.contains(&NONE.to_owned())), (0, true), "{text}");
    };
    none("mcp.json", r#"{"mcpServers": {}}"#);
    none("settings.json", r#"{"mcp": {}}"#);
    none("config.toml", "[mcp_servers]\n");
    none("config.json", r#"{"experimental": {"modelContextProtocolServers": []}}"#);
    none(".claude.json", r#"{"numStartups": 9, "mcpServers": {}, "projects": {"/x": {"mcpServers": {}}}}"#);
    // Continue has its servers in a list there.
    none("config.yaml", "name: x\nmcpServers: []\n");
    // Projects may have servers where the client has none for all of them.
    let text = r#"{"numStartups": 9, "projects": {"/x": {"mcpServers": {"a": {"command": "a"}}}}}"#;
    let mut run = run_of(".claude.json", None, text);
    assert_eq!(
        systems(&mut run),
        ["mcp:exports:client:.claude.json#/x | /x (Claude Code) | - | .claude.json#/x/a = a"]
    );
    assert!(run.world.quality.iter().all(|note| note.code != "client-without-servers"));
}

#[test]
fn what_should_be_servers_and_is_not_is_rejected_and_leaves_the_tools_open() {
    for (path, text, place) in [
        ("mcp.json", r#"{"mcpServers": []}"#, "/mcpServers at 15"),
        ("mcp.json", r#"{"mcpServers": null}"#, "/mcpServers at 15"),
        ("mcp.json", r#"{"mcpServers": 3}"#, "/mcpServers at 15"),
        ("config.yaml", "mcpServers:\n", "/mcpServers at 0"),
        ("config.toml", "mcp_servers = []\n", "/mcp_servers at 14"),
        ("settings.json", r#"{"mcp": [{"servers": {"a": {"command": "x"}}}]}"#, "/mcp at 8"),
        (".claude.json", r#"{"projects": [{"mcpServers": {"a": {"command": "x"}}}]}"#, "/projects at 13"),
        (".claude.json", r#"{"projects": {"/a": [{"command": "x"}]}}"#, "/projects/~1a at 20"),
        ("a.json", r#"{"customizations": [{"vscode": {}}]}"#, "/customizations at 19"),
        ("a.json", r#"{"customizations": {"vscode": [1]}}"#, "/customizations/vscode at 30"),
        ("a.code-workspace", r#"{"settings": [{"mcp": {}}]}"#, "/settings at 13"),
        ("config.json", r#"{"experimental": ["x"]}"#, "/experimental at 17"),
    ] {
        let mut run = run_of(path, None, text);
        assert_eq!(rejected(&run), [format!("{place}: servers should stand here, by name")], "{text}");
        assert!(systems(&mut run)[0].ends_with("| , open"), "{text}");
    }
}

#[test]
fn secrets_written_where_names_stand_are_not_shown() {
    let token = "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo";
    let config = format!(
        r#"{{"mcpServers": {{"{token}": {{"command": "{token}", "args": ["{token}", "--header", "{token}: x"], "env": {{"{token}": "{token}"}}}}}}}}"#
    );
    let mut run = run_of("mcp.json", None, &config);
    let all = [sightings(&run), systems(&mut run)].concat().join("\n");
    assert!(!all.contains("q7RwZ2mK9xLp"), "{all}");
    assert!(!run.sightings.is_empty());
}

#[test]
fn servers_in_a_list_are_read_where_others_have_names() {
    let text = r#"{"mcpServers": {"a": {"command": "a"}}, "servers": [{"name": "b", "url": "https://b"}]}"#;
    let mut run = run_of("mcp.json", None, text);
    assert!(systems(&mut run)[0].ends_with("| mcp.json/a = a, mcp.json/b = https://b"), "{:?}", systems(&mut run));
    // What a file has under that name for other things is none.
    let text =
        r#"{"mcpServers": {"a": {"command": "a"}}, "servers": [{"name": "b"}, 3], "settings": null, "mcp": false}"#;
    let mut run = run_of("mcp.json", None, text);
    assert_eq!(rejected(&run), [] as [&str; 0]);
    assert!(systems(&mut run)[0].ends_with("| mcp.json/a = a"));
}

#[test]
fn a_secret_in_a_server_that_is_rejected_is_exposed_all_the_same() {
    let text = r#"{"mcpServers": {"a": {"url": "https://a", "headers": {"Authorization": ["Bearer ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo"]}}}}"#;
    let mut run = run_of("mcp.json", None, text);
    assert_eq!(rejected(&run), ["/mcpServers/a at 21: `headers.Authorization` should be a text"]);
    assert_eq!(
        sightings(&run),
        [
            "mcp:exports:credential:mcp.json/a/field:headers.Authorization[0] | mcp.json: mcpServers.a.headers.Authorization[0] | token of github | exposed | 1 0"
        ]
    );
    assert!(systems(&mut run)[0].ends_with("| , open"));
}
