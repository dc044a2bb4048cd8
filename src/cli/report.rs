//! `assize report`: render the outputs of an assessment again.

use std::io;
use std::path::Path;

use super::Outcome;
use super::args::ReportArgs;
use super::print;
use super::staging::Staging;
use crate::report::render_all;

pub(super) fn run(args: &ReportArgs) -> Outcome {
    let beside = args.results.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let out = args.out.as_deref().unwrap_or(beside);
    match render(&args.results, out) {
        Ok(files) => print::out(&files),
        Err(error) => {
            print::note(&format!("error: {error}"));
            Outcome::Broken
        }
    }
}

/// Renders into a folder, and gives the files' names, a line each.
fn render(results: &Path, out: &Path) -> io::Result<String> {
    let staging = Staging::begin(out)?;
    let rendered =
        render_all(results, staging.folder()).map_err(|error| staging.told(&io::Error::other(error.to_string())))?;
    staging.finish()?;
    let mut names = String::new();
    for name in rendered.files.iter().filter_map(|file| file.file_name()) {
        names.push_str(&format!("{}\n", out.join(name).display()));
    }
    Ok(names)
}
