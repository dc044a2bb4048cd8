//! Real answers of model providers and of Bedrock, where there are any: each recognised, every entry read or its rejection explained.
//!
//! Set `ASSIZE_SAMPLES` to a folder of exports with `openai` and `aws` in it.

use std::path::PathBuf;

use crate::support;
use assize::export::declared::Declared;
use assize::model::Subject;
use assize::source::{Loaded, Options, load};
use serde_json::Value;

fn folder(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("ASSIZE_SAMPLES").map(|all| PathBuf::from(all).join(name));
    if folder.is_none() {
        println!("ASSIZE_SAMPLES is not set: no real exports were read");
    }
    folder.filter(|folder| folder.is_dir())
}

fn loaded(folder: &std::path::Path) -> Loaded {
    let mut loaded = load(folder, &Declared::default(), &Options::default());
    loaded.world.seal();
    loaded
}

/// How many entries an answer has, counted without the sources.
fn entries(text: &str) -> u64 {
    let documents = serde_json::Deserializer::from_str(text).into_iter::<Value>().map_while(Result::ok);
    let lists = ["data", "agentSummaries", "actionGroupSummaries"];
    let of = |document: Value| lists.iter().find_map(|list| document[*list].as_array().map(Vec::len)).unwrap_or(1);
    documents.map(|document| of(document) as u64).sum()
}

#[test]
fn answers_of_openai_are_read_whole() {
    let Some(folder) = folder("openai") else { return };
    let loaded = loaded(&folder);
    let texts = support::files(&folder);
    let mut read = 0;
    for export in &loaded.exports {
        let text = String::from_utf8(texts[&export.path].clone()).unwrap();
        let kinds = ["admin_api_key", "project", "project.api_key", "project.service_account", "project.user", "user"];
        let expected = kinds.iter().any(|kind| text.contains(&format!("\"organization.{kind}\"")));
        assert_eq!(export.source == Some("openai-keys"), expected, "{}: {}", export.path, export.took_for);
        assert!(!export.took_for.is_empty(), "{}", export.path);
        if expected {
            assert_eq!((export.read, export.rejected, export.ignored), (entries(&text), 0, 0), "{}", export.path);
            read += export.read;
        }
    }
    println!("{} files, {read} entries read", loaded.exports.len());
    assert!(read > 10 && loaded.rejected.is_empty(), "{:?}", loaded.rejected);
    // A key of the organisation and one of a project have the same id there, and are two.
    let keys = loaded.world.table(Subject::Credential);
    let ids: Vec<&str> = keys.rows().map(|row| loaded.world.strings.text(keys.id(row).unwrap())).collect();
    assert!(ids.iter().any(|id| id.contains(":admin_api_key:")) && ids.iter().any(|id| id.contains(":api_key:")));
}

#[test]
fn answers_of_bedrock_are_read_or_their_rejection_explained() {
    let Some(folder) = folder("aws/custodian") else { return };
    let here = tempfile::TempDir::new().unwrap();
    for (name, bytes) in support::files(&folder) {
        if name.starts_with("bedrock-agent-") {
            std::fs::write(here.path().join(name), bytes).unwrap();
        }
    }
    let loaded = loaded(here.path());
    let mut agents = 0;
    for export in &loaded.exports {
        println!("{}: {} read, {} rejected: {}", export.path, export.read, export.rejected, export.took_for);
        let known = export.path.contains("get-agent-") || export.path.contains("list-agents-");
        assert_eq!(export.source == Some("bedrock-agents"), known, "{}", export.path);
        if known {
            let text = std::fs::read_to_string(here.path().join(&export.path)).unwrap();
            assert_eq!(export.read + export.rejected + export.ignored, entries(&text), "{}", export.path);
            agents += export.read;
        }
    }
    assert!(agents >= 3);
    // Only an agent of which no answer says the account and the region is not read.
    for rejected in &loaded.rejected {
        assert!(rejected.why.contains("get-agent"), "{rejected:?}");
    }
}
