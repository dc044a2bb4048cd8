//! The command line: exit codes, help, names that are accepted, and what each command answers.

use std::path::Path;

use crate::support;
use crate::support::{AS_OF, assize, check, fixture};
use serde_json::Value;
use tempfile::TempDir;

/// Exit code, standard output and standard error.
fn run(args: &[&str]) -> (i32, String, String) {
    let output = assize(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn on(folder: &Path, more: &[&str]) -> (i32, String, String) {
    let folder = folder.to_str().unwrap();
    run(&[&["check", folder, "--as-of", AS_OF], more].concat())
}

#[test]
fn variables_stand_once() {
    let eval = |vars: &str| run(&["controls", "eval", "a == 1", "--vars", vars]);
    for (vars, name) in [("{\"a\": 1, \"a\": 2}", "a"), ("{\"a\": 1, \"b\": [{\"x\": {\"k\": 1, \"k\": 1}}]}", "k")] {
        let (code, stdout, stderr) = eval(vars);
        assert_eq!((code, stdout.as_str()), (2, ""), "{stderr}");
        assert!(
            stderr.contains(&format!("error[duplicate-key]: `{name}` stands twice in one object of `--vars`")),
            "{stderr}"
        );
    }
    assert_eq!(eval("{\"a\": 1, \"b\": [{\"a\": 1}, {\"a\": 2}], \"c\": {\"a\": true}}").1, "true\n");
    for wrong in ["{", "[1", "{\"a\": 1} 2", "{\"a\": 1e999999}", &"[".repeat(100_000)] {
        let (code, _, stderr) = eval(wrong);
        assert!(code == 2 && stderr.contains("error[bad-vars]: `--vars` is not JSON"), "{stderr}");
    }
}

#[test]
fn an_expression_may_begin_with_a_minus() {
    let told = |args: &[&str]| run(&[&["controls", "eval"], args].concat());
    assert_eq!(told(&["-5 / 2"]).1, "-2\n");
    assert_eq!(told(&["-a", "--vars", "{\"a\": 3}"]).1, "-3\n");
    assert_eq!(told(&["--format", "json", "-1"]).1, "{\"value\":-1}\n");
    assert!(told(&["--help"]).1.contains("Usage:"));
}

/// Expressions that would run for hours, or take all memory, end in an error soon.
#[test]
fn an_evaluation_has_an_end() {
    let numbers = |count: usize| format!("{:?}", (0..count).collect::<Vec<_>>());
    let vars = format!(
        "{{\"l\": {}, \"s\": \"{}\", \"p\": \"(a|b)*c$\", \"g\": \"{}\"}}",
        numbers(3000),
        "a".repeat(30_000),
        "*a".repeat(5000)
    );
    let literal = numbers(300);
    let many = format!("[{}]", vec!["x"; 1000].join(", "));
    for expression in [
        &format!("{literal}.all(a, {literal}.all(b, {literal}.all(c, {literal}.all(d, true))))"),
        &format!("l.all(y, l.all(x, size({many}) > 0))"),
        &format!("l.all(y, l.all(x, {many}[0] == x))"),
        &format!("l.all(y, l.all(x, {} >= 0))", vec!["x * y"; 60].join(" + ")),
        "l.map(a, l.map(b, l.map(c, c))) == []",
        "l.map(a, s + s + s + s + s).all(t, true)",
        "l.all(a, l.all(b, size(s) > 0))",
        "l.all(a, l.all(b, !s.matches(p)))",
        "l.all(a, l.all(b, glob(s, g)))",
        "l.all(a, l.all(b, l == l))",
    ] {
        let (code, stdout, stderr) = run(&["controls", "eval", expression, "--vars", &vars]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{}: {stderr}", &expression[..40]);
        assert!(stderr.contains("the expression causes too much work"), "{}: {stderr}", &expression[..40]);
    }
    let (code, stdout, _) =
        run(&["controls", "eval", "size(l.filter(a, l.exists(b, b == a + 1))) == 2999", "--vars", &vars]);
    assert_eq!((code, stdout.as_str()), (0, "true\n"));
}

#[test]
fn what_is_no_folder_is_said() {
    let results = fixture("broken/utf8-bom.json");
    let (code, stdout, stderr) = on(&results, &[]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    for words in [
        "error[no-folder]",
        "utf8-bom.json` is no folder, and a folder of exports is expected",
        &format!("pass the folder that it lies in, `{}`", fixture("broken").display()),
    ] {
        assert!(stderr.contains(words), "{words}: {stderr}");
    }
    let (code, _, stderr) = run(&["check", "Cargo.toml"]);
    assert!(code == 2 && stderr.contains("pass the folder that it lies in, `.`"), "{stderr}");
    let (code, _, stderr) = run(&["check", ".", "--threads", "0"]);
    assert!(code == 2 && stderr.contains("0 is not in 1..=256"), "{stderr}");
}

#[test]
fn an_empty_file_alone_is_told_once() {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("empty.json"), "").unwrap();
    let (code, _, stderr) = on(folder.path(), &[]);
    assert_eq!((code, stderr.matches("empty.json").count()), (2, 1), "{stderr}");
    assert!(stderr.contains("warning[not-read]") && !stderr.contains("left-out"), "{stderr}");
}

#[test]
fn exit_codes() {
    let partial = fixture("partial");
    // Findings do not fail a run that asks for no threshold.
    assert_eq!(on(&partial, &[]).0, 0);
    for severity in ["critical", "high", "medium", "low"] {
        assert_eq!(on(&partial, &["--fail-on", severity]).0, 1, "{severity}");
    }
    // Nothing fails in these pages, whatever is undecided.
    assert_eq!(on(&fixture("broken/pages"), &["--fail-on", "low"]).0, 0);
    // Only findings at least as severe count: of this requirement there are none that are critical.
    let rotated = ["--requirement", "NHI7", "--framework", "owasp-nhi-2025"];
    let marrowick = fixture("marrowick");
    let worst = |more: &[&str]| on(&marrowick, &[&rotated, more].concat()).0;
    assert_eq!((worst(&["--fail-on", "low"]), worst(&["--fail-on", "high"])), (1, 1));
    assert_eq!(on(&fixture("broken/two-snapshots"), &["--fail-on", "low"]).0, 2);
    for wrong in [
        &["check"][..],
        &["check", "a", "b"],
        &["check", ".", "--fail-on", "dire"],
        &["check", ".", "--threads", "many"],
        &["check", ".", "--threads", "0"],
        &["check", ".", "--threads", "257"],
        &["check", ".", "--threads", "100000"],
        &["controls"],
        &["controls", "nonsense"],
        &["report"],
        &["report", "no-such-results.json"],
        &["nonsense"],
        &[],
    ] {
        let (code, _, stderr) = run(wrong);
        assert_eq!(code, 2, "{wrong:?}");
        assert!(!stderr.is_empty(), "{wrong:?}");
    }
    assert_eq!(run(&["--version"]).0, 0);
}

#[test]
fn a_threshold_counts_only_what_is_as_severe() {
    // Of reviews, findings are medium.
    let folder = fixture("marrowick");
    let with = |severity: &str| on(&folder, &["--requirement", "NHI10", "--fail-on", severity]).0;
    let highest = {
        let out = TempDir::new().unwrap();
        let code = on(&folder, &["--requirement", "NHI10", "--report", out.path().to_str().unwrap()]).0;
        assert_eq!(code, 0);
        let results: Value = serde_json::from_slice(&std::fs::read(out.path().join("results.json")).unwrap()).unwrap();
        let severities = results["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|finding| finding["severity"].as_str().unwrap().to_owned());
        let order = ["low", "medium", "high", "critical"];
        severities.map(|name| order.iter().position(|one| *one == name).unwrap()).max().unwrap()
    };
    for (at, severity) in ["low", "medium", "high", "critical"].into_iter().enumerate() {
        assert_eq!(with(severity), i32::from(at <= highest), "{severity}");
    }
    assert!(highest < 3, "the requirement has no critical finding, so that the threshold is seen at work");
}

#[test]
fn help_says_what_exit_codes_mean() {
    let (code, text, _) = run(&["--help"]);
    assert_eq!(code, 0);
    for words in ["Exit codes:", "0 nothing at or over the threshold", "1 findings", "2 the input"] {
        assert!(text.replace('\n', " ").contains(words), "{words}\n{text}");
    }
    let (code, text, _) = run(&["check", "--help"]);
    assert_eq!(code, 0);
    for option in
        ["--report", "--as-of", "--fail-on", "--framework", "--requirement", "--controls", "--strict", "--threads"]
    {
        assert!(text.contains(option), "{option}");
    }
}

/// The names that people use for a requirement lead to it, everywhere.
#[test]
fn other_names_of_requirements_are_accepted() {
    let cases = [
        ("NHI-02", "NHI2:2025"),
        ("NHI2", "NHI2:2025"),
        ("nhi2:2025", "NHI2:2025"),
        ("PR.AA-5", "PR.AA-05"),
        ("PR.AA-05", "PR.AA-05"),
        ("3.1", "3.1.1"),
        ("3.1.1", "3.1.1"),
    ];
    for (name, id) in cases {
        let (code, text, stderr) = run(&["controls", "show", name]);
        assert_eq!(code, 0, "{name}: {stderr}");
        assert!(text.lines().next().unwrap().ends_with(id), "{name}: {text}");
        let out = TempDir::new().unwrap();
        let (code, _, stderr) =
            on(&fixture("partial"), &["--requirement", name, "--report", out.path().to_str().unwrap()]);
        assert_eq!(code, 0, "{name}: {stderr}");
        let results: Value = serde_json::from_slice(&std::fs::read(out.path().join("results.json")).unwrap()).unwrap();
        let frameworks = results["frameworks"].as_array().unwrap();
        let asked: Vec<&str> = frameworks
            .iter()
            .flat_map(|framework| framework["requirements"].as_array().unwrap())
            .map(|requirement| requirement["id"].as_str().unwrap())
            .collect();
        assert_eq!(asked, [id], "{name}");
    }
    // That 3.1 names approaches, and no requirements, is said where it is shown.
    assert!(run(&["controls", "show", "3.1"]).1.contains("approach"), "{}", run(&["controls", "show", "3.1"]).1);
}

/// The ids of the frameworks in the results of a run that writes some.
fn frameworks_of(folder: &Path, more: &[&str]) -> Vec<String> {
    let out = TempDir::new().unwrap();
    let (code, _, stderr) = on(folder, &[more, &["--report", out.path().to_str().unwrap()]].concat());
    assert_eq!(code, 0, "{stderr}");
    let results: Value = serde_json::from_slice(&std::fs::read(out.path().join("results.json")).unwrap()).unwrap();
    let frameworks = results["frameworks"].as_array().unwrap();
    frameworks.iter().map(|framework| framework["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn frameworks_are_found_in_any_case() {
    let partial = fixture("partial");
    let twice = ["--framework", "OWASP-NHI-2025", "--framework", "owasp-nhi-2025"];
    assert_eq!(frameworks_of(&partial, &twice), ["owasp-nhi-2025"]);
    assert_eq!(frameworks_of(&partial, &["--framework", "Nist-CSF-2.0", "--requirement", "pr.aa-5"]), ["nist-csf-2.0"]);
    let folder = TempDir::new().unwrap();
    support::copy(&partial, folder.path(), &["authorization-details.json"]);
    std::fs::write(folder.path().join("assize.toml"), "frameworks = [\"NIST-SP-800-207\"]\n").unwrap();
    assert_eq!(frameworks_of(folder.path(), &[]), ["nist-sp-800-207"]);
    assert_eq!(run(&["controls", "show", "Credential-Rotated"]).0, 0);
}

#[test]
fn a_requirement_of_a_framework_that_was_not_asked_for_is_named_with_its_own() {
    let partial = fixture("partial");
    let (code, stdout, stderr) = on(&partial, &["--framework", "owasp-nhi-2025", "--requirement", "PR.AA-5"]);
    assert_eq!((code, stdout.as_str()), (2, ""));
    let said = "error[requirement-of-another-framework]: `PR.AA-5` is a requirement of `nist-csf-2.0`, which was not \
                asked for\nhelp: add `--framework nist-csf-2.0`, or leave `--framework` out\n";
    assert!(stderr.contains(said) && !stderr.contains("unknown-framework"), "{stderr}");
    // Of two frameworks, the one without the requirement is not judged, and that is said.
    let both = ["--framework", "owasp-nhi-2025", "--framework", "nist-csf-2.0", "--requirement", "PR.AA-5"];
    assert_eq!(frameworks_of(&partial, &both), ["nist-csf-2.0"]);
    let (_, _, stderr) = on(&partial, &both);
    assert!(stderr.contains("warning[framework-without-requirement]: `owasp-nhi-2025` is not judged"), "{stderr}");
}

#[test]
fn unknown_names_are_answered_with_the_nearest() {
    let partial = fixture("partial");
    for (found, code, said) in [
        (on(&partial, &["--framework", "owasp-nhi-2024"]), "unknown-framework", "did you mean `owasp-nhi-2025`?"),
        (on(&partial, &["--framework", "OWASP-NHI-2024"]), "unknown-framework", "did you mean `owasp-nhi-2025`?"),
        (on(&partial, &["--framework", "NHI-02"]), "unknown-framework", "write `--requirement NHI-02`"),
        (on(&partial, &["--requirement", "NHI-77"]), "unknown-requirement", "did you mean `NHI-07`?"),
        (run(&["controls", "show", "credental-rotated"]), "unknown-control", "did you mean `credential-rotated`?"),
        (run(&["controls", "facts", "credntial"]), "unknown-subject", "did you mean `credential`?"),
    ] {
        let (exit, stdout, stderr) = found;
        assert_eq!((exit, stdout.as_str()), (2, ""), "{stderr}");
        assert!(stderr.contains(&format!("error[{code}]")) && stderr.contains(said), "{stderr}");
    }
}

#[test]
fn controls_are_listed_and_shown() {
    let (code, text, _) = run(&["controls", "list"]);
    assert_eq!(code, 0);
    for name in
        ["owasp-nhi-2025", "nist-csf-2.0", "nist-sp-800-207", "NHI1:2025", "PR.AA-05", "3.1.1", "credential-rotated"]
    {
        assert!(text.contains(name), "{name}");
    }
    let checks = text.lines().skip_while(|line| *line != "checks").skip(1).count();
    assert!(checks >= 20, "{checks}");
    let (code, text, _) = run(&["controls", "show", "credential-rotated"]);
    assert_eq!(code, 0);
    for section in [
        "Why",
        "How it is tested",
        "Applies where",
        "Passes where",
        "Parameters",
        "What to do about a failure",
        "Asked for by",
    ] {
        assert!(text.contains(&format!("\n{section}\n")), "{section}\n{text}");
    }
    assert!(text.contains("age(credential.last_change_at) <= params.max_age"));
}

#[test]
fn controls_are_tested_and_linted() {
    let (code, text, stderr) = run(&["controls", "test"]);
    assert_eq!((code, stderr.as_str()), (0, ""));
    let words: Vec<&str> = text.split(' ').collect();
    assert_eq!(words[0], words[2], "{text}");
    assert!(text.contains("0 outcomes are never tested"), "{text}");
    let (code, text, stderr) = run(&["controls", "lint"]);
    assert_eq!(code, 0);
    // One check asks for what no source gives yet; a test of the controls names it.
    assert!(stderr.matches("warning[").count() <= 1 && !stderr.contains("error["), "{stderr}");
    assert!(text.contains(" control files, no mistakes"), "{text}");
}

/// Every mistake of a control file at once, each with line, column, underline and help; and a test that is missing.
#[test]
fn mistakes_in_controls_are_found_at_once() {
    let folder = TempDir::new().unwrap();
    let checks = folder.path().join("checks");
    std::fs::create_dir(&checks).unwrap();
    let text = r#"
id        = "key-young"
title     = "Keys are young"
severity  = "high"
subject   = "credential"
applies   = "credential.enabledd"
passes    = "age(credential.created_at) <= params.max_age && credential.kind == 3"
pass      = "young"
fail      = "old"
procedure = "Look."
rationale = "Old keys leak."
remediation = "Replace it."

[params.max_age]
default  = "90d"
stricter = "lower"
source   = "us"
"#;
    std::fs::write(checks.join("key-young.toml"), text).unwrap();
    let folder = folder.path().to_str().unwrap();
    let (code, _, stderr) = run(&["controls", "lint", "--controls", folder]);
    assert_eq!(code, 2, "{stderr}");
    for words in
        ["credential.enabledd", "`enabled`", "can never be equal", "key-young.toml:6:", "key-young.toml:7:", "^^^"]
    {
        assert!(stderr.contains(words), "{words}\n{stderr}");
    }
    // A parameter that nothing reads is one too.
    let unused = TempDir::new().unwrap();
    let text = text.replace("enabledd", "enabled").replace(" && credential.kind == 3", "");
    let more = "\n[params.never_read]\ndefault = \"1d\"\nstricter = \"lower\"\nsource = \"us\"\n";
    std::fs::create_dir(unused.path().join("checks")).unwrap();
    std::fs::write(unused.path().join("checks/key-young.toml"), text + more).unwrap();
    let (_, _, stderr) = run(&["controls", "lint", "--controls", unused.path().to_str().unwrap()]);
    assert!(stderr.contains("never_read"), "{stderr}");
    // A run with broken controls is no run.
    let out = TempDir::new().unwrap();
    let (code, _, _) = on(&fixture("partial"), &["--controls", folder, "--report", out.path().to_str().unwrap()]);
    assert_eq!((code, support::files(out.path()).len()), (2, 0));
}

#[test]
fn expressions_are_evaluated_as_checks_are() {
    for (expression, vars, answer) in [
        ("1 + 1", None, "2\n"),
        ("x > 1 && y.exists(a, a == 'b')", Some(r#"{"x": 2, "y": ["b"]}"#), "true\n"),
        ("timestamp('2026-11-01T00:00:00Z') - timestamp('2026-10-31T00:00:00Z') == duration('24h')", None, "true\n"),
    ] {
        let mut args = vec!["controls", "eval", expression];
        if let Some(vars) = vars {
            args.extend(["--vars", vars]);
        }
        assert_eq!(run(&args), (0, answer.to_owned(), String::new()), "{expression}");
    }
    let (code, text, _) = run(&["controls", "eval", "[1, 2].map(x, x * 2)", "--format", "json"]);
    assert_eq!((code, text.as_str()), (0, "{\"value\":[2,4]}\n"));
    for (expression, said) in [("x >", "error[syntax]"), ("1 / 0", "division by zero"), ("'a' + 1", "error")] {
        let (code, stdout, stderr) = run(&["controls", "eval", expression]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{expression}");
        assert!(stderr.contains(said), "{stderr}");
    }
    let (code, _, stderr) = run(&["controls", "eval", "1", "--vars", "{"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("`--vars` is not JSON"), "{stderr}");
}

#[test]
fn facts_and_sources_are_documented() {
    let (code, all, _) = run(&["controls", "facts"]);
    assert_eq!(code, 0);
    for subject in ["identity", "credential", "owner", "group", "policy", "resource", "grant", "becoming", "ai_system"]
    {
        assert!(all.lines().any(|line| line.starts_with(&format!("{subject}  "))), "{subject}");
    }
    let (code, one, _) = run(&["controls", "facts", "credential"]);
    assert_eq!(code, 0);
    assert!(
        one.contains("last_change_at")
            && one.contains("given by: anthropic-keys, aws-access-keys, aws-credential-report, openai-keys"),
        "{one}"
    );
    assert!(all.contains(one.trim_end()));
    let (code, text, _) = run(&["sources"]);
    assert_eq!(code, 0);
    for words in [
        "aws-authorization-details",
        "\naws iam get-account-authorization-details --output json > authorization-details.json\n",
        "aws-credential-report",
        "inventory-toml",
    ] {
        assert!(text.contains(words), "{words}");
    }
}

/// The summary fits a screen, and says where the report is.
#[test]
fn the_summary_fits_a_screen() {
    for name in ["marrowick", "hostile", "partial"] {
        let run = check(&fixture(name), &[]);
        let lines: Vec<&str> = run.stdout.lines().collect();
        assert!(lines.len() <= 24, "{name}: {} lines", lines.len());
        let (report, rest) = lines.split_last().unwrap();
        // In a pipe no line is cut; on a terminal each fits, and a remedy still ends with its sentence.
        assert!(rest.iter().all(|line| !line.ends_with('…')), "{name}: {rest:?}");
        let again = TempDir::new().unwrap();
        let rendered = assize::report::render_all(
            &run.out.path().join("results.json"),
            again.path(),
            &assize::report::Templates::built_in(),
        )
        .unwrap();
        let screen = assize::report::Screen { terminal: true, report: true };
        let lines = assize::report::summary(&rendered.head, &rendered.kept, &rendered.gaps, screen);
        let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
        assert!(lines.len() <= 21 && lines.iter().all(|line| line.chars().count() <= 80), "{name}: {lines:#?}");
        let gaps = lines.iter().skip_while(|line| !line.contains("undecided"));
        assert!(gaps.clone().count() > 3 && gaps.clone().all(|line| !line.ends_with('…')), "{name}: {lines:#?}");
        assert!(report.starts_with("The report is ") && report.contains("report.html"), "{report}");
        assert!(run.out.path().join("report.html").is_file());
    }
}

/// No output says that anything is compliant or certified.
#[test]
fn no_report_says_compliant() {
    let run = check(&fixture("marrowick"), &[]);
    for name in ["report.md", "report.html", "findings.csv", "gaps.csv"] {
        let text = run.text(name).to_lowercase();
        for word in ["compliant", "certified"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

/// What the folder's files were taken for and which were left out is said without a report, and so is what is missing.
#[test]
fn the_summary_says_what_was_read_and_what_is_missing() {
    let folder = TempDir::new().unwrap();
    support::copy(&fixture("partial"), folder.path(), &["authorization-details.json"]);
    for name in ["a.txt", "b.txt", "c.txt", "d.txt"] {
        std::fs::write(folder.path().join(name), "harbour\n").unwrap();
    }
    std::fs::write(folder.path().join("assize.toml"), "frameworks = [\"owasp-nhi-2025\"]\n").unwrap();
    let (code, stdout, _) = on(folder.path(), &[]);
    assert_eq!(code, 0);
    for words in [
        "1 export (aws-authorization-details), 1 scope",
        "4 files left out: a.txt (text of an unknown kind), b.txt (text of an unknown kind), c.txt (text of an unknown kind) and 1 more",
        "add the export `aws-credential-report`",
    ] {
        assert!(stdout.contains(words), "{words}\n{stdout}");
    }
    assert!(!stdout.contains("gaps.csv") && !stdout.contains('…'), "{stdout}");
    let (_, stdout, _) = on(&fixture("marrowick"), &[]);
    assert!(stdout.contains("read as 10 inventory-toml, 8 mcp-client,"), "{stdout}");
    assert!(!stdout.contains('…'), "{stdout}");
}

#[test]
fn what_nobody_goes_by_is_said_again_in_short() {
    let long = "a".repeat(100_000);
    for command in ["explain", "graph", "drill"] {
        let (code, stdout, stderr) = run(&[command, fixture("partial").to_str().unwrap(), &long, "--as-of", AS_OF]);
        assert!(code == 2 && stdout.len() + stderr.len() < 4_000, "{command}: {} {}", stdout.len(), stderr.len());
    }
}

#[test]
fn look_ups_take_frameworks_beginnings_and_one_fact() {
    let (code, text, _) = run(&["controls", "show", "pci-dss-4.0.1"]);
    assert_eq!(code, 0);
    assert!(text.contains("\nNote\n") && text.contains("\nRequirements\n  6.5.3 "), "{text}");
    let (code, _, stderr) = run(&["controls", "show", "ksi-iam"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `KSI-IAM-AAM`, `KSI-IAM-ELP`"), "{stderr}");
    let (code, _, stderr) = run(&["controls", "crosswalk", "pci"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `pci-dss-4.0.1`?"), "{stderr}");
    let (code, text, _) = run(&["controls", "facts", "credential.expires_at"]);
    assert_eq!(code, 0);
    assert!(text.starts_with("  credential.expires_at  timestamp\n") && !text.contains("last_change_at"), "{text}");
    let (code, _, stderr) = run(&["controls", "facts", "credential.expires"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("did you mean `credential.expires_at`"), "{stderr}");
}
