//! `assize explain`: why a subject is judged as it is, fact by fact and hop by hop.

use super::Outcome;
use super::args::{ExplainArgs, ExplainFormat};
use super::{look, print};
use crate::contract::make;
use crate::report::{explained_lines, explained_markdown};

pub(super) fn run(args: &ExplainArgs) -> Outcome {
    look::run(&args.look, |input, target| {
        let explanation = make::explanation(input, &args.look.id, target);
        match args.format {
            ExplainFormat::Text => print::lines(&explained_lines(&explanation)),
            ExplainFormat::Markdown => print::out(&explained_markdown(&explanation)),
            ExplainFormat::Json => match serde_json::to_string_pretty(&explanation) {
                Ok(text) => print::out(&format!("{text}\n")),
                Err(error) => {
                    print::note(&format!("error: the explanation could not be written: {error}"));
                    Outcome::Broken
                }
            },
        }
    })
}
