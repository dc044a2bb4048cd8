//! Whole folders, written for each test, read as a run reads them.

use std::path::Path;

use super::*;
use crate::base::time::Instant;
use crate::export::declared::Entry;
use crate::model::facts::{ai_system, credential, identity, owner};
use crate::model::listing::Listing;
use crate::model::schema::{FactId, Subject};
use crate::model::slots::{Cell, Completeness, Row, Scalar, Why};

const A: &str = "111122223333";

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn read(files: &[(&str, &str)]) -> Loaded {
    read_with(files, &Declared::default())
}

fn read_with(files: &[(&str, &str)], declared: &Declared) -> Loaded {
    let folder = folder(files);
    let mut loaded = load(folder.path(), declared, &Options::default());
    loaded.world.seal();
    loaded
}

fn declared(entries: &[(&str, Option<&str>, Option<&str>)]) -> Declared {
    let entries = entries.iter().map(|(path, scope, at)| {
        let mut entry = Entry::new(path).unwrap();
        entry.scope = scope.map(str::to_owned);
        entry.collected_at = at.map(|at| Instant::parse(at).unwrap());
        entry
    });
    Declared { entries: entries.collect(), ..Declared::default() }
}

fn user(account: &str, name: &str) -> String {
    format!(
        r#"{{"UserName": "{name}", "UserId": "AIDA{name}", "Arn": "arn:aws:iam::{account}:user/{name}", "Path": "/",
        "CreateDate": "2024-01-01T00:00:00Z", "GroupList": ["dev"], "AttachedManagedPolicies": [], "Tags": []}}"#
    )
}

fn users(account: &str, names: &[&str], rest: &str) -> String {
    let all: Vec<String> = names.iter().map(|name| user(account, name)).collect();
    format!(r#"{{"UserDetailList": [{}]{rest}}}"#, all.join(","))
}

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";
const NO_KEY: &str = "false,N/A,N/A,N/A,N/A";

fn report(rows: &[String]) -> String {
    let root = format!(
        "<root_account>,arn:aws:iam::{A}:root,2018-01-01T00:00:00+00:00,not_supported,2026-01-01T00:00:00+00:00,not_supported,not_supported,true,{NO_KEY},{NO_KEY},false,N/A,false,N/A"
    );
    format!("{HEADER}\n{root}\n{}\n", rows.join("\n"))
}

fn row(name: &str, password: &str, one: &str, two: &str) -> String {
    format!(
        "{name},arn:aws:iam::{A}:user/{name},2024-01-01T00:00:00+00:00,{password},N/A,false,{one},{two},false,N/A,false,N/A"
    )
}

fn find(loaded: &Loaded, subject: Subject, id: &str) -> Row {
    let table = loaded.world.table(subject);
    let row = loaded.world.strings.get(id).and_then(|id| table.find(id));
    Row::new(subject, row.unwrap_or_else(|| panic!("no {id}")))
}

fn cell(loaded: &Loaded, subject: Subject, id: &str, fact: FactId) -> String {
    match loaded.world.cell(find(loaded, subject, id), fact) {
        Cell::Known(Scalar::Time(at)) => Instant(at).to_string(),
        Cell::Known(Scalar::Str(text)) => text.to_owned(),
        Cell::Known(Scalar::Ref(row)) => {
            loaded.world.strings.text(loaded.world.table(row.subject).id(row.index).unwrap()).to_owned()
        }
        Cell::Known(other) => format!("{other:?}"),
        Cell::Absent => "absent".to_owned(),
        Cell::Unknown(why) => format!("unknown: {}", why.name()),
    }
}

fn list(loaded: &Loaded, row: Row, fact: FactId) -> (Vec<String>, Completeness) {
    let mut members = Vec::new();
    let whole = loaded.world.list(row, fact, &mut |member| {
        if let Scalar::Ref(row) = member.value {
            let id = loaded.world.table(row.subject).id(row.index).unwrap();
            members.push(loaded.world.strings.text(id).to_owned());
        }
        true
    });
    (members, whole)
}

fn closed(loaded: &Loaded, account: &str, listing: Listing) -> bool {
    loaded
        .world
        .strings
        .get(&format!("aws:{account}"))
        .is_some_and(|scope| loaded.world.enumerations.closed(scope, listing))
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn details_alone_leave_access_keys_open_and_the_report_closes_them() {
    let details = users(A, &["ann"], "");
    let alone = read(&[("gaad.json", &details)]);
    let ann = format!("aws:{A}:user:arn:aws:iam::{A}:user/ann");
    assert!(closed(&alone, A, Listing::Users) && !closed(&alone, A, Listing::AccessKeys));
    let whole = list(&alone, find(&alone, Subject::Identity, &ann), identity::CREDENTIALS.id).1;
    assert_eq!(whole, Completeness::Open(Why::NotEnumerated(Listing::AccessKeys)));
    let one = "true,2026-01-01T00:00:00+00:00,no_information,N/A,N/A";
    let report = report(&[row("ann", "false,N/A,N/A", one, NO_KEY)]);
    let both = read(&[("gaad.json", &details), ("report.csv", &report)]);
    let (keys, whole) = list(&both, find(&both, Subject::Identity, &ann), identity::CREDENTIALS.id);
    assert_eq!((keys, whole), (vec![format!("aws:{A}:access_key:ann#key1")], Completeness::Complete));
    let key = format!("aws:{A}:access_key:ann#key1");
    assert_eq!(cell(&both, Subject::Credential, &key, credential::LAST_CHANGE_AT.id), "2026-01-01T00:00:00Z");
    assert_eq!(cell(&both, Subject::Credential, &key, credential::LAST_USED_AT.id), "absent");
    let root = format!("aws:{A}:root:arn:aws:iam::{A}:root");
    assert_eq!(cell(&both, Subject::Identity, &root, identity::ROOT.id), "Bool(true)");
    assert!(both.diagnostics.is_empty() && both.rejected.is_empty());
}

#[test]
fn listed_keys_are_joined_with_slots_by_their_creation() {
    let key = |created: &str| {
        format!("true,{created},2026-02-0{}T00:00:00Z,eu-west-1,s3", 1 + u8::from(created.contains("02T")))
    };
    let report = report(&[row(
        "ann",
        "true,no_information,2025-01-01T00:00:00Z",
        &key("2026-01-01T00:00:00Z"),
        &key("2026-01-02T00:00:00Z"),
    )]);
    let listed = r#"{"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIAONE", "Status": "Inactive", "CreateDate": "2026-01-01T00:00:00Z"}]}
        {"AccessKeyMetadata": []} {"AccessKeyMetadata": [{"UserName": "bob", "AccessKeyId": "AKIATWO", "Status": "Active"}, {"UserName": "x"}]}"#;
    let uses = r#"{"UserName": "ann", "AccessKeyLastUsed": {"LastUsedDate": "2026-02-02T00:00:00Z", "ServiceName": "s3"}}
        {"UserName": "ann", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}"#;
    let loaded = read(&[("a/report.csv", &report), ("a/keys.json", listed), ("a/used.json", uses)]);
    let table = loaded.world.table(Subject::Credential);
    let slot = find(&loaded, Subject::Credential, &format!("aws:{A}:access_key:ann#key1"));
    assert_eq!(loaded.world.strings.text(table.id(slot.index).unwrap()), format!("aws:{A}:access_key:AKIAONE"));
    assert_eq!(table.len(), 3, "password, joined key, other slot");
    let why: Vec<(&str, &str)> = loaded.rejected.iter().map(|r| (r.place.as_str(), r.why.as_str())).collect();
    assert_eq!(why[0].0, "document 3, /AccessKeyMetadata/0");
    assert!(why[0].1.contains("does not name its account"));
    assert_eq!(why[1], ("document 3, /AccessKeyMetadata/1", "it has no `AccessKeyId`"));
    let notes: Vec<&str> = loaded.quality().iter().map(|note| note.code).collect();
    assert_eq!(notes, ["key-use-not-joined", "keys-differ"], "the list has one of the two keys of the report");
    let keys = loaded.exports.iter().find(|export| export.path == "a/keys.json").unwrap();
    assert_eq!((keys.read, keys.rejected, keys.ignored), (1, 2, 0));
    let scoped = read_with(&[("b/keys.json", listed)], &declared(&[("b/*", Some("aws:111122223333"), None)]));
    assert_eq!(scoped.world.table(Subject::Credential).len(), 2);
}

#[test]
fn roles_say_what_they_say() {
    let document = "%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%22%2A%22%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%7D";
    let text = format!(
        r#"{{"RoleDetailList": [
        {{"RoleName": "r", "Arn": "arn:aws:iam::{A}:role/p/r", "AssumeRolePolicyDocument": "{document}", "RoleLastUsed": {{}},
          "RolePolicyList": {{"PolicyName": "in", "PolicyDocument": {{"Statement": {{"Effect": "Deny", "NotAction": "s3:*", "NotResource": ["a", "b"]}}}}}},
          "AttachedManagedPolicies": [{{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}],
          "PermissionsBoundary": {{"PermissionsBoundaryArn": "arn:aws:iam::{A}:policy/b"}},
          "SecretAccessKey": "planted-canary"}},
        {{"RoleName": "r", "Arn": "arn:aws:iam::{A}:role/p/r"}},
        {{"RoleName": "s"}}, 7,
        {{"RoleName": "t", "Arn": "arn:aws:iam::{A}:role/t", "AssumeRolePolicyDocument": "<URL-encoded-JSON>"}}]}}"#
    );
    let loaded = read_with(&[("x.json", &text)], &declared(&[("*", None, Some("2026-10-31T00:00:00Z"))]));
    let id = format!("aws:{A}:role:arn:aws:iam::{A}:role/p/r");
    assert_eq!(cell(&loaded, Subject::Identity, &id, identity::LAST_USED_AT.id), "absent");
    assert_eq!(cell(&loaded, Subject::Identity, &id, identity::USE_TRACKED_SINCE.id), "2025-09-26T00:00:00Z");
    // The role stands there twice, and only the first has a boundary.
    assert_eq!(cell(&loaded, Subject::Identity, &id, identity::BOUNDARY.id), "unknown: conflict");
    let row = find(&loaded, Subject::Identity, &id);
    assert_eq!(list(&loaded, row, identity::CREDENTIALS.id), (vec![], Completeness::Complete));
    let (policies, whole) = list(&loaded, row, identity::POLICIES.id);
    assert_eq!((policies.len(), whole), (2, Completeness::Open(Why::Conflict)));
    let trusts = loaded.world.statements.trusts(row.index);
    assert_eq!((trusts.len(), trusts[0].1.kind), (1, crate::model::facts::PrincipalKind::Anyone));
    let inline = find(&loaded, Subject::Policy, &format!("aws:{A}:inline_policy:arn:aws:iam::{A}:role/p/r#in"));
    let statement = loaded.world.statements.of_policy(inline.index)[0].1;
    let statement = loaded.world.statements.get(statement).unwrap();
    assert!(!statement.allow && statement.inverted_actions && statement.inverted_resources);
    assert_eq!(loaded.rejected.len(), 4);
    assert!(loaded.rejected.iter().all(|rejected| !rejected.why.contains("URL-encoded-JSON")), "{:?}", loaded.rejected);
    assert!(!closed(&loaded, A, Listing::Roles), "rejected records leave the list open");
    assert!(loaded.world.strings.get("planted-canary").is_none());
}

#[test]
fn a_role_is_service_linked_by_the_beginning_of_its_path() {
    for (path, want) in [
        ("aws-service-role/x.amazonaws.com/X", "Bool(true)"),
        (":role/aws-service-role/x.amazonaws.com/X", "Bool(false)"),
        ("own/aws-service-role/X", "Bool(false)"),
    ] {
        let arn = format!("arn:aws:iam::{A}:role/{path}");
        let role = format!(r#"{{"RoleDetailList": [{{"Arn": "{arn}", "RoleName": "X", "RoleId": "AROAX"}}]}}"#);
        let loaded = read(&[("gaad.json", &role)]);
        let id = format!("aws:{A}:role:{arn}");
        assert_eq!(cell(&loaded, Subject::Identity, &id, identity::SERVICE_LINKED.id), want, "{path}");
    }
}

#[test]
fn pages_are_joined_in_a_file_and_over_files() {
    let one = users(A, &["ann"], r#", "IsTruncated": true, "Marker": "m""#);
    let two = users(A, &["bob"], r#", "IsTruncated": false"#);
    for files in [vec![("p10.json", &two), ("p2.json", &one)], vec![("p1.json", &one), ("p2.json", &two)]] {
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let loaded = read(&files);
        assert!(closed(&loaded, A, Listing::Users), "{:?}", loaded.diagnostics);
        assert_eq!(loaded.world.table(Subject::Identity).len(), 2);
    }
    let joined = read(&[("all.json", &format!("{one}\n{two}"))]);
    assert!(closed(&joined, A, Listing::Users));
    let cut = read(&[("all.json", &one)]);
    assert!(!closed(&cut, A, Listing::Users));
    let other = users("444455556666", &["eve"], "");
    let accounts = read(&[("all.json", &format!("[{one}, {two}, {other}]"))]);
    assert!(closed(&accounts, A, Listing::Users) && closed(&accounts, "444455556666", Listing::Users));
    let last_cut = read(&[("all.json", &format!("{other} {one}"))]);
    assert!(!closed(&last_cut, A, Listing::Users) && closed(&last_cut, "444455556666", Listing::Users));
}

#[test]
fn two_snapshots_are_never_mixed() {
    let (old, new) = (users(A, &["ann", "bob"], ""), users(A, &["ann"], ""));
    let unordered = read(&[("1/g.json", &old), ("2/g.json", &new)]);
    assert_eq!(codes(&unordered), ["two-snapshots"]);
    let times = declared(&[("1/*", None, Some("2026-01-01")), ("2/*", None, Some("2026-02-01"))]);
    let ordered = read_with(&[("1/g.json", &old), ("2/g.json", &new)], &times);
    assert_eq!(codes(&ordered), ["superseded"]);
    assert_eq!(ordered.world.table(Subject::Identity).len(), 1);
    assert_eq!((ordered.exports[0].read, ordered.exports[0].ignored), (0, 2));
    assert_eq!(ordered.exports[0].ignored_why, [format!("superseded: `2/g.json` is a newer snapshot of `aws:{A}`")]);
}

#[test]
fn broken_files_are_told_and_the_rest_is_read() {
    let good = users(A, &["ann"], "");
    let truncated = &users("444455556666", &["bob", "eve"], "")[..400];
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(users("777788889999", &["mia"], "").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let folder = folder(&[
        ("good.json", &good),
        ("cut.json", truncated),
        ("empty.json", ""),
        ("blank.json", " \n"),
        ("list.json", r#"{"Users": []}"#),
    ]);
    std::fs::write(folder.path().join("wide.json"), utf16).unwrap();
    std::fs::write(
        folder.path().join("latin.csv"),
        b"user,arn,access_key_1_active\nj\xf6rg,arn:aws:iam::111122223333:user/x,true\n",
    )
    .unwrap();
    let loaded = load(folder.path(), &Declared::default(), &Options::default());
    let told: Vec<(&str, bool, u64, u64)> = loaded
        .exports
        .iter()
        .map(|export| (export.path.as_str(), export.broken, export.read, export.rejected))
        .collect();
    let expected = [
        ("blank.json", true, 0, 0),
        ("cut.json", false, 1, 1),
        ("empty.json", true, 0, 0),
        ("good.json", false, 1, 0),
        ("latin.csv", false, 0, 1),
        ("list.json", false, 0, 0),
        ("wide.json", false, 1, 0),
    ];
    assert_eq!(told, expected);
    assert!(loaded.exports[6].transcoded && closed(&loaded, A, Listing::Users));
    assert!(!closed(&loaded, "444455556666", Listing::Users));
    assert!(load(Path::new("/nonexistent"), &Declared::default(), &Options::default()).exports[0].broken);
}

#[test]
fn the_inventory_states_what_no_system_exports() {
    let inventory = r#"
        [[owners]]
        id = "ann@example.com"
        kind = "person"
        active = true
        [[owners]]
        id = "ann@example.com"
        [[identities]]
        identity = "arn:aws:iam::111122223333:user/b*"
        owners = ["ann@example.com"]
        kind = "service_account"
        [[ai_systems]]
        id = "triage"
        stage = "pilot"
        identities = ["arn:aws:iam::111122223333:user/ann"]
        [[ai_systems]]
        id = "notes"
        stage = "pilot"
        pilot_ends_at = 2026-11-01
        [[ai_systems]]
        id = "labels"
        stage = "pilot"
        pilot_ends_at = "2026-11-01T12:00:00Z"
        [[reviews]]
        ai_system = "triage"
        at = 2026-05-01
        by = "eve"
        [[reviews]]
        ai_system = "triage"
        at = 2026-04-01
        by = "bob"
        [[drills]]
        identities = ["arn:aws:iam::111122223333:user/ann"]
        at = 2026-05-01T10:00:00Z
        minutes = 4.5
        [[closures]]
        listing = "reviews"
        scope = "*"
        by = "eve"
        [[attestations]]
        framework = "f"
        requirement = "r"
        part = "p"
        statement = "s"
        by = "eve"
        at = 2026-05-01
    "#;
    let details = users(A, &["ann", "bob", "ben"], "");
    let csv = "owner,name,active,left_at\nzoe,Zoe,false,2026-02-01\n,x,true,\n";
    let loaded = read(&[("gaad.json", &details), ("inventory.toml", inventory), ("people.csv", csv)]);
    let id = |name: &str| format!("aws:{A}:user:arn:aws:iam::{A}:user/{name}");
    let owners = |name: &str| list(&loaded, find(&loaded, Subject::Identity, &id(name)), identity::OWNERS.id);
    assert_eq!(owners("bob"), (vec!["ann@example.com".to_owned()], Completeness::Complete));
    assert_eq!(owners("ann").1, Completeness::Open(Why::NotEnumerated(Listing::Ownership)));
    let of = |name: &str, fact| cell(&loaded, Subject::Identity, &id(name), fact);
    assert_eq!(of("ann", identity::LAST_REVIEW_AT.id), "2026-05-01T00:00:00Z");
    assert_eq!(of("ann", identity::LAST_REVIEWED_BY.id), "eve");
    assert_eq!(of("bob", identity::LAST_REVIEW_AT.id), "absent");
    assert_eq!(
        of("ann", identity::REVOCATION_TIME.id),
        "Known(Duration(270))".replace("Known(", "").replace("))", ")")
    );
    assert_eq!(cell(&loaded, Subject::Owner, "ann@example.com", owner::LEFT_AT.id), "absent");
    assert_eq!(cell(&loaded, Subject::Owner, "zoe", owner::LEFT_AT.id), "2026-02-01T00:00:00Z");
    assert_eq!(cell(&loaded, Subject::AiSystem, "triage", ai_system::PILOT_ENDS_AT.id), "absent");
    // A day that is named as the end still counts.
    assert_eq!(cell(&loaded, Subject::AiSystem, "notes", ai_system::PILOT_ENDS_AT.id), "2026-11-01T23:59:59Z");
    assert_eq!(cell(&loaded, Subject::AiSystem, "labels", ai_system::PILOT_ENDS_AT.id), "2026-11-01T12:00:00Z");
    assert_eq!(loaded.attestations.len(), 1);
    let why: Vec<(&str, &str)> = loaded.rejected.iter().map(|r| (r.place.as_str(), r.why.as_str())).collect();
    assert_eq!(why.len(), 2, "{why:?}");
    assert_eq!(why[0], ("/owners/1, line 6", "its id is that of an earlier entry of this file"));
    assert!(why[1].1.contains("id"), "{why:?}");
    // What stands in a table of no known name may be of any list.
    let more = format!("{inventory}[[zebra]]\na = 1\n");
    let loaded = read(&[("gaad.json", &details), ("inventory.toml", &more)]);
    for (name, fact) in [("ann", identity::LAST_REVIEW_AT.id), ("bob", identity::LAST_REVIEW_AT.id)] {
        assert_eq!(cell(&loaded, Subject::Identity, &id(name), fact), "unknown: incomplete");
    }
}

#[test]
fn a_manifest_that_contradicts_a_file_is_an_error() {
    let loaded = read_with(
        &[("g.json", &users(A, &["ann"], ""))],
        &declared(&[("g.json", Some("aws:444455556666"), None), ("z", None, None)]),
    );
    assert_eq!(codes(&loaded), ["manifest-matches-nothing", "manifest-contradicts-file"]);
    // The run ends with it, so the help does not speak of what was used.
    let help = loaded.diagnostics[1].help.as_deref().unwrap();
    assert!(help.starts_with("nothing was judged: correct the scope"), "{help}");
}

#[test]
fn a_profile_is_only_read_at_the_top() {
    let profile = "organisation = \"Elsewhere\"\n";
    let exports = users(A, &["ann"], "");
    let loaded = read(&[
        ("assize.toml", profile),
        ("sub/assize.toml", profile),
        ("sub/g.json", &exports),
        ("profile.toml", "own_scopes = []\n"),
    ]);
    assert_eq!(codes(&loaded), ["profile-not-read", "profile-not-read"]);
    let told = &loaded.diagnostics[1];
    assert!(told.message.starts_with("`sub/assize.toml` was not read: "), "{}", told.message);
    let help = told.help.as_deref().unwrap();
    assert!(help.starts_with("check `") && help.ends_with("sub`, or move it to the top"), "{help}");
    let of = |path: &str| loaded.exports.iter().find(|export| export.path == path).unwrap();
    assert!(!of("assize.toml").broken && of("assize.toml").took_for.contains("read apart"));
    for path in ["sub/assize.toml", "profile.toml"] {
        assert!(of(path).broken && of(path).took_for.contains("that was not read"), "{}", of(path).took_for);
    }
}

#[test]
fn threads_never_show() {
    let names: Vec<String> = (0..6000).map(|at| format!("user{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let folder = folder(&[("g.json", &users(A, &names, r#", "RoleDetailList": [1, {}]"#))]);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let loaded = pool.install(|| load(folder.path(), &Declared::default(), &Options::default()));
        let strings: Vec<String> = (0..loaded.world.strings.len())
            .map(|at| loaded.world.strings.text(crate::model::Sym(u32::try_from(at).unwrap())).to_owned())
            .collect();
        (
            strings,
            format!("{:?} {:?} {:?}", loaded.exports, loaded.rejected, loaded.world.table(Subject::Identity)).len(),
        )
    };
    let one = run(1);
    assert_eq!(one, run(4));
    assert!(one.0.len() > 12_000);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 150, failure_persistence: None, ..Default::default() })]

    /// Whatever lies in a folder, reading it ends, and every record is counted once.
    #[test]
    fn no_input_ends_the_run(
        kind in 0_usize..6,
        cuts in proptest::collection::vec((0_usize..4000, proptest::option::of(proptest::num::u8::ANY)), 0..6),
    ) {
        let key = "true,2026-01-01T00:00:00Z,2026-02-01T00:00:00Z,eu-west-1,s3";
        let good = [
            users(A, &["ann", "bob"], r#", "Policies": [{"Arn": "arn:aws:iam::111122223333:policy/p", "PolicyVersionList": [{"IsDefaultVersion": true, "Document": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]}]"#),
            report(&[row("ann", "true,no_information,2025-01-01T00:00:00Z", key, NO_KEY)]),
            r#"{"AccessKeyMetadata": [{"UserName": "ann", "AccessKeyId": "AKIAONE", "Status": "Active", "CreateDate": "2026-01-01T00:00:00Z"}]}"#.to_owned(),
            r#"{"UserName": "ann", "AccessKeyLastUsed": {"LastUsedDate": "2026-02-02T00:00:00Z"}}"#.to_owned(),
            "[[owners]]\nid = 'x'\nactive = true\n[[reviews]]\nidentities = ['arn:*']\nat = 2026-01-01\nby = 'x'\n".to_owned(),
            "owner,name,active,left_at\nzoe,\"Zo\ne\",false,2026-02-01\n".to_owned(),
        ];
        let mut bytes = good[kind].clone().into_bytes();
        for (at, change) in cuts {
            if at < bytes.len() {
                match change {
                    Some(byte) => bytes[at] = byte,
                    None => { bytes.remove(at); }
                }
            }
        }
        let folder = folder(&[("b.json", &good[0]), ("c.csv", &good[1])]);
        std::fs::write(folder.path().join("a"), bytes).unwrap();
        let loaded = load(folder.path(), &Declared::default(), &Options::default());
        let total: u64 = loaded.exports.iter().map(|export| export.rejected).sum();
        proptest::prop_assert_eq!(total, loaded.rejected_count);
        proptest::prop_assert_eq!(loaded.exports.len(), 3);
    }
}
