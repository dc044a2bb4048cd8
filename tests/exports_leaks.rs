//! Published configurations of MCP clients and reports of gitleaks, where there are any: each is read whole or its rejection explained.
//!
//! Set `ASSIZE_SAMPLES` to a folder with `mcp` and `secret-scanners` in it.

use std::path::{Path, PathBuf};

use crate::support;
use assize::export::declared::{Declared, Entry};
use assize::source::{Loaded, Options, load};
use serde_json::Value;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ASSIZE_SAMPLES").map(|folder| Path::new(&folder).join(name));
    if folder.is_none() {
        println!("ASSIZE_SAMPLES is not set: no published exports were read");
    }
    folder
}

/// One file in a folder of its own.
fn alone(name: &str, bytes: &[u8], declared: &Declared) -> Loaded {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join(name.rsplit('/').next().unwrap()), bytes).unwrap();
    let loaded = load(folder.path(), declared, &Options::default());
    assert_eq!(loaded.exports.len(), 1, "{name}");
    assert!(!loaded.exports[0].took_for.is_empty(), "{name}");
    // The whole program ends by itself too.
    let run = support::check(folder.path(), &[]);
    assert!(matches!(run.code, 0 | 2) && !run.stderr.contains("panicked"), "{name}: {}", run.stderr);
    loaded
}

/// How many servers a configuration names, counted without the source.
fn servers(bytes: &[u8]) -> u64 {
    let value: Value = serde_json::from_slice(bytes).unwrap();
    let groups = [&value["mcpServers"], &value["servers"], &value["mcp"]["servers"]];
    groups.iter().filter_map(|group| group.as_object()).map(|group| group.len() as u64).sum()
}

#[test]
fn configurations_of_mcp_clients() {
    let Some(folder) = folder("mcp") else { return };
    let (mut recognised, mut left) = (0, Vec::new());
    for (name, bytes) in support::files(&folder) {
        let loaded = alone(&name, &bytes, &Declared::default());
        let export = &loaded.exports[0];
        if export.source != Some("mcp-client") {
            left.push(name);
            continue;
        }
        recognised += 1;
        // The client is one record more, and none where it has no servers.
        let expected = match servers(&bytes) {
            0 => 0,
            servers => servers + 1,
        };
        assert_eq!((export.read, export.rejected), (expected, 0), "{name}: {:?}", loaded.rejected);
    }
    println!("{recognised} configurations; left out: {left:?}");
    assert!(recognised > 0);
    // One is valid JSON and no configuration, one has settings without any.
    for name in &left {
        assert!(name.contains("invalid") || name.contains("without_mcp"), "{name}");
    }
}

#[test]
fn reports_of_gitleaks() {
    let Some(folder) = folder("secret-scanners") else { return };
    let mut entry = Entry::new("*").unwrap();
    entry.scope = Some("gitleaks:published".to_owned());
    let declared = Declared { entries: vec![entry], ..Declared::default() };
    let mut findings = 0;
    for (name, bytes) in support::files(&folder).into_iter().filter(|(name, _)| name.contains("gitleaks")) {
        let loaded = alone(&name, &bytes, &declared);
        let export = &loaded.exports[0];
        assert!(matches!(export.source, Some("gitleaks" | "gitleaks-csv")), "{name}: {}", export.took_for);
        let there = match serde_json::from_slice::<Value>(&bytes) {
            Ok(Value::Array(list)) => Some(list.len() as u64),
            Ok(_) => Some(0),
            Err(_) => None,
        };
        let told = export.read + export.rejected + export.ignored;
        assert_eq!(told, there.unwrap_or(told), "{name}: {export:?}");
        if there.is_some() {
            assert_eq!(export.rejected, 0, "{name}: {:?}", loaded.rejected);
        }
        for one in &loaded.rejected {
            println!("{name} {}: {}", one.place, one.why);
        }
        findings += export.read;
    }
    println!("{findings} findings");
    assert!(findings > 0);
}

/// Reports of other scanners and lists of other things are not taken for one of these.
#[test]
fn nothing_else_is_taken_for_one() {
    let Some(folder) = folder("") else { return };
    let mut seen = 0;
    for (name, bytes) in support::files(&folder) {
        if name.starts_with("mcp/") || name.contains("gitleaks") || bytes.len() > 4 << 20 {
            continue;
        }
        seen += 1;
        let folder = tempfile::TempDir::new().unwrap();
        std::fs::write(folder.path().join("input"), &bytes).unwrap();
        let loaded = load(folder.path(), &Declared::default(), &Options::default());
        let source = loaded.exports[0].source;
        assert!(!matches!(source, Some("mcp-client" | "gitleaks" | "gitleaks-csv")), "{name}: {source:?}");
    }
    println!("{seen} other files");
}
