//! `assize explain`: who is meant by an id, that what is said of changes is so, and that no name acts.

use std::path::Path;

use crate::support;
use crate::support::explain as shared;
use crate::support::{AS_OF, copy, files, fixture};
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::Value;
use shared::{as_json, run};
use tempfile::TempDir;

/// Whatever names a subject, it is the same subject.
#[test]
fn ids_names_and_keys() {
    let folder = fixture("marrowick");
    let of = |id: &str| as_json(&folder, id, AS_OF)["subject"]["id"].as_str().unwrap().to_owned();
    let id = "aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher";
    for asked in [
        id,
        "arn:aws:iam::730516284409:role/ticket-dispatcher",
        "AROA2UFRJ4P4RXKBPLIPI",
        "Ticket-Dispatcher",
        "role/ticket-dispatcher",
    ] {
        assert_eq!(of(asked), id, "{asked}");
    }
    // The slot of the credential report is another name of the key in it.
    let key = of("AKIAY6JRO77Z5EXAMPLE");
    assert_eq!(of(&key), key);
}

#[test]
fn an_unknown_id_gives_the_nearest_and_an_ambiguous_one_all() {
    let (code, stdout, stderr) = run(&fixture("marrowick"), "tiket-dispatcher", &["--as-of", AS_OF]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    insta::assert_snapshot!(stderr, @r"
    error[unknown-id]: nothing goes by `tiket-dispatcher` among 84 identities, 35 credentials, 19 AI systems, 70 resources, 20 owners, 12 groups, 65 policies, 9 exposures
    help: write an id as `findings.csv` or a `verdicts-*.csv` has it, an ARN, a key's id, a name, or the id of a finding in quotes

    perhaps:
      identity   ticket-dispatcher
                 aws:730516284409:role:arn:aws:iam::730516284409:role/ticket-dispatcher
    ");
    let (code, stdout, stderr) = run(&fixture("marrowick"), "sso-platform-admin", &["--as-of", AS_OF]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    insta::assert_snapshot!(stderr, @r#"
error[ambiguous-id]: `sso-platform-admin` may mean 3 subjects
help: write the whole id of the one that is meant

perhaps:
  identity   sso-platform-admin
             aws:285019463370:role:arn:aws:iam::285019463370:role/sso-platform-admin
  identity   sso-platform-admin
             aws:614820937715:role:arn:aws:iam::614820937715:role/sso-platform-admin
  identity   sso-platform-admin
             aws:730516284409:role:arn:aws:iam::730516284409:role/sso-platform-admin
"#);
    let (code, _, stderr) = run(&fixture("marrowick"), "\u{1b}[31m", &["--as-of", AS_OF]);
    assert!(code == 2 && !stderr.contains('\u{1b}'), "{stderr:?}");
    for (folder, id, more) in [("nowhere", "x", None), ("marrowick", "label-reader", Some("never"))] {
        let more: Vec<&str> = more.map(|date| vec!["--as-of", date]).unwrap_or_default();
        assert_eq!(run(&fixture(folder), id, &more).0, 2);
    }
}

/// A pass that ends by time alone passes until a second before, and not from then on.
#[test]
fn the_day_on_which_a_pass_ends() {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in support::files(&fixture("marrowick")) {
        let path = folder.path().join(&name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Exports that grow too old would leave it undecided before.
        let kept = |text: &str| {
            text.lines().filter(|line| !line.starts_with("max_evidence_age")).collect::<Vec<_>>().join("\n")
        };
        let bytes = if name == "assize.toml" { kept(std::str::from_utf8(&bytes).unwrap()).into_bytes() } else { bytes };
        std::fs::write(path, bytes).unwrap();
    }
    let folder = folder.path();
    let mut seen = 0;
    for id in ["AKIAY6JRO77Z5EXAMPLE", "demand-forecast-runner"] {
        let all = as_json(folder, id, AS_OF);
        for verdict in all["verdicts"].as_array().unwrap().iter().filter(|one| one["verdict"] == "pass") {
            let Some(from) = verdict["changes"][0]["from"].as_str() else { continue };
            seen += 1;
            let name = &verdict["check_run"];
            let at = |as_of: &str| {
                let then = as_json(folder, id, as_of);
                let mut found = then["verdicts"].as_array().unwrap().iter().filter(|one| one["check_run"] == *name);
                found.next().map(|one| one["verdict"].clone())
            };
            let before = assize::base::time::Instant(assize::base::time::Instant::parse(from).unwrap().0 - 1);
            assert_eq!(at(&before.to_string()), Some("pass".into()), "{id} {name} before {from}");
            assert_eq!(at(from), Some(verdict["changes"][0]["verdict"].clone()), "{id} {name} at {from}");
        }
    }
    assert!(seen >= 5, "{seen}");
}

/// What is said under `passes if` is done in a copy of the exports, and the check passes.
#[test]
fn what_is_said_to_change_a_verdict_does() {
    let folder = TempDir::new().unwrap();
    let from = fixture("marrowick");
    copy(&from, folder.path(), &files(&from).keys().map(String::as_str).collect::<Vec<_>>());
    let verdict = |check: &str, id: &str| {
        let all = as_json(folder.path(), id, AS_OF);
        let mut found = all["verdicts"].as_array().unwrap().iter().filter(|one| one["check_run"] == check);
        found.next().cloned().unwrap_or_default()
    };
    let changes = |verdict: &Value| -> Vec<String> {
        let all = verdict["changes"].as_array().unwrap().iter();
        all.flat_map(|change| change["facts"].as_array().unwrap())
            .map(|fact| fact.as_str().unwrap().to_owned())
            .collect()
    };
    let edit = |name: &str, from: &str, to: &str| {
        let path = folder.path().join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name} holds {from}");
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
    };

    let failed = verdict("owner-active", "demand-forecast-runner");
    assert_eq!(changes(&failed), ["`owner.active` of David Acheampong is yes"]);
    let text = std::fs::read_to_string(folder.path().join("inventory/owners.toml")).unwrap();
    let entry = text.split("[[owners]]").find(|entry| entry.contains("david.acheampong")).unwrap().to_owned();
    let mended: String =
        entry.lines().filter(|line| !line.starts_with("left_at")).flat_map(|line| [line, "\n"]).collect();
    edit("inventory/owners.toml", &entry, &mended.replace("false", "true"));
    assert_eq!(verdict("owner-active", "demand-forecast-runner")["verdict"], "pass");

    let failed = verdict("access-reviewed", "partner-berrowsoft-eval");
    assert_eq!(changes(&failed), ["`identity.last_review_at` is on or after 2026-08-04"]);
    edit("inventory/reviews.csv", "2026-05-04", "2026-08-03");
    assert_eq!(verdict("access-reviewed", "partner-berrowsoft-eval")["verdict"], "fail");
    edit("inventory/reviews.csv", "2026-08-03", "2026-08-04");
    assert_eq!(verdict("access-reviewed", "partner-berrowsoft-eval")["verdict"], "pass");
}

#[test]
fn the_answer_is_the_same_with_any_number_of_threads() {
    for format in ["text", "json", "markdown"] {
        let with = |threads: &str| {
            let more = ["--as-of", AS_OF, "--format", format, "--threads", threads];
            run(&fixture("marrowick"), "customer-contacts", &more)
        };
        assert_eq!(with("1"), with("7"), "{format}");
    }
}

/// The form is held for subjects of every kind, also where nearly nothing is known.
#[test]
fn json_is_of_its_schema() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/explanation-v1.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (folder, id) in [
        ("marrowick", "ops-remediator"),
        ("marrowick", "warehouse-curated-read"),
        ("marrowick", "oncall"),
        ("marrowick", "Dock chat"),
        ("partial", "amara.okoye"),
        ("hostile", "![x](http://127.0.0.1/x.png)"),
    ] {
        let id = if id == "amara.okoye" { "user/amara.okoye" } else { id };
        let id = if folder == "hostile" {
            "aws:111122223333:user:arn:aws:iam::111122223333:user/<script>alert(1)</script>"
        } else {
            id
        };
        let one = as_json(&fixture(folder), id, AS_OF);
        let errors: Vec<String> = validator.iter_errors(&one).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{id}: {errors:#?}");
        assert_eq!(one["schema"], "assize.explanation/v1");
    }
}

/// Names act in no form, and no planted secret stands in one.
#[test]
fn hostile_names_do_nothing() {
    let folder = fixture("hostile");
    let ids = [
        "aws:111122223333:user:arn:aws:iam::111122223333:user/<script>alert(1)</script>",
        "arn:aws:iam::111122223333:role/\"><img src=x onerror=alert(1)>",
        "{{ 7 * 7 }}{% raw %}",
    ];
    for id in ids {
        for format in ["text", "json", "markdown"] {
            let (code, stdout, stderr) = run(&folder, id, &["--as-of", AS_OF, "--format", format]);
            if code == 2 {
                // Several go by the name, and are told.
                assert!(stderr.contains("ambiguous-id"), "{id}: {stderr}");
                continue;
            }
            let acts = |c: char| c != '\n' && assize::base::text::acts(c);
            assert!(!stdout.contains(acts) && !stderr.contains(acts), "{id} as {format}");
            assert!(!stdout.contains("CANARY"), "{id} as {format}");
            if format == "markdown" {
                for event in Parser::new_ext(&stdout, Options::all()) {
                    let harmless = !matches!(
                        event,
                        Event::Html(_)
                            | Event::InlineHtml(_)
                            | Event::Start(Tag::HtmlBlock | Tag::Image { .. } | Tag::Link { .. } | Tag::CodeBlock(_))
                    );
                    assert!(harmless, "{id}: {event:?}");
                }
            }
        }
    }
}

/// Where it is not known whether a check applies, neither what it would ask nor why it would apply has decided anything.
#[test]
fn nothing_has_decided_what_is_not_known() {
    let folder = fixture("partial");
    let mut seen = 0;
    for role in ["customs-form-helper", "invoice-matcher"] {
        let explained =
            as_json(&folder, &format!("aws:614820937715:role:arn:aws:iam::614820937715:role/{role}"), AS_OF);
        let verdicts = explained["verdicts"].as_array().unwrap();
        // Its environment is not known, and it is known to be AI-connected.
        let crossed = verdicts.iter().find(|one| one["check_run"] == "environment-not-crossed").unwrap();
        assert_eq!(
            (&crossed["verdict"], &crossed["evidence"]),
            (&"unknown".into(), &Value::Array(Vec::new())),
            "{role}"
        );
        seen += verdicts.iter().filter(|one| one["verdict"] == "pass" && one["evidence"][0].is_object()).count();
    }
    assert!(seen > 0, "what passes has evidence");
}
