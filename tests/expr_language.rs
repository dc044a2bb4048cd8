//! The language by examples: literals, operators, functions and errors, and every example of its reference.

use assize::expr::{Env, EvalError, Expr, eval_text};
use assize::model::Subject;
use serde_json::{Value, json};

/// The value as JSON, the error in words, or the codes of the diagnostics.
fn eval(text: &str, vars: &Value) -> String {
    match eval_text(text, vars) {
        Ok(value) => value.to_string(),
        Err(EvalError::Failed(fault)) => {
            format!("error at `{}`: {}", &text[fault.start as usize..fault.end as usize], fault.kind.text())
        }
        Err(EvalError::Refused(mistakes)) => {
            let codes: Vec<&str> = mistakes.iter().map(|mistake| mistake.code).collect();
            format!("refused: {}", codes.join(", "))
        }
        Err(EvalError::Unknown(why)) => format!("unknown: {}", why.name()),
    }
}

#[test]
fn literals() {
    for (text, value) in [
        ("0x7fffffffffffffff", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("9223372036854775808", "refused: number-range"),
        ("99999999999999999999", "refused: number-range"),
        (".5 + 1e2", "100.5"),
        ("1.", "refused: syntax"),
        ("1x", "refused: syntax"),
        (r"'\x41\101\u00e9\U0001F511\t'", "\"AAé🔑\\t\""),
        (r"r'\x41' + R'\'", "\"\\\\x41\\\\\""),
        ("'''it's\n\"so\"'''", "\"it's\\n\\\"so\\\"\""),
        ("'a\nb'", "refused: syntax"),
        (r"'\ud800'", "refused: syntax"),
        (r"'\400'", "refused: syntax"),
        ("[1, 2,]", "[1,2]"),
        ("{'a': [1], 'b': []}", "{\"a\":[1],\"b\":[]}"),
        ("{1: 'a', 1: 'b'}", "error at `{1: 'a', 1: 'b'}`: the map gives one key twice"),
        ("1 // a comment\n + 2", "3"),
        ("a.`b-c`", "refused: unknown-name"),
        ("{'b-c': 3}.`b-c`", "3"),
        ("for", "refused: syntax"),
        ("1 +", "refused: syntax"),
        ("(1", "refused: syntax"),
        ("1 2", "refused: syntax"),
        ("f(1,)", "refused: syntax"),
    ] {
        assert_eq!(eval(text, &json!(null)), value, "{text}");
    }
}

#[test]
fn operators_and_errors() {
    for (text, value) in [
        ("2 + 3 * 4 - 6 / 4", "13"),
        ("1 + 9223372036854775807", "error at `1 + 9223372036854775807`: the result is out of range"),
        ("7 % 0", "error at `7 % 0`: a division by zero"),
        ("-9223372036854775808 / -1", "error at `-9223372036854775808 / -1`: the result is out of range"),
        ("1.0 / 0.0", "\"Infinity\""),
        ("0.0 / 0.0 == 0.0 / 0.0", "false"),
        ("1 + 1.0", "refused: wrong-type"),
        ("1 < 1.5", "true"),
        ("9007199254740993 > 9007199254740992.0", "true"),
        ("'a' == 1", "refused: never-true"),
        ("'a' < 1 || 'b' in 3", "refused: never-true, wrong-type"),
        ("!!true", "true"),
        ("--3", "3"),
        ("!1", "refused: wrong-type"),
        ("true ? 1 : 'a'", "refused: branches-differ"),
        ("[1, 2, 3][3]", "error at `[1, 2, 3][3]`: the list has no such position"),
        ("[1][-1]", "error at `[1][-1]`: the list has no such position"),
        ("{'a': 1}['b']", "error at `{'a': 1}['b']`: the map has no such key"),
        ("{'a': 1}.b == 1 || true", "true"),
        ("true == false in [false]", "true"),
        ("[[1], []] == [[1], []]", "true"),
        ("[1].map(x, 1 / (x - 1))", "error at `1 / (x - 1)`: a division by zero"),
        ("[0, 1].exists(x, 1 / x == 1)", "true"),
        ("[0, 2].exists(x, 1 / x == 1)", "error at `1 / x`: a division by zero"),
        ("[].exists(x, x.startsWith('a'))", "false"),
        ("[1].exists(x, [2].exists(y, x < y && y == 2))", "true"),
        ("[1].exists(x, [2].exists(x, x == 2))", "true"),
        ("[1].all(x + 1, true)", "refused: wrong-arguments"),
        ("'a'.all(x, true)", "refused: wrong-type"),
        ("foo(1)", "refused: unknown-function"),
        ("size(1)", "refused: wrong-arguments"),
        ("contains('a', 'b')", "refused: wrong-arguments"),
        ("age(timestamp(0))", "refused: unknown-name"),
    ] {
        assert_eq!(eval(text, &json!(null)), value, "{text}");
    }
}

#[test]
fn time_and_conversions() {
    for (text, value) in [
        ("timestamp('2026-01-31T00:00:00.5+01:00')", "{\"$timestamp\":\"2026-01-30T23:00:00.5Z\"}"),
        ("duration('1h') + duration('-1ms')", "{\"$duration\":\"3599.999s\"}"),
        ("duration('90d')", "refused: bad-literal"),
        ("duration('9' + '0d')", "error at `duration('9' + '0d')`: the text cannot be read as this type"),
        ("timestamp('2026-02-30T00:00:00Z')", "refused: bad-literal"),
        (
            "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
            "error at `timestamp('9999-12-31T23:59:59Z') + duration('1s')`: the result is out of range",
        ),
        (
            "timestamp('9999-12-31T23:59:59Z').getFullYear('+02:00')",
            "error at `timestamp('9999-12-31T23:59:59Z').getFullYear('+02:00')`: the result is out of range",
        ),
        ("timestamp('2024-12-31T00:00:00Z').getDayOfYear()", "365"),
        ("timestamp(0).getHours('Mars/Base')", "refused: bad-zone"),
        (
            "timestamp(0).getHours('Mars' + '/Base')",
            "error at `timestamp(0).getHours('Mars' + '/Base')`: there is no such time zone",
        ),
        ("duration('-90s').getMinutes()", "-1"),
        ("int('x')", "error at `int('x')`: the text cannot be read as this type"),
        ("int(1e30)", "error at `int(1e30)`: the result is out of range"),
        ("string(1e21) + string(0.1) + string(true)", "\"1e+210.1true\""),
        ("double('1e3')", "1000.0"),
        ("bool('maybe')", "error at `bool('maybe')`: the text cannot be read as this type"),
        ("'a'.matches('(')", "refused: bad-pattern"),
        (
            "'a'.matches('(' + '')",
            "error at `'a'.matches('(' + '')`: the pattern is not a regular expression, or too large",
        ),
        ("'a'.matches('(a{1000}){1000}')", "refused: bad-pattern"),
    ] {
        assert_eq!(eval(text, &json!(null)), value, "{text}");
    }
}

#[test]
fn variables_come_as_json() {
    let vars = json!({
        "n": 3, "x": 2.0, "names": ["ann", "bob"], "limits": {"a": 1}, "none": [],
        "since": {"$timestamp": "2026-10-31T00:00:00Z"}, "most": {"$duration": "36h"},
        "as_of": {"$timestamp": "2026-11-01T00:00:00Z"},
    });
    for (text, value) in [
        ("n / 2", "1"),
        ("x / 2.0", "1.0"),
        ("age(since) <= most", "true"),
        ("names[1] + names[0]", "\"bobann\""),
        ("limits.a + limits['a']", "2"),
        ("has(limits.b)", "false"),
        ("none.all(s, s.size() > 3)", "true"),
        ("nmes", "refused: unknown-name"),
        ("[1].exists(n, .n == 3 && n == 1)", "true"),
        (".5 + .x", "2.5"),
        (".limits.a", "1"),
        (".'a'", "refused: syntax"),
    ] {
        assert_eq!(eval(text, &vars), value, "{text}");
    }
    for vars in [json!({"v": null}), json!({"v": [1, "a"]}), json!({"v": 18446744073709551615_u64}), json!([1])] {
        assert_eq!(eval("true", &vars), "refused: bad-variable", "{vars}");
    }
}

#[test]
fn every_example_of_the_reference_is_right() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/expressions.md")).unwrap();
    let (mut subject, mut within, mut seen) = (None, false, 0);
    for line in page.lines() {
        if let Some(kind) = line.strip_prefix("```") {
            within = kind.starts_with("cel");
            subject = Subject::from_name(kind.trim_start_matches("cel").trim());
            continue;
        }
        if !within {
            continue;
        }
        seen += 1;
        if let Some(subject) = subject {
            assert!(Expr::compile(line, &Env::of(subject)).is_ok(), "{line}");
        } else if let Some((_, value)) = line.split_once("// => ") {
            assert_eq!(eval_text(line, &json!(null)), Ok(serde_json::from_str(value).unwrap()), "{line}");
        } else {
            assert!(line.ends_with("// refused") && eval(line, &json!(null)).starts_with("refused"), "{line}");
        }
    }
    assert!(seen > 20, "{seen}");
}
