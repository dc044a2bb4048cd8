//! Templates of one's own: what they replace, what is said when they do not fit, and that none can hang or eat memory.

use std::path::Path;

use crate::support;
use crate::support::{check, fixture};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// What the program says of a folder of templates, with its path made short; it must write nothing.
fn refused(files: &[(&str, &str)]) -> String {
    let own = folder(files);
    let path = own.path().to_str().unwrap();
    let run = check(&fixture("partial"), &["--templates", path]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.files().is_empty(), "{:?}", run.files().keys());
    let told: Vec<&str> = run.stderr.lines().filter(|line| line.contains("error")).collect();
    told.join("\n").replace(path, "OWN").replace(run.out.path().to_str().unwrap(), "OUT")
}

#[test]
fn the_example_renders_and_its_report_says_so() {
    let own = fixture("templates");
    let own = own.to_str().unwrap();
    let (run, plain) = (check(&fixture("marrowick"), &["--templates", own]), check(&fixture("marrowick"), &[]));
    assert_eq!(run.code, 0, "{}", run.stderr);
    let html = run.text("report.html");
    assert!(html.contains("Internal audit · for the board") && html.contains("Marrowick Freight"), "{html}");
    assert!(html.contains("<code>report.html</code> replaces a built-in template."));
    assert!(html.contains("<code>letterhead.html</code> added."));
    let markdown = run.text("report.md");
    assert!(markdown.contains("This report was not rendered with the built-in templates alone."));
    assert!(markdown.contains("| letterhead.html | added |"), "{markdown}");
    for same in ["results.json", "findings.csv", "gaps.csv"] {
        assert_eq!(run.text(same), plain.text(same), "{same}");
    }
    assert!(plain.text("report.md").contains("All templates of this report are built in."));
    // Rendered again from the results, the same bytes.
    let again = TempDir::new().unwrap();
    let mut command = support::assize(&["report"]);
    command.arg(run.out.path().join("results.json")).args(["--templates", own, "--out"]).arg(again.path());
    command.assert().success();
    assert_eq!(std::fs::read_to_string(again.path().join("report.html")).unwrap(), html);
}

#[test]
fn what_does_not_fit_is_told_with_file_and_line() {
    let control = refused(&[("report.html", "a\nb\u{1b}[2J\n")]);
    assert!(control.contains("line 2: a control character") && !control.contains('\u{1b}'), "{control:?}");
    insta::assert_snapshot!(refused(&[("report.html", "a\nb\n{% for x in %}\n")]), @r#"error[bad-template]: `OWN/report.html`, line 3: syntax error: unexpected end of block"#);
    insta::assert_snapshot!(refused(&[("report.html", "a\n{{ organization }}\n")]), @r#"error: the report could not be written: `OWN/report.html`, line 2: undefined value: `organization` is undefined"#);
    insta::assert_snapshot!(refused(&[("finding.md", "{{ finding.name }}\n\n{{ finding.nam }}\n")]), @r#"error: the report could not be written: `OWN/finding.md`, line 3: undefined value: `finding.nam` is undefined"#);
    insta::assert_snapshot!(refused(&[("report.html", "{{ summary }}")]), @r#"error: the report could not be written: `OWN/report.html`, line 1: invalid operation: only text, numbers and yes or no can be printed"#);
    insta::assert_snapshot!(refused(&[("report.html", "{{ organisation | safe }}")]), @r#"error: the report could not be written: `OWN/report.html`, line 1: unknown filter: filter safe is unknown"#);
    insta::assert_snapshot!(refused(&[("report.html", "{% include \"other.html\" %}")]), @r#"error: the report could not be written: `OWN/report.html`, line 1: template not found: tried to include non-existing template 'other.html'"#);
    insta::assert_snapshot!(refused(&[("other.css", "a {}")]), @r#"error[bad-template]: `OWN/other.css` is not used: only `drawing.css`, `script.js` and `style.css` are put into the page"#);
    insta::assert_snapshot!(refused(&[("style.css", "a {}</style><script>")]), @r#"error[bad-template]: `OWN/style.css` has a tag in it that would end it within the page"#);
    insta::assert_snapshot!(refused(&[("notes.txt", "a")]), @r#"error[bad-template]: no template is in `OWN`: its files have the names of built-in ones, such as `report.html` (docs/templates.md lists them)"#);
}

#[test]
fn no_template_can_take_all_time_or_memory() {
    insta::assert_snapshot!(refused(&[("report.html", "{% set x = \"aaaa\" %}\n{% set x = x ~ x %}")]), @r#"error[bad-template]: `OWN/report.html`, line 2: `~` cannot be used: write the values one after the other"#);
    let nested = "{% for a in checks %}".repeat(12) + "{{ tool }}" + &"{% endfor %}".repeat(12);
    insta::assert_snapshot!(refused(&[("report.html", &nested)]), @r#"error: the report could not be written: `OWN/report.html`, line 1: the template takes more steps than a report may"#);
    insta::assert_snapshot!(refused(&[("report.html", "{% include \"report.html\" %}")]), @r#"error: the report could not be written: `OWN/report.html`, line 1: could not render include: error in "report.html"; `OWN/report.html`, line 1: could not render include: error in "report.html"; `OWN/report.html`, line 1: could not render include: error in "report.html"; `OWN/report.html`, line 1: could not render include: error in "report.html"; `OWN/report.html`, line 1: could not render include: error in "report.html"; `OWN/report.html`, line 1: invalid operation: recursion limit exceeded"#);
    insta::assert_snapshot!(refused(&[("report.html", "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}")]), @r#"error: the report could not be written: `OWN/report.html`, line 1: invalid operation: recursion limit exceeded"#);
    let many = "{% for a in finding.id %}".repeat(4) + &"{% endfor %}".repeat(4);
    let told = refused(&[("finding.html", &many.replace("finding.id", "\"abcdefghijklmnopqrstuvwxyz\""))]);
    assert!(told.ends_with("`OWN/finding.html`, line 1: the template takes more steps than a report may"), "{told}");
    // A text that doubles itself in blocks ends at a number of bytes.
    let doubled = "{% set x %}{{ results_sha256 }}{% endset %}".to_owned()
        + &"{% set x %}{{ x }}{{ x }}{% endset %}".repeat(40)
        + "{{ x }}";
    insta::assert_snapshot!(refused(&[("report.html", &doubled)]), @r#"error: the report could not be written: `OWN/report.html`, line 1: invalid operation: the template prints more than a report may"#);
    // What stands in the template itself counts as well, in each format.
    let loops = ["a", "b", "c", "d", "e", "f", "g"].map(|name| format!("{{% for {name} in [1,2,3,4,5,6,7,8,9,0] %}}"));
    let long = format!("{}{}{}", loops.concat(), "x".repeat(2000), "{% endfor %}".repeat(7));
    for name in ["report.html", "report.md"] {
        let said = refused(&[(name, &long)]);
        assert!(said.contains("the template prints more than a report may"), "{name}: {said}");
    }
}

#[test]
fn nothing_is_nested_deeper_than_there_is_room_for() {
    for piece in ["not ", "a."] {
        let told = refused(&[("report.html", &format!("\n{{{{ {}1 }}}}", piece.repeat(30_000)))]);
        assert_eq!(
            told,
            "error[bad-template]: `OWN/report.html`, line 2: a tag has at most 200 words and signs: `set` names for its parts"
        );
    }
    let told = refused(&[("report.html", &"{% set a = 1 %}\n".repeat(30_000))]);
    assert_eq!(
        told,
        "error[bad-template]: `OWN/report.html`, line 3001: a template has at most 3000 tags: put a part of it into another"
    );
    // What is just allowed is read without harm, whether it is right or not.
    for piece in ["not ", "- ", "(", "1 or ", "1 and ", "1 if 1 else "] {
        let pieces = piece.repeat(190 / piece.split_whitespace().count());
        let own = folder(&[(
            "report.html",
            &format!("{{{{ {pieces}1{} }}}}", ")".repeat(pieces.matches('(').count().min(9))),
        )]);
        let run = check(&fixture("partial"), &["--templates", own.path().to_str().unwrap()]);
        assert!(matches!(run.code, 0 | 2), "{piece}: {}", run.stderr);
    }
}

#[cfg(unix)]
#[test]
fn only_regular_files_of_the_folder_are_read() {
    let own = folder(&[("report.md", "x")]);
    let elsewhere = folder(&[("secret", "hush")]);
    std::os::unix::fs::symlink(elsewhere.path().join("secret"), own.path().join("report.html")).unwrap();
    let told = |own: &TempDir| {
        let run = check(&fixture("partial"), &["--templates", own.path().to_str().unwrap()]);
        assert_eq!(run.code, 2);
        run.stderr.replace(own.path().to_str().unwrap(), "OWN")
    };
    let said = told(&own);
    assert!(said.contains("`OWN/report.html` is a link that leads out of the folder of templates"), "{said}");
    std::fs::remove_file(own.path().join("report.html")).unwrap();
    let fifo = own.path().join("finding.html");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    let said = told(&own);
    assert!(said.contains("`OWN/finding.html` is no template: it is no regular file"), "{said}");
    let output = support::assize(&["report"]).arg(&fifo).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("it is no regular file"), "{said}");
}

#[test]
fn a_report_that_is_rendered_again_names_the_template_too() {
    let run = check(&fixture("partial"), &[]);
    let own = folder(&[("report.html", "a\n{{ organization }}\n")]);
    let out = TempDir::new().unwrap();
    let mut command = support::assize(&["report"]);
    command.arg(run.out.path().join("results.json")).arg("--templates").arg(own.path()).arg("--out").arg(out.path());
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap().replace(own.path().to_str().unwrap(), "OWN");
    assert_eq!(said, "error: `OWN/report.html`, line 2: undefined value: `organization` is undefined\n");
}

#[test]
fn what_a_template_prints_is_escaped() {
    let own = folder(&[(
        "report.html",
        "{{ appendix.exports.rows[0].path }}|{% for one in checks %}{{ one.passes }}{% endfor %}",
    )]);
    let run = check(&fixture("hostile"), &["--templates", own.path().to_str().unwrap()]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let html = run.text("report.html");
    assert!(html.contains("&amp;&amp;") && !html.contains("&& ") && !html.contains('<'), "{html}");
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let run = check(&fixture("partial"), &["--templates", "no-such-folder"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the folder of templates `no-such-folder` is not there"), "{}", run.stderr);
    assert!(!Path::new("no-such-folder").exists());
}
