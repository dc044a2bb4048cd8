//! The splitter against a parser: the same records, whatever the windows.
#![expect(clippy::cast_possible_truncation, clippy::type_complexity, reason = "small numbers of small tests")]

use proptest::prelude::*;
use serde_json::Value;

use super::*;

const LAYOUT: Layout = Layout::Lists(&["A", "B"], &["Marker"]);

/// Everything that a splitter finds in `text`, given in windows of these sizes in turn.
fn cut(layout: Layout, text: &[u8], sizes: &[usize]) -> (Vec<(u16, u32, u32, Vec<u8>)>, Vec<Refused>, Vec<Field>, u32) {
    let mut splitter = JsonSplitter::new(layout);
    let (mut window, mut base, mut at) = (Vec::new(), 0_u64, 0);
    let (mut records, mut refused, mut fields) = (Vec::new(), Vec::new(), Vec::new());
    for size in sizes.iter().cycle() {
        let end = (at + size.max(&1)).min(text.len());
        window.extend_from_slice(&text[at..end]);
        at = end;
        let mut out = Pieces::default();
        let keep = splitter.feed(&window, base, at == text.len(), &mut out);
        for slice in out.records {
            let found = window[slice.start..slice.end].to_vec();
            assert_eq!(&text[slice.offset as usize..][..found.len()], found);
            records.push((slice.list, slice.index, slice.document, found));
        }
        refused.extend(out.refused);
        fields.extend(out.fields);
        window.drain(..keep);
        base += keep as u64;
        if at == text.len() {
            break;
        }
    }
    (records, refused, fields, splitter.documents())
}

/// One list of objects, or objects by themselves.
const OBJECTS: Layout = Layout::Objects("items", &["kind", "metadata"]);

#[test]
fn a_document_with_a_list_is_not_a_record_and_one_without_is() {
    let text =
        br#"{"kind": "List", "items": [{"kind": "A"}, {"kind": "B", "items": [1]}], "metadata": {"continue": "x"}}
        [{"kind": "C", "metadata": {"name": "c"}}, {"kind": "DList", "items": []}] {"metadata": {}, "kind": "E"}"#;
    for size in [1, 3, 7, 1000] {
        let (records, refused, fields, documents) = cut(OBJECTS, text, &[size]);
        let texts: Vec<(u16, u32, u32, &str)> =
            records.iter().map(|r| (r.0, r.1, r.2, std::str::from_utf8(&r.3).unwrap())).collect();
        let expected = [
            (0, 0, 0, r#"{"kind": "A"}"#),
            (0, 1, 0, r#"{"kind": "B", "items": [1]}"#),
            (1, 0, 1, r#"{"kind": "C", "metadata": {"name": "c"}}"#),
            (1, 0, 3, r#"{"metadata": {}, "kind": "E"}"#),
        ];
        assert_eq!((texts.as_slice(), refused.len(), documents), (expected.as_slice(), 0, 4), "{size}");
        let of = |name: &str, document: u32| fields.iter().any(|f| f.name == name && f.document == document);
        assert!(of("kind", 0) && of("metadata", 0) && of("kind", 2), "{size}");
    }
    let deep = format!("{{\"a\": {}{}}} {{\"kind\": \"A\"}}", "[".repeat(500), "]".repeat(500));
    let (records, refused, ..) = cut(OBJECTS, deep.as_bytes(), &[64]);
    assert_eq!((records.len(), refused.len(), refused[0].why), (1, 1, Fault::TooDeep));
    let (_, refused, ..) = cut(OBJECTS, br#"{"kind": "A", "metadata": {"#, &[5]);
    assert!(refused[0].why.is_final());
}

#[test]
fn lists_documents_and_fields() {
    let text = br#" {"x": {"A": [9]}, "A": [{"a": 1}, [], "s", 5], "Marker": "m", "A": [null], "B": {"one": 1}}
        [{"B": [1]}, {"A": null}] {}"#;
    let (records, refused, fields, documents) = cut(LAYOUT, text, &[1000]);
    let texts: Vec<(u16, u32, u32, &str)> =
        records.iter().map(|r| (r.0, r.1, r.2, std::str::from_utf8(&r.3).unwrap())).collect();
    let expected = [
        (0, 0, 0, r#"{"a": 1}"#),
        (0, 1, 0, "[]"),
        (0, 2, 0, r#""s""#),
        (0, 3, 0, "5"),
        (0, 4, 0, "null"),
        (1, 0, 0, r#"{"one": 1}"#),
        (1, 0, 1, "1"),
    ];
    assert_eq!(texts, expected);
    assert_eq!((refused.len(), fields.len(), documents), (1, 1, 4));
    let (whole, ..) = cut(Layout::Documents, b"{\"a\":[{}]}\n[1] 2 \"x\"", &[3]);
    assert_eq!(whole.iter().map(|r| r.2).collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn faults_carry_their_place() {
    let fault = |text: &str| {
        let (records, refused, ..) = cut(LAYOUT, text.as_bytes(), &[7]);
        (records.len(), refused.first().map(|r| (r.list, r.index, r.offset, r.why)))
    };
    assert_eq!(fault(r#"{"A": [1, {"b": 2]}]}"#), (1, Some((Some(0), 1, 10, Fault::Mismatch(17)))));
    assert_eq!(fault(r#"{"A": [1, {"b": 2"#), (1, Some((Some(0), 1, 10, Fault::Truncated(17)))));
    assert_eq!(fault(r#"{"A": [1, 2"#), (1, Some((Some(0), 1, 10, Fault::Truncated(11)))));
    assert_eq!(fault(r#"{"A": [1 2]}"#), (1, Some((None, 0, 9, Fault::Unexpected(9)))));
    assert_eq!(fault(r#"{"A": [1]"#), (1, Some((None, 0, 9, Fault::Truncated(9)))));
    let deep = format!(r#"{{"A": [{}1{}, 2]}}"#, "[".repeat(200), "]".repeat(200));
    assert_eq!(fault(&deep), (1, Some((Some(0), 0, 7, Fault::TooDeep))));
}

#[test]
fn a_document_without_a_list_and_a_key_that_is_no_text_are_told() {
    let text = b"{\"A\": [1]} {\"a\": [2]} {\"B\xff\": [3], \"A\": [4]} null {\"B\": null}";
    for size in [1, 3, 1000] {
        let (records, refused, _, documents) = cut(LAYOUT, text, &[size]);
        let found: Vec<(u32, &[u8])> = records.iter().map(|record| (record.2, record.3.as_slice())).collect();
        assert_eq!(found, [(0, &b"1"[..]), (2, b"4")]);
        let told: Vec<(u32, u64, Fault)> = refused.iter().map(|one| (one.document, one.offset, one.why)).collect();
        assert_eq!(told, [(1, 11, Fault::NoList), (2, 23, Fault::Key), (3, 44, Fault::NoList)]);
        assert_eq!(documents, 5);
    }
}

#[test]
fn a_record_that_is_too_large_is_passed_over() {
    let text = format!(r#"{{"A": [1, "{}", 2]}}"#, "x".repeat(RECORD_LIMIT));
    for size in [1 << 20, 100 << 20] {
        let (records, refused, ..) = cut(LAYOUT, text.as_bytes(), &[size]);
        assert_eq!(records.iter().map(|r| r.1).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(refused.first().map(|r| (r.index, r.why)), Some((1, Fault::TooLarge)));
    }
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[\\[\\]{}\\\\\",: a\u{e9}\u{1f600}]{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[AB\"\\\\]{0,3}", inner), 0..6)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// The records that a parser finds.
fn parsed(documents: &[Value]) -> Vec<(u16, u32, u32, Value)> {
    let mut found = Vec::new();
    for (document, value) in documents.iter().enumerate() {
        let Some(object) = value.as_object() else { continue };
        for (key, value) in object {
            let Some(list) = ["A", "B"].iter().position(|list| list == key) else { continue };
            let elements = match value {
                Value::Null => Vec::new(),
                Value::Array(elements) => elements.clone(),
                other => vec![other.clone()],
            };
            for (index, element) in elements.into_iter().enumerate() {
                found.push((list as u16, index as u32, document as u32, element));
            }
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_a_parser(
        documents in prop::collection::vec(
            prop::collection::btree_map("(A|B|Marker|x)", value(), 0..5), 0..4),
        pretty in any::<bool>(),
        sizes in prop::collection::vec(1_usize..60, 1..5),
    ) {
        let documents: Vec<Value> =
            documents.into_iter().map(|map| Value::Object(map.into_iter().collect())).collect();
        let texts: Vec<String> = documents.iter().map(|document| {
            if pretty { serde_json::to_string_pretty(document) } else { serde_json::to_string(document) }.unwrap()
        }).collect();
        let (records, refused, _, count) = cut(LAYOUT, texts.join("\n").as_bytes(), &sizes);
        let found: Vec<(u16, u32, u32, Value)> = records.into_iter()
            .map(|r| (r.0, r.1, r.2, serde_json::from_slice(&r.3).unwrap())).collect();
        prop_assert_eq!(found, parsed(&documents));
        let listless = documents.iter().filter(|one| one.get("A").is_none() && one.get("B").is_none()).count();
        prop_assert!(refused.iter().all(|one| one.why == Fault::NoList));
        prop_assert_eq!(refused.len(), listless);
        prop_assert_eq!(count as usize, documents.len());
    }

    #[test]
    fn any_bytes_end_without_a_panic(
        text in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            "[\\[\\]{}\":,A \\\\1]{0,200}".prop_map(String::into_bytes),
            "\\{\"A\": \\[[\\[\\]{}\":,A \\\\1]{0,200}".prop_map(String::into_bytes),
        ],
        sizes in prop::collection::vec(1_usize..40, 1..4),
    ) {
        for layout in [LAYOUT, Layout::Documents] {
            let pieces = cut(layout, &text, &sizes);
            prop_assert_eq!(pieces, cut(layout, &text, &[text.len().max(1)]));
        }
    }
}

#[test]
fn elements_of_outer_arrays_are_records() {
    let text = br#" [{"a": [1]}, 2 , [3]] {"b": 4} [] [null]"#;
    for sizes in [&[1000][..], &[1], &[3, 5]] {
        let (records, refused, _, documents) = cut(Layout::Elements, text, sizes);
        let texts: Vec<(u32, u32, &str)> =
            records.iter().map(|r| (r.1, r.2, std::str::from_utf8(&r.3).unwrap())).collect();
        assert_eq!(texts, [(0, 0, r#"{"a": [1]}"#), (1, 0, "2"), (2, 0, "[3]"), (0, 1, r#"{"b": 4}"#), (0, 3, "null")]);
        assert_eq!((refused.len(), documents), (0, 4));
    }
    let (records, refused, ..) = cut(Layout::Elements, b"[{\"a\": 1}, {\"b\"", &[4]);
    assert_eq!((records.len(), refused.len()), (1, 1));
    assert_eq!(refused[0].index, 1);
}
