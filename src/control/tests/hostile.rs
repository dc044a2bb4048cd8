//! Whatever stands in a control file, reading it ends with diagnostics whose places lie in the file.

use proptest::prelude::*;

use super::{CHECK, PROFILE, builtin};
use crate::base::diagnostic::Diagnostic;
use crate::control::file::{ControlFile, Origin};
use crate::control::{Pack, Profile};

/// Every place lies within its file, at the borders of characters, and every diagnostic can be shown.
fn placed(diagnostics: &[Diagnostic], text: &str) {
    assert!(diagnostics.len() <= 201, "{}", diagnostics.len());
    for diagnostic in diagnostics.iter().take(30) {
        let place = diagnostic.place.as_ref().unwrap();
        assert!(text.get(place.span.clone()).is_some(), "{diagnostic:?}");
        assert!(!diagnostic.render(Some(text), false).is_empty());
    }
}

fn read_as_everything(text: &str) {
    for path in [
        "checks/a/x.toml",
        "frameworks/x.toml",
        "classification/x.toml",
        "levels/x.toml",
        "tools/x.toml",
        "other/x.toml",
    ] {
        let (_, wrong) = Pack::from_files(vec![ControlFile::new(path, text, Origin::Added)]);
        placed(&wrong, text);
    }
    let (_, wrong) = Profile::read("assize.toml", text, &Pack::default());
    placed(&wrong, text);
}

/// A text with one stretch of it replaced.
fn changed(text: &str, from: usize, length: usize, by: &str) -> String {
    let all: Vec<char> = text.chars().collect();
    let from = from % (all.len() + 1);
    let to = (from + length).min(all.len());
    all[..from].iter().copied().chain(by.chars()).chain(all[to..].iter().copied()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        read_as_everything(&text);
    }

    #[test]
    fn a_check_with_a_stretch_changed(from in 0_usize..2000, length in 0_usize..60, by in "[\\PC\n\"'\\\\{}\\[\\]=.]{0,12}") {
        read_as_everything(&changed(CHECK, from, length, &by));
        read_as_everything(&changed(PROFILE, from, length, &by));
    }
}

#[test]
fn extremes() {
    let deep = format!("a = {}{}", "[".repeat(100_000), "]".repeat(100_000));
    let keys = format!("{} = 1", vec!["a"; 50_000].join("."));
    let tables = "[[requirements]]\n".repeat(20_000);
    let expression = CHECK.replace("age(credential.last_chang_at) <= params.max_age", &"!".repeat(100_000));
    let template = CHECK.replace("{{ params.max_aeg }}", &"{{".repeat(50_000));
    for text in ["", "\u{feff}", "\0", "a", "=", deep.as_str(), &keys, &tables, &expression, &template] {
        read_as_everything(text);
    }
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (pack, wrong) = Pack::with_folder(&folder.path().join("nothing"));
    assert_eq!(wrong.len(), 1);
    assert_eq!(pack.checks.len(), builtin().checks.len());
    std::fs::create_dir_all(folder.path().join("checks/a")).unwrap();
    std::fs::write(folder.path().join("checks/a/x.toml"), [0xff, 0xfe]).unwrap();
    std::fs::write(folder.path().join("checks/a/notes.txt"), "not a control").unwrap();
    let (_, wrong) = Pack::with_folder(folder.path());
    assert_eq!(wrong.iter().map(|d| d.code).collect::<Vec<_>>(), ["unreadable-control"]);
}

/// As a cluster mounts files: each a link into a folder that is itself reached by one.
#[cfg(unix)]
#[test]
fn links_within_the_folder_are_followed_and_others_told() {
    use std::os::unix::fs::symlink;
    let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let at = |path: &str| folder.path().join(path);
    std::fs::create_dir_all(at("..2026/checks/a")).unwrap();
    let check = CHECK.replace("last_chang_at", "last_change_at").replace("max_aeg", "max_age");
    std::fs::write(at("..2026/checks/a/x.toml"), &check).unwrap();
    symlink("..2026", at("..data")).unwrap();
    symlink("..data/checks", at("checks")).unwrap();
    let codes = |wrong: &[Diagnostic]| wrong.iter().map(|one| one.code).collect::<Vec<_>>();
    let (pack, wrong) = Pack::with_folder(folder.path());
    assert_eq!(codes(&wrong).iter().filter(|code| **code == "unreadable-control").count(), 0, "{wrong:?}");
    assert!(pack.files.iter().any(|file| file.path == "checks/a/x.toml"));
    std::fs::write(other.path().join("y.toml"), &check).unwrap();
    symlink(other.path(), at("..2026/checks/b")).unwrap();
    symlink(other.path().join("y.toml"), at("..2026/checks/a/y.toml")).unwrap();
    symlink("..", at("..2026/checks/ring")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(at("..2026/checks/a/z.toml")).status();
    assert!(made.is_ok_and(|made| made.success()));
    let (pack, wrong) = Pack::with_folder(folder.path());
    assert!(!pack.files.iter().any(|file| file.path.ends_with("/y.toml") || file.path.ends_with("/z.toml")));
    let told: Vec<&str> =
        wrong.iter().filter(|one| one.code == "unreadable-control").map(|one| one.message.as_str()).collect();
    let about = |name: &str, why: &str| told.iter().any(|message| message.contains(name) && message.contains(why));
    assert!(about("checks/b", "leads out") && about("y.toml", "leads out"), "{told:?}");
    assert!(about("z.toml", "no regular file") && about("ring", ""), "{told:?}");
}
