//! What closes a gap is said first, is true for the fact, and names the scope that it is missing in.

use std::collections::BTreeMap;

use crate::support::{check, fixture};
use serde_json::Value;

/// By fact or list: the remedy, with its commands.
fn remedies(results: &Value) -> BTreeMap<String, (String, String)> {
    let gaps = results["gaps"].as_array().unwrap();
    let about = |gap: &Value| gap["about"].as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    let of = |gap: &Value| (gap["remedy"]["text"].as_str().unwrap().to_owned(), gap["remedy"]["commands"].to_string());
    gaps.iter().map(|gap| (about(gap), of(gap))).collect()
}

#[test]
fn each_names_what_to_do_and_where() {
    let run = check(&fixture("partial"), &[]);
    let all = remedies(&run.results());
    assert!(all.len() > 10, "{all:?}");
    for (about, (text, commands)) in &all {
        let verb = text.split(' ').next().unwrap();
        assert!(["Add", "Collect", "Name", "Scan", "State", "Tag"].contains(&verb), "{about}: {text}");
        assert!(text.contains("aws:614820937715"), "{about}: {text}");
        // The one export that is there is no remedy.
        assert!(!commands.contains("get-account-authorization-details"), "{about}: {commands}");
    }
    let has = |about: &str, words: &[&str]| {
        let (text, _) = all.get(about).unwrap_or_else(|| panic!("no gap about {about}"));
        assert!(words.iter().all(|word| text.contains(word)), "{about}: {text}");
    };
    // Roles have no description in authorization details, so a person says what they are for.
    has("identity.description", &["`purpose` under `[[identities]]`", "first column is `identity`"]);
    has("becoming.trusted_scope", &["`own_scopes`", "`trusted_scopes`", "`assize.toml`"]);
    has("identity.environment", &["`environment_tags` names the key `environment`", "`[[identities]]`"]);
    has("identity.last_used_at", &["`aws-credential-report`", "`password_last_used`"]);
    has("ownership", &["`owner_tags` names the key `owner`", "`listing = \"ownership\"`"]);
    has("access_keys", &["`aws-credential-report`", "`[[closures]]`"]);
}
