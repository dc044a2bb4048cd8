//! Frameworks that are made of OSCAL catalogs.

use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::authoring::{assize_controls, controls, read, schema_of};
use crate::support::{AS_OF, assize, fixture};

fn catalog() -> String {
    fixture("oscal").join("catalog.json").to_str().unwrap().to_owned()
}

#[test]
fn a_catalog_becomes_a_framework_without_what_is_withdrawn() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("frameworks")).unwrap();
    let out = ["import", &catalog(), "--id", "harbour", "--out", "FOLDER/frameworks/harbour.toml"].map(str::to_owned);
    let out: Vec<&str> = out.iter().map(String::as_str).collect();
    let (code, text, stderr) = controls(folder, &out);
    assert_eq!((code, stderr.as_str()), (0, ""));
    insta::assert_snapshot!(text.replace(&catalog(), "CATALOG"), @r"
    6 requirements of CATALOG
    1 left out, withdrawn, as their `status` says: AC-2
    1 left out, only headings of others: IA
    1 left out, with a sentence and nothing else, where most of their class have more: of an older edition: IA-3
    2 left out, under a heading that has no text any more, or such a heading: OLD, OLD-1
    `--only ID` brings along what was left out, by its id or a pattern.

    wrote FOLDER/frameworks/harbour.toml
          FOLDER/schemas/framework.schema.json, by which an editor completes and checks it

    Next: name checks (`assize controls list`) or statements to attest in its parts, then `assize controls lint --controls`
    with the folder that `frameworks/` is in.
    To judge by it, use `--framework harbour`.
    ");
    let made = folder.join("frameworks/harbour.toml");
    insta::assert_snapshot!(read(made.clone()), @r#"
    #:schema ../schemas/framework.schema.json
    #
    # Made by `assize controls import` from an OSCAL catalog:
    # Harbour Access Baseline
    # Its requirements are not assessed until their parts name checks (`assize controls list`) or what a person must attest.

    id           = "harbour"
    title        = "Harbour Access Baseline"
    # The catalog's version: write the framework's own if that is another.
    version      = "3.1"
    publisher    = "Harbour Standards Board"
    url          = "https://standards.example.test/harbour-access-3.1"
    licence_note = "The titles and texts of the requirements are those of Harbour Standards Board, taken over from the catalog. The catalog does not say under which terms; look there before you pass them on."
    attribution  = "Harbour Standards Board, Harbour Access Baseline, 2026-03-01; OSCAL catalog, version 3.1"

    [[requirements]]
    id      = "AC-1"
    title   = "Policy"
    summary = """
    a. Write a policy on access; and
    b. Review it [how often]."""

    [[requirements.parts]]
    id         = "whole"
    title      = "a. Write a policy on access; and b. Review it [how often]"
    unanswered = "not mapped yet"

    [[requirements]]
    id      = "AC-3"
    title   = "Least \"privilege\""
    summary = "Grant no more than is needed."

    [[requirements.parts]]
    id         = "whole"
    title      = "Grant no more than is needed"
    unanswered = "not mapped yet"

    [[requirements]]
    id      = "AC-3(1)"
    aliases = ["ac-3.1"]
    title   = "Machines"
    summary = "Machines too."

    [[requirements.parts]]
    id         = "whole"
    title      = "Machines too"
    unanswered = "not mapped yet"

    [[requirements]]
    id      = "IA-1"
    title   = "Identities and credentials"
    summary = "Identities are listed"

    [[requirements.parts]]
    id         = "whole"
    title      = "Identities are listed"
    unanswered = "not mapped yet"

    [[requirements]]
    id      = "IA-2"
    title   = "Identities and credentials"
    summary = "Credentials end in time"

    [[requirements.parts]]
    id         = "whole"
    title      = "Credentials end in time"
    unanswered = "not mapped yet"

    [[requirements]]
    id      = "IA-4"
    title   = "Identities and credentials"
    summary = "Suppliers are known"

    [[requirements.parts]]
    id         = "whole"
    title      = "Suppliers are known"
    unanswered = "not mapped yet"
    "#);
    jsonschema::validate(&schema_of(&made), &toml::from_str::<Value>(&read(made)).unwrap()).unwrap();
    let (code, _, stderr) = controls(folder, &["lint", "--controls", "FOLDER"]);
    assert_eq!(code, 0, "{stderr}");
    assert!(!stderr.contains("harbour"), "{stderr}");
    // It is written over nothing.
    assert_eq!(controls(folder, &out).0, 2);
}

#[test]
fn what_was_imported_is_not_assessed_until_it_is_mapped() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (code, _, stderr) =
        controls(folder, &["import", &catalog(), "--id", "harbour", "--out", "FOLDER/frameworks/harbour.toml"]);
    assert_eq!(code, 0, "{stderr}");
    let mut run =
        assize(&["check", "--as-of", AS_OF, "--framework", "harbour", "--framework", "owasp-nhi-2025", "--controls"]);
    let report = folder.join("out");
    let run = run.arg(folder).arg("--report").arg(&report).arg(fixture("marrowick")).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let results: Value = serde_json::from_str(&read(report.join("results.json"))).unwrap();
    let frameworks = results["frameworks"].as_array().unwrap();
    let ours = frameworks.iter().find(|framework| framework["id"] == "harbour").unwrap();
    let statuses = ours["requirements"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap());
    assert_eq!(statuses.collect::<Vec<_>>(), ["not_assessed"; 6]);
}

/// Every output says what was replaced or added.
#[test]
fn some_of_a_catalog_comes_along_by_pattern_whatever_is_said_of_it() {
    let (code, text, stderr) = assize_controls(&["import", &catalog(), "--only", "IA-*", "--only", "ac-2"]);
    assert_eq!(code, 0, "{stderr}");
    let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id      = ")).collect();
    assert_eq!(ids, ["\"AC-2\"", "\"IA-1\"", "\"IA-2\"", "\"IA-3\"", "\"IA-4\""]);
    assert!(text.contains("id           = \"harbour-access-baseline\""), "{text}");
    assert!(stderr.starts_with("5 requirements of "), "{stderr}");
}

#[test]
fn what_is_no_catalog_is_told() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let told = |text: &str| {
        std::fs::write(folder.join("c.json"), text).unwrap();
        let (code, out, stderr) = controls(folder, &["import", "FOLDER/c.json"]);
        assert_eq!((code, out.as_str()), (2, ""), "{text}");
        stderr
    };
    insta::assert_snapshot!(told("<catalog/>"), @r"
    error[not-a-catalog]: the file is XML, and OSCAL's JSON is read
    help: catalogs are published in both forms; `oscal-cli catalog convert --to json` makes one of the other
    ");
    insta::assert_snapshot!(told("{\"profile\": {}}"), @r"
    error[not-a-catalog]: the file is no OSCAL catalog: line 1, column 15
    help: it must be JSON with `catalog` at its top, as of OSCAL 1.x; profiles must be resolved into a catalog first
    ");
    insta::assert_snapshot!(told("{\"catalog\": {\"metadata\": {}}}"), @r"
    error[empty-catalog]: no control of the catalog can become a requirement
    help: the catalog has no controls; a profile of OSCAL must be resolved into a catalog first
    ");
    insta::assert_snapshot!(told(&format!("{{\"catalog\": {{\"metadata\": {{}}, \"x\": {}", "[".repeat(100_000))), @r"
    error[not-a-catalog]: the file is no OSCAL catalog: line 1, column 100034
    help: it must be JSON with `catalog` at its top, as of OSCAL 1.x; profiles must be resolved into a catalog first
    ");
    assert!(controls(folder, &["import", &catalog(), "--only", "nothing*"]).2.contains("the patterns fit none of its"));
    assert!(controls(folder, &["import", "FOLDER/none.json"]).2.contains("cannot be read"));
    assert!(controls(folder, &["import", &catalog(), "--id", "../x"]).2.contains("cannot be an id"));
}

/// A whole catalog of a publisher, where `ASSIZE_OSCAL_CATALOG` names one: NIST's of the CSF 2.0, as JSON.
#[test]
fn the_whole_catalog_of_the_csf_comes_without_its_older_edition() {
    let Some(catalog) = std::env::var_os("ASSIZE_OSCAL_CATALOG") else {
        println!("ASSIZE_OSCAL_CATALOG is not set: no real catalog was read");
        return;
    };
    if let Some(schema) = std::env::var_os("ASSIZE_OSCAL_SCHEMA") {
        let parsed = |path: PathBuf| serde_json::from_str::<Value>(&read(path)).unwrap();
        let schema = jsonschema::validator_for(&parsed(schema.into())).unwrap();
        for one in [PathBuf::from(&catalog), self::catalog().into()] {
            let wrong: Vec<String> = schema.iter_errors(&parsed(one.clone())).map(|wrong| wrong.to_string()).collect();
            assert!(wrong.is_empty(), "{}: {wrong:?}", one.display());
        }
    }
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let (code, text, stderr) =
        controls(folder, &["import", catalog.to_str().unwrap(), "--id", "csf", "--out", "FOLDER/frameworks/csf.toml"]);
    assert_eq!(code, 0, "{stderr}");
    // The framework has 106 subcategories, and its catalog 79 more that are the older edition's.
    assert!(text.starts_with("106 requirements of "), "{text}");
    let made = read(folder.join("frameworks/csf.toml"));
    let has = |id: &str| made.contains(&format!("id      = \"{id}\""));
    assert!(has("PR.AA-05") && has("ID.RA-07") && has("GV.SC-01"));
    for older in ["PR.AC-01", "ID.SC-05", "ID.AM-06", "PR.AC", "PR.AA"] {
        assert!(!has(older), "{older}");
    }
    let (code, _, stderr) = controls(folder, &["lint", "--controls", "FOLDER"]);
    assert!(code == 0 && !stderr.contains("csf.toml"), "{stderr}");
}

/// A catalog of these controls in one group.
fn of(entries: Value) -> String {
    json!({"catalog": {"metadata": {"title": "Small"}, "groups": [{"title": "All", "controls": entries}]}}).to_string()
}

/// What an import says of a catalog, and the requirements that it makes.
fn imported(catalog: &str) -> (i32, String, Vec<String>) {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("catalog.json"), catalog).unwrap();
    let made = ["import", "FOLDER/catalog.json", "--out", "FOLDER/frameworks/small.toml"];
    let (code, text, stderr) = controls(folder.path(), &made);
    let file = folder.path().join("frameworks/small.toml");
    let ids = if file.exists() { read(file) } else { String::new() };
    let ids = ids.lines().filter_map(|line| line.strip_prefix("id      = ")).map(str::to_owned).collect();
    if code == 0 {
        let (lint, _, wrong) = controls(folder.path(), &["lint", "--controls", "FOLDER"]);
        assert!(lint == 0 && !wrong.contains("small.toml"), "{wrong}");
    }
    (code, format!("{text}{stderr}"), ids)
}

#[test]
fn whatever_the_words_what_is_withdrawn_stays_behind() {
    let status = |name: &str, value: &str| json!([{"name": name, "value": value}]);
    let link = |rel: &str| json!([{"href": "#a-1", "rel": rel}]);
    let (code, text, ids) = imported(&of(json!([
        {"id": "A-1", "title": "Stays"},
        {"id": "A-2", "title": "Gone", "props": status("status", "Withdrawn")},
        {"id": "A-3", "title": "Gone", "props": status("Status", " WITHDRAWN ")},
        {"id": "A-4", "title": "Gone", "props": status("status", "withdrawn (2024)")},
        {"id": "A-5", "title": "Gone", "props": status("withdrawn", "yes"), "controls": [{"id": "A-5.1", "title": "Too"}]},
        {"id": "A-6", "title": "Gone", "links": link("moved-to")},
        {"id": "A-7", "title": "Gone", "links": link("Incorporated-Into")},
        {"id": "A-8", "title": "Stays", "props": status("withdrawn", "no"), "links": link("related")},
        {"id": "A-9", "title": "Stays", "props": status("status", "not withdrawn")},
    ])));
    assert_eq!((code, ids), (0, ["\"A-1\"", "\"A-8\"", "\"A-9\""].map(str::to_owned).to_vec()), "{text}");
    assert!(text.contains("5 left out, withdrawn, as their `status` says: A-2, A-3, A-4, A-5, A-5.1\n"), "{text}");
    assert!(
        text.contains("2 left out, withdrawn, as a link says that they moved or are part of another: A-6, A-7\n"),
        "{text}"
    );
}

#[test]
fn what_has_no_id_is_told_by_its_place() {
    let (code, text, ids) = imported(&of(json!([
        {"id": "A-1", "title": "Kept"},
        {"title": "No id"},
        {"id": "  ", "title": "Blank", "controls": [{"id": "", "title": "Within"}]},
        {"id": "a-1", "title": "Again"},
    ])));
    assert_eq!((code, ids), (0, vec!["\"A-1\"".to_owned()]), "{text}");
    let places = "/catalog/groups/0/controls/1, /catalog/groups/0/controls/2, /catalog/groups/0/controls/2/controls/0";
    assert!(
        text.contains(&format!("3 left out, without an id, by which nobody could name them: {places}\n")),
        "{text}"
    );
    assert!(text.contains("1 left out, another one has the same id: a-1\n"), "{text}");
}

#[test]
fn groups_without_end_are_refused() {
    let deep = format!("{}{}", "{\"groups\": [".repeat(20_000), "]}".repeat(20_000));
    let (code, text, ids) = imported(&format!("{{\"catalog\": {{\"metadata\": {{}}, \"groups\": [{deep}]}}}}"));
    assert_eq!((code, ids.len()), (2, 0), "{text}");
    assert!(text.contains("error[not-a-catalog]"), "{text}");
}
