//! The public conformance cases of CEL: none is answered wrongly, and what is refused is refused by name.
//!
//! `ASSIZE_CEL_DIR` names the folder of the cases (one JSON file a subject). Without it only the
//! cases that are written in the other tests run. With `ASSIZE_UPDATE=1` the table in
//! `docs/expressions-conformance.md` is written anew; otherwise it must be as it is.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use assize::expr::{EvalError, eval_text};
use serde_json::{Map, Value, json};

const FILES: [&str; 11] = [
    "basic",
    "logic",
    "comparisons",
    "integer_math",
    "fp_math",
    "string",
    "lists",
    "macros",
    "timestamps",
    "conversions",
    "parse",
];

/// A value of the cases as the evaluator takes and gives it; `None` for types that the language refuses.
fn plain(value: &Value) -> Option<Value> {
    let (kind, inner) = value.as_object()?.iter().next()?;
    Some(match kind.as_str() {
        "int64_value" => json!(inner.as_str()?.parse::<i64>().ok()?),
        "double_value" | "bool_value" | "string_value" => inner.clone(),
        "list_value" => {
            let items = inner.get("values").and_then(Value::as_array).cloned().unwrap_or_default();
            Value::Array(items.iter().map(plain).collect::<Option<_>>()?)
        }
        "map_value" => {
            let mut map = Map::new();
            for entry in inner.get("entries").and_then(Value::as_array).cloned().unwrap_or_default() {
                map.insert(plain(&entry["key"])?.as_str()?.to_owned(), plain(&entry["value"])?);
            }
            Value::Object(map)
        }
        "object_value" if inner["@type"] == "type.googleapis.com/google.protobuf.Duration" => {
            json!({ "$duration": inner["value"] })
        }
        _ => return None,
    })
}

#[derive(Default)]
struct Row {
    answered: usize,
    errors: usize,
    refused: BTreeMap<&'static str, usize>,
}

#[test]
fn no_case_is_answered_wrongly() {
    let Ok(folder) = std::env::var("ASSIZE_CEL_DIR") else { return };
    let mut table = BTreeMap::new();
    let mut wrong = Vec::new();
    for file in FILES {
        let path = PathBuf::from(&folder).join(format!("{file}.json"));
        let cases: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let row: &mut Row = table.entry(file).or_default();
        for case in cases["tests"].as_array().unwrap() {
            judge(file, case, row, &mut wrong);
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    let page = render(&table);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/expressions-conformance.md");
    if std::env::var_os("ASSIZE_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "run again with ASSIZE_UPDATE=1");
    let design = std::fs::read_to_string(path.with_file_name("../DESIGN.md")).unwrap_or_default();
    let table = page.split_once("| file |").map(|(_, rows)| format!("| file |{rows}")).unwrap_or_default();
    for row in table.lines() {
        assert!(design.contains(row), "DESIGN.md has not this row of the table: {row}");
    }
}

fn judge(file: &str, case: &Value, row: &mut Row, wrong: &mut Vec<String>) {
    let text = case["expr"].as_str().unwrap();
    let name = format!("{file}: {} `{text}`", case["name"]);
    let mut vars = Map::new();
    for (variable, bound) in case["bindings"].as_object().into_iter().flatten() {
        // A binding of a refused type is left out: the expression that reads it is refused.
        if let Some(value) = plain(&bound["value"]) {
            vars.insert(variable.clone(), value);
        }
    }
    let fails = case.get("eval_error").is_some();
    match eval_text(text, &Value::Object(vars)) {
        Ok(found) => {
            let expected = case.get("value").and_then(plain);
            if fails || expected.as_ref() != Some(&found) {
                wrong.push(format!("{name}: gave {found}, not {expected:?}"));
            }
            row.answered += 1;
        }
        Err(EvalError::Failed(fault)) => {
            if !fails {
                wrong.push(format!("{name}: failed with {fault:?}"));
            }
            row.errors += 1;
        }
        Err(EvalError::Unknown(why)) => wrong.push(format!("{name}: unknown, {why:?}")),
        Err(EvalError::Refused(mistakes)) => {
            let code = mistakes.iter().map(|mistake| mistake.code).find(|code| code.starts_with("refused-"));
            let code = code.unwrap_or(mistakes[0].code);
            // Without a refused feature in it, only a case that is itself wrong may be refused.
            let broken = fails || case.get("disable_check").is_some();
            if !code.starts_with("refused-") && !broken {
                let said: Vec<String> = mistakes.iter().map(|mistake| mistake.message.clone()).collect();
                wrong.push(format!("{name}: refused by {code}: {}", said.join("; ")));
            }
            *row.refused.entry(code).or_default() += 1;
        }
    }
}

fn render(table: &BTreeMap<&str, Row>) -> String {
    let mut page = String::from(
        "# Conformance of the expression language\n\n\
         Counts of the public conformance cases of CEL, made by a test that fails when they change.\n\n\
         - **answered**: the value is the one that the case asks for.\n\
         - **errors**: the evaluation fails, as the case asks.\n\
         - **refused**: not read, with a diagnostic of this code. Codes that begin with `refused-` are the parts of CEL\n  \
           that the language leaves out; the others are mistakes in the case itself, which CEL finds at its own check or at run.\n\n\
         No case is answered wrongly.\n\n\
         | file | cases | answered | errors | refused |\n| --- | ---: | ---: | ---: | --- |\n",
    );
    let mut total = Row::default();
    for file in FILES {
        let Some(row) = table.get(file) else { continue };
        line(&mut page, file, row);
        total.answered += row.answered;
        total.errors += row.errors;
        for (code, count) in &row.refused {
            *total.refused.entry(code).or_default() += count;
        }
    }
    line(&mut page, "**all**", &total);
    page
}

fn line(page: &mut String, name: &str, row: &Row) {
    let refused: usize = row.refused.values().sum();
    let codes: Vec<String> = row.refused.iter().map(|(code, count)| format!("`{code}` {count}")).collect();
    let all = row.answered + row.errors + refused;
    let codes = if codes.is_empty() { String::new() } else { format!(": {}", codes.join(", ")) };
    let _ = writeln!(page, "| {name} | {all} | {} | {} | {refused}{codes} |", row.answered, row.errors);
}
