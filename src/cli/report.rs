//! `assize report`: render the outputs of an assessment again.

use std::path::Path;

use super::Outcome;
use super::args::ReportArgs;
use super::print;
use crate::report::render_all;

pub(super) fn run(args: &ReportArgs) -> Outcome {
    let beside = args.results.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let out = args.out.as_deref().unwrap_or(beside);
    match render_all(&args.results, out) {
        Ok(rendered) => {
            for file in rendered.files {
                print::out(&format!("{}\n", file.display()));
            }
            Outcome::Clean
        }
        Err(error) => {
            print::note(&format!("error: {error}"));
            Outcome::Broken
        }
    }
}
