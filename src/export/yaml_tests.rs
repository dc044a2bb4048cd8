//! Documents of YAML as JSON text, and what is refused.

use super::*;
use crate::export::split::{Layout, Pieces};
use crate::export::windows::splitter;

fn of(text: &str) -> Converted {
    convert(text, "items", &["data", "stringData"])
}

fn texts(converted: &Converted) -> Vec<&str> {
    converted.items.iter().map(|item| item.json.as_str()).collect()
}

#[test]
fn values_become_json() {
    let text = "a: 1\nb: [x, 'y', \"z\\n\", ~, true, -1.5, 0x10, 1_000, .inf, yes]\nc:\n  d: |\n    two\n    lines\n  e:\n? f\n: {g: h}\n\"1\": 2\n";
    let read = of(text);
    assert_eq!(read.wrong, None);
    let value: serde_json::Value = serde_json::from_str(texts(&read)[0]).unwrap();
    let want = serde_json::json!({"a": 1, "b": ["x", "y", "z\n", null, true, -1.5, "0x10", "1_000", ".inf", "yes"],
        "c": {"d": "two\nlines\n", "e": null}, "f": {"g": "h"}, "1": 2});
    assert_eq!(value, want);
}

#[test]
fn lists_give_their_members_with_their_lines() {
    let read =
        of("# x\napiVersion: v1\nitems:\n- kind: A\n  items: [1]\n- kind: B\nkind: List\nmetadata:\n  continue: c\n");
    assert_eq!(texts(&read), [r#"{"kind":"A","items":[1]}"#, r#"{"kind":"B"}"#]);
    assert_eq!(read.beside, [r#"{"apiVersion":"v1","items":null,"kind":"List","metadata":{"continue":"c"}}"#]);
    let places: Vec<_> = read.items.iter().map(|item| (item.index, item.line, item.offset)).collect();
    assert_eq!(places, [(Some(0), 3, 26), (Some(1), 5, 49)]);
    let read = of("- kind: A\n- kind: B\n");
    assert_eq!((texts(&read).len(), read.items[1].index, read.beside.len()), (2, Some(1), 0));
    let read = of("kind: A\n...\n---\nkind: B\n");
    assert_eq!(texts(&read), [r#"{"kind":"A"}"#, r#"{"kind":"B"}"#]);
    assert_eq!(of("---\n# nothing\n").items, []);
}

#[test]
fn what_is_passed_over_is_not_written() {
    let read = of(
        "kind: Secret\ndata:\n  token: canary\n  more: [canary, {a: canary}]\nstringData: canary\nmetadata:\n  data: kept\n",
    );
    assert_eq!(texts(&read), [r#"{"kind":"Secret","data":null,"stringData":null,"metadata":{"data":"kept"}}"#]);
    let read = of("items:\n- data: {a: canary}\n  kind: A\nkind: List\n");
    assert_eq!(texts(&read), [r#"{"data":null,"kind":"A"}"#]);
}

#[test]
fn aliases_are_followed_within_a_limit() {
    let read = of("a: &x {b: [1, 2]}\nc: *x\nd: &y text\ne: [*y, *x]\n*y : 1\n");
    assert_eq!(texts(&read), [r#"{"a":{"b":[1,2]},"c":{"b":[1,2]},"d":"text","e":["text",{"b":[1,2]}],"text":1}"#]);
    let mut bomb = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n".to_owned();
    for level in 1..20 {
        let references = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{references}]\n"));
    }
    let why = of(&bomb).wrong.unwrap().1;
    assert!(why.contains("aliases") || why.contains("anchor"), "{why}");
    let many = format!("a: &a {}\nb: [{}]\n", "x".repeat(1000), vec!["*a"; 5000].join(", "));
    assert!(of(&many).wrong.unwrap().1.contains("aliases stand for"), "too much is written");
    assert!(of("a: &a [*a]\n").wrong.is_some());
    assert!(of("a: *nobody\n").wrong.is_some());
}

#[test]
fn what_json_cannot_say_is_refused() {
    let why = |text: &str| of(text).wrong.map(|(line, why)| format!("{line}: {why}")).unwrap_or_default();
    assert!(why("a: 1\n<<: {b: 2}\n").starts_with("1: it uses a merge key"), "{}", why("<<: {b: 2}\n"));
    assert!(why("? [a]\n: 1\n").contains("a key in it is no text"));
    assert!(why("a:\n  b: 1\n\tc: 2\n").contains("it is not YAML"), "{}", why("a:\n  b: 1\n\tc: 2\n"));
    let deep = why(&format!("a: {}1{}", "[".repeat(200), "]".repeat(200)));
    assert!(deep.contains("nests deeper"), "{deep}");
    assert!(!why(&"[".repeat(100_000)).is_empty());
    assert!(why(&"- ".repeat(5000)).contains("nests deeper"));
    let half = of("items:\n- kind: A\n- kind: [\n");
    assert_eq!((texts(&half), half.wrong.is_some()), (vec![r#"{"kind":"A"}"#], true));
}

#[test]
fn marks_say_where_keys_and_elements_stand() {
    let text = "# c\na:\n  - x: 1\n    y: &y {z: 2}\nb: {c: *y}\n<<: *y\n---\nd: e\n";
    let read = super::documents(text);
    assert_eq!(read.wrong, None);
    assert_eq!(texts(&read), [r#"{"a":[{"x":1,"y":{"z":2}}],"b":{"c":{"z":2}},"<<":{"z":2}}"#, r#"{"d":"e"}"#]);
    let source = |item: usize, json: &str| {
        let item = &read.items[item];
        text[item.source(item.json.find(json).unwrap())..].lines().next().unwrap()
    };
    assert_eq!(source(0, r#"{"x""#), "x: 1");
    assert_eq!(source(0, r#"{"z":2}}]"#), "y: &y {z: 2}");
    assert_eq!(source(0, r#"{"z":2}},"<<"#), "c: *y}");
    assert_eq!(source(1, "\"e\""), "d: e");
}

/// The documents of a text that comes in windows of this size: first line, and text.
fn documents(text: &str, size: usize) -> Vec<(u32, String)> {
    let mut splitter = splitter(Layout::Yaml);
    let (mut window, mut base, mut at, mut all) = (Vec::new(), 0_u64, 0, Vec::new());
    loop {
        let end = (at + size).min(text.len());
        window.extend_from_slice(&text.as_bytes()[at..end]);
        at = end;
        let mut out = Pieces::default();
        let keep = splitter.feed(&window, base, at == text.len(), &mut out);
        assert!(out.refused.is_empty());
        for slice in out.records {
            let found = String::from_utf8(window[slice.start..slice.end].to_vec()).unwrap();
            assert!(text[usize::try_from(slice.offset).unwrap()..].starts_with(&found));
            all.push((slice.index, found));
        }
        if at == text.len() {
            return all;
        }
        window.drain(..keep);
        base += keep as u64;
    }
}

#[test]
fn documents_are_cut_at_their_markers() {
    let text = "# c\n%YAML 1.2\n---\na: 1\n--- {b: 2}\n---\n# nothing\n---\r\nc: |\n  ----\n  x\n---x: 1\n---";
    let want = [(3, "---\na: 1\n"), (5, "--- {b: 2}\n"), (8, "---\r\nc: |\n  ----\n  x\n---x: 1\n")];
    for size in [1, 2, 5, 1000] {
        let found = documents(text, size);
        let found: Vec<(u32, &str)> = found.iter().map(|(line, text)| (*line, text.as_str())).collect();
        assert_eq!(found, want, "{size}");
    }
    assert_eq!(documents("a: 1", 3), [(1, "a: 1".to_owned())]);
    assert!(documents("", 3).is_empty());
}
