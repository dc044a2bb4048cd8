//! What newcomers write first, and what they are told to write instead.

use super::{pack_of, said};
use crate::control::{Pack, start};
use crate::model::Subject;

fn check() -> String {
    start::check("mine", Subject::Credential, "s").unwrap()
}

/// Message and help of all that is wrong with a check.
fn told(text: &str) -> Vec<String> {
    let (_, found) = pack_of(&[("checks/own/mine.toml", text)]);
    found.iter().map(|one| format!("{} ({})", one.message, one.help.as_deref().unwrap_or(""))).collect()
}

fn with_passes(passes: &str) -> Vec<String> {
    told(&check().replace("\"has(credential.expires_at)\"", &format!("\"{passes}\"")))
}

#[test]
fn a_misspelt_field_is_the_one_that_is_missing() {
    let all = told(&check().replace("passes   =", "pases   ="));
    assert!(all.contains(&"`pases` is no field here (did you mean `passes`?)".to_owned()), "{all:?}");
}

#[test]
fn what_stands_below_a_table_is_told_once() {
    let table = "[params.longest]\ndefault = \"90d\"\nstricter = \"lower\"\nsource = \"s\"\n\n";
    let text = check().replacen("# The sentences of the report", &format!("{table}# The sentences"), 1);
    let (_, found) = pack_of(&[("checks/own/mine.toml", &text)]);
    let all: Vec<_> = found.iter().filter(|one| one.code != "unused-parameter").collect();
    assert_eq!(all.len(), 1, "{:?}", said(&found));
    assert_eq!(
        all[0].message,
        "`fail`, `pass`, `procedure`, `rationale`, `remediation` stand below `[params.longest]`, and so belong to it"
    );
    let help = "move them above `[params.longest]`: all that follows the header of a table is part of the table";
    assert_eq!(all[0].help.as_deref(), Some(help));
    let one = check().replacen("severity =", "[[tests]]\nname = \"x\"\ngiven = {}\nexpect = \"pass\"\nseverity =", 1);
    assert!(told(&one)[0].contains("stand below `[[tests]]`"), "{:?}", told(&one));
}

#[test]
fn other_ways_of_writing_tables_are_answered() {
    let all = told(check().replacen("[[tests]]", "[tests]", 1).split("\n[[tests]]").next().unwrap());
    assert_eq!(
        all,
        ["`tests` is a list, not a table (there may be several: begin each with `[[tests]]`, and not with `[tests]`)"]
    );
    let framework =
        start::framework("f", "s").replace("unanswered = \"not mapped yet\"", "checks = [\"credential-rotated\"]");
    let (_, found) = pack_of(&[("frameworks/f.toml", &framework)]);
    assert_eq!(found[0].help.as_deref(), Some("write `checks = [{ id = \"credential-rotated\" }]`"));
    let all = told(&check().replace("expires_at = { absent = true }", "expires_at = null"));
    assert!(all.iter().any(|one| one.contains("write `{ absent = true }` for what is not there")), "{all:?}");
}

#[test]
fn one_brace_is_a_warning() {
    let text = check()
        .replace("\"it never ends by itself\"", "\"{ credential.name } never ends {here} {{ credential.name }}\"");
    let (pack, found) = pack_of(&[("checks/own/mine.toml", &text)]);
    assert_eq!(
        (said(&found), pack.checks.len()),
        (vec!["checks/own/mine.toml: `{ credential.name }` is shown as it stands".to_owned()], 1)
    );
    assert_eq!(found[0].code, "single-braces");
}

#[test]
fn a_framework_is_named_as_its_file() {
    let (_, found) = pack_of(&[("frameworks/ours.toml", &start::framework("mine", "s"))]);
    assert_eq!(
        (found[0].code, found[0].help.as_deref()),
        ("id-and-file", Some("name the file `mine.toml`; `--framework` takes the id"))
    );
}

#[test]
fn lengths_of_time_and_brackets_are_answered() {
    let helps = |passes: &str, help: &str| {
        let all = with_passes(passes);
        assert!(all.iter().any(|one| one.contains(help)), "{passes}: {all:?}");
    };
    helps(
        "age(credential.created_at) < 90",
        "for 90 days write `duration('2160h')`, or a parameter whose default is `90d`",
    );
    helps("age(credential.created_at) < 90d", "is written `duration('2160h')`, or stands as `90d` in a parameter");
    helps("has(credential.expires_at) && credential.expires_at", "`age(credential.expires_at) <= duration('2160h')`");
    helps("has(credential.name) && credential.name", "such as `credential.name == '…'`");
    helps("has(credential.name && true", "the `(` of `has(credential` is not closed: write `)` where it ends");
    helps("has(credential.name))", "no bracket is open here");
}

#[test]
fn a_folder_beside_the_right_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let top = folder.path().join("my-controls");
    std::fs::create_dir_all(top.join("checks/own")).unwrap();
    let empty = Pack::with_folder(&top);
    assert!(
        empty.1[0].help.as_deref().is_some_and(|help| help.contains("`assize controls new` writes one")),
        "{:?}",
        empty.1
    );
    std::fs::write(top.join("checks/own/mine.toml"), check()).unwrap();
    let of = |at: &std::path::Path| {
        let (pack, found) = Pack::with_folder(at);
        let errors = found.into_iter().filter(|one| one.code == "no-controls");
        let helps: Vec<String> = errors.filter_map(|one| one.help).collect();
        (helps, pack.files.iter().filter(|file| file.origin.modified()).count())
    };
    let above = vec![format!("name the folder above: `{}`", top.display())];
    assert_eq!(of(&top.join("checks")), (above.clone(), 0));
    assert_eq!(of(&top.join("checks/own")), (above, 0));
    assert_eq!(of(folder.path()), (vec![format!("name the folder below: `{}`", top.display())], 0));
    assert_eq!(of(&top), (Vec::new(), 1));
}
