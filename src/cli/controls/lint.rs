//! `assize controls lint`: every mistake in the control files, and all that is odd about them.

use super::super::Outcome;
use super::super::args::ControlsArgs;
use super::super::print;
use super::{own_last, pack, texts};
use crate::base::diagnostic::Severity;
use crate::control::links::dead_links;
use crate::control::lint::{has_errors, lint as lint_pack};

pub(in crate::cli) fn lint(args: &ControlsArgs) -> Outcome {
    let (pack, mut found) = pack(args);
    found.extend(dead_links(&pack, args.controls.as_deref()));
    let mut all = lint_pack(&pack, found);
    own_last(&pack, &mut all);
    print::all_diagnostics(&all, &texts(&pack));
    let files = pack.files.len();
    let errors = all.iter().filter(|one| one.severity == Severity::Error).count();
    let warnings = all.len() - errors;
    let counted = |n: usize, one: &str, many: &str| match n {
        0 => format!("no {many}"),
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let mut text = format!("{files} control files, {}", counted(errors, "mistake", "mistakes"));
    if warnings > 0 {
        text = format!("{text}, {}", counted(warnings, "warning", "warnings"));
    }
    let printed = print::out(&format!("{text}\n"));
    printed.max(if has_errors(&all) { Outcome::Broken } else { Outcome::Clean })
}
