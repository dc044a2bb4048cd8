//! Reports of each form, and what they come to with the places of the same secrets elsewhere.

use crate::export::declared::{Declared, Entry};
use crate::model::facts::{credential, exposure};
use crate::model::listing::Listing;
use crate::model::schema::{FactId, FactType, Subject};
use crate::model::slots::{Cell, Row, Scalar};
use crate::source::{Loaded, Options, load};

const TOKEN: &str = "ghp_q7RwZ2mK9xLp4TvB8nHc5JdF3gYs6QaWe1Uo";

fn read(files: &[(&str, &str)], entry: Option<Entry>) -> Loaded {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text.replace("@T", TOKEN)).unwrap();
    }
    let declared = Declared { entries: entry.into_iter().collect(), ..Declared::default() };
    let mut loaded = load(folder.path(), &declared, &Options::default());
    loaded.world.seal();
    loaded
}

fn scoped(path: &str, scope: &str) -> Entry {
    let mut entry = Entry::new(path).unwrap();
    entry.scope = Some(scope.to_owned());
    entry
}

fn shown(loaded: &Loaded, row: Row, fact: FactId) -> String {
    match loaded.world.cell(row, fact) {
        Cell::Known(Scalar::Str(text)) => text.to_owned(),
        Cell::Known(Scalar::Time(at)) => crate::base::time::Instant(at).to_string(),
        Cell::Known(Scalar::Enum(code)) => match fact.def().ty {
            FactType::Enum(def) => def.text(code).to_owned(),
            _ => "?".to_owned(),
        },
        Cell::Known(Scalar::Ref(row)) => {
            let id = loaded.world.table(row.subject).id(row.index).unwrap();
            loaded.world.strings.text(id).to_owned()
        }
        Cell::Absent => "absent".to_owned(),
        _ => "-".to_owned(),
    }
}

/// Each exposure: id, place, kind, when, and of which credential.
fn exposures(loaded: &Loaded) -> Vec<String> {
    let table = loaded.world.table(Subject::Exposure);
    let facts = [
        exposure::ID.id,
        exposure::LOCATION.id,
        exposure::KIND.id,
        exposure::DETECTED_AT.id,
        exposure::RESOLVED_AT.id,
        exposure::RULE.id,
        exposure::CREDENTIAL.id,
    ];
    let one = |row| facts.map(|fact| shown(loaded, Row::new(Subject::Exposure, row), fact)).join(" | ");
    let mut all: Vec<String> = table.rows().map(one).collect();
    all.sort();
    all
}

const EIGHT: &str = r#"[
 {"RuleID": "github-pat", "Description": "x", "StartLine": 3, "EndLine": 3, "StartColumn": 9, "EndColumn": 48,
  "Match": "token: @T", "Secret": "@T", "File": "deploy/app.yml", "SymlinkFile": "", "Commit": "0a1b2c3d4e5f60718293",
  "Entropy": 4.5, "Author": "Ann", "Email": "ann@example.org", "Date": "2026-03-01T10:00:00Z", "Message": "m", "Tags": [],
  "Fingerprint": "0a1b2c3d4e5f60718293:deploy/app.yml:github-pat:3"},
 {"RuleID": "github-pat", "StartLine": 5, "StartColumn": 2, "Match": "@T", "Secret": "@T", "File": "README.md",
  "Commit": "ffff2c3d4e5f60718293", "Date": "2026-02-01T12:00:00+02:00", "Tags": ["a"], "Fingerprint": ""},
 {"RuleID": "aws-access-token", "StartLine": 1, "Match": "REDACTED", "Secret": "REDACTED", "File": ".env", "Commit": "", "Date": ""}
]"#;

#[test]
fn one_secret_in_two_commits_is_one_credential() {
    let loaded = read(&[("r.json", EIGHT)], Some(scoped("r.json", "gitleaks:acme-shop")));
    let credential = "gitleaks:acme-shop:finding:0a1b2c3d4e5f60718293:deploy/app.yml:github-pat:3:secret";
    assert_eq!(
        exposures(&loaded),
        [
            "gitleaks:acme-shop:finding:.env:aws-access-token:1 | acme-shop: .env:1 | configuration | - | - | aws-access-token | absent"
                .to_owned(),
            format!("gitleaks:acme-shop:finding:0a1b2c3d4e5f60718293:deploy/app.yml:github-pat:3 | acme-shop: deploy/app.yml:3 @0a1b2c3d4e5f | repository | 2026-03-01T10:00:00Z | - | github-pat | {credential}"),
            format!("gitleaks:acme-shop:finding:ffff2c3d4e5f60718293:README.md:github-pat:5 | acme-shop: README.md:5 @ffff2c3d4e5f | repository | 2026-02-01T10:00:00Z | - | github-pat | {credential}"),
        ]
    );
    let report = &loaded.exports[0];
    assert_eq!((report.read, report.rejected, report.source), (3, 0, Some("gitleaks")));
    assert_eq!(report.control_totals, [("findings".to_owned(), 3), ("secrets_hidden_by_the_scanner".to_owned(), 1)]);
}

#[test]
fn a_secret_of_a_configuration_that_was_committed_is_one_credential() {
    let config = r#"{"mcpServers": {"github": {"command": "x", "env": {"GITHUB_TOKEN": "@T"}}}}"#;
    let loaded = read(&[("r.json", EIGHT), ("mcp.json", config)], Some(scoped("r.json", "gitleaks:acme-shop")));
    let id = "mcp:exports:credential:mcp.json/github/env:GITHUB_TOKEN";
    let row = loaded.world.strings.get(id).and_then(|id| loaded.world.table(Subject::Credential).find(id)).unwrap();
    let row = Row::new(Subject::Credential, row);
    assert_eq!(shown(&loaded, row, credential::SYSTEM.id), "github");
    let mut count = 0;
    loaded.world.list(row, credential::EXPOSURES.id, &mut |_| {
        count += 1;
        true
    });
    assert_eq!(count, 3, "two commits and the configuration: {:?}", exposures(&loaded));
}

#[test]
fn ids_of_keys_are_those_that_aws_lists() {
    let text = r#"[{"RuleID": "aws-access-token", "StartLine": 1, "Secret": "AKIA2UFRJ4P42EXAMPLE", "Match": "AKIA2UFRJ4P42EXAMPLE", "File": "a", "Commit": "c"},
        {"RuleID": "aws-secret", "StartLine": 2, "Secret": "REDACTED", "Match": "AKIA2UFRJ4P4REXAMPLE:REDACTED", "File": "a", "Commit": "c"}]"#;
    let loaded = read(&[("r.json", text)], None);
    let all = exposures(&loaded);
    assert!(all[0].ends_with("| aws:*:access_key:AKIA2UFRJ4P42EXAMPLE"), "{all:?}");
    assert!(all[1].ends_with("| aws:*:access_key:AKIA2UFRJ4P4REXAMPLE"), "{all:?}");
}

#[test]
fn version_seven() {
    let text = r#"[{"line": "export GITHUB_TOKEN=\"@T\"", "lineNumber": 7, "offender": "GITHUB_TOKEN=\"@T\"", "commit": "abc",
        "repo": "acme/bot", "rule": "Github", "commitMessage": "m", "author": "A", "email": "a@example.org",
        "file": ".bashrc", "date": "2020-04-04T15:52:59-07:00", "tags": "key, Github"},
        {"line": "pass = 9f86d081884c7d65", "offender": "pass = 9f86d081884c7d65", "commit": "", "repo": ".", "rule": "Generic", "file": "a.log", "date": "0001-01-01T00:00:00Z"},
        {"line": "9f86d081884c7d65", "offender": "9f86d081884c7d65", "commit": "", "repo": ".", "rule": "Generic", "file": "b.py", "date": ""}]"#;
    let loaded = read(&[("r.json", text)], None);
    let one = "gitleaks:exports:finding:a.log:Generic:0";
    assert_eq!(
        exposures(&loaded),
        [
            format!("{one} | exports: a.log | log | - | - | Generic | {one}:secret"),
            "gitleaks:exports:finding:abc:.bashrc:Github:7 | acme/bot: .bashrc:7 @abc | repository | 2020-04-04T22:52:59Z | - | Github | absent"
                .to_owned(),
            format!("gitleaks:exports:finding:b.py:Generic:0 | exports: b.py | other | - | - | Generic | {one}:secret"),
        ]
    );
}

#[test]
fn a_table_gives_what_json_gives() {
    let table = "RuleID,Commit,File,SymlinkFile,Secret,Match,StartLine,EndLine,StartColumn,EndColumn,Author,Message,Date,Email,Fingerprint,Tags\n\
        github-pat,0a1b2c3d4e5f60718293,deploy/app.yml,,@T,\"token: \"\"@T\"\"\",3,3,9,48,Ann,\"two\nlines\",2026-03-01T10:00:00Z,a@example.org,0a1b2c3d4e5f60718293:deploy/app.yml:github-pat:3,\n\
        1,b,c,f,s,m,s\n\
        x,b,c,,s,m,s,,,,,,,,,\n";
    let loaded = read(&[("r.csv", table)], Some(scoped("r.csv", "gitleaks:acme-shop")));
    let all = exposures(&loaded);
    assert_eq!(all.len(), 1);
    assert!(all[0].starts_with("gitleaks:acme-shop:finding:0a1b2c3d4e5f60718293:deploy/app.yml:github-pat:3 | acme-shop: deploy/app.yml:3 @0a1b2c3d4e5f | repository | 2026-03-01T10:00:00Z | - | github-pat | "), "{all:?}");
    let why: Vec<(&str, &str)> = loaded.rejected.iter().map(|one| (one.place.as_str(), one.why.as_str())).collect();
    assert_eq!(
        why,
        [("line 4", "it has 7 fields where the first row has 16"), ("line 5", "its `StartLine` is not a number")]
    );
}

#[test]
fn repeated_findings_and_two_secrets_of_one_line() {
    let one = |secret: &str, column: u64| {
        format!(
            r#"{{"RuleID": "r", "StartLine": 1, "StartColumn": {column}, "Secret": "{secret}", "Match": "", "File": "f", "Commit": "c"}}"#
        )
    };
    let text = format!(
        "[{},{},{},{}]",
        one("9f86d081884c7d65", 1),
        one("9f86d081884c7d65", 1),
        one("0aa6d081884c", 40),
        one("0aa6d081884c", 40)
    );
    let loaded = read(&[("r.json", &text)], None);
    let ids: Vec<String> = exposures(&loaded).iter().map(|one| one.split(" | ").next().unwrap().to_owned()).collect();
    assert_eq!(ids, ["gitleaks:exports:finding:c:f:r:1", "gitleaks:exports:finding:c:f:r:1:40"]);
    assert_eq!((loaded.exports[0].read, loaded.exports[0].ignored), (2, 2));
}

#[test]
fn an_empty_report_is_one_only_where_the_manifest_says_so() {
    let alone = read(&[("r.json", "[]\n")], None);
    assert!(alone.exports[0].source.is_none());
    assert!(alone.exports[0].took_for.contains("does not say of what"), "{}", alone.exports[0].took_for);
    for text in ["[]", "null\n"] {
        let mut entry = scoped("r.json", "gitleaks:acme-shop");
        entry.enumerates = vec![Listing::Exposures];
        let loaded = read(&[("r.json", text)], Some(entry));
        assert_eq!(loaded.exports[0].source, Some("gitleaks"), "{text}");
        assert_eq!((loaded.exports[0].read, loaded.exports[0].rejected), (0, 0));
        let scope = loaded.world.strings.get("gitleaks:acme-shop").unwrap();
        assert!(loaded.world.enumerations.closed(scope, Listing::Exposures));
    }
    let mut entry = Entry::new("r.json").unwrap();
    entry.command = Some("gitleaks git --report-format json".to_owned());
    let loaded = read(&[("r.json", "[]")], Some(entry));
    assert_eq!(loaded.exports[0].source, Some("gitleaks"));
    assert!(exposures(&loaded).is_empty());
}

#[test]
fn what_is_no_finding_is_rejected_where_it_stands() {
    for (text, places) in
        [("[null]", &["/0"][..]), ("[1]", &["/0"]), ("[null, null]", &["/0", "/1"]), ("[\"a\", []]", &["/0", "/1"])]
    {
        let mut entry = scoped("r.json", "gitleaks:acme-shop");
        entry.enumerates = vec![Listing::Exposures];
        let loaded = read(&[("r.json", text)], Some(entry));
        let found: Vec<&str> = loaded.rejected.iter().map(|one| one.place.as_str()).collect();
        assert_eq!((found.as_slice(), loaded.exports[0].rejected), (places, places.len() as u64), "{text}");
        let scope = loaded.world.strings.get("gitleaks:acme-shop").unwrap();
        assert!(!loaded.world.enumerations.closed(scope, Listing::Exposures), "{text}");
    }
}

#[test]
fn wrong_types_are_rejected_with_their_place_and_without_their_text() {
    let text = r#"[{"RuleID": "r", "File": "f", "StartLine": "CANARY", "Secret": "s"}, 7, {"RuleID": "r", "StartLine": 1, "Secret": "CANARY"},
        {"RuleID": "r", "File": "f", "StartLine": 1, "Secret": {"CANARY": 1}}]"#;
    let loaded = read(&[("r.json", text)], None);
    let places: Vec<&str> = loaded.rejected.iter().map(|one| one.place.as_str()).collect();
    assert_eq!(places, ["/0", "/1", "/2", "/3"]);
    assert!(loaded.rejected.iter().all(|one| !one.why.contains("CANARY")), "{:?}", loaded.rejected);
}
