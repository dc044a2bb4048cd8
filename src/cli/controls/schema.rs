//! `assize controls schema`: the JSON Schema of a kind of file, for editors.

use std::collections::BTreeMap;

use super::super::Outcome;
use super::super::args::SchemaArgs;
use super::super::print;
use crate::base::diagnostic::Diagnostic;
use crate::base::text::nearest;
use crate::control::schemas::{KINDS, kind};

pub(in crate::cli) fn schema(args: &SchemaArgs) -> Outcome {
    if let Some(kind) = kind(&args.name) {
        return print::out(&kind.schema());
    }
    let all: Vec<String> = KINDS.iter().map(|kind| format!("{} ({})", kind.name, kind.of)).collect();
    let help = match nearest(&args.name, KINDS.iter().map(|kind| kind.name)) {
        Some(near) => format!("did you mean `{near}`? there are {}", all.join(", ")),
        None => format!("there are {}", all.join(", ")),
    };
    let message = format!("there is no schema `{}`", args.name);
    print::diagnostics(&[Diagnostic::error("unknown-schema", message).help(help)], &BTreeMap::new());
    Outcome::Broken
}
