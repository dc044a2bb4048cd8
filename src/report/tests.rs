//! What every output must hold: nothing acts, nothing is left out silently, the same bytes both ways.

use std::path::Path;

use super::*;
use crate::base::digest::Digested;
use crate::contract::v1::FindingSink;
use crate::contract::v1::sample::{HOSTILE, finding, gaps, head};
use crate::contract::v1::{Finding, ResultsWriter};

const FINDINGS: usize = 40;
const TERMINAL: Screen = Screen { terminal: true, report: true };

/// Writes a results file and all outputs as `check` does.
fn written(folder: &Path, findings: usize) -> Kept {
    let head = head(findings as u64);
    std::fs::create_dir_all(folder).unwrap();
    let file = std::fs::File::create(folder.join("results.json")).unwrap();
    let mut json = ResultsWriter::new(Digested::new(file), &head).unwrap();
    let mut rendering = Rendering::create(folder, &head, &Templates::built_in()).unwrap();
    for n in 0..findings {
        json.finding(&finding(n)).unwrap();
        rendering.finding(&finding(n)).unwrap();
    }
    let digest = json.finish(&gaps()).unwrap().digest();
    rendering.finish(&head, &gaps(), &digest).unwrap().0
}

fn output(file: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    written(folder.path(), FINDINGS);
    std::fs::read_to_string(folder.path().join(file)).unwrap()
}

#[test]
fn formats_are_sorted_and_named_once() {
    let ids: Vec<_> = FORMATS.iter().map(|format| format.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    assert!(FORMATS.iter().all(|one| format(one.id).is_some_and(|found| found.file == one.file)));
    assert!(format("report.md").is_none());
}

#[test]
fn check_and_report_give_the_same_bytes() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    written(one.path(), FINDINGS);
    let rendered = render_all(&one.path().join("results.json"), two.path(), &Templates::built_in()).unwrap();
    assert_eq!(rendered.files.len(), FORMATS.len());
    for format in FORMATS {
        let name = format.file;
        let (a, b) = (std::fs::read(one.path().join(name)).unwrap(), std::fs::read(two.path().join(name)).unwrap());
        assert!(!a.is_empty() && a == b, "{name}");
        let alone = two.path().join("alone");
        render_one(&one.path().join("results.json"), format, std::fs::File::create(&alone).unwrap()).unwrap();
        assert!(std::fs::read(alone).unwrap() == a, "{name} alone");
    }
}

#[test]
fn nothing_acts_in_html() {
    let html = output("report.html");
    // The one script and the one style are allowed by their digests, and nothing else is.
    let (page, script) = html.split_once("<script>").unwrap();
    let (script, end) = script.split_once("</script>").unwrap();
    assert_eq!(script, super::template::ASSETS[1].1);
    let tags: Vec<&str> =
        page.split('<').chain(end.split('<')).skip(1).filter_map(|rest| rest.split('>').next()).collect();
    for tag in tags {
        for forbidden in ["script", "img", "iframe", "object", "embed", "base", "foreignObject", "use", "a xlink"] {
            assert!(!tag.starts_with(forbidden), "<{tag}>");
        }
        let attributes: String = tag.split('"').step_by(2).collect();
        for forbidden in ["src=", " on", " style=", "action="] {
            assert!(!attributes.contains(forbidden), "<{tag}>");
        }
    }
    let policy = page.split("http-equiv=\"Content-Security-Policy\" content=\"").nth(1).unwrap();
    let policy = policy.split('"').next().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    let styles = page.split("<style>").skip(1).map(|rest| rest.split("</style>").next().unwrap());
    for text in styles.chain([script]) {
        use base64::Engine as _;
        use sha2::Digest as _;
        let digest = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{digest}'")), "{policy}");
    }
    assert!(!html.contains("@import") && html.matches("url(").count() == html.matches("url(#").count());
    for hostile in HOSTILE.iter().filter(|text| text.contains(['<', '\u{1b}', '\u{202e}'])) {
        assert!(!html.contains(hostile), "{hostile:?}");
    }
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert!(html.contains("user\\u{202e}gpj.exe"));
    let links: Vec<&str> = html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(links.iter().all(|link| link.starts_with('#') || link.starts_with("https://")), "{links:?}");
    assert!(!html.contains("evil.example\""));
    let ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in links.iter().filter_map(|link| link.strip_prefix('#')) {
        assert_eq!(ids.iter().filter(|id| **id == link).count(), 1, "{link}");
    }
}

#[test]
fn tags_of_html_are_balanced() {
    let html = output("report.html");
    for tag in [
        "section", "article", "details", "summary", "figure", "svg", "table", "tbody", "tr", "td", "th", "ul", "ol",
        "li", "dl", "dd", "div", "p", "span", "select", "option", "label",
    ] {
        let opened = html.matches(&format!("<{tag}>")).count() + html.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, html.matches(&format!("</{tag}>")).count(), "{tag}");
    }
}

#[test]
fn nothing_acts_in_markdown() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let text = output("report.md");
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r', '\t']));
    let mut headings = 0;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            // The report's own anchors, whose names are numbered.
            Event::InlineHtml(raw) if *raw == *"</a>" || own_anchor(&raw) => {}
            Event::Html(raw) if own_block(raw.trim()) || own_anchor(raw.trim()) => {}
            Event::Html(raw) | Event::InlineHtml(raw) => panic!("raw HTML: {raw}"),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("an image: {dest_url}"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://") || dest_url.starts_with('#'), "{dest_url}");
            }
            Event::Start(Tag::Heading { .. }) => headings += 1,
            _ => {}
        }
    }
    let ours = text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(headings, ours);
    assert!(!text.contains("| forged | row"));
}

/// True for the begin and the end of a block that folds, whose summary has no tag in it.
fn own_block(raw: &str) -> bool {
    let summary = raw.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix("</summary>"));
    raw == "</details>" || summary.is_some_and(|text| !text.contains(['<', '>', '\n']))
}

/// True for `<a id="check-7">`, with or without its end.
fn own_anchor(raw: &str) -> bool {
    let raw = raw.strip_suffix("</a>").unwrap_or(raw);
    let id = raw.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">"));
    id.is_some_and(|id| id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
}

#[test]
fn every_link_within_a_report_leads_somewhere() {
    let (markdown, html) = (output("report.md"), output("report.html"));
    let between = |text: &str, start: &str, end: char| -> Vec<String> {
        text.split(start).skip(1).filter_map(|rest| rest.split(end).next()).map(str::to_owned).collect()
    };
    for (ids, links) in [
        (between(&markdown, "<a id=\"", '"'), between(&markdown, "](#", ')')),
        (between(&html, " id=\"", '"'), between(&html, "href=\"#", '"')),
    ] {
        assert!(links.len() > 20 && links.iter().any(|link| link.starts_with("export-")), "{links:?}");
        assert!(links.iter().any(|link| link.starts_with("check-")), "{links:?}");
        for link in &links {
            assert_eq!(ids.iter().filter(|id| *id == link).count(), 1, "{link}");
        }
        let mut once = ids.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), ids.len());
    }
}

#[test]
fn every_table_of_markdown_is_even() {
    let text = output("report.md");
    let mut columns = 0;
    for line in text.lines() {
        if !line.starts_with('|') {
            columns = 0;
            continue;
        }
        let cells = line.replace("\\|", "").matches('|').count();
        assert!(columns == 0 || cells == columns, "{line}");
        columns = cells;
    }
}

/// What needs attention comes first, and what each check asks is an appendix, of which only what is open is told whole.
#[test]
fn what_matters_comes_before_what_is_looked_up() {
    for (file, start) in [("report.html", "<section id=\""), ("report.md", "## <a id=\"")] {
        let text = output(file);
        let at = |id: &str| text.find(&format!("{start}{id}\"")).unwrap_or_else(|| panic!("{file} has no {id}"));
        let order = ["summary", "attention", "frameworks", "findings", "gaps", "scope", "sign", "checks", "appendix"];
        assert!(order.map(at).is_sorted(), "{file}: {:?}", order.map(at));
    }
    let markdown = output("report.md");
    let checks = markdown.split_once("<a id=\"checks\">").unwrap().1.split_once("<a id=\"appendix\">").unwrap().0;
    let open = head(FINDINGS as u64).checks.iter().filter(|run| run.tally.fail + run.tally.unknown > 0).count();
    assert_eq!(checks.matches("<details>").count(), open);
}

#[test]
fn no_cell_of_csv_acts() {
    for (file, rows) in [("findings.csv", FINDINGS), ("gaps.csv", gaps().len())] {
        let text = output(file);
        assert!(!text.contains(['\u{1b}', '\u{202e}', '\r', '\t']), "{file}");
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut seen = 0;
        for record in reader.records() {
            seen += 1;
            for cell in &record.unwrap() {
                assert!(!cell.trim_start().starts_with(['=', '+', '-', '@']), "{cell}");
            }
        }
        assert_eq!(seen, rows);
        assert_eq!(text.lines().count(), rows + 1, "{file}: a line break within a row");
    }
}

/// The page shows 2,000 findings, the Markdown 100: the worst, and says how many more there are and where.
#[test]
fn long_lists_say_how_many_more_and_where() {
    let folder = tempfile::tempdir().unwrap();
    let all = SHOWN + 50;
    written(folder.path(), all);
    for (file, most, told) in [
        ("report.html", SHOWN, "Only the worst 2,000 findings are here.</strong> 50 more"),
        ("report.md", 100, "Only the worst 100 findings are here.** 1,950 more"),
    ] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.contains(told), "{file}");
        assert_eq!(text.matches("id=\"finding-").count(), most, "{file}");
    }
    let text = output("report.html");
    assert!(!text.contains("Only the worst"));
    assert_eq!(text.matches("id=\"finding-").count(), FINDINGS);
}

#[test]
fn no_command_and_no_name_of_a_framework_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    let kept = written(folder.path(), FINDINGS);
    let mut long = head(FINDINGS as u64);
    let framework = long.frameworks.first_mut().unwrap();
    framework.title = "NIST SP 800-207, Zero Trust Architecture and what follows from it".to_owned();
    let told = |command: &str| {
        let mut all_gaps = gaps();
        for gap in &mut all_gaps {
            gap.remedy.commands = vec![command.to_owned()];
        }
        summary(&long, &kept, &all_gaps, TERMINAL).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let text = told(
        "aws iam generate-credential-report && aws iam get-credential-report --output json > credential-report.json",
    );
    assert!(text.contains("  NIST SP 800-207    "), "{text}");
    assert!(
        text.contains(
            "    aws iam generate-credential-report &&\n    aws iam get-credential-report --output json > credential-report.json\n"
        ),
        "{text}"
    );
    let text = told(&"aws ".repeat(60));
    assert!(
        text.contains("add the export `aws-access-key-last-used`; the command is in gaps.csv")
            && !text.contains("aws aws"),
        "{text}"
    );
}

#[test]
fn no_output_says_what_only_an_auditor_may() {
    for format in FORMATS {
        let text = output(format.file).to_lowercase();
        assert!(!text.contains("compliant") && !text.contains("certified"), "{}", format.file);
    }
}

#[test]
fn an_empty_assessment_renders() {
    let folder = tempfile::tempdir().unwrap();
    let head = Head::default();
    Rendering::create(folder.path(), &head, &Templates::built_in()).unwrap().finish(&head, &[], "").unwrap();
    for format in FORMATS {
        assert!(folder.path().join(format.file).exists());
    }
    assert!(summary(&head, &Kept::default(), &[], TERMINAL).len() <= summary::LINES);
}

#[test]
fn references_to_nothing_render() {
    let folder = tempfile::tempdir().unwrap();
    let mut one = finding(0);
    one.waiver = Some(7);
    let many = head(3);
    let heads = [
        Head { exports: vec![], texts: crate::contract::v1::Texts::default(), attestations: vec![], ..many.clone() },
        Head { checks: vec![], ..many.clone() },
        Head { frameworks: vec![], ..many },
        Head::default(),
    ];
    for head in &heads {
        let find = |sink: &mut dyn FindingSink| sink.finding(&one).and_then(|()| sink.finding(&finding(1)));
        let (kept, files) = write_all(folder.path(), head, &gaps(), find).unwrap();
        assert_eq!(files.len(), FORMATS.len() + 1);
        assert!(summary(head, &kept, &gaps(), TERMINAL).len() <= summary::LINES);
    }
}

#[test]
fn the_largest_counts_render() {
    let folder = tempfile::tempdir().unwrap();
    let mut large = head(u64::MAX - 12);
    for run in &mut large.checks {
        run.tally.unknown = u64::MAX;
    }
    let again = large.checks.clone();
    large.checks.extend(again);
    let mut all_gaps = gaps();
    for gap in &mut all_gaps {
        gap.count = Some(u64::MAX);
    }
    write_all(folder.path(), &large, &all_gaps, |_| Ok(())).unwrap();
}

#[test]
fn waived_findings_are_shown_after_the_others() {
    let mut kept = Kept::default();
    for n in 0..60 {
        kept.finding(&Finding { waiver: (n % 2 == 0).then_some(0), ..finding(n) }).unwrap();
    }
    let shown: Vec<bool> = kept.shown(40).map(|finding| finding.waiver.is_some()).collect();
    assert_eq!((shown.len(), kept.seen()), (40, 60));
    assert!(shown.iter().take(30).all(|waived| !waived) && shown.iter().skip(30).all(|waived| *waived));
    assert_eq!((kept.worst().seen(), kept.worst().rest()), (30, 0));
}

#[test]
fn the_summary_fits_a_screen() {
    let folder = tempfile::tempdir().unwrap();
    let kept = written(folder.path(), FINDINGS);
    let mut many = head(FINDINGS as u64);
    many.frameworks = std::iter::repeat_n(many.frameworks.first().cloned().unwrap(), 9).collect();
    let mut all_gaps = gaps();
    for n in 0..9 {
        let mut gap = all_gaps.first().cloned().unwrap();
        gap.remedy.text = format!("remedy {n}");
        all_gaps.push(gap);
    }
    let lines: Vec<String> = summary(&many, &kept, &all_gaps, TERMINAL).iter().map(ToString::to_string).collect();
    assert!(lines.len() <= summary::LINES, "{}", lines.len());
    assert!(lines.iter().all(|line| line.chars().count() <= 80 && !line.contains(['\u{1b}', '\u{202e}', '\n'])));
    assert!(lines.last().is_some_and(|line| line.contains("more gaps") || line.contains("gaps")), "{lines:#?}");
    let lines: Vec<String> =
        summary(&head(FINDINGS as u64), &kept, &gaps(), TERMINAL).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    assize 0.1.0 · Ferrow & Lund <Ltd> · as of the end of 2026-11-01 UTC
    2 exports, 1 scope, 31 identities, 0 credentials
    read as 1 aws-iam-authorization-details, 1 inventory
    1 file left out: \u{1b}[31mred\u{1b}[0m (not an export that is known)
    1 control file not as built in: checks/own.toml (added)
    1 scope missing, 1 record rejected, 1 control test failed

      OWASP Non-Human Identities Top 10   1 not satisfied

    40 findings   40 high
      high     <script>alert(1)</script>: last changed 303 days ago, limit 90 days …
      high     a|b|c\u{a}| forged | row |: last changed 303 days ago, limit 90 days…
      high     \u{1b}[31mred\u{1b}[0m: last changed 303 days ago, limit 90 days use…
      and 37 more

    12 verdicts undecided, some subjects not listed; one may be in several gaps
      Nothing says credential.last_change_at: 12 verdicts undecided
        add the export `aws-access-key-last-used`:
        aws iam get-access-key-last-used --access-key-id ID | tee <file>
      and 2 gaps more
    ");
}

/// On a terminal lines end where the screen does and remedies where a sentence does; in a pipe both are whole.
#[test]
fn nothing_is_cut_in_a_pipe_and_no_sentence_anywhere() {
    let folder = tempfile::tempdir().unwrap();
    let kept = written(folder.path(), FINDINGS);
    let mut all_gaps = gaps();
    let long = "State for these identities of aws:111122223333 what they are for: `purpose` under `[[identities]]` \
                of the inventory (in CSV: the column `purpose` of a file whose first column is `identity`). Then more.";
    for gap in &mut all_gaps {
        (gap.remedy.text, gap.remedy.exports, gap.remedy.commands) = (long.to_owned(), Vec::new(), Vec::new());
    }
    let mut many = head(FINDINGS as u64);
    for name in ["one", "two", "three", "four"] {
        let path = format!("{name}/{}.txt", "n".repeat(60));
        many.ignored.push(crate::contract::v1::IgnoredFile { path, reason: "text".to_owned() });
    }
    let told = |screen: Screen| {
        let lines = summary(&many, &kept, &all_gaps, screen);
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let (terminal, pipe) = (told(TERMINAL), told(Screen { terminal: false, ..TERMINAL }));
    assert!(terminal.lines().all(|line| line.chars().count() <= 80), "{terminal}");
    assert!(terminal.contains("    under `[[identities]]` of the inventory.\n"), "{terminal}");
    assert!(terminal.contains("5 files left out: \\u{1b}[31mred\\u{1b}[0m and 4 more"), "{terminal}");
    let (first, _) = long.split_once(" Then").unwrap();
    assert!(pipe.contains(&format!("    {first}\n")) && !pipe.contains('…'), "{pipe}");
    // The names are whole, and where the line would be very long their reasons are left to the report.
    assert!(
        pipe.contains("5 files left out:") && pipe.contains("nnn.txt, two/") && pipe.contains("and 2 more"),
        "{pipe}"
    );
    many.ignored.truncate(3);
    for (file, reason) in many.ignored.iter_mut().zip(["a: b", "text, with c", "text"]) {
        (file.path, file.reason) = (file.path.chars().take(20).collect(), reason.to_owned());
    }
    let pipe = summary(&many, &kept, &all_gaps, Screen { terminal: false, ..TERMINAL });
    let pipe: Vec<String> = pipe.iter().map(ToString::to_string).collect();
    assert!(
        pipe.iter()
            .any(|line| line.contains("3 files left out: ") && line.contains("(a), one/nnnnnnnnnnnnnnnn (text)")),
        "{pipe:?}"
    );
}

/// What is missing of the same verdicts of one check, and is said in one place, is one gap of two names.
#[test]
fn gaps_with_one_remedy_are_told_once_and_add_up() {
    let mut all_gaps = gaps();
    all_gaps.truncate(1);
    let first = all_gaps.first().cloned().unwrap();
    all_gaps.push(Gap { about: crate::contract::v1::GapAbout::Fact("credential.last_used_at".to_owned()), ..first });
    let mut head = head(FINDINGS as u64);
    let told = |head: &Head, gaps: &[Gap]| {
        let lines = summary(head, &Kept::default(), gaps, Screen { terminal: false, ..TERMINAL });
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let text = told(&head, &all_gaps);
    assert!(text.contains("Nothing says credential.last_change_at or credential.last_used_at: 12 verdicts"), "{text}");
    assert!(!text.contains("may stand in several"), "{text}");
    // With another remedy they are two, and their numbers add up to more than there are verdicts.
    all_gaps.last_mut().unwrap().remedy.text = "Another.".to_owned();
    let text = told(&head, &all_gaps);
    assert!(text.contains("12 verdicts undecided; one may be in several gaps"), "{text}");
    let folder = tempfile::tempdir().unwrap();
    head.profile.file = None;
    write_all(folder.path(), &head, &all_gaps, |_| Ok(())).unwrap();
    for file in ["report.md", "report.html"] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert!(text.contains("One verdict may stand in several gaps"), "{file}");
    }
}
