//! `assize controls eval`: one expression, evaluated as checks are.

use std::collections::BTreeMap;

use super::Outcome;
use super::args::{EvalArgs, EvalFormat};
use super::print;
use super::vars;
use crate::expr::{EvalError, eval_text};

pub(super) fn run(args: &EvalArgs) -> Outcome {
    let vars = match args.vars.as_deref().map(vars::read) {
        None => serde_json::Value::Object(serde_json::Map::new()),
        Some(Ok(vars)) => vars,
        Some(Err(wrong)) => {
            print::diagnostics(&[wrong], &BTreeMap::new());
            return Outcome::Broken;
        }
    };
    match (eval_text(&args.expression, &vars), args.format) {
        (Ok(value), EvalFormat::Text) => print::out(&format!("{value}\n")),
        (Ok(value), EvalFormat::Json) => print::out(&format!("{}\n", serde_json::json!({ "value": value }))),
        (Err(error), format) => {
            let messages = messages(&error);
            if format == EvalFormat::Json {
                let _ = print::out(&format!("{}\n", serde_json::json!({ "errors": messages })));
            } else if let EvalError::Refused(diagnostics) = &error {
                for diagnostic in diagnostics {
                    let mut diagnostic = diagnostic.clone();
                    if let Some(place) = &mut diagnostic.place {
                        "the expression".clone_into(&mut place.file);
                    }
                    print::note(&diagnostic.render(Some(&args.expression), false));
                }
            } else {
                for message in messages {
                    print::note(&format!("error: {message}"));
                }
            }
            Outcome::Broken
        }
    }
}

fn messages(error: &EvalError) -> Vec<String> {
    match error {
        EvalError::Refused(diagnostics) => diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect(),
        EvalError::Failed(fault) => vec![fault.kind.text().to_owned()],
        EvalError::Unknown(why) => vec![format!("the value is unknown: {}", why.name())],
    }
}
