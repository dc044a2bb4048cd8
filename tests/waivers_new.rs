//! `assize waivers new`: what a new waiver covers, what is refused, and tables that spreadsheets make.

use crate::support::account::put;
use crate::support::fixture;
use crate::waivers::{KEY, ROTATED, waiver, waivers, with};

const NEW: [&str; 14] = [
    "--check",
    ROTATED,
    "--type",
    "accepted_risk",
    "--approver",
    "lena@tarnby.example",
    "--ticket",
    "GRC-200",
    "--expires",
    "2027-03-01",
    "--justification",
    "so it is",
    "--id",
    "new-one",
];

#[test]
fn a_new_waiver_covers_what_it_was_given_for() {
    let subject = format!("{KEY}:mail-*");
    let args: Vec<&str> = NEW.into_iter().chain(["--subject", &subject]).collect();
    let (code, out, err) = waivers("new", &fixture("waivers"), &args);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!(out, @r#"
    [[waivers]]
    id            = "new-one"
    check         = "credential-rotated"
    subjects      = ["aws:111122223333:access_key:mail-*"]
    type          = "accepted_risk"
    justification = "so it is"
    approver      = "lena@tarnby.example"
    ticket        = "GRC-200"
    opened        = "2026-11-01"
    expires       = "2027-03-01"

    [[waivers.given_for]]
    subject = "aws:111122223333:access_key:mail-relay#key1"
    digest  = "9e6ad7e0ea89ddc5be41f465f85f901c998ce62b3774b6ea061e0fdb1a836f1e"

    [waivers.given_for.facts]
    "credential.enabled" = true
    "credential.kind" = "access_key"
    "credential.last_change_at" = "2026-02-04T00:00:00Z"
    "#);
    let folder = with(&out);
    let (code, out, _) = waivers("check", folder.path(), &[]);
    assert_eq!((code, out.as_str()), (0, "1 waiver, nothing wrong with it as of 2026-11-01T23:59:59Z\n"));
    let (_, csv, _) = waivers("new", &fixture("waivers"), &[&args[..], &["--format", "csv"]].concat());
    let folder = with("");
    put(folder.path(), "waivers.csv", &csv);
    let (_, out, _) = waivers("list", folder.path(), &[]);
    assert!(out.contains("covers 1 of 1 finding"), "{out}");
}

#[test]
fn what_would_not_be_in_force_is_refused() {
    let refused = |changes: &[(&str, &str)], subject: &str| {
        let mut args: Vec<String> = NEW.iter().map(|arg| (*arg).to_owned()).collect();
        for (name, value) in changes {
            let at = args.iter().position(|arg| arg == name).unwrap();
            args[at + 1] = (*value).to_owned();
        }
        args.extend(["--subject".to_owned(), subject.to_owned()]);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (code, out, err) = waivers("new", &fixture("waivers"), &args);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        err.lines().filter(|line| line.starts_with("error") || line.starts_with("help")).collect::<Vec<_>>().join("\n")
    };
    let mail = format!("{KEY}:mail-relay#key1");
    insta::assert_snapshot!(refused(&[("--approver", "KARIM@tarnby.example")], &mail), @r"
    error[waiver-not-in-force]: `KARIM@tarnby.example` owns `aws:111122223333:access_key:mail-relay#key1`, and so cannot approve a waiver for it
    help: have it approved by someone who does not answer for the subject
    ");
    insta::assert_snapshot!(refused(&[("--approver", "team-finance")], &mail), @r"
    error[waiver-not-in-force]: `team-finance` owns `aws:111122223333:access_key:mail-relay#key1`, and so cannot approve a waiver for it
    help: have it approved by someone who does not answer for the subject
    ");
    insta::assert_snapshot!(refused(&[("--expires", "2027-12-01")], &mail), @r"
    error[waiver-not-in-force]: from 2026-11-01 to 2027-12-01 is longer than `max_waiver` of the profile allows
    help: name an earlier day with `--expires`: `2027-11-02` is the latest
    ");
    insta::assert_snapshot!(refused(&[("--expires", "2026-11-01")], &mail), @r"
    error[bad-waiver]: the waiver expires before it is in force
    help: `opened` is its first day, and `expires` the first day on which it is no longer in force
    ");
    insta::assert_snapshot!(refused(&[], &format!("{KEY}:mail-rely#key1")), @r"
    error[waiver-not-in-force]: there is no finding of `credential-rotated` about `aws:111122223333:access_key:mail-rely#key1`
    help: findings are about `aws:111122223333:access_key:mail-relay#key1`, `aws:111122223333:access_key:ci-deploy#key1`, `aws:111122223333:access_key:ci-build#key1`
    ");
    insta::assert_snapshot!(refused(&[], "arn:aws:iam::111122223333:user/mail-relay"), @r"
    error[waiver-not-in-force]: `arn:aws:iam::111122223333:user/mail-relay` is an identity, and `credential-rotated` asks about credentials
    help: write the id of the subject of a finding as reports do
    ");
    insta::assert_snapshot!(refused(&[], "*"), @r"
    error[waiver-not-in-force]: a pattern of only wildcards would waive whatever there will be
    help: name the subjects that are meant, or a pattern that tells them from others
    ");
    insta::assert_snapshot!(refused(&[("--type", "compensating_control")], &mail), @r"
    error[bad-waiver]: a compensating control needs its worksheet
    help: add `--constraints`, `--definition`, `--objective`, `--risk`, `--validation`, `--maintenance`, each with a text; `assize waivers new --help` says what each is
    ");
    insta::assert_snapshot!(refused(&[("--id", "billing-export-key")], &mail), @r"
    error[duplicate-id]: `billing-export-key` is the id of a waiver in `waivers.toml` too
    help: let each waiver have an id of its own
    ");
    insta::assert_snapshot!(refused(&[("--check", "waiver-matches")], &mail), @r"
    error[waiver-of-a-waiver]: a finding about waivers cannot be waived
    help: mend the waiver that it is about: renew it, narrow it, or take it out
    ");
}

#[test]
fn a_worksheet_of_another_type_is_told_by_its_arguments() {
    let subject = format!("{KEY}:mail-relay#key1");
    let more = ["--subject", &subject, "--risk", "r"];
    let (code, _, err) = waivers("new", &fixture("waivers"), &[&NEW[..], &more].concat());
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @r"
    error[bad-waiver]: a waiver of type `accepted_risk` has no worksheet
    help: leave out `--risk`, or write `--type compensating_control`
    ");
}

#[test]
fn a_table_is_begun_by_the_shell() {
    let subject = format!("{KEY}:mail-relay#key1");
    let args = [&NEW[..], &["--subject", &subject, "--format", "csv"]].concat();
    let folder = with("");
    put(folder.path(), "waivers.csv", "");
    let (code, first, err) = waivers("new", folder.path(), &args);
    assert_eq!(code, 0, "{err}");
    put(folder.path(), "waivers.csv", &first);
    let again: Vec<&str> = args.iter().map(|arg| if *arg == "new-one" { "another" } else { *arg }).collect();
    let (_, second, _) = waivers("new", folder.path(), &again);
    put(folder.path(), "waivers.csv", &(first + &second));
    let (code, out, err) = waivers("check", folder.path(), &[]);
    assert_eq!(code, 1, "{err}");
    insta::assert_snapshot!(out, @r"
    another: covers nothing, since all that it would cover is covered by `new-one` before it
      take `another` out of waivers.csv

    2 waivers, 1 thing wrong or soon wrong as of 2026-11-01T23:59:59Z
    ");
}

#[test]
fn a_waiver_that_is_behind_another_is_told() {
    let subject = format!("\"{KEY}:billing-export#key1\"");
    let folder = with(&(waiver("one", &subject, &[]) + &waiver("two", &subject, &[])));
    let (code, out, _) = waivers("check", folder.path(), &[]);
    assert_eq!(code, 1);
    let told = "two: covers nothing, since all that it would cover is covered by `one` before it\n  take `two` out of waivers.toml\n";
    assert!(out.contains(told), "{out}");
    let id = format!("{KEY}:billing-export#key1");
    let (_, new, _) = waivers("new", folder.path(), &[&NEW[..], &["--subject", &id]].concat());
    put(folder.path(), "waivers.toml", &(waiver("one", &subject, &[]) + &new));
    let (_, out, _) = waivers("check", folder.path(), &[]);
    assert!(out.contains("  take `one` out of waivers.toml: this one keeps facts\n"), "{out}");
    put(folder.path(), "waivers.toml", &new);
    assert_eq!(waivers("check", folder.path(), &[]).0, 0);
}

#[test]
fn encodings_of_spreadsheets_are_told() {
    let folder = with("");
    std::fs::write(folder.path().join("waivers.csv"), b"id,check\nb\xfccher,c\n").unwrap();
    let (code, _, err) = waivers("list", folder.path(), &[]);
    assert_eq!(code, 2);
    insta::assert_snapshot!(err, @r"
    error[unreadable-waivers]: `waivers.csv` cannot be read: it is no text in UTF-8
    help: save it as `CSV UTF-8`, as spreadsheets call it, and not as `CSV` alone or as Unicode text
    ");
    let table = "id,check,subject,type,justification,approver,ticket,opened,expires\r\n\
                 a,credential-rotated,s,accepted_risk,j,lena,t,7/1/2026,\r\n";
    put(folder.path(), "waivers.csv", table);
    let (_, _, err) = waivers("list", folder.path(), &[]);
    insta::assert_snapshot!(err, @r"
    error[bad-date]: `opened` is no date: `7/1/2026`
     --> waivers.csv:2:47
      |
    2 | a,credential-rotated,s,accepted_risk,j,lena,t,7/1/2026,
      |                                               ^^^^^^^^ not a date
      |
    help: write the day as `2026-11-01`: year, month, day

    error[bad-date]: `expires` is empty
     --> waivers.csv:2:56
      |
    2 | a,credential-rotated,s,accepted_risk,j,lena,t,7/1/2026,
      |                                                        ^ not a date
      |
    help: write the day as `2026-11-01`: year, month, day
    ");
}
