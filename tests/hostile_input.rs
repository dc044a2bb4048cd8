//! Input that is made to do harm: no panic, no hang, memory in proportion to the file, and a message that says what it was.

use crate::support::{Run, check, copy, fixture};
use tempfile::TempDir;

/// A whole export of an account of its own, which must be read whatever lies beside it.
const GOOD: &str = "utf8-bom.json";

/// A folder with a good export and a profile of this text, judged.
fn with_profile(text: &str) -> Run {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    std::fs::write(folder.path().join("assize.toml"), text).unwrap();
    check(folder.path(), &[])
}

#[test]
fn patterns_in_the_manifest_are_bounded() {
    for (pattern, why) in [
        (format!("{}a{}", "{".repeat(300), "}".repeat(300)), "its braces nest deeper than 4 levels"),
        ("?".repeat(400_000), "it is 400000 bytes long, and the longest has 1024"),
        (format!("{{{}}}", "a,".repeat(300)), "its braces have more than 100 alternatives"),
        ("a[".to_owned(), "unclosed character class"),
        (String::new(), "it is empty"),
    ] {
        let run = with_profile(&format!("[[exports]]\npath = \"{pattern}\"\n"));
        assert_eq!(run.code, 2, "{}", run.stderr);
        for words in ["error[bad-path-pattern]", why, "--> assize.toml:2:8", "`*` stands for any text within a name"] {
            assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
        }
        assert!(run.stderr.len() < 4000 && run.files().is_empty());
    }
    let run = with_profile(&format!("[[exports]]\npath = \"{}*\"\n", "*?".repeat(511)));
    assert_eq!(run.code, 0, "{}", run.stderr);
}

/// A folder with a good export and one file of these bytes beside it, judged within a minute.
fn beside(name: &str, bytes: &[u8]) -> Run {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{name}: {}", run.stderr);
    assert_eq!(run.export(GOOD)["read"], 2, "{name}");
    assert!(run.stderr.len() < 20_000, "{name}: {} bytes of messages", run.stderr.len());
    let written: usize = run.files().values().map(Vec::len).sum();
    assert!(written < 10_000_000, "{name}: {written} bytes written");
    run
}

fn user(fields: &str) -> String {
    format!("{{\"UserDetailList\": [{{\"Arn\": \"arn:aws:iam::111122223333:user/x\", {fields}}}]}}")
}

#[test]
fn manifests_have_an_end() {
    let run = with_profile(&"[[exports]]\npath = \"*a\"\n".repeat(20_000));
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("the manifest has too many patterns"), "{}", run.stderr);
    // Paths that are one each cost nothing.
    assert_eq!(with_profile(&"[[exports]]\npath = \"aws/a.json\"\n".repeat(20_000)).code, 0);
}

#[test]
fn hostile_profiles_are_answered() {
    let deep = "[".repeat(100_000);
    for (text, said) in [
        ("max_evidence_age = \"99999999999999999999d\"\n".to_owned(), "error[bad-duration]"),
        ("max_evidence_age = 1e999999\n".to_owned(), "error[wrong-type]"),
        ("max_evidence_age = 99999999999999999999999\n".to_owned(), "error["),
        ("[[exports]]\npath = \"*\"\ncollected_at = \"-0001-12-31\"\n".to_owned(), "error[bad-time]"),
        ("[params.credential-rotated]\nmax_age = \"-1d\"\n".to_owned(), "error[bad-parameter]"),
        (format!("a = {deep}"), "error[toml-syntax]"),
        (format!("{}a = 1\n", "a.".repeat(100_000)), "error[toml-syntax]"),
        ("frameworks = []\n".repeat(1000), "duplicate key"),
        ("#".repeat(5 << 20), "it is longer than 4 MiB"),
    ] {
        let run = with_profile(&text);
        assert_eq!(run.code, 2, "{said}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        assert!(run.files().is_empty() && run.stderr.len() < 40_000, "{}", run.stderr.len());
    }
    for text in [
        "max_evidence_age = \"9223372036854775807s\"\n",
        "[[exports]]\npath = \"*\"\ncollected_at = \"9999-12-31T23:59:59Z\"\n",
        "[[exports]]\npath = \"*\"\ncollected_at = \"0001-01-01\"\n",
        "[params.credential-rotated]\nmax_age = \"9223372036854775807s\"\n",
        "organisation = \"\\u001b[31m\\u0000<script>\"\n",
    ] {
        let run = with_profile(text);
        assert!(run.code == 0 && !run.stdout.contains('\u{1b}'), "{text}: {}", run.stderr);
    }
}

#[test]
fn hostile_files_are_answered() {
    let ones = format!("[{}1]", "1,".repeat(300_000));
    beside("unknown.json", format!("{{\"zebra\": {ones}}}").as_bytes());
    let run = beside("list.json", format!("{{\"UserDetailList\": {ones}}}").as_bytes());
    assert_eq!(run.export("list.json")["rejected"], 300_001);
    beside("map.json", format!("{{\"UserDetailList\": {{\"x\": {ones}}}}}").as_bytes());
    beside("tags.json", user(&format!("\"Tags\": {ones}")).as_bytes());
    beside("number.json", user(&format!("\"UserName\": {}, \"CreateDate\": 1e999999", "9".repeat(100_000))).as_bytes());
    beside("name.json", user(&format!("\"UserName\": \"{}\"", "y".repeat(1 << 20))).as_bytes());
    let run =
        beside("arn.json", user("\"Arn2\": 1").replace("user/x", &format!("user/{}", "x".repeat(15 << 20))).as_bytes());
    assert!(run.stderr.contains("its `Arn` is not the name of a user with its account"), "{}", run.stderr);
    let run = beside("long.json", user(&format!("\"UserName\": \"{}\"", "y".repeat(40 << 20))).as_bytes());
    assert!(run.stderr.contains("it is larger than 16 MiB"), "{}", run.stderr);
    beside("key.json", format!("{{\"{}\": 1, \"UserDetailList\": []}}", "k".repeat(40 << 20)).as_bytes());
    let columns = format!("owner,{}\n{}\n", "c,".repeat(1_000_000), "x,".repeat(1_000_000));
    beside("columns.csv", columns.as_bytes());
    let run = beside("cells.csv", format!("owner,name\n{}\nann,Ann\n", "x,".repeat(400_000)).as_bytes());
    assert!(run.stderr.contains("line 2: it has 400001 fields where the first row has 2"), "{}", run.stderr);
    beside("quote.csv", format!("user,arn,access_key_1_active\n\"{}", "\n".repeat(4 << 20)).as_bytes());
    beside("deep.toml", format!("[[owners]]\nid = {}\n", "[".repeat(100_000)).as_bytes());
    beside("keys.toml", format!("[[owners]]\n{}a = 1\n", "a.".repeat(100_000)).as_bytes());
}

#[cfg(unix)]
#[test]
fn odd_entries_neither_hang_nor_hide() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let at = |name: &[u8]| folder.path().join(OsStr::from_bytes(name));
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    let made = std::process::Command::new("mkfifo").arg(at(b"pipe.json")).status().unwrap();
    assert!(made.success());
    symlink("/dev/zero", at(b"zero.json")).unwrap();
    std::fs::File::create(at(b"sparse.json")).unwrap().set_len(1 << 30).unwrap();
    for name in [&b"a\xff.csv"[..], b"a\xfe.csv", b"a\\xff.csv", b"two\nlines.csv", b"\x1b[31mred.csv", &[b'n'; 255]] {
        std::fs::write(at(name), "harbour,berth\n").unwrap();
    }
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let results = run.results();
    let ignored: Vec<(&str, &str)> = results["ignored"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["reason"].as_str().unwrap()))
        .collect();
    for (name, why) in [
        ("pipe.json", "not a regular file"),
        ("zero.json", "not a regular file"),
        ("sparse.json", "not text"),
        // Names that differ stay different, whatever bytes they have.
        ("a\\xff.csv", "CSV of an unknown kind"),
        ("a\\xfe.csv", "CSV of an unknown kind"),
        ("a\\\\xff.csv", "CSV of an unknown kind"),
        ("two\\u{a}lines.csv", "CSV of an unknown kind"),
    ] {
        assert_eq!(
            ignored.iter().filter(|(path, reason)| *path == name && reason.starts_with(why)).count(),
            1,
            "{name}: {ignored:?}"
        );
    }
    assert_eq!(ignored.len(), 9);
    assert!(!run.stderr.contains('\u{1b}') && !run.stdout.contains('\u{1b}'));

    // A profile that never ends, or never begins, is none.
    for make in [
        |path: &std::path::Path| symlink("/dev/zero", path).is_ok(),
        |path: &std::path::Path| {
            std::process::Command::new("mkfifo").arg(path).status().is_ok_and(|status| status.success())
        },
    ] {
        let folder = TempDir::new().unwrap();
        copy(&fixture("broken"), folder.path(), &[GOOD]);
        assert!(make(&folder.path().join("assize.toml")));
        let run = check(folder.path(), &[]);
        assert_eq!(run.code, 2);
        assert!(run.stderr.contains("`assize.toml` cannot be read: it is not a regular file"), "{}", run.stderr);
    }
}

#[test]
fn many_small_files_are_read() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken"), folder.path(), &[GOOD]);
    for at in 0..5_000 {
        std::fs::write(folder.path().join(format!("{at}.toml")), format!("[[owners]]\nid = \"o{at}\"\n")).unwrap();
        std::fs::write(folder.path().join(format!("{at}.json")), "").unwrap();
    }
    let run = check(folder.path(), &[]);
    assert_eq!(run.code, 0);
    let results = run.results();
    assert_eq!(
        (results["exports"].as_array().unwrap().len(), results["ignored"].as_array().unwrap().len()),
        (5_001, 5_000)
    );
    assert!(run.stderr.contains("more of this severity") && run.stderr.len() < 20_000);
}
