//! What lapses a waiver: facts that got worse. Better facts and the passing of time do not.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::account::put;
use crate::support::{assize, copied};

const PROFILE: &str = "frameworks = [\"own\"]\n";
const CONTROLS: &str = r#"
id = "own"
title = "Own"
version = "1"
publisher = "us"
url = "here"
licence_note = "ours"
attribution = "us"
[[requirements]]
id = "R"
title = "Rules"
summary = "What is asked here."
[[requirements.parts]]
id = "r"
title = "Rules"
checks = [{ id = "of-bool" }, { id = "of-enum" }, { id = "of-list" }, { id = "of-members" }, { id = "of-text" }, { id = "of-time" }, { id = "of-two" }]
"#;

/// A check that fails for the one bucket, or for the one identity.
fn check_file(id: &str, subject: &str, passes: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = \"It is so\"\nseverity = \"low\"\nsubject = \"{subject}\"\npasses = \"{passes}\"\npass = \"p\"\nfail = \"f\"\nprocedure = \"p\"\nrationale = \"r\"\nremediation = \"m\"\n"
    )
}

const RESOURCE: &str = "[[resources]]\npattern = \"arn:aws:s3:::ledger\"\nkind = \"bucket\"\nsensitivity = \"confidential\"\npublic = false\napproved = true\nowners = [\"ann\", \"ben\"]\n";
const OWNERS: &str = "[[owners]]\nid = \"ann\"\nkind = \"person\"\n[[owners]]\nid = \"ben\"\nkind = \"person\"\n[[owners]]\nid = \"cid\"\nkind = \"person\"\n";
const REVIEW: &str = "[[reviews]]\nidentities = [\"arn:aws:iam::111122223333:user/billing-export\"]\nat = \"2026-05-01\"\nby = \"ann\"\noutcome = \"keep\"\n";

/// A folder with that inventory, and checks of which each rests on one kind of fact.
fn folder(inventory: &str) -> TempDir {
    let folder = copied("waivers");
    std::fs::remove_file(folder.path().join("waivers.toml")).unwrap();
    std::fs::remove_file(folder.path().join("inventory.toml")).unwrap();
    put(folder.path(), "assize.toml", PROFILE);
    put(folder.path(), "state.toml", inventory);
    put(folder.path(), "controls/frameworks/own.toml", CONTROLS);
    for (id, subject, passes) in [
        ("of-bool", "resource", "resource.public && !resource.approved && resource.kind == 'x'"),
        ("of-enum", "resource", "resource.sensitivity == 'public'"),
        ("of-list", "resource", "size(resource.owners) > 5"),
        ("of-members", "identity", "identity.credentials.all(c, !c.enabled)"),
        ("of-text", "resource", "resource.kind == 'x'"),
        ("of-time", "identity", "has(identity.last_review_at) && age(identity.last_review_at) <= duration('720h')"),
        ("of-two", "resource", "resource.approved && resource.sensitivity == 'public'"),
    ] {
        put(folder.path(), &format!("controls/checks/own/{id}.toml"), &check_file(id, subject, passes));
    }
    folder
}

fn waivers(folder: &Path, command: &[&str], as_of: &str, more: &[&str]) -> (String, String) {
    let controls = folder.join("controls");
    let mut all = assize(&["waivers"]);
    all.args(command).arg(folder).args(["--as-of", as_of, "--controls"]).arg(controls).args(more);
    let output = all.output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
}

/// Gives a waiver for a finding as of 2026-11-01 where the inventory says `before`, and holds it against what it says `now`, on a
/// later day: how many findings it covers, and what got worse.
fn given_and_held(check: &str, before: &str, now: &str, as_of: &str) -> (u64, String) {
    let subject = if check == "of-time" { "*billing-export" } else { "*ledger" };
    let given = folder(before);
    let new = [
        "--check",
        check,
        "--subject",
        subject,
        "--type",
        "accepted_risk",
        "--approver",
        "lena",
        "--ticket",
        "T-1",
        "--expires",
        "2028-01-01",
        "--justification",
        "so it is",
    ];
    let (waiver, err) = waivers(given.path(), &["new"], "2026-11-01", &new);
    assert!(waiver.contains("[waivers.given_for.facts]"), "{check}: {err}");
    let held = folder(now);
    put(held.path(), "waivers.toml", &waiver);
    let (out, err) = waivers(held.path(), &["list", "--format", "json"], as_of, &[]);
    let list: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
    let one = &list[0];
    assert_eq!(one["matches"], 1, "{check}: {list}");
    let said = one["doubts"].as_array().into_iter().flatten().find(|doubt| doubt["why"] == "worse");
    let said = said.map(|doubt| doubt["first"][0]["said"].as_str().unwrap().to_owned()).unwrap_or_default();
    (one["covers"].as_u64().unwrap(), said)
}

/// The same on the day after, where the resource differs in one thing.
fn changed(check: &str, from: &str, to: &str) -> (u64, String) {
    let before = format!("{RESOURCE}{OWNERS}{REVIEW}");
    let now = before.replace(from, to);
    assert!(from.is_empty() || before != now, "{from}");
    given_and_held(check, &before, &now, "2026-11-02")
}

#[test]
fn the_passing_of_time_lapses_nothing() {
    let same = format!("{RESOURCE}{OWNERS}{REVIEW}");
    for check in ["of-bool", "of-enum", "of-list", "of-text", "of-time", "of-two"] {
        assert_eq!(given_and_held(check, &same, &same, "2027-09-01"), (1, String::new()), "{check}");
    }
}

#[test]
fn a_bool_lapses_in_its_worse_direction_only() {
    // It decided, was kept and is worse, though something else decides now.
    let (covers, said) = changed("of-bool", "public = false\napproved = true", "public = true\napproved = true");
    assert_eq!((covers, said.as_str()), (0, "`resource.public` is worse: true, and was false"));
    let (covers, said) = changed("of-two", "approved = true", "approved = false");
    assert_eq!((covers, said.as_str()), (0, "`resource.approved` is worse: false, and was true"));
    let not_approved = format!("{RESOURCE}{OWNERS}{REVIEW}").replace("approved = true", "approved = false");
    let approved = not_approved.replace("approved = false", "approved = true");
    assert_eq!(given_and_held("of-two", &not_approved, &approved, "2026-11-02"), (1, String::new()), "better");
}

#[test]
fn an_instant_lapses_in_its_worse_direction_only() {
    let (covers, said) = changed("of-time", "at = \"2026-05-01\"", "at = \"2026-04-30\"");
    assert_eq!(
        (covers, said.as_str()),
        (0, "`identity.last_review_at` is worse: 2026-04-30T00:00:00Z, and was 2026-05-01T00:00:00Z")
    );
    assert_eq!(changed("of-time", "at = \"2026-05-01\"", "at = \"2026-06-01\""), (1, String::new()));
}

#[test]
fn a_name_of_an_ordered_set_lapses_in_its_worse_direction_only() {
    let (covers, said) = changed("of-enum", "confidential", "restricted");
    assert_eq!((covers, said.as_str()), (0, "`resource.sensitivity` is worse: restricted, and was confidential"));
    assert_eq!(changed("of-enum", "confidential", "internal"), (1, String::new()));
}

#[test]
fn a_list_lapses_in_its_worse_direction_only() {
    let closed = "[[closures]]\nlisting = \"ownership\"\nscope = \"*\"\nas_of = \"2026-10-30\"\nby = \"ann\"\n";
    let before = format!("{RESOURCE}{OWNERS}{REVIEW}{closed}");
    let held =
        |to: &str| given_and_held("of-list", &before, &before.replace("owners = [\"ann\", \"ben\"]", to), "2026-11-02");
    let (covers, said) = held("owners = [\"ben\"]");
    assert_eq!(covers, 0, "fewer owners are worse");
    assert!(said.starts_with("`resource.owners` is worse: "), "{said}");
    assert_eq!(held("owners = [\"ann\", \"ben\", \"cid\"]"), (1, String::new()), "more owners are better");
}

#[test]
fn a_fact_without_a_direction_lapses_by_any_other_value() {
    let (covers, said) = changed("of-text", "bucket", "table");
    assert_eq!(
        (covers, said.as_str()),
        (0, "`resource.kind` is another, and none says which is worse: table, and was bucket")
    );
    assert_eq!(changed("of-text", "confidential", "restricted"), (1, String::new()), "it does not rest on that");
}

#[test]
fn a_waiver_without_facts_lapses_by_any_change_of_the_digest() {
    let before = format!("{RESOURCE}{OWNERS}{REVIEW}");
    let given = folder(&before);
    let new = [
        "--check",
        "of-enum",
        "--subject",
        "*ledger",
        "--type",
        "accepted_risk",
        "--approver",
        "lena",
        "--ticket",
        "T-1",
        "--expires",
        "2028-01-01",
        "--justification",
        "so it is",
    ];
    let (waiver, _) = waivers(given.path(), &["new"], "2026-11-01", &new);
    let (without, _) = waiver.split_once("[waivers.given_for.facts]").unwrap();
    for (to, covers) in [("confidential", 1), ("internal", 0), ("restricted", 0)] {
        let held = folder(&before.replace("confidential", to));
        put(held.path(), "waivers.toml", without);
        let (out, err) = waivers(held.path(), &["list", "--format", "json"], "2026-11-02", &[]);
        let list: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        assert_eq!(list[0]["covers"], covers, "{to}: {list}");
    }
}

/// What decides of a list is its first member that fails; what else is in it was approved with it.
#[test]
fn another_member_lapses_and_one_that_goes_does_not() {
    const REPORT: &str = "aws/111122223333/credential-report.csv";
    const KEY: &str = "true,2026-02-01T00:00:00+00:00,2026-10-30T05:00:00+00:00,eu-north-1,s3";
    const NONE: &str = "false,N/A,N/A,N/A,N/A";
    let with = |first: &str, second: &str| {
        let folder = folder(OWNERS);
        let text = std::fs::read_to_string(folder.path().join(REPORT)).unwrap();
        let changed = text.replace(&format!("{KEY},{NONE}"), &format!("{first},{second}"));
        assert!(changed != text || (first, second) == (KEY, NONE));
        put(folder.path(), REPORT, &changed);
        folder
    };
    let new =
        ["--check", "of-members", "--subject", "*user/billing-export", "--type", "accepted_risk", "--approver", "lena"];
    let new = [&new[..], &["--ticket", "T-1", "--expires", "2028-01-01", "--justification", "so it is"]].concat();
    let off = KEY.replacen("true", "false", 1);
    for (before, now, covers) in [
        ((KEY, KEY), (off.as_str(), KEY), 1),
        ((KEY, KEY), (KEY, NONE), 1),
        ((KEY, NONE), (KEY, KEY), 0),
        ((KEY, off.as_str()), (off.as_str(), KEY), 0),
    ] {
        let (waiver, err) = waivers(with(before.0, before.1).path(), &["new"], "2026-11-01", &new);
        assert!(waiver.contains("identity.credentials"), "{err}");
        let held = with(now.0, now.1);
        put(held.path(), "waivers.toml", &waiver);
        let (out, err) = waivers(held.path(), &["list", "--format", "json"], "2026-11-02", &[]);
        let list: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{err}"));
        assert_eq!(
            (&list[0]["matches"], &list[0]["covers"]),
            (&1.into(), &covers.into()),
            "{before:?} {now:?}: {list}"
        );
    }
}

const EXPORT: &str = "aws/614820937715/authorization-details.json";
const REMEDIATOR: &str = "aws:614820937715:role:arn:aws:iam::614820937715:role/ops-remediator";
const USER: &str = "aws:614820937715:user:arn:aws:iam::614820937715:user/";

/// A waiver as `waivers new` gives it for one finding in a folder, by an approver.
pub(crate) fn given_in(folder: &Path, check: &str, subject: &str, approver: &str) -> String {
    let mut new = assize(&["waivers", "new"]);
    new.arg(folder).args(["--as-of", "2026-11-01", "--check", check, "--subject", subject, "--approver", approver]);
    new.args(["--type", "accepted_risk", "--ticket", "T-1", "--expires", "2027-09-01", "--justification", "so it is"]);
    let output = new.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one waiver of a folder, held against its findings of the day after.
pub(crate) fn held_in(folder: &Path, waiver: &str) -> Value {
    put(folder, "waivers.toml", waiver);
    let output =
        assize(&["waivers", "list", "--format", "json", "--as-of", "2026-11-02"]).arg(folder).output().unwrap();
    let list: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    list[0].clone()
}

/// How many findings a waiver covers that was given for one before a change of the folder, and why not.
pub(crate) fn after(fixture: &str, check: &str, subject: &str, change: impl FnOnce(&Path)) -> (u64, String) {
    let folder = copied(fixture);
    let waiver = given_in(folder.path(), check, subject, "ciso@elsewhere.example");
    change(folder.path());
    covered(folder.path(), &waiver)
}

/// How many findings a waiver covers that was given for one, and what got worse.
pub(crate) fn covered(folder: &Path, waiver: &str) -> (u64, String) {
    let one = held_in(folder, waiver);
    assert_eq!(one["matches"], 1, "{one}");
    let said = one["doubts"].as_array().into_iter().flatten().find(|doubt| doubt["why"] == "worse");
    let said = said.map(|doubt| doubt["first"][0]["said"].as_str().unwrap().to_owned()).unwrap_or_default();
    (one["covers"].as_u64().unwrap(), said)
}

/// Changes the JSON of an export.
pub(crate) fn edited(folder: &Path, file: &str, edit: impl FnOnce(&mut Value)) {
    let text = std::fs::read_to_string(folder.join(file)).unwrap();
    let mut export: Value = serde_json::from_str(&text).unwrap();
    edit(&mut export);
    put(folder, file, &export.to_string());
}

pub(crate) fn named<'a>(export: &'a mut Value, list: &str, field: &str, name: &str) -> &'a mut Value {
    export[list].as_array_mut().unwrap().iter_mut().find(|one| one[field] == name).unwrap()
}

/// Changes a statement of the policy of the remediator, of which the second is the first that fails.
fn statement(folder: &Path, at: usize, edit: impl FnOnce(&mut Value)) {
    edited(folder, EXPORT, |export| {
        let policy = named(export, "Policies", "PolicyName", "remediation-runbooks");
        edit(&mut policy["PolicyVersionList"][0]["Document"]["Statement"][at]);
    });
}

/// Gives a user a policy of its own.
fn allowed(folder: &Path, user: &str, name: &str, statements: &[Value]) {
    edited(folder, EXPORT, |export| {
        let user = named(export, "UserDetailList", "UserName", user);
        let policy = serde_json::json!({
            "PolicyName": name, "PolicyDocument": { "Version": "2012-10-17", "Statement": statements },
        });
        match user["UserPolicyList"].as_array_mut() {
            Some(all) => all.push(policy),
            None => user["UserPolicyList"] = serde_json::json!([policy]),
        }
    });
}

fn allow(actions: &[&str], resource: &str) -> Value {
    serde_json::json!({ "Effect": "Allow", "Action": actions, "Resource": resource })
}

#[test]
fn a_grant_behind_the_one_that_decides_lapses_where_it_grows() {
    let check = "no-permission-wildcard";
    let (covers, said) = after("marrowick", check, REMEDIATOR, |folder| {
        statement(folder, 2, |one| *one = allow(&["iam:*", "organizations:*"], "*"));
    });
    assert_eq!(covers, 0, "{said}");
    let (covers, said) = after("marrowick", check, REMEDIATOR, |folder| {
        statement(folder, 1, |one| one["Action"].as_array_mut().unwrap().push("iam:CreateUser".into()));
    });
    assert_eq!(covers, 0, "{said}");
    assert!(said.contains("iam:CreateUser"), "{said}");
    // Less is not worse: an action that goes, and a condition that comes where it does not decide.
    let less = after("marrowick", check, REMEDIATOR, |folder| {
        statement(folder, 1, |one| drop(one["Action"].as_array_mut().unwrap().pop()));
        statement(folder, 2, |one| one["Condition"] = serde_json::json!({ "Bool": { "aws:SecureTransport": "true" } }));
    });
    assert_eq!(less, (1, String::new()));
}

#[test]
fn another_way_to_the_same_lapses() {
    let subject = format!("{USER}ops-remediator-fallback");
    let same = after("marrowick", "cannot-reach-administrator", &subject, |_| {});
    assert_eq!(same, (1, String::new()));
    let (covers, said) = after("marrowick", "cannot-reach-administrator", &subject, |folder| {
        allowed(folder, "ops-remediator-fallback", "more", &[allow(&["iam:*", "organizations:*"], "*")]);
    });
    assert_eq!(covers, 0, "{said}");
}

/// What only says of whom a check asks counts as what it asks does: with more rights, a missing review is worse.
#[test]
fn rights_that_grow_lapse_what_is_asked_of_those_who_have_them() {
    let check = "privileged-reviewed";
    let subject = "aws:730516284409:user:arn:aws:iam::730516284409:user/ticket-intake";
    assert_eq!(after("marrowick", check, subject, |_| {}), (1, String::new()));
    let (covers, said) = after("marrowick", check, subject, |folder| {
        edited(folder, "aws/730516284409/authorization-details.json", |export| {
            let user = named(export, "UserDetailList", "UserName", "ticket-intake");
            let policy = serde_json::json!({
                "PolicyName": "more",
                "PolicyDocument": { "Version": "2012-10-17", "Statement": [allow(&["iam:*", "organizations:*"], "*")] },
            });
            user["UserPolicyList"] = serde_json::json!([policy]);
        });
    });
    assert_eq!(covers, 0, "{said}");
    assert!(said.contains("identity.grants"), "{said}");
}

#[test]
fn of_very_many_rights_any_change_lapses() {
    let (check, user) = ("no-permission-wildcard", "edi-gateway-legacy");
    let subject = format!("{USER}{user}");
    let many = |folder: &Path| {
        let mut all = vec![allow(&["iam:AttachRolePolicy"], "arn:aws:iam::614820937715:role/*")];
        all.extend((0..250).map(|at| allow(&["s3:GetObject"], &format!("arn:aws:s3:::b{at}/*"))));
        allowed(folder, user, "big", &all);
    };
    for (more, covers) in [(false, 1), (true, 0)] {
        let folder = copied("marrowick");
        many(folder.path());
        let waiver = given_in(folder.path(), check, &subject, "ciso@elsewhere.example");
        assert!(waiver.contains("\"identity.grants\" = \"252 members, SHA-256 "), "{waiver}");
        if more {
            allowed(folder.path(), user, "zzz", &[allow(&["iam:*"], "*")]);
        }
        let one = held_in(folder.path(), &waiver);
        assert_eq!((&one["matches"], &one["covers"], &one["keeps_facts"]), (&1.into(), &covers.into(), &true.into()));
    }
}

#[test]
fn a_list_that_is_not_whole_any_more_lapses() {
    let subject = format!("{USER}amara.okoye");
    let (covers, said) = after("marrowick", "ai-identity-dedicated", &subject, |folder| {
        std::fs::remove_file(folder.join("inventory/closures.toml")).unwrap();
    });
    assert_eq!(covers, 0, "{said}");
}

#[test]
fn an_end_that_is_moved_lapses_whichever_way() {
    let subject = "aws:285019463370:role:arn:aws:iam::285019463370:role/cargo-copilot-trial";
    for end in ["2024-01-31", "2026-10-30"] {
        let (covers, said) = after("marrowick", "pilot-identity-ended", subject, |folder| {
            let file = "inventory/ai-systems.toml";
            let text = std::fs::read_to_string(folder.join(file)).unwrap();
            let (before, from) = text.split_at(text.find("cargo-copilot").unwrap());
            let (between, rest) = from.split_at(from.find("pilot_ends_at").unwrap());
            let (_, rest) = rest.split_once('\n').unwrap();
            put(folder, file, &format!("{before}{between}pilot_ends_at = \"{end}\"\n{rest}"));
        });
        assert_eq!(covers, 0, "{end}");
        assert!(said.contains("pilot_ends_at"), "{said}");
    }
}

#[test]
fn a_waiver_that_keeps_only_a_digest_is_told() {
    let folder = copied("waivers");
    let key = "aws:111122223333:access_key:billing-export#key1";
    let waiver = given_in(folder.path(), "credential-rotated", key, "lena@tarnby.example");
    assert_eq!(held_in(folder.path(), &waiver)["keeps_facts"], true);
    let (without, _) = waiver.split_once("[waivers.given_for.facts]").unwrap();
    let one = held_in(folder.path(), without);
    assert_eq!((&one["covers"], &one["keeps_facts"]), (&1.into(), &false.into()));
    // It is held to the findings that it names all the same.
    let others = without.replacen(key, "aws:111122223333:access_key:*", 1);
    let one = held_in(folder.path(), &others);
    assert_eq!((&one["covers"], one["matches"].as_u64() > Some(1)), (&1.into(), true), "{one}");
}

#[test]
fn an_approver_is_another_only_where_that_is_known() {
    const KEY: &str = "aws:111122223333:access_key:own-approval#key1";
    const TEAMS: &str =
        "\n[[owners]]\nid = \"outer\"\nkind = \"team\"\nactive = true\nmembers = [\"team-finance\", \"outer\"]\n";
    let folder = copied("waivers");
    let waiver = given_in(folder.path(), "credential-rotated", KEY, "lena@tarnby.example");
    let why = |folder: &Path, approver: &str| {
        let one = held_in(folder, &waiver.replacen("lena@tarnby.example", approver, 1));
        let doubts = one["doubts"].as_array().map(Vec::as_slice).unwrap_or_default();
        let why: Vec<&str> = doubts.iter().map(|doubt| doubt["why"].as_str().unwrap()).collect();
        (one["covers"].as_u64().unwrap(), why.join(" "))
    };
    let (independent, unknown, owner) =
        ((1, String::new()), (1, "owner_not_known".to_owned()), (0, "approver_is_owner".to_owned()));
    for (approver, expected) in [
        ("lena@tarnby.example", &independent),
        ("Lena Holm <Lena@tarnby.example.>", &independent),
        ("ciso@elsewhere.example", &unknown),
        ("sofie+grc@tarnby.example", &unknown),
        ("mailto:sofie@tarnby.example", &owner),
        ("Sofie Lind <sofie@tarnby.example>", &owner),
        ("sofie@tarnby.example.", &owner),
        ("team-finance", &owner),
    ] {
        assert_eq!(why(folder.path(), approver), *expected, "{approver}");
    }
    // Over teams in teams, though one is in itself.
    let file = "inventory.toml";
    let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
    let (before, own) = text.split_at(text.find("user/own-approval").unwrap());
    let nested = format!("{before}{}{TEAMS}", own.replacen("team-finance", "outer", 1));
    put(folder.path(), file, &nested);
    assert_eq!(why(folder.path(), "karim@tarnby.example"), owner);
    assert_eq!(why(folder.path(), "lena@tarnby.example"), independent);
    // Where nobody says that those are all owners, another may be one.
    let open =
        nested.replacen("listing = \"ownership\"\nscope   = \"*\"", "listing = \"ownership\"\nscope   = \"gone\"", 1);
    assert_ne!(open, nested);
    put(folder.path(), file, &open);
    assert_eq!(why(folder.path(), "lena@tarnby.example"), unknown);
    assert_eq!(why(folder.path(), "karim@tarnby.example"), owner);
}
