//! Waivers as files: every mistake at once, TOML and CSV alike, and nothing that a hostile file could do.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{builtin, said};
use crate::control::waiver::{COLUMNS, Compensating, Kept, to_csv, to_toml};
use crate::control::{Pack, Waivers};
use crate::model::facts::WaiverKind;

fn read(file: &str, text: &str) -> (Waivers, Vec<String>) {
    static PACK: LazyLock<Pack> = LazyLock::new(builtin);
    let mut waivers = Waivers::default();
    let wrong = waivers.read(file, text, "0".to_owned(), &PACK);
    (waivers, said(&wrong))
}

const GOOD: &str = r#"
[[waivers]]
id = "one"
check = "credential-rotated[max_age=365d]"
subjects = ["aws:111122223333:access_key:a#key1", "aws:*:ci-*"]
type = "compensating_control"
justification = "=1+1, and \"so\" on\nin two lines"
approver = "lena"
ticket = "-7"
opened = 2026-07-01
expires = "2027-07-01"
[waivers.compensating]
constraints = "c"
definition = "@d"
objective = "o"
risk = "'=r"
validation = "v"
maintenance = "m"
[[waivers.given_for]]
subject = "aws:111122223333:access_key:ci-1#key1"
digest = "bb8516631bca487a39dbf981d98a14abf22b5b531795ae21be1ba9f3b7bf76fb"
facts = { "credential.enabled" = true, "credential.scopes of c d, \"e\"" = ["y", "x"], "credential.rotated_at" = { absent = true }, "credential.places" = { open = ["z"] }, "identity.reach_depth" = 7, "credential.stored_in" = { unknown = true }, "credential.name" = "=t" }
"#;

#[test]
fn a_waiver_is_read() {
    let (waivers, wrong) = read("waivers.toml", GOOD);
    assert_eq!(wrong, Vec::<String>::new());
    let one = &waivers.all[0];
    assert_eq!((one.opened.date(), one.expires.date()), ("2026-07-01".to_owned(), "2027-07-01".to_owned()));
    assert!(one.matches("aws:9:ci-3") && one.matches("aws:111122223333:access_key:a#key1") && !one.matches("aws:9:x"));
    assert!(one.is_for("credential-rotated", "credential-rotated[max_age=365d]"));
    assert!(!one.is_for("credential-rotated", "credential-rotated"), "the run is named, and this is another");
    let facts = &one.given_for["aws:111122223333:access_key:ci-1#key1"].facts;
    assert_eq!(facts["credential.scopes of c d, \"e\""], Kept::List(vec!["x".to_owned(), "y".to_owned()], false));
    assert_eq!((&facts["credential.rotated_at"], &facts["credential.stored_in"]), (&Kept::Absent, &Kept::Unknown));
    let (whole, _) = read("waivers.toml", &GOOD.replace("credential-rotated[max_age=365d]", "credential-rotated"));
    assert!(whole.all[0].is_for("credential-rotated", "credential-rotated[max_age=30d]"), "any run of the check");
}

#[test]
fn a_fact_that_is_kept_is_one_and_has_a_value_that_it_can_have() {
    let kept = |facts: &str| {
        let start = GOOD.find("facts = ").unwrap();
        read("waivers.toml", &format!("{}facts = {{ {facts} }}\n", &GOOD[..start])).1.join("\n")
    };
    let good = "\"all facts\" = \"301, SHA-256 0\", \"grant.denies of x\" = [], \"identity.tags[team]\" = \"a\", \"identity.grants\" = \"252 members, SHA-256 0\"";
    assert_eq!(kept(good), "");
    insta::assert_snapshot!(kept("\"credential.enbled\" = true, \"credential.enabled of x\" = \"yes\", \"credential.expires_at\" = \"soon\", \"identity.reach_depth\" = true, \"credential.scopes\" = 1, \"x\" = 2"), @r"
    waivers.toml: there is no fact `credential.enbled`
    waivers.toml: `credential.enabled` cannot have that value; its type is bool
    waivers.toml: `credential.expires_at` cannot have that value; its type is timestamp
    waivers.toml: `identity.reach_depth` cannot have that value; its type is int
    waivers.toml: `credential.scopes` cannot have that value; its type is list<string>
    waivers.toml: there is no fact `x`
    ");
}

#[test]
fn all_mistakes_of_waivers_are_told_at_once() {
    let text = r#"
[[waivers]]
id = "One"
check = "credential-rotatd"
subjects = []
type = "accepted"
justification = " "
approver = "lena"
ticket = "t"
opened = "1.7.2026"
expires = "2026-07-01T00:00:00Z"

[[waivers]]
id = "two"
check = "waiver-matches"
subjects = ["a", "a"]
type = "compensating_control"
justification = "j"
approver = "lena"
ticket = "t"
opened = "2026-07-01"
expires = "2026-07-01"

[[waivers]]
id = "two"
check = "credential-rotated"
subjects = ["a"]
type = "false_positive"
justification = "j"
approver = "lena"
ticket = "t"
opened = "2026-07-01"
expires = "2026-08-01"
compensating = { constraints = "c", definition = "d", objective = "o", risk = "r", validation = "v", maintenance = "m" }
given_for = [{ subject = "a", digest = "x", facts = { f = { absent = false } } }]

[[waivers]]
id = "two"
check = "credential-rotated[max_age=1d"
subjects = ["a"]
type = "false_positive"
justification = "j"
approver = "lena"
ticket = "t"
opened = "2026-07-01"
expires = "2026-08-01"
"#;
    let (waivers, wrong) = read("waivers.toml", text);
    assert!(waivers.is_empty() && waivers.files.is_empty(), "nothing of a broken file is used");
    insta::assert_snapshot!(wrong.join("\n"), @r"
    waivers.toml: `One` is not an id
    waivers.toml: there is no check `credential-rotatd`
    waivers.toml: the waiver names no subject
    waivers.toml: `accepted` is no type of waiver
    waivers.toml: the justification is empty
    waivers.toml: `opened` is no date: `1.7.2026`
    waivers.toml: `expires` is no date: `2026-07-01T00:00:00Z`
    waivers.toml: a finding about waivers cannot be waived
    waivers.toml: `a` stands twice
    waivers.toml: a compensating control needs its worksheet
    waivers.toml: the waiver expires before it is in force
    waivers.toml: a waiver of type `false_positive` has no worksheet
    waivers.toml: this is no digest of a finding
    waivers.toml: a fact that was kept is a value, a list of texts, or one of three tables
    waivers.toml: `credential-rotated[max_age=1d` is no check run
    ");
}

#[test]
fn the_form_of_waivers_is_held() {
    let (_, wrong) = read("waivers.toml", "[[waivers]]\nid = \"a\"\nexpiry = \"2026-01-01\"\nchek = 1\n");
    insta::assert_snapshot!(wrong.join("\n"), @r"
    waivers.toml: `check` is missing
    waivers.toml: `subjects` is missing
    waivers.toml: `type` is missing
    waivers.toml: `justification` is missing
    waivers.toml: `approver` is missing
    waivers.toml: `ticket` is missing
    waivers.toml: `opened` is missing
    waivers.toml: `expires` is missing
    waivers.toml: `expiry` is no field here
    waivers.toml: `chek` is no field here
    ");
}

#[test]
fn what_is_written_is_read_the_same() {
    let (before, _) = read("waivers.toml", GOOD);
    let (toml, wrong) = read("waivers.toml", &to_toml(&before.all));
    assert_eq!(wrong, Vec::<String>::new());
    let of = |waivers: &Waivers| {
        let mut all = waivers.all.clone();
        for one in &mut all {
            (one.span, one.file) = (0..0, String::new());
        }
        all
    };
    assert_eq!(of(&toml), of(&before));
    let text = to_csv(&before.all, &[("state", &|_| "in_force".to_owned())]).unwrap();
    let (csv, wrong) = read("waivers.csv", &text);
    assert_eq!(wrong, Vec::<String>::new(), "{text}");
    assert_eq!(of(&csv), of(&before), "{text}");
    for cell in csv::Reader::from_reader(text.as_bytes())
        .records()
        .flatten()
        .flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
    {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a spreadsheet would take {cell:?} for a formula");
    }
}

proptest! {
    #[test]
    fn any_text_survives_a_spreadsheet(text in "([=+@'a, \"\n\t\u{1b}\u{200b}\u{202e}é-]|\\\\u\\{|5c\\}){0,12}[a-z]", subject in "[a-z*=;'@]{1,8}[a-z]") {
        let (mut waivers, _) = read("waivers.toml", GOOD);
        let one = &mut waivers.all[0];
        let text = text.trim().to_owned();
        one.justification.clone_from(&text);
        one.subjects = vec![subject.clone()];
        let csv = to_csv(&waivers.all, &[]).unwrap();
        let (back, wrong) = read("waivers.csv", &csv);
        prop_assert_eq!(wrong, Vec::<String>::new());
        prop_assert_eq!((&back.all[0].justification, &back.all[0].subjects), (&text, &vec![subject]));
    }
}

#[test]
fn mistakes_of_a_table_are_told_with_their_rows() {
    let text = "id;check;subject;type;justification;approver;ticket;opened;expires;expiry\n\
                a;credential-rotated;s;accepted_risk;j;lena;t;2026-07-01;2026-09-01;\n\
                a;credential-rotated;s2;accepted_risk;other;lena;t;2026-07-01;2026-09-01;\n\
                b;credential-rotated;s;accepted_risk;j;lena;t;1.7.26;2026-09-01;\n";
    let (_, wrong) = read("waivers.csv", text);
    insta::assert_snapshot!(wrong.join("\n"), @r"
    waivers.csv: `expiry` is no column of waivers
    waivers.csv: two rows of `a` differ in `justification`
    waivers.csv: `opened` is no date: `1.7.26`
    ");
    let (_, wrong) = read("waivers.csv", "id,check\na,b\n");
    insta::assert_snapshot!(wrong.join("\n"), @"waivers.csv: the table has no column `subject`, `type`, `justification`, `approver`, `ticket`, `opened`, `expires`");
    let header = COLUMNS.join(",");
    let row = "a,credential-rotated,s,accepted_risk,j,lena,t,2026-07-01,2026-09-01,,,,,,,s,0,{\n";
    let (_, wrong) = read("waivers.csv", &format!("{header}\n{row}"));
    insta::assert_snapshot!(wrong.join("\n"), @r"
    waivers.csv: this is no digest of a finding
    waivers.csv: `facts` is no object of facts
    ");
}

/// What stands under the underline: the cell, and not the row.
#[test]
fn mistakes_of_a_table_are_shown_under_their_cells() {
    let text = "id;check;subject;type;justification;approver;ticket;opened;expires;expiry\n\
                a;credential-rotatd;s;\"accepted risk\";\"so; so\";lena;t;2026-07-01; 1.9.26 ;\n\
                b;credential-rotated;s;accepted_risk;j;lena;;2026-07-01;2026-09-01;;more\n\
                c;credential-rotated;s;accepted_risk;j;lena;t;2026-07-01;2026-09-01\n\
                c;credential-rotated;s2;accepted_risk;other;lena;t;2026-07-01;2026-09-01\n\
                d;credential-rotated\n";
    let pack = builtin();
    let underlined = |text: &str| {
        let wrong = Waivers::default().read("waivers.csv", text, "0".to_owned(), &pack);
        let shown = wrong.iter().map(|one| {
            let span = one.place.as_ref().unwrap().span.clone();
            let line = text[..span.start].matches('\n').count() + 1;
            format!("{line}: {:?}: {}: {}", &text[span], one.message, one.label)
        });
        shown.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!(underlined(text), @r#"
    1: "expiry": `expiry` is no column of waivers: this column
    2: "credential-rotatd": there is no check `credential-rotatd`: not a check to waive
    2: "accepted risk": `accepted risk` is no type of waiver: unknown type
    2: "1.9.26": `expires` is no date: `1.9.26`: not a date
    3: "": the ticket is empty: empty
    3: "more": the row has 11 cells, and the table 10 columns: one cell too many
    5: "other": two rows of `c` differ in `justification`: differs from the first row
    6: "d;credential-rotated": the waiver names no subject: empty
    6: "d;credential-rotated": `` is no type of waiver: unknown type
    6: "d;credential-rotated": the justification is empty: empty
    6: "d;credential-rotated": the approver is empty: empty
    6: "d;credential-rotated": the ticket is empty: empty
    6: "d;credential-rotated": `opened` is empty: not a date
    6: "d;credential-rotated": `expires` is empty: not a date
    "#);
    let row = "a,credential-rotated,s,accepted_risk,\"j, \"\"j\"\"\",lena,t,2026-07-01,2026-09-01,,why,,,,,s,0,{\n";
    insta::assert_snapshot!(underlined(&format!("{}\r\n\r\n{row}", COLUMNS.join(","))), @r#"
    3: "": the field `constraints` is empty: empty
    3: "why": a waiver of type `accepted_risk` has no worksheet: for compensating controls only
    3: "": the field `objective` is empty: empty
    3: "": the field `risk` is empty: empty
    3: "": the field `validation` is empty: empty
    3: "": the field `maintenance` is empty: empty
    3: "0": this is no digest of a finding: not 64 hexadecimal digits
    3: "{": `facts` is no object of facts: this cell
    "#);
}

/// What a shell and a program make of `>> waivers.csv`: an empty file at first, and the columns again before each waiver.
#[test]
fn a_table_can_be_appended_to() {
    let (none, wrong) = read("waivers.csv", "");
    assert_eq!((none.all.len(), none.files.len(), wrong), (0, 1, Vec::new()));
    let (toml, _) = read("waivers.toml", GOOD);
    let mut other = toml.all.clone();
    "two".clone_into(&mut other[0].id);
    let standing = to_csv(&toml.all, &[("state", &|_| "in_force".to_owned())]).unwrap();
    let moved = "expires,id,check,subject,type,justification,approver,ticket,opened\n\
                 2026-09-01,three,credential-rotated,s,accepted_risk,j,lena,t,2026-07-01\n";
    let (all, wrong) = read("waivers.csv", &format!("{standing}{}{moved}", to_csv(&other, &[]).unwrap()));
    assert_eq!(wrong, Vec::<String>::new());
    let told: Vec<_> = all.all.iter().map(|one| (one.id.as_str(), one.expires.date())).collect();
    let day = |day: &str| day.to_owned();
    assert_eq!(told, [("one", day("2027-07-01")), ("two", day("2027-07-01")), ("three", day("2026-09-01"))]);
    let (_, wrong) =
        read("waivers.csv", &format!("{}{standing}", standing.lines().next().unwrap().replace(',', ";") + "\n"));
    assert_eq!(wrong, ["waivers.csv: from here on, other signs divide the columns than above"]);
}

#[test]
fn a_table_of_tabs_is_told_once() {
    let text = "id\tcheck\tsubject\na\tcredential-rotated\ts\n";
    assert_eq!(read("waivers.csv", text).1, ["waivers.csv: its columns are divided by tabs"]);
}

#[test]
fn hostile_waivers_are_bounded() {
    let one = |id: usize, subjects: &str| {
        format!(
            "[[waivers]]\nid = \"w{id}\"\ncheck = \"credential-rotated\"\nsubjects = [{subjects}]\ntype = \"accepted_risk\"\njustification = \"j\"\napprover = \"a\"\nticket = \"t\"\nopened = \"2026-07-01\"\nexpires = \"2026-08-01\"\n"
        )
    };
    let patterns: Vec<String> = (0..1_001).map(|n| format!("\"a*{n}*b\"")).collect();
    let (_, wrong) = read("waivers.toml", &one(0, &patterns.join(",")));
    assert!(wrong[0].contains("there are more than 1000 patterns in waivers"), "{wrong:?}");
    let many: String = (0..10_001).map(|n| one(n, "\"a\"")).collect();
    let (_, wrong) = read("waivers.toml", &many);
    assert!(wrong[0].contains("there are more than 10000 waivers in waivers"), "{wrong:?}");
    let subjects: Vec<String> = (0..100_001).map(|n| format!("\"s{n}\"")).collect();
    let (_, wrong) = read("waivers.toml", &one(0, &subjects.join(",")));
    assert!(wrong[0].contains("there are more than 100000 subjects in waivers"), "{wrong:?}");
    let (_, wrong) = read("waivers.toml", &one(0, &format!("\"{}\"", "a".repeat(5_000))));
    assert!(wrong[0].contains("a subject has 5000 bytes"), "{wrong:?}");
    let deep = format!("x = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(!read("waivers.toml", &deep).1.is_empty());
    let facts = format!("{{\"f\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let row = format!(
        "a,credential-rotated,s,accepted_risk,j,lena,t,2026-07-01,2026-09-01,,,,,,,s,0,\"{}\"\n",
        facts.replace('"', "\"\"")
    );
    assert!(!read("waivers.csv", &format!("{}\n{row}", COLUMNS.join(","))).1.is_empty());
    for text in [
        "",
        "\u{feff}",
        "\0",
        "\"",
        "id",
        "a,b\n\"",
        "id,check,subject,type,justification,approver,ticket,opened,expires\n,,,,,,,,x",
    ] {
        let _ = read("waivers.csv", text);
        let _ = read("waivers.toml", text);
    }
}

#[test]
fn a_secret_in_a_justification_is_masked() {
    let token = format!("ghp_{}", "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8");
    let (waivers, _) = read("waivers.toml", &GOOD.replace("in two lines", &token));
    assert!(!waivers.all[0].justification.contains(&token));
    let key = "wJalrXUtn9EMI/K7MDENG/bPxRfiCYq8w2zT4kLm";
    let (waivers, _) = read("waivers.toml", &GOOD.replace("in two lines", &format!("aws_secret_access_key={key}")));
    assert!(!waivers.all[0].justification.contains(key), "{}", waivers.all[0].justification);
}

#[test]
fn the_parts_of_a_waiver_are_what_they_say() {
    let (waivers, _) = read("waivers.toml", GOOD);
    let one = &waivers.all[0];
    assert_eq!(one.kind, WaiverKind::CompensatingControl);
    let names = one.compensating.as_ref().map(Compensating::fields).unwrap().map(|(name, _)| name);
    assert_eq!(names, ["constraints", "definition", "objective", "risk", "validation", "maintenance"]);
    assert!(one.keeps_facts() && !one.has_only_wildcards());
    let (wild, _) = read("waivers.toml", &GOOD.replace("aws:*:ci-*", "*:*"));
    assert!(wild.all[0].has_only_wildcards());
}

/// No editor underlines what is right.
#[test]
fn the_fixture_fits_the_schema() {
    let schema = schemars::schema_for!(crate::control::waiver::RawWaivers).to_value();
    let text = std::fs::read_to_string(super::root().join("fixtures/waivers/waivers.toml")).unwrap();
    let file: serde_json::Value = toml::from_str(&text).unwrap();
    if let Err(wrong) = jsonschema::validate(&schema, &file) {
        panic!("{wrong}");
    }
    let wrong: serde_json::Value = toml::from_str(&text.replacen("ticket", "tickets", 1)).unwrap();
    assert!(jsonschema::validate(&schema, &wrong).is_err());
}
