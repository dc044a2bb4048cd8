//! The shown ends of keys, as they are kept to be compared.

use super::*;
use crate::export::declared::Said;
use crate::model::record::ExportId;
use crate::source::by_id;

/// What is kept of a key that is shown so, and whether a person is told.
fn kept(shown: &str) -> (Run, bool) {
    let mut run = Run::default();
    let mut file = FileRun::new(&mut run, ExportId(0), by_id("openai-keys").unwrap(), Said::default(), 0);
    let organisation = Organisation::of(&mut file, "openai");
    let record = file.record_at("/data", 0, 0, 0);
    let key = Key {
        word: "api_key",
        id: "key_1",
        name: None,
        whose: None,
        enabled: Some(true),
        odd: None,
        created: Told::Missing,
        expires: Told::Missing,
        used: Told::Missing,
        limited_to: None,
        shown: Some(shown),
    };
    organisation.key(&mut file, &key, record);
    let told = run.world.quality.iter().any(|note| note.code == "key-not-redacted");
    (run, told)
}

#[test]
fn the_end_of_a_key_is_compared_and_not_kept() {
    for (shown, whole) in [
        ("sk-abc...def", "sk-abc0123456789def"),
        ("sk-svcac************Zr7A", "sk-svcacct-0123456789Zr7A"),
        ("sk-ant-api03-R2D...igAA", "sk-ant-api03-R2D0123456789igAA"),
        ("sk-abc…wxyz", "sk-abc0123456789wxyz"),
    ] {
        let (run, told) = kept(shown);
        let [Shown { tail, system: "openai", .. }] = run.shown.as_slice() else { panic!("{shown}") };
        assert!(run.key.prints(whole).unwrap().tails().any(|end| end == *tail), "{shown}");
        assert!(!run.key.prints("sk-abc0123456789other").unwrap().tails().any(|end| end == *tail) && !told, "{shown}");
        let end = shown.trim_start_matches(|c: char| !matches!(c, '.' | '*' | '…')).trim_matches(['.', '*', '…']);
        assert!(run.world.strings.get(end).is_none() && run.world.strings.get(shown).is_none(), "{shown}");
    }
}

#[test]
fn what_shows_no_end_is_not_compared() {
    for shown in ["sk-abc...", "...", "sk-abc...d", "sk-abc...0123456789abcdef"] {
        let (run, told) = kept(shown);
        assert!(run.shown.is_empty() && !told, "{shown}");
    }
    let (run, told) = kept("sk-a-whole-key-0123456789");
    assert!(run.shown.is_empty() && told, "a person is asked to look");
}
