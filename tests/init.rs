//! `assize init`: a profile and an inventory begun from what a folder says, and nothing decided for a person.

use std::path::Path;

use crate::support;
use crate::support::{account, assize, check, copy, fixture, verdicts};
use serde_json::Value;
use tempfile::TempDir;

/// Exit code, standard output and standard error of one run.
fn init(folder: &Path, more: &[&str]) -> (i32, String, String) {
    let output = assize(&["init"]).arg(folder).args(more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// A copy of a fixture without its profile.
fn without_profile(name: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (file, bytes) in support::files(&fixture(name)).iter().filter(|(file, _)| *file != "assize.toml") {
        let to = folder.path().join(file);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
    folder
}

fn text(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The text as TOML, held against a schema.
fn valid(text: &str, schema: &str) -> toml::Table {
    let read: toml::Table = text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas").join(format!("assize-{schema}.schema.json"));
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let value = serde_json::to_value(&read).unwrap();
    let errors: Vec<String> =
        jsonschema::validator_for(&schema).unwrap().iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{text}");
    read
}

/// Nothing is said of the profile itself: it is read without a diagnostic.
fn reads_clean(folder: &Path) {
    let run = check(folder, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for word in ["assize.toml:", "manifest-matches-nothing", "bad-scope", "duplicate-scope", "inventory.toml"] {
        assert!(!run.stderr.contains(word), "{}", run.stderr);
    }
    assert!(!run.results()["profile"]["sha256"].is_null());
}

#[test]
fn a_profile_is_begun_from_what_the_exports_say() {
    let folder = without_profile("marrowick");
    let (code, stdout, stderr) = init(folder.path(), &[]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    for words in ["77 identities of 5 scopes", "when 26 files were collected", "place 2 scopes", "assize check "] {
        assert!(stdout.contains(words), "{words}: {stdout}");
    }
    assert!(!folder.path().join("inventory.toml").exists());
    let written = text(folder.path(), "assize.toml");
    let read = valid(&written, "profile");
    // The schema that it names lies beside it, and is no export that was left out.
    let named = written.lines().next().unwrap().strip_prefix("#:schema ").unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/assize-profile.schema.json");
    assert_eq!(text(folder.path(), named), std::fs::read_to_string(own).unwrap());
    let run = check(folder.path(), &[]);
    assert!(!run.stdout.contains(named) && run.results()["ignored"].to_string().contains(named), "{}", run.stdout);
    let list =
        |name: &str| -> Vec<&str> { read[name].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect() };
    let scopes = ["aws:285019463370", "aws:614820937715", "aws:730516284409"];
    assert_eq!((list("expected_scopes"), list("own_scopes")), (scopes.to_vec(), scopes.to_vec()));
    // A name that was made of a folder is offered, and not taken.
    assert!(written.contains("  # \"kubernetes:north-1\", # made from the name of a folder"), "{written}");
    assert_eq!((list("owner_tags"), list("environment_tags")), (vec!["owner"], vec!["env"]));
    // Whom to trust, and what a label of the organisation's own means, is for a person to say.
    assert!(list("trusted_scopes").is_empty());
    assert!(written.contains("  # \"aws:902361547788\", # trusted by aws:614820937715:role:"), "{written}");
    let labels: Vec<(&String, &str)> = read["environments"]
        .as_table()
        .unwrap()
        .iter()
        .map(|(label, means)| (label, means.as_str().unwrap()))
        .collect();
    assert_eq!(labels, [(&"prod".to_owned(), "production")]);
    assert!(written.contains("# \"lab\" = \"\" # on 19 identities"), "{written}");
    assert!(written.contains("\"owner\", # on 64 of 77 identities"), "{written}");
    // When files were collected is not in them, and the clock and the times of files are no evidence.
    let entries = read["exports"].as_array().unwrap();
    assert_eq!(entries.len(), 26);
    assert!(entries.iter().all(|entry| entry.as_table().unwrap().keys().eq(["path"])), "{written}");
    assert!(
        written.contains("#   aws/614820937715/credential-report.json (aws-credential-report), 2026-10-31T06:04:12Z")
    );
    for framework in ["owasp-nhi-2025", "nist-csf-2.0", "nist-sp-800-207"] {
        assert!(written.contains(&format!("#   \"{framework}\", # ")), "{framework}");
    }
    assert!(written.contains("# [params.credential-rotated]") && written.contains("# max_age = \"90d\""), "{written}");
    reads_clean(folder.path());
}

/// With the comments that offer a value taken away the profile is still one.
#[test]
fn what_is_offered_can_be_taken() {
    let folder = without_profile("marrowick");
    init(folder.path(), &[]);
    let mut taken = String::new();
    for line in text(folder.path(), "assize.toml").lines() {
        let offered = line.trim_start().strip_prefix("# ").filter(|rest| {
            let key = rest.split(' ').next().unwrap();
            rest.starts_with("[params")
                || key.starts_with("max_")
                || ["scope", "command"].contains(&key)
                || rest.starts_with("\"aws:")
        });
        taken.push_str(offered.filter(|rest| !rest.contains("= \"\"")).unwrap_or(line));
        taken.push('\n');
    }
    let read = valid(&taken, "profile");
    let offered = taken.lines().filter(|line| line.starts_with("[params")).count();
    assert_eq!(read["params"].as_table().unwrap().len(), offered, "{taken}");
    assert!(offered > 8, "{taken}");
    assert_eq!(read["trusted_scopes"].as_array().unwrap().len(), 2);
    std::fs::write(folder.path().join("assize.toml"), taken).unwrap();
    reads_clean(folder.path());
}

#[test]
fn the_same_folder_gives_the_same_text() {
    let written = |_: usize| {
        let folder = without_profile("marrowick");
        assert_eq!(init(folder.path(), &["--inventory"]).0, 0);
        (text(folder.path(), "assize.toml"), text(folder.path(), "inventory.toml"))
    };
    let one = written(0);
    assert_eq!(one, written(1));
    let here = TempDir::new().unwrap();
    assert!(!one.0.contains(here.path().parent().unwrap().to_str().unwrap()));
    // A run on what it wrote itself finds the same.
    let folder = without_profile("marrowick");
    assert_eq!(init(folder.path(), &[]).0, 0);
    assert_eq!(init(folder.path(), &["--force"]).0, 0);
    assert_eq!(text(folder.path(), "assize.toml"), one.0);
}

/// What a person wrote is not lost, and is not read either where it is to be begun anew.
#[test]
fn what_is_there_is_left_as_it_is() {
    let folder = without_profile("partial");
    std::fs::write(folder.path().join("assize.toml"), "mine = [").unwrap();
    for more in [&[][..], &["--inventory"]] {
        // Without the profile that is kept an inventory cannot be begun either, where that cannot be read.
        let (code, stdout, stderr) = init(folder.path(), more);
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(more.len() == 1 || stderr.contains("assize.toml` is there already, and left as it is"), "{stderr}");
        assert!(more.len() == 1 || stderr.contains("--force"), "{stderr}");
        assert_eq!(text(folder.path(), "assize.toml"), "mine = [");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else is left behind");
    }
    std::fs::remove_file(folder.path().join("assize.toml")).unwrap();
    std::fs::write(folder.path().join("inventory.toml"), "mine = [").unwrap();
    let (code, stdout, stderr) = init(folder.path(), &["--inventory"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("inventory.toml, which is there already, as it is"), "{stdout}");
    assert_eq!(text(folder.path(), "inventory.toml"), "mine = [");
    std::fs::remove_file(folder.path().join("inventory.toml")).unwrap();
    std::fs::write(folder.path().join("assize.toml"), "mine = [").unwrap();
    assert_eq!(init(folder.path(), &["--force"]).0, 0);
    reads_clean(folder.path());
}

#[test]
fn a_folder_in_which_nothing_is_found_gets_no_profile() {
    let empty = TempDir::new().unwrap();
    let (code, stdout, stderr) = init(empty.path(), &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("there is no file in") && stderr.contains("`assize sources`"), "{stderr}");
    assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0);
    std::fs::write(empty.path().join("notes.txt"), "harbour\n").unwrap();
    let (code, _, stderr) = init(empty.path(), &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("is no export that assize reads"), "{stderr}");
    let (code, _, stderr) = init(&empty.path().join("missing"), &[]);
    assert_eq!(code, 2);
    assert!(stderr.contains("there is no folder"), "{stderr}");
}

#[test]
fn hostile_names_act_in_nothing_that_is_written() {
    let folder = without_profile("hostile");
    let odd = folder.path().join("aws/a*b[1]{x,y}?.csv");
    std::fs::rename(folder.path().join("aws/credential-report.csv"), &odd).unwrap();
    let (code, stdout, stderr) = init(folder.path(), &["--inventory"]);
    assert_eq!(code, 0, "{stderr}");
    let (profile, inventory) = (text(folder.path(), "assize.toml"), text(folder.path(), "inventory.toml"));
    for text in [&profile, &inventory, &stdout, &stderr] {
        assert!(!text.contains("CANARY"), "{text}");
        let acting = text.chars().find(|c| *c != '\n' && assize::base::text::acts(*c));
        assert_eq!(acting, None, "{text}");
    }
    let read = valid(&profile, "profile");
    assert!(profile.contains("path = \"aws/a\\\\*b\\\\[1\\\\]\\\\{x,y\\\\}\\\\?.csv\""), "{profile}");
    let labels = read["environments"].as_table().unwrap();
    assert_eq!(labels.keys().collect::<Vec<_>>(), ["prod"]);
    assert!(profile.lines().all(|line| line.len() < 1000), "{profile}");
    valid(&inventory, "inventory");
    reads_clean(folder.path());
}

/// An inventory as it is begun says nothing: no verdict moves by it.
#[test]
fn an_inventory_is_begun_that_states_nothing() {
    let folder = without_profile("partial");
    assert_eq!(init(folder.path(), &[]).0, 0);
    let before = verdicts(&check(folder.path(), &[]));
    let (code, stdout, _) = init(folder.path(), &["--force", "--inventory"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("fill in inventory.toml"), "{stdout}");
    let inventory = text(folder.path(), "inventory.toml");
    let read = valid(&inventory, "inventory");
    let entries = read["identities"].as_array().unwrap();
    let ids: Vec<&str> = entries.iter().map(|entry| entry["identity"].as_str().unwrap()).collect();
    assert!(entries.iter().all(|entry| entry.as_table().unwrap().len() == 1), "{inventory}");
    assert!(ids.iter().any(|id| id.ends_with("role/route-insight-assistant")), "{ids:?}");
    assert!(inventory.contains("# recognised by: invokes-models"), "{inventory}");
    assert!(read["owners"].as_array().unwrap().iter().any(|owner| owner["id"].as_str() == Some("team-data")));
    assert!(!read.contains_key("closures") && !read.contains_key("ai_systems"), "{inventory}");
    reads_clean(folder.path());
    assert_eq!(verdicts(&check(folder.path(), &[])), before);
}

/// Whether a person uses an IAM user no export says, so that is asked for; what a role is needs no word.
#[test]
fn the_kind_is_asked_for_where_it_is_not_known() {
    let trust = serde_json::json!({ "Service": "ec2.amazonaws.com" });
    let folder =
        account::folder(&[account::user(account::ACCOUNT, "ann")], &[account::role("worker", &trust, "s3:*")], &[]);
    assert_eq!(init(folder.path(), &["--inventory"]).0, 0);
    let inventory = text(folder.path(), "inventory.toml");
    let entry = |name: &str| inventory.split("[[identities]]").find(|entry| entry.contains(name)).unwrap().to_owned();
    assert!(entry("user/ann").contains("\n# kind = \"\" # `human` for a person's account"), "{inventory}");
    assert!(!entry("role/worker").contains("# kind"), "{inventory}");
}

/// Two snapshots that nothing dates stop an assessment; here is where the dates are to be said.
#[test]
fn what_only_the_profile_can_settle_is_no_obstacle() {
    let folder = TempDir::new().unwrap();
    copy(&fixture("broken/two-snapshots"), folder.path(), &["first.json", "second.json"]);
    let (code, _, stderr) = init(folder.path(), &[]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stderr.contains("warning[two-snapshots]"), "{stderr}");
    let read = valid(&text(folder.path(), "assize.toml"), "profile");
    assert_eq!(read["exports"].as_array().unwrap().len(), 2);
}
