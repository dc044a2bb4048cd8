//! Hostile names act in no output, and planted secrets stand in none.

use std::collections::BTreeMap;

use crate::support;
use crate::support::{Run, check, fixture};

fn run() -> Run {
    let run = check(&fixture("hostile"), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.results()["findings"].as_array().unwrap().len() > 50, "the names reach the outputs");
    run
}

/// Everything that the program wrote, by name.
fn outputs(run: &Run) -> BTreeMap<String, String> {
    let files = run.files().into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap()));
    let mut all: BTreeMap<String, String> = files.collect();
    all.insert("stdout".to_owned(), run.stdout.clone());
    all.insert("stderr".to_owned(), run.stderr.clone());
    all
}

#[test]
fn planted_secrets_stand_in_no_output() {
    let planted = support::files(&fixture("hostile"));
    let texts = planted.values().filter(|bytes| String::from_utf8_lossy(bytes).contains("CANARY"));
    assert!(texts.count() > 5, "the fixture holds secrets");
    for (name, text) in outputs(&run()) {
        let at = text.find("CANARY");
        assert!(at.is_none(), "{name}: {}", &text[at.unwrap().saturating_sub(200)..at.unwrap() + 40]);
    }
}

/// Strict makes messages, not secrets.
#[test]
fn error_messages_repeat_no_secret() {
    let run = check(&fixture("hostile"), &["--strict"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("/UserDetailList/"), "{}", run.stderr);
    assert!(!run.stderr.contains("CANARY") && !run.stdout.contains("CANARY"));
}

/// Characters that act on a terminal or reorder a line, but line feeds.
#[test]
fn no_character_acts() {
    for (name, text) in outputs(&run()) {
        let acting = text.char_indices().find(|(_, c)| {
            *c != '\n'
                && (c.is_control()
                    || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{FEFF}'))
        });
        // JSON and HTML may carry a tab or a carriage return of their own nowhere either.
        let around = |at: usize| text[..at].lines().count();
        assert!(acting.is_none(), "{name}, line {}: {:?}", around(acting.unwrap().0), acting.unwrap().1);
    }
}

#[test]
fn html_has_only_the_tags_of_the_report() {
    let text = run().text("report.html");
    // The script and the styles of the report stand there once each, and no name is in them: they are the same for all.
    let without = |text: &str, tag: &str, file: &str| {
        let (before, rest) = text.split_once(&format!("<{tag}>")).unwrap();
        let (own, after) = rest.split_once(&format!("</{tag}>")).unwrap();
        let built_in = std::fs::read_to_string(format!("{}/templates/html/{file}", env!("CARGO_MANIFEST_DIR")));
        assert_eq!(own, built_in.unwrap());
        format!("{before}{after}")
    };
    let text = without(&text, "script", "script.js");
    let text = without(&without(&text, "style", "style.css"), "style", "drawing.css");
    for wrong in ["<script", "<img", "<iframe", "onerror=alert(1)>"] {
        let at = text.to_lowercase().find(wrong);
        assert!(
            at.is_none(),
            "{wrong}: {}",
            &text[at.unwrap().saturating_sub(100)..(at.unwrap() + 60).min(text.len())]
        );
    }
    // As a text a name may say `javascript:`; as an address none does.
    for address in text.split("href=").skip(1).chain(text.split("src=").skip(1).filter(|rest| rest.starts_with('"'))) {
        assert!(
            address.starts_with("\"#") || address.starts_with("\"https://"),
            "{}",
            &address[..60.min(address.len())]
        );
    }
    // Nothing that runs, loads or submits; and no attribute that handles an event.
    let mut controls: std::collections::BTreeMap<String, i32> = std::collections::BTreeMap::new();
    let tags = text.split('<').skip(1).map(|rest| rest.split('>').next().unwrap().to_lowercase());
    for tag in tags {
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap();
        let never = [
            "animate",
            "base",
            "embed",
            "foreignobject",
            "frame",
            "iframe",
            "image",
            "img",
            "link",
            "math",
            "object",
            "script",
            "set",
            "style",
            "use",
            "video",
        ];
        assert!(!never.contains(&name), "<{tag}>");
        *controls.entry(name.to_owned()).or_insert(0) += i32::from(!tag.starts_with('/'));
        // Attributes without their values.
        let bare: String = tag.split('"').step_by(2).collect();
        assert!(!bare.split(' ').skip(1).any(|part| part.starts_with("on") && part.contains('=')), "<{tag}>");
        assert!(!bare.contains("style="), "<{tag}>");
    }
    // The one form, which filters and has nowhere to send anything to.
    for (name, times) in [("form", 1), ("input", 1), ("button", 3), ("select", 6)] {
        assert_eq!(controls.get(name), Some(&times), "{name}");
    }
}

#[test]
fn no_cell_is_a_formula() {
    let run = run();
    let mut cells = 0;
    for (name, bytes) in run.files().into_iter().filter(|(name, _)| name.ends_with(".csv")) {
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(false).from_reader(bytes.as_slice());
        for row in reader.records() {
            let row = row.unwrap_or_else(|error| panic!("{name}: {error}"));
            for cell in &row {
                cells += 1;
                // A verdict of `-` is a mark of one letter, and no formula.
                let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell != "-";
                assert!(!formula, "{name}: {cell}");
                assert!(!cell.contains(['\n', '\r']), "{name}: a cell of several lines: {cell}");
            }
        }
    }
    assert!(cells > 1000);
}

/// Rows of Markdown tables keep the number of columns of their header.
#[test]
fn markdown_tables_keep_their_columns() {
    let text = run().text("report.md");
    let columns = |line: &str| {
        let mut cells = 0;
        let mut escaped = false;
        for c in line.trim().chars() {
            cells += usize::from(c == '|' && !escaped);
            escaped = c == '\\' && !escaped;
        }
        cells
    };
    let mut width = None;
    let mut rows = 0;
    for (at, line) in text.lines().enumerate() {
        if !line.starts_with('|') {
            width = None;
            continue;
        }
        rows += 1;
        let this = columns(line);
        assert_eq!(*width.get_or_insert(this), this, "line {}: {line}", at + 1);
    }
    assert!(rows > 100, "{rows}");
}

/// As Markdown is read by others: no name becomes a link, an image or HTML.
#[test]
fn markdown_renders_to_no_html_of_names() {
    use pulldown_cmark::{Event, Options, Parser, Tag};
    let text = run().text("report.md");
    let mut links = Vec::new();
    // The report's own anchors: `<a id="check-7">`, with nothing in it that came from outside.
    let own = |html: &str| {
        let id = html.strip_prefix("<a id=\"").and_then(|rest| rest.strip_suffix("\">"));
        html == "</a>" || id.is_some_and(|id| id.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')))
    };
    // Its own blocks that fold: a summary is text on one line, with no tag in it.
    let folds = |html: &str| {
        let summary = html.strip_prefix("<details><summary>").and_then(|rest| rest.strip_suffix("</summary>"));
        html == "</details>" || summary.is_some_and(|told| !told.contains(['<', '>', '"', '\n']))
    };
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::InlineHtml(html) if own(&html) => {}
            Event::Html(html) if folds(html.trim()) || own(html.trim().trim_end_matches("</a>")) => {}
            Event::Html(html) | Event::InlineHtml(html) => panic!("raw HTML: {html}"),
            Event::Start(Tag::Image { dest_url, .. }) => panic!("an image: {dest_url}"),
            Event::Start(Tag::Link { dest_url, .. }) => links.push(dest_url.to_string()),
            _ => {}
        }
    }
    // Links are those of the report itself: to its own headings, or to what controls cite.
    let strange: Vec<&String> =
        links.iter().filter(|link| !link.starts_with('#') && !link.starts_with("https://")).collect();
    assert!(strange.is_empty(), "{strange:?}");
    assert!(!links.iter().any(|link| link.contains("evil") || link.contains("example")), "{links:?}");
}

/// What is no export that is read is named, with a reason, and not opened further.
#[test]
fn files_with_secrets_are_named_and_left() {
    let results = run().results();
    let ignored: Vec<&str> =
        results["ignored"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    assert_eq!(
        ignored,
        [
            "README.md",
            "assize.toml",
            "aws/assume-role.json",
            "aws/create-access-key.json",
            "notes.txt",
            "openai/create-admin-key.json"
        ]
    );
    // The secrets were seen for what they are, and not merely passed over.
    let total = |path: &str, name: &str| {
        let exports = results["exports"].as_array().unwrap();
        let export = exports.iter().find(|export| export["path"] == path).unwrap();
        let total = export["totals"].as_array().unwrap().iter().find(|total| total["name"] == name).unwrap();
        total["count"].as_u64().unwrap()
    };
    assert_eq!(total("mcp.json", "secrets_in_the_file"), 17);
    assert_eq!(total("gitleaks.json", "findings"), 3);
    let key = &results["ignored"][3]["reason"];
    assert!(key.as_str().unwrap().starts_with("an access key with its live secret: delete this file"), "{key}");
    let rejected = results["rejected"].as_array().unwrap();
    // One user, a secret of the cluster without metadata, the document of YAML that ends in the middle, and two keys of OpenAI.
    assert_eq!(rejected.len(), 5, "{rejected:?}");
    let dates: Vec<&str> =
        results["quality"].as_array().unwrap().iter().map(|note| note["code"].as_str().unwrap()).collect();
    assert!(dates.contains(&"unreadable-date"), "{dates:?}");
}
