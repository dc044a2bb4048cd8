//! What is said of checks and frameworks that somebody wrote for themselves.

use std::path::Path;

use tempfile::TempDir;

use crate::support::account::{folder, put, row, user};
use crate::support::{Run, assize, check, fixture};

/// Controls with one check and the framework that asks for it.
fn controls(subject: &str, applies: &str, passes: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    let check = format!(
        "id = \"own-check\"\ntitle = \"Own\"\nseverity = \"high\"\nsubject = {subject:?}\napplies = {applies:?}\n\
         passes = {passes:?}\npass = \"it does\"\nfail = \"it does not\"\nprocedure = \"Look.\"\nrationale = \"So.\"\n\
         remediation = \"Mend.\"\n"
    );
    put(folder.path(), "checks/own/own-check.toml", &check);
    put(folder.path(), "frameworks/own.toml", &framework("checks = [{ id = \"own-check\" }]"));
    folder
}

/// A framework of one part.
pub(crate) fn framework(answer: &str) -> String {
    format!(
        "id = \"own\"\ntitle = \"Own list\"\nversion = \"1\"\npublisher = \"us\"\nurl = \"https://own.example\"\n\
         attribution = \"us\"\nlicence_note = \"ours\"\n\n[[requirements]]\nid = \"O-1\"\ntitle = \"One\"\nsummary = \"One.\"\n\n\
         [[requirements.parts]]\nid = \"one\"\ntitle = \"One thing\"\n{answer}\n"
    )
}

/// What would make the key of a user pass.
fn passes_if(passes: &str) -> Vec<String> {
    let exports = folder(&[user("111122223333", "ada")], &[], &[row("ada", "2026-01-01T00:00:00+00:00")]);
    let controls = controls("credential", "true", passes);
    let mut run = assize(&["explain", "--as-of", "2026-11-01", "--framework", "own", "--controls"]);
    let run =
        run.arg(controls.path()).arg(exports.path()).arg("aws:111122223333:access_key:ada#key1").output().unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(text.contains("fail"), "{passes}: {text}{}", String::from_utf8_lossy(&run.stderr));
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("passes if"));
    lines.map(|line| line.trim().to_owned()).collect()
}

#[test]
fn both_ends_of_the_instants_that_pass_are_looked_for() {
    let has = "has(credential.expires_at) && ";
    for (passes, told) in [
        // So long before that a length of time cannot be reckoned, nothing is decided: that is no end.
        ("credential.expires_at - as_of <= duration('8760h')", "is on or before 2027-11-01"),
        ("credential.expires_at < timestamp('2028-01-01T00:00:00Z')", "is on or before 2027-12-31"),
        ("credential.expires_at > timestamp('2026-06-01T00:00:00Z')", "is on or after 2026-06-02"),
        (
            "credential.expires_at > as_of && credential.expires_at - as_of <= duration('8760h')",
            "is between 2026-11-02 and 2027-11-01",
        ),
        (
            "credential.expires_at > as_of - duration('1h') && credential.expires_at < as_of + duration('1h')",
            "is between 2026-11-01T23:00:00Z and 2026-11-02T00:59:58Z",
        ),
        ("credential.expires_at != timestamp('1990-01-01T00:00:00Z')", "has a date"),
    ] {
        let all = passes_if(&format!("{has}{passes}"));
        assert_eq!(all, [format!("`credential.expires_at` {told}")], "{passes}");
    }
}

/// The report on the invented company by the controls of a folder alone, in Markdown and HTML and on the terminal.
fn told(controls: &Path) -> (Run, String, String) {
    let run = check(&fixture("marrowick"), &["--framework", "own", "--controls", controls.to_str().unwrap()]);
    let (markdown, html) = (run.text("report.md"), run.text("report.html"));
    (run, markdown, html)
}

#[test]
fn a_report_on_nothing_says_that_nothing_was_tested() {
    let nobody = controls("identity", "identity.system == 'AWS'", "true");
    let unmapped = TempDir::new().unwrap();
    put(unmapped.path(), "frameworks/own.toml", &framework("unanswered = \"not mapped\""));
    let whom = "1 check applies to none of";
    for (controls, why) in [(&nobody, whom), (&unmapped, "no part of what was asked for names a check")] {
        let (run, markdown, html) = told(controls.path());
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(&format!("nothing was tested: {why}")), "{}", run.stderr);
        assert!(!run.stderr.contains("the gaps say"), "{}", run.stderr);
        assert!(run.stdout.contains("nothing was tested\n") && !run.stdout.contains("0 findings"), "{}", run.stdout);
        for report in [&markdown, &html] {
            assert!(report.contains(&format!("Nothing was tested: {why}")), "{report}");
            for clear in [
                "Nothing that could be decided fails",
                "Every verdict that was asked for",
                "none has a critical",
                "0 findings.",
            ] {
                assert!(!report.contains(clear), "{clear}");
            }
        }
        assert!(!markdown.contains("Findings: none"), "{markdown}");
    }
    let (_, markdown, _) = told(nobody.path());
    let listed = markdown.split_once(whom).unwrap().1.split_once(';').unwrap().0;
    assert!(listed.trim().split_once(' ').is_some_and(|(n, of)| n != "0" && of == "identities"), "{listed}");
}

#[test]
fn where_all_is_unknown_the_gaps_are_pointed_to() {
    let folder = folder(&[user("111122223333", "ada")], &[], &[]);
    let controls = controls("identity", "true", "has(identity.last_used_at)");
    let run = check(folder.path(), &["--framework", "own", "--controls", controls.path().to_str().unwrap()]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains("nothing could be decided: no check had what it needs; the gaps say"),
        "{}",
        run.stderr
    );
    let markdown = run.text("report.md");
    assert!(markdown.contains("Nothing could be decided: no check had what it needs; the gaps say"), "{markdown}");
    assert!(!markdown.contains("Nothing that could be decided fails"), "{markdown}");
}

#[test]
fn who_chose_the_checks_is_said_as_it_is() {
    let controls = controls("identity", "true", "identity.name != ''");
    let (run, markdown, html) = told(controls.path());
    let who = "was made by whoever wrote the control file `frameworks/own.toml`";
    assert!(run.results()["frameworks"][0]["mapping"].as_str().unwrap().ends_with(who));
    for report in [&markdown, &html] {
        assert!(report.contains("was made by whoever wrote the control file"), "{report}");
        assert!(!report.contains("publisher has not reviewed"), "{report}");
    }
    let run = check(&fixture("waivers"), &["--framework", "owasp-nhi-2025"]);
    let results = run.results();
    let mapping = |id: &str| {
        let mut all = results["frameworks"].as_array().unwrap().iter();
        all.find(|one| one["id"] == id).unwrap()["mapping"].as_str().unwrap().to_owned()
    };
    assert!(mapping("owasp-nhi-2025").contains("the publisher has not reviewed it"));
    assert_eq!(
        mapping("assize-waivers"),
        "the list is this project's own, as is the choice of checks for each requirement"
    );
}

#[test]
fn a_framework_that_was_replaced_is_not_called_the_projects() {
    let controls = TempDir::new().unwrap();
    let built_in = Path::new(env!("CARGO_MANIFEST_DIR")).join("controls/frameworks/owasp-nhi-2025.toml");
    let text = std::fs::read_to_string(built_in).unwrap();
    put(controls.path(), "frameworks/owasp-nhi-2025.toml", &format!("{text}\n# Ours.\n"));
    let run =
        check(&fixture("waivers"), &["--framework", "owasp-nhi-2025", "--controls", controls.path().to_str().unwrap()]);
    let mapping = run.results()["frameworks"][0]["mapping"].as_str().unwrap().to_owned();
    assert!(mapping.contains("whoever wrote the control file `frameworks/owasp-nhi-2025.toml`"), "{mapping}");
}

/// A crosswalk that somebody wrote says what that file says, and not what this project does.
#[test]
fn a_crosswalk_of_ones_own_is_not_called_the_projects() {
    let folder = TempDir::new().unwrap();
    let answer = "same_as = \"owasp-nhi-2025 NHI7:2025 rotation\"\nrelationship = \"subset\"";
    let text = framework(answer).replacen("title =", "crosswalk = true\ntitle =", 1);
    put(folder.path(), "frameworks/own.toml", &text);
    let (run, markdown, html) = told(folder.path());
    let part = &run.results()["frameworks"][0]["requirements"][0]["parts"][0];
    assert_eq!(part["crosswalk"]["stated_in"], "frameworks/own.toml", "{part}");
    for report in [&markdown, &html] {
        assert!(report.contains("says the control file frameworks/own.toml."), "{report}");
        assert!(!report.contains("says this project"), "{report}");
    }
    let listed = |format: &str| {
        let mut run = assize(&["controls", "crosswalk", "own", "--format", format, "--controls"]);
        String::from_utf8(run.arg(folder.path()).output().unwrap().stdout).unwrap()
    };
    assert!(listed("text").contains("(`frameworks/own.toml`)"), "{}", listed("text"));
    assert!(listed("csv").contains(",ours,,frameworks/own.toml"), "{}", listed("csv"));
    // What the program comes with is this project's word as before.
    let run = assize(&["controls", "crosswalk", "--format", "csv"]).output().unwrap();
    let built_in = String::from_utf8(run.stdout).unwrap();
    assert!(built_in.contains(",ours,,\n") && !built_in.contains("frameworks/"), "{built_in}");
}

/// A title that fills three lines is cut in headings, and stands once as it is.
#[test]
fn a_long_title_of_a_framework_breaks_no_heading() {
    let controls = controls("identity", "true", "identity.name != ''");
    let path = controls.path().join("frameworks/own.toml");
    let title = "Information Security Policy of the Group for Machine Identities, Service Accounts and Agents, Including Those of Suppliers, as Adopted by the Board and Amended by the Committee on Risk in Its Session of the First Quarter of This Year, with the Annexes that the Committee on Technology Added to It";
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("title")).unwrap().to_owned();
    std::fs::write(&path, text.replacen(&line, &format!("title = \"{title}\""), 1)).unwrap();
    let (_, markdown, html) = told(controls.path());
    let cut = "Information Security Policy of the Group for Machine Identities, Service";
    for heading in markdown.lines().filter(|line| line.starts_with('#')) {
        assert!(!heading.contains("Information Security") || heading.contains(&format!("{cut}…")), "{heading}");
    }
    assert_eq!((markdown.matches(title).count(), html.matches(title).count()), (1, 1));
    assert!(html.contains(&format!("<h3>{cut}…")), "{html}");
}
